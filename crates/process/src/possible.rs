//! Whether somebody may do an act now: stage, state of the case, person, guard. What comes with the act is `complete`.

use crate::facts::Seen;
use crate::{
    Act, Action, Assignment, AssignmentState, Clock, ClockFault, ClockRecord, ClockRule, Definition, Does,
    Facts, Policy, Record, Refusal, Since, Within,
};
use lang::Truth;
use model::{Instant, Name, Text, Urn, Value};
use std::collections::BTreeMap;

/// Somebody in front of a case.
#[derive(Clone, Copy)]
pub(crate) struct Before<'a> {
    pub definition: &'a Definition,
    pub record: &'a Record,
    pub facts: &'a Facts<'a>,
    pub at: Instant,
    /// The platform, if there is none.
    pub actor: Option<&'a Urn>,
    pub roles: &'a [Name],
    /// What comes with the act; nothing when a page only asks what it could offer.
    pub act: Option<&'a Act>,
}

impl<'a> Before<'a> {
    /// Whether the act is possible: first what lies in the case, then what lies in the person.
    pub fn possible(&self, action: &Action) -> Result<(), Refusal> {
        self.stage(action)?;
        self.case_allows(action)?;
        self.in_time(action)?;
        if let Some(actor) = self.actor {
            self.person(action, actor)?;
        }
        self.conditions(action)?;
        self.guard(action)
    }

    fn stage(&self, action: &Action) -> Result<(), Refusal> {
        let active = self.definition.active(&self.record.at);
        if action.from.iter().any(|from| active.contains(from)) {
            return Ok(());
        }
        Err(Refusal::Stage { stages: self.record.at.iter().cloned().collect() })
    }

    /// What the state of the case says, whoever asks.
    fn case_allows(&self, action: &Action) -> Result<(), Refusal> {
        let record = self.record;
        match (&action.does, &record.shelved) {
            (Some(Does::TakeUp), None) => return Err(Refusal::NotShelved),
            (Some(Does::TakeUp | Does::Correct | Does::Void | Does::Recuse), Some(_)) => {}
            // What an outside system answers cannot be turned away.
            (Some(Does::Receive), Some(_)) if action.to.is_none() => {}
            (_, Some(_)) => return Err(Refusal::Shelved),
            (_, None) => {}
        }
        let state = |clock: &Name| {
            let live = record
                .clocks_of(self.definition)
                .filter(|(_, c, held)| c.rule.id == *clock && held.stopped.is_none());
            live.map(|(_, _, held)| held.paused().is_some()).collect::<Vec<_>>()
        };
        for (clocks, wanted) in [(&action.pauses, false), (&action.resumes, true)] {
            if clocks.is_empty() {
                continue;
            }
            let found: Vec<bool> = clocks.iter().flat_map(state).collect();
            if found.is_empty() {
                return Err(ClockFault::Absent.into());
            }
            if !found.contains(&wanted) {
                return Err(if wanted { ClockFault::Runs } else { ClockFault::Paused }.into());
            }
        }
        match &action.does {
            Some(Does::Task(task)) => self.something_open(task),
            Some(Does::Claim | Does::Delegate) => {
                action.task.as_ref().map_or(Ok(()), |task| self.something_open(task))
            }
            Some(Does::Extend) => self.extension(action),
            Some(Does::Void) => match &record.last {
                None => Err(Refusal::NothingToVoid),
                Some(last) if last.bound => Err(Refusal::Bound),
                Some(_) => Ok(()),
            },
            Some(Does::Receive) => {
                let active = self.definition.active(&record.at);
                let away = action.from.iter().filter(|from| active.contains(*from));
                if away.into_iter().any(|from| record.away(from).is_some()) {
                    Ok(())
                } else {
                    Err(Refusal::NotAway)
                }
            }
            Some(Does::Reopen) => self.reopening(action),
            _ => Ok(()),
        }
    }

    fn something_open(&self, task: &Name) -> Result<(), Refusal> {
        if self.record.open_tasks().any(|open| open.task == *task) {
            return Ok(());
        }
        Err(Refusal::NothingOpen { task: task.clone() })
    }

    fn extension(&self, action: &Action) -> Result<(), Refusal> {
        let Some(extends) = &action.extends else { return Ok(()) };
        let used = self.record.extensions.get(&extends.clock).copied().unwrap_or_default();
        if used >= extends.times {
            return Err(Refusal::Extended { times: extends.times });
        }
        let mut live = self.record.clocks_of(self.definition);
        let runs = live.any(|(_, clock, held)| clock.rule.id == extends.clock && held.stopped.is_none());
        if runs { Ok(()) } else { Err(ClockFault::Absent.into()) }
    }

    fn reopening(&self, action: &Action) -> Result<(), Refusal> {
        if let Some(at_most) = action.at_most.filter(|at_most| self.record.reopened >= *at_most) {
            return Err(Refusal::Reopened { at_most });
        }
        Ok(())
    }

    /// Whether the act's window is still open. A record of the first form says neither when it began nor when it ended:
    /// nobody can show that it is still in time.
    fn in_time(&self, action: &Action) -> Result<(), Refusal> {
        let Some(within) = action.within else { return Ok(()) };
        let from = match (within.since, &action.does) {
            (Since::Case, _) => self.record.began,
            (Since::Stage, Some(Does::Reopen)) => self.record.closed,
            (Since::Stage, _) => {
                action.from.iter().filter_map(|stage| self.record.entered.get(stage)).max().copied()
            }
        };
        let until = from.and_then(|from| self.end_of(within, from));
        if until.is_some_and(|until| self.at <= until) {
            return Ok(());
        }
        let local = until.map_or_else(String::new, |until| self.facts.times.zone.minute(until));
        Err(Refusal::Window { until, local })
    }

    /// The end of a stretch of lawful time.
    fn end_of(&self, within: Within, from: Instant) -> Option<Instant> {
        let rule = ClockRule {
            id: self.definition.id.clone(),
            title: Text::new("", ""),
            unit: within.unit,
            budget: within.budget,
            basis: String::new(),
            ladder: Vec::new(),
            pauses: Vec::new(),
        };
        Clock { rule: &rule, times: self.facts.times }.due(&ClockRecord::start(from)).at
    }

    fn person(&self, action: &Action, actor: &Urn) -> Result<(), Refusal> {
        if self.record.barred.contains(actor) {
            return Err(Refusal::Barred);
        }
        let mut held = action.by.iter().filter(|role| self.roles.contains(*role)).peekable();
        if held.peek().is_none() {
            return Err(Refusal::Role { roles: action.by.clone() });
        }
        if let Some(rank) = action.does.as_ref().and_then(Does::rank)
            && held.all(|role| self.facts.world.rank(role) < rank)
        {
            return Err(Refusal::Rank { rank });
        }
        for name in &action.other_than {
            if self.record.remembered.get(name) == Some(actor) {
                return Err(Refusal::SamePerson { as_what: name.clone() });
            }
        }
        match &action.does {
            Some(Does::Task(task)) => self.own(task, self.assignment()).map(|_| ()),
            Some(Does::Delegate) => {
                action.task.as_ref().map_or(Ok(()), |task| self.own(task, self.assignment()).map(|_| ()))
            }
            Some(Does::Claim) => action
                .task
                .as_ref()
                .map_or(Ok(()), |task| self.claimable(task, self.assignment()).map(|_| ())),
            _ => Ok(()),
        }
    }

    fn assignment(&self) -> Option<u16> {
        self.act.and_then(|act| act.assignment)
    }

    /// Whether an assignment is meant for the actor.
    pub fn meant_for(&self, assignment: &Assignment, actor: &Urn) -> bool {
        let world = self.facts.world;
        assignment.roles.iter().any(|role| self.roles.contains(role))
            || assignment.parties.iter().any(|party| party == actor || world.acts_for(actor, party))
    }

    /// The actor's assignment of a task that can be worked on now.
    pub fn own(&self, task: &Name, n: Option<u16>) -> Result<&'a Assignment, Refusal> {
        let not_yours = || Refusal::NotYours { task: task.clone() };
        let actor = self.actor.ok_or_else(not_yours)?;
        let open = || {
            let open = self.record.open_tasks().filter(|a| a.task == *task);
            open.filter(move |a| n.is_none_or(|n| a.n == n))
        };
        // Different holders are different people: two roles in one hand are one opinion.
        let done = |a: &Assignment| a.state == AssignmentState::Done && a.by.as_ref() == Some(actor);
        if self.record.assignments(task).any(done) {
            return Err(Refusal::SamePerson { as_what: task.clone() });
        }
        if let Some(held) = open().find(|a| a.by.as_ref() == Some(actor)) {
            return Ok(held);
        }
        let mut free =
            open().filter(|a| a.state == AssignmentState::Open && self.meant_for(a, actor)).peekable();
        let claimed_first = self.definition.task(task).is_some_and(|task| task.policy == Policy::Claim);
        if claimed_first && free.peek().is_some() {
            return Err(Refusal::Unclaimed { task: task.clone() });
        }
        let first = free.next().ok_or_else(not_yours)?;
        if free.next().is_some() { Err(Refusal::Which { of: task.clone() }) } else { Ok(first) }
    }

    /// The assignment of a task that the actor can claim.
    pub fn claimable(&self, task: &Name, n: Option<u16>) -> Result<&'a Assignment, Refusal> {
        let not_yours = || Refusal::NotYours { task: task.clone() };
        let actor = self.actor.ok_or_else(not_yours)?;
        // Whoever has one of a task already could never do a second.
        if self.record.assignments(task).any(|a| a.by.as_ref() == Some(actor)) {
            return Err(Refusal::SamePerson { as_what: task.clone() });
        }
        let open = self.record.open_tasks().filter(|a| a.task == *task && a.state == AssignmentState::Open);
        let mut mine = open.filter(|a| n.is_none_or(|n| a.n == n) && self.meant_for(a, actor));
        mine.next().ok_or_else(not_yours)
    }

    fn conditions(&self, action: &Action) -> Result<(), Refusal> {
        if let Some(task) = action.waits.iter().find(|task| !self.record.task_done(self.definition, task)) {
            return Err(Refusal::Waits { task: task.clone() });
        }
        let open = self.record.parts(true);
        if action.when_parts_closed && open > 0 { Err(Refusal::PartsOpen { open }) } else { Ok(()) }
    }

    fn guard(&self, action: &Action) -> Result<(), Refusal> {
        let Some(guard) = &action.guard else { return Ok(()) };
        let because = || action.because.clone().unwrap_or_else(|| action.title.clone());
        match guard.holds(&self.seen(&BTreeMap::new())) {
            Truth::Yes => Ok(()),
            Truth::No => Err(Refusal::Guard { because: because() }),
            // A page offers what depends on what is yet to be filled in.
            Truth::Unknown { .. }
                if self.act.is_none() && asks_for_the_act(guard) && self.actor.is_some() =>
            {
                Ok(())
            }
            Truth::Unknown { missing } => Err(Refusal::Unknown { because: because(), missing }),
        }
    }

    /// What expressions see.
    pub fn seen<'b>(&'b self, set: &'b BTreeMap<Name, Value>) -> Seen<'b> {
        Seen {
            definition: self.definition,
            record: self.record,
            facts: self.facts,
            set,
            at: self.at,
            actor: self.actor,
            act: self.act,
        }
    }
}

fn asks_for_the_act(guard: &lang::Expression) -> bool {
    guard.paths().iter().any(|path| path.first().is_some_and(|first| *first == "act"))
}
