//! Indexes: what a standard computes from several series of an entity, hour by hour.

use crate::sources::{number_of, series_key};
use crate::{Kernel, Refusal};
use model::{Entity, Flag, Instant, Name, Period};
use pack::{Index, IndexStandard, TypeDefinition};
use standards::Decimal;
use standards::air::{Averaging, Pollutant};
use standards::aqi::{self, Edition, Reading as Indicator, Report, Value, individual};
use std::collections::BTreeMap;
use store::{NOW, Reading, SeriesRange};

const DAY_SECS: i64 = 86_400;

/// An index of one hour.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexHour {
    /// When the hour begins.
    pub start: Instant,
    /// By which edition of the standard.
    pub edition: Edition,
    /// What the standard makes of it.
    pub index: aqi::Index,
    /// The valid values that it was computed from.
    pub values: Vec<(Pollutant, f64)>,
}

impl Kernel {
    /// The indexes that a type of entity has; none for one that is excepted.
    pub fn indexes_of(&self, entity: &Entity) -> Vec<Index> {
        let loaded = self.loaded();
        let kind = loaded.definitions.types.get(&entity.kind);
        let has = |index: &&Index| !index.except.iter().any(|(id, code)| entity.text(id.as_str()) == code);
        kind.into_iter().flat_map(|kind| &kind.index).filter(has).cloned().collect()
    }

    /// An index of the newest hour of which anything valid is known.
    pub fn index_now(&self, entity: &Entity, index: &Index) -> Result<Option<IndexHour>, Refusal> {
        let view = self.store.read()?;
        let of = |key: &model::SeriesKey| index.of.iter().any(|(_, id)| crate::watch::is(key, id));
        let (from, to) = (Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
        let mut newest = None;
        for numbered in view.series(&entity.urn)?.into_iter().filter(|numbered| of(&numbered.key)) {
            let range = SeriesRange { series: numbered.number, from, to, limit: 1, before: NOW };
            newest = newest.max(view.observations(range)?.last().map(|row| row.observed));
        }
        drop(view);
        let Some(newest) = newest else { return Ok(None) };
        // The newest rows may be invalid; what is older than a day is no present state.
        let span = (newest.plus_secs(-DAY_SECS), newest.plus_secs(1));
        Ok(self.index_hours(entity, index, span, None)?.pop())
    }

    /// An index of an entity for every hour of a span that has a valid value, oldest first. Without an edition each hour is
    /// judged by the one in force on its day.
    pub fn index_hours(
        &self,
        entity: &Entity,
        index: &Index,
        (from, to): (Instant, Instant),
        edition: Option<Edition>,
    ) -> Result<Vec<IndexHour>, Refusal> {
        let (loaded, view) = (self.loaded(), self.store.read()?);
        let Some(kind) = loaded.definitions.types.get(&entity.kind) else { return Ok(Vec::new()) };
        let mut hours = BTreeMap::<Instant, Vec<(Pollutant, f64)>>::new();
        for (pollutant, attribute) in &index.of {
            for (start, value) in valid(&*view, kind, entity, attribute, (from, to))? {
                hours.entry(start).or_default().push((*pollutant, value));
            }
        }
        let hours = hours.into_iter().filter_map(|(start, values)| {
            let edition = edition.unwrap_or_else(|| Edition::on(loaded.zone.local(start).date()));
            let index = match index.standard {
                IndexStandard::AirQuality => air_quality(edition, &values),
            };
            Some(IndexHour { start, edition, index: index?, values })
        });
        Ok(hours.collect())
    }
}

/// The index of an hour's values. One of which the standard makes nothing, below zero or beyond measure, counts as missing.
fn air_quality(edition: Edition, values: &[(Pollutant, f64)]) -> Option<aqi::Index> {
    let indicator = |(pollutant, value): &(Pollutant, f64)| {
        let (averaging, value) = (Averaging::Hour, Decimal::try_from(*value).ok()?);
        individual(edition, *pollutant, averaging, value).ok()?;
        Some(Indicator { pollutant: *pollutant, averaging, value: Value::Measured(value) })
    };
    let readings: Vec<Indicator> = values.iter().filter_map(indicator).collect();
    aqi::index(edition, Report::Hourly, &readings).ok()
}

impl IndexHour {
    /// The index, if so much is known of the hour that it may be published.
    pub fn value(&self) -> Option<u16> {
        self.index.published()
    }
}

/// The valid values of an attribute's hours.
fn valid(
    view: &dyn Reading,
    kind: &TypeDefinition,
    entity: &Entity,
    attribute: &Name,
    (from, to): (Instant, Instant),
) -> Result<Vec<(Instant, f64)>, Refusal> {
    let key = series_key(kind, entity, attribute).filter(|key| key.period == Period::Hour);
    let Some(series) = key.map(|key| number_of(view, &key)).transpose()?.flatten() else {
        return Ok(Vec::new());
    };
    let range = SeriesRange { series, from, to, limit: crate::ROWS_MAX, before: NOW };
    let rows = view.observations(range)?.into_iter().filter(|row| row.flag == Flag::NORMAL);
    Ok(rows.map(|row| (row.observed, row.value)).collect())
}
