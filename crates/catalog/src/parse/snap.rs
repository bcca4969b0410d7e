//! `meta/snap.yaml` of an installed snap.

use serde::Deserialize;
use std::collections::BTreeMap;

/// What is read of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Snap {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    /// `app`, `base`, `core`, `gadget`, `kernel` or `snapd`; nothing means `app`.
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    #[serde(default)]
    pub(crate) apps: BTreeMap<String, SnapApp>,
}

/// One of its commands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct SnapApp {
    pub(crate) command: Option<String>,
    pub(crate) daemon: Option<String>,
}

/// Reads it; `None`: not the description of programs for people.
pub(crate) fn parse(text: &str) -> Option<Snap> {
    let snap: Snap = serde_saphyr::from_str(text).ok()?;
    let plain = !snap.name.is_empty() && !snap.name.contains('/');
    let for_people = snap.apps.values().any(|app| app.daemon.is_none());
    (plain && for_people && snap.kind.as_deref().is_none_or(|kind| kind == "app")).then_some(snap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read() {
        let snap = parse(
            "name: minetest\ntitle: Luanti\nversion: '5.9'\nbase: core22\napps:\n  minetest:\n    command: bin/minetest --go\n\
             \x20   plugs: [opengl, x11]\n  server:\n    command: bin/server\n    daemon: simple\n",
        )
        .unwrap();
        assert_eq!(snap.name, "minetest");
        assert_eq!(snap.title.as_deref(), Some("Luanti"));
        assert_eq!(snap.apps["minetest"].command.as_deref(), Some("bin/minetest --go"));
    }

    #[test]
    fn the_systems_own_snaps_are_no_programs() {
        assert_eq!(parse("name: core22\ntype: base\napps:\n  a:\n    command: b\n"), None);
        assert_eq!(parse("name: cups\napps:\n  cupsd:\n    command: b\n    daemon: simple\n"), None);
        assert_eq!(parse("name: fonts\n"), None);
    }
}
