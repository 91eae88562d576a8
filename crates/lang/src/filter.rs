//! Expressions to filters. A filter has two values and an expression three, so negation is carried down to the
//! comparisons: `not (so2 > 35 mg/m³)` becomes `so2 <= 35`, which does not match where `so2` is absent, just as the
//! expression does not hold there.

use crate::expression::constant;
use crate::function::Builtin;
use crate::kind::Kind;
use crate::term::{Form, Term};
use model::{Filter, Name, Operator, Urn, Value};

/// The filter that matches where a condition holds, provided attributes are of the kinds that their type says.
pub(crate) fn filter(term: &Term) -> Option<Filter> {
    if matches!(term.kind, Kind::Bool | Kind::Any) { Some(holds(term, true)?.simplify()) } else { None }
}

/// Where a condition is `yes`: true for certain, or false for certain.
fn holds(term: &Term, yes: bool) -> Option<Filter> {
    if let Some(value) = constant(term) {
        return Some(if value == Value::Bool(yes) { Filter::All } else { Filter::None });
    }
    match &term.form {
        Form::And(parts) => join(parts, yes, yes),
        Form::Or(parts) => join(parts, yes, !yes),
        Form::Not(inner) => holds(inner, !yes),
        Form::Fit { term, .. } => holds(term, yes),
        Form::Path { .. } => Some(compare(stored(term)?, Operator::Eq, Value::Bool(yes))),
        Form::Known { term, known } => {
            let has = Filter::Has { path: stored(term)? };
            Some(if *known == yes { has } else { Filter::Not(Box::new(has)) })
        }
        Form::Compare(op, left, right) => {
            let (path, op, value) = match (stored(left), stored(right)) {
                (Some(path), None) => (path, *op, told(right, &left.kind)?),
                (None, Some(path)) => (path, op.turned(), told(left, &right.kind)?),
                _ => return None,
            };
            Some(compare(path, if yes { op } else { op.opposite() }, value))
        }
        Form::In { item, list, negated } => member(item, list, yes != *negated),
        Form::Builtin(Builtin::StartsWith, arguments) => {
            let path = stored(arguments.first()?)?;
            let prefix = constant(arguments.get(1)?)?.as_text()?.to_owned();
            let starts = Filter::Starts { path: path.clone(), prefix };
            Some(if yes {
                starts
            } else {
                Filter::And(vec![Filter::Has { path }, Filter::Not(Box::new(starts))])
            })
        }
        Form::If(parts) => {
            let [condition, then, otherwise] = &**parts;
            let first = Filter::And(vec![holds(condition, true)?, holds(then, yes)?]);
            let second = Filter::And(vec![holds(condition, false)?, holds(otherwise, yes)?]);
            Some(Filter::Or(vec![first, second]))
        }
        _ => None,
    }
}

/// `and` holds where all do, and fails where one does.
fn join(parts: &[Term], yes: bool, all: bool) -> Option<Filter> {
    let parts = parts.iter().map(|part| holds(part, yes)).collect::<Option<Vec<_>>>()?;
    Some(if all { Filter::And(parts) } else { Filter::Or(parts) })
}

/// Whether a value is in a list that is written out. Where it is not is said value by value, so that what is absent
/// is not matched.
fn member(item: &Term, list: &Term, inside: bool) -> Option<Filter> {
    let path = stored(item)?;
    let Form::List(parts) = &list.bare().form else { return None };
    let values = parts.iter().map(|part| told(part, &item.kind)).collect::<Option<Vec<_>>>()?;
    if inside {
        return Some(Filter::In { path, values });
    }
    let differs = values.into_iter().map(|value| compare(path.clone(), Operator::Ne, value));
    Some(Filter::And([Filter::Has { path: path.clone() }].into_iter().chain(differs).collect()))
}

fn compare(path: Vec<Name>, op: Operator, value: Value) -> Filter {
    Filter::Compare { path, op, value }
}

/// The path of a term that is an attribute as it stands, in its own unit.
fn stored(term: &Term) -> Option<Vec<Name>> {
    match &term.form {
        Form::Path { path, stored: true } => Some(path.clone()),
        _ => None,
    }
}

/// A constant as it is stored with a value of a kind. Text beside a reference is a URN; one that is none can be equal
/// to nothing, and then there is no filter.
fn told(term: &Term, beside: &Kind) -> Option<Value> {
    match (constant(term)?, beside) {
        (Value::Text(text), Kind::Ref) => Urn::new(text).ok().map(Value::Ref),
        (Value::Null, _) => None,
        (value, _) => Some(value),
    }
}
