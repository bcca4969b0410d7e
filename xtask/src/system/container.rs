//! A booted system in a container, and how to type into it.

use crate::command;
use crate::failure::Failure;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long anything may take on a loaded machine before the check gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks.
const GLANCE: Duration = Duration::from_millis(50);
/// What the system of the container may do: what a service needs, and never setting the machine's clock.
const CAPABILITIES: &str =
    "CAP_SYS_ADMIN,CAP_SYS_PTRACE,CAP_NET_ADMIN,CAP_DAC_READ_SEARCH,CAP_SYS_BOOT,CAP_KILL";
/// Calls that nspawn forbids unless told.
const CALLS: &str = "fanotify_init fanotify_mark pidfd_getfd @memlock";

/// How systemd-nspawn ends when its system wants to be started anew.
const REBOOT: i32 = 133;

/// A running system. Dropping it ends every process in it.
pub(crate) struct Container {
    nspawn: Child,
    /// The first process of the system, by the number it has outside.
    first: u32,
    root: PathBuf,
    console: PathBuf,
}

/// How a program in the container ended.
#[derive(Debug)]
pub(crate) struct Said {
    /// Its exit code; `None`: a signal ended it.
    pub(crate) code: Option<i32>,
    /// What it wrote, standard output and error.
    pub(crate) text: String,
}

impl Said {
    pub(crate) fn ok(&self) -> bool {
        self.code == Some(0)
    }
}

impl Container {
    /// Boots the tree under `root` and waits until the system runs; its console goes to `console`.
    pub(crate) fn boot(root: &Path, console: &Path) -> Result<Self, Failure> {
        let nspawn = start(root, console)?;
        let mut container = Self { nspawn, first: 0, root: root.to_owned(), console: console.to_owned() };
        container.wait_for_boot()?;
        Ok(container)
    }

    /// Waits for the first process, and until it has started everything.
    fn wait_for_boot(&mut self) -> Result<(), Failure> {
        self.first = wait_for("the container to start", PATIENCE, || {
            if let Ok(Some(status)) = self.nspawn.try_wait() {
                return Err(Failure::Ended {
                    command: "systemd-nspawn".to_owned(),
                    status: status.to_string(),
                });
            }
            Ok(first_process())
        })?;
        wait_for("the system to run", PATIENCE, || {
            let state = self.run(&["systemctl", "is-system-running"])?.text;
            Ok(matches!(state.trim(), "running" | "degraded").then_some(()))
        })
    }

    /// Starts the system anew from inside, as somebody at the machine would.
    pub(crate) fn reboot(&mut self) -> Result<(), Failure> {
        self.run(&["systemctl", "reboot"])?;
        let status = wait_for("the system to go down", PATIENCE, || {
            self.nspawn.try_wait().map_err(Failure::file("cannot look at systemd-nspawn"))
        })?;
        if status.code() != Some(REBOOT) {
            return Err(Failure::Ended { command: "systemd-nspawn".to_owned(), status: status.to_string() });
        }
        self.nspawn = start(&self.root, &self.console)?;
        self.wait_for_boot()
    }

    /// A command as root in the container, outside every unit.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--all", "--wdns=/", "--target", &self.first.to_string(), "--", "env", "-i"]);
        command.args(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games"]);
        command.args(["LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", "SYSTEMD_PAGER=", "HOME=/root"]);
        command.args(words).stdin(Stdio::null()).process_group(0);
        command
    }

    /// Runs a command as root to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Result<Said, Failure> {
        let output = self
            .command(words)
            .output()
            .map_err(|source| Failure::Start { command: words.join(" "), source })?;
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        Ok(Said { code: output.status.code(), text })
    }

    /// Runs a command as root that must succeed; what it wrote, both outputs.
    pub(crate) fn must(&self, words: &[&str]) -> Result<String, Failure> {
        let said = self.run(words)?;
        if said.ok() {
            return Ok(said.text);
        }
        Err(Failure::Check(format!("`{}` failed ({:?}): {}", words.join(" "), said.code, said.text.trim())))
    }

    /// Runs lines of shell as root.
    pub(crate) fn shell(&self, script: &str) -> Result<Said, Failure> {
        self.run(&["sh", "-c", script])
    }

    /// A property of a unit.
    pub(crate) fn property(&self, unit: &str, name: &str) -> Result<String, Failure> {
        Ok(self.must(&["systemctl", "show", "--value", "--property", name, unit])?.trim().to_owned())
    }

    /// A file of the container, as the machine sees it.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// Writes a file in the container.
    pub(crate) fn write(&self, path: &str, text: &str) -> Result<(), Failure> {
        let path = self.path(path);
        fs::write(&path, text).map_err(Failure::file(format!("cannot write {}", path.display())))
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        // The first process of a process namespace takes all others with it.
        if let Some(first) = rustix::process::Pid::from_raw(i32::try_from(self.first).unwrap_or(0)) {
            let _ = rustix::process::kill_process(first, rustix::process::Signal::KILL);
        }
        let _ = self.nspawn.kill();
        let _ = self.nspawn.wait();
    }
}

fn start(root: &Path, console: &Path) -> Result<Child, Failure> {
    let log = File::options().create(true).append(true).open(console);
    let log = log.map_err(Failure::file("cannot make the log of the console"))?;
    let also = log.try_clone().map_err(Failure::file("cannot make the log of the console"))?;
    let mut nspawn = Command::new("systemd-nspawn");
    nspawn.env("SYSTEMD_NSPAWN_UNIFIED_HIERARCHY", "1").arg("-D").arg(root);
    nspawn.args(["--boot", "--quiet", "--register=no", "--keep-unit", "--console=pipe"]);
    nspawn.args(["--kill-signal=SIGRTMIN+3", "--private-network"]);
    nspawn.arg(format!("--capability={CAPABILITIES}"));
    nspawn.arg(format!("--system-call-filter={CALLS}"));
    // As systemd gives it to a machine: a screen locker keeps the password out of swap.
    nspawn.arg("--rlimit=RLIMIT_MEMLOCK=8388608");
    nspawn.stdin(Stdio::null()).stdout(log).stderr(also);
    let line = command::line(&nspawn);
    nspawn.spawn().map_err(|source| Failure::Start { command: line, source })
}

/// The process that is the first one of a process namespace below this one.
fn first_process() -> Option<u32> {
    let processes = fs::read_dir("/proc").ok()?.flatten();
    processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).find(|pid: &u32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let numbers = status.lines().find_map(|line| line.strip_prefix("NSpid:")).unwrap_or_default();
        let numbers: Vec<&str> = numbers.split_whitespace().collect();
        numbers.len() > 1 && numbers.last() == Some(&"1")
    })
}

/// Asks again and again until there is an answer.
pub(crate) fn wait_for<T, E: From<Failure>>(
    what: &str,
    limit: Duration,
    mut ask: impl FnMut() -> Result<Option<T>, E>,
) -> Result<T, E> {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        if started.elapsed() > limit {
            return Err(Failure::Check(format!("waited {} s for {what}", limit.as_secs())).into());
        }
        std::thread::sleep(GLANCE);
    }
}
