//! What a city promises, beside what the law allows: a promise that is longer than the law's own time is none.
//!
//! Only what is certain is said. A promise is compared with a statutory clock that runs wherever the promise runs, and
//! where their units tell beyond doubt which of the two is longer.

use super::clock::Tell;
use model::Name;
use process::{ClockKind, Definition, StageClock, Unit};

pub(super) fn check(process: &Definition, tell: Tell<'_>) {
    let of = |kind: ClockKind| process.clock.iter().filter(move |clock| clock.kind == kind);
    for promised in of(ClockKind::Promised) {
        for law in of(ClockKind::Statutory).filter(|law| beside(process, promised, law)) {
            if !(promised.rule.unit == law.rule.unit || longer(promised.rule.unit, law.rule.unit)) {
                continue;
            }
            for (place, budget, most) in excesses(promised, law) {
                let what = format!(
                    "the promise of {budget} {}s is longer than the statutory clock {} beside it: {most} {}s",
                    promised.rule.unit, law.rule.id, law.rule.unit
                );
                tell(&place, what, format!("promise at most {most}"));
            }
        }
    }
}

/// Whether the law's clock runs wherever the promise runs.
fn beside(process: &Definition, promised: &StageClock, law: &StageClock) -> bool {
    if promised.task.is_some() || law.task.is_some() {
        return promised.task == law.task;
    }
    let covered = |stage: &Name| {
        let up = |stage: &&Name| process.stage(stage).and_then(|stage| stage.within.as_ref());
        let mut line = std::iter::successors(Some(stage), up).take(crate::tree::DEPTH_MAX);
        line.any(|stage| law.runs.contains(stage))
    };
    !promised.runs.is_empty() && promised.runs.iter().all(covered)
}

/// Whether more of one unit is surely longer than so many of the other: working days lie among the days of the calendar,
/// working hours among all hours.
fn longer(own: Unit, law: Unit) -> bool {
    matches!((own, law), (Unit::WorkingDay, Unit::CalendarDay) | (Unit::WorkingHour, Unit::UrgentHour))
}

/// Budgets of the promise that are above the law's: each where it stands, with the law's.
fn excesses(promised: &StageClock, law: &StageClock) -> Vec<(String, u32, u32)> {
    let id = &promised.rule.id;
    let own = (format!("clock.{id}.budget"), promised.rule.budget);
    let rows = (1..).zip(&promised.budgets);
    let rows = rows.map(|(n, row)| (format!("clock.{id}.budgets.{n}.budget"), row.budget));
    // Which of the law's budgets holds beside one of the promise is not known: none is greater than this.
    let greatest = law.budgets.iter().map(|row| row.budget).fold(law.rule.budget, u32::max);
    let above = std::iter::once(own.clone()).chain(rows.clone()).filter(|(_, budget)| *budget > greatest);
    let mut found: Vec<_> = above.map(|(place, budget)| (place, budget, greatest)).collect();
    // Where both depend on the same conditions in the same order, they hold together; and so does a promise that depends
    // on none.
    let same = |n: usize| {
        let conditions = |clock: &StageClock| {
            clock.budgets.iter().take(n + 1).map(|row| row.when.text().to_owned()).collect::<Vec<_>>()
        };
        promised.budgets.len() > n && conditions(promised) == conditions(law)
    };
    for (n, row) in law.budgets.iter().enumerate() {
        let held = match (promised.budgets.is_empty(), same(n)) {
            (true, _) => Some(own.clone()),
            (false, true) => rows.clone().nth(n),
            (false, false) => None,
        };
        let above =
            held.filter(|(place, budget)| *budget > row.budget && found.iter().all(|f| f.0 != *place));
        found.extend(above.map(|(place, budget)| (place, budget, row.budget)));
    }
    let all_same = promised.budgets.is_empty()
        || law.budgets.len() == promised.budgets.len() && same(law.budgets.len().saturating_sub(1));
    if all_same && promised.rule.budget > law.rule.budget && found.iter().all(|f| f.0 != own.0) {
        found.push((own.0, own.1, law.rule.budget));
    }
    found
}
