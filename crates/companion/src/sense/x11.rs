//! X11: idleness by an alarm on the server's IDLETIME counter, focus by events.

use super::{Sensor, SensorError, Sight, on_thread};
use crate::x11::{Display, X11Error};
use lanh_protocol::FocusReport;
use std::time::Duration;
use tokio::sync::mpsc;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::sync::{
    ChangeAlarmAux, ConnectionExt as _, Counter, CreateAlarmAux, Int64, TESTTYPE, VALUETYPE,
};
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConnectionExt as _, EventMask, InputFocus, MapState, NotifyMode, Window,
};

/// Idleness by the SYNC extension.
pub(crate) struct X11Idle {
    pub(crate) display: Option<String>,
    pub(crate) idle_after: Duration,
}

impl Sensor for X11Idle {
    fn name(&self) -> &'static str {
        "x11-idle"
    }

    fn start(self: Box<Self>, sights: mpsc::Sender<Sight>) -> Result<(), SensorError> {
        on_thread(
            self.name(),
            sights,
            move || {
                let display = Display::open(self.display.as_deref())?;
                let counter = idle_counter(&display)?;
                Ok((display, counter, self.idle_after))
            },
            |(display, counter, idle_after), sights| watch_idle(&display, counter, idle_after, sights),
        )
    }
}

fn idle_counter(display: &Display) -> Result<Counter, X11Error> {
    let lacks = || X11Error::Lacks("the SYNC extension's IDLETIME counter");
    display.connection.sync_initialize(3, 1).map_err(|_| lacks())?.reply().map_err(|_| lacks())?;
    let counters = display.connection.sync_list_system_counters()?.reply()?.counters;
    counters
        .into_iter()
        .find(|counter| counter.name == b"IDLETIME")
        .map(|found| found.counter)
        .ok_or_else(lacks)
}

/// One alarm that waits in turn for "idle for so long" and for "touched again". Comparisons, not
/// transitions: what already holds when the alarm is set fires at once, so that nothing is missed.
fn watch_idle(
    display: &Display,
    counter: Counter,
    idle_after: Duration,
    sights: &mpsc::Sender<Sight>,
) -> Result<(), X11Error> {
    let connection = &display.connection;
    let idle_after = i64::try_from(idle_after.as_millis()).unwrap_or(i64::MAX).max(1);
    let alarm = connection.generate_id()?;
    connection
        .sync_create_alarm(
            alarm,
            &CreateAlarmAux::new()
                .counter(counter)
                .value_type(VALUETYPE::ABSOLUTE)
                .value(int64(idle_after))
                .test_type(TESTTYPE::POSITIVE_COMPARISON)
                .delta(int64(0))
                .events(1),
        )?
        .check()?;
    let mut idle = false;
    loop {
        let Event::SyncAlarmNotify(event) = connection.wait_for_event()? else { continue };
        if event.alarm != alarm {
            continue;
        }
        let value = from_int64(event.counter_value);
        // A fresh alarm announces its first state too: the counter says what is true.
        let now_idle = value >= idle_after;
        if now_idle == idle {
            continue;
        }
        idle = now_idle;
        let (test, value, sight) = if idle {
            let since_touch = Duration::from_millis(u64::try_from(value).unwrap_or(0));
            (TESTTYPE::NEGATIVE_COMPARISON, idle_after - 1, Sight::Idle { since_touch })
        } else {
            (TESTTYPE::POSITIVE_COMPARISON, idle_after, Sight::Active)
        };
        if sights.blocking_send(sight).is_err() {
            return Ok(());
        }
        let change = ChangeAlarmAux::new()
            .value_type(VALUETYPE::ABSOLUTE)
            .value(int64(value))
            .test_type(test)
            .delta(int64(0))
            .events(1);
        connection.sync_change_alarm(alarm, &change)?;
        connection.flush()?;
    }
}

fn int64(value: i64) -> Int64 {
    let [a, b, c, d, e, f, g, h] = value.to_be_bytes();
    Int64 { hi: i32::from_be_bytes([a, b, c, d]), lo: u32::from_be_bytes([e, f, g, h]) }
}

fn from_int64(value: Int64) -> i64 {
    (i64::from(value.hi) << 32) | i64::from(value.lo)
}

/// Focus by the input focus, which cannot lie: what the window manager announces as active is only the cue to
/// look again, and works without a window manager as well.
pub(crate) struct X11Focus {
    pub(crate) display: Option<String>,
}

impl Sensor for X11Focus {
    fn name(&self) -> &'static str {
        "x11-focus"
    }

    fn start(self: Box<Self>, sights: mpsc::Sender<Sight>) -> Result<(), SensorError> {
        on_thread(
            self.name(),
            sights,
            move || Display::open(self.display.as_deref()),
            |display, sights| watch_focus(&display, sights),
        )
    }
}

fn watch_focus(display: &Display, sights: &mpsc::Sender<Sight>) -> Result<(), X11Error> {
    let connection = &display.connection;
    let root_events = EventMask::PROPERTY_CHANGE | EventMask::FOCUS_CHANGE;
    connection
        .change_window_attributes(display.root, &ChangeWindowAttributesAux::new().event_mask(root_events))?
        .check()?;
    let mut watched = display.root;
    let mut told = None;
    let mut grabbed = false;
    loop {
        let window = focused_window(display)?;
        if let FocusWindow::Window(window) = window
            && window != watched
        {
            watch_window(display, watched, false);
            watch_window(display, window, true);
            watched = window;
            // It may have lost the focus before the watch was set: look once more, with the watch in place.
            continue;
        }
        let focus = grabbed.then(|| full_screen_grabber(display)).flatten().unwrap_or_else(|| match window {
            FocusWindow::Nothing => FocusReport::Nothing,
            FocusWindow::FollowsPointer => FocusReport::Unknown,
            FocusWindow::Window(window) => {
                display.pid_of(window).map_or(FocusReport::Unknown, |pid| FocusReport::Process { pid })
            }
        });
        if told.as_ref() != Some(&focus) {
            if sights.blocking_send(Sight::Focus(focus.clone())).is_err() {
                return Ok(());
            }
            told = Some(focus);
        }
        loop {
            match connection.wait_for_event()? {
                Event::PropertyNotify(event) if event.atom == display.atoms._NET_ACTIVE_WINDOW => break,
                Event::FocusOut(event) => {
                    grabbed = event.mode == NotifyMode::GRAB;
                    break;
                }
                Event::FocusIn(_) => {
                    grabbed = false;
                    break;
                }
                Event::DestroyNotify(event) if event.window == watched => {
                    watched = display.root;
                    break;
                }
                _ => {}
            }
        }
    }
}

enum FocusWindow {
    Nothing,
    FollowsPointer,
    Window(Window),
}

fn focused_window(display: &Display) -> Result<FocusWindow, X11Error> {
    let focus = display.connection.get_input_focus()?.reply()?.focus;
    Ok(if focus == u32::from(InputFocus::NONE) {
        FocusWindow::Nothing
    } else if focus == u32::from(InputFocus::POINTER_ROOT) || focus == display.root {
        FocusWindow::FollowsPointer
    } else {
        FocusWindow::Window(focus)
    })
}

fn watch_window(display: &Display, window: Window, watch: bool) {
    if window == display.root {
        return;
    }
    let events =
        if watch { EventMask::FOCUS_CHANGE | EventMask::STRUCTURE_NOTIFY } else { EventMask::NO_EVENT };
    // The window may be gone by now; then its focus is gone too and an event has come or will come.
    if let Ok(cookie) = display
        .connection
        .change_window_attributes(window, &ChangeWindowAttributesAux::new().event_mask(events))
    {
        cookie.ignore_error();
    }
}

/// The owner of the window that covers the screen past the window manager, while somebody holds the keyboard:
/// a game in old full-screen style. Other grabs (menus, a window manager's switcher) leave the focus as it is.
fn full_screen_grabber(display: &Display) -> Option<FocusReport> {
    let screen = display.connection.get_geometry(display.root).ok()?.reply().ok()?;
    let window_manager = display.window_manager();
    let mut windows = display.top_levels().ok()?;
    while let Some((window, pid)) = windows.pop() {
        let pid = pid.filter(|pid| Some(*pid) != window_manager);
        let Some(pid) = pid else { continue };
        let attributes = display.connection.get_window_attributes(window).ok()?.reply().ok();
        let shown = attributes.is_some_and(|attributes| {
            attributes.override_redirect && attributes.map_state == MapState::VIEWABLE
        });
        let geometry = display.connection.get_geometry(window).ok()?.reply().ok();
        let covers = geometry.is_some_and(|geometry| {
            geometry.x <= 0
                && geometry.y <= 0
                && geometry.width >= screen.width
                && geometry.height >= screen.height
        });
        if shown && covers {
            return Some(FocusReport::Process { pid });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_form_of_a_counter_value_keeps_every_bit() {
        for value in [0, 1, -1, 60_000, i64::from(u32::MAX), i64::from(u32::MAX) + 1, i64::MIN, i64::MAX] {
            assert_eq!(from_int64(int64(value)), value);
        }
    }
}
