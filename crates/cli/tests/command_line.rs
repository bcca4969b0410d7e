//! The real program against a small service made of the protocol's own server half.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use lanh_protocol::{
    AccountView, Answer, AppView, AuditLine, BackupView, BasisView, BudgetView, CategoryView, Cause,
    ChildPolicy, ChildView, CostView, DisputeStateView, DisputeView, DoctorReport, EnforcementView, Fact,
    Failure, FailureCode, Finding, FromService, GivenBack, GrantView, HelpView, IntervalView, IntervalsView,
    LeftView, Listener, Mode, ModeView, NewRule, OriginView, PresetView, Question, ReasonView, ReplayDayView,
    ReplayView, ReportLine, ReportView, RequestStateView, RequestView, Role, RuleView, RunningView,
    ServiceInfo, SettingsView, Severity, StandingView, StatusView, StopView, TargetView, UsageSum, UsageView,
    VerdictView, WhyView,
};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

const GAMES: TargetView = TargetView::Category { category: CategoryView::Game };
const PIN: &str = "2468";

/// A service that knows one child, An, and remembers what it was asked to change.
struct Fake {
    folder: tempfile::TempDir,
    socket: PathBuf,
    changes: Arc<Mutex<Vec<Question>>>,
    _runtime: tokio::runtime::Runtime,
}

#[derive(Clone, Copy, PartialEq)]
enum As {
    Guardian,
    Nobody,
    Child,
}

impl Fake {
    fn new(peer: As) -> Self {
        Self::refusing(peer, |_| false)
    }

    /// As [`Fake::new`], and with an internal failure at the questions chosen.
    fn refusing(peer: As, refused: fn(&Question) -> bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("service/lanhd.sock");
        let changes = Arc::<Mutex<Vec<Question>>>::default();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = {
            let _inside = runtime.enter();
            Listener::bind(&socket, Mode::System).unwrap()
        };
        let kept = Arc::clone(&changes);
        runtime.spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let kept = Arc::clone(&kept);
                tokio::spawn(async move {
                    let role = match peer {
                        As::Guardian => Role::Guardian,
                        As::Nobody => Role::Nobody,
                        As::Child => Role::Child { child: 1 },
                    };
                    let Ok((_, mut reader, mut writer)) = connection.welcome(role).await else { return };
                    let mut unlocked = peer == As::Guardian;
                    while let Ok(Some(asked)) = reader.next().await {
                        let result = if refused(&asked.question) {
                            Err(failure(FailureCode::Internal))
                        } else {
                            answer(asked.question, peer, &mut unlocked, &kept)
                        };
                        let answer = FromService::Answer { id: asked.id, result };
                        if writer.send(&answer).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { folder, socket, changes, _runtime: runtime }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, &[])
    }

    fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        lanh(&self.socket, arguments, variables)
    }

    fn changes(&self) -> Vec<Question> {
        std::mem::take(&mut self.changes.lock().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn lanh(socket: &std::path::Path, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanh"));
    command.env_clear().env("LANH_SOCKET", socket).env("LANG", "C").stdin(Stdio::null());
    command.envs(variables.iter().copied()).args(arguments);
    let Output { status, stdout, stderr } = command.output().unwrap();
    Ran {
        code: status.code().expect("ends by itself"),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

fn failure(code: FailureCode) -> Failure {
    Failure { code, message: "As the test wants it.".into(), detail: None, retry_after: None }
}

fn an() -> ChildView {
    ChildView {
        id: 1,
        name: "An".into(),
        birth_year: 2015,
        accounts: vec!["an".into()],
        enforcement: Some(EnforcementView {
            warn_at: vec![900, 300, 60],
            strict_counting: false,
            strict_programs: false,
            save_thaws: 2,
            save_thaw: 60,
            hold_for: None,
            close_grace: 10,
        }),
    }
}

fn app(id: &str, name: &str) -> AppView {
    AppView {
        id: id.into(),
        name: name.into(),
        category: CategoryView::Game,
        rating: Some(12),
        basis: "read".into(),
        source: "desktop".into(),
        rating_basis: "guess".into(),
        perhaps: None,
        last_seen: None,
    }
}

fn reason() -> ReasonView {
    ReasonView {
        rule: 7,
        origin: OriginView::Guardian,
        cause: Cause::AllowanceSpent { target: GAMES, amount: 3600, weekly: false },
        until: Some("2026-11-24T17:00:00Z".parse().unwrap()),
        helps: vec![HelpView::AskForTime],
    }
}

fn dispute(state: DisputeStateView) -> DisputeView {
    DisputeView {
        id: 4,
        child: 1,
        name: "An".into(),
        target: TargetView::Screen,
        from: "2026-11-24T12:00:00Z".parse().unwrap(),
        until: "2026-11-24T12:20:00Z".parse().unwrap(),
        words: "It was a film".into(),
        at: "2026-11-24T13:00:00Z".parse().unwrap(),
        back: vec![GivenBack { target: GAMES, seconds: 1200 }],
        evidence: vec![IntervalView {
            target: GAMES,
            app: Some("Mines".into()),
            from: "2026-11-24T12:00:00Z".parse().unwrap(),
            until: "2026-11-24T12:20:00Z".parse().unwrap(),
            used: 1200,
            cost: CostView::Charged,
            basis: BasisView::FocusUnknown,
        }],
        state,
    }
}

fn budget() -> BudgetView {
    BudgetView { rule: 7, target: GAMES, weekly: false, amount: 3600, used: 2700, left: 900, counting: true }
}

fn status() -> StatusView {
    StatusView {
        now: "2026-11-24T12:30:00Z".parse().unwrap(),
        zone: "Asia/Ho_Chi_Minh".into(),
        help_lines: vec!["111".into(), "02623.951.567".into()],
        children: vec![StandingView {
            child: an(),
            screen: VerdictView::Allowed { until: None, reason: None },
            used_today: 5400,
            budgets: vec![budget()],
            running: vec![RunningView {
                app: app("xsol", "Xsol\u{1b}[31m"),
                verdict: VerdictView::Denied { reason: reason() },
                in_use: true,
            }],
            grants: vec![],
            requests: vec![request()],
            companion: false,
        }],
    }
}

fn request() -> RequestView {
    RequestView {
        id: 3,
        child: 1,
        name: "An".into(),
        target: GAMES,
        seconds: 900,
        words: "one match".into(),
        at: "2026-11-24T12:00:00Z".parse().unwrap(),
        state: RequestStateView::Open,
    }
}

fn rules() -> Vec<RuleView> {
    let of_preset = OriginView::Preset {
        preset: "vn-147".into(),
        citation: "Decree 147/2024/NĐ-CP".into(),
        since: "2024-12-25".parse().unwrap(),
    };
    vec![
        RuleView {
            id: 7,
            origin: OriginView::Guardian,
            rule: NewRule::Break { target: GAMES, at_most: 2700, rest: 600 },
        },
        RuleView { id: 8, origin: of_preset, rule: NewRule::HealthText { target: GAMES, every: 1800 } },
    ]
}

fn answer(
    question: Question,
    peer: As,
    unlocked: &mut bool,
    changes: &Mutex<Vec<Question>>,
) -> Result<Answer, Failure> {
    let of_child = matches!(
        question,
        Question::Info
            | Question::Unlock { .. }
            | Question::Status { child: None }
            | Question::Rules { child: None }
            | Question::Why { child: None, .. }
            | Question::AskForTime { .. }
            | Question::Requests { child: None, .. }
    );
    if !*unlocked
        && !(of_child && (peer == As::Child || matches!(question, Question::Info | Question::Unlock { .. })))
    {
        return Err(failure(FailureCode::NeedsGuardian));
    }
    let changing = matches!(
        question,
        Question::SetSecret { .. }
            | Question::PutChild { .. }
            | Question::RemoveChild { .. }
            | Question::PutRule { .. }
            | Question::RemoveRule { .. }
            | Question::ApplyPreset { .. }
            | Question::Rollback { .. }
            | Question::PutPolicy { .. }
            | Question::PutApp { .. }
            | Question::Grant { .. }
            | Question::AnswerRequest { .. }
            | Question::AskForTime { .. }
            | Question::PutSettings(_)
            | Question::Backup
            | Question::Restore { .. }
    );
    if changing {
        changes.lock().unwrap().push(question.clone());
    }
    let usage = || UsageView {
        child: 1,
        zone: "Asia/Ho_Chi_Minh".into(),
        sums: vec![
            UsageSum {
                day: "2026-11-24".parse().unwrap(),
                target: TargetView::Screen,
                used: 5400,
                charged: 5400,
                granted: 0,
            },
            UsageSum {
                day: "2026-11-24".parse().unwrap(),
                target: TargetView::App { app: "xsol".into(), name: "=Xsol".into() },
                used: 2700,
                charged: 2700,
                granted: 0,
            },
        ],
        intervals: vec![],
    };
    let settings = || SettingsView {
        zone: "Asia/Ho_Chi_Minh".into(),
        week_start: "mon".into(),
        retention_days: 365,
        totals_only: false,
        help_lines: vec!["111".into()],
        idle_after: 300,
    };
    Ok(match question {
        Question::Info => Answer::Info(ServiceInfo {
            version: "0.1.0".into(),
            mode: ModeView::Root,
            set_up: peer != As::Guardian,
            role: Role::Guardian,
            troubles: vec![],
        }),
        Question::Unlock { secret } if secret == PIN => {
            *unlocked = true;
            Answer::Done
        }
        Question::Unlock { .. } => return Err(failure(FailureCode::WrongSecret)),
        Question::PutPolicy { .. } => Answer::Children(vec![an()]),
        Question::SetSecret { .. } => Answer::RecoveryCode("LEAF-TREE-RIVER".into()),
        Question::Status { .. } => Answer::Status(status()),
        Question::Rules { .. } | Question::Rollback { .. } | Question::ApplyPreset { .. } => {
            Answer::Rules(rules())
        }
        Question::Why { target, .. } => Answer::Why(WhyView {
            target,
            verdict: VerdictView::Denied { reason: reason() },
            rules: rules(),
            budgets: vec![budget()],
        }),
        Question::Usage { .. } | Question::WhyCharged { .. } => Answer::Usage(usage()),
        Question::Replay { changes, .. } => {
            let stop = StopView {
                at: "2026-11-24T12:35:00Z".parse().unwrap(),
                target: GAMES,
                reason: reason(),
                refused: 1500,
            };
            let day = ReplayDayView {
                day: "2026-11-24".parse().unwrap(),
                used: 3600,
                kept: 2100,
                charged: 3600,
                would_charge: 2100,
                last_used: Some("2026-11-24T13:00:00Z".parse().unwrap()),
                last_kept: Some("2026-11-24T12:35:00Z".parse().unwrap()),
                stops: vec![stop],
                left: vec![LeftView { target: GAMES, weekly: false, before: Some(0), after: None }],
            };
            let days = if changes.is_empty() { Vec::new() } else { vec![day] };
            Answer::Replay(ReplayView { child: 1, zone: "Asia/Ho_Chi_Minh".into(), days })
        }
        Question::AskForTime { .. } | Question::AnswerRequest { .. } => Answer::Request(request()),
        Question::Borrow { .. } => Answer::Done,
        Question::Sums { from, .. } => {
            let line = |target, used| ReportLine {
                day: from,
                target,
                used,
                charged: used,
                granted: 0,
                free: 0,
                given_back: 60,
                taken: 0,
            };
            let lines = vec![line(TargetView::Screen, 3600), line(GAMES, 1800)];
            Answer::Sums(ReportView { child: 1, name: "=An".into(), zone: "UTC".into(), lines })
        }
        Question::Intervals { skip, .. } => Answer::Intervals(IntervalsView {
            child: 1,
            zone: "UTC".into(),
            intervals: dispute(DisputeStateView::Open).evidence,
            // Three pages.
            next: (skip < 1000).then_some(skip + 500),
        }),
        Question::Dispute { .. } => Answer::Dispute(dispute(DisputeStateView::Open)),
        Question::Disputes { .. } => Answer::Disputes(vec![dispute(DisputeStateView::Open)]),
        Question::Correct { .. } => Answer::Dispute(dispute(DisputeStateView::Accepted)),
        Question::AnswerDispute { accept, words, .. } => Answer::Dispute(dispute(if accept {
            DisputeStateView::Accepted
        } else {
            DisputeStateView::Denied { words }
        })),
        Question::Requests { .. } => Answer::Requests(vec![request()]),
        Question::Children => Answer::Children(vec![an()]),
        Question::PutChild { mut child, .. } => {
            child.id = child.id.max(1);
            Answer::Child(child)
        }
        Question::PutRule { rule, .. } => {
            Answer::Rule(RuleView { id: 9, origin: OriginView::Guardian, rule })
        }
        Question::Presets => Answer::Presets(vec![PresetView {
            id: "vn-147".into(),
            ages: (0, 17),
            citation: "Decree 147/2024/NĐ-CP".into(),
            since: "2024-12-25".parse().unwrap(),
            rules: rules().into_iter().map(|rule| rule.rule).collect(),
        }]),
        Question::History { .. } => Answer::History(vec![]),
        Question::Apps { .. } | Question::RescanApps => Answer::Apps(vec![
            app("xsol", "Xsol"),
            app("mines", "GNOME Mines"),
            app("mines2", "Mines Classic"),
        ]),
        Question::PutApp { .. } => Answer::App(app("xsol", "Xsol")),
        Question::Grant { child, target, seconds } => Answer::Grant(GrantView {
            id: 2,
            child,
            target,
            amount: seconds,
            left: seconds,
            until: "2026-11-24T17:00:00Z".parse().unwrap(),
        }),
        Question::Settings | Question::PutSettings(_) => Answer::Settings(settings()),
        Question::Audit { .. } => Answer::Audit(vec![AuditLine {
            seq: 1,
            at: status().now,
            kind: "rule-added".into(),
            actor: "guardian".into(),
            child: Some(1),
            detail: "limit".into(),
        }]),
        Question::VerifyAudit => Answer::AuditVerified { entries: 9, broken_at: Some(4) },
        Question::Backup => {
            Answer::Backup(BackupView { name: "monday".into(), at: status().now, size: 4096 })
        }
        Question::Backups => Answer::Backups(vec![]),
        Question::Doctor => Answer::Doctor(DoctorReport {
            findings: vec![Finding {
                severity: Severity::Broken,
                fact: Fact::ChildIsAdministrator { child: "An".into(), account: "an\u{1b}[31m".into() },
            }],
        }),
        Question::Accounts => Answer::Accounts(vec![AccountView {
            name: "an".into(),
            id: "1001".into(),
            full_name: "An".into(),
            administrator: false,
            no_password: Some(false),
            child: None,
        }]),
        _ => Answer::Done,
    })
}

#[test]
fn nonsense_is_answered_with_a_sentence_and_changes_nothing() {
    let fake = Fake::new(As::Guardian);
    let broken = fake.file("broken.toml", "lanh_policy = 1\n[[children]\n");
    let newer = fake.file("newer.toml", "lanh_policy = 9\n");
    let wrong_rule = fake.file(
        "rule.toml",
        "lanh_policy = 1\n[[children]]\nname = 'An'\nbirth_year = 2015\nrules = ['limit game 1h', 'limit game soon']\n",
    );
    let wrong_app = fake.file(
        "app.json",
        r#"{"lanh_policy":1,"children":[{"name":"An","birth_year":2015,"rules":["block chess"]}]}"#,
    );
    let wrong_account = fake.file(
        "account.toml",
        "lanh_policy = 1\n[[children]]\nname = 'An'\nbirth_year = 2015\naccounts = ['root']\n",
    );
    let wrong_preset = fake.file(
        "preset.toml",
        "lanh_policy = 1\n[[children]]\nname = 'An'\nbirth_year = 2015\npreset = 'mars'\n",
    );
    let table: &[&[&str]] = &[
        &[],
        &["dance"],
        &["status", "Bo"],
        &["status", ""],
        &["status", "--lang", "xx"],
        &["setup"],
        &["setup", "--yes", "--child", "An", "--account", "an", "--birth-year", "soon", "--preset", "none"],
        &["setup", "--yes", "--child", " ", "--account", "an", "--birth-year", "2015", "--preset", "none"],
        &[
            "setup",
            "--yes",
            "--child",
            "An",
            "--account",
            "an",
            "--birth-year",
            "2015",
            "--preset",
            "none",
            "--secret-file",
            "/nowhere",
        ],
        &["child", "add", "Bo"],
        &["child", "add", "Bo", "--birth-year", "1815"],
        &["child", "add", "Bo", "--birth-year", "x"],
        &["child", "add", "", "--birth-year", "2015"],
        &["child", "add", "a\nb", "--birth-year", "2015"],
        &["child", "set", "An"],
        &["child", "set", "An", "--warn-at", "often"],
        &["child", "set", "An", "--strict", "maybe"],
        &["child", "set", "An", "--saves", "-1"],
        &["child", "set", "An", "--saves", "300"],
        &["child", "set", "An", "--hold-for", "ever"],
        &["child", "set", "An", "--close-grace", "0"],
        &["child", "set", "Bo", "--name", "Be"],
        &["child", "remove", "Bo", "--yes"],
        &["child", "remove", "An"],
        &["rule", "list", "Bo"],
        &["rule", "add", "An"],
        &["rule", "add", "An", "limit", "game", "soon"],
        &["rule", "add", "An", "limit", "chess", "60m"],
        &["rule", "add", "An", "limit", "mines", "--each", "60m"],
        &["rule", "add", "An", "block", "mine"],
        &["rule", "add", "An", "dance", "game"],
        &["rule", "add", "An", "block", "game", "--replaces", "x"],
        &["rule", "add", "Bo", "block", "game"],
        &["rule", "remove", "An", "seven"],
        &["rule", "history", "Bo"],
        &["rule", "rollback", "An", "-1"],
        &["preset", "show", "mars"],
        &["preset", "apply", "Bo", "vn-147"],
        &["app", "set", "xsol"],
        &["app", "set", "xsol", "--category", "fun"],
        &["app", "set", "xsol", "--rating", "13"],
        &["app", "set", "chess", "--category", "game"],
        &["grant", "An", "lots"],
        &["grant", "An", "0"],
        &["grant", "Bo", "15m"],
        &["grant", "An", "15m", "--app", "chess"],
        &["grant", "An", "15m", "--category", "fun"],
        &["grant", "An", "15m", "--app", "xsol", "--category", "game"],
        &["request", "yes", "x"],
        &["request", "yes", "99"],
        &["request", "yes", "3", "lots"],
        &["request", "no", "x"],
        &["request", "ask", "lots"],
        &["request", "ask", "15m", "--category", "fun"],
        &["usage", "Bo"],
        &["usage", "--from", "yesterday"],
        &["usage", "--until", "2026-02-30"],
        &["usage", "--from", "2026-11-24", "--until", "2026-11-20"],
        &["usage", "--csv", "--json"],
        &["replay"],
        &["replay", "An", "limit", "game", "lots"],
        &["replay", "An", "--replaces", "7"],
        &["replay", "An", "--from", "yesterday"],
        &["borrow", "lots"],
        &["report", "--date", "someday"],
        &["report", "--day", "--month"],
        &["report", "--csv", "--json"],
        &["dispute", "19:00", "noon"],
        &["correction", "yes", "four"],
        &["correction", "add", "Bo", "19:00", "19:20"],
        &["why"],
        &["why", "chess"],
        &["why", "An", "game", "now"],
        &["why", "--at", "25:00"],
        &["why", "An", "game", "--at", "17:30"],
        &["audit", "--limit", "0"],
        &["audit", "--limit", "9999"],
        &["backup", "restore", "monday"],
        &["settings", "set"],
        &["settings", "set", "zone"],
        &["settings", "set", "zone=Mars/Base"],
        &["settings", "set", "week-start=someday"],
        &["settings", "set", "retention-days=5"],
        &["settings", "set", "totals-only=maybe"],
        &["settings", "set", "help-lines=call me"],
        &["settings", "set", "idle-after=1s"],
        &["settings", "set", "zone=UTC", "colour=green"],
        &["import", "/nowhere.toml"],
        &["import", &broken],
        &["import", &newer],
        &["import", &wrong_rule, "--yes"],
        &["import", &wrong_app, "--yes"],
        &["import", &wrong_account, "--yes"],
        &["import", &wrong_preset, "--yes"],
        &["completions", "tcl"],
        &["man"],
    ];
    for arguments in table {
        let ran = fake.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}{}", ran.out, ran.err);
        assert!(ran.err.trim().len() > 10, "{arguments:?} says nothing");
        assert_eq!(fake.changes(), [], "{arguments:?}");
    }
}

#[test]
fn every_sentence_of_a_mistake_comes_in_the_users_language() {
    let fake = Fake::new(As::Guardian);
    let english = fake.run_with(&["grant", "An", "lots"], &[("LC_ALL", "en_GB.UTF-8")]);
    let vietnamese = fake.run_with(&["grant", "An", "lots"], &[("LC_ALL", "vi_VN.UTF-8")]);
    assert!(english.err.contains("is not a length of time"), "{}", english.err);
    assert!(vietnamese.err.contains("không phải là khoảng thời gian"), "{}", vietnamese.err);
    let chosen = fake.run_with(&["grant", "An", "lots", "--lang", "en"], &[("LC_ALL", "vi_VN.UTF-8")]);
    assert_eq!(chosen.err, english.err);
}

#[test]
fn without_a_service_the_exit_code_is_three_and_help_is_there_all_the_same() {
    let nowhere = tempfile::tempdir().unwrap();
    let socket = nowhere.path().join("lanhd.sock");
    let ran = lanh(&socket, &["status"], &[]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("lanhd"), "{}", ran.err);
    let ran = lanh(&socket, &["status", "--json"], &[]);
    assert!(serde_json::from_str::<serde_json::Value>(&ran.err).unwrap()["error"].is_string());
    let ran = lanh(&socket, &["help-line"], &[]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("111"), "{}", ran.out);
}

#[test]
fn a_guardian_needs_the_secret_and_says_it_by_file_or_variable() {
    let fake = Fake::new(As::Nobody);
    let grant = ["grant", "An", "15m"];
    let ran = fake.run(&grant);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{}", ran.err);
    assert_eq!(fake.run_with(&grant, &[("LANH_SECRET", "1111")]).code, 4);
    assert_eq!(fake.changes(), []);
    let right = fake.run_with(&grant, &[("LANH_SECRET", PIN)]);
    assert_eq!(right.code, 0, "{}", right.err);
    let file = fake.file("pin", &format!("{PIN}\n"));
    assert_eq!(fake.run(&["grant", "An", "15m", "--secret-file", &file]).code, 0);
    let given = Question::Grant { child: 1, target: TargetView::Screen, seconds: 900 };
    assert_eq!(fake.changes(), [given.clone(), given]);
}

#[test]
fn a_child_sees_its_own_standing_and_asks_for_more() {
    let fake = Fake::new(As::Child);
    for own in [&["status"][..], &["status", "an"], &["rule", "list"], &["why", "game"], &["request", "list"]]
    {
        assert_eq!(fake.run(own).code, 0, "{own:?}");
    }
    assert_eq!(fake.run(&["status", "Bo"]).code, 4);
    assert_eq!(fake.run(&["rule", "add", "An", "block", "game"]).code, 4);
    assert_eq!(fake.changes(), []);
    let ran = fake.run(&["request", "ask", "15m", "one", "match", "--category", "game"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let asked = Question::AskForTime { target: GAMES, seconds: 900, words: "one match".into() };
    assert_eq!(fake.changes(), [asked]);
}

#[test]
fn a_guardians_commands_reach_the_service_as_meant() {
    let fake = Fake::new(As::Guardian);
    let xsol = || TargetView::App { app: "xsol".into(), name: "Xsol".into() };
    let day = Some(3600);
    let mut renamed = an();
    renamed.name = "Ân".into();
    renamed.enforcement.as_mut().unwrap().warn_at = vec![600, 60];
    let table: Vec<(&[&str], Question)> = vec![
        (
            &["rule", "add", "An", "limit", "game", "60m", "--each", "--days", "mon-fri"],
            Question::PutRule {
                child: 1,
                replaces: None,
                rule: NewRule::Allowance {
                    target: TargetView::Each { category: CategoryView::Game },
                    period: lanh_protocol::BudgetPeriod::Day {
                        seconds: [day, day, day, day, day, None, None],
                    },
                },
            },
        ),
        (
            &["rule", "add", "an", "block", "Xsol", "--replaces", "7"],
            Question::PutRule { child: 1, replaces: Some(7), rule: NewRule::Block { target: xsol() } },
        ),
        (&["rule", "remove", "1", "7"], Question::RemoveRule { child: 1, rule: 7 }),
        (&["rule", "rollback", "An", "4"], Question::Rollback { child: 1, revision: 4 }),
        (&["preset", "apply", "An", "vn-147"], Question::ApplyPreset { child: 1, preset: "vn-147".into() }),
        (&["grant", "An", "15m", "--app", "xs"], Question::Grant { child: 1, target: xsol(), seconds: 900 }),
        (
            &["request", "yes", "3"],
            Question::AnswerRequest { request: 3, seconds: Some(900), words: String::new() },
        ),
        (
            &["request", "no", "3", "--words", "later"],
            Question::AnswerRequest { request: 3, seconds: None, words: "later".into() },
        ),
        (
            &["app", "set", "xsol", "--category", "learning", "--rating", "16+"],
            Question::PutApp {
                app: "xsol".into(),
                category: Some("learning".into()),
                rating: Some("16".into()),
            },
        ),
        (
            &["child", "set", "An", "--name", "Ân", "--warn-at", "1m,10m"],
            Question::PutChild { child: renamed, preset: None },
        ),
        (&["child", "remove", "An", "--yes"], Question::RemoveChild { child: 1 }),
        (&["backup", "restore", "monday", "--yes"], Question::Restore { name: "monday".into() }),
    ];
    for (arguments, question) in table {
        let ran = fake.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
        assert_eq!(fake.changes(), [question], "{arguments:?}");
    }
}

#[test]
fn setup_without_questions_sets_the_secret_and_adds_the_child() {
    let fake = Fake::new(As::Guardian);
    let file = fake.file("pin", PIN);
    let ran = fake.run(&[
        "setup",
        "--yes",
        "--secret-file",
        &file,
        "--child",
        "An",
        "--account",
        "an",
        "--birth-year",
        "2015",
        "--preset",
        "vn-147",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("LEAF-TREE-RIVER"), "{}", ran.out);
    let child = ChildView { id: 0, enforcement: None, ..an() };
    assert_eq!(
        fake.changes(),
        [
            Question::SetSecret { secret: PIN.into() },
            Question::PutChild { child, preset: Some("vn-147".into()) }
        ]
    );
}

#[test]
fn the_first_pin_is_set_once_and_its_code_stands_alone() {
    let fake = Fake::new(As::Guardian);
    let pin = fake.file("pin", PIN);
    let ran = fake.run(&["first-pin", "--secret-file", &pin]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "LEAF-TREE-RIVER\n"), "{}", ran.err);
    assert_eq!(fake.changes(), [Question::SetSecret { secret: PIN.into() }]);
    assert_eq!(fake.run(&["first-pin"]).code, 4);

    let set_up = Fake::new(As::Nobody);
    let ran = set_up.run(&["first-pin", "--secret-file", &pin]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("a PIN already"), "{}", ran.err);
    assert_eq!(set_up.changes(), []);
}

#[test]
fn json_is_the_protocols_own_form() {
    let fake = Fake::new(As::Guardian);
    let ran = fake.run(&["status", "--json"]);
    assert_eq!(serde_json::from_str::<StatusView>(&ran.out).unwrap(), status());
    for arguments in [
        &["rule", "list"][..],
        &["child", "list"],
        &["preset", "list"],
        &["app", "list"],
        &["request", "list"],
        &["usage"],
        &["replay", "An", "limit", "game", "35m"],
        &["borrow", "15m", "--category", "game"],
        &["report", "An", "--month", "--date", "2026-11-24"],
        &["dispute", "19:00", "19:20", "it", "was", "a", "film"],
        &["correction", "list"],
        &["correction", "yes", "4"],
        &["correction", "no", "4"],
        &["correction", "add", "An", "19:00", "19:20"],
        &["why", "game"],
        &["audit"],
        &["backup", "now"],
        &["backup", "list"],
        &["settings", "show"],
        &["help-line"],
    ] {
        let ran = fake.run(&[arguments, &["--json"]].concat());
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
        serde_json::from_str::<serde_json::Value>(&ran.out).expect(&ran.out);
    }
}

#[test]
fn a_replay_says_what_would_have_been_different() {
    let fake = Fake::new(As::Guardian);
    let ran = fake.run(&["replay", "An", "limit", "game", "35m"]);
    assert_eq!(
        ran.out,
        "Tuesday 24/11 would have ended 25 minutes earlier, at 19:35.\n  All games together from 19:35 on, 25 \
         minutes: 1 hour a day for all games together.\n  All games together: no limit left \
         instead of 0 seconds.\n"
    );
    let ran = fake.run_with(&["replay", "An", "limit", "game", "35m"], &[("LANG", "vi_VN.UTF-8")]);
    assert!(ran.out.starts_with("Thứ Ba 24/11 lẽ ra đã kết thúc sớm hơn 25 phút, lúc 19:35."), "{}", ran.out);
    assert_eq!(fake.run(&["replay", "An"]).out, "Nothing would have been different.\n");
}

#[test]
fn a_report_is_asked_for_in_pieces_and_is_plain_in_every_form() {
    let fake = Fake::new(As::Guardian);
    let ran = fake.run(&["report", "An", "--month", "--date", "2026-11-24", "--csv"]);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(
        lines[0],
        "child,name,day,kind,target,used_seconds,charged_seconds,granted_seconds,free_seconds,given_back_seconds,\
         taken_seconds"
    );
    // Thirty days in five pieces, two lines each.
    assert_eq!(lines.len(), 11);
    assert_eq!(lines[1], "1,'=An,2026-11-01,screen,,3600,3600,0,0,60,0");
    assert_eq!(lines[10], "1,'=An,2026-11-29,category,game,1800,1800,0,0,60,0");
    let ran = fake.run(&["report", "An", "--date", "2026-11-24"]);
    assert!(ran.out.contains("=An, 23 November 2026 to 29 November 2026"), "{}", ran.out);
    assert!(ran.out.contains("The whole screen") && ran.out.contains("59 minutes"), "{}", ran.out);
    let ran = fake.run(&["usage", "An", "--intervals", "--csv"]);
    assert_eq!(ran.out.lines().count(), 4, "{}", ran.out);
}

#[test]
fn what_is_questioned_is_shown_with_its_evidence() {
    let fake = Fake::new(As::Guardian);
    let ran = fake.run(&["correction", "list"]);
    assert_eq!(
        ran.out,
        "4  An questions 2026-11-24 19:00–19:20, the whole screen: 20 minutes  open\n   “It was a \
         film”\n   What was seen and counted then:\n2026-11-24 19:00–19:20  20 minutes  all games together  \
         counted  the front window could not be told\n"
    );
    assert_eq!(fake.run(&["correction", "yes", "4"]).out, "✓ An has 20 minutes back.\n");
    assert_eq!(fake.run(&["correction", "no", "4"]).out, "✓ It stays counted, and An can read why.\n");
}

#[test]
fn what_is_shown_is_plain_text_without_a_terminal() {
    let fake = Fake::new(As::Guardian);
    for arguments in [
        &["status"][..],
        &["usage", "--until", "2026-11-24"],
        &["why", "game"],
        &["rule", "list"],
        &["audit"],
    ] {
        let ran = fake.run(arguments);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(!ran.out.contains('\u{1b}'), "{arguments:?}: {}", ran.out);
        assert!(!ran.out.contains('!'), "{arguments:?}: {}", ran.out);
    }
    let shown = fake.run(&["status"]).out;
    for part in ["An", "15 minutes left", "1 hour 30 minutes used today", "111, 02623.951.567", "?3"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(fake.run(&["usage", "--csv"]).out.contains("'=Xsol"));
}

#[test]
fn doctor_speaks_the_users_language_and_gives_programs_facts_and_sentences() {
    let fake = Fake::new(As::Guardian);
    let vietnamese = fake.run_with(&["doctor"], &[("LC_ALL", "vi_VN.UTF-8")]);
    assert!(vietnamese.out.contains("của An có quyền quản trị"), "{}", vietnamese.out);
    assert!(!vietnamese.out.contains('\u{1b}'), "a name cannot colour the terminal: {}", vietnamese.out);
    let json: serde_json::Value = serde_json::from_str(&fake.run(&["doctor", "--json"]).out).unwrap();
    let finding = &json["findings"][0];
    assert_eq!((&finding["id"], &finding["severity"]), (&"child-is-administrator".into(), &"broken".into()));
    assert_eq!(finding["child"], "An");
    assert!(finding["message"].as_str().unwrap().contains("is an administrator"));
}

#[test]
fn what_is_broken_ends_in_one() {
    let fake = Fake::new(As::Guardian);
    for arguments in [&["doctor"][..], &["audit", "--verify"]] {
        let ran = fake.run(arguments);
        assert_eq!(ran.code, 1, "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn an_exported_file_can_be_imported() {
    for name in ["family.toml", "family.json"] {
        let fake = Fake::new(As::Guardian);
        let path = fake.file(name, "");
        assert_eq!(fake.run(&["export", &path]).code, 0);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("break game 45m rest 10m"), "{text}");
        assert_eq!(fake.run(&["import", &path, "--dry-run"]).code, 0);
        assert_eq!(fake.changes(), []);
        let ran = fake.run(&["import", &path, "--yes"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let rule = NewRule::Break { target: GAMES, at_most: 2700, rest: 600 };
        assert_eq!(
            fake.changes(),
            [Question::PutPolicy {
                children: vec![ChildPolicy { child: an(), preset: Some("vn-147".into()), rules: vec![rule] }],
            }]
        );
    }
}

#[test]
fn an_import_that_the_service_refuses_says_why_in_the_users_language() {
    let fake = Fake::refusing(As::Guardian, |question| matches!(question, Question::PutPolicy { .. }));
    let path = fake.file(
        "family.toml",
        "lanh_policy = 1\n[[children]]\nname = 'An'\nbirth_year = 2016\naccounts = ['an']\nrules = ['block game']\n",
    );
    let ran = fake.run_with(&["import", &path, "--yes"], &[("LC_ALL", "vi_VN.UTF-8")]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("Dịch vụ gặp lỗi"), "{}", ran.err);
}

#[test]
fn man_pages_and_completions_are_written() {
    let fake = Fake::new(As::Guardian);
    let out = fake.folder.path().join("man");
    std::fs::create_dir(&out).unwrap();
    assert_eq!(fake.run(&["man", "--out", out.to_str().unwrap()]).code, 0);
    assert!(out.join("lanh.1").exists() && out.join("lanh-rule-add.1").exists());
    assert!(fake.run(&["completions", "bash"]).out.contains("lanh"));
    assert_eq!(fake.run(&["man", "--out", "/nowhere/at/all"]).code, 1);
}
