//! Whose word a catalogue is.

use super::{CatalogueError, Header, LONGEST, LONGEST_HEADER, MAGIC, SIGNATURE, read_header};
use data_encoding::HEXLOWER;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};
use std::io::Read;

/// A public key that may sign catalogues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The key of those who publish Lanh.
    pub fn shipped() -> Option<Self> {
        Self::parse(include_str!("../data/catalogue.pub"))
    }

    /// Reads 64 hexadecimal digits; `None`: no key.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.trim().to_ascii_lowercase().as_bytes()).ok()?;
        VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok().map(Self)
    }
}

/// Whether one of the keys signed this catalogue, with this content. Reads it once, a piece at a time.
///
/// # Errors
/// Every [`CatalogueError`].
pub fn check(file: &mut impl Read, keys: &[PublicKey]) -> Result<Header, CatalogueError> {
    let mut start = vec![0; MAGIC.len() + 4];
    read_whole(file, &mut start)?;
    let length = start.get(MAGIC.len()..).and_then(|length| length.try_into().ok()).map(u32::from_le_bytes);
    let length = length.and_then(|length| usize::try_from(length).ok()).ok_or(CatalogueError::NotOne)?;
    if !start.starts_with(MAGIC) || length > LONGEST_HEADER {
        return Err(CatalogueError::NotOne);
    }
    let mut rest = vec![0; length];
    read_whole(file, &mut rest)?;
    start.extend(rest);
    let (header, _) = read_header(&start)?;
    let mut signature = [0; SIGNATURE];
    read_whole(file, &mut signature)?;
    let signature = Signature::from_bytes(&signature);
    if !keys.iter().any(|key| key.0.verify_strict(&start, &signature).is_ok()) {
        return Err(CatalogueError::Unsigned);
    }
    let mut hasher = Sha256::new();
    let mut left = header.parts.iter().try_fold(0_u64, |sum, part| sum.checked_add(*part));
    let mut buffer = vec![0; 64 * 1024];
    let mut file = file.take(LONGEST);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        left = left.and_then(|left| left.checked_sub(read.try_into().ok()?));
        hasher.update(buffer.get(..read).unwrap_or_default());
    }
    if left != Some(0) || HEXLOWER.encode(&hasher.finalize()) != header.sha256 {
        return Err(CatalogueError::Damaged);
    }
    Ok(header)
}

fn read_whole(file: &mut impl Read, bytes: &mut [u8]) -> Result<(), CatalogueError> {
    file.read_exact(bytes).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => CatalogueError::NotOne,
        _ => CatalogueError::Read(error),
    })
}
