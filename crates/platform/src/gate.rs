//! The gate: programs of supervised accounts are judged before their first instruction.

use lanh_policy::Account;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::mpsc;

/// Which content of which file: changes whenever the file's content can have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileKey {
    /// The device number of the file system.
    pub dev: u64,
    /// The inode number.
    pub ino: u64,
    /// Bytes.
    pub size: u64,
    /// Last change of the content, nanoseconds since 1970.
    pub mtime: i128,
    /// Last change of content or attributes, nanoseconds since 1970; only the kernel sets it.
    pub ctime: i128,
}

/// A program that is about to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The process that executes it.
    pub process: lanh_policy::ProcessId,
    /// Whose process: its real user id, or the account that a subordinate user id belongs to.
    pub uid: u32,
    /// The program's file.
    pub file: FileKey,
    /// A path of the file as the kernel tells it; ends in ` (deleted)` when it has none any more.
    pub path: PathBuf,
}

/// What a judge says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// It may start.
    Allow,
    /// It gets "operation not permitted".
    Refuse,
}

/// Who decides. Called from the gate's own threads.
pub trait Judge: Send + Sync + 'static {
    /// Whether this account is supervised. Must answer from memory, without waiting for a lock that is
    /// held across I/O.
    fn supervised(&self, uid: u32) -> bool;

    /// Decides from memory, or `None` when the file must be looked at. Must not touch a file: every
    /// program on the machine waits for the answer.
    fn quick(&self, launch: &Launch) -> Option<Decision>;

    /// Decides with the file at hand, on a worker thread, within the deadline.
    fn slow(&self, launch: &Launch, file: &File) -> Decision;

    /// Decides from memory about the dynamic loader as a program: what it will load is not seen. By
    /// default it may start, and is only reported.
    fn loader_alone(&self, _launch: &Launch) -> Decision {
        Decision::Allow
    }
}

/// How the gate works.
#[derive(Clone, Debug)]
pub struct GateOptions {
    /// How long a slow decision may take.
    pub deadline: Duration,
    /// What happens when it takes longer, or when too many wait.
    pub overdue: Decision,
    /// Threads for slow decisions; at least 1.
    pub workers: usize,
    /// How many slow decisions may wait.
    pub queue: usize,
}

impl Default for GateOptions {
    fn default() -> Self {
        Self { deadline: Duration::from_secs(2), overdue: Decision::Allow, workers: 2, queue: 64 }
    }
}

/// A file that some accounts must not even open, so that it cannot be copied and started elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GuardedFile {
    /// Where it is.
    pub path: PathBuf,
    /// Who must not open it.
    pub accounts: Vec<Account>,
}

/// What the gate reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GateEvent {
    /// A supervised account starts a program.
    Launched(Launch),
    /// A program of a supervised account was refused.
    Refused(Launch),
    /// A slow decision missed the deadline or found the queue full; the configured decision was taken.
    Overdue(Launch, Decision),
    /// The dynamic loader was executed without a program before it: the way to start a program that the
    /// gate does not see. What the judge said.
    LoaderAlone(Launch, Decision),
    /// A supervised account tried to open a guarded file and was refused.
    OpenRefused(Launch),
    /// The set of covered file systems changed.
    CoverageChanged(Vec<Coverage>),
    /// Events were lost because nobody took them: look at what runs.
    Missed,
    /// Reading events failed and the gate was opened anew; launches in between were not judged.
    Restarted(String),
    /// The gate failed for good; nothing is judged any more.
    Failed(String),
}

/// Whether one file system is covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Where it is mounted.
    pub mount_point: PathBuf,
    /// Its type (`ext4`).
    pub kind: String,
    /// `None`: covered; otherwise why not.
    pub failure: Option<String>,
}

/// Why there is no gate.
#[derive(Debug, Error)]
pub enum GateError {
    /// Only root can have one.
    #[error("refusing programs needs root; start the service as root, or go on without the gate")]
    NotRoot,
    /// The kernel refuses.
    #[error(
        "the kernel gives no fanotify permission events ({0}); the gate needs CONFIG_FANOTIFY_ACCESS_PERMISSIONS and CAP_SYS_ADMIN"
    )]
    Kernel(std::io::Error),
    /// Not one file system could be covered.
    #[error("no file system could be covered: {0}")]
    Uncovered(String),
    /// A thread could not be started.
    #[error("cannot start the gate's thread: {0}")]
    Thread(std::io::Error),
    /// Not on this operating system.
    #[error("refusing programs is not supported on this operating system")]
    Unsupported,
}

/// The gate. It closes (lets everything pass) when dropped.
pub struct Gate(pub(crate) Inner);

pub(crate) enum Inner {
    Machine(crate::imp::gate::Gate),
    #[cfg(feature = "fake")]
    Fake(crate::fake::FakeGate),
}

impl Gate {
    pub(crate) fn start(
        options: GateOptions,
        judge: Arc<dyn Judge>,
    ) -> Result<(Self, mpsc::Receiver<GateEvent>), GateError> {
        let (gate, events) = crate::imp::gate::Gate::start(options, judge)?;
        Ok((Self(Inner::Machine(gate)), events))
    }

    /// Replaces the set of guarded files. Files that do not exist yet are guarded as soon as they appear
    /// under their path, and again when they are replaced. Returns at once.
    pub fn set_guarded_files(&self, files: Vec<GuardedFile>) {
        match &self.0 {
            Inner::Machine(gate) => gate.set_guarded_files(files),
            #[cfg(feature = "fake")]
            Inner::Fake(gate) => gate.set_guarded_files(files),
        }
    }

    /// Whether anybody is supervised. While nobody is, programs start without being asked about. At first
    /// somebody is. Returns at once; it holds some milliseconds later.
    pub fn set_needed(&self, needed: bool) {
        match &self.0 {
            Inner::Machine(gate) => gate.set_needed(needed),
            #[cfg(feature = "fake")]
            Inner::Fake(_) => {}
        }
    }

    /// Which file systems are covered.
    pub fn coverage(&self) -> Vec<Coverage> {
        match &self.0 {
            Inner::Machine(gate) => gate.coverage(),
            #[cfg(feature = "fake")]
            Inner::Fake(_) => Vec::new(),
        }
    }

    /// Whether the event thread came round within the last few seconds: for the service's watchdog.
    pub fn alive(&self) -> bool {
        match &self.0 {
            Inner::Machine(gate) => gate.alive(),
            #[cfg(feature = "fake")]
            Inner::Fake(_) => true,
        }
    }
}
