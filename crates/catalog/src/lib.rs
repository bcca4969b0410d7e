//! What programs are: which are installed, what they are for, and which of them a process is.
//!
//! The parsers are pure functions over text and bytes. [`Installed::scan`] reads the files, and a
//! [`Recogniser`] built from it tells for one process or file which [`App`](lanh_policy::App) it is.
//! What a child can write (names, environment, arguments, desktop entries at home) is a claim: it can
//! make the answer stricter, never freer (`docs/adr/0005-recognition-and-evidence.md`).

mod catalogue;
mod category;
mod evidence;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod installed;
mod parse;
pub mod rating;
mod recogniser;
mod roots;
mod running;
mod scan;

pub use catalogue::{
    Basis, Builder, Catalogue, CatalogueError, Entry, Facts, Found, Header, Key, PublicKey, SourceOfFacts,
    Themes, check, normal_name,
};
pub use category::from_desktop as category_of;
#[cfg(unix)]
pub use evidence::owner;
pub use evidence::{BuildId, ContentHash, Evidence, EvidenceCache, FileKey, NamedFile, NoEvidence, OpenFile};
pub use installed::{FactBasis, Installed, InstalledApp, Names, Source, Trust};
pub use parse::pe::WindowsFacts;
pub use recogniser::{
    Confidence, ENVIRONMENT, GuardianFact, Means, Parent, ProgramFacts, Recogniser, Recognition,
};
pub use roots::{Home, Roots};
