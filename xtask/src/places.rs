//! Where things are.

use std::path::{Path, PathBuf};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    // Cargo sets the variable at run time too, so that a moved checkout still works.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Where cargo puts what it builds in the dev profile: xtask itself was built there.
pub(crate) fn debug_programs() -> PathBuf {
    std::env::current_exe()
        .ok()
        .and_then(|program| program.parent().map(Path::to_path_buf))
        .unwrap_or_else(|| root().join("target/debug"))
}

/// The target directory, wherever cargo was told to have it.
pub(crate) fn target() -> PathBuf {
    debug_programs().parent().map_or_else(|| root().join("target"), Path::to_path_buf)
}

/// Where cargo puts what it builds in the release profile.
pub(crate) fn release_programs() -> PathBuf {
    target().join("release")
}
