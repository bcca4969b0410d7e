//! The watch: processes of supervised accounts as they come, change and go.

use crate::gate::Gate;
use crate::privilege::Privilege;
use crate::process::ProcessFacts;
use lanh_policy::ProcessId;
use std::collections::HashSet;
use std::time::Duration;
use tokio::sync::mpsc;

/// What to watch, and how.
#[derive(Clone, Debug, Default)]
pub struct WatchOptions {
    /// The user ids to watch. Without root only this process's own can be among them.
    pub supervised: HashSet<u32>,
    /// How often to look for what was missed; `None`: every 60 s where the kernel reports processes (at what is
    /// new, and at a few of the rest in turn), every second where it does not (at all).
    pub scan_every: Option<Duration>,
}

/// What happened to a process of a supervised account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProcessEvent {
    /// It was not known before.
    Appeared(ProcessFacts),
    /// A known process runs another program now, or changed its account.
    Execed(ProcessFacts),
    /// A known process is gone, or left the supervised accounts.
    Exited(ProcessId),
}

/// Who tells about processes; in every case a scan looks for what was missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchSource {
    /// The kernel's process connector.
    Connector,
    /// The gate's events; why there is no connector.
    Gate(String),
    /// The scan alone; why there is nothing better.
    Scan(String),
}

/// The watch. It stops when dropped.
pub struct Watch(pub(crate) Inner);

pub(crate) enum Inner {
    Machine(crate::imp::watch::Watch),
    #[cfg(feature = "fake")]
    Fake(crate::fake::FakeWatch),
}

impl Watch {
    pub(crate) fn start(
        privilege: Privilege,
        options: WatchOptions,
        gate: Option<&Gate>,
    ) -> (Self, mpsc::Receiver<ProcessEvent>) {
        let feed = gate.and_then(|gate| match &gate.0 {
            crate::gate::Inner::Machine(gate) => gate.exec_feed(),
            #[cfg(feature = "fake")]
            crate::gate::Inner::Fake(_) => None,
        });
        let (watch, events) = crate::imp::watch::Watch::start(privilege, options, feed);
        (Self(Inner::Machine(watch)), events)
    }

    /// Replaces the set of watched user ids: what runs of new ones appears, what runs of old ones exits.
    pub fn set_supervised(&self, uids: HashSet<u32>) {
        match &self.0 {
            Inner::Machine(watch) => watch.set_supervised(uids),
            #[cfg(feature = "fake")]
            Inner::Fake(watch) => watch.set_supervised(uids),
        }
    }

    /// Looks at every process now.
    pub fn rescan(&self) {
        match &self.0 {
            Inner::Machine(watch) => watch.rescan(),
            #[cfg(feature = "fake")]
            Inner::Fake(_) => {}
        }
    }

    /// Who tells about processes.
    pub fn source(&self) -> WatchSource {
        match &self.0 {
            Inner::Machine(watch) => watch.source(),
            #[cfg(feature = "fake")]
            Inner::Fake(_) => WatchSource::Connector,
        }
    }
}
