//! Retention: values that are kept long enough go, type by type, a day at a time. The log keeps the leaves of what it had, and
//! an entry that says what went and on which law.

use crate::{Kernel, Refusal, name, system};
use model::{Attribute, Change, Instant, Name, Urn, Value};
use pack::{Keep, TypeDefinition};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use store::{Commit, Housekeeping, NOW, Numbered, SeriesRange};

const DAY_SECS: i64 = 86_400;
/// Entities read at once.
const PAGE: u32 = 500;
/// Series forgotten, and entries looked at, in one transaction.
const SERIES_AT_ONCE: usize = 500;
const ENTRIES_AT_ONCE: u64 = 1_000;

/// The day on which this process looked last.
#[derive(Default)]
pub(crate) struct LookedOn(Mutex<String>);

impl Kernel {
    /// Lets go of what was kept long enough, once a day. Returns how many types lost something.
    pub fn retain_if_due(&self) -> Result<usize, Refusal> {
        let today = self.date(self.now());
        if *self.retained.0.lock().unwrap_or_else(PoisonError::into_inner) == today {
            return Ok(0);
        }
        let loaded = self.loaded();
        let mut count = 0;
        for kind in loaded.definitions.types.values() {
            if let Some(keep) = &kind.keep {
                count += usize::from(self.retain(kind, keep)?);
            }
        }
        *self.retained.0.lock().unwrap_or_else(PoisonError::into_inner) = today;
        Ok(count)
    }

    /// Forgets values of a type from before its time. A round that was broken off is gone through again.
    fn retain(&self, kind: &TypeDefinition, keep: &Keep) -> Result<bool, Refusal> {
        let loaded = self.loaded();
        let midnight = loaded.zone.date(self.now()).to_datetime(jiff::civil::Time::midnight());
        let today = loaded.zone.instant(midnight).unwrap_or_default();
        let before = today.plus_secs(-i64::from(keep.days) * DAY_SECS);
        let urn = Urn::of(&name("Retention")?, kind.id.as_str()).map_err(crate::invalid)?;
        let last = self.store.read()?.entity(&urn)?.and_then(|held| held.value("before").as_instant());
        if last.is_some_and(|last| last >= before) {
            return Ok(false);
        }
        if !self.forget_series(kind, before)? {
            return Ok(false);
        }
        // What came late, or was observed a little ahead, is in a neighbouring day of the log.
        let from = last.map(|last| last.plus_secs(-2 * DAY_SECS));
        let past = self.entries_at(before.plus_secs(DAY_SECS))?;
        self.drop_contents(from.map_or(Ok(0), |from| self.entries_at(from))?, past)?;
        self.note_retention(&urn, keep, before)?;
        tracing::info!(kind = kind.id.as_str(), %before, "values were kept long enough and are forgotten");
        Ok(true)
    }

    /// Forgets what the series of all entities of a type observed before a time. Whether there was anything.
    fn forget_series(&self, kind: &TypeDefinition, before: Instant) -> Result<bool, Refusal> {
        let (mut after, mut some): (Option<Urn>, bool) = (None, false);
        loop {
            let mut numbers = Vec::new();
            let last = {
                let view = self.store.read()?;
                let page = view.entities(&kind.id, after.as_ref(), PAGE)?;
                for entity in &page {
                    for Numbered { number, .. } in view.series(&entity.urn)? {
                        let from = Instant::from_micros(i64::MIN);
                        let old = SeriesRange { series: number, from, to: before, limit: 1, before: NOW };
                        if !view.observations(old)?.is_empty() {
                            numbers.push(number);
                        }
                    }
                }
                page.last().map(|entity| entity.urn.clone())
            };
            some |= !numbers.is_empty();
            self.forget(&numbers, before)?;
            match last {
                Some(last) => after = Some(last),
                None => return Ok(some),
            }
        }
    }

    /// Lets nobody be told any more what series observed before a time.
    pub(crate) fn forget(&self, numbers: &[u64], before: Instant) -> Result<(), Refusal> {
        for some in numbers.chunks(SERIES_AT_ONCE) {
            crate::wait(self.store.keep(Housekeeping::Forget(some.to_vec(), before))?)?;
        }
        Ok(())
    }

    /// Empties entries that have nothing but what is forgotten, a piece at a time.
    pub(crate) fn drop_contents(&self, first: u64, past: u64) -> Result<(), Refusal> {
        let mut at = first;
        while at < past {
            let end = past.min(at + ENTRIES_AT_ONCE);
            crate::wait(self.store.keep(Housekeeping::Drop(at..end))?)?;
            at = end;
        }
        Ok(())
    }

    fn note_retention(&self, urn: &Urn, keep: &Keep, before: Instant) -> Result<(), Refusal> {
        let id = self.command_id(&["retain", urn.as_str(), &before.micros().to_string()]);
        let mut commit = Commit::new(id, system()?, name("retain")?, keep.basis.as_str());
        let said: [(&str, Value); 3] = [
            ("before", before.into()),
            ("days", Value::Int(i64::from(keep.days))),
            ("basis", keep.basis.as_str().into()),
        ];
        let set: Result<BTreeMap<Name, Attribute>, Refusal> =
            said.into_iter().map(|(id, value)| Ok((name(id)?, Attribute::plain(value)))).collect();
        let (kind, verb) = (name("Retention")?, name("retain")?);
        commit.changes.push(Change {
            entity: urn.clone(),
            kind,
            verb,
            set: set?,
            note: Value::Null,
            record: None,
        });
        crate::done(self.store.submit(commit)?)?;
        Ok(())
    }
}
