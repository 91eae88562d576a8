//! A case's clock as a light with words. The kernel counts; nothing is decided by what is shown here.

use super::desk::Desk;
use crate::views::{Clock, Light};
use crate::words;
use kernel::CaseView;
use model::{Instant, Name};
use process::{Due, Left, State, Unit};

/// A clock of a case that runs or stands: its id, what is left in the unit's own measure, and its due instant.
pub(super) type Live<'a> = (&'a Name, i64, &'a Due);

/// The first clock that has not stopped for good.
pub(super) fn live(case: &CaseView) -> Option<Live<'_>> {
    let clocks = case.clocks.iter().map(|(id, left, due)| (id, *left, due));
    clocks.into_iter().find(|(_, _, due)| !matches!(due.derivation.state, State::Stopped { .. }))
}

/// The light of a case; nothing when no clock runs in its stage.
pub(super) fn light(desk: &Desk, case: &CaseView, now: Instant) -> Option<Clock> {
    if case.ended() {
        let unit = words::Unit::WorkingHour;
        return Some(Clock {
            light: Light::Done,
            secs: 0,
            unit,
            due_today: false,
            due: None,
            provisional: false,
        });
    }
    let (id, left, due) = live(case)?;
    let unit = due.derivation.unit;
    let overdue = left < 0 || due.at.is_some_and(|at| at <= now);
    let due_today = due.at.is_some_and(|at| desk.zone().date(at) == desk.zone().date(now));
    let paused = matches!(due.derivation.state, State::Paused { .. });
    let light = match (overdue, paused) {
        (true, _) => Light::Red,
        (false, true) => Light::Paused,
        (false, false) if due_today || warned(case, id) => Light::Yellow,
        (false, false) => Light::Green,
    };
    // At the very instant nothing is left and nothing is over; it counts as over, here as in the lists.
    let secs = if overdue { unit.secs(left).min(-1) } else { unit.secs(left) };
    Some(Clock {
        light,
        secs,
        unit: in_words(unit),
        due_today,
        due: due.at.map(|at| desk.minute(at)),
        provisional: due.provisional,
    })
}

/// Whether a rung of the ladder was taken that comes before the due instant.
fn warned(case: &CaseView, clock: &Name) -> bool {
    let (Some(rule), Some(held)) = (case.definition.clock(clock), case.record.clocks.get(clock)) else {
        return false;
    };
    let before = rule.rule.ladder.iter().filter(|rung| match rung.left {
        Left::Secs(left) | Left::Days(left) => left > 0,
    });
    before.into_iter().any(|rung| held.rungs_taken.contains(&rung.id))
}

/// The unit as pages word it: a clock in months shows its remaining calendar days.
pub(super) fn in_words(unit: Unit) -> words::Unit {
    match unit {
        Unit::UrgentHour => words::Unit::UrgentHour,
        Unit::WorkingHour => words::Unit::WorkingHour,
        Unit::WorkingDay => words::Unit::WorkingDay,
        Unit::CalendarDay | Unit::Month => words::Unit::CalendarDay,
    }
}
