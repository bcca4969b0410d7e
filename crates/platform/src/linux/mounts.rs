//! The file systems of this mount namespace.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// One mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mount {
    pub(crate) dev: u64,
    pub(crate) point: PathBuf,
    pub(crate) kind: String,
}

pub(crate) const MOUNTINFO: &str = "/proc/self/mountinfo";

pub(crate) fn read() -> std::io::Result<Vec<Mount>> {
    Ok(parse(&std::fs::read(MOUNTINFO)?))
}

pub(crate) fn parse(text: &[u8]) -> Vec<Mount> {
    let mount = |line: &[u8]| {
        let mut fields = line.split(|byte| *byte == b' ');
        let numbers = std::str::from_utf8(fields.nth(2)?).ok()?;
        let (major, minor) = numbers.split_once(':')?;
        let dev = rustix::fs::makedev(major.parse().ok()?, minor.parse().ok()?);
        let point = PathBuf::from(OsString::from_vec(unescape(fields.nth(1)?)));
        let kind = fields.skip_while(|field| *field != b"-").nth(1)?;
        Some(Mount { dev, point, kind: String::from_utf8_lossy(kind).into_owned() })
    };
    text.split(|byte| *byte == b'\n').filter_map(mount).collect()
}

/// Blanks, line ends and backslashes are written as three octal digits.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, others)) = rest.split_first() {
        let digits = others.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) if *first == b'\\' => {
                bytes.push(byte);
                rest = others.get(3..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    bytes
}

/// Whether programs can lie there at all: the others are windows into the kernel.
pub(crate) fn holds_programs(kind: &str) -> bool {
    const KERNEL: [&str; 23] = [
        "autofs",
        "binfmt_misc",
        "bpf",
        "cgroup",
        "cgroup2",
        "configfs",
        "debugfs",
        "devpts",
        "efivarfs",
        "fusectl",
        "hugetlbfs",
        "mqueue",
        "nsfs",
        "proc",
        "pstore",
        "resctrl",
        "rpc_pipefs",
        "securityfs",
        "selinuxfs",
        "smackfs",
        "sysfs",
        "tracefs",
        "binder",
    ];
    !KERNEL.contains(&kind)
}

/// Why the gate must keep off: opening a file there waits for somebody who may never answer, and with
/// him every program on the machine would wait.
pub(crate) fn danger(kind: &str) -> Option<&'static str> {
    if kind == "fuse" || kind.starts_with("fuse.") || kind == "fuseblk" {
        return Some(
            "a file system served by a program could stall every start; the watch sees what starts from it",
        );
    }
    const NETWORK: [&str; 8] = ["9p", "afs", "ceph", "cifs", "coda", "nfs", "nfs4", "smb3"];
    NETWORK
        .contains(&kind)
        .then_some("a file system on the network could stall every start; the watch sees what starts from it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_points_with_blanks_and_optional_fields_are_read() {
        let text = b"36 35 98:0 /mnt1 /media/My\\040Stick rw,noatime master:1 shared:2 - vfat /dev/sdb1 rw\nnonsense\n";
        let expected = Mount {
            dev: rustix::fs::makedev(98, 0),
            point: PathBuf::from("/media/My Stick"),
            kind: "vfat".to_owned(),
        };
        assert_eq!(parse(text), [expected]);
    }

    #[test]
    fn the_gate_keeps_off_what_a_child_can_serve() {
        assert!(danger("fuse.sshfs").is_some() && danger("nfs4").is_some());
        assert!(danger("ext4").is_none() && danger("squashfs").is_none());
        assert!(holds_programs("tmpfs") && holds_programs("overlay") && !holds_programs("proc"));
    }
}
