//! Kinds of values, and what an expression may name: the host says which paths and functions there are.

use crate::Unit;
use model::Value;
use std::fmt;

/// What kind of value something is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Yes or no: `Value::Bool`.
    Bool,
    /// A number, with its unit if it has one: `Value::Number` or `Value::Int`.
    Number(Option<Unit>),
    /// Text, and codes: `Value::Text`.
    Text,
    /// A day: `Value::Text`, written year first.
    Date,
    /// A moment: `Value::Instant`.
    Instant,
    /// A length of time: `Value::Int`, in microseconds.
    Duration,
    /// An entity pointed to: `Value::Ref`. It may be compared with text, which is then its URN.
    Ref,
    /// Several values of one kind: `Value::List`.
    List(Box<Kind>),
    /// Not known before it is read, as in maps. What is done with it is checked then.
    Any,
}

/// What an expression may name. The host answers for the place in which the expression stands.
pub trait Names {
    /// The kind of what stands at a path (`["source", "division"]`); nothing if there is no such path.
    fn kind(&self, path: &[&str]) -> Option<Kind>;

    /// Every path there is, with dots, for suggestions.
    fn known(&self) -> Vec<String>;

    /// The signature of a host function; the built-in ones are there anyway.
    fn function(&self, _name: &str) -> Option<Signature> {
        None
    }

    /// The names of all host functions, for suggestions.
    fn functions(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether a path is stored with the entity that a filter is asked of. A moment like `now` or an actor is not,
    /// and an expression that names it becomes no filter.
    fn stored(&self, _path: &[&str]) -> bool {
        true
    }
}

/// What a host function takes and gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// Its parameters, in order.
    pub parameters: Vec<Kind>,
    /// How many of the last ones may be left out.
    pub optional: usize,
    /// What it gives.
    pub result: Returns,
}

/// What a function gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Returns {
    /// Always this kind.
    Kind(Kind),
    /// The kind of an argument, counted from 0.
    Like(usize),
    /// The kind of an element of an argument, counted from 0; of the argument itself if that is no list.
    Element(usize),
}

impl Signature {
    /// One without optional parameters.
    pub fn new(parameters: impl Into<Vec<Kind>>, result: impl Into<Returns>) -> Self {
        Self { parameters: parameters.into(), optional: 0, result: result.into() }
    }
}

impl From<Kind> for Returns {
    fn from(kind: Kind) -> Self {
        Self::Kind(kind)
    }
}

impl Returns {
    /// What it is for arguments of these kinds.
    pub(crate) fn of<'a>(&'a self, arguments: &'a [Kind]) -> &'a Kind {
        match self {
            Self::Kind(kind) => kind,
            Self::Like(index) => arguments.get(*index).unwrap_or(&Kind::Any),
            Self::Element(index) => match arguments.get(*index) {
                Some(Kind::List(element)) => element,
                other => other.unwrap_or(&Kind::Any),
            },
        }
    }
}

impl Kind {
    /// A list of values of a kind.
    pub fn list(element: Self) -> Self {
        Self::List(Box::new(element))
    }

    /// A number in the unit of a symbol; a plain one if the table has no such unit.
    pub fn number(symbol: &str) -> Self {
        Self::Number(Unit::parse(symbol))
    }

    /// The kind of a word of the packs (`number`, `text`, `bool`, `date`, `instant`, `duration`, `code`, `ref`, `list`,
    /// `map`) with a unit, if one is named; nothing for another word, or a unit that is not in the table. A list is one
    /// of numbers if it has a unit, and of anything otherwise.
    pub fn named(word: &str, unit: Option<&str>) -> Option<Self> {
        let unit = match unit {
            Some(symbol) => Some(Unit::parse(symbol)?),
            None => None,
        };
        Some(match (word, unit) {
            ("number", unit) => Self::Number(unit),
            ("list", Some(unit)) => Self::list(Self::Number(Some(unit))),
            ("list", None) => Self::list(Self::Any),
            ("text" | "code", None) => Self::Text,
            ("bool", None) => Self::Bool,
            ("date", None) => Self::Date,
            ("instant", None) => Self::Instant,
            ("duration", None) => Self::Duration,
            ("ref", None) => Self::Ref,
            ("map", None) => Self::Any,
            _ => return None,
        })
    }

    /// Whether a value is of this kind. Nothing is of every kind.
    pub fn fits(&self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::Null) => true,
            // A sealed value cannot be read here, whatever is in it.
            (_, Value::Sealed(_)) => false,
            (Self::Any, _)
            | (Self::Bool, Value::Bool(_))
            | (Self::Number(_), Value::Int(_) | Value::Number(_))
            | (Self::Text, Value::Text(_))
            | (Self::Instant, Value::Instant(_))
            | (Self::Duration, Value::Int(_))
            | (Self::Ref, Value::Ref(_)) => true,
            (Self::Date, Value::Text(text)) => text.parse::<jiff::civil::Date>().is_ok(),
            (Self::List(element), Value::List(list)) => list.iter().all(|value| element.fits(value)),
            _ => false,
        }
    }

    /// Whether one value of it can be above another.
    pub(crate) const fn is_ordered(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Date | Self::Instant | Self::Duration | Self::Any)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("yes or no"),
            Self::Number(Some(unit)) => write!(f, "a number in {unit}"),
            Self::Number(None) => f.write_str("a plain number"),
            Self::Text => f.write_str("text"),
            Self::Date => f.write_str("a date"),
            Self::Instant => f.write_str("a moment"),
            Self::Duration => f.write_str("a duration"),
            Self::Ref => f.write_str("an entity"),
            Self::List(element) => write!(f, "a list of ({element})"),
            Self::Any => f.write_str("anything"),
        }
    }
}

/// What a value is, in words.
pub(crate) fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "yes or no",
        Value::Int(_) | Value::Number(_) => "a number",
        Value::Text(_) => "text",
        Value::Bytes(_) => "bytes",
        Value::Instant(_) => "a moment",
        Value::Ref(_) => "an entity",
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
        Value::Sealed(_) => "a sealed value",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_the_words_of_the_packs() {
        for (word, unit, expected) in [
            ("number", Some("mg/m3"), "a number in mg/m³"),
            ("number", None, "a plain number"),
            ("code", None, "text"),
            ("list", Some("mg/m³"), "a list of (a number in mg/m³)"),
            ("map", None, "anything"),
            ("number", Some("mg/m4"), "-"),
            ("text", Some("m"), "-"),
            ("float", None, "-"),
        ] {
            let found = Kind::named(word, unit).map_or("-".to_owned(), |kind| kind.to_string());
            assert_eq!(found, expected, "{word} {unit:?}");
        }
    }

    #[test]
    fn values_fit_their_kinds() {
        for (kind, value, fits) in [
            (Kind::number("mg/m³"), Value::Int(3), true),
            (Kind::Duration, Value::Number(3.0), false),
            (Kind::Date, "2026-02-29".into(), false),
            (Kind::Date, "2028-02-29".into(), true),
            (Kind::list(Kind::Text), Value::List(vec!["a".into(), Value::Null]), true),
            (Kind::list(Kind::Text), Value::List(vec![Value::Int(1)]), false),
            (Kind::Bool, Value::Null, true),
        ] {
            assert_eq!(kind.fits(&value), fits, "{kind} {value:?}");
        }
    }
}
