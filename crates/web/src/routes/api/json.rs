//! Cases, clocks and values as JSON. Times are RFC 3339 in UTC; texts come in the language of the request.

use crate::routes::desk::Desk;
use crate::routes::documents;
use crate::views;
use kernel::{CaseView, TrailEntry, json_of};
use model::{Name, Urn};
use process::{Assignment, Counted, Due, Link, Offer, Remote, Skipped, State, Why};
use serde_json::{Value as Json, json};

/// What a proposal comes to.
pub(in crate::routes) fn outcome(outcome: &views::ProposalOutcome) -> Json {
    let complaint =
        |[place, what, remedy]: &[String; 3]| json!({ "place": place, "what": what, "remedy": remedy });
    let case = |row: &views::CaseOutcome| json!({ "case": row.case.text, "href": row.case.href, "after": row.after, "was": row.was, "would": row.would });
    let process = |process: &views::ProcessOutcome| {
        let [cases, differ, more, fewer] = process.figures;
        json!({
            "title": process.title, "cases": cases, "differ": differ, "overdueMore": more, "overdueFewer": fewer,
            "whole": process.whole, "first": process.rows.iter().map(case).collect::<Vec<_>>(),
        })
    };
    let rule = |rule: &views::RuleOutcome| {
        let first = rule.rows.iter().map(|(thing, window, was, would)| {
            json!({ "thing": thing.text, "href": thing.href, "window": window, "was": was, "would": would })
        });
        json!({ "title": rule.title, "differ": rule.differ, "first": first.collect::<Vec<_>>() })
    };
    json!({
        "complaints": outcome.complaints.iter().map(complaint).collect::<Vec<_>>(),
        "differences": outcome.differences,
        "staying": outcome.staying.iter().map(|(process, count)| json!({ "process": process, "cases": count })).collect::<Vec<_>>(),
        "processes": outcome.processes.iter().map(process).collect::<Vec<_>>(),
        "rules": outcome.rules.iter().map(rule).collect::<Vec<_>>(),
    })
}

/// A case as a list shows it.
pub(super) fn summary(desk: &Desk, case: &CaseView) -> Json {
    json!({
        "id": case.entity.urn.as_str(),
        "type": case.entity.kind.as_str(),
        "process": case.definition.id.as_str(),
        "version": case.entity.version,
        "opened": case.opened,
        "about": case.scope.about.as_str(),
        "division": case.scope.division,
        "stage": names(case.stages()),
        "ended": case.ended(),
        "clocks": case.clocks.iter().map(|(id, left, due)| clock(desk, id, *left, due)).collect::<Vec<_>>(),
    })
}

/// A case, whole.
pub(in crate::routes) fn case(desk: &Desk, case: &CaseView, trail: &[TrailEntry]) -> Json {
    let mut whole = summary(desk, case);
    let actor = desk.actor.as_ref().map(|actor| &actor.urn);
    let offers = actor.and_then(|actor| desk.kernel().offers(case, actor).ok()).unwrap_or_default();
    let (may, not): (Vec<&Offer<'_>>, Vec<_>) = offers.iter().partition(|offer| offer.refused.is_none());
    let attributes = case.entity.attributes.iter();
    let more = json!({
        "awaits": names(case.awaits()),
        "flags": names(&case.record.flags),
        "tasks": case.record.tasks.iter().map(task).collect::<Vec<_>>(),
        "parts": case.record.links.iter().map(link).collect::<Vec<_>>(),
        "elsewhere": case.record.remote.iter().map(remote).collect::<Vec<_>>(),
        "bounces": case.record.bounces,
        "reopened": case.record.reopened,
        "attributes": attributes.map(|(id, held)| (id.to_string(), json_of(&held.attribute.value))).collect::<serde_json::Map<_, _>>(),
        "may": may.iter().map(|offer| offer.action.id.as_str()).collect::<Vec<_>>(),
        "mayNot": not.iter().map(|offer| refused(offer)).collect::<serde_json::Map<_, _>>(),
        "trail": trail.iter().map(step).collect::<Vec<_>>(),
        "documents": documents::links(desk, &case.entity.urn).unwrap_or_default().iter().map(document).collect::<Vec<_>>(),
    });
    if let (Json::Object(whole), Json::Object(more)) = (&mut whole, more) {
        whole.extend(more);
    }
    whole
}

/// A document: what it is with its number, its page, its file.
fn document(link: &views::Link) -> Json {
    json!({ "title": link.text, "href": link.href, "pdf": format!("{}.pdf", link.href) })
}

fn names<'a>(names: impl IntoIterator<Item = &'a Name>) -> Vec<&'a str> {
    names.into_iter().map(Name::as_str).collect()
}

fn refused(offer: &Offer<'_>) -> (String, Json) {
    let code = offer.refused.as_ref().map_or("", process::Refusal::code);
    (offer.action.id.to_string(), code.into())
}

fn step(step: &TrailEntry) -> Json {
    json!({
        "entry": step.sequence,
        "at": step.at.to_string(),
        "actor": step.actor.as_str(),
        "act": step.act.as_str(),
        "note": json_of(&step.note),
    })
}

/// A clock with its derivation.
fn clock(desk: &Desk, id: &Name, left: i64, due: &Due) -> Json {
    let derivation = &due.derivation;
    let (state, reason) = match &derivation.state {
        State::Running => ("running", None),
        State::Paused { reason, .. } => ("paused", Some(reason.as_str())),
        State::Stopped { .. } => ("stopped", None),
    };
    json!({
        "id": id.as_str(),
        "title": desk.text(&derivation.title),
        "unit": derivation.unit.as_str(),
        "budget": derivation.budget,
        "extended": derivation.extended,
        "basis": derivation.basis,
        "state": state,
        "pausedFor": reason,
        "started": derivation.started.to_string(),
        "left": left,
        "due": due.at.map(|at| at.to_string()),
        "provisional": due.provisional,
        "counted": derivation.counted.iter().map(|piece| counted(desk, piece)).collect::<Vec<_>>(),
        "skipped": derivation.skipped.iter().map(|days| skipped(desk, days)).collect::<Vec<_>>(),
    })
}

fn counted(desk: &Desk, piece: &Counted) -> String {
    let (from, to) = (desk.minute(piece.from), desk.minute(piece.to));
    format!("{from}-{}", to.get(11..).unwrap_or(&to))
}

fn skipped(desk: &Desk, days: &Skipped) -> String {
    let why = match &days.why {
        Why::FirstDay => "first-day",
        Why::Weekend => "weekend",
        Why::Holiday { name, .. } => desk.text(name),
        Why::Paused { reason, .. } => reason.as_str(),
        Why::OutsideHours => "outside-hours",
        Why::NoHours => "no-hours",
    };
    format!("{} to {}: {why}", days.from, days.to)
}

fn task(task: &Assignment) -> Json {
    json!({
        "task": task.task.as_str(),
        "number": task.n,
        "roles": names(&task.roles),
        "lead": task.lead,
        "state": task.state.as_str(),
        "by": task.by.as_ref().map(Urn::as_str),
        "since": task.since.to_string(),
    })
}

fn link(link: &Link) -> Json {
    json!({
        "case": link.urn.as_str(), "process": link.process.as_str(), "as": link.r#as.as_str(), "open": link.open,
    })
}

fn remote(stay: &Remote) -> Json {
    json!({
        "system": stay.system.as_str(),
        "stage": stay.stage.as_str(),
        "sent": stay.sent.to_string(),
        "number": stay.number,
        "returned": stay.returned.map(|at| at.to_string()),
        "byHand": stay.by_hand,
    })
}
