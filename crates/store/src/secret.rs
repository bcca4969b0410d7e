//! The guardian's PIN or passphrase and the recovery code.

use crate::db::{column, unreadable};
use crate::record::{read_time, write_actor, write_time};
use crate::{Actor, AuditKind, Change, Result, Store, StoreError};
use argon2::{Algorithm, Argon2, Params, Version};
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::params;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fmt;
use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
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
    /// It is not the code; the next try is heard from this time on.
    Wrong {
        /// In trusted wall time; in the past or now while tries are free.
        next_try: DateTime<Utc>,
    },
    /// Too early; the code was not looked at.
    TooSoon {
        /// When the next try is heard, in trusted wall time.
        until: DateTime<Utc>,
    },
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

/// Argon2id by the second of OWASP's equivalent choices (Password Storage Cheat Sheet): 19 MiB, two passes,
/// one lane. The memory lives for the tens of milliseconds of one try.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Wrong tries that cost no wait.
const FREE_TRIES: u32 = 3;

/// The longest wait.
const LONGEST: TimeDelta = TimeDelta::hours(1);

/// Crockford's base 32: no letter that reads like a digit or another letter.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Whether a secret is acceptable, and how strong it is. Blanks around it do not count, and the ways to
/// type the same Vietnamese letter are one.
///
/// # Errors
/// [`WeakSecret`] says why it is not.
pub fn check_secret(secret: &str) -> Result<Strength, WeakSecret> {
    let secret = normal(secret);
    let characters: Vec<char> = secret.chars().collect();
    let digits_only = secret.bytes().all(|byte| byte.is_ascii_digit());
    let shortest = if digits_only { 4 } else { 8 };
    if characters.len() < shortest {
        return Err(WeakSecret::TooShort);
    }
    if characters.len() > 256 {
        return Err(WeakSecret::TooLong);
    }
    let steps: HashSet<i64> = characters
        .iter()
        .zip(characters.iter().skip(1))
        .map(|(left, right)| i64::from(u32::from(*right)) - i64::from(u32::from(*left)))
        .collect();
    let plain_sequence = steps.len() == 1 && steps.iter().all(|step| step.abs() <= 1);
    let distinct = characters.iter().collect::<HashSet<_>>().len();
    if plain_sequence || (!digits_only && distinct < 4) {
        return Err(WeakSecret::TooSimple);
    }
    Ok(match (digits_only, characters.len()) {
        (true, ..6) => Strength::Fair,
        (true, _) | (false, ..14) => Strength::Good,
        (false, _) => Strength::Strong,
    })
}

impl Store {
    /// Whether a guardian secret has been set.
    ///
    /// # Errors
    /// Those of the file.
    pub fn has_secret(&self) -> Result<bool> {
        Ok(self.db.maybe("SELECT 1 FROM secret", [], |_| Ok(()))?.is_some())
    }

    /// Sets the guardian secret and gives out a new recovery code; the old secret and code are void.
    /// The caller has checked that it is allowed.
    ///
    /// # Errors
    /// [`StoreError::WeakSecret`], [`StoreError::NoRandomness`].
    pub fn set_secret(&mut self, change: &Change, secret: &str) -> Result<RecoveryCode> {
        self.check_secret(secret)?;
        let mut salt = [0; 16];
        random(&mut salt)?;
        let hash = hash(secret, &salt, (MEMORY_KIB, PASSES, LANES))?;
        let code = RecoveryCode::generate()?;
        self.atomic(|store| {
            store.db.execute(
                "INSERT OR REPLACE INTO secret (id, salt, hash, memory, passes, lanes, recovery)
                 VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)",
                params![salt, *hash, MEMORY_KIB, PASSES, LANES, code.digest()],
            )?;
            store.db.execute("DELETE FROM attempt", [])?;
            store.note(change, AuditKind::SECRET, None, "the guardian secret was set")
        })?;
        Ok(code)
    }

    /// Tries a secret. Wrong tries of each `asker` are slowed down: three are free, then one waits 1 s, 2 s,
    /// 4 s ... up to an hour; restarts and clock changes do not help, and one asker does not lock out another.
    /// Wrong tries are audited. Takes tens of milliseconds and 19 MiB.
    ///
    /// Call it outside [`Store::atomic`]: the try is written down before it is judged.
    ///
    /// # Errors
    /// Those of the file.
    pub fn verify_secret(
        &mut self,
        asker: &Actor,
        secret: &str,
        now: DateTime<Utc>,
    ) -> Result<SecretOutcome> {
        let stored = self.db.maybe("SELECT salt, hash, memory, passes, lanes FROM secret", [], |row| {
            let salt: Vec<u8> = column(row, 0)?;
            let hash: [u8; 32] = column(row, 1)?;
            Ok((salt, hash, (column(row, 2)?, column(row, 3)?, column(row, 4)?)))
        })?;
        let Some((salt, expected, cost)) = stored else { return Ok(SecretOutcome::NotSet) };
        let name = write_actor(asker);
        let next_try = match self.begin_try(&name, now)? {
            Try::TooSoon { until } => return Ok(SecretOutcome::TooSoon { until }),
            Try::Heard { next_try } => next_try,
        };
        let given = hash(secret, &salt, cost)?;
        if bool::from(given.ct_eq(&expected)) {
            self.forgive(&name)?;
            return Ok(SecretOutcome::Right);
        }
        self.audit(now, AuditKind::SECRET_WRONG, asker, None, "a wrong guardian secret")?;
        Ok(SecretOutcome::Wrong { next_try })
    }

    /// Sets a new secret by the recovery code, once; the new secret is checked before the code is spent.
    /// Wrong codes are slowed down like wrong secrets, counted apart from them, and audited.
    ///
    /// # Errors
    /// [`StoreError::WeakSecret`], [`StoreError::NoRandomness`].
    pub fn recover_secret(&mut self, change: &Change, code: &str, secret: &str) -> Result<RecoveryOutcome> {
        self.check_secret(secret)?;
        let stored: Option<[u8; 32]> =
            self.db.maybe("SELECT recovery FROM secret", [], |row| column(row, 0))?;
        let Some(expected) = stored else { return Ok(RecoveryOutcome::NotSet) };
        let name = format!("recovery/{}", write_actor(&change.by));
        let next_try = match self.begin_try(&name, change.at)? {
            Try::TooSoon { until } => return Ok(RecoveryOutcome::TooSoon { until }),
            Try::Heard { next_try } => next_try,
        };
        if bool::from(RecoveryCode::read(code).digest().ct_eq(&expected)) {
            return self.set_secret(change, secret).map(RecoveryOutcome::Done);
        }
        self.note(change, AuditKind::SECRET_WRONG, None, "a wrong recovery code")?;
        Ok(RecoveryOutcome::Wrong { next_try })
    }

    fn check_secret(&self, secret: &str) -> Result<()> {
        check_secret(secret)?;
        let secret = normal(secret);
        if self.children()?.iter().any(|child| child.birth_year.to_string() == *secret) {
            return Err(WeakSecret::BirthYear.into());
        }
        Ok(())
    }

    /// Counts a try before it is judged, so that pulling the plug in between gains nothing.
    fn begin_try(&mut self, name: &str, now: DateTime<Utc>) -> Result<Try> {
        let earlier =
            self.db.maybe("SELECT wrong, next_try FROM attempt WHERE asker = ?1", [name], |row| {
                Ok((column::<u32>(row, 0)?, read_time(column(row, 1)?)))
            })?;
        let (wrong, until) = earlier.unwrap_or((0, now));
        let (wrong, next_try, outcome) = if now < until {
            // A clock that was far ahead when the try was made must not lock anyone out for longer.
            let until = until.min(now + LONGEST);
            (wrong, until, Try::TooSoon { until })
        } else {
            let wrong = wrong.saturating_add(1);
            let next_try = now + wait(wrong);
            (wrong, next_try, Try::Heard { next_try })
        };
        self.db.execute(
            "INSERT OR REPLACE INTO attempt (asker, wrong, next_try) VALUES (?1, ?2, ?3)",
            params![name, wrong, write_time("the time of a try", next_try)?],
        )?;
        Ok(outcome)
    }

    fn forgive(&mut self, name: &str) -> Result<()> {
        self.db.execute("DELETE FROM attempt WHERE asker = ?1", [name])?;
        Ok(())
    }
}

/// Whether a try is heard.
enum Try {
    TooSoon { until: DateTime<Utc> },
    Heard { next_try: DateTime<Utc> },
}

/// How long to wait after so many wrong tries in a row.
fn wait(wrong: u32) -> TimeDelta {
    match wrong.checked_sub(FREE_TRIES + 1) {
        None => TimeDelta::zero(),
        // 2^12 s is beyond the longest wait already.
        Some(doublings) => TimeDelta::seconds(1 << doublings.min(12)).min(LONGEST),
    }
}

/// The secret as it is hashed: blanks trimmed, Unicode in form NFKC.
fn normal(secret: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(4 * secret.len()));
    text.extend(secret.trim().nfkc());
    text
}

/// Argon2id with a cost of memory (KiB), passes and lanes.
fn hash(secret: &str, salt: &[u8], (memory, passes, lanes): (u32, u32, u32)) -> Result<Zeroizing<[u8; 32]>> {
    let mut hash = Zeroizing::new([0; 32]);
    Params::new(memory, passes, lanes, Some(32))
        .and_then(|cost| {
            Argon2::new(Algorithm::Argon2id, Version::V0x13, cost).hash_password_into(
                normal(secret).as_bytes(),
                salt,
                hash.as_mut_slice(),
            )
        })
        .map_err(|error| unreadable("the guardian secret", error))?;
    Ok(hash)
}

/// The key that a passphrase stands for.
pub(crate) fn derive_key(passphrase: &str, salt: &[u8]) -> Result<Zeroizing<[u8; 32]>> {
    hash(passphrase, salt, (MEMORY_KIB, PASSES, LANES))
}

pub(crate) fn random(into: &mut [u8]) -> Result<()> {
    getrandom::fill(into).map_err(|_| StoreError::NoRandomness)
}

impl RecoveryCode {
    fn generate() -> Result<Self> {
        let mut bytes = Zeroizing::new([0_u8; 24]);
        random(bytes.as_mut_slice())?;
        let mut text = Zeroizing::new(String::with_capacity(29));
        for (index, byte) in bytes.iter().enumerate() {
            if index > 0 && index % 4 == 0 {
                text.push('-');
            }
            // 32 divides 256, so every symbol is equally likely.
            text.extend(ALPHABET.get(usize::from(byte % 32)).map(|symbol| char::from(*symbol)));
        }
        Ok(Self(text))
    }

    /// A code as somebody typed it: case, dashes and blanks do not matter, nor O for 0, I and L for 1.
    fn read(typed: &str) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(4 * typed.len()));
        text.extend(typed.chars().filter(|character| character.is_ascii_alphanumeric()).map(|character| {
            match character.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            }
        }));
        Self(text)
    }

    /// A fast hash is enough for 120 random bits.
    fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"lanh recovery 1\n");
        for group in self.0.split('-') {
            hash.update(group);
        }
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_judged() {
        let check = |secret: &str, expected: Result<Strength, WeakSecret>| {
            assert_eq!(check_secret(secret), expected, "{secret}");
        };
        check("4826", Ok(Strength::Fair));
        check("482613", Ok(Strength::Good));
        check("con mèo", Err(WeakSecret::TooShort));
        check("con mèo đen", Ok(Strength::Good));
        check("con mèo đen leo cây cau", Ok(Strength::Strong));
        check("", Err(WeakSecret::TooShort));
        check("  48 ", Err(WeakSecret::TooShort));
        check("482", Err(WeakSecret::TooShort));
        check("1111", Err(WeakSecret::TooSimple));
        check("1234", Err(WeakSecret::TooSimple));
        check("987654", Err(WeakSecret::TooSimple));
        check("abcdefgh", Err(WeakSecret::TooSimple));
        check("abababab", Err(WeakSecret::TooSimple));
        check(&"4826".repeat(65), Err(WeakSecret::TooLong));
    }

    #[test]
    fn waits_double_after_three_free_tries_up_to_an_hour() {
        let seconds: Vec<i64> = (1..=18).map(|wrong| wait(wrong).num_seconds()).collect();
        assert_eq!(seconds, [0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600]);
        assert_eq!(wait(u32::MAX), LONGEST);
    }

    #[test]
    fn a_recovery_code_is_read_as_people_type_it() {
        let code = RecoveryCode::generate().unwrap();
        let shown = code.to_string();
        assert_eq!(shown.len(), 29);
        let typed = shown.to_lowercase().replace('0', "o").replace('1', "l").replace('-', " ");
        assert_eq!(RecoveryCode::read(&typed).digest(), code.digest());
        assert_ne!(RecoveryCode::generate().unwrap().digest(), code.digest());
        assert_eq!(format!("{code:?}"), "RecoveryCode(secret)");
    }
}
