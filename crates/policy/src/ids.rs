//! Names of things. Text ids are shared, so cloning one costs a counter, not a copy.

use std::fmt;
use std::sync::Arc;

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    };
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps the text as it is.
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    };
}

number_id! {
    /// A child's profile.
    ChildId
}
number_id! {
    /// A rule in a child's policy; unique on this machine, never used again.
    RuleId
}
number_id! {
    /// Time given on top of the rules.
    GrantId
}
number_id! {
    /// A child's request for more time.
    RequestId
}
number_id! {
    /// A change of what budgets count.
    CorrectionId
}
number_id! {
    /// One interval of the ledger. The engine counts up from what [`Engine::restore`](crate::Engine::restore) is told.
    IntervalId
}
text_id! {
    /// A program as people mean it: `desktop:org.gnome.Mines`, `steam:440`, `flatpak:org.kde.kpat`,
    /// `path:/home/an/game`. Stable across updates of the program.
    AppId
}
text_id! {
    /// An account of the operating system: `uid:1001`, or a SID on Windows.
    Account
}
text_id! {
    /// A login session of the operating system, by its name there (logind's `c2`).
    SessionId
}

impl Account {
    /// The account of a Unix user id.
    pub fn from_uid(uid: u32) -> Self {
        Self::new(format!("uid:{uid}"))
    }

    /// The Unix user id, if this is the account of one.
    pub fn uid(&self) -> Option<u32> {
        self.as_str().strip_prefix("uid:")?.parse().ok()
    }
}

/// A process, safe against reuse of its number: pid together with its start time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId {
    /// The number that the operating system gave it.
    pub pid: u32,
    /// When it started, in the operating system's own unit (clock ticks since boot on Linux).
    pub started: u64,
}
