//! The embedded store: SQLite, one file, one writer thread with group commit, readers beside it.

mod acts;
mod audit;
mod backup;
mod facts;
mod filter;
mod find;
mod history;
mod numbers;
mod queue;
mod reader;
mod rows;
mod worker;
mod writer;

pub use audit::{AuditReport, Fault};
pub use backup::{Restored, back_up, restore};

use crate::{Clock, Commit, Housekeeping, Outcome, Pending, Reading, Store, StoreError, Tuning};
use history::Lane;
use proof::{Chance, LogId};
use queue::{Job, Queue, Serving};
use reader::{Pool, Snapshot};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::{oneshot, watch};
use writer::Writer;

/// Form of the database file: 2 has facts, 3 keeps history in blocks, 4 has editions of series, 5 forgets, 6 finds acts by
/// who did them. One of an earlier form is brought up to it; one of a later form is refused rather than misread.
const FORM: i64 = 6;
/// Connections for reading.
const READERS_MAX: usize = 8;

/// The SQLite store of one tenant.
pub struct SqliteStore {
    queue: Arc<Queue>,
    watch: watch::Receiver<u64>,
    readers: Arc<Pool>,
    writer: Option<JoinHandle<Connection>>,
    worker: Option<JoinHandle<()>>,
}

/// How a database is opened.
struct Opening<'a> {
    path: PathBuf,
    vfs: Option<&'a str>,
}

impl Opening<'_> {
    fn connect(&self, flags: OpenFlags) -> Result<Connection, StoreError> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match self.vfs {
            None => Connection::open_with_flags(&self.path, flags)?,
            Some(vfs) => Connection::open_with_flags_and_vfs(&self.path, flags, vfs)?,
        };
        connection.busy_timeout(std::time::Duration::from_secs(10))?;
        connection.pragma_update(None, "cache_size", -8192)?;
        // Without it, each value that is bound has the statement planned anew.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        Ok(connection)
    }

    /// The writer's connection: write-ahead log, every commit synced before it is acknowledged.
    fn writer(&self) -> Result<Connection, StoreError> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    }
}

fn form(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Makes the tables in an empty file, adds those that an earlier form had not, and refuses a later form.
fn prepare(connection: &Connection, chance: &dyn Chance) -> Result<LogId, StoreError> {
    let form = form(connection)?;
    if form > FORM {
        return Err(StoreError::Unusable(format!(
            "the database has form {form}; this program knows form {FORM}: use the program that wrote it"
        )));
    }
    if form < FORM {
        // One transaction: a power cut leaves either nothing or a whole database.
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        if form == 0 {
            connection.execute_batch(&format!(
                "{} INSERT INTO epoch VALUES (1, 0); INSERT INTO meta VALUES ('log', x'{}');",
                include_str!("schema.sql"),
                proof::hex(&chance.id())
            ))?;
        }
        if form < 2 {
            connection.execute_batch(include_str!("facts.sql"))?;
            facts::rebuild(connection)?;
        }
        if form < 3 {
            // Earlier forms held every observation as a row. The log has them all, and is read again.
            connection.execute_batch("DROP TABLE IF EXISTS observation")?;
            connection.execute_batch(include_str!("history.sql"))?;
        }
        if form < 4 {
            connection.execute_batch(include_str!("editions.sql"))?;
        }
        if form < 5 {
            connection.execute_batch(include_str!("forgotten.sql"))?;
        }
        if form < 6 {
            connection.execute_batch(include_str!("acts.sql"))?;
            acts::rebuild(connection)?;
        }
        connection.pragma_update(None, "user_version", FORM)?;
        transaction.commit()?;
    }
    let log: [u8; 16] =
        connection.query_row("SELECT value FROM meta WHERE name = 'log'", [], |row| row.get(0))?;
    Ok(LogId(log))
}

impl SqliteStore {
    /// Opens, or makes, the database at a path.
    pub fn open(path: &Path, clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Result<Self, StoreError> {
        Self::open_on(path, (None, Tuning::default()), clock, chance)
    }

    /// The same with history kept another way, and on a virtual file system by name: how tests see every move of history
    /// often, and drop unsynced writes.
    pub fn open_on(
        path: &Path,
        (vfs, tuning): (Option<&str>, Tuning),
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, StoreError> {
        let opening = Opening { path: path.to_owned(), vfs };
        let connection = opening.writer()?;
        let log = prepare(&connection, chance.as_ref())?;
        let reader = || opening.connect(OpenFlags::SQLITE_OPEN_READ_ONLY);
        let readers = (0..READERS_MAX).map(|_| reader()).collect::<Result<Vec<_>, _>>()?;
        let (own, on) = (path.to_owned(), vfs.map(str::to_owned));
        let spare: reader::Open = Box::new(move || {
            Opening { path: own.clone(), vfs: on.as_deref() }.connect(OpenFlags::SQLITE_OPEN_READ_ONLY)
        });
        let queue = Arc::<Queue>::default();
        let mut lane = Lane::open(&connection, tuning)?;
        let shared = lane.shared();
        let worker = lane.worker(reader()?, Arc::clone(&queue))?;
        let writer = Writer::open(connection, log, clock, chance, lane)?;
        let (tell, watch) = watch::channel(writer.size());
        let thread = |name: &str| std::thread::Builder::new().name(name.to_owned());
        let failed = |source| StoreError::file(path, source);
        let serving = Serving(Arc::clone(&queue));
        let mut store = Self {
            queue,
            watch,
            readers: Arc::new(Pool::new(readers, Some(spare), log, shared)),
            writer: None,
            worker: None,
        };
        store.writer =
            Some(thread("store-writer").spawn(move || writer.run(serving, &tell)).map_err(failed)?);
        store.worker = Some(thread("store-history").spawn(move || worker.run()).map_err(failed)?);
        Ok(store)
    }

    /// A consistent view that outlives a borrow of the store.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Pool::snapshot(&self.readers)
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.readers.close();
        // The writer finishes what is queued, then its thread ends, and the other one with it. The writer's connection closes
        // last: only then is the write-ahead log merged and removed.
        self.queue.close();
        let connection = self.writer.take().map(JoinHandle::join);
        let worker = self.worker.take().map(JoinHandle::join);
        if matches!(connection, Some(Err(_))) || matches!(worker, Some(Err(_))) {
            tracing::error!("a thread of the store ended badly");
        }
    }
}

impl Store for SqliteStore {
    fn submit(&self, commit: Commit) -> Result<Pending<Outcome>, StoreError> {
        commit.check()?;
        let (reply, pending) = oneshot::channel();
        self.queue.push(Job::Commit(Box::new(commit), reply))?;
        Ok(pending)
    }

    fn keep(&self, work: Housekeeping) -> Result<Pending<()>, StoreError> {
        let (reply, pending) = oneshot::channel();
        self.queue.push(Job::Keep(work, reply))?;
        Ok(pending)
    }

    fn read(&self) -> Result<Box<dyn Reading + '_>, StoreError> {
        Ok(Box::new(self.snapshot()?))
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.watch.clone()
    }
}
