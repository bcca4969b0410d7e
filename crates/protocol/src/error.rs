//! What can go wrong on the wire.

use crate::message::PROTOCOL_VERSION;
use std::path::PathBuf;
use std::time::Duration;

/// Why a connection is of no use any more. Drop it.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The socket failed.
    #[error("the connection failed: {0}")]
    Io(#[from] std::io::Error),
    /// A frame over [`crate::MAX_FRAME`].
    #[error("a message is longer than {} bytes", crate::MAX_FRAME)]
    TooLong,
    /// Not JSON, or not a message of this version.
    #[error("a message cannot be read: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The peer began something and did not go on with it.
    #[error("the other side took longer than {} seconds", .0.as_secs())]
    Slow(Duration),
    /// The peer speaks another version; its number is given.
    #[error(
        "the other side speaks version {0} of the protocol and this one speaks {PROTOCOL_VERSION}: \
         install the same version of Lanh on both sides and restart the service"
    )]
    Version(u32),
    /// The peer closed in the middle of something.
    #[error("the other side closed the connection")]
    Closed,
}

/// Why the service cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Another service holds the socket.
    #[error("another Lanh service already listens at {0}")]
    AlreadyRunning(PathBuf),
    /// Something else lies where the socket shall be.
    #[error("{0} is not a socket: move it away, then start the service again")]
    NotASocket(PathBuf),
    /// Others may write to the socket's folder, or own it, and could put their own socket there.
    #[error("the folder {0} must belong to the service's own account, and only that account may write to it")]
    UnsafeFolder(PathBuf),
    /// The system refused.
    #[error("{path} cannot be made: {source}")]
    Io {
        /// What was to be made.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

/// Why a question got no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody listens.
    #[error("the Lanh service does not run at {0}")]
    NotRunning(PathBuf),
    /// Who listens is neither the system's service nor of the own account.
    #[error("the service at {path} belongs to another account (uid {uid}); nothing was sent to it")]
    Stranger {
        /// Where.
        path: PathBuf,
        /// Whose it is.
        uid: u32,
    },
    /// The service said no.
    #[error(transparent)]
    Denied(#[from] crate::message::Failure),
    /// The service did not answer in time.
    #[error("the service did not answer within {} seconds", .0.as_secs())]
    Timeout(Duration),
    /// The service speaks another version; its number is given.
    #[error(
        "the service speaks version {0} of the protocol and this program speaks {PROTOCOL_VERSION}: \
         install the same version of both and restart the service"
    )]
    Version(u32),
    /// The service closed the connection, or stopped.
    #[error("the service closed the connection")]
    Closed,
    /// The connection failed otherwise.
    #[error(transparent)]
    Wire(WireError),
}

impl From<WireError> for ClientError {
    fn from(error: WireError) -> Self {
        match error {
            WireError::Version(theirs) => Self::Version(theirs),
            WireError::Closed => Self::Closed,
            WireError::Slow(after) => Self::Timeout(after),
            other => Self::Wire(other),
        }
    }
}
