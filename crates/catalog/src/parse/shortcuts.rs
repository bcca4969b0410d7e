//! Steam's `shortcuts.vdf`: programs that the player added by hand, in Valve's binary KeyValues.

/// One added program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shortcut {
    /// The id that Steam made up for it.
    pub(crate) id: u32,
    pub(crate) name: String,
    /// The program file, without quotes.
    pub(crate) exe: String,
}

const MAP: u8 = 0;
const TEXT: u8 = 1;
const NUMBER: u8 = 2;
const END: u8 = 8;

/// Reads the file, as far as it can be read.
pub(crate) fn parse(bytes: &[u8]) -> Vec<Shortcut> {
    let mut rest = bytes;
    let (mut found, mut current, mut depth) = (Vec::new(), Shortcut::default(), 0_usize);
    while let Some((kind, after)) = rest.split_first() {
        rest = after;
        if *kind == END {
            // The list, a program of it, its tags.
            if depth == 2 {
                let whole = std::mem::take(&mut current);
                if whole.id != 0 && !whole.exe.is_empty() {
                    found.push(whole);
                }
            }
            let Some(outer) = depth.checked_sub(1) else { break };
            depth = outer;
            continue;
        }
        let Some(key) = text(&mut rest) else { break };
        let (key, of_a_program) = (key.to_ascii_lowercase(), depth == 2);
        match *kind {
            MAP => depth += 1,
            TEXT => {
                let Some(value) = text(&mut rest) else { break };
                match key.as_str() {
                    "appname" if of_a_program => current.name = value,
                    "exe" if of_a_program => value.trim().trim_matches('"').clone_into(&mut current.exe),
                    _ => {}
                }
            }
            NUMBER => {
                let Some((value, after)) = rest.split_first_chunk::<4>() else { break };
                rest = after;
                if of_a_program && key == "appid" {
                    current.id = u32::from_le_bytes(*value);
                }
            }
            _ => break,
        }
    }
    found
}

/// Text up to its zero.
fn text(rest: &mut &[u8]) -> Option<String> {
    let end = rest.iter().position(|byte| *byte == 0)?;
    let text = String::from_utf8_lossy(rest.get(..end)?).into_owned();
    *rest = rest.get(end + 1..)?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_programs_are_read() {
        let mut file =
            b"\0shortcuts\0\x000\0\x02appid\0\x01\0\0\x80\x01AppName\0Tux\0\x01Exe\0\"/home/an/Games/tux\"\0"
                .to_vec();
        file.extend(b"\x02IsHidden\0\0\0\0\0\0tags\0\x010\0fun\0\x08\x08\x001\0\x02appid\0\x07\0\0\0\x01appname\0No file\0\x08\x08\x08");
        let expected = Shortcut { id: 0x8000_0001, name: "Tux".into(), exe: "/home/an/Games/tux".into() };
        assert_eq!(parse(&file), [expected]);
        for length in 0..file.len() {
            parse(&file[..length]);
        }
    }
}
