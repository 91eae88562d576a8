//! Oversight: what people did, for those who audit; and personal values of a case, read with a reason that the log keeps.

use super::about::{other_case, reference};
use super::case::urn_of;
use super::desk::Desk;
use super::error::{Fault, why};
use super::extract::{Asked, Segment, Visit};
use super::upload::{self, Filled};
use super::{Web, leads, receipt, show, trail};
use crate::paths;
use crate::views::{ActLine, AuditPage, Link, PersonalPage, PersonalValue};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{ActQuery, ActRow, Actor, CaseView, Refusal};
use model::{Entity, Name, Urn, Value};
use process::{Action, Definition};
use serde::Deserialize;

/// Rows on a page, and rows in a table for programs.
const PAGE_ROWS: usize = 50;
const FILE_ROWS: usize = 5_000;

/// Acts that one asks for together.
const GROUPS: [(&str, &[&str]); 5] = [
    ("all", &[]),
    ("personal", &["reveal", "reveal-refused", "erase", "judge-lead"]),
    ("people", &["open-account", "set-password", "close-account", "grant", "end-grant"]),
    ("definitions", &["activate", "migrate"]),
    ("data", &["audit-series", "import", "run", "undo", "order"]),
];

#[derive(Default, Deserialize)]
pub(in crate::routes) struct Query {
    by: Option<String>,
    about: Option<String>,
    group: Option<String>,
    before: Option<String>,
}

/// `GET /audit`.
pub(super) async fn show_acts(web: Web, visit: Visit, asked: Asked<Query>) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    web.0.answer(visit, move |desk| desk.html(&page(desk, &query)?)).await
}

/// The page with what was wrong with what somebody said of a lead.
pub(super) fn with_error(desk: &Desk, status: StatusCode, error: String) -> Result<Response, Fault> {
    let page = AuditPage { lead_error: Some(error), ..page(desk, &Query::default())? };
    desk.html_as(status, &page)
}

/// `GET /audit/acts.csv`: the same as a table.
pub(super) async fn table(web: Web, visit: Visit, asked: Asked<Query>) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    web.0.answer_as(super::Work::Download, visit, move |desk| csv(desk, &query)).await
}

/// What was asked for, or what in it names nothing.
pub(in crate::routes) fn asked(desk: &Desk, query: &Query, limit: usize) -> Result<ActQuery, String> {
    let person = |text: &str| match Urn::new(text) {
        Ok(urn) => Ok(urn),
        Err(_) => Name::new("Person").and_then(|kind| Urn::of(&kind, text)),
    };
    let text = |field: &Option<String>| field.as_deref().unwrap_or_default().trim().to_owned();
    let unknown = |text: &str| crate::texts::fill(&desk.words().audit.unknown, &[("name", text)]);
    let (by, about, group) = (text(&query.by), text(&query.about), text(&query.group));
    let named = |text: String| match text.is_empty() {
        true => Ok(None),
        false => person(&text).map(Some).map_err(|_| unknown(&text)),
    };
    let acts = GROUPS.iter().find(|(id, _)| *id == group).map_or(&[][..], |(_, acts)| acts);
    Ok(ActQuery {
        by: named(by)?,
        about: named(about)?,
        acts: acts.iter().filter_map(|act| Name::new(*act).ok()).collect(),
        before: text(&query.before).parse().unwrap_or(u64::MAX),
        limit,
    })
}

fn page(desk: &Desk, query: &Query) -> Result<AuditPage, Fault> {
    let actor = desk.signed_in()?;
    let kernel = desk.kernel();
    let chain = kernel.chain(actor)?;
    let (found, error) = match asked(desk, query, PAGE_ROWS) {
        Ok(asked) => (kernel.acts(actor, &asked)?, None),
        Err(error) => (kernel::Acts::default(), Some(error)),
    };
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let group = text(&query.group);
    let words = &desk.words().audit;
    let titles = [&words.all, &words.of_personal, &words.of_people, &words.of_definitions, &words.of_data];
    let again = |before: Option<u64>| {
        let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
        let [by, about, group] =
            [&query.by, &query.about, &query.group].map(|field| paths::encode(&text(field)));
        format!("by={by}&about={about}&group={group}{before}")
    };
    Ok(AuditPage {
        page: desk.page(),
        chain: [chain.size, chain.heads],
        broken: chain.broken,
        leads: leads::rows(desk, actor)?,
        lead_error: None,
        asked: [text(&query.by), text(&query.about)],
        error,
        groups: GROUPS
            .iter()
            .zip(titles)
            .map(|((id, _), title)| (*id, title.clone(), *id == group))
            .collect(),
        rows: found.rows.iter().map(|row| line(desk, row)).collect(),
        next: found.next.map(|next| format!("{}?{}", paths::AUDIT, again(Some(next)))),
        csv: format!("{}?{}", paths::AUDIT_TABLE, again(None)),
    })
}

pub(super) fn line(desk: &Desk, row: &ActRow) -> ActLine {
    let about = row.entities.first();
    ActLine {
        at: desk.zone().second(row.at),
        who: Link { href: paths::person(row.actor.as_str()), text: desk.text(&row.title).to_owned() },
        act: act_title(desk, row),
        about: about.map(|urn| linked(desk, urn)),
        case: row.case.as_ref().filter(|case| Some(*case) != about).map(|case| linked(desk, case)),
        why: if row.reason.is_empty() { receipt::ground(desk, &row.ground) } else { reason(desk, row) },
        receipt: Link { href: paths::receipt(row.sequence), text: row.sequence.to_string() },
    }
}

/// What an act is called: by the process of the case it was done to, else by these pages.
fn act_title(desk: &Desk, row: &ActRow) -> String {
    act(desk, row).map_or_else(
        || trail::platform_title(desk, row.act.as_str()),
        |(_, action)| desk.text(&action.title).to_owned(),
    )
}

/// The reason that somebody chose, in words; one that was written, as it was written.
fn reason(desk: &Desk, row: &ActRow) -> String {
    let titles = act(desk, row).map(|(process, action)| process.reasons(action)).unwrap_or_default();
    let chosen = titles.into_iter().find(|(id, _)| **id == *row.reason.as_str());
    chosen.map_or_else(|| row.reason.clone(), |(_, title)| desk.text(title).to_owned())
}

/// The act of a process that this was, if it was one.
fn act<'a>(desk: &'a Desk, row: &ActRow) -> Option<(&'a Definition, &'a Action)> {
    let mut processes = desk.loaded().definitions.processes.values().map(|(_, process)| process);
    let kinds = || row.entities.iter().map(Urn::kind);
    processes.find_map(|process| {
        let ours = kinds().any(|kind| process.case == *kind);
        ours.then(|| process.action(&row.act)).flatten().map(|action| (process, action))
    })
}

/// A case, a person or a thing, with its page.
fn linked(desk: &Desk, urn: &Urn) -> Link {
    if let Some(case) = other_case(desk, urn) {
        return case;
    }
    let href = if urn.is_person() { paths::person(urn.as_str()) } else { paths::entity(urn.as_str()) };
    Link { href, text: reference(desk, urn) }
}

fn csv(desk: &Desk, query: &Query) -> Result<Response, Fault> {
    let actor = desk.signed_in()?;
    let asked = asked(desk, query, FILE_ROWS).map_err(|_| Fault::NothingHere)?;
    let found = desk.kernel().acts(actor, &asked)?;
    let heads = ["entry", "at", "actor", "act", "entity", "case", "reason", "ground"];
    let mut table = super::csv::Table::new(heads);
    for row in &found.rows {
        let cells = [
            row.sequence.to_string(),
            row.at.to_string(),
            row.actor.to_string(),
            row.act.to_string(),
            row.entities.first().map(ToString::to_string).unwrap_or_default(),
            row.case.as_ref().map(ToString::to_string).unwrap_or_default(),
            row.reason.clone(),
            row.ground.clone(),
        ];
        table.line(cells.iter().map(String::as_str));
    }
    Ok(table.file("acts"))
}

/// A sealed value: whose it is, and which.
struct Sealed {
    of: Entity,
    attribute: Name,
}

/// What is sealed in a case and in what it is about.
fn sealed(desk: &Desk, case: &CaseView) -> Vec<Sealed> {
    let about = Some(&case.scope.about).filter(|about| **about != case.entity.urn);
    let about = about.and_then(|about| desk.kernel().entity(about).ok().flatten());
    let of = |entity: Entity| {
        let held = entity.attributes.iter();
        let ids: Vec<Name> = held
            .filter(|(_, held)| matches!(held.attribute.value, Value::Sealed(_)))
            .map(|(id, _)| id.clone())
            .collect();
        ids.into_iter().map(move |attribute| Sealed { of: entity.clone(), attribute })
    };
    [Some(case.entity.clone()), about].into_iter().flatten().flat_map(of).collect()
}

/// The way to the personal values of a case, if it has any.
pub(super) fn link(desk: &Desk, case: &CaseView) -> Option<Link> {
    let count = sealed(desk, case).len();
    let text = crate::texts::fill(&desk.words().audit.personal_link, &[("n", &count.to_string())]);
    (count > 0).then(|| Link { href: paths::personal(case.entity.urn.as_str()), text })
}

/// `GET /cases/{urn}/personal`.
pub(super) async fn personal(web: Web, visit: Visit, urn: Segment) -> Response {
    let make = move |desk: &Desk| {
        let case = theirs(desk, &urn_of(urn)?, desk.signed_in()?, "")?;
        desk.html(&values(desk, &case, &[], "", None))
    };
    web.0.answer(visit, make).await
}

/// The case, if it is one of this person's. That somebody asked for the personal values of another is kept for the audit, unless another
/// site's page had their browser ask.
fn theirs(desk: &Desk, urn: &Urn, actor: &Actor, reason: &str) -> Result<CaseView, Fault> {
    let found = desk.kernel().case(urn, actor);
    if matches!(found, Err(Refusal::NotFound(_))) && !desk.visit.cross_site {
        desk.kernel().looked_without_case(actor, urn, reason)?;
    }
    Ok(found?)
}

/// `POST /cases/{urn}/personal`: reads what is ticked; each look is an entry of the log.
pub(super) async fn reveal(web: Web, visit: Visit, urn: Segment, request: Request) -> Response {
    let sent = upload::plain(request).await;
    let at = urn.as_ref().map_or_else(|_| paths::INBOX.to_owned(), |urn| paths::personal(urn));
    web.0.answer(visit.at(at), move |desk| read(desk, urn, &sent?)).await
}

fn read(desk: &Desk, urn: Segment, filled: &Filled) -> Result<Response, Fault> {
    let actor = desk.sender(filled.text("csrf"))?;
    let reason = filled.text("reason").trim();
    let case = theirs(desk, &urn_of(urn)?, actor, reason)?;
    let all = sealed(desk, &case);
    let mut shown = Vec::new();
    for (at, one) in all.iter().enumerate() {
        if filled.texts.contains_key(&field(at)) {
            let value =
                desk.kernel().reveal(actor, &one.of.urn, one.attribute.as_str(), &case.entity.urn, reason);
            match value {
                Ok(value) => shown.push((at, show::value(desk, &value))),
                Err(refusal) => return refused(desk, &case, &shown, reason, refusal),
            }
        }
    }
    if shown.is_empty() {
        let error = Some(desk.words().audit.tick_one.clone());
        return desk.html_as(StatusCode::UNPROCESSABLE_ENTITY, &values(desk, &case, &[], reason, error));
    }
    desk.html(&values(desk, &case, &shown, reason, None))
}

fn refused(
    desk: &Desk,
    case: &CaseView,
    shown: &[(usize, String)],
    reason: &str,
    refusal: Refusal,
) -> Result<Response, Fault> {
    let why = why(&refusal, desk, None).ok_or(refusal)?;
    desk.html_as(why.status, &values(desk, case, shown, reason, Some(why.because)))
}

fn field(at: usize) -> String {
    format!("value-{at}")
}

fn values(
    desk: &Desk,
    case: &CaseView,
    shown: &[(usize, String)],
    reason: &str,
    error: Option<String>,
) -> PersonalPage {
    let value = |(at, one): (usize, &Sealed)| PersonalValue {
        field: field(at),
        title: show::attribute_title(desk, &one.of.kind, one.attribute.as_str()),
        of: reference(desk, &one.of.urn),
        shown: shown.iter().find(|(read, _)| *read == at).map(|(_, text)| text.clone()),
    };
    let urn = case.entity.urn.as_str();
    PersonalPage {
        page: desk.page(),
        case: Link { href: paths::case(urn), text: super::about::named(desk, case) },
        post: paths::personal(urn),
        values: sealed(desk, case).iter().enumerate().map(value).collect(),
        reason: reason.to_owned(),
        error,
    }
}
