//! What an expression sees from one window, and what was seen: the observations and limits a verdict rests on.

use crate::judging::Judging;
use crate::window::later;
use crate::{Limit, Observed, Used, Window, round_half_even};
use lang::Facts;
use model::{Instant, Name, Value, Zone};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Share of valid observations that a mean needs when the rule states none: three quarters, as HJ 75-2017 asks of an
/// hour (45 valid minutes) and HJ 212-2017 of the flag of a period.
pub const SHARE: f64 = 0.75;

/// Facts as they stand in one window.
pub(crate) struct Sight<'a, 'j> {
    judging: &'j Judging<'a>,
    window: Window,
    /// Decimals to which the watched attribute is rounded.
    decimals: Option<u8>,
    /// Whether to note what is read: only a verdict shows it.
    noting: bool,
    seen: RefCell<Seen>,
}

/// What was seen.
#[derive(Default)]
pub(crate) struct Seen {
    used: BTreeMap<(Instant, Name), Observed>,
    limits: Vec<Limit>,
    /// Decimals of the limits that were compared without a rounding of their own.
    plain: Vec<u8>,
    /// Whether a limit was asked for, and none is in force.
    unlimited: bool,
    /// The series attribute that was asked for last: the argument of the call that follows.
    last: Option<Name>,
}

impl Seen {
    /// The decimals to round to: those of the limit, if all limits are written alike.
    pub fn decimals(&self) -> Option<u8> {
        let first = *self.plain.first()?;
        self.plain.iter().all(|decimals| *decimals == first).then_some(first)
    }

    /// The first limit asked for.
    pub fn limit(&self) -> Option<&Limit> {
        self.limits.first()
    }

    /// Whether a limit was asked for, and none is in force.
    pub fn unlimited(&self) -> bool {
        self.unlimited
    }

    /// The observations, oldest first.
    pub fn used(self) -> impl Iterator<Item = Used> {
        self.used.into_iter().map(|((_, attribute), observed)| Used { attribute, observed })
    }
}

impl<'a, 'j> Sight<'a, 'j> {
    pub fn new(judging: &'j Judging<'a>, window: Window, decimals: Option<u8>, noting: bool) -> Self {
        Self { judging, window, decimals, noting, seen: RefCell::default() }
    }

    pub fn seen(self) -> Seen {
        self.seen.into_inner()
    }

    fn counts(&self, observed: &Observed) -> bool {
        self.judging.rule.valid.contains(&observed.flag)
    }

    fn rounded(&self, attribute: &Name, value: f64) -> Value {
        let watched = *attribute == self.judging.rule.on.attribute;
        Value::number(match self.decimals {
            Some(decimals) if watched => round_half_even(value, decimals),
            _ => value,
        })
    }

    fn note(&self, attribute: &Name, observed: Observed) {
        if self.noting {
            self.seen.borrow_mut().used.insert((observed.observed, attribute.clone()), observed);
        }
    }

    /// The valid value of a series in the window that starts then.
    fn valid(&self, attribute: &Name, start: Instant) -> Option<f64> {
        let observed = self.judging.laid.at(attribute.as_str(), start)?;
        self.note(attribute, observed);
        self.counts(&observed).then_some(observed.value)
    }

    fn mean(&self, attribute: &Name, span: i64, share: f64) -> Option<Value> {
        let grid = self.judging.grid;
        let (from, expected) = match grid.count(span) {
            Some(count) => (grid.back(self.window, count - 1).start, Some(count)),
            None => (later(self.window.start, 1 - span), None),
        };
        let (mut sum, mut valid, mut present) = (0.0, 0i32, 0i32);
        for (_, observed) in self.judging.laid.between(attribute.as_str(), from, self.window.start) {
            self.judging.read(1);
            self.note(attribute, observed);
            present = present.saturating_add(1);
            if self.counts(&observed) {
                valid = valid.saturating_add(1);
                sum += observed.value;
            }
        }
        let expected = expected.and_then(|count| i32::try_from(count).ok()).unwrap_or(present);
        let enough = valid > 0 && f64::from(valid) >= share * f64::from(expected);
        enough.then(|| self.rounded(attribute, sum / f64::from(valid)))
    }

    fn change(&self, attribute: &Name, span: i64) -> Option<Value> {
        let grid = self.judging.grid;
        let now = self.valid(attribute, self.window.start)?;
        let before = match grid.count(span) {
            Some(count) => self.valid(attribute, grid.back(self.window, count).start)?,
            None => {
                let (oldest, newest) = (later(self.window.start, -2 * span), later(self.window.start, -span));
                let mut all = self.judging.laid.between(attribute.as_str(), oldest, newest);
                let (start, _) = all.find(|(_, observed)| self.counts(observed))?;
                self.valid(attribute, start)?
            }
        };
        Some(Value::number(now - before))
    }

    /// The limit that a list of an attribute or a table gives for the local date observed.
    fn limit(&self, arguments: &[Value]) -> Option<Limit> {
        let limit = self.in_force(arguments);
        let mut seen = self.seen.borrow_mut();
        match &limit {
            Some(limit) if self.noting => seen.limits.push(limit.clone()),
            Some(_) => {}
            None => seen.unlimited = true,
        }
        limit
    }

    fn in_force(&self, arguments: &[Value]) -> Option<Limit> {
        let date = self.judging.known.zone.date(self.window.start).to_string();
        match arguments {
            [Value::Text(table), values @ ..] => {
                let table = self.judging.known.tables.iter().find(|t| t.id == **table)?;
                table.find(values, &date).cloned()
            }
            [list] => Limit::on(&Limit::list(list).ok()?, &date).cloned(),
            _ => None,
        }
    }

    fn answer(&self, function: &str, arguments: &[Value]) -> Option<Value> {
        let attribute = self.seen.borrow().last.clone();
        match (function, arguments) {
            ("limit", _) => {
                let limit = self.limit(arguments)?;
                self.seen.borrow_mut().plain.push(limit.decimals);
                Some(Value::number(limit.value))
            }
            ("over", [value, rest @ ..]) => {
                let limit = self.limit(rest)?;
                Some(Value::Bool(limit.exceeded_by(value.as_number()?)))
            }
            ("mean", [_, span]) => self.mean(&attribute?, span.as_int()?, SHARE),
            ("mean", [_, span, share]) => self.mean(&attribute?, span.as_int()?, share.as_number()?),
            ("change", [_, span]) => self.change(&attribute?, span.as_int()?),
            _ => None,
        }
    }
}

impl Facts for Sight<'_, '_> {
    fn value(&self, path: &[Name]) -> Value {
        match path {
            [name] if self.judging.laid.has(name.as_str()) => {
                self.seen.borrow_mut().last = Some(name.clone());
                self.valid(name, self.window.start).map_or(Value::Null, |value| self.rounded(name, value))
            }
            [name] if name == "entity" => Value::Ref(self.judging.known.entity.clone()),
            [name] if name == "observed" => Value::Instant(self.window.start),
            _ => self.judging.known.facts.value(path),
        }
    }

    fn call(&self, function: &str, arguments: &[Value]) -> Option<Value> {
        if matches!(function, "limit" | "over" | "mean" | "change") {
            // The function is known here; what it cannot tell is nothing, and a comparison with nothing is unknown.
            return Some(self.answer(function, arguments).unwrap_or(Value::Null));
        }
        self.judging.known.facts.call(function, arguments)
    }

    fn zone(&self) -> Option<&Zone> {
        Some(self.judging.known.zone)
    }
}
