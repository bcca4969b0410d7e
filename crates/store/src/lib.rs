//! The one file that remembers: an encrypted SQLite database with the family, its rules, the ledger of
//! used time, requests, the guardian's secret and the audit chain.
//!
//! A [`Store`] belongs to one thread; a [`Writer`] gives it one and takes jobs from everybody else.
//! Nothing here reads a clock: every moment is handed in as trusted wall time.

mod apps;
mod audit;
mod backup;
mod children;
mod db;
mod disputes;
mod error;
mod family;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod grants;
mod history;
mod key;
mod last_known;
mod ledger;
mod meta;
mod record;
mod secret;
mod store;
mod writer;

pub use apps::{AppBasis, KnownApp};
pub use audit::{Actor, AuditBreak, AuditEntry, AuditKind, AuditState};
pub use backup::{BackupFile, BackupJob, Opened, Progress, Recovered, Rotation};
pub use children::NewChild;
pub use disputes::{Dispute, DisputeId, DisputeState, NewDispute};
pub use error::StoreError;
pub use family::{FamilySettings, HelpLine};
pub use grants::{GrantRecord, NewGrant, NewRequest};
pub use history::{Change, Revision, RevisionId};
pub use key::Key;
pub use last_known::{Adopted, LastKnown};
pub use ledger::{DayUse, UseLine};
pub use meta::Pruned;
pub use secret::{RecoveryCode, RecoveryOutcome, SecretOutcome, Strength, WeakSecret, check_secret};
pub use store::Store;
pub use writer::{StoreHandle, Writer};

/// What every call of this crate returns.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
