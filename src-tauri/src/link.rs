//! The connection to the service: kept up by itself, and without a guardian's rights once nobody has used the
//! window for a while.

use crate::administrator::Administrator;
use crate::push::{Push, Trouble};
use lanh_protocol::{Answer, Client, ClientKind, Notices, Question, Role, ServiceInfo};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How long a guardian's rights last when nobody uses the window.
pub(crate) const LOCK_AFTER: Duration = Duration::from_secs(5 * 60);

/// Between two attempts to reach the service: first and longest.
const FIRST_RETRY: Duration = Duration::from_millis(200);
const LONGEST_RETRY: Duration = Duration::from_secs(2);

type Sink = Box<dyn Fn(Push) + Send>;

/// The connection. Cheap to share; the program has one.
pub(crate) struct Link {
    shared: Arc<Shared>,
}

struct Shared {
    socket: PathBuf,
    administrator: Option<Administrator>,
    lock_after: Duration,
    state: Mutex<State>,
    /// Tells that rights were gained, or given up: many in a row are one.
    rights: watch::Sender<()>,
}

struct State {
    client: Option<Arc<Client>>,
    /// The last [`Push::Up`] or [`Push::Down`], for a listener that comes later.
    standing: Option<Push>,
    sink: Option<Sink>,
    /// Whether this connection has a guardian's rights after a guardian's secret was set.
    guards: bool,
    locked: bool,
    touched: Instant,
}

impl Link {
    /// Starts to keep a connection to the service at `socket`. `administrator`: who sets the first PIN where
    /// this account may not.
    pub(crate) fn open(socket: PathBuf, administrator: Option<Administrator>, lock_after: Duration) -> Self {
        let shared = Arc::new(Shared {
            socket,
            administrator,
            lock_after,
            state: Mutex::new(State {
                client: None,
                standing: None,
                sink: None,
                guards: false,
                locked: false,
                touched: Instant::now(),
            }),
            rights: watch::Sender::new(()),
        });
        tauri::async_runtime::spawn(keep(Arc::clone(&shared)));
        Self { shared }
    }

    /// Whether the system can ask an administrator to confirm the first PIN.
    pub(crate) fn asks_administrator(&self) -> bool {
        self.shared.administrator.is_some()
    }

    /// Asks the service. While the app is locked only what anybody may ask goes through.
    pub(crate) async fn ask(&self, question: Question) -> Result<Answer, Trouble> {
        if let Question::SetSecret { secret } = &question
            && let Some(administrator) = self.shared.administrator_for_first_pin()
        {
            let secret = secret.clone();
            let code = {
                let secret = secret.clone();
                tauri::async_runtime::spawn_blocking(move || administrator.set_first_pin(&secret))
                    .await
                    .map_err(|error| Trouble::Administrator { detail: Some(error.to_string()) })??
            };
            // The code is shown whatever comes of this: it is told once.
            let _ = self.tell(Question::Unlock { secret }).await;
            return Ok(Answer::RecoveryCode(code));
        }
        self.tell(question).await
    }

    async fn tell(&self, question: Question) -> Result<Answer, Trouble> {
        let is_for_anybody = matches!(
            question,
            Question::Info | Question::Unlock { .. } | Question::Recover { .. } | Question::SetSecret { .. }
        );
        let opens = matches!(
            question,
            Question::Unlock { .. } | Question::Recover { .. } | Question::SetSecret { .. }
        );
        let client = {
            let state = self.shared.lock_state();
            let client = match (&state.client, &state.standing) {
                (Some(client), _) => Arc::clone(client),
                (None, Some(Push::Down { trouble })) => return Err(trouble.clone()),
                (None, _) => return Err(Trouble::Closed),
            };
            if state.locked && *client.role() == Role::Guardian && !is_for_anybody {
                return Err(Trouble::Locked);
            }
            client
        };
        let answer = client.ask(question).await?;
        if opens {
            let info = info(&client).await?;
            let mut state = self.shared.lock_state();
            // Only if it is still the connection that was opened.
            if state.client.as_ref().is_some_and(|current| Arc::ptr_eq(current, &client)) {
                state.locked = false;
                state.touched = Instant::now();
                state.up(info);
                self.shared.rights.send_replace(());
            }
        }
        Ok(answer)
    }

    /// Tells `sink` how things stand, and from then on what happens. An earlier sink hears nothing more.
    pub(crate) fn listen(&self, sink: impl Fn(Push) + Send + 'static) {
        let mut state = self.shared.lock_state();
        if let Some(standing) = state.standing.clone() {
            sink(standing);
        }
        state.sink = Some(Box::new(sink));
    }

    /// Gives up a guardian's rights until the secret is said again.
    pub(crate) fn lock(&self) {
        self.shared.lock_state().locked = true;
        self.shared.rights.send_replace(());
    }

    /// Somebody uses the window.
    pub(crate) fn touch(&self) {
        self.shared.lock_state().touched = Instant::now();
    }
}

impl Shared {
    fn lock_state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held, and each change is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who sets the first PIN, if there is none and this connection may not.
    fn administrator_for_first_pin(&self) -> Option<Administrator> {
        let state = self.lock_state();
        match &state.standing {
            Some(Push::Up { info, .. }) if !info.set_up && info.role != Role::Guardian => {
                self.administrator.clone()
            }
            _ => None,
        }
    }

    /// When a guardian's rights end if nobody touches the window before.
    fn locks_at(&self) -> Option<Instant> {
        let state = self.lock_state();
        (state.guards && !state.locked).then(|| state.touched + self.lock_after)
    }
}

impl State {
    fn push(&self, push: Push) {
        if let Some(sink) = &self.sink {
            sink(push);
        }
    }

    fn stand(&mut self, standing: Push) {
        self.push(standing.clone());
        self.standing = Some(standing);
    }

    fn up(&mut self, info: ServiceInfo) {
        self.guards = info.set_up && info.role == Role::Guardian;
        let locked = self.locked;
        self.stand(Push::Up { info, locked });
    }

    fn down(&mut self, trouble: Trouble) {
        self.client = None;
        self.guards = false;
        if self.standing != Some(Push::Down { trouble: trouble.clone() }) {
            self.stand(Push::Down { trouble });
        }
    }
}

/// Connects, and connects again, for as long as the program runs.
async fn keep(shared: Arc<Shared>) {
    let mut retry = FIRST_RETRY;
    let mut rights = shared.rights.subscribe();
    loop {
        match connect(&shared).await {
            Ok((client, info, notices)) => {
                retry = FIRST_RETRY;
                {
                    let mut state = shared.lock_state();
                    // A new connection has no rights: what was given up before is given up.
                    rights.mark_unchanged();
                    state.client = Some(client);
                    state.touched = Instant::now();
                    state.up(info);
                }
                match follow(&shared, notices, &mut rights).await {
                    End::Renewed => continue,
                    End::Lost => shared.lock_state().down(Trouble::Closed),
                }
            }
            Err(trouble) => shared.lock_state().down(trouble),
        }
        tokio::time::sleep(retry).await;
        retry = (retry * 2).min(LONGEST_RETRY);
    }
}

async fn connect(shared: &Shared) -> Result<(Arc<Client>, ServiceInfo, Notices), Trouble> {
    let (client, notices) = Client::connect(&shared.socket, ClientKind::App).await?;
    client.ask(Question::Watch).await?;
    let info = info(&client).await?;
    Ok((Arc::new(client), info, notices))
}

async fn info(client: &Client) -> Result<ServiceInfo, Trouble> {
    match client.ask(Question::Info).await? {
        Answer::Info(info) => Ok(info),
        other => Err(Trouble::Wire { detail: format!("an answer to another question: {other:?}") }),
    }
}

/// Why a connection ended.
enum End {
    /// It was given up, with the rights it had.
    Renewed,
    /// The service went away.
    Lost,
}

/// Passes on what happens, until the connection ends or its rights run out.
async fn follow(shared: &Shared, mut notices: Notices, rights: &mut watch::Receiver<()>) -> End {
    loop {
        let locks_at = shared.locks_at();
        let rights_end = async {
            match locks_at {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            notice = notices.next() => match notice {
                Some(notice) => shared.lock_state().push(Push::Notice { notice }),
                None => return End::Lost,
            },
            changed = rights.changed() => {
                // The sender lives as long as `shared`.
                if changed.is_err() {
                    return End::Lost;
                }
                let mut state = shared.lock_state();
                // Rights that were just gained only move the deadline.
                if state.locked {
                    state.client = None;
                    return End::Renewed;
                }
            }
            () = rights_end => {
                // It may have been touched in the meantime.
                if shared.locks_at().is_some_and(|at| at <= Instant::now()) {
                    let mut state = shared.lock_state();
                    state.locked = true;
                    state.client = None;
                    return End::Renewed;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanh_protocol::{FailureCode, FromService, Listener, Mode, ModeView, Notice};
    use std::path::Path;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    /// A folder of a test's own, gone with it.
    struct Place(PathBuf);

    impl Place {
        fn new() -> Self {
            static NEXT: AtomicU32 = AtomicU32::new(0);
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            Self(std::env::temp_dir().join(format!("lanh-app-{}-{number}", std::process::id())))
        }

        fn socket(&self) -> PathBuf {
            self.0.join("lanhd.sock")
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    /// A service that takes what stands in the file for the secret, and says that a child changed when it is
    /// watched.
    async fn serve(listener: Listener, kept: PathBuf) {
        let kept = || std::fs::read_to_string(&kept).ok().map(|line| line.trim().to_owned());
        while let Ok((connection, _)) = listener.accept().await {
            let (_, mut reader, mut writer) = connection.welcome(Role::Nobody).await.unwrap();
            let mut role = Role::Nobody;
            while let Ok(Some(asked)) = reader.next().await {
                let result = match asked.question {
                    Question::Info => Ok(Answer::Info(ServiceInfo {
                        version: "1".to_owned(),
                        mode: ModeView::Root,
                        set_up: kept().is_some(),
                        role: role.clone(),
                        troubles: Vec::new(),
                    })),
                    Question::Unlock { secret } if kept() == Some(secret.clone()) => {
                        role = Role::Guardian;
                        Ok(Answer::Done)
                    }
                    Question::Watch => {
                        let notice = Notice::Changed { child: 7 };
                        writer.send(&FromService::Notice { notice }).await.unwrap();
                        Ok(Answer::Done)
                    }
                    _ => Err(lanh_protocol::Failure {
                        code: FailureCode::WrongSecret,
                        message: String::new(),
                        detail: None,
                        retry_after: None,
                    }),
                };
                if writer.send(&FromService::Answer { id: asked.id, result }).await.is_err() {
                    break;
                }
            }
        }
    }

    /// A service at `path` that is set up with the secret `1234`, until the answer is aborted.
    fn start(path: &Path) -> tokio::task::JoinHandle<()> {
        let listener = Listener::bind(path, Mode::System).unwrap();
        let kept = path.with_file_name("secret");
        std::fs::write(&kept, "1234").unwrap();
        tokio::spawn(serve(listener, kept))
    }

    fn listen(link: &Link) -> UnboundedReceiver<Push> {
        let (sender, receiver) = unbounded_channel();
        link.listen(move |push| drop(sender.send(push)));
        receiver
    }

    async fn up(pushes: &mut UnboundedReceiver<Push>) -> (Role, bool) {
        loop {
            if let Push::Up { info, locked } = pushes.recv().await.unwrap() {
                return (info.role, locked);
            }
        }
    }

    #[tokio::test]
    async fn a_service_that_comes_back_is_found_again() {
        let place = Place::new();
        let path = place.socket();
        let link = Link::open(path.clone(), None, LOCK_AFTER);
        let mut pushes = listen(&link);
        let down = Push::Down { trouble: Trouble::NotRunning { path: path.display().to_string() } };
        assert_eq!(pushes.recv().await, Some(down));
        assert!(matches!(link.ask(Question::Info).await, Err(Trouble::NotRunning { .. })));

        let service = start(&path);
        assert_eq!(up(&mut pushes).await, (Role::Nobody, false));
        assert_eq!(pushes.recv().await, Some(Push::Notice { notice: Notice::Changed { child: 7 } }));

        service.abort();
        assert_eq!(pushes.recv().await, Some(Push::Down { trouble: Trouble::Closed }));
        let _service = start(&path);
        assert_eq!(up(&mut pushes).await, (Role::Nobody, false));
    }

    #[tokio::test]
    async fn rights_end_when_nobody_uses_the_window() {
        let place = Place::new();
        let path = place.socket();
        let _service = start(&path);
        let link = Link::open(path, None, Duration::from_millis(30));
        let mut pushes = listen(&link);
        up(&mut pushes).await;
        let wrong = link.ask(Question::Unlock { secret: "4321".to_owned() }).await;
        assert!(matches!(wrong, Err(Trouble::Denied { .. })));
        link.ask(Question::Unlock { secret: "1234".to_owned() }).await.unwrap();
        assert_eq!(up(&mut pushes).await, (Role::Guardian, false));
        // The next connection has no rights.
        assert_eq!(up(&mut pushes).await, (Role::Nobody, true));
    }

    #[tokio::test]
    async fn a_lock_takes_the_rights_at_once() {
        let place = Place::new();
        let path = place.socket();
        let _service = start(&path);
        let link = Link::open(path, None, LOCK_AFTER);
        let mut pushes = listen(&link);
        up(&mut pushes).await;
        link.ask(Question::Unlock { secret: "1234".to_owned() }).await.unwrap();
        assert_eq!(up(&mut pushes).await, (Role::Guardian, false));
        link.lock();
        assert_eq!(up(&mut pushes).await, (Role::Nobody, true));
        link.ask(Question::Unlock { secret: "1234".to_owned() }).await.unwrap();
        assert_eq!(up(&mut pushes).await, (Role::Guardian, false));
    }

    /// A script of a test's own in place of pkexec.
    fn stand_in(place: &Place, script: &str) -> Administrator {
        use std::os::unix::fs::PermissionsExt;
        let program = place.0.join("pkexec");
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        Administrator::of(&program, Path::new("/usr/bin/lanh"))
    }

    #[tokio::test]
    async fn an_administrator_sets_the_first_pin_and_nobody_else() {
        let place = Place::new();
        let path = place.socket();
        let kept = path.with_file_name("secret");
        let _service = tokio::spawn(serve(Listener::bind(&path, Mode::System).unwrap(), kept.clone()));
        let first = || Question::SetSecret { secret: "739155".to_owned() };

        let link = Link::open(path.clone(), Some(stand_in(&place, "exit 126")), LOCK_AFTER);
        let mut pushes = listen(&link);
        assert_eq!(up(&mut pushes).await, (Role::Nobody, false));
        assert_eq!(link.ask(first()).await, Err(Trouble::Administrator { detail: None }));
        assert!(!kept.exists());

        stand_in(&place, "echo 'lanh: Too simple.' >&2; exit 1");
        let words = Some("Too simple.".to_owned());
        assert_eq!(link.ask(first()).await, Err(Trouble::Administrator { detail: words }));

        let script = format!(
            "[ \"$*\" = '/usr/bin/lanh first-pin --secret-file /dev/stdin' ] || exit 1\n\
             head -n 1 > {}\necho LEAF-TREE",
            kept.display()
        );
        stand_in(&place, &script);
        assert_eq!(link.ask(first()).await, Ok(Answer::RecoveryCode("LEAF-TREE".to_owned())));
        assert_eq!(up(&mut pushes).await, (Role::Guardian, false));
        // A PIN that is set is the service's matter alone.
        assert!(matches!(link.ask(first()).await, Err(Trouble::Denied { .. })));
    }
}
