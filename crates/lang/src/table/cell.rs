//! One condition of a row: what a pack writes for an input, compiled, and judged.

use super::Input;
use super::compile::InputNames;
use crate::kind::{Kind, Names, describe};
use crate::value::{Facts, Stuck, Truth, order};
use crate::{Expression, Fault, LIST_MAX};
use model::{Instant, Name, Operator, Urn, Value};
use std::cmp::Ordering;

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    /// The input is one of these.
    OneOf(Vec<Value>),
    /// The input stands so to the value of an expression of its kind.
    Compare(Operator, Expression),
    /// An expression over all inputs holds.
    Holds(Expression),
}

/// What begins a comparison. The longer ones first.
const OPERATORS: [(&str, Operator); 5] = [
    ("<=", Operator::Le),
    (">=", Operator::Ge),
    ("!=", Operator::Ne),
    ("<", Operator::Lt),
    (">", Operator::Gt),
];

impl Cell {
    /// Reads a cell as it is written for an input.
    pub fn compile(value: &Value, input: &Input, names: &InputNames) -> Result<Self, Vec<Fault>> {
        let Value::Text(text) = value else {
            let values = if let Value::List(list) = value { list.clone() } else { vec![value.clone()] };
            return Self::one_of(&values, &input.kind);
        };
        if let Some(expression) = text.strip_prefix('=') {
            let expression = Expression::compile(expression, names, &Kind::Bool);
            return expression.map(Self::Holds).map_err(|faults| shifted(faults, 1));
        }
        let Some((symbol, op)) = OPERATORS.iter().find(|(symbol, _)| text.starts_with(symbol)) else {
            return Self::one_of(std::slice::from_ref(value), &input.kind);
        };
        if *op != Operator::Ne && !input.kind.is_ordered() {
            let what = format!("{} is not compared like this", input.kind);
            return Err(vec![Fault::new(0..symbol.len(), what, "write the values in a list")]);
        }
        let right = with_unit(&text[symbol.len()..], &input.kind);
        let right = Expression::compile(&right, names, &input.kind);
        right.map(|right| Self::Compare(*op, right)).map_err(|faults| shifted(faults, symbol.len()))
    }

    fn one_of(values: &[Value], kind: &Kind) -> Result<Self, Vec<Fault>> {
        if values.len() > LIST_MAX {
            let what = format!("the list has more than {LIST_MAX} values");
            return Err(vec![Fault::new(0..0, what, "keep them in several rows")]);
        }
        let values = values.iter().map(|value| literal(value, kind)).collect::<Result<Vec<_>, _>>();
        values.map(Self::OneOf).map_err(|fault| vec![fault])
    }

    /// Whether it holds.
    pub fn truth(&self, input: &Name, facts: &dyn Facts) -> Result<Truth, Stuck> {
        let found = || facts.value(std::slice::from_ref(input));
        match self {
            Self::Holds(expression) => match expression.value(facts)? {
                Value::Null => Ok(expression.holds(facts)),
                value => Ok(truth(value == Value::Bool(true))),
            },
            Self::OneOf(values) => {
                let found = found();
                if found == Value::Null {
                    return Ok(missing(input));
                }
                let wrong =
                    || Stuck::Kind { what: input.to_string(), found: describe(&found), wanted: Kind::Any };
                let mut comparable = values.is_empty();
                for value in values {
                    match order(&found, value) {
                        Some(Ordering::Equal) => return Ok(Truth::Yes),
                        other => comparable |= other.is_some(),
                    }
                }
                if comparable { Ok(Truth::No) } else { Err(wrong()) }
            }
            Self::Compare(op, right) => {
                let found = found();
                if found == Value::Null {
                    return Ok(missing(input));
                }
                match right.value(facts)? {
                    Value::Null => Ok(Truth::Unknown { missing: absent(right, facts) }),
                    right => match order(&found, &right) {
                        Some(order) => Ok(truth(op.holds(order))),
                        None => Err(Stuck::Compare {
                            what: input.to_string(),
                            left: describe(&found),
                            right: describe(&right),
                        }),
                    },
                }
            }
        }
    }
}

fn truth(holds: bool) -> Truth {
    if holds { Truth::Yes } else { Truth::No }
}

fn missing(input: &Name) -> Truth {
    Truth::Unknown { missing: vec![input.to_string()] }
}

/// The paths of an expression that have no value.
fn absent(expression: &Expression, facts: &dyn Facts) -> Vec<String> {
    let absent = expression.paths().into_iter().filter(|path| facts.value(path) == Value::Null);
    absent.map(|path| path.iter().map(Name::as_str).collect::<Vec<_>>().join(".")).collect()
}

/// Faults of a text that stands behind so many bytes of the cell's.
pub(super) fn shifted(faults: Vec<Fault>, by: usize) -> Vec<Fault> {
    let shift = |fault: Fault| Fault { at: fault.at.start + by..fault.at.end + by, ..fault };
    faults.into_iter().map(shift).collect()
}

/// A plain number is in the unit of the input.
fn with_unit(text: &str, kind: &Kind) -> String {
    match kind {
        Kind::Number(Some(unit)) if text.trim().parse::<f64>().is_ok_and(f64::is_finite) => {
            format!("{text} {unit}")
        }
        _ => text.to_owned(),
    }
}

/// A value as TOML has it, as one of a kind. Texts stand for dates, moments, URNs, and for numbers and durations with
/// their unit.
pub(super) fn literal(value: &Value, kind: &Kind) -> Result<Value, Fault> {
    let end = value.as_text().map_or(0, str::len);
    let wrong = || {
        let what = format!("this is {}, and {kind} is wanted", describe(value));
        Fault::new(0..end, what, "write a value of that kind")
    };
    match (kind, value) {
        (Kind::List(element), Value::List(list)) => {
            list.iter().map(|value| literal(value, element)).collect::<Result<_, _>>().map(Value::List)
        }
        (Kind::Instant, Value::Text(text)) => Instant::parse(text).map(Value::Instant).map_err(|_| wrong()),
        (Kind::Ref, Value::Text(text)) => Urn::new(text.as_str()).map(Value::Ref).map_err(|_| wrong()),
        (Kind::Number(_) | Kind::Duration, Value::Text(text)) => constant(text, kind),
        // A bare number of microseconds is not what anybody means.
        (Kind::Duration, Value::Int(_)) => {
            Err(Fault::new(0..end, "this duration has no unit", "write it as text with its unit: \"2h\""))
        }
        (_, Value::Null) => Err(wrong()),
        (kind, value) if kind.fits(value) => Ok(value.clone()),
        _ => Err(wrong()),
    }
}

fn constant(text: &str, kind: &Kind) -> Result<Value, Fault> {
    let names = InputNames { inputs: &[], host: &NoNames };
    let expression = Expression::compile(text, &names, kind).map_err(|mut faults| faults.swap_remove(0))?;
    super::fixed(&expression)
        .filter(|value| *value != Value::Null)
        .ok_or_else(|| Fault::new(0..text.len(), "this has no value", "write a number with its unit"))
}

struct NoNames;

impl Names for NoNames {
    fn kind(&self, _path: &[&str]) -> Option<Kind> {
        None
    }

    fn known(&self) -> Vec<String> {
        Vec::new()
    }
}
