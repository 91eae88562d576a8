//! Limit tables: effective-dated values of standards, as a pack's `limits/` writes them.

use crate::Limit;
use model::{Name, Text, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A table of limits.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitTable {
    /// Its name, by which `limit('gb-13271', …)` finds it.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// The unit of every value, as people read it.
    pub unit: Option<String>,
    /// The keys of the rows in the order in which `limit` is given their values. Empty: in the order of the alphabet.
    pub by: Vec<Name>,
    /// Its rows.
    pub rows: Vec<LimitRow>,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitRow {
    /// What it is for (`for`): every key must match; a key that a row leaves out matches anything.
    pub given: BTreeMap<Name, Value>,
    /// The limit; its `source` is the row's `basis`.
    pub limit: Limit,
}

impl LimitTable {
    /// The keys in the order in which `limit` is given their values.
    pub fn keys(&self) -> Vec<&Name> {
        if !self.by.is_empty() {
            return self.by.iter().collect();
        }
        let keys: BTreeSet<&Name> = self.rows.iter().flat_map(|row| row.given.keys()).collect();
        keys.into_iter().collect()
    }

    /// The strictest limit for these values in force on a local date, as `2026-01-01`.
    pub fn find(&self, values: &[Value], date: &str) -> Option<&Limit> {
        let keys = self.keys();
        if keys.len() != values.len() {
            return None;
        }
        let fits = |row: &&LimitRow| {
            let fit =
                |(key, value): (&&Name, &Value)| row.given.get(*key).is_none_or(|want| same(want, value));
            keys.iter().zip(values).all(fit)
        };
        Limit::strictest(self.rows.iter().filter(fits).map(|row| &row.limit), date)
    }
}

/// Whether two values are the same; a count is the same as the number.
fn same(a: &Value, b: &Value) -> bool {
    a == b || a.as_number().is_some_and(|a| b.as_number() == Some(a))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn row(given: &[(&str, &str)], value: f64, from: &str, to: Option<&str>) -> LimitRow {
        let limit = Limit {
            value,
            decimals: 0,
            source: "gb-13271:4.1".to_owned(),
            from: from.to_owned(),
            to: to.map(str::to_owned),
        };
        LimitRow { given: given.iter().map(|(k, v)| (name(k), Value::text(*v))).collect(), limit }
    }

    fn table(by: &[&str]) -> LimitTable {
        LimitTable {
            id: name("gb-13271"),
            title: Text::new("锅炉大气污染物排放标准", "Emission standard for boilers"),
            unit: Some("mg/m³".to_owned()),
            by: by.iter().map(|by| name(by)).collect(),
            rows: vec![
                row(&[("fuel", "coal"), ("factor", "so2")], 400.0, "2014-07-01", Some("2015-09-30")),
                row(&[("fuel", "coal"), ("factor", "so2")], 300.0, "2015-10-01", None),
                row(&[("fuel", "gas"), ("factor", "so2")], 50.0, "2014-07-01", None),
                row(&[("factor", "so2")], 350.0, "2014-07-01", None),
            ],
        }
    }

    #[test]
    fn a_row_is_found_by_its_keys_and_the_day() {
        let find = |by: &[&str], values: [&str; 2], date| {
            table(by).find(&values.map(Value::text), date).map(|limit| limit.value)
        };
        for (values, date, expected) in [
            (["coal", "so2"], "2015-09-30", Some(350.0)),
            (["coal", "so2"], "2015-10-01", Some(300.0)),
            (["gas", "so2"], "2020-01-01", Some(50.0)),
            (["wood", "so2"], "2020-01-01", Some(350.0)),
            (["coal", "nox"], "2020-01-01", None),
            (["coal", "so2"], "2014-06-30", None),
        ] {
            assert_eq!(find(&["fuel", "factor"], values, date), expected, "{values:?} {date}");
        }
        assert_eq!(find(&[], ["so2", "coal"], "2020-01-01"), Some(300.0), "alphabet: factor, fuel");
        assert_eq!(table(&[]).find(&["so2".into()], "2020-01-01"), None, "too few values");
    }
}
