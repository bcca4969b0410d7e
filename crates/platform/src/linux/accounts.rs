//! `/etc/passwd`, `/etc/group`, `/etc/shadow`, and the name service for the rest.

use crate::accounts::{AccountFacts, PasswordState};
use lanh_policy::Account;
use nix::unistd::{Group, Uid, User, getgrouplist};
use std::ffi::CString;
use std::path::Path;

const PEOPLE: std::ops::RangeInclusive<u32> = 1000..=59_999;
const ADMINISTRATORS: [&str; 3] = ["sudo", "wheel", "admin"];

pub(crate) fn people() -> std::io::Result<Vec<AccountFacts>> {
    let text = std::fs::read("/etc/passwd")?;
    let text = String::from_utf8_lossy(&text);
    let mut uids: Vec<u32> = text.lines().filter_map(person).collect();
    uids.sort_unstable();
    uids.dedup();
    Ok(uids.into_iter().filter_map(by_uid).collect())
}

/// The user id in a line of `/etc/passwd`, if it is a person's.
fn person(line: &str) -> Option<u32> {
    let fields: Vec<&str> = line.split(':').collect();
    let uid = fields.get(2)?.parse().ok()?;
    let shell = Path::new(fields.get(6)?.trim());
    let logs_in = !matches!(shell.file_name().and_then(|name| name.to_str()), Some("nologin" | "false"));
    (PEOPLE.contains(&uid) && logs_in).then_some(uid)
}

pub(crate) fn by_name(name: &str) -> Option<AccountFacts> {
    User::from_name(name).ok().flatten().map(facts)
}

pub(crate) fn by_uid(uid: u32) -> Option<AccountFacts> {
    User::from_uid(Uid::from_raw(uid)).ok().flatten().map(facts)
}

fn facts(user: User) -> AccountFacts {
    let uid = user.uid.as_raw();
    let full_name = user.gecos.to_string_lossy().split(',').next().unwrap_or_default().trim().to_owned();
    AccountFacts {
        account: Account::from_uid(uid),
        uid,
        administrator: uid == 0 || is_administrator(&user),
        password: password(&user.name),
        name: user.name,
        full_name,
        home: user.dir,
    }
}

fn is_administrator(user: &User) -> bool {
    let Ok(name) = CString::new(user.name.as_bytes()) else { return false };
    let groups = getgrouplist(&name, user.gid).unwrap_or_default();
    ADMINISTRATORS.iter().any(|administrators| {
        let group = Group::from_name(administrators).ok().flatten();
        group.is_some_and(|group| groups.contains(&group.gid))
    })
}

fn password(name: &str) -> PasswordState {
    let Ok(text) = std::fs::read("/etc/shadow") else { return PasswordState::Unknown };
    let text = zeroize::Zeroizing::new(text);
    let line = text
        .split(|byte| *byte == b'\n')
        .find_map(|line| line.strip_prefix(name.as_bytes())?.strip_prefix(b":"));
    line.map_or(PasswordState::Unknown, password_state)
}

/// `field`: a line of `/etc/shadow` from the password on.
fn password_state(field: &[u8]) -> PasswordState {
    match field.first() {
        None | Some(b':') => PasswordState::Empty,
        Some(b'!' | b'*') => PasswordState::Locked,
        Some(_) => PasswordState::Set,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_log_in_and_services_do_not() {
        assert_eq!(person("an:x:1001:1001:An,,,:/home/an:/bin/bash"), Some(1001));
        assert_eq!(person("games:x:1002:60::/usr/games:/usr/sbin/nologin"), None);
        assert_eq!(person("root:x:0:0:root:/root:/bin/bash"), None);
        assert_eq!(person("nobody:x:65534:65534::/:/bin/sh"), None);
        assert_eq!(person("broken:line"), None);
    }

    #[test]
    fn passwords_are_told_apart() {
        assert_eq!(password_state(b"$y$j9T$abc:19000:"), PasswordState::Set);
        assert_eq!(password_state(b"!:19000:"), PasswordState::Locked);
        assert_eq!(password_state(b":19000:"), PasswordState::Empty);
    }

    #[test]
    fn root_is_an_administrator() {
        let root = by_uid(0).unwrap();
        assert!(root.administrator);
        assert_eq!(by_name(&root.name).map(|found| found.uid), Some(0));
        assert!(by_name("no-such-account-here").is_none());
    }
}
