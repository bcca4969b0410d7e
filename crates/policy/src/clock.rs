//! Moments, and wall time that a child cannot turn back or forward.

use chrono::{DateTime, Utc};
use std::time::Duration;

/// Which boot of the machine a time since boot belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BootId(pub u128);

/// How far the wall clock can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WallTrust {
    /// The operating system says that its clock is synchronised, or a guardian confirmed it.
    Confirmed,
    /// Nobody vouches for it.
    Unconfirmed,
}

/// When something happened, by every clock that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The boot that the next two fields count from.
    pub boot: BootId,
    /// Time since boot, sleep included: the base of the calendar.
    pub since_boot: Duration,
    /// Time since boot, sleep left out: the base of charging.
    pub awake: Duration,
    /// What the machine's calendar clock says.
    pub wall: DateTime<Utc>,
    /// Whether to believe it.
    pub trust: WallTrust,
}

/// Trusted wall time: never behind a persisted floor, and forward only as far as boot time advanced
/// unless someone vouches for the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustedClock {
    floor: DateTime<Utc>,
    anchor: Option<(BootId, Duration)>,
}
