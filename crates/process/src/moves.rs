//! Moving a case: stages left and entered, with their clocks, tasks and outside systems.

use crate::work::Work;
use crate::{
    ASSIGNMENTS_MAX, Assignment, AssignmentState, Finding, REMOTES_MAX, Refusal, Remote, Sending, Stage, Task,
};
use model::{Name, Urn, Value};
use std::collections::BTreeSet;

impl Work<'_> {
    /// Moves the case to a stage. Clocks of stages that were left stop, those of stages that were entered start; a clock
    /// that runs on both sides goes on.
    pub fn go(&mut self, from: &[&Name], to: &Name) -> Result<(), Refusal> {
        let before = self.definition.active(&self.record.at);
        let step = self.definition.transition(&self.record.at, &mut self.record.history, from, to);
        self.record.at = step.at;
        let after = self.definition.active(&self.record.at);
        self.record.began = self.record.began.or_else(|| before.is_empty().then_some(self.at));
        self.record.entered.retain(|stage, _| after.contains(stage) && !step.left.contains(stage));
        self.record.entered.extend(step.entered.iter().map(|stage| (stage.clone(), self.at)));
        self.come_back(&step.left);
        self.drop_tasks(&step.left)?;
        for clock in self.definition.clock.iter().filter(|clock| clock.task.is_none()) {
            let runs = |stages: &BTreeSet<Name>| clock.runs.iter().any(|stage| stages.contains(stage));
            let id = &clock.rule.id;
            match (runs(&before), runs(&after)) {
                (true, false) => self.stop_clock(id)?,
                (false, true) => self.start_clock(clock, id.clone()),
                _ => {}
            }
        }
        for stage in self.definition.stage.iter().filter(|stage| step.entered.contains(&stage.id)) {
            self.send_away(stage)?;
            self.assign(stage, step.restored.contains(&stage.id))?;
        }
        self.record.raised = self.raised_by_clocks();
        let ended = self.definition.ended(&self.record);
        self.record.closed = ended.then(|| self.record.closed.unwrap_or(self.at));
        Ok(())
    }

    /// Ends the stays in outside systems of stages that were left.
    fn come_back(&mut self, left: &BTreeSet<Name>) {
        for stay in self.record.remote.iter_mut().filter(|stay| stay.returned.is_none()) {
            if left.contains(&stay.stage) {
                stay.returned = Some(self.at);
            }
        }
    }

    /// Sends the case to the outside system of a stage, and begins the stay there.
    pub fn send_away(&mut self, stage: &Stage) -> Result<(), Refusal> {
        let Some(elsewhere) = &stage.elsewhere else { return Ok(()) };
        let body = self.given_all(&elsewhere.send, &format!("stage.{}.elsewhere.send", stage.id))?;
        let system = elsewhere.system.clone();
        if self.record.away(&stage.id).is_none() {
            if self.record.remote.len() >= REMOTES_MAX {
                return Err(Refusal::TooMany);
            }
            self.record.remote.push(Remote {
                stage: stage.id.clone(),
                system: system.clone(),
                sent: self.at,
                number: None,
                returned: None,
                by_hand: false,
            });
        }
        self.deliveries.push(Sending { system, stage: stage.id.clone(), body });
        Ok(())
    }

    /// Releases everybody from tasks of stages that were left; what is done stays done.
    fn drop_tasks(&mut self, left: &BTreeSet<Name>) -> Result<(), Refusal> {
        let tasks = self.definition.task.iter().filter(|task| left.contains(&task.stage));
        for task in tasks {
            self.release(&task.id)?;
        }
        Ok(())
    }

    /// Releases those who have not done their part of a task.
    pub fn release(&mut self, task: &Name) -> Result<(), Refusal> {
        let at = self.at;
        let open = self.record.tasks.iter_mut().filter(|a| a.task == *task && a.is_live());
        let mut released = Vec::new();
        for assignment in open {
            (assignment.state, assignment.by, assignment.since) = (AssignmentState::Dropped, None, at);
            released.push(assignment.clone());
        }
        released.iter().try_for_each(|assignment| self.task_clocks(assignment, false))
    }

    /// Starts or stops the clocks of an assignment.
    pub fn task_clocks(&mut self, assignment: &Assignment, run: bool) -> Result<(), Refusal> {
        for clock in self.definition.clock.iter().filter(|c| c.task.as_ref() == Some(&assignment.task)) {
            let key = assignment.clock_key(&clock.rule.id);
            if run { self.start_clock(clock, key) } else { self.stop_clock(&key)? }
        }
        Ok(())
    }

    /// Assigns the tasks of a stage that was entered; where the case goes on where it was, what was done stays done.
    fn assign(&mut self, stage: &Stage, restored: bool) -> Result<(), Refusal> {
        for task in self.definition.task.iter().filter(|task| task.stage == stage.id) {
            let known = self.record.assignments(&task.id).next().is_some();
            if !(restored && known) {
                let fresh = self.fresh(task)?;
                self.record.tasks.retain(|assignment| assignment.task != task.id);
                self.record.tasks.extend(fresh);
            } else if !self.record.task_done(self.definition, &task.id) {
                let open = self.record.tasks.iter_mut().filter(|a| a.task == task.id);
                for assignment in open.filter(|a| a.state == AssignmentState::Dropped) {
                    assignment.state = AssignmentState::Waiting;
                }
            }
            self.open_next(task)?;
        }
        Ok(())
    }

    /// The assignments of a task before anybody has done anything.
    fn fresh(&mut self, task: &Task) -> Result<Vec<Assignment>, Refusal> {
        let parties = self.parties(task)?;
        let fresh = Assignment::of(task, parties, self.at);
        if fresh.is_empty() {
            self.findings.push(Finding::NoParties { task: task.id.clone() });
        }
        Ok(fresh)
    }

    fn parties(&mut self, task: &Task) -> Result<Vec<Urn>, Refusal> {
        let Some(expression) = &task.parties else { return Ok(Vec::new()) };
        let found = match self.computed(expression, || format!("task.{}.parties", task.id)) {
            Ok(found) => found,
            // Whoever acts is not to be stopped by a missing list: the task then has nobody, and a finding says so.
            Err(Refusal::Stuck { place, why }) => {
                self.findings.push(Finding::Stuck { place, why });
                Value::Null
            }
            Err(refusal) => return Err(refusal),
        };
        let mut parties: Vec<Urn> = Vec::new();
        for party in found.as_list().iter().filter_map(Value::as_ref) {
            if !parties.contains(party) {
                parties.push(party.clone());
            }
        }
        if parties.len() > ASSIGNMENTS_MAX { Err(Refusal::TooMany) } else { Ok(parties) }
    }

    /// Opens the assignments whose turn it is, and starts their clocks.
    pub fn open_next(&mut self, task: &Task) -> Result<(), Refusal> {
        let opened = Assignment::open_next(task, &mut self.record.tasks, self.at);
        opened.iter().try_for_each(|assignment| self.task_clocks(assignment, true))
    }
}
