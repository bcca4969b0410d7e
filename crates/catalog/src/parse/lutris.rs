//! Lutris' configuration of one game (`games/SLUG-TIME.yml`). Its database would need SQLite and says
//! nothing more that matters here.

use serde::Deserialize;

/// What is read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Game {
    /// The program file: native, Windows or a ROM.
    pub(crate) exe: String,
    /// The Wine prefix, if it has one.
    pub(crate) prefix: Option<String>,
}

#[derive(Deserialize)]
struct File {
    game: Section,
}

#[derive(Deserialize)]
struct Section {
    exe: Option<String>,
    main_file: Option<String>,
    prefix: Option<String>,
}

/// Reads it; `None`: it names no program file.
pub(crate) fn parse(text: &str) -> Option<Game> {
    let File { game } = serde_saphyr::from_str(text).ok()?;
    Some(Game { exe: game.exe.or(game.main_file)?, prefix: game.prefix })
}

/// The slug in a configuration's file name: `SLUG-1700000000.yml`.
pub(crate) fn slug(file_name: &str) -> Option<&str> {
    let stem = file_name.strip_suffix(".yml")?;
    let slug = match stem.rsplit_once('-') {
        Some((slug, time)) if time.len() >= 9 && time.bytes().all(|byte| byte.is_ascii_digit()) => slug,
        _ => stem,
    };
    (!slug.is_empty()).then_some(slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_read() {
        let text = "game:\n  args: ''\n  exe: /home/an/Games/a/drive_c/A.exe\n  prefix: /home/an/Games/a\nsystem: {}\nwine: {}\n";
        let game = parse(text).unwrap();
        assert_eq!(game.exe, "/home/an/Games/a/drive_c/A.exe");
        assert_eq!(game.prefix.as_deref(), Some("/home/an/Games/a"));
        assert_eq!(parse("game:\n  main_file: /home/an/rom.nes\n").unwrap().exe, "/home/an/rom.nes");
        assert_eq!(parse("system: {}\n"), None);
    }

    #[test]
    fn the_slug_is_what_comes_before_the_time() {
        assert_eq!(slug("super-tux-1700000000.yml"), Some("super-tux"));
        assert_eq!(slug("quake-3.yml"), Some("quake-3"));
        assert_eq!(slug("notes.txt"), None);
    }
}
