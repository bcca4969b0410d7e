//! `cargo xtask soak`: the service as it is shipped, in real time, watched for growth.

use crate::command::{self, cargo};
use crate::failure::Failure;
use crate::packages::{self, Purpose};
use crate::places;
use crate::steps::EVERYTHING;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How long, in minutes.
    #[arg(long, value_name = "MINUTES", default_value_t = 60, value_parser = clap::value_parser!(u64).range(2..=10_080))]
    minutes: u64,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    packages::ensure(Purpose::Test)?;
    command::run(cargo(["build", "--bins"]).args(EVERYTHING))?;
    let mut soak = cargo(["test", "--test", "soak"]);
    soak.args(EVERYTHING).args(["an_hour", "--", "--nocapture"]);
    soak.env("LANH_BIN_DIR", places::debug_programs());
    soak.env("LANH_SOAK_MINUTES", options.minutes.to_string());
    command::run(&mut soak)
}
