//! What the tests share: a key, times and a small family.

use chrono::{DateTime, TimeDelta, Utc};
use lanh_policy::{
    Account, Allowance, AppId, Basis, Category, ChildId, Cost, IntervalId, LedgerEntry, Origin, Period,
    RuleKind, Settings, Target,
};
use lanh_store::{Actor, Change, Key, NewChild, Store};
use std::path::Path;
use std::time::Duration;

pub fn key() -> Key {
    Key::from_bytes([7; 32])
}

/// Tuesday, 24 November 2026, 15:00 in Vietnam.
pub fn noon() -> DateTime<Utc> {
    "2026-11-24T08:00:00Z".parse().unwrap()
}

pub fn days(count: i64) -> TimeDelta {
    TimeDelta::days(count)
}

pub fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

pub fn by_guardian(at: DateTime<Utc>) -> Change {
    Change { by: Actor::Guardian, at }
}

pub fn open(path: &Path) -> Store {
    Store::open(path, &key()).unwrap()
}

pub fn an() -> NewChild {
    NewChild {
        name: "An".into(),
        birth_year: 2015,
        accounts: vec![Account::from_uid(1001)],
        settings: Settings::default(),
    }
}

pub fn each_game(amount: Duration) -> RuleKind {
    RuleKind::Allowance(Allowance {
        target: Target::Each(Category::Game),
        period: Period::Day([Some(amount); 7]),
    })
}

/// A child with one rule.
pub fn add_an(store: &mut Store) -> ChildId {
    let child = store.add_child(&by_guardian(noon()), &an()).unwrap();
    store.add_rule(&by_guardian(noon()), child, &Origin::Guardian, &each_game(minutes(60))).unwrap();
    child
}

pub fn played(id: u64, child: ChildId, target: Target, from: DateTime<Utc>, used: Duration) -> LedgerEntry {
    LedgerEntry {
        id: IntervalId(id),
        child,
        target,
        app: Some(AppId::from("desktop:mines")),
        from,
        until: from + used,
        used,
        cost: Cost::Charged,
        basis: Basis::InFront,
    }
}

pub fn mines() -> Target {
    Target::App(AppId::from("desktop:mines"))
}
