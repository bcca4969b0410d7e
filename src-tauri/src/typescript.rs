//! The front end's types are those of the commands.

use crate::commands::Environment;
use crate::push::{Push, Trouble};
use lanh_protocol::typescript::Declarations;
use lanh_protocol::{Answer, Failure, Notice, Question};

#[test]
fn the_front_end_has_the_types_of_the_commands() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/generated/app.ts");
    let mut protocol = Declarations::new();
    protocol.add::<Question>();
    protocol.add::<Answer>();
    protocol.add::<Notice>();
    protocol.add::<Failure>();
    let mut declarations = Declarations::new();
    declarations.add::<Push>();
    declarations.add::<Trouble>();
    declarations.add::<Environment>();
    let shared: Vec<String> = declarations
        .take_out(&protocol)
        .into_iter()
        .filter(|name| ["Failure", "Notice", "ServiceInfo"].contains(&name.as_str()))
        .collect();
    let text = format!(
        "// Made of src-tauri by `LANH_WRITE=1 cargo test -p lanh-app typescript`.\n\
         import type {{ {} }} from \"./protocol\";\n{}",
        shared.join(", "),
        declarations.module()
    );
    if std::env::var_os("LANH_WRITE").is_some() {
        std::fs::write(path, &text).expect("writable");
    }
    let written = std::fs::read_to_string(path).expect("readable");
    assert!(written == text, "{path} is not of today; write it anew as its first line says");
}
