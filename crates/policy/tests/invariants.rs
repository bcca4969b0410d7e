//! What must hold whatever happens, in whatever order.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests state what must hold")]

mod support;

use chrono::TimeDelta;
use chrono_tz::Europe::Berlin;
use lanh_policy::*;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::Duration;
use support::*;

const GAMES: Target = Target::Category(Category::Game);

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
    SetClock(i64),
    Save(usize),
    Close(usize),
    Unsafe(usize),
    Grant(u64, usize, u64),
    Revoke(u64),
    Crash,
    Nonsense(u64),
}

fn apps() -> [App; 3] {
    [mines(), chess(), tutor()]
}

fn act() -> impl Strategy<Value = Act> {
    let state = prop_oneof![
        4 => Just(SessionState::Active),
        1 => Just(SessionState::Locked),
        1 => Just(SessionState::Background),
        1 => Just(SessionState::Ended),
    ];
    prop_oneof![
        8 => (1u64..1500).prop_map(Act::Run),
        1 => (1u64..40_000).prop_map(Act::Sleep),
        4 => (0usize..3).prop_map(Act::Start),
        1 => (0usize..3).prop_map(Act::Exit),
        6 => (0usize..3).prop_map(Act::Front),
        1 => Just(Act::Other),
        1 => Just(Act::Unknown),
        1 => Just(Act::Away),
        1 => Just(Act::Silent),
        3 => state.prop_map(Act::Session),
        1 => (-400_000i64..400_000).prop_map(Act::SetClock),
        1 => (0usize..3).prop_map(Act::Save),
        1 => (0usize..3).prop_map(Act::Close),
        1 => (0usize..3).prop_map(Act::Unsafe),
        1 => (1u64..5, 0usize..4, 30u64..900).prop_map(|(id, target, amount)| Act::Grant(id, target, amount)),
        1 => (1u64..5).prop_map(Act::Revoke),
        1 => Just(Act::Crash),
        1 => (0u64..6).prop_map(Act::Nonsense),
    ]
}

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
        2 => (target.clone(), 5u64..60, 1u64..20).prop_map(|(target, at_most, rest)| {
            RuleKind::Break(BreakRule { target, at_most: minutes(at_most), rest: minutes(rest) })
        }),
        1 => Just(RuleKind::Exemption(Target::Category(Category::Learning))),
        1 => target.clone().prop_map(RuleKind::Block),
        1 => Just(RuleKind::AllowOnly(vec![GAMES])),
        1 => (target, 10u64..40).prop_map(|(target, every)| RuleKind::HealthText { target, every: minutes(every) }),
    ]
}

/// A house, and what the test needs to judge it.
struct Trial {
    house: House,
    grants: Vec<Grant>,
    revoked: BTreeSet<u64>,
    awake: Duration,
}

impl Trial {
    fn new(rules: Vec<RuleKind>) -> Self {
        let house = House::at(Berlin, "2026-10-24 09:30", rules);
        Self { house, grants: Vec::new(), revoked: BTreeSet::new(), awake: Duration::ZERO }
    }

    fn perform(&mut self, act: &Act) {
        let house = &mut self.house;
        let id = |which: &usize| apps()[*which].id.clone();
        match act {
            Act::Run(seconds) => {
                house.run(SECOND * u32::try_from(*seconds).unwrap());
                self.awake += Duration::from_secs(*seconds);
            }
            Act::Sleep(seconds) => house.sleep(Duration::from_secs(*seconds)),
            Act::Start(which) => {
                house.start(&apps()[*which]);
            }
            Act::Exit(which) => house.exit(&id(which)),
            Act::Front(which) => house.front(&apps()[*which]),
            Act::Other => house.sees(Presence::Here(Focus::Other)),
            Act::Unknown => house.sees(Presence::Here(Focus::Unknown)),
            Act::Away => house.sees(Presence::Away),
            Act::Silent => {
                house.tell(Event::CompanionSilent("c1".into()));
            }
            Act::Session(state) => house.session(*state),
            Act::SetClock(seconds) => house.now.wall += TimeDelta::seconds(*seconds),
            Act::Save(which) => {
                house.tell(Event::SaveRequested(AN, id(which)));
            }
            Act::Close(which) => {
                house.tell(Event::CloseRequested(AN, id(which)));
            }
            Act::Unsafe(which) => {
                house.tell(Event::HoldUnsafe(AN, id(which)));
            }
            Act::Grant(number, target, seconds) => {
                let target = [Target::App(mines().id), GAMES, Target::Screen, Target::Each(Category::Game)]
                    [*target]
                    .clone();
                let known = self.grants.iter().find(|grant| grant.id.0 == *number).cloned();
                let grant = known.clone().unwrap_or_else(|| {
                    grant(*number, target, Duration::from_secs(*seconds), house.engine.trusted_now())
                });
                if known.is_none() {
                    self.grants.push(grant.clone());
                }
                if !self.revoked.contains(number) {
                    house.tell(Event::Granted(grant));
                }
            }
            Act::Revoke(number) => {
                self.revoked.insert(*number);
                house.tell(Event::GrantRevoked(GrantId(*number)));
            }
            Act::Crash => {
                let grants = self.grants.iter().filter(|grant| !self.revoked.contains(&grant.id.0)).cloned();
                house.crash(grants.collect());
                house.session(SessionState::Active);
                house.sees(Presence::Here(Focus::Other));
                house.report();
            }
            Act::Nonsense(kind) => {
                let unknown = ProcessId { pid: 9, started: 9 };
                let nobody = Account::from_uid(77);
                let now = house.now;
                match kind {
                    0 => house.tell(Event::ProcessExited(unknown)),
                    1 => house.tell(Event::CompanionSilent("nowhere".into())),
                    2 => house.tell(Event::SaveRequested(ChildId(99), "none".into())),
                    3 => house.tell(Event::SessionChanged {
                        session: "c9".into(),
                        account: nobody,
                        state: SessionState::Active,
                    }),
                    4 => {
                        // Every clock goes back, then is right again.
                        house.now.since_boot = Duration::ZERO;
                        house.now.awake = Duration::ZERO;
                        house.now.wall = chrono::DateTime::<chrono::Utc>::MIN_UTC;
                        house.tell(Event::Tick);
                        house.now = now;
                        house.tell(Event::Tick)
                    }
                    _ => house.tell(Event::Granted(Grant {
                        amount: Duration::MAX,
                        child: ChildId(99),
                        ..grant(50, Target::Screen, SECOND, house.engine.trusted_now())
                    })),
                };
            }
        }
    }

    fn series() -> [Target; 4] {
        [Target::App(mines().id), Target::App(chess().id), GAMES, Target::Screen]
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    /// Invariants 1, 4 and 6, and the gate against the verdict, at every step.
    #[test]
    fn whatever_happens(
        rules in prop::collection::vec(rule(), 0..6),
        acts in prop::collection::vec(act(), 1..60),
    ) {
        let mut trial = Trial::new(rules);
        for act in &acts {
            trial.perform(act);
            let house = &trial.house;
            for series in Trial::series() {
                let booked = house.booked(&series, |_| true);
                prop_assert!(booked <= trial.awake, "{series:?}: {booked:?} of {:?} awake after {act:?}", trial.awake);
            }
            for grant in &trial.grants {
                let ledger: Vec<LedgerEntry> = house.ledger.values().cloned().collect();
                let drawn = drawn(grant.id, &ledger);
                prop_assert!(drawn <= grant.amount, "{drawn:?} drawn of {grant:?}");
            }
            for app in apps() {
                let refusal = house.gate.refusal(&app).cloned();
                let denial = match house.verdict(&app) {
                    Verdict::Denied(reason) | Verdict::Held { reason, .. } => Some(reason),
                    Verdict::Allowed { .. } | Verdict::Warned { .. } => None,
                };
                prop_assert_eq!(refusal, denial);
            }
            if let Some(wake) = house.engine.next_wake() {
                prop_assert!(wake > house.now.since_boot, "asks to be woken in the past after {act:?}");
            }
        }
        // All is written once nothing counts: the ledger sums to what the child sees.
        trial.house.session(SessionState::Ended);
        let today = trial.house.engine.trusted_now().with_timezone(&Berlin).date_naive();
        let ledger = trial.house.ledger.values();
        let screen = ledger.filter(|entry| entry.target == Target::Screen);
        let used: Duration =
            screen.filter(|entry| entry.from.with_timezone(&Berlin).date_naive() == today).map(|entry| entry.used).sum();
        prop_assert_eq!(used, trial.house.standing().used_today);
    }

    /// Invariant 2: an honest machine never overruns but for the thaws to save, and nothing in use is held
    /// without a warning.
    #[test]
    fn no_overrun_and_no_surprise(
        games in 2u64..60,
        each in 2u64..40,
        acts in prop::collection::vec(act(), 1..60),
    ) {
        let rules = vec![daily(GAMES, minutes(games)), daily(Target::Each(Category::Game), minutes(each))];
        let mut trial = Trial::new(rules);
        for act in &acts {
            // Crashes and grants taken back surprise by nature.
            if matches!(act, Act::Crash | Act::Revoke(_) | Act::Unsafe(_) | Act::Close(_)) {
                continue;
            }
            trial.perform(act);
        }
        trial.house.session(SessionState::Ended);
        let house = &trial.house;
        let thaws = house.count(|effect| matches!(effect, Effect::Release { save_until: Some(_), .. }));
        let thawed = minutes(u64::try_from(thaws).unwrap());
        let days: BTreeSet<_> = house.ledger.values().map(|entry| entry.from.with_timezone(&Berlin).date_naive()).collect();
        for day in days {
            let on_day = |series: &Target| -> Duration {
                let entries = house.ledger.values().filter(|entry| entry.cost == Cost::Charged && entry.target == *series);
                entries.filter(|entry| entry.from.with_timezone(&Berlin).date_naive() == day).map(|entry| entry.used).sum()
            };
            prop_assert!(on_day(&GAMES) <= minutes(games) + thawed);
            prop_assert!(on_day(&Target::App(mines().id)) <= minutes(each) + thawed);
        }
        let mut warned = BTreeSet::new();
        let mut held = BTreeSet::new();
        for (_, effect) in &house.log {
            match effect {
                Effect::Warn(warning) => {
                    prop_assert!(warning.left <= warning.threshold && !warning.left.is_zero());
                    warned.insert(warning.reason.rule);
                }
                // What was thawed to save is held again without another warning, maybe by another rule.
                Effect::Hold { app, reason, .. } => {
                    let again = !held.insert(app.id.clone());
                    prop_assert!(again || warned.contains(&reason.rule), "no warning before {effect:?}");
                }
                Effect::Release { app, save_until: None, .. } | Effect::Close { app, .. } => {
                    held.remove(&app.id);
                }
                _ => {}
            }
        }
    }

    /// Invariant 5: after a crash nothing is lost but the last five seconds.
    #[test]
    fn a_crash_loses_at_most_one_flush(
        rules in prop::collection::vec(rule(), 0..5),
        acts in prop::collection::vec(act(), 1..40),
    ) {
        let mut trial = Trial::new(rules);
        for act in &acts {
            trial.perform(act);
        }
        let before = trial.house.standing();
        let trusted = trial.house.engine.trusted_now();
        trial.perform(&Act::Crash);
        prop_assert_eq!(trial.house.engine.trusted_now(), trusted, "a clock that was set is not believed");
        let after = trial.house.standing();
        let close = |before: Duration, after: Duration| after <= before && before - after <= SECOND * 5;
        prop_assert!(close(before.used_today, after.used_today));
        for line in after.budgets {
            let known = before.budgets.iter().find(|other| other.rule == line.rule && other.target == line.target);
            prop_assert!(known.is_some_and(|other| close(other.used, line.used)), "{line:?} was {known:?}");
        }
        for (id, _, left) in after.grants {
            let known = before.grants.iter().find(|(other, ..)| *other == id);
            prop_assert!(known.is_some_and(|(_, _, other)| close(left, *other)));
        }
    }

    /// A plain model, second by second, of what counts without any rule.
    #[test]
    fn charged_as_a_second_by_second_model_has_it(acts in prop::collection::vec(act(), 1..60)) {
        let mut trial = Trial::new(vec![]);
        let mut running = [0u32; 3];
        let (mut active, mut view) = (true, Act::Other);
        let mut model = [0u64; 2];
        for act in &acts {
            match act {
                Act::Start(which) => running[*which] += 1,
                Act::Exit(which) => running[*which] = 0,
                Act::Front(_) | Act::Other | Act::Unknown | Act::Away | Act::Silent if active || !matches!(act, Act::Silent) => view = act.clone(),
                Act::Run(seconds) => {
                    for _second in 0..*seconds {
                        let all = running[0] > 0;
                        let (mines, screen) = match &view {
                            _ if !active => (false, false),
                            Act::Away => (false, false),
                            Act::Other => (false, true),
                            Act::Front(0) if running[0] > 0 => (true, true),
                            Act::Front(which) if running[*which] > 0 => (false, true),
                            _ => (all, true),
                        };
                        model[0] += u64::from(mines);
                        model[1] += u64::from(screen);
                    }
                }
                // These are the subject of other tests.
                Act::Session(SessionState::Ended) | Act::Crash => continue,
                Act::Session(state) => active = *state == SessionState::Active,
                _ => {}
            }
            if matches!(act, Act::Silent) && !active {
                continue;
            }
            trial.perform(act);
        }
        trial.house.sees(Presence::Away);
        prop_assert_eq!(trial.house.charged(&Target::App(mines().id)).as_secs(), model[0]);
        prop_assert_eq!(trial.house.charged(&Target::Screen).as_secs(), model[1]);
    }
}
