//! What must stay true of the house itself: which crate may depend on which, where `unsafe` may be, and
//! what no file may contain.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests state what must hold, and a panic is how they fail"
)]

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which of our crates a crate may depend on. Crates that may depend on any are not listed.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("lanh-policy", &[]),
    ("lanh-store", &["lanh-policy"]),
    ("lanh-catalog", &["lanh-policy"]),
    ("lanh-platform", &["lanh-policy"]),
    ("lanh-protocol", &[]),
    ("lanh-words", &["lanh-protocol"]),
    ("lanh-companion", &["lanh-protocol", "lanh-words"]),
    ("lanh-cli", &["lanh-companion", "lanh-protocol", "lanh-words"]),
    ("lanh-app", &["lanh-protocol", "lanh-words"]),
    ("lanh-service", &["lanh-catalog", "lanh-platform", "lanh-policy", "lanh-protocol", "lanh-store"]),
];
const MAY_DEPEND_ON_ANY: &[&str] = &["lanh-tests", "xtask"];

/// What the pure core must not reach, directly or through others.
const NOT_IN_POLICY: &[&str] = &[
    "serde",
    "serde_core",
    "serde_json",
    "tokio",
    "async-std",
    "smol",
    "rusqlite",
    "nix",
    "rustix",
    "libc",
    "sysinfo",
    "tracing",
    "log",
    "getrandom",
    "rand",
    "iana-time-zone",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).exec().unwrap()
}

/// Every text file of the project, with its path from the root.
fn files() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let is_foreign = ["target", ".git", "node_modules", "dist"].contains(&name.as_str());
            if is_foreign || name == "Cargo.lock" {
                continue;
            }
            // In a linked worktree `.git` is a file.
            if path.is_dir() {
                walk(&path, found);
            } else if path.is_file() {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root(), &mut found);
    let relative = |path: &Path| path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
    found.iter().filter_map(|path| Some((relative(path), fs::read_to_string(path).ok()?))).collect()
}

fn rust_files() -> Vec<(String, String)> {
    files().into_iter().filter(|(path, _)| path.ends_with(".rs")).collect()
}

/// The code of a line: what stands outside of string literals and before a comment.
fn code(line: &str) -> String {
    let mut code = String::new();
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                while let Some(quoted) = characters.next() {
                    match quoted {
                        '\\' => drop(characters.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '/' if characters.peek() == Some(&'/') => break,
            other => code.push(other),
        }
    }
    code
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|character: char| !character.is_alphanumeric() && character != '_').any(|found| found == word)
}

#[track_caller]
fn assert_none(found: &[String], rule: &str) {
    assert!(found.is_empty(), "{rule}\n  {}", found.join("\n  "));
}

#[test]
fn crates_depend_in_one_direction_only() {
    let metadata = metadata();
    let allowed: BTreeMap<_, BTreeSet<_>> =
        MAY_DEPEND_ON.iter().map(|(name, others)| (*name, others.iter().copied().collect())).collect();
    let ours: BTreeSet<_> =
        metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        let name = package.name.to_string();
        if MAY_DEPEND_ON_ANY.contains(&name.as_str()) {
            continue;
        }
        let Some(allowed) = allowed.get(name.as_str()) else {
            wrong.push(format!("{name} has no place in the order: give it one here and in ARCHITECTURE.md"));
            continue;
        };
        for dependency in &package.dependencies {
            // A crate's own tests may look further than the crate.
            let counts = dependency.kind != DependencyKind::Development;
            if counts && ours.contains(&dependency.name) && !allowed.contains(dependency.name.as_str()) {
                wrong.push(format!("{name} depends on {}", dependency.name));
            }
        }
    }
    assert_none(&wrong, "dependencies that go the wrong way:");
}

#[test]
fn the_core_reaches_no_clock_no_serialisation_and_no_io() {
    // The tree of the core built alone: in the workspace's own graph the features of all crates are one.
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--package",
            "lanh-policy",
            "--edges",
            "normal,no-proc-macro",
            "--prefix",
            "none",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let reached: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    let wrong: Vec<_> =
        NOT_IN_POLICY.iter().filter(|name| reached.contains(**name)).map(ToString::to_string).collect();
    assert_none(&wrong, "lanh-policy must not reach:");
    assert!(reached.contains("chrono"), "the tree is not the core's: {tree}");
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let without: Vec<_> = metadata()
        .workspace_packages()
        .iter()
        .filter(|package| {
            let manifest = fs::read_to_string(&package.manifest_path).unwrap();
            !manifest.contains("[lints]\nworkspace = true")
        })
        .map(|package| package.name.to_string())
        .collect();
    assert_none(&without, "crates without `[lints] workspace = true`:");
}

#[test]
fn unsafe_code_is_in_the_platform_only_and_says_why_it_is_sound() {
    let mut wrong = Vec::new();
    for (path, text) in rust_files() {
        let lines: Vec<_> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            if !has_word(&code(line), "unsafe") {
                continue;
            }
            // The reason may stand a few lines above, before the statement that holds the block.
            let explained =
                lines[number.saturating_sub(6)..=number].iter().any(|line| line.contains("SAFETY:"));
            if !path.starts_with("crates/platform/") {
                wrong.push(format!("{path}:{}: outside of crates/platform", number + 1));
            } else if !explained {
                wrong.push(format!("{path}:{}: no SAFETY comment", number + 1));
            }
        }
    }
    assert_none(&wrong, "unsafe code:");
}

#[test]
fn nothing_is_left_for_later() {
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    let attributes = [concat!("#[ig", "nore"), concat!("todo", "!("), concat!("unimplemented", "!(")];
    let mut wrong = Vec::new();
    for (path, text) in files() {
        for (number, line) in text.lines().enumerate() {
            let later = words.iter().any(|word| has_word(line, word));
            let off = path.ends_with(".rs") && attributes.iter().any(|attribute| line.contains(attribute));
            if later || off {
                wrong.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert_none(&wrong, "left for later:");
}

#[test]
fn no_file_names_the_machine_it_was_written_on() {
    let places = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
    let mut wrong = Vec::new();
    for (path, text) in files() {
        for (number, line) in text.lines().enumerate() {
            let named = places.iter().any(|place| {
                line.match_indices(place).any(|(at, _)| {
                    // What lies below `/proc/PID/root` and its like is no place of this machine.
                    !line[..at].ends_with(|before: char| before.is_alphanumeric() || "}_>*".contains(before))
                })
            });
            if named {
                wrong.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert_none(&wrong, "paths of one machine:");
}

#[test]
fn the_map_names_every_crate() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let missing: Vec<_> = metadata()
        .workspace_packages()
        .iter()
        .map(|package| {
            let folder = package.manifest_path.parent().unwrap();
            folder.strip_prefix(root().to_str().unwrap()).unwrap().to_string()
        })
        .filter(|folder| !map.contains(&format!("`{folder}`")))
        .collect();
    assert_none(&missing, "crates that ARCHITECTURE.md does not name:");
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut wrong = Vec::new();
    for (path, text) in files().into_iter().filter(|(path, _)| path.ends_with(".md")) {
        for after in text.split("](").skip(1) {
            let link = after.split([')', '#']).next().unwrap();
            let is_local = !link.is_empty() && !link.contains("://") && !link.starts_with("mailto:");
            if is_local && !root().join(&path).parent().unwrap().join(link).exists() {
                wrong.push(format!("{path}: {link}"));
            }
        }
    }
    assert_none(&wrong, "links to nothing:");
}

#[test]
fn the_reader_of_code_sees_through_strings_and_comments() {
    assert!(has_word(&code("let x = unsafe { call() };"), "unsafe"));
    assert!(!has_word(&code("let x = \"unsafe \\\" unsafe\"; // unsafe"), "unsafe"));
    assert!(!has_word(&code("#![deny(unsafe_code)]"), "unsafe"));
}
