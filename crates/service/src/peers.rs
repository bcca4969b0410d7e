//! Connections: one task reads, one writes, the core answers. A slow or hostile client costs its own
//! connection only.

use lanh_platform::Clock;
use lanh_protocol::{
    Answer, ClientKind, Connection, Detail, Failure, FailureCode, FromService, Listener, Notice, Peer,
    Question, Role, WireError,
};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Connections that one account may have at a time, and all accounts together.
const CONNECTIONS_OF_ONE: usize = 16;
const CONNECTIONS: usize = 128;

/// Messages that wait for a client; one that lets more pile up is cut off.
const WAITING: usize = 64;

/// How long a companion may say nothing before it counts as silent: three missed reports.
pub(crate) const SILENCE: Duration = Duration::from_secs(90);

/// The number of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PeerId(pub(crate) u64);

/// What a connection's task tells the core.
pub(crate) enum FromPeer {
    /// Somebody connected; the core answers with the role, or with nothing to turn it away.
    Arrived { id: PeerId, uid: u32, pid: Option<u32>, role: oneshot::Sender<Role> },
    /// It said its hello.
    Ready { id: PeerId, kind: ClientKind, sender: mpsc::Sender<FromService> },
    /// It asks.
    Asked { id: PeerId, question: Box<Question>, reply: oneshot::Sender<Result<Answer, Failure>> },
    /// It has said nothing for [`SILENCE`].
    Silent(PeerId),
    /// It is gone.
    Gone(PeerId),
}

/// Accepts connections until the service stops.
pub(crate) async fn serve(listener: Listener, clock: Clock, core: mpsc::Sender<FromPeer>) {
    let counts = Counts::default();
    let mut next = 0;
    loop {
        match listener.accept().await {
            Ok((connection, peer)) => {
                let Some(place) = counts.take(peer.uid) else { continue };
                next += 1;
                tokio::spawn(talk(PeerId(next), connection, peer, core.clone(), place));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection; going on in a moment");
                let soon = clock.now().since_boot + Duration::from_millis(200);
                if clock.sleep_until(soon).await.is_err() {
                    tokio::task::yield_now().await;
                }
            }
        }
    }
}

async fn talk(id: PeerId, connection: Connection, peer: Peer, core: mpsc::Sender<FromPeer>, _place: Place) {
    let (role_sender, role) = oneshot::channel();
    let arrived = FromPeer::Arrived { id, uid: peer.uid, pid: peer.pid, role: role_sender };
    if core.send(arrived).await.is_err() {
        return;
    }
    let Ok(role) = role.await else { return };
    let result = converse(id, connection, role, &core).await;
    if let Err(error) = result {
        tracing::debug!(uid = peer.uid, %error, "a connection ended");
    }
    let _ = core.send(FromPeer::Gone(id)).await;
}

async fn converse(
    id: PeerId,
    connection: Connection,
    role: Role,
    core: &mpsc::Sender<FromPeer>,
) -> Result<(), WireError> {
    let (hello, mut reader, mut writer) = connection.welcome(role).await?;
    let (sender, mut outgoing) = mpsc::channel::<FromService>(WAITING);
    let writing = tokio::spawn(async move {
        while let Some(message) = outgoing.recv().await {
            match (writer.send(&message).await, message) {
                (Ok(()), _) => {}
                (Err(WireError::TooLong), FromService::Answer { id, .. }) => {
                    let failure = Failure {
                        code: FailureCode::Invalid,
                        message: "the answer is too long; ask for less at a time".to_owned(),
                        detail: Some(Detail::AnswerTooLong),
                        retry_after: None,
                    };
                    writer.send(&FromService::Answer { id, result: Err(failure) }).await?;
                }
                (Err(WireError::TooLong), FromService::Notice { .. }) => {}
                (Err(error), _) => return Err(error),
            }
        }
        Ok(())
    });
    let ready = FromPeer::Ready { id, kind: hello.client, sender: sender.clone() };
    if core.send(ready).await.is_err() {
        return Ok(());
    }
    let mut told_silent = false;
    let outcome = loop {
        let next = tokio::select! {
            next = reader.next() => next,
            () = sender.closed() => break Ok(()),
            () = tokio::time::sleep(SILENCE), if hello.client == ClientKind::Companion && !told_silent => {
                told_silent = true;
                if core.send(FromPeer::Silent(id)).await.is_err() {
                    break Ok(());
                }
                continue;
            }
        };
        let message = match next {
            Ok(Some(message)) => message,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        };
        told_silent = false;
        let (reply, answer) = oneshot::channel();
        if core.send(FromPeer::Asked { id, question: Box::new(message.question), reply }).await.is_err() {
            break Ok(());
        }
        // One question at a time: who floods waits for its own answers.
        let Ok(result) = answer.await else { break Ok(()) };
        if sender.send(FromService::Answer { id: message.id, result }).await.is_err() {
            break Ok(());
        }
    };
    writing.abort();
    outcome
}

/// Sends a notice without waiting; `false`: the client does not keep up, cut it off.
pub(crate) fn tell(sender: &mpsc::Sender<FromService>, notice: Notice) -> bool {
    sender.try_send(FromService::Notice { notice }).is_ok()
}

#[derive(Clone, Default)]
struct Counts(Arc<Mutex<HashMap<u32, usize>>>);

impl Counts {
    /// A place for one more connection; root always finds one.
    fn take(&self, uid: u32) -> Option<Place> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = counts.values().sum();
        let mine = counts.entry(uid).or_default();
        if uid != 0 && (*mine >= CONNECTIONS_OF_ONE || all >= CONNECTIONS) {
            return None;
        }
        *mine += 1;
        Some(Place { counts: self.clone(), uid })
    }
}

/// Given back when dropped.
struct Place {
    counts: Counts,
    uid: u32,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.counts.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.uid) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.uid);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_account_cannot_take_every_place() {
        let counts = Counts::default();
        let places: Vec<_> = std::iter::from_fn(|| counts.take(1001)).collect();
        assert_eq!(places.len(), CONNECTIONS_OF_ONE);
        assert!(counts.take(1002).is_some());
        assert!(counts.take(0).is_some());
        drop(places);
        assert!(counts.take(1001).is_some());
    }
}
