//! The memtable: points of the latest entries, as they came, each linked to the one of its series before it.

use super::Point;
use std::ops::Range;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// No point.
const NONE: u32 = u32::MAX;

/// Points in memory. The writer adds to it while readers look.
#[derive(Debug)]
pub(crate) struct Memtable {
    /// The first entry of the log whose observations it holds.
    pub first: u64,
    inner: RwLock<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    points: Vec<Point>,
    /// For each point, the one of the same series that came before it.
    before: Vec<u32>,
    /// For each series by its number.
    chains: Vec<Chain>,
}

#[derive(Clone, Copy, Debug)]
struct Chain {
    /// Its latest point.
    last: u32,
    /// Whether its points came in order of time. Then a reader can stop early.
    ordered: bool,
    /// The greatest time so far.
    latest: i64,
}

const EMPTY: Chain = Chain { last: NONE, ordered: true, latest: i64::MIN };

impl Memtable {
    /// An empty one, for entries from here on.
    pub(crate) fn new(first: u64) -> Self {
        Self { first, inner: RwLock::default() }
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many points it holds.
    pub(crate) fn len(&self) -> usize {
        self.read().points.len()
    }

    /// Adds the points of a command.
    pub(crate) fn push(&self, points: impl Iterator<Item = Point>) {
        let mut inner = self.write();
        points.for_each(|point| inner.push(point));
    }

    /// Points of a series between two times that came with entries before one: the latest of them, that many or more, and
    /// all of them if there are no more. Those for one instant come in the order in which they came.
    pub(crate) fn find(&self, series: u32, times: Range<i64>, before: u64, limit: usize) -> Vec<Point> {
        let inner = self.read();
        let chain = inner.chain(series);
        let mut found = Vec::<Point>::new();
        let (mut at, mut instants) = (chain.last, 0);
        while let Some(point) = inner.points.get(at as usize) {
            at = inner.before[at as usize];
            if chain.ordered && point.observed < times.start {
                break;
            }
            if point.sequence >= before || !times.contains(&point.observed) {
                continue;
            }
            if found.last().is_none_or(|last| last.observed != point.observed) {
                instants += 1;
                if chain.ordered && instants > limit {
                    break;
                }
            }
            found.push(*point);
        }
        found.reverse();
        found
    }

    /// Gives all points in order of series, time and command; those that are alike in all three as they came.
    pub(crate) fn sorted(&self, mut each: impl FnMut(Point)) {
        let inner = self.read();
        let order = inner.by_series();
        let points = order.iter().filter_map(|at| inner.points.get(*at as usize).copied());
        let mut run: Vec<Point> = Vec::new();
        let mut end = |run: &mut Vec<Point>| {
            if !run.is_sorted_by_key(Point::place) {
                run.sort_by_key(Point::place);
            }
            run.drain(..).for_each(&mut each);
        };
        for point in points {
            if run.last().is_some_and(|last| last.series != point.series) {
                end(&mut run);
            }
            run.push(point);
        }
        end(&mut run);
    }
}

impl Inner {
    fn chain(&self, series: u32) -> Chain {
        self.chains.get(series as usize).copied().unwrap_or(EMPTY)
    }

    /// Where the points lie, by series, those of one series as they came. Counted rather than compared: points of one series
    /// lie far apart, and following their links would wait for memory at each.
    fn by_series(&self) -> Vec<u32> {
        let mut starts = vec![0u32; self.chains.len() + 1];
        for point in &self.points {
            starts[point.series as usize + 1] += 1;
        }
        for series in 1..starts.len() {
            starts[series] += starts[series - 1];
        }
        let mut order = vec![0; self.points.len()];
        for (at, point) in (0u32..).zip(&self.points) {
            let place = &mut starts[point.series as usize];
            order[*place as usize] = at;
            *place += 1;
        }
        order
    }

    fn push(&mut self, point: Point) {
        let number = point.series as usize;
        if number >= self.chains.len() {
            self.chains.resize(number + 1, EMPTY);
        }
        let chain = &mut self.chains[number];
        self.before.push(chain.last);
        // A memtable is frozen long before it has so many points.
        chain.last = u32::try_from(self.points.len()).unwrap_or(NONE);
        chain.ordered &= point.observed >= chain.latest;
        chain.latest = chain.latest.max(point.observed);
        self.points.push(point);
    }
}
