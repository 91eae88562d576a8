//! What happened to a case, from the kernel's notes into words.
//!
//! The notes' keys are those that `kernel` writes: `from`, `to`, `opinion`, `reason`, `measurement` with an act of
//! people; `exceeded`, `hour` and `told` with the platform's own.

use super::desk::Desk;
use super::facts;
use super::show::interval;
use crate::paths;
use crate::texts::fill;
use crate::views::{Link, Trail};
use kernel::{CaseView, TrailEntry};
use model::{Instant, Name, Period, Value};

/// Lines that a page shows: a case that goes on for weeks must stay a page.
const LINES_MAX: usize = 100;
/// Bytes of opinions that a page shows.
const OPINION_BYTES_MAX: usize = 48 * 1024;

/// A part of the trail.
pub(super) struct Part {
    pub lines: Vec<Trail>,
    /// How many lines lie before it, and the entry before which they lie.
    pub earlier: Option<(usize, u64)>,
}

/// The trail before an entry, newest first. Hours told one after the other are one line.
pub(super) fn trail(desk: &Desk, case: &CaseView, steps: &[TrailEntry], before: Option<u64>) -> Part {
    let end = before.map_or(steps.len(), |before| steps.partition_point(|step| step.sequence < before));
    let steps = steps.get(..end).unwrap_or(steps);
    let lines: Vec<&[TrailEntry]> = steps.chunk_by(|a, b| is_telling(a) && is_telling(b)).collect();
    let mut bytes = 0;
    let fits = |line: &&&[TrailEntry]| {
        let first = bytes == 0;
        bytes += 1 + line.iter().map(|step| opinion(step).unwrap_or_default().len()).sum::<usize>();
        first || bytes <= OPINION_BYTES_MAX
    };
    let shown: Vec<_> = lines.iter().rev().take(LINES_MAX).take_while(fits).collect();
    let left_out = lines.len() - shown.len();
    let oldest = shown.last().and_then(|line| line.first()).map(|step| step.sequence);
    Part {
        earlier: oldest.filter(|_| left_out > 0).map(|oldest| (left_out, oldest)),
        lines: shown.into_iter().filter_map(|line| one(desk, case, line)).collect(),
    }
}

fn opinion(step: &TrailEntry) -> Option<&str> {
    step.note.get("opinion").and_then(Value::as_text)
}

fn is_telling(step: &TrailEntry) -> bool {
    step.act == *"tell"
}

/// One line: a step, or several tellings in a row.
fn one(desk: &Desk, case: &CaseView, line: &[TrailEntry]) -> Option<Trail> {
    let (first, last) = (line.first()?, line.last()?);
    let text = |key| last.note.get(key).and_then(Value::as_text);
    let moved = text("to").filter(|to| text("from") != Some(*to));
    // The opening says nothing of stages: it begins in the first.
    let moved = moved.or(Some(case.definition.start.as_str()).filter(|_| last.act == *"open"));
    let action = case.definition.action(&last.act);
    let reasons = action.map(|action| case.definition.reasons(action)).unwrap_or_default();
    let reason = text("reason").map(|code| {
        let title = reasons.iter().find(|(id, _)| **id == *code);
        title.map_or(code, |(_, title)| desk.text(title)).to_owned()
    });
    let measurement = last.note.get("measurement").and_then(Value::as_number);
    Some(Trail {
        time: desk.zone().second(last.at),
        who: desk.text(&last.actor_title).to_owned(),
        act: if line.len() > 1 {
            told_from_to(desk, first, last, line.len())
        } else {
            act_title(desk, case, last)
        },
        stage: moved.map(|stage| stage_title(desk, case, stage)),
        reason,
        opinion: opinion(last).map(str::to_owned),
        measurement: measurement.map(|value| format!("{value} {}", facts::factor(desk, case).1)),
        note: None,
        receipt: Some(Link { href: paths::receipt(last.sequence), text: last.sequence.to_string() }),
    })
}

fn stage_title(desk: &Desk, case: &CaseView, stage: &str) -> String {
    let stages = &case.definition.stage;
    stages.iter().find(|s| s.id == *stage).map_or(stage, |s| desk.text(&s.title)).to_owned()
}

/// What a step is called: by the process, or, for the platform's own steps, by these pages.
pub(super) fn act_title(desk: &Desk, case: &CaseView, step: &TrailEntry) -> String {
    if let Some(action) = case.definition.action(&step.act) {
        return desk.text(&action.title).to_owned();
    }
    let texts = &desk.words().acts;
    let hour =
        |at: Option<Instant>| at.map(|at| interval(desk, at, Period::Hour).to_string()).unwrap_or_default();
    match step.act.as_str() {
        "tell" => fill(&texts.told, &[("hour", &hour(told(step)))]),
        "withdraw" => {
            let at = step.note.get("hour").and_then(Value::as_instant);
            fill(&texts.withdrawn, &[("hour", &hour(at))])
        }
        "ring" => {
            let told = step.note.get("told").map(Value::as_list).unwrap_or_default();
            let rungs: Vec<String> = told.iter().filter_map(|rung| rung_title(desk, case, rung)).collect();
            if rungs.is_empty() { texts.ring.clone() } else { rungs.join(&desk.words().show.and) }
        }
        other => platform_title(desk, other),
    }
}

/// The last hour that a telling is about.
fn told(step: &TrailEntry) -> Option<Instant> {
    step.note.get("evidence")?.get("end")?.as_instant()
}

fn told_from_to(desk: &Desk, first: &TrailEntry, last: &TrailEntry, count: usize) -> String {
    let hour = |step| told(step).map(|at| interval(desk, at, Period::Hour).to_string()).unwrap_or_default();
    let slots = [("n", &*count.to_string()), ("from", &hour(first)), ("to", &hour(last))];
    fill(&desk.words().acts.told_many, &slots)
}

fn rung_title(desk: &Desk, case: &CaseView, rung: &Value) -> Option<String> {
    let texts = &desk.words().acts;
    let role = Name::new(rung.get("role")?.as_text()?).ok()?;
    let clock = Name::new(rung.get("clock")?.as_text()?).ok()?;
    let clock = case.definition.clock(&clock).map_or(clock.as_str(), |clock| desk.text(&clock.rule.title));
    let raised = rung.get("raised") == Some(&Value::Bool(true));
    let pattern = if raised { &texts.raised } else { &texts.reminded };
    Some(fill(pattern, &[("role", desk.role(&role)), ("clock", clock)]))
}

/// What these pages call an act that no process names.
pub(super) fn platform_title(desk: &Desk, act: &str) -> String {
    let texts = &desk.words().acts;
    let title = match act {
        "open" => &texts.open,
        "tell" => &texts.tell,
        "ring" => &texts.ring,
        "withdraw" => &texts.withdraw,
        "observe" => &texts.observe,
        "tick" => &texts.tick,
        "register" => &texts.register,
        "activate" => &texts.activate,
        "open-log" => &texts.open_log,
        "reveal" => &texts.reveal,
        "erase" => &texts.erase,
        "restore" => &texts.restore,
        other => return other.to_owned(),
    };
    title.clone()
}
