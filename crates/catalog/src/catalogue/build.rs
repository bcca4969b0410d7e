//! Makes a catalogue.

use super::key::{LAUNCHER as STARTS, RECORD_MASK, WEAK};
use super::{
    Basis, CatalogueError, Header, Key, LONGEST_HEADER, MAGIC, SCHEMA, SourceOfFacts, Themes, normal_name,
};
use data_encoding::HEXLOWER;
use ed25519_dalek::{Signer as _, SigningKey};
use lanh_policy::{AgeRating, Category};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};

/// In a record's flags: its name is followed by the Vietnamese one.
pub(super) const HAS_VI: u8 = 1;
/// Its names are followed by its id.
pub(super) const HAS_ID: u8 = 2;
/// It only starts games.
pub(super) const LAUNCHER: u8 = 4;
/// It is a part of the desktop.
pub(super) const ESSENTIAL: u8 = 8;

const CATEGORIES: [Category; 8] = [
    Category::Game,
    Category::Learning,
    Category::Social,
    Category::Video,
    Category::Browser,
    Category::Creative,
    Category::System,
    Category::Other,
];

const RATINGS: [AgeRating; 4] =
    [AgeRating::Everyone, AgeRating::Twelve, AgeRating::Sixteen, AgeRating::Eighteen];

pub(super) fn category(number: u8) -> Option<Category> {
    CATEGORIES.get(usize::from(number)).copied()
}

/// From its number; 0 is none.
pub(super) fn rating(number: u8) -> Option<AgeRating> {
    RATINGS.get(usize::from(number.checked_sub(1)?)).copied()
}

/// The place of a value in a list of fewer than 255.
fn number<T: PartialEq>(list: &[T], wanted: &T) -> u8 {
    list.iter().position(|item| item == wanted).and_then(|at| at.try_into().ok()).unwrap_or(u8::MAX)
}

/// What one source says of one program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name, at most 255 bytes of which are kept.
    pub name: String,
    /// Its name in Vietnamese.
    pub name_vi: Option<String>,
    /// An id that holds wherever it is installed.
    pub id: Option<String>,
    /// What it is for.
    pub category: Category,
    /// Its age rating.
    pub rating: Option<AgeRating>,
    /// It only starts games.
    pub launcher: bool,
    /// A part of the desktop that is never judged.
    pub essential: bool,
    /// What it is about.
    pub themes: Themes,
    /// What it is known by.
    pub keys: Vec<(Key, String)>,
    /// Program files that only start it, as keys too.
    pub starters: Vec<(Key, String)>,
}

/// Collects what the sources say, the most trusted source first.
#[derive(Debug, Default)]
pub struct Builder {
    sources: Vec<SourceOfFacts>,
    records: Vec<Record>,
    keys: BTreeMap<Vec<u8>, u64>,
}

#[derive(Debug)]
struct Record {
    entry: Entry,
    source: u8,
    rating_source: u8,
}

impl Builder {
    /// Takes up a source; at most 15.
    pub fn source(&mut self, source: SourceOfFacts) -> u8 {
        let number = u8::try_from(self.sources.len()).unwrap_or(u8::MAX);
        self.sources.push(source);
        number
    }

    /// Takes up what a source says of a program. What an earlier source said of the same program (it has
    /// the same id in a store, or the name of one that is commonly known) stays; what is new is added.
    pub fn add(&mut self, source: u8, mut entry: Entry) {
        let same = self.same(&entry);
        if let Some(counted) = self.sources.get_mut(usize::from(source)) {
            counted.programs += 1;
        }
        let name = normal_name(&entry.name);
        let mut keys = std::mem::take(&mut entry.keys);
        let starters = std::mem::take(&mut entry.starters);
        let name_vi = entry.name_vi.as_deref().map(normal_name).filter(|other| *other != name);
        if !entry.essential {
            keys.extend([Some(name), name_vi].into_iter().flatten().map(|name| (Key::Name, name)));
        }
        let at = match same {
            Some(at) => {
                if let Some(record) = self.records.get_mut(at) {
                    record.add(entry, source);
                }
                at
            }
            None => {
                self.records.push(Record { entry, source, rating_source: source });
                self.records.len() - 1
            }
        };
        let at = u64::try_from(at).unwrap_or(u64::MAX) & RECORD_MASK;
        for (key, text) in keys {
            self.key(key, &text, at);
        }
        for (key, text) in starters {
            self.key(key, &text, at | STARTS);
        }
    }

    /// The record that an entry adds to.
    fn same(&self, entry: &Entry) -> Option<usize> {
        let number = |value: &u64| usize::try_from(value & RECORD_MASK).ok();
        let certain = entry.keys.iter().filter(|(key, _)| {
            matches!(key, Key::Bundle | Key::Desktop | Key::Flatpak | Key::Snap | Key::Steam)
        });
        certain.filter_map(|(key, text)| self.keys.get(&key.bytes(text))).find_map(number).or_else(|| {
            let at = number(self.keys.get(&Key::Name.bytes(&normal_name(&entry.name)))?)?;
            let record = self.records.get(at)?;
            let known = self.sources.get(usize::from(record.source))?.basis == Basis::Known;
            (known && record.entry.category == entry.category).then_some(at)
        })
    }

    fn key(&mut self, key: Key, text: &str, value: u64) {
        if text.is_empty() || text.len() > 200 {
            return;
        }
        let fold = matches!(key, Key::Windows | Key::Linux | Key::Mac);
        let text = if fold { text.replace('\\', "/").to_lowercase() } else { text.to_owned() };
        let known = self.keys.entry(key.bytes(&text)).or_insert(value);
        if *known & RECORD_MASK != value & RECORD_MASK {
            // Two programs have it: it tells of neither for sure. The more trusted source comes first.
            *known |= WEAK;
        }
    }

    /// The catalogue, signed.
    ///
    /// # Errors
    /// [`CatalogueError::NotOne`]: there is too much of it.
    pub fn finish(self, version: u64, key: &SigningKey) -> Result<Vec<u8>, CatalogueError> {
        let too_much = |_| CatalogueError::NotOne;
        if self.sources.len() > 15 || self.records.len() as u64 > RECORD_MASK {
            return Err(CatalogueError::NotOne);
        }
        let (mut records, mut names) = (Vec::new(), Vec::new());
        let mut known: HashMap<Vec<u8>, u32> = HashMap::new();
        for Record { entry, source, rating_source } in &self.records {
            let mut text = Vec::new();
            let mut flags = 0;
            put(&mut text, &entry.name);
            for (part, flag) in [(&entry.name_vi, HAS_VI), (&entry.id, HAS_ID)] {
                if let Some(part) = part {
                    flags |= flag;
                    put(&mut text, part);
                }
            }
            flags |= if entry.launcher { LAUNCHER } else { 0 } | if entry.essential { ESSENTIAL } else { 0 };
            let at = match known.get(&text) {
                Some(at) => *at,
                None => {
                    let at = u32::try_from(names.len()).map_err(too_much)?;
                    names.extend_from_slice(&text);
                    known.insert(text, at);
                    at
                }
            };
            records.extend(at.to_le_bytes());
            let rating = entry.rating.map_or(0, |rating| number(&RATINGS, &rating).saturating_add(1));
            records.extend([
                number(&CATEGORIES, &entry.category),
                flags,
                rating,
                source | rating_source << 4,
            ]);
            records.extend(entry.themes.0.to_le_bytes());
        }
        let mut index = fst::MapBuilder::memory();
        for (key, value) in &self.keys {
            index.insert(key, *value).map_err(|_| CatalogueError::NotOne)?;
        }
        let index = index.into_inner().map_err(|_| CatalogueError::NotOne)?;
        let mut hasher = Sha256::new();
        for part in [&index, &records, &names] {
            hasher.update(part);
        }
        let header = Header {
            schema: SCHEMA,
            version,
            programs: u32::try_from(self.records.len()).map_err(too_much)?,
            sources: self.sources,
            parts: [index.len() as u64, records.len() as u64, names.len() as u64],
            sha256: HEXLOWER.encode(&hasher.finalize()),
        };
        let header = serde_json::to_vec(&header).map_err(|_| CatalogueError::NotOne)?;
        if header.len() > LONGEST_HEADER {
            return Err(CatalogueError::NotOne);
        }
        let mut file = MAGIC.to_vec();
        file.extend(u32::try_from(header.len()).map_err(too_much)?.to_le_bytes());
        file.extend(header);
        let signature = key.sign(&file);
        file.extend(signature.to_bytes());
        for part in [index, records, names] {
            file.extend(part);
        }
        Ok(file)
    }
}

impl Record {
    fn add(&mut self, entry: Entry, source: u8) {
        let Self { entry: known, rating_source, .. } = self;
        // Several sources or editions may rate it: the strictest counts.
        if entry.rating > known.rating {
            known.rating = entry.rating;
            *rating_source = source;
        }
        known.themes = Themes(known.themes.0 | entry.themes.0);
        known.name_vi = known.name_vi.take().or(entry.name_vi);
        known.id = known.id.take().or(entry.id);
    }
}

/// A text with its length before it, cut at a letter.
fn put(out: &mut Vec<u8>, text: &str) {
    let mut end = text.len().min(usize::from(u8::MAX));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end).unwrap_or_default();
    out.push(u8::try_from(text.len()).unwrap_or(0));
    out.extend_from_slice(text.as_bytes());
}
