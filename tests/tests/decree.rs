//! Decree 147/2024/NĐ-CP, Article 39(1)(e) and (g), kept by the real service on a clock that is moved.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod stage;

use stage::{Stage, pid_of, wait_for};
use std::process::Command;

/// Eight in the morning in Ho Chi Minh City.
const MORNING: &str = "2026-11-24T01:00:00Z";

const HEALTH_TEXT: &str = "Chơi quá 180 phút một ngày sẽ ảnh hưởng xấu đến sức khỏe";

/// Starts a game and plays until it is held; returns the health texts that were shown meanwhile.
fn play_to_the_end(stage: &mut Stage, game: &str, id: &str) -> usize {
    stage.start(&format!("/usr/games/{game}"), &[]);
    let pid = wait_for(game, || pid_of(stage.uid(), game));
    wait_for("the game to count", || {
        let standing = stage.standing();
        standing["running"].as_array()?.iter().any(|running| running["in_use"] == true).then_some(())
    });
    stage.output_as_child("dunstctl", &["history-clear"]);
    for _ in 0..400 {
        stage.pass(60);
        if stage.verdict(id).as_deref() == Some("held") {
            break;
        }
    }
    let used = stage.standing()["budgets"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["target"]["app"] == id)
        .map(|line| (line["used"].as_u64().unwrap(), line["amount"].as_u64().unwrap()));
    let (used, amount) = used.expect("each game has a budget of its own");
    assert_eq!(amount, 3_600);
    assert!((3_600..=3_601).contains(&used), "{used}");
    stage.output_as_child("dunstctl", &["close-all"]);
    let texts = stage.notices().iter().filter(|notice| notice.contains(HEALTH_TEXT)).count();
    // The child may give it up; a frozen game dies by this too.
    Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap();
    wait_for("the game to end", || pid_of(stage.uid(), game).is_none().then_some(()));
    texts
}

#[test]
fn sixty_minutes_a_game_and_three_hours_in_all_with_the_health_text_every_half_hour() {
    let Some(mut stage) = Stage::set("decree") else { return };
    for game in ["xsol", "sgt-mines", "sgt-solo", "ltris"] {
        if !std::path::Path::new("/usr/games").join(game).exists() {
            println!("skipped: needs the game {game}");
            return;
        }
    }
    stage.start_service(MORNING, 1);
    stage.set_up("vn-147");
    stage.start_companion();

    let mut texts = 0;
    for (game, id) in
        [("xsol", "desktop:xsol"), ("sgt-mines", "desktop:sgt-mines"), ("sgt-solo", "desktop:sgt-solo")]
    {
        texts += play_to_the_end(&mut stage, game, id);
    }
    assert!((5..=6).contains(&texts), "{texts} health texts in 180 minutes, one every 30");

    // Three hours in all: a fourth game, never played today, is refused.
    let refused = stage.output_as_child("/usr/games/ltris", &[]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("Operation not permitted"));
    let all_games = stage.lanh(&["why", "An", "game"]);
    assert_eq!(all_games["verdict"]["verdict"], "denied", "{all_games}");

    // At 00:00 in Ho Chi Minh City a new day begins: it is 11:00, so in thirteen hours.
    stage.clock("jump 45000");
    let refused = stage.output_as_child("/usr/games/ltris", &[]);
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("Operation not permitted"),
        "still the same day"
    );
    stage.clock("jump 1800");
    wait_for("the new day", || {
        (stage.lanh(&["why", "An", "game"])["verdict"]["verdict"] == "allowed").then_some(())
    });
    stage.start("/usr/games/xsol", &[]);
    wait_for("the game on the new day", || pid_of(stage.uid(), "xsol"));
    stage.stop_service();
}
