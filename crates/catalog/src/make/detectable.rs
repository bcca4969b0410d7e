//! Discord's list of applications, as arrpc-bun ships it.

use lanh_catalog::{Entry, Key, Themes};
use lanh_policy::Category;
use serde::Deserialize;

#[derive(Deserialize)]
struct Application {
    name: String,
    #[serde(default)]
    aliases: Option<Vec<String>>,
    #[serde(default)]
    executables: Option<Vec<Executable>>,
    #[serde(default)]
    themes: Option<Vec<String>>,
    #[serde(default)]
    third_party_skus: Option<Vec<Sku>>,
}

#[derive(Deserialize)]
struct Executable {
    name: String,
    os: String,
    #[serde(default)]
    is_launcher: bool,
    arguments: Option<String>,
}

#[derive(Deserialize)]
struct Sku {
    distributor: String,
    id: Option<String>,
}

/// The games of the list that are in a store or have a program file.
pub(crate) fn entries(bytes: &[u8]) -> Result<Vec<Entry>, String> {
    let list: Vec<Application> = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    Ok(list.into_iter().filter_map(entry).collect())
}

fn entry(application: Application) -> Option<Entry> {
    let (mut keys, mut starters) = (Vec::new(), Vec::new());
    for sku in application.third_party_skus.iter().flatten() {
        if let ("steam", Some(id)) = (sku.distributor.as_str(), &sku.id)
            && id.bytes().all(|digit| digit.is_ascii_digit())
        {
            keys.push((Key::Steam, id.clone()));
        }
    }
    for file in application.executables.iter().flatten() {
        let key = match file.os.as_str() {
            "win32" => Key::Windows,
            "linux" => Key::Linux,
            "darwin" => Key::Mac,
            _ => continue,
        };
        // A program that is this game only with certain arguments is an engine.
        if file.arguments.as_deref().is_some_and(|arguments| !arguments.is_empty()) {
            continue;
        }
        let name = file.name.trim_start_matches('>').trim_end_matches('"').trim_matches('/').to_lowercase();
        let list = if file.is_launcher { &mut starters } else { &mut keys };
        let bare = name.rsplit('/').next().unwrap_or_default().to_owned();
        if bare.len() > 4 && !is_common(&bare) && bare != name {
            list.push((key, bare));
        }
        list.push((key, name));
    }
    let in_a_store = application.third_party_skus.is_some_and(|skus| !skus.is_empty());
    if keys.is_empty() && starters.is_empty() && !in_a_store {
        return None;
    }
    let name = application.name.trim().to_owned();
    for alias in application.aliases.into_iter().flatten().filter(|alias| *alias != name) {
        keys.push((Key::Name, lanh_catalog::normal_name(&alias)));
    }
    Some(Entry {
        name,
        name_vi: None,
        id: None,
        category: Category::Game,
        rating: None,
        launcher: false,
        essential: false,
        themes: application.themes.iter().flatten().fold(Themes::default(), |themes, name| themes.with(name)),
        keys,
        starters,
    })
}

/// Names that program files of many games and other programs have.
fn is_common(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    matches!(
        stem,
        "app"
            | "application"
            | "binaries"
            | "client"
            | "engine"
            | "game"
            | "hl2"
            | "java"
            | "javaw"
            | "launch"
            | "launcher"
            | "love"
            | "main"
            | "nw"
            | "play"
            | "player"
            | "release"
            | "run"
            | "runner"
            | "setup"
            | "start"
            | "startup"
            | "steam"
            | "unins000"
            | "update"
            | "updater"
            | "win32"
            | "win64"
            | "windows"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn program_files_store_ids_and_themes_are_taken_and_the_rest_is_left() {
        let list = r#"[
            {"id": "1", "name": "A Game", "aliases": ["A Game", "AG"], "themes": ["Kids", "Unheard of"],
             "executables": [{"name": "a game/bin/agame.exe", "os": "win32", "is_launcher": false},
                             {"name": ">launcher.exe", "os": "win32", "is_launcher": true},
                             {"name": "hl2.exe", "os": "win32", "is_launcher": false, "arguments": "-game a"}],
             "third_party_skus": [{"distributor": "steam", "id": "730"}, {"distributor": "xbox", "id": "X"}]},
            {"id": "2", "name": "Only a name", "executables": null, "third_party_skus": []}
        ]"#;
        let entries = entries(list.as_bytes()).unwrap();
        assert_eq!(entries.len(), 1);
        let keys = [
            (Key::Steam, "730"),
            (Key::Windows, "agame.exe"),
            (Key::Windows, "a game/bin/agame.exe"),
            (Key::Name, "ag"),
        ];
        assert_eq!(entries[0].keys, keys.map(|(key, text)| (key, text.to_owned())));
        assert_eq!(entries[0].starters, [(Key::Windows, "launcher.exe".to_owned())]);
        assert_eq!(entries[0].themes.names().collect::<Vec<_>>(), ["kids"]);
    }
}
