//! What a running process is really about: the script, class or Windows program in its arguments.

use std::path::{Path, PathBuf};

/// Programs that run other programs: what matters is the argument.
const INTERPRETERS: &[&str] = &[
    "ash",
    "bash",
    "box64",
    "box86",
    "bun",
    "busybox",
    "dash",
    "deno",
    "dotnet",
    "electron",
    "fish",
    "gjs",
    "gjs-console",
    "guile",
    "java",
    "javaw",
    "ksh",
    "love",
    "lua",
    "luajit",
    "mono",
    "mono-sgen",
    "node",
    "nodejs",
    "perl",
    "php",
    "pypy",
    "pypy3",
    "python",
    "qml",
    "qmlscene",
    "ruby",
    "sh",
    "tclsh",
    "wine",
    "wine-preloader",
    "wine64",
    "wine64-preloader",
    "wish",
    "zsh",
];

/// Programs that many others are started through and that are never one of them.
const SHARED: &[&str] = &[
    "dbus-launch",
    "dbus-run-session",
    "env",
    "flatpak",
    "gapplication",
    "gio",
    "gtk-launch",
    "snap",
    "sudo",
    "xdg-open",
];

/// Windows programs that belong to Wine itself.
const WINE_HELPERS: &[&str] = &[
    "conhost.exe",
    "explorer.exe",
    "plugplay.exe",
    "rpcss.exe",
    "services.exe",
    "start.exe",
    "svchost.exe",
    "tabtip.exe",
    "wineboot.exe",
    "winedevice.exe",
    "winemenubuilder.exe",
    "winedbg.exe",
    "xalia.exe",
];

/// Java classes that are Minecraft itself; the launchers that run it in their own process included.
const MINECRAFT_CLASSES: &[&str] = &[
    "cpw.mods.bootstraplauncher.",
    "cpw.mods.modlauncher.",
    "io.github.zekerzhayard.forgewrapper.",
    "net.fabricmc.loader.",
    "net.minecraft.client.",
    "net.minecraft.launchwrapper.",
    "net.minecraftforge.",
    "net.neoforged.",
    "org.multimc.EntryPoint",
    "org.polymc.EntryPoint",
    "org.prismlauncher.EntryPoint",
    "org.quiltmc.loader.",
];

/// Whether a program of this name runs others.
pub(crate) fn is_interpreter(name: &str) -> bool {
    let bare =
        name.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.' || letter == '-');
    INTERPRETERS.contains(&name) || INTERPRETERS.contains(&bare) || is_loader(name)
}

/// Whether this is the dynamic loader.
fn is_loader(name: &str) -> bool {
    (name.starts_with("ld-") || name.starts_with("ld.so")) && name.contains(".so")
}

/// Whether a program of this name is never an app by itself.
pub(crate) fn is_shared(name: &str) -> bool {
    SHARED.contains(&name)
}

/// What an interpreter runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Runs {
    /// Minecraft, whoever launched it.
    Minecraft,
    /// A file: a path as the process sees it, perhaps relative to its working folder.
    File(PathBuf),
    /// A Java class.
    Class(String),
    /// A Windows program, as Windows writes it.
    Windows(String),
    /// A helper of Wine.
    WineHelper,
    /// Nothing that has a name: a shell in a terminal, code on the command line.
    Nothing,
}

/// Reads an interpreter's arguments; `name` is that of its program file.
pub(crate) fn runs(name: &str, argv: &[String]) -> Runs {
    let bare =
        name.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.' || letter == '-');
    let arguments = argv.get(1..).unwrap_or_default();
    match bare {
        "java" | "javaw" => java(arguments),
        "wine" | "wine-preloader" | "wine64-preloader" => wine(argv),
        _ if is_loader(name) => first(
            arguments,
            &[
                "--library-path",
                "--preload",
                "--argv0",
                "--inhibit-rpath",
                "--audit",
                "--glibc-hwcaps-mask",
                "--glibc-hwcaps-prepend",
            ],
        ),
        "python" | "pypy" => match arguments.iter().position(|word| !word.starts_with('-')) {
            Some(at) if at > 0 && arguments.get(at - 1).is_some_and(|word| word == "-m") => {
                let module = arguments.get(at).map(|module| module.replace('.', "/")).unwrap_or_default();
                Runs::File(PathBuf::from(format!("{module}.py")))
            }
            _ if arguments.iter().take_while(|word| word.starts_with('-')).any(|word| word == "-c") => {
                Runs::Nothing
            }
            _ => first(arguments, &["-W", "-X"]),
        },
        "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "fish" => {
            if arguments
                .iter()
                .take_while(|word| word.starts_with('-'))
                .any(|word| !word.starts_with("--") && word.ends_with('c'))
            {
                return Runs::Nothing;
            }
            first(arguments, &["-o", "-O", "+O", "+o", "--rcfile", "--init-file"])
        }
        "node" | "nodejs" | "electron" | "bun" | "deno" | "lua" | "luajit" | "perl" | "ruby" | "php" => {
            if arguments
                .iter()
                .take_while(|word| word.starts_with('-'))
                .any(|word| matches!(word.as_str(), "-e" | "-p" | "--eval"))
            {
                return Runs::Nothing;
            }
            first(arguments, &["-r", "--require", "-l", "-I", "--import"])
        }
        _ => first(arguments, &[]),
    }
}

/// The first argument that is no option; `valued`: options with a value of their own.
fn first(arguments: &[String], valued: &[&str]) -> Runs {
    let mut arguments = arguments.iter();
    while let Some(word) = arguments.next() {
        if valued.contains(&word.as_str()) {
            arguments.next();
        } else if word == "--" {
            break;
        } else if !word.starts_with('-') {
            return if word.is_empty() { Runs::Nothing } else { Runs::File(PathBuf::from(word)) };
        }
    }
    arguments.next().map_or(Runs::Nothing, |word| Runs::File(PathBuf::from(word)))
}

fn java(arguments: &[String]) -> Runs {
    let minecraft = |word: &String| {
        MINECRAFT_CLASSES.iter().any(|class| word.starts_with(class))
            || word.starts_with("--gameDir")
            || word.starts_with("-Dminecraft.client.jar")
            || word.starts_with("-Dfabric.gameJarPath")
    };
    if arguments.iter().any(minecraft) {
        return Runs::Minecraft;
    }
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-jar" => return rest.next().map_or(Runs::Nothing, |jar| Runs::File(PathBuf::from(jar))),
            "-cp" | "-classpath" | "--class-path" | "-p" | "--module-path" | "--add-modules"
            | "--add-opens" | "--add-exports" | "--add-reads" => {
                rest.next();
            }
            word if word.starts_with('-') || word.starts_with('@') => {}
            // A main class: where it comes from is the class path, which is no one file.
            class => return Runs::Class(class.to_owned()),
        }
    }
    Runs::Nothing
}

fn wine(argv: &[String]) -> Runs {
    let is_windows = |word: &&String| {
        let word = word.to_ascii_lowercase();
        [".exe", ".bat", ".msi", ".com", ".lnk"].iter().any(|end| word.ends_with(end))
    };
    let programs: Vec<&String> = argv.iter().filter(is_windows).collect();
    let helper = |word: &&&String| {
        let name = crate::parse::command::base_name(word).to_ascii_lowercase();
        let lower = word.to_ascii_lowercase();
        let place = lower.starts_with("c:\\windows\\") || !lower.contains(['\\', '/']);
        WINE_HELPERS.contains(&name.as_str()) && place
            || lower.starts_with("c:\\windows\\system32\\steam.exe")
    };
    match programs.iter().find(|word| !helper(word)) {
        Some(program) if program.starts_with('/') => Runs::File(PathBuf::from(program.as_str())),
        Some(program) => Runs::Windows((*program).clone()),
        None if programs.is_empty() => Runs::Nothing,
        None => Runs::WineHelper,
    }
}

/// A Windows path in the file system of its prefix; `Z:` is the root. `None`: not absolute.
pub(crate) fn windows_path(windows: &str, prefix: &Path) -> Option<PathBuf> {
    let (drive, rest) = windows.split_once(":\\").or_else(|| windows.split_once(":/"))?;
    let letter = drive.chars().next().filter(|_| drive.len() == 1)?.to_ascii_lowercase();
    let rest = rest.replace('\\', "/");
    let plain = !Path::new(&rest).components().any(|part| matches!(part, std::path::Component::ParentDir));
    plain.then(|| match letter {
        'z' => Path::new("/").join(rest.trim_start_matches('/')),
        letter => prefix.join(format!("drive_{letter}")).join(rest.trim_start_matches('/')),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Runs) {
        let argv: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let name = crate::parse::command::base_name(&argv[0]).to_owned();
        assert!(is_interpreter(&name), "{name}");
        assert_eq!(runs(&name, &argv), expected, "{line}");
    }

    fn file(path: &str) -> Runs {
        Runs::File(PathBuf::from(path))
    }

    #[test]
    fn the_script_is_found_behind_the_options() {
        check("/usr/bin/python3.11 -u -X utf8 game.py --fast", file("game.py"));
        check("python3 -m pysol.main", file("pysol/main.py"));
        check("python3 -c print(1)", Runs::Nothing);
        check("bash -e ./run.sh", file("./run.sh"));
        check("bash", Runs::Nothing);
        check("sh -c xsol", Runs::Nothing);
        check("node --inspect /home/an/g/index.js", file("/home/an/g/index.js"));
        check("lua5.4 game.lua", file("game.lua"));
        check("love /home/an/g.love", file("/home/an/g.love"));
        check("/lib64/ld-linux-x86-64.so.2 --library-path /tmp /home/an/xsol", file("/home/an/xsol"));
        check("java -Xmx2G -cp a.jar:b.jar -jar /home/an/g.jar", file("/home/an/g.jar"));
    }

    #[test]
    fn minecraft_is_known_by_its_class() {
        for class in [
            "net.minecraft.client.main.Main",
            "net.fabricmc.loader.impl.launch.knot.KnotClient",
            "cpw.mods.bootstraplauncher.BootstrapLauncher",
            "net.minecraft.launchwrapper.Launch",
            "org.prismlauncher.EntryPoint",
        ] {
            check(&format!("java -Xmx4G -cp x.jar {class} --version 1.21"), Runs::Minecraft);
        }
        check("java -cp launcher.jar org.example.Launcher", Runs::Class("org.example.Launcher".into()));
    }

    #[test]
    fn windows_programs_are_found_and_wines_own_are_not() {
        check("wine64-preloader C:\\Games\\foo.exe -w", Runs::Windows("C:\\Games\\foo.exe".into()));
        check("wine /home/an/setup.exe", file("/home/an/setup.exe"));
        check("wine64 C:\\windows\\system32\\services.exe", Runs::WineHelper);
        check("wine64 C:\\windows\\system32\\explorer.exe /desktop", Runs::WineHelper);
        check("wine64 C:\\Games\\explorer.exe", Runs::Windows("C:\\Games\\explorer.exe".into()));
    }

    #[test]
    fn windows_paths_lie_in_their_prefix() {
        let prefix = Path::new("/home/an/.wine");
        assert_eq!(windows_path("C:\\G\\a.exe", prefix), Some("/home/an/.wine/drive_c/G/a.exe".into()));
        assert_eq!(windows_path("Z:\\home\\an\\a.exe", prefix), Some("/home/an/a.exe".into()));
        assert_eq!(windows_path("a.exe", prefix), None);
        assert_eq!(windows_path("C:\\..\\..\\a.exe", prefix), None);
    }
}
