//! What a desktop entry's categories say a program is for.

use lanh_policy::Category;

/// From the Categories key (Desktop Menu Specification 1.1); games first, since a game that also calls
/// itself educational is a game until someone who knows says otherwise.
pub fn from_desktop<'a>(names: impl IntoIterator<Item = &'a str>) -> Category {
    let names: Vec<&str> = names.into_iter().collect();
    let any = |wanted: &[&str]| names.iter().any(|name| wanted.contains(name));
    if any(&["Game", "Emulator"]) {
        Category::Game
    } else if any(&["WebBrowser"]) {
        Category::Browser
    } else if any(&["Chat", "InstantMessaging", "IRCClient", "VideoConference"]) {
        Category::Social
    } else if any(&["Education", "Science"]) {
        Category::Learning
    } else if any(&["Mixer", "Settings", "PackageManager", "TerminalEmulator", "FileManager"]) {
        Category::System
    } else if any(&["AudioVideoEditing", "Graphics", "Office", "Development", "Midi", "Sequencer"]) {
        Category::Creative
    } else if any(&["AudioVideo", "Video", "TV", "Player"]) {
        Category::Video
    } else if any(&["System", "Utility", "Core", "Accessibility", "TextEditor", "Calculator"]) {
        Category::System
    } else {
        Category::Other
    }
}

/// The category that a child's own word may give: one that guardians limit. Anything else would let a
/// child make a game free by saying so.
pub(crate) fn claimed(category: Category) -> Category {
    if is_limited(category) { category } else { Category::Other }
}

/// Categories that cost a child time in any family's rules: to be taken for one of them gains nothing.
pub(crate) fn is_limited(category: Category) -> bool {
    matches!(category, Category::Game | Category::Social | Category::Video)
}

/// Categories that a weak sign may lead to: the limited ones, and not knowing.
pub(crate) fn is_safe(category: Category) -> bool {
    is_limited(category) || category == Category::Other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_are_mapped() {
        let cases = [
            ("GNOME;GTK;Game;LogicGame", Category::Game),
            ("Network;FileTransfer;Game", Category::Game),
            ("Education;Game;KidsGame", Category::Game),
            ("Game;Emulator", Category::Game),
            ("Education;Math", Category::Learning),
            ("Science;Astronomy;Education", Category::Learning),
            ("Development;Education", Category::Learning),
            ("AudioVideo;Player;Video", Category::Video),
            ("AudioVideo;Audio;Mixer;Settings", Category::System),
            ("AudioVideo;AudioVideoEditing;Video", Category::Creative),
            ("Network;WebBrowser", Category::Browser),
            ("Network;InstantMessaging", Category::Social),
            ("Office;WordProcessor", Category::Creative),
            ("Graphics;2DGraphics", Category::Creative),
            ("Utility;TextEditor", Category::System),
            ("Settings;HardwareSettings", Category::System),
            ("Network;P2P", Category::Other),
            ("", Category::Other),
        ];
        for (text, category) in cases {
            assert_eq!(from_desktop(text.split(';')), category, "{text}");
        }
    }

    #[test]
    fn a_childs_word_never_frees() {
        for category in [Category::Learning, Category::System, Category::Creative, Category::Browser] {
            assert_eq!(claimed(category), Category::Other);
        }
        assert_eq!(claimed(Category::Game), Category::Game);
    }
}
