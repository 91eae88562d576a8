//! History: observations sorted by series and time, in memory first and in segments of the database afterwards.
//!
//! A commit puts its values into the log and, as [`Point`]s, into the live [`Memtable`]: nothing else is written. A full
//! memtable is frozen and becomes a [`Segment`] of packed blocks; neighbouring segments are merged into larger ones. A
//! [`View`] holds what a reader needs to see all of it, each point once. This folder decides; SQL is in `sqlite/history`.

mod block;
mod forgotten;
mod memtable;
mod merge;
mod segment;
mod view;

pub(crate) use block::{Damaged, decode};
pub(crate) use forgotten::Forgotten;
pub(crate) use memtable::Memtable;
pub(crate) use merge::{Merge, Piece};
pub(crate) use segment::{Cutter, Extent, Segment, blocks_of};
pub(crate) use view::View;

/// An observation as history keeps it. Its number of the log tells versions of one instant apart, and makes reading it twice
/// harmless.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    /// When it was so, in µs.
    pub observed: i64,
    /// The command that brought it.
    pub sequence: u64,
    /// The value.
    pub value: f64,
    /// Of which series.
    pub series: u32,
    /// What the feed says of it.
    pub flag: u8,
}

impl Point {
    /// Where it stands in history.
    pub(crate) fn place(&self) -> (u32, i64, u64) {
        (self.series, self.observed, self.sequence)
    }
}

/// How history is kept. The defaults suit two cores and 24 GiB; tests take small figures, to see every move often.
#[derive(Clone, Copy, Debug)]
pub struct Tuning {
    /// Points in memory before they become a segment. At twice as many the writer waits: memory never grows beyond.
    pub points: usize,
    /// Entries of the log after which a segment is made all the same: what a start has to read again is bounded.
    pub entries: u64,
    /// Points of a block at most.
    pub block: usize,
    /// Segments of a level that make one of the next.
    pub fan: usize,
}

impl Default for Tuning {
    fn default() -> Self {
        Self { points: 1 << 20, entries: 100_000, block: 512, fan: 8 }
    }
}
