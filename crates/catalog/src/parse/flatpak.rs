//! The `metadata` of a Flatpak.

/// The command that it starts.
pub(crate) fn command(text: &str) -> Option<String> {
    text.lines().find_map(|line| line.trim().strip_prefix("command=")).map(str::to_owned)
}
