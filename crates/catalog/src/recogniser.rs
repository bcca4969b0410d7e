//! Which program a process is.

use crate::catalogue::{Facts, Found, Key, normal_name};
use crate::category::{claimed, is_limited, is_safe};
use crate::evidence::{
    BuildId, Evidence, EvidenceCache, FileKey, LONGEST_HASHED, NamedFile, OpenFile, open_regular,
};
use crate::installed::{FactBasis, Installed, InstalledApp, KnownFile, Trust};
use crate::parse::command::base_name;
use crate::parse::engine;
use crate::running::{Runs, is_interpreter, runs, windows_path};
use crate::scan::{GAME_FOLDERS, key_of};
use lanh_policy::{AgeRating, App, AppId, Category};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// The environment variables that [`ProgramFacts::env`] is read for. All of them are claims.
pub const ENVIRONMENT: &[&str] = &[
    "APPIMAGE",
    "FLATPAK_ID",
    "LD_AUDIT",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "SNAP_NAME",
    "STEAM_COMPAT_APP_ID",
    "SteamAppId",
    "SteamGameId",
    "WINEPREFIX",
];

/// What a guardian said about a program; it outweighs everything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardianFact {
    /// Which program.
    pub id: AppId,
    /// Its name, if it was given another.
    pub name: Option<String>,
    /// What it is for.
    pub category: Option<Category>,
    /// Its age rating.
    pub rating: Option<AgeRating>,
}

/// What is seen of one process, or of a file that is about to become one (then without `argv`).
#[derive(Clone, Debug, Default)]
pub struct ProgramFacts {
    /// The program file, links resolved, without the kernel's ` (deleted)`; `None`: it cannot be told.
    pub exe: Option<PathBuf>,
    /// Whether that file has no name any more.
    pub deleted: bool,
    /// Which file it is, from the open file rather than the name.
    pub file: Option<FileKey>,
    /// Whose file it is ([`owner`](crate::owner)), from the same open file; `None`: it cannot be told.
    pub owner: Option<u32>,
    /// The arguments, the program's own name first; empty before it runs. Not UTF-8: replaced.
    pub argv: Vec<String>,
    /// The kernel's short name of the process.
    pub comm: String,
    /// Its working folder.
    pub cwd: Option<PathBuf>,
    /// Its environment, only [`ENVIRONMENT`].
    pub env: BTreeMap<String, String>,
    /// The application id in the `.flatpak-info` at the root of its file system. A claim.
    pub flatpak: Option<String>,
    /// Its cgroup v2 path.
    pub cgroup: Option<String>,
    /// Whose it is.
    pub uid: u32,
    /// What the process that started it was recognised as.
    pub parent: Option<Parent>,
}

/// What the process that started this one was recognised as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// Its app, if it was judged.
    pub app: Option<App>,
    /// Whether it only starts games.
    pub launcher: bool,
}

/// What a process was recognised by, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Means {
    /// The very file (device and inode) of an installed program, whatever its name; hard links too.
    File,
    /// Its path is that of an installed program.
    Path,
    /// Its content is that of an installed program.
    Content,
    /// Its build id is that of an installed program.
    BuildId,
    /// What it runs: the script, jar, class or Windows program in its arguments.
    Argument,
    /// The store's folder that it lies in.
    Folder,
    /// What the catalogue knows of such a file.
    Catalogue,
    /// The game engine that it is made with, or the game library that it uses.
    Engine,
    /// What it says of itself: environment, sandbox name.
    Claim,
    /// The process that started it.
    Ancestry,
    /// Only where it lies: a place that the child can write.
    Place,
    /// It is not judged.
    Nothing,
}

/// How sure an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A child could have forged it.
    Claimed,
    /// Circumstances say so.
    Likely,
    /// The program file itself says so.
    Certain,
}

/// Which program a process is.
#[derive(Clone, Debug, PartialEq)]
pub struct Recognition {
    /// The app; `None` exactly when it is not judged.
    pub app: Option<App>,
    /// What it was recognised by.
    pub means: Means,
    /// How sure that is.
    pub confidence: Confidence,
    /// Whether people would call it a program. What is not judged is always let through.
    pub judged: bool,
    /// Whether it only starts games and is no play by itself; pass it on in [`Parent`].
    pub launcher: bool,
    /// Whether it is a script that a shell of the system runs: if a part of the desktop descends from it, it
    /// started the desktop and is a part of it too.
    pub is_script: bool,
    /// Whether it is a part of the desktop that starts what people ask for (a window manager, a panel, the
    /// session): what it starts inherits nothing of what came before it.
    pub desktop: bool,
    /// Whether what runs (the program, or the file that it interprets) could have been put there by the
    /// child: it is the child's file, lies where a child can write or on a file system of the child's own,
    /// lives in memory, or was told to load a library from such a place.
    pub childs: bool,
}

impl Recognition {
    /// What this process hands on to those that it starts; `parent`: what it was handed itself. What is not
    /// judged (a shell between a launcher and its game) hands on what started it; the desktop hands on nothing.
    pub fn handed_on(&self, parent: Option<&Parent>) -> Option<Parent> {
        if self.judged {
            Some(Parent { app: self.app.clone(), launcher: self.launcher })
        } else {
            parent.filter(|_| !self.desktop).cloned()
        }
    }
}

/// Tells which program a process is. Shared between threads; build a new one after a scan or a
/// guardian's word, with the same cache.
#[derive(Debug)]
pub struct Recogniser {
    installed: Arc<Installed>,
    facts: BTreeMap<AppId, GuardianFact>,
    cache: Arc<EvidenceCache>,
    /// Indices into the installed program files.
    by_path: HashMap<PathBuf, Vec<usize>>,
    by_file: HashMap<(u64, u64), Vec<usize>>,
    by_size: HashMap<u64, Vec<usize>>,
    by_build_id: HashMap<BuildId, Vec<usize>>,
    /// Folders in which every program is one app.
    folders: HashMap<PathBuf, AppId>,
    /// The files of programs in homes that a guardian sorted; their indices follow those of the installed.
    sorted: Vec<KnownFile>,
}

/// One program file of a process: what runs, or what an argument names.
struct Subject<'a> {
    path: &'a Path,
    key: Option<FileKey>,
    owner: Option<u32>,
    deleted: bool,
    evidence: &'a dyn Evidence,
}

impl Recogniser {
    /// Indexes the installed programs. Reads nothing but the headers of what a guardian sorted in homes.
    pub fn new(installed: Arc<Installed>, guardian: Vec<GuardianFact>, cache: Arc<EvidenceCache>) -> Self {
        let facts: BTreeMap<_, _> = guardian.into_iter().map(|fact| (fact.id.clone(), fact)).collect();
        let sorted: Vec<KnownFile> =
            facts.keys().flat_map(|id| cache.sorted_before(id, sorted_files(id, &installed))).collect();
        let mut by_path: HashMap<_, Vec<_>> = HashMap::new();
        let mut by_file: HashMap<_, Vec<_>> = HashMap::new();
        let mut by_size: HashMap<_, Vec<_>> = HashMap::new();
        let mut by_build_id: HashMap<_, Vec<_>> = HashMap::new();
        for (at, program) in installed.programs.iter().chain(&sorted).enumerate() {
            by_path.entry(program.path.clone()).or_default().push(at);
            if let Some(key) = program.key {
                by_file.entry((key.dev, key.ino)).or_default().push(at);
                by_size.entry(key.size).or_default().push(at);
            }
            if let Some(id) = &program.build_id {
                by_build_id.entry(id.clone()).or_default().push(at);
            }
        }
        let mut folders = HashMap::new();
        // What the system says of a folder outweighs what a child's files say.
        for trust in [Trust::System, Trust::Child] {
            for app in installed.apps.iter().filter(|app| app.trust == trust) {
                for folder in &app.folders {
                    folders.entry(folder.clone()).or_insert_with(|| app.id.clone());
                }
            }
        }
        Self { installed, facts, cache, by_path, by_file, by_size, by_build_id, folders, sorted }
    }

    /// Which program this is.
    ///
    /// Answers from memory for what is installed and for what the system itself runs. Only an unknown
    /// file in a place that the child can write costs reads through `evidence`: headers for its build id,
    /// and all of it only if an installed program has the same length.
    pub fn recognise(&self, facts: &ProgramFacts, evidence: &dyn Evidence) -> Recognition {
        let found = self.name(facts, evidence);
        let childs = found.childs
            || facts.exe.as_deref().is_some_and(|exe| self.is_unsafe(exe, facts))
            || PRELOADS.iter().any(|name| {
                facts.env.get(*name).is_some_and(|value| self.loads_from_child(value, facts.cwd.as_deref()))
            });
        Recognition { childs, ..found }
    }

    /// Whether the program file itself could have been put there by a child.
    fn is_unsafe(&self, exe: &Path, facts: &ProgramFacts) -> bool {
        let subject = Subject {
            path: exe,
            key: facts.file,
            owner: facts.owner,
            deleted: facts.deleted,
            evidence: &crate::evidence::NoEvidence,
        };
        !self.is_genuine(&subject)
            || self.is_childs(exe, facts.owner, facts.uid)
            || facts.owner.is_some_and(|owner| owner >= FIRST_PERSON)
    }

    /// Whether a list of libraries or folders for the dynamic loader leads to a place of the child.
    fn loads_from_child(&self, list: &str, cwd: Option<&Path>) -> bool {
        list.split([':', ' ', ';']).filter(|entry| entry.contains('/')).any(|entry| {
            let path = Path::new(entry);
            let path = match cwd {
                Some(cwd) if path.is_relative() => cwd.join(path),
                _ => path.to_owned(),
            };
            self.is_childs(&path, None, 0) || path.starts_with("/proc")
        })
    }

    /// Which program this is, but for [`Recognition::childs`], which is set only for what an interpreter
    /// was given.
    fn name(&self, facts: &ProgramFacts, evidence: &dyn Evidence) -> Recognition {
        let Some(exe) = facts.exe.as_deref() else { return nothing() };
        let subject =
            Subject { path: exe, key: facts.file, owner: facts.owner, deleted: facts.deleted, evidence };
        let name = exe.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let genuine = self.is_genuine(&subject);
        let childs = !genuine || self.is_childs(exe, facts.owner, facts.uid);
        if genuine && self.is_desktop(exe, &name, childs) {
            return desktop();
        }
        if let Some(found) = self.identify(&subject, &facts.argv, childs) {
            return found;
        }
        if is_interpreter(&name)
            && let Some(found) = self.argument(&name, facts, evidence)
        {
            if !childs {
                return found;
            }
            // Something that only calls itself an interpreter cannot lend itself a free name.
            if found.app.as_ref().is_some_and(|app| is_safe(app.category)) {
                return Recognition { launcher: false, ..found };
            }
        }
        if let Some(found) = self.folder(exe, genuine) {
            return found;
        }
        if let Some(found) = self.claims(exe, facts, childs) {
            return found;
        }
        if let Some(found) = self.ancestry(exe, facts, childs) {
            return found;
        }
        if childs {
            // A copied interpreter has no name that tells; what it runs may still be a game.
            if let Some(found) = self.known_argument(facts, evidence) {
                return found;
            }
            return self.placed(&subject, genuine);
        }
        if GAME_FOLDERS.iter().any(|folder| exe.starts_with(self.real(folder))) {
            let app = App { id: path_id(exe), name, category: Category::Game, rating: None };
            return self.found(app, false, Means::Place, Confidence::Certain);
        }
        if self.facts.contains_key(&path_id(exe)) {
            return self.found(self.app(&path_id(exe)), false, Means::Path, Confidence::Certain);
        }
        nothing()
    }

    /// What the rules see of an app: installed, named by a guardian or on the shipped list; else made from
    /// its id.
    pub fn app(&self, id: &AppId) -> App {
        let app = self.installed.get(id).map(InstalledApp::app).unwrap_or_else(|| {
            let app = unknown(id);
            match self.catalogued(id) {
                Some(facts) => {
                    let category = if facts.launcher { Category::Other } else { claimed(facts.category) };
                    App { name: facts.name.to_owned(), category, rating: facts.rating, ..app }
                }
                None => app,
            }
        });
        self.told(app)
    }

    /// How it is known what an app is for, and how it is rated.
    pub fn basis_of(&self, id: &AppId) -> (FactBasis, FactBasis) {
        let told = self.facts.get(id);
        let (category, rating) = match self.installed.get(id) {
            Some(app) => (app.category_basis, app.rating_basis),
            None => match self.catalogued(id) {
                Some(facts) => (facts.basis, facts.rating_basis),
                None => (FactBasis::Unknown, FactBasis::Unknown),
            },
        };
        let or = |told: bool, basis| if told { FactBasis::Guardian } else { basis };
        (
            or(told.is_some_and(|told| told.category.is_some()), category),
            or(told.is_some_and(|told| told.rating.is_some()), rating),
        )
    }

    /// What a program could be of which nothing but the path is known: a name and what that program is for.
    /// Nothing is charged by it; it is for a guardian to confirm.
    pub fn perhaps(&self, id: &AppId) -> Option<(String, Category)> {
        let path = id.as_str().strip_prefix("path:")?;
        let catalogue = &self.installed.catalogue;
        let key = if path.to_lowercase().ends_with(".exe") { Key::Windows } else { Key::Linux };
        let found = catalogue.program_file(key, path)?;
        Some((found.facts.name.to_owned(), found.facts.category))
    }

    /// What the catalogue says of an app that is known by its id.
    fn catalogued(&self, id: &AppId) -> Option<Facts<'_>> {
        let (kind, text) = id.as_str().split_once(':')?;
        let key = match kind {
            "steam" => Key::Steam,
            "title" => Key::Name,
            _ => return None,
        };
        self.installed.catalogue.find(key, text).map(|found| found.facts)
    }

    /// A program outside of the system by what the catalogue says of its file: one that is named with its
    /// folder, or whose file name and title both are that program's. A file name alone is not enough, and
    /// nothing becomes free by it.
    fn titled(&self, key: Key, path: &Path, titles: &[String]) -> Option<Recognition> {
        let catalogue = &self.installed.catalogue;
        let folders = path.parent().into_iter().flat_map(Path::components);
        let folders = folders.map(|part| part.as_os_str().to_string_lossy().into_owned());
        let names = titles.iter().cloned().chain(folders).map(|title| normal_name(&title));
        let file = catalogue.program_file(key, &path.to_string_lossy());
        let named = |found: &Found<'_>| {
            names.clone().any(|name| {
                catalogue.find(Key::Name, &name).is_some_and(|other| other.facts.name == found.facts.name)
            })
        };
        let found = match file {
            Some(found) if !found.weak || named(&found) => found,
            _ => titles
                .iter()
                .map(|title| normal_name(title))
                .filter(|name| name.len() >= SHORTEST_TITLE)
                .find_map(|name| catalogue.find(Key::Name, &name).filter(|found| !found.weak))?,
        };
        let id = AppId::new(format!("title:{}", normal_name(found.facts.name)));
        let category = if found.launcher { Category::Other } else { claimed(found.facts.category) };
        let app = App { id, name: found.facts.name.to_owned(), category, rating: found.facts.rating };
        Some(self.found(self.safe(app), false, Means::Catalogue, Confidence::Likely))
    }

    /// What it was built from.
    pub fn installed(&self) -> &Arc<Installed> {
        &self.installed
    }

    /// The program files of one program, for the gate's inode guard; empty if it is not installed.
    pub fn files_of(&self, id: &AppId) -> Vec<PathBuf> {
        self.installed.files_of(id)
    }

    /// With what a guardian said of it.
    fn told(&self, mut app: App) -> App {
        if let Some(fact) = self.facts.get(&app.id) {
            if let Some(name) = &fact.name {
                app.name.clone_from(name);
            }
            app.category = fact.category.unwrap_or(app.category);
            app.rating = fact.rating.or(app.rating);
        }
        app
    }

    fn found(&self, app: App, launcher: bool, means: Means, confidence: Confidence) -> Recognition {
        Recognition {
            app: Some(self.told(app)),
            means,
            confidence,
            judged: true,
            launcher,
            is_script: false,
            desktop: false,
            childs: false,
        }
    }

    fn known(&self, program: &KnownFile, means: Means, confidence: Confidence) -> Recognition {
        let app = self.installed.get(&program.app);
        let confidence = match app.map(|app| app.trust) {
            Some(Trust::Child) | None => confidence.min(Confidence::Likely),
            _ => confidence,
        };
        self.found(self.app(&program.app), app.is_some_and(|app| app.launcher), means, confidence)
    }

    fn programs<'a>(&'a self, at: Option<&'a Vec<usize>>) -> impl Iterator<Item = &'a KnownFile> {
        let installed = &self.installed.programs;
        at.into_iter()
            .flatten()
            .filter_map(|at| installed.get(*at).or_else(|| self.sorted.get(at.checked_sub(installed.len())?)))
    }

    /// A path of the system, under the root that was scanned.
    fn real(&self, path: &str) -> PathBuf {
        self.installed.root.join(path.trim_start_matches('/'))
    }

    /// Whether the file is the one that the system has under this path: not a child's mount over it.
    fn is_genuine(&self, subject: &Subject<'_>) -> bool {
        let Some(key) = subject.key else { return !is_memory(subject.path) };
        if subject.owner == Some(0) && self.installed.devices.contains(&key.dev) {
            return true;
        }
        let same = |known: FileKey| (known.dev, known.ino) == (key.dev, key.ino);
        // What was scanned tells without a look at the disk.
        if self.programs(self.by_path.get(subject.path)).any(|program| program.key.is_some_and(same)) {
            return true;
        }
        std::fs::metadata(subject.path).ok().and_then(|metadata| key_of(&metadata)).is_some_and(same)
    }

    /// Whether it lies where a child can write.
    fn is_childs(&self, path: &Path, owner: Option<u32>, uid: u32) -> bool {
        uid != 0 && owner == Some(uid)
            || is_memory(path)
            || self.homes().any(|home| path.starts_with(home))
            || WRITABLE.iter().any(|place| path.starts_with(self.real(place)))
    }

    fn homes(&self) -> impl Iterator<Item = PathBuf> {
        let root = &self.installed.root;
        self.installed
            .homes
            .iter()
            .map(move |home| root.join(home.path.strip_prefix("/").unwrap_or(&home.path)))
    }

    /// A folder in which unrelated programs lie side by side.
    fn is_common(&self, folder: &Path) -> bool {
        let name = folder.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        matches!(name.as_str(), "bin" | "games" | "share" | "tmp" | "applications")
            || WRITABLE.iter().any(|place| {
                folder
                    .parent()
                    .is_none_or(|parent| self.real(place).starts_with(folder) || parent == self.real(place))
            })
            || self.homes().any(|home| home.starts_with(folder) || folder.parent() == Some(&home))
    }

    /// By the file itself: inode, path, content, build id.
    fn identify(&self, subject: &Subject<'_>, argv: &[String], childs: bool) -> Option<Recognition> {
        if let Some(key) = subject.key {
            let same: Vec<&KnownFile> = self.programs(self.by_file.get(&(key.dev, key.ino))).collect();
            // A number may be used again for another file after the scan; then the size or the change
            // time differs, unless the path still says the same.
            let sure = same.iter().any(|program| {
                program.path == subject.path
                    || program.key.is_some_and(|known| known.size == key.size && known.mtime == key.mtime)
            });
            if sure && let Some(program) = self.choose(same, argv) {
                return Some(self.known(program, Means::File, Confidence::Certain));
            }
        }
        let at_path: Vec<&KnownFile> = self.programs(self.by_path.get(subject.path)).collect();
        if let Some(program) = self.choose(at_path, argv) {
            // A path alone can be a child's mount; then it may only lead to what is limited anyway.
            let genuine = self.is_genuine(subject);
            if genuine || is_limited(self.app(&program.app).category) {
                let confidence = if genuine { Confidence::Certain } else { Confidence::Likely };
                return Some(self.known(program, Means::Path, confidence));
            }
        }
        if childs { self.copy(subject, argv) } else { None }
    }

    /// By content or build id: a copy of an installed program, perhaps edited.
    fn copy(&self, subject: &Subject<'_>, argv: &[String]) -> Option<Recognition> {
        let key = subject.key?;
        let same_size: Vec<&KnownFile> = self.programs(self.by_size.get(&key.size)).collect();
        if !same_size.is_empty() && key.size <= LONGEST_HASHED && key.size > 0 {
            let hash = self.cache.sha256(key, || subject.evidence.sha256());
            let same =
                same_size.into_iter().filter(|program| hash.is_some() && self.hash_of(program) == hash);
            if let Some(program) = self.choose(same.collect(), argv) {
                return Some(self.known(program, Means::Content, Confidence::Certain));
            }
        }
        let id = self.cache.build_id(key, || subject.evidence.build_id())?;
        let same: Vec<&KnownFile> = self.programs(self.by_build_id.get(&id)).collect();
        let program = self.choose(same, argv)?;
        // A build id can be written into any file, so it never leads to what is free.
        let category = self.app(&program.app).category;
        (is_limited(category) || category == Category::Browser)
            .then(|| self.known(program, Means::BuildId, Confidence::Likely))
    }

    /// The hash of an installed program, read on the first need.
    fn hash_of(&self, program: &KnownFile) -> Option<crate::evidence::ContentHash> {
        self.cache.sha256(program.key?, || OpenFile::new(open_regular(&program.path)?, "/").sha256())
    }

    /// Which of several apps with one program file: the one whose arguments are there, if that is no freer
    /// than the plain one.
    fn choose<'a>(&self, programs: Vec<&'a KnownFile>, argv: &[String]) -> Option<&'a KnownFile> {
        let category = |program: &KnownFile| self.app(&program.app).category;
        let plain = *programs.iter().min_by_key(|program| {
            (program.arguments.len(), category(program) != Category::Game, program.app.clone())
        })?;
        let given = |program: &&&KnownFile| {
            !program.arguments.is_empty() && program.arguments.iter().all(|word| argv.contains(word))
        };
        let no_freer =
            |program: &&&KnownFile| is_limited(category(program)) || category(program) == category(plain);
        let chosen =
            programs.iter().filter(given).filter(no_freer).max_by_key(|program| program.arguments.len());
        Some(chosen.copied().unwrap_or(plain))
    }

    /// Whether it is a part of the desktop: found by the scan, or of such a name where only the system's
    /// administrator could have put it.
    fn is_desktop(&self, path: &Path, name: &str, childs: bool) -> bool {
        self.installed.essential.contains(path)
            || !childs
                && self.installed.catalogue.find(Key::File, name).is_some_and(|found| found.facts.essential)
    }

    /// What an interpreter runs. `None`: nothing that has a name.
    fn argument(&self, name: &str, facts: &ProgramFacts, evidence: &dyn Evidence) -> Option<Recognition> {
        let file = match runs(name, &facts.argv) {
            Runs::Minecraft => {
                // Its classes and those of its mods lie in the home.
                let app = self.app(&"minecraft".into());
                let found = self.found(app, false, Means::Argument, Confidence::Likely);
                return Some(Recognition { childs: true, ..found });
            }
            Runs::WineHelper => return Some(nothing()),
            Runs::Windows(program) => {
                let found = self.windows(&program, facts, evidence)?;
                return Some(Recognition { childs: true, ..found });
            }
            Runs::Nothing | Runs::Class(_)
                if name.starts_with("java") && facts.cwd.as_deref().is_some_and(is_minecraft_folder) =>
            {
                let app = self.app(&"minecraft".into());
                return Some(self.found(app, false, Means::Argument, Confidence::Claimed));
            }
            Runs::Class(class) => {
                // The class path is no one file; what games draw with tells that it is one.
                let app = App { category: Category::Game, ..unknown(&AppId::new(format!("class:{class}"))) };
                let found = engine::java(&facts.argv)
                    .then(|| self.found(self.safe(app), false, Means::Engine, Confidence::Claimed))?;
                return Some(Recognition { childs: true, ..found });
            }
            Runs::Nothing => return None,
            Runs::File(file) => file,
        };
        let path = if file.is_absolute() { file } else { facts.cwd.as_deref()?.join(file) };
        let named = evidence.named(&path).or_else(|| {
            let package = path.with_extension("").join("__main__.py");
            (path.extension()? == "py").then(|| evidence.named(&package)).flatten()
        })?;
        let subject = Subject {
            path: &named.path,
            key: Some(named.key),
            owner: named.owner,
            deleted: false,
            evidence: named.evidence.as_ref(),
        };
        let genuine = self.is_genuine(&subject);
        let childs = !genuine || self.is_childs(&named.path, named.owner, facts.uid);
        let file = named.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if genuine && self.is_desktop(&named.path, &file, childs) || is_session_script(&named.path, name) {
            return Some(Recognition { childs, ..desktop() });
        }
        let found =
            self.identify(&subject, &facts.argv, childs).or_else(|| self.folder(&named.path, genuine));
        if let Some(found) = found {
            return Some(Recognition {
                means: Means::Argument,
                confidence: found.confidence.min(Confidence::Likely),
                childs,
                ..found
            });
        }
        if !childs {
            return None;
        }
        // A launcher's own jar or script is told by the shipped list only where the system installed it.
        if let Some(found) = self.ancestry(&named.path, facts, true) {
            return Some(Recognition { childs, ..found });
        }
        let head = |named: &NamedFile| named.evidence.head().unwrap_or_default();
        let library = match name {
            "love" => Some("love"),
            _ if name.starts_with("python") || name.starts_with("pypy") => engine::python(&head(&named)),
            _ if name.starts_with("java") => engine::java(&facts.argv).then_some("java"),
            _ => None,
        };
        if library.is_some() {
            return Some(Recognition { childs, ..self.made_with_an_engine(&named.path) });
        }
        let placed = self.placed(&subject, genuine);
        let means = if placed.means == Means::Place { Means::Argument } else { placed.means };
        Some(Recognition { means, childs, is_script: is_shell(name), ..placed })
    }

    /// A Windows program under Wine or Proton.
    fn windows(&self, program: &str, facts: &ProgramFacts, evidence: &dyn Evidence) -> Option<Recognition> {
        if let Some(found) = self.steam_claim(facts) {
            return Some(found);
        }
        let home =
            self.installed.homes.iter().find(|home| home.uid == facts.uid).map(|home| home.path.clone());
        let prefix = facts.env.get("WINEPREFIX").map(PathBuf::from).or_else(|| Some(home?.join(".wine")))?;
        let path = windows_path(program, &prefix)
            .or_else(|| facts.cwd.as_deref().map(|cwd| cwd.join(program.replace('\\', "/"))))?;
        let mut titles = Vec::new();
        let path = match evidence.named(&path) {
            Some(named) => {
                let said = self.cache.windows(named.key, || named.evidence.windows()).unwrap_or_default();
                titles.extend(said.product.into_iter().chain(said.description));
                let subject = Subject {
                    path: &named.path,
                    key: Some(named.key),
                    owner: named.owner,
                    deleted: false,
                    evidence: named.evidence.as_ref(),
                };
                if let Some(found) = self
                    .identify(&subject, &facts.argv, true)
                    .filter(|found| found.app.as_ref().is_some_and(|app| is_safe(app.category)))
                {
                    return Some(Recognition {
                        means: Means::Argument,
                        confidence: found.confidence.min(Confidence::Likely),
                        ..found
                    });
                }
                named.path
            }
            None => path,
        };
        if let Some(found) = self.folder(&path, false).or_else(|| self.ancestry(&path, facts, true)) {
            return Some(found);
        }
        if let Some(found) = self.titled(Key::Windows, &path, &titles) {
            return Some(found);
        }
        let name = base_name(program).to_owned();
        let beside = path.parent().map(|folder| evidence.names_in(folder)).unwrap_or_default();
        if engine::beside(&name, &beside).is_some() {
            return Some(self.made_with_an_engine(&path));
        }
        let app = App { id: self.own_id(&path), name, category: Category::Other, rating: None };
        Some(self.found(self.safe(app), false, Means::Argument, Confidence::Claimed))
    }

    /// A known limited program among the arguments of an unknown one.
    fn known_argument(&self, facts: &ProgramFacts, evidence: &dyn Evidence) -> Option<Recognition> {
        facts
            .argv
            .iter()
            .skip(1)
            .take(16)
            .filter(|word| !word.starts_with('-') && word.contains('/'))
            .find_map(|word| {
                let path = Path::new(word);
                let path =
                    if path.is_absolute() { path.to_owned() } else { facts.cwd.as_deref()?.join(path) };
                let named = evidence.named(&path)?;
                let program = self.choose(
                    self.programs(self.by_file.get(&(named.key.dev, named.key.ino))).collect(),
                    &[],
                )?;
                is_limited(self.app(&program.app).category)
                    .then(|| self.known(program, Means::Argument, Confidence::Likely))
            })
    }

    /// By the folder that it is in.
    fn folder(&self, path: &Path, genuine: bool) -> Option<Recognition> {
        let id = path.ancestors().skip(1).find_map(|folder| self.folders.get(folder))?;
        let app = self.app(id);
        let installed = self.installed.get(id)?;
        if !(genuine && installed.trust == Trust::System || is_safe(app.category)) {
            return None;
        }
        let confidence = match installed.trust {
            Trust::System if genuine => Confidence::Certain,
            _ => Confidence::Likely,
        };
        Some(self.found(app, installed.launcher, Means::Folder, confidence))
    }

    /// By what it says of itself; never anything that is free.
    fn claims(&self, exe: &Path, facts: &ProgramFacts, childs: bool) -> Option<Recognition> {
        if let Some(flatpak) = &facts.flatpak {
            return self.flatpak(exe, flatpak, facts);
        }
        if !childs {
            return None;
        }
        if let Some(found) = self.steam_claim(facts) {
            return Some(found);
        }
        // An AppImage runs from a mount of its own; the image names itself.
        let mounted = exe.components().any(|part| part.as_os_str().to_string_lossy().starts_with(".mount_"));
        let image = facts.env.get("APPIMAGE").filter(|_| mounted)?;
        let app = self.app(&self.own_id(Path::new(image)));
        let vouched = facts
            .parent
            .as_ref()
            .and_then(|parent| parent.app.as_ref())
            .is_some_and(|parent| parent.id == app.id);
        (vouched || is_safe(app.category)).then(|| self.found(app, false, Means::Claim, Confidence::Claimed))
    }

    /// A program in a Flatpak sandbox: sure if its file is one of the installed application's.
    fn flatpak(&self, exe: &Path, flatpak: &str, facts: &ProgramFacts) -> Option<Recognition> {
        let id = AppId::new(format!("flatpak:{flatpak}"));
        let app = self.app(&id);
        let installed = self.installed.get(&id);
        let launcher = installed.is_some_and(|app| app.launcher);
        let inside = exe.strip_prefix("/app").ok();
        let sure = inside.zip(installed).zip(facts.file).is_some_and(|((inside, installed), key)| {
            installed.trust == Trust::System
                && installed.folders.iter().any(|folder| {
                    let known =
                        std::fs::metadata(folder.join(inside)).ok().and_then(|metadata| key_of(&metadata));
                    known.is_some_and(|known| (known.dev, known.ino) == (key.dev, key.ino))
                })
        });
        if sure {
            return Some(self.found(app, launcher, Means::Folder, Confidence::Certain));
        }
        // The sandbox's own helpers, from a runtime that only root can write.
        let parent = facts.parent.as_ref().and_then(|parent| parent.app.as_ref());
        let vouched = parent.is_some_and(|parent| parent.id == id) && facts.owner == Some(0);
        if vouched || is_safe(app.category) {
            return Some(self.found(app, launcher && vouched, Means::Claim, Confidence::Claimed));
        }
        // It says that it is something free, and nothing proves it: the file decides.
        None
    }

    fn steam_claim(&self, facts: &ProgramFacts) -> Option<Recognition> {
        let started = facts
            .argv
            .iter()
            .any(|word| word == "SteamLaunch")
            .then(|| facts.argv.iter().find_map(|word| word.strip_prefix("AppId=")));
        let told = ["SteamAppId", "SteamGameId", "STEAM_COMPAT_APP_ID"];
        let number = started
            .flatten()
            .or_else(|| told.iter().find_map(|name| facts.env.get(*name)).map(String::as_str))?;
        let number: u32 = number.parse().ok().filter(|number| *number != 0)?;
        let id = AppId::new(format!("steam:{number}"));
        let mut app = self.app(&id);
        if self.installed.get(&id).is_none() && !self.facts.contains_key(&id) {
            app.category = Category::Game;
            app.name = self
                .installed
                .catalogue
                .find(Key::Steam, &number.to_string())
                .map_or_else(|| format!("Steam {number}"), |found| found.facts.name.to_owned());
        }
        is_safe(app.category).then(|| self.found(app, false, Means::Claim, Confidence::Claimed))
    }

    /// By what started it: a game's own helpers are the game; a desktop, terminal or browser gives nothing
    /// of itself to what it starts.
    fn ancestry(&self, exe: &Path, facts: &ProgramFacts, childs: bool) -> Option<Recognition> {
        let parent = facts.parent.as_ref()?;
        let app = parent.app.as_ref()?;
        if !is_safe(app.category) {
            return None;
        }
        let inside = app.id.as_str().strip_prefix("path:").map(Path::new).and_then(Path::parent).is_some_and(
            |folder| {
                (exe.starts_with(folder) || without_version(exe).starts_with(folder))
                    && !self.is_common(folder)
            },
        );
        if parent.launcher {
            if !childs {
                return None;
            }
            if inside {
                return Some(self.found(app.clone(), true, Means::Ancestry, Confidence::Likely));
            }
            let game = App { category: Category::Game, ..unknown(&self.own_id(exe)) };
            return Some(self.found(game, false, Means::Ancestry, Confidence::Likely));
        }
        // In a place that a child can write, only a game's children are taken for the game: counting more.
        let inherits =
            if childs { app.category == Category::Game || inside } else { is_limited(app.category) };
        inherits.then(|| self.found(app.clone(), false, Means::Ancestry, Confidence::Likely))
    }

    /// Only by where it lies.
    fn placed(&self, subject: &Subject<'_>, genuine: bool) -> Recognition {
        let name =
            subject.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(found) = self.titled(Key::Linux, subject.path, &[]) {
            return found;
        }
        let folder = subject.path.parent().filter(|folder| !subject.deleted && !self.is_common(folder));
        let beside = folder.map(|folder| subject.evidence.names_in(folder)).unwrap_or_default();
        if genuine && engine::beside(&name, &beside).is_some() {
            return self.made_with_an_engine(subject.path);
        }
        // A path that is no place, or somebody else's, names nothing: the beginning of the content does.
        let id = if genuine && !subject.deleted {
            self.own_id(subject.path)
        } else {
            let mut hasher = Sha256::new();
            hasher.update(subject.key.map_or(0, |key| key.size).to_le_bytes());
            hasher.update(
                subject
                    .key
                    .and_then(|key| self.cache.build_id(key, || subject.evidence.build_id()))
                    .map(|id| id.0)
                    .unwrap_or_default(),
            );
            hasher.update(subject.evidence.head().unwrap_or_default());
            let hash = hasher.finalize();
            AppId::new(format!(
                "hash:{}",
                hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>()
            ))
        };
        let app = App { id, name, category: Category::Other, rating: None };
        self.found(app, false, Means::Place, Confidence::Likely)
    }

    /// A game, by the engine that it is made with.
    fn made_with_an_engine(&self, path: &Path) -> Recognition {
        let app = App { category: Category::Game, ..unknown(&self.own_id(path)) };
        self.found(self.safe(app), false, Means::Engine, Confidence::Likely)
    }

    /// The id of a program in a child's reach that nothing else names: its path, without the version, so that
    /// an update keeps its rules; with it where a guardian sorted exactly that one.
    fn own_id(&self, path: &Path) -> AppId {
        let exact = path_id(path);
        if self.facts.contains_key(&exact) { exact } else { own_id(path) }
    }

    /// An app that a claim led to: free only if it is not more than unknown.
    fn safe(&self, app: App) -> App {
        let told = self.told(app.clone());
        if is_safe(told.category) {
            told
        } else {
            App { id: AppId::new(format!("claimed:{}", app.id)), ..app }
        }
    }
}

fn nothing() -> Recognition {
    Recognition {
        app: None,
        means: Means::Nothing,
        confidence: Confidence::Likely,
        judged: false,
        launcher: false,
        is_script: false,
        desktop: false,
        childs: false,
    }
}

/// A part of the desktop.
fn desktop() -> Recognition {
    Recognition { desktop: true, ..nothing() }
}

/// An app of which only the id is known.
fn unknown(id: &AppId) -> App {
    let text = id.as_str();
    let (name, category) = match text.split_once(':') {
        None if text == "minecraft" => ("Minecraft", Category::Game),
        Some(("path", path)) => (base_name(path), Category::Other),
        Some((_, name)) => (name, Category::Other),
        None => (text, Category::Other),
    };
    App { id: id.clone(), name: name.to_owned(), category, rating: None }
}

fn path_id(path: &Path) -> AppId {
    AppId::new(format!("path:{}", path.display()))
}

/// The id of a program in a child's reach by its path, whatever its version.
pub(crate) fn own_id(path: &Path) -> AppId {
    path_id(&without_version(path))
}

/// A path with a `*` in place of each version number: `Tux-1.2.AppImage` is `Tux-*.AppImage`. A version has a
/// point in it, and stands at the beginning of a word, perhaps after a `v`.
fn without_version(path: &Path) -> PathBuf {
    path.components()
        .map(|part| match part {
            Component::Normal(name) => PathBuf::from(unversioned(&name.to_string_lossy())),
            other => PathBuf::from(other.as_os_str()),
        })
        .collect()
}

fn unversioned(name: &str) -> String {
    let (mut out, mut rest, mut before) = (String::with_capacity(name.len()), name, None::<char>);
    while let Some(letter) = rest.chars().next() {
        let begins = before.is_none_or(|before| !before.is_alphanumeric());
        let digits = rest.strip_prefix(['v', 'V']).filter(|_| begins).unwrap_or(rest);
        let end =
            digits.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(digits.len());
        let number = digits.get(..end).unwrap_or_default().trim_end_matches('.');
        if begins && number.starts_with(|first: char| first.is_ascii_digit()) && number.contains('.') {
            out.push('*');
            before = Some('*');
            rest = digits.get(number.len()..).unwrap_or_default();
        } else {
            out.push(letter);
            before = Some(letter);
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// The files that a guardian's word about a program in a home is about, whatever their version.
fn sorted_files(id: &AppId, installed: &Installed) -> Vec<KnownFile> {
    /// Versions of one program that are looked at.
    const MOST_VERSIONS: usize = 16;
    let Some(path) = id.as_str().strip_prefix("path:").map(Path::new) else { return Vec::new() };
    let homes = installed.homes.iter();
    let at_home = homes.map(|home| installed.root.join(home.path.strip_prefix("/").unwrap_or(&home.path)));
    if !at_home.into_iter().any(|home| path.starts_with(home)) {
        return Vec::new();
    }
    let paths = match (path.parent(), path.file_name().map(|name| name.to_string_lossy())) {
        (Some(folder), Some(name)) if name.contains('*') => std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|found| without_version(found) == path)
            .take(MOST_VERSIONS)
            .collect(),
        _ => vec![path.to_owned()],
    };
    let known = paths.into_iter().filter_map(|path| {
        let mut file = open_regular(&path)?;
        let key = key_of(&file.metadata().ok()?);
        let build_id = crate::parse::elf::build_id(&mut file);
        Some(KnownFile { app: id.clone(), path, key, build_id, arguments: Vec::new() })
    });
    known.collect()
}

/// A file that lives in memory only.
fn is_memory(path: &Path) -> bool {
    path.to_string_lossy().starts_with("/memfd:")
}

/// The environment variables that make the dynamic loader load more than the program names.
const PRELOADS: &[&str] = &["LD_AUDIT", "LD_LIBRARY_PATH", "LD_PRELOAD"];

/// The first user id of a person; the system's own accounts are below.
const FIRST_PERSON: u32 = 1000;

/// Shorter titles are words that many programs use.
const SHORTEST_TITLE: usize = 5;

/// Places that anybody can write, by custom.
const WRITABLE: &[&str] =
    &["/home", "/tmp", "/dev/shm", "/var/tmp", "/run/user", "/run/media", "/media", "/mnt"];

/// Shell scripts that a desktop session starts with, in a home: they are the desktop, not programs, and
/// what they start is judged by itself. Of other languages nothing is: a game can be written in those.
fn is_session_script(path: &Path, interpreter: &str) -> bool {
    let part = |part: &std::ffi::OsStr| part.to_string_lossy().into_owned();
    let Some(name) = path.file_name().map(part) else { return false };
    let folders: Vec<String> =
        path.parent().into_iter().flat_map(Path::components).map(|folder| part(folder.as_os_str())).collect();
    let in_folder = |names: &[&str]| folders.iter().any(|folder| names.contains(&folder.as_str()));
    let at_home = SESSION_SCRIPTS.contains(&name.as_str());
    let of_a_desktop = in_folder(&[".config", ".kde", ".local"]) && in_folder(SESSION_FOLDERS)
        || in_folder(&[".vnc", ".fluxbox", ".icewm"]) && SESSION_STARTS.contains(&name.as_str());
    is_shell(interpreter) && (at_home || of_a_desktop)
}

/// Whether a program of this name is a shell.
fn is_shell(name: &str) -> bool {
    matches!(name, "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "fish")
}

/// What shells, display managers and login read first.
const SESSION_SCRIPTS: &[&str] = &[
    ".bash_login",
    ".bash_profile",
    ".bashrc",
    ".login",
    ".profile",
    ".xinitrc",
    ".xprofile",
    ".xserverrc",
    ".xsession",
    ".xsessionrc",
    ".zprofile",
    ".zshrc",
];

/// Where window managers and sessions keep what they start with.
const SESSION_FOLDERS: &[&str] = &[
    "autostart-scripts",
    "awesome",
    "bspwm",
    "hypr",
    "i3",
    "labwc",
    "lxsession",
    "openbox",
    "plasma-workspace",
    "plasma-workspace-env",
    "qtile",
    "river",
    "sway",
    "sxhkd",
    "wayfire",
    "weston",
    "xmonad",
];

/// What older ones start with.
const SESSION_STARTS: &[&str] = &["autostart", "startup", "xstartup"];

/// A folder that only Minecraft's launchers make.
fn is_minecraft_folder(path: &Path) -> bool {
    path.components().any(|part| {
        let name = part.as_os_str().to_string_lossy().to_lowercase();
        matches!(name.as_str(), ".minecraft" | "minecraft" | "prismlauncher" | "polymc" | "multimc")
    })
}
