//! The hand-kept list, `data/programs.toml`.

use lanh_catalog::{Entry, Key, Themes};
use lanh_policy::Category;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    program: Vec<Program>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Program {
    name: String,
    vi: Option<String>,
    /// The app id of a program that is no desktop entry.
    id: Option<String>,
    category: Word,
    #[serde(default)]
    launcher: bool,
    #[serde(default)]
    essential: bool,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    bundle: Vec<String>,
    #[serde(default)]
    desktop: Vec<String>,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    flatpak: Vec<String>,
    #[serde(default)]
    linux: Vec<String>,
    #[serde(default)]
    snap: Vec<String>,
    #[serde(default)]
    starters: Vec<String>,
    #[serde(default)]
    steam: Vec<u32>,
    #[serde(default)]
    windows: Vec<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Game,
    Learning,
    Social,
    Video,
    Browser,
    Creative,
    System,
    Other,
}

/// Every program of the list, which must follow its schema.
pub(crate) fn entries(bytes: &[u8]) -> Result<Vec<Entry>, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    if file.schema != 2 {
        return Err(format!("schema {}, not 2", file.schema));
    }
    let mut seen = std::collections::HashSet::new();
    let mut entries = Vec::new();
    for program in file.program {
        let name = program.name.clone();
        let entry = program.entry().map_err(|reason| format!("{name}: {reason}"))?;
        for key in entry.keys.iter().chain(&entry.starters) {
            if !seen.insert(key.clone()) {
                return Err(format!("{name}: {:?} {} is listed twice", key.0, key.1));
            }
        }
        entries.push(entry);
    }
    Ok(entries)
}

impl Program {
    fn entry(self) -> Result<Entry, String> {
        let category = match self.category {
            Word::Game => Category::Game,
            Word::Learning => Category::Learning,
            Word::Social => Category::Social,
            Word::Video => Category::Video,
            Word::Browser => Category::Browser,
            Word::Creative => Category::Creative,
            Word::System => Category::System,
            Word::Other => Category::Other,
        };
        if self.launcher && (self.essential || category != Category::Other) {
            return Err("what only starts games is of category other".to_owned());
        }
        let steam: Vec<String> = self.steam.iter().map(u32::to_string).collect();
        let also: Vec<String> = self.also.iter().map(|name| lanh_catalog::normal_name(name)).collect();
        let mut keys = Vec::new();
        for (key, names) in [
            (Key::Bundle, &self.bundle),
            (Key::Desktop, &self.desktop),
            (Key::File, &self.files),
            (Key::Flatpak, &self.flatpak),
            (Key::Linux, &self.linux),
            (Key::Name, &also),
            (Key::Snap, &self.snap),
            (Key::Steam, &steam),
            (Key::Windows, &self.windows),
        ] {
            let in_order = names.is_sorted() || matches!(key, Key::Name | Key::Steam);
            let folders = matches!(key, Key::Linux | Key::Windows);
            if !in_order || names.iter().any(|name| name.is_empty() || name.contains('/') && !folders) {
                return Err(format!("{key:?}: {names:?} is not in order, or holds what is no name"));
            }
            keys.extend(names.iter().map(|name| (key, name.clone())));
        }
        if keys.is_empty() && self.essential {
            return Err("it can never be found".to_owned());
        }
        Ok(Entry {
            name: self.name,
            name_vi: self.vi,
            id: self.id,
            category,
            rating: None,
            launcher: self.launcher,
            essential: self.essential,
            themes: Themes::default(),
            keys,
            starters: self.starters.into_iter().map(|name| (Key::Windows, name)).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_follows_its_schema() {
        let entries = entries(include_bytes!("../data/programs.toml")).unwrap();
        assert!(entries.len() > 150, "{}", entries.len());
        for entry in &entries {
            assert!(!entry.name.trim().is_empty());
            assert_eq!(entry.rating, None, "{}: ratings are read, never written", entry.name);
        }
    }

    #[test]
    fn mistakes_are_named() {
        let check = |text: &str, expected: &str| {
            let error = entries(format!("schema = 2\n[[program]]\n{text}").as_bytes()).unwrap_err();
            assert!(error.contains(expected), "{error}");
        };
        check("name = \"A\"\ncategory = \"system\"\nessential = true", "never be found");
        check("name = \"A\"\ncategory = \"game\"\nlauncher = true\nfiles = [\"a\"]", "category other");
        check("name = \"A\"\ncategory = \"game\"\nfiles = [\"b\", \"a\"]", "in order");
        check("name = \"A\"\ncategory = \"game\"\nfiles = [\"b/a\"]", "no name");
        check("name = \"A\"\ncategory = \"game\"\nexe = [\"a\"]", "unknown field");
        let twice = "name = \"A\"\ncategory = \"game\"\nfiles = [\"a\"]";
        check(&format!("{twice}\n[[program]]\n{twice}"), "listed twice");
    }
}
