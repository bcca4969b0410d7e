//! The service, on the machine's own clock.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    lanh_service::run(lanh_service::Options::parse(), |_runtime| lanh_service::Clock::system())
}
