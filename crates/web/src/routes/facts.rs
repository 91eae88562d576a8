//! What a case is built on: the source, the limit and the hours, each with the packet it came in; of a case that no rule
//! has found, what is known of it.

use super::about::{about, attributes};
use super::desk::Desk;
use super::show::{self, attribute, attribute_title, interval};
use crate::paths;
use crate::texts::fill;
use crate::views::{Fact, Facts, Limit, Link, Measured, Quality};
use kernel::{CaseView, SourceView, TrailEntry};
use model::{Flag, Instant, Item, Period, Value};
use rule::Rule;
use std::collections::BTreeMap;

/// Hours that a page shows: the newest of a case that goes on for weeks.
const HOURS_MAX: usize = 48;

/// What a rule found, as the kernel writes it with a case: `{ used: [{ start, value, entry }], limit, limitSource }`.
struct Exceeded {
    hours: Vec<Hour>,
    limit: f64,
    limit_source: String,
}

struct Hour {
    start: Instant,
    value: f64,
    entry: u64,
}

pub(super) fn facts(desk: &Desk, case: &CaseView, steps: &[TrailEntry]) -> Facts {
    let facts = Facts { about: about(desk, case), place: Some(place(desk, case)), ..Facts::default() };
    let found = found(desk, case, steps);
    if found.is_empty() {
        return Facts { more: attributes(desk, case), ..facts };
    }
    let source = desk.kernel().source(&case.scope.about).ok();
    let measured = Some(measured(desk, case, &found, source.as_ref()));
    Facts { measured, more: more(desk, steps, source.as_ref()), ..facts }
}

fn measured(desk: &Desk, case: &CaseView, found: &[Exceeded], source: Option<&SourceView>) -> Measured {
    let limits =
        source.and_then(|source| Some(desk.kernel().limits(&source.entity, &rule(desk, case)?.on.attribute)));
    let limits = limits.unwrap_or_default();
    let newest = found.last();
    let limit = newest.and_then(|newest| {
        limits.iter().find(|limit| limit.value == newest.limit && limit.source == newest.limit_source)
    });
    let (factor, unit) = factor(desk, case);
    let as_noted = |newest: &Exceeded| Limit {
        value: newest.limit.to_string(),
        source: show::half(&newest.limit_source, desk.definition_lang()).to_owned(),
        ..Limit::default()
    };
    let shown = limit.map(|limit| show::limit(limit, desk.definition_lang()));
    Measured {
        factor,
        unit,
        values: values(desk, found, limit),
        limit: shown.or_else(|| newest.map(as_noted)),
    }
}

/// The rule that opened a case, if these definitions still have it.
fn rule<'a>(desk: &'a Desk, case: &CaseView) -> Option<&'a Rule> {
    desk.loaded().definitions.rules.iter().find(|rule| rule.id == *case.entity.text("rule"))
}

/// Title and unit of what was measured.
pub(super) fn factor(desk: &Desk, case: &CaseView) -> (String, String) {
    let judged = rule(desk, case);
    let id = judged.map_or("", |rule| rule.on.attribute.as_str());
    let declared = judged.and_then(|rule| attribute(desk, &rule.on.kind, id));
    match declared {
        Some(declared) => (desk.text(&declared.title).to_owned(), declared.unit.clone().unwrap_or_default()),
        None => (id.to_owned(), String::new()),
    }
}

fn place(desk: &Desk, case: &CaseView) -> String {
    desk.division(&case.scope.division)
}

/// Everything found for this case: what opened it, then what it was told, oldest first.
fn found(desk: &Desk, case: &CaseView, steps: &[TrailEntry]) -> Vec<Exceeded> {
    let opening = desk.kernel().entry(case.opened).ok().and_then(|entry| entry.decoded().ok());
    let opening = opening.into_iter().flatten().find_map(|item| match item {
        Item::Change(change) if change.entity == case.entity.urn => {
            exceeded(&change.set.get("evidence")?.value)
        }
        _ => None,
    });
    let told = steps.iter().filter_map(|step| exceeded(step.note.get("evidence")?));
    opening.into_iter().chain(told).collect()
}

fn exceeded(value: &Value) -> Option<Exceeded> {
    let hour = |hour: &Value| {
        Some(Hour {
            start: hour.get("start")?.as_instant()?,
            value: hour.get("value")?.as_number()?,
            entry: hour.get("entry")?.as_int()?.cast_unsigned(),
        })
    };
    Some(Exceeded {
        hours: value.get("used")?.as_list().iter().filter_map(hour).collect(),
        limit: value.get("limit")?.as_number()?,
        limit_source: value.get("limitSource").and_then(Value::as_text).unwrap_or_default().to_owned(),
    })
}

/// Each hour once, as it was judged last, the newest first.
fn values(desk: &Desk, found: &[Exceeded], limit: Option<&rule::Limit>) -> Vec<Fact> {
    let hours = found.iter().flat_map(|found| &found.hours);
    let by_start: BTreeMap<Instant, &Hour> = hours.map(|hour| (hour.start, hour)).collect();
    let newest_first = by_start.into_values().rev().take(HOURS_MAX);
    let fact = |hour: &Hour| Fact {
        interval: interval(desk, hour.start, Period::Hour),
        value: show::rounded(hour.value, limit).0,
        // A rule names no hour that is not valid and above its limit.
        over: true,
        quality: Quality { valid: true, flag: Flag::NORMAL, why: None },
        packet: Some(Link { href: paths::packet(hour.entry), text: hour.entry.to_string() }),
    };
    newest_first.map(fact).collect()
}

/// The outlet, and what later corrections took back.
fn more(desk: &Desk, steps: &[TrailEntry], source: Option<&SourceView>) -> Vec<(String, String)> {
    let mut more = Vec::new();
    if let Some(source) = source.filter(|source| !source.entity.text("outlet").is_empty()) {
        let title = attribute_title(desk, &source.entity.kind, "outlet");
        more.push((title, source.entity.text("outlet").to_owned()));
    }
    let texts = &desk.words().show;
    for step in steps.iter().filter(|step| step.act == *"withdraw") {
        if let Some(hour) = step.note.get("hour").and_then(Value::as_instant) {
            let hour = interval(desk, hour, Period::Hour).to_string();
            more.push((texts.withdrawn.clone(), fill(&texts.withdrawn_hour, &[("hour", &hour)])));
        }
    }
    more
}
