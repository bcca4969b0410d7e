//! Trying out what works.

use crate::capability::{Capability, Feature};
use crate::imp::{cgroup, clock, connector, gate, secret, sessions};
use crate::privilege::Privilege;
use lanh_policy::WallTrust;
use rustix::process::{PidfdFlags, getpid, pidfd_open};

pub(crate) fn probe(privilege: Privilege) -> Vec<Capability> {
    let root = privilege == Privilege::Root;
    let with_root = |attempt: fn() -> std::io::Result<()>| match root {
        true => attempt().map_err(|error| error.to_string()),
        false => Err("needs root".to_owned()),
    };
    let probes = [
        (
            Feature::Root,
            root.then_some(())
                .ok_or_else(|| "not running as root: only this account is supervised".to_owned()),
        ),
        (Feature::Gate, with_root(gate::probe)),
        (Feature::ProcessConnector, with_root(connector::probe)),
        (Feature::CgroupFreeze, with_root(|| cgroup::Base::open("lanh").map(drop))),
        (
            Feature::Pidfd,
            pidfd_open(getpid(), PidfdFlags::empty())
                .map(drop)
                .map_err(|error| std::io::Error::from(error).to_string()),
        ),
        (Feature::Sessions, sessions::probe()),
        (Feature::SealedKey, if root { secret::creds_usable() } else { Err("needs root".to_owned()) }),
        (Feature::SynchronisedClock, synchronised()),
        (Feature::NoProgramsFromMemory, no_programs_from_memory()),
    ];
    probes.into_iter().map(|(feature, result)| Capability { feature, missing: result.err() }).collect()
}

fn synchronised() -> Result<(), String> {
    match clock::trust() {
        WallTrust::Confirmed => Ok(()),
        WallTrust::Unconfirmed => {
            Err("no time service keeps the clock; start systemd-timesyncd, chrony or ntpd".to_owned())
        }
    }
}

fn no_programs_from_memory() -> Result<(), String> {
    let setting = std::fs::read_to_string("/proc/sys/vm/memfd_noexec").unwrap_or_default();
    match setting.trim() {
        "2" => Ok(()),
        "" => Err("this kernel has no vm.memfd_noexec (Linux 6.3 has)".to_owned()),
        other => Err(format!("vm.memfd_noexec is {other}; 2 closes that way around the gate")),
    }
}
