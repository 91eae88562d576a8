//! The catalogue of datasets, and the datasets themselves: CSV (RFC 4180, UTF-8, no mark before it, attributes as heads,
//! places as well-known text) and JSON. Open ones are for everybody, without signing in and without a key.

use super::reply;
use super::services::basis;
use crate::routes::desk::Desk;
use crate::routes::error::Fault;
use crate::routes::extract::{Asked, Segment, Visit};
use crate::routes::sheet::{Holds, Sheet};
use crate::routes::{Web, Work, csv};
use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LINK};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::{DATASET_ROWS_MAX, DatasetRows};
use model::{Instant, Name};
use pack::{AttributeDefinition, Dataset, ValueKind};
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// The forms in which a dataset is handed out.
const ENDINGS: [&str; 3] = ["csv", "json", "parquet"];

/// `GET /api/v1/datasets`: the catalogue. Closed datasets stand in it too, with what they are and not what is in them.
pub(in crate::routes) async fn list(web: Web, visit: Visit) -> Response {
    let make = |desk: &Desk| {
        let all = desk.loaded().definitions.datasets.values();
        let records = all.map(|dataset| record(desk, dataset)).collect::<Result<Vec<_>, _>>();
        Ok(reply(desk, records.map(|records| json!({ "datasets": records }))))
    };
    web.0.answer_as(Work::Download, visit, make).await
}

/// `GET /api/v1/datasets/{dataset}`: one record of it.
pub(in crate::routes) async fn show(web: Web, visit: Visit, id: Segment) -> Response {
    let make = move |desk: &Desk| {
        let found = id.map_err(|_| Fault::NothingHere).and_then(|Path(id)| record(desk, named(desk, &id)?));
        Ok(reply(desk, found))
    };
    web.0.answer_as(Work::Download, visit, make).await
}

/// How a file is wanted.
#[derive(Default, Deserialize)]
pub(in crate::routes) struct Query {
    /// Of a CSV: `utf-8`, or `gb18030` for older spreadsheets.
    encoding: Option<String>,
    /// As it was known at this instant, local or with an offset; a day counts to its end.
    pub(in crate::routes) known: Option<String>,
    /// On the page: the stretch of its map that is shown.
    pub(in crate::routes) r#box: Option<String>,
}

/// `GET /data/{dataset}.csv`, `.json` and `.parquet`: the rows.
pub(in crate::routes) async fn download(
    web: Web,
    visit: Visit,
    file: Segment,
    asked: Asked<Query>,
) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    let make =
        move |desk: &Desk| Ok(rows(desk, file, &query).unwrap_or_else(|fault| reply(desk, Err(fault))));
    web.0.answer_as(Work::Download, visit, make).await
}

fn named<'a>(desk: &'a Desk, id: &str) -> Result<&'a Dataset, Fault> {
    desk.loaded().definitions.datasets.get(id).ok_or(Fault::NothingHere)
}

fn record(desk: &Desk, dataset: &Dataset) -> Result<Json, Fault> {
    let size = desk.kernel().dataset_size(dataset)?;
    let kind = desk.loaded().definitions.types.get(&dataset.kind);
    let column = |id: &Name| {
        let attribute = kind.and_then(|kind| kind.attribute(id));
        json!({
            "id": id.as_str(),
            "title": attribute.map(|attribute| desk.text(&attribute.title)),
            "unit": attribute.and_then(|attribute: &AttributeDefinition| attribute.unit.as_deref()),
        })
    };
    let href = |ending: &str| json!({ "format": ending, "href": format!("/data/{}.{ending}", dataset.id) });
    let series = dataset.series.as_ref();
    let series = series.map(|series| {
        json!({ "attribute": series.attribute.as_str(), "statistic": series.statistic.as_str(), "days": series.days, "edition": series.edition.as_str() })
    });
    let licence = &dataset.licence;
    Ok(json!({
        "id": dataset.id.as_str(),
        "title": desk.text(&dataset.title),
        "description": desk.text(&dataset.description),
        "owner": { "id": dataset.owner.as_str(), "title": desk.role(&dataset.owner) },
        "type": dataset.kind.as_str(),
        "columns": size.columns.iter().map(column).collect::<Vec<_>>(),
        "where": dataset.selection.as_ref().map(|selection| format!("= {}", selection.when.text())),
        "sharing": dataset.sharing.word(),
        "basis": basis(desk, &dataset.basis),
        "licence": { "id": licence.id.as_str(), "title": desk.text(&licence.title), "url": licence.url },
        "refresh": dataset.refresh.as_str(),
        "series": series,
        "quality": dataset.quality.iter().map(|text| desk.text(text)).collect::<Vec<_>>(),
        "rows": size.total,
        "rowsMax": DATASET_ROWS_MAX,
        "more": size.more,
        "changed": size.changed.map(|at| at.to_string()),
        "ageSecs": age(desk, size.changed),
        "demonstration": desk.loaded().demonstration,
        "distributions": ENDINGS.map(href),
    }))
}

/// How old data is, in whole seconds.
pub(super) fn age(desk: &Desk, changed: Option<Instant>) -> Option<i64> {
    changed.map(|at| desk.kernel().now().since(at) / 1_000_000)
}

fn rows(desk: &Desk, file: Segment, query: &Query) -> Result<Response, Fault> {
    let Path(file) = file.map_err(|_| Fault::NothingHere)?;
    let (id, ending) = file.rsplit_once('.').ok_or(Fault::NothingHere)?;
    let dataset = named(desk, id)?;
    if !ENDINGS.contains(&ending) {
        return Err(Fault::NothingHere);
    }
    let known = query.known.as_deref().filter(|text| !text.is_empty());
    let known = known
        .map(|text| csv::until(desk.zone(), text).ok_or(Fault::Form(StatusCode::BAD_REQUEST)))
        .transpose()?;
    let actor = desk.actor.as_ref();
    let mut found = match known {
        None => desk.kernel().dataset(dataset, actor)?,
        Some(at) => desk.kernel().dataset_at(dataset, actor, at)?,
    };
    let sheet = sheet(desk, dataset, &mut found);
    let (kind, body) = match (ending, query.encoding.as_deref()) {
        ("csv", None | Some("" | "utf-8")) => {
            ("text/csv; charset=utf-8; header=present", sheet.csv().into_bytes())
        }
        ("csv", Some("gb18030" | "gbk")) => (
            "text/csv; charset=gb18030; header=present",
            encoding_rs::GB18030.encode(&sheet.csv()).0.into_owned(),
        ),
        ("csv", Some(_)) => return Err(Fault::Form(StatusCode::BAD_REQUEST)),
        ("parquet", _) => ("application/vnd.apache.parquet", sheet.parquet(&facts(desk, dataset))?),
        _ => ("application/json", json(desk, dataset, &found, &sheet).to_string().into_bytes()),
    };
    let mut headers = HeaderMap::new();
    let mut set = |name: HeaderName, value: String| {
        // What an address or a name holds may be more than a header can.
        headers.extend(HeaderValue::from_str(&value).ok().map(|value| (name, value)));
    };
    set(CONTENT_TYPE, kind.to_owned());
    set(CONTENT_DISPOSITION, format!("attachment; filename=\"{id}.{ending}\""));
    set(LINK, format!("<{}>; rel=\"license\"", dataset.licence.url));
    set(HeaderName::from_static("x-rows"), sheet.rows.len().to_string());
    set(HeaderName::from_static("x-rows-max"), DATASET_ROWS_MAX.to_string());
    set(HeaderName::from_static("x-more"), found.more.to_string());
    Ok((headers, body).into_response())
}

fn json(desk: &Desk, dataset: &Dataset, found: &DatasetRows, sheet: &Sheet) -> Json {
    json!({
        "dataset": dataset.id.as_str(),
        "rows": sheet,
        "rowsMax": DATASET_ROWS_MAX,
        "more": found.more,
        "changed": found.changed.map(|at| at.to_string()),
        "licence": { "id": dataset.licence.id.as_str(), "url": dataset.licence.url },
        "demonstration": desk.loaded().demonstration,
    })
}

/// What stands in the metadata of a file that goes its own way.
fn facts(desk: &Desk, dataset: &Dataset) -> [(&'static str, String); 4] {
    [
        ("dataset", dataset.id.to_string()),
        ("title", desk.text(&dataset.title).to_owned()),
        ("licence", dataset.licence.url.clone()),
        ("demonstration", desk.loaded().demonstration.to_string()),
    ]
}

/// The rows with what each column holds by the type.
fn sheet(desk: &Desk, dataset: &Dataset, found: &mut DatasetRows) -> Sheet {
    let kind = desk.loaded().definitions.types.get(&dataset.kind);
    let holds = |id: &Name| match kind.and_then(|kind| kind.attribute(id)).map(|attribute| attribute.value) {
        Some(ValueKind::Number) => Holds::Number,
        Some(ValueKind::Bool) => Holds::Bool,
        Some(ValueKind::Instant) => Holds::Instant,
        None if dataset.series.is_some() && *id == *"observed" => Holds::Instant,
        _ => Holds::Text,
    };
    let columns = found.columns.iter().map(|id| (id.to_string(), holds(id))).collect();
    Sheet { columns, rows: std::mem::take(&mut found.rows) }
}
