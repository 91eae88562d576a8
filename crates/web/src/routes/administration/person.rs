//! Somebody of the register: their account, their roles, and what was done about them.

use super::super::Web;
use super::super::case::urn_of;
use super::super::desk::Desk;
use super::super::error::{Fault, see};
use super::super::extract::{Asked, Segment, Visit};
use super::super::show::DAY_SECS;
use super::super::upload::{self, Filled};
use super::{command, entries, entry_link, grants, new_command, roles, wrong};
use crate::paths;
use crate::views::{Granting, PersonPage};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Grant, Handover, Person, Power, Refusal};
use model::{Name, Urn};
use serde::Deserialize;

/// Days for which a role is granted if nobody says otherwise: a grant without an end is forgotten.
const GRANT_DAYS: i64 = 365;

#[derive(Default, Deserialize)]
pub(in crate::routes) struct Query {
    done: Option<String>,
}

/// What the page says beside the person.
#[derive(Default)]
struct Beside {
    done: Option<u64>,
    handover: Option<Handover>,
    error: Option<(String, String)>,
    granting: Option<Granting>,
}

/// `GET /administration/people/{urn}`.
pub(in crate::routes) async fn show(web: Web, visit: Visit, urn: Segment, asked: Asked<Query>) -> Response {
    let done = asked.ok().and_then(|query| query.0.done).and_then(|done| done.parse().ok());
    let make = move |desk: &Desk| {
        let person = desk.kernel().person(keeper(desk)?, &urn_of(urn)?)?;
        desk.html(&page(desk, &person, Beside { done, ..Beside::default() })?)
    };
    web.0.answer(visit, make).await
}

/// Who is signed in, if they may look at people at all: one's own page is another.
fn keeper(desk: &Desk) -> Result<&kernel::Actor, Fault> {
    let actor = desk.signed_in()?;
    desk.kernel().keeps_people(actor)?;
    Ok(actor)
}

/// `POST /administration/people/{urn}`.
pub(in crate::routes) async fn send(web: Web, visit: Visit, urn: Segment, request: Request) -> Response {
    let sent = upload::plain(request).await;
    let at = urn.as_ref().map_or_else(|_| paths::ADMINISTRATION.to_owned(), |urn| paths::person(urn));
    web.0.answer(visit.at(at), move |desk| submit(desk, urn, &sent?)).await
}

fn submit(desk: &Desk, urn: Segment, filled: &Filled) -> Result<Response, Fault> {
    let actor = desk.sender(filled.text("csrf"))?;
    let (kernel, urn, command) = (desk.kernel(), urn_of(urn)?, command(filled)?);
    let malformed = || Fault::Form(StatusCode::UNPROCESSABLE_ENTITY);
    let seen = || filled.text("seen").parse::<u64>().map_err(|_| malformed());
    let done = match filled.text("do") {
        "password" => match kernel.reset_password(actor, command, &urn) {
            Ok((done, handover)) => return handed_over(desk, urn.tail(), done.sequence, handover),
            Err(refusal) => Err(refusal),
        },
        "close" => kernel.close_account(actor, command, &urn),
        "grant" => match asked(filled) {
            Ok(grant) => kernel.grant(actor, command, (&urn, seen()?), &grant),
            Err(refusal) => Err(refusal),
        },
        "end" => {
            let at = filled.text("at").parse().map_err(|_| malformed())?;
            kernel.end_grant(actor, command, (&urn, seen()?), (at, filled.text("to").trim()))
        }
        _ => return Err(malformed()),
    };
    match done {
        Ok(done) => Ok(see(&format!("{}?done={}", paths::person(urn.as_str()), done.sequence))),
        Err(refusal) => {
            let error = Some(wrong(desk, refusal)?);
            let granting = (filled.text("do") == "grant").then(|| filled_in(desk, filled));
            let person = kernel.person(actor, &urn)?;
            let beside = Beside { error, granting, ..Beside::default() };
            desk.html_as(StatusCode::UNPROCESSABLE_ENTITY, &page(desk, &person, beside)?)
        }
    }
}

/// The grant that was asked for.
fn asked(filled: &Filled) -> Result<Grant, Refusal> {
    let text = |field| filled.text(field).trim();
    let unknown = |field, zh: &str, en: &str| Refusal::Field { field, what: model::Text::new(zh, en) };
    let about = match text("about") {
        "" => None,
        urn => Some(
            Urn::new(urn).map_err(|_| unknown("about", "这不是对象编号", "this is no name of a thing"))?,
        ),
    };
    Ok(Grant {
        role: Name::new(text("role")).map_err(|_| unknown("role", "请选择一个角色", "choose a role"))?,
        division: text("division").to_owned(),
        about,
        from: text("from").to_owned(),
        to: Some(text("to").to_owned()).filter(|to| !to.is_empty()),
    })
}

/// The form for a role as it was filled in.
fn filled_in(desk: &Desk, filled: &Filled) -> Granting {
    Granting {
        roles: roles(desk, filled.text("role")),
        divisions: divisions(desk, filled.text("division")),
        about: filled.text("about").to_owned(),
        days: [filled.text("from").to_owned(), filled.text("to").to_owned()],
        ..Granting::default()
    }
}

/// The page with a password that is shown this once: it is answered directly, and kept nowhere.
pub(super) fn handed_over(
    desk: &Desk,
    name: &str,
    entry: u64,
    handover: Handover,
) -> Result<Response, Fault> {
    let urn = Urn::of(&Name::new("Person").map_err(|_| Fault::NothingHere)?, name);
    let person = desk.kernel().person(desk.signed_in()?, &urn.map_err(|_| Fault::NothingHere)?)?;
    let beside = Beside { done: Some(entry), handover: Some(handover), ..Beside::default() };
    desk.html(&page(desk, &person, beside)?)
}

fn page(desk: &Desk, person: &Person, beside: Beside) -> Result<PersonPage, Fault> {
    let actor = desk.signed_in()?;
    let Beside { done, handover, error, granting } = beside;
    let other = person.actor.urn != actor.urn;
    let may = |power| desk.kernel().has(actor, power);
    let may_grant = other && may(Power::Grants);
    let now = desk.kernel().now();
    let today = desk.date(now);
    let first = Granting {
        roles: roles(desk, ""),
        divisions: divisions(desk, &desk.loaded().definitions.city.division),
        days: [today.clone(), desk.date(now.plus_secs(GRANT_DAYS * DAY_SECS))],
        ..Granting::default()
    };
    let granting = may_grant.then(|| Granting {
        command: new_command(desk),
        seen: person.version,
        today,
        ..granting.unwrap_or(first)
    });
    Ok(PersonPage {
        page: desk.page(),
        title: desk.text(&person.actor.title).to_owned(),
        urn: person.actor.urn.to_string(),
        login: person.login.clone(),
        grants: grants(desk, &person.actor, may_grant),
        account: (other && may(Power::Accounts)).then(|| new_command(desk)),
        granting,
        handover: handover.map(|made| (made.login, made.password)),
        done: done.map(entry_link),
        error,
        entries: entries(desk, &person.actor.urn)?,
    })
}

/// Divisions of today to choose from.
fn divisions(desk: &Desk, chosen: &str) -> Vec<(String, String, bool)> {
    let definitions = &desk.loaded().definitions;
    let today = desk.zone().date(desk.kernel().now());
    let mut found: Vec<(String, String, bool)> = Vec::new();
    for division in &definitions.divisions {
        let code = &division.code;
        let title = definitions.division(code, today, desk.definition_lang());
        if let Some(title) = title
            && !found.iter().any(|(known, ..)| known == code)
        {
            found.push((code.clone(), format!("{title} {code}"), code == chosen));
        }
    }
    found
}
