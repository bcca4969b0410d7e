//! The list of commonly known programs that ships with Lanh (`data/programs.toml`).

use lanh_policy::Category;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

const TEXT: &str = include_str!("data/programs.toml");

/// One program of the list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) vi: Option<String>,
    /// The app id of a program that is no desktop entry.
    id: Option<String>,
    category: Word,
    /// It only starts games.
    #[serde(default)]
    pub(crate) launcher: bool,
    /// A part of the desktop that is never judged.
    #[serde(default)]
    pub(crate) essential: bool,
    #[serde(default)]
    desktop: Vec<String>,
    #[serde(default)]
    flatpak: Vec<String>,
    #[serde(default)]
    snap: Vec<String>,
    #[serde(default)]
    steam: Vec<u32>,
    #[serde(default)]
    files: Vec<String>,
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the test that checks the file"))]
    schema: u32,
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the test that checks the file"))]
    basis: String,
    program: Vec<Program>,
}

/// The list, by every name.
#[derive(Debug, Default)]
pub(crate) struct Shipped {
    programs: Vec<Program>,
    by_key: HashMap<(Key, String), usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    Desktop,
    Flatpak,
    Snap,
    Steam,
    File,
}

static SHIPPED: LazyLock<Shipped> = LazyLock::new(|| match toml::from_str(TEXT) {
    Ok(file) => Shipped::new(file),
    Err(error) => {
        // A test reads the same text, so this is never seen outside one.
        tracing::error!(%error, "the shipped list of programs cannot be read");
        Shipped::default()
    }
});

impl Program {
    pub(crate) fn category(&self) -> Category {
        match self.category {
            Word::Game => Category::Game,
            Word::Learning => Category::Learning,
            Word::Social => Category::Social,
            Word::Video => Category::Video,
            Word::Browser => Category::Browser,
            Word::Creative => Category::Creative,
            Word::System => Category::System,
            Word::Other => Category::Other,
        }
    }

    pub(crate) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

impl Shipped {
    pub(crate) fn get() -> &'static Self {
        &SHIPPED
    }

    fn new(file: File) -> Self {
        let mut by_key = HashMap::new();
        for (at, program) in file.program.iter().enumerate() {
            let named = [
                (Key::Desktop, &program.desktop),
                (Key::Flatpak, &program.flatpak),
                (Key::Snap, &program.snap),
                (Key::File, &program.files),
            ];
            for (key, names) in named {
                by_key.extend(names.iter().map(|name| ((key, name.clone()), at)));
            }
            by_key.extend(program.steam.iter().map(|id| ((Key::Steam, id.to_string()), at)));
        }
        Self { programs: file.program, by_key }
    }

    /// By the id of a desktop entry.
    pub(crate) fn desktop(&self, id: &str) -> Option<&Program> {
        self.find(Key::Desktop, id)
    }

    /// By a Flatpak application id.
    pub(crate) fn flatpak(&self, id: &str) -> Option<&Program> {
        self.find(Key::Flatpak, id)
    }

    /// By the name of a snap.
    pub(crate) fn snap(&self, name: &str) -> Option<&Program> {
        self.find(Key::Snap, name)
    }

    /// By a Steam application id.
    pub(crate) fn steam(&self, id: u32) -> Option<&Program> {
        self.find(Key::Steam, &id.to_string())
    }

    /// By the name of a program file in one of the system's own folders.
    pub(crate) fn file(&self, name: &str) -> Option<&Program> {
        self.find(Key::File, name)
    }

    /// The names of program files on the list.
    pub(crate) fn file_names(&self) -> impl Iterator<Item = (&str, &Program)> {
        self.by_key
            .iter()
            .filter(|((key, _), _)| *key == Key::File)
            .filter_map(|((_, name), at)| Some((name.as_str(), self.programs.get(*at)?)))
    }

    fn find(&self, key: Key, name: &str) -> Option<&Program> {
        self.programs.get(*self.by_key.get(&(key, name.to_owned()))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn file() -> File {
        toml::from_str(TEXT).expect("the shipped list follows its schema")
    }

    #[test]
    fn the_list_follows_its_schema() {
        let file = file();
        assert_eq!(file.schema, 1);
        assert_eq!(file.basis, "known");
        let mut seen = HashSet::new();
        for program in &file.program {
            assert!(!program.name.trim().is_empty());
            assert!(!(program.launcher && program.essential), "{}", program.name);
            assert!(program.launcher <= matches!(program.category, Word::Other), "{}", program.name);
            let lists = [
                ("desktop", &program.desktop),
                ("flatpak", &program.flatpak),
                ("snap", &program.snap),
                ("files", &program.files),
            ];
            for (kind, names) in lists {
                assert!(names.is_sorted(), "{}: {kind} is not in order", program.name);
                for name in names {
                    assert!(
                        !name.is_empty() && !name.contains(['/', ' ']) || name == "Modrinth App",
                        "{name}"
                    );
                    assert!(seen.insert((kind, name.clone())), "{kind} {name} is listed twice");
                }
            }
            assert!(
                !program.desktop.is_empty() || !program.files.is_empty() || !program.flatpak.is_empty(),
                "{} can never be found",
                program.name
            );
        }
    }

    #[test]
    fn what_everybody_knows_is_on_it() {
        let shipped = Shipped::get();
        let category = |id: &str| shipped.desktop(id).map(Program::category);
        assert_eq!(category("org.kde.gcompris"), Some(Category::Learning));
        assert_eq!(category("tuxmath"), Some(Category::Learning));
        assert_eq!(category("libreoffice-writer"), Some(Category::Creative));
        assert_eq!(category("firefox-esr"), Some(Category::Browser));
        assert!(shipped.desktop("org.prismlauncher.PrismLauncher").is_some_and(|program| program.launcher));
        assert!(shipped.flatpak("org.gnome.Orca").is_none());
        assert!(shipped.desktop("orca").is_some_and(|program| program.essential));
    }
}
