//! The built-in functions: pure ones only. What needs the city's data or a standard is a host function.

use crate::check::misfit;
use crate::fault::Fault;
use crate::kind::Kind;
use crate::term::{Term, fit};
use std::ops::Range;

/// A built-in function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Builtin {
    /// `abs(x)`: the size of a number or duration.
    Abs,
    /// `min(a, b, …)` or `min(list)`: the least. All in the unit of the first.
    Min,
    /// `max(a, b, …)` or `max(list)`: the greatest.
    Max,
    /// `sum(list)`: the sum of a list of numbers or durations.
    Sum,
    /// `round(x, decimals)`: to decimals, exact halves to the even digit (GB/T 8170-2008).
    Round,
    /// `length(list)` or `length(text)`: values, or characters.
    Length,
    /// `contains(list, value)` or `contains(text, part)`.
    Contains,
    /// `starts-with(text, beginning)`: division codes are nested by their beginnings.
    StartsWith,
    /// `day(moment)`: the local date.
    Day,
    /// `hour(moment)`: the local hour, 0 to 23.
    Hour,
    /// `age(from, on)`: whole years from one date to another.
    Age,
}

impl Builtin {
    /// All of them, with their names.
    pub const ALL: [(&'static str, Self); 11] = [
        ("abs", Self::Abs),
        ("min", Self::Min),
        ("max", Self::Max),
        ("sum", Self::Sum),
        ("round", Self::Round),
        ("length", Self::Length),
        ("contains", Self::Contains),
        ("starts-with", Self::StartsWith),
        ("day", Self::Day),
        ("hour", Self::Hour),
        ("age", Self::Age),
    ];

    /// The function of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, builtin)| *builtin)
    }

    /// How it is called, for whoever called it wrongly.
    pub const fn usage(self) -> &'static str {
        match self {
            Self::Abs => "abs(number)",
            Self::Min => "min(a, b, …) or min(list)",
            Self::Max => "max(a, b, …) or max(list)",
            Self::Sum => "sum(list)",
            Self::Round => "round(number, decimals)",
            Self::Length => "length(list) or length(text)",
            Self::Contains => "contains(list, value) or contains(text, part)",
            Self::StartsWith => "starts-with(text, beginning)",
            Self::Day => "day(moment)",
            Self::Hour => "hour(moment)",
            Self::Age => "age(from, on), of two dates",
        }
    }

    /// The arguments as it wants them, and the kind of what it gives.
    pub(crate) fn check(self, arguments: Vec<Term>, at: &Range<usize>) -> Result<(Vec<Term>, Kind), Fault> {
        let wrong = || {
            Fault::new(at.clone(), "the function is not called like this", format!("write {}", self.usage()))
        };
        let count = match self {
            Self::Min | Self::Max => arguments.len().max(1),
            Self::Abs | Self::Sum | Self::Length | Self::Day | Self::Hour => 1,
            Self::Round | Self::Contains | Self::StartsWith | Self::Age => 2,
        };
        if arguments.len() != count {
            return Err(wrong());
        }
        let first = arguments[0].kind.clone();
        let (wanted, result) = self.kinds(&first).ok_or_else(wrong)?;
        let last = wanted.last().cloned().unwrap_or(Kind::Any);
        let wanted = wanted.into_iter().chain(std::iter::repeat(last));
        let fitted = arguments.into_iter().zip(wanted).map(|(argument, wanted)| {
            let (at, found) = (argument.at.clone(), argument.kind.clone());
            fit(argument, &wanted).map_err(|why| misfit(at, &why, &found, &wanted))
        });
        Ok((fitted.collect::<Result<_, _>>()?, result))
    }

    /// By the kind of the first argument: the kinds wanted (the last one repeats), and the kind given.
    fn kinds(self, first: &Kind) -> Option<(Vec<Kind>, Kind)> {
        let measure = |kind: &Kind| matches!(kind, Kind::Number(_) | Kind::Duration);
        Some(match (self, first) {
            (Self::Abs, kind) if measure(kind) => (vec![kind.clone()], kind.clone()),
            (Self::Round, Kind::Number(_)) => (vec![first.clone(), Kind::Number(None)], first.clone()),
            (Self::Min | Self::Max, Kind::List(element)) if element.is_ordered() => {
                (vec![first.clone()], (**element).clone())
            }
            (Self::Min | Self::Max, kind) if kind.is_ordered() => (vec![kind.clone()], kind.clone()),
            (Self::Sum, Kind::List(element)) if measure(element) => {
                (vec![first.clone()], (**element).clone())
            }
            (Self::Length, Kind::List(_) | Kind::Text | Kind::Any) => {
                (vec![first.clone()], Kind::Number(None))
            }
            (Self::Contains, Kind::List(element)) => (vec![first.clone(), (**element).clone()], Kind::Bool),
            (Self::Contains, Kind::Any) => (vec![Kind::Any, Kind::Any], Kind::Bool),
            (Self::Contains | Self::StartsWith, Kind::Text) => (vec![Kind::Text, Kind::Text], Kind::Bool),
            (Self::StartsWith, Kind::Any) => (vec![Kind::Text, Kind::Text], Kind::Bool),
            (Self::Day, Kind::Instant | Kind::Any) => (vec![Kind::Instant], Kind::Date),
            (Self::Hour, Kind::Instant | Kind::Any) => (vec![Kind::Instant], Kind::Number(None)),
            (Self::Age, Kind::Date | Kind::Any) => (vec![Kind::Date, Kind::Date], Kind::Number(None)),
            _ => return None,
        })
    }
}
