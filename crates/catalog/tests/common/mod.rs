//! A small machine in a temporary folder, and processes on it.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a fixture that cannot be made fails its test")]

use lanh_catalog::{
    Catalogue, EvidenceCache, FileKey, GuardianFact, Home, Installed, OpenFile, ProgramFacts, Recogniser,
    Recognition, Roots,
};
use lanh_policy::Category;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The child's uid on the fixture machine.
pub(crate) const CHILD: u32 = 1001;

/// A real ELF program with a build id, to make games of.
pub(crate) const SOME_PROGRAM: &str = "/bin/ls";
/// Another one.
pub(crate) const OTHER_PROGRAM: &str = "/bin/cat";

pub(crate) struct Machine {
    folder: tempfile::TempDir,
    /// What is told to be Lanh itself.
    pub(crate) own: Vec<PathBuf>,
}

impl Machine {
    /// An empty machine with the child's home `/home/an`.
    pub(crate) fn new() -> Self {
        let machine = Self { folder: tempfile::tempdir().unwrap(), own: Vec::new() };
        for folder in ["usr/bin", "usr/games", "usr/lib", "opt", "home/an", "tmp", "usr/share/applications"] {
            fs::create_dir_all(machine.root().join(folder)).unwrap();
        }
        machine
    }

    pub(crate) fn root(&self) -> PathBuf {
        fs::canonicalize(self.folder.path()).unwrap()
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path.trim_start_matches('/'))
    }

    /// Writes a file, executable.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Installs a real program under a path.
    pub(crate) fn program(&self, path: &str, real: &str) -> PathBuf {
        self.write(path, fs::read(real).unwrap())
    }

    /// Writes a desktop entry.
    pub(crate) fn entry(&self, path: &str, name: &str, exec: &str, categories: &str) {
        self.write(
            path,
            format!("[Desktop Entry]\nType=Application\nName={name}\nExec={exec}\nCategories={categories}\n"),
        );
    }

    pub(crate) fn scan(&self) -> Installed {
        let homes = vec![Home { uid: CHILD, path: "/home/an".into() }];
        let roots = Roots { system: self.root(), homes, own: self.own.clone() };
        Installed::scan(&roots, &Catalogue::shipped())
    }

    pub(crate) fn recogniser(&self, guardian: Vec<GuardianFact>) -> Recogniser {
        Recogniser::new(Arc::new(self.scan()), guardian, Arc::new(EvidenceCache::default()))
    }

    /// A process of the child that runs this file; what lies at home or in /tmp is the child's, the rest root's.
    pub(crate) fn process(&self, exe: &Path, argv: &[&str]) -> ProgramFacts {
        let metadata = fs::metadata(exe).unwrap();
        let inside = Path::new("/").join(exe.strip_prefix(self.root()).unwrap_or(exe));
        let childs = ["/home", "/tmp"].iter().any(|place| inside.starts_with(place));
        ProgramFacts {
            exe: Some(exe.to_owned()),
            file: Some(FileKey::of(&metadata)),
            owner: Some(if childs { CHILD } else { 0 }),
            argv: argv.iter().map(|word| (*word).to_owned()).collect(),
            cwd: Some(self.path("/home/an")),
            uid: CHILD,
            ..ProgramFacts::default()
        }
    }
}

pub(crate) fn evidence(exe: &Path) -> OpenFile {
    OpenFile::new(fs::File::open(exe).unwrap(), "/")
}

/// Recognises the process with its own file as evidence.
pub(crate) fn recognise(recogniser: &Recogniser, facts: &ProgramFacts) -> Recognition {
    recogniser.recognise(facts, &evidence(facts.exe.as_deref().unwrap()))
}

/// The app id and category, or `None` where nothing is judged.
pub(crate) fn id_of(recognition: &Recognition) -> Option<(String, Category)> {
    assert_eq!(recognition.judged, recognition.app.is_some());
    recognition.app.as_ref().map(|app| (app.id.to_string(), app.category))
}
