//! What the rules say now, and when they will say something else if use goes on.

use super::breaks::{Breaks, StretchKey};
use super::calendar::{Calendar, Day, Timetable, after, chargeable, on_weekday, used_up};
use super::grants::{GrantBook, Wanted};
use super::usage::{REMEMBERED_DAYS, Spent, Usage};
use crate::app::{AgeRating, App, Target};
use crate::clock::later;
use crate::family::Child;
use crate::gate::{Denial, GateTable, Scope, binds};
use crate::ids::{AppId, RuleId};
use crate::rule::{Allowance, Bank, BreakRule, Earn, Period, Rule, RuleKind};
use crate::verdict::{Cause, Help, Reason};
use chrono::{DateTime, Days, NaiveDate, Utc};
use std::cmp::Reverse;
use std::ops::RangeInclusive;
use std::time::Duration;

/// Everything that a ruling looks at.
#[derive(Clone, Copy)]
pub(crate) struct Bench<'a> {
    pub(crate) child: &'a Child,
    /// In the order of the rules; empty where a rule is no schedule.
    pub(crate) timetables: &'a [Timetable],
    pub(crate) usage: &'a Usage,
    pub(crate) breaks: &'a Breaks,
    /// What banks kept of the days before, by the allowance's rule.
    pub(crate) carried: &'a [(RuleId, Duration)],
    pub(crate) grants: &'a GrantBook,
    pub(crate) calendar: &'a Calendar,
    pub(crate) day: &'a Day,
    pub(crate) at: DateTime<Utc>,
}

/// How the use of something will end if it goes on without a pause.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    pub(crate) at: DateTime<Utc>,
    /// The rule, and the app where the rule looks at each app by itself.
    pub(crate) key: StretchKey,
    /// What ends.
    pub(crate) target: Target,
    pub(crate) reason: Reason,
}

/// How an allowance stands for one series.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    pub(crate) amount: Duration,
    pub(crate) used: Duration,
    pub(crate) weekly: bool,
}

impl Budget {
    pub(crate) fn left(&self) -> Duration {
        self.amount.saturating_sub(self.used)
    }
}

impl<'a> Bench<'a> {
    fn rules(&self) -> impl Iterator<Item = (usize, &'a Rule, &'a Timetable)> {
        let Self { child, timetables, .. } = *self;
        child
            .rules
            .iter()
            .zip(timetables)
            .enumerate()
            .map(|(place, (rule, timetable))| (place, rule, timetable))
    }

    /// All that the rules and the grants say at this moment.
    pub(crate) fn table(&self) -> GateTable {
        let mut table = GateTable::default();
        for (place, rule, timetable) in self.rules() {
            let deny = |scope, cause, until| Denial { scope, reason: reason(rule, cause, until), place };
            match &rule.kind {
                RuleKind::Exemption(target) => table.exempt.push(target.clone()),
                RuleKind::Block(target) => {
                    let denial =
                        deny(Scope::Blocked(target.clone()), Cause::Blocked { target: target.clone() }, None);
                    table.add(target, denial);
                }
                RuleKind::RatingCeiling(ceiling) => {
                    let above = AgeRating::ALL.into_iter().filter(|rating| rating > ceiling);
                    table.general.extend(above.map(|rating| {
                        let cause = Cause::RatingAbove { rating, ceiling: *ceiling };
                        deny(Scope::Rated(rating), cause, None)
                    }));
                }
                RuleKind::AllowOnly(listed) => {
                    table.general.push(deny(Scope::NotListed(listed.clone()), Cause::NotAllowedOnly, None));
                }
                RuleKind::Schedule(schedule) => {
                    if !timetable.is_open(self.at) {
                        let cause = Cause::OutsideHours { target: schedule.target.clone() };
                        let scope = Scope::Time(schedule.target.clone());
                        table.add(&schedule.target, deny(scope, cause, timetable.opens(self.at)));
                    }
                }
                RuleKind::Allowance(allowance) => self.deny_spent(&mut table, place, rule, allowance),
                RuleKind::Break(due) => self.deny_unrested(&mut table, place, rule, due),
                RuleKind::HealthText { .. } | RuleKind::Bank(_) | RuleKind::Earn(_) => {}
            }
        }
        table.granted = self.grants.usable(self.at).map(|grant| grant.target.clone()).collect();
        table
    }

    fn deny_spent(&self, table: &mut GateTable, place: usize, rule: &Rule, allowance: &Allowance) {
        let deny = || Denial {
            scope: Scope::Time(allowance.target.clone()),
            reason: reason(
                rule,
                self.spent(allowance, self.day.date),
                self.renewal(allowance, self.day.date),
            ),
            place,
        };
        let Some(amount) = self.amount_on(allowance, self.day.date) else { return };
        let days = self.days(allowance);
        let is_spent = |spent| self.balance(rule.id, allowance, amount, spent).left().is_zero();
        match &allowance.target {
            Target::Each(_) if amount.is_zero() => table.add(&allowance.target, deny()),
            Target::Each(_) => {
                for (app, _) in self.usage.apps_in(days.clone()).filter(|(_, spent)| is_spent(*spent)) {
                    table.by_app.entry(app.clone()).or_default().push(deny());
                }
            }
            series if is_spent(self.usage.spent_in(series, &days)) => table.add(series, deny()),
            _ => {}
        }
    }

    fn deny_unrested(&self, table: &mut GateTable, place: usize, rule: &Rule, due: &BreakRule) {
        for key in self.breaks.of_rule(rule.id).filter(|key| self.breaks.left(key, due).is_zero()) {
            let denial = Denial {
                scope: Scope::Time(due.target.clone()),
                reason: unrested(rule, due, self.breaks.rested(key, due, self.at)),
                place,
            };
            match &key.1 {
                Some(app) => table.by_app.entry(app.clone()).or_default().push(denial),
                None => table.add(&due.target, denial),
            }
        }
    }

    /// How the use of `app` will end; `None`: not in sight, or it is denied already.
    pub(crate) fn app_ending(&self, table: &GateTable, app: &App) -> Option<Ending> {
        if let Some(denial) = table.denial(app) {
            return self.granted_ending(denial, Wanted::App(app, &denial.scope), Some(app));
        }
        if table.exempts(app) {
            return None;
        }
        self.earliest_ending(|target| binds(target, app), Some(app))
    }

    /// How the use of the bare screen will end; `None`: not in sight, or it is denied already.
    pub(crate) fn screen_ending(&self, table: &GateTable) -> Option<Ending> {
        if let Some(denial) = table.screen_denial() {
            return if denial.scope.is_for_good() {
                None
            } else {
                self.granted_ending(denial, Wanted::Screen, None)
            };
        }
        if table.exempt.contains(&Target::Screen) {
            return None;
        }
        self.earliest_ending(|target| *target == Target::Screen, None)
    }

    /// The end of what only grants keep open.
    fn granted_ending(&self, denial: &Denial, wanted: Wanted<'_>, app: Option<&App>) -> Option<Ending> {
        let end = self.grants.lasts(wanted, self.at);
        if end <= self.at {
            return None;
        }
        let (_, rule, _) = self.rules().find(|(place, ..)| *place == denial.place)?;
        self.after_grants(rule, denial.reason.clone(), end, app)
    }

    fn earliest_ending(&self, concerns: impl Fn(&Target) -> bool, app: Option<&App>) -> Option<Ending> {
        let (end, until, rule) = self
            .rules()
            .filter(|(_, rule, _)| time_target(rule).is_some_and(&concerns))
            .filter_map(|(_, rule, timetable)| {
                let (end, until) = self.rule_ending(rule, timetable, app)?;
                Some((end, until, rule))
            })
            .min_by_key(|(end, until, _)| (*end, Reverse(until.unwrap_or(DateTime::<Utc>::MAX_UTC))))?;
        let scope = Scope::Time(time_target(rule)?.clone());
        let wanted = app.map_or(Wanted::Screen, |app| Wanted::App(app, &scope));
        let reason = reason(rule, self.cause(rule, end)?, until);
        self.after_grants(rule, reason, self.grants.lasts(wanted, end), app)
    }

    /// The ending at `end`, unless the rule will say yes again by then.
    fn after_grants(
        &self,
        rule: &Rule,
        mut reason: Reason,
        end: DateTime<Utc>,
        app: Option<&App>,
    ) -> Option<Ending> {
        if let RuleKind::Break(due) = &rule.kind {
            // Nobody rests while a grant is drawn.
            reason.until = Some(later(end, due.rest));
        } else if reason.until.is_some_and(|until| until <= end) {
            return None;
        }
        let target = time_target(rule).cloned().or_else(|| app.map(|app| Target::App(app.id.clone())))?;
        let (key_app, target) = match (target, app) {
            (Target::Each(_), Some(app)) => (Some(app.id.clone()), Target::App(app.id.clone())),
            (target, _) => (None, target),
        };
        Some(Ending { at: end, key: (rule.id, key_app), target, reason })
    }

    /// When the rule begins to deny if its target is used without a pause, and until when it will.
    fn rule_ending(
        &self,
        rule: &Rule,
        timetable: &Timetable,
        app: Option<&App>,
    ) -> Option<(DateTime<Utc>, Option<DateTime<Utc>>)> {
        match &rule.kind {
            RuleKind::Schedule(_) => {
                let end = timetable.closes(self.at)?;
                Some((end, timetable.opens(end)))
            }
            RuleKind::Allowance(allowance) => {
                let series = series_of(&allowance.target, app)?;
                let end = self.allowance_end(rule.id, allowance, &series, app)?;
                Some((end, self.renewal(allowance, self.date_of(end))))
            }
            RuleKind::Break(due) => {
                let series = series_of(&due.target, app)?;
                let left = self.breaks.left(&stretch_key(rule, &due.target, app), due);
                let end = used_up(self.at, left, &self.free_timetables(&series, app));
                Some((end, Some(later(end, due.rest))))
            }
            _ => None,
        }
    }

    /// What a rule about time says no to from `at` on.
    fn cause(&self, rule: &Rule, at: DateTime<Utc>) -> Option<Cause> {
        match &rule.kind {
            RuleKind::Schedule(schedule) => Some(Cause::OutsideHours { target: schedule.target.clone() }),
            RuleKind::Allowance(allowance) => Some(self.spent(allowance, self.date_of(at))),
            RuleKind::Break(due) => Some(Cause::BreakDue { target: due.target.clone(), rest: due.rest }),
            _ => None,
        }
    }

    fn allowance_end(
        &self,
        rule: RuleId,
        allowance: &Allowance,
        series: &Target,
        app: Option<&App>,
    ) -> Option<DateTime<Utc>> {
        let free = self.free_timetables(series, app);
        let renewal = match allowance.period {
            Period::Day(_) => self.day.end,
            Period::Week(_) => self.day.week_end,
        };
        if let Some(budget) = self.budget(rule, allowance, series) {
            let end = used_up(self.at, budget.left(), &free);
            if end < renewal {
                return Some(end);
            }
        }
        let next = match &allowance.period {
            Period::Day(table) => on_weekday(table, after(self.day.date, 1))
                .map(|next| next.saturating_add(self.carry_over(allowance, &free)))?,
            Period::Week(amount) => *amount,
        };
        let end = used_up(renewal, next, &free);
        // Further renewals lie beyond every warning.
        (end < later(renewal, Duration::from_secs(22 * 3600))).then_some(end)
    }

    /// How an allowance stands for a series; `None`: there is no limit today.
    pub(crate) fn budget(&self, rule: RuleId, allowance: &Allowance, series: &Target) -> Option<Budget> {
        let amount = self.amount_on(allowance, self.day.date)?;
        Some(self.balance(rule, allowance, amount, self.usage.spent_in(series, &self.days(allowance))))
    }

    fn balance(&self, rule: RuleId, allowance: &Allowance, amount: Duration, spent: Spent) -> Budget {
        Budget {
            amount: amount.saturating_add(self.bonus(rule, allowance)).saturating_add(spent.surplus()),
            used: spent.used(),
            weekly: matches!(allowance.period, Period::Week(_)),
        }
    }

    /// What a daily allowance has today on top: kept from the days before, and earned.
    fn bonus(&self, rule: RuleId, allowance: &Allowance) -> Duration {
        if matches!(allowance.period, Period::Week(_)) {
            return Duration::ZERO;
        }
        let kept = self.carried.iter().find(|(of, _)| *of == rule);
        let mut bonus = kept.map_or(Duration::ZERO, |(_, kept)| *kept);
        for rule in &self.child.rules {
            if let RuleKind::Earn(earn) = &rule.kind
                && earn.target == allowance.target
            {
                bonus = bonus.saturating_add(earned(earn, self.usage.used_today(&earn.by)));
            }
        }
        bonus
    }

    /// What the bank of a daily allowance keeps for a date, if use until then was `spent` on each date.
    pub(crate) fn carry(
        &self,
        allowance: &Allowance,
        date: NaiveDate,
        spent: impl Fn(NaiveDate) -> Spent,
    ) -> Duration {
        let (Period::Day(table), Some(bank)) = (&allowance.period, self.bank(&allowance.target)) else {
            return Duration::ZERO;
        };
        let mut kept = Duration::ZERO;
        for back in (1..REMEMBERED_DAYS).rev() {
            let Some(day) = date.checked_sub_days(Days::new(back)).filter(|day| *day >= bank.since) else {
                continue;
            };
            let spent = spent(day);
            // A day without a limit leaves nothing, and takes nothing of what was kept.
            if let Some(amount) = on_weekday(table, day) {
                let had = amount.saturating_add(kept).saturating_add(spent.surplus());
                kept = had.saturating_sub(spent.used());
            }
            kept = kept.min(bank.keep);
        }
        kept
    }

    fn bank(&self, target: &Target) -> Option<&'a Bank> {
        self.child.rules.iter().find_map(|rule| match &rule.kind {
            RuleKind::Bank(bank) if bank.target == *target => Some(bank),
            _ => None,
        })
    }

    /// What banks kept for today, by the allowance's rule.
    pub(crate) fn carried(&self) -> Vec<(RuleId, Duration)> {
        let kept = |rule: &Rule| match &rule.kind {
            RuleKind::Allowance(allowance) => {
                let spent = |day| self.usage.spent_on(&allowance.target, day);
                Some((rule.id, self.carry(allowance, self.day.date, spent)))
            }
            _ => None,
        };
        self.child.rules.iter().filter_map(kept).filter(|(_, kept)| !kept.is_zero()).collect()
    }

    /// What the bank will have kept for tomorrow if the target is used without a pause until then.
    fn carry_over(&self, allowance: &Allowance, free: &[&Timetable]) -> Duration {
        self.carry(allowance, after(self.day.date, 1), |day| {
            let spent = self.usage.spent_on(&allowance.target, day);
            if day == self.day.date { spent.and(chargeable(self.at, self.day.end, free)) } else { spent }
        })
    }

    fn amount_on(&self, allowance: &Allowance, date: NaiveDate) -> Option<Duration> {
        match &allowance.period {
            Period::Day(table) => *on_weekday(table, date),
            Period::Week(amount) => Some(*amount),
        }
    }

    /// The local days of the allowance's running period, until today.
    pub(crate) fn days(&self, allowance: &Allowance) -> RangeInclusive<NaiveDate> {
        let first = match allowance.period {
            Period::Day(_) => self.day.date,
            Period::Week(_) => self.day.week,
        };
        first..=self.day.date
    }

    fn spent(&self, allowance: &Allowance, date: NaiveDate) -> Cause {
        Cause::AllowanceSpent {
            target: allowance.target.clone(),
            amount: self.amount_on(allowance, date).unwrap_or_default(),
            weekly: matches!(allowance.period, Period::Week(_)),
        }
    }

    /// When there is time again for an allowance that is spent on a date; `None`: never.
    fn renewal(&self, allowance: &Allowance, date: NaiveDate) -> Option<DateTime<Utc>> {
        match &allowance.period {
            Period::Day(table) => (1..=7)
                .map(|ahead| after(date, ahead))
                .find(|date| on_weekday(table, *date).is_none_or(|amount| !amount.is_zero()))
                .map(|next| self.start_of(next)),
            Period::Week(amount) if amount.is_zero() => None,
            Period::Week(_) if date == self.day.date => Some(self.day.week_end),
            Period::Week(_) => Some(self.calendar.week_end(date)),
        }
    }

    fn date_of(&self, at: DateTime<Utc>) -> NaiveDate {
        if self.day.has(at) { self.day.date } else { self.calendar.date_of(at) }
    }

    fn start_of(&self, date: NaiveDate) -> DateTime<Utc> {
        if Some(date) == self.day.date.succ_opt() { self.day.end } else { self.calendar.start_of(date) }
    }

    /// The schedules whose free slots spare a series: those of the series itself and of everything wider.
    fn free_schedules(
        &self,
        series: &Target,
        app: Option<&App>,
    ) -> impl Iterator<Item = (&'a Rule, &'a Timetable)> {
        self.rules().filter_map(move |(_, rule, timetable)| {
            let RuleKind::Schedule(schedule) = &rule.kind else { return None };
            let spares = match (&schedule.target, series) {
                (Target::Screen, _) => true,
                (target, Target::App(_)) => app.is_some_and(|app| target.covers(app)),
                (Target::Category(of) | Target::Each(of), Target::Category(category)) => of == category,
                _ => false,
            };
            (spares && timetable.has_free()).then_some((rule, timetable))
        })
    }

    fn free_timetables(&self, series: &Target, app: Option<&App>) -> Vec<&'a Timetable> {
        self.free_schedules(series, app).map(|(_, timetable)| timetable).collect()
    }

    /// The rule whose free slot spares the series now.
    pub(crate) fn free_slot(&self, series: &Target, app: Option<&App>) -> Option<RuleId> {
        self.free_schedules(series, app)
            .find(|(_, timetable)| timetable.is_free(self.at))
            .map(|(rule, _)| rule.id)
    }

    /// The exemption that spares the app.
    pub(crate) fn exemption(&self, app: &App) -> Option<RuleId> {
        self.child.rules.iter().find_map(|rule| match &rule.kind {
            RuleKind::Exemption(target) if target.covers(app) => Some(rule.id),
            _ => None,
        })
    }

    /// The exemption of the whole screen.
    pub(crate) fn screen_exemption(&self) -> Option<RuleId> {
        self.child
            .rules
            .iter()
            .find(|rule| rule.kind == RuleKind::Exemption(Target::Screen))
            .map(|rule| rule.id)
    }
}

/// What so much use of the day earns.
fn earned(earn: &Earn, used: Duration) -> Duration {
    let times = used.as_nanos().checked_div(earn.every.as_nanos()).unwrap_or_default();
    u32::try_from(times).map_or(earn.at_most, |times| earn.gives.saturating_mul(times)).min(earn.at_most)
}

/// How much more use earns the next time; `None`: no more is earned today.
pub(crate) fn next_earning(earn: &Earn, used: Duration) -> Option<Duration> {
    if earned(earn, used) >= earn.at_most || earn.every.is_zero() {
        return None;
    }
    let into = used.as_nanos().checked_rem(earn.every.as_nanos()).unwrap_or_default();
    Some(earn.every.saturating_sub(Duration::from_nanos(u64::try_from(into).unwrap_or_default())))
}

/// The target of a rule about time: allowance, schedule or break.
fn time_target(rule: &Rule) -> Option<&Target> {
    match &rule.kind {
        RuleKind::Allowance(allowance) => Some(&allowance.target),
        RuleKind::Schedule(schedule) => Some(&schedule.target),
        RuleKind::Break(due) => Some(&due.target),
        _ => None,
    }
}

/// The series that counts for a target: the target itself, or the app's where each app counts by itself.
pub(crate) fn series_of(target: &Target, app: Option<&App>) -> Option<Target> {
    match target {
        Target::Each(_) => app.map(|app| Target::App(app.id.clone())),
        target => Some(target.clone()),
    }
}

fn stretch_key(rule: &Rule, target: &Target, app: Option<&App>) -> StretchKey {
    let each: Option<AppId> = match target {
        Target::Each(_) => app.map(|app| app.id.clone()),
        _ => None,
    };
    (rule.id, each)
}

fn unrested(rule: &Rule, due: &BreakRule, until: DateTime<Utc>) -> Reason {
    reason(rule, Cause::BreakDue { target: due.target.clone(), rest: due.rest }, Some(until))
}

fn reason(rule: &Rule, cause: Cause, until: Option<DateTime<Utc>>) -> Reason {
    let helps: &'static [Help] = match (&cause, until) {
        (Cause::AllowanceSpent { .. }, Some(_)) => &[Help::AskForTime, Help::Wait],
        (Cause::OutsideHours { .. }, Some(_)) => &[Help::Wait, Help::AskForTime],
        (Cause::AllowanceSpent { .. } | Cause::OutsideHours { .. }, None) => {
            &[Help::AskForTime, Help::AskToChange]
        }
        (Cause::BreakDue { .. }, _) => &[Help::Rest, Help::AskForTime],
        (
            Cause::RatingAbove { .. } | Cause::Blocked { .. } | Cause::NotAllowedOnly | Cause::NotInstalled,
            _,
        ) => &[Help::AskToChange],
    };
    Reason { rule: rule.id, origin: rule.origin.clone(), cause, until, helps }
}
