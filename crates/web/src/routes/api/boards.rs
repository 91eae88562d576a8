//! Boards for programs: each figure with its age, and what is behind it within the reader's reach.

use super::datasets::age;
use super::reply;
use crate::routes::desk::Desk;
use crate::routes::error::Fault;
use crate::routes::extract::{Segment, Visit};
use crate::routes::{Web, Work};
use axum::extract::Path;
use axum::response::Response;
use kernel::{BEHIND_MAX, Behind, FigureView, LayerView, json_of};
use model::Instant;
use pack::{Board, Figure, FigureOf, Layer};
use serde_json::{Value as Json, json};

/// `GET /api/v1/boards`: those that whoever is signed in may look at.
pub(in crate::routes) async fn list(web: Web, visit: Visit) -> Response {
    web.0.answer(visit, |desk| Ok(reply(desk, listed(desk)))).await
}

/// `GET /api/v1/boards/{board}`: one, with its figures as they are now.
pub(in crate::routes) async fn show(web: Web, visit: Visit, id: Segment) -> Response {
    web.0.answer_as(Work::Download, visit, move |desk| Ok(reply(desk, shown(desk, id)))).await
}

fn listed(desk: &Desk) -> Result<Json, Fault> {
    let reader = desk.signed_in()?;
    let boards = desk.loaded().definitions.boards.values();
    let boards = boards.filter(|board| desk.kernel().may_read_board(board, reader).is_ok());
    let one = |board: &Board| json!({ "id": board.id.as_str(), "title": desk.text(&board.title) });
    Ok(json!({ "boards": boards.map(one).collect::<Vec<_>>() }))
}

fn shown(desk: &Desk, id: Segment) -> Result<Json, Fault> {
    let reader = desk.signed_in()?;
    let Path(id) = id.map_err(|_| Fault::NothingHere)?;
    let board = desk.loaded().definitions.boards.get(id.as_str()).ok_or(Fault::NothingHere)?;
    let now = desk.kernel().board(board, reader)?;
    let figures = board.figures.iter().zip(&now.figures);
    let layers = board.layers.iter().zip(&now.layers);
    Ok(json!({
        "id": board.id.as_str(),
        "title": desk.text(&board.title),
        "at": desk.kernel().now().to_string(),
        "demonstration": desk.loaded().demonstration,
        "listedMax": BEHIND_MAX,
        "figures": figures.map(|(figure, now)| self::figure(desk, figure, now)).collect::<Vec<_>>(),
        "layers": layers.map(|(layer, now)| self::layer(desk, layer, now)).collect::<Vec<_>>(),
    }))
}

fn figure(desk: &Desk, figure: &Figure, now: &FigureView) -> Json {
    let (of, cases) = match &figure.of {
        FigureOf::Type(kind) => (kind, None),
        FigureOf::Process(process) => (process, Some(figure.cases.as_str())),
    };
    // Nothing is lost: below 2^53 a count is the same as a number.
    let value: Json = if figure.sum.is_none() { now.count.into() } else { now.value.into() };
    json!({
        "id": figure.id.as_str(),
        "title": desk.text(&figure.title),
        "of": of.as_str(),
        "which": cases,
        "where": figure.selection.as_ref().map(|selection| format!("= {}", selection.when.text())),
        "value": value,
        "unit": figure.unit,
        "changed": now.changed.map(|at| at.to_string()),
        "ageSecs": age(desk, now.changed),
        "opens": figure.opens,
        "cases": figure.opens.then(|| now.behind.iter().map(|one| behind(desk, one)).collect::<Vec<_>>()),
        "beyond": now.beyond,
        "more": now.more,
    })
}

fn behind(desk: &Desk, one: &Behind) -> Json {
    json!({
        "id": one.urn.as_str(),
        "type": one.kind.as_str(),
        "title": desk.text(&one.title),
        "stage": json_of(&one.stage),
        "due": one.due.map(|due: Instant| due.to_string()),
    })
}

fn layer(desk: &Desk, layer: &Layer, now: &LayerView) -> Json {
    let feature = |one: &Behind| json!({ "id": one.urn.as_str(), "title": desk.text(&one.title), "location": json_of(&one.location) });
    json!({
        "id": layer.id.as_str(),
        "title": desk.text(&layer.title),
        "type": layer.kind.as_str(),
        "changed": now.changed.map(|at| at.to_string()),
        "ageSecs": age(desk, now.changed),
        "features": now.features.iter().map(feature).collect::<Vec<_>>(),
        "more": now.more,
    })
}
