//! The database key: systemd-creds, the Secret Service, or a file.

use crate::privilege::Privilege;
use crate::secret::{DatabaseKey, SecretError, SecretPlace};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use zeroize::Zeroizing;

/// Says where the key is; written after the key.
const MARKER: &str = "key-place";
const KEY_FILE: &str = "key";
const SPARE_FILE: &str = "spare-key";
const SEALED_FILE: &str = "key.cred";
pub(crate) const CREDS: &str = "/usr/bin/systemd-creds";
const CREDENTIAL: &str = "lanh-database";
const KEYRING_SERVICE: &str = "lanh";

pub(crate) fn load_or_create(
    privilege: Privilege,
    state_dir: &Path,
    database_exists: bool,
) -> Result<(DatabaseKey, SecretPlace), SecretError> {
    let vault = Vault { state_dir: state_dir.to_owned(), uid: crate::imp::effective_uid() };
    vault.check_folder()?;
    match vault.marked()? {
        Some(place) => Ok((vault.load(place)?, place)),
        None if database_exists => {
            Err(SecretError::NoMarker { marker: vault.path(MARKER), folder: vault.state_dir.clone() })
        }
        None => vault.create(privilege),
    }
}

pub(crate) fn spare_key(state_dir: &Path) -> Result<DatabaseKey, SecretError> {
    let vault = Vault { state_dir: state_dir.to_owned(), uid: crate::imp::effective_uid() };
    vault.check_folder()?;
    // One that is damaged is made anew, and what it opened with it.
    if let Some(spare) = vault.read(SPARE_FILE)?.and_then(|bytes| key(&bytes)) {
        return Ok(spare);
    }
    let bytes = random()?;
    vault.write(SPARE_FILE, bytes.as_slice())?;
    Ok(DatabaseKey::new(bytes))
}

fn random() -> Result<Zeroizing<[u8; 32]>, SecretError> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|error| SecretError::System {
        action: "get random bytes for a key".to_owned(),
        source: std::io::Error::other(error),
    })?;
    Ok(bytes)
}

struct Vault {
    state_dir: PathBuf,
    uid: u32,
}

impl Vault {
    fn path(&self, name: &str) -> PathBuf {
        self.state_dir.join(name)
    }

    fn check_folder(&self) -> Result<(), SecretError> {
        let folder = std::fs::symlink_metadata(&self.state_dir)
            .map_err(system(|| format!("look at the state folder {}", self.state_dir.display())))?;
        let problem = if !folder.is_dir() {
            "it is not a folder"
        } else if folder.uid() != self.uid {
            "it belongs to somebody else"
        } else if folder.mode() & 0o022 != 0 {
            "others can write it"
        } else {
            return Ok(());
        };
        Err(SecretError::Unsafe { path: self.state_dir.clone(), problem: problem.to_owned(), uid: self.uid })
    }

    fn marked(&self) -> Result<Option<SecretPlace>, SecretError> {
        let Some(text) = self.read(MARKER)? else { return Ok(None) };
        let places = [SecretPlace::SystemdCreds, SecretPlace::Keyring, SecretPlace::File];
        let word = String::from_utf8_lossy(&text);
        let found = places.into_iter().find(|place| place.word() == word.trim());
        found.map(Some).ok_or_else(|| SecretError::Unreachable {
            place: "a place that this version does not know",
            marker: self.path(MARKER),
            reason: format!("it says {:?}", word.trim()),
        })
    }

    fn load(&self, place: SecretPlace) -> Result<DatabaseKey, SecretError> {
        let unreachable = |reason: String| SecretError::Unreachable {
            place: place.word(),
            marker: self.path(MARKER),
            reason,
        };
        let bytes = match place {
            SecretPlace::SystemdCreds => {
                let sealed =
                    self.read(SEALED_FILE)?.ok_or_else(|| unreachable("its file is gone".to_owned()))?;
                creds("decrypt", &sealed).map_err(unreachable)?
            }
            // "No entry" may mean only that the keyring is locked: never a reason for a new key.
            SecretPlace::Keyring => {
                ask_keyring(self.uid, |entry| entry.get_secret().map(Zeroizing::new)).map_err(unreachable)?
            }
            SecretPlace::File => {
                self.read(KEY_FILE)?.ok_or_else(|| unreachable("its file is gone".to_owned()))?
            }
        };
        key(&bytes).ok_or(SecretError::Damaged(place.word()))
    }

    fn create(&self, privilege: Privilege) -> Result<(DatabaseKey, SecretPlace), SecretError> {
        let bytes = random()?;
        let preferred = match privilege {
            Privilege::Root => self.seal(&bytes),
            Privilege::User(_) => self.put_in_keyring(&bytes),
        };
        let place = match preferred {
            Ok(place) => place,
            Err(reason) => {
                tracing::info!(reason, "the database key is kept in a file that only its owner can read");
                self.write(KEY_FILE, bytes.as_slice())?;
                SecretPlace::File
            }
        };
        self.write(MARKER, place.word().as_bytes())?;
        Ok((DatabaseKey::new(bytes), place))
    }

    fn seal(&self, bytes: &Zeroizing<[u8; 32]>) -> Result<SecretPlace, String> {
        let sealed = creds("encrypt", bytes.as_slice())?;
        let opened = creds("decrypt", &sealed)?;
        if opened.as_slice() != bytes.as_slice() {
            return Err("systemd-creds gave something else back".to_owned());
        }
        self.write(SEALED_FILE, &sealed).map_err(|error| error.to_string())?;
        Ok(SecretPlace::SystemdCreds)
    }

    fn put_in_keyring(&self, bytes: &Zeroizing<[u8; 32]>) -> Result<SecretPlace, String> {
        let back = ask_keyring(self.uid, |entry| {
            entry.set_secret(bytes.as_slice())?;
            entry.get_secret().map(Zeroizing::new)
        })?;
        if back.as_slice() != bytes.as_slice() {
            return Err("the keyring gave something else back".to_owned());
        }
        Ok(SecretPlace::Keyring)
    }

    /// A file of at most 64 KiB that nobody else could have read or written.
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
        let path = self.path(name);
        let failed = || system(|| format!("read {}", path.display()));
        let mut options = OpenOptions::new();
        let file = match options.read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed()(error)),
        };
        let found = file.metadata().map_err(failed())?;
        let problem = if !found.is_file() {
            "it is not a plain file"
        } else if found.uid() != self.uid {
            "it belongs to somebody else"
        } else if found.mode() & 0o077 != 0 {
            "others can use it"
        } else {
            ""
        };
        if !problem.is_empty() {
            return Err(SecretError::Unsafe { path, problem: problem.to_owned(), uid: self.uid });
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
        file.take(64 * 1024).read_to_end(&mut bytes).map_err(failed())?;
        Ok(Some(bytes))
    }

    /// Writes the whole file or nothing; closed to others from its first moment.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), SecretError> {
        let path = self.path(name);
        let new = self.path(&format!("{name}.new"));
        let failed = || system(|| format!("write {}", path.display()));
        match std::fs::remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed()(error)),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600).custom_flags(libc::O_NOFOLLOW);
        let mut file = options.open(&new).map_err(failed())?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed())?;
        std::fs::rename(&new, &path).map_err(failed())?;
        File::open(&self.state_dir).and_then(|folder| folder.sync_all()).map_err(failed())
    }
}

fn key(bytes: &[u8]) -> Option<DatabaseKey> {
    let mut key = Zeroizing::new([0; 32]);
    if bytes.len() != key.len() {
        return None;
    }
    key.copy_from_slice(bytes);
    Some(DatabaseKey::new(key))
}

/// Asks on a thread of its own: the keyring's client may start a runtime and wait for it, which panics on a thread
/// that drives one.
fn ask_keyring<T: Send>(
    uid: u32,
    ask: impl FnOnce(&keyring::Entry) -> keyring::Result<T> + Send,
) -> Result<T, String> {
    let asked = || ask(&keyring::Entry::new(KEYRING_SERVICE, &format!("database-key-{uid}"))?);
    let answer = std::thread::scope(|scope| scope.spawn(asked).join());
    match answer {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => Err("the keyring's client panicked".to_owned()),
    }
}

/// Whether systemd-creds is there and nobody but root could have put it there.
pub(crate) fn creds_usable() -> Result<(), String> {
    let program = std::fs::metadata(CREDS).map_err(|error| format!("{CREDS}: {error}"))?;
    if program.uid() != 0 || program.mode() & 0o022 != 0 {
        return Err(format!("{CREDS} can be changed by others than root"));
    }
    Ok(())
}

fn creds(verb: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, String> {
    creds_usable()?;
    let mut command = Command::new(CREDS);
    command.arg(verb).arg(format!("--name={CREDENTIAL}"));
    if verb == "encrypt" {
        command.arg("--with-key=auto");
    }
    command.args(["-", "-"]).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("{CREDS}: {error}"))?;
    let sent = child.stdin.take().map(|mut stdin| stdin.write_all(input));
    let output = child.wait_with_output().map_err(|error| format!("{CREDS}: {error}"))?;
    if !output.status.success() || !matches!(sent, Some(Ok(()))) {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("systemd-creds {verb} failed: {}", said.trim()));
    }
    Ok(Zeroizing::new(output.stdout))
}

fn system(action: impl FnOnce() -> String) -> impl FnOnce(std::io::Error) -> SecretError {
    move |source| SecretError::System { action: action(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        folder
    }

    #[test]
    fn the_same_key_comes_back() {
        let folder = folder();
        let privilege = Privilege::current();
        let (key, place) = load_or_create(privilege, folder.path(), false).unwrap();
        let (again, same) = load_or_create(privilege, folder.path(), true).unwrap();
        assert_eq!((key.bytes(), place), (again.bytes(), same));
        assert_ne!(key.bytes(), &[0; 32]);
        assert_eq!(format!("{key:?}"), "DatabaseKey");
    }

    #[test]
    fn the_spare_key_stays_and_is_not_the_database_key() {
        let folder = folder();
        let spare = spare_key(folder.path()).unwrap();
        let (key, _) = load_or_create(Privilege::current(), folder.path(), false).unwrap();
        assert_ne!(spare.bytes(), key.bytes());
        assert_eq!(spare_key(folder.path()).unwrap().bytes(), spare.bytes());
        std::fs::write(folder.path().join(SPARE_FILE), "short").unwrap();
        let anew = spare_key(folder.path()).unwrap();
        assert_ne!(anew.bytes(), spare.bytes());
        assert_eq!(spare_key(folder.path()).unwrap().bytes(), anew.bytes());
    }

    #[test]
    fn an_existing_database_never_gets_a_new_key() {
        let folder = folder();
        let refused = load_or_create(Privilege::current(), folder.path(), true);
        assert!(matches!(refused, Err(SecretError::NoMarker { .. })));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_lost_key_is_an_error_even_without_a_database() {
        let folder = folder();
        let vault = Vault { state_dir: folder.path().to_owned(), uid: crate::imp::effective_uid() };
        for place in [SecretPlace::File, SecretPlace::SystemdCreds, SecretPlace::Keyring] {
            vault.write(MARKER, place.word().as_bytes()).unwrap();
            let refused = load_or_create(Privilege::current(), folder.path(), false);
            assert!(matches!(refused, Err(SecretError::Unreachable { .. })), "{refused:?}");
        }
        vault.write(MARKER, b"cloud").unwrap();
        assert!(load_or_create(Privilege::current(), folder.path(), false).is_err());
    }

    #[test]
    fn unsafe_files_are_refused() {
        let folder = folder();
        let vault = Vault { state_dir: folder.path().to_owned(), uid: crate::imp::effective_uid() };
        vault.write(MARKER, b"file").unwrap();
        vault.write(KEY_FILE, &[7; 32]).unwrap();
        assert_eq!(load_or_create(Privilege::current(), folder.path(), true).unwrap().0.bytes(), &[7; 32]);
        let path = vault.path(KEY_FILE);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let refused = load_or_create(Privilege::current(), folder.path(), true);
        assert!(matches!(refused, Err(SecretError::Unsafe { .. })), "{refused:?}");

        std::fs::rename(&path, vault.path("elsewhere")).unwrap();
        std::os::unix::fs::symlink(vault.path("elsewhere"), &path).unwrap();
        assert!(load_or_create(Privilege::current(), folder.path(), true).is_err());

        std::fs::remove_file(&path).unwrap();
        vault.write(KEY_FILE, &[7; 31]).unwrap();
        let refused = load_or_create(Privilege::current(), folder.path(), true);
        assert!(matches!(refused, Err(SecretError::Damaged(_))), "{refused:?}");

        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        let refused = load_or_create(Privilege::current(), folder.path(), true);
        assert!(matches!(refused, Err(SecretError::Unsafe { .. })), "{refused:?}");
    }
}
