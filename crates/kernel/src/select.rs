//! What datasets and boards are made of: the entities of a type that a filter matches, and how far somebody reaches.

use crate::cases::concerns;
use crate::{Actor, Kernel, Loaded, Refusal};
use model::{Entity, Filter, Instant, Name, Urn};
use process::Record;
use std::sync::Arc;
use store::{Find, Order, Reading};

/// Entities read at once.
const PAGE: u32 = 500;

/// Hands out every entity of a type that a filter matches, in the order of their URNs. Returns when any entity of the type
/// last changed: one that is asked for no longer is a change too.
pub(crate) fn selected(
    view: &dyn Reading,
    kind: &Name,
    filter: Option<&Filter>,
    mut take: impl FnMut(Entity) -> Result<(), Refusal>,
) -> Result<Option<Instant>, Refusal> {
    let wanted = Filter::And([Filter::Kind(kind.clone())].into_iter().chain(filter.cloned()).collect());
    let mut after = None;
    loop {
        let page = view.find(&wanted, &Find { order: Order::Urn { after }, skip: 0, limit: PAGE })?;
        let full = page.len() == PAGE as usize;
        after = page.last().map(|entity| entity.urn.clone());
        page.into_iter().try_for_each(&mut take)?;
        if !full {
            break;
        }
    }
    let entry = view.latest(kind)?.map(|sequence| view.entry(sequence)).transpose()?.flatten();
    Ok(entry.map(|entry| entry.leaf.committed))
}

/// What of the city's entities somebody may read: what grants reach, and cases that wait for the person by name.
pub(crate) struct Reach {
    person: Urn,
    may_read: Filter,
    loaded: Arc<Loaded>,
}

impl Reach {
    pub(crate) fn holds(&self, entity: &Entity) -> bool {
        self.may_read.matches(entity) || self.is_awaited_in(entity)
    }

    fn is_awaited_in(&self, entity: &Entity) -> bool {
        let Some(record) = Record::from_value(&entity.record) else { return false };
        let definition = self.loaded.process(&record.process);
        definition.is_ok_and(|definition| concerns(&definition, &record, &self.person))
    }
}

impl Kernel {
    /// How far somebody reaches now.
    pub(crate) fn reach(&self, actor: &Actor) -> Result<Reach, Refusal> {
        Ok(Reach { person: actor.urn.clone(), may_read: self.may_read(actor)?, loaded: self.loaded() })
    }
}
