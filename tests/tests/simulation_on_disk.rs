//! The simulation of the core on the real store: at every crash the files are taken as they lie, as after a
//! power cut, and opened anew.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests state what must hold")]

#[path = "../../crates/policy/tests/simulate/mod.rs"]
mod simulate;

use chrono::{DateTime, Utc};
use lanh_policy::{Anchor, ChildId, Correction, Family, Grant, GrantId, LedgerEntry, Moment, Restored};
use lanh_store::{Actor, Change, Key, NewChild, NewGrant, Store};
use simulate::disk::Disk;
use simulate::{Life, simulate};
use std::path::PathBuf;
use tempfile::TempDir;

/// Each family costs a few seconds: a commit is made for every effect.
const FAMILIES: u64 = 6;
const DAYS: u32 = 3;

struct StoreDisk {
    folder: TempDir,
    key: Key,
    store: Option<Store>,
    copies: u32,
}

impl StoreDisk {
    fn new() -> Self {
        // In memory where there is such a place: what is tested is what was written, not how fast.
        let memory = PathBuf::from("/dev/shm");
        let folder =
            if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let key = Key::from_bytes([7; 32]);
        let store = Store::open(&folder.path().join("0.db"), &key).unwrap();
        Self { folder, key, store: Some(store), copies: 0 }
    }

    fn store(&mut self) -> &mut Store {
        self.store.as_mut().unwrap()
    }
}

fn change(at: DateTime<Utc>) -> Change {
    Change { by: Actor::Guardian, at }
}

impl Disk for StoreDisk {
    fn record(&mut self, entry: &LedgerEntry) {
        self.store().record(std::slice::from_ref(entry)).unwrap();
    }

    fn keep_floor(&mut self, floor: DateTime<Utc>) {
        self.store().keep_floor(floor).unwrap();
    }

    fn keep_anchor(&mut self, anchor: Anchor) {
        self.store().keep_anchor(anchor).unwrap();
    }

    fn give(&mut self, grant: Grant) -> Grant {
        let Grant { child, target, amount, from, until, .. } = grant;
        let new = NewGrant { child, target, amount, from, until };
        self.store().add_grant(&change(from), &new).unwrap()
    }

    fn revoke(&mut self, grant: GrantId, at: DateTime<Utc>) {
        self.store().revoke_grant(&change(at), grant).unwrap();
    }

    fn correct(&mut self, correction: Correction) -> Correction {
        let Correction { child, lines, .. } = correction;
        self.store().add_correction(&change(DateTime::UNIX_EPOCH), child, None, lines).unwrap()
    }

    fn keep_family(&mut self, family: &Family) -> Family {
        let now = change(DateTime::UNIX_EPOCH);
        let store = self.store();
        let mut settings = store.family_settings().unwrap();
        (settings.zone, settings.week_start) = (family.zone, family.week_start);
        store.set_family_settings(&now, &settings).unwrap();
        let kept = store.children().unwrap();
        for child in kept.iter().filter(|child| family.children.iter().all(|other| other.id != child.id)) {
            store.remove_child(&now, child.id).unwrap();
        }
        for child in &family.children {
            let known = kept.iter().find(|other| other.id == child.id);
            let id: ChildId = match known {
                Some(known) => known.id,
                None => {
                    let new = NewChild {
                        name: child.name.clone(),
                        birth_year: child.birth_year,
                        accounts: child.accounts.clone(),
                        settings: child.settings.clone(),
                    };
                    store.add_child(&now, &new).unwrap()
                }
            };
            if known.is_some_and(|known| known.settings != child.settings) {
                store.set_settings(&now, id, &child.settings).unwrap();
            }
            let rules = known.map_or(&[][..], |known| &known.rules);
            for rule in rules.iter().filter(|rule| child.rules.iter().all(|other| other.id != rule.id)) {
                store.remove_rule(&now, rule.id).unwrap();
            }
            for rule in &child.rules {
                match rules.iter().find(|other| other.id == rule.id) {
                    Some(other) if other.kind != rule.kind => {
                        store.replace_rule(&now, rule.id, &rule.kind).unwrap()
                    }
                    Some(_) => {}
                    None => {
                        store.add_rule(&now, id, &rule.origin, &rule.kind).unwrap();
                    }
                }
            }
        }
        store.family().unwrap()
    }

    fn read_again(&mut self, now: Moment) -> Restored {
        let file = |number: u32, tail: &str| self.folder.path().join(format!("{number}.db{tail}"));
        for tail in ["", "-wal"] {
            let (from, to) = (file(self.copies, tail), file(self.copies + 1, tail));
            if from.exists() {
                std::fs::copy(from, to).unwrap();
            }
        }
        drop(self.store.take());
        for tail in ["", "-wal", "-shm", ".lock"] {
            let _ = std::fs::remove_file(file(self.copies, tail));
        }
        self.copies += 1;
        let store = Store::open(&file(self.copies, ""), &self.key).unwrap();
        let restored = store.restored(now).unwrap();
        self.store = Some(store);
        restored
    }
}

#[test]
fn families_on_a_real_store_come_back_from_every_crash_as_the_reference_has_it() {
    for seed in 0..FAMILIES {
        let life = Life { seed, days: DAYS, only: None };
        if let Err(failure) = simulate(life, StoreDisk::new()) {
            panic!("{}\nfamily {seed}, day {}: {}", failure.trace.join("\n"), failure.day, failure.what);
        }
    }
}
