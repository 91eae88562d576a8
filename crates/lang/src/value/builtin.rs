//! What the built-in functions give. Which arguments they take is said in `function`.

use super::{Result, Run, Stuck, date, order};
use crate::decimal;
use crate::function::Builtin;
use crate::kind::{Kind, describe};
use crate::term::Term;
use jiff::Unit;
use model::Value;
use std::cmp::Ordering;

impl Run<'_> {
    /// A call of a built-in function. One with a missing argument gives nothing.
    pub(super) fn builtin(&mut self, term: &Term, builtin: Builtin, arguments: &[Term]) -> Result<Value> {
        let values = self.values(arguments)?;
        if values.contains(&Value::Null) {
            return Ok(Value::Null);
        }
        let first = &values[0];
        match builtin {
            Builtin::Abs => match first {
                Value::Int(int) => Ok(Value::Int(self.int(term, int.checked_abs())?)),
                _ => Ok(Value::number(first.as_number().unwrap_or_default().abs())),
            },
            Builtin::Round => {
                let decimals = values[1].as_number().unwrap_or_default().clamp(-30.0, 30.0);
                #[expect(clippy::cast_possible_truncation, reason = "it is in range")]
                let rounded = decimal::round(first.as_number().unwrap_or_default(), decimals as i32);
                self.number(term, rounded)
            }
            Builtin::Min => self.extreme(first, &values, Ordering::Less),
            Builtin::Max => self.extreme(first, &values, Ordering::Greater),
            Builtin::Sum => self.sum(term, first.as_list()),
            Builtin::Length => self.length(term, first),
            Builtin::Contains => match (first, &values[1]) {
                (Value::Text(text), Value::Text(part)) => Ok(Value::Bool(text.contains(part))),
                (Value::List(list), value) => Ok(self.among(value, list)?.map_or(Value::Null, Value::Bool)),
                (other, _) => Err(self.wrong(term, other, Kind::list(Kind::Any))),
            },
            Builtin::StartsWith => match (first.as_text(), values[1].as_text()) {
                (Some(text), Some(beginning)) => Ok(Value::Bool(text.starts_with(beginning))),
                _ => Err(self.wrong(term, first, Kind::Text)),
            },
            Builtin::Day | Builtin::Hour => self.local(term, builtin, first),
            Builtin::Age => self.age(term, first, &values[1]),
        }
    }

    fn wrong(&self, term: &Term, found: &Value, wanted: Kind) -> Stuck {
        Stuck::Kind { what: self.written(term), found: describe(found), wanted }
    }

    /// The least or greatest of the arguments, or of a list. Unknown for no value, or when one is missing.
    fn extreme(&mut self, first: &Value, values: &[Value], wanted: Ordering) -> Result<Value> {
        let values = if let Value::List(list) = first { list.as_slice() } else { values };
        self.step(values.len())?;
        let mut best = values.first();
        for value in values {
            match best.and_then(|best| order(value, best)) {
                Some(order) if order == wanted => best = Some(value),
                Some(_) => {}
                None => return Ok(Value::Null),
            }
        }
        Ok(best.cloned().unwrap_or(Value::Null))
    }

    fn sum(&mut self, term: &Term, list: &[Value]) -> Result<Value> {
        self.step(list.len())?;
        if list.contains(&Value::Null) {
            return Ok(Value::Null);
        }
        let sum = list.iter().filter_map(Value::as_number).fold(0.0, decimal::add);
        if term.kind == Kind::Duration { self.micros(term, sum) } else { self.number(term, sum) }
    }

    fn length(&self, term: &Term, value: &Value) -> Result<Value> {
        let length = match value {
            Value::List(list) => list.len(),
            Value::Text(text) => text.chars().count(),
            other => return Err(self.wrong(term, other, Kind::list(Kind::Any))),
        };
        Ok(u32::try_from(length).map_or(Value::Null, |length| Value::number(length.into())))
    }

    fn local(&self, term: &Term, builtin: Builtin, at: &Value) -> Result<Value> {
        let Some(at) = at.as_instant() else { return Err(self.wrong(term, at, Kind::Instant)) };
        let zone = self.facts.zone().ok_or_else(|| Stuck::Zone(self.written(term)))?;
        if builtin == Builtin::Hour {
            return Ok(Value::number(zone.local(at).hour().into()));
        }
        Ok(Value::Text(zone.date(at).to_string()))
    }

    fn age(&self, term: &Term, from: &Value, on: &Value) -> Result<Value> {
        let dates = date(from).zip(date(on));
        let years =
            dates.and_then(|(from, on)| from.until((Unit::Year, on)).ok()).map(|span| span.get_years());
        years.map(|years| Value::number(years.into())).ok_or_else(|| Stuck::Range(self.written(term)))
    }
}
