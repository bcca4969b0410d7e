//! The engine: events in, effects out.
//!
//! - `machine`: what runs, in which sessions, in front of whom; and what of it counts as in use;
//! - `member`: one child: time passes, bookings are priced, decisions are taken and told;
//! - `ruling`: what the rules say now and when that ends; `calendar`, `breaks`, `grants` help it;
//! - `usage`: the counters and the open intervals of the ledger;
//! - `hold`, `warn`: the ladder of enforcement, and the warnings before it;
//! - `member::replay`: the past once more, under other rules.

mod breaks;
mod calendar;
mod grants;
mod hold;
mod machine;
mod member;
mod ruling;
mod usage;
mod warn;

use crate::app::App;
use crate::clock::{Anchor, Moment, TrustedClock, between, later};
use crate::correction::Correction;
use crate::effect::Effect;
use crate::event::Event;
use crate::family::Family;
use crate::ids::{Account, ChildId, GrantId, IntervalId};
use crate::ledger::{Grant, LedgerEntry};
use crate::verdict::{Standing, Verdict};
use calendar::{Calendar, Day};
use chrono::{DateTime, Utc};
use machine::{Machine, Started};
pub use member::replay::{LeftLine, Past, PastGrant, Replay, ReplayedDay, Stop, replay};
use member::{Context, Member, News};
use std::time::Duration;

/// How often the ledger is written while something counts: what a crash can lose at most.
const FLUSH_EVERY: Duration = Duration::from_secs(5);

/// How often the floor of trusted wall time is kept while something counts.
const FLOOR_EVERY: Duration = Duration::from_secs(60);

/// For so long after the start within a boot, programs that run although they are denied are taken for held
/// ones that the engine met again, not for ones that slipped through the gate.
const SWEEP: Duration = Duration::from_secs(30);

/// What an engine needs to know of the time before it started.
#[derive(Clone, Debug)]
pub struct Restored {
    /// The family as stored.
    pub family: Family,
    /// The ledger of at least the current and the last week, in any order.
    pub ledger: Vec<LedgerEntry>,
    /// Grants that are not over yet. What was drawn of them is read from the ledger; a larger
    /// [`Grant::drawn`] is believed.
    pub grants: Vec<Grant>,
    /// The corrections of at least the current and the last week.
    pub corrections: Vec<Correction>,
    /// The persisted floor of trusted wall time, if there is one.
    pub floor: Option<DateTime<Utc>>,
    /// The first interval id that is free.
    pub next_interval: IntervalId,
    /// Where trusted time stood, as last kept. One of another boot tells that the machine was started anew:
    /// then nothing that runs was held before.
    pub anchor: Option<Anchor>,
}

/// The deterministic heart: events in, effects out, no clock of its own.
///
/// After [`Engine::restore`] call [`Engine::handle`] with a tick at once: its effects set the gates. Then
/// report the sessions and what runs.
#[derive(Clone, Debug)]
pub struct Engine {
    family: Family,
    clock: TrustedClock,
    last: Moment,
    machine: Machine,
    members: Vec<Member>,
    next_interval: u64,
    /// When the open intervals are written; `None`: nothing counts.
    flush_at: Option<DateTime<Utc>>,
    floor_kept: DateTime<Utc>,
    /// The local day of `floor_kept`.
    floor_day: Day,
    sweep_until: DateTime<Utc>,
}

impl Engine {
    /// An engine that goes on where an earlier one stopped.
    pub fn restore(now: Moment, restored: Restored) -> Self {
        let Restored { family, mut ledger, grants, corrections, floor, next_interval, anchor } = restored;
        let now = now.anchored(anchor);
        let started_anew = anchor.is_some_and(|anchor| anchor.boot != now.boot);
        let mut clock = TrustedClock::new(floor);
        let trusted = clock.observe(now);
        let calendar = Calendar::of(&family);
        ledger.sort_by_key(|entry| (entry.from, entry.id));
        let members = family
            .children
            .iter()
            .map(|child| Member::restore(child.clone(), calendar, trusted, &ledger, &grants, &corrections))
            .collect();
        let floor_kept = floor.unwrap_or(DateTime::UNIX_EPOCH);
        let free = ledger.iter().map(|entry| entry.id.0.saturating_add(1)).max().unwrap_or_default();
        Self {
            family,
            clock,
            last: now,
            machine: Machine::default(),
            members,
            next_interval: next_interval.0.max(free),
            flush_at: None,
            floor_kept,
            floor_day: calendar.day_of(floor_kept),
            sweep_until: if started_anew { trusted } else { later(trusted, SWEEP) },
        }
    }

    /// Takes note of `event` at `now` and returns what to do. Time passes by this call alone.
    ///
    /// Time awake between two calls is charged as the state was, up to ten seconds: what lies beyond was
    /// not observed (all of it is charged to a child with strict counting). Moments that go back count as
    /// no time passed.
    pub fn handle(&mut self, now: Moment, event: Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.pass_time(now, &mut effects);
        self.take(event, &mut effects);
        let (members, mut context) = self.split(&mut effects);
        for member in members {
            member.catch_up(&mut context);
        }
        self.write(&mut effects);
        for member in &mut self.members {
            if member.take_changed() {
                effects.push(Effect::StandingChanged(member.profile.id));
            }
        }
        effects
    }

    /// A last tick, before the engine ends in good order: what is open is written down to the second.
    pub fn finish(&mut self, now: Moment) -> Vec<Effect> {
        let mut effects = self.handle(now, Event::Tick);
        for member in &mut self.members {
            member.flush(&mut effects);
        }
        self.flush_at = None;
        effects
    }

    /// When to call [`Engine::handle`] with a tick at the latest, as time since boot of the same boot as
    /// the last moment; `None`: nothing will change by time alone.
    pub fn next_wake(&self) -> Option<Duration> {
        let deadline = self.members.iter().filter_map(Member::deadline).chain(self.flush_at).min()?;
        Some(self.last.since_boot.saturating_add(between(self.clock.now(), deadline)))
    }

    /// Trusted wall time as of the last event.
    pub fn trusted_now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The family as of the last event.
    pub fn family(&self) -> &Family {
        &self.family
    }

    /// How a child stands as of the last event; `None`: no such child.
    pub fn standing(&self, child: ChildId) -> Option<Standing> {
        self.member(child).map(|member| member.standing(&self.machine))
    }

    /// Whether a child may use `app`, as of the last event; `None`: no such child.
    pub fn verdict(&self, child: ChildId, app: &App) -> Option<Verdict> {
        self.member(child).map(|member| member.verdict(app))
    }

    fn member(&self, child: ChildId) -> Option<&Member> {
        self.members.iter().find(|member| member.profile.id == child)
    }

    fn pass_time(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        let before = self.clock.now();
        let trusted = self.clock.observe(now);
        let (elapsed, awake) = if now.boot == self.last.boot {
            let elapsed = now.since_boot.saturating_sub(self.last.since_boot);
            (elapsed, now.awake.saturating_sub(self.last.awake).min(elapsed))
        } else {
            (Duration::ZERO, Duration::ZERO)
        };
        self.last = if now.boot == self.last.boot {
            Moment {
                since_boot: now.since_boot.max(self.last.since_boot),
                awake: now.awake.max(self.last.awake),
                ..now
            }
        } else {
            now
        };
        let jumped = trusted > later(before, elapsed);
        let (members, mut context) = self.split(effects);
        for member in members {
            member.advance(&mut context, elapsed, awake);
            if jumped {
                member.jump(&mut context, trusted);
            }
        }
    }

    fn take(&mut self, event: Event, effects: &mut Vec<Effect>) {
        match event {
            Event::FamilyChanged(family) => self.change_family(family, effects),
            Event::ProcessStarted { process, account, session: _, app } => {
                let id = app.id.clone();
                let started = self.machine.start(process, account.clone(), app);
                if started != Started::Nothing {
                    self.for_account(&account, effects, |member, context| {
                        member.started(context, &id, started == Started::First);
                    });
                }
            }
            Event::ProcessExited(process) => {
                if let Some((account, app)) = self.machine.exit(process) {
                    self.for_account(&account, effects, |member, context| member.exited(context, &app));
                }
            }
            Event::SessionChanged { session, account, state } => {
                self.machine.set_session(session, account.clone(), state);
                let over = !self.machine.has_session(&account);
                self.for_account(&account, effects, |member, context| {
                    if over {
                        member.close_held_of(context, &account);
                    }
                    member.settle(context, News::Presence);
                });
            }
            Event::CompanionSees { session, presence } => {
                if let Some(account) = self.machine.set_presence(session, Some(presence)) {
                    self.for_account(&account, effects, |member, context| {
                        member.settle(context, News::Presence);
                    });
                }
            }
            Event::CompanionSilent(session) => {
                if let Some(account) = self.machine.set_presence(session, None) {
                    self.for_account(&account, effects, |member, context| {
                        member.settle(context, News::Presence);
                    });
                }
            }
            Event::Granted(grant) => {
                let child = grant.child;
                self.for_child(child, effects, |member, context| member.give(context, grant));
            }
            Event::Corrected(correction) => {
                let child = correction.child;
                self.for_child(child, effects, |member, context| member.correct(context, &correction));
            }
            Event::GrantRevoked(grant) => self.revoke(grant, effects),
            Event::SaveRequested(child, app) => {
                self.for_child(child, effects, |member, context| member.save(context, &app));
            }
            Event::CloseRequested(child, app) | Event::HoldUnsafe(child, app) => {
                self.for_child(child, effects, |member, context| member.close(context, &app));
            }
            Event::Tick => {}
        }
    }

    fn change_family(&mut self, family: Family, effects: &mut Vec<Effect>) {
        let calendar = Calendar::of(&family);
        let now = self.clock.now();
        let mut former = std::mem::take(&mut self.members);
        let mut members = Vec::with_capacity(family.children.len());
        let (_, mut context) = self.split(effects);
        for child in &family.children {
            let known = former.iter().position(|member| member.profile.id == child.id);
            let mut member = match known {
                Some(place) => former.swap_remove(place),
                None => Member::new(child.clone(), calendar, now),
            };
            member.set_profile(&mut context, child.clone(), calendar);
            members.push(member);
        }
        for member in former {
            member.leave(&mut context);
        }
        self.members = members;
        self.floor_day = calendar.day_of(self.floor_kept);
        self.family = family;
    }

    fn revoke(&mut self, grant: GrantId, effects: &mut Vec<Effect>) {
        let (members, mut context) = self.split(effects);
        for member in members {
            member.revoke(&mut context, grant);
        }
    }

    /// Writes the open intervals and the floor when they are due.
    fn write(&mut self, effects: &mut Vec<Effect>) {
        let now = self.clock.now();
        if self.flush_at.is_some_and(|at| at <= now) {
            for member in &mut self.members {
                member.flush(effects);
            }
            self.flush_at = None;
        }
        let counts = self.members.iter().any(Member::counts);
        if !counts {
            self.flush_at = None;
        } else if self.flush_at.is_none() {
            self.flush_at = Some(later(now, FLUSH_EVERY));
        }
        let stale = between(self.floor_kept, now);
        if counts && stale >= FLOOR_EVERY || stale >= FLUSH_EVERY && !self.floor_day.has(now) {
            self.floor_kept = now;
            if !self.floor_day.has(now) {
                self.floor_day = Calendar::of(&self.family).day_of(now);
            }
            effects.push(Effect::KeepFloor(now));
        }
    }

    fn for_child(
        &mut self,
        child: ChildId,
        effects: &mut Vec<Effect>,
        act: impl FnOnce(&mut Member, &mut Context<'_>),
    ) {
        let (members, mut context) = self.split(effects);
        if let Some(member) = members.iter_mut().find(|member| member.profile.id == child) {
            act(member, &mut context);
        }
    }

    /// An account is one child's; should a family say otherwise, all of them are concerned.
    fn for_account(
        &mut self,
        account: &Account,
        effects: &mut Vec<Effect>,
        act: impl Fn(&mut Member, &mut Context<'_>),
    ) {
        let (members, mut context) = self.split(effects);
        for member in members.iter_mut().filter(|member| member.owns(account)) {
            act(member, &mut context);
        }
    }

    fn split<'a>(&'a mut self, effects: &'a mut Vec<Effect>) -> (&'a mut Vec<Member>, Context<'a>) {
        let sweeping = self.clock.now() < self.sweep_until;
        let context =
            Context { machine: &self.machine, next_interval: &mut self.next_interval, effects, sweeping };
        (&mut self.members, context)
    }
}

/// How much of a grant was drawn, as a ledger tells: the time of its entries with [`Cost::Grant`], counted
/// once where several series were booked at the same time.
///
/// [`Cost::Grant`]: crate::Cost::Grant
pub fn drawn(grant: GrantId, ledger: &[LedgerEntry]) -> Duration {
    usage::drawn(grant, ledger)
}
