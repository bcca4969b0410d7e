//! Heroic Games Launcher's lists of installed games (Epic, GOG, Amazon) and of titles.

use serde_json::Value;
use std::collections::HashMap;

/// One installed game.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Game {
    pub(crate) id: String,
    pub(crate) title: Option<String>,
    /// Its folder.
    pub(crate) folder: String,
    /// Its program, relative to the folder.
    pub(crate) executable: Option<String>,
}

/// Reads an `installed.json`: a map of games (legendary), `{"installed": [...]}` (GOG) or a list (nile).
pub(crate) fn games(text: &str) -> Vec<Game> {
    match serde_json::from_str(text) {
        Ok(Value::Array(list)) => list.iter().filter_map(game).collect(),
        Ok(Value::Object(map)) => match map.get("installed") {
            Some(Value::Array(list)) => list.iter().filter_map(game).collect(),
            _ => map.values().filter_map(game).collect(),
        },
        _ => Vec::new(),
    }
}

/// Reads a library cache (`{"games": [...]}` or `{"library": [...]}`): titles by id.
pub(crate) fn titles(text: &str) -> HashMap<String, String> {
    let Ok(Value::Object(map)) = serde_json::from_str(text) else { return HashMap::new() };
    let lists = ["games", "library"].into_iter().filter_map(|key| map.get(key)?.as_array());
    lists
        .flatten()
        .filter_map(|game| Some((text_of(game, &["app_name"])?, text_of(game, &["title"])?)))
        .collect()
}

fn game(value: &Value) -> Option<Game> {
    Some(Game {
        id: text_of(value, &["app_name", "appName", "id"])?,
        title: text_of(value, &["title"]),
        folder: text_of(value, &["install_path", "path"]).filter(|path| path.starts_with('/'))?,
        executable: text_of(value, &["executable"]).filter(|path| !path.is_empty()),
    })
}

fn text_of(value: &Value, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| value.get(key)?.as_str()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_stores_are_read() {
        let epic = r#"{"Salt": {"app_name": "Salt", "title": "Salty", "install_path": "/home/an/Games/Salt", "executable": "bin/salt.exe"}}"#;
        let gog = r#"{"installed": [{"appName": "1207", "install_path": "/home/an/Games/Gog", "platform": "linux"}]}"#;
        let amazon = r#"[{"id": "amzn1", "path": "/home/an/Games/Nile", "version": "1"}]"#;
        assert_eq!(games(epic)[0].title.as_deref(), Some("Salty"));
        assert_eq!(games(epic)[0].executable.as_deref(), Some("bin/salt.exe"));
        assert_eq!(games(gog)[0].folder, "/home/an/Games/Gog");
        assert_eq!(games(amazon)[0].id, "amzn1");
        assert!(games("[1, {}, null]").is_empty());
    }

    #[test]
    fn titles_are_read() {
        let text = r#"{"games": [{"app_name": "1207", "title": "Beneath"}, {"title": "x"}]}"#;
        assert_eq!(titles(text).get("1207").map(String::as_str), Some("Beneath"));
    }
}
