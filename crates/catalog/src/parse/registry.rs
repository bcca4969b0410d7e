//! What a Windows registry lists as installed: Wine's own `system.reg`, and files that regedit exported.

/// One entry of the list of installed programs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Installed {
    /// The name of its key.
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) publisher: Option<String>,
    /// The folder, as Windows writes it.
    pub(crate) folder: Option<String>,
    /// The program file that gives its picture.
    pub(crate) icon: Option<String>,
}

/// The key under which programs are listed, in lower case.
const UNINSTALL: &str = "\\currentversion\\uninstall\\";

/// Text of a registry file: UTF-16 with its mark, else UTF-8.
pub(crate) fn decode(bytes: &[u8]) -> String {
    match bytes.strip_prefix(&[0xff, 0xfe]) {
        Some(rest) => {
            let units =
                rest.chunks_exact(2).filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?)));
            String::from_utf16_lossy(&units.collect::<Vec<_>>())
        }
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The installed programs that have a name.
pub(crate) fn installed(text: &str) -> Vec<Installed> {
    let mut found: Vec<Installed> = Vec::new();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix('[') {
            let path = rest.rsplit_once(']').map_or(rest, |(path, _)| path).replace("\\\\", "\\");
            let at = path.to_ascii_lowercase().find(UNINSTALL);
            let key = at.and_then(|at| path.get(at + UNINSTALL.len()..)).filter(|key| !key.contains('\\'));
            inside = key.is_some();
            found.extend(key.map(|key| Installed { key: key.to_owned(), ..Installed::default() }));
        } else if inside
            && let Some((name, value)) = line.strip_prefix('"').and_then(|line| line.split_once("\"="))
            && let (Some(value), Some(current)) = (unquote(value), found.last_mut())
        {
            match name.to_ascii_lowercase().as_str() {
                "displayname" => current.name = value,
                "publisher" => current.publisher = Some(value),
                "installlocation" => current.folder = Some(value),
                "displayicon" => {
                    // `file,number`
                    let file = value.rsplit_once(',').filter(|(_, at)| at.parse::<i32>().is_ok());
                    current.icon =
                        Some(file.map_or(value.as_str(), |(file, _)| file).trim_matches('"').to_owned());
                }
                _ => {}
            }
        }
    }
    found.retain(|installed| !installed.name.is_empty());
    found
}

/// A text value; numbers and bytes are none.
fn unquote(value: &str) -> Option<String> {
    let value = value.strip_prefix("str(2):").unwrap_or(value);
    let inner = value.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::with_capacity(inner.len());
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        text.extend(if letter == '\\' { letters.next() } else { Some(letter) });
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let wine = "WINE REGISTRY Version 2\n\n[Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Uninstall\\\\LoL] 1700000000\n\
                    #time=1da\n\"DisplayName\"=\"League of Legends\"\n\"DisplayIcon\"=\"C:\\\\Riot\\\\lol.exe,0\"\n\"EstimatedSize\"=dword:00000001\n\
                    \"InstallLocation\"=\"C:\\\\Riot\\\\LoL\"\n\"Publisher\"=\"Riot\"\n\n[Software\\\\Wine] 1\n\"DisplayName\"=\"no\"\n";
        let exported = "\u{feff}Windows Registry Editor Version 5.00\r\n\r\n\
                        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\LoL]\r\n\
                        \"DisplayName\"=\"League of Legends\"\r\n\"DisplayIcon\"=\"C:\\\\Riot\\\\lol.exe\"\r\n\
                        \"InstallLocation\"=\"C:\\\\Riot\\\\LoL\"\r\n\"Publisher\"=\"Riot\"\r\n";
        let expected = Installed {
            key: "LoL".into(),
            name: "League of Legends".into(),
            publisher: Some("Riot".into()),
            folder: Some("C:\\Riot\\LoL".into()),
            icon: Some("C:\\Riot\\lol.exe".into()),
        };
        assert_eq!(installed(wine), std::slice::from_ref(&expected));
        let bytes: Vec<u8> = exported.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(installed(&decode(&bytes)), [expected]);
    }
}
