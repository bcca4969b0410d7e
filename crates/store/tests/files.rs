//! Real files: keys, damage, full and read-only disks, kills, backups, the writer thread.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    unreachable_pub,
    reason = "tests fail by panicking, and share helpers that not each of them uses"
)]

mod common;

use common::*;
use lanh_policy::Target;
use lanh_store::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("data/lanh.db")
    }

    fn backups(&self) -> PathBuf {
        self.folder.path().join("backups")
    }

    /// A closed store with a child and a few hundred intervals.
    fn filled(&self) -> PathBuf {
        let mut store = open(&self.file());
        let child = add_an(&mut store);
        let entries: Vec<_> =
            (1..500).map(|id| played(id, child, Target::Screen, noon(), minutes(id))).collect();
        store.record(&entries).unwrap();
        self.file()
    }

    fn back_up(&self) -> BackupFile {
        let store = open(&self.file());
        store.backup_job().run(&self.backups(), noon(), Rotation::default(), |_| ()).unwrap()
    }

    fn recover(&self) -> Result<Opened> {
        Store::open_or_recover(&self.file(), &key(), &self.backups(), noon())
    }
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_any_file_of_it() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.filled();
    place.back_up();
    let _open = open(&place.file());
    for folder in [place.file().parent().unwrap().to_owned(), place.backups()] {
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{:?}", entry.path());
        }
    }
}

#[test]
fn nothing_readable_is_on_the_disk() {
    let place = Place::new();
    let mut store = open(&place.file());
    add_an(&mut store);
    for name in ["lanh.db", "lanh.db-wal"] {
        let bytes = fs::read(place.file().with_file_name(name)).unwrap();
        for text in [&b"SQLite format"[..], b"uid:1001", b"guardian"] {
            assert!(!bytes.windows(text.len()).any(|window| window == text), "{name}");
        }
    }
}

#[test]
fn another_key_is_refused_and_changes_nothing() {
    let place = Place::new();
    let path = place.filled();
    let before = fs::read(&path).unwrap();
    let other = Key::generate().unwrap();
    assert!(matches!(Store::open(&path, &other), Err(StoreError::WrongKey { .. })));
    let recovered = Store::open_or_recover(&path, &other, &place.backups(), noon());
    assert!(matches!(recovered, Err(StoreError::WrongKey { .. })));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn two_services_never_share_a_file() {
    let place = Place::new();
    let _first = open(&place.file());
    assert!(matches!(Store::open(&place.file(), &key()), Err(StoreError::Locked { .. })));
}

#[test]
fn a_newer_file_is_refused() {
    let place = Place::new();
    let path = place.filled();
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.execute_batch(&format!("PRAGMA key = \"x'{}'\"; PRAGMA user_version = 99;", "07".repeat(32)))
        .unwrap();
    drop(conn);
    assert!(matches!(Store::open(&path, &key()), Err(StoreError::NewerSchema { found: 99, known: 2 })));
    assert!(matches!(place.recover(), Err(StoreError::NewerSchema { .. })));
}

/// Every kind of damage: seen, left alone without a backup, mended with one, the damaged file kept.
#[test]
fn damage_is_seen_kept_and_mended_from_the_newest_good_backup() {
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 6] = [
        ("emptied", |path| fs::write(path, "").unwrap()),
        ("cut in half", |path| {
            let length = fs::metadata(path).unwrap().len();
            fs::OpenOptions::new().write(true).open(path).unwrap().set_len(length / 2).unwrap();
        }),
        ("a bit of the salt", |path| flip(path, 3)),
        ("a bit of the first page", |path| flip(path, 200)),
        ("a bit in the middle", |path| {
            let length = usize::try_from(fs::metadata(path).unwrap().len()).unwrap();
            flip(path, length / 2);
        }),
        ("overwritten", |path| fs::write(path, "not a database at all".repeat(500)).unwrap()),
    ];
    for (name, damage) in damages {
        let place = Place::new();
        let path = place.filled();
        damage(&path);
        let damaged = fs::read(&path).unwrap();
        let refused = place.recover().unwrap_err();
        assert!(
            matches!(refused, StoreError::Damaged { .. } | StoreError::WrongKey { .. }),
            "{name}: {refused}"
        );
        assert_eq!(fs::read(&path).unwrap(), damaged, "{name}: left as it was");

        let place = Place::new();
        let path = place.filled();
        let family = open(&path).family().unwrap();
        let backup = place.back_up();
        damage(&path);
        let damaged = fs::read(&path).unwrap();
        let opened = place.recover().unwrap();
        let recovered = opened.recovered.unwrap_or_else(|| panic!("{name}: recovered"));
        assert_eq!(recovered.backup, backup);
        assert_eq!(fs::read(recovered.aside.unwrap()).unwrap(), damaged, "{name}: kept");
        assert_eq!(opened.store.family().unwrap(), family, "{name}");
        assert_eq!(opened.store.audit_page(None, 1).unwrap()[0].kind, AuditKind::BACKUP);
        opened.store.verify().unwrap();
    }
}

#[test]
fn a_deleted_file_comes_back_from_the_backup_and_a_damaged_backup_is_passed_over() {
    let place = Place::new();
    let path = place.filled();
    let good = place.back_up();
    let later = noon() + days(1);
    let bad = open(&path).backup_job().run(&place.backups(), later, Rotation::default(), |_| ()).unwrap();
    flip(&bad.path, 9000);
    fs::remove_file(&path).unwrap();
    let opened = place.recover().unwrap();
    let recovered = opened.recovered.unwrap();
    assert_eq!((recovered.backup, recovered.aside), (good.clone(), None));
    drop(opened.store);

    fs::remove_file(&path).unwrap();
    flip(&good.path, 9000);
    assert!(place.recover().is_err(), "backups that do not open are no reason to start afresh");
    assert!(!path.exists());
}

#[test]
fn a_first_start_and_a_good_file_need_no_recovery() {
    let place = Place::new();
    for _ in 0..2 {
        assert_eq!(place.recover().unwrap().recovered, None);
    }
}

#[test]
fn a_backup_made_while_writing_is_whole_and_can_be_restored() {
    let place = Place::new();
    place.filled();
    let writer = Writer::spawn(open(&place.file()), |error| panic!("{error}")).unwrap();
    let handle = writer.handle();
    let child = handle.call(|store| Ok(store.children()?[0].id)).unwrap();
    let job = handle.call(|store| Ok(store.backup_job())).unwrap();
    let mut calls = Vec::new();
    let backup = job
        .run(&place.backups(), noon(), Rotation::default(), |progress| {
            calls.push(progress);
            handle
                .call(move |store| store.record(&[played(9999, child, mines(), noon(), minutes(1))]))
                .unwrap();
        })
        .unwrap();
    let last = calls.last().unwrap();
    assert!(last.total > 0 && last.done == last.total);
    assert_eq!(Store::backups(&place.backups()).unwrap(), std::slice::from_ref(&backup));
    let in_use = Store::restore(&backup.path, &place.file(), &key(), noon());
    assert!(matches!(in_use, Err(StoreError::Locked { .. })));
    drop(writer);
    let aside = Store::restore(&backup.path, &place.file(), &key(), noon()).unwrap();
    assert!(aside.unwrap().exists());
    let store = open(&place.file());
    assert_eq!(store.ledger_since(noon()).unwrap().len(), 499, "as it was when the backup began");
    store.verify_audit().unwrap().unwrap();
}

#[test]
fn a_sealed_export_opens_with_its_passphrase_under_another_key() {
    let place = Place::new();
    let store = open(&place.filled());
    let export = place.folder.path().join("family.lanh");
    let job = store.backup_job();
    assert!(matches!(job.export(&export, "4826", |_| ()), Err(StoreError::WeakSecret(_))));
    job.export(&export, "con mèo đen", |_| ()).unwrap();
    assert!(matches!(job.export(&export, "con mèo đen", |_| ()), Err(StoreError::File { .. })));
    let elsewhere = place.folder.path().join("elsewhere/lanh.db");
    let other = Key::generate().unwrap();
    let wrong = Store::import(&export, "con mèo nâu", &elsewhere, &other, noon());
    assert!(matches!(wrong, Err(StoreError::WrongPassphrase { .. })));
    assert!(!elsewhere.exists());
    Store::import(&export, "con mèo đen", &elsewhere, &other, noon()).unwrap();
    assert_eq!(Store::open(&elsewhere, &other).unwrap().family().unwrap(), store.family().unwrap());
}

#[test]
fn posted_jobs_fail_alone_and_all_is_done_before_the_end() {
    let place = Place::new();
    let path = place.filled();
    let (errors, heard) = std::sync::mpsc::channel();
    let writer = Writer::spawn(open(&path), move |error| errors.send(error).unwrap()).unwrap();
    let handle = writer.handle();
    // Holds the store until all jobs wait, so that they share a transaction.
    let (go, wait) = std::sync::mpsc::channel::<()>();
    handle
        .ask(
            move |_| {
                wait.recv().unwrap();
                Ok(())
            },
            |_| (),
        )
        .unwrap();
    for day in 1..=3 {
        handle.post(move |store| store.keep_floor(noon() + days(day))).unwrap();
        handle
            .post(|store| {
                store.keep_floor(noon() + days(1000))?;
                Err(StoreError::Busy)
            })
            .unwrap();
    }
    go.send(()).unwrap();
    let store = writer.stop().unwrap();
    assert_eq!(store.floor().unwrap(), Some(noon() + days(3)));
    assert_eq!(heard.iter().count(), 3);
    assert!(matches!(handle.call(|_| Ok(())), Err(StoreError::Stopped)));
    drop(store);
}

#[test]
fn a_full_queue_says_so_and_never_blocks() {
    let place = Place::new();
    let writer = Writer::spawn(open(&place.file()), |_| ()).unwrap();
    let handle = writer.handle();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    handle
        .ask(
            move |_| {
                wait.recv().unwrap();
                Ok(())
            },
            |_| (),
        )
        .unwrap();
    let refused = (0..5000).find_map(|_| handle.post(|_| Ok(())).err());
    assert!(matches!(refused, Some(StoreError::Busy)));
    go.send(()).unwrap();
}

/// Runs one of the `child_*` tests below in a process of its own.
fn child(name: &str, path: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture"]).env("LANH_STORE", path);
    command
}

/// The file that a `child_*` test was started for; `None`: nobody started it, there is nothing to do.
fn told() -> Option<PathBuf> {
    std::env::var_os("LANH_STORE").map(PathBuf::from)
}

/// The child process of `a_kill_in_the_middle_of_writing_loses_nothing_that_was_told`.
#[test]
fn child_writes_for_ever() {
    let Some(path) = told() else { return };
    let mut store = open(&path);
    let child = store.children().unwrap()[0].id;
    for id in 1000.. {
        let entries = [Target::Screen, mines()].map(|target| {
            let first = u64::from(target != Target::Screen);
            played(2 * id + first, child, target, noon(), minutes(1))
        });
        store.record(&entries).unwrap();
        println!("written {id}");
    }
}

#[cfg(unix)]
#[test]
fn a_kill_in_the_middle_of_writing_loses_nothing_that_was_told() {
    use std::io::BufRead;
    let place = Place::new();
    let path = place.filled();
    let mut told = 0;
    for round in 1..=5 {
        let mut process = child("child_writes_for_ever", &path).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = std::io::BufReader::new(process.stdout.take().unwrap()).lines();
        let written = |line: String| line.rsplit_once("written ").and_then(|(_, id)| id.parse::<u64>().ok());
        told = lines.by_ref().map_while(|line| line.ok()).filter_map(written).nth(7 * round).unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
        told = lines.map_while(|line| line.ok()).filter_map(written).last().unwrap_or(told);
        let store = open(&path);
        store.verify().unwrap();
        let ledger = store.ledger_since(noon()).unwrap();
        let pairs = ledger.iter().filter(|entry| entry.id.0 >= 2000).count();
        assert!(pairs % 2 == 0, "a transaction is there as a whole or not at all");
        assert!(u64::try_from(pairs / 2).unwrap() > told - 1000, "{pairs} rows, told {told}");
    }
    assert!(told > 1000);
}

/// The child process of `a_folder_that_cannot_be_written_is_named`.
#[cfg(unix)]
#[test]
fn child_opens_read_only() {
    let Some(path) = told() else { return };
    let error = Store::open(&path, &key()).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_named() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;
    let place = Place::new();
    let open_to_see = fs::Permissions::from_mode(0o755);
    fs::set_permissions(place.folder.path(), open_to_see).unwrap();
    let folder = place.folder.path().join("shut");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    let mut process = child("child_opens_read_only", &folder.join("lanh.db"));
    if fs::metadata(&folder).unwrap().uid() == 0 {
        // Permissions do not bind root.
        process.uid(65534);
    }
    assert!(process.status().unwrap().success());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_changes_nothing_and_is_named() {
    let place = Place::new();
    let disk = place.folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m", "lanh-test"])
        .arg(&disk)
        .stderr(Stdio::null())
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        eprintln!("skipped: mounting a small disk needs root");
        return;
    }
    struct Unmount<'a>(&'a Path);
    impl Drop for Unmount<'_> {
        fn drop(&mut self) {
            let _ = Command::new("umount").arg(self.0).status();
        }
    }
    let unmount = Unmount(&disk);
    let path = disk.join("lanh.db");
    let mut store = open(&path);
    let child = add_an(&mut store);
    let batch = |first: u64| -> Vec<_> {
        (first..first + 50).map(|id| played(id, child, mines(), noon(), minutes(1))).collect()
    };
    let mut first = 1;
    let error = loop {
        match store.record(&batch(first)) {
            Ok(()) => first += 50,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Full), "{error}");
    let count = usize::try_from(first - 1).unwrap();
    assert_eq!(store.ledger_since(noon()).unwrap().len(), count);
    drop(store);
    let store = open(&path);
    store.verify().unwrap();
    assert_eq!(store.ledger_since(noon()).unwrap().len(), count);
    drop(store);
    drop(unmount);
}

/// One file of each released schema, made by its release, under the key of these tests.
#[test]
fn files_of_every_release_open_and_migrate() {
    let place = Place::new();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let fixtures: Vec<_> = fs::read_dir(fixtures).unwrap().map(|entry| entry.unwrap()).collect();
    assert!(!fixtures.is_empty());
    for fixture in fixtures {
        let path = place.folder.path().join(fixture.file_name());
        fs::copy(fixture.path(), &path).unwrap();
        let mut store = open(&path);
        store.verify().unwrap();
        store.verify_audit().unwrap().unwrap();
        let family = store.family().unwrap();
        assert_eq!(family.children[0].name, "An");
        assert_eq!(family.children[0].rules[0].kind, each_game(minutes(60)));
        assert_eq!(store.ledger_since(noon()).unwrap().len(), 499);
        let outcome = store.verify_secret(&Actor::Guardian, "4826", noon()).unwrap();
        assert_eq!(outcome, SecretOutcome::Right);
        add_another(&mut store);
    }
}

fn add_another(store: &mut Store) {
    store.add_child(&by_guardian(noon()), &NewChild { accounts: Vec::new(), ..an() }).unwrap();
}
