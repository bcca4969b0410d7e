//! Files that are read where they lie.

use std::fs::File;
use std::io;

/// The bytes of a file, read from it page by page when they are looked at.
#[derive(Debug)]
pub struct MappedFile(memmap2::Mmap);

impl MappedFile {
    /// Maps a file that nobody but this service's own user can write, and that is replaced by another file
    /// rather than written over.
    ///
    /// # Errors
    /// Those of the system.
    pub fn new(file: &File) -> io::Result<Self> {
        #[allow(
            unsafe_code,
            reason = "what is mapped can be changed by others; the reason below rules that out"
        )]
        // SAFETY: the bytes must not change and the file must not shrink while they are looked at. The caller
        // maps only files that this process's user alone can write, and whose owner replaces them whole.
        let mapped = unsafe { memmap2::Mmap::map(file) };
        mapped.map(Self)
    }
}

impl AsRef<[u8]> for MappedFile {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapped_file_is_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, b"some facts").unwrap();
        assert_eq!(MappedFile::new(&File::open(&path).unwrap()).unwrap().as_ref(), b"some facts");
    }
}
