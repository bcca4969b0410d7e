//! The stored form of policy values. The records are this crate's own, so that the policy types may change
//! without changing what old files mean; each body carries the version of its form.

use crate::audit::Actor;
use crate::db::unreadable;
use crate::{FamilySettings, HelpLine, Result, StoreError};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc, Weekday};
use lanh_policy::{
    Account, AgeRating, Allowance, AppId, Bank, Basis, BreakRule, Category, ChildId, Earn, HoldEnd,
    LegalSource, Origin, Period, Rule, RuleId, RuleKind, Schedule, Settings, Slot, Target,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The version of every body that this program writes.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Written<'a, T> {
    v: u32,
    body: &'a T,
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

#[derive(Deserialize)]
struct Read<T> {
    body: T,
}

fn write<T: Serialize>(what: &'static str, body: &T) -> Result<String> {
    serde_json::to_string(&Written { v: VERSION, body })
        .map_err(|error| StoreError::Invalid { what, why: error.to_string() })
}

fn read<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T> {
    let Version { v } = serde_json::from_str(text).map_err(|error| unreadable(what, error))?;
    if v != VERSION {
        return Err(unreadable(what, format!("its form {v} is unknown")));
    }
    let Read { body } = serde_json::from_str(text).map_err(|error| unreadable(what, error))?;
    Ok(body)
}

/// Two-way tables of short names, total by the compiler on the way out and by the test on the way in.
macro_rules! names {
    ($write:ident, $read:ident, $type:ident, $what:literal, $($variant:ident = $name:literal),+) => {
        pub(crate) fn $write(value: $type) -> &'static str {
            match value { $($type::$variant => $name),+ }
        }

        pub(crate) fn $read(name: &str) -> Result<$type> {
            match name {
                $($name => Ok($type::$variant),)+
                _ => Err(unreadable($what, name)),
            }
        }
    };
}

names!(
    write_category,
    read_category,
    Category,
    "a category",
    Game = "game",
    Learning = "learning",
    Social = "social",
    Video = "video",
    Browser = "browser",
    Creative = "creative",
    System = "system",
    Other = "other"
);
names!(
    write_basis,
    read_basis,
    Basis,
    "the basis of an interval",
    InFront = "in-front",
    FocusUnknown = "focus-unknown",
    CompanionSilent = "companion-silent",
    Strict = "strict",
    SessionActive = "session-active"
);
names!(
    write_weekday,
    read_weekday,
    Weekday,
    "a weekday",
    Mon = "mon",
    Tue = "tue",
    Wed = "wed",
    Thu = "thu",
    Fri = "fri",
    Sat = "sat",
    Sun = "sun"
);

pub(crate) fn write_rating(rating: AgeRating) -> u8 {
    rating.youngest()
}

pub(crate) fn read_rating(youngest: u8) -> Result<AgeRating> {
    [AgeRating::Everyone, AgeRating::Twelve, AgeRating::Sixteen, AgeRating::Eighteen]
        .into_iter()
        .find(|rating| rating.youngest() == youngest)
        .ok_or_else(|| unreadable("an age rating", youngest))
}

pub(crate) fn write_target(target: &Target) -> String {
    match target {
        Target::App(app) => format!("app:{app}"),
        Target::Category(category) => format!("category:{}", write_category(*category)),
        Target::Each(category) => format!("each:{}", write_category(*category)),
        Target::Screen => "screen".into(),
    }
}

pub(crate) fn read_target(text: &str) -> Result<Target> {
    match text.split_once(':') {
        None if text == "screen" => Ok(Target::Screen),
        Some(("app", id)) => Ok(Target::App(AppId::from(id))),
        Some(("category", name)) => read_category(name).map(Target::Category),
        Some(("each", name)) => read_category(name).map(Target::Each),
        _ => Err(unreadable("a target", text)),
    }
}

pub(crate) fn write_actor(actor: &Actor) -> String {
    match actor {
        Actor::Service => "service".into(),
        Actor::Guardian => "guardian".into(),
        Actor::Administrator => "administrator".into(),
        Actor::Child(child) => format!("child:{child}"),
        Actor::Account(account) => format!("account:{account}"),
    }
}

pub(crate) fn read_actor(text: &str) -> Result<Actor> {
    match (text, text.split_once(':')) {
        ("service", _) => Ok(Actor::Service),
        ("guardian", _) => Ok(Actor::Guardian),
        ("administrator", _) => Ok(Actor::Administrator),
        (_, Some(("child", number))) => number
            .parse()
            .map(|number| Actor::Child(ChildId(number)))
            .map_err(|error| unreadable("an actor", error)),
        (_, Some(("account", account))) => Ok(Actor::Account(Account::from(account))),
        _ => Err(unreadable("an actor", text)),
    }
}

pub(crate) fn write_time(what: &'static str, time: DateTime<Utc>) -> Result<i64> {
    time.timestamp_nanos_opt()
        .ok_or_else(|| StoreError::Invalid { what, why: format!("{time} is not between 1678 and 2262") })
}

pub(crate) fn read_time(nanos: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_nanos(nanos)
}

pub(crate) fn write_length(what: &'static str, length: Duration) -> Result<i64> {
    i64::try_from(length.as_nanos())
        .map_err(|_| StoreError::Invalid { what, why: "it is longer than 292 years".into() })
}

pub(crate) fn read_length(what: &'static str, nanos: i64) -> Result<Duration> {
    u64::try_from(nanos).map(Duration::from_nanos).map_err(|error| unreadable(what, error))
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum RuleKindRecord {
    Allowance { target: String, period: PeriodRecord },
    Schedule { target: String, slots: [Vec<SlotRecord>; 7] },
    Break { target: String, at_most: Duration, rest: Duration },
    RatingCeiling { youngest: u8 },
    Block { target: String },
    Exemption { target: String },
    AllowOnly { targets: Vec<String> },
    HealthText { target: String, every: Duration },
    Bank { target: String, keep: Duration, borrow: Duration, since: NaiveDate },
    Earn { by: String, every: Duration, target: String, gives: Duration, at_most: Duration },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PeriodRecord {
    Day([Option<Duration>; 7]),
    Week(Duration),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SlotRecord {
    from: String,
    until: Option<String>,
    free: bool,
}

impl From<&RuleKind> for RuleKindRecord {
    fn from(kind: &RuleKind) -> Self {
        match kind {
            RuleKind::Allowance(Allowance { target, period }) => Self::Allowance {
                target: write_target(target),
                period: match period {
                    Period::Day(days) => PeriodRecord::Day(*days),
                    Period::Week(amount) => PeriodRecord::Week(*amount),
                },
            },
            RuleKind::Schedule(Schedule { target, slots }) => Self::Schedule {
                target: write_target(target),
                slots: slots.each_ref().map(|day| day.iter().map(SlotRecord::from).collect()),
            },
            RuleKind::Break(BreakRule { target, at_most, rest }) => {
                Self::Break { target: write_target(target), at_most: *at_most, rest: *rest }
            }
            RuleKind::RatingCeiling(rating) => Self::RatingCeiling { youngest: write_rating(*rating) },
            RuleKind::Block(target) => Self::Block { target: write_target(target) },
            RuleKind::Exemption(target) => Self::Exemption { target: write_target(target) },
            RuleKind::AllowOnly(targets) => {
                Self::AllowOnly { targets: targets.iter().map(write_target).collect() }
            }
            RuleKind::Bank(Bank { target, keep, borrow, since }) => {
                Self::Bank { target: write_target(target), keep: *keep, borrow: *borrow, since: *since }
            }
            RuleKind::Earn(Earn { by, every, target, gives, at_most }) => Self::Earn {
                by: write_target(by),
                every: *every,
                target: write_target(target),
                gives: *gives,
                at_most: *at_most,
            },
            RuleKind::HealthText { target, every } => {
                Self::HealthText { target: write_target(target), every: *every }
            }
        }
    }
}

impl TryFrom<RuleKindRecord> for RuleKind {
    type Error = StoreError;

    fn try_from(record: RuleKindRecord) -> Result<Self> {
        Ok(match record {
            RuleKindRecord::Allowance { target, period } => Self::Allowance(Allowance {
                target: read_target(&target)?,
                period: match period {
                    PeriodRecord::Day(days) => Period::Day(days),
                    PeriodRecord::Week(amount) => Period::Week(amount),
                },
            }),
            RuleKindRecord::Schedule { target, slots } => {
                let mut days: [Vec<Slot>; 7] = Default::default();
                for (day, records) in days.iter_mut().zip(slots) {
                    *day = records.into_iter().map(Slot::try_from).collect::<Result<_>>()?;
                }
                Self::Schedule(Schedule { target: read_target(&target)?, slots: days })
            }
            RuleKindRecord::Break { target, at_most, rest } => {
                Self::Break(BreakRule { target: read_target(&target)?, at_most, rest })
            }
            RuleKindRecord::RatingCeiling { youngest } => Self::RatingCeiling(read_rating(youngest)?),
            RuleKindRecord::Block { target } => Self::Block(read_target(&target)?),
            RuleKindRecord::Exemption { target } => Self::Exemption(read_target(&target)?),
            RuleKindRecord::AllowOnly { targets } => {
                Self::AllowOnly(targets.iter().map(|target| read_target(target)).collect::<Result<_>>()?)
            }
            RuleKindRecord::Bank { target, keep, borrow, since } => {
                Self::Bank(Bank { target: read_target(&target)?, keep, borrow, since })
            }
            RuleKindRecord::Earn { by, every, target, gives, at_most } => Self::Earn(Earn {
                by: read_target(&by)?,
                every,
                target: read_target(&target)?,
                gives,
                at_most,
            }),
            RuleKindRecord::HealthText { target, every } => {
                Self::HealthText { target: read_target(&target)?, every }
            }
        })
    }
}

impl From<&Slot> for SlotRecord {
    fn from(slot: &Slot) -> Self {
        Self {
            from: slot.from.to_string(),
            until: slot.until.map(|until| until.to_string()),
            free: slot.free,
        }
    }
}

impl TryFrom<SlotRecord> for Slot {
    type Error = StoreError;

    fn try_from(record: SlotRecord) -> Result<Self> {
        let time = |text: &str| {
            text.parse::<NaiveTime>().map_err(|error| unreadable("a time of day", format!("{text}: {error}")))
        };
        Ok(Self {
            from: time(&record.from)?,
            until: record.until.as_deref().map(time).transpose()?,
            free: record.free,
        })
    }
}

pub(crate) fn write_kind(kind: &RuleKind) -> Result<String> {
    write("a rule", &RuleKindRecord::from(kind))
}

pub(crate) fn read_kind(text: &str) -> Result<RuleKind> {
    read::<RuleKindRecord>("a rule", text)?.try_into()
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case", deny_unknown_fields)]
enum OriginRecord {
    Guardian,
    Preset { id: String, citation: String, since: String },
    Class { name: String },
}

impl From<&Origin> for OriginRecord {
    fn from(origin: &Origin) -> Self {
        match origin {
            Origin::Guardian => Self::Guardian,
            Origin::Preset(id, LegalSource { citation, since }) => {
                Self::Preset { id: id.clone(), citation: citation.clone(), since: since.to_string() }
            }
            Origin::Class(name) => Self::Class { name: name.clone() },
        }
    }
}

impl TryFrom<OriginRecord> for Origin {
    type Error = StoreError;

    fn try_from(record: OriginRecord) -> Result<Self> {
        Ok(match record {
            OriginRecord::Guardian => Self::Guardian,
            OriginRecord::Preset { id, citation, since } => {
                let since = since.parse::<NaiveDate>().map_err(|error| unreadable("a date", error))?;
                Self::Preset(id, LegalSource { citation, since })
            }
            OriginRecord::Class { name } => Self::Class(name),
        })
    }
}

pub(crate) fn write_origin(origin: &Origin) -> Result<String> {
    write("the origin of a rule", &OriginRecord::from(origin))
}

pub(crate) fn read_origin(text: &str) -> Result<Origin> {
    read::<OriginRecord>("the origin of a rule", text)?.try_into()
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsRecord {
    warn_at: Vec<Duration>,
    strict_counting: bool,
    #[serde(default)]
    strict_programs: bool,
    save_thaws: u8,
    save_thaw: Duration,
    hold_end: HoldEndRecord,
    close_grace: Duration,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum HoldEndRecord {
    DayEnd,
    After(Duration),
}

impl From<&Settings> for SettingsRecord {
    fn from(settings: &Settings) -> Self {
        let Settings {
            warn_at,
            strict_counting,
            strict_programs,
            save_thaws,
            save_thaw,
            hold_end,
            close_grace,
        } = settings;
        Self {
            warn_at: warn_at.clone(),
            strict_counting: *strict_counting,
            strict_programs: *strict_programs,
            save_thaws: *save_thaws,
            save_thaw: *save_thaw,
            hold_end: match hold_end {
                HoldEnd::DayEnd => HoldEndRecord::DayEnd,
                HoldEnd::After(length) => HoldEndRecord::After(*length),
            },
            close_grace: *close_grace,
        }
    }
}

impl From<SettingsRecord> for Settings {
    fn from(record: SettingsRecord) -> Self {
        Self {
            warn_at: record.warn_at,
            strict_counting: record.strict_counting,
            strict_programs: record.strict_programs,
            save_thaws: record.save_thaws,
            save_thaw: record.save_thaw,
            hold_end: match record.hold_end {
                HoldEndRecord::DayEnd => HoldEnd::DayEnd,
                HoldEndRecord::After(length) => HoldEnd::After(length),
            },
            close_grace: record.close_grace,
        }
    }
}

pub(crate) fn write_settings(settings: &Settings) -> Result<String> {
    write("a child's settings", &SettingsRecord::from(settings))
}

pub(crate) fn read_settings(text: &str) -> Result<Settings> {
    read::<SettingsRecord>("a child's settings", text).map(Settings::from)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FamilyRecord {
    zone: String,
    week_start: String,
    retention_days: u32,
    totals_only: bool,
    region: String,
    help_lines: Vec<HelpLineRecord>,
    language: Option<String>,
    #[serde(default = "idle_after_two_minutes")]
    idle_after: u64,
}

/// What held before there was a setting.
fn idle_after_two_minutes() -> u64 {
    120
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HelpLineRecord {
    name: String,
    number: String,
}

pub(crate) fn write_family(settings: &FamilySettings) -> Result<String> {
    let FamilySettings {
        zone,
        week_start,
        retention_days,
        totals_only,
        region,
        help_lines,
        language,
        idle_after,
    } = settings;
    let record = FamilyRecord {
        zone: zone.name().into(),
        week_start: write_weekday(*week_start).into(),
        retention_days: *retention_days,
        totals_only: *totals_only,
        region: region.clone(),
        help_lines: help_lines
            .iter()
            .map(|HelpLine { name, number }| HelpLineRecord { name: name.clone(), number: number.clone() })
            .collect(),
        language: language.clone(),
        idle_after: *idle_after,
    };
    write("the family's settings", &record)
}

pub(crate) fn read_family(text: &str) -> Result<FamilySettings> {
    let record: FamilyRecord = read("the family's settings", text)?;
    Ok(FamilySettings {
        zone: record.zone.parse().map_err(|error| unreadable("the time zone", error))?,
        week_start: read_weekday(&record.week_start)?,
        retention_days: record.retention_days,
        totals_only: record.totals_only,
        region: record.region,
        help_lines: record
            .help_lines
            .into_iter()
            .map(|HelpLineRecord { name, number }| HelpLine { name, number })
            .collect(),
        language: record.language,
        idle_after: record.idle_after,
    })
}

/// A child's rules and settings at one time.
pub(crate) type Snapshot = (Vec<Rule>, Settings);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SnapshotRecord {
    rules: Vec<RuleRecord>,
    settings: SettingsRecord,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleRecord {
    id: u64,
    origin: OriginRecord,
    rule: RuleKindRecord,
}

pub(crate) fn write_snapshot((rules, settings): &Snapshot) -> Result<String> {
    let record = SnapshotRecord {
        rules: rules
            .iter()
            .map(|rule| RuleRecord {
                id: rule.id.0,
                origin: OriginRecord::from(&rule.origin),
                rule: RuleKindRecord::from(&rule.kind),
            })
            .collect(),
        settings: SettingsRecord::from(settings),
    };
    write("a revision", &record)
}

pub(crate) fn read_snapshot(text: &str) -> Result<Snapshot> {
    let record: SnapshotRecord = read("a revision", text)?;
    let rules = record
        .rules
        .into_iter()
        .map(|rule| {
            Ok(Rule { id: RuleId(rule.id), origin: rule.origin.try_into()?, kind: rule.rule.try_into()? })
        })
        .collect::<Result<_>>()?;
    Ok((rules, record.settings.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    fn length() -> impl Strategy<Value = Duration> {
        (any::<u64>(), 0..1_000_000_000_u32).prop_map(|(seconds, nanos)| Duration::new(seconds, nanos))
    }

    fn category() -> impl Strategy<Value = Category> {
        use Category::{Browser, Creative, Game, Learning, Other, Social, System, Video};
        prop::sample::select(vec![Game, Learning, Social, Video, Browser, Creative, System, Other])
    }

    fn target() -> impl Strategy<Value = Target> {
        prop_oneof![
            any::<String>().prop_map(|id| Target::App(AppId::new(id))),
            category().prop_map(Target::Category),
            category().prop_map(Target::Each),
            Just(Target::Screen),
        ]
    }

    fn time_of_day() -> impl Strategy<Value = NaiveTime> {
        (0..86_400_u32, 0..2_000_000_000_u32)
            .prop_filter_map("a leap second only at :59", |(second, nanos)| {
                NaiveTime::from_num_seconds_from_midnight_opt(second, nanos)
            })
    }

    fn slot() -> impl Strategy<Value = Slot> {
        (time_of_day(), option::of(time_of_day()), any::<bool>()).prop_map(|(from, until, free)| Slot {
            from,
            until,
            free,
        })
    }

    fn rating() -> impl Strategy<Value = AgeRating> {
        use AgeRating::{Eighteen, Everyone, Sixteen, Twelve};
        prop::sample::select(vec![Everyone, Twelve, Sixteen, Eighteen])
    }

    fn kind() -> impl Strategy<Value = RuleKind> {
        prop_oneof![
            (target(), prop::array::uniform7(option::of(length()))).prop_map(|(target, days)| {
                RuleKind::Allowance(Allowance { target, period: Period::Day(days) })
            }),
            (target(), length()).prop_map(|(target, amount)| {
                RuleKind::Allowance(Allowance { target, period: Period::Week(amount) })
            }),
            (target(), prop::array::uniform7(vec(slot(), 0..3)))
                .prop_map(|(target, slots)| RuleKind::Schedule(Schedule { target, slots })),
            (target(), length(), length()).prop_map(|(target, at_most, rest)| RuleKind::Break(BreakRule {
                target,
                at_most,
                rest
            })),
            rating().prop_map(RuleKind::RatingCeiling),
            target().prop_map(RuleKind::Block),
            target().prop_map(RuleKind::Exemption),
            vec(target(), 0..4).prop_map(RuleKind::AllowOnly),
            (target(), length()).prop_map(|(target, every)| RuleKind::HealthText { target, every }),
            (target(), length(), length(), -700_000..2_000_000_i32).prop_map(
                |(target, keep, borrow, day)| {
                    let since = NaiveDate::from_num_days_from_ce_opt(day).unwrap();
                    RuleKind::Bank(Bank { target, keep, borrow, since })
                }
            ),
            (target(), length(), target(), length(), length()).prop_map(
                |(by, every, target, gives, at_most)| RuleKind::Earn(Earn {
                    by,
                    every,
                    target,
                    gives,
                    at_most
                })
            ),
        ]
    }

    fn origin() -> impl Strategy<Value = Origin> {
        prop_oneof![
            Just(Origin::Guardian),
            (any::<String>(), any::<String>(), -700_000..2_000_000_i32).prop_map(|(id, citation, day)| {
                let since = NaiveDate::from_num_days_from_ce_opt(day).unwrap();
                Origin::Preset(id, LegalSource { citation, since })
            }),
            any::<String>().prop_map(Origin::Class),
        ]
    }

    fn settings() -> impl Strategy<Value = Settings> {
        let hold_end = prop_oneof![Just(HoldEnd::DayEnd), length().prop_map(HoldEnd::After)];
        let strict = (any::<bool>(), any::<bool>());
        (vec(length(), 0..4), strict, any::<u8>(), length(), hold_end, length()).prop_map(
            |(warn_at, (strict_counting, strict_programs), save_thaws, save_thaw, hold_end, close_grace)| {
                Settings {
                    warn_at,
                    strict_counting,
                    strict_programs,
                    save_thaws,
                    save_thaw,
                    hold_end,
                    close_grace,
                }
            },
        )
    }

    fn actor() -> impl Strategy<Value = Actor> {
        prop_oneof![
            Just(Actor::Service),
            Just(Actor::Guardian),
            Just(Actor::Administrator),
            any::<u64>().prop_map(|number| Actor::Child(ChildId(number))),
            any::<String>().prop_map(|account| Actor::Account(Account::new(account))),
        ]
    }

    proptest! {
        #[test]
        fn rules_come_back_as_they_were(kind in kind()) {
            prop_assert_eq!(read_kind(&write_kind(&kind).unwrap()).unwrap(), kind);
        }

        #[test]
        fn origins_come_back_as_they_were(origin in origin()) {
            prop_assert_eq!(read_origin(&write_origin(&origin).unwrap()).unwrap(), origin);
        }

        #[test]
        fn revisions_come_back_as_they_were(
            rules in vec((any::<u64>(), origin(), kind()), 0..4),
            settings in settings(),
        ) {
            let rules = rules.into_iter().map(|(id, origin, kind)| Rule { id: RuleId(id), origin, kind }).collect();
            let snapshot = (rules, settings);
            prop_assert_eq!(read_snapshot(&write_snapshot(&snapshot).unwrap()).unwrap(), snapshot);
        }

        #[test]
        fn targets_and_actors_come_back_as_they_were(target in target(), actor in actor()) {
            prop_assert_eq!(read_target(&write_target(&target)).unwrap(), target);
            prop_assert_eq!(read_actor(&write_actor(&actor)).unwrap(), actor);
        }

        #[test]
        fn times_and_lengths_come_back_to_the_nanosecond(nanos in any::<i64>(), length in 0..=i64::MAX) {
            prop_assert_eq!(write_time("t", read_time(nanos)).unwrap(), nanos);
            prop_assert_eq!(write_length("l", read_length("l", length).unwrap()).unwrap(), length);
        }

        #[test]
        fn nonsense_is_refused_without_a_panic(text in any::<String>()) {
            prop_assert!(read_kind(&text).is_err());
            prop_assert!(read_settings(&text).is_err());
            prop_assert!(read_snapshot(&text).is_err());
        }
    }

    #[test]
    fn the_form_of_a_rule_is_pinned() {
        let kind = RuleKind::Allowance(Allowance {
            target: Target::Each(Category::Game),
            period: Period::Week(Duration::from_secs(3600)),
        });
        let text = r#"{"v":1,"body":{"kind":"allowance","target":"each:game","period":{"week":{"secs":3600,"nanos":0}}}}"#;
        assert_eq!(write_kind(&kind).unwrap(), text);
        assert_eq!(read_kind(text).unwrap(), kind);
    }

    #[test]
    fn a_body_of_a_later_form_is_named_as_such() {
        let error = read_kind(r#"{"v":2,"body":{"kind":"telepathy"}}"#).unwrap_err();
        assert!(error.to_string().contains("form 2"), "{error}");
    }
}
