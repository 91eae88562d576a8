//! Items: what a command carries into the log. Each item is one inner leaf of the command's proof.

use crate::{Batch, CanonicalError, Change, SeriesKey, Value, from_canonical, map, to_canonical};
use thiserror::Error;

/// Gives a series its number in this log.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesDefinition {
    /// The number, from 1 upwards.
    pub number: u64,
    /// What it is a series of.
    pub key: SeriesKey,
}

/// One item of a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// What happened to an entity.
    Change(Change),
    /// A series is first seen.
    Series(SeriesDefinition),
    /// Telemetry.
    Batch(Batch),
}

/// Why bytes are not an item.
#[derive(Debug, Error, PartialEq)]
pub enum ItemError {
    /// Not a canonical value at all.
    #[error("not a canonical value")]
    Canonical(#[from] CanonicalError),
    /// A canonical value, but none of the three items.
    #[error("neither change nor series nor batch")]
    Unknown,
    /// An item, but not written in its one form.
    #[error("an item that is not written in its one form")]
    NotCanonical,
}

impl Item {
    /// The bytes that the proof commits to and the log keeps.
    pub fn to_bytes(&self) -> Vec<u8> {
        to_canonical(&match self {
            Self::Change(change) => change.to_value(),
            Self::Series(series) => {
                map([("series", Value::Int(series.number.cast_signed())), ("key", series.key.to_value())])
            }
            Self::Batch(batch) => batch.to_value(),
        })
    }

    /// Back from the log.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ItemError> {
        let value = from_canonical(bytes)?;
        let item = if value.get("entity").is_some() {
            Change::from_value(&value).map(Self::Change)
        } else if value.get("batch").is_some() {
            Batch::from_value(&value).map(Self::Batch)
        } else {
            Self::series(&value)
        };
        let item = item.ok_or(ItemError::Unknown)?;
        // Two items that read alike must be alike: what is left over after reading is refused.
        if item.to_bytes() == bytes { Ok(item) } else { Err(ItemError::NotCanonical) }
    }

    fn series(value: &Value) -> Option<Self> {
        let number = value.get("series")?.as_int()?.cast_unsigned();
        Some(Self::Series(SeriesDefinition { number, key: SeriesKey::from_value(value.get("key")?)? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Attribute, Edition, Flag, Instant, Name, Period, Row, Urn};

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    #[test]
    fn items_come_back_from_their_bytes() {
        let entity = Urn::new("urn:ngsi-ld:MonitoredSource:chimney-3").unwrap();
        let key = SeriesKey {
            entity: entity.clone(),
            attribute: name("so2"),
            basis: name("ZsAvg"),
            period: Period::Hour,
            edition: Edition::Raw,
        };
        let attribute = Attribute { unit: Some(name("GP")), ..Attribute::plain(Value::number(35.0)) };
        for item in [
            Item::Change(Change {
                entity,
                kind: name("MonitoredSource"),
                verb: name("create"),
                set: [(name("so2Limit"), attribute)].into(),
                note: map([("reason", "permit".into())]),
                record: None,
            }),
            Item::Series(SeriesDefinition { number: 7, key }),
            Item::Batch(Batch {
                received: Instant::from_micros(9),
                source: "##".to_owned(),
                rows: vec![Row {
                    series: 7,
                    observed: Instant::from_micros(3),
                    value: 1.5,
                    flag: Flag::NORMAL,
                }],
            }),
        ] {
            assert_eq!(Item::from_bytes(&item.to_bytes()).unwrap(), item);
        }
    }

    #[test]
    fn a_value_that_is_no_item_is_refused() {
        assert_eq!(Item::from_bytes(&to_canonical(&Value::Int(1))), Err(ItemError::Unknown));
    }
}
