//! Tricks of a child whose game runs: to keep it out of the count, or to go on with it when its time is
//! over. docs/threat-model.md names each test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod stage;

use stage::scene::{Scene, append, words};
use stage::{executable, wait_for};
use std::fs;
use std::path::Path;

/// A game that has used up its five minutes and stands still; its process.
fn held(name: &str) -> Option<(Scene, u32)> {
    let mut scene = Scene::set(name)?;
    scene.limit();
    let pid = scene.play_game();
    scene.use_up();
    wait_until_held(&scene);
    Some((scene, pid))
}

fn wait_until_held(scene: &Scene) {
    wait_for("the hold", || {
        let standing = scene.stage.standing();
        let held = standing["running"].as_array()?.iter().any(|app| app["verdict"]["verdict"] == "held");
        held.then_some(())
    });
    scene.check_still();
}

/// Where a process is in the second version's hierarchy, as a folder.
fn group_of(pid: u32) -> String {
    let text = fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap();
    let path = text.lines().find_map(|line| line.strip_prefix("0::")).unwrap().to_owned();
    let mount = if Path::new("/sys/fs/cgroup/cgroup.procs").exists() {
        "/sys/fs/cgroup"
    } else {
        "/sys/fs/cgroup/unified"
    };
    format!("{mount}{path}")
}

#[test]
fn continuing_it_by_signal() {
    let Some((scene, pid)) = held("cont") else { return };
    assert!(scene.shell(&format!("kill -CONT {pid}; kill -CONT -1")).status.success());
    scene.check_still();
}

#[test]
fn thawing_its_control_group() {
    let Some((scene, pid)) = held("thaw") else { return };
    let group = group_of(pid);
    for line in
        [format!("echo 0 > {group}/cgroup.freeze"), format!("rmdir {group}"), format!("mkdir {group}/mine")]
    {
        let output = scene.shell(&line);
        assert!(words(&output).contains("Permission denied"), "{line}: {}", words(&output));
    }
    scene.check_still();
}

#[test]
fn moving_it_to_another_control_group() {
    let Some((scene, pid)) = held("move") else { return };
    let before = group_of(pid);
    let moved = scene.shell(&format!(
        "for group in $(find /sys/fs/cgroup -name cgroup.procs 2>/dev/null); do \
         echo {pid} > $group && echo moved to $group; done"
    ));
    assert!(!words(&moved).contains("moved to"), "{}", words(&moved));
    assert_eq!(group_of(pid), before);
    scene.check_still();
}

#[test]
fn a_debugger_on_the_held_game() {
    let Some((scene, pid)) = held("trace") else { return };
    let traced = scene.as_child(scene.trick()).args(["trace", &pid.to_string()]).output().unwrap();
    // A security module may forbid it; that is as good.
    assert!(words(&traced).contains("traced") || words(&traced).contains("EPERM"), "{}", words(&traced));
    scene.check_still();
}

#[test]
fn deaf_to_every_polite_signal() {
    let Some(mut scene) = Scene::set("deaf") else { return };
    scene.limit();
    scene.stage.lanh(&["child", "set", "An", "--hold-for", "1m", "--close-grace", "1s"]);
    scene.play(&mut scene.shell_command("trap '' TERM HUP INT QUIT; exec $GAME $HEART"));
    scene.wait_until_counted();
    scene.use_up();
    wait_until_held(&scene);
    scene.stage.pass(70);
    wait_for("the end", || scene.running().is_empty().then_some(()));
    scene.check_still();
    scene.check_refused_again();
}

#[test]
fn another_short_name_and_wiped_arguments() {
    let Some(mut scene) = Scene::set("disguise") else { return };
    scene.limit();
    let pid = scene.play(&mut scene.shell_command("exec $GAME --disguise $HEART"));
    wait_for("the disguise", || {
        let comm = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
        (comm.trim() == "kworker/0:1").then_some(())
    });
    // Whoever looks again sees no name and no arguments.
    scene.stage.lanh(&["app", "rescan"]);
    scene.wait_until_counted();
    scene.use_up();
    wait_until_held(&scene);
}

#[test]
fn a_copy_that_is_unlinked_while_it_runs() {
    let Some(mut scene) = Scene::set("deleted") else { return };
    let copy = scene.copy_game(&scene.at_home("homework"));
    append(&copy, b"x");
    scene.limit();
    scene.play(&mut scene.shell_command("~/homework $HEART & sleep 0.2; rm ~/homework; wait"));
    scene.wait_until_counted();
    scene.stage.lanh(&["app", "rescan"]);
    scene.use_up();
    wait_until_held(&scene);
}

#[test]
fn away_from_its_parents_and_its_session() {
    let Some(mut scene) = Scene::set("setsid") else { return };
    scene.limit();
    scene.play(&mut scene.shell_command("setsid -f setsid -f $GAME $HEART"));
    scene.wait_until_counted();
    scene.use_up();
    wait_until_held(&scene);
}

#[test]
fn a_script_that_forks_and_lets_its_parent_end() {
    let Some(mut scene) = Scene::set("fork") else { return };
    let script = scene.folder().join("story.sh");
    fs::write(&script, "i=0; while sleep 0.01; do i=$((i+1)); echo $i > $1; done\n").unwrap();
    executable(&script);
    let entry = Path::new("/usr/local/share/applications/lanh-test-fork-story.desktop");
    let text = format!(
        "[Desktop Entry]\nType=Application\nName=Story\nExec=sh {}\nCategories=Game;\n",
        script.display()
    );
    fs::write(entry, text).unwrap();
    scene.stage.lanh(&["app", "rescan"]);
    wait_for("the story to be known", || {
        scene.stage.lanh(&["app", "list"]).to_string().contains("lanh-test-fork-story").then_some(())
    });
    fs::remove_file(entry).unwrap();
    scene.stage.lanh(&["rule", "add", "An", "limit", "app:desktop:lanh-test-fork-story", "5m"]);
    // Sourced in a child of the shell that never becomes another program.
    let line = format!("set -- $HEART; sh {} $HEART & exit 0", script.display());
    scene.play(&mut scene.shell_command(&line));
    scene.wait_until_counted();
    scene.use_up();
    wait_until_held(&scene);
}

#[test]
fn many_at_once_are_counted_once() {
    let Some(mut scene) = Scene::set("swarm") else { return };
    scene.limit();
    let line = "for i in $(seq 100); do $GAME ~/heart$i & done; exec $GAME $HEART";
    scene.play(&mut scene.shell_command(line));
    scene.wait_until_counted();
    wait_for("all hearts", || scene.at_home("heart100").exists().then_some(()));
    let before = scene.used();
    scene.stage.pass(60);
    let used = scene.used() - before;
    assert!((60..=90).contains(&used), "{used} seconds");
    scene.use_up();
    wait_until_held(&scene);
    let count = || fs::read_to_string(scene.at_home("heart100")).ok();
    wait_for("the last one to stand still", || {
        let before = count();
        std::thread::sleep(std::time::Duration::from_millis(300));
        (count() == before).then_some(())
    });
}
