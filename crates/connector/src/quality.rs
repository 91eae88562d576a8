//! What dated rows say together.

use crate::{Code, Findings, Record};
use jiff::Span;
use jiff::civil::DateTime;
use model::Period;
use std::collections::{BTreeMap, BTreeSet};

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
    let grid = grid(&all, period);
    for (from, to, count) in runs(&grid, |at| !all.contains(at)) {
        findings.add(Code::Gap, None, None, span(from, to, count));
    }
    for (key, rows) in &by_key {
        let said = |at: &DateTime| rows.get(at).is_some_and(|record| !record.values.is_empty());
        if !rows.keys().any(said) {
            findings.add(Code::Dead, None, Some(key), span_of(rows));
            continue;
        }
        // Hours for which the file has nothing at all were named above.
        for (from, to, count) in runs(&grid, |at| all.contains(at) && !said(at)) {
            findings.add(Code::Gap, None, Some(key), span(from, to, count));
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
                let code = if before.values == record.values { Code::Duplicate } else { Code::Conflict };
                findings.add(code, Some(record.line), Some(&record.key), format!("{at}, {}", before.line));
                *before = record;
            }
        }
    }
    standing
}

/// Every time between the first and the last.
fn grid(all: &BTreeSet<DateTime>, period: Option<Period>) -> Vec<DateTime> {
    let step = match period {
        Some(Period::Hour) => Span::new().hours(1),
        Some(Period::Day) => Span::new().days(1),
        _ => return Vec::new(),
    };
    let (Some(first), Some(last)) = (all.first(), all.last()) else { return Vec::new() };
    first.series(step).take_while(|at| at <= last).collect()
}

/// Stretches of the grid of which something holds: first, last, how many.
fn runs(grid: &[DateTime], holds: impl Fn(&DateTime) -> bool) -> Vec<(DateTime, DateTime, usize)> {
    let stretches = grid.chunk_by(|a, b| holds(a) == holds(b));
    let held = stretches.filter(|stretch| stretch.first().is_some_and(&holds));
    held.filter_map(|stretch| Some((*stretch.first()?, *stretch.last()?, stretch.len()))).collect()
}

/// Stretches in which an entity says the same again and again. Times without values neither make nor break one.
fn stays(key: &str, rows: &BTreeMap<DateTime, &Record>, least: usize, findings: &mut Findings) {
    let said: Vec<&Record> = rows.values().filter(|record| record.values.len() >= 2).copied().collect();
    for stretch in said.chunk_by(|a, b| a.values == b.values).filter(|stretch| stretch.len() >= least) {
        if let (Some(first), Some(last)) = (stretch.first(), stretch.last())
            && let (Some(from), Some(to)) = (first.at, last.at)
        {
            findings.add(Code::Stuck, Some(first.line), Some(key), span(from, to, stretch.len()));
        }
    }
}

fn span(from: DateTime, to: DateTime, count: usize) -> String {
    let text = |at: DateTime| at.strftime("%Y-%m-%d %H:%M").to_string();
    format!("{} – {}, {count}", text(from), text(to))
}

fn span_of(rows: &BTreeMap<DateTime, &Record>) -> String {
    let ends = rows.first_key_value().zip(rows.last_key_value());
    ends.map_or_else(String::new, |((from, _), (to, _))| span(*from, *to, rows.len()))
}
