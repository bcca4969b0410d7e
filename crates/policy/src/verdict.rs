//! What a child may do now, and why.

use crate::app::{AgeRating, Target};
use crate::ids::{ChildId, RuleId};
use crate::rule::Origin;
use chrono::{DateTime, Utc};
use std::time::Duration;

/// Whether a target may be used now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes; until this moment if use goes on without a pause, `None`: no end in sight today.
    Allowed {
        /// When it will end, and why.
        until: Option<(DateTime<Utc>, Reason)>,
    },
    /// Yes, but the end has been announced.
    Warned {
        /// When it will end.
        until: DateTime<Utc>,
        /// Why.
        reason: Reason,
    },
    /// It runs and is frozen.
    Held {
        /// Why.
        reason: Reason,
        /// When it will be closed.
        closes_at: DateTime<Utc>,
    },
    /// No.
    Denied(Reason),
}

/// The strictest rule behind a verdict: the one that keeps the target closed longest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Which rule.
    pub rule: RuleId,
    /// Who set it.
    pub origin: Origin,
    /// What it says.
    pub cause: Cause,
    /// When the rule itself will say yes again, if it ever does without a guardian.
    pub until: Option<DateTime<Utc>>,
    /// What would help, most useful first.
    pub helps: &'static [Help],
}

/// What a rule says no to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The allowance is used up.
    AllowanceSpent {
        /// Of what.
        target: Target,
        /// How much it was, bonuses left out.
        amount: Duration,
        /// Whether it is a week's, not a day's.
        weekly: bool,
    },
    /// Outside the allowed hours.
    OutsideHours {
        /// Of what.
        target: Target,
    },
    /// Time for a rest.
    BreakDue {
        /// From what.
        target: Target,
        /// How long.
        rest: Duration,
    },
    /// Rated for older people.
    RatingAbove {
        /// The program's rating.
        rating: AgeRating,
        /// The highest allowed.
        ceiling: AgeRating,
    },
    /// Blocked by a guardian.
    Blocked {
        /// What.
        target: Target,
    },
    /// Not one of the few that are allowed.
    NotAllowedOnly,
    /// The system did not install it, and the child's programs are held to what it did
    /// ([`strict_programs`](crate::Settings::strict_programs)).
    NotInstalled,
}

impl Reason {
    /// The reason of [`Cause::NotInstalled`], which is a setting and no rule.
    pub fn not_installed() -> Self {
        Self {
            rule: RuleId(0),
            origin: Origin::Guardian,
            cause: Cause::NotInstalled,
            until: None,
            helps: &[Help::AskToChange],
        }
    }
}

/// What would help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Help {
    /// Waiting until the time given in the reason.
    Wait,
    /// Resting from the target.
    Rest,
    /// Asking a guardian for time.
    AskForTime,
    /// Asking a guardian to change the rule.
    AskToChange,
}

/// How one child stands now: what the status shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Who.
    pub child: ChildId,
    /// The verdict over the whole screen.
    pub screen: Verdict,
    /// Time used on the screen today, charged or not.
    pub used_today: Duration,
    /// One line a budget, in the order of the rules; an `Each` budget has a line per app used today.
    pub budgets: Vec<BudgetLine>,
    /// What runs, with its verdict.
    pub running: Vec<(crate::app::App, Verdict)>,
    /// The apps that are being charged at this moment.
    pub in_use: Vec<crate::ids::AppId>,
    /// Grants that still have time on them: id, target, what is left.
    pub grants: Vec<(crate::ids::GrantId, Target, Duration)>,
}

/// How one budget stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetLine {
    /// Which rule.
    pub rule: RuleId,
    /// Of what (an `Each` budget names the app).
    pub target: Target,
    /// Whether it is a week's.
    pub weekly: bool,
    /// The allowance.
    pub amount: Duration,
    /// Charged so far in the period.
    pub used: Duration,
    /// Whether it is counting now.
    pub counting: bool,
}
