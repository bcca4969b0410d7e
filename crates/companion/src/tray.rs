//! The icon in the desktop's tray (a StatusNotifierItem): a ring of what is left, and a menu. It needs nothing
//! while nothing changes, and help stands in it whether the service answers or not.

use crate::cards::{Text, help};
use crate::notify::Notifier;
use crate::state::{Act, Card, Face, PARTS, Say, Slot, Tone};
use ksni::menu::StandardItem;
use ksni::{Category, Icon, MenuItem, ToolTip, TrayMethods};
use lanh_words::Words;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// The sizes of the icon, in pixels: a panel's, and twice that for dense screens.
const SIZES: [i32; 2] = [22, 44];

/// How long the lines of help stay on the screen unless somebody takes them away.
const HELP_STAYS: Duration = Duration::from_secs(120);

/// The tray of a session. A desktop without one shows nothing, and nothing depends on it.
#[derive(Debug)]
pub(crate) struct Tray {
    faces: watch::Sender<Option<Face>>,
    help_lines: watch::Sender<Vec<String>>,
}

impl Tray {
    /// Starts it; it shows itself with the first face. What is asked for arrives at the receiver. Call within a
    /// tokio runtime.
    pub(crate) fn start(words: Words, notifier: Notifier) -> (Self, mpsc::Receiver<Act>) {
        let (asks, asked) = mpsc::channel(1);
        let (faces, mut shown) = watch::channel::<Option<Face>>(None);
        let (help_lines, lines) = watch::channel(Vec::new());
        tokio::spawn(async move {
            let Ok(face) = shown.wait_for(Option::is_some).await.map(|face| face.clone()) else { return };
            let Some(face) = face else { return };
            let item = Item { face, words, notifier, asks, help_lines: lines, app: app() };
            // A panel may start after this program, or start anew.
            let handle = match item.assume_sni_available(true).spawn().await {
                Ok(handle) => handle,
                Err(error) => {
                    tracing::info!(%error, "this desktop has no tray");
                    return;
                }
            };
            while shown.changed().await.is_ok() {
                let face = shown.borrow_and_update().clone();
                if let Some(face) = face {
                    handle.update(|item| item.face = face).await;
                }
            }
            handle.shutdown().await;
        });
        (Self { faces, help_lines }, asked)
    }

    /// Shows how the child stands. What is shown already costs nothing.
    pub(crate) fn show(&self, face: Face) {
        self.faces.send_if_modified(|shown| {
            let is_new = shown.as_ref() != Some(&face);
            if is_new {
                *shown = Some(face);
            }
            is_new
        });
    }

    /// The lines where a child finds help.
    pub(crate) fn help_lines(&self, numbers: &[String]) {
        self.help_lines.send_replace(numbers.to_vec());
    }
}

/// The app beside this program, if it is there.
fn app() -> Option<PathBuf> {
    let app = std::env::current_exe().ok()?.with_file_name("lanh-app");
    app.is_file().then_some(app)
}

struct Item {
    face: Face,
    words: Words,
    notifier: Notifier,
    asks: mpsc::Sender<Act>,
    help_lines: watch::Receiver<Vec<String>>,
    app: Option<PathBuf>,
}

impl Item {
    fn open(&self) {
        let Some(app) = &self.app else { return };
        let mut window = std::process::Command::new(app);
        if let Some(token) = ksni::current_xdg_activation_token() {
            window.env("XDG_ACTIVATION_TOKEN", token);
        }
        match window.spawn() {
            Ok(mut window) => {
                // It is waited for, so that it leaves no dead process behind.
                std::thread::spawn(move || drop(window.wait()));
            }
            Err(error) => tracing::warn!(%error, "the app cannot be opened"),
        }
    }

    fn numbers(&self) -> Vec<String> {
        let numbers = self.help_lines.borrow().clone();
        // The national line, when the service could not say which lines the family has.
        if numbers.is_empty() { vec!["111".to_owned()] } else { numbers }
    }

    fn help(&self) {
        let card = Card { say: Say::Help, acts: Vec::new(), urgent: true, stays: Some(HELP_STAYS) };
        let Text { title, body, buttons } = help(&self.words, &self.numbers());
        self.notifier.show(Slot::Help, card, Text { title, body, buttons });
    }

    fn line(&self) -> String {
        self.face.lines.first().cloned().unwrap_or_default()
    }
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "lanh".to_owned()
    }

    fn category(&self) -> Category {
        Category::SystemServices
    }

    fn title(&self) -> String {
        format!("Lanh – {}", self.line())
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        SIZES.iter().map(|size| ring(*size, &self.face)).collect()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            title: "Lanh".to_owned(),
            description: self
                .face
                .lines
                .iter()
                .map(|line| crate::notify::escape(line))
                .collect::<Vec<_>>()
                .join("\n"),
            ..ToolTip::default()
        }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.open();
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let says = self.face.lines.iter().map(|line| entry(line, false, |_| {}));
        let mut menu: Vec<MenuItem<Self>> = says.collect();
        menu.push(MenuItem::Separator);
        if let Some(act @ Act::Ask { seconds, .. }) = &self.face.ask {
            let act = act.clone();
            menu.push(entry(&self.words.action_ask(*seconds), true, move |item| {
                // One wish at a time; who clicks again has been heard.
                let _ = item.asks.try_send(act.clone());
            }));
        }
        if self.app.is_some() {
            menu.push(entry(&self.words.text("tray-open", &[]), true, Item::open));
        }
        let number = self.numbers().first().cloned().unwrap_or_default();
        menu.push(entry(&self.words.action_help(&number), true, Item::help));
        menu
    }
}

fn entry(label: &str, enabled: bool, act: impl Fn(&Item) + Send + 'static) -> MenuItem<Item> {
    StandardItem {
        // An underscore marks a key to the menu.
        label: label.replace('_', "__"),
        enabled,
        activate: Box::new(move |item: &mut Item| act(item)),
        ..StandardItem::default()
    }
    .into()
}

/// How finely a pixel of the ring's edge is looked at, each way.
const LOOKS: i32 = 4;

/// The ring: full where time is left, from the top clockwise, and faint where it has gone.
fn ring(size: i32, face: &Face) -> Icon {
    let (red, green, blue) = match face.tone {
        Tone::Leaf => (0x4f, 0xa8, 0x5a),
        Tone::Amber => (0xe0, 0x9a, 0x26),
        Tone::Coral => (0xe0, 0x5a, 0x4a),
        Tone::Grey => (0x8a, 0x86, 0x80),
    };
    let half = f64::from(size) / 2.0;
    let (outer, inner) = (half - 1.0, half * 0.58);
    let share = f64::from(u32::try_from(face.parts).unwrap_or(u32::MAX)) / PARTS as f64;
    let mut data = Vec::new();
    for y in 0..size {
        for x in 0..size {
            let mut alpha = 0;
            for look in 0..LOOKS * LOOKS {
                let at = |pixel: i32, part: i32| {
                    f64::from(pixel) + (f64::from(part) + 0.5) / f64::from(LOOKS) - half
                };
                let (across, down) = (at(x, look % LOOKS), at(y, look / LOOKS));
                let distance = across.hypot(down);
                if distance <= outer && distance >= inner {
                    let turned =
                        across.atan2(-down).rem_euclid(std::f64::consts::TAU) / std::f64::consts::TAU;
                    alpha += if turned < share { 255 } else { 70 };
                }
            }
            let alpha = u8::try_from(alpha / (LOOKS * LOOKS)).unwrap_or(u8::MAX);
            data.extend([alpha, red, green, blue]);
        }
    }
    Icon { width: size, height: size, data }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The opacity at a place of a ring of 44 pixels.
    fn opacity(parts: u64, x: usize, y: usize) -> u8 {
        let face = Face { tone: Tone::Leaf, parts, lines: Vec::new(), ask: None };
        let icon = ring(44, &face);
        assert_eq!(icon.data.len(), 44 * 44 * 4);
        icon.data[(y * 44 + x) * 4]
    }

    #[test]
    fn the_ring_is_full_where_time_is_left() {
        let (right, left) = ((39, 22), (4, 22));
        assert_eq!((opacity(PARTS, right.0, right.1), opacity(PARTS, left.0, left.1)), (255, 255));
        assert_eq!((opacity(PARTS / 2, right.0, right.1), opacity(PARTS / 2, left.0, left.1)), (255, 70));
        assert_eq!((opacity(0, right.0, right.1), opacity(0, left.0, left.1)), (70, 70));
        assert_eq!((opacity(PARTS, 22, 22), opacity(PARTS, 0, 0)), (0, 0));
    }
}
