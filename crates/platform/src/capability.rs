//! What works on this machine.

use crate::privilege::Privilege;

/// Something that Lanh can use of the operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Running as root.
    Root,
    /// Refusing programs before they start (fanotify).
    Gate,
    /// Reports of new processes (process connector).
    ProcessConnector,
    /// Freezing by control groups (cgroup v2).
    CgroupFreeze,
    /// Signals without risk of hitting another process (pidfd).
    Pidfd,
    /// Login sessions (logind).
    Sessions,
    /// Sealing the database key (systemd-creds).
    SealedKey,
    /// The wall clock is synchronised.
    SynchronisedClock,
    /// Programs cannot be started from anonymous memory (`vm.memfd_noexec` is 2).
    NoProgramsFromMemory,
}

/// Whether one feature works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capability {
    /// Which.
    pub feature: Feature,
    /// `None`: it works; otherwise why not.
    pub missing: Option<String>,
}

/// What works on this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Every feature once, in the order of [`Feature`].
    pub all: Vec<Capability>,
}

impl Capabilities {
    pub(crate) fn probe(privilege: Privilege) -> Self {
        Self { all: crate::imp::capability::probe(privilege) }
    }

    /// Whether `feature` works.
    pub fn has(&self, feature: Feature) -> bool {
        self.all.iter().any(|capability| capability.feature == feature && capability.missing.is_none())
    }
}
