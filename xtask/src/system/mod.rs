//! `cargo xtask test --system`: the Debian package under a real systemd, logind and PAM.
//!
//! The package is installed in a small Debian that systemd-nspawn boots. The container has a file system of
//! its own (an image on a loop device: the gate marks whole file systems), no network, and no right to set
//! the clock. All of it lives in a mount and a process namespace that die with this command, however it ends.

mod checks;
mod container;
mod stage;
mod tree;

use crate::command;
use crate::dist::Compression;
use crate::failure::Failure;
use crate::packages::{self, Purpose};
use crate::{dist, places};
use checks::Trouble;
use container::Container;
use stage::Stage;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// What the second half of the command needs to know.
#[derive(clap::Args)]
pub(crate) struct Inside {
    /// The image of the tree.
    #[arg(long)]
    image: PathBuf,
    /// The package.
    #[arg(long)]
    package: PathBuf,
    /// The same with a higher version.
    #[arg(long)]
    newer: PathBuf,
}

/// Whether this machine can do it; the reason why not.
pub(crate) fn possible() -> Result<(), String> {
    if !rustix::process::geteuid().is_root() {
        return Err("a container needs root".to_owned());
    }
    if !Path::new("/etc/debian_version").exists() {
        return Err("the container is made by debootstrap from apt's sources, which Debian has".to_owned());
    }
    Ok(())
}

/// Builds packages and tree, and runs the checks. `dev`: with the programs of the dev profile, which are built
/// in a fraction of the time and are not what is shipped.
pub(crate) fn run(dev: bool) -> Result<(), Failure> {
    possible().map_err(Failure::YourTurn)?;
    packages::ensure(Purpose::System)?;
    let image = tree::image()?;
    let programs = if dev {
        let programs =
            ["--workspace", "--exclude", "lanh-app", "--all-features", "--bin", "lanhd", "--bin", "lanh"];
        command::run(command::cargo(["build"]).args(programs))?;
        places::debug_programs()
    } else {
        dist::build()?;
        places::release_programs()
    };
    let home = places::target().join("system");
    let version = env!("CARGO_PKG_VERSION");
    let package = dist::pack(&programs, version, Compression::None, &home)?;
    let newer = dist::pack(&programs, &format!("{version}+newer"), Compression::None, &home)?;
    let own = std::env::current_exe().map_err(Failure::file("cannot find xtask"))?;
    // The first process of the namespace is killed when unshare ends, and unshare when this command does.
    let mut inside = Command::new("setpriv");
    inside.args(["--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child"]);
    inside.arg("--mount-proc").arg(own).arg("system-inside");
    inside.arg("--image").arg(image).arg("--package").arg(package).arg("--newer").arg(newer);
    let result = command::run(&mut inside);
    remove_groups();
    result
}

/// The control group of everything that this command starts, in each hierarchy that a container uses.
fn groups() -> impl Iterator<Item = PathBuf> {
    const GROUP: &str = "lanh-system-test";
    let hierarchies =
        ["/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup"].map(PathBuf::from);
    hierarchies
        .into_iter()
        .filter(|folder| folder.join("cgroup.procs").exists())
        .map(|folder| folder.join(GROUP))
}

/// Moves this process, and so all that it starts, into the control group.
fn enter_groups() -> Result<(), Failure> {
    remove_groups();
    for group in groups() {
        let failed = || Failure::file(format!("cannot use the control group {}", group.display()));
        // One that is left of a run that was killed a moment ago serves as well.
        fs::create_dir_all(&group).map_err(failed())?;
        fs::write(group.join("cgroup.procs"), "0").map_err(failed())?;
    }
    Ok(())
}

/// Removes the empty control groups that a container leaves when it is killed.
fn remove_groups() {
    for group in groups().filter(|group| group.exists()) {
        let mut remove = Command::new("find");
        remove.arg(group).args(["-depth", "-type", "d", "-exec", "rmdir", "{}", "+"]);
        command::succeeds(&mut remove);
    }
}

/// The half that runs in namespaces of its own.
pub(crate) fn inside(options: &Inside) -> Result<(), Failure> {
    enter_groups()?;
    let home = places::target().join("system");
    let root = home.join("root");
    mount(&options.image, &root)?;
    for (from, to) in [(&options.package, stage::PACKAGE), (&options.newer, stage::NEWER)] {
        let to = root.join(to.trim_start_matches('/'));
        fs::copy(from, &to).map_err(Failure::file(format!("cannot copy {}", from.display())))?;
    }
    let console = home.join("console.log");
    let mut stage = Stage::new(Container::boot(&root, &console)?);
    let (mut passed, mut failed) = (0, 0);
    for (name, check) in checks::ALL {
        let started = Instant::now();
        let result = check(&mut stage);
        let seconds = started.elapsed().as_secs_f64();
        match result {
            Ok(said) => {
                passed += 1;
                println!("ok      {seconds:6.1} s  {name}{}", stage::aside(&said));
            }
            Err(Trouble(why)) => {
                failed += 1;
                println!("FAILED  {seconds:6.1} s  {name}: {why}");
                println!("{}", stage.evidence());
                // Without an installed package there is nothing to check.
                if passed == 0 {
                    break;
                }
            }
        }
    }
    drop(stage);
    println!("under a real systemd: {passed} checks passed, {failed} failed, of {}", checks::ALL.len());
    match failed {
        0 => Ok(()),
        _ => Err(Failure::Check(format!("{failed} checks under a real systemd failed"))),
    }
}

/// Mounts a fresh copy of the image; the copy's name is gone at once, so that nothing stays behind.
fn mount(image: &Path, root: &Path) -> Result<(), Failure> {
    let copy = image.with_extension("run");
    command::run(Command::new("cp").arg("--sparse=always").arg(image).arg(&copy))?;
    fs::create_dir_all(root).map_err(Failure::file(format!("cannot make {}", root.display())))?;
    let mounted = command::run(Command::new("mount").args(["-o", "loop"]).arg(&copy).arg(root));
    fs::remove_file(&copy).map_err(Failure::file("cannot remove the copy of the image"))?;
    mounted
}
