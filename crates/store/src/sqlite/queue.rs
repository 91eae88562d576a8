//! What waits for the writer: commands, and pieces of history to be written in the same transactions.

use super::history::Work;
use crate::{Commit, Housekeeping, Outcome, StoreError};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use tokio::sync::oneshot;

/// Commands waiting for the writer. Beyond it, doors are told to come again.
const QUEUE_MAX: usize = 4096;
/// Commands in one transaction. It bounds both the wait of the first and the work lost if the group fails.
const GROUP_MAX: usize = 512;

/// Work for the writer, and where its answer goes.
pub(super) enum Job {
    Commit(Box<Commit>, oneshot::Sender<Result<Outcome, StoreError>>),
    Keep(Housekeeping, oneshot::Sender<Result<(), StoreError>>),
}

/// A piece of history, and where it is told that it is on disk. One that could not be written comes back.
pub(super) type Piece = (Work, mpsc::SyncSender<Result<(), Work>>);

/// What the writer does next, in one transaction.
#[derive(Default)]
pub(super) struct Group {
    pub jobs: Vec<Job>,
    pub pieces: Vec<Piece>,
}

/// The queue. Commands beyond its length are refused; pieces of history are never many, for each waits for its answer.
#[derive(Default)]
pub(super) struct Queue {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Default)]
struct Inner {
    jobs: VecDeque<Job>,
    pieces: Vec<Piece>,
    closed: bool,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands over a command.
    pub(super) fn push(&self, job: Job) -> Result<(), StoreError> {
        let mut inner = self.lock();
        if inner.closed {
            return Err(StoreError::Stopped);
        }
        if inner.jobs.len() >= QUEUE_MAX {
            return Err(StoreError::Busy);
        }
        inner.jobs.push_back(job);
        drop(inner);
        self.changed.notify_one();
        Ok(())
    }

    /// Hands over a piece of history, and waits until it is on disk. Whether it is; `None` when the store is closing.
    pub(super) fn write(&self, work: Work) -> Option<Result<(), Work>> {
        let (reply, answer) = mpsc::sync_channel(1);
        let mut inner = self.lock();
        if inner.closed {
            return None;
        }
        inner.pieces.push((work, reply));
        drop(inner);
        self.changed.notify_one();
        answer.recv().ok()
    }

    /// Waits for work. While `full`, commands wait for history to make room. `None` when everything is done and closed.
    pub(super) fn next(&self, full: bool) -> Option<Group> {
        let idle = |inner: &mut Inner| {
            let commands = !inner.jobs.is_empty() && (!full || inner.closed);
            !commands && inner.pieces.is_empty() && !inner.closed
        };
        let inner = self.lock();
        let mut inner = self.changed.wait_while(inner, idle).unwrap_or_else(PoisonError::into_inner);
        let count = if full && !inner.closed { 0 } else { inner.jobs.len().min(GROUP_MAX) };
        let group =
            Group { jobs: inner.jobs.drain(..count).collect(), pieces: std::mem::take(&mut inner.pieces) };
        (!group.jobs.is_empty() || !group.pieces.is_empty()).then_some(group)
    }

    /// Refuses everything from now on. What waits is still done.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }
}

/// Held by the writer's thread. However it ends, nobody waits for it any longer.
pub(super) struct Serving(pub Arc<Queue>);

impl Drop for Serving {
    fn drop(&mut self) {
        let mut inner = self.0.lock();
        *inner = Inner { closed: true, ..Inner::default() };
    }
}
