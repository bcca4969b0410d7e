//! Facts that clients put into sentences of their reader's language: what `doctor` found, and what exactly
//! stands against a question.

use chrono::{DateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

/// What `doctor` found.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoctorReport {
    /// The findings, worst first.
    pub findings: Vec<Finding>,
}

/// One finding.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is, under its stable name (`id`).
    #[serde(flatten)]
    pub fact: Fact,
}

/// How bad a finding is.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each name says it all")]
pub enum Severity {
    Ok,
    Advice,
    Weak,
    Broken,
}

/// Something that `doctor` looked at. `missing`: `None` if it works, else what the system said, in English.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "id", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the fields are named after what they hold, and explained above")]
pub enum Fact {
    /// The service runs without root.
    UserMode,
    /// Refusing programs before they start.
    Gate { missing: Option<String> },
    /// Reports of new processes.
    ProcessConnector { missing: Option<String> },
    /// Freezing by control groups.
    CgroupFreeze { missing: Option<String> },
    /// Signals that cannot hit another process.
    Pidfd { missing: Option<String> },
    /// Login sessions.
    Sessions { missing: Option<String> },
    /// The database key is sealed.
    SealedKey { missing: Option<String> },
    /// A time service keeps the wall clock.
    Clock { missing: Option<String> },
    /// Programs cannot be started from memory.
    Memfd { missing: Option<String> },
    /// The machine's clock and trusted time are so many seconds apart.
    ClockApart { ahead: bool, seconds: u64 },
    /// There is no child.
    NoChild,
    /// The accounts cannot be read.
    Accounts { detail: String },
    /// A child's account is an administrator.
    ChildIsAdministrator { child: String, account: String },
    /// An account of nobody's has no password.
    NoPassword { account: String },
    /// An account belongs to no child.
    SpareAccount { account: String },
    /// A child has no account.
    ChildWithoutAccount { child: String },
    /// A child has no rules.
    ChildWithoutRules { child: String },
    /// A child may start programs that it put there itself.
    OwnPrograms { child: String },
    /// Whether a guardian PIN is set.
    Secret { set: bool },
    /// Whether the database is whole; `trouble`: what is wrong with it, in English.
    Database { trouble: Option<String> },
    /// Whether the audit chain is whole; `broken_at`: the first entry that is not.
    Audit { entries: u64, broken_at: Option<u64> },
    /// The newest backup.
    Backup { newest: Option<DateTime<Utc>> },
    /// The gate could not be opened.
    NotRefused { detail: String },
    /// The gate has failed since.
    GateFailed { detail: String },
    /// A backup could not be restored.
    RestoreFailed { detail: String },
    /// The database was damaged; this backup is in force.
    Recovered { backup: DateTime<Utc> },
    /// The database cannot be opened; the limits as they were then are kept from a copy.
    StandIn { as_of: DateTime<Utc>, detail: String },
    /// What was used since the backup that is in force could not be taken over.
    UseLost { detail: String },
    /// The disk takes nothing; what is used waits in memory.
    NotWritten { detail: String },
    /// The disk has not answered for seconds.
    DiskStuck,
    /// A newer catalogue of programs is broken or not signed; the shipped one is used.
    CatalogueRefused { detail: String },
}

/// What exactly stands against a question.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the fields are named after what they hold; texts are as they were sent")]
pub enum Detail {
    /// There is no such thing.
    Missing { thing: Thing, name: String },
    /// Several children, and none was named.
    SayWhichChild,
    /// Only a child asks for time; guardians give it.
    OnlyChildAsks,
    /// So many lines may be asked for.
    Lines { at_most: u64 },
    /// So many days may be asked for, the first one first.
    Days { at_most: u64 },
    /// Root cannot be a child's account.
    RootAccount,
    /// Without root only the service's own account can be supervised.
    OtherAccount { account: String },
    /// The account is another child's.
    AccountTaken { account: String },
    /// A birth year lies between these.
    BirthYear { from: i32, until: i32 },
    /// A name has so many characters, on one line.
    Name,
    /// No time zone.
    Zone { text: String },
    /// No telephone number.
    Telephone { text: String },
    /// Retention in days.
    Retention,
    /// Seconds after which nobody is there.
    IdleAfter,
    /// Nothing was counted in the stretch, which is at most a day long, that was not given back already.
    NothingCounted,
    /// Time is given in amounts of one second to 24 hours.
    Amount,
    /// Words are too long.
    Words,
    /// Warnings out of bounds.
    Warnings,
    /// Saving out of bounds.
    Saving,
    /// A hold is too long.
    HoldFor,
    /// The grace before a kill is too long.
    CloseGrace,
    /// No age rating.
    Rating { text: String },
    /// No category.
    Category { text: String },
    /// No weekday.
    Weekday { text: String },
    /// An allowance longer than its period.
    AllowanceTooLong { minutes: u64 },
    /// A slot ends before it starts.
    SlotBackwards { from: NaiveTime },
    /// Two slots share time.
    SlotsOverlap { at: NaiveTime },
    /// A break without stretch or rest.
    BreakTooShort,
    /// Health texts without end.
    HealthTextTooOften,
    /// Time is kept or earned for one program, a category together or the screen.
    BankForEach,
    /// Time is earned by at least a minute of something else.
    EarnedByNothing,
    /// No bank lends so much: what can be borrowed today, in seconds.
    CannotBorrow { seconds: u64 },
    /// An allow-only rule without a target.
    AllowOnlyEmpty,
    /// The request was answered already.
    AlreadyAnswered,
    /// So many requests wait already.
    RequestsWaiting { open: u64 },
    /// The secret is too short.
    SecretTooShort,
    /// The secret is too long.
    SecretTooLong,
    /// The secret is easily guessed.
    SecretTooSimple,
    /// The secret is a child's year of birth.
    SecretBirthYear,
    /// The disk is full.
    DiskFull,
    /// The disk cannot be written.
    DiskReadOnly,
    /// The disk does not keep up.
    DiskBusy,
    /// The accounts cannot be read.
    AccountsUnreadable,
    /// The answer does not fit into one message.
    AnswerTooLong,
}

/// Something that can be looked up.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each name says it all")]
pub enum Thing {
    Child,
    Rule,
    Revision,
    App,
    Request,
    Grant,
    Backup,
    Preset,
    Account,
    Dispute,
}

impl Thing {
    /// Its name on the wire, which is also its English word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Child => "child",
            Self::Rule => "rule",
            Self::Revision => "revision",
            Self::App => "app",
            Self::Request => "request",
            Self::Grant => "grant",
            Self::Backup => "backup",
            Self::Preset => "preset",
            Self::Account => "account",
            Self::Dispute => "dispute",
        }
    }
}
