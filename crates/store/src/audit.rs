//! The audit chain: what was done and refused, each entry sealed by the next.

use crate::{Result, Store};
use chrono::{DateTime, Utc};
use lanh_policy::{Account, ChildId};
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

impl Store {
    /// Appends an entry and returns its number. Detail beyond 1000 characters is cut.
    pub fn audit(
        &mut self,
        at: DateTime<Utc>,
        kind: AuditKind,
        actor: &Actor,
        child: Option<ChildId>,
        detail: &str,
    ) -> Result<u64> {
        let _ = (at, kind, actor, child, detail);
        todo!()
    }
    /// Entries before number `before` (`None`: from the newest), newest first.
    pub fn audit_page(&self, before: Option<u64>, at_most: u32) -> Result<Vec<AuditEntry>> {
        let _ = (before, at_most);
        todo!()
    }
    /// Recomputes every seal.
    pub fn verify_audit(&self) -> Result<Result<AuditState, AuditBreak>> {
        todo!()
    }
}
