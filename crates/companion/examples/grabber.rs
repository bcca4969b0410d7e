//! A program that takes the desktop hostage, for the tests: `grabber managed|unmanaged|root`.
//!
//! `managed`: a full-screen window of the window manager that grabs pointer and keyboard. `unmanaged`: the same past
//! the window manager, as old games do. `root`: grabs on the root window, which no hiding of windows can end.
//! Prints `grabbed` once it has both, and then lives until it is killed.

use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, GrabMode, GrabStatus, PropMode, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let how = std::env::args().nth(1).ok_or("managed, unmanaged or root?")?;
    let (connection, screen) = x11rb::connect(None)?;
    let screen = connection.setup().roots.get(screen).ok_or("no screen")?;
    let window = connection.generate_id()?;
    let look = CreateWindowAux::new()
        .background_pixel(screen.white_pixel)
        .override_redirect(u32::from(how == "unmanaged"))
        .event_mask(EventMask::EXPOSURE | EventMask::KEY_PRESS);
    let (width, height) = (screen.width_in_pixels, screen.height_in_pixels);
    let class = WindowClass::INPUT_OUTPUT;
    connection.create_window(
        COPY_DEPTH_FROM_PARENT,
        window,
        screen.root,
        0,
        0,
        width,
        height,
        0,
        class,
        0,
        &look,
    )?;
    let state = connection.intern_atom(false, b"_NET_WM_STATE")?.reply()?.atom;
    let full = connection.intern_atom(false, b"_NET_WM_STATE_FULLSCREEN")?.reply()?.atom;
    connection.change_property32(PropMode::REPLACE, window, state, AtomEnum::ATOM, &[full])?;
    connection.map_window(window)?;
    connection.flush()?;
    let on = if how == "root" { screen.root } else { window };
    let (now, mode) = (x11rb::CURRENT_TIME, GrabMode::ASYNC);
    while !matches!(connection.wait_for_event()?, Event::Expose(_)) {}
    // A window manager may hold the keyboard for an instant while it places the window.
    loop {
        let pointer =
            connection.grab_pointer(true, on, EventMask::BUTTON_PRESS, mode, mode, 0_u32, 0_u32, now)?;
        let keyboard = connection.grab_keyboard(true, on, now, mode, mode)?;
        let (pointer, keyboard) = (pointer.reply()?.status, keyboard.reply()?.status);
        if pointer == GrabStatus::SUCCESS && keyboard == GrabStatus::SUCCESS {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    println!("grabbed");
    loop {
        connection.wait_for_event()?;
    }
}
