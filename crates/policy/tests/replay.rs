//! The past once more: under the rules that held it is what was recorded, under others it differs as said.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests state what must hold")]

mod support;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};
use chrono_tz::Asia::Ho_Chi_Minh;
use chrono_tz::Europe::Berlin;
use chrono_tz::Tz;
use lanh_policy::*;
use proptest::prelude::*;
use std::time::Duration;
use support::*;

const GAMES: Target = Target::Category(Category::Game);

fn apps() -> [App; 3] {
    [mines(), chess(), tutor()]
}

/// What is open is written down.
fn flush(house: &mut House) {
    for effect in house.engine.finish(house.now) {
        if let Effect::Record(entry) = effect {
            house.ledger.insert(entry.id, entry);
        }
    }
}

/// What the house remembers, as the service would hand it over.
fn past(house: &mut House, zone: Tz, policies: Vec<(DateTime<Utc>, Child)>, grants: Vec<PastGrant>) -> Past {
    flush(house);
    Past {
        zone,
        week_start: Weekday::Mon,
        policies,
        ledger: house.ledger.values().cloned().collect(),
        grants,
        corrections: Vec::new(),
        apps: apps().to_vec(),
    }
}

/// A ledger with intervals that touch made one, without their numbers.
fn plain(ledger: &[LedgerEntry]) -> Vec<LedgerEntry> {
    let mut ledger = ledger.to_vec();
    let key = |entry: &LedgerEntry| (entry.target.clone(), entry.from, entry.until);
    ledger.sort_by_key(key);
    let mut plain: Vec<LedgerEntry> = Vec::new();
    for entry in ledger {
        let entry = LedgerEntry { id: IntervalId(0), ..entry };
        match plain.last_mut() {
            Some(last)
                if last.until == entry.from
                    && (&last.target, &last.app, last.cost, last.basis)
                        == (&entry.target, &entry.app, entry.cost, entry.basis) =>
            {
                last.until = entry.until;
                last.used += entry.used;
            }
            _ => plain.push(entry),
        }
    }
    plain
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An evening of 60 minutes of mines from 19:00, with half an hour of the tutor before it.
fn evening() -> (House, Vec<(DateTime<Utc>, Child)>) {
    let rules = vec![daily(GAMES, minutes(90))];
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 18:00", rules.clone());
    house.sees(Presence::Away);
    house.run_until(Ho_Chi_Minh, "2026-11-24 18:30");
    house.play(&tutor());
    house.run(minutes(30));
    house.exit(&tutor().id);
    house.play(&mines());
    house.run(minutes(60));
    house.sees(Presence::Away);
    house.run(minutes(5));
    (house, vec![(local(Ho_Chi_Minh, "2026-11-24 18:00"), child(rules))])
}

fn tried(kinds: Vec<RuleKind>) -> Replay {
    let (mut house, policies) = evening();
    let past = past(&mut house, Ho_Chi_Minh, policies, Vec::new());
    replay(&past, &child(kinds).rules, date("2026-11-23"), date("2026-11-25"))
}

#[test]
fn a_smaller_allowance_would_have_ended_the_evening_earlier() {
    let replay = tried(vec![daily(GAMES, minutes(35))]);
    let [monday, tuesday, wednesday] = replay.days.as_slice() else { panic!("{:?}", replay.days) };
    assert_eq!((monday.used, wednesday.used), (Duration::ZERO, Duration::ZERO));
    // The first second of the evening was seen before the child went away.
    assert_eq!(tuesday.used.as_secs() / 60, 90);
    assert_eq!(tuesday.used - tuesday.kept, minutes(25));
    assert_eq!(tuesday.last_used.unwrap() - tuesday.last_kept.unwrap(), TimeDelta::minutes(25));
    let [stop] = tuesday.stops.as_slice() else { panic!("{:?}", tuesday.stops) };
    assert_eq!(stop.at, local(Ho_Chi_Minh, "2026-11-24 19:35"));
    assert_eq!((&stop.target, stop.refused), (&Target::App(mines().id), minutes(25)));
    assert!(matches!(stop.reason.cause, Cause::AllowanceSpent { .. }));
    let left =
        LeftLine { target: GAMES, weekly: false, before: Some(minutes(30)), after: Some(Duration::ZERO) };
    assert_eq!(tuesday.left, [left]);
}

#[test]
fn more_time_would_have_been_left_and_nothing_is_invented() {
    let replay = tried(vec![daily(GAMES, minutes(120))]);
    let tuesday = &replay.days[1];
    assert_eq!(tuesday.used, tuesday.kept);
    assert!(tuesday.stops.is_empty());
    assert_eq!((tuesday.left[0].before, tuesday.left[0].after), (Some(minutes(30)), Some(minutes(60))));
    assert_eq!(plain(&replay.as_it_was), plain(&replay.as_it_would_be));
}

#[test]
fn hours_and_breaks_and_blocks_refuse_what_they_would_have_refused() {
    let refused = |kinds| {
        let day = tried(kinds).days.swap_remove(1);
        (day.used - day.kept, day.stops.len())
    };
    // Closed from 19:45 on: 15 minutes of the game.
    assert_eq!(refused(vec![every_day(GAMES, &[slot("08:00", "19:45")])]), (minutes(15), 1));
    // 45 minutes of play, then ten of rest, then five more.
    let due = BreakRule { target: GAMES, at_most: minutes(45), rest: minutes(10) };
    assert_eq!(refused(vec![RuleKind::Break(due)]), (minutes(10), 1));
    assert_eq!(refused(vec![RuleKind::Block(GAMES)]), (minutes(60), 1));
    // The screen is closed: nothing of either program.
    assert_eq!(refused(vec![every_day(Target::Screen, &[slot("08:00", "18:45")])]), (minutes(75), 2));
}

#[test]
fn an_exemption_spares_charged_time() {
    let exempt = RuleKind::Exemption(Target::Category(Category::Learning));
    let day = tried(vec![daily(GAMES, minutes(90)), exempt]).days.swap_remove(1);
    assert_eq!(day.used, day.kept);
    assert_eq!(day.charged - day.would_charge, minutes(30));
}

#[test]
fn the_moment_to_save_is_no_difference() {
    let rules = vec![daily(GAMES, minutes(30))];
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 18:00", rules.clone());
    house.play(&mines());
    house.run(minutes(40));
    house.tell(Event::SaveRequested(AN, mines().id));
    house.run(minutes(2));
    let policies = vec![(local(Ho_Chi_Minh, "2026-11-24 18:00"), child(rules.clone()))];
    let past = past(&mut house, Ho_Chi_Minh, policies, Vec::new());
    let day = |kinds: Vec<RuleKind>| {
        let replay = replay(&past, &child(kinds).rules, date("2026-11-24"), date("2026-11-24"));
        replay.days.into_iter().next().unwrap()
    };
    let same = day(rules.clone());
    assert_eq!((same.used, same.stops), (same.kept, vec![]));
    // The same limit and another rule: still no difference.
    let more = day(vec![rules[0].clone(), every_day(GAMES, &[slot("08:00", "20:00")])]);
    assert_eq!((more.used, more.stops), (more.kept, vec![]));
    // Ten minutes less: the game counts 20, and there was no moment to save at 30.
    let less = day(vec![daily(GAMES, minutes(20))]);
    assert_eq!(less.stops.iter().map(|stop| stop.refused).sum::<Duration>(), minutes(11));
}

#[test]
fn without_names_the_category_is_replayed() {
    let (mut house, policies) = evening();
    let mut past = past(&mut house, Ho_Chi_Minh, policies, Vec::new());
    past.ledger.retain(|entry| !matches!(entry.target, Target::App(_)));
    past.ledger.iter_mut().for_each(|entry| entry.app = None);
    let day = date("2026-11-24");
    let replay = replay(&past, &child(vec![daily(GAMES, minutes(35))]).rules, day, day);
    let [stop] = replay.days[0].stops.as_slice() else { panic!("{:?}", replay.days[0].stops) };
    assert_eq!((&stop.target, stop.refused), (&GAMES, minutes(25)));
}

#[test]
fn what_was_used_before_the_first_day_counts_toward_the_week() {
    let week =
        |amount| RuleKind::Allowance(Allowance { target: GAMES, period: Period::Week(minutes(amount)) });
    let rules = vec![week(300)];
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 18:00", rules.clone());
    house.play(&mines());
    house.run(minutes(60));
    house.sees(Presence::Away);
    house.run_until(Ho_Chi_Minh, "2026-11-25 18:00");
    house.front(&mines());
    house.run(minutes(60));
    let policies = vec![(local(Ho_Chi_Minh, "2026-11-24 18:00"), child(rules))];
    let past = past(&mut house, Ho_Chi_Minh, policies, Vec::new());
    let wednesday = date("2026-11-25");
    let replay = replay(&past, &child(vec![week(100)]).rules, wednesday, wednesday);
    assert_eq!(replay.days[0].stops[0].refused, minutes(20));
}

#[derive(Clone, Debug)]
enum Act {
    Run(u64),
    Sleep(u64),
    Start(usize),
    Exit(usize),
    Front(usize),
    Other,
    Unknown,
    Away,
    Silent,
    Session(SessionState),
    Save(usize),
    Grant(usize, u64),
    Revoke(u64),
    Rules(Vec<RuleKind>),
    Crash,
}

fn act() -> impl Strategy<Value = Act> {
    let state = prop_oneof![Just(SessionState::Active), Just(SessionState::Locked)];
    prop_oneof![
        8 => (1u64..3000).prop_map(Act::Run),
        1 => (1u64..40_000).prop_map(Act::Sleep),
        4 => (0usize..3).prop_map(Act::Start),
        1 => (0usize..3).prop_map(Act::Exit),
        6 => (0usize..3).prop_map(Act::Front),
        1 => Just(Act::Other),
        1 => Just(Act::Unknown),
        1 => Just(Act::Away),
        1 => Just(Act::Silent),
        2 => state.prop_map(Act::Session),
        1 => (0usize..3).prop_map(Act::Save),
        2 => (0usize..4, 30u64..900).prop_map(|(target, amount)| Act::Grant(target, amount)),
        1 => (1u64..5).prop_map(Act::Revoke),
        1 => proptest::collection::vec(rule(), 0..4).prop_map(Act::Rules),
        1 => Just(Act::Crash),
    ]
}

/// Rules of every kind that the ledger depends on. With breaks it also depends, while a grant is drawn, on
/// rests that the ledger cannot tell from sleep; those have their own property below.
fn rule() -> impl Strategy<Value = RuleKind> {
    let target = prop_oneof![
        Just(GAMES),
        Just(Target::Each(Category::Game)),
        Just(Target::Screen),
        Just(Target::App(mines().id)),
    ];
    prop_oneof![
        4 => (target.clone(), 0u64..90).prop_map(|(target, amount)| daily(target, minutes(amount))),
        1 => (target.clone(), 0u64..200).prop_map(|(target, amount)| {
            RuleKind::Allowance(Allowance { target, period: Period::Week(minutes(amount)) })
        }),
        2 => target.clone().prop_map(|target| every_day(target, &[slot("06:00", "11:17"), slot("12:00", "24:00")])),
        1 => target.clone().prop_map(|target| {
            let free = Slot { free: true, ..slot("12:00", "13:00") };
            every_day(target, &[slot("00:00", "12:00"), free, slot("13:00", "24:00")])
        }),
        1 => Just(RuleKind::Exemption(Target::Category(Category::Learning))),
        1 => target.prop_map(RuleKind::Block),
        1 => Just(RuleKind::AllowOnly(vec![GAMES])),
    ]
}

fn due() -> impl Strategy<Value = RuleKind> {
    let target = prop_oneof![Just(GAMES), Just(Target::Each(Category::Game)), Just(Target::Screen)];
    (target, 5u64..60, 1u64..20).prop_map(|(target, at_most, rest)| {
        RuleKind::Break(BreakRule { target, at_most: minutes(at_most), rest: minutes(rest) })
    })
}

/// Lives the acts, and returns what the service would know afterwards.
fn live(rules: Vec<RuleKind>, acts: &[Act], with_grants: bool) -> Past {
    let mut house = House::at(Berlin, "2026-10-24 09:30", rules.clone());
    let mut policies = vec![(local(Berlin, "2026-10-24 09:30"), child(rules))];
    let mut grants: Vec<PastGrant> = Vec::new();
    for act in acts {
        let now = house.engine.trusted_now();
        match act {
            Act::Run(seconds) => house.run(Duration::from_secs(*seconds)),
            Act::Sleep(seconds) => house.sleep(Duration::from_secs(*seconds)),
            Act::Start(which) => drop(house.start(&apps()[*which])),
            Act::Exit(which) => house.exit(&apps()[*which].id),
            Act::Front(which) => house.front(&apps()[*which]),
            Act::Other => house.sees(Presence::Here(Focus::Other)),
            Act::Unknown => house.sees(Presence::Here(Focus::Unknown)),
            Act::Away => house.sees(Presence::Away),
            Act::Silent => drop(house.tell(Event::CompanionSilent("c1".into()))),
            Act::Session(state) => house.session(*state),
            Act::Save(which) => drop(house.tell(Event::SaveRequested(AN, apps()[*which].id.clone()))),
            Act::Grant(target, amount) if with_grants => {
                let target = [GAMES, Target::Screen, Target::App(mines().id), Target::Each(Category::Game)]
                    [*target]
                    .clone();
                let id = grants.len() as u64 + 1;
                let grant = house.give(id, target, Duration::from_secs(*amount));
                grants.push(PastGrant { grant, revoked: None });
            }
            Act::Grant(..) => {}
            Act::Revoke(id) => {
                if let Some(past) = grants.iter_mut().find(|past| past.grant.id.0 == *id) {
                    house.tell(Event::GrantRevoked(GrantId(*id)));
                    past.revoked.get_or_insert(now);
                }
            }
            Act::Rules(kinds) => {
                let mut family = house.engine.family().clone();
                family.children = vec![child(kinds.clone())];
                policies.push((now, family.children[0].clone()));
                house.tell(Event::FamilyChanged(family));
            }
            Act::Crash => {
                // A crash may lose the last seconds of one series and not of another; then no rules make
                // that ledger.
                flush(&mut house);
                let open = grants.iter().filter(|past| past.revoked.is_none()).map(|past| past.grant.clone());
                house.crash(open.collect());
                house.session(SessionState::Active);
                house.report();
            }
        }
    }
    past(&mut house, Berlin, policies, grants)
}

fn check(past: &Past) -> Result<(), TestCaseError> {
    let rules = past.policies.last().unwrap().1.rules.clone();
    let days = |from: NaiveDate| replay(past, &rules, from, date("2026-11-20"));
    let lived = days(date("2026-10-24"));
    prop_assert_eq!(plain(&lived.as_it_was), plain(&past.ledger));
    if past.policies.len() == 1 {
        prop_assert_eq!(plain(&lived.as_it_would_be), plain(&past.ledger));
        for day in &lived.days {
            prop_assert_eq!((day.used, day.charged), (day.kept, day.would_charge));
            prop_assert!(day.stops.is_empty() && day.left.is_empty(), "{:?}", day);
        }
    }
    // Beginning later, on what the ledger says of the days before, changes nothing.
    let second = date("2026-10-25");
    let later = days(second);
    let since = local(Berlin, "2026-10-25 00:00");
    let recorded: Vec<LedgerEntry> =
        past.ledger.iter().filter(|entry| entry.from >= since).cloned().collect();
    prop_assert_eq!(plain(&later.as_it_was), plain(&recorded));
    if past.policies.len() == 1 {
        // Else other rules held on the first day than are tried.
        prop_assert!(later.days[..] == lived.days[1..]);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn unchanged_rules_make_the_ledger_again(
        rules in proptest::collection::vec(rule(), 0..4),
        acts in proptest::collection::vec(act(), 1..60),
    ) {
        check(&live(rules, &acts, true))?;
    }

    #[test]
    fn unchanged_breaks_make_the_ledger_again(
        rules in proptest::collection::vec(prop_oneof![due(), rule()], 0..4),
        acts in proptest::collection::vec(act(), 1..60),
    ) {
        // A change of the rules may move the end of a rest between two looks at the ledger.
        let acts: Vec<Act> = acts.into_iter().filter(|act| !matches!(act, Act::Rules(_))).collect();
        check(&live(rules, &acts, false))?;
    }

    #[test]
    fn stricter_rules_never_let_more_be(
        rules in proptest::collection::vec(rule(), 0..4),
        more in proptest::collection::vec(prop_oneof![due(), rule()], 1..3),
        acts in proptest::collection::vec(act(), 1..40),
    ) {
        let past = live(rules, &acts, true);
        let mut kinds: Vec<RuleKind> =
            past.policies.last().unwrap().1.rules.iter().map(|rule| rule.kind.clone()).collect();
        kinds.extend(more);
        let replay = replay(&past, &child(kinds).rules, date("2026-10-24"), date("2026-11-20"));
        for day in &replay.days {
            prop_assert!(day.kept <= day.used && day.would_charge <= day.used, "{:?}", day);
            let refused = day.stops.iter().map(|stop| stop.refused).sum::<Duration>();
            prop_assert!(refused >= day.used - day.kept, "{:?}", day);
        }
        let used = |ledger: &[LedgerEntry], target: &Target| -> Duration {
            ledger.iter().filter(|entry| entry.target == *target).map(|entry| entry.used).sum()
        };
        for target in [Target::Screen, GAMES, Target::App(mines().id)] {
            prop_assert!(used(&replay.as_it_would_be, &target) <= used(&past.ledger, &target));
        }
    }
}
