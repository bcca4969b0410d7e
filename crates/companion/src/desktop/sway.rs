//! sway: windows go to the scratchpad, each with a mark that says how to bring it back.

use super::Which;
use swayipc::{Connection, Node};

/// Hides every window of `pids`; true if none is left in sight.
pub(super) fn hide(app: &str, pids: &[u32]) -> Result<bool, swayipc::Error> {
    let mut connection = Connection::new()?;
    for window in windows(&connection.get_tree()?).filter(|window| is_of(window, pids) && is_shown(window)) {
        let mark = mark(app, window);
        let id = window.id;
        let command = format!("[con_id={id}] mark --add \"{mark}\", fullscreen disable, move scratchpad");
        for outcome in connection.run_command(command)? {
            outcome?;
        }
    }
    let tree = connection.get_tree()?;
    let free = windows(&tree).all(|window| !is_of(window, pids) || !is_shown(window));
    Ok(free)
}

/// Brings back what [`hide`] hid for the apps of `which`.
pub(super) fn show(which: &Which) -> Result<(), swayipc::Error> {
    let mut connection = Connection::new()?;
    for window in windows(&connection.get_tree()?) {
        let id = window.id;
        for mark in &window.marks {
            let Some((was, app)) = Was::from_mark(mark) else { continue };
            if !which.covers(&app) {
                continue;
            }
            let floating = if was.floating { "" } else { ", floating disable" };
            let full_screen = if was.full_screen { ", fullscreen enable" } else { "" };
            let command = format!("[con_id={id}] unmark \"{mark}\", scratchpad show{floating}{full_screen}");
            for outcome in connection.run_command(command)? {
                outcome?;
            }
        }
    }
    Ok(())
}

/// How a window was before it was hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Was {
    floating: bool,
    full_screen: bool,
}

impl Was {
    /// A mark belongs to one window only, hence the id. The app's name is written in hexadecimal: a quote in it
    /// would end the mark in sway's command language.
    fn to_mark(self, app: &str, id: i64) -> String {
        let how = if self.floating { 'f' } else { 't' };
        let size = if self.full_screen { 'f' } else { 'n' };
        let app: String = app.bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("_lanh:{how}{size}:{id}:{app}")
    }

    /// How it was, and for which app it was hidden.
    fn from_mark(mark: &str) -> Option<(Self, String)> {
        let mut parts = mark.strip_prefix("_lanh:")?.split(':');
        let how = parts.next()?;
        let was = Self { floating: how.starts_with('f'), full_screen: how.ends_with('f') };
        let app = parts.nth(1)?;
        let bytes: Option<Vec<u8>> =
            (0..app.len()).step_by(2).map(|at| u8::from_str_radix(app.get(at..at + 2)?, 16).ok()).collect();
        Some((was, String::from_utf8(bytes?).ok()?))
    }
}

fn mark(app: &str, window: &Node) -> String {
    let floating = window.node_type == swayipc::NodeType::FloatingCon;
    let full_screen = window.fullscreen_mode.unwrap_or(0) > 0;
    Was { floating, full_screen }.to_mark(app, window.id)
}

fn windows(tree: &Node) -> impl Iterator<Item = &Node> {
    tree.iter().filter(|node| node.pid.is_some())
}

fn is_of(window: &Node, pids: &[u32]) -> bool {
    window.pid.and_then(|pid| u32::try_from(pid).ok()).is_some_and(|pid| pids.contains(&pid))
}

fn is_shown(window: &Node) -> bool {
    window.visible.unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_says_how_a_window_was_and_cannot_break_out_of_its_command() {
        for floating in [false, true] {
            for full_screen in [false, true] {
                let was = Was { floating, full_screen };
                let app = "path:/a\"b\\c é";
                let mark = was.to_mark(app, 7);
                assert_eq!(Was::from_mark(&mark), Some((was, app.to_owned())));
                assert!(!mark.contains(['"', '\\']), "{mark}");
            }
        }
        for other in ["", "mine", "_lanh:", "_lanh:tn:7", "_lanh:tn:7:0", "_lanh:tn:7:zz"] {
            assert_eq!(Was::from_mark(other), None, "{other}");
        }
    }
}
