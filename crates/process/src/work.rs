//! A decision while it is made: the record as it changes, and what follows. `effects` does what an act says, `moves` moves
//! the case, `settle` lets follow what follows by itself.

use crate::facts::Seen;
use crate::possible::Before;
use crate::{
    Act, Clock, ClockEvent, ClockFault, ClockRecord, ConditionalBudget, Correction, Decision, Definition,
    Facts, Finding, Given, Notice, Opening, Record, Refusal, Sending, StageClock, Told,
};
use lang::Expression;
use model::{Instant, Name, Urn, Value};
use std::collections::BTreeMap;

/// A decision while it is made.
#[derive(Clone)]
pub(crate) struct Work<'a> {
    pub definition: &'a Definition,
    pub facts: &'a Facts<'a>,
    pub at: Instant,
    /// The platform, if there is none.
    pub actor: Option<&'a Urn>,
    pub act: Option<&'a Act>,
    pub record: Record,
    pub set: BTreeMap<Name, Value>,
    pub told: Vec<Told>,
    pub opens: Vec<Opening>,
    pub deliveries: Vec<Sending>,
    pub notices: Vec<Notice>,
    pub taken: Vec<Name>,
    pub correction: Option<Correction>,
    pub findings: Vec<Finding>,
}

impl<'a> Work<'a> {
    pub fn new(definition: &'a Definition, record: Record, facts: &'a Facts<'a>, at: Instant) -> Self {
        Self {
            definition,
            facts,
            at,
            actor: None,
            act: None,
            record,
            set: BTreeMap::new(),
            told: Vec::new(),
            opens: Vec::new(),
            deliveries: Vec::new(),
            notices: Vec::new(),
            taken: Vec::new(),
            correction: None,
            findings: Vec::new(),
        }
    }

    pub fn of(definition: &'a Definition, record: &Record, act: &'a Act, facts: &'a Facts<'a>) -> Self {
        let work = Self::new(definition, record.clone(), facts, act.at);
        Self { actor: Some(&act.actor), act: Some(act), ..work }
    }

    pub fn decision(self) -> Decision {
        Decision {
            at: self.at,
            record: self.record,
            set: self.set,
            told: self.told,
            opens: self.opens,
            deliveries: self.deliveries,
            notices: self.notices,
            taken: self.taken,
            correction: self.correction,
            findings: self.findings,
        }
    }

    /// The case as it stands in this decision, for whoever acts in it.
    pub fn before(&self) -> Before<'_> {
        Before {
            definition: self.definition,
            record: &self.record,
            facts: self.facts,
            at: self.at,
            actor: self.actor,
            roles: self.act.map_or(&[], |act| &act.roles),
            act: self.act,
        }
    }

    pub fn seen(&self) -> Seen<'_> {
        Seen {
            definition: self.definition,
            record: &self.record,
            facts: self.facts,
            set: &self.set,
            at: self.at,
            actor: self.actor,
            act: self.act,
        }
    }

    /// A value as the definition gives it; `place` says where, if it cannot be computed.
    pub fn given(&self, given: &Given, place: impl Fn() -> String) -> Result<Value, Refusal> {
        match given {
            Given::Value(value) => Ok(value.clone()),
            Given::Expression(expression) => self.computed(expression, place),
        }
    }

    pub fn computed(&self, expression: &Expression, place: impl Fn() -> String) -> Result<Value, Refusal> {
        let stuck = |why: lang::Stuck| Refusal::Stuck { place: place(), why: why.to_string() };
        expression.value(&self.seen()).map_err(stuck)
    }

    /// Several values; those that cannot be computed are left out where nobody could be told to act otherwise.
    pub fn given_all(
        &mut self,
        given: &BTreeMap<Name, Given>,
        place: &str,
    ) -> Result<BTreeMap<Name, Value>, Refusal> {
        let mut values = BTreeMap::new();
        for (id, given) in given {
            match self.given(given, || format!("{place}.{id}")) {
                Ok(value) => {
                    values.insert(id.clone(), value);
                }
                Err(Refusal::Stuck { place, why }) if self.actor.is_none() => {
                    self.findings.push(Finding::Stuck { place, why });
                }
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(values)
    }

    /// Does something to an instance of a clock, and notes it.
    pub fn on_clock(
        &mut self,
        key: &Name,
        what: ClockEvent,
        operate: impl FnOnce(&Clock<'_>, &mut ClockRecord) -> Result<(), crate::ClockError>,
    ) -> Result<(), Refusal> {
        let rule = &self.definition.clock(key).ok_or(ClockFault::Absent)?.rule;
        let held = self.record.clocks.get_mut(key).ok_or(ClockFault::Absent)?;
        operate(&Clock { rule, times: self.facts.times }, held)?;
        self.notices.push(Notice { clock: key.clone(), what });
        Ok(())
    }

    /// Starts a clock, or starts it afresh.
    pub fn start_clock(&mut self, clock: &StageClock, key: Name) {
        let mut held = ClockRecord::start(self.at);
        if let Some(row) = self.conditional_budget(clock) {
            (held.budget, held.basis) = (Some(row.budget), row.basis.clone());
        }
        self.record.clocks.insert(key.clone(), held);
        self.notices.push(Notice { clock: key, what: ClockEvent::Started });
    }

    /// Stops a clock for good, if it has not stopped already.
    pub fn stop_clock(&mut self, key: &Name) -> Result<(), Refusal> {
        if self.record.clocks.get(key).is_none_or(|held| held.stopped.is_some()) {
            return Ok(());
        }
        let at = self.at;
        self.on_clock(key, ClockEvent::Stopped, |clock, held| clock.stop(held, at))
    }

    /// The budget that a condition puts in force; nothing if it is the rule's own.
    pub fn conditional_budget<'c>(&self, clock: &'c StageClock) -> Option<&'c ConditionalBudget> {
        let seen = self.seen();
        let holds = |when: &Expression| matches!(when.holds(&seen), lang::Truth::Yes);
        clock.budgets.iter().find(|budget| holds(&budget.when))
    }

    /// The keys of the instances of a clock that have not stopped.
    pub fn live(&self, clock: &Name) -> Vec<Name> {
        let all = self.record.clocks_of(self.definition);
        let live = all.filter(|(_, c, held)| c.rule.id == *clock && held.stopped.is_none());
        live.map(|(key, _, _)| key.clone()).collect()
    }

    /// The instance of a clock that an act means: the only one, that of the named assignment, or the actor's own.
    pub fn instance(&self, clock: &Name) -> Result<Name, Refusal> {
        let live = self.live(clock);
        let task = self.definition.clock(clock).and_then(|clock| clock.task.as_ref());
        let Some(task) = task else {
            return live.into_iter().next().ok_or_else(|| ClockFault::Absent.into());
        };
        let key = |n: u16| Name::new(format!("{clock}/{n}")).ok();
        let named = self.act.and_then(|act| act.assignment).and_then(key);
        let own = || self.before().own(task, None).ok().map(|own| own.clock_key(clock));
        match (named.or_else(own), &live[..]) {
            (Some(key), _) if live.contains(&key) => Ok(key),
            (Some(_), _) | (None, []) => Err(ClockFault::Absent.into()),
            (None, [only]) => Ok(only.clone()),
            (None, _) => Err(Refusal::Which { of: clock.clone() }),
        }
    }

    /// Roles to which the matter is handed, as far as the clocks that did so still run.
    pub fn raised_by_clocks(&self) -> std::collections::BTreeSet<Name> {
        let live = self.record.clocks_of(self.definition).filter(|(_, _, held)| held.stopped.is_none());
        live.flat_map(|(_, clock, held)| clock.raised(held)).collect()
    }
}
