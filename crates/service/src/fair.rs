//! Fair time: what other rules would have done.

use crate::convert::{self, AppNames};
use crate::core::Core;
use crate::questions::{
    Asker, Reply, convert_failure, day_start, failure, find_preset, invalid, not_found, store_failure,
};
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use lanh_policy::{App, AppId, Child, ChildId, Origin, Past, PastGrant, Rule, RuleId, Target, replay};
use lanh_protocol as wire;
use lanh_protocol::{Answer, Detail, Failure, FailureCode, Thing};
use std::collections::{BTreeMap, BTreeSet};

/// How many days can be replayed at once.
const LONGEST_REPLAY: i64 = 35;

/// How many stops of a day, and how many lines of what is left, are told: those of the most time.
const MOST_STOPS: usize = 12;

/// What a replay needs, gathered from the store.
struct Replay {
    child: ChildId,
    past: Past,
    rules: Vec<Rule>,
    from: NaiveDate,
    until: NaiveDate,
    names: Names,
}

/// The names of programs, for work beside the core.
struct Names(BTreeMap<AppId, String>);

impl AppNames for Names {
    fn app_name(&self, id: &AppId) -> String {
        self.0.get(id).cloned().unwrap_or_else(|| id.to_string())
    }
}

/// What is to be replayed, as asked.
pub(crate) struct ReplayAsked {
    pub(crate) child: Option<u64>,
    pub(crate) changes: Vec<wire::RuleChange>,
    pub(crate) from: NaiveDate,
    pub(crate) until: NaiveDate,
}

impl Core {
    /// Replays on a thread of its own; the answer goes to `reply`. An error is still to be told.
    pub(crate) async fn replay(
        &mut self,
        asker: &Asker,
        asked: ReplayAsked,
        reply: Reply,
    ) -> Result<(), (Failure, Reply)> {
        let prepared = match self.prepare_replay(asker, asked).await {
            Ok(prepared) => prepared,
            Err(failure) => return Err((failure, reply)),
        };
        tokio::spawn(async move {
            let view = tokio::task::spawn_blocking(move || prepared.run()).await;
            let answer = view.map(Answer::Replay);
            let _ = reply.send(answer.map_err(|error| failure(FailureCode::Internal, error.to_string())));
        });
        Ok(())
    }

    async fn prepare_replay(&mut self, asker: &Asker, asked: ReplayAsked) -> Result<Replay, Failure> {
        let ReplayAsked { child, changes, from, until } = asked;
        let id = asker.about(child)?;
        let child = self.child(id)?.clone();
        check_days(from, until, LONGEST_REPLAY)?;
        let rules = changed_rules(&child, &changes, from)?;
        self.feed(lanh_policy::Event::Tick);
        let family = self.engine.family();
        let (zone, week_start) = (family.zone, family.week_start);
        let first = day_start(zone, from.checked_sub_days(Days::new(8)).unwrap_or(from));
        let end = day_start(zone, until.checked_add_days(Days::new(1)).unwrap_or(until));
        let (ledger, grants, corrections, mut history) = self
            .ask_store(move |store| {
                let history = store.history(id, u32::MAX)?;
                let corrections = store.corrections_since(Some(id), first)?;
                Ok((store.ledger(id, first, end)?, store.grants(id, first)?, corrections, history))
            })
            .await
            .map_err(store_failure)?;
        history.reverse();
        let mut policies: Vec<(DateTime<Utc>, Child)> = Vec::with_capacity(history.len() + 1);
        for revision in history {
            let with = |rules| Child { rules, ..child.clone() };
            if policies.is_empty() {
                policies.push((DateTime::UNIX_EPOCH, with(revision.rules_before)));
            }
            policies.push((revision.change.at, with(revision.rules_after)));
        }
        if policies.is_empty() {
            policies.push((DateTime::UNIX_EPOCH, child));
        }
        let used: BTreeSet<&AppId> = ledger
            .iter()
            .filter_map(|entry| match &entry.target {
                Target::App(id) => Some(id),
                _ => None,
            })
            .collect();
        let recogniser = self.shared.recogniser();
        let apps: Vec<App> = used.into_iter().map(|id| recogniser.app(id)).collect();
        let mut names: BTreeMap<AppId, String> =
            apps.iter().map(|app| (app.id.clone(), app.name.clone())).collect();
        for rule in &rules {
            if let Some(Target::App(id)) = rule.kind.target() {
                names.entry(id.clone()).or_insert_with(|| recogniser.app(id).name);
            }
        }
        let grants = grants
            .into_iter()
            .map(|record| PastGrant { grant: record.grant, revoked: record.revoked.map(|change| change.at) })
            .collect();
        let past = Past { zone, week_start, policies, ledger, grants, corrections, apps };
        Ok(Replay { child: id, past, rules, from, until, names: Names(names) })
    }
}

/// Fails unless the days come in order, are not too many, and lie in years that calendars know.
pub(crate) fn check_days(from: NaiveDate, until: NaiveDate, at_most: i64) -> Result<(), Failure> {
    let span = (until - from).num_days();
    if (0..at_most).contains(&span) && (1970..=9999).contains(&from.year()) && until.year() <= 9999 {
        return Ok(());
    }
    Err(invalid(
        format!("ask for 1 to {at_most} days, the first day first"),
        Detail::Days { at_most: at_most.unsigned_abs() },
    ))
}

/// The child's rules after the changes, a new bank kept from `from` on. What is added has numbers above every known one.
fn changed_rules(child: &Child, changes: &[wire::RuleChange], from: NaiveDate) -> Result<Vec<Rule>, Failure> {
    let mut rules = child.rules.clone();
    let mut next = rules.iter().map(|rule| rule.id.0).max().unwrap_or_default();
    let mut add = |rules: &mut Vec<Rule>, origin: Origin, kind| {
        next = next.saturating_add(1);
        rules.push(Rule { id: RuleId(next), origin, kind });
    };
    for change in changes {
        match change {
            wire::RuleChange::Put { replaces, rule } => {
                let kind = convert::rule_kind(rule, from).map_err(convert_failure)?;
                match replaces {
                    None => add(&mut rules, Origin::Guardian, kind),
                    Some(id) => {
                        let known = rules.iter_mut().find(|rule| rule.id.0 == *id);
                        let known = known.ok_or_else(|| not_found(Thing::Rule, id))?;
                        (known.origin, known.kind) = (Origin::Guardian, kind);
                    }
                }
            }
            wire::RuleChange::Remove { rule: id } => {
                let known = rules.len();
                rules.retain(|rule| rule.id.0 != *id);
                if rules.len() == known {
                    return Err(not_found(Thing::Rule, id));
                }
            }
            wire::RuleChange::Preset { preset } => {
                let preset = find_preset(preset)?;
                rules.retain(|rule| !matches!(&rule.origin, Origin::Preset(id, _) if id == preset.id.0));
                for kind in &preset.rules {
                    add(&mut rules, preset.origin(), kind.clone());
                }
            }
        }
    }
    Ok(rules)
}

impl Replay {
    fn run(self) -> wire::ReplayView {
        let Self { child, past, rules, from, until, names } = self;
        let days = replay(&past, &rules, from, until).days;
        wire::ReplayView {
            child: child.0,
            zone: past.zone.name().to_owned(),
            days: days.into_iter().map(|day| day_view(day, &names)).collect(),
        }
    }
}

fn day_view(mut day: lanh_policy::ReplayedDay, names: &Names) -> wire::ReplayDayView {
    day.stops.sort_by_key(|stop| std::cmp::Reverse(stop.refused));
    day.stops.truncate(MOST_STOPS);
    day.stops.sort_by_key(|stop| stop.at);
    day.left.truncate(MOST_STOPS);
    wire::ReplayDayView {
        day: day.date,
        used: convert::seconds(day.used),
        kept: convert::seconds(day.kept),
        charged: convert::seconds(day.charged),
        would_charge: convert::seconds(day.would_charge),
        last_used: day.last_used,
        last_kept: day.last_kept,
        stops: day
            .stops
            .iter()
            .map(|stop| wire::StopView {
                at: stop.at,
                target: convert::target_view(&stop.target, names),
                reason: convert::reason_view(&stop.reason, names),
                refused: convert::seconds(stop.refused),
            })
            .collect(),
        left: day
            .left
            .iter()
            .map(|line| wire::LeftView {
                target: convert::target_view(&line.target, names),
                weekly: line.weekly,
                before: line.before.map(convert::seconds_up),
                after: line.after.map(convert::seconds_up),
            })
            .collect(),
    }
}
