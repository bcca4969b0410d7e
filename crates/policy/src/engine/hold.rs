//! The ladder of enforcement: hold, thaw to save, close; and the lock of whole sessions.

use crate::app::App;
use crate::clock::later;
use crate::effect::{CloseManner, Effect};
use crate::family::{HoldEnd, Settings};
use crate::ids::{AppId, ChildId, SessionId};
use crate::verdict::Reason;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Between two attempts at something that was not obeyed: locking a session, closing a program.
pub(crate) const RETRY: Duration = Duration::from_secs(10);

/// The programs of one child that are held or being closed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holds {
    held: BTreeMap<AppId, Hold>,
}

#[derive(Clone, Debug)]
pub(crate) struct Hold {
    app: Arc<App>,
    pub(crate) reason: Reason,
    pub(crate) closes_at: DateTime<Utc>,
    /// When it began, and when the day of its beginning ends.
    began: DateTime<Utc>,
    day_end: DateTime<Utc>,
    saves_used: u8,
    saves_left: u8,
    step: Step,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Frozen,
    /// Running for a moment, to save.
    Thawed {
        until: DateTime<Utc>,
    },
    /// Asked to close; asked again if it still runs then.
    Closing {
        manner: CloseManner,
        again_at: DateTime<Utc>,
    },
}

/// What a hold is decided by.
pub(crate) struct Order<'a> {
    pub(crate) child: ChildId,
    pub(crate) settings: &'a Settings,
    pub(crate) at: DateTime<Utc>,
    pub(crate) effects: &'a mut Vec<Effect>,
}

impl Holds {
    pub(crate) fn get(&self, app: &AppId) -> Option<&Hold> {
        self.held.get(app)
    }

    pub(crate) fn is_frozen(&self, app: &AppId) -> bool {
        self.held.get(app).is_some_and(|hold| hold.step == Step::Frozen)
    }

    /// Begins a hold, told with its end. One that would end at once is a polite close.
    pub(crate) fn hold(
        &mut self,
        order: &mut Order<'_>,
        app: &Arc<App>,
        reason: &Reason,
        day_end: DateTime<Utc>,
    ) {
        let mut hold = Hold {
            app: Arc::clone(app),
            reason: reason.clone(),
            closes_at: end_of(order.settings, order.at, day_end),
            began: order.at,
            day_end,
            saves_used: 0,
            saves_left: order.settings.save_thaws,
            step: Step::Frozen,
        };
        if hold.closes_at <= order.at {
            hold.close(order, polite(order.settings));
        } else {
            hold.tell(order);
        }
        self.held.insert(app.id.clone(), hold);
    }

    /// Ends a program that should never have started.
    pub(crate) fn refuse(&mut self, order: &mut Order<'_>, app: &Arc<App>, reason: &Reason) {
        let mut hold = Hold {
            app: Arc::clone(app),
            reason: reason.clone(),
            closes_at: order.at,
            began: order.at,
            day_end: order.at,
            saves_used: 0,
            saves_left: 0,
            step: Step::Frozen,
        };
        hold.close(order, CloseManner::AtOnce);
        self.held.insert(app.id.clone(), hold);
    }

    /// The verdict has changed: lets the program run.
    pub(crate) fn release(&mut self, order: &mut Order<'_>, app: &AppId) {
        if let Some(hold) = self.held.remove(app)
            && !matches!(hold.step, Step::Closing { .. })
        {
            let app = App::clone(&hold.app);
            order.effects.push(Effect::Release { child: order.child, app, save_until: None });
        }
    }

    /// The program no longer runs.
    pub(crate) fn forget(&mut self, app: &AppId) {
        self.held.remove(app);
    }

    /// Keeps those that still run; the others are thawed, since nobody holds them for this child any more.
    pub(crate) fn release_others(&mut self, order: &mut Order<'_>, runs: impl Fn(&AppId) -> bool) {
        let gone: Vec<AppId> = self.held.keys().filter(|app| !runs(app)).cloned().collect();
        for app in gone {
            self.release(order, &app);
        }
    }

    /// The settings have changed: what is held goes by the new ones, and is told so.
    pub(crate) fn follow(&mut self, order: &mut Order<'_>) {
        for hold in self.held.values_mut() {
            if matches!(hold.step, Step::Closing { .. }) {
                continue;
            }
            let closes_at = end_of(order.settings, hold.began, hold.day_end);
            let saves_left = order.settings.save_thaws.saturating_sub(hold.saves_used);
            if (closes_at, saves_left) == (hold.closes_at, hold.saves_left) {
                continue;
            }
            (hold.closes_at, hold.saves_left) = (closes_at, saves_left);
            if hold.step == Step::Frozen && order.at < closes_at {
                hold.tell(order);
            }
        }
    }

    /// Does what is due for a program that is still denied. `joined`: another process of it has started.
    pub(crate) fn keep(&mut self, order: &mut Order<'_>, app: &AppId, reason: &Reason, joined: bool) {
        let Some(hold) = self.held.get_mut(app) else { return };
        let other_rule = hold.reason.rule != reason.rule;
        hold.reason = reason.clone();
        match hold.step {
            Step::Frozen | Step::Thawed { .. } if order.at >= hold.closes_at => {
                hold.close(order, polite(order.settings));
            }
            Step::Thawed { until } if order.at >= until => {
                hold.step = Step::Frozen;
                hold.tell(order);
            }
            Step::Closing { manner, again_at } if order.at >= again_at || joined => hold.close(order, manner),
            Step::Frozen if other_rule || joined => hold.tell(order),
            _ => {}
        }
    }

    /// Thaws a held program to save, if it may still. Whether it did.
    pub(crate) fn thaw(&mut self, order: &mut Order<'_>, app: &AppId) -> bool {
        let Some(hold) = self.held.get_mut(app) else { return false };
        if hold.step != Step::Frozen || hold.saves_left == 0 || order.settings.save_thaw.is_zero() {
            return false;
        }
        let until = later(order.at, order.settings.save_thaw);
        hold.saves_used = hold.saves_used.saturating_add(1);
        hold.saves_left = hold.saves_left.saturating_sub(1);
        hold.step = Step::Thawed { until };
        let app = App::clone(&hold.app);
        order.effects.push(Effect::Release { child: order.child, app, save_until: Some(until) });
        true
    }

    /// Asks a held program to close. Whether it was held.
    pub(crate) fn close(&mut self, order: &mut Order<'_>, app: &AppId) -> bool {
        let Some(hold) = self.held.get_mut(app) else { return false };
        if matches!(hold.step, Step::Closing { .. }) {
            return false;
        }
        let manner = polite(order.settings);
        hold.close(order, manner);
        true
    }

    /// The held programs.
    pub(crate) fn apps(&self) -> Vec<AppId> {
        self.held.keys().cloned().collect()
    }

    /// When something is due by time alone.
    pub(crate) fn next_edge(&self) -> Option<DateTime<Utc>> {
        self.held
            .values()
            .map(|hold| match hold.step {
                Step::Frozen => hold.closes_at,
                Step::Thawed { until } => until.min(hold.closes_at),
                Step::Closing { again_at, .. } => again_at,
            })
            .min()
    }
}

impl Hold {
    fn tell(&self, order: &mut Order<'_>) {
        order.effects.push(Effect::Hold {
            child: order.child,
            app: App::clone(&self.app),
            reason: self.reason.clone(),
            closes_at: self.closes_at,
            saves_left: self.saves_left,
        });
    }

    fn close(&mut self, order: &mut Order<'_>, manner: CloseManner) {
        let patience = match manner {
            CloseManner::Polite { grace } => grace.saturating_add(RETRY),
            CloseManner::AtOnce => RETRY,
        };
        self.step = Step::Closing { manner, again_at: later(order.at, patience) };
        order.effects.push(Effect::Close {
            child: order.child,
            app: App::clone(&self.app),
            reason: self.reason.clone(),
            manner,
        });
    }
}

/// When a hold that began then ends.
fn end_of(settings: &Settings, began: DateTime<Utc>, day_end: DateTime<Utc>) -> DateTime<Utc> {
    match settings.hold_end {
        HoldEnd::DayEnd => day_end,
        HoldEnd::After(span) => later(began, span),
    }
}

fn polite(settings: &Settings) -> CloseManner {
    CloseManner::Polite { grace: settings.close_grace }
}

/// The sessions of one child that were told to lock.
#[derive(Clone, Debug, Default)]
pub(crate) struct Locks {
    told: BTreeMap<SessionId, Lock>,
}

#[derive(Clone, Copy, Debug)]
struct Lock {
    attempts: u32,
    /// When it is told again if it is still in front and unlocked; `None`: it obeyed.
    again_at: Option<DateTime<Utc>>,
}

impl Locks {
    /// The session is in front, unlocked and must not be.
    pub(crate) fn demand(&mut self, order: &mut Order<'_>, session: &SessionId, reason: &Reason) {
        let lock = self.told.entry(session.clone()).or_insert(Lock { attempts: 0, again_at: Some(order.at) });
        if lock.again_at.is_none_or(|again_at| again_at <= order.at) {
            order.effects.push(Effect::LockSession {
                child: order.child,
                session: session.clone(),
                reason: reason.clone(),
                attempt: lock.attempts,
            });
            lock.attempts = lock.attempts.saturating_add(1);
            lock.again_at = Some(later(order.at, RETRY));
        }
    }

    /// The session is locked, in the background, or its use is allowed just now.
    pub(crate) fn rest(&mut self, session: &SessionId) {
        if let Some(lock) = self.told.get_mut(session) {
            *lock = Lock { attempts: 0, again_at: None };
        }
    }

    /// Only these sessions are left.
    pub(crate) fn keep(&mut self, exists: impl Fn(&SessionId) -> bool) {
        self.told.retain(|session, _| exists(session));
    }

    /// The screen is allowed again.
    pub(crate) fn undo(&mut self, order: &mut Order<'_>) {
        for session in std::mem::take(&mut self.told).into_keys() {
            order.effects.push(Effect::UnlockSession(order.child, session));
        }
    }

    pub(crate) fn next_edge(&self) -> Option<DateTime<Utc>> {
        self.told.values().filter_map(|lock| lock.again_at).min()
    }
}
