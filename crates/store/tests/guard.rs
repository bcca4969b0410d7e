//! The guardian's secret and the audit chain.
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
use lanh_policy::{Account, ChildId};
use lanh_store::*;

const CHILD: Actor = Actor::Child(ChildId(1));

fn with_secret() -> (tempfile::TempDir, Store, RecoveryCode) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("lanh.db"));
    let code = store.set_secret(&by_guardian(noon()), "4826").unwrap();
    (folder, store, code)
}

#[test]
fn no_secret_is_never_right() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("lanh.db"));
    assert!(!store.has_secret().unwrap());
    assert_eq!(store.verify_secret(&CHILD, "", noon()).unwrap(), SecretOutcome::NotSet);
    let outcome = store.recover_secret(&by_guardian(noon()), "", "482613").unwrap();
    assert!(matches!(outcome, RecoveryOutcome::NotSet));
}

#[test]
fn wrong_tries_wait_longer_and_longer_and_a_restart_does_not_help() {
    let (folder, mut store, _) = with_secret();
    let wrong = |seconds| SecretOutcome::Wrong { next_try: noon() + TimeDelta::seconds(seconds) };
    for _ in 0..3 {
        assert_eq!(store.verify_secret(&CHILD, "0000", noon()).unwrap(), wrong(0));
    }
    assert_eq!(store.verify_secret(&CHILD, "0000", noon()).unwrap(), wrong(1));
    let until = noon() + TimeDelta::seconds(1);
    drop(store);
    let mut store = open(&folder.path().join("lanh.db"));
    // Even the right one is not looked at, and turning the clock back does not help.
    for now in [noon(), noon() - TimeDelta::minutes(59)] {
        assert_eq!(store.verify_secret(&CHILD, "4826", now).unwrap(), SecretOutcome::TooSoon { until });
    }
    assert_eq!(
        store.verify_secret(&Actor::Account(Account::from_uid(1000)), "4826", noon()).unwrap(),
        SecretOutcome::Right,
        "a child does not lock out the guardian"
    );
    let SecretOutcome::Wrong { next_try } = store.verify_secret(&CHILD, "0000", until).unwrap() else {
        panic!("heard and wrong");
    };
    assert_eq!(next_try, until + TimeDelta::seconds(2));
    assert_eq!(store.verify_secret(&CHILD, "4826", next_try).unwrap(), SecretOutcome::Right);
    assert_eq!(store.verify_secret(&CHILD, "0000", noon()).unwrap(), wrong(0), "forgiven");
    let audited = store.audit_page(None, 100).unwrap();
    assert_eq!(audited.iter().filter(|entry| entry.kind == AuditKind::SECRET_WRONG).count(), 6);
    assert!(audited.iter().all(|entry| !entry.detail.contains("0000")));
}

#[test]
fn a_clock_that_was_far_ahead_locks_nobody_out() {
    let (_folder, mut store, _) = with_secret();
    for _ in 0..4 {
        store.verify_secret(&CHILD, "0000", noon() + days(3650)).unwrap();
    }
    let until = noon() + TimeDelta::hours(1);
    assert_eq!(store.verify_secret(&CHILD, "4826", noon()).unwrap(), SecretOutcome::TooSoon { until });
    assert_eq!(store.verify_secret(&CHILD, "4826", until).unwrap(), SecretOutcome::Right);
}

#[test]
fn vietnamese_letters_are_the_same_however_they_are_typed() {
    let (_folder, mut store, _) = with_secret();
    store.set_secret(&by_guardian(noon()), "con m\u{00e8}o \u{0111}en").unwrap();
    let decomposed = " con me\u{0300}o \u{0111}en ";
    assert_eq!(store.verify_secret(&CHILD, decomposed, noon()).unwrap(), SecretOutcome::Right);
}

#[test]
fn a_recovery_code_works_once() {
    let (_folder, mut store, code) = with_secret();
    let change = by_guardian(noon());
    let typed = code.to_string().to_lowercase();
    assert!(matches!(store.recover_secret(&change, &typed, "1234"), Err(StoreError::WeakSecret(_))));
    let RecoveryOutcome::Done(next) = store.recover_secret(&change, &typed, "735190").unwrap() else {
        panic!("the code is right");
    };
    assert_eq!(store.verify_secret(&CHILD, "735190", noon()).unwrap(), SecretOutcome::Right);
    assert!(matches!(store.verify_secret(&CHILD, "4826", noon()).unwrap(), SecretOutcome::Wrong { .. }));
    assert!(matches!(
        store.recover_secret(&change, &typed, "907142").unwrap(),
        RecoveryOutcome::Wrong { .. }
    ));
    assert_ne!(next.to_string(), code.to_string());
}

#[test]
fn a_childs_birth_year_is_no_secret() {
    let (_folder, mut store, _) = with_secret();
    add_an(&mut store);
    let error = store.set_secret(&by_guardian(noon()), "2015").unwrap_err();
    assert!(matches!(error, StoreError::WeakSecret(WeakSecret::BirthYear)), "{error}");
    assert_eq!(store.verify_secret(&CHILD, "4826", noon()).unwrap(), SecretOutcome::Right);
}

/// A plain connection with the key, as somebody who stole it would have.
fn thief(path: &std::path::Path) -> rusqlite::Connection {
    let conn = rusqlite::Connection::open(path).unwrap();
    conn.execute_batch(&format!("PRAGMA key = \"x'{}'\"", "07".repeat(32))).unwrap();
    conn
}

#[test]
fn audit_entries_cannot_be_changed_removed_or_slipped_in() {
    let (folder, store, _) = with_secret();
    drop(store);
    let thief = thief(&folder.path().join("lanh.db"));
    for attempt in [
        "UPDATE audit SET detail = ''",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT number, at, kind, actor, child, '', seal FROM audit",
        "INSERT INTO audit SELECT number + 5, at, kind, actor, child, detail, seal FROM audit",
        "UPDATE audit_anchor SET number = 1",
        "DELETE FROM audit_anchor",
    ] {
        let error = thief.execute_batch(attempt).unwrap_err().to_string();
        assert!(error.contains("audit") || error.contains("anchor"), "{attempt}: {error}");
    }
}

#[test]
fn a_chain_that_was_changed_past_the_triggers_shows_where() {
    for (crime, at) in [
        ("UPDATE audit SET detail = 'nothing' WHERE number = 2", 2),
        ("UPDATE audit SET child = 8 WHERE number = 3", 3),
        ("DELETE FROM audit WHERE number = 1", 1),
        ("UPDATE audit SET actor = 'nonsense' WHERE number = 2", 2),
    ] {
        let (folder, mut store, _) = with_secret();
        for number in 0..3 {
            store.audit(noon(), AuditKind::REFUSED, &CHILD, None, &number.to_string()).unwrap();
        }
        assert_eq!(store.verify_audit().unwrap().unwrap().count, 4);
        drop(store);
        let path = folder.path().join("lanh.db");
        thief(&path)
            .execute_batch(&format!("DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; {crime}"))
            .unwrap();
        assert_eq!(open(&path).verify_audit().unwrap(), Err(AuditBreak { at }), "{crime}");
    }
}

#[test]
fn the_audit_is_paged_from_the_newest() {
    let (_folder, mut store, _) = with_secret();
    for number in 2..=5 {
        let kind = AuditKind::named("test");
        assert_eq!(store.audit(noon(), kind, &CHILD, Some(ChildId(1)), "x").unwrap(), number);
    }
    let numbers = |before| -> Vec<u64> {
        store.audit_page(before, 2).unwrap().iter().map(|entry| entry.number).collect()
    };
    assert_eq!(numbers(None), [5, 4]);
    assert_eq!(numbers(Some(4)), [3, 2]);
    assert_eq!(numbers(Some(1)), Vec::<u64>::new());
}

#[test]
fn keys_and_codes_are_never_printed() {
    let (_folder, store, code) = with_secret();
    let printed = format!("{:?} {store:?} {code:?} {:?}", key(), store.backup_job());
    assert!(!printed.contains("0707") && !printed.contains("7, 7") && !printed.contains(&code.to_string()));
}
