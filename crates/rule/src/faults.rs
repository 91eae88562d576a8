//! What makes a rule unusable, found before it is in force.

use crate::definition::{Effect, Level, Rule};
use crate::names::{Asked, Called, Function, called, limits};
use crate::window::Grid;
use crate::{Fault, Length, LimitTable};
use lang::{Expression, Kind, Names, Unit};
use model::{Name, Zone};
use std::collections::BTreeSet;

impl Rule {
    /// Everything that makes this rule unusable, each with its place and what to write instead. `names` are those of the
    /// watched type, `tables` the limit tables of all packs. Expressions have been compiled, so what is wrong within
    /// them has been said already; here is said what is wrong around them.
    pub fn faults(&self, names: &dyn Names, tables: &[LimitTable]) -> Vec<Fault> {
        let mut faults = Vec::new();
        self.watched(names, &mut faults);
        self.lengths(&mut faults);
        self.order(&mut faults);
        for level in &self.level {
            level.condition(self.step(), &mut faults);
            effects(level, names, &mut faults);
        }
        for (place, expression) in self.expressions() {
            self.expression(&place, expression, names, tables, &mut faults);
        }
        faults
    }

    fn step(&self) -> Option<i64> {
        // The length of a window on the grid is the same in every zone.
        Zone::named("UTC").and_then(|zone| Grid { period: self.on.period, zone: &zone }.step())
    }

    fn watched(&self, names: &dyn Names, faults: &mut Vec<Fault>) {
        let attribute = self.on.attribute.as_str();
        match names.kind(&[attribute]) {
            Some(Kind::Number(_)) => {}
            Some(_) => faults.push(Fault::new(
                "on.attribute",
                format!("{attribute} holds no number"),
                "watch an attribute that a feed fills with numbers",
            )),
            None => faults.push(Fault::new(
                "on.attribute",
                format!("{} has no attribute {attribute}", self.on.kind),
                format!("declare it in the type, or write one of: {}", names.known().join(", ")),
            )),
        }
        if self.valid.is_empty() {
            faults.push(Fault::new(
                "valid",
                "no flag counts, so nothing is ever judged",
                "write valid = [\"N\"]",
            ));
        }
    }

    fn lengths(&self, faults: &mut Vec<Fault>) {
        if let Some(after) = self.clear_after {
            multiple("clear_after", after, self.step(), faults);
        }
        for name in self.cleared.keys() {
            let sets = |effect: &Effect| matches!(effect, Effect::Set { set } if set.contains_key(name));
            if !self.level.iter().flat_map(|level| &level.does).any(sets) {
                faults.push(Fault::new(
                    "cleared",
                    format!("no level sets {name}, so there is nothing to clear"),
                    "name an attribute that a level sets",
                ));
            }
        }
        let watching = self.level.iter().filter(|level| level.when.is_some()).count();
        if watching > 1 && self.clear.is_none() {
            faults.push(Fault::new(
                "clear",
                "several levels, and nothing says when an episode ends",
                "write clear = \"= …\": what must hold for it to be over",
            ));
        }
    }

    fn order(&self, faults: &mut Vec<Fault>) {
        if self.level.is_empty() {
            faults.push(Fault::new("level", "a rule without a level says nothing", "add a [[level]]"));
        }
        for (index, level) in self.level.iter().enumerate() {
            let place = format!("level.{}", level.id);
            for higher in self.level.iter().skip(index + 1) {
                if higher.id == level.id {
                    faults.push(Fault::new(&*place, "two levels have this id", "give each its own"));
                }
                if covers(higher, level) {
                    faults.push(Fault::new(
                        &*place,
                        format!("it never counts: the higher level {} holds whenever it does", higher.id),
                        "order levels from the lowest to the highest, and let a higher one ask for more",
                    ));
                }
            }
        }
    }

    fn expression(
        &self,
        place: &str,
        expression: &Expression,
        names: &dyn Names,
        tables: &[LimitTable],
        faults: &mut Vec<Fault>,
    ) {
        for call in called(expression) {
            call_faults(place, &call, faults);
        }
        let asked = limits(expression);
        let unit = match names.kind(&[self.on.attribute.as_str()]) {
            Some(Kind::Number(unit)) => unit,
            _ => None,
        };
        let plain: BTreeSet<&str> =
            asked.iter().filter(|limit| limit.plain).map(|limit| limit.text.as_str()).collect();
        let watched = expression.paths().iter().any(|path| path.as_slice() == [self.on.attribute.clone()]);
        if plain.len() > 1 || (!plain.is_empty() && !watched) {
            let what = if watched {
                "it asks for several limits, and each value must be rounded as its own limit is written"
                    .to_owned()
            } else {
                format!(
                    "it asks for a limit, and only {} is rounded as a limit is written",
                    self.on.attribute
                )
            };
            faults.push(Fault::new(place, what, "write over(attribute, limits) for each comparison"));
        }
        for limit in &asked {
            table_faults(place, limit, tables, unit, faults);
        }
    }
}

impl Level {
    fn condition(&self, step: Option<i64>, faults: &mut Vec<Fault>) {
        let place = |key: &str| format!("level.{}{key}", self.id);
        let mut fault =
            |key: &str, what: &str, remedy: &str| faults.push(Fault::new(place(key), what, remedy));
        match (&self.when, self.silent) {
            (None, None) => fault("", "it has no condition", "write when = \"= …\", or silent = \"30min\""),
            (Some(_), Some(_)) => {
                fault(
                    ".silent",
                    "it has both when and silent",
                    "make two levels of it: silence has no values to ask",
                );
            }
            _ => {}
        }
        if self.silent.is_some() && (self.lasts.is_some() || self.times.is_some() || self.within.is_some()) {
            fault(".silent", "silence is a length of time by itself", "leave lasts, times and within out");
        }
        if self.lasts.is_some() && self.times.is_some() {
            fault(".times", "it has both lasts and times", "keep one: in a row, or so often within a span");
        }
        match (self.times, self.within) {
            (Some(_), None) => fault(".times", "it does not say within what span", "add within = \"1d\""),
            (None, Some(_)) => fault(".within", "it does not say how often", "add times = 3"),
            (Some(0), _) => fault(".times", "nothing must happen", "write at least 1"),
            (Some(times), Some(within))
                if step.is_some_and(|step| i64::from(times) > within.micros() / step) =>
            {
                fault(
                    ".times",
                    "the span has fewer windows than that",
                    "count less often, or in a longer span",
                );
            }
            _ => {}
        }
        if self.silent.is_some_and(|silent| silent.micros() <= step.unwrap_or(0)) {
            fault(".silent", "no gap between two values would be short enough", "write more than one period");
        }
        for (key, length) in [(".lasts", self.lasts), (".within", self.within)] {
            if let Some(length) = length {
                multiple(&place(key), length, step, faults);
            }
        }
    }
}

/// A length that must be made of whole windows.
fn multiple(place: &str, length: Length, step: Option<i64>, faults: &mut Vec<Fault>) {
    let step = step.unwrap_or(1);
    if length == Length::ZERO {
        faults.push(Fault::new(place, "it has no length", "leave it out, or write how long"));
    } else if length.micros() % step != 0 {
        let remedy = format!("write a multiple of {}", Length::from_micros(step));
        faults.push(Fault::new(place, format!("{length} is no whole number of periods"), remedy));
    }
}

/// Whether a higher level holds whenever the lower one does, as far as their forms tell.
fn covers(higher: &Level, lower: &Level) -> bool {
    match (higher.silent, lower.silent) {
        (Some(higher), Some(lower)) => return higher <= lower,
        (None, None) => {}
        _ => return false,
    }
    if higher.when.is_none() || higher.when != lower.when {
        return false;
    }
    match ((higher.lasts, higher.times, higher.within), (lower.lasts, lower.times, lower.within)) {
        // At once: the same condition without a length.
        ((None, None, _), _) => true,
        ((Some(higher), ..), (Some(lower), ..)) => higher <= lower,
        ((None, Some(a), within), (None, Some(b), lower)) => a <= b && within >= lower,
        _ => false,
    }
}

fn effects(level: &Level, names: &dyn Names, faults: &mut Vec<Fault>) {
    for (row, effect) in (1..).zip(&level.does) {
        let place = |key: &str| format!("level.{}.do.{row}.{key}", level.id);
        match effect {
            Effect::Open { key, with, .. } | Effect::Tell { key, with, .. } => {
                for name in key {
                    let known =
                        matches!(name.as_str(), "entity" | "rule" | "level") || with.contains_key(name);
                    if !known {
                        faults.push(Fault::new(
                            place("key"),
                            format!("{name} is not among what is known"),
                            "write entity, rule, level, or a name from with",
                        ));
                    }
                }
                if key.is_empty() {
                    faults.push(Fault::new(
                        place("key"),
                        "without a key all entities share one case",
                        "write key = [\"entity\"]",
                    ));
                }
            }
            Effect::Set { set } => {
                for name in set.keys().filter(|name| names.kind(&[name.as_str()]).is_none()) {
                    faults.push(Fault::new(
                        place("set"),
                        format!("the type has no attribute {name}"),
                        "declare it in the type with by = \"rule\"",
                    ));
                }
            }
            Effect::Notify { .. } | Effect::Alert { .. } => {}
        }
    }
}

fn call_faults(place: &str, call: &Called, faults: &mut Vec<Fault>) {
    let name = match call.function {
        Function::Mean => "mean",
        Function::Change => "change",
    };
    if call.attribute.is_none() {
        let remedy = format!("write {name}(attribute, 3h)");
        faults.push(Fault::new(place, format!("{name} is not given an attribute"), remedy));
    }
    if call.span <= 0 || call.span > Length::LONGEST.micros() {
        let remedy = format!("write {name}(attribute, 3h), with a length up to {}", Length::LONGEST);
        faults.push(Fault::new(place, format!("{name} is not given a length of time as written"), remedy));
    }
    if call.share.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
        faults.push(Fault::new(place, "a share is between 0 and 1", "write 0.75 for three quarters"));
    }
}

fn table_faults(
    place: &str,
    limit: &Asked,
    tables: &[LimitTable],
    watched: Option<Unit>,
    faults: &mut Vec<Fault>,
) {
    let Some((id, given)) = &limit.table else { return };
    let Some(table) = tables.iter().find(|table| table.id == **id) else {
        let known: Vec<&str> = tables.iter().map(|table| table.id.as_str()).collect();
        let remedy = format!("write one of: {}", known.join(", "));
        return faults.push(Fault::new(place, format!("there is no limit table {id}"), remedy));
    };
    let keys: Vec<&str> = table.keys().into_iter().map(Name::as_str).collect();
    if keys.len() != *given {
        let remedy = format!("give after its id: {}", keys.join(", "));
        faults.push(Fault::new(place, format!("the limit table {id} has {} keys", keys.len()), remedy));
    }
    // What `over` is given may be another attribute in another unit.
    if limit.plain
        && let Some((unit, watched)) = table.unit.as_deref().and_then(Unit::parse).zip(watched)
        && unit != watched
    {
        let what = format!("the limit table {id} is in {unit}, and the watched attribute in {watched}");
        faults.push(Fault::new(
            place,
            what,
            "hold both in one unit: limits are compared as they are written",
        ));
    }
}
