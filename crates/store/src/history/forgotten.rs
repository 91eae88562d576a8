//! What is forgotten of each series: values observed before a time are not told any more, and go when their segment is made
//! anew.

use super::{Point, Segment};
use std::collections::BTreeMap;

/// The first time that is still told, by series; of most series all is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forgotten(BTreeMap<u32, i64>);

impl Forgotten {
    /// Forgets what a series observed before a time. What was forgotten stays so.
    pub(crate) fn add(&mut self, series: u32, before: i64) {
        let held = self.0.entry(series).or_insert(before);
        *held = before.max(*held);
    }

    /// The first time of a series that is still told.
    pub(crate) fn since(&self, series: u32) -> i64 {
        self.0.get(&series).copied().unwrap_or(i64::MIN)
    }

    /// Whether a point is forgotten.
    pub(crate) fn has(&self, point: &Point) -> bool {
        !self.0.is_empty() && point.observed < self.since(point.series)
    }

    /// Whether nothing of a segment that has anything is still told.
    pub(crate) fn has_all(&self, segment: &Segment) -> bool {
        !self.0.is_empty()
            && !segment.extents.is_empty()
            && segment.extents.iter().all(|extent| {
                let mut told = self.0.range(extent.first..=extent.last);
                let wanted = u64::from(extent.last - extent.first) + 1;
                let count = self.0.range(extent.first..=extent.last).count() as u64;
                count == wanted && told.all(|(_, since)| extent.to < *since)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Extent;

    #[test]
    fn a_segment_is_forgotten_when_all_its_series_are() {
        let extent = Extent { first: 3, last: 4, from: 10, to: 20 };
        let segment = Segment { id: 1, level: 0, entries: 0..1, points: 2, extents: vec![extent] };
        let mut forgotten = Forgotten::default();
        assert!(!forgotten.has_all(&segment));
        forgotten.add(3, 21);
        forgotten.add(4, 20);
        assert!(!forgotten.has_all(&segment), "its last time is still told");
        forgotten.add(4, 21);
        forgotten.add(4, 5);
        assert!(forgotten.has_all(&segment), "what was forgotten stays so");
        let point = Point { observed: 20, sequence: 0, value: 1.0, series: 4, flag: 0 };
        assert!(forgotten.has(&point) && !forgotten.has(&Point { series: 5, ..point }));
    }
}
