//! The thin loop between the service, the sensors, the desktop and the notices.

use crate::cards::compose;
use crate::desktop::{self, Which};
use crate::notify::{Notifier, Outcome};
use crate::sense::{self, Sight, Surroundings};
use crate::state::{Act, Board, Command, Face, Presence, Slot};
use crate::tray::Tray;
use crate::{CompanionError, Options};
use lanh_protocol::{
    Answer, Client, ClientError, ClientKind, CompanionOrders, FailureCode, Notices, Question, StatusView,
};
use lanh_words::Clock;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// How much may wait between the tasks.
const QUEUE: usize = 64;

/// The pauses between tries to reach the service: from the first to the longest, doubling.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Runs in these surroundings; see [`crate::run`].
pub(crate) async fn run(options: Options, surroundings: Surroundings) -> Result<(), CompanionError> {
    let mut companion = Companion::new(options, surroundings);
    let mut pause = FIRST_PAUSE;
    loop {
        match companion.attach().await {
            Ok(None) => return Ok(()),
            Ok(Some((client, notices))) => {
                pause = FIRST_PAUSE;
                companion.serve(&client, notices).await;
                companion.tray.show(Face::away(&companion.options.words));
                tracing::info!("the service is away");
            }
            Err(CompanionError::Client(error @ (ClientError::Stranger { .. } | ClientError::Version(_)))) => {
                return Err(error.into());
            }
            Err(error) => tracing::info!(%error, "the service cannot be reached yet"),
        }
        if replaced() == Some(Replaced::ByNothing) {
            tracing::info!("Lanh was removed");
            return Ok(());
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// What became of this program's file.
#[derive(PartialEq, Eq)]
enum Replaced {
    /// An upgrade put another one there, which could not be started.
    ByAnother,
    /// Lanh was removed.
    ByNothing,
}

/// Becomes the program that an upgrade has put in the place of this one: the service believes only the
/// companion that is installed. `None`: this program is still the installed one.
fn replaced() -> Option<Replaced> {
    let own = std::env::current_exe().ok()?;
    let file = std::path::PathBuf::from(own.to_str()?.strip_suffix(" (deleted)")?);
    if !file.is_file() {
        return Some(Replaced::ByNothing);
    }
    tracing::info!("Lanh was upgraded: starting anew");
    let error = start_anew(&file);
    tracing::warn!(%error, "the new companion cannot be started");
    Some(Replaced::ByAnother)
}

#[cfg(unix)]
fn start_anew(program: &std::path::Path) -> std::io::Error {
    use std::os::unix::process::CommandExt;
    std::process::Command::new(program).args(std::env::args_os().skip(1)).exec()
}

#[cfg(not(unix))]
fn start_anew(_: &std::path::Path) -> std::io::Error {
    std::io::ErrorKind::Unsupported.into()
}

/// How soon after a change it is asked how the child stands: many changes come together.
const LOOK_AFTER: Duration = Duration::from_millis(300);

/// What the service made of a pressed button.
struct Acted(Slot, Act, Result<(), Option<FailureCode>>);

/// Work on the windows of the desktop, done one after the other.
enum Windows {
    /// Hide an app's windows. The outcome goes to the service always, or only when the desktop is not free.
    Hide { client: Arc<Client>, app: String, pids: Vec<u32>, tell_always: bool },
    /// Bring windows back.
    Restore(Which),
}

struct Sensing {
    idle_after: u64,
    sights: mpsc::Receiver<Sight>,
}

struct Companion {
    options: Options,
    surroundings: Surroundings,
    start: Instant,
    orders: CompanionOrders,
    zone: String,
    board: Board,
    presence: Presence,
    sensing: Option<Sensing>,
    notifier: Notifier,
    outcomes: mpsc::Receiver<Outcome>,
    windows: mpsc::Sender<Windows>,
    acted_sender: mpsc::Sender<Acted>,
    acted: mpsc::Receiver<Acted>,
    tray: Tray,
    wished: mpsc::Receiver<Act>,
    /// When to ask how the child stands, if something changed.
    look_at: Option<Instant>,
    /// Whether time is being counted: then it changes by itself.
    counting: bool,
}

impl Companion {
    fn new(options: Options, surroundings: Surroundings) -> Self {
        let (notifier, outcomes) = Notifier::start();
        let (tray, wished) = Tray::start(options.words, notifier.clone());
        let (acted_sender, acted) = mpsc::channel(QUEUE);
        let windows = manage_windows(surroundings.clone());
        Self {
            options,
            surroundings,
            start: Instant::now(),
            orders: CompanionOrders { child: None, idle_after: 0, report_every: 0, help_lines: Vec::new() },
            zone: String::new(),
            board: Board::default(),
            presence: Presence::new(Duration::ZERO),
            sensing: None,
            notifier,
            outcomes,
            windows,
            acted_sender,
            acted,
            tray,
            wished,
            look_at: None,
            counting: false,
        }
    }

    /// Connects, asks for orders and makes good what was missed. `None`: there is nothing to do here.
    async fn attach(&mut self) -> Result<Option<(Arc<Client>, Notices)>, CompanionError> {
        let (client, notices) = Client::connect(&self.options.socket, ClientKind::Companion).await?;
        let session = std::env::var("XDG_SESSION_ID").ok().filter(|name| !name.is_empty());
        let Answer::Companion(orders) = client.ask(Question::Attach { session }).await? else {
            return Err(CompanionError::Protocol);
        };
        let Some(child) = orders.child else { return Ok(None) };
        if self.orders.child != orders.child {
            self.board = Board::new(child);
        }
        // The service at the other end knows nothing yet: the first report is due at once.
        self.presence.start_over(Duration::from_secs(orders.report_every));
        self.sense(orders.idle_after).await;
        self.orders = orders;
        self.tray.help_lines(&self.orders.help_lines);
        client.ask(Question::Watch).await?;
        let Answer::Status(status) = client.ask(Question::Status { child: None }).await? else {
            return Err(CompanionError::Protocol);
        };
        self.stand(&status);
        let client = Arc::new(client);
        let commands = self.board.attached(&status);
        self.perform(&client, commands);
        Ok(Some((client, notices)))
    }

    /// Asks how the child stands in a moment.
    fn look_soon(&mut self) {
        self.look_at.get_or_insert_with(|| Instant::now() + LOOK_AFTER);
    }

    /// Takes in how the child stands.
    fn stand(&mut self, status: &StatusView) {
        self.look_at = None;
        self.zone.clone_from(&status.zone);
        let Some(standing) =
            status.children.iter().find(|standing| Some(standing.child.id) == self.orders.child)
        else {
            return;
        };
        self.counting = standing.budgets.iter().any(|budget| budget.counting);
        self.tray.show(Face::of(standing, &self.options.words));
    }

    /// Starts the sensors, or starts them anew when they shall call it idle after another time.
    async fn sense(&mut self, idle_after: u64) {
        if self.sensing.as_ref().is_some_and(|sensing| sensing.idle_after == idle_after) {
            return;
        }
        let (sender, sights) = mpsc::channel(QUEUE);
        self.presence.see(self.start.elapsed(), Sight::Blind);
        self.sensing = Some(Sensing { idle_after, sights });
        let surroundings = self.surroundings.clone();
        let start = tokio::task::spawn_blocking(move || {
            sense::start(&surroundings, Duration::from_secs(idle_after), &sender);
        });
        if let Err(error) = start.await {
            tracing::error!(%error, "the sensors did not start");
        }
    }

    /// Works until the connection ends.
    async fn serve(&mut self, client: &Arc<Client>, mut notices: Notices) {
        loop {
            let now = self.start.elapsed();
            if let Some(presence) = self.presence.report(now) {
                if let Err(error) = client.ask(Question::Report { presence }).await {
                    // A failure that is told leaves the connection whole; the next report tries again.
                    if !matches!(error, ClientError::Denied(_)) {
                        return;
                    }
                    tracing::warn!(%error, "the report was refused");
                }
                if self.counting {
                    self.look_soon();
                }
            }
            if self.look_at.is_some_and(|at| at <= Instant::now()) {
                match client.ask(Question::Status { child: None }).await {
                    Ok(Answer::Status(status)) => self.stand(&status),
                    Ok(_) | Err(ClientError::Denied(_)) => self.look_at = None,
                    Err(_) => return,
                }
            }
            let wake = self.start + self.presence.next_wake(self.start.elapsed());
            let wake = self.look_at.map_or(wake, |at| at.min(wake));
            let commands = tokio::select! {
                notice = notices.next() => match notice {
                    Some(notice) => {
                        self.look_soon();
                        self.board.on(notice)
                    }
                    None => return,
                },
                sight = next_sight(&mut self.sensing) => {
                    let commands = match &sight {
                        Sight::Focus(focus) => self.board.focused(focus),
                        _ => Vec::new(),
                    };
                    self.presence.see(self.start.elapsed(), sight);
                    commands
                }
                Some(outcome) = self.outcomes.recv() => match outcome {
                    Outcome::Pressed(slot, key) => self.board.pressed(&slot, &key),
                    Outcome::Closed(slot) => {
                        self.board.closed(&slot);
                        Vec::new()
                    }
                },
                Some(act) = self.wished.recv() => vec![Command::Do(Slot::Answer, act)],
                Some(Acted(slot, act, outcome)) = self.acted.recv() => self.board.answered(&slot, &act, outcome),
                () = tokio::time::sleep_until(wake) => Vec::new(),
            };
            self.perform(client, commands);
        }
    }

    fn perform(&self, client: &Arc<Client>, commands: Vec<Command>) {
        for command in commands {
            match command {
                Command::Show(slot, card) => {
                    let clock = Clock::new(std::time::SystemTime::now().into(), &self.zone);
                    if let Some(text) = compose(&card, &self.options.words, &clock, &self.orders.help_lines) {
                        self.notifier.show(slot, card, text);
                    }
                }
                Command::Dismiss(slot) => self.notifier.dismiss(slot),
                Command::Prepare { app, pids } => {
                    self.queue(Windows::Hide { client: Arc::clone(client), app, pids, tell_always: true });
                }
                Command::HideAgain { app, pids } => {
                    self.queue(Windows::Hide { client: Arc::clone(client), app, pids, tell_always: false });
                }
                Command::Restore { app } => self.queue(Windows::Restore(Which::Of(app))),
                Command::RestoreAllBut(apps) => self.queue(Windows::Restore(Which::AllBut(apps))),
                Command::Do(slot, act) => {
                    let (client, acted) = (Arc::clone(client), self.acted_sender.clone());
                    tokio::spawn(async move {
                        let outcome = match client.ask(act.question()).await {
                            Ok(_) => Ok(()),
                            Err(ClientError::Denied(failure)) => Err(Some(failure.code)),
                            Err(_) => Err(None),
                        };
                        // The companion ends: nobody is left to be told.
                        let _ = acted.send(Acted(slot, act, outcome)).await;
                    });
                }
            }
        }
    }

    fn queue(&self, work: Windows) {
        if self.windows.try_send(work).is_err() {
            tracing::error!("too much work on windows waits; the service goes on without an answer");
        }
    }
}

/// What the sensors see next. A desktop where none works shows nothing, for ever.
async fn next_sight(sensing: &mut Option<Sensing>) -> Sight {
    if let Some(sensing) = sensing
        && let Some(sight) = sensing.sights.recv().await
    {
        return sight;
    }
    std::future::pending().await
}

/// Works on windows in a task of its own: an app that cannot be freed must hold up neither reports nor notices.
fn manage_windows(surroundings: Surroundings) -> mpsc::Sender<Windows> {
    let (sender, mut queue) = mpsc::channel(QUEUE);
    tokio::spawn(async move {
        while let Some(work) = queue.recv().await {
            match work {
                Windows::Restore(which) => desktop::restore(&surroundings, which).await,
                Windows::Hide { client, app, pids, tell_always } => {
                    let free = desktop::prepare(&surroundings, &app, &pids).await;
                    if (tell_always || !free)
                        && let Err(error) = client.ask(Question::HoldPrepared { app, free }).await
                    {
                        tracing::warn!(%error, "the service did not hear that a hold is prepared");
                    }
                }
            }
        }
    });
    sender
}
