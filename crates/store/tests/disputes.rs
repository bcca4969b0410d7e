//! Questioned charges, and corrections, in the file.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    unreachable_pub,
    reason = "tests fail by panicking, and share helpers that not each of them uses"
)]

mod common;

use chrono::TimeDelta;
use common::*;
use lanh_policy::{CorrectionLine, Side, Stretch, Target};
use lanh_store::{Actor, DisputeState, NewDispute, Store, StoreError};
use std::time::Duration;

fn stretch(from: i64, until: i64) -> Stretch {
    let at = |minute| noon() + TimeDelta::minutes(minute);
    Stretch { from: at(from), until: at(until), target: Target::Screen }
}

fn store(folder: &tempfile::TempDir) -> Store {
    open(&folder.path().join("lanh.db"))
}

fn back(lines: &[CorrectionLine]) -> Duration {
    lines.iter().filter(|line| line.series == mines()).map(|line| line.amount).sum()
}

#[test]
fn what_was_charged_is_given_back_once_and_the_ledger_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(&folder);
    let child = add_an(&mut store);
    store.record(&[played(1, child, mines(), noon(), minutes(60))]).unwrap();
    let ledger = store.ledger_since(noon()).unwrap();
    let ask = |from, until| NewDispute { child, stretch: stretch(from, until), words: "a film".into() };
    let first = store.add_dispute(noon(), &ask(10, 25)).unwrap();
    let second = store.add_dispute(noon(), &ask(20, 40)).unwrap();
    assert_eq!(first.state, DisputeState::Open);
    let correction = store.accept_dispute(&by_guardian(noon()), first.id).unwrap();
    assert_eq!(back(&correction.lines), minutes(15));
    // Five minutes of the second were given back already.
    let correction = store.accept_dispute(&by_guardian(noon()), second.id).unwrap();
    assert_eq!(back(&correction.lines), minutes(15));
    assert!(matches!(
        store.accept_dispute(&by_guardian(noon()), second.id),
        Err(StoreError::AlreadyAnswered { .. })
    ));
    assert_eq!(store.ledger_since(noon()).unwrap(), ledger);
    assert_eq!(store.corrections_since(Some(child), noon() - days(1)).unwrap().len(), 2);
    // What is all given back, was never charged, or makes no sense, cannot be questioned.
    for (from, until) in [(10, 40), (70, 80), (40, 30), (0, 2000)] {
        assert!(
            matches!(store.add_dispute(noon(), &ask(from, until)), Err(StoreError::Invalid { .. })),
            "{from}"
        );
    }
    let long = NewDispute { words: "x".repeat(501), ..ask(40, 50) };
    assert!(matches!(store.add_dispute(noon(), &long), Err(StoreError::Invalid { what: "the reason", .. })));
    // All of it comes back from the file.
    drop(store);
    let mut store = self::store(&folder);
    let kept = store.dispute(first.id).unwrap().unwrap();
    let DisputeState::Accepted(lines) = kept.state else { panic!("{kept:?}") };
    assert_eq!(back(&lines), minutes(15));
    assert_eq!(store.disputes(child, true, 10).unwrap().len(), 2);
    assert!(store.disputes(child, false, 10).unwrap().is_empty());
    store.verify().unwrap();
    // It goes with the child.
    store.remove_child(&by_guardian(noon()), child).unwrap();
    assert!(store.corrections_since(None, noon() - days(1)).unwrap().is_empty());
}

#[test]
fn ten_disputes_wait_and_an_answer_makes_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(&folder);
    let child = add_an(&mut store);
    store.record(&[played(1, child, mines(), noon(), minutes(60))]).unwrap();
    let ask = NewDispute { child, stretch: stretch(0, 60), words: String::new() };
    let ids: Vec<_> = (0..10).map(|_| store.add_dispute(noon(), &ask).unwrap().id).collect();
    assert!(matches!(store.add_dispute(noon(), &ask), Err(StoreError::TooManyRequests { open: 10 })));
    store.deny_dispute(&by_guardian(noon()), ids[0], "it was the game").unwrap();
    let denied = store.dispute(ids[0]).unwrap().unwrap();
    assert_eq!(denied.state, DisputeState::Denied("it was the game".into()));
    store.add_dispute(noon(), &ask).unwrap();
}

#[test]
fn corrections_go_with_retention_and_follow_a_backup_and_the_last_known_copy() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(&folder);
    let child = add_an(&mut store);
    let line = |at, side| CorrectionLine { series: mines(), at, amount: minutes(5), side };
    let lines = vec![line(noon(), Side::Less), line(noon() + days(1), Side::More)];
    store.add_correction(&by_guardian(noon()), child, None, lines.clone()).unwrap();
    let old = noon() - days(500);
    let change = lanh_store::Change { by: Actor::Guardian, at: old };
    store.add_correction(&change, child, None, vec![line(old, Side::Less)]).unwrap();
    assert_eq!(store.corrections_since(None, old - days(1)).unwrap().len(), 2);
    store.prune(noon()).unwrap();
    let kept = store.corrections_since(None, old - days(1)).unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].1.lines, lines);
    let copy = lanh_store::LastKnown::new(folder.path().join("copy.db"), key(), true);
    store.keep_last_known(&copy, noon(), true).unwrap();
    let (stand_in, _) = Store::stand_in(&copy, &folder.path().join("gone.db")).unwrap();
    assert_eq!(stand_in.corrections_since(None, noon() - days(8)).unwrap(), kept);
    // A database that lost it takes it over again.
    let mut other = open(&folder.path().join("other.db"));
    assert_eq!(add_an(&mut other), child);
    other.adopt(&copy, noon(), false).unwrap();
    assert_eq!(other.corrections_since(None, noon() - days(8)).unwrap(), kept);
}
