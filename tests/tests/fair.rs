//! Time that can be explained, on real programs: what other rules would have done.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod stage;

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
fn the_past_is_replayed_under_other_rules() {
    let Some(mut scene) = Scene::set("fair") else { return };
    scene.stage.lanh(&["rule", "add", "An", "limit", "game", "1h"]);
    scene.play_game();
    scene.stage.pass_told(10 * 60);
    let used = scene.used();
    assert!(used >= 10 * 60);
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
