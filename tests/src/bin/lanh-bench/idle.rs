//! What the service costs while nothing happens: 120 sleeping processes, no session, no child.

use crate::{Figure, Figures, Missing, broken};
use lanh_platform::Privilege;
use std::fs;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const SLEEPERS: usize = 120;
/// How long the service may take to open its socket, and how long it settles before it is watched: its helper
/// threads of the start end after ten idle seconds, and a thread that ends takes its figures along.
const START: Duration = Duration::from_secs(30);
const SETTLE: Duration = Duration::from_secs(15);

/// Started processes, which end with this value.
pub(crate) struct Started(Vec<Child>);

impl Drop for Started {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub(crate) fn measure(lanhd: &Path, watched: Duration) -> Figures {
    let home = tempfile::tempdir().map_err(broken("cannot make a directory"))?;
    let socket = home.path().join("run/lanhd.sock");
    let state = home.path().join("state");
    fs::create_dir(&state).map_err(broken("cannot make the state directory"))?;

    let mut sleepers = Started(Vec::new());
    for _ in 0..SLEEPERS {
        let sleeper = Command::new("sleep").arg("100000").spawn().map_err(broken("cannot start `sleep`"))?;
        sleepers.0.push(sleeper);
    }
    let mut service = Command::new(lanhd);
    service.arg("--state-dir").arg(&state).arg("--socket").arg(&socket);
    service.stdout(Stdio::null()).stderr(Stdio::null());
    if Privilege::current() != Privilege::Root {
        service.arg("--user");
    }
    let child = service.spawn().map_err(broken(&format!("cannot start {}", lanhd.display())))?;
    let pid = child.id();
    let mut service = Started(vec![child]);
    let started = Instant::now();
    while UnixStream::connect(&socket).is_err() {
        let ended = service.0.first_mut().and_then(|child| child.try_wait().ok().flatten());
        if let Some(status) = ended {
            return Err(Missing::Broken(format!("lanhd ended with {status}")));
        }
        if started.elapsed() > START {
            return Err(Missing::Broken(format!("lanhd did not listen within {} s", START.as_secs())));
        }
        thread::sleep(Duration::from_millis(50));
    }
    thread::sleep(SETTLE);

    let before = Use::of(pid)?;
    let from = Instant::now();
    thread::sleep(watched);
    let after = Use::of(pid)?;
    let seconds = from.elapsed().as_secs_f64();
    let cpu_ms = (after.cpu_ns - before.cpu_ns) / 1e6;
    Ok(vec![
        Figure { name: "idle_cpu_ms_per_min", value: cpu_ms * 60.0 / seconds, unit: "ms/min" },
        Figure { name: "service_pss_mb", value: after.pss_kb / 1024.0, unit: "MB" },
        Figure {
            name: "idle_voluntary_switches_per_s",
            value: (after.switches - before.switches) / seconds,
            unit: "1/s",
        },
    ])
}

/// What a process used so far, over all its threads.
struct Use {
    cpu_ns: f64,
    switches: f64,
    pss_kb: f64,
}

impl Use {
    fn of(pid: u32) -> Result<Self, Missing> {
        let read = |path: String| fs::read_to_string(&path).map_err(broken(&format!("cannot read {path}")));
        let mut this = Self {
            cpu_ns: 0.0,
            switches: 0.0,
            pss_kb: field(&read(format!("/proc/{pid}/smaps_rollup"))?, "Pss:"),
        };
        let threads = fs::read_dir(format!("/proc/{pid}/task")).map_err(broken("lanhd is gone"))?;
        for thread in threads.flatten() {
            let thread = thread.path();
            // A thread may end between the listing and here; it was idle.
            let schedstat = fs::read_to_string(thread.join("schedstat")).unwrap_or_default();
            let status = fs::read_to_string(thread.join("status")).unwrap_or_default();
            let cpu: f64 =
                schedstat.split_whitespace().next().and_then(|time| time.parse().ok()).unwrap_or_default();
            this.cpu_ns += cpu;
            this.switches += field(&status, "voluntary_ctxt_switches:");
        }
        Ok(this)
    }
}

/// The number after `name` at the start of a line.
fn field(text: &str, name: &str) -> f64 {
    text.lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}
