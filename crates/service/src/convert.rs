//! Between the domain and the wire. Every conversion is explicit: the wire may stay as it is while the
//! domain moves on, and the other way round.

use chrono::{NaiveDate, Weekday};
use lanh_policy as policy;
use lanh_protocol as wire;
use std::time::Duration;

/// A view that names something the domain has no word for, or figures that make no rule.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConvertError {
    #[error("an age rating is 0, 12, 16 or 18, not {0}")]
    Rating(String),
    #[error(
        "{0:?} is no category; the categories are game, learning, social, video, browser, creative, system, other"
    )]
    Category(String),
    #[error("{0:?} is no weekday; say mon, tue, wed, thu, fri, sat or sun")]
    Weekday(String),
    #[error(transparent)]
    Rule(#[from] policy::RuleError),
}

/// Finds the name of an app by its id.
pub(crate) trait AppNames {
    fn app_name(&self, id: &policy::AppId) -> String;
}

pub(crate) fn seconds(duration: Duration) -> u64 {
    duration.as_secs()
}

/// What is left, as people count it: a second that has begun is still there.
pub(crate) fn seconds_up(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

pub(crate) fn category_view(category: policy::Category) -> wire::CategoryView {
    use policy::Category as From;
    use wire::CategoryView as To;
    match category {
        From::Game => To::Game,
        From::Learning => To::Learning,
        From::Social => To::Social,
        From::Video => To::Video,
        From::Browser => To::Browser,
        From::Creative => To::Creative,
        From::System => To::System,
        From::Other => To::Other,
    }
}

pub(crate) fn category(view: wire::CategoryView) -> policy::Category {
    use policy::Category as To;
    use wire::CategoryView as From;
    match view {
        From::Game => To::Game,
        From::Learning => To::Learning,
        From::Social => To::Social,
        From::Video => To::Video,
        From::Browser => To::Browser,
        From::Creative => To::Creative,
        From::System => To::System,
        From::Other => To::Other,
    }
}

pub(crate) fn category_from_word(word: &str) -> Result<policy::Category, ConvertError> {
    use policy::Category as To;
    Ok(match word {
        "game" => To::Game,
        "learning" => To::Learning,
        "social" => To::Social,
        "video" => To::Video,
        "browser" => To::Browser,
        "creative" => To::Creative,
        "system" => To::System,
        "other" => To::Other,
        _ => return Err(ConvertError::Category(word.to_owned())),
    })
}

pub(crate) fn rating(age: u8) -> Result<policy::AgeRating, ConvertError> {
    use policy::AgeRating as To;
    Ok(match age {
        0 => To::Everyone,
        12 => To::Twelve,
        16 => To::Sixteen,
        18 => To::Eighteen,
        _ => return Err(ConvertError::Rating(age.to_string())),
    })
}

/// A guardian's decision about a category; `none`: no decision, so that what Lanh finds holds again.
pub(crate) fn decision_from_word(word: &str) -> Result<Option<policy::Category>, ConvertError> {
    if word == "none" { Ok(None) } else { category_from_word(word).map(Some) }
}

/// `none` takes a rating away.
pub(crate) fn rating_from_word(word: &str) -> Result<Option<policy::AgeRating>, ConvertError> {
    if word == "none" {
        return Ok(None);
    }
    let age = word.trim_end_matches('+').parse().map_err(|_| ConvertError::Rating(word.to_owned()))?;
    rating(age).map(Some)
}

pub(crate) fn weekday_word(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "mon",
        Weekday::Tue => "tue",
        Weekday::Wed => "wed",
        Weekday::Thu => "thu",
        Weekday::Fri => "fri",
        Weekday::Sat => "sat",
        Weekday::Sun => "sun",
    }
}

pub(crate) fn weekday(word: &str) -> Result<Weekday, ConvertError> {
    word.parse().map_err(|_| ConvertError::Weekday(word.to_owned()))
}

pub(crate) fn target_view(target: &policy::Target, names: &impl AppNames) -> wire::TargetView {
    match target {
        policy::Target::App(id) => wire::TargetView::App { app: id.to_string(), name: names.app_name(id) },
        policy::Target::Category(category) => {
            wire::TargetView::Category { category: category_view(*category) }
        }
        policy::Target::Each(category) => wire::TargetView::Each { category: category_view(*category) },
        policy::Target::Screen => wire::TargetView::Screen,
    }
}

pub(crate) fn target(view: &wire::TargetView) -> policy::Target {
    match view {
        wire::TargetView::App { app, .. } => policy::Target::App(policy::AppId::new(app.as_str())),
        wire::TargetView::Category { category: view } => policy::Target::Category(category(*view)),
        wire::TargetView::Each { category: view } => policy::Target::Each(category(*view)),
        wire::TargetView::Screen => policy::Target::Screen,
    }
}

pub(crate) fn origin_view(origin: &policy::Origin) -> wire::OriginView {
    match origin {
        policy::Origin::Guardian => wire::OriginView::Guardian,
        policy::Origin::Preset(preset, source) => wire::OriginView::Preset {
            preset: preset.clone(),
            citation: source.citation.clone(),
            since: source.since,
        },
        policy::Origin::Class(class) => wire::OriginView::Class { class: class.clone() },
    }
}

pub(crate) fn rule_view(rule: &policy::Rule, names: &impl AppNames) -> wire::RuleView {
    wire::RuleView {
        id: rule.id.0,
        origin: origin_view(&rule.origin),
        rule: rule_kind_view(&rule.kind, names),
    }
}

pub(crate) fn rule_kind_view(kind: &policy::RuleKind, names: &impl AppNames) -> wire::NewRule {
    match kind {
        policy::RuleKind::Allowance(allowance) => wire::NewRule::Allowance {
            target: target_view(&allowance.target, names),
            period: match &allowance.period {
                policy::Period::Day(days) => {
                    wire::BudgetPeriod::Day { seconds: days.map(|day| day.map(seconds)) }
                }
                policy::Period::Week(week) => wire::BudgetPeriod::Week { seconds: seconds(*week) },
            },
        },
        policy::RuleKind::Schedule(schedule) => wire::NewRule::Schedule {
            target: target_view(&schedule.target, names),
            slots: schedule.slots.clone().map(|day| {
                day.into_iter()
                    .map(|slot| wire::SlotView { from: slot.from, until: slot.until, free: slot.free })
                    .collect()
            }),
        },
        policy::RuleKind::Break(rule) => wire::NewRule::Break {
            target: target_view(&rule.target, names),
            at_most: seconds(rule.at_most),
            rest: seconds(rule.rest),
        },
        policy::RuleKind::RatingCeiling(ceiling) => wire::NewRule::RatingCeiling { age: ceiling.youngest() },
        policy::RuleKind::Block(target) => wire::NewRule::Block { target: target_view(target, names) },
        policy::RuleKind::Exemption(target) => {
            wire::NewRule::Exemption { target: target_view(target, names) }
        }
        policy::RuleKind::AllowOnly(targets) => wire::NewRule::AllowOnly {
            targets: targets.iter().map(|target| target_view(target, names)).collect(),
        },
        policy::RuleKind::Bank(bank) => wire::NewRule::Bank {
            target: target_view(&bank.target, names),
            keep: seconds(bank.keep),
            borrow: seconds(bank.borrow),
            since: Some(bank.since),
        },
        policy::RuleKind::Earn(earn) => wire::NewRule::Earn {
            by: target_view(&earn.by, names),
            every: seconds(earn.every),
            target: target_view(&earn.target, names),
            gives: seconds(earn.gives),
            at_most: seconds(earn.at_most),
        },
        policy::RuleKind::HealthText { target, every } => {
            wire::NewRule::HealthText { target: target_view(target, names), every: seconds(*every) }
        }
    }
}

/// What a guardian asked for, checked. A bank without a first day begins `today`.
pub(crate) fn rule_kind(view: &wire::NewRule, today: NaiveDate) -> Result<policy::RuleKind, ConvertError> {
    let kind = match view {
        wire::NewRule::Allowance { target: on, period } => policy::RuleKind::Allowance(policy::Allowance {
            target: target(on),
            period: match period {
                wire::BudgetPeriod::Day { seconds } => {
                    policy::Period::Day(seconds.map(|day| day.map(Duration::from_secs)))
                }
                wire::BudgetPeriod::Week { seconds } => policy::Period::Week(Duration::from_secs(*seconds)),
            },
        }),
        wire::NewRule::Schedule { target: on, slots } => policy::RuleKind::Schedule(policy::Schedule {
            target: target(on),
            slots: slots.clone().map(|day| {
                day.into_iter()
                    .map(|slot| policy::Slot { from: slot.from, until: slot.until, free: slot.free })
                    .collect()
            }),
        }),
        wire::NewRule::Break { target: on, at_most, rest } => policy::RuleKind::Break(policy::BreakRule {
            target: target(on),
            at_most: Duration::from_secs(*at_most),
            rest: Duration::from_secs(*rest),
        }),
        wire::NewRule::RatingCeiling { age } => policy::RuleKind::RatingCeiling(rating(*age)?),
        wire::NewRule::Block { target: on } => policy::RuleKind::Block(target(on)),
        wire::NewRule::Exemption { target: on } => policy::RuleKind::Exemption(target(on)),
        wire::NewRule::AllowOnly { targets } => {
            policy::RuleKind::AllowOnly(targets.iter().map(target).collect())
        }
        wire::NewRule::Bank { target: on, keep, borrow, since } => policy::RuleKind::Bank(policy::Bank {
            target: target(on),
            keep: Duration::from_secs(*keep),
            borrow: Duration::from_secs(*borrow),
            since: since.unwrap_or(today),
        }),
        wire::NewRule::Earn { by, every, target: on, gives, at_most } => {
            policy::RuleKind::Earn(policy::Earn {
                by: target(by),
                every: Duration::from_secs(*every),
                target: target(on),
                gives: Duration::from_secs(*gives),
                at_most: Duration::from_secs(*at_most),
            })
        }
        wire::NewRule::HealthText { target: on, every } => {
            policy::RuleKind::HealthText { target: target(on), every: Duration::from_secs(*every) }
        }
    };
    kind.validate()?;
    Ok(kind)
}

pub(crate) fn reason_view(reason: &policy::Reason, names: &impl AppNames) -> wire::ReasonView {
    wire::ReasonView {
        rule: reason.rule.0,
        origin: origin_view(&reason.origin),
        cause: match &reason.cause {
            policy::Cause::AllowanceSpent { target, amount, weekly } => wire::Cause::AllowanceSpent {
                target: target_view(target, names),
                amount: seconds(*amount),
                weekly: *weekly,
            },
            policy::Cause::OutsideHours { target } => {
                wire::Cause::OutsideHours { target: target_view(target, names) }
            }
            policy::Cause::BreakDue { target, rest } => {
                wire::Cause::BreakDue { target: target_view(target, names), rest: seconds(*rest) }
            }
            policy::Cause::RatingAbove { rating, ceiling } => {
                wire::Cause::RatingAbove { rating: rating.youngest(), ceiling: ceiling.youngest() }
            }
            policy::Cause::Blocked { target } => wire::Cause::Blocked { target: target_view(target, names) },
            policy::Cause::NotAllowedOnly => wire::Cause::NotAllowedOnly,
            policy::Cause::NotInstalled => wire::Cause::NotInstalled,
        },
        until: reason.until,
        helps: reason
            .helps
            .iter()
            .map(|help| match help {
                policy::Help::Wait => wire::HelpView::Wait,
                policy::Help::Rest => wire::HelpView::Rest,
                policy::Help::AskForTime => wire::HelpView::AskForTime,
                policy::Help::AskToChange => wire::HelpView::AskToChange,
            })
            .collect(),
    }
}

pub(crate) fn verdict_view(verdict: &policy::Verdict, names: &impl AppNames) -> wire::VerdictView {
    match verdict {
        policy::Verdict::Allowed { until } => wire::VerdictView::Allowed {
            until: until.as_ref().map(|(until, _)| *until),
            reason: until.as_ref().map(|(_, reason)| reason_view(reason, names)),
        },
        policy::Verdict::Warned { until, reason } => {
            wire::VerdictView::Warned { until: *until, reason: reason_view(reason, names) }
        }
        policy::Verdict::Held { reason, closes_at } => {
            wire::VerdictView::Held { reason: reason_view(reason, names), closes_at: *closes_at }
        }
        policy::Verdict::Denied(reason) => wire::VerdictView::Denied { reason: reason_view(reason, names) },
    }
}

pub(crate) fn budget_view(budget: &policy::BudgetLine, names: &impl AppNames) -> wire::BudgetView {
    wire::BudgetView {
        rule: budget.rule.0,
        target: target_view(&budget.target, names),
        weekly: budget.weekly,
        amount: seconds(budget.amount),
        used: seconds(budget.used),
        left: seconds_up(budget.amount.saturating_sub(budget.used)),
        counting: budget.counting,
    }
}

pub(crate) fn interval_view(entry: &policy::LedgerEntry, names: &impl AppNames) -> wire::IntervalView {
    wire::IntervalView {
        target: target_view(&entry.target, names),
        app: entry.app.as_ref().map(|id| names.app_name(id)),
        from: entry.from,
        until: entry.until,
        used: seconds(entry.used),
        cost: match entry.cost {
            policy::Cost::Charged => wire::CostView::Charged,
            policy::Cost::Grant(grant) => wire::CostView::Grant { grant: grant.0 },
            policy::Cost::Free(rule) => wire::CostView::Free { rule: rule.0 },
        },
        basis: match entry.basis {
            policy::Basis::InFront => wire::BasisView::InFront,
            policy::Basis::FocusUnknown => wire::BasisView::FocusUnknown,
            policy::Basis::CompanionSilent => wire::BasisView::CompanionSilent,
            policy::Basis::Strict => wire::BasisView::Strict,
            policy::Basis::SessionActive => wire::BasisView::SessionActive,
        },
    }
}

pub(crate) fn enforcement_view(settings: &policy::Settings) -> wire::EnforcementView {
    wire::EnforcementView {
        warn_at: settings.warn_at.iter().copied().map(seconds).collect(),
        strict_counting: settings.strict_counting,
        strict_programs: settings.strict_programs,
        save_thaws: settings.save_thaws,
        save_thaw: seconds(settings.save_thaw),
        hold_for: match settings.hold_end {
            policy::HoldEnd::DayEnd => None,
            policy::HoldEnd::After(after) => Some(seconds(after)),
        },
        close_grace: seconds(settings.close_grace),
    }
}

pub(crate) fn settings(view: &wire::EnforcementView) -> policy::Settings {
    let mut warn_at: Vec<Duration> = view.warn_at.iter().copied().map(Duration::from_secs).collect();
    warn_at.sort_unstable_by(|left, right| right.cmp(left));
    warn_at.dedup();
    policy::Settings {
        warn_at,
        strict_counting: view.strict_counting,
        strict_programs: view.strict_programs,
        save_thaws: view.save_thaws,
        save_thaw: Duration::from_secs(view.save_thaw),
        hold_end: match view.hold_for {
            None => policy::HoldEnd::DayEnd,
            Some(after) => policy::HoldEnd::After(Duration::from_secs(after)),
        },
        close_grace: Duration::from_secs(view.close_grace),
    }
}
