//! What can go wrong, in sentences that say what to do.

use crate::secret::WeakSecret;
use std::path::PathBuf;

/// Why the store cannot do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The key does not fit the file, or the first page is damaged: the two cannot be told apart.
    #[error(
        "{path}: the key does not open this database; bring back the key that belongs to it, or restore a backup"
    )]
    WrongKey {
        /// The database file.
        path: PathBuf,
    },
    /// The file is not whole.
    #[error("{path} is damaged ({what}); it was left as it is, restore a backup")]
    Damaged {
        /// The database file.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// A later version of Lanh wrote the file.
    #[error("the database has schema {found}, this program knows {known}; install the newer Lanh again")]
    NewerSchema {
        /// The schema version of the file.
        found: u32,
        /// The newest schema version that this program knows.
        known: u32,
    },
    /// No room on the disk; nothing was changed.
    #[error("the disk is full, nothing was changed; free some space")]
    Full,
    /// The file or its folder cannot be written.
    #[error("{path} cannot be written; check its permissions and that its disk is mounted for writing")]
    ReadOnly {
        /// What could not be written.
        path: PathBuf,
    },
    /// Another process has the database.
    #[error("{path} is in use by another process; stop the other service first")]
    Locked {
        /// The database file.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// There is no such child, rule, grant, request or revision.
    #[error("there is no {what} {id}")]
    NotFound {
        /// `child`, `rule`, `grant`, `request`, `dispute` or `revision`.
        what: &'static str,
        /// Its number.
        id: u64,
    },
    /// The account is already another child's.
    #[error("the account {account} already belongs to child {child}; unbind it there first")]
    AccountTaken {
        /// The account.
        account: String,
        /// Whose it is.
        child: u64,
    },
    /// The request was answered before.
    #[error("request {id} was answered already")]
    AlreadyAnswered {
        /// The request.
        id: u64,
    },
    /// The child has as many open requests as it may have.
    #[error("{open} requests are waiting for an answer already; wait for a guardian to answer them")]
    TooManyRequests {
        /// How many.
        open: u64,
    },
    /// A value that cannot be stored.
    #[error("{what} cannot be stored: {why}")]
    Invalid {
        /// Which value.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The new guardian secret is too easy to guess.
    #[error(transparent)]
    WeakSecret(#[from] WeakSecret),
    /// A stored value that this program cannot read.
    #[error(
        "{what} in the database cannot be read ({why}); restore a backup or install the newer Lanh again"
    )]
    Unreadable {
        /// Which value.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes; try again")]
    NoRandomness,
    /// The passphrase or recovery code of a sealed export does not open it.
    #[error("{path}: the passphrase does not open this export")]
    WrongPassphrase {
        /// The export.
        path: PathBuf,
    },
    /// The queue of the writer is full: the disk does not keep up.
    #[error("the disk does not keep up; try again in a moment")]
    Busy,
    /// The writer has ended.
    #[error("the store has been closed")]
    Stopped,
    /// Anything else that SQLite says.
    #[error("the database failed: {0}")]
    Sqlite(rusqlite::Error),
}
