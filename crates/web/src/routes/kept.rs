//! Lists of cases that somebody keeps by name, to come back to them with one press.

use super::desk::Desk;
use super::error::{Fault, see, why};
use super::extract::Visit;
use super::upload::{self, Filled};
use super::{Web, inbox};
use crate::paths;
use axum::extract::Request;
use axum::response::Response;

/// `POST /inbox/kept`: keeps the list at an address under a name, or with `do=drop` keeps it no longer.
pub(super) async fn send(web: Web, visit: Visit, request: Request) -> Response {
    let sent = upload::plain(request).await;
    web.0.answer(visit.at(paths::INBOX), move |desk| submit(desk, &sent?)).await
}

fn submit(desk: &Desk, filled: &Filled) -> Result<Response, Fault> {
    let actor = desk.sender(filled.text("csrf"))?;
    let wanted = inbox::Wanted::of_address(filled.text("address"));
    let address = wanted.address();
    let kept = match filled.text("do") {
        "drop" => desk.kernel().keep_not(actor, filled.text("name")),
        _ => desk.kernel().keep(actor, filled.text("name"), &address),
    };
    let Err(refusal) = kept else { return Ok(see(&address)) };
    let why = why(&refusal, desk, None).ok_or(refusal)?;
    inbox::inbox(desk, &wanted, Some((why.status, why.because)))
}
