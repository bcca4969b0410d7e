//! What programs are known by.

/// A kind of name that programs are known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A macOS bundle identifier.
    Bundle,
    /// The id of a desktop entry.
    Desktop,
    /// The name of a program file in the system's own program folders.
    File,
    /// A Flatpak application id.
    Flatpak,
    /// The end of a Linux program file's path, lower case.
    Linux,
    /// The end of a macOS program file's path, lower case.
    Mac,
    /// A title for people, as [`normal_name`] writes it.
    Name,
    /// The name of a snap.
    Snap,
    /// A Steam application id.
    Steam,
    /// The end of a Windows program file's path, lower case, with `/` between folders.
    Windows,
}

/// How many folders before a program file's name are looked at.
pub(super) const MOST_FOLDERS: usize = 3;
/// The part of a value that is the number of a record.
pub(super) const RECORD_MASK: u64 = 0x00ff_ffff;
/// In a value: this file only starts the program.
pub(super) const LAUNCHER: u64 = 1 << 24;
/// In a value: the key alone says little.
pub(super) const WEAK: u64 = 1 << 25;

impl Key {
    fn letter(self) -> u8 {
        match self {
            Self::Bundle => b'b',
            Self::Desktop => b'd',
            Self::File => b'e',
            Self::Flatpak => b'f',
            Self::Linux => b'l',
            Self::Mac => b'm',
            Self::Name => b'n',
            Self::Snap => b'p',
            Self::Steam => b's',
            Self::Windows => b'w',
        }
    }

    /// As it stands in the index.
    pub(super) fn bytes(self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len() + 1);
        bytes.push(self.letter());
        bytes.extend_from_slice(text.as_bytes());
        bytes
    }

    /// All keys of this kind: from, and before.
    pub(super) fn bounds(self) -> ([u8; 1], [u8; 1]) {
        ([self.letter()], [self.letter() + 1])
    }

    /// The text of a key of this kind.
    pub(super) fn text(self, key: &[u8]) -> Option<String> {
        let (letter, text) = key.split_first()?;
        (*letter == self.letter()).then(|| String::from_utf8(text.to_vec()).ok()).flatten()
    }
}

/// A title without what is written differently from place to place: case, spaces, punctuation.
pub fn normal_name(title: &str) -> String {
    title.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
