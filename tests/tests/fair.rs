//! Time that can be explained, on real programs: what other rules would have done.

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
use stage::scene::Scene;

/// Seconds that a rule would have refused of what An used today, as the replay has it.
fn refused(scene: &Scene, change: &[&str]) -> u64 {
    let replay = scene.stage.lanh(&[&["replay", "An"], change].concat());
    let days = replay["days"].as_array().unwrap();
    assert_eq!(days.len(), 14);
    days.iter()
        .flat_map(|day| day["stops"].as_array().unwrap())
        .map(|stop| stop["refused"].as_u64().unwrap())
        .sum()
}

#[test]
fn a_questioned_charge_is_given_back_once() {
    let Some(mut scene) = Scene::set("dispute") else { return };
    scene.stage.lanh(&["rule", "add", "An", "limit", "game", "1h"]);
    scene.play_game();
    scene.stage.pass_told(10 * 60);
    let now = scene.stage.lanh(&["status"])["now"].as_str().unwrap().to_owned();
    let now: DateTime<Utc> = now.parse().unwrap();
    let at = |minutes: i64| (now - TimeDelta::minutes(minutes)).to_rfc3339();
    let lanh = scene.stage.lanh_path().display().to_string();
    let (from, until) = (at(8), at(3));
    let asked = scene.shell(&format!("{lanh} --json dispute {from} {until} it was a film"));
    let asked: Value = serde_json::from_slice(&asked.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&asked.stderr)));
    assert_eq!(asked["state"]["state"], "open");
    let back = |view: &Value| {
        view["back"].as_array().unwrap().iter().map(|line| line["seconds"].as_u64().unwrap()).max()
    };
    // The clock jumps by as much as is charged at once, and a little of each jump may be lost.
    assert!((240..=300).contains(&back(&asked).unwrap()), "{asked}");
    assert!(!asked["evidence"].as_array().unwrap().is_empty());
    // A child cannot accept it.
    let own = scene.shell(&format!("{lanh} --json correction yes 1"));
    assert!(!own.status.success());
    let before = scene.used();
    let accepted = scene.stage.lanh(&["correction", "yes", "1"]);
    assert_eq!((accepted["state"]["state"].as_str(), back(&accepted)), (Some("accepted"), back(&asked)));
    let after = scene.used();
    let given = back(&asked).unwrap();
    assert!(after + given + 10 >= before && after + given <= before + 30, "{before} became {after}");
    // Once: not by asking again, and not after a restart.
    let again = scene.shell(&format!("{lanh} --json dispute {from} {until}"));
    assert!(!again.status.success());
    scene.stage.crash_service();
    scene.stage.start_service(&now.to_rfc3339(), 1);
    let kept = scene.used();
    assert!(kept + 10 >= after && kept <= after + 60, "{after} became {kept}");
}

#[test]
fn the_past_is_replayed_under_other_rules() {
    let Some(mut scene) = Scene::set("fair") else { return };
    scene.stage.lanh(&["rule", "add", "An", "limit", "game", "1h"]);
    scene.play_game();
    scene.stage.pass_told(10 * 60);
    let used = scene.used();
    assert!(used >= 9 * 60);
    assert_eq!(refused(&scene, &[]), 0);
    // Four minutes were in order, the rest was not.
    let lost = refused(&scene, &["limit", "game", "4m"]);
    assert!(lost >= used - 4 * 60 && lost <= scene.used() - 4 * 60, "{lost} of {used}");
    assert!(refused(&scene, &["block", &scene.app()]) >= used);
    // Nothing was changed by trying.
    assert_eq!(scene.budgets()[0]["amount"], 3600);
    let child = scene.shell(&format!("{} --json replay An limit game 4m", scene.stage.lanh_path().display()));
    let own: Value = serde_json::from_slice(&child.stdout).unwrap_or_default();
    assert_eq!(own["days"].as_array().map(Vec::len), Some(14), "{}", String::from_utf8_lossy(&child.stderr));
}

#[test]
fn a_bank_lends_some_of_tomorrow_and_no_more() {
    let Some(mut scene) = Scene::set("bank") else { return };
    scene.stage.lanh(&["rule", "add", "An", "limit", "game", "5m"]);
    scene.stage.lanh(&["rule", "add", "An", "bank", "game", "keep", "10m", "borrow", "3m"]);
    scene.play_game();
    let lanh = scene.stage.lanh_path().display().to_string();
    let borrow = |amount: &str| scene.shell(&format!("{lanh} --json borrow {amount} --category game"));
    let left = |scene: &Scene| {
        let line = scene.budgets().remove(0);
        line["amount"].as_u64().unwrap() - line["used"].as_u64().unwrap()
    };
    let before = left(&scene);
    let lent = borrow("2m");
    assert!(lent.status.success(), "{}", String::from_utf8_lossy(&lent.stderr));
    assert!((before + 100..=before + 120).contains(&left(&scene)));
    let more = borrow("2m");
    assert!(String::from_utf8_lossy(&more.stderr).contains("1 minute"), "{more:?}");
    assert!(borrow("1m").status.success());
    assert!(!borrow("1s").status.success());
}
