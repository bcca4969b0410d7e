//! The service as its surroundings see it: systemd, the terminal that watches, the child who ends the
//! companion, and the guardian who goes back to a backup.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod stage;

use serde_json::Value;
use stage::{Stage, frozen, pid_of, wait_for};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Nine in the morning in Ho Chi Minh City.
const MORNING: &str = "2026-11-24T02:00:00Z";

/// Longer than any answer takes on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn systemd_is_told_of_the_start_of_life_and_of_the_stop() {
    let Some(mut stage) = Stage::set("notify") else { return };
    let path = stage.root().join("notify");
    let systemd = UnixDatagram::bind(&path).unwrap();
    systemd.set_read_timeout(Some(PATIENCE)).unwrap();
    let next = || {
        let mut buffer = [0; 512];
        let length = systemd.recv(&mut buffer).expect("the service tells systemd");
        String::from_utf8_lossy(&buffer[..length]).trim().to_owned()
    };
    stage.service_environment("NOTIFY_SOCKET", path.to_str().unwrap());
    stage.service_environment("WATCHDOG_USEC", "400000");
    stage.start_service(MORNING, 1);
    assert_eq!(next(), "READY=1");
    // Alive again and again, not once.
    for _ in 0..3 {
        assert_eq!(next(), "WATCHDOG=1");
    }
    stage.stop_service();
    let told = std::iter::repeat_with(next).find(|told| told != "WATCHDOG=1");
    assert_eq!(told.as_deref(), Some("STOPPING=1"));
}

#[test]
fn a_configuration_is_read_again_whole_or_not_at_all() {
    let Some(mut stage) = Stage::set("reload") else { return };
    let file = stage.root().join("lanhd.toml");
    fs::write(&file, "log = \"info\"\n").unwrap();
    stage.service_argument("--config", file.to_str().unwrap());
    stage.service_environment("LANH_LOG", "");
    stage.start_service(MORNING, 1);

    // A broken file: said with its reason, and nothing of it is taken, also not what is valid in it.
    fs::write(&file, "log = \"off\"\nscan_seconds = 0\n").unwrap();
    stage.hang_up();
    wait_for("the reason", || stage.log().contains("scan_seconds must be 1 to 3,600, not 0").then_some(()));
    assert!(stage.log().contains("the old configuration stays in force"), "{}", stage.log());
    stage.clock("step 3600");
    wait_for("the log to go on", || stage.log().contains("somebody set the clock").then_some(()));
    // The guardian is told by how much.
    let doctor = stage.try_lanh(&["doctor"]);
    let doctor: Value = serde_json::from_slice(&doctor.stdout).unwrap();
    let apart = doctor["findings"].as_array().unwrap().iter().find(|finding| finding["id"] == "clock-apart");
    let apart = apart.expect("a finding about the clock");
    assert_eq!(apart["ahead"], true);
    assert!((3_590..=3_600).contains(&apart["seconds"].as_u64().unwrap()), "{apart}");

    // A valid one: from then on its filter holds, and tells of a client that talks nonsense.
    assert!(!stage.log().contains("DEBUG"), "{}", stage.log());
    fs::write(&file, "log = \"error,lanh_service=debug\"\n").unwrap();
    stage.hang_up();
    wait_for("the new configuration", || {
        stage.log().contains("the configuration was read again").then_some(())
    });
    UnixStream::connect(stage.socket()).unwrap().write_all(&[0xff; 64]).unwrap();
    wait_for("the new filter", || stage.log().contains("DEBUG").then_some(()));
    stage.stop_service();
}

/// The lines that a program prints, as they come.
fn lines_of(output: impl std::io::Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

#[test]
fn a_watching_terminal_outlives_a_restart_of_the_service() {
    let Some(mut stage) = Stage::set("watch") else { return };
    stage.start_service(MORNING, 1);
    stage.set_up("vn-147");
    let mut watcher = Command::new(stage.lanh_path())
        .args(["--socket".as_ref(), stage.socket().as_os_str()])
        .args(["--json", "status", "--watch"])
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let shown = lines_of(watcher.stdout.take().unwrap());
    let said = lines_of(watcher.stderr.take().unwrap());
    let grants = |line: &str| {
        let status: Value = serde_json::from_str(line).unwrap();
        status["children"][0]["grants"].as_array().unwrap().len()
    };
    assert_eq!(grants(&shown.recv_timeout(PATIENCE).expect("the first status")), 0);

    // Once by an ordered stop, once by a crash.
    for round in 1..=2 {
        if round == 1 {
            stage.stop_service()
        } else {
            stage.crash_service()
        }
        let waiting = said.recv_timeout(PATIENCE).expect("it says that it waits");
        assert!(waiting.contains("gone away"), "{waiting}");
        stage.start_service(MORNING, 1);
        stage.lanh(&["grant", "An", "15m"]);
        let seen =
            std::iter::repeat_with(|| shown.recv_timeout(PATIENCE).expect("the grant after the restart"))
                .find(|line| grants(line) == round);
        assert!(seen.is_some());
    }
    watcher.kill().unwrap();
    watcher.wait().unwrap();
    stage.stop_service();
}

fn companion_of(stage: &Stage) -> Option<u32> {
    pid_of(stage.uid(), "lanh")
}

#[test]
fn a_killed_companion_is_brought_back() {
    let Some(mut stage) = Stage::set("revive") else { return };
    stage.start_service(MORNING, 1);
    stage.set_up("vn-147");
    stage.start_companion();
    stage.start("/usr/games/xsol", &[]);
    wait_for("the game", || pid_of(stage.uid(), "xsol"));
    wait_for("the game to be seen", || stage.verdict("xsol"));
    let first = companion_of(&stage).expect("the companion runs");
    let killed = stage.output_as_child("kill", &["-KILL", &first.to_string()]);
    assert!(killed.status.success());
    // Without it everything that runs counts, so the child gains nothing.
    wait_for("the strict counting", || {
        (stage.standing()["companion"] == false && stage.standing()["running"][0]["in_use"] == true)
            .then_some(())
    });
    wait_for("another companion", || {
        (stage.standing()["companion"] == true && companion_of(&stage)? != first).then_some(())
    });
    stage.stop_service();
}

#[test]
fn a_backup_is_put_back_while_a_game_is_held() {
    let Some(mut stage) = Stage::set("restore") else { return };
    stage.start_service(MORNING, 1);
    stage.set_up("vn-147");
    stage.clear_rules();
    stage.lanh(&["rule", "add", "An", "limit", "xsol", "10m"]);
    stage.start_companion();
    stage.start("/usr/games/xsol", &[]);
    let pid = wait_for("the game", || pid_of(stage.uid(), "xsol"));
    wait_for("the game to count", || {
        stage.standing()["budgets"].as_array()?.iter().any(|line| line["counting"] == true).then_some(())
    });
    stage.pass(10 * 60 + 10);
    wait_for("the hold", || (stage.verdict("xsol")? == "held").then_some(()));
    wait_for("the freeze", || frozen(pid).then_some(()));

    let rules = stage.lanh(&["rule", "list", "An"]);
    let name = stage.lanh(&["backup", "now"])["name"].as_str().expect("a backup").to_owned();
    stage.lanh(&["rule", "add", "An", "limit", "screen", "5h"]);
    stage.lanh(&["child", "add", "Chi", "--birth-year", "2012"]);
    stage.lanh(&["backup", "restore", &name, "--yes"]);

    // The policy of the backup is in force and the service goes on.
    wait_for("the service with the backup", || {
        let children = stage.try_lanh(&["child", "list"]);
        let children: Value = serde_json::from_slice(&children.stdout).ok()?;
        (children.as_array()?.len() == 1).then_some(())
    });
    assert_eq!(stage.lanh(&["rule", "list", "An"]), rules);
    assert!(stage.lanh(&["audit", "--verify"]).to_string().contains("null"));

    // The game was never let go meanwhile, and a grant still thaws it.
    wait_for("the hold after the restore", || (stage.verdict("xsol")? == "held").then_some(()));
    assert!(frozen(pid));
    let used = stage.standing()["budgets"][0]["used"].as_u64().unwrap();
    assert!((600..=601).contains(&used), "{used}");
    stage.lanh(&["grant", "An", "5m", "--app", "xsol"]);
    wait_for("the thaw", || (!frozen(pid)).then_some(()));
    assert_eq!(pid_of(stage.uid(), "xsol"), Some(pid));
    stage.stop_service();
}

#[test]
fn a_policy_file_is_taken_whole_or_not_at_all() {
    let Some(mut stage) = Stage::set("import") else { return };
    stage.start_service(MORNING, 1);
    stage.set_up("vn-147");
    let file = stage.root().join("family.toml");
    let import = |stage: &Stage, text: &str| {
        fs::write(&file, text).unwrap();
        stage.try_lanh(&["import", file.to_str().unwrap(), "--yes"])
    };
    let family = |stage: &Stage| {
        let children = stage.lanh(&["child", "list"]);
        let names: Vec<&str> =
            children.as_array().unwrap().iter().filter_map(|one| one["name"].as_str()).collect();
        let rules: Vec<Value> = names.iter().map(|name| stage.lanh(&["rule", "list", name])).collect();
        (children.clone(), rules)
    };
    let before = family(&stage);
    let account = stage.user().to_owned();

    // The last child of the file would take An's account: nothing of the file is done.
    let refused = import(
        &stage,
        &format!(
            "lanh_policy = 1\n\
             [[children]]\nname = 'Bo'\nbirth_year = 2014\nrules = ['limit game 30m']\n\
             [[children]]\nname = 'Chi'\nbirth_year = 2012\naccounts = ['{account}']\n"
        ),
    );
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{words}");
    assert!(words.contains(&account) && words.contains("another child"), "{words}");
    assert_eq!(family(&stage), before);

    // In one file the account may change hands, and the rules are those of the file.
    let taken = import(
        &stage,
        &format!(
            "lanh_policy = 1\n\
             [[children]]\nname = 'Chi'\nbirth_year = 2012\naccounts = ['{account}']\nrules = ['limit game 30m']\n\
             [[children]]\nname = 'An'\nbirth_year = 2016\nrules = ['block game']\n"
        ),
    );
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    let rules = |name: &str| stage.lanh(&["rule", "list", name]);
    assert_eq!(rules("An").as_array().unwrap().len(), 1, "no preset any more: {}", rules("An"));
    assert_eq!(rules("Chi").as_array().unwrap().len(), 1);

    // The same file again changes nothing; everything can be undone back to the beginning.
    let history = stage.lanh(&["rule", "history", "An"]);
    let again = stage.try_lanh(&["import", file.to_str().unwrap(), "--yes"]);
    assert!(again.status.success());
    assert_eq!(stage.lanh(&["rule", "history", "An"]), history);
    stage.lanh(&["rule", "rollback", "An", "0"]);
    assert_eq!(rules("An").as_array().unwrap().len(), 0);
    stage.lanh(&["rule", "rollback", "Chi", "0"]);
    stage.stop_service();
}
