//! The copy that the limits are kept by when the database cannot be opened.
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

use common::*;
use lanh_policy::{BootId, ChildId, IntervalId, Moment, Target, WallTrust};
use lanh_store::*;
use std::fs;
use std::path::PathBuf;

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("lanh.db")
    }

    fn full(&self) -> LastKnown {
        LastKnown::new(self.folder.path().join("last-known.db"), key(), true)
    }

    fn nameless(&self) -> LastKnown {
        LastKnown::new(self.folder.path().join("last-limits.db"), Key::from_bytes([9; 32]), false)
    }
}

/// A family with a rule, a grant, a secret and an hour of use at noon.
fn family(store: &mut Store) -> ChildId {
    let child = add_an(store);
    store
        .add_rule(&by_guardian(noon()), child, &lanh_policy::Origin::Guardian, &each_game(minutes(60)))
        .unwrap();
    store.set_secret(&by_guardian(noon()), "739155").unwrap();
    let grant = NewGrant {
        child,
        target: mines(),
        amount: minutes(15),
        from: noon(),
        until: noon() + chrono::TimeDelta::hours(5),
    };
    store.add_grant(&by_guardian(noon()), &grant).unwrap();
    store.record(&[played(1, child, mines(), noon(), minutes(60))]).unwrap();
    store.keep_floor(noon()).unwrap();
    child
}

#[test]
fn a_stand_in_knows_what_is_enforced_and_the_secret() {
    let place = Place::new();
    let mut store = open(&place.database());
    family(&mut store);
    store.keep_last_known(&place.full(), noon(), false).unwrap();
    let (stand_in, kept_at) = Store::stand_in(&place.full(), &place.database()).unwrap();
    let mut stand_in = stand_in;
    assert_eq!(kept_at, noon());
    let now = Moment {
        boot: BootId(1),
        since_boot: minutes(1),
        awake: minutes(1),
        wall: noon(),
        trust: WallTrust::Unconfirmed,
    };
    let (mut there, mut here) = (store.restored(now).unwrap(), stand_in.restored(now).unwrap());
    // A stand-in leaves numbers free that the database may have used since.
    assert!(here.next_interval.0 > there.next_interval.0 + 1_000);
    (there.next_interval, here.next_interval) = (IntervalId(0), IntervalId(0));
    assert_eq!(format!("{there:?}"), format!("{here:?}"));
    let tried = stand_in.verify_secret(&Actor::Guardian, "739155", noon()).unwrap();
    assert_eq!(tried, SecretOutcome::Right);
    stand_in.verify().unwrap();
    stand_in.verify_audit().unwrap().unwrap();
    assert!(fs::read(place.full().path()).unwrap().windows(3).all(|window| window != "An\0".as_bytes()));
}

#[test]
fn a_copy_without_names_limits_and_lets_nobody_be_the_guardian() {
    let place = Place::new();
    let mut store = open(&place.database());
    let child = family(&mut store);
    store.keep_last_known(&place.nameless(), noon(), false).unwrap();
    let (mut stand_in, _) = Store::stand_in(&place.nameless(), &place.database()).unwrap();
    let (mut real, kept) = (store.child(child).unwrap().unwrap(), stand_in.child(child).unwrap().unwrap());
    assert_eq!(kept.name, "child 1");
    real.name = kept.name.clone();
    assert_eq!(real, kept);
    assert_eq!(stand_in.ledger_since(noon()).unwrap().len(), 1);
    assert!(stand_in.has_secret().unwrap());
    let tried = stand_in.verify_secret(&Actor::Guardian, "739155", noon()).unwrap();
    assert!(matches!(tried, SecretOutcome::Wrong { .. }));
}

#[test]
fn the_copy_follows_and_a_pruned_row_goes_with_it() {
    let place = Place::new();
    let mut store = open(&place.database());
    let child = family(&mut store);
    let copy = place.full();
    store.keep_last_known(&copy, noon(), false).unwrap();
    store.record(&[played(1, child, mines(), noon(), minutes(70))]).unwrap();
    store.record(&[played(2, child, Target::Screen, noon(), minutes(5))]).unwrap();
    let rule = store.children().unwrap()[0].rules[0].id;
    store.remove_rule(&by_guardian(noon()), rule).unwrap();
    store.keep_last_known(&copy, noon() + minutes(6), false).unwrap();
    let (stand_in, kept_at) = Store::stand_in(&copy, &place.database()).unwrap();
    assert_eq!(kept_at, noon() + minutes(6));
    assert_eq!(stand_in.ledger_since(noon()).unwrap(), store.ledger_since(noon()).unwrap());
    assert_eq!(stand_in.family().unwrap(), store.family().unwrap());
    drop(stand_in);

    store.remove_child(&by_guardian(noon()), child).unwrap();
    store.keep_last_known(&copy, noon(), true).unwrap();
    let (stand_in, _) = Store::stand_in(&copy, &place.database()).unwrap();
    assert!(stand_in.children().unwrap().is_empty());
    assert!(stand_in.ledger_since(noon()).unwrap().is_empty());
}

/// The database is away for a day; what happened meanwhile is in it when it is back.
#[test]
fn what_a_stand_in_saw_is_adopted() {
    let place = Place::new();
    let copy = place.full();
    let mut store = open(&place.database());
    let child = family(&mut store);
    store.keep_last_known(&copy, noon(), false).unwrap();
    // Written after the copy was made: both sides have something of their own.
    store.record(&[played(2, child, Target::Screen, noon(), minutes(3))]).unwrap();
    drop(store);

    let (mut stand_in, _) = Store::stand_in(&copy, &place.database()).unwrap();
    let next = stand_in.next_interval().unwrap();
    stand_in.record(&[played(next.0, child, Target::Screen, noon(), minutes(7))]).unwrap();
    let grant = NewGrant {
        child,
        target: Target::Screen,
        amount: minutes(30),
        from: noon(),
        until: noon() + chrono::TimeDelta::hours(5),
    };
    let grant = stand_in.add_grant(&by_guardian(noon()), &grant).unwrap();
    let rule = each_game(minutes(45));
    stand_in.add_rule(&by_guardian(noon()), child, &lanh_policy::Origin::Guardian, &rule).unwrap();
    let later = noon() + minutes(10);
    stand_in.keep_last_known(&copy, later, false).unwrap();
    let family = stand_in.family().unwrap();
    drop(stand_in);

    let mut store = open(&place.database());
    assert!(store.is_ahead(&copy).unwrap());
    let adopted = store.adopt(&copy, later, true).unwrap();
    assert_eq!((adopted.kept_at, adopted.intervals), (later, 1));
    assert_eq!(store.ledger_since(noon()).unwrap().len(), 3);
    assert_eq!(store.family().unwrap(), family);
    assert!(store.open_grants(noon()).unwrap().iter().any(|known| known.id == grant.id));
    store.verify().unwrap();
    store.verify_audit().unwrap().unwrap();
    // Once more changes nothing, and the copy is the database's again.
    assert_eq!(store.adopt(&copy, later, true).unwrap().intervals, 0);
    store.keep_last_known(&copy, later, false).unwrap();
    assert!(!store.is_ahead(&copy).unwrap());
}

/// Yesterday's backup is in force: today's use and the rules as they were before the damage come from the
/// copy; a guardian who brings back a backup gets its rules, and keeps today's use.
#[test]
fn a_backup_lacks_a_day_and_the_copy_has_it() {
    for policy in [true, false] {
        let place = Place::new();
        let copy = place.full();
        let backups = place.folder.path().join("backups");
        let mut store = open(&place.database());
        let child = family(&mut store);
        let old = store.family().unwrap();
        store.backup_job().run(&backups, noon(), Rotation::default(), |_| ()).unwrap();
        store.record(&[played(2, child, mines(), noon() + minutes(60), minutes(30))]).unwrap();
        store.record(&[played(1, child, mines(), noon(), minutes(61))]).unwrap();
        let rule = old.children[0].rules[0].id;
        store.replace_rule(&by_guardian(noon()), rule, &each_game(minutes(20))).unwrap();
        store.add_child(&by_guardian(noon()), &NewChild { accounts: Vec::new(), ..an() }).unwrap();
        let new = store.family().unwrap();
        let ledger = store.ledger_since(noon()).unwrap();
        store.keep_last_known(&copy, noon() + minutes(90), false).unwrap();
        drop(store);
        fs::write(place.database(), "lost").unwrap();
        let opened = Store::open_or_recover(&place.database(), &key(), &backups, noon()).unwrap();
        let mut store = opened.store;
        assert_eq!(store.family().unwrap(), old);
        assert_eq!(store.adopt(&copy, noon(), policy).unwrap().intervals, 2);
        assert_eq!(store.family().unwrap(), if policy { new } else { old });
        assert_eq!(store.ledger_since(noon()).unwrap(), ledger);
        store.verify().unwrap();
    }
}

#[test]
fn a_copy_that_is_torn_is_refused_and_made_anew() {
    let place = Place::new();
    let copy = place.full();
    let missing = Store::stand_in(&copy, &place.database()).unwrap_err();
    assert!(matches!(missing, StoreError::File { .. }), "{missing}");
    let mut store = open(&place.database());
    family(&mut store);
    store.keep_last_known(&copy, noon(), false).unwrap();
    let whole = fs::read(copy.path()).unwrap();
    for at in [3, 200, whole.len() / 2, whole.len() - 100] {
        let mut torn = whole.clone();
        torn[at] ^= 1;
        fs::write(copy.path(), torn).unwrap();
        let refused = Store::stand_in(&copy, &place.database()).unwrap_err();
        assert!(
            matches!(refused, StoreError::Damaged { .. } | StoreError::WrongKey { .. }),
            "{at}: {refused}"
        );
        assert!(refused.to_string().contains("last-known.db"), "{refused}");
        assert!(store.adopt(&copy, noon(), true).is_err());
    }
    fs::write(copy.path(), &whole[..whole.len() / 2]).unwrap();
    assert!(Store::stand_in(&copy, &place.database()).is_err());
    store.keep_last_known(&copy, noon(), false).unwrap();
    Store::stand_in(&copy, &place.database()).unwrap();
    store.verify().unwrap();
}

#[cfg(unix)]
#[test]
fn a_stand_in_writes_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let mut store = open(&place.database());
    family(&mut store);
    store.keep_last_known(&place.full(), noon(), false).unwrap();
    drop(store);
    let list = || {
        let mut names: Vec<_> =
            fs::read_dir(place.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let (before, bytes) = (list(), fs::read(place.full().path()).unwrap());
    let (mut stand_in, _) = Store::stand_in(&place.full(), &place.database()).unwrap();
    stand_in.keep_floor(noon() + days(1)).unwrap();
    assert_eq!((list(), fs::read(place.full().path()).unwrap()), (before, bytes));
    assert_eq!(fs::metadata(place.full().path()).unwrap().permissions().mode() & 0o777, 0o600);
}
