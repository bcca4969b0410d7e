//! The desktop app as people use it: its real window, driven click by click through WebKitWebDriver, against
//! the real service.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod stage;

use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::error::{CmdError, ErrorStatus, WebDriver};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use stage::{PIN, Stage, frozen, pid_of, skipped, wait_for};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const MORNING: &str = "2026-11-24T02:00:00Z";

/// How long a window may take to show something on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(50);

#[test]
fn a_family_sets_lanh_up_and_a_paused_game_runs_on_after_a_yes() {
    let Some((mut stage, runtime)) = set("app") else { return };
    stage.start_service(MORNING, 1);
    runtime.block_on(async {
        let parent = Window::open(&stage, Who::Parent).await;
        first_run(&parent, stage.user()).await;
        let child = stage.standing();
        assert_eq!(child["child"]["name"], "An", "{child}");
        parent.sees("nothing is being counted").await;

        stage.lanh(&["rule", "add", "An", "limit", "xsol", "20m"]);
        stage.start_companion();
        stage.start("/usr/games/xsol", &[]);
        let game = wait_for("the game", || pid_of(stage.uid(), "xsol"));
        wait_for("the game to count", || {
            let standing = stage.standing();
            standing["budgets"].as_array()?.iter().any(|line| line["counting"] == true).then_some(())
        });
        let name = name_of(&stage.standing(), "xsol");
        parent.sees(&format!("using {name}")).await;
        stage.pass(15 * 60);
        wait_for("the hold", || {
            // The clock moves as fast as a loaded machine can follow.
            stage.clock("jump 10");
            (stage.verdict(&name)? == "held" && frozen(game)).then_some(())
        });
        parent.sees(&format!("{name} is paused")).await;

        let kid = Window::open(&stage, Who::Child).await;
        kid.sees(&format!("{name} is paused, nothing is lost")).await;
        kid.press("Ask for more time").await;
        kid.choose(&capitalised(&name)).await;
        kid.choose("30 minutes").await;
        kid.fill("//textarea", "the last level").await;
        kid.click("//form//button[@type='submit']").await;
        kid.sees("Waiting for an answer").await;

        parent.sees("the last level").await;
        parent.press("Give 30 minutes").await;
        wait_for("the thaw", || (!frozen(game)).then_some(()));
        kid.sees("Yes: 30 minutes").await;
        kid.sees_no_more("nothing is lost").await;
        let grants = stage.standing()["grants"].clone();
        assert_eq!(grants[0]["amount"], 1800, "{grants}");

        // What was used, as files that keep what the service says.
        parent.press("Usage").await;
        for (kind, ending) in [("Table (CSV)", "csv"), ("Everything (JSON)", "json")] {
            parent.press("Save as a file").await;
            parent.click(&format!("//*[@role='menuitem'][contains(., '{kind}')]")).await;
            let text = wait_for("the file", || saved(&stage, ending));
            assert!(text.contains("desktop:xsol"), "{text}");
        }
        let day: Value = serde_json::from_str(&saved(&stage, "json").unwrap()).unwrap();
        assert_eq!(day["child"], "An");
        parent.press("Today").await;

        // Both windows outlive the service, and help is there without it.
        stage.stop_service();
        parent.sees("service is not answering").await;
        kid.sees("service is not answering").await;
        kid.press("Get help (111)").await;
        kid.sees("National child protection line").await;
        stage.start_service("2026-11-24T04:00:00Z", 1);
        parent.sees("An").await;
        kid.sees("Ask for more time").await;

        kid.close().await;
        parent.close().await;
    });
}

#[test]
fn a_wrong_pin_delays_and_behind_the_right_one_hours_are_painted_in_vietnamese() {
    let Some((mut stage, runtime)) = set("pin") else { return };
    stage.start_service(MORNING, 1);
    stage.set_up("vn-147");
    runtime.block_on(async {
        let window = Window::open(&stage, Who::Child).await;
        window.press("For guardians").await;
        let pin = "//input[@type='password']";
        // Three wrong ones cost nothing; then each doubles the wait.
        for _ in 0..4 {
            window.fill(pin, "000001").await;
            window.press("Open").await;
        }
        window.sees("Try again in 1 second.").await;
        for wait in [1, 2, 4, 8, 16] {
            stage.clock(&format!("jump {wait}"));
            window.fill(pin, "000001").await;
            window.press("Open").await;
            window.sees(&format!("The PIN is not right. Try again in {} seconds.", 2 * wait)).await;
        }
        window.fill(pin, PIN).await;
        window.press("Open").await;
        window.sees("Too many wrong PINs").await;
        stage.clock("jump 60");
        window.fill(pin, PIN).await;
        window.press("Open").await;

        window.sees("Safety").await;
        window.press("Appearance").await;
        window.choose("Tiếng Việt").await;
        window.click("//button[@aria-label='Đóng']").await;
        window.press("Quy tắc").await;
        window.press("Thêm quy tắc").await;
        window.press("Khung giờ được phép").await;
        // What is new is allowed from 16:00 to 20:30. Monday to Wednesday rest until 18:00.
        window.choose("Nghỉ").await;
        window.paint((0, 32), (2, 35)).await;
        // Thursday from nine to ten, by the keyboard.
        window.choose("Được phép").await;
        window.paint((3, 18), (3, 18)).await;
        window.fill(&cell(3, 18), "\u{e008}\u{e014}").await;
        window.press("Lưu").await;
        window.sees("Đã lưu: Khung giờ được phép").await;
        let slots = schedule(&stage);
        for day in 0..3 {
            assert_eq!(slots[day], json!([slot("18:00:00", "20:30:00")]), "{slots}");
        }
        let thursday = json!([slot("09:00:00", "10:00:00"), slot("16:00:00", "20:30:00")]);
        assert_eq!(slots[3], thursday, "{slots}");
        assert_eq!(slots[4], json!([slot("16:00:00", "20:30:00")]), "{slots}");

        // Locked it is the child's window again.
        window.press("Khóa").await;
        window.sees("Xin thêm giờ").await;
        window.close().await;
    });
}

/// The stage, and the runtime that the driver's client needs.
fn set(name: &str) -> Option<(Stage, tokio::runtime::Runtime)> {
    let has_driver = Command::new("WebKitWebDriver").arg("--version").stdout(Stdio::null()).status().is_ok();
    if !has_driver {
        skipped("needs WebKitWebDriver (webkit2gtk-driver)");
        return None;
    }
    let stage = Stage::set(name)?;
    if stage.bring("lanh-app").is_none() {
        skipped("needs lanh-app; run: cargo xtask test");
        return None;
    }
    Some((stage, tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()))
}

/// From the first start to a child with the rules of the decree.
async fn first_run(window: &Window, account: &str) {
    window.press("Begin").await;
    window.fill("(//input[@type='password'])[1]", PIN).await;
    window.fill("(//input[@type='password'])[2]", PIN).await;
    window.press("Continue").await;
    window.press("I have kept it").await;
    window.choose(account).await;
    let name = window.find("(//input[@type='text'])[1]").await;
    name.clear().await.unwrap();
    name.send_keys("An").await.unwrap();
    window.fill("//*[contains(@class, 'field-short')]//input", "2016").await;
    window.press("Continue").await;
    window.choose("The Decree 147 preset (under 18)").await;
    window.press("Put these in force").await;
    window.press("To today").await;
}

/// What the guardian's window saved, once it is whole.
fn saved(stage: &Stage, ending: &str) -> Option<String> {
    let folder = std::fs::read_dir(parents_home(stage).join("Downloads")).ok()?;
    let path = folder
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == ending))?;
    std::fs::read_to_string(path).ok().filter(|text| text.ends_with('\n'))
}

/// What people call the running program with this in its id.
fn name_of(standing: &Value, id: &str) -> String {
    let running = standing["running"].as_array().unwrap();
    let found = running.iter().find(|running| running["app"]["id"].as_str().unwrap().contains(id));
    found.unwrap_or_else(|| panic!("{standing}"))["app"]["name"].as_str().unwrap().to_owned()
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The slots of the only schedule of An.
fn schedule(stage: &Stage) -> Value {
    let rules = stage.lanh(&["rule", "list", "An"]);
    let mut schedules = rules.as_array().unwrap().iter().filter(|rule| rule["rule"]["rule"] == "schedule");
    schedules.next().unwrap_or_else(|| panic!("{rules}"))["rule"]["slots"].clone()
}

fn slot(from: &str, until: &str) -> Value {
    json!({ "from": from, "until": until, "free": false })
}

/// A half-hour of the week's grid.
fn cell(day: usize, half_hour: usize) -> String {
    format!("//td[@data-day='{day}'][@data-at='{half_hour}']")
}

/// Whose window it is.
#[derive(Clone, Copy)]
enum Who {
    /// An administrator, which is a guardian.
    Parent,
    /// The child, in its own session.
    Child,
}

/// Whether a click may succeed in a moment.
fn in_the_way(error: &WebDriver) -> bool {
    matches!(
        error.error,
        ErrorStatus::ElementClickIntercepted
            | ErrorStatus::ElementNotInteractable
            | ErrorStatus::StaleElementReference
    )
}

/// An open window and the driver behind it.
struct Window {
    client: Client,
    driver: Driver,
}

struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        // With the window that it opened, if that is still there.
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.0.wait();
    }
}

impl Window {
    async fn open(stage: &Stage, who: Who) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut driver = match who {
            Who::Parent => parents_command(stage, "WebKitWebDriver"),
            Who::Child => stage.command("env"),
        };
        if let Who::Child = who {
            driver.args(AUTOMATION.map(|(name, value)| format!("{name}={value}"))).arg("WebKitWebDriver");
        }
        let driver = driver
            .arg(format!("--port={port}"))
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map(Driver)
            .unwrap();
        wait_for("the driver", || TcpStream::connect(("127.0.0.1", port)).ok());
        let app = stage.bin().join("lanh-app");
        let options = json!({ "webkitgtk:browserOptions": { "binary": app, "args": [] } });
        let Value::Object(capabilities) = options else { unreachable!() };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("the app opens");
        Self { client, driver }
    }

    async fn find(&self, xpath: &str) -> Element {
        match self.client.wait().at_most(PATIENCE).every(GLANCE).for_element(Locator::XPath(xpath)).await {
            Ok(element) => element,
            Err(error) => panic!("{xpath}: {error}; the window shows: {}", self.text().await),
        }
    }

    /// Clicks what is there as soon as nothing lies over it: a dialog that goes takes a moment.
    async fn click(&self, xpath: &str) {
        let start = Instant::now();
        loop {
            match self.find(xpath).await.click().await {
                Ok(()) => return,
                Err(CmdError::Standard(error)) if in_the_way(&error) && start.elapsed() < PATIENCE => {
                    tokio::time::sleep(GLANCE).await;
                }
                Err(error) => panic!("{xpath}: {error:?}; the window shows: {}", self.text().await),
            }
        }
    }

    /// Clicks the button with these words once it can be pressed.
    async fn press(&self, words: &str) {
        let says = format!("contains(normalize-space(.), \"{words}\") or @aria-label=\"{words}\"");
        self.click(&format!("//button[not(@disabled)][{says}]")).await;
    }

    /// Clicks the choice with this name.
    async fn choose(&self, name: &str) {
        let label = "//*[contains(concat(' ', @class, ' '), ' choice-label ')]";
        self.click(&format!("{label}[normalize-space(.) = \"{name}\"]")).await;
    }

    async fn fill(&self, xpath: &str, text: &str) {
        let field = self.find(xpath).await;
        field.send_keys(text).await.unwrap_or_else(|error| panic!("{xpath}: {error}"));
    }

    /// Drags the mouse over the week's grid, from a half-hour of a day to another.
    async fn paint(&self, from: (usize, usize), to: (usize, usize)) {
        let from = self.find(&cell(from.0, from.1)).await;
        let to = self.find(&cell(to.0, to.1)).await;
        let over = |element: Element| PointerAction::MoveToElement {
            element,
            duration: Some(Duration::from_millis(100)),
            x: 0.0,
            y: 0.0,
        };
        let scroll = "arguments[0].scrollIntoView({ block: 'center' })";
        self.client.execute(scroll, vec![serde_json::to_value(&from).unwrap()]).await.unwrap();
        let stroke = MouseActions::new("mouse".to_owned())
            .then(over(from))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(over(to))
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.client.perform_actions(stroke).await.unwrap();
    }

    async fn sees(&self, words: &str) {
        self.waits(words, true).await;
    }

    async fn sees_no_more(&self, words: &str) {
        self.waits(words, false).await;
    }

    async fn waits(&self, words: &str, there: bool) {
        let start = Instant::now();
        loop {
            let text = self.text().await;
            if text.contains(words) == there {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "waited for {words:?} ({there}); the window shows: {text}");
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Everything that can be read.
    async fn text(&self) -> String {
        let read = async { self.client.find(Locator::Css("body")).await?.text().await };
        read.await.unwrap_or_else(|error: CmdError| error.to_string())
    }

    async fn close(self) {
        self.client.close().await.unwrap();
        drop(self.driver);
    }
}

/// What a driven webview is told, in a language that no browser's formatter takes.
const AUTOMATION: [(&str, &str); 6] = [
    ("LANG", "C"),
    ("LIBGL_ALWAYS_SOFTWARE", "1"),
    ("NO_AT_BRIDGE", "1"),
    ("TAURI_AUTOMATION", "true"),
    ("TAURI_WEBVIEW_AUTOMATION", "true"),
    ("GTK_USE_PORTAL", "0"),
];

/// A command as root on the child's display, with a home of its own and without the child's bus.
fn parents_home(stage: &Stage) -> PathBuf {
    stage.root().join("parent")
}

fn parents_command(stage: &Stage, program: &str) -> Command {
    let home = parents_home(stage);
    // As a desktop's first login leaves it.
    std::fs::create_dir_all(home.join(".config")).unwrap();
    std::fs::write(home.join(".config/user-dirs.dirs"), "XDG_DOWNLOAD_DIR=\"$HOME/Downloads\"\n").unwrap();
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", &home)
        .env("DISPLAY", stage.display())
        .env("LANH_SOCKET", stage.socket())
        .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", home.join("no-bus").display()))
        .envs(AUTOMATION)
        .current_dir(Path::new("/"));
    command
}
