//! Entities that a filter asks for, for datasets and boards.
//!
//! For now every entity of the type is looked at, page by page. When the store answers filters itself, [`selected`] is
//! the one place to change: nothing else knows how the answer is found.

use crate::cases::concerns;
use crate::{Actor, Kernel, Refusal};
use model::{Entity, Filter, Instant, Name};
use process::Record;
use store::Reading;

/// Entities read at once.
const PAGE: u32 = 500;
/// Entities of one type that are looked at.
pub(crate) const SCANNED_MAX: usize = 1_000_000;

/// What is known when all have been handed out.
pub(crate) struct Selected {
    /// When any entity of the type last changed. One that is asked for no longer is a change too.
    pub changed: Option<Instant>,
    /// Whether the type has more than were looked at.
    pub more: bool,
}

/// Hands out every entity of a type that a filter matches, in the order of their URNs.
pub(crate) fn selected(
    view: &dyn Reading,
    kind: &Name,
    filter: Option<&Filter>,
    mut take: impl FnMut(Entity) -> Result<(), Refusal>,
) -> Result<Selected, Refusal> {
    let (mut after, mut scanned, mut latest) = (None, 0, None);
    loop {
        let page = view.entities(kind, after.as_ref(), PAGE)?;
        let full = page.len() == PAGE as usize;
        scanned += page.len();
        after = page.last().map(|entity| entity.urn.clone());
        for entity in page {
            latest = latest.max(Some(entity.version));
            if filter.is_none_or(|filter| filter.matches(&entity)) {
                take(entity)?;
            }
        }
        if !full || scanned >= SCANNED_MAX {
            let entry = latest.map(|sequence| view.entry(sequence)).transpose()?.flatten();
            return Ok(Selected { changed: entry.map(|entry| entry.leaf.committed), more: full });
        }
    }
}

impl Kernel {
    /// Whether an actor's grants reach an entity: the same question as of every list.
    pub(crate) fn reaches(&self, actor: &Actor, entity: &Entity) -> bool {
        let date = self.date(self.now());
        let held = Self::scope(entity).is_some_and(|scope| !actor.roles_for(&scope, &date).is_empty());
        held || self.sees_all(actor) || self.waits_for(actor, entity)
    }

    /// Whether it is a case that waits for the actor by name.
    fn waits_for(&self, actor: &Actor, entity: &Entity) -> bool {
        let Some(record) = Record::from_value(&entity.record) else { return false };
        let definition = self.loaded().process(&record.process);
        definition.is_ok_and(|definition| concerns(&definition, &record, &actor.urn))
    }
}
