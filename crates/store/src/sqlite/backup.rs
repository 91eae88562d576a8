//! Back-up beside a running city, and restore into a new epoch.
//!
//! A back-up has no keys: they are in the vault, which is backed up apart (`Vault::back_up`). A restored log goes on
//! under a new epoch, whose first leaf names the head that was restored and so voids what came after it.

use super::{Opening, SqliteStore};
use crate::{Clock, Commit, Outcome, Reading, Store, StoreError};
use model::{Change, Name, Urn, Value, map};
use proof::{Chance, CommandId, hex};
use rusqlite::backup::Backup;
use rusqlite::{OpenFlags, params};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Pages copied before the writer is let in again.
const STEP_PAGES: i32 = 1024;

/// Copies the database at `from`, which may be in use, to a new file.
pub fn back_up(from: &Path, to: &Path) -> Result<(), StoreError> {
    if to.exists() {
        return Err(StoreError::Unusable(format!("{} exists: name a new file", to.display())));
    }
    let source = Opening { path: from.to_owned(), vfs: None }.connect(OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    // One read transaction over the whole copy: otherwise each commit of the city would start it again.
    source.execute_batch("BEGIN; SELECT 1 FROM meta LIMIT 1;")?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut target = Opening { path: to.to_owned(), vfs: None }.connect(flags)?;
    Backup::new(&source, &mut target)?.run_to_completion(STEP_PAGES, Duration::ZERO, None)?;
    // One self-contained file: what holds it may be read-only.
    target.pragma_update(None, "journal_mode", "DELETE")?;
    Ok(())
}

/// What a restore did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The epoch that it opened.
    pub epoch: u32,
    /// Where the database went that was there before.
    pub aside: Option<PathBuf>,
}

/// Makes a database at `to` from a back-up, and opens a new epoch in it. What was there is kept aside, and only when
/// the new one is whole: a restore that is refused or broken off takes nothing away.
pub fn restore(
    from: &Path,
    to: &Path,
    actor: &Urn,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<Restored, StoreError> {
    if !from.is_file() {
        return Err(StoreError::Unusable(format!("{} is no back-up: there is no such file", from.display())));
    }
    let part = to.with_extension("restoring");
    remove_database(&part)?;
    std::fs::copy(from, &part).map_err(|source| StoreError::file(&part, source))?;
    let epoch = open_epoch(&part, actor, clock, chance)?;
    let aside = set_aside(to)?;
    // Without its database a write-ahead log belongs to nothing, and must not be replayed into another one.
    remove_database(to)?;
    std::fs::rename(&part, to).map_err(|source| StoreError::file(to, source))?;
    Ok(Restored { epoch, aside })
}

/// A database's file and those that SQLite keeps beside it.
fn with_tail(path: &Path, tail: &str) -> PathBuf {
    PathBuf::from(format!("{}{tail}", path.display()))
}

/// Removes a database with everything beside it.
fn remove_database(path: &Path) -> Result<(), StoreError> {
    ["-wal", "-shm", "-journal", ""].iter().try_for_each(|tail| remove_if_there(&with_tail(path, tail)))
}

/// Renames a database out of the way, if there is one.
fn set_aside(path: &Path) -> Result<Option<PathBuf>, StoreError> {
    if !path.exists() {
        return Ok(None);
    }
    // Merging its write-ahead log makes it one file. A damaged database cannot be merged; then the log goes first, so
    // that it is never left behind alone.
    let merged = Opening { path: path.to_owned(), vfs: None }
        .writer()
        .and_then(|connection| Ok(connection.pragma_update(None, "journal_mode", "DELETE")?));
    if let Err(error) = merged {
        tracing::warn!(%error, "the database that is set aside cannot be opened");
    }
    let free = (1u32..).map(|n| path.with_extension(format!("db.aside-{n}"))).find(|path| !path.exists());
    let aside =
        free.ok_or_else(|| StoreError::Unusable("no free name to set the database aside".to_owned()))?;
    for tail in ["-wal", ""] {
        let from = with_tail(path, tail);
        if from.exists() {
            std::fs::rename(&from, with_tail(&aside, tail))
                .map_err(|source| StoreError::file(&from, source))?;
        }
    }
    Ok(Some(aside))
}

fn remove_if_there(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(StoreError::file(path, source)),
        _ => Ok(()),
    }
}

fn open_epoch(
    path: &Path,
    actor: &Urn,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<u32, StoreError> {
    let connection = Opening { path: path.to_owned(), vfs: None }.writer()?;
    let size: i64 =
        connection.query_row("SELECT coalesce(max(sequence) + 1, 0) FROM log", [], |row| row.get(0))?;
    let before: u32 = connection.query_row("SELECT max(number) FROM epoch", [], |row| row.get(0))?;
    // Numbered by the second of its opening: two restores of one back-up must not share an epoch, for each signs
    // another tree under the epoch's origin.
    let seconds = u32::try_from(clock.now().micros() / 1_000_000).unwrap_or(u32::MAX);
    let epoch = seconds.max(before + 1);
    connection.execute("INSERT INTO epoch VALUES (?1, ?2)", params![epoch, size])?;
    drop(connection);

    let command = CommandId(chance.id());
    let store = SqliteStore::open(path, clock, chance)?;
    let root = store.snapshot()?.root(size.cast_unsigned())?;
    let mut commit = Commit::new(command, actor.clone(), name("restore")?, "restored from a back-up");
    commit.changes.push(Change {
        entity: Urn::new(format!("urn:ngsi-ld:Log:{}", store.snapshot()?.log()))
            .map_err(super::rows::damaged)?,
        kind: name("Log")?,
        verb: name("restore")?,
        set: std::collections::BTreeMap::new(),
        note: map([
            ("restoredEpoch", Value::Int(i64::from(before))),
            ("restoredSize", Value::Int(size)),
            ("restoredRoot", hex(&root).into()),
        ]),
        record: None,
    });
    let outcome = store.submit(commit)?.blocking_recv().map_err(|_| StoreError::Stopped)??;
    drop(store);
    // The file is renamed next, so nothing of it may wait in a write-ahead log of the old name.
    Opening { path: path.to_owned(), vfs: None }.writer()?.pragma_update(None, "journal_mode", "DELETE")?;
    match outcome {
        Outcome::Done(_) => Ok(epoch),
        Outcome::Conflict(conflict) => Err(StoreError::Unusable(format!("restore refused: {conflict:?}"))),
    }
}

fn name(text: &str) -> Result<Name, StoreError> {
    Name::new(text).map_err(super::rows::damaged)
}
