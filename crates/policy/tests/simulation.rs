//! Families over years, compared with a plain reference at every step (DESIGN: the six invariants).
//!
//! `cargo xtask simulate` runs more of it, and replays what failed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests state what must hold")]

mod simulate;

use simulate::disk::MemoryDisk;
use simulate::{DAYS_OF_A_FAMILY, Failure, Life, Totals, shrink, simulate};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Family-days of a plain `cargo test`; `cargo xtask test` asks for ten thousand.
const DAYS: u32 = 2_000;

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} must be a number, not {text:?}")))
}

fn report(failure: Failure) -> String {
    let failure = shrink(failure, MemoryDisk::default);
    let Life { seed, days, only } = failure.life;
    let child = only.map_or(String::new(), |only| format!(" --child {only}"));
    let trace = failure.trace.join("\n");
    format!(
        "{trace}\n\nday {}: {}\nreplay: cargo xtask simulate --seed {seed} --days {days}{child}\n",
        failure.day, failure.what
    )
}

/// Lives `days` in families of twenty days, from seed `from` on, on all processors.
fn live(days: u32, from: u64, progress: bool) -> Result<Totals, String> {
    let families = u64::from(days.div_ceil(DAYS_OF_A_FAMILY));
    let next = AtomicU64::new(0);
    let started = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut totals = Totals::default();
        loop {
            let family = next.fetch_add(1, Ordering::Relaxed);
            if family >= families {
                return Ok(totals);
            }
            let rest = days - u32::try_from(family).unwrap() * DAYS_OF_A_FAMILY;
            let life = Life { seed: from + family, days: rest.min(DAYS_OF_A_FAMILY), only: None };
            match simulate(life, MemoryDisk::default()) {
                Ok(lived) => {
                    totals.children += lived.children;
                    totals.events += lived.events;
                }
                Err(failure) => {
                    next.store(families, Ordering::Relaxed);
                    return Err(report(failure));
                }
            }
            if progress && family % 50 == 49 {
                let lived = (family + 1) * u64::from(DAYS_OF_A_FAMILY);
                eprintln!("{lived} of {days} family-days, {:.0} s", started.elapsed().as_secs_f32());
            }
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_fold(Totals::default(), |sum, worker| {
            let lived = worker.join().unwrap()?;
            Ok(Totals { children: sum.children + lived.children, events: sum.events + lived.events })
        })
    })
}

#[test]
fn families_over_years() {
    let days = number("LANH_SIMULATE_DAYS").map_or(DAYS, |days| u32::try_from(days).unwrap());
    let outcome = match (number("LANH_SIMULATE_SEED"), number("LANH_SIMULATE_CHILD")) {
        (Some(seed), only) => {
            let only = only.map(|child| usize::try_from(child).unwrap());
            simulate(Life { seed, days, only }, MemoryDisk::default()).map_err(report)
        }
        (None, _) => live(
            days,
            number("LANH_SIMULATE_FROM").unwrap_or_default(),
            number("LANH_SIMULATE_PROGRESS").is_some(),
        ),
    };
    match outcome {
        Ok(totals) => println!(
            "{days} family-days, {} children, {} events: all as the reference has it",
            totals.children, totals.events
        ),
        Err(text) => panic!("{text}"),
    }
}
