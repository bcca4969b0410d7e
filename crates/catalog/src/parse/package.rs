//! What packaged programs say of themselves: a Windows package's manifest, a macOS bundle's `Info.plist`.

use lanh_policy::Category;
use quick_xml::Reader;
use quick_xml::events::Event;

/// A program of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Package {
    /// Its identity: the package's name, the bundle's identifier.
    pub(crate) id: String,
    pub(crate) name: String,
    /// Who says to have made it.
    pub(crate) publisher: Option<String>,
    /// Its programs, from the package's folder.
    pub(crate) programs: Vec<String>,
    /// What it is for, if it says so.
    pub(crate) category: Option<Category>,
}

/// Reads an `AppxManifest.xml`.
pub(crate) fn msix(text: &str) -> Option<Package> {
    let mut reader = Reader::from_str(text);
    let (mut package, mut inside) = (Package::default(), String::new());
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) | Event::Empty(start) => {
                let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
                let attribute = |wanted: &str| {
                    let found =
                        start.attributes().flatten().find(|found| found.key.as_ref() == wanted.as_bytes())?;
                    Some(String::from_utf8_lossy(&found.value).into_owned())
                };
                match name.as_str() {
                    "Identity" => {
                        package.id = attribute("Name")?;
                        package.publisher = attribute("Publisher");
                    }
                    "Application" => package.programs.extend(attribute("Executable")),
                    _ => {}
                }
                inside = name;
            }
            Event::Text(text) if inside == "DisplayName" && package.name.is_empty() => {
                String::from_utf8_lossy(&text).trim().clone_into(&mut package.name);
            }
            Event::End(_) => inside.clear(),
            Event::Eof => break,
            _ => {}
        }
    }
    if package.name.is_empty() || package.name.starts_with("ms-resource:") {
        package.name.clone_from(&package.id);
    }
    (!package.id.is_empty() && !package.programs.is_empty()).then_some(package)
}

/// More lists within lists than any bundle has: a child's file must not use up the stack.
const MOST_NESTED: usize = 400;

/// Reads an `Info.plist`. The binary form can refer to a part many times, so that a small file becomes endless: it
/// is read only where a child could not have written it.
pub(crate) fn plist(bytes: &[u8], childs: bool) -> Option<Package> {
    let opened = |tag: &[u8]| bytes.windows(tag.len()).filter(|window| *window == tag).count();
    if childs && bytes.starts_with(b"bplist") || opened(b"<array") + opened(b"<dict") > MOST_NESTED {
        return None;
    }
    let value = plist::Value::from_reader(std::io::Cursor::new(bytes)).ok()?;
    let dictionary = value.as_dictionary()?;
    let text = |key: &str| dictionary.get(key)?.as_string().map(str::to_owned);
    Some(Package {
        id: text("CFBundleIdentifier").filter(|id| !id.is_empty())?,
        name: text("CFBundleDisplayName")
            .or_else(|| text("CFBundleName"))
            .or_else(|| text("CFBundleExecutable"))?,
        publisher: None,
        programs: vec![format!(
            "Contents/MacOS/{}",
            text("CFBundleExecutable").filter(|name| !name.contains('/'))?
        )],
        category: text("LSApplicationCategoryType").and_then(|kind| category(&kind)),
    })
}

/// From Apple's category types.
fn category(kind: &str) -> Option<Category> {
    Some(match kind.strip_prefix("public.app-category.")? {
        kind if kind.ends_with("games") => Category::Game,
        "education" | "reference" => Category::Learning,
        "social-networking" => Category::Social,
        "video" | "entertainment" => Category::Video,
        "developer-tools" | "graphics-design" | "music" | "photography" | "productivity" => {
            Category::Creative
        }
        "utilities" => Category::System,
        _ => Category::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_windows_package_is_read() {
        let package = msix(
            "<?xml version=\"1.0\"?><Package xmlns=\"a\" xmlns:uap=\"b\"><Identity Name=\"Microsoft.MinecraftUWP\" \
             Publisher=\"CN=Microsoft\" Version=\"1\"/><Properties><DisplayName>Minecraft for Windows</DisplayName></Properties>\
             <Applications><Application Id=\"App\" Executable=\"Minecraft.Windows.exe\"><uap:VisualElements DisplayName=\"x\"/>\
             </Application></Applications></Package>",
        )
        .unwrap();
        assert_eq!(
            (package.id.as_str(), package.name.as_str()),
            ("Microsoft.MinecraftUWP", "Minecraft for Windows")
        );
        assert_eq!(package.programs, ["Minecraft.Windows.exe"]);
        assert_eq!(msix("<Package><Identity Name=\"Framework\"/></Package>"), None);
    }

    #[test]
    fn a_bundle_is_read_with_its_category() {
        let text = |kind: &str| {
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><plist version=\"1.0\"><dict><key>CFBundleIdentifier</key>\
                 <string>org.a.Game</string><key>CFBundleExecutable</key><string>game</string>\
                 <key>LSApplicationCategoryType</key><string>public.app-category.{kind}</string></dict></plist>"
            )
        };
        let package = plist(text("puzzle-games").as_bytes(), true).unwrap();
        assert_eq!((package.id.as_str(), package.category), ("org.a.Game", Some(Category::Game)));
        assert_eq!(package.programs, ["Contents/MacOS/game"]);
        assert_eq!(plist(text("education").as_bytes(), true).unwrap().category, Some(Category::Learning));
        assert_eq!((plist(b"bplist00", false), plist(b"bplist00", true)), (None, None));
        let deep = format!("<plist>{}{}</plist>", "<array>".repeat(100_000), "</array>".repeat(100_000));
        assert_eq!(plist(deep.as_bytes(), true), None);
    }
}
