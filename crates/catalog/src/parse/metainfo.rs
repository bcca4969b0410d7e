//! AppStream metadata: the age rating that a program's makers gave it.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;

/// What is read of one component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Component {
    /// Its id, and the desktop entries that it launches; `.desktop` left out.
    pub(crate) ids: Vec<String>,
    /// The OARS answers, if it was rated: question and answer.
    pub(crate) rating: Option<BTreeMap<String, String>>,
}

/// Reads a metainfo file; `None`: not XML, or no component.
pub(crate) fn parse(text: &str) -> Option<Component> {
    let mut reader = Reader::from_str(text);
    let mut component = Component::default();
    let mut path: Vec<Vec<u8>> = Vec::new();
    let mut question = None;
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                open(&tag, &path, &mut component, &mut question);
                path.push(tag.local_name().as_ref().to_vec());
            }
            Event::Empty(tag) => open(&tag, &path, &mut component, &mut question),
            Event::End(_) => {
                path.pop();
            }
            Event::Text(content) => {
                let content = content.decode().ok()?;
                let content = content.trim();
                match path.iter().map(Vec::as_slice).collect::<Vec<_>>().as_slice() {
                    [b"component", b"id"] | [b"component", b"launchable"] if !content.is_empty() => {
                        component.ids.push(content.strip_suffix(".desktop").unwrap_or(content).to_owned());
                    }
                    [b"component", b"content_rating", b"content_attribute"] => {
                        if let (Some(question), Some(rating)) = (question.take(), component.rating.as_mut()) {
                            rating.insert(question, content.to_owned());
                        }
                    }
                    _ => {}
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    (!component.ids.is_empty()).then_some(component)
}

fn open(tag: &BytesStart<'_>, path: &[Vec<u8>], component: &mut Component, question: &mut Option<String>) {
    let attribute = |name: &str| {
        let value = tag.try_get_attribute(name).ok()??.value;
        Some(String::from_utf8_lossy(&value).into_owned())
    };
    match (tag.local_name().as_ref(), path) {
        (b"content_rating", [root])
            if root == b"component" && attribute("type").is_some_and(|kind| kind.starts_with("oars-1.")) =>
        {
            component.rating.get_or_insert_default();
        }
        (b"content_attribute", _) => *question = attribute("id"),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        let component = parse(
            "<?xml version=\"1.0\"?><component type=\"desktop-application\"><id>org.a.A.desktop</id>\
             <launchable type=\"desktop-id\">a.desktop</launchable><provides><id>old</id></provides>\
             <content_rating type=\"oars-1.1\"><content_attribute id=\"violence-fantasy\">mild</content_attribute>\
             <content_attribute id=\"money-gambling\">none</content_attribute></content_rating></component>",
        )
        .unwrap();
        assert_eq!(component.ids, ["org.a.A", "a"]);
        let rating = component.rating.unwrap();
        assert_eq!(rating["violence-fantasy"], "mild");
        assert_eq!(rating["money-gambling"], "none");
    }

    #[test]
    fn an_empty_rating_is_a_rating_and_none_is_none() {
        let with = parse("<component><id>a</id><content_rating type=\"oars-1.1\"/></component>").unwrap();
        assert_eq!(with.rating, Some(BTreeMap::new()));
        let without = parse("<component><id>a</id></component>").unwrap();
        assert_eq!(without.rating, None);
        let other = parse("<component><id>a</id><content_rating type=\"x-other\"/></component>").unwrap();
        assert_eq!(other.rating, None);
        assert_eq!(parse("plain text"), None);
    }
}
