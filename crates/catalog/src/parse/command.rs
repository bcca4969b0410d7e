//! Command lines of desktop entries: which program, with which arguments, behind which helpers.

/// A command line, helpers that only start another program taken off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Command {
    /// The program, as written: bare name or path.
    pub(crate) program: String,
    /// Its arguments, field codes left out.
    pub(crate) arguments: Vec<String>,
}

/// Programs that start the program that their arguments name.
const STARTERS: &[&str] = &[
    "env",
    "exec",
    "firejail",
    "gamemoderun",
    "gamescope",
    "ionice",
    "mangohud",
    "nice",
    "nohup",
    "optirun",
    "padsp",
    "pkexec",
    "prime-run",
    "primusrun",
    "setsid",
    "systemd-run",
    "taskset",
    "vblank_mode",
];

/// Terminals that start the program after `-e`, `-x` or `--`.
const TERMINALS: &[&str] = &[
    "alacritty",
    "gnome-terminal",
    "konsole",
    "kitty",
    "lxterminal",
    "mate-terminal",
    "qterminal",
    "rxvt",
    "urxvt",
    "uxterm",
    "x-terminal-emulator",
    "xfce4-terminal",
    "xterm",
];

/// A terminal that starts a terminal that starts ...: more of them is a child's joke with our stack.
const MOST_WITHIN: u8 = 8;

impl Command {
    /// Reads the value of an `Exec` key; `None`: it names no program.
    pub(crate) fn parse(exec: &str) -> Option<Self> {
        Self::from_words(split(exec).into_iter().filter_map(without_field_code).collect())
    }

    /// Takes the helpers off a list of words.
    pub(crate) fn from_words(words: Vec<String>) -> Option<Self> {
        Self::within(words, 0)
    }

    /// The same, for a command that stands within so many others.
    fn within(words: Vec<String>, depth: u8) -> Option<Self> {
        if depth > MOST_WITHIN {
            return None;
        }
        let mut words = words.into_iter().peekable();
        loop {
            let program = words.next()?;
            let name = base_name(&program).to_owned();
            if is_assignment(&program) {
                continue;
            } else if STARTERS.contains(&name.as_str()) {
                // Options of a starter, with the value of those that are known to take one.
                while let Some(option) = words.next_if(|word| word.starts_with('-')) {
                    if matches!(option.as_str(), "-n" | "-u" | "-C" | "-S" | "-c" | "-w" | "-h" | "-W" | "-H")
                        && words.peek().is_some_and(|word| !word.contains('=') && !word.starts_with('/'))
                    {
                        words.next();
                    }
                }
            } else if TERMINALS.contains(&name.as_str()) {
                let rest: Vec<String> = words.collect();
                return match rest.iter().position(|word| matches!(word.as_str(), "-e" | "-x" | "--")) {
                    Some(at) => {
                        let command: Vec<String> = rest.into_iter().skip(at + 1).collect();
                        match command.as_slice() {
                            [one] if one.contains(' ') => Self::within(split(one), depth + 1),
                            _ => Self::within(command, depth + 1),
                        }
                    }
                    None => Some(Self { program, arguments: rest }),
                };
            } else if matches!(name.as_str(), "sh" | "bash" | "dash")
                && words.peek().is_some_and(|word| word == "-c")
            {
                let script = words.nth(1)?;
                return super::script::commands(&script)
                    .or_else(|| Self::within(split(&script), depth + 1))
                    .filter(|command| command.program != script || !script.contains(' '));
            } else if !program.is_empty() {
                return Some(Self { program, arguments: words.collect() });
            }
        }
    }
}

/// The last part of a path, Unix or Windows.
pub(crate) fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// `NAME=value`.
fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    })
}

/// Leaves out `%U` and its like; `%%` is a percent sign.
fn without_field_code(word: String) -> Option<String> {
    let mut letters = word.chars();
    match (letters.next(), letters.next(), letters.next()) {
        (Some('%'), Some(code), None) if code != '%' => None,
        _ => Some(word.replace("%%", "%")),
    }
}

/// Splits at spaces outside quotes; a quote that never ends, ends with the text.
pub(crate) fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut begun, mut quote) = (false, None);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            ('\\', None | Some('"')) => {
                begun = true;
                word.extend(letters.next());
            }
            (letter, Some(end)) if letter == end => quote = None,
            (letter, Some(_)) => word.push(letter),
            ('"' | '\'', None) => {
                begun = true;
                quote = Some(letter);
            }
            (letter, None) if letter.is_whitespace() => {
                if begun {
                    words.push(std::mem::take(&mut word));
                    begun = false;
                }
            }
            (letter, None) => {
                begun = true;
                word.push(letter);
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(exec: &str, program: &str, arguments: &[&str]) {
        let command = Command::parse(exec).unwrap_or_else(|| panic!("{exec} names no program"));
        assert_eq!(command.program, program, "{exec}");
        assert_eq!(command.arguments, arguments, "{exec}");
    }

    #[test]
    fn terminals_in_terminals_end_somewhere() {
        check(&format!("{}game", "xterm -e ".repeat(8)), "game", &[]);
        // As long as a desktop entry may be: it must not use up the stack of the service.
        assert_eq!(Command::parse(&"xterm -e ".repeat(400_000)), None);
    }

    #[test]
    fn field_codes_and_quotes_are_taken_off() {
        check("gnome-mines %U", "gnome-mines", &[]);
        check("\"/opt/My Game/start\" \"--name=a b\" 100%%", "/opt/My Game/start", &["--name=a b", "100%"]);
        check("libreoffice --writer %U", "libreoffice", &["--writer"]);
    }

    #[test]
    fn starters_are_looked_through() {
        check("env -u X SDL_AUDIODRIVER=dummy LANG=C xsol", "xsol", &[]);
        check("env BAMF_DESKTOP_FILE_HINT=/a.desktop /snap/bin/minetest %U", "/snap/bin/minetest", &[]);
        check("gamemoderun mangohud supertux2", "supertux2", &[]);
        check("nice -n 5 /usr/games/xsol -a", "/usr/games/xsol", &["-a"]);
        check("xterm -T Hack -e nethack -X", "nethack", &["-X"]);
        check("xterm -e \"nethack -X\"", "nethack", &["-X"]);
        check("gnome-terminal -- /usr/games/moria", "/usr/games/moria", &[]);
        check("sh -c \"cd /usr/share/games/a && exec ./a --full\"", "/usr/share/games/a/a", &["--full"]);
        check("sh -c \"frozen-bubble\"", "frozen-bubble", &[]);
        check("xterm", "xterm", &[]);
    }

    #[test]
    fn nothing_is_no_program() {
        assert_eq!(Command::parse(""), None);
        assert_eq!(Command::parse("%U"), None);
        assert_eq!(Command::parse("env A=b"), None);
    }
}
