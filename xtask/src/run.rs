//! `cargo xtask run`: build, start the service from this checkout, watch.

use crate::app;
use crate::command::{self, cargo};
use crate::failure::Failure;
use crate::packages::{self, Purpose};
use crate::places;
use crate::steps;
use rustix::process::{Pid, Signal};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::io::IsTerminal;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

/// How long the service may take to open its socket, and to stop. A first start makes keys and tables.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the state of the service is looked at.
const GLANCE: Duration = Duration::from_millis(100);
/// How often it is asked whether there is a child.
const LOOK: Duration = Duration::from_secs(1);
/// The longest path of a Unix socket, in bytes.
const LONGEST_SOCKET: usize = 107;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Use the places of an installed Lanh (/var/lib/lanh and /run/lanh; without root those under your
    /// home) instead of target/run.
    #[arg(long, conflicts_with_all = ["state_dir", "socket"])]
    system: bool,
    /// Keep the state in this directory.
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
    /// Listen on this socket.
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    packages::ensure(Purpose::Build)?;
    // The dev profile: it builds in a fraction of the time, and its dependencies are optimised. Selected as the
    // tests select it, so that neither command builds a dependency again after the other.
    let mut build = cargo(["build"]);
    build.args(steps::EVERYTHING).args(["--bin", "lanhd", "--bin", "lanh"]);
    command::run(&mut build)?;

    let has_app = match build_app() {
        Ok(()) => true,
        Err(failure) => {
            println!("The app does not open: {failure}");
            false
        }
    };

    let is_root = rustix::process::geteuid().is_root();
    let places = Places::new(options, is_root)?;
    if is_root {
        println!("lanhd runs as root: it supervises every account that is bound to a child.");
    } else {
        println!(
            "lanhd runs without root: it supervises your own account only, by looking at what runs and \
             stopping it. It cannot refuse a launch, and a child who knows how can end it. Run this as root \
             for the real thing."
        );
    }

    let asked_to_stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&asked_to_stop))
            .map_err(Failure::file("cannot listen for signals"))?;
    }
    let mut service = Service::start(&places, is_root)?;
    service.wait_for_socket(&places.socket, &asked_to_stop)?;
    if asked_to_stop.load(Ordering::Relaxed) {
        return service.stop();
    }

    let lanh = places::debug_programs().join("lanh");
    println!("Type next, in another terminal:\n");
    println!("  export LANH_SOCKET='{}'", places.socket.display());
    println!("  export PATH='{}':\"$PATH\"", places::debug_programs().display());
    println!("  lanh setup\n");
    if has_app {
        let program = places::debug_programs().join("lanh-app");
        let mut open = Command::new(&program);
        open.env("LANH_SOCKET", &places.socket);
        println!("The app opens. Closed, it opens again with: {}\nCtrl-C ends this.", program.display());
        let window =
            open.spawn().map_err(|source| Failure::Start { command: command::line(&open), source })?;
        let result = service.wait(&asked_to_stop);
        end(window);
        return result;
    }
    let status = |words: &[&str]| {
        let mut command = Command::new(&lanh);
        command.arg("status").args(words).env("LANH_SOCKET", &places.socket);
        command
    };
    if std::io::stdout().is_terminal() {
        println!("The times show here as soon as there is a child. Ctrl-C ends this.");
        // The watcher clears the screen, and with it the lines above: not before they have served.
        while !has_child(&mut status(&["--json"])) {
            if asked_to_stop.load(Ordering::Relaxed) || service.ended()?.is_some() {
                return service.wait(&asked_to_stop);
            }
            thread::sleep(LOOK);
        }
        // The watcher shares the terminal, so Ctrl-C reaches it too.
        let mut watch = status(&["--watch"]);
        let watcher =
            watch.spawn().map_err(|source| Failure::Start { command: command::line(&watch), source })?;
        return service.wait_with(watcher, &asked_to_stop);
    }
    // Before there is a guardian an unprivileged service may keep its status to itself: no reason to end.
    if let Err(failure) = command::run(&mut status(&[])) {
        eprintln!("xtask: {failure}");
    }
    service.wait(&asked_to_stop)
}

/// Builds the app if there is a display to open it on.
fn build_app() -> Result<(), Failure> {
    if ["DISPLAY", "WAYLAND_DISPLAY"].iter().all(|name| std::env::var_os(name).is_none_or(|it| it.is_empty()))
    {
        return Err(Failure::YourTurn("there is no display (DISPLAY, WAYLAND_DISPLAY).".to_owned()));
    }
    app::node()?;
    packages::ensure(Purpose::App)?;
    app::build(app::Profile::Debug)
}

/// Ends a window that is still open.
fn end(mut window: Child) {
    if matches!(window.try_wait(), Ok(None)) {
        let _ = rustix::process::kill_process(Pid::from_child(&window), Signal::TERM);
    }
    let _ = window.wait();
}

/// Whether `lanh status --json` names a child.
fn has_child(status: &mut Command) -> bool {
    status.stdin(Stdio::null()).output().is_ok_and(|output| {
        serde_json::from_slice::<serde_json::Value>(&output.stdout).is_ok_and(|answer| {
            answer.get("children").and_then(serde_json::Value::as_array).is_some_and(|all| !all.is_empty())
        })
    })
}

/// Where this run keeps its state and its socket.
struct Places {
    /// `None`: where an installed service has it.
    state: Option<PathBuf>,
    socket: PathBuf,
}

impl Places {
    fn new(options: &Options, is_root: bool) -> Result<Self, Failure> {
        if options.system {
            return Ok(Self { state: None, socket: installed_socket(is_root)? });
        }
        // What root keeps another account cannot open, and the other way round.
        let home = places::target().join(if is_root { "run/root" } else { "run/own" });
        let socket = options.socket.clone().unwrap_or_else(|| home.join("lanhd.sock"));
        let state = options.state_dir.clone().unwrap_or_else(|| home.join("state"));
        if socket.as_os_str().len() > LONGEST_SOCKET {
            return Err(Failure::YourTurn(format!(
                "The path {} is longer than the {LONGEST_SOCKET} bytes of a socket's path. Choose a shorter one \
                 with --socket PATH.",
                socket.display()
            )));
        }
        for directory in [Some(state.as_path()), socket.parent()].into_iter().flatten() {
            fs::create_dir_all(directory)
                .map_err(Failure::file(format!("cannot make {}", directory.display())))?;
        }
        Ok(Self { state: Some(state), socket })
    }
}

/// Where an installed service listens.
fn installed_socket(is_root: bool) -> Result<PathBuf, Failure> {
    if is_root {
        return Ok("/run/lanh/lanhd.sock".into());
    }
    match std::env::var_os("XDG_RUNTIME_DIR") {
        Some(directory) => Ok(Path::new(&directory).join("lanh/lanhd.sock")),
        None => Err(Failure::YourTurn(
            "XDG_RUNTIME_DIR is not set, so there is no place for the socket. Leave --system out.".to_owned(),
        )),
    }
}

/// A started lanhd, in a process group of its own so that Ctrl-C reaches xtask first.
struct Service {
    child: Child,
}

impl Service {
    fn start(places: &Places, is_root: bool) -> Result<Self, Failure> {
        let mut lanhd = Command::new(places::debug_programs().join("lanhd"));
        if let Some(state) = &places.state {
            lanhd.arg("--state-dir").arg(state).arg("--socket").arg(&places.socket);
        }
        if !is_root {
            lanhd.arg("--user");
        }
        lanhd.process_group(0);
        let child =
            lanhd.spawn().map_err(|source| Failure::Start { command: command::line(&lanhd), source })?;
        Ok(Self { child })
    }

    /// Waits until the service listens, or somebody asks for an end.
    fn wait_for_socket(&mut self, socket: &Path, asked_to_stop: &AtomicBool) -> Result<(), Failure> {
        let started = Instant::now();
        loop {
            if UnixStream::connect(socket).is_ok() {
                // A service that was there before must not pass for the one just started.
                return match self.ended()? {
                    None => Ok(()),
                    Some(status) => Err(Failure::Check(format!(
                        "lanhd ended with {status}, but another lanhd answers on {}: stop that one first",
                        socket.display()
                    ))),
                };
            }
            if let Some(status) = self.ended()? {
                return Err(Failure::Ended { command: "lanhd".to_owned(), status: status.to_string() });
            }
            if asked_to_stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            if started.elapsed() > PATIENCE {
                return Err(Failure::Check(format!(
                    "lanhd did not open {} within {} s",
                    socket.display(),
                    PATIENCE.as_secs()
                )));
            }
            thread::sleep(GLANCE);
        }
    }

    /// Keeps the service in the foreground until it ends or somebody asks for an end.
    fn wait(&mut self, asked_to_stop: &AtomicBool) -> Result<(), Failure> {
        while !asked_to_stop.load(Ordering::Relaxed) {
            if let Some(status) = self.ended()? {
                return Err(Failure::Ended { command: "lanhd".to_owned(), status: status.to_string() });
            }
            thread::sleep(GLANCE);
        }
        self.stop()
    }

    /// Like [`Service::wait`], but the end of the watcher ends it as well.
    fn wait_with(&mut self, mut watcher: Child, asked_to_stop: &AtomicBool) -> Result<(), Failure> {
        let look = "cannot look at `lanh status --watch`";
        while !asked_to_stop.load(Ordering::Relaxed) && self.ended()?.is_none() {
            if watcher.try_wait().map_err(Failure::file(look))?.is_some() {
                return self.stop();
            }
            thread::sleep(GLANCE);
        }
        let ended = self.ended()?;
        if matches!(watcher.try_wait(), Ok(None)) {
            // It has nothing to tidy up but the terminal, which it does at this signal.
            let _ = rustix::process::kill_process(Pid::from_child(&watcher), Signal::TERM);
        }
        watcher.wait().map_err(Failure::file(look))?;
        match ended {
            Some(status) => Err(Failure::Ended { command: "lanhd".to_owned(), status: status.to_string() }),
            None => self.stop(),
        }
    }

    /// Asks the service to stop and waits for it; kills it when it does not.
    fn stop(&mut self) -> Result<(), Failure> {
        if self.ended()?.is_some() {
            return Ok(());
        }
        rustix::process::kill_process(Pid::from_child(&self.child), Signal::TERM)
            .map_err(|error| Failure::Check(format!("cannot stop lanhd: {error}")))?;
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            match self.ended()? {
                Some(status) if status.success() => {
                    println!("lanhd has stopped.");
                    return Ok(());
                }
                Some(status) => {
                    return Err(Failure::Ended { command: "lanhd".to_owned(), status: status.to_string() });
                }
                None => thread::sleep(GLANCE),
            }
        }
        Err(Failure::Check(format!("lanhd did not stop within {} s and was killed", PATIENCE.as_secs())))
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>, Failure> {
        self.child.try_wait().map_err(Failure::file("cannot look at lanhd"))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Whatever made this run end early, nothing stays behind. A process that has ended is not killed.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
