//! What the gate costs somebody who is not supervised, beside the least that any listener costs.

use crate::engine::CHILD_UID;
use crate::{Figure, Figures, Missing, broken};
use lanh_platform::{Decision, GateOptions, Judge, Launch, Platform, Privilege};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::fanotify::{
    EventFFlags, Fanotify, FanotifyResponse, InitFlags, MarkFlags, MaskFlags, Response,
};
use std::fs::File;
use std::os::fd::AsFd;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Rounds of each kind, in turn, so that all meet the same weather, and starts in each.
const ROUNDS: usize = 8;
const STARTS: usize = 60;
const PROGRAM: &str = "/bin/true";

pub(crate) fn measure() -> Figures {
    if Privilege::current() != Privilege::Root {
        return Err(Missing::NotHere("a gate needs root".to_owned()));
    }
    let state = tempfile::tempdir().map_err(broken("cannot make a directory"))?;
    let platform = Platform::this_machine(state.path()).map_err(broken("no clock"))?;
    let (mut free, mut bare, mut gated) = (Times::default(), Times::default(), Times::default());
    for _ in 0..ROUNDS {
        free.add()?;
        let listener = BareListener::start()?;
        bare.add()?;
        drop(listener);
        let (gate, _events) =
            platform.start_gate(GateOptions::default(), Arc::new(SomebodyElse)).map_err(broken("no gate"))?;
        gated.add()?;
        drop(gate);
    }
    let (free, bare, gated) = (free.least()?, bare.least()?, gated.least()?);
    Ok(vec![
        Figure { name: "exec_overhead_us", value: gated - bare, unit: "us" },
        Figure { name: "exec_bare_listener_us", value: bare - free, unit: "us" },
        Figure { name: "exec_without_listener_us", value: free, unit: "us" },
    ])
}

/// How long starts took, to the end of the program.
#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn add(&mut self) -> Result<(), Missing> {
        for _ in 0..STARTS {
            let from = Instant::now();
            let status = Command::new(PROGRAM).status().map_err(broken("cannot start a program"))?;
            self.0.push(from.elapsed());
            if !status.success() {
                return Err(Missing::Broken(format!("{PROGRAM} ended with {status}")));
            }
        }
        Ok(())
    }

    /// The least, in microseconds: what the machine does besides only ever adds.
    fn least(&self) -> Result<f64, Missing> {
        let least = self.0.iter().min().ok_or_else(|| Missing::Broken("nothing was started".to_owned()))?;
        Ok(least.as_secs_f64() * 1e6)
    }
}

/// Supervises an account that starts nothing here.
struct SomebodyElse;

impl Judge for SomebodyElse {
    fn supervised(&self, uid: u32) -> bool {
        uid == CHILD_UID
    }

    fn quick(&self, _: &Launch) -> Option<Decision> {
        Some(Decision::Allow)
    }

    fn slow(&self, _: &Launch, _: &File) -> Decision {
        Decision::Allow
    }
}

/// Allows every start on the program's file system and looks at nothing: the least that asking costs.
struct BareListener {
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl BareListener {
    fn start() -> Result<Self, Missing> {
        let kind = InitFlags::FAN_CLASS_CONTENT | InitFlags::FAN_CLOEXEC | InitFlags::FAN_NONBLOCK;
        let group = Fanotify::init(kind, EventFFlags::O_RDONLY | EventFFlags::O_CLOEXEC)
            .map_err(broken("no fanotify"))?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let file = File::open(PROGRAM).map_err(broken("cannot open a program"))?;
        let flags = MarkFlags::FAN_MARK_ADD | MarkFlags::FAN_MARK_FILESYSTEM;
        group
            .mark(flags, MaskFlags::FAN_OPEN_EXEC_PERM, file.as_fd(), None::<&str>)
            .or_else(|_| group.mark(flags, MaskFlags::FAN_OPEN_EXEC_PERM, file.as_fd(), Some(PROGRAM)))
            .map_err(broken("cannot mark a file system"))?;
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                let mut fds = [PollFd::new(group.as_fd(), PollFlags::POLLIN)];
                let _ = poll(&mut fds, PollTimeout::from(50_u8));
                for event in group.read_events().unwrap_or_default() {
                    if let Some(fd) = event.fd() {
                        let _ = group.write_response(FanotifyResponse::new(fd, Response::FAN_ALLOW));
                    }
                }
            }
        });
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for BareListener {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
