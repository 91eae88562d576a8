//! A view: all segments and memtables that together hold history once, as of a moment.

use super::{Damaged, Extent, Forgotten, Memtable, Point, Segment};
use crate::{SeriesRange, StoreError, StoredRow};
use model::{Flag, Instant};
use std::cmp::Reverse;
use std::sync::Arc;

/// Segments, oldest first, then what is not in a segment yet, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    /// They hold the entries from 0 on without a gap.
    pub segments: Vec<Arc<Segment>>,
    /// The frozen memtable, if there is one, and the live one.
    pub tables: Vec<Arc<Memtable>>,
    /// What is not told any more.
    pub forgotten: Arc<Forgotten>,
}

impl View {
    /// The first entry whose observations are in no segment.
    pub(crate) fn watermark(&self) -> u64 {
        self.segments.last().map_or(0, |segment| segment.entries.end)
    }

    /// Whether segments follow each other from the first entry on, without gap or overlap.
    pub(crate) fn is_whole(&self) -> bool {
        let mut next = 0;
        self.segments.iter().all(|segment| {
            let follows = segment.entries.start == next && segment.entries.end >= next;
            next = segment.entries.end;
            follows
        })
    }

    /// Observations of a range as entries before one tell them, in order of time and command; with `versions`, those too
    /// that were corrected. Blocks are read by `body`, the latest first, and none that cannot matter.
    pub(crate) fn find(
        &self,
        range: SeriesRange,
        before: u64,
        versions: bool,
        mut body: impl FnMut(u64, &mut Vec<Point>) -> Result<(), StoreError>,
    ) -> Result<Vec<StoredRow>, StoreError> {
        let Ok(series) = u32::try_from(range.series) else { return Ok(Vec::new()) };
        let times = range.from.micros().max(self.forgotten.since(series))..range.to.micros();
        let limit = range.limit as usize;
        if times.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let mut found = Latest { limit, versions, runs: Vec::new(), count: 0 };
        for table in self.tables.iter().rev() {
            found.add(&table.find(series, times.clone(), before, limit));
        }
        let blocks = self.segments.iter().rev().flat_map(|segment| {
            let mut blocks: Vec<(u64, Extent)> = segment.find(series, times.clone()).collect();
            blocks.reverse();
            blocks
        });
        let mut blocks: Vec<(u64, Extent)> = blocks.collect();
        blocks.sort_by_key(|(_, extent)| Reverse(extent.to));
        let mut points = Vec::new();
        for (id, extent) in blocks {
            if found.suffices(extent.to) {
                break;
            }
            body(id, &mut points)?;
            let from = points.partition_point(|p| (p.series, p.observed) < (series, times.start));
            let to = points.partition_point(|p| (p.series, p.observed) < (series, times.end));
            points.truncate(to);
            points.drain(..from);
            points.retain(|p| p.sequence < before);
            found.add(&points);
        }
        Ok(found.settled())
    }
}

/// The latest observations found so far, in runs that come latest first.
struct Latest {
    limit: usize,
    versions: bool,
    runs: Vec<Vec<StoredRow>>,
    count: usize,
}

impl Latest {
    fn add(&mut self, points: &[Point]) {
        if points.is_empty() {
            return;
        }
        let row = |p: &Point| StoredRow {
            observed: Instant::from_micros(p.observed),
            sequence: p.sequence,
            value: p.value,
            flag: Flag(p.flag),
        };
        self.count += points.len();
        self.runs.push(points.iter().map(row).collect());
    }

    /// Whether nothing at or before a time can be among the latest any more.
    fn suffices(&mut self, time: i64) -> bool {
        if self.count < self.limit {
            return false;
        }
        let settled = self.settled();
        let first = settled.first().map(|row| row.observed.micros());
        let suffices = settled.len() >= self.limit && first.is_some_and(|first| first > time);
        self.count = settled.len();
        self.runs.push(settled);
        suffices
    }

    /// All of them in order of time and command, each once, and no more than asked for.
    fn settled(&mut self) -> Vec<StoredRow> {
        let mut all = Vec::with_capacity(self.count);
        self.runs.drain(..).rev().for_each(|run| all.extend(run));
        let place = |row: &StoredRow| (row.observed, row.sequence);
        // Most often everything came in order, each instant once.
        if !all.is_sorted_by(|a, b| a.observed < b.observed) {
            all.sort_by_key(place);
            // Of those for one instant, or of one command for it, the last stands.
            let versions = self.versions;
            all.reverse();
            all.dedup_by(|later, kept| {
                later.observed == kept.observed && (!versions || later.sequence == kept.sequence)
            });
            all.reverse();
        }
        all.drain(..all.len().saturating_sub(self.limit));
        all
    }
}

impl From<Damaged> for StoreError {
    fn from(damaged: Damaged) -> Self {
        Self::Damaged(damaged.to_string())
    }
}
