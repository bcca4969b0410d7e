//! Used time.

use crate::{Result, Store};
use chrono::{DateTime, Utc};
use lanh_policy::{ChildId, IntervalId, LedgerEntry, Target};
use std::time::Duration;

/// Use of one day (or any other stretch).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayUse {
    /// Its start, as asked.
    pub from: DateTime<Utc>,
    /// Its end, as asked.
    pub until: DateTime<Utc>,
    /// One line per series that was used, in the order of [`Target`].
    pub lines: Vec<UseLine>,
}

/// Use of one series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseLine {
    /// An app, a category or the screen.
    pub target: Target,
    /// Time that counted toward allowances.
    pub charged: Duration,
    /// Time paid by grants.
    pub granted: Duration,
    /// Time that cost nothing.
    pub free: Duration,
}

impl Store {
    /// Writes intervals; a longer version replaces the shorter one with the same number, a shorter one is ignored.
    pub fn record(&mut self, entries: &[LedgerEntry]) -> Result<()> {
        let _ = entries;
        todo!()
    }
    /// A child's intervals that start in `from..until`, by start.
    pub fn ledger(
        &self,
        child: ChildId,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<LedgerEntry>> {
        let _ = (child, from, until);
        todo!()
    }
    /// The intervals of all children that end after `from`, by number.
    pub fn ledger_since(&self, from: DateTime<Utc>) -> Result<Vec<LedgerEntry>> {
        let _ = from;
        todo!()
    }
    /// The first interval number that is free.
    pub fn next_interval(&self) -> Result<IntervalId> {
        todo!()
    }
    /// A child's use in each of `days`, given as start and end. An interval belongs to the day it starts in.
    pub fn usage(&self, child: ChildId, days: &[(DateTime<Utc>, DateTime<Utc>)]) -> Result<Vec<DayUse>> {
        let _ = (child, days);
        todo!()
    }
}
