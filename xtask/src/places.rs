//! Where things are.

use crate::failure::Failure;
use std::collections::BTreeSet;
use std::fs;
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

/// The names of the test files of a package, which are the names of its test targets.
pub(crate) fn test_files(package: &str) -> Result<BTreeSet<String>, Failure> {
    let folder = root().join(package).join("tests");
    match folder.try_exists() {
        Ok(true) => {}
        _ => return Ok(BTreeSet::new()),
    }
    let failed = || Failure::file(format!("cannot list {}", folder.display()));
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(&folder).map_err(failed())? {
        let path = entry.map_err(failed())?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    Ok(names)
}

/// The folders of the crates, from the root.
pub(crate) fn crates() -> Result<Vec<String>, Failure> {
    let folder = root().join("crates");
    let failed = || Failure::file(format!("cannot list {}", folder.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed())? {
        found.push(format!("crates/{}", entry.map_err(failed())?.file_name().to_string_lossy()));
    }
    Ok(found)
}
