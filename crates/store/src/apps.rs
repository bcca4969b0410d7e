//! The programs that were seen, and what the guardian decided about them.

use crate::db::{column, unreadable};
use crate::record::{read_category, read_rating, read_time, write_category, write_rating, write_time};
use crate::{AuditKind, Change, Result, Store};
use chrono::{DateTime, Utc};
use lanh_policy::{AgeRating, App, AppId, Category};
use rusqlite::{Row, params};
use std::time::Duration;

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
    /// What was found.
    pub found: App,
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

impl KnownApp {
    /// What holds: the guardian's word where there is one, else what was found.
    pub fn app(&self) -> App {
        App {
            category: self.set_category.unwrap_or(self.found.category),
            rating: self.set_rating.or(self.found.rating),
            ..self.found.clone()
        }
    }
}

/// The columns that [`read_app`] reads.
const COLUMNS: &str =
    "id, name, category, rating, basis, set_category, set_rating, first_seen, last_seen FROM app";

/// How exactly the last sighting is kept: a busy program then costs one write a day.
const LAST_SEEN: Duration = Duration::from_secs(24 * 3600);

impl Store {
    /// Notes that a program was seen. In totals-only mode nothing is kept of it.
    ///
    /// # Errors
    /// Those of the file.
    pub fn saw_app(&mut self, at: DateTime<Utc>, app: &App, basis: AppBasis) -> Result<()> {
        if self.family_settings()?.totals_only {
            return Ok(());
        }
        let known = self.app(&app.id)?;
        let fresh = |seen: Option<DateTime<Utc>>| seen.is_some_and(|seen| at - LAST_SEEN < seen);
        if known.is_some_and(|known| known.found == *app && known.basis == basis && fresh(known.last_seen)) {
            return Ok(());
        }
        self.db.execute(
            "INSERT INTO app (id, name, category, rating, basis, first_seen, last_seen)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
             ON CONFLICT (id) DO UPDATE SET
                 name = excluded.name, category = excluded.category, rating = excluded.rating,
                 basis = excluded.basis, first_seen = coalesce(first_seen, excluded.first_seen),
                 last_seen = max(coalesce(last_seen, excluded.last_seen), excluded.last_seen)",
            params![
                app.id.as_str(),
                app.name,
                write_category(app.category),
                app.rating.map(write_rating),
                write_app_basis(basis),
                write_time("when an app was seen", at)?
            ],
        )?;
        Ok(())
    }

    /// The guardian sorts a program; `None` leaves that part to what was found. A program that was never
    /// seen is taken with this name.
    ///
    /// # Errors
    /// Those of the file.
    pub fn set_app(
        &mut self,
        change: &Change,
        app: &AppId,
        name: &str,
        category: Option<Category>,
        rating: Option<AgeRating>,
    ) -> Result<()> {
        self.atomic(|store| {
            store.db.execute(
                "INSERT INTO app (id, name, category, basis, set_category, set_rating)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (id) DO UPDATE SET
                     set_category = excluded.set_category, set_rating = excluded.set_rating",
                params![
                    app.as_str(),
                    name,
                    write_category(Category::Other),
                    write_app_basis(AppBasis::Unknown),
                    category.map(write_category),
                    rating.map(write_rating)
                ],
            )?;
            store.note(change, AuditKind::APP, None, "an app was sorted")
        })
    }

    /// One program.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`](crate::StoreError::Unreadable).
    pub fn app(&self, app: &AppId) -> Result<Option<KnownApp>> {
        self.db.maybe(&format!("SELECT {COLUMNS} WHERE id = ?1"), [app.as_str()], read_app)
    }

    /// All programs, last seen first.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`](crate::StoreError::Unreadable).
    pub fn apps(&self) -> Result<Vec<KnownApp>> {
        self.db.rows(&format!("SELECT {COLUMNS} ORDER BY last_seen DESC, name, id"), [], read_app)
    }
}

fn write_app_basis(basis: AppBasis) -> &'static str {
    match basis {
        AppBasis::Read => "read",
        AppBasis::Known => "known",
        AppBasis::Unknown => "unknown",
    }
}

fn read_app(row: &Row<'_>) -> Result<KnownApp> {
    let basis: String = column(row, 4)?;
    let set_category = column::<Option<String>>(row, 5)?.as_deref().map(read_category).transpose()?;
    let set_rating = column::<Option<u8>>(row, 6)?.map(read_rating).transpose()?;
    let found = App {
        id: AppId::new(column::<String>(row, 0)?),
        name: column(row, 1)?,
        category: read_category(&column::<String>(row, 2)?)?,
        rating: column::<Option<u8>>(row, 3)?.map(read_rating).transpose()?,
    };
    Ok(KnownApp {
        found,
        basis: match basis.as_str() {
            "read" => AppBasis::Read,
            "known" => AppBasis::Known,
            "unknown" => AppBasis::Unknown,
            other => return Err(unreadable("how an app is known", other)),
        },
        set_category,
        set_rating,
        first_seen: column::<Option<i64>>(row, 7)?.map(read_time),
        last_seen: column::<Option<i64>>(row, 8)?.map(read_time),
    })
}
