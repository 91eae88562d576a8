//! Oversight: what people did, found by who did it, to what, and which act; and whether the log still is the one whose heads
//! were published. For those with the power to audit.

use crate::{Actor, Kernel, Power, Refusal, actor, name};
use model::{Instant, Item, Name, Text, Urn, Value};
use store::{Entry, Reading};

/// Entries that one page looks through: an act that is rare is looked for further back by asking again.
const LOOKED_MAX: u32 = 5_000;
/// Heads that are checked.
const HEADS_MAX: u32 = 50;

/// Which acts of people.
#[derive(Clone, Debug, PartialEq)]
pub struct ActQuery {
    /// Of whom; nothing for everybody.
    pub by: Option<Urn>,
    /// To what; nothing for anything.
    pub about: Option<Urn>,
    /// Which acts; none for all.
    pub acts: Vec<Name>,
    /// Before this entry.
    pub before: u64,
    /// Rows at most.
    pub limit: usize,
}

/// An act of a person.
#[derive(Clone, Debug, PartialEq)]
pub struct ActRow {
    /// The entry of the log.
    pub sequence: u64,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: Urn,
    /// What others call them.
    pub title: Text,
    /// What they did.
    pub act: Name,
    /// The law or rule on which.
    pub ground: String,
    /// What it changed or was about.
    pub entities: Vec<Urn>,
    /// For a look at a personal value, the case and the reason.
    pub case: Option<Urn>,
    /// Why, where a reason is kept with it.
    pub reason: String,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Acts {
    /// The latest first.
    pub rows: Vec<ActRow>,
    /// The entry before which to go on; nothing at the beginning of the log.
    pub next: Option<u64>,
}

/// Whether the log is the one whose heads were published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Entries of the log.
    pub size: u64,
    /// Heads that were checked, the latest ones.
    pub heads: u64,
    /// Sizes of those that the log does not bear out.
    pub broken: Vec<u64>,
}

impl Kernel {
    /// What people did, the latest first.
    pub fn acts(&self, actor: &Actor, query: &ActQuery) -> Result<Acts, Refusal> {
        self.allowed(actor, Power::Audit)?;
        let view = self.store.read()?;
        let sequences = match &query.about {
            None => view.acts(query.by.as_ref(), query.before, LOOKED_MAX)?,
            Some(about) => {
                let mut history = view.history_latest(about, LOOKED_MAX)?;
                history.reverse();
                history.retain(|sequence| *sequence < query.before);
                history
            }
        };
        let whole = sequences.len() < LOOKED_MAX as usize;
        let (mut rows, mut last) = (Vec::new(), None);
        for sequence in sequences {
            if rows.len() == query.limit {
                return Ok(Acts { rows, next: last });
            }
            last = Some(sequence);
            let Some(entry) = view.entry(sequence)? else { continue };
            let leaf = &entry.leaf;
            let asked = query.acts.is_empty() || query.acts.iter().any(|act| *act.as_str() == *leaf.act);
            if asked && query.by.as_ref().is_none_or(|by| *by == leaf.actor) && leaf.actor.is_person() {
                rows.push(row(&*view, &entry)?);
            }
        }
        Ok(Acts { rows, next: last.filter(|_| !whole && query.about.is_none()) })
    }

    /// Checks the latest published heads against the log as it is: signature, size and root.
    pub fn chain(&self, actor: &Actor) -> Result<Chain, Refusal> {
        self.allowed(actor, Power::Audit)?;
        let view = self.store.read()?;
        let (keys, size) = (self.keyring(), view.size()?);
        let mut chain = Chain { size, heads: 0, broken: Vec::new() };
        let epoch = crate::keys::epoch(&*view)?;
        for checkpoint in view.heads(HEADS_MAX)? {
            chain.heads += 1;
            match keys.open(&checkpoint) {
                // What an epoch before had beyond its end is void, and the log does not hold it any more.
                Ok(head) if head.epoch < epoch => {}
                Ok(head) if head.size <= size && view.root(head.size)? == head.root => {}
                Ok(head) => chain.broken.push(head.size),
                Err(_) => chain.broken.push(size),
            }
        }
        Ok(chain)
    }
}

fn row(view: &dyn Reading, entry: &Entry) -> Result<ActRow, Refusal> {
    let leaf = &entry.leaf;
    let items = entry.decoded().unwrap_or_default();
    let changes = || {
        items.iter().filter_map(|item| match item {
            Item::Change(change) => Some(change),
            _ => None,
        })
    };
    let noted =
        |key: &str| changes().find_map(|change| change.note.get(key).filter(|value| **value != Value::Null));
    let reason = ["reason", "ground"].into_iter().find_map(noted).and_then(Value::as_text);
    Ok(ActRow {
        sequence: leaf.sequence,
        at: leaf.committed,
        actor: leaf.actor.clone(),
        title: view
            .entity(&leaf.actor)?
            .map_or_else(|| Text::new(leaf.actor.tail(), leaf.actor.tail()), |who| actor::title(&who)),
        act: name(&leaf.act)?,
        ground: leaf.ground.clone(),
        entities: changes().map(|change| change.entity.clone()).collect(),
        case: noted("case").and_then(Value::as_ref).cloned(),
        reason: reason.unwrap_or_default().to_owned(),
    })
}
