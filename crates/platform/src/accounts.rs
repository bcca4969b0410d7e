//! The accounts of people.

use lanh_policy::Account;
use std::path::PathBuf;

/// One account of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountFacts {
    /// The account.
    pub account: Account,
    /// Its user id.
    pub uid: u32,
    /// Its login name.
    pub name: String,
    /// The person's name; empty: not told.
    pub full_name: String,
    /// Its home directory.
    pub home: PathBuf,
    /// It can become root, by its id or by the groups `sudo`, `wheel` or `admin`.
    pub administrator: bool,
    /// Its password.
    pub password: PasswordState,
}

/// The state of an account's password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PasswordState {
    /// It has one.
    Set,
    /// It needs none.
    Empty,
    /// It cannot sign in by password.
    Locked,
    /// Only root can see.
    Unknown,
}

/// The accounts of this machine. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Accounts(pub(crate) Inner);

#[derive(Clone, Debug)]
pub(crate) enum Inner {
    System,
    #[cfg(feature = "fake")]
    Fake(std::sync::Arc<Vec<AccountFacts>>),
}

impl Accounts {
    pub(crate) fn system() -> Self {
        Self(Inner::System)
    }

    /// The accounts of people (user ids 1000 to 59999 with a login shell), by user id. Accounts of a
    /// directory service are not listed, but [`Accounts::by_name`] finds them.
    pub fn people(&self) -> std::io::Result<Vec<AccountFacts>> {
        match &self.0 {
            Inner::System => crate::imp::accounts::people(),
            #[cfg(feature = "fake")]
            Inner::Fake(accounts) => Ok(accounts.to_vec()),
        }
    }

    /// The account with this login name.
    pub fn by_name(&self, name: &str) -> Option<AccountFacts> {
        match &self.0 {
            Inner::System => crate::imp::accounts::by_name(name),
            #[cfg(feature = "fake")]
            Inner::Fake(accounts) => accounts.iter().find(|account| account.name == name).cloned(),
        }
    }

    /// The account with this user id.
    pub fn by_uid(&self, uid: u32) -> Option<AccountFacts> {
        match &self.0 {
            Inner::System => crate::imp::accounts::by_uid(uid),
            #[cfg(feature = "fake")]
            Inner::Fake(accounts) => accounts.iter().find(|account| account.uid == uid).cloned(),
        }
    }
}
