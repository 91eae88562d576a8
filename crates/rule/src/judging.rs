//! The judging of single windows: whether a condition holds in one, and in those before it that it asks for.

use crate::history::{History, Laid};
use crate::sight::{Seen, Sight};
use crate::window::{Grid, later};
use crate::{Held, Known, Rule, Unjudged, Window};
use lang::{Expression, Facts, Truth};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// Observations that one judging reads at most: a bound on work, not on meaning.
const READS_MAX: u64 = 20_000_000;
/// What it costs to ask an expression, in observations read.
const ASKED: u64 = 20;

/// One rule over one history.
pub(crate) struct Judging<'a> {
    pub rule: &'a Rule,
    pub known: Known<'a>,
    pub grid: Grid<'a>,
    pub laid: Laid,
    /// Attributes that conditions name and that are series.
    pub inputs: Vec<model::Name>,
    held: RefCell<HashMap<(usize, i64), Held>>,
    reads: Cell<u64>,
}

/// `clear` beside the levels.
const CLEAR: usize = usize::MAX;

impl<'a> Judging<'a> {
    pub fn new(rule: &'a Rule, history: &History, known: Known<'a>) -> Result<Self, Unjudged> {
        history.check()?;
        let grid = Grid { period: rule.on.period, zone: known.zone };
        let laid = Laid::new(history, grid);
        let inputs = rule.facts().inputs.iter().filter(|name| laid.has(name.as_str())).cloned().collect();
        let (held, reads) = (RefCell::default(), Cell::new(0));
        Ok(Self { rule, known, grid, laid, inputs, held, reads })
    }

    /// Counts what is read.
    pub fn read(&self, observations: u64) {
        self.reads.set(self.reads.get().saturating_add(observations));
    }

    /// Whether the bound on work was kept. What was found is void otherwise.
    pub fn bounded<T>(&self, found: T) -> Result<T, Unjudged> {
        if self.spent() { Err(Unjudged::TooMuch) } else { Ok(found) }
    }

    pub fn spent(&self) -> bool {
        self.reads.get() > READS_MAX
    }

    /// Asks an expression in a window, and notes what it has read.
    pub fn ask<T>(&self, window: Window, question: impl Fn(&dyn Facts) -> T) -> (T, Seen) {
        self.asked(window, question, true)
    }

    /// When a question asked for one limit, it is asked again with the value rounded as that limit is written.
    fn asked<T>(&self, window: Window, question: impl Fn(&dyn Facts) -> T, noting: bool) -> (T, Seen) {
        let sight = Sight::new(self, window, None, noting);
        let answer = question(&sight);
        let seen = sight.seen();
        let Some(decimals) = seen.decimals() else { return (answer, seen) };
        let sight = Sight::new(self, window, Some(decimals), noting);
        (question(&sight), sight.seen())
    }

    fn holds(&self, which: usize, expression: &Expression, window: Window) -> Held {
        let key = (which, window.start.micros());
        if let Some(held) = self.held.borrow().get(&key) {
            return *held;
        }
        self.read(ASKED);
        let held = if self.spent() {
            Held::Unknown
        } else {
            match self.asked(window, |facts| expression.holds(facts), false).0 {
                Truth::Yes => Held::Yes,
                Truth::No => Held::No,
                Truth::Unknown { .. } => Held::Unknown,
            }
        };
        self.held.borrow_mut().insert(key, held);
        held
    }

    /// Whether a level's `when` holds in a window. A window without any observation is no basis for anything.
    pub fn when(&self, level: usize, window: Window) -> Held {
        let when = self.rule.level.get(level).and_then(|level| level.when.as_ref());
        match when {
            Some(when) if self.laid.windows.contains_key(&window.start) => {
                // Levels with the same condition are asked once per window.
                self.holds(self.rule.facts().same.get(level).copied().unwrap_or(level), when, window)
            }
            Some(_) => Held::Unknown,
            None => Held::No,
        }
    }

    /// Whether a window is clear.
    pub fn clear(&self, window: Window) -> bool {
        match &self.rule.clear {
            Some(clear) => {
                self.laid.windows.contains_key(&window.start) && self.holds(CLEAR, clear, window) == Held::Yes
            }
            None => (0..self.rule.level.len()).all(|level| self.when(level, window) == Held::No),
        }
    }

    /// The highest level whose condition holds in a window of observations.
    pub fn highest(&self, window: Window) -> Option<usize> {
        (0..self.rule.level.len()).rev().find(|level| self.level(*level, window) == Held::Yes)
    }

    /// Whether a level's whole condition holds in a window of observations.
    pub fn level(&self, index: usize, window: Window) -> Held {
        let Some(level) = self.rule.level.get(index) else { return Held::No };
        match (level.lasts, level.times, level.within) {
            (Some(lasts), ..) => self.lasts(index, lasts.micros(), window),
            (None, Some(times), Some(within)) => {
                let from = self.within_from(within, window);
                self.times(index, times, from, window)
            }
            _ => self.when(index, window),
        }
    }

    fn lasts(&self, index: usize, lasts: i64, window: Window) -> Held {
        let row = self.row(index, lasts, window);
        let broken = row.iter().map(|window| self.when(index, *window)).find(|held| *held != Held::Yes);
        match broken {
            Some(held) => held,
            None if self.grid.step().is_some() || self.reaches(&row, lasts) => Held::Yes,
            None => Held::No,
        }
    }

    fn reaches(&self, row: &[Window], lasts: i64) -> bool {
        let (newest, oldest) = (row.first(), row.last());
        newest.zip(oldest).is_some_and(|(newest, oldest)| newest.start.since(oldest.start) >= lasts)
    }

    /// The windows that `lasts` looks at, newest first: on a grid as many as it covers, else all those back to the one
    /// that is as long ago. Without a grid, neighbours farther apart than `lasts` are not in a row.
    fn row(&self, index: usize, lasts: i64, window: Window) -> Vec<Window> {
        if let Some(count) = self.grid.count(lasts) {
            return (0..count).map(|back| self.grid.back(window, back)).collect();
        }
        let mut row = vec![window];
        let mut last = window;
        for (_, earlier) in self.laid.windows.range(..window.start).rev() {
            let broken = self.when(index, last) != Held::Yes;
            if broken || last.start.since(earlier.start) > lasts || window.start.since(last.start) >= lasts {
                break;
            }
            self.read(1);
            row.push(*earlier);
            last = *earlier;
        }
        row
    }

    fn within_from(&self, within: crate::Length, window: Window) -> model::Instant {
        match within.days() {
            Some(days) => self.grid.day(window.start, 1 - days),
            // Without a grid a window has no length, and the span is open at its beginning.
            None if self.grid.step().is_none() => later(window.end, 1 - within.micros()),
            None => later(window.end, -within.micros()),
        }
    }

    fn times(&self, index: usize, times: u32, from: model::Instant, window: Window) -> Held {
        let own = self.when(index, window);
        if own != Held::Yes {
            return own;
        }
        let (mut yes, mut perhaps) = (0u32, 0u32);
        for (_, window) in self.laid.windows.range(from..=window.start).rev() {
            match self.when(index, *window) {
                Held::Yes => yes += 1,
                Held::Unknown => perhaps += 1,
                Held::No => {}
            }
            if yes >= times {
                return Held::Yes;
            }
        }
        if yes.saturating_add(perhaps) >= times { Held::Unknown } else { Held::No }
    }

    /// The windows on which a level's condition rests, oldest first.
    pub fn rests_on(&self, index: usize, window: Window) -> Vec<Window> {
        let Some(level) = self.rule.level.get(index).filter(|level| level.when.is_some()) else {
            return Vec::new();
        };
        match (level.lasts, level.times, level.within) {
            (Some(lasts), ..) => {
                let mut row = self.row(index, lasts.micros(), window);
                row.reverse();
                row
            }
            (None, Some(_), Some(within)) => {
                let from = self.within_from(within, window);
                let span = self.laid.windows.range(from..=window.start.max(from)).map(|(_, window)| *window);
                span.filter(|span| {
                    span.start <= window.start && self.when(index, *span) == Held::Yes || *span == window
                })
                .collect()
            }
            _ => vec![window],
        }
    }
}
