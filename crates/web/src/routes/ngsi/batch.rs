//! Many entities at once (clauses 6.14 to 6.17), and queries too long for an address (6.23). Each entity stands alone.

use super::entities::{Said, kinds_of, listed, parts, pattern, take_out, write_one};
use super::{Answer, Asked, Made, answer, urn};
use crate::routes::Web;
use crate::routes::desk::Desk;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{ContextWrite, Mode};
use ngsi_ld::geo::GeoQuery;
use ngsi_ld::{Kind, Problem, name, q};
use serde_json::{Value as Json, json};

/// Entities of one batch.
const BATCH_MAX: usize = 1000;

pub(super) async fn run(web: Web, Path(operation): Path<String>, request: Request) -> Response {
    answer(web, request, move |desk, asked| match operation.as_str() {
        "query" => listed(desk, asked, &said(asked.json()?)?),
        "create" | "upsert" | "update" | "delete" => many(desk, asked, &operation),
        other => {
            let detail = format!(
                "entityOperations/{other} is not offered: create, upsert, update, delete and query are"
            );
            Err(Problem { kind: Kind::OperationNotSupported, detail })
        }
    })
    .await
}

fn many(desk: &Desk, asked: &Asked, operation: &str) -> Made {
    let list = asked.json()?.as_array().ok_or_else(|| Problem::data("a list is expected"))?;
    if list.is_empty() || list.len() > BATCH_MAX {
        return Err(Problem::data(format!("a batch has 1 to {BATCH_MAX} entities")));
    }
    // Who may not write at all is told so once.
    super::writer(desk)?;
    let (mut created, mut changed, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for json in list {
        let id = json.as_str().or_else(|| json.get("id").and_then(Json::as_str)).unwrap_or_default();
        match one(desk, asked, operation, json) {
            Ok(true) => created.push(Json::from(id)),
            Ok(false) => changed.push(Json::from(id)),
            Err(problem) => errors.push(json!({ "entityId": id, "error": problem.json() })),
        }
    }
    if !errors.is_empty() {
        let success: Vec<Json> = created.into_iter().chain(changed).collect();
        let body = json!({ "success": success, "errors": errors });
        return Ok(Answer { status: StatusCode::MULTI_STATUS, body: Some(body), headers: Vec::new() });
    }
    if created.is_empty() {
        return Ok(Answer::empty());
    }
    Ok(Answer { status: StatusCode::CREATED, body: Some(Json::Array(created)), headers: Vec::new() })
}

/// One entity of a batch. Returns whether it is new.
fn one(desk: &Desk, asked: &Asked, operation: &str, json: &Json) -> Result<bool, Problem> {
    if operation == "delete" {
        let id = json.as_str().ok_or_else(|| Problem::data("a list of URNs is expected"))?;
        return take_out(desk, asked, id).map(|_| false);
    }
    let given = ngsi_ld::entity(json)?;
    let there = desk
        .kernel()
        .entity(&given.urn)
        .is_ok_and(|held| held.is_some_and(|held| !held.attributes.is_empty()));
    let deleted = desk.kernel().context_entity(desk.actor.as_ref(), &given.urn).is_err();
    let mode = match operation {
        "create" => Mode::Create,
        "upsert" if !there || deleted => Mode::Create,
        "upsert" if asked.has_option("update") => Mode::Append,
        "upsert" => Mode::Replace,
        _ if asked.has_option("noOverwrite") => Mode::AppendNew,
        _ => Mode::Append,
    };
    let write = ContextWrite {
        urn: given.urn,
        kind: Some(given.kind),
        set: given.attributes,
        mode,
        seen: None,
        ground: String::new(),
    };
    let written = write_one(desk, asked, &write)?;
    if written.not_updated.is_empty() {
        return Ok(written.created);
    }
    Err(Problem::data(parts(&written, desk).to_string()))
}

/// A query as a body (clause 5.2.23).
fn said(json: &Json) -> Result<Said, Problem> {
    if json.get("type").and_then(Json::as_str) != Some("Query") {
        return Err(Problem::data("`type` is Query"));
    }
    let text = |json: &Json, key: &str| json.get(key).and_then(Json::as_str).map(str::to_owned);
    let mut said = Said::default();
    for selector in json.get("entities").and_then(Json::as_array).into_iter().flatten() {
        if let Some(kinds) = text(selector, "type") {
            said.kinds.extend(kinds_of(&kinds)?);
        }
        match selector.get("id") {
            Some(Json::String(id)) => said.ids.push(urn(id)?),
            Some(Json::Array(ids)) => {
                for id in ids {
                    said.ids.push(urn(id.as_str().unwrap_or_default())?);
                }
            }
            _ => {}
        }
        if let Some(text) = text(selector, "idPattern") {
            said.pattern = Some(pattern(&text)?);
        }
    }
    for id in json.get("attrs").and_then(Json::as_array).into_iter().flatten() {
        said.attributes.push(name(id.as_str().unwrap_or_default())?);
    }
    said.filter = text(json, "q").map(|q| q::parse(&q)).transpose()?;
    if let Some(place) = json.get("geoQ") {
        let property = text(place, "geoproperty").unwrap_or_else(|| "location".to_owned());
        let (georel, geometry) = (text(place, "georel"), text(place, "geometry"));
        let coordinates = place.get("coordinates").unwrap_or(&Json::Null);
        let place = GeoQuery::read(
            &georel.unwrap_or_default(),
            &geometry.unwrap_or_default(),
            coordinates,
            &property,
        )?;
        said.place = Some(place);
    }
    Ok(said)
}
