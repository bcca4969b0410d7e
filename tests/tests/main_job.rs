//! The main job on real input: a real game of a real account, warned, frozen, thawed, closed and refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod stage;

use stage::{Stage, cpu_ticks, pid_of, wait_for};
use std::path::Path;
use std::time::Duration;

const MORNING: &str = "2026-11-24T02:00:00Z";

/// A family with one child and one limit of twenty minutes on xsol.
fn set_up(stage: &Stage) {
    let secret = stage.root().join("pin");
    std::fs::write(&secret, "739155\n").unwrap();
    stage.lanh(&[
        "setup",
        "--yes",
        "--secret-file",
        secret.to_str().unwrap(),
        "--child",
        "An",
        "--account",
        stage.user(),
        "--birth-year",
        "2016",
        "--preset",
        "vn-147",
    ]);
    stage.lanh(&["settings", "set", "zone=Asia/Ho_Chi_Minh"]);
    for rule in stage.lanh(&["rule", "list", "An"]).as_array().unwrap() {
        stage.lanh(&["rule", "remove", "An", &rule["id"].to_string()]);
    }
    stage.lanh(&["rule", "add", "An", "limit", "xsol", "20m"]);
}

fn picture(stage: &Stage, name: &str) {
    if let Some(folder) = std::env::var_os("LANH_PICTURES") {
        stage.picture(&Path::new(&folder).join(format!("{name}.png")));
    }
}

fn notice_with(stage: &Stage, words: &str) {
    // Shown ones become history when they are closed.
    wait_for(words, || {
        stage.output_as_child("dunstctl", &["close-all"]);
        stage.notices().iter().any(|notice| notice.contains(words)).then_some(())
    });
}

#[test]
fn a_real_game_is_warned_frozen_thawed_closed_and_refused() {
    let Some(mut stage) = Stage::set("job") else { return };
    stage.start_service(MORNING, 1);
    set_up(&stage);
    stage.start_companion();

    // Played: it counts while its window is in front.
    stage.start("/usr/games/xsol", &[]);
    let pid = wait_for("the game", || pid_of(stage.uid(), "xsol"));
    wait_for("the game to count", || {
        let standing = stage.standing();
        standing["budgets"].as_array()?.iter().any(|line| line["counting"] == true).then_some(())
    });
    picture(&stage, "playing");

    // Warned: five minutes before the end.
    for _ in 0..15 * 6 {
        stage.clock("jump 10");
        std::thread::sleep(Duration::from_millis(30));
    }
    assert_eq!(stage.verdict("xsol").as_deref(), Some("warned"), "{}", stage.standing());
    picture(&stage, "warned");
    notice_with(&stage, "5 minutes");

    // Frozen: no processor time while held.
    for _ in 0..6 * 6 {
        stage.clock("jump 10");
        std::thread::sleep(Duration::from_millis(30));
    }
    wait_for("the hold", || (stage.verdict("xsol")? == "held").then_some(()));
    wait_for("the freeze", || {
        let before = cpu_ticks(pid);
        std::thread::sleep(Duration::from_millis(300));
        (cpu_ticks(pid) == before).then_some(())
    });
    picture(&stage, "times-up");
    notice_with(&stage, "paused");

    // The child may not thaw it.
    let cont = stage.output_as_child("kill", &["-CONT", &pid.to_string()]);
    assert!(cont.status.success());
    let before = cpu_ticks(pid);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(cpu_ticks(pid), before);

    // Charged to the second: twenty minutes and not more.
    let used = stage.standing()["budgets"][0]["used"].as_u64().unwrap();
    assert!((1_200..=1_201).contains(&used), "{used}");

    // Thawed by a grant from another process.
    stage.lanh(&["grant", "An", "10m", "--app", "xsol"]);
    wait_for("the thaw", || {
        let verdict = stage.verdict("xsol")?;
        (verdict == "allowed" || verdict == "warned").then_some(())
    });
    picture(&stage, "granted");

    // Held again at the end of the grant, and closed at the end of the grace.
    stage.lanh(&["child", "set", "An", "--hold-for", "2m"]);
    for _ in 0..11 * 6 {
        stage.clock("jump 10");
        std::thread::sleep(Duration::from_millis(30));
    }
    wait_for("the second hold", || (stage.verdict("xsol")? == "held").then_some(()));
    for _ in 0..3 * 6 {
        stage.clock("jump 10");
        std::thread::sleep(Duration::from_millis(30));
    }
    wait_for("the close", || pid_of(stage.uid(), "xsol").is_none().then_some(()));

    // Refused: the kernel says no before the first instruction.
    let refused = stage.output_as_child("/usr/games/xsol", &[]);
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(words.contains("Operation not permitted"), "{words}");
    picture(&stage, "refused");

    // Allowed again the next day.
    stage.clock("jump 86400");
    wait_for("the new day", || {
        (stage.lanh(&["why", "An", "xsol"])["verdict"]["verdict"] == "allowed").then_some(())
    });
    stage.start("/usr/games/xsol", &[]);
    wait_for("the game again", || pid_of(stage.uid(), "xsol"));
    stage.stop_service();
}
