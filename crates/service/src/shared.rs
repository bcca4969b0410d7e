//! What the gate's threads and the core share: who is supervised, what is refused, what is what.

use lanh_catalog::{OpenFile, ProgramFacts, Recogniser, Recognition};
use lanh_platform::{Decision, FileKey, Judge, Launch};
use lanh_policy::{App, AppId, Category, ChildId, GateTable, Reason};
use std::collections::HashMap;
use std::fs::File;
use std::path::PathBuf;
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
    tables: RwLock<HashMap<u32, Supervised>>,
    recogniser: RwLock<Arc<Recogniser>>,
    files: Mutex<HashMap<Question, Judged>>,
    refusals: mpsc::Sender<Refusal>,
}

/// What holds for one account.
#[derive(Clone, Debug)]
pub(crate) struct Supervised {
    pub(crate) child: ChildId,
    pub(crate) table: Arc<GateTable>,
    /// Whether it may start only what the system installed.
    pub(crate) strict: bool,
}

/// The same file may be another program to another account or under another path, which a child's own
/// mounts can give it.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Question {
    uid: u32,
    file: FileKey,
    path: PathBuf,
}

/// What a program file was recognised as.
#[derive(Clone, Debug)]
struct Judged {
    app: Option<App>,
    /// Whether a child could have put it there.
    childs: bool,
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

    pub(crate) fn set_tables(&self, tables: HashMap<u32, Supervised>) {
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

    fn files(&self) -> MutexGuard<'_, HashMap<Question, Judged>> {
        whole(self.files.lock())
    }

    fn supervision(&self, uid: u32) -> Option<Supervised> {
        whole(self.tables.read()).get(&uid).cloned()
    }

    fn decide(&self, uid: u32, judged: &Judged) -> Decision {
        let Some(Supervised { child, table, strict }) = self.supervision(uid) else { return Decision::Allow };
        let refusal = judged.app.as_ref().and_then(|app| Some((app, table.refusal(app)?.clone())));
        let not_installed = || {
            let app = judged.app.as_ref().filter(|_| strict && judged.childs)?;
            Some((app, Reason::not_installed()))
        };
        let Some((app, reason)) = refusal.or_else(not_installed) else { return Decision::Allow };
        // A full queue loses the message, not the refusal.
        let _ = self.refusals.try_send(Refusal { child, app: app.clone(), reason });
        Decision::Refuse
    }
}

impl Judge for Shared {
    fn supervised(&self, uid: u32) -> bool {
        whole(self.tables.read()).contains_key(&uid)
    }

    fn quick(&self, launch: &Launch) -> Option<Decision> {
        let judged = self.files().get(&Question::of(launch)).cloned()?;
        Some(self.decide(launch.uid, &judged))
    }

    fn slow(&self, launch: &Launch, file: &File) -> Decision {
        let text = launch.path.to_string_lossy();
        let path = text.strip_suffix(" (deleted)").unwrap_or(&text);
        let facts = ProgramFacts {
            exe: Some(path.into()),
            deleted: text.len() != path.len(),
            file: Some(catalog_key(launch.file)),
            uid: launch.uid,
            owner: file.metadata().ok().map(|metadata| lanh_catalog::owner(&metadata, launch.uid)),
            ..ProgramFacts::default()
        };
        let Ok(copy) = file.try_clone() else { return Decision::Allow };
        let evidence = OpenFile::new(copy, format!("/proc/{}/root", launch.process.pid));
        let judged = Judged::of(self.recogniser().recognise(&facts, &evidence), &facts);
        let mut files = self.files();
        if files.len() >= REMEMBERED_FILES {
            files.clear();
        }
        files.insert(Question::of(launch), judged.clone());
        drop(files);
        self.decide(launch.uid, &judged)
    }

    /// What the loader would load is not seen, so in strict mode it is nobody's program.
    fn loader_alone(&self, launch: &Launch) -> Decision {
        let strict = whole(self.tables.read()).get(&launch.uid).is_some_and(|account| account.strict);
        if strict { Decision::Refuse } else { Decision::Allow }
    }
}

impl Question {
    fn of(launch: &Launch) -> Self {
        Self { uid: launch.uid, file: launch.file, path: launch.path.clone() }
    }
}

impl Judged {
    fn of(recognition: Recognition, facts: &ProgramFacts) -> Self {
        Self { childs: recognition.childs, app: named(recognition, facts) }
    }
}

/// The app, also of what is not judged as a program but could be a child's: a script of the session, say.
pub(crate) fn named(recognition: Recognition, facts: &ProgramFacts) -> Option<App> {
    recognition.app.or_else(|| {
        let path = facts.exe.as_ref().filter(|_| recognition.childs)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let id = AppId::new(format!("path:{}", path.display()));
        Some(App { id, name, category: Category::System, rating: None })
    })
}

pub(crate) fn catalog_key(key: FileKey) -> lanh_catalog::FileKey {
    lanh_catalog::FileKey { dev: key.dev, ino: key.ino, size: key.size, mtime: key.mtime, ctime: key.ctime }
}
