//! How much was used: counters for the allowances, and the open intervals of the ledger.

use super::calendar::{Calendar, after};
use crate::app::Target;
use crate::clock::{between, later};
use crate::correction::{CorrectionLine, Side};
use crate::effect::Effect;
use crate::ids::{AppId, ChildId, GrantId, IntervalId};
use crate::ledger::{Basis, Cost, LedgerEntry};
use chrono::{DateTime, NaiveDate, Utc};
use std::ops::RangeInclusive;
use std::time::Duration;

/// Days that a counter remembers: the longest week and the day before it.
pub(crate) const REMEMBERED_DAYS: u64 = 8;

/// One use that is being booked: the series, what it costs and why it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Booking {
    pub(crate) series: Target,
    pub(crate) app: Option<AppId>,
    pub(crate) cost: Cost,
    pub(crate) basis: Basis,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    counters: Vec<Counter>,
    open: Vec<OpenInterval>,
}

/// The sums of one series.
#[derive(Clone, Debug)]
struct Counter {
    series: Target,
    /// Charged time by day, oldest first, today last if there is any.
    charged: Vec<(NaiveDate, Duration)>,
    /// What corrections say, by day.
    corrected: Vec<(NaiveDate, Side, Duration)>,
    /// Charged or granted today.
    played: Duration,
    /// Used today at any cost.
    used: Duration,
}

/// What a series counts in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spent {
    /// Charged, and what corrections take.
    counted: Duration,
    /// What corrections give back.
    given_back: Duration,
}

impl Spent {
    pub(crate) fn is_nothing(&self) -> bool {
        self.counted.is_zero()
    }

    /// With so much more charged.
    pub(crate) fn and(self, charged: Duration) -> Self {
        Self { counted: self.counted.saturating_add(charged), ..self }
    }

    /// What counts.
    pub(crate) fn used(&self) -> Duration {
        self.counted.saturating_sub(self.given_back)
    }

    /// What was given back beyond all that was counted.
    pub(crate) fn surplus(&self) -> Duration {
        self.given_back.saturating_sub(self.counted)
    }
}

#[derive(Clone, Debug)]
struct OpenInterval {
    booking: Booking,
    /// The place of the series' counter.
    counter: usize,
    id: IntervalId,
    from: DateTime<Utc>,
    used: Duration,
    written: Duration,
}

impl Usage {
    /// Adds what the ledger tells about the days that still matter.
    pub(crate) fn restore(&mut self, entry: &LedgerEntry, calendar: &Calendar, today: NaiveDate) {
        let date = calendar.date_of(entry.from);
        if date <= today && after(date, REMEMBERED_DAYS) > today {
            let place = place_of(&mut self.counters, &entry.target);
            if let Some(counter) = self.counters.get_mut(place) {
                counter.add(date, today, entry.cost, entry.used);
            }
        }
    }

    /// Counts one line of a correction on `date`.
    pub(crate) fn correct(&mut self, line: &CorrectionLine, date: NaiveDate, today: NaiveDate) {
        if after(date, REMEMBERED_DAYS) > today {
            let place = place_of(&mut self.counters, &line.series);
            if let Some(counter) = self.counters.get_mut(place) {
                counter.corrected.push((date, line.side, line.amount));
            }
        }
    }

    /// Books `used` on everything that is open.
    pub(crate) fn charge(&mut self, today: NaiveDate, used: Duration) {
        for interval in &mut self.open {
            interval.used = interval.used.saturating_add(used);
            if let Some(counter) = self.counters.get_mut(interval.counter) {
                counter.add(today, today, interval.booking.cost, used);
            }
        }
    }

    /// Goes on with exactly these bookings from `at` on. Intervals of other bookings end here. Whether that
    /// changes anything.
    pub(crate) fn book(
        &mut self,
        child: ChildId,
        at: DateTime<Utc>,
        bookings: Vec<Booking>,
        next_interval: &mut u64,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let mut changed = false;
        self.open.retain_mut(|interval| {
            let goes_on = bookings.contains(&interval.booking);
            if !goes_on {
                interval.write(child, at, effects);
                changed = true;
            }
            goes_on
        });
        for booking in bookings {
            if !self.open.iter().any(|interval| interval.booking == booking) {
                let id = IntervalId(*next_interval);
                *next_interval = next_interval.saturating_add(1);
                let counter = place_of(&mut self.counters, &booking.series);
                self.open.push(OpenInterval {
                    booking,
                    counter,
                    id,
                    from: at,
                    used: Duration::ZERO,
                    written: Duration::ZERO,
                });
                changed = true;
            }
        }
        changed
    }

    /// Ends all intervals at `at`; the same bookings start afresh with the next [`Usage::book`].
    pub(crate) fn close(&mut self, child: ChildId, at: DateTime<Utc>, effects: &mut Vec<Effect>) {
        for mut interval in self.open.drain(..) {
            interval.write(child, at, effects);
        }
    }

    /// Writes what the open intervals have become.
    pub(crate) fn flush(&mut self, child: ChildId, at: DateTime<Utc>, effects: &mut Vec<Effect>) {
        effects.reserve(self.open.len());
        for interval in &mut self.open {
            interval.write(child, at, effects);
        }
    }

    pub(crate) fn bookings(&self) -> impl Iterator<Item = &Booking> {
        self.open.iter().map(|interval| &interval.booking)
    }

    pub(crate) fn counts(&self) -> bool {
        !self.open.is_empty()
    }

    /// What the series costs while it is in use; `None`: it is not.
    pub(crate) fn cost(&self, series: &Target) -> Option<Cost> {
        self.bookings().find(|booking| booking.series == *series).map(|booking| booking.cost)
    }

    /// Forgets what no allowance asks for any more, once a day begins and no interval is open.
    pub(crate) fn begin_day(&mut self, today: NaiveDate) {
        for counter in &mut self.counters {
            counter.charged.retain(|(date, _)| after(*date, REMEMBERED_DAYS) > today);
            counter.corrected.retain(|(date, ..)| after(*date, REMEMBERED_DAYS) > today);
            counter.played = Duration::ZERO;
            counter.used = Duration::ZERO;
        }
        self.counters.retain(|counter| !counter.charged.is_empty() || !counter.corrected.is_empty());
    }

    fn counter(&self, series: &Target) -> Option<&Counter> {
        self.counters.iter().find(|counter| counter.series == *series)
    }

    /// What counts on the local dates of `days`.
    pub(crate) fn spent_in(&self, series: &Target, days: &RangeInclusive<NaiveDate>) -> Spent {
        self.counter(series).map_or_else(Spent::default, |counter| counter.spent_in(days))
    }

    /// Charged or granted today.
    pub(crate) fn played_today(&self, series: &Target) -> Duration {
        self.counter(series).map_or(Duration::ZERO, |counter| counter.played)
    }

    /// Used today, whatever it cost.
    pub(crate) fn used_today(&self, series: &Target) -> Duration {
        self.counter(series).map_or(Duration::ZERO, |counter| counter.used)
    }

    /// What counts on one local date.
    pub(crate) fn spent_on(&self, series: &Target, date: NaiveDate) -> Spent {
        self.spent_in(series, &(date..=date))
    }

    /// The apps, and what counts for each on the local dates of `days`.
    pub(crate) fn apps_in(&self, days: RangeInclusive<NaiveDate>) -> impl Iterator<Item = (&AppId, Spent)> {
        self.counters.iter().filter_map(move |counter| match &counter.series {
            Target::App(app) => Some((app, counter.spent_in(&days))),
            _ => None,
        })
    }
}

/// The place of the counter of a series; it is added if there is none.
fn place_of(counters: &mut Vec<Counter>, series: &Target) -> usize {
    let known = counters.iter().position(|counter| counter.series == *series);
    known.unwrap_or_else(|| {
        counters.push(Counter {
            series: series.clone(),
            charged: Vec::new(),
            corrected: Vec::new(),
            played: Duration::ZERO,
            used: Duration::ZERO,
        });
        counters.len() - 1
    })
}

impl Counter {
    fn add(&mut self, date: NaiveDate, today: NaiveDate, cost: Cost, used: Duration) {
        if date == today {
            self.used = self.used.saturating_add(used);
            if !matches!(cost, Cost::Free(_)) {
                self.played = self.played.saturating_add(used);
            }
        }
        if cost != Cost::Charged {
            return;
        }
        match self.charged.iter_mut().rev().find(|(day, _)| *day == date) {
            Some((_, sum)) => *sum = sum.saturating_add(used),
            None => self.charged.push((date, used)),
        }
    }

    fn spent_in(&self, days: &RangeInclusive<NaiveDate>) -> Spent {
        let charged = self
            .charged
            .iter()
            .filter(|(date, _)| days.contains(date))
            .fold(Duration::ZERO, |sum, (_, charged)| sum.saturating_add(*charged));
        let mut spent = Spent { counted: charged, given_back: Duration::ZERO };
        for (_, side, amount) in self.corrected.iter().filter(|(date, ..)| days.contains(date)) {
            match side {
                Side::Less => spent.given_back = spent.given_back.saturating_add(*amount),
                Side::More => spent.counted = spent.counted.saturating_add(*amount),
            }
        }
        spent
    }
}

impl OpenInterval {
    fn write(&mut self, child: ChildId, at: DateTime<Utc>, effects: &mut Vec<Effect>) {
        if self.used <= self.written {
            return;
        }
        self.written = self.used;
        effects.push(Effect::Record(LedgerEntry {
            id: self.id,
            child,
            target: self.booking.series.clone(),
            app: self.booking.app.clone(),
            from: self.from,
            until: at.max(later(self.from, self.used)),
            used: self.used,
            cost: self.booking.cost,
            basis: self.booking.basis,
        }));
    }
}

/// How much of a grant the ledger says was drawn. Use that is booked on several series at the same time
/// was drawn once.
pub(crate) fn drawn<'a>(grant: GrantId, ledger: impl IntoIterator<Item = &'a LedgerEntry>) -> Duration {
    let mut spans: Vec<(DateTime<Utc>, DateTime<Utc>)> = ledger
        .into_iter()
        .filter(|entry| entry.cost == Cost::Grant(grant))
        .map(|entry| (entry.from, later(entry.from, entry.used)))
        .collect();
    spans.sort();
    let mut sum = Duration::ZERO;
    let mut covered = DateTime::UNIX_EPOCH;
    for (from, until) in spans {
        sum = sum.saturating_add(between(from.max(covered), until));
        covered = covered.max(until);
    }
    sum
}
