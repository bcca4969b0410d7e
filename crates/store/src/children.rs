//! Children, their accounts, rules and settings.

use crate::db::{column, signed, unsigned};
use crate::record::{
    Snapshot, read_kind, read_origin, read_settings, write_kind, write_origin, write_settings,
};
use crate::{AuditKind, Change, Result, Store, StoreError};
use lanh_policy::{Account, Child, ChildId, LegalSource, Origin, Rule, RuleId, RuleKind, Settings};
use rusqlite::params;
use std::ops::RangeInclusive;

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

/// How long a name may be.
const CHARACTERS: RangeInclusive<usize> = 1..=80;

impl Store {
    /// All children, in the order they were added.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn children(&self) -> Result<Vec<Child>> {
        let ids = self.db.rows("SELECT id FROM child ORDER BY id", [], |row| column::<i64>(row, 0))?;
        ids.into_iter().map(|id| self.load_child(id)).collect()
    }

    /// One child; `None`: there is none of that number.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn child(&self, child: ChildId) -> Result<Option<Child>> {
        let Ok(id) = i64::try_from(child.0) else { return Ok(None) };
        let there = self.db.maybe("SELECT 1 FROM child WHERE id = ?1", [id], |_| Ok(()))?;
        there.map(|()| self.load_child(id)).transpose()
    }

    /// Adds a child. Numbers are never used again.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for the name or the year, [`StoreError::AccountTaken`].
    pub fn add_child(&mut self, change: &Change, child: &NewChild) -> Result<ChildId> {
        let name = checked(&child.name, child.birth_year)?;
        let settings = write_settings(&child.settings)?;
        self.atomic(|store| {
            let id = ChildId(store.db.insert(
                "INSERT INTO child (name, birth_year, settings) VALUES (?1, ?2, ?3)",
                params![name, child.birth_year, settings],
            )?);
            for account in &child.accounts {
                store.take_account(id, account)?;
            }
            store.note(change, AuditKind::CHILD, Some(id), "added")?;
            Ok(id)
        })
    }

    /// Changes the name and the year of birth.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Invalid`].
    pub fn edit_child(&mut self, change: &Change, child: ChildId, name: &str, birth_year: i32) -> Result<()> {
        let name = checked(name, birth_year)?;
        self.atomic(|store| {
            let changed = store.db.execute(
                "UPDATE child SET name = ?2, birth_year = ?3 WHERE id = ?1",
                params![signed("a child", child.0)?, name, birth_year],
            )?;
            there(changed, "child", child.0)?;
            store.note(change, AuditKind::CHILD, Some(child), "name or year of birth changed")
        })
    }

    /// Removes a child with its rules, use, requests and history; only audit entries with its number stay.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn remove_child(&mut self, change: &Change, child: ChildId) -> Result<()> {
        self.atomic(|store| {
            store.keep_next_interval()?;
            let removed =
                store.db.execute("DELETE FROM child WHERE id = ?1", [signed("a child", child.0)?])?;
            there(removed, "child", child.0)?;
            store.note(change, AuditKind::CHILD, Some(child), "removed")
        })
    }

    /// Makes an account this child's.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::AccountTaken`].
    pub fn bind_account(&mut self, change: &Change, child: ChildId, account: &Account) -> Result<()> {
        self.atomic(|store| {
            store.must_exist(child)?;
            store.take_account(child, account)?;
            store.note(change, AuditKind::CHILD, Some(child), &format!("account {account} bound"))
        })
    }

    /// Frees an account of this child; an account that is not the child's is left alone.
    ///
    /// # Errors
    /// Those of the file.
    pub fn unbind_account(&mut self, change: &Change, child: ChildId, account: &Account) -> Result<()> {
        self.atomic(|store| {
            let freed = store.db.execute(
                "DELETE FROM account WHERE account = ?1 AND child = ?2",
                params![account.as_str(), signed("a child", child.0)?],
            )?;
            if freed == 0 {
                return Ok(());
            }
            store.note(change, AuditKind::CHILD, Some(child), &format!("account {account} freed"))
        })
    }

    /// Adds a rule. Numbers are never used again. Whether the rule makes sense is the caller's to check.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn add_rule(
        &mut self,
        change: &Change,
        child: ChildId,
        origin: &Origin,
        kind: &RuleKind,
    ) -> Result<RuleId> {
        self.revise(change, child, "a rule was added", |store| store.insert_rule(child, origin, kind))
    }

    /// Changes what a rule asks; it becomes the guardian's own rule.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn replace_rule(&mut self, change: &Change, rule: RuleId, kind: &RuleKind) -> Result<()> {
        let child = self.rule_owner(rule)?;
        self.revise(change, child, &format!("rule {rule} was changed"), |store| {
            store.db.execute(
                "UPDATE rule SET origin = ?2, kind = ?3 WHERE id = ?1",
                params![signed("a rule", rule.0)?, write_origin(&Origin::Guardian)?, write_kind(kind)?],
            )?;
            Ok(())
        })
    }

    /// Removes a rule.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn remove_rule(&mut self, change: &Change, rule: RuleId) -> Result<()> {
        let child = self.rule_owner(rule)?;
        self.revise(change, child, &format!("rule {rule} was removed"), |store| store.delete_rule(rule))
    }

    /// Removes the rules of `preset` and puts these in their place (none: only removes).
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn set_preset(
        &mut self,
        change: &Change,
        child: ChildId,
        preset: &str,
        source: &LegalSource,
        rules: &[RuleKind],
    ) -> Result<Vec<RuleId>> {
        let origin = Origin::Preset(preset.to_owned(), source.clone());
        self.revise(change, child, &format!("the preset {preset} was applied"), |store| {
            for rule in store.rules(child)? {
                if matches!(&rule.origin, Origin::Preset(id, _) if id == preset) {
                    store.delete_rule(rule.id)?;
                }
            }
            rules.iter().map(|kind| store.insert_rule(child, &origin, kind)).collect()
        })
    }

    /// Changes how the child's rules are enforced.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn set_settings(&mut self, change: &Change, child: ChildId, settings: &Settings) -> Result<()> {
        self.revise(change, child, "settings were changed", |store| store.write_settings(child, settings))
    }

    pub(crate) fn has_child(&self, child: ChildId) -> Result<bool> {
        let id = signed("a child", child.0)?;
        Ok(self.db.maybe("SELECT 1 FROM child WHERE id = ?1", [id], |_| Ok(()))?.is_some())
    }

    pub(crate) fn must_exist(&self, child: ChildId) -> Result<()> {
        if self.has_child(child)? {
            return Ok(());
        }
        Err(StoreError::NotFound { what: "child", id: child.0 })
    }

    pub(crate) fn snapshot(&self, child: ChildId) -> Result<Snapshot> {
        self.must_exist(child)?;
        let settings = self.db.one(
            "SELECT settings FROM child WHERE id = ?1",
            [signed("a child", child.0)?],
            |row| read_settings(&column::<String>(row, 0)?),
        )?;
        Ok((self.rules(child)?, settings))
    }

    pub(crate) fn write_settings(&self, child: ChildId, settings: &Settings) -> Result<()> {
        self.db.execute(
            "UPDATE child SET settings = ?2 WHERE id = ?1",
            params![signed("a child", child.0)?, write_settings(settings)?],
        )?;
        Ok(())
    }

    /// Puts the rules of a child to exactly these, numbers included.
    pub(crate) fn put_rules(&self, child: ChildId, rules: &[Rule]) -> Result<()> {
        self.db.execute("DELETE FROM rule WHERE child = ?1", [signed("a child", child.0)?])?;
        for rule in rules {
            self.db.execute(
                "INSERT INTO rule (id, child, origin, kind) VALUES (?1, ?2, ?3, ?4)",
                params![
                    signed("a rule", rule.id.0)?,
                    signed("a child", child.0)?,
                    write_origin(&rule.origin)?,
                    write_kind(&rule.kind)?
                ],
            )?;
        }
        Ok(())
    }

    fn load_child(&self, id: i64) -> Result<Child> {
        let (name, birth_year, settings) =
            self.db.one("SELECT name, birth_year, settings FROM child WHERE id = ?1", [id], |row| {
                Ok((column(row, 0)?, column(row, 1)?, read_settings(&column::<String>(row, 2)?)?))
            })?;
        let accounts =
            self.db.rows("SELECT account FROM account WHERE child = ?1 ORDER BY position", [id], |row| {
                Ok(Account::new(column::<String>(row, 0)?))
            })?;
        let id = ChildId(unsigned("a child's number", id)?);
        Ok(Child { id, name, birth_year, accounts, rules: self.rules(id)?, settings })
    }

    fn rules(&self, child: ChildId) -> Result<Vec<Rule>> {
        self.db.rows(
            "SELECT id, origin, kind FROM rule WHERE child = ?1 ORDER BY id",
            [signed("a child", child.0)?],
            |row| {
                Ok(Rule {
                    id: RuleId(unsigned("a rule's number", column(row, 0)?)?),
                    origin: read_origin(&column::<String>(row, 1)?)?,
                    kind: read_kind(&column::<String>(row, 2)?)?,
                })
            },
        )
    }

    fn insert_rule(&self, child: ChildId, origin: &Origin, kind: &RuleKind) -> Result<RuleId> {
        let id = self.db.insert(
            "INSERT INTO rule (child, origin, kind) VALUES (?1, ?2, ?3)",
            params![signed("a child", child.0)?, write_origin(origin)?, write_kind(kind)?],
        )?;
        Ok(RuleId(id))
    }

    fn delete_rule(&self, rule: RuleId) -> Result<()> {
        self.db.execute("DELETE FROM rule WHERE id = ?1", [signed("a rule", rule.0)?])?;
        Ok(())
    }

    fn rule_owner(&self, rule: RuleId) -> Result<ChildId> {
        let id = signed("a rule", rule.0)?;
        let owner: Option<i64> =
            self.db.maybe("SELECT child FROM rule WHERE id = ?1", [id], |row| column(row, 0))?;
        let owner = owner.ok_or(StoreError::NotFound { what: "rule", id: rule.0 })?;
        Ok(ChildId(unsigned("a child's number", owner)?))
    }

    fn take_account(&self, child: ChildId, account: &Account) -> Result<()> {
        let owner: Option<i64> =
            self.db.maybe("SELECT child FROM account WHERE account = ?1", [account.as_str()], |row| {
                column(row, 0)
            })?;
        match owner {
            None => {
                self.db.execute(
                    "INSERT INTO account (account, child) VALUES (?1, ?2)",
                    params![account.as_str(), signed("a child", child.0)?],
                )?;
                Ok(())
            }
            Some(owner) => match unsigned("a child's number", owner)? {
                owner if owner == child.0 => Ok(()),
                owner => Err(StoreError::AccountTaken { account: account.to_string(), child: owner }),
            },
        }
    }
}

/// Fails when nothing was changed because there is nothing of that number.
pub(crate) fn there(changed: u64, what: &'static str, id: u64) -> Result<()> {
    if changed == 0 { Err(StoreError::NotFound { what, id }) } else { Ok(()) }
}

/// The name without blanks around it, if name and year can be true.
fn checked(name: &str, birth_year: i32) -> Result<&str> {
    let name = name.trim();
    if !CHARACTERS.contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(StoreError::Invalid {
            what: "the name",
            why: format!("use {} to {} characters on one line", CHARACTERS.start(), CHARACTERS.end()),
        });
    }
    if !(1900..=2200).contains(&birth_year) {
        return Err(StoreError::Invalid {
            what: "the year of birth",
            why: format!("{birth_year} is no year of a living person"),
        });
    }
    Ok(name)
}
