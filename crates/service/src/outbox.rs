//! What must reach the disk: kept in memory until the store says that it is written.

use chrono::{DateTime, Utc};
use lanh_policy::{Anchor, ChildId, IntervalId, LedgerEntry};
use lanh_store::{Actor, AuditKind, Store, StoreError, StoreHandle};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most intervals that wait: weeks of a disk that takes nothing, some 10 MB.
const MOST_INTERVALS: usize = 50_000;

/// The most audit entries that wait.
const MOST_NOTES: usize = 5_000;

/// An entry for the audit log.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) at: DateTime<Utc>,
    pub(crate) kind: AuditKind,
    pub(crate) actor: Actor,
    pub(crate) child: Option<ChildId>,
    pub(crate) detail: String,
}

#[derive(Debug, Default)]
struct Waiting {
    ledger: BTreeMap<IntervalId, LedgerEntry>,
    floor: Option<DateTime<Utc>>,
    anchor: Option<Anchor>,
    notes: VecDeque<Note>,
}

#[derive(Default)]
struct State {
    waiting: Waiting,
    /// A job of the store is about to take what waits.
    queued: bool,
}

/// Clone it freely: all clones are the same outbox.
#[derive(Clone, Default)]
pub(crate) struct Outbox(Arc<Mutex<State>>);

impl Outbox {
    pub(crate) fn record(&self, entry: LedgerEntry) {
        let mut state = self.state();
        let ledger = &mut state.waiting.ledger;
        ledger.insert(entry.id, entry);
        if ledger.len() > MOST_INTERVALS {
            ledger.pop_first();
        }
    }

    pub(crate) fn floor(&self, floor: DateTime<Utc>) {
        self.state().waiting.floor = Some(floor);
    }

    pub(crate) fn anchor(&self, anchor: Anchor) {
        self.state().waiting.anchor = Some(anchor);
    }

    pub(crate) fn note(&self, note: Note) {
        let mut state = self.state();
        let notes = &mut state.waiting.notes;
        notes.push_back(note);
        if notes.len() > MOST_NOTES {
            notes.pop_front();
        }
    }

    /// Whether something is not written yet and nobody is about to.
    pub(crate) fn waits(&self) -> bool {
        let state = self.state();
        !state.queued && !state.waiting.is_empty()
    }

    /// Has the store write what waits, in one transaction. What cannot be written waits on; `told` hears how
    /// it went, on the store's thread.
    pub(crate) fn send(
        &self,
        store: &StoreHandle,
        told: impl FnOnce(Result<(), StoreError>) + Send + 'static,
    ) {
        if !self.waits() {
            return;
        }
        self.state().queued = true;
        let (taking, putting) = (self.clone(), self.clone());
        let asked = store.ask(
            move |store| {
                let waiting = taking.take();
                let written = waiting.write(store);
                Ok((waiting, written))
            },
            move |result| match result {
                Ok((_, Ok(()))) => told(Ok(())),
                Ok((waiting, Err(error))) => {
                    putting.put_back(waiting);
                    told(Err(error));
                }
                Err(error) => told(Err(error)),
            },
        );
        if asked.is_err() {
            // The queue is full; it is tried again.
            self.state().queued = false;
        }
    }

    fn take(&self) -> Waiting {
        let mut state = self.state();
        state.queued = false;
        std::mem::take(&mut state.waiting)
    }

    /// What came meanwhile is newer.
    fn put_back(&self, old: Waiting) {
        let mut state = self.state();
        let new = &mut state.waiting;
        for (id, entry) in old.ledger {
            new.ledger.entry(id).or_insert(entry);
        }
        new.floor = new.floor.or(old.floor);
        new.anchor = new.anchor.or(old.anchor);
        for note in old.notes.into_iter().rev() {
            new.notes.push_front(note);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn is_empty(&self) -> bool {
        self.ledger.is_empty() && self.notes.is_empty() && self.floor.is_none() && self.anchor.is_none()
    }

    fn write(&self, store: &mut Store) -> Result<(), StoreError> {
        store.atomic(|store| {
            for entry in self.ledger.values() {
                match store.record(std::slice::from_ref(entry)) {
                    // It would be refused for ever, and with it all that comes after it.
                    Err(error @ StoreError::Invalid { .. }) => {
                        tracing::error!(%error, ?entry, "an interval makes no sense and is left out");
                    }
                    other => other?,
                }
            }
            self.floor.map_or(Ok(()), |floor| store.keep_floor(floor))?;
            self.anchor.map_or(Ok(()), |anchor| store.keep_anchor(anchor))?;
            for Note { at, kind, actor, child, detail } in &self.notes {
                store.audit(*at, kind.clone(), actor, *child, detail)?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanh_policy::{Basis, Cost, Target};
    use lanh_store::{Key, Writer};
    use std::sync::mpsc::channel;
    use std::time::Duration;

    fn entry(id: u64, seconds: u64) -> LedgerEntry {
        LedgerEntry {
            id: IntervalId(id),
            child: ChildId(1),
            target: Target::Screen,
            app: None,
            from: DateTime::UNIX_EPOCH,
            until: DateTime::UNIX_EPOCH + Duration::from_secs(seconds),
            used: Duration::from_secs(seconds),
            cost: Cost::Charged,
            basis: Basis::SessionActive,
        }
    }

    #[test]
    fn what_could_not_be_written_waits_and_newer_lengths_win() {
        let outbox = Outbox::default();
        outbox.record(entry(1, 5));
        outbox.record(entry(2, 5));
        outbox.floor(DateTime::UNIX_EPOCH);
        let taken = outbox.take();
        assert!(!outbox.waits());
        outbox.record(entry(2, 10));
        outbox.put_back(taken);
        assert!(outbox.waits());
        let waiting = outbox.take();
        assert_eq!(waiting.ledger.into_values().collect::<Vec<_>>(), [entry(1, 5), entry(2, 10)]);
        assert_eq!(waiting.floor, Some(DateTime::UNIX_EPOCH));
    }

    #[test]
    fn it_is_bounded() {
        let outbox = Outbox::default();
        for id in 0..50_010 {
            outbox.record(entry(id, 5));
        }
        let waiting = outbox.take();
        assert_eq!(waiting.ledger.len(), MOST_INTERVALS);
        assert!(waiting.ledger.contains_key(&IntervalId(50_009)));
    }

    #[test]
    fn what_a_stuck_disk_kept_waiting_is_written_once_it_moves() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("lanh.db"), &Key::from_bytes([7; 32])).unwrap();
        let writer = Writer::spawn(store, |error| panic!("{error}")).unwrap();
        let (go, wait) = channel::<()>();
        writer
            .handle()
            .ask(
                move |_| {
                    wait.recv().unwrap();
                    Ok(())
                },
                |_| (),
            )
            .unwrap();
        let outbox = Outbox::default();
        let (told, heard) = channel();
        for second in 0..100 {
            outbox.floor(DateTime::UNIX_EPOCH + Duration::from_secs(second));
            let told = told.clone();
            outbox.send(&writer.handle(), move |result| told.send(result.is_ok()).unwrap());
        }
        go.send(()).unwrap();
        let store = writer.stop().unwrap();
        assert_eq!(store.floor().unwrap(), Some(DateTime::UNIX_EPOCH + Duration::from_secs(99)));
        assert!(heard.try_iter().all(|written| written));
    }
}
