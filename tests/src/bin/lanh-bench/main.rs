//! Measures what Lanh costs and how fast it acts. `cargo xtask bench` builds it and starts it.
//!
//! Every figure is the median of its repetitions, on a machine that does other things too: the load
//! average and the stolen processor time of the run are part of the output.

mod act;
mod engine;
mod idle;
mod machine;

use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Measures what Lanh costs and how fast it acts.
#[derive(Parser)]
struct Arguments {
    /// The service to measure, a release build.
    #[arg(long, value_name = "PATH")]
    lanhd: PathBuf,
    /// How long to watch the idle service.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    idle_seconds: u64,
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
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
    let before = machine::State::now();
    let groups = [
        ("idle", idle::measure(&arguments.lanhd, Duration::from_secs(arguments.idle_seconds))),
        ("engine", engine::measure()),
        ("act", act::measure()),
    ];
    let mut healthy = true;
    let mut figures = Vec::new();
    for (group, measured) in groups {
        match measured {
            Ok(measured) => figures.extend(measured),
            Err(Missing::NotHere(reason)) => eprintln!("{group}: not measured here: {reason}"),
            Err(Missing::Broken(reason)) => {
                eprintln!("{group}: {reason}");
                healthy = false;
            }
        }
    }
    figures.extend(before.figures_until(&machine::State::now()));
    for Figure { name, value, unit } in figures {
        if arguments.json {
            // Rounded as in the table; nobody measures a nanosecond here.
            let value = (value * 1000.0).round() / 1000.0;
            println!("{}", serde_json::json!({ "name": name, "value": value, "unit": unit }));
        } else {
            println!("{name:<32} {value:>14.3} {unit}");
        }
    }
    if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
