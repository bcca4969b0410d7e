//! Used time.

use crate::db::{column, signed, unreadable, unsigned};
use crate::record::{
    read_basis, read_length, read_target, read_time, write_basis, write_length, write_target, write_time,
};
use crate::{Result, Store, StoreError};
use chrono::{DateTime, Utc};
use lanh_policy::{AppId, ChildId, Cost, GrantId, IntervalId, LedgerEntry, RuleId, Target};
use rusqlite::{Row, params};
use std::collections::BTreeMap;
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

/// The columns that [`read_entry`] reads.
const COLUMNS: &str = "id, child, target, app, start, stop, used, cost, cost_id, basis FROM ledger";

/// Under which name the first interval number is kept that was never used, when rows are removed.
const NEXT_INTERVAL: &str = "next-interval";

impl Store {
    /// Writes intervals, all or none; a longer version replaces the shorter one with the same number, a
    /// shorter one is ignored. Intervals of a child that was removed meanwhile are dropped.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when a number is already another child's interval.
    pub fn record(&mut self, entries: &[LedgerEntry]) -> Result<()> {
        self.atomic(|store| entries.iter().try_for_each(|entry| store.record_one(entry)))
    }

    /// A child's intervals that start in `from..until`, by start.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn ledger(
        &self,
        child: ChildId,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<LedgerEntry>> {
        self.db.rows(
            &format!("SELECT {COLUMNS} WHERE child = ?1 AND start >= ?2 AND start < ?3 ORDER BY start, id"),
            params![
                signed("a child", child.0)?,
                write_time("the start", from)?,
                write_time("the end", until)?
            ],
            read_entry,
        )
    }

    /// The intervals of all children that end after `from`, by number.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn ledger_since(&self, from: DateTime<Utc>) -> Result<Vec<LedgerEntry>> {
        self.db.rows(
            &format!("SELECT {COLUMNS} WHERE stop > ?1 ORDER BY id"),
            [write_time("the start", from)?],
            read_entry,
        )
    }

    /// The first interval number that is free; numbers of removed rows are not free.
    ///
    /// # Errors
    /// Those of the file.
    pub fn next_interval(&self) -> Result<IntervalId> {
        let kept = self.meta::<i64>(NEXT_INTERVAL)?.unwrap_or(1);
        let newest: i64 = self.db.one("SELECT coalesce(max(id), 0) FROM ledger", [], |row| column(row, 0))?;
        unsigned("an interval's number", kept.max(newest.saturating_add(1))).map(IntervalId)
    }

    /// A child's use in each of `days`, given as start and end. An interval belongs to the day it starts in.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn usage(&self, child: ChildId, days: &[(DateTime<Utc>, DateTime<Utc>)]) -> Result<Vec<DayUse>> {
        days.iter().map(|(from, until)| self.day_use(child, *from, *until)).collect()
    }

    /// Before rows go: their numbers must not come back.
    pub(crate) fn keep_next_interval(&self) -> Result<()> {
        self.set_next_interval(self.next_interval()?.0)
    }

    pub(crate) fn set_next_interval(&self, number: u64) -> Result<()> {
        self.set_meta(NEXT_INTERVAL, &signed("an interval's number", number)?)
    }

    /// How much of a grant was used. It is booked in up to three parallel series, so time that intervals
    /// share counts once.
    pub(crate) fn drawn(&self, grant: i64) -> Result<Duration> {
        let uses = self.db.rows(
            "SELECT start, stop, used FROM ledger WHERE cost = 'grant' AND cost_id = ?1 ORDER BY start, stop DESC",
            [grant],
            |row| Ok((column(row, 0)?, column(row, 1)?, column(row, 2)?)),
        )?;
        read_length("the time drawn of a grant", union(&uses))
    }

    fn record_one(&self, entry: &LedgerEntry) -> Result<()> {
        if !self.has_child(entry.child)? {
            return Ok(());
        }
        let (cost, cost_id) = match entry.cost {
            Cost::Charged => ("charged", None),
            Cost::Grant(GrantId(id)) => ("grant", Some(id)),
            Cost::Free(RuleId(id)) => ("free", Some(id)),
        };
        let id = signed("an interval's number", entry.id.0)?;
        let child = signed("a child", entry.child.0)?;
        let changed = self.db.execute(
            "INSERT INTO ledger (id, child, target, app, start, stop, used, cost, cost_id, basis)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (id) DO UPDATE SET
                 target = excluded.target, app = excluded.app, start = excluded.start,
                 stop = excluded.stop, used = excluded.used, cost = excluded.cost,
                 cost_id = excluded.cost_id, basis = excluded.basis
             WHERE child = excluded.child AND used <= excluded.used",
            params![
                id,
                child,
                write_target(&entry.target),
                write_app(entry),
                write_time("the start of an interval", entry.from)?,
                write_time("the end of an interval", entry.until)?,
                write_length("the length of an interval", entry.used)?,
                cost,
                cost_id.map(|id| signed("a cost", id)).transpose()?,
                write_basis(entry.basis)
            ],
        )?;
        if changed == 0 {
            let owner: i64 =
                self.db.one("SELECT child FROM ledger WHERE id = ?1", [id], |row| column(row, 0))?;
            if owner != child {
                return Err(StoreError::Invalid {
                    what: "an interval",
                    why: format!("number {id} is child {owner}'s"),
                });
            }
        }
        Ok(())
    }

    fn day_use(&self, child: ChildId, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<DayUse> {
        let sums = self.db.rows(
            "SELECT target, cost, sum(used) FROM ledger
             WHERE child = ?1 AND start >= ?2 AND start < ?3 GROUP BY target, cost",
            params![
                signed("a child", child.0)?,
                write_time("the start", from)?,
                write_time("the end", until)?
            ],
            |row| {
                let target = read_target(&column::<String>(row, 0)?)?;
                Ok((target, column::<String>(row, 1)?, read_length("used time", column(row, 2)?)?))
            },
        )?;
        let mut lines: BTreeMap<Target, UseLine> = BTreeMap::new();
        for (target, cost, used) in sums {
            let zero = UseLine {
                target: target.clone(),
                charged: Duration::ZERO,
                granted: Duration::ZERO,
                free: Duration::ZERO,
            };
            let line = lines.entry(target).or_insert(zero);
            match cost.as_str() {
                "charged" => line.charged = used,
                "grant" => line.granted = used,
                _ => line.free = used,
            }
        }
        Ok(DayUse { from, until, lines: lines.into_values().collect() })
    }
}

/// The used time of intervals (start, end, used; by start, the longer first) with overlaps counted once.
fn union(uses: &[(i64, i64, i64)]) -> i64 {
    let mut covered_until = i64::MIN;
    let mut total = 0_i64;
    for (start, stop, used) in uses {
        let fresh = stop.saturating_sub((*start).max(covered_until)).max(0);
        total = total.saturating_add(fresh.min(*used));
        covered_until = covered_until.max(*stop);
    }
    total
}

fn read_entry(row: &Row<'_>) -> Result<LedgerEntry> {
    let cost: String = column(row, 7)?;
    let cost_id = || -> Result<u64> { unsigned("a cost", column(row, 8)?) };
    let target = read_target(&column::<String>(row, 2)?)?;
    Ok(LedgerEntry {
        id: IntervalId(unsigned("an interval's number", column(row, 0)?)?),
        child: ChildId(unsigned("a child's number", column(row, 1)?)?),
        app: read_app(&target, column(row, 3)?),
        target,
        from: read_time(column(row, 4)?),
        until: read_time(column(row, 5)?),
        used: read_length("the length of an interval", column(row, 6)?)?,
        cost: match cost.as_str() {
            "charged" => Cost::Charged,
            "grant" => Cost::Grant(GrantId(cost_id()?)),
            "free" => Cost::Free(RuleId(cost_id()?)),
            other => return Err(unreadable("a cost", other)),
        },
        basis: read_basis(&column::<String>(row, 9)?)?,
    })
}

/// The series of an app names it already, so it is not written twice; an empty text says that no app was
/// named. Older files repeat it.
fn write_app(entry: &LedgerEntry) -> Option<&str> {
    match (&entry.target, &entry.app) {
        (Target::App(series), Some(app)) if series == app => None,
        (Target::App(_), None) => Some(""),
        (_, app) => app.as_ref().map(AppId::as_str),
    }
}

fn read_app(target: &Target, written: Option<String>) -> Option<AppId> {
    match (target, written) {
        (Target::App(series), None) => Some(series.clone()),
        (_, written) => written.filter(|app| !app.is_empty()).map(AppId::new),
    }
}

#[cfg(test)]
mod tests {
    use super::union;

    #[test]
    fn time_that_parallel_series_share_is_drawn_once() {
        // The app, its category and the screen, then another app of the same grant, then a slept-through one.
        assert_eq!(union(&[(0, 10, 10), (0, 10, 10), (0, 10, 10), (10, 15, 5)]), 15);
        assert_eq!(union(&[(0, 10, 10), (5, 20, 15)]), 20);
        assert_eq!(union(&[(0, 100, 10), (200, 250, 50)]), 60);
        assert_eq!(union(&[]), 0);
    }
}
