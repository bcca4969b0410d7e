//! Wayland: idleness by ext-idle-notify-v1, or by KDE's older protocol that wlroots before 0.17 speaks. Both
//! respect the compositor's idle inhibitors by themselves.

use super::{Sensor, SensorError, Sight, on_thread};
use std::time::Duration;
use tokio::sync::mpsc;
use wayland_client::globals::{GlobalListContents, registry_queue_init};
use wayland_client::protocol::{wl_registry::WlRegistry, wl_seat::WlSeat};
use wayland_client::{Connection, Dispatch, EventQueue, QueueHandle, delegate_noop};
use wayland_protocols::ext::idle_notify::v1::client::ext_idle_notification_v1::{
    self, ExtIdleNotificationV1,
};
use wayland_protocols::ext::idle_notify::v1::client::ext_idle_notifier_v1::ExtIdleNotifierV1;
use wayland_protocols_plasma::idle::client::org_kde_kwin_idle::OrgKdeKwinIdle;
use wayland_protocols_plasma::idle::client::org_kde_kwin_idle_timeout::{self, OrgKdeKwinIdleTimeout};

/// Idleness by the compositor.
pub(super) struct WaylandIdle {
    pub(super) idle_after: Duration,
}

impl Sensor for WaylandIdle {
    fn name(&self) -> &'static str {
        "wayland-idle"
    }

    fn start(self: Box<Self>, sights: mpsc::Sender<Sight>) -> Result<(), SensorError> {
        let idle_after = self.idle_after;
        on_thread(self.name(), sights, move || open(idle_after), watch)
    }
}

/// What the compositor said last, not yet passed on.
struct Idleness {
    idle_after: Duration,
    news: Option<Sight>,
}

#[derive(Debug, thiserror::Error)]
enum WaylandError {
    #[error("no Wayland compositor: {0}")]
    Connect(#[from] wayland_client::ConnectError),
    #[error("the compositor's offers cannot be read: {0}")]
    Globals(#[from] wayland_client::globals::GlobalError),
    #[error("the compositor offers no seat: {0}")]
    Bind(#[from] wayland_client::globals::BindError),
    #[error("the compositor offers no idle protocol")]
    NoProtocol,
    #[error("the compositor is gone: {0}")]
    Dispatch(#[from] wayland_client::DispatchError),
}

fn open(idle_after: Duration) -> Result<(EventQueue<Idleness>, Idleness), WaylandError> {
    let connection = Connection::connect_to_env()?;
    let (globals, queue) = registry_queue_init::<Idleness>(&connection)?;
    let handle = queue.handle();
    let seat: WlSeat = globals.bind(&handle, 1..=1, ())?;
    let millis = u32::try_from(idle_after.as_millis()).unwrap_or(u32::MAX);
    if let Ok(notifier) = globals.bind::<ExtIdleNotifierV1, _, _>(&handle, 1..=1, ()) {
        notifier.get_idle_notification(millis, &seat, &handle, ());
    } else if let Ok(idle) = globals.bind::<OrgKdeKwinIdle, _, _>(&handle, 1..=1, ()) {
        idle.get_idle_timeout(&seat, millis, &handle, ());
    } else {
        return Err(WaylandError::NoProtocol);
    }
    Ok((queue, Idleness { idle_after, news: None }))
}

fn watch(
    (mut queue, mut idleness): (EventQueue<Idleness>, Idleness),
    sights: &mpsc::Sender<Sight>,
) -> Result<(), WaylandError> {
    loop {
        queue.blocking_dispatch(&mut idleness)?;
        if let Some(sight) = idleness.news.take()
            && sights.blocking_send(sight).is_err()
        {
            return Ok(());
        }
    }
}

impl Dispatch<ExtIdleNotificationV1, ()> for Idleness {
    fn event(
        state: &mut Self,
        _: &ExtIdleNotificationV1,
        event: ext_idle_notification_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            ext_idle_notification_v1::Event::Idled => {
                state.news = Some(Sight::Idle { since_touch: state.idle_after });
            }
            ext_idle_notification_v1::Event::Resumed => state.news = Some(Sight::Active),
            _ => {}
        }
    }
}

impl Dispatch<OrgKdeKwinIdleTimeout, ()> for Idleness {
    fn event(
        state: &mut Self,
        _: &OrgKdeKwinIdleTimeout,
        event: org_kde_kwin_idle_timeout::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            org_kde_kwin_idle_timeout::Event::Idle => {
                state.news = Some(Sight::Idle { since_touch: state.idle_after });
            }
            org_kde_kwin_idle_timeout::Event::Resumed => state.news = Some(Sight::Active),
            _ => {}
        }
    }
}

impl Dispatch<WlRegistry, GlobalListContents> for Idleness {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: wayland_client::protocol::wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

delegate_noop!(Idleness: ignore WlSeat);
delegate_noop!(Idleness: ExtIdleNotifierV1);
delegate_noop!(Idleness: OrgKdeKwinIdle);
