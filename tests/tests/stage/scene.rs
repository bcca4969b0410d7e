//! A scene for the tests of evasions: a small game that the system installed, and a child with tricks.

use super::{Stage, executable, wait_for};
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

const MORNING: &str = "2026-11-24T02:00:00Z";

/// How many heartbeats, of ten milliseconds each, a game may have that only the watch can catch.
const MOST_BEATS: u64 = 300;

/// The scene. Dropping it takes the game off the system again.
pub struct Scene {
    pub stage: Stage,
    name: String,
    folder: PathBuf,
    entry: PathBuf,
    played: Vec<Child>,
}

impl Scene {
    /// A child without rules and a game, on a service whose clock a test moves; `None`: skipped.
    pub fn set(name: &str) -> Option<Self> {
        Self::set_on(Stage::set_bare(name, &["runuser", "useradd"])?, name)
    }

    /// The same in a desktop with a companion.
    pub fn set_with_desktop(name: &str) -> Option<Self> {
        let mut scene = Self::set_on(Stage::set(name)?, name)?;
        scene.stage.start_companion();
        Some(scene)
    }

    fn set_on(stage: Stage, name: &str) -> Option<Self> {
        let folder = PathBuf::from(format!("/usr/local/lib/lanh-test-{name}"));
        let applications = Path::new("/usr/local/share/applications");
        fs::create_dir_all(applications).unwrap();
        fs::create_dir_all(&folder).unwrap();
        let entry = applications.join(format!("lanh-test-{name}.desktop"));
        let mut scene = Self { stage, name: name.to_owned(), folder, entry, played: Vec::new() };
        fs::copy(env!("CARGO_BIN_EXE_lanh-toy"), scene.game()).unwrap();
        fs::copy(env!("CARGO_BIN_EXE_lanh-trick"), scene.trick()).unwrap();
        fs::write(
            &scene.entry,
            format!(
                "[Desktop Entry]\nType=Application\nName=Toy {name}\nExec={}\nCategories=Game;\n",
                scene.game().display()
            ),
        )
        .unwrap();
        scene.stage.start_service(MORNING, 1);
        scene.stage.set_up("vn-147");
        scene.stage.clear_rules();
        // What runs in the first half minute is taken for something that ran before.
        scene.stage.pass(40);
        Some(scene)
    }

    /// The game's program file.
    pub fn game(&self) -> PathBuf {
        self.folder.join("toy")
    }

    /// The folder that the system installed the game in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The game as rules name it.
    pub fn app(&self) -> String {
        format!("app:desktop:lanh-test-{}", self.name)
    }

    /// The child's program of tricks. It is not the game, and the system installed it.
    pub fn trick(&self) -> PathBuf {
        self.stage.root().join("bin/lanh-trick")
    }

    /// A file in the child's home.
    pub fn at_home(&self, name: &str) -> PathBuf {
        self.stage.home().join(name)
    }

    /// A file that the game beats its heart into.
    pub fn heart(&self) -> PathBuf {
        self.at_home("heart")
    }

    /// A command as the child, in its home.
    pub fn as_child(&self, program: impl AsRef<OsStr>) -> Command {
        self.as_account(self.stage.uid(), program)
    }

    /// A command as an account, in the child's home.
    pub fn as_account(&self, uid: u32, program: impl AsRef<OsStr>) -> Command {
        let home = self.stage.home();
        // A program of the system changes the account, as a login would.
        let mut command = Command::new("/usr/bin/setpriv");
        command
            .arg(format!("--reuid={uid}"))
            .arg(format!("--regid={}", fs::metadata(&home).unwrap().gid()))
            .args(["--clear-groups", "--"])
            .arg(program)
            .env_clear()
            .env("HOME", &home)
            .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
            .env("LANG", "C")
            .env("LANH_SOCKET", self.stage.socket())
            .current_dir(&home)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a line of shell as the child, with `$GAME` and `$HEART`.
    pub fn shell(&self, line: &str) -> Output {
        self.shell_command(line).output().unwrap()
    }

    /// The same, not yet started.
    pub fn shell_command(&self, line: &str) -> Command {
        let mut command = self.as_child("/bin/bash");
        command
            .args(["-c", line])
            .env("GAME", self.game())
            .env("HEART", self.heart())
            .env("TRICK", self.trick())
            .env("LOADER", loader());
        command
    }

    /// Copies the game as the child, while that is still allowed.
    pub fn copy_game(&self, to: &Path) -> PathBuf {
        let copied = self.as_child("cp").arg(self.game()).arg(to).output().unwrap();
        assert!(copied.status.success(), "{}", words(&copied));
        to.to_owned()
    }

    /// Blocks the game; from then on the child cannot even read it.
    pub fn block(&self) {
        self.stage.lanh(&["rule", "add", "An", "block", &self.app()]);
        wait_for("the guard of the file", || {
            let read = self.as_child("head").arg("-c1").arg(self.game()).output().unwrap();
            (!read.status.success()).then_some(())
        });
    }

    /// Holds the child to the programs that the system installed.
    pub fn strict(&self) {
        self.stage.lanh(&["child", "set", "An", "--strict-programs", "yes"]);
    }

    /// Starts something of the child; it ends with the scene.
    pub fn play(&mut self, command: &mut Command) -> u32 {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let pid = child.id();
        self.played.push(child);
        pid
    }

    /// Starts a companion of the child's own that reports this again and again, and waits for its first word.
    pub fn pretend(&mut self, report: &str) {
        let said = self.at_home("said");
        let out = fs::File::create(&said).unwrap();
        let (trick, socket) = (self.trick(), self.stage.socket());
        let child =
            self.as_child(trick).arg("companion").arg(socket).arg(report).stdout(out).spawn().unwrap();
        self.played.push(child);
        wait_for("its word", || fs::read_to_string(&said).ok()?.contains("attached").then_some(()));
    }

    /// Starts the game as the child and waits until it is counted.
    pub fn play_game(&mut self) -> u32 {
        let (game, heart) = (self.game(), self.heart());
        let pid = self.play(self.as_child(game).arg(heart));
        self.wait_until_counted();
        pid
    }

    /// Gives the game five minutes.
    pub fn limit(&self) {
        self.stage.lanh(&["rule", "add", "An", "limit", &self.app(), "5m"]);
    }

    /// Lets the five minutes pass.
    pub fn use_up(&self) {
        self.stage.pass(6 * 60);
    }

    /// Waits until a budget counts.
    pub fn wait_until_counted(&self) {
        wait_for("a budget that counts", || self.is_counted().then_some(()));
    }

    pub fn is_counted(&self) -> bool {
        self.budgets().iter().any(|line| line["counting"] == true)
    }

    pub fn budgets(&self) -> Vec<Value> {
        self.stage.standing()["budgets"].as_array().cloned().unwrap_or_default()
    }

    /// Seconds used of the first budget.
    pub fn used(&self) -> u64 {
        self.budgets()[0]["used"].as_u64().unwrap()
    }

    /// The ids of the apps that run, as the service sees them.
    pub fn running(&self) -> Vec<String> {
        let standing = self.stage.standing();
        let running = standing["running"].as_array().cloned().unwrap_or_default();
        running.iter().filter_map(|running| Some(running["app"]["id"].as_str()?.to_owned())).collect()
    }

    /// Heartbeats so far; `None`: the game never began.
    pub fn beats(&self) -> Option<u64> {
        fs::read_to_string(self.heart()).ok()?.trim().parse().ok()
    }

    /// Collects what has ended.
    pub fn reap(&mut self) {
        self.played.retain_mut(|child| child.try_wait().is_ok_and(|status| status.is_none()));
    }

    /// Asserts that the game makes no heartbeat for a while.
    pub fn check_still(&self) {
        wait_for("the standstill", || {
            let before = self.beats();
            std::thread::sleep(Duration::from_millis(300));
            (self.beats() == before).then_some(())
        });
    }

    /// Asserts that the kernel refused the start: no instruction of the game ran.
    pub fn check_refused(&self, program: &Path) {
        self.check_command_refused(self.as_child(program).arg(self.heart()));
    }

    /// Asserts that a game that has been played is refused when it is started anew.
    pub fn check_refused_again(&self) {
        let _ = fs::remove_file(self.heart());
        self.check_refused(&self.game());
    }

    /// The same for any command that is the game's start itself.
    pub fn check_command_refused(&self, command: &mut Command) {
        let mut child = command.spawn().unwrap();
        wait_for("the refusal", || child.try_wait().unwrap().map(drop).or(self.beats().map(drop)));
        let _ = child.kill();
        let output = child.wait_with_output().unwrap();
        assert!(words(&output).contains("Operation not permitted"), "{command:?}: {output:?}");
        assert_eq!(self.beats(), None);
    }

    /// Asserts that a line of shell that would start the game was told "operation not permitted".
    pub fn check_shell_refused(&self, line: &str) {
        let output = self.shell(line);
        assert!(!output.status.success(), "{line}");
        assert!(words(&output).contains("Operation not permitted"), "{line}: {}", words(&output));
        assert_eq!(self.beats(), None, "{line}");
    }

    /// Asserts that what was started is killed before it can be played.
    pub fn check_killed(&self, command: &mut Command) {
        let mut child = command.spawn().unwrap();
        let mut status: Option<ExitStatus> = None;
        wait_for("its end", || {
            status = child.try_wait().unwrap();
            status.or((self.beats() > Some(2 * MOST_BEATS)).then(ExitStatus::default)).map(drop)
        });
        let _ = child.kill();
        let _ = child.wait();
        let status = status.unwrap_or_else(|| panic!("{command:?} plays on: {}", self.stage.log()));
        // A shell that waited for it says 128 and the signal.
        assert!(status.signal() == Some(9) || status.code() == Some(137), "{command:?}: {status}");
        self.check_ended();
    }

    /// Asserts that the game's heart has stopped for good, after next to nothing.
    pub fn check_ended(&self) {
        self.check_still();
        assert!(self.beats().unwrap_or(0) < MOST_BEATS, "{:?} heartbeats", self.beats());
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.entry);
        let _ = fs::remove_dir_all(&self.folder);
        for child in &mut self.played {
            let _ = child.kill();
        }
        // The stage thaws what is frozen; until then a killed process may not be gone.
        super::end_frozen(self.stage.uid());
        for child in &mut self.played {
            let _ = child.wait();
        }
    }
}

/// Everything that a command said.
pub fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The dynamic loader of this machine.
pub fn loader() -> &'static str {
    ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"]
        .into_iter()
        .find(|path| Path::new(path).exists())
        .expect("the dynamic loader of this architecture")
}

/// Adds bytes to the end of a file, which changes its hash and nothing that it does.
pub fn append(path: &Path, bytes: &[u8]) {
    use std::io::Write;
    fs::OpenOptions::new().append(true).open(path).unwrap().write_all(bytes).unwrap();
    executable(path);
}
