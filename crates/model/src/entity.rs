//! Entities: anything the city knows, as it is now.

use crate::{Change, Instant, Name, Urn, Value, map};
use std::collections::BTreeMap;

/// One attribute as it is written: a value, its unit, and the two times that the writer states.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The value; nothing removes the attribute.
    pub value: Value,
    /// UN/CEFACT common code of the unit (`GP` is mg/m³), as NGSI-LD's `unitCode`.
    pub unit: Option<Name>,
    /// When it was so.
    pub observed: Option<Instant>,
    /// From when it counts, if not from the commit.
    pub effective: Option<Instant>,
}

impl Attribute {
    /// A value without unit or times of its own.
    pub fn plain(value: impl Into<Value>) -> Self {
        Self { value: value.into(), unit: None, observed: None, effective: None }
    }

    pub(crate) fn to_value(&self) -> Value {
        // A removal must be visible in the bytes, so the value is written even when it is nothing.
        let Value::Map(mut out) = map([
            ("unit", self.unit.as_ref().map(Name::as_str).into()),
            ("observed", self.observed.into()),
            ("effective", self.effective.into()),
        ]) else {
            return Value::Null;
        };
        out.insert("value".to_owned(), self.value.clone());
        Value::Map(out)
    }

    pub(crate) fn from_value(value: &Value) -> Option<Self> {
        let unit = match value.get("unit") {
            None => None,
            Some(unit) => Some(Name::new(unit.as_text()?).ok()?),
        };
        Some(Self {
            value: value.get("value")?.clone(),
            unit,
            observed: value.get("observed").and_then(Value::as_instant),
            effective: value.get("effective").and_then(Value::as_instant),
        })
    }
}

/// An attribute in state: what was written, and by which command.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// What was written.
    pub attribute: Attribute,
    /// Sequence of the command that wrote it.
    pub sequence: u64,
    /// Log time of that command.
    pub committed: Instant,
}

/// One entity and its present attributes.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// Its identity.
    pub urn: Urn,
    /// Its type.
    pub kind: Name,
    /// Sequence of the last command that changed it.
    pub version: u64,
    /// Its attributes.
    pub attributes: BTreeMap<Name, Held>,
    /// What a process keeps about its case: stages, clocks, trail. Nothing for other entities.
    pub record: Value,
}

impl Entity {
    /// The entity after its first or next change. `None` before means it is new.
    pub fn apply(before: Option<Self>, change: &Change, sequence: u64, committed: Instant) -> Self {
        let mut entity = before.unwrap_or_else(|| Self {
            urn: change.entity.clone(),
            kind: change.kind.clone(),
            version: 0,
            attributes: BTreeMap::new(),
            record: Value::Null,
        });
        entity.version = sequence;
        for (name, attribute) in &change.set {
            if attribute.value == Value::Null {
                entity.attributes.remove(name);
            } else {
                let held = Held { attribute: attribute.clone(), sequence, committed };
                entity.attributes.insert(name.clone(), held);
            }
        }
        if let Some(record) = &change.record {
            entity.record = record.clone();
        }
        entity
    }

    /// The value of an attribute, or nothing.
    pub fn value(&self, name: &str) -> &Value {
        self.attributes.get(name).map_or(&Value::Null, |held| &held.attribute.value)
    }

    /// The text of an attribute, or the empty text.
    pub fn text(&self, name: &str) -> &str {
        self.value(name).as_text().unwrap_or_default()
    }

    /// As one value, for the store's rows.
    pub fn to_value(&self) -> Value {
        let attributes = self.attributes.iter().map(|(name, held)| {
            let held = Value::List(vec![
                held.attribute.to_value(),
                Value::Int(held.sequence.cast_signed()),
                held.committed.into(),
            ]);
            (name.as_str().to_owned(), held)
        });
        map([
            ("urn", self.urn.clone().into()),
            ("type", self.kind.as_str().into()),
            ("version", Value::Int(self.version.cast_signed())),
            ("attributes", Value::Map(attributes.collect())),
            ("record", self.record.clone()),
        ])
    }

    /// Back from the store's row.
    pub fn from_value(value: &Value) -> Option<Self> {
        let Value::Map(held) = value.get("attributes")? else { return None };
        let attributes = held.iter().map(|(name, held)| {
            let [attribute, sequence, committed] = held.as_list() else { return None };
            let held = Held {
                attribute: Attribute::from_value(attribute)?,
                sequence: sequence.as_int()?.cast_unsigned(),
                committed: committed.as_instant()?,
            };
            Some((Name::new(name.as_str()).ok()?, held))
        });
        Some(Self {
            urn: value.get("urn")?.as_ref()?.clone(),
            kind: Name::new(value.get("type")?.as_text()?).ok()?,
            version: value.get("version")?.as_int()?.cast_unsigned(),
            attributes: attributes.collect::<Option<_>>()?,
            record: value.get("record").cloned().unwrap_or(Value::Null),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(set: &[(&str, Value)]) -> Change {
        Change {
            entity: Urn::new("urn:ngsi-ld:Thing:1").unwrap(),
            kind: Name::new("Thing").unwrap(),
            verb: Name::new("update").unwrap(),
            set: set.iter().map(|(n, v)| (Name::new(*n).unwrap(), Attribute::plain(v.clone()))).collect(),
            note: Value::Null,
            record: None,
        }
    }

    #[test]
    fn changes_add_replace_and_remove() {
        let at = Instant::from_micros(5);
        let first = Entity::apply(None, &change(&[("a", 1.into()), ("b", "x".into())]), 1, at);
        let second =
            Entity::apply(Some(first.clone()), &change(&[("a", Value::Null), ("b", "y".into())]), 2, at);
        assert_eq!(first.value("a"), &Value::Int(1));
        assert_eq!(second.value("a"), &Value::Null);
        assert_eq!(second.text("b"), "y");
        assert_eq!(second.version, 2);
        assert_eq!(Entity::from_value(&second.to_value()), Some(second));
    }
}
