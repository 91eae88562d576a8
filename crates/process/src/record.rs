//! A case's record: what its process knows of it. Kept in the log with every change of the case.

use crate::ClockRecord;
use model::{Name, Urn, Value, map};
use std::collections::{BTreeMap, BTreeSet};

/// The record of one case.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Digest of the definition that the case runs on.
    pub process: [u8; 32],
    /// Where it is.
    pub stage: Name,
    /// Its clocks.
    pub clocks: BTreeMap<Name, ClockRecord>,
    /// Who did what must be remembered.
    pub remembered: BTreeMap<Name, Urn>,
    /// Roles to which a ladder has handed the matter, as long as it stays in this stage.
    pub raised: BTreeSet<Name>,
}

impl Record {
    /// The stages in which the case stands.
    pub fn stages(&self) -> Vec<&Name> {
        vec![&self.stage]
    }

    /// As a value.
    pub fn to_value(&self) -> Value {
        let clocks = self.clocks.iter().map(|(id, clock)| (id.as_str().to_owned(), clock.to_value()));
        let remembered = self.remembered.iter().map(|(id, who)| (id.as_str().to_owned(), who.clone().into()));
        map([
            ("process", Value::Bytes(self.process.to_vec())),
            ("stage", self.stage.as_str().into()),
            ("clocks", Value::Map(clocks.collect())),
            ("remembered", Value::Map(remembered.collect())),
            ("raised", Value::List(self.raised.iter().map(|role| role.as_str().into()).collect())),
        ])
    }

    /// Back from a value.
    pub fn from_value(value: &Value) -> Option<Self> {
        let Value::Map(clocks) = value.get("clocks")? else { return None };
        let Value::Map(remembered) = value.get("remembered")? else { return None };
        let clocks = clocks
            .iter()
            .map(|(id, clock)| Some((Name::new(id.as_str()).ok()?, ClockRecord::from_value(clock)?)));
        let raised = value.get("raised")?.as_list().iter().map(|role| Name::new(role.as_text()?).ok());
        let remembered =
            remembered.iter().map(|(id, who)| Some((Name::new(id.as_str()).ok()?, who.as_ref()?.clone())));
        Some(Self {
            process: value.get("process")?.as_bytes()?.try_into().ok()?,
            stage: Name::new(value.get("stage")?.as_text()?).ok()?,
            clocks: clocks.collect::<Option<_>>()?,
            remembered: remembered.collect::<Option<_>>()?,
            raised: raised.collect::<Option<_>>()?,
        })
    }
}
