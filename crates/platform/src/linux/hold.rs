//! Holding by control groups, and by signals where there are none.

use crate::hold::{Closed, Held, HoldError, HoldMechanism, HoldName, Recovered};
use crate::imp::cgroup::{Base, Group};
use crate::imp::process;
use crate::privilege::Privilege;
use lanh_policy::ProcessId;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// The folder of holds in the hierarchy of control groups.
const FOLDER: &str = "lanh";
/// The journal of holds by signals, in the state folder.
const JOURNAL: &str = "holds";
/// How long a freeze may take, and how long killed processes may take to be gone.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often the guard looks whether somebody continued a stopped process.
const GUARD: Duration = Duration::from_millis(200);
/// How often the tree is searched for processes that were forked meanwhile.
const PASSES: usize = 50;

#[derive(Clone)]
pub(crate) struct Holder(Arc<Shared>);

struct Shared {
    means: Means,
    /// One change at a time.
    changes: Mutex<()>,
}

enum Means {
    Groups(Base),
    Signals { reason: String, stopped: Arc<Stopped> },
}

/// What is held by signals.
struct Stopped {
    journal: PathBuf,
    holds: Mutex<BTreeMap<HoldName, SignalHold>>,
}

#[derive(Default)]
struct SignalHold {
    members: BTreeSet<ProcessId>,
    owners: BTreeSet<u32>,
    frozen: bool,
}

impl Holder {
    pub(crate) fn open(privilege: Privilege, state_dir: &Path) -> Result<Self, HoldError> {
        let base = match privilege {
            Privilege::Root => Base::open(FOLDER).map_err(|error| error.to_string()),
            Privilege::User(_) => Err("control groups need root".to_owned()),
        };
        match base {
            Ok(base) => Ok(Self::by_groups(base)),
            Err(reason) => Self::by_signals(state_dir, reason),
        }
    }

    fn by_groups(base: Base) -> Self {
        Self(Arc::new(Shared { means: Means::Groups(base), changes: Mutex::new(()) }))
    }

    fn by_signals(state_dir: &Path, reason: String) -> Result<Self, HoldError> {
        let stopped = Stopped { journal: state_dir.join(JOURNAL), holds: Mutex::default() };
        *lock(&stopped.holds) = stopped.read_journal()?;
        let stopped = Arc::new(stopped);
        guard(Arc::downgrade(&stopped))?;
        let means = Means::Signals { reason, stopped };
        Ok(Self(Arc::new(Shared { means, changes: Mutex::new(()) })))
    }

    pub(crate) fn mechanism(&self) -> HoldMechanism {
        match &self.0.means {
            Means::Groups(_) => HoldMechanism::Cgroup,
            Means::Signals { reason, .. } => HoldMechanism::Signals(reason.clone()),
        }
    }

    pub(crate) async fn hold(
        &self,
        name: &HoldName,
        processes: &[ProcessId],
        owners: &[u32],
    ) -> Result<Held, HoldError> {
        let (name, processes, owners) = (name.clone(), processes.to_vec(), owners.to_vec());
        self.blocking(move |shared| match &shared.means {
            Means::Groups(base) => hold_group(&base.group(&name), &name, &processes, &owners),
            Means::Signals { stopped, .. } => stopped.hold(&name, &processes, &owners),
        })
        .await
    }

    pub(crate) async fn thaw(&self, name: &HoldName) -> Result<(), HoldError> {
        let name = name.clone();
        self.blocking(move |shared| match &shared.means {
            Means::Groups(base) => thaw_group(&base.group(&name), &name),
            Means::Signals { stopped, .. } => stopped.thaw(&name),
        })
        .await
    }

    pub(crate) async fn release(&self, name: &HoldName) -> Result<(), HoldError> {
        let name = name.clone();
        self.blocking(move |shared| match &shared.means {
            Means::Groups(base) => {
                let group = base.group(&name);
                thaw_group(&group, &name)?;
                group.send_home().map_err(system(|| format!("move the processes of {name} back")))?;
                group.remove().map_err(system(|| format!("remove the control group of {name}")))
            }
            Means::Signals { stopped, .. } => {
                stopped.thaw(&name)?;
                stopped.forget(&name)
            }
        })
        .await
    }

    pub(crate) fn members(&self, name: &HoldName) -> Vec<ProcessId> {
        match &self.0.means {
            Means::Groups(base) => identities(&base.group(name).members()),
            Means::Signals { stopped, .. } => {
                let holds = lock(&stopped.holds);
                holds.get(name).map(|hold| hold.alive().collect()).unwrap_or_default()
            }
        }
    }

    pub(crate) fn recover(&self) -> Result<Vec<Recovered>, HoldError> {
        match &self.0.means {
            Means::Groups(base) => {
                let names =
                    base.names().map_err(system(|| "list the control groups of earlier holds".to_owned()))?;
                let mut found = Vec::new();
                for name in names {
                    let group = base.group(&name);
                    let processes = identities(&group.members());
                    if processes.is_empty() && group.remove().is_ok() {
                        continue;
                    }
                    found.push(Recovered { frozen: group.is_frozen(), name, processes });
                }
                Ok(found)
            }
            Means::Signals { stopped, .. } => Ok(stopped.recover()),
        }
    }

    pub(crate) fn leave(&self) -> Result<(), HoldError> {
        match &self.0.means {
            Means::Groups(base) => {
                base.remove().map_err(system(|| "remove the control group of all holds".to_owned()))
            }
            Means::Signals { .. } => Ok(()),
        }
    }

    pub(crate) async fn close(
        &self,
        name: &HoldName,
        processes: &[ProcessId],
        owners: &[u32],
        grace: Duration,
    ) -> Result<Closed, HoldError> {
        let (name, processes, owners) = (name.clone(), processes.to_vec(), owners.to_vec());
        // Not under the lock: a long grace must not delay a hold of another app.
        self.unlocked(move |shared| match &shared.means {
            Means::Groups(base) => close_group(&base.group(&name), &name, &processes, &owners, grace),
            Means::Signals { stopped, .. } => stopped.close(&name, &processes, &owners, grace),
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        action: impl FnOnce(&Shared) -> Result<T, HoldError> + Send + 'static,
    ) -> Result<T, HoldError> {
        self.unlocked(move |shared| {
            let _one = lock(&shared.changes);
            action(shared)
        })
        .await
    }

    async fn unlocked<T: Send + 'static>(
        &self,
        action: impl FnOnce(&Shared) -> Result<T, HoldError> + Send + 'static,
    ) -> Result<T, HoldError> {
        let shared = Arc::clone(&self.0);
        match tokio::task::spawn_blocking(move || action(&shared)).await {
            Ok(result) => result,
            Err(error) => Err(HoldError::System {
                action: "finish the change of a hold".to_owned(),
                source: std::io::Error::other(error),
            }),
        }
    }
}

fn hold_group(
    group: &Group,
    name: &HoldName,
    processes: &[ProcessId],
    owners: &[u32],
) -> Result<Held, HoldError> {
    group.make().map_err(system(|| format!("make the control group of {name}")))?;
    // Frozen first: what is moved in stands still at once and forks no more.
    group.freeze(true).map_err(system(|| format!("freeze {name}")))?;
    let left_alone = gather(group, name, processes, owners)?;
    let members = group.members();
    if members.is_empty() {
        group.remove().map_err(system(|| format!("remove the control group of {name}")))?;
        return Err(HoldError::Nothing);
    }
    let frozen =
        group.wait("frozen 1", PATIENCE).map_err(system(|| format!("wait until {name} is frozen")))?;
    if !frozen {
        return Err(HoldError::Slow { name: name.clone(), waited: PATIENCE });
    }
    Ok(Held { processes: identities(&members), left_alone })
}

/// Moves the processes and all their descendants into the group, until none is left outside.
fn gather(
    group: &Group,
    name: &HoldName,
    processes: &[ProcessId],
    owners: &[u32],
) -> Result<Vec<(ProcessId, String)>, HoldError> {
    let mut left_alone = BTreeMap::new();
    for _ in 0..PASSES {
        let inside: BTreeSet<u32> = group.members().into_iter().collect();
        let mut roots = processes.to_vec();
        roots.extend(identities(&inside.iter().copied().collect::<Vec<_>>()));
        let mut moved = false;
        for process in tree(&roots) {
            if inside.contains(&process.pid) || left_alone.contains_key(&process) {
                continue;
            }
            match pidfd(process, owners) {
                // It is alive and the descriptor pins its number, so the number still means it.
                Ok(_pinned) => {
                    if let Some(origin) = process::cgroup(process.pid) {
                        group.set_origin(&origin);
                    }
                    match group.add(process.pid) {
                        Ok(()) => moved = true,
                        Err(error) if error.raw_os_error() == Some(libc::ESRCH) => {}
                        Err(source) => {
                            return Err(HoldError::System {
                                action: format!("move process {} into the hold {name}", process.pid),
                                source,
                            });
                        }
                    }
                }
                Err(reason) => {
                    left_alone.insert(process, reason);
                }
            }
        }
        if !moved {
            break;
        }
    }
    Ok(left_alone.into_iter().collect())
}

fn thaw_group(group: &Group, name: &HoldName) -> Result<(), HoldError> {
    if !group.exists() {
        return Err(HoldError::Unknown(name.clone()));
    }
    group.freeze(false).map_err(system(|| format!("thaw {name}")))
}

fn close_group(
    group: &Group,
    name: &HoldName,
    processes: &[ProcessId],
    owners: &[u32],
    grace: Duration,
) -> Result<Closed, HoldError> {
    group.make().map_err(system(|| format!("make the control group of {name}")))?;
    // In one group from the start, so that what is forked during the grace is in it too.
    group.freeze(grace.is_zero()).map_err(system(|| format!("thaw {name}")))?;
    let left_alone = gather(group, name, processes, owners)?;
    let asked = identities(&group.members());
    if !grace.is_zero() && !asked.is_empty() {
        for process in &asked {
            if let Ok(pidfd) = pidfd(*process, owners) {
                // It may be gone since; then it has done as asked.
                let _ = pidfd_send_signal(&pidfd, Signal::TERM);
                let _ = pidfd_send_signal(&pidfd, Signal::CONT);
            }
        }
        group.wait("populated 0", grace).map_err(system(|| format!("wait until {name} has ended")))?;
    }
    let killed = identities(&group.members());
    if !killed.is_empty() {
        group.kill().map_err(system(|| format!("kill {name}")))?;
        group.wait("populated 0", PATIENCE).map_err(system(|| format!("wait until {name} is dead")))?;
    }
    group.remove().map_err(system(|| format!("remove the control group of {name}")))?;
    let ended = asked.into_iter().filter(|process| !killed.contains(process)).collect();
    Ok(Closed { ended, killed, left_alone })
}

impl SignalHold {
    fn alive(&self) -> impl Iterator<Item = ProcessId> {
        self.members.iter().copied().filter(|process| process::alive(*process))
    }

    fn owners(&self) -> Vec<u32> {
        self.owners.iter().copied().collect()
    }
}

impl Stopped {
    fn hold(&self, name: &HoldName, processes: &[ProcessId], owners: &[u32]) -> Result<Held, HoldError> {
        let mut holds = lock(&self.holds);
        let hold = holds.entry(name.clone()).or_default();
        hold.owners.extend(owners);
        hold.frozen = true;
        let mut left_alone = BTreeMap::new();
        for _ in 0..PASSES {
            let roots: Vec<ProcessId> = processes.iter().chain(&hold.members).copied().collect();
            let mut stopped = false;
            for process in tree(&roots) {
                if left_alone.contains_key(&process)
                    || (hold.members.contains(&process) && stands_still(process))
                {
                    continue;
                }
                match signal(process, owners, Signal::STOP) {
                    Ok(()) => {
                        hold.members.insert(process);
                        stopped = true;
                    }
                    Err(reason) => {
                        left_alone.insert(process, reason);
                    }
                }
            }
            if !stopped {
                break;
            }
        }
        hold.members.retain(|process| process::alive(*process));
        let members: Vec<ProcessId> = hold.members.iter().copied().collect();
        if members.is_empty() {
            holds.remove(name);
        }
        self.write_journal(&holds)?;
        drop(holds);
        if members.is_empty() {
            return Err(HoldError::Nothing);
        }
        let deadline = Instant::now() + PATIENCE;
        while !members.iter().all(|process| stands_still(*process)) {
            if Instant::now() > deadline {
                return Err(HoldError::Slow { name: name.clone(), waited: PATIENCE });
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(Held { processes: members, left_alone: left_alone.into_iter().collect() })
    }

    fn thaw(&self, name: &HoldName) -> Result<(), HoldError> {
        let mut holds = lock(&self.holds);
        let hold = holds.get_mut(name).ok_or_else(|| HoldError::Unknown(name.clone()))?;
        hold.frozen = false;
        let owners = hold.owners();
        for process in &hold.members {
            // Gone, or not theirs any more: nothing to continue.
            let _ = signal(*process, &owners, Signal::CONT);
        }
        self.write_journal(&holds)
    }

    fn forget(&self, name: &HoldName) -> Result<(), HoldError> {
        let mut holds = lock(&self.holds);
        holds.remove(name);
        self.write_journal(&holds)
    }

    fn recover(&self) -> Vec<Recovered> {
        let mut holds = lock(&self.holds);
        holds.retain(|_, hold| hold.alive().next().is_some());
        let recovered = holds.iter().map(|(name, hold)| Recovered {
            name: name.clone(),
            processes: hold.alive().collect(),
            frozen: hold.frozen,
        });
        recovered.collect()
    }

    fn close(
        &self,
        name: &HoldName,
        processes: &[ProcessId],
        owners: &[u32],
        grace: Duration,
    ) -> Result<Closed, HoldError> {
        let held = lock(&self.holds).remove(name).unwrap_or_default();
        let mut seen: BTreeSet<ProcessId> = held.members.iter().chain(processes).copied().collect();
        let mut left_alone: HashMap<ProcessId, String> = HashMap::new();
        let mut asked = BTreeSet::new();
        let deadline = Instant::now() + grace;
        // Ask everybody, and whoever is started meanwhile, until nobody is left or the grace is over.
        while Instant::now() < deadline {
            seen.extend(tree(&seen.iter().copied().collect::<Vec<_>>()));
            for process in &seen {
                if asked.contains(process) || left_alone.contains_key(process) {
                    continue;
                }
                match signal(*process, owners, Signal::TERM) {
                    Ok(()) => {
                        let _ = signal(*process, owners, Signal::CONT);
                        asked.insert(*process);
                    }
                    Err(reason) => {
                        left_alone.insert(*process, reason);
                    }
                }
            }
            let left: Vec<OwnedFd> =
                asked.iter().filter_map(|process| pidfd(*process, owners).ok()).collect();
            let Some(first) = left.first() else { break };
            // Until one of them ends, or until it is time to look for new ones.
            wait_for_end(first, deadline.saturating_duration_since(Instant::now()).min(GUARD));
        }
        let mut killed = BTreeSet::new();
        for _ in 0..PASSES {
            seen.extend(tree(&seen.iter().copied().collect::<Vec<_>>()));
            let before = killed.len();
            for process in &seen {
                if !killed.contains(process) && signal(*process, owners, Signal::KILL).is_ok() {
                    killed.insert(*process);
                }
            }
            if killed.len() == before {
                break;
            }
        }
        for process in &killed {
            if let Ok(pidfd) = pidfd(*process, owners) {
                wait_for_end(&pidfd, PATIENCE);
            }
        }
        self.write_journal(&lock(&self.holds))?;
        let ended = asked.difference(&killed).copied().collect();
        left_alone.retain(|process, _| process::alive(*process));
        Ok(Closed {
            ended,
            killed: killed.into_iter().collect(),
            left_alone: left_alone.into_iter().collect(),
        })
    }

    /// One line a hold: name, `frozen` or `thawed`, owners, then pid:start each.
    fn write_journal(&self, holds: &BTreeMap<HoldName, SignalHold>) -> Result<(), HoldError> {
        let mut text = String::new();
        for (name, hold) in holds {
            let state = if hold.frozen { "frozen" } else { "thawed" };
            let owners: Vec<String> = hold.owners.iter().map(u32::to_string).collect();
            text.push_str(&format!("{name} {state} {}", owners.join(",")));
            for member in &hold.members {
                text.push_str(&format!(" {}:{}", member.pid, member.started));
            }
            text.push('\n');
        }
        let failed = || system(|| format!("write the journal of holds {}", self.journal.display()));
        let new = self.journal.with_extension("new");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600).custom_flags(libc::O_NOFOLLOW);
        let mut file = options.open(&new).map_err(failed())?;
        file.write_all(text.as_bytes()).map_err(failed())?;
        std::fs::rename(&new, &self.journal).map_err(failed())
    }

    fn read_journal(&self) -> Result<BTreeMap<HoldName, SignalHold>, HoldError> {
        match std::fs::read_to_string(&self.journal) {
            Ok(text) => Ok(text.lines().filter_map(parse_line).collect()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => {
                Err(system(|| format!("read the journal of holds {}", self.journal.display()))(error))
            }
        }
    }
}

fn parse_line(line: &str) -> Option<(HoldName, SignalHold)> {
    let mut words = line.split(' ');
    let name = HoldName::parse(words.next()?)?;
    let frozen = words.next()? == "frozen";
    let owners = words.next()?.split(',').filter_map(|uid| uid.parse().ok()).collect();
    let member = |word: &str| {
        let (pid, started) = word.split_once(':')?;
        Some(ProcessId { pid: pid.parse().ok()?, started: started.parse().ok()? })
    };
    let members: BTreeSet<ProcessId> =
        words.filter_map(member).filter(|process| process::alive(*process)).collect();
    (!members.is_empty()).then_some((name, SignalHold { members, owners, frozen }))
}

/// Stops again what somebody continued, and what was forked meanwhile, as long as the holder lives.
fn guard(stopped: Weak<Stopped>) -> Result<(), HoldError> {
    let body = move || {
        while let Some(stopped) = stopped.upgrade() {
            for hold in lock(&stopped.holds).values_mut().filter(|hold| hold.frozen) {
                let owners = hold.owners();
                let members: Vec<ProcessId> = hold.members.iter().copied().collect();
                for process in members {
                    if process::alive(process) && !stands_still(process) {
                        for escaped in tree(&[process]) {
                            if signal(escaped, &owners, Signal::STOP).is_ok() {
                                hold.members.insert(escaped);
                            }
                        }
                    }
                }
            }
            drop(stopped);
            std::thread::sleep(GUARD);
        }
    };
    let thread = std::thread::Builder::new().name("lanh-guard".to_owned()).spawn(body);
    thread.map(drop).map_err(system(|| "start the guard of stopped programs".to_owned()))
}

fn stands_still(process: ProcessId) -> bool {
    process::stat(process.pid)
        .is_none_or(|stat| stat.started != process.started || stat.is_stopped() || stat.is_dead())
}

/// The living processes among `roots` and all their descendants, parents first. Never this process.
fn tree(roots: &[ProcessId]) -> Vec<ProcessId> {
    let mut children: HashMap<u32, Vec<ProcessId>> = HashMap::new();
    let mut living = BTreeSet::new();
    for pid in process::pids() {
        if let Some(stat) = process::stat(pid)
            && !stat.is_dead()
        {
            let process = ProcessId { pid, started: stat.started };
            living.insert(process);
            children.entry(stat.parent).or_default().push(process);
        }
    }
    let own = std::process::id();
    let mut found = Vec::new();
    let mut next: Vec<ProcessId> = roots.iter().copied().filter(|process| living.contains(process)).collect();
    let mut seen = BTreeSet::new();
    while let Some(process) = next.pop() {
        if process.pid > 1 && process.pid != own && seen.insert(process) {
            found.push(process);
            next.extend(children.get(&process.pid).into_iter().flatten());
        }
    }
    found
}

fn identities(pids: &[u32]) -> Vec<ProcessId> {
    pids.iter().filter_map(|pid| process::identity(*pid)).collect()
}

/// A descriptor of exactly this process, alive and of one of the owners; otherwise why not.
fn pidfd(process: ProcessId, owners: &[u32]) -> Result<OwnedFd, String> {
    let pid =
        i32::try_from(process.pid).ok().and_then(Pid::from_raw).ok_or("there is no such process number")?;
    if process.pid == 1 || process.pid == std::process::id() {
        return Err("it belongs to the system".to_owned());
    }
    let pidfd = pidfd_open(pid, PidfdFlags::empty()).map_err(|_| "it is gone")?;
    // Looked at after the descriptor pinned the number.
    if !process::alive(process) {
        return Err("it is gone".to_owned());
    }
    match process::owner(process.pid) {
        Some(uid) if owners.contains(&uid) => Ok(pidfd),
        Some(uid) => Err(format!("it belongs to user id {uid}")),
        None => Err("it is gone".to_owned()),
    }
}

fn signal(process: ProcessId, owners: &[u32], signal: Signal) -> Result<(), String> {
    let pidfd = pidfd(process, owners)?;
    pidfd_send_signal(&pidfd, signal).map_err(|error| std::io::Error::from(error).to_string())
}

fn wait_for_end(pidfd: &OwnedFd, limit: Duration) {
    let limit = Timespec {
        tv_sec: i64::try_from(limit.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(limit.subsec_nanos()),
    };
    // An interruption only means to look sooner.
    let _ = poll(&mut [PollFd::new(pidfd, PollFlags::IN)], Some(&limit));
}

pub(crate) fn kill_now(process: ProcessId, owners: &[u32]) -> Result<bool, HoldError> {
    let Ok(pidfd) = pidfd(process, owners) else { return Ok(false) };
    match pidfd_send_signal(&pidfd, Signal::KILL) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::SRCH) => Ok(false),
        Err(error) => Err(system(|| format!("kill process {}", process.pid))(error.into())),
    }
}

fn system(action: impl FnOnce() -> String) -> impl FnOnce(std::io::Error) -> HoldError {
    move |source| HoldError::System { action: action(), source }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanh_policy::{AppId, ChildId};
    use std::process::{Child, Command, Stdio};

    struct Game(Child);

    impl Game {
        /// A shell of this user that stays until its input ends.
        fn start(script: &str) -> Self {
            let mut command = Command::new("/bin/sh");
            Self(command.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap())
        }

        fn id(&self) -> ProcessId {
            process::identity(self.0.id()).unwrap()
        }
    }

    impl Drop for Game {
        fn drop(&mut self) {
            for process in tree(&[self.id()]) {
                let _ = signal(process, &[crate::imp::effective_uid()], Signal::KILL);
            }
            let _ = self.0.wait();
        }
    }

    fn name() -> HoldName {
        HoldName::new(ChildId(1), &AppId::from("path:/tmp/toy"))
    }

    fn until(what: &str, look: impl Fn() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !look() {
            assert!(Instant::now() < deadline, "waited in vain until {what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn children(process: ProcessId) -> usize {
        tree(&[process]).len() - 1
    }

    #[tokio::test]
    async fn signals_hold_a_tree_again_and_again() {
        let uid = crate::imp::effective_uid();
        let folder = tempfile::tempdir().unwrap();
        let holder = Holder::by_signals(folder.path(), "a test".to_owned()).unwrap();
        let game = Game::start("setsid sh -c 'while :; do :; done' & while :; do :; done");
        let process = game.id();
        until("it has a child", || children(process) == 1);
        let held = holder.hold(&name(), &[process], &[uid]).await.unwrap();
        assert_eq!(held.processes.len(), 2);
        assert!(held.processes.iter().all(|process| stands_still(*process)));

        // Somebody continues it; the guard stops it again.
        signal(process, &[uid], Signal::CONT).unwrap();
        until("the guard stopped it", || stands_still(process));

        // A crash and a new start.
        drop(holder);
        let holder = Holder::by_signals(folder.path(), "a test".to_owned()).unwrap();
        let found = holder.recover().unwrap();
        assert_eq!((found.len(), found[0].frozen, found[0].processes.len()), (1, true, 2));

        holder.thaw(&name()).await.unwrap();
        until("it runs", || !stands_still(process));
        holder.hold(&name(), &[], &[uid]).await.unwrap();
        holder.release(&name()).await.unwrap();
        until("it runs", || !stands_still(process));
        assert!(holder.members(&name()).is_empty());
        assert!(matches!(holder.thaw(&name()).await, Err(HoldError::Unknown(_))));
    }

    #[tokio::test]
    async fn signals_close_politely_and_then_kill() {
        let uid = crate::imp::effective_uid();
        let folder = tempfile::tempdir().unwrap();
        let holder = Holder::by_signals(folder.path(), "a test".to_owned()).unwrap();
        let polite = Game::start("exec sleep 1000");
        let process = polite.id();
        holder.hold(&name(), &[process], &[uid]).await.unwrap();
        let closed = holder.close(&name(), &[], &[uid], Duration::from_secs(20)).await.unwrap();
        assert_eq!((closed.ended, closed.killed), (vec![process], vec![]));

        let ready = folder.path().join("ready");
        let script = format!(
            "trap '' TERM; (while :; do sleep 0.1; done) & : > {}; while :; do sleep 0.1; done",
            ready.display()
        );
        let stubborn = Game::start(&script);
        until("the trap is set", || ready.exists());
        let closed =
            holder.close(&name(), &[stubborn.id()], &[uid], Duration::from_millis(300)).await.unwrap();
        assert!(closed.killed.contains(&stubborn.id()) && closed.killed.len() >= 2, "{closed:?}");
    }

    #[test]
    fn a_damaged_journal_line_is_left_out() {
        let own = process::identity(std::process::id()).unwrap();
        let line = format!("c1-toy frozen 0,7 {}:{} 5:x", own.pid, own.started);
        let (found, hold) = parse_line(&line).unwrap();
        assert_eq!(
            (found.as_str(), hold.frozen, hold.members.len(), hold.owners.len()),
            ("c1-toy", true, 1, 2)
        );
        for bad in ["", "c1-toy", "../x frozen 0 1:1", "c1-toy frozen 0 1:99999999999"] {
            assert!(parse_line(bad).is_none(), "{bad}");
        }
    }
}
