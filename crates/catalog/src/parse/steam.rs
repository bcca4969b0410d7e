//! Steam's own files, in Valve's KeyValues text.

use keyvalues_parser::{Obj, Value};

/// The parser recurses: more braces than any of Steam's files has are refused, so that a child's file
/// cannot exhaust the stack.
const MOST_BRACES: usize = 400;

/// One installed title, as its `appmanifest_*.acf` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) id: u32,
    pub(crate) name: String,
    /// Its folder under `steamapps/common`: one plain name.
    pub(crate) folder: String,
}

/// The library folders in a `libraryfolders.vdf`, old and new form.
pub(crate) fn libraries(text: &str) -> Vec<String> {
    let Some(root) = root(text) else { return Vec::new() };
    root.iter()
        .filter(|(key, _)| key.parse::<u32>().is_ok())
        .filter_map(|(_, values)| match values.first()? {
            Value::Str(path) => Some(path.to_string()),
            Value::Obj(folder) => text_of(folder, "path"),
        })
        .collect()
}

/// Reads an `appmanifest_*.acf`.
pub(crate) fn manifest(text: &str) -> Option<Manifest> {
    let root = root(text)?;
    let folder = text_of(&root, "installdir")?;
    let plain = !folder.is_empty() && folder != "." && folder != ".." && !folder.contains(['/', '\\', '\0']);
    plain.then_some(())?;
    Some(Manifest { id: text_of(&root, "appid")?.parse().ok()?, name: text_of(&root, "name")?, folder })
}

fn root(text: &str) -> Option<Obj<'_>> {
    if text.bytes().filter(|byte| *byte == b'{').count() > MOST_BRACES {
        return None;
    }
    match keyvalues_parser::parse(text).ok()?.value {
        Value::Obj(root) => Some(root),
        Value::Str(_) => None,
    }
}

/// A text value; Steam does not care about the case of keys.
fn text_of(object: &Obj<'_>, key: &str) -> Option<String> {
    let (_, values) = object.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?;
    match values.first()? {
        Value::Str(text) => Some(text.to_string()),
        Value::Obj(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_of_both_forms_are_found() {
        let new = "\"libraryfolders\"\n{\n\t\"contentstatsid\" \"-1\"\n\t\"0\"\n\t{\n\t\t\"path\" \"/home/an/.local/share/Steam\"\n\
                   \t\t\"apps\" { \"440\" \"123\" }\n\t}\n\t\"1\" { \"path\" \"/mnt/games\" }\n}\n";
        assert_eq!(libraries(new), ["/home/an/.local/share/Steam", "/mnt/games"]);
        let old = "\"LibraryFolders\" { \"TimeNextStatsReport\" \"1\" \"1\" \"/mnt/old\" }";
        assert_eq!(libraries(old), ["/mnt/old"]);
    }

    #[test]
    fn a_manifest_is_read() {
        let text = "\"AppState\"\n{\n\t\"appid\"\t\"440\"\n\t\"name\"\t\"Team Fortress 2\"\n\t\"installdir\"\t\"Team Fortress 2\"\n}\n";
        let expected = Manifest { id: 440, name: "Team Fortress 2".into(), folder: "Team Fortress 2".into() };
        assert_eq!(manifest(text), Some(expected));
    }

    #[test]
    fn a_manifest_cannot_point_out_of_its_library() {
        for folder in ["..", "../../../../usr/bin", "/usr/bin", "", "."] {
            let text =
                format!("\"AppState\" {{ \"appid\" \"1\" \"name\" \"x\" \"installdir\" \"{folder}\" }}");
            assert_eq!(manifest(&text), None, "{folder}");
        }
    }

    #[test]
    fn deep_nesting_is_survived() {
        for depth in [MOST_BRACES - 1, 200_000] {
            let text = format!("{}{}", "a {".repeat(depth), "}".repeat(depth));
            assert!(libraries(&text).is_empty());
        }
    }
}
