//! A case's record: what its process knows of it. Kept in the log with every change of the case.
//!
//! How it is written there is `written`.

use crate::{Assignment, AssignmentState, ClockRecord, Definition, LinkKind, StageClock};
use model::{Instant, Name, Urn, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Most cases with which one case has to do.
pub const LINKS_MAX: usize = 1_000;
/// Most stays in outside systems of one case.
pub const REMOTES_MAX: usize = 200;

/// The record of one case.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Digest of the definition that the case runs on.
    pub process: [u8; 32],
    /// Where it is: the leaves among its stages, one unless regions run side by side.
    pub at: BTreeSet<Name>,
    /// When it began; nothing in records of the first form.
    pub began: Option<Instant>,
    /// When each stage in which it stands was entered, leaf or parent.
    pub entered: BTreeMap<Name, Instant>,
    /// Where it was in parents that it left and that go on there: the leaves.
    pub history: BTreeMap<Name, BTreeSet<Name>>,
    /// Flags that are yes.
    pub flags: BTreeSet<Name>,
    /// Tasks as they are assigned, of the stages in which the case is or was last.
    pub tasks: Vec<Assignment>,
    /// Its clocks: under the clock's name, or, one for each holder of a task, under `clock/n` with the number of the
    /// assignment.
    pub clocks: BTreeMap<Name, ClockRecord>,
    /// Who did what must be remembered.
    pub remembered: BTreeMap<Name, Urn>,
    /// Who may not act on it any more.
    pub barred: BTreeSet<Urn>,
    /// Roles to which a ladder or returns have handed the matter, until the clock stops.
    pub raised: BTreeSet<Name>,
    /// How often it was returned.
    pub bounces: u32,
    /// How often each clock was extended.
    pub extensions: BTreeMap<Name, u32>,
    /// Cases that it opened, or that were opened against it.
    pub links: Vec<Link>,
    /// Parts that acts have asked for and that are not opened yet: they count as open from the act on.
    pub opening: u32,
    /// Its stays in outside systems, in order.
    pub remote: Vec<Remote>,
    /// Set while it is shelved.
    pub shelved: Option<Shelved>,
    /// How often it was reopened.
    pub reopened: u32,
    /// When it ended; `None` while it is open.
    pub closed: Option<Instant>,
    /// The last act, where the process allows it to be undone.
    pub last: Option<Box<Last>>,
}

/// A case that has to do with this one.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The case.
    pub urn: Urn,
    /// Its process.
    pub process: Name,
    /// How the two belong together.
    pub r#as: LinkKind,
    /// Whether it is open.
    pub open: bool,
}

/// A stay in an outside system.
#[derive(Clone, Debug, PartialEq)]
pub struct Remote {
    /// The stage that is done there.
    pub stage: Name,
    /// The system.
    pub system: Name,
    /// Since when.
    pub sent: Instant,
    /// Its number there, once it is known.
    pub number: Option<String>,
    /// When it came back.
    pub returned: Option<Instant>,
    /// Whether a photo of a receipt stands for the number (manual receipt).
    pub by_hand: bool,
}

/// That a case is shelved.
#[derive(Clone, Debug, PartialEq)]
pub struct Shelved {
    /// Since when.
    pub since: Instant,
    /// Why, by its code.
    pub reason: Name,
    /// The keys of the clocks that stand because of it.
    pub clocks: BTreeSet<Name>,
}

/// The last act, so that it can be undone.
#[derive(Clone, Debug, PartialEq)]
pub struct Last {
    /// Which act.
    pub act: Name,
    /// Who.
    pub by: Urn,
    /// When.
    pub at: Instant,
    /// The record before it.
    pub before: Record,
    /// What the attributes that it set were before it.
    pub set: BTreeMap<Name, Value>,
    /// Whether something left the case with it that cannot be taken back.
    pub bound: bool,
}

impl Record {
    /// A record of a case that is nowhere yet.
    pub(crate) fn blank(process: [u8; 32]) -> Self {
        Self {
            process,
            at: BTreeSet::new(),
            began: None,
            entered: BTreeMap::new(),
            history: BTreeMap::new(),
            flags: BTreeSet::new(),
            tasks: Vec::new(),
            clocks: BTreeMap::new(),
            remembered: BTreeMap::new(),
            barred: BTreeSet::new(),
            raised: BTreeSet::new(),
            bounces: 0,
            extensions: BTreeMap::new(),
            links: Vec::new(),
            opening: 0,
            remote: Vec::new(),
            shelved: None,
            reopened: 0,
            closed: None,
            last: None,
        }
    }

    /// The stage to show where only one can be shown: the first in the definition's order.
    pub fn stage<'a>(&self, definition: &'a Definition) -> Option<&'a Name> {
        definition.stage.iter().map(|stage| &stage.id).find(|id| self.at.contains(*id))
    }

    /// How many parts it has, asked for or opened; or only those that have not ended.
    pub fn parts(&self, open: bool) -> usize {
        let parts = self.links.iter().filter(|link| link.r#as == LinkKind::Part && (link.open || !open));
        parts.count().saturating_add(self.opening as usize)
    }

    /// Its clocks that were started, with the key of each instance, in the definition's order.
    pub fn clocks_of<'a>(
        &'a self,
        definition: &'a Definition,
    ) -> impl Iterator<Item = (&'a Name, &'a StageClock, &'a ClockRecord)> {
        definition.clock.iter().flat_map(move |clock| {
            let held = self.clocks.iter();
            let own = held.filter(move |(key, _)| clock_of(key) == clock.rule.id.as_str());
            own.map(move |(key, record)| (key, clock, record))
        })
    }

    /// Assignments that somebody can work on now.
    pub fn open_tasks(&self) -> impl Iterator<Item = &Assignment> {
        let open =
            |task: &&Assignment| matches!(task.state, AssignmentState::Open | AssignmentState::Claimed);
        self.tasks.iter().filter(open)
    }

    /// The stay in an outside system that lasts, of a stage.
    pub fn away(&self, stage: &Name) -> Option<&Remote> {
        self.remote.iter().rev().find(|stay| stay.stage == *stage && stay.returned.is_none())
    }

    /// Whether it fits together, as far as that can be seen without the definition.
    pub(crate) fn is_sound(&self) -> bool {
        let mut seen = BTreeSet::new();
        let known = |key: &Name| self.clocks.get(key).is_some_and(|clock| clock.paused().is_some());
        !self.at.is_empty()
            && self.tasks.iter().all(|task| task.is_sound() && seen.insert((&task.task, task.n)))
            && self.links.len() <= LINKS_MAX
            && self.remote.len() <= REMOTES_MAX
            && self.remote.iter().all(|stay| stay.returned.is_none_or(|returned| returned >= stay.sent))
            && self.shelved.as_ref().is_none_or(|shelved| shelved.clocks.iter().all(known))
            && self.last.as_ref().is_none_or(|last| last.before.last.is_none())
    }

    /// What does not fit a definition: everything that is wrong with this record as one of its cases.
    pub fn misfits(&self, definition: &Definition) -> Vec<String> {
        let mut misfits = Vec::new();
        let mut misfit = |wrong: bool, what: String| {
            if wrong {
                misfits.push(what);
            }
        };
        for leaf in &self.at {
            misfit(definition.stage(leaf).is_none(), format!("stage {leaf} is not declared"));
            misfit(
                !definition.is_leaf(leaf),
                format!("stage {leaf} has stages within and is no place to stand"),
            );
        }
        let active = definition.active(&self.at);
        let inside = |parent: Option<&Name>, region: Option<&Name>| {
            let children = definition.children(parent).filter(|child| child.region.as_ref() == region);
            children.filter(|child| active.contains(&child.id)).count()
        };
        misfit(inside(None, None) != 1, "the case does not stand in exactly one outermost stage".to_owned());
        for parent in active.iter().filter(|id| !definition.is_leaf(id)) {
            let regions = definition.regions(parent);
            let regions =
                if regions.is_empty() { vec![None] } else { regions.into_iter().map(Some).collect() };
            for region in regions {
                let stands = inside(Some(parent), region);
                misfit(stands != 1, format!("in a region of {parent} the case stands in {stands} stages"));
            }
        }
        for (key, clock) in &self.clocks {
            let runs = definition.clock(key).is_some_and(|c| match &c.task {
                Some(task) => self.open_tasks().any(|t| t.task == *task && *key == t.clock_key(&c.rule.id)),
                None => c.runs.iter().any(|stage| active.contains(stage)),
            });
            misfit(
                clock.stopped.is_none() != runs,
                format!("clock {key} runs where it should not, or stopped"),
            );
        }
        for task in &self.tasks {
            misfit(definition.task(&task.task).is_none(), format!("task {} is not declared", task.task));
        }
        for task in self.open_tasks() {
            let stage = definition.task(&task.task).map(|task| &task.stage);
            let here = stage.is_some_and(|stage| active.contains(stage));
            misfit(!here, format!("task {} is open in a stage that was left", task.task));
        }
        // Records of the first form do not say when a case ended.
        misfit(self.closed.is_some() && !definition.ended(self), "it ended and is open".to_owned());
        misfits
    }
}

/// The clock of an instance's key.
pub(crate) fn clock_of(key: &Name) -> &str {
    key.as_str().split_once('/').map_or(key.as_str(), |(clock, _)| clock)
}
