//! The key of the database, kept by the operating system.

use crate::privilege::Privilege;
use std::fmt;
use std::path::{Path, PathBuf};
use thiserror::Error;
use zeroize::Zeroizing;

/// 32 random bytes that open the database; wiped from memory when dropped.
#[derive(Clone)]
pub struct DatabaseKey(Zeroizing<[u8; 32]>);

impl DatabaseKey {
    pub(crate) fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DatabaseKey")
    }
}

/// Where a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecretPlace {
    /// Sealed by systemd-creds, with the TPM or the host's key.
    SystemdCreds,
    /// In the user's Secret Service.
    Keyring,
    /// In a file that only its owner can read.
    File,
}

impl SecretPlace {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::SystemdCreds => "systemd-creds",
            Self::Keyring => "keyring",
            Self::File => "file",
        }
    }
}

/// Why there is no key. In every case no new key was made and nothing was erased.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The marker tells of a key that the place does not give.
    #[error(
        "the database key is kept in {place} ({marker} says so) but cannot be had: {reason}; unlock or repair that store, or restore a backup with its recovery key"
    )]
    Unreachable {
        /// Where it is kept.
        place: &'static str,
        /// The file that says so.
        marker: PathBuf,
        /// What the place said.
        reason: String,
    },
    /// A database exists, but nothing tells where its key is.
    #[error(
        "a database exists but {marker} does not, so its key is unknown; restore the folder {folder} from a backup, or move the database away to start anew"
    )]
    NoMarker {
        /// The file that should say where.
        marker: PathBuf,
        /// The folder that it should be in.
        folder: PathBuf,
    },
    /// A file that others could read or have written.
    #[error(
        "{path} is not safe ({problem}); it must be a plain file of uid {uid} with mode 600 in a folder that nobody else can write"
    )]
    Unsafe {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// Who must own it.
        uid: u32,
    },
    /// The stored key is not 32 bytes.
    #[error("the key in {0} is damaged; restore a backup with its recovery key")]
    Damaged(&'static str),
    /// The system refused.
    #[error("cannot {action}: {source}")]
    System {
        /// What was tried.
        action: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not on this operating system.
    #[error("keeping a key is not supported on this operating system")]
    Unsupported,
}

/// The place of the database key.
#[derive(Clone, Debug)]
pub struct SecretStore {
    privilege: Privilege,
    state_dir: PathBuf,
}

impl SecretStore {
    pub(crate) fn new(privilege: Privilege, state_dir: &Path) -> Self {
        Self { privilege, state_dir: state_dir.to_owned() }
    }

    /// The key of the database. A new key is made only if `database_exists` is false and no key was ever
    /// kept here. Blocks for up to some seconds: call it before the event loop or on a blocking thread.
    pub fn load_or_create(&self, database_exists: bool) -> Result<(DatabaseKey, SecretPlace), SecretError> {
        crate::imp::secret::load_or_create(self.privilege, &self.state_dir, database_exists)
    }

    /// A second key, in a file that only its owner can read: for what must be readable on the day on which
    /// the key of the database is gone. Made when it is asked for first.
    pub fn spare_key(&self) -> Result<DatabaseKey, SecretError> {
        crate::imp::secret::spare_key(&self.state_dir)
    }
}
