//! The audit chain: what was done and refused, each entry sealed by the next.

use crate::db::{Db, column, signed, unsigned};
use crate::record::{read_actor, read_time, write_actor, write_time};
use crate::{Change, Result, Store, StoreError};
use chrono::{DateTime, Utc};
use lanh_policy::{Account, ChildId};
use rusqlite::{Row, params};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// The service by itself.
    Service,
    /// A guardian who proved it with the secret.
    Guardian,
    /// An administrator of the machine.
    Administrator,
    /// A child.
    Child(ChildId),
    /// An account that is neither.
    Account(Account),
}

/// What was done, as a short name in lower case with dashes; the constants are the usual ones.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AuditKind(Cow<'static, str>);

impl AuditKind {
    /// A child was added, changed or removed, or an account bound or freed.
    pub const CHILD: Self = Self::named("child");
    /// Rules or settings of a child changed.
    pub const POLICY: Self = Self::named("policy");
    /// Settings of the family changed.
    pub const FAMILY: Self = Self::named("family");
    /// An app was sorted by a guardian.
    pub const APP: Self = Self::named("app");
    /// Time was given or taken back, or a request answered.
    pub const GRANT: Self = Self::named("grant");
    /// A charge was corrected, or a dispute denied.
    pub const CORRECTION: Self = Self::named("correction");
    /// The guardian secret was set or recovered.
    pub const SECRET: Self = Self::named("secret");
    /// A secret or recovery code was wrong.
    pub const SECRET_WRONG: Self = Self::named("secret-wrong");
    /// Somebody asked for what is not theirs.
    pub const REFUSED: Self = Self::named("refused");
    /// The service started or stopped.
    pub const SERVICE: Self = Self::named("service");
    /// The clock was stepped or confirmed.
    pub const CLOCK: Self = Self::named("clock");
    /// Something that looks like a way around the rules.
    pub const TAMPERING: Self = Self::named("tampering");
    /// A backup was made or restored, or data exported.
    pub const BACKUP: Self = Self::named("backup");

    /// A kind of one's own.
    pub const fn named(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number, counted up without gaps.
    pub number: u64,
    /// When, in trusted wall time.
    pub at: DateTime<Utc>,
    /// What.
    pub kind: AuditKind,
    /// Who.
    pub actor: Actor,
    /// About which child.
    pub child: Option<ChildId>,
    /// More about it, in English, for guardians and support. No app names of a child's use, no secrets.
    pub detail: String,
    /// Its seal, which covers the entry and the seal before it.
    pub seal: [u8; 32],
}

/// A whole chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditState {
    /// How many entries are kept.
    pub count: u64,
    /// The seal of the newest entry (zeros: none yet). Note it elsewhere and a replaced chain shows.
    pub head: [u8; 32],
}

/// Where a chain is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the audit chain is broken at entry {at}: somebody changed or removed entries")]
pub struct AuditBreak {
    /// The first entry that does not fit.
    pub at: u64,
}

/// How long a detail may be, in characters.
const DETAIL: usize = 1000;

impl Store {
    /// Appends an entry and returns its number. Detail beyond 1000 characters is cut.
    ///
    /// # Errors
    /// Those of the file.
    pub fn audit(
        &mut self,
        at: DateTime<Utc>,
        kind: AuditKind,
        actor: &Actor,
        child: Option<ChildId>,
        detail: &str,
    ) -> Result<u64> {
        self.atomic(|store| {
            let (number, before) = store.audit_head()?;
            let mut entry = AuditEntry {
                number: number.saturating_add(1),
                at,
                kind,
                actor: actor.clone(),
                child,
                detail: detail.chars().take(DETAIL).collect(),
                seal: [0; 32],
            };
            entry.seal = seal(&before, &entry)?;
            store.db.execute(
                "INSERT INTO audit (number, at, kind, actor, child, detail, seal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    signed("an audit number", entry.number)?,
                    write_time("the time of an audit entry", at)?,
                    entry.kind.as_str(),
                    write_actor(actor),
                    child.map(|child| signed("a child", child.0)).transpose()?,
                    entry.detail,
                    entry.seal
                ],
            )?;
            Ok(entry.number)
        })
    }

    /// Entries before number `before` (`None`: from the newest), newest first.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn audit_page(&self, before: Option<u64>, at_most: u32) -> Result<Vec<AuditEntry>> {
        let before = before.and_then(|number| i64::try_from(number).ok()).unwrap_or(i64::MAX);
        self.db.rows(
            "SELECT number, at, kind, actor, child, detail, seal FROM audit
             WHERE number < ?1 ORDER BY number DESC LIMIT ?2",
            params![before, at_most],
            read_entry,
        )
    }

    /// Recomputes every seal. A broken chain is the inner error: the file is readable, but somebody who
    /// has its key changed it.
    ///
    /// # Errors
    /// Those of the file.
    pub fn verify_audit(&self) -> Result<Result<AuditState, AuditBreak>> {
        verify(&self.db)
    }

    /// Notes a change in the chain.
    pub(crate) fn note(
        &mut self,
        change: &Change,
        kind: AuditKind,
        child: Option<ChildId>,
        detail: &str,
    ) -> Result<()> {
        self.audit(change.at, kind, &change.by, child, detail).map(drop)
    }

    /// Cuts the entries before `from`, keeping the seal of the last one as the anchor of the rest.
    pub(crate) fn cut_audit(&self, from: DateTime<Utc>) -> Result<u64> {
        // Up to the last entry before which everything is old; the newest entry always stays.
        let last: Option<i64> = self.db.one(
            "SELECT max(number) FROM audit
             WHERE number < coalesce((SELECT min(number) FROM audit WHERE at >= ?1), (SELECT max(number) FROM audit))",
            [write_time("the start of retention", from)?],
            |row| column(row, 0),
        )?;
        let Some(last) = last else { return Ok(0) };
        self.db.execute(
            "UPDATE audit_anchor SET number = ?1, seal = (SELECT seal FROM audit WHERE number = ?1)",
            [last],
        )?;
        self.db.execute("DELETE FROM audit WHERE number <= ?1", [last])
    }

    fn audit_head(&self) -> Result<(u64, [u8; 32])> {
        self.db.one(
            "SELECT number, seal FROM (SELECT number, seal FROM audit_anchor UNION ALL SELECT number, seal FROM audit)
             ORDER BY number DESC LIMIT 1",
            [],
            |row| Ok((unsigned("an audit number", column(row, 0)?)?, column(row, 1)?)),
        )
    }
}

/// Recomputes every seal of the chain in `db`.
pub(crate) fn verify(db: &Db) -> Result<Result<AuditState, AuditBreak>> {
    let (mut number, mut head) = db.one("SELECT number, seal FROM audit_anchor", [], |row| {
        Ok((unsigned("an audit number", column(row, 0)?)?, column::<[u8; 32]>(row, 1)?))
    })?;
    let mut count = 0_u64;
    let mut broken = None;
    db.rows("SELECT number, at, kind, actor, child, detail, seal FROM audit ORDER BY number", [], |row| {
        if broken.is_some() {
            return Ok(());
        }
        number = number.saturating_add(1);
        match read_entry(row) {
            Ok(entry) if entry.number == number && entry.seal == seal(&head, &entry)? => {
                head = entry.seal;
                count = count.saturating_add(1);
            }
            Ok(_) | Err(StoreError::Unreadable { .. }) => broken = Some(AuditBreak { at: number }),
            Err(error) => return Err(error),
        }
        Ok(())
    })?;
    Ok(match broken {
        Some(broken) => Err(broken),
        None => Ok(AuditState { count, head }),
    })
}

/// SHA-256 over the seal before and every field, each with its length in front, so that no two entries
/// share a form.
fn seal(before: &[u8; 32], entry: &AuditEntry) -> Result<[u8; 32]> {
    let child = entry.child.map(|child| child.to_string()).unwrap_or_default();
    let actor = write_actor(&entry.actor);
    let mut hash = Sha256::new();
    hash.update(b"lanh audit 1\n");
    hash.update(before);
    hash.update(entry.number.to_be_bytes());
    hash.update(write_time("the time of an audit entry", entry.at)?.to_be_bytes());
    for field in [entry.kind.as_str(), &actor, &child, &entry.detail] {
        let length = u64::try_from(field.len()).unwrap_or(u64::MAX);
        hash.update(length.to_be_bytes());
        hash.update(field);
    }
    Ok(hash.finalize().into())
}

fn read_entry(row: &Row<'_>) -> Result<AuditEntry> {
    let child = column::<Option<i64>>(row, 4)?
        .map(|child| unsigned("a child's number", child).map(ChildId))
        .transpose()?;
    Ok(AuditEntry {
        number: unsigned("an audit number", column(row, 0)?)?,
        at: read_time(column(row, 1)?),
        kind: AuditKind(Cow::Owned(column(row, 2)?)),
        actor: read_actor(&column::<String>(row, 3)?)?,
        child,
        detail: column(row, 5)?,
        seal: column(row, 6)?,
    })
}
