//! Where the log goes: journald under systemd, else standard error.

use std::sync::OnceLock;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Registry, fmt, reload};

static FILTER: OnceLock<reload::Handle<EnvFilter, Registry>> = OnceLock::new();

/// Starts logging by the filter of the configuration; `LANH_LOG` outweighs it.
pub(crate) fn start(filter: &str) {
    let filter = wanted(filter);
    let (filter, handle) = reload::Layer::new(filter);
    let journal = std::env::var_os("JOURNAL_STREAM").and_then(|_| tracing_journald::layer().ok());
    let stderr = journal.is_none().then(|| {
        let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
        fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(colours)
    });
    let started = tracing_subscriber::registry().with(filter).with(journal).with(stderr).try_init();
    if started.is_ok() {
        let _ = FILTER.set(handle);
    }
}

/// Logs by another filter of the configuration from now on; `LANH_LOG` outweighs it still.
pub(crate) fn set_filter(filter: &str) {
    let Some(handle) = FILTER.get() else { return };
    if let Err(error) = handle.reload(wanted(filter)) {
        tracing::warn!(%error, "the log filter could not be changed");
    }
}

fn wanted(filter: &str) -> EnvFilter {
    let wanted = std::env::var("LANH_LOG").unwrap_or_else(|_| filter.to_owned());
    EnvFilter::try_new(wanted).unwrap_or_else(|_| EnvFilter::new("info"))
}
