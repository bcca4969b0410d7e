//! Holding and closing: whole process trees, frozen, thawed and ended.

use crate::privilege::Privilege;
use lanh_policy::{AppId, ChildId, ProcessId};
use std::fmt;
use std::path::Path;
use std::time::Duration;
use thiserror::Error;

/// The name of a hold: what is held, of which child. It survives a crash of the service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoldName(String);

/// The longest name, in bytes, below the 255 of a file name.
const LONGEST: usize = 200;

impl HoldName {
    /// The name for an app of a child.
    pub fn new(child: ChildId, app: &AppId) -> Self {
        let mut name = format!("c{child}-");
        for byte in app.as_str().bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b':' => {
                    name.push(char::from(byte))
                }
                _ => name.push_str(&format!("%{byte:02x}")),
            }
        }
        if name.len() > LONGEST {
            let digest = fnv1a(name.as_bytes());
            name.truncate(LONGEST - 17);
            name.push_str(&format!("~{digest:016x}"));
        }
        Self(name)
    }

    /// Reads a name back; `None`: it was not made by [`HoldName::new`].
    pub fn parse(name: &str) -> Option<Self> {
        let found = Self(name.to_owned());
        let plain = name.len() <= LONGEST
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:%~".contains(&byte));
        (plain && found.child().is_some()).then_some(found)
    }

    /// Whose.
    pub fn child(&self) -> Option<ChildId> {
        self.0.strip_prefix('c')?.split_once('-')?.0.parse().ok().map(ChildId)
    }

    /// What; `None`: the id was too long to keep, compare with [`HoldName::new`] instead.
    pub fn app(&self) -> Option<AppId> {
        let escaped = self.0.split_once('-')?.1;
        let mut bytes = Vec::new();
        let mut rest = escaped.bytes();
        while let Some(byte) = rest.next() {
            match byte {
                b'~' => return None,
                b'%' => {
                    let digits = [rest.next()?, rest.next()?];
                    bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
                }
                _ => bytes.push(byte),
            }
        }
        String::from_utf8(bytes).ok().map(AppId::new)
    }

    /// The name as text: letters, digits and `-_.:%~`, at most 200 bytes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HoldName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// FNV-1a, 64 bits: tells long names apart; not a defence.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// How holding works here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HoldMechanism {
    /// Control groups that only root can thaw.
    Cgroup,
    /// Stop signals, repeated when somebody continues the process; why there is nothing better.
    Signals(String),
}

/// What a hold froze.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The frozen processes, descendants included.
    pub processes: Vec<ProcessId>,
    /// Processes that were left alone, with the reason: not the child's, or gone meanwhile.
    pub left_alone: Vec<(ProcessId, String)>,
}

/// What a close did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Closed {
    /// Ended by themselves within the grace.
    pub ended: Vec<ProcessId>,
    /// Killed.
    pub killed: Vec<ProcessId>,
    /// Left alone, with the reason: not the child's, or not mortal.
    pub left_alone: Vec<(ProcessId, String)>,
}

/// A hold that was found from before a restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Its name.
    pub name: HoldName,
    /// What is in it.
    pub processes: Vec<ProcessId>,
    /// Whether it is frozen; otherwise it was thawed (to save) when the service ended.
    pub frozen: bool,
}

/// Why something could not be held, thawed or closed.
#[derive(Debug, Error)]
pub enum HoldError {
    /// None of the processes is there any more, or none belongs to the owners.
    #[error("nothing to hold: none of the processes runs as the child any more")]
    Nothing,
    /// No hold has this name.
    #[error("nothing is held under the name {0}")]
    Unknown(HoldName),
    /// The kernel did not report the freeze in time; it is under way.
    #[error(
        "{name} did not freeze within {waited:?}: a process waits for a device; it freezes when that answers"
    )]
    Slow {
        /// The hold.
        name: HoldName,
        /// How long it was waited for.
        waited: Duration,
    },
    /// The system refused.
    #[error("cannot {action}: {source}")]
    System {
        /// What was tried.
        action: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not on this operating system.
    #[error("holding programs is not supported on this operating system")]
    Unsupported,
}

/// Freezes, thaws and ends processes of children. Cloning is cheap.
#[derive(Clone)]
pub struct Holder(pub(crate) Inner);

#[derive(Clone)]
pub(crate) enum Inner {
    Machine(crate::imp::hold::Holder),
    #[cfg(feature = "fake")]
    Fake(crate::fake::Machine),
}

impl Holder {
    pub(crate) fn open(privilege: Privilege, state_dir: &Path) -> Result<Self, HoldError> {
        Ok(Self(Inner::Machine(crate::imp::hold::Holder::open(privilege, state_dir)?)))
    }

    /// How holding works here.
    pub fn mechanism(&self) -> HoldMechanism {
        match &self.0 {
            Inner::Machine(holder) => holder.mechanism(),
            #[cfg(feature = "fake")]
            Inner::Fake(_) => HoldMechanism::Cgroup,
        }
    }

    /// Freezes `processes` and all their descendants that belong to `owners`, as one hold. Holding a
    /// name again adds to it and freezes it again after a thaw. Returns when everything stands still.
    pub async fn hold(
        &self,
        name: &HoldName,
        processes: &[ProcessId],
        owners: &[u32],
    ) -> Result<Held, HoldError> {
        match &self.0 {
            Inner::Machine(holder) => holder.hold(name, processes, owners).await,
            #[cfg(feature = "fake")]
            Inner::Fake(machine) => machine.hold(name, processes),
        }
    }

    /// Lets a hold run for a moment; it stays a hold, its processes stay together.
    pub async fn thaw(&self, name: &HoldName) -> Result<(), HoldError> {
        match &self.0 {
            Inner::Machine(holder) => holder.thaw(name).await,
            #[cfg(feature = "fake")]
            Inner::Fake(machine) => machine.thaw(name),
        }
    }

    /// Ends a hold: thaws it and puts its processes back where they came from.
    pub async fn release(&self, name: &HoldName) -> Result<(), HoldError> {
        match &self.0 {
            Inner::Machine(holder) => holder.release(name).await,
            #[cfg(feature = "fake")]
            Inner::Fake(machine) => machine.release(name),
        }
    }

    /// The processes in a hold now, forked ones included; empty: there is no such hold.
    pub fn members(&self, name: &HoldName) -> Vec<ProcessId> {
        match &self.0 {
            Inner::Machine(holder) => holder.members(name),
            #[cfg(feature = "fake")]
            Inner::Fake(machine) => machine.members(name),
        }
    }

    /// The holds that an earlier run of the service left. The caller goes on with each by
    /// [`Holder::hold`], [`Holder::release`] or [`Holder::close`].
    pub fn recover(&self) -> Result<Vec<Recovered>, HoldError> {
        match &self.0 {
            Inner::Machine(holder) => holder.recover(),
            #[cfg(feature = "fake")]
            Inner::Fake(machine) => Ok(machine.recover()),
        }
    }

    /// Takes away what holds are kept in, once the last one is released: for a service that is removed.
    pub fn leave(&self) -> Result<(), HoldError> {
        match &self.0 {
            Inner::Machine(holder) => holder.leave(),
            #[cfg(feature = "fake")]
            Inner::Fake(_) => Ok(()),
        }
    }

    /// Ends `processes`, their descendants and what is held under `name`, as far as they belong to
    /// `owners`: thaws, asks politely, and kills what is left after `grace` (of real time; zero: at once).
    /// Children that are started meanwhile are included. The hold is gone afterwards.
    pub async fn close(
        &self,
        name: &HoldName,
        processes: &[ProcessId],
        owners: &[u32],
        grace: Duration,
    ) -> Result<Closed, HoldError> {
        match &self.0 {
            Inner::Machine(holder) => holder.close(name, processes, owners, grace).await,
            #[cfg(feature = "fake")]
            Inner::Fake(machine) => machine.close(name, processes),
        }
    }

    /// Kills one process now, if it is still the same and belongs to `owners`. `Ok(false)`: it is gone
    /// or not theirs.
    pub fn kill_now(&self, process: ProcessId, owners: &[u32]) -> Result<bool, HoldError> {
        match &self.0 {
            Inner::Machine(_) => crate::imp::hold::kill_now(process, owners),
            #[cfg(feature = "fake")]
            Inner::Fake(machine) => Ok(machine.exit(process)),
        }
    }
}
