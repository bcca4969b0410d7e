//! Parsers of what installers leave behind: pure functions, on any system. None of them trusts its
//! input, which may come from a child's home: bounded depth, no panic, `None` or empty for nonsense.

pub(crate) mod command;
pub(crate) mod desktop;
pub(crate) mod elf;
pub(crate) mod engine;
pub(crate) mod flatpak;
pub(crate) mod heroic;
pub(crate) mod lutris;
pub(crate) mod metainfo;
pub(crate) mod package;
pub(crate) mod pe;
pub(crate) mod registry;
pub(crate) mod script;
pub(crate) mod shortcuts;
pub(crate) mod snap;
pub(crate) mod steam;
pub(crate) mod stores;

#[cfg(test)]
mod never_panics {
    use proptest::prelude::*;

    /// Random bytes, and random cuts of what the formats are made of.
    fn nonsense() -> impl Strategy<Value = Vec<u8>> {
        let pieces = prop::sample::select(vec![
            "[Desktop Entry]\n",
            "Exec=",
            "Name[vi]=",
            "\\",
            "\"",
            "%f",
            "{",
            "}",
            "\n",
            "#!/bin/sh\n",
            "exec ",
            "$X",
            "${X",
            "X=1\n",
            "<component>",
            "<id>",
            "</id>",
            "<content_rating type=\"oars-1.1\">",
            "&lt",
            "<Package><Identity Name=\"a\"/>",
            "<plist><dict><key>CFBundleIdentifier</key>",
            "[A\\CurrentVersion\\Uninstall\\B]\n\"DisplayName\"=\"C\\",
            "\0shortcuts\0\0",
            "\x02appid\0",
            "\x08",
            "]]>",
            "apps:\n",
            "  a: &x [*x]\n",
            "game:\n  exe: ",
            "[",
            "]",
            "\u{7f}ELF",
            "\0\0\0\u{1}",
            ":",
            "'",
            "sh -c ",
        ]);
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..400),
            prop::collection::vec(pieces, 0..60).prop_map(|parts| parts.concat().into_bytes()),
        ]
    }

    proptest! {
        #[test]
        fn no_parser_panics_on_nonsense(bytes in nonsense()) {
            let text = String::from_utf8_lossy(&bytes);
            if let Some(entry) = super::desktop::parse(&text) {
                super::command::Command::parse(&entry.exec);
            }
            super::command::Command::parse(&text);
            super::script::parse(&bytes);
            super::metainfo::parse(&text);
            super::steam::libraries(&text);
            super::steam::manifest(&text);
            super::snap::parse(&text);
            super::lutris::parse(&text);
            super::heroic::games(&text);
            super::heroic::titles(&text);
            super::elf::build_id(&mut std::io::Cursor::new(&bytes));
            super::package::msix(&text);
            super::package::plist(&bytes, true);
            super::registry::installed(&super::registry::decode(&bytes));
            super::shortcuts::parse(&bytes);
            super::stores::epic(&text);
            super::stores::gog(&text);
            super::stores::riot(&text);
            super::engine::python(&bytes);
            super::pe::read(&mut std::io::Cursor::new(&bytes));
            let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
            elf.extend(&bytes);
            super::elf::build_id(&mut std::io::Cursor::new(&elf));
        }
    }
}
