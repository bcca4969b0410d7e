//! The checks, in the order in which they build on each other.

use super::container::{PATIENCE, wait_for};
use super::stage::{KID, KID_TOO, LODGER, NEWER, PACKAGE, Person, Stage, ensure};
use crate::failure::Failure;
use serde_json::Value;
use std::time::{Duration, Instant, SystemTime};

/// Why a check does not hold.
pub(crate) struct Trouble(pub(crate) String);

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self(failure.to_string())
    }
}

/// What a check that holds has to say.
type Outcome = Result<String, Trouble>;
type Check = fn(&mut Stage) -> Outcome;

/// Every check with its name.
pub(crate) const ALL: &[(&str, Check)] = &[
    ("the package installs, and its service runs at once", installs),
    ("the hardened service has all that it needs", has_what_it_needs),
    ("the database key is sealed by systemd-creds", key_is_sealed),
    ("a desktop session starts the companion", companion_starts),
    ("a game is warned of and frozen at its limit", warned_and_frozen),
    ("the child cannot thaw it", cannot_thaw),
    ("a session that calls itself locked is charged all the same", lie_of_a_lock),
    ("the child cannot stop the service or read its files", cannot_stop),
    ("killed, the service is back and the hold was never off", killed_while_held),
    ("a grant thaws the game", grant_thaws),
    ("an upgrade in mid-play costs or gives no time", upgrade_in_play),
    ("an upgrade leaves a held game held", upgrade_while_held),
    ("the end of the hold closes the game", hold_ends),
    ("a refused game starts in no way that a child has", refused_in_every_way),
    ("both accounts of a child share its time", accounts_share),
    ("killed again and again, the service still holds at the limit", killed_at_the_limit),
    ("the screen's limit locks the session", screen_locks),
    ("a hang ends by the watchdog", watchdog),
    ("a restart of the machine loses nothing", reboot_keeps),
    ("a session that nothing locks is ended", session_ends),
    ("removing the package leaves nothing frozen and keeps the data", removed),
    ("purging it leaves nothing", purged),
];

/// What the game may be used for, and how far the counting may be off: looks are a second apart.
const LIMIT: u64 = 20;
const SLACK: u64 = 3;

fn installs(stage: &mut Stage) -> Outcome {
    stage.people()?;
    stage.container.must(&["apt-get", "install", "-y", PACKAGE])?;
    // Type=notify: active means that it said READY.
    let state = stage.container.property("lanhd", "ActiveState")?;
    ensure(state == "active", || format!("the service is {state}"))?;
    let kind = stage.container.property("lanhd", "Type")?;
    ensure(kind == "notify" && stage.ready_at()? > 0, || "it did not say that it is ready".to_owned())?;
    let enabled = stage.container.must(&["systemctl", "is-enabled", "lanhd"])?;
    Ok(format!("active, {}", enabled.trim()))
}

fn has_what_it_needs(stage: &mut Stage) -> Outcome {
    let report = stage.lanh(&["doctor"])?;
    let findings = report.get("findings").and_then(Value::as_array).cloned().unwrap_or_default();
    let severity = |id: &str| {
        let found = findings.iter().find(|finding| finding.get("id").and_then(Value::as_str) == Some(id));
        found.and_then(|finding| finding.get("severity")).and_then(Value::as_str).map(str::to_owned)
    };
    for id in ["gate", "cgroup-freeze", "pidfd", "sessions", "sealed-key", "database", "audit"] {
        ensure(severity(id).as_deref() == Some("ok"), || format!("doctor says of {id}: {report}"))?;
    }
    let broken: Vec<_> = findings
        .iter()
        .filter(|finding| finding.get("severity").and_then(Value::as_str) == Some("broken"))
        .collect();
    ensure(broken.is_empty(), || format!("doctor finds broken: {broken:?}"))?;
    let complaints = stage.container.run(&[
        "journalctl",
        "--boot",
        "--identifier=lanhd",
        "--priority=warning",
        "--quiet",
    ])?;
    ensure(complaints.text.trim().is_empty(), || complaints.text.clone())?;
    Ok("gate, control groups, sessions, sealed key; nothing to complain about in the journal".to_owned())
}

fn key_is_sealed(stage: &mut Stage) -> Outcome {
    let place = stage.container.must(&["cat", "/var/lib/lanh/key-place"])?;
    ensure(place.trim() == "systemd-creds", || format!("the key is kept in: {place}"))?;
    let plain = stage.container.run(&["test", "-e", "/var/lib/lanh/key"])?;
    ensure(!plain.ok(), || "there is a plain key file".to_owned())?;
    Ok(String::new())
}

fn companion_starts(stage: &mut Stage) -> Outcome {
    stage.lanh(&[
        "setup",
        "--child",
        "An",
        "--account",
        KID.name,
        "--birth-year",
        "2016",
        "--preset",
        "none",
    ])?;
    // Nobody touches the keyboard of this desktop for minutes.
    stage.lanh(&["settings", "set", "idle-after=1h"])?;
    stage.log_in(KID)?;
    let kind = stage.session(KID, "Type")?;
    let active = stage.session(KID, "Active")?;
    ensure(kind.as_deref() == Some("x11") && active.as_deref() == Some("yes"), || {
        format!("the session is {kind:?}, active {active:?}")
    })?;
    wait_for("the companion", PATIENCE, || {
        let standing = stage.standing()?;
        Ok::<_, Failure>((standing.get("companion") == Some(&Value::Bool(true))).then_some(()))
    })?;
    Ok("an active x11 session; the companion came by autostart".to_owned())
}

const GAME: &str = "xsol";

/// That a grant was spent, no more and no less. What was charged is the difference of two figures in whole
/// seconds, so it may be one off.
fn spent(charged: u64, grant: u64) -> Result<(), Trouble> {
    ensure(charged.abs_diff(grant) <= 1, || format!("{charged} s were charged of {grant}"))
}

/// The game's process, started in somebody's desktop if it does not run.
fn play(stage: &mut Stage, person: Person) -> Result<String, Failure> {
    if let Some(pid) = stage.pid(person, GAME)? {
        return Ok(pid);
    }
    stage.start(person, "/usr/games/xsol")?;
    wait_for("the game", PATIENCE, || stage.pid(person, GAME))
}

/// The game's process, with its window in front: what is not shown costs nothing. The game itself now and then
/// never shows its window in an empty desktop; then it is started again.
fn play_in_front(stage: &mut Stage) -> Result<String, Failure> {
    for _ in 0..5 {
        let pid = play(stage, KID)?;
        let shown = wait_for("the game to be in front", Duration::from_secs(8), || {
            Ok::<_, Failure>(
                (stage.counts(GAME)? || stage.verdict(GAME)?.as_deref() == Some("held")).then_some(()),
            )
        });
        if shown.is_ok() {
            return Ok(pid);
        }
        stage.container.run(&["kill", "-KILL", &pid])?;
        wait_for("the game to end", PATIENCE, || {
            Ok::<_, Failure>((stage.pid(KID, GAME)?.as_ref() != Some(&pid)).then_some(()))
        })?;
    }
    Err(Failure::Check("the game never showed its window".to_owned()))
}

/// The game, held: started and used up by a grant of a second where it was not.
fn held_game(stage: &mut Stage) -> Result<String, Trouble> {
    if stage.verdict(GAME)?.as_deref() != Some("held") {
        stage.lanh(&["grant", "An", "2s", "--app", GAME])?;
        play_in_front(stage)?;
        stage.wait_verdict(GAME, "held", PATIENCE)?;
    }
    let pid = play(stage, KID)?;
    wait_for("the freeze", PATIENCE, || Ok::<_, Failure>(stage.frozen(&pid)?.then_some(())))?;
    Ok(pid)
}

fn warned_and_frozen(stage: &mut Stage) -> Outcome {
    stage.lanh(&["rule", "add", "An", "limit", GAME, &format!("{LIMIT}s")])?;
    let pid = play_in_front(stage)?;
    stage.wait_verdict(GAME, "warned", PATIENCE)?;
    wait_for("a notice of the time that is left", PATIENCE, || {
        let history = stage.run_as(KID, "dunstctl close-all; dunstctl history")?;
        Ok::<_, Failure>(history.text.contains("Solitaire").then_some(()))
    })?;
    stage.wait_verdict(GAME, "held", PATIENCE)?;
    wait_for("the freeze", PATIENCE, || Ok::<_, Failure>(stage.frozen(&pid)?.then_some(())))?;
    let used = stage.used(GAME)?;
    ensure((LIMIT..=LIMIT + 1).contains(&used), || format!("{used} s are charged, not {LIMIT}"))?;
    let before = stage.ticks(&pid)?;
    std::thread::sleep(Duration::from_millis(500));
    let after = stage.ticks(&pid)?;
    ensure(before == after, || format!("it ran on: {before} then {after} ticks"))?;
    Ok(format!("{used} s charged; shown as a notice; frozen in a control group of root"))
}

fn cannot_thaw(stage: &mut Stage) -> Outcome {
    let pid = held_game(stage)?;
    let slice = format!("/sys/fs/cgroup/user.slice/user-{0}.slice/user@{0}.service", KID.uid);
    let tricks = [
        "for hold in /sys/fs/cgroup/lanh/*/cgroup.freeze; do echo 0 > \"$hold\"; done".to_owned(),
        "for hold in /sys/fs/cgroup/lanh/*/; do rmdir \"$hold\"; done".to_owned(),
        format!("mkdir -p {slice}/mine && echo {pid} > {slice}/mine/cgroup.procs"),
        format!(
            "systemd-run --user --scope true; busctl --user call org.freedesktop.systemd1 \
                 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager AttachProcessesToUnit ssau \
                 app.slice '' 1 {pid}"
        ),
    ];
    for trick in &tricks {
        let said = stage.run_as(KID, trick)?;
        ensure(!said.ok(), || format!("`{trick}` succeeded: {}", said.text))?;
    }
    // Allowed, and without effect.
    stage.run_as(KID, &format!("kill -CONT {pid}"))?;
    let before = stage.ticks(&pid)?;
    std::thread::sleep(Duration::from_millis(500));
    let after = stage.ticks(&pid)?;
    ensure(stage.frozen(&pid)? && before == after, || "it runs".to_owned())?;
    Ok(String::new())
}

fn lie_of_a_lock(stage: &mut Stage) -> Outcome {
    const GRANT: u64 = 5;
    held_game(stage)?;
    let used = stage.used(GAME)?;
    let say = |word: bool| {
        format!(
            "busctl call org.freedesktop.login1 /org/freedesktop/login1/session/auto \
             org.freedesktop.login1.Session SetLockedHint b {word}"
        )
    };
    let said = stage.run_as(KID, &say(true))?;
    ensure(said.ok() && stage.session(KID, "LockedHint")?.as_deref() == Some("yes"), || said.text.clone())?;
    stage.lanh(&["grant", "An", &format!("{GRANT}s"), "--app", GAME])?;
    stage.wait_verdict(GAME, "held", PATIENCE)?;
    let charged = stage.used(GAME)? - used;
    stage.run_as(KID, &say(false))?;
    spent(charged, GRANT)?;
    Ok(String::new())
}

fn cannot_stop(stage: &mut Stage) -> Outcome {
    let main = stage.container.property("lanhd", "MainPID")?;
    let orders = [
        "systemctl --no-ask-password stop lanhd".to_owned(),
        "systemctl --no-ask-password restart lanhd".to_owned(),
        "systemctl --no-ask-password mask lanhd".to_owned(),
        "systemctl --no-ask-password mask --runtime lanhd".to_owned(),
        "systemctl --no-ask-password disable lanhd".to_owned(),
        "systemctl --no-ask-password set-property lanhd CPUQuota=1%".to_owned(),
        "systemctl --no-ask-password freeze lanhd".to_owned(),
        "systemctl --no-ask-password kill lanhd".to_owned(),
        "systemctl --no-ask-password isolate rescue.target".to_owned(),
        "systemctl --no-ask-password stop systemd-logind dbus".to_owned(),
        "systemctl --no-ask-password set-environment LD_PRELOAD=/home/kid/lie.so".to_owned(),
        "systemd-run --no-ask-password true".to_owned(),
        "busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager \
         KillUnit ssi lanhd.service all 9"
            .to_owned(),
        "busctl call org.freedesktop.timedate1 /org/freedesktop/timedate1 org.freedesktop.timedate1 SetTime \
         xbb 3600000000 true false"
            .to_owned(),
        "pkexec --disable-internal-agent true".to_owned(),
        "sudo -n true".to_owned(),
        format!("kill {main}"),
        format!("kill -STOP {main}"),
        format!("kill -KILL {main}"),
        format!("cat /proc/{main}/mem"),
        format!("cat /proc/{main}/environ"),
        "ls /var/lib/lanh".to_owned(),
        "cat /var/lib/lanh/lanh.db".to_owned(),
        "cat /var/lib/lanh/key.cred".to_owned(),
        "rm -rf /var/lib/lanh".to_owned(),
        "rm -f /run/lanh/lanhd.sock".to_owned(),
        "dpkg --purge lanh".to_owned(),
        "lanh --secret-file /etc/hostname grant An 1h".to_owned(),
    ];
    for order in &orders {
        let said = stage.run_as(KID, order)?;
        ensure(!said.ok(), || format!("`{order}` was not refused: {}", said.text))?;
    }
    let still = stage.container.property("lanhd", "MainPID")?;
    let state = stage.container.property("lanhd", "ActiveState")?;
    ensure(still == main && state == "active", || {
        format!("the service is {state}, process {main} then {still}")
    })?;
    Ok(format!("{} orders refused", orders.len()))
}

/// Kills the service as nobody but root can, and waits until it is ready again; the gap in milliseconds.
fn kill(stage: &Stage) -> Result<u64, Failure> {
    let main = stage.container.property("lanhd", "MainPID")?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let before = u64::try_from(now.as_micros()).unwrap_or(0);
    stage.container.must(&["kill", "-KILL", &main])?;
    let ready = wait_for("the service to be ready again", PATIENCE, || {
        Ok(Some(stage.ready_at()?).filter(|ready| *ready > before))
    })?;
    Ok((ready - before) / 1_000)
}

fn killed_while_held(stage: &mut Stage) -> Outcome {
    let pid = held_game(stage)?;
    let (used, ticks) = (stage.used(GAME)?, stage.ticks(&pid)?);
    let mut gaps = Vec::new();
    for _ in 0..3 {
        gaps.push(kill(stage)?);
        ensure(stage.frozen(&pid)?, || "the game was thawed".to_owned())?;
    }
    stage.wait_verdict(GAME, "held", PATIENCE)?;
    let (used_after, ticks_after) = (stage.used(GAME)?, stage.ticks(&pid)?);
    ensure(ticks == ticks_after, || "the game ran meanwhile".to_owned())?;
    ensure(used == used_after, || format!("{used} s were charged, now {used_after}"))?;
    Ok(format!("from kill -9 to ready {gaps:?} ms"))
}

fn grant_thaws(stage: &mut Stage) -> Outcome {
    let pid = held_game(stage)?;
    stage.lanh(&["grant", "An", "4s", "--app", GAME])?;
    wait_for("the thaw", PATIENCE, || Ok::<_, Failure>((!stage.frozen(&pid)?).then_some(())))?;
    let group = stage.container.must(&["cat", &format!("/proc/{pid}/cgroup")])?;
    ensure(group.contains("/user.slice/"), || format!("it was not put back into its session: {group}"))?;
    stage.wait_verdict(GAME, "held", PATIENCE)?;
    wait_for("the freeze", PATIENCE, || Ok::<_, Failure>(stage.frozen(&pid)?.then_some(())))?;
    Ok("back in its session's control group; held again when the grant was used up".to_owned())
}

fn upgrade_in_play(stage: &mut Stage) -> Outcome {
    const GRANT: u64 = 30;
    let pid = held_game(stage)?;
    let used = stage.used(GAME)?;
    stage.lanh(&["grant", "An", &format!("{GRANT}s"), "--app", GAME])?;
    let started = Instant::now();
    stage.wait_verdict(GAME, "warned", PATIENCE)?;
    stage.container.must(&["apt-get", "install", "-y", NEWER])?;
    let took = started.elapsed().as_secs_f64();
    let version = stage.container.must(&["dpkg-query", "--show", "--showformat=${Version}", "lanh"])?;
    ensure(version.ends_with("newer"), || format!("the version is {version}"))?;
    stage.wait_verdict(GAME, "held", PATIENCE)?;
    let played = started.elapsed();
    wait_for("the freeze", PATIENCE, || Ok::<_, Failure>(stage.frozen(&pid)?.then_some(())))?;
    let charged = stage.used(GAME)? - used;
    spent(charged, GRANT)?;
    ensure(played.as_secs() <= GRANT + SLACK, || format!("{played:?} were played on a grant of {GRANT} s"))?;
    companion_counts(stage)?;
    Ok(format!(
        "{GRANT} s granted, {:.1} s played, the upgrade took {took:.1} s of them",
        played.as_secs_f64()
    ))
}

/// Whether the companion is there, and the one that is installed now.
fn companion_counts(stage: &mut Stage) -> Result<(), Trouble> {
    wait_for("the companion", PATIENCE, || {
        let standing = stage.standing()?;
        Ok::<_, Failure>((standing.get("companion") == Some(&Value::Bool(true))).then_some(()))
    })?;
    let programs = stage
        .container
        .shell(&format!("for pid in $(pgrep -u {} -x lanh); do readlink /proc/$pid/exe; done", KID.uid))?;
    ensure(programs.text.trim() == "/usr/bin/lanh", || format!("the companion runs {}", programs.text))
}

fn upgrade_while_held(stage: &mut Stage) -> Outcome {
    let pid = held_game(stage)?;
    let (used, ticks) = (stage.used(GAME)?, stage.ticks(&pid)?);
    stage.container.must(&["apt-get", "install", "-y", "--reinstall", NEWER])?;
    stage.wait_verdict(GAME, "held", PATIENCE)?;
    ensure(stage.frozen(&pid)?, || "the game was thawed".to_owned())?;
    ensure(stage.ticks(&pid)? == ticks, || "the game ran meanwhile".to_owned())?;
    let after = stage.used(GAME)?;
    ensure(after == used, || format!("{used} s were charged, now {after}"))?;
    Ok(String::new())
}

fn hold_ends(stage: &mut Stage) -> Outcome {
    held_game(stage)?;
    stage.lanh(&["child", "set", "An", "--hold-for", "1s", "--close-grace", "2s"])?;
    wait_for("the close", PATIENCE, || Ok::<_, Failure>(stage.pid(KID, GAME)?.is_none().then_some(())))?;
    stage.lanh(&["child", "set", "An", "--hold-for", "day"])?;
    let refused = stage.run_as(KID, "/usr/games/xsol")?;
    ensure(refused.text.contains("Operation not permitted"), || format!("not refused: {refused:?}"))?;
    Ok("the next launch is refused: Operation not permitted".to_owned())
}

fn refused_in_every_way(stage: &mut Stage) -> Outcome {
    ensure(stage.pid(KID, GAME)?.is_none(), || "the game runs".to_owned())?;
    let refused = |said: &str| said.contains("Operation not permitted") || said.contains("not permitted");
    // At and cron first: they take their time.
    let mark = "echo $? > $HOME/MARK.code";
    let by_cron = mark.replace("MARK", "cron");
    stage.container.must(&[
        "sh",
        "-c",
        &format!(
            "echo '* * * * * DISPLAY={} /usr/games/xsol > $HOME/cron.out 2>&1; {by_cron}' | crontab -u {} -",
            KID.display, KID.name
        ),
    ])?;
    let by_at = mark.replace("MARK", "at");
    stage.run_as(KID, &format!("echo '/usr/games/xsol > $HOME/at.out 2>&1; {by_at}' | at now"))?;

    let ways = [
        ("systemd-run --user", "systemd-run --user --wait --pipe --quiet /usr/games/xsol".to_owned()),
        (
            "a user unit",
            "mkdir -p ~/.config/systemd/user && printf '[Service]\\nExecStart=/usr/games/xsol\\n' \
          > ~/.config/systemd/user/mine.service && systemctl --user daemon-reload && \
          systemctl --user start mine; sleep 1; systemctl --user show mine -p ExecMainStatus; \
          journalctl --user -u mine -n 20; systemctl --user status mine --no-pager -n 20; \
          systemctl --user is-active mine"
                .to_owned(),
        ),
        ("setsid and nohup", "setsid --wait nohup /usr/games/xsol".to_owned()),
        ("the loader", "/lib64/ld-linux-x86-64.so.2 /usr/games/xsol".to_owned()),
        ("a copy", "cp /usr/games/xsol ~/homework && ~/homework".to_owned()),
    ];
    let mut shown = Vec::new();
    for (name, way) in &ways {
        let said = stage.run_as(KID, way)?;
        ensure(!said.ok(), || format!("{name}: it started: {}", said.text))?;
        ensure(stage.pid(KID, GAME)?.is_none(), || format!("{name}: it runs: {}", said.text))?;
        shown.push(*name);
    }
    // From an account that is bound to nobody into one that is.
    stage.log_in(LODGER)?;
    let su = format!("echo {0} | su {0} -c 'DISPLAY={1} /usr/games/xsol'", KID.name, KID.display);
    let said = stage.run_as(LODGER, &su)?;
    ensure(refused(&said.text), || format!("su: not refused: {said:?}"))?;
    shown.push("su from another account");
    stage.log_out(LODGER)?;

    // In the autostart of the next login.
    stage.run_as(
        KID,
        "mkdir -p ~/.config/autostart && printf '[Desktop Entry]\\nType=Application\\nName=g\\n\
         Exec=/usr/games/xsol\\n' > ~/.config/autostart/g.desktop",
    )?;
    stage.log_out(KID)?;
    stage.log_in(KID)?;
    let show = "systemctl --user show --value --property=ExecMainStatus app-g@autostart.service";
    wait_for("the autostart", PATIENCE, || {
        // 203: systemd could not execute it.
        Ok::<_, Failure>((stage.run_as(KID, show)?.text.trim() == "203").then_some(()))
    })?;
    ensure(stage.pid(KID, GAME)?.is_none(), || "autostart: it runs".to_owned())?;
    stage.run_as(KID, "rm ~/.config/autostart/g.desktop")?;
    shown.push("autostart");
    second_login(stage)?;
    shown.push("a second login");

    for (name, limit) in [("at", PATIENCE), ("cron", Duration::from_secs(75))] {
        let code = format!("{}/{name}.code", KID.home());
        wait_for(&format!("the {name} job"), limit, || {
            Ok::<_, Failure>(stage.container.path(&code).exists().then_some(()))
        })?;
        let said = std::fs::read_to_string(stage.container.path(&format!("{}/{name}.out", KID.home())));
        let said = said.unwrap_or_default();
        ensure(refused(&said), || format!("{name}: not refused: {said}"))?;
        shown.push(name);
    }
    stage.container.run(&["crontab", "-r", "-u", KID.name])?;
    Ok(format!("refused by: {}", shown.join(", ")))
}

fn second_login(stage: &Stage) -> Result<(), Trouble> {
    let unit = "second-login";
    let said = stage.container.run(&[
        "systemd-run",
        "--quiet",
        "--wait",
        "--pipe",
        "--collect",
        &format!("--unit={unit}"),
        &format!("--property=User={}", KID.name),
        "--property=PAMName=login",
        &format!("--setenv=DISPLAY={}", KID.display),
        "/bin/sh",
        "-c",
        "/usr/games/xsol",
    ])?;
    ensure(said.text.contains("Operation not permitted"), || format!("a second login: not refused: {said:?}"))
}

fn accounts_share(stage: &mut Stage) -> Outcome {
    const GRANT: u64 = 8;
    stage.lanh(&["child", "set", "An", "--account", KID.name, "--account", KID_TOO.name])?;
    stage.log_in(KID_TOO)?;
    let refused = stage.run_as(KID_TOO, "/usr/games/xsol")?;
    ensure(refused.text.contains("Operation not permitted"), || {
        format!("the other account starts what the first one has used up: {refused:?}")
    })?;
    let used = stage.used(GAME)?;
    stage.lanh(&["grant", "An", &format!("{GRANT}s"), "--app", GAME])?;
    play(stage, KID_TOO)?;
    play(stage, KID)?;
    let started = Instant::now();
    stage.wait_verdict(GAME, "held", PATIENCE)?;
    let played = started.elapsed();
    for person in [KID, KID_TOO] {
        let pid = play(stage, person)?;
        wait_for("the freeze in both accounts", PATIENCE, || {
            Ok::<_, Failure>(stage.frozen(&pid)?.then_some(()))
        })?;
    }
    let charged = stage.used(GAME)? - used;
    spent(charged, GRANT)?;
    ensure(played.as_secs() <= GRANT + SLACK, || format!("both played {played:?} on {GRANT} s"))?;
    stage.log_out(KID_TOO)?;
    stage.bring_to_front(KID)?;
    Ok("refused in both when used up in one; one grant, used in both at once, is one grant".to_owned())
}

fn killed_at_the_limit(stage: &mut Stage) -> Outcome {
    const GRANT: u64 = 6;
    let pid = held_game(stage)?;
    stage.lanh(&["grant", "An", &format!("{GRANT}s"), "--app", GAME])?;
    wait_for("the thaw", PATIENCE, || Ok::<_, Failure>((!stage.frozen(&pid)?).then_some(())))?;
    let started = Instant::now();
    let mut kills = 0;
    // From well before the limit to well after it, as fast as systemd brings it back.
    while started.elapsed() < Duration::from_secs(GRANT + 6) {
        kill(stage)?;
        kills += 1;
    }
    let last = Instant::now();
    stage.wait_verdict(GAME, "held", PATIENCE)?;
    wait_for("the freeze", PATIENCE, || Ok::<_, Failure>(stage.frozen(&pid)?.then_some(())))?;
    let over = last.elapsed();
    // Each kill loses what was not written yet: up to five seconds, in the child's favour.
    ensure(over.as_secs() <= GRANT + SLACK, || format!("held only {over:?} after the last kill"))?;
    Ok(format!("{kills} kills; held {:.1} s after it was ready for the last time", over.as_secs_f64()))
}

fn screen_locks(stage: &mut Stage) -> Outcome {
    stage.start(KID, "exec xss-lock --session=$XDG_SESSION_ID -- i3lock -n")?;
    wait_for("the locker", PATIENCE, || stage.pid(KID, "xss-lock"))?;
    stage.lanh(&["rule", "add", "An", "limit", "screen", "1s"])?;
    let started = Instant::now();
    let locked =
        |stage: &Stage| Ok::<_, Failure>(stage.session(KID, "LockedHint")?.as_deref() == Some("yes"));
    wait_for("the session to be locked", PATIENCE, || Ok::<_, Failure>(locked(stage)?.then_some(())))?;
    let took = started.elapsed();
    let verdict = stage.lanh(&["why", "An", "screen"])?;
    ensure(verdict.pointer("/verdict/verdict").and_then(Value::as_str) == Some("denied"), || {
        verdict.to_string()
    })?;
    // Whoever gets past the locker is locked again.
    stage.container.must(&["pkill", "-u", KID.uid, "-x", "i3lock"])?;
    wait_for("the session to be unlocked", PATIENCE, || Ok::<_, Failure>((!locked(stage)?).then_some(())))?;
    wait_for("the session to be locked again", PATIENCE, || Ok::<_, Failure>(locked(stage)?.then_some(())))?;
    Ok(format!("LockedHint after {} ms, and again after it was unlocked", took.as_millis()))
}

fn watchdog(stage: &mut Stage) -> Outcome {
    let folder = "/run/systemd/system/lanhd.service.d";
    stage.container.must(&["mkdir", "-p", folder])?;
    let set = |text: &str| -> Result<(), Failure> {
        stage.container.must(&["sh", "-c", &format!("printf '{text}' > {folder}/watchdog.conf")])?;
        stage.container.must(&["systemctl", "daemon-reload"])?;
        stage.container.must(&["systemctl", "restart", "lanhd"])?;
        Ok(())
    };
    set("[Service]\\nWatchdogSec=2\\n")?;
    let main = stage.container.property("lanhd", "MainPID")?;
    std::thread::sleep(Duration::from_secs(5));
    let same = stage.container.property("lanhd", "MainPID")?;
    ensure(main == same, || "it was restarted although it works".to_owned())?;
    stage.container.must(&["kill", "-STOP", &main])?;
    let started = Instant::now();
    wait_for("the watchdog", PATIENCE, || {
        let now = stage.container.property("lanhd", "MainPID")?;
        let active = stage.container.property("lanhd", "ActiveState")?;
        Ok::<_, Failure>((now != main && now != "0" && active == "active").then_some(()))
    })?;
    let took = started.elapsed();
    stage.container.must(&["rm", "-r", folder])?;
    stage.container.must(&["systemctl", "daemon-reload"])?;
    stage.container.must(&["systemctl", "restart", "lanhd"])?;
    Ok(format!(
        "with WatchdogSec=2: kept alive for 5 s, and after a stop back in {:.1} s",
        took.as_secs_f64()
    ))
}

fn reboot_keeps(stage: &mut Stage) -> Outcome {
    let (rules, used) = (stage.lanh(&["rule", "list", "An"])?, stage.used(GAME)?);
    let now = |stage: &Stage| -> Result<String, Failure> {
        let status = stage.lanh(&["status"])?;
        Ok(status.get("now").and_then(Value::as_str).unwrap_or_default().to_owned())
    };
    let before = now(stage)?;
    stage.container.reboot()?;
    let state = stage.container.property("lanhd", "ActiveState")?;
    ensure(state == "active", || format!("the service is {state} after the restart"))?;
    let rules_after = stage.lanh(&["rule", "list", "An"])?;
    ensure(rules == rules_after, || format!("the rules were {rules} and are {rules_after}"))?;
    let used_after = stage.used(GAME)?;
    ensure(used == used_after, || format!("{used} s were charged, now {used_after}"))?;
    let after = now(stage)?;
    ensure(after > before, || format!("the trusted time was {before} and is {after}"))?;
    stage.lanh(&["audit", "--verify"])?;
    let order = stage.container.must(&["systemctl", "show", "--value", "--property=Before", "lanhd"])?;
    ensure(order.contains("systemd-user-sessions.service"), || format!("logins may come first: {order}"))?;
    Ok("rules, charged time, trusted time and audit chain; running before the first login".to_owned())
}

fn session_ends(stage: &mut Stage) -> Outcome {
    // The screen's limit of before holds; now there is no locker.
    stage.log_in(KID)?;
    let started = Instant::now();
    let refused = stage.run_as(KID, "/usr/games/xsol")?;
    ensure(refused.text.contains("Operation not permitted"), || format!("not refused: {refused:?}"))?;
    wait_for("the end of the session", Duration::from_secs(90), || {
        Ok::<_, Failure>(stage.session(KID, "State")?.is_none_or(|state| state == "closing").then_some(()))
    })?;
    let took = started.elapsed();
    wait_for("its programs to end", PATIENCE, || {
        Ok::<_, Failure>(stage.pid(KID, "Xvfb")?.is_none().then_some(()))
    })?;
    let rules = stage.lanh(&["rule", "list", "An"])?;
    let screen = rules.as_array().into_iter().flatten().find(|rule| rule.to_string().contains("screen"));
    let number = screen.and_then(|rule| rule.get("id")).map(Value::to_string).unwrap_or_default();
    stage.lanh(&["rule", "remove", "An", &number])?;
    Ok(format!("ended after {:.0} s of asking it to lock", took.as_secs_f64()))
}

fn removed(stage: &mut Stage) -> Outcome {
    stage.log_out(KID)?;
    stage.log_in(KID)?;
    let pid = held_game(stage)?;
    stage.container.must(&["apt-get", "remove", "-y", "lanh"])?;
    ensure(!stage.frozen(&pid)?, || "the game is frozen for ever".to_owned())?;
    let alive = stage.container.run(&["kill", "-0", &pid])?;
    ensure(alive.ok(), || "the game did not survive".to_owned())?;
    let group = stage.container.run(&["test", "-e", "/sys/fs/cgroup/lanh"])?;
    ensure(!group.ok(), || "the control group of holds is left".to_owned())?;
    let left = stage.container.run(&["pgrep", "-x", "lanhd"])?;
    ensure(!left.ok(), || "the service runs".to_owned())?;
    let data = stage.container.run(&["test", "-s", "/var/lib/lanh/lanh.db"])?;
    ensure(data.ok(), || "the data is gone".to_owned())?;
    // Installed again, everything is as it was.
    stage.container.must(&["apt-get", "install", "-y", NEWER])?;
    let state = stage.container.property("lanhd", "ActiveState")?;
    ensure(state == "active", || format!("installed again, the service is {state}"))?;
    stage.wait_verdict(GAME, "held", PATIENCE)?;
    wait_for("the freeze", PATIENCE, || Ok::<_, Failure>(stage.frozen(&pid)?.then_some(())))?;
    Ok("thawed; installed again, the same game is held again".to_owned())
}

fn purged(stage: &mut Stage) -> Outcome {
    let pid = stage.pid(KID, GAME)?.unwrap_or_default();
    stage.container.must(&["apt-get", "purge", "-y", "lanh"])?;
    ensure(!pid.is_empty() && !stage.frozen(&pid)?, || "the game is frozen for ever".to_owned())?;
    let left = stage.container.shell(
        "ls -d /var/lib/lanh /run/lanh /sys/fs/cgroup/lanh /etc/lanh /etc/xdg/autostart/lanh* \
         /etc/systemd/system/*/lanhd* /usr/lib/systemd/system/lanhd* /usr/*bin/lanh* /usr/share/doc/lanh \
         /var/lib/systemd/deb-systemd-helper-*/lanhd* /var/lib/systemd/deb-systemd-helper-*/*/lanhd* \
         2>/dev/null; pgrep -ax lanhd; true",
    )?;
    ensure(left.text.trim().is_empty(), || format!("left behind: {}", left.text.trim()))?;
    Ok(String::new())
}
