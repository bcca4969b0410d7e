//! The imp for Linux.
#![allow(
    unsafe_code,
    reason = "the only crate that speaks to the kernel directly; each block tells why it is sound"
)]

#[cfg(feature = "fake-clock")]
pub(crate) mod accelerated;
pub(crate) mod accounts;
pub(crate) mod capability;
mod cgroup;
pub(crate) mod clock;
mod connector;
pub(crate) mod gate;
pub(crate) mod hold;
pub(crate) mod memory;
pub(crate) mod mounts;
pub(crate) mod process;
pub(crate) mod secret;
pub(crate) mod sessions;
mod subordinate;
pub(crate) mod watch;

pub(crate) fn effective_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Registers a descriptor that becomes readable with the runtime.
fn readable(fd: std::os::fd::OwnedFd) -> std::io::Result<tokio::io::unix::AsyncFd<std::os::fd::OwnedFd>> {
    // SAFETY: an `OwnedFd` keeps its descriptor open and the same for as long as it lives, and `AsyncFd`
    // deregisters it before it drops it.
    unsafe { tokio::io::unix::AsyncFd::register_with_interest(fd, tokio::io::Interest::READABLE) }
        .map_err(Into::into)
}
