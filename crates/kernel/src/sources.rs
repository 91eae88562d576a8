//! Sources: entities whose type has feeds. What they report, beside its limit, down to the packet.

use crate::editions::Part;
use crate::{Kernel, Refusal, title};
use model::{Edition, Entity, Instant, Name, SeriesKey, Text, Urn};
use pack::TypeDefinition;
use rule::{Doubt, Limit};
use store::{Entry, NOW, Numbered, SeriesRange, StoredRow};

/// Sources on the list page.
const SOURCES_MAX: u32 = 500;
/// Rows of a download.
pub const ROWS_MAX: u32 = 100_000;

/// A source as its page shows it.
#[derive(Clone, Debug)]
pub struct SourceView {
    /// Its entity.
    pub entity: Entity,
    /// What people call it.
    pub title: Text,
    /// Its series, as they were measured.
    pub series: Vec<Numbered>,
    /// Cases about it, the latest first.
    pub cases: Vec<Urn>,
    /// As of when its newest data is: when that arrived, or, of what is taken in later, when it was so.
    pub as_of: Option<Instant>,
}

/// One row of a series with its judgement.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesRow {
    /// What is stored.
    pub row: StoredRow,
    /// The limit in force on its day.
    pub limit: Option<Limit>,
    /// Whether it counts and is above the limit.
    pub over: bool,
    /// In the cleaned edition: why it does not count.
    pub doubt: Option<Doubt>,
}

impl Kernel {
    /// All sources, by URN.
    pub fn sources(&self) -> Result<Vec<SourceView>, Refusal> {
        let view = self.store.read()?;
        let mut sources = Vec::new();
        for kind in &self.loaded().fed {
            let entities = view.entities(kind, None, SOURCES_MAX)?;
            for entity in entities.into_iter().filter(|entity| !crate::context::is_deleted(entity)) {
                sources.push(self.source_view(&*view, entity)?);
            }
        }
        Ok(sources)
    }

    /// One source.
    pub fn source(&self, urn: &Urn) -> Result<SourceView, Refusal> {
        let view = self.store.read()?;
        let entity = view.entity(urn)?.filter(|e| self.loaded().fed.contains(&e.kind));
        self.source_view(&*view, entity.ok_or_else(|| Refusal::NotFound(urn.to_string()))?)
    }

    fn source_view(&self, view: &dyn store::Reading, entity: Entity) -> Result<SourceView, Refusal> {
        let mut series = view.series(&entity.urn)?;
        series.retain(|numbered| numbered.key.edition == Edition::Raw);
        let (mut last, mut observed) = (None, None);
        for numbered in &series {
            let latest = view.observations(SeriesRange {
                series: numbered.number,
                from: Instant::from_micros(i64::MIN),
                to: Instant::from_micros(i64::MAX),
                limit: 1,
                before: NOW,
            })?;
            last = last.max(latest.last().map(|row| row.sequence));
            observed =
                observed.max(latest.last().map(|row| row.observed.plus_secs(numbered.key.period.secs())));
        }
        let last = last.map(|sequence| view.entry(sequence)).transpose()?.flatten();
        Ok(SourceView {
            title: title(&entity),
            series,
            cases: self.cases_about(view, &entity.urn)?,
            as_of: last.map(|entry| entry.leaf.committed).min(observed),
            entity,
        })
    }

    /// How many entries the log had at a moment of log time: what was known then is what stands before.
    pub fn entries_at(&self, at: Instant) -> Result<u64, Refusal> {
        let view = self.store.read()?;
        let (mut low, mut high) = (0, view.size()?);
        // Log time never goes back.
        while low < high {
            let middle = low.midpoint(high);
            let later = view.entry(middle)?.is_none_or(|entry| entry.leaf.committed > at);
            (low, high) = if later { (low, middle) } else { (middle + 1, high) };
        }
        Ok(low)
    }

    /// A part of a series as it was measured, each row with the limit of its day.
    pub fn series_rows(
        &self,
        source: &Entity,
        series: &Numbered,
        from: Instant,
        to: Instant,
        limit: u32,
    ) -> Result<Vec<SeriesRow>, Refusal> {
        self.edition_rows(source, series, Part { edition: Edition::Raw, from, to, limit, before: NOW })
    }

    /// The limits beside an attribute: those that a rule of this city compares it with.
    pub fn limits(&self, source: &Entity, attribute: &Name) -> Vec<Limit> {
        let loaded = self.loaded();
        let mut rules = loaded.definitions.rules.iter();
        let named = rules.find_map(|rule| {
            let on = &rule.on;
            (on.kind == source.kind && on.attribute == *attribute).then(|| limit_attribute(rule)).flatten()
        });
        named.and_then(|named| Limit::list(source.value(named.as_str())).ok()).unwrap_or_default()
    }

    /// An entity as it is now.
    pub fn entity(&self, urn: &Urn) -> Result<Option<Entity>, Refusal> {
        Ok(self.store.read()?.entity(urn)?)
    }

    /// One entry of the log.
    pub fn entry(&self, sequence: u64) -> Result<Entry, Refusal> {
        self.store.read()?.entry(sequence)?.ok_or_else(|| Refusal::NotFound(format!("entry {sequence}")))
    }

    /// What a series number means.
    pub fn series_key(&self, number: u64) -> Result<Option<SeriesKey>, Refusal> {
        Ok(self.store.read()?.series_key(number)?)
    }
}

/// The series that the feed of an attribute fills.
pub(crate) fn series_key(kind: &TypeDefinition, entity: &Entity, attribute: &Name) -> Option<SeriesKey> {
    let feed = kind.attribute(attribute)?.feed.as_ref()?;
    Some(SeriesKey {
        entity: entity.urn.clone(),
        attribute: attribute.clone(),
        basis: feed.key.statistic.clone(),
        period: feed.period,
        edition: Edition::Raw,
    })
}

/// The number of a series, once something has come in it.
pub(crate) fn number_of(view: &dyn store::Reading, key: &SeriesKey) -> Result<Option<u64>, Refusal> {
    let all = view.series(&key.entity)?;
    Ok(all.into_iter().find(|numbered| numbered.key == *key).map(|numbered| numbered.number))
}

/// The attribute of the entity in which a rule looks for limits: `limit(so2Limit)`.
fn limit_attribute(rule: &rule::Rule) -> Option<Name> {
    let whens = rule.level.iter().filter_map(|level| level.when.as_ref());
    let mut calls = whens.flat_map(lang::Expression::calls).filter(|(function, _)| function == "limit");
    calls.find_map(|(_, arguments)| match arguments.into_iter().next() {
        Some(lang::Argument::Path(mut path)) if path.len() == 1 => path.pop(),
        _ => None,
    })
}
