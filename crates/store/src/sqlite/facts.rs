//! Facts: the values of entities' attributes, one row each, as filters ask for them.
//!
//! A projection of `entity.body`: written in the same transaction, made anew by [`rebuild`], compared with the log by the
//! audit. It has every single value and the members of maps, one level deep. Of lists, deeper maps and sealed values it
//! says only that something is there.

use super::rows::{damaged, decode_entity};
use crate::StoreError;
use model::{Change, Entity, Name, Value};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params};
use std::collections::{BTreeMap, HashMap};

/// Bytes of a text, or of raw bytes, that a fact keeps. A longer one is cut, between two characters.
const KEPT_BYTES_MAX: usize = 512;

/// Longest text that facts can be compared with. It is shorter than everything that was cut, and so stands to what is
/// left just as it stands to the whole.
pub(super) const ASKED_BYTES_MAX: usize = KEPT_BYTES_MAX - 4;

/// Something is there that has no order.
pub(super) const THERE: i64 = 0;
pub(super) const BOOL: i64 = 1;
/// Counts and numbers.
pub(super) const NUMBER: i64 = 2;
pub(super) const TEXT: i64 = 3;
pub(super) const BYTES: i64 = 4;
pub(super) const INSTANT: i64 = 5;
pub(super) const REF: i64 = 6;

/// What is at a path: the kind of value, and the value.
pub(super) type Fact = (i64, Sql);

/// Facts by path.
pub(super) type Facts = BTreeMap<String, Fact>;

/// A path as one text. No name has a blank in it.
pub(super) fn path_text(path: &[Name]) -> String {
    path.iter().map(Name::as_str).collect::<Vec<_>>().join(" ")
}

/// A value as facts keep it; nothing where nothing is.
pub(super) fn fact(value: &Value) -> Option<Fact> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(yes) => (BOOL, Sql::Integer((*yes).into())),
        Value::Int(int) => (NUMBER, Sql::Integer(*int)),
        Value::Number(number) => (NUMBER, Sql::Real(*number)),
        Value::Text(text) => (TEXT, Sql::Text(text[..text.floor_char_boundary(KEPT_BYTES_MAX)].to_owned())),
        Value::Bytes(bytes) => (BYTES, Sql::Blob(bytes[..bytes.len().min(KEPT_BYTES_MAX)].to_vec())),
        Value::Instant(at) => (INSTANT, Sql::Integer(at.micros())),
        Value::Ref(urn) => (REF, Sql::Text(urn.as_str().to_owned())),
        Value::List(_) | Value::Map(_) | Value::Sealed(_) => (THERE, Sql::Null),
    })
}

/// The facts of one attribute.
fn add(attribute: &Name, value: &Value, facts: &mut Facts) {
    facts.extend(fact(value).map(|fact| (attribute.as_str().to_owned(), fact)));
    if let Value::Map(members) = value {
        // A key that is no name cannot stand in a path, and so nobody asks for it.
        for (key, member) in members.iter().filter(|(key, _)| Name::new(key.as_str()).is_ok()) {
            facts.extend(fact(member).map(|fact| (format!("{attribute} {key}"), fact)));
        }
    }
}

/// All facts of an entity.
pub(super) fn facts(entity: &Entity) -> Facts {
    let mut facts = Facts::new();
    entity.attributes.iter().for_each(|(name, held)| add(name, &held.attribute.value, &mut facts));
    facts
}

/// The numbers of the paths that facts have so far. The writer remembers them.
#[derive(Default)]
pub(super) struct Fields(HashMap<(String, Name), i64>);

impl Fields {
    pub(super) fn load(connection: &Connection) -> Result<Self, StoreError> {
        let mut statement = connection.prepare("SELECT id, path, kind FROM field")?;
        let mut rows = statement.query([])?;
        let mut fields = Self::default();
        while let Some(row) = rows.next()? {
            let kind = Name::new(row.get::<_, String>(2)?).map_err(damaged)?;
            fields.0.insert((row.get(1)?, kind), row.get(0)?);
        }
        Ok(fields)
    }

    fn number(&mut self, connection: &Connection, path: &str, kind: &Name) -> Result<i64, StoreError> {
        let key = (path.to_owned(), kind.clone());
        if let Some(id) = self.0.get(&key) {
            return Ok(*id);
        }
        connection
            .prepare_cached("INSERT INTO field (path, kind) VALUES (?1, ?2)")?
            .execute([path, kind.as_str()])?;
        let id = connection.last_insert_rowid();
        self.0.insert(key, id);
        Ok(id)
    }

    /// Writes what a change made of an entity's facts: of the attributes that it names, what differs.
    pub(super) fn write(
        &mut self,
        connection: &Connection,
        id: i64,
        change: &Change,
        mut before: Facts,
        after: &Entity,
    ) -> Result<(), StoreError> {
        let mut now = Facts::new();
        change.set.keys().for_each(|name| add(name, after.value(name.as_str()), &mut now));
        for (path, fact) in &now {
            if before.remove(path).as_ref() != Some(fact) {
                self.put(connection, id, &after.kind, path, fact)?;
            }
        }
        for path in before.keys() {
            let field = self.number(connection, path, &after.kind)?;
            connection
                .prepare_cached("DELETE FROM fact WHERE entity = ?1 AND field = ?2")?
                .execute([id, field])?;
        }
        Ok(())
    }

    fn put(
        &mut self,
        connection: &Connection,
        id: i64,
        kind: &Name,
        path: &str,
        (sort, value): &Fact,
    ) -> Result<(), StoreError> {
        let field = self.number(connection, path, kind)?;
        connection
            .prepare_cached("INSERT OR REPLACE INTO fact VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![id, field, sort, value])?;
        Ok(())
    }
}

/// The facts, before a change, of the attributes that it names.
pub(super) fn named(before: Option<&Entity>, change: &Change) -> Facts {
    let mut facts = Facts::new();
    if let Some(before) = before {
        change.set.keys().for_each(|name| add(name, before.value(name.as_str()), &mut facts));
    }
    facts
}

/// Makes all facts anew from the entities, within the caller's transaction.
pub(super) fn rebuild(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch("DELETE FROM fact; DELETE FROM field;")?;
    let mut fields = Fields::default();
    let mut statement = connection.prepare("SELECT id, body FROM entity ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let entity = decode_entity(&row.get::<_, Vec<u8>>(1)?)?;
        for (path, fact) in &facts(&entity) {
            fields.put(connection, row.get(0)?, &entity.kind, path, fact)?;
        }
    }
    Ok(())
}

/// The facts that are stored of an entity, if each is of its type.
pub(super) fn stored(connection: &Connection, id: i64, kind: &Name) -> Result<Option<Facts>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT path, kind, sort, value FROM fact LEFT JOIN field ON field.id = fact.field WHERE entity = ?1",
    )?;
    let mut rows = statement.query([id])?;
    let mut facts = Facts::new();
    while let Some(row) = rows.next()? {
        let (Some(path), Some(of)) = (row.get::<_, Option<String>>(0)?, row.get::<_, Option<String>>(1)?)
        else {
            return Ok(None);
        };
        if *kind != *of {
            return Ok(None);
        }
        facts.insert(path, (row.get(2)?, row.get(3)?));
    }
    Ok(Some(facts))
}

/// Facts that belong to no entity.
pub(super) fn strays(connection: &Connection) -> Result<u64, StoreError> {
    let count = connection.query_row(
        "SELECT count(*) FROM fact WHERE entity NOT IN (SELECT id FROM entity)",
        [],
        |row| row.get::<_, i64>(0),
    )?;
    Ok(count.cast_unsigned())
}
