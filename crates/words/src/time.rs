//! Lengths and moments of time, as people say them.

use crate::{Language, Words};
use chrono::{DateTime, Datelike, NaiveTime, Timelike, Utc, Weekday};
use chrono_tz::Tz;

/// Now, and where: what "tomorrow" depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Now.
    pub now: DateTime<Utc>,
    /// The family's time zone.
    pub zone: Tz,
}

impl Clock {
    /// With the zone by its IANA name; an unknown name means UTC.
    pub fn new(now: DateTime<Utc>, zone: &str) -> Self {
        Self { now, zone: zone.parse().unwrap_or(Tz::UTC) }
    }
}

/// How a moment is spoken of, seen from now.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// "20:30", "tomorrow 08:00".
    Bare,
    /// "at 20:30".
    At,
    /// "until 20:30".
    Until,
}

impl Words {
    /// "45 minutes", "1 hour 5 minutes"; seconds only below a minute, else the nearest minute.
    pub fn duration(&self, seconds: u64) -> String {
        if seconds < 60 {
            return self.text("duration-seconds", &[("count", seconds.into())]);
        }
        let all_minutes = seconds.saturating_add(30) / 60;
        let (hours, minutes) = (all_minutes / 60, all_minutes % 60);
        let say_hours = || self.text("duration-hours", &[("count", hours.into())]);
        let say_minutes = || self.text("duration-minutes", &[("count", minutes.into())]);
        match (hours, minutes) {
            (0, _) => say_minutes(),
            (_, 0) => say_hours(),
            _ => self.text(
                "duration-hours-minutes",
                &[("hours", say_hours().into()), ("minutes", say_minutes().into())],
            ),
        }
    }

    /// "45 minutes left".
    pub fn left(&self, seconds: u64) -> String {
        self.text("time-left", &[("duration", self.duration(seconds).into())])
    }

    /// "20:30", "midnight", "tomorrow 08:00", "Friday 08:00", "1 December 08:00".
    pub fn time(&self, at: DateTime<Utc>, clock: &Clock) -> String {
        self.moment(at, clock, Form::Bare)
    }

    /// "until 20:30".
    pub fn until(&self, at: DateTime<Utc>, clock: &Clock) -> String {
        self.moment(at, clock, Form::Until)
    }

    /// "at 20:30".
    pub fn at(&self, at: DateTime<Utc>, clock: &Clock) -> String {
        self.moment(at, clock, Form::At)
    }

    pub(crate) fn moment(&self, at: DateTime<Utc>, clock: &Clock, form: Form) -> String {
        let now = clock.now.with_timezone(&clock.zone);
        let at = at.with_timezone(&clock.zone);
        let days = at.date_naive().signed_duration_since(now.date_naive()).num_days();
        let kind = match days {
            0 => "today",
            1 if at.num_seconds_from_midnight() == 0 => "midnight",
            1 => "tomorrow",
            2..=6 => "weekday",
            _ => "date",
        };
        let key = match form {
            Form::Bare => "time",
            Form::At => "at",
            Form::Until => "until",
        };
        self.text(
            key,
            &[
                ("kind", kind.into()),
                ("time", at.format("%H:%M").to_string().into()),
                ("weekday", self.weekday(at.weekday()).into()),
                ("date", self.date(at.date_naive()).into()),
            ],
        )
    }

    /// "Monday", "thứ Hai".
    pub fn weekday(&self, day: Weekday) -> String {
        self.text("weekday", &[("day", code(day).into())])
    }

    /// "Mon", "T2".
    pub fn weekday_short(&self, day: Weekday) -> String {
        self.text("weekday-short", &[("day", code(day).into())])
    }

    /// "1 December 2026", "1/12/2026".
    pub fn date(&self, day: chrono::NaiveDate) -> String {
        match self.language() {
            Language::English => day.format("%-d %B %Y").to_string(),
            Language::Vietnamese => day.format("%-d/%-m/%Y").to_string(),
        }
    }

    /// "Mon–Fri", "Sat, Sun", "every day"; Monday first.
    pub fn days(&self, chosen: [bool; 7]) -> String {
        if chosen == [true; 7] {
            return self.text("every-day", &[]);
        }
        let names: Vec<String> = WEEK
            .iter()
            .zip(chosen)
            .map(|(day, on)| if on { self.weekday_short(*day) } else { String::new() })
            .collect();
        names
            .split(String::is_empty)
            .filter_map(|run| match run {
                [] => None,
                [one] => Some(one.clone()),
                [first, second] => Some(format!("{first}, {second}")),
                [first, .., last] => Some(format!("{first}–{last}")),
            })
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// "08:00", and "24:00" for the day's end.
    pub(crate) fn hour(time: Option<NaiveTime>) -> String {
        time.map_or_else(|| "24:00".to_owned(), |time| time.format("%H:%M").to_string())
    }
}

/// The weekdays, Monday first.
pub(crate) const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

fn code(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "mon",
        Weekday::Tue => "tue",
        Weekday::Wed => "wed",
        Weekday::Thu => "thu",
        Weekday::Fri => "fri",
        Weekday::Sat => "sat",
        Weekday::Sun => "sun",
    }
}
