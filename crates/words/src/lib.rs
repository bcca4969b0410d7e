//! What Lanh says, in Vietnamese and English, from one set of Fluent files shared by every client.
//!
//! `fluent-bundle` is used directly: it is the Fluent project's own implementation, and the files are
//! compiled in by `include_str!`, so the loaders and macros built on top of it would add dependencies only.
//!
//! Every text argument loses its control characters here, so that a name or a child's words cannot
//! move a guardian's cursor or write over a terminal.

mod fact;
mod fair;
mod notice;
mod sentence;
mod time;

pub use notice::Said;
pub use time::Clock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

/// The health text that Decree 147/2024/NĐ-CP, Article 39.1(g), prescribes, word for word.
pub const HEALTH_TEXT: &str = "Chơi quá 180 phút một ngày sẽ ảnh hưởng xấu đến sức khỏe";

/// A value for a text's variable: from a string or a number by `into()`.
pub type Value<'a> = FluentValue<'a>;

type Bundle = FluentBundle<FluentResource>;

/// A language of Lanh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// Vietnamese.
    Vietnamese,
}

impl Language {
    /// By its code: `en` or `vi`, also with a country and encoding as in `vi_VN.UTF-8`.
    pub fn from_code(code: &str) -> Option<Self> {
        match code.split(['_', '-', '.', '@']).next() {
            Some("vi") => Some(Self::Vietnamese),
            Some("en" | "C" | "POSIX") => Some(Self::English),
            _ => None,
        }
    }

    /// Its code: `en` or `vi`.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Vietnamese => "vi",
        }
    }
}

/// Everything that can be said, in one language. Cheap to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    language: Language,
}

impl Words {
    /// In this language.
    pub fn new(language: Language) -> Self {
        Self { language }
    }

    /// In the language of a locale such as `vi_VN.UTF-8`; English for others, for `C`, and for none.
    pub fn for_locale(locale: Option<&str>) -> Self {
        Self::new(locale.and_then(Language::from_code).unwrap_or(Language::English))
    }

    /// In the language of this process's user (`LANGUAGE`, `LC_ALL`, `LC_MESSAGES`, `LANG`, or the system's
    /// own setting).
    pub fn of_user() -> Self {
        Self::new(
            sys_locale::get_locales()
                .find_map(|code| Language::from_code(&code))
                .unwrap_or(Language::English),
        )
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The text of a key of `locales/*/*.ftl`, with its variables. A key that does not exist is given
    /// back as it is; a test makes sure that none is used.
    pub fn text(&self, key: &str, variables: &[(&str, Value<'_>)]) -> String {
        let mut arguments = FluentArgs::new();
        for (name, value) in variables {
            arguments.set(*name, tame(value));
        }
        let bundle = match self.language {
            Language::English => &ENGLISH,
            Language::Vietnamese => &VIETNAMESE,
        };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        // A variable that is missing shows as its name; the tests render every sentence.
        bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
    }
}

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| {
    bundle(
        "en",
        [
            include_str!("../locales/en/core.ftl"),
            include_str!("../locales/en/companion.ftl"),
            include_str!("../locales/en/cli.ftl"),
            include_str!("../locales/en/facts.ftl"),
            include_str!("../locales/en/fair.ftl"),
        ],
    )
});
static VIETNAMESE: LazyLock<Bundle> = LazyLock::new(|| {
    bundle(
        "vi",
        [
            include_str!("../locales/vi/core.ftl"),
            include_str!("../locales/vi/companion.ftl"),
            include_str!("../locales/vi/cli.ftl"),
            include_str!("../locales/vi/facts.ftl"),
            include_str!("../locales/vi/fair.ftl"),
        ],
    )
});

fn bundle<const N: usize>(language: &str, files: [&str; N]) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![language.parse::<LanguageIdentifier>().unwrap_or_default()]);
    // The invisible marks around variables are for mixed writing directions, and show up in some terminals.
    bundle.set_use_isolating(false);
    for file in files {
        // A file with a broken entry yields its other entries; the tests accept no broken entry.
        let resource = FluentResource::try_new(file.to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The value without control characters.
fn tame<'a>(value: &FluentValue<'a>) -> FluentValue<'a> {
    match value {
        FluentValue::String(text) if text.chars().any(char::is_control) => {
            let tamed: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            tamed.into()
        }
        other => other.clone(),
    }
}
