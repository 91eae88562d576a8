//! What happened to a case, from the kernel's notes into words.
//!
//! The notes' keys are those that `kernel` writes: `from`, `to`, `opinion`, `reason`, `measurement`, `fields`, `photos`,
//! `documents`, `taken`, `corrects`, `voids` with an act of people; `exceeded`, `hour` and `told` with the platform's own.

use super::desk::Desk;
use super::show::interval;
use super::{about, facts, receipt};
use crate::paths;
use crate::texts::fill;
use crate::views::{EntityEntry, Link, Step};
use kernel::{CaseView, TrailEntry};
use model::{Instant, Name, Period, Value};

/// Lines that a page shows: a case that goes on for weeks must stay a page.
const LINES_MAX: usize = 100;
/// Bytes of opinions that a page shows.
const OPINION_BYTES_MAX: usize = 48 * 1024;

/// A part of the trail.
pub(super) struct Part {
    pub lines: Vec<Step>,
    /// How many lines lie before it, and the entry before which they lie.
    pub earlier: Option<(usize, u64)>,
}

/// The trail before an entry, newest first. Hours told one after the other are one line.
pub(super) fn trail(desk: &Desk, case: &CaseView, steps: &[TrailEntry], before: Option<u64>) -> Part {
    let all = steps;
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
        lines: shown.into_iter().filter_map(|line| one(desk, case, all, line)).collect(),
    }
}

fn opinion(step: &TrailEntry) -> Option<&str> {
    step.note.get("opinion").and_then(Value::as_text)
}

fn is_telling(step: &TrailEntry) -> bool {
    step.act == *"tell"
}

/// One line: a step, or several tellings in a row.
fn one(desk: &Desk, case: &CaseView, all: &[TrailEntry], line: &[TrailEntry]) -> Option<Step> {
    let (first, last) = (line.first()?, line.last()?);
    let text = |key| last.note.get(key).and_then(Value::as_text);
    let action = case.definition.action(&last.act);
    let reasons = action.map(|action| case.definition.reasons(action)).unwrap_or_default();
    let reason = text("reason").map(|code| {
        let title = reasons.iter().find(|(id, _)| **id == *code);
        title.map_or(code, |(_, title)| desk.text(title)).to_owned()
    });
    let measurement = last.note.get("measurement").and_then(Value::as_number);
    let measured = |value: f64| format!("{value} {}", facts::factor(desk, case).1).trim().to_owned();
    let changed = later(desk, all, last.sequence);
    Some(Step {
        time: desk.zone().second(last.at),
        who: desk.text(&last.actor_title).to_owned(),
        act: if line.len() > 1 {
            told_from_to(desk, first, last, line.len())
        } else {
            act_title(desk, case, last)
        },
        stage: moved(desk, case, last),
        reason,
        opinion: opinion(last).map(str::to_owned),
        measurement: measurement.map(measured),
        fields: filled_in(desk, case, last),
        files: files(desk, case, last),
        taken: taken(desk, case, last),
        about: about_earlier(desk, case, all, last),
        voided: changed.iter().any(|(voids, _)| *voids),
        notes: changed.into_iter().map(|(_, note)| note).collect(),
        receipt: Some(Link { href: paths::receipt(last.sequence), text: last.sequence.to_string() }),
    })
}

/// The stages that a step led to, where it led to others.
fn moved(desk: &Desk, case: &CaseView, step: &TrailEntry) -> Option<String> {
    let named = |key: &str| -> Vec<&str> {
        match step.note.get(key) {
            Some(Value::List(list)) => list.iter().filter_map(Value::as_text).collect(),
            Some(other) => other.as_text().into_iter().collect(),
            None => Vec::new(),
        }
    };
    let from = named("from");
    let mut to = named("to");
    to.retain(|stage| !from.contains(stage));
    // The opening says nothing of stages: it begins in the first.
    if (step.act == *"open" && !names_another(step)) || step.act == *"begin" {
        to.push(case.definition.start.as_str());
    }
    let titles: Vec<String> = to.into_iter().map(|stage| stage_title(desk, case, stage)).collect();
    (!titles.is_empty()).then(|| titles.join(&desk.words().show.and))
}

/// Whether a step opened another case because of this one, or found it open: it says which.
fn names_another(step: &TrailEntry) -> bool {
    step.note.get("case").is_some()
}

/// What was filled in with a step, under the titles of the fields. A correction's are those of the act it corrects.
fn filled_in(desk: &Desk, case: &CaseView, step: &TrailEntry) -> Vec<(String, String)> {
    let Some(Value::Map(given)) = step.note.get("fields") else { return Vec::new() };
    let asked = |id: &str| about::fields(&case.definition).find(|field| field.id == *id);
    let own = |id: &str| {
        let action = case.definition.action(&step.act);
        action.and_then(|action| action.fields.iter().find(|field| field.id == *id))
    };
    let line = |(id, value): (&String, &Value)| {
        let field = own(id).or_else(|| asked(id));
        let title = field.map_or(id.as_str(), |field| desk.text(&field.title)).to_owned();
        let words = about::value(desk, &case.definition, id, value);
        let unit = field.and_then(|field| field.unit.as_ref());
        (title, unit.map_or(words.clone(), |unit| format!("{words} {unit}")))
    };
    given.iter().map(line).collect()
}

/// Links to the files that came with a step.
fn files(desk: &Desk, case: &CaseView, step: &TrailEntry) -> Vec<Link> {
    let texts = &desk.words().case;
    let links =
        [("photos", &texts.photo), ("documents", &texts.document)].into_iter().flat_map(|(key, word)| {
            let digests = step.note.get(key).map(Value::as_list).unwrap_or_default();
            (1..).zip(digests).filter_map(move |(n, digest): (usize, &Value)| {
                let href = paths::file(case.entity.urn.as_str(), &proof::hex(digest.as_bytes()?));
                Some(Link { href, text: fill(word, &[("n", &n.to_string())]) })
            })
        });
    links.collect()
}

/// What the platform did by itself because of a step.
fn taken(desk: &Desk, case: &CaseView, step: &TrailEntry) -> Option<String> {
    let list = step.note.get("taken").map(Value::as_list).unwrap_or_default();
    let acts = list.iter().filter_map(Value::as_text).filter_map(|id| {
        case.definition.action.iter().find(|action| action.id == *id).map(|action| desk.text(&action.title))
    });
    let acts = acts.collect::<Vec<_>>().join(&desk.words().show.and);
    (!acts.is_empty()).then(|| fill(&desk.words().case.taken, &[("acts", &acts)]))
}

/// The entry that a note points to.
fn points(step: &TrailEntry, key: &str) -> Option<u64> {
    step.note.get(key).and_then(Value::as_int).map(i64::cast_unsigned)
}

/// What a step says of an earlier one, that it corrects it or undoes it; or of another case, which one.
fn about_earlier(desk: &Desk, case: &CaseView, all: &[TrailEntry], step: &TrailEntry) -> Option<String> {
    if let Some(other) = step.note.get("case").and_then(Value::as_ref) {
        return about::other_case(desk, other).map(|link| link.text);
    }
    let texts = &desk.words().case;
    let (of, pattern) = match (points(step, "corrects"), points(step, "voids")) {
        (Some(of), _) => (of, &texts.corrects_entry),
        (None, Some(of)) => (of, &texts.voids_entry),
        (None, None) => return None,
    };
    let earlier = all.iter().find(|step| step.sequence == of);
    let act = earlier.map_or_else(|| "—".to_owned(), |earlier| act_title(desk, case, earlier));
    Some(fill(pattern, &[("n", &of.to_string()), ("act", &act)]))
}

/// What later steps did to an entry, in words, and whether they undid it.
fn later(desk: &Desk, all: &[TrailEntry], entry: u64) -> Vec<(bool, String)> {
    let texts = &desk.words().case;
    let told = all.iter().filter_map(|step| {
        let voids = points(step, "voids") == Some(entry);
        let pattern = if voids { &texts.voided_by } else { &texts.corrected_by };
        (voids || points(step, "corrects") == Some(entry))
            .then(|| (voids, fill(pattern, &[("n", &step.sequence.to_string())])))
    });
    told.collect()
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
        "open" | "tell" if names_another(step) => texts.link.clone(),
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

/// What happened to something that is no case, the newest first.
pub(super) fn entries(desk: &Desk, steps: &[TrailEntry]) -> impl Iterator<Item = EntityEntry> {
    steps.iter().rev().map(|step| EntityEntry {
        at: desk.minute(step.at),
        who: receipt::who(desk, &step.actor),
        act: platform_title(desk, step.act.as_str()),
        why: step.note.get("reason").and_then(Value::as_text).unwrap_or_default().to_owned(),
        receipt: Link { href: paths::receipt(step.sequence), text: step.sequence.to_string() },
    })
}

/// What these pages call an act that no process names.
pub(super) fn platform_title(desk: &Desk, act: &str) -> String {
    let texts = &desk.words().acts;
    let title = match act {
        "open" => &texts.open,
        "begin" => &texts.begin,
        "part-closed" => &texts.part_closed,
        "part-opened" => &texts.part_opened,
        "tell" => &texts.tell,
        "ring" => &texts.ring,
        "withdraw" => &texts.withdraw,
        "observe" => &texts.observe,
        "import" => &texts.import,
        "run" => &texts.run,
        "undo" => &texts.undo,
        "audit-series" => &texts.audit_series,
        "order" => &texts.order,
        "set" => &texts.set,
        "clear" => &texts.clear,
        "tick" => &texts.tick,
        "register" => &texts.register,
        "activate" => &texts.activate,
        "open-log" => &texts.open_log,
        "notify" => &texts.notify,
        "alert" => &texts.alert,
        "retain" => &texts.retain,
        "open-account" => &texts.open_account,
        "set-password" => &texts.set_password,
        "close-account" => &texts.close_account,
        "grant" => &texts.grant,
        "end-grant" => &texts.end_grant,
        "reveal" => &texts.reveal,
        "reveal-refused" => &texts.reveal_refused,
        "judge-lead" => &texts.judge_lead,
        "context" => &texts.context,
        "merge" => &texts.merge,
        "take-apart" => &texts.take_apart,
        "migrate" => &texts.migrate,
        "erase" => &texts.erase,
        "restore" => &texts.restore,
        "try-restore" => &texts.try_restore,
        "rotate-key" => &texts.rotate_key,
        other => return other.to_owned(),
    };
    title.clone()
}
