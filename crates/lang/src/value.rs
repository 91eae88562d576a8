//! The evaluator: a checked term and facts to a value. Missing facts make nothing, and nothing makes an answer
//! *unknown* (Kleene's logic): `no and unknown` is no, `yes and unknown` is unknown.
//!
//! Numbers that are calculated are `Value::Number`; a fact that is only passed on stays as it is.

mod builtin;

use crate::decimal;
use crate::kind::{Kind, describe};
use crate::parse::Arithmetic;
use crate::term::{Form, Term};
use crate::unit::Ratio;
use crate::{STEPS_MAX, prose};
use jiff::civil::Date;
use jiff::{Span, Unit};
use model::{Instant, Name, Operator, Value, Zone};
use std::cmp::Ordering;
use thiserror::Error;

/// One day in microseconds.
const DAY: i64 = 86_400_000_000;

/// Where an expression finds what it names.
pub trait Facts {
    /// The value at a path; `Value::Null` when it is absent.
    fn value(&self, path: &[Name]) -> Value;

    /// What a host function gives for arguments that are all there; nothing if there is no such function.
    fn call(&self, _function: &str, _arguments: &[Value]) -> Option<Value> {
        None
    }

    /// The city's zone, for `day(…)` and `hour(…)`. Without one they are stuck.
    fn zone(&self) -> Option<&Zone> {
        None
    }
}

/// Why an expression has no value, although nothing is missing.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum Stuck {
    /// A fact is not of the kind that its type says.
    #[error("`{what}` is {found}, and {wanted} is wanted")]
    Kind {
        /// What was read, as it is written.
        what: String,
        /// What it is.
        found: &'static str,
        /// What the type says.
        wanted: Kind,
    },
    /// Two values of different kinds were compared.
    #[error("`{what}` compares {left} with {right}")]
    Compare {
        /// The comparison, as it is written.
        what: String,
        /// What the left side is.
        left: &'static str,
        /// What the right side is.
        right: &'static str,
    },
    /// Something was divided by zero.
    #[error("`{0}` divides by zero")]
    Zero(String),
    /// A result is too large, or a day that no calendar has.
    #[error("`{0}` is out of range")]
    Range(String),
    /// A duration added to a date is not whole days.
    #[error("`{0}` adds to a date what is not whole days")]
    Days(String),
    /// The host has no such function, although it said so.
    #[error("the function of `{0}` is not there")]
    Function(String),
    /// The host gave no zone.
    #[error("`{0}` needs the city's zone")]
    Zone(String),
    /// The facts were too many to go through.
    #[error("more than {STEPS_MAX} steps")]
    Steps,
}

/// Whether something holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// That cannot be said.
    Unknown {
        /// What would have to be known, or the one thing that is in the way.
        missing: Vec<String>,
    },
}

impl Truth {
    /// Whether it holds for certain.
    pub const fn is_yes(&self) -> bool {
        matches!(self, Self::Yes)
    }
}

/// One evaluation.
pub(crate) struct Run<'a> {
    /// The whole text, for messages.
    text: &'a str,
    facts: &'a dyn Facts,
    steps: usize,
    /// What was absent, of all that mattered.
    pub missing: Vec<String>,
}

/// No facts at all, for what is constant.
pub(crate) struct NoFacts;

impl Facts for NoFacts {
    fn value(&self, _path: &[Name]) -> Value {
        Value::Null
    }
}

type Result<T> = std::result::Result<T, Stuck>;

impl<'a> Run<'a> {
    pub fn new(text: &'a str, facts: &'a dyn Facts) -> Self {
        Self { text, facts, steps: 0, missing: Vec::new() }
    }

    /// What a condition comes to.
    pub fn truth(mut self, term: &Term) -> Truth {
        match self.value(term) {
            Ok(Value::Bool(true)) => Truth::Yes,
            Ok(Value::Bool(false)) => Truth::No,
            Ok(Value::Null) => {
                let mut missing: Vec<String> = Vec::new();
                for name in self.missing {
                    if !missing.contains(&name) {
                        missing.push(name);
                    }
                }
                Truth::Unknown { missing }
            }
            Ok(value) => {
                let stuck =
                    Stuck::Kind { what: self.written(term), found: describe(&value), wanted: Kind::Bool };
                Truth::Unknown { missing: vec![stuck.to_string()] }
            }
            Err(stuck) => Truth::Unknown { missing: vec![stuck.to_string()] },
        }
    }

    /// The value of a term; nothing if it cannot be known.
    pub fn value(&mut self, term: &Term) -> Result<Value> {
        self.step(1)?;
        match &term.form {
            Form::Literal(value) => Ok(value.clone()),
            Form::Path { path, .. } => self.path(term, path),
            Form::List(parts) => Ok(Value::List(self.values(parts)?)),
            Form::Not(inner) => Ok(match self.value(inner)? {
                Value::Bool(bool) => Value::Bool(!bool),
                _ => Value::Null,
            }),
            Form::And(parts) => self.join(parts, false),
            Form::Or(parts) => self.join(parts, true),
            Form::Compare(op, left, right) => self.compare(term, *op, left, right),
            Form::Known { term, known } => {
                let before = self.missing.len();
                let is_known = self.value(term)? != Value::Null;
                self.missing.truncate(before);
                Ok(Value::Bool(is_known == *known))
            }
            Form::In { item, list, negated } => self.member(item, list, *negated),
            Form::Negate(inner) => Ok(match self.value(inner)? {
                Value::Int(int) => Value::Int(self.int(term, int.checked_neg())?),
                value => value.as_number().map_or(Value::Null, |number| Value::number(-number)),
            }),
            Form::Arithmetic { op, left, right, by } => self.arithmetic(term, *op, left, right, *by),
            Form::If(parts) => self.choice(parts),
            Form::Builtin(builtin, arguments) => self.builtin(term, *builtin, arguments),
            Form::Call(name, arguments) => self.call(term, name, arguments),
            Form::Fit { term: inner, by } => self.fit(term, inner, *by),
        }
    }

    fn step(&mut self, steps: usize) -> Result<()> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > STEPS_MAX { Err(Stuck::Steps) } else { Ok(()) }
    }

    fn values(&mut self, terms: &[Term]) -> Result<Vec<Value>> {
        terms.iter().map(|term| self.value(term)).collect()
    }

    fn written(&self, term: &Term) -> String {
        prose::written(self.text, term).to_owned()
    }

    fn path(&mut self, term: &Term, path: &[Name]) -> Result<Value> {
        let value = self.facts.value(path);
        if value == Value::Null {
            self.missing.push(self.written(term));
        }
        self.of_kind(term, value)
    }

    fn of_kind(&mut self, term: &Term, value: Value) -> Result<Value> {
        if let Value::List(list) = &value {
            self.step(list.len())?;
        }
        if term.kind.fits(&value) {
            return Ok(value);
        }
        Err(Stuck::Kind { what: self.written(term), found: describe(&value), wanted: term.kind.clone() })
    }

    /// `decides` is what decides at once: yes among alternatives, no among conditions.
    fn join(&mut self, parts: &[Term], decides: bool) -> Result<Value> {
        let before = self.missing.len();
        let mut unknown = false;
        for part in parts {
            match self.value(part)? {
                Value::Bool(bool) if bool == decides => {
                    self.missing.truncate(before);
                    return Ok(Value::Bool(decides));
                }
                Value::Bool(_) => {}
                _ => unknown = true,
            }
        }
        Ok(if unknown { Value::Null } else { Value::Bool(!decides) })
    }

    fn compare(&mut self, term: &Term, op: Operator, left: &Term, right: &Term) -> Result<Value> {
        let (left, right) = (self.value(left)?, self.value(right)?);
        if left == Value::Null || right == Value::Null {
            return Ok(Value::Null);
        }
        match order(&left, &right) {
            Some(order) => Ok(Value::Bool(op.holds(order))),
            None => {
                let what = self.written(term);
                Err(Stuck::Compare { what, left: describe(&left), right: describe(&right) })
            }
        }
    }

    fn member(&mut self, item: &Term, list: &Term, negated: bool) -> Result<Value> {
        let found = self.value(item)?;
        let values = self.value(list)?;
        let Value::List(values) = values else {
            return match values {
                Value::Null => Ok(Value::Null),
                other => {
                    let wanted = Kind::list(Kind::Any);
                    Err(Stuck::Kind { what: self.written(list), found: describe(&other), wanted })
                }
            };
        };
        if found == Value::Null {
            return Ok(Value::Null);
        }
        Ok(self.among(&found, &values)?.map_or(Value::Null, |among| Value::Bool(among != negated)))
    }

    /// Whether a value is in a list; unknown if it might be what is missing in it.
    fn among(&mut self, value: &Value, list: &[Value]) -> Result<Option<bool>> {
        self.step(list.len())?;
        if list.iter().any(|other| order(value, other).is_some_and(Ordering::is_eq)) {
            return Ok(Some(true));
        }
        Ok(if list.contains(&Value::Null) { None } else { Some(false) })
    }

    fn choice(&mut self, parts: &[Term; 3]) -> Result<Value> {
        let [condition, then, otherwise] = parts;
        match self.value(condition)? {
            Value::Bool(true) => self.value(then),
            Value::Bool(false) => self.value(otherwise),
            _ => Ok(Value::Null),
        }
    }

    /// A call with a missing argument gives nothing, and is not made.
    fn call(&mut self, term: &Term, name: &str, arguments: &[Term]) -> Result<Value> {
        let arguments = self.values(arguments)?;
        if arguments.contains(&Value::Null) {
            return Ok(Value::Null);
        }
        let value = self.facts.call(name, &arguments).ok_or_else(|| Stuck::Function(self.written(term)))?;
        if value == Value::Null {
            self.missing.push(self.written(term));
        }
        self.of_kind(term, value)
    }

    fn fit(&mut self, term: &Term, inner: &Term, by: Ratio) -> Result<Value> {
        let value = self.value(inner)?;
        match (&inner.kind, &term.kind, value.as_number()) {
            (_, _, None) if value == Value::Null => Ok(value),
            (Kind::Number(_), Kind::Number(_), Some(number)) => self.number(term, decimal::scale(number, by)),
            (Kind::Number(_), Kind::Duration, Some(number)) => self.micros(term, decimal::scale(number, by)),
            (Kind::Duration, Kind::Number(_), Some(number)) => self.number(term, decimal::scale(number, by)),
            _ => self.of_kind(term, value),
        }
    }

    fn arithmetic(
        &mut self,
        term: &Term,
        op: Arithmetic,
        left: &Term,
        right: &Term,
        by: Ratio,
    ) -> Result<Value> {
        let (a, b) = (self.value(left)?, self.value(right)?);
        if a == Value::Null || b == Value::Null {
            return Ok(Value::Null);
        }
        let sign = if op == Arithmetic::Subtract { -1 } else { 1 };
        match (&left.kind, &right.kind) {
            (Kind::Instant, Kind::Instant) => {
                let micros =
                    a.as_instant().zip(b.as_instant()).and_then(|(a, b)| a.micros().checked_sub(b.micros()));
                Ok(Value::Int(self.int(term, micros)?))
            }
            (Kind::Instant, _) => self.moved(term, &a, &b, sign),
            (_, Kind::Instant) => self.moved(term, &b, &a, sign),
            (Kind::Date, Kind::Date) => {
                let days = date(&a).zip(date(&b)).and_then(|(a, b)| days_between(b, a));
                Ok(Value::Int(self.int(term, days.and_then(|days| days.checked_mul(DAY)))?))
            }
            (Kind::Date, _) => self.later(term, &a, &b, sign),
            (_, Kind::Date) => self.later(term, &b, &a, sign),
            (Kind::Duration, Kind::Duration) if op != Arithmetic::Divide => {
                let sum = a.as_int().zip(b.as_int()).and_then(|(a, b)| a.checked_add(b.checked_mul(sign)?));
                Ok(Value::Int(self.int(term, sum)?))
            }
            _ => self.calculated(term, op, &a, &b, by),
        }
    }

    fn calculated(&mut self, term: &Term, op: Arithmetic, a: &Value, b: &Value, by: Ratio) -> Result<Value> {
        let Some((a, b)) = a.as_number().zip(b.as_number()) else { return Ok(Value::Null) };
        let number = match op {
            Arithmetic::Add => decimal::add(a, b),
            Arithmetic::Subtract => decimal::add(a, -b),
            Arithmetic::Multiply => decimal::scale(decimal::multiply(a, b), by),
            Arithmetic::Divide if b == 0.0 => return Err(Stuck::Zero(self.written(term))),
            Arithmetic::Divide => decimal::scale(decimal::divide(a, b), by),
        };
        if term.kind == Kind::Duration {
            self.micros(term, number.round())
        } else {
            self.number(term, number)
        }
    }

    /// A moment moved by a duration.
    fn moved(&self, term: &Term, at: &Value, by: &Value, sign: i64) -> Result<Value> {
        let micros = at.as_instant().zip(by.as_int());
        let micros = micros.and_then(|(at, by)| at.micros().checked_add(by.checked_mul(sign)?));
        Ok(Value::Instant(Instant::from_micros(self.int(term, micros)?)))
    }

    /// A date moved by whole days.
    fn later(&self, term: &Term, day: &Value, by: &Value, sign: i64) -> Result<Value> {
        let micros = by.as_int().unwrap_or(0);
        if micros % DAY != 0 {
            return Err(Stuck::Days(self.written(term)));
        }
        let days = Span::new().try_days((micros / DAY).saturating_mul(sign)).ok();
        let moved = date(day).zip(days).and_then(|(day, days)| day.checked_add(days).ok());
        moved.map(|day| Value::Text(day.to_string())).ok_or_else(|| Stuck::Range(self.written(term)))
    }

    fn int(&self, term: &Term, int: Option<i64>) -> Result<i64> {
        int.ok_or_else(|| Stuck::Range(self.written(term)))
    }

    fn number(&self, term: &Term, number: f64) -> Result<Value> {
        if number.is_finite() { Ok(Value::number(number)) } else { Err(Stuck::Range(self.written(term))) }
    }

    /// A duration of so many microseconds; parts of one are dropped.
    fn micros(&self, term: &Term, micros: f64) -> Result<Value> {
        #[expect(clippy::cast_possible_truncation, reason = "it is in range")]
        let int = (micros.abs() <= 9e15).then_some(micros as i64);
        Ok(Value::Int(self.int(term, int)?))
    }
}

/// How two values stand to each other; a reference stands to a text as its URN does.
pub(crate) fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Ref(urn), Value::Text(text)) => Some(urn.as_str().cmp(text)),
        (Value::Text(text), Value::Ref(urn)) => Some(text.as_str().cmp(urn.as_str())),
        (a, b) => a.order(b),
    }
}

fn date(value: &Value) -> Option<Date> {
    value.as_text()?.parse().ok()
}

fn days_between(from: Date, to: Date) -> Option<i64> {
    from.until((Unit::Day, to)).ok().map(|span| span.get_days().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{facts, good, known};

    /// The value, or what is in the way.
    fn check(text: &str, expected: &str) {
        let expression = good(text, &Kind::Any);
        let found = match expression.value(&facts()) {
            Ok(value) => prose::value(&value, expression.kind(), None, (model::Lang::En, &prose::Untitled)),
            Err(stuck) => stuck.to_string(),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn values_are_calculated_as_on_paper() {
        for (text, expected) in [
            ("so2 > 35 mg/m³", "yes"),
            ("so2 > 40000 µg/m³", "no"),
            ("so2 >= 40000 µg/m³", "yes"),
            ("so2 <= 0.9 * limit(so2Limit)", "no"),
            ("so2 * flow", "500 mg/s"),
            ("limit(so2Limit) * 90 %", "31.5 mg/m³"),
            ("0.1 + 0.2 = 0.3", "yes"),
            ("570 µg/m³ = 0.57 mg/m³", "yes"),
            ("1 - 2 - 3", "-4"),
            ("2 + 3 * -4", "-10"),
            ("7 / 2", "3.5"),
            ("-count", "-3"),
            ("now - observed", "2 h"),
            ("observed + 3h > now", "yes"),
            ("2h + waited", "3 h 30 min"),
            ("waited / 2", "45 min"),
            ("waited / 1h", "1.5"),
            ("waited = hoursOpen", "yes"),
            ("flow * 2h", "90000 m³"),
            ("signedOn + 3d", "2026-10-03"),
            ("2026-10-03 - signedOn", "3 d"),
            ("signedOn < 2026-10-01", "yes"),
            ("day(observed)", "2026-10-01"),
            ("hour(observed)", "0"),
            ("age(2008-02-29, 2026-02-28)", "17"),
            ("status in ['open', 'closed']", "yes"),
            ("status not in ['open', 'closed']", "no"),
            ("'coal' in tags and contains(tags, 'steam') and not contains(tags, 'gas')", "yes"),
            ("contains(status, 'pe')", "yes"),
            ("starts-with(division, '140212')", "yes"),
            ("actor = 'urn:ngsi-ld:Person:a'", "yes"),
            ("actor in ['urn:ngsi-ld:Person:a']", "yes"),
            ("if count > 2 then 'many' else 'few'", "“many”"),
            ("min(3, 1, 2) + max([4, 5])", "6"),
            ("sum([1h, 30min])", "1 h 30 min"),
            ("abs(-3 °C)", "3 °C"),
            ("round(0.285, 2)", "0.28"),
            ("length(tags) + length('井盖')", "4"),
            ("answers.floor + 1", "3"),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn what_has_no_value_says_why() {
        for (text, expected) in [
            ("count / (count - 3)", "`count / (count - 3)` divides by zero"),
            ("answers.floor = 'two'", "`answers.floor = 'two'` compares a number with text"),
            ("not answers", "`answers` is a map, and yes or no is wanted"),
            ("signedOn + 2h", "`signedOn + 2h` adds to a date what is not whole days"),
            ("signedOn + 36500d * 100", "`36500d * 100` is out of range"),
            ("signedOn + 36500d + 36500d * 99", "`36500d * 99` is out of range"),
            ("near(source)", "the function of `near(source)` is not there"),
            ("count in answers", "`answers` is a map, and a list of (anything) is wanted"),
        ] {
            check(text, expected);
        }
    }

    fn holds(text: &str, facts: &dyn Facts) -> String {
        match good(text, &Kind::Bool).holds(facts) {
            Truth::Yes => "yes".to_owned(),
            Truth::No => "no".to_owned(),
            Truth::Unknown { missing } => format!("? {}", missing.join(", ")),
        }
    }

    #[test]
    fn what_is_missing_makes_unknown_unless_it_does_not_matter() {
        // `urgent` is yes, `inspectedBy` is absent.
        for (text, expected) in [
            ("actor != inspectedBy", "? inspectedBy"),
            ("urgent and actor != inspectedBy", "? inspectedBy"),
            ("not urgent and actor != inspectedBy", "no"),
            ("actor != inspectedBy and not urgent", "no"),
            ("urgent or actor != inspectedBy", "yes"),
            ("actor != inspectedBy or urgent", "yes"),
            ("not (actor != inspectedBy)", "? inspectedBy"),
            ("inspectedBy = nothing", "yes"),
            ("inspectedBy != nothing and actor != inspectedBy", "no"),
            ("inspectedBy in [actor]", "? inspectedBy"),
            ("inspectedBy = actor or inspectedBy = source", "? inspectedBy"),
            ("if inspectedBy = actor then true else true", "? inspectedBy"),
            ("count / (count - 3) > 1", "? `count / (count - 3)` divides by zero"),
        ] {
            assert_eq!(holds(text, &facts()), expected, "{text}");
        }
        let none = known(&[("so2Limit", Value::List(vec![]))]);
        assert_eq!(holds("so2 > limit(so2Limit)", &none), "? so2, limit(so2Limit)");
    }

    #[test]
    fn facts_of_another_kind_are_stuck_and_never_wrong() {
        let facts = known(&[("so2", "40".into()), ("signedOn", "soon".into())]);
        assert_eq!(holds("so2 > 1 mg/m³", &facts), "? `so2` is text, and a number in mg/m³ is wanted");
        assert_eq!(holds("signedOn = 2026-10-01", &facts), "? `signedOn` is text, and a date is wanted");
    }

    #[test]
    fn long_lists_end_somewhere() {
        let tags = vec![Value::from("x"); STEPS_MAX];
        let facts = known(&[("tags", Value::List(tags))]);
        assert_eq!(holds("contains(tags, 'y')", &facts), "? more than 100000 steps");
    }
}
