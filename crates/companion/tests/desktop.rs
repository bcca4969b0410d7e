//! The companion on a real X server with a real window manager, notification daemon and session bus, against a
//! service that answers as the real one would. A tool that is missing skips the test with its name.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use chrono::{DateTime, Utc};
use lanh_protocol::{
    Answer, AppView, BudgetView, CategoryView, Cause, ChildView, CompanionOrders, EnforcementView,
    FocusReport, FromService, GrantView, HelpView, Listener, Mode, Notice, OriginView, PresenceReport,
    Question, ReasonView, RequestStateView, RequestView, Role, StandingView, StatusView, TargetView,
    VerdictView,
};
use std::fs::Permissions;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};
use zbus::ObjectPath;
use zbus::object_server::SignalEmitter;

/// Long enough for a slow machine; nothing waits for it that comes earlier.
const PATIENCE: Duration = Duration::from_secs(20);

/// A process that ends with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A desktop of its own. Dropped in the order of its fields: programs before the servers that they use.
struct Desktop {
    programs: Vec<Running>,
    display: String,
    bus: String,
    /// What else the programs find in their environment.
    more: Vec<(&'static str, String)>,
    folder: tempfile::TempDir,
}

impl Desktop {
    /// With these programs on it; `None`, with the reason printed, if one of them or a tool is missing.
    fn start(programs: &[&str], tools: &[&str]) -> Option<Self> {
        for name in ["Xvfb", "dbus-daemon", "xdotool"].iter().chain(programs).chain(tools) {
            if !std::env::split_paths(&std::env::var_os("PATH").unwrap())
                .any(|folder| folder.join(name).exists())
            {
                println!("skipped: {name} is not installed");
                return None;
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let mut xvfb = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let display = format!(":{}", first_line(&mut xvfb));
        // A bus that starts nothing by itself: a second notification daemon would take the name.
        let config = folder.path().join("bus.conf");
        std::fs::write(
            &config,
            format!(
                "<busconfig><type>session</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>\
                 <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\
                 <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
                folder.path().join("bus").display()
            ),
        )
        .unwrap();
        let mut bus = Command::new("dbus-daemon")
            .args(["--nofork", "--print-address", "--config-file"])
            .arg(&config)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let address = first_line(&mut bus);
        let mut desktop = Self {
            programs: vec![Running(bus), Running(xvfb)],
            display,
            bus: address,
            more: Vec::new(),
            folder,
        };
        if programs.contains(&"openbox") {
            // It runs this command once it manages windows.
            let ready = desktop.folder.path().join("openbox");
            let startup = format!("touch {}", ready.display());
            let mut openbox = desktop.command("openbox");
            let openbox = openbox.args(["--startup", &startup]).stdout(Stdio::null()).spawn().unwrap();
            desktop.programs.insert(0, Running(openbox));
            desktop.until("openbox manages", || ready.exists());
        }
        for program in programs.iter().filter(|program| **program != "openbox") {
            desktop.run(program);
        }
        if programs.contains(&"dunst") {
            desktop.until("dunst answers", || desktop.output("dunstctl", &["is-paused"]).is_some());
        }
        Some(desktop)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("SWAYSOCK")
            .env_remove("XDG_SESSION_ID")
            .envs(self.more.iter().cloned())
            .stderr(Stdio::null());
        command
    }

    /// Starts a program that lives until the end of the test; its pid.
    fn run(&mut self, line: &str) -> u32 {
        let mut words = line.split(' ');
        let child = self.command(words.next().unwrap()).args(words).stdout(Stdio::null()).spawn().unwrap();
        let pid = child.id();
        self.programs.insert(0, Running(child));
        pid
    }

    /// Starts the grabber and returns once it has grabbed.
    fn run_grabber(&mut self, how: &str) -> u32 {
        let mut child = self
            .command(example("grabber").to_str().unwrap())
            .arg(how)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        assert_eq!(first_line(&mut child), "grabbed");
        let pid = child.id();
        self.programs.insert(0, Running(child));
        pid
    }

    /// What a program prints if it succeeds.
    fn output(&self, program: &str, arguments: &[&str]) -> Option<String> {
        // A tool that hangs fails its test, not the run.
        let output = self.command("timeout").args(["20", program]).args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Looks until it holds; for states of other people's programs that tell no events.
    fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let end = std::time::Instant::now() + PATIENCE;
        while !holds() {
            assert!(std::time::Instant::now() < end, "not in time: {what}");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Whether the grabber covers the screen: it is white, and the root is not.
    fn is_covered(&self) -> bool {
        let (connection, screen) = x11rb::connect(Some(&self.display)).unwrap();
        let root = connection.setup().roots[screen].root;
        let pixel = connection.get_image(ImageFormat::Z_PIXMAP, root, 512, 384, 1, 1, u32::MAX).unwrap();
        pixel.reply().unwrap().data.starts_with(&[255, 255, 255])
    }
}

fn first_line(child: &mut Child) -> String {
    let output = child.stdout.take().unwrap();
    let (sender, line) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).unwrap();
        sender.send(line.trim().to_owned()).unwrap();
    });
    line.recv_timeout(PATIENCE).expect("the program says that it is ready")
}

fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().join("examples").join(name)
}

/// The service's end: what the companion asked, and a way to tell it things.
struct Service {
    questions: mpsc::UnboundedReceiver<Question>,
    notices: mpsc::UnboundedSender<Notice>,
    /// How the child stands.
    status: Arc<Mutex<StatusView>>,
}

impl Service {
    /// Starts a service and a companion on `desktop`, in `locale`.
    async fn start(desktop: &mut Desktop, orders: CompanionOrders, locale: &str) -> Self {
        let socket = desktop.folder.path().join("lanh").join("lanhd.sock");
        let listener = Listener::bind(&socket, Mode::User).unwrap();
        let (asked, questions) = mpsc::unbounded_channel();
        let (notices, mut told) = mpsc::unbounded_channel::<Notice>();
        let kept = Arc::new(Mutex::new(status()));
        let status = Arc::clone(&kept);
        tokio::spawn(async move {
            loop {
                let (connection, _) = listener.accept().await.unwrap();
                let (_, mut reader, mut writer) = connection.welcome(Role::Child { child: 1 }).await.unwrap();
                loop {
                    let message = tokio::select! {
                        question = reader.next() => {
                            let Ok(Some(question)) = question else { break };
                            let answer = match &question.question {
                                Question::Attach { .. } => Answer::Companion(orders.clone()),
                                Question::Status { .. } => Answer::Status(kept.lock().unwrap().clone()),
                                _ => Answer::Done,
                            };
                            let _ = asked.send(question.question);
                            FromService::Answer { id: question.id, result: Ok(answer) }
                        }
                        notice = told.recv() => match notice {
                            Some(notice) => FromService::Notice { notice },
                            None => return,
                        },
                    };
                    if writer.send(&message).await.is_err() {
                        break;
                    }
                }
            }
        });
        let companion = example("companion");
        let line = format!("{} {} {locale}", companion.display(), socket.display());
        desktop.run(&line);
        let mut service = Self { questions, notices, status };
        service.until("it attaches", |question| matches!(question, Question::Attach { .. })).await;
        service
            .until("it asks how things stand", |question| matches!(question, Question::Status { .. }))
            .await;
        service
    }

    fn tell(&self, notice: Notice) {
        self.notices.send(notice).unwrap();
    }

    /// Waits for a question that `is` the one; others before it are passed over.
    async fn until(&mut self, what: &str, is: impl Fn(&Question) -> bool) -> Question {
        let mut seen = Vec::new();
        loop {
            let question = tokio::time::timeout(PATIENCE, self.questions.recv())
                .await
                .unwrap_or_else(|_| panic!("not in time: {what}; saw {seen:?}"))
                .expect("the companion lives");
            if is(&question) {
                return question;
            }
            seen.push(question);
        }
    }

    async fn presence(&mut self, what: &str, is: impl Fn(&PresenceReport) -> bool) {
        self.until(what, |question| matches!(question, Question::Report { presence } if is(presence))).await;
    }

    async fn prepared(&mut self) -> bool {
        let answer =
            self.until("a hold is prepared", |question| matches!(question, Question::HoldPrepared { .. }));
        matches!(answer.await, Question::HoldPrepared { free: true, .. })
    }
}

fn orders() -> CompanionOrders {
    CompanionOrders { child: Some(1), idle_after: 600, report_every: 20, help_lines: vec!["111".to_owned()] }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn status() -> StatusView {
    let child = ChildView {
        id: 1,
        name: "An".to_owned(),
        birth_year: 2015,
        accounts: vec!["an".to_owned()],
        enforcement: Some(EnforcementView {
            warn_at: vec![900, 300, 60],
            strict_counting: false,
            strict_programs: false,
            save_thaws: 2,
            save_thaw: 60,
            hold_for: None,
            close_grace: 60,
        }),
    };
    StatusView {
        now: Utc::now_for_test(),
        zone: "Asia/Ho_Chi_Minh".to_owned(),
        children: vec![StandingView {
            child,
            screen: VerdictView::Allowed { until: None, reason: None },
            used_today: 0,
            budgets: Vec::new(),
            running: Vec::new(),
            grants: Vec::new(),
            requests: Vec::new(),
            companion: true,
        }],
        help_lines: vec!["111".to_owned()],
    }
}

trait Now {
    fn now_for_test() -> DateTime<Utc> {
        std::time::SystemTime::now().into()
    }
}

impl Now for Utc {}

fn mines() -> AppView {
    AppView {
        id: "desktop:mines".to_owned(),
        name: "Mines".to_owned(),
        category: CategoryView::Game,
        rating: None,
        basis: "read".to_owned(),
        source: "desktop".to_owned(),
        rating_basis: "guess".into(),
        perhaps: None,
        last_seen: None,
    }
}

fn soon(minutes: i64) -> DateTime<Utc> {
    Utc::now_for_test() + chrono::TimeDelta::minutes(minutes)
}

fn reason() -> ReasonView {
    ReasonView {
        rule: 1,
        origin: OriginView::Guardian,
        cause: Cause::AllowanceSpent {
            target: TargetView::Each { category: CategoryView::Game },
            amount: 3600,
            weekly: false,
        },
        until: Some(soon(600)),
        helps: vec![HelpView::Wait, HelpView::AskForTime],
    }
}

fn prepare(pid: u32) -> Notice {
    Notice::PrepareHold { child: 1, app: mines(), pids: vec![pid] }
}

fn times_up() -> Notice {
    Notice::TimesUp { child: 1, app: mines(), reason: reason(), closes_at: soon(120), saves_left: 2 }
}

fn released() -> Notice {
    Notice::Released { child: 1, app: mines(), save_until: None }
}

fn is_process(pid: u32) -> impl Fn(&PresenceReport) -> bool {
    move |presence| *presence == PresenceReport::Here { focus: FocusReport::Process { pid } }
}

#[tokio::test(flavor = "multi_thread")]
async fn idleness_comes_and_goes_with_the_pointer() {
    let Some(mut desktop) = Desktop::start(&["openbox"], &[]) else { return };
    let mut service = Service::start(&mut desktop, CompanionOrders { idle_after: 1, ..orders() }, "en").await;
    for round in 0..2 {
        service.presence("away", |presence| matches!(presence, PresenceReport::Away { idle: 1.. })).await;
        desktop.output("xdotool", &["mousemove", &format!("{}", 100 + round), "100"]).unwrap();
        service.presence("here again", |presence| matches!(presence, PresenceReport::Here { .. })).await;
    }
}

/// Two clocks; whichever gets the keyboard is reported, by the server's word: a clock announces no pid.
async fn check_focus(programs: &[&str]) {
    let Some(mut desktop) = Desktop::start(programs, &["xclock"]) else { return };
    let mut service = Service::start(&mut desktop, orders(), "en").await;
    let one = desktop.run("xclock -name one -geometry 200x200+10+10");
    let other = desktop.run("xclock -name other -geometry 200x200+400+10");
    let windows = ["one", "other"].map(|name| {
        let search =
            || desktop.output("xdotool", &["search", "--onlyvisible", "--classname", &format!("^{name}$")]);
        desktop.until("the clock shows", || search().is_some());
        search().unwrap()
    });
    for (window, pid) in [(&windows[0], one), (&windows[1], other), (&windows[0], one)] {
        desktop.output("xdotool", &["windowfocus", window]).unwrap();
        service.presence("the focused clock", is_process(pid)).await;
    }
    desktop.programs.remove(1);
    service.presence("not the clock that is gone", |presence| !is_process(one)(presence)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn focus_is_the_process_of_the_window_with_the_keyboard() {
    check_focus(&["openbox"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn focus_needs_no_window_manager() {
    check_focus(&[]).await;
}

/// A full-screen program that grabs everything is hidden, frees the desktop, and comes back.
async fn check_hold(how: &str, programs: &[&str]) {
    let Some(mut desktop) = Desktop::start(programs, &[]) else { return };
    let mut service = Service::start(&mut desktop, orders(), "en").await;
    let pid = desktop.run_grabber(how);
    desktop.until("the grabber covers the screen", || desktop.is_covered());
    service.tell(prepare(pid));
    assert!(service.prepared().await, "the desktop is free");
    desktop.until("the grabber is out of sight", || !desktop.is_covered());
    service.tell(times_up());
    service.tell(released());
    desktop.until("the grabber is back", || desktop.is_covered());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_screen_grabbing_window_is_minimised_and_comes_back() {
    check_hold("managed", &["openbox"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grabbing_window_past_the_window_manager_is_hidden_and_comes_back() {
    check_hold("unmanaged", &["openbox"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grabbing_window_without_a_window_manager_is_hidden_and_comes_back() {
    check_hold("managed", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grab_that_no_hiding_ends_is_told_to_the_service() {
    let Some(mut desktop) = Desktop::start(&["openbox"], &[]) else { return };
    let mut service = Service::start(&mut desktop, orders(), "en").await;
    let pid = desktop.run_grabber("root");
    service.tell(prepare(pid));
    assert!(!service.prepared().await, "pointer and keyboard are still taken");
}

/// A real game that speaks Wayland.
const GAME: &str = "/usr/games/sgt-mines";

/// A headless sway: idleness by the compositor, focus by its IPC, and the scratchpad for what is held.
#[tokio::test(flavor = "multi_thread")]
async fn sway_tells_idleness_and_focus_and_hides_what_is_held() {
    let Some(mut desktop) = Desktop::start(&[], &["sway", "swaymsg", GAME]) else { return };
    let folder = desktop.folder.path().join("sway");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, Permissions::from_mode(0o777)).unwrap();
    std::fs::set_permissions(desktop.folder.path(), Permissions::from_mode(0o755)).unwrap();
    let config = folder.join("sway.conf");
    std::fs::write(&config, "xwayland disable\n").unwrap();
    let socket = folder.join("sway.sock");
    // sway refuses to be root.
    let root = std::fs::metadata(&folder).unwrap().uid() == 0;
    let mut command = desktop.command(if root { "setpriv" } else { "sway" });
    if root {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "sway"]);
    }
    let sway = command
        .args(["-c", config.to_str().unwrap()])
        .env("XDG_RUNTIME_DIR", &folder)
        .env("SWAYSOCK", &socket)
        .env("WLR_BACKENDS", "headless")
        .env("WLR_LIBINPUT_NO_DEVICES", "1")
        .env("WLR_RENDERER", "pixman")
        .env_remove("DISPLAY")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    desktop.programs.insert(0, Running(sway));
    desktop.more = vec![
        ("SWAYSOCK", socket.to_str().unwrap().to_owned()),
        ("WAYLAND_DISPLAY", folder.join("wayland-1").to_str().unwrap().to_owned()),
        ("XDG_RUNTIME_DIR", folder.to_str().unwrap().to_owned()),
    ];
    let tree = || desktop.output("swaymsg", &["-t", "get_tree"]);
    desktop.until("sway answers", || tree().is_some());
    let mut service = Service::start(&mut desktop, CompanionOrders { idle_after: 1, ..orders() }, "en").await;
    service.presence("away", |presence| matches!(presence, PresenceReport::Away { .. })).await;
    // From now on somebody moves the mouse.
    let mut nudge = desktop.command("swaymsg");
    nudge.args(["seat", "-", "cursor", "move", "1", "1"]).stdout(Stdio::null());
    let nudging = tokio::spawn(async move {
        while nudge.status().is_ok() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    let empty = PresenceReport::Here { focus: FocusReport::Nothing };
    service.presence("somebody at an empty workspace", |presence| *presence == empty).await;
    let game = desktop.run(GAME);
    service.presence("the game", is_process(game)).await;
    service.tell(prepare(game));
    assert!(service.prepared().await, "the game is out of sight");
    let is_marked =
        || desktop.output("swaymsg", &["-t", "get_tree"]).is_some_and(|tree| tree.contains("_lanh:"));
    assert!(is_marked());
    service.presence("not the hidden game", |presence| !is_process(game)(presence)).await;
    service.tell(released());
    service.presence("the game again", is_process(game)).await;
    desktop.until("the mark is gone", || !is_marked());
    nudging.abort();
}

/// What a desktop keeps about idle inhibitors, in the place of GNOME's session manager and of the power managers
/// of KDE and Xfce: the companion reads these, and a film player sets them.
struct StandIn {
    held: bool,
}

#[zbus::interface(name = "org.gnome.SessionManager")]
impl StandIn {
    fn is_inhibited(&self, flags: u32) -> bool {
        self.held && flags & 8 != 0
    }

    #[zbus(signal)]
    async fn inhibitor_added(emitter: &SignalEmitter<'_>, path: ObjectPath<'_>) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn inhibitor_removed(emitter: &SignalEmitter<'_>, path: ObjectPath<'_>) -> zbus::Result<()>;
}

struct PowerStandIn {
    held: bool,
}

#[zbus::interface(name = "org.freedesktop.PowerManagement.Inhibit")]
impl PowerStandIn {
    fn has_inhibit(&self) -> bool {
        self.held
    }

    #[zbus(signal)]
    async fn has_inhibit_changed(emitter: &SignalEmitter<'_>, has_inhibit: bool) -> zbus::Result<()>;
}

/// Both on the desktop's bus.
struct Film {
    connection: zbus::Connection,
}

impl Film {
    const SESSION: &str = "/org/gnome/SessionManager";
    const POWER: &str = "/org/freedesktop/PowerManagement/Inhibit";

    async fn on(desktop: &Desktop) -> Self {
        let connection = zbus::connection::Builder::address(desktop.bus.as_str())
            .serve_at(Self::SESSION, StandIn { held: false })
            .serve_at(Self::POWER, PowerStandIn { held: false })
            .name("org.gnome.SessionManager")
            .name("org.freedesktop.PowerManagement")
            .build()
            .await
            .unwrap();
        Self { connection }
    }

    async fn session(&self, held: bool) {
        let place = self.connection.object_server().interface::<_, StandIn>(Self::SESSION).await.unwrap();
        place.get_mut().await.held = held;
        let one = ObjectPath::try_from("/org/gnome/SessionManager/Inhibitor1").unwrap();
        match held {
            true => StandIn::inhibitor_added(place.signal_emitter(), one).await.unwrap(),
            false => StandIn::inhibitor_removed(place.signal_emitter(), one).await.unwrap(),
        }
    }

    async fn power(&self, held: bool) {
        let place = self.connection.object_server().interface::<_, PowerStandIn>(Self::POWER).await.unwrap();
        place.get_mut().await.held = held;
        PowerStandIn::has_inhibit_changed(place.signal_emitter(), held).await.unwrap();
    }
}

fn is_away(presence: &PresenceReport) -> bool {
    matches!(presence, PresenceReport::Away { .. })
}

fn is_here(presence: &PresenceReport) -> bool {
    matches!(presence, PresenceReport::Here { .. })
}

/// A headless Mutter: idleness by its monitor; which window is in front it tells nobody. A film is not absence,
/// whichever of the desktop's two managers keeps it.
#[tokio::test(flavor = "multi_thread")]
async fn mutter_tells_idleness_and_a_film_is_not_absence() {
    let Some(mut desktop) = Desktop::start(&[], &["mutter", "dbus-send"]) else { return };
    let folder = desktop.folder.path().join("mutter");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
    let mutter = desktop
        .command("mutter")
        .args(["--headless", "--wayland", "--no-x11", "--virtual-monitor", "1024x768"])
        .env("XDG_RUNTIME_DIR", &folder)
        .env("XDG_CONFIG_HOME", &folder)
        .env("GSETTINGS_BACKEND", "memory")
        // Its own tests let somebody come back in this way.
        .env("MUTTER_DEBUG_RESET_IDLETIME", "1")
        .env_remove("DISPLAY")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    desktop.programs.insert(0, Running(mutter));
    desktop.more = vec![
        ("WAYLAND_DISPLAY", "wayland-0".to_owned()),
        ("XDG_RUNTIME_DIR", folder.to_str().unwrap().to_owned()),
    ];
    let monitor = |method: &str| {
        let address = ["--session", "--print-reply", "--dest=org.gnome.Mutter.IdleMonitor"];
        let place = "/org/gnome/Mutter/IdleMonitor/Core";
        let method = format!("org.gnome.Mutter.IdleMonitor.{method}");
        desktop.output("dbus-send", &[&address[..], &[place, &method]].concat())
    };
    desktop.until("mutter answers", || monitor("GetIdletime").is_some());
    let film = Film::on(&desktop).await;

    let orders = CompanionOrders { idle_after: 1, ..orders() };
    let mut service = Service::start(&mut desktop, orders, "en").await;
    service.presence("away", is_away).await;
    let touch = |desktop: &Desktop| {
        let mut touch = desktop.command("dbus-send");
        touch
            .args(["--session", "--print-reply", "--dest=org.gnome.Mutter.IdleMonitor"])
            .args(["/org/gnome/Mutter/IdleMonitor/Core", "org.gnome.Mutter.IdleMonitor.ResetIdletime"])
            .stdout(Stdio::null());
        assert!(touch.status().unwrap().success());
    };
    touch(&desktop);
    let unknown = PresenceReport::Here { focus: FocusReport::Unknown };
    service.presence("somebody, in front of nobody knows what", |presence| *presence == unknown).await;
    service.presence("away again", is_away).await;

    for _ in 0..2 {
        film.session(true).await;
        service.presence("a film, says the session manager", is_here).await;
        film.session(false).await;
        service.presence("the film is over", is_away).await;
        film.power(true).await;
        service.presence("a film, says the power manager", is_here).await;
        film.power(false).await;
        service.presence("that film is over", is_away).await;
    }
}

/// One notice of each kind, in the order in which a day brings them.
fn every_notice() -> Vec<(&'static str, Notice)> {
    let (child, app) = (1, mines());
    let target = TargetView::Each { category: CategoryView::Game };
    let request = |state| RequestView {
        id: 1,
        child,
        name: "An".to_owned(),
        target: TargetView::App { app: mines().id, name: mines().name },
        seconds: 900,
        words: String::new(),
        at: at("2026-11-24T12:00:00Z"),
        state,
    };
    let grant = GrantView { id: 1, child, target: target.clone(), amount: 900, left: 900, until: soon(300) };
    let decree = ReasonView {
        origin: OriginView::Preset {
            preset: "vn-147".to_owned(),
            citation: "Decree 147/2024/NĐ-CP, Art. 39.1(e)".to_owned(),
            since: "2024-12-25".parse().unwrap(),
        },
        ..reason()
    };
    let hours = ReasonView { cause: Cause::OutsideHours { target: TargetView::Screen }, ..reason() };
    vec![
        ("warning", Notice::Warning { child, target, app: Some(app.clone()), left: 300, reason: reason() }),
        ("health", Notice::HealthText { child, app: app.clone(), played: 10_800 }),
        ("times-up", times_up()),
        ("save", Notice::Released { child, app: app.clone(), save_until: Some(soon(1)) }),
        ("released", released()),
        ("closing", Notice::Closing { child, app: app.clone(), reason: reason(), grace: 60 }),
        ("closed", Notice::Closing { child, app: app.clone(), reason: reason(), grace: 0 }),
        ("refused", Notice::Refused { child, app, reason: decree }),
        ("locking", Notice::Locking { child, reason: hours }),
        ("yes", Notice::RequestAnswered(request(RequestStateView::Granted { seconds: 900 }))),
        ("no", Notice::RequestAnswered(request(RequestStateView::Denied { words: String::new() }))),
        ("granted", Notice::Granted(grant)),
    ]
}

/// Every notice is on the screen, one at a time per place. With LANH_SHOTS set to a folder, pictures go there.
async fn check_notices(locale: &str, title_of_times_up: &str) {
    let Some(mut desktop) = Desktop::start(&["openbox", "dunst"], &["dunstctl", "import"]) else { return };
    let service = Service::start(&mut desktop, orders(), locale).await;
    for (name, notice) in every_notice() {
        desktop.output("dunstctl", &["close-all"]).unwrap();
        desktop.until("the screen is clear", || {
            desktop.output("dunstctl", &["count", "displayed"]).is_some_and(|count| count == "0")
        });
        service.tell(notice);
        desktop.until(name, || {
            desktop.output("dunstctl", &["count", "displayed"]).is_some_and(|count| count == "1")
        });
        if let Some(folder) = std::env::var_os("LANH_SHOTS") {
            let picture = Path::new(&folder).join(format!("{name}.{locale}.png"));
            // The count rises before the window is drawn.
            tokio::time::sleep(Duration::from_millis(200)).await;
            desktop
                .output("import", &["-window", "root", "-crop", "620x300+404+0", picture.to_str().unwrap()])
                .unwrap();
        }
    }
    desktop.output("dunstctl", &["close-all"]).unwrap();
    let history = desktop.output("dunstctl", &["history"]).unwrap();
    assert!(history.contains(title_of_times_up), "{history}");
    assert!(history.contains("111"), "the help line is on the screen: {history}");
    assert!(history.contains(lanh_words::HEALTH_TEXT), "the law's text is quoted: {history}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_notice_is_shown_in_english() {
    check_notices("en", "Mines is paused").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_notice_is_shown_in_vietnamese() {
    check_notices("vi", "Mines đang tạm dừng").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_button_of_a_warning_asks_for_time() {
    let Some(mut desktop) = Desktop::start(&["openbox", "dunst"], &["dunstctl"]) else { return };
    let mut service = Service::start(&mut desktop, orders(), "en").await;
    let target = TargetView::Each { category: CategoryView::Game };
    service.tell(Notice::Warning { child: 1, target, app: Some(mines()), left: 300, reason: reason() });
    desktop.until("the warning shows", || {
        desktop.output("dunstctl", &["count", "displayed"]).is_some_and(|count| count == "1")
    });
    // The daemon may show it an instant before the companion listens, so the button is pressed until it is heard.
    let pressing = async {
        loop {
            desktop.output("dunstctl", &["action"]);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let asked =
        service.until("time is asked for", |question| matches!(question, Question::AskForTime { .. }));
    let asked = tokio::select! {
        asked = asked => asked,
        () = pressing => unreachable!(),
    };
    let target = TargetView::App { app: mines().id, name: mines().name };
    assert_eq!(asked, Question::AskForTime { target, seconds: 900, words: String::new() });
}

/// What a panel with a tray offers.
struct Watcher {
    items: mpsc::UnboundedSender<String>,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: String) {
        let _ = self.items.send(service);
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }
}

/// The companion's icon as a panel sees it.
struct Icon<'a> {
    desktop: &'a Desktop,
    name: String,
}

impl Icon<'_> {
    fn call(&self, place: &str, method: &str, arguments: &[&str]) -> String {
        let to = format!("--dest={}", self.name);
        let words = [&["--session", "--print-reply", &to, place, method], arguments].concat();
        self.desktop.output("dbus-send", &words).unwrap_or_default()
    }

    fn property(&self, name: &str) -> String {
        let name = format!("string:{name}");
        let of = ["string:org.kde.StatusNotifierItem", &name];
        self.call("/StatusNotifierItem", "org.freedesktop.DBus.Properties.Get", &of)
    }

    /// The entries of its menu: numbers and labels.
    fn menu(&self) -> Vec<(String, String)> {
        let all = ["int32:0", "int32:-1", "array:string:label"];
        let answer = self.call("/MenuBar", "com.canonical.dbusmenu.GetLayout", &all);
        let (mut entries, mut number) = (Vec::new(), "");
        for line in answer.lines().map(str::trim) {
            if let Some(next) = line.strip_prefix("int32 ") {
                number = next;
            } else if let Some(label) = line.split("string \"").nth(1)
                && line.starts_with("variant")
            {
                entries.push((number.to_owned(), label.trim_end_matches('"').to_owned()));
            }
        }
        entries
    }

    fn click(&self, label: &str) {
        let menu = self.menu();
        let (number, _) =
            menu.iter().find(|(_, known)| known == label).unwrap_or_else(|| panic!("{label}: {menu:?}"));
        let number = format!("int32:{number}");
        let clicked = [&number, "string:clicked", "variant:int32:0", "uint32:0"];
        self.call("/MenuBar", "com.canonical.dbusmenu.Event", &clicked);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_shows_what_is_left_asks_for_more_and_always_has_help() {
    let Some(mut desktop) = Desktop::start(&["openbox", "dunst"], &["dunstctl", "dbus-send"]) else { return };
    let mut service = Service::start(&mut desktop, orders(), "en").await;
    // The panel comes after the companion, as at a login.
    let (items, mut registered) = mpsc::unbounded_channel();
    let panel = zbus::connection::Builder::address(desktop.bus.as_str())
        .serve_at("/StatusNotifierWatcher", Watcher { items })
        .name("org.kde.StatusNotifierWatcher")
        .build()
        .await
        .unwrap();
    let name = tokio::time::timeout(PATIENCE, registered.recv()).await.expect("it registers").unwrap();
    let icon = Icon { desktop: &desktop, name };
    assert!(icon.property("Title").contains("No limit today"), "{}", icon.property("Title"));
    assert!(icon.property("IconPixmap").contains("int32 22"));

    let games = TargetView::Category { category: CategoryView::Game };
    service.status.lock().unwrap().children[0].budgets = vec![BudgetView {
        rule: 1,
        target: games.clone(),
        weekly: false,
        amount: 3600,
        used: 1800,
        left: 1800,
        counting: false,
    }];
    service.tell(Notice::Changed { child: 1 });
    desktop
        .until("the title tells", || icon.property("Title").contains("All games together: 30 minutes left"));
    assert!(icon.property("ToolTip").contains("All games together: 30 minutes left"));
    assert_eq!(icon.menu()[0].1, "All games together: 30 minutes left");

    icon.click("Ask for 15 minutes");
    let asked =
        service.until("time is asked for", |question| matches!(question, Question::AskForTime { .. }));
    assert_eq!(asked.await, Question::AskForTime { target: games, seconds: 900, words: String::new() });

    desktop.until("that it was asked shows", || {
        desktop.output("dunstctl", &["count", "displayed"]).is_some_and(|count| count == "1")
    });

    // The service goes away; help does not.
    drop(service);
    desktop.until("it says so", || icon.property("Title").contains("cannot be reached"));
    let shown =
        || desktop.output("dunstctl", &["count", "displayed"]).and_then(|count| count.parse::<u32>().ok());
    desktop.until("the screen is clear", || {
        desktop.output("dunstctl", &["close-all"]);
        shown() == Some(0)
    });
    icon.click("Get help (111)");
    desktop.until("help shows", || shown() == Some(1));
    desktop.output("dunstctl", &["close-all"]).unwrap();
    let history = desktop.output("dunstctl", &["history"]).unwrap();
    assert!(history.contains("You are not alone"), "{history}");
    drop(panel);
}
