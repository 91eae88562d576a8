//! Assignments: a task in the hands of those who have to do it.

use crate::{Definition, Policy, Record, Task};
use model::{Instant, Name, Urn};

/// Most assignments of one task.
pub const ASSIGNMENTS_MAX: usize = 200;

/// A task, or a holder's share of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The task.
    pub task: Name,
    /// Its number within the task, from 1.
    pub n: u16,
    /// Whoever holds one of these roles can do it.
    pub roles: Vec<Name>,
    /// Or is, or acts for, one of these parties.
    pub parties: Vec<Urn>,
    /// Whether it is the one who leads.
    pub lead: bool,
    /// How far it is.
    pub state: AssignmentState,
    /// Who has it, or who did it.
    pub by: Option<Urn>,
    /// Since when it is so.
    pub since: Instant,
}

/// How far an assignment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignmentState {
    /// Not yet: others come before.
    Waiting,
    /// Anybody to whom it is assigned can do it.
    Open,
    /// One person has it: by claiming, or because it was delegated.
    Claimed,
    /// It is done.
    Done,
    /// It need not be done any more.
    Dropped,
}

impl AssignmentState {
    const ALL: [Self; 5] = [Self::Waiting, Self::Open, Self::Claimed, Self::Done, Self::Dropped];

    /// As records write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Open => "open",
            Self::Claimed => "claimed",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl Assignment {
    /// The key of the instance of a clock that runs for it.
    pub fn clock_key(&self, clock: &Name) -> Name {
        // Clock ids leave room for the number; one that does not is refused by the checker.
        Name::new(format!("{clock}/{}", self.n)).unwrap_or_else(|_| clock.clone())
    }

    /// The assignments of a task before anybody has done anything, each still waiting for its turn.
    pub(crate) fn of(task: &Task, parties: Vec<Urn>, at: Instant) -> Vec<Self> {
        let one = |roles: Vec<Name>, parties: Vec<Urn>| Self {
            task: task.id.clone(),
            n: 0,
            lead: task.lead.as_ref().is_some_and(|lead| roles.contains(lead)),
            roles,
            parties,
            state: AssignmentState::Waiting,
            by: None,
            since: at,
        };
        let mut fresh = match task.policy {
            _ if task.roles.is_empty() && parties.is_empty() => Vec::new(),
            Policy::One | Policy::Claim => vec![one(task.roles.clone(), parties)],
            Policy::All | Policy::AtLeast | Policy::InSequence => {
                let roles = task.roles.iter().map(|role| one(vec![role.clone()], Vec::new()));
                roles.chain(parties.into_iter().map(|party| one(Vec::new(), vec![party]))).collect()
            }
        };
        for (assignment, n) in fresh.iter_mut().zip(1..) {
            assignment.n = n;
        }
        fresh
    }

    /// Opens those of a task's assignments whose turn it is; returns them.
    pub(crate) fn open_next(task: &Task, assignments: &mut [Self], at: Instant) -> Vec<Self> {
        let mut opened = Vec::new();
        for assignment in assignments.iter_mut().filter(|a| a.task == task.id) {
            match assignment.state {
                AssignmentState::Waiting => {
                    (assignment.state, assignment.since) = (AssignmentState::Open, at);
                    opened.push(assignment.clone());
                }
                AssignmentState::Open | AssignmentState::Claimed => {}
                AssignmentState::Done | AssignmentState::Dropped => continue,
            }
            if task.policy == Policy::InSequence {
                break;
            }
        }
        opened
    }

    /// Whether it has not been done or dropped.
    pub fn is_live(&self) -> bool {
        !matches!(self.state, AssignmentState::Done | AssignmentState::Dropped)
    }

    pub(crate) fn is_sound(&self) -> bool {
        let held = matches!(self.state, AssignmentState::Claimed | AssignmentState::Done);
        self.n >= 1 && held == self.by.is_some()
    }
}

impl Record {
    /// The assignments of a task.
    pub fn assignments<'a>(&'a self, task: &'a Name) -> impl Iterator<Item = &'a Assignment> {
        self.tasks.iter().filter(move |assignment| assignment.task == *task)
    }

    /// Whether a task is done, by its policy.
    pub fn task_done(&self, definition: &Definition, id: &Name) -> bool {
        let Some(task) = definition.task(id) else { return false };
        let all = self.assignments(id).count();
        let done = self.assignments(id).filter(|a| a.state == AssignmentState::Done).count();
        let wanted = match task.policy {
            Policy::One | Policy::Claim => 1,
            Policy::All | Policy::InSequence => all,
            Policy::AtLeast => task.at_least.and_then(|n| usize::try_from(n).ok()).unwrap_or(all),
        };
        all > 0 && done >= wanted
    }
}
