//! How fast a decision becomes a fact on this machine, with the platform's own parts.

use crate::engine::{CHILD, CHILD_UID, Play, an_hour_of_games, game};
use crate::{Figure, Figures, Missing, broken, median_ms};
use lanh_platform::{
    Decision, GateOptions, HoldName, Judge, Launch, Platform, Privilege, ProcessEvent, WatchOptions, facts,
};
use lanh_policy::{Effect, Event, ProcessId};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::{Duration, Instant};

const REPETITIONS: usize = 30;
/// Longer than this and something is broken, not slow.
const PATIENCE: Duration = Duration::from_secs(10);
/// The operating system's number for "operation not permitted".
const EPERM: i32 = 1;

pub(crate) fn measure() -> Figures {
    if Privilege::current() != Privilege::Root {
        return Err(Missing::NotHere(
            "refusing, holding and killing another account's programs needs root".to_owned(),
        ));
    }
    let home = tempfile::tempdir().map_err(broken("cannot make a directory"))?;
    let state = home.path().join("state");
    fs::create_dir(&state).map_err(broken("cannot make the state directory"))?;
    fs::set_permissions(&state, fs::Permissions::from_mode(0o700)).map_err(broken("cannot close it"))?;
    // The child's account must reach the program that it is refused.
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).map_err(broken("cannot open it"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(broken("cannot start a runtime"))?;
    runtime.block_on(async {
        let platform = Platform::this_machine(&state).map_err(broken("no clock"))?;
        Ok(vec![
            Figure { name: "limit_to_frozen_ms", value: limit_to_frozen(&platform).await?, unit: "ms" },
            Figure { name: "refused_exec_ms", value: refused_exec(&platform, home.path())?, unit: "ms" },
            Figure { name: "react_and_kill_ms", value: react_and_kill(&platform).await?, unit: "ms" },
        ])
    })
}

/// A program of the child's account that ends with this value.
struct Running(Child);

impl Running {
    fn start(program: &str, arguments: &[&str]) -> Result<Self, Missing> {
        let mut command = Command::new(program);
        let child = command.args(arguments).uid(CHILD_UID).gid(CHILD_UID).spawn();
        child.map(Self).map_err(broken("cannot start a program as the child"))
    }

    fn process(&self) -> Result<ProcessId, Missing> {
        facts(self.0.id())
            .map(|facts| facts.id)
            .ok_or_else(|| Missing::Broken("a started program is gone".to_owned()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn no_repetition() -> Missing {
    Missing::Broken("nothing was repeated".to_owned())
}

/// From the engine's event at the limit until a busy program with a child process stands still.
async fn limit_to_frozen(platform: &Platform) -> Result<f64, Missing> {
    let holder = platform.holder().map_err(broken("cannot hold"))?;
    let app = game(1);
    let name = HoldName::new(CHILD, &app.id);
    let mut times = Vec::new();
    for _ in 0..REPETITIONS {
        let busy = Running::start("sh", &["-c", "sleep 1000 & while :; do :; done"])?;
        let process = busy.process()?;
        let mut play = Play::new(vec![an_hour_of_games()])
            .ok_or_else(|| Missing::Broken("the day of the benchmark does not exist".to_owned()))?;
        play.start(process, &app);
        let mut frozen = None;
        // Twice the hour, in steps of some seconds: the hold is somewhere in between.
        for _ in 0..1440 {
            play.pass();
            let from = Instant::now();
            if play.tell(Event::Tick).iter().any(|effect| matches!(effect, Effect::Hold { .. })) {
                holder.hold(&name, &[process], &[CHILD_UID]).await.map_err(broken("cannot hold"))?;
                frozen = Some(from.elapsed());
                break;
            }
        }
        times.push(frozen.ok_or_else(|| Missing::Broken("the engine held nothing at the limit".to_owned()))?);
        holder
            .close(&name, &[process], &[CHILD_UID], Duration::ZERO)
            .await
            .map_err(broken("cannot close"))?;
    }
    median_ms(times).ok_or_else(no_repetition)
}

/// Refuses one file to the child's account.
struct RefuseOne(PathBuf);

impl Judge for RefuseOne {
    fn supervised(&self, uid: u32) -> bool {
        uid == CHILD_UID
    }

    fn quick(&self, launch: &Launch) -> Option<Decision> {
        Some(if launch.path == self.0 { Decision::Refuse } else { Decision::Allow })
    }

    fn slow(&self, _: &Launch, _: &fs::File) -> Decision {
        Decision::Allow
    }
}

/// From the wish to start a program until the refusal is back, the fork included.
fn refused_exec(platform: &Platform, home: &Path) -> Result<f64, Missing> {
    let program = home.join("refused-program");
    fs::copy("/bin/true", &program).map_err(broken("cannot copy a program"))?;
    let judge = Arc::new(RefuseOne(program.clone()));
    let (_gate, _events) = platform.start_gate(GateOptions::default(), judge).map_err(broken("no gate"))?;
    let mut times = Vec::new();
    for _ in 0..REPETITIONS {
        let from = Instant::now();
        let started = Command::new(&program).uid(CHILD_UID).gid(CHILD_UID).spawn();
        times.push(from.elapsed());
        match started {
            Err(error) if error.raw_os_error() == Some(EPERM) => {}
            Err(error) => {
                return Err(Missing::Broken(format!("the program was not refused but failed: {error}")));
            }
            Ok(child) => {
                drop(Running(child));
                return Err(Missing::Broken("the gate let a refused program start".to_owned()));
            }
        }
    }
    median_ms(times).ok_or_else(no_repetition)
}

/// From the start of a program that the gate does not know until it was noticed and is dead.
async fn react_and_kill(platform: &Platform) -> Result<f64, Missing> {
    let holder = platform.holder().map_err(broken("cannot kill"))?;
    let options = WatchOptions { supervised: [CHILD_UID].into(), scan_every: None };
    let (watch, mut events) = platform.start_watch(options, None);
    eprintln!("act: programs are noticed by {:?}", watch.source());
    let mut times = Vec::new();
    for _ in 0..REPETITIONS {
        let from = Instant::now();
        let mut program = Running::start("sleep", &["1000"])?;
        let pid = program.0.id();
        let noticed = async {
            loop {
                match events.recv().await {
                    Some(ProcessEvent::Appeared(seen) | ProcessEvent::Execed(seen)) if seen.id.pid == pid => {
                        return Some(seen.id);
                    }
                    Some(_) => {}
                    None => return None,
                }
            }
        };
        let process = tokio::time::timeout(PATIENCE, noticed)
            .await
            .map_err(broken("a started program was not noticed"))?
            .ok_or_else(|| Missing::Broken("the watch ended".to_owned()))?;
        holder.kill_now(process, &[CHILD_UID]).map_err(broken("cannot kill"))?;
        program.0.wait().map_err(broken("cannot wait for the program"))?;
        times.push(from.elapsed());
    }
    median_ms(times).ok_or_else(no_repetition)
}
