//! Connectors for programs: which there are, and a file read by one. With `trial=1` nothing is written.

use super::reply;
use super::services::basis;
use crate::routes::case::urn_of;
use crate::routes::desk::Desk;
use crate::routes::error::Fault;
use crate::routes::extract::{Asked, Segment, Visit};
use crate::routes::interface::{Interface, Operation};
use crate::routes::{Web, Work, upload};
use axum::Json as Json_;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Request};
use axum::response::Response;
use axum::routing::{get, post};
use kernel::{Imported, Undone, json_of};
use model::{Entity, Urn};
use proof::CommandId;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// Runs that are listed.
const RUNS_MAX: u32 = 50;

/// How a file is read.
#[derive(Default, Deserialize)]
pub(in crate::routes) struct How {
    /// `1`: nothing is written.
    #[serde(default)]
    trial: Option<String>,
}

/// The addresses.
pub(super) fn routes(interface: Interface) -> Interface {
    interface
        .at(
            "/api/v1/connectors",
            [Operation::get("listConnectors", "Those that may be run.").signed_in()],
            get(list),
        )
        .at(
            "/api/v1/connectors/{connector}/runs",
            [Operation::get("listRuns", "What a connector took in, the newest first.").signed_in()],
            get(runs),
        )
        .at(
            "/api/v1/runs/{urn}/undo",
            [Operation::post("undoRun", "Takes a run back as one.").signed_in().body::<Nothing>()],
            post(undo),
        )
}

/// The one that takes files.
pub(in crate::routes) fn uploads(interface: Interface) -> Interface {
    let file = json!({ "type": "string", "format": "binary" });
    interface.at(
        "/api/v1/connectors/{connector}/imports",
        [Operation::post("import", "Takes a department's file in, or only tries it.")
            .signed_in()
            .keyed()
            .query("trial", "`1`: nothing is written.")
            .sends("application/octet-stream", file)],
        post(send),
    )
}

/// `GET /api/v1/connectors`: those that this person may run.
pub(in crate::routes) async fn list(web: Web, visit: Visit) -> Response {
    let make = |desk: &Desk| {
        let all = desk.signed_in().map(|actor| {
            let all = desk.kernel().connectors(actor).into_iter().map(|one| {
                json!({
                    "id": one.id.as_str(),
                    "title": desk.text(&one.title),
                    "into": one.into.as_str(),
                    "key": one.key.as_str(),
                    "columns": one.map.iter().map(|mapping| &mapping.from).collect::<Vec<_>>(),
                    "basis": basis(desk, &one.basis),
                })
            });
            json!({ "connectors": all.collect::<Vec<_>>() })
        });
        Ok(reply(desk, all))
    };
    web.0.answer(visit, make).await
}

/// `POST /api/v1/connectors/{connector}/imports`: a file as `text/csv`. `Idempotency-Key` makes a repeat the same command.
pub(in crate::routes) async fn send(
    web: Web,
    visit: Visit,
    id: Segment,
    asked: Asked<How>,
    request: Request,
) -> Response {
    let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    let sent = upload::table(&web.0, &visit, request).await;
    let trial = asked.is_ok_and(|how| how.trial.as_deref() == Some("1"));
    let make = move |desk: &Desk| {
        let taken = sent.and_then(|bytes| take(desk, id, key.as_deref(), &bytes, trial));
        Ok(reply(desk, taken))
    };
    web.0.answer_as(Work::Download, visit, make).await
}

fn take(desk: &Desk, id: Segment, key: Option<&str>, bytes: &[u8], trial: bool) -> Result<Json, Fault> {
    let actor = desk.signed_in()?;
    let Path(id) = id.map_err(|_| Fault::NothingHere)?;
    let command = match key {
        Some(key) => desk.kernel().command_id(&["api", actor.urn.as_str(), key]),
        None => CommandId(desk.state().chance.id()),
    };
    let imported = desk.kernel().import(actor, (&id, command), bytes, trial)?;
    Ok(report(&imported, trial))
}

/// `GET /api/v1/connectors/{connector}/runs`: the latest runs.
pub(in crate::routes) async fn runs(web: Web, visit: Visit, id: Segment) -> Response {
    let make = move |desk: &Desk| Ok(reply(desk, listed(desk, id)));
    web.0.answer(visit, make).await
}

fn listed(desk: &Desk, id: Segment) -> Result<Json, Fault> {
    let Path(id) = id.map_err(|_| Fault::NothingHere)?;
    let runs = desk.kernel().runs(desk.signed_in()?, &id, RUNS_MAX)?;
    let run = |run: &Entity| {
        let mut said: serde_json::Map<String, Json> = serde_json::Map::new();
        said.insert("id".to_owned(), json!(run.urn.as_str()));
        said.extend(run.attributes.iter().map(|(id, held)| (id.to_string(), json_of(&held.attribute.value))));
        Json::Object(said)
    };
    Ok(json!({ "runs": runs.iter().map(run).collect::<Vec<_>>() }))
}

/// Nothing: `{}`. That it is JSON keeps other sites' forms out.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct Nothing {}

/// `POST /api/v1/runs/{urn}/undo`: takes a run back as one.
pub(in crate::routes) async fn undo(
    web: Web,
    visit: Visit,
    urn: Segment,
    body: Result<Json_<Nothing>, JsonRejection>,
) -> Response {
    let make = move |desk: &Desk| {
        let undone = body.map_err(|rejection| Fault::Form(rejection.status())).and_then(|_| {
            let actor = desk.signed_in()?;
            Ok(desk.kernel().undo_run(actor, &urn_of(urn)?)?)
        });
        let said = |undone: Undone| json!({ "restored": undone.restored, "leftOut": undone.left_out, "kept": undone.kept });
        Ok(reply(desk, undone.map(said)))
    };
    web.0.answer_as(Work::Download, visit, make).await
}

fn report(imported: &Imported, trial: bool) -> Json {
    let counts = imported.findings.counts().map(|(code, count)| (code.as_str().to_owned(), json!(count)));
    let findings = imported.findings.kept().iter().map(|found| {
        json!({ "code": found.fault.as_str(), "line": found.line, "key": found.key, "what": found.what })
    });
    json!({
        "trial": trial,
        "file": imported.digest,
        "rows": imported.rows,
        "entities": imported.entities,
        "created": imported.created,
        "new": imported.new,
        "corrected": imported.corrected,
        "known": imported.known,
        "counts": counts.collect::<serde_json::Map<_, _>>(),
        "findings": findings.collect::<Vec<_>>(),
        "entries": imported.entries,
        "run": imported.run.as_ref().map(Urn::as_str),
    })
}
