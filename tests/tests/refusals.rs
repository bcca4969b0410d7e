//! Who may ask for what: the kernel's credentials decide, refusals are written down.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod stage;

use serde_json::Value;
use stage::Stage;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output};

const MORNING: &str = "2026-11-24T02:00:00Z";

fn set_up(stage: &Stage) {
    stage.set_up("vn-147");
    stage.lanh(&["child", "add", "Bình", "--birth-year", "2013"]);
}

/// `lanh` as some account.
fn lanh_as(stage: &Stage, uid: u32, secret: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = Command::new(stage.lanh_path());
    command
        .args(["--socket".as_ref(), stage.socket().as_os_str(), "--json".as_ref()])
        .args(arguments)
        .env_clear()
        .env("LANG", "C.UTF-8")
        .current_dir("/")
        .stdin(std::process::Stdio::null())
        .uid(uid)
        .gid(uid);
    if let Some(secret) = secret {
        command.env("LANH_SECRET", secret);
    }
    command.output().unwrap()
}

/// One question to the service as some account, past the command line.
fn ask_as(stage: &Stage, uid: u32, question: &str) -> Value {
    let program = stage.root().join("bin/lanh-ask");
    if !program.exists() {
        std::fs::copy(env!("CARGO_BIN_EXE_lanh-ask"), &program).unwrap();
    }
    let output = Command::new(program)
        .args([stage.socket().as_os_str(), question.as_ref()])
        .current_dir("/")
        .uid(uid)
        .gid(uid)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn check_refused(output: &Output, code: i32) {
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{words}");
    assert!(!words.trim().is_empty(), "a refusal says why");
}

fn audited(stage: &Stage, kind: &str) -> Vec<Value> {
    let lines = stage.lanh(&["audit", "--limit", "200"]);
    lines.as_array().unwrap().iter().filter(|line| line["kind"] == kind).cloned().collect()
}

#[test]
fn nobody_gets_more_than_is_theirs() {
    let Some(mut stage) = Stage::set("refuse") else { return };
    stage.start_service(MORNING, 1);
    set_up(&stage);
    let child = stage.uid();
    let stranger = 65_534;
    let rules = stage.lanh(&["rule", "list", "An"]);

    // A child sees itself, and may ask.
    assert!(lanh_as(&stage, child, None, &["status"]).status.success());
    assert!(lanh_as(&stage, child, None, &["request", "ask", "15m", "--category", "game"]).status.success());

    // A child asks for what only a guardian may.
    for question in [
        &["grant", "An", "1h"][..],
        &["rule", "add", "An", "exempt", "game"],
        &["rule", "remove", "An", "1"],
        &["child", "remove", "An"],
        &["settings", "set", "zone=Europe/Berlin"],
        &["audit"],
        &["backup", "now"],
        &["request", "yes", "1"],
    ] {
        check_refused(&lanh_as(&stage, child, None, question), 4);
    }

    // The service itself refuses, whoever asks past the command line: a guardian's actions, another
    // child's data, and everything of nobody.
    let guardians = [
        r#"{"ask":"grant","child":1,"target":{"on":"screen"},"seconds":3600}"#,
        r#"{"ask":"remove-rule","child":1,"rule":1}"#,
        r#"{"ask":"remove-child","child":1}"#,
        r#"{"ask":"put-policy","children":[]}"#,
        r#"{"ask":"answer-request","request":1,"seconds":900,"words":""}"#,
        r#"{"ask":"put-app","app":"desktop:xsol","category":"learning","rating":null}"#,
        r#"{"ask":"set-secret","secret":"864209"}"#,
        r#"{"ask":"children"}"#,
        r#"{"ask":"audit","limit":10,"before":null}"#,
        r#"{"ask":"backup"}"#,
        r#"{"ask":"restore","name":"x"}"#,
        r#"{"ask":"settings"}"#,
        r#"{"ask":"doctor"}"#,
        r#"{"ask":"accounts"}"#,
    ];
    for question in guardians {
        for uid in [child, stranger] {
            assert_eq!(ask_as(&stage, uid, question)["Err"]["code"], "needs-guardian", "{uid}: {question}");
        }
    }
    let others = [
        r#"{"ask":"status","child":2}"#,
        r#"{"ask":"rules","child":2}"#,
        r#"{"ask":"usage","child":2,"from":"2026-11-24","until":"2026-11-24","intervals":true}"#,
        r#"{"ask":"why-charged","child":2,"at":"2026-11-24T02:00:00Z"}"#,
        r#"{"ask":"requests","child":2,"all":true}"#,
        r#"{"ask":"grants","child":2}"#,
    ];
    for question in others {
        for uid in [child, stranger] {
            assert_eq!(ask_as(&stage, uid, question)["Err"]["code"], "not-yours", "{uid}: {question}");
        }
    }
    let asking = r#"{"ask":"ask-for-time","target":{"on":"screen"},"seconds":900,"words":"please"}"#;
    assert_eq!(ask_as(&stage, stranger, asking)["Err"]["code"], "not-yours");
    // Ten may wait for an answer, one does already; the next is a no of its own kind.
    for _ in 0..9 {
        assert!(ask_as(&stage, child, asking)["Ok"].is_object());
    }
    let waiting = ask_as(&stage, child, asking);
    assert_eq!(waiting["Err"]["code"], "too-many-requests", "{waiting}");
    assert_eq!(waiting["Err"]["detail"]["open"], 10, "{waiting}");

    // Nothing changed, and it is written down who tried.
    assert_eq!(stage.lanh(&["rule", "list", "An"]), rules);
    let refused = audited(&stage, "refused");
    assert!(refused.iter().any(|line| line["actor"] == "child:1"), "{refused:?}");
    assert!(refused.iter().any(|line| line["actor"] == format!("uid:{stranger}")), "{refused:?}");

    // The PIN: right works for that one connection; wrong ones are slowed down, also across a restart.
    assert!(lanh_as(&stage, child, Some("739155"), &["grant", "An", "1m"]).status.success());
    check_refused(&lanh_as(&stage, child, None, &["grant", "An", "1h"]), 4);
    for _ in 0..10 {
        // Past the delay so far, so that each try is heard and the delay grows beyond any restart.
        stage.clock("jump 300");
        check_refused(&lanh_as(&stage, stranger, Some("000000"), &["grant", "An", "1h"]), 4);
    }
    stage.stop_service();
    stage.start_service(MORNING, 1);
    check_refused(&lanh_as(&stage, stranger, Some("739155"), &["grant", "An", "1h"]), 4);
    // Somebody else's wrong tries do not lock the guardian out.
    assert!(lanh_as(&stage, child, Some("739155"), &["grant", "An", "1m"]).status.success());
    assert!(audited(&stage, "secret-wrong").len() >= 3);
    let verified = stage.lanh(&["audit", "--verify"]);
    assert!(verified.to_string().contains("null"), "{verified}");
    stage.stop_service();
}

#[test]
fn a_bad_configuration_changes_nothing() {
    let Some(mut stage) = Stage::set("config") else { return };
    let bad = stage.root().join("bad.toml");
    std::fs::write(&bad, "scan_seconds = \"often\"\n").unwrap();
    let output = Command::new(stage.root().join("bin/lanhd-fake-clock"))
        .args(["--config".as_ref(), bad.as_os_str()])
        .args(["--clock-start", MORNING, "--clock-control", "/nonexistent/clock"])
        .output()
        .unwrap();
    check_refused(&output, 2);
    stage.start_service(MORNING, 1);
    for nonsense in [
        &["grant", "An", "soon"][..],
        &["rule", "add", "An", "limit", "everything", "-5m"],
        &["rule", "add", "An", "hours", "screen", "25:00-26:00"],
        &["settings", "set", "zone=Mars/Olympus"],
        &["settings", "set", "retention-days=0"],
        &["child", "add", "", "--birth-year", "2016"],
        &["child", "add", "Chi", "--birth-year", "1492"],
        &["child", "add", "Chi", "--birth-year", "2016", "--account", "nobody-of-this-name"],
        &["usage", "An", "--from", "2026-13-01"],
        &["backup", "restore", "../../etc/passwd"],
    ] {
        check_refused(&stage.try_lanh(nonsense), 2);
    }
    assert!(stage.lanh(&["child", "list"]).as_array().unwrap().is_empty());
    stage.stop_service();
}
