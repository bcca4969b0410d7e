//! What goes on at the screen: touches, the window with the keyboard, and what forbids to call it idle.
//!
//! Each sensor lives on its own thread or task and blocks on the events of its display server; nothing is
//! polled. What a desktop cannot tell stays unknown, and unknown counts strictly.

mod inhibit;
mod mutter;
mod sway;
mod wayland;
pub(crate) mod x11;

use lanh_protocol::FocusReport;
use std::time::Duration;
use tokio::sync::mpsc;

/// One thing that a sensor saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// No touch for the idle time.
    Idle {
        /// How long ago the last touch was.
        since_touch: Duration,
    },
    /// Somebody touched something again.
    Active,
    /// Whether something asks not to be called idle: a film, a call.
    Inhibited {
        /// Who says so.
        by: InhibitorSource,
        /// Whether it holds now.
        held: bool,
    },
    /// Which window has the keyboard.
    Focus(FocusReport),
    /// A sensor is gone; what it said holds no more.
    Blind,
}

/// Who knows of idle inhibitors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum InhibitorSource {
    /// systemd-logind's block inhibitors.
    Logind,
    /// The session manager of GNOME and its kin.
    Session,
    /// The power manager of KDE, Xfce and others.
    Power,
}

/// A way to see. Sensors end by themselves when nobody listens any more.
pub(crate) trait Sensor: Send {
    /// Its name, for the log.
    fn name(&self) -> &'static str;
    /// Starts to tell what it sees, first of all how things stand. Returns once the first sights are queued
    /// or the sensor turned out not to work here.
    fn start(self: Box<Self>, sights: mpsc::Sender<Sight>) -> Result<(), SensorError>;
}

/// Sensors to try, best first.
type Sensors = Vec<Box<dyn Sensor>>;

/// Why a sensor does not work here.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SensorError {
    /// The display server, or its way to tell, is missing.
    #[error("{0}")]
    Missing(String),
    /// The thread could not be started.
    #[error("the thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// What the environment says about the desktop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Surroundings {
    /// An X server (also Xwayland).
    pub(crate) display: Option<String>,
    /// A Wayland compositor.
    pub(crate) wayland: bool,
    /// Sway's socket.
    pub(crate) sway: bool,
}

impl Surroundings {
    /// Reads the environment of this process.
    pub(crate) fn read() -> Self {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            display: set("DISPLAY"),
            wayland: set("WAYLAND_DISPLAY").is_some(),
            sway: set("SWAYSOCK").is_some(),
        }
    }

    /// The sensors to try for idleness and for focus, best first. Under Wayland the X server sees only its own
    /// windows and touches, so it is not asked.
    fn plan(&self, idle_after: Duration) -> (Sensors, Sensors) {
        let mut idle: Sensors = Vec::new();
        let mut focus: Sensors = Vec::new();
        if self.wayland {
            idle.push(Box::new(wayland::WaylandIdle { idle_after }));
            idle.push(Box::new(mutter::MutterIdle { idle_after }));
            if self.sway {
                focus.push(Box::new(sway::SwayFocus));
            }
        } else if self.display.is_some() {
            idle.push(Box::new(x11::X11Idle { display: self.display.clone(), idle_after }));
            focus.push(Box::new(x11::X11Focus { display: self.display.clone() }));
        }
        (idle, focus)
    }
}

/// Starts the best sensors that work here, and the watch on idle inhibitors.
pub(crate) fn start(surroundings: &Surroundings, idle_after: Duration, sights: &mpsc::Sender<Sight>) {
    let (idle, focus) = surroundings.plan(idle_after);
    if !start_first(idle, sights) {
        tracing::warn!("idleness cannot be told on this desktop: somebody always counts as there");
    }
    if !start_first(focus, sights) {
        tracing::warn!("this desktop does not tell which window is in front: every running program counts");
    }
    inhibit::start(sights);
}

fn start_first(sensors: Sensors, sights: &mpsc::Sender<Sight>) -> bool {
    sensors.into_iter().any(|sensor| {
        let name = sensor.name();
        match sensor.start(sights.clone()) {
            Ok(()) => {
                tracing::info!(sensor = name, "sensing");
                true
            }
            Err(error) => {
                tracing::info!(sensor = name, %error, "not here");
                false
            }
        }
    })
}

/// Runs a sensor's loop on a thread of its own. `open` connects on that thread and its result is awaited;
/// `watch` then runs until its connection or its listener is gone.
fn on_thread<S, E: std::fmt::Display>(
    name: &'static str,
    sights: mpsc::Sender<Sight>,
    open: impl FnOnce() -> Result<S, E> + Send + 'static,
    watch: impl FnOnce(S, &mpsc::Sender<Sight>) -> Result<(), E> + Send + 'static,
) -> Result<(), SensorError> {
    let (opened, answer) = std::sync::mpsc::sync_channel(1);
    std::thread::Builder::new().name(name.to_owned()).spawn(move || match open() {
        Err(error) => drop(opened.send(Err(error.to_string()))),
        Ok(sensor) => {
            drop(opened.send(Ok(())));
            if let Err(error) = watch(sensor, &sights) {
                tracing::warn!(sensor = name, %error, "sees no more");
            }
            // Nobody listens: then nobody needs to know either.
            let _ = sights.blocking_send(Sight::Blind);
        }
    })?;
    match answer.recv() {
        Ok(result) => result.map_err(SensorError::Missing),
        Err(_) => Err(SensorError::Missing("the sensor ended while it started".to_owned())),
    }
}
