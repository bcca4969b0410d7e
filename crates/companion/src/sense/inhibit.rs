//! Who asks not to be called idle: a film, a call, a presentation.
//!
//! Asked are logind (block inhibitors of `idle`), the GNOME-style session manager and the power managers
//! of KDE and Xfce; all three tell changes by signals. `org.freedesktop.ScreenSaver` and X11's XScreenSaverSuspend
//! can be set but not read: a film player that uses only those on a bare window manager is not seen.

use super::{InhibitorSource, Sight};
use futures_util::StreamExt as _;
use tokio::sync::mpsc;

/// The session manager's bit for "do not call the session idle".
const INHIBIT_IDLE: u32 = 8;

#[zbus::proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1"
)]
trait LoginManager {
    #[zbus(property)]
    fn block_inhibited(&self) -> zbus::Result<String>;
}

#[zbus::proxy(
    interface = "org.gnome.SessionManager",
    default_service = "org.gnome.SessionManager",
    default_path = "/org/gnome/SessionManager"
)]
trait SessionManager {
    fn is_inhibited(&self, flags: u32) -> zbus::Result<bool>;
    #[zbus(signal)]
    fn inhibitor_added(&self, path: zbus::ObjectPath<'_>) -> zbus::Result<()>;
    #[zbus(signal)]
    fn inhibitor_removed(&self, path: zbus::ObjectPath<'_>) -> zbus::Result<()>;
}

#[zbus::proxy(
    interface = "org.freedesktop.PowerManagement.Inhibit",
    default_service = "org.freedesktop.PowerManagement",
    default_path = "/org/freedesktop/PowerManagement/Inhibit"
)]
trait PowerInhibit {
    fn has_inhibit(&self) -> zbus::Result<bool>;
    #[zbus(signal)]
    fn has_inhibit_changed(&self, has_inhibit: bool) -> zbus::Result<()>;
}

/// Watches all three; one that is not there is left out. Call within a tokio runtime.
pub(super) fn start(sights: &mpsc::Sender<Sight>) {
    let channel = sights.clone();
    tokio::spawn(async move { ended(InhibitorSource::Logind, watch_logind(&channel).await, &channel).await });
    let channel = sights.clone();
    tokio::spawn(
        async move { ended(InhibitorSource::Session, watch_session(&channel).await, &channel).await },
    );
    let channel = sights.clone();
    tokio::spawn(async move { ended(InhibitorSource::Power, watch_power(&channel).await, &channel).await });
}

/// A source that is gone holds nothing any more.
async fn ended(by: InhibitorSource, result: zbus::Result<()>, sights: &mpsc::Sender<Sight>) {
    if let Err(error) = result {
        tracing::debug!(source = ?by, %error, "no idle inhibitors from here");
    }
    tell(sights, by, false).await;
}

async fn tell(sights: &mpsc::Sender<Sight>, by: InhibitorSource, held: bool) -> bool {
    sights.send(Sight::Inhibited { by, held }).await.is_ok()
}

async fn watch_logind(sights: &mpsc::Sender<Sight>) -> zbus::Result<()> {
    let connection = zbus::Connection::system().await?;
    let manager = LoginManagerProxy::new(&connection).await?;
    // The first item of the stream is the current value.
    let mut changes = manager.receive_block_inhibited_changed().await;
    manager.block_inhibited().await?;
    while let Some(change) = changes.next().await {
        let what = change.get().await?;
        if !tell(sights, InhibitorSource::Logind, blocks_idle(&what)).await {
            break;
        }
    }
    Ok(())
}

/// Whether logind's colon-separated list names idle.
fn blocks_idle(what: &str) -> bool {
    what.split(':').any(|one| one == "idle")
}

async fn watch_session(sights: &mpsc::Sender<Sight>) -> zbus::Result<()> {
    let connection = zbus::Connection::session().await?;
    let manager = SessionManagerProxy::new(&connection).await?;
    let mut added = manager.receive_inhibitor_added().await?;
    let mut removed = manager.receive_inhibitor_removed().await?;
    loop {
        let held = manager.is_inhibited(INHIBIT_IDLE).await?;
        if !tell(sights, InhibitorSource::Session, held).await {
            return Ok(());
        }
        let more = tokio::select! {
            signal = added.next() => signal.is_some(),
            signal = removed.next() => signal.is_some(),
        };
        if !more {
            return Ok(());
        }
    }
}

async fn watch_power(sights: &mpsc::Sender<Sight>) -> zbus::Result<()> {
    let connection = zbus::Connection::session().await?;
    let manager = PowerInhibitProxy::new(&connection).await?;
    let mut changes = manager.receive_has_inhibit_changed().await?;
    let mut held = manager.has_inhibit().await?;
    while tell(sights, InhibitorSource::Power, held).await {
        match changes.next().await {
            Some(signal) => held = signal.args()?.has_inhibit,
            None => break,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_word_idle_blocks_idle() {
        for (what, blocks) in
            [("", false), ("sleep:shutdown", false), ("idle", true), ("sleep:idle:handle-lid-switch", true)]
        {
            assert_eq!(blocks_idle(what), blocks, "{what}");
        }
    }
}
