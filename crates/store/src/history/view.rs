//! A view: all segments and memtables that together hold history once, as of a moment.

use super::{Damaged, Extent, Memtable, Point, Segment};
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
        let times = range.from.micros()..range.to.micros();
        let limit = range.limit as usize;
        if times.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let mut found = Latest { limit, versions, runs: Vec::new(), count: 0 };
        for table in self.tables.iter().rev() {
            found.add(table.find(series, times.clone(), before, limit));
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
            let of =
                points.partition_point(|p| p.series < series)..points.partition_point(|p| p.series <= series);
            let wanted = |p: &&Point| times.contains(&p.observed) && p.sequence < before;
            found.add(points[of].iter().filter(wanted).copied().collect());
        }
        Ok(found.rows())
    }
}

/// The latest points found so far, in runs that come latest first.
struct Latest {
    limit: usize,
    versions: bool,
    runs: Vec<Vec<Point>>,
    count: usize,
}

impl Latest {
    fn add(&mut self, run: Vec<Point>) {
        if !run.is_empty() {
            self.count += run.len();
            self.runs.push(run);
        }
    }

    /// Whether nothing at or before a time can be among the latest any more.
    fn suffices(&mut self, time: i64) -> bool {
        if self.count < self.limit {
            return false;
        }
        let settled = self.settled();
        let suffices = settled.len() >= self.limit && settled.first().is_some_and(|p| p.observed > time);
        self.count = settled.len();
        self.runs.push(settled);
        suffices
    }

    /// All of them in order of time and command, each once, and no more than asked for.
    fn settled(&mut self) -> Vec<Point> {
        let mut all = Vec::with_capacity(self.count);
        self.runs.drain(..).rev().for_each(|run| all.extend(run));
        let place = |p: &Point| (p.observed, p.sequence);
        if !all.is_sorted_by_key(place) {
            all.sort_by_key(place);
        }
        // Of those for one instant, or of one command for it, the last stands.
        let versions = self.versions;
        all.reverse();
        all.dedup_by(|later, kept| {
            later.observed == kept.observed && (!versions || later.sequence == kept.sequence)
        });
        all.truncate(self.limit);
        all.reverse();
        all
    }

    fn rows(mut self) -> Vec<StoredRow> {
        let row = |p: Point| StoredRow {
            observed: Instant::from_micros(p.observed),
            sequence: p.sequence,
            value: p.value,
            flag: Flag(p.flag),
        };
        self.settled().into_iter().map(row).collect()
    }
}

impl From<Damaged> for StoreError {
    fn from(damaged: Damaged) -> Self {
        Self::Damaged(damaged.to_string())
    }
}
