//! The clocks of the machine as one [`Moment`].

use lanh_policy::Moment;
use std::time::Duration;
use thiserror::Error;

/// The clocks of the machine. Cloning is cheap; clones tell the same time.
#[derive(Clone)]
pub struct Clock(pub(crate) Inner);

#[derive(Clone)]
pub(crate) enum Inner {
    Machine(crate::imp::clock::Clock),
    #[cfg(all(feature = "fake-clock", target_os = "linux"))]
    Accelerated(std::sync::Arc<crate::imp::accelerated::Accelerated>),
    #[cfg(feature = "fake")]
    Fake(crate::fake::FakeClock),
}

/// Why the clock cannot be used.
#[derive(Debug, Error)]
pub enum ClockError {
    /// The boot id cannot be read.
    #[error("cannot read this boot's id from {path}: {source}; mount /proc")]
    BootId {
        /// Where it should be.
        path: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// A kernel timer cannot be made.
    #[error("cannot make a kernel timer: {0}")]
    Timer(std::io::Error),
    /// The control socket of an accelerated clock cannot be made.
    #[error("cannot listen on the control socket {path}: {source}")]
    Control {
        /// Where it should be.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// How an accelerated clock runs.
#[cfg(all(feature = "fake-clock", target_os = "linux"))]
#[derive(Clone, Debug)]
pub struct Acceleration {
    /// How many seconds it counts in one real second; at least 1.
    pub factor: u32,
    /// What its wall clock says at the start. Nobody vouches for it, as on a machine without a time service.
    pub start: chrono::DateTime<chrono::Utc>,
    /// A datagram socket to make (owner only). `jump SECONDS` moves boot, awake and wall time forward;
    /// `sleep SECONDS` moves boot and wall time but not awake time; `step SECONDS` (may be negative) moves
    /// wall time alone, like somebody who sets the clock; `factor N` changes the speed.
    pub control: Option<std::path::PathBuf>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Result<Self, ClockError> {
        Ok(Self(Inner::Machine(crate::imp::clock::Clock::new()?)))
    }

    /// A clock for tests of the whole service that runs faster than real time and can be told to jump.
    /// Must be called inside a tokio runtime.
    #[cfg(all(feature = "fake-clock", target_os = "linux"))]
    pub fn accelerated(acceleration: Acceleration) -> Result<Self, ClockError> {
        Ok(Self(Inner::Accelerated(crate::imp::accelerated::Accelerated::start(acceleration)?)))
    }

    /// Now, by every clock.
    pub fn now(&self) -> Moment {
        match &self.0 {
            Inner::Machine(clock) => clock.now(),
            #[cfg(all(feature = "fake-clock", target_os = "linux"))]
            Inner::Accelerated(clock) => clock.now(),
            #[cfg(feature = "fake")]
            Inner::Fake(clock) => clock.now(),
        }
    }

    /// Waits until the time since boot (sleep of the machine included) is `since_boot`. Returns at once when
    /// that is past, and right after the machine wakes up when it slept through it. An error means that
    /// the kernel gave no timer; the caller may wait by other means.
    pub async fn sleep_until(&self, since_boot: Duration) -> Result<(), ClockError> {
        match &self.0 {
            Inner::Machine(clock) => clock.sleep_until(since_boot).await,
            #[cfg(all(feature = "fake-clock", target_os = "linux"))]
            Inner::Accelerated(clock) => clock.sleep_until(since_boot).await,
            #[cfg(feature = "fake")]
            Inner::Fake(clock) => {
                clock.sleep_until(since_boot).await;
                Ok(())
            }
        }
    }

    /// Announces every step of the wall clock from now on.
    pub fn steps(&self) -> Result<Steps, ClockError> {
        Ok(Steps(match &self.0 {
            Inner::Machine(_) => StepsInner::Machine(crate::imp::clock::Steps::new()?),
            #[cfg(all(feature = "fake-clock", target_os = "linux"))]
            Inner::Accelerated(clock) => StepsInner::Counted(clock.steps()),
            #[cfg(feature = "fake")]
            Inner::Fake(clock) => StepsInner::Counted(clock.steps()),
        }))
    }
}

/// Announces steps of the wall clock.
pub struct Steps(StepsInner);

enum StepsInner {
    Machine(crate::imp::clock::Steps),
    #[cfg(any(all(feature = "fake-clock", target_os = "linux"), feature = "fake"))]
    Counted(tokio::sync::watch::Receiver<u64>),
}

impl Steps {
    /// Waits for the next step of the wall clock. Steps that come faster than they are asked for count as one.
    pub async fn next(&mut self) -> Result<(), ClockError> {
        match &mut self.0 {
            StepsInner::Machine(steps) => steps.next().await,
            #[cfg(any(all(feature = "fake-clock", target_os = "linux"), feature = "fake"))]
            StepsInner::Counted(receiver) => {
                if receiver.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
                Ok(())
            }
        }
    }
}
