//! Opening the file.

use crate::audit::{Actor, AuditKind};
use crate::backup::{self, Opened, Recovered};
use crate::db::{Cipher, Db, file_error};
use crate::{Key, Result, StoreError};
use chrono::{DateTime, Utc};
use std::ffi::OsString;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long to wait for the lock: a process that was just forked keeps what its parent had open until it
/// becomes another program.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// The open database. One thread owns it; see [`Writer`](crate::Writer).
#[derive(Debug)]
pub struct Store {
    pub(crate) db: Db,
    pub(crate) key: Key,
    /// Held as long as the store is open; `None`: there is no file.
    pub(crate) _lock: Option<File>,
}

impl Store {
    /// Opens the database, or creates it (folder 0700, file 0600) where there is none, and migrates an
    /// older one. Takes `<path>.lock`, so that two services never share a file. Reads a few pages only;
    /// [`Store::verify`] reads all.
    ///
    /// # Errors
    /// Whatever is wrong with the file; a damaged one is left as it is.
    pub fn open(path: &Path, key: &Key) -> Result<Self> {
        let lock = lock(path)?;
        let db = open_or_create(path, key)?;
        Ok(Self { db, key: key.clone(), _lock: Some(lock) })
    }

    /// [`Store::open`] and [`Store::verify`]; where the file is damaged or gone, the newest good backup
    /// takes its place. The damaged file is moved aside to `<name>.damaged-<time>`, never deleted; the
    /// recovery is audited.
    ///
    /// A first page that does not open may mean damage or another key: the backups decide. If one of them
    /// opens with `key`, the key is right and the file is damaged.
    ///
    /// # Errors
    /// Those of `open`; without a good backup the file is left as it is, and a missing file is not replaced
    /// by an empty one while there are backups.
    pub fn open_or_recover(path: &Path, key: &Key, backups: &Path, now: DateTime<Utc>) -> Result<Opened> {
        let lock = lock(path)?;
        let there = exists(path)?;
        let candidates = Self::backups(backups)?;
        let trouble = if there || candidates.is_empty() {
            match open_or_create(path, key).and_then(|db| db.check().map(|()| db)) {
                Ok(db) => {
                    let store = Self { db, key: key.clone(), _lock: Some(lock) };
                    return Ok(Opened { store, recovered: None });
                }
                Err(error @ (StoreError::Damaged { .. } | StoreError::WrongKey { .. })) => error,
                Err(error) => return Err(error),
            }
        } else {
            StoreError::Damaged { path: path.to_owned(), what: "the file is gone".into() }
        };
        for candidate in candidates {
            let cipher = Cipher::new(key);
            let aside = match backup::replace(&candidate.path, &cipher, path, key, now) {
                Ok(aside) => aside,
                Err(
                    StoreError::Damaged { .. } | StoreError::WrongKey { .. } | StoreError::NewerSchema { .. },
                ) => continue,
                Err(error) => return Err(error),
            };
            let db = Db::open(path, &cipher)?;
            let mut store = Self { db, key: key.clone(), _lock: Some(lock) };
            store.audit(
                now,
                AuditKind::BACKUP,
                &Actor::Service,
                None,
                &format!("{trouble}; recovered from the backup of {}", candidate.at),
            )?;
            return Ok(Opened { store, recovered: Some(Recovered { backup: candidate, aside }) });
        }
        Err(trouble)
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        self.db.path()
    }

    /// Reads everything: authenticates each page, checks structure and references. For the audit chain see
    /// [`Store::verify_audit`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with what was found first.
    pub fn verify(&self) -> Result<()> {
        self.db.check()
    }

    /// Runs several calls as one transaction: all or nothing. May be nested; an inner failure that the
    /// outer work survives undoes the inner work only.
    ///
    /// # Errors
    /// Those of `work`, and those of the commit.
    pub fn atomic<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outermost = self.db.conn().is_autocommit();
        let (begin, commit, undo) = if outermost {
            ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
        } else {
            ("SAVEPOINT inner", "RELEASE inner", "ROLLBACK TO inner; RELEASE inner")
        };
        self.db.batch(begin)?;
        let done = work(self).and_then(|value| self.db.batch(commit).map(|()| value));
        // SQLite may have rolled back by itself (a full disk): then there is nothing left to undo.
        if done.is_err() && !self.db.conn().is_autocommit() {
            self.db.batch(undo)?;
        }
        done
    }
}

/// Opens the file, or creates it under another name first: an empty file at `path` is always damage.
fn open_or_create(path: &Path, key: &Key) -> Result<Db> {
    let cipher = Cipher::new(key);
    if !exists(path)? {
        let fresh = beside(path, ".new");
        let db = Db::create(&fresh, &cipher)?;
        db.migrate()?;
        drop(db);
        // A write-ahead log without its database must not be replayed into the new one.
        for tail in ["-wal", "-shm"] {
            let stray = beside(path, tail);
            if exists(&stray)? {
                rename(&stray, &beside(path, &format!("{tail}.stray")))?;
            }
        }
        rename(&fresh, path)?;
        sync_folder(path)?;
    }
    Db::open(path, &cipher)
}

/// `path` with `tail` added to its name.
pub(crate) fn beside(path: &Path, tail: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(tail);
    PathBuf::from(name)
}

pub(crate) fn exists(path: &Path) -> Result<bool> {
    path.try_exists().map_err(|source| file_error(path, source))
}

pub(crate) fn rename(from: &Path, to: &Path) -> Result<()> {
    std::fs::rename(from, to).map_err(|source| file_error(from, source))
}

/// Makes a rename in the folder of `path` survive a power cut.
pub(crate) fn sync_folder(path: &Path) -> Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder).and_then(|open| open.sync_all()).map_err(|source| file_error(folder, source))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Makes the folder with its parents, for us alone. One that is there keeps its permissions.
pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| file_error(folder, source))
}

/// Takes the lock of the store at `path`.
pub(crate) fn lock(path: &Path) -> Result<File> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let name = beside(path, ".lock");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&name).map_err(|source| file_error(&name, source))?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if begun.elapsed() < LOCK_PATIENCE => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(file_error(&name, source)),
        }
    }
}
