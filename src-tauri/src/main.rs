//! The desktop app of Lanh: one window for guardians and children. It holds no rule and no state of its own;
//! everything is asked of the service over the local wire, and it ends when its window closes.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod administrator;
mod commands;
mod export;
mod link;
mod push;
#[cfg(test)]
mod typescript;

use administrator::Administrator;
use link::Link;
use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{Manager, WebviewWindowBuilder};

fn main() {
    let app = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![
            commands::ask,
            commands::environment,
            commands::listen,
            commands::lock,
            commands::touch,
            export::save
        ])
        .setup(|app| {
            let socket = lanh_protocol::default_socket();
            let administrator = Administrator::of_system(&socket);
            app.manage(Link::open(socket, administrator, link::LOCK_AFTER));
            for window in &app.config().app.windows {
                WebviewWindowBuilder::from_config(app, window)?
                    .on_navigation(|url| {
                        // The pages of the program itself; nothing else is ever shown.
                        url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost")
                    })
                    .on_new_window(|_, _| NewWindowResponse::Deny)
                    .on_page_load(|window, load| {
                        // Hidden until there is something to see. A window that cannot be shown is shut.
                        if load.event() == PageLoadEvent::Finished && window.show().is_err() {
                            window.app_handle().exit(1);
                        }
                    })
                    .build()?;
            }
            Ok(())
        })
        .run(tauri::generate_context!());
    if let Err(error) = app {
        eprintln!("lanh-app: the window cannot be opened: {error}");
        std::process::exit(1);
    }
}
