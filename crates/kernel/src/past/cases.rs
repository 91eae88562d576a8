//! Cases over the past: what happened to them is taken from the log, or made up at random, and replayed under another
//! definition.

use super::Past;
use crate::world::CaseWorld;
use crate::{Actor, Loaded, Refusal};
use model::{Entity, Instant, Item, Name, Urn, Value};
use process::{Act, Below, Definition, Difference, Event, Facts, Link, LinkKind, generate, replay};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use store::{Entry, Reading};

/// Entries of one case that are replayed.
const ENTRIES_MAX: u32 = 2_000;
/// Cases looked at in one page.
const PAGE: u32 = 500;
/// Attributes that the platform itself keeps on a case.
const OWN: [&str; 2] = ["stage", "dueAt"];

/// Where a case would have gone differently.
#[derive(Clone, Debug)]
pub struct CaseDifference {
    /// The case; of one that was made up, its number.
    pub case: Urn,
    /// Where, by event.
    pub differences: Vec<Difference>,
    /// What happened, so that an event's number can be told.
    pub events: Vec<Event>,
    /// Clocks that were over as it is, and as it would be.
    pub overdue: [BTreeSet<Name>; 2],
}

/// How many cases were replayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replays {
    /// So many.
    pub cases: u32,
    /// Whether they were all that there are.
    pub whole: bool,
}

/// A trial: one process as it is and as it would be.
pub struct Trial<'a> {
    /// As it is.
    pub before: &'a Definition,
    /// As it would be.
    pub after: &'a Definition,
    /// Definitions around the one as it is.
    pub loaded: &'a Loaded,
    /// From when to when.
    pub span: (Instant, Instant),
    /// Cases replayed at most.
    pub most: u32,
}

impl Trial<'_> {
    /// One case under both.
    fn tried(
        &self,
        case: &Urn,
        time: (Instant, Instant),
        events: Vec<Event>,
        facts: &Facts<'_>,
    ) -> Option<CaseDifference> {
        let [before, after] =
            [self.before, self.after].map(|definition| replay(definition, time, &events, facts));
        let overdue = [before.overdue(), after.overdue()];
        let differences = before.differences(after);
        (!differences.is_empty()).then(|| CaseDifference { case: case.clone(), differences, events, overdue })
    }

    /// Cases made up at random, replayed. `seen` is told of each that differs. Returns how many were tried.
    pub fn generated(
        &self,
        count: u32,
        below: Below<'_>,
        mut seen: impl FnMut(CaseDifference),
    ) -> Result<u32, Refusal> {
        let (from, to) = self.span;
        let people: Vec<Urn> = (1..=6)
            .map(|n| Urn::of(&crate::name("Person")?, &format!("made-up-{n}")).map_err(crate::invalid))
            .collect::<Result<_, _>>()?;
        let length = u64::try_from(to.since(from) / 1_000_000).unwrap_or(1);
        for number in 1..=count {
            let urn = Urn::of(&self.before.case, &format!("made-up-{number}")).map_err(crate::invalid)?;
            let mut world = process::StillFacts::new(urn.clone());
            world.ranks =
                self.loaded.definitions.city.role.iter().map(|role| (role.id.clone(), role.rank)).collect();
            let times = self.loaded.times();
            let facts = Facts { world: &world, times: &times };
            let began = from.plus_secs(i64::try_from(below(length)).unwrap_or(0));
            let events = generate(self.before, (began, to), &people, &facts, below);
            self.tried(&urn, (began, to), events, &facts).into_iter().for_each(&mut seen);
        }
        Ok(count)
    }
}

impl Past<'_> {
    /// The cases of a process that began within the span, replayed. Returns how many were.
    pub fn simulate(
        &self,
        trial: &Trial<'_>,
        mut seen: impl FnMut(CaseDifference),
    ) -> Result<Replays, Refusal> {
        let view = &*self.view;
        let (mut after, mut cases) = (None::<Urn>, 0);
        loop {
            let page = view.entities(&trial.before.case, after.as_ref(), PAGE)?;
            let Some(last) = page.last() else { return Ok(Replays { cases, whole: true }) };
            after = Some(last.urn.clone());
            for case in &page {
                let Some(past) = self.told(view, case)? else { continue };
                if past.began < trial.span.0 || past.began >= trial.span.1 {
                    continue;
                }
                if cases == trial.most {
                    return Ok(Replays { cases, whole: false });
                }
                cases += 1;
                let world = CaseWorld::new(&self.loaded, view, &past.first, past.began);
                let times = self.loaded.times();
                let facts = Facts { world: &world, times: &times };
                let time = (past.began, trial.span.1);
                trial.tried(&case.urn, time, past.events, &facts).into_iter().for_each(&mut seen);
            }
        }
    }

    /// What the log tells of a case.
    fn told(&self, view: &dyn Reading, case: &Entity) -> Result<Option<PastCase>, Refusal> {
        let mut past: Option<PastCase> = None;
        for sequence in view.history(&case.urn, 0, ENTRIES_MAX)? {
            let Some(entry) = view.entry(sequence)? else { continue };
            let Some(change) = change_of(&entry, &case.urn) else { continue };
            let at = entry.leaf.committed;
            match &mut past {
                None => {
                    let first = Entity::apply(None, &change, sequence, at);
                    past = Some(PastCase { began: at, first, events: Vec::new() });
                }
                Some(past) => {
                    if let ControlFlow::Continue(event) = self.event(view, case, &entry, &change)? {
                        past.events.extend(event);
                    }
                }
            }
        }
        Ok(past)
    }

    /// What an entry was to its case. What the platform did by itself, the replay does by itself.
    fn event(
        &self,
        view: &dyn Reading,
        case: &Entity,
        entry: &Entry,
        change: &model::Change,
    ) -> Result<ControlFlow<(), Option<Event>>, Refusal> {
        let at = entry.leaf.committed;
        let other = || change.note.get("case").and_then(Value::as_ref).cloned();
        Ok(ControlFlow::Continue(match change.verb.as_str() {
            "ring" | "withdraw" | "migrate" => return Ok(ControlFlow::Break(())),
            "tell" => {
                let set = change.set.iter().filter(|(id, _)| !OWN.contains(&id.as_str()));
                let set = set.map(|(id, attribute)| (id.clone(), attribute.value.clone())).collect();
                Some(Event::Set { at, set })
            }
            "link" => other().map(|urn| {
                let kind = change.note.get("as").and_then(Value::as_text).and_then(LinkKind::parse);
                let process = Name::new(urn.as_str().split(':').nth(2).unwrap_or("case"));
                let process = process.unwrap_or_else(|_| case.kind.clone());
                let link = Link { urn, process, r#as: kind.unwrap_or(LinkKind::Linked), open: true };
                Event::Linked { at, link }
            }),
            "part-closed" | "part-opened" => {
                other().map(|urn| Event::Told { at, urn, open: change.verb == *"part-opened" })
            }
            _ => Some(Event::Act(self.act(view, case, entry, change)?)),
        }))
    }

    /// An act as its entry has it, with the roles that its actor held.
    fn act(
        &self,
        view: &dyn Reading,
        case: &Entity,
        entry: &Entry,
        change: &model::Change,
    ) -> Result<Act, Refusal> {
        let note = &change.note;
        let at = entry.leaf.committed;
        let actor = Actor::load(view, &entry.leaf.actor)?;
        let roles = actor.roles_for(case, &self.loaded.zone.date(at).to_string());
        let text = |key| note.get(key).and_then(Value::as_text);
        let fields: BTreeMap<Name, Value> = match note.get("fields") {
            Some(Value::Map(fields)) => fields
                .iter()
                .filter_map(|(id, value)| Some((Name::new(id.as_str()).ok()?, value.clone())))
                .collect(),
            _ => BTreeMap::new(),
        };
        let digests = |key| {
            let all = note.get(key).map(Value::as_list).unwrap_or_default().iter();
            all.filter_map(|digest| digest.as_bytes()?.try_into().ok()).collect()
        };
        Ok(Act {
            opinion: text("opinion").unwrap_or_default().to_owned(),
            reason: text("reason").and_then(|reason| Name::new(reason).ok()),
            measurement: note.get("measurement").and_then(Value::as_number),
            photos: digests("photos"),
            documents: digests("documents"),
            corrects: note.get("corrects").and_then(Value::as_int).map(i64::cast_unsigned),
            fields,
            ..Act::new(crate::name(&entry.leaf.act)?, entry.leaf.actor.clone(), roles, at)
        })
    }
}

/// A case as the log tells it.
struct PastCase {
    began: Instant,
    first: Entity,
    events: Vec<Event>,
}

fn change_of(entry: &Entry, case: &Urn) -> Option<model::Change> {
    entry.decoded().ok()?.into_iter().find_map(|item| match item {
        Item::Change(change) if change.entity == *case => Some(change),
        _ => None,
    })
}
