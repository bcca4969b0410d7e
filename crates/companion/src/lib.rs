//! The companion in a desktop session: it tells the service whether somebody is there and what has the keyboard,
//! shows the notices, and frees the desktop before an app is frozen.
//!
//! It runs as the session's user and is trusted with nothing: what it reports can only be checked against what
//! the service sees itself, and its silence counts strictly.

mod cards;
#[cfg(target_os = "linux")]
mod desktop;
#[cfg(target_os = "linux")]
mod notify;
#[cfg(target_os = "linux")]
mod sense;
#[cfg(target_os = "linux")]
mod session;
mod state;
#[cfg(target_os = "linux")]
mod tray;
#[cfg(target_os = "linux")]
mod x11;

use std::path::PathBuf;

/// What a companion needs.
#[derive(Clone, Debug)]
pub struct Options {
    /// The service's socket.
    pub socket: PathBuf,
    /// The language of its user.
    pub words: lanh_words::Words,
}

/// Why a companion gives up. It does not for a service that is away: it waits for that.
#[derive(Debug, thiserror::Error)]
pub enum CompanionError {
    /// The service is not one to talk to.
    #[error(transparent)]
    Client(#[from] lanh_protocol::ClientError),
    /// The service answered something else than what was asked.
    #[error("the service answered something else than what was asked; install the same version of both")]
    Protocol,
}

/// Runs the companion until its session is nobody's (`Ok`), or forever. Drop the future to end it.
///
/// # Errors
/// When the socket belongs to a stranger, or the service speaks another version of the protocol.
#[cfg(target_os = "linux")]
pub async fn run(options: Options) -> Result<(), CompanionError> {
    session::run(options, sense::Surroundings::read()).await
}
