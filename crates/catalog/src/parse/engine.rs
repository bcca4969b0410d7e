//! Which game engine a program is made with, by the files that lie beside it and by its first bytes.

/// The engine's name; `None`: none that is known.
pub(crate) fn beside(program: &str, names: &[String]) -> Option<&'static str> {
    let lower: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    let has = |name: &str| lower.iter().any(|found| found == name);
    let ends = |end: &str| lower.iter().any(|found| found.ends_with(end));
    let program = program.to_lowercase();
    let stem = [".exe", ".x86_64", ".x86", ".sh"]
        .iter()
        .find_map(|end| program.strip_suffix(end))
        .unwrap_or(&program);
    let engines = [
        ("Unity", has("unityplayer.dll") || has("unityplayer.so") || has(&format!("{stem}_data"))),
        ("Godot", has(&format!("{stem}.pck"))),
        ("Ren'Py", has("renpy") && has("game")),
        (
            "RPG Maker",
            has("game.rgss3a")
                || has("game.rgss2a")
                || has("game.rgssad")
                || has("rpg_rt.ini")
                || has("www") && has("nw.pak"),
        ),
        ("Unreal", stem.ends_with("-shipping") || has("engine") && has(stem) && !has("src")),
        ("GameMaker", has("data.win") || has("game.unx")),
        ("LÖVE", has("love.dll") || has("liblove.so") || ends(".love")),
        ("Source", has("gameinfo.txt") || has("hl2") && has("bin")),
    ];
    engines.into_iter().find(|(_, found)| *found).map(|(name, _)| name)
}

/// The game library that a Python script begins with.
pub(crate) fn python(head: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(head);
    let modules = text.lines().filter_map(|line| {
        let mut words = line.split([' ', ',', '.']).filter(|word| !word.is_empty());
        matches!(words.next()?, "import" | "from").then(|| words.next()).flatten()
    });
    const LIBRARIES: [&str; 8] =
        ["arcade", "cocos", "panda3d", "pgzrun", "pygame", "pyglet", "renpy", "ursina"];
    modules.into_iter().find_map(|module| LIBRARIES.into_iter().find(|library| *library == module.trim()))
}

/// Whether a class path is that of a game: the libraries that Java games draw with.
pub(crate) fn java(arguments: &[String]) -> bool {
    let libraries = ["/lwjgl", "\\lwjgl", "lwjgl-", "gdx-", "jinput", "jmonkeyengine", "jme3-"];
    arguments.iter().any(|word| libraries.iter().any(|library| word.contains(library)))
}

/// Whether a program is an AppImage.
pub(crate) fn is_appimage(head: &[u8]) -> bool {
    head.starts_with(b"\x7fELF") && matches!(head.get(8..11), Some(b"AI\x01" | b"AI\x02"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_are_told_by_what_lies_beside() {
        for (program, names, expected) in [
            ("Tux.exe", "UnityPlayer.dll Tux_Data", Some("Unity")),
            ("tux.x86_64", "tux_Data", Some("Unity")),
            ("tux.x86_64", "tux.pck", Some("Godot")),
            ("story.sh", "renpy game lib", Some("Ren'Py")),
            ("Game.exe", "Game.rgss3a Audio", Some("RPG Maker")),
            ("Tux-Win64-Shipping.exe", "", Some("Unreal")),
            ("runner", "assets data.win", Some("GameMaker")),
            ("tux", "tux.love", Some("LÖVE")),
            ("notes.exe", "notes.dll data readme.txt", None),
            ("engine", "src target engine", None),
            ("cargo", "build game", None),
        ] {
            let names: Vec<String> = names.split(' ').map(str::to_owned).collect();
            assert_eq!(beside(program, &names), expected, "{program} in {names:?}");
        }
    }

    #[test]
    fn python_games_import_a_game_library() {
        assert_eq!(python(b"#!/usr/bin/python3\nimport sys\nimport pygame, random\n"), Some("pygame"));
        assert_eq!(python(b"from pygame.locals import *\n"), Some("pygame"));
        assert_eq!(python(b"import sys\n# import pygame\nimport pygments\n"), None);
    }

    #[test]
    fn java_games_bring_their_libraries() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(java(&words("java -cp /home/an/lib/lwjgl-3.3.jar:game.jar org.a.Main")));
        assert!(!java(&words("java -cp geogebra.jar org.geogebra.Main")));
    }

    #[test]
    fn an_appimage_is_told_by_its_magic() {
        assert!(is_appimage(b"\x7fELF\x02\x01\x01\0AI\x02\0"));
        assert!(!is_appimage(b"\x7fELF\x02\x01\x01\0\0\0\0\0"));
    }
}
