//! A machine with its clocks, sessions, processes and disk. It obeys the engine as a real one does: programs
//! take a while to close, sessions to lock, the service dies between an effect and its being written.
//! Everything that the engine says is compared with the reference at once.

use super::disk::Disk;
use super::family::{COPY, catalogue};
use super::life::{Act, ChildAct, HouseAct, change};
use super::model::{Hold, Model, Price, Second, Series, Step, moment, seconds};
use chrono::NaiveDate;
use fastrand::Rng;
use lanh_policy::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// The written state may be this many seconds behind: the flush interval.
const FLUSH: i64 = 5;

/// What a failed check says.
pub type Check = Result<(), String>;

macro_rules! ensure {
    ($condition:expr, $($text:tt)+) => {
        if !$condition {
            return Err(format!($($text)+));
        }
    };
}

struct Process {
    id: ProcessId,
    account: Account,
    app: usize,
}

struct Seat {
    account: Account,
    child: usize,
    state: SessionState,
    presence: Option<Presence>,
    /// The app that the child really looks at, as long as the companion tells no lie that only it could
    /// tell.
    truth: Option<usize>,
}

enum Chore {
    End(ProcessId),
    Lock(SessionId),
}

/// An end that was announced, and is to come at this second if nothing interferes.
struct Promise {
    child: ChildId,
    app: Option<usize>,
    at: Second,
    told: Warning,
    /// What the child had earned that day. Time that is earned later moves an end that was announced.
    earned: i64,
}

pub struct World<D> {
    pub disk: D,
    apps: Vec<App>,
    engine: Engine,
    model: Model,
    family: Family,
    rng: Rng,
    // Clocks.
    /// True time, in seconds since 1970.
    pub now: i64,
    boot: u128,
    since_boot: i64,
    awake: i64,
    /// How far the wall clock is ahead of true time.
    wall_error: i64,
    trust: WallTrust,
    // The machine.
    processes: Vec<Process>,
    seats: BTreeMap<SessionId, Seat>,
    next_pid: u32,
    chores: Vec<(i64, Chore)>,
    /// What the effects since the start of the service did to a program.
    kernel: BTreeMap<(ChildId, usize), Step>,
    gates: HashMap<ChildId, Arc<GateTable>>,
    next_rule: u64,
    next_child: u64,
    next_grant: u64,
    last_grant: Option<Grant>,
    grants: BTreeMap<GrantId, Grant>,
    next_correction: u64,
    last_correction: Option<Correction>,
    // The service.
    crash_after: Option<(usize, i64)>,
    starved_until: i64,
    /// How long nobody had called the engine when it was called last.
    gap: i64,
    // What is watched.
    locked_at: HashMap<SessionId, i64>,
    /// Since when nothing but time has happened.
    calm_since: Second,
    warned: Vec<(ChildId, Second, Duration)>,
    promises: Vec<Promise>,
    /// Time in which a child really used an app.
    real: HashMap<(ChildId, NaiveDate, usize), i64>,
    /// Seconds that a crash or a gap may have lost since the day began.
    excused: i64,
    looks: u64,
    pub events: u64,
    pub trace: VecDeque<String>,
}

impl<D: Disk> World<D> {
    pub fn new(family: Family, start: i64, mut disk: D, rng: Rng) -> Result<Self, String> {
        let family = disk.keep_family(&family);
        let next_rule = 1 + family
            .children
            .iter()
            .flat_map(|child| &child.rules)
            .map(|rule| rule.id.0)
            .max()
            .unwrap_or_default();
        let now = instant(1, 60, 60, start, WallTrust::Unconfirmed);
        let restored = disk.read_again(now);
        let apps = catalogue();
        let mut world = Self {
            disk,
            model: Model::new(&family, apps.clone(), start),
            apps,
            engine: Engine::restore(now, restored),
            next_child: family.children.iter().map(|child| child.id.0).max().unwrap_or_default() + 1,
            family,
            rng,
            now: start,
            boot: 1,
            since_boot: 60,
            awake: 60,
            wall_error: 0,
            trust: WallTrust::Unconfirmed,
            processes: Vec::new(),
            seats: BTreeMap::new(),
            next_pid: 100,
            chores: Vec::new(),
            kernel: BTreeMap::new(),
            gates: HashMap::new(),
            next_rule,
            next_grant: 1,
            last_grant: None,
            grants: BTreeMap::new(),
            next_correction: 0,
            last_correction: None,
            crash_after: None,
            starved_until: 0,
            gap: 0,
            locked_at: HashMap::new(),
            calm_since: start,
            warned: Vec::new(),
            promises: Vec::new(),
            real: HashMap::new(),
            excused: 0,
            looks: 0,
            events: 0,
            trace: VecDeque::new(),
        };
        world.tell(Event::Tick)?;
        world.keep_anchor();
        Ok(world)
    }

    fn moment(&self) -> Moment {
        instant(self.boot, self.since_boot, self.awake, self.now + self.wall_error, self.trust)
    }

    fn note(&mut self, text: impl FnOnce() -> String) {
        if self.trace.len() >= 60 {
            self.trace.pop_front();
        }
        self.trace.push_back(format!("{} {}", moment(self.model.now).format("%F %T"), text()));
    }

    // Time.

    /// Lets time pass until true time `end`; the service calls the engine when it asked for it.
    pub fn run_until(&mut self, end: i64) -> Check {
        while self.now < end {
            let wake = match self.engine.next_wake() {
                Some(wake) => {
                    ensure!(wake.subsec_nanos() == 0, "asks to be woken at a fraction of a second: {wake:?}");
                    self.now + (seconds(wake) - self.since_boot)
                }
                None => i64::MAX,
            };
            ensure!(wake > self.now, "asks to be woken in the past, at {wake}, now is {}", self.now);
            let wake = wake.max(self.starved_until);
            let chore = self.chores.iter().map(|(at, _)| *at).min().unwrap_or(i64::MAX);
            let next = wake.min(chore).min(end).max(self.now);
            self.pass(next - self.now, next - self.now);
            let (due, later) =
                std::mem::take(&mut self.chores).into_iter().partition(|(at, _)| *at <= self.now);
            self.chores = later;
            let due: Vec<(i64, Chore)> = due;
            if due.is_empty() || next == wake {
                self.tell(Event::Tick)?;
            }
            for (_, chore) in due {
                match chore {
                    Chore::End(process) => self.end(process)?,
                    Chore::Lock(session) => self.set_session(&session, SessionState::Locked)?,
                }
            }
        }
        Ok(())
    }

    /// Clocks go on. The engine hears of it with the next event.
    fn pass(&mut self, elapsed: i64, awake: i64) {
        self.note_real_use(awake);
        self.gap = awake;
        self.now += elapsed;
        self.since_boot += elapsed;
        self.awake += awake;
        self.model.pass(elapsed, awake);
        if awake > 10 {
            // A gap: all but ten seconds of it may be lost, and an end within it comes late.
            self.excused += awake - 10;
            self.disturb();
        }
        if elapsed != awake {
            self.disturb();
        }
    }

    fn note_real_use(&mut self, awake: i64) {
        let date = self.model.date_of(self.model.now);
        let mut used = BTreeSet::new();
        for seat in self.seats.values().filter(|seat| seat.state == SessionState::Active) {
            let Some(app) = seat.truth else { continue };
            let Some(child) = self.family.children.get(seat.child) else { continue };
            let frozen = self.kernel.get(&(child.id, app)) == Some(&Step::Frozen);
            let runs =
                self.processes.iter().any(|process| process.app == app && process.account == seat.account);
            if runs && !frozen {
                used.insert((child.id, app));
            }
        }
        for (child, app) in used {
            *self.real.entry((child, date, app)).or_default() += awake;
        }
    }

    fn disturb(&mut self) {
        self.calm_since = self.model.now;
        self.promises.clear();
    }

    // The service.

    /// Tells the engine, performs what it answers, and compares.
    fn tell(&mut self, event: Event) -> Check {
        self.events += 1;
        if event != Event::Tick {
            self.disturb();
            self.note(|| short(&event));
        }
        if self.trust == WallTrust::Confirmed && self.now + self.wall_error > self.model.now {
            self.model.jump(self.now + self.wall_error);
            self.disturb();
        }
        let before: Vec<BTreeSet<usize>> =
            self.model.people.iter().map(|person| person.in_use.apps.clone()).collect();
        let effects = self.engine.handle(self.moment(), event.clone());
        self.model.take(&event);
        let quiet = event == Event::Tick
            && effects.iter().all(|effect| matches!(effect, Effect::Record(_) | Effect::KeepFloor(_)));
        let mut texts = BTreeMap::new();
        for (number, effect) in effects.into_iter().enumerate() {
            if self.crash_after.is_some_and(|(after, _)| number >= after) {
                let (_, down) = self.crash_after.take().unwrap_or_default();
                self.note(|| format!("the service dies before {}", kind(&effect)));
                return self.start_again(down);
            }
            if let Effect::ShowHealthText(child, ..) = &effect {
                *texts.entry(*child).or_insert(0) += 1;
            }
            self.perform(effect, &before)?;
        }
        for person in &mut self.model.people {
            let due = std::mem::take(&mut person.texts_due);
            let told = texts.get(&person.profile.id).copied().unwrap_or_default();
            ensure!(
                due == told,
                "{} health texts were shown to {}, {due} were due",
                told,
                person.profile.name
            );
        }
        self.compare(quiet)
    }

    fn perform(&mut self, effect: Effect, before: &[BTreeSet<usize>]) -> Check {
        if !matches!(effect, Effect::Record(_) | Effect::KeepFloor(_) | Effect::StandingChanged(_)) {
            self.note(|| format!("  -> {}", kind(&effect)));
        }
        match effect {
            Effect::Record(entry) => {
                let span = entry.until - entry.from;
                ensure!(entry.used.subsec_nanos() == 0, "fractions of a second are booked: {entry:?}");
                ensure!(span.num_seconds() >= seconds(entry.used), "more is booked than passed: {entry:?}");
                let first = self.model.date_of(entry.from.timestamp());
                let last = self.model.date_of(entry.until.timestamp() - 1);
                ensure!(first == last, "an interval crosses midnight: {entry:?}");
                self.disk.record(&entry);
            }
            Effect::KeepFloor(floor) => {
                self.disk.keep_floor(floor);
                self.keep_anchor();
            }
            Effect::SetGate(child, table) => {
                self.gates.insert(child, table);
            }
            Effect::Hold { child, app, reason, closes_at, saves_left } => {
                let app = self.app(&app.id);
                let place = self.place(child)?;
                let hold = self.model.people[place].holds.get(&app).copied();
                ensure!(
                    hold.is_some_and(
                        |hold| hold.closes_at == closes_at.timestamp() && hold.saves_left == saves_left
                    ),
                    "{} is held until {closes_at} with {saves_left} saves left, expected {hold:?}",
                    self.apps[app].name
                );
                if self.kernel.insert((child, app), Step::Frozen).is_none() {
                    if before.get(place).is_some_and(|apps| apps.contains(&app)) {
                        self.was_warned(place, app, &reason)?;
                    }
                    // What runs has changed.
                    self.promises.retain(|promise| promise.child != child);
                    self.calm_since = self.model.now;
                }
            }
            Effect::Release { child, app, save_until } => {
                let app = self.app(&app.id);
                match save_until {
                    Some(until) => self.kernel.insert((child, app), Step::Thawed(until.timestamp())),
                    None => self.kernel.remove(&(child, app)),
                };
                self.disturb();
            }
            Effect::Close { child, app, manner, .. } => {
                let app = self.app(&app.id);
                self.kernel.insert((child, app), Step::Closing);
                self.disturb();
                let grace = match manner {
                    CloseManner::Polite { grace } => seconds(grace),
                    CloseManner::AtOnce => 1,
                };
                // One in ten does not end at the first time of asking.
                if self.rng.u8(..10) > 0 {
                    let at = self.now + self.rng.i64(0..=grace);
                    for process in self.running(child, app) {
                        self.chores.push((at, Chore::End(process)));
                    }
                }
            }
            Effect::LockSession { child, session, .. } => {
                let place = self.place(child)?;
                ensure!(self.model.must_lock(place), "{session} is locked although the screen is open");
                self.locked_at.insert(session.clone(), self.now);
                if self.rng.u8(..4) > 0 {
                    self.chores.push((self.now + self.rng.i64(0..8), Chore::Lock(session)));
                }
            }
            Effect::Warn(warning) => {
                ensure!(
                    !warning.left.is_zero() && warning.left <= warning.threshold,
                    "a warning that is none: {warning:?}"
                );
                let place = self.place(warning.child)?;
                let known = &self.model.people[place].profile.settings.warn_at;
                ensure!(known.contains(&warning.threshold), "nobody asked for this warning: {warning:?}");
                self.warned.push((warning.child, self.model.now, warning.left));
                let app = warning.app.as_ref().map(|app| self.app(&app.id));
                let at = self.model.now + seconds(warning.left);
                let earned = self.model.earned_in_all(place);
                self.promises.push(Promise { child: warning.child, app, at, told: warning, earned });
            }
            Effect::ShowHealthText(..) | Effect::UnlockSession(..) | Effect::StandingChanged(_) => {}
        }
        Ok(())
    }

    /// A program in use is held: each threshold within the calm time before must have been told.
    fn was_warned(&self, place: usize, app: usize, reason: &Reason) -> Check {
        let person = &self.model.people[place];
        for threshold in &person.profile.settings.warn_at {
            let due = self.model.now - seconds(*threshold);
            if due > self.calm_since {
                ensure!(
                    self.warned.iter().any(|(child, at, left)| {
                        *child == person.profile.id && *at == due && left == threshold
                    }),
                    "{} is held by {:?} without the warning {threshold:?} before; told: {:?}",
                    self.apps[app].name,
                    reason.cause,
                    self.warned
                );
            }
        }
        Ok(())
    }

    // Comparing.

    fn compare(&mut self, quiet: bool) -> Check {
        self.looks += 1;
        let now = self.model.now;
        ensure!(
            self.engine.trusted_now().timestamp() == now,
            "trusted time is {}, expected {}",
            self.engine.trusted_now(),
            moment(now)
        );
        self.keep_promises()?;
        if quiet && !self.looks.is_multiple_of(16) {
            return Ok(());
        }
        for place in 0..self.model.people.len() {
            self.compare_refusals(place)?;
            self.compare_locks(place)?;
            if !quiet || self.looks.is_multiple_of(64) {
                self.compare_standing(place)?;
            }
        }
        let oldest = now - 2 * 3600;
        self.warned.retain(|(_, at, _)| *at > oldest);
        Ok(())
    }

    fn keep_promises(&mut self) -> Check {
        let now = self.model.now;
        for promise in &self.promises {
            if promise.at > now {
                continue;
            }
            let place = self.place(promise.child)?;
            if self.model.earned_in_all(place) > promise.earned {
                continue;
            }
            let over = match promise.app {
                Some(app) => {
                    let screen =
                        promise.told.target == Target::Screen && self.model.screen_closed(place).is_some();
                    screen || self.model.is_refused(place, app)
                }
                None => self.model.screen_closed(place).is_some(),
            };
            ensure!(over, "an end was announced that does not come: {:?}", promise.told);
        }
        self.promises.retain(|promise| promise.at > now);
        Ok(())
    }

    fn compare_refusals(&self, place: usize) -> Check {
        let person = &self.model.people[place];
        let child = person.profile.id;
        for number in 0..self.apps.len() {
            let app = &self.apps[number];
            let refused = self.model.is_refused(place, number);
            let gate = self.gates.get(&child).and_then(|gate| gate.refusal(app));
            ensure!(
                gate.is_some() == refused,
                "the gate says {gate:?} to {} for {}, expected refused: {refused}",
                app.name,
                person.profile.name
            );
            let hold: Option<&Hold> = person.holds.get(&number);
            let did = self.kernel.get(&(child, number));
            if self.model.runs_for(place, number) {
                // Who was asked to close before the rules said yes again is not called back.
                let asked_before = hold.is_none() && did == Some(&Step::Closing);
                ensure!(
                    asked_before || did == hold.map(|hold| &hold.step),
                    "{} of {} is {did:?}, expected {hold:?}",
                    app.name,
                    person.profile.name
                );
            }
        }
        Ok(())
    }

    fn compare_locks(&self, place: usize) -> Check {
        if !self.model.must_lock(place) {
            return Ok(());
        }
        for (id, _) in &self.model.people[place].in_use.fronts {
            let must = !self.model.is_spared(place, id);
            let told = self.locked_at.get(id).copied().unwrap_or(i64::MIN);
            ensure!(
                !must || self.now.saturating_sub(told) <= 10 || self.starved_until >= self.now - 10,
                "{id} is in front although the screen is over, and was told to lock at {told}, now is {}",
                self.now
            );
        }
        Ok(())
    }

    fn compare_standing(&self, place: usize) -> Check {
        let person = &self.model.people[place];
        let child = person.profile.id;
        let name = &person.profile.name;
        let standing = self.engine.standing(child).ok_or("a child is missing")?;
        let date = person.date();
        let used = |series: Series| person.used.get(&(date, series)).copied().unwrap_or_default();
        ensure!(
            seconds(standing.used_today) == used(Series::Screen).all(),
            "{name} sees {:?} today, expected {:?}",
            standing.used_today,
            used(Series::Screen)
        );
        for line in &standing.budgets {
            let series = self.model.series(&line.target).ok_or("a budget of no series")?;
            let rule = person.profile.rules.iter().find(|rule| rule.id == line.rule);
            let Some(RuleKind::Allowance(allowance)) = rule.map(|rule| &rule.kind) else {
                return Err(format!("a budget without its rule: {line:?}"));
            };
            let expected = self.model.used_in_period(place, &allowance.period, series);
            let left = self.model.amount_for(place, allowance).map(|amount| (amount - expected).max(0));
            ensure!(
                seconds(line.used) == expected.max(0)
                    && left == Some(seconds(line.amount.saturating_sub(line.used))),
                "{name} sees {line:?}, expected {expected} s and {left:?} s left"
            );
            let counting = person.in_use.prices.get(&series) == Some(&Price::Charged);
            ensure!(line.counting == counting, "{name} sees {line:?}, counting: {counting}");
        }
        let left: BTreeMap<GrantId, i64> =
            standing.grants.iter().map(|(id, _, left)| (*id, seconds(*left))).collect();
        let expected: BTreeMap<GrantId, i64> = person
            .given
            .iter()
            .filter(|given| given.grant.until.timestamp() > self.model.now)
            .map(|given| (given.grant.id, seconds(given.grant.amount) - given.drawn))
            .filter(|(_, left)| *left > 0)
            .collect();
        ensure!(left == expected, "{name} has grants {left:?}, expected {expected:?}");
        let in_use: Vec<AppId> = person.in_use.apps.iter().map(|app| self.apps[*app].id.clone()).collect();
        ensure!(standing.in_use == in_use, "{name} uses {:?}, expected {in_use:?}", standing.in_use);
        for (number, app) in self.apps.iter().enumerate() {
            let verdict = self.engine.verdict(child, app).ok_or("a child is missing")?;
            let (refused, held) = (self.model.is_refused(place, number), person.holds.contains_key(&number));
            let agrees = match &verdict {
                Verdict::Denied(_) => refused && !held,
                Verdict::Held { .. } => refused && held,
                Verdict::Allowed { .. } | Verdict::Warned { .. } => !refused,
            };
            ensure!(agrees, "the verdict over {} is {verdict:?}, expected refused: {refused}", app.name);
        }
        Ok(())
    }

    /// The end of a day: the ledger sums to what was seen, and nothing was used that was not booked.
    pub fn close_day(&mut self) -> Check {
        let now = self.moment();
        let restored = self.disk.read_again(now);
        self.compare_ledger(&restored.ledger)?;
        for ((child, date, app), used) in &self.real {
            let Some(place) = self.model.place(*child) else { continue };
            let Some(booked) = self.model.people[place].used.get(&(*date, Series::App(*app))) else {
                continue;
            };
            ensure!(
                *used <= booked.all() + self.excused,
                "{} was used {used} s on {date}, booked were {booked:?} ({} s excused)",
                self.apps[*app].name,
                self.excused
            );
        }
        self.real.clear();
        self.excused = 0;
        Ok(())
    }

    /// The ledger on disk may be behind what the child sees by what is not written yet.
    fn compare_ledger(&mut self, ledger: &[LedgerEntry]) -> Check {
        let written = Model::restored(&self.family, self.apps.clone(), self.model.now, ledger, &[], &[]);
        for (person, on_disk) in self.model.people.iter().zip(&written.people) {
            let behind = if person.in_use.prices.is_empty() { 0 } else { FLUSH };
            let matters = self.model.date_of(self.model.now) - chrono::TimeDelta::days(8);
            for (key, seen) in person.used.iter().filter(|((date, _), _)| *date > matters) {
                let kept = on_disk.used.get(key).copied().unwrap_or_default();
                let lag = seen.all() - kept.all();
                ensure!(
                    (0..=behind).contains(&lag)
                        && kept.charged <= seen.charged
                        && kept.granted <= seen.granted,
                    "{} sees {seen:?} on {key:?}, the ledger has {kept:?}",
                    person.profile.name
                );
            }
        }
        Ok(())
    }

    // Crashes.

    /// The service starts after `down` seconds without it, in the same boot.
    fn start_again(&mut self, down: i64) -> Check {
        self.note_real_use(down);
        self.now += down;
        self.since_boot += down;
        self.awake += down;
        self.excused += down + FLUSH + self.gap.max(FLUSH);
        self.restore()?;
        let seats: Vec<_> =
            self.seats.iter().map(|(id, seat)| (id.clone(), seat.account.clone(), seat.state)).collect();
        for (session, account, state) in seats {
            self.tell(Event::SessionChanged { session, account, state })?;
        }
        // The companions come back, then what runs is met.
        let seats: Vec<_> = self.seats.iter().map(|(id, seat)| (id.clone(), seat.presence.clone())).collect();
        for (session, presence) in seats {
            if let Some(presence) = presence {
                self.tell(Event::CompanionSees { session, presence })?;
            }
        }
        let running: Vec<_> =
            self.processes.iter().map(|process| (process.id, process.account.clone(), process.app)).collect();
        for (process, account, app) in running {
            let app = self.apps[app].clone();
            self.tell(Event::ProcessStarted { process, account, session: None, app })?;
        }
        Ok(())
    }

    /// A new engine from the disk. Nothing may be lost but the last flush interval.
    fn restore(&mut self) -> Check {
        self.crash_after = None;
        let now = self.moment();
        let restored = self.disk.read_again(now);
        let started_anew = restored.anchor.is_some_and(|anchor| anchor.boot != now.boot);
        let floor = restored.floor.map_or(i64::MIN, |floor| floor.timestamp());
        let trusted = now.anchored(restored.anchor).wall.timestamp().max(floor);
        let before = std::mem::replace(
            &mut self.model,
            Model::restored(
                &self.family,
                self.apps.clone(),
                trusted,
                &restored.ledger,
                &restored.grants,
                &restored.corrections,
            ),
        );
        if started_anew {
            self.model.nothing_was_held();
        }
        // The floor is kept every minute while something counts.
        ensure!(
            trusted >= before.counted_until - 60,
            "trusted time went back to {}, although something counted at {}",
            moment(trusted),
            moment(before.counted_until)
        );
        self.compare_after_crash(&before)?;
        self.engine = Engine::restore(now, restored);
        self.kernel.clear();
        self.gates.clear();
        self.locked_at.clear();
        self.disturb();
        self.note(|| "the service starts".to_owned());
        self.tell(Event::Tick)?;
        self.keep_anchor();
        Ok(())
    }

    fn compare_after_crash(&self, before: &Model) -> Check {
        for (old, new) in before.people.iter().zip(&self.model.people) {
            let name = &old.profile.name;
            // One flush interval was not written, and the time since that was being written.
            let most = FLUSH + self.gap.max(FLUSH);
            let lost = |before: i64, after: i64| (0..=most).contains(&(before - after));
            // What is older matters to no rule, and the service does not read it again.
            let matters = self.model.date_of(before.now) - chrono::TimeDelta::days(8);
            for (key, seen) in old.used.iter().filter(|((date, _), _)| *date > matters) {
                let kept = new.used.get(key).copied().unwrap_or_default();
                ensure!(
                    lost(seen.charged, kept.charged)
                        && lost(seen.granted, kept.granted)
                        && lost(seen.free, kept.free),
                    "{name} had {seen:?} on {key:?}, after the crash {kept:?}"
                );
            }
            for given in &new.given {
                let known = old.given.iter().find(|known| known.grant.id == given.grant.id);
                ensure!(
                    known.is_none_or(|known| lost(known.drawn, given.drawn)),
                    "{name} had {known:?}, after the crash {given:?}"
                );
            }
            for (key, stretch) in old.stretches.iter().filter(|(_, stretch)| !stretch.brief) {
                let rest = old.profile.rules.iter().find_map(|rule| match &rule.kind {
                    RuleKind::Break(due) if rule.id == key.0 => Some(seconds(due.rest)),
                    _ => None,
                });
                // A rest that is over or nearly so may be over after the crash.
                let rested = self.model.now - stretch.rests_from.unwrap_or(before.now);
                let nearly = rest.is_none_or(|rest| rested + most >= rest);
                let spent = new.stretches.get(key).map_or(0, |stretch| stretch.spent);
                ensure!(
                    nearly || stretch.spent - spent <= most,
                    "{name} had the stretch {key:?} {stretch:?}, after the crash {spent} s of it"
                );
            }
        }
        Ok(())
    }

    fn keep_anchor(&mut self) {
        let Moment { boot, since_boot, .. } = self.moment();
        self.disk.keep_anchor(Anchor { boot, since_boot, wall: self.engine.trusted_now() });
    }

    // Acts.

    pub fn act(&mut self, act: &Act) -> Check {
        match act {
            Act::Child(child, act) if *child < self.family.children.len() => self.child_act(*child, act),
            Act::Child(..) => Ok(()),
            Act::House(act) => self.house_act(act),
        }
    }

    fn session_id(&self, child: usize, session: usize) -> SessionId {
        SessionId::new(format!("{}-{session}", self.family.children[child].id))
    }

    fn child_act(&mut self, child: usize, act: &ChildAct) -> Check {
        let id = self.family.children[child].id;
        let see =
            |world: &mut Self, session: usize, presence: Option<Presence>, truth: Option<Option<usize>>| {
                let session = world.session_id(child, session);
                let Some(seat) = world.seats.get_mut(&session) else { return Ok(()) };
                seat.presence = presence.clone();
                if let Some(truth) = truth {
                    seat.truth = truth;
                }
                world.tell(match presence {
                    Some(presence) => Event::CompanionSees { session, presence },
                    None => Event::CompanionSilent(session),
                })
            };
        match act {
            ChildAct::Session { account, session, state } => {
                let session = self.session_id(child, *session);
                let account = self.family.children[child].accounts[*account].clone();
                if *state != SessionState::Ended && !self.seats.contains_key(&session) {
                    let seat =
                        Seat { account: account.clone(), child, state: *state, presence: None, truth: None };
                    self.seats.insert(session.clone(), seat);
                }
                self.set_session(&session, *state)
            }
            ChildAct::Play { session, app } => {
                let session_id = self.session_id(child, *session);
                let Some(account) = self.seats.get(&session_id).map(|seat| seat.account.clone()) else {
                    return Ok(());
                };
                let runs =
                    self.processes.iter().any(|process| process.app == *app && process.account == account);
                if !runs && self.gates.get(&id).is_some_and(|gate| gate.refusal(&self.apps[*app]).is_some()) {
                    return Ok(());
                }
                if !runs {
                    self.start(account, *app)?;
                }
                let focus = Focus::App(self.apps[*app].id.clone());
                see(self, *session, Some(Presence::Here(focus)), Some(Some(*app)))
            }
            ChildAct::SlipIn { account, app, copies } => {
                let account = self.family.children[child].accounts[*account].clone();
                (0..*copies).try_for_each(|_| self.start(account.clone(), *app))
            }
            ChildAct::Exit(app) => {
                self.running(id, *app).into_iter().try_for_each(|process| self.end(process))
            }
            ChildAct::Away(session) => see(self, *session, Some(Presence::Away), Some(None)),
            ChildAct::Desktop(session) => see(self, *session, Some(Presence::Here(Focus::Other)), Some(None)),
            ChildAct::Unknown(session) => see(self, *session, Some(Presence::Here(Focus::Unknown)), None),
            ChildAct::KillCompanion(session) => see(self, *session, None, None),
            ChildAct::Lie(session) => {
                let idle = self.apps.iter().find(|app| {
                    let number = self.app(&app.id);
                    self.running(id, number).is_empty()
                });
                let Some(idle) = idle else { return Ok(()) };
                let focus = Focus::App(idle.id.clone());
                // Should it start later, the lie becomes true.
                see(self, *session, Some(Presence::Here(focus)), Some(None))
            }
            ChildAct::Rename { from, to } => {
                let Some(process) = self.running(id, *from).first().copied() else { return Ok(()) };
                let known = self.processes.iter_mut().find(|known| known.id == process);
                let Some(known) = known else { return Ok(()) };
                let to = if *to == *from {
                    self.apps.iter().position(|app| app.id.as_str() == COPY)
                } else {
                    Some(*to)
                };
                let Some(to) = to.filter(|to| to != from) else { return Ok(()) };
                known.app = to;
                let account = known.account.clone();
                // The service takes it for an exit and a start.
                self.forget_if_gone(id, *from);
                self.tell(Event::ProcessExited(process))?;
                self.known_start(process, account, to)
            }
            ChildAct::Save(app) => self.tell(Event::SaveRequested(id, self.apps[*app].id.clone())),
            ChildAct::CloseHeld(app) => self.tell(Event::CloseRequested(id, self.apps[*app].id.clone())),
            ChildAct::Unsafe(app) => self.tell(Event::HoldUnsafe(id, self.apps[*app].id.clone())),
        }
    }

    fn house_act(&mut self, act: &HouseAct) -> Check {
        match act {
            HouseAct::Sleep(span) => {
                let awake = self.rng.i64(0..=2).min(*span);
                self.pass(*span, awake);
                self.note(|| format!("slept {span} s"));
                self.tell(Event::Tick)
            }
            HouseAct::Reboot { off, orderly, clock } => {
                if *orderly {
                    self.tell(Event::Tick)?;
                    self.keep_anchor();
                }
                self.note(|| format!("off for {off} s, orderly: {orderly}, its clock is {clock} s ahead"));
                self.processes.clear();
                self.seats.clear();
                self.chores.clear();
                self.excused += 2 * FLUSH;
                self.boot += 1;
                let up = self.rng.i64(5..60);
                self.now += off + up;
                (self.since_boot, self.awake) = (up, up);
                self.wall_error = *clock;
                self.trust = WallTrust::Unconfirmed;
                self.restore()
            }
            HouseAct::Crash { effects, down } => {
                if self.crash_after.is_none() {
                    self.crash_after = Some((*effects, *down));
                }
                Ok(())
            }
            HouseAct::Restart => {
                self.tell(Event::Tick)?;
                self.keep_anchor();
                self.start_again(2)
            }
            HouseAct::SetClock(by) => {
                if self.trust == WallTrust::Unconfirmed {
                    self.wall_error += by;
                }
                self.tell(Event::Tick)
            }
            HouseAct::Synchronised(yes) => {
                self.trust = if *yes { WallTrust::Confirmed } else { WallTrust::Unconfirmed };
                if *yes {
                    self.wall_error = 0;
                }
                self.tell(Event::Tick)
            }
            HouseAct::Starve(span) => {
                self.starved_until = self.now + span;
                Ok(())
            }
            HouseAct::Grant { child, target, amount, hours } => {
                let Some(child) = self.family.children.get(*child) else { return Ok(()) };
                let from = self.engine.trusted_now();
                let grant = Grant {
                    id: GrantId(self.next_grant),
                    child: child.id,
                    target: target.clone(),
                    amount: *amount,
                    from,
                    until: from + chrono::TimeDelta::hours(*hours),
                    drawn: Duration::ZERO,
                };
                self.next_grant += 1;
                let grant = self.disk.give(grant);
                self.next_grant = self.next_grant.max(grant.id.0 + 1);
                self.grants.insert(grant.id, grant.clone());
                self.last_grant = Some(grant.clone());
                self.tell(Event::Granted(grant))
            }
            HouseAct::Again => match self.last_grant.clone() {
                Some(grant) if self.grants.contains_key(&grant.id) => self.tell(Event::Granted(grant)),
                _ => Ok(()),
            },
            HouseAct::Revoke => {
                let Some(grant) = self.last_grant.as_ref().map(|grant| grant.id) else { return Ok(()) };
                if self.grants.remove(&grant).is_some() {
                    self.disk.revoke(grant, self.engine.trusted_now());
                }
                self.tell(Event::GrantRevoked(grant))
            }
            HouseAct::Correct { child, target, days_ago, amount, side } => {
                let Some(child) = self.family.children.get(*child) else { return Ok(()) };
                let at = self.engine.trusted_now();
                let line = CorrectionLine {
                    series: match target {
                        Target::Each(category) => Target::Category(*category),
                        target => target.clone(),
                    },
                    at: at - chrono::TimeDelta::days(*days_ago),
                    amount: *amount,
                    side: *side,
                };
                // Two lines of one series count as much as their sum.
                let half =
                    CorrectionLine { amount: Duration::from_secs(amount.as_secs() / 2), ..line.clone() };
                self.next_correction += 1;
                let correction = Correction {
                    id: CorrectionId(self.next_correction),
                    child: child.id,
                    lines: vec![line, half],
                };
                let correction = self.disk.correct(correction);
                self.next_correction = self.next_correction.max(correction.id.0);
                self.last_correction = Some(correction.clone());
                self.tell(Event::Corrected(correction))
            }
            HouseAct::CorrectAgain => match self.last_correction.clone() {
                Some(correction) => self.tell(Event::Corrected(correction)),
                None => Ok(()),
            },
            HouseAct::Edit { child, seed } => {
                let mut family = self.family.clone();
                let Some(child) = family.children.get_mut(*child) else { return Ok(()) };
                change(*seed, child, &mut self.next_rule);
                self.change_family(family)
            }
            HouseAct::Remove(child) => {
                let mut family = self.family.clone();
                let Some(child) = family.children.get_mut(*child) else { return Ok(()) };
                // A new profile on the same accounts, with the same rules.
                child.id = ChildId(self.next_child);
                self.next_child += 1;
                for rule in &mut child.rules {
                    rule.id = RuleId(self.next_rule);
                    self.next_rule += 1;
                }
                self.change_family(family)
            }
            HouseAct::Nonsense(which) => self.tell(match which {
                0 => Event::ProcessExited(ProcessId { pid: 1, started: 1 }),
                1 => Event::CompanionSilent("nowhere".into()),
                2 => Event::SaveRequested(ChildId(999), "none".into()),
                3 => Event::GrantRevoked(GrantId(999_999)),
                _ => Event::SessionChanged {
                    session: "stranger".into(),
                    account: Account::from_uid(7),
                    state: SessionState::Active,
                },
            }),
        }
    }

    fn change_family(&mut self, family: Family) -> Check {
        self.family = self.disk.keep_family(&family);
        let keep: BTreeSet<ChildId> = self.family.children.iter().map(|child| child.id).collect();
        self.tell(Event::FamilyChanged(self.family.clone()))?;
        self.kernel.retain(|(child, _), _| keep.contains(child));
        self.real.retain(|(child, ..), _| keep.contains(child));
        self.grants.retain(|_, grant| keep.contains(&grant.child));
        Ok(())
    }

    fn set_session(&mut self, session: &SessionId, state: SessionState) -> Check {
        let Some(seat) = self.seats.get_mut(session) else { return Ok(()) };
        seat.state = state;
        let account = seat.account.clone();
        if state == SessionState::Ended {
            self.seats.remove(session);
            self.locked_at.remove(session);
            // What runs there ends with it, a moment later.
            let again = self.seats.values().any(|seat| seat.account == account);
            for process in self.processes.iter().filter(|process| !again && process.account == account) {
                self.chores.push((self.now + 1, Chore::End(process.id)));
            }
        } else if state != SessionState::Active {
            self.locked_at.remove(session);
        }
        self.tell(Event::SessionChanged { session: session.clone(), account, state })
    }

    fn start(&mut self, account: Account, app: usize) -> Check {
        self.next_pid += 1;
        let id = ProcessId { pid: self.next_pid, started: 1 };
        self.processes.push(Process { id, account: account.clone(), app });
        self.known_start(id, account, app)
    }

    fn known_start(&mut self, process: ProcessId, account: Account, app: usize) -> Check {
        let app = self.apps[app].clone();
        self.tell(Event::ProcessStarted { process, account, session: None, app })
    }

    fn end(&mut self, process: ProcessId) -> Check {
        let Some(place) = self.processes.iter().position(|known| known.id == process) else { return Ok(()) };
        let gone = self.processes.swap_remove(place);
        let owner = self.family.children.iter().find(|child| child.accounts.contains(&gone.account));
        if let Some(child) = owner.map(|child| child.id) {
            self.forget_if_gone(child, gone.app);
        }
        self.tell(Event::ProcessExited(process))
    }

    fn forget_if_gone(&mut self, child: ChildId, app: usize) {
        if self.running(child, app).is_empty() {
            self.kernel.remove(&(child, app));
        }
    }

    fn running(&self, child: ChildId, app: usize) -> Vec<ProcessId> {
        let Some(child) = self.family.children.iter().find(|known| known.id == child) else {
            return Vec::new();
        };
        self.processes
            .iter()
            .filter(|process| process.app == app && child.accounts.contains(&process.account))
            .map(|process| process.id)
            .collect()
    }

    fn app(&self, id: &AppId) -> usize {
        self.apps.iter().position(|app| app.id == *id).unwrap_or_default()
    }

    fn place(&self, child: ChildId) -> Result<usize, String> {
        self.model
            .place(child)
            .ok_or_else(|| format!("an effect for child {child}, which is not in the family"))
    }
}

fn instant(boot: u128, since_boot: i64, awake: i64, wall: i64, trust: WallTrust) -> Moment {
    let span = |seconds: i64| Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    Moment { boot: BootId(boot), since_boot: span(since_boot), awake: span(awake), wall: moment(wall), trust }
}

fn kind(effect: &Effect) -> String {
    let text = format!("{effect:?}");
    text.chars().take(230).collect()
}

fn short(event: &Event) -> String {
    match event {
        Event::FamilyChanged(family) => {
            let rules = |child: &Child| {
                let rules = child.rules.iter().map(|rule| format!("{} {:?}", rule.id, rule.kind));
                format!("{}: {} {:?}", child.id, rules.collect::<Vec<_>>().join("; "), child.settings)
            };
            format!("the family is now {}", family.children.iter().map(rules).collect::<Vec<_>>().join(" | "))
        }
        event => format!("{event:?}"),
    }
}
