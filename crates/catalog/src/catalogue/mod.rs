//! The catalogue: facts about programs, from named sources, in one signed file.
//!
//! The file is made by `cargo xtask catalog` and read where it lies: a lookup touches a few pages of it.
//! One is part of the program ([`Catalogue::shipped`]); a newer one may lie beside it ([`check`] says
//! whether it may be used). `docs/catalogue.md` describes the file.

mod build;
mod key;
mod signature;

pub use build::{Builder, Entry};
pub use key::{Key, normal_name};
pub use signature::{PublicKey, check};

use crate::installed::FactBasis;
use fst::Map;
use lanh_policy::{AgeRating, Category};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

/// What a catalogue begins with.
const MAGIC: &[u8; 8] = b"LANHCAT\x01";
/// The schema of the file that this program reads and writes.
const SCHEMA: u32 = 1;
/// The longest header, in bytes.
const LONGEST_HEADER: usize = 64 * 1024;
/// The longest catalogue, in bytes.
const LONGEST: u64 = 16 * 1024 * 1024;
/// The length of an Ed25519 signature.
const SIGNATURE: usize = 64;
/// The length of a program's record.
const RECORD: usize = 10;

/// The catalogue that is part of the program.
static SHIPPED: LazyLock<Arc<Catalogue>> = LazyLock::new(|| {
    static BYTES: &[u8] = include_bytes!("../data/catalogue.lanh");
    match Catalogue::open(BYTES) {
        Ok(catalogue) => Arc::new(catalogue),
        Err(error) => {
            // A test opens the same bytes, so this is never seen outside one.
            tracing::error!(%error, "the shipped catalogue cannot be read");
            Arc::new(Catalogue::default())
        }
    }
});

/// Why a file cannot serve as the catalogue.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// Something else, or cut off.
    #[error("it is no catalogue of Lanh, or only a part of one: copy it again")]
    NotOne,
    /// From another time.
    #[error(
        "it follows schema {0}, and this Lanh reads schema {SCHEMA}: update Lanh, or take the catalogue that fits it"
    )]
    Schema(u32),
    /// Nobody who is trusted signed it.
    #[error(
        "it is not signed by a key that Lanh trusts: take it from where Lanh came from, or name the key of who made \
         it as catalogue_key in lanhd.toml"
    )]
    Unsigned,
    /// The content is not the one that was signed.
    #[error("its content is not what was signed: copy it again")]
    Damaged,
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Read(#[from] std::io::Error),
}

/// Where facts come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceOfFacts {
    /// Its name, with what it is: `npm package arrpc-bun, detectable.json`.
    pub name: String,
    /// Which state of it: a version or a date.
    pub version: String,
    /// Its licence, as an SPDX expression or in a few words.
    pub licence: String,
    /// The SHA-256 of what was read, in hexadecimal.
    pub sha256: String,
    /// `read`: the source says so; `known`: commonly known, and still to be verified.
    pub basis: Basis,
    /// How many programs it names.
    pub programs: u32,
}

/// How the facts of a source are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Read from it.
    Read,
    /// Commonly known; nobody has verified it.
    Known,
}

impl From<Basis> for FactBasis {
    fn from(basis: Basis) -> Self {
        match basis {
            Basis::Read => Self::Read,
            Basis::Known => Self::Known,
        }
    }
}

/// What a catalogue says of itself. This is what is signed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The schema of the file.
    schema: u32,
    /// Which edition; a higher one is newer. The day as YYYYMMDD and two digits more.
    pub version: u64,
    /// How many programs it knows.
    pub programs: u32,
    /// Where its facts come from, by number.
    pub sources: Vec<SourceOfFacts>,
    /// The lengths of the three parts: keys, records, names.
    parts: [u64; 3],
    /// The SHA-256 of the parts, in hexadecimal.
    sha256: String,
}

/// What is said of one program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Its name, in English or in no particular language.
    pub name: &'a str,
    /// Its name in Vietnamese, if it has another there.
    pub name_vi: Option<&'a str>,
    /// An id that holds wherever it is installed, if it has one.
    pub id: Option<&'a str>,
    /// What it is for.
    pub category: Category,
    /// How that is known.
    pub basis: FactBasis,
    /// Its age rating, if its makers answered for one.
    pub rating: Option<AgeRating>,
    /// How the rating is known.
    pub rating_basis: FactBasis,
    /// It only starts games and is no play by itself.
    pub launcher: bool,
    /// A part of the desktop that is never judged.
    pub essential: bool,
    /// What it is about, as the sources say.
    pub themes: Themes,
}

/// What was found under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    /// The program.
    pub facts: Facts<'a>,
    /// Whether this program file starts the program rather than being it.
    pub launcher: bool,
    /// Whether the key alone says little: other programs have it too, or it is a bare file name.
    pub weak: bool,
}

/// Themes of a program, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Themes(u16);

impl Themes {
    /// The names of all themes, by bit.
    pub const NAMES: [&str; 16] = [
        "action",
        "comedy",
        "educational",
        "erotic",
        "fantasy",
        "historical",
        "horror",
        "kids",
        "mystery",
        "party",
        "romance",
        "sandbox",
        "science fiction",
        "survival",
        "thriller",
        "warfare",
    ];

    /// With one more, in any case; unknown names are left out.
    pub fn with(self, name: &str) -> Self {
        match Self::NAMES.iter().position(|known| known.eq_ignore_ascii_case(name)) {
            Some(bit) => Self(self.0 | 1 << bit),
            None => self,
        }
    }

    /// Their names.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .enumerate()
            .filter(move |(bit, _)| self.0 & 1 << bit != 0)
            .map(|(_, name)| name)
    }
}

/// Bytes that live as long as the catalogue: the program's own, or a mapped file.
type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// A part of the file.
#[derive(Clone)]
struct Part {
    bytes: Bytes,
    range: Range<usize>,
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        (*self.bytes).as_ref().get(self.range.clone()).unwrap_or_default()
    }
}

/// Facts about programs, by every key that they are known by.
pub struct Catalogue {
    header: Header,
    keys: Option<Map<Part>>,
    records: Part,
    names: Part,
}

impl Default for Catalogue {
    /// A catalogue without programs.
    fn default() -> Self {
        let empty = Part { bytes: Arc::new([]), range: 0..0 };
        Self { header: Header::default(), keys: None, records: empty.clone(), names: empty }
    }
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Catalogue").field("header", &self.header).finish_non_exhaustive()
    }
}

impl Catalogue {
    /// The catalogue that is part of this program.
    pub fn shipped() -> Arc<Self> {
        Arc::clone(&SHIPPED)
    }

    /// Takes a catalogue whose bytes are trusted already ([`check`]). Reads the header only.
    ///
    /// # Errors
    /// [`CatalogueError::NotOne`] and [`CatalogueError::Schema`].
    pub fn open(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self, CatalogueError> {
        let bytes: Bytes = Arc::new(bytes);
        let all = (*bytes).as_ref();
        let (header, signed) = read_header(all)?;
        let mut at = signed + SIGNATURE;
        let mut part = |length: u64| {
            let length = usize::try_from(length).ok()?;
            let range = at..at.checked_add(length).filter(|end| *end <= all.len())?;
            at = range.end;
            Some(Part { bytes: Arc::clone(&bytes), range })
        };
        let [keys, records, names] = header.parts;
        let (Some(keys), Some(records), Some(names)) = (part(keys), part(records), part(names)) else {
            return Err(CatalogueError::NotOne);
        };
        let keys = Map::new(keys).map_err(|_| CatalogueError::NotOne)?;
        Ok(Self { header, keys: Some(keys), records, names })
    }

    /// What it says of itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many keys it has.
    pub fn keys(&self) -> usize {
        self.keys.as_ref().map_or(0, Map::len)
    }

    /// The program with this key. Takes microseconds.
    pub fn find(&self, key: Key, text: &str) -> Option<Found<'_>> {
        self.value(self.keys.as_ref()?.get(key.bytes(text))?)
    }

    /// Every program file in the system's own folders that it knows by its name.
    pub fn system_files(&self) -> Vec<(String, Found<'_>)> {
        use fst::{IntoStreamer as _, Streamer as _};
        let Some(keys) = &self.keys else { return Vec::new() };
        let (mut found, (from, to)) = (Vec::new(), Key::File.bounds());
        let mut stream = keys.range().ge(from).lt(to).into_stream();
        while let Some((key, value)) = stream.next() {
            if let (Some(name), Some(facts)) = (Key::File.text(key), self.value(value)) {
                found.push((name, facts));
            }
        }
        found
    }

    /// By a program file's path: its name with as many folders as a source gave, else its bare name.
    /// `key`: [`Key::Windows`], [`Key::Linux`] or [`Key::Mac`].
    pub fn program_file(&self, key: Key, path: &str) -> Option<Found<'_>> {
        let path = path.replace('\\', "/").to_lowercase();
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        // The longest first: what names more folders is surer.
        (1..=parts.len().min(key::MOST_FOLDERS + 1)).rev().find_map(|count| {
            let tail = parts.get(parts.len() - count..)?.join("/");
            let found = self.find(key, &tail)?;
            Some(Found { weak: found.weak || count == 1, ..found })
        })
    }

    fn value(&self, value: u64) -> Option<Found<'_>> {
        let facts = self.record(usize::try_from(value & key::RECORD_MASK).ok()?)?;
        let launcher = facts.launcher || value & key::LAUNCHER != 0;
        Some(Found { facts, launcher, weak: value & key::WEAK != 0 })
    }

    fn record(&self, number: usize) -> Option<Facts<'_>> {
        let at = number.checked_mul(RECORD)?;
        let bytes: &[u8; RECORD] = self.records.as_ref().get(at..at.checked_add(RECORD)?)?.try_into().ok()?;
        let [n0, n1, n2, n3, category, flags, rating, sources, t0, t1] = *bytes;
        let mut names =
            self.names.as_ref().get(usize::try_from(u32::from_le_bytes([n0, n1, n2, n3])).ok()?..)?;
        let name = take(&mut names)?;
        let name_vi = if flags & build::HAS_VI == 0 { None } else { Some(take(&mut names)?) };
        let id = if flags & build::HAS_ID == 0 { None } else { Some(take(&mut names)?) };
        let basis = |number: u8| {
            let source = self.header.sources.get(usize::from(number));
            source.map_or(FactBasis::Unknown, |source| source.basis.into())
        };
        let rating = build::rating(rating);
        Some(Facts {
            name,
            name_vi,
            id,
            category: build::category(category)?,
            basis: basis(sources & 0x0f),
            rating,
            rating_basis: if rating.is_some() { basis(sources >> 4) } else { FactBasis::Unknown },
            launcher: flags & build::LAUNCHER != 0,
            essential: flags & build::ESSENTIAL != 0,
            themes: Themes(u16::from_le_bytes([t0, t1])),
        })
    }
}

/// A text with its length before it.
fn take<'a>(names: &mut &'a [u8]) -> Option<&'a str> {
    let (length, rest) = names.split_first()?;
    let text = rest.get(..usize::from(*length))?;
    *names = rest.get(usize::from(*length)..)?;
    std::str::from_utf8(text).ok()
}

/// The header, and how long what is signed is.
fn read_header(bytes: &[u8]) -> Result<(Header, usize), CatalogueError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(CatalogueError::NotOne)?;
    let (length, rest) = rest.split_at_checked(4).ok_or(CatalogueError::NotOne)?;
    let length = length.try_into().map(u32::from_le_bytes).map_err(|_| CatalogueError::NotOne)?;
    let length = usize::try_from(length)
        .ok()
        .filter(|length| *length <= LONGEST_HEADER)
        .ok_or(CatalogueError::NotOne)?;
    let text = rest.get(..length).ok_or(CatalogueError::NotOne)?;
    /// Read first: the rest may look different in another schema.
    #[derive(Deserialize)]
    struct Schema {
        schema: u32,
    }
    let Schema { schema } = serde_json::from_slice(text).map_err(|_| CatalogueError::NotOne)?;
    if schema != SCHEMA {
        return Err(CatalogueError::Schema(schema));
    }
    let header = serde_json::from_slice(text).map_err(|_| CatalogueError::NotOne)?;
    Ok((header, MAGIC.len() + 4 + length))
}
