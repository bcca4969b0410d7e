//! Login sessions.

use crate::privilege::Privilege;
use lanh_policy::SessionId;
use thiserror::Error;
use tokio::sync::watch;

/// One login session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub uid: u32,
    /// The login name.
    pub user: String,
    /// The seat; empty: none (remote, or a service).
    pub seat: String,
    /// In front on its seat.
    pub active: bool,
    /// A screen locker covers it.
    pub locked: bool,
    /// The desktop says that nobody touched anything for a while.
    pub idle: bool,
    /// From another machine.
    pub remote: bool,
    /// What draws it.
    pub kind: SessionKind,
    /// What it is for.
    pub class: SessionClass,
    /// The first process of the session; 0: unknown.
    pub leader: u32,
    /// It is going away.
    pub closing: bool,
}

/// What draws a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each name says it all")]
pub enum SessionKind {
    X11,
    Wayland,
    /// A text console or a remote shell.
    Text,
    Other,
}

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionClass {
    /// A person uses it.
    User,
    /// The login screen.
    Greeter,
    /// A lock screen.
    LockScreen,
    /// Services and timers.
    Other,
}

/// The sessions as they are now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionsNow {
    /// All of them, by id.
    pub sessions: Vec<Session>,
    /// Why nobody knows; `None`: the list is right.
    pub unavailable: Option<String>,
}

/// Why a session could not be changed.
#[derive(Debug, Error)]
pub enum SessionError {
    /// Nobody knows about sessions here.
    #[error("login sessions are not known here: {0}")]
    Unavailable(String),
    /// The login manager refused.
    #[error("the login manager would not {action}: {reason}")]
    Refused {
        /// What was asked.
        action: String,
        /// What it said.
        reason: String,
    },
    /// The session could not be frozen.
    #[error("cannot {action}: {source}")]
    System {
        /// What was tried.
        action: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The login sessions. Cloning is cheap.
#[derive(Clone)]
pub struct Sessions(pub(crate) Inner);

#[derive(Clone)]
pub(crate) enum Inner {
    Machine(crate::imp::sessions::Sessions),
    #[cfg(feature = "fake")]
    Fake(crate::fake::Machine),
}

impl Sessions {
    pub(crate) fn connect(privilege: Privilege) -> Self {
        Self(Inner::Machine(crate::imp::sessions::Sessions::connect(privilege)))
    }

    /// Sessions of which nothing is known.
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self(Inner::Machine(crate::imp::sessions::Sessions::unavailable(reason.into())))
    }

    /// The sessions, now and after every change: the login manager's signals, no polling. The first value
    /// may say "unavailable" for the moment that connecting takes.
    pub fn subscribe(&self) -> watch::Receiver<SessionsNow> {
        match &self.0 {
            Inner::Machine(sessions) => sessions.subscribe(),
            #[cfg(feature = "fake")]
            Inner::Fake(machine) => machine.subscribe_sessions(),
        }
    }

    /// Asks the session to lock. That something locks it must be seen in [`Session::locked`].
    pub async fn lock(&self, session: &SessionId) -> Result<(), SessionError> {
        match &self.0 {
            Inner::Machine(sessions) => sessions.lock(session).await,
            #[cfg(feature = "fake")]
            Inner::Fake(machine) => machine.note_session("lock", session),
        }
    }

    /// Ends the session and every process in it.
    pub async fn terminate(&self, session: &SessionId) -> Result<(), SessionError> {
        match &self.0 {
            Inner::Machine(sessions) => sessions.terminate(session).await,
            #[cfg(feature = "fake")]
            Inner::Fake(machine) => machine.note_session("terminate", session),
        }
    }

    /// Freezes every process in the session. Root only.
    pub async fn freeze(&self, session: &SessionId) -> Result<(), SessionError> {
        match &self.0 {
            Inner::Machine(sessions) => sessions.freeze(session, true).await,
            #[cfg(feature = "fake")]
            Inner::Fake(machine) => machine.note_session("freeze", session),
        }
    }

    /// Lets a frozen session run again.
    pub async fn thaw(&self, session: &SessionId) -> Result<(), SessionError> {
        match &self.0 {
            Inner::Machine(sessions) => sessions.freeze(session, false).await,
            #[cfg(feature = "fake")]
            Inner::Fake(machine) => machine.note_session("thaw", session),
        }
    }
}
