//! What a process left on disk, read without it: on a copy, so that the next start finds exactly what the last one left.

use anyhow::{Context, Result};
use kernel::TenantClock;
use model::{Instant, Item, Name, Urn};
use proof::{Head, Leaf, SystemChance, VerifyKey};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use store::{AuditReport, NOW, Reading, SeriesRange, SqliteStore};

/// Entries read at once.
const PAGE: u32 = 4096;
const EVERYTHING: u32 = 1_000_000;

/// A copy of a city's database, opened.
pub struct Remains {
    store: SqliteStore,
    database: std::path::PathBuf,
}

/// A series by source, attribute and period; its rows by instant: entry of the log and value.
pub type Series = BTreeMap<(Urn, Name), BTreeMap<Instant, (u64, f64)>>;

impl Remains {
    /// Copies the database with its write-ahead log and opens the copy, as a start after a crash does.
    pub fn copy(tenant: &Path, to: &Path) -> Result<Self> {
        let _ = std::fs::remove_dir_all(to);
        std::fs::create_dir_all(to)?;
        for tail in ["", "-wal"] {
            let name = format!("city.db{tail}");
            if tenant.join(&name).exists() {
                std::fs::copy(tenant.join(&name), to.join(&name))?;
            }
        }
        Self::open(&to.join("city.db"))
    }

    /// Opens a database that no process uses.
    pub fn open(database: &Path) -> Result<Self> {
        // Nothing more is written in it, so its clock may stand.
        let clock = Arc::new(TenantClock::stopped_at(Instant::default()));
        let store = SqliteStore::open(database, clock, Arc::new(SystemChance))
            .context("the database does not open")?;
        Ok(Self { store, database: database.to_owned() })
    }

    /// A view of everything in it.
    pub fn view(&self) -> Result<impl Reading> {
        Ok(self.store.snapshot()?)
    }

    /// The whole log: records with their items.
    pub fn log(&self) -> Result<Vec<(Leaf, Vec<Item>)>> {
        let view = self.store.snapshot()?;
        let mut log = Vec::new();
        loop {
            let page = view.tail(log.len() as u64, PAGE)?;
            if page.is_empty() {
                return Ok(log);
            }
            for entry in page {
                let items = entry.decoded()?;
                log.push((entry.leaf, items));
            }
        }
    }

    /// All series of some sources, through the normal query path.
    pub fn series(&self, sources: &[Urn]) -> Result<Series> {
        let view = self.store.snapshot()?;
        let mut found = Series::new();
        for source in sources {
            for numbered in view.series(source)? {
                let (from, to) = (Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
                let rows = view.observations(SeriesRange {
                    series: numbered.number,
                    from,
                    to,
                    limit: EVERYTHING,
                    before: NOW,
                })?;
                let rows = rows.iter().map(|row| (row.observed, (row.sequence, row.value))).collect();
                found.insert((source.clone(), numbered.key.attribute), rows);
            }
        }
        Ok(found)
    }

    /// All published heads.
    pub fn heads(&self, key: &VerifyKey) -> Result<Vec<Head>> {
        let heads = self.store.snapshot()?.heads(u32::MAX)?;
        Ok(heads.iter().map(|head| key.open(head)).collect::<Result<_, _>>()?)
    }

    /// What the audit finds wrong.
    pub fn faults(&self, key: &VerifyKey) -> Result<Vec<String>> {
        let report = AuditReport::of(&self.database, Some(&key.clone().into()))?;
        Ok(report.faults.iter().map(|fault| format!("{fault:?}")).collect())
    }
}
