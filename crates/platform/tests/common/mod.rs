//! Real processes for the tests of the platform.
#![allow(dead_code, reason = "each test file uses its own part")]

use lanh_platform::facts;
use lanh_policy::ProcessId;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Long enough for a loaded machine; reached only by a test that fails.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// Whether the test can run; prints why not.
pub(crate) fn needs_root() -> bool {
    let root = lanh_platform::Privilege::current() == lanh_platform::Privilege::Root;
    if !root {
        println!("skipped: needs root to freeze, refuse and switch accounts; run the tests as root too");
    }
    root
}

/// A folder that every account can enter, with copies of programs.
pub(crate) struct Folder(pub(crate) tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A copy of a program under another name.
    pub(crate) fn copy(&self, program: &str, name: &str) -> PathBuf {
        let to = self.path(name);
        std::fs::copy(program, &to).unwrap();
        std::fs::set_permissions(&to, std::fs::Permissions::from_mode(0o755)).unwrap();
        to
    }
}

/// A child process that is killed and collected at the end of the test, together with its process group.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn id(&self) -> ProcessId {
        facts(self.0.id()).unwrap().id
    }

    pub(crate) fn wait(&mut self) -> std::process::ExitStatus {
        self.0.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let group = i32::try_from(self.0.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(group) = group {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.0.wait();
    }
}

/// A command run as `uid`, in its own process group.
pub(crate) fn command(uid: u32, program: impl AsRef<Path>) -> Command {
    let mut command = Command::new(program.as_ref());
    command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    if lanh_platform::Privilege::current() == lanh_platform::Privilege::Root {
        command.uid(uid).gid(65_534);
    }
    command
}

pub(crate) fn start(command: &mut Command) -> Running {
    Running(command.spawn().unwrap())
}

/// A shell as `uid`.
pub(crate) fn shell(uid: u32, script: &str) -> Running {
    start(command(uid, "/bin/sh").args(["-c", script]))
}

/// Waits for a state that no event announces to a test.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + LONG;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// CPU time in clock ticks.
pub(crate) fn ticks(pid: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let rest = text.rsplit_once(')').unwrap().1;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

/// The state letter in `/proc`; `None`: gone.
pub(crate) fn state(pid: u32) -> Option<char> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    text.rsplit_once(')')?.1.trim_start().chars().next()
}

pub(crate) fn children(pid: u32) -> Vec<u32> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    text.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}
