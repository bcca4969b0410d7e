//! A thread that tells which program a process is. Files may have to be read for that, so the core
//! does not do it itself; one queue keeps a parent before its child.

use crate::shared::{Shared, catalog_key, named};
use lanh_catalog::{ENVIRONMENT, Evidence, NoEvidence, OpenFile, Parent, ProgramFacts};
use lanh_platform::{ProcessEvent, ProcessFacts};
use lanh_policy::{App, ProcessId};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tokio::sync::mpsc;

/// A process with the program that it is.
#[derive(Debug)]
pub(crate) enum Recognised {
    /// It runs this app now; `None`: nothing that is judged, or only a launcher of games.
    Runs {
        facts: Box<ProcessFacts>,
        app: Option<App>,
        /// What a child could have put there, and what it is named; `None`: the system installed it.
        childs: Option<App>,
    },
    /// It is gone.
    Exited(ProcessId),
}

/// Starts the thread; it ends with its inputs.
pub(crate) fn start(
    shared: Arc<Shared>,
    mut events: mpsc::Receiver<ProcessEvent>,
    output: mpsc::Sender<Recognised>,
) -> std::io::Result<()> {
    std::thread::Builder::new().name("recognition".to_owned()).spawn(move || {
        let mut family = Ancestors::default();
        while let Some(event) = events.blocking_recv() {
            for recognised in recognise(&shared, &mut family, event) {
                if output.blocking_send(recognised).is_err() {
                    return;
                }
            }
        }
    })?;
    Ok(())
}

/// What runs, by process number: what its children may inherit, and who started it.
#[derive(Default)]
struct Ancestors(HashMap<u32, Ancestor>);

struct Ancestor {
    started: u64,
    parent: u32,
    /// What it was recognised as.
    lineage: Option<Parent>,
    /// A script of the child that a shell runs, as it was told of.
    script: Option<Box<ProcessFacts>>,
}

impl Ancestors {
    fn lineage(&self, pid: u32) -> Option<Parent> {
        self.0.get(&pid)?.lineage.clone()
    }

    /// The scripts that this part of the desktop descends from: they started it, so they are the desktop too,
    /// whatever they are called. A freeze of one would freeze the whole desktop.
    fn scripts_before(&mut self, mut pid: u32) -> Vec<ProcessFacts> {
        /// Deeper than any desktop; a number that was used again cannot make it a circle.
        const DEEPEST: usize = 64;
        let mut scripts = Vec::new();
        for _ in 0..DEEPEST {
            let Some(ancestor) = self.0.get_mut(&pid) else { break };
            if let Some(script) = ancestor.script.take() {
                ancestor.lineage = None;
                scripts.push(*script);
            }
            pid = ancestor.parent;
        }
        scripts
    }
}

fn recognise(shared: &Shared, family: &mut Ancestors, event: ProcessEvent) -> Vec<Recognised> {
    let facts = match event {
        ProcessEvent::Exited(process) => {
            if family.0.get(&process.pid).is_some_and(|known| known.started == process.started) {
                family.0.remove(&process.pid);
            }
            return vec![Recognised::Exited(process)];
        }
        ProcessEvent::Appeared(facts) | ProcessEvent::Execed(facts) => facts,
    };
    let process = facts.id;
    let proc_dir = std::path::PathBuf::from(format!("/proc/{}", process.pid));
    let evidence: Box<dyn Evidence> = match std::fs::File::open(proc_dir.join("exe")) {
        Ok(file) => Box::new(OpenFile::new(file, proc_dir.join("root"))),
        Err(_) => Box::new(NoEvidence),
    };
    let env: BTreeMap<String, String> = ENVIRONMENT
        .iter()
        .zip(lanh_platform::environment(process, ENVIRONMENT))
        .filter_map(|(name, value)| Some(((*name).to_owned(), value?.to_string_lossy().into_owned())))
        .collect();
    let program = ProgramFacts {
        exe: facts.exe.clone(),
        deleted: facts.exe_deleted,
        file: facts.exe_key.map(catalog_key),
        argv: facts.argv.iter().map(|argument| argument.to_string_lossy().into_owned()).collect(),
        comm: facts.comm.clone(),
        cwd: std::fs::read_link(proc_dir.join("cwd")).ok(),
        env,
        flatpak: lanh_platform::flatpak_info(process).as_deref().and_then(flatpak_name),
        cgroup: facts.cgroup.clone(),
        uid: facts.uid,
        owner: std::fs::metadata(proc_dir.join("exe"))
            .ok()
            .map(|metadata| lanh_catalog::owner(&metadata, facts.uid)),
        parent: family.lineage(facts.parent),
    };
    let recognition = shared.recogniser().recognise(&program, evidence.as_ref());
    let lineage = recognition.handed_on(program.parent.as_ref());
    let scripts = if recognition.desktop { family.scripts_before(facts.parent) } else { Vec::new() };
    let script = recognition.is_script.then(|| Box::new(facts.clone()));
    let ancestor = Ancestor { started: process.started, parent: facts.parent, lineage, script };
    family.0.insert(process.pid, ancestor);
    let app = recognition.app.clone().filter(|_| !recognition.launcher);
    let childs = recognition.childs.then(|| named(recognition, &program)).flatten();
    let script = |facts| Recognised::Runs { facts: Box::new(facts), app: None, childs: None };
    let itself = Recognised::Runs { facts: Box::new(facts), app, childs };
    scripts.into_iter().map(script).chain([itself]).collect()
}

/// The `name=` line of the `[Application]` section of a `.flatpak-info`.
pub(crate) fn flatpak_name(info: &str) -> Option<String> {
    info.lines()
        .map(str::trim)
        .skip_while(|line| *line != "[Application]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .find_map(|line| line.strip_prefix("name="))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_starts_the_desktop_is_the_desktop() {
        let mut family = Ancestors::default();
        let facts = |pid| Box::new(ProcessFacts { id: ProcessId { pid, started: 1 }, ..some_facts() });
        let game = Parent { app: None, launcher: true };
        for (pid, parent, is_script) in [(10, 1, false), (11, 10, true), (12, 11, false), (13, 1, true)] {
            let script = is_script.then(|| facts(pid));
            family.0.insert(pid, Ancestor { started: 1, parent, lineage: Some(game.clone()), script });
        }
        let found: Vec<u32> = family.scripts_before(12).iter().map(|facts| facts.id.pid).collect();
        assert_eq!(found, [11]);
        assert_eq!((family.lineage(11), family.lineage(13)), (None, Some(game)));
        assert!(family.scripts_before(12).is_empty(), "told once");
        family.0.insert(20, Ancestor { started: 1, parent: 20, lineage: None, script: None });
        assert!(family.scripts_before(20).is_empty(), "its own parent");
    }

    fn some_facts() -> ProcessFacts {
        lanh_platform::facts(std::process::id()).expect("this test runs")
    }

    #[test]
    fn the_name_stands_in_the_application_section_only() {
        let info = "[Instance]\nname=wrong\n[Application]\nruntime=x\nname=org.kde.kpat\n[Context]\nname=no";
        assert_eq!(flatpak_name(info).as_deref(), Some("org.kde.kpat"));
        assert_eq!(flatpak_name("[Context]\nname=no"), None);
        assert_eq!(flatpak_name(""), None);
    }
}
