//! What holds, in a small file beside the database: the limits are kept by it when the database cannot be
//! opened.
//!
//! The file is an encrypted database of the same schema with the rows that enforcement needs: the family
//! and its rules, open grants, corrections, and the use of the last days. Rows go from one to the other by SQL alone.

use crate::audit::{Actor, AuditKind};
use crate::db::{Cipher, Db, column, remove_if_there};
use crate::record::{read_time, write_time};
use crate::secret::random;
use crate::store::{beside, exists, make_folder, rename, sync_folder};
use crate::{Key, Result, Store, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use std::path::{Path, PathBuf};

/// Where the last known state is kept, and under which key.
#[derive(Clone, Debug)]
pub struct LastKnown {
    path: PathBuf,
    key: Key,
    names: bool,
}

/// What came of [`Store::adopt`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adopted {
    /// As of when the copy was.
    pub kept_at: DateTime<Utc>,
    /// How many intervals of use the database did not have.
    pub intervals: u64,
}

/// What enforcement must see of the past: a week of budgets, and a day for zones.
const PAST: TimeDelta = TimeDelta::days(8);

/// Under which name the copy keeps its time, in nanoseconds.
const KEPT_AT: &str = "kept-at";

/// Under which name a stand-in says what it is.
const STAND_IN: &str = "stand-in";

/// Numbers that a stand-in leaves free: the database may have used some since the copy was made.
const GAP: i64 = 1_000_000;

/// Intervals that may have grown since the copy was made last: far more than are open at a time.
const GROWING: i64 = 1_000;

/// Tables that are no part of what is enforced.
const LEFT_OUT: &str = "('audit', 'audit_anchor', 'revision')";

impl LastKnown {
    /// A copy at `path`, under `key`. Without `names` it holds no child's name, no words of a request and no
    /// guardian secret: for a key that is kept less well than the database's.
    pub fn new(path: impl Into<PathBuf>, key: Key, names: bool) -> Self {
        Self { path: path.into(), key, names }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes a file without rows.
    fn create(&self) -> Result<()> {
        if let Some(folder) = self.path.parent() {
            make_folder(folder)?;
        }
        let fresh = beside(&self.path, ".new");
        let db = Db::create(&fresh, &Cipher::new(&self.key))?;
        db.migrate()?;
        drop(db);
        remove_if_there(&beside(&self.path, "-journal"))?;
        rename(&fresh, &self.path)?;
        sync_folder(&self.path)
    }

    /// Attaches the file as `copy`. One that is to be read only is opened for writing all the same where a
    /// write was cut off, and has to be taken back first.
    fn attach(&self, db: &Db, mode: &str) -> Result<()> {
        let cipher = Cipher::new(&self.key);
        let torn = mode == "ro" && exists(&beside(&self.path, "-journal"))?;
        match db.attach("copy", &self.path, if torn { "rw" } else { mode }, &cipher) {
            Err(StoreError::ReadOnly { .. }) if torn => db.attach("copy", &self.path, "ro", &cipher),
            attached => attached,
        }
    }

    /// Runs `work` with the file attached as `copy`.
    fn attached<T>(&self, db: &Db, mode: &str, work: impl FnOnce(u32) -> Result<T>) -> Result<T> {
        self.attach(db, mode)?;
        let done = db
            .one("PRAGMA copy.user_version", [], |row| column::<u32>(row, 0))
            .map_err(|error| self.own(error))
            .and_then(work);
        let detached = db.batch("DETACH copy");
        done.and_then(|value| detached.map(|()| value))
    }

    /// Errors of the file name the file.
    fn own(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::Damaged { what, .. } => StoreError::Damaged { path: self.path.clone(), what },
            other => other,
        }
    }

    /// Authenticates every page, checks the structure, and tells as of when the copy is.
    fn check(&self, db: &Db) -> Result<DateTime<Utc>> {
        let wrong = |what: String| StoreError::Damaged { path: self.path.clone(), what };
        let pages: Vec<String> = db.rows("PRAGMA copy.cipher_integrity_check", [], |row| column(row, 0))?;
        if let Some(first) = pages.into_iter().next() {
            return Err(wrong(first));
        }
        let found: String = db.one("PRAGMA copy.quick_check(1)", [], |row| column(row, 0))?;
        if found != "ok" {
            return Err(wrong(found));
        }
        db.maybe("SELECT value FROM copy.meta WHERE name = ?1", [KEPT_AT], |row| column(row, 0))?
            .map(read_time)
            .ok_or_else(|| wrong("it was never finished".to_owned()))
    }
}

impl Store {
    /// Brings the copy up to date; what it had is replaced as a whole or not at all. `anew` leaves nothing
    /// of the old copy: for after a pruning.
    ///
    /// # Errors
    /// Those of both files; then the copy is as it was. A damaged copy is made anew.
    pub fn keep_last_known(&mut self, copy: &LastKnown, now: DateTime<Utc>, anew: bool) -> Result<()> {
        if !exists(&copy.path)? {
            copy.create()?;
        }
        match self.copy_to(copy, now, anew) {
            Err(
                StoreError::Damaged { .. } | StoreError::WrongKey { .. } | StoreError::NewerSchema { .. },
            ) => {
                copy.create()?;
                self.copy_to(copy, now, true)
            }
            done => done,
        }
    }

    fn copy_to(&mut self, copy: &LastKnown, now: DateTime<Utc>, anew: bool) -> Result<()> {
        let own: u32 = self.db.one("PRAGMA user_version", [], |row| column(row, 0))?;
        let since = write_time("the start of the copy", now.checked_sub_signed(PAST).unwrap_or(now))?;
        let at = write_time("now", now)?;
        let db = &self.db;
        copy.attached(db, "rw", |schema| {
            if schema != own {
                return Err(StoreError::NewerSchema { found: schema, known: own });
            }
            let tables = tables(db, "main")?;
            // Rows are put as they are, in any order; what they refer to comes with them.
            db.batch("PRAGMA copy.secure_delete = ON; PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE")?;
            let work = || -> Result<()> {
                for table in &tables {
                    match table.as_str() {
                        "ledger" => {
                            let old = if anew { i64::MAX } else { since };
                            db.execute("DELETE FROM copy.ledger WHERE stop <= ?1", [old])?;
                            db.execute(
                                "INSERT OR REPLACE INTO copy.ledger SELECT * FROM main.ledger WHERE stop > ?1
                                 AND id >= (SELECT coalesce(max(id), 0) FROM copy.ledger) - ?2",
                                [since, GROWING],
                            )?;
                            db.batch(
                                "DELETE FROM copy.ledger WHERE child NOT IN (SELECT id FROM main.child)",
                            )?;
                        }
                        "given" => refill(db, table, &format!("WHERE stop > {since}"))?,
                        "request" | "dispute" if copy.names => {
                            refill(db, table, &format!("WHERE at > {since}"))?;
                        }
                        "request" | "dispute" => {}
                        "app" => {
                            refill(db, table, "WHERE set_category IS NOT NULL OR set_rating IS NOT NULL")?;
                        }
                        table => refill(db, table, "")?,
                    }
                }
                refill(db, "sqlite_sequence", "")?;
                if !copy.names {
                    // Its place is taken by one that nobody knows: a copy is never without a guardian.
                    let mut nobody = [[0; 32]; 2];
                    nobody.iter_mut().try_for_each(|bytes| random(bytes))?;
                    let [hash, code] = nobody;
                    db.execute("UPDATE copy.secret SET hash = ?1, recovery = ?2", [hash, code])?;
                    db.batch("UPDATE copy.child SET name = 'child ' || id")?;
                }
                db.execute(
                    "INSERT OR REPLACE INTO copy.meta (name, value) VALUES (?1, ?2)",
                    rusqlite::params![KEPT_AT, at],
                )?;
                db.batch("COMMIT")
            };
            let done = work();
            if done.is_err() && !db.conn().is_autocommit() {
                db.batch("ROLLBACK")?;
            }
            db.batch("PRAGMA foreign_keys = ON")?;
            done
        })
        .map_err(|error| copy.own(error))
    }

    /// A store in memory that goes on from the copy, for as long as the database at `database` cannot be
    /// opened. It is lost with the process, but for what [`Store::keep_last_known`] keeps of it.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::WrongKey`]; [`StoreError::NewerSchema`].
    pub fn stand_in(copy: &LastKnown, database: &Path) -> Result<(Self, DateTime<Utc>)> {
        if !exists(&copy.path)? {
            let source = std::io::ErrorKind::NotFound.into();
            return Err(StoreError::File { path: copy.path.clone(), source });
        }
        let db = Db::in_memory(database)?;
        let kept_at = copy
            .attached(&db, "ro", |schema| {
                let kept_at = copy.check(&db)?;
                db.migrate_to(schema)?;
                db.batch("BEGIN")?;
                for table in tables(&db, "copy")? {
                    db.batch(&format!("INSERT OR REPLACE INTO main.{table} SELECT * FROM copy.{table}"))?;
                }
                db.batch(
                    "DELETE FROM main.sqlite_sequence;
                     INSERT INTO main.sqlite_sequence SELECT * FROM copy.sqlite_sequence;",
                )?;
                db.execute("UPDATE main.sqlite_sequence SET seq = seq + ?1", [GAP])?;
                db.batch("COMMIT")?;
                Ok(kept_at)
            })
            .map_err(|error| copy.own(error))?;
        db.migrate()?;
        db.batch("PRAGMA foreign_keys = ON")?;
        let store = Self { db, key: copy.key.clone(), _lock: None };
        let next = store.next_interval()?.0.saturating_add(GAP.unsigned_abs());
        store.set_next_interval(next)?;
        store.set_meta(STAND_IN, &1)?;
        Ok((store, kept_at))
    }

    /// Whether the copy was kept by a stand-in: then it knows what the database does not.
    ///
    /// # Errors
    /// Those of the file.
    pub fn is_ahead(&self, copy: &LastKnown) -> Result<bool> {
        if !exists(&copy.path)? {
            return Ok(false);
        }
        copy.attached(&self.db, "ro", |_| {
            copy.check(&self.db)?;
            self.db
                .maybe("SELECT 1 FROM copy.meta WHERE name = ?1", [STAND_IN], |_| Ok(()))
                .map(|found| found.is_some())
        })
        .map_err(|error| copy.own(error))
    }

    /// Takes over what the copy knows and this database does not: the use of the last days, grants, and, with
    /// `policy`, the family with its rules, settings and secret as they are in the copy, and the floor of time.
    ///
    /// # Errors
    /// Those of the copy, and [`StoreError::NewerSchema`] for one of another schema; then nothing was changed.
    pub fn adopt(&mut self, copy: &LastKnown, now: DateTime<Utc>, policy: bool) -> Result<Adopted> {
        let own: u32 = self.db.one("PRAGMA user_version", [], |row| column(row, 0))?;
        let (onward, policy) = (policy, policy && copy.names);
        copy.attach(&self.db, "ro")?;
        let done =
            self.db.one("PRAGMA copy.user_version", [], |row| column(row, 0)).and_then(|found: u32| {
                if found != own {
                    return Err(StoreError::NewerSchema { found, known: own });
                }
                let kept_at = copy.check(&self.db)?;
                self.atomic(|store| {
                    if policy {
                        store.adopt_policy()?;
                    }
                    let intervals = store.adopt_use()?;
                    let floor =
                        store.db.maybe("SELECT value FROM copy.meta WHERE name = 'floor'", [], |row| {
                            column(row, 0).map(read_time)
                        })?;
                    // A guardian may restore an older state to bring trusted time back.
                    if let Some(floor) = floor.filter(|_| onward) {
                        store.keep_floor(floor)?;
                    }
                    let what = if policy { "rules and use" } else { "use" };
                    let detail = format!("{what} as of {kept_at} were taken over: {intervals} intervals");
                    store.audit(now, AuditKind::BACKUP, &Actor::Service, None, &detail)?;
                    Ok(Adopted { kept_at, intervals })
                })
            });
        let detached = self.db.batch("DETACH copy");
        done.and_then(|adopted| detached.map(|()| adopted)).map_err(|error| copy.own(error))
    }

    fn adopt_policy(&self) -> Result<()> {
        let db = &self.db;
        db.batch(
            "DELETE FROM main.child WHERE id NOT IN (SELECT id FROM copy.child);
             DELETE FROM main.account; DELETE FROM main.rule; DELETE FROM main.secret;",
        )?;
        upsert(db, "child", "")?;
        for table in tables(db, "copy")? {
            match table.as_str() {
                "child" | "ledger" | "given" | "request" | "dispute" | "correction" | "correction_line" => {}
                "meta" => upsert(db, "meta", "WHERE name = 'family'")?,
                table => upsert(db, table, "")?,
            }
        }
        Ok(())
    }

    fn adopt_use(&self) -> Result<u64> {
        let db = &self.db;
        for table in ["given", "request", "dispute", "correction", "correction_line"] {
            db.batch(&format!(
                "INSERT OR IGNORE INTO main.{table} SELECT * FROM copy.{table}
                 WHERE child IN (SELECT id FROM main.child)"
            ))?;
        }
        db.batch(
            "UPDATE main.given SET revoked_by = kept.revoked_by, revoked_at = kept.revoked_at
                  FROM copy.given AS kept WHERE kept.id = given.id AND kept.revoked_at IS NOT NULL",
        )?;
        let columns = columns(db, "ledger")?;
        db.execute(
            &format!(
                "INSERT INTO main.ledger SELECT * FROM copy.ledger
                 WHERE child IN (SELECT id FROM main.child)
                 ON CONFLICT (id) DO UPDATE SET {} WHERE child = excluded.child AND used < excluded.used",
                assignments(&columns)
            ),
            [],
        )
    }
}

/// The tables that both files have, parents first.
fn tables(db: &Db, schema: &str) -> Result<Vec<String>> {
    db.rows(
        &format!(
            "SELECT name FROM {schema}.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'
             AND name NOT IN {LEFT_OUT} ORDER BY name <> 'child', name"
        ),
        [],
        |row| column(row, 0),
    )
}

fn columns(db: &Db, table: &str) -> Result<Vec<String>> {
    db.rows("SELECT name FROM pragma_table_info(?1, 'main')", [table], |row| column(row, 0))
}

fn assignments(columns: &[String]) -> String {
    let each: Vec<String> = columns.iter().map(|name| format!("{name} = excluded.{name}")).collect();
    each.join(", ")
}

/// Replaces what the copy has of a table.
fn refill(db: &Db, table: &str, filter: &str) -> Result<()> {
    db.batch(&format!(
        "DELETE FROM copy.{table}; INSERT INTO copy.{table} SELECT * FROM main.{table} {filter};"
    ))
}

/// Puts the copy's rows into the database, in place of those with the same key.
fn upsert(db: &Db, table: &str, filter: &str) -> Result<()> {
    let filter = if filter.is_empty() { "WHERE true" } else { filter };
    db.batch(&format!(
        "INSERT INTO main.{table} SELECT * FROM copy.{table} {filter} ON CONFLICT DO UPDATE SET {}",
        assignments(&columns(db, table)?)
    ))
}
