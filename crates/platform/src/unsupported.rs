//! The imp for operating systems that are not supported yet: everything says so.

pub(crate) fn effective_uid() -> u32 {
    u32::MAX
}

pub(crate) mod memory {
    pub(crate) fn give_back() {}
}

pub(crate) mod clock {
    use crate::clock::ClockError;
    use chrono::{DateTime, Utc};
    use lanh_policy::{BootId, Moment, WallTrust};
    use std::time::{Duration, Instant, SystemTime};

    /// Time since this process started stands in for time since boot.
    #[derive(Clone)]
    pub(crate) struct Clock {
        started: Instant,
        boot: BootId,
    }

    impl Clock {
        pub(crate) fn new() -> Result<Self, ClockError> {
            let boot = u128::from(std::process::id());
            Ok(Self { started: Instant::now(), boot: BootId(boot) })
        }

        pub(crate) fn now(&self) -> Moment {
            let since_boot = self.started.elapsed();
            Moment {
                boot: self.boot,
                since_boot,
                awake: since_boot,
                wall: DateTime::<Utc>::from(SystemTime::now()),
                trust: WallTrust::Unconfirmed,
            }
        }

        pub(crate) async fn sleep_until(&self, since_boot: Duration) -> Result<(), ClockError> {
            tokio::time::sleep(since_boot.saturating_sub(self.started.elapsed())).await;
            Ok(())
        }
    }

    pub(crate) struct Steps;

    impl Steps {
        pub(crate) fn new() -> Result<Self, ClockError> {
            Ok(Self)
        }

        pub(crate) async fn next(&mut self) -> Result<(), ClockError> {
            std::future::pending().await
        }
    }
}

pub(crate) mod process {
    use crate::process::ProcessFacts;
    use lanh_policy::ProcessId;
    use std::ffi::OsString;

    pub(crate) fn facts(_: u32) -> Option<ProcessFacts> {
        None
    }

    pub(crate) fn environment(_: ProcessId, names: &[&str]) -> Vec<Option<OsString>> {
        names.iter().map(|_| None).collect()
    }

    pub(crate) fn flatpak_info(_: ProcessId) -> Option<String> {
        None
    }
}

pub(crate) mod gate {
    use crate::gate::{Coverage, GateError, GateEvent, GateOptions, GuardedFile, Judge};
    use std::sync::Arc;
    use tokio::sync::mpsc;

    pub(crate) enum Gate {}

    impl Gate {
        pub(crate) fn start(
            _: GateOptions,
            _: Arc<dyn Judge>,
        ) -> Result<(Self, mpsc::Receiver<GateEvent>), GateError> {
            Err(GateError::Unsupported)
        }

        pub(crate) fn set_guarded_files(&self, _: Vec<GuardedFile>) {
            match *self {}
        }

        pub(crate) fn coverage(&self) -> Vec<Coverage> {
            match *self {}
        }

        pub(crate) fn alive(&self) -> bool {
            match *self {}
        }

        pub(crate) fn exec_feed(&self) -> Option<std::convert::Infallible> {
            match *self {}
        }
    }
}

pub(crate) mod watch {
    use crate::privilege::Privilege;
    use crate::watch::{ProcessEvent, WatchOptions, WatchSource};
    use std::collections::HashSet;
    use tokio::sync::mpsc;

    pub(crate) struct Watch {
        _events: mpsc::Sender<ProcessEvent>,
    }

    impl Watch {
        pub(crate) fn start(
            _: Privilege,
            _: WatchOptions,
            _: Option<std::convert::Infallible>,
        ) -> (Self, mpsc::Receiver<ProcessEvent>) {
            let (sender, receiver) = mpsc::channel(1);
            (Self { _events: sender }, receiver)
        }

        pub(crate) fn set_supervised(&self, _: HashSet<u32>) {}

        pub(crate) fn rescan(&self) {}

        pub(crate) fn source(&self) -> WatchSource {
            WatchSource::Scan("watching is not supported on this operating system".to_owned())
        }
    }
}

pub(crate) mod hold {
    use crate::hold::{Closed, Held, HoldError, HoldMechanism, HoldName, Recovered};
    use crate::privilege::Privilege;
    use lanh_policy::ProcessId;
    use std::path::Path;
    use std::time::Duration;

    #[derive(Clone)]
    pub(crate) enum Holder {}

    pub(crate) fn kill_now(_: ProcessId, _: &[u32]) -> Result<bool, HoldError> {
        Err(HoldError::Unsupported)
    }

    impl Holder {
        pub(crate) fn open(_: Privilege, _: &Path) -> Result<Self, HoldError> {
            Err(HoldError::Unsupported)
        }

        pub(crate) fn mechanism(&self) -> HoldMechanism {
            match *self {}
        }

        pub(crate) async fn hold(&self, _: &HoldName, _: &[ProcessId], _: &[u32]) -> Result<Held, HoldError> {
            match *self {}
        }

        pub(crate) async fn thaw(&self, _: &HoldName) -> Result<(), HoldError> {
            match *self {}
        }

        pub(crate) async fn release(&self, _: &HoldName) -> Result<(), HoldError> {
            match *self {}
        }

        pub(crate) fn members(&self, _: &HoldName) -> Vec<ProcessId> {
            match *self {}
        }

        pub(crate) fn recover(&self) -> Result<Vec<Recovered>, HoldError> {
            match *self {}
        }

        pub(crate) fn leave(&self) -> Result<(), HoldError> {
            match *self {}
        }

        pub(crate) async fn close(
            &self,
            _: &HoldName,
            _: &[ProcessId],
            _: &[u32],
            _: Duration,
        ) -> Result<Closed, HoldError> {
            match *self {}
        }
    }
}

pub(crate) mod sessions {
    use crate::privilege::Privilege;
    use crate::sessions::{SessionError, SessionsNow};
    use lanh_policy::SessionId;
    use std::sync::Arc;
    use tokio::sync::watch;

    #[derive(Clone)]
    pub(crate) struct Sessions(Arc<watch::Sender<SessionsNow>>);

    impl Sessions {
        pub(crate) fn connect(_: Privilege) -> Self {
            Self::unavailable("login sessions are not supported on this operating system".to_owned())
        }

        pub(crate) fn unavailable(reason: String) -> Self {
            let now = SessionsNow { sessions: Vec::new(), unavailable: Some(reason) };
            Self(Arc::new(watch::Sender::new(now)))
        }

        pub(crate) fn subscribe(&self) -> watch::Receiver<SessionsNow> {
            self.0.subscribe()
        }

        fn refusal(&self) -> Result<(), SessionError> {
            Err(SessionError::Unavailable(self.0.borrow().unavailable.clone().unwrap_or_default()))
        }

        pub(crate) async fn lock(&self, _: &SessionId) -> Result<(), SessionError> {
            self.refusal()
        }

        pub(crate) async fn terminate(&self, _: &SessionId) -> Result<(), SessionError> {
            self.refusal()
        }

        pub(crate) async fn freeze(&self, _: &SessionId, _: bool) -> Result<(), SessionError> {
            self.refusal()
        }
    }
}

pub(crate) mod accounts {
    use crate::accounts::AccountFacts;

    pub(crate) fn people() -> std::io::Result<Vec<AccountFacts>> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn by_name(_: &str) -> Option<AccountFacts> {
        None
    }

    pub(crate) fn by_uid(_: u32) -> Option<AccountFacts> {
        None
    }
}

pub(crate) mod secret {
    use crate::privilege::Privilege;
    use crate::secret::{DatabaseKey, SecretError, SecretPlace};
    use std::path::Path;

    pub(crate) fn load_or_create(
        _: Privilege,
        _: &Path,
        _: bool,
    ) -> Result<(DatabaseKey, SecretPlace), SecretError> {
        Err(SecretError::Unsupported)
    }

    pub(crate) fn spare_key(_: &Path) -> Result<DatabaseKey, SecretError> {
        Err(SecretError::Unsupported)
    }
}

pub(crate) mod capability {
    use crate::capability::{Capability, Feature};
    use crate::privilege::Privilege;

    pub(crate) fn probe(_: Privilege) -> Vec<Capability> {
        use Feature::{
            CgroupFreeze, Gate, NoProgramsFromMemory, Pidfd, ProcessConnector, Root, SealedKey, Sessions,
            SynchronisedClock,
        };
        [
            Root,
            Gate,
            ProcessConnector,
            CgroupFreeze,
            Pidfd,
            Sessions,
            SealedKey,
            SynchronisedClock,
            NoProgramsFromMemory,
        ]
        .into_iter()
        .map(|feature| Capability {
            feature,
            missing: Some("not supported on this operating system".to_owned()),
        })
        .collect()
    }
}
