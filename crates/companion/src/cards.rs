//! The words of a notice.

use crate::state::{Act, Card, Say};
use lanh_protocol::{FailureCode, Notice};
use lanh_words::{Clock, Said, Words};

/// A notice in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) title: String,
    pub(crate) body: String,
    /// One label for each of the card's acts.
    pub(crate) buttons: Vec<String>,
}

/// Puts a card in words. `None`: it is not for people.
pub(crate) fn compose(card: &Card, words: &Words, clock: &Clock, help_lines: &[String]) -> Option<Text> {
    let Said { title, mut body } = match &card.say {
        Say::Help => return Some(help(words, help_lines)),
        Say::Notice(notice) => words.notice(notice, clock)?,
        Say::Asked { target, seconds } => Said {
            title: words.text("companion-asked-title", &[]),
            body: words.text(
                "companion-asked-body",
                &[("duration", words.duration(*seconds).into()), ("target", words.target(target).into())],
            ),
        },
        Say::NotDone { code } => Said {
            title: words.text("companion-not-done-title", &[]),
            body: match code {
                Some(FailureCode::NotFound) => words.text("companion-not-done-over", &[]),
                Some(FailureCode::Invalid | FailureCode::Unavailable) => {
                    words.text("companion-not-done-not-now", &[])
                }
                Some(FailureCode::TooSoon) => words.text("companion-not-done-too-soon", &[]),
                _ => words.text("companion-not-done-unreached", &[]),
            },
        },
    };
    let needs_help_line = matches!(
        &card.say,
        Say::Notice(Notice::TimesUp { .. } | Notice::Locking { .. } | Notice::Refused { .. })
    );
    if needs_help_line && !help_lines.is_empty() {
        // On a line of its own, where the eye finds it again.
        body = format!("{body}\n{}", words.help_lines(help_lines));
    }
    let buttons = card.acts.iter().map(|act| label(act, words)).collect();
    Some(Text { title, body, buttons })
}

/// Where a child finds help.
pub(crate) fn help(words: &Words, lines: &[String]) -> Text {
    let body = format!("{}\n{}", words.text("tray-help-words", &[]), words.help_lines(lines));
    Text { title: words.text("tray-help-title", &[]), body, buttons: Vec::new() }
}

fn label(act: &Act, words: &Words) -> String {
    match act {
        Act::Ask { seconds, .. } => words.action_ask(*seconds),
        Act::Save { .. } => words.action_save(),
        Act::Close { .. } => words.action_close(),
    }
}
