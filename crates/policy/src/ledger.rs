//! The ledger of used time, and what adds to it.

use crate::app::Target;
use crate::clock::between;
use crate::ids::{AppId, ChildId, GrantId, IntervalId, RequestId, RuleId};
use chrono::{DateTime, Utc};
use std::time::Duration;

/// One interval of use. A longer version of an interval replaces the shorter one with the same id;
/// nothing else ever changes or goes.
///
/// Use is booked in parallel series: on the [`Target::App`] itself, on its [`Target::Category`] (once,
/// however many of its programs count at the same time) and on [`Target::Screen`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Its number.
    pub id: IntervalId,
    /// Whose.
    pub child: ChildId,
    /// The series that it is booked on: an app, a category or the screen; never `Each`.
    pub target: Target,
    /// The app that was used, if one was in front.
    pub app: Option<AppId>,
    /// Trusted wall time of its start. An interval never crosses local midnight.
    pub from: DateTime<Utc>,
    /// Trusted wall time of its end.
    pub until: DateTime<Utc>,
    /// Time used within it, sleep left out; never longer than `until - from` by more than clock slack.
    pub used: Duration,
    /// Whether it costs.
    pub cost: Cost,
    /// Why it was counted.
    pub basis: Basis,
}

impl LedgerEntry {
    /// How much of it was used until then: evenly over its span, where not all of that was used.
    pub(crate) fn used_until(&self, at: DateTime<Utc>) -> Duration {
        let part = between(self.from, at.min(self.until)).as_nanos();
        let whole = between(self.from, self.until).as_nanos();
        if part >= whole {
            return self.used;
        }
        let share = self.used.as_nanos().saturating_mul(part).checked_div(whole).unwrap_or_default();
        u64::try_from(share).map_or(self.used, Duration::from_nanos)
    }
}

/// Whether used time costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cost {
    /// It counts toward the allowances of its series.
    Charged,
    /// It was paid by a grant.
    Grant(GrantId),
    /// It costs nothing, by an exemption or a free slot of this rule.
    Free(RuleId),
}

/// Why an interval was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// Its window was in front and somebody was there.
    InFront,
    /// Which window was in front could not be told, so what ran was counted.
    FocusUnknown,
    /// The companion was silent, so what ran was counted.
    CompanionSilent,
    /// The guardian asked for strict counting.
    Strict,
    /// The session was in use (the screen series).
    SessionActive,
}

/// Time on top of the rules. It is drawn only while the rules alone would say no, so it never runs out
/// unused while ordinary time is left, and it opens a break, closed hours and a spent allowance alike.
/// A block, an age ceiling or an allow-only list yields only to a grant for exactly that app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its number; the same grant told twice takes effect once.
    pub id: GrantId,
    /// For whom.
    pub child: ChildId,
    /// For what; `Screen` is for everything.
    pub target: Target,
    /// How much.
    pub amount: Duration,
    /// From when, in trusted wall time.
    pub from: DateTime<Utc>,
    /// Until when; what is left then is lost.
    pub until: DateTime<Utc>,
    /// How much of it was drawn before; zero for a new one. At a restore the engine reads it from the
    /// ledger itself (see [`drawn`](crate::drawn)) and believes the larger of the two.
    pub drawn: Duration,
}

/// A child asks for more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its number.
    pub id: RequestId,
    /// Who asks.
    pub child: ChildId,
    /// For what.
    pub target: Target,
    /// How much.
    pub amount: Duration,
    /// Why, in the child's words.
    pub words: String,
    /// When, in trusted wall time.
    pub at: DateTime<Utc>,
    /// What became of it.
    pub state: RequestState,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestState {
    /// Nobody answered yet.
    Open,
    /// Yes, by this grant.
    Granted(GrantId),
    /// No, with a word.
    Denied(String),
}
