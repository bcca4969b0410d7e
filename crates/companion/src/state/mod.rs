//! The companion's decisions, without I/O and without a clock: what to report, and what to show.

mod board;
mod face;
mod presence;

pub(crate) use board::{Act, Board, Card, Command, Say, Slot};
pub(crate) use face::{Face, PARTS, Tone};
pub(crate) use presence::Presence;
