//! Tricks around the session: companions that lie, floods, clocks, zones, sleep, and more than one login.
//! docs/threat-model.md names each test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod stage;

use stage::scene::{Scene, words};
use stage::{pid_of, wait_for};
use std::process::Stdio;

const AWAY: &str = r#"{"presence":"away","idle":600}"#;

/// A game that is played and counted.
fn played(name: &str) -> Option<Scene> {
    let mut scene = Scene::set(name)?;
    scene.limit();
    scene.play_game();
    Some(scene)
}

/// Seconds that the game is charged while so many pass.
fn charged(scene: &Scene, seconds: u32) -> u64 {
    let before = scene.used();
    for _ in 0..seconds / 5 {
        scene.stage.clock("jump 5");
        // Asked each time, so that the service has seen every step.
        scene.used();
    }
    scene.used() - before
}

#[test]
fn a_companion_of_ones_own_that_says_nobody_is_there() {
    let Some(mut scene) = played("fake") else { return };
    scene.pretend(AWAY);
    let seconds = charged(&scene, 60);
    assert!(seconds >= 60, "{seconds}");
}

#[test]
fn a_companion_of_ones_own_that_names_another_window() {
    let Some(mut scene) = played("focus") else { return };
    let sleeper = scene.play(scene.as_child("sleep").arg("1000"));
    let report = format!(r#"{{"presence":"here","focus":{{"focus":"process","pid":{sleeper}}}}}"#);
    scene.pretend(&report);
    let seconds = charged(&scene, 60);
    assert!(seconds >= 60, "{seconds}");
}

#[test]
fn killing_the_companion() {
    let Some(mut scene) = Scene::set_with_desktop("nocomp") else { return };
    scene.limit();
    scene.stage.start(scene.game().to_str().unwrap(), &[scene.heart().to_str().unwrap()]);
    wait_for("the game", || (!scene.running().is_empty()).then_some(()));
    let killed = scene.shell("kill -KILL $(pgrep -u $(id -u) -x lanh)");
    assert!(killed.status.success(), "{}", words(&killed));
    // Silence is play.
    scene.wait_until_counted();
    // And another one comes, of the service's making.
    scene.stage.pass(60);
    wait_for("the companion", || scene.stage.standing()["companion"].as_bool()?.then_some(()));
    assert!(pid_of(scene.stage.uid(), "lanh").is_some());
}

#[test]
fn a_second_companion_beside_the_first() {
    let Some(mut scene) = Scene::set_with_desktop("twocomp") else { return };
    scene.limit();
    scene.pretend(AWAY);
    scene.play_game();
    let seconds = charged(&scene, 60);
    assert!(seconds >= 60, "{seconds}");
}

#[test]
fn the_installed_companion_in_a_display_of_its_own() {
    let Some(mut scene) = Scene::set_with_desktop("owndisplay") else { return };
    scene.limit();
    scene.play_game();
    scene.wait_until_counted();
    let killed = scene.shell("kill -KILL $(pgrep -u $(id -u) -x lanh)");
    assert!(killed.status.success(), "{}", words(&killed));
    // A display in which no program is in front.
    let line = "exec Xvfb -displayfd 3 -screen 0 640x480x8 -nolisten tcp 3> empty";
    scene.play(scene.as_child("sh").args(["-c", line]));
    let display = wait_for("the display", || {
        let text = std::fs::read_to_string(scene.at_home("empty")).ok()?;
        text.ends_with('\n').then(|| format!(":{}", text.trim()))
    });
    scene.play(scene.as_child("openbox").env("DISPLAY", &display));
    let lanh = scene.stage.lanh_path();
    scene.play(scene.as_child(lanh).arg("session").env("DISPLAY", &display));
    // It works as long as guardians trust what companions say, ...
    let uncounted = || {
        let running = scene.stage.standing()["running"].clone();
        running.as_array()?.iter().all(|app| app["in_use"] == false).then_some(())
    };
    wait_for("the lie to be believed", uncounted);
    let seconds = charged(&scene, 60);
    assert!(seconds < 60, "{seconds}");
    // ... and not with strict counting.
    scene.stage.lanh(&["child", "set", "An", "--strict", "yes"]);
    let seconds = charged(&scene, 60);
    assert!(seconds >= 60, "{seconds}");
}

#[test]
fn a_flooded_socket() {
    let Some(scene) = played("flood") else { return };
    let (trick, socket) = (scene.trick(), scene.stage.socket());
    let mut flood =
        scene.as_child(trick).arg("flood").arg(socket).arg("5").stdout(Stdio::piped()).spawn().unwrap();
    // A guardian's word still takes effect, and the game is still counted and stopped.
    scene.stage.lanh(&["grant", "An", "1m", "--app", &scene.app()[4..]]);
    while flood.try_wait().unwrap().is_none() {
        assert_eq!(scene.stage.lanh(&["child", "list"]).as_array().unwrap().len(), 1);
    }
    assert!(words(&flood.wait_with_output().unwrap()).contains("flooded"));
    wait_for("the hold", || {
        scene.stage.clock("jump 5");
        let standing = scene.stage.standing();
        (standing["running"][0]["verdict"]["verdict"] == "held").then_some(())
    });
    scene.check_still();
}

#[test]
fn the_clock_back_and_forth() {
    let Some(scene) = played("steps") else { return };
    scene.stage.pass(60);
    let day = || scene.stage.lanh(&["status"])["now"].as_str().unwrap()[..10].to_owned();
    let before = (scene.used(), day());
    for step in ["step -3600", "step 86400", "step -86400", "step 3600"] {
        scene.stage.clock(step);
        // A moment of the service's own clock, so that it has seen the step.
        scene.stage.clock("jump 1");
        assert_eq!(day(), before.1, "{step}");
        let used = scene.used();
        assert!((before.0..before.0 + 30).contains(&used), "{step}: {} became {used}", before.0);
    }
    // It still ends after its five minutes.
    scene.use_up();
    wait_for("the hold", || {
        let standing = scene.stage.standing();
        (standing["running"][0]["verdict"]["verdict"] == "held").then_some(())
    });
}

#[test]
fn another_time_zone() {
    let Some(scene) = played("zone") else { return };
    let status = |zone: &str| {
        let lanh = scene.stage.lanh_path();
        let line = format!("TZ={zone} {} --socket $LANH_SOCKET --json status", lanh.display());
        let output = scene.shell(&line);
        serde_json::from_slice::<serde_json::Value>(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", words(&output)))
    };
    let (here, there) = (status("Asia/Ho_Chi_Minh"), status("Pacific/Kiritimati"));
    assert_eq!(here["zone"], there["zone"]);
    let amount = |status: &serde_json::Value| status["children"][0]["budgets"][0]["amount"].clone();
    assert_eq!(amount(&here), amount(&there));
    // What a child can do about the machine's zone is nothing.
    for line in ["ln -sf /usr/share/zoneinfo/Pacific/Kiritimati /etc/localtime", "echo X > /etc/timezone"] {
        let output = scene.shell(line);
        assert!(words(&output).contains("Permission denied"), "{line}: {}", words(&output));
    }
    // Nor is the zone of the family the child's to set.
    let set = scene.shell(&format!(
        "{} --socket $LANH_SOCKET settings set zone=Pacific/Kiritimati < /dev/null",
        scene.stage.lanh_path().display()
    ));
    assert_eq!(set.status.code(), Some(4), "{}", words(&set));
}

#[test]
fn sleep_and_resume() {
    let Some(scene) = played("sleep") else { return };
    scene.stage.pass(120);
    let before = scene.used();
    scene.stage.clock("sleep 7200");
    scene.stage.clock("jump 1");
    // The sleep costs nothing, gives nothing, and nothing is free after it.
    let after = scene.used();
    assert!((before..before + 30).contains(&after), "{before} became {after}");
    let seconds = charged(&scene, 60);
    assert!(seconds >= 60, "{seconds}");
    scene.use_up();
    wait_for("the hold", || {
        let standing = scene.stage.standing();
        (standing["running"][0]["verdict"]["verdict"] == "held").then_some(())
    });
    scene.stage.clock("sleep 7200");
    scene.check_still();
}

#[test]
fn a_second_login_of_the_same_account() {
    let Some(mut scene) = played("twice") else { return };
    // Another session by its own word; nothing here but the environment tells it.
    scene.play(&mut scene.shell_command("XDG_SESSION_ID=c99 setsid -f $GAME ~/second"));
    wait_for("the second game", || scene.at_home("second").exists().then_some(()));
    let seconds = charged(&scene, 60);
    assert!((60..=90).contains(&seconds), "one minute costs {seconds} seconds");
    scene.use_up();
    scene.check_still();
    let second = || std::fs::read_to_string(scene.at_home("second")).ok();
    wait_for("the second game to stand still", || {
        let before = second();
        std::thread::sleep(std::time::Duration::from_millis(300));
        (second() == before).then_some(())
    });
}

#[test]
fn a_second_account_of_the_same_child() {
    let Some(mut scene) = played("sibling") else { return };
    let (user, uid) = scene.stage.add_account("b");
    scene.stage.lanh(&["child", "set", "An", "--account", scene.stage.user(), "--account", &user]);
    let heart = std::path::PathBuf::from(format!("/home/{user}/heart"));
    let game = scene.game();
    scene.play(scene.as_account(uid, game).arg(&heart).current_dir("/"));
    wait_for("the second game", || heart.exists().then_some(()));
    let seconds = charged(&scene, 60);
    assert!((60..=90).contains(&seconds), "one minute costs {seconds} seconds");
    scene.use_up();
    scene.check_still();
    wait_for("the second game to stand still", || {
        let before = std::fs::read_to_string(&heart).ok();
        std::thread::sleep(std::time::Duration::from_millis(300));
        (std::fs::read_to_string(&heart).ok() == before).then_some(())
    });
}
