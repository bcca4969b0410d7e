//! The people and desktops of the checks.

use super::checks::Trouble;
use super::container::{Container, PATIENCE, Said, wait_for};
use crate::failure::Failure;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

/// Where the packages are in the container.
pub(crate) const PACKAGE: &str = "/srv/lanh.deb";
pub(crate) const NEWER: &str = "/srv/lanh-newer.deb";

/// The guardian's PIN.
const PIN: &str = "739155";
const PIN_FILE: &str = "/srv/pin";

/// Both accounts of the child, and one that is bound to nobody. High numbers: nobody else on the machine has
/// them, and a service outside that looks at all processes does not take these for its own children's.
pub(crate) const KID: Person = Person { name: "kid", uid: "58231", display: ":71" };
pub(crate) const KID_TOO: Person = Person { name: "kidtoo", uid: "58232", display: ":72" };
pub(crate) const LODGER: Person = Person { name: "lodger", uid: "58233", display: ":73" };

/// Somebody with an account; the password is the name.
#[derive(Clone, Copy)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) uid: &'static str,
    /// The X display of this person's desktop.
    pub(crate) display: &'static str,
}

impl Person {
    pub(crate) fn home(self) -> String {
        format!("/home/{}", self.name)
    }
}

/// A desktop session: what a display manager starts, and then what its user types.
const SESSION: &str = r#"#!/bin/sh
Xvfb "$DISPLAY" -screen 0 1024x768x24 -nolisten tcp &
while ! [ -S "/tmp/.X11-unix/X${DISPLAY#:}" ]; do sleep 0.05; done
dbus-update-activation-environment --systemd --all
openbox &
# Openbox may sleep on an event that it has read already, here a window that wants to be shown: wake it.
(while sleep 1; do openbox --reconfigure; done) &
systemctl --user start test-desktop.target
rm -f "$HOME/orders$DISPLAY"
mkfifo -m 600 "$HOME/orders$DISPLAY"
exec 3<>"$HOME/orders$DISPLAY"
while read -r order <&3; do sh -c "$(cat "$order")" 3<&- & done
"#;
const SESSION_PROGRAM: &str = "/usr/local/bin/test-desktop";

/// What a desktop that is managed by systemd brings: autostart by systemd's own generator.
const DESKTOP_TARGET: &str = "[Unit]\n\
    BindsTo=graphical-session.target\n\
    Wants=xdg-desktop-autostart.target\n\
    Before=xdg-desktop-autostart.target\n";

/// The container, and what was done in it.
pub(crate) struct Stage {
    pub(crate) container: Container,
    orders: u32,
}

impl Stage {
    pub(crate) fn new(container: Container) -> Self {
        Self { container, orders: 0 }
    }

    /// Makes the accounts and what their desktops are made of.
    pub(crate) fn people(&self) -> Result<(), Failure> {
        for person in [KID, KID_TOO, LODGER] {
            self.container.must(&[
                "useradd",
                "--create-home",
                "--shell",
                "/bin/bash",
                "--uid",
                person.uid,
                person.name,
            ])?;
            self.container.must(&["sh", "-c", &format!("echo {0}:{0} | chpasswd", person.name)])?;
        }
        self.container.write(SESSION_PROGRAM, SESSION)?;
        self.container.must(&["chmod", "0755", SESSION_PROGRAM])?;
        self.container.write("/etc/systemd/user/test-desktop.target", DESKTOP_TARGET)?;
        self.container.write(PIN_FILE, &format!("{PIN}\n"))?;
        self.container.must(&["chmod", "0600", PIN_FILE])?;
        Ok(())
    }

    /// Logs somebody in at the screen, through PAM, as a display manager does.
    pub(crate) fn log_in(&self, person: Person) -> Result<(), Failure> {
        let unit = format!("desktop-{}", person.name);
        self.container.run(&["systemctl", "reset-failed", &unit])?;
        let orders = self.orders_of(person);
        // Of an earlier session, where nobody reads any more.
        let _ = fs::remove_file(self.container.path(&orders));
        let setting = |name: &str, value: &str| format!("--setenv={name}={value}");
        self.container.must(&[
            "systemd-run",
            "--quiet",
            "--collect",
            &format!("--unit={unit}"),
            &format!("--property=User={}", person.name),
            "--property=PAMName=login",
            &setting("XDG_SESSION_TYPE", "x11"),
            &setting("XDG_SESSION_CLASS", "user"),
            &setting("XDG_SEAT", "seat0"),
            &setting("LANG", "C.UTF-8"),
            &setting("DISPLAY", person.display),
            SESSION_PROGRAM,
        ])?;
        wait_for(&format!("the desktop of {}", person.name), PATIENCE, || {
            Ok(self.container.path(&orders).exists().then_some(()))
        })
    }

    /// Switches the screen to somebody's session, as a display manager does when another one ends.
    pub(crate) fn bring_to_front(&self, person: Person) -> Result<(), Failure> {
        let id = self.session(person, "Id")?.unwrap_or_default();
        self.container.must(&["loginctl", "activate", &id])?;
        Ok(())
    }

    /// Ends every session and process of somebody.
    pub(crate) fn log_out(&self, person: Person) -> Result<(), Failure> {
        self.container.run(&["loginctl", "terminate-user", person.name])?;
        let _ = fs::remove_file(self.container.path(&self.orders_of(person)));
        wait_for(&format!("{} to be gone", person.name), PATIENCE, || {
            Ok((!self.container.run(&["pgrep", "-u", person.uid])?.ok()).then_some(()))
        })
    }

    fn orders_of(&self, person: Person) -> String {
        format!("{}/orders{}", person.home(), person.display)
    }

    /// Has somebody start lines of shell in their desktop session, and returns where the outcome will be.
    pub(crate) fn start(&mut self, person: Person, script: &str) -> Result<Order, Failure> {
        self.orders += 1;
        let order = Order { base: format!("{}/order-{}", person.home(), self.orders) };
        let wrapped = format!("( {script}\n) > {0}.out 2>&1 < /dev/null\necho $? > {0}.code\n", order.base);
        self.container.write(&order.base, &wrapped)?;
        self.container.must(&["chmod", "0644", &order.base])?;
        let pipe = self.container.path(&self.orders_of(person));
        // The session holds the pipe open: this does not block while there is one.
        let mut pipe = fs::OpenOptions::new()
            .write(true)
            .open(&pipe)
            .map_err(Failure::file(format!("there is no desktop of {}", person.name)))?;
        writeln!(pipe, "{}", order.base).map_err(Failure::file("cannot type into the desktop"))?;
        Ok(order)
    }

    /// How an order ended; `None`: not yet.
    pub(crate) fn outcome(&self, order: &Order) -> Option<Said> {
        let code = fs::read_to_string(self.container.path(&format!("{}.code", order.base))).ok()?;
        let code = code.strip_suffix('\n')?.parse().ok();
        let text =
            fs::read_to_string(self.container.path(&format!("{}.out", order.base))).unwrap_or_default();
        Some(Said { code, text })
    }

    /// Has somebody run lines of shell in their desktop session to the end.
    pub(crate) fn run_as(&mut self, person: Person, script: &str) -> Result<Said, Failure> {
        let order = self.start(person, script)?;
        wait_for(script, PATIENCE, || Ok(self.outcome(&order)))
    }

    /// Runs `lanh` as root; its JSON.
    pub(crate) fn lanh(&self, words: &[&str]) -> Result<Value, Failure> {
        let all = [&["lanh", "--json", "--yes", "--secret-file", PIN_FILE], words].concat();
        let output = self
            .container
            .command(&all)
            .output()
            .map_err(|source| Failure::Start { command: "lanh".to_owned(), source })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Failure::Check(format!("lanh {}: {}", words.join(" "), said.trim())));
        }
        Ok(serde_json::from_slice(&output.stdout).unwrap_or(Value::Null))
    }

    /// The standing of the only child.
    pub(crate) fn standing(&self) -> Result<Value, Failure> {
        Ok(self.lanh(&["status"])?.pointer("/children/0").cloned().unwrap_or(Value::Null))
    }

    /// What the standing says of a running program; `None`: it does not run.
    fn running(&self, name: &str) -> Result<Option<Value>, Failure> {
        let standing = self.standing()?;
        let running = standing.get("running").and_then(Value::as_array).cloned().unwrap_or_default();
        Ok(running.into_iter().find(|running| {
            running.pointer("/app/id").and_then(Value::as_str).is_some_and(|id| id.contains(name))
        }))
    }

    /// The verdict over a running program: allowed, warned, held or denied; `None`: it does not run.
    pub(crate) fn verdict(&self, name: &str) -> Result<Option<String>, Failure> {
        let found = self.running(name)?;
        let verdict = found.as_ref().and_then(|found| found.pointer("/verdict/verdict"));
        Ok(verdict.and_then(Value::as_str).map(str::to_owned))
    }

    /// Whether a program is being counted.
    pub(crate) fn counts(&self, name: &str) -> Result<bool, Failure> {
        Ok(self.running(name)?.and_then(|found| found.get("in_use")?.as_bool()).unwrap_or(false))
    }

    /// Seconds that the child has used a program, charged to a limit or granted.
    pub(crate) fn used(&self, name: &str) -> Result<u64, Failure> {
        let usage = self.lanh(&["usage", "An"])?;
        let sums = usage.get("sums").and_then(Value::as_array).cloned().unwrap_or_default();
        let of_app = sums.iter().filter(|sum| {
            sum.pointer("/target/app").and_then(Value::as_str).is_some_and(|id| id.contains(name))
        });
        Ok(of_app.filter_map(|sum| sum.get("used").and_then(Value::as_u64)).sum())
    }

    /// Waits until the verdict over a running program is this one; how long that took.
    pub(crate) fn wait_verdict(
        &self,
        name: &str,
        wanted: &str,
        limit: Duration,
    ) -> Result<Duration, Failure> {
        let started = Instant::now();
        wait_for(&format!("{name} to be {wanted}"), limit, || {
            Ok((self.verdict(name)?.as_deref() == Some(wanted)).then_some(()))
        })?;
        Ok(started.elapsed())
    }

    /// The process of somebody that runs this program.
    pub(crate) fn pid(&self, person: Person, program: &str) -> Result<Option<String>, Failure> {
        let said = self.container.run(&["pgrep", "-u", person.uid, "-x", program])?;
        Ok(said.text.lines().next().filter(|_| said.ok()).map(str::to_owned))
    }

    /// Whether a process stands still in a control group of Lanh.
    pub(crate) fn frozen(&self, pid: &str) -> Result<bool, Failure> {
        let group = self.container.must(&["cat", &format!("/proc/{pid}/cgroup")])?;
        let path = group.lines().find_map(|line| line.strip_prefix("0::"));
        let Some(path) = path.filter(|path| path.starts_with("/lanh/")) else { return Ok(false) };
        let events = self.container.must(&["cat", &format!("/sys/fs/cgroup{path}/cgroup.events")])?;
        Ok(events.lines().any(|line| line == "frozen 1"))
    }

    /// Processor time that a process has used, in clock ticks.
    pub(crate) fn ticks(&self, pid: &str) -> Result<u64, Failure> {
        let stat = self.container.must(&["cat", &format!("/proc/{pid}/stat")])?;
        let fields: Vec<&str> =
            stat.rsplit_once(") ").map(|(_, rest)| rest.split(' ').collect()).unwrap_or_default();
        let field = |index: usize| fields.get(index).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        Ok(field(11) + field(12))
    }

    /// When the service last said that it is ready, in microseconds since 1970; 0: never.
    pub(crate) fn ready_at(&self) -> Result<u64, Failure> {
        let lines =
            self.container.run(&["journalctl", "--boot", "--unit=lanhd", "--output=json", "--no-pager"])?;
        let moments = lines.text.lines().filter_map(|line| {
            let entry: Value = serde_json::from_str(line).ok()?;
            entry.get("MESSAGE")?.as_str()?.contains("lanhd is ready").then_some(())?;
            entry.get("__REALTIME_TIMESTAMP")?.as_str()?.parse().ok()
        });
        Ok(moments.max().unwrap_or(0))
    }

    /// What helps to understand a failure.
    pub(crate) fn evidence(&self) -> String {
        let script = "journalctl --boot --no-pager --unit=lanhd --lines=60; loginctl; \
                      ps -eo pid,user:12,stat,cgroup:60,args; lanh status";
        self.container.shell(script).map_or_else(|error| error.to_string(), |said| said.text)
    }

    /// The state of a property of somebody's session at the screen; `None`: there is no such session.
    pub(crate) fn session(&self, person: Person, property: &str) -> Result<Option<String>, Failure> {
        let sessions = self.container.must(&["loginctl", "list-sessions", "--no-legend"])?;
        let found = sessions.lines().find_map(|line| {
            let mut words = line.split_whitespace();
            let (id, uid) = (words.next()?, words.next()?);
            (uid == person.uid && words.any(|word| word == "seat0")).then(|| id.to_owned())
        });
        let Some(id) = found else { return Ok(None) };
        let said =
            self.container.run(&["loginctl", "show-session", "--value", "--property", property, &id])?;
        Ok(said.ok().then(|| said.text.trim().to_owned()))
    }
}

/// Something that was typed into a desktop.
pub(crate) struct Order {
    base: String,
}

/// For the end of a line.
pub(crate) fn aside(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}

/// A check that does not hold.
pub(crate) fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Trouble> {
    if holds { Ok(()) } else { Err(Trouble(otherwise())) }
}
