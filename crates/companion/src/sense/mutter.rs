//! GNOME: idleness by Mutter's IdleMonitor on the session bus. Which window is in front GNOME tells nobody but
//! its own programs, so focus stays unknown there.

use super::{Sensor, SensorError, Sight, on_thread};
use futures_util::StreamExt as _;
use std::time::Duration;
use tokio::sync::mpsc;

#[zbus::proxy(
    interface = "org.gnome.Mutter.IdleMonitor",
    default_service = "org.gnome.Mutter.IdleMonitor",
    default_path = "/org/gnome/Mutter/IdleMonitor/Core"
)]
trait IdleMonitor {
    fn add_idle_watch(&self, interval: u64) -> zbus::Result<u32>;
    fn add_user_active_watch(&self) -> zbus::Result<u32>;
    fn get_idletime(&self) -> zbus::Result<u64>;
    #[zbus(signal)]
    fn watch_fired(&self, id: u32) -> zbus::Result<()>;
}

/// Idleness by Mutter.
pub(super) struct MutterIdle {
    pub(super) idle_after: Duration,
}

impl Sensor for MutterIdle {
    fn name(&self) -> &'static str {
        "mutter-idle"
    }

    fn start(self: Box<Self>, sights: mpsc::Sender<Sight>) -> Result<(), SensorError> {
        let idle_after = self.idle_after;
        on_thread(
            self.name(),
            sights,
            || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .map_err(|error| zbus::Error::InputOutput(error.into()))?;
                let monitor = runtime.block_on(async {
                    let connection = zbus::Connection::session().await?;
                    let monitor = IdleMonitorProxy::new(&connection).await?;
                    monitor.get_idletime().await?;
                    Ok::<_, zbus::Error>(monitor)
                })?;
                Ok((runtime, monitor))
            },
            move |(runtime, monitor), sights| runtime.block_on(watch(&monitor, idle_after, sights)),
        )
    }
}

async fn watch(
    monitor: &IdleMonitorProxy<'_>,
    idle_after: Duration,
    sights: &mpsc::Sender<Sight>,
) -> zbus::Result<()> {
    let mut fired = monitor.receive_watch_fired().await?;
    let interval = u64::try_from(idle_after.as_millis()).unwrap_or(u64::MAX);
    // An idle watch fires at the passage only: who is idle already is asked for.
    let idle_watch = monitor.add_idle_watch(interval).await?;
    let mut active_watch = None;
    let idle = monitor.get_idletime().await?;
    if idle >= interval {
        active_watch = Some(monitor.add_user_active_watch().await?);
        if sights.send(Sight::Idle { since_touch: Duration::from_millis(idle) }).await.is_err() {
            return Ok(());
        }
    }
    while let Some(signal) = fired.next().await {
        let id = signal.args()?.id;
        let sight = if id == idle_watch {
            active_watch = Some(monitor.add_user_active_watch().await?);
            Sight::Idle { since_touch: Duration::from_millis(monitor.get_idletime().await?) }
        } else if Some(id) == active_watch {
            Sight::Active
        } else {
            continue;
        };
        if sights.send(sight).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}
