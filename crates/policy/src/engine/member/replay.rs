//! The past once more, under other rules.
//!
//! Two children live through what the ledger recorded, side by side: one under the rules that held, and one
//! under the rules that are tried. What the tried rules would have refused, the second one did not do.

use super::super::calendar::{Calendar, after};
use super::super::machine::{InUse, Machine};
use super::super::ruling::Bench;
use super::{Context, Member, is_due, rest_of};
use crate::app::{App, Category, Target};
use crate::correction::Correction;
use crate::effect::Effect;
use crate::family::Child;
use crate::gate::GateTable;
use crate::ids::AppId;
use crate::ledger::{Cost, Grant, LedgerEntry};
use crate::rule::Rule;
use crate::verdict::Reason;
use chrono::{DateTime, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// A bound for boundaries within one piece of use, against endless work for nonsense rules.
const MOST_STEPS: usize = 10_000;

/// What is known of a child's past.
#[derive(Clone, Debug)]
pub struct Past {
    /// Where days begin and end.
    pub zone: Tz,
    /// On which weekday a week starts.
    pub week_start: Weekday,
    /// The child as it was from each moment on, oldest first; the first one also held before.
    pub policies: Vec<(DateTime<Utc>, Child)>,
    /// The ledger of the days to replay and of the eight days before them, in any order.
    pub ledger: Vec<LedgerEntry>,
    /// The grants of that time.
    pub grants: Vec<PastGrant>,
    /// The corrections of that time, each with the moment from which it counted.
    pub corrections: Vec<(DateTime<Utc>, Correction)>,
    /// What is known of the programs. The ledger itself tells what a program counted as; its rating, and
    /// what it counted as where two programs ran at once, is taken from here.
    pub apps: Vec<App>,
}

/// A grant of the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastGrant {
    /// The grant; what was drawn of it is read from the ledger.
    pub grant: Grant,
    /// When it was taken back, if it was.
    pub revoked: Option<DateTime<Utc>>,
}

/// The past once more.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replay {
    /// Every local day, oldest first.
    pub days: Vec<ReplayedDay>,
    /// The ledger as the rules that held make it of the recorded use: the recorded one, but for the numbers
    /// of its intervals and where intervals touch.
    pub as_it_was: Vec<LedgerEntry>,
    /// The ledger as the tried rules would have made it.
    pub as_it_would_be: Vec<LedgerEntry>,
}

/// One day of a replay.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplayedDay {
    /// The local day.
    pub date: NaiveDate,
    /// Time on the screen, as recorded.
    pub used: Duration,
    /// Of that, what the tried rules would have let be.
    pub kept: Duration,
    /// Charged time on the screen under the rules that held.
    pub charged: Duration,
    /// Charged time on the screen under the tried rules.
    pub would_charge: Duration,
    /// When the last recorded use ended.
    pub last_used: Option<DateTime<Utc>>,
    /// When the last use that would have been left ended.
    pub last_kept: Option<DateTime<Utc>>,
    /// What would have been refused, by its beginning.
    pub stops: Vec<Stop>,
    /// What would have been left at the end of the day's use, where it differs.
    pub left: Vec<LeftLine>,
}

/// Use that the tried rules would have refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// When they would have begun to.
    pub at: DateTime<Utc>,
    /// The program; its category where the ledger names none any more; or the screen.
    pub target: Target,
    /// Why.
    pub reason: Reason,
    /// How much recorded use they would have refused that day for this reason.
    pub refused: Duration,
}

/// What is left of a target's allowances at the end of a day's use; `None`: there is no limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftLine {
    /// Of what.
    pub target: Target,
    /// Whether of the week, not of the day.
    pub weekly: bool,
    /// Under the rules that held.
    pub before: Option<Duration>,
    /// Under the tried rules.
    pub after: Option<Duration>,
}

/// Lets the recorded use of the days `from..=until` happen again under `rules`, which hold for all of them,
/// beside what it was under the rules that held.
///
/// Recorded use that a rule refused already (the moment to save, a program that took its time to close) is
/// kept where the tried rules refuse it for the same reason. What they refuse besides counts as not done:
/// nobody knows what the child would have done instead. Longer use that looser rules would have allowed is
/// not invented either; [`ReplayedDay::left`] says how much would have been left.
pub fn replay(past: &Past, rules: &[Rule], from: NaiveDate, until: NaiveDate) -> Replay {
    let calendar = Calendar::new(past.zone, past.week_start);
    let start = calendar.start_of(from);
    let end = calendar.start_of(after(until, 1));
    let Some((_, now)) = past.policies.last() else { return Replay::default() };
    let mut entries: Vec<&LedgerEntry> = past.ledger.iter().filter(|entry| entry.child == now.id).collect();
    entries.sort_by_key(|entry| (entry.from, entry.id));
    let earlier: Vec<LedgerEntry> =
        entries.iter().filter(|entry| entry.from < start).map(|entry| LedgerEntry::clone(entry)).collect();
    entries.retain(|entry| start <= entry.from && entry.from < end);
    let tried = Child { rules: rules.to_vec(), ..now.clone() };
    let mut held = Lane::new(past, past.policies.clone(), calendar, start, &earlier);
    let mut tried = Lane::new(past, vec![(start, tried)], calendar, start, &earlier);
    let mut diary = Diary::new(from, until);
    for piece in pieces(&entries, &past.apps) {
        let date = calendar.date_of(piece.from);
        diary.turn_to(date, &held, &tried);
        held.come_to(piece.from);
        tried.come_to(piece.from);
        let mut at = piece.from;
        for step in 0..MOST_STEPS {
            if at >= piece.until {
                break;
            }
            let judged = judge(&piece.in_use, &held.member, &tried.member);
            held.begin(piece.in_use.clone());
            tried.begin(judged.kept);
            let edges = [held.next_edge(), tried.next_edge()].into_iter().flatten();
            let edge = edges.filter(|edge| *edge > at && step + 1 < MOST_STEPS).min();
            let stop = edge.map_or(piece.until, |edge| edge.min(piece.until));
            let used = piece.measure.used_until(stop).saturating_sub(piece.measure.used_until(at));
            diary.note(date, (at, stop), used, &judged.refused, &held.member, &tried.member);
            held.pass(stop, used);
            tried.pass(stop, used);
            at = stop;
        }
    }
    diary.finish(&held, &tried);
    Replay { days: diary.into_days(), as_it_was: held.into_ledger(), as_it_would_be: tried.into_ledger() }
}

/// A stretch of recorded use in which nothing changed.
struct Piece<'a> {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    in_use: InUse,
    /// The entry that tells how much of it was used.
    measure: &'a LedgerEntry,
}

/// The recorded use, cut where anything changes.
fn pieces<'a>(entries: &[&'a LedgerEntry], apps: &[App]) -> Vec<Piece<'a>> {
    let mut edges: Vec<DateTime<Utc>> = entries.iter().flat_map(|entry| [entry.from, entry.until]).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut programs = Programs::new(apps);
    let mut waiting = entries.iter().copied().peekable();
    let mut active: Vec<&'a LedgerEntry> = Vec::new();
    let mut pieces = Vec::new();
    for (from, until) in edges.iter().copied().zip(edges.iter().copied().skip(1)) {
        active.retain(|entry| entry.until > from);
        while let Some(entry) = waiting.next_if(|entry| entry.from <= from) {
            if entry.until > from {
                active.push(entry);
            }
        }
        let on_screen = active.iter().find(|entry| entry.target == Target::Screen);
        if let Some(measure) = on_screen.or(active.first()).copied() {
            pieces.push(Piece { from, until, in_use: programs.in_use(&active), measure });
        }
    }
    pieces
}

/// The programs as the ledger knows them.
struct Programs<'a> {
    known: BTreeMap<&'a AppId, &'a App>,
    met: BTreeMap<(AppId, Category), Arc<App>>,
}

impl<'a> Programs<'a> {
    fn new(apps: &'a [App]) -> Self {
        Self { known: apps.iter().map(|app| (&app.id, app)).collect(), met: BTreeMap::new() }
    }

    fn in_use(&mut self, active: &[&LedgerEntry]) -> InUse {
        let mut in_use = InUse::default();
        let mut booked = BTreeSet::new();
        for entry in active {
            let Target::App(id) = &entry.target else { continue };
            let app = self.app(id, active);
            booked.insert(app.category);
            in_use.apps.push((app, entry.basis));
        }
        let mut unnamed = false;
        for entry in active {
            if let Target::Category(category) = entry.target
                && booked.insert(category)
            {
                in_use.apps.push((self.unnamed(category), entry.basis));
                unnamed = true;
            }
        }
        // As an account lists what runs: of two that cost the same, the first one's reason is booked.
        in_use.apps.sort_by(|(one, _), (other, _)| one.id.cmp(&other.id));
        if let Some(screen) = active.iter().find(|entry| entry.target == Target::Screen) {
            in_use.screen = Some(screen.basis);
            let apps_are_free = || {
                let mut of_apps = active.iter().filter(|entry| matches!(entry.target, Target::App(_)));
                of_apps.all(|entry| matches!(entry.cost, Cost::Free(_)))
            };
            in_use.bare_screen = match in_use.apps.len() {
                0 => true,
                _ if unnamed || screen.app.is_some() => false,
                1 => true,
                _ => screen.cost == Cost::Charged && apps_are_free(),
            };
        }
        in_use
    }

    /// The app with the category that it was booked on.
    fn app(&mut self, id: &AppId, active: &[&LedgerEntry]) -> Arc<App> {
        let known = self.known.get(id).copied();
        let categories = || {
            active.iter().filter_map(|entry| match entry.target {
                Target::Category(category) => Some((category, entry.app.as_ref())),
                _ => None,
            })
        };
        let guess = known.map(|app| app.category);
        let category = categories()
            .find(|(_, app)| *app == Some(id))
            .or_else(|| categories().find(|(category, app)| app.is_none() && Some(*category) == guess))
            .or_else(|| categories().find(|(_, app)| app.is_none()))
            .map(|(category, _)| category)
            .or(guess)
            .unwrap_or(Category::Other);
        let app = self.met.entry((id.clone(), category)).or_insert_with(|| {
            Arc::new(match known {
                Some(app) => App { category, ..app.clone() },
                None => App { id: id.clone(), name: id.to_string(), category, rating: None },
            })
        });
        Arc::clone(app)
    }

    /// A program whose name is not kept.
    fn unnamed(&mut self, category: Category) -> Arc<App> {
        let id = unnamed();
        let app = self
            .met
            .entry((id.clone(), category))
            .or_insert_with(|| Arc::new(App { id, name: String::new(), category, rating: None }));
        Arc::clone(app)
    }
}

/// No program has this id.
fn unnamed() -> AppId {
    AppId::from("")
}

/// One of the two children.
struct Lane {
    member: Member,
    machine: Machine,
    next_interval: u64,
    effects: Vec<Effect>,
    /// What the child becomes, and when; soonest last.
    policies: Vec<(DateTime<Utc>, Child)>,
    /// The grants that are taken back; soonest last.
    revokes: Vec<(DateTime<Utc>, crate::ids::GrantId)>,
    /// The corrections that are made; soonest last.
    corrections: Vec<(DateTime<Utc>, Correction)>,
}

impl Lane {
    fn new(
        past: &Past,
        mut policies: Vec<(DateTime<Utc>, Child)>,
        calendar: Calendar,
        start: DateTime<Utc>,
        earlier: &[LedgerEntry],
    ) -> Self {
        policies.sort_by_key(|(since, _)| *since);
        let first = policies.partition_point(|(since, _)| *since <= start).saturating_sub(1);
        let mut policies = policies.split_off(first.min(policies.len()));
        policies.reverse();
        let profile = policies.pop().map(|(_, child)| child);
        let grants: Vec<Grant> = past
            .grants
            .iter()
            .filter(|past| past.revoked.is_none_or(|revoked| revoked > start))
            .map(|past| Grant { drawn: Duration::ZERO, ..past.grant.clone() })
            .collect();
        let mut revokes: Vec<_> =
            past.grants.iter().filter_map(|past| Some((past.revoked?, past.grant.id))).collect();
        revokes.retain(|(revoked, _)| *revoked > start);
        revokes.sort_by_key(|revoke| std::cmp::Reverse(*revoke));
        let profile = profile.unwrap_or_else(nobody);
        let mut corrections = past.corrections.clone();
        corrections.sort_by_key(|(since, _)| std::cmp::Reverse(*since));
        let later = corrections.partition_point(|(since, _)| *since > start);
        let made: Vec<Correction> =
            corrections.split_off(later).into_iter().map(|(_, correction)| correction).collect();
        Self {
            member: Member::restore(profile, calendar, start, earlier, &grants, &made),
            machine: Machine::default(),
            next_interval: 1,
            effects: Vec::new(),
            policies,
            revokes,
            corrections,
        }
    }

    fn with(&mut self, act: impl FnOnce(&mut Member, &mut Context<'_>)) {
        let Self { member, machine, next_interval, effects, .. } = self;
        act(member, &mut Context { machine, next_interval, effects, sweeping: false });
    }

    /// Comes to `at`, with nothing in use from the cursor on if `at` lies behind it.
    fn come_to(&mut self, at: DateTime<Utc>) {
        while let Some((since, child)) = self.policies.pop_if(|(since, _)| *since <= at) {
            self.rest_until(since);
            self.with(|member, context| {
                let former = &member.profile;
                member.breaks.end_rests(member.cursor, |rule| rest_of(former, rule));
                member.profile = child;
                member.begin_day(context);
                member.rules_at = Some(member.cursor);
            });
        }
        self.rest_until(at);
        while let Some((_, grant)) = self.revokes.pop_if(|(revoked, _)| *revoked <= at) {
            self.member.grants.revoke(grant);
            self.member.rules_at = Some(at);
        }
        while let Some((_, correction)) = self.corrections.pop_if(|(since, _)| *since <= at) {
            self.member.take_correction(&correction);
            self.member.rules_at = Some(at);
        }
        self.with(|member, context| {
            if !member.day.has(member.cursor) {
                member.begin_day(context);
                member.rules_at = Some(member.cursor);
            }
            if is_due(member.rules_at, member.cursor) {
                member.rule_again();
            }
        });
    }

    fn rest_until(&mut self, at: DateTime<Utc>) {
        if at > self.member.cursor {
            self.with(|member, context| {
                member.book_use(context, InUse::default());
                member.cursor = at;
                member.rules_at = Some(at);
            });
        }
    }

    /// This is in use from the cursor on.
    fn begin(&mut self, in_use: InUse) {
        self.with(|member, context| {
            member.book_use(context, in_use);
            member.rules_at = member.rules_edge();
        });
    }

    /// When anything changes by time alone.
    fn next_edge(&self) -> Option<DateTime<Utc>> {
        let policy = self.policies.last().map(|(since, _)| *since);
        let revoke = self.revokes.last().map(|(revoked, _)| *revoked);
        let correction = self.corrections.last().map(|(since, _)| *since);
        [self.member.rules_at, policy, revoke, correction].into_iter().flatten().min()
    }

    /// What is in use is used until `at`.
    fn pass(&mut self, at: DateTime<Utc>, used: Duration) {
        self.member.charge(used);
        self.member.cursor = at;
        self.come_to(at);
    }

    fn into_ledger(mut self) -> Vec<LedgerEntry> {
        self.with(|member, context| {
            member.usage.close(member.profile.id, member.cursor, context.effects);
        });
        let recorded = self.effects.into_iter().filter_map(|effect| match effect {
            Effect::Record(entry) => Some(entry),
            _ => None,
        });
        recorded.collect()
    }
}

/// Only for a past without a child, which is not replayed.
fn nobody() -> Child {
    Child {
        id: crate::ids::ChildId(0),
        name: String::new(),
        birth_year: 0,
        accounts: Vec::new(),
        rules: Vec::new(),
        settings: crate::family::Settings::default(),
    }
}

/// What the tried rules say to recorded use.
struct Judged {
    kept: InUse,
    refused: Vec<(Target, Reason)>,
}

fn judge(in_use: &InUse, held: &Member, tried: &Member) -> Judged {
    let new = |now: Option<&Reason>, before: Option<&Reason>| {
        now.filter(|now| before.is_none_or(|before| (before.rule, &before.cause) != (now.rule, &now.cause)))
            .cloned()
    };
    let locked = new(lock_reason(tried), lock_reason(held));
    let mut judged = Judged { kept: in_use.clone(), refused: Vec::new() };
    judged.kept.apps.retain(|(app, _)| {
        let refusal = new(tried.table.refusal(app), held.table.refusal(app));
        let refusal = refusal.or_else(|| locked.clone().filter(|_| !tried.table.exempts(app)));
        match refusal {
            Some(reason) => {
                let target = if app.id == unnamed() {
                    Target::Category(app.category)
                } else {
                    Target::App(app.id.clone())
                };
                judged.refused.push((target, reason));
                false
            }
            None => true,
        }
    });
    if in_use.bare_screen
        && let Some(reason) = locked
    {
        judged.kept.bare_screen = false;
        judged.refused.push((Target::Screen, reason));
    }
    if judged.kept.apps.is_empty() && !judged.kept.bare_screen {
        judged.kept.screen = None;
    }
    judged
}

fn lock_reason(member: &Member) -> Option<&Reason> {
    let table: &GateTable = &member.table;
    super::lock_demand(table, &member.grants, member.cursor).map(|denial| &denial.reason)
}

/// Day by day, what was and what would have been.
struct Diary {
    days: BTreeMap<NaiveDate, ReplayedDay>,
    open: Option<NaiveDate>,
}

impl Diary {
    fn new(from: NaiveDate, until: NaiveDate) -> Self {
        let dates = from.iter_days().take_while(|date| *date <= until);
        let blank = |date| ReplayedDay {
            date,
            used: Duration::ZERO,
            kept: Duration::ZERO,
            charged: Duration::ZERO,
            would_charge: Duration::ZERO,
            last_used: None,
            last_kept: None,
            stops: Vec::new(),
            left: Vec::new(),
        };
        Self { days: dates.map(|date| (date, blank(date))).collect(), open: None }
    }

    fn note(
        &mut self,
        date: NaiveDate,
        (at, until): (DateTime<Utc>, DateTime<Utc>),
        used: Duration,
        refused: &[(Target, Reason)],
        held: &Member,
        tried: &Member,
    ) {
        let Some(day) = self.days.get_mut(&date) else { return };
        day.used = day.used.saturating_add(used);
        day.last_used = Some(until);
        if tried.usage.counts() {
            day.kept = day.kept.saturating_add(used);
            day.last_kept = Some(until);
        }
        let charged = |member: &Member| match member.usage.cost(&Target::Screen) {
            Some(Cost::Charged) => used,
            _ => Duration::ZERO,
        };
        day.charged = day.charged.saturating_add(charged(held));
        day.would_charge = day.would_charge.saturating_add(charged(tried));
        for (target, reason) in refused {
            let known = day.stops.iter_mut().find(|stop| {
                stop.target == *target
                    && (stop.reason.rule, &stop.reason.cause) == (reason.rule, &reason.cause)
            });
            match known {
                Some(stop) => stop.refused = stop.refused.saturating_add(used),
                None => {
                    let (target, reason) = (target.clone(), reason.clone());
                    day.stops.push(Stop { at, target, reason, refused: used });
                }
            }
        }
    }

    /// A piece of that day comes next.
    fn turn_to(&mut self, date: NaiveDate, held: &Lane, tried: &Lane) {
        if self.open != Some(date) {
            self.finish(held, tried);
            self.open = Some(date);
        }
    }

    /// The day's use is over.
    fn finish(&mut self, held: &Lane, tried: &Lane) {
        let Some(day) = self.open.and_then(|date| self.days.get_mut(&date)) else { return };
        let (before, after) = (left(&held.member, day.date), left(&tried.member, day.date));
        let keys: BTreeSet<&(Target, bool)> = before.keys().chain(after.keys()).collect();
        for key in keys {
            let (before, after) = (before.get(key).copied(), after.get(key).copied());
            if before != after {
                day.left.push(LeftLine { target: key.0.clone(), weekly: key.1, before, after });
            }
        }
    }

    fn into_days(self) -> Vec<ReplayedDay> {
        self.days.into_values().collect()
    }
}

/// What is left of each target's strictest allowance, of the day and of the week.
fn left(member: &Member, date: NaiveDate) -> BTreeMap<(Target, bool), Duration> {
    let mut left = BTreeMap::new();
    // At the very end of a day the next one has begun already.
    let day = member.calendar.day(date);
    let day_bench = Bench { day: &day, carried: &[], ..member.bench() };
    let carried = day_bench.carried();
    let bench = Bench { carried: &carried, ..day_bench };
    for line in member.budgets(&bench, &[]) {
        let rest = line.amount.saturating_sub(line.used);
        let known = left.entry((line.target, line.weekly)).or_insert(rest);
        *known = rest.min(*known);
    }
    left
}
