//! Which program a process is: tricks included.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fixture that cannot be made fails its test"
)]

mod common;

use common::{CHILD, Machine, OTHER_PROGRAM, SOME_PROGRAM, evidence, id_of, recognise};
use lanh_catalog::{BuildId, Catalogue, EvidenceCache, Installed, Recogniser, Roots};
use lanh_catalog::{
    Confidence, ContentHash, Evidence, FactBasis, GuardianFact, Means, NamedFile, NoEvidence, Parent,
    ProgramFacts,
};
use lanh_policy::{AgeRating, App, Category};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

const MINES: &str = "desktop:mines";
const FLATPAK: &str = "/var/lib/flatpak/app/org.kde.gcompris/current/active";
const SCHOOL: &str = "desktop:org.kde.gcompris";

/// A machine with the game Mines and the learning program GCompris.
fn family_pc() -> Machine {
    let machine = Machine::new();
    machine.program("/usr/games/mines", SOME_PROGRAM);
    machine.entry("/usr/share/applications/mines.desktop", "Mines", "mines", "Game;");
    machine.program("/usr/games/gcompris-qt", OTHER_PROGRAM);
    machine.entry(
        "/usr/share/applications/org.kde.gcompris.desktop",
        "GCompris",
        "gcompris-qt",
        "Education;Game;",
    );
    machine.program("/usr/bin/helper", "/bin/mkdir");
    machine.program("/usr/bin/python3", "/bin/rmdir");
    machine.program("/usr/bin/java", "/bin/chmod");
    machine
}

fn check(
    machine: &Machine,
    facts: &ProgramFacts,
    expected: Option<(&str, Category)>,
) -> lanh_catalog::Recognition {
    let found = recognise(&machine.recogniser(Vec::new()), facts);
    let seen = id_of(&found);
    assert_eq!(seen.as_ref().map(|(id, category)| (id.as_str(), *category)), expected, "{:?}", facts.exe);
    found
}

/// Installs GCompris as a Flatpak, too.
fn with_flatpak(machine: &Machine) {
    machine.program(&format!("{FLATPAK}/files/bin/gcompris"), "/bin/uname");
    machine.write(&format!("{FLATPAK}/metadata"), "[Application]\ncommand=gcompris\n");
    machine.entry(
        "/var/lib/flatpak/exports/share/applications/org.kde.gcompris.desktop",
        "GCompris",
        "flatpak run org.kde.gcompris\nX-Flatpak=org.kde.gcompris",
        "Education;",
    );
}

fn path_app(path: &Path) -> String {
    format!("path:{}", path.display())
}

fn parent(id: &str, category: Category, launcher: bool) -> Option<Parent> {
    let app = App { id: id.into(), name: id.to_owned(), category, rating: None };
    Some(Parent { app: Some(app), launcher })
}

#[test]
fn a_game_is_itself_and_a_system_helper_is_nothing() {
    let machine = family_pc();
    let game = machine.process(&machine.path("/usr/games/mines"), &["mines"]);
    let found = check(&machine, &game, Some((MINES, Category::Game)));
    assert_eq!((found.means, found.confidence), (Means::File, Confidence::Certain));
    let helper = machine.process(&machine.path("/usr/bin/helper"), &["helper"]);
    check(&machine, &helper, None);
    let before_exec =
        ProgramFacts { argv: Vec::new(), ..machine.process(&machine.path("/usr/bin/python3"), &[]) };
    check(&machine, &before_exec, None);
}

#[test]
fn lanh_in_a_checkout_is_nothing_and_a_game_by_its_name_is_something() {
    let mut machine = family_pc();
    let app = machine.program("/tmp/checkout/lanh-app", "/bin/uname");
    let of_root = |machine: &Machine| ProgramFacts { owner: Some(0), ..machine.process(&app, &["lanh-app"]) };
    check(&machine, &of_root(&machine), Some((&path_app(&app), Category::Other)));
    machine.own = vec![app.clone(), machine.path("/tmp/checkout/lanh")];
    check(&machine, &of_root(&machine), None);
    let named = machine.program("/home/an/lanh-app", "/bin/true");
    let facts = machine.process(&named, &["lanh-app"]);
    check(&machine, &facts, Some((&path_app(&named), Category::Other)));
}

#[test]
fn a_renamed_copied_or_linked_game_is_that_game() {
    let machine = family_pc();
    let game = machine.path("/usr/games/mines");
    let copy = machine.program("/home/an/homework", SOME_PROGRAM);
    assert_eq!(
        check(&machine, &machine.process(&copy, &["homework"]), Some((MINES, Category::Game))).means,
        Means::Content
    );
    let link = machine.path("/home/an/linked");
    fs::hard_link(&game, &link).unwrap();
    assert_eq!(
        check(&machine, &machine.process(&link, &["linked"]), Some((MINES, Category::Game))).means,
        Means::File
    );
    let mut bytes = fs::read(SOME_PROGRAM).unwrap();
    bytes.extend(b"one more");
    let longer = machine.write("/tmp/longer", bytes);
    let found = check(&machine, &machine.process(&longer, &["x"]), Some((MINES, Category::Game)));
    assert_eq!((found.means, found.confidence), (Means::BuildId, Confidence::Likely));
    let gone = ProgramFacts { deleted: true, ..machine.process(&copy, &["x"]) };
    check(&machine, &gone, Some((MINES, Category::Game)));
}

#[test]
fn an_unknown_program_at_home_is_judged_by_its_place() {
    let machine = family_pc();
    let own = machine.program("/home/an/own", "/bin/mv");
    let found = check(&machine, &machine.process(&own, &["own"]), Some((&path_app(&own), Category::Other)));
    assert_eq!(found.means, Means::Place);
    // Installed after the scan.
    let recogniser = machine.recogniser(Vec::new());
    let late = machine.program("/usr/games/brand-new", "/bin/mv");
    let found = recognise(&recogniser, &machine.process(&late, &["brand-new"]));
    assert_eq!(id_of(&found), Some((path_app(&late), Category::Game)));
}

#[test]
fn what_a_child_could_have_put_there_is_told_apart() {
    let machine = family_pc();
    let recogniser = machine.recogniser(Vec::new());
    let childs = |facts: &ProgramFacts| recognise(&recogniser, facts).childs;
    let game = machine.process(&machine.path("/usr/games/mines"), &["mines"]);
    assert!(!childs(&game));
    let own = machine.program("/home/an/own", "/bin/mv");
    assert!(childs(&machine.process(&own, &["own"])));
    // A system's file that the child, or another person, owns or that is only in memory.
    assert!(childs(&ProgramFacts { owner: Some(1001), ..game.clone() }));
    assert!(childs(&ProgramFacts { owner: Some(1000), ..game.clone() }));
    let memory = ProgramFacts { exe: Some("/memfd:x".into()), file: None, ..game.clone() };
    assert!(recogniser.recognise(&memory, &NoEvidence).childs);
    // What an interpreter is given, and what the loader is told to add.
    let python = machine.program("/usr/bin/python3", "/bin/cat");
    let script = machine.write("/home/an/game.py", "print()");
    assert!(childs(&machine.process(&python, &["python3", script.to_str().unwrap()])));
    assert!(!childs(&machine.process(&python, &["python3"])));
    let told = |name: &str, value: &str| {
        let env = [(name.to_owned(), value.to_owned())].into();
        childs(&ProgramFacts { env, ..machine.process(&python, &["python3"]) })
    };
    let library = machine.path("/home/an/x.so");
    assert!(told("LD_PRELOAD", &format!("libsystem.so:{}", library.display())));
    assert!(told("LD_LIBRARY_PATH", machine.path("/tmp").to_str().unwrap()));
    assert!(!told("LD_PRELOAD", "libgamemode.so"));
    assert!(!told("LD_LIBRARY_PATH", machine.path("/usr/lib").to_str().unwrap()));
}

#[test]
fn an_updated_game_is_still_the_game_before_the_next_scan() {
    let machine = family_pc();
    let recogniser = machine.recogniser(Vec::new());
    let game = machine.path("/usr/games/mines");
    fs::remove_file(&game).unwrap();
    machine.program("/usr/games/mines", "/bin/mv");
    let found = recognise(&recogniser, &machine.process(&game, &["mines"]));
    assert_eq!(id_of(&found), Some((MINES.into(), Category::Game)));
}

#[test]
fn a_file_mounted_over_a_free_program_is_not_free() {
    let machine = family_pc();
    let own = machine.program("/home/an/own", "/bin/mv");
    let school = machine.path("/usr/games/gcompris-qt");
    for over in [school, machine.path("/usr/bin/helper"), machine.path("/usr/lib/anything")] {
        let facts = ProgramFacts { exe: Some(over.clone()), ..machine.process(&own, &["x"]) };
        let found = machine.recogniser(Vec::new()).recognise(&facts, &evidence(&own));
        let (id, category) = id_of(&found).unwrap();
        assert!(id.starts_with("hash:"), "{id}");
        assert_eq!(category, Category::Other);
    }
}

#[test]
fn a_program_in_memory_is_judged_and_a_known_game_in_memory_is_the_game() {
    let machine = family_pc();
    let own = machine.program("/home/an/own", "/bin/mv");
    let copy = machine.program("/home/an/copy", SOME_PROGRAM);
    let memory = |file: &Path| ProgramFacts {
        exe: Some(PathBuf::from("/memfd:x")),
        deleted: true,
        ..machine.process(file, &["x"])
    };
    let recogniser = machine.recogniser(Vec::new());
    let (id, _) = id_of(&recogniser.recognise(&memory(&own), &evidence(&own))).unwrap();
    assert!(id.starts_with("hash:"), "{id}");
    let (again, _) = id_of(&recogniser.recognise(&memory(&own), &evidence(&own))).unwrap();
    assert_eq!(id, again);
    assert_eq!(id_of(&recogniser.recognise(&memory(&copy), &evidence(&copy))).unwrap().0, MINES);
}

#[test]
fn what_a_game_says_of_itself_does_not_free_it() {
    let machine = family_pc();
    let mut game = machine.process(&machine.path("/usr/games/mines"), &["/usr/games/gcompris-qt"]);
    for (name, value) in [
        ("FLATPAK_ID", "org.kde.gcompris"),
        ("SNAP_NAME", "gcompris"),
        ("SteamAppId", "1"),
        ("APPIMAGE", "/x"),
    ] {
        game.env.insert(name.into(), value.into());
    }
    game.flatpak = Some("org.kde.gcompris".into());
    game.comm = "gcompris-qt".into();
    game.parent = parent(SCHOOL, Category::Learning, false);
    check(&machine, &game, Some((MINES, Category::Game)));
}

#[test]
fn nothing_at_home_becomes_free_by_a_claim() {
    let machine = family_pc();
    with_flatpak(&machine);
    let own = machine.program("/home/an/own", "/bin/mv");
    let other = (path_app(&own), Category::Other);
    let expected = Some((other.0.as_str(), other.1));
    let mut facts = machine.process(&own, &["own"]);
    facts.flatpak = Some("org.kde.gcompris".into());
    facts.parent = parent(SCHOOL, Category::Learning, false);
    check(&machine, &facts, expected);
    // Called like an interpreter, with a free program as its script.
    let fake = machine.program("/home/an/python3", "/bin/mv");
    let school = machine.path("/usr/games/gcompris-qt");
    let facts = machine.process(&fake, &["python3", school.to_str().unwrap()]);
    let found = recognise(&machine.recogniser(Vec::new()), &facts);
    assert_eq!(id_of(&found), Some((path_app(&fake), Category::Other)));
    // The real thing in its sandbox is recognised by its file.
    let inside = machine.path(&format!("{FLATPAK}/files/bin/gcompris"));
    let mut facts = machine.process(&inside, &["gcompris"]);
    facts.exe = Some("/app/bin/gcompris".into());
    facts.flatpak = Some("org.kde.gcompris".into());
    let found = machine.recogniser(Vec::new()).recognise(&facts, &evidence(&inside));
    assert_eq!(id_of(&found), Some(("flatpak:org.kde.gcompris".into(), Category::Learning)));
}

#[test]
fn a_forged_build_id_does_not_free() {
    let machine = family_pc();
    let mut bytes = fs::read(OTHER_PROGRAM).unwrap();
    bytes.extend(b"a game behind the build id of a learning program");
    let forged = machine.write("/home/an/forged", bytes);
    check(&machine, &machine.process(&forged, &["x"]), Some((&path_app(&forged), Category::Other)));
    let exact = machine.program("/home/an/exact", OTHER_PROGRAM);
    check(&machine, &machine.process(&exact, &["x"]), Some((SCHOOL, Category::Learning)));
}

#[test]
fn scripts_are_judged_by_what_they_are() {
    let machine = family_pc();
    let game = machine.write("/usr/share/games/snake/snake.py", "print()");
    machine.entry(
        "/usr/share/applications/snake.desktop",
        "Snake",
        "python3 /usr/share/games/snake/snake.py",
        "Game;",
    );
    let own = machine.write("/home/an/my.py", "print('my game')");
    let python = machine.path("/usr/bin/python3");
    let run = |script: &str| machine.process(&python, &["python3", "-u", script]);
    check(&machine, &run(game.to_str().unwrap()), Some(("desktop:snake", Category::Game)));
    check(&machine, &run(own.to_str().unwrap()), Some((&path_app(&own), Category::Other)));
    check(&machine, &run("my.py"), Some((&path_app(&own), Category::Other)));
    let system = machine.write("/usr/lib/tool.py", "print()");
    check(&machine, &run(system.to_str().unwrap()), None);
    let copied_game = machine.write("/home/an/copied.py", "print()");
    check(&machine, &run(copied_game.to_str().unwrap()), Some(("desktop:snake", Category::Game)));
}

#[test]
fn the_scripts_that_a_session_starts_with_are_the_desktop() {
    let machine = family_pc();
    let shell = machine.program("/usr/bin/dash", "/bin/mv");
    let run = |interpreter: &Path, script: &Path| {
        let mut facts = machine.process(interpreter, &["sh", script.to_str().unwrap()]);
        facts.parent = parent(MINES, Category::Game, false);
        recognise(&machine.recogniser(Vec::new()), &facts)
    };
    for script in [
        "/home/an/.xsession",
        "/home/an/.profile",
        "/home/an/.config/openbox/autostart",
        "/home/an/.config/i3/scripts/start.sh",
        "/home/an/.vnc/xstartup",
    ] {
        let found = run(&shell, &machine.write(script, "exec openbox"));
        assert_eq!((found.app, found.desktop, found.childs), (None, true, true), "{script}");
    }
    // Of other languages, and elsewhere, a script is a program.
    let python = machine.path("/usr/bin/python3");
    for (interpreter, script) in [(&python, "/home/an/.xsession"), (&shell, "/home/an/openbox/autostart")] {
        let found = run(interpreter, &machine.write(script, "x"));
        assert!(found.app.is_some() && !found.desktop, "{script}");
    }
}

#[test]
fn what_the_desktop_starts_inherits_nothing_of_what_came_before_it() {
    let machine = family_pc();
    for part in ["/usr/bin/openbox", "/usr/lib/xfce4/xfce4-session", "/usr/bin/nautilus", "/usr/bin/systemd"]
    {
        let exe = machine.program(part, "/bin/mv");
        let mut facts = machine.process(&exe, &["x"]);
        facts.parent = parent(MINES, Category::Game, false);
        let found = recognise(&machine.recogniser(Vec::new()), &facts);
        assert_eq!((found.app, found.desktop), (None, true), "{part}");
    }
    // A helper hands on what started it; and a child's program of that name is no part of the desktop.
    let helper = machine.process(&machine.path("/usr/bin/helper"), &["helper"]);
    assert!(!recognise(&machine.recogniser(Vec::new()), &helper).desktop);
    let own = machine.program("/home/an/openbox", "/bin/mv");
    let found = recognise(&machine.recogniser(Vec::new()), &machine.process(&own, &["openbox"]));
    assert!(found.app.is_some() && !found.desktop);
}

#[test]
fn a_file_name_alone_charges_nobody() {
    let machine = family_pc();
    let wine = machine.program("/usr/lib/wine/wine64-preloader", "/bin/ln");
    let recogniser = machine.recogniser(Vec::new());
    let run = |program: &str| {
        let mut facts = machine.process(&wine, &[program]);
        facts.env.insert("WINEPREFIX".into(), "/home/an/.wine".into());
        recognise(&recogniser, &facts).app.unwrap()
    };
    let bare = run("C:\\school\\rocketleague.exe");
    assert_eq!(bare.category, Category::Other);
    assert_eq!(recogniser.basis_of(&bare.id).0, FactBasis::Unknown);
    assert_eq!(recogniser.perhaps(&bare.id), Some(("Rocket League".to_owned(), Category::Game)));
    // In its own folder, and in a folder of its name.
    for program in [
        "C:\\Riot Games\\VALORANT\\live\\ShooterGame\\Binaries\\Win64\\VALORANT-Win64-Shipping.exe",
        "C:\\Games\\Rocket League\\RocketLeague.exe",
    ] {
        let app = run(program);
        assert_eq!(app.category, Category::Game, "{program}");
        assert!(app.id.as_str().starts_with("title:"), "{}", app.id);
        assert_ne!(recogniser.basis_of(&app.id).0, FactBasis::Unknown);
        assert_eq!(recogniser.app(&app.id), app);
    }
    // A launcher is no play; a learning program is not taken at its word.
    for program in ["C:\\Riot Games\\Riot Client\\RiotClientServices.exe", "C:\\tuxmath\\tuxmath.exe"] {
        assert_eq!(run(program).category, Category::Other, "{program}");
    }
    assert_eq!(run("C:\\x\\notes.exe").id.as_str(), "path:/home/an/.wine/drive_c/x/notes.exe");
}

#[test]
fn a_game_engine_tells_a_game_that_nothing_else_names() {
    let machine = family_pc();
    let recogniser = machine.recogniser(Vec::new());
    let category = |facts: &ProgramFacts| recognise(&recogniser, facts).app.map(|app| app.category);
    let unity = machine.program("/home/an/Downloads/thing/thing.x86_64", "/bin/mv");
    machine.write("/home/an/Downloads/thing/UnityPlayer.so", "x");
    assert_eq!(category(&machine.process(&unity, &["x"])), Some(Category::Game));
    let plain = machine.program("/home/an/Downloads/tool/tool", "/bin/mv");
    assert_eq!(category(&machine.process(&plain, &["x"])), Some(Category::Other));
    // Scripts by the library that they import, of whatever name.
    let python = machine.path("/usr/bin/python3");
    for (text, expected) in [("import pygame", Category::Game), ("import math", Category::Other)] {
        let script = machine.write("/home/an/homework.py", text);
        let facts = machine.process(&python, &["python3", script.to_str().unwrap()]);
        assert_eq!(category(&facts), Some(expected), "{text}");
    }
    // Java by what it draws with, Wine by what lies beside.
    let java = machine.path("/usr/bin/java");
    let facts = machine.process(&java, &["java", "-cp", "lib/lwjgl-3.3.1.jar:a.jar", "org.a.Main"]);
    assert_eq!(category(&facts), Some(Category::Game));
    assert_eq!(category(&machine.process(&java, &["java", "-cp", "a.jar", "org.a.Main"])), None);
    let wine = machine.program("/usr/lib/wine/wine64-preloader", "/bin/ln");
    machine.write("/home/an/.wine/drive_c/stuff/Game.rgss3a", "x");
    machine.write("/home/an/.wine/drive_c/stuff/school.exe", "MZ");
    let mut facts = machine.process(&wine, &["C:\\stuff\\school.exe"]);
    facts.env.insert("WINEPREFIX".into(), machine.path("/home/an/.wine").to_str().unwrap().into());
    assert_eq!(category(&facts), Some(Category::Game));
}

#[test]
fn an_update_of_a_program_at_home_keeps_its_rules() {
    let machine = family_pc();
    let old = machine.program("/home/an/Apps/Tux-1.2.3-x86_64.AppImage", "/bin/mv");
    let seen = recognise(&machine.recogniser(Vec::new()), &machine.process(&old, &["x"])).app.unwrap();
    let sorted =
        GuardianFact { id: seen.id.clone(), name: None, category: Some(Category::Game), rating: None };
    fs::remove_file(&old).unwrap();
    let recogniser = machine.recogniser(vec![sorted]);
    for newer in ["Tux-1.3-x86_64.AppImage", "Tux-v2.0.11-x86_64.AppImage"] {
        let newer = machine.program(&format!("/home/an/Apps/{newer}"), "/bin/ln");
        let found = recognise(&recogniser, &machine.process(&newer, &["x"]));
        assert_eq!(id_of(&found), Some((seen.id.to_string(), Category::Game)), "{}", newer.display());
    }
    let other = machine.program("/home/an/Apps/Tux2-x86_64.AppImage", "/bin/ln");
    assert_ne!(recognise(&recogniser, &machine.process(&other, &["x"])).app.unwrap().id, seen.id);
}

#[test]
fn a_program_at_home_that_a_guardian_sorted_is_itself_when_renamed_or_patched() {
    let machine = family_pc();
    let own = machine.program("/home/an/Games/own", "/bin/mv");
    let id = path_app(&own);
    let sorted =
        GuardianFact { id: id.as_str().into(), name: None, category: Some(Category::Game), rating: None };
    let cache = Arc::new(EvidenceCache::default());
    let recogniser = || Recogniser::new(Arc::new(machine.scan()), vec![sorted.clone()], Arc::clone(&cache));
    let first = recogniser();
    let check_by = |recogniser: &Recogniser, path: &Path| {
        let found = recognise(recogniser, &machine.process(path, &["x"]));
        assert_eq!(id_of(&found), Some((id.clone(), Category::Game)), "{}", path.display());
    };
    let check = |path: &Path| check_by(&first, path);
    check(&own);
    check(&machine.program("/home/an/homework", "/bin/mv"));
    let mut bytes = fs::read("/bin/mv").unwrap();
    bytes.extend(b"patched");
    check(&machine.write("/tmp/patched", bytes));
    let moved = machine.path("/home/an/elsewhere");
    fs::rename(&own, &moved).unwrap();
    check(&moved);
    // Also after another look at what is installed, when the old name leads nowhere.
    check_by(&recogniser(), &moved);
}

#[test]
fn the_loader_and_a_copied_interpreter_hide_nothing() {
    let machine = family_pc();
    let loader = machine.program("/usr/lib/ld-linux-x86-64.so.2", "/bin/mv");
    let copy = machine.program("/home/an/copy", SOME_PROGRAM);
    let facts =
        machine.process(&loader, &["ld-linux-x86-64.so.2", "--library-path", "/tmp", copy.to_str().unwrap()]);
    check(&machine, &facts, Some((MINES, Category::Game)));
    let own = machine.program("/home/an/my-runner", "/bin/mv");
    let game = machine.path("/usr/games/mines");
    check(&machine, &machine.process(&own, &["x", game.to_str().unwrap()]), Some((MINES, Category::Game)));
}

#[test]
fn java_minecraft_is_minecraft_and_its_launcher_is_no_play() {
    let machine = family_pc();
    let prism = machine.program("/usr/bin/prismlauncher", "/bin/ln");
    machine.entry(
        "/usr/share/applications/org.prismlauncher.PrismLauncher.desktop",
        "Prism",
        "prismlauncher",
        "Game;",
    );
    let found = check(
        &machine,
        &machine.process(&prism, &["prismlauncher"]),
        Some(("desktop:org.prismlauncher.PrismLauncher", Category::Other)),
    );
    assert!(found.launcher);
    let system = machine.path("/usr/bin/java");
    let own = machine.program("/home/an/.minecraft/runtime/bin/java", "/bin/chmod");
    for java in [system.clone(), own] {
        let mut facts = machine
            .process(&java, &["java", "-cp", "a.jar", "net.fabricmc.loader.impl.launch.knot.KnotClient"]);
        facts.parent = parent("desktop:org.prismlauncher.PrismLauncher", Category::Other, true);
        assert!(!check(&machine, &facts, Some(("minecraft", Category::Game))).launcher);
    }
    check(&machine, &machine.process(&system, &["java", "-version"]), None);
    let mut hidden = machine.process(&system, &["java", "@arguments"]);
    hidden.cwd = Some(machine.path("/home/an/.minecraft"));
    check(&machine, &hidden, Some(("minecraft", Category::Game)));
}

#[test]
fn wine_and_proton_programs_are_their_game() {
    let machine = family_pc();
    let wine = machine.program("/usr/lib/wine/wine64-preloader", "/bin/ln");
    let mut facts = machine.process(&wine, &["C:\\Games\\foo.exe"]);
    facts.env.insert("WINEPREFIX".into(), "/home/an/.wine".into());
    let app = "path:/home/an/.wine/drive_c/Games/foo.exe";
    assert_eq!(
        id_of(&recognise(&machine.recogniser(Vec::new()), &facts)),
        Some((app.into(), Category::Other))
    );
    facts.env.insert("SteamAppId".into(), "4400".into());
    check(&machine, &facts, Some(("steam:4400", Category::Game)));
    let helper = machine.process(&wine, &["C:\\windows\\system32\\services.exe"]);
    check(&machine, &helper, None);
    // A Windows program that names a free program of the system is not that.
    let trick = format!("Z:{}", machine.path("/usr/lib/gcompris-qt").display()).replace('/', "\\") + ".exe";
    fs::hard_link(machine.path("/usr/games/gcompris-qt"), machine.path("/usr/lib/gcompris-qt.exe")).unwrap();
    let mut facts = machine.process(&wine, &[&trick]);
    facts.env.insert("WINEPREFIX".into(), "/home/an/.wine".into());
    assert_eq!(id_of(&recognise(&machine.recogniser(Vec::new()), &facts)).unwrap().1, Category::Other);
}

#[test]
fn steam_games_are_known_by_folder_and_by_reaper() {
    let machine = family_pc();
    let steam = "/home/an/.local/share/Steam";
    let game = machine.program(&format!("{steam}/steamapps/common/Tux/bin/late-addition"), "/bin/mv");
    machine.write(
        &format!("{steam}/steamapps/appmanifest_4400.acf"),
        "\"AppState\" { \"appid\" \"4400\" \"name\" \"Tux\" \"installdir\" \"Tux\" }",
    );
    check(&machine, &machine.process(&game, &["x"]), Some(("steam:4400", Category::Game)));
    let reaper = machine.program(&format!("{steam}/ubuntu12_32/reaper"), "/bin/ln");
    let facts = machine.process(&reaper, &["reaper", "SteamLaunch", "AppId=99", "--", "x"]);
    assert_eq!(check(&machine, &facts, Some(("steam:99", Category::Game))).confidence, Confidence::Claimed);
}

#[test]
fn a_games_children_are_the_game_and_a_terminals_are_not() {
    let machine = family_pc();
    let helper = machine.path("/usr/bin/helper");
    let own = machine.program("/home/an/own", "/bin/mv");
    let with = |exe: &Path, parent| ProgramFacts { parent, ..machine.process(exe, &["x"]) };
    check(&machine, &with(&helper, parent(MINES, Category::Game, false)), Some((MINES, Category::Game)));
    check(
        &machine,
        &with(&own, parent("steam:4400", Category::Game, false)),
        Some(("steam:4400", Category::Game)),
    );
    check(&machine, &with(&helper, parent("desktop:xterm", Category::System, false)), None);
    check(&machine, &with(&helper, parent("desktop:firefox", Category::Browser, false)), None);
    check(
        &machine,
        &with(&own, parent(SCHOOL, Category::Learning, false)),
        Some((&path_app(&own), Category::Other)),
    );
    // What a launcher starts from home is a game; its system helpers are nothing.
    check(
        &machine,
        &with(&own, parent("desktop:steam", Category::Other, true)),
        Some((&path_app(&own), Category::Game)),
    );
    check(&machine, &with(&helper, parent("desktop:steam", Category::Other, true)), None);
    // A program of its own stays itself, whoever started it.
    let school = machine.path("/usr/games/gcompris-qt");
    check(&machine, &with(&school, parent(MINES, Category::Game, false)), Some((SCHOOL, Category::Learning)));
}

#[test]
fn an_appimage_is_known_by_its_image() {
    let machine = family_pc();
    let inside = machine.program("/tmp/.mount_Gabc/usr/bin/g", "/bin/mv");
    let image = machine.program("/home/an/G.AppImage", "/bin/ln");
    let mut facts = machine.process(&inside, &["g"]);
    facts.env.insert("APPIMAGE".into(), image.to_str().unwrap().into());
    check(&machine, &facts, Some((&path_app(&image), Category::Other)));
    let learning = GuardianFact {
        id: path_app(&image).as_str().into(),
        name: None,
        category: Some(Category::Learning),
        rating: None,
    };
    let recogniser = machine.recogniser(vec![learning]);
    assert_eq!(
        id_of(&recognise(&recogniser, &facts)),
        Some((path_app(&inside), Category::Other)),
        "only says so"
    );
    facts.parent = parent(&path_app(&image), Category::Learning, false);
    assert_eq!(
        id_of(&recognise(&recogniser, &facts)),
        Some((path_app(&image), Category::Learning)),
        "started by it"
    );
}

#[test]
fn a_guardians_word_outweighs_what_was_read() {
    let machine = family_pc();
    let facts = vec![
        GuardianFact {
            id: MINES.into(),
            name: Some("Dò mìn".into()),
            category: Some(Category::Learning),
            rating: Some(AgeRating::Twelve),
        },
        GuardianFact {
            id: path_app(&machine.path("/usr/bin/helper")).as_str().into(),
            name: None,
            category: Some(Category::Game),
            rating: None,
        },
    ];
    let recogniser = machine.recogniser(facts);
    let found = recognise(&recogniser, &machine.process(&machine.path("/usr/games/mines"), &["mines"]));
    let app = found.app.unwrap();
    assert_eq!(
        (app.name.as_str(), app.category, app.rating),
        ("Dò mìn", Category::Learning, Some(AgeRating::Twelve))
    );
    let found = recognise(&recogniser, &machine.process(&machine.path("/usr/bin/helper"), &["helper"]));
    assert_eq!(id_of(&found).unwrap().1, Category::Game);
}

#[test]
fn the_desktops_own_parts_are_never_judged() {
    let machine = family_pc();
    let files = machine.program("/usr/bin/nautilus", "/bin/mv");
    machine.entry(
        "/usr/share/applications/org.gnome.Nautilus.desktop",
        "Files",
        "nautilus",
        "Utility;FileManager;",
    );
    let reader = machine.program("/usr/bin/orca", "/bin/ln");
    for part in [files, reader] {
        let mut facts = machine.process(&part, &["x"]);
        facts.parent = parent(MINES, Category::Game, false);
        check(&machine, &facts, None);
    }
}

#[test]
fn known_programs_cost_no_reading() {
    /// Fails the test when asked.
    struct Nobody;
    impl Evidence for Nobody {
        fn sha256(&self) -> Option<ContentHash> {
            panic!("hashed")
        }
        fn build_id(&self) -> Option<BuildId> {
            panic!("read")
        }
        fn head(&self) -> Option<Vec<u8>> {
            panic!("read")
        }
        fn named(&self, _path: &Path) -> Option<NamedFile> {
            panic!("opened")
        }
    }
    let machine = family_pc();
    let recogniser = machine.recogniser(Vec::new());
    for exe in ["/usr/games/mines", "/usr/games/gcompris-qt", "/usr/bin/helper"] {
        recogniser.recognise(&machine.process(&machine.path(exe), &["x"]), &Nobody);
    }
}

#[test]
fn arguments_tell_apart_programs_with_one_file() {
    let machine = Machine::new();
    machine.program("/usr/games/engine", SOME_PROGRAM);
    machine.entry("/usr/share/applications/engine.desktop", "Engine", "engine", "Game;");
    machine.entry("/usr/share/applications/quest.desktop", "Quest", "engine --game quest", "Game;");
    machine.entry("/usr/share/applications/free.desktop", "Free", "engine --game free", "Education;");
    let exe = machine.path("/usr/games/engine");
    check(&machine, &machine.process(&exe, &["engine"]), Some(("desktop:engine", Category::Game)));
    check(
        &machine,
        &machine.process(&exe, &["engine", "--game", "quest"]),
        Some(("desktop:quest", Category::Game)),
    );
    check(
        &machine,
        &machine.process(&exe, &["engine", "--game", "free"]),
        Some(("desktop:engine", Category::Game)),
    );
}

#[test]
fn this_machines_real_games_are_recognised_and_copies_too() {
    let folder = tempfile::tempdir().unwrap();
    let recogniser = Recogniser::new(
        Arc::new(Installed::scan(&Roots::machine(Vec::new()), &Catalogue::shipped())),
        Vec::new(),
        Arc::new(EvidenceCache::default()),
    );
    let machine = Machine::new();
    for name in ["gnome-mines", "xsol", "ltris", "2048-qt", "sgt-solo"] {
        let game = Path::new("/usr/games").join(name);
        if !game.exists() {
            println!("skipped: {} is not installed", game.display());
            continue;
        }
        let itself = recognise(&recogniser, &machine.process(&game, &[name]));
        let app = itself.app.unwrap();
        assert_eq!(app.category, Category::Game, "{name}");
        let copy = folder.path().join("homework");
        fs::write(&copy, fs::read(&game).unwrap()).unwrap();
        let facts = ProgramFacts { owner: Some(CHILD), ..machine.process(&copy, &["homework"]) };
        let found = recognise(&recogniser, &facts);
        assert_eq!((found.app, found.means), (Some(app), Means::Content), "{name}");
    }
}

/// A machine with GCompris installed twice: natively and as a Flatpak.
static PC: LazyLock<(Machine, Recogniser)> = LazyLock::new(|| {
    let machine = family_pc();
    with_flatpak(&machine);
    let recogniser = machine.recogniser(Vec::new());
    (machine, recogniser)
});

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever an unknown program at home says of itself, it is judged and never free.
    #[test]
    fn no_claim_frees(
        argv in prop::collection::vec("(SCHOOL|Z:SCHOOL|SteamLaunch|AppId=[0-9]{1,6}|-jar|-m|.{0,12})", 0..5),
        env in prop::collection::btree_map(
            prop::sample::select(lanh_catalog::ENVIRONMENT).prop_map(str::to_owned),
            "(org\\.kde\\.gcompris|gcompris|[0-9]{1,6}|/.{0,8}|SCHOOL)",
            0..4,
        ),
        flatpak in prop::option::of("(org\\.kde\\.gcompris|.{0,8})"),
        name in "(python3|java|wine64|bash|ld-linux\\.so\\.2|gcompris-qt|[a-z]{1,8})",
        shown_as in prop::option::of("(SCHOOL|/app/bin/gcompris|/usr/bin/[a-z]{1,8}|/memfd:x)"),
        deleted in any::<bool>(),
        parent_id in prop::option::of("(desktop:org\\.kde\\.gcompris|flatpak:org\\.kde\\.gcompris)"),
    ) {
        let (machine, recogniser) = &*PC;
        let school = machine.path("/usr/games/gcompris-qt");
        let school = school.to_str().unwrap();
        let own = machine.program(&format!("/home/an/{name}"), "/bin/true");
        let argv: Vec<String> = argv.iter().map(|word| word.replace("SCHOOL", school)).collect();
        let honest = machine.process(&own, &argv.iter().map(String::as_str).collect::<Vec<_>>());
        let facts = ProgramFacts {
            exe: shown_as.map(|path| path.replace("SCHOOL", school).into()).or(honest.exe.clone()),
            env: env.into_iter().map(|(name, value)| (name, value.replace("SCHOOL", school))).collect(),
            flatpak,
            deleted,
            parent: parent_id.and_then(|id| parent(&id, Category::Learning, false)),
            ..honest
        };
        for found in [recogniser.recognise(&facts, &evidence(&own)), recogniser.recognise(&facts, &NoEvidence)] {
            let category = found.app.map(|app| app.category);
            prop_assert!(matches!(category, Some(Category::Game | Category::Other)), "{category:?}");
            prop_assert!(!found.launcher);
        }
    }
}
