//! sway: the focused window by its IPC.

use super::{Sensor, SensorError, Sight, on_thread};
use lanh_protocol::FocusReport;
use swayipc::{Connection, EventType, Node};
use tokio::sync::mpsc;

/// Focus by sway's events.
pub(super) struct SwayFocus;

impl Sensor for SwayFocus {
    fn name(&self) -> &'static str {
        "sway-focus"
    }

    fn start(self: Box<Self>, sights: mpsc::Sender<Sight>) -> Result<(), SensorError> {
        on_thread(
            self.name(),
            sights,
            || {
                // Subscribe first: a change while the tree is read makes an event.
                let events = Connection::new()?.subscribe([EventType::Window, EventType::Workspace])?;
                Ok::<_, swayipc::Error>((Connection::new()?, events))
            },
            |(mut connection, events), sights| {
                let mut told = None;
                let tell = |connection: &mut Connection, told: &mut Option<FocusReport>| {
                    let focus = focus_of(&connection.get_tree()?);
                    let news = told.as_ref() != Some(&focus);
                    *told = Some(focus.clone());
                    Ok::<bool, swayipc::Error>(!news || sights.blocking_send(Sight::Focus(focus)).is_ok())
                };
                if !tell(&mut connection, &mut told)? {
                    return Ok(());
                }
                for event in events {
                    event?;
                    if !tell(&mut connection, &mut told)? {
                        return Ok(());
                    }
                }
                Ok(())
            },
        )
    }
}

fn focus_of(tree: &Node) -> FocusReport {
    match tree.find_focused_as_ref(|node| node.focused) {
        None => FocusReport::Unknown,
        // An empty workspace has the focus.
        Some(node) if node.nodes.is_empty() && node.window.is_none() && node.pid.is_none() => {
            FocusReport::Nothing
        }
        Some(node) => node
            .pid
            .and_then(|pid| u32::try_from(pid).ok())
            .map_or(FocusReport::Unknown, |pid| FocusReport::Process { pid }),
    }
}
