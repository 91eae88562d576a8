//! Tables and series as CSV: UTF-8 with a byte order mark, which is how spreadsheets know it, a series in the city's own time.

use super::desk::Desk;
use super::show;
use crate::texts::fill;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use kernel::{Aggregate, SeriesRow};
use model::{Instant, Period, Zone};

/// A table that is handed out as a file: in UTF-8 with a byte order mark.
pub(super) struct Table(String);

impl Table {
    /// Its first line.
    pub fn new<'a>(heads: impl IntoIterator<Item = &'a str>) -> Self {
        let mut table = Self("\u{feff}".to_owned());
        table.line(heads);
        table
    }

    /// A further line.
    pub fn line<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        line(&mut self.0, cells);
    }

    /// The file, by its name without the ending.
    pub fn file(self, name: &str) -> Response {
        let how = format!("attachment; filename=\"{name}.csv\"");
        ([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, how)], self.0)
            .into_response()
    }
}

/// A local date (its midnight), a local time, or a time with an offset. A `+` that was not encoded arrives as a blank.
pub(super) fn instant(zone: &Zone, text: &str) -> Option<Instant> {
    let text = text.trim().replacen(' ', "+", usize::from(text.contains('T')));
    Instant::parse(&text).ok().or_else(|| zone.instant(text.parse().ok()?))
}

/// Characters of a day: `2026-09-30`.
const DAY_CHARS: usize = 10;

/// A moment up to which something is asked for: the same, but a day is meant to its end.
pub(super) fn until(zone: &Zone, text: &str) -> Option<Instant> {
    let at = instant(zone, text)?;
    Some(if text.trim().len() == DAY_CHARS { at.plus_secs(show::DAY_SECS - 1) } else { at })
}

/// The last moment of a day that has been; nothing if the text is no such day.
pub(super) fn past_day(desk: &Desk, text: &str) -> Option<Instant> {
    let today = desk.date(desk.kernel().now());
    until(desk.zone(), text).filter(|_| text.len() == DAY_CHARS && *text < *today)
}

/// The rows of a series, with heads in the reader's language.
pub(super) fn write(desk: &Desk, rows: &[SeriesRow], period: Period, unit: &str) -> String {
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
            Period::Hour | Period::Day => local(desk.zone(), start.plus_secs(period.secs())),
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

/// Aggregates, with heads in the reader's language.
pub(super) fn write_aggregates(desk: &Desk, all: &[Aggregate], percent: Option<f64>, unit: &str) -> String {
    let texts = &desk.words().csv;
    let in_unit = |title: &str| fill(title, &[("unit", unit)]);
    let percentile =
        percent.map(|percent| fill(&texts.percentile, &[("percent", &percent.to_string()), ("unit", unit)]));
    let mut csv = String::with_capacity(96 * (all.len() + 1));
    csv.push('\u{feff}');
    let heads = [
        texts.start.clone(),
        texts.end.clone(),
        in_unit(&texts.mean),
        in_unit(&texts.least),
        in_unit(&texts.most),
        texts.count.clone(),
        texts.expected.clone(),
        texts.enough.clone(),
    ];
    line(&mut csv, heads.iter().chain(&percentile).map(String::as_str));
    let (yes, no) = (&desk.words().show.yes, &desk.words().show.no);
    let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
    for one in all {
        let cells = [
            local(desk.zone(), one.start),
            local(desk.zone(), one.end),
            number(one.mean),
            one.least.to_string(),
            one.most.to_string(),
            one.count.to_string(),
            one.expected.map(|expected| expected.to_string()).unwrap_or_default(),
            if one.valid { yes.clone() } else { no.clone() },
        ];
        let last = percentile.as_ref().map(|_| number(one.percentile));
        line(&mut csv, cells.iter().chain(&last).map(String::as_str));
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
