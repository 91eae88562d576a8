//! The file of a table of limits: values of standards with the days on which they are in force.

use crate::tree::{
    Both, Day, Fields, Id, Line, ListOf, Literals, Named, Number, Refer, Refers, Section, Whole,
};
use model::Name;
use rule::{Limit, LimitRow, LimitTable};

/// Reads it.
pub(crate) fn limit(s: &mut Section<'_>) -> LimitTable {
    s.format();
    let table = LimitTable {
        id: s.need("id", "Its name, by which limit('…', …) finds it.", Id),
        title: s.need("title", "What people call it.", Both),
        unit: s.may("unit", "The unit of every value.", Line),
        by: s.list(
            "by",
            "The keys of `for`, in the order in which limit() is given their values.",
            ListOf(Named("factor")),
        ),
        rows: s.need("limit", "Its rows.", ListOf(Fields(row))),
    };
    if table.unit.as_deref().is_some_and(|unit| lang::Unit::parse(unit).is_none()) {
        let what =
            format!("`{}` is no unit that this build knows", table.unit.as_deref().unwrap_or_default());
        s.complain("unit", what, "write its symbol, as unit = \"mg/m³\"");
    }
    let known: Vec<&str> = table.by.iter().map(Name::as_str).collect();
    for (index, row) in (1..).zip(&table.rows).filter(|_| !known.is_empty()) {
        for key in row.given.keys().filter(|key| !known.contains(&key.as_str())) {
            let what = format!("`{key}` is no key of this table");
            s.complain(
                &format!("limit.{index}.for"),
                what,
                format!("the keys in `by` are {}", known.join(", ")),
            );
        }
    }
    table
}

fn row(s: &mut Section<'_>) -> LimitRow {
    let from = s.need("from", "First day in force.", Day);
    let to = s.may("to", "Last day in force.", Day);
    if to.is_some_and(|to| to < from) {
        s.complain("to", "the last day is before the first", "correct one of them");
    }
    let decimals = s.or("decimals", "Decimals in which it is written; default 0.", Whole(0, 9), 0);
    LimitRow {
        given: s
            .may("for", "What it is for; a key that is left out matches anything.", Literals)
            .unwrap_or_default(),
        limit: Limit {
            value: s.need("value", "The value that may not be exceeded.", Number),
            decimals: u8::try_from(decimals).unwrap_or(0),
            source: super::text(s.need("basis", "The clause that sets it.", Refers(Refer::Basis))),
            from: from.to_string(),
            to: to.map(|to| to.to_string()),
        },
    }
}
