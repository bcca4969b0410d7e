//! The watch: the process connector or the gate tells, pidfds announce the end, a scan finds the rest.

use crate::imp::connector::{Change, Connector};
use crate::imp::gate::{ExecHint, raise_descriptor_limit};
use crate::imp::{process, subordinate};
use crate::privilege::Privilege;
use crate::process::ProcessFacts;
use crate::watch::{ProcessEvent, WatchOptions, WatchSource};
use lanh_policy::ProcessId;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::mpsc;

/// How many events may wait for the service.
const EVENTS: usize = 4096;
/// How often to scan where the kernel reports processes, and where it does not.
const SELDOM: Duration = Duration::from_secs(60);
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
        let watcher = Watcher {
            privilege,
            supervised: allowed(privilege, options.supervised),
            known: HashMap::new(),
            events,
            commands: commands.downgrade(),
            orphans_at: None,
            look_for_orphans: connector.is_none() && !often,
        };
        let task = tokio::spawn(watcher.run(inbox, connector, feed, scan_every));
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
    orphans_at: Option<tokio::time::Instant>,
    look_for_orphans: bool,
}

/// The service dropped its end of the events.
struct NobodyListens;

impl Watcher {
    async fn run(
        mut self,
        inbox: mpsc::UnboundedReceiver<Command>,
        connector: Option<Connector>,
        feed: Option<mpsc::Receiver<ExecHint>>,
        scan_every: Duration,
    ) {
        // It ends when nobody listens any more.
        let _ = self.serve(inbox, connector, feed, scan_every).await;
    }

    async fn serve(
        &mut self,
        mut inbox: mpsc::UnboundedReceiver<Command>,
        mut connector: Option<Connector>,
        mut feed: Option<mpsc::Receiver<ExecHint>>,
        scan_every: Duration,
    ) -> Result<(), NobodyListens> {
        let mut scans = tokio::time::interval(scan_every.max(Duration::from_millis(10)));
        scans.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let orphans_at = self.orphans_at;
            tokio::select! {
                command = inbox.recv() => match command {
                    Some(command) => self.obey(command).await?,
                    None => return Ok(()),
                },
                changes = maybe(connector.as_ref().map(Connector::next)) => match changes {
                    Ok(changes) => {
                        for change in changes {
                            self.note(change).await?;
                        }
                    }
                    Err(error) if error.kind() == std::io::ErrorKind::OutOfMemory => self.scan().await?,
                    Err(error) => {
                        tracing::warn!(%error, "the process connector is gone; scanning every second instead");
                        connector = None;
                        scans = tokio::time::interval(OFTEN);
                    }
                },
                hint = maybe(feed.as_mut().map(mpsc::Receiver::recv)) => match hint {
                    Some(hint) if connector.is_none() => self.settle(hint),
                    Some(_) => {}
                    None => {
                        feed = None;
                        if connector.is_none() {
                            scans = tokio::time::interval(OFTEN);
                        }
                    }
                },
                _ = scans.tick() => self.scan().await?,
                () = maybe(orphans_at.map(tokio::time::sleep_until)) => {
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
                let known: Vec<u32> = self.known.keys().copied().collect();
                for pid in known {
                    self.inspect(pid).await?;
                }
                self.scan().await
            }
            Command::Rescan => self.scan().await,
            Command::Inspect(pid) => self.inspect(pid).await,
            Command::Exited(process) => {
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
        let pids = process::pids();
        let present: HashSet<u32> = pids.iter().copied().collect();
        let gone: Vec<u32> = self.known.keys().copied().filter(|pid| !present.contains(pid)).collect();
        for pid in gone {
            self.forget(pid).await?;
        }
        for pid in pids {
            if self.known.contains_key(&pid)
                || process::owner(pid).is_some_and(|uid| self.supervised.contains(&uid))
            {
                self.inspect(pid).await?;
            }
        }
        Ok(())
    }

    /// Compares one process with what is known of it.
    async fn inspect(&mut self, pid: u32) -> Result<(), NobodyListens> {
        if pid == std::process::id() {
            return Ok(());
        }
        let Some(facts) = process::facts(pid).filter(|facts| self.supervised.contains(&facts.uid)) else {
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
}
