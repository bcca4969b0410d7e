//! What the stores of games leave beside what they install: Epic, GOG, Riot.

use serde::Deserialize;
use serde_json::Value;

/// One installed game.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Game {
    /// Its id in the store.
    pub(crate) id: String,
    pub(crate) name: String,
    /// Its folder, as its system writes it; `None`: the one that the file lies in.
    pub(crate) folder: Option<String>,
    /// The program that starts it, from the folder.
    pub(crate) program: Option<String>,
}

/// A manifest of Epic (`*.item`).
pub(crate) fn epic(text: &str) -> Option<Game> {
    let value: Value = serde_json::from_str(text).ok()?;
    let text = |key: &str| value.get(key)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    Some(Game {
        id: text("AppName")?,
        name: text("DisplayName")?,
        folder: Some(text("InstallLocation")?),
        program: text("LaunchExecutable"),
    })
}

/// What GOG says of a game (`goggame-*.info`).
pub(crate) fn gog(text: &str) -> Option<Game> {
    let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let text = |value: &Value, key: &str| value.get(key)?.as_str().map(str::to_owned);
    let tasks = value.get("playTasks").and_then(Value::as_array);
    let first = |task: &&Value| task.get("isPrimary").and_then(Value::as_bool).unwrap_or(false);
    Some(Game {
        id: text(&value, "gameId")?,
        name: text(&value, "name")?,
        folder: None,
        program: tasks.and_then(|tasks| tasks.iter().find(first)).and_then(|task| text(task, "path")),
    })
}

/// Riot's settings of a game (`*.product_settings.yaml`).
pub(crate) fn riot(text: &str) -> Option<Game> {
    #[derive(Deserialize)]
    struct Settings {
        product_install_full_path: String,
        shortcut_name: Option<String>,
    }
    let settings: Settings = serde_saphyr::from_str(text).ok()?;
    let name = settings.shortcut_name.map(|name| name.trim_end_matches(".lnk").to_owned());
    let name =
        name.or_else(|| settings.product_install_full_path.rsplit(['/', '\\']).next().map(str::to_owned));
    let name = name.filter(|name| !name.is_empty())?;
    Some(Game { id: name.clone(), name, folder: Some(settings.product_install_full_path), program: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_stores_are_read() {
        let epic = epic(
            r#"{"FormatVersion": 0, "LaunchExecutable": "RocketLeague.exe", "DisplayName": "Rocket League®",
                "InstallLocation": "C:\\Games\\rocketleague", "AppName": "Sugar"}"#,
        )
        .unwrap();
        assert_eq!((epic.id.as_str(), epic.program.as_deref()), ("Sugar", Some("RocketLeague.exe")));
        let gog = gog(
            r#"{"gameId": "1207658924", "name": "Unreal", "playTasks": [{"path": "readme.pdf", "type": "FileTask"},
                {"isPrimary": true, "path": "System\\Unreal.exe", "type": "FileTask"}]}"#,
        )
        .unwrap();
        assert_eq!((gog.name.as_str(), gog.program.as_deref()), ("Unreal", Some("System\\Unreal.exe")));
        let riot = riot(
            "auto_patching_enabled_by_player: false\nproduct_install_full_path: \"C:/Riot Games/VALORANT/live\"\n\
             shortcut_name: VALORANT.lnk\nsettings:\n  locale: vi_VN\n",
        )
        .unwrap();
        assert_eq!(
            (riot.name.as_str(), riot.folder.as_deref()),
            ("VALORANT", Some("C:/Riot Games/VALORANT/live"))
        );
    }

    #[test]
    fn nonsense_is_none() {
        for text in ["", "[]", "{}", "null", "a: b", "{\"name\": 3}"] {
            assert_eq!((epic(text), gog(text), riot(text)), (None, None, None), "{text}");
        }
    }
}
