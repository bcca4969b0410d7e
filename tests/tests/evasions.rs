//! Tricks to start a game that the child may not start. Each is a real process of the child's account
//! against the real service; docs/threat-model.md names each test.

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
use std::path::PathBuf;

#[test]
fn a_renamed_copy() {
    let Some(scene) = Scene::set("renamed") else { return };
    let copy = scene.copy_game(&scene.at_home("homework"));
    scene.block();
    scene.check_refused(&scene.game());
    scene.check_refused(&copy);
    // No copy can be made any more.
    let copied = scene.shell("cp $GAME ~/another");
    assert!(words(&copied).contains("Operation not permitted"), "{}", words(&copied));
}

#[test]
fn a_copy_elsewhere_and_in_shared_memory() {
    let Some(scene) = Scene::set("elsewhere") else { return };
    let places = ["/tmp", "/var/tmp", "/dev/shm"].map(|place| {
        scene.copy_game(&PathBuf::from(place).join(format!("lanh-test-{}", scene.stage.user())))
    });
    scene.block();
    let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        for place in &places {
            scene.check_refused(place);
        }
    }));
    for place in places {
        std::fs::remove_file(place).unwrap();
    }
    if let Err(failure) = refused {
        std::panic::resume_unwind(failure);
    }
}

#[test]
fn a_copy_with_one_byte_appended() {
    let Some(scene) = Scene::set("appended") else { return };
    let copy = scene.copy_game(&scene.at_home("homework"));
    append(&copy, b"x");
    scene.block();
    scene.check_refused(&copy);
}

#[test]
fn a_symbolic_link() {
    let Some(scene) = Scene::set("symlink") else { return };
    scene.block();
    assert!(scene.shell("ln -s $GAME ~/homework").status.success());
    scene.check_refused(&scene.at_home("homework"));
}

#[test]
fn a_hard_link() {
    let Some(scene) = Scene::set("hardlink") else { return };
    // As a child can where fs.protected_hardlinks is off.
    let link = scene.folder().join("homework");
    std::fs::hard_link(scene.game(), &link).unwrap();
    scene.block();
    scene.check_refused(&link);
}

#[test]
fn another_name_in_the_arguments() {
    let Some(scene) = Scene::set("argv") else { return };
    scene.block();
    scene.check_shell_refused("exec -a firefox $GAME $HEART");
}

#[test]
fn the_loader_as_the_program() {
    let Some(scene) = Scene::set("loader") else { return };
    let copy = scene.copy_game(&scene.at_home("homework"));
    append(&copy, b"x");
    scene.block();
    // The installed file cannot be opened.
    scene.check_shell_refused("$LOADER $GAME $HEART");
    // An earlier copy is noticed when it runs.
    scene.check_killed(scene.as_child(stage::scene::loader()).arg(&copy).arg(scene.heart()));
}

#[test]
fn a_file_without_a_name() {
    let Some(scene) = Scene::set("unlinked") else { return };
    let copy = scene.copy_game(&scene.at_home("homework"));
    append(&copy, b"x");
    scene.block();
    scene.check_shell_refused("exec 9<~/homework; rm ~/homework; exec /proc/self/fd/9 $HEART");
}

#[test]
fn a_known_harmless_process_becomes_the_game() {
    let Some(scene) = Scene::set("oldpid") else { return };
    scene.block();
    // The watch knows this process as a shell by the time it changes.
    scene.check_shell_refused("sleep 1; exec $GAME $HEART");
}

#[test]
fn a_program_in_memory() {
    let Some(scene) = Scene::set("memory") else { return };
    let copy = scene.copy_game(&scene.at_home("homework"));
    append(&copy, b"x");
    scene.block();
    scene.check_killed(scene.as_child(scene.trick()).arg("memory").arg(&copy).arg(scene.heart()));
}

#[test]
fn scripts_around_the_game() {
    let Some(scene) = Scene::set("wrapper") else { return };
    scene.block();
    std::fs::write(scene.at_home("run.sh"), "exec $GAME $HEART\n").unwrap();
    scene.check_shell_refused("sh ~/run.sh");
    // The game as the interpreter of a script.
    std::fs::write(scene.at_home("notes"), format!("#!{}\n", scene.game().display())).unwrap();
    executable(&scene.at_home("notes"));
    scene.check_refused(&scene.at_home("notes"));
}

#[test]
fn a_file_system_of_its_own() {
    let Some(scene) = Scene::set("userns") else { return };
    let copy = scene.copy_game(&scene.at_home("homework"));
    append(&copy, b"x");
    let works = scene.shell("unshare -Urm mount -t tmpfs none /mnt");
    if !works.status.success() {
        println!("skipped: this kernel gives no user namespaces: {}", words(&works));
        return;
    }
    scene.block();
    let line = "mount -t tmpfs none /mnt && cp ~/homework /mnt/x && exec /mnt/x $HEART";
    scene.check_killed(&mut scene.shell_command(&format!("exec unshare -Urm sh -c '{line}'")));
}

#[test]
fn a_mount_over_a_harmless_program() {
    let Some(scene) = Scene::set("bind") else { return };
    let copy = scene.copy_game(&scene.at_home("homework"));
    append(&copy, b"x");
    if !scene.shell("unshare -Urm mount --bind ~/homework /usr/bin/true").status.success() {
        println!("skipped: this kernel gives no user namespaces");
        return;
    }
    scene.block();
    let line = "mount --bind ~/homework /usr/bin/true && exec /usr/bin/true $HEART";
    scene.check_shell_refused(&format!("unshare -Urm sh -c '{line}'"));
}

#[test]
fn five_hundred_starts_at_once() {
    let Some(scene) = Scene::set("copies") else { return };
    scene.block();
    let memory = || resident(&scene);
    let before = memory();
    let line = "for i in $(seq 500); do $GAME $HEART & done; wait";
    let output = scene.shell(line);
    let refused = words(&output).matches("Operation not permitted").count();
    assert_eq!(refused, 500, "{}", words(&output));
    assert_eq!(scene.beats(), None);
    assert!(scene.running().is_empty());
    assert!(memory() < before + 8 * 1024, "{before} kB grew to {} kB", memory());
}

/// Memory of the service, in kB.
fn resident(scene: &Scene) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", scene.stage.service_pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn the_game_is_itself_again_when_the_block_goes() {
    let Some(mut scene) = Scene::set("unblocked") else { return };
    scene.block();
    scene.check_refused(&scene.game());
    scene.stage.clear_rules();
    let (game, heart) = (scene.game(), scene.heart());
    scene.play(scene.as_child(game).arg(heart));
    wait_for("its heart", || scene.beats());
}
