//! Hostile peers at the real socket: they cost their own connections, and the guardian is still served.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod stage;

use lanh_protocol::{FRAME_DEADLINE, HELLO_DEADLINE, MAX_FRAME};
use stage::{Footprint, Stage, wait_for};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const MORNING: &str = "2026-11-24T02:00:00Z";

/// How much more memory the service may hold after an attack than before, in KiB: what the allocator keeps
/// of 16 connections with a frame of the longest each.
const GROWTH: u64 = 2 * 1024 + 16 * 256;

/// Longer than this and the guardian was shut out.
const PATIENCE: Duration = Duration::from_secs(20);

/// The bench's attacker: this test's own program, as the child.
fn attack(stage: &Stage, how: &str) -> Child {
    let program = stage.root().join("bin/attacker");
    if !program.exists() {
        std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
        stage::executable(&program);
    }
    Command::new(program)
        .args(["--exact", "attacker", "--nocapture"])
        .env("LANH_ATTACK", how)
        .env("LANH_SOCKET", stage.socket())
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .uid(stage.uid())
        .gid(stage.uid())
        .spawn()
        .unwrap()
}

fn frame(body: &[u8]) -> Vec<u8> {
    let mut frame = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    frame.extend_from_slice(body);
    frame
}

const HELLO: &[u8] = br#"{"version":1,"client":"cli"}"#;

/// SplitMix64, seeded.
fn dice(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// The process that attacks, in the child's name. It ends by itself.
#[test]
fn attacker() {
    let Some(how) = std::env::var_os("LANH_ATTACK") else { return };
    let socket = std::env::var_os("LANH_SOCKET").unwrap();
    let connect = || UnixStream::connect(&socket).unwrap();
    match how.to_str().unwrap() {
        // One after the other; those that are turned away are tried again as new ones.
        "connections" => {
            let mut open = Vec::new();
            for number in 0..10_000 {
                let mut stream = connect();
                let _ = stream.write_all(&frame(HELLO));
                open.push(stream);
                if number % 100 == 99 {
                    open.clear();
                }
            }
        }
        // Frames of noise (a million go through the codec alone in its own test); each connection is cut off and the next one begun.
        "noise" => {
            let mut seed = 20_261_124;
            let mut stream = connect();
            for _ in 0..20_000 {
                let length = usize::try_from(dice(&mut seed) % 40).unwrap();
                let body: Vec<u8> = (0..length).map(|_| dice(&mut seed).to_le_bytes()[0]).collect();
                let bytes = if dice(&mut seed).is_multiple_of(8) { body } else { frame(&body) };
                if stream.write_all(&bytes).is_err() {
                    stream = connect();
                    if dice(&mut seed).is_multiple_of(2) {
                        let _ = stream.write_all(&frame(HELLO));
                    }
                }
            }
        }
        // Whole questions as fast as they go, never read.
        "flood" => {
            let end = Instant::now() + Duration::from_secs(10);
            while Instant::now() < end {
                let mut streams: Vec<_> = (0..16).map(|_| connect()).collect();
                for stream in &mut streams {
                    let _ = stream.set_write_timeout(Some(Duration::from_millis(200)));
                    let _ = stream.write_all(&frame(HELLO));
                    for _ in 0..500 {
                        let question = br#"{"id":1,"question":{"ask":"status","child":null}}"#;
                        if stream.write_all(&frame(question)).is_err() {
                            break;
                        }
                    }
                }
            }
        }
        // The longest frames that are allowed, never finished.
        "long" => {
            let mut streams: Vec<_> = (0..16).map(|_| connect()).collect();
            for stream in &mut streams {
                let _ = stream.write_all(&frame(HELLO));
                let _ = stream.write_all(&u32::try_from(MAX_FRAME).unwrap().to_be_bytes());
                let _ = stream.set_write_timeout(Some(Duration::from_millis(500)));
                let _ = stream.write_all(&vec![b' '; MAX_FRAME - 1]);
            }
            std::thread::sleep(FRAME_DEADLINE + Duration::from_secs(1));
        }
        // One byte a second: in the hello, and in a question.
        "slow" => {
            let mut quiet = connect();
            let mut slow = connect();
            slow.write_all(&frame(HELLO)).unwrap();
            let question = frame(br#"{"id":1,"question":{"ask":"info"}}"#);
            let started = Instant::now();
            for byte in question {
                if slow.write_all(&[byte]).is_err() || quiet.write_all(&[0]).is_err() {
                    break;
                }
                std::thread::sleep(Duration::from_secs(1));
            }
            assert!(started.elapsed() < FRAME_DEADLINE + HELLO_DEADLINE + PATIENCE, "never cut off");
        }
        other => panic!("{other}"),
    }
}

/// The guardian's question is answered while the attack lasts.
fn served(stage: &Stage, attack: &str) {
    let asked = Instant::now();
    let status = stage.lanh(&["status"]);
    assert!(asked.elapsed() < PATIENCE, "{attack}: the guardian waited {:?}", asked.elapsed());
    assert_eq!(status["children"][0]["child"]["name"], "An", "{attack}");
}

#[test]
fn no_peer_keeps_the_guardian_out_or_makes_the_service_grow() {
    let Some(mut stage) = Stage::set("hostile") else { return };
    stage.start_service(MORNING, 1);
    stage.set_up("vn-147");
    stage.start_companion();
    served(&stage, "before");
    let before = Footprint::of(stage.service_pid());
    for how in ["long", "slow", "connections", "flood", "noise"] {
        let mut attacker = attack(&stage, how);
        let mut answers = 0;
        let status = loop {
            served(&stage, how);
            answers += 1;
            if let Some(status) = attacker.try_wait().unwrap() {
                break status;
            }
        };
        assert!(status.success(), "{how}: {status}");
        wait_for("the connections to end", || {
            (Footprint::of(stage.service_pid()).descriptors <= before.descriptors + 1).then_some(())
        });
        let after = Footprint::of(stage.service_pid());
        println!("{how}: {answers} answers meanwhile, {} KiB before, {} KiB after", before.rss, after.rss);
        assert!(after.rss <= before.rss + GROWTH, "{how}: {before:?}, {after:?}");
        // The child's own companion got a place back, or kept it.
        wait_for("the companion", || {
            stage.lanh(&["status"])["children"][0]["companion"].as_bool().unwrap_or(false).then_some(())
        });
    }
    assert!(!stage.log().contains("panicked"), "{}", stage.log());
    stage.stop_service();
}

#[test]
fn frames_that_are_no_frames_end_their_connection_only() {
    let Some(mut stage) = Stage::set("frames") else { return };
    stage.start_service(MORNING, 1);
    stage.set_up("vn-147");
    let cases: [(&str, Vec<u8>); 6] = [
        ("a length without end", u32::MAX.to_be_bytes().to_vec()),
        ("one byte too long", u32::try_from(MAX_FRAME + 1).unwrap().to_be_bytes().to_vec()),
        ("no JSON", frame(b"\xff\xfe{{{")),
        ("nested a hundred thousand deep", frame("[".repeat(100_000).as_bytes())),
        ("another version", frame(br#"{"version":4294967295,"client":"cli"}"#)),
        ("no hello", frame(br#"{"id":1,"question":{"ask":"info"}}"#)),
    ];
    for (case, bytes) in cases {
        let mut stream = UnixStream::connect(stage.socket()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let _ = stream.write_all(&bytes);
        let mut answer = Vec::new();
        // Told something or not, the connection ends.
        match stream.read_to_end(&mut answer) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
            Err(error) => panic!("{case}: {error}"),
        }
        served(&stage, case);
    }
    stage.stop_service();
}
