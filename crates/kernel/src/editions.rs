//! Editions of a series: raw as it came, cleaned by what its type says of plausible values, audited by a named person.

use crate::sources::{ROWS_MAX, SeriesRow};
use crate::{Actor, Kernel, Refusal, name};
use model::{BATCH_ROWS_MAX, Edition, Entity, Flag, Instant, Item, Name, Observation, SeriesKey, Urn};
use pack::Power;
use proof::CommandId;
use rule::{Limit, Observed, Plausible, doubts};
use std::collections::{BTreeMap, BTreeSet};
use store::{Commit, Done, Entry, NOW, Numbered, Observations, Reading, SeriesRange, StoredRow};

/// Which part of a series is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// In which edition.
    pub edition: Edition,
    /// Its first instant.
    pub from: Instant,
    /// The instant before which it ends.
    pub to: Instant,
    /// How many rows at most: the newest.
    pub limit: u32,
    /// As the entries before this one told it; [`NOW`] for as it is.
    pub before: u64,
}

/// What a person says of a stretch of a series.
#[derive(Clone, Debug, Default)]
pub struct SeriesAudit {
    /// The first instant.
    pub from: Instant,
    /// The instant before which it ends.
    pub to: Instant,
    /// Why: the calibration record, the comparison, the visit.
    pub opinion: String,
    /// Values that are left out, beside those that the cleaned edition leaves out.
    pub without: BTreeSet<Instant>,
    /// Values that are put in place of what was measured, or of nothing.
    pub corrected: BTreeMap<Instant, f64>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Audited {
    /// The command.
    pub done: Done,
    /// Values that count.
    pub counting: usize,
    /// Values that are left out.
    pub left_out: usize,
}

impl Kernel {
    /// A part of a series in an edition, each row with the limit of its day. A cleaned row that does not count is among them,
    /// with the reason; limits are those of today's register: each has its days.
    pub fn edition_rows(
        &self,
        source: &Entity,
        series: &Numbered,
        part: Part,
    ) -> Result<Vec<SeriesRow>, Refusal> {
        let part = Part { limit: part.limit.min(ROWS_MAX), ..part };
        let rows = self.doubted(&*self.store.read()?, source, series, part)?;
        let limits = self.limits(source, &series.key.attribute);
        let judged = rows.into_iter().map(|(row, doubt)| {
            let limit = Limit::on(&limits, &self.date(row.observed)).cloned();
            let counts = row.flag == Flag::NORMAL && doubt.is_none();
            let over = counts && limit.as_ref().is_some_and(|limit| limit.exceeded_by(row.value));
            SeriesRow { row, limit, over, doubt }
        });
        Ok(judged.collect())
    }

    /// The rows of a part, each with what is doubted about it.
    pub(crate) fn doubted(
        &self,
        view: &dyn Reading,
        source: &Entity,
        series: &Numbered,
        part: Part,
    ) -> Result<Vec<(StoredRow, Option<rule::Doubt>)>, Refusal> {
        let limit = part.limit;
        let stored = |number, from, to, limit| {
            view.observations(SeriesRange { series: number, from, to, limit, before: part.before })
        };
        match part.edition {
            Edition::Raw => {
                let rows = stored(series.number, part.from, part.to, limit)?;
                Ok(rows.into_iter().map(|row| (row, None)).collect())
            }
            Edition::Audited => {
                let Some(number) = audited(view, &series.key)? else { return Ok(Vec::new()) };
                let rows = stored(number, part.from, part.to, limit)?;
                Ok(rows.into_iter().map(|row| (row, None)).collect())
            }
            Edition::Cleaned => {
                let plausible = self.plausible(&source.kind, &series.key.attribute);
                // As much around it as a stretch of equal values needs to be seen.
                let around =
                    i64::from(plausible.stuck.unwrap_or(1)).saturating_mul(series.key.period.secs().max(1));
                let (from, to) = (part.from.plus_secs(-around), part.to.plus_secs(around));
                let spare = plausible.stuck.unwrap_or(1).saturating_mul(2);
                let rows = stored(series.number, from, to, limit.saturating_add(spare))?;
                let observed: Vec<Observed> = rows.iter().map(observed).collect();
                let mut rows: Vec<_> = rows.into_iter().zip(doubts(&observed, plausible)).collect();
                rows.retain(|(row, _)| part.from <= row.observed && row.observed < part.to);
                let over = rows.len().saturating_sub(limit as usize);
                rows.drain(..over);
                Ok(rows)
            }
        }
    }

    /// What values of an attribute can be.
    fn plausible(&self, kind: &Name, attribute: &Name) -> Plausible {
        let loaded = self.loaded();
        let declared = loaded.definitions.types.get(kind).and_then(|kind| kind.attribute(attribute));
        declared.map_or_else(Plausible::default, |declared| Plausible {
            range: declared.range,
            stuck: declared.stuck,
            spike: declared.spike,
        })
    }

    /// A person audits a stretch of a series: what the cleaned edition has is confirmed, but for what they leave out or correct.
    /// The raw edition stays as it came.
    pub fn audit_series(
        &self,
        actor: &Actor,
        command: CommandId,
        (source, attribute): (&Urn, &Name),
        audit: &SeriesAudit,
    ) -> Result<Audited, Refusal> {
        self.allowed(actor, Power::AuditSeries)?;
        let opinion = audit.opinion.trim();
        if opinion.is_empty() {
            return Err(Refusal::field("opinion", "请写明审核依据", "say on what the audit rests"));
        }
        if audit.from >= audit.to || audit.to > self.now() {
            let (zh, en) = ("时段应当从早到晚，并且已经过去", "the stretch must run forwards, and be over");
            return Err(Refusal::field("to", zh, en));
        }
        let view = self.store.read()?;
        if let Some(sequence) = view.command(&command)? {
            let entry =
                view.entry(sequence)?.ok_or_else(|| Refusal::NotFound(format!("entry {sequence}")))?;
            let done = Done { sequence, committed: entry.leaf.committed, repeated: true };
            return Ok(Audited::of(done, &flags(&entry)));
        }
        let entity = view.entity(source)?.ok_or_else(|| Refusal::NotFound(source.to_string()))?;
        let series = view.series(source)?;
        let is = |numbered: &&Numbered| {
            numbered.key.attribute == *attribute && numbered.key.edition == Edition::Raw
        };
        let series = series.iter().find(is).ok_or_else(|| Refusal::NotFound(attribute.to_string()))?;
        let rows = self.audited_rows(&*view, &entity, series, audit)?;
        drop(view);
        if rows.is_empty() {
            let (zh, en) = ("这段时间没有尚未审核的数据", "nothing in this stretch is still to be audited");
            return Err(Refusal::field("from", zh, en));
        }
        let flags: Vec<Flag> = rows.iter().map(|row| row.flag).collect();
        let source = format!("audited edition of {attribute}\nby {}\nopinion {opinion}", actor.urn);
        let mut commit = Commit::new(command, actor.urn.clone(), name("audit-series")?, "power audit-series");
        commit.observations = Some(Observations { received: self.now(), source, rows });
        let done = crate::done(self.store.submit(commit)?)?;
        Ok(Audited::of(done, &flags))
    }

    /// What an audit adds to what was audited before.
    fn audited_rows(
        &self,
        view: &dyn Reading,
        entity: &Entity,
        series: &Numbered,
        audit: &SeriesAudit,
    ) -> Result<Vec<Observation>, Refusal> {
        let most = u32::try_from(BATCH_ROWS_MAX).unwrap_or(u32::MAX);
        let part = |edition| Part {
            edition,
            from: audit.from,
            to: audit.to,
            limit: most.saturating_add(1),
            before: NOW,
        };
        let cleaned = self.doubted(view, entity, series, part(Edition::Cleaned))?;
        let mut says: BTreeMap<Instant, (f64, Flag)> = BTreeMap::new();
        for (row, doubt) in cleaned {
            let out = doubt.is_some() || audit.without.contains(&row.observed);
            says.insert(row.observed, (row.value, if out { Flag::LEFT_OUT } else { Flag::NORMAL }));
        }
        if let Some(missing) = audit.without.iter().find(|at| !says.contains_key(at)) {
            let (zh, en) = (format!("{missing} 没有数据"), format!("there is no value at {missing}"));
            return Err(Refusal::field("without", &zh, &en));
        }
        for (at, value) in &audit.corrected {
            if !value.is_finite() || *at < audit.from || *at >= audit.to {
                let (zh, en) = ("更正值应当是时段内的数", "a correction is a number within the stretch");
                return Err(Refusal::field("corrected", zh, en));
            }
            says.insert(*at, (*value, Flag::NORMAL));
        }
        if says.len() > BATCH_ROWS_MAX {
            let en = format!("at most {BATCH_ROWS_MAX} values at once: audit a shorter stretch");
            return Err(Refusal::field(
                "from",
                &format!("一次最多审核 {BATCH_ROWS_MAX} 个数据：请缩短时段"),
                &en,
            ));
        }
        let known = self.doubted(view, entity, series, part(Edition::Audited))?;
        for (row, _) in known {
            if says
                .get(&row.observed)
                .is_some_and(|(value, flag)| *flag == row.flag && value.to_bits() == row.value.to_bits())
            {
                says.remove(&row.observed);
            }
        }
        let key = series.key.in_edition(Edition::Audited);
        let row = |(observed, (value, flag))| Observation { series: key.clone(), observed, value, flag };
        Ok(says.into_iter().map(row).collect())
    }
}

impl Audited {
    fn of(done: Done, flags: &[Flag]) -> Self {
        let counting = flags.iter().filter(|flag| **flag == Flag::NORMAL).count();
        Self { done, counting, left_out: flags.len() - counting }
    }
}

/// The flags of the values that an entry brought.
fn flags(entry: &Entry) -> Vec<Flag> {
    let rows = entry.decoded().unwrap_or_default().into_iter().filter_map(|item| match item {
        Item::Batch(batch) => Some(batch.rows),
        _ => None,
    });
    rows.flatten().map(|row| row.flag).collect()
}

/// The number of the audited edition beside a raw series, once there is one.
fn audited(view: &dyn Reading, raw: &SeriesKey) -> Result<Option<u64>, Refusal> {
    crate::sources::number_of(view, &raw.in_edition(Edition::Audited))
}

fn observed(row: &StoredRow) -> Observed {
    let StoredRow { observed, sequence, value, flag, .. } = *row;
    Observed { observed, sequence, value, flag }
}
