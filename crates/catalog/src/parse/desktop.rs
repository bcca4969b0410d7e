//! Desktop entries (Desktop Entry Specification 1.5). Lines that desktops skip are skipped: one bad line
//! must not hide a game.

/// What an entry of type Application says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) name_vi: Option<String>,
    pub(crate) exec: String,
    pub(crate) try_exec: Option<String>,
    pub(crate) categories: Vec<String>,
    /// `NoDisplay` or `Hidden`: people do not see it in menus.
    pub(crate) unseen: bool,
    pub(crate) flatpak: Option<String>,
    pub(crate) snap: Option<String>,
}

/// Reads one entry; `None`: it starts no program.
pub(crate) fn parse(text: &str) -> Option<Entry> {
    let mut entry = Entry::default();
    let mut english = None;
    let (mut inside, mut application) = (false, false);
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with('[') {
            inside = line == "[Desktop Entry]";
            continue;
        }
        let Some((key, value)) = line.split_once('=').filter(|_| inside && !line.starts_with('#')) else {
            continue;
        };
        let value = value.trim_start();
        match key.trim_end() {
            "Type" => application = value == "Application",
            "Name" => entry.name = unescape(value),
            "Name[en]" | "Name[en_US]" | "Name[en_GB]" => english = Some(unescape(value)),
            "Name[vi]" | "Name[vi_VN]" => entry.name_vi = Some(unescape(value)),
            "Exec" => entry.exec = unescape(value),
            "TryExec" => entry.try_exec = Some(unescape(value)),
            "Categories" => {
                entry.categories = value
                    .split(';')
                    .map(str::trim)
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect();
            }
            "NoDisplay" | "Hidden" => entry.unseen |= value == "true",
            "X-Flatpak" => entry.flatpak = Some(value.to_owned()),
            "X-SnapInstanceName" => entry.snap = Some(value.to_owned()),
            _ => {}
        }
    }
    if entry.name.is_empty() {
        entry.name = english?;
    }
    (application && !entry.exec.is_empty()).then_some(entry)
}

/// The escapes of string values; an unknown one stays as it is.
fn unescape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        match letters.next() {
            Some('s') => text.push(' '),
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some('\\') | None => text.push('\\'),
            Some(other) => text.extend(['\\', other]),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_with_its_names_and_categories() {
        let entry = parse(
            "# made for the test\n[Desktop Entry]\nType = Application\nName=Mines\nName[vi]=Dò mìn\nName[de]=Minen\n\
             Exec=gnome-mines %U\nTryExec=gnome-mines\nCategories=GNOME;GTK;Game;LogicGame;\n\n\
             [Desktop Action big]\nName=Big\nExec=gnome-mines --big\n",
        )
        .unwrap();
        assert_eq!(entry.name, "Mines");
        assert_eq!(entry.name_vi.as_deref(), Some("Dò mìn"));
        assert_eq!(entry.exec, "gnome-mines %U");
        assert_eq!(entry.try_exec.as_deref(), Some("gnome-mines"));
        assert_eq!(entry.categories, ["GNOME", "GTK", "Game", "LogicGame"]);
        assert!(!entry.unseen);
    }

    #[test]
    fn a_bad_line_does_not_hide_a_game() {
        let entry =
            parse("[Desktop Entry]\n???\nName[=x\nType=Application\nName=A\\sB\\q\nExec=a\n=\n").unwrap();
        assert_eq!(entry.name, "A B\\q");
    }

    #[test]
    fn links_and_empty_entries_start_nothing() {
        assert_eq!(parse("[Desktop Entry]\nType=Link\nName=A\nExec=a\n"), None);
        assert_eq!(parse("[Desktop Entry]\nType=Application\nName=A\n"), None);
        assert_eq!(parse("Type=Application\nName=A\nExec=a\n"), None);
    }

    #[test]
    fn store_marks_and_hiding_are_read() {
        let entry = parse(
            "[Desktop Entry]\nType=Application\nName=A\nExec=a\nNoDisplay=true\nHidden=false\nX-Flatpak=org.a.A\n\
             X-SnapInstanceName=a\n",
        )
        .unwrap();
        assert!(entry.unseen);
        assert_eq!((entry.flatpak.as_deref(), entry.snap.as_deref()), (Some("org.a.A"), Some("a")));
    }
}
