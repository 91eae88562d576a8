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
mod compile;
mod cover;
mod decide;
mod tell;

pub use decide::{Decided, Undecided};
pub use tell::{CellStep, RowStep};

use crate::expression::constant;
use crate::kind::Kind;
use crate::value::{Facts, Stuck};
use crate::{Expression, Fault};
use cell::Cell;
use model::{Name, Value};
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

/// The value of an expression that needs no facts.
fn fixed(expression: &Expression) -> Option<Value> {
    constant(expression.term())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{Called, Outlet, known};
    use model::Lang;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn list(values: &[&str]) -> Value {
        Value::List(values.iter().map(|value| Value::from(*value)).collect())
    }

    /// Two inputs, and rows of: component, hours, result. Nothing is no condition.
    fn draft(hit: Hit, rows: &[(Value, Value, Value)]) -> Draft {
        let row = |(component, hours, then): &(Value, Value, Value)| {
            let when = [("component", component), ("hours", hours)];
            let when = when.into_iter().filter(|(_, value)| **value != Value::Null);
            DraftRow {
                when: when.map(|(id, value)| (name(id), value.clone())).collect(),
                then: then.clone(),
                basis: Some("demo-setting".to_owned()),
            }
        };
        let input = |id, kind| Input { id: name(id), kind };
        Draft {
            hit,
            inputs: vec![input("component", Kind::Text), input("hours", Kind::number("h"))],
            output: Kind::Text,
            order: Vec::new(),
            rows: rows.iter().map(row).collect(),
            tests: Vec::new(),
        }
    }

    fn routing(hit: Hit) -> Draft {
        draft(
            hit,
            &[
                (list(&["cover", "lamp"]), "<= 2".into(), "guard".into()),
                ("cover".into(), "> 2".into(), "repair".into()),
                (
                    Value::Null,
                    "= hours > 120 min and component != 'cover' and component != 'lamp'".into(),
                    "patrol".into(),
                ),
            ],
        )
    }

    fn compiled(draft: &Draft) -> Table {
        Table::compile(draft, &Outlet).unwrap_or_else(|faults| panic!("{faults:?}"))
    }

    fn faults(draft: &Draft) -> Vec<String> {
        match Table::compile(draft, &Outlet) {
            Ok(_) => Vec::new(),
            Err(faults) => faults.iter().map(ToString::to_string).collect(),
        }
    }

    fn decide(table: &Table, component: &str, hours: f64) -> String {
        let mut given = vec![("hours", Value::number(hours))];
        if !component.is_empty() {
            given.push(("component", component.into()));
        }
        match table.decide(&known(&given)) {
            Ok(decided) => format!("{} {}", decided.row, tell::plain(&decided.value)),
            Err(why) => why.to_string(),
        }
    }

    #[test]
    fn the_row_that_holds_decides() {
        let table = compiled(&routing(Hit::Unique));
        for (component, hours, expected) in [
            ("cover", 2.0, "1 “guard”"),
            ("lamp", 0.5, "1 “guard”"),
            ("cover", 2.5, "2 “repair”"),
            ("bench", 3.0, "3 “patrol”"),
            ("bench", 1.0, "no row holds"),
            ("lamp", 3.0, "no row holds"),
            ("", 1.0, "row 1 depends on what is not known: component"),
        ] {
            assert_eq!(decide(&table, component, hours), expected, "{component} {hours}");
        }
    }

    #[test]
    fn each_policy_chooses_its_way() {
        let rows: [(Value, Value, Value); 3] = [
            ("cover".into(), Value::Null, "low".into()),
            (Value::Null, "<= 2".into(), "high".into()),
            (Value::Null, ">= 2".into(), "low".into()),
        ];
        for (hit, hours, expected) in [
            (Hit::First, 1.0, "1 “low”"),
            (Hit::Priority, 1.0, "2 “high”"),
            (Hit::Priority, 3.0, "1 “low”"),
            (Hit::Collect, 2.0, "1 [“low”, “high”, “low”]"),
            (Hit::Collect, 3.0, "1 [“low”, “low”]"),
        ] {
            let mut draft = draft(hit, &rows);
            if hit == Hit::Priority {
                draft.order = vec!["high".into(), "low".into()];
            }
            assert_eq!(decide(&compiled(&draft), "cover", hours), expected, "{hit:?} {hours}");
        }
        let same = [rows[0].clone(), (Value::Null, ">= 2".into(), "low".into())];
        assert_eq!(decide(&compiled(&draft(Hit::Any, &same)), "cover", 3.0), "1 “low”");
    }

    #[test]
    fn rows_that_stand_against_each_other_are_found() {
        let text = |text: &str| Value::from(text);
        let none = || Value::Null;
        for (hit, rows, expected) in [
            (
                Hit::Unique,
                [(text("cover"), none()), (none(), text("<= 2"))],
                "row 2: the row and row 1 can hold at once, and one at most may: change one of them; row 1 comes first",
            ),
            (Hit::Unique, [(none(), text("< 2")), (none(), text(">= 2"))], ""),
            (
                Hit::Unique,
                [(none(), text("<= 2")), (none(), text(">= 2"))],
                "row 2: the row and row 1 can hold at once, and one at most may: change one of them; row 1 comes first",
            ),
            (Hit::Unique, [(none(), text("<= 2")), (none(), text(">= 121 min"))], ""),
            (Hit::Unique, [(text("cover"), none()), (text("!= 'cover'"), none())], ""),
            (
                Hit::Unique,
                [(list(&["a", "b"]), none()), (list(&["b", "c"]), none())],
                "row 2: the row and row 1 can hold at once, and one at most may: change one of them; row 1 comes first",
            ),
            (
                Hit::First,
                [(none(), none()), (text("cover"), none())],
                "row 2: the row is never reached: row 1 holds wherever it does: change one of them; row 1 comes first",
            ),
            (
                Hit::First,
                [(none(), text("> 1")), (text("cover"), text(">= 2"))],
                "row 2: the row is never reached: row 1 holds wherever it does: change one of them; row 1 comes first",
            ),
            (Hit::First, [(none(), text("> 2")), (none(), text(">= 2"))], ""),
            (
                Hit::First,
                [(none(), text("= hours > 1")), (none(), none())],
                "row 1, hours: this number has no unit: write its unit, such as h, behind it",
            ),
            (
                Hit::Any,
                [(text("cover"), none()), (none(), text("<= 2"))],
                "row 2: the row and row 1 can hold at once and give different results: change one of them; row 1 comes first",
            ),
        ] {
            let [first, second] = rows;
            let rows = [(first.0, first.1, "x".into()), (second.0, second.1, "y".into())];
            assert_eq!(faults(&draft(hit, &rows)).join("; "), expected, "{hit:?} {rows:?}");
        }
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let mut draft = routing(Hit::Unique);
        draft.rows[0].when[0].0 = name("componant");
        draft.rows[1].when[1].1 = "<= 2 kg".into();
        draft.rows[2].then = Value::Int(3);
        draft.tests.push(DraftTest {
            given: vec![(name("hours"), "x".into())],
            expect: "guard".into(),
            row: Some(4),
        });
        assert_eq!(
            faults(&draft),
            [
                "row 1, componant: `componant` is no input of the table: did you mean `component`?",
                "row 2, hours: kg and h measure different things: compare and add only what can be converted",
                "row 3, then: this is a number, and text is wanted: write a value of that kind",
                "test 1: `x` is not known here: use a name that is known here; a code stands in quotes",
                "test 1: the table has no such row: rows count from 1",
            ]
        );
        assert_eq!(
            faults(&self::draft(Hit::Unique, &[])),
            ["table: the table has no rows: write at least one row"]
        );
    }

    #[test]
    fn a_fault_in_a_cell_stands_where_it_is_written() {
        for (cell, at) in [("= hours > 2 kg", 10..14), ("<= kg", 3..5), ("cover <", 0..0)] {
            let rows = [(Value::Null, cell.into(), "x".into())];
            let faults = Table::compile(&draft(Hit::First, &rows), &Outlet).unwrap_err();
            assert!(at.is_empty() || faults[0].fault.at == at, "{cell}: {faults:?}");
        }
    }

    #[test]
    fn the_tables_own_tests_are_run() {
        let test = |component: &str, hours: f64, expect: Value, row| DraftTest {
            given: vec![(name("component"), component.into()), (name("hours"), Value::Number(hours))],
            expect,
            row,
        };
        let mut draft = routing(Hit::Unique);
        draft.tests = vec![
            test("cover", 1.0, "guard".into(), Some(1)),
            test("bench", 1.0, Value::Null, None),
            test("cover", 3.0, "guard".into(), None),
            test("cover", 3.0, "repair".into(), Some(1)),
        ];
        // What an expression covers is not known before a test tries it.
        draft.rows[2].when[0].1 = "= hours > 2h".into();
        draft.tests.push(test("cover", 4.0, "repair".into(), None));
        assert_eq!(
            faults(&draft),
            [
                "test 3: rows [2, 3] hold at once, and one at most may: mend the row or the test",
                "test 4: rows [2, 3] hold at once, and one at most may: mend the row or the test",
                "test 5: rows [2, 3] hold at once, and one at most may: mend the row or the test",
            ]
        );
        draft.hit = Hit::First;
        assert_eq!(
            faults(&draft),
            [
                "test 3: row 2 gives “repair”: mend the row or the test",
                "test 4: row 2 gives “repair”: mend the row or the test",
            ]
        );
    }

    #[test]
    fn results_can_be_calculated() {
        let mut draft = routing(Hit::Unique);
        draft.output = Kind::Duration;
        draft.rows[0].then = "= hours * 2".into();
        draft.rows[1].then = "1d 2h".into();
        draft.rows[2].then = "30min".into();
        let table = compiled(&draft);
        let facts = known(&[("component", "cover".into()), ("hours", Value::Number(1.5))]);
        assert_eq!(table.decide(&facts).map(|decided| decided.value), Ok(Value::Int(10_800_000_000)));
    }

    #[test]
    fn the_reasons_name_the_rows_and_what_was_found() {
        let table = compiled(&routing(Hit::First));
        let facts = known(&[("component", "cover".into()), ("hours", Value::Number(3.0))]);
        let steps = table.why(&facts, Lang::Zh, &Called);
        assert_eq!(
            steps.iter().map(|step| (step.row, step.chosen)).collect::<Vec<_>>(),
            [(1, false), (2, true)]
        );
        assert_eq!(steps[1].cells[0].text, "部件为“井盖”");
        assert_eq!(steps[0].cells[1].found, Value::Number(3.0));
        assert_eq!(table.basis(2), Some("demo-setting"));
    }

    #[test]
    fn tables_are_said_in_both_languages() {
        let table = compiled(&draft(
            Hit::First,
            &[
                (list(&["cover", "lamp"]), "<= 2".into(), "guard".into()),
                (Value::Null, Value::Null, "patrol".into()),
            ],
        ));
        assert_eq!(
            table.prose(Lang::En, &Called),
            "The first row that holds decides.\n\
             1. If the component is one of “manhole cover”, “lamp” and the time is at most 2 h: “guard” (basis: demo-setting)\n\
             2. In any case: “patrol” (basis: demo-setting)"
        );
        assert_eq!(
            table.prose(Lang::Zh, &Called),
            "自上而下，以先成立的一行为准。\n\
             1. 部件为“井盖”、“lamp”之一，且时限不大于2小时，则为“guard”（依据：demo-setting）\n\
             2. 任何情形下为“patrol”（依据：demo-setting）"
        );
    }
}
