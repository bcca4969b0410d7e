//! The gate, on real programs of a real account.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests fail by panicking"
)]

mod common;

use common::{Folder, LONG, command, needs_root};
use lanh_platform::{Decision, Gate, GateEvent, GateOptions, GuardedFile, Judge, Launch, Platform};
use lanh_policy::Account;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Each test has its own child account, so that they can run side by side.
struct Rules {
    uid: u32,
    quick: fn(&Launch) -> Option<Decision>,
    slow: fn(&File) -> Decision,
}

impl Judge for Rules {
    fn supervised(&self, uid: u32) -> bool {
        uid == self.uid
    }

    fn quick(&self, launch: &Launch) -> Option<Decision> {
        (self.quick)(launch)
    }

    fn slow(&self, _: &Launch, file: &File) -> Decision {
        (self.slow)(file)
    }
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

fn refuse_games(launch: &Launch) -> Option<Decision> {
    Some(if name(&launch.path).starts_with("game") { Decision::Refuse } else { Decision::Allow })
}

fn start(
    uid: u32,
    options: GateOptions,
    quick: fn(&Launch) -> Option<Decision>,
) -> (Gate, mpsc::Receiver<GateEvent>) {
    start_with(Rules { uid, quick, slow: |_| Decision::Allow }, options)
}

fn start_with(rules: Rules, options: GateOptions) -> (Gate, mpsc::Receiver<GateEvent>) {
    let platform = Platform::this_machine("/nowhere").unwrap();
    platform.start_gate(options, Arc::new(rules)).unwrap()
}

/// The errno of starting it; `None`: it started and ended.
fn errno(command: &mut std::process::Command) -> Option<i32> {
    match command.spawn() {
        Ok(mut child) => {
            child.wait().unwrap();
            None
        }
        Err(error) => error.raw_os_error(),
    }
}

const EPERM: Option<i32> = Some(1);

fn wait_for(events: &mut mpsc::Receiver<GateEvent>, wanted: impl Fn(&GateEvent) -> bool) -> GateEvent {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let search = async {
        loop {
            let event = events.recv().await.expect("the gate lives");
            if wanted(&event) {
                return event;
            }
        }
    };
    runtime.block_on(async { tokio::time::timeout(LONG, search).await }).expect("the event came")
}

#[test]
fn a_refused_program_gets_eperm_and_everybody_else_passes() {
    if !needs_root() {
        return;
    }
    let (child, sibling) = (64_001, 64_002);
    let folder = Folder::new();
    let game = folder.copy("/bin/true", "game");
    let editor = folder.copy("/bin/true", "editor");
    let (gate, mut events) = start(child, GateOptions::default(), refuse_games);
    assert!(gate.coverage().iter().any(|coverage| coverage.failure.is_none()));

    assert_eq!(errno(&mut command(child, &game)), EPERM);
    let event = wait_for(&mut events, |event| matches!(event, GateEvent::Refused(_)));
    let GateEvent::Refused(launch) = event else { unreachable!() };
    assert_eq!((launch.uid, launch.path.as_path()), (child, game.as_path()));

    assert_eq!(errno(&mut command(child, &editor)), None);
    wait_for(&mut events, |event| matches!(event, GateEvent::Launched(launch) if launch.path == editor));
    assert_eq!(errno(&mut command(sibling, &game)), None);
    assert_eq!(errno(&mut command(0, &game)), None);
    assert!(gate.alive());

    drop(gate);
    assert_eq!(errno(&mut command(child, &game)), None, "a closed gate lets everything pass");
}

#[test]
fn a_gate_that_nobody_needs_asks_about_nothing_until_it_is_needed_again() {
    if !needs_root() {
        return;
    }
    let child = 64_013;
    let folder = Folder::new();
    let game = folder.copy("/bin/true", "game");
    let (gate, _events) = start(child, GateOptions::default(), refuse_games);
    let until = |wanted: Option<i32>| {
        let deadline = std::time::Instant::now() + LONG;
        while errno(&mut command(child, &game)) != wanted {
            assert!(std::time::Instant::now() < deadline, "the gate did not follow");
        }
    };
    until(EPERM);
    gate.set_needed(false);
    until(None);
    gate.set_needed(true);
    until(EPERM);
}

#[test]
fn other_names_and_no_name_are_the_same_file() {
    if !needs_root() {
        return;
    }
    let child = 64_003;
    let folder = Folder::new();
    let game = folder.copy("/bin/true", "toy");
    // Judged by file, not by name.
    static FILE: std::sync::OnceLock<(u64, u64)> = std::sync::OnceLock::new();
    let metadata = std::fs::metadata(&game).unwrap();
    FILE.set((
        std::os::unix::fs::MetadataExt::dev(&metadata),
        std::os::unix::fs::MetadataExt::ino(&metadata),
    ))
    .unwrap();
    let (_gate, mut events) = start(child, GateOptions::default(), |launch| {
        let refused = FILE.get() == Some(&(launch.file.dev, launch.file.ino));
        Some(if refused { Decision::Refuse } else { Decision::Allow })
    });
    assert_eq!(errno(&mut command(child, &game)), EPERM);
    std::fs::hard_link(&game, folder.path("homework")).unwrap();
    assert_eq!(errno(&mut command(child, folder.path("homework"))), EPERM);
    std::os::unix::fs::symlink(&game, folder.path("link")).unwrap();
    assert_eq!(errno(&mut command(child, folder.path("link"))), EPERM);
    let open = File::open(&game).unwrap();
    std::fs::rename(&game, folder.path("essay")).unwrap();
    assert_eq!(errno(&mut command(child, folder.path("essay"))), EPERM);
    std::fs::remove_file(folder.path("essay")).unwrap();
    std::fs::remove_file(folder.path("homework")).unwrap();
    // Unlinked, and reached through a descriptor that the child inherited.
    let status = command(child, "/bin/sh").args(["-c", "exec /proc/self/fd/0"]).stdin(open).status().unwrap();
    assert_eq!(status.code(), Some(126));
    let event = wait_for(
        &mut events,
        |event| matches!(event, GateEvent::Refused(launch) if launch.path.to_string_lossy().ends_with(" (deleted)")),
    );
    assert!(matches!(event, GateEvent::Refused(_)));
}

#[test]
fn slow_decisions_read_the_file_and_overdue_ones_are_taken_as_configured() {
    if !needs_root() {
        return;
    }
    let (child, other) = (64_004, 64_005);
    let folder = Folder::new();
    let toy = folder.copy("/bin/true", "toy");
    let by_content = |mut file: &File| {
        let mut magic = [0; 4];
        file.seek(SeekFrom::Start(0)).unwrap();
        file.read_exact(&mut magic).unwrap();
        if magic == *b"\x7fELF" { Decision::Refuse } else { Decision::Allow }
    };
    let options = GateOptions { deadline: Duration::from_secs(60), ..GateOptions::default() };
    let unknown = |launch: &Launch| (name(&launch.path) != "toy").then_some(Decision::Allow);
    let (gate, mut events) = start_with(Rules { uid: child, quick: unknown, slow: by_content }, options);
    assert_eq!(errno(&mut command(child, &toy)), EPERM);
    wait_for(&mut events, |event| matches!(event, GateEvent::Refused(_)));
    drop(gate);

    let options = GateOptions {
        deadline: Duration::from_millis(50),
        overdue: Decision::Refuse,
        ..GateOptions::default()
    };
    let never = |_: &File| {
        std::thread::sleep(Duration::from_millis(500));
        Decision::Allow
    };
    let (_gate, mut events) = start_with(Rules { uid: other, quick: unknown, slow: never }, options);
    assert_eq!(errno(&mut command(other, &toy)), EPERM);
    wait_for(&mut events, |event| matches!(event, GateEvent::Overdue(_, Decision::Refuse)));
}

#[test]
fn after_a_slow_decision_the_gate_sleeps_again() {
    if !needs_root() {
        return;
    }
    let child = 64_016;
    let folder = Folder::new();
    let game = folder.copy("/bin/true", "game");
    let rules = Rules { uid: child, quick: |_| None, slow: |_| Decision::Refuse };
    let (_gate, _events) = start_with(rules, GateOptions::default());
    assert_eq!(errno(&mut command(child, &game)), EPERM);

    let asleep = || {
        let threads = std::fs::read_dir("/proc/self/task").unwrap().flatten();
        let stats = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("stat")).ok());
        let states: Vec<bool> =
            stats.filter(|stat| stat.contains("(lanh-gate)")).map(|stat| stat.contains(") S ")).collect();
        !states.is_empty() && states.into_iter().all(|sleeps| sleeps)
    };
    // A thread that spins is now and then seen asleep; one that waits always is.
    let deadline = std::time::Instant::now() + LONG;
    let mut in_a_row = 0;
    while in_a_row < 50 {
        assert!(std::time::Instant::now() < deadline, "the gate's thread does not come to rest");
        in_a_row = if asleep() { in_a_row + 1 } else { 0 };
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_judge_that_panics_stops_nobody() {
    if !needs_root() {
        return;
    }
    let child = 64_006;
    let (_gate, mut events) = start(child, GateOptions::default(), |_| panic!("on purpose"));
    assert_eq!(errno(&mut command(child, "/bin/true")), None);
    wait_for(&mut events, |event| matches!(event, GateEvent::Launched(_)));
}

#[test]
fn a_guarded_file_cannot_be_read_by_the_child_even_after_it_was_replaced() {
    if !needs_root() {
        return;
    }
    let (child, sibling) = (64_007, 64_008);
    let folder = Folder::new();
    let game = folder.path("game.bin");
    let (gate, mut events) = start(child, GateOptions::default(), |_| Some(Decision::Allow));
    gate.set_guarded_files(vec![GuardedFile {
        path: game.clone(),
        accounts: vec![Account::from_uid(child)],
    }]);
    // Made after it was asked to be guarded, and then replaced.
    for _ in 0..2 {
        let new = folder.copy("/bin/true", "new");
        std::fs::rename(new, &game).unwrap();
        std::fs::set_permissions(&game, std::fs::Permissions::from_mode(0o755)).unwrap();
        let copy = folder.path("copy");
        common::until("the file is guarded", || {
            let status = command(child, "/bin/cp").arg(&game).arg(&copy).status().unwrap();
            (!status.success()).then_some(())
        });
        wait_for(&mut events, |event| matches!(event, GateEvent::OpenRefused(launch) if launch.path == game));
        assert!(command(sibling, "/bin/cat").arg(&game).status().unwrap().success());
    }
    gate.set_guarded_files(Vec::new());
    common::until("the guard is lifted", || {
        command(child, "/bin/cat").arg(&game).status().unwrap().success().then_some(())
    });
}

#[test]
fn the_loader_alone_is_noticed_and_a_normal_start_is_not() {
    if !needs_root() {
        return;
    }
    let child = 64_009;
    let loader = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"]
        .into_iter()
        .find(|path| Path::new(path).exists());
    let Some(loader) = loader else {
        println!("skipped: the dynamic loader of this architecture is not known to the test");
        return;
    };
    let folder = Folder::new();
    let toy = folder.copy("/bin/true", "toy");
    let (gate, mut events) = start(child, GateOptions::default(), |_| Some(Decision::Allow));
    assert_eq!(errno(&mut command(child, &toy)), None);
    assert_eq!(errno(command(child, loader).arg(&toy)), None);
    wait_for(&mut events, |event| match event {
        GateEvent::Launched(launch) => {
            assert_eq!(name(&launch.path), "toy");
            false
        }
        other => matches!(other, GateEvent::LoaderAlone(..)),
    });
    drop(gate);
}

#[test]
fn a_file_system_that_is_mounted_later_is_covered() {
    if !needs_root() {
        return;
    }
    let child = 64_010;
    let folder = Folder::new();
    let point = folder.path("stick");
    std::fs::create_dir(&point).unwrap();
    let (gate, mut events) = start(child, GateOptions::default(), refuse_games);
    let mounted =
        std::process::Command::new("mount").args(["-t", "tmpfs", "none"]).arg(&point).status().unwrap();
    if !mounted.success() {
        println!("skipped: needs the right to mount");
        return;
    }
    wait_for(
        &mut events,
        |event| matches!(event, GateEvent::CoverageChanged(all) if all.iter().any(|one| one.mount_point == point && one.failure.is_none())),
    );
    let game = point.join("game");
    std::fs::copy("/bin/true", &game).unwrap();
    std::fs::set_permissions(&game, std::fs::Permissions::from_mode(0o755)).unwrap();
    let refused = errno(&mut command(child, &game));
    drop(gate);
    assert!(std::process::Command::new("umount").arg(&point).status().unwrap().success());
    assert_eq!(refused, EPERM);
}

/// A process that was just forked holds the gate's descriptor until its exec. If the gate ends before it
/// answers that exec, nothing on the machine starts any more.
#[test]
fn closing_the_gate_leaves_no_start_unanswered() {
    if !needs_root() {
        return;
    }
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let starters: Vec<_> = (0..2)
        .map(|_| {
            let stop = Arc::clone(&stop);
            std::thread::spawn(move || {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    assert_eq!(errno(&mut command(64_011, "/bin/true")), None);
                }
            })
        })
        .collect();
    for _ in 0..30 {
        drop(start(64_012, GateOptions::default(), |_| Some(Decision::Allow)));
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let deadline = std::time::Instant::now() + LONG;
    while !starters.iter().all(std::thread::JoinHandle::is_finished) {
        if std::time::Instant::now() > deadline {
            // Without this the machine stays stuck.
            for task in std::fs::read_dir("/proc/self/task").unwrap() {
                let children = std::fs::read_to_string(task.unwrap().path().join("children")).unwrap();
                for child in children.split_whitespace().filter_map(|pid| pid.parse().ok()) {
                    let child = rustix::process::Pid::from_raw(child).unwrap();
                    rustix::process::kill_process(child, rustix::process::Signal::KILL).unwrap();
                }
            }
            panic!("a start was never answered");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    for starter in starters {
        starter.join().unwrap();
    }
}
