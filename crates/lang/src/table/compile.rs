//! Checking a table: every cell for its input, every result for the output.

use super::cell::{self, Cell};
use super::{
    Draft, DraftRow, DraftTest, Hit, INPUTS_MAX, Input, Place, ROWS_MAX, Row, Table, TableFault, Test, Then,
};
use super::{cover, equal, fault};
use crate::kind::{Kind, Names, Signature};
use crate::{Expression, Fault};
use model::{Name, Value};
use std::collections::BTreeSet;

impl Table {
    /// Checks a table. `names` gives the host functions that its expressions may call; paths are the inputs alone.
    /// The table's tests are run, save those that need a host function or the zone: see [`Table::run_tests`].
    pub fn compile(draft: &Draft, names: &dyn Names) -> Result<Self, Vec<TableFault>> {
        let mut compiler = Compiler { draft, names, faults: Vec::new() };
        let order = draft.order.iter().map(|value| compiler.literal(&Place::Order, value, &draft.output));
        let order: Vec<Value> = order.collect();
        compiler.shape();
        let rows = (1..).zip(&draft.rows).map(|(number, row)| compiler.row(number, row, &order)).collect();
        let tests = (1..).zip(&draft.tests).map(|(number, test)| compiler.test(number, test)).collect();
        let mut faults = compiler.faults;
        let (inputs, output) = (draft.inputs.clone(), draft.output.clone());
        let table = Self { hit: draft.hit, inputs, output, order, rows, tests };
        if faults.is_empty() {
            faults = cover::faults(&table);
        }
        if faults.is_empty() {
            faults = table.run_tests(None);
        }
        if faults.is_empty() { Ok(table) } else { Err(faults) }
    }
}

/// The names that a table's expressions may use.
pub(super) struct InputNames<'a> {
    pub inputs: &'a [Input],
    pub host: &'a dyn Names,
}

impl Names for InputNames<'_> {
    fn kind(&self, path: &[&str]) -> Option<Kind> {
        let (first, keys) = path.split_first()?;
        let input = self.inputs.iter().find(|input| input.id == *first)?;
        match &input.kind {
            kind if keys.is_empty() => Some(kind.clone()),
            Kind::Any => Some(Kind::Any),
            _ => None,
        }
    }

    fn known(&self) -> Vec<String> {
        self.inputs.iter().map(|input| input.id.to_string()).collect()
    }

    fn function(&self, name: &str) -> Option<Signature> {
        self.host.function(name)
    }
}

struct Compiler<'a> {
    draft: &'a Draft,
    names: &'a dyn Names,
    faults: Vec<TableFault>,
}

impl Compiler<'_> {
    fn complain(&mut self, place: Place, what: impl Into<String>, remedy: impl Into<String>) {
        self.faults.push(fault(place, (what.into(), remedy.into())));
    }

    fn shape(&mut self) {
        let draft = self.draft;
        if draft.rows.is_empty() {
            self.complain(Place::Table, "the table has no rows", "write at least one row");
        }
        if draft.rows.len() > ROWS_MAX || draft.inputs.len() > INPUTS_MAX {
            let most = format!("keep to {ROWS_MAX} rows and {INPUTS_MAX} inputs");
            self.complain(Place::Table, "the table is too large", most);
        }
        let mut ids = BTreeSet::new();
        for (number, input) in (1..).zip(&draft.inputs) {
            if !ids.insert(&input.id) {
                self.complain(
                    Place::Input(number),
                    format!("`{}` is an input already", input.id),
                    "give it another name",
                );
            }
        }
        if (draft.hit == Hit::Priority) == draft.order.is_empty() {
            let remedy = "write `order` in a table that goes by priority, and in no other";
            self.complain(Place::Order, "the order of results and the hit policy do not go together", remedy);
        }
    }

    fn input(&mut self, place: &Place, id: &Name) -> Option<usize> {
        let found = self.draft.inputs.iter().position(|input| input.id == *id);
        if found.is_none() {
            let known = self.draft.inputs.iter().map(|input| input.id.as_str());
            let remedy = crate::fault::suggest(id.as_str(), known, "name one of the table's inputs");
            self.complain(place.clone(), format!("`{id}` is no input of the table"), remedy);
        }
        found
    }

    fn row(&mut self, number: usize, row: &DraftRow, order: &[Value]) -> Row {
        let mut cells: Vec<(usize, Cell)> = Vec::new();
        for (id, value) in &row.when {
            let place = Place::When(number, id.to_string());
            let Some(input) = self.input(&place, id) else { continue };
            if cells.iter().any(|(other, _)| *other == input) {
                self.complain(
                    place,
                    "the input has a condition in this row already",
                    "join both in one expression",
                );
                continue;
            }
            let names = InputNames { inputs: &self.draft.inputs, host: self.names };
            match Cell::compile(value, &self.draft.inputs[input], &names) {
                Ok(cell) => cells.push((input, cell)),
                Err(faults) => self.fail(&place, faults),
            }
        }
        let then = self.then(number, &row.then, order);
        Row { cells, then, basis: row.basis.clone() }
    }

    fn fail(&mut self, place: &Place, faults: Vec<Fault>) {
        self.faults.extend(faults.into_iter().map(|fault| TableFault { place: place.clone(), fault }));
    }

    fn then(&mut self, number: usize, value: &Value, order: &[Value]) -> Then {
        let place = Place::Then(number);
        let expression = value.as_text().and_then(|text| text.strip_prefix('='));
        let Some(text) = expression else {
            let value = self.literal(&place, value, &self.draft.output);
            if self.draft.hit == Hit::Priority && !order.iter().any(|other| equal(other, &value)) {
                self.complain(place, "the result has no place in `order`", "add it there");
            }
            return Then::Value(value);
        };
        if self.draft.hit == Hit::Priority {
            self.complain(
                place.clone(),
                "a calculated result has no priority",
                "write one of the values of `order`",
            );
        }
        let names = InputNames { inputs: &self.draft.inputs, host: self.names };
        match Expression::compile(text, &names, &self.draft.output) {
            Ok(expression) => Then::Expression(expression),
            Err(faults) => {
                self.fail(&place, cell::shifted(faults, 1));
                Then::Value(Value::Null)
            }
        }
    }

    fn literal(&mut self, place: &Place, value: &Value, kind: &Kind) -> Value {
        cell::literal(value, kind).unwrap_or_else(|fault| {
            self.fail(place, vec![fault]);
            Value::Null
        })
    }

    fn test(&mut self, number: usize, test: &DraftTest) -> Test {
        let place = Place::Test(number);
        let mut given = Vec::new();
        for (id, value) in &test.given {
            if let Some(input) = self.input(&place, id) {
                let kind = &self.draft.inputs[input].kind;
                given.push((id.clone(), self.literal(&place, value, kind)));
            }
        }
        let collected = Kind::list(self.draft.output.clone());
        let kind = if self.draft.hit == Hit::Collect { &collected } else { &self.draft.output };
        let expect = match &test.expect {
            Value::Null => Value::Null,
            value => self.literal(&place, value, kind),
        };
        if test.row.is_some_and(|row| row == 0 || row > self.draft.rows.len()) {
            self.complain(place, "the table has no such row", "rows count from 1");
        }
        Test { given, expect, row: test.row }
    }
}
