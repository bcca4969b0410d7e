//! What the fuzz targets found worth keeping, replayed: no parser panics or hangs on any of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 22] = [
    ("backup", lanh_store::fuzzing::backup),
    ("catalogue", lanh_catalog::fuzzing::catalogue),
    ("codec", lanh_protocol::fuzzing::codec),
    ("config", lanh_service::fuzzing::config),
    ("desktop", lanh_catalog::fuzzing::desktop),
    ("elf", lanh_catalog::fuzzing::elf),
    ("flatpak", lanh_catalog::fuzzing::flatpak),
    ("flatpak_info", lanh_service::fuzzing::flatpak_info),
    ("heroic", lanh_catalog::fuzzing::heroic),
    ("lutris", lanh_catalog::fuzzing::lutris),
    ("metainfo", lanh_catalog::fuzzing::metainfo),
    ("mountinfo", lanh_platform::fuzzing::mountinfo),
    ("package", lanh_catalog::fuzzing::package),
    ("policy_file", lanh_cli::fuzzing::policy_file),
    ("proc", lanh_platform::fuzzing::proc),
    ("registry", lanh_catalog::fuzzing::registry),
    ("script", lanh_catalog::fuzzing::script),
    ("shortcuts", lanh_catalog::fuzzing::shortcuts),
    ("snap", lanh_catalog::fuzzing::snap),
    ("steam", lanh_catalog::fuzzing::steam),
    ("stores", lanh_catalog::fuzzing::stores),
    ("windows_program", lanh_catalog::fuzzing::windows_program),
];

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus")
}

#[test]
fn every_corpus_is_replayed() {
    let mut there: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    assert_eq!(there, TARGETS.map(|(name, _)| name));
}

#[test]
fn no_parser_panics_on_what_was_found() {
    for (name, target) in TARGETS {
        let mut files: Vec<_> =
            fs::read_dir(folder().join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty(), "{name}");
        for file in files {
            println!("{}", file.display());
            target(&fs::read(file).unwrap());
        }
    }
}
