//! `cargo xtask simulate`: the simulation of the policy crate's tests, as long as one likes.

use crate::command::{self, cargo};
use crate::failure::Failure;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many days to live through, in families of twenty days each; with --seed, of that one family.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..))]
    days: u32,
    /// The one family to follow.
    #[arg(long, conflicts_with = "from")]
    seed: Option<u64>,
    /// Leave out what the other children do; the first child is 0.
    #[arg(long, requires = "seed")]
    child: Option<usize>,
    /// The seed of the first family.
    #[arg(long, default_value_t = 0)]
    from: u64,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let Options { days, seed, child, from } = options;
    let mut test =
        cargo(["test", "--quiet", "--release", "--package", "lanh-policy", "--test", "simulation"]);
    test.args(["--", "--exact", "families_over_years", "--nocapture"]);
    test.env("LANH_SIMULATE_DAYS", days.to_string());
    test.env("LANH_SIMULATE_FROM", from.to_string());
    test.env("LANH_SIMULATE_PROGRESS", "1");
    test.env("RUST_BACKTRACE", "0");
    if let Some(seed) = seed {
        test.env("LANH_SIMULATE_SEED", seed.to_string());
    }
    if let Some(child) = child {
        test.env("LANH_SIMULATE_CHILD", child.to_string());
    }
    command::run(&mut test)
}
