//! A series handed out: for people as CSV with heads in their language, for programs as JSON and Parquet. Raw, cleaned or
//! audited, as it is known or was, value by value or added up by hour, day or month.

use super::case::urn_of;
use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Segment, Visit};
use super::sheet::{Holds, Sheet};
use super::show::{self, HOUR_SECS};
use super::source::series_of;
use super::{Web, Work, csv};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use kernel::{Aggregate, Bucket, NOW, Numbered, Part, ROWS_MAX, SeriesRow, SourceView};
use model::{Edition, Flag, Period, Value};
use serde::{Deserialize, Serialize};

/// Days of a download that names no beginning.
const DAYS: i64 = 31;
const DAY_SECS: i64 = 24 * HOUR_SECS;

#[derive(Default, Deserialize)]
pub(super) struct Query {
    from: Option<String>,
    to: Option<String>,
    /// As it was known at this time; otherwise as it is known now.
    known: Option<String>,
    /// `raw`, `cleaned` or `audited`; otherwise raw.
    edition: Option<String>,
    /// `hour`, `day` or `month`: what the values of each come to.
    by: Option<String>,
    /// With `by`: a percentile besides, from 0 to 100.
    percentile: Option<String>,
}

/// `GET /sources/{urn}/series/{attribute}.csv`, `.json`, `.parquet`.
pub(super) async fn download(
    web: Web,
    visit: Visit,
    path: Segment<(String, String)>,
    asked: Asked<Query>,
) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    web.0.answer_as(Work::Download, visit, move |desk| file(desk, path, &query)).await
}

/// The edition that an address asks for.
pub(super) fn edition(asked: Option<&str>) -> Result<Edition, Fault> {
    match asked.filter(|asked| !asked.is_empty()) {
        None => Ok(Edition::Raw),
        Some(asked) => Edition::parse(asked).ok_or(Fault::Form(StatusCode::BAD_REQUEST)),
    }
}

/// What is asked for of which series.
struct Wanted<'a> {
    source: &'a SourceView,
    series: &'a Numbered,
    part: Part,
    by: Option<(Bucket, Option<f64>)>,
    unit: &'a str,
}

/// What was found.
enum Found {
    Rows(Vec<SeriesRow>),
    Aggregates(Vec<Aggregate>),
}

fn file(desk: &Desk, path: Segment<(String, String)>, query: &Query) -> Result<Response, Fault> {
    let Path((urn, file)) = path.map_err(|_| Fault::NothingHere)?;
    let source = desk.kernel().source(&urn_of(Ok(Path(urn)))?)?;
    let (attribute, ending) = file.rsplit_once('.').ok_or(Fault::NothingHere)?;
    let series = series_of(&source, attribute).ok_or(Fault::NothingHere)?;
    let unit = show::attribute(desk, &source.entity.kind, attribute).and_then(|a| a.unit.as_deref());
    let wanted = Wanted {
        source: &source,
        series,
        part: part(desk, query)?,
        by: by(query)?,
        unit: unit.unwrap_or_default(),
    };
    let write = match ending {
        "csv" => csv,
        "json" => json,
        "parquet" => parquet,
        _ => return Err(Fault::NothingHere),
    };
    let (kind, body) = write(desk, &wanted, &found(desk, &wanted)?)?;
    // The register's own key is plain; what is not would need quoting in a header.
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '-' };
    let mut name: String = show::tail(source.entity.urn.as_str()).chars().map(plain).collect();
    name = format!("{name}-{attribute}");
    if wanted.part.edition != Edition::Raw {
        name = format!("{name}-{}", wanted.part.edition.as_str());
    }
    if let Some((bucket, _)) = wanted.by {
        name = format!("{name}-by-{}", bucket.as_str());
    }
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{ending}\"")),
    ];
    Ok((headers, body).into_response())
}

fn part(desk: &Desk, query: &Query) -> Result<Part, Fault> {
    let instant = |text: &Option<String>| match text.as_deref().filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => csv::instant(desk.zone(), text).map(Some).ok_or(Fault::Form(StatusCode::BAD_REQUEST)),
    };
    let to = instant(&query.to)?.unwrap_or(desk.kernel().now().plus_secs(DAY_SECS));
    let from = instant(&query.from)?.unwrap_or(to.plus_secs(-DAYS * DAY_SECS));
    let before = match instant(&query.known)? {
        None => NOW,
        Some(known) => desk.kernel().entries_at(known)?,
    };
    Ok(Part { edition: edition(query.edition.as_deref())?, from, to, limit: ROWS_MAX, before })
}

fn by(query: &Query) -> Result<Option<(Bucket, Option<f64>)>, Fault> {
    let wrong = || Fault::Form(StatusCode::BAD_REQUEST);
    let percent = match query.percentile.as_deref().filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => {
            let percent = text.parse::<f64>().ok().filter(|percent| (0.0..=100.0).contains(percent));
            Some(percent.ok_or_else(wrong)?)
        }
    };
    match query.by.as_deref().filter(|text| !text.is_empty()) {
        None if percent.is_some() => Err(wrong()),
        None => Ok(None),
        Some(text) => Ok(Some((Bucket::parse(text).ok_or_else(wrong)?, percent))),
    }
}

fn found(desk: &Desk, wanted: &Wanted<'_>) -> Result<Found, Fault> {
    let (entity, series, part) = (&wanted.source.entity, wanted.series, wanted.part);
    if let Some(by) = wanted.by {
        return Ok(Found::Aggregates(desk.kernel().aggregates(entity, series, part, by)?));
    }
    let mut rows = desk.kernel().edition_rows(entity, series, part)?;
    // The raw edition is every value with its flag; the others are what counts.
    let counts = |row: &SeriesRow| row.doubt.is_none() && row.row.flag == Flag::NORMAL;
    rows.retain(|row| part.edition == Edition::Raw || counts(row));
    Ok(Found::Rows(rows))
}

type Written = Result<(&'static str, Vec<u8>), Fault>;

fn csv(desk: &Desk, wanted: &Wanted<'_>, found: &Found) -> Written {
    let text = match found {
        Found::Rows(rows) => csv::write(desk, rows, wanted.series.key.period, wanted.unit),
        Found::Aggregates(all) => {
            csv::write_aggregates(desk, all, wanted.by.and_then(|(_, percent)| percent), wanted.unit)
        }
    };
    Ok(("text/csv; charset=utf-8", text.into_bytes()))
}

/// A series with what it is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Whole<'a> {
    source: &'a str,
    attribute: &'a str,
    statistic: &'a str,
    period: &'a str,
    unit: &'a str,
    edition: &'a str,
    audited: bool,
    from: String,
    to: String,
    by: Option<&'a str>,
    percentile: Option<f64>,
    rows_max: u32,
    rows: Sheet,
}

fn json(_: &Desk, wanted: &Wanted<'_>, found: &Found) -> Written {
    let key = &wanted.series.key;
    let whole = Whole {
        source: key.entity.as_str(),
        attribute: key.attribute.as_str(),
        statistic: key.basis.as_str(),
        period: key.period.as_str(),
        unit: wanted.unit,
        edition: wanted.part.edition.as_str(),
        audited: wanted.part.edition == Edition::Audited,
        from: wanted.part.from.to_string(),
        to: wanted.part.to.to_string(),
        by: wanted.by.map(|(bucket, _)| bucket.as_str()),
        percentile: wanted.by.and_then(|(_, percent)| percent),
        rows_max: ROWS_MAX,
        rows: sheet(key.period, found),
    };
    Ok(("application/json", serde_json::to_vec(&whole).map_err(Fault::Json)?))
}

fn parquet(_: &Desk, wanted: &Wanted<'_>, found: &Found) -> Written {
    let key = &wanted.series.key;
    let facts = [
        ("source", key.entity.to_string()),
        ("attribute", key.attribute.to_string()),
        ("statistic", key.basis.to_string()),
        ("period", key.period.as_str().to_owned()),
        ("unit", wanted.unit.to_owned()),
        ("edition", wanted.part.edition.as_str().to_owned()),
    ];
    Ok(("application/vnd.apache.parquet", sheet(key.period, found).parquet(&facts)?))
}

/// What was found, as columns for programs.
fn sheet(period: Period, found: &Found) -> Sheet {
    let columns =
        |columns: &[(&str, Holds)]| columns.iter().map(|(id, holds)| ((*id).to_owned(), *holds)).collect();
    match found {
        Found::Rows(rows) => Sheet {
            columns: columns(&[
                ("start", Holds::Instant),
                ("end", Holds::Instant),
                ("value", Holds::Number),
                ("flag", Holds::Text),
                ("limit", Holds::Number),
                ("over", Holds::Bool),
                ("entry", Holds::Whole),
            ]),
            rows: rows.iter().map(|row| cells(period, row)).collect(),
        },
        Found::Aggregates(all) => Sheet {
            columns: columns(&[
                ("start", Holds::Instant),
                ("end", Holds::Instant),
                ("mean", Holds::Number),
                ("least", Holds::Number),
                ("most", Holds::Number),
                ("percentile", Holds::Number),
                ("count", Holds::Whole),
                ("expected", Holds::Whole),
                ("valid", Holds::Bool),
            ]),
            rows: all.iter().map(aggregate).collect(),
        },
    }
}

fn cells(period: Period, row: &SeriesRow) -> Vec<Value> {
    let SeriesRow { row, limit, over, .. } = row;
    let end = (period.secs() > 0).then(|| row.observed.plus_secs(period.secs()));
    vec![
        row.observed.into(),
        end.into(),
        Value::number(row.value),
        row.flag.to_string().into(),
        limit.as_ref().map_or(Value::Null, |limit| Value::number(limit.value)),
        limit.as_ref().map_or(Value::Null, |_| Value::Bool(*over)),
        Value::Int(row.sequence.cast_signed()),
    ]
}

fn aggregate(one: &Aggregate) -> Vec<Value> {
    let number = |number: Option<f64>| number.map_or(Value::Null, Value::number);
    let whole = |count: usize| Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
    vec![
        one.start.into(),
        one.end.into(),
        number(one.mean),
        Value::number(one.least),
        Value::number(one.most),
        number(one.percentile),
        whole(one.count),
        one.expected.map_or(Value::Null, whole),
        Value::Bool(one.valid),
    ]
}
