//! Observations: telemetry, the fast lane.
//!
//! A batch names its series by number; the number's meaning is an item of the log itself, written when the series is
//! first seen. So a thousand observations cost a thousand short rows and one proof leaf.

use crate::{Instant, Name, Urn, Value, map};
use std::fmt;
use thiserror::Error;

/// Most observations in one batch: a command is answered whole, so it must have an end.
pub const BATCH_ROWS_MAX: usize = 10_000;

/// Over which period a value was formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    /// An instantaneous value.
    Moment,
    /// The logger's minute period (1 to 30 minutes).
    Minute,
    /// One hour.
    Hour,
    /// One day.
    Day,
}

impl Period {
    /// Its name in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Moment => "moment",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// How long it is, in seconds; a moment is no time at all.
    pub const fn secs(self) -> i64 {
        match self {
            Self::Moment => 0,
            Self::Minute => 60,
            Self::Hour => 3600,
            Self::Day => 86_400,
        }
    }

    /// From its name in the log.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Moment, Self::Minute, Self::Hour, Self::Day].into_iter().find(|p| p.as_str() == text)
    }
}

/// An edition of a series. What was measured stays as it came, and what a person has audited stands in a series of its own beside
/// it. The cleaned edition is never stored: it is worked out from the raw one whenever it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edition {
    /// As it came in.
    #[default]
    Raw,
    /// Without what cannot be right.
    Cleaned,
    /// As a person has confirmed, corrected or left it out.
    Audited,
}

impl Edition {
    /// All of them, in the order in which they come about.
    pub const ALL: [Self; 3] = [Self::Raw, Self::Cleaned, Self::Audited];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Cleaned => "cleaned",
            Self::Audited => "audited",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|edition| edition.as_str() == text)
    }
}

/// What a series is a series of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesKey {
    /// Whose value.
    pub entity: Urn,
    /// Which attribute.
    pub attribute: Name,
    /// Which statistic, in the words of the feed: `ZsAvg` is the converted mean of HJ 212.
    pub basis: Name,
    /// Over which period.
    pub period: Period,
    /// Which edition.
    pub edition: Edition,
}

impl SeriesKey {
    /// The key of the same series in another edition.
    #[must_use]
    pub fn in_edition(&self, edition: Edition) -> Self {
        Self { edition, ..self.clone() }
    }

    /// The raw edition is not named: logs that are older than editions say the same bytes.
    pub(crate) fn to_value(&self) -> Value {
        let edition = (self.edition != Edition::Raw).then_some(self.edition.as_str());
        map([
            ("entity", self.entity.clone().into()),
            ("attribute", self.attribute.as_str().into()),
            ("basis", self.basis.as_str().into()),
            ("period", self.period.as_str().into()),
            ("edition", edition.into()),
        ])
    }

    pub(crate) fn from_value(value: &Value) -> Option<Self> {
        Some(Self {
            entity: value.get("entity")?.as_ref()?.clone(),
            attribute: Name::new(value.get("attribute")?.as_text()?).ok()?,
            basis: Name::new(value.get("basis")?.as_text()?).ok()?,
            period: Period::parse(value.get("period")?.as_text()?)?,
            edition: match value.get("edition") {
                None => Edition::Raw,
                Some(edition) => Edition::parse(edition.as_text()?).filter(|e| *e == Edition::Audited)?,
            },
        })
    }
}

/// What the feed says of a value's worth: one ASCII letter, as HJ 212 flags data (table 6 of HJ 212-2017: `N` normal,
/// `F` stopped, `M` maintenance, `S` manual, `D` fault, `C` calibration, `T` over range, `B` no communication).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flag(pub u8);

impl Flag {
    /// A valid measurement.
    pub const NORMAL: Self = Self(b'N');
    /// Left out: a person has taken the value back. No device says so.
    pub const LEFT_OUT: Self = Self(b'X');
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", char::from(self.0))
    }
}

/// One observed value.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// Of which series.
    pub series: SeriesKey,
    /// When it was so; for a period, its start.
    pub observed: Instant,
    /// The value, in the unit that the type declares. Finite.
    pub value: f64,
    /// What the feed says of it.
    pub flag: Flag,
}

/// One observed value by the number of its series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The number that the log gave the series.
    pub series: u64,
    /// When it was so; for a period, its start.
    pub observed: Instant,
    /// The value.
    pub value: f64,
    /// What the feed says of it.
    pub flag: Flag,
}

/// Why packed rows cannot be read.
#[derive(Debug, Error, PartialEq)]
#[error("packed rows are damaged at byte {at}")]
pub struct RowsError {
    at: usize,
}

/// Observations that arrived together: one command, one inner leaf.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// When a door took them in.
    pub received: Instant,
    /// What arrived, as text, with credentials taken out: the evidence behind the values.
    pub source: String,
    /// The rows.
    pub rows: Vec<Row>,
}

impl Batch {
    pub(crate) fn to_value(&self) -> Value {
        map([
            ("batch", Value::Int(i64::try_from(self.rows.len()).unwrap_or(i64::MAX))),
            ("received", self.received.into()),
            ("source", self.source.as_str().into()),
            ("rows", Value::Bytes(pack(&self.rows))),
        ])
    }

    pub(crate) fn from_value(value: &Value) -> Option<Self> {
        let rows = unpack(value.get("rows")?.as_bytes()?).ok()?;
        (i64::try_from(rows.len()).ok() == value.get("batch")?.as_int()).then_some(())?;
        Some(Self {
            received: value.get("received")?.as_instant()?,
            source: value.get("source")?.as_text()?.to_owned(),
            rows,
        })
    }
}

fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Rows as bytes: series (varint), time since the row before (zigzag varint, µs), flag, value (IEEE 754, big-endian).
fn pack(rows: &[Row]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rows.len() * 14);
    let mut last = 0i64;
    for row in rows {
        let delta = row.observed.micros().wrapping_sub(last);
        last = row.observed.micros();
        varint(row.series, &mut out);
        varint((delta.wrapping_shl(1) ^ (delta >> 63)).cast_unsigned(), &mut out);
        out.push(row.flag.0);
        // One zero: adding it makes negative zero positive.
        out.extend((row.value + 0.0).to_be_bytes());
    }
    out
}

fn unpack(bytes: &[u8]) -> Result<Vec<Row>, RowsError> {
    let mut at = 0;
    let mut last = 0i64;
    let mut rows = Vec::new();
    while at < bytes.len() {
        let row = unpack_row(bytes, &mut at, &mut last).ok_or(RowsError { at })?;
        rows.push(row);
    }
    Ok(rows)
}

fn unpack_row(bytes: &[u8], at: &mut usize, last: &mut i64) -> Option<Row> {
    let series = read_varint(bytes, at)?;
    let zigzag = read_varint(bytes, at)?;
    let delta = (zigzag >> 1).cast_signed() ^ -((zigzag & 1).cast_signed());
    *last = last.wrapping_add(delta);
    let flag = Flag(*bytes.get(*at)?);
    let value = f64::from_be_bytes(bytes.get(*at + 1..*at + 9)?.try_into().ok()?);
    *at += 9;
    value.is_finite().then_some(Row { series, observed: Instant::from_micros(*last), value, flag })
}

fn read_varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let row =
            (any::<u64>(), any::<i64>(), any::<u8>(), -1e9..1e9f64).prop_map(|(series, at, flag, value)| {
                Row { series, observed: Instant::from_micros(at), value, flag: Flag(flag) }
            });
        prop::collection::vec(row, 0..40)
    }

    proptest! {
        #[test]
        fn packed_rows_come_back(rows in rows()) {
            prop_assert_eq!(unpack(&pack(&rows)).unwrap(), rows);
        }

        #[test]
        fn damage_is_an_error_or_other_rows_but_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = unpack(&bytes);
        }
    }

    #[test]
    fn a_telemetry_row_is_short() {
        let at = Instant::parse("2026-09-30T16:00:00+08:00").unwrap();
        let row = |series| Row { series, observed: at, value: 412.0, flag: Flag::NORMAL };
        let packed = pack(&[row(1), row(2), row(3)]);
        assert!(packed.len() <= 11 * 3 + 8, "{} bytes", packed.len());
    }
}
