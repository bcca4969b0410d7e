//! The language that somebody chose in `lanh setup`, kept for the commands that follow.

use lanh_words::Language;
use std::path::PathBuf;

/// `$XDG_CONFIG_HOME/lanh/language`, by default under `~/.config`.
fn file() -> Option<PathBuf> {
    let folder = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config = folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))?;
    Some(config.join("lanh/language"))
}

/// What was chosen, if anything was.
pub(crate) fn chosen() -> Option<Language> {
    let text = std::fs::read_to_string(file()?).ok()?;
    Language::from_code(text.trim())
}

/// Keeps the choice.
///
/// # Errors
/// What the system said.
pub(crate) fn keep(language: Language) -> std::io::Result<()> {
    let file = file().ok_or_else(|| std::io::Error::other("HOME is not set"))?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, format!("{}\n", language.code()))
}
