//! The commands of the README: `cargo xtask run`, `test`, `simulate`, `bench`, `catalog` and `dist`.

mod app;
mod bench;
mod catalog;
mod command;
mod deny;
mod dist;
mod failure;
mod packages;
mod places;
mod report;
mod run;
mod simulate;
mod soak;
mod steps;
mod system;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Builds, tests, measures and packs Lanh. Each command first installs the system packages it needs
/// (Debian and Ubuntu) or names them.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build Lanh, start its service from this checkout and open the app, or watch the status where there
    /// is no display or no Node.
    ///
    /// As root every bound account is supervised; without root only your own. State and socket stay
    /// under target/run unless --system is given. Ctrl-C stops the service.
    Run(run::Options),
    /// Check and test everything; ends with one line a step.
    ///
    /// Exit code 0: all steps passed; 1: a step failed; 2: a system package is missing and could not be
    /// installed.
    Test(steps::Options),
    /// Live through years of random families, compared with a plain reference at every step.
    ///
    /// A failure prints what happened and the one command that replays it.
    Simulate(simulate::Options),
    /// Measure what Lanh costs and how fast it acts, on this machine.
    Bench(bench::Options),
    /// Fetch the sources of facts about programs and make the signed catalogue that Lanh recognises programs by.
    ///
    /// Needs npm and apt. `docs/catalogue.md` tells the sources, the file and how to publish a newer one.
    Catalog(catalog::Options),
    /// Run the service for an hour in earnest, with play, grants and restarts of the companion, and watch
    /// its memory and descriptors. Needs root.
    Soak(soak::Options),
    /// Build the release programs, man pages, completions and the Debian packages into target/dist.
    Dist(dist::Options),
    /// The part of `test --system` that runs in namespaces of its own.
    #[command(hide = true)]
    SystemInside(system::Inside),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Task::Run(options) => run::run(&options),
        Task::Test(options) => steps::run(&options),
        Task::Simulate(options) => simulate::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::Catalog(options) => catalog::run(&options),
        Task::Soak(options) => soak::run(&options),
        Task::Dist(options) => dist::run(&options),
        Task::SystemInside(options) => system::inside(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
