//! The log's own addresses, for witnesses and programs: head, heads, key, consistency; and the counters.

use super::Web;
use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Segment, Visit};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use proof::Receipt;
use serde::{Deserialize, Serialize};

/// Heads in the list: the newest ones.
const HEADS_MAX: u32 = 100;
const PLAIN: &str = "text/plain; charset=utf-8";

#[derive(Default, Deserialize)]
pub(super) struct Sizes {
    old: Option<String>,
    size: Option<String>,
}

/// That the log of `old` entries is the beginning of the log of `size` entries (RFC 6962 §2.1.2).
#[derive(Serialize)]
struct Consistency {
    /// The form's name; see `docs/receipt.md`.
    format: &'static str,
    /// The signed head of the smaller log.
    old: String,
    /// The signed head of the larger one.
    new: String,
    /// Hashes in lower-case hexadecimal.
    path: Vec<String>,
}

fn text(text: impl Into<String>) -> Response {
    ([(CONTENT_TYPE, PLAIN)], text.into()).into_response()
}

/// A signed head of everything committed so far. While nothing has been added, the same one is given again.
pub(super) async fn head(web: Web, visit: Visit) -> Response {
    web.0.answer(visit, |desk| Ok(text(desk.kernel().publish_head()?))).await
}

/// Published heads, newest first.
pub(super) async fn heads(web: Web, visit: Visit) -> Response {
    web.0.answer(visit, |desk| Ok(Json(desk.kernel().heads(HEADS_MAX)?).into_response())).await
}

/// The log's public key.
pub(super) async fn key(web: Web, visit: Visit) -> Response {
    web.0.answer(visit, |desk| Ok(text(format!("{}\n", desk.kernel().verify_key().to_text())))).await
}

/// How each key has handed over to the next.
pub(super) async fn rotations(web: Web, visit: Visit) -> Response {
    web.0.answer(visit, |desk| Ok(Json(receipts(desk).collect::<Vec<_>>()).into_response())).await
}

/// One of these receipts, as a file.
pub(super) async fn rotation(web: Web, visit: Visit, file: Segment) -> Response {
    let make = move |desk: &Desk| {
        let Path(name) = file.map_err(|_| Fault::NothingHere)?;
        let asked = |receipt: &Receipt| name == format!("{}.json", receipt.inclusion.index);
        let receipt = receipts(desk).find(asked).ok_or(Fault::NothingHere)?;
        let how = format!("attachment; filename=\"datong-rotation-{name}\"");
        Ok(([(CONTENT_DISPOSITION, how)], Json(receipt)).into_response())
    };
    web.0.answer(visit, make).await
}

fn receipts(desk: &Desk) -> impl Iterator<Item = Receipt> {
    desk.kernel().rotations().into_iter().map(|rotation| rotation.receipt)
}

pub(super) async fn consistency(web: Web, visit: Visit, asked: Asked<Sizes>) -> Response {
    let sizes = asked.map(|query| query.0).unwrap_or_default();
    web.0.answer(visit, move |desk| proof(desk, &sizes)).await
}

fn proof(desk: &Desk, sizes: &Sizes) -> Result<Response, Fault> {
    let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<u64>().ok());
    let (Some(old), Some(size)) = (number(&sizes.old), number(&sizes.size)) else {
        return Ok((StatusCode::BAD_REQUEST, text("old=<entries>&size=<entries>\n")).into_response());
    };
    match desk.kernel().consistency(old, size)? {
        Some(found) => {
            let path = found.path.iter().map(|hash| proof::hex(hash)).collect();
            let (old, new) = (found.old, found.new);
            Ok(Json(Consistency { format: "datong-consistency-1", old, new, path }).into_response())
        }
        None => {
            let why = "1 <= old <= size <= entries of the log\n";
            Ok((StatusCode::UNPROCESSABLE_ENTITY, text(why)).into_response())
        }
    }
}

/// The counters in Prometheus' text form.
pub(super) async fn metrics(web: Web, visit: Visit) -> Response {
    web.0.answer(visit, |desk| Ok(text(desk.kernel().counters().prometheus()))).await
}
