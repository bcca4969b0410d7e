//! What the ledger booked and people agreed to count differently.

use crate::app::Target;
use crate::ids::{ChildId, CorrectionId};
use crate::ledger::{Cost, LedgerEntry};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::time::Duration;

/// A change of what budgets count. The ledger stays as it is: a budget counts its charged time, less what
/// corrections give back and more what they take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Its number; the same correction told twice takes effect once.
    pub id: CorrectionId,
    /// Whose.
    pub child: ChildId,
    /// What it changes.
    pub lines: Vec<CorrectionLine>,
}

/// One change of what one series counts on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectionLine {
    /// The series: an app, a category or the screen; never `Each`.
    pub series: Target,
    /// A moment of the local day on which it counts.
    pub at: DateTime<Utc>,
    /// How much.
    pub amount: Duration,
    /// In which direction.
    pub side: Side,
}

/// The direction of a correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// So much less counts. What exceeds the charged time is there on top of the allowance.
    Less,
    /// So much more counts.
    More,
}

/// A stretch of time that was charged, and of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// One app: what was booked while it alone was used; the screen: everything.
    pub target: Target,
}

impl Stretch {
    fn concerns(&self, entry: &LedgerEntry) -> bool {
        match &self.target {
            Target::Screen => true,
            Target::App(app) => entry.app.as_ref() == Some(app),
            Target::Category(_) | Target::Each(_) => entry.target == self.target,
        }
    }
}

/// What is given back when `stretch` was charged wrongly: its charged time, on every series that it was
/// booked on. What the stretches `before` gave back is not given back again.
pub fn give_back(ledger: &[LedgerEntry], before: &[Stretch], stretch: &Stretch) -> Vec<CorrectionLine> {
    let mut sums: BTreeMap<(Target, DateTime<Utc>), Duration> = BTreeMap::new();
    for entry in ledger.iter().filter(|entry| entry.cost == Cost::Charged && stretch.concerns(entry)) {
        let mut spans: Vec<(DateTime<Utc>, DateTime<Utc>)> = before
            .iter()
            .filter(|earlier| earlier.concerns(entry))
            .map(|earlier| (earlier.from, earlier.until))
            .collect();
        let given = used_within(entry, &spans);
        spans.push((stretch.from, stretch.until));
        let amount = used_within(entry, &spans).saturating_sub(given);
        if !amount.is_zero() {
            let sum = sums.entry((entry.target.clone(), entry.from)).or_default();
            *sum = sum.saturating_add(amount);
        }
    }
    sums.into_iter()
        .map(|((series, at), amount)| CorrectionLine { series, at, amount, side: Side::Less })
        .collect()
}

/// How much of an entry was used within any of the spans: evenly, where not all of it was.
fn used_within(entry: &LedgerEntry, spans: &[(DateTime<Utc>, DateTime<Utc>)]) -> Duration {
    let mut spans = spans.to_vec();
    spans.sort_unstable();
    let mut covered = entry.from;
    let mut sum = Duration::ZERO;
    for (from, until) in spans {
        let (from, until) = (from.max(covered), until.min(entry.until));
        if from < until {
            sum = sum.saturating_add(entry.used_until(until).saturating_sub(entry.used_until(from)));
            covered = until;
        }
    }
    sum
}
