//! What the messages carry: views of the domain, as clients need them.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

/// What a rule, a grant or a warning is about.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "kebab-case")]
pub enum TargetView {
    /// One program.
    App {
        /// Its id.
        app: String,
        /// Its name; may be empty in questions.
        #[serde(default)]
        name: String,
    },
    /// All programs of a category together.
    Category {
        /// Which.
        category: CategoryView,
    },
    /// Each program of a category by itself.
    Each {
        /// Which.
        category: CategoryView,
    },
    /// The whole screen.
    Screen,
}

/// What people use a program for.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each name says it all")]
pub enum CategoryView {
    Game,
    Learning,
    Social,
    Video,
    Browser,
    Creative,
    System,
    Other,
}

/// One program.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub category: CategoryView,
    /// The youngest age of its rating (0, 12, 16, 18), if it has one.
    pub rating: Option<u8>,
    /// How Lanh knows what it is for: `read` (from the machine or from a source that the catalogue names), `known`
    /// (commonly, and not verified), `guardian`, or `guess`.
    pub basis: String,
    /// How Lanh knows the rating, in the same words; `guess` where there is none.
    pub rating_basis: String,
    /// What it could be by its file name, which alone is no evidence: for the guardian to sort.
    pub perhaps: Option<PerhapsView>,
    /// Where it came from: `desktop`, `steam`, `flatpak`, `snap`, `path`, ...
    pub source: String,
    /// When a child last ran it.
    pub last_seen: Option<DateTime<Utc>>,
}

/// What a program could be.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerhapsView {
    /// The name of the program that has such a file.
    pub name: String,
    /// What that is for.
    pub category: CategoryView,
}

/// A child.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildView {
    /// Its number; 0 for one that is not stored yet.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its year of birth.
    pub birth_year: i32,
    /// Its accounts' names on this machine.
    pub accounts: Vec<String>,
    /// How its rules are enforced; `None` in questions leaves it as it is.
    pub enforcement: Option<EnforcementView>,
}

/// How a child's rules are enforced. Durations in seconds.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnforcementView {
    /// How long before a limit to warn, longest first.
    pub warn_at: Vec<u64>,
    /// Count every running program, whatever is in front.
    pub strict_counting: bool,
    /// Refuse programs that lie where the child can write, whatever they are.
    #[serde(default)]
    pub strict_programs: bool,
    /// How often a held program may be thawed to save.
    pub save_thaws: u8,
    /// How long one such thaw lasts.
    pub save_thaw: u64,
    /// When a hold becomes a close: after so long, or `None`: at the end of the day.
    pub hold_for: Option<u64>,
    /// Between the polite request to close and the kill.
    pub close_grace: u64,
}

/// A rule that holds.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleView {
    /// Its number.
    pub id: u64,
    /// Who set it.
    pub origin: OriginView,
    /// What it asks.
    pub rule: NewRule,
}

/// Who set a rule.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum OriginView {
    /// A guardian.
    Guardian,
    /// A shipped preset.
    Preset {
        /// Its id.
        preset: String,
        /// The law or guideline.
        citation: String,
        /// In force or published since.
        since: NaiveDate,
    },
    /// A class or school.
    Class {
        /// Its name.
        class: String,
    },
}

/// What a rule asks. Durations in seconds.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "kebab-case")]
pub enum NewRule {
    /// At most so much time.
    Allowance {
        /// On what.
        target: TargetView,
        /// How much, when.
        period: BudgetPeriod,
    },
    /// Only at these hours.
    Schedule {
        /// For what.
        target: TargetView,
        /// The slots of each weekday, Monday first.
        slots: [Vec<SlotView>; 7],
    },
    /// A rest after so long at a stretch.
    Break {
        /// From what.
        target: TargetView,
        /// The longest stretch.
        at_most: u64,
        /// The rest.
        rest: u64,
    },
    /// No program rated above this age.
    RatingCeiling {
        /// 0, 12, 16 or 18.
        age: u8,
    },
    /// Not at all.
    Block {
        /// What.
        target: TargetView,
    },
    /// Costs no time and nothing stops it.
    Exemption {
        /// What.
        target: TargetView,
    },
    /// Nothing but these.
    AllowOnly {
        /// What.
        targets: Vec<TargetView>,
    },
    /// Unused time of the target's daily allowances is kept, and some of tomorrow's can be had today.
    Bank {
        /// Of what.
        target: TargetView,
        /// How much is kept at most.
        keep: u64,
        /// How much can be borrowed a day at most.
        borrow: u64,
        /// The first day whose unused time is kept; null in questions: today.
        since: Option<NaiveDate>,
    },
    /// Use of one thing earns time for another, on the same day.
    Earn {
        /// What it is earned by.
        by: TargetView,
        /// How much use earns once.
        every: u64,
        /// For what.
        target: TargetView,
        /// How much time, once.
        gives: u64,
        /// At most so much a day.
        at_most: u64,
    },
    /// The health text after every so much play.
    HealthText {
        /// Of what.
        target: TargetView,
        /// How often.
        every: u64,
    },
}

/// How much time, when. Seconds.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "per", rename_all = "kebab-case")]
pub enum BudgetPeriod {
    /// Per day, Monday first; null: no limit on that weekday.
    Day {
        /// Seconds.
        seconds: [Option<u64>; 7],
    },
    /// Per week.
    Week {
        /// Seconds.
        seconds: u64,
    },
}

/// One stretch of allowed hours.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotView {
    /// When it opens, local time.
    pub from: NaiveTime,
    /// When it closes; null: 24:00.
    pub until: Option<NaiveTime>,
    /// Whether time in it costs nothing.
    #[serde(default)]
    pub free: bool,
}

/// A shipped preset.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PresetView {
    /// Its id, as typed.
    pub id: String,
    /// The first and last age, in years, that it is meant for.
    pub ages: (u8, u8),
    /// The law or guideline that its figures follow.
    pub citation: String,
    /// In force or published since.
    pub since: NaiveDate,
    /// Its rules.
    pub rules: Vec<NewRule>,
}

/// Whether a target may be used now.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum VerdictView {
    /// Yes.
    Allowed {
        /// When it ends if use goes on.
        until: Option<DateTime<Utc>>,
        /// Why it will end.
        reason: Option<ReasonView>,
    },
    /// Yes, but the end has been announced.
    Warned {
        /// When it ends.
        until: DateTime<Utc>,
        /// Why.
        reason: ReasonView,
    },
    /// Frozen.
    Held {
        /// Why.
        reason: ReasonView,
        /// When it will be closed.
        closes_at: DateTime<Utc>,
    },
    /// No.
    Denied {
        /// Why.
        reason: ReasonView,
    },
}

/// The strictest rule behind a verdict.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReasonView {
    /// Which rule.
    pub rule: u64,
    /// Who set it.
    pub origin: OriginView,
    /// What it says.
    pub cause: Cause,
    /// When the rule will say yes again by itself.
    pub until: Option<DateTime<Utc>>,
    /// What would help: `wait`, `rest`, `ask-for-time`, `ask-to-change`.
    pub helps: Vec<HelpView>,
}

/// What a rule says no to. Durations in seconds.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum Cause {
    /// The allowance is used up.
    AllowanceSpent {
        /// Of what.
        target: TargetView,
        /// How much it was.
        amount: u64,
        /// A week's, not a day's.
        weekly: bool,
    },
    /// Outside the allowed hours.
    OutsideHours {
        /// Of what.
        target: TargetView,
    },
    /// Time for a rest.
    BreakDue {
        /// From what.
        target: TargetView,
        /// How long.
        rest: u64,
    },
    /// Rated for older people.
    RatingAbove {
        /// The program's.
        rating: u8,
        /// The highest allowed.
        ceiling: u8,
    },
    /// Blocked.
    Blocked {
        /// What.
        target: TargetView,
    },
    /// Not one of the few that are allowed.
    NotAllowedOnly,
    /// The system did not install it, and the child may start only what it did.
    NotInstalled,
}

/// What would help.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each name says it all")]
pub enum HelpView {
    Wait,
    Rest,
    AskForTime,
    AskToChange,
}

/// How children stand.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatusView {
    /// Trusted time of the answer.
    pub now: DateTime<Utc>,
    /// The family's time zone, by its IANA name.
    pub zone: String,
    /// One entry a child.
    pub children: Vec<StandingView>,
    /// Numbers of the child help lines, most local last.
    pub help_lines: Vec<String>,
}

/// How one child stands.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StandingView {
    /// Who.
    pub child: ChildView,
    /// Over the whole screen.
    pub screen: VerdictView,
    /// Seconds used on the screen today.
    pub used_today: u64,
    /// The budgets.
    pub budgets: Vec<BudgetView>,
    /// What runs.
    pub running: Vec<RunningView>,
    /// Grants with time left.
    pub grants: Vec<GrantView>,
    /// Open requests.
    pub requests: Vec<RequestView>,
    /// Whether a companion reports from the child's session; without one counting is strict.
    pub companion: bool,
}

/// One budget. Seconds.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BudgetView {
    /// Which rule.
    pub rule: u64,
    /// Of what.
    pub target: TargetView,
    /// A week's.
    pub weekly: bool,
    /// The allowance.
    pub amount: u64,
    /// Used of it.
    pub used: u64,
    /// What is left.
    pub left: u64,
    /// Whether it is counting now.
    pub counting: bool,
}

/// A program that runs.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunningView {
    /// Which.
    pub app: AppView,
    /// Its verdict.
    pub verdict: VerdictView,
    /// Whether it is being counted now.
    pub in_use: bool,
}

/// A grant. Seconds.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GrantView {
    /// Its number.
    pub id: u64,
    /// For whom.
    pub child: u64,
    /// For what.
    pub target: TargetView,
    /// How much.
    pub amount: u64,
    /// What is left.
    pub left: u64,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// A request.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestView {
    /// Its number.
    pub id: u64,
    /// Who asks.
    pub child: u64,
    /// The child's name.
    pub name: String,
    /// For what.
    pub target: TargetView,
    /// How many seconds.
    pub seconds: u64,
    /// Why.
    pub words: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What became of it.
    pub state: RequestStateView,
}

/// What became of a request.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum RequestStateView {
    /// Nobody answered yet.
    Open,
    /// Yes.
    Granted {
        /// How many seconds.
        seconds: u64,
    },
    /// No.
    Denied {
        /// A word from the guardian.
        words: String,
    },
}

/// Used time.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UsageView {
    /// Whose.
    pub child: u64,
    /// The family's zone.
    pub zone: String,
    /// Sums, one a day and series.
    pub sums: Vec<UsageSum>,
    /// The intervals, if they were asked for, oldest first.
    pub intervals: Vec<IntervalView>,
}

/// A day's use of one series. Seconds.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UsageSum {
    /// The local day.
    pub day: NaiveDate,
    /// An app, a category, or the screen.
    pub target: TargetView,
    /// Used in all.
    pub used: u64,
    /// Of that, charged to allowances.
    pub charged: u64,
    /// Of that, paid by grants.
    pub granted: u64,
}

/// One interval of the ledger.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntervalView {
    /// Its series.
    pub target: TargetView,
    /// The app in front.
    pub app: Option<String>,
    /// Start.
    pub from: DateTime<Utc>,
    /// End.
    pub until: DateTime<Utc>,
    /// Seconds used within.
    pub used: u64,
    /// `charged`, `grant`, or `free`.
    pub cost: CostView,
    /// Why it was counted.
    pub basis: BasisView,
}

/// Whether used time costs.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cost", rename_all = "kebab-case")]
pub enum CostView {
    /// It counts.
    Charged,
    /// A grant paid it.
    Grant {
        /// Which.
        grant: u64,
    },
    /// It costs nothing.
    Free {
        /// By which rule.
        rule: u64,
    },
}

/// Why an interval was counted.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the ledger's own words")]
pub enum BasisView {
    InFront,
    FocusUnknown,
    CompanionSilent,
    Strict,
    SessionActive,
}

/// Why a target may or may not be used.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WhyView {
    /// What was asked about.
    pub target: TargetView,
    /// The verdict.
    pub verdict: VerdictView,
    /// The rules that bear on it.
    pub rules: Vec<RuleView>,
    /// Its budgets.
    pub budgets: Vec<BudgetView>,
}

/// What a companion shall do.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanionOrders {
    /// Whose session it is; `None`: nobody's, the companion may end.
    pub child: Option<u64>,
    /// Seconds without a touch after which nobody is there.
    pub idle_after: u64,
    /// Report at least every so many seconds.
    pub report_every: u64,
    /// Numbers of the child help lines.
    pub help_lines: Vec<String>,
}

/// The settings of the machine.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsView {
    /// The family's time zone, by its IANA name.
    pub zone: String,
    /// On which weekday a week starts: `mon` to `sun`.
    pub week_start: String,
    /// How many days the ledger is kept (31 to 3,650).
    pub retention_days: u32,
    /// Keep no app names beyond the day and week that they count in.
    pub totals_only: bool,
    /// Numbers of the child help lines, most local last.
    pub help_lines: Vec<String>,
    /// Seconds without a touch after which nobody is there (30 to 3,600).
    pub idle_after: u64,
}

/// The service.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceInfo {
    /// Its version.
    pub version: String,
    /// `root`: every bound account. `user`: the current user only.
    pub mode: ModeView,
    /// Whether a guardian secret is set.
    pub set_up: bool,
    /// What this connection may do.
    pub role: crate::message::Role,
    /// What does not work or was recovered.
    pub troubles: Vec<crate::fact::Fact>,
}

/// How much the service can enforce.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModeView {
    /// Every bound account; launches are refused.
    Root,
    /// The current user only; launches are noticed and ended.
    User,
}

/// A child and everything that shall hold for it.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChildPolicy {
    /// The child; `id` 0 for a new one.
    pub child: ChildView,
    /// The shipped preset whose rules hold; `None`: no preset's.
    pub preset: Option<String>,
    /// The guardian's own rules, in place of those so far.
    pub rules: Vec<NewRule>,
}

/// A change of a child's rules.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeView {
    /// Its number.
    pub revision: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// The rules before it.
    pub before: Vec<RuleView>,
    /// The rules after it.
    pub after: Vec<RuleView>,
}

/// One line of the audit log.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// Its number.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// What kind (`rule-added`, `wrong-secret`, `refused-question`, ...).
    pub kind: String,
    /// Who: `guardian`, `child:1`, `uid:1001`, `service`.
    pub actor: String,
    /// About which child.
    pub child: Option<u64>,
    /// What, in English.
    pub detail: String,
}

/// A backup.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupView {
    /// Its name.
    pub name: String,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Bytes.
    pub size: u64,
}

/// An account of the machine.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// Its login name.
    pub name: String,
    /// Its uid or SID.
    pub id: String,
    /// The person's name as the system has it.
    pub full_name: String,
    /// Whether it may administer the machine.
    pub administrator: bool,
    /// Whether it has no password; `None`: cannot be told.
    pub no_password: Option<bool>,
    /// The child it is bound to.
    pub child: Option<u64>,
}
