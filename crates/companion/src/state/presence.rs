//! From what the sensors see to what the service is told.

use crate::sense::{InhibitorSource, Sight};
use lanh_protocol::{FocusReport, PresenceReport};
use std::collections::BTreeSet;
use std::time::Duration;

/// The shortest time between two reports: a window manager that passes the focus around in a burst makes
/// one report, of where it came to rest.
const SHORTEST_GAP: Duration = Duration::from_millis(250);

/// What is known about the person in front of the screen. All instants are times since any fixed start.
#[derive(Debug)]
pub(crate) struct Presence {
    report_every: Duration,
    /// Once the sensor has called it idle: when it did, and how long ago the last touch was then. The touch may lie
    /// before the start.
    idle: Option<(Duration, Duration)>,
    inhibitors: BTreeSet<InhibitorSource>,
    focus: FocusReport,
    sent: Option<(Duration, PresenceReport)>,
}

impl Presence {
    /// Nothing seen yet: somebody is there, and what they use is unknown.
    pub(crate) fn new(report_every: Duration) -> Self {
        Self {
            report_every: report_every.max(SHORTEST_GAP),
            idle: None,
            inhibitors: BTreeSet::new(),
            focus: FocusReport::Unknown,
            sent: None,
        }
    }

    /// A new listener, who knows nothing and wants to hear so often.
    pub(crate) fn start_over(&mut self, report_every: Duration) {
        self.report_every = report_every.max(SHORTEST_GAP);
        self.sent = None;
    }

    /// Takes in what a sensor saw.
    pub(crate) fn see(&mut self, now: Duration, sight: Sight) {
        match sight {
            Sight::Idle { since_touch } => self.idle = Some((now, since_touch)),
            Sight::Active => self.idle = None,
            Sight::Inhibited { by, held: true } => {
                self.inhibitors.insert(by);
            }
            Sight::Inhibited { by, held: false } => {
                self.inhibitors.remove(&by);
            }
            Sight::Focus(focus) => self.focus = focus,
            Sight::Blind => {
                self.idle = None;
                self.focus = FocusReport::Unknown;
            }
        }
    }

    /// The report that is due now, taken as sent.
    pub(crate) fn report(&mut self, now: Duration) -> Option<PresenceReport> {
        let current = self.current(now);
        let due = match &self.sent {
            None => true,
            Some((at, sent)) => {
                let since = now.saturating_sub(*at);
                since >= self.report_every || (since >= SHORTEST_GAP && !same(sent, &current))
            }
        };
        due.then(|| {
            self.sent = Some((now, current.clone()));
            current
        })
    }

    /// When [`report`](Self::report) is next worth calling if nothing more is seen.
    pub(crate) fn next_wake(&self, now: Duration) -> Duration {
        match &self.sent {
            None => now,
            Some((at, sent)) if same(sent, &self.current(now)) => *at + self.report_every,
            Some((at, _)) => *at + SHORTEST_GAP,
        }
    }

    fn current(&self, now: Duration) -> PresenceReport {
        match self.idle {
            Some((seen, since_touch)) if self.inhibitors.is_empty() => {
                PresenceReport::Away { idle: (since_touch + now.saturating_sub(seen)).as_secs() }
            }
            _ => PresenceReport::Here { focus: self.focus.clone() },
        }
    }
}

/// Whether two reports say the same; a growing idle time is no news.
fn same(one: &PresenceReport, other: &PresenceReport) -> bool {
    match (one, other) {
        (PresenceReport::Away { .. }, PresenceReport::Away { .. }) => true,
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_secs(20);

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn pid(pid: u32) -> FocusReport {
        FocusReport::Process { pid }
    }

    fn here(focus: FocusReport) -> PresenceReport {
        PresenceReport::Here { focus }
    }

    /// Plays `sights` at their milliseconds, waking exactly when the state asks, and returns every report.
    fn play(sights: &[(u64, Sight)], until: u64) -> Vec<(u64, PresenceReport)> {
        let mut presence = Presence::new(EVERY);
        let mut reports = Vec::new();
        let mut sights = sights.iter();
        let mut next = sights.next();
        let mut now = at(0);
        loop {
            if let Some((when, sight)) = next
                && at(*when) <= now
            {
                presence.see(now, sight.clone());
                next = sights.next();
                continue;
            }
            if let Some(report) = presence.report(now) {
                reports.push((u64::try_from(now.as_millis()).unwrap(), report));
            }
            let wake = presence.next_wake(now);
            assert!(wake > now, "asks to be woken in the past: {wake:?} at {now:?}");
            now = next.map_or(wake, |(when, _)| wake.min(at(*when)));
            if now > at(until) {
                return reports;
            }
        }
    }

    #[test]
    fn before_anything_is_seen_focus_is_unknown_and_somebody_is_there() {
        assert_eq!(play(&[], 0), [(0, here(FocusReport::Unknown))]);
    }

    #[test]
    fn a_change_is_reported_at_once_and_silence_every_so_often() {
        assert_eq!(
            play(&[(5_000, Sight::Focus(pid(7)))], 46_000),
            [
                (0, here(FocusReport::Unknown)),
                (5_000, here(pid(7))),
                (25_000, here(pid(7))),
                (45_000, here(pid(7)))
            ]
        );
    }

    #[test]
    fn a_burst_of_changes_makes_one_report_of_the_last() {
        let burst = [
            (1_000, Sight::Focus(pid(1))),
            (1_050, Sight::Focus(FocusReport::Nothing)),
            (1_100, Sight::Focus(pid(2))),
            (1_200, Sight::Focus(pid(3))),
        ];
        assert_eq!(
            play(&burst, 5_000),
            [(0, here(FocusReport::Unknown)), (1_000, here(pid(1))), (1_250, here(pid(3)))]
        );
    }

    #[test]
    fn a_flicker_that_ends_where_it_began_is_no_news() {
        let flicker = [
            (1_000, Sight::Focus(pid(1))),
            (1_050, Sight::Focus(FocusReport::Nothing)),
            (1_100, Sight::Focus(pid(1))),
        ];
        assert_eq!(play(&flicker, 5_000), [(0, here(FocusReport::Unknown)), (1_000, here(pid(1)))]);
    }

    #[test]
    fn idle_is_away_with_the_time_since_the_last_touch() {
        let sights = [
            (1_000, Sight::Focus(pid(1))),
            (90_000, Sight::Idle { since_touch: at(60_000) }),
            (95_000, Sight::Active),
        ];
        let reports = play(&sights, 96_000);
        assert!(reports.contains(&(90_000, PresenceReport::Away { idle: 60 })), "{reports:?}");
        assert_eq!(reports.last(), Some(&(95_000, here(pid(1)))));
    }

    #[test]
    fn a_touch_before_the_start_counts_in_full() {
        let reports = play(&[(100, Sight::Idle { since_touch: at(60_000) })], 1_000);
        assert_eq!(reports.last(), Some(&(250, PresenceReport::Away { idle: 60 })));
    }

    #[test]
    fn away_repeats_with_the_grown_idle_time() {
        let reports = play(&[(60_000, Sight::Idle { since_touch: at(60_000) })], 81_000);
        assert_eq!(
            reports.get(reports.len() - 2..),
            Some(
                &[(60_000, PresenceReport::Away { idle: 60 }), (80_000, PresenceReport::Away { idle: 80 })][..]
            )
        );
    }

    #[test]
    fn a_film_is_not_absence_and_its_end_is() {
        let film = InhibitorSource::Logind;
        let sights = [
            (1_000, Sight::Inhibited { by: film, held: true }),
            (60_000, Sight::Idle { since_touch: at(60_000) }),
            (100_500, Sight::Inhibited { by: film, held: false }),
        ];
        let reports = play(&sights, 100_500);
        assert_eq!(reports.last(), Some(&(100_500, PresenceReport::Away { idle: 100 })));
        assert!(
            reports.iter().rev().skip(1).all(|(_, report)| matches!(report, PresenceReport::Here { .. })),
            "{reports:?}"
        );
    }

    #[test]
    fn two_inhibitors_hold_until_both_are_gone() {
        let [one, two] = [InhibitorSource::Logind, InhibitorSource::Session];
        let held = |by, held| Sight::Inhibited { by, held };
        let mut presence = Presence::new(EVERY);
        for sight in [held(one, true), held(two, true), Sight::Idle { since_touch: at(0) }, held(one, false)]
        {
            presence.see(at(0), sight);
        }
        assert_eq!(presence.report(at(0)), Some(here(FocusReport::Unknown)));
        presence.see(at(0), held(two, false));
        assert_eq!(presence.report(at(1_000)), Some(PresenceReport::Away { idle: 1 }));
    }

    #[test]
    fn a_sensor_that_goes_blind_makes_the_counting_strict() {
        let sights = [
            (1_000, Sight::Focus(pid(1))),
            (2_000, Sight::Idle { since_touch: at(1_000) }),
            (3_000, Sight::Blind),
        ];
        assert_eq!(play(&sights, 4_000).last(), Some(&(3_000, here(FocusReport::Unknown))));
    }
}
