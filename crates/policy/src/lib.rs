//! The pure core of Lanh: the words of the field, the rules a guardian sets, the arithmetic of used
//! time, and the [`Engine`] that turns what happens on a machine into what the service must do.
//!
//! Nothing here reads a clock, a file or the network. Time arrives as a [`Moment`] with every event,
//! so years of family life can be simulated in seconds and every decision replays.

mod app;
mod clock;
mod correction;
mod effect;
mod engine;
mod event;
mod family;
mod gate;
mod ids;
mod ledger;
mod preset;
mod rule;
mod verdict;

pub use app::{AgeRating, App, Category, Target};
pub use clock::{Anchor, BootId, Moment, TrustedClock, WallTrust};
pub use correction::{Correction, CorrectionLine, Side, Stretch, give_back};
pub use effect::{CloseManner, Effect, HealthText, Warning};
pub use engine::{Engine, LeftLine, Past, PastGrant, Replay, ReplayedDay, Restored, Stop, drawn, replay};
pub use event::{Event, Focus, Presence, SessionState};
pub use family::{Child, Family, HoldEnd, Settings};
pub use gate::GateTable;
pub use ids::{
    Account, AppId, ChildId, CorrectionId, GrantId, IntervalId, ProcessId, RequestId, RuleId, SessionId,
};
pub use ledger::{Basis, Cost, Grant, LedgerEntry, Request, RequestState};
pub use preset::{Preset, PresetId, PresetStanding};
pub use rule::{
    Allowance, Bank, BreakRule, Earn, LegalSource, Origin, Period, Rule, RuleError, RuleKind, Schedule, Slot,
};
pub use verdict::{BudgetLine, Cause, Help, Reason, Standing, Verdict};
