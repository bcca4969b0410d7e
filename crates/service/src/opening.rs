//! From the files to a store: the database, or what took its place, or a stand-in.

use crate::StartError;
use chrono::{DateTime, Utc};
use lanh_platform::{DatabaseKey, Platform, SecretError, SecretPlace};
use lanh_protocol::Fact;
use lanh_store::{Key, LastKnown, Opened, Store, StoreError};
use std::path::{Path, PathBuf};

/// A backup that a guardian chose, and when.
pub(crate) type Restore = (PathBuf, DateTime<Utc>);

/// The store to work with.
pub(crate) struct Found {
    pub(crate) store: Store,
    /// Where its key is kept; `None`: nobody knows any more.
    pub(crate) key_place: Option<SecretPlace>,
    /// The copies of what is enforced, to be kept up to date.
    pub(crate) copies: Vec<LastKnown>,
    /// The database cannot be opened; the store is made of a copy.
    pub(crate) stand_in: Option<StandIn>,
}

/// What stands in for the database.
pub(crate) struct StandIn {
    /// Whether the cause may pass by itself: a disk that has room again, a key store that answers.
    pub(crate) may_pass: bool,
}

/// The database of a state folder.
pub(crate) fn database(state_dir: &Path) -> PathBuf {
    state_dir.join("lanh.db")
}

/// The backups of a state folder.
pub(crate) fn backups(state_dir: &Path) -> PathBuf {
    state_dir.join("backups")
}

/// Opens the database; where it is damaged the newest good backup takes its place; where it cannot be
/// opened at all, what was enforced last stands in. Tells in `troubles` what a guardian must know.
pub(crate) fn open(
    platform: &Platform,
    state_dir: &Path,
    restore: Option<Restore>,
    troubles: &mut Vec<Fact>,
) -> Result<Found, StartError> {
    let exists = has_data(state_dir);
    // Without names, under a key of its own: for the day on which the database's key is gone.
    let nameless = match platform.secret_store().spare_key() {
        Ok(spare) => Some(LastKnown::new(state_dir.join("last-limits.db"), key(&spare), false)),
        Err(error) => {
            tracing::warn!(%error, "the limits cannot be kept for the day on which the key is lost");
            None
        }
    };
    let (key, place) = match platform.secret_store().load_or_create(exists) {
        Ok((found, place)) => (key(&found), place),
        Err(error) if exists => {
            let copies: Vec<LastKnown> = nameless.into_iter().collect();
            let may_pass = matches!(error, SecretError::Unreachable { .. } | SecretError::System { .. });
            return stand_in(state_dir, copies, None, error.into(), may_pass, troubles);
        }
        Err(error) => return Err(error.into()),
    };
    let full = LastKnown::new(state_dir.join("last-known.db"), key.clone(), true);
    let copies: Vec<LastKnown> = std::iter::once(full).chain(nameless).collect();
    let restored = restore.is_some_and(|(backup, at)| {
        Store::restore(&backup, &database(state_dir), &key, at).map_or_else(
            |error| {
                tracing::error!(%error, "the backup could not be restored; going on with what was there");
                troubles.push(Fact::RestoreFailed { detail: error.to_string() });
                false
            },
            |_| {
                tracing::info!(backup = %backup.display(), "the backup is in force");
                true
            },
        )
    });
    let now = platform.clock().now().wall;
    match Store::open_or_recover(&database(state_dir), &key, &backups(state_dir), now) {
        Ok(Opened { mut store, recovered }) => {
            tracing::info!(?place, "the database is open");
            if let Some(recovered) = &recovered {
                let backup = recovered.backup.at;
                tracing::error!(%backup, "the database was damaged; the backup is in force");
                troubles.push(Fact::Recovered { backup });
            }
            let lost = if restored {
                Lost::Use
            } else if recovered.is_some() {
                Lost::Everything
            } else {
                Lost::Nothing
            };
            take_over(&mut store, &copies, lost, now, troubles);
            Ok(Found { store, key_place: Some(place), copies, stand_in: None })
        }
        // Not a fault: somebody else has it.
        Err(error @ StoreError::Locked { .. }) => Err(error.into()),
        Err(error) => {
            let may_pass = matches!(
                error,
                StoreError::Full | StoreError::ReadOnly { .. } | StoreError::File { .. } | StoreError::Busy
            );
            stand_in(state_dir, copies, Some(place), error.into(), may_pass, troubles)
        }
    }
}

/// Whether what kept the database from being opened has passed.
pub(crate) fn can_be_opened(platform: &Platform, state_dir: &Path) -> bool {
    let Ok((found, _)) = platform.secret_store().load_or_create(has_data(state_dir)) else { return false };
    let database = database(state_dir);
    database.exists() && Store::open(&database, &key(&found)).is_ok()
}

fn has_data(state_dir: &Path) -> bool {
    database(state_dir).exists() || Store::backups(&backups(state_dir)).is_ok_and(|found| !found.is_empty())
}

fn key(found: &DatabaseKey) -> Key {
    Key::from_bytes(*found.bytes())
}

/// What the database that is open now may lack.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lost {
    Nothing,
    /// A guardian chose an older state of the rules; the use since then is still owed.
    Use,
    Everything,
}

/// Takes from the copies what the database lacks, and what a stand-in saw while the database was away.
fn take_over(
    store: &mut Store,
    copies: &[LastKnown],
    lost: Lost,
    now: DateTime<Utc>,
    troubles: &mut Vec<Fact>,
) {
    for copy in copies.iter().filter(|copy| copy.path().exists()) {
        let taken = store.is_ahead(copy).and_then(|ahead| {
            let policy = lost == Lost::Everything || (ahead && lost == Lost::Nothing);
            let wanted = ahead || lost != Lost::Nothing;
            wanted.then(|| store.adopt(copy, now, policy)).transpose()
        });
        match taken {
            Ok(None) => {}
            Ok(Some(adopted)) => {
                tracing::warn!(copy = %copy.path().display(), ?adopted, "took over what the database lacked");
            }
            // The copy is made anew soon; without a loss nothing was needed from it.
            Err(error) if lost == Lost::Nothing => tracing::warn!(%error, "a copy cannot be read"),
            Err(error) => {
                tracing::error!(%error, "what was used since the backup could not be taken over");
                troubles.push(Fact::UseLost { detail: error.to_string() });
            }
        }
    }
}

fn stand_in(
    state_dir: &Path,
    copies: Vec<LastKnown>,
    key_place: Option<SecretPlace>,
    error: StartError,
    may_pass: bool,
    troubles: &mut Vec<Fact>,
) -> Result<Found, StartError> {
    for copy in &copies {
        match Store::stand_in(copy, &database(state_dir)) {
            Ok((store, kept_at)) => {
                tracing::error!(%error, %kept_at, "the database cannot be opened; the last known limits are kept");
                troubles.push(Fact::StandIn { as_of: kept_at, detail: error.to_string() });
                return Ok(Found { store, key_place, copies, stand_in: Some(StandIn { may_pass }) });
            }
            Err(copy) => tracing::error!(error = %copy, "the last known limits cannot be read"),
        }
    }
    Err(error)
}
