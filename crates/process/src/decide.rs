//! Deciding: whether an act is allowed now, and what follows from it. Pure: the same record, act and facts give the
//! same decision, so the kernel may decide again after a conflict and the simulator may decide for the past.

use crate::{
    Action, Climb, Clock, ClockError, ClockRecord, Definition, Need, Record, Rung, StageClock, Times,
};
use model::{Instant, Name, Urn};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// What somebody wants to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    /// Which act.
    pub id: Name,
    /// Who.
    pub actor: Urn,
    /// The roles that this person holds for this case, now.
    pub roles: Vec<Name>,
    /// When.
    pub at: Instant,
    /// In words.
    pub opinion: String,
    /// By its code.
    pub reason: Option<Name>,
    /// What was measured.
    pub measurement: Option<f64>,
}

/// What follows from an act.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The record from now on.
    pub record: Record,
    /// Who is to be told what.
    pub told: Vec<Told>,
}

/// Somebody to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The role.
    pub role: Name,
    /// The rung of the ladder that says so.
    pub rung: Name,
    /// The clock it belongs to.
    pub clock: Name,
    /// Whether the matter is handed to this role, not only shown.
    pub raised: bool,
}

/// Why an act is refused.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum Refusal {
    /// The process has no such act.
    #[error("the process has no act {0}")]
    NoSuchAct(Name),
    /// Not in this stage.
    #[error("this is not possible in the stage {stage}")]
    Stage {
        /// Where the case is.
        stage: Name,
    },
    /// Another role does it.
    #[error("this needs the role {role}")]
    Role {
        /// Which.
        role: Name,
    },
    /// The same person may not do both.
    #[error("another person must do this than the one who did it as {as_what}")]
    SamePerson {
        /// Under which name the first one is remembered.
        as_what: Name,
    },
    /// An opinion is required.
    #[error("an opinion is required")]
    Opinion,
    /// A measured value is required.
    #[error("a measured value is required")]
    Measurement,
    /// A reason of the list is required.
    #[error("a reason of the list is required")]
    Reason,
    /// The clock cannot do this now.
    #[error("the clock cannot do this now")]
    Clock(#[from] ClockFault),
}

impl Refusal {
    /// Its stable code, for programs and scenarios.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchAct(_) => "no-such-act",
            Self::Stage { .. } => "stage",
            Self::Role { .. } => "role",
            Self::SamePerson { .. } => "same-person",
            Self::Opinion => "opinion",
            Self::Measurement => "measurement",
            Self::Reason => "reason",
            Self::Clock(ClockFault::Paused) => "clock-paused",
            Self::Clock(ClockFault::Runs) => "clock-runs",
            Self::Clock(ClockFault::Absent) => "clock-absent",
            Self::Clock(ClockFault::Other(_)) => "clock",
        }
    }
}

/// Why a clock refuses, in a form that pages can show.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ClockFault {
    /// It stands already.
    #[error("the clock is paused already")]
    Paused,
    /// It is not paused.
    #[error("the clock is not paused")]
    Runs,
    /// It does not run in this stage.
    #[error("the clock does not run in this stage")]
    Absent,
    /// Anything else, in words.
    #[error("{0}")]
    Other(String),
}

impl From<ClockError> for ClockFault {
    fn from(error: ClockError) -> Self {
        match error {
            ClockError::Paused(_) => Self::Paused,
            ClockError::NotPaused => Self::Runs,
            ClockError::Stopped(_) => Self::Absent,
            other => Self::Other(other.to_string()),
        }
    }
}

/// An act as a page offers it.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer<'a> {
    /// The act.
    pub action: &'a Action,
    /// Why this person cannot do it now, if so.
    pub refused: Option<Refusal>,
}

/// Opens a case.
pub fn start(definition: &Definition, process: [u8; 32], at: Instant) -> Decision {
    let mut record = Record {
        process,
        stage: definition.start.clone(),
        clocks: BTreeMap::new(),
        remembered: BTreeMap::new(),
        raised: BTreeSet::new(),
    };
    for clock in definition.clock.iter().filter(|c| c.runs.contains(&definition.start)) {
        record.clocks.insert(clock.rule.id.clone(), ClockRecord::start(at));
    }
    Decision { record, told: Vec::new() }
}

/// Decides an act.
pub fn decide(
    definition: &Definition,
    record: &Record,
    act: &Act,
    times: &Times<'_>,
) -> Result<Decision, Refusal> {
    let action = definition.action(&act.id).ok_or_else(|| Refusal::NoSuchAct(act.id.clone()))?;
    possible(record, action, &act.actor, &act.roles)?;
    complete(definition, action, act)?;
    let mut record = record.clone();
    if let Some(name) = &action.remember {
        record.remembered.insert(name.clone(), act.actor.clone());
    }
    if let Some(id) = &action.pauses {
        let (clock, held) = clock_of(definition, &mut record, id, times)?;
        let reason = act.reason.as_ref().ok_or(Refusal::Reason)?;
        clock.pause(held, act.at, reason, &act.actor, &act.opinion).map_err(ClockFault::from)?;
    }
    if let Some(id) = &action.resumes {
        let (clock, held) = clock_of(definition, &mut record, id, times)?;
        clock.resume(held, act.at).map_err(ClockFault::from)?;
    }
    if let Some(to) = &action.to {
        enter(definition, &mut record, to, act.at, times)?;
    }
    Ok(Decision { record, told: Vec::new() })
}

/// Everything that people can do in the present stage, with why this person cannot.
pub fn offers<'a>(
    definition: &'a Definition,
    record: &Record,
    actor: &Urn,
    roles: &[Name],
) -> Vec<Offer<'a>> {
    definition
        .action
        .iter()
        .filter(|action| action.from.contains(&record.stage) && clock_allows(record, action))
        .map(|action| Offer { action, refused: possible(record, action, actor, roles).err() })
        .collect()
}

/// Takes the rungs of a clock's ladder that are due.
pub fn ring(
    definition: &Definition,
    record: &Record,
    clock: &Name,
    at: Instant,
    times: &Times<'_>,
) -> Option<Decision> {
    let rule = &definition.clock(clock)?.rule;
    let held = record.clocks.get(clock)?;
    let due: Vec<Rung> = Clock { rule, times }.rungs_due(held, at).into_iter().cloned().collect();
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
        Told { role, rung: rung.id.clone(), clock: clock.clone(), raised }
    });
    let told: Vec<Told> = told.collect();
    record.raised.extend(told.iter().filter(|told| told.raised).map(|told| told.role.clone()));
    Some(Decision { record, told })
}

/// When each clock's ladder rings next; nothing for clocks that stand or have no rung left.
pub fn timers(definition: &Definition, record: &Record, times: &Times<'_>) -> Vec<(Name, Option<Instant>)> {
    let next = |clock: &StageClock| {
        let held = record.clocks.get(&clock.rule.id)?;
        let clock = Clock { rule: &clock.rule, times };
        clock.next_rung(held, Instant::from_micros(i64::MIN)).map(|(at, _)| at)
    };
    definition.clock.iter().map(|clock| (clock.rule.id.clone(), next(clock))).collect()
}

fn clock_of<'a>(
    definition: &'a Definition,
    record: &'a mut Record,
    id: &Name,
    times: &'a Times<'_>,
) -> Result<(Clock<'a>, &'a mut ClockRecord), ClockFault> {
    let rule = &definition.clock(id).ok_or(ClockFault::Absent)?.rule;
    let held = record.clocks.get_mut(id).ok_or(ClockFault::Absent)?;
    Ok((Clock { rule, times }, held))
}

/// A pause is offered while the clock runs, its end while it stands.
fn clock_allows(record: &Record, action: &Action) -> bool {
    let state =
        |id: &Name| record.clocks.get(id).filter(|c| c.stopped.is_none()).map(|c| c.paused().is_some());
    action.pauses.as_ref().is_none_or(|id| state(id) == Some(false))
        && action.resumes.as_ref().is_none_or(|id| state(id) == Some(true))
}

fn possible(record: &Record, action: &Action, actor: &Urn, roles: &[Name]) -> Result<(), Refusal> {
    if !action.from.contains(&record.stage) {
        return Err(Refusal::Stage { stage: record.stage.clone() });
    }
    if !roles.contains(&action.by) {
        return Err(Refusal::Role { role: action.by.clone() });
    }
    match &action.other_than {
        Some(name) if record.remembered.get(name) == Some(actor) => {
            Err(Refusal::SamePerson { as_what: name.clone() })
        }
        _ => Ok(()),
    }
}

fn complete(definition: &Definition, action: &Action, act: &Act) -> Result<(), Refusal> {
    if action.needs.contains(&Need::Opinion) && act.opinion.trim().is_empty() {
        return Err(Refusal::Opinion);
    }
    if action.needs.contains(&Need::Measurement) && act.measurement.is_none_or(|m| !m.is_finite()) {
        return Err(Refusal::Measurement);
    }
    let reasons = definition.reasons(action);
    let named = act.reason.as_ref().is_some_and(|reason| reasons.iter().any(|(code, _)| *code == reason));
    if !reasons.is_empty() && !named { Err(Refusal::Reason) } else { Ok(()) }
}

/// Moves the case to a stage: clocks of the old stage stop, those of the new one start afresh.
fn enter(
    definition: &Definition,
    record: &mut Record,
    to: &Name,
    at: Instant,
    times: &Times<'_>,
) -> Result<(), ClockFault> {
    let from = std::mem::replace(&mut record.stage, to.clone());
    record.raised.clear();
    for clock in &definition.clock {
        let (ran, runs) = (clock.runs.contains(&from), clock.runs.contains(to));
        if ran
            && !runs
            && let Some(held) = record.clocks.get_mut(&clock.rule.id)
        {
            Clock { rule: &clock.rule, times }.stop(held, at)?;
        }
        if runs && !ran {
            record.clocks.insert(clock.rule.id.clone(), ClockRecord::start(at));
        }
    }
    Ok(())
}
