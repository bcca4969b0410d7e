//! Reading `/proc`.

use crate::gate::FileKey;
use crate::imp::subordinate;
use crate::process::ProcessFacts;
use lanh_policy::{ProcessId, SessionId};
use rustix::fs::{AtFlags, CWD, Mode, OFlags, Statx, StatxFlags, statx};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::os::fd::AsFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// The most that is read of a file that a child controls.
const MOST: u64 = 64 * 1024;

/// The parts of `/proc/PID/stat` that matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) comm: String,
    pub(crate) state: u8,
    pub(crate) parent: u32,
    pub(crate) started: u64,
}

impl Stat {
    /// Dead, only not collected yet.
    pub(crate) fn is_dead(&self) -> bool {
        matches!(self.state, b'Z' | b'X')
    }

    /// Stopped by a signal or a tracer.
    pub(crate) fn is_stopped(&self) -> bool {
        matches!(self.state, b'T' | b't')
    }
}

pub(crate) fn stat(pid: u32) -> Option<Stat> {
    parse_stat(&std::fs::read(format!("/proc/{pid}/stat")).ok()?)
}

/// The name may hold anything, brackets and line ends too, so the fields are counted from the last bracket.
pub(crate) fn parse_stat(bytes: &[u8]) -> Option<Stat> {
    let open = bytes.iter().position(|byte| *byte == b'(')?;
    let close = bytes.iter().rposition(|byte| *byte == b')')?;
    let comm = String::from_utf8_lossy(bytes.get(open + 1..close)?).into_owned();
    let rest = std::str::from_utf8(bytes.get(close + 1..)?).ok()?;
    let mut fields = rest.split_ascii_whitespace();
    let state = *fields.next()?.as_bytes().first()?;
    let parent = fields.next()?.parse().ok()?;
    let started = fields.nth(17)?.parse().ok()?;
    Some(Stat { comm, state, parent, started })
}

/// The account whose process it is: its real user id, led back from a subordinate one.
pub(crate) fn owner(pid: u32) -> Option<u32> {
    real_uid(pid).or_else(|| real_uid_of_status(pid)).map(subordinate::account)
}

/// What `PIDFD_GET_INFO` tells (linux/pidfd.h, since Linux 6.13; its first version).
#[repr(C)]
#[derive(Default)]
struct PidfdInfo {
    mask: u64,
    cgroup: u64,
    pid: u32,
    group: u32,
    parent: u32,
    real_uid: u32,
    other_ids: [u32; 7],
    exit_code: i32,
}

/// In two calls that the kernel answers from memory. `None`: it is gone, or this kernel cannot.
fn real_uid(pid: u32) -> Option<u32> {
    use std::os::fd::AsRawFd;
    /// `_IOWR(0xff, 11, struct pidfd_info)`, and the bits of `mask` for the ids.
    const GET_INFO: libc::Ioctl = 0xc040_ff0b_u32 as libc::Ioctl;
    const CREDENTIALS: u64 = 1 << 1;
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).ok()?)?;
    let pidfd = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok()?;
    let mut info = PidfdInfo { mask: CREDENTIALS, ..PidfdInfo::default() };
    // SAFETY: the number of the call says that the kernel reads and writes 64 bytes, which `info` has; it
    // consists of integers, for which every value is one.
    let result = unsafe { libc::ioctl(pidfd.as_raw_fd(), GET_INFO, &raw mut info) };
    (result == 0 && info.mask & CREDENTIALS != 0).then_some(info.real_uid)
}

fn real_uid_of_status(pid: u32) -> Option<u32> {
    parse_owner(&std::fs::read(format!("/proc/{pid}/status")).ok()?)
}

pub(crate) fn parse_owner(text: &[u8]) -> Option<u32> {
    let line = text.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"Uid:"))?;
    std::str::from_utf8(line).ok()?.split_ascii_whitespace().next()?.parse().ok()
}

/// The process that has this number now.
pub(crate) fn identity(pid: u32) -> Option<ProcessId> {
    stat(pid).map(|stat| ProcessId { pid, started: stat.started })
}

/// Whether the process is still there and alive.
pub(crate) fn alive(process: ProcessId) -> bool {
    stat(process.pid).is_some_and(|stat| stat.started == process.started && !stat.is_dead())
}

/// The numbers of all processes.
pub(crate) fn pids() -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

/// The key of an open file. Asks nobody but the kernel's memory, so that a file system in user space
/// cannot stall the caller.
pub(crate) fn file_key(file: impl AsFd) -> Option<FileKey> {
    key(statx(file, c"", AtFlags::EMPTY_PATH | AtFlags::STATX_DONT_SYNC, StatxFlags::BASIC_STATS).ok()?)
}

/// The key of the file that a process runs.
pub(crate) fn exe_key(pid: u32) -> Option<FileKey> {
    path_key(Path::new(&format!("/proc/{pid}/exe")))
}

pub(crate) fn path_key(path: &Path) -> Option<FileKey> {
    key(statx(CWD, path, AtFlags::STATX_DONT_SYNC, StatxFlags::BASIC_STATS).ok()?)
}

fn key(found: Statx) -> Option<FileKey> {
    let nanoseconds =
        |time: rustix::fs::StatxTimestamp| i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec);
    Some(FileKey {
        dev: rustix::fs::makedev(found.stx_dev_major, found.stx_dev_minor),
        ino: found.stx_ino,
        size: found.stx_size,
        mtime: nanoseconds(found.stx_mtime),
        ctime: nanoseconds(found.stx_ctime),
    })
}

pub(crate) fn facts(pid: u32) -> Option<ProcessFacts> {
    let stat = stat(pid).filter(|stat| !stat.is_dead())?;
    let id = ProcessId { pid, started: stat.started };
    let uid = owner(pid)?;
    let link = std::fs::read_link(format!("/proc/{pid}/exe")).ok();
    let (exe, exe_deleted) = match link {
        Some(link) => match link.as_os_str().as_bytes().strip_suffix(b" (deleted)") {
            Some(path) => (Some(PathBuf::from(OsStr::from_bytes(path))), true),
            None => (Some(link), false),
        },
        None => (None, false),
    };
    let argv = strings(&read_some(&format!("/proc/{pid}/cmdline")));
    let cgroup = cgroup(pid);
    let session = cgroup.as_deref().and_then(session_of_cgroup).or_else(|| {
        let value = environment(id, &["XDG_SESSION_ID"]).into_iter().next().flatten()?;
        value.into_string().ok().filter(|text| !text.is_empty()).map(SessionId::new)
    });
    let facts = ProcessFacts {
        id,
        parent: stat.parent,
        uid,
        exe,
        exe_deleted,
        exe_key: exe_key(pid),
        argv,
        comm: stat.comm,
        cgroup,
        session,
    };
    // The number may have passed to another process while it was read.
    (identity(pid) == Some(id)).then_some(facts)
}

/// The path in the unified hierarchy; where a host is hybrid, systemd's own hierarchy tells the same.
pub(crate) fn cgroup(pid: u32) -> Option<String> {
    parse_cgroup(&std::fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?)
}

pub(crate) fn parse_cgroup(text: &str) -> Option<String> {
    let unified = text.lines().find_map(|line| line.strip_prefix("0::"));
    let named = text.lines().find_map(|line| line.split_once(":name=systemd:").map(|(_, path)| path));
    unified.filter(|path| *path != "/").or(named).or(unified).map(str::to_owned)
}

pub(crate) fn session_of_cgroup(path: &str) -> Option<SessionId> {
    path.split('/')
        .find_map(|part| part.strip_prefix("session-")?.strip_suffix(".scope"))
        .map(SessionId::from)
}

pub(crate) fn environment(process: ProcessId, names: &[&str]) -> Vec<Option<OsString>> {
    let block = read_some(&format!("/proc/{}/environ", process.pid));
    let block = if identity(process.pid) == Some(process) { block } else { Vec::new() };
    let value = |name: &&str| {
        block.split(|byte| *byte == 0).find_map(|entry| {
            let value = entry.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
            Some(OsString::from_vec(value.to_vec()))
        })
    };
    names.iter().map(value).collect()
}

pub(crate) fn flatpak_info(process: ProcessId) -> Option<String> {
    // Not a link and not a pipe: the child makes what is under this root.
    let root = rustix::fs::open(
        format!("/proc/{}/root", process.pid),
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .ok()?;
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::openat(root, ".flatpak-info", flags, Mode::empty()).ok()?);
    if !file.metadata().ok()?.is_file() || identity(process.pid) != Some(process) {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(MOST).read_to_end(&mut bytes).ok()?;
    String::from_utf8(bytes).ok()
}

fn read_some(path: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let Ok(file) = File::open(path) else { return bytes };
    // What was read before an error is still good.
    let _ = file.take(MOST).read_to_end(&mut bytes);
    bytes
}

pub(crate) fn strings(block: &[u8]) -> Vec<OsString> {
    let block = block.strip_suffix(&[0]).unwrap_or(block);
    if block.is_empty() {
        return Vec::new();
    }
    block.split(|byte| *byte == 0).map(|part| OsString::from_vec(part.to_vec())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_full_of_brackets_does_not_shift_the_fields() {
        let line = b"42 (a) R 1 (b)\n) S 7 42 42 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 98765 1 1";
        let found = parse_stat(line).unwrap();
        assert_eq!(found, Stat { comm: "a) R 1 (b)\n".to_owned(), state: b'S', parent: 7, started: 98765 });
    }

    #[test]
    fn this_test_finds_itself() {
        let facts = facts(std::process::id()).unwrap();
        assert_eq!(facts.exe, std::env::current_exe().ok());
        assert_eq!(facts.argv, std::env::args_os().collect::<Vec<_>>());
        assert_eq!(facts.exe_key, path_key(&std::env::current_exe().unwrap()));
        assert!(!facts.exe_deleted && alive(facts.id));
        assert!(!alive(ProcessId { started: facts.id.started + 1, ..facts.id }));
        let path = environment(facts.id, &["PATH", "LANH_SURELY_UNSET"]);
        assert_eq!(path, [std::env::var_os("PATH"), None]);
    }

    #[test]
    fn both_ways_to_an_owner_agree() {
        let own = std::process::id();
        let uid = crate::imp::effective_uid();
        assert_eq!(size_of::<PidfdInfo>(), 64);
        assert_eq!((real_uid_of_status(own), owner(own)), (Some(uid), Some(uid)));
        assert!(real_uid(own).is_none_or(|told| told == uid));
        for pid in pids() {
            if let (Some(told), Some(written)) = (real_uid(pid), real_uid_of_status(pid)) {
                assert_eq!(told, written, "of process {pid}");
            }
        }
        assert_eq!(owner(u32::MAX), None);
    }

    #[test]
    fn sessions_are_read_from_scopes() {
        let path = "/user.slice/user-1001.slice/session-c2.scope";
        assert_eq!(session_of_cgroup(path), Some(SessionId::from("c2")));
        assert_eq!(session_of_cgroup("/user.slice/user-1001.slice/user@1001.service/app.slice"), None);
    }
}
