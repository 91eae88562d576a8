//! The list of monitored sources.

use super::{Interval, Link, Page, Paging};
use crate::texts::{Lang, Texts};
use crate::words::age_in_words;
use askama::Template;

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "sources.html")]
pub struct Sources {
    /// The frame.
    pub page: Page,
    /// The rows of this page.
    pub rows: Vec<SourceRow>,
    /// By what they are sorted.
    pub sort: SourceSort,
    /// The list by name.
    pub by_name_href: String,
    /// The list by age of the data, the oldest first.
    pub by_age_href: String,
    /// Where in the list.
    pub paging: Paging,
}

/// By what the list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceSort {
    /// By name.
    Name,
    /// By age, the oldest first.
    Age,
}

/// One source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceRow {
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// Where it is.
    pub place: String,
    /// Its last valid value.
    pub last: Option<LastValue>,
    /// How it does.
    pub state: SourceState,
    /// Age of its newest data.
    pub age_minutes: Option<u64>,
    /// The open case about it: its number as text.
    pub case: Option<Link>,
}

/// A source's last valid value.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct LastValue {
    /// What was measured.
    pub factor: String,
    /// The value.
    pub value: String,
    /// Its unit.
    pub unit: String,
    /// When.
    pub interval: Interval,
}

/// How a source does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceState {
    /// Data come, and are within the limits.
    Normal,
    /// The last valid value is over a limit.
    Over,
    /// Data come, but do not count.
    NotValid,
    /// No data for longer than its rhythm allows.
    Silent,
    /// Nothing has ever come.
    Never,
}

impl SourceState {
    /// It in words.
    pub(crate) fn words(self, lang: Lang) -> &'static str {
        let texts = &Texts::get(lang).sources;
        match self {
            Self::Normal => &texts.state_normal,
            Self::Over => &texts.state_over,
            Self::NotValid => &texts.state_not_valid,
            Self::Silent => &texts.state_silent,
            Self::Never => &texts.state_never,
        }
    }
}

impl Sources {
    fn state(&self, state: &SourceState) -> &'static str {
        state.words(self.page.lang)
    }

    fn state_class(state: &SourceState) -> &'static str {
        match state {
            SourceState::Normal => "plain",
            SourceState::Over => "over",
            SourceState::NotValid | SourceState::Silent | SourceState::Never => "mute",
        }
    }

    fn age(&self, minutes: &u64) -> String {
        age_in_words(*minutes, self.page.lang)
    }
}
