//! Episodes: found anew from history each time, so that judging twice gives the same.

use crate::judging::Judging;
use crate::points::Point;
use crate::window::Grid;
use crate::{Episode, Rule, Span, Window};
use model::Instant;

/// What is said of one point.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    pub point: Point,
    pub level: Option<usize>,
    pub episode: Option<Episode>,
    pub acts: bool,
}

/// An episode that is not over.
struct Open {
    start: Instant,
    reached: usize,
    /// First and last window of the row of clear ones.
    clear: Option<(Window, Window)>,
}

/// The walk from point to point.
struct Walk<'j, 'a> {
    judging: &'j Judging<'a>,
    open: Option<Open>,
}

impl Walk<'_, '_> {
    fn step(&mut self, point: Point) -> Mark {
        let level = match point.silent {
            Some(level) => Some(level),
            None => self.judging.highest(point.window),
        };
        let mut mark = Mark { point, level, episode: None, acts: false };
        match level {
            Some(level) => {
                mark.acts = self.open.as_ref().is_none_or(|open| level > open.reached);
                let open =
                    self.open.get_or_insert(Open { start: point.window.start, reached: level, clear: None });
                open.reached = open.reached.max(level);
                open.clear = None;
                mark.episode = episode(self.judging.rule, open, None);
            }
            None => self.quiet(&mut mark),
        }
        mark
    }

    /// A point at which no level holds may clear the episode.
    fn quiet(&mut self, mark: &mut Mark) {
        let Some(open) = &mut self.open else { return };
        let (judging, window) = (self.judging, mark.point.window);
        open.clear = judging.clear(window).then(|| match open.clear {
            Some((first, last)) if follows(judging.grid, last, window) => (first, window),
            _ => (window, window),
        });
        let ended = open.clear.is_some_and(|(first, last)| self.judging.long_enough(first, last));
        mark.episode = episode(judging.rule, open, ended.then_some(window.end));
        if ended {
            self.open = None;
        }
    }
}

fn follows(grid: Grid<'_>, last: Window, window: Window) -> bool {
    grid.step().is_none() || grid.back(window, 1) == last
}

fn episode(rule: &Rule, open: &Open, ended: Option<Instant>) -> Option<Episode> {
    let reached = rule.level.get(open.reached)?.id.clone();
    Some(Episode { start: open.start, reached, ended })
}

impl Judging<'_> {
    fn long_enough(&self, first: Window, last: Window) -> bool {
        let Some(after) = self.rule.clear_after else { return true };
        match self.grid.count(after.micros()) {
            Some(count) => self.grid.back(last, count - 1).start >= first.start,
            None => last.start.since(first.start) >= after.micros(),
        }
    }

    /// What is said of every point in a span, in order of time. Each calendar unit is walked from the beginning of the
    /// one before it, whatever else was loaded.
    pub fn marks(&self, span: Span) -> Vec<Mark> {
        let points = self.points(self.grid.unit(span.from, -1), span.to);
        let mut marks = Vec::new();
        let mut unit = None;
        let mut walk = Walk { judging: self, open: None };
        for (index, point) in points.iter().enumerate() {
            let at = self.at(*point);
            if at < span.from {
                continue;
            }
            let own = self.grid.unit(at, 0);
            if unit != Some(own) {
                unit = Some(own);
                walk.open = None;
                let before = self.grid.unit(at, -1);
                points.iter().take(index).filter(|earlier| self.at(**earlier) >= before).for_each(
                    |earlier| {
                        walk.step(*earlier);
                    },
                );
            }
            marks.push(walk.step(*point));
            if self.spent() {
                break;
            }
        }
        marks
    }
}
