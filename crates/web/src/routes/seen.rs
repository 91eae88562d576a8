//! A source in a line, as lists and maps show it: its last valid value, how it does, how old its data are; now, or as it was
//! known at a moment of the past.

use super::desk::Desk;
use super::error::Fault;
use super::show;
use super::source::{age, newest_valid, rule_of, series_of};
use crate::views::{LastValue, SourceState};
use kernel::{NOW, Part, SeriesRow, SourceView};
use model::{Edition, Flag, Instant};

/// Values looked at for the last valid one.
const VALUES: u32 = 24;

/// A moment of the past, and how many entries the log had then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub at: Instant,
    pub before: u64,
}

impl Moment {
    /// The moment that is asked for, if it is past.
    pub fn of(desk: &Desk, at: Option<Instant>) -> Result<Option<Self>, Fault> {
        let now = desk.kernel().now();
        let Some(at) = at.filter(|at| *at < now) else { return Ok(None) };
        Ok(Some(Self { at, before: desk.kernel().entries_at(at)? }))
    }
}

/// How a source does.
pub(super) struct Seen {
    pub last: Option<LastValue>,
    pub state: SourceState,
    pub age_minutes: Option<u64>,
}

/// Looks at a source.
pub(super) fn seen(desk: &Desk, source: &SourceView, moment: Option<Moment>) -> Result<Seen, Fault> {
    let judged = rule_of(desk, source).map(|rule| rule.on.attribute.as_str());
    let series = judged.and_then(|judged| series_of(source, judged)).or(source.series.first());
    let (to, before) =
        moment.map_or((Instant::from_micros(i64::MAX), NOW), |moment| (moment.at, moment.before));
    let part =
        Part { edition: Edition::Raw, from: Instant::from_micros(i64::MIN), to, limit: VALUES, before };
    let rows = match series {
        Some(series) => desk.kernel().edition_rows(&source.entity, series, part)?,
        None => Vec::new(),
    };
    let id = series.map_or("", |series| series.key.attribute.as_str());
    let declared = show::attribute(desk, &source.entity.kind, id);
    let title = declared.map_or("", |declared| desk.text(&declared.title));
    let unit = declared.and_then(|declared| declared.unit.as_deref()).unwrap_or_default();
    let (as_of, now) = match moment {
        None => (source.as_of, desk.kernel().now()),
        Some(moment) => {
            let period = series.map_or(0, |series| series.key.period.secs());
            (rows.last().map(|row| row.row.observed.plus_secs(period).min(moment.at)), moment.at)
        }
    };
    let (age_minutes, stale) = age(source, as_of, now);
    Ok(Seen {
        last: newest_valid(desk, &rows, title, unit),
        state: state(&rows, age_minutes, stale),
        age_minutes,
    })
}

fn state(rows: &[SeriesRow], age_minutes: Option<u64>, stale: bool) -> SourceState {
    match rows.last() {
        _ if age_minutes.is_none() => SourceState::Never,
        _ if stale => SourceState::Silent,
        Some(row) if row.row.flag != Flag::NORMAL => SourceState::NotValid,
        Some(row) if row.over => SourceState::Over,
        Some(_) | None => SourceState::Normal,
    }
}
