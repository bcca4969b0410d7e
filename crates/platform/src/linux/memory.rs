//! Giving memory back.

use rustix::mm::{Advice, madvise};

pub(crate) fn give_back() {
    // SAFETY: it frees unused pages of the heap and touches nothing that is in use; the allocator locks.
    #[cfg(target_env = "gnu")]
    let _ = unsafe { libc::malloc_trim(0) };
    let Ok(maps) = std::fs::read_to_string("/proc/self/smaps") else { return };
    for (start, end) in unchanged_files(&maps) {
        // SAFETY: the pages of this mapping are those of a file, none was ever changed, and none can be, since
        // the mapping is read-only: whoever reads there next gets the same bytes from the file.
        let advised = unsafe {
            madvise(
                std::ptr::with_exposed_provenance_mut(start),
                end.saturating_sub(start),
                Advice::LinuxDontNeed,
            )
        };
        if let Err(error) = advised {
            tracing::debug!(%error, "some memory could not be given back");
        }
    }
}

/// The mappings of files that are read-only and have no page of their own: programs and libraries, but not
/// what the loader wrote addresses into before it protected it.
fn unchanged_files(maps: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut current = None;
    for line in maps.lines() {
        if let Some(range) = heading(line) {
            current = range;
        } else if line.split_ascii_whitespace().eq(["Anonymous:", "0", "kB"]) {
            found.extend(current.take());
        }
    }
    found
}

/// The first line of a mapping: its range if it is a read-only one of a file. `None`: another line.
fn heading(line: &str) -> Option<Option<(usize, usize)>> {
    let mut fields = line.split_ascii_whitespace();
    let (start, end) = fields.next()?.split_once('-')?;
    let start = usize::from_str_radix(start, 16).ok()?;
    let end = usize::from_str_radix(end, 16).ok()?;
    let rights = fields.next()?;
    let file = fields.nth(3).is_some_and(|path| path.starts_with('/'));
    Some((file && matches!(rights, "r-xp" | "r--p")).then_some((start, end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_file_still_says_is_given_back() {
        let maps = "\
1000-2000 r--p 00000000 fe:00 1 /usr/sbin/lanhd\nRss: 4 kB\nAnonymous:             0 kB\nVmFlags: rd\n\
2000-3000 r-xp 00001000 fe:00 1 /usr/sbin/lanhd\nAnonymous:             0 kB\n\
3000-4000 r--p 00002000 fe:00 1 /usr/sbin/lanhd\nAnonymous:             4 kB\n\
4000-5000 rw-p 00003000 fe:00 1 /usr/sbin/lanhd\nAnonymous:             0 kB\n\
5000-6000 r--s 00000000 fe:00 2 /var/lib/lanh/lanh.db-shm\nAnonymous:             0 kB\n\
6000-7000 r-xp 00000000 00:00 0 [vdso]\nAnonymous:             0 kB\n";
        assert_eq!(unchanged_files(maps), [(0x1000, 0x2000), (0x2000, 0x3000)]);
    }

    #[test]
    fn the_program_goes_on_afterwards() {
        let words: Vec<String> = (0..1000).map(|number| format!("word {number}")).collect();
        give_back();
        assert_eq!(words.iter().map(String::len).sum::<usize>(), 10 * 6 + 90 * 7 + 900 * 8);
        assert!(!unchanged_files(&std::fs::read_to_string("/proc/self/smaps").unwrap()).is_empty());
    }
}
