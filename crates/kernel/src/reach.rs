//! What lies within a person's reach: entities of a type that stand where the person's roles do, cases by words, and files
//! that came with a case's acts.

use crate::act::enclosed_in;
use crate::cases::TRAIL_MAX;
use crate::{Actor, CaseView, Grant, Kernel, Refusal, title};
use model::{Entity, Filter, Item, Name, Urn};
use store::{Find, Order, Reading};

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

/// Cases that were looked for.
#[derive(Clone, Debug, Default)]
pub struct CasesFound {
    /// The open ones first.
    pub cases: Vec<CaseView>,
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
        looked_through(&*view, &filter, most, |entity| has_words(entity, &words))
    }

    /// Cases that a person may read and that have words, at most so many: the one of that number (`2026-280`), else those
    /// where each word is in one of their texts. What is sealed is no text.
    pub fn cases_with(&self, actor: &Actor, words: &str, most: usize) -> Result<CasesFound, Refusal> {
        let view = self.store.read()?;
        if let Some(case) = self.case_numbered(&*view, actor, words)? {
            return Ok(CasesFound { cases: vec![case], more: false });
        }
        let words = words.to_lowercase();
        let words: Vec<&str> = words.split_whitespace().collect();
        let mut out = CasesFound::default();
        if words.is_empty() {
            return Ok(out);
        }
        let keep = |case: &Entity| {
            let texts = case.attributes.values().filter_map(|held| held.attribute.value.as_text());
            let texts: Vec<String> = texts.map(str::to_lowercase).collect();
            words.iter().all(|word| texts.iter().any(|text| text.contains(word)))
        };
        let (readable, open) = (self.readable_cases(&*view, actor)?, self.open_cases()?);
        for state in [open.clone(), Filter::Not(Box::new(open))] {
            let filter = Filter::And(vec![readable.clone(), state]);
            let found = looked_through(&*view, &filter, most - out.cases.len(), keep)?;
            out.more |= found.more;
            for case in found.entities {
                out.cases.push(self.case_of(&*view, case, Some(actor))?);
            }
        }
        Ok(out)
    }

    /// The case of a number, the local year and the entry that opened it, if this person may read it.
    fn case_numbered(
        &self,
        view: &dyn Reading,
        actor: &Actor,
        number: &str,
    ) -> Result<Option<CaseView>, Refusal> {
        let Some((year, entry)) = number.trim().split_once('-') else { return Ok(None) };
        let (Ok(_), Ok(sequence)) = (year.parse::<u16>(), entry.parse()) else { return Ok(None) };
        let Some(entry) = view.entry(sequence)? else { return Ok(None) };
        if !self.date(entry.leaf.committed).starts_with(&format!("{year}-")) {
            return Ok(None);
        }
        for item in entry.decoded().unwrap_or_default() {
            let Item::Change(change) = item else { continue };
            match self.case_in(view, &change.entity, Some(actor)) {
                Ok(case) if case.opened == sequence => return Ok(Some(case)),
                Ok(_) | Err(Refusal::NotFound(_)) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(None)
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

/// Entities that a filter matches and that are to be kept, at most so many, in the order of their names.
fn looked_through(
    view: &dyn Reading,
    filter: &Filter,
    most: usize,
    keep: impl Fn(&Entity) -> bool,
) -> Result<Reached, Refusal> {
    let mut reached = Reached::default();
    let (mut after, mut seen) = (None, 0);
    loop {
        let find = Find { order: Order::Urn { after }, skip: 0, limit: PAGE };
        let page = view.find(filter, &find)?;
        let last = page.len() < PAGE as usize;
        seen += page.len();
        after = page.last().map(|entity| entity.urn.clone());
        for entity in page.into_iter().filter(&keep) {
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

fn has_words(entity: &Entity, words: &str) -> bool {
    let title = title(entity);
    let texts = [title.zh.as_str(), title.en.as_str(), entity.urn.tail()];
    words.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(words))
}
