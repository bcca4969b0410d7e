//! What the messages carry about reports: sums for printing, and the ledger page by page.

use crate::view::{IntervalView, TargetView};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Used time of some days, for a report.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportView {
    /// Whose.
    pub child: u64,
    /// The child's name.
    pub name: String,
    /// The family's zone.
    pub zone: String,
    /// One line a day and series, by day.
    pub lines: Vec<ReportLine>,
}

/// A day's use of one series. Seconds.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportLine {
    /// The local day.
    pub day: NaiveDate,
    /// An app, a category, or the screen.
    pub target: TargetView,
    /// Used in all.
    pub used: u64,
    /// Of that, charged to allowances.
    pub charged: u64,
    /// Of that, paid by grants.
    pub granted: u64,
    /// Of that, free of cost.
    pub free: u64,
    /// What corrections gave back: so much less counts.
    pub given_back: u64,
    /// What corrections took: so much more counts.
    pub taken: u64,
}

/// A page of the ledger.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntervalsView {
    /// Whose.
    pub child: u64,
    /// The family's zone.
    pub zone: String,
    /// The intervals, oldest first; 500 at most.
    pub intervals: Vec<IntervalView>,
    /// How many to skip for the next page; null: this is the last one.
    pub next: Option<u64>,
}
