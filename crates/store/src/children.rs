//! Children, their accounts, rules and settings.

use crate::{Change, Result, Store};
use lanh_policy::{Account, Child, ChildId, LegalSource, Origin, RuleId, RuleKind, Settings};

/// A child to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChild {
    /// The name that the family uses, 1 to 80 characters.
    pub name: String,
    /// The year of birth, in the Gregorian calendar.
    pub birth_year: i32,
    /// The accounts that are this child.
    pub accounts: Vec<Account>,
    /// How rules are enforced.
    pub settings: Settings,
}

impl Store {
    /// All children, in the order they were added.
    pub fn children(&self) -> Result<Vec<Child>> {
        todo!()
    }
    /// One child; `None`: there is none of that number.
    pub fn child(&self, child: ChildId) -> Result<Option<Child>> {
        let _ = child;
        todo!()
    }
    /// Adds a child. Numbers are never used again.
    pub fn add_child(&mut self, change: &Change, child: &NewChild) -> Result<ChildId> {
        let _ = (change, child);
        todo!()
    }
    /// Changes the name and the year of birth.
    pub fn edit_child(&mut self, change: &Change, child: ChildId, name: &str, birth_year: i32) -> Result<()> {
        let _ = (change, child, name, birth_year);
        todo!()
    }
    /// Removes a child with its rules, use, requests and history; only audit entries with its number stay.
    pub fn remove_child(&mut self, change: &Change, child: ChildId) -> Result<()> {
        let _ = (change, child);
        todo!()
    }
    /// Makes an account this child's.
    pub fn bind_account(&mut self, change: &Change, child: ChildId, account: &Account) -> Result<()> {
        let _ = (change, child, account);
        todo!()
    }
    /// Frees an account of this child; an account that is not the child's is left alone.
    pub fn unbind_account(&mut self, change: &Change, child: ChildId, account: &Account) -> Result<()> {
        let _ = (change, child, account);
        todo!()
    }
    /// Adds a rule. Numbers are never used again.
    pub fn add_rule(
        &mut self,
        change: &Change,
        child: ChildId,
        origin: &Origin,
        kind: &RuleKind,
    ) -> Result<RuleId> {
        let _ = (change, child, origin, kind);
        todo!()
    }
    /// Changes what a rule asks; it becomes the guardian's own rule.
    pub fn replace_rule(&mut self, change: &Change, rule: RuleId, kind: &RuleKind) -> Result<()> {
        let _ = (change, rule, kind);
        todo!()
    }
    /// Removes a rule.
    pub fn remove_rule(&mut self, change: &Change, rule: RuleId) -> Result<()> {
        let _ = (change, rule);
        todo!()
    }
    /// Removes the rules of `preset` and puts these in their place (none: only removes).
    pub fn set_preset(
        &mut self,
        change: &Change,
        child: ChildId,
        preset: &str,
        source: &LegalSource,
        rules: &[RuleKind],
    ) -> Result<Vec<RuleId>> {
        let _ = (change, child, preset, source, rules);
        todo!()
    }
    /// Changes how the child's rules are enforced.
    pub fn set_settings(&mut self, change: &Change, child: ChildId, settings: &Settings) -> Result<()> {
        let _ = (change, child, settings);
        todo!()
    }
}
