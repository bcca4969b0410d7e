//! Local days, weeks and allowed hours, in a zone with daylight saving time.

use crate::clock::{between, later, within_calendar};
use crate::family::Family;
use crate::rule::{Schedule, Slot};
use chrono::{
    DateTime, Datelike, Days, MappedLocalTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday,
};
use chrono_tz::Tz;
use std::time::Duration;

/// How far ahead a timetable looks, in local days: a week and the day after.
const TIMETABLE_DAYS: u64 = 9;

/// Where local days and weeks begin and end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calendar {
    zone: Tz,
    week_start: Weekday,
}

/// One local day, from 00:00 to 24:00: 23, 24 or 25 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) date: NaiveDate,
    pub(crate) start: DateTime<Utc>,
    pub(crate) end: DateTime<Utc>,
    /// The first date of the week that it lies in.
    pub(crate) week: NaiveDate,
    /// The first instant of the week after.
    pub(crate) week_end: DateTime<Utc>,
}

impl Day {
    pub(crate) fn has(&self, at: DateTime<Utc>) -> bool {
        self.start <= at && at < self.end
    }
}

impl Calendar {
    pub(crate) fn new(zone: Tz, week_start: Weekday) -> Self {
        Self { zone, week_start }
    }

    pub(crate) fn of(family: &Family) -> Self {
        Self::new(family.zone, family.week_start)
    }

    /// The local day that `at` lies in.
    pub(crate) fn day_of(&self, at: DateTime<Utc>) -> Day {
        self.day(self.date_of(at))
    }

    pub(crate) fn date_of(&self, at: DateTime<Utc>) -> NaiveDate {
        within_calendar(at).with_timezone(&self.zone).date_naive()
    }

    pub(crate) fn day(&self, date: NaiveDate) -> Day {
        Day {
            date,
            start: self.start_of(date),
            end: self.start_of(after(date, 1)),
            week: self.week_of(date),
            week_end: self.week_end(date),
        }
    }

    /// The first instant of a local date.
    pub(crate) fn start_of(&self, date: NaiveDate) -> DateTime<Utc> {
        self.instant(date, NaiveTime::MIN)
    }

    /// When a local clock shows `time` on `date`: the first time if it does so twice, the end of the gap
    /// if the clock skips it.
    pub(crate) fn instant(&self, date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
        let mut local = date.and_time(time);
        // The longest gap ever was a whole day (Samoa, 2011).
        for _minute in 0..=25 * 60 {
            match self.zone.from_local_datetime(&local) {
                MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => {
                    return at.with_timezone(&Utc);
                }
                MappedLocalTime::None => {
                    local = local.checked_add_signed(TimeDelta::minutes(1)).unwrap_or(local);
                }
            }
        }
        local.and_utc()
    }

    /// The date of the first day of the week that `date` lies in.
    fn week_of(&self, date: NaiveDate) -> NaiveDate {
        let back = date.weekday().days_since(self.week_start);
        date.checked_sub_days(Days::new(u64::from(back))).unwrap_or(date)
    }

    /// The first instant of the week after the one that `date` lies in.
    pub(crate) fn week_end(&self, date: NaiveDate) -> DateTime<Utc> {
        self.start_of(after(self.week_of(date), 7))
    }
}

/// The date so many days after `date`.
pub(crate) fn after(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_add_days(Days::new(days)).unwrap_or(date)
}

/// What a table that lists Monday first has for `date`.
pub(crate) fn on_weekday<T>(table: &[T; 7], date: NaiveDate) -> &T {
    let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = table;
    match date.weekday() {
        Weekday::Mon => monday,
        Weekday::Tue => tuesday,
        Weekday::Wed => wednesday,
        Weekday::Thu => thursday,
        Weekday::Fri => friday,
        Weekday::Sat => saturday,
        Weekday::Sun => sunday,
    }
}

/// A schedule laid out over the next days, in trusted wall time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timetable {
    openings: Vec<Opening>,
    /// Where it ends: nothing is known beyond.
    horizon: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug)]
struct Opening {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    free: bool,
}

impl Timetable {
    pub(crate) fn lay_out(calendar: &Calendar, schedule: &Schedule, first: NaiveDate) -> Self {
        let mut openings: Vec<Opening> = (0..TIMETABLE_DAYS)
            .map(|ahead| after(first, ahead))
            .flat_map(|date| {
                on_weekday(&schedule.slots, date).iter().map(move |slot| Opening::of(calendar, date, slot))
            })
            .filter(|opening| opening.from < opening.until)
            .collect();
        openings.sort_by_key(|opening| opening.from);
        Self { openings, horizon: calendar.start_of(after(first, TIMETABLE_DAYS)) }
    }

    fn at(&self, at: DateTime<Utc>) -> impl Iterator<Item = &Opening> {
        self.openings
            .iter()
            .take_while(move |opening| opening.from <= at)
            .filter(move |opening| at < opening.until)
    }

    pub(crate) fn is_open(&self, at: DateTime<Utc>) -> bool {
        self.at(at).next().is_some()
    }

    pub(crate) fn is_free(&self, at: DateTime<Utc>) -> bool {
        self.at(at).any(|opening| opening.free)
    }

    pub(crate) fn has_free(&self) -> bool {
        self.openings.iter().any(|opening| opening.free)
    }

    /// When it closes if it is open at `at`; `None`: not within the days that are laid out.
    pub(crate) fn closes(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut end = at;
        while let Some(until) = self.at(end).map(|opening| opening.until).max() {
            end = until;
        }
        (end < self.horizon).then_some(end)
    }

    /// When it opens next after `at`.
    pub(crate) fn opens(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.openings.iter().map(|opening| opening.from).find(|from| *from > at)
    }

    /// The next edge of a slot after `at`.
    pub(crate) fn next_edge(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.openings.iter().flat_map(|opening| [opening.from, opening.until]).filter(|edge| *edge > at).min()
    }
}

impl Opening {
    fn of(calendar: &Calendar, date: NaiveDate, slot: &Slot) -> Self {
        let until = match slot.until {
            Some(until) => calendar.instant(date, until),
            None => calendar.start_of(after(date, 1)),
        };
        Self { from: calendar.instant(date, slot.from), until, free: slot.free }
    }
}

/// How much use costs from `at` until `end`, except while one of the timetables is in a free slot.
pub(crate) fn chargeable(at: DateTime<Utc>, end: DateTime<Utc>, timetables: &[&Timetable]) -> Duration {
    let mut at = at;
    let mut charged = Duration::ZERO;
    for _piece in 0..64 {
        if at >= end {
            break;
        }
        let edge = timetables.iter().filter_map(|timetable| timetable.next_edge(at)).min();
        let next = edge.map_or(end, |edge| edge.min(end));
        if !timetables.iter().any(|timetable| timetable.is_free(at)) {
            charged = charged.saturating_add(between(at, next));
        }
        at = next;
    }
    charged
}

/// When `left` is used up from `at` on, if use costs except while one of the timetables is in a free slot.
pub(crate) fn used_up(at: DateTime<Utc>, left: Duration, timetables: &[&Timetable]) -> DateTime<Utc> {
    let mut at = at;
    let mut left = left;
    // Two slots a day on each of the laid out days are ordinary; the bound is for nonsense.
    for _piece in 0..64 {
        let edge = timetables.iter().filter_map(|timetable| timetable.next_edge(at)).min();
        let free = timetables.iter().any(|timetable| timetable.is_free(at));
        match edge {
            Some(edge) if free => at = edge,
            Some(edge) if between(at, edge) < left => {
                left = left.saturating_sub(between(at, edge));
                at = edge;
            }
            _ => break,
        }
    }
    later(at, left)
}
