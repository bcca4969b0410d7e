//! The family: children, their accounts and their policies.

use crate::ids::{Account, ChildId};
use crate::rule::Rule;
use chrono::Weekday;
use chrono_tz::Tz;
use std::time::Duration;

/// Everything that the guardians set.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// Where days begin and end.
    pub zone: Tz,
    /// On which weekday a week starts.
    pub week_start: Weekday,
    /// The children.
    pub children: Vec<Child>,
}

/// A child's profile and policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Child {
    /// Its number.
    pub id: ChildId,
    /// The name that the family uses.
    pub name: String,
    /// The year of birth, in the Gregorian calendar.
    pub birth_year: i32,
    /// The accounts that are this child.
    pub accounts: Vec<Account>,
    /// What holds for the child. Every rule holds; the strictest wins.
    pub rules: Vec<Rule>,
    /// How it is enforced.
    pub settings: Settings,
}

/// How a child's rules are enforced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How long before a limit to warn, longest first.
    pub warn_at: Vec<Duration>,
    /// Count every running program, whatever the companion says about focus and idleness.
    pub strict_counting: bool,
    /// Refuse programs that lie where the child can write, whatever they are.
    pub strict_programs: bool,
    /// How often a held program may be thawed to save.
    pub save_thaws: u8,
    /// How long one such thaw lasts.
    pub save_thaw: Duration,
    /// When a hold becomes a close.
    pub hold_end: HoldEnd,
    /// Between the polite request to close and the kill.
    pub close_grace: Duration,
}

/// When a held program is closed for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldEnd {
    /// At the end of the local day.
    DayEnd,
    /// After so long.
    After(Duration),
}

impl Default for Settings {
    fn default() -> Self {
        let minutes = |count: u64| Duration::from_secs(60 * count);
        Self {
            warn_at: vec![minutes(15), minutes(5), minutes(1)],
            strict_counting: false,
            strict_programs: false,
            save_thaws: 2,
            save_thaw: minutes(1),
            hold_end: HoldEnd::DayEnd,
            close_grace: Duration::from_secs(10),
        }
    }
}
