//! `cargo xtask catalog`: fetches the sources of facts about programs and makes the signed catalogue of them.

use crate::command::{self, cargo};
use crate::failure::Failure;
use crate::places;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The hand-kept list, the first source.
const HAND: &str = "crates/catalog/src/data/programs.toml";
/// The catalogue that ships with Lanh.
const SHIPPED: &str = "crates/catalog/src/data/catalogue.lanh";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The file with the secret key that signs it.
    #[arg(long, value_name = "FILE", required_unless_present = "new_key")]
    key: Option<PathBuf>,
    /// Write a new secret key into this file, which must not exist, print its public key, and end.
    #[arg(long, value_name = "FILE")]
    new_key: Option<PathBuf>,
    /// The version of the npm package arrpc-bun.
    #[arg(long, value_name = "VERSION", default_value = "1.3.6")]
    arrpc: String,
    /// The edition, higher than the last one: YYYYMMDD and two digits more; else today's first.
    #[arg(long, value_name = "NUMBER")]
    edition: Option<u64>,
    /// Where to write it; else the catalogue that ships with Lanh is replaced.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    if let Some(file) = &options.new_key {
        return command::run(maker("new-key").arg(file));
    }
    let folder = places::target().join("catalog");
    make_folder(&folder.join("lists/partial"))?;
    let detectable = detectable(&folder, &options.arrpc)?;
    let (debian, components) = components(&folder.join("lists"))?;
    let edition = match options.edition {
        Some(edition) => edition.to_string(),
        None => format!("{}01", command::output(Command::new("date").args(["-u", "+%Y%m%d"]))?.trim()),
    };
    let mut maker = maker("make");
    maker.arg("--hand").arg(places::root().join(HAND));
    maker.arg("--detectable").arg(detectable).args(["--detectable-version", &options.arrpc]);
    for list in components {
        maker.arg("--appstream").arg(list);
    }
    maker.args(["--appstream-version", &debian, "--version", &edition]);
    if let Some(key) = &options.key {
        maker.arg("--key").arg(key);
    }
    maker.arg("--out").arg(options.out.clone().unwrap_or_else(|| places::root().join(SHIPPED)));
    command::run(&mut maker)
}

/// `lanh-catalogue` with a task; built if need be.
fn maker(task: &str) -> Command {
    let mut command =
        cargo(["run", "--quiet", "-p", "lanh-catalog", "--features", "make", "--bin", "lanh-catalogue"]);
    command.args(["--", task]);
    command
}

fn make_folder(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(Failure::file(format!("cannot make {}", folder.display())))
}

/// Fetches Discord's list by npm.
fn detectable(folder: &Path, version: &str) -> Result<PathBuf, Failure> {
    command::run(
        Command::new("npm").args(["pack", "--silent", &format!("arrpc-bun@{version}")]).current_dir(folder),
    )?;
    let packed = format!("arrpc-bun-{version}.tgz");
    command::run(Command::new("tar").args(["xzf", &packed, "package/detectable.json"]).current_dir(folder))?;
    Ok(folder.join("package/detectable.json"))
}

/// Fetches Debian's AppStream components by apt, into lists of their own: the machine's stay as they are.
/// Returns which Debian it is, and the files.
fn components(lists: &Path) -> Result<(String, Vec<PathBuf>), Failure> {
    let target = "Acquire::IndexTargets::deb::DEP-11::";
    let options = [
        format!("Dir::State::lists={}", lists.display()),
        format!("{target}MetaKey=$(COMPONENT)/dep11/Components-$(NATIVE_ARCHITECTURE).yml"),
        format!("{target}ShortDescription=Components-$(NATIVE_ARCHITECTURE)"),
        format!("{target}Description=$(RELEASE)/$(COMPONENT) AppStream"),
        format!("{target}KeepCompressed=true"),
        format!("{target}KeepCompressedAs=gz"),
    ];
    let mut apt = Command::new("apt-get");
    apt.args(["-qq", "update"]);
    for option in &options {
        apt.args(["-o", option]);
    }
    command::run(&mut apt)?;
    let read = || Failure::file(format!("cannot read {}", lists.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(lists).map_err(read())? {
        let path = entry.map_err(read())?.path();
        if path.to_string_lossy().ends_with(".yml.gz") {
            found.push(path);
        }
    }
    found.sort();
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or("Debian");
    Ok((name.trim_matches('"').to_owned(), found))
}
