//! What holds for the whole family.

use crate::{Change, Result, Store};
use chrono::Weekday;
use chrono_tz::Tz;
use lanh_policy::Family;

/// A number to call for help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpLine {
    /// Whose it is, as shown.
    pub name: String,
    /// What to dial.
    pub number: String,
}

/// What the guardians set for everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilySettings {
    /// Where days begin and end.
    pub zone: Tz,
    /// On which weekday a week starts.
    pub week_start: Weekday,
    /// How many days of use, requests and history are kept, 31 to 3660.
    pub retention_days: u32,
    /// Keep totals only: no app names beyond the day or week that a budget needs them.
    pub totals_only: bool,
    /// The region whose help lines are shown, as a short code: `VN`, `VN-33`.
    pub region: String,
    /// Where to get help.
    pub help_lines: Vec<HelpLine>,
    /// The language of notices, as a BCP 47 tag; `None`: each user's locale.
    pub language: Option<String>,
}

impl Store {
    /// Everything that the engine enforces.
    pub fn family(&self) -> Result<Family> {
        todo!()
    }
    /// What holds for everybody.
    pub fn family_settings(&self) -> Result<FamilySettings> {
        todo!()
    }
    /// Replaces what holds for everybody.
    pub fn set_family_settings(&mut self, change: &Change, settings: &FamilySettings) -> Result<()> {
        let _ = (change, settings);
        todo!()
    }
}
