//! The simulator's building block: what happened to a case, replayed under another definition, and where it would have
//! gone differently. Pure: facts come in as they were.

use crate::{
    Act, Clock, Definition, Earlier, Facts, Link, Record, Refusal, Told, World, decide, linked, review, ring,
    start, timers, told,
};
use model::{Instant, Name, Urn, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Most rungs taken in one replay.
const RINGS_MAX: usize = 10_000;

/// Something that happened to a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Somebody acted.
    Act(Act),
    /// Attributes were set from outside the process: by a feed, a rule, a person.
    Set {
        /// When.
        at: Instant,
        /// Which.
        set: BTreeMap<Name, Value>,
    },
    /// Another case was opened by this one, or against it.
    Linked {
        /// When.
        at: Instant,
        /// Which.
        link: Link,
    },
    /// A linked case told that it was closed, or opened again.
    Told {
        /// When.
        at: Instant,
        /// Which.
        urn: Urn,
        /// Whether it is open.
        open: bool,
    },
}

/// How a case stands after an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// When the event was.
    pub at: Instant,
    /// Why the act was refused, if it was.
    pub refused: Option<Refusal>,
    /// Where the case stands.
    pub stands: BTreeSet<Name>,
    /// When its clocks that have not stopped are due, by the key of each instance; nothing for those that stand still.
    pub due: BTreeMap<Name, Option<Instant>>,
    /// Who was told before the event, since the one before it.
    pub told: Vec<Told>,
}

/// A case replayed.
#[derive(Clone, Debug, PartialEq)]
pub struct Replayed {
    /// How it stands after each event, the beginning first and the end of the replay last.
    pub points: Vec<Point>,
    /// Its record at the end.
    pub record: Record,
}

/// Where two replays differ after one event; 0 is the beginning, and the last is the end of the replay.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// After which event.
    pub event: usize,
    /// As it was.
    pub before: Point,
    /// As it would be.
    pub after: Point,
}

/// Facts in which a replay has set attributes.
struct Overlaid<'a> {
    world: &'a dyn World,
    set: BTreeMap<Name, Value>,
}

impl lang::Facts for Overlaid<'_> {
    fn value(&self, path: &[Name]) -> Value {
        match path {
            [only] if self.set.contains_key(only) => self.set.get(only).cloned().unwrap_or(Value::Null),
            _ => self.world.value(path),
        }
    }

    fn call(&self, function: &str, arguments: &[Value]) -> Option<Value> {
        self.world.call(function, arguments)
    }
}

impl World for Overlaid<'_> {
    fn case(&self) -> &Urn {
        self.world.case()
    }

    fn rank(&self, role: &Name) -> u8 {
        self.world.rank(role)
    }

    fn holds(&self, person: &Urn, role: &Name) -> bool {
        self.world.holds(person, role)
    }

    fn acts_for(&self, person: &Urn, party: &Urn) -> bool {
        self.world.acts_for(person, party)
    }

    fn earlier(&self, sequence: u64) -> Option<Earlier> {
        self.world.earlier(sequence)
    }
}

struct Replay<'a> {
    definition: &'a Definition,
    facts: &'a Facts<'a>,
    world: Overlaid<'a>,
    record: Record,
    points: Vec<Point>,
}

/// Replays what happened to a case that began at a moment, and lets time pass to the end. Events are in order of time.
pub fn replay(
    definition: &Definition,
    (began, until): (Instant, Instant),
    events: &[Event],
    facts: &Facts<'_>,
) -> Replayed {
    let first = start(definition, [0; 32], began, facts);
    let world = Overlaid { world: facts.world, set: first.set };
    let mut replay = Replay { definition, facts, world, record: first.record, points: Vec::new() };
    replay.note(began, None, first.told);
    for event in events {
        let at = event.at();
        let told = replay.wait(at);
        let refused = replay.take(event).err();
        replay.note(at, refused, told);
    }
    let told = replay.wait(until);
    replay.note(until, None, told);
    Replayed { points: replay.points, record: replay.record }
}

/// What happened to a case under one definition, against what would have happened under another.
pub fn simulate(
    (before, after): (&Definition, &Definition),
    time: (Instant, Instant),
    events: &[Event],
    facts: &Facts<'_>,
) -> Vec<Difference> {
    let [before, after] = [before, after].map(|definition| replay(definition, time, events, facts));
    before.differences(after)
}

impl Replayed {
    /// Where another replay of the same events differs.
    pub fn differences(self, other: Self) -> Vec<Difference> {
        let pairs = self.points.into_iter().zip(other.points).enumerate();
        let differ = pairs.filter(|(_, (before, after))| before != after);
        differ.map(|(event, (before, after))| Difference { event, before, after }).collect()
    }

    /// Clocks that were over while they ran, by the key of each instance.
    pub fn overdue(&self) -> BTreeSet<Name> {
        let pairs = self.points.iter().zip(self.points.iter().skip(1));
        let over = pairs.flat_map(|(point, next)| {
            point.due.iter().filter(|(_, due)| due.is_some_and(|due| due < next.at)).map(|(key, _)| key)
        });
        over.cloned().collect()
    }
}

impl Event {
    /// When it happened.
    pub fn at(&self) -> Instant {
        match self {
            Self::Act(act) => act.at,
            Self::Set { at, .. } | Self::Linked { at, .. } | Self::Told { at, .. } => *at,
        }
    }
}

impl Replay<'_> {
    fn take(&mut self, event: &Event) -> Result<(), Refusal> {
        let facts = Facts { world: &self.world, times: self.facts.times };
        let decision = match event {
            Event::Act(act) => Some(decide(self.definition, &self.record, act, &facts)?),
            Event::Linked { link, .. } => {
                self.record = linked(&self.record, link.clone())?;
                None
            }
            Event::Told { at, urn, open } => told(self.definition, &self.record, (urn, *open), *at, &facts),
            Event::Set { at, set } => {
                self.world.set.extend(set.clone());
                let facts = Facts { world: &self.world, times: self.facts.times };
                review(self.definition, &self.record, *at, &facts)
            }
        };
        if let Some(decision) = decision {
            self.record = decision.record;
            self.world.set.extend(decision.set);
        }
        Ok(())
    }

    /// Takes the rungs that are due up to a moment, with what follows of itself when a clock is over.
    fn wait(&mut self, until: Instant) -> Vec<Told> {
        let mut told = Vec::new();
        let mut now = self.points.last().map_or(until, |point| point.at);
        for _ in 0..RINGS_MAX {
            let next = timers(self.definition, &self.record, now, self.facts.times).into_iter();
            let due = next.filter_map(|(key, at)| Some((at?, key))).filter(|(at, _)| *at <= until).min();
            let Some((at, key)) = due else { break };
            now = at.max(now);
            let facts = Facts { world: &self.world, times: self.facts.times };
            if let Some(rung) = ring(self.definition, &self.record, &key, now, &facts) {
                self.record = rung.record;
                self.world.set.extend(rung.set);
                told.extend(rung.told);
            }
        }
        told
    }

    fn note(&mut self, at: Instant, refused: Option<Refusal>, told: Vec<Told>) {
        let live = self.record.clocks_of(self.definition).filter(|(_, _, held)| held.stopped.is_none());
        let due = live.map(|(key, clock, held)| {
            let clock = Clock { rule: &clock.rule, times: self.facts.times };
            (key.clone(), clock.due(held).at)
        });
        let due = due.collect();
        self.points.push(Point { at, refused, stands: self.record.at.clone(), due, told });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LinkKind;
    use crate::samples::{Running, at, name, permit, process};

    /// An act of a case, as it happened.
    fn act(case: &Running<'_>, who: &str, what: &str, local: &str) -> Event {
        Event::Act(Act { at: at(local), ..case.with(who, what, "!so reason=incomplete") })
    }

    #[test]
    fn the_same_definition_differs_nowhere() {
        let case = Running::start(permit(), "2026-06-01T09:00");
        let events = [
            act(&case, "ann/clerk", "accept", "2026-06-01T09:30"),
            act(&case, "li/lawyer", "legal-pass", "2026-06-02T09:30"),
            act(&case, "li/lawyer", "plan-visit", "2026-06-02T09:40"),
        ];
        let time = (at("2026-06-01T09:00"), at("2026-07-31T18:00"));
        assert_eq!(simulate((permit(), permit()), time, &events, &case.facts()), []);
        let replayed = replay(permit(), time, &events, &case.facts());
        assert_eq!(replayed.points.len(), 5);
        assert_eq!(replayed.points[3].refused, Some(Refusal::Role { roles: vec![name("inspector")] }));
        let told: Vec<_> = replayed.points[4].told.iter().map(|told| told.rung.as_str()).collect();
        assert_eq!(told, ["left-2d", "over-0h", "owner"]);
    }

    #[test]
    fn another_definition_shows_where_it_goes_another_way() {
        let text = include_str!("samples/permit.toml");
        let shorter = process(&text.replace("budget  = 20", "budget  = 5"));
        let stricter = process(&text.replace("by   = \"clerk\"\nset ", "by   = \"head\"\nset "));
        let case = Running::start(permit(), "2026-06-01T09:00");
        let events = [
            act(&case, "ann/clerk", "accept", "2026-06-01T09:30"),
            Event::Set { at: at("2026-06-03T09:00"), set: [(name("large"), true.into())].into() },
        ];
        let time = (at("2026-06-01T09:00"), at("2026-06-12T18:00"));
        let differences = simulate((permit(), &shorter), time, &events, &case.facts());
        assert_eq!(differences.iter().map(|d| d.event).collect::<Vec<_>>(), [1]);
        let due = |point: &Point| point.due[&name("decide")];
        assert_eq!(due(&differences[0].before), Some(at("2026-06-30T18:00")));
        assert_eq!(due(&differences[0].after), Some(at("2026-06-08T18:00")));
        // Before the size was known, the shorter clock would have been over.
        let overdue = |definition| replay(definition, time, &events[..1], &case.facts()).overdue();
        assert_eq!(overdue(permit()), [name("promise")].into());
        assert_eq!(overdue(&shorter), [name("decide"), name("promise")].into());
        let differences = simulate((permit(), &stricter), time, &events, &case.facts());
        assert_eq!(differences[0].after.refused, Some(Refusal::Role { roles: vec![name("head")] }));
        assert_eq!(differences[0].after.stands, [name("intake")].into());
    }

    #[test]
    fn parts_and_facts_of_the_past_are_replayed() {
        let case = Running::start(permit(), "2026-06-01T09:00");
        let hearing = crate::samples::person("hearing");
        let link = Link { urn: hearing.clone(), process: name("hearing"), r#as: LinkKind::Part, open: true };
        let events = [
            act(&case, "ann/clerk", "accept", "2026-06-01T09:30"),
            act(&case, "li/lawyer", "hold-hearing", "2026-06-01T09:40"),
            Event::Linked { at: at("2026-06-01T09:40"), link },
            Event::Told { at: at("2026-06-05T09:40"), urn: hearing, open: false },
            act(&case, "li/lawyer", "ask-supplement", "2026-06-05T10:00"),
            Event::Set { at: at("2026-06-08T10:00"), set: [(name("outcome"), "withdrawn".into())].into() },
        ];
        let time = (at("2026-06-01T09:00"), at("2026-06-12T18:00"));
        let replayed = replay(permit(), time, &events, &case.facts());
        assert!(!replayed.record.links[0].open);
        assert_eq!(replayed.points.last().unwrap().stands, [name("refused")].into());
    }
}
