//! What holds for the whole family.

use crate::record::{read_family, write_family};
use crate::{AuditKind, Change, Result, Store, StoreError};
use chrono::Weekday;
use chrono_tz::Tz;
use lanh_policy::Family;
use std::ops::RangeInclusive;

/// Under which name the settings are kept.
const FAMILY: &str = "family";

/// The weeks that budgets need at the least, ten years at the most; in days.
const RETENTION: RangeInclusive<u32> = 31..=3660;

/// Shorter than half a minute and reading counts as absence; in seconds.
const IDLE_AFTER: RangeInclusive<u64> = 30..=3600;

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
    /// Seconds without a touch after which nobody is there, 30 to 3600.
    pub idle_after: u64,
}

impl Default for FamilySettings {
    /// Vietnam: its zone, the week from Monday, 400 days of retention, the national child line 111.
    fn default() -> Self {
        Self {
            zone: Tz::Asia__Ho_Chi_Minh,
            week_start: Weekday::Mon,
            retention_days: 400,
            totals_only: false,
            region: "VN".into(),
            help_lines: vec![HelpLine {
                name: "Tổng đài Quốc gia Bảo vệ Trẻ em".into(),
                number: "111".into(),
            }],
            language: None,
            idle_after: 120,
        }
    }
}

impl Store {
    /// Everything that the engine enforces.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] when a stored value makes no sense.
    pub fn family(&self) -> Result<Family> {
        let settings = self.family_settings()?;
        Ok(Family { zone: settings.zone, week_start: settings.week_start, children: self.children()? })
    }

    /// What holds for everybody; the default until a guardian sets it.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn family_settings(&self) -> Result<FamilySettings> {
        match self.meta::<String>(FAMILY)? {
            Some(text) => read_family(&text),
            None => Ok(FamilySettings::default()),
        }
    }

    /// Replaces what holds for everybody.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a retention or an idle time out of range.
    pub fn set_family_settings(&mut self, change: &Change, settings: &FamilySettings) -> Result<()> {
        if !RETENTION.contains(&settings.retention_days) {
            return Err(StoreError::Invalid {
                what: "the retention",
                why: format!("use {} to {} days", RETENTION.start(), RETENTION.end()),
            });
        }
        if !IDLE_AFTER.contains(&settings.idle_after) {
            return Err(StoreError::Invalid {
                what: "the time after which nobody is there",
                why: format!("use {} to {} seconds", IDLE_AFTER.start(), IDLE_AFTER.end()),
            });
        }
        let text = write_family(settings)?;
        self.atomic(|store| {
            store.set_meta(FAMILY, &text)?;
            store.note(change, AuditKind::FAMILY, None, "the family's settings were changed")
        })
    }
}
