//! Windows programs (PE): what their version information says, and who signed them. Both are claims: the
//! signature is read, not verified, since that needs the certificates that Windows trusts.

use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier};
use der::asn1::{PrintableStringRef, Utf8StringRef};
use der::{Decode as _, Encode as _};
use object::LittleEndian as LE;
use object::pe::{IMAGE_DIRECTORY_ENTRY_RESOURCE, IMAGE_DIRECTORY_ENTRY_SECURITY, RT_VERSION};
use object::read::pe::{
    DataDirectories, ImageNtHeaders, ResourceDirectory, ResourceDirectoryEntryData, SectionTable,
};
use object::read::{FileKind, ReadCache, ReadRef};
use std::io::{Read, Seek};

/// Sections and signatures that are longer are not read, in bytes.
const LONGEST_SECTION: u32 = 16 * 1024 * 1024;
const LONGEST_SIGNATURE: u32 = 256 * 1024;
/// Entries of a table that are looked at.
const MOST_ENTRIES: usize = 64;

/// What a Windows program says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WindowsFacts {
    /// `ProductName`.
    pub product: Option<String>,
    /// `FileDescription`.
    pub description: Option<String>,
    /// `OriginalFilename`.
    pub original: Option<String>,
    /// `CompanyName`.
    pub company: Option<String>,
    /// The common name in the certificate of the Authenticode signature.
    pub signer: Option<String>,
}

/// Reads a program; `None`: it is no PE file.
pub(crate) fn read(file: &mut (impl Read + Seek)) -> Option<WindowsFacts> {
    let cache = ReadCache::new(file);
    match FileKind::parse(&cache).ok()? {
        FileKind::Pe32 => headers::<object::pe::ImageNtHeaders32, _>(&cache),
        FileKind::Pe64 => headers::<object::pe::ImageNtHeaders64, _>(&cache),
        _ => None,
    }
}

fn headers<'data, Pe: ImageNtHeaders, R: ReadRef<'data>>(data: R) -> Option<WindowsFacts> {
    let mut offset = object::pe::ImageDosHeader::parse(data).ok()?.nt_headers_offset().into();
    let (headers, directories) = Pe::parse(data, &mut offset).ok()?;
    let sections = headers.sections(data, offset).ok()?;
    let mut found = WindowsFacts::default();
    if let Some(version) = version(data, &directories, &sections) {
        strings(&version, 0, &mut found);
    }
    found.signer = signer(data, &directories);
    Some(found)
}

/// The version resource.
fn version<'data, R: ReadRef<'data>>(
    data: R,
    directories: &DataDirectories<'data>,
    sections: &SectionTable<'data>,
) -> Option<Vec<u8>> {
    let at = directories.get(IMAGE_DIRECTORY_ENTRY_RESOURCE)?.virtual_address.get(LE);
    let (from, length) = sections.pe_file_range_at(at)?;
    let bytes = data.read_bytes_at(from.into(), length.min(LONGEST_SECTION).into()).ok()?;
    let directory = ResourceDirectory::new(bytes);
    let kinds = directory.root().ok()?;
    let kind =
        kinds.entries.iter().take(MOST_ENTRIES).find(|entry| entry.name_or_id().id() == Some(RT_VERSION))?;
    // Type, name and language, each a table.
    let mut entry = kind;
    for _ in 0..3 {
        match entry.data(directory).ok()? {
            ResourceDirectoryEntryData::Table(table) => entry = table.entries.first()?,
            ResourceDirectoryEntryData::Data(found) => {
                let start = usize::try_from(found.offset_to_data.get(LE).checked_sub(at)?).ok()?;
                let length = usize::try_from(found.size.get(LE)).ok()?;
                return bytes.get(start..start.checked_add(length)?).map(<[u8]>::to_vec);
            }
        }
    }
    None
}

/// Walks the blocks of a version resource: length, length of the value, type, name, value, blocks within.
fn strings(block: &[u8], depth: u8, found: &mut WindowsFacts) {
    let Some((value_length, is_text, name, after)) = block_head(block) else { return };
    let value_bytes = if is_text { value_length.saturating_mul(2) } else { value_length };
    let value = block.get(after..).unwrap_or_default();
    if depth == 3 {
        let field = match name.as_str() {
            "ProductName" => &mut found.product,
            "FileDescription" => &mut found.description,
            "OriginalFilename" => &mut found.original,
            "CompanyName" => &mut found.company,
            _ => return,
        };
        let text = utf16(value.get(..value_bytes.min(value.len())).unwrap_or_default());
        if !text.trim().is_empty() {
            *field = Some(text.trim().to_owned());
        }
        return;
    }
    // The value of the outermost block is a structure, those of the next two are empty.
    let mut at = padded(after.saturating_add(value_bytes));
    for _ in 0..MOST_ENTRIES {
        let Some(inner) = block.get(at..) else { return };
        let Some(length) = number(inner, 0).filter(|length| *length > 6) else { return };
        strings(inner.get(..length.min(inner.len())).unwrap_or_default(), depth + 1, found);
        at = padded(at.saturating_add(length));
    }
}

/// The length of a block's value, whether that is text, the block's name and where its value begins.
fn block_head(block: &[u8]) -> Option<(usize, bool, String, usize)> {
    let (value, kind) = (number(block, 2)?, number(block, 4)?);
    let name = block.get(6..)?;
    let end = name.chunks_exact(2).position(|letter| letter == [0, 0])? * 2;
    Some((value, kind == 1, utf16(name.get(..end)?), padded(6 + end + 2)))
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?).into())
}

/// The next multiple of four.
fn padded(at: usize) -> usize {
    at.saturating_add(3) & !3
}

/// Text up to its end or a zero.
fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?)));
    String::from_utf16_lossy(&units.take_while(|unit| *unit != 0).collect::<Vec<_>>())
}

/// Who signed, by the certificate that the signature names.
fn signer<'data, R: ReadRef<'data>>(data: R, directories: &DataDirectories<'data>) -> Option<String> {
    let entry = directories.get(IMAGE_DIRECTORY_ENTRY_SECURITY)?;
    // The only directory whose address is a place in the file.
    let (from, length) = (entry.virtual_address.get(LE), entry.size.get(LE));
    if from == 0 || !(9..=LONGEST_SIGNATURE).contains(&length) {
        return None;
    }
    signed_by(data.read_bytes_at(from.into(), length.into()).ok()?.get(8..)?)
}

/// The common name of who signed a PKCS #7 message.
fn signed_by(bytes: &[u8]) -> Option<String> {
    let mut reader = der::SliceReader::new(bytes).ok()?;
    // Padded to eight bytes: what follows the message is not read.
    let content = <ContentInfo as der::Decode>::decode(&mut reader).ok()?;
    let signed = SignedData::from_der(&content.content.to_der().ok()?).ok()?;
    let SignerIdentifier::IssuerAndSerialNumber(wanted) = &signed.signer_infos.0.get(0)?.sid else {
        return None;
    };
    let certificate = signed.certificates.as_ref()?.0.iter().find_map(|choice| match choice {
        CertificateChoices::Certificate(certificate)
            if certificate.tbs_certificate.serial_number == wanted.serial_number
                && certificate.tbs_certificate.issuer == wanted.issuer =>
        {
            Some(certificate)
        }
        _ => None,
    })?;
    const COMMON_NAME: der::asn1::ObjectIdentifier = der::asn1::ObjectIdentifier::new_unwrap("2.5.4.3");
    let names = certificate.tbs_certificate.subject.0.iter().flat_map(|name| name.0.iter());
    let name = names.filter(|name| name.oid == COMMON_NAME).find_map(|name| {
        let text = Utf8StringRef::try_from(&name.value).map(|text| text.as_str().to_owned());
        text.or_else(|_| PrintableStringRef::try_from(&name.value).map(|text| text.as_str().to_owned())).ok()
    })?;
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn block(name: &str, value: &[u8], text: bool, inner: &[Vec<u8>]) -> Vec<u8> {
        let mut body: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        body.resize(padded(6 + body.len()) - 6, 0);
        body.extend(value);
        for block in inner {
            body.resize(padded(6 + body.len()) - 6, 0);
            body.extend(block);
        }
        let length = u16::try_from(6 + body.len()).unwrap();
        let value = u16::try_from(if text { value.len() / 2 } else { value.len() }).unwrap();
        let head = [length, value, u16::from(text)];
        head.into_iter().flat_map(u16::to_le_bytes).chain(body).collect()
    }

    fn text(name: &str, value: &str) -> Vec<u8> {
        let value: Vec<u8> = value.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        block(name, &value, true, &[])
    }

    #[test]
    fn the_strings_of_a_version_resource_are_read() {
        let table = [
            text("CompanyName", "VTC"),
            text("ProductName", "Đột Kích"),
            text("Comments", "x"),
            text("OriginalFilename", "cf.exe"),
        ];
        let all = block(
            "VS_VERSION_INFO",
            &[0; 52],
            false,
            &[block("StringFileInfo", &[], true, &[block("042a04b0", &[], true, &table)])],
        );
        let mut found = WindowsFacts::default();
        strings(&all, 0, &mut found);
        assert_eq!(found.product.as_deref(), Some("Đột Kích"));
        assert_eq!((found.company.as_deref(), found.original.as_deref()), (Some("VTC"), Some("cf.exe")));
        for length in 0..all.len() {
            strings(&all[..length], 0, &mut WindowsFacts::default());
        }
    }

    #[test]
    fn a_signed_program_says_what_it_is_and_who_signed_it() {
        let bytes = include_bytes!("../../../../fuzz/corpus/windows_program/signed.exe");
        let found = read(&mut Cursor::new(bytes)).unwrap();
        let text = |text: &str| Some(text.to_owned());
        let expected = WindowsFacts {
            product: text("Leaf Quest"),
            description: text("A test of version information"),
            original: text("leaf.exe"),
            company: text("Example Games"),
            signer: text("Example Games JSC"),
        };
        assert_eq!(found, expected);
        for length in (0..bytes.len()).step_by(13) {
            read(&mut Cursor::new(&bytes[..length]));
        }
    }

    #[test]
    fn what_is_no_windows_program_is_none() {
        assert_eq!(read(&mut Cursor::new(b"MZ and nothing more")), None);
        assert_eq!(read(&mut Cursor::new(b"\x7fELF")), None);
        assert_eq!(signed_by(b"0\x80\x06"), None);
    }
}
