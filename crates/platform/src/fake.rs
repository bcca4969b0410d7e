//! A machine in memory: processes, accounts, sessions and time move only when a test says so.

use crate::accounts::{AccountFacts, Accounts};
use crate::clock::{Clock, Inner as ClockInner};
use crate::gate::{Decision, Gate, GateEvent, GuardedFile, Inner as GateInner, Judge, Launch};
use crate::hold::{Closed, Held, HoldError, HoldName, Holder, Inner as HolderInner, Recovered};
use crate::privilege::Privilege;
use crate::process::ProcessFacts;
use crate::sessions::{Inner as SessionsInner, SessionError, Sessions, SessionsNow};
use crate::watch::{Inner as WatchInner, ProcessEvent, Watch, WatchOptions};
use crate::{FileKey, Platform};
use chrono::{DateTime, TimeDelta, Utc};
use lanh_policy::{BootId, Moment, ProcessId, SessionId, WallTrust};
use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// How many events a fake channel keeps.
const EVENTS: usize = 4096;

/// A machine in memory. Clones are the same machine.
#[derive(Clone)]
pub struct Machine {
    clock: FakeClock,
    accounts: Arc<Vec<AccountFacts>>,
    sessions: Arc<watch::Sender<SessionsNow>>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    next_pid: u32,
    processes: BTreeMap<ProcessId, ProcessFacts>,
    supervised: HashSet<u32>,
    watcher: Option<mpsc::Sender<ProcessEvent>>,
    judge: Option<Arc<dyn Judge>>,
    gate: Option<mpsc::Sender<GateEvent>>,
    guarded: Vec<GuardedFile>,
    holds: BTreeMap<HoldName, (Vec<ProcessId>, bool)>,
    session_calls: Vec<(String, SessionId)>,
}

impl Machine {
    /// An idle machine of these accounts whose wall clock says `wall` and is synchronised.
    pub fn new(wall: DateTime<Utc>, accounts: Vec<AccountFacts>) -> Self {
        Self {
            clock: FakeClock::new(wall),
            accounts: Arc::new(accounts),
            sessions: Arc::new(watch::Sender::new(SessionsNow::default())),
            state: Arc::new(Mutex::new(State { next_pid: 1000, ..State::default() })),
        }
    }

    /// The platform of this machine, as root.
    pub fn platform(&self, state_dir: impl Into<PathBuf>) -> Platform {
        Platform {
            privilege: Privilege::Root,
            state_dir: state_dir.into(),
            clock: Clock(ClockInner::Fake(self.clock.clone())),
            fake: Some(self.clone()),
        }
    }

    /// Its clock.
    pub fn clock(&self) -> &FakeClock {
        &self.clock
    }

    /// A process of `uid` starts `exe`: asks the judge, and if it may, the watch sees it appear.
    pub fn launch(&self, uid: u32, exe: impl Into<PathBuf>) -> Result<ProcessId, Launch> {
        let exe = exe.into();
        let (id, judge, gate) = {
            let mut state = self.lock();
            let pid = state.next_pid;
            state.next_pid = pid.wrapping_add(1);
            let id = ProcessId { pid, started: u64::from(pid) };
            (id, state.judge.clone(), state.gate.clone())
        };
        let key = file_key(&exe);
        let launch = Launch { process: id, uid, file: key, path: exe.clone() };
        if let Some(judge) = judge
            && judge.supervised(uid)
        {
            let decision = judge.quick(&launch).unwrap_or_else(|| {
                File::open(&exe)
                    .or_else(|_| File::open("/dev/null"))
                    .map_or(Decision::Allow, |file| judge.slow(&launch, &file))
            });
            let event = match decision {
                Decision::Allow => GateEvent::Launched(launch.clone()),
                Decision::Refuse => GateEvent::Refused(launch.clone()),
            };
            if let Some(gate) = gate {
                let _ = gate.try_send(event);
            }
            if decision == Decision::Refuse {
                return Err(launch);
            }
        }
        let facts = ProcessFacts {
            id,
            parent: 1,
            uid,
            exe_deleted: false,
            exe_key: Some(key),
            argv: vec![exe.clone().into_os_string()],
            comm: exe
                .file_name()
                .map(|name| name.to_string_lossy().chars().take(15).collect())
                .unwrap_or_default(),
            exe: Some(exe),
            cgroup: None,
            session: None,
        };
        let mut state = self.lock();
        state.processes.insert(id, facts.clone());
        state.tell(uid, ProcessEvent::Appeared(facts));
        drop(state);
        Ok(id)
    }

    /// A process changes: the watch sees an exec.
    pub fn exec(&self, facts: ProcessFacts) {
        let mut state = self.lock();
        state.processes.insert(facts.id, facts.clone());
        state.tell(facts.uid, ProcessEvent::Execed(facts));
    }

    /// A process ends. Whether there was one.
    pub fn exit(&self, process: ProcessId) -> bool {
        self.lock().exit(process)
    }

    /// What runs.
    pub fn running(&self) -> Vec<ProcessFacts> {
        self.lock().processes.values().cloned().collect()
    }

    /// Whether a process stands still.
    pub fn is_frozen(&self, process: ProcessId) -> bool {
        self.lock().holds.values().any(|(members, frozen)| *frozen && members.contains(&process))
    }

    /// The guarded files as last set.
    pub fn guarded_files(&self) -> Vec<GuardedFile> {
        self.lock().guarded.clone()
    }

    /// Replaces the sessions.
    pub fn set_sessions(&self, now: SessionsNow) {
        self.sessions.send_replace(now);
    }

    /// What was asked of sessions (`lock`, `terminate`, `freeze`, `thaw`), in order.
    pub fn session_calls(&self) -> Vec<(String, SessionId)> {
        self.lock().session_calls.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn start_gate(&self, judge: Arc<dyn Judge>) -> (Gate, mpsc::Receiver<GateEvent>) {
        let (sender, receiver) = mpsc::channel(EVENTS);
        let mut state = self.lock();
        state.judge = Some(judge);
        state.gate = Some(sender);
        (Gate(GateInner::Fake(FakeGate(self.clone()))), receiver)
    }

    pub(crate) fn start_watch(&self, options: WatchOptions) -> (Watch, mpsc::Receiver<ProcessEvent>) {
        let (sender, receiver) = mpsc::channel(EVENTS);
        self.lock().watcher = Some(sender);
        self.set_supervised(options.supervised);
        (Watch(WatchInner::Fake(FakeWatch(self.clone()))), receiver)
    }

    fn set_supervised(&self, uids: HashSet<u32>) {
        let mut state = self.lock();
        let before = std::mem::replace(&mut state.supervised, uids.clone());
        for facts in state.processes.values() {
            let event = match (before.contains(&facts.uid), uids.contains(&facts.uid)) {
                (false, true) => ProcessEvent::Appeared(facts.clone()),
                (true, false) => ProcessEvent::Exited(facts.id),
                _ => continue,
            };
            if let Some(watcher) = &state.watcher {
                let _ = watcher.try_send(event);
            }
        }
    }

    pub(crate) fn holder(&self) -> Holder {
        Holder(HolderInner::Fake(self.clone()))
    }

    pub(crate) fn sessions(&self) -> Sessions {
        Sessions(SessionsInner::Fake(self.clone()))
    }

    pub(crate) fn accounts(&self) -> Accounts {
        Accounts(crate::accounts::Inner::Fake(self.accounts.clone()))
    }

    pub(crate) fn subscribe_sessions(&self) -> watch::Receiver<SessionsNow> {
        self.sessions.subscribe()
    }

    pub(crate) fn note_session(&self, call: &str, session: &SessionId) -> Result<(), SessionError> {
        self.lock().session_calls.push((call.to_owned(), session.clone()));
        Ok(())
    }

    pub(crate) fn hold(&self, name: &HoldName, processes: &[ProcessId]) -> Result<Held, HoldError> {
        let mut state = self.lock();
        let alive: Vec<ProcessId> =
            processes.iter().copied().filter(|id| state.processes.contains_key(id)).collect();
        let hold = state.holds.entry(name.clone()).or_default();
        for process in alive {
            if !hold.0.contains(&process) {
                hold.0.push(process);
            }
        }
        if hold.0.is_empty() {
            state.holds.remove(name);
            return Err(HoldError::Nothing);
        }
        hold.1 = true;
        Ok(Held { processes: hold.0.clone(), left_alone: Vec::new() })
    }

    pub(crate) fn thaw(&self, name: &HoldName) -> Result<(), HoldError> {
        let mut state = self.lock();
        let hold = state.holds.get_mut(name).ok_or_else(|| HoldError::Unknown(name.clone()))?;
        hold.1 = false;
        Ok(())
    }

    pub(crate) fn release(&self, name: &HoldName) -> Result<(), HoldError> {
        let released = self.lock().holds.remove(name);
        released.map(|_| ()).ok_or_else(|| HoldError::Unknown(name.clone()))
    }

    pub(crate) fn members(&self, name: &HoldName) -> Vec<ProcessId> {
        self.lock().holds.get(name).map(|hold| hold.0.clone()).unwrap_or_default()
    }

    pub(crate) fn recover(&self) -> Vec<Recovered> {
        let state = self.lock();
        let found = state.holds.iter().map(|(name, (processes, frozen))| Recovered {
            name: name.clone(),
            processes: processes.clone(),
            frozen: *frozen,
        });
        found.collect()
    }

    pub(crate) fn close(&self, name: &HoldName, processes: &[ProcessId]) -> Result<Closed, HoldError> {
        let mut state = self.lock();
        let held = state.holds.remove(name).map(|hold| hold.0).unwrap_or_default();
        let mut closed = Closed::default();
        for process in held.into_iter().chain(processes.iter().copied()) {
            if state.exit(process) {
                closed.ended.push(process);
            }
        }
        Ok(closed)
    }
}

impl State {
    fn tell(&self, uid: u32, event: ProcessEvent) {
        if self.supervised.contains(&uid)
            && let Some(watcher) = &self.watcher
        {
            let _ = watcher.try_send(event);
        }
    }

    fn exit(&mut self, process: ProcessId) -> bool {
        let Some(facts) = self.processes.remove(&process) else { return false };
        for (members, _) in self.holds.values_mut() {
            members.retain(|member| *member != process);
        }
        self.holds.retain(|_, (members, _)| !members.is_empty());
        self.tell(facts.uid, ProcessEvent::Exited(process));
        true
    }
}

/// A file key made from the path alone, so that fake files need not exist.
fn file_key(path: &Path) -> FileKey {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    FileKey { dev: 1, ino: hasher.finish(), size: 1, mtime: 0, ctime: 0 }
}

/// The gate of a fake machine.
pub(crate) struct FakeGate(Machine);

impl FakeGate {
    pub(crate) fn set_guarded_files(&self, files: Vec<GuardedFile>) {
        self.0.lock().guarded = files;
    }
}

impl Drop for FakeGate {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.judge = None;
        state.gate = None;
    }
}

/// The watch of a fake machine.
pub(crate) struct FakeWatch(Machine);

impl FakeWatch {
    pub(crate) fn set_supervised(&self, uids: HashSet<u32>) {
        self.0.set_supervised(uids);
    }
}

impl Drop for FakeWatch {
    fn drop(&mut self) {
        self.0.lock().watcher = None;
    }
}

/// A clock that stands still until a test moves it. Clones are the same clock.
#[derive(Clone)]
pub struct FakeClock {
    now: Arc<watch::Sender<Moment>>,
    steps: Arc<watch::Sender<u64>>,
}

impl FakeClock {
    fn new(wall: DateTime<Utc>) -> Self {
        let moment = Moment {
            boot: BootId(1),
            since_boot: Duration::from_secs(60),
            awake: Duration::from_secs(60),
            wall,
            trust: WallTrust::Confirmed,
        };
        Self { now: Arc::new(watch::Sender::new(moment)), steps: Arc::new(watch::Sender::new(0)) }
    }

    /// Now.
    pub fn now(&self) -> Moment {
        *self.now.borrow()
    }

    /// Lets time pass while the machine is awake.
    pub fn advance(&self, by: Duration) {
        self.now.send_modify(|now| {
            now.since_boot += by;
            now.awake += by;
            now.wall += TimeDelta::from_std(by).unwrap_or_default();
        });
    }

    /// The machine sleeps.
    pub fn sleep(&self, by: Duration) {
        self.now.send_modify(|now| {
            now.since_boot += by;
            now.wall += TimeDelta::from_std(by).unwrap_or_default();
        });
    }

    /// Somebody sets the wall clock.
    pub fn step(&self, by: TimeDelta, trust: WallTrust) {
        self.now.send_modify(|now| {
            now.wall += by;
            now.trust = trust;
        });
        self.steps.send_modify(|count| *count += 1);
    }

    /// The machine boots anew.
    pub fn reboot(&self) {
        self.now.send_modify(|now| {
            now.boot = BootId(now.boot.0.wrapping_add(1));
            now.since_boot = Duration::ZERO;
            now.awake = Duration::ZERO;
        });
    }

    pub(crate) async fn sleep_until(&self, since_boot: Duration) {
        let mut receiver = self.now.subscribe();
        if receiver.wait_for(|now| now.since_boot >= since_boot).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    pub(crate) fn steps(&self) -> watch::Receiver<u64> {
        self.steps.subscribe()
    }
}
