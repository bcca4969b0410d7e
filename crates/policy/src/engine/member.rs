//! One child in the engine: everything that is kept and decided for it.

pub(crate) mod replay;

use super::breaks::{Breaks, StretchKey};
use super::calendar::{Calendar, Day, Timetable};
use super::grants::{GrantBook, Wanted};
use super::hold::{Holds, Locks, Order};
use super::machine::{InUse, Machine};
use super::ruling::{Bench, Ending, next_earning, series_of};
use super::usage::{Booking, Usage, drawn};
use super::warn::Warned;
use crate::app::{App, Category, Target};
use crate::clock::{between, later};
use crate::correction::Correction;
use crate::effect::{Effect, HealthText, Warning};
use crate::event::SessionState;
use crate::family::Child;
use crate::gate::{Denial, GateTable};
use crate::ids::{Account, AppId, CorrectionId, GrantId, RuleId, SessionId};
use crate::ledger::{Cost, Grant, LedgerEntry};
use crate::rule::{Allowance, RuleKind};
use crate::verdict::{BudgetLine, Standing, Verdict};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// The longest time between two looks that is charged as observed. The engine asks to be called every
/// five seconds while something counts; what lies beyond this was not observed.
pub(crate) const LONGEST_GAP: Duration = Duration::from_secs(10);

/// A difference between time since boot and time awake up to this is noise, not sleep.
const SLEEP_SLACK: Duration = Duration::from_secs(1);

/// A bound for boundaries within one gap, against endless work for nonsense rules.
const MOST_STEPS: usize = 10_000;

/// What a child's decisions need of the rest of the engine.
pub(crate) struct Context<'a> {
    pub(crate) machine: &'a Machine,
    pub(crate) next_interval: &'a mut u64,
    pub(crate) effects: &'a mut Vec<Effect>,
    /// The engine has just started: what runs is met, not newly started.
    pub(crate) sweeping: bool,
}

/// What happened that a child's rulings depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News<'a> {
    /// Rules, grants or the calendar.
    Rules,
    /// Nothing but time, or who is in front of what.
    Presence,
    /// The last process of an app is gone.
    Exited,
    /// A process of this app has started.
    Started(&'a AppId),
}

#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) profile: Child,
    calendar: Calendar,
    /// The trusted wall time up to which everything is charged and decided.
    cursor: DateTime<Utc>,
    day: Day,
    timetables: Vec<Timetable>,
    /// What banks kept for today, by the allowance's rule.
    carried: Vec<(RuleId, Duration)>,
    usage: Usage,
    breaks: Breaks,
    grants: GrantBook,
    /// The corrections that were told, so that the same one told twice takes effect once.
    corrections: BTreeSet<CorrectionId>,
    holds: Holds,
    locks: Locks,
    warned: Warned,
    /// How often the health text was due, by rule and by app where the rule looks at each by itself.
    health_texts: BTreeMap<StretchKey, u128>,
    table: Arc<GateTable>,
    table_told: bool,
    in_use: InUse,
    /// What is known of the apps that ran: the ledger names them, but not their category.
    categories: BTreeMap<AppId, Category>,
    /// The stretches that charged use adds to.
    stretching: Vec<StretchKey>,
    /// The grants that use draws on.
    drawing: BTreeSet<GrantId>,
    /// When the rules will say something else by time alone.
    rules_at: Option<DateTime<Utc>>,
    /// When anything is due by time alone.
    deadline: Option<DateTime<Utc>>,
    /// When a hold or a close is due by time alone.
    holds_at: Option<DateTime<Utc>>,
    /// Whether time has passed a deadline that is not decided on yet.
    unsettled: bool,
    /// Whether the table is not enforced yet.
    unenforced: bool,
    /// Whether whoever watches should look again.
    changed: bool,
}

impl Member {
    pub(crate) fn new(profile: Child, calendar: Calendar, now: DateTime<Utc>) -> Self {
        let mut member = Self {
            profile,
            calendar,
            cursor: now,
            day: calendar.day_of(now),
            timetables: Vec::new(),
            carried: Vec::new(),
            usage: Usage::default(),
            breaks: Breaks::default(),
            grants: GrantBook::default(),
            corrections: BTreeSet::new(),
            holds: Holds::default(),
            locks: Locks::default(),
            warned: Warned::default(),
            health_texts: BTreeMap::new(),
            table: Arc::default(),
            table_told: false,
            in_use: InUse::default(),
            categories: BTreeMap::new(),
            stretching: Vec::new(),
            drawing: BTreeSet::new(),
            // Nothing is decided yet.
            rules_at: Some(now),
            deadline: Some(now),
            holds_at: None,
            unsettled: true,
            unenforced: true,
            changed: true,
        };
        member.lay_out();
        member
    }

    /// A child as the ledger, in the order of time, and the grants left it.
    pub(crate) fn restore(
        profile: Child,
        calendar: Calendar,
        now: DateTime<Utc>,
        ledger: &[LedgerEntry],
        grants: &[Grant],
        corrections: &[Correction],
    ) -> Self {
        let mut member = Self::new(profile, calendar, now);
        let id = member.profile.id;
        let ledger: Vec<&LedgerEntry> = ledger.iter().filter(|entry| entry.child == id).collect();
        for entry in &ledger {
            member.usage.restore(entry, &calendar, member.day.date);
            member.restore_stretches(entry);
            if let (Target::Category(category), Some(app)) = (&entry.target, &entry.app) {
                member.categories.insert(app.clone(), *category);
            }
        }
        for correction in corrections.iter().filter(|correction| correction.child == id) {
            member.take_correction(correction);
        }
        let granted: BTreeSet<GrantId> = ledger
            .iter()
            .filter_map(|entry| match entry.cost {
                Cost::Grant(grant) => Some(grant),
                _ => None,
            })
            .collect();
        for grant in granted {
            member.grants.remember_drawn(grant, drawn(grant, ledger.iter().copied()));
        }
        for grant in grants.iter().filter(|grant| grant.child == id) {
            member.grants.give(grant.clone());
        }
        member.carry();
        member.rule_again();
        member
    }

    fn restore_stretches(&mut self, entry: &LedgerEntry) {
        let exempt = matches!(entry.cost, Cost::Free(rule) if is_exemption(&self.profile, rule));
        if exempt {
            return;
        }
        let charged = if entry.cost == Cost::Charged { entry.used } else { Duration::ZERO };
        for rule in &self.profile.rules {
            let RuleKind::Break(due) = &rule.kind else { continue };
            let app = match (&due.target, &entry.target) {
                (Target::Each(_), Target::App(app)) => Some(app.clone()),
                (target, series) if target == series => None,
                _ => continue,
            };
            self.breaks.restore((rule.id, app), due.rest, (entry.from, entry.until), charged);
        }
    }

    pub(crate) fn deadline(&self) -> Option<DateTime<Utc>> {
        self.deadline
    }

    pub(crate) fn counts(&self) -> bool {
        self.usage.counts()
    }

    pub(crate) fn owns(&self, account: &Account) -> bool {
        self.profile.accounts.contains(account)
    }

    /// Time passes: `elapsed` in all, `awake` of it not asleep.
    pub(crate) fn advance(&mut self, context: &mut Context<'_>, elapsed: Duration, awake: Duration) {
        let end = later(self.cursor, elapsed);
        if self.usage.counts() {
            let strict = self.profile.settings.strict_counting;
            let observed = if strict { awake } else { awake.min(LONGEST_GAP) };
            self.charge_until(context, later(self.cursor, observed));
            let slept = elapsed.saturating_sub(awake);
            if awake > observed || slept > SLEEP_SLACK {
                self.usage.close(self.profile.id, self.cursor, context.effects);
                let profile = &self.profile;
                self.breaks.sleep(slept, |rule| rest_of(profile, rule));
                self.rules_at = Some(end);
                self.deadline = Some(end);
            }
        }
        self.cursor = end;
        self.unsettled = is_due(self.deadline, self.cursor);
    }

    /// Decides what became due by time alone, unless news has made it do so already.
    pub(crate) fn catch_up(&mut self, context: &mut Context<'_>) {
        if self.unsettled {
            self.settle(context, News::Presence);
        }
    }

    /// Charges up to `stop`, and decides at each boundary on the way.
    fn charge_until(&mut self, context: &mut Context<'_>, stop: DateTime<Utc>) {
        for _step in 0..MOST_STEPS {
            match self.deadline {
                Some(deadline) if deadline < stop => {
                    self.charge(between(self.cursor, deadline));
                    self.cursor = self.cursor.max(deadline);
                    self.settle(context, News::Presence);
                }
                _ => break,
            }
        }
        self.charge(between(self.cursor, stop));
        self.cursor = self.cursor.max(stop);
    }

    fn charge(&mut self, used: Duration) {
        if used.is_zero() {
            return;
        }
        self.usage.charge(self.day.date, used);
        self.breaks.charge(&self.stretching, used);
        for grant in &self.drawing {
            self.grants.draw(*grant, used);
        }
    }

    /// The calendar jumps forward to `now` without time passing.
    pub(crate) fn jump(&mut self, context: &mut Context<'_>, now: DateTime<Utc>) {
        self.usage.close(self.profile.id, self.cursor, context.effects);
        self.breaks.skip(between(self.cursor, now));
        self.cursor = self.cursor.max(now);
        self.settle(context, News::Rules);
    }

    /// Writes what the open intervals have become.
    pub(crate) fn flush(&mut self, effects: &mut Vec<Effect>) {
        self.usage.flush(self.profile.id, self.cursor, effects);
    }

    pub(crate) fn set_profile(&mut self, context: &mut Context<'_>, profile: Child, calendar: Calendar) {
        let new_settings = self.profile.settings != profile.settings;
        // What the former rules took for a whole rest was one.
        let former = &self.profile;
        self.breaks.end_rests(self.cursor, |rule| rest_of(former, rule));
        self.profile = profile;
        self.calendar = calendar;
        if new_settings {
            self.holds.follow(&mut Order {
                child: self.profile.id,
                settings: &self.profile.settings,
                at: self.cursor,
                effects: context.effects,
            });
        }
        self.begin_day(context);
        self.changed = true;
        self.settle(context, News::Rules);
    }

    /// The child is no longer in the family: nothing of it stays held.
    pub(crate) fn leave(mut self, context: &mut Context<'_>) {
        self.usage.close(self.profile.id, self.cursor, context.effects);
        let Self { profile, cursor, mut holds, mut locks, table, .. } = self;
        let mut order =
            Order { child: profile.id, settings: &profile.settings, at: cursor, effects: context.effects };
        holds.release_others(&mut order, |_| false);
        locks.undo(&mut order);
        if *table != GateTable::default() {
            context.effects.push(Effect::SetGate(profile.id, Arc::default()));
        }
        context.effects.push(Effect::StandingChanged(profile.id));
    }

    pub(crate) fn give(&mut self, context: &mut Context<'_>, grant: Grant) {
        if self.grants.give(grant) {
            self.changed = true;
            self.settle(context, News::Rules);
        }
    }

    pub(crate) fn correct(&mut self, context: &mut Context<'_>, correction: &Correction) {
        if self.take_correction(correction) {
            self.changed = true;
            self.settle(context, News::Rules);
        }
    }

    /// Counts a correction, unless it was told before. Whether that changes anything.
    fn take_correction(&mut self, correction: &Correction) -> bool {
        if !self.corrections.insert(correction.id) {
            return false;
        }
        for line in &correction.lines {
            self.usage.correct(line, self.calendar.date_of(line.at), self.day.date);
        }
        self.carry();
        true
    }

    pub(crate) fn revoke(&mut self, context: &mut Context<'_>, grant: GrantId) {
        if self.grants.revoke(grant) {
            self.changed = true;
            self.settle(context, News::Rules);
        }
    }

    pub(crate) fn save(&mut self, context: &mut Context<'_>, app: &AppId) {
        self.climb(context, |holds, order| holds.thaw(order, app));
    }

    /// A held program is closed now, because the child asks or because the hold is not safe.
    pub(crate) fn close(&mut self, context: &mut Context<'_>, app: &AppId) {
        self.climb(context, |holds, order| holds.close(order, app));
    }

    /// The last session of an account ended: what is held there cannot be saved any more.
    pub(crate) fn close_held_of(&mut self, context: &mut Context<'_>, account: &Account) {
        for app in self.holds.apps() {
            if context.machine.runs(std::slice::from_ref(account), &app).is_some() {
                self.close(context, &app);
            }
        }
    }

    /// A process has started; `first`: the first one of its app in that account.
    pub(crate) fn started(&mut self, context: &mut Context<'_>, app: &AppId, first: bool) {
        if first {
            self.changed = true;
            if let Some(app) = context.machine.runs(&self.profile.accounts, app) {
                self.categories.insert(app.id.clone(), app.category);
            }
        }
        // One more process of what runs freely changes nothing.
        if first || self.holds.get(app).is_some() {
            self.settle(context, News::Started(app));
        }
    }

    /// The last process of an app in an account is gone.
    pub(crate) fn exited(&mut self, context: &mut Context<'_>, app: &AppId) {
        if context.machine.runs(&self.profile.accounts, app).is_none() {
            self.holds.forget(app);
        }
        self.changed = true;
        self.settle(context, News::Exited);
    }

    fn climb(&mut self, context: &mut Context<'_>, step: impl FnOnce(&mut Holds, &mut Order<'_>) -> bool) {
        self.catch_up(context);
        let mut order = Order {
            child: self.profile.id,
            settings: &self.profile.settings,
            at: self.cursor,
            effects: context.effects,
        };
        if step(&mut self.holds, &mut order) {
            self.changed = true;
            self.settle(context, News::Presence);
        }
    }

    /// Decides everything anew at the cursor.
    pub(crate) fn settle(&mut self, context: &mut Context<'_>, news: News<'_>) {
        self.unsettled = false;
        if !self.day.has(self.cursor) {
            self.begin_day(context);
        }
        if news == News::Rules || is_due(self.rules_at, self.cursor) {
            self.rule_again();
        }
        // What was in use until now earns its text before it may be held.
        self.show_health_texts(context);
        if self.unenforced || news != News::Presence || is_due(self.holds_at, self.cursor) {
            self.enforce(context, news);
        }
        self.book(context);
        self.lock(context);
        let warns_at = self.warn(context);
        self.show_health_texts(context);
        self.rules_at = self.rules_edge();
        self.holds_at = self.holds.next_edge();
        let edges = [self.rules_at, self.holds_at, self.locks.next_edge(), warns_at, self.text_edge()];
        // What is due at the cursor has been done.
        self.deadline = edges.into_iter().flatten().filter(|edge| *edge > self.cursor).min();
        self.announce(context);
    }

    fn begin_day(&mut self, context: &mut Context<'_>) {
        let day = self.calendar.day_of(self.cursor);
        if day.date != self.day.date {
            // An interval never crosses midnight, even if the look was late.
            self.usage.close(self.profile.id, self.cursor.min(self.day.end), context.effects);
            self.usage.begin_day(day.date);
            self.health_texts.clear();
            self.changed = true;
        }
        self.day = day;
        self.lay_out();
    }

    fn lay_out(&mut self) {
        let lay_out = |kind: &RuleKind| match kind {
            RuleKind::Schedule(schedule) => Timetable::lay_out(&self.calendar, schedule, self.day.date),
            _ => Timetable::default(),
        };
        self.timetables = self.profile.rules.iter().map(|rule| lay_out(&rule.kind)).collect();
        self.carry();
    }

    /// Reckons what banks kept of the days before; it stays for the day.
    fn carry(&mut self) {
        self.carried = self.bench().carried();
    }

    fn bench(&self) -> Bench<'_> {
        Bench {
            child: &self.profile,
            timetables: &self.timetables,
            usage: &self.usage,
            breaks: &self.breaks,
            carried: &self.carried,
            grants: &self.grants,
            calendar: &self.calendar,
            day: &self.day,
            at: self.cursor,
        }
    }

    /// Rebuilds the table of what is denied.
    fn rule_again(&mut self) {
        let profile = &self.profile;
        self.breaks.end_rests(self.cursor, |rule| rest_of(profile, rule));
        self.grants.tidy(self.cursor);
        let table = self.bench().table();
        if *self.table != table {
            self.table = Arc::new(table);
            self.table_told = false;
            self.unenforced = true;
        }
    }

    /// Holds, closes and releases what runs, as the table has it.
    fn enforce(&mut self, context: &mut Context<'_>, news: News<'_>) {
        self.unenforced = false;
        let accounts = &self.profile.accounts;
        let mut order = Order {
            child: self.profile.id,
            settings: &self.profile.settings,
            at: self.cursor,
            effects: context.effects,
        };
        let told = order.effects.len();
        self.holds.release_others(&mut order, |app| context.machine.runs(accounts, app).is_some());
        for app in context.machine.running(accounts) {
            let id = &app.id;
            let started = news == News::Started(id);
            match (self.table.refusal(app), self.holds.get(id).is_some()) {
                (None, false) => {}
                (None, true) => self.holds.release(&mut order, id),
                (Some(reason), true) => self.holds.keep(&mut order, id, reason, started),
                (Some(reason), false) if started && !context.sweeping => {
                    self.holds.refuse(&mut order, app, reason);
                }
                (Some(reason), false) => {
                    self.holds.hold(&mut order, app, reason, self.day.end);
                }
            }
        }
        self.changed |= order.effects.len() > told;
    }

    /// Books what is in use from now on.
    fn book(&mut self, context: &mut Context<'_>) {
        let strict = self.profile.settings.strict_counting;
        let holds = &self.holds;
        let in_use = context.machine.in_use(&self.profile.accounts, strict, |app| holds.is_frozen(app));
        self.book_use(context, in_use);
    }

    /// Books that from now on.
    fn book_use(&mut self, context: &mut Context<'_>, in_use: InUse) {
        let (bookings, drawing) = self.price(&in_use);
        self.in_use = in_use;
        self.drawing = drawing;
        let used = self.stretches(
            &bookings,
            |cost| !matches!(cost, Cost::Free(rule) if is_exemption(&self.profile, rule)),
        );
        self.stretching = self.stretches(&bookings, |cost| cost == Cost::Charged);
        let profile = &self.profile;
        self.breaks.end_rests(self.cursor, |rule| rest_of(profile, rule));
        let resting_changed = self.breaks.note_use(self.cursor, &used);
        self.changed |=
            self.usage.book(self.profile.id, self.cursor, bookings, context.next_interval, context.effects);
        if resting_changed {
            // The end of a rest has moved.
            self.rule_again();
        }
    }

    /// What each series costs while this is in use, and which grants pay.
    fn price(&self, in_use: &InUse) -> (Vec<Booking>, BTreeSet<GrantId>) {
        let bench = self.bench();
        let mut series: Vec<Booking> = Vec::new();
        let mut drawing = BTreeSet::new();
        for (app, basis) in &in_use.apps {
            let denial = self.table.denial(app);
            let grant =
                denial.and_then(|denial| self.grants.drawn_for(Wanted::App(app, &denial.scope), self.cursor));
            drawing.extend(grant);
            let exemption = bench.exemption(app);
            for target in [Target::App(app.id.clone()), Target::Category(app.category), Target::Screen] {
                let cost = match grant {
                    Some(grant) => Cost::Grant(grant),
                    None => exemption
                        .or_else(|| bench.free_slot(&target, Some(app)))
                        .map_or(Cost::Charged, Cost::Free),
                };
                let basis = if target == Target::Screen { in_use.screen.unwrap_or(*basis) } else { *basis };
                let booking = Booking { series: target, app: Some(app.id.clone()), cost, basis };
                merge(&mut series, booking);
            }
        }
        if in_use.bare_screen
            && let Some(basis) = in_use.screen
        {
            let grant = match self.table.screen_denial() {
                Some(denial) if !denial.scope.is_for_good() => {
                    self.grants.drawn_for(Wanted::Screen, self.cursor)
                }
                _ => None,
            };
            drawing.extend(grant);
            let cost = match grant {
                Some(grant) => Cost::Grant(grant),
                None => bench
                    .screen_exemption()
                    .or_else(|| bench.free_slot(&Target::Screen, None))
                    .map_or(Cost::Charged, Cost::Free),
            };
            if grant.is_some() {
                // Whatever it costs beside: what is drawn must be read from the ledger again.
                series.retain(|other| other.series != Target::Screen);
            }
            merge(&mut series, Booking { series: Target::Screen, app: None, cost, basis });
        }
        (series, drawing)
    }

    /// The stretches of play that the bookings of such a cost belong to.
    fn stretches(&self, bookings: &[Booking], counts: impl Fn(Cost) -> bool) -> Vec<StretchKey> {
        let mut keys = Vec::new();
        for rule in &self.profile.rules {
            let RuleKind::Break(due) = &rule.kind else { continue };
            for booking in bookings.iter().filter(|booking| counts(booking.cost)) {
                match (&due.target, &booking.series) {
                    (Target::Each(category), Target::App(id))
                        if self.in_use.app(id).is_some_and(|app| app.category == *category) =>
                    {
                        keys.push((rule.id, Some(id.clone())));
                    }
                    (target, series) if target == series => keys.push((rule.id, None)),
                    _ => {}
                }
            }
        }
        keys
    }

    /// Locks the sessions in front while the screen is denied; undoes it when it is allowed.
    fn lock(&mut self, context: &mut Context<'_>) {
        let mut order = Order {
            child: self.profile.id,
            settings: &self.profile.settings,
            at: self.cursor,
            effects: context.effects,
        };
        let Some(denial) = lock_demand(&self.table, &self.grants, self.cursor) else {
            self.locks.undo(&mut order);
            return;
        };
        let sessions = || context.machine.sessions_of(&self.profile.accounts);
        self.locks.keep(|told| sessions().any(|(session, _)| session == told));
        for (session, state) in sessions() {
            if state == SessionState::Active && !self.all_exempt(session) {
                self.locks.demand(&mut order, session, &denial.reason);
            } else {
                self.locks.rest(session);
            }
        }
    }

    /// Whether something is used in the session, and all of it costs nothing: help and learning stay reachable.
    fn all_exempt(&self, session: &SessionId) -> bool {
        let mut used =
            self.in_use.sessions.iter().filter(|(id, _)| id == session).map(|(_, app)| app).peekable();
        used.peek().is_some() && used.all(|app| self.table.exempts(app) && self.table.refusal(app).is_none())
    }

    /// What ends next, for everything in use: at most one ending a rule.
    fn endings(&self) -> Vec<(Ending, Option<&App>)> {
        let bench = self.bench();
        let mut endings: Vec<(Ending, Option<&App>)> = Vec::new();
        for (app, _) in &self.in_use.apps {
            if let Some(ending) = bench.app_ending(&self.table, app)
                && endings.iter().all(|(other, _)| other.key != ending.key)
            {
                endings.push((ending, Some(app)));
            }
        }
        let screen_counts =
            self.usage.cost(&Target::Screen).is_some_and(|cost| !matches!(cost, Cost::Free(_)));
        if endings.is_empty()
            && screen_counts
            && let Some(ending) = bench.screen_ending(&self.table)
        {
            let mut apps = self.in_use.apps.iter().map(|(app, _)| &**app);
            let app = apps.next().filter(|_| apps.next().is_none());
            endings.push((ending, app));
        }
        endings
    }

    /// Warns of what ends; returns when the next warning is due.
    fn warn(&mut self, context: &mut Context<'_>) -> Option<DateTime<Utc>> {
        let warn_at = &self.profile.settings.warn_at;
        let mut next: Option<DateTime<Utc>> = None;
        let mut warned = std::mem::take(&mut self.warned);
        let told = context.effects.len();
        for (ending, app) in self.endings() {
            let left = between(self.cursor, ending.at);
            let edge = Warned::next(left, warn_at).map(|wait| later(self.cursor, wait));
            next = [next, edge].into_iter().flatten().min();
            if let Some(threshold) = warned.due(&ending.key, left, warn_at) {
                context.effects.push(Effect::Warn(Warning {
                    child: self.profile.id,
                    target: ending.target,
                    app: app.cloned(),
                    threshold,
                    left,
                    reason: ending.reason,
                }));
            }
        }
        self.warned = warned;
        self.changed |= context.effects.len() > told;
        next
    }

    /// The series in use that health texts watch.
    fn watched(&self) -> Vec<Watched<'_>> {
        let mut watched: Vec<Watched<'_>> = Vec::new();
        for rule in &self.profile.rules {
            let RuleKind::HealthText { target, every } = &rule.kind else { continue };
            if every.is_zero() {
                continue;
            }
            for (app, _) in self.in_use.apps.iter().filter(|(app, _)| target.covers(app)) {
                let Some(series) = series_of(target, Some(app)) else { continue };
                let key = (rule.id, matches!(target, Target::Each(_)).then(|| app.id.clone()));
                if watched.iter().all(|other| other.key != key) {
                    watched.push(Watched { key, every: *every, series, app });
                }
            }
        }
        watched
    }

    fn show_health_texts(&mut self, context: &mut Context<'_>) {
        let mut health_texts = std::mem::take(&mut self.health_texts);
        for Watched { key, every, series, app } in self.watched() {
            let played = self.usage.played_today(&series);
            let due = played.as_nanos().checked_div(every.as_nanos()).unwrap_or_default();
            let rule = key.0;
            // What was played before the engine looked for the first time was shown by another one.
            let shown = health_texts.entry(key).or_insert(due);
            if due > *shown {
                let text = HealthText { rule, played };
                context.effects.push(Effect::ShowHealthText(self.profile.id, app.clone(), text));
            }
            *shown = due;
        }
        self.health_texts = health_texts;
    }

    fn announce(&mut self, context: &mut Context<'_>) {
        if !self.table_told {
            self.table_told = true;
            self.changed = true;
            context.effects.push(Effect::SetGate(self.profile.id, Arc::clone(&self.table)));
        }
    }

    /// Whether something changed that whoever watches should see; asked once.
    pub(crate) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// When time alone changes what the rules say.
    fn rules_edge(&self) -> Option<DateTime<Utc>> {
        let at = self.cursor;
        let slots = self.timetables.iter().filter_map(|timetable| timetable.next_edge(at));
        let fixed = [Some(self.day.end), self.grants.next_edge(at)].into_iter().flatten();
        fixed.chain(slots).chain(self.rest_ends()).chain(self.use_ends()).filter(|edge| *edge > at).min()
    }

    /// When due rests are over.
    fn rest_ends(&self) -> impl Iterator<Item = DateTime<Utc>> {
        self.profile.rules.iter().flat_map(move |rule| match &rule.kind {
            RuleKind::Break(due) => {
                let resting = self.breaks.of_rule(rule.id).filter(|key| {
                    self.breaks.left(key, due).is_zero() && self.breaks.rests_from(key).is_some()
                });
                resting.map(|key| self.breaks.rested(key, due, self.cursor)).collect()
            }
            _ => Vec::new(),
        })
    }

    /// When use itself ends what allows it: a budget, a stretch or a grant.
    fn use_ends(&self) -> impl Iterator<Item = DateTime<Utc>> {
        let grants = self.drawing.iter().filter_map(|grant| self.grants.ends(*grant, self.cursor));
        let budgets = self.profile.rules.iter().filter_map(|rule| {
            let left = match &rule.kind {
                RuleKind::Allowance(allowance) => self.budget_left(rule.id, allowance),
                RuleKind::Break(due) => {
                    let keys = self.stretching.iter().filter(|(of, _)| *of == rule.id);
                    keys.map(|key| self.breaks.left(key, due)).filter(|left| !left.is_zero()).min()
                }
                RuleKind::Earn(earn) if self.usage.cost(&earn.by).is_some() => {
                    next_earning(earn, self.usage.used_today(&earn.by))
                }
                _ => None,
            };
            left.map(|left| later(self.cursor, left))
        });
        grants.chain(budgets)
    }

    /// How much is left of an allowance that is being charged; where it looks at each app by itself, of the
    /// app that has the least.
    fn budget_left(&self, rule: RuleId, allowance: &Allowance) -> Option<Duration> {
        let bench = self.bench();
        let left = |series: &Target| {
            let charged = self.usage.cost(series) == Some(Cost::Charged);
            let budget = charged.then(|| bench.budget(rule, allowance, series)).flatten()?;
            // What is spent already has been ruled on.
            Some(budget.left()).filter(|left| !left.is_zero())
        };
        match &allowance.target {
            Target::Each(category) => {
                let apps = self.in_use.apps.iter().filter(|(app, _)| app.category == *category);
                apps.filter_map(|(app, _)| left(&Target::App(app.id.clone()))).min()
            }
            target => left(target),
        }
    }

    /// When the next health text is due if use goes on.
    fn text_edge(&self) -> Option<DateTime<Utc>> {
        let watched = self.watched().into_iter().filter(|watched| {
            self.usage.cost(&watched.series).is_some_and(|cost| !matches!(cost, Cost::Free(_)))
        });
        let left = watched.map(|Watched { every, series, .. }| {
            let into = self.usage.played_today(&series).as_nanos() % every.as_nanos().max(1);
            every.saturating_sub(Duration::from_nanos(u64::try_from(into).unwrap_or_default()))
        });
        left.min().map(|left| later(self.cursor, left))
    }

    pub(crate) fn verdict(&self, app: &App) -> Verdict {
        if let Some(reason) = self.table.refusal(app) {
            return match self.holds.get(&app.id) {
                Some(hold) => Verdict::Held { reason: reason.clone(), closes_at: hold.closes_at },
                None => Verdict::Denied(reason.clone()),
            };
        }
        self.allowed(self.bench().app_ending(&self.table, app))
    }

    fn screen_verdict(&self) -> Verdict {
        if let Some(denial) = self.table.screen_denial()
            && (denial.scope.is_for_good() || self.grants.drawn_for(Wanted::Screen, self.cursor).is_none())
        {
            return Verdict::Denied(denial.reason.clone());
        }
        self.allowed(self.bench().screen_ending(&self.table))
    }

    fn allowed(&self, ending: Option<Ending>) -> Verdict {
        match ending {
            Some(ending) if self.warned.announced(&ending.key, between(self.cursor, ending.at)) => {
                Verdict::Warned { until: ending.at, reason: ending.reason }
            }
            Some(ending) if ending.at <= self.day.end => {
                Verdict::Allowed { until: Some((ending.at, ending.reason)) }
            }
            _ => Verdict::Allowed { until: None },
        }
    }

    pub(crate) fn standing(&self, machine: &Machine) -> Standing {
        let mut running: Vec<&Arc<App>> = machine.running(&self.profile.accounts).collect();
        running.sort_by(|one, other| one.id.cmp(&other.id));
        let mut in_use: Vec<AppId> = self.in_use.apps.iter().map(|(app, _)| app.id.clone()).collect();
        in_use.sort();
        Standing {
            child: self.profile.id,
            screen: self.screen_verdict(),
            used_today: self.usage.used_today(&Target::Screen),
            budgets: self.budgets(&self.bench(), &running),
            running: running.iter().map(|app| (App::clone(app), self.verdict(app))).collect(),
            in_use,
            grants: self.grants.lines(self.cursor),
        }
    }

    fn budgets(&self, bench: &Bench<'_>, running: &[&Arc<App>]) -> Vec<BudgetLine> {
        let mut lines = Vec::new();
        for rule in &self.profile.rules {
            let RuleKind::Allowance(allowance) = &rule.kind else { continue };
            let series: Vec<Target> = match &allowance.target {
                Target::Each(category) => {
                    let used =
                        self.usage.apps_in(bench.days(allowance)).filter(|(_, spent)| !spent.is_nothing());
                    let apps: BTreeSet<AppId> = used
                        .map(|(id, _)| id)
                        .filter(|id| self.categories.get(*id) == Some(category))
                        .chain(running.iter().filter(|app| app.category == *category).map(|app| &app.id))
                        .cloned()
                        .collect();
                    apps.into_iter().map(Target::App).collect()
                }
                target => vec![target.clone()],
            };
            for target in series {
                let Some(budget) = bench.budget(rule.id, allowance, &target) else { continue };
                lines.push(BudgetLine {
                    rule: rule.id,
                    counting: self.usage.cost(&target) == Some(Cost::Charged),
                    target,
                    weekly: budget.weekly,
                    amount: budget.amount,
                    used: budget.used,
                });
            }
        }
        lines
    }
}

/// What locks the sessions in front, if anything does.
fn lock_demand<'a>(table: &'a GateTable, grants: &GrantBook, at: DateTime<Utc>) -> Option<&'a Denial> {
    table.screen_denial().filter(|denial| {
        // A grant for an app must be reachable, or it would take no effect.
        !grants.usable(at).any(|grant| match grant.target {
            Target::App(_) => true,
            _ => !denial.scope.is_for_good(),
        })
    })
}

/// A series in use that a health text watches, with the app to show it over.
struct Watched<'a> {
    key: StretchKey,
    every: Duration,
    series: Target,
    app: &'a App,
}

/// Of two uses of a series at the same time the dearer one is booked, once.
fn merge(series: &mut Vec<Booking>, booking: Booking) {
    let price = |cost| match cost {
        Cost::Charged => 2,
        Cost::Grant(_) => 1,
        Cost::Free(_) => 0,
    };
    match series.iter_mut().find(|other| other.series == booking.series) {
        Some(other) => {
            if other.app != booking.app {
                other.app = None;
            }
            if price(booking.cost) > price(other.cost) {
                other.cost = booking.cost;
                other.basis = booking.basis;
            }
        }
        None => series.push(booking),
    }
}

fn is_due(edge: Option<DateTime<Utc>>, at: DateTime<Utc>) -> bool {
    edge.is_some_and(|edge| edge <= at)
}

fn rest_of(profile: &Child, rule: RuleId) -> Option<Duration> {
    profile.rules.iter().find(|other| other.id == rule).and_then(|rule| match &rule.kind {
        RuleKind::Break(due) => Some(due.rest),
        _ => None,
    })
}

fn is_exemption(profile: &Child, rule: RuleId) -> bool {
    profile.rules.iter().any(|other| other.id == rule && matches!(other.kind, RuleKind::Exemption(_)))
}
