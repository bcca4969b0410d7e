//! The desktop app: its front end by npm, its program by cargo.

use crate::command::{self, cargo};
use crate::failure::Failure;
use crate::places;
use std::fs;
use std::process::Command;

/// The oldest Node that the front end's tools run on: major and minor version.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// The front end's own checks and its pages in ui/dist.
pub(crate) fn check_front_end() -> Result<(), Failure> {
    node()?;
    install()?;
    for script in ["lint", "types", "test", "build"] {
        command::run(&mut npm(&["run", "--silent", script]))?;
    }
    Ok(())
}

/// Every screen in every language and look, judged by axe in a browser.
pub(crate) fn check_views() -> Result<(), Failure> {
    node()?;
    command::run(&mut npm(&["run", "--silent", "screens", "--", "--check"]))
}

/// Lints, builds and tests the program. It is selected alone: with the other crates it would change which
/// features their dependencies are built with.
pub(crate) fn check_program() -> Result<(), Failure> {
    command::run(&mut cargo(["clippy", "-p", "lanh-app", "--all-targets", "--", "-D", "warnings"]))?;
    command::run(&mut cargo(["test", "-p", "lanh-app"]))?;
    command::run(&mut cargo(["build", "-p", "lanh-app"]))
}

/// How a program is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Debug,
    Release,
}

/// Builds the front end and the program.
pub(crate) fn build(profile: Profile) -> Result<(), Failure> {
    node()?;
    install()?;
    command::run(&mut npm(&["run", "--silent", "build"]))?;
    let mut build = cargo(["build", "-p", "lanh-app"]);
    if profile == Profile::Release {
        build.arg("--release");
    }
    command::run(&mut build)
}

/// Makes sure that there is a Node that is new enough, and npm.
pub(crate) fn node() -> Result<(), Failure> {
    let found = Command::new("node").arg("--version").output().ok();
    let text = found.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let has_npm = command::succeeds(Command::new("npm").arg("--version"));
    match text.as_deref().map(|text| (text, version(text))) {
        Some((_, Some(version))) if version >= OLDEST_NODE && has_npm => Ok(()),
        Some((text, Some(version))) if version >= OLDEST_NODE => Err(Failure::YourTurn(format!(
            "The desktop app needs npm beside Node {text}. Install it, then try again."
        ))),
        found => Err(Failure::YourTurn(format!(
            "The desktop app needs Node {}.{} or later ({}). Install it from https://nodejs.org or with the \
             system's package manager, then try again.",
            OLDEST_NODE.0,
            OLDEST_NODE.1,
            found.map_or_else(|| "there is none".to_owned(), |(text, _)| format!("here is {text:?}")),
        ))),
    }
}

/// "v20.19.1" as 20 and 19.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// What the lock file names, unless it is there already.
fn install() -> Result<(), Failure> {
    let ui = places::root().join("ui");
    let changed = |path| fs::metadata(ui.join(path)).and_then(|metadata| metadata.modified()).ok();
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("package-lock.json") {
        return Ok(());
    }
    command::run(&mut npm(&["ci", "--no-audit", "--no-fund"]))
}

fn npm(words: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(words).current_dir(places::root().join("ui"));
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert_eq!(version("v20.19.1"), Some((20, 19)));
        assert!(version("v22.2.0") > Some(OLDEST_NODE));
        assert!(version("v20.9.0") < Some(OLDEST_NODE));
        assert_eq!(version("20.19"), None);
        assert_eq!(version("v20"), None);
        assert_eq!(version(""), None);
    }
}
