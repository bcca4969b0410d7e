//! What the messages carry about fair time: what other rules would have done, and charges that are questioned.

use crate::view::{IntervalView, NewRule, ReasonView, TargetView};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A change of a child's rules, to be tried on the past.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
#[allow(clippy::large_enum_variant, reason = "a few at a time")]
pub enum RuleChange {
    /// A rule more, or another one in its place.
    Put {
        /// The rule to replace.
        replaces: Option<u64>,
        /// What it asks.
        rule: NewRule,
    },
    /// A rule less.
    Remove {
        /// Which.
        rule: u64,
    },
    /// The rules of a shipped preset, in place of its earlier ones.
    Preset {
        /// Which.
        preset: String,
    },
}

/// What recorded days would have been under changed rules. Durations in seconds.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplayView {
    /// Whose.
    pub child: u64,
    /// The family's zone.
    pub zone: String,
    /// Every day that was asked for, oldest first.
    pub days: Vec<ReplayDayView>,
}

/// One day of it.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplayDayView {
    /// The local day.
    pub day: NaiveDate,
    /// Used on the screen, as recorded.
    pub used: u64,
    /// Of that, what the changed rules would have let be.
    pub kept: u64,
    /// Counted on the screen, as the rules were.
    pub charged: u64,
    /// Counted on the screen under the changed rules.
    pub would_charge: u64,
    /// When the last recorded use ended.
    pub last_used: Option<DateTime<Utc>>,
    /// When the last use that would have been left ended.
    pub last_kept: Option<DateTime<Utc>>,
    /// What would have been refused, by its beginning.
    pub stops: Vec<StopView>,
    /// What would have been left at the end of the day's use, where it differs.
    pub left: Vec<LeftView>,
}

/// Recorded use that changed rules would have refused.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StopView {
    /// When they would have begun to.
    pub at: DateTime<Utc>,
    /// The program, its category where its name is not kept, or the screen.
    pub target: TargetView,
    /// Why. The number of a rule that is only tried is higher than that of every rule.
    pub reason: ReasonView,
    /// How many seconds of recorded use that day.
    pub refused: u64,
}

/// What is left of the allowances of a target; null: no limit.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftView {
    /// Of what.
    pub target: TargetView,
    /// Of the week, not of the day.
    pub weekly: bool,
    /// As the rules were.
    pub before: Option<u64>,
    /// Under the changed rules.
    pub after: Option<u64>,
}

/// A charged stretch that is questioned.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DisputeView {
    /// Its number.
    pub id: u64,
    /// Whose.
    pub child: u64,
    /// The child's name.
    pub name: String,
    /// Of what: a program, or the screen for everything.
    pub target: TargetView,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// Why.
    pub words: String,
    /// When it was questioned.
    pub at: DateTime<Utc>,
    /// What is given back by a yes, or was: one line a series.
    pub back: Vec<GivenBack>,
    /// What was counted in the stretch, why and at which cost, by start; 60 intervals at most.
    pub evidence: Vec<IntervalView>,
    /// What became of it.
    pub state: DisputeStateView,
}

/// Counted time that is given back.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenBack {
    /// On which series: a program, a category or the screen.
    pub target: TargetView,
    /// How many seconds.
    pub seconds: u64,
}

/// What became of a dispute.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum DisputeStateView {
    /// Nobody answered yet.
    Open,
    /// Yes.
    Accepted,
    /// No.
    Denied {
        /// A word from the guardian.
        words: String,
    },
}
