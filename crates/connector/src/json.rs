//! Lists of JSON objects as tables: each object is a row, each key a column, what is nested a column `outer.inner`.

use crate::{BYTES_MAX, Table, TableError, TableRow};
use pack::Origin;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How deep objects in objects become columns; what is deeper stays JSON in its cell.
const DEPTH_MAX: usize = 4;

/// Reads the list that an origin names.
pub(crate) fn read(bytes: &[u8], origin: &Origin) -> Result<Table, TableError> {
    if bytes.len() > BYTES_MAX {
        return Err(TableError::Long);
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|error| TableError::Json(error.to_string()))?;
    let list = value.pointer(&origin.rows).and_then(Value::as_array);
    let list = list.ok_or_else(|| TableError::NoList(origin.rows.clone()))?;
    let objects = list.iter().map(|item| item.as_object().map(flat).unwrap_or_default());
    let objects: Vec<BTreeMap<String, String>> = objects.collect();
    let mut columns: Vec<String> = objects.iter().flat_map(BTreeMap::keys).cloned().collect();
    columns.sort_unstable();
    columns.dedup();
    let rows = (1..).zip(objects).map(|(line, mut object)| TableRow {
        line,
        cells: columns.iter().map(|column| object.remove(column).unwrap_or_default()).collect(),
    });
    Ok(Table { rows: rows.collect(), columns })
}

fn flat(object: &Map<String, Value>) -> BTreeMap<String, String> {
    let mut cells = BTreeMap::new();
    add(&mut cells, "", object, 1);
    cells
}

fn add(cells: &mut BTreeMap<String, String>, before: &str, object: &Map<String, Value>, depth: usize) {
    for (key, value) in object {
        let column = format!("{before}{key}");
        match value {
            Value::Object(inner) if depth < DEPTH_MAX => add(cells, &format!("{column}."), inner, depth + 1),
            Value::Null => {}
            Value::String(text) => drop(cells.insert(column, text.trim().to_owned())),
            other => drop(cells.insert(column, other.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pack::{Encoding, OriginKind};

    fn origin(rows: &str) -> Origin {
        let (kind, place) = (OriginKind::HttpJson, "http://x".to_owned());
        Origin { kind, place, rows: rows.to_owned(), encoding: Encoding::Utf8, delimiter: ',' }
    }

    #[test]
    fn objects_become_rows_and_what_they_hold_cells() {
        let text = r#"{"data":{"list":[{"id":"a","v":1.5,"at":{"lon":113.3}},{"v":null,"id":" b ","ok":true,"tags":[1]}]}}"#;
        let table = read(text.as_bytes(), &origin("/data/list")).unwrap();
        assert_eq!(table.columns, ["at.lon", "id", "ok", "tags", "v"]);
        let rows: Vec<String> = table.rows.iter().map(|row| row.cells.join("|")).collect();
        assert_eq!(rows, ["113.3|a|||1.5", "|b|true|[1]|"]);
        assert_eq!(table.rows[1].line, 2);
    }

    #[test]
    fn what_is_no_list_says_so() {
        assert!(matches!(read(b"{", &origin("")), Err(TableError::Json(_))));
        assert_eq!(read(b"{}", &origin("/data")), Err(TableError::NoList("/data".to_owned())));
        assert_eq!(read(b"[]", &origin("")).unwrap(), Table::default());
        let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(
            matches!(read(deep.as_bytes(), &origin("")), Err(TableError::Json(_))),
            "no stack is used up"
        );
    }
}
