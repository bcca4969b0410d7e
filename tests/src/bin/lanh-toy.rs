//! A small game for the tests of evasions: it counts its heartbeats into a file, so that a test sees whether
//! it runs, stands still or never began.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Result};
use std::os::unix::fs::FileExt;
use std::time::Duration;

/// A hundredth of a second for each heartbeat.
const BEAT: Duration = Duration::from_millis(10);

/// It ends by itself when a test forgets it.
const LONGEST: u64 = 300 * 100;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut path = arguments.next().ok_or_else(usage)?;
    if path == "--disguise" {
        disguise()?;
        path = arguments.next().ok_or_else(usage)?;
    }
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    for count in 1..=LONGEST {
        beat(&file, count)?;
        std::thread::sleep(BEAT);
    }
    Ok(())
}

fn usage() -> Error {
    Error::new(ErrorKind::InvalidInput, "usage: lanh-toy [--disguise] FILE")
}

fn beat(file: &File, count: u64) -> Result<()> {
    file.write_all_at(format!("{count:>8}\n").as_bytes(), 0)
}

/// Takes another short name and wipes the arguments from memory.
fn disguise() -> Result<()> {
    std::fs::write("/proc/self/comm", "kworker/0:1")?;
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // Fields 48 and 49 of proc(5), counted from the third one.
    let fields = stat.rsplit_once(") ").map(|(_, rest)| rest.split(' ').collect::<Vec<_>>());
    let field = |at: usize| fields.as_ref().and_then(|fields| fields.get(at)?.parse::<u64>().ok());
    let (Some(start), Some(end)) = (field(45), field(46)) else {
        return Err(Error::other("the kernel does not say where the arguments are"));
    };
    let length = usize::try_from(end.saturating_sub(start)).map_err(Error::other)?;
    let memory = OpenOptions::new().write(true).open("/proc/self/mem")?;
    memory.write_all_at(&vec![0; length], start)
}
