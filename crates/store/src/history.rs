//! Who changed what, and the way back.

use crate::db::{column, signed, unsigned};
use crate::record::{read_actor, read_snapshot, read_time, write_actor, write_snapshot, write_time};
use crate::{Actor, AuditKind, Result, Store, StoreError};
use chrono::{DateTime, Utc};
use lanh_policy::{ChildId, Rule, Settings};
use rusqlite::{Row, params};

/// Who changes something, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Who.
    pub by: Actor,
    /// When, in trusted wall time.
    pub at: DateTime<Utc>,
}

/// The number of a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RevisionId(pub u64);

/// One change of a child's rules or settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its number.
    pub id: RevisionId,
    /// Whose policy.
    pub child: ChildId,
    /// Who changed it, and when.
    pub change: Change,
    /// The rules before.
    pub rules_before: Vec<Rule>,
    /// The rules after.
    pub rules_after: Vec<Rule>,
    /// The settings before.
    pub settings_before: Settings,
    /// The settings after.
    pub settings_after: Settings,
}

impl Store {
    /// The changes of a child's policy, newest first.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn history(&self, child: ChildId, at_most: u32) -> Result<Vec<Revision>> {
        self.db.rows(
            "SELECT id, child, at, actor, before, after FROM revision WHERE child = ?1 ORDER BY id DESC LIMIT ?2",
            params![signed("a child", child.0)?, at_most],
            read_revision,
        )
    }

    /// Puts rules and settings back to what they were before `revision`; itself a new revision. Rules keep
    /// their numbers.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn undo(&mut self, change: &Change, revision: RevisionId) -> Result<RevisionId> {
        let past = self
            .db
            .maybe(
                "SELECT id, child, at, actor, before, after FROM revision WHERE id = ?1",
                [signed("a revision", revision.0)?],
                read_revision,
            )?
            .ok_or(StoreError::NotFound { what: "revision", id: revision.0 })?;
        let child = past.child;
        self.atomic(|store| {
            store.revise(change, child, &format!("back to before revision {}", revision.0), |store| {
                store.put_rules(child, &past.rules_before)?;
                store.write_settings(child, &past.settings_before)
            })?;
            let newest = store.db.one("SELECT max(id) FROM revision", [], |row| column(row, 0))?;
            Ok(RevisionId(unsigned("a revision's number", newest)?))
        })
    }

    /// Changes a child's policy, keeps what it was before, and notes it in the audit chain.
    pub(crate) fn revise<T>(
        &mut self,
        change: &Change,
        child: ChildId,
        detail: &str,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        self.atomic(|store| {
            let before = write_snapshot(&store.snapshot(child)?)?;
            let value = work(store)?;
            let after = write_snapshot(&store.snapshot(child)?)?;
            store.db.execute(
                "INSERT INTO revision (child, at, actor, before, after) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    signed("a child", child.0)?,
                    write_time("the time of a change", change.at)?,
                    write_actor(&change.by),
                    before,
                    after
                ],
            )?;
            store.note(change, AuditKind::POLICY, Some(child), detail)?;
            Ok(value)
        })
    }
}

fn read_revision(row: &Row<'_>) -> Result<Revision> {
    let (rules_before, settings_before) = read_snapshot(&column::<String>(row, 4)?)?;
    let (rules_after, settings_after) = read_snapshot(&column::<String>(row, 5)?)?;
    Ok(Revision {
        id: RevisionId(unsigned("a revision's number", column(row, 0)?)?),
        child: ChildId(unsigned("a child's number", column(row, 1)?)?),
        change: Change { by: read_actor(&column::<String>(row, 3)?)?, at: read_time(column(row, 2)?) },
        rules_before,
        rules_after,
        settings_before,
        settings_after,
    })
}
