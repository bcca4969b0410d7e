//! Real games of other toolkits than xsol's (GTK, Qt, SDL): each is recognised, charged, frozen, thawed,
//! closed and refused like any other.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod stage;

use stage::{Stage, cpu_ticks, frozen, pid_of, wait_for};
use std::path::Path;

/// Nine in the morning in Ho Chi Minh City.
const MORNING: &str = "2026-11-24T02:00:00Z";

/// Program and what it is recognised as.
const GAMES: [(&str, &str); 3] =
    [("gnome-mines", "desktop:org.gnome.Mines"), ("2048-qt", "desktop:2048-qt"), ("ltris", "desktop:ltris")];

/// The state of the game's own budget.
fn used(stage: &Stage, id: &str) -> Option<u64> {
    let standing = stage.standing();
    let budgets = standing["budgets"].as_array()?;
    budgets.iter().find(|line| line["target"]["app"] == id)?["used"].as_u64()
}

fn in_use(stage: &Stage, id: &str) -> Option<()> {
    let standing = stage.standing();
    let running = standing["running"].as_array()?;
    running.iter().any(|it| it["app"]["id"] == id && it["in_use"] == true).then_some(())
}

fn held(stage: &Stage, id: &str) -> Option<()> {
    (stage.verdict(id)? == "held").then_some(())
}

/// Plays until time is up; returns the process that was held, frozen.
fn play_to_the_hold(stage: &Stage, game: &str, id: &str) -> u32 {
    let pid = pid_of(stage.uid(), game).expect("the game runs");
    wait_for(&format!("the hold of {game}"), || {
        stage.pass(60);
        held(stage, id)
    });
    wait_for(&format!("the freeze of {game}"), || frozen(pid).then_some(()));
    pid
}

fn check(stage: &mut Stage, game: &str, id: &str) {
    stage.lanh(&["rule", "add", "An", "limit", &format!("app:{id}"), "20m"]);
    stage.start(&format!("/usr/games/{game}"), &[]);
    wait_for(game, || pid_of(stage.uid(), game));
    wait_for(&format!("{game} to be recognised and in use"), || in_use(stage, id));

    // Held at its limit: no processor time while a minute of the family's time passes.
    let pid = play_to_the_hold(stage, game, id);
    let charged = used(stage, id).expect("a budget of its own");
    assert!((1_200..=1_201).contains(&charged), "{game}: {charged}");
    let before = cpu_ticks(pid);
    stage.pass_told(60);
    assert_eq!(cpu_ticks(pid), before, "{game} ran while it was held");
    assert_eq!(used(stage, id), Some(charged), "{game} was charged while it was held");

    // Thawed by a grant from another process: it works again.
    stage.lanh(&["grant", "An", "5m", "--app", &format!("app:{id}")]);
    wait_for(&format!("the thaw of {game}"), || (!frozen(pid)).then_some(()));
    wait_for(&format!("{game} to count again"), || in_use(stage, id));

    // Held again, closed at the end of the hold, then refused before its first instruction.
    play_to_the_hold(stage, game, id);
    wait_for(&format!("the close of {game}"), || {
        stage.pass(60);
        pid_of(stage.uid(), game).is_none().then_some(())
    });
    let refused = stage.output_as_child(&format!("/usr/games/{game}"), &[]);
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(words.contains("Operation not permitted"), "{game}: {words}");
}

#[test]
fn games_of_gtk_qt_and_sdl_are_frozen_thawed_closed_and_refused() {
    let Some(mut stage) = Stage::set("games") else { return };
    for (game, _) in GAMES {
        if !Path::new("/usr/games").join(game).exists() {
            println!("skipped: needs the game {game}");
            return;
        }
    }
    stage.start_service(MORNING, 1);
    stage.set_up("vn-147");
    stage.clear_rules();
    stage.lanh(&["child", "set", "An", "--hold-for", "10m"]);
    stage.start_companion();
    for (game, id) in GAMES {
        check(&mut stage, game, id);
    }
    stage.stop_service();
}
