//! `lanh` as a person has it: on a terminal that asks and shows colours, and in a pipe that gets neither.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod stage;

use rexpect::session::{PtySession, spawn_command};
use serde_json::Value;
use stage::{PIN, Stage};
use std::process::{Command, Stdio};

/// Nine in the morning in Ho Chi Minh City.
const MORNING: &str = "2026-11-24T02:00:00Z";

/// Milliseconds that anything may take on a loaded machine.
const PATIENCE: u64 = 60_000;

/// `lanh` as root, in an English locale.
fn lanh(stage: &Stage, arguments: &[&str]) -> Command {
    let mut command = Command::new(stage.lanh_path());
    command
        .args(["--socket".as_ref(), stage.socket().as_os_str()])
        .args(arguments)
        .env_clear()
        .env("LANG", "C.UTF-8")
        .env("TERM", "xterm-256color")
        .env("XDG_CONFIG_HOME", stage.root().join("config"));
    command
}

/// A person at a terminal. rexpect takes every byte for a character, so texts are translated both ways.
struct Terminal(PtySession);

impl Terminal {
    fn open(command: Command) -> Self {
        Self(spawn_command(command, Some(PATIENCE)).unwrap())
    }

    /// Reads until this is shown; what came before it.
    fn sees(&mut self, text: &str) -> String {
        let bytes: String = text.bytes().map(char::from).collect();
        let before = self.0.exp_string(&bytes).unwrap_or_else(|error| panic!("not shown: {text}: {error}"));
        as_text(&before)
    }

    fn sees_the_end(&mut self) -> String {
        as_text(&self.0.exp_eof().unwrap())
    }

    fn press(&mut self, keys: &str) {
        self.0.send(keys).unwrap();
        self.0.flush().unwrap();
    }
}

fn as_text(bytes: &str) -> String {
    let bytes: Vec<u8> = bytes.chars().map(|byte| u8::try_from(byte).unwrap()).collect();
    String::from_utf8(bytes).unwrap()
}

/// How often to go down in the list of accounts to the stage's own.
fn steps_to_the_account(stage: &Stage) -> usize {
    let asked = Command::new(env!("CARGO_BIN_EXE_lanh-ask"))
        .args([stage.socket().as_os_str(), r#"{"ask":"accounts"}"#.as_ref()])
        .output()
        .unwrap();
    let answer: Value = serde_json::from_slice(&asked.stdout).unwrap();
    let accounts = answer["Ok"]["with"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
    let first = accounts.iter().position(|account| account["administrator"] == false).unwrap();
    let wanted = accounts.iter().position(|account| account["name"] == stage.user()).unwrap();
    wanted - first
}

#[test]
fn setup_asks_on_a_terminal_and_its_language_is_kept() {
    let Some(mut stage) = Stage::set("setup") else { return };
    stage.start_service(MORNING, 1);
    let mut terminal = Terminal::open(lanh(&stage, &["setup"]));

    // Vietnamese stands above English, which the locale suggests.
    terminal.sees("Language");
    terminal.press("k\r");
    terminal.sees("Lanh giữ thời gian");

    // A PIN that is typed differently the second time is asked for again, and is never shown.
    terminal.sees("Mã PIN hoặc cụm mật khẩu mới");
    terminal.press(&format!("{PIN}\r"));
    terminal.sees("Nhập lại");
    terminal.press("000000\r");
    terminal.sees("không giống nhau");
    terminal.sees("Mã PIN hoặc cụm mật khẩu mới");
    terminal.press(&format!("{PIN}\r"));
    terminal.sees("Nhập lại");
    terminal.press(&format!("{PIN}\r"));
    let shown = terminal.sees("Bạn đã ghi mã ra giấy chưa?");
    assert!(!shown.contains(PIN), "{shown}");
    terminal.press("y");

    terminal.sees("Tài khoản nào là của con?");
    terminal.press(&"j".repeat(steps_to_the_account(&stage)));
    terminal.press("\r");
    terminal.sees("Tên của con");
    terminal.press("An\r");
    // Nonsense is explained and asked for again.
    terminal.sees("Năm sinh");
    terminal.press("banana\r");
    terminal.sees("banana” không phải");
    terminal.sees("Năm sinh");
    terminal.press("2016\r");
    terminal.sees("Dùng mẫu nào?");
    terminal.press("\r");
    let end = terminal.sees_the_end();
    assert!(end.contains("các giới hạn có hiệu lực từ bây giờ"), "{end}");
    // In colour: the mark stands after the end of a style's sequence.
    assert!(end.split('✓').next().unwrap().ends_with('m'), "{end:?}");

    let children = stage.lanh(&["child", "list"]);
    assert_eq!(children[0]["name"], "An");
    assert_eq!(children[0]["accounts"][0], stage.user());
    assert!(!stage.lanh(&["rule", "list", "An"]).as_array().unwrap().is_empty());

    // From then on in Vietnamese, whatever the locale; plain in a pipe, coloured on a terminal.
    let piped = lanh(&stage, &["status"]).stdin(Stdio::null()).output().unwrap();
    let piped = String::from_utf8(piped.stdout).unwrap();
    assert!(piped.contains("hôm nay đã dùng"), "{piped}");
    assert!(!piped.contains('\u{1b}'), "{piped:?}");
    let shown = |command| Terminal::open(command).sees_the_end();
    assert!(shown(lanh(&stage, &["status"])).contains("\u{1b}["));
    let mut plain = lanh(&stage, &["status"]);
    plain.env("NO_COLOR", "1");
    assert!(!shown(plain).contains('\u{1b}'));
    stage.stop_service();
}
