//! Programs of a child's own that no rule names, and what strict mode makes of them. Each trick first as it
//! stands without strict mode, so that the test shows what strict mode closes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod stage;

use stage::scene::{Scene, loader, words};
use stage::{executable, wait_for};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A program of the child's own that nobody knows: the game with another build id, as a mod would have.
fn own_program(scene: &Scene) -> PathBuf {
    let path = scene.copy_game(&scene.at_home("own"));
    let mut bytes = fs::read(&path).unwrap();
    let note = bytes
        .windows(16)
        .position(|at| at.starts_with(&[4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0]) && at.ends_with(b"GNU\0"));
    let id = note.expect("the build id") + 16;
    bytes[id] ^= 0xff;
    bytes.push(0);
    fs::write(&path, bytes).unwrap();
    path
}

/// A screen budget, so that whatever counts shows.
fn screen_time(scene: &Scene) {
    scene.stage.lanh(&["rule", "add", "An", "limit", "screen", "8h"]);
}

/// Counted without strict mode, refused with it.
fn check_charged_then_refused(scene: &mut Scene, program: &str) {
    screen_time(scene);
    let mut command = scene.as_child(program);
    let pid = scene.play(command.arg(scene.heart()));
    scene.wait_until_counted();
    end(scene, pid);
    scene.strict();
    scene.check_refused(program.as_ref());
}

/// Counted without strict mode; with it, its loader is refused: the program itself the gate does not see.
fn check_charged_then_unloadable(scene: &mut Scene, command: impl Fn(&Scene) -> Command) {
    screen_time(scene);
    let pid = scene.play(&mut command(scene));
    scene.wait_until_counted();
    end(scene, pid);
    scene.strict();
    let output = command(scene).output().unwrap();
    assert!(words(&output).contains("Operation not permitted"), "{output:?}");
    assert_eq!(scene.beats(), None);
}

/// Ends what has begun to beat, and forgets its beats.
fn end(scene: &mut Scene, pid: u32) {
    wait_for("its heart", || scene.beats());
    scene.shell(&format!("kill -KILL {pid}"));
    scene.reap();
    wait_for("its end", || (!scene.is_counted()).then_some(()));
    fs::remove_file(scene.heart()).unwrap();
}

#[test]
fn an_edited_copy() {
    let Some(mut scene) = Scene::set("sedited") else { return };
    let own = own_program(&scene);
    scene.block();
    check_charged_then_refused(&mut scene, own.to_str().unwrap());
    // The system's own programs and scripts go on.
    assert!(scene.shell("ls / && sh -c 'cd ~ && pwd' && ldconfig -V").status.success());
}

#[test]
fn a_script_of_ones_own() {
    let Some(mut scene) = Scene::set("sscript") else { return };
    let script = scene.at_home("story");
    fs::write(&script, "#!/bin/sh\ni=0; while sleep 0.01; do i=$((i+1)); echo $i > $1; done\n").unwrap();
    executable(&script);
    check_charged_then_refused(&mut scene, script.to_str().unwrap());
    // Handed to its interpreter it starts, and is ended.
    scene.check_killed(&mut scene.shell_command("exec sh ~/story $HEART"));
}

#[test]
fn a_script_that_is_typed_in() {
    let Some(mut scene) = Scene::set("styped") else { return };
    scene.strict();
    screen_time(&scene);
    let line = "i=0; while sleep 0.01; do i=$((i+1)); echo $i > $HEART; done";
    // An interpreter that is given no file is a shell like any other: nothing refuses or counts it.
    scene.play(&mut scene.shell_command(line));
    wait_for("its heart", || scene.beats().filter(|beats| *beats > 20));
    assert!(!scene.is_counted());
    assert!(scene.running().is_empty());
}

#[test]
fn the_loader_with_a_program_of_ones_own() {
    let Some(mut scene) = Scene::set("sloader") else { return };
    let own = own_program(&scene);
    scene.block();
    screen_time(&scene);
    let mut command = scene.as_child(loader());
    let pid = scene.play(command.arg(&own).arg(scene.heart()));
    scene.wait_until_counted();
    end(&mut scene, pid);
    scene.strict();
    scene.check_command_refused(scene.as_child(loader()).arg(&own).arg(scene.heart()));
}

#[test]
fn a_program_of_ones_own_in_memory() {
    let Some(mut scene) = Scene::set("smemory") else { return };
    let own = own_program(&scene);
    scene.block();
    check_charged_then_unloadable(&mut scene, |scene| {
        let mut command = scene.as_child(scene.trick());
        command.arg("memory").arg(&own).arg(scene.heart());
        command
    });
}

#[test]
fn a_program_of_ones_own_on_a_file_system_of_its_own() {
    let Some(mut scene) = Scene::set("suserns") else { return };
    own_program(&scene);
    let works = scene.shell("unshare -Urm mount -t tmpfs none /mnt");
    if !works.status.success() {
        println!("skipped: this kernel gives no user namespaces: {}", words(&works));
        return;
    }
    scene.block();
    check_charged_then_unloadable(&mut scene, |scene| {
        let line = "mount -t tmpfs none /mnt && cp ~/own /mnt/x && exec /mnt/x $HEART";
        scene.shell_command(&format!("exec unshare -Urm sh -c '{line}'"))
    });
}

#[test]
fn a_library_in_a_harmless_program() {
    let Some(scene) = Scene::set("spreload") else { return };
    let library = scene.at_home("x.so");
    fs::write(&library, "no library; the loader only warns").unwrap();
    scene.strict();
    scene.check_killed(&mut scene.shell_command("LD_PRELOAD=$HOME/x.so exec sleep 1000"));
    // The system's own libraries may be named.
    assert!(scene.shell("LD_LIBRARY_PATH=/usr/lib sleep 0.5").status.success());
}

#[test]
fn strict_mode_is_a_guardians_and_survives_a_restart() {
    let Some(mut scene) = Scene::set("srestart") else { return };
    let own = own_program(&scene);
    scene.strict();
    let off = scene.shell(&format!(
        "{} --socket $LANH_SOCKET child set An --strict-programs no < /dev/null",
        scene.stage.lanh_path().display()
    ));
    assert_eq!(off.status.code(), Some(4), "{}", words(&off));
    scene.stage.stop_service();
    scene.stage.start_service("2026-11-24T03:00:00Z", 1);
    scene.check_refused(&own);
    // What the system installed goes on.
    let (game, heart) = (scene.game(), scene.heart());
    scene.play(scene.as_child(game).arg(heart));
    wait_for("its heart", || scene.beats());
}
