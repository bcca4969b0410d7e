//! The build id of an ELF file, from bounded reads of its headers.

use crate::evidence::BuildId;
use elf::abi::{ET_DYN, ET_EXEC, PT_NOTE};
use elf::endian::AnyEndian;
use elf::file::{Class, FileHeader, parse_ident};
use elf::note::{Note, NoteIterator};
use elf::segment::SegmentTable;
use std::io::{Read, Seek, SeekFrom};

/// More program headers than any linker writes.
const MOST_SEGMENTS: u64 = 256;
/// More note bytes than any linker writes.
const MOST_NOTES: u64 = 64 * 1024;

/// Reads the build id; `None`: not an ELF program, or it has none.
pub(crate) fn build_id(file: &mut (impl Read + Seek)) -> Option<BuildId> {
    let start = read(file, 0, 64)?;
    let ident = parse_ident::<AnyEndian>(start.get(..16)?).ok()?;
    let tail = match ident.1 {
        Class::ELF32 => start.get(16..52)?,
        Class::ELF64 => start.get(16..64)?,
    };
    let header = FileHeader::parse_tail(ident, tail).ok()?;
    if !matches!(header.e_type, ET_EXEC | ET_DYN) {
        return None;
    }
    let count = u64::from(header.e_phnum).min(MOST_SEGMENTS);
    let table = read(file, header.e_phoff, count * u64::from(header.e_phentsize).min(64))?;
    for segment in SegmentTable::new(header.endianness, header.class, &table).iter() {
        if segment.p_type != PT_NOTE {
            continue;
        }
        let Some(notes) = read(file, segment.p_offset, segment.p_filesz.min(MOST_NOTES)) else { continue };
        let align = usize::try_from(segment.p_align).unwrap_or(4).clamp(4, 8);
        for note in NoteIterator::new(header.endianness, header.class, align, &notes) {
            if let Note::GnuBuildId(id) = note
                && (8..=64).contains(&id.0.len())
            {
                return Some(BuildId(id.0.to_vec()));
            }
        }
    }
    None
}

/// Reads at most so many bytes from there.
fn read(file: &mut (impl Read + Seek), from: u64, length: u64) -> Option<Vec<u8>> {
    file.seek(SeekFrom::Start(from)).ok()?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::Cursor;

    #[test]
    fn this_test_or_a_system_program_has_a_build_id() {
        let id = build_id(&mut File::open("/bin/ls").unwrap());
        assert!(id.is_some_and(|id| id.0.len() >= 8), "distributions give programs a build id");
    }

    #[test]
    fn cutting_a_program_anywhere_does_no_harm() {
        let whole = std::fs::read("/bin/ls").unwrap();
        let id = build_id(&mut Cursor::new(&whole));
        for length in (0..4096).step_by(7) {
            build_id(&mut Cursor::new(&whole[..length]));
        }
        let mut longer = whole.clone();
        longer.extend(b"appended");
        assert_eq!(build_id(&mut Cursor::new(longer)), id);
    }
}
