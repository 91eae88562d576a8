//! A row becomes a record: which entity, when, and what each attribute holds.

use crate::{Fault, Findings, Table, TableError, TableRow};
use jiff::civil::DateTime;
use model::{Name, Value, Zone};
use pack::{AttributeDefinition, Connector, Mapping, PlacedAt, TypeDefinition, ValueKind};
use standards::geo::Point;

/// What a row says.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its line in the file.
    pub line: u64,
    /// By what its entity is found.
    pub key: String,
    /// When it was so, on the wall clock, as the file names it; nothing where rows are not dated.
    pub at: Option<DateTime>,
    /// Where it was, in WGS-84.
    pub place: Option<Point>,
    /// What it says of attributes; those that say nothing are left out.
    pub values: Vec<(Name, Value)>,
}

/// Reads all rows of a table.
pub fn records(
    table: &Table,
    connector: &Connector,
    (kind, zone): (&TypeDefinition, &Zone),
    findings: &mut Findings,
) -> Result<Vec<Record>, TableError> {
    let reader = Reader::new(table, connector, (kind, zone))?;
    Ok(table.rows.iter().filter_map(|row| reader.record(row, findings)).collect())
}

/// A column that fills an attribute.
struct Column<'a> {
    at: usize,
    mapping: &'a Mapping,
    attribute: Option<&'a AttributeDefinition>,
}

/// Where everything stands in a row: looked up once.
struct Reader<'a> {
    connector: &'a Connector,
    zone: &'a Zone,
    key: usize,
    place: Option<(&'a PlacedAt, [usize; 2])>,
    time: Vec<usize>,
    columns: Vec<Column<'a>>,
}

impl<'a> Reader<'a> {
    fn new(
        table: &Table,
        connector: &'a Connector,
        (kind, zone): (&'a TypeDefinition, &'a Zone),
    ) -> Result<Self, TableError> {
        let (mut key, mut columns) = (None, Vec::new());
        for mapping in &connector.map {
            let at = table.column(&mapping.from)?;
            if mapping.attribute == connector.key {
                key = Some(at);
            } else {
                columns.push(Column { at, mapping, attribute: kind.attribute(&mapping.attribute) });
            }
        }
        let time = connector.observed.iter().flat_map(|observed| &observed.columns);
        let time = time.map(|column| table.column(column)).collect::<Result<_, _>>()?;
        let place = connector
            .place
            .as_ref()
            .map(|place| Ok((place, [table.column(&place.longitude)?, table.column(&place.latitude)?])));
        let place = place.transpose()?;
        // `pack` has seen that a column brings the key.
        Ok(Self { connector, zone, key: key.unwrap_or_default(), place, time, columns })
    }

    fn record(&self, row: &TableRow, findings: &mut Findings) -> Option<Record> {
        let cell = |at: usize| row.cells.get(at).map_or("", String::as_str);
        let (line, key) = (Some(row.line), cell(self.key));
        if self.is_missing(key) {
            findings.add(Fault::NoKey, line, None, "");
            return None;
        }
        let at = match &self.connector.observed {
            None => None,
            Some(observed) => {
                let text = self.time.iter().map(|at| cell(*at)).collect::<Vec<_>>().join(" ");
                let at = observed.moment(&text);
                if at.is_none() {
                    findings.add(Fault::NoTime, line, Some(key), text);
                    return None;
                }
                at
            }
        };
        let (mut values, mut missing) = (Vec::new(), Vec::new());
        for column in &self.columns {
            let text = cell(column.at);
            let name = &column.mapping.from;
            if self.is_missing(text) {
                missing.push(name.as_str());
                continue;
            }
            match column.read(text, self.zone) {
                Ok(value) => values.push((column.mapping.attribute.clone(), value)),
                Err(code) => findings.add(code, line, Some(key), format!("{name}: {text}")),
            }
        }
        if missing.len() == self.columns.len() {
            findings.add(Fault::EmptyRow, line, Some(key), at.map_or_else(String::new, |at| at.to_string()));
        } else if !missing.is_empty() {
            findings.add(Fault::PartRow, line, Some(key), missing.join(", "));
        }
        let place = self.place(row).unwrap_or_else(|text| {
            findings.add(Fault::Unreadable, line, Some(key), text);
            None
        });
        Some(Record { line: row.line, key: key.to_owned(), at, place, values })
    }

    /// Where a row has its entity; what it says instead where that is no place.
    fn place(&self, row: &TableRow) -> Result<Option<Point>, String> {
        let Some((placed, columns)) = self.place else { return Ok(None) };
        let [longitude, latitude] = columns.map(|at| row.cells.get(at).map_or("", String::as_str));
        if self.is_missing(longitude) && self.is_missing(latitude) {
            return Ok(None);
        }
        let said = longitude.parse().ok().zip(latitude.parse().ok());
        let point = said.map(|(longitude, latitude)| Point::new(longitude, latitude));
        let on_earth = |point: &Point| {
            (-180.0..=180.0).contains(&point.longitude) && (-90.0..=90.0).contains(&point.latitude)
        };
        match point.filter(on_earth) {
            Some(point) => Ok(Some(placed.datum.to_wgs84(point))),
            None => Err(format!("{longitude}, {latitude}")),
        }
    }

    fn is_missing(&self, text: &str) -> bool {
        text.is_empty() || self.connector.missing.iter().any(|missing| missing == text)
    }
}

impl Column<'_> {
    /// What a cell holds, in the attribute's unit.
    fn read(&self, text: &str, zone: &Zone) -> Result<Value, Fault> {
        if !self.mapping.codes.is_empty() {
            let known = self.mapping.codes.iter().find(|(theirs, _)| theirs == text);
            return known.map(|(_, ours)| ours.as_str().into()).ok_or(Fault::Unreadable);
        }
        match self.mapping.value {
            ValueKind::Number => self.number(text),
            ValueKind::Bool => match text {
                "true" | "1" | "是" => Ok(Value::Bool(true)),
                "false" | "0" | "否" => Ok(Value::Bool(false)),
                _ => Err(Fault::Unreadable),
            },
            ValueKind::Date => {
                let day = match self.mapping.form {
                    Some(_) => self.mapping.moment(text).map(DateTime::date),
                    None => text.parse::<jiff::civil::Date>().ok(),
                };
                Ok(day.ok_or(Fault::Unreadable)?.to_string().as_str().into())
            }
            ValueKind::Instant => {
                let at = self.mapping.moment(text).and_then(|local| zone.instant(local));
                Ok(at.ok_or(Fault::Unreadable)?.into())
            }
            ValueKind::Code => {
                let known = self.attribute.is_some_and(|a| a.codes.iter().any(|code| *code == *text));
                if known { Ok(text.into()) } else { Err(Fault::Unreadable) }
            }
            _ => Ok(text.into()),
        }
    }

    fn number(&self, text: &str) -> Result<Value, Fault> {
        let said: f64 = text.parse().map_err(|_| Fault::Unreadable)?;
        let value = match self.mapping.factor {
            // Multiplied first: a thousandth of a whole number then is the double that its decimals would give.
            Some(factor) => said * factor.over as f64 / factor.under as f64,
            None => said,
        };
        if !value.is_finite() {
            return Err(Fault::Unreadable);
        }
        let range = self.attribute.and_then(|attribute| attribute.range);
        if range.is_some_and(|(least, most)| value < least || value > most) {
            return Err(Fault::OutOfRange);
        }
        Ok(Value::number(value))
    }
}
