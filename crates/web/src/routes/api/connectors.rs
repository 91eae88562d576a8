//! Connectors for programs: which there are, and a file read by one. With `trial=1` nothing is written.

use super::reply;
use super::services::basis;
use crate::routes::desk::Desk;
use crate::routes::error::Fault;
use crate::routes::extract::{Asked, Segment, Visit};
use crate::routes::{Web, Work, upload};
use axum::extract::{Path, Request};
use axum::response::Response;
use kernel::Imported;
use proof::CommandId;
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// How a file is read.
#[derive(Default, Deserialize)]
pub(in crate::routes) struct How {
    /// `1`: nothing is written.
    #[serde(default)]
    trial: Option<String>,
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

fn report(imported: &Imported, trial: bool) -> Json {
    let counts = imported.findings.counts().map(|(code, count)| (code.as_str().to_owned(), json!(count)));
    let findings = imported.findings.kept().iter().map(|found| {
        json!({ "code": found.code.as_str(), "line": found.line, "key": found.key, "what": found.what })
    });
    json!({
        "trial": trial,
        "file": imported.digest,
        "rows": imported.rows,
        "entities": imported.entities,
        "new": imported.new,
        "corrected": imported.corrected,
        "known": imported.known,
        "counts": counts.collect::<serde_json::Map<_, _>>(),
        "findings": findings.collect::<Vec<_>>(),
        "entries": imported.entries,
    })
}
