//! Faults by the hundred: bits that flip, and a writer that is killed a thousand times.
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
use lanh_policy::{IntervalId, Target};
use lanh_store::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Where the dice start; LANH_SEED names another place, to see one failure again.
fn seed() -> u64 {
    let seed = std::env::var("LANH_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_124);
    println!("LANH_SEED={seed}");
    seed
}

/// SplitMix64: seeded, and the same on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }
}

/// A folder in memory where there is one: a kill of a process needs no real disk to be real.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

/// Rows of every kind that is written often.
fn fill(path: &Path) {
    let mut store = open(path);
    let child = add_an(&mut store);
    store.set_secret(&by_guardian(noon()), "739155").unwrap();
    for id in 1..200 {
        store.record(&[played(id, child, Target::Screen, noon(), minutes(id))]).unwrap();
        store.audit(noon(), AuditKind::SERVICE, &Actor::Service, Some(child), "something").unwrap();
    }
}

/// One test at a time: a process that is just being forked holds the lock of a store for a moment longer.
static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

type Known = (lanh_policy::Family, Vec<lanh_policy::LedgerEntry>, Vec<AuditEntry>);

fn known(store: &Store) -> Known {
    store.verify_audit().unwrap().unwrap();
    (store.family().unwrap(), store.ledger_since(noon()).unwrap(), store.audit_page(None, 1_000).unwrap())
}

/// Every flipped bit of the database is found and named, or changes nothing that is read.
#[test]
fn a_flipped_bit_is_found_or_harmless() {
    let _turn = turn();
    let folder = folder();
    let path = folder.path().join("lanh.db");
    fill(&path);
    let before = known(&open(&path));
    let whole = fs::read(&path).unwrap();
    let mut dice = Dice(seed());
    let (mut found, mut harmless) = (0, 0);
    for _ in 0..200 {
        let (at, bit) = (dice.below(whole.len()), dice.below(8));
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << bit;
        fs::write(&path, &flipped).unwrap();
        match Store::open_or_recover(&path, &key(), &folder.path().join("backups"), noon()) {
            Ok(opened) => {
                assert_eq!(known(&opened.store), before, "byte {at}, bit {bit}");
                harmless += 1;
            }
            Err(error) => {
                assert!(
                    matches!(error, StoreError::Damaged { .. } | StoreError::WrongKey { .. }),
                    "byte {at}, bit {bit}: {error}"
                );
                assert!(error.to_string().contains("lanh.db"), "{error}");
                assert_eq!(fs::read(&path).unwrap(), flipped, "left as it was");
                found += 1;
            }
        }
        let _ = fs::remove_file(path.with_file_name("lanh.db-wal"));
        let _ = fs::remove_file(path.with_file_name("lanh.db-shm"));
    }
    println!("{found} found, {harmless} harmless");
    assert!(found > 190, "every page is authenticated");
}

/// A bit flipped in the log of a database that was not closed costs what came after it at the most: what is
/// left is whole, and a state that once was.
#[test]
fn a_flipped_bit_in_the_log_takes_back_whole_transactions_only() {
    let _turn = turn();
    let folder = folder();
    let path = folder.path().join("lanh.db");
    let (database, log) = {
        let mut store = open(&path);
        let child = add_an(&mut store);
        for id in 1..40 {
            store
                .atomic(|store| {
                    store.record(&[
                        played(2 * id, child, Target::Screen, noon(), minutes(1)),
                        played(2 * id + 1, child, mines(), noon(), minutes(1)),
                    ])?;
                    store.audit(noon(), AuditKind::SERVICE, &Actor::Service, None, "x").map(drop)
                })
                .unwrap();
        }
        (fs::read(&path).unwrap(), fs::read(folder.path().join("lanh.db-wal")).unwrap())
    };
    let mut dice = Dice(seed());
    for _ in 0..100 {
        let (at, bit) = (dice.below(log.len()), dice.below(8));
        let mut flipped = log.clone();
        flipped[at] ^= 1 << bit;
        fs::write(&path, &database).unwrap();
        fs::write(folder.path().join("lanh.db-wal"), flipped).unwrap();
        let _ = fs::remove_file(folder.path().join("lanh.db-shm"));
        match Store::open(&path, &key()) {
            // Nothing of it was in the database itself yet.
            Err(StoreError::Damaged { .. }) => {}
            Err(error) => panic!("byte {at}, bit {bit}: {error}"),
            Ok(store) => {
                store.verify().unwrap();
                let (_, ledger, audit) = known(&store);
                let pairs = ledger.len() / 2;
                assert_eq!(ledger.len() % 2, 0, "byte {at}, bit {bit}");
                let notes = audit.iter().filter(|entry| entry.detail == "x").count();
                assert_eq!(notes, pairs, "byte {at}, bit {bit}");
                let ids = ledger.iter().map(|entry| entry.id);
                assert!(ids.eq((2..).take(ledger.len()).map(IntervalId)), "byte {at}, bit {bit}");
            }
        }
    }
}

/// The process that is killed: writes as the service does, and says what is written.
#[test]
fn child_writes_and_tells() {
    use std::io::Write;
    let Some(path) = std::env::var_os("LANH_STORE").map(PathBuf::from) else { return };
    let store = open(&path);
    let copy = LastKnown::new(path.with_file_name("last-known.db"), key(), true);
    let child = store.children().unwrap()[0].id;
    let first = (store.next_interval().unwrap().0 / 2).max(1);
    let writer = Writer::spawn(store, |error| panic!("{error}")).unwrap();
    let handle = writer.handle();
    let mut out = std::io::stdout();
    for number in first.. {
        let at = noon() + Duration::from_secs(number);
        handle
            .call(move |store| {
                store.atomic(|store| {
                    store.record(&[
                        played(2 * number, child, Target::Screen, at, minutes(1)),
                        played(2 * number + 1, child, mines(), at, minutes(1)),
                    ])?;
                    store.keep_floor(at)?;
                    store.audit(at, AuditKind::SERVICE, &Actor::Service, None, "written").map(drop)
                })
            })
            .unwrap();
        // Whoever reads this line has been told.
        writeln!(out, "told {number}").unwrap();
        if number % 8 == 0 {
            let copy = copy.clone();
            handle.call(move |store| store.keep_last_known(&copy, at, false)).unwrap();
            writeln!(out, "kept {number}").unwrap();
        }
    }
}

#[cfg(unix)]
#[test]
fn a_thousand_kills_lose_nothing_that_was_told() {
    let _turn = turn();
    const KILLS: usize = 1_000;
    const AT_ONCE: usize = 4;
    let seed = seed();
    let runs: Vec<_> = (0..AT_ONCE)
        .map(|run| {
            std::thread::spawn(move || {
                kill_again_and_again(seed + u64::try_from(run).unwrap(), KILLS / AT_ONCE)
            })
        })
        .collect();
    for run in runs {
        run.join().unwrap();
    }
}

#[cfg(unix)]
fn kill_again_and_again(seed: u64, kills: usize) {
    use std::io::BufRead;
    use std::process::{Command, Stdio};
    let folder = folder();
    let path = folder.path().join("lanh.db");
    let copy = LastKnown::new(folder.path().join("last-known.db"), key(), true);
    let child = add_an(&mut open(&path));
    let mut dice = Dice(seed);
    let (mut written, mut kept) = (0, false);
    for kill in 0..kills {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_writes_and_tells", "--nocapture"])
            .env("LANH_STORE", &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = std::io::BufReader::new(process.stdout.take().unwrap()).lines();
        let number = |line: String| line.rsplit_once("told ").and_then(|(_, number)| number.parse().ok());
        // Some die while they open the file, some between two writes, most in the middle of one.
        let told = (dice.below(8) > 0)
            .then(|| lines.by_ref().map_while(|line| line.ok()).find_map(number))
            .flatten();
        std::thread::sleep(Duration::from_micros(u64::try_from(dice.below(12_000)).unwrap()));
        process.kill().unwrap();
        process.wait().unwrap();
        let rest: Vec<String> = lines.map_while(|line| line.ok()).collect();
        kept |= rest.iter().any(|line| line.contains("kept "));
        let told: u64 = rest.into_iter().filter_map(number).next_back().or(told).unwrap_or(0);

        let store = Store::open(&path, &key()).unwrap_or_else(|error| panic!("kill {kill}: {error}"));
        store.verify().unwrap_or_else(|error| panic!("kill {kill}: {error}"));
        let audit = store.verify_audit().unwrap().unwrap_or_else(|broken| panic!("kill {kill}: {broken}"));
        let last = (store.next_interval().unwrap().0 - 1) / 2;
        assert!(last >= told.max(written), "kill {kill}: {last} is there, {told} was told, {written} before");
        // All of a transaction or nothing of it.
        let ledger = store.ledger(child, noon(), noon() + days(30)).unwrap();
        assert_eq!(u64::try_from(ledger.len()).unwrap(), 2 * last, "kill {kill}");
        let floor = (last > 0).then(|| noon() + Duration::from_secs(last));
        assert_eq!(store.floor().unwrap(), floor, "kill {kill}");
        // Two entries are of the child and its rule.
        assert_eq!(audit.count, last + 2, "kill {kill}");
        if kept {
            let (stand_in, _) =
                Store::stand_in(&copy, &path).unwrap_or_else(|error| panic!("kill {kill}: {error}"));
            assert_eq!(stand_in.family().unwrap(), store.family().unwrap(), "kill {kill}");
        }
        written = last;
    }
    println!("{kills} kills, {written} transactions");
    assert!(written > u64::try_from(kills / 2).unwrap());
}
