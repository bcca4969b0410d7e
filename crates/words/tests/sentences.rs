//! Whole sentences in both languages, as people read them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use chrono::NaiveTime;
use lanh_protocol::{
    AppView, BudgetPeriod, CategoryView, Cause, ClientError, Detail, Fact, Failure, FailureCode, Finding,
    GrantView, HelpView, NewRule, Notice, OriginView, ReasonView, RequestStateView, RequestView, Severity,
    SlotView, TargetView, Thing, VerdictView, WireError,
};
use lanh_words::{Clock, HEALTH_TEXT, Language, Words};
use std::fmt::Write;
use std::time::Duration;

const GAMES: TargetView = TargetView::Category { category: CategoryView::Game };

fn clock() -> Clock {
    // Tuesday, 24 November 2026, 19:30 in Viet Nam.
    Clock::new("2026-11-24T12:30:00Z".parse().unwrap(), "Asia/Ho_Chi_Minh")
}

fn app() -> AppView {
    AppView {
        id: "minecraft".into(),
        name: "Minecraft".into(),
        category: CategoryView::Game,
        rating: Some(12),
        basis: "read".into(),
        source: "desktop".into(),
        rating_basis: "guess".into(),
        perhaps: None,
        last_seen: None,
    }
}

fn reason(cause: Cause) -> ReasonView {
    ReasonView {
        rule: 7,
        origin: OriginView::Preset {
            preset: "vn-147".into(),
            citation: "Decree 147/2024/NĐ-CP, Article 39(1)(e) and (g)".into(),
            since: "2024-12-25".parse().unwrap(),
        },
        cause,
        until: Some("2026-11-24T17:00:00Z".parse().unwrap()),
        helps: vec![HelpView::Wait, HelpView::AskForTime],
    }
}

fn spent() -> Cause {
    Cause::AllowanceSpent { target: GAMES, amount: 10800, weekly: false }
}

/// The app's own daily time.
fn own() -> TargetView {
    TargetView::App { app: "minecraft".into(), name: "Minecraft".into() }
}

fn by_guardian() -> ReasonView {
    let cause = Cause::AllowanceSpent { target: own(), amount: 1200, weekly: false };
    ReasonView { origin: OriginView::Guardian, ..reason(cause) }
}

/// A class's list of programs, for which time is no help.
fn chosen() -> ReasonView {
    ReasonView {
        origin: OriginView::Class { class: "6A".into() },
        until: None,
        helps: vec![HelpView::AskToChange],
        ..reason(Cause::NotAllowedOnly)
    }
}

fn both(say: impl Fn(Words) -> Vec<String>) -> String {
    let mut text = String::new();
    for language in [Language::English, Language::Vietnamese] {
        for line in say(Words::new(language)) {
            assert!(!line.contains("{$") && !line.contains("{ $"), "a variable is missing: {line}");
            writeln!(text, "{line}").unwrap();
        }
        writeln!(text).unwrap();
    }
    text
}

#[test]
fn lengths_and_moments() {
    let moments = ["13:30:00", "17:00:00", "23:00:00"].map(|time| format!("2026-11-24T{time}Z"));
    insta::assert_snapshot!(both(|words| {
        let mut lines: Vec<String> = [0, 1, 59, 60, 61, 2700, 3600, 3900, 7200]
            .iter()
            .map(|seconds| words.duration(*seconds))
            .collect();
        for at in moments.iter().map(String::as_str).chain([
            "2026-11-27T01:00:00Z",
            "2026-12-25T01:00:00Z",
            "2026-11-23T01:00:00Z",
        ]) {
            let at = at.parse().unwrap();
            lines.push(
                [words.time(at, &clock()), words.at(at, &clock()), words.until(at, &clock())].join(" | "),
            );
        }
        lines.push(words.days([true, true, true, true, true, false, false]));
        lines.push(words.days([true, false, true, false, false, true, true]));
        lines
    }));
}

#[test]
fn rules() {
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let evening = vec![SlotView { from: hour(17), until: Some(hour(20)), free: false }];
    let weekend = vec![
        SlotView { from: hour(9), until: Some(hour(12)), free: true },
        SlotView { from: hour(14), until: None, free: false },
    ];
    let minecraft = TargetView::App { app: "minecraft".into(), name: "Minecraft".into() };
    let rules = [
        NewRule::Allowance { target: GAMES, period: BudgetPeriod::Day { seconds: [Some(10800); 7] } },
        NewRule::Allowance {
            target: TargetView::Each { category: CategoryView::Game },
            period: BudgetPeriod::Day {
                seconds: [Some(3600), Some(3600), Some(3600), Some(3600), Some(0), None, None],
            },
        },
        NewRule::Allowance { target: TargetView::Screen, period: BudgetPeriod::Week { seconds: 36000 } },
        NewRule::Schedule {
            target: TargetView::Screen,
            slots: [
                evening.clone(),
                evening.clone(),
                vec![],
                evening.clone(),
                evening,
                weekend.clone(),
                weekend,
            ],
        },
        NewRule::Break { target: GAMES, at_most: 2700, rest: 600 },
        NewRule::RatingCeiling { age: 12 },
        NewRule::Block { target: minecraft.clone() },
        NewRule::Exemption { target: TargetView::Category { category: CategoryView::Learning } },
        NewRule::AllowOnly { targets: vec![minecraft, GAMES] },
        NewRule::HealthText { target: GAMES, every: 1800 },
        NewRule::Bank { target: GAMES, keep: 1800, borrow: 900, since: None },
        NewRule::Earn { by: TargetView::Screen, every: 600, target: GAMES, gives: 300, at_most: 1800 },
    ];
    insta::assert_snapshot!(both(|words| rules.iter().map(|rule| words.rule(rule)).collect()));
}

#[test]
fn reasons_and_verdicts() {
    let causes = [
        spent(),
        Cause::AllowanceSpent {
            target: TargetView::Each { category: CategoryView::Game },
            amount: 3600,
            weekly: true,
        },
        Cause::OutsideHours { target: TargetView::Screen },
        Cause::BreakDue { target: GAMES, rest: 600 },
        Cause::RatingAbove { rating: 16, ceiling: 12 },
        Cause::Blocked { target: TargetView::App { app: "x".into(), name: "Xsol".into() } },
        Cause::NotAllowedOnly,
        Cause::NotInstalled,
    ];
    let soon = "2026-11-24T12:45:00Z".parse().unwrap();
    let verdicts = [
        VerdictView::Allowed { until: None, reason: None },
        VerdictView::Allowed { until: Some(soon), reason: Some(reason(spent())) },
        VerdictView::Warned { until: soon, reason: reason(spent()) },
        VerdictView::Held { reason: reason(spent()), closes_at: soon },
        VerdictView::Denied { reason: reason(spent()) },
        VerdictView::Denied { reason: chosen() },
    ];
    insta::assert_snapshot!(both(|words| {
        let mut lines: Vec<String> =
            causes.iter().map(|cause| words.reason(&reason(cause.clone()), &clock())).collect();
        lines.push(words.reason(&chosen(), &clock()));
        lines.push(words.ending(&by_guardian()));
        lines.extend(verdicts.iter().map(|verdict| words.verdict(verdict, &clock())));
        lines
    }));
}

#[test]
fn notices() {
    let later = "2026-11-24T17:00:00Z".parse().unwrap();
    let request = |state| RequestView {
        id: 3,
        child: 1,
        name: "An".into(),
        target: GAMES,
        seconds: 900,
        words: "the match is not over".into(),
        at: clock().now,
        state,
    };
    let notices = [
        Notice::Warning { child: 1, target: GAMES, app: Some(app()), left: 900, reason: reason(spent()) },
        Notice::HealthText { child: 1, app: app(), played: 5400 },
        Notice::TimesUp { child: 1, app: app(), reason: reason(spent()), closes_at: later, saves_left: 2 },
        Notice::Warning { child: 1, target: own(), app: Some(app()), left: 300, reason: by_guardian() },
        Notice::TimesUp {
            child: 1,
            app: app(),
            reason: by_guardian(),
            closes_at: "2026-11-24T13:00:00Z".parse().unwrap(),
            saves_left: 1,
        },
        Notice::TimesUp { child: 1, app: app(), reason: chosen(), closes_at: later, saves_left: 0 },
        Notice::Refused { child: 1, app: app(), reason: by_guardian() },
        Notice::Refused { child: 1, app: app(), reason: chosen() },
        Notice::Released { child: 1, app: app(), save_until: None },
        Notice::Released { child: 1, app: app(), save_until: Some("2026-11-24T12:31:00Z".parse().unwrap()) },
        Notice::Closing { child: 1, app: app(), reason: reason(spent()), grace: 10 },
        Notice::Closing { child: 1, app: app(), reason: reason(spent()), grace: 0 },
        Notice::Refused { child: 1, app: app(), reason: reason(spent()) },
        Notice::Locking { child: 1, reason: reason(Cause::OutsideHours { target: TargetView::Screen }) },
        Notice::RequestOpened(request(RequestStateView::Open)),
        Notice::RequestAnswered(request(RequestStateView::Granted { seconds: 900 })),
        Notice::RequestAnswered(request(RequestStateView::Denied { words: String::new() })),
        Notice::Granted(GrantView { id: 1, child: 1, target: GAMES, amount: 900, left: 900, until: later }),
        Notice::Stopping,
    ];
    insta::assert_snapshot!(both(|words| {
        let mut lines: Vec<String> = notices
            .iter()
            .map(|notice| {
                let said = words.notice(notice, &clock()).expect("for people");
                format!("{}\n    {}", said.title, said.body.replace('\n', "\n    "))
            })
            .collect();
        lines.push(
            [words.action_ask(900), words.action_save(), words.action_close(), words.action_help("111")]
                .join(" | "),
        );
        lines
    }));
}

#[test]
fn the_law_is_quoted_to_the_letter_in_both_languages() {
    assert_eq!(HEALTH_TEXT, "Chơi quá 180 phút một ngày sẽ ảnh hưởng xấu đến sức khỏe");
    for language in [Language::English, Language::Vietnamese] {
        let said = Words::new(language).health_text(5400);
        assert_eq!(said.title, HEALTH_TEXT);
        assert!(said.body.contains("147/2024/NĐ-CP"));
    }
}

#[test]
fn every_no_says_what_to_do() {
    let codes = [
        FailureCode::NeedsGuardian,
        FailureCode::NotYours,
        FailureCode::WrongSecret,
        FailureCode::TooSoon,
        FailureCode::NotSetUp,
        FailureCode::NotFound,
        FailureCode::Invalid,
        FailureCode::TooManyRequests,
        FailureCode::Unavailable,
        FailureCode::Internal,
    ];
    let errors = || {
        [
            ClientError::NotRunning("/run/lanh/lanhd.sock".into()),
            ClientError::Stranger { path: "/tmp/x".into(), uid: 1001 },
            ClientError::Timeout(Duration::from_secs(10)),
            ClientError::Version(9),
            ClientError::Closed,
            ClientError::Wire(WireError::TooLong),
        ]
    };
    insta::assert_snapshot!(both(|words| {
        let mut lines: Vec<String> = codes
            .iter()
            .map(|code| (code, "there is no rule 9"))
            .chain([(&FailureCode::Internal, "")])
            .map(|(code, message)| {
                words.failure(&Failure {
                    code: *code,
                    message: message.into(),
                    detail: None,
                    retry_after: Some(30),
                })
            })
            .collect();
        lines.extend(errors().iter().map(|error| words.client_error(error)));
        lines
    }));
}

#[test]
fn every_finding_says_what_it_is_and_what_to_do() {
    let (no, an) = (|| Some("Operation not permitted".to_owned()), || "An".to_owned());
    let login = || "an".to_owned();
    let at = "2026-11-24T12:30:00Z".parse().unwrap();
    let why = || "no such file".to_owned();
    let facts = [
        Fact::UserMode,
        Fact::Gate { missing: no() },
        Fact::ProcessConnector { missing: no() },
        Fact::CgroupFreeze { missing: no() },
        Fact::Pidfd { missing: no() },
        Fact::Sessions { missing: no() },
        Fact::SealedKey { missing: no() },
        Fact::Clock { missing: no() },
        Fact::Memfd { missing: no() },
        Fact::ClockApart { ahead: true, seconds: 5_400 },
        Fact::ClockApart { ahead: false, seconds: 300 },
        Fact::NoChild,
        Fact::Accounts { detail: why() },
        Fact::ChildIsAdministrator { child: an(), account: login() },
        Fact::NoPassword { account: login() },
        Fact::SpareAccount { account: login() },
        Fact::ChildWithoutAccount { child: an() },
        Fact::ChildWithoutRules { child: an() },
        Fact::OwnPrograms { child: an() },
        Fact::Secret { set: false },
        Fact::Database { trouble: Some(why()) },
        Fact::Audit { entries: 0, broken_at: Some(17) },
        Fact::Backup { newest: None },
        Fact::NotRefused { detail: why() },
        Fact::GateFailed { detail: why() },
        Fact::RestoreFailed { detail: why() },
        Fact::Recovered { backup: at },
        Fact::StandIn { as_of: at, detail: why() },
        Fact::UseLost { detail: why() },
        Fact::NotWritten { detail: why() },
        Fact::DiskStuck,
        Fact::CatalogueRefused { detail: why() },
    ];
    let fine = [
        Fact::Gate { missing: None },
        Fact::ProcessConnector { missing: None },
        Fact::CgroupFreeze { missing: None },
        Fact::Pidfd { missing: None },
        Fact::Sessions { missing: None },
        Fact::SealedKey { missing: None },
        Fact::Clock { missing: None },
        Fact::Memfd { missing: None },
        Fact::Secret { set: true },
        Fact::Database { trouble: None },
        Fact::Audit { entries: 12, broken_at: None },
        Fact::Backup { newest: Some(at) },
    ];
    insta::assert_snapshot!(both(|words| {
        let say = |severity, fact: &Fact| {
            let said = words.finding(&Finding { severity, fact: fact.clone() });
            assert_eq!(said.body.is_empty(), severity == Severity::Ok, "{fact:?}");
            format!("{} | {}", said.title, said.body)
        };
        let broken = facts.iter().map(|fact| say(Severity::Broken, fact));
        broken.chain(fine.iter().map(|fact| say(Severity::Ok, fact))).collect()
    }));
}

#[test]
fn every_detail_of_a_no_is_a_sentence() {
    let text = || "x y".to_owned();
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap();
    let things = [
        Thing::Child,
        Thing::Rule,
        Thing::Revision,
        Thing::App,
        Thing::Request,
        Thing::Grant,
        Thing::Backup,
        Thing::Preset,
        Thing::Account,
    ];
    let mut details: Vec<Detail> =
        things.into_iter().map(|thing| Detail::Missing { thing, name: "9".into() }).collect();
    details.extend([
        Detail::SayWhichChild,
        Detail::OnlyChildAsks,
        Detail::Lines { at_most: 1_000 },
        Detail::Days { at_most: 400 },
        Detail::RootAccount,
        Detail::OtherAccount { account: "binh".into() },
        Detail::AccountTaken { account: "an".into() },
        Detail::BirthYear { from: 1926, until: 2026 },
        Detail::Name,
        Detail::Zone { text: text() },
        Detail::Telephone { text: text() },
        Detail::Retention,
        Detail::IdleAfter,
        Detail::Amount,
        Detail::Words,
        Detail::Warnings,
        Detail::Saving,
        Detail::HoldFor,
        Detail::CloseGrace,
        Detail::Rating { text: text() },
        Detail::Category { text: text() },
        Detail::Weekday { text: text() },
        Detail::AllowanceTooLong { minutes: 1_500 },
        Detail::SlotBackwards { from: noon },
        Detail::SlotsOverlap { at: noon },
        Detail::BreakTooShort,
        Detail::HealthTextTooOften,
        Detail::BankForEach,
        Detail::EarnedByNothing,
        Detail::CannotBorrow { seconds: 0 },
        Detail::CannotBorrow { seconds: 900 },
        Detail::AllowOnlyEmpty,
        Detail::AlreadyAnswered,
        Detail::RequestsWaiting { open: 10 },
        Detail::SecretTooShort,
        Detail::SecretTooLong,
        Detail::SecretTooSimple,
        Detail::SecretBirthYear,
        Detail::DiskFull,
        Detail::DiskReadOnly,
        Detail::DiskBusy,
        Detail::AccountsUnreadable,
        Detail::AnswerTooLong,
    ]);
    insta::assert_snapshot!(both(|words| {
        let no = |detail: &Detail| Failure {
            code: FailureCode::Invalid,
            message: "in English".into(),
            detail: Some(detail.clone()),
            retry_after: None,
        };
        details.iter().map(|detail| words.failure(&no(detail))).collect()
    }));
}

#[test]
fn an_unknown_source_is_told_as_it_came() {
    for language in [Language::English, Language::Vietnamese] {
        let words = Words::new(language);
        assert_eq!(words.citation("town-12", "Town plan 12"), "Town plan 12");
        assert!(words.preset("town-12").ends_with("town-12"));
    }
}

#[test]
fn the_language_follows_the_locale() {
    for (locale, language) in [
        (Some("vi_VN.UTF-8"), Language::Vietnamese),
        (Some("vi"), Language::Vietnamese),
        (Some("C"), Language::English),
        (Some("de_DE.UTF-8"), Language::English),
        (Some(""), Language::English),
        (None, Language::English),
    ] {
        assert_eq!(Words::for_locale(locale).language(), language, "{locale:?}");
    }
}

#[test]
fn a_name_cannot_move_the_cursor() {
    let target = TargetView::App { app: "x".into(), name: "\u{1b}[2Jgone\n".into() };
    let words = Words::new(Language::English);
    assert!(!words.target(&target).chars().any(char::is_control));
    assert!(!words.text("plain", &[("text", "a\u{7}b\u{9b}c".into())]).chars().any(char::is_control));
}
