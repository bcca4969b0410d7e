//! What is given back is what was charged, once; the ledger stays as it is.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests state what must hold")]

mod support;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Asia::Ho_Chi_Minh;
use lanh_policy::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use support::*;

const GAMES: Target = Target::Category(Category::Game);

fn at(minute: i64) -> DateTime<Utc> {
    local(Ho_Chi_Minh, "2026-11-24 18:00") + TimeDelta::minutes(minute)
}

fn stretch(from: i64, until: i64, target: Target) -> Stretch {
    Stretch { from: at(from), until: at(until), target }
}

fn correct(house: &mut House, id: u64, stretches: &[Stretch], stretch: &Stretch) {
    let ledger: Vec<LedgerEntry> = house.ledger.values().cloned().collect();
    let lines = give_back(&ledger, stretches, stretch);
    let correction = Correction { id: CorrectionId(id), child: AN, lines };
    house.corrections.push(correction.clone());
    house.tell(Event::Corrected(correction));
}

#[test]
fn a_budget_counts_what_was_charged_less_what_was_given_back() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 18:00", vec![daily(GAMES, minutes(60))]);
    house.run_until(Ho_Chi_Minh, "2026-11-24 18:10");
    house.play(&mines());
    house.run(minutes(60));
    assert!(house.is_denied(&mines()));
    let charged = house.charged(&GAMES);
    let wrong = stretch(20, 35, Target::Screen);
    correct(&mut house, 1, &[], &wrong);
    // Fifteen minutes are there again, and the ledger is as it was.
    assert!(!house.is_denied(&mines()));
    assert_eq!(house.standing().budgets[0].used, minutes(45));
    assert_eq!(house.charged(&GAMES), charged);
    // Told once more, nothing changes; the same stretch gives nothing back a second time.
    let again = house.corrections[0].clone();
    house.tell(Event::Corrected(again));
    correct(&mut house, 2, std::slice::from_ref(&wrong), &stretch(25, 35, Target::App(mines().id)));
    assert_eq!(house.standing().budgets[0].used, minutes(45));
    // Nor after a crash.
    house.crash(Vec::new());
    assert_eq!(house.standing().budgets[0].used, minutes(45));
    house.session(SessionState::Active);
    house.report();
    house.front(&mines());
    house.run(minutes(20));
    assert!(house.is_denied(&mines()));
    assert_eq!(house.standing().budgets[0].used, minutes(60));
}

#[test]
fn what_is_given_back_of_yesterday_is_no_time_today_but_counts_for_the_week() {
    let week = RuleKind::Allowance(Allowance { target: GAMES, period: Period::Week(minutes(100)) });
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 18:00", vec![daily(GAMES, minutes(60)), week]);
    house.play(&mines());
    house.run(minutes(40));
    house.sees(Presence::Away);
    house.run_until(Ho_Chi_Minh, "2026-11-25 10:00");
    correct(&mut house, 1, &[], &stretch(0, 45, Target::Screen));
    let standing = house.standing();
    assert_eq!((standing.budgets[0].used, standing.budgets[0].amount), (minutes(0), minutes(60)));
    assert_eq!((standing.budgets[1].used, standing.budgets[1].amount), (minutes(0), minutes(100)));
}

#[test]
fn a_surplus_is_there_on_top_of_the_allowance() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 18:00", vec![daily(GAMES, minutes(60))]);
    let line = CorrectionLine { series: GAMES, at: at(0), amount: minutes(15), side: Side::Less };
    house.tell(Event::Corrected(Correction { id: CorrectionId(1), child: AN, lines: vec![line.clone()] }));
    house.play(&mines());
    house.run(minutes(70));
    assert!(!house.is_denied(&mines()));
    house.run(minutes(6));
    assert!(house.is_denied(&mines()));
    assert_eq!(house.charged(&GAMES), minutes(75));
    house.sees(Presence::Away);
    // The other way: ten minutes more count on another day.
    let line = CorrectionLine { at: at(24 * 60), amount: minutes(10), side: Side::More, ..line };
    house.tell(Event::Corrected(Correction { id: CorrectionId(2), child: AN, lines: vec![line] }));
    house.run_until(Ho_Chi_Minh, "2026-11-25 10:00");
    assert_eq!(house.standing().budgets[0].used, minutes(10));
}

#[test]
fn only_what_was_booked_for_the_app_is_given_back() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 18:00", vec![daily(GAMES, minutes(60))]);
    house.play(&mines());
    house.run_until(Ho_Chi_Minh, "2026-11-24 18:10");
    house.play(&chess());
    house.run_until(Ho_Chi_Minh, "2026-11-24 18:25");
    correct(&mut house, 1, &[], &stretch(0, 60, Target::App(mines().id)));
    let back: BTreeMap<Target, u64> = house.corrections[0]
        .lines
        .iter()
        .map(|line| (line.series.clone(), line.amount.as_secs() / 60))
        .collect();
    let played = back[&GAMES];
    assert!((8..=10).contains(&played), "{back:?}");
    assert_eq!(back[&Target::App(mines().id)], played);
    assert!(!back.contains_key(&Target::App(chess().id)));
}

fn entry(which: usize, from: i64, span: i64, asleep: u64, free: bool) -> LedgerEntry {
    let app = [mines(), chess()][which % 2].id.clone();
    let target = [Target::App(app.clone()), GAMES, Target::Screen][which % 3].clone();
    let from = at(0) + TimeDelta::seconds(from);
    LedgerEntry {
        id: IntervalId(0),
        child: AN,
        target,
        app: (!which.is_multiple_of(5)).then_some(app),
        from,
        until: from + TimeDelta::seconds(span),
        used: SECOND * u32::try_from(span).unwrap()
            - SECOND * u32::try_from(asleep.min(span.unsigned_abs())).unwrap(),
        cost: if free { Cost::Free(RuleId(1)) } else { Cost::Charged },
        basis: Basis::InFront,
    }
}

proptest! {
    /// However often and however overlapping what is disputed: no more is given back than was charged, and
    /// as much as within the union of the stretches.
    #[test]
    fn nothing_is_given_back_twice(
        entries in proptest::collection::vec((0usize..30, 0i64..5000, 1i64..2000, any::<bool>()), 1..12),
        stretches in proptest::collection::vec((0i64..6000, 1i64..3000, 0usize..3), 1..8),
    ) {
        let ledger: Vec<LedgerEntry> =
            entries.iter().map(|(which, from, span, free)| entry(*which, *from, *span, 0, *free)).collect();
        let targets = [Target::Screen, Target::App(mines().id), Target::App(chess().id)];
        let stretches: Vec<Stretch> = stretches.iter().map(|(from, span, target)| Stretch {
            from: at(0) + TimeDelta::seconds(*from),
            until: at(0) + TimeDelta::seconds(from + span),
            target: targets[*target].clone(),
        }).collect();
        let mut given: BTreeMap<Target, i64> = BTreeMap::new();
        for (number, stretch) in stretches.iter().enumerate() {
            for line in give_back(&ledger, &stretches[..number], stretch) {
                prop_assert_eq!(line.side, Side::Less);
                *given.entry(line.series).or_default() += i64::try_from(line.amount.as_secs()).unwrap();
            }
        }
        // Second by second.
        let mut expected: BTreeMap<Target, i64> = BTreeMap::new();
        for entry in ledger.iter().filter(|entry| entry.cost == Cost::Charged) {
            let seconds = entry.from.timestamp()..entry.until.timestamp();
            let disputed = seconds.filter(|second| stretches.iter().any(|stretch| {
                let concerns = stretch.target == Target::Screen
                    || matches!(&stretch.target, Target::App(app) if entry.app.as_ref() == Some(app));
                concerns && (stretch.from.timestamp()..stretch.until.timestamp()).contains(second)
            }));
            *expected.entry(entry.target.clone()).or_default() += i64::try_from(disputed.count()).unwrap();
        }
        expected.retain(|_, seconds| *seconds > 0);
        prop_assert_eq!(given, expected);
    }

    /// Where an interval was not used all the time, no more than its used time is given back.
    #[test]
    fn no_more_than_was_used_is_given_back(
        span in 1i64..2000, asleep in 0u64..2000,
        stretches in proptest::collection::vec((0i64..2500, 1i64..2500), 1..6),
    ) {
        let ledger = [entry(6, 100, span, asleep, false)];
        let stretches: Vec<Stretch> = stretches.iter().map(|(from, span)| Stretch {
            from: at(0) + TimeDelta::seconds(*from),
            until: at(0) + TimeDelta::seconds(from + span),
            target: Target::Screen,
        }).collect();
        let mut given = minutes(0);
        for (number, stretch) in stretches.iter().enumerate() {
            given += give_back(&ledger, &stretches[..number], stretch).iter().map(|line| line.amount).sum::<std::time::Duration>();
        }
        prop_assert!(given <= ledger[0].used);
    }
}
