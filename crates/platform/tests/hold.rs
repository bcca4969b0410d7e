//! Holding and closing real processes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests fail by panicking"
)]

mod common;

use common::{children, command, needs_root, shell, start, state, ticks, until};
use lanh_platform::{HoldError, HoldMechanism, HoldName, Holder, Platform};
use lanh_policy::{AppId, ChildId, ProcessId};
use std::time::Duration;

/// A name that no real child has and no other test uses.
fn hold_name(number: u64) -> HoldName {
    HoldName::new(
        ChildId(u64::from(std::process::id()) * 1_000_000 + number),
        &AppId::from("path:/tmp/a toy"),
    )
}

struct Place {
    _folder: tempfile::TempDir,
    holder: Holder,
}

fn place() -> Option<Place> {
    if !needs_root() {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let holder = Platform::this_machine(folder.path()).unwrap().holder().unwrap();
    if holder.mechanism() != HoldMechanism::Cgroup {
        println!("skipped: needs control groups of version 2");
        return None;
    }
    Some(Place { _folder: folder, holder })
}

/// The processes burn no CPU between two looks.
fn assert_still(pids: &[u32]) {
    let before: Vec<u64> = pids.iter().map(|pid| ticks(*pid)).collect();
    std::thread::sleep(Duration::from_millis(150));
    let after: Vec<u64> = pids.iter().map(|pid| ticks(*pid)).collect();
    assert_eq!(before, after);
}

fn assert_busy(pid: u32) {
    let before = ticks(pid);
    until("it runs", || (ticks(pid) > before).then_some(()));
}

#[test]
fn names_survive_and_tell_what_is_held() {
    let name = HoldName::new(ChildId(7), &AppId::from("path:/home/an/trò chơi"));
    let read = HoldName::parse(name.as_str()).unwrap();
    assert_eq!(read, name);
    assert_eq!((read.child(), read.app()), (Some(ChildId(7)), Some(AppId::from("path:/home/an/trò chơi"))));
    let long = "x".repeat(400);
    let (one, two) = (format!("{long}1"), format!("{long}2"));
    let (one, two) = (
        HoldName::new(ChildId(1), &AppId::from(one.as_str())),
        HoldName::new(ChildId(1), &AppId::from(two.as_str())),
    );
    assert!(one != two && one.as_str().len() <= 200 && one.app().is_none());
    assert!(HoldName::parse(one.as_str()).is_some());
    for bad in ["", "c7", "x7-a", "c7-a/b", "cx-a", "c7-../.."] {
        assert!(HoldName::parse(bad).is_none(), "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_tree_stands_still_and_the_child_cannot_thaw_it() {
    let Some(place) = place() else { return };
    let (uid, name) = (64_201, hold_name(1));
    // A busy loop, a busy child and a busy grandchild in a session of its own.
    let game =
        shell(uid, "setsid sh -c 'while :; do :; done' & sh -c 'while :; do :; done' & while :; do :; done");
    let pid = game.0.id();
    let others = until("both children run", || Some(children(pid)).filter(|pids| pids.len() == 2));
    let origin = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap();
    let held = place.holder.hold(&name, &[game.id()], &[uid]).await.unwrap();
    let pids: Vec<u32> = held.processes.iter().map(|process| process.pid).collect();
    assert!(pids.contains(&pid) && others.iter().all(|other| pids.contains(other)), "{held:?}");
    assert_still(&pids);

    let path = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap();
    let path = path.lines().find_map(|line| line.strip_prefix("0::")).unwrap().to_owned();
    assert!(path.ends_with(&format!("/lanh/{name}")), "{path}");
    let mount = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]
        .into_iter()
        .find(|mount| std::path::Path::new(&format!("{mount}{path}/cgroup.freeze")).exists())
        .unwrap();
    for attempt in [
        format!("echo 0 > {mount}{path}/cgroup.freeze"),
        format!("echo {pid} > {mount}/cgroup.procs"),
        format!("kill -CONT {pid}"),
    ] {
        let _ = command(uid, "/bin/sh").args(["-c", &attempt]).status().unwrap();
        assert_still(&pids);
    }

    place.holder.thaw(&name).await.unwrap();
    assert_busy(pid);
    assert_eq!(place.holder.members(&name).len(), held.processes.len());
    let again = place.holder.hold(&name, &[], &[uid]).await.unwrap();
    assert_eq!(again.processes.len(), held.processes.len());
    assert_still(&pids);

    place.holder.release(&name).await.unwrap();
    assert_busy(pid);
    assert_eq!(std::fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap(), origin);
    assert!(place.holder.members(&name).is_empty());
    assert!(matches!(place.holder.thaw(&name).await, Err(HoldError::Unknown(_))));
    place.holder.close(&name, &[game.id()], &[uid], Duration::ZERO).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_forks_all_the_time_is_held_all_the_same() {
    let Some(place) = place() else { return };
    let (uid, name) = (64_202, hold_name(2));
    let game = shell(uid, "while :; do (exec sleep 0.01) & (exec sleep 0.01); done");
    until("it forks", || (!children(game.0.id()).is_empty()).then_some(()));
    let held = place.holder.hold(&name, &[game.id()], &[uid]).await.unwrap();
    assert!(!held.processes.is_empty());
    let still: Vec<u32> = place.holder.members(&name).iter().map(|process| process.pid).collect();
    assert_still(&still);
    for child in children(game.0.id()) {
        assert!(still.contains(&child) || state(child) == Some('Z'), "{child} escaped");
    }
    let closed = place.holder.close(&name, &[], &[uid], Duration::ZERO).await.unwrap();
    assert!(closed.killed.contains(&held.processes[0]) && closed.ended.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_is_ever_held_or_closed() {
    let Some(place) = place() else { return };
    let (uid, stranger, name) = (64_203, 64_204, hold_name(3));
    let other = start(command(stranger, "/bin/sleep").arg("1000"));
    let process = other.id();
    let refused = place.holder.hold(&name, &[process], &[uid]).await;
    assert!(matches!(refused, Err(HoldError::Nothing)), "{refused:?}");
    // The right number with the wrong start time is another process.
    let reused = ProcessId { started: process.started + 1, ..process };
    assert!(matches!(place.holder.hold(&name, &[reused], &[stranger]).await, Err(HoldError::Nothing)));
    let init = ProcessId { pid: 1, started: 0 };
    let closed = place.holder.close(&name, &[process, reused, init], &[uid], Duration::ZERO).await.unwrap();
    assert!(closed.killed.is_empty() && closed.ended.is_empty());
    assert!(matches!(state(process.pid), Some('S')));
    assert!(place.holder.recover().unwrap().iter().all(|found| found.name != name));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_found_again_after_a_crash() {
    let Some(place) = place() else { return };
    let (uid, name) = (64_205, hold_name(4));
    let game = shell(uid, "while :; do :; done");
    place.holder.hold(&name, &[game.id()], &[uid]).await.unwrap();
    let Place { _folder: folder, holder } = place;
    drop(holder);
    assert_still(&[game.0.id()]);
    let holder = Platform::this_machine(folder.path()).unwrap().holder().unwrap();
    let found = holder.recover().unwrap().into_iter().find(|found| found.name == name).unwrap();
    assert_eq!((found.processes, found.frozen), (vec![game.id()], true));
    holder.release(&name).await.unwrap();
    assert_busy(game.0.id());
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_asks_first_and_kills_what_will_not_listen() {
    let Some(place) = place() else { return };
    let (uid, name) = (64_206, hold_name(5));
    let mut polite = start(command(uid, "/bin/sleep").arg("1000"));
    let process = polite.id();
    // Held first: it must be thawed to hear the question.
    place.holder.hold(&name, &[process], &[uid]).await.unwrap();
    let closed = place.holder.close(&name, &[], &[uid], Duration::from_secs(20)).await.unwrap();
    assert_eq!((closed.ended, closed.killed), (vec![process], vec![]));
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&polite.wait()), Some(15));

    let folder = common::Folder::new();
    let ready = folder.path("ready");
    // Answers the question by starting another process in a session of its own.
    let stubborn = shell(
        uid,
        &format!(
            "trap 'setsid sh -c \"while :; do sleep 1; done\" &' TERM; : > {}; while :; do sleep 0.05; done",
            ready.display()
        ),
    );
    until("the trap is set", || ready.exists().then_some(()));
    let process = stubborn.id();
    let closed = place.holder.close(&name, &[process], &[uid], Duration::from_millis(400)).await.unwrap();
    assert!(closed.killed.contains(&process) && closed.killed.len() >= 2, "{closed:?}");
    assert!(place.holder.members(&name).is_empty());
}
