//! The two languages say the same things, and everything that is said is used.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use lanh_words::{Language, Words};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("in crates/").to_owned()
}

/// The keys of a language with their variables.
fn keys(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = crates().join("words/locales").join(language);
    let mut keys = BTreeMap::new();
    for file in std::fs::read_dir(folder).expect("the language's folder") {
        let path = file.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("readable");
        let resource = fluent_syntax::parser::parse(text.as_str())
            .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", path.display()));
        for entry in resource.body {
            match entry {
                Entry::Message(message) => {
                    let mut variables = BTreeSet::new();
                    collect(message.value.as_ref().expect("a message has a text"), &mut variables);
                    let earlier = keys.insert(message.id.name.to_owned(), variables);
                    assert!(earlier.is_none(), "{} is written twice in {language}", message.id.name);
                }
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
                other => panic!("{}: {other:?}", path.display()),
            }
        }
    }
    keys
}

fn collect(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(inline) => variable(inline, variables),
            Expression::Select { selector, variants } => {
                variable(selector, variables);
                for variant in variants {
                    collect(&variant.value, variables);
                }
            }
        }
    }
}

fn variable(inline: &InlineExpression<&str>, variables: &mut BTreeSet<String>) {
    if let InlineExpression::VariableReference { id } = inline {
        variables.insert(id.name.to_owned());
    }
}

#[test]
fn both_languages_have_the_same_keys_and_variables() {
    let (english, vietnamese) = (keys("en"), keys("vi"));
    assert!(english.len() > 100);
    for (key, variables) in &english {
        let theirs = vietnamese.get(key).unwrap_or_else(|| panic!("{key} is missing in Vietnamese"));
        assert_eq!(variables, theirs, "variables of {key}");
    }
    for key in vietnamese.keys() {
        assert!(english.contains_key(key), "{key} is missing in English");
    }
}

/// The sources of the crates that say something.
fn sources() -> String {
    fn read(folder: &Path, all: &mut String) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                read(&path, all);
            } else if path
                .extension()
                .is_some_and(|extension| ["rs", "ts", "tsx"].iter().any(|ours| extension == *ours))
            {
                all.push_str(&std::fs::read_to_string(&path).expect("readable"));
            }
        }
    }
    let mut all = String::new();
    for name in ["words", "cli", "companion", "service"] {
        read(&crates().join(name).join("src"), &mut all);
    }
    read(&crates().join("../ui/src"), &mut all);
    all
}

#[test]
fn every_key_is_used_and_every_used_key_exists() {
    let keys = keys("en");
    let sources = sources();
    let unused: Vec<&String> = keys.keys().filter(|key| !sources.contains(&format!("\"{key}\""))).collect();
    assert!(unused.is_empty(), "no source uses {unused:?}");

    let mut used = 0;
    // Rust says `words.text("key"`, the front end `t("key"` or `words().text("key"`.
    let calls = [".text(", " t(", "{t(", "(t("].map(|call| sources.split(call).skip(1));
    for call in calls.into_iter().flatten() {
        let Some(rest) = call.trim_start().strip_prefix('"') else { continue };
        let key = rest.split('"').next().unwrap_or_default();
        assert!(keys.contains_key(key), "a source says {key:?}, which no file has");
        used += 1;
    }
    assert!(used > 50, "the search for keys finds {used}");
}

#[test]
fn every_shipped_preset_has_a_name_and_a_vietnamese_source() {
    let source = std::fs::read_to_string(crates().join("policy/src/preset.rs")).expect("readable");
    let shipped: Vec<&str> = source
        .split("id: \"")
        .skip(1)
        .chain(source.split("PresetId(\"").skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(shipped.contains(&"vn-147") && shipped.len() > 5, "the search for presets finds {shipped:?}");
    for id in shipped {
        for language in [Language::English, Language::Vietnamese] {
            let name = Words::new(language).preset(id);
            assert!(!name.contains(id), "{id} has no name in {language:?}: {name}");
        }
        let citation = Words::new(Language::Vietnamese).citation(id, "as it came");
        assert_ne!(citation, "as it came", "{id} has no Vietnamese source");
    }
}

#[test]
fn nothing_shouts_or_blames() {
    for language in ["en", "vi"] {
        for file in std::fs::read_dir(crates().join("words/locales").join(language)).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            for word in ["!", "violat", "vi phạm", "forbid", "cấm"] {
                assert!(!text.to_lowercase().contains(word), "{language} says {word:?}");
            }
        }
    }
}
