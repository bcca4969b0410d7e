//! Shipped sets of rules, each with its source.

use crate::rule::{LegalSource, RuleKind};

/// The name of a preset, as typed: `vn-147`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PresetId(pub &'static str);

/// A shipped set of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name.
    pub id: PresetId,
    /// Where its figures come from.
    pub source: LegalSource,
    /// The ages, in years, that it is meant for: first and last.
    pub ages: (u8, u8),
    /// Its rules.
    pub rules: Vec<RuleKind>,
}
