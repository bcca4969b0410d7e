//! The service on a clock that runs faster and jumps, for end-to-end tests. Never shipped.

use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;

/// The service on another clock.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(flatten)]
    service: lanh_service::Options,

    /// How many seconds the clock counts in one real second.
    #[arg(long, default_value_t = 1)]
    clock_factor: u32,

    /// What the wall clock says at the start (RFC 3339).
    #[arg(long)]
    clock_start: chrono::DateTime<chrono::Utc>,

    /// A datagram socket that takes `jump`, `sleep`, `step` and `factor`.
    #[arg(long)]
    clock_control: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let acceleration = lanh_service::Acceleration {
        factor: arguments.clock_factor,
        start: arguments.clock_start,
        control: Some(arguments.clock_control),
    };
    lanh_service::run(arguments.service, move |runtime| {
        let _inside = runtime.enter();
        lanh_service::Clock::accelerated(acceleration.clone())
    })
}
