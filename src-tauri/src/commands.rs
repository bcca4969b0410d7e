//! What the front end can call. Each command is one call of [`Link`].

use crate::link::Link;
use crate::push::{Push, Trouble};
use lanh_protocol::{Answer, Question};
use lanh_words::Words;
use serde::Serialize;
use tauri::State;
use tauri::ipc::Channel;

/// What the front end must know before the service answers.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Environment {
    /// `en` or `vi`: the language of the user of this session.
    language: &'static str,
    /// The version of this program.
    version: &'static str,
    /// Whether the system can ask an administrator to confirm the first PIN.
    asks_administrator: bool,
}

/// Asks the service.
#[tauri::command]
pub(crate) async fn ask(link: State<'_, Link>, question: Question) -> Result<Answer, Trouble> {
    link.ask(question).await
}

/// The language and the version.
#[tauri::command]
pub(crate) fn environment(link: State<'_, Link>) -> Environment {
    Environment {
        language: Words::of_user().language().code(),
        version: env!("CARGO_PKG_VERSION"),
        asks_administrator: link.asks_administrator(),
    }
}

/// Tells the channel how things stand, and from then on what happens.
#[tauri::command]
pub(crate) fn listen(link: State<'_, Link>, channel: Channel<Push>) {
    // A window that is gone hears nothing, and the program ends with its window.
    link.listen(move |push| drop(channel.send(push)));
}

/// Gives up a guardian's rights until the PIN is said again.
#[tauri::command]
pub(crate) fn lock(link: State<'_, Link>) {
    link.lock();
}

/// Somebody uses the window.
#[tauri::command]
pub(crate) fn touch(link: State<'_, Link>) {
    link.touch();
}
