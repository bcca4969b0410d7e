//! A thread for the store.

use crate::{Result, Store, StoreError};
use std::fmt;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

/// How many jobs may wait.
const QUEUE: usize = 1024;

/// How many posted jobs share one transaction at the most: bounds what one lost commit takes along.
const BATCH: usize = 256;

type Work = Box<dyn FnOnce(&mut Store) -> Result<()> + Send>;

enum Job {
    /// Runs by itself; tells its answer by itself.
    Alone(Box<dyn FnOnce(&mut Store) + Send>),
    /// Shares a transaction with those that wait beside it.
    Posted(Work),
    /// The last one.
    Stop,
}

/// Owns the thread that owns the store. Dropping it, or [`Writer::stop`], finishes what is queued and closes
/// the file.
pub struct Writer {
    jobs: SyncSender<Job>,
    thread: Option<JoinHandle<Store>>,
}

/// Sends jobs to the store; clone it freely. Jobs run in the order they were sent.
#[derive(Clone)]
pub struct StoreHandle {
    jobs: SyncSender<Job>,
}

impl Writer {
    /// Starts the thread. `on_error` hears of posted jobs that failed, on the store's thread.
    ///
    /// # Errors
    /// [`StoreError::File`] when the operating system gives no thread.
    pub fn spawn(store: Store, on_error: impl FnMut(StoreError) + Send + 'static) -> Result<Self> {
        let path = store.path().to_owned();
        let (jobs, queue) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("store".into())
            .spawn(move || serve(store, &queue, on_error))
            .map_err(|source| StoreError::File { path, source })?;
        Ok(Self { jobs, thread: Some(thread) })
    }

    /// A way to send it jobs.
    pub fn handle(&self) -> StoreHandle {
        StoreHandle { jobs: self.jobs.clone() }
    }

    /// Finishes what is queued and gives the store back; later jobs get [`StoreError::Stopped`].
    ///
    /// # Errors
    /// [`StoreError::Stopped`] when the thread has ended before.
    pub fn stop(mut self) -> Result<Store> {
        self.join().ok_or(StoreError::Stopped)
    }

    fn join(&mut self) -> Option<Store> {
        let thread = self.thread.take()?;
        // Fails only when the thread is gone; then there is nothing to stop.
        let _ = self.jobs.send(Job::Stop);
        thread.join().ok()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.join());
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl fmt::Debug for StoreHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("StoreHandle").finish_non_exhaustive()
    }
}

impl StoreHandle {
    /// Runs a job and waits for its answer. Blocks; not for async code. Each call of the store is a
    /// transaction by itself; a job that needs several to hold together uses [`Store::atomic`].
    ///
    /// # Errors
    /// Those of the job; [`StoreError::Stopped`].
    pub fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Store) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answers) = sync_channel(1);
        let alone = Job::Alone(Box::new(move |store| {
            // Fails only when the caller is gone.
            let _ = answer.send(job(store));
        }));
        self.jobs.send(alone).map_err(|_| StoreError::Stopped)?;
        answers.recv().map_err(|_| StoreError::Stopped)?
    }

    /// Like [`StoreHandle::call`] without waiting: hands the answer to `answer` on the store's thread (send
    /// it into a oneshot channel).
    ///
    /// # Errors
    /// [`StoreError::Busy`] when the queue is full, [`StoreError::Stopped`].
    pub fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Store) -> Result<T> + Send + 'static,
        answer: impl FnOnce(Result<T>) + Send + 'static,
    ) -> Result<()> {
        self.try_send(Job::Alone(Box::new(move |store| answer(job(store)))))
    }

    /// Leaves a job behind; jobs that wait together share one transaction (one sync of the disk), and a
    /// failing one undoes only itself. Does not wait.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when the queue is full, [`StoreError::Stopped`].
    pub fn post(&self, job: impl FnOnce(&mut Store) -> Result<()> + Send + 'static) -> Result<()> {
        self.try_send(Job::Posted(Box::new(job)))
    }

    fn try_send(&self, job: Job) -> Result<()> {
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Busy,
            TrySendError::Disconnected(_) => StoreError::Stopped,
        })
    }
}

fn serve(mut store: Store, queue: &Receiver<Job>, mut on_error: impl FnMut(StoreError)) -> Store {
    let mut next = queue.recv().ok();
    while let Some(job) = next.take() {
        match job {
            Job::Alone(work) => work(&mut store),
            Job::Posted(first) => next = run_batch(&mut store, first, queue, &mut on_error),
            Job::Stop => break,
        }
        if next.is_none() {
            next = queue.recv().ok();
        }
    }
    store
}

/// Runs posted jobs in one transaction; returns the job that ended the batch.
fn run_batch(
    store: &mut Store,
    first: Work,
    queue: &Receiver<Job>,
    on_error: &mut impl FnMut(StoreError),
) -> Option<Job> {
    let mut next = None;
    let done = store.atomic(|store| {
        let mut work = Some(first);
        let mut ran = 0;
        while let Some(job) = work.take() {
            if let Err(error) = store.atomic(job) {
                if store.db.conn().is_autocommit() {
                    // SQLite gave up the whole transaction, the earlier jobs included.
                    return Err(error);
                }
                on_error(error);
            }
            ran += 1;
            match (ran < BATCH).then(|| queue.try_recv().ok()).flatten() {
                Some(Job::Posted(job)) => work = Some(job),
                other => next = other,
            }
        }
        Ok(())
    });
    if let Err(error) = done {
        on_error(error);
    }
    next
}
