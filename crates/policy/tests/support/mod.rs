//! A house with one engine and clocks that the test turns.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests state what must hold")]

use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use lanh_policy::*;
use std::collections::BTreeMap;
use std::time::Duration;

pub const AN: ChildId = ChildId(1);
pub const SECOND: Duration = Duration::from_secs(1);

pub fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

pub fn hours(count: u64) -> Duration {
    minutes(60 * count)
}

pub fn local(zone: Tz, text: &str) -> DateTime<Utc> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    zone.from_local_datetime(&local).earliest().unwrap().with_timezone(&Utc)
}

pub fn app(id: &str, category: Category) -> App {
    App { id: id.into(), name: id.to_owned(), category, rating: None }
}

pub fn mines() -> App {
    app("mines", Category::Game)
}

pub fn chess() -> App {
    app("chess", Category::Game)
}

pub fn tutor() -> App {
    app("tutor", Category::Learning)
}

pub fn daily(target: Target, amount: Duration) -> RuleKind {
    RuleKind::Allowance(Allowance { target, period: Period::Day([Some(amount); 7]) })
}

pub fn slot(from: &str, until: &str) -> Slot {
    let time = |text| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
    Slot { from: time(from), until: (until != "24:00").then(|| time(until)), free: false }
}

pub fn every_day(target: Target, slots: &[Slot]) -> RuleKind {
    RuleKind::Schedule(Schedule { target, slots: std::array::from_fn(|_| slots.to_vec()) })
}

pub fn account() -> Account {
    Account::from_uid(1001)
}

pub fn child(kinds: Vec<RuleKind>) -> Child {
    let rules = kinds.into_iter().zip(1..);
    Child {
        id: AN,
        name: "An".to_owned(),
        birth_year: 2016,
        accounts: vec![account()],
        rules: rules.map(|(kind, id)| Rule { id: RuleId(id), origin: Origin::Guardian, kind }).collect(),
        settings: Settings::default(),
    }
}

pub fn grant(id: u64, target: Target, amount: Duration, from: DateTime<Utc>) -> Grant {
    let until = from + TimeDelta::days(1);
    Grant { id: GrantId(id), child: AN, target, amount, from, until, drawn: Duration::ZERO }
}

#[derive(Clone)]
pub struct House {
    pub engine: Engine,
    pub now: Moment,
    pub log: Vec<(DateTime<Utc>, Effect)>,
    pub ledger: BTreeMap<IntervalId, LedgerEntry>,
    /// The refusals last set for the child.
    pub gate: std::sync::Arc<GateTable>,
    /// The corrections so far.
    pub corrections: Vec<Correction>,
    floor: Option<DateTime<Utc>>,
    anchor: Option<Anchor>,
    processes: Vec<(ProcessId, AppId)>,
    next_pid: u32,
}

impl House {
    /// A house with one child, at a local time, with one session in front.
    pub fn at(zone: Tz, time: &str, kinds: Vec<RuleKind>) -> Self {
        Self::with(zone, time, child(kinds))
    }

    pub fn with(zone: Tz, time: &str, child: Child) -> Self {
        let family = Family { zone, week_start: Weekday::Mon, children: vec![child] };
        let now = Moment {
            boot: BootId(1),
            since_boot: hours(1),
            awake: hours(1),
            wall: local(zone, time),
            trust: WallTrust::Unconfirmed,
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
        let engine = Engine::restore(now, restored);
        let mut house = Self {
            engine,
            now,
            log: Vec::new(),
            ledger: BTreeMap::new(),
            next_pid: 100,
            gate: Default::default(),
            corrections: Vec::new(),
            floor: None,
            anchor: None,
            processes: Vec::new(),
        };
        house.tell(Event::Tick);
        house.keep_anchor();
        // The sweep after the start is over, and nobody did anything.
        house.sleep(minutes(1));
        house.session(SessionState::Active);
        house.sees(Presence::Here(Focus::Other));
        house
    }

    /// A new engine from what was recorded so far.
    pub fn crash(&mut self, grants: Vec<Grant>) {
        let restored = Restored {
            family: self.engine.family().clone(),
            ledger: self.ledger.values().cloned().collect(),
            grants,
            corrections: self.corrections.clone(),
            floor: self.floor,
            next_interval: IntervalId(1),
            anchor: self.anchor,
        };
        self.engine = Engine::restore(self.now, restored);
        self.tell(Event::Tick);
        self.keep_anchor();
    }

    /// The machine is started anew, after its service stopped in order.
    pub fn reboot(&mut self, grants: Vec<Grant>) {
        self.tell(Event::Tick);
        self.keep_anchor();
        self.processes.clear();
        self.now.boot = BootId(self.now.boot.0 + 1);
        (self.now.since_boot, self.now.awake) = (SECOND * 20, SECOND * 20);
        self.now.wall += TimeDelta::minutes(1);
        self.crash(grants);
        self.session(SessionState::Active);
        self.sees(Presence::Here(Focus::Other));
    }

    fn keep_anchor(&mut self) {
        let Moment { boot, since_boot, .. } = self.now;
        self.anchor = Some(Anchor { boot, since_boot, wall: self.engine.trusted_now() });
    }

    pub fn tell(&mut self, event: Event) -> Vec<Effect> {
        let effects = self.engine.handle(self.now, event);
        for effect in &effects {
            if let Effect::Record(entry) = effect {
                self.ledger.insert(entry.id, entry.clone());
            }
            if let Effect::SetGate(AN, table) = effect {
                self.gate = table.clone();
            }
            if let Effect::KeepFloor(floor) = effect {
                self.floor = Some(*floor);
                self.keep_anchor();
            }
            self.log.push((self.engine.trusted_now(), effect.clone()));
        }
        // The machine obeys at once when it is told to close.
        for effect in &effects {
            if let Effect::Close { app, .. } = effect {
                self.exit(&app.id);
            }
        }
        effects
    }

    pub fn start(&mut self, app: &App) -> ProcessId {
        self.next_pid += 1;
        let process = ProcessId { pid: self.next_pid, started: 1 };
        self.processes.push((process, app.id.clone()));
        self.tell(Event::ProcessStarted { process, account: account(), session: None, app: app.clone() });
        process
    }

    /// Every process of an app ends.
    pub fn exit(&mut self, app: &AppId) {
        let (gone, left) = std::mem::take(&mut self.processes).into_iter().partition(|(_, of)| of == app);
        self.processes = left;
        let gone: Vec<(ProcessId, AppId)> = gone;
        for (process, _) in gone {
            self.tell(Event::ProcessExited(process));
        }
    }

    /// What still runs is reported again, as after a crash of the service.
    pub fn report(&mut self) {
        for (process, id) in self.processes.clone() {
            let app = [mines(), chess(), tutor()].into_iter().find(|app| app.id == id).unwrap();
            self.tell(Event::ProcessStarted { process, account: account(), session: None, app });
        }
    }

    pub fn session(&mut self, state: SessionState) {
        self.tell(Event::SessionChanged { session: "c1".into(), account: account(), state });
    }

    pub fn sees(&mut self, presence: Presence) {
        self.tell(Event::CompanionSees { session: "c1".into(), presence });
    }

    pub fn front(&mut self, app: &App) {
        self.sees(Presence::Here(Focus::App(app.id.clone())));
    }

    pub fn play(&mut self, app: &App) -> ProcessId {
        let process = self.start(app);
        self.front(app);
        process
    }

    pub fn give(&mut self, id: u64, target: Target, amount: Duration) -> Grant {
        let grant = grant(id, target, amount, self.engine.trusted_now());
        self.tell(Event::Granted(grant.clone()));
        grant
    }

    pub fn pass(&mut self, elapsed: Duration, awake: Duration) {
        self.now.since_boot += elapsed;
        self.now.awake += awake;
        self.now.wall += TimeDelta::from_std(elapsed).unwrap();
        self.tell(Event::Tick);
    }

    /// Time passes, and the engine is woken whenever it asked to be.
    pub fn run(&mut self, span: Duration) {
        let end = self.now.since_boot + span;
        let mut wakes = 0u32;
        while let Some(wake) = self.engine.next_wake().filter(|wake| *wake < end) {
            let step = wake.saturating_sub(self.now.since_boot);
            self.pass(step, step);
            wakes += 1;
            assert!(wakes < 200_000, "the engine asks to be woken without end");
        }
        let rest = end - self.now.since_boot;
        self.pass(rest, rest);
    }

    /// The machine sleeps.
    pub fn sleep(&mut self, span: Duration) {
        self.pass(span, Duration::ZERO);
    }

    pub fn run_until(&mut self, zone: Tz, time: &str) {
        let span = local(zone, time) - self.engine.trusted_now();
        self.run(span.to_std().unwrap());
    }

    pub fn standing(&self) -> Standing {
        self.engine.standing(AN).unwrap()
    }

    pub fn verdict(&self, app: &App) -> Verdict {
        self.engine.verdict(AN, app).unwrap()
    }

    /// The time booked on a series at such a cost.
    pub fn booked(&self, series: &Target, cost: impl Fn(Cost) -> bool) -> Duration {
        self.ledger
            .values()
            .filter(|entry| entry.target == *series && cost(entry.cost))
            .map(|entry| entry.used)
            .sum()
    }

    pub fn charged(&self, series: &Target) -> Duration {
        self.booked(series, |cost| cost == Cost::Charged)
    }

    pub fn holds(&self) -> usize {
        self.count(|effect| matches!(effect, Effect::Hold { .. }))
    }

    pub fn count(&self, wanted: impl Fn(&Effect) -> bool) -> usize {
        self.log.iter().filter(|(_, effect)| wanted(effect)).count()
    }

    /// The thresholds and the time left of the warnings so far.
    pub fn warnings(&self) -> Vec<(Duration, Duration)> {
        let warning = |(_, effect): &(_, Effect)| match effect {
            Effect::Warn(warning) => Some((warning.threshold, warning.left)),
            _ => None,
        };
        self.log.iter().filter_map(warning).collect()
    }

    pub fn denial(&self, app: &App) -> Reason {
        match self.verdict(app) {
            Verdict::Denied(reason) | Verdict::Held { reason, .. } => reason,
            other => panic!("{} is not denied but {other:?}", app.name),
        }
    }

    pub fn is_denied(&self, app: &App) -> bool {
        matches!(self.verdict(app), Verdict::Denied(_) | Verdict::Held { .. })
    }
}
