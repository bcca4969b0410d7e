//! Ten years of a family with six children, all of it kept: the size of the file, and how fast a week is read.

use crate::{Figure, Figures, Missing, broken, median_ms};
use chrono::{DateTime, Datelike, Days, TimeDelta, TimeZone, Utc};
use chrono_tz::Asia::Ho_Chi_Minh;
use lanh_policy::{
    Account, AppId, Basis, Category, ChildId, Cost, IntervalId, LedgerEntry, Settings, Target,
};
use lanh_store::{
    Actor, AuditKind, Change, FamilySettings, Key, NewChild, NewGrant, NewRequest, Store, StoreError,
};
use std::time::{Duration, Instant};

const CHILDREN: u32 = 6;
const DAYS: u32 = 3653;
/// The longest retention that a guardian can choose, in days: nothing of ten years is pruned.
const RETENTION: u32 = 3660;
/// How many days are written in one transaction, to be quick; the file is the same.
const AT_ONCE: usize = 30;
const REPETITIONS: u32 = 30;
const APPS: [(&str, Category); 8] = [
    ("steam:1063730", Category::Game),
    ("desktop:org.gnome.Mines", Category::Game),
    ("path:/home/an/.minecraft/launcher", Category::Game),
    ("desktop:firefox-esr", Category::Browser),
    ("flatpak:org.kde.gcompris", Category::Learning),
    ("desktop:org.kde.krita", Category::Creative),
    ("desktop:mpv", Category::Video),
    ("flatpak:org.telegram.desktop", Category::Social),
];

pub(crate) fn measure() -> Figures {
    let home = tempfile::tempdir().map_err(broken("cannot make a directory"))?;
    let path = home.path().join("state/lanh.db");
    let key = Key::from_bytes([7; 32]);
    let first = Utc.with_ymd_and_hms(2026, 1, 4, 17, 0, 0).single().ok_or_else(|| no_calendar(&path))?;
    let rows = write(&path, &key, first).map_err(broken("cannot write ten years"))?;
    // Opened again, so that the last of it is in the file and nothing in memory.
    let store = Store::open(&path, &key).map_err(broken("cannot open the file again"))?;
    drop(store);
    let bytes = std::fs::metadata(&path).map_err(broken("cannot look at the file"))?.len();
    let store = Store::open(&path, &key).map_err(broken("cannot open the file again"))?;
    let children = store.children().map_err(broken("cannot read the family"))?;
    let today = day(first, DAYS - 1);
    let week: Vec<_> = (0..7).rev().map(|back| (before(today, back), before(today, back) + DAY)).collect();
    let mut times = Vec::new();
    for turn in 0..REPETITIONS {
        let from = Instant::now();
        let child = children.get(usize::try_from(turn % CHILDREN).unwrap_or_default());
        let child = child.ok_or_else(|| no_calendar(&path))?;
        let lines: usize = store
            .usage(child.id, &week)
            .map_err(broken("cannot read a week"))?
            .iter()
            .map(|day| day.lines.len())
            .sum();
        times.push(from.elapsed());
        if lines == 0 {
            return Err(Missing::Broken("the week is empty".to_owned()));
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "a file of 2^53 bytes is a failure of its own")]
    let megabytes = bytes as f64 / 1e6;
    let query = median_ms(times).ok_or_else(|| Missing::Broken("nothing was repeated".to_owned()))?;
    Ok(vec![
        Figure { name: "ten_years_week_query_ms", value: query, unit: "ms" },
        Figure { name: "ten_years_database_mb", value: megabytes, unit: "MB" },
        Figure { name: "ten_years_intervals", value: f64::from(rows), unit: "rows" },
    ])
}

const DAY: TimeDelta = TimeDelta::days(1);

fn no_calendar(path: &std::path::Path) -> Missing {
    Missing::Broken(format!("the family or the calendar of {} is not what it should be", path.display()))
}

fn day(first: DateTime<Utc>, number: u32) -> DateTime<Utc> {
    first.checked_add_days(Days::new(u64::from(number))).unwrap_or(first)
}

fn before(day: DateTime<Utc>, back: u64) -> DateTime<Utc> {
    day.checked_sub_days(Days::new(back)).unwrap_or(day)
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(end.max(1))).unwrap_or_default()
    }
}

/// Writes what a family leaves in ten years; returns how many intervals.
fn write(path: &std::path::Path, key: &Key, first: DateTime<Utc>) -> Result<u32, StoreError> {
    let mut store = Store::open(path, key)?;
    let start = Change { by: Actor::Guardian, at: first };
    let settings =
        FamilySettings { zone: Ho_Chi_Minh, retention_days: RETENTION, ..FamilySettings::default() };
    store.set_family_settings(&start, &settings)?;
    let mut children = Vec::new();
    for number in 1..=CHILDREN {
        children.push(store.add_child(
            &start,
            &NewChild {
                name: format!("Child {number}"),
                birth_year: 2015,
                accounts: vec![Account::from_uid(1000 + number)],
                settings: Settings::default(),
            },
        )?);
    }
    let mut dice = Dice(2026);
    let mut next = 1;
    let days: Vec<u32> = (0..DAYS).collect();
    for days in days.chunks(AT_ONCE) {
        store.atomic(|store| {
            for number in days {
                let date = day(first, *number);
                for child in &children {
                    let entries = a_day(&mut dice, &mut next, *child, date);
                    store.record(&entries)?;
                }
                if number % 7 == 0 {
                    ask_and_give(store, &children, date)?;
                }
                store.audit(date, AuditKind::SERVICE, &Actor::Service, None, "the service 0.1.0 started")?;
            }
            store.prune(days.last().map_or(first, |number| day(first, *number)))?;
            Ok(())
        })?;
    }
    Ok(u32::try_from(next - 1).unwrap_or(u32::MAX))
}

/// Two times at the computer, three at a weekend; each an hour or so of some programs that take turns.
fn a_day(dice: &mut Dice, next: &mut u64, child: ChildId, date: DateTime<Utc>) -> Vec<LedgerEntry> {
    let mut entries = Vec::new();
    let local = date.with_timezone(&Ho_Chi_Minh);
    let times = if local.weekday().num_days_from_monday() >= 5 { 3 } else { 2 };
    for time in 0..times {
        let start = date + TimeDelta::hours(8 + 4 * time) + TimeDelta::minutes(i64::from(dice.below(60)));
        let mut at = start;
        let mut category: Option<(Category, DateTime<Utc>)> = None;
        let mut book =
            |target: Target, app: Option<AppId>, from: DateTime<Utc>, until: DateTime<Utc>, basis| {
                entries.push(LedgerEntry {
                    id: IntervalId(*next),
                    child,
                    target,
                    app,
                    from,
                    until,
                    used: (until - from).to_std().unwrap_or(Duration::ZERO),
                    cost: Cost::Charged,
                    basis,
                });
                *next += 1;
            };
        for _turn in 0..3 + dice.below(4) {
            let place = usize::try_from(dice.below(8)).unwrap_or_default();
            let Some((id, kind)) = APPS.get(place) else { continue };
            let until = at + TimeDelta::seconds(i64::from(300 + dice.below(1200)));
            book(Target::App(AppId::from(*id)), Some(AppId::from(*id)), at, until, Basis::InFront);
            // A category goes on while programs of it follow each other.
            category = match category {
                Some((current, from)) if current == *kind => Some((current, from)),
                other => {
                    if let Some((current, from)) = other {
                        book(Target::Category(current), None, from, at, Basis::InFront);
                    }
                    Some((*kind, at))
                }
            };
            at = until;
        }
        if let Some((current, from)) = category {
            book(Target::Category(current), None, from, at, Basis::InFront);
        }
        book(Target::Screen, None, start, at, Basis::SessionActive);
    }
    entries
}

/// Every child asks once a week, and gets it.
fn ask_and_give(store: &mut Store, children: &[ChildId], date: DateTime<Utc>) -> Result<(), StoreError> {
    let amount = Duration::from_secs(900);
    for child in children {
        let asked = NewRequest {
            child: *child,
            target: Target::Category(Category::Game),
            amount,
            words: "Con làm xong bài tập rồi, cho con chơi thêm một ván nhé?".to_owned(),
        };
        let request = store.add_request(date, &asked)?;
        let given = NewGrant { child: *child, target: asked.target, amount, from: date, until: date + DAY };
        store.grant_request(&Change { by: Actor::Guardian, at: date }, request.id, &given)?;
    }
    Ok(())
}
