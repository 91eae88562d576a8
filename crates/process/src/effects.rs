//! What an act does to a case, once it is known to be possible.

use crate::complete::{check_fields, number};
use crate::work::Work;
use crate::{
    Act, Action, AssignmentState, ClockEvent, ClockFault, Correction, Does, LINKS_MAX, Last, LinkKind,
    Notice, Opening, Policy, Record, Refusal, Shelved, Task, Told,
};
use model::{Name, Urn, Value};
use std::collections::BTreeMap;

impl Work<'_> {
    /// Does everything that an act says.
    pub fn perform(&mut self, action: &Action) -> Result<(), Refusal> {
        let from = self.standing_in(action);
        if action.does == Some(Does::Void) {
            return self.void();
        }
        if let (Some(name), Some(actor)) = (&action.remember, self.actor) {
            self.record.remembered.insert(name.clone(), actor.clone());
        }
        for (flag, value) in &action.flags {
            if *value {
                self.record.flags.insert(flag.clone());
            } else {
                self.record.flags.remove(flag);
            }
        }
        let set = self.given_all(&action.set, &format!("action.{}.set", action.id))?;
        self.set.extend(set);
        self.clocks(action)?;
        let to = self.does(action)?.or_else(|| self.follows(action).then(|| action.to.clone()).flatten());
        self.open_cases(action)?;
        if let Some(to) = to {
            let from: Vec<&Name> = from.iter().collect();
            self.go(&from, &to)?;
        }
        let raised = self.told.iter().filter(|told| told.raised && told.clock.is_none());
        self.record.raised.extend(raised.map(|told| told.role.clone()));
        Ok(())
    }

    /// The stages of the act in which the case stands.
    fn standing_in(&self, action: &Action) -> Vec<Name> {
        let active = self.definition.active(&self.record.at);
        action.from.iter().filter(|from| active.contains(*from)).cloned().collect()
    }

    /// Whether the act leads anywhere yet: one on a task does once the task is done.
    fn follows(&self, action: &Action) -> bool {
        match &action.does {
            Some(Does::Task(task)) => self.record.task_done(self.definition, task),
            _ => true,
        }
    }

    fn clocks(&mut self, action: &Action) -> Result<(), Refusal> {
        let at = self.at;
        if !action.pauses.is_empty() {
            let act = self.act.ok_or(Refusal::Reason)?;
            let reason = act.reason.as_ref().ok_or(Refusal::Reason)?;
            for key in self.meant(&action.pauses, false)? {
                self.on_clock(&key, ClockEvent::Paused(reason.clone()), |clock, held| {
                    clock.pause(held, at, reason, &act.actor, &act.opinion)
                })?;
            }
        }
        for key in self.meant(&action.resumes, true)? {
            self.on_clock(&key, ClockEvent::Resumed, |clock, held| clock.resume(held, at))?;
        }
        Ok(())
    }

    /// The instances that an act means of some clocks, as far as they stand, or run. At least one, if clocks are named.
    fn meant(&self, clocks: &[Name], standing: bool) -> Result<Vec<Name>, Refusal> {
        let (mut meant, mut why) = (Vec::new(), None);
        for clock in clocks {
            let key = match self.instance(clock) {
                Ok(key) => key,
                Err(refusal) => {
                    why = why.or(Some(refusal));
                    continue;
                }
            };
            if self.record.clocks.get(&key).is_some_and(|held| held.paused().is_some() == standing) {
                meant.push(key);
            } else {
                why = Some(if standing { ClockFault::Runs } else { ClockFault::Paused }.into());
            }
        }
        why.filter(|_| meant.is_empty()).map_or(Ok(meant), Err)
    }

    /// What the act does beyond moving and setting; the stage to which it leads instead of its own, if there is one.
    fn does(&mut self, action: &Action) -> Result<Option<Name>, Refusal> {
        match (&action.does, self.act) {
            (Some(Does::Return), _) => return Ok(self.bounce(action)),
            (Some(Does::Claim), Some(act)) => self.claim(action, act)?,
            (Some(Does::Delegate), Some(act)) => self.delegate(action, act)?,
            (Some(Does::Task(task)), Some(act)) => self.finish(task, act)?,
            (Some(Does::Extend), _) => self.extend(action)?,
            (Some(Does::Shelve), Some(act)) => self.shelve(act)?,
            (Some(Does::TakeUp), _) => self.take_up()?,
            (Some(Does::Reopen), _) => {
                self.record.reopened = self.record.reopened.saturating_add(1);
                self.record.closed = None;
            }
            (Some(Does::Correct), Some(act)) => self.correct(act)?,
            (Some(Does::Recuse), Some(act)) => self.recuse(act),
            (Some(Does::Send), _) if action.to.is_none() => {
                for stage in self.definition.stage.iter().filter(|s| action.from.contains(&s.id)) {
                    if self.record.at.contains(&stage.id) {
                        self.send_away(stage)?;
                    }
                }
            }
            (Some(Does::Receive), Some(act)) => self.receive(action, act)?,
            _ => {}
        }
        Ok(None)
    }

    /// Counts a return; at so many, the matter goes to the owner of last resort.
    fn bounce(&mut self, action: &Action) -> Option<Name> {
        self.record.bounces = self.record.bounces.saturating_add(1);
        let bounces = action.bounces.as_ref().filter(|bounces| self.record.bounces >= bounces.max)?;
        let to = bounces.to.clone();
        if self.definition.stage(&to).is_some() {
            return Some(to);
        }
        let rung = Name::new("bounces").ok()?;
        self.told.push(Told { role: to, rung, clock: None, raised: true });
        None
    }

    fn claim(&mut self, action: &Action, act: &Act) -> Result<(), Refusal> {
        let Some(task) = &action.task else { return Ok(()) };
        let n = self.before().claimable(task, act.assignment)?.n;
        self.hold(task, n, AssignmentState::Claimed, Some(&act.actor));
        Ok(())
    }

    fn delegate(&mut self, action: &Action, act: &Act) -> Result<(), Refusal> {
        let Some(task) = &action.task else { return Ok(()) };
        let own = self.before().own(task, act.assignment)?.clone();
        let to = act.fields.get("to").and_then(Value::as_ref);
        let refused = || Refusal::Delegate { to: to.cloned() };
        let to = to.ok_or_else(refused)?;
        let world = self.facts.world;
        let fits = own.roles.iter().any(|role| world.holds(to, role))
            || own.parties.iter().any(|party| party == to || world.acts_for(to, party));
        let done = |a: &crate::Assignment| a.by.as_ref() == Some(to);
        let barred = self.record.barred.contains(to) || self.record.assignments(task).any(done);
        if !fits || barred || *to == act.actor {
            return Err(refused());
        }
        self.hold(task, own.n, AssignmentState::Claimed, Some(to));
        Ok(())
    }

    fn hold(&mut self, task: &Name, n: u16, state: AssignmentState, by: Option<&Urn>) {
        let at = self.at;
        for held in self.record.tasks.iter_mut().filter(|a| a.task == *task && a.n == n) {
            (held.state, held.by, held.since) = (state, by.cloned(), at);
        }
    }

    /// Completes the actor's own assignment: its clocks stop, and the next one's turn may come.
    fn finish(&mut self, id: &Name, act: &Act) -> Result<(), Refusal> {
        let own = self.before().own(id, act.assignment)?.clone();
        self.hold(id, own.n, AssignmentState::Done, Some(&act.actor));
        self.task_clocks(&own, false)?;
        let Some(task) = self.definition.task(id) else { return Ok(()) };
        self.after_one(task)
    }

    fn after_one(&mut self, task: &Task) -> Result<(), Refusal> {
        if self.record.task_done(self.definition, &task.id) {
            self.release(&task.id)
        } else if task.policy == Policy::InSequence {
            self.open_next(task)
        } else {
            Ok(())
        }
    }

    fn extend(&mut self, action: &Action) -> Result<(), Refusal> {
        let Some(extends) = &action.extends else { return Ok(()) };
        let key = self.instance(&extends.clock)?;
        let (at, units) = (self.at, extends.units);
        self.on_clock(&key, ClockEvent::Extended(units), |clock, held| clock.extend(held, at, units))?;
        let used = self.record.extensions.entry(extends.clock.clone()).or_default();
        *used = used.saturating_add(1);
        Ok(())
    }

    fn shelve(&mut self, act: &Act) -> Result<(), Refusal> {
        let reason = act.reason.as_ref().ok_or(Refusal::Reason)?;
        let running = self.record.clocks.iter().filter(|(_, held)| held.running_since.is_some());
        let keys: Vec<Name> = running.map(|(key, _)| key.clone()).collect();
        for key in &keys {
            self.on_clock(key, ClockEvent::Paused(reason.clone()), |clock, held| {
                clock.shelve(held, act.at, reason, &act.actor, &act.opinion)
            })?;
        }
        let clocks = keys.into_iter().collect();
        self.record.shelved = Some(Shelved { since: act.at, reason: reason.clone(), clocks });
        Ok(())
    }

    /// Lets those clocks run again that stood because of the shelving; those that were paused before stay paused.
    fn take_up(&mut self) -> Result<(), Refusal> {
        let shelved = self.record.shelved.take().ok_or(Refusal::NotShelved)?;
        let at = self.at;
        for key in &shelved.clocks {
            self.on_clock(key, ClockEvent::Resumed, |clock, held| clock.resume(held, at))?;
        }
        Ok(())
    }

    fn recuse(&mut self, act: &Act) {
        let who = act.fields.get("who").and_then(Value::as_ref).unwrap_or(&act.actor).clone();
        let at = self.at;
        // What this person had in hand is open again; its clock goes on.
        let held = self.record.tasks.iter_mut().filter(|a| a.state == AssignmentState::Claimed);
        for assignment in held.filter(|a| a.by.as_ref() == Some(&who)) {
            (assignment.state, assignment.by, assignment.since) = (AssignmentState::Open, None, at);
        }
        self.record.barred.insert(who);
    }

    fn receive(&mut self, action: &Action, act: &Act) -> Result<(), Refusal> {
        let stages = self.standing_in(action);
        let mut stays = self.record.remote.iter_mut().filter(|stay| stay.returned.is_none());
        let stay = stays.find(|stay| stages.contains(&stay.stage)).ok_or(Refusal::NotAway)?;
        match number(act) {
            Some(number) => stay.number = Some(number),
            None => stay.by_hand = stay.by_hand || !act.photos.is_empty(),
        }
        Ok(())
    }

    /// Corrects what was filled in with an earlier act. An attribute that this act set changes too, unless a later act has
    /// set it since.
    fn correct(&mut self, act: &Act) -> Result<(), Refusal> {
        let of = act.corrects.ok_or(Refusal::Correction)?;
        let earlier = self.facts.world.earlier(of).ok_or(Refusal::Correction)?;
        let action = self.definition.action(&earlier.act).ok_or(Refusal::Correction)?;
        let opinion = Some(act.opinion.trim()).filter(|opinion| !opinion.is_empty()).map(str::to_owned);
        if opinion.is_none() && act.fields.is_empty() {
            return Err(Refusal::Correction);
        }
        let mut fields = earlier.fields.clone();
        fields.extend(act.fields.clone());
        check_fields(&action.fields, &fields, |_| false)?;
        let as_it_was = Act {
            fields: earlier.fields.clone(),
            ..Act::new(earlier.act.clone(), earlier.by.clone(), Vec::new(), earlier.at)
        };
        let as_corrected = Act { fields: fields.clone(), ..as_it_was.clone() };
        let mut set = BTreeMap::new();
        for (id, given) in &action.set {
            let value = |act: &Act| {
                let mut then = Work::of(self.definition, &self.record, act, self.facts);
                then.set.clone_from(&self.set);
                then.given(given, || format!("action.{}.set.{id}", action.id))
            };
            let (was, is) = (value(&as_it_was)?, value(&as_corrected)?);
            if is != was && self.facts.world.value(std::slice::from_ref(id)) == was {
                set.insert(id.clone(), is);
            }
        }
        self.set.extend(set);
        self.correction = Some(Correction { of, act: earlier.act, opinion, fields: act.fields.clone() });
        Ok(())
    }

    fn open_cases(&mut self, action: &Action) -> Result<(), Refusal> {
        for (n, opens) in action.opens.iter().enumerate() {
            let with = self.given_all(&opens.with, &format!("action.{}.opens.{n}.with", action.id))?;
            let mut key = opens.process.as_str().to_owned();
            for name in &opens.key {
                let value = match with.get(name) {
                    Some(value) => value.clone(),
                    None if *name == "case" => self.facts.world.case().clone().into(),
                    None => lang::Facts::value(&self.seen(), std::slice::from_ref(name)),
                };
                key.push(' ');
                key.push_str(&key_part(&value));
            }
            if self.record.links.len().saturating_add(self.opens.len()) >= LINKS_MAX {
                return Err(Refusal::TooMany);
            }
            if opens.r#as == LinkKind::Part {
                self.record.opening = self.record.opening.saturating_add(1);
            }
            self.opens.push(Opening { process: opens.process.clone(), key, r#as: opens.r#as, with });
        }
        Ok(())
    }

    /// Restores the record before the last act. Clocks go on as if the act had not been; rungs that were taken stay
    /// taken, and what other cases have told meanwhile stays told.
    fn void(&mut self) -> Result<(), Refusal> {
        let last = self.record.last.take().ok_or(Refusal::NothingToVoid)?;
        if last.bound {
            return Err(Refusal::Bound);
        }
        let mut before = last.before;
        for (key, held) in &mut before.clocks {
            let Some(now) = self.record.clocks.get(key) else { continue };
            if now.started == held.started {
                now.rungs_taken.iter().for_each(|rung| held.take(rung));
            }
            if held.stopped.is_none() && now != held {
                self.notices.push(Notice { clock: key.clone(), what: ClockEvent::Restored });
            }
        }
        before.links.clone_from(&self.record.links);
        before.opening = self.record.opening;
        self.record = before;
        self.record.raised = self.raised_by_clocks();
        self.set.extend(last.set);
        Ok(())
    }

    /// Notes the record before an act, where the process lets it be undone.
    pub fn note_last(&mut self, action: &Action, act: &Act, before: &Record) {
        let voids = self.definition.action.iter().any(|action| action.does == Some(Does::Void));
        let undone = matches!(action.does, Some(Does::Void));
        if !voids || undone {
            return;
        }
        let world = self.facts.world;
        let set = self.set.keys().map(|id| (id.clone(), world.value(std::slice::from_ref(id))));
        self.record.last = Some(Box::new(Last {
            act: act.id.clone(),
            by: act.actor.clone(),
            at: act.at,
            before: Record { last: None, ..before.clone() },
            set: set.collect(),
            bound: !self.opens.is_empty() || !self.deliveries.is_empty() || self.correction.is_some(),
        }));
    }
}

/// A value as part of a key.
fn key_part(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Ref(urn) => urn.to_string(),
        Value::Int(int) => int.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Instant(at) => at.to_string(),
        _ => "-".to_owned(),
    }
}
