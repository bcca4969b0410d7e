//! X11.

use super::Which;
use crate::x11::{Display, X11Error};
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, GrabMode, GrabStatus, InputFocus, MapState,
    PropMode, Window,
};
use x11rb::wrapper::ConnectionExt as _;

/// The pause between two looks at a desktop that is not free yet. The end of a grab makes no event for
/// others, so this is the one place that looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// `_NET_WM_STATE` actions.
const REMOVE: u32 = 0;
const ADD: u32 = 1;
/// The message comes from a pager, which window managers obey without second thoughts.
const FROM_PAGER: u32 = 2;
/// `WM_CHANGE_STATE` to iconic.
const ICONIC: u32 = 3;

/// How a window was hidden; written on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hidden {
    /// By the window manager; otherwise it was unmapped.
    minimised: bool,
    /// It was full-screen before.
    full_screen: bool,
}

impl Hidden {
    fn to_mark(self, app: &str) -> Vec<u8> {
        let mut mark =
            vec![if self.minimised { b'm' } else { b'u' }, if self.full_screen { b'f' } else { b'n' }, b':'];
        mark.extend_from_slice(app.as_bytes());
        mark
    }

    /// How, and for which app.
    fn from_mark(mark: &[u8]) -> Option<(Self, &str)> {
        match mark {
            [how, size, b':', app @ ..] => {
                let hidden = Self { minimised: *how == b'm', full_screen: *size == b'f' };
                Some((hidden, std::str::from_utf8(app).ok()?))
            }
            _ => None,
        }
    }
}

/// Hides every window of `pids` and waits, at most `within`, until the desktop is free of them.
pub(super) fn hide(display: &str, app: &str, pids: &[u32], within: Duration) -> Result<bool, X11Error> {
    let until = Instant::now() + within;
    let display = Display::open(Some(display))?;
    loop {
        // Every time anew: an app that still runs may open another window.
        hide_windows(&display, app, pids)?;
        if is_free(&display, pids)? {
            return Ok(true);
        }
        if Instant::now() + LOOK_AGAIN >= until {
            return Ok(false);
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

fn hide_windows(display: &Display, app: &str, pids: &[u32]) -> Result<(), X11Error> {
    let connection = &display.connection;
    let managed = match display.window_manager() {
        Some(_) => display.managed(),
        None => Vec::new(),
    };
    for window in managed.iter().copied().filter(|window| is_of(display.pid_of(*window), pids)) {
        if !is_viewable(display, window) {
            continue;
        }
        let full_screen = display
            .card32s(window, display.atoms._NET_WM_STATE, AtomEnum::ATOM.into())
            .contains(&display.atoms._NET_WM_STATE_FULLSCREEN);
        if full_screen {
            set_full_screen(display, window, REMOVE)?;
        }
        mark(display, window, app, Hidden { minimised: true, full_screen })?;
        tell_manager(display, window, display.atoms.WM_CHANGE_STATE, [ICONIC, 0, 0, 0, 0])?;
    }
    for (window, pid) in display.top_levels()? {
        // A window under the root that its own client put there: no frame is in between.
        if is_of(pid, pids) && !managed.contains(&window) && is_viewable(display, window) {
            mark(display, window, app, Hidden { minimised: false, full_screen: false })?;
            connection.unmap_window(window)?.ignore_error();
        }
    }
    connection.flush()?;
    Ok(())
}

fn is_of(pid: Option<u32>, pids: &[u32]) -> bool {
    pid.is_some_and(|pid| pids.contains(&pid))
}

fn is_viewable(display: &Display, window: Window) -> bool {
    let attributes =
        display.connection.get_window_attributes(window).ok().and_then(|cookie| cookie.reply().ok());
    attributes.is_some_and(|attributes| attributes.map_state == MapState::VIEWABLE)
}

/// Keeps the first mark: a second look at a window on its way out must not forget that it was full-screen.
fn mark(display: &Display, window: Window, app: &str, hidden: Hidden) -> Result<(), X11Error> {
    if read_mark(display, window).is_some_and(|(_, of)| of == app) {
        return Ok(());
    }
    let mark = hidden.to_mark(app);
    let (property, kind) = (display.atoms._LANH_HELD, AtomEnum::STRING);
    display.connection.change_property8(PropMode::REPLACE, window, property, kind, &mark)?.ignore_error();
    Ok(())
}

fn read_mark(display: &Display, window: Window) -> Option<(Hidden, String)> {
    let property = display.atoms._LANH_HELD;
    let reply = display.connection.get_property(false, window, property, AtomEnum::STRING, 0, 1024);
    let reply = reply.ok()?.reply().ok()?;
    Hidden::from_mark(&reply.value).map(|(hidden, app)| (hidden, app.to_owned()))
}

fn set_full_screen(display: &Display, window: Window, action: u32) -> Result<(), X11Error> {
    let state = [action, display.atoms._NET_WM_STATE_FULLSCREEN, 0, FROM_PAGER, 0];
    tell_manager(display, window, display.atoms._NET_WM_STATE, state)
}

fn tell_manager(display: &Display, window: Window, kind: u32, data: [u32; 5]) -> Result<(), X11Error> {
    let message = ClientMessageEvent::new(32, window, kind, data);
    let to_manager = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
    display.connection.send_event(false, display.root, to_manager, message)?.ignore_error();
    Ok(())
}

/// Whether nothing of `pids` has the keyboard, is in sight, or holds pointer or keyboard.
fn is_free(display: &Display, pids: &[u32]) -> Result<bool, X11Error> {
    let connection = &display.connection;
    for window in display.managed() {
        if is_of(display.pid_of(window), pids) && is_viewable(display, window) {
            return Ok(false);
        }
    }
    for (window, pid) in display.top_levels()? {
        if is_of(pid, pids) && is_viewable(display, window) {
            return Ok(false);
        }
    }
    let focus = connection.get_input_focus()?.reply()?.focus;
    let nowhere = focus == u32::from(InputFocus::NONE);
    let held = focus > u32::from(InputFocus::POINTER_ROOT) && is_of(display.pid_of(focus), pids);
    if (nowhere || held) && display.window_manager().is_none() {
        // Nobody else moves it then.
        let to = InputFocus::POINTER_ROOT;
        connection.set_input_focus(to, u32::from(to), x11rb::CURRENT_TIME)?.ignore_error();
    }
    Ok(!held && can_grab(display)?)
}

/// Takes pointer and keyboard for an instant. A grab fails while another program has one.
fn can_grab(display: &Display) -> Result<bool, X11Error> {
    let connection = &display.connection;
    let (root, now, mode) = (display.root, x11rb::CURRENT_TIME, GrabMode::ASYNC);
    let nothing = EventMask::NO_EVENT;
    let pointer = connection
        .grab_pointer(false, root, nothing, mode, mode, x11rb::NONE, x11rb::NONE, now)?
        .reply()?
        .status;
    connection.ungrab_pointer(now)?;
    if pointer != GrabStatus::SUCCESS {
        connection.flush()?;
        return Ok(false);
    }
    let keyboard = connection.grab_keyboard(false, root, now, mode, mode)?.reply()?.status;
    connection.ungrab_keyboard(now)?;
    connection.flush()?;
    Ok(keyboard == GrabStatus::SUCCESS)
}

/// Shows again what [`hide`] hid for the apps of `which`.
pub(super) fn show(display: &str, which: &Which) -> Result<(), X11Error> {
    let display = Display::open(Some(display))?;
    let connection = &display.connection;
    let unmanaged = display.top_levels()?.into_iter().map(|(window, _)| window);
    for window in display.managed().into_iter().chain(unmanaged) {
        let Some((hidden, app)) = read_mark(&display, window) else { continue };
        if !which.covers(&app) {
            continue;
        }
        connection.delete_property(window, display.atoms._LANH_HELD)?.ignore_error();
        // For a minimised window the window manager receives this as its wish to be shown again.
        connection.map_window(window)?.ignore_error();
        if hidden.minimised {
            tell_manager(&display, window, display.atoms._NET_ACTIVE_WINDOW, [FROM_PAGER, 0, 0, 0, 0])?;
        }
        if hidden.full_screen {
            set_full_screen(&display, window, ADD)?;
        }
    }
    // Wait until the server has taken it all: the connection ends here.
    connection.sync()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_says_how_a_window_was_hidden_and_for_which_app() {
        for minimised in [false, true] {
            for full_screen in [false, true] {
                let hidden = Hidden { minimised, full_screen };
                let mark = hidden.to_mark("desktop:xsol");
                assert_eq!(Hidden::from_mark(&mark), Some((hidden, "desktop:xsol")));
            }
        }
        assert_eq!(Hidden::from_mark(b""), None);
    }
}
