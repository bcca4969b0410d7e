//! The guardian's PIN or passphrase and the recovery code.

use crate::{Change, Result, Store};
use chrono::{DateTime, Utc};
use std::fmt;
use zeroize::Zeroizing;

/// What came of trying a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretOutcome {
    /// It is the guardian's.
    Right,
    /// It is not; the next try is heard from this time on.
    Wrong {
        /// In trusted wall time; in the past or now while tries are free.
        next_try: DateTime<Utc>,
    },
    /// Too early; the secret was not looked at.
    TooSoon {
        /// When the next try is heard, in trusted wall time.
        until: DateTime<Utc>,
    },
    /// No secret has been set yet.
    NotSet,
}

/// What came of trying a recovery code.
#[derive(Debug)]
pub enum RecoveryOutcome {
    /// The new secret holds; this is the next code, the old one is spent.
    Done(RecoveryCode),
    /// It is not the code.
    Wrong,
    /// No code has been given out.
    NotSet,
}

/// A recovery code: six groups of four characters, 120 random bits. Shown once, kept on paper.
/// Display gives it with dashes; Debug does not.
pub struct RecoveryCode(Zeroizing<String>);

impl fmt::Display for RecoveryCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RecoveryCode(secret)")
    }
}

/// How hard an acceptable secret is to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// A short PIN: safe only because tries are slowed down.
    Fair,
    /// At least six digits, or a short passphrase.
    Good,
    /// A long passphrase.
    Strong,
}

/// Why a secret is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakSecret {
    /// Too short.
    #[error("use at least 4 digits, or a passphrase of at least 8 characters")]
    TooShort,
    /// Longer than is looked at.
    #[error("use at most 256 characters")]
    TooLong,
    /// One character over and over, or a plain sequence.
    #[error("1111, 1234 and the like are tried first; choose another")]
    TooSimple,
    /// The birth year of a child.
    #[error("a child's year of birth is tried first; choose another")]
    BirthYear,
}

/// Whether a secret is acceptable, and how strong it is.
///
/// # Errors
/// [`WeakSecret`] says why it is not.
pub fn check_secret(secret: &str) -> Result<Strength, WeakSecret> {
    let _ = secret;
    todo!()
}

impl Store {
    /// Whether a guardian secret has been set.
    pub fn has_secret(&self) -> Result<bool> {
        todo!()
    }
    /// Sets the guardian secret and gives out a new recovery code; the old secret and code are void.
    /// The caller has checked that it is allowed.
    pub fn set_secret(&mut self, change: &Change, secret: &str) -> Result<RecoveryCode> {
        let _ = (change, secret);
        todo!()
    }
    /// Tries a secret. Wrong tries of each `asker` (an account, as text) are slowed down: three are free,
    /// then 1 s, 2 s, 4 s ... up to an hour; kept across restarts. Blocks for tens of milliseconds and 19 MiB.
    pub fn verify_secret(&mut self, asker: &str, secret: &str, now: DateTime<Utc>) -> Result<SecretOutcome> {
        let _ = (asker, secret, now);
        todo!()
    }
    /// Sets a new secret by the recovery code, once. The new secret is checked before the code is spent.
    pub fn recover_secret(&mut self, change: &Change, code: &str, secret: &str) -> Result<RecoveryOutcome> {
        let _ = (change, code, secret);
        todo!()
    }
}
