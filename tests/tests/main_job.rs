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
    stage.set_up("vn-147");
    stage.clear_rules();
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
    stage.pass(15 * 60);
    assert_eq!(stage.verdict("xsol").as_deref(), Some("warned"), "{}", stage.standing());
    picture(&stage, "warned");
    notice_with(&stage, "5 minutes");

    // Frozen: no processor time while held.
    stage.pass(6 * 60);
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
    stage.pass(11 * 60);
    wait_for("the second hold", || (stage.verdict("xsol")? == "held").then_some(()));
    stage.pass(3 * 60);
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

#[test]
fn without_root_the_service_stops_and_ends_what_it_cannot_refuse() {
    let Some(mut stage) = Stage::set("user") else { return };
    stage.start_service_without_root(MORNING);
    set_up(&stage);
    stage.lanh(&["child", "set", "An", "--hold-for", "1m"]);
    let doctor = stage.lanh(&["doctor"]);
    assert!(doctor.to_string().contains("user-mode"), "{doctor}");
    let status = stage.output_as_child(stage.lanh_path().to_str().unwrap(), &["status"]);
    let status = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(status.contains("Without administrator rights"), "{status}");
    stage.start_companion();

    stage.start("/usr/games/xsol", &[]);
    let pid = wait_for("the game", || pid_of(stage.uid(), "xsol"));
    wait_for("the game to count", || {
        let standing = stage.standing();
        standing["budgets"].as_array()?.iter().any(|line| line["counting"] == true).then_some(())
    });
    stage.pass(20 * 60);
    wait_for("the hold", || {
        stage.clock("jump 1");
        (stage.verdict("xsol")? == "held").then_some(())
    });
    let stopped = || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        stat.rsplit_once(") ")?.1.starts_with('T').then_some(())
    };
    wait_for("the stop signal", stopped);

    // Continued by the child: stopped again.
    stage.output_as_child("kill", &["-CONT", &pid.to_string()]);
    wait_for("the stop signal again", stopped);

    stage.pass(2 * 60);
    wait_for("the close", || pid_of(stage.uid(), "xsol").is_none().then_some(()));

    // It cannot be refused here, so it is ended.
    stage.start("/usr/games/xsol", &[]);
    wait_for("the game's end", || {
        std::thread::sleep(Duration::from_millis(300));
        pid_of(stage.uid(), "xsol").is_none().then_some(())
    });
    stage.stop_service();
}

#[test]
fn a_clock_set_forward_before_a_restart_brings_no_new_day() {
    let Some(mut stage) = Stage::set("clock") else { return };
    stage.start_service(MORNING, 1);
    stage.set_up("vn-147");
    let day = |stage: &Stage| stage.lanh(&["status"])["now"].as_str().unwrap()[..10].to_owned();
    assert_eq!(day(&stage), "2026-11-24");
    stage.stop_service();
    stage.start_service("2026-11-25T02:00:00Z", 1);
    assert_eq!(day(&stage), "2026-11-24");
    stage.crash_service();
    stage.start_service("2026-11-26T02:00:00Z", 1);
    assert_eq!(day(&stage), "2026-11-24");
    // What the clock itself lets pass counts.
    stage.clock("jump 86400");
    wait_for("the next day", || (day(&stage) == "2026-11-25").then_some(()));
    stage.stop_service();
}
