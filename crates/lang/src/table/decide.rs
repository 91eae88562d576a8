//! What a table says of some facts.

use super::{Hit, Row, Table, Then, equal};
use crate::value::{Facts, Stuck, Truth};
use model::Value;
use thiserror::Error;

/// What a table says.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// The result; of a table that collects, the list of all.
    pub value: Value,
    /// The row that gave it, from 1. Of several the first; 0 if a table that collects found none.
    pub row: usize,
    /// Every row that holds, as far as it was looked for.
    pub rows: Vec<usize>,
}

/// Why a table says nothing.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum Undecided {
    /// No row holds.
    #[error("no row holds")]
    NoRow,
    /// It depends on what is not known.
    #[error("row {row} depends on what is not known: {}", missing.join(", "))]
    Missing {
        /// The first row that may hold.
        row: usize,
        /// What would have to be known.
        missing: Vec<String>,
    },
    /// Several rows hold, and only one may.
    #[error("rows {rows:?} hold at once, and one at most may")]
    Several {
        /// The rows.
        rows: Vec<usize>,
    },
    /// Several rows hold and give different results.
    #[error("rows {rows:?} hold at once and give different results")]
    Different {
        /// The rows.
        rows: Vec<usize>,
    },
    /// A condition or a result could not be evaluated.
    #[error("row {row}")]
    Stuck {
        /// The row.
        row: usize,
        /// Why.
        #[source]
        stuck: Stuck,
    },
}

impl Table {
    /// What it says of facts. Each input is read at the path of its name.
    pub fn decide(&self, facts: &dyn Facts) -> Result<Decided, Undecided> {
        let mut rows = Vec::new();
        for (number, row) in (1..).zip(&self.rows) {
            match self.holds(row, facts).map_err(|stuck| Undecided::Stuck { row: number, stuck })? {
                Truth::Yes => rows.push(number),
                Truth::No => {}
                Truth::Unknown { missing } => return Err(Undecided::Missing { row: number, missing }),
            }
            if self.hit == Hit::First && !rows.is_empty() {
                break;
            }
        }
        self.choose(rows, facts)
    }

    /// Whether a row holds: all its conditions do.
    pub(super) fn holds(&self, row: &Row, facts: &dyn Facts) -> Result<Truth, Stuck> {
        let mut unknown: Vec<String> = Vec::new();
        for (input, cell) in &row.cells {
            match cell.truth(&self.inputs[*input].id, facts)? {
                Truth::Yes => {}
                Truth::No => return Ok(Truth::No),
                Truth::Unknown { missing } => {
                    unknown.extend(
                        missing.into_iter().filter(|name| !unknown.contains(name)).collect::<Vec<_>>(),
                    );
                }
            }
        }
        Ok(if unknown.is_empty() { Truth::Yes } else { Truth::Unknown { missing: unknown } })
    }

    fn choose(&self, rows: Vec<usize>, facts: &dyn Facts) -> Result<Decided, Undecided> {
        let values = rows.iter().map(|row| self.result(*row, facts)).collect::<Result<Vec<_>, _>>()?;
        if self.hit == Hit::Collect {
            return Ok(Decided { value: Value::List(values), row: rows.first().copied().unwrap_or(0), rows });
        }
        let Some((row, value)) = rows.first().copied().zip(values.first().cloned()) else {
            return Err(Undecided::NoRow);
        };
        match self.hit {
            Hit::Unique if rows.len() > 1 => Err(Undecided::Several { rows }),
            Hit::Any if values.iter().any(|other| !equal(other, &value)) => {
                Err(Undecided::Different { rows })
            }
            Hit::Priority => {
                let place = |value: &Value| self.order.iter().position(|other| equal(other, value));
                let ranked = rows.iter().copied().zip(values).min_by_key(|(_, value)| place(value));
                let (row, value) = ranked.unwrap_or((row, value));
                Ok(Decided { value, row, rows })
            }
            _ => Ok(Decided { value, row, rows }),
        }
    }

    fn result(&self, row: usize, facts: &dyn Facts) -> Result<Value, Undecided> {
        match self.rows.get(row - 1).map(|row| &row.then) {
            Some(Then::Value(value)) => Ok(value.clone()),
            Some(Then::Expression(expression)) => {
                let value = expression.value(facts).map_err(|stuck| Undecided::Stuck { row, stuck })?;
                if value == Value::Null {
                    let missing = vec![expression.text().trim().to_owned()];
                    return Err(Undecided::Missing { row, missing });
                }
                Ok(value)
            }
            None => Err(Undecided::NoRow),
        }
    }
}
