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

#[cfg(test)]
mod tests {
    use crate::samples::{facts, good, known};
    use crate::{Kind, Truth};
    use model::{Attribute, Entity, Filter, Held, Instant, Name, Operator, Urn, Value};
    use std::collections::BTreeMap;

    fn entity(values: &BTreeMap<String, Value>) -> Entity {
        let held = |value: &Value| Held {
            attribute: Attribute::plain(value.clone()),
            sequence: 1,
            committed: Instant::from_micros(1),
        };
        let attributes = values.iter().filter_map(|(name, value)| Some((Name::new(name).ok()?, held(value))));
        Entity {
            urn: Urn::new("urn:ngsi-ld:Outlet:1").unwrap(),
            kind: Name::new("Outlet").unwrap(),
            version: 1,
            attributes: attributes.collect(),
            record: Value::Null,
        }
    }

    #[test]
    fn a_filter_matches_exactly_where_the_expression_holds() {
        for text in [
            "so2 > 35000 µg/m³",
            "not (so2 > 35000 µg/m³)",
            "35 mg/m³ >= so2",
            "status != 'open'",
            "not (status = 'open' and so2 > 1 mg/m³)",
            "status in ['open', 'closed']",
            "status not in ['open', 'closed']",
            "not (status in [])",
            "starts-with(division, '140212')",
            "not starts-with(division, '140212')",
            "urgent",
            "not urgent or count >= 3",
            "inspectedBy = nothing",
            "not (inspectedBy = nothing)",
            "source = 'urn:ngsi-ld:Source:1'",
            "if urgent then count > 2 else so2 > 1 mg/m³",
            "if status = 'open' then urgent else not urgent",
            "signedOn >= 2026-09-30 and signedOn < 2026-09-30 + 1d",
            "hoursOpen < 2h",
            "waited > 1h",
            "answers.floor = 2",
            "so2 > 10 mg/m³ + 5 mg/m³",
            "false",
        ] {
            let expression = good(text, &Kind::Bool);
            let filter = expression.filter().unwrap_or_else(|| panic!("{text}"));
            // With everything known, and with each fact absent in turn.
            let all = facts().values;
            let without = all.keys().map(|name| {
                let mut values = all.clone();
                values.remove(name);
                values
            });
            for values in without.chain([all.clone(), BTreeMap::new()]) {
                let pairs: Vec<_> = values
                    .iter()
                    // The map and the key in it are one fact.
                    .filter(|(name, _)| *name != "answers.floor" || values.contains_key("answers"))
                    .map(|(name, value)| (name.as_str(), value.clone()))
                    .collect();
                let mut facts = known(&pairs);
                if let Some(floor) = values.get("answers").and_then(|answers| answers.get("floor")) {
                    facts.values.insert("answers.floor".to_owned(), floor.clone());
                }
                let holds = expression.holds(&facts) == Truth::Yes;
                assert_eq!(filter.matches(&entity(&values)), holds, "{text}: {filter:?} on {values:?}");
            }
        }
    }

    #[test]
    fn what_is_not_stored_with_the_entity_is_no_filter() {
        for text in [
            "source.division = '1402'",
            "actor = inspectedBy",
            "actor = 'urn:ngsi-ld:Person:a'",
            "observed < now",
            "so2 > limit(so2Limit)",
            "so2 * 2 > 1 mg/m³",
            "contains(tags, 'coal')",
            "source = 'nobody'",
            "urgent and so2 > limit(so2Limit)",
        ] {
            assert_eq!(good(text, &Kind::Bool).filter(), None, "{text}");
        }
        assert_eq!(good("count", &Kind::Any).filter(), None);
    }

    #[test]
    fn constants_are_in_the_unit_of_the_attribute() {
        let expected = Filter::Compare {
            path: vec![Name::new("so2").unwrap()],
            op: Operator::Lt,
            value: Value::Number(0.035),
        };
        assert_eq!(good("35 µg/m³ > so2", &Kind::Bool).filter(), Some(expected));
    }
}
