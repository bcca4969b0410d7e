//! The front end's types are those of the messages.
#![cfg(feature = "typescript")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use lanh_protocol::typescript::Declarations;
use lanh_protocol::{Answer, Failure, Notice, Question};

#[test]
fn the_front_end_has_the_types_of_the_messages() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/generated/protocol.ts");
    let mut declarations = Declarations::new();
    declarations.add::<Question>();
    declarations.add::<Answer>();
    declarations.add::<Notice>();
    declarations.add::<Failure>();
    let text = format!(
        "// Made of crates/protocol by `LANH_WRITE=1 cargo test -p lanh-protocol --all-features --test \
         typescript`.\n{}",
        declarations.module()
    );
    if std::env::var_os("LANH_WRITE").is_some() {
        std::fs::write(path, &text).expect("writable");
    }
    let written = std::fs::read_to_string(path).expect("readable");
    assert!(written == text, "{path} is not of today; write it anew as its first line says");
}
