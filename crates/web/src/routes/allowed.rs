//! How much time a process allows, before any case of it runs: its clocks in words, each with its basis.

use super::desk::Desk;
use crate::texts::fill;
use crate::views::Allowed;
use process::{ClockKind, Definition, StageClock, Unit};

/// The longest time that the law allows, and what the city promises for the same stages.
pub(super) fn longest(desk: &Desk, process: &Definition) -> (Option<Allowed>, Option<Allowed>) {
    let of = |kind: ClockKind| {
        process.clock.iter().filter(move |clock| clock.kind == kind && clock.task.is_none())
    };
    let statutory = of(ClockKind::Statutory).max_by_key(|clock| length(clock));
    let beside = |promised: &&StageClock| {
        statutory.is_none_or(|clock| promised.runs.iter().any(|stage| clock.runs.contains(stage)))
    };
    let promised = of(ClockKind::Promised).filter(beside).max_by_key(|clock| length(clock));
    (statutory.map(|clock| allowed(desk, clock)), promised.map(|clock| allowed(desk, clock)))
}

/// All times, statutory ones first.
pub(super) fn all(desk: &Desk, process: &Definition) -> Vec<Allowed> {
    let mut clocks: Vec<&StageClock> = process.clock.iter().collect();
    clocks.sort_by_key(|clock| clock.kind == ClockKind::Promised);
    clocks.into_iter().map(|clock| allowed(desk, clock)).collect()
}

/// About how many hours pass, to say which is the longest: a working day and hour with the nights and weekends around them.
fn length(clock: &StageClock) -> u32 {
    let hours = match clock.rule.unit {
        Unit::UrgentHour => 1,
        Unit::WorkingHour => 3,
        Unit::WorkingDay => 34,
        Unit::CalendarDay => 24,
        Unit::Month => 730,
    };
    hours * budgets(clock).1
}

/// The least and the most units.
fn budgets(clock: &StageClock) -> (u32, u32) {
    let all = || clock.budgets.iter().map(|budget| budget.budget).chain([clock.rule.budget]);
    (all().min().unwrap_or_default(), all().max().unwrap_or_default())
}

fn allowed(desk: &Desk, clock: &StageClock) -> Allowed {
    let (least, most) = budgets(clock);
    let texts = &desk.words().words;
    let words = match clock.rule.unit {
        Unit::UrgentHour => &texts.hours,
        Unit::WorkingHour => &texts.working_hours,
        Unit::WorkingDay => &texts.working_days,
        Unit::CalendarDay => &texts.calendar_days,
        Unit::Month => &texts.months,
    };
    let most_words = words.of(u64::from(most));
    let time = if least == most {
        most_words
    } else {
        fill(&texts.from_to, &[("least", &least.to_string()), ("most", &most_words)])
    };
    Allowed {
        title: desk.text(&clock.rule.title).to_owned(),
        time,
        promised: clock.kind == ClockKind::Promised,
        basis: desk.cite(&clock.rule.basis),
    }
}
