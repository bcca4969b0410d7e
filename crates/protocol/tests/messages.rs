//! Every message survives the way over JSON, and its form stays as it is.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use lanh_protocol::{Answer, FromClient, FromService, Notice, Question};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

/// The JSON becomes a message, and the message becomes the same JSON.
fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(json: &str) -> T {
    let value: serde_json::Value = serde_json::from_str(json).expect(json);
    let message: T = serde_json::from_value(value.clone()).expect(json);
    assert_eq!(serde_json::to_value(&message).unwrap(), value, "{json}");
    let again: T = serde_json::from_slice(&serde_json::to_vec(&message).unwrap()).unwrap();
    assert_eq!(again, message);
    message
}

const GAMES: &str = r#"{"on":"category","category":"game"}"#;
const CHILD: &str = r#"{"id":1,"name":"An","birth_year":2015,"accounts":["an"],"enforcement":{"warn_at":[900,300,60],
    "strict_counting":false,"strict_programs":true,"save_thaws":2,"save_thaw":60,"hold_for":null,"close_grace":10}}"#;
const APP: &str = r#"{"id":"xsol","name":"Xsol","category":"game","rating":12,"basis":"read","rating_basis":"known",
    "perhaps":{"name":"Xsol","category":"game"},"source":"desktop","last_seen":"2026-11-24T12:30:00Z"}"#;
const SETTINGS: &str = r#""zone":"Asia/Ho_Chi_Minh","week_start":"mon","retention_days":365,"totals_only":false,
    "help_lines":["111"],"idle_after":300"#;

fn rules() -> Vec<String> {
    [
        r#"{"rule":"allowance","target":TARGET,"period":{"per":"day","seconds":[3600,3600,3600,3600,0,null,null]}}"#,
        r#"{"rule":"allowance","target":{"on":"each","category":"video"},"period":{"per":"week","seconds":36000}}"#,
        r#"{"rule":"schedule","target":{"on":"screen"},"slots":[[{"from":"17:00:00","until":"20:30:00","free":false},
            {"from":"21:00:00","until":null,"free":true}],[],[],[],[],[],[]]}"#,
        r#"{"rule":"break","target":TARGET,"at_most":2700,"rest":600}"#,
        r#"{"rule":"rating-ceiling","age":12}"#,
        r#"{"rule":"block","target":{"on":"app","app":"xsol","name":"Xsol"}}"#,
        r#"{"rule":"exemption","target":{"on":"category","category":"learning"}}"#,
        r#"{"rule":"allow-only","targets":[TARGET]}"#,
        r#"{"rule":"health-text","target":TARGET,"every":1800}"#,
        r#"{"rule":"bank","target":TARGET,"keep":1800,"borrow":900,"since":"2026-11-24"}"#,
        r#"{"rule":"earn","by":{"on":"category","category":"learning"},"every":600,"target":TARGET,"gives":300,"at_most":1800}"#,
    ]
    .map(|rule| rule.replace("TARGET", GAMES))
    .to_vec()
}

fn rule_views() -> String {
    let origins = [
        r#"{"by":"guardian"}"#,
        r#"{"by":"preset","preset":"vn-147","citation":"Decree","since":"2024-12-25"}"#,
        r#"{"by":"class","class":"5A"}"#,
    ];
    let views: Vec<String> = rules()
        .iter()
        .zip(origins.iter().cycle())
        .map(|(rule, origin)| format!(r#"{{"id":7,"origin":{origin},"rule":{rule}}}"#))
        .collect();
    format!("[{}]", views.join(","))
}

fn reasons() -> Vec<String> {
    [
        r#"{"cause":"allowance-spent","target":TARGET,"amount":3600,"weekly":true}"#,
        r#"{"cause":"outside-hours","target":{"on":"screen"}}"#,
        r#"{"cause":"break-due","target":TARGET,"rest":600}"#,
        r#"{"cause":"rating-above","rating":16,"ceiling":12}"#,
        r#"{"cause":"blocked","target":TARGET}"#,
        r#"{"cause":"not-allowed-only"}"#,
    ]
    .map(|cause| {
        let cause = cause.replace("TARGET", GAMES);
        format!(
            r#"{{"rule":7,"origin":{{"by":"guardian"}},"cause":{cause},"until":null,
            "helps":["wait","rest","ask-for-time","ask-to-change"]}}"#
        )
    })
    .to_vec()
}

fn verdicts() -> Vec<String> {
    let mut all: Vec<String> =
        reasons().iter().map(|reason| format!(r#"{{"verdict":"denied","reason":{reason}}}"#)).collect();
    let reason = reasons().remove(0);
    let at = r#""2026-11-24T12:30:00Z""#;
    all.push(r#"{"verdict":"allowed","until":null,"reason":null}"#.to_owned());
    all.push(format!(r#"{{"verdict":"allowed","until":{at},"reason":{reason}}}"#));
    all.push(format!(r#"{{"verdict":"warned","until":{at},"reason":{reason}}}"#));
    all.push(format!(r#"{{"verdict":"held","reason":{reason},"closes_at":{at}}}"#));
    all
}

fn requests() -> Vec<String> {
    [r#"{"state":"open"}"#, r#"{"state":"granted","seconds":900}"#, r#"{"state":"denied","words":"later"}"#]
        .map(|state| {
            format!(
                r#"{{"id":3,"child":1,"name":"An","target":{GAMES},"seconds":900,"words":"please",
                "at":"2026-11-24T12:30:00Z","state":{state}}}"#
            )
        })
        .to_vec()
}

fn grant() -> String {
    format!(r#"{{"id":2,"child":1,"target":{GAMES},"amount":900,"left":60,"until":"2026-11-24T17:00:00Z"}}"#)
}

fn budget() -> String {
    format!(
        r#"{{"rule":7,"target":{GAMES},"weekly":false,"amount":3600,"used":60,"left":3540,"counting":true}}"#
    )
}

#[test]
fn questions() {
    let rule = rules().remove(0);
    let policy =
        format!(r#""put-policy","children":[{{"child":{CHILD},"preset":"vn-147","rules":[{rule}]}}]"#);
    let mut bodies: Vec<String> = [
        policy.as_str(),
        r#""info""#,
        r#""unlock","secret":"1234""#,
        r#""recover","code":"A","secret":"B""#,
        r#""set-secret","secret":"1234""#,
        r#""status","child":null"#,
        r#""status","child":1"#,
        r#""watch""#,
        r#""rules","child":1"#,
        r#""why","child":1,"target":TARGET"#,
        r#""why-charged","child":null,"at":"2026-11-24T12:30:00Z""#,
        r#""usage","child":1,"from":"2026-11-18","until":"2026-11-24","intervals":true"#,
        r#""ask-for-time","target":TARGET,"seconds":900,"words":"one match""#,
        r#""dispute","target":{"on":"screen"},"from":"2026-11-24T12:00:00Z","until":"2026-11-24T12:30:00Z","words":"a film""#,
        r#""sums","child":1,"from":"2026-11-18","until":"2026-11-24""#,
        r#""intervals","child":null,"from":"2026-11-18","until":"2026-11-24","skip":500"#,
        r#""borrow","target":TARGET,"seconds":900"#,
        r#""disputes","child":null,"all":true"#,
        r#""answer-dispute","dispute":4,"accept":true,"words":"""#,
        r#""correct","child":1,"target":TARGET,"from":"2026-11-24T12:00:00Z","until":"2026-11-24T12:30:00Z","words":"""#,
        r#""requests","child":null,"all":false"#,
        r#""grants","child":1"#,
        r#""save-game","app":"xsol""#,
        r#""close-app","app":"xsol""#,
        r#""attach","session":"c2""#,
        r#""report","presence":{"presence":"away","idle":300}"#,
        r#""report","presence":{"presence":"here","focus":{"focus":"process","pid":42}}"#,
        r#""report","presence":{"presence":"here","focus":{"focus":"nothing"}}"#,
        r#""report","presence":{"presence":"here","focus":{"focus":"unknown"}}"#,
        r#""hold-prepared","app":"xsol","free":true"#,
        r#""children""#,
        r#""put-child","child":CHILD,"preset":"vn-147""#,
        r#""remove-child","child":1"#,
        r#""put-rule","child":1,"replaces":7,"rule":RULE"#,
        r#""remove-rule","child":1,"rule":7"#,
        r#""presets""#,
        r#""apply-preset","child":1,"preset":"vn-147""#,
        r#""history","child":1"#,
        r#""rollback","child":1,"revision":4"#,
        r#""apps","unsorted":true"#,
        r#""put-app","app":"xsol","category":"game","rating":"12""#,
        r#""rescan-apps""#,
        r#""grant","child":1,"target":TARGET,"seconds":900"#,
        r#""revoke-grant","grant":2"#,
        r#""answer-request","request":3,"seconds":null,"words":"later""#,
        r#""settings""#,
        r#""audit","limit":30,"before":null"#,
        r#""verify-audit""#,
        r#""backup""#,
        r#""backups""#,
        r#""restore","name":"monday""#,
        r#""doctor""#,
        r#""accounts""#,
    ]
    .map(|body| body.replace("TARGET", GAMES).replace("CHILD", CHILD).replace("RULE", &rule))
    .to_vec();
    bodies.push(format!(r#""put-settings",{SETTINGS}"#));
    bodies.push(format!(
        r#""replay","child":null,"changes":[{{"change":"put","replaces":7,"rule":{rule}}},
        {{"change":"remove","rule":8}},{{"change":"preset","preset":"vn-147"}}],"from":"2026-11-10","until":"2026-11-24""#
    ));
    for body in &bodies {
        survives::<FromClient>(&format!(r#"{{"id":18446744073709551615,"question":{{"ask":{body}}}}}"#));
    }
    // A name that is left out of a question is empty.
    let short = r#"{"ask":"why","child":null,"target":{"on":"app","app":"xsol"}}"#;
    serde_json::from_str::<Question>(short).unwrap();
}

#[test]
fn answers() {
    let at = r#""2026-11-24T12:30:00Z""#;
    let mut bodies: Vec<(&str, String)> = vec![
        ("recovery-code", r#""ABCD""#.into()),
        ("rules", rule_views()),
        ("requests", format!("[{}]", requests().join(","))),
        ("request", requests().remove(0)),
        ("grant", grant()),
        ("grants", format!("[{}]", grant())),
        ("companion", r#"{"child":1,"idle_after":300,"report_every":10,"help_lines":["111"]}"#.into()),
        ("children", format!("[{CHILD}]")),
        ("child", CHILD.into()),
        ("presets", format!(r#"[{{"id":"vn-147","ages":[0,17],"citation":"Decree","since":"2024-12-25","rules":[{}]}}]"#, rules().join(","))),
        ("history", format!(r#"[{{"revision":4,"at":{at},"by":"guardian","before":[],"after":{}}}]"#, rule_views())),
        ("apps", format!("[{APP}]")),
        ("app", APP.into()),
        ("settings", format!("{{{SETTINGS}}}")),
        ("audit", format!(r#"[{{"seq":1,"at":{at},"kind":"rule-added","actor":"guardian","child":1,"detail":"x"}}]"#)),
        ("audit-verified", r#"{"entries":9,"broken_at":null}"#.into()),
        ("backup", format!(r#"{{"name":"monday","at":{at},"size":4096}}"#)),
        ("backups", "[]".into()),
        ("doctor", r#"{"findings":[{"severity":"ok","id":"gate","missing":null},
            {"severity":"weak","id":"user-mode"},
            {"severity":"advice","id":"clock-apart","ahead":true,"seconds":3600},
            {"severity":"broken","id":"child-is-administrator","child":"An","account":"an"}]}"#.into()),
        ("accounts", r#"[{"name":"an","id":"1001","full_name":"An","administrator":false,"no_password":null,"child":1}]"#.into()),
        ("usage", format!(
            r#"{{"child":1,"zone":"UTC","sums":[{{"day":"2026-11-24","target":{GAMES},"used":3,"charged":2,"granted":1}}],
            "intervals":[{{"target":{GAMES},"app":null,"from":{at},"until":{at},"used":5,"cost":{{"cost":"charged"}},"basis":"in-front"}},
            {{"target":{GAMES},"app":"xsol","from":{at},"until":{at},"used":5,"cost":{{"cost":"grant","grant":2}},"basis":"strict"}},
            {{"target":{GAMES},"app":"xsol","from":{at},"until":{at},"used":5,"cost":{{"cost":"free","rule":7}},"basis":"companion-silent"}}]}}"#
        )),
        ("sums", format!(
            r#"{{"child":1,"name":"An","zone":"UTC","lines":[{{"day":"2026-11-24","target":{GAMES},"used":9,"charged":5,
            "granted":3,"free":1,"given_back":2,"taken":0}}]}}"#
        )),
        ("intervals", r#"{"child":1,"zone":"UTC","intervals":[],"next":500}"#.into()),
        ("replay", format!(
            r#"{{"child":1,"zone":"UTC","days":[{{"day":"2026-11-24","used":3600,"kept":2100,"charged":3600,"would_charge":2100,
            "last_used":{at},"last_kept":null,"stops":[{{"at":{at},"target":{GAMES},"reason":{},"refused":1500}}],
            "left":[{{"target":{GAMES},"weekly":false,"before":1800,"after":null}}]}}]}}"#,
            reasons().remove(0)
        )),
        ("info", r#"{"version":"0.1.0","mode":"user","set_up":true,"role":{"role":"child","child":1},"troubles":[{"id":"gate-failed","detail":"x"}]}"#.into()),
    ];
    for state in [r#"{"state":"open"}"#, r#"{"state":"accepted"}"#, r#"{"state":"denied","words":"no"}"#] {
        let dispute = format!(
            r#"{{"id":4,"child":1,"name":"An","target":{GAMES},"from":{at},"until":{at},"words":"a film","at":{at},
            "back":[{{"target":{GAMES},"seconds":900}}],"evidence":[],"state":{state}}}"#
        );
        bodies.push(("dispute", dispute.clone()));
        bodies.push(("disputes", format!("[{dispute}]")));
    }
    for verdict in verdicts() {
        bodies.push((
            "why",
            format!(
                r#"{{"target":{GAMES},"verdict":{verdict},"rules":{},"budgets":[{}]}}"#,
                rule_views(),
                budget()
            ),
        ));
        bodies.push(("status", format!(
            r#"{{"now":{at},"zone":"Asia/Ho_Chi_Minh","help_lines":["111"],"children":[{{"child":{CHILD},"screen":{verdict},
            "used_today":60,"budgets":[{}],"running":[{{"app":{APP},"verdict":{verdict},"in_use":true}}],"grants":[{}],
            "requests":[{}],"companion":true}}]}}"#,
            budget(), grant(), requests().join(",")
        )));
    }
    for rule in rules() {
        bodies.push(("rule", format!(r#"{{"id":7,"origin":{{"by":"guardian"}},"rule":{rule}}}"#)));
    }
    for (kind, body) in &bodies {
        let json =
            format!(r#"{{"kind":"answer","id":1,"result":{{"Ok":{{"answer":"{kind}","with":{body}}}}}}}"#);
        survives::<FromService>(&json);
    }
    survives::<Answer>(r#"{"answer":"done"}"#);
    for code in [
        "needs-guardian",
        "not-yours",
        "wrong-secret",
        "too-soon",
        "not-set-up",
        "not-found",
        "invalid",
        "too-many-requests",
        "unavailable",
        "internal",
    ] {
        for detail in [
            "",
            r#""detail":{"what":"missing","thing":"rule","name":"9"},"#,
            r#""detail":{"what":"slots-overlap","at":"17:00:00"},"#,
        ] {
            let failure = format!(r#"{{"code":"{code}","message":"m",{detail}"retry_after":30}}"#);
            survives::<FromService>(&format!(r#"{{"kind":"answer","id":1,"result":{{"Err":{failure}}}}}"#));
        }
    }
}

#[test]
fn notices() {
    let at = r#""2026-11-24T12:30:00Z""#;
    let reason = reasons().remove(0);
    let mut bodies: Vec<String> = vec![
        format!(r#""warning","child":1,"target":{GAMES},"app":{APP},"left":900,"reason":{reason}"#),
        format!(r#""warning","child":1,"target":{GAMES},"app":null,"left":60,"reason":{reason}"#),
        format!(r#""health-text","child":1,"app":{APP},"played":1800"#),
        format!(r#""prepare-hold","child":1,"app":{APP},"pids":[1,2]"#),
        format!(r#""times-up","child":1,"app":{APP},"reason":{reason},"closes_at":{at},"saves_left":2"#),
        format!(r#""released","child":1,"app":{APP},"save_until":{at}"#),
        format!(r#""closing","child":1,"app":{APP},"reason":{reason},"grace":10"#),
        format!(r#""refused","child":1,"app":{APP},"reason":{reason}"#),
        format!(r#""locking","child":1,"reason":{reason}"#),
        r#""changed","child":1"#.to_owned(),
        r#""stopping""#.to_owned(),
    ];
    let inside = |json: String| json.trim_start_matches('{').strip_suffix('}').unwrap().to_owned();
    for request in requests() {
        bodies.push(format!(r#""request-opened",{}"#, inside(request.clone())));
        bodies.push(format!(r#""request-answered",{}"#, inside(request)));
    }
    bodies.push(format!(r#""granted",{}"#, inside(grant())));
    for body in &bodies {
        survives::<Notice>(&format!(r#"{{"notice":{body}}}"#));
    }
}
