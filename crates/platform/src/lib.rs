//! One façade over what Lanh needs of an operating system: clocks, the gate that refuses programs, the
//! watch over processes, holding and closing, login sessions, accounts and the database key.
//!
//! [`Platform`] hands out the parts. Callers hold no `cfg`: each operating system has one `imp`, and
//! `fake` (feature `fake`) is a whole machine for tests.

mod accounts;
mod capability;
mod clock;
mod gate;
mod hold;
mod mapped;
mod privilege;
mod process;
mod secret;
mod sessions;
mod watch;

#[cfg(target_os = "linux")]
#[path = "linux/mod.rs"]
mod imp;
#[cfg(not(target_os = "linux"))]
#[path = "unsupported.rs"]
mod imp;

#[cfg(feature = "fake")]
pub mod fake;

#[cfg(all(feature = "fuzzing", target_os = "linux"))]
pub mod fuzzing;

pub use accounts::{AccountFacts, Accounts, PasswordState};
pub use capability::{Capabilities, Capability, Feature};
#[cfg(all(feature = "fake-clock", target_os = "linux"))]
pub use clock::Acceleration;
pub use clock::{Clock, ClockError, Steps};
pub use gate::{
    Coverage, Decision, FileKey, Gate, GateError, GateEvent, GateOptions, GuardedFile, Judge, Launch,
};
pub use hold::{Closed, Held, HoldError, HoldMechanism, HoldName, Holder, Recovered};
pub use mapped::MappedFile;
pub use privilege::Privilege;
pub use process::{ProcessFacts, environment, facts, flatpak_info};
pub use secret::{DatabaseKey, SecretError, SecretPlace, SecretStore};
pub use sessions::{Session, SessionClass, SessionError, SessionKind, Sessions, SessionsNow};
pub use watch::{ProcessEvent, Watch, WatchOptions, WatchSource};

use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Gives the system what this process does not need for now: unused heap, and pages of programs and libraries,
/// which come back from their files when they are used again. For a service after its start, which needs much
/// that its long quiet days do not. Takes some milliseconds.
pub fn give_memory_back() {
    imp::memory::give_back();
}

/// The parts of one machine, real or fake.
#[derive(Clone)]
pub struct Platform {
    privilege: Privilege,
    state_dir: PathBuf,
    clock: Clock,
    #[cfg(feature = "fake")]
    fake: Option<fake::Machine>,
}

impl Platform {
    /// This machine, with the rights that this process has. `state_dir` must exist, belong to this
    /// process's user and be closed to everybody else; the key and the journal of holds live there.
    pub fn this_machine(state_dir: impl Into<PathBuf>) -> Result<Self, ClockError> {
        Ok(Self::with_clock(state_dir, Clock::system()?))
    }

    /// This machine with another clock.
    pub fn with_clock(state_dir: impl Into<PathBuf>, clock: Clock) -> Self {
        Self {
            privilege: Privilege::current(),
            state_dir: state_dir.into(),
            clock,
            #[cfg(feature = "fake")]
            fake: None,
        }
    }

    /// What this process may do.
    pub fn privilege(&self) -> Privilege {
        self.privilege
    }

    /// The clock.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// Starts the gate. Fails with [`GateError::NotRoot`] without root.
    pub fn start_gate(
        &self,
        options: GateOptions,
        judge: Arc<dyn Judge>,
    ) -> Result<(Gate, mpsc::Receiver<GateEvent>), GateError> {
        #[cfg(feature = "fake")]
        if let Some(machine) = &self.fake {
            return Ok(machine.start_gate(judge));
        }
        if self.privilege != Privilege::Root {
            return Err(GateError::NotRoot);
        }
        Gate::start(options, judge)
    }

    /// Starts the watch over the processes of `options.supervised`, fed by `gate` too where there is one.
    /// Must be called inside a tokio runtime. What runs already is delivered first.
    pub fn start_watch(
        &self,
        options: WatchOptions,
        gate: Option<&Gate>,
    ) -> (Watch, mpsc::Receiver<ProcessEvent>) {
        #[cfg(feature = "fake")]
        if let Some(machine) = &self.fake {
            return machine.start_watch(options);
        }
        Watch::start(self.privilege, options, gate)
    }

    /// What freezes and ends processes.
    pub fn holder(&self) -> Result<Holder, HoldError> {
        #[cfg(feature = "fake")]
        if let Some(machine) = &self.fake {
            return Ok(machine.holder());
        }
        Holder::open(self.privilege, &self.state_dir)
    }

    /// The login sessions. Never fails: where nobody knows about sessions, [`SessionsNow`] says why.
    /// Must be called inside a tokio runtime.
    pub fn sessions(&self) -> Sessions {
        #[cfg(feature = "fake")]
        if let Some(machine) = &self.fake {
            return machine.sessions();
        }
        Sessions::connect(self.privilege)
    }

    /// The accounts.
    pub fn accounts(&self) -> Accounts {
        #[cfg(feature = "fake")]
        if let Some(machine) = &self.fake {
            return machine.accounts();
        }
        Accounts::system()
    }

    /// The place of the database key.
    pub fn secret_store(&self) -> SecretStore {
        SecretStore::new(self.privilege, &self.state_dir)
    }

    /// What works here, with a reason for each thing that does not. Probes the machine; takes up to a
    /// second, so call it off the event loop.
    pub fn capabilities(&self) -> Capabilities {
        #[cfg(feature = "fake")]
        if self.fake.is_some() {
            return Capabilities::default();
        }
        Capabilities::probe(self.privilege)
    }
}
