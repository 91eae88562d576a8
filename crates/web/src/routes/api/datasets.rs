//! The catalogue of datasets, and the datasets themselves: CSV (RFC 4180, UTF-8, no mark before it, attributes as heads)
//! and JSON. Open ones are for everybody, without signing in and without a key.

use super::reply;
use super::services::basis;
use crate::routes::desk::Desk;
use crate::routes::error::Fault;
use crate::routes::extract::{Segment, Visit};
use crate::routes::{Web, Work};
use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LINK};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use kernel::{DATASET_ROWS_MAX, DatasetRows, json_of};
use model::{Instant, Name, Value};
use pack::{AttributeDefinition, Dataset};
use serde_json::{Map, Value as Json, json};

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

/// `GET /data/{dataset}.csv` and `.json`: the rows.
pub(in crate::routes) async fn download(web: Web, visit: Visit, file: Segment) -> Response {
    let make = move |desk: &Desk| Ok(rows(desk, file).unwrap_or_else(|fault| reply(desk, Err(fault))));
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
        json!({ "attribute": series.attribute.as_str(), "statistic": series.statistic.as_str(), "days": series.days })
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
        "distributions": [href("csv"), href("json")],
    }))
}

/// How old data is, in whole seconds.
pub(super) fn age(desk: &Desk, changed: Option<Instant>) -> Option<i64> {
    changed.map(|at| desk.kernel().now().since(at) / 1_000_000)
}

fn rows(desk: &Desk, file: Segment) -> Result<Response, Fault> {
    let Path(file) = file.map_err(|_| Fault::NothingHere)?;
    let (id, ending) = file.rsplit_once('.').ok_or(Fault::NothingHere)?;
    let dataset = named(desk, id)?;
    if !matches!(ending, "csv" | "json") {
        return Err(Fault::NothingHere);
    }
    let found = desk.kernel().dataset(dataset, desk.actor.as_ref())?;
    let (kind, body) = match ending {
        "csv" => ("text/csv; charset=utf-8; header=present", csv(&found)),
        _ => ("application/json", json(desk, dataset, &found).to_string()),
    };
    let mut headers = HeaderMap::new();
    let mut set = |name: HeaderName, value: String| {
        // What an address or a name holds may be more than a header can.
        headers.extend(HeaderValue::from_str(&value).ok().map(|value| (name, value)));
    };
    set(CONTENT_TYPE, kind.to_owned());
    set(CONTENT_DISPOSITION, format!("attachment; filename=\"{id}.{ending}\""));
    set(LINK, format!("<{}>; rel=\"license\"", dataset.licence.url));
    set(HeaderName::from_static("x-rows"), found.rows.len().to_string());
    set(HeaderName::from_static("x-rows-max"), DATASET_ROWS_MAX.to_string());
    set(HeaderName::from_static("x-more"), found.more.to_string());
    Ok((headers, body).into_response())
}

fn json(desk: &Desk, dataset: &Dataset, found: &DatasetRows) -> Json {
    let row = |row: &Vec<Value>| -> Map<String, Json> {
        found.columns.iter().zip(row).map(|(column, value)| (column.to_string(), json_of(value))).collect()
    };
    json!({
        "dataset": dataset.id.as_str(),
        "rows": found.rows.iter().map(row).collect::<Vec<_>>(),
        "rowsMax": DATASET_ROWS_MAX,
        "more": found.more,
        "changed": found.changed.map(|at| at.to_string()),
        "licence": { "id": dataset.licence.id.as_str(), "url": dataset.licence.url },
        "demonstration": desk.loaded().demonstration,
    })
}

fn csv(found: &DatasetRows) -> String {
    let mut out = String::new();
    crate::routes::csv::line(&mut out, found.columns.iter().map(Name::as_str));
    for row in &found.rows {
        let cells: Vec<String> = row.iter().map(cell).collect();
        crate::routes::csv::line(&mut out, cells.iter().map(String::as_str));
    }
    out
}

/// A value in a cell. Lists and maps are JSON there; what is sealed is nothing.
fn cell(value: &Value) -> String {
    match value {
        Value::Null | Value::Sealed(_) => String::new(),
        Value::Text(text) => text.clone(),
        Value::Ref(urn) => urn.to_string(),
        Value::Instant(at) => at.to_string(),
        other => json_of(other).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_and_hold_nothing_sealed() {
        let name = |text: &str| Name::new(text).unwrap();
        let rows = vec![
            vec!["a,b".into(), Value::Number(1.5), Value::Null],
            vec!["say \"x\"".into(), Value::Int(3), Value::List(vec![1.into(), 2.into()])],
        ];
        let columns = vec![name("id"), name("value"), name("list")];
        let found = DatasetRows { columns, rows, total: 2, changed: None, more: false };
        assert_eq!(csv(&found), "id,value,list\r\n\"a,b\",1.5,\r\n\"say \"\"x\"\"\",3,\"[1,2]\"\r\n");
    }
}
