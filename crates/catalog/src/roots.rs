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
}

impl Roots {
    /// This machine, with these homes.
    pub fn machine(homes: Vec<Home>) -> Self {
        Self { system: PathBuf::from("/"), homes }
    }

    /// The real place of an absolute path of the system.
    pub fn real(&self, path: &Path) -> PathBuf {
        self.system.join(path.strip_prefix("/").unwrap_or(path))
    }
}
