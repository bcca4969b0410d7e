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
        let mut parents = HashMap::new();
        while let Some(event) = events.blocking_recv() {
            if output.blocking_send(recognise(&shared, &mut parents, event)).is_err() {
                break;
            }
        }
    })?;
    Ok(())
}

fn recognise(shared: &Shared, parents: &mut HashMap<u32, (u64, Parent)>, event: ProcessEvent) -> Recognised {
    let facts = match event {
        ProcessEvent::Exited(process) => {
            if parents.get(&process.pid).is_some_and(|(started, _)| *started == process.started) {
                parents.remove(&process.pid);
            }
            return Recognised::Exited(process);
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
        parent: parents.get(&facts.parent).map(|(_, parent)| parent.clone()),
    };
    let recognition = shared.recogniser().recognise(&program, evidence.as_ref());
    // What is not judged (a shell between a launcher and its game) hands on what started it.
    let lineage = if recognition.judged {
        Some(Parent { app: recognition.app.clone(), launcher: recognition.launcher })
    } else {
        program.parent.clone()
    };
    match lineage {
        Some(lineage) => parents.insert(process.pid, (process.started, lineage)),
        None => parents.remove(&process.pid),
    };
    let app = recognition.app.clone().filter(|_| !recognition.launcher);
    let childs = recognition.childs.then(|| named(recognition, &program)).flatten();
    Recognised::Runs { facts: Box::new(facts), app, childs }
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
    use super::flatpak_name;

    #[test]
    fn the_name_stands_in_the_application_section_only() {
        let info = "[Instance]\nname=wrong\n[Application]\nruntime=x\nname=org.kde.kpat\n[Context]\nname=no";
        assert_eq!(flatpak_name(info).as_deref(), Some("org.kde.kpat"));
        assert_eq!(flatpak_name("[Context]\nname=no"), None);
        assert_eq!(flatpak_name(""), None);
    }
}
