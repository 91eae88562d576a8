//! Decision tables: rows of conditions over inputs, each with what follows and the law behind it.
//!
//! [`Draft`] is a table as a pack writes it; the pack crate fills it from TOML. [`Table::compile`] checks it: names,
//! kinds and units of every cell, rows that can never be reached, rows that stand against each other, and the table's
//! own tests. A cell's condition is
//!
//! - a value, or a list of values: the input is (one of) them;
//! - a text that begins with `<`, `<=`, `>`, `>=` or `!=`: the input stands so to what follows. A plain number there is
//!   in the input's unit, as it is in a cell that is a number;
//! - a text that begins with `=`: an expression over all inputs that must hold.
//!
//! An input that has no cell in a row is not asked for. A row without cells always holds.

mod cell;
mod cover;
mod decide;
mod tell;

pub use decide::{Decided, Undecided};
pub use tell::{CellStep, RowStep};

use crate::expression::constant;
use crate::kind::{Kind, Names, Signature};
use crate::value::{Facts, Stuck};
use crate::{Expression, Fault};
use cell::Cell;
use model::{Name, Value};
use std::collections::BTreeSet;
use std::fmt;

/// Most rows of a table.
pub const ROWS_MAX: usize = 1_000;
/// Most inputs of a table.
pub const INPUTS_MAX: usize = 32;

/// Which of the rows that hold counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// At most one row may hold.
    Unique,
    /// The first in the order of the table.
    First,
    /// The one whose result comes first in the table's `order`.
    Priority,
    /// Several may hold if they give the same.
    Any,
    /// All: the result is a list, empty if no row holds.
    Collect,
}

/// A table as a pack writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Which row counts.
    pub hit: Hit,
    /// What it is asked with.
    pub inputs: Vec<Input>,
    /// The kind of what follows.
    pub output: Kind,
    /// For [`Hit::Priority`]: the results, the most important first. Otherwise empty.
    pub order: Vec<Value>,
    /// Its rows.
    pub rows: Vec<DraftRow>,
    /// What must come out for what.
    pub tests: Vec<DraftTest>,
}

/// One input of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Its name: the path under which facts hold its value.
    pub id: Name,
    /// Its kind, with the unit.
    pub kind: Kind,
}

/// A row as a pack writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftRow {
    /// Conditions by input.
    pub when: Vec<(Name, Value)>,
    /// What follows: a value, or a text that begins with `=`: an expression over the inputs.
    pub then: Value,
    /// The law behind it.
    pub basis: Option<String>,
}

/// A test as a pack writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftTest {
    /// Values of inputs. Those that are not given are missing.
    pub given: Vec<(Name, Value)>,
    /// What must come out; nothing if no row may hold.
    pub expect: Value,
    /// The row that must give it, from 1.
    pub row: Option<usize>,
}

/// What is wrong in a table, and in which part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFault {
    /// In which part.
    pub place: Place,
    /// What is wrong. Its range counts in the text of that part.
    pub fault: Fault,
}

/// A part of a table. Rows, inputs and tests count from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The table as a whole.
    Table,
    /// An input.
    Input(usize),
    /// The list of results by priority.
    Order,
    /// A row.
    Row(usize),
    /// A row's condition for an input.
    When(usize, String),
    /// What follows from a row.
    Then(usize),
    /// A test.
    Test(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table => f.write_str("table"),
            Self::Input(input) => write!(f, "input {input}"),
            Self::Order => f.write_str("order"),
            Self::Row(row) => write!(f, "row {row}"),
            Self::When(row, input) => write!(f, "row {row}, {input}"),
            Self::Then(row) => write!(f, "row {row}, then"),
            Self::Test(test) => write!(f, "test {test}"),
        }
    }
}

impl fmt::Display for TableFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.fault)
    }
}

/// A compiled table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    hit: Hit,
    inputs: Vec<Input>,
    output: Kind,
    order: Vec<Value>,
    rows: Vec<Row>,
    tests: Vec<Test>,
}

#[derive(Clone, Debug, PartialEq)]
struct Row {
    /// One for each condition, with the position of its input.
    cells: Vec<(usize, Cell)>,
    then: Then,
    basis: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Then {
    Value(Value),
    Expression(Expression),
}

#[derive(Clone, Debug, PartialEq)]
struct Test {
    given: Vec<(Name, Value)>,
    expect: Value,
    row: Option<usize>,
}

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

    /// Which row counts.
    pub fn hit(&self) -> Hit {
        self.hit
    }

    /// What it is asked with.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// The kind of a result; of a table that collects, the kind of each.
    pub fn output(&self) -> &Kind {
        &self.output
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The law behind a row, counted from 1.
    pub fn basis(&self, row: usize) -> Option<&str> {
        self.rows.get(row.checked_sub(1)?)?.basis.as_deref()
    }

    /// Runs the table's tests. Without a host, those that call one of its functions or need its zone are passed over.
    pub fn run_tests(&self, host: Option<&dyn Facts>) -> Vec<TableFault> {
        let tests = (1..).zip(&self.tests);
        tests.filter_map(|(number, test)| Some(fault(Place::Test(number), self.run(test, host)?))).collect()
    }

    /// What is wrong about a test's outcome.
    fn run(&self, test: &Test, host: Option<&dyn Facts>) -> Option<(String, String)> {
        let given = Given { given: &test.given, host };
        let remedy = || "mend the row or the test".to_owned();
        match self.decide(&given) {
            Ok(decided) => {
                let right = equal(&decided.value, &test.expect);
                let row = test.row.is_none_or(|row| row == decided.row);
                let what = format!("row {} gives {}", decided.row, tell::plain(&decided.value));
                (!right || !row).then(|| (what, remedy()))
            }
            Err(Undecided::NoRow) if test.expect == Value::Null => None,
            Err(Undecided::Stuck { stuck: Stuck::Function(_) | Stuck::Zone(_), .. }) if host.is_none() => {
                None
            }
            Err(why) => Some((why.to_string(), remedy())),
        }
    }
}

/// Equal, whether counted or measured; lists value by value.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (a, b) => a == b || a.order(b).is_some_and(std::cmp::Ordering::is_eq),
    }
}

fn fault(place: Place, (what, remedy): (String, String)) -> TableFault {
    TableFault { place, fault: Fault::new(0..0, what, remedy) }
}

/// The values of a test, and the host's functions.
struct Given<'a> {
    given: &'a [(Name, Value)],
    host: Option<&'a dyn Facts>,
}

impl Facts for Given<'_> {
    fn value(&self, path: &[Name]) -> Value {
        let Some((first, keys)) = path.split_first() else { return Value::Null };
        let given = self.given.iter().find(|(id, _)| id == first).map(|(_, value)| value);
        keys.iter().fold(given, |value, key| value?.get(key.as_str())).cloned().unwrap_or(Value::Null)
    }

    fn call(&self, function: &str, arguments: &[Value]) -> Option<Value> {
        self.host?.call(function, arguments)
    }

    fn zone(&self) -> Option<&model::Zone> {
        self.host?.zone()
    }
}

/// The names that a table's expressions may use.
struct InputNames<'a> {
    inputs: &'a [Input],
    host: &'a dyn Names,
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
                self.fail(&place, faults);
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

/// The value of an expression that needs no facts.
fn fixed(expression: &Expression) -> Option<Value> {
    constant(expression.term())
}
