//! Orders about one app of one child, carried out one after the other, each app by itself: a slow
//! freeze or a close in its grace keeps nothing else waiting.

use chrono::{DateTime, Utc};
use lanh_platform::{HoldError, HoldName, Holder};
use lanh_policy::{App, AppId, ChildId, ProcessId, Reason};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::mpsc;

/// How long a companion has to free the desktop before a freeze.
const PREPARE: Duration = Duration::from_millis(1_200);

/// What to do with an app.
#[derive(Debug)]
pub(crate) enum Order {
    /// Freeze it, after the companion (if one was asked) has freed the desktop.
    Hold {
        processes: Vec<ProcessId>,
        owners: Vec<u32>,
        prepared: Option<mpsc::Receiver<bool>>,
        news: HoldNews,
    },
    /// Let it run: until then, to save, or on.
    Release { save_until: Option<DateTime<Utc>> },
    /// End it. A reason is told to the child when its grace begins.
    Close { processes: Vec<ProcessId>, owners: Vec<u32>, grace: Duration, reason: Option<Reason> },
}

/// What the child is told once the app stands still.
#[derive(Debug)]
pub(crate) struct HoldNews {
    pub(crate) reason: Reason,
    pub(crate) closes_at: DateTime<Utc>,
    pub(crate) saves_left: u8,
}

/// What came of an order, in the order in which it came about: a release that follows a hold at once is told
/// after it.
#[derive(Debug)]
pub(crate) enum Done {
    /// It stands still.
    Held { child: ChildId, app: App, news: HoldNews },
    /// It runs again.
    Released { child: ChildId, app: App, save_until: Option<DateTime<Utc>> },
    /// It is asked to close, and has so long for it.
    Closing { child: ChildId, app: App, reason: Reason, grace: Duration },
    /// It would take the desktop hostage, or cannot be frozen: close it instead.
    Unsafe { child: ChildId, app: App },
}

/// Hands orders to one task an app.
pub(crate) struct Enforcer {
    holder: Holder,
    queues: HashMap<(ChildId, AppId), mpsc::UnboundedSender<Order>>,
    done: mpsc::Sender<Done>,
}

impl Enforcer {
    pub(crate) fn new(holder: Holder, done: mpsc::Sender<Done>) -> Self {
        Self { holder, queues: HashMap::new(), done }
    }

    /// Queues an order. The queue is as long as what the engine decides about one app, a handful.
    pub(crate) fn order(&mut self, child: ChildId, app: &App, order: Order) {
        let key = (child, app.id.clone());
        let mut order = order;
        if let Some(queue) = self.queues.get(&key) {
            match queue.send(order) {
                Ok(()) => return,
                Err(mpsc::error::SendError(unsent)) => order = unsent,
            }
        }
        let (queue, orders) = mpsc::unbounded_channel();
        let worker = carry_out(self.holder.clone(), child, app.clone(), orders, self.done.clone());
        tokio::spawn(worker);
        // The receiver is alive: the task that owns it has not run yet.
        let _ = queue.send(order);
        self.queues.insert(key, queue);
    }

    /// Forgets the queue of an app that no longer runs; what is queued is still carried out.
    pub(crate) fn forget(&mut self, child: ChildId, app: &AppId) {
        self.queues.remove(&(child, app.clone()));
    }
}

async fn carry_out(
    holder: Holder,
    child: ChildId,
    app: App,
    mut orders: mpsc::UnboundedReceiver<Order>,
    done: mpsc::Sender<Done>,
) {
    let name = HoldName::new(child, &app.id);
    while let Some(order) = orders.recv().await {
        let result = match order {
            Order::Hold { processes, owners, prepared, news } => {
                if !desktop_is_free(prepared).await {
                    let _ = done.send(Done::Unsafe { child, app: app.clone() }).await;
                    continue;
                }
                match holder.hold(&name, &processes, &owners).await {
                    Ok(_) | Err(HoldError::Slow { .. }) => {
                        let _ = done.send(Done::Held { child, app: app.clone(), news }).await;
                        Ok(())
                    }
                    Err(HoldError::Nothing) => Ok(()),
                    Err(error) => {
                        let _ = done.send(Done::Unsafe { child, app: app.clone() }).await;
                        Err(error)
                    }
                }
            }
            Order::Release { save_until } => {
                let released = match save_until {
                    Some(_) => holder.thaw(&name).await,
                    None => holder.release(&name).await,
                };
                let _ = done.send(Done::Released { child, app: app.clone(), save_until }).await;
                released
            }
            Order::Close { processes, owners, grace, reason } => {
                if let Some(reason) = reason {
                    let _ = done.send(Done::Closing { child, app: app.clone(), reason, grace }).await;
                }
                holder.close(&name, &processes, &owners, grace).await.map(|closed| {
                    tracing::debug!(app = %app.id, ?closed, "closed");
                })
            }
        };
        match result {
            Ok(()) | Err(HoldError::Unknown(_) | HoldError::Nothing) => {}
            Err(error) => tracing::error!(app = %app.id, %error, "an order was not carried out"),
        }
    }
}

/// Waits for the companion's word. One that says nothing in time does not stop the freeze: otherwise a
/// silenced companion would be a way around the limit.
async fn desktop_is_free(prepared: Option<mpsc::Receiver<bool>>) -> bool {
    let Some(mut prepared) = prepared else { return true };
    match tokio::time::timeout(PREPARE, prepared.recv()).await {
        Ok(Some(free)) => free,
        Ok(None) | Err(_) => true,
    }
}
