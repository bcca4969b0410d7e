//! What is written comes back: families, rules, history, the ledger, grants, requests, apps.
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

use chrono::TimeDelta;
use common::*;
use lanh_policy::*;
use lanh_store::*;

fn fresh() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("lanh.db"));
    (folder, store)
}

#[test]
fn a_family_comes_back_after_closing() {
    let (folder, mut store) = fresh();
    let child = add_an(&mut store);
    let settings = FamilySettings { week_start: chrono::Weekday::Sun, ..FamilySettings::default() };
    store.set_family_settings(&by_guardian(noon()), &settings).unwrap();
    let before = store.family().unwrap();
    drop(store);
    let store = open(&folder.path().join("lanh.db"));
    assert_eq!(store.family().unwrap(), before);
    assert_eq!(before.children[0].id, child);
    assert_eq!(before.children[0].rules[0].kind, each_game(minutes(60)));
    assert_eq!(store.family_settings().unwrap(), settings);
}

#[test]
fn numbers_of_removed_children_rules_and_intervals_never_come_back() {
    let (_folder, mut store) = fresh();
    let first = add_an(&mut store);
    let rule = store.child(first).unwrap().unwrap().rules[0].id;
    store.record(&[played(9, first, Target::Screen, noon(), minutes(1))]).unwrap();
    store.remove_child(&by_guardian(noon()), first).unwrap();
    assert_eq!(store.ledger_since(noon() - days(1)).unwrap(), []);
    assert_eq!(store.next_interval().unwrap(), IntervalId(10));
    let second = add_an(&mut store);
    assert!(second > first);
    assert!(store.child(second).unwrap().unwrap().rules[0].id > rule);
}

#[test]
fn an_account_is_one_childs_only() {
    let (_folder, mut store) = fresh();
    let first = add_an(&mut store);
    let change = by_guardian(noon());
    let error = store.add_child(&change, &an()).unwrap_err();
    assert!(matches!(error, StoreError::AccountTaken { child, .. } if child == first.0));
    assert_eq!(store.children().unwrap().len(), 1, "the refused child is not there in half");
    store.unbind_account(&change, first, &Account::from_uid(1001)).unwrap();
    let second = store.add_child(&change, &an()).unwrap();
    assert_eq!(store.child(second).unwrap().unwrap().accounts, [Account::from_uid(1001)]);
}

#[test]
fn a_change_of_rules_can_be_undone_with_its_numbers() {
    let (_folder, mut store) = fresh();
    let child = add_an(&mut store);
    let before = store.child(child).unwrap().unwrap();
    let change = by_guardian(noon());
    store.remove_rule(&change, before.rules[0].id).unwrap();
    let removed = store.history(child, 1).unwrap().remove(0);
    assert_eq!((removed.rules_before.len(), removed.rules_after.len()), (1, 0));
    assert_eq!(removed.change, change);
    let settings = Settings { strict_counting: true, ..Settings::default() };
    store.set_settings(&change, child, &settings).unwrap();
    let undone = store.undo(&change, removed.id).unwrap();
    assert_eq!(store.child(child).unwrap().unwrap(), before);
    assert_eq!(store.history(child, 1).unwrap()[0].id, undone);
    assert!(matches!(
        store.undo(&change, RevisionId(999)),
        Err(StoreError::NotFound { what: "revision", id: 999 })
    ));
}

#[test]
fn a_preset_replaces_its_own_rules_only() {
    let (_folder, mut store) = fresh();
    let child = add_an(&mut store);
    let change = by_guardian(noon());
    let source = LegalSource { citation: "Decree 147".into(), since: noon().date_naive() };
    let two = [each_game(minutes(60)), RuleKind::RatingCeiling(AgeRating::Twelve)];
    store.set_preset(&change, child, "vn-147", &source, &two).unwrap();
    store.set_preset(&change, child, "vn-147", &source, &two[1..]).unwrap();
    let rules = store.child(child).unwrap().unwrap().rules;
    let kinds: Vec<_> = rules.iter().map(|rule| (&rule.origin, &rule.kind)).collect();
    let preset = Origin::Preset("vn-147".into(), source);
    assert_eq!(kinds, [(&Origin::Guardian, &two[0]), (&preset, &two[1])]);
}

#[test]
fn a_longer_interval_replaces_and_a_shorter_one_is_ignored() {
    let (_folder, mut store) = fresh();
    let child = add_an(&mut store);
    let long = played(1, child, mines(), noon(), minutes(10));
    store.record(&[played(1, child, mines(), noon(), minutes(5)), long.clone()]).unwrap();
    store.record(&[played(1, child, mines(), noon(), minutes(7))]).unwrap();
    assert_eq!(store.ledger(child, noon(), noon() + days(1)).unwrap(), [long]);
}

#[test]
fn intervals_are_all_kept_or_none_and_never_change_hands() {
    let (_folder, mut store) = fresh();
    let child = add_an(&mut store);
    let other = store.add_child(&by_guardian(noon()), &NewChild { accounts: Vec::new(), ..an() }).unwrap();
    store.record(&[played(1, child, mines(), noon(), minutes(5))]).unwrap();
    let bad = [played(2, child, mines(), noon(), minutes(5)), played(1, other, mines(), noon(), minutes(9))];
    assert!(matches!(store.record(&bad), Err(StoreError::Invalid { .. })));
    assert_eq!(store.ledger_since(noon()).unwrap().len(), 1);
    assert_eq!(store.next_interval().unwrap(), IntervalId(2));
}

#[test]
fn use_is_summed_by_day_series_and_cost() {
    let (_folder, mut store) = fresh();
    let child = add_an(&mut store);
    let free = LedgerEntry {
        cost: Cost::Free(RuleId(1)),
        ..played(3, child, mines(), noon() + TimeDelta::hours(2), minutes(7))
    };
    store
        .record(&[
            played(1, child, mines(), noon(), minutes(5)),
            played(2, child, mines(), noon() + TimeDelta::hours(1), minutes(6)),
            free,
            played(4, child, Target::Screen, noon() + days(1), minutes(8)),
        ])
        .unwrap();
    let asked = [(noon(), noon() + days(1)), (noon() + days(1), noon() + days(2))];
    let used = store.usage(child, &asked).unwrap();
    let line = |target, charged, free| UseLine {
        target,
        charged: minutes(charged),
        granted: minutes(0),
        free: minutes(free),
    };
    assert_eq!(used[0].lines, [line(mines(), 11, 7)]);
    assert_eq!(used[1].lines, [line(Target::Screen, 8, 0)]);
}

#[test]
fn a_request_becomes_one_grant_that_remembers_what_was_drawn() {
    let (_folder, mut store) = fresh();
    let child = add_an(&mut store);
    let change = by_guardian(noon());
    let asked =
        NewRequest { child, target: mines(), amount: minutes(15), words: "gần thắng rồi".into() };
    let request = store.add_request(noon(), &asked).unwrap();
    assert_eq!(store.open_requests(None).unwrap(), std::slice::from_ref(&request));
    let new = NewGrant { child, target: mines(), amount: minutes(10), from: noon(), until: noon() + days(1) };
    let grant = store.grant_request(&change, request.id, &new).unwrap();
    assert!(matches!(
        store.grant_request(&change, request.id, &new),
        Err(StoreError::AlreadyAnswered { .. })
    ));
    assert_eq!(store.request(request.id).unwrap().unwrap().state, RequestState::Granted(grant.id));
    let drawn = |id, target| LedgerEntry {
        cost: Cost::Grant(grant.id),
        ..played(id, child, target, noon(), minutes(4))
    };
    store
        .record(&[drawn(1, mines()), drawn(2, Target::Category(Category::Game)), drawn(3, Target::Screen)])
        .unwrap();
    assert_eq!(store.open_grants(noon()).unwrap(), [Grant { drawn: minutes(4), ..grant.clone() }]);
    let now = Moment {
        boot: BootId(1),
        since_boot: minutes(1),
        awake: minutes(1),
        wall: noon(),
        trust: WallTrust::Unconfirmed,
    };
    assert_eq!(store.restored(now).unwrap().grants.len(), 1);
    store.revoke_grant(&change, grant.id).unwrap();
    assert_eq!(store.open_grants(noon()).unwrap(), []);
    let record = store.grants(child, noon()).unwrap().remove(0);
    assert_eq!((record.revoked, record.request), (Some(change), Some(request.id)));
}

#[test]
fn a_child_cannot_flood_the_guardian() {
    let (_folder, mut store) = fresh();
    let child = add_an(&mut store);
    let asked = NewRequest { child, target: Target::Screen, amount: minutes(15), words: String::new() };
    for _ in 0..10 {
        store.add_request(noon(), &asked).unwrap();
    }
    assert!(matches!(store.add_request(noon(), &asked), Err(StoreError::TooManyRequests { open: 10 })));
    let long = NewRequest { words: "á".repeat(501), ..asked };
    assert!(matches!(store.add_request(noon(), &long), Err(StoreError::Invalid { .. })));
}

#[test]
fn the_guardians_word_about_an_app_outlives_what_is_found() {
    let (_folder, mut store) = fresh();
    let found = App {
        id: AppId::from("path:/home/an/game"),
        name: "game".into(),
        category: Category::Other,
        rating: None,
    };
    store.saw_app(noon(), &found, AppBasis::Unknown).unwrap();
    store.set_app(&by_guardian(noon()), &found.id, "", Some(Category::Learning), None).unwrap();
    let update = App { name: "Game 2".into(), category: Category::Game, ..found.clone() };
    store.saw_app(noon() + days(2), &update, AppBasis::Read).unwrap();
    let known = store.app(&found.id).unwrap().unwrap();
    assert_eq!(known.app(), App { category: Category::Learning, ..update.clone() });
    assert_eq!((known.found, known.basis), (update, AppBasis::Read));
    assert_eq!((known.first_seen, known.last_seen), (Some(noon()), Some(noon() + days(2))));
}

#[test]
fn the_floor_only_rises() {
    let (_folder, mut store) = fresh();
    assert_eq!(store.floor().unwrap(), None);
    store.keep_floor(noon()).unwrap();
    store.keep_floor(noon() - days(1)).unwrap();
    assert_eq!(store.floor().unwrap(), Some(noon()));
}

#[test]
fn retention_removes_the_old_and_keeps_the_new() {
    let (_folder, mut store) = fresh();
    let child = add_an(&mut store);
    let now = noon() + days(401);
    let recent = played(2, child, mines(), now - days(399), minutes(5));
    store.record(&[played(1, child, mines(), noon(), minutes(5)), recent.clone()]).unwrap();
    store.audit(now, AuditKind::SERVICE, &Actor::Service, None, "started").unwrap();
    let pruned = store.prune(now).unwrap();
    assert!(pruned.expired >= 1 && pruned.audit >= 1 && pruned.anonymised == 0, "{pruned:?}");
    assert_eq!(store.ledger_since(noon() - days(1)).unwrap(), [recent]);
    assert_eq!(store.history(child, 10).unwrap(), []);
    let state = store.verify_audit().unwrap().unwrap();
    assert_eq!(state.count, 1, "the chain holds behind its anchor");
    assert_eq!(store.family().unwrap().children.len(), 1);
}

#[test]
fn totals_only_forgets_apps_of_earlier_days_but_no_total_and_no_budget_of_today() {
    let (_folder, mut store) = fresh();
    let child = add_an(&mut store);
    let settings = FamilySettings { totals_only: true, ..FamilySettings::default() };
    store.set_family_settings(&by_guardian(noon()), &settings).unwrap();
    let yesterday = noon() - days(1);
    let game = Target::Category(Category::Game);
    store
        .record(&[
            played(1, child, mines(), yesterday, minutes(5)),
            played(2, child, game.clone(), yesterday, minutes(5)),
            played(3, child, mines(), noon(), minutes(6)),
        ])
        .unwrap();
    let app = App {
        id: AppId::from("desktop:mines"),
        name: "Mines".into(),
        category: Category::Game,
        rating: None,
    };
    store.saw_app(noon(), &app, AppBasis::Read).unwrap();
    assert_eq!(store.apps().unwrap(), []);
    store.prune(noon()).unwrap();
    let kept = store.ledger_since(yesterday).unwrap();
    let brief: Vec<_> = kept.iter().map(|entry| (entry.id.0, &entry.target, entry.app.is_some())).collect();
    assert_eq!(brief, [(2, &game, false), (3, &mines(), true)]);

    // With a weekly budget per app, the week (Monday the 23rd) still needs its apps.
    let weekly = RuleKind::Allowance(Allowance { target: mines(), period: Period::Week(minutes(60)) });
    store.add_rule(&by_guardian(noon()), child, &Origin::Guardian, &weekly).unwrap();
    store.prune(noon() + days(1)).unwrap();
    assert_eq!(store.ledger_since(noon()).unwrap().len(), 1);
    store.prune(noon() + days(6)).unwrap();
    assert_eq!(store.ledger_since(noon()).unwrap(), []);
}

#[test]
fn the_anchor_of_trusted_time_is_kept_to_the_millisecond() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lanh.db");
    let mut store = open(&path);
    assert_eq!(store.anchor().unwrap(), None);
    for hours in [1, 2] {
        let anchor = Anchor {
            boot: BootId(u128::MAX),
            since_boot: std::time::Duration::from_secs(3_600 * hours),
            wall: noon(),
        };
        store.keep_anchor(anchor).unwrap();
        assert_eq!(store.anchor().unwrap(), Some(anchor));
    }
    drop(store);
    assert_eq!(open(&path).anchor().unwrap().unwrap().since_boot.as_secs(), 7_200);
}
