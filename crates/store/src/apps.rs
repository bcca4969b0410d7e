//! The programs that were seen, and what the guardian decided about them.

use crate::{Change, Result, Store};
use chrono::{DateTime, Utc};
use lanh_policy::{AgeRating, App, AppId, Category};

/// How it is known what an app is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AppBasis {
    /// Read from what the system says about it (a desktop entry, a store's manifest).
    Read,
    /// Known to the shipped catalogue.
    Known,
    /// Nobody could tell; wants sorting.
    Unknown,
}

/// A program that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownApp {
    /// What holds: the guardian's word where there is one, else what was found.
    pub app: App,
    /// How the found part is known.
    pub basis: AppBasis,
    /// The category that the guardian set.
    pub set_category: Option<Category>,
    /// The rating that the guardian set.
    pub set_rating: Option<AgeRating>,
    /// When it was first seen; `None` where times are not kept.
    pub first_seen: Option<DateTime<Utc>>,
    /// When it was last seen, to the day; `None` where times are not kept.
    pub last_seen: Option<DateTime<Utc>>,
}

impl Store {
    /// Notes that a program was seen. In totals-only mode nothing is kept of it.
    pub fn saw_app(&mut self, at: DateTime<Utc>, app: &App, basis: AppBasis) -> Result<()> {
        let _ = (at, app, basis);
        todo!()
    }
    /// The guardian sorts a program; `None` leaves that part to what was found.
    pub fn set_app(
        &mut self,
        change: &Change,
        app: &AppId,
        name: &str,
        category: Option<Category>,
        rating: Option<AgeRating>,
    ) -> Result<()> {
        let _ = (change, app, name, category, rating);
        todo!()
    }
    /// One program.
    pub fn app(&self, app: &AppId) -> Result<Option<KnownApp>> {
        let _ = app;
        todo!()
    }
    /// All programs, last seen first.
    pub fn apps(&self) -> Result<Vec<KnownApp>> {
        todo!()
    }
}
