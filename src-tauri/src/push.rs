//! What the front end is told without asking, and why it may get no answer.

use lanh_protocol::{ClientError, Failure, Notice, PROTOCOL_VERSION, ServiceInfo};
use serde::Serialize;

/// What the front end is told without asking.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "push", rename_all = "kebab-case")]
#[allow(clippy::large_enum_variant, reason = "lives for one message")]
pub(crate) enum Push {
    /// The service answers. Also told when what this connection may do has changed.
    Up {
        /// The service, and what this connection may do.
        info: ServiceInfo,
        /// Whether the guardian's PIN is needed before anything of a guardian's is shown.
        locked: bool,
    },
    /// The service does not answer; it is tried again and again.
    Down {
        /// Why.
        trouble: Trouble,
    },
    /// Something happened.
    Notice {
        /// What.
        notice: Notice,
    },
}

/// Why there was no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "trouble", rename_all = "kebab-case")]
pub(crate) enum Trouble {
    /// The service said no.
    Denied {
        /// Why.
        failure: Failure,
    },
    /// The app is locked: the PIN first.
    Locked,
    /// An administrator was asked for, and nothing was set.
    Administrator {
        /// Why; `None`: nobody confirmed it.
        detail: Option<String>,
    },
    /// Nobody listens there.
    NotRunning {
        /// Where.
        path: String,
    },
    /// Another account's program listens there.
    Stranger {
        /// Where.
        path: String,
        /// Whose it is.
        uid: u32,
    },
    /// No answer in time.
    Timeout {
        /// How long it took.
        seconds: u64,
    },
    /// The service speaks another version of the protocol.
    Version {
        /// Its version.
        theirs: u32,
        /// This program's.
        ours: u32,
    },
    /// The service closed the connection.
    Closed,
    /// The connection failed otherwise.
    Wire {
        /// How, in English.
        detail: String,
    },
    /// A file could not be written.
    Unsaved {
        /// Why, as the system says it.
        detail: String,
    },
}

impl From<ClientError> for Trouble {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Denied(failure) => Self::Denied { failure },
            ClientError::NotRunning(path) => Self::NotRunning { path: path.display().to_string() },
            ClientError::Stranger { path, uid } => Self::Stranger { path: path.display().to_string(), uid },
            ClientError::Timeout(after) => Self::Timeout { seconds: after.as_secs() },
            ClientError::Version(theirs) => Self::Version { theirs, ours: PROTOCOL_VERSION },
            ClientError::Closed => Self::Closed,
            ClientError::Wire(error) => Self::Wire { detail: error.to_string() },
        }
    }
}
