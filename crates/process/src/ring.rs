//! Ladders climbed: when each clock rings next, and what happens when it does.

use crate::{
    Climb, Clock, ClockRecord, ClockRule, Decision, Definition, Left, Record, Rung, StageClock, Times, Told,
};
use model::{Instant, Name};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

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

/// Takes the rungs of a clock's ladder that are due. `clock` is the key of the instance.
pub fn ring(
    definition: &Definition,
    record: &Record,
    clock: &Name,
    at: Instant,
    times: &Times<'_>,
) -> Option<Decision> {
    let rule = definition.clock(clock)?.whole();
    let held = record.clocks.get(clock)?;
    let due: Vec<Rung> = Clock { rule: &rule, times }.rungs_due(held, at).into_iter().cloned().collect();
    if due.is_empty() {
        return None;
    }
    let mut record = record.clone();
    let held = record.clocks.get_mut(clock)?;
    let told = due.iter().map(|rung| {
        held.take(&rung.id);
        let (role, raised) = match &rung.climb {
            Climb::Notify(role) => (role.clone(), false),
            Climb::Raise(role) => (role.clone(), true),
        };
        Told { role, rung: rung.id.clone(), clock: Some(clock.clone()), raised }
    });
    let told: Vec<Told> = told.collect();
    record.raised.extend(told.iter().filter(|told| told.raised).map(|told| told.role.clone()));
    Some(Decision {
        record,
        set: BTreeMap::new(),
        told,
        opens: Vec::new(),
        deliveries: Vec::new(),
        notices: Vec::new(),
        taken: Vec::new(),
        correction: None,
        findings: Vec::new(),
    })
}

/// When each clock's ladder rings next, by the key of its instance; nothing for clocks that stand, stopped or have no rung
/// left, so that their timers are taken away.
pub fn timers(definition: &Definition, record: &Record, times: &Times<'_>) -> Vec<(Name, Option<Instant>)> {
    let next = |key: &Name| {
        let held = record.clocks.get(key)?;
        let rule = definition.clock(key)?.whole();
        let clock = Clock { rule: &rule, times };
        clock.next_rung(held, Instant::from_micros(i64::MIN)).map(|(at, _)| at)
    };
    let ids = definition.clock.iter().filter(|clock| clock.task.is_none()).map(|clock| &clock.rule.id);
    let keys: BTreeSet<&Name> = ids.chain(record.clocks.keys()).collect();
    keys.into_iter().map(|key| (key.clone(), next(key))).collect()
}

/// The first due instant among a case's clocks that run, for sorting: that of the earliest.
pub fn first_due(definition: &Definition, record: &Record, times: &Times<'_>) -> Option<Instant> {
    let live = record.clocks_of(definition).filter(|(_, _, held)| held.stopped.is_none());
    live.filter_map(|(_, clock, held)| Clock { rule: &clock.rule, times }.due(held).at).min()
}
