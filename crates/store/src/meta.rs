//! Small facts about the machine, and retention.

use crate::db::{column, signed};
use crate::record::{read_time, write_time};
use crate::{FamilySettings, Result, Store};
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use lanh_policy::{Anchor, BootId, Child, Moment, Period, Restored, RuleKind, Target};
use rusqlite::types::FromSql;
use rusqlite::{ToSql, params};
use std::time::Duration;

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

/// Under which name the floor is kept.
const FLOOR: &str = "floor";

/// Under which name the anchor is kept.
const ANCHOR: &str = "anchor";

/// What the engine must see of the past: two weeks, and a day for zones.
const PAST: TimeDelta = TimeDelta::days(15);

/// The ledger rows that no open grant counts on, at ?1.
const UNNEEDED: &str =
    "(cost <> 'grant' OR cost_id NOT IN (SELECT id FROM given WHERE stop > ?1 AND revoked_at IS NULL))";

impl Store {
    /// Everything that [`lanh_policy::Engine::restore`] needs at `now`, whose wall time is believed only as far
    /// as it does not skip open grants.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`](crate::StoreError::Unreadable).
    pub fn restored(&self, now: Moment) -> Result<Restored> {
        let (floor, anchor) = (self.floor()?, self.anchor()?);
        let wall = now.anchored(anchor).wall;
        let past = floor.map_or(wall, |floor| floor.min(wall));
        let since = past.checked_sub_signed(PAST).unwrap_or(past);
        Ok(Restored {
            family: self.family()?,
            ledger: self.ledger_since(since)?,
            grants: self.open_grants(past)?,
            corrections: self.corrections_since(None, since)?.into_iter().map(|(_, made)| made).collect(),
            floor,
            next_interval: self.next_interval()?,
            anchor,
        })
    }

    /// The floor of trusted wall time.
    ///
    /// # Errors
    /// Those of the file.
    pub fn floor(&self) -> Result<Option<DateTime<Utc>>> {
        Ok(self.meta(FLOOR)?.map(read_time))
    }

    /// Raises the floor; a lower one is ignored.
    ///
    /// # Errors
    /// Those of the file.
    pub fn keep_floor(&mut self, floor: DateTime<Utc>) -> Result<()> {
        if self.floor()?.is_some_and(|kept| kept >= floor) {
            return Ok(());
        }
        self.set_meta(FLOOR, &write_time("the floor of time", floor)?)
    }

    /// Trusted wall time at some time since boot, as last kept.
    ///
    /// # Errors
    /// Those of the file; a value that makes no sense counts as none.
    pub fn anchor(&self) -> Result<Option<Anchor>> {
        Ok(self.meta::<String>(ANCHOR)?.as_deref().and_then(read_anchor))
    }

    /// Keeps trusted wall time at some time since boot, in place of the last one.
    ///
    /// # Errors
    /// Those of the file.
    pub fn keep_anchor(&mut self, anchor: Anchor) -> Result<()> {
        let Anchor { boot, since_boot, wall } = anchor;
        let text = format!("{:032x} {} {}", boot.0, since_boot.as_millis(), wall.timestamp_millis());
        self.set_meta(ANCHOR, &text)
    }

    /// Removes what is past retention, and in totals-only mode the app names that no budget needs any more:
    /// those of earlier days, or of earlier weeks for a child with a weekly allowance on apps. Call it once
    /// a day.
    ///
    /// # Errors
    /// Those of the file; then nothing was removed.
    pub fn prune(&mut self, now: DateTime<Utc>) -> Result<Pruned> {
        let settings = self.family_settings()?;
        let past = now.checked_sub_days(Days::new(settings.retention_days.into())).unwrap_or(now);
        let children = self.children()?;
        self.atomic(|store| {
            store.keep_next_interval()?;
            let mut pruned = Pruned { expired: store.expire(now, past)?, ..Pruned::default() };
            pruned.audit = store.cut_audit(past)?;
            if settings.totals_only {
                for child in &children {
                    pruned.anonymised += store.forget_apps(now, child, needed_from(now, child, &settings))?;
                }
                pruned.anonymised += store
                    .db
                    .execute("DELETE FROM app WHERE set_category IS NULL AND set_rating IS NULL", [])?;
                pruned.anonymised += store.db.execute(
                    "UPDATE app SET first_seen = NULL, last_seen = NULL WHERE first_seen IS NOT NULL",
                    [],
                )?;
            }
            Ok(pruned)
        })
    }

    pub(crate) fn meta<T: FromSql>(&self, name: &str) -> Result<Option<T>> {
        self.db.maybe("SELECT value FROM meta WHERE name = ?1", [name], |row| column(row, 0))
    }

    pub(crate) fn set_meta(&self, name: &str, value: &dyn ToSql) -> Result<()> {
        self.db.execute(
            "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            params![name, value],
        )?;
        Ok(())
    }

    fn expire(&self, now: DateTime<Utc>, past: DateTime<Utc>) -> Result<u64> {
        let now = write_time("now", now)?;
        let past = write_time("the start of retention", past)?;
        let mut expired =
            self.db.execute(&format!("DELETE FROM ledger WHERE stop <= ?2 AND {UNNEEDED}"), [now, past])?;
        for sql in [
            "DELETE FROM given WHERE stop <= ?1",
            "DELETE FROM request WHERE at <= ?1",
            "DELETE FROM dispute WHERE at <= ?1",
            "DELETE FROM correction WHERE at <= ?1",
            "DELETE FROM revision WHERE at <= ?1",
            "DELETE FROM app WHERE last_seen <= ?1 AND set_category IS NULL AND set_rating IS NULL",
            "DELETE FROM attempt WHERE next_try <= ?1",
        ] {
            expired += self.db.execute(sql, [past])?;
        }
        Ok(expired)
    }

    /// The category and screen series hold the same time, so dropping the app series loses no total.
    fn forget_apps(&self, now: DateTime<Utc>, child: &Child, needed_from: DateTime<Utc>) -> Result<u64> {
        let child = signed("a child", child.id.0)?;
        let now = write_time("now", now)?;
        let cut = write_time("the start of the day", needed_from)?;
        let dropped = self.db.execute(
            &format!(
                "DELETE FROM ledger WHERE child = ?3 AND target GLOB 'app:*' AND start < ?2 AND {UNNEEDED}"
            ),
            [now, cut, child],
        )?;
        let blanked = self.db.execute(
            "UPDATE ledger SET app = NULL WHERE child = ?1 AND app IS NOT NULL AND start < ?2
             AND target NOT GLOB 'app:*'",
            [child, cut],
        )?;
        let grants = self.db.execute(
            "DELETE FROM given WHERE child = ?1 AND target GLOB 'app:*' AND stop < ?2",
            [child, cut],
        )?;
        let requests = self.db.execute(
            "DELETE FROM request WHERE child = ?1 AND target GLOB 'app:*' AND at < ?2 AND state <> 'open'",
            [child, cut],
        )?;
        let disputes = self.db.execute(
            "DELETE FROM dispute WHERE child = ?1 AND target GLOB 'app:*' AND at < ?2 AND state <> 'open'",
            [child, cut],
        )?;
        let corrected = self.db.execute(
            "DELETE FROM correction_line WHERE child = ?1 AND target GLOB 'app:*' AND at < ?2",
            [child, cut],
        )?;
        Ok(dropped + blanked + grants + requests + disputes + corrected)
    }
}

/// From when on the app names of a child are needed for its budgets.
fn needed_from(now: DateTime<Utc>, child: &Child, settings: &FamilySettings) -> DateTime<Utc> {
    let weekly = child.rules.iter().any(|rule| match &rule.kind {
        RuleKind::Allowance(allowance) => {
            matches!(allowance.period, Period::Week(_))
                && matches!(allowance.target, Target::App(_) | Target::Each(_))
        }
        _ => false,
    });
    let today = now.with_timezone(&settings.zone).date_naive();
    let back = if weekly { today.weekday().days_since(settings.week_start) } else { 0 };
    let first = today.checked_sub_days(Days::new(back.into())).unwrap_or(today);
    midnight(first, settings.zone)
}

/// The first moment of a local day. Where a change to summer time skips midnight, the day starts later.
fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let start = day.and_time(NaiveTime::MIN);
    (0..=12)
        .filter_map(|quarters| start.checked_add_signed(TimeDelta::minutes(15 * quarters)))
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        .map_or_else(|| start.and_utc(), |local| local.to_utc())
}

/// Boot id in hexadecimal, time since boot and wall time in milliseconds.
fn read_anchor(text: &str) -> Option<Anchor> {
    let mut parts = text.split(' ');
    let anchor = Anchor {
        boot: BootId(u128::from_str_radix(parts.next()?, 16).ok()?),
        since_boot: Duration::from_millis(parts.next()?.parse().ok()?),
        wall: DateTime::from_timestamp_millis(parts.next()?.parse().ok()?)?,
    };
    parts.next().is_none().then_some(anchor)
}

#[cfg(test)]
mod tests {
    use super::midnight;
    use chrono::NaiveDate;
    use chrono_tz::Tz;

    #[test]
    fn a_day_starts_at_local_midnight_or_when_summer_time_begins() {
        let check = |zone: Tz, (year, month, day): (i32, u32, u32), expected: &str| {
            let day = NaiveDate::from_ymd_opt(year, month, day).unwrap();
            assert_eq!(midnight(day, zone).to_rfc3339(), expected);
        };
        check(Tz::Asia__Ho_Chi_Minh, (2026, 11, 24), "2026-11-23T17:00:00+00:00");
        check(Tz::America__Havana, (2026, 3, 8), "2026-03-08T05:00:00+00:00");
        check(Tz::America__Havana, (2026, 11, 1), "2026-11-01T04:00:00+00:00");
    }
}
