//! A case's clock as a light with words. The kernel counts; nothing is decided by what is shown here.

use super::desk::Desk;
use crate::views::{Clock, Light};
use crate::words;
use kernel::CaseView;
use model::{Instant, Name};
use process::{ClockKind, Due, Left, State, Unit};

/// A clock of a case that runs or stands: its id, what is left in the unit's own measure, and its due instant.
pub(super) type Live<'a> = (&'a Name, i64, &'a Due);

/// The clocks that have not stopped for good.
pub(super) fn lives(case: &CaseView) -> impl Iterator<Item = Live<'_>> {
    let clocks = case.clocks.iter().map(|(id, left, due)| (id, *left, due));
    clocks.filter(|(_, _, due)| !matches!(due.derivation.state, State::Stopped { .. }))
}

/// The one that is due first, as lists are sorted: of those of the case, and if it has none, of its tasks; of those that
/// stand, the first.
pub(super) fn first(case: &CaseView) -> Option<Live<'_>> {
    let of_task = |id: &Name| case.definition.clock(id).is_some_and(|clock| clock.task.is_some());
    lives(case).min_by_key(|(id, _, due)| (of_task(id), due.at.unwrap_or(Instant::from_micros(i64::MAX))))
}

/// The clocks that the head of a page shows: statutory ones first, each kind by when it is due. Those that run for the
/// holders of a task stand with the task.
pub(super) fn shown(case: &CaseView) -> Vec<(Live<'_>, ClockKind)> {
    let kind =
        |id: &Name| case.definition.clock(id).filter(|clock| clock.task.is_none()).map(|clock| clock.kind);
    let mut shown: Vec<_> = lives(case).filter_map(|live| Some((live, kind(live.0)?))).collect();
    shown.sort_by_key(|((_, _, due), kind)| {
        (*kind == ClockKind::Promised, due.at.unwrap_or(Instant::from_micros(i64::MAX)))
    });
    shown
}

/// The light of a case; nothing when no clock runs in its stage.
pub(super) fn light(desk: &Desk, case: &CaseView, now: Instant) -> Option<Clock> {
    if case.ended() {
        return Some(done());
    }
    Some(lit(desk, case, first(case)?, now))
}

/// The light of a case that has ended.
pub(super) fn done() -> Clock {
    let unit = words::Unit::WorkingHour;
    Clock { light: Light::Done, secs: 0, unit, due_today: false, due: None, provisional: false }
}

/// The light of one clock.
pub(super) fn lit(desk: &Desk, case: &CaseView, (id, left, due): Live<'_>, now: Instant) -> Clock {
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
    Clock {
        light,
        secs,
        unit: in_words(unit),
        due_today,
        due: due.at.map(|at| desk.minute(at)),
        provisional: due.provisional,
    }
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
