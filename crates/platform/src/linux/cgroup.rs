//! Control groups, version 2, that only root can change.

use crate::hold::HoldName;
use crate::imp::mounts;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result, Seek};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Where a hold's processes came from, kept on the group itself so that it survives the service.
const ORIGIN: &str = "trusted.lanh.origin";

/// The folder of all holds.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    mount: PathBuf,
    folder: PathBuf,
}

/// One hold.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    mount: PathBuf,
    folder: PathBuf,
}

/// Where version 2 is mounted: alone, or beside version 1.
pub(crate) fn mount() -> Result<PathBuf> {
    let mounts = mounts::read()?;
    let found = mounts.into_iter().find(|mount| mount.kind == "cgroup2");
    found.map(|mount| mount.point).ok_or_else(|| {
        Error::new(
            ErrorKind::NotFound,
            "control groups of version 2 are not mounted; mount -t cgroup2 none /sys/fs/cgroup",
        )
    })
}

impl Base {
    /// Opens or makes the folder `name` at the root of the hierarchy, so that it outlives the service's own group.
    pub(crate) fn open(name: &str) -> Result<Self> {
        let mount = mount()?;
        let base = Self { folder: mount.join(name), mount };
        make(&base.folder)?;
        let freezer = base.folder.join("cgroup.freeze");
        if !freezer.exists() {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "this kernel cannot freeze control groups (Linux 5.2 can)",
            ));
        }
        Ok(base)
    }

    pub(crate) fn group(&self, name: &HoldName) -> Group {
        Group { mount: self.mount.clone(), folder: self.folder.join(name.as_str()) }
    }

    pub(crate) fn names(&self) -> Result<Vec<HoldName>> {
        let entries = std::fs::read_dir(&self.folder)?;
        let names = entries.filter_map(|entry| {
            let entry = entry.ok()?;
            entry.file_type().ok()?.is_dir().then_some(())?;
            HoldName::parse(entry.file_name().to_str()?)
        });
        Ok(names.collect())
    }

    /// Removes the folder; there must be no group in it.
    pub(crate) fn remove(&self) -> Result<()> {
        std::fs::remove_dir(&self.folder)
    }
}

fn make(folder: &Path) -> Result<()> {
    match std::fs::DirBuilder::new().mode(0o755).create(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

impl Group {
    pub(crate) fn make(&self) -> Result<()> {
        make(&self.folder)
    }

    pub(crate) fn exists(&self) -> bool {
        self.folder.is_dir()
    }

    pub(crate) fn members(&self) -> Vec<u32> {
        let text = std::fs::read_to_string(self.folder.join("cgroup.procs")).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    }

    pub(crate) fn add(&self, pid: u32) -> Result<()> {
        std::fs::write(self.folder.join("cgroup.procs"), pid.to_string())
    }

    pub(crate) fn freeze(&self, frozen: bool) -> Result<()> {
        std::fs::write(self.folder.join("cgroup.freeze"), if frozen { "1" } else { "0" })
    }

    /// Whether it was told to freeze.
    pub(crate) fn is_frozen(&self) -> bool {
        std::fs::read_to_string(self.folder.join("cgroup.freeze")).is_ok_and(|text| text.trim() == "1")
    }

    pub(crate) fn kill(&self) -> Result<()> {
        std::fs::write(self.folder.join("cgroup.kill"), "1")
    }

    /// Waits until `cgroup.events` says so; `false`: not in time.
    pub(crate) fn wait(&self, line: &str, limit: Duration) -> Result<bool> {
        let deadline = Instant::now() + limit;
        let mut file = File::open(self.folder.join("cgroup.events"))?;
        loop {
            let mut text = String::new();
            file.rewind()?;
            match file.read_to_string(&mut text) {
                Ok(_) => {}
                // The group was removed, which only an empty one can be.
                Err(error) if error.raw_os_error() == Some(libc::ENODEV) => return Ok(line == "populated 0"),
                Err(error) => return Err(error),
            }
            if text.lines().any(|found| found == line) {
                return Ok(true);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            let left = Timespec {
                tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: i64::from(left.subsec_nanos()),
            };
            match poll(&mut [PollFd::new(&file, PollFlags::PRI)], Some(&left)) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Remembers where the processes came from, unless that is remembered already.
    pub(crate) fn set_origin(&self, path: &str) {
        let flags = rustix::fs::XattrFlags::CREATE;
        // Without it they are put at the root of the hierarchy, where they run just as well.
        let _ = rustix::fs::setxattr(&self.folder, ORIGIN, path.as_bytes(), flags);
    }

    /// Puts every process back where it came from, or at the root when that is gone.
    pub(crate) fn send_home(&self) -> Result<()> {
        let mut buffer = [0; 4096];
        let origin = rustix::fs::getxattr(&self.folder, ORIGIN, &mut buffer)
            .ok()
            .and_then(|length| std::str::from_utf8(buffer.get(..length)?).ok())
            .map(|path| self.mount.join(path.trim_start_matches('/')))
            .filter(|folder| folder.is_dir())
            .unwrap_or_else(|| self.mount.clone());
        // Twice and more: they fork while they are moved.
        for _ in 0..50 {
            let members = self.members();
            if members.is_empty() {
                return Ok(());
            }
            for pid in members {
                let pid = pid.to_string();
                match std::fs::write(origin.join("cgroup.procs"), &pid) {
                    Err(error) if error.raw_os_error() != Some(libc::ESRCH) => {
                        std::fs::write(self.mount.join("cgroup.procs"), &pid)?;
                    }
                    _ => {}
                }
            }
        }
        Err(Error::other("its processes fork faster than they can be moved"))
    }

    /// Removes the empty group; a group that is gone is fine.
    pub(crate) fn remove(&self) -> Result<()> {
        match std::fs::remove_dir(&self.folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }
}
