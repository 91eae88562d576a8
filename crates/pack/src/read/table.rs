//! The file of a decision table. What makes a table unusable is `lang`'s to say.

use super::kind::{VALUES, ValueKind};
use crate::sheet::Sheet;
use crate::tree::{
    Both, Distinct, Fields, Id, Line, ListOf, Literal, Literals, Named, OneOf, Refer, Refers, Section, Whole,
};
use lang::{Builtin, Draft, DraftRow, DraftTest, Hit, Input, Kind, Names, Place, Table, Unit};
use model::{Name, Text, Value};

/// A decision table.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionTable {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// The table as it stands written.
    pub draft: Draft,
    /// The table itself.
    pub table: Table,
}

/// Functions that rules have beside the built-in ones.
const TAKEN: [&str; 4] = ["limit", "over", "mean", "change"];

const HITS: &[(&str, Hit)] = &[
    ("unique", Hit::Unique),
    ("first", Hit::First),
    ("priority", Hit::Priority),
    ("any", Hit::Any),
    ("collect", Hit::Collect),
];

/// Reads it, and compiles it with what it may call.
pub(crate) fn table(sheet: &Sheet<'_>, names: &dyn Names) -> Option<DecisionTable> {
    let (id, title, draft) = sheet.read(draft)?;
    if TAKEN.contains(&id.as_str()) || Builtin::named(id.as_str()).is_some() {
        let what = format!("`{id}` is a function of the language, and a table is called like one");
        sheet.complain("id", what, "give the table another id");
    }
    match Table::compile(&draft, names) {
        Ok(table) => Some(DecisionTable { id, title, draft, table }),
        Err(faults) => {
            for fault in faults {
                sheet.complain(&path(&fault.place), fault.fault.what, fault.fault.remedy);
            }
            None
        }
    }
}

/// Where a part of a table stands in its file.
fn path(place: &Place) -> String {
    match place {
        Place::Table => String::new(),
        Place::Input(input) => format!("inputs.{input}"),
        Place::Order => "order".to_owned(),
        Place::Row(row) => format!("row.{row}"),
        Place::When(row, input) => format!("row.{row}.when.{input}"),
        Place::Then(row) => format!("row.{row}.then"),
        Place::Test(test) => format!("test.{test}"),
    }
}

/// Reads its keys.
pub(crate) fn draft(s: &mut Section<'_>) -> (Name, Text, Draft) {
    s.format();
    let id = s.need("id", "Its name, and that of its file.", Id);
    let title = s.need("title", "What people call it.", Both);
    let draft = Draft {
        hit: s.or("hit", "Which of the rows that hold counts; default \"unique\".", OneOf(HITS), Hit::Unique),
        inputs: s.need("inputs", "What it is asked with.", Distinct("id", Fields(input))),
        output: s.need("output", "What comes out.", Fields(kind)),
        order: s.list("order", "With \"priority\": the results, the most important first.", ListOf(Literal)),
        rows: s.need("row", "Its rows.", ListOf(Fields(row))),
        tests: s.list("test", "What must come out for what.", ListOf(Fields(test))),
    };
    (id, title, draft)
}

fn input(s: &mut Section<'_>) -> Input {
    Input { id: s.need("id", "Its name.", Named("hours")), kind: kind(s) }
}

fn kind(s: &mut Section<'_>) -> Kind {
    let value = s.or("value", "What it holds; default \"text\".", OneOf(VALUES), ValueKind::Text);
    let unit = s.may("unit", "On a number: its unit.", Line);
    if let Some(unit) = unit.as_deref() {
        if value != ValueKind::Number {
            s.complain("unit", "a unit stands beside what is no number", "write value = \"number\"");
        } else if Unit::parse(unit).is_none() {
            let what = format!("`{unit}` is no unit that this build knows");
            s.complain("unit", what, "write its symbol, as unit = \"mg/m³\"");
        }
    }
    value.kind(unit.as_deref())
}

fn row(s: &mut Section<'_>) -> DraftRow {
    let when = "Conditions by input: a value, a list of values, \"<= 2\", or \"= …\"; what is left out does not matter.";
    DraftRow {
        when: s.may("when", when, Literals).unwrap_or_default().into_iter().collect(),
        then: s.need("then", "What follows: a value, or \"= …\".", Literal),
        basis: s.may("basis", "The law behind it.", Refers(Refer::Basis)).map(super::text),
    }
}

fn test(s: &mut Section<'_>) -> DraftTest {
    let row = s.may("row", "The row that must give it, from 1.", Whole(1, 1_000));
    DraftTest {
        given: s.need("given", "Values of inputs.", Literals).into_iter().collect(),
        expect: s
            .may("expect", "What must come out; nothing if no row may hold.", Literal)
            .unwrap_or(Value::Null),
        row: row.and_then(|row| usize::try_from(row).ok()),
    }
}
