//! A held program never takes the desktop hostage: whoever grabs pointer, keyboard and the whole screen is
//! hidden before it is frozen, and where no hiding frees the desktop it is closed instead.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod stage;

use stage::{Stage, executable, pid_of, wait_for};
use std::path::PathBuf;

const MORNING: &str = "2026-11-24T02:00:00Z";

/// Sets the stage with a grabbing program in the child's home that has used up its five minutes.
fn time_is_up_for(how: &str) -> Option<Stage> {
    let mut stage = Stage::set(&format!("grab-{how}"))?;
    let grabber = PathBuf::from(std::env::var_os("LANH_BIN_DIR").unwrap()).join("examples/grabber");
    let game = stage.home().join("grabgame");
    std::fs::copy(&grabber, &game).expect("cargo test builds the examples");
    std::fs::copy(&grabber, stage.root().join("bin/probe")).unwrap();
    executable(&game);
    stage.start_service(MORNING, 1);
    stage.set_up("vn-147");
    stage.clear_rules();
    stage.start_companion();
    let game = game.to_str().unwrap().to_owned();
    stage.start(&game, &[how]);
    wait_for("the game to be seen", || stage.verdict("grabgame"));
    stage.lanh(&["rule", "add", "An", "limit", &format!("app:path:{game}"), "5m"]);
    wait_for("the game to count", || {
        let standing = stage.standing();
        standing["budgets"].as_array()?.iter().any(|line| line["counting"] == true).then_some(())
    });
    stage.pass(5 * 60 + 10);
    Some(stage)
}

/// Whether another program can have pointer and keyboard.
fn desktop_is_free(stage: &Stage) -> bool {
    let probe = stage.root().join("bin/probe");
    let output = stage.output_as_child("timeout", &["3", probe.to_str().unwrap(), "root"]);
    String::from_utf8_lossy(&output.stdout).contains("grabbed")
}

fn check_held_without_its_grabs(how: &str) {
    let Some(mut stage) = time_is_up_for(how) else { return };
    wait_for("the hold", || (stage.verdict("grabgame")? == "held").then_some(()));
    wait_for("a free desktop", || desktop_is_free(&stage).then_some(()));
    assert!(pid_of(stage.uid(), "grabgame").is_some(), "it is held, not closed: {}", stage.log());
    stage.stop_service();
}

#[test]
fn a_full_screen_grabbing_program_is_hidden_and_held() {
    check_held_without_its_grabs("managed");
}

#[test]
fn one_that_passes_by_the_window_manager_is_hidden_and_held() {
    check_held_without_its_grabs("unmanaged");
}

#[test]
fn one_that_no_hiding_frees_is_closed() {
    let Some(mut stage) = time_is_up_for("root") else { return };
    wait_for("the close", || pid_of(stage.uid(), "grabgame").is_none().then_some(()));
    assert!(desktop_is_free(&stage));
    stage.stop_service();
}
