//! Segments: what the log says of a range of its entries, in blocks, and where each block lies.

use super::{Point, block};
use std::ops::Range;

/// Bits of a block's id that number it within its segment.
const ORDINAL_BITS: u32 = 24;
/// A block of several series has one so-many-th of the points that one of a single series may have.
const SHARED: usize = 4;
/// Bytes of an extent in the database.
const EXTENT_BYTES: usize = 24;

/// What a block covers. Blocks of a segment follow each other by series; times are those of all its points together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Extent {
    /// Its first series.
    pub first: u32,
    /// Its last series.
    pub last: u32,
    /// Its least time.
    pub from: i64,
    /// Its greatest time.
    pub to: i64,
}

/// A segment of history. It never changes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Segment {
    /// Its id.
    pub id: u64,
    /// How often it was merged.
    pub level: u32,
    /// The entries of the log whose observations it holds.
    pub entries: Range<u64>,
    /// How many points it holds.
    pub points: u64,
    /// Its blocks, in order.
    pub extents: Vec<Extent>,
}

/// Ids that blocks of a segment can have.
pub(crate) fn blocks_of(segment: u64) -> Range<u64> {
    segment << ORDINAL_BITS..(segment + 1) << ORDINAL_BITS
}

impl Segment {
    /// Blocks that may hold points of a series between two times, the second one excluded: id and extent.
    pub(crate) fn find(&self, series: u32, times: Range<i64>) -> impl Iterator<Item = (u64, Extent)> {
        let from = self.extents.partition_point(|extent| extent.last < series);
        let blocks = (blocks_of(self.id).start + from as u64..).zip(&self.extents[from..]);
        blocks
            .take_while(move |(_, extent)| extent.first <= series)
            .filter(move |(_, extent)| extent.from < times.end && extent.to >= times.start)
            .map(|(id, extent)| (id, *extent))
    }

    /// Its extents as bytes.
    pub(crate) fn packed(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.extents.len() * EXTENT_BYTES);
        for Extent { first, last, from, to } in &self.extents {
            out.extend(first.to_le_bytes());
            out.extend(last.to_le_bytes());
            out.extend(from.to_le_bytes());
            out.extend(to.to_le_bytes());
        }
        out
    }
}

impl Extent {
    /// Back from bytes; `None` if they are none.
    pub(crate) fn unpack(bytes: &[u8]) -> Option<Vec<Self>> {
        let (extents, rest) = bytes.as_chunks::<EXTENT_BYTES>();
        let read = |bytes: &[u8; EXTENT_BYTES]| {
            Some(Self {
                first: u32::from_le_bytes(bytes[..4].try_into().ok()?),
                last: u32::from_le_bytes(bytes[4..8].try_into().ok()?),
                from: i64::from_le_bytes(bytes[8..16].try_into().ok()?),
                to: i64::from_le_bytes(bytes[16..].try_into().ok()?),
            })
        };
        rest.is_empty().then(|| extents.iter().map(read).collect()).flatten()
    }
}

/// Cuts sorted points into blocks. A series with many points has blocks of its own; those with few share one.
pub(crate) struct Cutter {
    block: usize,
    waiting: Vec<Point>,
    /// Finished blocks that nobody has taken yet.
    pub bodies: Vec<Vec<u8>>,
    /// What all blocks so far cover.
    pub extents: Vec<Extent>,
    /// Points so far.
    pub points: u64,
}

impl Cutter {
    /// For blocks of that many points at most.
    pub(crate) fn new(block: usize) -> Self {
        let block = block.max(2);
        Self { block, waiting: Vec::with_capacity(block), bodies: Vec::new(), extents: Vec::new(), points: 0 }
    }

    /// Takes the next point. Of two for the same series, instant and command, the later one stands.
    pub(crate) fn push(&mut self, point: Point) {
        if let Some(last) = self.waiting.last_mut().filter(|last| last.place() == point.place()) {
            *last = point;
            return;
        }
        if !self.waiting.is_empty() {
            // What several series share is read for each of them: it is kept short.
            let of_one = self.waiting.first().is_some_and(|first| first.series == point.series);
            let full = if of_one { self.block } else { self.block / SHARED };
            if self.waiting.len() >= full.max(1) {
                self.cut();
            }
        }
        self.waiting.push(point);
    }

    /// Ends the last block.
    pub(crate) fn cut(&mut self) {
        let times = self.waiting.iter().map(|point| point.observed);
        if let (Some(first), Some(last), Some(from), Some(to)) =
            (self.waiting.first(), self.waiting.last(), times.clone().min(), times.max())
        {
            self.extents.push(Extent { first: first.series, last: last.series, from, to });
            self.bodies.push(block::encode(&self.waiting));
            self.points += self.waiting.len() as u64;
            self.waiting.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_point_lies_where_the_extents_say(
            places in prop::collection::btree_set((0u32..20, 0i64..50, 0u64..4), 0..300),
            block in 2usize..20,
            (series, from, length) in (0u32..20, 0i64..50, 0i64..30),
        ) {
            let mut cutter = Cutter::new(block);
            for (series, observed, sequence) in &places {
                let (series, observed, sequence) = (*series, *observed, *sequence);
                cutter.push(Point { observed, sequence, value: 1.0, series, flag: b'N' });
            }
            cutter.cut();
            prop_assert_eq!(cutter.points, places.len() as u64);
            let extents = Extent::unpack(&Segment { id: 3, level: 0, entries: 0..4, points: 0, extents: cutter.extents }.packed());
            let segment = Segment { id: 3, level: 0, entries: 0..4, points: 0, extents: extents.unwrap() };
            let (mut found, mut points) = (0, Vec::new());
            for (id, _) in segment.find(series, from..from + length) {
                let body = usize::try_from(id - blocks_of(3).start).unwrap();
                block::decode(&cutter.bodies[body], &mut points).unwrap();
                found += points.iter().filter(|p| p.series == series && (from..from + length).contains(&p.observed)).count();
            }
            let expected = places.iter().filter(|(s, at, _)| *s == series && (from..from + length).contains(at)).count();
            prop_assert_eq!(found, expected);
        }
    }
}
