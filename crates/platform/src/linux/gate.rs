//! The gate, by fanotify permission events.
//!
//! Three kinds of threads. The event thread reads events and answers; it touches `/proc` and the events'
//! own descriptors, nothing else, because whatever it waits for stalls every start on the machine. The
//! marker thread covers file systems and guarded files. Workers run the slow decisions.

use crate::gate::{
    Coverage, Decision, FileKey, GateError, GateEvent, GateOptions, GuardedFile, Judge, Launch,
};
use crate::imp::{mounts, process, subordinate};
use lanh_policy::ProcessId;
use nix::sys::fanotify::{
    EventFFlags, Fanotify, FanotifyEvent, FanotifyResponse, InitFlags, MarkFlags, MaskFlags, Response,
};
use nix::sys::inotify::{AddWatchFlags, InitFlags as InotifyFlags, Inotify};
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use std::collections::{HashMap, HashSet, VecDeque};
use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// How many events may wait for the service.
const EVENTS: usize = 4096;
/// How often the event thread comes round without an event.
const ROUND: Duration = Duration::from_secs(5);
/// How many processes rule B remembers.
const REMEMBERED: usize = 4096;

/// A program was let through: the process will run it in a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExecHint {
    pub(crate) pid: u32,
    pub(crate) file: FileKey,
}

pub(crate) struct Gate {
    shared: Arc<Shared>,
    feed: Mutex<Option<mpsc::Receiver<ExecHint>>>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    judge: Arc<dyn Judge>,
    options: GateOptions,
    events: mpsc::Sender<GateEvent>,
    hints: mpsc::Sender<ExecHint>,
    missed: AtomicBool,
    stop: AtomicBool,
    /// Wakes the event thread.
    wake_events: OwnedFd,
    /// Wakes the marker thread.
    wake_marker: OwnedFd,
    /// `None`: closed, or closing. Locked while marks are set, so that none is set after the last answer.
    group: Mutex<Option<Arc<Fanotify>>>,
    /// A new group was opened and has no marks yet.
    unmarked: AtomicBool,
    /// Whether anybody is supervised: else nothing is marked, and starts cost nothing.
    needed: AtomicBool,
    wanted: Mutex<Vec<GuardedFile>>,
    guarded: RwLock<HashMap<(u64, u64), HashSet<u32>>>,
    coverage: Mutex<Vec<Coverage>>,
    /// When the event thread last came round, in milliseconds since `born`.
    round: AtomicU64,
    born: Instant,
}

impl Gate {
    pub(crate) fn start(
        options: GateOptions,
        judge: Arc<dyn Judge>,
    ) -> Result<(Self, mpsc::Receiver<GateEvent>), GateError> {
        raise_descriptor_limit();
        subordinate::refresh();
        let group = open_group().map_err(GateError::Kernel)?;
        let (events, receiver) = mpsc::channel(EVENTS);
        let (hints, feed) = mpsc::channel(EVENTS);
        let wake = || eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK);
        let shared = Arc::new(Shared {
            judge,
            events,
            hints,
            missed: AtomicBool::new(false),
            stop: AtomicBool::new(false),
            wake_events: wake().map_err(|error| GateError::Kernel(error.into()))?,
            wake_marker: wake().map_err(|error| GateError::Kernel(error.into()))?,
            group: Mutex::new(Some(Arc::new(group))),
            unmarked: AtomicBool::new(false),
            needed: AtomicBool::new(true),
            wanted: Mutex::default(),
            guarded: RwLock::default(),
            coverage: Mutex::default(),
            round: AtomicU64::new(0),
            born: Instant::now(),
            options,
        });
        let mut gate =
            Self { shared: Arc::clone(&shared), feed: Mutex::new(Some(feed)), threads: Vec::new() };
        let (queue, jobs) = sync_channel(shared.options.queue.max(1));
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..shared.options.workers.max(1) {
            let (shared, jobs) = (Arc::clone(&shared), Arc::clone(&jobs));
            // Not joined: a worker that reads a huge file must not delay the end of the service.
            drop(spawn("lanh-judge", move || work(&shared, &jobs))?);
        }
        // The event thread answers before anything is marked, so marking cannot stall a start.
        let events = Arc::clone(&shared);
        gate.threads.push(spawn("lanh-gate", move || EventThread::new(events, queue).run())?);
        let mut marker = Marker::new(Arc::clone(&shared)).map_err(GateError::Kernel)?;
        let covered = marker.cover();
        if !covered.iter().any(|coverage| coverage.failure.is_none()) {
            let first = covered.into_iter().find_map(|coverage| coverage.failure);
            return Err(GateError::Uncovered(first.unwrap_or_else(|| "none is mounted".to_owned())));
        }
        gate.threads.push(spawn("lanh-marker", move || marker.run())?);
        Ok((gate, receiver))
    }

    pub(crate) fn set_guarded_files(&self, files: Vec<GuardedFile>) {
        *lock(&self.shared.wanted) = files;
        wake(&self.shared.wake_marker);
    }

    pub(crate) fn set_needed(&self, needed: bool) {
        if self.shared.needed.swap(needed, Ordering::SeqCst) != needed {
            wake(&self.shared.wake_marker);
        }
    }

    pub(crate) fn coverage(&self) -> Vec<Coverage> {
        lock(&self.shared.coverage).clone()
    }

    pub(crate) fn alive(&self) -> bool {
        self.shared.since_born().saturating_sub(self.shared.round.load(Ordering::Relaxed)) < 15_000
    }

    /// What was let through; can be taken once.
    pub(crate) fn exec_feed(&self) -> Option<mpsc::Receiver<ExecHint>> {
        lock(&self.feed).take()
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        wake(&self.shared.wake_events);
        wake(&self.shared.wake_marker);
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the gate had panicked");
            }
        }
    }
}

impl Shared {
    fn since_born(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn stopping(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    /// Never waits: what cannot be told is remembered as missed.
    fn tell(&self, event: GateEvent) {
        if self.missed.load(Ordering::Relaxed) && self.events.try_send(GateEvent::Missed).is_ok() {
            self.missed.store(false, Ordering::Relaxed);
        }
        if let Err(mpsc::error::TrySendError::Full(_)) = self.events.try_send(event) {
            self.missed.store(true, Ordering::Relaxed);
        }
    }

    /// Reports a decision on a launch.
    fn report(&self, launch: &Launch, decision: Decision) {
        match decision {
            Decision::Allow => {
                // Lost hints are made up for by the watch's scan.
                let _ = self.hints.try_send(ExecHint { pid: launch.process.pid, file: launch.file });
                self.tell(GateEvent::Launched(launch.clone()));
            }
            Decision::Refuse => self.tell(GateEvent::Refused(launch.clone())),
        }
    }
}

/// Opens the way for everybody when the event thread ends, however it ends.
///
/// Closing the descriptor is not enough: a process that was just forked from this one holds a copy of it
/// until its exec, and if that exec waits for an answer, the copy is never closed and nothing on the
/// machine starts any more. So the marks go first, and then every question is answered.
struct Closing<'a> {
    shared: &'a Shared,
    group: &'a Fanotify,
}

impl Closing<'_> {
    fn allow_all(&self) {
        while let Ok(events) = self.group.read_events() {
            if events.is_empty() {
                break;
            }
            for event in &events {
                respond(self.group, event, Decision::Allow);
            }
        }
    }
}

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        // The marker may hold the lock while it waits for something that starts: go on answering.
        loop {
            match self.shared.group.try_lock() {
                Ok(mut group) => *group = None,
                Err(TryLockError::Poisoned(poisoned)) => *poisoned.into_inner() = None,
                Err(TryLockError::WouldBlock) => {
                    self.allow_all();
                    std::thread::sleep(Duration::from_millis(1));
                    continue;
                }
            }
            break;
        }
        for kind in [MarkFlags::FAN_MARK_FILESYSTEM, MarkFlags::empty()] {
            let flags = MarkFlags::FAN_MARK_FLUSH | kind;
            if let Err(error) = self.group.mark(flags, MaskFlags::empty(), rustix::fs::CWD, Some("/")) {
                tracing::error!(%error, "cannot take the gate's marks back");
            }
        }
        self.allow_all();
    }
}

/// An event that waits for its answer. Whoever sets `answered` first writes it.
struct Pending {
    event: FanotifyEvent,
    group: Arc<Fanotify>,
    launch: Launch,
    answered: AtomicBool,
}

impl Pending {
    /// Answers unless that was done; whether it did.
    fn answer(&self, decision: Decision) -> bool {
        let first = !self.answered.swap(true, Ordering::SeqCst);
        if first {
            respond(&self.group, &self.event, decision);
        }
        first
    }
}

fn respond(group: &Fanotify, event: &FanotifyEvent, decision: Decision) {
    let response = match decision {
        Decision::Allow => Response::FAN_ALLOW,
        Decision::Refuse => Response::FAN_DENY,
    };
    if let Some(fd) = event.fd() {
        // ENOENT: the caller was killed while it waited.
        let _ = group.write_response(FanotifyResponse::new(fd, response));
    }
}

struct EventThread {
    shared: Arc<Shared>,
    queue: SyncSender<Arc<Pending>>,
    /// Slow decisions by deadline.
    slow: VecDeque<(Instant, Arc<Pending>)>,
    /// Processes that opened a program with an interpreter and not yet the loader.
    expecting: HashSet<ProcessId>,
    own: u32,
}

impl EventThread {
    fn new(shared: Arc<Shared>, queue: SyncSender<Arc<Pending>>) -> Self {
        Self { shared, queue, slow: VecDeque::new(), expecting: HashSet::new(), own: std::process::id() }
    }

    fn run(mut self) {
        let mut restarts: VecDeque<Instant> = VecDeque::new();
        while let Err(error) = catch_unwind(AssertUnwindSafe(|| self.serve()))
            .unwrap_or_else(|_| Err(std::io::Error::other("the gate's thread panicked")))
        {
            self.settle();
            restarts.retain(|at| at.elapsed() < Duration::from_secs(60));
            restarts.push_back(Instant::now());
            let reopened = if restarts.len() > 5 { Err(error) } else { open_group().map_err(|_| error) };
            match reopened {
                Ok(group) => {
                    *lock(&self.shared.group) = Some(Arc::new(group));
                    self.shared.unmarked.store(true, Ordering::SeqCst);
                    wake(&self.shared.wake_marker);
                    self.shared.tell(GateEvent::Restarted("reading events failed".to_owned()));
                }
                Err(error) => {
                    self.shared.tell(GateEvent::Failed(error.to_string()));
                    return;
                }
            }
        }
    }

    /// Serves until told to stop (`Ok`) or until events cannot be read any more.
    fn serve(&mut self) -> std::io::Result<()> {
        let shared = Arc::clone(&self.shared);
        let Some(group) = lock(&shared.group).clone() else { return Ok(()) };
        let _closing = Closing { shared: &shared, group: &group };
        let mut failures = 0;
        while !shared.stopping() {
            shared.round.store(shared.since_born(), Ordering::Relaxed);
            let wait =
                self.slow.front().map_or(ROUND, |(at, _)| at.saturating_duration_since(Instant::now()));
            let wait = Timespec {
                tv_sec: i64::try_from(wait.as_secs()).unwrap_or(1),
                tv_nsec: i64::from(wait.subsec_nanos()),
            };
            let mut fds =
                [PollFd::new(&group, PollFlags::IN), PollFd::new(&shared.wake_events, PollFlags::IN)];
            match poll(&mut fds, Some(&wait)) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            drain(&shared.wake_events);
            match group.read_events() {
                Ok(events) => {
                    failures = 0;
                    for event in events {
                        self.decide(&group, event);
                    }
                }
                Err(nix::errno::Errno::EAGAIN | nix::errno::Errno::EINTR) => {}
                // One event whose file cannot be opened for us; the kernel answered it already.
                Err(error) => {
                    failures += 1;
                    if failures > 100 || matches!(error, nix::errno::Errno::EBADF | nix::errno::Errno::EINVAL)
                    {
                        return Err(error.into());
                    }
                }
            }
            self.expire();
        }
        Ok(())
    }

    /// Takes the configured decision on everything that still waits.
    fn settle(&mut self) {
        for (_, pending) in self.slow.drain(..) {
            overdue(&self.shared, &pending);
        }
    }

    /// Takes the configured decision where a slow one is overdue.
    fn expire(&mut self) {
        while let Some((at, pending)) = self.slow.front() {
            let answered = pending.answered.load(Ordering::SeqCst);
            if !answered && *at > Instant::now() {
                break;
            }
            if !answered {
                overdue(&self.shared, pending);
            }
            self.slow.pop_front();
        }
    }

    fn decide(&mut self, group: &Arc<Fanotify>, event: FanotifyEvent) {
        if event.fd().is_none() {
            return;
        }
        match self.judge(&event) {
            Answer::Now(decision) => respond(group, &event, decision),
            Answer::Later(launch) => {
                let pending = Arc::new(Pending {
                    event,
                    group: Arc::clone(group),
                    launch,
                    answered: AtomicBool::new(false),
                });
                self.slow.push_back((Instant::now() + self.shared.options.deadline, Arc::clone(&pending)));
                if let Err(TrySendError::Full(pending) | TrySendError::Disconnected(pending)) =
                    self.queue.try_send(pending)
                {
                    overdue(&self.shared, &pending);
                }
            }
        }
    }

    fn judge(&mut self, event: &FanotifyEvent) -> Answer {
        let Ok(pid) = u32::try_from(event.pid()) else { return Answer::Now(Decision::Allow) };
        if pid == 0 || pid == self.own {
            return Answer::Now(Decision::Allow);
        }
        let shared = Arc::clone(&self.shared);
        let Some(uid) = process::owner(pid) else { return Answer::Now(Decision::Allow) };
        if !guarded_call(|| shared.judge.supervised(uid), false) {
            return Answer::Now(Decision::Allow);
        }
        let (Some(fd), Some(process)) = (event.fd(), process::identity(pid)) else {
            return Answer::Now(Decision::Allow);
        };
        let Some(file) = process::file_key(fd) else { return Answer::Now(Decision::Allow) };
        let exec = event.mask().contains(MaskFlags::FAN_OPEN_EXEC_PERM);
        let launch = Launch { process, uid, file, path: path_of(event) };
        if !exec {
            let guarded = shared.guarded.read().unwrap_or_else(PoisonError::into_inner);
            let refused = guarded.get(&(file.dev, file.ino)).is_some_and(|uids| uids.contains(&uid));
            drop(guarded);
            if refused {
                shared.tell(GateEvent::OpenRefused(launch));
                return Answer::Now(Decision::Refuse);
            }
            return Answer::Now(Decision::Allow);
        }
        if is_loader(&launch.path) {
            if self.expecting.remove(&process) {
                return Answer::Now(Decision::Allow);
            }
            let decision = guarded_call(|| shared.judge.loader_alone(&launch), Decision::Allow);
            shared.tell(GateEvent::LoaderAlone(launch.clone(), decision));
            if decision == Decision::Refuse {
                return Answer::Now(decision);
            }
        } else if has_interpreter(event) {
            if self.expecting.len() >= REMEMBERED {
                self.expecting.clear();
            }
            self.expecting.insert(process);
        }
        match guarded_call(|| shared.judge.quick(&launch), Some(Decision::Allow)) {
            Some(decision) => {
                shared.report(&launch, decision);
                Answer::Now(decision)
            }
            None => Answer::Later(launch),
        }
    }
}

impl Drop for EventThread {
    fn drop(&mut self) {
        self.settle();
    }
}

enum Answer {
    Now(Decision),
    Later(Launch),
}

fn overdue(shared: &Shared, pending: &Pending) {
    let decision = shared.options.overdue;
    if pending.answer(decision) {
        shared.tell(GateEvent::Overdue(pending.launch.clone(), decision));
        shared.report(&pending.launch, decision);
    }
}

/// Runs the service's code: a panic in it must not stop every start on the machine.
fn guarded_call<T>(call: impl FnOnce() -> T, otherwise: T) -> T {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| {
        tracing::error!("the judge panicked; its decision is taken as allow");
        otherwise
    })
}

fn work(shared: &Shared, jobs: &Mutex<Receiver<Arc<Pending>>>) {
    loop {
        // The channel closes when the event thread ends.
        let Ok(pending) = lock(jobs).recv() else { return };
        if pending.answered.load(Ordering::SeqCst) {
            continue;
        }
        let file = pending.event.fd().and_then(|fd| fd.try_clone_to_owned().ok()).map(File::from);
        let decision = match &file {
            Some(file) => guarded_call(|| shared.judge.slow(&pending.launch, file), Decision::Allow),
            None => shared.options.overdue,
        };
        if pending.answer(decision) {
            shared.report(&pending.launch, decision);
        }
        wake(&shared.wake_events);
    }
}

fn path_of(event: &FanotifyEvent) -> PathBuf {
    use std::os::fd::AsRawFd;
    let link = event.fd().map(|fd| format!("/proc/self/fd/{}", fd.as_raw_fd()));
    link.and_then(|link| std::fs::read_link(link).ok()).unwrap_or_default()
}

fn is_loader(path: &Path) -> bool {
    let Some(name) = path.file_name().map(OsStrExt::as_bytes) else { return false };
    let starts = |prefix: &[u8]| name.starts_with(prefix);
    starts(b"ld-linux") || starts(b"ld-musl") || starts(b"ld-2.") || starts(b"ld64.so") || starts(b"ld.so")
}

/// Whether the event's file is an ELF program that names a loader (PT_INTERP).
fn has_interpreter(event: &FanotifyEvent) -> bool {
    let Some(fd) = event.fd() else { return false };
    let mut head = [0; 4096];
    let length = rustix::io::pread(fd, &mut head, 0).unwrap_or(0);
    head.get(..length).and_then(names_interpreter).unwrap_or(false)
}

fn names_interpreter(head: &[u8]) -> Option<bool> {
    const PT_INTERP: u32 = 3;
    let bytes = |at: usize, count: usize| head.get(at..at.checked_add(count)?);
    if bytes(0, 4)? != b"\x7fELF" || *head.get(5)? != 1 {
        return Some(false);
    }
    let half = |at| Some(usize::from(u16::from_le_bytes(bytes(at, 2)?.try_into().ok()?)));
    let (start, size, count) = match *head.get(4)? {
        1 => {
            let start = u32::from_le_bytes(bytes(28, 4)?.try_into().ok()?);
            (usize::try_from(start).ok()?, half(42)?, half(44)?)
        }
        _ => {
            let start = u64::from_le_bytes(bytes(32, 8)?.try_into().ok()?);
            (usize::try_from(start).ok()?, half(54)?, half(56)?)
        }
    };
    let kind = |index: usize| {
        let at = start.checked_add(index.checked_mul(size)?)?;
        Some(u32::from_le_bytes(bytes(at, 4)?.try_into().ok()?))
    };
    Some((0..count).map_while(kind).any(|kind| kind == PT_INTERP))
}

/// Covers file systems and guarded files, and keeps them covered as they come and change.
struct Marker {
    shared: Arc<Shared>,
    mountinfo: File,
    folders: Inotify,
    watched: HashSet<PathBuf>,
    covered: HashSet<u64>,
    /// Whether the marks were taken back because nobody is supervised.
    resting: bool,
}

impl Marker {
    fn new(shared: Arc<Shared>) -> std::io::Result<Self> {
        Ok(Self {
            shared,
            mountinfo: File::open(mounts::MOUNTINFO)?,
            folders: Inotify::init(InotifyFlags::IN_CLOEXEC | InotifyFlags::IN_NONBLOCK)?,
            watched: HashSet::new(),
            covered: HashSet::new(),
            resting: false,
        })
    }

    fn run(mut self) {
        while !self.shared.stopping() {
            let mut fds = [
                PollFd::new(&self.mountinfo, PollFlags::PRI),
                PollFd::new(&self.folders, PollFlags::IN),
                PollFd::new(&self.shared.wake_marker, PollFlags::IN),
            ];
            match poll(&mut fds, None) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => {
                    tracing::error!(%error, "cannot wait for new file systems; those of now stay covered");
                    return;
                }
            }
            let mounted = fds.first().is_some_and(|fd| !fd.revents().is_empty());
            drain(&self.shared.wake_marker);
            while self.folders.read_events().is_ok_and(|events| !events.is_empty()) {}
            if self.shared.stopping() {
                return;
            }
            let reopened = self.shared.unmarked.swap(false, Ordering::SeqCst);
            if reopened {
                self.covered.clear();
            }
            let rests = !self.shared.needed.load(Ordering::SeqCst);
            let called = self.resting && !rests;
            if rests && !std::mem::replace(&mut self.resting, rests) {
                self.uncover();
            }
            self.resting = rests;
            if rests {
                continue;
            }
            if mounted || reopened || called {
                let before = lock(&self.shared.coverage).clone();
                let now = self.cover();
                if now != before {
                    self.shared.tell(GateEvent::CoverageChanged(now));
                }
            }
            self.guard();
        }
    }

    /// Marks every file system that is not marked yet.
    fn cover(&mut self) -> Vec<Coverage> {
        let guard = lock(&self.shared.group);
        let Some(group) = guard.as_deref() else { return Vec::new() };
        let mut present = HashSet::new();
        let mut coverage: Vec<Coverage> = Vec::new();
        for mount in mounts::read().unwrap_or_default() {
            if !mounts::holds_programs(&mount.kind) || !present.insert(mount.dev) {
                continue;
            }
            let failure = match mounts::danger(&mount.kind) {
                Some(reason) => Some(reason.to_owned()),
                None if self.covered.contains(&mount.dev) => None,
                None => {
                    let flags = MarkFlags::FAN_MARK_ADD | MarkFlags::FAN_MARK_FILESYSTEM;
                    let mask = MaskFlags::FAN_OPEN_EXEC_PERM;
                    // By any of its mount points: some are hidden under others.
                    match group.mark(flags, mask, rustix::fs::CWD, Some(&mount.point)) {
                        Ok(()) => {
                            self.covered.insert(mount.dev);
                            None
                        }
                        Err(error) => {
                            present.remove(&mount.dev);
                            Some(error.to_string())
                        }
                    }
                }
            };
            coverage.retain(|old| old.failure.is_none() || old.mount_point != mount.point);
            coverage.push(Coverage { mount_point: mount.point, kind: mount.kind, failure });
        }
        self.covered.retain(|dev| present.contains(dev));
        lock(&self.shared.coverage).clone_from(&coverage);
        coverage
    }

    /// Takes the marks of file systems back. What is told of coverage stays: it is so again once needed.
    fn uncover(&mut self) {
        self.covered.clear();
        let Some(group) = lock(&self.shared.group).clone() else { return };
        let flags = MarkFlags::FAN_MARK_FLUSH | MarkFlags::FAN_MARK_FILESYSTEM;
        if let Err(error) = group.mark(flags, MaskFlags::empty(), rustix::fs::CWD, Some("/")) {
            tracing::warn!(%error, "cannot take the gate's marks back; starts go on being asked about");
        }
    }

    /// Marks the guarded files as they are now and watches their folders for replacements.
    fn guard(&mut self) {
        let wanted = lock(&self.shared.wanted).clone();
        for file in &wanted {
            self.watch_folder(&file.path);
        }
        let guard = lock(&self.shared.group);
        let Some(group) = guard.as_deref() else { return };
        let mut guarded: HashMap<(u64, u64), HashSet<u32>> = HashMap::new();
        for file in &wanted {
            // The key first: an answer must be known before the first question.
            let Some(key) = process::path_key(&file.path) else { continue };
            let uids = file.accounts.iter().filter_map(lanh_policy::Account::uid);
            guarded.entry((key.dev, key.ino)).or_default().extend(uids);
        }
        let before = std::mem::replace(
            &mut *self.shared.guarded.write().unwrap_or_else(PoisonError::into_inner),
            guarded.clone(),
        );
        let mask = MaskFlags::FAN_OPEN_PERM;
        if before.keys().any(|key| !guarded.contains_key(key)) {
            // Inode marks only; those of file systems stay.
            let _ = group.mark::<_, Path>(
                MarkFlags::FAN_MARK_FLUSH,
                MaskFlags::empty(),
                rustix::fs::CWD,
                Some(Path::new("/")),
            );
        }
        for file in &wanted {
            if let Err(error) = group.mark(MarkFlags::FAN_MARK_ADD, mask, rustix::fs::CWD, Some(&file.path))
                && error != nix::errno::Errno::ENOENT
            {
                tracing::warn!(path = %file.path.display(), %error, "this file cannot be guarded against copying");
            }
        }
    }

    /// Watches the nearest folder that exists.
    fn watch_folder(&mut self, path: &Path) {
        let Some(folder) = path.ancestors().skip(1).find(|folder| folder.is_dir()) else { return };
        if self.watched.contains(folder) {
            return;
        }
        let changes = AddWatchFlags::IN_CREATE | AddWatchFlags::IN_MOVED_TO | AddWatchFlags::IN_ONLYDIR;
        if self.folders.add_watch(folder, changes).is_ok() {
            self.watched.insert(folder.to_owned());
        }
    }
}

fn open_group() -> std::io::Result<Fanotify> {
    let flags = InitFlags::FAN_CLASS_CONTENT
        | InitFlags::FAN_UNLIMITED_QUEUE
        | InitFlags::FAN_UNLIMITED_MARKS
        | InitFlags::FAN_CLOEXEC
        | InitFlags::FAN_NONBLOCK;
    let files = EventFFlags::O_RDONLY | EventFFlags::O_LARGEFILE | EventFFlags::O_CLOEXEC;
    Ok(Fanotify::init(flags, files)?)
}

/// Whether the kernel gives permission events to this process.
pub(crate) fn probe() -> std::io::Result<()> {
    let group = open_group()?;
    let own = std::env::current_exe()?;
    Ok(group.mark(MarkFlags::FAN_MARK_ADD, MaskFlags::FAN_OPEN_EXEC_PERM, rustix::fs::CWD, Some(&own))?)
}

/// Every waiting event and every watched process holds a descriptor.
pub(crate) fn raise_descriptor_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "cannot raise the limit of open files");
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, GateError> {
    std::thread::Builder::new().name(name.to_owned()).spawn(body).map_err(GateError::Thread)
}

fn wake(eventfd: &OwnedFd) {
    // Full means that it is awake already.
    let _ = rustix::io::write(eventfd.as_fd(), &1u64.to_ne_bytes());
}

/// Takes a call to wake back: until then every wait ends at once.
fn drain(eventfd: &OwnedFd) {
    // Empty means that nobody called.
    let _ = rustix::io::read(eventfd, &mut [0; 8]);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loaders_and_their_programs_are_told_apart() {
        let head = std::fs::read("/bin/sleep").unwrap();
        assert_eq!(names_interpreter(&head[..4096]), Some(true));
        assert_eq!(names_interpreter(b"#!/bin/sh\n"), Some(false));
        assert!(is_loader(Path::new("/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")));
        assert!(!is_loader(Path::new("/usr/bin/ld")));
        for length in 0..head.len().min(200) {
            let _ = names_interpreter(&head[..length]);
        }
    }
}
