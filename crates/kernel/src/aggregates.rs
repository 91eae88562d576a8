//! Aggregates: what the values of a series come to hour by hour, day by day or month by month of the city's calendar.
//!
//! Only values that count go in: of the raw edition those that their flag lets pass, of the cleaned one those without doubt. An
//! aggregate says how many went in, how many there should have been, and whether that is enough.

use crate::editions::Part;
use crate::{Kernel, Refusal};
use jiff::ToSpan;
use jiff::civil::DateTime;
use model::{Entity, Flag, Instant, Period, Zone};
use store::Numbered;

/// Aggregates in one answer at most.
pub const AGGREGATES_MAX: i64 = 10_000;
/// Hours that a day of hourly values needs, and days that a month of them needs, in February and else. (GB 3095, table 4;
/// HJ 75-2017 asks the same of a day.)
const DAY_HOURS_LEAST: usize = 20;
const MONTH_DAYS_LEAST: usize = 27;
const FEBRUARY_DAYS_LEAST: usize = 25;
/// The share of values that any other aggregate needs.
const SHARE: f64 = 0.75;

/// A unit of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A month.
    Month,
}

/// What the values of one bucket come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// When it begins.
    pub start: Instant,
    /// When it is over.
    pub end: Instant,
    /// How many values, or for a month of hours how many days, went in.
    pub count: usize,
    /// How many there should be; nothing where the series has no rhythm.
    pub expected: Option<usize>,
    /// Whether that is enough. What is not may be shown, and nothing may rest on it.
    pub valid: bool,
    /// Their mean; of a month of hours that of its valid days, none without one.
    pub mean: Option<f64>,
    /// The least value.
    pub least: f64,
    /// The greatest value.
    pub most: f64,
    /// The percentile that was asked for, between two ranks in proportion (HJ 663-2013, annex A).
    pub percentile: Option<f64>,
}

impl Bucket {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Hour, Self::Day, Self::Month].into_iter().find(|bucket| bucket.as_str() == text)
    }

    fn step(self) -> jiff::Span {
        match self {
            Self::Hour => 1.hour(),
            Self::Day => 1.day(),
            Self::Month => 1.month(),
        }
    }

    /// Where the last [`AGGREGATES_MAX`] before a moment begin.
    fn before(self, zone: &Zone, at: Instant) -> Option<Instant> {
        let all = self.step().checked_mul(AGGREGATES_MAX).ok()?;
        zone.instant(zone.local(at).checked_sub(all).ok()?)
    }

    /// Where the one begins in which a moment lies, and where the next one does.
    fn around(self, zone: &Zone, at: Instant) -> Option<(Instant, Instant)> {
        let local = zone.local(at);
        let start: DateTime = match self {
            Self::Hour => local.date().at(local.hour(), 0, 0, 0),
            Self::Day => local.date().at(0, 0, 0, 0),
            Self::Month => local.date().first_of_month().at(0, 0, 0, 0),
        };
        Some((zone.instant(start)?, zone.instant(start.checked_add(self.step()).ok()?)?))
    }
}

impl Kernel {
    /// The aggregates of a part of a series, oldest first; buckets without a value are left out. `part.limit` is not looked at:
    /// a bucket has all its values. A part that is longer than [`AGGREGATES_MAX`] buckets begins later.
    pub fn aggregates(
        &self,
        source: &Entity,
        series: &Numbered,
        part: Part,
        (by, percent): (Bucket, Option<f64>),
    ) -> Result<Vec<Aggregate>, Refusal> {
        let loaded = self.loaded();
        let (zone, view) = (&loaded.zone, self.store.read()?);
        let mut all = Vec::new();
        // What is read at once fits into memory whatever the rhythm; a bucket is never cut.
        let piece = match series.key.period {
            Period::Moment | Period::Minute if by != Bucket::Month => Bucket::Day,
            _ => Bucket::Month,
        };
        let mut from = part.from.max(by.before(zone, part.to).unwrap_or(part.from));
        while from < part.to {
            let Some((_, next)) = piece.around(zone, from) else { break };
            let to = next.min(part.to);
            let rows = self.doubted(&*view, source, series, Part { from, to, limit: u32::MAX, ..part })?;
            let counting =
                rows.into_iter().filter(|(row, doubt)| doubt.is_none() && row.flag == Flag::NORMAL);
            let values: Vec<(Instant, f64)> = counting.map(|(row, _)| (row.observed, row.value)).collect();
            all.extend(buckets(zone, &values, (by, series.key.period, percent)));
            from = to;
        }
        Ok(all)
    }
}

/// The buckets of values in order of time.
fn buckets(
    zone: &Zone,
    values: &[(Instant, f64)],
    (by, period, percent): (Bucket, Period, Option<f64>),
) -> Vec<Aggregate> {
    let mut all = Vec::new();
    let mut rest = values;
    while let Some((first, _)) = rest.first() {
        let Some((start, end)) = by.around(zone, *first) else { break };
        let (own, later) = rest.split_at(rest.partition_point(|(at, _)| *at < end));
        rest = later;
        all.extend(one(zone, (start, end), own, (by, period, percent)));
    }
    all
}

fn one(
    zone: &Zone,
    (start, end): (Instant, Instant),
    own: &[(Instant, f64)],
    (by, period, percent): (Bucket, Period, Option<f64>),
) -> Option<Aggregate> {
    let mut values: Vec<f64> = own.iter().map(|(_, value)| *value).collect();
    values.sort_by(f64::total_cmp);
    let (least, most) = (*values.first()?, *values.last()?);
    let mut aggregate = Aggregate {
        start,
        end,
        count: values.len(),
        expected: expected(start, end, period),
        valid: false,
        mean: mean(&values),
        least,
        most,
        percentile: percent.and_then(|percent| percentile(&values, percent)),
    };
    if by == Bucket::Month && period == Period::Hour {
        let days = buckets(zone, own, (Bucket::Day, period, None));
        let days: Vec<f64> = days.into_iter().filter(|day| day.valid).filter_map(|day| day.mean).collect();
        aggregate.count = days.len();
        aggregate.expected = expected(start, end, Period::Day);
        aggregate.mean = mean(&days);
    }
    let february = zone.local(start).month() == 2;
    aggregate.valid = match (by, period, aggregate.expected) {
        (Bucket::Day, Period::Hour, _) => aggregate.count >= DAY_HOURS_LEAST,
        (Bucket::Month, Period::Hour | Period::Day, _) => {
            aggregate.count >= if february { FEBRUARY_DAYS_LEAST } else { MONTH_DAYS_LEAST }
        }
        (_, _, Some(expected)) => aggregate.count as f64 >= SHARE * expected as f64,
        (_, _, None) => true,
    };
    Some(aggregate)
}

/// How many values of a rhythm a stretch has room for. A logger's minutes are its own, and a moment has none.
fn expected(start: Instant, end: Instant, period: Period) -> Option<usize> {
    let step = match period {
        Period::Moment | Period::Minute => return None,
        Period::Hour | Period::Day => period.secs().saturating_mul(1_000_000),
    };
    usize::try_from(end.since(start) / step).ok().map(|count| count.max(1))
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The percentile of values in rising order, `percent` from 0 to 100.
fn percentile(values: &[f64], percent: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let rank = (percent / 100.0).clamp(0.0, 1.0) * last as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank lies between 0 and last"
    )]
    let below = rank.floor() as usize;
    let (low, high) = (*values.get(below)?, *values.get((below + 1).min(last))?);
    Some(low + (high - low) * (rank - below as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone() -> Zone {
        Zone::named("Asia/Shanghai").unwrap()
    }

    fn at(text: &str) -> Instant {
        Instant::parse(&format!("{text}:00+08:00")).unwrap()
    }

    /// Hours in a row, each with its place as value.
    fn hours(from: &str, count: i64) -> Vec<(Instant, f64)> {
        (0..count).map(|hour| (at(from).plus_secs(hour * 3600), hour as f64)).collect()
    }

    #[test]
    fn a_day_is_the_city_s_and_needs_twenty_hours() {
        let days = buckets(&zone(), &hours("2026-09-29T20:00", 28), (Bucket::Day, Period::Hour, Some(50.0)));
        let said: Vec<_> = days.iter().map(|day| (day.start, day.count, day.valid, day.mean)).collect();
        let first = (at("2026-09-29T00:00"), 4, false, Some(1.5));
        assert_eq!(said, [first, (at("2026-09-30T00:00"), 24, true, Some(15.5))]);
        assert_eq!((days[1].least, days[1].most, days[1].percentile), (4.0, 27.0, Some(15.5)));
        assert_eq!(days[1].expected, Some(24));
    }

    #[test]
    fn a_month_of_hours_is_the_mean_of_its_valid_days() {
        // Twenty-seven whole days, and one of nineteen hours with values that would spoil the mean.
        let mut values: Vec<(Instant, f64)> =
            hours("2026-09-01T00:00", 27 * 24).into_iter().map(|(at, _)| (at, 10.0)).collect();
        values.extend(hours("2026-09-28T00:00", 19).into_iter().map(|(at, _)| (at, 900.0)));
        let month = &buckets(&zone(), &values, (Bucket::Month, Period::Hour, None))[0];
        assert_eq!((month.count, month.expected, month.valid, month.mean), (27, Some(30), true, Some(10.0)));
        let short = &buckets(&zone(), &values[24..], (Bucket::Month, Period::Hour, None))[0];
        assert_eq!((short.count, short.valid), (26, false));
        let february: Vec<_> = hours("2026-02-01T00:00", 25 * 24);
        assert!(buckets(&zone(), &february, (Bucket::Month, Period::Hour, None))[0].valid);
    }

    #[test]
    fn percentiles_lie_between_ranks_in_proportion() {
        let values: Vec<f64> = (1..=365).map(f64::from).collect();
        assert_eq!(percentile(&values, 90.0), Some(328.6));
        assert_eq!(percentile(&values, 100.0), Some(365.0));
        assert_eq!(percentile(&[7.0], 95.0), Some(7.0));
        assert_eq!(percentile(&[], 50.0), None);
    }
}
