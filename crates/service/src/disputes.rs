//! Charges that are questioned, and what is given back.

use crate::convert;
use crate::core::Core;
use crate::questions::{Asker, day_bounds, granted_amount, invalid, not_found, store_failure};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use lanh_policy::{
    ChildId, Correction, CorrectionLine, Event, Period, Rule, RuleKind, Side, Stretch, Target,
};
use lanh_protocol as wire;
use lanh_protocol::{Answer, Detail, Failure, Notice, Thing};
use lanh_store::{Dispute, DisputeId, DisputeState, NewDispute, Store};
use std::collections::BTreeMap;
use std::time::Duration;

/// How many disputes of a child are listed: each comes with its evidence.
const MOST_DISPUTES: u32 = 12;

/// How many intervals are listed as evidence.
const MOST_EVIDENCE: usize = 60;

/// A stretch that is questioned.
pub(crate) struct DisputeAsked {
    pub(crate) target: wire::TargetView,
    pub(crate) from: DateTime<Utc>,
    pub(crate) until: DateTime<Utc>,
    pub(crate) words: String,
}

impl DisputeAsked {
    fn of(self, child: ChildId) -> NewDispute {
        let Self { target, from, until, words } = self;
        NewDispute { child, stretch: Stretch { from, until, target: convert::target(&target) }, words }
    }
}

impl Core {
    /// A child questions a charge.
    pub(crate) async fn dispute(
        &mut self,
        asker: &Asker,
        child: ChildId,
        asked: DisputeAsked,
    ) -> Result<Answer, Failure> {
        self.feed(Event::Tick);
        let at = self.change(asker).at;
        let asked = asked.of(child);
        let dispute =
            self.ask_store(move |store| store.add_dispute(at, &asked)).await.map_err(store_failure)?;
        let view = self.dispute_view(dispute).await?;
        self.tell_guardians(&Notice::Changed { child: child.0 });
        Ok(Answer::Dispute(view))
    }

    pub(crate) async fn disputes(
        &mut self,
        asker: &Asker,
        child: Option<u64>,
        all: bool,
    ) -> Result<Answer, Failure> {
        let wanted = self.about(asker, child)?;
        let mut views = Vec::new();
        for id in wanted {
            self.child(id)?;
            let disputes = self
                .ask_store(move |store| store.disputes(id, all, MOST_DISPUTES))
                .await
                .map_err(store_failure)?;
            for dispute in disputes {
                views.push(self.dispute_view(dispute).await?);
            }
        }
        views.sort_by(|left, right| right.at.cmp(&left.at).then(right.id.cmp(&left.id)));
        // Each is a few kilobytes, and a message holds 256.
        views.truncate(usize::try_from(MOST_DISPUTES).unwrap_or(usize::MAX));
        Ok(Answer::Disputes(views))
    }

    pub(crate) async fn answer_dispute(
        &mut self,
        asker: &Asker,
        dispute: u64,
        accept: bool,
        words: String,
    ) -> Result<Answer, Failure> {
        let (change, id) = (self.change(asker), DisputeId(dispute));
        if accept {
            self.feed(Event::Tick);
            let correction = self
                .ask_store(move |store| store.accept_dispute(&change, id))
                .await
                .map_err(store_failure)?;
            self.corrected(correction);
        } else {
            self.ask_store(move |store| store.deny_dispute(&change, id, &words))
                .await
                .map_err(store_failure)?;
        }
        self.answered_dispute(id).await
    }

    /// A guardian gives back without being asked.
    pub(crate) async fn correct(
        &mut self,
        asker: &Asker,
        child: ChildId,
        asked: DisputeAsked,
    ) -> Result<Answer, Failure> {
        self.child(child)?;
        self.feed(Event::Tick);
        let (change, asked) = (self.change(asker), asked.of(child));
        let (id, correction) = self
            .ask_store(move |store| {
                store.atomic(|store| {
                    let dispute = store.add_dispute(change.at, &asked)?;
                    Ok((dispute.id, store.accept_dispute(&change, dispute.id)?))
                })
            })
            .await
            .map_err(store_failure)?;
        self.corrected(correction);
        self.answered_dispute(id).await
    }

    fn corrected(&mut self, correction: Correction) {
        self.feed(Event::Corrected(correction));
        self.keep_copies(false);
    }

    /// Some of tomorrow's time today: so much less counts today, and so much more tomorrow.
    pub(crate) async fn borrow(
        &mut self,
        asker: &Asker,
        child: ChildId,
        target: &wire::TargetView,
        seconds: u64,
    ) -> Result<Answer, Failure> {
        let amount = granted_amount(seconds)?;
        self.feed(Event::Tick);
        let (target, zone, change) = (convert::target(target), self.zone(), self.change(asker));
        let today = self.today();
        let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
        let (start, end) = day_bounds(zone, tomorrow);
        let most = loan(&self.child(child)?.rules, &target, tomorrow);
        let series = target.clone();
        let owed = move |store: &mut Store| {
            let made = store.corrections_since(Some(child), start - TimeDelta::nanoseconds(1))?;
            let lines = made.iter().flat_map(|(_, correction)| &correction.lines);
            let owed = lines.filter(|line| line.side == Side::More && line.series == series);
            Ok(owed.filter(|line| (start..end).contains(&line.at)).map(|line| line.amount).sum::<Duration>())
        };
        let owed = self.ask_store(owed).await.map_err(store_failure)?;
        let left = most.saturating_sub(owed);
        if amount > left {
            let seconds = convert::seconds(left);
            let message = format!("at most {seconds} seconds can be borrowed from tomorrow");
            return Err(invalid(message, Detail::CannotBorrow { seconds }));
        }
        let line = |at, side| CorrectionLine { series: target.clone(), at, amount, side };
        let lines = vec![line(change.at, Side::Less), line(start, Side::More)];
        let correction = self
            .ask_store(move |store| store.add_correction(&change, child, None, lines))
            .await
            .map_err(store_failure)?;
        self.corrected(correction);
        self.tell_guardians(&Notice::Changed { child: child.0 });
        self.tell_child(child, &Notice::Changed { child: child.0 });
        Ok(Answer::Done)
    }

    async fn answered_dispute(&mut self, id: DisputeId) -> Result<Answer, Failure> {
        let dispute = self
            .ask_store(move |store| store.dispute(id))
            .await
            .map_err(store_failure)?
            .ok_or_else(|| not_found(Thing::Dispute, id.0))?;
        let child = dispute.asked.child;
        let view = self.dispute_view(dispute).await?;
        self.tell_child(child, &Notice::Changed { child: child.0 });
        Ok(Answer::Dispute(view))
    }

    async fn dispute_view(&self, dispute: Dispute) -> Result<wire::DisputeView, Failure> {
        let Dispute { id, asked, at, state } = dispute;
        let NewDispute { child, stretch, words } = asked;
        let name = self.child(child).map(|child| child.name.clone()).unwrap_or_default();
        let wanted = stretch.clone();
        let (evidence, would) = self
            .ask_store(move |store| {
                Ok((store.ledger_around(child, &wanted)?, store.would_give_back(child, &wanted)?))
            })
            .await
            .map_err(store_failure)?;
        let lines = match &state {
            DisputeState::Open => would,
            DisputeState::Accepted(lines) => lines.clone(),
            DisputeState::Denied(_) => Vec::new(),
        };
        let mut back: BTreeMap<Target, Duration> = BTreeMap::new();
        for line in lines.iter().filter(|line| line.side == Side::Less) {
            let sum = back.entry(line.series.clone()).or_default();
            *sum = sum.saturating_add(line.amount);
        }
        Ok(wire::DisputeView {
            id: id.0,
            child: child.0,
            name,
            target: convert::target_view(&stretch.target, self),
            from: stretch.from,
            until: stretch.until,
            words,
            at,
            back: back
                .iter()
                .map(|(target, amount)| wire::GivenBack {
                    target: convert::target_view(target, self),
                    seconds: convert::seconds(*amount),
                })
                .collect(),
            evidence: evidence
                .iter()
                .take(MOST_EVIDENCE)
                .map(|entry| convert::interval_view(entry, self))
                .collect(),
            state: match state {
                DisputeState::Open => wire::DisputeStateView::Open,
                DisputeState::Accepted(_) => wire::DisputeStateView::Accepted,
                DisputeState::Denied(words) => wire::DisputeStateView::Denied { words },
            },
        })
    }
}

/// How much of a day a bank lends the day before: never more than that day has, or time would be made.
fn loan(rules: &[Rule], target: &Target, day: NaiveDate) -> Duration {
    let weekday = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or_default();
    let lends = rules.iter().filter_map(|rule| match &rule.kind {
        RuleKind::Bank(bank) if bank.target == *target => Some(bank.borrow),
        _ => None,
    });
    let has = rules.iter().filter_map(|rule| match &rule.kind {
        RuleKind::Allowance(allowance) if allowance.target == *target => match &allowance.period {
            Period::Day(days) => days.get(weekday).copied().flatten(),
            Period::Week(_) => None,
        },
        _ => None,
    });
    match (lends.max(), has.min()) {
        (Some(lends), Some(has)) => lends.min(has),
        _ => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanh_policy::{Allowance, Bank, Category, Origin, RuleId};

    #[test]
    fn a_bank_lends_no_more_than_its_cap_and_than_the_day_has() {
        let games = Target::Category(Category::Game);
        let minutes = |count: u64| Duration::from_secs(60 * count);
        let rule = |kind| Rule { id: RuleId(1), origin: Origin::Guardian, kind };
        let mut days = [Some(minutes(60)); 7];
        (days[0], days[1], days[2]) = (Some(minutes(10)), Some(minutes(0)), None);
        let since = NaiveDate::default();
        let bank = Bank { target: games.clone(), keep: minutes(0), borrow: minutes(15), since };
        let allowance = Allowance { target: games.clone(), period: Period::Day(days) };
        let rules = [rule(RuleKind::Bank(bank)), rule(RuleKind::Allowance(allowance))];
        // Monday, 23 November 2026, and the days after it.
        let day = |ahead| NaiveDate::from_ymd_opt(2026, 11, 23).unwrap() + TimeDelta::days(ahead);
        let lent: Vec<u64> = (0..4).map(|ahead| loan(&rules, &games, day(ahead)).as_secs() / 60).collect();
        assert_eq!(lent, [10, 0, 0, 15]);
        assert_eq!(loan(&rules, &Target::Screen, day(3)), Duration::ZERO);
        assert_eq!(loan(&rules[1..], &games, day(3)), Duration::ZERO);
    }
}
