//! Families over years, from a seed. See [`simulate`].
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

pub mod disk;
pub mod family;
pub mod life;
mod model;
pub mod world;

use chrono::{NaiveDate, TimeZone, Utc};
use disk::Disk;
use fastrand::Rng;
use life::{Act, Happening};
use world::World;

/// How long one family is followed, in days, unless told otherwise.
pub const DAYS_OF_A_FAMILY: u32 = 20;

/// Which life to live.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    pub seed: u64,
    pub days: u32,
    /// The acts of this child alone, if not of all.
    pub only: Option<usize>,
}

/// What went wrong, and when.
#[derive(Debug)]
pub struct Failure {
    pub life: Life,
    /// The day, from 0.
    pub day: u32,
    pub what: String,
    pub trace: Vec<String>,
}

/// What was lived.
#[derive(Clone, Copy, Debug, Default)]
pub struct Totals {
    pub children: usize,
    pub events: u64,
}

/// Lives the life, comparing at every step.
pub fn simulate<D: Disk>(life: Life, disk: D) -> Result<Totals, Failure> {
    // Each stream of chance has its own numbers, so that leaving one out leaves the others as they are.
    let stream =
        |number: u64| Rng::with_seed(life.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(number));
    let mut rng = stream(0);
    let family = family::family(&mut rng);
    let children = family.children.len();
    let zone = family.zone;
    let first = NaiveDate::from_yo_opt(2026, rng.u32(1..=365)).unwrap_or_default();
    let midnight = |day: u32| {
        let date = first + chrono::TimeDelta::days(day.into());
        let local = date.and_hms_opt(0, 0, 0).unwrap_or_default();
        let start = zone.from_local_datetime(&local).earliest();
        start.map_or(local.and_utc(), |start| start.with_timezone(&Utc)).timestamp()
    };
    let fail = |day, what: String, trace: Vec<String>| Failure { life, day, what, trace };
    let mut house = stream(1);
    let mut lives: Vec<Rng> = (0..children).map(|child| stream(100 + child as u64)).collect();
    let mut world =
        World::new(family, midnight(0), disk, stream(2)).map_err(|what| fail(0, what, Vec::new()))?;
    for day in 0..life.days {
        let mut acts: Vec<Happening> = life::house_day(&mut house, children);
        for (child, rng) in lives.iter_mut().enumerate() {
            let acts_of_child = life::child_day(rng, child);
            if life.only.is_none_or(|only| only == child) {
                acts.extend(acts_of_child);
            }
        }
        acts.sort_by_key(|happening| happening.at);
        let start = midnight(day);
        let lived = acts.iter().try_for_each(|Happening { at, what }| {
            // Nobody acts while the machine is off or asleep.
            if start + at < world.now && matches!(what, Act::Child(..)) {
                return Ok(());
            }
            world.run_until(start + at)?;
            world.act(what)
        });
        lived
            .and_then(|()| world.run_until(midnight(day + 1)))
            .and_then(|()| world.close_day())
            .map_err(|what| fail(day, what, world.trace.iter().cloned().collect()))?;
    }
    Ok(Totals { children, events: world.events })
}

/// The same failure, if there still is one, with the fewest days and children.
pub fn shrink<D: Disk>(failure: Failure, disk: impl Fn() -> D) -> Failure {
    let days = failure.day + 1;
    let mut least = failure;
    for only in (0..6).map(Some) {
        let life = Life { days, only, ..least.life };
        if let Err(smaller) = simulate(life, disk()) {
            least = smaller;
            break;
        }
    }
    least.life.days = least.day + 1;
    least
}
