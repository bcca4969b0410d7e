//! What the desktop app and the companion cost, on a screen of their own and against a service that answers at
//! once: what is measured is theirs alone.

use crate::idle::{Started, Use, pss_mb};
use crate::{Figure, Figures, Missing, broken, median_ms};
use chrono::{DateTime, Utc};
use lanh_protocol::{
    Answer, BudgetView, CategoryView, ChildView, ClientKind, CompanionOrders, Connection, Failure,
    FailureCode, FromService, Listener, Mode, ModeView, Notice, Question, Role, ServiceInfo, StandingView,
    StatusView, TargetView, VerdictView,
};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::{broadcast, mpsc};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::damage::{ConnectionExt as _, ReportLevel};

const STARTS: usize = 7;
const CHANGES: usize = 15;
/// The picture is finished when nothing has been drawn for so long.
const STILL: Duration = Duration::from_millis(400);
/// Longer than this and something is broken, not slow.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a program settles before its memory and its idleness are looked at.
const SETTLE: Duration = Duration::from_secs(15);
/// The window that has nothing but a webview: WebKitGTK's own.
const BARE: &str = "webkit2gtk-4.1/MiniBrowser";

/// The programs to measure.
pub(crate) struct Programs<'a> {
    /// The app, a release build.
    pub(crate) app: &'a Path,
    /// The command line, a release build, which is the companion too.
    pub(crate) lanh: &'a Path,
    /// The front end's pages.
    pub(crate) pages: &'a Path,
}

pub(crate) fn measure(programs: &Programs<'_>, watched: Duration) -> Figures {
    for tool in ["Xvfb", "dbus-daemon", "gzip"] {
        if !on_path(tool) {
            return Err(Missing::NotHere(format!("needs {tool}")));
        }
    }
    if !programs.app.is_file() {
        return Err(Missing::NotHere("the app could not be built".to_owned()));
    }
    let home = tempfile::tempdir().map_err(broken("cannot make a directory"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(broken("cannot start a runtime"))?;
    runtime.block_on(async {
        let desktop = Desktop::start(home.path())?;
        let mut service = Service::start(&home.path().join("service/lanhd.sock"))?;
        let screen = Screen::watch(&desktop.display)?;
        let mut figures = Vec::new();

        let mut starts = Vec::new();
        for _ in 1..STARTS {
            starts.push(start(&desktop, &mut service, &screen, programs.app)?.0);
        }
        let (took, window) = start(&desktop, &mut service, &screen, programs.app)?;
        starts.push(took);
        let changes = (0..CHANGES).map(|_| change(&mut service, &screen));
        let changes = changes.collect::<Result<Vec<_>, _>>()?;
        std::thread::sleep(SETTLE);
        let memory = memory_mb(window.pid)?;
        drop(window);
        figures.extend([
            figure("app_start_ms", median_ms(starts).unwrap_or_default(), "ms"),
            figure("app_live_update_ms", median_ms(changes).unwrap_or_default(), "ms"),
            figure("app_memory_mb", memory, "MB"),
        ]);
        if let Some(bare) = bare() {
            let mut window = desktop.command(&bare);
            window.arg("about:blank");
            let window = Window::open(window)?;
            screen.finished(Instant::now())?;
            std::thread::sleep(SETTLE);
            figures.push(figure("bare_webview_memory_mb", memory_mb(window.pid)?, "MB"));
        }
        figures.push(figure("front_end_gzip_kb", gzip_kb(programs.pages, &["html", "js", "css"])?, "kB"));
        figures.push(figure("front_end_fonts_kb", size_kb(programs.pages, "woff2")?, "kB"));

        let mut companion = desktop.command(programs.lanh);
        companion.arg("session").env("LANH_SOCKET", &service.socket);
        let companion = Window::open(companion)?;
        std::thread::sleep(SETTLE);
        let before = Use::of(companion.pid)?;
        let from = Instant::now();
        std::thread::sleep(watched);
        let after = Use::of(companion.pid)?;
        let minutes = from.elapsed().as_secs_f64() / 60.0;
        figures.push(figure("companion_pss_mb", after.pss_kb / 1024.0, "MB"));
        let used = (after.cpu_ns - before.cpu_ns) / 1e6 / minutes;
        figures.push(figure("companion_cpu_ms_per_min", used, "ms/min"));
        Ok(figures)
    })
}

fn figure(name: &'static str, value: f64, unit: &'static str) -> Figure {
    Figure { name, value, unit }
}

fn on_path(tool: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(tool).exists()))
}

/// Starts the app: how long until its picture with the child's time is finished, and the window.
fn start(
    desktop: &Desktop,
    service: &mut Service,
    screen: &Screen,
    app: &Path,
) -> Result<(Duration, Window), Missing> {
    screen.finished(Instant::now())?;
    service.forget();
    let mut command = desktop.command(app);
    command.env("LANH_SOCKET", &service.socket);
    let from = Instant::now();
    let window = Window::open(command)?;
    let answered = service.answered()?;
    Ok((screen.finished(answered)?.duration_since(from), window))
}

/// Changes how the child stands: how long until the open window shows it.
fn change(service: &mut Service, screen: &Screen) -> Result<Duration, Missing> {
    screen.finished(Instant::now())?;
    service.forget();
    let from = Instant::now();
    service.change();
    let answered = service.answered()?;
    Ok(screen.drawn_after(answered)?.duration_since(from))
}

/// A screen and a bus that nobody else uses.
struct Desktop {
    _programs: Started,
    display: String,
    bus: String,
    home: PathBuf,
}

impl Desktop {
    fn start(home: &Path) -> Result<Self, Missing> {
        let mut server = Command::new("Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", "1280x960x24", "-nolisten", "tcp"]);
        let (server, display) = announced(&mut server)?;
        let mut programs = Started(vec![server]);
        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--print-address"]);
        bus.arg(format!("--address=unix:path={}", home.join("bus").display()));
        let (daemon, bus) = announced(&mut bus)?;
        programs.0.push(daemon);
        Ok(Self { _programs: programs, display: format!(":{display}"), bus, home: home.to_owned() })
    }

    /// A program on it, as a fresh account has it.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", &self.home).env("LANG", "C.UTF-8");
        command.env("DISPLAY", &self.display).env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
        command.env("NO_AT_BRIDGE", "1").env("LIBGL_ALWAYS_SOFTWARE", "1").current_dir("/");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

/// Starts a program that says on its first line where it is reached.
fn announced(command: &mut Command) -> Result<(Child, String), Missing> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(broken(&format!("cannot start {command:?}")))?;
    let mut line = String::new();
    if let Some(output) = child.stdout.take() {
        BufReader::new(output).read_line(&mut line).map_err(broken("cannot read where it is"))?;
    }
    Ok((child, line.trim().to_owned()))
}

/// An open program, which ends with this value.
struct Window {
    _process: Started,
    pid: u32,
}

impl Window {
    fn open(mut command: Command) -> Result<Self, Missing> {
        let child = command.spawn().map_err(broken(&format!("cannot start {command:?}")))?;
        let pid = child.id();
        Ok(Self { _process: Started(vec![child]), pid })
    }
}

/// What is drawn on the screen.
struct Screen {
    connection: x11rb::rust_connection::RustConnection,
}

impl Screen {
    fn watch(display: &str) -> Result<Self, Missing> {
        let (connection, number) = x11rb::connect(Some(display)).map_err(broken("no X server"))?;
        let watch = |root| -> Result<(), Box<dyn std::error::Error>> {
            connection.damage_query_version(1, 1)?.reply()?;
            let damage = connection.generate_id()?;
            connection.damage_create(damage, root, ReportLevel::RAW_RECTANGLES)?.check()?;
            Ok(())
        };
        let root = connection.setup().roots.get(number).map(|screen| screen.root);
        let root = root.ok_or_else(|| Missing::Broken("the X server has no screen".to_owned()))?;
        watch(root).map_err(broken("the X server does not tell what is drawn"))?;
        Ok(Self { connection })
    }

    /// Whether something was drawn since it was last asked.
    fn was_drawn(&self) -> Result<bool, Missing> {
        let mut drawn = false;
        while let Some(event) = self.connection.poll_for_event().map_err(broken("the X server is gone"))? {
            drawn |= matches!(event, Event::DamageNotify(_));
        }
        Ok(drawn)
    }

    /// When something was first drawn after `from`.
    fn drawn_after(&self, from: Instant) -> Result<Instant, Missing> {
        while from.elapsed() < PATIENCE {
            if self.was_drawn()? {
                return Ok(Instant::now());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Err(Missing::Broken("the window did not draw".to_owned()))
    }

    /// When the last was drawn before nothing more was; `from` if nothing was after that.
    fn finished(&self, from: Instant) -> Result<Instant, Missing> {
        let mut last = from;
        while last.elapsed() < STILL {
            if self.was_drawn()? {
                last = Instant::now();
            }
            if from.elapsed() > PATIENCE {
                return Err(Missing::Broken("the window draws without end".to_owned()));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(last)
    }
}

/// A service that knows one child, whose time is spent whenever it is told to change.
struct Service {
    socket: PathBuf,
    used: Arc<AtomicU64>,
    changes: broadcast::Sender<()>,
    /// When it answered how the child stands.
    answers: mpsc::UnboundedReceiver<Instant>,
}

impl Service {
    fn start(socket: &Path) -> Result<Self, Missing> {
        let listener = Listener::bind(socket, Mode::User).map_err(broken("cannot listen"))?;
        let (changes, _) = broadcast::channel(16);
        let (answered, answers) = mpsc::unbounded_channel();
        let used = Arc::new(AtomicU64::new(600));
        let (kept, told) = (Arc::clone(&used), changes.clone());
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(talk(connection, Arc::clone(&kept), told.subscribe(), answered.clone()));
            }
        });
        Ok(Self { socket: socket.to_owned(), used, changes, answers })
    }

    fn change(&self) {
        self.used.fetch_add(60, Ordering::Relaxed);
        let _ = self.changes.send(());
    }

    /// Earlier answers do not count.
    fn forget(&mut self) {
        while self.answers.try_recv().is_ok() {}
    }

    /// When the next answer was given.
    fn answered(&mut self) -> Result<Instant, Missing> {
        let from = Instant::now();
        loop {
            match self.answers.try_recv() {
                Ok(at) => return Ok(at),
                Err(_) if from.elapsed() > PATIENCE => {
                    return Err(Missing::Broken("the window asks for nothing".to_owned()));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    }
}

async fn talk(
    connection: Connection,
    used: Arc<AtomicU64>,
    mut changes: broadcast::Receiver<()>,
    answered: mpsc::UnboundedSender<Instant>,
) {
    let Ok((hello, mut reader, mut writer)) = connection.welcome(Role::Guardian).await else { return };
    loop {
        let message = tokio::select! {
            asked = reader.next() => {
                let Ok(Some(asked)) = asked else { return };
                let is_status = matches!(asked.question, Question::Status { .. });
                let result = answer(&asked.question, used.load(Ordering::Relaxed));
                if writer.send(&FromService::Answer { id: asked.id, result }).await.is_err() {
                    return;
                }
                if is_status && hello.client == ClientKind::App {
                    let _ = answered.send(Instant::now());
                }
                continue;
            }
            changed = changes.recv() => match changed {
                Ok(()) => FromService::Notice { notice: Notice::Changed { child: 1 } },
                Err(_) => return,
            },
        };
        // The companion is watched while nothing changes.
        if hello.client == ClientKind::App && writer.send(&message).await.is_err() {
            return;
        }
    }
}

fn answer(question: &Question, used: u64) -> Result<Answer, Failure> {
    Ok(match question {
        Question::Info => Answer::Info(ServiceInfo {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            mode: ModeView::Root,
            set_up: true,
            role: Role::Guardian,
            troubles: Vec::new(),
        }),
        Question::Status { .. } => Answer::Status(status(used)),
        Question::Children => Answer::Children(vec![child()]),
        Question::Requests { .. } => Answer::Requests(Vec::new()),
        Question::Attach { .. } => Answer::Companion(CompanionOrders {
            child: Some(1),
            idle_after: 300,
            report_every: 30,
            help_lines: vec!["111".to_owned()],
        }),
        Question::Watch | Question::Report { .. } => Answer::Done,
        _ => {
            return Err(Failure {
                code: FailureCode::Unavailable,
                message: "this service only measures".to_owned(),
                detail: None,
                retry_after: None,
            });
        }
    })
}

fn child() -> ChildView {
    ChildView {
        id: 1,
        name: "An".to_owned(),
        birth_year: 2016,
        accounts: vec!["an".to_owned()],
        enforcement: None,
    }
}

fn status(used: u64) -> StatusView {
    let budget = |target, amount: u64| BudgetView {
        rule: 1,
        target,
        weekly: false,
        amount,
        used: used.min(amount),
        left: amount.saturating_sub(used),
        counting: false,
    };
    StatusView {
        now: DateTime::<Utc>::from(SystemTime::now()),
        zone: "Asia/Ho_Chi_Minh".to_owned(),
        children: vec![StandingView {
            child: child(),
            screen: VerdictView::Allowed { until: None, reason: None },
            used_today: used,
            budgets: vec![
                budget(TargetView::Screen, 5_400),
                budget(TargetView::Category { category: CategoryView::Game }, 3_600),
            ],
            running: Vec::new(),
            grants: Vec::new(),
            requests: Vec::new(),
            companion: true,
        }],
        help_lines: vec!["111".to_owned()],
    }
}

/// The memory of a program with all that it started, shared pages by their part.
fn memory_mb(pid: u32) -> Result<f64, Missing> {
    let mut sum = 0.0;
    let mut waiting = vec![pid];
    while let Some(pid) = waiting.pop() {
        sum += pss_mb(pid)?;
        for thread in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
            let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            waiting.extend(children.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
        }
    }
    Ok(sum)
}

fn bare() -> Option<PathBuf> {
    let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/libexec"];
    folders.iter().map(|folder| Path::new(folder).join(BARE)).find(|path| path.is_file())
}

/// The pages with one of these endings.
fn pages(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, Missing> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).map_err(broken(&format!("cannot list {}", folder.display())))? {
            let path = entry.map_err(broken("cannot list the pages"))?.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().and_then(|it| it.to_str()).is_some_and(|it| endings.contains(&it)) {
                found.push(path);
            }
        }
    }
    Ok(found)
}

fn gzip_kb(folder: &Path, endings: &[&str]) -> Result<f64, Missing> {
    let mut bytes = 0;
    for page in pages(folder, endings)? {
        let packed = Command::new("gzip").arg("-9c").arg(&page).output().map_err(broken("no gzip"))?;
        bytes += packed.stdout.len();
    }
    Ok(kilo(bytes))
}

fn size_kb(folder: &Path, ending: &str) -> Result<f64, Missing> {
    let sizes = pages(folder, &[ending])?.into_iter().map(|page| fs::metadata(page).map(|it| it.len()));
    let sum: u64 = sizes.sum::<Result<_, _>>().map_err(broken("cannot look at a page"))?;
    Ok(kilo(usize::try_from(sum).unwrap_or(usize::MAX)))
}

fn kilo(bytes: usize) -> f64 {
    u32::try_from(bytes).map_or(f64::MAX, f64::from) / 1000.0
}
