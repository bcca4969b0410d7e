//! Broken, lost, full, read-only and stuck: the limits hold, the guardian is told, and nothing is lost.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod stage;

use lanh_platform::Platform;
use serde_json::Value;
use stage::{PIN, Stage, frozen, pid_of, wait_for};
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const MORNING: &str = "2026-11-24T02:00:00Z";

/// One child, one limit of twenty minutes on xsol, a companion.
fn set_up(stage: &mut Stage) {
    stage.set_up("vn-147");
    stage.clear_rules();
    stage.lanh(&["rule", "add", "An", "limit", "xsol", "20m"]);
    stage.start_companion();
}

/// Starts the game and waits until it counts; returns its process.
fn play(stage: &mut Stage) -> u32 {
    stage.start("/usr/games/xsol", &[]);
    let pid = wait_for("the game", || pid_of(stage.uid(), "xsol"));
    wait_for("the game to count", || {
        stage.standing()["running"].as_array()?.iter().any(|app| app["in_use"] == true).then_some(())
    });
    pid
}

fn used(stage: &Stage) -> u64 {
    stage.standing()["budgets"][0]["used"].as_u64().unwrap()
}

fn end_game(stage: &Stage) {
    if let Some(pid) = pid_of(stage.uid(), "xsol") {
        Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap();
        wait_for("the end of the game", || pid_of(stage.uid(), "xsol").is_none().then_some(()));
    }
}

fn state(stage: &Stage) -> PathBuf {
    stage.root().join("state")
}

/// What `lanh doctor` prints; its exit code says that something is broken, which it often is here.
fn doctor(stage: &Stage) -> Option<Value> {
    serde_json::from_slice(&stage.try_lanh(&["doctor"]).stdout).ok()
}

fn finding(stage: &Stage, id: &str) -> Value {
    let report = doctor(stage).expect("the service answers");
    let found = report["findings"].as_array().unwrap().iter().find(|finding| finding["id"] == id);
    found.unwrap_or_else(|| panic!("no {id}: {report}")).clone()
}

/// The kernel says no, and the rule is still there.
fn still_enforced(stage: &Stage, fault: &str) {
    let refused = stage.output_as_child("/usr/games/xsol", &[]);
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(words.contains("Operation not permitted"), "{fault}: {words}");
    let rules = stage.lanh(&["rule", "list", stage.standing()["child"]["name"].as_str().unwrap()]);
    assert_eq!(rules.as_array().unwrap().len(), 1, "{fault}: {rules}");
}

/// Whether the child's account is the guardian with the PIN.
fn pin_opens(stage: &Stage) -> bool {
    let listed = Command::new(stage.lanh_path())
        .args(["--socket".as_ref(), stage.socket().as_os_str(), "--json".as_ref()])
        .args(["backup", "list"])
        .env_clear()
        .env("LANG", "C.UTF-8")
        .env("LANH_SECRET", PIN)
        .current_dir("/")
        .stdin(Stdio::null())
        .uid(stage.uid())
        .gid(stage.uid())
        .output()
        .unwrap();
    listed.status.success()
}

/// Files of the state folder that a fault touches, to be put back as they were.
struct Kept(Vec<(PathBuf, Vec<u8>)>);

impl Kept {
    fn of(stage: &Stage) -> Self {
        let names = ["lanh.db", "lanh.db-wal", "key", "key.cred", "key-place"];
        let read = |name: &str| {
            let path = state(stage).join(name);
            fs::read(&path).ok().map(|bytes| (path, bytes))
        };
        Self(names.into_iter().filter_map(read).collect())
    }

    fn put_back(&self) {
        for (path, bytes) in &self.0 {
            if !path.exists() {
                fs::write(path, "").unwrap();
                let closed = std::os::unix::fs::PermissionsExt::from_mode(0o600);
                fs::set_permissions(path, closed).unwrap();
            }
            fs::write(path, bytes).unwrap();
        }
    }
}

/// Runs SQL in the database of a service that does not run.
fn in_database(state: &Path, sql: &str) {
    let platform = Platform::this_machine(state).unwrap();
    let (key, _place) = platform.secret_store().load_or_create(true).unwrap();
    let digits: String = key.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let connection = rusqlite::Connection::open(state.join("lanh.db")).unwrap();
    connection
        .execute_batch(&format!("PRAGMA key = \"x'{digits}'\"; PRAGMA journal_mode = DELETE; {sql};"))
        .unwrap();
}

#[test]
fn without_its_database_or_its_key_the_service_keeps_the_last_known_limits() {
    let Some(mut stage) = Stage::set("fault") else { return };
    stage.start_service(MORNING, 1);
    set_up(&mut stage);
    play(&mut stage);
    stage.pass(20 * 60 + 10);
    wait_for("the hold", || (stage.verdict("xsol")? == "held").then_some(()));
    end_game(&stage);
    let spent = used(&stage);
    stage.stop_service();
    let kept = Kept::of(&stage);
    let database = state(&stage).join("lanh.db");

    type Fault = fn(&Path);
    let faults: [(&str, bool, Fault); 8] = [
        ("cut in half", true, |state| {
            let length = fs::metadata(state.join("lanh.db")).unwrap().len();
            let file = fs::OpenOptions::new().write(true).open(state.join("lanh.db")).unwrap();
            file.set_len(length / 2).unwrap();
        }),
        ("overwritten", true, |state| fs::write(state.join("lanh.db"), "no database".repeat(999)).unwrap()),
        ("emptied", true, |state| fs::write(state.join("lanh.db"), "").unwrap()),
        ("one bit turned", true, |state| {
            let mut bytes = fs::read(state.join("lanh.db")).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(state.join("lanh.db"), bytes).unwrap();
        }),
        ("under another key", true, |state| {
            in_database(state, &format!("PRAGMA rekey = \"x'{}'\"", "2a".repeat(32)));
        }),
        ("of a newer version", true, |state| in_database(state, "PRAGMA user_version = 9999")),
        ("key lost", false, |state| {
            for name in ["key", "key.cred"] {
                let _ = fs::remove_file(state.join(name));
            }
        }),
        ("where the key is, forgotten", false, |state| fs::remove_file(state.join("key-place")).unwrap()),
    ];
    for (fault, names, break_it) in faults {
        break_it(&state(&stage));
        let broken = fs::read(&database).unwrap();
        stage.start_service(MORNING, 1);
        still_enforced(&stage, fault);
        assert!(used(&stage) >= spent, "{fault}: {}", stage.standing());
        let stand_in = finding(&stage, "stand-in");
        assert_eq!(stand_in["severity"], "broken", "{fault}");
        let message = stand_in["message"].as_str().unwrap();
        assert!(message.contains("The limits as of 2026-11-24"), "{fault}: {message}");
        assert_eq!(pin_opens(&stage), names, "{fault}");
        // What a guardian gives now holds, and outlives another crash.
        if names {
            stage.lanh(&["grant", "An", "10m", "--app", "xsol"]);
            stage.start("/usr/games/xsol", &[]);
            wait_for("the game", || pid_of(stage.uid(), "xsol"));
            end_game(&stage);
            stage.stop_service();
            stage.start_service(MORNING, 1);
            let grants = stage.standing()["grants"].clone();
            assert_eq!(grants.as_array().unwrap().len(), 1, "{fault}: {grants}");
            // Drawn down, the limit is back.
            play(&mut stage);
            stage.pass(10 * 60);
            // Steps that come late on a busy machine are not charged in full: play until it is held.
            wait_for("the end of the grant", || {
                let held = stage.verdict("xsol")? == "held";
                if !held {
                    stage.clock("jump 10");
                }
                held.then_some(())
            });
            end_game(&stage);
            still_enforced(&stage, fault);
        }
        stage.stop_service();
        assert_eq!(fs::read(&database).unwrap(), broken, "{fault}: not touched");
        // Put back, all is as it was, with what happened meanwhile.
        kept.put_back();
        stage.start_service(MORNING, 1);
        assert_eq!(finding(&stage, "database")["severity"], "ok", "{fault}");
        assert_eq!(stage.standing()["child"]["name"], "An", "{fault}");
        still_enforced(&stage, fault);
        assert!(used(&stage) >= spent, "{fault}");
        assert!(pin_opens(&stage), "{fault}");
        stage.stop_service();
    }

    // With a backup the database mends itself, and what the backup lacks comes from the copy.
    kept.put_back();
    stage.start_service(MORNING, 1);
    stage.lanh(&["backup", "now"]);
    stage.lanh(&["rule", "add", "An", "block", "video"]);
    stage.stop_service();
    fs::write(&database, "no database".repeat(999)).unwrap();
    stage.start_service(MORNING, 1);
    assert_eq!(stage.lanh(&["rule", "list", "An"]).as_array().unwrap().len(), 2);
    assert!(used(&stage) >= spent);
    assert_eq!(finding(&stage, "database")["severity"], "ok");
    assert!(finding(&stage, "recovered")["message"].as_str().unwrap().contains("backup"));
    // And a guardian may choose it: its rules, with the use of today.
    let backups = stage.lanh(&["backup", "list"]);
    let name = backups[0]["name"].as_str().unwrap().to_owned();
    stage.lanh(&["--yes", "backup", "restore", &name]);
    wait_for("the backup's rules", || {
        let listed = stage.try_lanh(&["rule", "list", "An"]);
        let rules: Value = serde_json::from_slice(&listed.stdout).ok()?;
        (rules.as_array()?.len() == 1).then_some(())
    });
    assert!(used(&stage) >= spent);
    stage.stop_service();
}

/// A file system of its own for the state folder.
struct Disk {
    point: PathBuf,
    image: Option<PathBuf>,
}

impl Disk {
    /// In memory, of some size.
    fn in_memory(point: PathBuf, size: &str) -> Option<Self> {
        make(&point);
        let options = format!("size={size},mode=0700");
        let mounted = run("mount", &["-t", "tmpfs", "-o", &options, "lanh-test", point.to_str().unwrap()]);
        mounted.then_some(Self { point, image: None })
    }

    /// A real one, in a file.
    fn in_a_file(point: PathBuf) -> Option<Self> {
        make(&point);
        let image = point.with_extension("image");
        fs::File::create(&image).unwrap().set_len(64 << 20).unwrap();
        let made = run("mkfs.ext4", &["-q", image.to_str().unwrap()]);
        let mounted = made && run("mount", &["-o", "loop", image.to_str().unwrap(), point.to_str().unwrap()]);
        if mounted {
            let closed = std::os::unix::fs::PermissionsExt::from_mode(0o700);
            fs::set_permissions(&point, closed).unwrap();
        }
        mounted.then_some(Self { point, image: Some(image) })
    }

    fn freeze(&self, frozen: bool) -> bool {
        run("fsfreeze", &[if frozen { "-f" } else { "-u" }, self.point.to_str().unwrap()])
    }

    fn remount(&self, how: &str) {
        assert!(run("mount", &["-o", &format!("remount,{how}"), self.point.to_str().unwrap()]));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.image.is_some() {
            // One that was thawed says no.
            self.freeze(false);
        }
        // Whoever still writes to it goes with the stage.
        run("umount", &["--lazy", self.point.to_str().unwrap()]);
    }
}

fn make(folder: &Path) {
    fs::DirBuilder::new().mode(0o700).create(folder).unwrap();
}

fn run(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

#[test]
fn on_a_full_disk_and_on_one_that_is_read_only_limits_hold_and_use_is_written_later() {
    let Some(mut stage) = Stage::set("full") else { return };
    let Some(disk) = Disk::in_memory(state(&stage), "3m") else {
        println!("skipped: a small disk cannot be mounted here");
        return;
    };
    stage.start_service(MORNING, 1);
    set_up(&mut stage);
    play(&mut stage);
    let filler = disk.point.join("filler");
    let fill = || {
        let mut file = fs::File::create(&filler).unwrap();
        while std::io::Write::write_all(&mut file, &[0; 4096]).is_ok() {}
    };
    fill();
    stage.pass(10 * 60);
    wait_for("the word that nothing is written", || {
        doctor(&stage)?.to_string().contains("not-written").then_some(())
    });
    stage.pass(10 * 60 + 10);
    wait_for("the hold on a full disk", || (stage.verdict("xsol")? == "held").then_some(()));
    assert_eq!(used(&stage), 1_200);
    // Room again: what waited is written without anybody's help, and a crash takes nothing of it.
    fs::remove_file(&filler).unwrap();
    wait_for("what waited to be written", || {
        (!doctor(&stage)?.to_string().contains("not-written")).then_some(())
    });
    end_game(&stage);
    stage.crash_service();
    stage.start_service(MORNING, 1);
    assert_eq!(used(&stage), 1_200);
    stage.stop_service();

    // A start on a full disk, and on one that is read-only.
    for read_only in [false, true] {
        if read_only {
            disk.remount("ro")
        } else {
            fill()
        }
        stage.start_service(MORNING, 1);
        still_enforced(&stage, if read_only { "read-only" } else { "full" });
        assert_eq!(used(&stage), 1_200);
        assert!(pin_opens(&stage));
        if read_only {
            disk.remount("rw")
        } else {
            fs::remove_file(&filler).unwrap()
        }
        wait_for("the database", || {
            let report = doctor(&stage)?;
            let found = report["findings"].as_array()?.iter().find(|finding| finding["id"] == "database")?;
            (found["severity"] == "ok").then_some(())
        });
        assert_eq!(used(&stage), 1_200);
        still_enforced(&stage, "mended");
        stage.stop_service();
    }
}

#[test]
fn while_the_disk_is_stuck_limits_hold_and_questions_are_answered() {
    let Some(mut stage) = Stage::set("stuck") else { return };
    let Some(disk) = Disk::in_a_file(state(&stage)) else {
        println!("skipped: a disk in a file cannot be mounted here");
        return;
    };
    stage.start_service(MORNING, 1);
    set_up(&mut stage);
    let game = play(&mut stage);
    stage.pass(60);
    if !disk.freeze(true) {
        println!("skipped: a file system cannot be frozen here");
        return;
    }
    // A guardian's change is refused in words, not hung; the limit comes on time. Whoever asks first waits for the
    // disk for a while, and who comes meanwhile is told that the service is late.
    wait_for("the refusal", || {
        let changed = stage.try_lanh(&["rule", "add", "An", "block", "video"]);
        assert!(!changed.status.success());
        String::from_utf8_lossy(&changed.stderr).contains("disk does not keep up").then_some(())
    });
    stage.pass(20 * 60);
    wait_for("the hold on a stuck disk", || (stage.verdict("xsol")? == "held").then_some(()));
    wait_for("the freeze", || frozen(game).then_some(()));
    assert_eq!(used(&stage), 1_200);
    let refused = stage.output_as_child("/usr/games/xsol", &[]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("Operation not permitted"));
    assert!(disk.freeze(false));
    // It moves again: what waited is written, changes are taken.
    wait_for("a change", || {
        stage.try_lanh(&["rule", "add", "An", "block", "video"]).status.success().then_some(())
    });
    end_game(&stage);
    stage.stop_service();
    stage.start_service(MORNING, 1);
    assert_eq!(used(&stage), 1_200);
    stage.stop_service();
}

#[test]
fn a_service_that_is_killed_in_play_loses_five_seconds_at_the_most() {
    let Some(mut stage) = Stage::set("killed") else { return };
    stage.start_service(MORNING, 1);
    set_up(&mut stage);
    play(&mut stage);
    let mut before = 0;
    for round in 0..5 {
        stage.pass(120);
        wait_for("time to count", || (used(&stage) >= before + 60).then_some(()));
        before = used(&stage);
        stage.crash_service();
        stage.start_service(MORNING, 1);
        let after = used(&stage);
        assert!(after + 5 >= before, "round {round}: {before} s before the kill, {after} s after it");
        assert_eq!(finding(&stage, "audit")["severity"], "ok", "round {round}");
        wait_for("the game to count again", || {
            let standing = stage.standing();
            standing["budgets"].as_array()?.iter().any(|line| line["counting"] == true).then_some(())
        });
        before = used(&stage);
    }
    stage.stop_service();
}
