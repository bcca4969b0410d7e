//! The engine.

use crate::app::App;
use crate::clock::{Moment, TrustedClock};
use crate::effect::Effect;
use crate::event::Event;
use crate::family::Family;
use crate::ids::{ChildId, IntervalId};
use crate::ledger::{Grant, LedgerEntry};
use crate::verdict::{Standing, Verdict};
use chrono::{DateTime, Utc};

/// What an engine needs to know of the time before it started.
#[derive(Clone, Debug)]
pub struct Restored {
    /// The family as stored.
    pub family: Family,
    /// The ledger of at least the current and the last week.
    pub ledger: Vec<LedgerEntry>,
    /// Grants that are not over yet, with what was drawn of them.
    pub grants: Vec<Grant>,
    /// The persisted floor of trusted wall time, if there is one.
    pub floor: Option<DateTime<Utc>>,
    /// The first interval id that is free.
    pub next_interval: IntervalId,
}

/// The deterministic heart: events in, effects out, no clock of its own.
#[derive(Clone, Debug)]
pub struct Engine {
    family: Family,
    clock: TrustedClock,
}

impl Engine {
    /// An engine that goes on where an earlier one stopped.
    pub fn restore(now: Moment, restored: Restored) -> Self {
        let _ = (now, restored);
        unimplemented!()
    }

    /// Takes note of `event` at `now` and returns what to do. Time passes by this call alone.
    pub fn handle(&mut self, now: Moment, event: Event) -> Vec<Effect> {
        let _ = (now, event);
        Vec::new()
    }

    /// When to call [`Engine::handle`] with a tick at the latest, as time since boot of the same boot as
    /// the last moment; `None`: nothing will change by time alone.
    pub fn next_wake(&self) -> Option<std::time::Duration> {
        None
    }

    /// Trusted wall time as of the last event.
    pub fn trusted_now(&self) -> DateTime<Utc> {
        unimplemented!()
    }

    /// The family as of the last event.
    pub fn family(&self) -> &Family {
        &self.family
    }

    /// How a child stands as of the last event; `None`: no such child.
    pub fn standing(&self, child: ChildId) -> Option<Standing> {
        let _ = (child, &self.clock);
        None
    }

    /// Whether a child may use `app`, as of the last event; `None`: no such child.
    pub fn verdict(&self, child: ChildId, app: &App) -> Option<Verdict> {
        let _ = (child, app);
        None
    }
}
