//! What a guardian can ask for.

use crate::app::{AgeRating, Target};
use crate::ids::RuleId;
use chrono::{NaiveDate, NaiveTime};
use std::time::Duration;

/// One rule of a child's policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its number.
    pub id: RuleId,
    /// Who set it.
    pub origin: Origin,
    /// What it asks.
    pub kind: RuleKind,
}

/// Who set a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A guardian on this machine.
    Guardian,
    /// A shipped preset, by its id, with the law or guideline that it follows.
    Preset(String, LegalSource),
    /// The policy of a class or school, by its name.
    Class(String),
}

/// Where a preset's figures come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegalSource {
    /// The document and article, as cited.
    pub citation: String,
    /// The day from which it is in force or was published.
    pub since: NaiveDate,
}

/// What a rule asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// At most so much time.
    Allowance(Allowance),
    /// Only at these hours.
    Schedule(Schedule),
    /// A rest after so long at a stretch.
    Break(BreakRule),
    /// No program rated above this. Unrated programs pass.
    RatingCeiling(AgeRating),
    /// Not at all.
    Block(Target),
    /// Costs no time, and no allowance, schedule or break stops it.
    Exemption(Target),
    /// Nothing but these (and exempt programs and the system's own helpers).
    AllowOnly(Vec<Target>),
    /// Unused time is kept for the next days, and some of tomorrow's can be had today.
    Bank(Bank),
    /// Use of one thing earns time for another.
    Earn(Earn),
    /// The health text of Decree 147, Article 39.1(g), after every so much play of the target.
    HealthText {
        /// What is watched.
        target: Target,
        /// How often, in charged time.
        every: Duration,
    },
}

/// A bank for the daily allowances of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bank {
    /// The target whose daily allowances it is for; not [`Target::Each`].
    pub target: Target,
    /// How much can be kept from one day to the next, at most, all in all.
    pub keep: Duration,
    /// How much of tomorrow's time can be had today, at most.
    pub borrow: Duration,
    /// The first local day whose unused time is kept.
    pub since: NaiveDate,
}

/// Use that earns time on top of the daily allowances of a target, on the same day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earn {
    /// What it is earned by, whatever that costs; not [`Target::Each`].
    pub by: Target,
    /// How much use earns once.
    pub every: Duration,
    /// The target whose daily allowances grow; not [`Target::Each`].
    pub target: Target,
    /// By how much, once.
    pub gives: Duration,
    /// At most so much a day.
    pub at_most: Duration,
}

/// So much time on a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// What the time is for.
    pub target: Target,
    /// How much, and in which period.
    pub period: Period,
}

/// The period of an allowance. Days are local, 00:00 to 24:00.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Period {
    /// Per day, Monday first; `None`: no limit on that weekday.
    Day([Option<Duration>; 7]),
    /// Per week, which starts on the family's first weekday.
    Week(Duration),
}

/// Allowed hours of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// What the hours are for.
    pub target: Target,
    /// The slots, Monday first. A weekday without slots is closed all day.
    pub slots: [Vec<Slot>; 7],
}

/// One stretch of allowed hours within a local day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// When it opens.
    pub from: NaiveTime,
    /// When it closes; `None`: at 24:00.
    pub until: Option<NaiveTime>,
    /// Whether time in it costs nothing on the target's series and on all narrower ones; wider series go
    /// on. A free slot of the screen spares everything.
    pub free: bool,
}

/// At most so long at a stretch, then a rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakRule {
    /// What is interrupted.
    pub target: Target,
    /// The longest stretch of charged time.
    pub at_most: Duration,
    /// How long the target must rest; a pause of that length starts a new stretch.
    pub rest: Duration,
}

/// Why a rule cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// An allowance longer than its period.
    #[error("an allowance of {minutes} minutes is longer than its period")]
    AllowanceTooLong {
        /// The minutes asked for.
        minutes: u64,
    },
    /// A slot that ends before it starts.
    #[error("the slot from {from} ends before it starts")]
    SlotBackwards {
        /// When the slot opens.
        from: NaiveTime,
    },
    /// Two slots of one day that share time.
    #[error("two slots overlap at {at}")]
    SlotsOverlap {
        /// Where the second one opens.
        at: NaiveTime,
    },
    /// A break that never lets the child play, or never rests.
    #[error("a break needs a stretch and a rest of at least one minute each")]
    BreakTooShort,
    /// The health text would never leave the screen.
    #[error("the health text needs at least one minute between two showings")]
    HealthTextTooOften,
    /// A bank or earned time for each program of a category by itself.
    #[error(
        "time is kept or earned for one program, a category together or the screen, not for each program"
    )]
    BankForEach,
    /// Earned time that costs no use.
    #[error("time is earned by at least one minute of something else")]
    EarnedByNothing,
    /// An AllowOnly rule without a target would lock the child out of everything.
    #[error("an allow-only rule needs at least one program or category")]
    AllowOnlyEmpty,
}

/// The shortest stretch, rest, and distance of health texts.
const SHORTEST: Duration = Duration::from_secs(60);

impl Rule {
    /// Whether the rule can be taken.
    ///
    /// # Errors
    /// See [`RuleKind::validate`].
    pub fn validate(&self) -> Result<(), RuleError> {
        self.kind.validate()
    }
}

impl RuleKind {
    /// The one target that the rule is about, if it is about one.
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::Allowance(allowance) => Some(&allowance.target),
            Self::Schedule(schedule) => Some(&schedule.target),
            Self::Break(due) => Some(&due.target),
            Self::Bank(bank) => Some(&bank.target),
            Self::Earn(earn) => Some(&earn.target),
            Self::Block(target) | Self::Exemption(target) | Self::HealthText { target, .. } => Some(target),
            Self::RatingCeiling(_) | Self::AllowOnly(_) => None,
        }
    }

    /// Whether a rule of this kind can be taken.
    ///
    /// # Errors
    /// The first thing that makes no sense about it. The engine does not panic on such a rule either, but
    /// what it does then is not what anybody meant.
    pub fn validate(&self) -> Result<(), RuleError> {
        match self {
            Self::Allowance(allowance) => allowance.period.validate(),
            Self::Schedule(schedule) => schedule.slots.iter().try_for_each(|slots| validate_slots(slots)),
            Self::Break(due) if due.at_most < SHORTEST || due.rest < SHORTEST => {
                Err(RuleError::BreakTooShort)
            }
            Self::HealthText { every, .. } if *every < SHORTEST => Err(RuleError::HealthTextTooOften),
            Self::Bank(Bank { target: Target::Each(_), .. })
            | Self::Earn(Earn { target: Target::Each(_), .. } | Earn { by: Target::Each(_), .. }) => {
                Err(RuleError::BankForEach)
            }
            Self::Earn(earn) if earn.every < SHORTEST || earn.by == earn.target => {
                Err(RuleError::EarnedByNothing)
            }
            Self::AllowOnly(targets) if targets.is_empty() => Err(RuleError::AllowOnlyEmpty),
            _ => Ok(()),
        }
    }
}

impl Period {
    fn validate(&self) -> Result<(), RuleError> {
        let too_long = |amount: &Duration, hours: u64| {
            (*amount > Duration::from_secs(hours * 3600))
                .then_some(RuleError::AllowanceTooLong { minutes: amount.as_secs() / 60 })
        };
        let error = match self {
            Self::Day(days) => days.iter().flatten().find_map(|amount| too_long(amount, 24)),
            Self::Week(amount) => too_long(amount, 7 * 24),
        };
        error.map_or(Ok(()), Err)
    }
}

fn validate_slots(slots: &[Slot]) -> Result<(), RuleError> {
    let mut slots = slots.to_vec();
    slots.sort_by_key(|slot| slot.from);
    if let Some(slot) = slots.iter().find(|slot| slot.until.is_some_and(|until| until <= slot.from)) {
        return Err(RuleError::SlotBackwards { from: slot.from });
    }
    let overlap = slots.iter().zip(slots.iter().skip(1)).find(|(slot, next)| {
        // No end means 24:00, after every start.
        slot.until.is_none_or(|until| until > next.from)
    });
    overlap.map_or(Ok(()), |(_, next)| Err(RuleError::SlotsOverlap { at: next.from }))
}
