//! How much the engine can take in.

use crate::{Figure, Figures, Missing, broken};
use chrono::{TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Asia::Ho_Chi_Minh;
use lanh_policy::{
    Account, Allowance, App, AppId, BootId, Category, Child, ChildId, Engine, Event, Family, Focus,
    IntervalId, Moment, Origin, Period, Presence, ProcessId, Restored, Rule, RuleId, RuleKind, SessionId,
    SessionState, Settings, Target, WallTrust,
};
use std::time::Duration;

/// The child of the benchmark, and its user id.
pub(crate) const CHILD: ChildId = ChildId(1);
pub(crate) const CHILD_UID: u32 = 64_321;
/// How far time moves between two events; the engine charges no more than ten seconds unseen.
const STEP: Duration = Duration::from_secs(5);
const EVENTS: u32 = 200_000;
/// The quickest counts: what else the machine does only ever adds.
const ROUNDS: usize = 5;

/// A child with an hour of games a day, and an engine that was told of its session.
pub(crate) struct Play {
    engine: Engine,
    now: Moment,
    session: SessionId,
}

impl Play {
    /// Starts at seven in the morning in Vietnam.
    pub(crate) fn new(rules: Vec<RuleKind>) -> Option<Self> {
        let wall = Utc.with_ymd_and_hms(2026, 3, 2, 0, 0, 0).single()?;
        let now = Moment {
            boot: BootId(1),
            since_boot: Duration::from_secs(60),
            awake: Duration::from_secs(60),
            wall,
            trust: WallTrust::Confirmed,
        };
        let rules =
            (1..).zip(rules).map(|(id, kind)| Rule { id: RuleId(id), origin: Origin::Guardian, kind });
        let family = Family {
            zone: Ho_Chi_Minh,
            week_start: Weekday::Mon,
            children: vec![Child {
                id: CHILD,
                name: "An".to_owned(),
                birth_year: 2016,
                accounts: vec![Account::from_uid(CHILD_UID)],
                rules: rules.collect(),
                settings: Settings::default(),
            }],
        };
        let restored = Restored {
            family,
            ledger: Vec::new(),
            grants: Vec::new(),
            corrections: Vec::new(),
            floor: None,
            next_interval: IntervalId(1),
            anchor: None,
        };
        let mut play = Self { engine: Engine::restore(now, restored), now, session: SessionId::new("c1") };
        let session = play.session.clone();
        let account = Account::from_uid(CHILD_UID);
        play.tell(Event::SessionChanged { session, account, state: SessionState::Active });
        Some(play)
    }

    /// Passes on an event at the time that it is.
    pub(crate) fn tell(&mut self, event: Event) -> Vec<lanh_policy::Effect> {
        self.engine.handle(self.now, event)
    }

    /// A game comes to the front.
    pub(crate) fn start(&mut self, process: ProcessId, app: &App) {
        let account = Account::from_uid(CHILD_UID);
        let session = self.session.clone();
        self.tell(Event::ProcessStarted { process, account, session: Some(session), app: app.clone() });
        self.tell(self.sees(app));
    }

    /// The companion sees the game in front.
    fn sees(&self, app: &App) -> Event {
        let presence = Presence::Here(Focus::App(app.id.clone()));
        Event::CompanionSees { session: self.session.clone(), presence }
    }

    /// Lets a few seconds pass.
    pub(crate) fn pass(&mut self) {
        self.now.since_boot += STEP;
        self.now.awake += STEP;
        if let Ok(step) = TimeDelta::from_std(STEP) {
            self.now.wall += step;
        }
    }
}

/// At most an hour of games a day.
pub(crate) fn an_hour_of_games() -> RuleKind {
    RuleKind::Allowance(Allowance {
        target: Target::Category(Category::Game),
        period: Period::Day([Some(Duration::from_secs(3600)); 7]),
    })
}

/// A game by its number.
pub(crate) fn game(number: u32) -> App {
    App {
        id: AppId::new(format!("desktop:game-{number}")),
        name: format!("Game {number}"),
        category: Category::Game,
        rating: None,
    }
}

/// Days of play with four games that take turns, under several rules at once.
pub(crate) fn measure() -> Figures {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        best = best.min(a_round()?);
    }
    Ok(vec![Figure { name: "engine_events_per_s", value: f64::from(EVENTS) / best, unit: "1/s" }])
}

/// The processor seconds of one round.
fn a_round() -> Result<f64, Missing> {
    let screen = RuleKind::Allowance(Allowance {
        target: Target::Screen,
        period: Period::Week(Duration::from_secs(36_000)),
    });
    let each = RuleKind::Allowance(Allowance {
        target: Target::Each(Category::Game),
        period: Period::Day([Some(Duration::from_secs(1800)); 7]),
    });
    let mut play = Play::new(vec![an_hour_of_games(), screen, each])
        .ok_or_else(|| Missing::Broken("the day of the benchmark does not exist".to_owned()))?;
    let games: Vec<_> = (0..4).map(game).collect();
    for (number, app) in (1..).zip(&games) {
        play.start(ProcessId { pid: number, started: 1 }, app);
    }
    let from = own_time()?;
    let mut effects = 0;
    for app in games.iter().cycle().take(usize::try_from(EVENTS).unwrap_or(usize::MAX)) {
        play.pass();
        effects += play.tell(play.sees(app)).len();
    }
    let seconds = own_time()? - from;
    // An engine that does nothing is fast, but not a measure.
    if effects == 0 {
        return Err(Missing::Broken("the engine had no effect in days of play".to_owned()));
    }
    Ok(seconds)
}

/// The processor seconds of this thread: what one core needs, whoever else uses it meanwhile.
fn own_time() -> Result<f64, Missing> {
    let text =
        std::fs::read_to_string("/proc/thread-self/schedstat").map_err(broken("no processor times"))?;
    let nanoseconds: f64 =
        text.split_whitespace().next().and_then(|time| time.parse().ok()).unwrap_or_default();
    Ok(nanoseconds / 1e9)
}
