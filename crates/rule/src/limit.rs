//! Limits: a value that may not be exceeded, and the days on which it is in force.
//!
//! A limit is chosen by the local date observed; the value is rounded as the limit is written before it is compared.

use crate::round_half_even;
use model::Value;
use thiserror::Error;

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
        Self::strictest(limits, date)
    }

    /// The same, of any limits.
    pub(crate) fn strictest<'a>(limits: impl IntoIterator<Item = &'a Self>, date: &str) -> Option<&'a Self> {
        // Dates are written year first, so they compare as text.
        limits
            .into_iter()
            .filter(|l| *l.from <= *date && l.to.as_deref().is_none_or(|to| date <= to))
            .min_by(|a, b| a.value.total_cmp(&b.value))
    }

    /// Whether a value is above the limit, rounded as the limit is written.
    pub fn exceeded_by(&self, value: f64) -> bool {
        round_half_even(value, self.decimals) > self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::map;

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

    #[test]
    fn the_strictest_limit_of_the_day_is_found() {
        let limits = limits();
        let value = |date| Limit::on(&limits, date).map(|limit| limit.value);
        for (date, expected) in
            [("2016-12-31", None), ("2026-09-30", Some(100.0)), ("2026-10-01", Some(35.0))]
        {
            assert_eq!(value(date), expected, "{date}");
        }
        let ordered = Limit { value: 20.0, ..limits[1].clone() };
        assert_eq!(Limit::on(&[limits[1].clone(), ordered], "2026-10-02").map(|l| l.value), Some(20.0));
    }

    #[test]
    fn values_are_rounded_as_the_limit_is_written() {
        let limit = &limits()[1];
        assert_eq!([35.4, 35.5, 36.0].map(|value| limit.exceeded_by(value)), [false, true, true]);
    }

    #[test]
    fn rows_that_are_no_limits_are_named() {
        let list = Value::List(vec![map([("value", Value::Number(1.0))])]);
        assert_eq!(Limit::list(&list), Err(LimitError { row: 1 }));
    }
}
