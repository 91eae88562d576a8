//! Deciding: whether an act is allowed now, and what follows from it. Pure: the same record, act and facts give the
//! same decision, so the kernel may decide again after a conflict and the simulator may decide for the past.

use crate::complete::{check_fields, complete};
use crate::possible::Before;
use crate::record::clock_of;
use crate::work::Work;
use crate::{Act, Action, Decision, Definition, Does, Facts, LINKS_MAX, Link, LinkKind, Record, Refusal};
use model::{Instant, Name, Urn};
use std::collections::BTreeSet;

/// Opens a case. What cannot be computed yet is a finding, never a refusal: whoever opens a case by a rule has nobody to
/// tell.
pub fn start(definition: &Definition, process: [u8; 32], at: Instant, facts: &Facts<'_>) -> Decision {
    let mut work = Work::new(definition, Record::blank(process), facts, at);
    let first = definition.start.clone();
    // Without an actor nothing of this refuses but what is beyond every limit; the case then stands as it is.
    let done = work.go(&[], &first).and_then(|()| work.settle());
    if let Err(refusal) = done {
        work.findings.push(crate::Finding::Stuck { place: "start".to_owned(), why: refusal.to_string() });
    }
    work.decision()
}

/// A person opens a case: what was filled in becomes its attributes.
pub fn begin(
    definition: &Definition,
    process: [u8; 32],
    act: &Act,
    facts: &Facts<'_>,
) -> Result<Decision, Refusal> {
    let begin = definition.begin.as_ref().ok_or(Refusal::NotBegun)?;
    if !begin.by.iter().any(|role| act.roles.contains(role)) {
        return Err(Refusal::Role { roles: begin.by.clone() });
    }
    check_fields(&begin.fields, &act.fields, |_| false)?;
    let mut work = Work::new(definition, Record::blank(process), facts, act.at);
    (work.actor, work.act) = (Some(&act.actor), Some(act));
    work.set.clone_from(&act.fields);
    work.go(&[], &definition.start)?;
    work.settle()?;
    Ok(work.decision())
}

/// Decides an act.
pub fn decide(
    definition: &Definition,
    record: &Record,
    act: &Act,
    facts: &Facts<'_>,
) -> Result<Decision, Refusal> {
    let action = definition.action(&act.id).ok_or_else(|| Refusal::NoSuchAct(act.id.clone()))?;
    if action.auto {
        return Err(Refusal::Automatic);
    }
    let mut work = Work::of(definition, record, act, facts);
    work.before().possible(action)?;
    complete(definition, action, act)?;
    work.perform(action)?;
    work.settle()?;
    work.note_last(action, act, record);
    Ok(work.decision())
}

/// Judges a case again because facts about it have changed, without an act: budgets that depend on them, automatic acts
/// that wait for them. Nothing if nothing follows.
pub fn review(definition: &Definition, record: &Record, at: Instant, facts: &Facts<'_>) -> Option<Decision> {
    let follows = |decision: &Decision| {
        decision.record != *record || !decision.taken.is_empty() || !decision.findings.is_empty()
    };
    reviewed(definition, record.clone(), at, facts).filter(follows)
}

fn reviewed(definition: &Definition, record: Record, at: Instant, facts: &Facts<'_>) -> Option<Decision> {
    let mut work = Work::new(definition, record, facts, at);
    work.settle().ok()?;
    if !work.taken.is_empty() {
        // The last act is then not the person's any more.
        work.record.last = None;
    }
    Some(work.decision())
}

/// Notes a case that was opened by this one, or against it; or a part that was open already when it was asked for again.
pub fn linked(record: &Record, link: Link) -> Result<Record, Refusal> {
    let mut record = record.clone();
    if link.r#as == LinkKind::Part {
        record.opening = record.opening.saturating_sub(1);
    }
    record.links.retain(|known| known.urn != link.urn);
    if record.links.len() >= LINKS_MAX {
        return Err(Refusal::TooMany);
    }
    record.links.push(link);
    Ok(record)
}

/// A linked case tells that it was closed, or opened again. Nothing if it is not known here or was told before.
pub fn told(
    definition: &Definition,
    record: &Record,
    (urn, open): (&Urn, bool),
    at: Instant,
    facts: &Facts<'_>,
) -> Option<Decision> {
    let mut record = record.clone();
    let link = record.links.iter_mut().find(|link| link.urn == *urn && link.open != open)?;
    link.open = open;
    let kept = record.clone();
    reviewed(definition, record, at, facts)
        .or_else(|| Some(Work::new(definition, kept, facts, at).decision()))
}

/// An act as a page offers it.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer<'a> {
    /// The act.
    pub action: &'a Action,
    /// Why this person cannot do it now, if so.
    pub refused: Option<Refusal>,
    /// The assignments of the act's task that this person could choose from, where there are several.
    pub choices: Vec<u16>,
}

/// Everything that people can do with a case now, with why this person cannot.
pub fn offers<'a>(
    definition: &'a Definition,
    record: &Record,
    (actor, roles): (&Urn, &[Name]),
    at: Instant,
    facts: &Facts<'_>,
) -> Vec<Offer<'a>> {
    let before = Before { definition, record, facts, at, actor: Some(actor), roles, act: None };
    let acts = definition.action.iter().filter(|action| !action.auto);
    let offers = acts.filter_map(|action| match before.possible(action) {
        Ok(()) => Some(Offer { action, refused: None, choices: Vec::new() }),
        Err(Refusal::Which { of }) => {
            let mine = record.open_tasks().filter(|a| a.task == of && before.meant_for(a, actor));
            Some(Offer { action, refused: None, choices: mine.map(|a| a.n).collect() })
        }
        Err(refused) if refused.lies_in_the_case() => None,
        Err(refused) => Some(Offer { action, refused: Some(refused), choices: Vec::new() }),
    });
    offers.collect()
}

/// For whom a case waits: in their inboxes it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Awaited<'a> {
    /// Whoever holds one of these roles.
    pub roles: BTreeSet<&'a Name>,
    /// These people, because they claimed something, or it was delegated to them.
    pub people: BTreeSet<&'a Urn>,
    /// Whoever is, or acts for, one of these parties.
    pub parties: BTreeSet<&'a Urn>,
}

impl Definition {
    /// For whom a case waits now: whoever can bring it on, holds a share of an open task, or was handed it by a ladder.
    pub fn awaits<'a>(&'a self, record: &'a Record) -> Awaited<'a> {
        let mut awaited = Awaited { roles: record.raised.iter().collect(), ..Awaited::default() };
        let active = self.active(&record.at);
        let here = self.action.iter().filter(|action| action.from.iter().any(|from| active.contains(from)));
        for action in here.filter(|action| action.brings_on(record)) {
            awaited.roles.extend(&action.by);
        }
        for open in record.open_tasks().filter(|_| record.shelved.is_none()) {
            match &open.by {
                Some(person) => {
                    awaited.people.insert(person);
                }
                None => {
                    awaited.roles.extend(&open.roles);
                    awaited.parties.extend(&open.parties);
                }
            }
        }
        awaited
    }
}

impl Action {
    /// Whether a case in its stage waits for it. Acts of its law that need not be done leave nobody waiting: a pause, more
    /// time, a correction. Tasks wait for whoever holds them.
    fn brings_on(&self, record: &Record) -> bool {
        let shelved = record.shelved.is_some();
        let stands = |clock: &Name| {
            record.clocks.iter().any(|(key, held)| clock_of(key) == clock.as_str() && held.paused().is_some())
        };
        match &self.does {
            _ if self.auto || self.beside => false,
            Some(Does::TakeUp) => shelved,
            _ if shelved => false,
            Some(
                Does::Correct
                | Does::Void
                | Does::Recuse
                | Does::Reopen
                | Does::Extend
                | Does::Shelve
                | Does::Task(_)
                | Does::Claim
                | Does::Delegate,
            ) => false,
            _ if self.to.is_some() => true,
            _ if !self.resumes.is_empty() => self.resumes.iter().any(stands),
            _ => self.pauses.is_empty(),
        }
    }
}
