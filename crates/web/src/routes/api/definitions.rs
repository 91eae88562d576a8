//! Definitions for programs: activate files of packs and city, move running cases, try one file as it would be. `?dry=1` only
//! says what would be done.

use super::json::outcome as told_outcome;
use super::{command, reply};
use crate::routes::desk::Desk;
use crate::routes::error::Fault;
use crate::routes::extract::{Asked, Segment, Visit};
use crate::routes::interface::{Interface, Operation};
use crate::routes::{Web, Work, definitions};
use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::JsonRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use kernel::{Moved, Renamed};
use model::Name;
use pack::File;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Largest body in bytes: all files of all packs.
pub(in crate::routes) const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct Sent {
    files: Vec<SentFile>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SentFile {
    path: String,
    text: String,
}

/// A file of the definitions as it would be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct Proposal {
    path: String,
    text: String,
    /// First and last day on which cases began that are replayed.
    from: String,
    to: String,
}

/// Names of an older form and what they are called now.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::routes) struct Names {
    #[schemars(with = "BTreeMap<String, String>")]
    stages: BTreeMap<Name, Name>,
    #[schemars(with = "BTreeMap<String, String>")]
    clocks: BTreeMap<Name, Name>,
    #[schemars(with = "BTreeMap<String, String>")]
    tasks: BTreeMap<Name, Name>,
    #[schemars(with = "BTreeMap<String, String>")]
    flags: BTreeMap<Name, Name>,
}

#[derive(Default, Deserialize)]
pub(in crate::routes) struct Query {
    #[serde(default)]
    dry: Option<String>,
}

/// The addresses.
pub(in crate::routes) fn routes(interface: Interface) -> Interface {
    interface
        .at(
            "/api/v1/definitions",
            [Operation::post("activate", "Puts the files of all packs and of the city in force.")
                .signed_in()
                .query("dry", "`1`: only says what would be different.")
                .body::<Sent>()],
            post(activate),
        )
        .at(
            "/api/v1/processes/{process}/migrate",
            [Operation::post(
                "migrate",
                "Moves running cases to the form of their process that is in force.",
            )
            .signed_in()
            .query("dry", "`1`: only says what would move.")
            .body::<Names>()],
            post(migrate),
        )
        .at(
            "/api/v1/proposals",
            [Operation::post("tryProposal", "What a file as it would be comes to. Nothing is put in force.")
                .signed_in()
                .body::<Proposal>()],
            post(propose),
        )
}

/// `POST /api/v1/definitions`: all files of packs and city, as they are to be in force.
pub(in crate::routes) async fn activate(
    web: Web,
    visit: Visit,
    asked: Asked<Query>,
    headers: HeaderMap,
    body: Result<Json<Sent>, JsonRejection>,
) -> Response {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    let dry = is_dry(asked);
    web.0.answer(visit, move |desk| Ok(reply(desk, activated(desk, key.as_deref(), body, dry)))).await
}

/// `POST /api/v1/processes/{process}/migrate`: moves its open cases to the form in force.
pub(in crate::routes) async fn migrate(
    web: Web,
    visit: Visit,
    process: Segment,
    asked: Asked<Query>,
    body: Result<Json<Names>, JsonRejection>,
) -> Response {
    let dry = is_dry(asked);
    web.0.answer(visit, move |desk| Ok(reply(desk, migrated(desk, process, body, dry)))).await
}

async fn propose(web: Web, visit: Visit, body: Result<Json<Proposal>, JsonRejection>) -> Response {
    let made = move |desk: &Desk| {
        desk.signed_in()?;
        let Json(asked) = body.map_err(|rejection| Fault::Form(rejection.status()))?;
        let outcome = definitions::propose(desk, &asked.path, &asked.text, &[asked.from, asked.to])?;
        Ok(told_outcome(&outcome))
    };
    web.0.answer_as(Work::Download, visit, move |desk| Ok(reply(desk, made(desk)))).await
}

fn is_dry(asked: Asked<Query>) -> bool {
    asked.ok().and_then(|query| query.0.dry).is_some_and(|dry| dry == "1")
}

fn activated(
    desk: &Desk,
    key: Option<&str>,
    body: Result<Json<Sent>, JsonRejection>,
    dry: bool,
) -> Result<serde_json::Value, Fault> {
    let actor = desk.signed_in()?;
    let Json(sent) = body.map_err(|rejection| Fault::Form(rejection.status()))?;
    let files: Vec<File> =
        sent.files.into_iter().map(|file| File { path: file.path, text: file.text }).collect();
    let command = command(desk, actor.urn.as_str(), key)?;
    let activation = desk.kernel().activate(actor, command, &files, dry)?;
    let lang = desk.definition_lang();
    Ok(json!({
        "differences": activation.differences.iter().map(|difference| difference.words(lang)).collect::<Vec<_>>(),
        "staying": activation.staying.iter().map(|(id, count)| (id.to_string(), (*count).into())).collect::<serde_json::Map<_, _>>(),
        "entry": activation.done.map(|done| done.sequence),
    }))
}

fn migrated(
    desk: &Desk,
    process: Segment,
    body: Result<Json<Names>, JsonRejection>,
    dry: bool,
) -> Result<serde_json::Value, Fault> {
    let actor = desk.signed_in()?;
    let process = process.ok().and_then(|Path(id)| Name::new(id).ok()).ok_or(Fault::NothingHere)?;
    let Json(Names { stages, clocks, tasks, flags }) =
        body.map_err(|rejection| Fault::Form(rejection.status()))?;
    let moved = desk.kernel().migrate(actor, &process, &Renamed { stages, clocks, tasks, flags }, dry)?;
    let stays = |moved: &Moved| {
        let why: Vec<String> = moved.immovable.iter().map(|i| format!("{}: {}", i.what, i.why)).collect();
        json!({ "case": moved.case.as_str(), "why": why })
    };
    let (good, bad): (Vec<&Moved>, Vec<_>) = moved.iter().partition(|moved| moved.immovable.is_empty());
    Ok(json!({
        "moved": good.iter().map(|moved| moved.case.as_str()).collect::<Vec<_>>(),
        "staying": bad.iter().map(|moved| stays(moved)).collect::<Vec<_>>(),
    }))
}
