//! The core: one task that owns the engine, feeds it and performs its effects.

use crate::companions::{self, Revivals};
use crate::config::Config;
use crate::convert::{self, AppNames};
use crate::enforce::{Done, Enforcer, HoldNews, Order};
use crate::opening::{self, StandIn};
use crate::outbox::{Note, Outbox};
use crate::peers::{self, FromPeer, PeerId};
use crate::questions::BackupFor;
use crate::recognition::Recognised;
use crate::shared::{Refusal, Shared, Supervised};
use chrono::{DateTime, TimeDelta, Utc};
use lanh_catalog::{Catalogue, EvidenceCache, GuardianFact, Home, Installed, Recogniser, Roots};
use lanh_platform::{
    Accounts, Clock, Gate, GateEvent, GuardedFile, Platform, Privilege, ProcessFacts, SecretPlace, Session,
    Sessions, SessionsNow, Watch,
};
use lanh_policy::{
    Account, Anchor, App, AppId, Category, Child, ChildId, CloseManner, Effect, Engine, Event, Family, Focus,
    GateTable, GrantId, Moment, Presence, ProcessId, Reason, SessionId, SessionState,
};
use lanh_protocol::{AppView, ClientKind, Fact, FocusReport, FromService, Notice, PresenceReport, Role};
use lanh_store::{Actor, AuditKind, KnownApp, LastKnown, StoreError, StoreHandle};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// A refused launch is told once in so long per app: a child that tries 500 times reads it once.
const REFUSAL_TOLD_EVERY: Duration = Duration::from_secs(10);

/// How long after the start of the service what it finds is taken for something that ran before.
const STARTING: Duration = Duration::from_secs(30);

/// The polite locks before a session that nothing locks is ended; the engine asks every ten seconds.
const LOCKS_BEFORE_THE_END: u32 = 6;

/// How long the core waits for the store: as long as a flush may be late. Enforcement waits with it, once.
const STORE_PATIENCE: Duration = Duration::from_secs(5);

/// How often to try again what the disk did not take.
const DISK_RETRY: Duration = Duration::from_secs(10);

/// How often to look whether the database can be opened again.
const REOPEN: Duration = Duration::from_secs(20);

/// How often the copies of what is enforced follow while time counts.
const COPY_EVERY: TimeDelta = TimeDelta::minutes(5);

/// What runs in a supervised account.
pub(crate) struct Running {
    pub(crate) uid: u32,
    pub(crate) app: Option<App>,
}

/// One connection.
pub(crate) struct PeerState {
    pub(crate) uid: u32,
    pub(crate) kind: ClientKind,
    sender: Option<mpsc::Sender<FromService>>,
    pub(crate) unlocked: bool,
    pub(crate) watching: bool,
    /// The session that it reports for, once attached.
    pub(crate) session: Option<SessionId>,
    /// Whether its program is the companion that was installed, so that its word counts.
    pub(crate) genuine: bool,
}

/// The parts that are made once, at the start.
pub(crate) struct Parts {
    pub(crate) platform: Platform,
    pub(crate) config: Config,
    pub(crate) config_path: Option<PathBuf>,
    pub(crate) state_dir: PathBuf,
    pub(crate) socket: PathBuf,
    pub(crate) store: StoreHandle,
    pub(crate) copies: Vec<LastKnown>,
    pub(crate) stand_in: Option<StandIn>,
    pub(crate) engine: Engine,
    pub(crate) shared: Arc<Shared>,
    pub(crate) evidence: Arc<EvidenceCache>,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) gate: Option<Gate>,
    pub(crate) watch: Watch,
    pub(crate) sessions: Sessions,
    pub(crate) enforcer: Enforcer,
    pub(crate) troubles: Vec<Fact>,
    pub(crate) key_place: Option<SecretPlace>,
    pub(crate) later: mpsc::Sender<Later>,
    pub(crate) given: HashMap<GrantId, (Duration, DateTime<Utc>)>,
}

/// Work that was handed out and has come back.
pub(crate) enum Later {
    /// A secret was tried.
    SecretTried { peer: PeerId, outcome: crate::questions::SecretTried },
    /// The installed programs were looked at.
    Scanned(Arc<Installed>),
    /// A moment has passed since an account was seen without a companion.
    Revive { uid: u32 },
    /// The disk takes what is written again, or does not any more.
    Disk(Result<(), StoreError>),
    /// The store, which was stuck, moves again.
    StoreMoves,
    /// A backup was made, or not.
    BackedUp(BackupFor, Result<lanh_store::BackupFile, StoreError>),
    /// Whether the database can be opened, tried while a stand-in is at work.
    Reopened(bool),
}

/// The task's state.
pub(crate) struct Core {
    pub(crate) platform: Platform,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    config_path: Option<PathBuf>,
    pub(crate) state_dir: PathBuf,
    pub(crate) socket: PathBuf,
    pub(crate) store: StoreHandle,
    /// A job of the store has taken too long and is still at it.
    stuck: Arc<AtomicBool>,
    outbox: Outbox,
    /// Why the disk takes nothing, since it does not.
    disk: Option<Fact>,
    /// The numbers to call for help, as they were read last.
    pub(crate) help_lines: Vec<String>,
    pub(crate) copies: Vec<LastKnown>,
    copied_at: Option<DateTime<Utc>>,
    pub(crate) stand_in: Option<StandIn>,
    pub(crate) engine: Engine,
    pub(crate) shared: Arc<Shared>,
    pub(crate) evidence: Arc<EvidenceCache>,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) gate: Option<Gate>,
    pub(crate) watch: Watch,
    pub(crate) sessions: Sessions,
    pub(crate) sessions_now: SessionsNow,
    enforcer: Enforcer,
    pub(crate) troubles: Vec<Fact>,
    pub(crate) key_place: Option<SecretPlace>,
    pub(crate) later: mpsc::Sender<Later>,
    pub(crate) processes: HashMap<ProcessId, Running>,
    by_pid: HashMap<u32, ProcessId>,
    pub(crate) peers: BTreeMap<PeerId, PeerState>,
    tables: HashMap<ChildId, Arc<GateTable>>,
    pub(crate) preparing: HashMap<(ChildId, AppId), mpsc::Sender<bool>>,
    told_refusals: HashMap<(ChildId, AppId), Duration>,
    pub(crate) audited: crate::questions::AuditedRefusals,
    pub(crate) revivals: Revivals,
    seen: HashSet<AppId>,
    logind: HashMap<SessionId, u32>,
    /// The sessions whose companion sees nobody there.
    away: HashSet<SessionId>,
    /// Accounts of which only a companion ever told a session; whether it is open.
    stand_ins: HashMap<u32, bool>,
    /// Time since boot when this run began.
    born: Duration,
    /// Amount and end of the grants that are in force.
    pub(crate) given: HashMap<GrantId, (Duration, DateTime<Utc>)>,
    /// A backup that the service shall start anew with.
    pub(crate) restore: Option<opening::Restore>,
    /// The database can be opened again: the service shall start anew with it.
    pub(crate) again: bool,
}

/// Everything the core listens to.
pub(crate) struct Inputs {
    pub(crate) recognised: mpsc::Receiver<Recognised>,
    pub(crate) refusals: mpsc::Receiver<Refusal>,
    pub(crate) gate: Option<mpsc::Receiver<GateEvent>>,
    pub(crate) peers: mpsc::Receiver<FromPeer>,
    pub(crate) done: mpsc::Receiver<Done>,
    pub(crate) later: mpsc::Receiver<Later>,
    pub(crate) stop: oneshot::Receiver<()>,
    pub(crate) reload: mpsc::Receiver<()>,
}

impl AppNames for Core {
    fn app_name(&self, id: &AppId) -> String {
        self.shared.recogniser().app(id).name
    }
}

impl Core {
    pub(crate) fn new(parts: Parts) -> Self {
        let clock = parts.platform.clock();
        Self {
            born: clock.now().since_boot,
            clock,
            platform: parts.platform,
            config: parts.config,
            config_path: parts.config_path,
            state_dir: parts.state_dir,
            socket: parts.socket,
            store: parts.store,
            stuck: Arc::default(),
            outbox: Outbox::default(),
            disk: None,
            help_lines: lanh_store::FamilySettings::default()
                .help_lines
                .into_iter()
                .map(|line| line.number)
                .collect(),
            copies: parts.copies,
            copied_at: None,
            stand_in: parts.stand_in,
            engine: parts.engine,
            shared: parts.shared,
            evidence: parts.evidence,
            catalogue: parts.catalogue,
            gate: parts.gate,
            watch: parts.watch,
            sessions: parts.sessions,
            sessions_now: SessionsNow::default(),
            enforcer: parts.enforcer,
            troubles: parts.troubles,
            key_place: parts.key_place,
            later: parts.later,
            processes: HashMap::new(),
            by_pid: HashMap::new(),
            peers: BTreeMap::new(),
            tables: HashMap::new(),
            preparing: HashMap::new(),
            told_refusals: HashMap::new(),
            audited: crate::questions::AuditedRefusals::default(),
            revivals: Revivals::default(),
            seen: HashSet::new(),
            logind: HashMap::new(),
            away: HashSet::new(),
            stand_ins: HashMap::new(),
            given: parts.given,
            restore: None,
            again: false,
        }
    }

    /// Runs until told to stop.
    pub(crate) async fn run(&mut self, mut inputs: Inputs) {
        let mut sessions = self.sessions.subscribe();
        let mut steps = self.clock.steps().ok();
        let watchdog = sd_notify::watchdog_enabled().map(|every| every / 2);
        let mut pulse = watchdog.map(tokio::time::interval);
        let mut daily = Some(daily());
        let mut disk = Some(every(DISK_RETRY));
        let mut reopen = self.stand_in.as_ref().filter(|it| it.may_pass).map(|_| every(REOPEN));
        self.feed(Event::Tick);
        self.keep_anchor();
        self.supervise();
        self.take_sessions(sessions.borrow_and_update().clone());
        self.keep_copies(false);
        loop {
            let wake = self.engine.next_wake();
            let clock = self.clock.clone();
            tokio::select! {
                biased;
                _ = &mut inputs.stop => break,
                Some(recognised) = inputs.recognised.recv() => self.take_recognised(recognised),
                Some(done) = inputs.done.recv() => self.take_done(done),
                Some(event) = next(&mut inputs.gate) => self.take_gate(event),
                Some(refusal) = inputs.refusals.recv() => self.take_refusal(refusal),
                Some(later) = inputs.later.recv() => self.take_later(later).await,
                Ok(()) = sessions.changed() => {
                    let now = sessions.borrow_and_update().clone();
                    self.take_sessions(now);
                }
                () = sleep_until(&clock, wake) => self.feed(Event::Tick),
                () = stepped(&mut steps) => self.take_step(),
                () = tick(&mut pulse) => self.still_alive(),
                Some(()) = inputs.reload.recv() => {
                    self.reload_config();
                    self.reload_catalogue();
                }
                Some(message) = inputs.peers.recv() => self.take_peer(message).await,
                () = tick(&mut daily) => self.once_a_day().await,
                () = tick(&mut disk), if self.outbox.waits() => self.write_out(),
                () = tick(&mut reopen) => self.try_to_reopen(),
            }
            if self.restore.is_some() || self.again {
                break;
            }
        }
        self.stop();
    }

    /// Retention and a backup.
    async fn once_a_day(&mut self) {
        let now = self.trusted_now();
        match self.ask_store(move |store| store.prune(now)).await {
            Ok(pruned) => {
                tracing::debug!(?pruned, "old records were removed");
                self.keep_copies(true);
            }
            Err(error) => tracing::error!(%error, "old records could not be removed"),
        }
        self.back_up(BackupFor::TheDay);
    }

    fn stop(&mut self) {
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
        // What counts is written down to the second; frozen programs stay frozen for the next run to find.
        for effect in self.engine.finish(self.clock.now()) {
            self.perform(effect);
        }
        self.keep_anchor();
        self.audit(AuditKind::SERVICE, Actor::Service, None, "the service stopped");
        self.keep_copies(false);
        let everybody: Vec<PeerId> = self.peers.keys().copied().collect();
        for peer in everybody {
            self.tell(peer, &Notice::Stopping);
        }
    }

    /// Keeps where trusted time stands, for a start in the same boot after the clock was set.
    fn keep_anchor(&self) {
        let Moment { boot, since_boot, .. } = self.clock.now();
        let anchor = Anchor { boot, since_boot, wall: self.engine.trusted_now() };
        self.outbox.anchor(anchor);
        self.write_out();
    }

    /// The pulse goes to systemd only while the core comes round and the gate's thread does.
    fn still_alive(&self) {
        if self.gate.as_ref().is_none_or(Gate::alive) {
            let _ = sd_notify::notify(&[sd_notify::NotifyState::Watchdog]);
        }
    }

    fn take_step(&mut self) {
        tracing::info!("somebody set the clock");
        self.audit(
            AuditKind::CLOCK,
            Actor::Service,
            None,
            "the wall clock was stepped; the limits go by trusted time",
        );
        self.feed(Event::Tick);
    }

    /// Looks for a newer catalogue of programs, and for programs with what is in force now.
    fn reload_catalogue(&mut self) {
        let (catalogue, refused) = crate::catalogue::load(&self.state_dir, self.config.catalogue_key());
        self.troubles.retain(|fact| !matches!(fact, Fact::CatalogueRefused { .. }));
        self.troubles.extend(refused.into_iter().map(|detail| Fact::CatalogueRefused { detail }));
        self.catalogue = catalogue;
        self.rescan_programs();
    }

    fn reload_config(&mut self) {
        let Some(path) = self.config_path.clone() else {
            tracing::info!("there is no configuration file to read again");
            return;
        };
        match Config::load(&path, true) {
            Ok(config) => {
                let restart = config.scan_seconds != self.config.scan_seconds
                    || config.gate_deadline_milliseconds != self.config.gate_deadline_milliseconds
                    || config.gate_refuses_overdue != self.config.gate_refuses_overdue;
                crate::logging::set_filter(&config.log);
                self.config = config;
                if restart {
                    tracing::warn!("scan_seconds and the gate_ settings take effect at the next start");
                }
                tracing::info!("the configuration was read again");
            }
            Err(error) => tracing::error!(%error, "the old configuration stays in force"),
        }
    }

    // The engine.

    /// Tells the engine what happened and performs what it asks for.
    pub(crate) fn feed(&mut self, event: Event) {
        let effects = self.engine.handle(self.clock.now(), event);
        for effect in effects {
            self.perform(effect);
        }
        self.write_out();
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Warn(warning) => {
                let notice = Notice::Warning {
                    child: warning.child.0,
                    target: convert::target_view(&warning.target, self),
                    app: warning.app.as_ref().map(|app| self.app_view(app)),
                    left: convert::seconds_up(warning.left),
                    reason: convert::reason_view(&warning.reason, self),
                };
                self.tell_child(warning.child, &notice);
            }
            Effect::ShowHealthText(child, app, text) => {
                let notice = Notice::HealthText {
                    child: child.0,
                    app: self.app_view(&app),
                    played: convert::seconds(text.played),
                };
                self.tell_child(child, &notice);
            }
            Effect::Hold { child, app, reason, closes_at, saves_left } => {
                tracing::info!(%child, app = %app.id, rule = %reason.rule, %closes_at, "time is up: holding");
                self.hold(child, &app, HoldNews { reason, closes_at, saves_left });
            }
            Effect::Release { child, app, save_until } => {
                tracing::info!(%child, app = %app.id, ?save_until, "releasing");
                self.enforcer.order(child, &app, Order::Release { save_until });
            }
            Effect::Close { child, app, reason, manner } => {
                let grace = match manner {
                    CloseManner::Polite { grace } => grace,
                    CloseManner::AtOnce => Duration::ZERO,
                };
                tracing::info!(%child, app = %app.id, rule = %reason.rule, ?grace, "closing");
                let order = Order::Close {
                    processes: self.processes_of(child, &app.id),
                    owners: self.uids_of(child),
                    grace,
                    reason: (!grace.is_zero()).then(|| reason.clone()),
                };
                self.enforcer.order(child, &app, order);
                if grace.is_zero() {
                    self.take_refusal(Refusal { child, app, reason });
                }
            }
            Effect::LockSession { child, session, reason, attempt } => {
                let notice = Notice::Locking { child: child.0, reason: convert::reason_view(&reason, self) };
                if attempt == 0 {
                    self.tell_child(child, &notice);
                }
                if self.logind.contains_key(&session) {
                    let sessions = self.sessions.clone();
                    let locked = self.sessions_now.sessions.iter().any(|it| it.id == session && it.locked);
                    tokio::spawn(async move {
                        let result = if locked || attempt < LOCKS_BEFORE_THE_END {
                            sessions.lock(&session).await
                        } else {
                            sessions.terminate(&session).await
                        };
                        if let Err(error) = result {
                            tracing::warn!(%session, attempt, %error, "the session could not be locked");
                        }
                    });
                }
            }
            // Locking goes from lock to the end of the session; nothing in between has to be undone.
            Effect::UnlockSession(..) => {}
            Effect::SetGate(child, table) => {
                self.tables.insert(child, table);
                self.set_gate();
            }
            Effect::Record(entry) => self.outbox.record(entry),
            Effect::KeepFloor(floor) => {
                self.outbox.floor(floor);
                self.keep_anchor();
                if self.copied_at.is_none_or(|at| floor - at >= COPY_EVERY) {
                    self.keep_copies(false);
                }
            }
            Effect::StandingChanged(child) => {
                let watchers: Vec<PeerId> = self
                    .peers
                    .iter()
                    .filter(|(_, peer)| peer.watching && self.may_see(peer, child))
                    .map(|(id, _)| *id)
                    .collect();
                for peer in watchers {
                    self.tell(peer, &Notice::Changed { child: child.0 });
                }
            }
        }
    }

    fn hold(&mut self, child: ChildId, app: &App, news: HoldNews) {
        let processes = self.processes_of(child, &app.id);
        let companions = self.companions_of(child);
        let prepared = if companions.is_empty() {
            None
        } else {
            let (sender, receiver) = mpsc::channel(4);
            self.preparing.insert((child, app.id.clone()), sender);
            let notice = Notice::PrepareHold {
                child: child.0,
                app: self.app_view(app),
                pids: processes.iter().map(|process| process.pid).collect(),
            };
            for peer in companions {
                self.tell(peer, &notice);
            }
            Some(receiver)
        };
        let owners = self.uids_of(child);
        self.enforcer.order(child, app, Order::Hold { processes, owners, prepared, news });
    }

    fn take_done(&mut self, done: Done) {
        match done {
            Done::Held { child, app, news } => {
                self.preparing.remove(&(child, app.id.clone()));
                let notice = Notice::TimesUp {
                    child: child.0,
                    app: self.app_view(&app),
                    reason: convert::reason_view(&news.reason, self),
                    closes_at: news.closes_at,
                    saves_left: news.saves_left,
                };
                self.tell_child(child, &notice);
            }
            Done::Released { child, app, save_until } => {
                let notice = Notice::Released { child: child.0, app: self.app_view(&app), save_until };
                self.tell_child(child, &notice);
            }
            Done::Closing { child, app, reason, grace } => {
                let notice = Notice::Closing {
                    child: child.0,
                    app: self.app_view(&app),
                    reason: convert::reason_view(&reason, self),
                    grace: convert::seconds(grace),
                };
                self.tell_child(child, &notice);
            }
            Done::Unsafe { child, app } => {
                self.preparing.remove(&(child, app.id.clone()));
                self.feed(Event::HoldUnsafe(child, app.id));
            }
        }
    }

    /// Who is supervised may have changed: tell the watch and the gate, and give newcomers a table.
    fn supervise(&mut self) {
        let uids: HashSet<u32> = self.children_by_uid().into_keys().collect();
        if let Some(gate) = &self.gate {
            gate.set_needed(!uids.is_empty());
        }
        self.watch.set_supervised(uids);
        self.set_gate();
    }

    fn set_gate(&mut self) {
        let children = self.children_by_uid();
        self.tables.retain(|child, _| children.values().any(|known| known == child));
        let family = self.engine.family();
        let strict = |id: &ChildId| {
            family.children.iter().any(|child| child.id == *id && child.settings.strict_programs)
        };
        let supervised = |(uid, child): (&u32, &ChildId)| {
            let table = self.tables.get(child).cloned().unwrap_or_default();
            (*uid, Supervised { child: *child, table, strict: strict(child) })
        };
        let tables = children.iter().map(supervised).collect();
        self.shared.set_tables(tables);
        let Some(gate) = &self.gate else { return };
        let mut guarded: BTreeMap<PathBuf, Vec<Account>> = BTreeMap::new();
        let recogniser = self.shared.recogniser();
        for installed in recogniser.installed().list().iter().filter(|app| app.category == Category::Game) {
            let app = recogniser.app(&installed.id);
            for (uid, child) in &children {
                if self.tables.get(child).is_some_and(|table| table.refusal(&app).is_some()) {
                    for file in &installed.files {
                        guarded.entry(file.clone()).or_default().push(Account::from_uid(*uid));
                    }
                }
            }
        }
        gate.set_guarded_files(
            guarded.into_iter().map(|(path, accounts)| GuardedFile { path, accounts }).collect(),
        );
    }

    // Accounts and children.

    /// The supervised accounts. Without root this is the service's own account at most.
    pub(crate) fn children_by_uid(&self) -> HashMap<u32, ChildId> {
        let family = self.engine.family();
        let accounts = family
            .children
            .iter()
            .flat_map(|child| child.accounts.iter().filter_map(|account| Some((account.uid()?, child.id))));
        match self.platform.privilege() {
            Privilege::Root => accounts.collect(),
            Privilege::User(own) => accounts.filter(|(uid, _)| *uid == own).collect(),
        }
    }

    fn child_of(&self, uid: u32) -> Option<ChildId> {
        self.children_by_uid().get(&uid).copied()
    }

    fn uids_of(&self, child: ChildId) -> Vec<u32> {
        self.children_by_uid().into_iter().filter(|(_, owner)| *owner == child).map(|(uid, _)| uid).collect()
    }

    fn processes_of(&self, child: ChildId, app: &AppId) -> Vec<ProcessId> {
        let uids = self.uids_of(child);
        self.processes
            .iter()
            .filter(|(_, running)| {
                uids.contains(&running.uid) && running.app.as_ref().is_some_and(|known| known.id == *app)
            })
            .map(|(process, _)| *process)
            .collect()
    }

    pub(crate) fn accounts(&self) -> Accounts {
        self.platform.accounts()
    }

    /// The family as the store has it now, told to the engine. A change that cannot be read back leaves
    /// the last known policy in force.
    pub(crate) async fn family_changed(&mut self) -> Result<(), StoreError> {
        let family: Family = self.ask_store(|store| store.family()).await?;
        self.feed(Event::FamilyChanged(family));
        self.supervise();
        self.keep_copies(false);
        Ok(())
    }

    // Processes.

    fn take_recognised(&mut self, recognised: Recognised) {
        match recognised {
            Recognised::Exited(process) => self.forget_process(process),
            Recognised::Runs { facts, app, childs } => {
                let process = facts.id;
                if let Some(not_installed) = childs {
                    self.refuse_running(&facts, not_installed);
                }
                if self
                    .processes
                    .get(&process)
                    .is_some_and(|known| known.app == app && known.uid == facts.uid)
                {
                    return;
                }
                if self.processes.contains_key(&process) {
                    self.forget_process(process);
                }
                if self.child_of(facts.uid).is_none() {
                    return;
                }
                self.by_pid.insert(process.pid, process);
                self.processes.insert(process, Running { uid: facts.uid, app: app.clone() });
                let Some(app) = app else { return };
                self.note_seen(&app);
                // It had ended with its last program; whatever runs now is in a session again.
                if self.stand_ins.get(&facts.uid) == Some(&false) {
                    self.stand_in(facts.uid);
                }
                self.feed(Event::ProcessStarted {
                    process,
                    account: Account::from_uid(facts.uid),
                    session: facts.session,
                    app,
                });
                self.miss_companion(facts.uid);
            }
        }
    }

    /// Ends what the gate could not see and strict mode refuses: programs in memory, on file systems of
    /// the child's own, and files that an interpreter was given. What ran before the service did is asked
    /// politely.
    fn refuse_running(&mut self, facts: &ProcessFacts, app: App) {
        let strict = |child: &&Child| child.settings.strict_programs;
        // It may have become another program since; the watch tells of that one too.
        let now = lanh_platform::facts(facts.id.pid).and_then(|now| now.exe_key);
        if now != facts.exe_key {
            return;
        }
        let Some(id) = self.child_of(facts.uid) else { return };
        let family = self.engine.family();
        let Some(child) = family.children.iter().find(|child| child.id == id).filter(strict) else { return };
        let grace = if self.starting() { child.settings.close_grace } else { Duration::ZERO };
        tracing::info!(%id, app = %app.id, pid = facts.id.pid, "not installed by the system: ending it");
        let order = Order::Close { processes: vec![facts.id], owners: self.uids_of(id), grace, reason: None };
        self.enforcer.order(id, &app, order);
        self.take_refusal(Refusal { child: id, app, reason: Reason::not_installed() });
    }

    /// Whether this run is so young that what it finds running was started before it.
    fn starting(&self) -> bool {
        self.clock.now().since_boot.saturating_sub(self.born) < STARTING
    }

    fn forget_process(&mut self, process: ProcessId) {
        let Some(running) = self.processes.remove(&process) else { return };
        if self.by_pid.get(&process.pid) == Some(&process) {
            self.by_pid.remove(&process.pid);
        }
        let Some(app) = running.app else { return };
        self.feed(Event::ProcessExited(process));
        if let Some(child) = self.child_of(running.uid)
            && self.processes_of(child, &app.id).is_empty()
        {
            self.enforcer.forget(child, &app.id);
        }
        self.end_session_without_companion(running.uid);
    }

    fn note_seen(&mut self, app: &App) {
        if !self.seen.insert(app.id.clone()) {
            return;
        }
        let (at, app, basis) = (self.engine.trusted_now(), app.clone(), self.basis_of(&app.id));
        self.post(move |store| store.saw_app(at, &app, basis));
    }

    fn basis_of(&self, id: &AppId) -> lanh_store::AppBasis {
        use lanh_catalog::FactBasis;
        match self.shared.recogniser().basis_of(id).0 {
            FactBasis::Read => lanh_store::AppBasis::Read,
            FactBasis::Known => lanh_store::AppBasis::Known,
            FactBasis::Unknown | FactBasis::Guardian => lanh_store::AppBasis::Unknown,
        }
    }

    fn take_gate(&mut self, event: GateEvent) {
        match event {
            GateEvent::Launched(_) | GateEvent::Refused(_) => {}
            GateEvent::OpenRefused(launch) => {
                tracing::info!(uid = launch.uid, path = %launch.path.display(), "a refused game's file was not opened");
            }
            GateEvent::LoaderAlone(launch, decision) => {
                tracing::warn!(
                    uid = launch.uid,
                    pid = launch.process.pid,
                    ?decision,
                    "the loader was started by itself"
                );
                let child = self.child_of(launch.uid);
                self.audit(
                    AuditKind::TAMPERING,
                    Actor::Account(Account::from_uid(launch.uid)),
                    child,
                    "the dynamic loader was started without a program before it",
                );
                self.watch.rescan();
            }
            GateEvent::Overdue(launch, decision) => {
                tracing::warn!(path = %launch.path.display(), ?decision, "a program could not be judged in time");
                self.watch.rescan();
            }
            GateEvent::CoverageChanged(coverage) => {
                for part in coverage.iter().filter(|part| part.failure.is_some()) {
                    let failure = part.failure.as_deref().unwrap_or_default();
                    tracing::info!(mount = %part.mount_point.display(), failure, "a file system is not covered by the gate");
                }
            }
            GateEvent::Missed => self.watch.rescan(),
            GateEvent::Restarted(reason) => {
                tracing::error!(reason, "the gate was opened anew; looking at what runs");
                self.watch.rescan();
            }
            GateEvent::Failed(reason) => {
                tracing::error!(reason, "the gate has failed: programs are noticed and ended, not refused");
                self.troubles.push(Fact::GateFailed { detail: reason });
                self.gate = None;
            }
        }
    }

    pub(crate) fn take_refusal(&mut self, refusal: Refusal) {
        let Refusal { child, app, reason } = refusal;
        let now = self.clock.now().since_boot;
        let key = (child, app.id.clone());
        self.told_refusals.retain(|_, told| now.saturating_sub(*told) < REFUSAL_TOLD_EVERY);
        if self.told_refusals.contains_key(&key) {
            return;
        }
        self.told_refusals.insert(key, now);
        let notice = Notice::Refused {
            child: child.0,
            app: self.app_view(&app),
            reason: convert::reason_view(&reason, self),
        };
        self.tell_child(child, &notice);
    }

    // Sessions and companions.

    fn take_sessions(&mut self, now: SessionsNow) {
        let supervised = self.children_by_uid();
        if now.unavailable.is_some() && !self.logind.is_empty() {
            // The login manager is being restarted: nobody logged out, and what runs goes on counting.
            self.sessions_now = now;
            return;
        }
        let mut gone = std::mem::take(&mut self.logind);
        for session in &now.sessions {
            if session.class != lanh_platform::SessionClass::User || !supervised.contains_key(&session.uid) {
                continue;
            }
            gone.remove(&session.id);
            self.logind.insert(session.id.clone(), session.uid);
            self.feed_session(session);
        }
        for (session, uid) in gone {
            self.away.remove(&session);
            self.feed(Event::SessionChanged {
                session,
                account: Account::from_uid(uid),
                state: SessionState::Ended,
            });
        }
        self.sessions_now = now;
    }

    /// Any program of a session may say that it is locked. So that nobody plays behind such a word, it is
    /// taken only when the companion too sees nobody there; until then the session is in use.
    fn feed_session(&mut self, session: &Session) {
        let state = if session.closing {
            SessionState::Ended
        } else if session.locked && self.away.contains(&session.id) {
            SessionState::Locked
        } else if session.active {
            SessionState::Active
        } else {
            SessionState::Background
        };
        let account = Account::from_uid(session.uid);
        self.feed(Event::SessionChanged { session: session.id.clone(), account, state });
    }

    /// Whether the companion of a session sees nobody there.
    fn note_away(&mut self, session: &SessionId, away: bool) {
        let changed = if away { self.away.insert(session.clone()) } else { self.away.remove(session) };
        if !changed {
            return;
        }
        let locked = self.sessions_now.sessions.iter().find(|found| found.id == *session && found.locked);
        if let Some(session) = locked.filter(|found| self.logind.contains_key(&found.id)).cloned() {
            self.feed_session(&session);
        }
    }

    /// The session of a companion: the one it names if the login manager says that it is its account's,
    /// else a session that stands for the whole account.
    pub(crate) fn attach(&mut self, peer: PeerId, uid: u32, named: Option<String>) {
        let known = named.map(SessionId::new).filter(|session| self.logind.get(session) == Some(&uid));
        let session = known.unwrap_or_else(|| match self.logind.iter().find(|(_, owner)| **owner == uid) {
            Some((session, _)) => session.clone(),
            None => stand_in_of(uid),
        });
        if !self.logind.contains_key(&session) {
            self.stand_in(uid);
        }
        if let Some(state) = self.peers.get_mut(&peer) {
            state.session = Some(session);
        }
        self.revivals.came(uid);
    }

    /// Opens the session that stands for a whole account.
    fn stand_in(&mut self, uid: u32) {
        if self.logind.values().any(|owner| *owner == uid) {
            return;
        }
        self.stand_ins.insert(uid, true);
        self.feed(Event::SessionChanged {
            session: stand_in_of(uid),
            account: Account::from_uid(uid),
            state: SessionState::Active,
        });
    }

    /// What a companion says, as far as it counts. Two companions in one session, or one that is not the
    /// installed program, know nothing: what runs is counted.
    pub(crate) fn report(&mut self, peer: PeerId, report: &PresenceReport) {
        let Some((session, uid, genuine)) =
            self.peers.get(&peer).and_then(|state| Some((state.session.clone()?, state.uid, state.genuine)))
        else {
            return;
        };
        let alone = self.peers.values().filter(|state| state.session.as_ref() == Some(&session)).count() == 1;
        let presence = if genuine && alone {
            match report {
                PresenceReport::Away { .. } => Presence::Away,
                PresenceReport::Here { focus } => Presence::Here(self.focus(uid, focus)),
            }
        } else {
            Presence::Here(Focus::Unknown)
        };
        self.note_away(&session, presence == Presence::Away);
        self.feed(Event::CompanionSees { session, presence });
    }

    fn focus(&self, uid: u32, report: &FocusReport) -> Focus {
        match report {
            FocusReport::Nothing => Focus::Other,
            FocusReport::Unknown => Focus::Unknown,
            FocusReport::Process { pid } => {
                let known = self.by_pid.get(pid).and_then(|process| self.processes.get(process));
                match known {
                    Some(running) if running.uid == uid => match &running.app {
                        Some(app) => Focus::App(app.id.clone()),
                        None => Focus::Other,
                    },
                    Some(_) => Focus::Unknown,
                    // Not watched: a window of the desktop itself, or a number that was made up.
                    None if lanh_platform::facts(*pid).is_some() => Focus::Other,
                    None => Focus::Unknown,
                }
            }
        }
    }

    fn silent(&mut self, peer: PeerId) {
        let Some((session, uid)) =
            self.peers.get(&peer).and_then(|state| Some((state.session.clone()?, state.uid)))
        else {
            return;
        };
        self.note_away(&session, false);
        self.feed(Event::CompanionSilent(session));
        self.miss_companion(uid);
    }

    /// A session that only its companion told of is over when neither companion nor program is left.
    fn end_session_without_companion(&mut self, uid: u32) {
        if self.stand_ins.get(&uid) != Some(&true) {
            return;
        }
        let session = stand_in_of(uid);
        let attached = self.peers.values().any(|state| state.session.as_ref() == Some(&session));
        let running = self.processes.values().any(|running| running.uid == uid && running.app.is_some());
        if !attached && !running {
            self.stand_ins.insert(uid, false);
            self.feed(Event::SessionChanged {
                session,
                account: Account::from_uid(uid),
                state: SessionState::Ended,
            });
        }
    }

    /// Looks in a moment whether an account still has no companion.
    fn miss_companion(&mut self, uid: u32) {
        if self.has_companion(uid) {
            return;
        }
        let (later, wait) = (self.later.clone(), Revivals::first_wait());
        // Ask once now so that the first wait starts with the first program.
        let _ = self.revivals.due(uid, self.clock.now().since_boot);
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            let _ = later.send(Later::Revive { uid }).await;
        });
    }

    fn has_companion(&self, uid: u32) -> bool {
        self.peers.values().any(|state| state.uid == uid && state.session.is_some())
    }

    fn revive(&mut self, uid: u32) {
        if self.has_companion(uid) || !self.revivals.due(uid, self.clock.now().since_boot) {
            return;
        }
        let beside = self
            .processes
            .iter()
            .find(|(_, running)| running.uid == uid && running.app.is_some())
            .map(|(id, _)| *id);
        let (Some(beside), Some(account)) = (beside, self.accounts().by_uid(uid)) else { return };
        match companions::start(self.platform.privilege(), &account, beside, &self.socket) {
            Ok(()) => tracing::info!(uid, "started the companion of a session that had none"),
            Err(reason) => tracing::info!(uid, reason, "a session has no companion: what runs is counted"),
        }
    }

    async fn take_later(&mut self, later: Later) {
        match later {
            Later::SecretTried { peer, outcome } => self.secret_tried(peer, outcome),
            Later::Revive { uid } => self.revive(uid),
            Later::Disk(result) => {
                self.disk = result.err().map(|error| Fact::NotWritten { detail: error.to_string() });
                if self.disk.is_none() {
                    tracing::info!("what had to wait for the disk is written");
                }
            }
            Later::BackedUp(wanted, made) => self.backed_up(wanted, made),
            Later::StoreMoves => self.store_moves().await,
            Later::Reopened(can) => {
                if can {
                    tracing::info!("the database can be opened again; starting anew with it");
                    self.again = true;
                }
            }
            Later::Scanned(installed) => {
                if let Err(error) = self.use_installed(installed).await {
                    tracing::error!(%error, "what guardians said about programs could not be read");
                }
            }
        }
    }

    // Programs.

    /// Where programs may be installed: the system and the homes of the children.
    pub(crate) fn roots(&self) -> Roots {
        let accounts = self.accounts();
        let homes = self
            .children_by_uid()
            .into_keys()
            .filter_map(|uid| Some(Home { uid, path: accounts.by_uid(uid)?.home }))
            .collect();
        Roots { own: companions::programs(), ..Roots::machine(homes) }
    }

    /// Looks for installed programs on a thread of its own.
    pub(crate) fn rescan_programs(&self) {
        let (roots, catalogue, later) = (self.roots(), Arc::clone(&self.catalogue), self.later.clone());
        tokio::task::spawn_blocking(move || {
            let _ = later.blocking_send(Later::Scanned(Arc::new(Installed::scan(&roots, &catalogue))));
        });
    }

    /// Recognises by these programs and by what the guardians said, from now on.
    pub(crate) async fn use_installed(&mut self, installed: Arc<Installed>) -> Result<(), StoreError> {
        let known = self.ask_store(|store| store.apps()).await?;
        let recogniser = Recogniser::new(installed, guardian_facts(&known), Arc::clone(&self.evidence));
        self.shared.set_recogniser(Arc::new(recogniser));
        self.set_gate();
        self.watch.rescan();
        Ok(())
    }

    pub(crate) fn app_view(&self, app: &App) -> AppView {
        crate::questions::app_view(app, &self.shared.recogniser(), None)
    }

    // Peers.

    async fn take_peer(&mut self, message: FromPeer) {
        match message {
            FromPeer::Arrived { id, uid, pid, role } => {
                let genuine = pid.is_some_and(|pid| self.is_companion(pid));
                let state = PeerState {
                    uid,
                    kind: ClientKind::Cli,
                    sender: None,
                    unlocked: false,
                    watching: false,
                    session: None,
                    genuine,
                };
                let _ = role.send(self.role(&state));
                self.peers.insert(id, state);
            }
            FromPeer::Ready { id, kind, sender } => {
                if let Some(state) = self.peers.get_mut(&id) {
                    state.kind = kind;
                    state.sender = Some(sender);
                }
            }
            FromPeer::Asked { id, question, reply } => self.answer(id, *question, reply).await,
            FromPeer::Silent(id) => self.silent(id),
            FromPeer::Gone(id) => {
                let Some(state) = self.peers.remove(&id) else { return };
                if let Some(session) = state.session {
                    let others = self.peers.values().any(|other| other.session.as_ref() == Some(&session));
                    if !others {
                        self.note_away(&session, false);
                        self.feed(Event::CompanionSilent(session));
                        self.miss_companion(state.uid);
                    }
                    self.end_session_without_companion(state.uid);
                }
            }
        }
    }

    /// Whether a process runs the companion's program file.
    fn is_companion(&self, pid: u32) -> bool {
        let Some(program) = companions::program() else { return false };
        lanh_platform::facts(pid)
            .is_some_and(|facts| !facts.exe_deleted && facts.exe.as_ref() == Some(&program))
    }

    /// Who a peer is, by the kernel's word and what it proved on its connection.
    pub(crate) fn role(&self, peer: &PeerState) -> Role {
        if peer.uid == 0 || peer.unlocked {
            return Role::Guardian;
        }
        match self.child_of(peer.uid) {
            Some(child) => Role::Child { child: child.0 },
            None => Role::Nobody,
        }
    }

    fn may_see(&self, peer: &PeerState, child: ChildId) -> bool {
        match self.role(peer) {
            Role::Guardian => true,
            Role::Child { child: own } => own == child.0,
            Role::Nobody => false,
        }
    }

    fn companions_of(&self, child: ChildId) -> Vec<PeerId> {
        let uids = self.uids_of(child);
        self.peers
            .iter()
            .filter(|(_, peer)| peer.session.is_some() && uids.contains(&peer.uid))
            .map(|(id, _)| *id)
            .collect()
    }

    /// Tells a child's companions, and whoever watches and may see the child.
    pub(crate) fn tell_child(&mut self, child: ChildId, notice: &Notice) {
        let uids = self.uids_of(child);
        let audience: Vec<PeerId> = self
            .peers
            .iter()
            .filter(|(_, peer)| {
                (peer.session.is_some() && uids.contains(&peer.uid))
                    || (peer.watching && self.may_see(peer, child))
            })
            .map(|(id, _)| *id)
            .collect();
        for peer in audience {
            self.tell(peer, notice);
        }
    }

    pub(crate) fn tell(&mut self, peer: PeerId, notice: &Notice) {
        let Some(state) = self.peers.get_mut(&peer) else { return };
        let kept_up = state.sender.as_ref().is_none_or(|sender| peers::tell(sender, notice.clone()));
        if !kept_up {
            // Dropping the sender ends the connection's task.
            tracing::warn!(uid = state.uid, "a client does not read; cutting it off");
            state.sender = None;
        }
    }

    // The store.

    /// Runs a job in the store and waits for it, but not for ever: the core has limits to keep. While the
    /// disk is stuck nothing is asked of it; a job that was not begun in time never runs.
    pub(crate) async fn ask_store<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut lanh_store::Store) -> lanh_store::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        if self.stuck.load(Ordering::Relaxed) {
            return Err(StoreError::Busy);
        }
        let (sender, receiver) = oneshot::channel();
        let late = Arc::new(AtomicBool::new(false));
        let given_up = Arc::clone(&late);
        let job = move |store: &mut lanh_store::Store| {
            if given_up.load(Ordering::Relaxed) { Err(StoreError::Busy) } else { job(store) }
        };
        self.store.ask(job, move |result| {
            let _ = sender.send(result);
        })?;
        if let Ok(answer) = tokio::time::timeout(STORE_PATIENCE, receiver).await {
            return answer.unwrap_or(Err(StoreError::Stopped));
        }
        late.store(true, Ordering::Relaxed);
        self.stuck.store(true, Ordering::Relaxed);
        tracing::error!("the disk has been stuck for {STORE_PATIENCE:?}; the limits hold from memory");
        let (stuck, later) = (Arc::clone(&self.stuck), self.later.clone());
        let asked = self.store.ask(
            |_| Ok(()),
            move |_| {
                stuck.store(false, Ordering::Relaxed);
                let _ = later.blocking_send(Later::StoreMoves);
            },
        );
        if asked.is_err() {
            // A full queue says by itself that the disk does not keep up.
            self.stuck.store(false, Ordering::Relaxed);
        }
        Err(StoreError::Busy)
    }

    /// The disk was stuck, and whoever asked for something was told to ask again; what was done all the same
    /// takes effect now.
    async fn store_moves(&mut self) {
        tracing::info!("the disk moves again");
        if let Err(error) = self.take_stored().await {
            tracing::error!(%error, "what was stored meanwhile cannot be read; the last known limits hold");
        }
        self.write_out();
    }

    async fn take_stored(&mut self) -> Result<(), StoreError> {
        self.family_changed().await?;
        let now = self.trusted_now();
        let grants = self.ask_store(move |store| store.open_grants(now)).await?;
        let gone: Vec<GrantId> = self
            .given
            .iter()
            .filter(|(id, (_, until))| *until > now && !grants.iter().any(|grant| grant.id == **id))
            .map(|(id, _)| *id)
            .collect();
        for id in gone {
            self.given.remove(&id);
            self.feed(Event::GrantRevoked(id));
        }
        for grant in grants {
            if self.given.insert(grant.id, (grant.amount, grant.until)).is_none() {
                self.feed(Event::Granted(grant));
            }
        }
        Ok(())
    }

    /// Has what waits written. What the disk does not take waits on, and guardians are told.
    fn write_out(&self) {
        let (later, troubled) = (self.later.clone(), self.disk.is_some());
        self.outbox.send(&self.store, move |result| {
            if let Err(error) = &result {
                tracing::error!(%error, "not written down, to be tried again; the limits hold from memory");
            }
            if result.is_err() != troubled {
                // A full channel: the next try tells.
                let _ = later.try_send(Later::Disk(result));
            }
        });
    }

    /// Brings the copies of what is enforced up to date; `anew` after rows were removed.
    pub(crate) fn keep_copies(&mut self, anew: bool) {
        let now = self.engine.trusted_now();
        self.copied_at = Some(now);
        for copy in self.copies.clone() {
            let asked = self.store.ask(
                move |store| store.keep_last_known(&copy, now, anew),
                |kept| {
                    if let Err(error) = kept {
                        tracing::warn!(%error, "the copy of the limits is not up to date");
                    }
                },
            );
            if let Err(error) = asked {
                tracing::warn!(%error, "the copy of the limits is not up to date");
            }
        }
    }

    /// Looks, on a thread of its own, whether what kept the database shut has passed.
    fn try_to_reopen(&self) {
        let (platform, state_dir) = (self.platform.clone(), self.state_dir.clone());
        let later = self.later.clone();
        tokio::task::spawn_blocking(move || {
            let _ = later.blocking_send(Later::Reopened(opening::can_be_opened(&platform, &state_dir)));
        });
    }

    /// What guardians must know of.
    pub(crate) fn all_troubles(&self) -> Vec<Fact> {
        let stuck = self.stuck.load(Ordering::Relaxed).then_some(Fact::DiskStuck);
        self.troubles.iter().chain(&self.disk).cloned().chain(stuck).collect()
    }

    /// Leaves a job to the store.
    pub(crate) fn post(
        &self,
        job: impl FnOnce(&mut lanh_store::Store) -> lanh_store::Result<()> + Send + 'static,
    ) {
        if let Err(error) = self.store.post(job) {
            tracing::error!(%error, "something could not be written down; the limits hold from memory");
        }
    }

    pub(crate) fn audit(
        &self,
        kind: AuditKind,
        actor: Actor,
        child: Option<ChildId>,
        detail: impl Into<String>,
    ) {
        self.outbox.note(Note { at: self.engine.trusted_now(), kind, actor, child, detail: detail.into() });
        self.write_out();
    }

    pub(crate) fn trusted_now(&mut self) -> DateTime<Utc> {
        self.feed(Event::Tick);
        self.engine.trusted_now()
    }
}

/// The session that stands for a whole account, where no login manager tells of one.
fn stand_in_of(uid: u32) -> SessionId {
    SessionId::new(format!("uid:{uid}"))
}

/// What guardians said about programs, for the recogniser.
pub(crate) fn guardian_facts(known: &[KnownApp]) -> Vec<GuardianFact> {
    known
        .iter()
        .filter(|app| app.set_category.is_some() || app.set_rating.is_some())
        .map(|app| GuardianFact {
            id: app.found.id.clone(),
            name: Some(app.found.name.clone()),
            category: app.set_category,
            rating: app.set_rating,
        })
        .collect()
}

async fn sleep_until(clock: &Clock, wake: Option<Duration>) {
    match wake {
        None => std::future::pending().await,
        Some(wake) => {
            if let Err(error) = clock.sleep_until(wake).await {
                tracing::error!(%error, "no kernel timer; looking again in a second");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

fn every(period: Duration) -> tokio::time::Interval {
    let mut interval = tokio::time::interval_at(tokio::time::Instant::now() + period, period);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    interval
}

/// Every day, the first time a quarter of an hour after the start: the start has other work to do.
fn daily() -> tokio::time::Interval {
    let first = tokio::time::Instant::now() + Duration::from_secs(15 * 60);
    tokio::time::interval_at(first, Duration::from_secs(24 * 60 * 60))
}

async fn stepped(steps: &mut Option<lanh_platform::Steps>) {
    match steps {
        None => std::future::pending().await,
        Some(announced) => {
            if let Err(error) = announced.next().await {
                tracing::warn!(%error, "steps of the clock are not announced any more");
                *steps = None;
            }
        }
    }
}

async fn tick(pulse: &mut Option<tokio::time::Interval>) {
    match pulse {
        None => std::future::pending().await,
        Some(pulse) => {
            pulse.tick().await;
        }
    }
}

async fn next<T>(receiver: &mut Option<mpsc::Receiver<T>>) -> Option<T> {
    match receiver {
        None => std::future::pending().await,
        Some(receiver) => receiver.recv().await,
    }
}
