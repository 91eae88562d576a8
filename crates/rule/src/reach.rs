//! How far a rule reaches: what history it needs, and which windows a value touches.

use crate::names::Function;
use crate::window::{Grid, later};
use crate::{Length, Rule, Span, Window};
use model::{Instant, Zone};

/// What must be loaded for a value that was observed at some time, late or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Enough to see whether a level holds in the windows that the value touches ([`crate::look`]).
    pub near: Span,
    /// Enough for whole verdicts with their episodes ([`crate::judge`], [`crate::review`]). For a rule about silence it
    /// ends later by as long as the node was down.
    pub far: Span,
}

impl Rule {
    /// What history a value that was observed then needs, before and after it.
    pub fn reach(&self, observed: Instant, zone: &Zone) -> Reach {
        let grid = Grid { period: self.on.period, zone };
        let start = grid.window(observed).start;
        let last = self.newest(start, grid);
        let near = Span { from: self.oldest(start, grid), to: later(last, 1).max(grid.window(last).end) };
        let from = self.oldest(grid.unit(start, -1), grid);
        let silent = self.level.iter().filter_map(|level| level.silent).max().unwrap_or_default();
        let to = grid.unit(later(last, silent.micros()), 2).max(near.to);
        Reach { near, far: Span { from, to } }
    }

    /// The windows whose own condition a value that was observed then can change, oldest first; without a grid only the
    /// value's own is known before history is. Behind them only episodes can change: [`crate::review`] finds all.
    pub fn ends(&self, observed: Instant, zone: &Zone) -> Vec<Window> {
        let grid = Grid { period: self.on.period, zone };
        let first = grid.window(observed);
        if grid.step().is_none() {
            return vec![first];
        }
        let last = self.newest(first.start, grid);
        let following = |window: &Window| Some(grid.back(*window, -1));
        std::iter::successors(Some(first), following).take_while(|window| window.start <= last).collect()
    }

    /// How far back the condition of a window that starts then looks.
    pub(crate) fn oldest(&self, start: Instant, grid: Grid<'_>) -> Instant {
        let (row, days, function) = self.looks(grid);
        let day = if days > 0 { grid.day(start, 1 - days) } else { start };
        back(grid, day.min(back(grid, start, row)), function)
    }

    /// Start of the last window whose condition looks back to the window that starts then.
    fn newest(&self, start: Instant, grid: Grid<'_>) -> Instant {
        let (row, days, function) = self.looks(grid);
        let seen = back(grid, start, -function);
        let day = if days > 0 { grid.window(later(grid.day(seen, days), -1)).start } else { seen };
        day.max(back(grid, seen, -row))
    }

    /// How far levels look, and functions within them: windows on a grid, microseconds without. The number between
    /// the two are local days.
    fn looks(&self, grid: Grid<'_>) -> (i64, i64, i64) {
        let (mut row, mut days, mut function) = (0, 0, 0);
        for level in &self.level {
            let lasts = level.lasts.map_or(0, |lasts| reach_of(grid, lasts.micros(), 2));
            let sliding = level.within.filter(|within| within.days().is_none());
            row = row.max(lasts).max(sliding.map_or(0, |within| reach_of(grid, within.micros(), 1)));
            days = days.max(level.within.and_then(Length::days).unwrap_or(0));
        }
        for (asked, span) in &self.facts().calls {
            let reach = match asked {
                Function::Mean => reach_of(grid, *span, 1),
                // A change is against the window that lies its whole span before.
                Function::Change => reach_of(grid, *span, 2) + i64::from(grid.step().is_some()),
            };
            function = function.max(reach);
        }
        (row, days, function)
    }
}

/// How far a row of some length looks: windows before the newest, or that length as often as neighbours may lie apart.
fn reach_of(grid: Grid<'_>, length: i64, apart: i64) -> i64 {
    grid.count(length).map_or(length.saturating_mul(apart), |count| count - 1)
}

fn back(grid: Grid<'_>, at: Instant, reach: i64) -> Instant {
    if grid.step().is_some() { grid.back(grid.window(at), reach).start } else { later(at, -reach) }
}
