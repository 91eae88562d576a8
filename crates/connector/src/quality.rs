//! What dated rows say together.

use crate::{Fault, Findings, Record};
use jiff::ToSpan;
use jiff::civil::DateTime;
use model::Period;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Looks at dated records: rows that come again, hours or days that are missing, values that do not move, names that never
/// say anything. Returns the records that stand: of each entity and time the last, in their order.
///
/// `period` is the series' own: without a grid nothing can be missing. `stuck` is from how many times with the same values
/// on, and at least two values each, they count as stuck.
pub fn quality(
    records: Vec<Record>,
    period: Option<Period>,
    stuck: Option<u32>,
    findings: &mut Findings,
) -> Vec<Record> {
    let records = standing(records, findings);
    let mut by_key = BTreeMap::<&str, BTreeMap<DateTime, &Record>>::new();
    for record in &records {
        let dated = by_key.entry(&record.key).or_default();
        dated.extend(record.at.map(|at| (at, record)));
    }
    let all: BTreeSet<DateTime> = records.iter().filter_map(|record| record.at).collect();
    let all: Vec<DateTime> = all.into_iter().collect();
    if let Some(step) = step(period) {
        for (from, to, count) in holes(&all, step) {
            findings.add(Fault::Gap, None, None, span(from, to, count));
        }
    }
    for (key, rows) in &by_key {
        let said: Vec<usize> = rows
            .iter()
            .filter(|(_, record)| !record.values.is_empty())
            .filter_map(|(at, _)| all.binary_search(at).ok())
            .collect();
        if said.is_empty() {
            findings.add(Fault::Dead, None, Some(key), span_of(rows));
            continue;
        }
        // Times for which the file has nothing at all were named above.
        for stretch in between(&said, all.len()).filter(|_| step(period).is_some()) {
            if let (Some(from), Some(to)) = (all.get(stretch.start), all.get(stretch.end - 1)) {
                findings.add(Fault::Gap, None, Some(key), span(*from, *to, stretch.len() as i64));
            }
        }
        if let Some(least) = stuck {
            stays(key, rows, least as usize, findings);
        }
    }
    records
}

/// Of each entity and time the last row.
fn standing(records: Vec<Record>, findings: &mut Findings) -> Vec<Record> {
    let mut places = BTreeMap::<(String, DateTime), usize>::new();
    let mut standing: Vec<Record> = Vec::with_capacity(records.len());
    for record in records {
        let Some(at) = record.at else {
            standing.push(record);
            continue;
        };
        match places.get(&(record.key.clone(), at)).and_then(|place| standing.get_mut(*place)) {
            None => {
                places.insert((record.key.clone(), at), standing.len());
                standing.push(record);
            }
            Some(before) => {
                let code = if before.values == record.values { Fault::Duplicate } else { Fault::Conflict };
                findings.add(code, Some(record.line), Some(&record.key), format!("{at}, {}", before.line));
                *before = record;
            }
        }
    }
    standing
}

/// How far apart times are, in hours. Without a grid nothing can be missing.
fn step(period: Option<Period>) -> Option<i64> {
    match period {
        Some(Period::Hour) => Some(1),
        Some(Period::Day) => Some(24),
        _ => None,
    }
}

/// What is missing between times that are farther apart than a step: first, last, how many.
fn holes(all: &[DateTime], step: i64) -> Vec<(DateTime, DateTime, i64)> {
    let hole = |pair: &[DateTime]| {
        let [before, after] = pair else { return None };
        let missing = before.duration_until(*after).as_hours() / step - 1;
        let (from, to) = (before.checked_add(step.hours()).ok()?, after.checked_sub(step.hours()).ok()?);
        (missing > 0).then_some((from, to, missing))
    };
    all.windows(2).filter_map(hole).collect()
}

/// The stretches of places from 0 to an end that are not among some, which are in order.
fn between(places: &[usize], end: usize) -> impl Iterator<Item = Range<usize>> {
    let starts = std::iter::once(0).chain(places.iter().map(|place| place + 1));
    let ends = places.iter().copied().chain([end]);
    starts.zip(ends).map(|(start, end)| start..end).filter(|stretch| !stretch.is_empty())
}

/// Stretches in which an entity says the same again and again. Times without values neither make nor break one.
fn stays(key: &str, rows: &BTreeMap<DateTime, &Record>, least: usize, findings: &mut Findings) {
    let said: Vec<&Record> = rows.values().filter(|record| record.values.len() >= 2).copied().collect();
    for stretch in said.chunk_by(|a, b| a.values == b.values).filter(|stretch| stretch.len() >= least) {
        if let (Some(first), Some(last)) = (stretch.first(), stretch.last())
            && let (Some(from), Some(to)) = (first.at, last.at)
        {
            findings.add(Fault::Stuck, Some(first.line), Some(key), span(from, to, stretch.len() as i64));
        }
    }
}

fn span(from: DateTime, to: DateTime, count: i64) -> String {
    let text = |at: DateTime| at.strftime("%Y-%m-%d %H:%M").to_string();
    format!("{} – {}, {count}", text(from), text(to))
}

fn span_of(rows: &BTreeMap<DateTime, &Record>) -> String {
    let ends = rows.first_key_value().zip(rows.last_key_value());
    ends.map_or_else(String::new, |((from, _), (to, _))| span(*from, *to, rows.len() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(line: u64, key: &str, at: &str, values: &[i64]) -> Record {
        let values = values.iter().zip(["a", "b", "c"]);
        Record {
            line,
            key: key.to_owned(),
            at: Some(at.parse().unwrap()),
            place: None,
            values: values.map(|(value, id)| (model::Name::new(id).unwrap(), (*value).into())).collect(),
        }
    }

    fn found(records: Vec<Record>, stuck: Option<u32>) -> Vec<(Fault, Option<String>, String)> {
        let mut findings = Findings::default();
        quality(records, Some(Period::Hour), stuck, &mut findings);
        let kept = findings.kept().iter();
        kept.map(|one| (one.fault, one.key.clone(), one.what.clone())).collect()
    }

    #[test]
    fn gaps_of_all_and_of_one_are_told_apart() {
        let at = |hour: u32| format!("2026-11-26T{hour:02}:00:00");
        let mut rows: Vec<Record> =
            [1, 2, 6, 7].iter().map(|hour| record(0, "a", &at(*hour), &[1])).collect();
        rows.extend([1, 6].iter().map(|hour| record(0, "b", &at(*hour), &[1])));
        rows.push(record(0, "b", &at(2), &[]));
        let gaps = found(rows, None);
        let expected = [
            (Fault::Gap, None, "2026-11-26 03:00 – 2026-11-26 05:00, 3".to_owned()),
            (Fault::Gap, Some("b".to_owned()), "2026-11-26 02:00 – 2026-11-26 02:00, 1".to_owned()),
            (Fault::Gap, Some("b".to_owned()), "2026-11-26 07:00 – 2026-11-26 07:00, 1".to_owned()),
        ];
        assert_eq!(gaps, expected);
    }

    #[test]
    fn the_same_again_and_again_is_stuck_from_so_often_on() {
        let rows = |n: u32| {
            let at = |hour: u32| format!("2026-11-26T{hour:02}:00:00");
            (0..n).map(|hour| record(u64::from(hour), "a", &at(hour), &[7, 8])).collect::<Vec<_>>()
        };
        assert!(found(rows(3), Some(4)).is_empty());
        assert_eq!(found(rows(4), Some(4)).len(), 1);
        assert!(found(rows(4), None).is_empty());
    }

    #[test]
    fn a_span_of_ten_thousand_years_costs_no_more_than_its_rows() {
        let rows =
            vec![record(1, "a", "0001-01-01T00:00:00", &[1]), record(2, "a", "9999-01-01T00:00:00", &[1])];
        let gaps = found(rows, Some(2));
        assert_eq!(gaps.len(), 1);
        assert!(gaps[0].2.starts_with("0001-01-01 01:00"), "{gaps:?}");
    }

    #[test]
    fn a_row_that_comes_again_counts_once_and_the_later_stands() {
        let twice = |value| {
            vec![record(1, "a", "2026-11-26T01:00:00", &[1]), record(2, "a", "2026-11-26T01:00:00", &[value])]
        };
        assert_eq!(found(twice(1), None)[0].0, Fault::Duplicate);
        assert_eq!(found(twice(2), None)[0].0, Fault::Conflict);
        let mut findings = Findings::default();
        let standing = quality(twice(2), Some(Period::Hour), None, &mut findings);
        assert_eq!(standing.iter().map(|record| record.line).collect::<Vec<_>>(), [2]);
    }
}
