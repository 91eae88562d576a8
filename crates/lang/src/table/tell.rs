//! Why a table says what it says, and the table in words.

use super::cell::Cell;
use super::{Hit, Row, Table, Then};
use crate::prose::{self, Titled};
use crate::value::{Facts, Truth};
use crate::{Kind, Titles};
use model::{Lang, Name, Operator, Value};

/// What became of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct RowStep {
    /// The row, from 1.
    pub row: usize,
    /// Whether it holds.
    pub truth: Truth,
    /// Whether it gave the result, or part of it.
    pub chosen: bool,
    /// Its conditions.
    pub cells: Vec<CellStep>,
    /// The law behind it.
    pub basis: Option<String>,
}

/// What became of one condition of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct CellStep {
    /// The input.
    pub input: Name,
    /// The condition in words.
    pub text: String,
    /// The input's value; `Value::Null` if it is absent.
    pub found: Value,
    /// Whether it holds.
    pub truth: Truth,
}

impl Table {
    /// Why it says what it says: every row with its conditions and the values found, up to the one that decided.
    pub fn why(&self, facts: &dyn Facts, lang: Lang, titles: &dyn Titles) -> Vec<RowStep> {
        let decided = self.decide(facts).ok();
        let chosen = |row: usize| match &decided {
            Some(decided) if matches!(self.hit, Hit::Collect | Hit::Any) => decided.rows.contains(&row),
            Some(decided) => decided.row == row,
            None => false,
        };
        let last = match (&decided, self.hit) {
            (Some(decided), Hit::First) => decided.row,
            _ => self.rows.len(),
        };
        let rows = (1..).zip(&self.rows).take(last);
        rows.map(|(number, row)| RowStep {
            row: number,
            truth: self
                .holds(row, facts)
                .unwrap_or_else(|stuck| Truth::Unknown { missing: vec![stuck.to_string()] }),
            chosen: chosen(number),
            cells: row
                .cells
                .iter()
                .map(|(input, cell)| self.step(*input, cell, facts, (lang, titles)))
                .collect(),
            basis: row.basis.clone(),
        })
        .collect()
    }

    fn step(&self, input: usize, cell: &Cell, facts: &dyn Facts, titled: Titled) -> CellStep {
        let id = &self.inputs[input].id;
        let stuck = |stuck: crate::Stuck| Truth::Unknown { missing: vec![stuck.to_string()] };
        CellStep {
            input: id.clone(),
            text: self.condition(input, cell, titled),
            found: facts.value(std::slice::from_ref(id)),
            truth: cell.truth(id, facts).unwrap_or_else(stuck),
        }
    }

    /// The table in words: how it is read, then one line for each row.
    pub fn prose(&self, lang: Lang, titles: &dyn Titles) -> String {
        let policy = match (self.hit, lang) {
            (Hit::Unique, Lang::Zh) => "至多一行成立。",
            (Hit::Unique, Lang::En) => "At most one row holds.",
            (Hit::First, Lang::Zh) => "自上而下，以先成立的一行为准。",
            (Hit::First, Lang::En) => "The first row that holds decides.",
            (Hit::Priority, Lang::Zh) => "多行成立时，以次序在前的结果为准。",
            (Hit::Priority, Lang::En) => "If several rows hold, the most important result counts.",
            (Hit::Any, Lang::Zh) => "可有多行成立，结果须相同。",
            (Hit::Any, Lang::En) => "Several rows may hold; they give the same.",
            (Hit::Collect, Lang::Zh) => "成立的各行，其结果一并列出。",
            (Hit::Collect, Lang::En) => "The results of all rows that hold are listed.",
        };
        let rows = (1..).zip(&self.rows).map(|(number, row)| self.line(number, row, (lang, titles)));
        [policy.to_owned()].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
    }

    fn line(&self, number: usize, row: &Row, titled: Titled) -> String {
        let then = match &row.then {
            Then::Value(value) => prose::value(value, &self.output, None, titled),
            Then::Expression(expression) => expression.prose(titled.0, titled.1),
        };
        let conditions: Vec<String> =
            row.cells.iter().map(|(input, cell)| self.condition(*input, cell, titled)).collect();
        let line = match (titled.0, conditions.is_empty()) {
            (Lang::Zh, false) => format!("{number}. {}，则为{then}", conditions.join("，且")),
            (Lang::Zh, true) => format!("{number}. 任何情形下为{then}"),
            (Lang::En, false) => format!("{number}. If {}: {then}", conditions.join(" and ")),
            (Lang::En, true) => format!("{number}. In any case: {then}"),
        };
        match (&row.basis, titled.0) {
            (Some(basis), Lang::Zh) => format!("{line}（依据：{basis}）"),
            (Some(basis), Lang::En) => format!("{line} (basis: {basis})"),
            (None, _) => line,
        }
    }

    fn condition(&self, input: usize, cell: &Cell, titled: Titled) -> String {
        let input = &self.inputs[input];
        let path = std::slice::from_ref(&input.id);
        let name = titled.1.path(path, titled.0).unwrap_or_else(|| input.id.to_string());
        let right = match cell {
            Cell::Holds(expression) => return expression.prose(titled.0, titled.1),
            Cell::Compare(op, right) => {
                return prose::comparison(
                    *op,
                    (&name, &right.prose(titled.0, titled.1)),
                    &input.kind,
                    titled.0,
                );
            }
            Cell::OneOf(values) => {
                values.iter().map(|value| prose::value(value, &input.kind, Some(path), titled))
            }
        };
        let right: Vec<String> = right.collect();
        match right.as_slice() {
            [one] => prose::comparison(Operator::Eq, (&name, one), &input.kind, titled.0),
            several => prose::among(&name, several, false, titled.0),
        }
    }
}

/// A value for a message.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::List(list) => format!("[{}]", list.iter().map(plain).collect::<Vec<_>>().join(", ")),
        value => prose::value(value, &Kind::Any, None, (Lang::En, &prose::Untitled)),
    }
}
