//! `cargo xtask test`: every check, one after the other.

use crate::command::{self, cargo};
use crate::failure::Failure;
use crate::packages::{self, Purpose};
use crate::report::Report;
use crate::{app, deny, places, system};
use clap::ValueEnum;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::Command;
use std::time::{Duration, Instant};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Leave out the end-to-end tests (the package lanh-tests, but for its architecture test).
    #[arg(long)]
    quick: bool,
    /// Install the Debian package in a container with a real systemd and try it there, and nothing else.
    #[arg(long, conflicts_with_all = ["quick", "only"])]
    system: bool,
    /// With --system: pack the programs of the dev profile. Faster to build, and not what is shipped.
    #[arg(long, requires = "system")]
    dev: bool,
    /// Run this step only; may be given several times.
    #[arg(long, value_name = "STEP")]
    only: Vec<Step>,
}

/// One step of the test, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Install, or name, missing system packages.
    Packages,
    /// Formatting.
    Format,
    /// Lints of every target, warnings refused.
    Lint,
    /// Licences, bans and sources of the dependencies.
    Deny,
    /// That the core compiles alone, without clock, serialisation or I/O.
    Policy,
    /// The front end of the app: lints, types, tests, and its pages.
    Ui,
    /// Every screen of the app in a browser, judged by axe.
    Views,
    /// The app's program: lints, tests, build.
    App,
    /// Build the other programs, and all tests with them.
    Build,
    /// All tests.
    Tests,
    /// The examples in the documentation.
    Doctests,
    /// The Debian package under a real systemd, in a container.
    System,
}

/// What lint, build, tests and doctests select. Cargo chooses the features of dependencies by what is
/// selected: one selection everywhere means that each dependency is built once. The desktop app has steps of
/// its own.
pub(crate) const EVERYTHING: [&str; 4] = ["--workspace", "--exclude", "lanh-app", "--all-features"];

/// How many family-days the simulation lives through; a plain `cargo test` is content with fewer.
const FAMILY_DAYS: &str = "10000";

impl Step {
    fn run(self, options: &Options, report: &mut Report) -> Result<(), Failure> {
        match self {
            Self::Packages => packages::ensure(if options.quick { Purpose::App } else { Purpose::Test }),
            Self::Format => command::run(&mut cargo(["fmt", "--all", "--check"])),
            Self::Lint => lint(),
            Self::Deny => deny::check(),
            Self::Policy => check_policy(),
            Self::Ui => app::check_front_end(),
            // The browser is one of the packages for tests.
            Self::Views if options.quick => Ok(()),
            Self::Views => app::check_views(),
            Self::App => app::check_program(),
            Self::Build => build_programs(),
            Self::Tests => run_tests(options.quick, report),
            Self::Doctests => {
                let mut test = cargo(["test", "--doc"]);
                test.args(EVERYTHING).args(["--", "--show-output"]);
                follow(&mut test, report)
            }
            Self::System => system::run(options.dev),
        }
    }

    /// A step without which this one says nothing.
    fn needs(self) -> Option<Self> {
        match self {
            Self::Views | Self::App => Some(Self::Ui),
            Self::Tests => Some(Self::Build),
            _ => None,
        }
    }

    fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// How a step ended.
enum Outcome {
    Passed,
    Failed(Failure),
    NotRun(String),
}

/// Runs the steps. A failed step does not keep independent ones from running.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let wanted: Vec<_> = Step::value_variants()
        .iter()
        .copied()
        .filter(|step| match step {
            Step::System => options.system || options.only.contains(step),
            _ => !options.system && (options.only.is_empty() || options.only.contains(step)),
        })
        .collect();
    let mut report = Report::default();
    let mut closing: Vec<(Step, Duration, Outcome)> = Vec::new();
    for step in wanted {
        println!("\n== {}", step.name());
        let started = Instant::now();
        let failed_need = step.needs().filter(|need| {
            closing.iter().any(|(done, _, outcome)| done == need && !matches!(outcome, Outcome::Passed))
        });
        let outcome = match failed_need {
            Some(need) => Outcome::NotRun(format!("{} failed", need.name())),
            None => match step.run(options, &mut report) {
                Ok(()) => Outcome::Passed,
                // Without compiler and libraries every later step would fail for the same reason.
                Err(failure) if step == Step::Packages => return Err(failure),
                Err(failure) => {
                    eprintln!("xtask: {failure}");
                    Outcome::Failed(failure)
                }
            },
        };
        closing.push((step, started.elapsed(), outcome));
    }
    close(&closing, &report)
}

/// Prints the closing lines; fails if a step did.
fn close(closing: &[(Step, Duration, Outcome)], report: &Report) -> Result<(), Failure> {
    if !report.skipped().is_empty() {
        println!("\nSkipped here:");
        for (test, reason) in report.skipped() {
            println!("  {test}: {reason}");
        }
    }
    println!();
    let mut bad = Vec::new();
    for (step, took, outcome) in closing {
        let name = step.name();
        let seconds = took.as_secs_f64();
        match outcome {
            Outcome::Passed => println!("ok      {name:<9} {seconds:7.1} s"),
            Outcome::Failed(failure) => println!("FAILED  {name:<9} {seconds:7.1} s  {failure}"),
            Outcome::NotRun(why) => println!("not run {name:<9} {seconds:7.1} s  {why}"),
        }
        if !matches!(outcome, Outcome::Passed) {
            bad.push(name);
        }
    }
    if !report.is_empty() {
        println!("{report}");
    }
    if bad.is_empty() {
        Ok(())
    } else {
        Err(Failure::Check(format!("not all steps passed: {}", bad.join(", "))))
    }
}

/// Lints of everything, and of the programs as they are shipped: without the features for tests.
fn lint() -> Result<(), Failure> {
    let refuse_warnings = ["--", "-D", "warnings"];
    command::run(cargo(["clippy", "--all-targets"]).args(EVERYTHING).args(refuse_warnings))?;
    let shipped = ["-p", "lanh-service", "-p", "lanh-cli", "--bins"];
    command::run(cargo(["clippy"]).args(shipped).args(refuse_warnings))
}

/// The core compiles by itself, and its dependencies give it no clock, no serialisation and no I/O.
fn check_policy() -> Result<(), Failure> {
    command::run(&mut cargo(["check", "-p", "lanh-policy"]))?;
    let tree = command::output(&mut cargo([
        "tree",
        "-p",
        "lanh-policy",
        "-e",
        "normal,features",
        "--prefix",
        "none",
    ]))?;
    match forbidden_in_policy(&tree).as_slice() {
        [] => Ok(()),
        found => Err(Failure::Check(format!("lanh-policy must not have: {}", found.join("; ")))),
    }
}

/// Lines of `cargo tree -e features` that the core must not have.
fn forbidden_in_policy(tree: &str) -> Vec<&str> {
    const CRATES: &[&str] =
        &["serde", "serde_core", "serde_json", "tokio", "rusqlite", "nix", "rustix", "sysinfo"];
    const CLOCK_FEATURES: &[&str] = &["\"clock\"", "\"now\"", "\"default\""];
    tree.lines()
        .filter(|line| {
            let name = line.split_whitespace().next().unwrap_or_default();
            CRATES.contains(&name)
                || (name == "chrono" && CLOCK_FEATURES.iter().any(|feature| line.contains(feature)))
        })
        .collect()
}

/// The programs that the end-to-end tests start, and the tests: what it builds `cargo test` uses.
fn build_programs() -> Result<(), Failure> {
    command::run(cargo(["build", "--all-targets"]).args(EVERYTHING))
}

/// All tests, by cargo-nextest where there is one. End-to-end tests run one at a time: each has the
/// machine's gate and a desktop to itself.
fn run_tests(quick: bool, report: &mut Report) -> Result<(), Failure> {
    let mut runs = Vec::new();
    if command::succeeds(Command::new("cargo-nextest").args(["nextest", "--version"])) {
        let mut all = cargo(["nextest", "run", "--no-fail-fast"]);
        all.args(EVERYTHING);
        all.args(["--success-output", "immediate", "--failure-output", "immediate-final"]);
        if quick {
            all.args(["-E", "not package(lanh-tests) or binary(architecture)"]);
        }
        runs.push(all);
    } else {
        // By names of targets, not of packages: see `EVERYTHING`.
        let test = |names: &BTreeSet<String>| {
            let mut test = cargo(["test", "--no-fail-fast"]);
            test.args(EVERYTHING).args(names.iter().flat_map(|name| ["--test", name.as_str()]));
            test
        };
        let mut end_to_end = places::test_files("tests")?;
        let mut others: BTreeSet<_> = end_to_end.take("architecture").into_iter().collect();
        for folder in places::crates()? {
            others.extend(places::test_files(&folder)?);
        }
        let mut units = test(&others);
        units.args(["--lib", "--bins", "--examples", "--benches", "--", "--show-output"]);
        runs.push(units);
        if !quick {
            let mut ours = test(&end_to_end);
            ours.args(["--", "--show-output", "--test-threads=1"]);
            runs.push(ours);
        }
    }
    if !quick && std::env::var_os("LANH_SIMULATE_DAYS").is_none() {
        runs.iter_mut().for_each(|run| {
            run.env("LANH_SIMULATE_DAYS", FAMILY_DAYS);
        });
    }
    let mut first_failure = Ok(());
    for mut test in runs {
        test.env("LANH_BIN_DIR", places::debug_programs());
        let result = follow(&mut test, report);
        first_failure = first_failure.and(result);
    }
    first_failure
}

/// Runs a test runner, shows what it says and takes it in.
fn follow(test: &mut Command, report: &mut Report) -> Result<(), Failure> {
    let line = command::line(test);
    let start = |source| Failure::Start { command: line.clone(), source };
    let (reader, writer) = std::io::pipe().map_err(start)?;
    test.stdout(writer.try_clone().map_err(start)?).stderr(writer);
    let mut runner = test.spawn().map_err(start)?;
    // The command keeps the writing ends; while it has them the pipe never ends.
    test.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut read = Report::default();
    let mut bytes = Vec::new();
    let mut reader = BufReader::new(reader);
    while reader.read_until(b'\n', &mut bytes).map_err(start)? > 0 {
        let text = String::from_utf8_lossy(&bytes);
        print!("{text}");
        read.read(&text);
        bytes.clear();
    }
    let status = runner.wait().map_err(start)?;
    report.add(read);
    if status.success() { Ok(()) } else { Err(Failure::Ended { command: line, status: status.to_string() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_or_serde_in_the_core_is_found() {
        let tree = "lanh-policy v0.1.0\nchrono feature \"std\"\nchrono v0.4.45\nthiserror v2.0.1\n";
        assert!(forbidden_in_policy(tree).is_empty());
        assert_eq!(forbidden_in_policy("chrono feature \"clock\"\n"), ["chrono feature \"clock\""]);
        assert_eq!(forbidden_in_policy("chrono v0.4.45\nserde v1.0.1\n"), ["serde v1.0.1"]);
        assert_eq!(forbidden_in_policy("tokio feature \"time\"\n"), ["tokio feature \"time\""]);
    }
}
