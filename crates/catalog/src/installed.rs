//! The programs that are installed.

use crate::catalogue::Catalogue;
use crate::evidence::{BuildId, FileKey};
use crate::roots::{Home, Roots};
use lanh_policy::{AgeRating, App, AppId, Category};
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

/// How a fact is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FactBasis {
    /// Nobody said anything: the default.
    Unknown,
    /// Read: from the machine (a desktop entry, a store's file, AppStream metadata, the folder of games), or
    /// by the catalogue from a source that it names.
    Read,
    /// Commonly known, by the catalogue; nobody has verified it.
    Known,
    /// A guardian said so.
    Guardian,
}

/// What told that a program is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each name says it all")]
pub enum Source {
    DesktopEntry,
    Flatpak,
    Snap,
    Steam,
    Lutris,
    Heroic,
    AppImage,
    Bundle,
    Msix,
    Epic,
    Gog,
    Riot,
    /// A program that Windows' list of installed programs in a Wine prefix names.
    Wine,
    /// A program in `/usr/games` or `/usr/local/games` without a desktop entry.
    GamesFolder,
    /// A program file whose name is on the shipped list.
    ProgramFolder,
}

/// Who could have written what told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trust {
    /// The child: its category may be game, social or video, else it is other.
    Child,
    /// Only the machine's administrator.
    System,
}

/// A program's name in the languages of Lanh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// In English, or in no particular language.
    pub en: String,
    /// In Vietnamese, if it has a name there.
    pub vi: Option<String>,
}

/// One installed program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledApp {
    /// Its id.
    pub id: AppId,
    /// Its names.
    pub names: Names,
    /// What it is for.
    pub category: Category,
    /// How that is known.
    pub category_basis: FactBasis,
    /// Its age rating, where someone gave one.
    pub rating: Option<AgeRating>,
    /// How that is known; `Unknown` without a rating.
    pub rating_basis: FactBasis,
    /// What told of it.
    pub source: Source,
    /// Who could have written that.
    pub trust: Trust,
    /// The account in whose home it is installed; `None`: for all.
    pub owner: Option<u32>,
    /// Its own program files, links resolved: never a shared interpreter or store client.
    pub files: Vec<PathBuf>,
    /// Folders in which every program is this one.
    pub folders: Vec<PathBuf>,
    /// Whether it only starts games and is no play by itself.
    pub launcher: bool,
}

/// The programs that are installed on this machine.
#[derive(Clone, Debug, Default)]
pub struct Installed {
    /// By id.
    pub(crate) apps: Vec<InstalledApp>,
    /// The program files of all apps.
    pub(crate) programs: Vec<KnownFile>,
    /// Parts of the desktop that are never judged.
    pub(crate) essential: HashSet<PathBuf>,
    /// The devices that the system's own programs are on.
    pub(crate) devices: HashSet<u64>,
    /// The homes that were looked into.
    pub(crate) homes: Vec<Home>,
    /// Where the system's root is.
    pub(crate) root: PathBuf,
    /// What is known of programs.
    pub(crate) catalogue: Arc<Catalogue>,
}

/// One program file of an app.
#[derive(Clone, Debug)]
pub(crate) struct KnownFile {
    /// Whose program it is.
    pub(crate) app: AppId,
    /// Where it is, links resolved.
    pub(crate) path: PathBuf,
    /// Which file that was at the scan.
    pub(crate) key: Option<FileKey>,
    /// Its build id, if it is an ELF program with one.
    pub(crate) build_id: Option<BuildId>,
    /// The arguments that make it this app rather than another with the same file.
    pub(crate) arguments: Vec<String>,
}

impl InstalledApp {
    /// What the rules see of it, with its English name.
    pub fn app(&self) -> App {
        App { id: self.id.clone(), name: self.names.en.clone(), category: self.category, rating: self.rating }
    }
}

impl Installed {
    /// Looks at the machine. What cannot be read is left out and told to `tracing`.
    ///
    /// Takes tens of milliseconds: reads desktop entries, store files and ELF headers, hashes nothing.
    pub fn scan(roots: &Roots, catalogue: &Arc<Catalogue>) -> Self {
        crate::scan::scan(roots, catalogue)
    }

    /// What is known of programs.
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// Every program, by id.
    pub fn list(&self) -> &[InstalledApp] {
        &self.apps
    }

    /// One program.
    pub fn get(&self, id: &AppId) -> Option<&InstalledApp> {
        self.apps.binary_search_by(|app| app.id.cmp(id)).ok().and_then(|at| self.apps.get(at))
    }

    /// The program files of one program, for the gate's inode guard; empty if it is not installed.
    pub fn files_of(&self, id: &AppId) -> Vec<PathBuf> {
        self.get(id).map(|app| app.files.clone()).unwrap_or_default()
    }
}
