//! What the gate's threads and the core share: who is supervised, what is refused, what is what.

use lanh_catalog::{OpenFile, ProgramFacts, Recogniser};
use lanh_platform::{Decision, FileKey, Judge, Launch};
use lanh_policy::{App, ChildId, GateTable, Reason};
use std::collections::HashMap;
use std::fs::File;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tokio::sync::mpsc;

/// How many judged files are remembered; each is some hundred bytes.
const REMEMBERED_FILES: usize = 4_096;

/// A launch that the gate refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) child: ChildId,
    pub(crate) app: App,
    pub(crate) reason: Reason,
}

/// The state that the gate answers from. No lock is held across I/O.
pub(crate) struct Shared {
    tables: RwLock<HashMap<u32, (ChildId, Arc<GateTable>)>>,
    recogniser: RwLock<Arc<Recogniser>>,
    files: Mutex<HashMap<FileKey, Option<App>>>,
    refusals: mpsc::Sender<Refusal>,
}

/// A thread that panicked while it held a lock leaves whole values behind: each is replaced in one step.
fn whole<Guard>(result: Result<Guard, PoisonError<Guard>>) -> Guard {
    result.unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(recogniser: Arc<Recogniser>, refusals: mpsc::Sender<Refusal>) -> Self {
        Self {
            tables: RwLock::default(),
            recogniser: RwLock::new(recogniser),
            files: Mutex::default(),
            refusals,
        }
    }

    pub(crate) fn set_tables(&self, tables: HashMap<u32, (ChildId, Arc<GateTable>)>) {
        *whole(self.tables.write()) = tables;
    }

    pub(crate) fn recogniser(&self) -> Arc<Recogniser> {
        let recogniser = whole(self.recogniser.read());
        Arc::clone(&recogniser)
    }

    /// Replaces what is known of programs, and forgets what was judged by the old knowledge.
    pub(crate) fn set_recogniser(&self, recogniser: Arc<Recogniser>) {
        *whole(self.recogniser.write()) = recogniser;
        self.files().clear();
    }

    fn files(&self) -> MutexGuard<'_, HashMap<FileKey, Option<App>>> {
        whole(self.files.lock())
    }

    fn table(&self, uid: u32) -> Option<(ChildId, Arc<GateTable>)> {
        whole(self.tables.read()).get(&uid).cloned()
    }

    fn decide(&self, uid: u32, app: Option<&App>) -> Decision {
        let (Some((child, table)), Some(app)) = (self.table(uid), app) else { return Decision::Allow };
        let Some(reason) = table.refusal(app) else { return Decision::Allow };
        // A full queue loses the message, not the refusal.
        let _ = self.refusals.try_send(Refusal { child, app: app.clone(), reason: reason.clone() });
        Decision::Refuse
    }
}

impl Judge for Shared {
    fn supervised(&self, uid: u32) -> bool {
        whole(self.tables.read()).contains_key(&uid)
    }

    fn quick(&self, launch: &Launch) -> Option<Decision> {
        let app = self.files().get(&launch.file).cloned()?;
        Some(self.decide(launch.uid, app.as_ref()))
    }

    fn slow(&self, launch: &Launch, file: &File) -> Decision {
        let text = launch.path.to_string_lossy();
        let path = text.strip_suffix(" (deleted)").unwrap_or(&text);
        let facts = ProgramFacts {
            exe: Some(path.into()),
            deleted: text.len() != path.len(),
            file: Some(catalog_key(launch.file)),
            uid: launch.uid,
            owner: owner(file),
            ..ProgramFacts::default()
        };
        let Ok(copy) = file.try_clone() else { return Decision::Allow };
        let evidence = OpenFile::new(copy, format!("/proc/{}/root", launch.process.pid));
        let app = self.recogniser().recognise(&facts, &evidence).app;
        let mut files = self.files();
        if files.len() >= REMEMBERED_FILES {
            files.clear();
        }
        files.insert(launch.file, app.clone());
        drop(files);
        self.decide(launch.uid, app.as_ref())
    }
}

fn owner(file: &File) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    file.metadata().ok().map(|metadata| metadata.uid())
}

pub(crate) fn catalog_key(key: FileKey) -> lanh_catalog::FileKey {
    lanh_catalog::FileKey { dev: key.dev, ino: key.ino, size: key.size, mtime: key.mtime, ctime: key.ctime }
}
