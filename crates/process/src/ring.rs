//! Ladders climbed: when each clock rings next, and what happens when it does.

use crate::work::Work;
use crate::{
    Climb, Clock, ClockRecord, ClockRule, Decision, Definition, Facts, Left, Record, Rung, StageClock, Times,
    Told,
};
use model::{Instant, Name};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The id of the rung that raises to the owner of last resort.
const OWNER: &str = "owner";
/// Seconds in an hour, and in the shortest working day by which seconds after the due instant become days.
const HOUR_SECS: i64 = 3_600;
const OFFICE_DAY_SECS: i64 = 4 * HOUR_SECS;

impl StageClock {
    /// The rule with its whole ladder: where there is an owner of last resort, the last rung is theirs. It is due one hour
    /// or day, as the clock counts, after the last rung before it, and never before the budget is used up.
    pub fn whole(&self) -> Cow<'_, ClockRule> {
        let owner = self.owner.as_ref().zip(Name::new(OWNER).ok());
        let Some((owner, id)) = owner else { return Cow::Borrowed(&self.rule) };
        let hours = self.rule.unit.is_hours();
        let last = |rung: &Rung| match rung.left {
            Left::Secs(secs) if hours => secs,
            // Rounded to whole days of offices, away from the due instant.
            Left::Secs(secs) => secs.saturating_sub(OFFICE_DAY_SECS - 1) / OFFICE_DAY_SECS,
            Left::Days(days) => days,
        };
        let last = self.rule.ladder.iter().map(last).min().unwrap_or_default().min(0);
        let left = if hours { Left::Secs(last - HOUR_SECS) } else { Left::Days(last - 1) };
        let mut rule = self.rule.clone();
        rule.ladder.push(Rung { id, left, climb: Climb::Raise(owner.clone()) });
        Cow::Owned(rule)
    }

    /// The roles to which the rungs that were taken have handed the matter.
    pub fn raised(&self, held: &ClockRecord) -> Vec<Name> {
        let rule = self.whole();
        let taken = rule.ladder.iter().filter(|rung| held.rungs_taken.contains(&rung.id));
        let raised = taken.filter_map(|rung| match &rung.climb {
            Climb::Raise(role) => Some(role.clone()),
            Climb::Notify(_) => None,
        });
        raised.collect()
    }
}

/// A clock's timer rang: takes the rungs of its ladder that are due, and lets follow what follows by itself, since a
/// clock that is over may be what an automatic act waits for. `clock` is the key of the instance. Nothing if nothing
/// follows.
pub fn ring(
    definition: &Definition,
    record: &Record,
    clock: &Name,
    at: Instant,
    facts: &Facts<'_>,
) -> Option<Decision> {
    let rule = definition.clock(clock)?.whole();
    let held = record.clocks.get(clock)?;
    let due: Vec<Rung> =
        Clock { rule: &rule, times: facts.times }.rungs_due(held, at).into_iter().cloned().collect();
    let mut work = Work::new(definition, record.clone(), facts, at);
    let held = work.record.clocks.get_mut(clock)?;
    for rung in &due {
        held.take(&rung.id);
        let (role, raised) = match &rung.climb {
            Climb::Notify(role) => (role.clone(), false),
            Climb::Raise(role) => (role.clone(), true),
        };
        work.told.push(Told { role, rung: rung.id.clone(), clock: Some(clock.clone()), raised });
    }
    let raised = work.told.iter().filter(|told| told.raised).map(|told| told.role.clone());
    work.record.raised.extend(raised);
    // What is beyond every limit must not keep the ladder from being climbed.
    let climbed = work.clone();
    let mut work = if work.settle().is_ok() { work } else { climbed };
    if !work.taken.is_empty() {
        // The last act is then not the person's any more.
        work.record.last = None;
    }
    let follows = work.record != *record || !work.taken.is_empty() || !work.findings.is_empty();
    follows.then(|| work.decision())
}

/// When each clock rings next after a decision, by the key of its instance: at the next rung of its ladder, or at its
/// end where an automatic act waits for it. Nothing for clocks that stand, stopped or have nothing left to say, so that
/// their timers are taken away. `at` is when the decision was made: what was over then has been judged with it.
pub fn timers(
    definition: &Definition,
    record: &Record,
    at: Instant,
    times: &Times<'_>,
) -> Vec<(Name, Option<Instant>)> {
    let awaited = definition.awaited_clocks();
    let next = |key: &Name| {
        let held = record.clocks.get(key)?;
        let rule = definition.clock(key)?.whole();
        let clock = Clock { rule: &rule, times };
        let rung = clock.next_rung(held, Instant::from_micros(i64::MIN)).map(|(at, _)| at);
        let end = || clock.ends(held).filter(|end| *end > at);
        let end = awaited.contains(&rule.id).then(end).flatten();
        rung.into_iter().chain(end).min()
    };
    let ids = definition.clock.iter().filter(|clock| clock.task.is_none()).map(|clock| &clock.rule.id);
    let keys: BTreeSet<&Name> = ids.chain(record.clocks.keys()).collect();
    keys.into_iter().map(|key| (key.clone(), next(key))).collect()
}

/// The first due instant among a case's clocks that run, for sorting: of its own ones, and if none of these runs, of those
/// of its tasks, which are their holders' and not the case's.
pub fn first_due(definition: &Definition, record: &Record, times: &Times<'_>) -> Option<Instant> {
    let first = |of_tasks: bool| {
        let live = record.clocks_of(definition).filter(|(_, _, held)| held.stopped.is_none());
        let live = live.filter(|(_, clock, _)| clock.task.is_some() == of_tasks);
        live.filter_map(|(_, clock, held)| Clock { rule: &clock.rule, times }.due(held).at).min()
    };
    first(false).or_else(|| first(true))
}
