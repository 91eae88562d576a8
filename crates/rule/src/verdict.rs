//! Verdicts: what a rule says of one window, on what ground, and why.

use crate::{Observed, Span, Window};
use lang::Step;
use model::{Instant, Lang, Name, Text};
use thiserror::Error;

/// What a rule says of one window. Judged again from the same history it is the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The window.
    pub window: Window,
    /// The highest level that holds in it.
    pub level: Option<Name>,
    /// The episode it stands in; with the window that clears it, the episode is ended.
    pub episode: Option<Episode>,
    /// Whether the level acts here: it is higher than any that the episode has reached before.
    pub acts: bool,
    /// The observations that the verdict rests on, oldest first.
    pub used: Vec<Used>,
    /// The limit that was in force in the window, with its source, if the rule asked for one.
    pub limit: Option<crate::Limit>,
    /// Whether a limit was asked for and none can be read or is in force: nothing can be said then, which is a finding.
    pub unlimited: bool,
    /// Every level, the highest first: whether it holds, and what was found. Left empty by [`crate::replay`].
    pub why: Vec<Because>,
}

/// An observation that a verdict rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Used {
    /// The attribute.
    pub attribute: Name,
    /// What was observed.
    pub observed: Observed,
}

/// An unbroken matter: from the first window in which a level holds until it has been clear for long enough.
///
/// Its identity is rule, entity and `start`. An episode is looked for in the calendar unit of the window and in the
/// one before (months for hours, years for days, days for all else). One that has lasted longer is known by its first
/// window there, and a level may act again in it that acted before.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    /// Start of the first window in which a level held; for silence, of the silence.
    pub start: Instant,
    /// The highest level that it has reached by this window.
    pub reached: Name,
    /// The end of the window that cleared it.
    pub ended: Option<Instant>,
}

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Held {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// It cannot be said: a value is missing or does not count. Nothing follows.
    Unknown,
}

/// Why a level holds or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Because {
    /// The level.
    pub level: Name,
    /// Whether it holds.
    pub held: Held,
    /// In words, as a section chief would read it.
    pub says: Text,
    /// The windows that were looked at, oldest first, with every sub-condition and the values found.
    pub looked: Vec<Looked>,
}

/// One window that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    /// The window.
    pub window: Window,
    /// Whether the level's `when` holds in it.
    pub held: Held,
    /// Each sub-condition.
    pub steps: Vec<Step>,
}

/// Why a window is not judged.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Unjudged {
    /// A value may still come.
    #[error("the window may still be filled until {until}")]
    Waiting {
        /// The end of the window and the lateness after it.
        until: Instant,
    },
    /// The history does not cover what is needed.
    #[error("the history must cover {} to {}", span.from, span.to)]
    Short {
        /// What to load.
        span: Span,
    },
    /// The history is longer than any rule may read, or the rule takes too long over it.
    #[error("the rule reads more observations than it may")]
    TooMuch,
}

impl Held {
    /// The word for it.
    pub const fn word(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Yes, Lang::Zh) => "成立",
            (Self::Yes, Lang::En) => "holds",
            (Self::No, Lang::Zh) => "不成立",
            (Self::No, Lang::En) => "does not hold",
            (Self::Unknown, Lang::Zh) => "无法判断",
            (Self::Unknown, Lang::En) => "cannot be said",
        }
    }
}
