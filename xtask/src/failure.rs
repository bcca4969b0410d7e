//! What went wrong, as a sentence for the person at the terminal.

use std::io;

/// Why a command of xtask ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The person must do something first.
    #[error("{0}")]
    YourTurn(String),
    /// A program could not be started.
    #[error("cannot start `{command}`: {source}")]
    Start {
        /// The command line.
        command: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// A program ended badly.
    #[error("`{command}` ended with {status}")]
    Ended {
        /// The command line.
        command: String,
        /// How it ended.
        status: String,
    },
    /// A file could not be read or written.
    #[error("{what}: {source}")]
    File {
        /// What was tried.
        what: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// A check of xtask itself did not hold.
    #[error("{0}")]
    Check(String),
}

impl Failure {
    /// 2 when the person must do something first, else 1.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::YourTurn(_) => 2,
            _ => 1,
        }
    }

    /// For `map_err` on a file operation.
    pub(crate) fn file(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::File { what, source }
    }
}
