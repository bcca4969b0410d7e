//! `lanhd`, the privileged service: the only place where the parts are composed.
//!
//! One task, the [`core`], owns the engine. The gate's threads answer from what it shares with them;
//! the watch, the login manager, the clock and the clients feed it; it performs the engine's effects.

mod catalogue;
mod companions;
mod config;
mod convert;
mod core;
mod disputes;
mod doctor;
mod enforce;
mod fair;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod logging;
mod opening;
mod options;
mod outbox;
mod peers;
mod questions;
mod recognition;
mod reports;
mod shared;

#[cfg(feature = "fake-clock")]
pub use lanh_platform::Acceleration;
pub use lanh_platform::{Clock, ClockError};
pub use options::Options;

use crate::config::{Config, ConfigError, DEFAULT_PATH};
use crate::core::{Core, Inputs, Parts};
use lanh_catalog::{EvidenceCache, Installed, Recogniser, Roots};
use lanh_platform::{Decision, GateError, GateOptions, HoldName, Platform, Privilege, WatchOptions};
use lanh_policy::{ChildId, Engine, Verdict};
use lanh_protocol::{BindError, Fact, Listener, Mode};
use lanh_store::{Actor, AuditKind, Store, StoreError, Writer};
use std::collections::HashSet;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, oneshot};

/// Why the service cannot start. Nothing was changed.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("cannot make the folder {path}: {source}; say another one with --state-dir")]
    StateDir { path: PathBuf, source: std::io::Error },
    #[error("root supervises every account; to supervise one account only, run lanhd as that account")]
    UserModeAsRoot,
    #[error("there is no home folder to keep the database in; say a folder with --state-dir")]
    NoHome,
    #[error(transparent)]
    Clock(#[from] ClockError),
    #[error(transparent)]
    Secret(#[from] lanh_platform::SecretError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Hold(#[from] lanh_platform::HoldError),
    #[error(transparent)]
    Bind(#[from] BindError),
    #[error("cannot start a thread: {0}")]
    Thread(std::io::Error),
}

/// What the end of a run asks for.
enum Ended {
    Stop,
    /// Start anew with this backup.
    Restore(opening::Restore),
    /// Start anew: the database can be opened again.
    Again,
}

/// Runs the service until it is told to stop; `clock` makes its clock.
pub fn run(options: Options, clock: impl Fn(&Runtime) -> Result<Clock, ClockError>) -> ExitCode {
    let config_path = config_path(&options);
    let config = match Config::load(
        config_path.as_deref().unwrap_or(Path::new(DEFAULT_PATH)),
        options.config.is_some(),
    ) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("lanhd: {error}");
            return ExitCode::from(2);
        }
    };
    if options.check_config {
        println!("the configuration is valid");
        return ExitCode::SUCCESS;
    }
    logging::start(&config.log);
    // One thread for everything that waits; hashing, backups and scans get threads of their own.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("lanhd: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    if options.release_holds {
        return match runtime.block_on(release_holds(&options)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("lanhd: {error}");
                ExitCode::FAILURE
            }
        };
    }
    let mut restore = None;
    loop {
        let result = clock(&runtime).map_err(StartError::from).and_then(|clock| {
            runtime.block_on(serve(&options, config.clone(), config_path.clone(), clock, restore.take()))
        });
        match result {
            Ok(Ended::Stop) => return ExitCode::SUCCESS,
            Ok(Ended::Restore(chosen)) => restore = Some(chosen),
            Ok(Ended::Again) => {}
            Err(error) => {
                tracing::error!(%error, "the service cannot go on");
                eprintln!("lanhd: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
}

fn config_path(options: &Options) -> Option<PathBuf> {
    options.config.clone().or_else(|| Path::new(DEFAULT_PATH).exists().then(|| PathBuf::from(DEFAULT_PATH)))
}

async fn serve(
    options: &Options,
    config: Config,
    config_path: Option<PathBuf>,
    clock: Clock,
    restore: Option<opening::Restore>,
) -> Result<Ended, StartError> {
    let user_mode = Privilege::current() != Privilege::Root;
    if options.user && !user_mode {
        return Err(StartError::UserModeAsRoot);
    }
    let state_dir = state_dir(options, user_mode)?;
    let platform = Platform::with_clock(&state_dir, clock);
    let mut troubles = Vec::new();

    let opening::Found { store: mut first_store, key_place, copies, stand_in } =
        opening::open(&platform, &state_dir, restore, &mut troubles)?;
    first_run(&mut first_store)?;
    let now = platform.clock().now();
    let restored = first_store.restored(now)?;
    let known = first_store.apps()?;
    let given = restored.grants.iter().map(|grant| (grant.id, (grant.amount, grant.until))).collect();
    let engine = Engine::restore(now, restored);
    let writer = Writer::spawn(first_store, |error| {
        tracing::error!(%error, "something could not be written down; the limits hold from memory");
    })?;
    let store = writer.handle();

    let evidence = Arc::new(EvidenceCache::default());
    let (catalogue, refused) = catalogue::load(&state_dir, config.catalogue_key());
    troubles.extend(refused.into_iter().map(|detail| Fact::CatalogueRefused { detail }));
    let recogniser = Recogniser::new(
        Arc::new(Installed::scan(
            &Roots { own: companions::programs(), ..Roots::machine(Vec::new()) },
            &catalogue,
        )),
        core::guardian_facts(&known),
        Arc::clone(&evidence),
    );
    let (refusals_in, refusals) = mpsc::channel(256);
    let shared = Arc::new(shared::Shared::new(Arc::new(recogniser), refusals_in));

    let (gate, gate_events) = match start_gate(&platform, &config, &shared) {
        Ok((gate, events)) => (Some(gate), Some(events)),
        Err(GateError::NotRoot) => (None, None),
        Err(error) => {
            tracing::error!(%error, "there is no gate: programs are noticed and ended, not refused");
            troubles.push(Fact::NotRefused { detail: error.to_string() });
            (None, None)
        }
    };
    let supervised = supervised(&engine, platform.privilege());
    let watch_options = WatchOptions { supervised, scan_every: config.scan_every() };
    let (watch, events) = platform.start_watch(watch_options, gate.as_ref());
    tracing::info!(source = ?watch.source(), "watching processes");
    let (recognised_in, recognised) = mpsc::channel(1_024);
    recognition::start(Arc::clone(&shared), events, recognised_in).map_err(StartError::Thread)?;

    let holder = platform.holder()?;
    tracing::info!(mechanism = ?holder.mechanism(), "holding programs");
    release_strays(&engine, &holder).await;
    let (done_in, done) = mpsc::channel(256);
    let (later, later_out) = mpsc::channel(256);

    let socket = options.socket.clone().unwrap_or_else(lanh_protocol::default_socket);
    let mode = if user_mode { Mode::User } else { Mode::System };
    let listener = Listener::bind(&socket, mode)?;
    let (peers_in, peers) = mpsc::channel(256);
    let serving = tokio::spawn(peers::serve(listener, platform.clock(), peers_in));

    let (stop_in, stop) = oneshot::channel();
    let (reload_in, reload) = mpsc::channel(1);
    let signals = tokio::spawn(signals(stop_in, reload_in));
    let quiet = tokio::spawn(stay_small());

    let mut core = Core::new(Parts {
        sessions: platform.sessions(),
        platform,
        config,
        config_path,
        state_dir,
        socket: socket.clone(),
        store,
        copies,
        stand_in,
        engine,
        shared,
        evidence,
        catalogue,
        gate,
        watch,
        enforcer: enforce::Enforcer::new(holder, done_in),
        troubles,
        key_place,
        later,
        given,
    });
    let version = env!("CARGO_PKG_VERSION");
    core.audit(AuditKind::SERVICE, Actor::Service, None, format!("the service {version} started"));
    core.rescan_programs();
    if user_mode {
        tracing::warn!(
            "without root only this account is supervised: programs are noticed and ended, not refused, and \
             who knows how can stop the service"
        );
    }
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    tracing::info!(version, socket = %socket.display(), user_mode, "lanhd is ready");
    core.run(Inputs { recognised, refusals, gate: gate_events, peers, done, later: later_out, stop, reload })
        .await;

    let (restore, again) = (core.restore.take(), core.again);
    drop(core);
    serving.abort();
    signals.abort();
    quiet.abort();
    let _ = (serving.await, signals.await, quiet.await);
    tokio::task::spawn_blocking(|| writer.stop().map(drop)).await.unwrap_or(Err(StoreError::Stopped))?;
    Ok(match restore {
        Some(chosen) => Ended::Restore(chosen),
        None if again => Ended::Again,
        None => Ended::Stop,
    })
}

fn state_dir(options: &Options, user_mode: bool) -> Result<PathBuf, StartError> {
    let path = match &options.state_dir {
        Some(path) => path.clone(),
        None if user_mode => std::env::var_os("XDG_STATE_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state")))
            .ok_or(StartError::NoHome)?
            .join("lanh"),
        None => PathBuf::from("/var/lib/lanh"),
    };
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&path)
        .and_then(|()| std::fs::canonicalize(&path))
        .map_err(|source| StartError::StateDir { path, source })
}

/// A family lives where its computer is: the first start takes over the system's time zone.
fn first_run(store: &mut Store) -> Result<(), StoreError> {
    if store.has_secret()? || !store.children()?.is_empty() || !store.audit_page(None, 1)?.is_empty() {
        return Ok(());
    }
    let zone = iana_time_zone::get_timezone().ok().and_then(|name| name.parse().ok());
    let Some(zone) = zone.filter(|zone| *zone != chrono_tz::Tz::UTC && *zone != chrono_tz::Tz::Etc__UTC)
    else {
        return Ok(());
    };
    let settings = lanh_store::FamilySettings { zone, ..store.family_settings()? };
    let change = lanh_store::Change { by: Actor::Service, at: chrono::Utc::now() };
    store.set_family_settings(&change, &settings)
}

fn start_gate(
    platform: &Platform,
    config: &Config,
    shared: &Arc<shared::Shared>,
) -> Result<(lanh_platform::Gate, mpsc::Receiver<lanh_platform::GateEvent>), GateError> {
    let overdue = if config.gate_refuses_overdue { Decision::Refuse } else { Decision::Allow };
    let options = GateOptions { deadline: config.gate_deadline(), overdue, ..GateOptions::default() };
    let judge: Arc<dyn lanh_platform::Judge> = Arc::clone(shared) as _;
    platform.start_gate(options, judge)
}

fn supervised(engine: &Engine, privilege: Privilege) -> HashSet<u32> {
    let all =
        engine.family().children.iter().flat_map(|child| &child.accounts).filter_map(|account| account.uid());
    match privilege {
        Privilege::Root => all.collect(),
        Privilege::User(own) => all.filter(|uid| *uid == own).collect(),
    }
}

/// Holds that an earlier run left belong to what the engine decides anew as it sees what runs; a hold of
/// a child that is gone, or of an app that may run, is let go.
async fn release_strays(engine: &Engine, holder: &lanh_platform::Holder) {
    let found = match holder.recover() {
        Ok(found) => found,
        Err(error) => {
            tracing::error!(%error, "holds of an earlier run could not be looked at");
            return;
        }
    };
    let children: HashSet<ChildId> = engine.family().children.iter().map(|child| child.id).collect();
    for hold in found {
        let kept = hold.name.child().filter(|child| children.contains(child)).is_some_and(|child| {
            hold.name.app().is_none_or(|id| {
                let app = lanh_policy::App {
                    id,
                    name: String::new(),
                    category: lanh_policy::Category::Game,
                    rating: None,
                };
                !matches!(engine.verdict(child, &app), Some(Verdict::Allowed { .. } | Verdict::Warned { .. }))
            })
        });
        if !kept && let Err(error) = holder.release(&hold.name).await {
            tracing::error!(name = %HoldName::as_str(&hold.name), %error, "an old hold could not be released");
        }
    }
}

/// Thaws what an earlier run left held, and takes away what it was held by.
async fn release_holds(options: &Options) -> Result<(), StartError> {
    let user_mode = Privilege::current() != Privilege::Root;
    let holder = Platform::this_machine(state_dir(options, user_mode)?)?.holder()?;
    for hold in holder.recover()? {
        holder.release(&hold.name).await?;
    }
    holder.leave()?;
    Ok(())
}

/// Gives back what the start needed, and every hour what was needed since.
async fn stay_small() {
    // The helper threads of the start, with what they hold, end after ten idle seconds.
    tokio::time::sleep(std::time::Duration::from_secs(12)).await;
    loop {
        lanh_platform::give_memory_back();
        tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
    }
}

async fn signals(stop: oneshot::Sender<()>, reload: mpsc::Sender<()>) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt), Ok(mut hang_up)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()), signal(SignalKind::hangup()))
    else {
        tracing::error!("signals cannot be received");
        return;
    };
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            _ = hang_up.recv() => {
                let _ = reload.try_send(());
            }
        }
    }
    let _ = stop.send(());
}
