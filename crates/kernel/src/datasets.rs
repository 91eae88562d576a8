//! Datasets: a governed part of what the city knows, as rows, for those who may have it.

use crate::context::is_deleted;
use crate::documents::entity_at;
use crate::editions::Part;
use crate::select::{Reach, selected};
use crate::{Actor, Kernel, Refusal, name};
use model::{Edition, Entity, Filter, Flag, Instant, Name, SeriesKey, Value};
use pack::{Dataset, Openness, Series};
use std::collections::BTreeMap;
use store::{NOW, Numbered, Reading, StoredRow};

/// Rows of a dataset that are handed out at once.
pub const DATASET_ROWS_MAX: usize = 100_000;

/// Things that are brought back as they were for one dataset.
const THEN_MAX: u32 = 10_000;

const DAY_SECS: i64 = 86_400;

/// A moment of the past, and the entries of the log before it.
#[derive(Clone, Copy)]
struct Then {
    at: Instant,
    before: u64,
}

impl Then {
    /// A thing as it was; nothing if it was not yet.
    fn entity(self, view: &dyn Reading, now: &Entity) -> Result<Option<Entity>, Refusal> {
        self.before.checked_sub(1).map_or(Ok(None), |last| entity_at(view, &now.urn, last))
    }
}

/// A dataset as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetRows {
    /// What each column holds: `id`, the attributes, and of a series when it was so, the value, and its
    /// flag or, of an edition that is not raw, which edition it is of.
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
        self.dataset_part(dataset, actor, DATASET_ROWS_MAX, None)
    }

    /// The same as it was known at a moment.
    pub fn dataset_at(
        &self,
        dataset: &Dataset,
        actor: Option<&Actor>,
        at: Instant,
    ) -> Result<DatasetRows, Refusal> {
        self.dataset_part(dataset, actor, DATASET_ROWS_MAX, Some(at))
    }

    /// The same with the first rows alone, as it is or as it was known at a moment.
    pub fn dataset_part(
        &self,
        dataset: &Dataset,
        actor: Option<&Actor>,
        most: usize,
        at: Option<Instant>,
    ) -> Result<DatasetRows, Refusal> {
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
        let at = at.filter(|at| *at < self.now());
        let then = at.map(|at| Ok::<_, Refusal>(Then { at, before: self.entries_at(at)? })).transpose()?;
        self.gather(dataset, reach.as_ref(), most, then)
    }

    /// How many rows it has and how old they are, for the catalogue: nothing of what is in them.
    pub fn dataset_size(&self, dataset: &Dataset) -> Result<DatasetRows, Refusal> {
        self.gather(dataset, None, 0, None)
    }

    fn gather(
        &self,
        dataset: &Dataset,
        reach: Option<&Reach>,
        most: usize,
        then: Option<Then>,
    ) -> Result<DatasetRows, Refusal> {
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
        // Of the past, what the filter found then is looked for among all that there are.
        let now = filter.filter(|_| then.is_none());
        let mut looked = 0;
        let changed = selected(&*view, &dataset.kind, now, |entity| {
            looked += u32::from(then.is_some());
            if looked > THEN_MAX {
                let (zh, en) = (
                    "对象太多，无法按过去的时刻整体还原，请在登记簿中逐个查看",
                    "too many things to bring back all of them as they were: look them up in the register",
                );
                return Err(Refusal::field("known", zh, en));
            }
            let known = match then {
                None => Some(entity),
                Some(then) => then.entity(&*view, &entity)?,
            };
            let Some(entity) = known.filter(|entity| !is_deleted(entity)) else { return Ok(()) };
            if filter.is_some_and(|filter| then.is_some() && !filter.matches(&entity)) {
                return Ok(());
            }
            if reach.is_some_and(|reach| !reach.holds(&entity)) {
                return Ok(());
            }
            let first = head(dataset, &entity);
            match &dataset.series {
                None => out.push(most, || first),
                Some(series) => {
                    latest =
                        latest.max(self.measured(&*view, &entity, series, &first, (most, then), &mut out)?);
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
        (most, then): (usize, Option<Then>),
        out: &mut DatasetRows,
    ) -> Result<Option<u64>, Refusal> {
        if out.total >= DATASET_ROWS_MAX {
            out.more = true;
            return Ok(None);
        }
        let mut all = view.series(&entity.urn)?.into_iter();
        let is = |key: &SeriesKey| {
            key.attribute == series.attribute && key.basis == series.statistic && key.edition == Edition::Raw
        };
        let Some(numbered) = all.find(|numbered| is(&numbered.key)) else { return Ok(None) };
        let part = Part {
            edition: series.edition,
            from: then
                .map_or_else(|| self.now(), |then| then.at)
                .plus_secs(-i64::from(series.days) * DAY_SECS),
            to: then.map_or(Instant::from_micros(i64::MAX), |then| then.at),
            limit: u32::try_from(DATASET_ROWS_MAX).unwrap_or(u32::MAX),
            before: then.map_or(NOW, |then| then.before),
        };
        let rows = self.handed_out(view, entity, &numbered, part)?;
        out.more |= rows.len() == DATASET_ROWS_MAX;
        for (edition, row) in &rows {
            let value = [row.observed.into(), Value::number(row.value)];
            let worth = match series.edition {
                Edition::Raw => row.flag.to_string(),
                Edition::Cleaned | Edition::Audited => edition.as_str().to_owned(),
            };
            out.push(most, || first.iter().cloned().chain(value).chain([worth.into()]).collect());
        }
        Ok(rows.iter().map(|(_, row)| row.sequence).max())
    }

    /// What an edition has to say. Of the raw one that is every value with its flag; of the others only what counts: of the
    /// audited one, what is not audited yet is the cleaned value.
    fn handed_out(
        &self,
        view: &dyn Reading,
        entity: &Entity,
        numbered: &Numbered,
        part: Part,
    ) -> Result<Vec<(Edition, StoredRow)>, Refusal> {
        let rows = |edition| self.doubted(view, entity, numbered, Part { edition, ..part });
        if part.edition == Edition::Raw {
            return Ok(rows(Edition::Raw)?.into_iter().map(|(row, _)| (Edition::Raw, row)).collect());
        }
        let cleaned = rows(Edition::Cleaned)?.into_iter().filter(|(_, doubt)| doubt.is_none());
        let mut says: BTreeMap<Instant, (Edition, StoredRow)> =
            cleaned.map(|(row, _)| (row.observed, (Edition::Cleaned, row))).collect();
        if part.edition == Edition::Audited {
            for (row, _) in rows(Edition::Audited)? {
                says.insert(row.observed, (Edition::Audited, row));
            }
        }
        Ok(says.into_values().filter(|(_, row)| row.flag == Flag::NORMAL).collect())
    }
}

impl DatasetRows {
    /// Counts a row, and keeps it while there is room for it.
    fn push(&mut self, most: usize, row: impl FnOnce() -> Vec<Value>) {
        self.total += 1;
        if self.rows.len() < most {
            self.rows.push(row());
        }
        self.more |= self.total > DATASET_ROWS_MAX;
    }
}

fn columns(dataset: &Dataset) -> Result<Vec<Name>, Refusal> {
    let mut columns = vec![name("id")?];
    columns.extend(dataset.attributes.iter().cloned());
    if let Some(series) = &dataset.series {
        let worth = if series.edition == Edition::Raw { "flag" } else { "edition" };
        columns.extend([name("observed")?, series.attribute.clone(), name(worth)?]);
    }
    Ok(columns)
}

/// Who it is, and its attributes.
fn head(dataset: &Dataset, entity: &Entity) -> Vec<Value> {
    let values = dataset.attributes.iter().map(|id| entity.value(id.as_str()).clone());
    std::iter::once(entity.urn.clone().into()).chain(values).collect()
}
