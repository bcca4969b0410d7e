//! How well programs are recognised: real desktop entries, metadata, heads of program files and process trees,
//! each process with what a person says that it is.
//!
//! `tests/corpus/files.jsonl` is the machine: entries and metadata of Debian packages (translations left out), the
//! first kilobyte of their programs or a stand-in, scripts and Windows programs. `processes.jsonl` is what runs on
//! it: tree 0 is each program from its menu entry, 1 a desktop session and 2 Wine as they were recorded, 3 shapes
//! that were written by hand (Steam, Flatpak, a Minecraft launcher, copies, Windows programs).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a corpus that cannot be read fails its test"
)]

use lanh_catalog::{
    Catalogue, Evidence, EvidenceCache, FileKey, Home, Installed, NoEvidence, OpenFile, Parent, ProgramFacts,
    Recogniser, Roots,
};
use lanh_policy::Category;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const CHILD: u32 = 1001;

fn lines(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// Puts the corpus' files under a root.
fn install(root: &Path) {
    for file in lines("files.jsonl") {
        let path = root.join(text(&file, "path").trim_start_matches('/'));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if let Some(target) = file["link"].as_str() {
            std::os::unix::fs::symlink(root.join(target.trim_start_matches('/')), path).unwrap();
            continue;
        }
        let bytes = match file["base64"].as_str() {
            Some(encoded) => data_encoding::BASE64.decode(encoded.as_bytes()).unwrap(),
            None => text(&file, "text").as_bytes().to_vec(),
        };
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// A word of the recording, with absolute paths under the root.
fn under(root: &Path, word: &str) -> String {
    match word.strip_prefix('/') {
        Some(rest) => root.join(rest).to_string_lossy().into_owned(),
        None => word.to_owned(),
    }
}

fn facts(root: &Path, process: &Value, parent: Option<Parent>) -> ProgramFacts {
    let exe = PathBuf::from(under(root, text(process, "exe")));
    let childs = ["/home", "/tmp"].iter().any(|place| text(process, "exe").starts_with(place));
    let words = |key: &str| process[key].as_array().into_iter().flatten().filter_map(Value::as_str);
    let env = process["env"].as_object().into_iter().flatten();
    ProgramFacts {
        file: fs::metadata(&exe).ok().map(|metadata| FileKey::of(&metadata)),
        exe: Some(exe),
        owner: Some(if childs { CHILD } else { 0 }),
        argv: words("argv").map(|word| under(root, word)).collect(),
        cwd: Some(under(root, text(process, "cwd")).into()),
        env: env
            .map(|(name, value)| (name.clone(), under(root, value.as_str().unwrap_or_default())))
            .collect(),
        flatpak: process["flatpak"].as_str().map(str::to_owned),
        uid: CHILD,
        parent,
        ..ProgramFacts::default()
    }
}

fn label(category: Option<Category>) -> &'static str {
    match category {
        None => "none",
        Some(Category::Game) => "game",
        Some(Category::Learning) => "learning",
        Some(Category::Social) => "social",
        Some(Category::Video) => "video",
        Some(Category::Browser) => "browser",
        Some(Category::Creative) => "creative",
        Some(Category::System) => "system",
        Some(Category::Other) => "other",
    }
}

/// How often what is so was recognised as what.
#[derive(Default)]
struct Confusion(BTreeMap<(String, String), u32>);

impl Confusion {
    fn count(&self, test: impl Fn(&str, &str) -> bool) -> f64 {
        self.0.iter().filter(|((so, seen), _)| test(so, seen)).map(|(_, count)| f64::from(*count)).sum()
    }

    fn precision(&self, label: &str) -> f64 {
        self.count(|so, seen| so == label && seen == label) / self.count(|_, seen| seen == label).max(1.0)
    }

    fn recall(&self, label: &str) -> f64 {
        self.count(|so, seen| so == label && seen == label) / self.count(|so, _| so == label).max(1.0)
    }

    fn print(&self) {
        let labels: BTreeSet<&str> =
            self.0.keys().flat_map(|(so, seen)| [so.as_str(), seen.as_str()]).collect();
        println!(
            "{:<10}{}",
            "is \\ seen",
            labels.iter().map(|label| format!("{label:>9}")).collect::<String>()
        );
        for so in &labels {
            let row = labels.iter().map(|seen| self.0.get(&((*so).to_owned(), (*seen).to_owned())).copied());
            let row: String = row.map(|count| format!("{:>9}", count.unwrap_or(0))).collect();
            println!("{so:<10}{row}   precision {:.3} recall {:.3}", self.precision(so), self.recall(so));
        }
    }
}

#[test]
fn programs_are_recognised_precisely_and_few_are_missed() {
    let folder = tempfile::tempdir().unwrap();
    let root = fs::canonicalize(folder.path()).unwrap();
    install(&root);
    let homes = vec![Home { uid: CHILD, path: "/home/an".into() }];
    let roots = Roots { system: root.clone(), homes, own: Vec::new() };
    let installed = Arc::new(Installed::scan(&roots, &Catalogue::shipped()));
    let recogniser = Recogniser::new(installed, Vec::new(), Arc::new(EvidenceCache::default()));
    let mut handed: HashMap<(u64, u64), Parent> = HashMap::new();
    let mut confusion = Confusion::default();
    for process in lines("processes.jsonl") {
        let number = |key: &str| process[key].as_u64().unwrap();
        let tree = number("tree");
        let facts = facts(&root, &process, handed.get(&(tree, number("parent"))).cloned());
        let evidence: Box<dyn Evidence> = match fs::File::open(facts.exe.as_deref().unwrap()) {
            Ok(file) => Box::new(OpenFile::new(file, "/")),
            Err(_) => Box::new(NoEvidence),
        };
        let found = recogniser.recognise(&facts, evidence.as_ref());
        if let Some(parent) = found.handed_on(facts.parent.as_ref())
            && number("pid") != 0
        {
            handed.insert((tree, number("pid")), parent);
        }
        let (so, seen) = (text(&process, "label"), label(found.app.as_ref().map(|app| app.category)));
        if so != seen {
            println!("{so} seen as {seen}: {} {:?}", text(&process, "exe"), facts.argv);
        }
        *confusion.0.entry((so.to_owned(), seen.to_owned())).or_default() += 1;
    }
    confusion.print();
    let right = confusion.count(|so, seen| so == seen);
    // What is said to be something; not knowing (`other`) says nothing.
    let said = confusion.count(|_, seen| seen != "other");
    let said_right = confusion.count(|so, seen| so == seen && seen != "other");
    let (precision, recall) = (said_right / said, right / confusion.count(|_, _| true));
    println!("all: precision {precision:.3} recall {recall:.3}");
    assert!(confusion.precision("game") >= 0.98 && confusion.recall("game") >= 0.95);
    assert!(precision >= 0.98 && recall >= 0.95, "precision {precision:.3}, recall {recall:.3}");
}
