//! Changes: what happened to an entity. Appended, numbered, never edited.

use crate::{Attribute, Name, Urn, Value, map};
use std::collections::BTreeMap;

/// One change of one entity. Who, when, on what ground and caused by what stand in the command that carries it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What changed.
    pub entity: Urn,
    /// Its type.
    pub kind: Name,
    /// What happened, in one word: `create`, `update`, `open`, or the id of a process's act.
    pub verb: Name,
    /// The attributes written; a nothing-value removes.
    pub set: BTreeMap<Name, Attribute>,
    /// What was said with it: opinion, reason, material.
    pub note: Value,
    /// The whole new record of a case, if a process wrote one.
    pub record: Option<Value>,
}

impl Change {
    /// As one value, whose canonical bytes are committed to.
    pub fn to_value(&self) -> Value {
        let set = self.set.iter().map(|(name, attribute)| (name.as_str().to_owned(), attribute.to_value()));
        map([
            ("entity", self.entity.clone().into()),
            ("type", self.kind.as_str().into()),
            ("verb", self.verb.as_str().into()),
            ("set", Value::Map(set.collect())),
            ("note", self.note.clone()),
            ("record", self.record.clone().unwrap_or(Value::Null)),
        ])
    }

    /// Back from canonical bytes.
    pub fn from_value(value: &Value) -> Option<Self> {
        let Value::Map(set) = value.get("set")? else { return None };
        let set = set.iter().map(|(name, attribute)| {
            Some((Name::new(name.as_str()).ok()?, Attribute::from_value(attribute)?))
        });
        Some(Self {
            entity: value.get("entity")?.as_ref()?.clone(),
            kind: Name::new(value.get("type")?.as_text()?).ok()?,
            verb: Name::new(value.get("verb")?.as_text()?).ok()?,
            set: set.collect::<Option<_>>()?,
            note: value.get("note").cloned().unwrap_or(Value::Null),
            record: value.get("record").cloned(),
        })
    }
}
