//! What an expression of a rule may name, and what it asks of history.

use lang::{Argument, Expression, Kind, Names, Signature};
use model::{Name, Value};

/// The names for the expressions of one rule: those of the watched type, `entity`, `observed` (start of the window), and
/// four functions.
///
/// - `limit(so2Limit)`: the strictest limit in force on the local date observed, from the entity's list of limits;
///   `limit('gb-13271', fuel)`: from a limit table, with the values of its keys. In the unit of the watched attribute.
/// - `over(nox, noxLimit)`: whether a value, rounded as the limit is written, is above it.
/// - `mean(so2, 3h)`, `mean(so2, 3h, 0.9)`: the mean of the valid values of a span that ends with the window, if they
///   are three quarters (or the stated share) of those there should be. Asked for where the window's own value counts.
/// - `change(so2, 1h)`: by how much the value is above that of so long before.
pub struct Vocabulary<'a> {
    /// The names of the watched type, and functions of the host.
    pub names: &'a dyn Names,
    /// The watched attribute.
    pub attribute: &'a Name,
}

impl Names for Vocabulary<'_> {
    fn kind(&self, path: &[&str]) -> Option<Kind> {
        match path {
            ["entity"] => Some(Kind::Ref),
            ["observed"] => Some(Kind::Instant),
            _ => self.names.kind(path),
        }
    }

    fn known(&self) -> Vec<String> {
        let mut known = self.names.known();
        known.extend(["entity".to_owned(), "observed".to_owned()]);
        known
    }

    fn function(&self, name: &str) -> Option<Signature> {
        let watched = || self.names.kind(&[self.attribute.as_str()]).unwrap_or(Kind::Any);
        // A limit table has at most five keys.
        let values = |count: usize| vec![Kind::Any; count];
        let (parameters, optional, result) = match name {
            "limit" => (values(6), 5, watched().into()),
            "over" => (values(7), 5, Kind::Bool.into()),
            "mean" => (vec![Kind::Any, Kind::Duration, Kind::Number(None)], 1, lang::Returns::Like(0)),
            "change" => (vec![Kind::Any, Kind::Duration], 0, lang::Returns::Like(0)),
            _ => return self.names.function(name),
        };
        Some(Signature { parameters, optional, result })
    }

    fn functions(&self) -> Vec<String> {
        let own = ["limit", "over", "mean", "change"].map(str::to_owned);
        own.into_iter().chain(self.names.functions()).collect()
    }

    fn stored(&self, path: &[&str]) -> bool {
        !matches!(path, ["entity" | "observed"]) && self.names.stored(path)
    }
}

/// A function over a span of history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Mean,
    Change,
}

/// A call of one, as far as it can be said beforehand.
#[derive(Debug)]
pub(crate) struct Called {
    pub function: Function,
    pub attribute: Option<Name>,
    /// In microseconds; 0 if it is not written out.
    pub span: i64,
    pub share: Option<f64>,
}

/// The calls that look into history.
pub(crate) fn called(expression: &Expression) -> Vec<Called> {
    let calls = expression.calls().into_iter();
    let called = calls.filter_map(|(name, arguments)| {
        let function = match name.as_str() {
            "mean" => Function::Mean,
            "change" => Function::Change,
            _ => return None,
        };
        let literal = |index: usize| match arguments.get(index) {
            Some(Argument::Literal(value)) => Some(value),
            _ => None,
        };
        let attribute = match arguments.first() {
            Some(Argument::Path(path)) if path.len() == 1 => path.first().cloned(),
            _ => None,
        };
        let span = literal(1).and_then(Value::as_int).unwrap_or(0);
        Some(Called { function, attribute, span, share: literal(2).and_then(Value::as_number) })
    });
    called.collect()
}

/// A limit that is asked for.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The call's arguments, to tell limits apart.
    pub text: String,
    /// Whether `limit` asks, and the watched attribute is rounded; `over` rounds what it is given.
    pub plain: bool,
    /// The table, and how many values of keys it is given.
    pub table: Option<(String, usize)>,
}

/// The limits that an expression asks for.
pub(crate) fn limits(expression: &Expression) -> Vec<Asked> {
    let calls = expression.calls().into_iter();
    let asked = calls.filter_map(|(name, arguments)| {
        let plain = name == "limit";
        let asked = match name.as_str() {
            "limit" => arguments.as_slice(),
            "over" => arguments.get(1..)?,
            _ => return None,
        };
        let table = match asked.first() {
            Some(Argument::Literal(Value::Text(table))) => Some((table.clone(), asked.len() - 1)),
            _ => None,
        };
        Some(Asked { text: format!("{asked:?}"), plain, table })
    });
    asked.collect()
}
