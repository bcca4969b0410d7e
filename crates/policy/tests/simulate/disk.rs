//! What survives a crash.

use chrono::{DateTime, Utc};
use lanh_policy::*;
use std::collections::BTreeMap;

/// What the service writes and reads again when it starts.
pub trait Disk {
    fn record(&mut self, entry: &LedgerEntry);
    fn keep_floor(&mut self, floor: DateTime<Utc>);
    fn keep_anchor(&mut self, anchor: Anchor);
    /// Keeps a grant and returns it as it is kept.
    fn give(&mut self, grant: Grant) -> Grant;
    fn revoke(&mut self, grant: GrantId, at: DateTime<Utc>);
    /// Keeps a correction and returns it as it is kept.
    fn correct(&mut self, correction: Correction) -> Correction;
    /// Keeps the family and returns it as it is kept.
    fn keep_family(&mut self, family: &Family) -> Family;
    /// Everything as after a power cut, for a machine that starts the service at `now`.
    fn read_again(&mut self, now: Moment) -> Restored;
}

/// A disk that is as fast as memory.
#[derive(Default)]
pub struct MemoryDisk {
    family: Option<Family>,
    ledger: BTreeMap<IntervalId, LedgerEntry>,
    grants: BTreeMap<GrantId, Grant>,
    corrections: Vec<Correction>,
    floor: Option<DateTime<Utc>>,
    anchor: Option<Anchor>,
    next_interval: u64,
}

impl Disk for MemoryDisk {
    fn record(&mut self, entry: &LedgerEntry) {
        self.next_interval = self.next_interval.max(entry.id.0 + 1);
        self.ledger.insert(entry.id, entry.clone());
    }

    fn keep_floor(&mut self, floor: DateTime<Utc>) {
        self.floor = self.floor.max(Some(floor));
    }

    fn keep_anchor(&mut self, anchor: Anchor) {
        self.anchor = Some(anchor);
    }

    fn give(&mut self, grant: Grant) -> Grant {
        self.grants.insert(grant.id, grant.clone());
        grant
    }

    fn revoke(&mut self, grant: GrantId, _at: DateTime<Utc>) {
        self.grants.remove(&grant);
    }

    fn correct(&mut self, correction: Correction) -> Correction {
        self.corrections.push(correction.clone());
        correction
    }

    fn keep_family(&mut self, family: &Family) -> Family {
        self.family = Some(family.clone());
        self.ledger.retain(|_, entry| family.children.iter().any(|child| child.id == entry.child));
        family.clone()
    }

    fn read_again(&mut self, now: Moment) -> Restored {
        let wall = now.anchored(self.anchor).wall;
        let past = self.floor.map_or(wall, |floor| floor.min(wall));
        self.ledger.retain(|_, entry| entry.until > past - chrono::TimeDelta::days(15));
        Restored {
            family: self.family.clone().unwrap(),
            ledger: self.ledger.values().cloned().collect(),
            grants: self.grants.values().filter(|grant| grant.until > past).cloned().collect(),
            corrections: self.corrections.clone(),
            floor: self.floor,
            next_interval: IntervalId(self.next_interval),
            anchor: self.anchor,
        }
    }
}
