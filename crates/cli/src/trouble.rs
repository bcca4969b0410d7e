//! Why a command did not do its work, with its exit code.

use lanh_protocol::{ClientError, FailureCode};
use lanh_words::Words;

/// The kind of trouble decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The service refused or failed, or a file could not be written.
    Failed = 1,
    /// What was typed makes no sense.
    Input = 2,
    /// Nobody listens.
    NotRunning = 3,
    /// A guardian's secret is missing or wrong.
    NeedsGuardian = 4,
}

/// A sentence in the user's language, and what kind of trouble it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) kind: Kind,
    pub(crate) sentence: String,
}

impl Trouble {
    pub(crate) fn input(sentence: impl Into<String>) -> Self {
        Self { kind: Kind::Input, sentence: sentence.into() }
    }

    pub(crate) fn failed(sentence: impl Into<String>) -> Self {
        Self { kind: Kind::Failed, sentence: sentence.into() }
    }

    pub(crate) fn needs_guardian(sentence: impl Into<String>) -> Self {
        Self { kind: Kind::NeedsGuardian, sentence: sentence.into() }
    }

    pub(crate) fn of_client(error: &ClientError, words: Words) -> Self {
        let kind = match error {
            ClientError::NotRunning(_) => Kind::NotRunning,
            ClientError::Denied(failure) => match failure.code {
                FailureCode::NeedsGuardian | FailureCode::WrongSecret | FailureCode::TooSoon => {
                    Kind::NeedsGuardian
                }
                FailureCode::Invalid | FailureCode::NotFound => Kind::Input,
                _ => Kind::Failed,
            },
            _ => Kind::Failed,
        };
        Self { kind, sentence: words.client_error(error) }
    }
}
