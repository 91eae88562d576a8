//! What lies within a person's reach: entities of a type that stand where the person's roles do, and files that came
//! with a case's acts.

use crate::act::enclosed_in;
use crate::cases::TRAIL_MAX;
use crate::{Actor, Grant, Kernel, Refusal, title};
use model::{Entity, Filter, Item, Name, Urn};
use store::{Find, Order};

/// Entities looked at for one answer. What lies behind them is found by more words.
const LOOKED_AT_MAX: usize = 5_000;
/// Entities read at once.
const PAGE: u32 = 500;

/// Entities within reach.
#[derive(Clone, Debug, Default)]
pub struct Reached {
    /// In the order of their names.
    pub entities: Vec<Entity>,
    /// Whether there are more than were asked for, or more than were looked at.
    pub more: bool,
}

impl Kernel {
    /// Entities of a type where one of these roles of a person reaches, at most so many. `words` narrows them to those
    /// whose title or own name has these words in it.
    pub fn reached(
        &self,
        actor: &Actor,
        roles: &[Name],
        kind: &Name,
        words: &str,
        most: usize,
    ) -> Result<Reached, Refusal> {
        let view = self.store.read()?;
        let date = self.date(self.now());
        let held = actor.grants.iter().filter(|grant| grant.holds_on(&date) && roles.contains(&grant.role));
        let reach = held.map(Grant::filter).collect::<Result<_, _>>()?;
        let filter = Filter::And(vec![Filter::Kind(kind.clone()), Filter::Or(reach)]);
        let words = words.trim().to_lowercase();
        let mut reached = Reached::default();
        let (mut after, mut seen) = (None, 0);
        loop {
            let find = Find { order: Order::Urn { after }, skip: 0, limit: PAGE };
            let page = view.find(&filter, &find)?;
            let last = page.len() < PAGE as usize;
            seen += page.len();
            after = page.last().map(|entity| entity.urn.clone());
            for entity in page {
                if !has_words(&entity, &words) {
                    continue;
                }
                if reached.entities.len() == most {
                    reached.more = true;
                    return Ok(reached);
                }
                reached.entities.push(entity);
            }
            if last || seen >= LOOKED_AT_MAX {
                reached.more = !last;
                return Ok(reached);
            }
        }
    }

    /// A file that came with an act of a case, for whoever may see the case.
    pub fn enclosure(&self, actor: &Actor, case: &Urn, digest: &[u8; 32]) -> Result<Vec<u8>, Refusal> {
        let not_found = || Refusal::NotFound(proof::hex(digest));
        let view = self.store.read()?;
        self.case_in(&*view, case, Some(actor))?;
        for sequence in view.history_latest(case, TRAIL_MAX)? {
            let items = view.entry(sequence)?.and_then(|entry| entry.decoded().ok()).unwrap_or_default();
            let named = items.iter().any(|item| match item {
                Item::Change(change) => {
                    change.entity == *case && enclosed_in(&change.note).any(|d| d == digest)
                }
                Item::Series(_) | Item::Batch(_) => false,
            });
            if named {
                return self.blobs.get(digest)?.ok_or_else(not_found);
            }
        }
        Err(not_found())
    }
}

fn has_words(entity: &Entity, words: &str) -> bool {
    let title = title(entity);
    let texts = [title.zh.as_str(), title.en.as_str(), entity.urn.tail()];
    words.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(words))
}
