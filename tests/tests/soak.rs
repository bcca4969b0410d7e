//! A month at speed and an hour in earnest: nothing grows, and the ledger adds up.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod stage;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use stage::{Footprint, Stage, cpu_ticks, pid_of, wait_for};
use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

/// Eight in the morning in Ho Chi Minh City.
const MORNING: &str = "2026-11-01T01:00:00Z";

/// How much the service may keep more after thirty days than after ten, in KiB: the rows of the week that
/// budgets need, and what the allocator has not given back.
const MONTH_GROWTH: u64 = 2 * 1024;

/// The same for the second half of an hour against the first, in KiB.
const HOUR_GROWTH: u64 = 1024;

fn now(stage: &Stage) -> DateTime<Utc> {
    stage.lanh(&["status"])["now"].as_str().unwrap().parse().unwrap()
}

/// Whether something counts.
fn in_use(stage: &Stage) -> Option<()> {
    let standing = stage.standing();
    standing["running"].as_array()?.iter().any(|app| app["in_use"] == true).then_some(())
}

/// Plays another ten seconds, unless the game is held.
fn play_on(stage: &Stage) -> Option<()> {
    let Some(verdict) = stage.verdict("xsol") else {
        // One that does not let go of the desktop is closed instead of held.
        return pid_of(stage.uid(), "xsol").is_none().then_some(());
    };
    let held = verdict == "held";
    if !held {
        stage.clock("jump 10");
    }
    held.then_some(())
}

#[test]
fn after_thirty_days_nothing_has_grown_and_the_ledger_adds_up() {
    const DAYS: usize = 30;
    const GRANT_EVERY: usize = 3;
    let Some(mut stage) = Stage::set("month") else { return };
    stage.start_service(MORNING, 1);
    stage.set_up("vn-147");
    stage.clear_rules();
    stage.lanh(&["rule", "add", "An", "limit", "xsol", "10m"]);
    stage.start_companion();
    let mut footprints = Vec::new();
    for day in 0..DAYS {
        stage.start("/usr/games/xsol", &[]);
        // Two real minutes without a touch would be absence.
        stage.output_as_child("xdotool", &["mousemove", &(100 + day).to_string(), "100"]);
        wait_for("the game to count", || in_use(&stage));
        stage.pass(10 * 60);
        wait_for("the limit", || play_on(&stage));
        if day % GRANT_EVERY == 0 {
            stage.lanh(&["grant", "An", "3m", "--app", "xsol"]);
            wait_for("the game to go on", || in_use(&stage));
            stage.pass(3 * 60);
            wait_for("the end of the grant", || play_on(&stage));
        }
        footprints.push(Footprint::of(stage.service_pid()));
        // The child gives it up, frozen as it is, and shuts the lid until the next morning.
        if let Some(game) = pid_of(stage.uid(), "xsol") {
            Command::new("kill").args(["-KILL", &game.to_string()]).status().unwrap();
        }
        wait_for("the end of the game", || pid_of(stage.uid(), "xsol").is_none().then_some(()));
        let next: DateTime<Utc> = MORNING.parse().unwrap();
        let next = next + TimeDelta::days(i64::try_from(day).unwrap() + 1);
        stage.clock(&format!("sleep {}", (next - now(&stage)).num_seconds()));
        wait_for("the morning", || (now(&stage) >= next).then_some(()));
    }

    let tenth = footprints[9];
    let last = footprints[DAYS - 1];
    println!("after 10 days {tenth:?}, after {DAYS} {last:?}");
    assert!(last.rss <= tenth.rss + MONTH_GROWTH, "{footprints:?}");
    // Connections come and go; what leaks stays.
    let first = footprints[..10].iter().map(|footprint| footprint.descriptors).max();
    let least = footprints[20..].iter().map(|footprint| footprint.descriptors).min();
    assert!(least <= first, "{footprints:?}");

    // A month of intervals is too long for one answer.
    let played = (0..DAYS).map(|day| {
        let date = format!("2026-11-{:02}", day + 1);
        let usage = stage.lanh(&["usage", "An", "--from", &date, "--until", &date, "--intervals"]);
        played_as_charged(&usage, if day % GRANT_EVERY == 0 { 180 } else { 0 })
    });
    assert_eq!(played.filter(|played| *played).count(), DAYS);
    let audit = stage.lanh(&["audit", "--verify"]);
    assert!(audit["broken_at"].is_null(), "{audit}");
    stage.stop_service();
}

/// A day's sums are the sums of its intervals, and the game was charged its ten minutes, and so many seconds of
/// a grant. Whether the game was played at all.
fn played_as_charged(usage: &Value, of_grant: u64) -> bool {
    let target = |value: &Value| value["target"].to_string();
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    for interval in usage["intervals"].as_array().unwrap() {
        *sums.entry(target(interval)).or_default() += interval["used"].as_u64().unwrap();
    }
    let mut played = false;
    for line in usage["sums"].as_array().unwrap() {
        let used = line["used"].as_u64().unwrap();
        // Each interval is rounded to a second on its way here.
        let by_interval = sums.remove(&target(line)).unwrap_or_default();
        assert!(used.abs_diff(by_interval) <= 30, "{line}: its intervals say {by_interval} s");
        let (charged, granted) = (line["charged"].as_u64().unwrap(), line["granted"].as_u64().unwrap());
        assert!(used.abs_diff(charged + granted) <= 1, "{line}");
        if line["target"]["app"] == "desktop:xsol" {
            played = true;
            assert!((600..=601).contains(&charged), "{line}");
            assert!((of_grant..=of_grant + 1).contains(&granted), "{line}");
        }
    }
    assert!(sums.is_empty(), "intervals without a sum: {sums:?}");
    played
}

#[test]
fn an_hour_of_family_life_leaves_nothing_behind() {
    let Ok(minutes) = std::env::var("LANH_SOAK_MINUTES") else {
        stage::skipped("takes an hour of real time; run: cargo xtask soak");
        return;
    };
    let minutes: usize = minutes.parse().unwrap();
    let mut stage = Stage::set("hour").expect("a soak that is skipped proves nothing");
    stage.start_shipped_service();
    stage.set_up("vn-147");
    stage.clear_rules();
    stage.lanh(&["rule", "add", "An", "limit", "xsol", "6m"]);
    stage.start_companion();
    println!("minute  service: RSS KiB  PSS KiB  descriptors  CPU ms   companion: RSS KiB  descriptors");
    let mut services = Vec::new();
    let mut ticks = cpu_ticks(stage.service_pid());
    for minute in 1..=minutes {
        let started = Instant::now();
        if pid_of(stage.uid(), "xsol").is_none() {
            stage.start("/usr/games/xsol", &[]);
        }
        if minute % 7 == 3 {
            stage.lanh(&["grant", "An", "3m", "--app", "xsol"]);
        }
        if minute % 5 == 4 {
            let companion = pid_of(stage.uid(), "lanh").expect("the companion runs");
            Command::new("kill").arg(companion.to_string()).status().unwrap();
            wait_for("the companion's end", || {
                (pid_of(stage.uid(), "lanh") != Some(companion)).then_some(())
            });
            stage.start_companion();
        }
        // A guardian and the child look, as they do.
        stage.lanh(&["usage", "An"]);
        stage.lanh(&["why", "An", "xsol"]);
        let lanh = stage.lanh_path();
        stage.output_as_child(lanh.to_str().unwrap(), &["status"]);
        std::thread::sleep(Duration::from_secs(60).saturating_sub(started.elapsed()));
        let service = Footprint::of(stage.service_pid());
        let spent = cpu_ticks(stage.service_pid());
        let companion = pid_of(stage.uid(), "lanh").map(Footprint::of);
        println!(
            "{minute:6}  {:16}  {:7}  {:11}  {:6}   {:18}  {:11}",
            service.rss,
            service.pss,
            service.descriptors,
            (spent - ticks) * 10,
            companion.map_or(0, |footprint| footprint.rss),
            companion.map_or(0, |footprint| footprint.descriptors),
        );
        ticks = spent;
        services.push(service);
    }
    let (first, second) = services.split_at(minutes / 2);
    let most = |half: &[Footprint]| {
        let rss = half.iter().map(|footprint| footprint.rss).max().unwrap_or_default();
        let descriptors = half.iter().map(|footprint| footprint.descriptors).max().unwrap_or_default();
        (rss, descriptors)
    };
    let ((rss, descriptors), (later_rss, later_descriptors)) = (most(first), most(second));
    println!(
        "the most, first half: {rss} KiB, {descriptors} descriptors; second half: {later_rss} KiB, {later_descriptors}"
    );
    assert!(later_rss <= rss + HOUR_GROWTH);
    assert!(later_descriptors <= descriptors + 2);
    stage.stop_service();
}
