//! What Tauri prepares at build time: the capabilities, and on Windows the program's resources.

fn main() {
    tauri_build::build();
}
