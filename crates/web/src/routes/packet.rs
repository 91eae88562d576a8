//! A packet: the text that a device sent, and the values that were read from it.

use super::Web;
use super::desk::Desk;
use super::error::Fault;
use super::extract::{Segment, Visit};
use super::show::{self, factor_and_statistic};
use crate::paths;
use crate::views::{Decoded, Link, Packet, When};
use axum::extract::Path;
use axum::response::Response;
use kernel::Refusal;
use model::{Item, Name, Period, Row};

/// What stands in a packet's text where its password was.
const MASK: &str = "PW=******";

pub(super) async fn show(web: Web, visit: Visit, sequence: Segment) -> Response {
    web.0.answer(visit, move |desk| packet(desk, number(sequence)?)).await
}

/// An entry's number out of the path.
pub(super) fn number(segment: Segment) -> Result<u64, Fault> {
    let Path(text) = segment.map_err(|_| Fault::NothingHere)?;
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Numbers above the log's own would not fit its rows.
    let number = text.parse().ok().filter(|number| digits && i64::try_from(*number).is_ok());
    number.ok_or(Fault::NothingHere)
}

fn packet(desk: &Desk, sequence: u64) -> Result<Response, Fault> {
    let entry = desk.kernel().entry(sequence)?;
    if usize::try_from(entry.leaf.items) != Ok(entry.items.len()) {
        return Err(Refusal::Dropped(sequence).into());
    }
    let items = entry.decoded().unwrap_or_default();
    let batch = items.into_iter().find_map(|item| match item {
        Item::Batch(batch) => Some(batch),
        _ => None,
    });
    let batch = batch.ok_or(Fault::NothingHere)?;
    // A device reports for itself; a list is taken in by a person, and tells of one source.
    let first = batch.rows.first().map(|row| desk.kernel().series_key(row.series)).transpose()?.flatten();
    let source = first.map_or_else(|| entry.leaf.actor.clone(), |series| series.entity);
    let known = desk.kernel().source(&source).ok();
    let values = batch.rows.iter().map(|row| decoded(desk, row)).collect::<Result<Vec<_>, Fault>>()?;
    desk.html(&Packet {
        page: desk.page(),
        number: sequence.to_string(),
        receipt: Link { href: paths::receipt(sequence), text: sequence.to_string() },
        source: Link {
            href: paths::source(source.as_str()),
            text: known.map_or_else(
                || show::tail(source.as_str()).to_owned(),
                |known| desk.text(&known.title).to_owned(),
            ),
        },
        standard: entry.leaf.ground.clone(),
        received: desk.zone().second(batch.received),
        masked: batch.source.contains(MASK),
        text: batch.source,
        values: values.into_iter().flatten().collect(),
        findings: Vec::new(),
    })
}

fn decoded(desk: &Desk, row: &Row) -> Result<Option<Decoded>, Fault> {
    let Some(series) = desk.kernel().series_key(row.series)? else { return Ok(None) };
    let declared = Name::new(series.entity.kind())
        .ok()
        .and_then(|kind| show::attribute(desk, &kind, series.attribute.as_str()));
    let title = declared.map_or(series.attribute.as_str(), |declared| desk.text(&declared.title));
    let (factor, statistic) = factor_and_statistic(title);
    let feed = declared.and_then(|declared| declared.feed.as_ref());
    let when = match series.period {
        Period::Hour | Period::Day => When::Over(show::interval(desk, row.observed, series.period)),
        Period::Minute | Period::Moment => When::At(desk.zone().second(row.observed)),
    };
    Ok(Some(Decoded {
        factor: factor.to_owned(),
        code: feed.map(|feed| feed.key.factor.clone()).unwrap_or_default(),
        statistic: statistic.to_owned(),
        field: series.basis.to_string(),
        when,
        value: row.value.to_string(),
        unit: declared.and_then(|declared| declared.unit.clone()).unwrap_or_default(),
        flag: row.flag,
    }))
}
