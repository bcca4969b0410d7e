//! The watch, on real processes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests fail by panicking"
)]

mod common;

use common::{Folder, LONG, command, needs_root, shell, start};
use lanh_platform::{
    Decision, GateOptions, Judge, Launch, Platform, Privilege, ProcessEvent, ProcessFacts, WatchOptions,
    WatchSource,
};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

async fn wait_for<T>(
    events: &mut mpsc::Receiver<ProcessEvent>,
    wanted: impl Fn(ProcessEvent) -> Option<T>,
) -> T {
    let search = async {
        loop {
            if let Some(found) = wanted(events.recv().await.expect("the watch lives")) {
                return found;
            }
        }
    };
    tokio::time::timeout(LONG, search).await.expect("the event came")
}

fn options(uid: u32, scan_every: Option<Duration>) -> WatchOptions {
    WatchOptions { supervised: HashSet::from([uid]), scan_every }
}

fn runs(facts: &ProcessFacts, name: &str) -> bool {
    facts.exe.as_ref().is_some_and(|exe| exe.file_name().is_some_and(|file| file == name))
}

/// What runs already, what starts, what changes in place and what ends is all told.
async fn a_life(uid: u32, scan_every: Option<Duration>) -> WatchSource {
    let folder = Folder::new();
    let before = folder.copy("/bin/sleep", "before");
    let during = folder.copy("/bin/sleep", "during");
    let old = start(command(uid, &before).arg("1000"));
    let platform = Platform::this_machine("/nowhere").unwrap();
    let (watch, mut events) = platform.start_watch(options(uid, scan_every), None);
    let seen = wait_for(&mut events, |event| match event {
        ProcessEvent::Appeared(facts) if runs(&facts, "before") => Some(facts),
        _ => None,
    })
    .await;
    assert_eq!((seen.id, seen.uid, seen.argv[1].to_str()), (old.id(), uid, Some("1000")));

    // A shell waits for its input and then becomes another program under the same number.
    let mut shell = command(uid, "/bin/sh");
    shell
        .args(["-c", &format!("read line; exec {} 1000", during.display())])
        .stdin(std::process::Stdio::piped());
    let mut shell = start(&mut shell);
    let pid = shell.0.id();
    let id = wait_for(&mut events, |event| match event {
        ProcessEvent::Appeared(facts) if facts.id.pid == pid => Some(facts.id),
        _ => None,
    })
    .await;
    drop(shell.0.stdin.take());
    wait_for(&mut events, |event| match event {
        ProcessEvent::Execed(facts) if facts.id == id && runs(&facts, "during") => Some(()),
        _ => None,
    })
    .await;
    shell.0.kill().unwrap();
    wait_for(&mut events, |event| (event == ProcessEvent::Exited(id)).then_some(())).await;

    watch.set_supervised(HashSet::new());
    wait_for(&mut events, |event| (event == ProcessEvent::Exited(seen.id)).then_some(())).await;
    watch.source()
}

#[tokio::test]
async fn the_kernel_tells_of_a_life() {
    if !needs_root() {
        return;
    }
    let source = a_life(64_101, Some(Duration::from_secs(3600))).await;
    if source != WatchSource::Connector {
        println!("skipped: the process connector does not work here: {source:?}");
    }
}

#[tokio::test]
async fn a_scan_tells_of_a_life() {
    let uid = match Privilege::current() {
        Privilege::Root => 64_102,
        Privilege::User(own) => own,
    };
    a_life(uid, Some(Duration::from_millis(20))).await;
}

#[tokio::test]
async fn a_fork_without_exec_is_a_process_of_its_own() {
    if !needs_root() {
        return;
    }
    let uid = 64_103;
    let platform = Platform::this_machine("/nowhere").unwrap();
    let (_watch, mut events) = platform.start_watch(options(uid, Some(Duration::from_millis(500))), None);
    let parent = shell(uid, "(while :; do read line </dev/zero; done) & wait");
    let parent_pid = parent.0.id();
    let child = wait_for(&mut events, |event| match event {
        ProcessEvent::Appeared(facts) if facts.parent == parent_pid => Some(facts),
        _ => None,
    })
    .await;
    assert!(child.exe.is_some());
}

struct AllowAll(u32);

impl Judge for AllowAll {
    fn supervised(&self, uid: u32) -> bool {
        uid == self.0
    }

    fn quick(&self, _: &Launch) -> Option<Decision> {
        Some(Decision::Allow)
    }

    fn slow(&self, _: &Launch, _: &std::fs::File) -> Decision {
        Decision::Allow
    }
}

#[tokio::test]
async fn the_gate_feeds_the_watch() {
    if !needs_root() {
        return;
    }
    let uid = 64_104;
    let folder = Folder::new();
    let toy = folder.copy("/bin/sleep", "toy");
    let platform = Platform::this_machine("/nowhere").unwrap();
    let (gate, _gate_events) = platform.start_gate(GateOptions::default(), Arc::new(AllowAll(uid))).unwrap();
    let scan = Some(Duration::from_secs(3600));
    let (watch, mut events) = platform.start_watch(options(uid, scan), Some(&gate));
    assert!(!matches!(watch.source(), WatchSource::Scan(_)));
    let toy = start(command(uid, &toy).arg("1000"));
    let id = toy.id();
    wait_for(&mut events, |event| match event {
        ProcessEvent::Appeared(facts) | ProcessEvent::Execed(facts)
            if facts.id == id && runs(&facts, "toy") =>
        {
            Some(())
        }
        _ => None,
    })
    .await;
    drop(toy);
    wait_for(&mut events, |event| (event == ProcessEvent::Exited(id)).then_some(())).await;
}

#[tokio::test]
async fn killing_what_starts_is_quick_enough_to_matter() {
    if !needs_root() {
        return;
    }
    let uid = 64_105;
    let platform = Platform::this_machine("/nowhere").unwrap();
    let folder = Folder::new();
    let folder_path = folder.0.path().to_owned();
    let (watch, mut events) = platform.start_watch(options(uid, Some(Duration::from_millis(200))), None);
    let holder = platform.holder().unwrap();
    let mut toy = start(command(uid, folder.copy("/bin/sleep", "toy")).arg("1000"));
    let facts = wait_for(&mut events, |event| match event {
        ProcessEvent::Appeared(facts) | ProcessEvent::Execed(facts) if runs(&facts, "toy") => Some(facts),
        _ => None,
    })
    .await;
    assert!(!holder.kill_now(facts.id, &[uid + 1]).unwrap(), "not the owner");
    assert!(holder.kill_now(facts.id, &[uid]).unwrap());
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&toy.wait()), Some(9));
    assert!(!holder.kill_now(facts.id, &[uid]).unwrap(), "gone");
    drop((watch, folder_path));
}
