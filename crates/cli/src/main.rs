//! `lanh`, the command line of Lanh.

use std::process::ExitCode;

fn main() -> ExitCode {
    lanh_cli::main()
}
