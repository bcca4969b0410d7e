//! docs/behaviour.md, one test or more a line; the names begin with its number.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests state what must hold")]

mod support;

use chrono::{TimeDelta, Weekday};
use chrono_tz::{Asia::Ho_Chi_Minh, Europe::Berlin};
use lanh_policy::*;
use std::time::Duration;
use support::*;

const GAMES: Target = Target::Category(Category::Game);

fn of(app: &App) -> Target {
    Target::App(app.id.clone())
}

#[test]
fn b01_given_an_app_in_front_when_time_passes_then_app_category_and_screen_are_charged_to_the_second() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![]);
    house.play(&mines());
    house.run(minutes(10));
    house.sees(Presence::Away);
    for series in [of(&mines()), GAMES, Target::Screen] {
        assert_eq!(house.charged(&series), minutes(10), "{series:?}");
    }
    assert_eq!(house.standing().used_today, minutes(10));
}

#[test]
fn b02_given_nobody_there_or_a_locked_screen_when_time_passes_then_nothing_counts_and_nothing_wakes() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![]);
    house.play(&mines());
    house.sees(Presence::Away);
    assert!(house.engine.next_wake().unwrap() > house.now.since_boot + hours(13));
    house.run(minutes(30));
    house.front(&mines());
    for state in [SessionState::Locked, SessionState::Background, SessionState::Ended] {
        house.session(state);
        house.run(minutes(10));
    }
    assert_eq!(house.charged(&Target::Screen), Duration::ZERO);
}

#[test]
fn b03_given_a_lie_about_the_focus_when_time_passes_then_everything_that_runs_counts() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![]);
    house.start(&mines());
    house.front(&tutor());
    house.run(minutes(3));
    house.sees(Presence::Away);
    assert_eq!(house.charged(&of(&mines())), minutes(3));
    assert!(house.ledger.values().any(|entry| entry.basis == Basis::FocusUnknown));
}

#[test]
fn b04_given_a_silent_companion_or_strict_counting_when_time_passes_then_everything_that_runs_counts_once() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![]);
    house.start(&mines());
    house.start(&chess());
    house.tell(Event::CompanionSilent("c1".into()));
    house.run(minutes(5));
    house.session(SessionState::Locked);
    assert_eq!((house.charged(&of(&mines())), house.charged(&of(&chess()))), (minutes(5), minutes(5)));
    assert_eq!((house.charged(&GAMES), house.charged(&Target::Screen)), (minutes(5), minutes(5)));

    let mut strict = child(vec![]);
    strict.settings.strict_counting = true;
    let mut house = House::with(Ho_Chi_Minh, "2026-11-24 10:00", strict);
    house.start(&mines());
    house.sees(Presence::Away);
    house.run(minutes(5));
    house.session(SessionState::Locked);
    assert_eq!(house.charged(&of(&mines())), minutes(5));
}

#[test]
fn b05_given_an_account_without_any_session_when_a_game_runs_then_it_counts() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![]);
    let other = Account::from_uid(1002);
    let mut family = house.engine.family().clone();
    family.children[0].accounts.push(other.clone());
    house.tell(Event::FamilyChanged(family));
    house.sees(Presence::Away);
    let process = ProcessId { pid: 7, started: 7 };
    house.tell(Event::ProcessStarted { process, account: other, session: None, app: mines() });
    house.run(minutes(2));
    house.tell(Event::ProcessExited(process));
    assert_eq!((house.charged(&of(&mines())), house.charged(&Target::Screen)), (minutes(2), minutes(2)));
}

#[test]
fn b06_given_two_sessions_of_one_child_when_both_play_then_the_time_counts_once() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![]);
    house.play(&mines());
    house.tell(Event::SessionChanged {
        session: "c2".into(),
        account: account(),
        state: SessionState::Active,
    });
    let presence = Presence::Here(Focus::App(mines().id));
    house.tell(Event::CompanionSees { session: "c2".into(), presence });
    house.run(minutes(4));
    house.sees(Presence::Away);
    house.run(minutes(4));
    house.tell(Event::CompanionSilent("c2".into()));
    for series in [of(&mines()), GAMES, Target::Screen] {
        assert_eq!(house.charged(&series), minutes(8), "{series:?}");
    }
}

#[test]
fn b07_given_the_machine_sleeps_when_it_wakes_then_the_sleep_costs_nothing() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![]);
    house.play(&mines());
    house.run(minutes(2));
    house.sleep(hours(2));
    house.run(minutes(2));
    house.sees(Presence::Away);
    assert_eq!(house.charged(&of(&mines())), minutes(4));
    for entry in house.ledger.values() {
        assert_eq!(
            entry.until - entry.from,
            TimeDelta::from_std(entry.used).unwrap(),
            "no interval spans the sleep"
        );
    }
}

#[test]
fn b08_given_nobody_looked_for_an_hour_when_it_looks_again_then_ten_seconds_are_charged_or_all_if_strict() {
    for (strict, expected) in [(false, SECOND * 10), (true, hours(1))] {
        let mut child = child(vec![]);
        child.settings.strict_counting = strict;
        let mut house = House::with(Ho_Chi_Minh, "2026-11-24 10:00", child);
        house.play(&mines());
        house.pass(hours(1), hours(1));
        house.session(SessionState::Locked);
        assert_eq!(house.charged(&of(&mines())), expected);
    }
}

#[test]
fn b09_given_the_clock_is_set_when_nobody_vouches_for_it_then_nothing_changes() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![daily(GAMES, minutes(10))]);
    house.play(&mines());
    for days in [1, -3, 400] {
        house.now.wall += TimeDelta::days(days);
        house.run(minutes(2));
    }
    assert_eq!(house.engine.trusted_now(), local(Ho_Chi_Minh, "2026-11-24 10:07"));
    house.run(minutes(5));
    assert!(house.is_denied(&mines()));
    assert_eq!(house.charged(&GAMES), minutes(10));
    // The service starts again, then the machine, with a clock that was set back.
    house.crash(Vec::new());
    assert_eq!(house.engine.trusted_now(), local(Ho_Chi_Minh, "2026-11-24 10:12"));
    let (boot, wall) = (BootId(2), local(Ho_Chi_Minh, "2026-11-24 10:01"));
    house.now = Moment { boot, wall, since_boot: SECOND, awake: SECOND, ..house.now };
    house.crash(Vec::new());
    assert_eq!(house.engine.trusted_now(), local(Ho_Chi_Minh, "2026-11-24 10:12"));
}

#[test]
fn b09_given_a_new_day_in_which_nothing_counts_when_time_passes_then_the_floor_is_kept_once() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 23:50", vec![]);
    house.play(&mines());
    house.run(minutes(5));
    house.sees(Presence::Away);
    house.log.clear();
    for _look in 0..60 {
        house.pass(minutes(1), minutes(1));
    }
    assert_eq!(house.count(|effect| matches!(effect, Effect::KeepFloor(_))), 1);
}

#[test]
fn b10_given_a_daily_allowance_when_it_is_used_up_then_warned_held_closed_at_midnight_and_allowed_the_next_day()
 {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![daily(GAMES, minutes(20))]);
    house.play(&mines());
    house.run(minutes(19));
    assert_eq!(house.warnings(), [15, 5, 1].map(|left| (minutes(left), minutes(left))));
    assert!(matches!(house.verdict(&mines()), Verdict::Warned { .. }));
    assert_eq!(house.holds(), 0);
    house.run(minutes(2));
    assert_eq!(house.holds(), 1);
    assert_eq!(house.charged(&GAMES), minutes(20));
    let reason = house.denial(&mines());
    assert_eq!((reason.rule, reason.until), (RuleId(1), Some(local(Ho_Chi_Minh, "2026-11-25 00:00"))));
    assert!(house.is_denied(&chess()));
    house.run_until(Ho_Chi_Minh, "2026-11-25 00:00");
    assert!(!house.is_denied(&mines()));
    assert_eq!(house.count(|effect| matches!(effect, Effect::Release { save_until: None, .. })), 1);
}

#[test]
fn b11_given_a_hold_end_when_it_passes_then_the_app_is_asked_to_close() {
    let mut child = child(vec![daily(GAMES, minutes(5))]);
    child.settings.hold_end = HoldEnd::After(minutes(30));
    let mut house = House::with(Ho_Chi_Minh, "2026-11-24 10:00", child);
    let process = house.play(&mines());
    house.run(minutes(6));
    let Verdict::Held { closes_at, .. } = house.verdict(&mines()) else { panic!("not held") };
    assert_eq!(closes_at, local(Ho_Chi_Minh, "2026-11-24 10:36"));
    house.run(minutes(30));
    let polite = |effect: &Effect| matches!(effect, Effect::Close { manner: CloseManner::Polite { .. }, .. });
    assert!(house.count(polite) >= 1);
    house.tell(Event::ProcessExited(process));
    house.start(&mines());
    let at_once = |effect: &Effect| matches!(effect, Effect::Close { manner: CloseManner::AtOnce, .. });
    assert_eq!(house.count(at_once), 1, "a start that the gate should have refused is ended");
}

#[test]
fn b11_given_no_time_between_hold_and_close_when_time_is_up_then_the_app_is_asked_to_close_at_once() {
    let mut child = child(vec![daily(GAMES, minutes(5))]);
    child.settings.hold_end = HoldEnd::After(Duration::ZERO);
    let mut house = House::with(Ho_Chi_Minh, "2026-11-24 10:00", child);
    house.play(&mines());
    house.run(minutes(5));
    let polite = |effect: &Effect| matches!(effect, Effect::Close { manner: CloseManner::Polite { .. }, .. });
    assert_eq!((house.count(polite), house.holds()), (1, 0));
}

#[test]
fn b11_given_thirty_seconds_since_the_start_when_a_denied_app_is_started_then_it_is_ended() {
    for (since, ended) in [(29, 0), (30, 1)] {
        let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![RuleKind::Block(GAMES)]);
        house.crash(Vec::new());
        house.run(SECOND * since);
        house.start(&mines());
        let at_once = |effect: &Effect| matches!(effect, Effect::Close { manner: CloseManner::AtOnce, .. });
        assert_eq!((house.count(at_once), house.holds()), (ended, 1 - ended), "after {since} s");
    }
}

#[test]
fn b11_given_a_held_app_when_its_hold_ends_then_watchers_are_told() {
    let mut child = child(vec![RuleKind::Block(GAMES)]);
    child.settings.hold_end = HoldEnd::After(minutes(1));
    let mut house = House::with(Ho_Chi_Minh, "2026-11-24 10:00", child);
    house.crash(Vec::new());
    house.start(&mines());
    house.sees(Presence::Away);
    house.log.clear();
    house.pass(minutes(1), minutes(1));
    assert_eq!(house.count(|effect| matches!(effect, Effect::Close { .. })), 1);
    let watchers = |effect: &Effect| *effect == Effect::StandingChanged(AN);
    assert!(house.log.iter().position(|(_, effect)| watchers(effect)).is_some_and(|place| place <= 2));
}

#[test]
fn b12_given_a_held_app_when_saving_is_asked_then_it_is_thawed_a_bounded_number_of_times() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![daily(GAMES, minutes(5))]);
    house.play(&mines());
    house.run(minutes(6));
    for _ask in 0..5 {
        house.tell(Event::SaveRequested(AN, mines().id));
        house.run(minutes(2));
    }
    assert_eq!(house.count(|effect| matches!(effect, Effect::Release { save_until: Some(_), .. })), 2);
    assert_eq!(house.holds(), 3);
    assert_eq!(house.charged(&GAMES), minutes(7), "the thaws are charged: they are no gain");
    house.tell(Event::CloseRequested(AN, mines().id));
    assert_eq!(house.count(|effect| matches!(effect, Effect::Close { .. })), 1);
}

#[test]
fn b13_given_a_hold_is_unsafe_or_the_session_ends_when_held_then_it_closes_politely() {
    for end in [
        Event::HoldUnsafe(AN, mines().id),
        Event::SessionChanged { session: "c1".into(), account: account(), state: SessionState::Ended },
    ] {
        let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![daily(GAMES, minutes(5))]);
        house.play(&mines());
        house.run(minutes(6));
        let effects = house.tell(end);
        assert!(
            effects
                .iter()
                .any(|effect| matches!(effect, Effect::Close { manner: CloseManner::Polite { .. }, .. }))
        );
    }
}

#[test]
fn b14_given_the_screen_is_over_when_the_session_stays_open_then_it_is_locked_again_and_again() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![daily(Target::Screen, minutes(5))]);
    house.play(&mines());
    house.run(minutes(5) + SECOND * 25);
    let attempts = |house: &House| -> Vec<u32> {
        let attempt = |(_, effect): &(_, Effect)| match effect {
            Effect::LockSession { attempt, .. } => Some(*attempt),
            _ => None,
        };
        house.log.iter().filter_map(attempt).collect()
    };
    assert_eq!(attempts(&house), [0, 1, 2]);
    house.session(SessionState::Locked);
    house.run(minutes(5));
    house.session(SessionState::Active);
    assert_eq!(attempts(&house), [0, 1, 2, 0]);
    house.give(1, Target::Screen, minutes(5));
    assert_eq!(house.count(|effect| matches!(effect, Effect::UnlockSession(..))), 1);
}

#[test]
fn b15_given_an_exempt_app_when_everything_is_over_then_it_goes_on_and_costs_nothing() {
    let rules =
        vec![daily(Target::Screen, minutes(5)), RuleKind::Exemption(Target::Category(Category::Learning))];
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", rules);
    house.play(&tutor());
    house.run(minutes(30));
    assert_eq!(house.charged(&Target::Screen), Duration::ZERO);
    house.play(&mines());
    house.run(minutes(6));
    house.front(&tutor());
    house.session(SessionState::Locked);
    house.session(SessionState::Active);
    house.log.clear();
    house.run(minutes(5));
    assert!(!house.is_denied(&tutor()));
    assert_eq!(house.count(|effect| matches!(effect, Effect::LockSession { .. })), 0);
}

#[test]
fn b16_given_each_app_has_its_own_time_when_one_is_used_up_then_the_other_is_not() {
    let mut house =
        House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![daily(Target::Each(Category::Game), minutes(20))]);
    house.play(&mines());
    house.run(minutes(21));
    assert!(house.is_denied(&mines()) && !house.is_denied(&chess()));
    house.play(&chess());
    house.run(minutes(4));
    let lines: Vec<_> = house.standing().budgets.into_iter().map(|line| (line.target, line.used)).collect();
    assert_eq!(lines, [(of(&chess()), minutes(4)), (of(&mines()), minutes(20))]);
}

#[test]
fn b17_given_the_decree_preset_when_a_child_plays_all_day_then_60_minutes_a_game_180_in_all_and_texts_every_30()
 {
    let preset = Preset::by_id("vn-147").unwrap();
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 08:00", preset.rules);
    for name in ["a", "b", "c", "d"] {
        let game = app(name, Category::Game);
        house.play(&game);
        house.run(minutes(61));
        assert!(house.is_denied(&game));
    }
    assert_eq!(house.charged(&GAMES), minutes(180));
    assert_eq!(house.charged(&of(&app("d", Category::Game))), Duration::ZERO);
    let texts: Vec<_> = house
        .log
        .iter()
        .filter_map(|(_, effect)| match effect {
            Effect::ShowHealthText(_, _, text) => Some(text.played),
            _ => None,
        })
        .collect();
    assert_eq!(texts, [30, 60, 90, 120, 150, 180].map(minutes));
    house.run_until(Ho_Chi_Minh, "2026-11-25 00:00");
    assert!(!house.is_denied(&app("a", Category::Game)));
}

#[test]
fn b18_given_allowed_hours_when_they_end_then_warned_and_held_until_they_open_again() {
    let rules = vec![every_day(GAMES, &[slot("10:00", "10:30"), slot("15:00", "16:00")])];
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", rules);
    house.play(&mines());
    house.run(minutes(31));
    assert_eq!(house.warnings().len(), 3);
    assert_eq!(house.holds(), 1);
    assert_eq!(house.denial(&mines()).until, Some(local(Ho_Chi_Minh, "2026-11-24 15:00")));
    house.run_until(Ho_Chi_Minh, "2026-11-24 15:00");
    assert!(!house.is_denied(&mines()));
}

#[test]
fn b19_given_a_free_slot_when_it_lasts_then_its_series_and_the_narrower_ones_cost_nothing() {
    let free = Slot { free: true, ..slot("10:00", "10:30") };
    let rules = vec![every_day(GAMES, &[free, slot("10:30", "24:00")]), daily(GAMES, minutes(20))];
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", rules);
    house.play(&mines());
    house.run_until(Ho_Chi_Minh, "2026-11-24 10:40");
    house.sees(Presence::Away);
    assert_eq!((house.charged(&GAMES), house.charged(&of(&mines()))), (minutes(10), minutes(10)));
    assert_eq!(house.charged(&Target::Screen), minutes(39), "the wider series goes on");
}

#[test]
fn b19_given_a_free_slot_within_an_allowance_when_its_end_is_foretold_then_the_slot_is_left_out() {
    let free = Slot { free: true, ..slot("10:30", "11:00") };
    let hours_of = every_day(GAMES, &[slot("00:00", "10:30"), free, slot("11:00", "24:00")]);
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![hours_of, daily(GAMES, minutes(60))]);
    house.play(&mines());
    let Verdict::Allowed { until: Some((until, _)) } = house.verdict(&mines()) else { panic!("no end") };
    assert_eq!(until, house.engine.trusted_now() + TimeDelta::minutes(90));
    house.run(minutes(20));
    let Verdict::Allowed { until: Some((again, _)) } = house.verdict(&mines()) else { panic!("no end") };
    assert_eq!(again, until);
}

#[test]
fn b20_given_a_break_rule_when_the_stretch_is_over_then_the_target_rests_only_while_it_is_not_in_use() {
    let due = BreakRule { target: GAMES, at_most: minutes(20), rest: minutes(10) };
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![RuleKind::Break(due)]);
    house.play(&mines());
    house.run(minutes(20));
    assert_eq!(house.denial(&mines()).helps, [Help::Rest, Help::AskForTime]);
    house.run(minutes(5));
    house.tell(Event::SaveRequested(AN, mines().id));
    house.run(minutes(10) + SECOND * 59);
    assert!(house.is_denied(&mines()), "the thaw began the rest anew");
    house.run(SECOND);
    assert!(!house.is_denied(&mines()));
    house.run(minutes(12));
    house.sees(Presence::Away);
    house.run(minutes(10));
    house.front(&mines());
    house.run(minutes(19));
    assert!(!house.is_denied(&mines()), "a pause as long as the rest begins a new stretch");
}

#[test]
fn b20_given_a_rest_that_is_over_when_the_rule_then_asks_for_a_longer_one_then_it_stays_over() {
    let due = |rest| RuleKind::Break(BreakRule { target: GAMES, at_most: minutes(45), rest: minutes(rest) });
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 15:00", vec![due(10)]);
    house.play(&mines());
    house.run(minutes(30));
    house.sees(Presence::Away);
    house.run(minutes(15));
    let mut family = house.engine.family().clone();
    family.children[0].rules[0].kind = due(30);
    house.tell(Event::FamilyChanged(family));
    house.front(&mines());
    house.run(minutes(44));
    assert_eq!(house.holds(), 0);
}

#[test]
fn b21_given_overlapping_rules_when_several_say_no_then_the_one_that_denies_longest_is_named() {
    let rules = vec![
        every_day(GAMES, &[slot("08:00", "10:10"), slot("11:00", "24:00")]),
        daily(GAMES, minutes(5)),
        daily(of(&mines()), minutes(5)),
    ];
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", rules);
    house.play(&mines());
    house.run(minutes(20));
    let reason = house.denial(&mines());
    assert_eq!(
        reason.rule,
        RuleId(2),
        "the day's end is later than 11:00; of two equal ones the first is named"
    );
    assert_eq!(house.denial(&chess()).until, Some(local(Ho_Chi_Minh, "2026-11-25 00:00")));
}

#[test]
fn b22_given_a_block_ceiling_or_list_when_judged_then_only_a_grant_for_exactly_the_app_opens_it() {
    let adult = App { rating: Some(AgeRating::Eighteen), ..chess() };
    let rules = vec![
        RuleKind::Block(of(&mines())),
        RuleKind::RatingCeiling(AgeRating::Twelve),
        RuleKind::AllowOnly(vec![GAMES]),
    ];
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", rules);
    let cause = |house: &House, app: &App| house.denial(app).cause;
    assert_eq!(cause(&house, &mines()), Cause::Blocked { target: of(&mines()) });
    let rated = Cause::RatingAbove { rating: AgeRating::Eighteen, ceiling: AgeRating::Twelve };
    assert_eq!(cause(&house, &adult), rated);
    assert_eq!(cause(&house, &tutor()), Cause::NotAllowedOnly);
    assert!(!house.is_denied(&app("files", Category::System)));
    house.give(1, Target::Screen, minutes(10));
    house.give(2, GAMES, minutes(10));
    assert!(house.is_denied(&mines()) && house.is_denied(&adult) && house.is_denied(&tutor()));
    house.give(3, of(&mines()), minutes(10));
    assert!(!house.is_denied(&mines()) && house.is_denied(&adult));
}

#[test]
fn b23_given_a_grant_when_told_twice_then_it_is_drawn_once_and_only_while_the_rules_say_no() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![daily(GAMES, minutes(20))]);
    house.play(&mines());
    house.run(minutes(5));
    let grant = house.give(1, of(&mines()), minutes(10));
    house.tell(Event::Granted(grant.clone()));
    house.run(minutes(15));
    assert_eq!(house.standing().grants, [(GrantId(1), of(&mines()), minutes(10))]);
    house.run(minutes(4));
    assert!(!house.is_denied(&mines()) && house.is_denied(&chess()));
    house.crash(vec![grant.clone()]);
    house.session(SessionState::Active);
    house.play(&mines());
    house.run(minutes(7));
    house.tell(Event::Granted(grant));
    assert!(house.is_denied(&mines()));
    assert_eq!(house.charged(&GAMES), minutes(20));
    assert_eq!(house.booked(&GAMES, |cost| cost == Cost::Grant(GrantId(1))), minutes(10));
    assert_eq!(house.warnings().last().map(|(threshold, _)| *threshold), Some(minutes(1)));
}

#[test]
fn b23_given_a_grant_for_the_bare_screen_beside_a_system_program_when_the_service_starts_anew_then_it_stays_drawn()
 {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![daily(Target::Screen, Duration::ZERO)]);
    let files = app("files", Category::System);
    let given = house.give(1, Target::Screen, hours(1));
    let session = SessionId::from("c2");
    house.tell(Event::SessionChanged {
        session: session.clone(),
        account: account(),
        state: SessionState::Active,
    });
    let process = ProcessId { pid: 7, started: 7 };
    house.tell(Event::ProcessStarted { process, account: account(), session: None, app: files.clone() });
    house.tell(Event::CompanionSees { session, presence: Presence::Here(Focus::App(files.id)) });
    house.run(minutes(10));
    house.sees(Presence::Away);
    house.crash(vec![given]);
    let [(_, _, left)] = house.standing().grants[..] else { panic!("not one grant") };
    assert_eq!(left, minutes(50));
}

#[test]
fn b24_given_a_held_app_when_a_grant_comes_then_it_is_released_at_once_and_held_again_when_taken_back() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![daily(GAMES, minutes(5))]);
    house.play(&mines());
    house.run(minutes(6));
    house.give(1, GAMES, minutes(10));
    assert_eq!(house.count(|effect| matches!(effect, Effect::Release { save_until: None, .. })), 1);
    house.run(minutes(3));
    house.tell(Event::GrantRevoked(GrantId(1)));
    assert_eq!(house.holds(), 2);
    house.run(minutes(3));
    assert_eq!(house.booked(&GAMES, |cost| cost == Cost::Grant(GrantId(1))), minutes(3));
}

#[test]
fn b25_given_forty_seconds_left_when_an_app_is_started_then_one_warning_tells_the_real_time() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![daily(GAMES, SECOND * 40)]);
    house.play(&mines());
    house.run(minutes(2));
    assert_eq!(house.warnings(), [(minutes(1), SECOND * 40)]);
}

#[test]
fn b26_given_a_week_allowance_when_the_family_week_begins_then_it_is_whole_again() {
    let week = RuleKind::Allowance(Allowance { target: GAMES, period: Period::Week(minutes(30)) });
    for (start, renewed) in [(Weekday::Mon, "2026-11-30 00:00"), (Weekday::Sun, "2026-11-29 00:00")] {
        let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![week.clone()]);
        let mut family = house.engine.family().clone();
        family.week_start = start;
        house.tell(Event::FamilyChanged(family));
        house.play(&mines());
        house.run(minutes(31));
        assert_eq!(house.denial(&mines()).until, Some(local(Ho_Chi_Minh, renewed)));
        house.run_until(Ho_Chi_Minh, "2026-11-28 23:59");
        assert!(house.is_denied(&mines()));
        house.run_until(Ho_Chi_Minh, renewed);
        assert!(!house.is_denied(&mines()));
    }
}

#[test]
fn b27_given_daylight_saving_when_it_changes_then_days_have_23_or_25_hours_and_hours_follow_the_local_clock()
{
    for (day, next, length) in [("2026-03-29", "2026-03-30", 23), ("2026-10-25", "2026-10-26", 25)] {
        let rules = vec![daily(GAMES, minutes(5)), every_day(Target::Screen, &[slot("00:00", "20:00")])];
        let mut house = House::at(Berlin, &format!("{day} 00:00"), rules);
        house.play(&mines());
        house.run(minutes(10));
        let until = house.denial(&mines()).until.unwrap();
        assert_eq!(until, local(Berlin, &format!("{next} 00:00")));
        assert_eq!(until - local(Berlin, &format!("{day} 00:00")), TimeDelta::hours(length));
        house.session(SessionState::Locked);
        house.run_until(Berlin, &format!("{day} 19:59"));
        assert!(matches!(house.standing().screen, Verdict::Allowed { .. }));
        house.run_until(Berlin, &format!("{day} 20:00"));
        assert!(matches!(house.standing().screen, Verdict::Denied(_)));
    }
}

#[test]
fn b28_given_a_slot_within_the_skipped_hour_when_that_day_comes_then_it_is_empty_that_day() {
    let mut house = House::at(Berlin, "2026-03-29 01:00", vec![every_day(GAMES, &[slot("02:15", "02:45")])]);
    assert_eq!(house.denial(&mines()).until, Some(local(Berlin, "2026-03-30 02:15")));
    house.run_until(Berlin, "2026-03-30 02:15");
    assert!(!house.is_denied(&mines()));
}

#[test]
fn b29_given_play_over_midnight_when_the_day_changes_then_no_interval_crosses_it() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 23:50", vec![daily(GAMES, minutes(20))]);
    house.play(&mines());
    house.run(minutes(20));
    house.sees(Presence::Away);
    let midnight = local(Ho_Chi_Minh, "2026-11-25 00:00");
    for entry in house.ledger.values() {
        assert!(entry.until <= midnight || entry.from >= midnight, "{entry:?}");
    }
    assert_eq!(house.charged(&GAMES), minutes(20));
    assert_eq!(house.standing().used_today, minutes(11));
}

#[test]
fn b30_given_a_crash_when_the_engine_comes_back_then_counters_and_stretches_go_on_and_what_runs_is_held_not_killed()
 {
    let due = BreakRule { target: GAMES, at_most: minutes(20), rest: minutes(10) };
    let mut house =
        House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![RuleKind::Break(due), daily(GAMES, hours(1))]);
    house.play(&mines());
    house.run(minutes(19));
    house.crash(Vec::new());
    house.session(SessionState::Active);
    house.play(&mines());
    house.run(minutes(1));
    assert!(house.is_denied(&mines()), "the stretch was not forgotten");
    house.crash(Vec::new());
    house.log.clear();
    house.play(&mines());
    assert_eq!(house.holds(), 1);
    assert_eq!(house.count(|effect| matches!(effect, Effect::Close { .. })), 0);
}

#[test]
fn b30_given_an_end_in_good_order_when_the_engine_comes_back_then_not_a_second_is_lost() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![daily(GAMES, hours(1))]);
    house.play(&mines());
    house.run(Duration::from_secs(64));
    assert!(house.charged(&GAMES) < Duration::from_secs(64), "not yet written");
    for effect in house.engine.finish(house.now) {
        if let Effect::Record(entry) = effect {
            house.ledger.insert(entry.id, entry);
        }
    }
    assert_eq!(house.charged(&GAMES), Duration::from_secs(64));
}

#[test]
fn b30_given_a_held_app_when_the_machine_is_started_anew_then_a_new_start_of_it_is_ended_and_saves_nothing() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![daily(GAMES, minutes(5))]);
    house.play(&mines());
    house.run(minutes(6));
    assert_eq!(house.holds(), 1);
    house.reboot(Vec::new());
    house.log.clear();
    house.start(&mines());
    house.tell(Event::SaveRequested(AN, mines().id));
    let at_once = |effect: &Effect| matches!(effect, Effect::Close { manner: CloseManner::AtOnce, .. });
    assert_eq!((house.count(at_once), house.holds()), (1, 0), "no new thaws by a reboot");
    assert_eq!(house.count(|effect| matches!(effect, Effect::Release { .. })), 0);
}

#[test]
fn b31_given_a_child_removed_when_something_was_held_then_it_is_released_and_the_gate_opens() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![daily(GAMES, minutes(5))]);
    house.play(&mines());
    house.run(minutes(6));
    let family = Family { children: Vec::new(), ..house.engine.family().clone() };
    let effects = house.tell(Event::FamilyChanged(family));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Release { .. })));
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::SetGate(_, table) if **table == GateTable::default()))
    );
    assert!(house.engine.standing(AN).is_none());
}

#[test]
fn b32_given_focus_changes_when_nothing_else_changed_then_the_gate_is_not_set_again() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![daily(GAMES, minutes(50))]);
    house.start(&chess());
    house.play(&mines());
    house.log.clear();
    for _turn in 0..5 {
        house.front(&chess());
        house.run(minutes(1));
        house.front(&mines());
        house.run(minutes(1));
    }
    assert_eq!(house.count(|effect| matches!(effect, Effect::SetGate(..))), 0);
    let told = house.count(|effect| matches!(effect, Effect::StandingChanged(_)));
    assert_eq!(told, 10, "once for each change of what counts, not for each flush");
}

#[test]
fn b33_given_an_app_that_is_saving_when_the_settings_of_holds_change_then_it_is_not_frozen_for_that() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![daily(GAMES, minutes(5))]);
    house.play(&mines());
    house.run(minutes(6));
    house.tell(Event::SaveRequested(AN, mines().id));
    let mut family = house.engine.family().clone();
    family.children[0].settings.save_thaws = 9;
    let effects = house.tell(Event::FamilyChanged(family));
    assert!(effects.iter().all(|effect| !matches!(effect, Effect::Hold { .. })), "{effects:?}");
    house.run(minutes(1));
    assert!(house.log.iter().rev().any(|(_, effect)| matches!(effect, Effect::Hold { saves_left: 8, .. })));
}

#[test]
fn b33_given_a_held_app_when_the_settings_of_holds_change_then_it_goes_by_the_new_ones() {
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 10:00", vec![daily(GAMES, minutes(5))]);
    house.play(&mines());
    house.run(minutes(6));
    house.tell(Event::SaveRequested(AN, mines().id));
    house.run(minutes(2));
    let set = |house: &mut House, hold_end, save_thaws| {
        let mut family = house.engine.family().clone();
        family.children[0].settings.hold_end = hold_end;
        family.children[0].settings.save_thaws = save_thaws;
        house.tell(Event::FamilyChanged(family))
    };
    let told = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::Hold { closes_at, saves_left, .. } => Some((*closes_at, *saves_left)),
            _ => None,
        })
    };

    let effects = set(&mut house, HoldEnd::After(minutes(30)), 5);
    // Held since 10:06; one of the five was used.
    assert_eq!(told(&effects), Some((local(Ho_Chi_Minh, "2026-11-24 10:36"), 4)));
    let Verdict::Held { closes_at, .. } = house.verdict(&mines()) else { panic!("not held") };
    assert_eq!(closes_at, local(Ho_Chi_Minh, "2026-11-24 10:36"));
    assert_eq!(told(&set(&mut house, HoldEnd::After(minutes(30)), 5)), None, "nothing new is told");
    assert_eq!(
        told(&set(&mut house, HoldEnd::DayEnd, 0)),
        Some((local(Ho_Chi_Minh, "2026-11-25 00:00"), 0)),
        "and longer again"
    );

    let effects = set(&mut house, HoldEnd::After(minutes(1)), 2);
    let polite = |effect: &Effect| matches!(effect, Effect::Close { manner: CloseManner::Polite { .. }, .. });
    assert!(effects.iter().any(polite), "the minute is over: it is asked to close");
}

#[test]
fn b20_given_a_pause_as_long_as_the_rest_when_play_goes_on_then_a_new_stretch_begins() {
    let due = BreakRule { target: GAMES, at_most: minutes(45), rest: minutes(10) };
    let mut house = House::at(Ho_Chi_Minh, "2026-11-24 15:00", vec![RuleKind::Break(due)]);
    house.play(&mines());
    house.run(minutes(30));
    house.sees(Presence::Away);
    house.run(minutes(10));
    house.front(&mines());
    house.run(minutes(44));
    assert_eq!(house.holds(), 0);
    house.run(minutes(2));
    assert_eq!(house.holds(), 1);
}
