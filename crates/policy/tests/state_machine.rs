//! Any acts, on any family, in any order: proptest finds the shortest list that the plain reference does not
//! agree with.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests state what must hold")]

mod simulate;

use fastrand::Rng;
use lanh_policy::{SessionState, Target};
use proptest::prelude::*;
use simulate::disk::MemoryDisk;
use simulate::family::{catalogue, family, minutes};
use simulate::life::{Act, ChildAct, HouseAct};
use simulate::world::World;

/// 1 June 2026, 08:00 UTC.
const START: i64 = 1_780_300_800;

fn state() -> impl Strategy<Value = SessionState> {
    prop_oneof![
        4 => Just(SessionState::Active),
        1 => Just(SessionState::Locked),
        1 => Just(SessionState::Background),
        1 => Just(SessionState::Ended),
    ]
}

fn child_act() -> impl Strategy<Value = ChildAct> {
    let app = 0..catalogue().len();
    let session = 0usize..2;
    prop_oneof![
        6 => (0usize..2, session.clone(), state())
            .prop_map(|(account, session, state)| ChildAct::Session { account, session, state }),
        8 => (session.clone(), app.clone()).prop_map(|(session, app)| ChildAct::Play { session, app }),
        2 => (0usize..2, app.clone(), 1usize..4)
            .prop_map(|(account, app, copies)| ChildAct::SlipIn { account, app, copies }),
        1 => app.clone().prop_map(ChildAct::Exit),
        1 => session.clone().prop_map(ChildAct::Away),
        1 => session.clone().prop_map(ChildAct::Desktop),
        1 => session.clone().prop_map(ChildAct::Unknown),
        1 => session.clone().prop_map(ChildAct::KillCompanion),
        1 => session.prop_map(ChildAct::Lie),
        1 => (app.clone(), app.clone()).prop_map(|(from, to)| ChildAct::Rename { from, to }),
        2 => app.clone().prop_map(ChildAct::Save),
        1 => app.clone().prop_map(ChildAct::CloseHeld),
        1 => app.prop_map(ChildAct::Unsafe),
    ]
}

fn house_act() -> impl Strategy<Value = HouseAct> {
    let target = prop_oneof![
        Just(Target::Screen),
        (0..catalogue().len()).prop_map(|app| Target::App(catalogue()[app].id.clone())),
        Just(Target::Category(lanh_policy::Category::Game)),
        Just(Target::Each(lanh_policy::Category::Game)),
    ];
    prop_oneof![
        2 => (1i64..30_000).prop_map(HouseAct::Sleep),
        1 => (5i64..30_000, any::<bool>(), prop_oneof![3 => Just(0), 1 => -4000i64..8000])
            .prop_map(|(off, orderly, clock)| HouseAct::Reboot { off, orderly, clock }),
        3 => (0usize..6, 0i64..40).prop_map(|(effects, down)| HouseAct::Crash { effects, down }),
        1 => Just(HouseAct::Restart),
        1 => (-400_000i64..400_000).prop_map(HouseAct::SetClock),
        1 => any::<bool>().prop_map(HouseAct::Synchronised),
        1 => (2i64..120).prop_map(HouseAct::Starve),
        4 => (0usize..6, target, 1u64..60, 1i64..30).prop_map(|(child, target, amount, hours)| {
            HouseAct::Grant { child, target, amount: minutes(amount), hours }
        }),
        1 => Just(HouseAct::Again),
        1 => Just(HouseAct::Revoke),
        4 => (0usize..6, any::<u64>()).prop_map(|(child, seed)| HouseAct::Edit { child, seed }),
        1 => (0usize..6).prop_map(HouseAct::Remove),
        1 => (0u8..5).prop_map(HouseAct::Nonsense),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (prop_oneof![4 => Just(0usize), 1 => 0usize..6], child_act())
            .prop_map(|(child, act)| Act::Child(child, act)),
        1 => house_act().prop_map(Act::House),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn whatever_is_done_the_reference_agrees(
        seed in any::<u64>(),
        acts in prop::collection::vec((0i64..1500, act()), 1..80),
    ) {
        let family = family(&mut Rng::with_seed(seed));
        let lived = World::new(family, START, MemoryDisk::default(), Rng::with_seed(seed)).and_then(|mut world| {
            for (wait, act) in &acts {
                let until = world.now + wait;
                world.run_until(until)?;
                world.act(act)?;
            }
            let until = world.now + 60;
            world.run_until(until)?;
            world.close_day()
        });
        prop_assert_eq!(lived, Ok(()));
    }
}
