//! What a guardian brings back: backups and sealed exports.

use crate::{Key, Store};
use chrono::DateTime;
use std::path::PathBuf;

/// The key under which the backups of the corpus are encrypted.
pub const KEY: [u8; 32] = [7; 32];

/// The passphrase of the exports of the corpus.
pub const PASSPHRASE: &str = "con mèo đen";

/// A backup to restore, or, where the first byte is odd, a sealed export to import. What is taken opens and
/// is whole; what is refused leaves nothing behind.
///
/// # Panics
/// When that is not so.
pub fn backup(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let folder = Folder::new();
    let (from, into) = (folder.0.join("from"), folder.0.join("lanh.db"));
    if std::fs::write(&from, bytes).is_err() {
        return;
    }
    let (key, now) = (Key::from_bytes(KEY), DateTime::UNIX_EPOCH);
    let taken = if first.is_multiple_of(2) {
        Store::restore(&from, &into, &key, now)
    } else {
        Store::import(&from, PASSPHRASE, &into, &key, now)
    };
    match taken {
        Ok(_) => assert!(Store::open(&into, &key).and_then(|store| store.verify()).is_ok()),
        Err(_) => assert!(!into.exists()),
    }
}

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("lanh-fuzz-{}", std::process::id()));
        // A run that was killed may have left it.
        let _ = std::fs::remove_dir_all(&folder);
        let _ = std::fs::create_dir(&folder);
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
