//! Who sees what of an entity.

use super::{CREATED_BY, is_deleted, reserved};
use crate::select::Reach;
use crate::{Actor, Kernel, Loaded, Power, Refusal};
use model::{Attribute, Edition, Entity, Filter, Held, Instant, Name, Value};
use pack::{AttributeDefinition, Openness, TypeDefinition};
use std::sync::Arc;
use store::{NOW, Reading, SeriesRange};

/// Somebody's eyes, for as long as a request lasts.
pub(super) struct Eyes {
    pub loaded: Arc<Loaded>,
    /// How far they reach; nobody's eyes reach nowhere.
    reach: Option<Reach>,
    signed_in: bool,
    /// Whether they see everything, to audit it.
    all: bool,
    /// Whether they see what programs keep.
    pub context: bool,
}

impl Eyes {
    pub fn of(kernel: &Kernel, actor: Option<&Actor>) -> Result<Self, Refusal> {
        let reach = actor.map(|actor| kernel.reach(actor)).transpose()?;
        let all = match actor {
            Some(actor) => kernel.may_read(actor)? == Filter::All,
            None => false,
        };
        let context = actor.is_some_and(|actor| kernel.has(actor, Power::Context));
        Ok(Self { loaded: kernel.loaded(), reach, signed_in: actor.is_some(), all, context: context || all })
    }

    pub fn kind(&self, kind: &Name) -> Option<&TypeDefinition> {
        self.loaded.definitions.types.get(kind)
    }

    /// Whether these eyes see an attribute of any entity of a type: then it may be asked for.
    pub fn asks(&self, kind: Option<&TypeDefinition>, id: &Name) -> bool {
        match kind {
            None => self.context && !reserved(id),
            Some(kind) => match kind.attribute(id) {
                None => *id == *"title",
                Some(declared) => self.sees_always(declared),
            },
        }
    }

    fn sees_always(&self, declared: &AttributeDefinition) -> bool {
        declared.personal.is_none()
            && match declared.open {
                Openness::Open => true,
                Openness::Shared => self.signed_in,
                Openness::Restricted => self.all,
            }
    }

    /// Whether anything of a type is seen by them.
    pub fn sees_kind(&self, kind: &TypeDefinition) -> bool {
        self.signed_in || kind.attribute.iter().any(|declared| self.sees_always(declared))
    }

    /// What they see of an entity, with the latest values of its series; nothing if they see nothing of it.
    pub fn shown(&self, view: &dyn Reading, entity: Entity) -> Result<Option<Entity>, Refusal> {
        if is_deleted(&entity) {
            return Ok(None);
        }
        let Some(kind) = self.kind(&entity.kind) else {
            let kept = *entity.value(CREATED_BY) != Value::Null && self.context;
            return Ok(kept.then_some(entity));
        };
        let reached = self.all || self.reach.as_ref().is_some_and(|reach| reach.holds(&entity));
        let sees = |id: &Name| match kind.attribute(id) {
            None => *id == *"title",
            Some(declared) => {
                self.sees_always(declared)
                    || reached && declared.personal.is_none() && declared.open == Openness::Restricted
            }
        };
        let mut seen = entity.clone();
        seen.attributes.retain(|id, _| sees(id));
        for attribute in &mut seen.attributes {
            let unit = kind.attribute(attribute.0).and_then(|declared| declared.unit_code.clone());
            attribute.1.attribute.unit = attribute.1.attribute.unit.take().or(unit);
        }
        for numbered in view.series(&entity.urn)? {
            let id = &numbered.key.attribute;
            if numbered.key.edition == Edition::Raw && sees(id) {
                let unit = kind.attribute(id).and_then(|declared| declared.unit_code.clone());
                seen.attributes.extend(latest(view, numbered.number, unit)?.map(|held| (id.clone(), held)));
            }
        }
        Ok((!seen.attributes.is_empty()).then_some(seen))
    }
}

/// The latest value of a series.
fn latest(view: &dyn Reading, series: u64, unit: Option<Name>) -> Result<Option<Held>, Refusal> {
    let (from, to) = (Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
    let rows = view.observations(SeriesRange { series, from, to, limit: 1, before: NOW })?;
    let Some(row) = rows.last() else { return Ok(None) };
    let committed = view.entry(row.sequence)?.map_or(row.observed, |entry| entry.leaf.committed);
    let attribute =
        Attribute { value: Value::number(row.value), unit, observed: Some(row.observed), effective: None };
    Ok(Some(Held { attribute, sequence: row.sequence, committed }))
}
