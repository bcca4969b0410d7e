//! What the engine asks the service to do.

use crate::app::{App, Target};
use crate::gate::GateTable;
use crate::ids::{AppId, ChildId, RuleId, SessionId};
use crate::ledger::LedgerEntry;
use crate::verdict::Reason;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;

/// One thing to do. Effects are performed in order; doing one twice does no harm.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Tell the child how much is left.
    Warn(Warning),
    /// Show a health text over the game.
    ShowHealthText(ChildId, App, HealthText),
    /// Freeze every process of the app, of every account of the child, and tell why.
    Hold {
        /// Whose.
        child: ChildId,
        /// What.
        app: App,
        /// Why.
        reason: Reason,
        /// When the hold becomes a close, if the verdict has not changed.
        closes_at: DateTime<Utc>,
        /// How many save-your-game thaws are left.
        saves_left: u8,
    },
    /// Thaw a held app. `save_until`: only for a moment, to save; otherwise the verdict has changed.
    Release {
        /// Whose.
        child: ChildId,
        /// What.
        app: App,
        /// When it is held again, if it is thawed only to save.
        save_until: Option<DateTime<Utc>>,
    },
    /// End every process of the app.
    Close {
        /// Whose.
        child: ChildId,
        /// What.
        app: App,
        /// Why.
        reason: Reason,
        /// How.
        manner: CloseManner,
    },
    /// Lock the session; told again while it stays unlocked.
    LockSession {
        /// Whose.
        child: ChildId,
        /// Which.
        session: SessionId,
        /// Why.
        reason: Reason,
        /// How often it was told already: the service climbs from lock to freeze to terminate.
        attempt: u32,
    },
    /// Undo what locking did beyond the lock itself (a frozen session).
    UnlockSession(ChildId, SessionId),
    /// What the gate must refuse from now on for the child's accounts.
    SetGate(ChildId, Arc<GateTable>),
    /// Write to the ledger; replaces the entry with the same id.
    Record(LedgerEntry),
    /// Keep this as the floor of trusted wall time.
    KeepFloor(DateTime<Utc>),
    /// What the child may do has changed; whoever watches should look again.
    StandingChanged(ChildId),
}

/// How to end a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseManner {
    /// Ask politely, then kill after the grace. A held app is thawed first.
    Polite {
        /// Between asking and killing.
        grace: Duration,
    },
    /// It should never have started: kill.
    AtOnce,
}

/// A warning that time is ending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// For whom.
    pub child: ChildId,
    /// What ends.
    pub target: Target,
    /// The app in use, if one is.
    pub app: Option<App>,
    /// The threshold that was crossed (15, 5 or 1 minutes, as set).
    pub threshold: Duration,
    /// How much is left if use goes on.
    pub left: Duration,
    /// Why it will end.
    pub reason: Reason,
}

/// A text that the law or the guardian wants shown while playing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthText {
    /// The rule that asks for it.
    pub rule: RuleId,
    /// Charged and granted play of the rule's target today.
    pub played: Duration,
}

impl Effect {
    /// The app that the effect is about, if it is about one.
    pub fn app(&self) -> Option<&AppId> {
        match self {
            Self::Hold { app, .. } | Self::Release { app, .. } | Self::Close { app, .. } => Some(&app.id),
            Self::ShowHealthText(_, app, _) => Some(&app.id),
            Self::Warn(warning) => warning.app.as_ref().map(|app| &app.id),
            _ => None,
        }
    }
}
