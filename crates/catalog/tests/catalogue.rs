//! The catalogue: the file that ships, and files that somebody has touched.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a fixture that cannot be made fails its test"
)]

use ed25519_dalek::SigningKey;
use lanh_catalog::{
    Basis, Builder, Catalogue, CatalogueError, Entry, FactBasis, Key, PublicKey, SourceOfFacts, Themes,
    check, normal_name,
};
use lanh_policy::{AgeRating, Category};
use proptest::prelude::*;

const SHIPPED: &[u8] = include_bytes!("../src/data/catalogue.lanh");

#[test]
fn the_shipped_file_is_signed_small_and_says_where_its_facts_are_from() {
    let header = check(&mut &SHIPPED[..], &[PublicKey::shipped().unwrap()]).unwrap();
    assert!(SHIPPED.len() <= 2_000_000, "{} bytes", SHIPPED.len());
    assert!(header.programs >= 18_000, "{}", header.programs);
    for source in &header.sources {
        assert!(source.programs > 0 && source.sha256.len() == 64, "{source:?}");
        assert!(
            ![&source.name, &source.version, &source.licence].iter().any(|text| text.is_empty()),
            "{source:?}"
        );
        assert!(!source.name.contains("://"), "{source:?}");
    }
    let bases: Vec<Basis> = header.sources.iter().map(|source| source.basis).collect();
    assert_eq!(bases, [Basis::Known, Basis::Read, Basis::Read]);
}

#[track_caller]
fn is(key: Key, text: &str, name: &str, category: Category, basis: FactBasis) {
    let catalogue = Catalogue::shipped();
    let found = catalogue.find(key, text).unwrap_or_else(|| panic!("{text} is not known"));
    assert_eq!(
        (found.facts.name, found.facts.category, found.facts.basis),
        (name, category, basis),
        "{text}"
    );
}

#[test]
fn what_everybody_knows_is_in_it() {
    use Category::{Browser, Creative, Game, Learning, Other, Social};
    use FactBasis::{Known, Read};
    is(Key::Desktop, "org.kde.gcompris", "GCompris", Learning, Known);
    is(Key::Desktop, "tuxmath", "Tux, of Math Command", Learning, Known);
    is(Key::Desktop, "libreoffice-writer", "LibreOffice", Creative, Known);
    is(Key::Desktop, "firefox-esr", "Firefox", Browser, Known);
    is(Key::Steam, "252490", "Rust", Game, Read);
    is(Key::Name, &normal_name("Liên Quân Mobile"), "Arena of Valor", Game, Known);
    is(Key::Name, &normal_name("Đột Kích"), "CrossFire", Game, Known);
    is(Key::Name, &normal_name("Free Fire"), "Free Fire", Game, Known);
    is(Key::Name, &normal_name("FC Online"), "EA SPORTS FC Online", Game, Known);
    is(Key::Windows, "garena/garena.exe", "Garena", Other, Known);
    is(Key::Bundle, "com.vng.zalo", "Zalo", Social, Known);
    let catalogue = Catalogue::shipped();
    assert!(catalogue.find(Key::Windows, "garena/garena.exe").unwrap().launcher);
    assert!(catalogue.find(Key::File, "openbox").unwrap().facts.essential);
    let rated = catalogue.find(Key::Desktop, "supertuxkart").unwrap().facts;
    assert_eq!((rated.rating, rated.rating_basis), (Some(AgeRating::Twelve), Read));
    assert_eq!(
        catalogue.find(Key::Steam, "252490").unwrap().facts.rating,
        None,
        "not rated: nobody answered"
    );
}

#[test]
fn a_path_with_its_folder_is_surer_than_a_name() {
    let catalogue = Catalogue::shipped();
    let weak = |path: &str| catalogue.program_file(Key::Windows, path).map(|found| found.weak);
    assert_eq!(weak("C:\\x\\RocketLeague.exe"), Some(true));
    assert_eq!(weak("D:\\Riot\\Riot Client\\RiotClientServices.exe"), Some(false));
    assert_eq!(weak("C:\\Windows\\notepad.exe"), None);
}

fn source(basis: Basis) -> SourceOfFacts {
    let text = || "test".to_owned();
    SourceOfFacts { name: text(), version: text(), licence: text(), sha256: text(), basis, programs: 0 }
}

fn entry(name: &str, category: Category, keys: &[(Key, &str)]) -> Entry {
    Entry {
        name: name.to_owned(),
        name_vi: None,
        id: None,
        category,
        rating: None,
        launcher: false,
        essential: false,
        themes: Themes::default(),
        keys: keys.iter().map(|(key, text)| (*key, (*text).to_owned())).collect(),
        starters: Vec::new(),
    }
}

fn small() -> Vec<u8> {
    let mut builder = Builder::default();
    let (known, read) = (builder.source(source(Basis::Known)), builder.source(source(Basis::Read)));
    builder.add(
        known,
        entry("Tux", Category::Learning, &[(Key::Desktop, "tux"), (Key::Windows, "tux/tux.exe")]),
    );
    let mut rated = entry("TUX!", Category::Game, &[(Key::Desktop, "tux"), (Key::Windows, "Same.exe")]);
    rated.rating = Some(AgeRating::Twelve);
    rated.name_vi = Some("Chim cánh cụt".to_owned());
    builder.add(read, rated);
    builder.add(read, entry("Other", Category::Game, &[(Key::Windows, "same.exe"), (Key::Steam, "7")]));
    builder.finish(5, &SigningKey::from_bytes(&[3; 32])).unwrap()
}

fn key() -> PublicKey {
    let public = SigningKey::from_bytes(&[3; 32]).verifying_key();
    PublicKey::parse(&public.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>()).unwrap()
}

#[test]
fn sources_are_merged_and_the_first_word_stays() {
    let catalogue = Catalogue::open(small()).unwrap();
    let tux = catalogue.find(Key::Desktop, "tux").unwrap().facts;
    assert_eq!((tux.name, tux.name_vi, tux.category), ("Tux", Some("Chim cánh cụt"), Category::Learning));
    assert_eq!((tux.basis, tux.rating_basis), (FactBasis::Known, FactBasis::Read));
    assert_eq!(tux.rating, Some(AgeRating::Twelve));
    assert!(!catalogue.find(Key::Windows, "tux/tux.exe").unwrap().weak);
    assert!(catalogue.find(Key::Windows, "same.exe").unwrap().weak, "two programs have it");
    assert_eq!(catalogue.find(Key::Steam, "7").unwrap().facts.name, "Other");
    assert_eq!(catalogue.header().programs, 2);
}

#[test]
fn another_schema_is_told_apart() {
    let mut bytes = small();
    let at = bytes.windows(10).position(|window| window == b"\"schema\":1").unwrap();
    bytes[at + 9] = b'7';
    let error = Catalogue::open(bytes).unwrap_err();
    assert!(matches!(error, CatalogueError::Schema(7)), "{error}");
    assert!(error.to_string().contains("update Lanh"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// No byte can be changed and none left out.
    #[test]
    fn a_touched_file_is_refused(at in any::<prop::sample::Index>(), flip in 1..=u8::MAX, cut in any::<bool>()) {
        let mut bytes = small();
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= flip;
        }
        prop_assert!(check(&mut bytes.as_slice(), &[key()]).is_err());
        // And what is opened all the same, because it is part of the program, never panics.
        if let Ok(catalogue) = Catalogue::open(bytes) {
            let _ = catalogue.header();
        }
    }
}

#[test]
fn the_untouched_file_is_taken() {
    assert_eq!(check(&mut small().as_slice(), &[key()]).unwrap().version, 5);
    assert!(matches!(check(&mut small().as_slice(), &[]), Err(CatalogueError::Unsigned)));
}
