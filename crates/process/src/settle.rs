//! What follows by itself: joins, automatic acts, budgets that depend on what is known.

use crate::work::Work;
use crate::{Action, ClockEvent, Finding, Refusal};
use model::{Name, Value};

/// Most automatic acts in one decision.
pub const CHAIN_MAX: usize = 8;

impl Work<'_> {
    /// Lets everything follow that follows by itself.
    pub fn settle(&mut self) -> Result<(), Refusal> {
        self.joins()?;
        while let Some(next) = self.next_auto() {
            if self.taken.len() >= CHAIN_MAX {
                self.findings.push(Finding::Chain);
                break;
            }
            *self = next;
        }
        self.budgets()
    }

    /// Moves on from parents that are done, the innermost first.
    fn joins(&mut self) -> Result<(), Refusal> {
        // A join leads out of its parent; the checker refuses circles, and this bound holds for what was never checked.
        for _ in 0..self.definition.stage.len() {
            let Some((parent, to)) = self.definition.join(&self.record.at) else { break };
            self.go(&[&parent.id], to)?;
        }
        Ok(())
    }

    /// The case after the next automatic act, if one is possible and changes anything.
    fn next_auto(&mut self) -> Option<Self> {
        let definition = self.definition;
        for action in definition.action.iter().filter(|action| action.auto) {
            let mut next = Self { actor: None, act: None, ..self.clone() };
            if next.before().possible(action).is_err() {
                continue;
            }
            match next.perform(action).and_then(|()| next.joins()) {
                Ok(()) if self.differs(&next) => {
                    next.taken.push(action.id.clone());
                    return Some(Self { actor: self.actor, act: self.act, ..next });
                }
                Ok(()) => {}
                Err(refusal) => self.could_not(action, &refusal),
            }
        }
        None
    }

    fn could_not(&mut self, action: &Action, refusal: &Refusal) {
        let finding = Finding::Stuck { place: format!("action.{}", action.id), why: refusal.to_string() };
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    fn differs(&self, next: &Self) -> bool {
        let now = |id: &Name| lang::Facts::value(&self.seen(), std::slice::from_ref(id));
        let sets = |(id, value): (&Name, &Value)| *value != now(id);
        self.record != next.record
            || self.opens.len() != next.opens.len()
            || self.deliveries.len() != next.deliveries.len()
            || next.set.iter().any(sets)
    }

    /// Judges budgets again. What was consumed and the pauses stay.
    fn budgets(&mut self) -> Result<(), Refusal> {
        let definition = self.definition;
        for clock in definition.clock.iter().filter(|clock| !clock.budgets.is_empty()) {
            let row = self.conditional_budget(clock);
            let (budget, basis) = (row.map(|row| row.budget), row.and_then(|row| row.basis.clone()));
            for key in self.live(&clock.rule.id) {
                let in_force = self.record.clocks.get(&key).and_then(|held| held.budget);
                if in_force != budget {
                    let [from, to] = [in_force, budget].map(|budget| budget.unwrap_or(clock.rule.budget));
                    let at = self.at;
                    self.on_clock(&key, ClockEvent::Budget { from, to }, |clock, held| {
                        clock.rebudget(held, at, budget)
                    })?;
                }
                if let Some(held) = self.record.clocks.get_mut(&key) {
                    held.basis.clone_from(&basis);
                }
            }
        }
        Ok(())
    }
}
