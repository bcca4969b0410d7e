//! The messages.

use crate::fact::{Detail, DoctorReport};
use crate::fair::{DisputeView, ReplayView, RuleChange};
use crate::report::{IntervalsView, ReportView};
use crate::view::{
    AppView, AuditLine, BackupView, ChangeView, ChildPolicy, ChildView, GrantView, NewRule, PresetView,
    ReasonView, RequestView, RuleView, ServiceInfo, SettingsView, StatusView, TargetView, UsageView, WhyView,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// The version of these types; both sides say theirs first and part if they differ.
pub const PROTOCOL_VERSION: u32 = 1;

/// The first frame of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`PROTOCOL_VERSION`] of the client.
    pub version: u32,
    /// What kind of client it is; it gives no right by itself.
    pub client: ClientKind,
}

/// What kind of client talks.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientKind {
    /// The command line.
    Cli,
    /// The companion of a desktop session.
    Companion,
    /// The desktop app.
    App,
}

/// The first frame of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// [`PROTOCOL_VERSION`] of the service.
    pub version: u32,
    /// What the kernel's credentials make of the peer.
    pub role: Role,
}

/// Who a peer is. Follows from the credentials that the kernel vouches for, never from a message.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "kebab-case")]
pub enum Role {
    /// An administrator of the machine (root), or a peer whose connection proved the guardian's secret.
    Guardian,
    /// An account that is bound to this child.
    Child {
        /// Which one.
        child: u64,
    },
    /// Anybody else: may say the guardian's secret and little more.
    Nobody,
}

/// Everything a client sends after its [`Hello`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FromClient {
    /// Chosen by the client; the answer carries it.
    pub id: u64,
    /// What it asks.
    pub question: Question,
}

/// Everything the service sends after its [`Welcome`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[allow(clippy::large_enum_variant, reason = "lives for one frame")]
pub enum FromService {
    /// The answer to a question.
    Answer {
        /// The question's id.
        id: u64,
        /// Yes with what was asked for, or no with a reason.
        result: Result<Answer, Failure>,
    },
    /// Something that happened, told to who asked to be told ([`Question::Watch`]) or to a companion.
    Notice {
        /// What.
        notice: Notice,
    },
}

/// What a client can ask. `child: None` means the asking child itself.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Question {
    // Anybody.
    /// The service's version, mode and health. Answer: `Info`.
    Info,
    /// Prove to be a guardian, for the rest of this connection. Answer: `Done`.
    Unlock {
        /// PIN or passphrase.
        secret: String,
    },
    /// Set a new secret with the recovery code. Answer: `RecoveryCode` (a new one).
    Recover {
        /// The code on paper.
        code: String,
        /// The new PIN or passphrase.
        secret: String,
    },
    /// Set the first secret: an administrator, or in user mode the user. Answer: `RecoveryCode`.
    SetSecret {
        /// PIN or passphrase.
        secret: String,
    },

    // A child about itself; a guardian about any child.
    /// How one child or all children stand. Answer: `Status`.
    Status {
        /// Whose.
        child: Option<u64>,
    },
    /// Be told of notices from now on. Answer: `Done`.
    Watch,
    /// The rules that hold. Answer: `Rules`.
    Rules {
        /// Whose.
        child: Option<u64>,
    },
    /// Why the target may or may not be used now. Answer: `Why`.
    Why {
        /// Whose.
        child: Option<u64>,
        /// What.
        target: TargetView,
    },
    /// Why the minute at this time was charged. Answer: `Usage` with the intervals that touch it.
    WhyCharged {
        /// Whose.
        child: Option<u64>,
        /// When.
        at: DateTime<Utc>,
    },
    /// Used time between two local days, both included. Answer: `Usage`.
    Usage {
        /// Whose.
        child: Option<u64>,
        /// First day.
        from: NaiveDate,
        /// Last day.
        until: NaiveDate,
        /// With every interval, not sums only.
        intervals: bool,
    },
    /// Sums of the days from `from` to `until` (both included, 31 at most). Answer: `Sums`.
    Sums {
        /// Whose.
        child: Option<u64>,
        /// First day.
        from: NaiveDate,
        /// Last day.
        until: NaiveDate,
    },
    /// The intervals of the days from `from` to `until`, 500 at a time. Answer: `Intervals`.
    Intervals {
        /// Whose.
        child: Option<u64>,
        /// First day.
        from: NaiveDate,
        /// Last day.
        until: NaiveDate,
        /// How many to skip: 0, then what the answer says.
        skip: u64,
    },
    /// What the days from `from` to `until` (both included, 35 at most) would have been under changed
    /// rules. Answer: `Replay`.
    Replay {
        /// Whose.
        child: Option<u64>,
        /// The changes, in order; none: the rules as they are now.
        changes: Vec<RuleChange>,
        /// First day.
        from: NaiveDate,
        /// Last day.
        until: NaiveDate,
    },
    /// A child asks for time. Answer: `Request`.
    AskForTime {
        /// For what.
        target: TargetView,
        /// How much, in seconds.
        seconds: u64,
        /// Why.
        words: String,
    },
    /// A child questions what was counted from `from` to `until`, a day at most. Answer: `Dispute`.
    Dispute {
        /// A program, or the screen for everything.
        target: TargetView,
        /// From when.
        from: DateTime<Utc>,
        /// Until when.
        until: DateTime<Utc>,
        /// Why.
        words: String,
    },
    /// A child has some of tomorrow's time today, from the bank of a target. Answer: `Done`.
    Borrow {
        /// Of what.
        target: TargetView,
        /// How much, in seconds.
        seconds: u64,
    },
    /// The disputes, newest first, with their evidence. Answer: `Disputes`.
    Disputes {
        /// Whose.
        child: Option<u64>,
        /// Answered ones too.
        all: bool,
    },
    /// The requests, newest first. Answer: `Requests`.
    Requests {
        /// Whose.
        child: Option<u64>,
        /// Answered ones too.
        all: bool,
    },
    /// The grants that still have time. Answer: `Grants`.
    Grants {
        /// Whose.
        child: Option<u64>,
    },
    /// Thaw a held app for a moment to save. Answer: `Done`.
    SaveGame {
        /// Which.
        app: String,
    },
    /// Close a held app now. Answer: `Done`.
    CloseApp {
        /// Which.
        app: String,
    },

    // The companion of a session.
    /// The companion is here and will report. Answer: `Companion`.
    Attach {
        /// Its session, if it knows its name (XDG_SESSION_ID).
        session: Option<String>,
    },
    /// What it sees; also its sign of life, at least every 30 seconds. Answer: `Done`.
    Report {
        /// What it sees.
        presence: PresenceReport,
    },
    /// Whether the desktop is free after [`Notice::PrepareHold`]. Answer: `Done`.
    HoldPrepared {
        /// Of which app.
        app: String,
        /// False: it still has the pointer, the keyboard or the whole screen.
        free: bool,
    },

    // A guardian.
    /// The children. Answer: `Children`.
    Children,
    /// Add a child, or change one that has an id. Answer: `Child`.
    PutChild {
        /// What it shall be; `id` 0 for a new one.
        child: ChildView,
        /// A preset to start with.
        preset: Option<String>,
    },
    /// Remove a child with everything kept about it. Answer: `Done`.
    RemoveChild {
        /// Which.
        child: u64,
    },
    /// Add a rule, or replace one that has an id. Answer: `Rule`.
    PutRule {
        /// Whose.
        child: u64,
        /// The rule to replace.
        replaces: Option<u64>,
        /// What it asks.
        rule: NewRule,
    },
    /// Take a rule away. Answer: `Done`.
    RemoveRule {
        /// Whose.
        child: u64,
        /// Which.
        rule: u64,
    },
    /// The shipped presets. Answer: `Presets`.
    Presets,
    /// Put a preset's rules in force beside what holds, in place of its earlier ones. Answer: `Rules`.
    ApplyPreset {
        /// Whose.
        child: u64,
        /// Which.
        preset: String,
    },
    /// What was changed in a child's rules, newest first. Answer: `History`.
    History {
        /// Whose.
        child: u64,
    },
    /// Put a child's rules back to what they were before a revision. Answer: `Rules`.
    Rollback {
        /// Whose.
        child: u64,
        /// Which revision is undone, with all after it; 0: all of them.
        revision: u64,
    },
    /// Let these children be as they are here: all of it, or nothing at any error. Other children stay.
    /// Answer: `Children`, as they are then.
    PutPolicy {
        /// The children.
        children: Vec<ChildPolicy>,
    },
    /// The programs known. Answer: `Apps`.
    Apps {
        /// Only those that a guardian should sort.
        unsorted: bool,
    },
    /// Decide what a program is. Answer: `App`.
    PutApp {
        /// Which, by its id.
        app: String,
        /// Its category, by its word (`game`, `learning`, ...); `none`: as Lanh finds it.
        category: Option<String>,
        /// Its rating: `0`, `12`, `16`, `18`; `none`: as Lanh finds it.
        rating: Option<String>,
    },
    /// Look again for installed programs. Answer: `Apps`.
    RescanApps,
    /// Give time. Answer: `Grant`.
    Grant {
        /// To whom.
        child: u64,
        /// For what.
        target: TargetView,
        /// How much, in seconds.
        seconds: u64,
    },
    /// Take back what is left of a grant. Answer: `Done`.
    RevokeGrant {
        /// Which.
        grant: u64,
    },
    /// Say yes (seconds) or no (None) to a request. Answer: `Request`.
    AnswerRequest {
        /// Which.
        request: u64,
        /// How much, if yes.
        seconds: Option<u64>,
        /// A word to the child.
        words: String,
    },
    /// Say yes or no to a dispute: a yes gives the counted time back. Answer: `Dispute`.
    AnswerDispute {
        /// Which.
        dispute: u64,
        /// Yes.
        accept: bool,
        /// A word to the child, with a no.
        words: String,
    },
    /// Give back what was counted from `from` to `until` without being asked. Answer: `Dispute`.
    Correct {
        /// Whose.
        child: u64,
        /// A program, or the screen for everything.
        target: TargetView,
        /// From when.
        from: DateTime<Utc>,
        /// Until when, a day at most.
        until: DateTime<Utc>,
        /// Why.
        words: String,
    },
    /// The settings. Answer: `Settings`.
    Settings,
    /// Change the settings: all of them or none. Answer: `Settings`.
    PutSettings(SettingsView),
    /// The audit log, newest first. Answer: `Audit`.
    Audit {
        /// How many lines at most (1 to 1,000).
        limit: u32,
        /// Only lines before this number.
        before: Option<u64>,
    },
    /// Check the hash chain of the audit log. Answer: `AuditVerified`.
    VerifyAudit,
    /// Make a backup now. Answer: `Backup`.
    Backup,
    /// The backups. Answer: `Backups`.
    Backups,
    /// Go back to a backup; what is now is kept aside. Answer: `Done`.
    Restore {
        /// Its name.
        name: String,
    },
    /// Look for what could let a child around the limits, and for what is broken. Answer: `Doctor`.
    Doctor,
    /// The accounts of this machine that people log in with. Answer: `Accounts`.
    Accounts,
}

/// What the service answers.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", content = "with", rename_all = "kebab-case")]
#[allow(missing_docs, clippy::large_enum_variant, reason = "named after their questions; live for one frame")]
pub enum Answer {
    Done,
    Info(ServiceInfo),
    RecoveryCode(String),
    Status(StatusView),
    Rules(Vec<RuleView>),
    Rule(RuleView),
    Why(WhyView),
    Usage(UsageView),
    Sums(ReportView),
    Intervals(IntervalsView),
    Replay(ReplayView),
    Request(RequestView),
    Requests(Vec<RequestView>),
    Dispute(DisputeView),
    Disputes(Vec<DisputeView>),
    Grant(GrantView),
    Grants(Vec<GrantView>),
    Companion(crate::view::CompanionOrders),
    Children(Vec<ChildView>),
    Child(ChildView),
    Presets(Vec<PresetView>),
    History(Vec<ChangeView>),
    Apps(Vec<AppView>),
    App(AppView),
    Settings(SettingsView),
    Audit(Vec<AuditLine>),
    AuditVerified { entries: u64, broken_at: Option<u64> },
    Backup(BackupView),
    Backups(Vec<BackupView>),
    Doctor(DoctorReport),
    Accounts(Vec<crate::view::AccountView>),
}

/// Why the service says no.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// For programs.
    pub code: FailureCode,
    /// For logs and programs, in English: what happened and what to do.
    pub message: String,
    /// For people: what exactly it is about, for clients to say in their reader's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Detail>,
    /// For [`FailureCode::TooSoon`] and [`FailureCode::WrongSecret`]: seconds until the next try.
    pub retry_after: Option<u64>,
}

/// What kind of no it is.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureCode {
    /// It needs a guardian; say the PIN first.
    NeedsGuardian,
    /// It is about another child, or the peer is nobody.
    NotYours,
    /// The PIN is wrong.
    WrongSecret,
    /// Too many wrong PINs: wait.
    TooSoon,
    /// No guardian secret is set yet.
    NotSetUp,
    /// There is no such child, rule, app, request, grant or backup.
    NotFound,
    /// What was sent makes no sense; the detail says what.
    Invalid,
    /// As many requests of the child wait for an answer as may.
    TooManyRequests,
    /// It cannot be done on this machine or in this mode; the message says why.
    Unavailable,
    /// The service failed; the limits still hold.
    Internal,
}

/// What the service tells by itself.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "kebab-case")]
pub enum Notice {
    /// Time is ending.
    Warning {
        /// For whom.
        child: u64,
        /// What ends.
        target: TargetView,
        /// The app in use.
        app: Option<AppView>,
        /// Seconds left if use goes on.
        left: u64,
        /// Why it will end.
        reason: ReasonView,
    },
    /// Show a health text.
    HealthText {
        /// For whom.
        child: u64,
        /// The game.
        app: AppView,
        /// Seconds played today.
        played: u64,
    },
    /// The app is about to be frozen: free the desktop (un-fullscreen, minimise) and answer with
    /// [`Question::HoldPrepared`] within a second.
    PrepareHold {
        /// For whom.
        child: u64,
        /// Which app.
        app: AppView,
        /// Its processes.
        pids: Vec<u32>,
    },
    /// The app is frozen now.
    TimesUp {
        /// For whom.
        child: u64,
        /// Which app.
        app: AppView,
        /// Why.
        reason: ReasonView,
        /// When it will be closed.
        closes_at: DateTime<Utc>,
        /// How many save-your-game thaws are left.
        saves_left: u8,
    },
    /// The app goes on.
    Released {
        /// For whom.
        child: u64,
        /// Which app.
        app: AppView,
        /// Only to save, until then.
        save_until: Option<DateTime<Utc>>,
    },
    /// The app will be closed; save now.
    Closing {
        /// For whom.
        child: u64,
        /// Which app.
        app: AppView,
        /// Why.
        reason: ReasonView,
        /// Seconds until it is killed; 0: it should not have started.
        grace: u64,
    },
    /// A launch was refused.
    Refused {
        /// For whom.
        child: u64,
        /// Which app.
        app: AppView,
        /// Why.
        reason: ReasonView,
    },
    /// The session is being locked.
    Locking {
        /// For whom.
        child: u64,
        /// Why.
        reason: ReasonView,
    },
    /// A child asked for time (to guardians).
    RequestOpened(RequestView),
    /// A guardian answered (to the child).
    RequestAnswered(RequestView),
    /// A guardian gave time (to the child).
    Granted(GrantView),
    /// The standing of a child changed: ask again.
    Changed {
        /// Whose.
        child: u64,
    },
    /// The service stops; it will be back.
    Stopping,
}

/// What a companion sees.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "presence", rename_all = "kebab-case")]
pub enum PresenceReport {
    /// Nobody is there.
    Away {
        /// Seconds since the last touch.
        idle: u64,
    },
    /// Somebody is there.
    Here {
        /// Which window has the keyboard.
        focus: FocusReport,
    },
}

/// Which window has the keyboard.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "focus", rename_all = "kebab-case")]
pub enum FocusReport {
    /// A window of this process.
    Process {
        /// Its pid as the companion sees it.
        pid: u32,
    },
    /// No window.
    Nothing,
    /// It cannot be told.
    Unknown,
}
