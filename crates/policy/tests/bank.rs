//! Kept, borrowed and earned time: within their caps, and no time out of nothing.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests state what must hold")]

mod support;

use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Asia::Ho_Chi_Minh;
use lanh_policy::*;
use proptest::prelude::*;
use std::time::Duration;
use support::*;

const GAMES: Target = Target::Category(Category::Game);
const LEARNING: Target = Target::Category(Category::Learning);

fn bank(keep: u64) -> RuleKind {
    let since = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    RuleKind::Bank(Bank { target: GAMES, keep: minutes(keep), borrow: minutes(0), since })
}

fn earn(every: u64, gives: u64, at_most: u64) -> RuleKind {
    RuleKind::Earn(Earn {
        by: LEARNING,
        every: minutes(every),
        target: GAMES,
        gives: minutes(gives),
        at_most: minutes(at_most),
    })
}

/// Plays mines that long, on the day of the house.
fn play(house: &mut House, span: Duration) {
    house.front(&mines());
    house.run(span);
    house.sees(Presence::Away);
}

fn morning(house: &mut House, date: &str) {
    house.run_until(Ho_Chi_Minh, &format!("{date} 08:00"));
}

fn budget(house: &House) -> (Duration, Duration) {
    let line = &house.standing().budgets[0];
    (line.used, line.amount)
}

fn house(rules: Vec<RuleKind>) -> House {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 07:50", rules);
    house.start(&mines());
    house.sees(Presence::Away);
    morning(&mut house, "2026-11-24");
    house
}

#[test]
fn unused_time_is_kept_up_to_the_cap() {
    let mut house = house(vec![daily(GAMES, minutes(60)), bank(30)]);
    assert_eq!(budget(&house).1, minutes(60));
    play(&mut house, minutes(40));
    morning(&mut house, "2026-11-25");
    assert_eq!(budget(&house), (minutes(0), minutes(80)));
    // A day without play: 80 minutes are left, 30 are kept.
    morning(&mut house, "2026-11-26");
    assert_eq!(budget(&house).1, minutes(90));
    house.crash(Vec::new());
    assert_eq!(budget(&house).1, minutes(90));
    house.session(SessionState::Active);
    house.report();
    play(&mut house, minutes(100));
    assert_eq!(budget(&house).0, minutes(90));
    assert!(house.is_denied(&mines()));
    morning(&mut house, "2026-11-27");
    assert_eq!(budget(&house), (minutes(0), minutes(60)));
}

#[test]
fn nothing_is_kept_of_the_days_before_the_bank() {
    let house = house(vec![daily(GAMES, minutes(60)), bank(600)]);
    assert_eq!(budget(&house).1, minutes(60));
}

/// Takes so much play from tomorrow.
fn borrow(house: &mut House, amount: Duration) {
    let now = house.engine.trusted_now();
    let line = |days, side| CorrectionLine { series: GAMES, at: now + TimeDelta::days(days), amount, side };
    let lines = vec![line(0, Side::Less), line(1, Side::More)];
    house.tell(Event::Corrected(Correction { id: CorrectionId(1), child: AN, lines }));
}

#[test]
fn what_is_borrowed_today_is_missing_tomorrow() {
    let mut house = house(vec![daily(GAMES, minutes(60)), bank(30)]);
    borrow(&mut house, minutes(15));
    play(&mut house, minutes(100));
    assert_eq!(house.charged(&GAMES), minutes(75));
    morning(&mut house, "2026-11-25");
    play(&mut house, minutes(100));
    assert_eq!(house.charged(&GAMES), minutes(75 + 45));
}

#[test]
fn what_was_borrowed_and_not_used_is_kept_and_pays_the_debt() {
    let mut house = house(vec![daily(GAMES, minutes(60)), bank(30)]);
    borrow(&mut house, minutes(15));
    play(&mut house, minutes(60));
    morning(&mut house, "2026-11-25");
    let (used, amount) = budget(&house);
    assert_eq!(amount - used, minutes(60));
}

#[test]
fn learning_earns_play_up_to_the_cap_and_opens_a_held_game() {
    let rules = vec![daily(GAMES, minutes(10)), RuleKind::Exemption(LEARNING), earn(10, 5, 12)];
    let mut house = house(rules);
    house.front(&mines());
    house.run(minutes(11));
    assert!(house.is_denied(&mines()));
    house.start(&tutor());
    house.front(&tutor());
    house.run(minutes(9));
    assert!(house.is_denied(&mines()));
    house.run(minutes(1));
    assert!(!house.is_denied(&mines()));
    assert_eq!(budget(&house), (minutes(10), minutes(15)));
    house.run(minutes(60));
    assert_eq!(budget(&house), (minutes(10), minutes(22)));
    // Tomorrow it is earned anew.
    morning(&mut house, "2026-11-25");
    house.sees(Presence::Away);
    assert!(budget(&house).1 <= minutes(22));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let since = NaiveDate::default();
    let each = Target::Each(Category::Game);
    let bank = Bank { target: each.clone(), keep: minutes(5), borrow: minutes(5), since };
    assert_eq!(RuleKind::Bank(bank).validate(), Err(RuleError::BankForEach));
    let good =
        Earn { by: LEARNING, every: minutes(10), target: GAMES, gives: minutes(5), at_most: minutes(30) };
    assert_eq!(RuleKind::Earn(good.clone()).validate(), Ok(()));
    let check = |earn: Earn, error| assert_eq!(RuleKind::Earn(earn).validate(), Err(error));
    check(Earn { by: each.clone(), ..good.clone() }, RuleError::BankForEach);
    check(Earn { target: each, ..good.clone() }, RuleError::BankForEach);
    check(Earn { every: SECOND, ..good.clone() }, RuleError::EarnedByNothing);
    check(Earn { by: GAMES, ..good }, RuleError::EarnedByNothing);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// However the days go, all play together is at most the allowances and what was earned; on one day at
    /// most the allowance, the cap of the bank and what was earned.
    #[test]
    fn a_bank_makes_no_time(
        amounts in proptest::array::uniform7(0u64..90),
        keep in 0u64..120,
        plays in proptest::collection::vec((0u64..200, 0u64..60), 1..9),
        every in 5u64..20, gives in 0u64..15, at_most in 0u64..40,
        borrowed in proptest::collection::vec(0u64..60, 9),
    ) {
        let allowance = RuleKind::Allowance(Allowance {
            target: GAMES,
            period: Period::Day(amounts.map(|amount| Some(minutes(amount)))),
        });
        let mut house = house(vec![
            allowance,
            bank(keep),
            RuleKind::Exemption(LEARNING),
            earn(every, gives, at_most),
        ]);
        house.start(&tutor());
        // The 24th is a Tuesday.
        let of_day = |day: usize| minutes(amounts[(day + 1) % 7]);
        let (mut allowed, mut played) = (Duration::ZERO, Duration::ZERO);
        for (day, (play_for, learn_for)) in plays.iter().enumerate() {
            morning(&mut house, &(date() + TimeDelta::days(i64::try_from(day).unwrap())).to_string());
            // Not more than tomorrow has.
            let loan = minutes(borrowed[day]).min(of_day(day + 1));
            let now = house.engine.trusted_now();
            let line = |days, side| CorrectionLine {
                series: GAMES, at: now + TimeDelta::days(days), amount: loan, side,
            };
            let lines = vec![line(0, Side::Less), line(1, Side::More)];
            house.tell(Event::Corrected(Correction { id: CorrectionId(day as u64), child: AN, lines }));
            house.front(&tutor());
            house.run(minutes(*learn_for));
            // What is held is not in front again until it is opened.
            house.start(&mines());
            play(&mut house, minutes(*play_for));
            let earned = minutes((learn_for / every * gives).min(at_most));
            let today = house.charged(&GAMES) - played;
            played += today;
            allowed += of_day(day) + earned;
            prop_assert!(played <= allowed + loan, "day {}: {:?} of {:?}", day, played, allowed);
            prop_assert!(today <= of_day(day) + minutes(keep) + earned + loan, "day {}: {:?}", day, today);
        }
    }
}

fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
}
