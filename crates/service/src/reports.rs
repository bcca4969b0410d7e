//! Sums for reports, and the ledger page by page.

use crate::convert;
use crate::core::Core;
use crate::fair::check_days;
use crate::questions::{Asker, day_bounds, day_start, store_failure};
use chrono::{Days, NaiveDate, TimeDelta};
use lanh_policy::{Event, Side, Target};
use lanh_protocol as wire;
use lanh_protocol::{Answer, Failure};
use std::collections::BTreeMap;
use std::time::Duration;

/// How many days one answer may span.
const LONGEST_REPORT: i64 = 31;

/// How many days of intervals may be paged through.
const LONGEST_PAGED: i64 = 400;

/// How many intervals a page has: each is at most a few hundred bytes.
const PAGE: usize = 500;

impl Core {
    pub(crate) async fn sums(
        &mut self,
        asker: &Asker,
        child: Option<u64>,
        from: NaiveDate,
        until: NaiveDate,
    ) -> Result<Answer, Failure> {
        let id = asker.about(child)?;
        let name = self.child(id)?.name.clone();
        check_days(from, until, LONGEST_REPORT)?;
        self.feed(Event::Tick);
        let zone = self.zone();
        let days: Vec<NaiveDate> = from.iter_days().take_while(|day| *day <= until).collect();
        let bounds: Vec<_> = days.iter().map(|day| day_bounds(zone, *day)).collect();
        let first = bounds.first().map(|(start, _)| *start).unwrap_or_default();
        let (uses, corrections) = self
            .ask_store(move |store| {
                let since = first - TimeDelta::nanoseconds(1);
                Ok((store.usage(id, &bounds)?, store.corrections_since(Some(id), since)?))
            })
            .await
            .map_err(store_failure)?;
        let mut corrected: BTreeMap<(NaiveDate, Target), [Duration; 2]> = BTreeMap::new();
        for line in corrections.into_iter().flat_map(|(_, correction)| correction.lines) {
            let day = line.at.with_timezone(&zone).date_naive();
            let sums = corrected.entry((day, line.series)).or_default();
            let [less, more] = sums;
            let sum = if line.side == Side::Less { less } else { more };
            *sum = sum.saturating_add(line.amount);
        }
        let mut lines = Vec::new();
        for (day, day_use) in days.iter().zip(&uses) {
            for line in &day_use.lines {
                let [less, more] = corrected.remove(&(*day, line.target.clone())).unwrap_or_default();
                lines.push(wire::ReportLine {
                    day: *day,
                    target: convert::target_view(&line.target, self),
                    used: convert::seconds(line.charged + line.granted + line.free),
                    charged: convert::seconds(line.charged),
                    granted: convert::seconds(line.granted),
                    free: convert::seconds(line.free),
                    given_back: convert::seconds(less),
                    taken: convert::seconds(more),
                });
            }
        }
        Ok(Answer::Sums(wire::ReportView { child: id.0, name, zone: zone.name().to_owned(), lines }))
    }

    pub(crate) async fn intervals(
        &mut self,
        asker: &Asker,
        child: Option<u64>,
        (from, until): (NaiveDate, NaiveDate),
        skip: u64,
    ) -> Result<Answer, Failure> {
        let id = asker.about(child)?;
        self.child(id)?;
        check_days(from, until, LONGEST_PAGED)?;
        if skip == 0 {
            self.feed(Event::Tick);
        }
        let zone = self.zone();
        let end = until.checked_add_days(Days::new(1)).unwrap_or(until);
        let (first, last) = (day_start(zone, from), day_start(zone, end));
        let entries =
            self.ask_store(move |store| store.ledger(id, first, last)).await.map_err(store_failure)?;
        let start = usize::try_from(skip).unwrap_or(usize::MAX).min(entries.len());
        let page = entries.iter().skip(start).take(PAGE);
        let intervals: Vec<wire::IntervalView> =
            page.map(|entry| convert::interval_view(entry, self)).collect();
        let seen = start.saturating_add(intervals.len());
        let next = (seen < entries.len()).then(|| u64::try_from(seen).unwrap_or(u64::MAX));
        Ok(Answer::Intervals(wire::IntervalsView {
            child: id.0,
            zone: zone.name().to_owned(),
            intervals,
            next,
        }))
    }
}
