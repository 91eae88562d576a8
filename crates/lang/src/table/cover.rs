//! Rows against each other: which can never be reached, and which hold together where one at most may.
//!
//! Looked at are conditions whose values are written out. What an expression covers is not known here; a table's
//! tests are for that.

use super::cell::Cell;
use super::{Hit, Place, Row, Table, TableFault, Then, equal, fault, fixed};
use crate::value::order;
use model::{Operator, Value};
use std::cmp::Ordering;

/// Which values of one input a condition lets through.
#[derive(Debug)]
enum Region<'a> {
    All,
    Values(&'a [Value]),
    Beside(Operator, Value),
    Unknown,
}

/// What is wrong between rows.
pub(super) fn faults(table: &Table) -> Vec<TableFault> {
    let regions: Vec<Vec<Region>> = table.rows.iter().map(|row| regions(table, row)).collect();
    let mut faults = Vec::new();
    for (later, row) in table.rows.iter().enumerate() {
        // Rows are many, so each is compared with those before it and no more.
        let earlier = || (1..).zip(&regions).take(later);
        let own = &regions[later];
        let remedy = |other: usize| format!("change one of them; row {other} comes first");
        let found = match table.hit {
            Hit::First => earlier().find(|(_, other)| all(own, other, within)).map(|(other, _)| {
                (format!("the row is never reached: row {other} holds wherever it does"), remedy(other))
            }),
            Hit::Unique => earlier().find(|(_, other)| all(own, other, meets)).map(|(other, _)| {
                (format!("the row and row {other} can hold at once, and one at most may"), remedy(other))
            }),
            Hit::Any => {
                let differs = |other: usize| differ(&row.then, &table.rows[other - 1].then);
                let against = earlier().find(|(at, other)| differs(*at) && all(own, other, meets));
                against.map(|(other, _)| {
                    (
                        format!("the row and row {other} can hold at once and give different results"),
                        remedy(other),
                    )
                })
            }
            Hit::Priority | Hit::Collect => None,
        };
        faults.extend(found.map(|found| fault(Place::Row(later + 1), found)));
    }
    faults
}

fn differ(a: &Then, b: &Then) -> bool {
    matches!((a, b), (Then::Value(a), Then::Value(b)) if !equal(a, b))
}

/// Whether something is so for every input.
fn all(a: &[Region], b: &[Region], so: fn(&Region, &Region) -> bool) -> bool {
    a.iter().zip(b).all(|(a, b)| so(a, b))
}

/// One for each input.
fn regions<'a>(table: &Table, row: &'a Row) -> Vec<Region<'a>> {
    (0..table.inputs.len()).map(|input| region(row, input)).collect()
}

fn region(row: &Row, input: usize) -> Region<'_> {
    match row.cells.iter().find(|(at, _)| *at == input).map(|(_, cell)| cell) {
        None => Region::All,
        Some(Cell::OneOf(values)) => Region::Values(values),
        Some(Cell::Compare(op, right)) => match fixed(right) {
            Some(value) => Region::Beside(*op, value),
            None => Region::Unknown,
        },
        Some(Cell::Holds(_)) => Region::Unknown,
    }
}

fn lets_through(region: &Region, value: &Value) -> bool {
    match region {
        Region::All => true,
        Region::Values(values) => values.iter().any(|other| equal(other, value)),
        Region::Beside(op, other) => order(value, other).is_some_and(|order| op.holds(order)),
        Region::Unknown => false,
    }
}

/// Whether some value passes both, for certain. Between two values there is always another.
fn meets(a: &Region, b: &Region) -> bool {
    match (a, b) {
        (Region::Unknown, _) | (_, Region::Unknown) => false,
        (Region::Values(values), other) | (other, Region::Values(values)) => {
            values.iter().any(|value| lets_through(other, value))
        }
        (Region::All, _) | (_, Region::All) => true,
        (Region::Beside(a_op, a), Region::Beside(b_op, b)) => {
            let ends = lets_through(&Region::Beside(*b_op, b.clone()), a) && a_op.holds(Ordering::Equal)
                || lets_through(&Region::Beside(*a_op, a.clone()), b) && b_op.holds(Ordering::Equal);
            ends || match (up(*a_op), up(*b_op)) {
                // Both go the same way, or one leaves out a single value.
                (None, _) | (_, None) => true,
                (Some(a_up), Some(b_up)) if a_up == b_up => true,
                (Some(true), _) => order(a, b).is_some_and(Ordering::is_lt),
                (Some(false), _) => order(a, b).is_some_and(Ordering::is_gt),
            }
        }
    }
}

/// Whether a comparison goes up without end, or down; neither for the others.
fn up(op: Operator) -> Option<bool> {
    match op {
        Operator::Gt | Operator::Ge => Some(true),
        Operator::Lt | Operator::Le => Some(false),
        Operator::Eq | Operator::Ne => None,
    }
}

/// Whether what passes the first passes the second too, for certain.
fn within(a: &Region, b: &Region) -> bool {
    match (a, b) {
        (_, Region::All) => true,
        (Region::Values(values), other) => values.iter().all(|value| lets_through(other, value)),
        (Region::Beside(a_op, a), Region::Beside(b_op, b)) => match (up(*a_op), up(*b_op)) {
            (Some(a_up), Some(b_up)) if a_up == b_up => match order(a, b) {
                Some(Ordering::Equal) => !a_op.holds(Ordering::Equal) || b_op.holds(Ordering::Equal),
                Some(order) => order.is_gt() == a_up,
                None => false,
            },
            (None, None) => a_op == b_op && equal(a, b),
            (Some(_), None) => !lets_through(&Region::Beside(*a_op, a.clone()), b),
            _ => false,
        },
        _ => false,
    }
}
