//! Bringing a companion back that a session has lost.

use lanh_platform::{AccountFacts, Privilege};
use lanh_policy::ProcessId;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

/// What a companion needs to find its desktop. Read from a program of the same session; the companion
/// runs as the child, so a forged value harms the child alone.
const ENVIRONMENT: &[&str] = &[
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "DBUS_SESSION_BUS_ADDRESS",
    "XDG_RUNTIME_DIR",
    "XDG_SESSION_ID",
    "XDG_SESSION_TYPE",
    "XDG_CURRENT_DESKTOP",
    "SWAYSOCK",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_MESSAGES",
    "TZ",
];

/// The first wait before a companion is started again, and the longest.
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// Who was waited for how long.
#[derive(Default)]
pub(crate) struct Revivals {
    waits: HashMap<u32, Revival>,
}

struct Revival {
    wait: Duration,
    not_before: Duration,
}

impl Revivals {
    /// Whether a companion of this account may be started at `now` (time since boot); notes that it was.
    pub(crate) fn due(&mut self, uid: u32, now: Duration) -> bool {
        let revival =
            self.waits.entry(uid).or_insert(Revival { wait: FIRST_WAIT, not_before: now + FIRST_WAIT });
        if now < revival.not_before {
            return false;
        }
        revival.wait = (revival.wait * 2).min(LONGEST_WAIT);
        revival.not_before = now + revival.wait;
        true
    }

    /// A companion of this account has come.
    pub(crate) fn came(&mut self, uid: u32) {
        self.waits.remove(&uid);
    }

    /// How long until the next look.
    pub(crate) fn first_wait() -> Duration {
        FIRST_WAIT
    }
}

/// Starts `lanh session` as the account, in the desktop of `beside`.
///
/// # Errors
/// Says why not: no desktop, no program, or what the system said.
pub(crate) fn start(
    privilege: Privilege,
    account: &AccountFacts,
    beside: ProcessId,
    socket: &std::path::Path,
) -> Result<(), String> {
    let environment: Vec<(&str, OsString)> = ENVIRONMENT
        .iter()
        .zip(lanh_platform::environment(beside, ENVIRONMENT))
        .filter_map(|(name, value)| Some((*name, value?)))
        .collect();
    if !environment.iter().any(|(name, _)| matches!(*name, "DISPLAY" | "WAYLAND_DISPLAY")) {
        return Err("the program has no desktop".to_owned());
    }
    let program = program().ok_or("the program lanh is not beside lanhd")?;
    let mut command = match privilege {
        Privilege::User(_) => tokio::process::Command::new(&program),
        Privilege::Root => {
            let mut command = tokio::process::Command::new("/usr/sbin/runuser");
            command.args(["-u", account.name.as_str(), "--"]).arg(&program);
            command
        }
    };
    command
        .arg("session")
        .env_clear()
        .envs(environment)
        .env("HOME", &account.home)
        .env("USER", &account.name)
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("LANH_SOCKET", socket)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    tokio::spawn(async move { child.wait().await });
    Ok(())
}

/// The companion's program: beside the service's own.
pub(crate) fn program() -> Option<PathBuf> {
    let beside = std::env::current_exe().ok()?.with_file_name("lanh");
    if beside.is_file() {
        return Some(beside);
    }
    let installed = PathBuf::from("/usr/bin/lanh");
    installed.is_file().then_some(installed)
}

/// The programs of Lanh beside the service's own, as far as they belong to its owner or to root: who could write
/// them could write the service.
pub(crate) fn programs() -> Vec<PathBuf> {
    use std::os::unix::fs::MetadataExt;
    let owner = |path: &std::path::Path| std::fs::metadata(path).ok().map(|metadata| metadata.uid());
    let Ok(service) = std::env::current_exe() else { return Vec::new() };
    let own = owner(&service);
    ["lanh", "lanh-app"]
        .map(|name| service.with_file_name(name))
        .into_iter()
        .filter(|path| owner(path).is_some_and(|owner| owner == 0 || Some(owner) == own))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_are_forgotten_when_one_comes() {
        let mut revivals = Revivals::default();
        let at = Duration::from_secs;
        assert!(!revivals.due(1001, at(0)));
        assert!(!revivals.due(1001, at(4)));
        assert!(revivals.due(1001, at(5)));
        assert!(!revivals.due(1001, at(14)));
        assert!(revivals.due(1001, at(15)));
        assert!(!revivals.due(1001, at(34)));
        revivals.came(1001);
        assert!(!revivals.due(1001, at(34)));
        assert!(revivals.due(1001, at(39)));
    }
}
