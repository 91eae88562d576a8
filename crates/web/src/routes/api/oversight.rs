//! What people did, for programs of those who audit.

use super::reply;
use crate::routes::Web;
use crate::routes::desk::Desk;
use crate::routes::error::Fault;
use crate::routes::extract::{Asked, Visit};
use crate::routes::interface::{Interface, Operation};
use crate::routes::oversight;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use model::Urn;
use serde_json::json;

/// Rows of an answer.
const ROWS: usize = 200;

/// The addresses.
pub(in crate::routes) fn routes(interface: Interface) -> Interface {
    interface.at(
        "/api/v1/acts",
        [Operation::get("listActs", "What people did, the latest first.")
            .signed_in()
            .query("by", "A login or a URN.")
            .query("about", "A URN.")
            .query("group", "all, personal, people, definitions or data.")
            .query("before", "Entries before this one.")],
        get(acts),
    )
}

async fn acts(web: Web, visit: Visit, asked: Asked<oversight::Query>) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    let made = move |desk: &Desk| {
        let actor = desk.signed_in()?;
        let asked = oversight::asked(desk, &query, ROWS)
            .map_err(|_| Fault::Form(StatusCode::UNPROCESSABLE_ENTITY))?;
        let found = desk.kernel().acts(actor, &asked)?;
        let rows = found.rows.iter().map(|row| {
            json!({
                "entry": row.sequence,
                "at": row.at.to_string(),
                "actor": row.actor.as_str(),
                "act": row.act.as_str(),
                "entities": row.entities.iter().map(Urn::as_str).collect::<Vec<_>>(),
                "case": row.case.as_ref().map(Urn::as_str),
                "reason": row.reason,
                "ground": row.ground,
            })
        });
        Ok(json!({ "acts": rows.collect::<Vec<_>>(), "next": found.next }))
    };
    web.0.answer(visit, move |desk| Ok(reply(desk, made(desk)))).await
}
