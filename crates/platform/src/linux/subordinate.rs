//! Subordinate user ids (`/etc/subuid`): a child's container runs under them and must not escape by that.

use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

const SUBUID: &str = "/etc/subuid";

struct Range {
    first: u32,
    count: u32,
    owner: u32,
}

struct Table {
    changed: Option<SystemTime>,
    ranges: Vec<Range>,
}

static TABLE: Mutex<Table> = Mutex::new(Table { changed: None, ranges: Vec::new() });

/// Reads `/etc/subuid` again if it changed. Not for the gate's event thread.
pub(crate) fn refresh() {
    let changed = std::fs::metadata(SUBUID).and_then(|metadata| metadata.modified()).ok();
    if TABLE.lock().unwrap_or_else(PoisonError::into_inner).changed == changed {
        return;
    }
    let text = std::fs::read_to_string(SUBUID).unwrap_or_default();
    let ranges =
        parse(&text, |name| nix::unistd::User::from_name(name).ok().flatten().map(|user| user.uid.as_raw()));
    *TABLE.lock().unwrap_or_else(PoisonError::into_inner) = Table { changed, ranges };
}

/// The account behind a user id: itself, or the owner of the subordinate range that it is in.
pub(crate) fn account(uid: u32) -> u32 {
    let table = TABLE.lock().unwrap_or_else(PoisonError::into_inner);
    let found = table.ranges.iter().find(|range| uid >= range.first && uid - range.first < range.count);
    found.map_or(uid, |range| range.owner)
}

fn parse(text: &str, uid_of: impl Fn(&str) -> Option<u32>) -> Vec<Range> {
    let range = |line: &str| {
        let mut fields = line.trim().split(':');
        let owner = fields.next()?;
        let owner = owner.parse().ok().or_else(|| uid_of(owner))?;
        let first: u32 = fields.next()?.parse().ok()?;
        let count = fields.next()?.parse().ok()?;
        // A range over real accounts would turn one person into another.
        (first >= 65_536).then_some(Range { first, count, owner })
    };
    text.lines().filter_map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_lead_to_their_owner() {
        let ranges = parse("an:100000:65536\n1002:165536:10\nbad\nghost:1:2\nan:1000:5\n", |name| {
            (name == "an").then_some(1001)
        });
        let found: Vec<_> = ranges.iter().map(|range| (range.first, range.count, range.owner)).collect();
        assert_eq!(found, [(100_000, 65_536, 1001), (165_536, 10, 1002)]);
    }
}
