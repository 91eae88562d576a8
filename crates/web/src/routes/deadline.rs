//! How a deadline was counted, from the kernel's derivation into words: what counts, what does not and why.

use super::clock::in_words;
use super::desk::Desk;
use super::show::{clock_time, end_of_day};
use crate::texts::fill;
use crate::views::{self, Deadline};
use kernel::CaseView;
use process::{Derivation, Due, HoursInForce, Pause, Skipped, State, Unit, Why};

/// Seconds of a day in the counting of day units.
const DAY_SECS: u64 = 86_400;

/// The derivation of one of a case's clocks.
pub(super) fn deadline(desk: &Desk, case: &CaseView, due: &Due) -> Deadline {
    let derivation = &due.derivation;
    let stopped = match derivation.state {
        State::Stopped { at } => Some(desk.minute(at)),
        State::Running | State::Paused { .. } => None,
    };
    Deadline {
        clock: desk.text(&derivation.title).to_owned(),
        budget_secs: budget_secs(derivation),
        unit: in_words(derivation.unit),
        started: desk.minute(derivation.started),
        due: due.at.map(|at| desk.minute(at)),
        stopped,
        basis: desk.cite(&derivation.basis),
        calendars: calendars(desk, derivation),
        counted: derivation.counted.iter().map(|piece| counted(desk, piece, derivation.unit)).collect(),
        skipped: derivation.skipped.iter().map(|range| skipped(desk, range)).collect(),
        pauses: derivation.pauses.iter().map(|pause| paused(desk, case, derivation, pause)).collect(),
        provisional: due.provisional.then(|| provisional(desk, derivation)),
    }
}

fn budget_secs(derivation: &Derivation) -> u64 {
    let units = u64::from(derivation.budget) + u64::from(derivation.extended);
    match derivation.unit {
        Unit::UrgentHour | Unit::WorkingHour => units * 3600,
        Unit::WorkingDay | Unit::CalendarDay => units * DAY_SECS,
        // A month is as many days as were counted to its end.
        Unit::Month => derivation.counted.len() as u64 * DAY_SECS,
    }
}

fn counted(desk: &Desk, piece: &process::Counted, unit: Unit) -> views::Counted {
    views::Counted {
        day: piece.date.to_string(),
        weekday: piece.date.weekday().to_monday_one_offset().unsigned_abs(),
        from: clock_time(desk, piece.from),
        to: end_of_day(clock_time(desk, piece.to)),
        secs: whole_minutes(unit.secs(piece.amount).unsigned_abs(), unit),
    }
}

/// Begin and end are shown to the minute, so the time between them is too: the lines must add up for whoever reads them.
fn whole_minutes(secs: u64, unit: Unit) -> u64 {
    if unit.is_hours() { (secs + 30) / 60 * 60 } else { secs }
}

fn skipped(desk: &Desk, range: &Skipped) -> views::Skipped {
    let texts = &desk.words().counting;
    let why = match &range.why {
        Why::FirstDay => texts.first_day.clone(),
        Why::Weekend => texts.weekend.clone(),
        Why::Holiday { name, notice: None } => fill(&texts.holiday, &[("name", desk.text(name))]),
        Why::Holiday { name, notice: Some(notice) } => {
            fill(&texts.holiday_by_notice, &[("name", desk.text(name)), ("notice", notice)])
        }
        Why::Paused { reason, title } => {
            let reason = title.as_ref().map_or(reason.as_str(), |title| desk.text(title));
            fill(&texts.paused, &[("reason", reason)])
        }
        Why::OutsideHours => texts.outside_hours.clone(),
        Why::NoHours => texts.no_hours.clone(),
    };
    views::Skipped { from: range.from.to_string(), to: range.to.to_string(), why }
}

fn paused(desk: &Desk, case: &CaseView, derivation: &Derivation, pause: &Pause) -> views::Pause {
    let standing = case.definition.standing(&derivation.clock, &pause.reason);
    views::Pause {
        from: desk.minute(pause.from),
        to: pause.to.map(|to| desk.minute(to)),
        reason: standing.map_or(pause.reason.as_str(), |(title, _)| desk.text(title)).to_owned(),
        basis: standing.map(|(_, basis)| desk.cite(basis)).unwrap_or_default(),
    }
}

/// The office hours that were used, how the unit is counted, and what the reader must know of the lines above.
fn calendars(desk: &Desk, derivation: &Derivation) -> Vec<String> {
    let texts = &desk.words().counting;
    let mut lines: Vec<String> = derivation.hours.iter().map(|hours| office_hours(desk, hours)).collect();
    let principle = derivation.unit.principle();
    let (how, basis) = match desk.definition_lang() {
        model::Lang::Zh => (principle.zh, principle.basis[0]),
        model::Lang::En => (principle.en, principle.basis[1]),
    };
    lines.push(fill(&texts.principle, &[("how", how), ("basis", basis)]));
    if derivation.carried != 0 {
        lines.push(texts.carried.clone());
    }
    if derivation.cut {
        lines.push(texts.cut.clone());
    }
    lines
}

fn office_hours(desk: &Desk, hours: &HoursInForce) -> String {
    let texts = &desk.words().counting;
    let sessions: Vec<String> =
        hours.sessions.iter().map(|session| session.to_string().replace('-', "–")).collect();
    let (from, to) = (hours.from.to_string(), hours.to.to_string());
    let pattern = if from == to { &texts.hours_of_day } else { &texts.hours };
    let slots = [("sessions", &*sessions.join(&desk.words().show.and)), ("from", &from), ("to", &to)];
    let text = fill(pattern, &slots);
    match &hours.notice {
        Some(notice) => fill(&texts.by_notice, &[("hours", &text), ("notice", notice)]),
        None => text,
    }
}

fn provisional(desk: &Desk, derivation: &Derivation) -> String {
    let years: Vec<String> = derivation.provisional_years.iter().map(ToString::to_string).collect();
    fill(&desk.words().counting.provisional, &[("years", &years.join(&desk.words().show.and))])
}
