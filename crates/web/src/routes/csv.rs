//! A series as CSV: UTF-8 with a byte order mark, which is how spreadsheets know it, in the city's own time.

use super::case::urn_of;
use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Segment, Visit};
use super::show::{self, HOUR_SECS};
use super::source::series_of;
use super::{Web, Work};
use crate::texts::fill;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use kernel::{NOW, Part, ROWS_MAX, SeriesRow};
use model::{Edition, Flag, Instant, Period, Zone};
use serde::Deserialize;

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
}

/// The edition that an address asks for.
pub(super) fn edition(asked: Option<&str>) -> Result<Edition, Fault> {
    match asked.filter(|asked| !asked.is_empty()) {
        None => Ok(Edition::Raw),
        Some(asked) => Edition::parse(asked).ok_or(Fault::Form(StatusCode::BAD_REQUEST)),
    }
}

/// The raw edition is every value with its flag; the others are what counts.
fn counts_in(edition: Edition) -> impl FnMut(&SeriesRow) -> bool {
    move |row| edition == Edition::Raw || row.doubt.is_none() && row.row.flag == Flag::NORMAL
}

pub(super) async fn download(
    web: Web,
    visit: Visit,
    path: Segment<(String, String)>,
    asked: Asked<Query>,
) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    web.0.answer_as(Work::Download, visit, move |desk| table(desk, path, &query)).await
}

fn table(desk: &Desk, path: Segment<(String, String)>, query: &Query) -> Result<Response, Fault> {
    let Path((urn, file)) = path.map_err(|_| Fault::NothingHere)?;
    let source = desk.kernel().source(&urn_of(Ok(Path(urn)))?)?;
    let attribute = file.strip_suffix(".csv").ok_or(Fault::NothingHere)?;
    let series = series_of(&source, attribute).ok_or(Fault::NothingHere)?;
    let instant = |text: &Option<String>| match text.as_deref().filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => instant(desk.zone(), text).map(Some).ok_or(Fault::Form(StatusCode::BAD_REQUEST)),
    };
    let to = instant(&query.to)?.unwrap_or(desk.kernel().now().plus_secs(DAY_SECS));
    let from = instant(&query.from)?.unwrap_or(to.plus_secs(-DAYS * DAY_SECS));
    let before = match instant(&query.known)? {
        None => NOW,
        Some(known) => desk.kernel().entries_at(known)?,
    };
    let edition = edition(query.edition.as_deref())?;
    let part = Part { edition, from, to, limit: ROWS_MAX, before };
    let mut rows = desk.kernel().edition_rows(&source.entity, series, part)?;
    rows.retain(counts_in(edition));
    let unit = show::attribute(desk, &source.entity.kind, attribute).and_then(|a| a.unit.as_deref());
    let csv = write(desk, &rows, series.key.period, unit.unwrap_or_default());
    // The register's own key is plain; what is not would need quoting in a header.
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '-' };
    let name: String = show::tail(source.entity.urn.as_str()).chars().map(plain).collect();
    let in_edition = match edition {
        Edition::Raw => String::new(),
        edition => format!("-{}", edition.as_str()),
    };
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}-{attribute}{in_edition}.csv\"")),
    ];
    Ok((headers, csv).into_response())
}

/// A local date (its midnight), a local time, or a time with an offset. A `+` that was not encoded arrives as a blank.
fn instant(zone: &Zone, text: &str) -> Option<Instant> {
    let text = text.trim().replacen(' ', "+", usize::from(text.contains('T')));
    Instant::parse(&text).ok().or_else(|| zone.instant(text.parse().ok()?))
}

fn write(desk: &Desk, rows: &[SeriesRow], period: Period, unit: &str) -> String {
    let texts = &desk.words().csv;
    let in_unit = |title: &str| fill(title, &[("unit", unit)]);
    let heads = [
        texts.start.clone(),
        texts.end.clone(),
        in_unit(&texts.value),
        texts.unit.clone(),
        texts.flag.clone(),
        in_unit(&texts.limit),
        texts.over.clone(),
        texts.entry.clone(),
    ];
    let mut csv = String::with_capacity(96 * (rows.len() + 1));
    csv.push('\u{feff}');
    line(&mut csv, heads.iter().map(String::as_str));
    for row in rows {
        let over = match (&row.limit, row.over) {
            (None, _) => "",
            (Some(_), true) => &desk.words().show.yes,
            (Some(_), false) => &desk.words().show.no,
        };
        let start = row.row.observed;
        let end = match period {
            Period::Hour => local(desk.zone(), start.plus_secs(HOUR_SECS)),
            Period::Day => local(desk.zone(), start.plus_secs(DAY_SECS)),
            // The logger's minutes are its own; a moment has no end.
            Period::Minute | Period::Moment => String::new(),
        };
        let (start, value) = (local(desk.zone(), start), row.row.value.to_string());
        let limit = row.limit.as_ref().map(show::limit_figure).unwrap_or_default();
        let (flag, entry) = (row.row.flag.to_string(), row.row.sequence.to_string());
        line(&mut csv, [&*start, &end, &value, unit, &flag, &limit, over, &entry]);
    }
    csv
}

/// One line (RFC 4180).
pub(super) fn line<'a>(csv: &mut String, fields: impl IntoIterator<Item = &'a str>) {
    for (at, field) in fields.into_iter().enumerate() {
        if at > 0 {
            csv.push(',');
        }
        if field.contains([',', '"', '\r', '\n']) {
            csv.push('"');
            csv.push_str(&field.replace('"', "\"\""));
            csv.push('"');
        } else {
            csv.push_str(field);
        }
    }
    csv.push_str("\r\n");
}

/// Local time with its offset: `2026-09-30T14:00:00+08:00`.
fn local(zone: &Zone, at: Instant) -> String {
    let offset =
        Zone::named("UTC").and_then(|utc| utc.instant(zone.local(at))).map_or(0, |wall| wall.since(at));
    let minutes = offset / 60_000_000;
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
    format!("{}{sign}{hours:02}:{minutes:02}", zone.second(at).replacen(' ', "T", 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_local_and_say_their_offset() {
        let at = Instant::parse("2026-09-30T14:00:00+08:00").unwrap();
        let written = |zone: &str| local(&Zone::named(zone).unwrap(), at);
        assert_eq!(written("Asia/Shanghai"), "2026-09-30T14:00:00+08:00");
        assert_eq!(written("America/St_Johns"), "2026-09-30T03:30:00-02:30");
        assert_eq!(written("UTC"), "2026-09-30T06:00:00+00:00");
    }

    #[test]
    fn beginnings_and_ends_are_read_in_the_city_s_time() {
        let zone = Zone::named("Asia/Shanghai").unwrap();
        let read = |text: &str| instant(&zone, text).map(|at| zone.minute(at));
        assert_eq!(read("2026-09-30").unwrap(), "2026-09-30 00:00");
        assert_eq!(read("2026-09-30T14:00").unwrap(), "2026-09-30 14:00");
        assert_eq!(read("2026-09-30T14:00:00Z").unwrap(), "2026-09-30 22:00");
        assert_eq!(read("2026-09-30T14:00:00 08:00").unwrap(), "2026-09-30 14:00");
        assert_eq!(read("yesterday"), None);
    }

    #[test]
    fn fields_are_quoted_where_they_must() {
        let mut csv = String::new();
        line(&mut csv, ["a", "b,c", "d\"e", ""]);
        assert_eq!(csv, "a,\"b,c\",\"d\"\"e\",\r\n");
    }
}
