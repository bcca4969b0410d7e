//! A clock for tests of the whole service: it runs faster than real time and jumps when told.

use crate::clock::{Acceleration, ClockError};
use crate::imp::clock::{Clock, since_boot};
use chrono::TimeDelta;
use lanh_policy::{Moment, WallTrust};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::UnixDatagram;
use tokio::sync::watch;

pub(crate) struct Accelerated {
    real: Clock,
    state: Arc<watch::Sender<State>>,
    steps: Arc<watch::Sender<u64>>,
    listener: Option<tokio::task::JoinHandle<()>>,
}

/// What the clocks said when the real time since boot was `origin`.
#[derive(Clone, Copy)]
struct State {
    origin: Duration,
    factor: u32,
    moment: Moment,
}

impl State {
    fn now(&self) -> Moment {
        let passed = since_boot().saturating_sub(self.origin) * self.factor;
        Moment {
            since_boot: self.moment.since_boot + passed,
            awake: self.moment.awake + passed,
            wall: self.moment.wall + TimeDelta::from_std(passed).unwrap_or_default(),
            ..self.moment
        }
    }
}

impl Accelerated {
    pub(crate) fn start(acceleration: Acceleration) -> Result<Arc<Self>, ClockError> {
        let real = Clock::new()?;
        let moment = Moment { wall: acceleration.start, trust: WallTrust::Unconfirmed, ..real.now() };
        let state = State { origin: since_boot(), factor: acceleration.factor.max(1), moment };
        let state = Arc::new(watch::Sender::new(state));
        let steps = Arc::new(watch::Sender::new(0));
        let listener = match acceleration.control {
            Some(path) => {
                let socket = listen(&path).map_err(|source| ClockError::Control { path, source })?;
                let (state, steps) = (Arc::clone(&state), Arc::clone(&steps));
                Some(tokio::spawn(async move {
                    let mut buffer = [0; 128];
                    while let Ok(length) = socket.recv(&mut buffer).await {
                        let text = buffer.get(..length).and_then(|bytes| std::str::from_utf8(bytes).ok());
                        if !text.is_some_and(|text| obey(text, &state, &steps)) {
                            tracing::warn!(?text, "the accelerated clock does not know this command");
                        }
                    }
                }))
            }
            None => None,
        };
        Ok(Arc::new(Self { real, state, steps, listener }))
    }

    pub(crate) fn now(&self) -> Moment {
        self.state.borrow().now()
    }

    pub(crate) async fn sleep_until(&self, until: Duration) -> Result<(), ClockError> {
        let mut changes = self.state.subscribe();
        loop {
            let state = *changes.borrow_and_update();
            let left = until.saturating_sub(state.now().since_boot);
            if left.is_zero() {
                return Ok(());
            }
            let wake = since_boot() + (left / state.factor).max(Duration::from_micros(100));
            tokio::select! {
                slept = self.real.sleep_until(wake) => slept?,
                _ = changes.changed() => {}
            }
        }
    }

    pub(crate) fn steps(&self) -> watch::Receiver<u64> {
        self.steps.subscribe()
    }
}

impl Drop for Accelerated {
    fn drop(&mut self) {
        if let Some(listener) = &self.listener {
            listener.abort();
        }
    }
}

fn listen(path: &std::path::Path) -> std::io::Result<UnixDatagram> {
    use std::os::unix::fs::PermissionsExt;
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let socket = UnixDatagram::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(socket)
}

/// Performs one command; `false`: it is none.
fn obey(text: &str, state: &watch::Sender<State>, steps: &watch::Sender<u64>) -> bool {
    let mut words = text.split_whitespace();
    let (Some(command), Some(argument)) = (words.next(), words.next()) else { return false };
    let Ok(number) = argument.parse::<i64>() else { return false };
    let forward = u64::try_from(number).ok().map(Duration::from_secs);
    let change: &dyn Fn(&mut State) = match (command, forward) {
        ("jump", Some(by)) => &move |state| {
            state.moment.since_boot += by;
            state.moment.awake += by;
            state.moment.wall += TimeDelta::from_std(by).unwrap_or_default();
        },
        ("sleep", Some(by)) => &move |state| {
            state.moment.since_boot += by;
            state.moment.wall += TimeDelta::from_std(by).unwrap_or_default();
        },
        ("step", _) => &move |state| {
            state.moment.wall += TimeDelta::try_seconds(number).unwrap_or_default();
        },
        ("factor", Some(_)) => &move |state| state.factor = u32::try_from(number).unwrap_or(1).max(1),
        _ => return false,
    };
    state.send_modify(|state| {
        state.moment = state.now();
        state.origin = since_boot();
        change(state);
    });
    if command == "step" {
        steps.send_modify(|count| *count += 1);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock as Facade;
    use chrono::{DateTime, Utc};

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[tokio::test]
    async fn an_hour_passes_while_a_test_waits_and_a_jump_wakes_sleepers() {
        let folder = tempfile::tempdir().unwrap();
        let control = folder.path().join("clock");
        let clock = Facade::accelerated(Acceleration {
            factor: 36_000,
            start: at(1_800_000_000),
            control: Some(control.clone()),
        })
        .unwrap();
        let before = clock.now();
        clock.sleep_until(before.since_boot + Duration::from_secs(3600)).await.unwrap();
        let after = clock.now();
        assert!(after.wall - before.wall >= TimeDelta::seconds(3600));
        assert!(after.awake - before.awake >= Duration::from_secs(3600));

        let sleeper = clock.clone();
        let until = clock.now().since_boot + Duration::from_secs(40 * 86_400);
        let sleeper = tokio::spawn(async move { sleeper.sleep_until(until).await });
        let sender = UnixDatagram::unbound().unwrap();
        sender.send_to(b"jump 3456000", &control).await.unwrap();
        sleeper.await.unwrap().unwrap();

        let mut steps = clock.steps().unwrap();
        let before = clock.now();
        sender.send_to(b"step -86400", &control).await.unwrap();
        steps.next().await.unwrap();
        let after = clock.now();
        assert!(after.wall < before.wall && after.since_boot > before.since_boot);
        assert_eq!(after.trust, WallTrust::Unconfirmed);
    }

    #[test]
    fn nonsense_is_refused() {
        let real = Clock::new().unwrap().now();
        let state = watch::Sender::new(State { origin: since_boot(), factor: 1, moment: real });
        let steps = watch::Sender::new(0);
        for text in ["", "jump", "jump -5", "jump x", "dance 3", "factor -1"] {
            assert!(!obey(text, &state, &steps), "{text}");
        }
    }
}
