//! Datasets: a governed part of what the city knows, as rows, for those who may have it.

use crate::select::{Reach, selected};
use crate::{Actor, Kernel, Refusal, name};
use model::{Entity, Filter, Instant, Name, Value};
use pack::{Dataset, Openness, Series};
use store::{NOW, Reading, SeriesRange};

/// Rows of a dataset that are handed out at once.
pub const DATASET_ROWS_MAX: usize = 100_000;

const DAY_SECS: i64 = 86_400;

/// A dataset as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetRows {
    /// What each column holds: `id`, the attributes, and of a series when it was so, the value and its flag.
    pub columns: Vec<Name>,
    /// The rows, at most [`DATASET_ROWS_MAX`]; none if only their number was asked for.
    pub rows: Vec<Vec<Value>>,
    /// Rows that there are, as far as they were counted.
    pub total: usize,
    /// When what it is made of last changed.
    pub changed: Option<Instant>,
    /// Whether there are more than were handed out or counted.
    pub more: bool,
}

impl Kernel {
    /// The rows of a dataset for whoever asks. An open one is for everybody, a shared one for whoever is signed in; of a
    /// restricted one a holder of its owner's role gets what lies within their reach.
    pub fn dataset(&self, dataset: &Dataset, actor: Option<&Actor>) -> Result<DatasetRows, Refusal> {
        let reach = match (dataset.sharing, actor) {
            (Openness::Open, _) | (Openness::Shared, Some(_)) => None,
            (Openness::Shared, None) => return Err(Refusal::SignedOut),
            (Openness::Restricted, actor) => {
                let date = self.date(self.now());
                let refused = || Refusal::NotAllowed { role: dataset.owner.clone() };
                let actor = actor.ok_or_else(refused)?;
                if !actor.holds(dataset.owner.as_str(), &date) && self.may_read(actor)? != Filter::All {
                    return Err(refused());
                }
                Some(self.reach(actor)?)
            }
        };
        self.gather(dataset, reach.as_ref(), true)
    }

    /// How many rows it has and how old they are, for the catalogue: nothing of what is in them.
    pub fn dataset_size(&self, dataset: &Dataset) -> Result<DatasetRows, Refusal> {
        self.gather(dataset, None, false)
    }

    fn gather(&self, dataset: &Dataset, reach: Option<&Reach>, keep: bool) -> Result<DatasetRows, Refusal> {
        let view = self.store.read()?;
        let mut out = DatasetRows {
            columns: columns(dataset)?,
            rows: Vec::new(),
            total: 0,
            changed: None,
            more: false,
        };
        let mut latest = None;
        let filter = dataset.selection.as_ref().map(|selection| &selection.filter);
        let changed = selected(&*view, &dataset.kind, filter, |entity| {
            if reach.is_some_and(|reach| !reach.holds(&entity)) {
                return Ok(());
            }
            let first = head(dataset, &entity);
            match &dataset.series {
                None => out.push(keep.then_some(first)),
                Some(series) => {
                    latest = latest.max(self.measured(&*view, &entity, series, &first, keep, &mut out)?);
                }
            }
            Ok(())
        })?;
        out.changed = match &dataset.series {
            None => changed,
            Some(_) => {
                let entry = latest.map(|sequence| view.entry(sequence)).transpose()?.flatten();
                entry.map(|entry| entry.leaf.committed)
            }
        };
        Ok(out)
    }

    /// The rows of one entity's series. Returns the latest command that brought one.
    fn measured(
        &self,
        view: &dyn Reading,
        entity: &Entity,
        series: &Series,
        first: &[Value],
        keep: bool,
        out: &mut DatasetRows,
    ) -> Result<Option<u64>, Refusal> {
        if out.total >= DATASET_ROWS_MAX {
            out.more = true;
            return Ok(None);
        }
        let mut all = view.series(&entity.urn)?.into_iter();
        let is = |key: &model::SeriesKey| key.attribute == series.attribute && key.basis == series.statistic;
        let Some(numbered) = all.find(|numbered| is(&numbered.key)) else { return Ok(None) };
        let to = Instant::from_micros(i64::MAX);
        let from = self.now().plus_secs(-i64::from(series.days) * DAY_SECS);
        let limit = u32::try_from(DATASET_ROWS_MAX).unwrap_or(u32::MAX);
        let rows =
            view.observations(SeriesRange { series: numbered.number, from, to, limit, before: NOW })?;
        out.more |= rows.len() == DATASET_ROWS_MAX;
        for row in &rows {
            let rest = [row.observed.into(), Value::number(row.value), row.flag.to_string().into()];
            out.push(keep.then(|| first.iter().cloned().chain(rest).collect()));
        }
        Ok(rows.iter().map(|row| row.sequence).max())
    }
}

impl DatasetRows {
    fn push(&mut self, row: Option<Vec<Value>>) {
        self.total += 1;
        if let Some(row) = row {
            if self.rows.len() < DATASET_ROWS_MAX { self.rows.push(row) } else { self.more = true }
        }
    }
}

fn columns(dataset: &Dataset) -> Result<Vec<Name>, Refusal> {
    let mut columns = vec![name("id")?];
    columns.extend(dataset.attributes.iter().cloned());
    if let Some(series) = &dataset.series {
        columns.extend([name("observed")?, series.attribute.clone(), name("flag")?]);
    }
    Ok(columns)
}

/// Who it is, and its attributes.
fn head(dataset: &Dataset, entity: &Entity) -> Vec<Value> {
    let values = dataset.attributes.iter().map(|id| entity.value(id.as_str()).clone());
    std::iter::once(entity.urn.clone().into()).chain(values).collect()
}
