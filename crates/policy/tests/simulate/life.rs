//! Random lives: what children, guardians and machines do on a day, as a list that depends on the seed alone.
//! Leaving out a child changes nothing in the days of the others, so that a failure shrinks.

use super::family::{catalogue, edit, pick, target};
use fastrand::Rng;
use lanh_policy::{Child, SessionState, Side, Target};
use std::time::Duration;

/// Something that happens, at so many seconds after local midnight.
#[derive(Clone, Debug)]
pub struct Happening {
    pub at: i64,
    pub what: Act,
}

#[derive(Clone, Debug)]
pub enum Act {
    Child(usize, ChildAct),
    House(HouseAct),
}

/// Apps are numbers in the catalogue, sessions and accounts numbers of the child's own.
#[derive(Clone, Debug)]
pub enum ChildAct {
    /// A session of an account is in that state.
    Session {
        account: usize,
        session: usize,
        state: SessionState,
    },
    /// Starts it if the gate lets it, and looks at its window.
    Play {
        session: usize,
        app: usize,
    },
    /// Starts it unseen by the gate: the service meets a running process.
    SlipIn {
        account: usize,
        app: usize,
        copies: usize,
    },
    Exit(usize),
    Away(usize),
    Desktop(usize),
    /// Plays on while the companion cannot tell, is gone, or names what does not run.
    Unknown(usize),
    KillCompanion(usize),
    Lie(usize),
    /// A running program executes another file: a renamed copy, or back.
    Rename {
        from: usize,
        to: usize,
    },
    Save(usize),
    CloseHeld(usize),
    Unsafe(usize),
}

#[derive(Clone, Debug)]
pub enum HouseAct {
    Sleep(i64),
    /// Off for so long; `orderly`: the service was stopped before. The firmware's clock is then set off by
    /// so many seconds.
    Reboot {
        off: i64,
        orderly: bool,
        clock: i64,
    },
    /// The service dies after it has performed so many effects of its next answer, and starts again later.
    Crash {
        effects: usize,
        down: i64,
    },
    Restart,
    SetClock(i64),
    Synchronised(bool),
    /// Nobody calls the engine for so long.
    Starve(i64),
    Grant {
        child: usize,
        target: Target,
        amount: Duration,
        hours: i64,
    },
    /// The last grant is told once more.
    Again,
    Revoke,
    /// A guardian gives back what was charged, or takes more: today or some days ago.
    Correct {
        child: usize,
        target: Target,
        days_ago: i64,
        amount: Duration,
        side: Side,
    },
    /// The last correction is told once more.
    CorrectAgain,
    Edit {
        child: usize,
        seed: u64,
    },
    /// The child leaves the family, or comes back as a new profile.
    Remove(usize),
    Nonsense(u8),
}

/// A child's day.
pub fn child_day(rng: &mut Rng, child: usize) -> Vec<Happening> {
    let mut day = Vec::new();
    let apps = catalogue().len();
    let plays = *pick(rng, &[0, 1, 1, 1, 2, 3]);
    for _ in 0..plays {
        let hour = if rng.u8(..10) == 0 { rng.i64(0..6) } else { rng.i64(6..24) };
        let mut at = hour * 3600 + rng.i64(0..3600);
        let end = at + rng.i64(300..5400);
        let account = usize::from(rng.u8(..6) == 0);
        let session = usize::from(rng.u8(..6) == 0);
        let favourite = rng.usize(..apps);
        let mut tell = |at: i64, what: ChildAct| day.push(Happening { at, what: Act::Child(child, what) });
        tell(at, ChildAct::Session { account, session, state: SessionState::Active });
        tell(at + rng.i64(0..20), ChildAct::Play { session, app: favourite });
        while at < end {
            at += if rng.u8(..3) == 0 { rng.i64(1..30) } else { rng.i64(10..1500) };
            let app = if rng.bool() { favourite } else { rng.usize(..apps) };
            let what = match rng.u8(..40) {
                0..=9 => ChildAct::Play { session, app },
                10 => ChildAct::SlipIn { account, app, copies: rng.usize(1..4) },
                11 => ChildAct::SlipIn { account: 1 - account, app, copies: 1 },
                12..=14 => ChildAct::Exit(app),
                15..=16 => ChildAct::Away(session),
                17..=18 => ChildAct::Desktop(session),
                19..=20 => ChildAct::Unknown(session),
                21..=22 => ChildAct::KillCompanion(session),
                23..=24 => ChildAct::Lie(session),
                25 => ChildAct::Rename { from: app, to: rng.usize(..apps) },
                26..=28 => ChildAct::Save(app),
                29 => ChildAct::CloseHeld(app),
                30 => ChildAct::Unsafe(app),
                31 => ChildAct::Session { account, session, state: SessionState::Locked },
                32 => ChildAct::Session {
                    account: 1 - account,
                    session: 1 - session,
                    state: SessionState::Active,
                },
                33 => ChildAct::Session { account, session, state: SessionState::Background },
                34 => ChildAct::Session { account, session, state: SessionState::Ended },
                _ => ChildAct::Session { account, session, state: SessionState::Active },
            };
            tell(at, what);
        }
        let last = match rng.u8(..4) {
            0 => ChildAct::Away(session),
            1 => ChildAct::Session { account, session, state: SessionState::Locked },
            _ => ChildAct::Session { account, session, state: SessionState::Ended },
        };
        tell(end.max(at), last);
    }
    day
}

/// The day of the house and its guardians.
pub fn house_day(rng: &mut Rng, children: usize) -> Vec<Happening> {
    let mut day = Vec::new();
    let mut tell = |at: i64, what: HouseAct| day.push(Happening { at, what: Act::House(what) });
    for _ in 0..rng.u8(..8) {
        let at = rng.i64(6 * 3600..24 * 3600);
        let child = rng.usize(..children);
        let what = match rng.u8(..40) {
            0..=2 => HouseAct::Sleep(rng.i64(1..7200)),
            3..=4 => HouseAct::Reboot { off: rng.i64(5..4000), orderly: rng.bool(), clock: rtc(rng) },
            5..=9 => HouseAct::Crash { effects: rng.usize(..6), down: rng.i64(0..40) },
            10 => HouseAct::Restart,
            11..=12 => HouseAct::SetClock(rng.i64(-400_000..400_000)),
            13 => HouseAct::Synchronised(true),
            14 => HouseAct::Synchronised(false),
            15..=17 => HouseAct::Starve(rng.i64(2..120)),
            18..=24 => HouseAct::Grant {
                child,
                target: target(rng),
                amount: Duration::from_secs(rng.u64(20..3600)),
                hours: rng.i64(1..30),
            },
            25 => HouseAct::Again,
            26 => HouseAct::Revoke,
            27..=31 => HouseAct::Edit { child, seed: rng.u64(..) },
            32..=36 => HouseAct::Correct {
                child,
                target: target(rng),
                // Tomorrow too: what was borrowed from it.
                days_ago: rng.i64(-1..4),
                amount: Duration::from_secs(rng.u64(1..3600)),
                side: if rng.u8(..4) == 0 { Side::More } else { Side::Less },
            },
            37 => HouseAct::CorrectAgain,
            38 if rng.u8(..10) == 0 => HouseAct::Remove(child),
            _ => HouseAct::Nonsense(rng.u8(..5)),
        };
        tell(at, what);
    }
    let night = 21 * 3600 + rng.i64(0..3 * 3600);
    match rng.u8(..5) {
        0..=1 => tell(night, HouseAct::Sleep(rng.i64(5 * 3600..9 * 3600))),
        2..=3 => {
            let off = rng.i64(5 * 3600..9 * 3600);
            tell(night, HouseAct::Reboot { off, orderly: rng.u8(..5) > 0, clock: rtc(rng) });
        }
        _ => {}
    }
    day
}

/// How far the firmware's clock is off after the machine was off: an empty battery is rare.
fn rtc(rng: &mut Rng) -> i64 {
    *pick(rng, &[0, 0, 0, 0, 0, -3600, 7200, -100_000_000])
}

/// Plays a guardian's change on a child's policy.
pub fn change(seed: u64, child: &mut Child, next_rule: &mut u64) {
    edit(&mut Rng::with_seed(seed), child, next_rule);
    debug_assert!(child.rules.iter().all(|rule| rule.validate().is_ok()), "{child:?}");
}
