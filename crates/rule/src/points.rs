//! The points in time at which a rule says something: windows of observations, and silences that are complete.

use crate::judging::Judging;
use crate::window::later;
use crate::{Unjudged, Window};
use model::Instant;

/// One point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub window: Window,
    /// The highest level of silence that is complete, if this is a silence.
    pub silent: Option<usize>,
}

impl Judging<'_> {
    /// When a point is, for sorting it into calendar units. A window on the grid belongs to the unit before its end.
    pub fn at(&self, point: Point) -> Instant {
        if self.grid.step().is_some() { later(point.window.end, -1) } else { point.window.end }
    }

    /// All points in `from .. to`, in order of time.
    pub fn points(&self, from: Instant, to: Instant) -> Vec<Point> {
        let windows = self.laid.windows.range(..to).map(|(_, window)| *window);
        let ready = windows.filter(|window| self.waits(*window).is_none());
        let mut points: Vec<Point> = ready.map(|window| Point { window, silent: None }).collect();
        points.extend(self.silences());
        points.retain(|point| from <= self.at(*point) && self.at(*point) < to);
        points.sort_by_key(|point| (point.window.end, point.window.start, point.silent));
        points
    }

    /// Until when a window of observations may still be filled; nothing if all that it asks for is there.
    pub fn waits(&self, window: Window) -> Option<Instant> {
        let until = later(window.end, self.rule.lateness.micros());
        (self.known.now < until && self.lacks(window)).then_some(until)
    }

    fn lacks(&self, window: Window) -> bool {
        self.inputs.iter().any(|input| self.laid.at(input.as_str(), window.start).is_none())
    }

    /// The point of a window, or why it cannot be judged.
    pub fn point(&self, window: Window) -> Result<Point, Unjudged> {
        if let Some(silence) = self.silences().into_iter().find(|point| point.window == window) {
            return Ok(silence);
        }
        match self.waits(window) {
            Some(until) => Err(Unjudged::Waiting { until }),
            None => Ok(Point { window, silent: None }),
        }
    }

    /// Every silence that was complete by log time. A value counts as arrived with the end of its window: so what was
    /// silent when it was looked at stays so, and a gap that is filled later was none.
    fn silences(&self) -> Vec<Point> {
        if !self.rule.silent() {
            return Vec::new();
        }
        let starts = self.laid.starts(self.rule.on.attribute.as_str());
        let ends: Vec<Instant> =
            self.known.since.into_iter().chain(starts.map(|s| self.grid.window(s).end)).collect();
        let open = later(self.known.now, -self.rule.lateness.micros()).min(self.laid.span.to);
        let mut points = Vec::new();
        for (index, since) in ends.iter().enumerate() {
            let next = ends.get(index + 1);
            // A silence is told at its end; at the one moment of an arrival it is none.
            let told = |end: Instant| end <= open && next.is_none_or(|next| end < *next);
            let silent = (0..).zip(&self.rule.level).filter_map(|(row, level)| Some((row, level.silent?)));
            points.extend(silent.filter_map(|(row, length)| {
                let end = self.known.silent_at(*since, length.micros());
                told(end).then_some(Point { window: Window { start: *since, end }, silent: Some(row) })
            }));
        }
        points
    }

    /// The points that passing time alone has made, after `since` and by log time: silences, and windows that no longer
    /// wait for what they lack.
    pub fn due(&self, since: Instant) -> Vec<Point> {
        let late = self.rule.lateness.micros();
        let passed = |end: Instant| since < later(end, late) && later(end, late) <= self.known.now;
        let windows = self.laid.windows.values().filter(|window| self.lacks(**window));
        let mut points: Vec<Point> = windows.map(|window| Point { window: *window, silent: None }).collect();
        points.extend(self.silences());
        points.retain(|point| passed(point.window.end));
        points.sort_by_key(|point| (point.window.end, point.window.start, point.silent));
        points
    }

    /// When passing time alone will next make a point.
    pub fn next_due(&self) -> Option<Instant> {
        let late = self.rule.lateness.micros();
        let waiting = self.laid.windows.values().filter_map(|window| self.waits(*window));
        let last = self.laid.starts(self.rule.on.attribute.as_str()).last();
        let since = last.map(|start| self.grid.window(start).end).or(self.known.since);
        let silent = since.into_iter().flat_map(|since| {
            let lengths = self.rule.level.iter().filter_map(|level| level.silent);
            lengths.map(move |length| later(self.known.silent_at(since, length.micros()), late))
        });
        waiting.chain(silent).filter(|due| *due > self.known.now).min()
    }
}
