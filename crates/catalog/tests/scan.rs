//! What a scan finds on a fixture machine.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a fixture that cannot be made fails its test"
)]

mod common;

use common::{CHILD, Machine, OTHER_PROGRAM, SOME_PROGRAM};
use lanh_catalog::{FactBasis, Source, Trust};
use lanh_policy::{AgeRating, Category};

#[test]
fn desktop_entries_lead_to_programs_and_categories() {
    let machine = Machine::new();
    let game = machine.program("/usr/games/mines", SOME_PROGRAM);
    machine.entry("/usr/share/applications/mines.desktop", "Mines\nName[vi]=Dò mìn", "mines %U", "Game;");
    machine.write("/usr/bin/editor", "x");
    machine.entry("/usr/share/applications/kde/edit.desktop", "Edit", "/usr/bin/editor", "Graphics;");
    machine.entry("/usr/share/applications/absent.desktop", "Absent", "not-installed", "Game;");
    machine.entry("/usr/share/applications/wm.desktop", "Manager", "/usr/bin/editor\nNoDisplay=true", "");
    let installed = machine.scan();
    let ids: Vec<&str> = installed.list().iter().map(|app| app.id.as_str()).collect();
    assert_eq!(ids, ["desktop:kde-edit", "desktop:mines"]);
    let mines = installed.get(&"desktop:mines".into()).unwrap();
    assert_eq!((mines.names.en.as_str(), mines.names.vi.as_deref()), ("Mines", Some("Dò mìn")));
    assert_eq!((mines.category, mines.category_basis), (Category::Game, FactBasis::Read));
    assert_eq!((mines.trust, mines.owner), (Trust::System, None));
    assert_eq!(installed.files_of(&"desktop:mines".into()), [game]);
}

#[test]
fn known_programs_get_their_category_from_the_list() {
    let machine = Machine::new();
    machine.program("/usr/games/gcompris-qt", SOME_PROGRAM);
    machine.entry(
        "/usr/share/applications/org.kde.gcompris.desktop",
        "GCompris",
        "gcompris-qt",
        "Education;Game;",
    );
    machine.program("/usr/bin/prismlauncher", OTHER_PROGRAM);
    machine.entry(
        "/usr/share/applications/org.prismlauncher.PrismLauncher.desktop",
        "Prism",
        "prismlauncher",
        "Game;",
    );
    let installed = machine.scan();
    let learning = installed.get(&"desktop:org.kde.gcompris".into()).unwrap();
    assert_eq!((learning.category, learning.category_basis), (Category::Learning, FactBasis::Known));
    assert!(installed.get(&"desktop:org.prismlauncher.PrismLauncher".into()).unwrap().launcher);
}

#[test]
fn wrappers_links_and_interpreters_lead_to_the_programs_own_files() {
    let machine = Machine::new();
    let real = machine.program("/usr/lib/fox/fox", SOME_PROGRAM);
    let wrapper = machine.write("/usr/bin/fox", "#!/bin/sh\nexec /usr/lib/fox/fox \"$@\"\n");
    machine.entry("/usr/share/applications/fox.desktop", "Fox", "fox %u", "Network;WebBrowser;");
    let target = machine.program("/usr/games/solitaire-real", OTHER_PROGRAM);
    std::os::unix::fs::symlink("solitaire-real", machine.path("/usr/games/solitaire")).unwrap();
    machine.entry("/usr/share/applications/solitaire.desktop", "Solitaire", "solitaire", "Game;");
    machine.write("/usr/bin/python3", "interpreter");
    let script = machine.write("/usr/share/games/snake/snake.py", "print()");
    machine.entry(
        "/usr/share/applications/snake.desktop",
        "Snake",
        "python3 -u /usr/share/games/snake/snake.py",
        "Game;",
    );
    let installed = machine.scan();
    assert_eq!(installed.files_of(&"desktop:fox".into()), [wrapper, real]);
    assert_eq!(installed.get(&"desktop:fox".into()).unwrap().folders, [machine.path("/usr/lib/fox")]);
    assert_eq!(installed.files_of(&"desktop:solitaire".into()), [target]);
    assert_eq!(installed.files_of(&"desktop:snake".into()), [script]);
    assert!(
        installed.list().iter().all(|app| app.source != Source::GamesFolder),
        "the link and its target are one game"
    );
}

#[test]
fn a_program_in_the_games_folder_is_a_game() {
    let machine = Machine::new();
    let game = machine.program("/usr/games/nethack", SOME_PROGRAM);
    let installed = machine.scan();
    assert_eq!(installed.list().len(), 1);
    let found = &installed.list()[0];
    assert_eq!((found.source, found.category), (Source::GamesFolder, Category::Game));
    assert_eq!(found.files, [game]);
}

#[test]
fn a_childs_own_entry_never_frees_and_never_claims_the_systems_programs() {
    let machine = Machine::new();
    machine.program("/usr/games/mines", SOME_PROGRAM);
    machine.program("/usr/bin/panel", OTHER_PROGRAM);
    machine.program("/home/an/game", OTHER_PROGRAM);
    let apps = "/home/an/.local/share/applications";
    machine.entry(&format!("{apps}/school.desktop"), "School", "/usr/games/mines", "Education;");
    machine.entry(&format!("{apps}/trick.desktop"), "Trick", "/usr/bin/panel", "Game;");
    machine.entry(&format!("{apps}/org.kde.gcompris.desktop"), "GCompris", "/home/an/game", "Education;");
    let installed = machine.scan();
    assert!(installed.get(&"desktop:school".into()).is_none());
    assert!(installed.get(&"desktop:trick".into()).is_none());
    let claimed = installed.get(&"desktop:org.kde.gcompris".into()).unwrap();
    assert_eq!(
        (claimed.category, claimed.trust, claimed.owner),
        (Category::Other, Trust::Child, Some(CHILD))
    );
}

#[test]
fn a_childs_entry_does_not_replace_the_systems() {
    let machine = Machine::new();
    machine.program("/usr/games/mines", SOME_PROGRAM);
    machine.entry("/usr/share/applications/mines.desktop", "Mines", "mines", "Game;");
    machine.program("/home/an/x", OTHER_PROGRAM);
    machine.entry("/home/an/.local/share/applications/mines.desktop", "Other", "/home/an/x", "Video;");
    let installed = machine.scan();
    assert_eq!(installed.get(&"desktop:mines".into()).unwrap().names.en, "Mines");
    assert_eq!(installed.files_of(&"desktop:mines".into()), [machine.path("/usr/games/mines")]);
}

#[test]
fn flatpaks_are_found_system_wide_and_at_home() {
    let machine = Machine::new();
    for (base, id) in
        [("/var/lib/flatpak", "org.kde.gcompris"), ("/home/an/.local/share/flatpak", "org.a.Game")]
    {
        let active = format!("{base}/app/{id}/current/active");
        machine.program(&format!("{active}/files/bin/run"), SOME_PROGRAM);
        machine.write(&format!("{active}/metadata"), format!("[Application]\nname={id}\ncommand=run\n"));
        machine.write(
            &format!("{active}/files/share/metainfo/{id}.metainfo.xml"),
            format!(
                "<component><id>{id}</id><content_rating type=\"oars-1.1\"><content_attribute \
                 id=\"violence-bloodshed\">mild</content_attribute></content_rating></component>"
            ),
        );
        machine.entry(
            &format!("{base}/exports/share/applications/{id}.desktop"),
            "A",
            &format!("/usr/bin/flatpak run --branch=stable --command=run {id}\nX-Flatpak={id}"),
            "Game;",
        );
    }
    let installed = machine.scan();
    let system = installed.get(&"flatpak:org.kde.gcompris".into()).unwrap();
    assert_eq!((system.category, system.rating), (Category::Learning, Some(AgeRating::Twelve)));
    assert!(system.files[0].ends_with("files/bin/run"));
    let own = installed.get(&"flatpak:org.a.Game".into()).unwrap();
    assert_eq!((own.category, own.owner, own.source), (Category::Game, Some(CHILD), Source::Flatpak));
}

#[test]
fn snaps_are_found_with_their_commands() {
    let machine = Machine::new();
    let program = machine.program("/snap/minetest/2/bin/minetest", SOME_PROGRAM);
    machine.write(
        "/snap/minetest/2/meta/snap.yaml",
        "name: minetest\napps:\n  minetest:\n    command: bin/minetest --go\n",
    );
    std::os::unix::fs::symlink("2", machine.path("/snap/minetest/current")).unwrap();
    machine.entry(
        "/var/lib/snapd/desktop/applications/minetest_minetest.desktop",
        "Luanti",
        "env BAMF_DESKTOP_FILE_HINT=/x.desktop /snap/bin/minetest\nX-SnapInstanceName=minetest",
        "Game;",
    );
    let installed = machine.scan();
    let snap = installed.get(&"snap:minetest".into()).unwrap();
    assert_eq!(
        (snap.category, snap.source, snap.names.en.as_str()),
        (Category::Game, Source::Snap, "Luanti")
    );
    assert_eq!(snap.files, [program]);
}

#[test]
fn steam_lutris_and_heroic_games_are_found() {
    let machine = Machine::new();
    let steam = "/home/an/.local/share/Steam/steamapps";
    let tux = machine.program(&format!("{steam}/common/Tux/tux.x86_64"), SOME_PROGRAM);
    machine.write(&format!("{steam}/common/Tux/readme.txt"), "no program");
    machine.write(
        &format!("{steam}/appmanifest_4400.acf"),
        "\"AppState\" { \"appid\" \"4400\" \"name\" \"Tux\" \"installdir\" \"Tux\" }",
    );
    machine.write(
        &format!("{steam}/appmanifest_1493710.acf"),
        "\"AppState\" { \"appid\" \"1493710\" \"name\" \"Proton Experimental\" \"installdir\" \"Proton\" }",
    );
    machine.write(
        &format!("{steam}/libraryfolders.vdf"),
        "\"libraryfolders\" { \"0\" { \"path\" \"/mnt/more\" } \"1\" { \"path\" \"/usr\" } }",
    );
    machine.write(
        "/usr/steamapps/appmanifest_1.acf",
        "\"AppState\" { \"appid\" \"1\" \"name\" \"x\" \"installdir\" \"bin\" }",
    );
    let more = machine.program("/mnt/more/steamapps/common/More/more", SOME_PROGRAM);
    machine.write(
        "/mnt/more/steamapps/appmanifest_7.acf",
        "\"AppState\" { \"appid\" \"7\" \"name\" \"More\" \"installdir\" \"More\" }",
    );
    let quake = machine.program("/home/an/Games/quake/quake", SOME_PROGRAM);
    machine.write(
        "/home/an/.config/lutris/games/quake-1700000000.yml",
        "game:\n  exe: /home/an/Games/quake/quake\n",
    );
    let salt = machine.write("/home/an/Games/Salt/salt.exe", "MZ");
    machine.write(
        "/home/an/.config/heroic/legendaryConfig/legendary/installed.json",
        r#"{"Salt": {"app_name": "Salt", "title": "Salty", "install_path": "/home/an/Games/Salt", "executable": "salt.exe"}}"#,
    );
    let installed = machine.scan();
    for (id, name, file) in [
        ("steam:4400", "Tux", tux),
        ("steam:7", "More", more),
        ("lutris:quake", "quake", quake),
        ("heroic:Salt", "Salty", salt),
    ] {
        let app = installed.get(&id.into()).unwrap_or_else(|| panic!("{id} is not found"));
        assert_eq!((app.names.en.as_str(), app.category, app.trust), (name, Category::Game, Trust::Child));
        assert_eq!(app.files, [file]);
    }
    assert!(installed.get(&"steam:1493710".into()).is_none(), "Proton is no game");
    assert!(
        installed.get(&"steam:1".into()).is_none(),
        "a child's library cannot claim the system's folders"
    );
}

#[test]
fn what_is_installed_in_wine_is_found() {
    let machine = Machine::new();
    let drive = "/home/an/.wine/drive_c";
    let uninstall = "Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Uninstall";
    let entry = |key: &str, name: &str, folder: &str| {
        format!("[{uninstall}\\\\{key}] 1\n\"DisplayName\"=\"{name}\"\n\"InstallLocation\"=\"{folder}\"\n\n")
    };
    let exe = |path: &str| machine.write(&format!("{drive}/{path}"), "MZ");
    let crossfire = exe("VTC/CF/crossfire.exe");
    let notes = exe("Program Files/Notes/notes.exe");
    exe("Program Files/all.exe");
    let registry = [
        entry("CF", "Đột Kích", "C:\\\\VTC\\\\CF"),
        entry("N", "My Notes 9", "C:\\\\Program Files\\\\Notes"),
        entry("All", "Everything", "C:\\\\Program Files"),
        entry("Out", "Outside", "Z:\\\\usr"),
    ];
    machine.write("/home/an/.wine/system.reg", format!("WINE REGISTRY Version 2\n\n{}", registry.concat()));
    let epic = exe("Games/rl/rl.exe");
    machine.write(
        &format!("{drive}/ProgramData/Epic/EpicGamesLauncher/Data/Manifests/1.item"),
        r#"{"AppName": "Sugar", "DisplayName": "RL", "InstallLocation": "C:\\Games\\rl", "LaunchExecutable": "rl.exe"}"#,
    );
    let gog = exe("GOG Games/Old/old.exe");
    machine.write(
        &format!("{drive}/GOG Games/Old/goggame-7.info"),
        r#"{"gameId": "7", "name": "Old", "playTasks": [{"isPrimary": true, "path": "old.exe"}]}"#,
    );
    let riot = exe("Riot Games/VALORANT/live/v.exe");
    machine.write(
        &format!("{drive}/ProgramData/Riot Games/Metadata/valorant.live/valorant.live.product_settings.yaml"),
        "product_install_full_path: \"C:/Riot Games/VALORANT/live\"\nshortcut_name: VALORANT.lnk\n",
    );
    let installed = machine.scan();
    for (id, category, file, source) in [
        ("title:crossfire", Category::Game, crossfire, Source::Wine),
        ("wine:mynotes9", Category::Other, notes, Source::Wine),
        ("epic:Sugar", Category::Game, epic, Source::Epic),
        ("gog:7", Category::Game, gog, Source::Gog),
        ("riot:VALORANT", Category::Game, riot, Source::Riot),
    ] {
        let app = installed.get(&id.into()).unwrap_or_else(|| panic!("{id} is not found"));
        assert_eq!((app.category, app.source, app.trust), (category, source, Trust::Child), "{id}");
        assert_eq!(app.files, [file], "{id}");
    }
    assert_eq!(installed.list().len(), 5, "nothing claims what others share");
}

#[test]
fn images_bundles_packages_and_added_shortcuts_are_found() {
    let machine = Machine::new();
    let mut image = std::fs::read(SOME_PROGRAM).unwrap();
    image[8..11].copy_from_slice(b"AI\x02");
    let image = machine.write("/home/an/Downloads/SuperTuxKart-1.4-x86_64.AppImage", image);
    machine.write("/home/an/Downloads/fake-1.0.AppImage", "no image");
    let added = machine.program("/home/an/stuff/tux", SOME_PROGRAM);
    let mut list = b"\0shortcuts\0\x000\0\x02appid\0\x07\0\0\0\x01AppName\0Tux\0\x01Exe\0\"".to_vec();
    list.extend(added.strip_prefix(machine.root()).unwrap().to_str().unwrap().bytes().collect::<Vec<_>>());
    let at = list.iter().position(|byte| *byte == b'"').unwrap() + 1;
    list.insert(at, b'/');
    list.extend(b"\"\0\x08\x08\x08");
    machine.write("/home/an/.local/share/Steam/userdata/1/config/shortcuts.vdf", list);
    let plist = |kind: &str| {
        format!(
            "<plist version=\"1.0\"><dict><key>CFBundleIdentifier</key><string>org.a.{kind}</string>\
             <key>CFBundleExecutable</key><string>run</string><key>LSApplicationCategoryType</key>\
             <string>public.app-category.{kind}</string></dict></plist>"
        )
    };
    for kind in ["games", "education"] {
        machine.write(&format!("/Applications/{kind}.app/Contents/Info.plist"), plist(kind));
        machine.program(&format!("/Applications/{kind}.app/Contents/MacOS/run"), SOME_PROGRAM);
    }
    machine.write(
        "/Program Files/WindowsApps/Mine/AppxManifest.xml",
        "<Package><Identity Name=\"Microsoft.MinecraftUWP\"/><Properties><DisplayName>Minecraft for Windows</DisplayName>\
         </Properties><Applications><Application Executable=\"Minecraft.Windows.exe\"/></Applications></Package>",
    );
    machine.write("/Program Files/WindowsApps/Mine/Minecraft.Windows.exe", "MZ");
    let installed = machine.scan();
    let image_id = format!("path:{}", image.display()).replace("1.4", "*");
    for (id, category, source) in [
        (image_id.as_str(), Category::Game, Source::AppImage),
        ("steam:7", Category::Game, Source::Steam),
        ("bundle:org.a.games", Category::Game, Source::Bundle),
        ("bundle:org.a.education", Category::Learning, Source::Bundle),
        ("msix:Microsoft.MinecraftUWP", Category::Game, Source::Msix),
    ] {
        let app = installed.get(&id.into()).unwrap_or_else(|| panic!("{id} is not found"));
        assert_eq!((app.category, app.source, app.files.len()), (category, source, 1), "{id}");
    }
    assert_eq!(installed.list().len(), 5);
}

#[test]
fn ratings_come_from_metainfo_only() {
    let machine = Machine::new();
    machine.program("/usr/games/mines", SOME_PROGRAM);
    machine.entry("/usr/share/applications/mines.desktop", "Mines", "mines", "Game;");
    assert_eq!(machine.scan().get(&"desktop:mines".into()).unwrap().rating, None);
    machine.write(
        "/usr/share/metainfo/mines.metainfo.xml",
        "<component><id>mines</id><content_rating type=\"oars-1.1\"/></component>",
    );
    let installed = machine.scan();
    let mines = installed.get(&"desktop:mines".into()).unwrap();
    assert_eq!((mines.rating, mines.rating_basis), (Some(AgeRating::Everyone), FactBasis::Read));
}

#[test]
fn what_a_child_leaves_lying_about_does_not_stop_the_scan() {
    let machine = Machine::new();
    let apps = machine.path("/home/an/.local/share/applications");
    std::fs::create_dir_all(&apps).unwrap();
    let pipe = apps.join("pipe.desktop");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0)
        .unwrap();
    std::os::unix::fs::symlink("/dev/zero", apps.join("zero.desktop")).unwrap();
    std::os::unix::fs::symlink(".", apps.join("loop")).unwrap();
    machine.write("/home/an/.local/share/Steam/steamapps/libraryfolders.vdf", "a {".repeat(300_000));
    machine.write("/home/an/.local/share/applications/noise.desktop", [0xff, 0xfe, 0, 91]);
    assert!(machine.scan().list().is_empty());
}

#[test]
fn this_machines_own_games_are_found() {
    let installed = lanh_catalog::Installed::scan(
        &lanh_catalog::Roots::machine(Vec::new()),
        &lanh_catalog::Catalogue::shipped(),
    );
    let games = [
        ("/usr/games/gnome-mines", "desktop:org.gnome.Mines"),
        ("/usr/games/xsol", "desktop:xsol"),
        ("/usr/games/ltris", "desktop:ltris"),
        ("/usr/games/2048-qt", "desktop:2048-qt"),
        ("/usr/games/sgt-solo", "desktop:sgt-solo"),
        ("/usr/games/sgt-mines", "desktop:sgt-mines"),
    ];
    for (file, id) in games {
        if !std::path::Path::new(file).exists() {
            println!("skipped: {file} is not installed");
            continue;
        }
        let app = installed.get(&id.into()).unwrap_or_else(|| panic!("{id} is not found"));
        assert_eq!(app.category, Category::Game, "{id}");
        assert_eq!(app.files, [std::path::PathBuf::from(file)], "{id}");
    }
}
