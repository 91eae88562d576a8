//! People for programs: accounts and roles.

use super::{command, reply};
use crate::routes::Web;
use crate::routes::case::urn_of;
use crate::routes::desk::Desk;
use crate::routes::error::Fault;
use crate::routes::extract::{Asked, Segment, Visit};
use crate::routes::interface::{Interface, Operation};
use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, post};
use kernel::{Done, Grant, Handover, Person};
use model::{Name, Text, Urn};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value as Told, json};

/// Somebody new.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct NewPerson {
    /// What is typed to sign in: 3 to 32 lower-case letters, digits or hyphens.
    login: String,
    /// What others see, in both languages.
    title: BothWords,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BothWords {
    zh: String,
    en: String,
}

/// A role to be granted.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct NewRole {
    role: String,
    /// A division's code: that one and all below it.
    division: String,
    /// Only for what is about this thing.
    #[serde(default)]
    about: Option<String>,
    /// First day, as 2026-10-01.
    from: String,
    /// Last day.
    #[serde(default)]
    to: Option<String>,
    /// The version of the person that was seen.
    seen: u64,
}

#[derive(Default, Deserialize)]
pub(in crate::routes) struct Ending {
    to: Option<String>,
    seen: Option<u64>,
}

/// The addresses.
pub(in crate::routes) fn routes(interface: Interface) -> Interface {
    interface
        .at(
            "/api/v1/people",
            [
                Operation::get("listPeople", "Who may sign in, and their roles.").signed_in(),
                Operation::post("openAccount", "Opens an account; the password is answered this once.")
                    .signed_in()
                    .keyed()
                    .body::<NewPerson>(),
            ],
            get(list).post(open),
        )
        .at(
            "/api/v1/people/{urn}",
            [Operation::get("getPerson", "Somebody, with the version that a change must have seen.")
                .signed_in()],
            get(show),
        )
        .at(
            "/api/v1/people/{urn}/password",
            [Operation::post("resetPassword", "A new password, answered this once; all sessions end.")
                .signed_in()
                .keyed()],
            post(reset),
        )
        .at(
            "/api/v1/people/{urn}/account",
            [Operation::delete("closeAccount", "Closes the account and ends its sessions.")
                .signed_in()
                .keyed()],
            delete(close),
        )
        .at(
            "/api/v1/people/{urn}/roles",
            [Operation::post("grantRole", "Grants a role.").signed_in().keyed().body::<NewRole>()],
            post(grant),
        )
        .at(
            "/api/v1/people/{urn}/roles/{at}",
            [Operation::delete("endRole", "Ends a role, by its place among the person's roles.")
                .signed_in()
                .keyed()
                .query("to", "The last day.")
                .query("seen", "The version of the person that was seen.")],
            delete(end),
        )
}

async fn list(web: Web, visit: Visit) -> Response {
    let made = |desk: &Desk| {
        let people = desk.kernel().people(desk.signed_in()?)?;
        Ok(json!({ "people": people.iter().map(person).collect::<Vec<_>>() }))
    };
    web.0.answer(visit, move |desk| Ok(reply(desk, made(desk)))).await
}

async fn show(web: Web, visit: Visit, urn: Segment) -> Response {
    let made = |desk: &Desk| Ok(person(&desk.kernel().person(desk.signed_in()?, &urn_of(urn)?)?));
    web.0.answer(visit, move |desk| Ok(reply(desk, made(desk)))).await
}

async fn open(
    web: Web,
    visit: Visit,
    headers: HeaderMap,
    body: Result<Json<NewPerson>, JsonRejection>,
) -> Response {
    let made = move |desk: &Desk| {
        let actor = desk.signed_in()?;
        let Json(NewPerson { login, title }) = body.map_err(|rejection| Fault::Form(rejection.status()))?;
        let command = command(desk, actor.urn.as_str(), key(&headers))?;
        let title = Text::new(&title.zh, &title.en);
        Ok(handed_over(desk.kernel().open_account(actor, command, &login, &title)?))
    };
    web.0.answer(visit, move |desk| Ok(reply(desk, made(desk)))).await
}

async fn reset(web: Web, visit: Visit, urn: Segment, headers: HeaderMap) -> Response {
    let made = move |desk: &Desk| {
        let actor = desk.signed_in()?;
        let command = command(desk, actor.urn.as_str(), key(&headers))?;
        Ok(handed_over(desk.kernel().reset_password(actor, command, &urn_of(urn)?)?))
    };
    web.0.answer(visit, move |desk| Ok(reply(desk, made(desk)))).await
}

async fn close(web: Web, visit: Visit, urn: Segment, headers: HeaderMap) -> Response {
    let made = move |desk: &Desk| {
        let actor = desk.signed_in()?;
        let command = command(desk, actor.urn.as_str(), key(&headers))?;
        Ok(done(&desk.kernel().close_account(actor, command, &urn_of(urn)?)?))
    };
    web.0.answer(visit, move |desk| Ok(reply(desk, made(desk)))).await
}

async fn grant(
    web: Web,
    visit: Visit,
    urn: Segment,
    headers: HeaderMap,
    body: Result<Json<NewRole>, JsonRejection>,
) -> Response {
    let made = move |desk: &Desk| {
        let actor = desk.signed_in()?;
        let Json(asked) = body.map_err(|rejection| Fault::Form(rejection.status()))?;
        let malformed = |_| Fault::Form(StatusCode::UNPROCESSABLE_ENTITY);
        let grant = Grant {
            role: Name::new(asked.role).map_err(malformed)?,
            division: asked.division,
            about: asked.about.map(Urn::new).transpose().map_err(malformed)?,
            from: asked.from,
            to: asked.to,
        };
        let command = command(desk, actor.urn.as_str(), key(&headers))?;
        Ok(done(&desk.kernel().grant(actor, command, (&urn_of(urn)?, asked.seen), &grant)?))
    };
    web.0.answer(visit, move |desk| Ok(reply(desk, made(desk)))).await
}

async fn end(
    web: Web,
    visit: Visit,
    path: Segment<(String, usize)>,
    asked: Asked<Ending>,
    headers: HeaderMap,
) -> Response {
    let asked = asked.map(|query| query.0).unwrap_or_default();
    let made = move |desk: &Desk| {
        let actor = desk.signed_in()?;
        let Path((urn, at)) = path.map_err(|_| Fault::NothingHere)?;
        let malformed = || Fault::Form(StatusCode::UNPROCESSABLE_ENTITY);
        let (last, seen) = asked.to.zip(asked.seen).ok_or_else(malformed)?;
        let command = command(desk, actor.urn.as_str(), key(&headers))?;
        let urn = urn_of(Ok(Path(urn)))?;
        Ok(done(&desk.kernel().end_grant(actor, command, (&urn, seen), (at, &last))?))
    };
    web.0.answer(visit, move |desk| Ok(reply(desk, made(desk)))).await
}

fn key(headers: &HeaderMap) -> Option<&str> {
    headers.get("idempotency-key").and_then(|key| key.to_str().ok())
}

fn done(done: &Done) -> Told {
    let receipt = crate::paths::receipt_file(done.sequence);
    json!({ "entry": done.sequence, "repeated": done.repeated, "receipt": receipt })
}

fn handed_over((entry, handover): (Done, Handover)) -> Told {
    let mut told = done(&entry);
    if let Told::Object(told) = &mut told {
        told.insert("login".to_owned(), handover.login.into());
        told.insert("password".to_owned(), handover.password.into());
    }
    told
}

fn person(person: &Person) -> Told {
    let roles = person.actor.grants.iter().map(|grant| {
        json!({
            "role": grant.role.as_str(),
            "division": grant.division,
            "about": grant.about.as_ref().map(Urn::as_str),
            "from": grant.from,
            "to": grant.to,
        })
    });
    json!({
        "id": person.actor.urn.as_str(),
        "login": person.login,
        "title": { "zh": person.actor.title.zh, "en": person.actor.title.en },
        "roles": roles.collect::<Vec<_>>(),
        "version": person.version,
    })
}
