//! What the gate refuses, in a form that answers at once.

use crate::app::{AgeRating, App, Category, Target};
use crate::ids::AppId;
use crate::verdict::Reason;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// The refusals that hold for one child now. Built by the engine, read by the gate's thread, which asks
/// it about every program that a supervised account starts; answers come from memory.
///
/// The engine judges by the same table, so gate and verdict cannot disagree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GateTable {
    /// Denials of one app, by its id.
    pub(crate) by_app: BTreeMap<AppId, Vec<Denial>>,
    /// Denials of more than one app.
    pub(crate) general: Vec<Denial>,
    /// What no allowance, schedule or break stops.
    pub(crate) exempt: Vec<Target>,
    /// What grants with time on them open.
    pub(crate) granted: Vec<Target>,
}

/// One rule that says no.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Denial {
    pub(crate) scope: Scope,
    pub(crate) reason: Reason,
    /// The place of the rule in the child's policy: of two denials of the same length the first is named.
    pub(crate) place: usize,
}

/// What a denial is about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scope {
    /// The time for the target is over: an exemption or any grant opens it.
    Time(Target),
    /// The target is blocked: only a grant for exactly the app opens it.
    Blocked(Target),
    /// Every program of a rating above the ceiling: likewise.
    Rated(AgeRating),
    /// Everything that is neither listed nor exempt: likewise.
    NotListed(Vec<Target>),
}

impl GateTable {
    /// Why `app` must not start now; `None`: it may.
    pub fn refusal(&self, app: &App) -> Option<&Reason> {
        let denial = self.denial(app)?;
        let lifted = self.granted.iter().any(|target| denial.scope.yields_to(target, app));
        (!lifted).then_some(&denial.reason)
    }

    pub(crate) fn add(&mut self, target: &Target, denial: Denial) {
        match target {
            Target::App(id) => self.by_app.entry(id.clone()).or_default().push(denial),
            _ => self.general.push(denial),
        }
    }

    /// The strictest denial of `app` by the rules alone. A denial that yields to no grant but one for
    /// exactly the app is stricter than every other.
    pub(crate) fn denial(&self, app: &App) -> Option<&Denial> {
        let exempt = self.exempts(app);
        let of_app = self.by_app.get(&app.id).map(Vec::as_slice).unwrap_or_default();
        strictest(of_app.iter().chain(&self.general).filter(|denial| denial.scope.covers(app, exempt)))
    }

    /// The strictest denial of the whole screen by the rules alone.
    pub(crate) fn screen_denial(&self) -> Option<&Denial> {
        let of_screen = |denial: &&Denial| match &denial.scope {
            Scope::Time(target) => *target == Target::Screen && !self.exempt.contains(&Target::Screen),
            Scope::Blocked(target) => *target == Target::Screen,
            Scope::Rated(_) | Scope::NotListed(_) => false,
        };
        strictest(self.general.iter().filter(of_screen))
    }

    pub(crate) fn exempts(&self, app: &App) -> bool {
        self.exempt.iter().any(|target| target.covers(app))
    }
}

impl Scope {
    fn covers(&self, app: &App, exempt: bool) -> bool {
        match self {
            Self::Time(target) => !exempt && binds(target, app),
            Self::Blocked(target) => binds(target, app),
            Self::Rated(rating) => app.rating == Some(*rating),
            Self::NotListed(listed) => {
                !exempt && app.category != Category::System && !listed.iter().any(|target| target.covers(app))
            }
        }
    }

    pub(crate) fn is_for_good(&self) -> bool {
        !matches!(self, Self::Time(_))
    }

    /// Whether a grant for `target` opens `app` in spite of this denial.
    pub(crate) fn yields_to(&self, target: &Target, app: &App) -> bool {
        match (self, target) {
            (_, Target::App(id)) => *id == app.id,
            (Self::Time(_), target) => target.covers(app),
            _ => false,
        }
    }
}

/// Whether a rule on `target` binds `app`. The system's own programs are bound only by rules that name
/// them or their category: the desktop must not break because the screen time is over.
pub(crate) fn binds(target: &Target, app: &App) -> bool {
    target.covers(app) && (*target != Target::Screen || app.category != Category::System)
}

fn strictest<'a>(denials: impl Iterator<Item = &'a Denial>) -> Option<&'a Denial> {
    let length = |denial: &Denial| {
        (
            denial.scope.is_for_good(),
            denial.reason.until.unwrap_or(DateTime::<Utc>::MAX_UTC),
            usize::MAX - denial.place,
        )
    };
    denials.max_by_key(|denial| length(denial))
}
