//! `cargo xtask dist`: the release programs and the Debian packages: `lanh` with service, command line and
//! companion, and `lanh-app` with the window, for which a machine needs a webview.
//!
//! A package is put together with dpkg-deb from a staged tree: Debian's own tool, already there, reads
//! plain files under `installer/linux`. cargo-deb would have to be compiled first, which takes minutes.

use crate::app::{self, Profile};
use crate::command::{self, cargo};
use crate::failure::Failure;
use crate::packages::{self, Purpose};
use crate::places;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Fail when lintian finds an error.
    #[arg(long)]
    strict: bool,
}

/// Files of `installer/linux` and where they go, with their mode.
const FILES: &[(&str, &str, u32)] = &[
    ("lanhd.service", "usr/lib/systemd/system/lanhd.service", 0o644),
    ("lanh-session.desktop", "etc/xdg/autostart/lanh-session.desktop", 0o644),
    ("copyright", "usr/share/doc/lanh/copyright", 0o644),
    ("lintian-overrides", "usr/share/lintian/overrides/lanh", 0o644),
];
/// The same of `installer/linux/app`.
const APP_FILES: &[(&str, &str, u32)] = &[
    ("app/lanh.desktop", "usr/share/applications/lanh.desktop", 0o644),
    ("app/vn.lanh.policy", "usr/share/polkit-1/actions/vn.lanh.policy", 0o644),
    ("copyright", "usr/share/doc/lanh-app/copyright", 0o644),
    ("app/lintian-overrides", "usr/share/lintian/overrides/lanh-app", 0o644),
];
/// Files of `icons` and their folders among the icons of all programs. Notices show them too.
const ICONS: &[(&str, &str)] = &[
    ("32x32.png", "32x32/apps/lanh.png"),
    ("128x128.png", "128x128/apps/lanh.png"),
    ("128x128@2x.png", "256x256/apps/lanh.png"),
    ("lanh.svg", "scalable/apps/lanh.svg"),
];
/// Files of `installer/linux` that go into the package's control part, with their mode.
const CONTROL_FILES: &[(&str, u32)] =
    &[("conffiles", 0o644), ("postinst", 0o755), ("postrm", 0o755), ("prerm", 0o755)];
/// The shells that completions are made for, and where each looks for them.
const COMPLETIONS: &[(&str, &str)] = &[
    ("bash", "usr/share/bash-completion/completions/lanh"),
    ("fish", "usr/share/fish/vendor_completions.d/lanh.fish"),
    ("zsh", "usr/share/zsh/vendor-completions/_lanh"),
];

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    packages::ensure(Purpose::Dist)?;
    build()?;
    app::build(Profile::Release)?;
    let (programs, version) = (places::release_programs(), env!("CARGO_PKG_VERSION"));
    let dist = places::target().join("dist");
    let packages = [
        pack(&programs, version, Compression::Xz, &dist)?,
        pack_app(&programs, version, Compression::Xz, &dist)?,
    ];
    let mut lintian = Command::new("lintian");
    lintian.args(["--no-tag-display-limit", "--fail-on", "error"]).args(&packages);
    match command::run(&mut lintian) {
        Err(failure) if options.strict => return Err(failure),
        Err(failure) => eprintln!("xtask: {failure}"),
        Ok(()) => {}
    }
    for package in packages {
        println!("{}", package.display());
    }
    Ok(())
}

/// Builds the release programs of the package `lanh`.
pub(crate) fn build() -> Result<(), Failure> {
    let packages = ["-p", "lanh-service", "-p", "lanh-cli"];
    command::run(cargo(["build", "--release"]).args(packages).args(["--bin", "lanhd", "--bin", "lanh"]))
}

/// How a package is compressed, by the names of dpkg-deb.
#[derive(Clone, Copy)]
pub(crate) enum Compression {
    Xz,
    /// For a package that is installed at once and thrown away.
    None,
}

impl Compression {
    fn argument(self) -> &'static str {
        match self {
            Self::Xz => "-Zxz",
            Self::None => "-Znone",
        }
    }
}

/// Makes the Debian package `lanh` of this version in the folder `dist`, from built programs.
pub(crate) fn pack(
    programs: &Path,
    version: &str,
    compression: Compression,
    dist: &Path,
) -> Result<PathBuf, Failure> {
    let stage = Stage::empty("lanh", dist)?;
    stage.copy(&programs.join("lanhd"), "usr/sbin/lanhd", 0o755)?;
    stage.copy(&programs.join("lanh"), "usr/bin/lanh", 0o755)?;
    stage.copy_all(FILES)?;
    for (from, mode) in CONTROL_FILES {
        stage.copy(&stage.installer.join(from), &format!("DEBIAN/{from}"), *mode)?;
    }
    for (from, to) in ICONS {
        let from = places::root().join("icons").join(from);
        stage.copy(&from, &format!("usr/share/icons/hicolor/{to}"), 0o644)?;
    }
    stage.manuals(&programs.join("lanh"))?;
    for (shell, to) in COMPLETIONS {
        let script = command::output(Command::new(programs.join("lanh")).args(["completions", shell]))?;
        stage.write(to, &script)?;
    }
    stage.control("control", version, &["usr/sbin/lanhd", "usr/bin/lanh"])?;
    stage.close(version, compression)
}

/// Makes the Debian package `lanh-app` of this version in the folder `dist`, from a built program.
fn pack_app(
    programs: &Path,
    version: &str,
    compression: Compression,
    dist: &Path,
) -> Result<PathBuf, Failure> {
    let stage = Stage::empty("lanh-app", dist)?;
    stage.copy(&programs.join("lanh-app"), "usr/bin/lanh-app", 0o755)?;
    stage.copy_all(APP_FILES)?;
    let manual = "usr/share/man/man1/lanh-app.1";
    stage.copy(&stage.installer.join("app/lanh-app.1"), manual, 0o644)?;
    gzip(&stage.tree.join(manual))?;
    stage.control("app/control", version, &["usr/bin/lanh-app"])?;
    stage.close(version, compression)
}

/// The tree that becomes a package.
struct Stage {
    name: &'static str,
    tree: PathBuf,
    installer: PathBuf,
}

impl Stage {
    /// An empty tree in the folder `dist`.
    fn empty(name: &'static str, dist: &Path) -> Result<Self, Failure> {
        let stage = Self { name, tree: dist.join(name), installer: places::root().join("installer/linux") };
        if stage.tree.exists() {
            fs::remove_dir_all(&stage.tree).map_err(Failure::file("cannot empty the staged tree"))?;
        }
        Ok(stage)
    }

    /// Makes the package of the tree.
    fn close(&self, version: &str, compression: Compression) -> Result<PathBuf, Failure> {
        let release = env!("CARGO_PKG_VERSION");
        let changelog = fs::read_to_string(self.installer.join("changelog"))
            .map_err(Failure::file("cannot read installer/linux/changelog"))?;
        if !changelog.starts_with(&format!("lanh ({release})")) {
            return Err(Failure::Check(format!(
                "installer/linux/changelog does not start with an entry for {release}: write one"
            )));
        }
        let place = format!("usr/share/doc/{}/changelog", self.name);
        self.write(&place, &changelog)?;
        gzip(&self.tree.join(place))?;

        // Whatever umask made the directories.
        command::run(
            Command::new("find").arg(&self.tree).args(["-type", "d", "-exec", "chmod", "0755", "{}", "+"]),
        )?;

        let architecture = command::output(Command::new("dpkg").arg("--print-architecture"))?;
        let package =
            self.tree.with_file_name(format!("{}_{version}_{}.deb", self.name, architecture.trim()));
        command::run(
            Command::new("dpkg-deb")
                .args(["--root-owner-group", compression.argument(), "--build"])
                .arg(&self.tree)
                .arg(&package),
        )?;
        Ok(package)
    }

    /// Files of `installer/linux` and where they go, with their mode.
    fn copy_all(&self, files: &[(&str, &str, u32)]) -> Result<(), Failure> {
        files.iter().try_for_each(|(from, to, mode)| self.copy(&self.installer.join(from), to, *mode))
    }

    fn write(&self, to: &str, text: &str) -> Result<(), Failure> {
        let path = self.tree.join(to);
        make_parent(&path)?;
        fs::write(&path, text).map_err(Failure::file(format!("cannot write {}", path.display())))?;
        set_mode(&path, 0o644)
    }

    fn copy(&self, from: &Path, to: &str, mode: u32) -> Result<(), Failure> {
        let path = self.tree.join(to);
        make_parent(&path)?;
        fs::copy(from, &path).map_err(Failure::file(format!(
            "cannot copy {} to {}",
            from.display(),
            path.display()
        )))?;
        set_mode(&path, mode)
    }

    /// The manual of `lanh` as it describes itself, and the one of `lanhd`.
    fn manuals(&self, lanh: &Path) -> Result<(), Failure> {
        let man1 = self.tree.join("usr/share/man/man1");
        make_directory(&man1)?;
        command::run(Command::new(lanh).args(["man", "--out"]).arg(&man1))?;
        self.copy(&self.installer.join("lanhd.8"), "usr/share/man/man8/lanhd.8", 0o644)?;
        let mut pages = vec![self.tree.join("usr/share/man/man8/lanhd.8")];
        for entry in fs::read_dir(&man1).map_err(Failure::file("cannot list the manuals"))? {
            pages.push(entry.map_err(Failure::file("cannot list the manuals"))?.path());
        }
        pages.iter().try_for_each(|page| gzip(page))
    }

    /// Completes a control file of `installer/linux` with version, architecture, size and the shared libraries
    /// that the programs were linked with.
    fn control(&self, template: &str, version: &str, programs: &[&str]) -> Result<(), Failure> {
        let template = fs::read_to_string(self.installer.join(template))
            .map_err(Failure::file(format!("cannot read installer/linux/{template}")))?;
        let architecture = command::output(Command::new("dpkg").arg("--print-architecture"))?;
        // dpkg-shlibdeps wants to stand in a source package.
        let source = self.tree.with_file_name("shlibdeps");
        make_directory(&source.join("debian"))?;
        fs::write(
            source.join("debian/control"),
            format!("Source: lanh\n\nPackage: {}\nArchitecture: any\n", self.name),
        )
        .map_err(Failure::file("cannot write for dpkg-shlibdeps"))?;
        let programs = programs.iter().map(|program| format!("-e{}", self.tree.join(program).display()));
        let libraries =
            command::output(Command::new("dpkg-shlibdeps").current_dir(&source).arg("-O").args(programs))?;
        let libraries = libraries.trim().strip_prefix("shlibs:Depends=").unwrap_or_default();
        let size = command::output(Command::new("du").args(["-sk", "--apparent-size"]).arg(&self.tree))?;
        let size = size.split_whitespace().next().unwrap_or("0");
        let control = template
            .replace("@VERSION@", version)
            .replace("@ARCHITECTURE@", architecture.trim())
            .replace("@INSTALLED_SIZE@", size)
            .replace("@LIBRARIES@", libraries);
        self.write("DEBIAN/control", &control)
    }
}

fn make_directory(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(Failure::file(format!("cannot make {}", path.display())))
}

fn make_parent(path: &Path) -> Result<(), Failure> {
    path.parent().map_or(Ok(()), make_directory)
}

fn set_mode(path: &Path, mode: u32) -> Result<(), Failure> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .map_err(Failure::file(format!("cannot set the mode of {}", path.display())))
}

/// As Debian wants its documents: best compression, no name and time inside.
fn gzip(path: &Path) -> Result<(), Failure> {
    command::run(Command::new("gzip").args(["-9", "-n", "-f"]).arg(path))
}
