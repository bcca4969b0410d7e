//! Small facts about the machine, and retention.

use crate::{Result, Store};
use chrono::{DateTime, Utc};
use lanh_policy::Restored;

/// What [`Store::prune`] removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Ledger intervals, grants, requests and revisions past retention.
    pub expired: u64,
    /// Rows that named an app and no longer do (totals-only mode).
    pub anonymised: u64,
    /// Audit entries cut from the start of the chain.
    pub audit: u64,
}

impl Store {
    /// Everything that [`lanh_policy::Engine::restore`] needs; `wall` is what the machine's clock says.
    pub fn restored(&self, wall: DateTime<Utc>) -> Result<Restored> {
        let _ = wall;
        todo!()
    }
    /// The floor of trusted wall time.
    pub fn floor(&self) -> Result<Option<DateTime<Utc>>> {
        todo!()
    }
    /// Raises the floor; a lower one is ignored.
    pub fn keep_floor(&mut self, floor: DateTime<Utc>) -> Result<()> {
        let _ = floor;
        todo!()
    }
    /// Removes what is past retention, and in totals-only mode the app names that no budget needs any more.
    /// Call it once a day.
    pub fn prune(&mut self, now: DateTime<Utc>) -> Result<Pruned> {
        let _ = now;
        todo!()
    }
}
