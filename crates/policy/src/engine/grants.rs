//! Time on top of the rules.

use crate::app::{App, Target};
use crate::clock::later;
use crate::gate::Scope;
use crate::ids::GrantId;
use crate::ledger::Grant;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The grants of one child, in the order in which they are drawn: what is lost first is used first, and of
/// those the narrower target.
#[derive(Clone, Debug, Default)]
pub(crate) struct GrantBook {
    grants: Vec<Grant>,
    /// Every grant that was ever told, so that the same one told twice takes effect once.
    told: BTreeSet<GrantId>,
    /// What the ledger says was drawn before this engine started.
    drawn_before: BTreeMap<GrantId, Duration>,
}

/// What a grant would open.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted<'a> {
    /// An app that is denied so.
    App(&'a App, &'a Scope),
    /// The bare screen, whose time is over.
    Screen,
}

impl GrantBook {
    pub(crate) fn remember_drawn(&mut self, grant: GrantId, drawn: Duration) {
        self.drawn_before.insert(grant, drawn);
    }

    /// Takes a grant, unless it was told before. Whether that changes anything.
    pub(crate) fn give(&mut self, mut grant: Grant) -> bool {
        if !self.told.insert(grant.id) {
            return false;
        }
        grant.drawn = grant.drawn.max(self.drawn_before.get(&grant.id).copied().unwrap_or_default());
        let order = |grant: &Grant| (grant.until, width(&grant.target), grant.id);
        let place = self.grants.partition_point(|other| order(other) < order(&grant));
        self.grants.insert(place, grant);
        true
    }

    /// Takes a grant back, for good. Whether that changes anything.
    pub(crate) fn revoke(&mut self, id: GrantId) -> bool {
        self.told.insert(id);
        let before = self.grants.len();
        self.grants.retain(|grant| grant.id != id);
        self.grants.len() < before
    }

    pub(crate) fn draw(&mut self, id: GrantId, used: Duration) {
        if let Some(grant) = self.grants.iter_mut().find(|grant| grant.id == id) {
            grant.drawn = grant.drawn.saturating_add(used);
        }
    }

    /// Forgets grants that are over.
    pub(crate) fn tidy(&mut self, at: DateTime<Utc>) {
        self.grants.retain(|grant| grant.until > at && grant.drawn < grant.amount);
    }

    /// The grants that have time on them at `at`.
    pub(crate) fn usable(&self, at: DateTime<Utc>) -> impl Iterator<Item = &Grant> {
        self.grants
            .iter()
            .filter(move |grant| grant.from <= at && at < grant.until && grant.drawn < grant.amount)
    }

    /// The grant that is drawn at `at` for what is wanted.
    pub(crate) fn drawn_for(&self, wanted: Wanted<'_>, at: DateTime<Utc>) -> Option<GrantId> {
        self.usable(at).find(|grant| wanted.opened_by(&grant.target)).map(|grant| grant.id)
    }

    /// Until when grants keep open what is wanted, if they are drawn from `at` on without a pause.
    pub(crate) fn lasts(&self, wanted: Wanted<'_>, at: DateTime<Utc>) -> DateTime<Utc> {
        let mut end = at;
        let mut spent: Vec<GrantId> = Vec::new();
        while let Some(grant) =
            self.usable(end).find(|grant| !spent.contains(&grant.id) && wanted.opened_by(&grant.target))
        {
            end = later(end, left(grant)).min(grant.until);
            spent.push(grant.id);
        }
        end
    }

    /// When the drawn grant ends by itself or is used up, whichever comes first.
    pub(crate) fn ends(&self, id: GrantId, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let grant = self.grants.iter().find(|grant| grant.id == id)?;
        Some(later(at, left(grant)).min(grant.until))
    }

    /// When time alone next makes a grant usable or useless.
    pub(crate) fn next_edge(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.grants.iter().flat_map(|grant| [grant.from, grant.until]).filter(|edge| *edge > at).min()
    }

    /// What is left of each grant that is not over.
    pub(crate) fn lines(&self, at: DateTime<Utc>) -> Vec<(GrantId, Target, Duration)> {
        let open = self.grants.iter().filter(|grant| grant.until > at && grant.drawn < grant.amount);
        open.map(|grant| (grant.id, grant.target.clone(), left(grant))).collect()
    }
}

impl Wanted<'_> {
    fn opened_by(&self, target: &Target) -> bool {
        match self {
            Self::App(app, scope) => scope.yields_to(target, app),
            Self::Screen => *target == Target::Screen,
        }
    }
}

fn left(grant: &Grant) -> Duration {
    grant.amount.saturating_sub(grant.drawn)
}

fn width(target: &Target) -> u8 {
    match target {
        Target::App(_) => 0,
        Target::Each(_) => 1,
        Target::Category(_) => 2,
        Target::Screen => 3,
    }
}
