//! What doctor found, and what exactly stands against a question, as sentences.

use crate::{Said, Value, Words};
use chrono::{DateTime, NaiveTime, Utc};
use lanh_protocol::{Detail, Fact, Finding, Severity};

impl Words {
    /// A finding: what it is (title) and what to do (body, empty where nothing is to be done).
    pub fn finding(&self, finding: &Finding) -> Said {
        let (title, remedy) = self.fact(&finding.fact);
        let body = if finding.severity == Severity::Ok { String::new() } else { remedy };
        Said { title, body }
    }

    /// A fact and its remedy.
    fn fact(&self, fact: &Fact) -> (String, String) {
        let feature = |missing: &Option<String>| {
            [state(missing.is_none()), ("detail", missing.clone().unwrap_or_default().into())]
        };
        let detail = |detail: &str| [("detail", detail.to_owned().into())];
        let child = |child: &str| ("child", Value::from(child.to_owned()));
        let account = |account: &str| ("account", Value::from(account.to_owned()));
        match fact {
            Fact::UserMode => (self.text("finding-user-mode", &[]), self.text("remedy-user-mode", &[])),
            Fact::Gate { missing } => {
                (self.text("finding-gate", &feature(missing)), self.text("remedy-gate", &[]))
            }
            Fact::ProcessConnector { missing } => (
                self.text("finding-process-connector", &feature(missing)),
                self.text("remedy-process-connector", &[]),
            ),
            Fact::CgroupFreeze { missing } => (
                self.text("finding-cgroup-freeze", &feature(missing)),
                self.text("remedy-cgroup-freeze", &[]),
            ),
            Fact::Pidfd { missing } => {
                (self.text("finding-pidfd", &feature(missing)), self.text("remedy-pidfd", &[]))
            }
            Fact::Sessions { missing } => {
                (self.text("finding-sessions", &feature(missing)), self.text("remedy-sessions", &[]))
            }
            Fact::SealedKey { missing } => {
                (self.text("finding-sealed-key", &feature(missing)), self.text("remedy-sealed-key", &[]))
            }
            Fact::Clock { missing } => {
                (self.text("finding-clock", &[state(missing.is_none())]), self.text("remedy-clock", &[]))
            }
            Fact::Memfd { missing } => {
                (self.text("finding-memfd", &feature(missing)), self.text("remedy-memfd", &[]))
            }
            Fact::ClockApart { ahead, seconds } => {
                let way = if *ahead { "ahead" } else { "behind" };
                let duration = self.duration(*seconds);
                (
                    self.text("finding-clock-apart", &[("way", way.into()), ("duration", duration.into())]),
                    self.text("remedy-clock-apart", &[]),
                )
            }
            Fact::NoChild => (self.text("finding-no-child", &[]), self.text("remedy-no-child", &[])),
            Fact::Accounts { detail: why } => {
                (self.text("finding-accounts", &detail(why)), self.text("remedy-accounts", &[]))
            }
            Fact::ChildIsAdministrator { child: name, account: login } => (
                self.text("finding-child-is-administrator", &[child(name), account(login)]),
                self.text("remedy-child-is-administrator", &[account(login)]),
            ),
            Fact::NoPassword { account: login } => (
                self.text("finding-no-password", &[account(login)]),
                self.text("remedy-no-password", &[account(login)]),
            ),
            Fact::SpareAccount { account: login } => (
                self.text("finding-spare-account", &[account(login)]),
                self.text("remedy-spare-account", &[account(login)]),
            ),
            Fact::ChildWithoutAccount { child: name } => (
                self.text("finding-child-without-account", &[child(name)]),
                self.text("remedy-child-without-account", &[child(name)]),
            ),
            Fact::ChildWithoutRules { child: name } => (
                self.text("finding-child-without-rules", &[child(name)]),
                self.text("remedy-child-without-rules", &[child(name)]),
            ),
            Fact::OwnPrograms { child: name } => (
                self.text("finding-own-programs", &[child(name)]),
                self.text("remedy-own-programs", &[child(name)]),
            ),
            Fact::Secret { set } => {
                (self.text("finding-secret", &[state(*set)]), self.text("remedy-secret", &[]))
            }
            Fact::Database { trouble } => {
                (self.text("finding-database", &feature(trouble)), self.text("remedy-database", &[]))
            }
            Fact::Audit { entries, broken_at } => {
                let at = broken_at.unwrap_or_default().to_string();
                let entries = ("entries", entries.to_string().into());
                (
                    self.text("finding-audit", &[state(broken_at.is_none()), entries, ("at", at.into())]),
                    self.text("remedy-audit", &[]),
                )
            }
            Fact::Backup { newest } => {
                let at = newest.map(stamp).unwrap_or_default();
                (
                    self.text("finding-backup", &[state(newest.is_some()), ("at", at.into())]),
                    self.text("remedy-backup", &[]),
                )
            }
            Fact::NotRefused { detail: why } => {
                (self.text("finding-not-refused", &detail(why)), self.text("remedy-restart", &[]))
            }
            Fact::GateFailed { detail: why } => {
                (self.text("finding-gate-failed", &detail(why)), self.text("remedy-restart", &[]))
            }
            Fact::CatalogueRefused { detail: why } => (
                self.text("finding-catalogue-refused", &detail(why)),
                self.text("remedy-catalogue-refused", &[]),
            ),
            Fact::RestoreFailed { detail: why } => {
                (self.text("finding-restore-failed", &detail(why)), self.text("remedy-restore-failed", &[]))
            }
            Fact::Recovered { backup } => (
                self.text("finding-recovered", &[("at", stamp(*backup).into())]),
                self.text("remedy-recovered", &[]),
            ),
            Fact::StandIn { as_of, detail } => (
                self.text(
                    "finding-stand-in",
                    &[("at", stamp(*as_of).into()), ("detail", detail.as_str().into())],
                ),
                self.text("remedy-stand-in", &[]),
            ),
            Fact::UseLost { detail: why } => {
                (self.text("finding-use-lost", &detail(why)), self.text("remedy-use-lost", &[]))
            }
            Fact::NotWritten { detail: why } => {
                (self.text("finding-not-written", &detail(why)), self.text("remedy-not-written", &[]))
            }
            Fact::DiskStuck => (self.text("finding-disk-stuck", &[]), self.text("remedy-disk-stuck", &[])),
        }
    }

    /// What exactly stands against a question.
    pub fn detail(&self, detail: &Detail) -> String {
        let text = |text: &str| [("text", Value::from(text.to_owned()))];
        let time = |time: &NaiveTime| [("time", Value::from(time.format("%H:%M").to_string()))];
        let count = |count: &u64| [("count", Value::from(*count))];
        let account = |account: &str| [("account", Value::from(account.to_owned()))];
        match detail {
            Detail::Missing { thing, name } => {
                let thing = ("thing", thing.code().into());
                self.text("missing", &[thing, ("name", name.as_str().into())])
            }
            Detail::NothingCounted => self.text("detail-nothing-counted", &[]),
            Detail::BankForEach => self.text("detail-bank-for-each", &[]),
            Detail::EarnedByNothing => self.text("detail-earned-by-nothing", &[]),
            Detail::CannotBorrow { seconds } => self.text(
                "detail-cannot-borrow",
                &[("duration", self.duration(*seconds).into()), ("count", (*seconds).into())],
            ),
            Detail::SayWhichChild => self.text("detail-say-which-child", &[]),
            Detail::OnlyChildAsks => self.text("detail-only-child-asks", &[]),
            Detail::Lines { at_most } => self.text("detail-lines", &[("count", at_most.to_string().into())]),
            Detail::Days { at_most } => self.text("detail-days", &count(at_most)),
            Detail::RootAccount => self.text("detail-root-account", &[]),
            Detail::OtherAccount { account: login } => self.text("detail-other-account", &account(login)),
            Detail::AccountTaken { account: login } => self.text("detail-account-taken", &account(login)),
            Detail::BirthYear { from, until } => self.text(
                "detail-birth-year",
                &[("from", from.to_string().into()), ("until", until.to_string().into())],
            ),
            Detail::Name => self.text("detail-name", &[]),
            Detail::Zone { text: zone } => self.text("detail-zone", &text(zone)),
            Detail::Telephone { text: number } => self.text("detail-telephone", &text(number)),
            Detail::Retention => self.text("detail-retention", &[]),
            Detail::IdleAfter => self.text("detail-idle-after", &[]),
            Detail::Amount => self.text("detail-amount", &[]),
            Detail::Words => self.text("detail-words", &[]),
            Detail::Warnings => self.text("detail-warnings", &[]),
            Detail::Saving => self.text("detail-saving", &[]),
            Detail::HoldFor => self.text("detail-hold-for", &[]),
            Detail::CloseGrace => self.text("detail-close-grace", &[]),
            Detail::Rating { text: rating } => self.text("detail-rating", &text(rating)),
            Detail::Category { text: category } => self.text("detail-category", &text(category)),
            Detail::Weekday { text: day } => self.text("detail-weekday", &text(day)),
            Detail::AllowanceTooLong { minutes } => {
                let duration = self.duration(minutes.saturating_mul(60));
                self.text("detail-allowance-too-long", &[("duration", duration.into())])
            }
            Detail::SlotBackwards { from } => self.text("detail-slot-backwards", &time(from)),
            Detail::SlotsOverlap { at } => self.text("detail-slots-overlap", &time(at)),
            Detail::BreakTooShort => self.text("detail-break-too-short", &[]),
            Detail::HealthTextTooOften => self.text("detail-health-text-too-often", &[]),
            Detail::AllowOnlyEmpty => self.text("detail-allow-only-empty", &[]),
            Detail::AlreadyAnswered => self.text("detail-already-answered", &[]),
            Detail::RequestsWaiting { open } => self.text("detail-requests-waiting", &count(open)),
            Detail::SecretTooShort => self.text("detail-secret-too-short", &[]),
            Detail::SecretTooLong => self.text("detail-secret-too-long", &[]),
            Detail::SecretTooSimple => self.text("detail-secret-too-simple", &[]),
            Detail::SecretBirthYear => self.text("detail-secret-birth-year", &[]),
            Detail::DiskFull => self.text("detail-disk-full", &[]),
            Detail::DiskReadOnly => self.text("detail-disk-read-only", &[]),
            Detail::DiskBusy => self.text("detail-disk-busy", &[]),
            Detail::AnswerTooLong => self.text("detail-answer-too-long", &[]),
            Detail::AccountsUnreadable => self.text("detail-accounts-unreadable", &[]),
        }
    }
}

fn state(ok: bool) -> (&'static str, Value<'static>) {
    ("state", if ok { "ok" } else { "missing" }.into())
}

fn stamp(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}
