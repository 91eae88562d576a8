//! Why a process refuses, in words: what the definition calls a field, a task, a role or a stage.

use super::about::fields;
use super::desk::Desk;
use crate::texts::fill;
use model::Name;
use process::{ClockFault, Definition, FieldFault, Refusal};

/// Why, as a part of a sentence.
pub(super) fn because(desk: &Desk, definition: Option<&Definition>, refusal: &Refusal) -> String {
    let texts = &desk.words().refused;
    match refusal {
        Refusal::Opinion => texts.because_opinion.clone(),
        Refusal::Measurement => texts.because_measurement.clone(),
        Refusal::Reason => texts.because_reason.clone(),
        Refusal::NoSuchAct(_) => texts.because_no_act.clone(),
        Refusal::SamePerson { .. } => texts.because_same_person.clone(),
        Refusal::Role { roles } => fill(&texts.because_role, &[("role", &desk.roles(roles))]),
        Refusal::Stage { stages } => {
            let title = |id: &Name| {
                let stage = definition.and_then(|definition| definition.stage(id));
                stage.map_or(id.as_str(), |stage| desk.text(&stage.title)).to_owned()
            };
            let titles = stages.iter().map(title).collect::<Vec<_>>().join(&desk.words().show.and);
            fill(&texts.because_stage, &[("stage", &titles)])
        }
        Refusal::Clock(ClockFault::Paused) => texts.because_clock_paused.clone(),
        Refusal::Clock(ClockFault::Runs) => texts.because_clock_runs.clone(),
        Refusal::Clock(ClockFault::Absent | ClockFault::Other(_)) => texts.because_clock_absent.clone(),
        Refusal::Field { field, fault } => of_field(desk, definition, field, *fault),
        Refusal::Waits { task } => of_task(desk, definition, &texts.task_first, task),
        Refusal::NothingOpen { task } => of_task(desk, definition, &texts.task_none_open, task),
        Refusal::NotYours { task } => of_task(desk, definition, &texts.task_not_yours, task),
        Refusal::Unclaimed { task } => of_task(desk, definition, &texts.task_unclaimed, task),
        Refusal::Which { of } => of_task(desk, definition, &texts.task_which, of),
        other => desk.text(&other.because()).to_owned(),
    }
}

fn of_field(desk: &Desk, definition: Option<&Definition>, id: &Name, fault: FieldFault) -> String {
    let texts = &desk.words().refused;
    let field = definition.and_then(|definition| fields(definition).find(|field| field.id == *id));
    let title = field.map_or(id.as_str(), |field| desk.text(&field.title));
    let pattern = match fault {
        FieldFault::Missing => &texts.field_missing,
        FieldFault::Kind | FieldFault::Unsealed => &texts.field_kind,
        FieldFault::Choice => &texts.field_choice,
        FieldFault::Long => &texts.field_long,
        FieldFault::NoSuchField => &texts.no_such_field,
    };
    fill(pattern, &[("field", title)])
}

/// A refusal about a task, or about a clock that runs once for each holder of one.
fn of_task(desk: &Desk, definition: Option<&Definition>, pattern: &str, id: &Name) -> String {
    let task = definition.and_then(|definition| definition.task(id)).map(|task| &task.title);
    let clock = definition.and_then(|definition| definition.clock(id)).map(|clock| &clock.rule.title);
    fill(pattern, &[("task", task.or(clock).map_or(id.as_str(), |title| desk.text(title)))])
}
