//! The catalogue of programs, and recognition by it.

use crate::{Figure, Figures, Missing, broken, median_ms};
use lanh_catalog::{
    Catalogue, EvidenceCache, FileKey, Home, Installed, Key, OpenFile, ProgramFacts, Recogniser, Roots,
};
use lanh_platform::MappedFile;
use std::fs;
use std::hint::black_box;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

const CHILD: u32 = 1001;
const PROGRAMS: u32 = 1_000;
const LOOKUPS: u32 = 20_000;

pub(crate) fn measure() -> Figures {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/catalog/src/data/catalogue.lanh");
    let folder = tempfile::tempdir().map_err(broken("make a folder"))?;
    // A file of its own, so that its pages in memory can be told apart.
    let file = folder.path().join("catalogue.lanh");
    fs::copy(&shipped, &file).map_err(broken("copy the catalogue"))?;
    let disk = fs::metadata(&file).map_err(broken("look at the catalogue"))?.len();
    let mapped = MappedFile::new(&fs::File::open(&file).map_err(broken("open the catalogue"))?);
    let mapped = mapped.map_err(broken("map the catalogue"))?;
    let catalogue = Arc::new(Catalogue::open(mapped).map_err(broken("open the catalogue"))?);

    let root = folder.path().join("machine");
    install(&root).map_err(broken("make a machine"))?;
    let homes = vec![Home { uid: CHILD, path: "/home/an".into() }];
    let roots = Roots { system: root.clone(), homes, own: Vec::new() };
    let (mut times, mut recogniser) = (Vec::new(), None);
    for _ in 0..7 {
        let start = Instant::now();
        let installed = Installed::scan(&roots, &catalogue);
        if installed.list().len() < 1_000 {
            return Err(Missing::Broken(format!("{} programs were found", installed.list().len())));
        }
        recogniser =
            Some(Recogniser::new(Arc::new(installed), Vec::new(), Arc::new(EvidenceCache::default())));
        times.push(start.elapsed());
    }
    let classify = median_ms(times).unwrap_or_default();
    let recogniser = recogniser.ok_or_else(|| Missing::Broken("nothing was measured".to_owned()))?;
    let new_process = new_process(&recogniser, &root).map_err(broken("recognise a process"))?;
    let resident = resident(&file).map_err(broken("look at the memory"))?;

    let start = Instant::now();
    for number in 0..LOOKUPS {
        // Some are there and most are not, as in life.
        black_box(catalogue.find(Key::Steam, &(number * 10).to_string()));
        black_box(catalogue.find(Key::Name, &format!("minecraft{number}")));
    }
    let lookup = start.elapsed().as_secs_f64() * 1e6 / f64::from(2 * LOOKUPS);
    let start = Instant::now();
    for number in 0..LOOKUPS {
        let path = format!("C:\\Games\\{number}\\Rocket League\\Binaries\\RocketLeague.exe");
        black_box(catalogue.program_file(Key::Windows, &path));
    }
    let path = start.elapsed().as_secs_f64() * 1e6 / f64::from(LOOKUPS);
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    Ok(vec![
        Figure { name: "catalog_programs", value: catalogue.header().programs.into(), unit: "rows" },
        Figure { name: "catalog_disk_mb", value: megabytes(disk), unit: "MB" },
        Figure { name: "catalog_resident_mb", value: megabytes(resident), unit: "MB" },
        Figure { name: "catalog_lookup_us", value: lookup, unit: "us" },
        Figure { name: "catalog_path_lookup_us", value: path, unit: "us" },
        Figure { name: "classify_1000_ms", value: classify, unit: "ms" },
        Figure { name: "classify_new_process_us", value: new_process, unit: "us" },
    ])
}

/// A machine with a thousand programs, half of them games, and a child's home.
fn install(root: &Path) -> std::io::Result<()> {
    for folder in ["usr/bin", "usr/games", "usr/share/applications", "home/an/Games/Tux"] {
        fs::create_dir_all(root.join(folder))?;
    }
    let program = fs::read("/bin/true")?;
    let write = |path: &str, bytes: &[u8]| {
        let path = root.join(path);
        fs::write(&path, bytes)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
    };
    for number in 0..PROGRAMS {
        let (folder, category) = if number % 2 == 0 { ("games", "Game;") } else { ("bin", "Office;") };
        write(&format!("usr/{folder}/program-{number}"), &program)?;
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName=Program {number}\nExec=program-{number} %U\nCategories={category}\n"
        );
        write(&format!("usr/share/applications/program-{number}.desktop"), entry.as_bytes())?;
    }
    write("home/an/Games/Tux/tux", &[program, b"another".to_vec()].concat())
}

/// The median time for a process of an unknown program in the child's home, seen before, in microseconds.
fn new_process(recogniser: &Recogniser, root: &Path) -> std::io::Result<f64> {
    let exe = root.join("home/an/Games/Tux/tux");
    let metadata = fs::metadata(&exe)?;
    let facts = ProgramFacts {
        exe: Some(exe.clone()),
        file: Some(FileKey::of(&metadata)),
        owner: Some(CHILD.max(metadata.uid())),
        argv: vec!["tux".to_owned()],
        cwd: Some(root.join("home/an")),
        uid: CHILD,
        ..ProgramFacts::default()
    };
    let mut times = Vec::new();
    for _ in 0..501 {
        let start = Instant::now();
        let evidence = OpenFile::new(fs::File::open(&exe)?, "/");
        black_box(recogniser.recognise(&facts, &evidence));
        times.push(start.elapsed());
    }
    Ok(median_ms(times).unwrap_or_default() * 1000.0)
}

/// How many bytes of a mapped file are in memory: what a thousand programs and a process made the service look at.
fn resident(file: &Path) -> std::io::Result<u64> {
    let (name, maps) = (file.to_string_lossy().into_owned(), fs::read_to_string("/proc/self/smaps")?);
    let mut lines = maps.lines().skip_while(|line| !line.ends_with(&name));
    let size = lines
        .find_map(|line| line.strip_prefix("Rss:")?.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    Ok(size.unwrap_or_default() * 1024)
}
