//! The alarms of a board.

use super::{Clock, Link, Page, Paging};
use crate::paths;
use crate::texts::fill;
use askama::Template;

/// The list.
#[derive(Clone, Debug, Template)]
#[template(path = "alarms.html")]
pub struct Alarms {
    /// The frame.
    pub page: Page,
    /// The board.
    pub board: Link,
    /// What they are called.
    pub title: String,
    /// Which ones can be listed.
    pub tabs: Vec<TabLink>,
    /// Those to be confirmed first.
    pub rows: Vec<AlarmRow>,
    /// Where in the list.
    pub paging: Paging,
}

/// A tab with its count.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TabLink {
    /// Its words.
    pub title: String,
    /// Its address.
    pub href: String,
    /// How many there are.
    pub count: u64,
    /// Whether it is shown.
    pub current: bool,
}

/// An alarm.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlarmRow {
    /// Its light, while a clock runs.
    pub clock: Option<Clock>,
    /// Whether nobody has looked at it.
    pub raised: bool,
    /// Where it stands.
    pub stage: String,
    /// What it is, and its case.
    pub case: Link,
    /// How far it has gone.
    pub level: String,
    /// What it is about.
    pub source: Option<Link>,
    /// Where that is.
    pub place: String,
    /// What was measured last, with its unit.
    pub value: String,
    /// What holds for it.
    pub limit: String,
    /// When it was raised.
    pub since: String,
    /// How often the rule has told it since.
    pub repeated: u64,
    /// What can be done with one press.
    pub quick: Option<QuickAct>,
}

/// An act that asks for nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QuickAct {
    /// Names the button, so that it keeps the focus when the list is exchanged.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Where its form posts.
    pub post: String,
    /// The command that it is.
    pub command: String,
    /// The version of the case that is shown.
    pub seen: u64,
    /// Where to go when it is done.
    pub back: String,
}

impl Alarms {
    fn heading(&self) -> String {
        format!("{} · {}", self.title, self.board.text)
    }

    fn announced(&self) -> String {
        let raised = self.rows.iter().filter(|row| row.raised).count();
        fill(&self.page.texts().board.to_alarms, &[("n", &raised.to_string())])
    }
}
