//! What the service tells the engine.

use crate::app::App;
use crate::correction::Correction;
use crate::family::Family;
use crate::ids::{Account, AppId, ChildId, GrantId, ProcessId, SessionId};
use crate::ledger::Grant;

/// One thing that happened. Events about accounts that belong to no child are ignored.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The guardians changed something; the whole family as it now is.
    FamilyChanged(Family),
    /// A program of a supervised account runs. Helpers of the system are not reported.
    ProcessStarted {
        /// Which process.
        process: ProcessId,
        /// Whose.
        account: Account,
        /// In which session, if it can be told.
        session: Option<SessionId>,
        /// What it is.
        app: App,
    },
    /// A reported process is gone.
    ProcessExited(ProcessId),
    /// A login session of a supervised account, as it now is.
    SessionChanged {
        /// Which session.
        session: SessionId,
        /// Whose.
        account: Account,
        /// Its state.
        state: SessionState,
    },
    /// What the companion of a session sees.
    CompanionSees {
        /// Which session.
        session: SessionId,
        /// What it sees.
        presence: Presence,
    },
    /// The companion of a session has gone or says nothing any more: counting is strict.
    CompanionSilent(SessionId),
    /// A guardian gives time.
    Granted(Grant),
    /// A guardian takes a grant back; what was used of it stays used.
    GrantRevoked(GrantId),
    /// What budgets count is changed.
    Corrected(Correction),
    /// The child wants a held program thawed for a moment to save.
    SaveRequested(ChildId, AppId),
    /// The child wants a held program closed now.
    CloseRequested(ChildId, AppId),
    /// A hold would take the desktop hostage (grabbed keyboard, full screen): close with grace instead.
    HoldUnsafe(ChildId, AppId),
    /// Nothing but the time.
    Tick,
}

/// The state of a login session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionState {
    /// In front and unlocked.
    Active,
    /// Its screen is locked.
    Locked,
    /// Another session is in front on its seat.
    Background,
    /// It is over.
    Ended,
}

/// What a companion sees of the person in front of the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Nobody touched anything for a while, and no film plays.
    Away,
    /// Somebody is there.
    Here(Focus),
}

/// Which window has the keyboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Focus {
    /// A window of this program.
    App(AppId),
    /// A window of something that is not judged, or the bare desktop.
    Other,
    /// It cannot be told: every running program counts.
    Unknown,
}
