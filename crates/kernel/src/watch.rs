//! One rule on one entity: what it reads, and what it is told besides.

use crate::world::value_at;
use crate::{Loaded, Refusal, name};
use model::{Edition, Entity, Instant, Name, SeriesKey, Urn, Value, Zone};
use rule::{History, Known, OBSERVATIONS_MAX, Observed, Rule, Span};
use std::collections::BTreeSet;
use store::{NOW, Reading, SeriesRange};

/// An entity's attributes, as expressions of rules see them.
struct EntityFacts<'a> {
    loaded: &'a Loaded,
    view: &'a dyn Reading,
    entity: &'a Entity,
}

impl lang::Facts for EntityFacts<'_> {
    fn value(&self, path: &[Name]) -> Value {
        match path {
            [first, rest @ ..] if *first == *"entity" && !rest.is_empty() => {
                value_at(self.view, self.entity, rest)
            }
            _ => value_at(self.view, self.entity, path),
        }
    }

    fn call(&self, function: &str, arguments: &[Value]) -> Option<Value> {
        self.loaded.table(function, arguments)
    }

    fn zone(&self) -> Option<&Zone> {
        Some(&self.loaded.zone)
    }
}

/// One rule on one entity at a log time, in one view of the store.
pub(crate) struct Watch<'a> {
    pub view: &'a dyn Reading,
    pub loaded: &'a Loaded,
    pub rule: &'a Rule,
    pub entity: &'a Entity,
    pub now: Instant,
    down: Vec<Span>,
}

impl<'a> Watch<'a> {
    pub fn new(
        view: &'a dyn Reading,
        loaded: &'a Loaded,
        rule: &'a Rule,
        entity: &'a Entity,
        now: Instant,
    ) -> Result<Self, Refusal> {
        Ok(Self { view, loaded, rule, entity, now, down: down(view)? })
    }

    /// Asks with everything that is known besides history.
    pub fn with<T>(&self, ask: impl FnOnce(Known<'_>) -> T) -> T {
        let facts = EntityFacts { loaded: self.loaded, view: self.view, entity: self.entity };
        let since = self.view.history(&self.entity.urn, 0, 1).ok().and_then(|all| all.first().copied());
        let since =
            since.and_then(|first| self.view.entry(first).ok().flatten()).map(|entry| entry.leaf.committed);
        ask(Known {
            entity: &self.entity.urn,
            facts: &facts,
            tables: &self.loaded.limits,
            zone: &self.loaded.zone,
            down: &self.down,
            since,
            now: self.now,
        })
    }

    /// Everything observed in a span, with every correction, for each series that the rule names.
    pub fn history(&self, span: Span) -> Result<History, Refusal> {
        let mut history = History::new(span);
        self.add(&mut history)?;
        Ok(history)
    }

    /// Adds the series that this rule names to a history.
    pub fn add(&self, history: &mut History) -> Result<(), Refusal> {
        let span = history.span();
        let series = self.view.series(&self.entity.urn)?;
        let limit = u32::try_from(OBSERVATIONS_MAX).unwrap_or(u32::MAX);
        for attribute in needed(self.rule) {
            for numbered in series.iter().filter(|numbered| is(&numbered.key, &attribute)) {
                let range =
                    SeriesRange { series: numbered.number, from: span.from, to: span.to, limit, before: NOW };
                let before =
                    SeriesRange { from: Instant::from_micros(i64::MIN), to: span.from, limit: 1, ..range };
                let mut rows = if self.rule.silent() { self.view.observations(before)? } else { Vec::new() };
                rows.extend(self.view.observation_versions(range)?);
                let rows = rows.into_iter().map(|row| Observed {
                    observed: row.observed,
                    sequence: row.sequence,
                    value: row.value,
                    flag: row.flag,
                });
                history.add(attribute.clone(), rows);
            }
        }
        Ok(())
    }
}

/// Rules judge what was measured: an audit is no news to them.
pub(crate) fn is(key: &SeriesKey, attribute: &Name) -> bool {
    key.attribute == *attribute && key.edition == Edition::Raw
}

/// The attributes whose series a rule's conditions and effects read.
fn needed(rule: &Rule) -> BTreeSet<Name> {
    let named = rule.expressions().into_iter().flat_map(|(_, expression)| expression.paths());
    let mut needed = rule.attributes();
    needed.extend(named.filter_map(|path| path.into_iter().next()));
    needed
}

/// When the node was down, as the log's entity keeps it.
pub(crate) fn down(view: &dyn Reading) -> Result<Vec<Span>, Refusal> {
    let log = Urn::of(&name("Log")?, &view.log().to_string()).map_err(crate::invalid)?;
    let log = view.entity(&log)?;
    let spans = log.as_ref().map(|log| log.value("down").as_list()).unwrap_or_default().iter();
    let span = |value: &Value| {
        Some(Span { from: value.get("from")?.as_instant()?, to: value.get("to")?.as_instant()? })
    };
    Ok(spans.filter_map(span).collect())
}
