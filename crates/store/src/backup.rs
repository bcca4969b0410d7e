//! Backups, recovery and the sealed export.

use crate::{Key, Result, Store};
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};

/// How far a copy has come, in database pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Pages copied.
    pub done: u64,
    /// Pages in all.
    pub total: u64,
}

/// A backup on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupFile {
    /// Where.
    pub path: PathBuf,
    /// When it was made, in UTC, to the second.
    pub at: DateTime<Utc>,
    /// Its size in bytes.
    pub bytes: u64,
}

/// How many backups to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The newest of each of the last so many days (UTC) that have one.
    pub daily: usize,
    /// The newest of each of the last so many ISO weeks (UTC) that have one.
    pub weekly: usize,
}

impl Default for Rotation {
    fn default() -> Self {
        Self { daily: 7, weekly: 4 }
    }
}

/// A store that was opened, and what it took.
#[derive(Debug)]
pub struct Opened {
    /// The store.
    pub store: Store,
    /// From where it was recovered, if it had to be: tell the guardian.
    pub recovered: Option<Recovered>,
}

/// What a recovery did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// The backup that is now in force.
    pub backup: BackupFile,
    /// Where the damaged file is kept; `None`: there was none.
    pub aside: Option<PathBuf>,
}

/// Makes backups of a store from another thread, while the store goes on working.
#[derive(Clone, Debug)]
pub struct BackupJob {
    path: PathBuf,
    key: Key,
}

impl BackupJob {
    /// Copies the database into `folder` (made 0700) as `lanh-<UTC>.db`, encrypted with the same key;
    /// verifies the copy before it gets its name; then rotates. Blocks; run it on a thread of its own.
    pub fn run(
        &self,
        folder: &Path,
        now: DateTime<Utc>,
        rotation: Rotation,
        progress: impl FnMut(Progress),
    ) -> Result<BackupFile> {
        let _ = (&self.path, &self.key, folder, now, rotation, progress);
        todo!()
    }

    /// Writes a copy sealed under a passphrase, which any machine can import. Blocks; run it on a thread of
    /// its own. Refuses to overwrite.
    pub fn export(&self, to: &Path, passphrase: &str, progress: impl FnMut(Progress)) -> Result<()> {
        let _ = (to, passphrase, progress);
        todo!()
    }
}

impl Store {
    /// A handle that makes backups from another thread.
    pub fn backup_job(&self) -> BackupJob {
        todo!()
    }
    /// The backups in `folder`, newest first. A missing folder holds none.
    pub fn backups(folder: &Path) -> Result<Vec<BackupFile>> {
        let _ = folder;
        todo!()
    }
    /// Puts a verified copy of `backup` at `into`; what was there is moved aside (the path is returned).
    /// The store at `into` must be closed.
    pub fn restore(backup: &Path, into: &Path, key: &Key, now: DateTime<Utc>) -> Result<Option<PathBuf>> {
        let _ = (backup, into, key, now);
        todo!()
    }
    /// Puts a sealed export at `into`, encrypted with `key`; what was there is moved aside (the path is
    /// returned). The store at `into` must be closed.
    pub fn import(
        export: &Path,
        passphrase: &str,
        into: &Path,
        key: &Key,
        now: DateTime<Utc>,
    ) -> Result<Option<PathBuf>> {
        let _ = (export, passphrase, into, key, now);
        todo!()
    }
}
