//! The embedded store: SQLite, one file, one writer thread with group commit, readers beside it.

mod audit;
mod backup;
mod facts;
mod filter;
mod find;
mod reader;
mod rows;
mod writer;

pub use audit::{AuditReport, Fault};
pub use backup::{Restored, back_up, restore};

use crate::{Clock, Commit, Housekeeping, Outcome, Pending, Reading, Store, StoreError};
use proof::{Chance, LogId};
use reader::{Pool, Snapshot};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot, watch};
use writer::{Job, Writer};

/// Form of the database file: 2 has facts. One of an earlier form is brought up to it; one of a later form is refused
/// rather than misread.
const FORM: i64 = 2;
/// Commands waiting for the writer. Beyond it, doors are told to come again.
const QUEUE_MAX: usize = 4096;
/// Connections for reading.
const READERS_MAX: usize = 8;

/// The SQLite store of one tenant.
pub struct SqliteStore {
    jobs: Option<mpsc::Sender<Job>>,
    watch: watch::Receiver<u64>,
    readers: Arc<Pool>,
    writer: Mutex<Option<JoinHandle<()>>>,
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
        connection.execute_batch(include_str!("facts.sql"))?;
        facts::rebuild(connection)?;
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
        Self::open_on(path, None, clock, chance)
    }

    /// The same on a virtual file system by name: how tests drop unsynced writes.
    pub fn open_on(
        path: &Path,
        vfs: Option<&str>,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, StoreError> {
        let opening = Opening { path: path.to_owned(), vfs };
        let connection = opening.writer()?;
        let log = prepare(&connection, chance.as_ref())?;
        let readers = (0..READERS_MAX)
            .map(|_| opening.connect(OpenFlags::SQLITE_OPEN_READ_ONLY))
            .collect::<Result<Vec<_>, _>>()?;
        let (jobs, queue) = mpsc::channel(QUEUE_MAX);
        let writer = Writer::open(connection, log, clock, chance)?;
        let (tell, watch) = watch::channel(writer.size());
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.run(queue, &tell))
            .map_err(|source| StoreError::file(path, source))?;
        Ok(Self {
            jobs: Some(jobs),
            watch,
            readers: Arc::new(Pool::new(readers, log)),
            writer: Mutex::new(Some(thread)),
        })
    }

    fn send(&self, job: Job) -> Result<(), StoreError> {
        let jobs = self.jobs.as_ref().ok_or(StoreError::Stopped)?;
        jobs.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => StoreError::Stopped,
        })
    }

    /// A consistent view that outlives a borrow of the store.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Pool::snapshot(&self.readers)
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // Readers go first, so that the writer closes last: only then is the write-ahead log merged and removed.
        self.readers.close();
        // The writer finishes what is queued, then its thread ends.
        self.jobs = None;
        let thread = self.writer.lock().ok().and_then(|mut thread| thread.take());
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the store's writer thread ended badly");
        }
    }
}

impl Store for SqliteStore {
    fn submit(&self, commit: Commit) -> Result<Pending<Outcome>, StoreError> {
        commit.check()?;
        let (reply, pending) = oneshot::channel();
        self.send(Job::Commit(Box::new(commit), reply))?;
        Ok(pending)
    }

    fn keep(&self, work: Housekeeping) -> Result<Pending<()>, StoreError> {
        let (reply, pending) = oneshot::channel();
        self.send(Job::Keep(work, reply))?;
        Ok(pending)
    }

    fn read(&self) -> Result<Box<dyn Reading + '_>, StoreError> {
        Ok(Box::new(self.snapshot()?))
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.watch.clone()
    }
}
