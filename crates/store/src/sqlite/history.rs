//! History in the database: what the writer writes of it, and how it is found again at start.

use super::queue::Queue;
use super::rows::{damaged, int};
use super::worker::Worker;
use crate::StoreError;
use crate::history::{Cutter, Extent, Forgotten, Memtable, Point, Segment, Tuning, View, blocks_of, decode};
use model::{Batch, Item, Value, from_canonical};
use rusqlite::{Connection, params};
use std::ops::Range;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, PoisonError, RwLock, Weak};

/// Log entries that are read at once at start.
const REPLAYED_ENTRIES: u32 = 1000;

/// The view that readers begin with. It is replaced whole.
#[derive(Default)]
pub(super) struct Shared(RwLock<Arc<View>>);

impl Shared {
    /// Calls something with the present view, which stays the present one for so long.
    pub(super) fn with<T>(&self, then: impl FnOnce(&Arc<View>) -> T) -> T {
        then(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change(&self, change: impl FnOnce(&mut View)) {
        let mut view = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = View::clone(&view);
        change(&mut next);
        *view = Arc::new(next);
    }
}

/// Reads a block.
pub(super) fn read_block(connection: &Connection, id: u64, out: &mut Vec<Point>) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached("SELECT body FROM block WHERE id = ?1")?;
    let mut rows = statement.query([int(id)])?;
    let row = rows.next()?.ok_or_else(|| damaged(format!("block {id} of history is not there")))?;
    Ok(decode(row.get_ref(0)?.as_blob().map_err(damaged)?, out)?)
}

/// What the writer writes of history.
pub(super) enum Work {
    /// The frozen memtable as a segment.
    Flush(Arc<Segment>, Vec<Vec<u8>>),
    /// A merge begins: its segment is not live yet.
    Begin(u64),
    /// Blocks of a merge, by id.
    Blocks(Vec<(u64, Vec<u8>)>),
    /// A merge is done: its segment takes the places of others, which are not live any more.
    Swap(Arc<Segment>, Vec<u64>),
    /// Blocks that nobody reads, by id.
    Delete(Range<u64>),
    /// A segment that is not live, and without blocks.
    Forget(u64),
}

impl Work {
    /// Writes it, within the transaction of the caller.
    pub(super) fn write(&self, connection: &Connection) -> Result<(), StoreError> {
        let run = |sql: &str, params: &[&dyn rusqlite::ToSql]| {
            connection.prepare_cached(sql).and_then(|mut statement| statement.execute(params))
        };
        match self {
            Self::Flush(segment, blocks) => {
                let ids = blocks_of(segment.id).start..;
                ids.zip(blocks).try_for_each(|(id, body)| write_block(connection, id, body))?;
                write_segment(connection, segment)?;
            }
            Self::Begin(id) => {
                run("INSERT INTO segment VALUES (?1, 0, 0, 0, 0, 0, x'')", &[&int(*id)])?;
            }
            Self::Blocks(blocks) => {
                blocks.iter().try_for_each(|(id, body)| write_block(connection, *id, body))?;
            }
            Self::Swap(segment, old) => {
                for id in old {
                    run("UPDATE segment SET live = 0 WHERE id = ?1", &[&int(*id)])?;
                }
                write_segment(connection, segment)?;
            }
            Self::Delete(ids) => {
                run("DELETE FROM block WHERE id >= ?1 AND id < ?2", &[&int(ids.start), &int(ids.end)])?;
            }
            Self::Forget(id) => {
                run("DELETE FROM segment WHERE id = ?1 AND live = 0", &[&int(*id)])?;
            }
        }
        Ok(())
    }
}

fn write_block(connection: &Connection, id: u64, body: &[u8]) -> Result<(), StoreError> {
    connection.prepare_cached("INSERT INTO block VALUES (?1, ?2)")?.execute(params![int(id), body])?;
    Ok(())
}

fn write_segment(connection: &Connection, segment: &Segment) -> Result<(), StoreError> {
    let Segment { id, level, entries, points, .. } = segment;
    connection.prepare_cached("INSERT OR REPLACE INTO segment VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6)")?.execute(
        params![int(*id), level, int(entries.start), int(entries.end), int(*points), segment.packed()],
    )?;
    Ok(())
}

/// Live segments, oldest first.
pub(super) fn segments(connection: &Connection) -> Result<Vec<Arc<Segment>>, StoreError> {
    let sql =
        "SELECT id, level, first, past, points, extents FROM segment WHERE live = 1 ORDER BY first, past";
    let mut statement = connection.prepare(sql)?;
    let number =
        |row: &rusqlite::Row<'_>, i| Ok::<u64, rusqlite::Error>(row.get::<_, i64>(i)?.cast_unsigned());
    let rows = statement.query_map([], |row| {
        let entries = number(row, 2)?..number(row, 3)?;
        let extents = Extent::unpack(row.get_ref(5)?.as_blob()?);
        Ok((number(row, 0)?, row.get(1)?, entries, number(row, 4)?, extents))
    })?;
    rows.map(|row| {
        let (id, level, entries, points, extents) = row?;
        let extents = extents.ok_or_else(|| damaged("index of a segment of history"))?;
        Ok(Arc::new(Segment { id, level, entries, points, extents }))
    })
    .collect()
}

/// What is not told any more.
pub(super) fn forgotten(connection: &Connection) -> Result<Forgotten, StoreError> {
    let mut all = Forgotten::default();
    let mut statement = connection.prepare("SELECT series, before FROM forgotten")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        all.add(row.get(0)?, row.get(1)?);
    }
    Ok(all)
}

/// The batch of a log row's body, if it has one and nothing else.
pub(super) fn nothing_but_a_batch(body: &[u8]) -> Option<Batch> {
    let held = from_canonical(body).ok()?;
    (held.as_list().len() == 1).then(|| batch(body)).flatten()
}

/// The batch of a log row's body, if it has one.
pub(super) fn batch(body: &[u8]) -> Option<Batch> {
    let body = from_canonical(body).ok()?;
    let items = body.as_list().iter().filter_map(Value::as_bytes);
    items.filter_map(|item| Item::from_bytes(item).ok()).find_map(|item| match item {
        Item::Batch(batch) => Some(batch),
        _ => None,
    })
}

/// A batch's rows as points.
pub(super) fn points(rows: &[model::Row], sequence: u64) -> impl Iterator<Item = Point> + '_ {
    rows.iter().filter_map(move |row| {
        Some(Point {
            observed: row.observed.micros(),
            sequence,
            // The log keeps no negative zero; nor does history.
            value: row.value + 0.0,
            series: u32::try_from(row.series).ok()?,
            flag: row.flag.0,
        })
    })
}

/// A frozen memtable as a segment and its blocks.
pub(super) fn pack(table: &Memtable, past: u64, id: u64, tuning: &Tuning) -> Work {
    let mut cutter = Cutter::new(tuning.block);
    table.sorted(|point| cutter.push(point));
    cutter.cut();
    let Cutter { bodies, extents, points, .. } = cutter;
    Work::Flush(Arc::new(Segment { id, level: 0, entries: table.first..past, points, extents }), bodies)
}

/// The writer's side: the live memtable, and what becomes of it.
pub(super) struct Lane {
    shared: Arc<Shared>,
    live: Arc<Memtable>,
    frozen: Option<SyncSender<Frozen>>,
    /// Whether the thread that packs is alive.
    worker: Weak<()>,
    tuning: Tuning,
}

/// A memtable to which nothing is added, and the first entry that it does not hold.
pub(super) struct Frozen {
    pub table: Arc<Memtable>,
    pub past: u64,
}

impl Lane {
    /// Finds history as the database has it, and reads again what the log has beyond. What does not fit in memory is
    /// written at once.
    pub(super) fn open(connection: &Connection, tuning: Tuning) -> Result<Self, StoreError> {
        let forgotten = Arc::new(forgotten(connection)?);
        let mut view = View { segments: segments(connection)?, tables: Vec::new(), forgotten };
        if !view.is_whole() {
            return Err(damaged("segments of history do not follow each other"));
        }
        let last = "SELECT coalesce(max(sequence) + 1, 0) FROM log";
        if connection.query_row(last, [], |row| row.get::<_, i64>(0))? < int(view.watermark()) {
            return Err(damaged("the log ends before the history that was made of it"));
        }
        let mut live = Memtable::new(view.watermark());
        let mut next = view.watermark();
        loop {
            let read = replay(connection, &live, next, REPLAYED_ENTRIES)?;
            next += read;
            if read == 0 {
                break;
            }
            if full(&tuning, &live, next) {
                let work = pack(&live, next, fresh(connection)?, &tuning);
                let transaction = connection.unchecked_transaction()?;
                work.write(connection)?;
                transaction.commit()?;
                if let Work::Flush(segment, _) = work {
                    view.segments.push(segment);
                }
                live = Memtable::new(next);
            }
        }
        let live = Arc::new(live);
        view.tables.push(Arc::clone(&live));
        let shared = Arc::new(Shared(RwLock::new(Arc::new(view))));
        Ok(Self { shared, live, frozen: None, worker: Weak::new(), tuning })
    }

    /// What readers begin with.
    pub(super) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Starts the thread that packs and merges.
    pub(super) fn worker(&mut self, connection: Connection, queue: Arc<Queue>) -> Result<Worker, StoreError> {
        let (frozen, waiting) = sync_channel(1);
        let alive = Arc::new(());
        (self.frozen, self.worker) = (Some(frozen), Arc::downgrade(&alive));
        Worker::open(connection, queue, (waiting, alive), (self.shared(), self.tuning))
    }

    /// Adds what a command observed. A reader does not see it before the command is on disk.
    pub(super) fn add(&self, rows: &[model::Row], sequence: u64) {
        self.live.push(points(rows, sequence));
    }

    /// What is not told any more.
    pub(super) fn forgotten(&self) -> Arc<Forgotten> {
        self.shared.with(|view| Arc::clone(&view.forgotten))
    }

    /// Forgets what series observed before a time, for readers that begin now.
    pub(super) fn forget(&self, series: &[u32], before: i64) {
        self.shared.change(|view| {
            let mut forgotten = Forgotten::clone(&view.forgotten);
            series.iter().for_each(|series| forgotten.add(*series, before));
            view.forgotten = Arc::new(forgotten);
        });
    }

    /// Whether the writer has to wait for the last memtable to be written. Nobody would end its wait if the thread that packs
    /// has fallen; then memory grows until the next start, and the log has everything.
    pub(super) fn is_full(&self, size: u64) -> bool {
        full(&self.tuning, &self.live, size)
            && self.worker.strong_count() > 0
            && self.shared.with(|view| view.tables.len() > 1)
    }

    /// After a group: freezes a full memtable if the last one is written.
    pub(super) fn turn(&mut self, size: u64) {
        let Some(frozen) = self.frozen.as_ref().filter(|_| full(&self.tuning, &self.live, size)) else {
            return;
        };
        if self.shared.with(|view| view.tables.len() > 1) {
            return;
        }
        let table = std::mem::replace(&mut self.live, Arc::new(Memtable::new(size)));
        self.shared.change(|view| view.tables.push(Arc::clone(&self.live)));
        if frozen.try_send(Frozen { table, past: size }).is_err() {
            tracing::warn!("a memtable is not packed: the thread that packs has ended");
            self.frozen = None;
        }
    }

    /// After a group that was not written: forgets what it added.
    pub(super) fn reload(&mut self, connection: &Connection, size: u64) -> Result<(), StoreError> {
        let live = Memtable::new(self.live.first);
        let mut next = live.first;
        while next < size {
            next += replay(connection, &live, next, REPLAYED_ENTRIES)?.max(1);
        }
        self.live = Arc::new(live);
        self.shared.change(|view| {
            view.tables.pop();
            view.tables.push(Arc::clone(&self.live));
        });
        Ok(())
    }

    /// A piece of history is on disk: readers that begin now see it so.
    pub(super) fn written(&self, work: &Work) {
        match work {
            Work::Flush(segment, _) => self.shared.change(|view| {
                view.segments.push(Arc::clone(segment));
                view.tables.retain(|table| table.first >= segment.entries.end);
            }),
            Work::Swap(segment, old) => self.shared.change(|view| {
                let at = view.segments.iter().position(|held| old.contains(&held.id)).unwrap_or(0);
                view.segments.retain(|held| !old.contains(&held.id));
                view.segments.insert(at, Arc::clone(segment));
            }),
            Work::Begin(_) | Work::Blocks(_) | Work::Delete(_) | Work::Forget(_) => {}
        }
    }
}

fn full(tuning: &Tuning, live: &Memtable, size: u64) -> bool {
    live.len() >= tuning.points || size.saturating_sub(live.first) >= tuning.entries
}

/// Adds what some entries of the log observed. Says how many were read.
fn replay(connection: &Connection, live: &Memtable, from: u64, limit: u32) -> Result<u64, StoreError> {
    let sql = "SELECT sequence, body FROM log WHERE sequence >= ?1 ORDER BY sequence LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![int(from), limit])?;
    let mut read = 0;
    while let Some(row) = rows.next()? {
        let sequence = row.get::<_, i64>(0)?.cast_unsigned();
        // A body that does not read is damage, which the audit names; what stands beside it is kept.
        if let Some(batch) = row.get_ref(1)?.as_blob().ok().and_then(batch) {
            live.push(points(&batch.rows, sequence));
        }
        read += 1;
    }
    Ok(read)
}

/// An id that no segment has or had.
pub(super) fn fresh(connection: &Connection) -> Result<u64, StoreError> {
    let greatest: i64 =
        connection.query_row("SELECT coalesce(max(id), 0) FROM segment", [], |row| row.get(0))?;
    Ok(greatest.cast_unsigned() + 1)
}
