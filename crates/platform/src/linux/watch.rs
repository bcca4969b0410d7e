//! The watch: the process connector or the gate tells, pidfds announce the end, a scan finds the rest.

use crate::imp::connector::{Change, Connector};
use crate::imp::gate::{ExecHint, raise_descriptor_limit};
use crate::imp::{process, subordinate};
use crate::privilege::Privilege;
use crate::process::ProcessFacts;
use crate::watch::{ProcessEvent, WatchOptions, WatchSource};
use lanh_policy::ProcessId;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// How many events may wait for the service.
const EVENTS: usize = 4096;
/// How often to scan where the kernel reports processes, and where it does not.
const SELDOM: Duration = Duration::from_secs(60);
/// How many known processes a scan looks at closely where the kernel reports what they do: all of them in
/// turn, a few at a time, so that thousands cost no more than some.
const CLOSELY: usize = 8;
/// How long new processes may wait for each other: a desktop makes them in bursts.
const GATHER: Duration = Duration::from_millis(100);
const OFTEN: Duration = Duration::from_secs(1);
/// After the end of a known process, how long to wait before looking for orphans it left.
const ORPHANS: Duration = Duration::from_millis(200);
/// When to look whether a program that the gate let through runs: the kernel starts it a little later.
const SETTLING: [u64; 8] = [0, 1, 2, 4, 8, 16, 32, 64];

pub(crate) struct Watch {
    commands: mpsc::UnboundedSender<Command>,
    source: WatchSource,
    task: tokio::task::JoinHandle<()>,
}

enum Command {
    Supervise(HashSet<u32>),
    Rescan,
    Inspect(u32),
    Exited(ProcessId),
}

impl Watch {
    pub(crate) fn start(
        privilege: Privilege,
        options: WatchOptions,
        feed: Option<mpsc::Receiver<ExecHint>>,
    ) -> (Self, mpsc::Receiver<ProcessEvent>) {
        let connector = match privilege {
            Privilege::Root => Connector::open().map_err(|error| error.to_string()),
            Privilege::User(_) => Err("without root nobody reports processes".to_owned()),
        };
        Self::start_from(privilege, options, connector, feed)
    }

    fn start_from(
        privilege: Privilege,
        options: WatchOptions,
        connector: Result<Connector, String>,
        feed: Option<mpsc::Receiver<ExecHint>>,
    ) -> (Self, mpsc::Receiver<ProcessEvent>) {
        raise_descriptor_limit();
        let (events, receiver) = mpsc::channel(EVENTS);
        let (commands, inbox) = mpsc::unbounded_channel();
        let (connector, reason) = match connector {
            Ok(connector) => (Some(connector), String::new()),
            Err(reason) => (None, reason),
        };
        let source = match (&connector, &feed) {
            (Some(_), _) => WatchSource::Connector,
            (None, Some(_)) => WatchSource::Gate(reason),
            (None, None) => WatchSource::Scan(reason),
        };
        let often = matches!(source, WatchSource::Scan(_));
        let scan_every = options.scan_every.unwrap_or(if often { OFTEN } else { SELDOM });
        let mut scans = tokio::time::interval(scan_every.max(Duration::from_millis(10)));
        scans.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let watcher = Watcher {
            privilege,
            supervised: allowed(privilege, options.supervised),
            known: HashMap::new(),
            events,
            commands: commands.downgrade(),
            look_for_orphans: connector.is_none() && !often,
            connector: connector.map(Arc::new),
            scans,
            gather_at: None,
            orphans_at: None,
            seen: BTreeSet::new(),
            turn: 0,
        };
        let task = tokio::spawn(watcher.run(inbox, feed));
        (Self { commands, source, task }, receiver)
    }

    pub(crate) fn set_supervised(&self, uids: HashSet<u32>) {
        // Nobody takes it only when the service gave up its end of the events.
        let _ = self.commands.send(Command::Supervise(uids));
    }

    pub(crate) fn rescan(&self) {
        let _ = self.commands.send(Command::Rescan);
    }

    pub(crate) fn source(&self) -> WatchSource {
        self.source.clone()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn allowed(privilege: Privilege, mut uids: HashSet<u32>) -> HashSet<u32> {
    if let Privilege::User(own) = privilege {
        uids.retain(|uid| *uid == own);
    }
    uids
}

/// What must change for a process to count as running another program.
#[derive(PartialEq, Eq)]
struct Known {
    started: u64,
    exe: Option<PathBuf>,
    key: Option<(u64, u64)>,
    argv_or_comm: Vec<std::ffi::OsString>,
}

impl Known {
    fn of(facts: &ProcessFacts) -> Self {
        Self {
            started: facts.id.started,
            exe: facts.exe.clone(),
            key: facts.exe_key.map(|key| (key.dev, key.ino)),
            argv_or_comm: if facts.argv.is_empty() {
                vec![facts.comm.clone().into()]
            } else {
                facts.argv.clone()
            },
        }
    }
}

struct Watcher {
    privilege: Privilege,
    supervised: HashSet<u32>,
    known: HashMap<u32, Known>,
    events: mpsc::Sender<ProcessEvent>,
    commands: mpsc::WeakUnboundedSender<Command>,
    connector: Option<Arc<Connector>>,
    scans: tokio::time::Interval,
    /// When to take the new processes that wait; `None`: none wait.
    gather_at: Option<tokio::time::Instant>,
    orphans_at: Option<tokio::time::Instant>,
    look_for_orphans: bool,
    /// The processes of the last scan, anybody's.
    seen: BTreeSet<u32>,
    /// After which of them the next scan looks closely.
    turn: u32,
}

/// The service dropped its end of the events.
struct NobodyListens;

impl Watcher {
    async fn run(mut self, inbox: mpsc::UnboundedReceiver<Command>, feed: Option<mpsc::Receiver<ExecHint>>) {
        // It ends when nobody listens any more.
        let _ = self.serve(inbox, feed).await;
    }

    async fn serve(
        &mut self,
        mut inbox: mpsc::UnboundedReceiver<Command>,
        mut feed: Option<mpsc::Receiver<ExecHint>>,
    ) -> Result<(), NobodyListens> {
        self.listen();
        loop {
            let connector = self.connector.clone().filter(|_| !self.supervised.is_empty());
            let connector = connector.as_deref();
            tokio::select! {
                command = inbox.recv() => match command {
                    Some(command) => self.obey(command).await?,
                    None => return Ok(()),
                },
                changes = maybe(connector.map(Connector::urgent)) => self.heed(changes).await?,
                ready = maybe(connector.filter(|_| self.gather_at.is_none()).map(Connector::forks)) => {
                    self.gather_at = Some(tokio::time::Instant::now() + GATHER);
                    self.heed(ready.map(|()| Vec::new())).await?;
                }
                () = maybe(self.gather_at.map(tokio::time::sleep_until)) => self.take_forks().await?,
                hint = maybe(feed.as_mut().map(mpsc::Receiver::recv)) => match hint {
                    Some(hint) if self.connector.is_none() => self.settle(hint),
                    Some(_) => {}
                    None => {
                        feed = None;
                        if self.connector.is_none() {
                            self.scans = tokio::time::interval(OFTEN);
                        }
                    }
                },
                _ = self.scans.tick() => {
                    if self.connector.is_some() { self.look_around().await? } else { self.scan().await? }
                }
                () = maybe(self.orphans_at.map(tokio::time::sleep_until)) => {
                    self.orphans_at = None;
                    self.scan().await?;
                }
                () = self.events.closed() => return Err(NobodyListens),
            }
        }
    }

    async fn obey(&mut self, command: Command) -> Result<(), NobodyListens> {
        match command {
            Command::Supervise(uids) => {
                self.supervised = allowed(self.privilege, uids);
                self.listen();
                let known: Vec<u32> = self.known.keys().copied().collect();
                for pid in known {
                    self.inspect(pid).await?;
                }
                self.scan().await
            }
            Command::Rescan => self.scan().await,
            Command::Inspect(pid) => self.inspect(pid).await,
            Command::Exited(process) => {
                // What it started is known by it.
                self.take_forks().await?;
                if self.known.get(&process.pid).is_some_and(|known| known.started == process.started) {
                    self.forget(process.pid).await?;
                    if self.look_for_orphans && self.orphans_at.is_none() {
                        self.orphans_at = Some(tokio::time::Instant::now() + ORPHANS);
                    }
                }
                Ok(())
            }
        }
    }

    /// Hears of processes only while somebody is watched.
    fn listen(&mut self) {
        if let Some(connector) = &self.connector
            && let Err(error) = connector.listen(!self.supervised.is_empty())
        {
            self.lose_connector(&error);
        }
    }

    fn lose_connector(&mut self, error: &std::io::Error) {
        tracing::warn!(%error, "the process connector is gone; scanning every second instead");
        self.connector = None;
        self.gather_at = None;
        self.scans = tokio::time::interval(OFTEN);
    }

    async fn take_forks(&mut self) -> Result<(), NobodyListens> {
        self.gather_at = None;
        let Some(connector) = self.connector.clone() else { return Ok(()) };
        self.heed(connector.take()).await
    }

    /// Takes note of what the connector told.
    async fn heed(&mut self, changes: std::io::Result<Vec<Change>>) -> Result<(), NobodyListens> {
        match changes {
            Ok(changes) => {
                for change in changes {
                    self.note(change).await?;
                }
                Ok(())
            }
            Err(error) if error.kind() == std::io::ErrorKind::OutOfMemory => self.scan().await,
            Err(error) => {
                self.lose_connector(&error);
                Ok(())
            }
        }
    }

    async fn note(&mut self, change: Change) -> Result<(), NobodyListens> {
        match change {
            Change::Forked { parent, child } if self.known.contains_key(&parent) => self.inspect(child).await,
            Change::Forked { .. } => Ok(()),
            Change::Execed(pid) | Change::Uid(pid) => self.inspect(pid).await,
        }
    }

    /// Looks again and again until the program that the gate let through runs.
    fn settle(&self, hint: ExecHint) {
        let commands = self.commands.clone();
        tokio::spawn(async move {
            for wait in SETTLING {
                tokio::time::sleep(Duration::from_millis(wait)).await;
                let running = process::exe_key(hint.pid);
                if running.is_none_or(|key| (key.dev, key.ino) == (hint.file.dev, hint.file.ino)) {
                    break;
                }
            }
            if let Some(commands) = commands.upgrade() {
                let _ = commands.send(Command::Inspect(hint.pid));
            }
        });
    }

    /// Looks at every process, at new and changed ones closely.
    async fn scan(&mut self) -> Result<(), NobodyListens> {
        subordinate::refresh();
        self.seen = process::pids().into_iter().collect();
        self.forget_gone().await?;
        for pid in self.seen.clone() {
            self.inspect(pid).await?;
        }
        Ok(())
    }

    /// The safety net beside the connector: looks at what is new since the last scan, and at a few of the rest
    /// in turn.
    async fn look_around(&mut self) -> Result<(), NobodyListens> {
        if self.supervised.is_empty() {
            return Ok(());
        }
        subordinate::refresh();
        let present: BTreeSet<u32> = process::pids().into_iter().collect();
        // What the connector told of has been looked at.
        let is_new = |pid: &&u32| !self.known.contains_key(pid);
        let mut closely: BTreeSet<u32> = present.difference(&self.seen).filter(is_new).copied().collect();
        let in_turn = present.range(self.turn.saturating_add(1)..).take(CLOSELY).copied();
        self.turn = 0;
        for pid in in_turn {
            self.turn = pid;
            closely.insert(pid);
        }
        self.seen = present;
        self.forget_gone().await?;
        for pid in closely {
            self.inspect(pid).await?;
        }
        Ok(())
    }

    async fn forget_gone(&mut self) -> Result<(), NobodyListens> {
        let gone: Vec<u32> = self.known.keys().copied().filter(|pid| !self.seen.contains(pid)).collect();
        for pid in gone {
            self.forget(pid).await?;
        }
        Ok(())
    }

    /// Compares one process with what is known of it.
    async fn inspect(&mut self, pid: u32) -> Result<(), NobodyListens> {
        if pid == std::process::id() {
            return Ok(());
        }
        // Whose it is costs one look; most processes are nobody's here.
        let owner = process::owner(pid).filter(|uid| self.supervised.contains(uid));
        let facts = owner.and_then(|_| process::facts(pid));
        let Some(facts) = facts.filter(|facts| self.supervised.contains(&facts.uid)) else {
            return self.forget(pid).await;
        };
        let now = Known::of(&facts);
        match self.known.get(&pid) {
            Some(known) if *known == now => return Ok(()),
            Some(known) if known.started == now.started => {
                self.known.insert(pid, now);
                return self.tell(ProcessEvent::Execed(facts)).await;
            }
            Some(_) => self.forget(pid).await?,
            None => {}
        }
        self.known.insert(pid, now);
        self.await_end(facts.id);
        self.tell(ProcessEvent::Appeared(facts)).await
    }

    fn await_end(&self, process: ProcessId) {
        let commands = self.commands.clone();
        let pid = i32::try_from(process.pid).ok().and_then(Pid::from_raw);
        let pidfd = pid.and_then(|pid| pidfd_open(pid, PidfdFlags::NONBLOCK).ok());
        tokio::spawn(async move {
            // Without a descriptor the process is gone already, or the scan will notice.
            if let Some(pidfd) = pidfd
                && process::alive(process)
                && let Ok(pidfd) = crate::imp::readable(pidfd)
            {
                let _ = pidfd.readable().await;
            } else if process::alive(process) {
                return;
            }
            if let Some(commands) = commands.upgrade() {
                let _ = commands.send(Command::Exited(process));
            }
        });
    }

    async fn forget(&mut self, pid: u32) -> Result<(), NobodyListens> {
        match self.known.remove(&pid) {
            Some(known) => self.tell(ProcessEvent::Exited(ProcessId { pid, started: known.started })).await,
            None => Ok(()),
        }
    }

    async fn tell(&self, event: ProcessEvent) -> Result<(), NobodyListens> {
        self.events.send(event).await.map_err(|_| NobodyListens)
    }
}

/// Waits for `future` if there is one, and else for ever.
async fn maybe<F: Future>(future: Option<F>) -> F::Output {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    /// What the gate would say: a hint comes before the program runs.
    #[tokio::test]
    async fn hints_of_the_gate_are_settled_and_orphans_are_found() {
        let uid = crate::imp::effective_uid();
        let folder = tempfile::tempdir().unwrap();
        let toy = folder.path().join("toy");
        std::fs::copy("/bin/sleep", &toy).unwrap();
        let file = process::path_key(&toy).unwrap();
        let (hints, feed) = mpsc::channel(8);
        let options =
            WatchOptions { supervised: HashSet::from([uid]), scan_every: Some(Duration::from_secs(3600)) };
        let (watch, mut events) =
            Watch::start_from(Privilege::current(), options, Err("a test".to_owned()), Some(feed));
        assert_eq!(watch.source(), WatchSource::Gate("a test".to_owned()));

        // The shell becomes the toy some milliseconds after the hint; its orphan execs nothing.
        let script = format!("(read line </dev/zero) & read line; exec {} 1000", toy.display());
        let mut shell = Command::new("/bin/sh").args(["-c", &script]).stdin(Stdio::piped()).spawn().unwrap();
        let pid = shell.id();
        hints.send(ExecHint { pid, file }).await.unwrap();
        drop(shell.stdin.take());
        let runs_toy =
            |facts: &ProcessFacts| facts.id.pid == pid && facts.exe.as_deref() == Some(toy.as_path());
        let search = async {
            let mut orphan = None;
            let mut killed = false;
            loop {
                match events.recv().await.unwrap() {
                    ProcessEvent::Appeared(facts) | ProcessEvent::Execed(facts) if runs_toy(&facts) => {
                        shell.kill().unwrap();
                        killed = true;
                    }
                    ProcessEvent::Appeared(facts)
                        if facts.argv.iter().any(|word| word == script.as_str()) =>
                    {
                        orphan = (facts.id.pid != pid).then_some(facts.id).or(orphan);
                    }
                    _ => {}
                }
                if let (true, Some(orphan)) = (killed, orphan) {
                    return orphan;
                }
            }
        };
        let orphan = tokio::time::timeout(Duration::from_secs(20), search).await.unwrap();
        shell.wait().unwrap();
        assert!(crate::imp::hold::kill_now(orphan, &[uid]).unwrap());
    }

    fn deaf_watcher(
        uid: u32,
    ) -> (Watcher, mpsc::Receiver<ProcessEvent>, mpsc::UnboundedReceiver<super::Command>) {
        let (events, told) = mpsc::channel(EVENTS);
        let (commands, inbox) = mpsc::unbounded_channel();
        let watcher = Watcher {
            privilege: Privilege::current(),
            supervised: HashSet::from([uid]),
            known: HashMap::new(),
            events,
            commands: commands.downgrade(),
            connector: None,
            scans: tokio::time::interval(OFTEN),
            gather_at: None,
            orphans_at: None,
            look_for_orphans: false,
            seen: BTreeSet::new(),
            turn: 0,
        };
        (watcher, told, inbox)
    }

    /// The safety net alone: whatever the kernel should have told was lost.
    #[tokio::test]
    async fn looking_around_finds_the_new_the_changed_and_the_gone() {
        use std::os::unix::process::CommandExt;
        let uid = match Privilege::current() {
            Privilege::Root => 64_107,
            Privilege::User(own) => own,
        };
        let (mut watcher, mut told, _inbox) = deaf_watcher(uid);
        watcher.look_around().await.ok().unwrap();
        let mut shells: Vec<_> = (0..3 * CLOSELY)
            .map(|_| {
                let mut shell = Command::new("/bin/sh");
                shell.args(["-c", "read line; exec sleep 1000"]).stdin(Stdio::piped()).uid(uid);
                shell.spawn().unwrap()
            })
            .collect();
        watcher.look_around().await.ok().unwrap();
        let mut told_of = |pid: u32| {
            let mut found = Vec::new();
            while let Ok(event) = told.try_recv() {
                match event {
                    ProcessEvent::Appeared(facts) if facts.id.pid == pid => found.push("appeared"),
                    ProcessEvent::Execed(facts) if facts.id.pid == pid => found.push("execed"),
                    ProcessEvent::Exited(id) if id.pid == pid => found.push("exited"),
                    _ => {}
                }
            }
            found
        };
        let last = shells.last_mut().unwrap();
        let pid = last.id();
        assert_eq!(told_of(pid), ["appeared"], "the new ones are looked at in one go");

        drop(last.stdin.take());
        while process::facts(pid).unwrap().comm != "sleep" {
            tokio::task::yield_now().await;
        }
        // Everybody's turn comes, and only once in a round.
        let rounds = process::pids().len() / CLOSELY + 2;
        let mut found = Vec::new();
        for _ in 0..rounds {
            watcher.look_around().await.ok().unwrap();
            found.extend(told_of(pid));
        }
        assert_eq!(found, ["execed"]);

        for shell in &mut shells {
            shell.kill().unwrap();
            shell.wait().unwrap();
        }
        watcher.look_around().await.ok().unwrap();
        assert_eq!(told_of(pid), ["exited"]);
    }
}
