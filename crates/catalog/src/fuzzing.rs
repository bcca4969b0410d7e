//! One function per parser of a file that comes from outside. None of them may panic, hang or grow beyond
//! what it was given; whatever it returns is nobody's business here.

use crate::parse;
use std::io::Cursor;

/// A desktop entry, and the command line in it.
pub fn desktop(bytes: &[u8]) {
    if let Some(entry) = parse::desktop::parse(&String::from_utf8_lossy(bytes)) {
        parse::command::Command::parse(&entry.exec);
    }
}

/// Steam: the list of libraries and the manifest of a game (VDF and ACF).
pub fn steam(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    parse::steam::libraries(&text);
    parse::steam::manifest(&text);
}

/// A game of Lutris (YAML), and the name of its file.
pub fn lutris(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    parse::lutris::parse(&text);
    parse::lutris::slug(&text);
}

/// Heroic: installed games and their titles (JSON).
pub fn heroic(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    parse::heroic::games(&text);
    parse::heroic::titles(&text);
}

/// The metadata of a Flatpak.
pub fn flatpak(bytes: &[u8]) {
    if let Some(command) = parse::flatpak::command(&String::from_utf8_lossy(bytes)) {
        parse::command::Command::parse(&command);
    }
}

/// A snap's `snap.yaml`.
pub fn snap(bytes: &[u8]) {
    parse::snap::parse(&String::from_utf8_lossy(bytes));
}

/// AppStream metainfo (XML).
pub fn metainfo(bytes: &[u8]) {
    parse::metainfo::parse(&String::from_utf8_lossy(bytes));
}

/// The build id of an ELF file, with and without its magic number in front.
pub fn elf(bytes: &[u8]) {
    parse::elf::build_id(&mut Cursor::new(bytes));
    let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
    elf.extend(bytes);
    parse::elf::build_id(&mut Cursor::new(&elf));
}

/// A wrapper script, and a command line.
pub fn script(bytes: &[u8]) {
    parse::script::parse(bytes);
    parse::command::Command::parse(&String::from_utf8_lossy(bytes));
}

/// A Windows program: version information and signer.
pub fn windows_program(bytes: &[u8]) {
    parse::pe::read(&mut Cursor::new(bytes));
}

/// Steam's list of programs that were added by hand (binary VDF).
pub fn shortcuts(bytes: &[u8]) {
    parse::shortcuts::parse(bytes);
}

/// A registry file of Wine or of regedit.
pub fn registry(bytes: &[u8]) {
    parse::registry::installed(&parse::registry::decode(bytes));
}

/// What Epic, GOG and Riot leave beside their games.
pub fn stores(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    parse::stores::epic(&text);
    parse::stores::gog(&text);
    parse::stores::riot(&text);
}

/// The manifests of a Windows package and of a macOS bundle.
pub fn package(bytes: &[u8]) {
    parse::package::msix(&String::from_utf8_lossy(bytes));
    parse::package::plist(bytes, true);
}

/// The header of a catalogue, and its check by a key.
pub fn catalogue(bytes: &[u8]) {
    let keys: Vec<_> = crate::PublicKey::shipped().into_iter().collect();
    let _ = crate::check(&mut Cursor::new(bytes), &keys);
}
