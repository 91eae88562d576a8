//! The thread that packs and merges.

use super::history::{Frozen, Shared, Work, fresh, pack, read_block};
use super::queue::Queue;
use super::rows::int;
use crate::StoreError;
use crate::history::{Merge, Piece, Segment, Tuning, View, blocks_of};
use rusqlite::{Connection, OptionalExtension, params};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

/// How long to wait before something is tried again: a piece that could not be written, a segment that somebody still reads.
const PAUSE: Duration = Duration::from_millis(200);
/// Blocks that are deleted in one transaction.
const DELETED_BLOCKS: u64 = 256;
/// The thread that packs frozen memtables, merges segments and clears away what was merged. It writes nothing itself: each
/// piece goes through the writer's queue, in short transactions.
pub(super) struct Worker {
    _alive: Arc<()>,
    connection: Connection,
    queue: Arc<Queue>,
    waiting: Receiver<Frozen>,
    shared: Arc<Shared>,
    next: u64,
    /// Segments without readers, whose blocks are to go.
    retired: Vec<u64>,
    /// Merged segments that somebody may still read.
    merged: Vec<Arc<Segment>>,
    tuning: Tuning,
}

/// The store is closing.
struct Closing;

impl Worker {
    /// Makes it: frozen memtables come in, and as long as it lives it holds the mark of its life.
    pub(super) fn open(
        connection: Connection,
        queue: Arc<Queue>,
        (waiting, alive): (Receiver<Frozen>, Arc<()>),
        (shared, tuning): (Arc<Shared>, Tuning),
    ) -> Result<Self, StoreError> {
        let (next, retired) = (fresh(&connection)?, retired(&connection)?);
        Ok(Self {
            _alive: alive,
            connection,
            queue,
            waiting,
            shared,
            next,
            retired,
            merged: Vec::new(),
            tuning,
        })
    }

    /// Works until the store is closed.
    pub(super) fn run(mut self) {
        let mut merge: Option<Merge> = None;
        loop {
            // A memtable that waits comes first: the writer may be waiting for it.
            match self.waiting.try_recv() {
                Ok(frozen) => {
                    if self.flush(&frozen).is_err() {
                        return;
                    }
                    continue;
                }
                Err(TryRecvError::Disconnected) => return,
                Err(TryRecvError::Empty) => {}
            }
            let worked = match self.work(&mut merge) {
                Ok(worked) => worked,
                Err(Closing) => return,
            };
            if !worked && self.pause().is_err() {
                return;
            }
        }
    }

    /// Waits for a memtable, for a moment if there is something to try again and for as long as it takes if not.
    fn pause(&mut self) -> Result<(), Closing> {
        let frozen = if self.merged.is_empty() && self.retired.is_empty() {
            self.waiting.recv().map_err(|_| Closing)?
        } else {
            match self.waiting.recv_timeout(PAUSE) {
                Ok(frozen) => frozen,
                Err(RecvTimeoutError::Timeout) => return Ok(()),
                Err(RecvTimeoutError::Disconnected) => return Err(Closing),
            }
        };
        self.flush(&frozen)
    }

    /// Has a piece written, as often as it takes.
    fn insist(&self, mut work: Work) -> Result<(), Closing> {
        loop {
            match self.queue.write(work) {
                None => return Err(Closing),
                Some(Ok(())) => return Ok(()),
                // The disk is full, perhaps. Commands fail too, and say so.
                Some(Err(back)) => work = back,
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn flush(&mut self, frozen: &Frozen) -> Result<(), Closing> {
        let id = self.take_id();
        self.insist(pack(&frozen.table, frozen.past, id, &self.tuning))
    }

    fn take_id(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    /// Does one piece of what is to be done. Whether there was something that could be done now.
    fn work(&mut self, merge: &mut Option<Merge>) -> Result<bool, Closing> {
        if let Some(under_way) = merge {
            return self.step(under_way).map(|done| {
                if done {
                    *merge = None;
                }
                true
            });
        }
        let (free, held) = self.merged.drain(..).partition(|segment| Arc::strong_count(segment) == 1);
        self.merged = held;
        self.retired.extend(Vec::into_iter(free).map(|segment: Arc<Segment>| segment.id));
        if let Some(sources) = self.shared.with(|view| neighbours(&view.segments, self.tuning.fan)) {
            let id = self.take_id();
            self.insist(Work::Begin(id))?;
            let forgotten = self.shared.with(|view| Arc::clone(&view.forgotten));
            *merge = Some(Merge::new(id, sources, self.tuning.block, forgotten));
            return Ok(true);
        }
        let forgotten =
            |view: &Arc<View>| view.segments.iter().find(|one| view.forgotten.has_all(one)).cloned();
        if let Some(old) = self.shared.with(forgotten) {
            let id = self.take_id();
            let Segment { level, ref entries, .. } = *old;
            let empty = Segment { id, level, entries: entries.clone(), points: 0, extents: Vec::new() };
            self.insist(Work::Swap(Arc::new(empty), vec![old.id]))?;
            self.merged.push(old);
            return Ok(true);
        }
        match self.retired.last().copied() {
            Some(id) => self.clear(id).map(|()| true),
            None => Ok(false),
        }
    }

    /// Goes on with a merge. Whether it is over.
    fn step(&mut self, merge: &mut Merge) -> Result<bool, Closing> {
        let connection = &self.connection;
        match merge.step(|id, points| read_block(connection, id, points)) {
            Ok(Piece::Blocks(blocks)) => self.insist(Work::Blocks(blocks)).map(|()| false),
            Ok(Piece::Done(segment)) => {
                let old = merge.sources.iter().map(|source| source.id).collect();
                self.insist(Work::Swap(Arc::new(segment), old))?;
                self.merged.append(&mut merge.sources);
                Ok(true)
            }
            Err(error) => {
                // What cannot be read cannot be merged. Readers are told when they come to it; so is the audit.
                tracing::error!(%error, "segments of history cannot be merged");
                self.retired.push(merge.id);
                self.tuning.fan = usize::MAX;
                Ok(true)
            }
        }
    }

    /// Deletes some blocks of a segment that nobody reads, or the segment itself when none is left.
    fn clear(&mut self, id: u64) -> Result<(), Closing> {
        let blocks = blocks_of(id);
        let first = self
            .connection
            .prepare_cached("SELECT id FROM block WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT 1")
            .and_then(|mut statement| {
                let range = params![int(blocks.start), int(blocks.end)];
                statement.query_row(range, |row| row.get::<_, i64>(0)).optional()
            });
        match first {
            Ok(Some(first)) => {
                let first = first.cast_unsigned();
                self.insist(Work::Delete(first..blocks.end.min(first + DELETED_BLOCKS)))
            }
            Ok(None) => {
                self.retired.pop();
                self.insist(Work::Forget(id))
            }
            Err(error) => {
                tracing::warn!(%error, "blocks of a merged segment stay until the next start");
                self.retired.pop();
                Ok(())
            }
        }
    }
}

/// The oldest segments of a level of which there are enough to be merged.
fn neighbours(segments: &[Arc<Segment>], fan: usize) -> Option<Vec<Arc<Segment>>> {
    let mut runs = segments.chunk_by(|a, b| a.level == b.level);
    runs.find(|run| run.len() >= fan.max(2)).map(|run| run[..fan.max(2)].to_vec())
}

/// Segments whose blocks are to go.
fn retired(connection: &Connection) -> Result<Vec<u64>, StoreError> {
    let mut statement = connection.prepare("SELECT id FROM segment WHERE live = 0")?;
    let ids = statement.query_map([], |row| Ok(row.get::<_, i64>(0)?.cast_unsigned()))?;
    Ok(ids.collect::<Result<_, _>>()?)
}
