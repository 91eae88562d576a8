//! One rule on one entity: what it reads, and what it is told besides.

use crate::world::value_at;
use crate::{Loaded, Refusal, name};
use model::{Edition, Entity, Instant, Name, SeriesKey, Urn, Value, Zone};
use rule::{History, Known, OBSERVATIONS_MAX, Observed, Rule, Span};
use store::{NOW, Numbered, Reading, SeriesRange};

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

/// What every rule on one entity is told besides, looked up once for all of them.
pub(crate) struct Around {
    /// When the node was down.
    down: Vec<Span>,
    /// Since when the entity is on record.
    since: Option<Instant>,
    /// Its series.
    pub series: Vec<Numbered>,
}

impl Around {
    pub fn of(view: &dyn Reading, entity: &Urn) -> Result<Self, Refusal> {
        let first = view.history(entity, 0, 1)?.first().copied();
        let first = first.map(|first| view.entry(first)).transpose()?.flatten();
        let since = first.map(|entry| entry.leaf.committed);
        Ok(Self { down: down(view)?, since, series: view.series(entity)? })
    }
}

/// One rule on one entity at a log time, in one view of the store.
#[derive(Clone, Copy)]
pub(crate) struct Watch<'a> {
    pub view: &'a dyn Reading,
    pub loaded: &'a Loaded,
    pub rule: &'a Rule,
    pub entity: &'a Entity,
    pub now: Instant,
    pub around: &'a Around,
}

impl Watch<'_> {
    /// Asks with everything that is known besides history.
    pub fn with<T>(&self, ask: impl FnOnce(Known<'_>) -> T) -> T {
        let facts = EntityFacts { loaded: self.loaded, view: self.view, entity: self.entity };
        ask(Known {
            entity: &self.entity.urn,
            facts: &facts,
            tables: &self.loaded.limits,
            zone: &self.loaded.zone,
            down: &self.around.down,
            since: self.around.since,
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
        let limit = u32::try_from(OBSERVATIONS_MAX).unwrap_or(u32::MAX);
        for attribute in self.rule.needed() {
            for numbered in self.around.series.iter().filter(|numbered| is(&numbered.key, attribute)) {
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
