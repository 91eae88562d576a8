//! Process definitions: stages, flags, tasks, clocks and acts, as a pack writes them.
//!
//! Fields have the names of the keys in the pack's file; whoever reads the file fills them. A definition is immutable
//! once a case runs on it: a case names its definition by digest. What makes one unusable is `faults`.

use crate::{Action, ClockRule, Field, Task};
use lang::Expression;
use model::{Name, Text, Value};
use std::collections::BTreeMap;

/// How something must be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// The type of its cases.
    pub case: Name,
    /// The stage in which a case begins.
    pub start: Name,
    /// The law or local rule that asks for it, as the law register names it.
    pub basis: Option<String>,
    /// How people may begin it; without it only rules and other cases do.
    pub begin: Option<Begin>,
    /// Its stages, in the order in which people show them.
    pub stage: Vec<Stage>,
    /// What is yes or no of a case beside its stage.
    pub flag: Vec<Flag>,
    /// What holders of roles have to do in a stage, each for themselves.
    pub task: Vec<Task>,
    /// Its clocks.
    pub clock: Vec<StageClock>,
    /// Its acts.
    pub action: Vec<Action>,
}

/// How people begin a process.
#[derive(Clone, Debug, PartialEq)]
pub struct Begin {
    /// Roles that may.
    pub by: Vec<Name>,
    /// The type of what the case is about.
    pub about: Option<Name>,
    /// What they fill in; each becomes the case's attribute of that name.
    pub fields: Vec<Field>,
}

/// A stage. Stages nest: a stage within which others stand is a parent, the others are leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// Whether nothing is left to do here: the case ends, or its region of the parent is done.
    pub r#final: bool,
    /// The parent.
    pub within: Option<Name>,
    /// The region of the parent to which it belongs. Regions run side by side; all children of a parent have one, or none.
    pub region: Option<Name>,
    /// On a parent: where the case goes when each of its regions stands in a final child.
    pub then: Option<Name>,
    /// On a parent: re-entered, it goes on where it was.
    pub history: bool,
    /// On a parent without regions: the child in which it begins; the first listed one if nothing is said.
    pub start: Option<Name>,
    /// The outside system in which this stage is done.
    pub elsewhere: Option<Elsewhere>,
}

/// A stage done in a system that the city does not own (外部环节).
#[derive(Clone, Debug, PartialEq)]
pub struct Elsewhere {
    /// The system.
    pub system: Name,
    /// What is sent on entry.
    pub send: BTreeMap<Name, Given>,
}

/// What is yes or no of a case, whatever its stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Flag {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
}

/// A value as a file gives it: as it stands, or to be computed when it is needed.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// As it stands.
    Value(Value),
    /// Computed (`= …`).
    Expression(Expression),
}

/// Which of two clocks that run side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClockKind {
    /// What the law allows (法定).
    #[default]
    Statutory,
    /// What the city promises (承诺).
    Promised,
}

/// A clock, and when it runs: in stages, or for each holder of a task. Exactly one of `runs` and `task` is given.
#[derive(Clone, Debug, PartialEq)]
pub struct StageClock {
    /// Stages in which it runs; it stops when the case leaves them all.
    pub runs: Vec<Name>,
    /// The task for each of whose holders one instance runs, from the day it is theirs until it is done.
    pub task: Option<Name>,
    /// Statutory or promised.
    pub kind: ClockKind,
    /// Budgets that depend on what is known: the first whose condition holds, else the rule's. Judged again whenever
    /// flags or attributes change; what was consumed and the pauses stay.
    pub budgets: Vec<ConditionalBudget>,
    /// The owner of last resort: to whom the matter is raised when the ladder has no rung left.
    pub owner: Option<Name>,
    /// The clock itself.
    pub rule: ClockRule,
}

/// A budget that holds under a condition.
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionalBudget {
    /// The condition.
    pub when: Expression,
    /// How much, in the clock's units.
    pub budget: u32,
    /// The law or local rule that sets it, where that is another than the clock's.
    pub basis: Option<String>,
}

impl ClockKind {
    /// As files write it.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "statutory" => Some(Self::Statutory),
            "promised" => Some(Self::Promised),
            _ => None,
        }
    }

    /// As files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Statutory => "statutory",
            Self::Promised => "promised",
        }
    }
}

impl Definition {
    /// A stage by name.
    pub fn stage(&self, id: &Name) -> Option<&Stage> {
        self.stage.iter().find(|s| s.id == *id)
    }

    /// An act by name.
    pub fn action(&self, id: &Name) -> Option<&Action> {
        self.action.iter().find(|a| a.id == *id)
    }

    /// A clock by name, or by the key of one of its instances ([`crate::Record::clocks`]).
    pub fn clock(&self, id: &Name) -> Option<&StageClock> {
        let id = id.as_str().split_once('/').map_or(id.as_str(), |(clock, _)| clock);
        self.clock.iter().find(|c| c.rule.id == *id)
    }

    /// A task by name.
    pub fn task(&self, id: &Name) -> Option<&Task> {
        self.task.iter().find(|t| t.id == *id)
    }

    /// The reasons for an act: its own, or those that all clocks have which it pauses.
    pub fn reasons<'a>(&'a self, action: &'a Action) -> Vec<(&'a Name, &'a Text)> {
        let own = action.reasons.iter().map(|r| (&r.code, &r.title));
        let clocks: Vec<&StageClock> = action.pauses.iter().filter_map(|clock| self.clock(clock)).collect();
        let first = clocks.first().into_iter().flat_map(|clock| &clock.rule.pauses);
        let all = first.filter(|pause| clocks.iter().all(|c| c.rule.pause_reason(&pause.code).is_some()));
        own.chain(all.map(|pause| (&pause.code, &pause.title))).collect()
    }

    /// The title and the legal basis of a reason for which clocks stand still, for notices and derivations: a pause
    /// reason of a clock, or a reason of an act that shelves.
    pub fn standing(&self, clock: &Name, code: &Name) -> Option<(&Text, &str)> {
        let pause = self.clock(clock).and_then(|clock| clock.rule.pause_reason(code));
        let shelved = || {
            let acts = self.action.iter().filter(|act| act.does == Some(crate::Does::Shelve));
            let mut reasons = acts.flat_map(|act| act.reasons.iter().map(move |reason| (act, reason)));
            let (act, reason) = reasons.find(|(_, reason)| reason.code == *code)?;
            Some((&reason.title, reason.basis.as_deref().or(act.basis.as_deref()).unwrap_or_default()))
        };
        pause.map(|pause| (&pause.title, pause.basis.as_str())).or_else(shelved)
    }
}
