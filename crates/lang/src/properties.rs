//! No text and no tree makes the language panic, and what it says twice it says alike.

use crate::samples::{Called, Outlet, facts, kinds, known};
use crate::{Draft, DraftRow, Expression, Hit, Input, Kind, Table, Truth};
use model::{Lang, Name, Value};
use proptest::prelude::*;

/// Everything that can be asked of an expression, on facts that are there and on none.
fn ask(expression: &Expression) -> Result<(), TestCaseError> {
    for facts in [facts(), known(&[])] {
        let value = expression.value(&facts);
        if let Ok(value) = &value {
            prop_assert!(expression.kind().fits(value), "{}: {value:?}", expression.text());
        }
        let truth = expression.holds(&facts);
        let steps = expression.why(&facts);
        prop_assert!(!steps.is_empty());
        if *expression.kind() == Kind::Bool {
            prop_assert_eq!(&steps[0].truth, &truth);
            prop_assert_eq!(truth == Truth::Yes, value == Ok(Value::Bool(true)));
        }
        expression.why_in(&facts, Lang::Zh, &Called);
    }
    prop_assert!(!expression.prose(Lang::Zh, &Called).is_empty());
    prop_assert!(!expression.prose(Lang::En, &Called).is_empty());
    let _ = (expression.filter(), expression.paths(), expression.calls());
    Ok(())
}

fn try_all(text: &str) -> Result<(), TestCaseError> {
    for expected in [Kind::Any, Kind::Bool, Kind::number("mg/m³"), Kind::Duration, Kind::list(Kind::Any)] {
        match Expression::compile(text, &Outlet, &expected) {
            Ok(expression) => ask(&expression)?,
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                for fault in faults {
                    prop_assert!(text.get(fault.at.clone()).is_some(), "{text:?} {fault:?}");
                    prop_assert!(!fault.what.is_empty() && !fault.remedy.is_empty());
                }
            }
        }
    }
    Ok(())
}

/// Pieces that are likely to make sense together.
fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "and",
        "or",
        "not",
        "in",
        "if",
        "then",
        "else",
        "nothing",
        "true",
        "(",
        ")",
        "[",
        "]",
        ",",
        ".",
        "=",
        "!=",
        "<",
        "<=",
        "+",
        "-",
        "*",
        "/",
        "0",
        "35 mg/m³",
        "2h",
        "1.5d",
        "20%",
        "'open'",
        "2026-10-01",
        "limit(",
        "min(",
        "round(",
        "day(",
        "2026-10-01T08:00:00+08:00",
        "9999999999999999999999",
        "==",
        "≤",
        "污",
    ];
    let words: Vec<String> =
        words.into_iter().chain(kinds().into_iter().map(|(name, _)| name)).map(str::to_owned).collect();
    prop::collection::vec(proptest::sample::select(words), 0..20).prop_map(|words| words.join(" "))
}

/// Trees written out: most of them do not fit together, and many do.
fn tree() -> impl Strategy<Value = String> {
    let names: Vec<String> = kinds().into_iter().map(|(name, _)| name.to_owned()).collect();
    let literals = [
        "0",
        "1",
        "2.5",
        "35 mg/m³",
        "40000 µg/m³",
        "20 %",
        "2h",
        "1d",
        "'open'",
        "'1402'",
        "true",
        "nothing",
        "2026-10-01",
    ];
    let literals: Vec<String> = literals.map(str::to_owned).to_vec();
    let leaf = prop_oneof![proptest::sample::select(names), proptest::sample::select(literals)];
    leaf.prop_recursive(6, 48, 3, |inner| {
        let op = proptest::sample::select(vec!["=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "and", "or", "in", "not in"]);
        let function = proptest::sample::select(vec!["abs", "min", "max", "sum", "length", "day", "hour", "limit", "near"]);
        let pair = proptest::sample::select(vec!["round", "contains", "starts-with", "age", "min", "max", "near"]);
        prop_oneof![
            4 => (inner.clone(), op, inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            1 => inner.clone().prop_map(|a| format!("not ({a})")),
            1 => inner.clone().prop_map(|a| format!("-({a})")),
            1 => (function, inner.clone()).prop_map(|(name, a)| format!("{name}({a})")),
            1 => (pair, inner.clone(), inner.clone()).prop_map(|(name, a, b)| format!("{name}({a}, {b})")),
            1 => prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| format!("[{}]", parts.join(", "))),
            1 => (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("(if {a} then {b} else {c})")),
        ]
    })
}

/// Facts of any kind under any name: types may change, and a feed may lie.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<f64>().prop_map(Value::number),
        any::<i64>().prop_map(|micros| Value::Instant(model::Instant::from_micros(micros))),
        "[a-z0-9-]{0,12}".prop_map(Value::Text),
        prop::collection::vec(any::<f64>().prop_map(Value::number), 0..3).prop_map(Value::List),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        try_all(&text)?;
    }

    #[test]
    fn any_pieces_are_read_or_refused(text in pieces()) {
        try_all(&text)?;
    }

    #[test]
    fn any_tree_is_read_or_refused(text in tree()) {
        try_all(&text)?;
    }

    #[test]
    fn any_facts_are_borne(text in tree(), values in prop::collection::vec(value(), kinds().len())) {
        let pairs: Vec<_> = kinds().into_iter().map(|(name, _)| name).zip(values).collect();
        let facts = known(&pairs);
        if let Ok(expression) = Expression::compile(&text, &Outlet, &Kind::Any) {
            let value = expression.value(&facts);
            prop_assert!(value.is_err() || expression.kind().fits(&value.unwrap_or(Value::Null)), "{}", text);
            expression.holds(&facts);
            expression.why(&facts);
        }
    }

    #[test]
    fn any_table_is_read_or_refused(
        cells in prop::collection::vec((prop_oneof![pieces(), "[<>=!]{1,2} ?[0-9a-z ']{0,8}"], value(), value()), 0..4),
    ) {
        let id = Name::new("so2").map_err(|why| TestCaseError::fail(why.to_string()))?;
        for hit in [Hit::Unique, Hit::First, Hit::Any, Hit::Collect] {
            for kind in [Kind::number("mg/m³"), Kind::Text, Kind::Any, Kind::Date] {
                let row = |(text, value, then): &(String, Value, Value)| DraftRow {
                    when: vec![(id.clone(), if *value == Value::Null { text.as_str().into() } else { value.clone() })],
                    then: then.clone(),
                    basis: None,
                };
                let draft = Draft {
                    hit,
                    inputs: vec![Input { id: id.clone(), kind: kind.clone() }],
                    output: kind,
                    order: Vec::new(),
                    rows: cells.iter().map(row).collect(),
                    tests: Vec::new(),
                };
                if let Ok(table) = Table::compile(&draft, &Outlet) {
                    let _ = table.decide(&facts());
                    table.why(&facts(), Lang::En, &Called);
                    prop_assert!(!table.prose(Lang::Zh, &Called).is_empty());
                }
            }
        }
    }
}
