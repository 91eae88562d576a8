//! Merging: neighbouring segments become one of the next level, a piece at a time.

use super::{Cutter, Forgotten, Point, Segment, blocks_of};
use crate::StoreError;
use std::sync::Arc;

/// Blocks of a piece: written in one transaction, so that nobody waits long for it.
const PIECE_BLOCKS: usize = 256;

/// Series, time, command.
type Place = (u32, i64, u64);

/// A merge under way.
pub(crate) struct Merge {
    /// The id of the segment that it makes.
    pub id: u64,
    /// What it makes it of, oldest first.
    pub sources: Vec<Arc<Segment>>,
    cursors: Vec<Cursor>,
    cutter: Cutter,
    written: u64,
    /// What is left out.
    forgotten: Arc<Forgotten>,
}

/// What a step of a merge gave.
pub(crate) enum Piece {
    /// Blocks with their ids.
    Blocks(Vec<(u64, Vec<u8>)>),
    /// Everything is written; this is the segment.
    Done(Segment),
}

/// How far a source has been read.
struct Cursor {
    next_block: u64,
    end: u64,
    points: Vec<Point>,
    at: usize,
}

impl Cursor {
    fn place(&self) -> Option<Place> {
        self.points.get(self.at).map(Point::place)
    }

    /// Reads the next block when the last one is used up.
    fn fill(
        &mut self,
        body: &mut impl FnMut(u64, &mut Vec<Point>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        while self.at == self.points.len() && self.next_block < self.end {
            body(self.next_block, &mut self.points)?;
            self.next_block += 1;
            self.at = 0;
        }
        Ok(())
    }
}

impl Merge {
    /// Begins to make a segment of neighbours.
    pub(crate) fn new(id: u64, sources: Vec<Arc<Segment>>, block: usize, forgotten: Arc<Forgotten>) -> Self {
        let cursor = |segment: &Arc<Segment>| {
            let next_block = blocks_of(segment.id).start;
            let end = next_block + segment.extents.len() as u64;
            Cursor { next_block, end, points: Vec::new(), at: 0 }
        };
        let cursors = sources.iter().map(cursor).collect();
        Self { id, sources, cursors, cutter: Cutter::new(block), written: 0, forgotten }
    }

    /// Goes on until a piece is full, or to the end.
    pub(crate) fn step(
        &mut self,
        mut body: impl FnMut(u64, &mut Vec<Point>) -> Result<(), StoreError>,
    ) -> Result<Piece, StoreError> {
        while self.cutter.bodies.len() < PIECE_BLOCKS {
            let mut least: Option<(Place, usize)> = None;
            let mut until: Option<Place> = None;
            for (i, cursor) in self.cursors.iter_mut().enumerate() {
                cursor.fill(&mut body)?;
                let Some(place) = cursor.place() else { continue };
                // Ties cannot be: no two segments hold the same entry.
                let second = match least.replace((place, i)) {
                    Some(before) if before.0 < place => {
                        least = Some(before);
                        Some(place)
                    }
                    before => before.map(|(place, _)| place),
                };
                until = second.into_iter().chain(until).min();
            }
            let Some((_, least)) = least else {
                self.cutter.cut();
                break;
            };
            // Everything of it that comes before what the others hold goes over at once.
            let cursor = &mut self.cursors[least];
            while let Some(point) = cursor.points.get(cursor.at) {
                if until.is_some_and(|until| point.place() > until) {
                    break;
                }
                if !self.forgotten.has(point) {
                    self.cutter.push(*point);
                }
                cursor.at += 1;
            }
        }
        if self.cutter.bodies.is_empty() {
            return Ok(Piece::Done(self.segment()));
        }
        let first = blocks_of(self.id).start + self.written;
        let bodies = std::mem::take(&mut self.cutter.bodies);
        self.written += bodies.len() as u64;
        Ok(Piece::Blocks((first..).zip(bodies).collect()))
    }

    fn segment(&mut self) -> Segment {
        let of = |segment: Option<&Arc<Segment>>| segment.map_or(0..0, |segment| segment.entries.clone());
        Segment {
            id: self.id,
            level: self.sources.iter().map(|source| source.level + 1).max().unwrap_or(0),
            entries: of(self.sources.first()).start..of(self.sources.last()).end,
            points: self.cutter.points,
            extents: std::mem::take(&mut self.cutter.extents),
        }
    }
}
