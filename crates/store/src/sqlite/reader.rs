//! Readers: consistent views beside the writer.

use super::find::Search;
use super::history::{Shared, read_block};
use super::rows::{self, ENTRY, Tiles, damaged, decode_entity, decode_entry, int};
use crate::history::View;
use crate::{
    Due, Entry, Epoch, Find, ListingPage, Numbered, PendingDelivery, Reading, SeriesRange, StoreError,
    StoredRow, TimerRow,
};
use model::{Edition, Entity, Filter, Instant, Name, Period, SeriesKey, Urn};
use proof::{CommandId, Digest, LogId, consistency, inclusion, root};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::cell::Cell;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

thread_local! {
    /// How many views this thread holds.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// Opens one more connection.
pub(super) type Open = Box<dyn Fn() -> Result<Connection, StoreError> + Send + Sync>;

/// Connections that wait for readers. A reader that finds none waits for one; but who holds a view already would wait for
/// others that may wait in turn, and gets a connection of its own, which is closed afterwards.
pub(super) struct Pool {
    idle: Mutex<Vec<Connection>>,
    most: usize,
    open: Option<Open>,
    returned: Condvar,
    log: LogId,
    history: Arc<Shared>,
}

/// A view, held open by a read transaction on a connection of its own, with the history of that moment.
pub struct Snapshot {
    connection: Option<Connection>,
    pool: Arc<Pool>,
    history: Arc<View>,
    size: u64,
}

impl Pool {
    pub(super) fn new(idle: Vec<Connection>, open: Option<Open>, log: LogId, history: Arc<Shared>) -> Self {
        idle.iter().for_each(|c| c.set_prepared_statement_cache_capacity(64));
        let most = idle.len();
        Self { idle: Mutex::new(idle), most, open, returned: Condvar::new(), log, history }
    }

    /// Closes the connections that wait.
    pub(super) fn close(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(super) fn snapshot(pool: &Arc<Self>) -> Result<Snapshot, StoreError> {
        let connection = Some(pool.connection()?);
        HELD.set(HELD.get() + 1);
        let history = Arc::default();
        let mut snapshot = Snapshot { connection, pool: Arc::clone(pool), history, size: 0 };
        // The database is seen as of the first read after BEGIN. While that is done, history stays as it is.
        (snapshot.history, snapshot.size) = pool.history.with(|history| {
            let connection = snapshot.connection()?;
            connection.execute_batch("BEGIN")?;
            let sql = "SELECT coalesce(max(sequence) + 1, 0) FROM log";
            let size = connection.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0))?;
            Ok::<_, StoreError>((Arc::clone(history), size.cast_unsigned()))
        })?;
        Ok(snapshot)
    }

    fn connection(&self) -> Result<Connection, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.is_empty()
            && HELD.get() > 0
            && let Some(open) = &self.open
        {
            drop(idle);
            return open();
        }
        let mut idle = idle;
        loop {
            if let Some(connection) = idle.pop() {
                return Ok(connection);
            }
            idle = self.returned.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            if let Err(error) = connection.execute_batch("ROLLBACK") {
                tracing::warn!(%error, "a read transaction could not be ended");
            }
            HELD.set(HELD.get().saturating_sub(1));
            let mut idle = self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < self.pool.most {
                idle.push(connection);
                self.pool.returned.notify_one();
            }
        }
    }
}

fn urn(text: String) -> Result<Urn, StoreError> {
    Urn::new(text).map_err(damaged)
}

/// A row of the series table; `None` if it holds what is no series key.
pub(super) fn numbered(row: &Row<'_>) -> rusqlite::Result<Option<Numbered>> {
    let number = row.get::<_, i64>(0)?.cast_unsigned();
    let text = |i| row.get::<_, String>(i);
    let (entity, attribute, basis, period, edition) = (text(1)?, text(2)?, text(3)?, text(4)?, text(5)?);
    let key = || {
        Some(SeriesKey {
            entity: Urn::new(entity).ok()?,
            attribute: Name::new(attribute).ok()?,
            basis: Name::new(basis).ok()?,
            period: Period::parse(&period)?,
            edition: Edition::parse(&edition)?,
        })
    };
    Ok(key().map(|key| Numbered { number, key }))
}

impl Snapshot {
    fn connection(&self) -> Result<&Connection, StoreError> {
        self.connection.as_ref().ok_or(StoreError::Stopped)
    }

    /// The connection itself, for the audit.
    pub(super) fn raw(&self) -> Result<&Connection, StoreError> {
        self.connection()
    }

    fn tiles(&self) -> Result<Tiles<'_>, StoreError> {
        Ok(Tiles { connection: self.connection()?, size: self.size()? })
    }

    /// All rows of a query.
    fn all<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection()?.prepare_cached(sql)?;
        Ok(statement.query_map(params, read)?.collect::<Result<_, _>>()?)
    }

    /// Observations of a range, perhaps with everything that was corrected.
    fn rows_of(&self, range: SeriesRange, versions: bool) -> Result<Vec<StoredRow>, StoreError> {
        let connection = self.connection()?;
        self.history.find(range, self.size.min(range.before), versions, |id, points| {
            read_block(connection, id, points)
        })
    }

    /// The one row of a query, if there is one.
    fn one<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.connection()?.prepare_cached(sql)?.query_row(params, read).optional()?)
    }
}

impl Reading for Snapshot {
    fn log(&self) -> LogId {
        self.pool.log
    }

    fn epochs(&self) -> Result<Vec<Epoch>, StoreError> {
        self.all("SELECT number, restored FROM epoch ORDER BY number", [], |row| {
            Ok(Epoch { number: row.get(0)?, restored: row.get::<_, i64>(1)?.cast_unsigned() })
        })
    }

    fn size(&self) -> Result<u64, StoreError> {
        Ok(self.size)
    }

    fn log_time(&self) -> Result<Option<Instant>, StoreError> {
        let at =
            self.one("SELECT committed FROM log ORDER BY sequence DESC LIMIT 1", [], |row| row.get(0))?;
        Ok(at.map(Instant::from_micros))
    }

    fn entry(&self, sequence: u64) -> Result<Option<Entry>, StoreError> {
        let row = self.one(&format!("{ENTRY} WHERE sequence = ?1"), [int(sequence)], rows::entry)?;
        row.map(decode_entry).transpose()
    }

    fn command(&self, id: &CommandId) -> Result<Option<u64>, StoreError> {
        let found =
            self.one("SELECT sequence FROM command WHERE id = ?1", [&id.0[..]], |row| row.get::<_, i64>(0))?;
        Ok(found.map(i64::cast_unsigned))
    }

    fn tail(&self, from: u64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let rows = self.all(
            &format!("{ENTRY} WHERE sequence >= ?1 ORDER BY sequence LIMIT ?2"),
            params![int(from), limit],
            rows::entry,
        )?;
        rows.into_iter().map(decode_entry).collect()
    }

    fn entity(&self, urn: &Urn) -> Result<Option<Entity>, StoreError> {
        let body = self
            .one("SELECT body FROM entity WHERE urn = ?1", [urn.as_str()], |row| row.get::<_, Vec<u8>>(0))?;
        body.map(|body| decode_entity(&body)).transpose()
    }

    fn entities(&self, kind: &Name, after: Option<&Urn>, limit: u32) -> Result<Vec<Entity>, StoreError> {
        let bodies = self.all(
            "SELECT body FROM entity WHERE kind = ?1 AND urn > ?2 ORDER BY urn LIMIT ?3",
            params![kind.as_str(), after.map_or("", Urn::as_str), limit],
            |row| row.get::<_, Vec<u8>>(0),
        )?;
        bodies.iter().map(|body| decode_entity(body)).collect()
    }

    fn find(&self, filter: &Filter, find: &Find) -> Result<Vec<Entity>, StoreError> {
        Search::new(self.connection()?, filter)?.find(find)
    }

    fn latest(&self, kind: &Name) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT max(version) FROM entity WHERE kind = ?1";
        let latest = self.one(sql, [kind.as_str()], |row| row.get::<_, Option<i64>>(0))?;
        Ok(latest.flatten().map(i64::cast_unsigned))
    }

    fn count(&self, filter: &Filter, up_to: u64) -> Result<u64, StoreError> {
        Search::new(self.connection()?, filter)?.count(up_to)
    }

    fn history(&self, urn: &Urn, from: u64, limit: u32) -> Result<Vec<u64>, StoreError> {
        self.all(
            "SELECT sequence FROM history WHERE entity = (SELECT id FROM entity WHERE urn = ?1) AND sequence >= ?2
             ORDER BY sequence LIMIT ?3",
            params![urn.as_str(), int(from), limit],
            |row| Ok(row.get::<_, i64>(0)?.cast_unsigned()),
        )
    }

    fn history_latest(&self, urn: &Urn, limit: u32) -> Result<Vec<u64>, StoreError> {
        let mut latest = self.all(
            "SELECT sequence FROM history WHERE entity = (SELECT id FROM entity WHERE urn = ?1)
             ORDER BY sequence DESC LIMIT ?2",
            params![urn.as_str(), limit],
            |row| Ok(row.get::<_, i64>(0)?.cast_unsigned()),
        )?;
        latest.reverse();
        Ok(latest)
    }

    fn acts(&self, of: Option<&Urn>, before: u64, limit: u32) -> Result<Vec<u64>, StoreError> {
        let sequence = |row: &Row<'_>| Ok(row.get::<_, i64>(0)?.cast_unsigned());
        let before = i64::try_from(before).unwrap_or(i64::MAX);
        match of {
            None => self.all(
                "SELECT sequence FROM act WHERE sequence < ?1 ORDER BY sequence DESC LIMIT ?2",
                params![before, limit],
                sequence,
            ),
            Some(actor) => self.all(
                "SELECT sequence FROM act WHERE actor = ?1 AND sequence < ?2 ORDER BY sequence DESC LIMIT ?3",
                params![actor.as_str(), before, limit],
                sequence,
            ),
        }
    }

    fn key(&self, space: &Name, key: &str) -> Result<Option<Urn>, StoreError> {
        let found = self.one(
            "SELECT urn FROM key JOIN entity ON entity.id = key.entity WHERE space = ?1 AND key = ?2",
            [space.as_str(), key],
            |row| row.get(0),
        )?;
        found.map(urn).transpose()
    }

    fn listing(&self, space: &str, page: ListingPage) -> Result<Vec<Due>, StoreError> {
        let rows = self.all(
            "SELECT sort, urn FROM listing JOIN entity ON entity.id = listing.entity
             WHERE space = ?1 ORDER BY sort, listing.entity LIMIT ?3 OFFSET ?2",
            params![space, int(page.skip), page.limit],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        rows.into_iter().map(|(sort, entity)| Ok(Due { sort, entity: urn(entity)? })).collect()
    }

    fn listing_count(&self, space: &str, up_to: i64) -> Result<u64, StoreError> {
        let count = self.one(
            "SELECT count(*) FROM listing WHERE space = ?1 AND sort <= ?2",
            params![space, up_to],
            |row| row.get::<_, i64>(0),
        )?;
        Ok(count.unwrap_or(0).cast_unsigned())
    }

    fn series(&self, entity: &Urn) -> Result<Vec<Numbered>, StoreError> {
        let rows = self.all(
            "SELECT number, entity, attribute, basis, period, edition FROM series WHERE entity = ?1
             ORDER BY attribute, basis, period",
            [entity.as_str()],
            numbered,
        )?;
        rows.into_iter().map(|row| row.ok_or_else(|| damaged("series"))).collect()
    }

    fn series_key(&self, number: u64) -> Result<Option<SeriesKey>, StoreError> {
        let found = self.one(
            "SELECT number, entity, attribute, basis, period, edition FROM series WHERE number = ?1",
            [int(number)],
            numbered,
        )?;
        Ok(found.flatten().map(|numbered| numbered.key))
    }

    fn observations(&self, range: SeriesRange) -> Result<Vec<StoredRow>, StoreError> {
        self.rows_of(range, false)
    }

    fn observation_versions(&self, range: SeriesRange) -> Result<Vec<StoredRow>, StoreError> {
        self.rows_of(range, true)
    }

    fn timer(&self, id: &str) -> Result<Option<Instant>, StoreError> {
        let due = self.all("SELECT due FROM timer WHERE id = ?1", [id], |row| row.get::<_, i64>(0))?;
        Ok(due.first().map(|due| Instant::from_micros(*due)))
    }

    fn timers_due(&self, at: Instant, limit: u32) -> Result<Vec<TimerRow>, StoreError> {
        let rows = self.all(
            "SELECT id, due, entity, what FROM timer WHERE due <= ?1 ORDER BY due, id LIMIT ?2",
            params![at.micros(), limit],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?)),
        )?;
        rows.into_iter()
            .map(|(id, due, entity, what)| {
                let what = Name::new(what).map_err(damaged)?;
                Ok(TimerRow { id, due: Instant::from_micros(due), entity: urn(entity)?, what })
            })
            .collect()
    }

    fn next_timer(&self) -> Result<Option<Instant>, StoreError> {
        let due = self.one("SELECT min(due) FROM timer", [], |row| row.get::<_, Option<i64>>(0))?;
        Ok(due.flatten().map(Instant::from_micros))
    }

    fn deliveries_due(&self, now: Instant, limit: u32) -> Result<Vec<PendingDelivery>, StoreError> {
        // Only the first of each receiver: what waits behind it must not overtake it.
        self.all(
            "SELECT number, id, receiver, body, attempts FROM delivery
             WHERE number IN (SELECT min(number) FROM delivery GROUP BY receiver) AND next <= ?1
             ORDER BY number LIMIT ?2",
            params![now.micros(), limit],
            |row| {
                Ok(PendingDelivery {
                    number: row.get::<_, i64>(0)?.cast_unsigned(),
                    id: row.get(1)?,
                    receiver: row.get(2)?,
                    body: row.get(3)?,
                    attempts: row.get(4)?,
                })
            },
        )
    }

    fn cursor(&self, name: &Name) -> Result<u64, StoreError> {
        let found = self.one("SELECT sequence FROM cursor WHERE name = ?1", [name.as_str()], |row| {
            row.get::<_, i64>(0)
        })?;
        Ok(found.unwrap_or(0).cast_unsigned())
    }

    fn root(&self, size: u64) -> Result<Digest, StoreError> {
        root(&self.tiles()?, size)
    }

    fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Digest>, StoreError> {
        inclusion(&self.tiles()?, index, size)
    }

    fn consistency(&self, old: u64, size: u64) -> Result<Vec<Digest>, StoreError> {
        consistency(&self.tiles()?, old, size)
    }

    fn head_of(&self, size: u64) -> Result<Option<String>, StoreError> {
        self.one("SELECT checkpoint FROM head WHERE size = ?1 ORDER BY epoch LIMIT 1", [int(size)], |row| {
            row.get(0)
        })
    }

    fn heads(&self, limit: u32) -> Result<Vec<String>, StoreError> {
        self.all("SELECT checkpoint FROM head ORDER BY epoch DESC, size DESC LIMIT ?1", [limit], |row| {
            row.get(0)
        })
    }
}
