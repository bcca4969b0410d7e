//! What a file is, whatever its name.

use std::fs::File;
use std::path::{Path, PathBuf};

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
    /// The SHA-256 of the whole file. Reads all of it.
    fn sha256(&self) -> Option<ContentHash>;
    /// The ELF build id. Reads headers only.
    fn build_id(&self) -> Option<BuildId>;
    /// The first bytes of the file, at most 4,096.
    fn head(&self) -> Option<Vec<u8>>;
    /// Another file by its absolute path, as the process sees it.
    fn named(&self, path: &Path) -> Option<NamedFile>;
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
pub struct EvidenceCache {}

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
        let _ = (&self.file, &self.root);
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
