//! Measures what Lanh costs and how fast it acts. `cargo xtask bench` builds it and starts it.
//!
//! Every figure is the median of its repetitions, or the least where it says so, on a machine that does other
//! things too. With each stands how much of the processors others used while it was taken; a time that was
//! taken while they used more than a little is printed, and marked as not valid.

mod act;
mod app;
mod catalog;
mod engine;
mod exec;
mod idle;
mod machine;
mod years;

use clap::{Parser, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Measures what Lanh costs and how fast it acts.
#[derive(Parser)]
struct Arguments {
    /// The service to measure, a release build.
    #[arg(long, value_name = "PATH")]
    lanhd: PathBuf,
    /// The command line to measure as the companion, a release build.
    #[arg(long, value_name = "PATH")]
    lanh: PathBuf,
    /// The app to measure, a release build.
    #[arg(long, value_name = "PATH")]
    app: PathBuf,
    /// The folder of the front end's pages.
    #[arg(long, value_name = "DIR")]
    pages: PathBuf,
    /// How long to watch the idle service and the idle companion.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    idle_seconds: u64,
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
    /// Measure these groups only.
    #[arg(long, value_enum, value_name = "GROUP", value_delimiter = ',')]
    only: Vec<Group>,
}

/// What is measured together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Group {
    /// The idle service.
    Idle,
    /// The service with 3,000 processes of a child.
    Crowd,
    /// The engine.
    Engine,
    /// From a decision to a fact.
    Act,
    /// What the gate costs others.
    Exec,
    /// Ten years of a family.
    Years,
    /// The catalogue of programs, and recognition by it.
    Catalog,
    /// The app and the companion.
    App,
}

/// One measured figure.
struct Figure {
    name: &'static str,
    value: f64,
    unit: &'static str,
}

/// Why a figure is missing.
enum Missing {
    /// This machine, or this user, cannot have it.
    NotHere(String),
    /// Measuring it failed.
    Broken(String),
}

type Figures = Result<Vec<Figure>, Missing>;

/// For `map_err`: measuring failed, while doing `what`.
fn broken<E: std::fmt::Display>(what: &str) -> impl FnOnce(E) -> Missing {
    let what = what.to_owned();
    move |error| Missing::Broken(format!("{what}: {error}"))
}

/// The middle one of several times, in milliseconds.
fn median_ms(mut times: Vec<Duration>) -> Option<f64> {
    times.sort_unstable();
    times.get(times.len() / 2).map(|time| time.as_secs_f64() * 1000.0)
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let watched = Duration::from_secs(arguments.idle_seconds);
    let lanhd = arguments.lanhd.as_path();
    let programs = app::Programs { app: &arguments.app, lanh: &arguments.lanh, pages: &arguments.pages };
    let start = machine::State::now();
    let mut healthy = true;
    for group in Group::value_variants() {
        if !arguments.only.is_empty() && !arguments.only.contains(group) {
            continue;
        }
        let before = machine::State::now();
        let measured = match group {
            Group::Idle => idle::measure(lanhd, watched),
            Group::Crowd => idle::measure_crowd(lanhd, watched),
            Group::Engine => engine::measure(),
            Group::Act => act::measure(),
            Group::Exec => exec::measure(),
            Group::Years => years::measure(),
            Group::Catalog => catalog::measure(),
            Group::App => app::measure(&programs, watched),
        };
        let others = before.others_until(&machine::State::now());
        match measured {
            Ok(figures) => figures.iter().for_each(|figure| print(figure, Some(others), arguments.json)),
            Err(Missing::NotHere(reason)) => eprintln!("{group:?}: not measured here: {reason}"),
            Err(Missing::Broken(reason)) => {
                eprintln!("{group:?}: {reason}");
                healthy = false;
            }
        }
    }
    for figure in start.figures_until(&machine::State::now()) {
        print(&figure, None, arguments.json);
    }
    if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints a figure, with what others used of the processors meanwhile, in percent.
fn print(figure: &Figure, others: Option<f64>, json: bool) {
    let Figure { name, value, unit } = figure;
    // Sizes and counts are the same whatever the machine does meanwhile.
    let valid = others.is_none_or(|others| others <= machine::QUIET) || matches!(*unit, "kB" | "MB" | "rows");
    if json {
        // Rounded as in the table; nobody measures a nanosecond here.
        let rounded = |value: f64| (value * 1000.0).round() / 1000.0;
        let others = others.map(rounded);
        println!(
            "{}",
            serde_json::json!({
                "name": name, "value": rounded(*value), "unit": unit, "others_cpu_percent": others, "valid": valid,
            })
        );
        return;
    }
    let meanwhile = others.map(|others| format!("others used {others:.1} %")).unwrap_or_default();
    let mark = if valid { "" } else { "; not valid" };
    println!("{name:<36} {value:>14.3} {unit:<8} {meanwhile}{mark}");
}
