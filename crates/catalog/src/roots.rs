//! Where to look for installed programs.

use std::path::{Path, PathBuf};

/// The home folder of a supervised account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The Unix user id of its owner.
    pub uid: u32,
    /// The folder, as processes see it.
    pub path: PathBuf,
}

/// Where to look for installed programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roots {
    /// The root of the file system; another folder in tests. Every other path is taken under it.
    pub system: PathBuf,
    /// The homes of the supervised accounts.
    pub homes: Vec<Home>,
    /// Programs of Lanh itself that are not installed: those of a checkout. They are never judged, so nobody
    /// may be able to write them who could not write the service as well.
    pub own: Vec<PathBuf>,
}

impl Roots {
    /// This machine, with these homes.
    pub fn machine(homes: Vec<Home>) -> Self {
        Self { system: PathBuf::from("/"), homes, own: Vec::new() }
    }

    /// The real place of an absolute path of the system.
    pub fn real(&self, path: &Path) -> PathBuf {
        self.system.join(path.strip_prefix("/").unwrap_or(path))
    }
}
