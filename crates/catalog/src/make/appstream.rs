//! Debian's AppStream components (DEP-11).

use lanh_catalog::{Entry, Key, Themes, rating};
use lanh_policy::Category;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Read as _;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Component {
    #[serde(rename = "Type")]
    kind: Option<String>,
    #[serde(rename = "ID")]
    id: Option<String>,
    #[serde(default)]
    name: BTreeMap<String, String>,
    #[serde(default)]
    categories: Vec<String>,
    #[serde(default)]
    launchable: BTreeMap<String, Vec<String>>,
    content_rating: Option<BTreeMap<String, Option<BTreeMap<String, String>>>>,
}

/// The programs with a desktop entry.
pub(crate) fn entries(bytes: &[u8]) -> Result<Vec<Entry>, String> {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(bytes).read_to_string(&mut text).map_err(|error| error.to_string())?;
    text.split("\n---\n").skip(1).filter_map(|document| entry(document).transpose()).collect()
}

fn entry(document: &str) -> Result<Option<Entry>, String> {
    let component: Component = serde_saphyr::from_str(document)
        .map_err(|error| format!("{error} in: {}", document.lines().take(3).collect::<Vec<_>>().join(" ")))?;
    let Some(id) = component.id.filter(|_| component.kind.as_deref() == Some("desktop-application")) else {
        return Ok(None);
    };
    let plain = |id: &str| id.strip_suffix(".desktop").unwrap_or(id).to_owned();
    let mut keys = vec![(Key::Desktop, plain(&id))];
    for launchable in component.launchable.get("desktop-id").into_iter().flatten() {
        let key = (Key::Desktop, plain(launchable));
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    // An id in reverse order of a domain is the same everywhere.
    if plain(&id).matches('.').count() >= 2 {
        keys.push((Key::Flatpak, plain(&id)));
    }
    let name = |language: &str| component.name.get(language).cloned();
    let Some(title) = name("C").or_else(|| name("en")) else { return Ok(None) };
    let rating = component.content_rating.as_ref().and_then(|ratings| {
        let answered = ratings.iter().filter(|(kind, _)| kind.starts_with("oars-1."));
        answered.map(|(_, answers)| rating::from_oars(&answers.clone().unwrap_or_default())).max()
    });
    let category = lanh_catalog::category_of(component.categories.iter().map(String::as_str));
    if category == Category::Other && rating.is_none() {
        return Ok(None);
    }
    Ok(Some(Entry {
        name_vi: name("vi").filter(|name| *name != title),
        name: title,
        id: None,
        category,
        rating,
        launcher: false,
        essential: false,
        themes: Themes::default(),
        keys,
        starters: Vec::new(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanh_policy::AgeRating;

    #[test]
    fn ids_names_categories_and_ratings_are_read() {
        let entry = entry(
            "Type: desktop-application\nID: org.a.Mines.desktop\nPackage: mines\nName:\n  C: Mines\n  vi: Dò mìn\n\
             Categories:\n- Game\n- LogicGame\nLaunchable:\n  desktop-id:\n  - mines.desktop\nContentRating:\n  oars-1.1:\n\
             \x20   violence-bloodshed: mild\nIcon:\n  stock: a\n",
        )
        .unwrap()
        .unwrap();
        assert_eq!((entry.name.as_str(), entry.name_vi.as_deref()), ("Mines", Some("Dò mìn")));
        assert_eq!((entry.category, entry.rating), (Category::Game, Some(AgeRating::Twelve)));
        let keys = [(Key::Desktop, "org.a.Mines"), (Key::Desktop, "mines"), (Key::Flatpak, "org.a.Mines")];
        assert_eq!(entry.keys, keys.map(|(key, text)| (key, text.to_owned())));
    }

    #[test]
    fn what_did_not_answer_is_not_rated() {
        let document = "Type: desktop-application\nID: a.desktop\nName:\n  C: A\nCategories:\n- Game\n";
        assert_eq!(entry(document).unwrap().unwrap().rating, None);
        let empty = format!("{document}ContentRating:\n  oars-1.1: {{}}\n");
        assert_eq!(entry(&empty).unwrap().unwrap().rating, Some(AgeRating::Everyone));
        assert!(entry("Type: font\nID: x\nName:\n  C: X\n").unwrap().is_none());
    }
}
