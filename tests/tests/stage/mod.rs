//! A stage for end-to-end tests: a real account, a real desktop under Xvfb, the real service on a clock
//! that can be moved, and the real command line.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "a test fails by panicking, and each test file uses its own part of the stage"
)]

pub mod scene;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The guardian's PIN in every test.
pub const PIN: &str = "739155";

/// How long anything may take on a loaded machine before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The stage. Dropping it ends every process and removes account and folders.
pub struct Stage {
    root: PathBuf,
    bin: PathBuf,
    user: String,
    uid: u32,
    display: String,
    bus: String,
    processes: Vec<Child>,
    /// Further accounts of the test, with their user ids.
    accounts: Vec<(String, u32)>,
    service: Option<Child>,
    /// What the service is started with besides what it needs.
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    /// Without root: the child runs the service itself.
    user_mode: bool,
}

/// Prints why a test is skipped, in the form that `cargo xtask test` collects.
pub fn skipped(reason: &str) -> Option<Stage> {
    println!("skipped: {reason}");
    None
}

impl Stage {
    /// Sets the stage, or says why it cannot.
    pub fn set(name: &str) -> Option<Self> {
        let mut stage =
            Self::set_bare(name, &["Xvfb", "openbox", "dunst", "dbus-daemon", "runuser", "useradd"])?;
        stage.open_desktop();
        Some(stage)
    }

    /// Sets a stage without a desktop: an account and the programs. `tools`: what must be installed.
    pub fn set_bare(name: &str, tools: &[&str]) -> Option<Self> {
        let own = fs::metadata("/proc/self").map(|metadata| std::os::unix::fs::MetadataExt::uid(&metadata));
        if own.unwrap_or(1) != 0 {
            return skipped("needs root, to supervise another account");
        }
        let Some(built) = std::env::var_os("LANH_BIN_DIR").map(PathBuf::from) else {
            return skipped("needs the built programs; run: cargo xtask test");
        };
        for tool in tools {
            if Command::new("which")
                .arg(tool)
                .stdout(Stdio::null())
                .status()
                .is_ok_and(|status| !status.success())
            {
                return skipped(&format!("needs {tool}"));
            }
        }
        let root = PathBuf::from(format!("/opt/lanh-test-{name}-{}", std::process::id()));
        let bin = root.join("bin");
        fs::create_dir_all(&bin).unwrap();
        for program in ["lanhd-fake-clock", "lanh"] {
            fs::copy(built.join(program), bin.join(program)).expect("cargo xtask test builds the programs");
        }
        let user = format!("lt-{name}");
        let uid = make_user(&user);
        let stage = Self {
            root,
            bin,
            uid,
            user,
            display: String::new(),
            bus: String::new(),
            processes: Vec::new(),
            accounts: Vec::new(),
            service: None,
            arguments: Vec::new(),
            environment: vec![("LANH_LOG".to_owned(), "debug,zbus=warn".to_owned())],
            user_mode: false,
        };
        Some(stage)
    }

    fn open_desktop(&mut self) {
        let home = PathBuf::from(format!("/home/{}", self.user));
        let number = home.join("display");
        let script =
            format!("exec Xvfb -displayfd 3 -screen 0 1024x768x24 -nolisten tcp 3> {}", number.display());
        let server = self.command("sh").args(["-c", &script]).spawn().unwrap();
        self.processes.push(server);
        self.display = wait_for("the X server", || {
            let text = fs::read_to_string(&number).ok()?;
            text.ends_with('\n').then(|| format!(":{}", text.trim()))
        });
        let socket = home.join("bus");
        let address = format!("unix:path={}", socket.display());
        let bus = self
            .command("dbus-daemon")
            .args(["--session", "--nofork", "--address", &address])
            .spawn()
            .unwrap();
        self.processes.push(bus);
        wait_for("the session bus", || socket.exists().then_some(()));
        self.bus = address;
        for program in ["openbox", "dunst"] {
            self.start(program, &[]);
        }
        wait_for("the notification daemon", || {
            let query = self
                .command("dbus-send")
                .args([
                    "--session",
                    "--print-reply",
                    "--dest=org.freedesktop.DBus",
                    "/",
                    "org.freedesktop.DBus.NameHasOwner",
                ])
                .arg("string:org.freedesktop.Notifications")
                .stdout(Stdio::piped())
                .output()
                .ok()?;
            String::from_utf8_lossy(&query.stdout).contains("true").then_some(())
        });
    }

    /// A command as the child, in the child's desktop.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("runuser");
        command.args(["-u", &self.user, "--", "env", "-i"]);
        command.arg(format!("HOME=/home/{}", self.user));
        command.arg(format!("USER={}", self.user));
        command.arg("PATH=/usr/local/bin:/usr/bin:/bin:/usr/games");
        command.arg("LANG=C.UTF-8");
        if !self.display.is_empty() {
            command.arg(format!("DISPLAY={}", self.display));
        }
        if !self.bus.is_empty() {
            command.arg(format!("DBUS_SESSION_BUS_ADDRESS={}", self.bus));
        }
        command.arg(format!("LANH_SOCKET={}", self.socket().display()));
        command.arg(program);
        command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Starts a program as the child; it ends with the stage.
    pub fn start(&mut self, program: &str, arguments: &[&str]) {
        let process = self.command(program).args(arguments).spawn().unwrap();
        self.processes.push(process);
    }

    /// Runs a program as the child to its end.
    pub fn output_as_child(&self, program: &str, arguments: &[&str]) -> Output {
        self.command(program).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap()
    }

    /// Starts the service; its clock starts at `start` (RFC 3339) and counts `factor` seconds in one.
    pub fn start_service(&mut self, start: &str, factor: u32) {
        let program = self.bin.join("lanhd-fake-clock");
        let mut command =
            if self.user_mode { self.command(program.to_str().unwrap()) } else { Command::new(program) };
        command
            .args(["--clock-start", start, "--clock-factor", &factor.to_string()])
            .args(["--clock-control".as_ref(), self.place().join("clock").as_os_str()]);
        self.spawn_service(command);
    }

    fn spawn_service(&mut self, mut command: Command) {
        let log = fs::File::create(self.root.join("lanhd.log")).unwrap();
        let service = command
            .args(["--state-dir".as_ref(), self.place().join("state").as_os_str()])
            .args(["--socket".as_ref(), self.socket().as_os_str()])
            .args(&self.arguments)
            .envs(self.environment.iter().filter(|(_, value)| !value.is_empty()).cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.service = Some(service);
        wait_for("the service", || {
            if let Some(status) = self.service.as_mut().unwrap().try_wait().unwrap() {
                panic!("the service ended with {status}: {}", self.log());
            }
            (self.socket().exists() && self.try_lanh(&["status"]).status.code() != Some(3)).then_some(())
        });
    }

    /// The service gets this argument at its next start.
    pub fn service_argument(&mut self, name: &str, value: &str) {
        self.arguments.extend([name.to_owned(), value.to_owned()]);
    }

    /// The service gets this variable at its next start; an empty one: not at all.
    pub fn service_environment(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Tells the service to read its configuration again, as systemd would.
    pub fn hang_up(&self) {
        run(Command::new("kill").args(["-HUP", &self.service.as_ref().unwrap().id().to_string()]));
    }

    /// Starts the service as the child itself, as somebody without root would.
    pub fn start_service_without_root(&mut self, start: &str) {
        self.user_mode = true;
        self.start_service(start, 1);
    }

    /// Where the service keeps its files.
    fn place(&self) -> PathBuf {
        if self.user_mode { self.home() } else { self.root.clone() }
    }

    /// Ends the service as systemd would.
    pub fn stop_service(&mut self) {
        let mut service = self.service.take().unwrap();
        if self.user_mode {
            // The child of this process is runuser, which waits for the service.
            run(Command::new("pkill").args(["-TERM", "-u", &self.user, "lanhd-fake-clo"]));
        } else {
            run(Command::new("kill").arg(service.id().to_string()));
        }
        let status = wait_for("the service to stop", || service.try_wait().unwrap());
        assert!(status.success(), "{status}: {}", self.log());
    }

    /// Ends the service as a crash would.
    pub fn crash_service(&mut self) {
        let mut service = self.service.take().unwrap();
        service.kill().unwrap();
        service.wait().unwrap();
    }

    /// Makes another account, which goes with the stage; its name and user id.
    pub fn add_account(&mut self, suffix: &str) -> (String, u32) {
        let user = format!("{}-{suffix}", self.user);
        let uid = make_user(&user);
        self.accounts.push((user.clone(), uid));
        (user, uid)
    }

    /// The service's process.
    pub fn service_pid(&self) -> u32 {
        self.service.as_ref().unwrap().id()
    }

    /// Starts the service as it is shipped, on the machine's own clock.
    pub fn start_shipped_service(&mut self) {
        let built = PathBuf::from(std::env::var_os("LANH_BIN_DIR").unwrap());
        let program = self.bin.join("lanhd");
        fs::copy(built.join("lanhd"), &program).unwrap();
        self.spawn_service(Command::new(program));
    }

    /// What the service logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.root.join("lanhd.log")).unwrap_or_default()
    }

    /// Moves the service's clock: `jump 60`, `step -3600`, `sleep 600`, `factor 60`.
    pub fn clock(&self, order: &str) {
        UnixDatagram::unbound().unwrap().send_to(order.as_bytes(), self.place().join("clock")).unwrap();
    }

    /// Runs `lanh` as root and returns its JSON.
    pub fn lanh(&self, arguments: &[&str]) -> Value {
        let output = self.try_lanh(arguments);
        assert!(output.status.success(), "lanh {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        if output.stdout.is_empty() { Value::Null } else { serde_json::from_slice(&output.stdout).unwrap() }
    }

    /// Runs `lanh` as root, whatever comes of it.
    pub fn try_lanh(&self, arguments: &[&str]) -> Output {
        let mut command = if self.user_mode {
            let mut command = self.command("env");
            command.arg(format!("LANH_SECRET={PIN}")).arg(self.lanh_path());
            command
        } else {
            Command::new(self.lanh_path())
        };
        command
            .args(["--socket".as_ref(), self.socket().as_os_str(), "--json".as_ref()])
            .args(arguments)
            .env("LANG", "C.UTF-8")
            .env("XDG_CONFIG_HOME", self.root.join("config"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .output()
            .unwrap()
    }

    /// Sets up the child An of this account, by a preset.
    pub fn set_up(&self, preset: &str) {
        let file = self.home().join("pin");
        fs::write(&file, format!("{PIN}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        self.lanh(&[
            "setup",
            "--yes",
            "--secret-file",
            file.to_str().unwrap(),
            "--child",
            "An",
            "--account",
            &self.user,
            "--birth-year",
            "2016",
            "--preset",
            preset,
        ]);
        fs::remove_file(&file).unwrap();
        self.lanh(&["settings", "set", "zone=Asia/Ho_Chi_Minh"]);
    }

    /// Takes every rule of An away.
    pub fn clear_rules(&self) {
        for rule in self.lanh(&["rule", "list", "An"]).as_array().unwrap() {
            self.lanh(&["rule", "remove", "An", &rule["id"].to_string()]);
        }
    }

    /// Lets so many seconds of the service's clock pass, in steps that it can follow.
    pub fn pass(&self, seconds: u32) {
        for _ in 0..seconds / 10 {
            self.clock("jump 10");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Lets so many seconds of the service's clock pass, and waits until the service says that they have.
    pub fn pass_told(&self, seconds: u32) {
        let now = || {
            let now = self.lanh(&["status"])["now"].as_str().unwrap().parse::<DateTime<Utc>>();
            now.unwrap()
        };
        let end = now() + TimeDelta::seconds(i64::from(seconds));
        self.pass(seconds);
        wait_for("the clock", || (now() >= end).then_some(()));
    }

    /// Starts the companion, as the desktop's autostart would.
    pub fn start_companion(&mut self) {
        let companion = self.lanh_path();
        self.start(companion.to_str().unwrap(), &["session"]);
        wait_for("the companion", || {
            self.lanh(&["status"])["children"][0]["companion"].as_bool().unwrap_or(false).then_some(())
        });
    }

    /// The standing of the only child.
    pub fn standing(&self) -> Value {
        self.lanh(&["status"])["children"][0].clone()
    }

    /// The verdict over a running app: `allowed`, `warned`, `held`, `denied`; `None`: it does not run.
    pub fn verdict(&self, name: &str) -> Option<String> {
        let standing = self.standing();
        let running = standing["running"].as_array()?;
        let found = running.iter().find(|running| {
            let app = &running["app"];
            app["id"].as_str().is_some_and(|id| id.contains(name))
                || app["name"].as_str().is_some_and(|it| it == name)
        })?;
        found["verdict"]["verdict"].as_str().map(str::to_owned)
    }

    /// Titles and texts of every notice that the desktop showed, oldest last.
    pub fn notices(&self) -> Vec<String> {
        let output = self.output_as_child("dunstctl", &["history"]);
        let Ok(history) = serde_json::from_slice::<Value>(&output.stdout) else { return Vec::new() };
        let text = |notice: &Value| {
            format!(
                "{}\n{}",
                notice["summary"]["data"].as_str().unwrap_or_default(),
                notice["body"]["data"].as_str().unwrap_or_default()
            )
        };
        history["data"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|page| page.as_array().into_iter().flatten())
            .map(text)
            .collect()
    }

    /// A picture of the child's screen.
    pub fn picture(&self, path: &Path) {
        let home = format!("/home/{}/shot.png", self.user);
        let output = self.output_as_child("import", &["-window", "root", &home]);
        if output.status.success() {
            let _ = fs::copy(&home, path);
        }
    }

    /// Copies another built program onto the stage; `None` if it was not built.
    pub fn bring(&self, program: &str) -> Option<PathBuf> {
        let built = PathBuf::from(std::env::var_os("LANH_BIN_DIR")?).join(program);
        let copy = self.bin.join(program);
        fs::copy(built, &copy).ok().map(|_| copy)
    }

    /// Where the programs are that the stage brought.
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// The X display.
    pub fn display(&self) -> &str {
        &self.display
    }

    pub fn user(&self) -> &str {
        &self.user
    }

    pub fn uid(&self) -> u32 {
        self.uid
    }

    pub fn home(&self) -> PathBuf {
        PathBuf::from(format!("/home/{}", self.user))
    }

    pub fn socket(&self) -> PathBuf {
        self.place().join("run/lanhd.sock")
    }

    pub fn lanh_path(&self) -> PathBuf {
        self.bin.join("lanh")
    }

    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(mut service) = self.service.take() {
            let _ = service.kill();
            let _ = service.wait();
        }
        if std::thread::panicking() {
            eprintln!("--- the service's log ---\n{}", self.log());
        }
        let accounts = [(self.user.clone(), self.uid)].into_iter().chain(self.accounts.drain(..));
        let accounts: Vec<(String, u32)> = accounts.collect();
        for (user, uid) in &accounts {
            end_frozen(*uid);
            let _ = Command::new("pkill").args(["-KILL", "-u", user]).status();
        }
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
        for (user, _) in &accounts {
            remove_user(user);
        }
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// Ends what a failed test left frozen of this account, so that the account can be removed.
fn end_frozen(uid: u32) {
    use std::os::unix::fs::MetadataExt;
    let own = |pid: &str| fs::metadata(format!("/proc/{pid}")).is_ok_and(|process| process.uid() == uid);
    for base in ["/sys/fs/cgroup/lanh", "/sys/fs/cgroup/unified/lanh"] {
        for entry in fs::read_dir(base).into_iter().flatten().flatten() {
            let members = fs::read_to_string(entry.path().join("cgroup.procs")).unwrap_or_default();
            if members.lines().any(own) {
                let _ = fs::write(entry.path().join("cgroup.freeze"), "0");
                let _ = fs::write(entry.path().join("cgroup.kill"), "1");
            }
        }
    }
}

fn make_user(user: &str) -> u32 {
    remove_user(user);
    run(Command::new("useradd").args(["--create-home", "--shell", "/bin/bash", user]));
    let uid = String::from_utf8(run(Command::new("id").args(["-u", user])).stdout).unwrap();
    uid.trim().parse().unwrap()
}

fn remove_user(user: &str) {
    let _ = Command::new("pkill").args(["-KILL", "-u", user]).stderr(Stdio::null()).status();
    let _ = Command::new("userdel").args(["--remove", "--force", user]).stderr(Stdio::null()).status();
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Asks again and again until there is an answer.
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "waited {PATIENCE:?} for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What a process takes of the machine.
#[derive(Clone, Copy, Debug)]
pub struct Footprint {
    /// Memory that is resident, in KiB.
    pub rss: u64,
    /// The same with shared pages counted by their part, in KiB.
    pub pss: u64,
    /// Open descriptors.
    pub descriptors: usize,
}

impl Footprint {
    pub fn of(pid: u32) -> Self {
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
        let kib = |name: &str| {
            let line = rollup.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").parse().unwrap()
        };
        Self {
            rss: kib("Rss:"),
            pss: kib("Pss:"),
            descriptors: fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count(),
        }
    }
}

/// Clock ticks of processor time that a process has used.
pub fn cpu_ticks(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

/// Whether the kernel says that every process of this one's control group is frozen.
pub fn frozen(pid: u32) -> bool {
    let groups = fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
    let Some(group) = groups.lines().find_map(|line| line.strip_prefix("0::")) else { return false };
    ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].iter().any(|base| {
        let events = fs::read_to_string(format!("{base}{group}/cgroup.events")).unwrap_or_default();
        events.lines().any(|line| line == "frozen 1")
    })
}

/// The process of the child that runs a program of this name. A dead one that nobody reaped does not count:
/// `runuser` stops with its program and then reaps no more.
pub fn pid_of(uid: u32, name: &str) -> Option<u32> {
    let output = Command::new("pgrep").args(["-u", &uid.to_string(), "-x", name]).output().unwrap();
    let found = String::from_utf8(output.stdout).unwrap();
    found.lines().filter_map(|line| line.parse().ok()).find(|pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
    })
}

/// Makes a file that everybody may run.
pub fn executable(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
