//! The front end of the desktop app makes the same sentences as this crate: both are held against one file.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use lanh_protocol::{
    Detail, Fact, Failure, Finding, NewRule, OriginView, ReasonView, ReplayDayView, VerdictView,
};
use lanh_words::{Clock, Language, Words};
use serde_json::{Value, json};

const GAMES: &str = r#"{"on":"category","category":"game"}"#;

fn rules() -> Vec<Value> {
    [
        r#"{"rule":"allowance","target":{"on":"screen"},"period":{"per":"day","seconds":[5400,5400,5400,5400,5400,5400,5400]}}"#,
        r#"{"rule":"allowance","target":GAMES,"period":{"per":"day","seconds":[3600,3600,3600,3600,0,null,null]}}"#,
        r#"{"rule":"allowance","target":{"on":"each","category":"video"},"period":{"per":"day","seconds":[null,60,null,60,null,60,45]}}"#,
        r#"{"rule":"allowance","target":{"on":"app","app":"xsol","name":""},"period":{"per":"week","seconds":36000}}"#,
        r#"{"rule":"schedule","target":{"on":"screen"},"slots":[[{"from":"17:00:00","until":"20:30:00","free":false},{"from":"21:00:00","until":null,"free":true}],[],[],[],[],[{"from":"08:00:00","until":"11:00:00","free":false}],[{"from":"08:00:00","until":"11:00:00","free":false}]]}"#,
        r#"{"rule":"break","target":GAMES,"at_most":2700,"rest":600}"#,
        r#"{"rule":"rating-ceiling","age":0}"#,
        r#"{"rule":"block","target":{"on":"app","app":"xsol","name":"Xsol"}}"#,
        r#"{"rule":"exemption","target":{"on":"category","category":"learning"}}"#,
        r#"{"rule":"allow-only","targets":[GAMES,{"on":"category","category":"creative"}]}"#,
        r#"{"rule":"health-text","target":GAMES,"every":1800}"#,
        r#"{"rule":"bank","target":GAMES,"keep":1800,"borrow":900,"since":"2026-11-24"}"#,
        r#"{"rule":"earn","by":{"on":"category","category":"learning"},"every":600,"target":GAMES,"gives":300,"at_most":1800}"#,
    ]
    .map(read)
    .to_vec()
}

fn origins() -> Vec<Value> {
    [
        r#"{"by":"guardian"}"#,
        r#"{"by":"preset","preset":"vn-147","citation":"Decree 147","since":"2024-12-25"}"#,
        r#"{"by":"class","class":"5A"}"#,
    ]
    .map(read)
    .to_vec()
}

fn reasons() -> Vec<Value> {
    [
        r#"{"cause":"allowance-spent","target":GAMES,"amount":3600,"weekly":false}"#,
        r#"{"cause":"allowance-spent","target":{"on":"screen"},"amount":5400,"weekly":true}"#,
        r#"{"cause":"outside-hours","target":{"on":"screen"}}"#,
        r#"{"cause":"break-due","target":GAMES,"rest":600}"#,
        r#"{"cause":"rating-above","rating":18,"ceiling":12}"#,
        r#"{"cause":"blocked","target":GAMES}"#,
        r#"{"cause":"not-allowed-only"}"#,
        r#"{"cause":"not-installed"}"#,
    ]
    .iter()
    .zip(origins().iter().cycle())
    .enumerate()
    .map(|(at, (cause, origin))| {
        let helps = [json!(["wait", "rest", "ask-for-time"]), json!([]), json!(["ask-to-change"])];
        let until = if at % 2 == 0 { json!("2026-11-25T00:30:00Z") } else { Value::Null };
        json!({
            "rule": 3, "origin": origin, "cause": read(cause), "until": until, "helps": helps[at % 3],
        })
    })
    .collect()
}

fn verdicts() -> Vec<Value> {
    let reason = reasons().remove(0);
    vec![
        json!({ "verdict": "allowed", "until": null, "reason": null }),
        json!({ "verdict": "allowed", "until": "2026-11-24T13:30:00Z", "reason": reason }),
        json!({ "verdict": "warned", "until": "2026-11-24T12:05:10Z", "reason": reason }),
        json!({ "verdict": "held", "reason": reason, "closes_at": "2026-11-24T17:00:00Z" }),
        json!({ "verdict": "denied", "reason": reason }),
        json!({ "verdict": "denied", "reason": reasons().remove(1) }),
    ]
}

fn failures() -> Vec<Value> {
    [
        "needs-guardian",
        "not-yours",
        "wrong-secret",
        "too-soon",
        "not-found",
        "invalid",
        "unavailable",
        "too-many-requests",
    ]
    .iter()
    .flat_map(|code| {
        [
            json!({ "code": code, "message": "there is no such thing", "retry_after": 90 }),
            json!({ "code": code, "message": "", "retry_after": null }),
        ]
    })
    .collect()
}

fn facts() -> Vec<Value> {
    let features =
        ["gate", "process-connector", "cgroup-freeze", "pidfd", "sessions", "sealed-key", "clock", "memfd"];
    let mut facts: Vec<Value> = features
        .iter()
        .flat_map(|id| {
            [json!({ "id": id, "missing": null }), json!({ "id": id, "missing": "no such thing" })]
        })
        .collect();
    facts.extend(
        [
            r#"{"id":"user-mode"}"#,
            r#"{"id":"clock-apart","ahead":true,"seconds":3600}"#,
            r#"{"id":"clock-apart","ahead":false,"seconds":90}"#,
            r#"{"id":"no-child"}"#,
            r#"{"id":"accounts","detail":"no file"}"#,
            r#"{"id":"child-is-administrator","child":"An","account":"an"}"#,
            r#"{"id":"no-password","account":"guest"}"#,
            r#"{"id":"spare-account","account":"guest"}"#,
            r#"{"id":"child-without-account","child":"An"}"#,
            r#"{"id":"child-without-rules","child":"An"}"#,
            r#"{"id":"secret","set":true}"#,
            r#"{"id":"secret","set":false}"#,
            r#"{"id":"database","trouble":null}"#,
            r#"{"id":"database","trouble":"a page is damaged"}"#,
            r#"{"id":"audit","entries":1200,"broken_at":null}"#,
            r#"{"id":"audit","entries":1200,"broken_at":17}"#,
            r#"{"id":"backup","newest":null}"#,
            r#"{"id":"backup","newest":"2026-11-24T02:00:00Z"}"#,
            r#"{"id":"not-refused","detail":"busy"}"#,
            r#"{"id":"gate-failed","detail":"busy"}"#,
            r#"{"id":"restore-failed","detail":"busy"}"#,
            r#"{"id":"recovered","backup":"2026-11-24T02:00:00Z"}"#,
        ]
        .map(read),
    );
    facts
}

fn details() -> Vec<Value> {
    let things = ["child", "rule", "revision", "app", "request", "grant", "backup", "preset", "account"];
    let mut details: Vec<Value> =
        things.iter().map(|thing| json!({ "what": "missing", "thing": thing, "name": "x" })).collect();
    details.extend(
        [
            r#"{"what":"say-which-child"}"#,
            r#"{"what":"only-child-asks"}"#,
            r#"{"what":"lines","at_most":1000}"#,
            r#"{"what":"days","at_most":400}"#,
            r#"{"what":"root-account"}"#,
            r#"{"what":"other-account","account":"an"}"#,
            r#"{"what":"account-taken","account":"an"}"#,
            r#"{"what":"birth-year","from":1926,"until":2026}"#,
            r#"{"what":"name"}"#,
            r#"{"what":"zone","text":"Nowhere"}"#,
            r#"{"what":"telephone","text":"abc"}"#,
            r#"{"what":"retention"}"#,
            r#"{"what":"idle-after"}"#,
            r#"{"what":"amount"}"#,
            r#"{"what":"words"}"#,
            r#"{"what":"warnings"}"#,
            r#"{"what":"saving"}"#,
            r#"{"what":"hold-for"}"#,
            r#"{"what":"close-grace"}"#,
            r#"{"what":"rating","text":"13"}"#,
            r#"{"what":"category","text":"fun"}"#,
            r#"{"what":"weekday","text":"someday"}"#,
            r#"{"what":"allowance-too-long","minutes":1500}"#,
            r#"{"what":"slot-backwards","from":"17:00:00"}"#,
            r#"{"what":"slots-overlap","at":"17:00:00"}"#,
            r#"{"what":"break-too-short"}"#,
            r#"{"what":"health-text-too-often"}"#,
            r#"{"what":"allow-only-empty"}"#,
            r#"{"what":"already-answered"}"#,
            r#"{"what":"nothing-counted"}"#,
            r#"{"what":"bank-for-each"}"#,
            r#"{"what":"earned-by-nothing"}"#,
            r#"{"what":"cannot-borrow","seconds":0}"#,
            r#"{"what":"cannot-borrow","seconds":900}"#,
            r#"{"what":"missing","thing":"dispute","name":"9"}"#,
            r#"{"what":"requests-waiting","open":5}"#,
            r#"{"what":"secret-too-short"}"#,
            r#"{"what":"secret-too-long"}"#,
            r#"{"what":"secret-too-simple"}"#,
            r#"{"what":"secret-birth-year"}"#,
            r#"{"what":"disk-full"}"#,
            r#"{"what":"disk-read-only"}"#,
            r#"{"what":"disk-busy"}"#,
            r#"{"what":"accounts-unreadable"}"#,
            r#"{"what":"answer-too-long"}"#,
        ]
        .map(read),
    );
    details
}

/// A day that would have ended earlier, was cut within, had nothing left of it, is the same, counted otherwise, or
/// was not used.
fn replayed_days() -> Vec<Value> {
    let (last, earlier) = ("2026-11-17T13:10:00Z", "2026-11-17T12:35:00Z");
    let stops: Vec<Value> = reasons()
        .into_iter()
        .map(|reason| json!({ "at": earlier, "target": read(GAMES), "reason": reason, "refused": 2100 }))
        .collect();
    let day = |kept: u64, would_charge: u64, last_kept: Value, stops: Vec<Value>| {
        json!({
            "day": "2026-11-17", "used": 7200, "kept": kept, "charged": 7200, "would_charge": would_charge,
            "last_used": last, "last_kept": last_kept, "stops": stops, "left": [],
        })
    };
    let mut unused = day(0, 0, Value::Null, vec![]);
    unused["used"] = json!(0);
    vec![
        day(5100, 5100, json!(earlier), stops),
        day(6600, 6600, json!(last), vec![]),
        day(0, 0, Value::Null, vec![]),
        day(7200, 7200, json!(last), vec![]),
        day(7200, 3600, json!(last), vec![]),
        day(7200, 9000, json!(last), vec![]),
        unused,
    ]
}

fn read(json: &str) -> Value {
    serde_json::from_str(&json.replace("GAMES", GAMES)).expect(json)
}

/// Every case in one language: what is said of what.
fn cases(language: Language) -> Vec<Value> {
    let words = Words::new(language);
    let clock = Clock::new("2026-11-24T12:00:00Z".parse().unwrap(), "Asia/Ho_Chi_Minh");
    let mut cases = Vec::new();
    let mut case = |say: &str, of: Value, text: String| {
        cases.push(json!({ "language": language.code(), "say": say, "of": of, "text": text }));
    };
    for seconds in [0, 1, 59, 60, 89, 90, 3569, 3570, 3600, 3660, 7325, 90_000] {
        case("duration", json!(seconds), words.duration(seconds));
        case("left", json!(seconds), words.left(seconds));
    }
    for at in [
        "2026-11-24T12:30:00Z",
        "2026-11-24T17:00:00Z",
        "2026-11-24T17:00:05Z",
        "2026-11-25T01:00:00Z",
        "2026-11-26T01:00:00Z",
        "2026-11-30T16:59:00Z",
        "2026-12-01T01:00:00Z",
        "2026-11-23T01:00:00Z",
    ] {
        let instant = at.parse().unwrap();
        case("time", json!(at), words.time(instant, &clock));
        case("at", json!(at), words.at(instant, &clock));
        case("until", json!(at), words.until(instant, &clock));
    }
    for days in 0_u8..128 {
        let chosen = std::array::from_fn(|day| days & (1 << day) != 0);
        case("days", json!(chosen), words.days(chosen));
    }
    for rule in rules() {
        let said = words.rule(&serde_json::from_value::<NewRule>(rule.clone()).unwrap());
        case("rule", rule, said);
    }
    for origin in origins() {
        let said = words.origin(&serde_json::from_value::<OriginView>(origin.clone()).unwrap());
        case("origin", origin, said);
    }
    for reason in reasons() {
        let view: ReasonView = serde_json::from_value(reason.clone()).unwrap();
        case("reason", reason.clone(), words.reason(&view, &clock));
        case("ending", reason, words.ending(&view));
    }
    for verdict in verdicts() {
        let said = words.verdict(&serde_json::from_value::<VerdictView>(verdict.clone()).unwrap(), &clock);
        case("verdict", verdict, said);
    }
    for day in replayed_days() {
        let view: ReplayDayView = serde_json::from_value(day.clone()).unwrap();
        for (stop, of) in view.stops.iter().zip(day["stops"].as_array().unwrap()) {
            case("replay-stop", of.clone(), words.replay_stop(stop, &clock));
        }
        case("replay-counted", day.clone(), words.replay_counted(&view).unwrap_or_default());
        case("replayed", day, words.replayed(&view, &clock));
    }
    for fact in facts() {
        let view: Fact = serde_json::from_value(fact.clone()).unwrap();
        let said = words.finding(&Finding { severity: lanh_protocol::Severity::Weak, fact: view });
        case("finding", fact.clone(), said.title);
        case("remedy", fact, said.body);
    }
    for detail in details() {
        let said = words.detail(&serde_json::from_value::<Detail>(detail.clone()).unwrap());
        case("detail", detail, said);
    }
    for failure in failures() {
        let said = words.failure(&serde_json::from_value::<Failure>(failure.clone()).unwrap());
        case("failure", failure, said);
    }
    cases
}

#[test]
fn the_front_end_is_held_against_these_sentences() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/generated/sentences.json");
    let cases = [cases(Language::English), cases(Language::Vietnamese)].concat();
    let lines: Vec<String> = cases.iter().map(Value::to_string).collect();
    let text = format!("[\n{}\n]\n", lines.join(",\n"));
    if std::env::var_os("LANH_WRITE").is_some() {
        std::fs::write(path, &text).expect("writable");
    }
    let written = std::fs::read_to_string(path).expect("readable");
    assert!(
        written == text,
        "{path} is not of today; write it anew: LANH_WRITE=1 cargo test -p lanh-words --test front_end"
    );
}
