//! A thread for the store.

use crate::{Result, Store, StoreError};

/// Owns the thread that owns the store. Dropping it (or [`Writer::stop`]) finishes what is queued and closes the file.
#[derive(Debug)]
pub struct Writer {}

/// Sends jobs to the store; clone it freely. Jobs run in the order they were sent.
#[derive(Clone, Debug)]
pub struct StoreHandle {}

impl Writer {
    /// Starts the thread. `on_error` hears of posted jobs that failed, on the store's thread.
    pub fn spawn(store: Store, on_error: impl FnMut(StoreError) + Send + 'static) -> Result<Self> {
        let _ = (store, on_error);
        todo!()
    }
    /// A way to send it jobs.
    pub fn handle(&self) -> StoreHandle {
        todo!()
    }
    /// Finishes what is queued and gives the store back.
    pub fn stop(self) -> Result<Store> {
        todo!()
    }
}

impl StoreHandle {
    /// Runs a job in a transaction of its own and waits for its answer. Blocks; not for async code.
    pub fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Store) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let _ = job;
        todo!()
    }
    /// Runs a job in a transaction of its own and hands its answer to `answer`, on the store's thread
    /// (send it into a oneshot channel). Does not wait.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when the queue is full, [`StoreError::Stopped`].
    pub fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Store) -> Result<T> + Send + 'static,
        answer: impl FnOnce(Result<T>) + Send + 'static,
    ) -> Result<()> {
        let _ = (job, answer);
        todo!()
    }
    /// Leaves a job behind; jobs that wait together share one transaction, and a failing one undoes only
    /// itself. Does not wait.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when the queue is full, [`StoreError::Stopped`].
    pub fn post(&self, job: impl FnOnce(&mut Store) -> Result<()> + Send + 'static) -> Result<()> {
        let _ = job;
        todo!()
    }
}
