//! How a deadline was counted, so that whoever is held to it can check it.

use super::Page;
use crate::texts::fill;
use crate::words::{Unit, span_in_words};

/// The derivation of a clock's due instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Deadline {
    /// The clock's title: `核实时限`.
    pub clock: String,
    /// What it allows, in seconds of the unit's own counting.
    pub budget_secs: u64,
    /// What it counts.
    pub unit: Unit,
    /// From when it runs, local.
    pub started: String,
    /// When it ends, local; `None` while paused.
    pub due: Option<String>,
    /// When the clock stopped for good, local.
    pub stopped: Option<String>,
    /// The rule that sets it.
    pub basis: String,
    /// Office hours and calendars that were used, each with its source.
    pub calendars: Vec<String>,
    /// The pieces of time that count, up to the due instant.
    pub counted: Vec<Counted>,
    /// The stretches that do not count.
    pub skipped: Vec<Skipped>,
    /// When the clock was stopped.
    pub pauses: Vec<Pause>,
    /// Why the result may still move.
    pub provisional: Option<String>,
}

/// A piece of one day that counts.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Counted {
    /// The local date.
    pub day: String,
    /// Its day of the week, Monday being 1.
    pub weekday: u8,
    /// From, local: `14:30`.
    pub from: String,
    /// To, local: `18:00`.
    pub to: String,
    /// How much it adds, in seconds of the unit's own counting.
    pub secs: u64,
}

/// A stretch that does not count.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Skipped {
    /// From, local: a date or a date with a time.
    pub from: String,
    /// To, local; the same as `from` for one day.
    pub to: String,
    /// Why, with its source: `国庆节放假`.
    pub why: String,
}

/// A stretch in which the clock stood still.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Pause {
    /// From, local.
    pub from: String,
    /// To, local; `None` while it lasts.
    pub to: Option<String>,
    /// The reason's title.
    pub reason: String,
    /// The legal basis.
    pub basis: String,
}

impl Deadline {
    /// `核实时限 4 工作时,自 2026-09-30 16:00 起算`.
    pub(crate) fn rule(&self, page: &Page) -> String {
        let budget = span_in_words(self.budget_secs, self.unit, page.lang);
        let slots = [("clock", &*self.clock), ("budget", &budget), ("started", &self.started)];
        fill(&page.texts().deadline.rule, &slots)
    }

    pub(crate) fn stopped(&self, at: &str, page: &Page) -> String {
        fill(&page.texts().deadline.stopped, &[("at", at)])
    }

    pub(crate) fn amount(&self, secs: &u64, page: &Page) -> String {
        span_in_words(*secs, self.unit, page.lang)
    }

    pub(crate) fn total(&self, page: &Page) -> String {
        let secs = self.counted.iter().fold(0, |sum: u64, piece| sum.saturating_add(piece.secs));
        span_in_words(secs, self.unit, page.lang)
    }
}

impl Skipped {
    /// One day, or both ends.
    pub(crate) fn range(&self) -> String {
        if self.from == self.to { self.from.clone() } else { format!("{} – {}", self.from, self.to) }
    }
}
