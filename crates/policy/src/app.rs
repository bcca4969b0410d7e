//! What a program is, as far as the rules care.

use crate::ids::AppId;

/// What people use a program for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each name says it all")]
pub enum Category {
    Game,
    Learning,
    Social,
    Video,
    Browser,
    Creative,
    System,
    /// Not known yet: counts toward the screen total and is offered to the guardian for sorting.
    Other,
}

/// The ratings of Decree 147/2024/NĐ-CP, Article 38; PEGI and ESRB are mapped onto them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgeRating {
    /// 00+, for every age.
    Everyone,
    /// 12+.
    Twelve,
    /// 16+.
    Sixteen,
    /// 18+.
    Eighteen,
}

impl AgeRating {
    /// All ratings, from the youngest on.
    pub const ALL: [Self; 4] = [Self::Everyone, Self::Twelve, Self::Sixteen, Self::Eighteen];

    /// The youngest age, in years, that the rating allows.
    pub fn youngest(self) -> u8 {
        match self {
            Self::Everyone => 0,
            Self::Twelve => 12,
            Self::Sixteen => 16,
            Self::Eighteen => 18,
        }
    }
}

/// One program as people mean it: Minecraft, whatever its Java process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct App {
    /// Its stable id.
    pub id: AppId,
    /// Its name as people read it.
    pub name: String,
    /// What it is for.
    pub category: Category,
    /// Its age rating, if anyone gave one; never guessed.
    pub rating: Option<AgeRating>,
}

/// What a rule, a grant or a warning is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// One program.
    App(AppId),
    /// All programs of a category together.
    Category(Category),
    /// Each program of a category by itself ("60 minutes in each game").
    Each(Category),
    /// The whole screen: any use of an unlocked session.
    Screen,
}

impl Target {
    /// Whether using `app` falls under this target.
    pub fn covers(&self, app: &App) -> bool {
        match self {
            Self::App(id) => *id == app.id,
            Self::Category(category) | Self::Each(category) => *category == app.category,
            Self::Screen => true,
        }
    }
}
