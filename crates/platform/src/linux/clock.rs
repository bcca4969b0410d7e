//! Kernel clocks and timers.

use crate::clock::ClockError;
use chrono::{DateTime, Utc};
use lanh_policy::{BootId, Moment, WallTrust};
use rustix::io::Errno;
use rustix::time::{
    ClockId, Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, clock_gettime,
    timerfd_create, timerfd_settime,
};
use std::os::fd::OwnedFd;
use std::time::{Duration, SystemTime};
use tokio::io::unix::AsyncFd;

const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

#[derive(Clone)]
pub(crate) struct Clock {
    boot: BootId,
}

impl Clock {
    pub(crate) fn new() -> Result<Self, ClockError> {
        let failed = |source| ClockError::BootId { path: BOOT_ID, source };
        let text = std::fs::read_to_string(BOOT_ID).map_err(failed)?;
        let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
        let boot = u128::from_str_radix(&digits, 16)
            .map_err(|error| failed(std::io::Error::new(std::io::ErrorKind::InvalidData, error)))?;
        Ok(Self { boot: BootId(boot) })
    }

    pub(crate) fn now(&self) -> Moment {
        // First the one that never exceeds the other.
        let awake = duration(clock_gettime(ClockId::Monotonic));
        Moment {
            boot: self.boot,
            since_boot: since_boot(),
            awake,
            wall: DateTime::<Utc>::from(SystemTime::now()),
            trust: trust(),
        }
    }

    pub(crate) async fn sleep_until(&self, until: Duration) -> Result<(), ClockError> {
        if until <= since_boot() {
            return Ok(());
        }
        let timer = timer(TimerfdClockId::Boottime)?;
        arm(timer.get_ref(), TimerfdTimerFlags::ABSTIME, until)?;
        timer.readable().await.map_err(ClockError::Timer)?.retain_ready();
        Ok(())
    }
}

/// Time since boot, sleep included.
pub(crate) fn since_boot() -> Duration {
    duration(clock_gettime(ClockId::Boottime))
}

/// The kernel clears its "synchronised" state on every step by hand and when the time service falls
/// silent for hours, so this flag alone is proof that somebody vouches for the clock now.
pub(crate) fn trust() -> WallTrust {
    // SAFETY: `timex` is plain numbers, for which all zeroes are valid; `modes` 0 asks to read only.
    let mut timex: libc::timex = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is to a live, exclusively borrowed `timex`.
    let state = unsafe { libc::adjtimex(&raw mut timex) };
    if state >= 0 && state != libc::TIME_ERROR && timex.status & libc::STA_UNSYNC == 0 {
        WallTrust::Confirmed
    } else {
        WallTrust::Unconfirmed
    }
}

/// Announces steps of the wall clock: a timer that the kernel cancels whenever somebody sets the clock.
pub(crate) struct Steps {
    timer: AsyncFd<OwnedFd>,
}

/// How far ahead the cancelled-on-set timer is armed.
const FAR: Duration = Duration::from_secs(366 * 86_400);

impl Steps {
    pub(crate) fn new() -> Result<Self, ClockError> {
        let steps = Self { timer: timer(TimerfdClockId::Realtime)? };
        steps.arm()?;
        Ok(steps)
    }

    fn arm(&self) -> Result<(), ClockError> {
        let now = duration(clock_gettime(ClockId::Realtime));
        let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
        match arm(self.timer.get_ref(), flags, now + FAR) {
            // Arming reports a step that came since the last arming; the timer is armed all the same.
            Err(ClockError::Timer(error)) if error.raw_os_error() == Some(libc::ECANCELED) => Ok(()),
            other => other,
        }
    }

    pub(crate) async fn next(&mut self) -> Result<(), ClockError> {
        loop {
            let mut ready = self.timer.readable().await.map_err(ClockError::Timer)?;
            let mut expirations = [0; 8];
            match rustix::io::read(self.timer.get_ref(), &mut expirations) {
                Err(Errno::AGAIN) => ready.clear_ready(),
                Ok(_) | Err(Errno::CANCELED) => {
                    ready.clear_ready();
                    return self.arm();
                }
                Err(error) => return Err(ClockError::Timer(error.into())),
            }
        }
    }
}

fn timer(clock: TimerfdClockId) -> Result<AsyncFd<OwnedFd>, ClockError> {
    let timer = timerfd_create(clock, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)
        .map_err(|error| ClockError::Timer(error.into()))?;
    crate::imp::readable(timer).map_err(ClockError::Timer)
}

fn arm(timer: &OwnedFd, flags: TimerfdTimerFlags, at: Duration) -> Result<(), ClockError> {
    let value = Timespec {
        tv_sec: i64::try_from(at.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(at.subsec_nanos()),
    };
    let spec = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
    timerfd_settime(timer, flags, &spec).map(|_| ()).map_err(|error| ClockError::Timer(error.into()))
}

fn duration(time: Timespec) -> Duration {
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sleeps_until_boot_time_and_not_less() {
        let clock = Clock::new().unwrap();
        let until = clock.now().since_boot + Duration::from_millis(20);
        clock.sleep_until(until).await.unwrap();
        assert!(clock.now().since_boot >= until);
        clock.sleep_until(Duration::ZERO).await.unwrap();
    }

    #[tokio::test]
    async fn watching_for_steps_keeps_quiet_without_one() {
        let mut steps = Steps::new().unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(20), steps.next()).await.is_err());
    }

    #[test]
    fn one_boot_has_one_id() {
        let (one, two) = (Clock::new().unwrap().now(), Clock::new().unwrap().now());
        assert_eq!(one.boot, two.boot);
        assert!(one.awake <= one.since_boot && one.since_boot <= two.since_boot);
    }
}
