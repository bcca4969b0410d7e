//! Notices on the desktop, by the notification daemon of the session.

use crate::cards::Text;
use crate::state::{Card, Slot};
use notify_rust::{Hint, Notification, NotificationResponse, Timeout, Urgency};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How long a notification daemon may take to show a notice; the bus may have to start it first.
const SHOW_WITHIN: Duration = Duration::from_secs(10);

/// What became of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A button was pressed: its key.
    Pressed(Slot, String),
    /// It is gone.
    Closed(Slot),
}

/// How many notices may wait for the daemon, and outcomes for the companion.
const QUEUE: usize = 64;

/// Shows notices, in a task of its own: a daemon that hangs must hold up nothing else.
#[derive(Clone, Debug)]
pub(crate) struct Notifier {
    wishes: mpsc::Sender<Wish>,
}

#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "a few live at a time")]
enum Wish {
    Show(Slot, Card, Text),
    Dismiss(Slot),
}

impl Notifier {
    /// Starts the task. What becomes of the notices arrives at the receiver. Call within a tokio runtime.
    pub(crate) fn start() -> (Self, mpsc::Receiver<Outcome>) {
        let (wishes, mut queue) = mpsc::channel(QUEUE);
        let (outcomes, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(async move {
            let mut screen = Screen { shown: BTreeMap::new(), outcomes };
            while let Some(wish) = queue.recv().await {
                match wish {
                    Wish::Show(slot, card, text) => screen.show(slot, &card, &text).await,
                    Wish::Dismiss(slot) => screen.dismiss(&slot).await,
                }
            }
        });
        (Self { wishes }, receiver)
    }

    /// Shows a notice in place of the one that is in its slot. Where no daemon answers, the text goes to the
    /// log; the limits do not depend on it.
    pub(crate) fn show(&self, slot: Slot, card: Card, text: Text) {
        self.wish(Wish::Show(slot, card, text));
    }

    /// Takes the notice of a slot away.
    pub(crate) fn dismiss(&self, slot: Slot) {
        self.wish(Wish::Dismiss(slot));
    }

    fn wish(&self, wish: Wish) {
        if let Err(error) = self.wishes.try_send(wish) {
            tracing::warn!(%error, "the notification daemon does not keep up; a notice is left out");
        }
    }
}

/// The notices that stand on the screen, one for each slot.
struct Screen {
    shown: BTreeMap<Slot, Shown>,
    outcomes: mpsc::Sender<Outcome>,
}

#[derive(Debug)]
struct Shown {
    id: u32,
    waiting: JoinHandle<()>,
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.waiting.abort();
    }
}

impl Screen {
    async fn show(&mut self, slot: Slot, card: &Card, text: &Text) {
        let mut notification = Notification::new();
        notification
            .appname("Lanh")
            .summary(&text.title)
            .body(&escape(&text.body))
            .icon("lanh")
            .hint(Hint::DesktopEntry("lanh".to_owned()))
            .urgency(if card.urgent { Urgency::Critical } else { Urgency::Normal })
            // Daemons differ in whether they obey a time-out of an urgent notice, so it is taken away from here.
            .timeout(Timeout::Never);
        for (act, label) in card.acts.iter().zip(&text.buttons) {
            notification.action(act.key(), label);
        }
        if let Some(before) = self.shown.remove(&slot) {
            notification.id(before.id);
        }
        let handle = match tokio::time::timeout(SHOW_WITHIN, notification.show_async()).await {
            Ok(Ok(handle)) => handle,
            Ok(Err(error)) => return unseen(text, &error.to_string()),
            Err(_) => return unseen(text, "the notification daemon does not answer"),
        };
        let (outcomes, stays, place) = (self.outcomes.clone(), card.stays, slot.clone());
        let id = handle.id();
        let waiting = tokio::spawn(async move {
            let mut outcome = Outcome::Closed(place.clone());
            let answer = handle.wait_for_action_async(|response: &NotificationResponse| {
                if let NotificationResponse::Action(key) = response {
                    outcome = Outcome::Pressed(place, key.clone());
                }
            });
            match stays {
                None => answer.await,
                Some(stays) => {
                    if tokio::time::timeout(stays, answer).await.is_err() {
                        handle.close_async().await;
                    }
                }
            }
            // Nobody listens: the companion ends.
            let _ = outcomes.send(outcome).await;
        });
        self.shown.insert(slot, Shown { id, waiting });
    }

    async fn dismiss(&mut self, slot: &Slot) {
        let Some(shown) = self.shown.remove(slot) else { return };
        if let Err(error) = close(shown.id).await {
            tracing::debug!(%error, "a notice could not be taken away");
        }
    }
}

async fn close(id: u32) -> zbus::Result<()> {
    let connection = zbus::Connection::session().await?;
    let name = "org.freedesktop.Notifications";
    let path = "/org/freedesktop/Notifications";
    connection.call_method(Some(name), path, Some(name), "CloseNotification", &(id)).await?;
    Ok(())
}

fn unseen(text: &Text, why: &str) {
    tracing::warn!(title = text.title, body = text.body, why, "no notice could be shown");
}

/// The body is markup to the daemon; a program's name or a child's words must not become any.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_become_markup() {
        assert_eq!(escape("Tom & <b>Jerry</b>"), "Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;");
    }
}
