//! logind.

use crate::imp::cgroup;
use crate::privilege::Privilege;
use crate::sessions::{Session, SessionClass, SessionError, SessionKind, SessionsNow};
use futures_util::StreamExt;
use lanh_policy::SessionId;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use zbus::message::Type;

use zbus::{Connection, MatchRule, MessageStream, OwnedObjectPath, OwnedVariant};

const SERVICE: &str = "org.freedesktop.login1";
const MANAGER: &str = "/org/freedesktop/login1";
const MANAGER_INTERFACE: &str = "org.freedesktop.login1.Manager";
const SESSION_INTERFACE: &str = "org.freedesktop.login1.Session";
const BUS: &str = "/run/dbus/system_bus_socket";
/// How long to wait before the bus is tried again.
const RETRY: Duration = Duration::from_secs(30);
/// How long the bus may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Signals come in bursts; one look serves a burst.
const BURST: Duration = Duration::from_millis(20);

#[derive(Clone)]
pub(crate) struct Sessions {
    now: Arc<watch::Sender<SessionsNow>>,
    privilege: Privilege,
    bus: Bus,
    _task: Option<Arc<Task>>,
}

/// Which bus logind is on.
#[derive(Clone)]
enum Bus {
    System,
    #[cfg(test)]
    At(String),
}

impl Bus {
    async fn connect(&self) -> zbus::Result<Connection> {
        match self {
            Self::System => Connection::system().await,
            #[cfg(test)]
            Self::At(address) => zbus::connection::Builder::address(address.as_str()).build().await,
        }
    }
}

struct Task(tokio::task::JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Sessions {
    pub(crate) fn connect(privilege: Privilege) -> Self {
        let now = Arc::new(watch::Sender::new(unavailable("connecting".to_owned())));
        let task = tokio::spawn(follow(Arc::clone(&now), Bus::System));
        Self { now, privilege, bus: Bus::System, _task: Some(Arc::new(Task(task))) }
    }

    pub(crate) fn unavailable(reason: String) -> Self {
        let now = Arc::new(watch::Sender::new(unavailable(reason)));
        Self { now, privilege: Privilege::current(), bus: Bus::System, _task: None }
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<SessionsNow> {
        self.now.subscribe()
    }

    pub(crate) async fn lock(&self, session: &SessionId) -> Result<(), SessionError> {
        self.call("LockSession", "lock the session", session).await
    }

    pub(crate) async fn terminate(&self, session: &SessionId) -> Result<(), SessionError> {
        self.call("TerminateSession", "end the session", session).await
    }

    async fn call(&self, method: &str, action: &str, session: &SessionId) -> Result<(), SessionError> {
        if let Some(reason) = &self.now.borrow().unavailable {
            return Err(SessionError::Unavailable(reason.clone()));
        }
        let refused = |reason: String| SessionError::Refused { action: action.to_owned(), reason };
        let attempt = async {
            let bus = self.bus.connect().await?;
            bus.call_method(Some(SERVICE), MANAGER, Some(MANAGER_INTERFACE), method, &session.as_str()).await
        };
        match tokio::time::timeout(PATIENCE, attempt).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(refused(error.to_string())),
            Err(_) => Err(refused(format!("it did not answer within {PATIENCE:?}"))),
        }
    }

    /// Freezes or thaws everything of the session's account: desktops run programs beside the session's
    /// own control group, under the account's.
    pub(crate) async fn freeze(&self, session: &SessionId, frozen: bool) -> Result<(), SessionError> {
        let action = if frozen { "freeze the session" } else { "thaw the session" };
        let now = self.now.borrow().clone();
        if let Some(reason) = now.unavailable {
            return Err(SessionError::Unavailable(reason));
        }
        let Some(found) = now.sessions.iter().find(|found| found.id == *session) else {
            return Err(SessionError::Refused {
                action: action.to_owned(),
                reason: format!("there is no session {session}"),
            });
        };
        if self.privilege != Privilege::Root {
            return Err(SessionError::Refused {
                action: action.to_owned(),
                reason: "it needs root".to_owned(),
            });
        }
        let failed = |source| SessionError::System { action: action.to_owned(), source };
        let slice = format!("user.slice/user-{}.slice/cgroup.freeze", found.uid);
        let path = cgroup::mount().map_err(failed)?.join(slice);
        std::fs::write(path, if frozen { "1" } else { "0" }).map_err(failed)
    }
}

/// Whether there is a logind; a quick look without the bus.
pub(crate) fn probe() -> Result<(), String> {
    if !Path::new(BUS).exists() {
        return Err(format!("there is no system bus at {BUS}"));
    }
    if !Path::new("/run/systemd/sessions").is_dir() {
        return Err("logind does not run".to_owned());
    }
    Ok(())
}

fn unavailable(reason: String) -> SessionsNow {
    SessionsNow { sessions: Vec::new(), unavailable: Some(reason) }
}

/// Follows logind for ever, over restarts of it and of the bus.
async fn follow(now: Arc<watch::Sender<SessionsNow>>, bus: Bus) {
    loop {
        let reason = match follow_once(&now, &bus).await {
            Ok(()) => "the system bus closed the connection".to_owned(),
            Err(error) => format!("logind cannot be asked: {error}"),
        };
        now.send_if_modified(|now| replace(now, unavailable(reason)));
        tokio::time::sleep(RETRY).await;
    }
}

fn replace(now: &mut SessionsNow, new: SessionsNow) -> bool {
    let changed = *now != new;
    *now = new;
    changed
}

async fn follow_once(now: &watch::Sender<SessionsNow>, bus: &Bus) -> zbus::Result<()> {
    let bus = bus.connect().await?;
    // Before the first look, so that nothing falls between.
    let rule = MatchRule::builder().msg_type(Type::Signal).sender(SERVICE).build()?;
    let mut signals = MessageStream::for_match_rule(rule, &bus, NonZeroUsize::new(256)).await?;
    loop {
        let sessions = list(&bus).await?;
        now.send_if_modified(|now| replace(now, SessionsNow { sessions, unavailable: None }));
        if signals.next().await.is_none() {
            return Ok(());
        }
        tokio::time::sleep(BURST).await;
        while let Ok(signal) = tokio::time::timeout(Duration::ZERO, signals.next()).await {
            if signal.is_none() {
                return Ok(());
            }
        }
    }
}

async fn list(bus: &Connection) -> zbus::Result<Vec<Session>> {
    type Row = (String, u32, String, String, OwnedObjectPath);
    let reply = bus.call_method(Some(SERVICE), MANAGER, Some(MANAGER_INTERFACE), "ListSessions", &()).await?;
    let rows: Vec<Row> = reply.body().deserialize()?;
    let mut sessions = Vec::new();
    for (id, uid, user, seat, path) in rows {
        let reply = bus
            .call_method(
                Some(SERVICE),
                &path,
                Some("org.freedesktop.DBus.Properties"),
                "GetAll",
                &SESSION_INTERFACE,
            )
            .await;
        // A session that ended since the list was made.
        let Ok(reply) = reply else { continue };
        let properties: HashMap<String, OwnedVariant> = reply.body().deserialize()?;
        sessions.push(session(id, uid, user, seat, &properties));
    }
    sessions.sort_by(|one, two| one.id.cmp(&two.id));
    Ok(sessions)
}

fn session(
    id: String,
    uid: u32,
    user: String,
    seat: String,
    properties: &HashMap<String, OwnedVariant>,
) -> Session {
    let flag =
        |name: &str| properties.get(name).is_some_and(|value| bool::try_from(&**value).unwrap_or(false));
    let text = |name: &str| {
        properties.get(name).and_then(|value| <&str>::try_from(&**value).ok()).unwrap_or_default()
    };
    Session {
        id: SessionId::new(id),
        uid,
        user,
        seat,
        active: flag("Active"),
        locked: flag("LockedHint"),
        idle: flag("IdleHint"),
        remote: flag("Remote"),
        kind: match text("Type") {
            "x11" => SessionKind::X11,
            "wayland" => SessionKind::Wayland,
            "tty" => SessionKind::Text,
            _ => SessionKind::Other,
        },
        class: match text("Class") {
            class if class == "user" || class.starts_with("user-") => SessionClass::User,
            "greeter" => SessionClass::Greeter,
            "lock-screen" => SessionClass::LockScreen,
            _ => SessionClass::Other,
        },
        leader: properties.get("Leader").and_then(|value| u32::try_from(&**value).ok()).unwrap_or(0),
        closing: text("State") == "closing",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command, Stdio};
    use std::sync::Mutex;
    use zbus::ObjectPath;
    use zbus::interface;
    use zbus::object_server::SignalEmitter;

    struct Daemon(Child);

    impl Drop for Daemon {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    fn daemon() -> Option<(Daemon, String)> {
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--print-address"]).stdout(Stdio::piped());
        let Ok(mut child) = command.spawn() else {
            println!("skipped: needs dbus-daemon; install the package dbus");
            return None;
        };
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Some((Daemon(child), address.trim().to_owned()))
    }

    type Calls = Arc<Mutex<Vec<String>>>;

    struct Manager(Calls);

    #[interface(name = "org.freedesktop.login1.Manager")]
    impl Manager {
        fn list_sessions(&self) -> Vec<(String, u32, String, String, ObjectPath<'static>)> {
            let path = ObjectPath::from_static_str_unchecked("/org/freedesktop/login1/session/c2");
            vec![("c2".to_owned(), 1001, "an".to_owned(), "seat0".to_owned(), path)]
        }

        fn lock_session(&self, id: &str) -> zbus::fdo::Result<()> {
            if id != "c2" {
                return Err(zbus::fdo::Error::Failed("no such session".to_owned()));
            }
            self.0.lock().unwrap().push(format!("lock {id}"));
            Ok(())
        }

        #[zbus(signal)]
        async fn session_new(emitter: &SignalEmitter<'_>, id: &str) -> zbus::Result<()>;
    }

    struct OneSession(bool);

    #[interface(name = "org.freedesktop.login1.Session")]
    impl OneSession {
        #[zbus(property)]
        fn active(&self) -> bool {
            true
        }

        #[zbus(property)]
        fn locked_hint(&self) -> bool {
            self.0
        }

        #[zbus(property, name = "Type")]
        fn kind(&self) -> &str {
            "wayland"
        }

        #[zbus(property)]
        fn class(&self) -> &str {
            "user"
        }

        #[zbus(property)]
        fn leader(&self) -> u32 {
            4242
        }

        #[zbus(property)]
        fn state(&self) -> &str {
            "active"
        }
    }

    #[tokio::test]
    async fn changes_of_sessions_are_followed_and_locks_are_asked_for() {
        let Some((_daemon, address)) = daemon() else { return };
        let calls = Calls::default();
        let logind = zbus::connection::Builder::address(address.as_str())
            .name(SERVICE)
            .serve_at(MANAGER, Manager(Arc::clone(&calls)))
            .serve_at("/org/freedesktop/login1/session/c2", OneSession(false))
            .build()
            .await
            .unwrap();
        let now = Arc::new(watch::Sender::new(unavailable("connecting".to_owned())));
        let bus = Bus::At(address);
        let task = Some(Arc::new(Task(tokio::spawn(follow(Arc::clone(&now), bus.clone())))));
        let sessions = Sessions { now, privilege: Privilege::Root, bus, _task: task };
        let mut changes = sessions.subscribe();
        let wait = Duration::from_secs(20);
        let found = tokio::time::timeout(wait, changes.wait_for(|now| now.unavailable.is_none())).await;
        let found = found.unwrap().unwrap().sessions.clone();
        let expected = Session {
            id: SessionId::from("c2"),
            uid: 1001,
            user: "an".to_owned(),
            seat: "seat0".to_owned(),
            active: true,
            locked: false,
            idle: false,
            remote: false,
            kind: SessionKind::Wayland,
            class: SessionClass::User,
            leader: 4242,
            closing: false,
        };
        assert_eq!(found, [expected]);

        let server = logind.object_server();
        let session = server.interface::<_, OneSession>("/org/freedesktop/login1/session/c2").await.unwrap();
        session.get_mut().await.0 = true;
        session.get().await.locked_hint_changed(session.signal_emitter()).await.unwrap();
        let locked = changes.wait_for(|now| now.sessions.first().is_some_and(|session| session.locked));
        tokio::time::timeout(wait, locked).await.unwrap().unwrap();

        sessions.lock(&SessionId::from("c2")).await.unwrap();
        assert_eq!(*calls.lock().unwrap(), ["lock c2"]);
        let refused = sessions.lock(&SessionId::from("c9")).await;
        assert!(matches!(refused, Err(SessionError::Refused { .. })), "{refused:?}");
        let refused = sessions.freeze(&SessionId::from("c9"), true).await;
        assert!(matches!(refused, Err(SessionError::Refused { .. })), "{refused:?}");

        drop(logind);
    }

    #[tokio::test]
    async fn without_a_bus_everything_says_so() {
        let sessions = Sessions::unavailable("there is no bus".to_owned());
        assert_eq!(sessions.subscribe().borrow().unavailable.as_deref(), Some("there is no bus"));
        let refused = sessions.lock(&SessionId::from("c2")).await;
        assert!(matches!(refused, Err(SessionError::Unavailable(_))));
    }
}
