//! Two sources of one type in one chart: the same series of another, hour by hour.

use super::desk::Desk;
use super::error::Fault;
use super::registers;
use super::seen::Moment;
use super::source::{hour_of, series_of};
use crate::paths;
use crate::views::{Beside, Hour, Link, Reason};
use kernel::{CHOICES_MAX, NOW, Numbered, Part, SourceView};
use model::{Edition, Flag, Instant, Urn};
use std::collections::BTreeMap;

/// What stands beside the hours shown: another source's values; or, while none is named, the sources to choose from.
pub(super) fn compare(
    desk: &Desk,
    source: &SourceView,
    with: &str,
    (series, edition, moment): (&Numbered, Edition, Option<Moment>),
    hours: &[Hour],
) -> Result<Beside, Fault> {
    let attribute = series.key.attribute.as_str();
    let other = Urn::new(with).ok().filter(|urn| urn.kind() == source.entity.kind.as_str());
    // A source that is not there, or does not measure this, is as if none were named.
    let other = other.and_then(|urn| desk.kernel().source(&urn).ok());
    let found = other.as_ref().and_then(|other| Some((other, series_of(other, attribute)?)));
    let Some((other, series)) = found else {
        return Ok(Beside { choices: choices(desk, source, attribute)?, ..Beside::default() });
    };
    let part = Part {
        edition,
        from: hours.first().map_or(Instant::default(), |hour| hour.start),
        to: hours.last().map_or(Instant::default(), |hour| hour.start.plus_secs(1)),
        limit: u32::try_from(hours.len()).unwrap_or(u32::MAX),
        before: moment.map_or(NOW, |moment| moment.before),
    };
    let rows = desk.kernel().edition_rows(&other.entity, series, part)?;
    // What does not count is not compared.
    let counted = rows.iter().filter(|row| row.row.flag == Flag::NORMAL && row.doubt.is_none());
    let by_hour: BTreeMap<Instant, f64> =
        counted.map(|row| (hour_of(desk, row.row.observed), row.row.value)).collect();
    Ok(Beside {
        source: Some(Link {
            href: paths::source(other.entity.urn.as_str()),
            text: desk.text(&other.title).to_owned(),
        }),
        values: hours.iter().map(|hour| by_hour.get(&hour.start).copied()).collect(),
        choices: Vec::new(),
    })
}

/// Sources of the same type that measure the same.
fn choices(desk: &Desk, source: &SourceView, attribute: &str) -> Result<Vec<Reason>, Fault> {
    let all = desk.kernel().sources()?.into_iter().filter(|other| {
        other.entity.kind == source.entity.kind
            && other.entity.urn != source.entity.urn
            && series_of(other, attribute).is_some()
    });
    let choice = |other: SourceView| Reason {
        id: other.entity.urn.to_string(),
        title: registers::called(desk, &other.entity),
    };
    Ok(all.take(CHOICES_MAX as usize).map(choice).collect())
}
