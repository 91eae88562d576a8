//! Orders to devices (反控) for programs: which were given, and a new one to a device that is connected now.

use super::{command, reply};
use crate::routes::Web;
use crate::routes::desk::Desk;
use crate::routes::error::Fault;
use crate::routes::extract::{Segment, Visit};
use crate::routes::interface::{Interface, Operation};
use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::JsonRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use kernel::Asked;
use model::{Entity, Period};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value as Json_, json};

/// Orders that are listed.
const LISTED: u32 = 50;

/// What is asked. Times are on the device's own clock: `2026-09-30T08:00:00`.
#[derive(Deserialize, JsonSchema)]
#[serde(tag = "asked", rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::routes) enum Sent {
    /// What time it is there.
    Time,
    /// Take the city's time.
    SetTime,
    /// How often values of the moment are sent.
    Interval,
    /// Send them so often: 30 to 3600 seconds.
    SetInterval { seconds: u16 },
    /// Over how many minutes minute values are formed.
    MinuteInterval,
    /// Form them over so many.
    SetMinuteInterval { minutes: u16 },
    /// Send again what is kept of a span.
    Fetch {
        #[schemars(with = "String")]
        period: Period,
        from: String,
        to: String,
    },
}

/// The addresses.
pub(super) fn routes(interface: Interface) -> Interface {
    interface.at(
        "/api/v1/devices/{number}/orders",
        [
            Operation::get("listOrders", "Orders to a device, the newest first.").signed_in(),
            Operation::post("order", "Gives a device an order.").signed_in().keyed().body::<Sent>(),
        ],
        get(list).post(send),
    )
}

/// `GET /api/v1/devices/{number}/orders`: the latest orders to a device and what became of them.
pub(in crate::routes) async fn list(web: Web, visit: Visit, number: Segment) -> Response {
    let make = move |desk: &Desk| Ok(reply(desk, listed(desk, number)));
    web.0.answer(visit, make).await
}

/// `POST /api/v1/devices/{number}/orders`: gives one. `Idempotency-Key` makes a repeat the same order.
pub(in crate::routes) async fn send(
    web: Web,
    visit: Visit,
    number: Segment,
    headers: HeaderMap,
    body: Result<Json<Sent>, JsonRejection>,
) -> Response {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    let make = move |desk: &Desk| Ok(reply(desk, ordered(desk, number, key.as_deref(), body)));
    web.0.answer(visit, make).await
}

fn listed(desk: &Desk, number: Segment) -> Result<Json_, Fault> {
    let Path(number) = number.map_err(|_| Fault::NothingHere)?;
    let orders = desk.kernel().orders(desk.signed_in()?, &number, LISTED)?;
    Ok(json!({ "orders": orders.iter().map(order).collect::<Vec<_>>() }))
}

fn ordered(
    desk: &Desk,
    number: Segment,
    key: Option<&str>,
    body: Result<Json<Sent>, JsonRejection>,
) -> Result<Json_, Fault> {
    let actor = desk.signed_in()?;
    let Path(number) = number.map_err(|_| Fault::NothingHere)?;
    let Json(sent) = body.map_err(|rejection| Fault::Form(rejection.status()))?;
    let asked = match sent {
        Sent::Time => Asked::Time,
        Sent::SetTime => Asked::SetTime,
        Sent::Interval => Asked::Interval,
        Sent::SetInterval { seconds } => Asked::SetInterval(seconds),
        Sent::MinuteInterval => Asked::MinuteInterval,
        Sent::SetMinuteInterval { minutes } => Asked::SetMinuteInterval(minutes),
        Sent::Fetch { period, from, to } => Asked::fetch(period, &from, &to)?,
    };
    let command = command(desk, actor.urn.as_str(), key)?;
    Ok(order(&desk.kernel().order(actor, command, &number, asked)?))
}

/// An order with what became of it. `state`: sent, accepted, refused, done, failed, unanswered, lost; `code`: the QnRtn or
/// ExeRtn of HJ 212; `answer`: what the device told.
fn order(order: &Entity) -> Json_ {
    let text = |id: &str| Some(order.text(id)).filter(|text| !text.is_empty()).map(str::to_owned);
    json!({
        "id": order.urn.as_str(),
        "device": text("device"),
        "asked": text("asked"),
        "seconds": order.value("seconds").as_int(),
        "minutes": order.value("minutes").as_int(),
        "period": text("period"),
        "from": text("from"),
        "to": text("to"),
        "by": order.value("by").as_ref().map(model::Urn::as_str),
        "at": order.value("at").as_instant().map(|at| at.to_string()),
        "state": text("state"),
        "code": order.value("code").as_int(),
        "answer": text("answer"),
    })
}
