//! The limit rule: an hourly value above its limit for several valid hours in a row.
//!
//! The limit is the source's own, from its permit, chosen by the local date observed. The value is rounded as the
//! limit is written before it is compared. An hour that the feed does not flag as normal is no basis for anything: it
//! breaks the row.

use crate::round_half_even;
use model::{Flag, Instant, Name, Period, Text, Value, Zone};
use serde::Deserialize;
use thiserror::Error;

/// One hour in microseconds.
const HOUR: i64 = 3_600_000_000;

/// A limit rule as a pack writes it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct LimitRule {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// The law or standard it rests on.
    pub basis: String,
    /// The type it watches.
    #[serde(rename = "type")]
    pub kind: Name,
    /// The attribute it watches.
    pub attribute: Name,
    /// The statistic it judges.
    pub basis_of_value: Name,
    /// Over which period.
    pub period: Period,
    /// The attribute of the same entity that holds its limits.
    pub limit: Name,
    /// Hours in a row that make an exceedance.
    pub hours: u32,
    /// The process to open.
    pub open: Name,
}

/// A limit in force for some days.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// The value that may not be exceeded.
    pub value: f64,
    /// Decimals in which it is written.
    pub decimals: u8,
    /// Where it stands written.
    pub source: String,
    /// First day, as `2026-01-01`.
    pub from: String,
    /// Last day, if it has one.
    pub to: Option<String>,
}

/// Why an entity's limits cannot be read.
#[derive(Debug, Error, PartialEq)]
#[error("limit {row} must have value, decimals, source and from")]
pub struct LimitError {
    row: usize,
}

impl Limit {
    /// The limits that an attribute holds: a list of maps.
    pub fn list(value: &Value) -> Result<Vec<Self>, LimitError> {
        (1..).zip(value.as_list()).map(|(row, value)| Self::one(value).ok_or(LimitError { row })).collect()
    }

    fn one(value: &Value) -> Option<Self> {
        let text = |key| value.get(key).and_then(Value::as_text).map(str::to_owned);
        Some(Self {
            value: value.get("value")?.as_number()?,
            decimals: u8::try_from(value.get("decimals")?.as_int()?).ok()?,
            source: text("source")?,
            from: text("from")?,
            to: text("to"),
        })
    }

    /// The strictest limit in force on a local date.
    pub fn on<'a>(limits: &'a [Self], date: &str) -> Option<&'a Self> {
        // Dates are written year first, so they compare as text.
        limits
            .iter()
            .filter(|l| *l.from <= *date && l.to.as_deref().is_none_or(|to| date <= to))
            .min_by(|a, b| a.value.total_cmp(&b.value))
    }

    /// Whether a value is above the limit, rounded as the limit is written.
    pub fn exceeded_by(&self, value: f64) -> bool {
        round_half_even(value, self.decimals) > self.value
    }
}

/// One observed hour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hour {
    /// Its start.
    pub start: Instant,
    /// The command that brought it.
    pub sequence: u64,
    /// The value.
    pub value: f64,
    /// What the feed says of it.
    pub flag: Flag,
}

/// What the rule says of the row of hours that ends with one hour.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The hour is missing, invalid or within its limit, or the row is not long enough.
    Within,
    /// No limit is in force on the day.
    NoLimit,
    /// Every hour of the row is valid and above its limit.
    Exceeded {
        /// The hours, oldest first.
        hours: Vec<Hour>,
        /// The limit of the last hour.
        limit: Limit,
    },
}

/// Judges the row that ends with the hour starting at `end`. `hours` are those known, in order of time.
pub fn judge(rule: &LimitRule, hours: &[Hour], limits: &[Limit], zone: &Zone, end: Instant) -> Verdict {
    let mut row = Vec::new();
    let mut last_limit = None;
    for back in (0..i64::from(rule.hours)).rev() {
        let start = Instant::from_micros(end.micros() - back * HOUR);
        let Some(hour) = hours.iter().find(|h| h.start == start && h.flag == Flag::NORMAL) else {
            return Verdict::Within;
        };
        let Some(limit) = Limit::on(limits, &zone.date(start).to_string()) else { return Verdict::NoLimit };
        if !limit.exceeded_by(hour.value) {
            return Verdict::Within;
        }
        row.push(*hour);
        last_limit = Some(limit);
    }
    last_limit.map_or(Verdict::Within, |limit| Verdict::Exceeded { hours: row, limit: limit.clone() })
}

/// The ends of all rows that an hour belongs to: what must be judged again when it arrives.
impl LimitRule {
    /// Starts of the hours whose row contains the hour starting at `start`, oldest first.
    pub fn ends(&self, start: Instant) -> impl Iterator<Item = Instant> {
        (0..i64::from(self.hours)).map(move |ahead| Instant::from_micros(start.micros() + ahead * HOUR))
    }

    /// The range of hours needed to judge all of them: from, and to before.
    pub fn range(&self, start: Instant) -> (Instant, Instant) {
        let reach = (i64::from(self.hours) - 1) * HOUR;
        (Instant::from_micros(start.micros() - reach), Instant::from_micros(start.micros() + reach + HOUR))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::map;

    fn rule() -> LimitRule {
        let name = |n: &str| Name::new(n).unwrap();
        LimitRule {
            id: name("source-exceedance"),
            title: Text { zh: "超标".to_owned(), en: "Exceedance".to_owned() },
            basis: "permit".to_owned(),
            kind: name("MonitoredSource"),
            attribute: name("so2"),
            basis_of_value: name("ZsAvg"),
            period: Period::Hour,
            limit: name("so2Limit"),
            hours: 2,
            open: name("exceedance"),
        }
    }

    fn limits() -> Vec<Limit> {
        let row = |value: f64, from: &str, to: Option<&str>| {
            map([
                ("value", Value::Number(value)),
                ("decimals", Value::Int(0)),
                ("source", "permit".into()),
                ("from", from.into()),
                ("to", to.into()),
            ])
        };
        let list =
            Value::List(vec![row(100.0, "2017-01-01", Some("2026-09-30")), row(35.0, "2026-10-01", None)]);
        Limit::list(&list).unwrap()
    }

    fn hour(text: &str, value: f64, flag: u8) -> Hour {
        Hour { start: Instant::parse(text).unwrap(), sequence: 1, value, flag: Flag(flag) }
    }

    fn verdict(hours: &[Hour], end: &str) -> Verdict {
        judge(&rule(), hours, &limits(), &Zone::named("Asia/Shanghai").unwrap(), Instant::parse(end).unwrap())
    }

    #[test]
    fn two_valid_hours_above_the_limit_exceed_it() {
        let hours =
            [hour("2026-10-08T08:00:00+08:00", 40.0, b'N'), hour("2026-10-08T09:00:00+08:00", 41.0, b'N')];
        assert_eq!(verdict(&hours, "2026-10-08T08:00:00+08:00"), Verdict::Within);
        assert!(matches!(verdict(&hours, "2026-10-08T09:00:00+08:00"),
            Verdict::Exceeded { hours, limit } if hours.len() == 2 && limit.value == 35.0));
    }

    #[test]
    fn invalid_and_missing_hours_break_the_row() {
        for (first, second) in [(b'D', b'N'), (b'N', b'F'), (b'C', b'M')] {
            let hours = [
                hour("2026-10-08T08:00:00+08:00", 400.0, first),
                hour("2026-10-08T09:00:00+08:00", 400.0, second),
            ];
            assert_eq!(verdict(&hours, "2026-10-08T09:00:00+08:00"), Verdict::Within);
        }
        let gap =
            [hour("2026-10-08T07:00:00+08:00", 400.0, b'N'), hour("2026-10-08T09:00:00+08:00", 400.0, b'N')];
        assert_eq!(verdict(&gap, "2026-10-08T09:00:00+08:00"), Verdict::Within);
    }

    #[test]
    fn the_limit_is_that_of_the_local_day_and_values_are_rounded_as_it_is_written() {
        // 23:00 on 30 September stands under the old permit, midnight under the new one.
        let hours =
            [hour("2026-09-30T23:00:00+08:00", 90.0, b'N'), hour("2026-10-01T00:00:00+08:00", 90.0, b'N')];
        assert_eq!(verdict(&hours, "2026-10-01T00:00:00+08:00"), Verdict::Within);
        let rounded =
            [hour("2026-10-08T08:00:00+08:00", 35.4, b'N'), hour("2026-10-08T09:00:00+08:00", 36.0, b'N')];
        assert_eq!(verdict(&rounded, "2026-10-08T09:00:00+08:00"), Verdict::Within);
        let before =
            [hour("2016-10-08T08:00:00+08:00", 400.0, b'N'), hour("2016-10-08T09:00:00+08:00", 400.0, b'N')];
        assert_eq!(verdict(&before, "2016-10-08T09:00:00+08:00"), Verdict::NoLimit);
    }

    #[test]
    fn a_late_hour_is_judged_with_its_neighbours() {
        let start = Instant::parse("2026-10-08T08:00:00+08:00").unwrap();
        let ends: Vec<String> = rule().ends(start).map(|e| e.to_string()).collect();
        assert_eq!(ends, ["2026-10-08T00:00:00Z", "2026-10-08T01:00:00Z"]);
        let (from, to) = rule().range(start);
        assert_eq!(
            (from.to_string(), to.to_string()),
            ("2026-10-07T23:00:00Z".into(), "2026-10-08T02:00:00Z".into())
        );
    }
}
