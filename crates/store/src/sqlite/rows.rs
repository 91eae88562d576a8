//! Row shapes shared by writer, reader and audit.

use crate::{Entry, StoreError};
use model::{Entity, Value, from_canonical, to_canonical};
use proof::{Digest, Leaf, Nodes, root};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row};

/// SQLite's integers are signed; sequences and numbers stay far below the sign.
pub(super) fn int(number: u64) -> i64 {
    number.cast_signed()
}

pub(super) fn damaged(what: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged(what.to_string())
}

/// The items of a command as its log row keeps them.
pub(super) fn body(items: &[Vec<u8>]) -> Vec<u8> {
    to_canonical(&Value::List(items.iter().map(|item| Value::Bytes(item.clone())).collect()))
}

pub(super) const ENTRY: &str = "SELECT leaf, seed, body FROM log";

/// A log row as it lies there: leaf, seed, and the body unless retention dropped it.
pub(super) type RawEntry = (Vec<u8>, [u8; 32], Option<Vec<u8>>);

/// Reads a log row.
pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<RawEntry> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

/// Decodes a log row.
pub(super) fn decode_entry((leaf_bytes, seed, body): RawEntry) -> Result<Entry, StoreError> {
    let leaf = Leaf::from_bytes(&leaf_bytes).map_err(damaged)?;
    let items = match body {
        None => Vec::new(),
        Some(body) => from_canonical(&body)
            .map_err(damaged)?
            .as_list()
            .iter()
            .map(|item| item.as_bytes().map(<[u8]>::to_vec).ok_or_else(|| damaged("log body")))
            .collect::<Result<_, _>>()?,
    };
    Ok(Entry { leaf, leaf_bytes, seed, items })
}

pub(super) fn decode_entity(bytes: &[u8]) -> Result<Entity, StoreError> {
    Entity::from_value(&from_canonical(bytes).map_err(damaged)?).ok_or_else(|| damaged("entity"))
}

/// Where a tile's row is.
pub(super) fn tile_id(level: u32, number: u64) -> i64 {
    int(u64::from(level) << 48 | number)
}

/// The tree as the tables hold it.
pub(super) struct Tiles<'a> {
    pub connection: &'a Connection,
    pub size: u64,
}

impl Tiles<'_> {
    fn statement(&self, sql: &str) -> Result<CachedStatement<'_>, StoreError> {
        Ok(self.connection.prepare_cached(sql)?)
    }

    /// Hashes of one tile; the last of each level may not be full.
    pub(super) fn tile(&self, level: u32, number: u64) -> Result<Vec<Digest>, StoreError> {
        let full: Option<Vec<u8>> = self
            .statement("SELECT hashes FROM tile WHERE id = ?1")?
            .query_row([tile_id(level, number)], |row| row.get(0))
            .optional()?;
        if let Some(full) = full {
            return Ok(full.as_chunks::<32>().0.to_vec());
        }
        if level == 0 {
            let mut statement = self
                .statement("SELECT leaf FROM log WHERE sequence >= ?1 AND sequence < ?2 ORDER BY sequence")?;
            let range = [int(number * 256), int((number + 1) * 256).min(int(self.size))];
            let leaves = statement.query_map(range, |row| row.get::<_, Vec<u8>>(0))?;
            return leaves.map(|leaf| Ok(proof::leaf_hash(&leaf?))).collect();
        }
        let mut statement = self.statement("SELECT root FROM tile WHERE id >= ?1 AND id < ?2 ORDER BY id")?;
        let range = [tile_id(level - 1, number * 256), tile_id(level - 1, (number + 1) * 256)];
        let roots = statement.query_map(range, |row| row.get::<_, Digest>(0))?;
        roots.map(|root| Ok(root?)).collect()
    }

    /// The unfinished tiles of each level, lowest first: what a growing tree resumes from.
    pub(super) fn unfinished(&self) -> Result<Vec<Vec<Digest>>, StoreError> {
        let mut levels = Vec::new();
        let mut entries = self.size;
        let mut level = 0;
        while entries > 0 {
            let full = entries / 256;
            levels.push(if entries.is_multiple_of(256) { Vec::new() } else { self.tile(level, full)? });
            entries = full;
            level += 1;
        }
        Ok(levels)
    }
}

impl Nodes for Tiles<'_> {
    type Error = StoreError;
    fn hash(&self, level: u32, index: u64) -> Result<Digest, StoreError> {
        // A complete subtree of height 8t + r is 2^r neighbouring hashes of one tile of level t.
        let (tile_level, height) = (level / 8, level % 8);
        let first = index << height;
        let hashes = self.tile(tile_level, first / 256)?;
        let from = usize::try_from(first % 256).unwrap_or(0);
        let part = hashes.get(from..from + (1 << height)).ok_or_else(|| damaged("tree tile too short"))?;
        match root(part, part.len() as u64) {
            Ok(root) => Ok(root),
        }
    }
}
