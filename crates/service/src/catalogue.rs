//! Which catalogue of programs is in force: the newest one that is signed by a trusted key.

use lanh_catalog::{Catalogue, CatalogueError, PublicKey, check};
use lanh_platform::MappedFile;
use std::fs::File;
use std::io::{Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The name of a catalogue that is newer than the one in this program.
pub(crate) const FILE: &str = "catalogue.lanh";
/// Where packages put one.
const SHARED: &str = "/usr/share/lanh";

/// The catalogue in force, and what is wrong with those that are not: a file and a sentence.
pub(crate) fn load(state_dir: &Path, own_key: Option<PublicKey>) -> (Arc<Catalogue>, Vec<String>) {
    choose(&[state_dir.to_owned(), PathBuf::from(SHARED)], own_key)
}

fn choose(folders: &[PathBuf], own_key: Option<PublicKey>) -> (Arc<Catalogue>, Vec<String>) {
    let keys: Vec<PublicKey> = PublicKey::shipped().into_iter().chain(own_key).collect();
    let (mut chosen, mut refused) = (Catalogue::shipped(), Vec::new());
    for path in folders.iter().map(|folder| folder.join(FILE)) {
        match open(&path, &keys) {
            Ok(Some(found)) if found.header().version > chosen.header().version => {
                tracing::info!(path = %path.display(), edition = found.header().version, "a newer catalogue of programs");
                chosen = Arc::new(found);
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "this catalogue of programs is not used");
                refused.push(format!("{}: {error}", path.display()));
            }
        }
    }
    (chosen, refused)
}

/// Opens and checks one; `None`: there is none.
fn open(path: &Path, keys: &[PublicKey]) -> Result<Option<Catalogue>, CatalogueError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if !file.metadata()?.is_file() {
        return Err(CatalogueError::NotOne);
    }
    check(&mut file, keys)?;
    file.seek(SeekFrom::Start(0))?;
    Catalogue::open(MappedFile::new(&file)?).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::SigningKey;
    use lanh_catalog::{Builder, Key};
    use std::fs;

    fn key() -> (SigningKey, PublicKey) {
        let secret = SigningKey::from_bytes(&[7; 32]);
        let public: String =
            secret.verifying_key().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        (secret, PublicKey::parse(&public).unwrap())
    }

    fn newer() -> Vec<u8> {
        Builder::default().finish(u64::MAX, &key().0).unwrap()
    }

    /// What is in force with this file in the first of two folders.
    fn check(bytes: &[u8], trusted: bool) -> (u64, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), bytes).unwrap();
        let folders = [folder.path().to_owned(), folder.path().join("absent")];
        let (catalogue, refused) = choose(&folders, trusted.then(|| key().1));
        (catalogue.header().version, refused)
    }

    #[test]
    fn a_newer_signed_catalogue_is_used() {
        assert_eq!(check(&newer(), true), (u64::MAX, Vec::new()));
        let (catalogue, refused) = choose(&[], None);
        assert!(catalogue.find(Key::Steam, "730").is_some() && refused.is_empty());
    }

    #[test]
    fn an_older_one_is_passed_over() {
        let older = Builder::default().finish(1, &key().0).unwrap();
        assert_eq!(check(&older, true), (Catalogue::shipped().header().version, Vec::new()));
    }

    #[test]
    fn what_is_broken_or_unsigned_is_refused_with_a_sentence_and_the_shipped_one_used() {
        let mut changed = newer();
        *changed.last_mut().unwrap() ^= 1;
        for (bytes, trusted, sentence) in [
            (newer(), false, "not signed by a key that Lanh trusts"),
            (changed, true, "not what was signed"),
            (newer().split_at(20).0.to_vec(), true, "no catalogue of Lanh"),
            (b"hello".to_vec(), true, "no catalogue of Lanh"),
            (Vec::new(), true, "no catalogue of Lanh"),
        ] {
            let (version, refused) = check(&bytes, trusted);
            assert_eq!(version, Catalogue::shipped().header().version);
            assert!(refused.len() == 1 && refused[0].contains(sentence), "{refused:?}");
        }
    }
}
