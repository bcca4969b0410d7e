//! The plain reference: what docs/behaviour.md says, in whole seconds and with loops over everything, without
//! a look at the engine. It keeps no timers: it counts second after second (in leaps over seconds that are
//! alike) and asks all rules anew at each.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use lanh_policy::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

/// Trusted wall time in seconds since 1970.
pub type Second = i64;

/// The most seconds that one look charges.
const LONGEST_GAP: i64 = 10;
/// What runs although denied so soon after the start is held, not ended.
const SWEEP: i64 = 30;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Series {
    App(usize),
    Category(Category),
    Screen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Price {
    Charged,
    Grant(GrantId),
    FreeSlot,
    Exempt,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub charged: i64,
    pub granted: i64,
    pub free: i64,
}

impl Sums {
    pub fn all(self) -> i64 {
        self.charged + self.granted + self.free
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Frozen,
    Thawed(Second),
    Closing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    pub step: Step,
    pub closes_at: Second,
    pub saves_left: u8,
    saves_used: u8,
    began: Second,
    day_end: Second,
}

fn end_of(settings: &Settings, began: Second, day_end: Second) -> Second {
    match settings.hold_end {
        HoldEnd::DayEnd => day_end,
        HoldEnd::After(span) => began + seconds(span),
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    pub spent: i64,
    pub rests_from: Option<Second>,
    /// The rest was broken, and nothing was charged since.
    woken: bool,
    /// A rest was broken for less than a second: the ledger does not know of it.
    pub brief: bool,
}

#[derive(Clone, Debug)]
pub struct Given {
    pub grant: Grant,
    pub drawn: i64,
}

/// What is in use, and what it costs.
#[derive(Clone, Debug, Default)]
pub struct Use {
    pub apps: BTreeSet<usize>,
    bare: bool,
    screen: bool,
    pub prices: BTreeMap<Series, Price>,
    drawn: BTreeSet<GrantId>,
    /// The sessions in front, with the apps in use there.
    pub fronts: Vec<(SessionId, Vec<usize>)>,
}

pub struct Person {
    pub profile: Child,
    pub used: HashMap<(NaiveDate, Series), Sums>,
    /// What corrections add to what counts; negative: they give it back.
    pub corrected: HashMap<(NaiveDate, Series), i64>,
    corrections: BTreeSet<CorrectionId>,
    pub stretches: BTreeMap<(RuleId, Option<usize>), Stretch>,
    pub given: Vec<Given>,
    told: BTreeSet<GrantId>,
    pub holds: BTreeMap<usize, Hold>,
    texts: BTreeMap<(RuleId, Option<usize>), i64>,
    pub in_use: Use,
    /// The slots of the local day that was asked for last: opening, closing, free.
    slots: Vec<Vec<(Second, Second, bool)>>,
    slots_of: Option<NaiveDate>,
    date: NaiveDate,
    /// Health texts that are due since the last look.
    pub texts_due: usize,
}

#[derive(Default)]
struct Seat {
    known: Option<(Account, SessionState)>,
    presence: Option<Presence>,
}

pub struct Model {
    pub apps: Vec<App>,
    zone: Tz,
    week_start: chrono::Weekday,
    pub now: Second,
    sweep_until: Second,
    pub people: Vec<Person>,
    seats: BTreeMap<SessionId, Seat>,
    had_session: HashSet<Account>,
    processes: BTreeMap<ProcessId, (Account, usize)>,
    day: (NaiveDate, Second, Second),
    /// When something counted last.
    pub counted_until: Second,
}

pub fn seconds(span: Duration) -> i64 {
    i64::try_from(span.as_secs()).unwrap()
}

pub fn moment(at: Second) -> DateTime<Utc> {
    DateTime::from_timestamp(at, 0).unwrap()
}

fn covers(target: &Target, app: &App) -> bool {
    match target {
        Target::App(id) => *id == app.id,
        Target::Category(category) | Target::Each(category) => *category == app.category,
        Target::Screen => true,
    }
}

/// The system's own programs are bound only by rules that name them or their category.
fn binds(target: &Target, app: &App) -> bool {
    covers(target, app) && !(*target == Target::Screen && app.category == Category::System)
}

/// The first second at which a clock in the zone shows that time, or the end of the gap that skips it.
fn instant(zone: Tz, date: NaiveDate, time: NaiveTime) -> Second {
    (0..=24 * 60)
        .find_map(|minute| {
            zone.from_local_datetime(&(date.and_time(time) + TimeDelta::minutes(minute))).earliest()
        })
        .unwrap()
        .timestamp()
}

fn next_date(date: NaiveDate) -> NaiveDate {
    date.checked_add_days(Days::new(1)).unwrap()
}

impl Person {
    /// The local day as of the last look.
    pub fn date(&self) -> NaiveDate {
        self.date
    }
}

impl Model {
    pub fn new(family: &Family, apps: Vec<App>, now: Second) -> Self {
        let mut model = Self {
            apps,
            zone: family.zone,
            week_start: family.week_start,
            now,
            sweep_until: now + SWEEP,
            people: Vec::new(),
            seats: BTreeMap::new(),
            had_session: HashSet::new(),
            processes: BTreeMap::new(),
            day: (NaiveDate::MIN, 0, 0),
            counted_until: 0,
        };
        for child in &family.children {
            let person = model.person(child.clone());
            model.people.push(person);
            model.decide(model.people.len() - 1, None);
        }
        model
    }

    fn person(&self, profile: Child) -> Person {
        Person {
            profile,
            used: HashMap::new(),
            corrected: HashMap::new(),
            corrections: BTreeSet::new(),
            stretches: BTreeMap::new(),
            given: Vec::new(),
            told: BTreeSet::new(),
            holds: BTreeMap::new(),
            texts: BTreeMap::new(),
            in_use: Use::default(),
            slots: Vec::new(),
            slots_of: None,
            date: self.date_of(self.now),
            texts_due: 0,
        }
    }

    /// Goes on from what is on disk, as a service that was started anew at `now`.
    pub fn restored(
        family: &Family,
        apps: Vec<App>,
        now: Second,
        ledger: &[LedgerEntry],
        grants: &[Grant],
        corrections: &[Correction],
    ) -> Self {
        let mut model = Self::new(family, apps, now);
        for place in 0..model.people.len() {
            model.remember(place, ledger, grants);
            for correction in corrections {
                model.correct(place, correction);
            }
            model.decide(place, None);
        }
        model
    }

    fn correct(&mut self, place: usize, correction: &Correction) {
        if self.people[place].profile.id != correction.child
            || !self.people[place].corrections.insert(correction.id)
        {
            return;
        }
        for line in &correction.lines {
            let Some(series) = self.series(&line.series) else { continue };
            let date = moment(line.at.timestamp()).with_timezone(&self.zone).date_naive();
            let more = match line.side {
                Side::Less => -seconds(line.amount),
                Side::More => seconds(line.amount),
            };
            *self.people[place].corrected.entry((date, series)).or_default() += more;
        }
    }

    /// The machine was started anew: what runs from now on was started while it was refused.
    pub fn nothing_was_held(&mut self) {
        self.sweep_until = self.now;
    }

    fn remember(&mut self, place: usize, ledger: &[LedgerEntry], grants: &[Grant]) {
        let id = self.people[place].profile.id;
        let mut entries: Vec<&LedgerEntry> = ledger.iter().filter(|entry| entry.child == id).collect();
        entries.sort_by_key(|entry| (entry.from, entry.id));
        let rules = self.people[place].profile.rules.clone();
        for entry in &entries {
            let Some(series) = self.series(&entry.target) else { continue };
            let date = self.date_of(entry.from.timestamp());
            let sums = self.people[place].used.entry((date, series)).or_default();
            match entry.cost {
                Cost::Charged => sums.charged += seconds(entry.used),
                Cost::Grant(_) => sums.granted += seconds(entry.used),
                Cost::Free(_) => sums.free += seconds(entry.used),
            }
            let exempt = |rule: RuleId| {
                rules.iter().any(|other| other.id == rule && matches!(other.kind, RuleKind::Exemption(_)))
            };
            if matches!(entry.cost, Cost::Free(rule) if exempt(rule)) {
                continue;
            }
            for rule in &rules {
                let RuleKind::Break(due) = &rule.kind else { continue };
                let key = match (&due.target, series) {
                    (Target::Each(category), Series::App(app)) if self.apps[app].category == *category => {
                        Some(app)
                    }
                    (Target::Each(_), _) => continue,
                    (target, series) if self.series(target) == Some(series) => None,
                    _ => continue,
                };
                let stretch = self.people[place].stretches.entry((rule.id, key)).or_default();
                if stretch.rests_from.is_some_and(|since| entry.from.timestamp() - since >= seconds(due.rest))
                {
                    stretch.spent = 0;
                }
                if entry.cost == Cost::Charged {
                    stretch.spent += seconds(entry.used);
                }
                stretch.rests_from = stretch.rests_from.max(Some(entry.until.timestamp()));
            }
        }
        for grant in grants.iter().filter(|grant| grant.child == id) {
            // Every second in which any series was paid by it, once.
            let paid: BTreeSet<i64> = entries
                .iter()
                .filter(|entry| entry.cost == Cost::Grant(grant.id))
                .flat_map(|entry| entry.from.timestamp()..entry.from.timestamp() + seconds(entry.used))
                .collect();
            let drawn = i64::try_from(paid.len()).unwrap();
            self.people[place].told.insert(grant.id);
            self.people[place].given.push(Given { grant: grant.clone(), drawn });
        }
    }

    pub fn series(&self, target: &Target) -> Option<Series> {
        match target {
            Target::App(id) => self.apps.iter().position(|app| app.id == *id).map(Series::App),
            Target::Category(category) => Some(Series::Category(*category)),
            Target::Screen => Some(Series::Screen),
            Target::Each(_) => None,
        }
    }

    /// The series that counts for a target while `app` is used.
    fn series_for(&self, target: &Target, app: usize) -> Series {
        self.series(target).unwrap_or(Series::App(app))
    }

    // The calendar.

    pub fn date_of(&self, at: Second) -> NaiveDate {
        if (self.day.1..self.day.2).contains(&at) {
            return self.day.0;
        }
        moment(at).with_timezone(&self.zone).date_naive()
    }

    /// The local day that it now is, with its first second and the first one after it.
    fn today(&mut self) -> (NaiveDate, Second, Second) {
        let at = self.now;
        if !(self.day.1..self.day.2).contains(&at) {
            let date = moment(at).with_timezone(&self.zone).date_naive();
            let (from, until) = (
                instant(self.zone, date, NaiveTime::MIN),
                instant(self.zone, next_date(date), NaiveTime::MIN),
            );
            self.day = (date, from, until);
        }
        self.day
    }

    fn lay_out_slots(&mut self, place: usize) {
        let (date, _, end) = self.today();
        let zone = self.zone;
        let person = &mut self.people[place];
        if person.slots_of == Some(date) {
            return;
        }
        let slots_of = |rule: &Rule| match &rule.kind {
            RuleKind::Schedule(schedule) => schedule.slots
                [usize::try_from(date.weekday().num_days_from_monday()).unwrap()]
            .iter()
            .map(|slot| {
                let until = slot.until.map_or(end, |until| instant(zone, date, until));
                (instant(zone, date, slot.from), until, slot.free)
            })
            .collect(),
            _ => Vec::new(),
        };
        person.slots = person.profile.rules.iter().map(slots_of).collect();
        person.slots_of = Some(date);
    }

    // What the rules say.

    /// What counts of a series in the running day or week; negative: more was given back.
    pub fn used_in_period(&self, place: usize, period: &Period, series: Series) -> i64 {
        let (date, _, _) = self.day;
        let days = match period {
            Period::Day(_) => 0,
            Period::Week(_) => date.weekday().days_since(self.week_start),
        };
        (0..=u64::from(days))
            .map(|back| (date.checked_sub_days(Days::new(back)).unwrap(), series))
            .map(|(date, series)| self.used_on(place, date, series))
            .sum()
    }

    /// What counts of a series on a date.
    fn used_on(&self, place: usize, date: NaiveDate, series: Series) -> i64 {
        let person = &self.people[place];
        let key = (date, series);
        let charged = person.used.get(&key).map_or(0, |sums| sums.charged);
        charged + person.corrected.get(&key).copied().unwrap_or_default()
    }

    /// The amount of an allowance with what was kept and what was earned.
    pub fn amount_for(&self, place: usize, allowance: &Allowance) -> Option<i64> {
        let amount = self.amount(&allowance.period)?;
        let Period::Day(days) = &allowance.period else { return Some(amount) };
        let rules = &self.people[place].profile.rules;
        let mut bonus = 0;
        let bank = rules.iter().find_map(|rule| match &rule.kind {
            RuleKind::Bank(bank) if bank.target == allowance.target => Some(bank),
            _ => None,
        });
        if let (Some(bank), Some(series)) = (bank, self.series(&allowance.target)) {
            let today = self.day.0;
            for day in (1..=7).rev().map(|back| today.checked_sub_days(Days::new(back)).unwrap()) {
                if day < bank.since {
                    continue;
                }
                let of_day = days[usize::try_from(day.weekday().num_days_from_monday()).unwrap()];
                if let Some(of_day) = of_day {
                    bonus = (bonus + seconds(of_day) - self.used_on(place, day, series)).max(0);
                }
                bonus = bonus.min(seconds(bank.keep));
            }
        }
        Some(amount + bonus + self.earned(place, &allowance.target))
    }

    /// What was earned today, by all rules.
    pub fn earned_in_all(&self, place: usize) -> i64 {
        let targets: BTreeSet<&Target> = self.people[place]
            .profile
            .rules
            .iter()
            .filter_map(|rule| match &rule.kind {
                RuleKind::Earn(earn) => Some(&earn.target),
                _ => None,
            })
            .collect();
        targets.into_iter().map(|target| self.earned(place, target)).sum()
    }

    /// What was earned for a target today.
    pub fn earned(&self, place: usize, target: &Target) -> i64 {
        let person = &self.people[place];
        let of_rule = |rule: &Rule| match &rule.kind {
            RuleKind::Earn(earn) if earn.target == *target => {
                let used = self
                    .series(&earn.by)
                    .and_then(|series| person.used.get(&(self.day.0, series)))
                    .map_or(0, |sums| sums.all());
                (used / seconds(earn.every) * seconds(earn.gives)).min(seconds(earn.at_most))
            }
            _ => 0,
        };
        person.profile.rules.iter().map(of_rule).sum()
    }

    pub fn amount(&self, period: &Period) -> Option<i64> {
        let (date, _, _) = self.day;
        match period {
            Period::Day(days) => {
                days[usize::try_from(date.weekday().num_days_from_monday()).unwrap()].map(seconds)
            }
            Period::Week(amount) => Some(seconds(*amount)),
        }
    }

    /// Whether a rule about time says no to the series that counts for its target.
    fn time_is_over(&self, place: usize, number: usize, app: usize) -> bool {
        let person = &self.people[place];
        let rule = &person.profile.rules[number];
        match &rule.kind {
            // No time for each app is no time for any, whatever was given back.
            RuleKind::Allowance(allowance)
                if matches!(allowance.target, Target::Each(_))
                    && self.amount(&allowance.period) == Some(0) =>
            {
                true
            }
            RuleKind::Allowance(allowance) => self.amount_for(place, allowance).is_some_and(|amount| {
                self.used_in_period(place, &allowance.period, self.series_for(&allowance.target, app))
                    >= amount
            }),
            RuleKind::Schedule(_) => {
                !person.slots[number].iter().any(|(from, until, _)| (*from..*until).contains(&self.now))
            }
            RuleKind::Break(due) => {
                let key = matches!(due.target, Target::Each(_)).then_some(app);
                person
                    .stretches
                    .get(&(rule.id, key))
                    .is_some_and(|stretch| stretch.spent >= seconds(due.at_most))
            }
            _ => false,
        }
    }

    fn time_target(kind: &RuleKind) -> Option<&Target> {
        match kind {
            RuleKind::Allowance(allowance) => Some(&allowance.target),
            RuleKind::Schedule(schedule) => Some(&schedule.target),
            RuleKind::Break(due) => Some(&due.target),
            _ => None,
        }
    }

    fn is_exempt(&self, place: usize, app: usize) -> bool {
        let rules = &self.people[place].profile.rules;
        rules
            .iter()
            .any(|rule| matches!(&rule.kind, RuleKind::Exemption(target) if covers(target, &self.apps[app])))
    }

    /// Whether a block, a ceiling or an allow-only list says no to the app.
    fn is_barred(&self, place: usize, app: usize) -> bool {
        let exempt = self.is_exempt(place, app);
        let app = &self.apps[app];
        self.people[place].profile.rules.iter().any(|rule| match &rule.kind {
            RuleKind::Block(target) => binds(target, app),
            RuleKind::RatingCeiling(ceiling) => app.rating.is_some_and(|rating| rating > *ceiling),
            RuleKind::AllowOnly(listed) => {
                !exempt
                    && app.category != Category::System
                    && !listed.iter().any(|target| covers(target, app))
            }
            _ => false,
        })
    }

    fn is_out_of_time(&self, place: usize, app: usize) -> bool {
        !self.is_exempt(place, app)
            && self.people[place].profile.rules.iter().enumerate().any(|(number, rule)| {
                Self::time_target(&rule.kind).is_some_and(|target| binds(target, &self.apps[app]))
                    && self.time_is_over(place, number, app)
            })
    }

    fn usable(&self, place: usize) -> impl Iterator<Item = &Given> {
        self.people[place].given.iter().filter(|Given { grant, drawn }| {
            grant.from.timestamp() <= self.now
                && self.now < grant.until.timestamp()
                && *drawn < seconds(grant.amount)
        })
    }

    /// The grant that pays for an app that the rules alone refuse: the one that ends first, of those the
    /// narrowest.
    fn payer(&self, place: usize, app: usize, barred: bool) -> Option<GrantId> {
        let width = |target: &Target| match target {
            Target::App(_) => 0,
            Target::Each(_) => 1,
            Target::Category(_) => 2,
            Target::Screen => 3,
        };
        let app = &self.apps[app];
        self.usable(place)
            .filter(|Given { grant, .. }| match &grant.target {
                Target::App(id) => *id == app.id,
                target => !barred && covers(target, app),
            })
            .min_by_key(|Given { grant, .. }| (grant.until, width(&grant.target), grant.id))
            .map(|given| given.grant.id)
    }

    /// Whether the child must not use the app now.
    pub fn is_refused(&self, place: usize, app: usize) -> bool {
        let barred = self.is_barred(place, app);
        (barred || self.is_out_of_time(place, app)) && self.payer(place, app, barred).is_none()
    }

    /// Whether the rules alone close the screen: by time, or (`true`) for good.
    pub fn screen_closed(&self, place: usize) -> Option<bool> {
        let rules = &self.people[place].profile.rules;
        if rules.iter().any(|rule| rule.kind == RuleKind::Block(Target::Screen)) {
            return Some(true);
        }
        let exempt = rules.iter().any(|rule| rule.kind == RuleKind::Exemption(Target::Screen));
        let over = rules.iter().enumerate().any(|(number, rule)| {
            Self::time_target(&rule.kind) == Some(&Target::Screen) && self.time_is_over(place, number, 0)
        });
        (over && !exempt).then_some(false)
    }

    /// Whether sessions of the child must be locked.
    pub fn must_lock(&self, place: usize) -> bool {
        let Some(for_good) = self.screen_closed(place) else { return false };
        !self.usable(place).any(|Given { grant, .. }| matches!(grant.target, Target::App(_)) || !for_good)
    }

    /// Whether what is in use in the session is help or learning, so that it is not locked.
    pub fn is_spared(&self, place: usize, session: &SessionId) -> bool {
        let front = self.people[place].in_use.fronts.iter().find(|(id, _)| id == session);
        front.is_some_and(|(_, apps)| {
            !apps.is_empty()
                && apps.iter().all(|app| self.is_exempt(place, *app) && !self.is_refused(place, *app))
        })
    }

    fn free_slot(&self, place: usize, series: Series, app: Option<usize>) -> bool {
        let person = &self.people[place];
        person.profile.rules.iter().enumerate().any(|(number, rule)| {
            let RuleKind::Schedule(schedule) = &rule.kind else { return false };
            let spares = match (&schedule.target, series) {
                (Target::Screen, _) => true,
                (target, Series::App(_)) => app.is_some_and(|app| covers(target, &self.apps[app])),
                (Target::Category(of) | Target::Each(of), Series::Category(category)) => *of == category,
                _ => false,
            };
            spares
                && person.slots[number]
                    .iter()
                    .any(|(from, until, free)| *free && (*from..*until).contains(&self.now))
        })
    }

    // What counts.

    fn runs(&self, account: &Account, app: usize) -> bool {
        self.processes.values().any(|(whose, what)| whose == account && *what == app)
    }

    pub fn runs_for(&self, place: usize, app: usize) -> bool {
        self.people[place].profile.accounts.iter().any(|account| self.runs(account, app))
    }

    fn look(&self, place: usize) -> Use {
        let person = &self.people[place];
        let frozen = |app: usize| person.holds.get(&app).is_some_and(|hold| hold.step == Step::Frozen);
        let all_of = |account: &Account| -> Vec<usize> {
            (0..self.apps.len()).filter(|app| self.runs(account, *app) && !frozen(*app)).collect()
        };
        let mut now = Use::default();
        for (id, seat) in &self.seats {
            let Some((account, SessionState::Active)) = &seat.known else { continue };
            if !person.profile.accounts.contains(account) {
                continue;
            }
            let apps: Vec<usize> = match &seat.presence {
                _ if person.profile.settings.strict_counting => all_of(account),
                Some(Presence::Away) => {
                    now.fronts.push((id.clone(), Vec::new()));
                    continue;
                }
                None | Some(Presence::Here(Focus::Unknown)) => all_of(account),
                Some(Presence::Here(Focus::Other)) => Vec::new(),
                Some(Presence::Here(Focus::App(front))) => {
                    match self
                        .apps
                        .iter()
                        .position(|app| app.id == *front)
                        .filter(|app| self.runs_for(place, *app))
                    {
                        Some(app) if frozen(app) => Vec::new(),
                        Some(app) => vec![app],
                        None => all_of(account),
                    }
                }
            };
            now.screen = true;
            now.bare |= apps.is_empty();
            now.apps.extend(&apps);
            now.fronts.push((id.clone(), apps));
        }
        for account in person.profile.accounts.iter().filter(|account| !self.had_session.contains(*account)) {
            let apps = all_of(account);
            now.screen |= !apps.is_empty();
            now.apps.extend(apps);
        }
        now
    }

    fn price(&self, place: usize, now: &mut Use) {
        let person = &self.people[place];
        let exempt_screen =
            person.profile.rules.iter().any(|rule| rule.kind == RuleKind::Exemption(Target::Screen));
        let dearer = |price: Price| match price {
            Price::Charged => 2,
            Price::Grant(_) => 1,
            Price::FreeSlot | Price::Exempt => 0,
        };
        let mut book = |series: Series, price: Price| {
            let booked = now.prices.entry(series).or_insert(price);
            if dearer(price) > dearer(*booked) {
                *booked = price;
            }
        };
        for app in &now.apps {
            let barred = self.is_barred(place, *app);
            let refused = barred || self.is_out_of_time(place, *app);
            let payer = if refused { self.payer(place, *app, barred) } else { None };
            now.drawn.extend(payer);
            for series in [Series::App(*app), Series::Category(self.apps[*app].category), Series::Screen] {
                let price = match payer {
                    Some(grant) => Price::Grant(grant),
                    None if self.is_exempt(place, *app) => Price::Exempt,
                    None if self.free_slot(place, series, Some(*app)) => Price::FreeSlot,
                    None => Price::Charged,
                };
                book(series, price);
            }
        }
        if now.bare {
            let payer = (self.screen_closed(place) == Some(false))
                .then(|| {
                    self.usable(place)
                        .filter(|given| given.grant.target == Target::Screen)
                        .min_by_key(|given| (given.grant.until, given.grant.id))
                })
                .flatten()
                .map(|given| given.grant.id);
            now.drawn.extend(payer);
            let price = match payer {
                Some(grant) => Price::Grant(grant),
                None if exempt_screen => Price::Exempt,
                None if self.free_slot(place, Series::Screen, None) => Price::FreeSlot,
                None => Price::Charged,
            };
            book(Series::Screen, price);
            if payer.is_some() {
                // What the system's own programs cost beside is paid with it.
                now.prices.insert(Series::Screen, price);
            }
        }
    }

    /// The stretches that what is in use at such a price belongs to.
    fn stretches_in(&self, place: usize, counts: impl Fn(Price) -> bool) -> Vec<(RuleId, Option<usize>)> {
        let person = &self.people[place];
        let mut keys = Vec::new();
        for rule in &person.profile.rules {
            let RuleKind::Break(due) = &rule.kind else { continue };
            for (series, _) in person.in_use.prices.iter().filter(|(_, price)| counts(**price)) {
                match (&due.target, series) {
                    (Target::Each(category), Series::App(app)) if self.apps[*app].category == *category => {
                        keys.push((rule.id, Some(*app)));
                    }
                    (Target::Each(_), _) => {}
                    (target, series) if self.series(target) == Some(*series) => keys.push((rule.id, None)),
                    _ => {}
                }
            }
        }
        keys
    }

    // Time passes.

    /// So many seconds pass, so many of them awake.
    pub fn pass(&mut self, elapsed: i64, awake: i64) {
        let start = self.now;
        for place in 0..self.people.len() {
            self.now = start;
            let in_use = !self.people[place].in_use.prices.is_empty();
            if in_use {
                let strict = self.people[place].profile.settings.strict_counting;
                let observed = if strict { awake } else { awake.min(LONGEST_GAP) };
                let stop = start + observed;
                while self.now < stop {
                    let alike = self.alike(place).clamp(1, stop - self.now);
                    self.count(place, alike);
                    self.now += alike;
                    if self.now < stop {
                        self.decide(place, None);
                    }
                }
                let slept = elapsed - awake;
                if awake > observed || slept > 1 {
                    let rules = self.people[place].profile.rules.clone();
                    self.people[place].stretches.retain(|(rule, _), stretch| {
                        stretch.rests_from.is_some() || rules.iter().any(|other| {
                            other.id == *rule
                                && matches!(&other.kind, RuleKind::Break(due) if slept < seconds(due.rest))
                        })
                    });
                }
            }
            self.now = start + elapsed;
            self.decide(place, None);
        }
        self.now = start + elapsed;
    }

    /// The calendar jumps ahead, and nobody rested.
    pub fn jump(&mut self, to: Second) {
        let jump = to - self.now;
        self.now = to;
        for place in 0..self.people.len() {
            for stretch in self.people[place].stretches.values_mut() {
                stretch.rests_from = stretch.rests_from.map(|since| since + jump);
            }
            self.decide(place, None);
        }
    }

    /// How many seconds from now on are alike: nothing is decided within them.
    fn alike(&self, place: usize) -> i64 {
        let person = &self.people[place];
        let now = self.now;
        // Slots and days begin at whole minutes.
        let mut ends = vec![60 - now.rem_euclid(60)];
        for Given { grant, drawn } in &person.given {
            ends.extend([grant.from.timestamp() - now, grant.until.timestamp() - now]);
            if person.in_use.drawn.contains(&grant.id) {
                ends.push(seconds(grant.amount) - drawn);
            }
        }
        for hold in person.holds.values() {
            ends.push(hold.closes_at - now);
            if let Step::Thawed(until) = hold.step {
                ends.push(until - now);
            }
        }
        for rule in &person.profile.rules {
            match &rule.kind {
                RuleKind::Earn(earn) => {
                    let used = self
                        .series(&earn.by)
                        .and_then(|series| person.used.get(&(self.day.0, series)))
                        .map_or(0, |sums| sums.all());
                    ends.push(seconds(earn.every) - used % seconds(earn.every));
                }
                RuleKind::Allowance(allowance) => {
                    let Some(amount) = self.amount_for(place, allowance) else { continue };
                    let series = match &allowance.target {
                        Target::Each(_) => person.in_use.apps.iter().map(|app| Series::App(*app)).collect(),
                        target => vec![self.series(target).unwrap_or(Series::Screen)],
                    };
                    ends.extend(
                        series
                            .into_iter()
                            .map(|series| amount - self.used_in_period(place, &allowance.period, series)),
                    );
                }
                RuleKind::Break(due) => {
                    for (_, stretch) in person.stretches.iter().filter(|((of, _), _)| *of == rule.id) {
                        ends.push(seconds(due.at_most) - stretch.spent);
                        ends.extend(stretch.rests_from.map(|since| since + seconds(due.rest) - now));
                    }
                    ends.push(seconds(due.at_most));
                }
                RuleKind::HealthText { target, every } => {
                    for app in &person.in_use.apps {
                        let played = self.played_today(place, self.series_for(target, *app));
                        ends.push(seconds(*every) - played % seconds(*every));
                    }
                }
                _ => {}
            }
        }
        ends.into_iter().filter(|end| *end > 0).min().unwrap_or(1)
    }

    fn played_today(&self, place: usize, series: Series) -> i64 {
        self.people[place].used.get(&(self.day.0, series)).map_or(0, |sums| sums.charged + sums.granted)
    }

    fn count(&mut self, place: usize, span: i64) {
        let stretching = self.stretches_in(place, |price| price == Price::Charged);
        let (date, _, _) = self.today();
        if !self.people[place].in_use.prices.is_empty() {
            self.counted_until = self.counted_until.max(self.now + span);
        }
        let person = &mut self.people[place];
        for (series, price) in &person.in_use.prices {
            let sums = person.used.entry((date, *series)).or_default();
            match price {
                Price::Charged => sums.charged += span,
                Price::Grant(_) => sums.granted += span,
                Price::FreeSlot | Price::Exempt => sums.free += span,
            }
        }
        for key in stretching {
            let stretch = person.stretches.entry(key).or_default();
            stretch.spent += span;
            stretch.woken = false;
        }
        for given in person.given.iter_mut().filter(|given| person.in_use.drawn.contains(&given.grant.id)) {
            given.drawn += span;
        }
    }

    /// Decides everything for one child at this second. `started`: a program that has just been started.
    fn decide(&mut self, place: usize, started: Option<usize>) {
        let now = self.now;
        let (date, _, day_end) = self.today();
        self.lay_out_slots(place);
        let person = &mut self.people[place];
        if person.date != date {
            person.date = date;
            person.texts.clear();
            person.used.retain(|(day, _), _| date.signed_duration_since(*day).num_days() <= 8);
        }
        let rules = &person.profile.rules;
        person.stretches.retain(|(rule, _), stretch| {
            let due = rules.iter().find(|other| other.id == *rule).map(|rule| &rule.kind);
            matches!((due, stretch.rests_from), (Some(RuleKind::Break(due)), since)
                if since.is_none_or(|since| now - since < seconds(due.rest)))
        });
        self.note_texts(place);
        for app in 0..self.apps.len() {
            if !self.runs_for(place, app) {
                self.people[place].holds.remove(&app);
                continue;
            }
            let refused = self.is_refused(place, app);
            let person = &mut self.people[place];
            let settings = &person.profile.settings;
            let hold = person.holds.get(&app).copied();
            let next = match hold {
                None if !refused => None,
                Some(_) if !refused => None,
                None if started == Some(app) && now >= self.sweep_until => {
                    let step = Step::Closing;
                    Some(Hold {
                        step,
                        closes_at: now,
                        saves_left: 0,
                        saves_used: 0,
                        began: now,
                        day_end: now,
                    })
                }
                None => {
                    let closes_at = end_of(settings, now, day_end);
                    let step = if closes_at <= now { Step::Closing } else { Step::Frozen };
                    let saves_left = settings.save_thaws;
                    Some(Hold { step, closes_at, saves_left, saves_used: 0, began: now, day_end })
                }
                Some(hold) => {
                    let step = match hold.step {
                        Step::Closing => Step::Closing,
                        _ if now >= hold.closes_at => Step::Closing,
                        Step::Thawed(until) if now >= until => Step::Frozen,
                        step => step,
                    };
                    Some(Hold { step, ..hold })
                }
            };
            match next {
                Some(hold) => person.holds.insert(app, hold),
                None => person.holds.remove(&app),
            };
        }
        let mut in_use = self.look(place);
        self.price(place, &mut in_use);
        self.people[place].in_use = in_use;
        let used = self.stretches_in(place, |price| price != Price::Exempt);
        for (key, stretch) in &mut self.people[place].stretches {
            match (used.contains(key), stretch.rests_from) {
                (true, since) => {
                    stretch.woken |= since.is_some();
                    stretch.rests_from = None;
                }
                (false, None) => {
                    stretch.brief |= stretch.woken;
                    stretch.rests_from = Some(now);
                }
                (false, Some(_)) => {}
            }
        }
        self.note_texts(place);
    }

    fn note_texts(&mut self, place: usize) {
        let person = &self.people[place];
        let mut watched = BTreeMap::new();
        for rule in &person.profile.rules {
            let RuleKind::HealthText { target, every } = &rule.kind else { continue };
            for app in person.in_use.apps.iter().filter(|app| covers(target, &self.apps[**app])) {
                let key = (rule.id, matches!(target, Target::Each(_)).then_some(*app));
                watched
                    .insert(key, self.played_today(place, self.series_for(target, *app)) / seconds(*every));
            }
        }
        let person = &mut self.people[place];
        for (key, due) in watched {
            let shown = person.texts.entry(key).or_insert(due);
            person.texts_due += usize::from(due > *shown);
            *shown = due;
        }
    }

    // What happens.

    pub fn take(&mut self, event: &Event) {
        match event {
            Event::Tick => {}
            Event::FamilyChanged(family) => {
                let mut former = std::mem::take(&mut self.people);
                for child in &family.children {
                    let known = former.iter().position(|person| person.profile.id == child.id);
                    let mut person = match known {
                        Some(place) => former.swap_remove(place),
                        None => self.person(child.clone()),
                    };
                    if person.profile.settings != child.settings {
                        for hold in person.holds.values_mut().filter(|hold| hold.step != Step::Closing) {
                            hold.closes_at = end_of(&child.settings, hold.began, hold.day_end);
                            hold.saves_left = child.settings.save_thaws.saturating_sub(hold.saves_used);
                        }
                    }
                    person.profile = child.clone();
                    person.slots_of = None;
                    self.people.push(person);
                }
                (0..self.people.len()).for_each(|place| self.decide(place, None));
            }
            Event::ProcessStarted { process, account, app, .. } => {
                let app = self.apps.iter().position(|known| known.id == app.id).unwrap();
                if self.processes.get(process).is_some_and(|(whose, what)| whose == account && *what == app) {
                    return;
                }
                let more = self.runs(account, app);
                self.processes.insert(*process, (account.clone(), app));
                for place in self.owners(account) {
                    // One more process of what runs freely changes nothing.
                    self.decide(
                        place,
                        Some(app).filter(|_| !more || self.people[place].holds.contains_key(&app)),
                    );
                }
            }
            Event::ProcessExited(process) => {
                if let Some((account, _)) = self.processes.remove(process) {
                    self.owners(&account).into_iter().for_each(|place| self.decide(place, None));
                }
            }
            Event::SessionChanged { session, account, state } => {
                self.had_session.insert(account.clone());
                if *state == SessionState::Ended {
                    self.seats.remove(session);
                } else {
                    self.seats.entry(session.clone()).or_default().known = Some((account.clone(), *state));
                }
                let over = !self
                    .seats
                    .values()
                    .any(|seat| seat.known.as_ref().is_some_and(|(whose, _)| whose == account));
                for place in self.owners(account) {
                    if over {
                        let here: Vec<usize> =
                            (0..self.apps.len()).filter(|app| self.runs(account, *app)).collect();
                        here.into_iter().for_each(|app| self.close(place, app));
                    }
                    self.decide(place, None);
                }
            }
            Event::CompanionSees { session, presence } => self.see(session, Some(presence.clone())),
            Event::CompanionSilent(session) => self.see(session, None),
            Event::Granted(grant) => {
                if let Some(place) = self.place(grant.child)
                    && self.people[place].told.insert(grant.id)
                {
                    self.people[place].given.push(Given { grant: grant.clone(), drawn: 0 });
                    self.decide(place, None);
                }
            }
            Event::Corrected(correction) => {
                if let Some(place) = self.place(correction.child) {
                    self.correct(place, correction);
                    self.decide(place, None);
                }
            }
            Event::GrantRevoked(id) => {
                for place in 0..self.people.len() {
                    self.people[place].told.insert(*id);
                    self.people[place].given.retain(|given| given.grant.id != *id);
                    self.decide(place, None);
                }
            }
            Event::SaveRequested(child, id) => {
                let app = self.apps.iter().position(|app| app.id == *id);
                if let (Some(place), Some(app)) = (self.place(*child), app) {
                    let now = self.now;
                    let Person { holds, profile, .. } = &mut self.people[place];
                    if let Some(hold) = holds.get_mut(&app)
                        && hold.step == Step::Frozen
                        && hold.saves_left > 0
                        && !profile.settings.save_thaw.is_zero()
                    {
                        hold.saves_left -= 1;
                        hold.saves_used += 1;
                        hold.step = Step::Thawed(now + seconds(profile.settings.save_thaw));
                    }
                    self.decide(place, None);
                }
            }
            Event::CloseRequested(child, id) | Event::HoldUnsafe(child, id) => {
                let app = self.apps.iter().position(|app| app.id == *id);
                if let (Some(place), Some(app)) = (self.place(*child), app) {
                    self.close(place, app);
                    self.decide(place, None);
                }
            }
        }
    }

    fn close(&mut self, place: usize, app: usize) {
        if let Some(hold) = self.people[place].holds.get_mut(&app) {
            hold.step = Step::Closing;
        }
    }

    fn see(&mut self, session: &SessionId, presence: Option<Presence>) {
        let Some(seat) = self.seats.get_mut(session) else { return };
        seat.presence = presence;
        if let Some((account, _)) = seat.known.clone() {
            self.owners(&account).into_iter().for_each(|place| self.decide(place, None));
        }
    }

    pub fn place(&self, child: ChildId) -> Option<usize> {
        self.people.iter().position(|person| person.profile.id == child)
    }

    fn owners(&self, account: &Account) -> Vec<usize> {
        let owns = |place: &usize| self.people[*place].profile.accounts.contains(account);
        (0..self.people.len()).filter(owns).collect()
    }
}
