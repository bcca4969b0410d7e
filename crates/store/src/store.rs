//! Opening the file.

use crate::backup::{Opened, Recovered};
use crate::{Key, Result};
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};

/// The open database. One thread owns it; see [`Writer`](crate::Writer).
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
}

impl Store {
    /// Opens the database, or creates it (folder 0700, file 0600) where there is none. Migrates an older
    /// one. Takes `<path>.lock` so that two services never share a file. Never erases a damaged file.
    pub fn open(path: &Path, key: &Key) -> Result<Self> {
        let _ = (path, key);
        todo!()
    }

    /// [`Store::open`], and where the file is damaged or gone, puts the newest good backup in its place.
    /// The damaged file is moved aside to `<name>.damaged-<time>`, never deleted; the recovery is audited.
    /// Without a good backup the error of `open` comes back and nothing is touched.
    pub fn open_or_recover(path: &Path, key: &Key, backups: &Path, now: DateTime<Utc>) -> Result<Opened> {
        let _ = (path, key, backups, now);
        todo!()
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads every page and index: authenticity, structure, foreign keys and the audit chain.
    pub fn verify(&self) -> Result<()> {
        todo!()
    }

    /// Runs several calls as one transaction: all or nothing. May be nested.
    pub fn atomic<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let _ = work;
        todo!()
    }
}
