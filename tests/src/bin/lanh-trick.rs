//! What a child could write or download: tricks that no ordinary tool does, for the tests of evasions.

use lanh_protocol::{Client, ClientKind, PresenceReport, Question};
use nix::sys::ptrace;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["memory", program, arguments @ ..] => run_from_memory(program, arguments),
        ["trace", pid] => trace(pid),
        ["companion", socket, report] => play_companion(Path::new(socket), report),
        ["flood", socket, seconds] => flood(Path::new(socket), seconds),
        _ => Err("usage: lanh-trick memory|trace|companion|flood ...".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lanh-trick: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Copies a program into anonymous memory and becomes it.
fn run_from_memory(program: &str, arguments: &[&str]) -> Outcome {
    let mut bytes = Vec::new();
    std::fs::File::open(program)?.read_to_end(&mut bytes)?;
    let memory = rustix::fs::memfd_create("homework", rustix::fs::MemfdFlags::empty())?;
    let mut memory = std::fs::File::from(memory);
    memory.write_all(&bytes)?;
    let path = format!("/proc/self/fd/{}", memory.as_raw_fd());
    Err(Command::new(path).args(arguments).exec().into())
}

/// Stops a process as a debugger and lets it go on. Says `traced` when it did.
fn trace(pid: &str) -> Outcome {
    let pid = Pid::from_raw(pid.parse()?);
    ptrace::seize(pid, ptrace::Options::empty())?;
    ptrace::interrupt(pid)?;
    let until = Instant::now() + Duration::from_secs(1);
    // What is frozen does not stop for a debugger either, until it is thawed.
    while Instant::now() < until {
        if waitpid(pid, Some(WaitPidFlag::WNOHANG))? != WaitStatus::StillAlive {
            ptrace::cont(pid, None)?;
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    println!("traced");
    std::thread::sleep(Duration::from_secs(1));
    Ok(())
}

/// Speaks as a companion and says the same again and again.
fn play_companion(socket: &Path, report: &str) -> Outcome {
    let presence: PresenceReport = serde_json::from_str(report)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (client, _notices) = Client::connect(socket, ClientKind::Companion).await?;
        client.ask(Question::Attach { session: None }).await?;
        println!("attached");
        loop {
            client.ask(Question::Report { presence: presence.clone() }).await?;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    })
}

/// Opens connections, writes nonsense and questions into them, and reads nothing, for so many seconds.
fn flood(socket: &Path, seconds: &str) -> Outcome {
    let until = Instant::now() + Duration::from_secs(seconds.parse()?);
    let hello = br#"{"version":1,"client":"cli"}"#;
    let question = br#"{"id":1,"question":{"ask":"status","child":null}}"#;
    let frame = |body: &[u8]| {
        let length = u32::try_from(body.len()).unwrap_or(0).to_be_bytes();
        [&length, body].concat()
    };
    let mut open: Vec<UnixStream> = Vec::new();
    while Instant::now() < until {
        if let Ok(mut stream) = UnixStream::connect(socket) {
            stream.set_nonblocking(true)?;
            let _ = stream.write_all(&frame(hello));
            open.push(stream);
        }
        open.retain_mut(|stream| match stream.write_all(&frame(question)) {
            Ok(()) => true,
            Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
        });
        if open.len() > 200 {
            for mut stream in open.drain(..100) {
                let _ = stream.write_all(&[0xff; 64]);
            }
        }
    }
    println!("flooded");
    Ok(())
}
