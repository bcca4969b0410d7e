//! Backups, recovery and the sealed export.

use crate::db::{Cipher, Db, column, file_error, remove_if_there};
use crate::secret::{derive_key, random};
use crate::store::{beside, exists, lock, make_folder, rename, sync_folder};
use crate::{Key, Result, Store, StoreError, Strength, WeakSecret, check_secret};
use chrono::{DateTime, Datelike, NaiveDateTime, Utc};
use rusqlite::backup::{Backup, StepResult};
use std::collections::BTreeSet;
use std::ffi::c_int;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

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

/// How many pages are copied between two calls of `progress` (1 MiB).
const STEP: c_int = 256;

/// The times in the names of backups.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

impl BackupJob {
    /// Copies the database into `folder` (made 0700) as `lanh-<UTC>.db`, encrypted with the same key;
    /// verifies the copy, audit chain included, before it gets its name; then rotates. Blocks; run it on a
    /// thread of its own.
    ///
    /// # Errors
    /// Those of the file and the folder; then there is no new backup and no old one was removed.
    pub fn run(
        &self,
        folder: &Path,
        now: DateTime<Utc>,
        rotation: Rotation,
        progress: impl FnMut(Progress),
    ) -> Result<BackupFile> {
        make_folder(folder)?;
        let cipher = Cipher::new(&self.key);
        let path = folder.join(format!("lanh-{}.db", now.format(STAMP)));
        let part = beside(&path, ".part");
        self.copy(&part, &cipher, progress)?;
        rename(&part, &path)?;
        sync_folder(&path)?;
        let backups = Store::backups(folder)?;
        for old in superseded(&backups, rotation) {
            remove_if_there(&old.path)?;
        }
        backups
            .into_iter()
            .find(|backup| backup.path == path)
            .ok_or(StoreError::Damaged { path, what: "the new backup vanished".into() })
    }

    /// Writes a copy sealed under a passphrase, which any machine can import. The passphrase is stretched by
    /// Argon2id with the salt that the file starts with. Blocks; run it on a thread of its own.
    ///
    /// # Errors
    /// [`StoreError::WeakSecret`] for a passphrase of less than 8 characters or that is too simple,
    /// [`StoreError::File`] when `to` exists.
    pub fn export(&self, to: &Path, passphrase: &str, progress: impl FnMut(Progress)) -> Result<()> {
        if check_secret(passphrase)? == Strength::Fair {
            // Nothing slows down guesses at a file.
            return Err(WeakSecret::TooShort.into());
        }
        if exists(to)? {
            return Err(file_error(to, std::io::ErrorKind::AlreadyExists.into()));
        }
        let mut salt = [0; 16];
        random(&mut salt)?;
        let part = beside(to, ".part");
        self.copy(&part, &sealing(passphrase, &salt)?, progress)?;
        rename(&part, to)?;
        sync_folder(to)
    }

    fn copy(&self, to: &Path, cipher: &Cipher, progress: impl FnMut(Progress)) -> Result<()> {
        let source = Db::open_to_read(&self.path, &Cipher::new(&self.key))?;
        let copied = copy(&source, to, cipher, progress);
        if copied.is_err() {
            remove_if_there(to)?;
        }
        copied
    }
}

impl Store {
    /// A handle that makes backups from another thread.
    pub fn backup_job(&self) -> BackupJob {
        BackupJob { path: self.path().to_owned(), key: self.key.clone() }
    }

    /// The backups in `folder`, newest first. A missing folder holds none; other files are passed over.
    ///
    /// # Errors
    /// [`StoreError::File`].
    pub fn backups(folder: &Path) -> Result<Vec<BackupFile>> {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(file_error(folder, error)),
        };
        let mut backups = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|source| file_error(folder, source))?;
            let path = entry.path();
            if let Some(at) = entry.file_name().to_str().and_then(stamp) {
                let bytes = entry.metadata().map_err(|source| file_error(&path, source))?.len();
                backups.push(BackupFile { path, at, bytes });
            }
        }
        backups.sort_by_key(|backup| std::cmp::Reverse(backup.at));
        Ok(backups)
    }

    /// Puts a verified copy of `backup` at `into`; what was there is moved aside, never deleted (its new path
    /// is returned). The store at `into` must be closed.
    ///
    /// # Errors
    /// [`StoreError::Locked`] while the store is open; those of the backup, and then `into` is untouched.
    pub fn restore(backup: &Path, into: &Path, key: &Key, now: DateTime<Utc>) -> Result<Option<PathBuf>> {
        let _lock = lock(into)?;
        replace(backup, &Cipher::new(key), into, key, now)
    }

    /// Puts a sealed export at `into`, encrypted with `key`; what was there is moved aside (its new path is
    /// returned). The store at `into` must be closed.
    ///
    /// # Errors
    /// [`StoreError::WrongPassphrase`], also for a file that is no export; [`StoreError::Locked`].
    pub fn import(
        export: &Path,
        passphrase: &str,
        into: &Path,
        key: &Key,
        now: DateTime<Utc>,
    ) -> Result<Option<PathBuf>> {
        let _lock = lock(into)?;
        let mut salt = [0; 16];
        File::open(export)
            .and_then(|mut file| file.read_exact(&mut salt))
            .map_err(|source| file_error(export, source))?;
        replace(export, &sealing(passphrase, &salt)?, into, key, now).map_err(|error| match error {
            StoreError::WrongKey { path } => StoreError::WrongPassphrase { path },
            other => other,
        })
    }
}

/// Copies `from` (unlocked by `cipher`) to `into` (under `key`); what was there is moved aside. The caller
/// holds the lock of `into`.
pub(crate) fn replace(
    from: &Path,
    cipher: &Cipher,
    into: &Path,
    key: &Key,
    now: DateTime<Utc>,
) -> Result<Option<PathBuf>> {
    let fresh = beside(into, ".restoring");
    let source = Db::open_to_read(from, cipher)?;
    if let Err(error) = copy(&source, &fresh, &Cipher::new(key), |_| ()) {
        remove_if_there(&fresh)?;
        return Err(error);
    }
    let aside = move_aside(into, now)?;
    rename(&fresh, into)?;
    sync_folder(into)?;
    Ok(aside)
}

/// Copies a database page by page as it is at this moment, and verifies the copy.
fn copy(source: &Db, to: &Path, cipher: &Cipher, mut progress: impl FnMut(Progress)) -> Result<()> {
    let mut copy = Db::create(to, cipher)?;
    // Held for the whole copy: the service goes on writing, but the copy sees none of it.
    source.batch("BEGIN")?;
    let audit = crate::audit::verify(source)?;
    {
        let pages = |count: c_int| u64::try_from(count).unwrap_or_default();
        let fail = |error| source.fail(error);
        let backup = Backup::new(source.conn(), copy.conn_mut()).map_err(fail)?;
        loop {
            let step = backup.step(STEP).map_err(fail)?;
            let at = backup.progress();
            progress(Progress { done: pages(at.pagecount - at.remaining), total: pages(at.pagecount) });
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                _ => return Err(StoreError::Locked { path: source.path().to_owned() }),
            }
        }
    }
    source.batch("COMMIT")?;
    // The copy inherits WAL mode; a backup is one file.
    copy.one("PRAGMA journal_mode = DELETE", [], |row| column::<String>(row, 0))?;
    copy.check()?;
    if crate::audit::verify(&copy)? != audit {
        return Err(copy.damaged("the audit chain of the copy differs"));
    }
    Ok(())
}

/// Gives the database at `path` and its write-ahead log other names. Returns the database's, if there was one.
fn move_aside(path: &Path, now: DateTime<Utc>) -> Result<Option<PathBuf>> {
    let tail = format!(".damaged-{}", now.format(STAMP));
    let free = (0_u32..)
        .map(|count| if count == 0 { tail.clone() } else { format!("{tail}-{count}") })
        .find(|tail| !beside(path, tail).exists())
        .unwrap_or(tail);
    let aside = beside(path, &free);
    let mut moved = None;
    if exists(path)? {
        rename(path, &aside)?;
        moved = Some(aside.clone());
    }
    // SQLite finds the log of a moved database only under the moved name.
    for log in ["-wal", "-shm"] {
        if exists(&beside(path, log))? {
            rename(&beside(path, log), &beside(&aside, log))?;
        }
    }
    Ok(moved)
}

fn sealing(passphrase: &str, salt: &[u8; 16]) -> Result<Cipher> {
    let key = derive_key(passphrase, salt)?;
    let mut salted = Zeroizing::new([0; 48]);
    let (front, back) = salted.split_at_mut(32);
    front.copy_from_slice(key.as_slice());
    back.copy_from_slice(salt);
    Ok(Cipher::salted(&salted))
}

/// The time in the name of a backup.
fn stamp(name: &str) -> Option<DateTime<Utc>> {
    let stamp = name.strip_prefix("lanh-")?.strip_suffix(".db")?;
    NaiveDateTime::parse_from_str(stamp, STAMP).ok().map(|time| time.and_utc())
}

/// The backups (newest first) that the rotation lets go. The newest always stays.
fn superseded(backups: &[BackupFile], rotation: Rotation) -> Vec<&BackupFile> {
    let mut days = BTreeSet::new();
    let mut weeks = BTreeSet::new();
    let mut old = Vec::new();
    for (index, backup) in backups.iter().enumerate() {
        let day = backup.at.date_naive();
        let week = (day.iso_week().year(), day.iso_week().week());
        let daily = days.len() < rotation.daily && days.insert(day);
        let weekly = weeks.len() < rotation.weekly && weeks.insert(week);
        if index > 0 && !daily && !weekly {
            old.push(backup);
        }
    }
    old
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotation_keeps_seven_days_and_four_weeks() {
        // Two a day over 60 days, the newest at noon of Tuesday 24 November 2026.
        let newest = stamp("lanh-20261124T120000Z.db").unwrap();
        let backups: Vec<BackupFile> = (0..120)
            .map(|half_day| {
                let at = newest - chrono::TimeDelta::hours(12 * half_day);
                BackupFile { path: PathBuf::from(at.to_string()), at, bytes: 0 }
            })
            .collect();
        let gone = superseded(&backups, Rotation::default());
        let kept: Vec<String> = backups
            .iter()
            .filter(|backup| !gone.contains(backup))
            .map(|backup| backup.at.format("%d.%m. %H").to_string())
            .collect();
        let days =
            ["24.11. 12", "23.11. 12", "22.11. 12", "21.11. 12", "20.11. 12", "19.11. 12", "18.11. 12"];
        // Of the newest four ISO weeks, two are among the days already.
        let weeks = ["15.11. 12", "08.11. 12"];
        assert_eq!(kept, [&days[..], &weeks[..]].concat());
    }

    #[test]
    fn only_our_names_are_backups() {
        assert_eq!(stamp("lanh-20261124T064800Z.db").unwrap().to_rfc3339(), "2026-11-24T06:48:00+00:00");
        for name in ["lanh-20261124T064800Z.db.part", "lanh.db", "lanh-99999999T999999Z.db", "lanh-.db"] {
            assert_eq!(stamp(name), None, "{name}");
        }
    }
}
