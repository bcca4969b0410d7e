//! Which rules are taken, what the presets say, and what the trusted clock believes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]

mod support;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use lanh_policy::*;
use std::time::Duration;
use support::*;

fn check(kind: RuleKind, expected: Result<(), RuleError>) {
    assert_eq!(kind.validate(), expected, "{kind:?}");
}

#[test]
fn ratings_name_the_youngest_age_that_they_allow() {
    assert_eq!(AgeRating::ALL.map(AgeRating::youngest), [0, 12, 16, 18]);
}

#[test]
fn a_rule_that_makes_no_sense_is_refused_with_its_reason() {
    let games = || Target::Category(Category::Game);
    let time = |text| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
    let due = |at_most, rest| RuleKind::Break(BreakRule { target: games(), at_most, rest });
    check(daily(games(), hours(24)), Ok(()));
    check(daily(games(), hours(24) + SECOND), Err(RuleError::AllowanceTooLong { minutes: 1440 }));
    let week = |amount| RuleKind::Allowance(Allowance { target: games(), period: Period::Week(amount) });
    check(week(hours(168)), Ok(()));
    check(week(hours(169)), Err(RuleError::AllowanceTooLong { minutes: 10_140 }));
    check(every_day(games(), &[slot("10:00", "12:00"), slot("12:00", "24:00")]), Ok(()));
    check(
        every_day(games(), &[slot("12:00", "12:00")]),
        Err(RuleError::SlotBackwards { from: time("12:00") }),
    );
    check(
        every_day(games(), &[slot("12:00", "14:00"), slot("10:00", "12:01")]),
        Err(RuleError::SlotsOverlap { at: time("12:00") }),
    );
    check(
        every_day(games(), &[slot("10:00", "24:00"), slot("11:00", "12:00")]),
        Err(RuleError::SlotsOverlap { at: time("11:00") }),
    );
    check(due(minutes(1), minutes(1)), Ok(()));
    check(due(minutes(1), SECOND), Err(RuleError::BreakTooShort));
    check(due(Duration::ZERO, minutes(1)), Err(RuleError::BreakTooShort));
    check(RuleKind::HealthText { target: games(), every: SECOND }, Err(RuleError::HealthTextTooOften));
    check(RuleKind::AllowOnly(Vec::new()), Err(RuleError::AllowOnlyEmpty));
}

#[test]
fn every_preset_has_valid_rules_its_own_name_and_a_source() {
    let presets = Preset::all();
    for preset in &presets {
        assert_eq!(Preset::by_id(preset.id.0).as_ref(), Some(preset));
        assert_eq!(presets.iter().filter(|other| other.id == preset.id).count(), 1);
        assert!(preset.rules.iter().all(|kind| kind.validate().is_ok()), "{:?}", preset.id);
        assert!(!preset.source.citation.is_empty() && preset.ages.0 <= preset.ages.1);
    }
    assert_eq!(Preset::by_id("nothing"), None);
}

#[test]
fn every_age_from_three_to_seventeen_has_one_gentle_preset_and_the_law() {
    for years in 3..=17 {
        let ids: Vec<_> = Preset::for_age(years).into_iter().map(|preset| preset.id.0).collect();
        assert_eq!(ids.len(), 2, "{years}: {ids:?}");
        assert!(ids[0].starts_with("gentle-") && ids[1] == "vn-147");
    }
    assert_eq!(Preset::for_age(18), []);
}

#[test]
fn no_gentle_preset_allows_a_rating_above_the_youngest_it_is_meant_for() {
    for preset in Preset::all() {
        for kind in &preset.rules {
            if let RuleKind::RatingCeiling(ceiling) = kind {
                assert!(ceiling.youngest() <= preset.ages.0, "{:?}", preset.id);
            }
        }
    }
}

fn moment(boot: u128, since_boot: Duration, wall: DateTime<Utc>, trust: WallTrust) -> Moment {
    Moment { boot: BootId(boot), since_boot, awake: since_boot, wall, trust }
}

#[test]
fn the_trusted_clock_moves_by_time_since_boot_by_a_confirmed_clock_and_across_boots_never_back() {
    let wall = DateTime::from_timestamp(1_795_489_200, 0).unwrap();
    let (day, hour) = (TimeDelta::days(1), TimeDelta::hours(1));
    let mut clock = TrustedClock::new(Some(wall));
    let steps = [
        (moment(1, hours(1), wall, WallTrust::Unconfirmed), wall, "the floor"),
        (moment(1, hours(2), wall + day, WallTrust::Unconfirmed), wall + hour, "set forward"),
        (moment(1, hours(2), wall - day, WallTrust::Confirmed), wall + hour, "confirmed, but behind"),
        (moment(1, hours(1), wall, WallTrust::Unconfirmed), wall + hour, "time since boot goes back"),
        (moment(1, hours(3), wall + day, WallTrust::Confirmed), wall + day, "confirmed and ahead"),
        (moment(2, SECOND, wall, WallTrust::Unconfirmed), wall + day, "another boot, behind"),
        (moment(3, SECOND, wall + day * 2, WallTrust::Unconfirmed), wall + day * 2, "off overnight"),
    ];
    for (moment, expected, what) in steps {
        assert_eq!(clock.observe(moment), expected, "{what}");
    }
}

#[test]
fn a_clock_set_before_a_restart_of_the_service_is_not_believed() {
    let wall = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let hours = |count: u64| Duration::from_secs(3_600 * count);
    let anchor = Anchor { boot: BootId(7), since_boot: hours(2), wall: wall("2026-11-24T10:00:00Z") };
    let at = |boot, trust, text| Moment {
        boot: BootId(boot),
        since_boot: hours(3),
        awake: hours(3),
        wall: wall(text),
        trust,
    };
    let table = [
        // Set to tomorrow, set back, right: an hour has passed all the same.
        (at(7, WallTrust::Unconfirmed, "2026-11-25T11:00:00Z"), "2026-11-24T11:00:00Z"),
        (at(7, WallTrust::Unconfirmed, "2026-11-24T01:00:00Z"), "2026-11-24T11:00:00Z"),
        (at(7, WallTrust::Unconfirmed, "2026-11-24T11:00:00Z"), "2026-11-24T11:00:00Z"),
        // Somebody vouches for it, or the machine was started anew.
        (at(7, WallTrust::Confirmed, "2026-11-24T11:05:00Z"), "2026-11-24T11:05:00Z"),
        (at(8, WallTrust::Unconfirmed, "2026-11-25T07:00:00Z"), "2026-11-25T07:00:00Z"),
        (at(8, WallTrust::Confirmed, "2026-11-24T09:00:00Z"), "2026-11-24T09:00:00Z"),
        // The firmware's clock was set back while the machine was off.
        (at(8, WallTrust::Unconfirmed, "2026-11-24T09:00:00Z"), "2026-11-24T10:00:00Z"),
    ];
    for (moment, expected) in table {
        assert_eq!(moment.anchored(Some(anchor)).wall, wall(expected), "{moment:?}");
        assert_eq!(moment.anchored(None), moment);
    }
}
