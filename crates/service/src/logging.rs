//! Where the log goes: to standard error, which systemd reads with a priority before each line.

use std::fmt;
use std::sync::OnceLock;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::FmtContext;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Registry, reload};

static FILTER: OnceLock<reload::Handle<EnvFilter, Registry>> = OnceLock::new();

/// Starts logging by the filter of the configuration; `LANH_LOG` outweighs it.
pub(crate) fn start(filter: &str) {
    let filter = wanted(filter);
    let (filter, handle) = reload::Layer::new(filter);
    let under_systemd = std::env::var_os("JOURNAL_STREAM").is_some();
    let journal = under_systemd.then(|| {
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false).event_format(Journal)
    });
    let terminal = (!under_systemd).then(|| {
        let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(colours)
    });
    let started = tracing_subscriber::registry().with(filter).with(journal).with(terminal).try_init();
    if started.is_ok() {
        let _ = FILTER.set(handle);
    }
}

/// A line of the journal: the priority as systemd reads it (sd-daemon(3)), and the message with its fields,
/// so that the reason stands where people look.
struct Journal;

impl<S, N> FormatEvent<S, N> for Journal
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        context.format_fields(Writer::new(&mut line), event)?;
        // A name that a child chose must not begin a line of its own.
        writeln!(writer, "<{}>{}", priority(event.metadata().level()), line.replace('\n', " "))
    }
}

fn priority(level: &Level) -> u8 {
    match *level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        _ => 7,
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
