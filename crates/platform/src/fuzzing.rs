//! One function per parser of what the kernel says about processes that a child controls.

use crate::imp::{mounts, process};

/// `stat`, `status`, `cmdline` and `cgroup` of a process.
pub fn proc(bytes: &[u8]) {
    process::parse_stat(bytes);
    process::parse_owner(bytes);
    process::strings(bytes);
    if let Some(path) = process::parse_cgroup(&String::from_utf8_lossy(bytes)) {
        process::session_of_cgroup(&path);
    }
}

/// The table of mounts.
pub fn mountinfo(bytes: &[u8]) {
    mounts::parse(bytes);
}
