//! One connection: pragmas, migrations, and SQLite's errors turned into ours.

use crate::{Key, Result, StoreError};
use rusqlite::types::FromSql;
use rusqlite::{Connection, ErrorCode, OpenFlags, Params, Row};
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;
use zeroize::Zeroizing;

/// Every migration, in order; `user_version` counts how many a file has had. Frozen once released.
const MIGRATIONS: &[&str] =
    &[include_str!("../migrations/0001_first.sql"), include_str!("../migrations/0002_corrections.sql")];

/// Marks our files ("Lanh" in ASCII).
const APPLICATION_ID: i32 = 0x4C61_6E68;

/// How long to wait for a backup's read lock.
const BUSY: Duration = Duration::from_secs(5);

/// SQLCipher would print every page that does not authenticate to stderr; the error says it once.
const QUIET: &str = "PRAGMA cipher_log_level = NONE; PRAGMA trusted_schema = OFF;";

/// What stands around the key in the statement that unlocks a file.
const BEFORE: &str = "PRAGMA key = \"";
const BEHIND: &str = "\";";

/// What unlocks a file: the raw key, and the salt where it is ours to choose.
pub(crate) struct Cipher {
    pragma: Zeroizing<String>,
}

impl Cipher {
    pub(crate) fn new(key: &Key) -> Self {
        Self::hex(key.expose())
    }

    /// `salted` is the key followed by the 16 bytes that the file starts with.
    pub(crate) fn salted(salted: &[u8; 48]) -> Self {
        Self::hex(salted)
    }

    /// The key as `x'...'`.
    fn literal(&self) -> &str {
        self.pragma.strip_prefix(BEFORE).and_then(|text| text.strip_suffix(BEHIND)).unwrap_or_default()
    }

    fn hex(bytes: &[u8]) -> Self {
        let mut pragma = Zeroizing::new(String::with_capacity(2 * bytes.len() + 32));
        pragma.push_str(BEFORE);
        pragma.push_str("x'");
        data_encoding::HEXLOWER.encode_append(bytes, &mut pragma);
        pragma.push('\'');
        pragma.push_str(BEHIND);
        Self { pragma }
    }
}

#[derive(Debug)]
pub(crate) struct Db {
    conn: Connection,
    path: PathBuf,
}

impl Db {
    /// Opens an existing file for work and brings its schema up to date.
    pub(crate) fn open(path: &Path, cipher: &Cipher) -> Result<Self> {
        let db = Self::unlock(path, cipher, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        db.known_schema()?;
        db.prepare_for_work()?;
        db.migrate()?;
        Ok(db)
    }

    /// Opens an existing file to read from it only.
    pub(crate) fn open_to_read(path: &Path, cipher: &Cipher) -> Result<Self> {
        let db = Self::unlock(path, cipher, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        db.batch("PRAGMA query_only = ON;")?;
        db.known_schema()?;
        Ok(db)
    }

    /// Makes a new, empty, private file; one that is there is replaced.
    pub(crate) fn create(path: &Path, cipher: &Cipher) -> Result<Self> {
        remove_if_there(path)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map_err(|source| file_error(path, source))?;
        Self::connect(path, cipher, OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    /// An empty database in memory without tables; errors name `path`.
    pub(crate) fn in_memory(path: &Path) -> Result<Self> {
        let conn = Connection::open_in_memory().map_err(|error| translate(path, error))?;
        let db = Self { conn, path: path.to_owned() };
        db.conn.set_prepared_statement_cache_capacity(64);
        db.batch(QUIET)?;
        Ok(db)
    }

    /// Attaches another file under a name; `mode` is `ro` or `rw`.
    pub(crate) fn attach(&self, name: &str, path: &Path, mode: &str, cipher: &Cipher) -> Result<()> {
        let text = path.to_str().ok_or_else(|| StoreError::Invalid {
            what: "a path",
            why: format!("{} is not UTF-8", path.display()),
        })?;
        let escaped = text.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        let uri = format!("file:{escaped}?mode={mode}");
        let statement = format!("ATTACH DATABASE ?1 AS {name} KEY ?2");
        self.conn.execute(&statement, [&uri, cipher.literal()]).map_err(|error| {
            match error.sqlite_error_code() {
                Some(ErrorCode::NotADatabase) => StoreError::WrongKey { path: path.to_owned() },
                _ => translate(path, error),
            }
        })?;
        Ok(())
    }

    fn connect(path: &Path, cipher: &Cipher, flags: OpenFlags) -> Result<Self> {
        let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(|error| translate(path, error))?;
        let db = Self { conn, path: path.to_owned() };
        db.conn.busy_timeout(BUSY).map_err(|error| db.fail(error))?;
        db.conn.set_prepared_statement_cache_capacity(64);
        db.batch(&cipher.pragma)?;
        db.batch(QUIET)?;
        Ok(db)
    }

    fn unlock(path: &Path, cipher: &Cipher, flags: OpenFlags) -> Result<Self> {
        let length = std::fs::metadata(path).map_err(|source| file_error(path, source))?.len();
        if length == 0 {
            // SQLite would take an empty file for a new database.
            return Err(StoreError::Damaged { path: path.to_owned(), what: "the file is empty".into() });
        }
        let db = Self::connect(path, cipher, flags)?;
        match db.conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0)) {
            Ok(0) => Err(db.damaged("it holds no tables")),
            Ok(_) => Ok(db),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
                Err(StoreError::WrongKey { path: path.to_owned() })
            }
            Err(error) => Err(db.fail(error)),
        }
    }

    fn known_schema(&self) -> Result<usize> {
        let found = self.schema()?;
        let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
        if found > known {
            return Err(StoreError::NewerSchema { found, known });
        }
        Ok(usize::try_from(found).unwrap_or(usize::MAX))
    }

    fn schema(&self) -> Result<u32> {
        self.one("PRAGMA user_version", [], |row| column(row, 0))
    }

    /// WAL lets a backup read while we write. `synchronous = FULL` syncs the WAL at every commit: what a
    /// guardian was told is done survives a power cut; NORMAL could lose the last commits. Deleted rows are
    /// overwritten, so that what retention removes is gone also for whoever has the key.
    pub(crate) fn prepare_for_work(&self) -> Result<()> {
        let mode: String = self.one("PRAGMA journal_mode = WAL", [], |row| column(row, 0))?;
        if mode != "wal" {
            return Err(StoreError::ReadOnly { path: self.path.clone() });
        }
        self.batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;")
    }

    /// Brings the schema up to date: each migration with its version in one transaction.
    pub(crate) fn migrate(&self) -> Result<()> {
        self.migrate_to(u32::MAX)
    }

    /// The same, up to some version.
    pub(crate) fn migrate_to(&self, version: u32) -> Result<()> {
        let done = self.known_schema()?;
        let wanted = usize::try_from(version).unwrap_or(usize::MAX);
        for (index, migration) in MIGRATIONS.iter().enumerate().take(wanted).skip(done) {
            let version = index + 1;
            let script = format!(
                "BEGIN IMMEDIATE;\n{migration}\nPRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = {version};\nCOMMIT;"
            );
            if let Err(error) = self.batch(&script) {
                if !self.conn.is_autocommit() {
                    self.batch("ROLLBACK")?;
                }
                return Err(error);
            }
        }
        Ok(())
    }

    /// Authenticates every page and checks structure and references.
    pub(crate) fn check(&self) -> Result<()> {
        // What is in memory only has no pages on a disk.
        let on_disk = self.conn.path().is_some_and(|path| !path.is_empty());
        let sql = if on_disk { "PRAGMA cipher_integrity_check" } else { "SELECT '' WHERE false" };
        let pages: Vec<String> = self.rows(sql, [], |row| column(row, 0))?;
        if let Some(first) = pages.first() {
            return Err(self.damaged(first));
        }
        let found: String = self.one("PRAGMA quick_check(1)", [], |row| column(row, 0))?;
        if found != "ok" {
            return Err(self.damaged(&found));
        }
        let orphans: Vec<String> = self.rows("PRAGMA foreign_key_check", [], |row| column(row, 0))?;
        match orphans.first() {
            Some(table) => Err(self.damaged(&format!("a row of {table} refers to nothing"))),
            None => Ok(()),
        }
    }

    pub(crate) fn conn(&self) -> &Connection {
        &self.conn
    }

    pub(crate) fn conn_mut(&mut self) -> &mut Connection {
        &mut self.conn
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn damaged(&self, what: &str) -> StoreError {
        StoreError::Damaged { path: self.path.clone(), what: what.to_owned() }
    }

    pub(crate) fn fail(&self, error: rusqlite::Error) -> StoreError {
        translate(&self.path, error)
    }

    pub(crate) fn batch(&self, sql: &str) -> Result<()> {
        self.conn.execute_batch(sql).map_err(|error| self.fail(error))
    }

    /// Runs one statement; returns how many rows it changed.
    pub(crate) fn execute(&self, sql: &str, params: impl Params) -> Result<u64> {
        let changed = self
            .conn
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(params))
            .map_err(|error| self.fail(error))?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    /// Inserts a row; returns its number.
    pub(crate) fn insert(&self, sql: &str, params: impl Params) -> Result<u64> {
        self.execute(sql, params)?;
        unsigned("row number", self.conn.last_insert_rowid())
    }

    pub(crate) fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.conn.prepare_cached(sql).map_err(|error| self.fail(error))?;
        let mut rows = statement.query(params).map_err(|error| self.fail(error))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(|error| self.fail(error))? {
            found.push(read(row)?);
        }
        Ok(found)
    }

    pub(crate) fn maybe<T>(
        &self,
        sql: &str,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut statement = self.conn.prepare_cached(sql).map_err(|error| self.fail(error))?;
        let mut rows = statement.query(params).map_err(|error| self.fail(error))?;
        match rows.next().map_err(|error| self.fail(error))? {
            Some(row) => read(row).map(Some),
            None => Ok(None),
        }
    }

    pub(crate) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.maybe(sql, params, read)?.ok_or_else(|| self.damaged("a row that must be there is missing"))
    }
}

/// A column's value.
pub(crate) fn column<T: FromSql>(row: &Row<'_>, index: usize) -> Result<T> {
    row.get(index).map_err(|error| unreadable("a column", error))
}

/// SQLite's integers are signed, our numbers are not.
pub(crate) fn unsigned(what: &'static str, number: i64) -> Result<u64> {
    u64::try_from(number).map_err(|error| unreadable(what, error))
}

pub(crate) fn signed(what: &'static str, number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|error| StoreError::Invalid { what, why: error.to_string() })
}

pub(crate) fn unreadable(what: &'static str, why: impl ToString) -> StoreError {
    StoreError::Unreadable { what, why: why.to_string() }
}

pub(crate) fn file_error(path: &Path, source: std::io::Error) -> StoreError {
    use std::io::ErrorKind;
    let path = path.to_owned();
    match source.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly { path },
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full,
        _ => StoreError::File { path, source },
    }
}

pub(crate) fn remove_if_there(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(file_error(path, source)),
        _ => Ok(()),
    }
}

fn translate(path: &Path, error: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Damaged { path, what: error.to_string() }
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            StoreError::ReadOnly { path }
        }
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::SystemIoFailure)
            if error.sqlite_error().is_some_and(|cause| {
                // The shared-memory file of the WAL could not grow.
                cause.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE
            }) =>
        {
            StoreError::Full
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked { path },
        _ => StoreError::Sqlite(error),
    }
}

#[cfg(test)]
mod tests {
    use super::MIGRATIONS;
    use sha2::{Digest, Sha256};

    #[test]
    fn released_migrations_never_change() {
        let hashes: Vec<String> = MIGRATIONS
            .iter()
            .map(|script| data_encoding::HEXLOWER.encode(&Sha256::digest(script.as_bytes())))
            .collect();
        assert_eq!(
            hashes,
            [
                "e454649b4b763d983dd56abb8a039492e9ebab588451753ee745e95fb38b7a97",
                "5d61c74c2700ba39ce2241c5f6c8ba3848e6090a6be07b396aeec1677a7422a5",
            ],
            "a released migration is frozen: undo the edit and write the next file"
        );
    }
}
