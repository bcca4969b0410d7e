//! What the gate refuses, in a form that answers at once.

use crate::app::{AgeRating, App, Category};
use crate::ids::AppId;
use crate::verdict::Reason;
use std::collections::{HashMap, HashSet};

/// The refusals that hold for one child now. Built by the engine, read by the gate's thread, which asks
/// it about every program that a supervised account starts; answers come from memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GateTable {
    pub(crate) apps: HashMap<AppId, Reason>,
    pub(crate) categories: HashMap<Category, Reason>,
    pub(crate) above: Option<(AgeRating, Reason)>,
    pub(crate) everything: Option<Reason>,
    pub(crate) not_listed: Option<Reason>,
    pub(crate) listed_apps: HashSet<AppId>,
    pub(crate) listed_categories: HashSet<Category>,
    pub(crate) open_apps: HashSet<AppId>,
    pub(crate) open_categories: HashSet<Category>,
}

impl GateTable {
    /// Why `app` must not start now; `None`: it may.
    pub fn refusal(&self, app: &App) -> Option<&Reason> {
        let _ = app;
        None
    }
}
