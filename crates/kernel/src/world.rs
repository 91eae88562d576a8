//! What a case's process may ask of the world: the case's own attributes, what lies behind its references, who holds
//! which role here, and what was done before.

use crate::{Actor, Loaded, name};
use model::{Entity, Instant, Item, Name, Urn, Value, Zone};
use process::{Earlier, World};
use std::collections::BTreeMap;
use store::Reading;

/// How far references are followed: `source.permit.holder`.
const HOPS_MAX: usize = 4;

/// A case and everything around it, as one view of the store has it.
pub(crate) struct CaseWorld<'a> {
    loaded: &'a Loaded,
    now: Instant,
    view: &'a dyn Reading,
    entity: &'a Entity,
}

impl<'a> CaseWorld<'a> {
    /// The world around a case.
    pub fn new(loaded: &'a Loaded, view: &'a dyn Reading, entity: &'a Entity, now: Instant) -> Self {
        Self { loaded, now, view, entity }
    }
}

/// A value behind a path, references followed. What is not there, or not readable, is nothing.
pub(crate) fn value_at(view: &dyn Reading, entity: &Entity, path: &[Name]) -> Value {
    let [first, rest @ ..] = path else { return Value::Null };
    let mut value = entity.value(first.as_str()).clone();
    for (hop, step) in rest.iter().enumerate() {
        value = match value {
            Value::Ref(urn) if hop < HOPS_MAX => match view.entity(&urn) {
                Ok(Some(entity)) => entity.value(step.as_str()).clone(),
                _ => Value::Null,
            },
            Value::Map(mut map) => map.remove(step.as_str()).unwrap_or(Value::Null),
            _ => Value::Null,
        };
    }
    value
}

impl lang::Facts for CaseWorld<'_> {
    fn value(&self, path: &[Name]) -> Value {
        match path {
            [only] if *only == *"case" => self.entity.urn.clone().into(),
            _ => value_at(self.view, self.entity, path),
        }
    }

    fn call(&self, function: &str, arguments: &[Value]) -> Option<Value> {
        self.loaded.table(function, arguments)
    }

    fn zone(&self) -> Option<&Zone> {
        Some(&self.loaded.zone)
    }
}

impl World for CaseWorld<'_> {
    fn case(&self) -> &Urn {
        &self.entity.urn
    }

    fn rank(&self, role: &Name) -> u8 {
        self.loaded.definitions.city.role(role.as_str()).map_or(1, |role| role.rank)
    }

    fn holds(&self, person: &Urn, role: &Name) -> bool {
        let date = self.loaded.zone.date(self.now).to_string();
        let actor = Actor::load(self.view, person);
        actor.is_ok_and(|actor| actor.roles_for(self.entity, &date).contains(role))
    }

    fn earlier(&self, sequence: u64) -> Option<Earlier> {
        let entry = self.view.entry(sequence).ok().flatten()?;
        let note = entry.decoded().ok()?.into_iter().find_map(|item| match item {
            Item::Change(change) if change.entity == self.entity.urn => Some(change.note),
            _ => None,
        })?;
        let fields = match note.get("fields") {
            Some(Value::Map(fields)) => {
                fields.iter().filter_map(|(id, value)| Some((name(id).ok()?, value.clone()))).collect()
            }
            _ => BTreeMap::new(),
        };
        let (by, at) = (entry.leaf.actor.clone(), entry.leaf.committed);
        Some(Earlier { act: name(&entry.leaf.act).ok()?, by, at, fields })
    }
}
