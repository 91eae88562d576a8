//! A sheet: rows that are handed out as CSV, JSON or Parquet, whatever they are about.

use axum::http::StatusCode;
use kernel::json_of;
use model::Value;
use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use serde::{Serialize, Serializer};
use std::sync::Arc;

use super::csv::line;
use super::error::Fault;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// Text, and whatever has no column type of its own: lists and maps are JSON.
    Text,
    /// A number.
    Number,
    /// A whole number.
    Whole,
    /// Yes or no.
    Bool,
    /// A moment, in microseconds of UTC.
    Instant,
}

/// Columns and rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    /// What each column is called and holds.
    pub columns: Vec<(String, Holds)>,
    /// The rows; a cell that does not fit its column is empty in Parquet.
    pub rows: Vec<Vec<Value>>,
}

/// The rows as objects.
impl Serialize for Sheet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows.iter().map(|cells| Row { columns: &self.columns, cells }))
    }
}

struct Row<'a> {
    columns: &'a [(String, Holds)],
    cells: &'a [Value],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let named = self.columns.iter().zip(self.cells);
        serializer.collect_map(named.map(|((id, _), value)| (id, Cell(value))))
    }
}

struct Cell<'a>(&'a Value);

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(yes) => serializer.serialize_bool(*yes),
            Value::Int(int) => serializer.serialize_i64(*int),
            Value::Number(number) => serializer.serialize_f64(*number),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Instant(at) => serializer.collect_str(at),
            other => json_of(other).serialize(serializer),
        }
    }
}

impl Sheet {
    /// RFC 4180.
    pub fn csv(&self) -> String {
        let mut out = String::new();
        line(&mut out, self.columns.iter().map(|(id, _)| id.as_str()));
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(cell).collect();
            line(&mut out, cells.iter().map(String::as_str));
        }
        out
    }

    /// A Parquet file in one group of rows, with facts about it in its metadata.
    pub fn parquet(&self, facts: &[(&str, String)]) -> Result<Vec<u8>, Fault> {
        self.packed(facts).map_err(|error| {
            tracing::error!(%error, "a sheet could not be written as Parquet");
            Fault::Form(StatusCode::INTERNAL_SERVER_ERROR)
        })
    }

    fn packed(&self, facts: &[(&str, String)]) -> Result<Vec<u8>, ParquetError> {
        let fields = self.columns.iter().map(|(id, holds)| field(id, *holds)).collect::<Result<_, _>>()?;
        let schema = Type::group_type_builder("sheet").with_fields(fields).build()?;
        let facts = facts.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone()));
        let properties = WriterProperties::builder()
            .set_compression(parquet::basic::Compression::SNAPPY)
            .set_key_value_metadata(Some(facts.collect()))
            .build();
        let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
        let mut group = writer.next_row_group()?;
        for (at, (_, holds)) in self.columns.iter().enumerate() {
            let Some(column) = group.next_column()? else { break };
            let cells = self.rows.iter().map(|row| row.get(at).unwrap_or(&Value::Null));
            match holds {
                Holds::Text => put::<ByteArrayType>(column, cells.map(text))?,
                Holds::Number => put::<DoubleType>(column, cells.map(Value::as_number))?,
                Holds::Whole => put::<Int64Type>(column, cells.map(Value::as_int))?,
                Holds::Bool => put::<BoolType>(column, cells.map(yes_or_no))?,
                Holds::Instant => {
                    put::<Int64Type>(
                        column,
                        cells.map(|cell| cell.as_instant().map(model::Instant::micros)),
                    )?;
                }
            }
        }
        group.close()?;
        writer.into_inner()
    }
}

fn field(id: &str, holds: Holds) -> Result<Arc<Type>, ParquetError> {
    let (physical, logical) = match holds {
        Holds::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Holds::Number => (Physical::DOUBLE, None),
        Holds::Whole => (Physical::INT64, None),
        Holds::Bool => (Physical::BOOLEAN, None),
        Holds::Instant => {
            let stamp = LogicalType::timestamp(true, TimeUnit::MICROS);
            (Physical::INT64, Some(stamp))
        }
    };
    let field = Type::primitive_type_builder(id, physical).with_repetition(Repetition::OPTIONAL);
    Ok(Arc::new(field.with_logical_type(logical).with_converted_type(ConvertedType::NONE).build()?))
}

/// Writes a column: its values, and which rows have one.
fn put<T: DataType>(
    mut column: SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = Option<T::T>>,
) -> Result<(), ParquetError> {
    let (mut values, mut there) = (Vec::new(), Vec::new());
    for cell in cells {
        there.push(i16::from(cell.is_some()));
        values.extend(cell);
    }
    column.typed::<T>().write_batch(&values, Some(&there), None)?;
    column.close()
}

fn yes_or_no(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(yes) => Some(*yes),
        _ => None,
    }
}

fn text(value: &Value) -> Option<ByteArray> {
    match value {
        Value::Null | Value::Sealed(_) => None,
        other => Some(ByteArray::from(cell(other).into_bytes())),
    }
}

/// A value in a cell. A geometry is well-known text there, as programs for maps read it out of tables (OGC 06-103r4, 7); other
/// lists and maps are JSON; what is sealed is nothing.
pub(super) fn cell(value: &Value) -> String {
    if let Some(geometry) = well_known_text(value) {
        return geometry;
    }
    match value {
        Value::Null | Value::Sealed(_) => String::new(),
        Value::Text(text) => text.clone(),
        Value::Ref(urn) => urn.to_string(),
        Value::Instant(at) => at.to_string(),
        other => json_of(other).to_string(),
    }
}

/// A GeoJSON geometry as well-known text; nothing if it is none. The points of a `MULTIPOINT` stand without parentheses of their
/// own, the older form, which readers take as well.
fn well_known_text(value: &Value) -> Option<String> {
    let Value::Map(map) = value else { return None };
    let kind = map.get("type")?.as_text()?;
    let coordinates = map.get("coordinates")?;
    let places = match kind {
        "Point" => format!("({})", numbers(coordinates)?),
        "MultiPoint" | "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon" => nested(coordinates)?,
        _ => return None,
    };
    Some(format!("{} {places}", kind.to_ascii_uppercase()))
}

/// Positions, lists of them, and lists of those, each list in its parentheses.
fn nested(coordinates: &Value) -> Option<String> {
    let parts = coordinates.as_list().iter().map(|part| numbers(part).or_else(|| nested(part)));
    let parts: Vec<String> = parts.collect::<Option<_>>()?;
    (!parts.is_empty()).then(|| format!("({})", parts.join(", ")))
}

/// A position: longitude, latitude and what else it has.
fn numbers(position: &Value) -> Option<String> {
    let numbers = position.as_list().iter().map(Value::as_number);
    let numbers: Vec<f64> = numbers.collect::<Option<_>>()?;
    (numbers.len() >= 2).then(|| numbers.iter().map(f64::to_string).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;

    fn sheet() -> Sheet {
        let columns =
            [("id", Holds::Text), ("value", Holds::Number), ("list", Holds::Text), ("at", Holds::Instant)];
        let at = model::Instant::from_micros(1_790_000_000_000_000);
        Sheet {
            columns: columns.map(|(id, holds)| (id.to_owned(), holds)).into(),
            rows: vec![
                vec!["a,b".into(), Value::Number(1.5), Value::Null, at.into()],
                vec!["同㛃𬱖·".into(), Value::Null, Value::List(vec![1.into(), 2.into()]), Value::Null],
            ],
        }
    }

    #[test]
    fn cells_are_quoted_where_they_must() {
        let mut rows = sheet();
        rows.columns.pop();
        rows.rows.iter_mut().for_each(|row| row.truncate(3));
        assert_eq!(rows.csv(), "id,value,list\r\n\"a,b\",1.5,\r\n同㛃𬱖·,,\"[1,2]\"\r\n");
    }

    fn value(json: &serde_json::Value) -> Value {
        match json {
            serde_json::Value::Array(list) => Value::List(list.iter().map(value).collect()),
            serde_json::Value::Object(map) => {
                Value::Map(map.iter().map(|(key, item)| (key.clone(), value(item))).collect())
            }
            serde_json::Value::String(text) => text.as_str().into(),
            other => Value::Number(other.as_f64().unwrap()),
        }
    }

    #[test]
    fn a_geometry_is_well_known_text() {
        let geometry = |text: &str| cell(&value(&serde_json::from_str(text).unwrap()));
        for (json, text) in [
            (r#"{"type":"Point","coordinates":[113.61,40.04]}"#, "POINT (113.61 40.04)"),
            (
                r#"{"type":"LineString","coordinates":[[113,40],[113.5,40.25]]}"#,
                "LINESTRING (113 40, 113.5 40.25)",
            ),
            (
                r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]],[[0.2,0.1],[0.3,0.1],[0.3,0.2],[0.2,0.1]]]}"#,
                "POLYGON ((0 0, 1 0, 1 1, 0 0), (0.2 0.1, 0.3 0.1, 0.3 0.2, 0.2 0.1))",
            ),
            (r#"{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}"#, "MULTIPOINT (1 2, 3 4)"),
        ] {
            assert_eq!(geometry(json), text);
        }
        for json in [
            r#"{"type":"Point","coordinates":[113.61]}"#,
            r#"{"type":"Point","coordinates":"x"}"#,
            r#"{"type":"Polygon","coordinates":[]}"#,
            r#"{"type":"Circle","coordinates":[1,2]}"#,
        ] {
            assert!(geometry(json).starts_with('{'), "{json}");
        }
    }

    #[test]
    fn a_parquet_file_gives_back_what_was_written() {
        let bytes = sheet().parquet(&[("unit", "µg/m³".to_owned())]).unwrap();
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        let facts = reader.metadata().file_metadata().key_value_metadata().unwrap();
        assert_eq!(facts[0].value.as_deref(), Some("µg/m³"));
        let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].get_string(0).unwrap().as_str(), rows[0].get_double(1).unwrap()), ("a,b", 1.5));
        assert_eq!(rows[0].get_timestamp_micros(3).unwrap(), 1_790_000_000_000_000);
        assert_eq!(rows[1].get_string(0).unwrap(), "同㛃𬱖·");
        assert!(rows[1].get_double(1).is_err(), "nothing is null, and not zero");
        assert_eq!(rows[1].get_string(2).unwrap(), "[1,2]");
    }
}
