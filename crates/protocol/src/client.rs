//! A client's half.

use crate::error::{ClientError, WireError};
use crate::frame::{FrameReader, FrameWriter, HELLO_DEADLINE};
use crate::message::{
    Answer, ClientKind, Failure, FromClient, FromService, Hello, Notice, PROTOCOL_VERSION, Question, Role,
    Welcome,
};
use crate::os;
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{broadcast, oneshot};
use tokio::task::JoinHandle;

/// How many notices wait for a client that does not take them; then the oldest are dropped.
const WAITING_NOTICES: usize = 256;

/// How long most answers may take.
const ANSWER_DEADLINE: Duration = Duration::from_secs(10);

/// How long an answer may take that hashes a secret, copies the database or searches the disk.
const LONG_ANSWER_DEADLINE: Duration = Duration::from_secs(120);

type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Result<Answer, Failure>>>>>;

/// A connection to the service. Questions may be asked from several tasks at once.
#[derive(Debug)]
pub struct Client {
    role: Role,
    next_id: AtomicU64,
    waiting: Waiting,
    writer: tokio::sync::Mutex<FrameWriter<os::WriteHalf>>,
    listening: JoinHandle<()>,
}

/// What the service tells by itself, after [`Question::Watch`] or [`Question::Attach`].
#[derive(Debug)]
pub struct Notices {
    receiver: broadcast::Receiver<Notice>,
}

impl Notices {
    /// The next notice; `None` once the connection is closed. When more than 256 wait, the oldest are
    /// lost. Nothing else is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Notice> {
        loop {
            match self.receiver.recv().await {
                Ok(notice) => return Some(notice),
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

impl Client {
    /// Connects to the service at `path`, makes sure that it is root's or of the own account, and says
    /// hello. Must be called within a tokio runtime.
    pub async fn connect(path: &Path, client: ClientKind) -> Result<(Self, Notices), ClientError> {
        let stream = os::connect(path).await?;
        let (read, write) = os::split(stream);
        let mut reader = FrameReader::new(read);
        let mut writer = FrameWriter::new(write);
        writer.send(&Hello { version: PROTOCOL_VERSION, client }).await?;
        let welcome: serde_json::Value = tokio::time::timeout(HELLO_DEADLINE, reader.next())
            .await
            .map_err(|_| WireError::Slow(HELLO_DEADLINE))??
            .ok_or(WireError::Closed)?;
        // Another version's welcome may look different but for its number.
        let theirs = welcome.get("version").and_then(serde_json::Value::as_u64).unwrap_or(0);
        if theirs != u64::from(PROTOCOL_VERSION) {
            return Err(ClientError::Version(u32::try_from(theirs).unwrap_or(0)));
        }
        let welcome: Welcome = serde_json::from_value(welcome).map_err(WireError::from)?;

        let waiting = Waiting::default();
        let (sender, receiver) = broadcast::channel(WAITING_NOTICES);
        let listening = tokio::spawn(listen(reader, Arc::clone(&waiting), sender));
        let client = Self {
            role: welcome.role,
            next_id: AtomicU64::new(1),
            waiting,
            writer: tokio::sync::Mutex::new(writer),
            listening,
        };
        Ok((client, Notices { receiver }))
    }

    /// What the service made of this client's credentials at the connect.
    pub fn role(&self) -> &Role {
        &self.role
    }

    /// Asks, and waits for the answer: 10 seconds, or 120 for what takes long by its nature (secrets,
    /// backups, searches).
    pub async fn ask(&self, question: Question) -> Result<Answer, ClientError> {
        let deadline = deadline(&question);
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = oneshot::channel();
        lock(&self.waiting).insert(id, sender);
        let _forget = Forget { waiting: &self.waiting, id };
        if self.listening.is_finished() {
            return Err(ClientError::Closed);
        }
        self.writer.lock().await.send(&FromClient { id, question }).await?;
        match tokio::time::timeout(deadline, receiver).await {
            Ok(Ok(answer)) => Ok(answer?),
            Ok(Err(_)) => Err(ClientError::Closed),
            Err(_) => Err(ClientError::Timeout(deadline)),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Takes a question off the list when its asker has gone.
struct Forget<'a> {
    waiting: &'a Waiting,
    id: u64,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        lock(self.waiting).remove(&self.id);
    }
}

/// Sorts what arrives into answers and notices until the connection ends.
async fn listen(mut reader: FrameReader<os::ReadHalf>, waiting: Waiting, notices: broadcast::Sender<Notice>) {
    // Whatever ends the connection ends it for every asker in the same way.
    while let Ok(Some(message)) = reader.next::<FromService>().await {
        match message {
            FromService::Answer { id, result } => {
                if let Some(asker) = lock(&waiting).remove(&id) {
                    // The asker may just have given up.
                    let _ = asker.send(result);
                }
            }
            FromService::Notice { notice } => {
                // Nobody may be listening to notices.
                let _ = notices.send(notice);
            }
        }
    }
    lock(&waiting).clear();
}

fn lock(
    waiting: &Waiting,
) -> std::sync::MutexGuard<'_, HashMap<u64, oneshot::Sender<Result<Answer, Failure>>>> {
    // Nothing panics while it is held, and a map is whole after every single change.
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

fn deadline(question: &Question) -> Duration {
    match question {
        Question::Unlock { .. }
        | Question::Recover { .. }
        | Question::SetSecret { .. }
        | Question::RescanApps
        | Question::VerifyAudit
        | Question::Backup
        | Question::Restore { .. }
        | Question::Doctor => LONG_ANSWER_DEADLINE,
        _ => ANSWER_DEADLINE,
    }
}
