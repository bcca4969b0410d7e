//! What other rules would have done, as sentences.

use crate::sentence::capitalised;
use crate::{Clock, Words};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use lanh_protocol::{Cause, LeftView, ReplayDayView, StopView};

impl Words {
    /// A day with its weekday: "Tuesday 24/11".
    pub fn day(&self, day: NaiveDate) -> String {
        let date = day.format("%-d/%-m").to_string();
        let weekday = self.weekday(day.weekday());
        capitalised(&self.text("day-named", &[("weekday", weekday.into()), ("date", date.into())]))
    }

    /// What would have been different on a day: "Tuesday 24/11 would have ended 25 minutes earlier, at 19:35."
    pub fn replayed(&self, day: &ReplayDayView, clock: &Clock) -> String {
        let named = ("day", self.day(day.day).into());
        let lost = day.used.saturating_sub(day.kept);
        let earlier = match (day.last_used, day.last_kept) {
            (Some(used), Some(kept)) => u64::try_from((used - kept).num_seconds()).unwrap_or_default(),
            _ => 0,
        };
        match day.last_kept {
            _ if day.used == 0 => self.text("replay-unused", &[named]),
            None => self.text("replay-nothing", &[named]),
            Some(kept) if earlier >= 60 => self.text(
                "replay-earlier",
                &[
                    named,
                    ("duration", self.duration(earlier).into()),
                    ("time", time_of_day(kept, clock).into()),
                ],
            ),
            _ if lost > 0 || !day.stops.is_empty() => {
                let most = day.stops.iter().map(|stop| stop.refused).max().unwrap_or_default().max(lost);
                self.text("replay-less", &[named, ("duration", self.duration(most).into())])
            }
            _ => self.text("replay-same", &[named]),
        }
    }

    /// What would have been refused: "Minecraft from 19:35 on, 25 minutes: 1 hour a day
    /// for each game."
    pub fn replay_stop(&self, stop: &StopView, clock: &Clock) -> String {
        let stopped = self.text(
            "replay-stop",
            &[
                ("target", self.target(&stop.target).into()),
                ("time", time_of_day(stop.at, clock).into()),
                ("duration", self.duration(stop.refused).into()),
            ],
        );
        let because = self.because(&stop.reason.cause);
        capitalised(
            &self.text("replay-stop-because", &[("stop", stopped.into()), ("because", because.into())]),
        )
    }

    /// What a rule said no to on a day that is over, within a sentence.
    fn because(&self, cause: &Cause) -> String {
        match cause {
            Cause::AllowanceSpent { target, amount, weekly } => self.text(
                "because-allowance",
                &[
                    ("amount", self.duration(*amount).into()),
                    ("weekly", if *weekly { "yes" } else { "no" }.into()),
                    ("target", self.target(target).into()),
                ],
            ),
            Cause::OutsideHours { target } => {
                self.text("because-hours", &[("target", self.target(target).into())])
            }
            Cause::BreakDue { rest, .. } => {
                self.text("because-break", &[("rest", self.duration(*rest).into())])
            }
            Cause::RatingAbove { .. } => self.text("because-rating", &[]),
            Cause::Blocked { .. } => self.text("because-blocked", &[]),
            Cause::NotAllowedOnly | Cause::NotInstalled => self.text("because-not-listed", &[]),
        }
    }

    /// What would have been left: "All games together: 30 minutes left instead of 0 seconds."
    pub fn replay_left(&self, left: &LeftView) -> String {
        let amount = |left: Option<u64>| match left {
            Some(seconds) => self.duration(seconds),
            None => self.text("replay-no-limit", &[]),
        };
        self.text(
            "replay-left",
            &[
                ("target", self.target_title(&left.target).into()),
                ("after", amount(left.after).into()),
                ("before", amount(left.before).into()),
                ("weekly", if left.weekly { "yes" } else { "no" }.into()),
            ],
        )
    }

    /// How the counted time of a day would have changed, where it would: "30 minutes less would have counted."
    pub fn replay_counted(&self, day: &ReplayDayView) -> Option<String> {
        let (key, difference) = if day.would_charge < day.charged {
            ("replay-counts-less", day.charged.saturating_sub(day.would_charge))
        } else {
            ("replay-counts-more", day.would_charge.saturating_sub(day.charged))
        };
        // What was not used was not counted either; that has been said.
        let lost = day.used.saturating_sub(day.kept);
        let says_more = difference >= 60 && (key == "replay-counts-more" || difference > lost);
        says_more.then(|| self.text(key, &[("duration", self.duration(difference).into())]))
    }
}

fn time_of_day(at: DateTime<Utc>, clock: &Clock) -> String {
    at.with_timezone(&clock.zone).format("%H:%M").to_string()
}
