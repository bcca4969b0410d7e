//! What a file is, whatever its name.

use crate::installed::KnownFile;
use crate::parse::pe::WindowsFacts;
use lanh_policy::AppId;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Longer files are not hashed: build id, length and beginning must do.
pub(crate) const LONGEST_HASHED: u64 = 64 * 1024 * 1024;
/// How much of a file is read as its beginning.
const HEAD: u64 = 4096;
/// Entries kept in the cache: some hundred kilobytes.
const MOST_CACHED: usize = 4096;

/// Which file, and which state of it: changes when the content does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileKey {
    /// The device that it is on.
    pub dev: u64,
    /// Its inode there.
    pub ino: u64,
    /// Its length in bytes.
    pub size: u64,
    /// When its content changed last, in nanoseconds since 1970.
    pub mtime: i128,
    /// When the inode changed last, in nanoseconds since 1970; a child cannot set it.
    pub ctime: i128,
}

/// The SHA-256 of a whole file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub [u8; 32]);

/// The build id in an ELF note: survives strip and appended bytes, and can be forged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BuildId(pub Vec<u8>);

/// What can be learned of the program file of one process, at a cost; asked for only when needed.
///
/// Every answer is `None` when it cannot be had. No answer may block.
pub trait Evidence {
    /// The SHA-256 of the whole file. Reads all of it; `None` above 64 MiB.
    fn sha256(&self) -> Option<ContentHash>;
    /// The ELF build id. Reads headers only.
    fn build_id(&self) -> Option<BuildId>;
    /// The first bytes of the file, at most 4,096.
    fn head(&self) -> Option<Vec<u8>>;
    /// Another file by its absolute path, as the process sees it.
    fn named(&self, path: &Path) -> Option<NamedFile>;
    /// What it says of itself, if it is a Windows program. Reads headers and one section.
    fn windows(&self) -> Option<WindowsFacts> {
        None
    }
    /// The names in a folder, as the process sees it, at most 256.
    fn names_in(&self, _folder: &Path) -> Vec<String> {
        Vec::new()
    }
}

/// A file that an argument of a process names.
pub struct NamedFile {
    /// Its path with symbolic links resolved.
    pub path: PathBuf,
    /// Which file it is.
    pub key: FileKey,
    /// Whose file it is (Unix user id).
    pub owner: Option<u32>,
    /// What it can tell.
    pub evidence: Box<dyn Evidence>,
}

/// Nothing can be learned.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoEvidence;

/// Evidence from an open file: the file of a gate event, or `/proc/PID/exe`.
#[derive(Debug)]
pub struct OpenFile {
    file: File,
    root: PathBuf,
}

/// Hashes and build ids that were read already, by (device, inode, ctime, size); bounded.
///
/// Share one between successive recognisers, so that a new scan reads nothing twice.
#[derive(Debug, Default)]
pub struct EvidenceCache {
    hashes: Mutex<Bounded<ContentHash>>,
    build_ids: Mutex<Bounded<BuildId>>,
    windows: Mutex<Bounded<WindowsFacts>>,
    sorted: Mutex<HashMap<AppId, Vec<KnownFile>>>,
}

/// The part of a [`FileKey`] that a child cannot forge.
type CacheKey = (u64, u64, i128, u64);

/// Answers by file; emptied when full, which costs a few reads and never grows.
#[derive(Debug)]
struct Bounded<T>(HashMap<CacheKey, Option<T>>);

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl EvidenceCache {
    /// The hash of the file with this key, read at most once.
    pub(crate) fn sha256(
        &self,
        key: FileKey,
        read: impl FnOnce() -> Option<ContentHash>,
    ) -> Option<ContentHash> {
        remembered(&self.hashes, key, read)
    }

    /// The build id of the file with this key, read at most once.
    pub(crate) fn build_id(&self, key: FileKey, read: impl FnOnce() -> Option<BuildId>) -> Option<BuildId> {
        remembered(&self.build_ids, key, read)
    }
}

impl EvidenceCache {
    /// The files of a program in a home that a guardian sorted: those found now, and those found before, which
    /// may have another name by now.
    pub(crate) fn sorted_before(&self, id: &AppId, found: Vec<KnownFile>) -> Vec<KnownFile> {
        /// Files of one program that are remembered.
        const MOST_FILES: usize = 16;
        let mut sorted = lock(&self.sorted);
        if sorted.len() >= MOST_CACHED {
            sorted.clear();
        }
        let known = sorted.entry(id.clone()).or_default();
        for file in found {
            if !known.iter().any(|known| known.path == file.path && known.key == file.key) {
                known.push(file);
            }
        }
        let surplus = known.len().saturating_sub(MOST_FILES);
        known.drain(..surplus);
        known.clone()
    }

    /// What the Windows program with this key says of itself, read at most once.
    pub(crate) fn windows(
        &self,
        key: FileKey,
        read: impl FnOnce() -> Option<WindowsFacts>,
    ) -> Option<WindowsFacts> {
        remembered(&self.windows, key, read)
    }
}

fn remembered<T: Clone>(
    cache: &Mutex<Bounded<T>>,
    key: FileKey,
    read: impl FnOnce() -> Option<T>,
) -> Option<T> {
    let key = (key.dev, key.ino, key.ctime, key.size);
    if let Some(known) = lock(cache).0.get(&key) {
        return known.clone();
    }
    // Read without the lock: others must not wait for this file.
    let answer = read();
    let mut cache = lock(cache);
    if cache.0.len() >= MOST_CACHED {
        cache.0.clear();
    }
    cache.0.insert(key, answer.clone());
    answer
}

/// A cache is never half-written, so a poisoned lock is as good as any.
fn lock<T>(cache: &Mutex<T>) -> MutexGuard<'_, T> {
    cache.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FileKey {
    /// The key of a file.
    #[cfg(unix)]
    pub fn of(metadata: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        let nanos = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        Self {
            dev: metadata.dev(),
            ino: metadata.ino(),
            size: metadata.size(),
            mtime: nanos(metadata.mtime(), metadata.mtime_nsec()),
            ctime: nanos(metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// Whose a file is to this account: its owner's, or the account's own where others may write it.
#[cfg(unix)]
pub fn owner(metadata: &std::fs::Metadata, uid: u32) -> u32 {
    use std::os::unix::fs::MetadataExt;
    /// The first group of people; the system's own groups are below.
    const FIRST_PEOPLE: u32 = 1000;
    let everybody = metadata.mode() & 0o002 != 0;
    let people = metadata.mode() & 0o020 != 0 && metadata.gid() >= FIRST_PEOPLE;
    if everybody || people { uid } else { metadata.uid() }
}

impl Evidence for NoEvidence {
    fn sha256(&self) -> Option<ContentHash> {
        None
    }

    fn build_id(&self) -> Option<BuildId> {
        None
    }

    fn head(&self) -> Option<Vec<u8>> {
        None
    }

    fn named(&self, _path: &Path) -> Option<NamedFile> {
        None
    }
}

impl OpenFile {
    /// Takes the file; `root` is where the process sees `/` (`/proc/PID/root`), for [`Evidence::named`].
    pub fn new(file: File, root: impl Into<PathBuf>) -> Self {
        Self { file, root: root.into() }
    }
}

impl Evidence for OpenFile {
    fn sha256(&self) -> Option<ContentHash> {
        let mut file = &self.file;
        if file.metadata().ok()?.len() > LONGEST_HASHED {
            return None;
        }
        file.seek(SeekFrom::Start(0)).ok()?;
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 128 * 1024];
        // A file that grows while it is read is not followed for ever.
        let mut file = file.take(LONGEST_HASHED);
        loop {
            match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => hasher.update(buffer.get(..length)?),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
        Some(ContentHash(hasher.finalize().into()))
    }

    fn build_id(&self) -> Option<BuildId> {
        crate::parse::elf::build_id(&mut &self.file)
    }

    fn head(&self) -> Option<Vec<u8>> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0)).ok()?;
        let mut head = Vec::new();
        file.take(HEAD).read_to_end(&mut head).ok()?;
        Some(head)
    }

    fn named(&self, path: &Path) -> Option<NamedFile> {
        named(&self.root, path)
    }

    fn windows(&self) -> Option<WindowsFacts> {
        crate::parse::pe::read(&mut &self.file)
    }

    fn names_in(&self, folder: &Path) -> Vec<String> {
        const MOST_NAMES: usize = 256;
        let inside = self.root.join(folder.strip_prefix("/").unwrap_or(folder));
        let entries = std::fs::read_dir(inside).into_iter().flatten().take(MOST_NAMES);
        entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned())).collect()
    }
}

/// Opens a file that a process names, links resolved as far as its own root allows.
#[cfg(unix)]
fn named(root: &Path, path: &Path) -> Option<NamedFile> {
    use std::os::unix::fs::MetadataExt;
    let inside = root.join(path.strip_prefix("/").ok()?);
    let file = open_regular(&inside)?;
    let metadata = file.metadata().ok()?;
    let real = std::fs::canonicalize(&inside).unwrap_or(inside);
    let path = match real.strip_prefix(root) {
        Ok(rest) if root != Path::new("/") => Path::new("/").join(rest),
        _ => real,
    };
    Some(NamedFile {
        path,
        key: FileKey::of(&metadata),
        owner: Some(metadata.uid()),
        evidence: Box::new(OpenFile::new(file, root)),
    })
}

/// Only Unix has processes with roots of their own.
#[cfg(not(unix))]
fn named(_root: &Path, _path: &Path) -> Option<NamedFile> {
    None
}

/// Opens a regular file for reading, and nothing else: a pipe or device in a child's home must not block.
#[cfg(unix)]
pub(crate) fn open_regular(path: &Path) -> Option<File> {
    use rustix::fs::{CWD, Mode, OFlags, openat};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file = File::from(openat(CWD, path, flags, Mode::empty()).ok()?);
    file.metadata().ok()?.is_file().then_some(file)
}

/// Opens a regular file for reading, and nothing else.
#[cfg(not(unix))]
pub(crate) fn open_regular(path: &Path) -> Option<File> {
    let file = File::open(path).ok()?;
    file.metadata().ok()?.is_file().then_some(file)
}

/// Reads a small text file; `None`: not there, not regular or too long. Not UTF-8: replaced.
pub(crate) fn read_text(path: &Path) -> Option<String> {
    const LONGEST: u64 = 4 * 1024 * 1024;
    read_bytes(path, LONGEST).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads a file; `None`: not there, not regular or longer than so many bytes.
pub(crate) fn read_bytes(path: &Path, longest: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    open_regular(path)?.take(longest + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= longest).then_some(bytes)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_others_may_write_is_theirs() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        std::fs::write(&path, "x").unwrap();
        let own = std::fs::metadata(&path).unwrap().uid();
        for (mode, expected) in [(0o755, own), (0o777, 4_242), (0o757, 4_242)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(owner(&std::fs::metadata(&path).unwrap(), 4_242), expected, "{mode:o}");
        }
    }

    #[test]
    fn a_pipe_neither_blocks_nor_counts_as_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0)
            .unwrap();
        assert!(open_regular(&pipe).is_none());
        assert!(read_text(&pipe).is_none());
        assert!(open_regular(Path::new("/dev/zero")).is_none());
    }

    #[test]
    fn the_hash_is_that_of_sha256sum() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        let hash = OpenFile::new(File::open(&path).unwrap(), "/").sha256().unwrap();
        // The one-block example of FIPS 180-2.
        assert_eq!(data(&hash), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    fn data(hash: &ContentHash) -> String {
        hash.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn a_file_is_hashed_once_until_it_changes() {
        let cache = EvidenceCache::default();
        let mut key = FileKey { dev: 1, ino: 2, size: 3, mtime: 4, ctime: 5 };
        let answer = Some(ContentHash([1; 32]));
        assert_eq!(cache.sha256(key, || answer), answer);
        assert_eq!(cache.sha256(key, || panic!("read twice")), answer);
        key.ctime = 6;
        assert_eq!(cache.sha256(key, || None), None);
    }

    #[test]
    fn the_cache_stays_small() {
        let cache = EvidenceCache::default();
        for ino in 0..3 * MOST_CACHED as u64 {
            cache.build_id(FileKey { dev: 1, ino, size: 3, mtime: 4, ctime: 5 }, || None);
        }
        assert!(lock(&cache.build_ids).0.len() <= MOST_CACHED);
    }
}
