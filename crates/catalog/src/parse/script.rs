//! Wrapper scripts: which program a short shell script ends up running, where that is plain to see.

use super::command::{Command, split};
use std::collections::HashMap;

/// What a `#!` file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Script {
    /// The interpreter in its first line: a path, or the name after `env`.
    pub(crate) interpreter: String,
    /// The program that it finally runs, if that can be seen.
    pub(crate) runs: Option<Command>,
}

/// Reads a script; `None`: the bytes are not one.
pub(crate) fn parse(bytes: &[u8]) -> Option<Script> {
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"#!")?);
    let (first, body) = text.split_once('\n').unwrap_or((&text, ""));
    let mut words = first.split_whitespace();
    let mut interpreter = words.next()?;
    if super::command::base_name(interpreter) == "env" {
        interpreter = words.find(|word| !word.starts_with('-'))?;
    }
    let shell =
        matches!(super::command::base_name(interpreter), "sh" | "bash" | "dash" | "ash" | "ksh" | "zsh");
    Some(Script { interpreter: interpreter.to_owned(), runs: shell.then(|| commands(body)).flatten() })
}

/// The last program that shell text runs in the foreground: its `exec`, or its last line that passes on
/// the arguments.
pub(crate) fn commands(body: &str) -> Option<Command> {
    let mut variables = HashMap::new();
    let mut folder = None;
    let mut found = None;
    for statement in body.lines().flat_map(|line| line.split("&&")).flat_map(|line| line.split(';')) {
        let statement = statement.trim();
        if statement.starts_with('#') {
            continue;
        }
        if let Some((name, value)) = assignment(statement) {
            if let Some(value) = expand(value, &variables) {
                variables.entry(name.to_owned()).or_insert(value);
            }
            continue;
        }
        let words: Vec<&str> = statement.split_whitespace().collect();
        match words.as_slice() {
            ["cd", _, ..] => {
                folder = split(statement)
                    .get(1)
                    .and_then(|path| expand(path, &variables))
                    .filter(|path| path.starts_with('/'));
            }
            ["exec", next, ..] if !next.starts_with(['<', '>', '-']) && !next.starts_with("2>") => {
                found = command(statement, &variables, folder.as_deref()).or(found);
            }
            [.., last] if matches!(*last, "\"$@\"" | "$@" | "$*") && !words.contains(&"set") => {
                found = command(statement, &variables, folder.as_deref()).or(found);
            }
            _ => {}
        }
    }
    found
}

/// `NAME=value` alone in a statement.
fn assignment(statement: &str) -> Option<(&str, &str)> {
    let statement = statement.strip_prefix("export ").unwrap_or(statement).trim();
    let (name, value) = statement.split_once('=')?;
    let plain =
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    (plain && split(value).len() <= 1).then_some((name, value))
}

/// One command with its variables filled in; `None`: it cannot be told.
fn command(statement: &str, variables: &HashMap<String, String>, folder: Option<&str>) -> Option<Command> {
    let mut words = Vec::new();
    for word in split(statement) {
        if matches!(word.as_str(), "$@" | "$*" | "${@}" | "${1+$@}" | "&") || word.starts_with(['>', '<']) {
            continue;
        }
        match expand(&word, variables) {
            Some(word) if word.is_empty() => {}
            Some(word) => words.push(word),
            // An argument that cannot be told is left out; a program that cannot be told is no answer.
            None if words.iter().any(|word: &String| word != "exec") => {}
            None => return None,
        }
    }
    let mut command = Command::from_words(words)?;
    if let (Some(rest), Some(folder)) = (command.program.strip_prefix("./"), folder) {
        command.program = format!("{}/{rest}", folder.trim_end_matches('/'));
    }
    Some(command)
}

/// The longest text that variables may make, in bytes.
const LONGEST: usize = 4096;

/// Fills in `$NAME` and `${NAME}` of literal variables; `None`: something else is in it.
fn expand(text: &str, variables: &HashMap<String, String>) -> Option<String> {
    let text = text.trim_matches(['"', '\'']);
    let mut parts = text.split('$');
    let mut out = parts.next()?.to_owned();
    if text.contains('`') {
        return None;
    }
    for part in parts {
        let (name, rest) = match part.strip_prefix('{') {
            Some(part) => part.split_once('}')?,
            None => part.split_at(
                part.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
                    .unwrap_or(part.len()),
            ),
        };
        out.push_str(variables.get(name)?);
        out.push_str(rest);
        // Looked at each time: the sum of many long ones is not waited for.
        if out.len() > LONGEST {
            return None;
        }
    }
    (out.len() <= LONGEST).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, program: &str, arguments: &[&str]) {
        let command =
            parse(text.as_bytes()).and_then(|script| script.runs).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(command.program, program, "{text}");
        assert_eq!(command.arguments, arguments, "{text}");
    }

    #[test]
    fn the_program_behind_a_wrapper_is_seen() {
        check("#!/bin/sh\nexec /usr/lib/firefox/firefox \"$@\"\n", "/usr/lib/firefox/firefox", &[]);
        check(
            "#!/bin/sh\n# start\nLIBDIR=/usr/lib/chromium\nAPPNAME=chromium\nexec $LIBDIR/$APPNAME $FLAGS \"$@\"\n",
            "/usr/lib/chromium/chromium",
            &[],
        );
        check(
            "#!/bin/bash\ncd /usr/share/games/a\n./a.x86_64 -f \"$@\"\n",
            "/usr/share/games/a/a.x86_64",
            &["-f"],
        );
        check(
            "#!/usr/bin/env sh\nexec python3 /usr/share/a/a.py \"$@\"\n",
            "python3",
            &["/usr/share/a/a.py"],
        );
        check("#!/bin/sh\nexport LANG=C\nexec env A=b \"/opt/a b/run\"\n", "/opt/a b/run", &[]);
    }

    #[test]
    fn what_cannot_be_seen_is_not_guessed() {
        assert_eq!(parse(b"#!/bin/sh\nexec $(which a) \"$@\"\n").unwrap().runs, None);
        assert_eq!(parse(b"#!/bin/sh\nexec 2>/dev/null\necho hello\n").unwrap().runs, None);
        assert_eq!(parse(b"#!/usr/bin/python3\nexec('x')\n").unwrap().runs, None);
        assert_eq!(parse(b"#!/usr/bin/env -S python3 -E\n").unwrap().interpreter, "python3");
        assert_eq!(parse(b"\x7fELF"), None);
    }
}
