//! The tree of a small Debian with a desktop and a game, made once and kept as an image.

use crate::command;
use crate::failure::Failure;
use crate::places;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The release that the tree is made of.
const RELEASE: &str = "bookworm";
/// How much the image may grow to; it is sparse.
const IMAGE_SIZE: u64 = 3 << 30;

/// What is in the tree. The package under test brings its own dependencies.
const PACKAGES: &[&str] = &[
    // A system as people have it: services, sessions, passwords, the right to ask for more.
    "systemd",
    "systemd-sysv",
    "dbus",
    "dbus-user-session",
    "libpam-systemd",
    "login",
    "passwd",
    "policykit-1",
    "sudo",
    // Other ways to start a program.
    "at",
    "cron",
    // A desktop with notices and a locker, and a game.
    "xvfb",
    "openbox",
    "dunst",
    "i3lock",
    "xss-lock",
    "xsol",
    "fonts-dejavu-core",
    // To look and to try.
    "procps",
    "util-linux-extra",
];

/// The image, made if there is none of these packages yet. Takes minutes the first time.
pub(crate) fn image() -> Result<PathBuf, Failure> {
    let home = places::target().join("system");
    let image = home.join(format!("{RELEASE}.img"));
    let list = home.join(format!("{RELEASE}.packages"));
    let wanted = PACKAGES.join("\n");
    if image.exists() && fs::read_to_string(&list).is_ok_and(|made_of| made_of == wanted) {
        return Ok(image);
    }
    fs::create_dir_all(&home).map_err(Failure::file(format!("cannot make {}", home.display())))?;
    let tree = home.join("tree");
    for leftover in [&tree, &image, &list] {
        // Whatever an interrupted run left; its mounts ended with it.
        command::run(Command::new("rm").args(["-rf", "--one-file-system"]).arg(leftover))?;
    }
    let mirror = mirror()?;
    println!("xtask: making a {RELEASE} tree from {mirror}; this is done once");
    // In a mount namespace of its own: an interrupted debootstrap leaves nothing mounted.
    let mut debootstrap = Command::new("unshare");
    debootstrap.args(["--mount", "debootstrap", "--variant=minbase"]);
    debootstrap.arg(format!("--include={}", PACKAGES.join(",")));
    debootstrap.arg(RELEASE).arg(&tree).arg(mirror).stdout(std::process::Stdio::null());
    command::run(&mut debootstrap)?;
    for archive in ["var/cache/apt/archives", "var/lib/apt/lists"] {
        command::run(Command::new("find").arg(tree.join(archive)).args(["-type", "f", "-delete"]))?;
    }
    // An empty id is made anew at each first boot.
    let id = tree.join("etc/machine-id");
    fs::write(&id, "").map_err(Failure::file(format!("cannot write {}", id.display())))?;
    let half = home.join("half.img");
    let file = fs::File::create(&half).map_err(Failure::file("cannot make the image"))?;
    file.set_len(IMAGE_SIZE).map_err(Failure::file("cannot make the image"))?;
    command::run(Command::new("mkfs.ext4").args(["-q", "-F", "-d"]).arg(&tree).arg(&half))?;
    command::run(Command::new("rm").args(["-rf", "--one-file-system"]).arg(&tree))?;
    fs::rename(&half, &image).map_err(Failure::file("cannot keep the image"))?;
    fs::write(&list, wanted).map_err(Failure::file("cannot keep the list of packages"))?;
    Ok(image)
}

/// Where this machine's own apt gets the release from.
fn mirror() -> Result<String, Failure> {
    let sites = command::output(Command::new("apt-get").args([
        "indextargets",
        "--format",
        "$(CODENAME) $(ORIGIN) $(SITE)",
        "Created-By: Packages",
    ]))?;
    let found = sites.lines().find_map(|line| line.strip_prefix(&format!("{RELEASE} Debian ")));
    found.map(|site| site.trim().to_owned()).ok_or_else(|| {
        Failure::YourTurn(format!(
            "apt on this machine has no source for Debian {RELEASE}, which the test is made of. Add one, run \
             apt-get update, then try again."
        ))
    })
}
