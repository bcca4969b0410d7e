//! Files that are read where they lie.

use std::fs::File;
use std::io;

/// The bytes of a file, read from it page by page when they are looked at.
#[derive(Debug)]
pub struct MappedFile(memmap2::Mmap);

impl MappedFile {
    /// Maps a file that nobody but root and this process's own user can write, and that they replace by another
    /// file rather than write over.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] for a file that others can write; those of the system.
    pub fn new(file: &File) -> io::Result<Self> {
        if !is_ours(file)? {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "others can write this file"));
        }
        #[allow(
            unsafe_code,
            reason = "what is mapped can be changed by others; the reason below rules that out"
        )]
        // SAFETY: the bytes must not change and the file must not shrink while they are looked at. Nobody
        // but root and this process's user can write it, and they replace it whole.
        let mapped = unsafe { memmap2::Mmap::map(file) };
        mapped.map(Self)
    }
}

/// Whether root and this process's user alone can write it.
#[cfg(target_os = "linux")]
fn is_ours(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let metadata = file.metadata()?;
    let owner = metadata.uid();
    Ok((owner == 0 || owner == crate::imp::effective_uid()) && metadata.mode() & 0o022 == 0)
}

#[cfg(not(target_os = "linux"))]
fn is_ours(_file: &File) -> io::Result<bool> {
    Ok(false)
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

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_others_can_write_is_not_mapped() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, b"some facts").unwrap();
        for mode in [0o664, 0o646] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let refused = MappedFile::new(&File::open(&path).unwrap());
            assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::PermissionDenied, "{mode:o}");
        }
    }
}
