//! What `lanh policy import` reads.

use crate::{parse, policy_file};
use lanh_protocol::TargetView;

/// A policy file (TOML and JSON) and the rules in it; and the text taken for a rule itself.
///
/// # Panics
/// When a rule that was read is not the one that its own words say.
pub fn policy_file(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for json in [true, false] {
        if let Ok(document) = policy_file::Document::read(&text, json) {
            document.lines().for_each(rule);
        }
    }
    rule(&text);
}

fn rule(line: &str) {
    let any = |name: &str| Ok(TargetView::App { app: name.to_owned(), name: name.to_owned() });
    let Ok(rule) = parse::rule_line(line, &any) else { return };
    if let Some(typed) = parse::typed_rule(&rule) {
        assert_eq!(parse::rule_line(&typed, &any).as_ref(), Ok(&rule), "{line:?} became {typed:?}");
    }
}
