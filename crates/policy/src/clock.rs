//! Moments, and wall time that a child cannot turn back or forward.

use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;

/// Which boot of the machine a time since boot belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BootId(pub u128);

/// How far the wall clock can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WallTrust {
    /// The operating system says that its clock is synchronised.
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

/// What trusted wall time was at some time since boot. Kept on disk, so that a service that starts again in
/// the same boot goes on from there and not from a clock that somebody set meanwhile, and one that starts in
/// another boot not from a clock that was set back while the machine was off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The boot that `since_boot` counts from.
    pub boot: BootId,
    /// Time since boot, sleep included.
    pub since_boot: Duration,
    /// Trusted wall time then.
    pub wall: DateTime<Utc>,
}

impl Moment {
    /// The moment with the wall time that `anchor` leads to, for a wall clock that nobody vouches for: in the
    /// anchor's own boot trusted wall time moves exactly as time since boot does, in another one it is not
    /// before the anchor. A confirmed moment stays as it is.
    pub fn anchored(self, anchor: Option<Anchor>) -> Self {
        match (self.trust, anchor) {
            (WallTrust::Unconfirmed, Some(anchor)) if anchor.boot == self.boot => {
                let elapsed = self.since_boot.saturating_sub(anchor.since_boot);
                Self { wall: later(anchor.wall, elapsed), ..self }
            }
            (WallTrust::Unconfirmed, Some(anchor)) => Self { wall: self.wall.max(anchor.wall), ..self },
            _ => self,
        }
    }
}

/// Trusted wall time: never behind a persisted floor, and forward only as far as boot time advanced
/// unless someone vouches for the clock.
///
/// Within a boot an unconfirmed wall clock is not looked at: setting it changes nothing. A confirmed one
/// that is ahead is taken at once; one that is behind is not, so trusted time runs on until the floor is
/// lowered by a guardian's restore.
///
/// Limit: the first look takes an unconfirmed wall clock that is ahead of the floor, because a machine that
/// was off overnight must know that a new day began ([`Moment::anchored`] keeps this to the first look of a
/// boot). Who sets the firmware's clock forward borrows from days to come, whose time is then spent when
/// they come; `lanh doctor` says how far the two clocks are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustedClock {
    floor: DateTime<Utc>,
    anchor: Option<(BootId, Duration)>,
}

impl TrustedClock {
    /// A clock that never shows less than `floor`, if there is one.
    pub fn new(floor: Option<DateTime<Utc>>) -> Self {
        Self { floor: within_calendar(floor.unwrap_or(DateTime::UNIX_EPOCH)), anchor: None }
    }

    /// Takes note of a moment and returns the trusted wall time there. It never decreases.
    pub fn observe(&mut self, moment: Moment) -> DateTime<Utc> {
        let wall = within_calendar(moment.wall);
        let ran_on = match self.anchor {
            Some((boot, since_boot)) if boot == moment.boot => {
                Some(later(self.floor, moment.since_boot.saturating_sub(since_boot)))
            }
            _ => None,
        };
        self.floor = match (ran_on, moment.trust) {
            (Some(ran_on), WallTrust::Unconfirmed) => ran_on,
            (Some(ran_on), WallTrust::Confirmed) => ran_on.max(wall),
            (None, _) => self.floor.max(wall),
        };
        let since_boot = match self.anchor {
            // A time since boot that goes back stays where it was, or it would be counted twice.
            Some((boot, since_boot)) if boot == moment.boot => since_boot.max(moment.since_boot),
            _ => moment.since_boot,
        };
        self.anchor = Some((moment.boot, since_boot));
        self.floor
    }

    /// Trusted wall time as of the last observation.
    pub fn now(&self) -> DateTime<Utc> {
        self.floor
    }
}

/// `at` within the years that calendars can be computed for: 1970 to 9999.
pub(crate) fn within_calendar(at: DateTime<Utc>) -> DateTime<Utc> {
    at.clamp(DateTime::UNIX_EPOCH, LAST)
}

/// The last second of the year 9999.
const LAST: DateTime<Utc> = match DateTime::from_timestamp(253_402_300_799, 0) {
    Some(last) => last,
    None => DateTime::UNIX_EPOCH,
};

/// `at` and `by` more, at most the end of the year 9999.
pub(crate) fn later(at: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(by).ok().and_then(|by| at.checked_add_signed(by)).map_or(LAST, within_calendar)
}

/// The time from one moment to a later one; zero if it is not later.
pub(crate) fn between(from: DateTime<Utc>, until: DateTime<Utc>) -> Duration {
    until.signed_duration_since(from).to_std().unwrap_or(Duration::ZERO)
}
