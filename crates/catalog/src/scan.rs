//! Looks at the files that installers leave behind.

use crate::catalogue::normal_name;
use crate::catalogue::{Catalogue, Facts, Key};
use crate::category::{claimed, from_desktop};
use crate::evidence::{open_regular, read_bytes, read_text};
use crate::installed::{FactBasis, Installed, InstalledApp, KnownFile, Names, Source, Trust};
use crate::parse::command::{Command, base_name};
use crate::parse::{
    desktop, elf, engine, flatpak, heroic, lutris, metainfo, package, registry, script, shortcuts, snap,
    steam, stores,
};
use crate::rating;
use crate::recogniser::own_id;
use crate::roots::{Home, Roots};
use crate::running::{is_interpreter, is_shared, windows_path};
use lanh_policy::{AgeRating, AppId, Category};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Where bare program names are looked for.
const PROGRAM_FOLDERS: &[&str] =
    &["/usr/games", "/usr/local/games", "/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin"];
/// In which every program is a game.
pub(crate) const GAME_FOLDERS: &[&str] = &["/usr/games", "/usr/local/games"];
/// A child's home may hold any number of files; no more than this are looked at in one folder.
const MOST_ENTRIES: usize = 5000;
/// Where people keep AppImages in their homes.
const APPIMAGE_FOLDERS: &[&str] = &[
    "",
    "AppImages",
    "Applications",
    "Apps",
    "Desktop",
    "Downloads",
    "Games",
    "Tải về",
    "Tải xuống",
    "bin",
    ".local/bin",
];
/// The manifest of a bundle that is longer is not read, in bytes.
const LONGEST_MANIFEST: u64 = 1024 * 1024;
/// Lists of installed programs that are longer are not read, in bytes: Wine's has about two million.
const LONGEST_LIST: u64 = 8 * 1024 * 1024;
/// Prefixes of Wine in a home, and programs that the registry of one lists, that are looked at.
const MOST_PREFIXES: usize = 32;
const MOST_REGISTERED: usize = 200;
/// Program files listed of one store game.
const MOST_PROGRAMS: usize = 64;

/// See [`Installed::scan`].
pub(crate) fn scan(roots: &Roots, catalogue: &Arc<Catalogue>) -> Installed {
    let mut scan = Scan::new(roots, catalogue);
    scan.read_ratings();
    for folder in [
        "/usr/local/share/applications",
        "/usr/share/applications",
        "/var/lib/flatpak/exports/share/applications",
        "/var/lib/snapd/desktop/applications",
    ] {
        scan.desktop_folder(&roots.real(Path::new(folder)), None);
    }
    scan.snaps();
    scan.program_folders();
    scan.bundles(&roots.real(Path::new("/Applications")), None);
    scan.windows_packages(&roots.real(Path::new("/Program Files/WindowsApps")));
    scan.essential.extend(roots.own.iter().filter_map(|path| canonical(path)));
    for home in &roots.homes {
        scan.home(home);
    }
    scan.finish()
}

struct Scan<'a> {
    roots: &'a Roots,
    catalogue: &'a Arc<Catalogue>,
    apps: BTreeMap<AppId, InstalledApp>,
    /// (app, file, arguments)
    programs: Vec<(AppId, PathBuf, Vec<String>)>,
    essential: HashSet<PathBuf>,
    ratings: HashMap<String, AgeRating>,
}

impl<'a> Scan<'a> {
    fn new(roots: &'a Roots, catalogue: &'a Arc<Catalogue>) -> Self {
        Self {
            roots,
            catalogue,
            apps: BTreeMap::new(),
            programs: Vec::new(),
            essential: HashSet::new(),
            ratings: HashMap::new(),
        }
    }

    /// What the catalogue says under a key that names one program.
    fn known(&self, key: Key, text: &str) -> Option<Facts<'a>> {
        self.catalogue.find(key, text).map(|found| found.facts)
    }

    fn read_ratings(&mut self) {
        for folder in ["/usr/share/metainfo", "/usr/share/appdata", "/usr/local/share/metainfo"] {
            for path in entries(&self.roots.real(Path::new(folder))) {
                if path.extension().is_some_and(|extension| extension == "xml") {
                    self.read_rating(&path);
                }
            }
        }
    }

    fn read_rating(&mut self, path: &Path) {
        let Some(component) = read_text(path).and_then(|text| metainfo::parse(&text)) else { return };
        if let Some(answers) = component.rating {
            let rating = rating::from_oars(&answers);
            self.ratings.extend(component.ids.into_iter().map(|id| (id, rating)));
        }
    }

    /// Reads the desktop entries of a folder; `home`: of a child, who could have written them.
    fn desktop_folder(&mut self, folder: &Path, home: Option<&Home>) {
        let mut waiting = vec![(folder.to_owned(), String::new(), 0)];
        while let Some((folder, prefix, depth)) = waiting.pop() {
            for path in entries(&folder) {
                let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
                if let Some(id) = name.strip_suffix(".desktop") {
                    let id = format!("{prefix}{id}");
                    if let Some(entry) = read_text(&path).and_then(|text| desktop::parse(&text)) {
                        self.desktop_entry(&id, &entry, home);
                    }
                } else if depth < 3 && path.is_dir() {
                    waiting.push((path.clone(), format!("{prefix}{name}-"), depth + 1));
                }
            }
        }
    }

    fn desktop_entry(&mut self, id: &str, entry: &desktop::Entry, home: Option<&Home>) {
        let Some(mut command) = Command::parse(&entry.exec) else { return };
        let mut known = self.known(Key::Desktop, id);
        let (mut source, mut app) = (Source::DesktopEntry, AppId::new(format!("desktop:{id}")));
        let mut folders = Vec::new();
        let mut files = Vec::new();
        let flatpak = entry.flatpak.clone().filter(|id| is_plain(id));
        if base_name(&command.program) == "flatpak" || flatpak.is_some() {
            let ran = || command.arguments.iter().skip(1).find(|word| !word.starts_with('-')).cloned();
            let Some(flatpak) = flatpak.or_else(ran).filter(|id| is_plain(id)) else { return };
            let base = match home {
                Some(home) => self.roots.real(&home.path).join(".local/share/flatpak"),
                None => self.roots.real(Path::new("/var/lib/flatpak")),
            };
            let Some(active) = canonical(&base.join("app").join(&flatpak).join("current/active")) else {
                return;
            };
            (source, app) = (Source::Flatpak, AppId::new(format!("flatpak:{flatpak}")));
            known = self.known(Key::Flatpak, &flatpak);
            let inside = active.join("files");
            for name in [format!("{flatpak}.metainfo.xml"), format!("{flatpak}.appdata.xml")] {
                self.read_rating(&inside.join("share/metainfo").join(&name));
            }
            files.extend(
                flatpak_command(&active)
                    .and_then(|command| canonical(&inside.join("bin").join(base_name(&command)))),
            );
            if let Some(rating) = self.ratings.get(&flatpak) {
                self.ratings.insert(id.to_owned(), *rating);
            }
            folders.push(inside);
            command.arguments.clear();
        } else if let Some(snap) = entry.snap.clone().filter(|_| home.is_none()).filter(|name| is_plain(name))
        {
            (source, app) = (Source::Snap, AppId::new(format!("snap:{snap}")));
            known = self.known(Key::Snap, &snap);
            folders.push(self.roots.real(&Path::new("/snap").join(&snap)));
            command.arguments.clear();
        } else if command.arguments.iter().any(|word| word.starts_with("steam://")) {
            // A shortcut to a Steam title: its manifest says more.
            return;
        } else {
            if entry.try_exec.as_deref().is_some_and(|name| self.find_program(name, home).is_none()) {
                return;
            }
            files = self.program_files(&mut command, home);
            if files.is_empty() {
                return;
            }
        }
        let read = from_desktop(entry.categories.iter().map(String::as_str));
        if known.as_ref().is_some_and(|facts| facts.essential) {
            if home.is_none() {
                self.essential.extend(files);
            }
            return;
        }
        if entry.unseen && read != Category::Game && !known.as_ref().is_some_and(is_known) {
            return;
        }
        if let Some(home) = home {
            // A child's entry speaks only for what lies in the child's home.
            let inside = canonical(&self.roots.real(&home.path));
            let inside = inside.as_deref().unwrap_or(&home.path);
            files.retain(|file| file.starts_with(inside));
            folders.retain(|folder| folder.starts_with(inside));
            if files.is_empty() && folders.is_empty() {
                return;
            }
        }
        folders.extend(files.last().and_then(|file| self.own_folder(file)));
        let names = Names { en: entry.name.clone(), vi: entry.name_vi.clone() };
        self.add(
            Found { id: app, names, read, known, source, home, files, folders, rated: id },
            &command.arguments,
        );
    }

    /// The files that a command starts, the last one being the program itself; none of them shared with
    /// other programs. Leaves in `command` the arguments that belong to the last one.
    fn program_files(&self, command: &mut Command, home: Option<&Home>) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for _ in 0..4 {
            let Some(file) = self.find_program(&command.program, home) else { break };
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if is_interpreter(&name) || is_interpreter(base_name(&command.program)) {
                let program = command.arguments.iter().position(|word| !word.starts_with('-'));
                let Some(at) = program else { break };
                command.program = command.arguments.get(at).cloned().unwrap_or_default();
                command.arguments.drain(..=at);
                if !command.program.starts_with('/') {
                    break;
                }
                continue;
            }
            if is_shared(&name) || files.contains(&file) {
                break;
            }
            files.push(file.clone());
            let head = read_head(&file);
            match head.and_then(|head| script::parse(&head)).and_then(|script| script.runs) {
                Some(next) => {
                    let outer = std::mem::take(&mut command.arguments);
                    *command = next;
                    command.arguments.extend(outer);
                }
                None => break,
            }
        }
        files
    }

    /// A program by path or bare name, links resolved.
    fn find_program(&self, name: &str, home: Option<&Home>) -> Option<PathBuf> {
        if let Some(rest) = name.strip_prefix("~/") {
            return canonical(&self.roots.real(&home?.path).join(rest)).filter(|path| path.is_file());
        }
        if name.starts_with('/') {
            return canonical(&self.roots.real(Path::new(name))).filter(|path| path.is_file());
        }
        if name.contains('/') || name.is_empty() {
            return None;
        }
        let own = home.into_iter().flat_map(|home| [home.path.join(".local/bin"), home.path.join("bin")]);
        let folders = PROGRAM_FOLDERS.iter().map(PathBuf::from).chain(own);
        folders
            .filter_map(|folder| canonical(&self.roots.real(&folder.join(name))))
            .find(|path| path.is_file())
    }

    /// The folder of a program, if it is its own: `/opt/game`, `/usr/lib/firefox`, `/usr/share/games/a`.
    fn own_folder(&self, file: &Path) -> Option<PathBuf> {
        let folder = file.parent()?;
        let root = canonical(&self.roots.system)?;
        let parts: Vec<&str> = folder
            .strip_prefix(&root)
            .ok()?
            .components()
            .filter_map(|part| part.as_os_str().to_str())
            .collect();
        let last = *parts.last()?;
        let depth = match parts.as_slice() {
            ["opt", ..] => 2,
            ["usr", "lib" | "lib64" | "libexec" | "share", ..] => 3,
            ["usr", "local", "lib" | "share", ..] => 4,
            _ => return None,
        };
        let common = matches!(last, "bin" | "sbin" | "lib" | "libexec" | "games" | "applications")
            || last.contains("-linux-");
        (parts.len() >= depth && !common).then(|| folder.to_owned())
    }

    fn snaps(&mut self) {
        for folder in entries(&self.roots.real(Path::new("/snap"))) {
            let current = folder.join("current");
            let Some(snap) = read_text(&current.join("meta/snap.yaml")).and_then(|text| snap::parse(&text))
            else {
                continue;
            };
            let commands = snap.apps.values().filter(|app| app.daemon.is_none()).filter_map(|app| {
                let words = crate::parse::command::split(app.command.as_deref()?);
                canonical(&current.join(words.first()?.trim_start_matches('/')))
            });
            let inside = canonical(&folder).unwrap_or_else(|| folder.clone());
            let files: Vec<PathBuf> = commands.filter(|file| file.starts_with(&inside)).collect();
            let id = AppId::new(format!("snap:{}", snap.name));
            match self.apps.get_mut(&id) {
                Some(app) => {
                    self.programs.extend(files.iter().map(|file| (id.clone(), file.clone(), Vec::new())));
                    app.files.extend(files);
                }
                None => {
                    let names =
                        Names { en: snap.title.clone().unwrap_or_else(|| snap.name.clone()), vi: None };
                    let known = self.known(Key::Snap, &snap.name);
                    let found = Found {
                        id,
                        names,
                        read: Category::Other,
                        known,
                        source: Source::Snap,
                        home: None,
                        files,
                        folders: vec![folder],
                        rated: &snap.name,
                    };
                    self.add(found, &[]);
                }
            }
        }
    }

    /// Games without a desktop entry, and programs of the shipped list.
    fn program_folders(&mut self) {
        for folder in GAME_FOLDERS {
            for path in entries(&self.roots.real(Path::new(folder))) {
                let name =
                    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                self.program_file(&path, &name, Category::Game, Source::GamesFolder);
            }
        }
        for (name, _) in self.catalogue.system_files() {
            for folder in PROGRAM_FOLDERS {
                let path = self.roots.real(&Path::new(folder).join(&name));
                if path.is_file() {
                    self.program_file(&path, &name, Category::Other, Source::ProgramFolder);
                }
            }
        }
    }

    fn program_file(&mut self, path: &Path, name: &str, read: Category, source: Source) {
        let mut command = Command { program: self.inside(path), arguments: Vec::new() };
        let files = self.program_files(&mut command, None);
        let Some(last) = files.last().cloned() else { return };
        let known = self.known(Key::File, name);
        if self.essential.contains(&last) {
            return;
        }
        if known.as_ref().is_some_and(|facts| facts.essential) {
            self.essential.extend(files);
            return;
        }
        // Another name or a wrapper of what is known already.
        let owner = self.programs.iter().filter(|(_, file, _)| files.contains(file));
        if let Some((id, ..)) = owner.min_by_key(|(_, _, arguments)| arguments.len()).cloned() {
            for file in files {
                if !self.programs.iter().any(|(_, known, _)| *known == file) {
                    if let Some(app) = self.apps.get_mut(&id) {
                        app.files.push(file.clone());
                    }
                    self.programs.push((id.clone(), file, Vec::new()));
                }
            }
            return;
        }
        let id = known.as_ref().and_then(|facts| facts.id);
        let id = id.map_or_else(|| format!("path:{}", last.display()), str::to_owned);
        let names = Names {
            en: known.as_ref().map_or(name, |facts| facts.name).to_owned(),
            vi: known.as_ref().and_then(|facts| facts.name_vi).map(str::to_owned),
        };
        let folders = self.own_folder(&last).into_iter().collect();
        let id = AppId::new(id);
        self.add(Found { id, names, read, known, source, home: None, files, folders, rated: name }, &[]);
    }

    /// A real path as seen from the root.
    fn inside(&self, path: &Path) -> String {
        let inside = path.strip_prefix(&self.roots.system).unwrap_or(path);
        Path::new("/").join(inside).to_string_lossy().into_owned()
    }

    fn home(&mut self, home: &Home) {
        let folder = self.roots.real(&home.path);
        for exports in [".local/share/flatpak/exports/share/applications", ".local/share/applications"] {
            self.desktop_folder(&folder.join(exports), Some(home));
        }
        self.steam(home, &folder);
        self.wine_prefixes(home, &folder);
        self.bundles(&folder.join("Applications"), Some(home));
        for images in APPIMAGE_FOLDERS {
            for path in entries(&folder.join(images)) {
                self.appimage(home, &path);
            }
        }
        for games in [".config/lutris/games", ".local/share/lutris/games"] {
            for path in entries(&folder.join(games)) {
                self.lutris(home, &path);
            }
        }
        for heroic in [".config/heroic", ".var/app/com.heroicgameslauncher.hgl/config/heroic"] {
            self.heroic(home, &folder.join(heroic));
        }
    }

    fn steam(&mut self, home: &Home, folder: &Path) {
        let clients = [
            ".local/share/Steam",
            ".steam/steam",
            ".var/app/com.valvesoftware.Steam/.local/share/Steam",
            "snap/steam/common/.local/share/Steam",
        ];
        let clients: BTreeSet<PathBuf> =
            clients.iter().filter_map(|client| canonical(&folder.join(client))).collect();
        let mut libraries = clients.clone();
        for client in &clients {
            let list = read_text(&client.join("steamapps/libraryfolders.vdf")).unwrap_or_default();
            libraries.extend(
                steam::libraries(&list)
                    .into_iter()
                    .filter(|path| path.starts_with('/'))
                    .filter_map(|path| canonical(&self.roots.real(Path::new(&path)))),
            );
        }
        for client in &clients {
            for user in entries(&client.join("userdata")) {
                let list = read_bytes(&user.join("config/shortcuts.vdf"), LONGEST_LIST).unwrap_or_default();
                for shortcut in shortcuts::parse(&list) {
                    self.shortcut(home, &shortcut);
                }
            }
        }
        for library in libraries {
            let steamapps = library.join("steamapps");
            for path in entries(&steamapps) {
                let name =
                    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                if !(name.starts_with("appmanifest_") && name.ends_with(".acf")) {
                    continue;
                }
                let Some(title) = read_text(&path).and_then(|text| steam::manifest(&text)) else { continue };
                if ["Proton ", "Steam Linux Runtime", "Steamworks Common"]
                    .iter()
                    .any(|tool| title.name.starts_with(tool))
                {
                    continue;
                }
                let folders = vec![steamapps.join("common").join(&title.folder)];
                let found = Found {
                    id: AppId::new(format!("steam:{}", title.id)),
                    names: Names { en: title.name, vi: None },
                    read: Category::Game,
                    known: self.known(Key::Steam, &title.id.to_string()),
                    source: Source::Steam,
                    home: Some(home),
                    files: folders.iter().flat_map(|folder| programs_in(folder)).collect(),
                    folders,
                    rated: "",
                };
                self.add(found, &[]);
            }
        }
    }

    /// An AppImage in a home: the name of its file is all that it says without being run.
    fn appimage(&mut self, home: &Home, path: &Path) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !name.to_ascii_lowercase().ends_with(".appimage")
            || !read_head(path).is_some_and(|head| engine::is_appimage(&head))
        {
            return;
        }
        let title = name.split(['-', '_', '.']).next().unwrap_or(&name).to_owned();
        let known = self.catalogue.find(Key::Name, &normal_name(&title)).filter(|found| !found.weak);
        let found = Found {
            id: own_id(path),
            names: Names { en: title, vi: None },
            read: Category::Other,
            known: known.map(|found| found.facts),
            source: Source::AppImage,
            home: Some(home),
            files: vec![path.to_owned()],
            folders: Vec::new(),
            rated: "",
        };
        self.add(found, &[]);
    }

    /// The bundles of macOS in a folder.
    fn bundles(&mut self, folder: &Path, home: Option<&Home>) {
        for path in entries(folder).iter().filter(|path| path.extension().is_some_and(|end| end == "app")) {
            let bytes = read_bytes(&path.join("Contents/Info.plist"), LONGEST_MANIFEST).unwrap_or_default();
            let known = |id: &str| self.known(Key::Bundle, id);
            if let Some(package) = package::plist(&bytes, home.is_some()) {
                let known = known(&package.id);
                self.package(package, "bundle", path, known, Source::Bundle, home);
            }
        }
    }

    /// The packages of Windows in a folder.
    fn windows_packages(&mut self, folder: &Path) {
        for path in entries(folder) {
            if let Some(package) =
                read_text(&path.join("AppxManifest.xml")).and_then(|text| package::msix(&text))
            {
                let known = self.known(Key::Name, &normal_name(&package.name));
                self.package(package, "msix", &path, known, Source::Msix, None);
            }
        }
    }

    fn package(
        &mut self,
        package: package::Package,
        kind: &str,
        folder: &Path,
        known: Option<Facts<'a>>,
        source: Source,
        home: Option<&Home>,
    ) {
        let Some(folder) = canonical(folder) else { return };
        let programs = package.programs.iter().map(|program| folder.join(program.replace('\\', "/")));
        let files =
            programs.filter_map(|program| canonical(&program)).filter(|file| file.starts_with(&folder));
        let found = Found {
            id: AppId::new(format!("{kind}:{}", package.id)),
            names: Names { en: package.name, vi: None },
            read: package.category.unwrap_or(Category::Other),
            known,
            source,
            home,
            files: files.collect(),
            folders: vec![folder.clone()],
            rated: "",
        };
        self.add(found, &[]);
    }

    /// A program that was added to Steam by hand.
    fn shortcut(&mut self, home: &Home, shortcut: &shortcuts::Shortcut) {
        let Some(file) = self.find_program(&shortcut.exe, Some(home)) else { return };
        let name = normal_name(&shortcut.name);
        let found = Found {
            id: AppId::new(format!("steam:{}", shortcut.id)),
            names: Names { en: shortcut.name.clone(), vi: None },
            read: Category::Game,
            known: self.known(Key::Name, &name),
            source: Source::Steam,
            home: Some(home),
            files: vec![file],
            folders: Vec::new(),
            rated: "",
        };
        self.add(found, &[]);
    }

    /// What is installed in the prefixes of Wine in a home.
    fn wine_prefixes(&mut self, home: &Home, folder: &Path) {
        let several = [
            "Games",
            ".local/share/wineprefixes",
            ".local/share/bottles/bottles",
            ".var/app/com.usebottles.bottles/data/bottles/bottles",
        ];
        let mut prefixes = vec![folder.join(".wine")];
        prefixes.extend(several.iter().flat_map(|several| entries(&folder.join(several))));
        let real = prefixes.iter().filter_map(|prefix| canonical(prefix));
        for prefix in real.filter(|prefix| prefix.join("drive_c").is_dir()).take(MOST_PREFIXES) {
            self.wine(home, &prefix);
        }
    }

    fn wine(&mut self, home: &Home, prefix: &Path) {
        let data = prefix.join("drive_c/ProgramData");
        for path in entries(&data.join("Epic/EpicGamesLauncher/Data/Manifests")) {
            let game = read_text(&path).and_then(|text| stores::epic(&text));
            self.store_game(home, prefix, game, &path, Source::Epic);
        }
        for product in entries(&data.join("Riot Games/Metadata")) {
            for path in entries(&product) {
                if path.to_string_lossy().ends_with(".product_settings.yaml") {
                    let game = read_text(&path).and_then(|text| stores::riot(&text));
                    self.store_game(home, prefix, game, &path, Source::Riot);
                }
            }
        }
        for games in ["GOG Games", "Program Files (x86)/GOG Galaxy/Games"] {
            for path in entries(&prefix.join("drive_c").join(games)).iter().flat_map(|game| entries(game)) {
                let name =
                    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                if name.starts_with("goggame-") && name.ends_with(".info") {
                    let game = read_text(&path).and_then(|text| stores::gog(&text));
                    self.store_game(home, prefix, game, &path, Source::Gog);
                }
            }
        }
        for file in ["system.reg", "user.reg"] {
            let text = registry::decode(&read_bytes(&prefix.join(file), LONGEST_LIST).unwrap_or_default());
            for installed in registry::installed(&text).into_iter().take(MOST_REGISTERED) {
                self.registered(home, prefix, installed);
            }
        }
    }

    /// What a store says of a game in a prefix; `told`: the file that says it.
    fn store_game(
        &mut self,
        home: &Home,
        prefix: &Path,
        game: Option<stores::Game>,
        told: &Path,
        source: Source,
    ) {
        let Some(game) = game else { return };
        let folder = match &game.folder {
            Some(folder) => windows_path(folder, prefix).and_then(|folder| canonical(&folder)),
            None => told.parent().map(Path::to_owned),
        };
        let Some(folder) = folder.filter(|folder| is_own(folder, prefix)) else { return };
        let program = game.program.as_deref().map(|program| program.replace('\\', "/"));
        let program = program.and_then(|program| canonical(&folder.join(program)));
        let files = match program.filter(|program| program.starts_with(&folder)) {
            Some(program) => vec![program],
            None => programs_in(&folder),
        };
        let store = match source {
            Source::Epic => "epic",
            Source::Gog => "gog",
            _ => "riot",
        };
        let known = self.known(Key::Name, &normal_name(&game.name));
        let found = Found {
            id: AppId::new(format!("{store}:{}", game.id)),
            names: Names { en: game.name, vi: None },
            read: Category::Game,
            known,
            source,
            home: Some(home),
            files,
            folders: vec![folder],
            rated: "",
        };
        self.add(found, &[]);
    }

    /// A program of Windows' own list.
    fn registered(&mut self, home: &Home, prefix: &Path, installed: registry::Installed) {
        /// Parts that programs bring with them, and Wine's own.
        const PARTS: [&str; 5] = ["Redistributable", "Runtime", "DirectX", "Wine Gecko", "Wine Mono"];
        if PARTS.iter().any(|part| installed.name.contains(part)) {
            return;
        }
        let place = |windows: &str| canonical(&windows_path(windows, prefix)?);
        let folder = installed.folder.as_deref().and_then(place).filter(|folder| folder.is_dir());
        let icon = installed.icon.as_deref().and_then(place).filter(|file| {
            file.is_file() && file.extension().is_some_and(|end| end.eq_ignore_ascii_case("exe"))
        });
        let folder = folder.or_else(|| icon.as_deref()?.parent().map(Path::to_owned));
        let Some(folder) = folder.filter(|folder| is_own(folder, prefix)) else { return };
        // Already told of by its store.
        if self.apps.values().any(|app| app.folders.iter().any(|known| folder.starts_with(known))) {
            return;
        }
        let name = normal_name(&installed.name);
        let known =
            self.catalogue.find(Key::Name, &name).filter(|found| !found.weak).map(|found| found.facts);
        let id = match &known {
            Some(facts) => format!("title:{}", normal_name(facts.name)),
            None => format!("wine:{name}"),
        };
        let found = Found {
            id: AppId::new(id),
            names: Names {
                en: installed.name,
                vi: known.as_ref().and_then(|facts| facts.name_vi).map(str::to_owned),
            },
            read: Category::Other,
            known,
            source: Source::Wine,
            home: Some(home),
            files: programs_in(&folder),
            folders: vec![folder],
            rated: "",
        };
        self.add(found, &[]);
    }

    fn lutris(&mut self, home: &Home, path: &Path) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Some(slug) = lutris::slug(&name) else { return };
        let Some(game) = read_text(path).and_then(|text| lutris::parse(&text)) else { return };
        let exe = match &game.prefix {
            Some(prefix) if !game.exe.starts_with('/') => Path::new(prefix).join(&game.exe),
            _ => PathBuf::from(&game.exe),
        };
        let Some(file) = exe.to_str().and_then(|exe| self.find_program(exe, Some(home))) else { return };
        let found = Found {
            id: AppId::new(format!("lutris:{slug}")),
            names: Names { en: slug.replace('-', " "), vi: None },
            read: Category::Game,
            known: None,
            source: Source::Lutris,
            home: Some(home),
            files: vec![file],
            folders: Vec::new(),
            rated: "",
        };
        self.add(found, &[]);
    }

    fn heroic(&mut self, home: &Home, folder: &Path) {
        let mut titles = HashMap::new();
        for cache in ["legendary_library.json", "gog_library.json", "nile_library.json"] {
            titles.extend(
                read_text(&folder.join("store_cache").join(cache))
                    .map(|text| heroic::titles(&text))
                    .unwrap_or_default(),
            );
        }
        for list in [
            "legendaryConfig/legendary/installed.json",
            "gog_store/installed.json",
            "nile_config/nile/installed.json",
        ] {
            let Some(text) = read_text(&folder.join(list)) else { continue };
            for game in heroic::games(&text) {
                let Some(inside) = canonical(&self.roots.real(Path::new(&game.folder))) else { continue };
                let executable =
                    game.executable.as_deref().and_then(|program| canonical(&inside.join(program)));
                let files = match executable.filter(|program| program.starts_with(&inside)) {
                    Some(program) => vec![program],
                    None => programs_in(&inside),
                };
                let title = game.title.clone().or_else(|| titles.get(&game.id).cloned());
                let found = Found {
                    names: Names { en: title.unwrap_or_else(|| game.id.clone()), vi: None },
                    id: AppId::new(format!("heroic:{}", game.id)),
                    read: Category::Game,
                    known: None,
                    source: Source::Heroic,
                    home: Some(home),
                    files,
                    folders: vec![inside],
                    rated: "",
                };
                self.add(found, &[]);
            }
        }
    }

    fn add(&mut self, found: Found<'_>, arguments: &[String]) {
        let Found { id, names, read, known, source, home, mut files, mut folders, rated } = found;
        if self.apps.contains_key(&id) {
            // Two folders told of it: the one that was looked at first, never the child's, counts.
            return;
        }
        if home.is_some() {
            // What a child can write may claim only what a child can write, or it could claim the system's
            // programs and stop the desktop.
            let system = self.system_folders();
            let ours = |path: &PathBuf| !system.iter().any(|folder| path.starts_with(folder));
            files.retain(ours);
            folders.retain(|folder| ours(folder) && self.is_deep(folder));
            if files.is_empty() && folders.is_empty() {
                return;
            }
        }
        let launcher = known.as_ref().is_some_and(|facts| facts.launcher);
        // What is commonly known outweighs what the machine says, which outweighs what other places say.
        let (mut category, mut basis) = match &known {
            Some(facts) if is_known(facts) => (facts.category, facts.basis),
            _ if read != Category::Other => (read, FactBasis::Read),
            Some(facts) => (facts.category, facts.basis),
            None => (read, FactBasis::Unknown),
        };
        if home.is_some() {
            category = if launcher { Category::Other } else { claimed(category) };
            if category == Category::Other {
                basis = FactBasis::Unknown;
            }
        }
        let read = self.ratings.get(rated).map(|rating| (*rating, FactBasis::Read));
        // A child's entry may use any id: nothing is known of it by that.
        let told = known.filter(|_| home.is_none());
        let rating = read.or_else(|| told.and_then(|facts| Some((facts.rating?, facts.rating_basis))));
        self.programs.extend(files.iter().map(|file| (id.clone(), file.clone(), arguments.to_vec())));
        let app = InstalledApp {
            id: id.clone(),
            names,
            category,
            category_basis: basis,
            rating: rating.map(|(rating, _)| rating),
            rating_basis: rating.map_or(FactBasis::Unknown, |(_, basis)| basis),
            source,
            trust: if home.is_some() { Trust::Child } else { Trust::System },
            owner: home.map(|home| home.uid),
            files,
            folders,
            launcher,
        };
        self.apps.insert(id, app);
    }

    fn system_folders(&self) -> Vec<PathBuf> {
        [
            "/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc", "/opt", "/var/lib", "/snap", "/boot", "/proc",
            "/sys", "/dev",
        ]
        .iter()
        .filter_map(|folder| canonical(&self.roots.real(Path::new(folder))))
        .collect()
    }

    /// Not the root, a home or the like: a folder that holds nothing but one game.
    fn is_deep(&self, folder: &Path) -> bool {
        let homes = self.roots.homes.iter().map(|home| self.roots.real(&home.path));
        homes.map(|home| canonical(&home).unwrap_or(home)).all(|home| !home.starts_with(folder))
            && folder.components().filter(|part| matches!(part, Component::Normal(_))).count() >= 3
    }

    fn finish(self) -> Installed {
        let programs = self.programs.into_iter().map(|(app, path, arguments)| {
            let file = open_regular(&path);
            let key = file.as_ref().and_then(|file| key_of(&file.metadata().ok()?));
            let build_id = file.and_then(|mut file| elf::build_id(&mut file));
            KnownFile { app, path, key, build_id, arguments }
        });
        let devices = ["/", "/usr", "/usr/bin", "/usr/lib", "/usr/games", "/opt", "/var/lib/flatpak"];
        let devices = devices.iter().filter_map(|folder| {
            Some(key_of(&std::fs::metadata(self.roots.real(Path::new(folder))).ok()?)?.dev)
        });
        Installed {
            programs: programs.collect(),
            apps: self.apps.into_values().collect(),
            essential: self.essential,
            devices: devices.collect(),
            homes: self.roots.homes.clone(),
            root: self.roots.system.clone(),
            catalogue: Arc::clone(self.catalogue),
        }
    }
}

/// Whether it is commonly known, rather than read somewhere else.
fn is_known(facts: &Facts<'_>) -> bool {
    facts.basis == FactBasis::Known
}

/// What one source says of one program.
struct Found<'a> {
    id: AppId,
    names: Names,
    read: Category,
    known: Option<Facts<'a>>,
    source: Source,
    home: Option<&'a Home>,
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
    /// The id under which its age rating is filed.
    rated: &'a str,
}

#[cfg(unix)]
pub(crate) fn key_of(metadata: &std::fs::Metadata) -> Option<crate::evidence::FileKey> {
    Some(crate::evidence::FileKey::of(metadata))
}

#[cfg(not(unix))]
pub(crate) fn key_of(_metadata: &std::fs::Metadata) -> Option<crate::evidence::FileKey> {
    None
}

fn canonical(path: &Path) -> Option<PathBuf> {
    std::fs::canonicalize(path).ok()
}

/// Whether a folder of a prefix holds one program: not a whole drive, or what all programs share.
fn is_own(folder: &Path, prefix: &Path) -> bool {
    let shared = ["program files", "program files (x86)", "programdata", "users", "windows", "games"];
    let parts: Vec<String> = folder
        .strip_prefix(prefix)
        .into_iter()
        .flat_map(Path::components)
        .map(|part| part.as_os_str().to_string_lossy().to_lowercase())
        .collect();
    match parts.as_slice() {
        [drive, first, rest @ ..] if drive.starts_with("drive_") => {
            first != "windows" && (!rest.is_empty() || !shared.contains(&first.as_str()))
        }
        _ => false,
    }
}

/// The beginning of a file.
fn read_head(path: &Path) -> Option<Vec<u8>> {
    use std::io::Read as _;
    let mut head = Vec::new();
    open_regular(path)?.take(64 * 1024).read_to_end(&mut head).ok()?;
    Some(head)
}

/// One plain name: no way out of the folder that it is joined to.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\0'])
}

/// What is in a folder, in order.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(list) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> =
        list.take(MOST_ENTRIES).filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

/// The command in a Flatpak's `metadata`.
fn flatpak_command(active: &Path) -> Option<String> {
    flatpak::command(&read_text(&active.join("metadata"))?)
}

/// The programs in a store game's folder, nearest first.
fn programs_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = waiting.pop() {
        for path in entries(&folder) {
            let Ok(kind) = path.symlink_metadata() else { continue };
            if kind.is_dir() && depth < 3 {
                waiting.insert(0, (path, depth + 1));
            } else if kind.is_file() && is_program(&path, &kind) {
                found.push(path);
                if found.len() >= MOST_PROGRAMS {
                    return found;
                }
            }
        }
    }
    found
}

/// A Windows program, or an executable ELF file or script.
fn is_program(path: &Path, metadata: &std::fs::Metadata) -> bool {
    use std::io::Read as _;
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    if name.ends_with(".exe") {
        return true;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if metadata.permissions().mode() & 0o111 == 0 {
            return false;
        }
    }
    let _ = metadata;
    let mut magic = [0; 4];
    !name.contains(".so")
        && open_regular(path).is_some_and(|mut file| file.read_exact(&mut magic).is_ok())
        && (magic == *b"\x7fELF" || magic.starts_with(b"#!"))
}
