//! Random families: children, accounts, rules of every kind, presets, zones with daylight saving time.

use chrono::{NaiveTime, Weekday};
use chrono_tz::Tz;
use fastrand::Rng;
use lanh_policy::*;
use std::time::Duration;

/// What a renamed copy of a game is taken for.
pub const COPY: &str = "path:/home/an/copy";

/// The programs of every house, in the order of their ids: games with and without a rating, the rest one of
/// a kind.
pub fn catalogue() -> Vec<App> {
    let app = |id: &str, category, rating| App { id: id.into(), name: id.to_owned(), category, rating };
    let mut apps = vec![
        app("game:mines", Category::Game, None),
        app("game:chess", Category::Game, Some(AgeRating::Twelve)),
        app("game:arena", Category::Game, Some(AgeRating::Eighteen)),
        app("learn:tutor", Category::Learning, Some(AgeRating::Everyone)),
        app("web:browser", Category::Browser, None),
        app("video:player", Category::Video, Some(AgeRating::Sixteen)),
        app("system:files", Category::System, None),
        app(COPY, Category::Other, None),
    ];
    apps.sort_by(|one, other| one.id.cmp(&other.id));
    apps
}

const ZONES: [Tz; 6] = [
    Tz::Asia__Ho_Chi_Minh,
    Tz::Europe__Berlin,
    Tz::America__New_York,
    Tz::America__Havana,
    Tz::Australia__Lord_Howe,
    Tz::Asia__Kathmandu,
];

pub fn pick<'a, T>(rng: &mut Rng, list: &'a [T]) -> &'a T {
    &list[rng.usize(..list.len())]
}

pub fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

/// A family of so many children at most. Each child has two accounts.
pub fn family(rng: &mut Rng) -> Family {
    // Most families are small.
    let count = *pick(rng, &[1, 1, 1, 2, 2, 3, 4, 6]);
    let mut next_rule = 1;
    let children = (1..=count).map(|number| child(rng, number, &mut next_rule)).collect();
    Family { zone: *pick(rng, &ZONES), week_start: *pick(rng, &[Weekday::Mon, Weekday::Sun]), children }
}

pub fn child(rng: &mut Rng, number: u64, next_rule: &mut u64) -> Child {
    let mut rules = Vec::new();
    if rng.u8(..4) == 0 {
        let preset = pick(rng, &Preset::all()).clone();
        rules.extend(preset.rules.iter().map(|kind| numbered(next_rule, preset.origin(), kind.clone())));
    }
    for _ in 0..rng.u8(..6) {
        let kind = rule(rng);
        rules.push(numbered(next_rule, Origin::Guardian, kind));
    }
    let uid = 1000 + u32::try_from(number).unwrap() * 2;
    Child {
        id: ChildId(number),
        name: format!("Child {number}"),
        birth_year: 2014,
        accounts: vec![Account::from_uid(uid), Account::from_uid(uid + 1)],
        rules,
        settings: settings(rng),
    }
}

pub fn numbered(next_rule: &mut u64, origin: Origin, kind: RuleKind) -> Rule {
    let id = RuleId(*next_rule);
    *next_rule += 1;
    Rule { id, origin, kind }
}

fn settings(rng: &mut Rng) -> Settings {
    let known: [&[u64]; 5] = [&[15, 5, 1], &[15, 5, 1], &[10], &[30, 2], &[]];
    let warn_at = *pick(rng, &known);
    Settings {
        warn_at: warn_at.iter().map(|count| minutes(*count)).collect(),
        strict_counting: rng.u8(..6) == 0,
        // Kept by the gate, not by the engine.
        strict_programs: false,
        save_thaws: *pick(rng, &[0, 1, 2, 2, 3]),
        save_thaw: Duration::from_secs(*pick(rng, &[0, 30, 60, 60, 90])),
        hold_end: *pick(
            rng,
            &[HoldEnd::DayEnd, HoldEnd::DayEnd, HoldEnd::After(minutes(10)), HoldEnd::After(Duration::ZERO)],
        ),
        close_grace: Duration::from_secs(*pick(rng, &[0, 10, 10, 45])),
    }
}

pub fn target(rng: &mut Rng) -> Target {
    match rng.u8(..10) {
        0..=1 => Target::App(pick(rng, &catalogue()).id.clone()),
        2..=3 => Target::Category(Category::Game),
        4 => Target::Category(*pick(
            rng,
            &[Category::Learning, Category::Browser, Category::Video, Category::System, Category::Other],
        )),
        5..=6 => Target::Each(Category::Game),
        _ => Target::Screen,
    }
}

/// A rule of any kind; hard ones are rare, or nobody would ever play.
pub fn rule(rng: &mut Rng) -> RuleKind {
    let target = target(rng);
    match rng.u8(..25) {
        0..=5 => RuleKind::Allowance(Allowance {
            target,
            period: Period::Day(std::array::from_fn(|_| daily(rng))),
        }),
        6..=8 => RuleKind::Allowance(Allowance { target, period: Period::Week(minutes(rng.u64(..600))) }),
        9..=12 => RuleKind::Schedule(Schedule { target, slots: std::array::from_fn(|_| slots(rng)) }),
        13..=15 => RuleKind::Break(BreakRule {
            target,
            at_most: minutes(rng.u64(1..60)),
            rest: minutes(rng.u64(1..30)),
        }),
        16 => RuleKind::RatingCeiling(*pick(rng, &AgeRating::ALL)),
        17 => {
            RuleKind::Block(if target == Target::Screen { Target::Category(Category::Video) } else { target })
        }
        18 => {
            RuleKind::Exemption(if rng.u8(..4) == 0 { target } else { Target::Category(Category::Learning) })
        }
        22..=23 => RuleKind::Bank(Bank {
            target: not_each(target),
            keep: Duration::from_secs(rng.u64(0..7200)),
            borrow: minutes(rng.u64(0..60)),
            since: chrono::NaiveDate::from_yo_opt(2026, rng.u32(1..=365)).unwrap(),
        }),
        24 => {
            let by = Target::Category(Category::Learning);
            let target = Some(not_each(target)).filter(|target| *target != by).unwrap_or(Target::Screen);
            RuleKind::Earn(Earn {
                by,
                every: minutes(rng.u64(1..30)),
                target,
                gives: Duration::from_secs(rng.u64(1..900)),
                at_most: minutes(rng.u64(0..60)),
            })
        }
        19 => RuleKind::AllowOnly(vec![target, Target::Category(Category::Game)]),
        _ => RuleKind::HealthText { target, every: minutes(rng.u64(1..45)) },
    }
}

fn not_each(target: Target) -> Target {
    match target {
        Target::Each(category) => Target::Category(category),
        target => target,
    }
}

fn daily(rng: &mut Rng) -> Option<Duration> {
    match rng.u8(..8) {
        0 => None,
        1 => Some(Duration::ZERO),
        _ => Some(Duration::from_secs(rng.u64(60..7200))),
    }
}

/// Up to three slots of a day, in order, some of them free.
fn slots(rng: &mut Rng) -> Vec<Slot> {
    let count = rng.usize(..4);
    let mut edges: Vec<u32> = std::iter::repeat_with(|| rng.u32(..24 * 60)).take(2 * count).collect();
    edges.sort_unstable();
    edges.dedup();
    let time = |minute: u32| NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap();
    let mut slots: Vec<Slot> = edges
        .chunks_exact(2)
        .map(|pair| Slot { from: time(pair[0]), until: Some(time(pair[1])), free: rng.u8(..6) == 0 })
        .collect();
    if let Some(last) = slots.last_mut().filter(|_| rng.bool()) {
        last.until = None;
    }
    slots
}

/// What a guardian changes in mid-play: one rule more, one less, other figures, other settings.
pub fn edit(rng: &mut Rng, child: &mut Child, next_rule: &mut u64) {
    let place = (!child.rules.is_empty()).then(|| rng.usize(..child.rules.len()));
    match (rng.u8(..8), place) {
        (0..=1, Some(place)) => {
            child.rules.remove(place);
        }
        (2..=3, Some(place)) => match &mut child.rules[place].kind {
            RuleKind::Allowance(Allowance { period, .. }) => match period {
                Period::Day(days) => *days = std::array::from_fn(|_| daily(rng)),
                Period::Week(amount) => *amount = minutes(rng.u64(..600)),
            },
            RuleKind::Schedule(schedule) => schedule.slots = std::array::from_fn(|_| slots(rng)),
            RuleKind::Break(due) => {
                (due.at_most, due.rest) = (minutes(rng.u64(1..60)), minutes(rng.u64(1..30)))
            }
            RuleKind::RatingCeiling(ceiling) => *ceiling = *pick(rng, &AgeRating::ALL),
            RuleKind::HealthText { every, .. } => *every = minutes(rng.u64(1..45)),
            RuleKind::Bank(bank) => bank.keep = Duration::from_secs(rng.u64(0..7200)),
            RuleKind::Earn(earn) => earn.at_most = minutes(rng.u64(0..60)),
            RuleKind::Block(_) | RuleKind::Exemption(_) | RuleKind::AllowOnly(_) => {}
        },
        (4, _) => child.settings = settings(rng),
        _ if child.rules.len() < 10 => {
            let kind = rule(rng);
            child.rules.push(numbered(next_rule, Origin::Guardian, kind));
        }
        _ => {}
    }
}
