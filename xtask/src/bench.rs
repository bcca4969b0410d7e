//! `cargo xtask bench`: builds the release programs and lets `lanh-bench` measure them.

use crate::command::{self, cargo};
use crate::failure::Failure;
use crate::packages::{self, Purpose};
use crate::places;
use std::process::Command;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Print one JSON object a line (name, value, unit) instead of a table.
    #[arg(long)]
    json: bool,
    /// How long to watch the idle service, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(5..=3600))]
    idle_seconds: u64,
    /// Measure these groups only: idle, crowd, engine, act, exec, years, catalog.
    #[arg(long, value_name = "GROUP", value_delimiter = ',')]
    only: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    packages::ensure(Purpose::Build)?;
    command::run(&mut cargo([
        "build",
        "--release",
        "-p",
        "lanh-service",
        "-p",
        "lanh-cli",
        "--bin",
        "lanhd",
    ]))?;
    command::run(&mut cargo(["build", "--release", "-p", "lanh-tests", "--bin", "lanh-bench"]))?;
    let programs = places::release_programs();
    let mut bench = Command::new(programs.join("lanh-bench"));
    bench.arg("--lanhd").arg(programs.join("lanhd"));
    bench.args(["--idle-seconds", &options.idle_seconds.to_string()]);
    if options.json {
        bench.arg("--json");
    }
    if !options.only.is_empty() {
        bench.args(["--only", &options.only.join(",")]);
    }
    command::run(&mut bench)
}
