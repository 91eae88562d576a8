//! Acts of people, to be found by who did them: one row for each entry of the log whose actor is a person.

use super::rows::int;
use crate::StoreError;
use model::Urn;
use proof::Leaf;
use rusqlite::{Connection, params};

/// Writes the row of an entry.
pub(super) fn write(connection: &Connection, sequence: u64, actor: &Urn) -> Result<(), StoreError> {
    if actor.is_person() {
        let sql = "INSERT INTO act VALUES (?1, ?2)";
        connection.prepare_cached(sql)?.execute(params![int(sequence), actor.as_str()])?;
    }
    Ok(())
}

/// Makes all rows anew from the log's leaves, within the caller's transaction.
pub(super) fn rebuild(connection: &Connection) -> Result<(), StoreError> {
    let mut statement = connection.prepare("SELECT leaf FROM log ORDER BY sequence")?;
    let mut log = statement.query([])?;
    while let Some(row) = log.next()? {
        let bytes: Vec<u8> = row.get(0)?;
        // A leaf that cannot be read is the audit's to tell.
        if let Ok(leaf) = Leaf::from_bytes(&bytes) {
            write(connection, leaf.sequence, &leaf.actor)?;
        }
    }
    Ok(())
}

/// Every row, in the order of the log.
pub(super) fn all(connection: &Connection) -> Result<Vec<(u64, String)>, StoreError> {
    let mut statement = connection.prepare("SELECT sequence, actor FROM act ORDER BY sequence")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
