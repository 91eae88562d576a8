//! Audits of series for programs. The series themselves are files: `/sources/{urn}/series/{attribute}.json`.

use super::{command, reply};
use crate::routes::Web;
use crate::routes::case::urn_of;
use crate::routes::desk::Desk;
use crate::routes::error::Fault;
use crate::routes::extract::{Segment, Visit};
use crate::routes::interface::{Interface, Operation};
use crate::routes::{csv, source};
use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use kernel::SeriesAudit;
use model::Instant;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value as Json_, json};

/// What is said of a stretch. Times are local (`2026-09-30T08:00`) or have an offset.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct Sent {
    /// Its first instant.
    from: String,
    /// The instant before which it ends.
    to: String,
    /// On what the audit rests.
    opinion: String,
    /// Values that are left out, beside those that the cleaned edition leaves out.
    #[serde(default)]
    without: Vec<String>,
    /// Values that stand in place of what was measured.
    #[serde(default)]
    corrected: Vec<Corrected>,
}

/// A value in place of another.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Corrected {
    at: String,
    value: f64,
}

/// The addresses.
pub(super) fn routes(interface: Interface) -> Interface {
    interface.at(
        "/api/v1/sources/{urn}/series/{attribute}/audits",
        [Operation::post("auditSeries", "Audits a stretch of a series.").signed_in().keyed().body::<Sent>()],
        post(send),
    )
}

/// `POST /api/v1/sources/{urn}/series/{attribute}/audits`: audits a stretch. `Idempotency-Key` makes a repeat the same audit.
pub(in crate::routes) async fn send(
    web: Web,
    visit: Visit,
    path: Segment<(String, String)>,
    headers: HeaderMap,
    body: Result<Json<Sent>, JsonRejection>,
) -> Response {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    let make = move |desk: &Desk| Ok(reply(desk, audited(desk, path, key.as_deref(), body)));
    web.0.answer(visit, make).await
}

fn audited(
    desk: &Desk,
    path: Segment<(String, String)>,
    key: Option<&str>,
    body: Result<Json<Sent>, JsonRejection>,
) -> Result<Json_, Fault> {
    let actor = desk.signed_in()?;
    let Path((urn, attribute)) = path.map_err(|_| Fault::NothingHere)?;
    let source = desk.kernel().source(&urn_of(Ok(Path(urn)))?)?;
    let series = source::series_of(&source, &attribute).ok_or(Fault::NothingHere)?;
    let Json(sent) = body.map_err(|rejection| Fault::Form(rejection.status()))?;
    let at = |text: &String| -> Result<Instant, Fault> {
        csv::instant(desk.zone(), text).ok_or(Fault::Form(StatusCode::UNPROCESSABLE_ENTITY))
    };
    let audit = SeriesAudit {
        from: at(&sent.from)?,
        to: at(&sent.to)?,
        without: sent.without.iter().map(at).collect::<Result<_, _>>()?,
        corrected: sent
            .corrected
            .iter()
            .map(|one| Ok((at(&one.at)?, one.value)))
            .collect::<Result<_, Fault>>()?,
        opinion: sent.opinion,
    };
    let command = command(desk, actor.urn.as_str(), key)?;
    let series = (&source.entity.urn, &series.key.attribute);
    let done = desk.kernel().audit_series(actor, command, series, &audit)?;
    Ok(json!({
        "entry": done.done.sequence,
        "repeated": done.done.repeated,
        "counting": done.counting,
        "leftOut": done.left_out,
    }))
}
