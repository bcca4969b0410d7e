//! Warnings: each threshold once per approach to an end.

use super::breaks::StretchKey;
use std::collections::BTreeMap;
use std::time::Duration;

/// What one child was warned of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Warned {
    /// The smallest threshold told, by the rule that ends the use.
    told: BTreeMap<StretchKey, Duration>,
}

impl Warned {
    /// The threshold to tell now that `left` is left before the end by `key`, if one is due. Time that
    /// grew past the last threshold told begins a new approach.
    pub(crate) fn due(&mut self, key: &StretchKey, left: Duration, warn_at: &[Duration]) -> Option<Duration> {
        if self.told.get(key).is_some_and(|told| left > *told) {
            self.told.remove(key);
        }
        let crossed = warn_at.iter().copied().filter(|threshold| left <= *threshold).min()?;
        if self.told.get(key).is_some_and(|told| *told <= crossed) {
            return None;
        }
        self.told.insert(key.clone(), crossed);
        Some(crossed)
    }

    /// Whether the end by `key` has been announced.
    pub(crate) fn announced(&self, key: &StretchKey, left: Duration) -> bool {
        self.told.get(key).is_some_and(|told| left <= *told)
    }

    /// How long until the next threshold is crossed.
    pub(crate) fn next(left: Duration, warn_at: &[Duration]) -> Option<Duration> {
        let next = warn_at.iter().copied().filter(|threshold| *threshold < left).max()?;
        Some(left.saturating_sub(next))
    }
}
