//! Who changed what, and the way back.

use crate::{Actor, Result, Store};
use chrono::{DateTime, Utc};
use lanh_policy::{ChildId, Rule, Settings};

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
    pub fn history(&self, child: ChildId, at_most: u32) -> Result<Vec<Revision>> {
        let _ = (child, at_most);
        todo!()
    }
    /// Puts rules and settings back to what they were before `revision`; itself a new revision.
    /// Rules keep their numbers.
    pub fn undo(&mut self, change: &Change, revision: RevisionId) -> Result<RevisionId> {
        let _ = (change, revision);
        todo!()
    }
}
