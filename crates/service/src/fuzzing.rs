//! What the service reads by itself.

use crate::{config, recognition};
use std::path::Path;

/// The configuration file (TOML).
pub fn config(bytes: &[u8]) {
    // Refused or taken; an error names the file.
    if let Err(error) = config::Config::parse(Path::new("lanhd.toml"), &String::from_utf8_lossy(bytes)) {
        assert!(error.to_string().contains("lanhd.toml"), "{error}");
    }
}

/// The `.flatpak-info` of a sandbox.
pub fn flatpak_info(bytes: &[u8]) {
    recognition::flatpak_name(&String::from_utf8_lossy(bytes));
}
