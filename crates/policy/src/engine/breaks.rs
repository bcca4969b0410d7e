//! Stretches of play, and the rests between them.

use crate::clock::{between, later};
use crate::ids::{AppId, RuleId};
use crate::rule::BreakRule;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::time::Duration;

/// Which stretch: of a rule, and of one app where the rule looks at each app by itself.
pub(crate) type StretchKey = (RuleId, Option<AppId>);

#[derive(Clone, Debug, Default)]
pub(crate) struct Breaks {
    stretches: BTreeMap<StretchKey, Stretch>,
}

#[derive(Clone, Debug, Default)]
struct Stretch {
    /// Charged time since the last full rest.
    spent: Duration,
    /// Since when the target rests, in trusted wall time; `None`: it is in use.
    rests_from: Option<DateTime<Utc>>,
}

impl Breaks {
    /// Charged use adds to its stretches.
    pub(crate) fn charge(&mut self, keys: &[StretchKey], used: Duration) {
        for key in keys {
            let stretch = self.stretches.entry(key.clone()).or_default();
            stretch.spent = stretch.spent.saturating_add(used);
        }
    }

    /// From `at` on, exactly the targets of `in_use` are in use. Whether that changes anything.
    pub(crate) fn note_use(&mut self, at: DateTime<Utc>, in_use: &[StretchKey]) -> bool {
        let mut changed = false;
        for (key, stretch) in &mut self.stretches {
            let rests = !in_use.contains(key);
            if rests != stretch.rests_from.is_some() {
                stretch.rests_from = rests.then_some(at);
                changed = true;
            }
        }
        changed
    }

    /// Stretches whose rest is long enough are over. Call before [`Breaks::note_use`].
    pub(crate) fn end_rests(&mut self, at: DateTime<Utc>, rest_of: impl Fn(RuleId) -> Option<Duration>) {
        self.stretches.retain(|(rule, _), stretch| match (rest_of(*rule), stretch.rests_from) {
            (None, _) => false,
            (Some(rest), Some(since)) => between(since, at) < rest,
            (Some(_), None) => true,
        });
    }

    /// The machine slept for so long: whatever was in use rested.
    pub(crate) fn sleep(&mut self, slept: Duration, rest_of: impl Fn(RuleId) -> Option<Duration>) {
        self.stretches.retain(|(rule, _), stretch| {
            stretch.rests_from.is_some() || rest_of(*rule).is_some_and(|rest| slept < rest)
        });
    }

    /// The calendar jumped by so much without time passing: nobody rested.
    pub(crate) fn skip(&mut self, jump: Duration) {
        for stretch in self.stretches.values_mut() {
            stretch.rests_from = stretch.rests_from.map(|since| later(since, jump));
        }
    }

    /// Adds one interval of the ledger; intervals must come in the order of their starts. Then
    /// [`Breaks::end_rests`] tells what still matters.
    pub(crate) fn restore(
        &mut self,
        key: StretchKey,
        rest: Duration,
        interval: (DateTime<Utc>, DateTime<Utc>),
        charged: Duration,
    ) {
        let stretch = self.stretches.entry(key).or_default();
        if stretch.rests_from.is_some_and(|since| between(since, interval.0) >= rest) {
            stretch.spent = Duration::ZERO;
        }
        stretch.spent = stretch.spent.saturating_add(charged);
        stretch.rests_from = stretch.rests_from.max(Some(interval.1));
    }

    /// How much charged time is left before a rest; zero: it is due.
    pub(crate) fn left(&self, key: &StretchKey, rule: &BreakRule) -> Duration {
        self.stretches.get(key).map_or(rule.at_most, |stretch| rule.at_most.saturating_sub(stretch.spent))
    }

    /// When the rest is over if it is kept from `at` on.
    pub(crate) fn rested(&self, key: &StretchKey, rule: &BreakRule, at: DateTime<Utc>) -> DateTime<Utc> {
        later(self.rests_from(key).unwrap_or(at), rule.rest)
    }

    /// Since when it rests; `None`: it is in use, or there is nothing to rest from.
    pub(crate) fn rests_from(&self, key: &StretchKey) -> Option<DateTime<Utc>> {
        self.stretches.get(key)?.rests_from
    }

    /// The stretches of a rule.
    pub(crate) fn of_rule(&self, rule: RuleId) -> impl Iterator<Item = &StretchKey> {
        self.stretches.range((rule, None)..).map(|(key, _)| key).take_while(move |(of, _)| *of == rule)
    }
}
