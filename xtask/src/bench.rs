//! `cargo xtask bench`: builds the release programs and lets `lanh-bench` measure them.

use crate::app::{self, Profile};
use crate::command::{self, cargo};
use crate::dist;
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
    /// Measure these groups only: idle, crowd, engine, act, exec, years, catalog, app.
    #[arg(long, value_name = "GROUP", value_delimiter = ',')]
    only: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    packages::ensure(Purpose::Build)?;
    dist::build()?;
    if options.only.is_empty() || options.only.iter().any(|group| group == "app") {
        // The other figures do not need it.
        let built = packages::ensure(Purpose::Bench).and_then(|()| app::build(Profile::Release));
        if let Err(failure) = built {
            eprintln!("xtask: the app is not measured: {failure}");
        }
    }
    command::run(&mut cargo(["build", "--release", "-p", "lanh-tests", "--bin", "lanh-bench"]))?;
    let programs = places::release_programs();
    let mut bench = Command::new(programs.join("lanh-bench"));
    for program in ["lanhd", "lanh"] {
        bench.arg(format!("--{program}")).arg(programs.join(program));
    }
    bench.arg("--app").arg(programs.join("lanh-app")).arg("--pages").arg(places::root().join("ui/dist"));
    bench.args(["--idle-seconds", &options.idle_seconds.to_string()]);
    if options.json {
        bench.arg("--json");
    }
    if !options.only.is_empty() {
        bench.args(["--only", &options.only.join(",")]);
    }
    command::run(&mut bench)
}
