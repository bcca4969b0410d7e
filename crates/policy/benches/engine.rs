//! Events a second: six children, a few apps each, focus changes, processes that come and go, and ticks.
#![allow(missing_docs, reason = "the macros of criterion make public items")]
#![allow(clippy::unwrap_used, reason = "a benchmark on good input")]

use chrono::{DateTime, TimeDelta, Utc, Weekday};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lanh_policy::{
    Account, App, AppId, BootId, Category, Child, ChildId, Engine, Event, Family, Focus, IntervalId, Moment,
    Origin, Presence, Preset, ProcessId, Restored, Rule, RuleId, SessionId, SessionState, Settings,
    WallTrust,
};
use std::hint::black_box;
use std::time::Duration;

const CHILDREN: u32 = 6;

fn app(number: u32) -> App {
    let category = if number.is_multiple_of(2) { Category::Game } else { Category::Browser };
    App {
        id: AppId::new(format!("desktop:app{number}")),
        name: format!("App {number}"),
        category,
        rating: None,
    }
}

fn account(child: u32) -> Account {
    Account::from_uid(1000 + child)
}

fn session(child: u32) -> SessionId {
    SessionId::new(format!("c{child}"))
}

fn house() -> (Engine, Moment) {
    let rules: Vec<Rule> = [Preset::by_id("vn-147").unwrap(), Preset::by_id("gentle-16-17").unwrap()]
        .into_iter()
        .flat_map(|preset| preset.rules)
        .zip(1..)
        .map(|(kind, id)| Rule { id: RuleId(id), origin: Origin::Guardian, kind })
        .collect();
    let child = |number: u32| Child {
        id: ChildId(u64::from(number)),
        name: format!("Child {number}"),
        birth_year: 2012,
        accounts: vec![account(number)],
        rules: rules.clone(),
        settings: Settings::default(),
    };
    let family = Family {
        zone: chrono_tz::Asia::Ho_Chi_Minh,
        week_start: Weekday::Mon,
        children: (1..=CHILDREN).map(child).collect(),
    };
    let wall: DateTime<Utc> = DateTime::from_timestamp(1_795_489_200, 0).unwrap();
    let now = Moment {
        boot: BootId(1),
        since_boot: Duration::ZERO,
        awake: Duration::ZERO,
        wall,
        trust: WallTrust::Confirmed,
    };
    let restored = Restored {
        family,
        ledger: Vec::new(),
        grants: Vec::new(),
        corrections: Vec::new(),
        floor: None,
        next_interval: IntervalId(1),
        anchor: None,
    };
    let mut engine = Engine::restore(now, restored);
    for number in 1..=CHILDREN {
        let (session, account) = (session(number), account(number));
        engine.handle(
            now,
            Event::SessionChanged { session, account: account.clone(), state: SessionState::Active },
        );
        for each in 0..8 {
            let process = ProcessId { pid: number * 100 + each, started: 1 };
            engine.handle(
                now,
                Event::ProcessStarted { process, account: account.clone(), session: None, app: app(each) },
            );
        }
    }
    (engine, now)
}

fn mix(count: u32) -> Vec<Event> {
    (0..count)
        .map(|turn| {
            let child = turn % CHILDREN + 1;
            let process = ProcessId { pid: 10_000 + turn / 20, started: 1 };
            match turn % 20 {
                0 => Event::ProcessStarted {
                    process,
                    account: account(child),
                    session: None,
                    app: app(turn % 8),
                },
                10 => Event::ProcessExited(process),
                5 | 15 => Event::CompanionSees {
                    session: session(child),
                    presence: Presence::Here(Focus::App(app(turn % 7).id)),
                },
                _ => Event::Tick,
            }
        })
        .collect()
}

fn engine(criterion: &mut Criterion) {
    let (engine, start) = house();
    let events = mix(2000);
    let mut group = criterion.benchmark_group("engine");
    group.throughput(Throughput::Elements(2000));
    group.bench_function("mixed_events", |bencher| {
        bencher.iter_batched(
            || (engine.clone(), events.clone()),
            |(mut engine, events)| {
                let mut now = start;
                for event in events {
                    now.since_boot += Duration::from_millis(200);
                    now.awake += Duration::from_millis(200);
                    now.wall += TimeDelta::milliseconds(200);
                    black_box(engine.handle(now, event));
                }
            },
            criterion::BatchSize::SmallInput,
        );
    });
    group.throughput(Throughput::Elements(1));
    group.bench_function("idle_tick", |bencher| {
        let mut engine = engine.clone();
        bencher.iter(|| black_box(engine.handle(start, Event::Tick)));
    });
    group.throughput(Throughput::Elements(3000));
    group.bench_function("three_thousand_processes", |bencher| {
        let account = account(1);
        bencher.iter_batched(
            || engine.clone(),
            |mut engine| {
                for pid in 0..3000 {
                    let process = ProcessId { pid: 100_000 + pid, started: 1 };
                    let account = account.clone();
                    black_box(engine.handle(
                        start,
                        Event::ProcessStarted { process, account, session: None, app: app(pid % 8) },
                    ));
                }
            },
            criterion::BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, engine);
criterion_main!(benches);
