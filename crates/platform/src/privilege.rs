//! What this process may do.

/// What this process may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Privilege {
    /// Everything: gate, freeze, every account.
    Root,
    /// Scanning and signalling the processes of this one user id.
    User(u32),
}

impl Privilege {
    /// The privilege of this process, by its effective user id.
    pub fn current() -> Self {
        match crate::imp::effective_uid() {
            0 => Self::Root,
            uid => Self::User(uid),
        }
    }
}
