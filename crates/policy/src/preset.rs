//! Shipped sets of rules, each with its source.

use crate::app::{AgeRating, Category, Target};
use crate::rule::{Allowance, BreakRule, LegalSource, Origin, Period, RuleKind, Schedule, Slot};
use chrono::{NaiveDate, NaiveTime};
use std::time::Duration;

/// The name of a preset, as typed: `vn-147`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PresetId(pub &'static str);

/// A shipped set of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name.
    pub id: PresetId,
    /// What stands behind its figures.
    pub standing: PresetStanding,
    /// Where its figures come from.
    pub source: LegalSource,
    /// The ages, in years, that it is meant for: first and last.
    pub ages: (u8, u8),
    /// Its rules.
    pub rules: Vec<RuleKind>,
}

/// What stands behind a preset's figures. Shown with the preset, so that nobody takes advice for law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PresetStanding {
    /// A law asks for them.
    Law,
    /// A health body recommends the daily time; the hours, breaks and ratings around it are Lanh's own.
    Guideline,
    /// Lanh suggests them; no law or health body gives such figures.
    Suggestion,
}

impl Preset {
    /// All shipped presets: the law first, then by age.
    pub fn all() -> Vec<Self> {
        let mut presets = vec![vn_147()];
        presets.extend(GENTLE.iter().map(Gentle::preset));
        presets
    }

    /// The presets that suit an age in years, the gentle one for that age first.
    pub fn for_age(years: u8) -> Vec<Self> {
        let mut presets = Self::all();
        presets.retain(|preset| (preset.ages.0..=preset.ages.1).contains(&years));
        presets.sort_by_key(|preset| preset.ages.1.abs_diff(preset.ages.0));
        presets
    }

    /// The preset of that name.
    pub fn by_id(id: &str) -> Option<Self> {
        Self::all().into_iter().find(|preset| preset.id.0 == id)
    }

    /// What a rule made from this preset gives as its origin.
    pub fn origin(&self) -> Origin {
        Origin::Preset(self.id.0.to_owned(), self.source.clone())
    }
}

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

fn source(citation: &str, year: i32, month: u32, day: u32) -> LegalSource {
    let since = NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    LegalSource { citation: citation.to_owned(), since }
}

fn daily(target: Target, school_day: u64, weekend_day: u64) -> RuleKind {
    let (school_day, weekend_day) = (Some(minutes(school_day)), Some(minutes(weekend_day)));
    let days = [school_day, school_day, school_day, school_day, school_day, weekend_day, weekend_day];
    RuleKind::Allowance(Allowance { target, period: Period::Day(days) })
}

/// VN Decree 147 (under 18): what the decree asks of game providers, kept on the machine whatever the game.
fn vn_147() -> Preset {
    Preset {
        id: PresetId("vn-147"),
        standing: PresetStanding::Law,
        source: source("Decree 147/2024/NĐ-CP, Article 39(1)(e) and (g)", 2024, 12, 25),
        ages: (0, 17),
        rules: vec![
            daily(Target::Each(Category::Game), 60, 60),
            daily(Target::Category(Category::Game), 180, 180),
            RuleKind::HealthText { target: Target::Category(Category::Game), every: minutes(30) },
        ],
    }
}

/// A gentle preset in figures.
struct Gentle {
    id: &'static str,
    ages: (u8, u8),
    /// Minutes of screen on a school day and on a day of the weekend.
    screen: (u64, u64),
    /// Minutes of games on a school day and on a day of the weekend.
    games: (u64, u64),
    /// Allowed hours of the screen, as whole hour and minute: from, until, and until on the evenings
    /// before a day of the weekend.
    hours: ((u32, u32), (u32, u32), (u32, u32)),
    /// Minutes of a stretch and of the rest after it.
    rests: (u64, u64),
    ceiling: AgeRating,
}

const GENTLE: [Gentle; 5] = [
    Gentle {
        id: "gentle-3-5",
        ages: (3, 5),
        screen: (60, 60),
        games: (30, 30),
        hours: ((8, 0), (18, 30), (18, 30)),
        rests: (20, 10),
        ceiling: AgeRating::Everyone,
    },
    Gentle {
        id: "gentle-6-8",
        ages: (6, 8),
        screen: (60, 90),
        games: (45, 60),
        hours: ((7, 0), (19, 30), (20, 0)),
        rests: (30, 10),
        ceiling: AgeRating::Everyone,
    },
    Gentle {
        id: "gentle-9-12",
        ages: (9, 12),
        screen: (90, 150),
        games: (60, 90),
        hours: ((6, 30), (20, 30), (21, 0)),
        rests: (40, 10),
        // Ages nine to eleven are below 12+; who is twelve may be given more by name.
        ceiling: AgeRating::Everyone,
    },
    Gentle {
        id: "gentle-13-15",
        ages: (13, 15),
        screen: (120, 180),
        games: (60, 120),
        hours: ((6, 0), (21, 30), (22, 0)),
        rests: (45, 10),
        ceiling: AgeRating::Twelve,
    },
    Gentle {
        id: "gentle-16-17",
        ages: (16, 17),
        screen: (180, 240),
        games: (90, 180),
        hours: ((6, 0), (22, 30), (23, 0)),
        rests: (60, 10),
        ceiling: AgeRating::Sixteen,
    },
];

impl Gentle {
    fn preset(&self) -> Preset {
        let Self { id, ages, screen, games, hours, rests, ceiling } = self;
        let (standing, source) = if ages.0 < 5 {
            // WHO speaks of children under five; the five-year-old gets the same here.
            let citation = "WHO, Guidelines on physical activity, sedentary behaviour and sleep for children \
                            under 5 years of age (2019): sedentary screen time at most 1 hour a day at ages 2 to 4";
            (PresetStanding::Guideline, source(citation, 2019, 4, 24))
        } else {
            let citation = "Lanh's own suggestion; the AAP statement Media Use in School-Aged Children and \
                            Adolescents (2016) asks for consistent limits but gives no figures";
            (PresetStanding::Suggestion, source(citation, 2016, 11, 1))
        };
        let (opens, closes, closes_late) = *hours;
        let slot = |closes| Slot { from: clock(opens), until: Some(clock(closes)), free: false };
        let (school, late) = (slot(closes), slot(closes_late));
        // Friday and Saturday evenings are the late ones.
        let days = [school, school, school, school, late, late, school];
        Preset {
            id: PresetId(id),
            standing,
            source,
            ages: *ages,
            rules: vec![
                RuleKind::Exemption(Target::Category(Category::Learning)),
                daily(Target::Screen, screen.0, screen.1),
                daily(Target::Category(Category::Game), games.0, games.1),
                RuleKind::Schedule(Schedule { target: Target::Screen, slots: days.map(|slot| vec![slot]) }),
                RuleKind::Break(BreakRule {
                    target: Target::Screen,
                    at_most: minutes(rests.0),
                    rest: minutes(rests.1),
                }),
                RuleKind::RatingCeiling(*ceiling),
            ],
        }
    }
}

fn clock((hour, minute): (u32, u32)) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()
}
