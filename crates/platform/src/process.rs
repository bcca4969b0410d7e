//! What is known of a process.

use crate::gate::FileKey;
use lanh_policy::{ProcessId, SessionId};
use std::ffi::OsString;
use std::path::PathBuf;

/// What is known of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessFacts {
    /// Which process.
    pub id: ProcessId,
    /// The process that started it, or that inherited it; 0: none.
    pub parent: u32,
    /// Whose it is: the real user id, or the account that a subordinate user id (`/etc/subuid`) belongs to.
    pub uid: u32,
    /// The path of its program; `None`: it cannot be read (another privilege, a kernel thread).
    pub exe: Option<PathBuf>,
    /// The program's file was unlinked or replaced since it started.
    pub exe_deleted: bool,
    /// Which file the program is.
    pub exe_key: Option<FileKey>,
    /// Its arguments, the program's own name first. The process can change them.
    pub argv: Vec<OsString>,
    /// Its short name, up to 15 bytes. The process can change it.
    pub comm: String,
    /// Its control group, as the kernel's path from the root of the hierarchy.
    pub cgroup: Option<String>,
    /// The login session, as far as control group or environment tell.
    pub session: Option<SessionId>,
}

/// Reads what is known of the process with this number now; `None`: there is none.
pub fn facts(pid: u32) -> Option<ProcessFacts> {
    crate::imp::process::facts(pid)
}

/// The values of `names` in the environment that `process` was started with, in the order of `names`;
/// `None` for each that is not set, and for all when the process is gone or unreadable.
pub fn environment(process: ProcessId, names: &[&str]) -> Vec<Option<OsString>> {
    crate::imp::process::environment(process, names)
}

/// The text of the `.flatpak-info` of the sandbox that `process` runs in, at most 64 KiB of it; `None`:
/// it runs in none.
pub fn flatpak_info(process: ProcessId) -> Option<String> {
    crate::imp::process::flatpak_info(process)
}
