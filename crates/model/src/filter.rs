//! The one query tree: lists, permissions, boards and datasets compile to it. The store compiles the same tree to SQL,
//! so every node says here what it means, and [`Filter::matches`] is the meaning the SQL is tested against.
//!
//! **Two values.** A filter matches or does not. What is absent, or of another kind than what it is compared with,
//! matches no comparison, not even `Ne`. [`Filter::Not`] is plain negation: it matches whatever its inside does not.

use crate::{Entity, Name, Urn, Value};
use std::cmp::Ordering;

/// What entities are asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Every entity.
    All,
    /// No entity.
    None,
    /// Those that every part matches; all, if there is no part.
    And(Vec<Filter>),
    /// Those that some part matches; none, if there is no part.
    Or(Vec<Filter>),
    /// Those that the part does not match.
    Not(Box<Filter>),
    /// Those with a value at a path that stands so to another value of its kind. Counts and numbers are one kind and
    /// compared exactly, texts are ordered by their bytes (so dates written year first are in order), and no is before yes. Lists, maps
    /// and sealed values have no order and match nothing.
    Compare {
        /// Where: an attribute, then keys of maps.
        path: Vec<Name>,
        /// How the value found must stand to `value`.
        op: Operator,
        /// What it is compared with.
        value: Value,
    },
    /// Those with a value at a path that is equal to one of some values.
    In {
        /// Where: an attribute, then keys of maps.
        path: Vec<Name>,
        /// The values.
        values: Vec<Value>,
    },
    /// Those that have something at a path.
    Has {
        /// Where: an attribute, then keys of maps.
        path: Vec<Name>,
    },
    /// Those with a text at a path that starts so. Division codes are nested by their beginnings.
    Starts {
        /// Where: an attribute, then keys of maps.
        path: Vec<Name>,
        /// The beginning. The empty one is the beginning of every text.
        prefix: String,
    },
    /// Those of a type.
    Kind(Name),
    /// Those that are named.
    Is(Vec<Urn>),
}

/// How one value stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Of the same kind, and not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

impl Operator {
    /// All six.
    pub const ALL: [Self; 6] = [Self::Eq, Self::Ne, Self::Lt, Self::Le, Self::Gt, Self::Ge];

    /// Whether it holds of two values that stand so.
    pub const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
        }
    }

    /// The operator that holds exactly when this one does not, of two values that can be compared.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Eq => Self::Ne,
            Self::Ne => Self::Eq,
            Self::Lt => Self::Ge,
            Self::Le => Self::Gt,
            Self::Gt => Self::Le,
            Self::Ge => Self::Lt,
        }
    }

    /// The operator that says the same with both sides changed over.
    #[must_use]
    pub const fn turned(self) -> Self {
        match self {
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            same => same,
        }
    }
}

impl Value {
    /// How this value stands to another one of its kind; nothing if the kinds differ or have no order.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(b)),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Bytes(a), Self::Bytes(b)) => Some(a.cmp(b)),
            (Self::Instant(a), Self::Instant(b)) => Some(a.cmp(b)),
            (Self::Ref(a), Self::Ref(b)) => Some(a.cmp(b)),
            (Self::Number(a), Self::Number(b)) => a.partial_cmp(b),
            (Self::Int(a), Self::Number(b)) => count_and_number(*a, *b),
            (Self::Number(a), Self::Int(b)) => count_and_number(*b, *a).map(Ordering::reverse),
            _ => None,
        }
    }
}

/// How a count stands to a number, exactly. Rounding the count first would make two counts equal to one number and not
/// to each other; then no index could have them in order.
fn count_and_number(count: i64, number: f64) -> Option<Ordering> {
    /// 2⁶³: the first number above every count.
    const END: f64 = 9_223_372_036_854_775_808.0;
    if number.is_nan() {
        return None;
    }
    if number >= END {
        return Some(Ordering::Less);
    }
    if number < -END {
        return Some(Ordering::Greater);
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole, and within the range of counts")]
    let whole = number.trunc() as i64;
    let fraction = number.fract();
    Some(count.cmp(&whole).then(if fraction > 0.0 {
        Ordering::Less
    } else if fraction < 0.0 {
        Ordering::Greater
    } else {
        Ordering::Equal
    }))
}

impl Filter {
    /// Whether an entity is asked for.
    pub fn matches(&self, entity: &Entity) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::And(parts) => parts.iter().all(|part| part.matches(entity)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(entity)),
            Self::Not(part) => !part.matches(entity),
            Self::Compare { path, op, value } => {
                at(entity, path).order(value).is_some_and(|order| op.holds(order))
            }
            Self::In { path, values } => {
                let found = at(entity, path);
                values.iter().any(|value| found.order(value).is_some_and(Ordering::is_eq))
            }
            Self::Has { path } => *at(entity, path) != Value::Null,
            Self::Starts { path, prefix } => {
                at(entity, path).as_text().is_some_and(|text| text.starts_with(prefix))
            }
            Self::Kind(kind) => entity.kind == *kind,
            Self::Is(urns) => urns.contains(&entity.urn),
        }
    }

    /// A filter that matches the same entities, with nothing in it that decides nothing: no `And` in an `And`, no part
    /// twice, no double negation, no comparison that can never hold.
    #[must_use]
    pub fn simplify(self) -> Self {
        match self {
            Self::And(parts) => join(parts, true),
            Self::Or(parts) => join(parts, false),
            Self::Not(part) => negate(part.simplify()),
            Self::Compare { value, .. } if value.order(&value).is_none() => Self::None,
            Self::In { path, values } => one_of(path, values),
            Self::Is(mut urns) => {
                urns.sort();
                urns.dedup();
                if urns.is_empty() { Self::None } else { Self::Is(urns) }
            }
            plain => plain,
        }
    }
}

/// The value at a path, or nothing.
fn at<'a>(entity: &'a Entity, path: &[Name]) -> &'a Value {
    let Some((attribute, keys)) = path.split_first() else { return &Value::Null };
    let value = entity.value(attribute.as_str());
    keys.iter().fold(value, |value, key| value.get(key.as_str()).unwrap_or(&Value::Null))
}

fn negate(part: Filter) -> Filter {
    match part {
        Filter::All => Filter::None,
        Filter::None => Filter::All,
        Filter::Not(part) => *part,
        part => Filter::Not(Box::new(part)),
    }
}

/// `And` if `all`, otherwise `Or`. What decides an `Or` at once is `All`, and what adds nothing to it is `None`.
fn join(parts: Vec<Filter>, all: bool) -> Filter {
    let (decides, adds_nothing) = if all { (Filter::None, Filter::All) } else { (Filter::All, Filter::None) };
    let mut kept: Vec<Filter> = Vec::new();
    let flat = parts.into_iter().flat_map(|part| match part.simplify() {
        Filter::And(inner) if all => inner,
        Filter::Or(inner) if !all => inner,
        part => vec![part],
    });
    for part in flat {
        if part == decides || kept.contains(&negate(part.clone())) {
            return decides;
        }
        if part != adds_nothing && !kept.contains(&part) {
            kept.push(part);
        }
    }
    match kept.len() {
        0 => adds_nothing,
        1 => kept.swap_remove(0),
        _ if all => Filter::And(kept),
        _ => Filter::Or(kept),
    }
}

fn one_of(path: Vec<Name>, values: Vec<Value>) -> Filter {
    let mut kept: Vec<Value> = Vec::new();
    for value in values {
        if value.order(&value).is_some() && !kept.contains(&value) {
            kept.push(value);
        }
    }
    match kept.len() {
        0 => Filter::None,
        1 => Filter::Compare { path, op: Operator::Eq, value: kept.swap_remove(0) },
        _ => Filter::In { path, values: kept },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Attribute, Held, Instant, Urn, map};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn path(text: &str) -> Vec<Name> {
        text.split('.').map(|name| Name::new(name).unwrap()).collect()
    }

    fn compare(at: &str, op: Operator, value: impl Into<Value>) -> Filter {
        Filter::Compare { path: path(at), op, value: value.into() }
    }

    fn entity(attributes: &[(&str, Value)]) -> Entity {
        let held = |value: &Value| Held {
            attribute: Attribute::plain(value.clone()),
            sequence: 1,
            committed: Instant::from_micros(1),
        };
        Entity {
            urn: Urn::new("urn:ngsi-ld:Source:1").unwrap(),
            kind: Name::new("Source").unwrap(),
            version: 1,
            attributes: attributes.iter().map(|(n, v)| (Name::new(*n).unwrap(), held(v))).collect(),
            record: Value::Null,
        }
    }

    fn source() -> Entity {
        entity(&[
            ("so2", Value::Number(40.0)),
            ("count", Value::Int(3)),
            ("division", "140212103".into()),
            ("urgent", true.into()),
            ("place", map([("town", "x".into())])),
        ])
    }

    #[test]
    fn each_node_means_what_it_says() {
        use Operator::{Eq, Ge, Gt, Le, Lt, Ne};
        let starts = |prefix: &str| Filter::Starts { path: path("division"), prefix: prefix.to_owned() };
        for (filter, expected) in [
            (Filter::All, true),
            (Filter::None, false),
            (Filter::And(vec![]), true),
            (Filter::Or(vec![]), false),
            (Filter::Kind(Name::new("Source").unwrap()), true),
            (Filter::Kind(Name::new("Other").unwrap()), false),
            (compare("so2", Gt, Value::Int(35)), true),
            (compare("count", Le, Value::Number(3.0)), true),
            (compare("count", Ge, Value::Int(4)), false),
            (compare("urgent", Eq, true), true),
            (compare("place.town", Eq, "x"), true),
            (compare("place.town.deeper", Eq, "x"), false),
            (Filter::In { path: path("count"), values: vec![1.into(), 3.into()] }, true),
            (Filter::In { path: path("count"), values: vec!["3".into()] }, false),
            (starts("140212"), true),
            (starts(""), true),
            (starts("1403"), false),
            (Filter::Is(vec![Urn::new("urn:ngsi-ld:Source:1").unwrap()]), true),
            (Filter::Is(vec![Urn::new("urn:ngsi-ld:Source:2").unwrap()]), false),
            (Filter::Is(vec![]), false),
            (Filter::Has { path: path("place.town") }, true),
            (Filter::Has { path: path("place.street") }, false),
            // Absent, or of another kind: no comparison holds, and negation is plain.
            (compare("absent", Ne, Value::Int(1)), false),
            (compare("absent", Lt, Value::Int(1)), false),
            (compare("so2", Ne, "40"), false),
            (Filter::Not(Box::new(compare("absent", Eq, Value::Int(1)))), true),
        ] {
            assert_eq!(filter.matches(&source()), expected, "{filter:?}");
            assert_eq!(filter.clone().simplify().matches(&source()), expected, "{filter:?} simplified");
        }
    }

    #[test]
    fn counts_and_numbers_are_compared_exactly() {
        const WIDE: i64 = 1 << 53;
        for (count, number, expected) in [
            (3, 3.0, Some(Ordering::Equal)),
            (3, 3.5, Some(Ordering::Less)),
            (-3, -3.5, Some(Ordering::Greater)),
            (0, -0.5, Some(Ordering::Greater)),
            (WIDE + 1, 9_007_199_254_740_992.0, Some(Ordering::Greater)),
            (i64::MAX, 9_223_372_036_854_775_808.0, Some(Ordering::Less)),
            (i64::MIN, -9_223_372_036_854_775_808.0, Some(Ordering::Equal)),
            (i64::MIN, f64::NEG_INFINITY, Some(Ordering::Greater)),
            (0, f64::NAN, None),
        ] {
            assert_eq!(Value::Int(count).order(&Value::Number(number)), expected, "{count} {number}");
            let turned = Value::Number(number).order(&Value::Int(count));
            assert_eq!(turned, expected.map(Ordering::reverse), "{number} {count}");
        }
    }

    #[test]
    fn simplifying_leaves_only_what_decides() {
        let a = || compare("a", Operator::Eq, Value::Int(1));
        let b = || compare("b", Operator::Eq, Value::Int(1));
        let not = |filter| Filter::Not(Box::new(filter));
        for (filter, expected) in [
            (Filter::And(vec![Filter::All, a(), Filter::And(vec![a(), b()])]), Filter::And(vec![a(), b()])),
            (Filter::And(vec![a(), not(a())]), Filter::None),
            (Filter::Or(vec![not(a()), a()]), Filter::All),
            (Filter::Or(vec![a(), Filter::None]), a()),
            (not(not(a())), a()),
            (not(Filter::Or(vec![])), Filter::All),
            (compare("a", Operator::Ne, Value::Null), Filter::None),
            (Filter::In { path: path("a"), values: vec![1.into(), 1.into(), Value::Null] }, a()),
            (Filter::In { path: path("a"), values: vec![] }, Filter::None),
        ] {
            assert_eq!(filter.clone().simplify(), expected, "{filter:?}");
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            (-2i64..3).prop_map(Value::Int),
            (-2i8..3).prop_map(|n| Value::Number(f64::from(n) / 2.0)),
            "[ab]{0,2}".prop_map(Value::Text),
            (-2i8..3).prop_map(|n| Value::List(vec![Value::Int(n.into())])),
        ]
    }

    fn filter() -> impl Strategy<Value = Filter> {
        let at = || prop_oneof![Just(path("a")), Just(path("b")), Just(path("b.c"))];
        let op = proptest::sample::select(Operator::ALL.to_vec());
        let leaf = prop_oneof![
            Just(Filter::All),
            Just(Filter::None),
            Just(Filter::Kind(Name::new("Source").unwrap())),
            (at(), op, value()).prop_map(|(path, op, value)| Filter::Compare { path, op, value }),
            (at(), prop::collection::vec(value(), 0..4))
                .prop_map(|(path, values)| Filter::In { path, values }),
            at().prop_map(|path| Filter::Has { path }),
            (at(), "[ab]{0,1}").prop_map(|(path, prefix)| Filter::Starts { path, prefix }),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let parts = prop::collection::vec(inner.clone(), 0..4);
            prop_oneof![
                parts.clone().prop_map(Filter::And),
                parts.prop_map(Filter::Or),
                inner.prop_map(|part| Filter::Not(Box::new(part))),
            ]
        })
    }

    proptest! {
        #[test]
        fn simplifying_keeps_what_matches(filter in filter(), a in value(), b in value(), c in value()) {
            for b in [b, Value::Map(BTreeMap::from([("c".to_owned(), c)]))] {
                let entity = entity(&[("a", a.clone()), ("b", b)]);
                let simple = filter.clone().simplify();
                prop_assert_eq!(simple.matches(&entity), filter.matches(&entity));
                prop_assert_eq!(simple.clone().simplify(), simple);
            }
        }
    }
}
