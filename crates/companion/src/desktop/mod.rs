//! Makes the desktop safe before an app is frozen, and brings its windows back afterwards.
//!
//! What was hidden, and how, is written on the windows themselves, so a companion that is started anew can
//! undo what its predecessor did.
//!
//! A minimised window raises no "not responding" dialog: window managers ask a program whether it
//! is alive when its window is activated or closed, and a hidden window is neither.

mod sway;
mod x11;

use crate::sense::Surroundings;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long freeing the desktop may take. The service waits a second for the answer.
const PREPARE_WITHIN: Duration = Duration::from_millis(900);

/// Hides the windows of `pids` and tells whether the desktop is free of them: the focus elsewhere, no window
/// in sight, pointer and keyboard free.
///
/// Under Wayland a program cannot hold pointer or keyboard against its compositor, so there only windows
/// matter. sway hides them; on others (GNOME, KDE) nobody but the compositor can, so native windows stay where they
/// are and the answer covers those that run through Xwayland.
pub(crate) async fn prepare(surroundings: &Surroundings, app: &str, pids: &[u32]) -> bool {
    let (surroundings, app, pids) = (surroundings.clone(), app.to_owned(), pids.to_vec());
    let work = tokio::task::spawn_blocking(move || {
        if surroundings.sway {
            return sway::hide(&app, &pids).map_err(|error| error.to_string());
        }
        match surroundings.display {
            None => Ok(surroundings.wayland),
            Some(display) => {
                x11::hide(&display, &app, &pids, PREPARE_WITHIN).map_err(|error| error.to_string())
            }
        }
    });
    // A program may have grabbed the whole X server; then no answer comes, and that is an answer.
    match tokio::time::timeout(PREPARE_WITHIN + Duration::from_millis(50), work).await {
        Ok(Ok(Ok(free))) => free,
        Ok(Ok(Err(error))) => {
            tracing::warn!(%error, "the desktop could not be freed");
            false
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "freeing the desktop failed");
            false
        }
        Err(_) => false,
    }
}

/// Whose windows to bring back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// This app's.
    Of(String),
    /// All that are hidden, but for these apps'.
    AllBut(BTreeSet<String>),
}

impl Which {
    fn covers(&self, app: &str) -> bool {
        match self {
            Self::Of(one) => one == app,
            Self::AllBut(others) => !others.contains(app),
        }
    }
}

/// Brings back windows that [`prepare`] hid.
pub(crate) async fn restore(surroundings: &Surroundings, which: Which) {
    let surroundings = surroundings.clone();
    let work = tokio::task::spawn_blocking(move || {
        if surroundings.sway {
            return sway::show(&which).map_err(|error| error.to_string());
        }
        match surroundings.display {
            None => Ok(()),
            Some(display) => x11::show(&display, &which).map_err(|error| error.to_string()),
        }
    });
    match tokio::time::timeout(Duration::from_secs(5), work).await {
        Ok(Ok(Ok(()))) => {}
        Ok(Ok(Err(error))) => tracing::warn!(%error, "windows could not be brought back"),
        Ok(Err(error)) => tracing::error!(%error, "bringing windows back failed"),
        Err(_) => tracing::warn!("the display server does not answer: windows stay hidden"),
    }
}
