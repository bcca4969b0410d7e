//! What the service costs while nothing happens: beside 120 sleeping processes of nobody it knows, and with
//! 3,000 of a child's.

use crate::engine::{CHILD_UID, an_hour_of_games};
use crate::{Figure, Figures, Missing, broken};
use chrono::{DateTime, Utc};
use lanh_platform::{Platform, Privilege};
use lanh_policy::{Account, Origin, Settings};
use lanh_store::{Actor, Change, Key, NewChild, Store};
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

const SLEEPERS: usize = 120;
const CROWD: usize = 3000;
/// How long the service may take to open its socket, and how long it settles before it is watched: its helper
/// threads of the start end after ten idle seconds, and a thread that ends takes its figures along.
const START: Duration = Duration::from_secs(30);
const SETTLE: Duration = Duration::from_secs(15);
/// How long 3,000 processes may take to start, and the service to know them.
const GATHERING: Duration = Duration::from_secs(120);

/// Started processes, which end with this value.
pub(crate) struct Started(pub(crate) Vec<Child>);

impl Drop for Started {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Processes of the child's account, all of which end with this value.
struct Crowd(Child);

impl Crowd {
    fn gather() -> Result<Self, Missing> {
        // A few at a time: the kernel wakes everybody who waits for an answer of the gate at each of its
        // answers, and a session does not start thousands of programs at once.
        let script = format!(
            "for i in $(seq {CROWD}); do sleep 100000 & [ $((i % 10)) != 0 ] || sleep 0.05; done; wait"
        );
        let shell =
            Command::new("sh").args(["-c", &script]).uid(CHILD_UID).gid(CHILD_UID).process_group(0).spawn();
        let crowd = Self(shell.map_err(broken("cannot start a shell as the child"))?);
        let from = Instant::now();
        while crowd.count() < CROWD {
            if from.elapsed() > GATHERING {
                return Err(Missing::Broken(format!("{CROWD} processes did not start")));
            }
            thread::sleep(Duration::from_secs(1));
        }
        Ok(crowd)
    }

    /// How many there are: the children of the shell that have become their program.
    fn count(&self) -> usize {
        let pid = self.0.id();
        let list = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        let name = |pid: &&str| fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        list.split_whitespace().filter(|pid| name(pid) == "sleep\n").count()
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.0.wait();
    }
}

/// The service on a state folder, and how to reach it.
struct Service {
    process: Started,
    pid: u32,
}

impl Service {
    fn start(lanhd: &Path, state: &Path, socket: &Path) -> Result<Self, Missing> {
        let mut command = Command::new(lanhd);
        command.arg("--state-dir").arg(state).arg("--socket").arg(socket);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        if Privilege::current() != Privilege::Root {
            command.arg("--user");
        }
        let child = command.spawn().map_err(broken(&format!("cannot start {}", lanhd.display())))?;
        let pid = child.id();
        let mut service = Self { process: Started(vec![child]), pid };
        let started = Instant::now();
        while UnixStream::connect(socket).is_err() {
            let ended = service.process.0.first_mut().and_then(|child| child.try_wait().ok().flatten());
            if let Some(status) = ended {
                return Err(Missing::Broken(format!("lanhd ended with {status}")));
            }
            if started.elapsed() > START {
                return Err(Missing::Broken(format!("lanhd did not listen within {} s", START.as_secs())));
            }
            thread::sleep(Duration::from_millis(50));
        }
        thread::sleep(SETTLE);
        Ok(service)
    }

    /// What it uses in a while: processor milliseconds a minute, voluntary switches a second, memory in MB.
    fn watch(&self, watched: Duration) -> Result<[f64; 3], Missing> {
        let before = Use::of(self.pid)?;
        let from = Instant::now();
        thread::sleep(watched);
        let after = Use::of(self.pid)?;
        let seconds = from.elapsed().as_secs_f64();
        let cpu_ms = (after.cpu_ns - before.cpu_ns) / 1e6;
        let switches = (after.switches - before.switches) / seconds;
        Ok([cpu_ms * 60.0 / seconds, switches, after.pss_kb / 1024.0])
    }
}

pub(crate) fn measure(lanhd: &Path, watched: Duration) -> Figures {
    let home = tempfile::tempdir().map_err(broken("cannot make a directory"))?;
    let state = home.path().join("state");
    fs::create_dir(&state).map_err(broken("cannot make the state directory"))?;
    let mut sleepers = Started(Vec::new());
    for _ in 0..SLEEPERS {
        let sleeper = Command::new("sleep").arg("100000").spawn().map_err(broken("cannot start `sleep`"))?;
        sleepers.0.push(sleeper);
    }
    let service = Service::start(lanhd, &state, &home.path().join("run/lanhd.sock"))?;
    let [cpu, switches, memory] = service.watch(watched)?;
    Ok(vec![
        Figure { name: "idle_cpu_ms_per_min", value: cpu, unit: "ms/min" },
        Figure { name: "service_pss_mb", value: memory, unit: "MB" },
        Figure { name: "idle_voluntary_switches_per_s", value: switches, unit: "1/s" },
    ])
}

pub(crate) fn measure_crowd(lanhd: &Path, watched: Duration) -> Figures {
    if Privilege::current() != Privilege::Root {
        return Err(Missing::NotHere("processes of another account need root".to_owned()));
    }
    let home = tempfile::tempdir().map_err(broken("cannot make a directory"))?;
    let state = home.path().join("state");
    fs::DirBuilder::new().mode(0o700).create(&state).map_err(broken("cannot make the state directory"))?;
    bind_child(&state)?;
    let service = Service::start(lanhd, &state, &home.path().join("run/lanhd.sock"))?;
    let crowd = Crowd::gather()?;
    thread::sleep(SETTLE);
    let [cpu, switches, memory] = service.watch(watched)?;
    drop(crowd);
    Ok(vec![
        Figure { name: "cpu_ms_per_min_3000_procs", value: cpu, unit: "ms/min" },
        Figure { name: "voluntary_switches_per_s_3000_procs", value: switches, unit: "1/s" },
        Figure { name: "service_pss_mb_3000_procs", value: memory, unit: "MB" },
    ])
}

/// Writes the child of the benchmark, with an hour of games a day, into a new database.
fn bind_child(state: &Path) -> Result<(), Missing> {
    let platform = Platform::this_machine(state).map_err(broken("no clock"))?;
    let (key, _place) = platform.secret_store().load_or_create(false).map_err(broken("no key"))?;
    let key = Key::from_bytes(*key.bytes());
    let change = Change { by: Actor::Guardian, at: DateTime::<Utc>::from(SystemTime::now()) };
    let child = NewChild {
        name: "An".to_owned(),
        birth_year: 2016,
        accounts: vec![Account::from_uid(CHILD_UID)],
        settings: Settings::default(),
    };
    let bind = || {
        let mut store = Store::open(&state.join("lanh.db"), &key)?;
        let id = store.add_child(&change, &child)?;
        store.add_rule(&change, id, &Origin::Guardian, &an_hour_of_games())
    };
    bind().map(|_| ()).map_err(broken("cannot write the child down"))
}

/// The memory of a process, shared pages by their part.
pub(crate) fn pss_mb(pid: u32) -> Result<f64, Missing> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let rollup = fs::read_to_string(&path).map_err(broken(&format!("cannot read {path}")))?;
    Ok(field(&rollup, "Pss:") / 1024.0)
}

/// What a process used so far, over all its threads.
pub(crate) struct Use {
    pub(crate) cpu_ns: f64,
    switches: f64,
    pub(crate) pss_kb: f64,
}

impl Use {
    pub(crate) fn of(pid: u32) -> Result<Self, Missing> {
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
