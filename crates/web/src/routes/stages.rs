//! A case's line of stages: the outermost ones, with what they have within where the case stands.

use super::desk::Desk;
use crate::texts::fill;
use crate::views::{Stage, StageState};
use kernel::{CaseView, TrailEntry};
use model::{Name, Value};
use std::collections::BTreeSet;

/// All outermost stages in order. Those in which a case can end are one, until it has ended in one of them.
pub(super) fn stages(desk: &Desk, case: &CaseView, steps: &[TrailEntry]) -> Vec<Stage> {
    let definition = &case.definition;
    let active = definition.active(&case.record.at);
    let visited = visited(case, steps);
    let was = |id: &Name| visited.iter().any(|seen| definition.around(seen).contains(&id));
    let (ends, road): (Vec<_>, Vec<_>) =
        definition.children(None).partition(|stage| stage.r#final && definition.is_leaf(&stage.id));
    let current = road.iter().rposition(|stage| active.contains(&stage.id)).unwrap_or(road.len());
    let mut line: Vec<Stage> = Vec::with_capacity(road.len() + 1);
    for (at, stage) in road.into_iter().enumerate() {
        let state = match active.contains(&stage.id) {
            true => StageState::Current,
            false if at > current => StageState::Ahead,
            false if was(&stage.id) => StageState::Passed,
            false => StageState::Skipped,
        };
        let within = if state == StageState::Current { within(desk, case, &stage.id) } else { Vec::new() };
        line.push(Stage { title: desk.text(&stage.title).to_owned(), state, within });
    }
    let titles = |reached: bool| -> Vec<&str> {
        let ends = ends.iter().filter(|stage| !reached || active.contains(&stage.id));
        ends.map(|stage| desk.text(&stage.title)).collect()
    };
    let (titles, state) =
        if case.ended() { (titles(true), StageState::Current) } else { (titles(false), StageState::Ahead) };
    let joined = titles.join(&desk.words().show.and);
    let title = match titles.len() {
        0 => return line,
        1 => joined,
        _ => fill(&desk.words().case.ends, &[("stages", &joined)]),
    };
    line.push(Stage { title, state, within: Vec::new() });
    line
}

/// Where a case stands within a stage: in one place, or in each of the parts that run side by side.
fn within(desk: &Desk, case: &CaseView, parent: &Name) -> Vec<Stage> {
    let leaves = case.definition.stage.iter().filter(|stage| {
        let inside = stage.id != *parent && case.definition.around(&stage.id).contains(&parent);
        inside && case.record.at.contains(&stage.id)
    });
    let one = |stage: &process::Stage| {
        let state = if stage.r#final { StageState::Ready } else { StageState::Current };
        Stage { title: desk.text(&stage.title).to_owned(), state, within: Vec::new() }
    };
    leaves.map(one).collect()
}

/// Every stage in which the case has been, as far as its trail tells.
fn visited<'a>(case: &'a CaseView, steps: &'a [TrailEntry]) -> BTreeSet<&'a Name> {
    let named = |value: &'a Value| -> Vec<&'a str> {
        match value {
            Value::List(list) => list.iter().filter_map(Value::as_text).collect(),
            other => other.as_text().into_iter().collect(),
        }
    };
    let noted = steps.iter().flat_map(|step| ["from", "to"].map(|key| step.note.get(key)));
    let noted: BTreeSet<&str> = noted.flatten().flat_map(named).collect();
    // What the platform did by itself led out of stages in which the case stood for no time at all.
    let taken: BTreeSet<&str> =
        steps.iter().filter_map(|step| step.note.get("taken")).flat_map(named).collect();
    let left = case.definition.action.iter().filter(|action| taken.contains(action.id.as_str()));
    let left: BTreeSet<&Name> = left.flat_map(|action| &action.from).collect();
    let all = case.definition.stage.iter().map(|stage| &stage.id);
    let seen =
        all.filter(|id| noted.contains(id.as_str()) || left.contains(id) || **id == case.definition.start);
    seen.collect()
}
