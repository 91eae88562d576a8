//! Registers: what the city knows of things that are no cases, type by type; each thing as it is or as it was on a day.

use super::{FormField, Input, Link, Page, Paging};
use crate::{paths, texts::fill};
use askama::Template;

/// The list of registers.
#[derive(Clone, Debug, Template)]
#[template(path = "registers.html")]
pub struct Registers {
    /// The frame.
    pub page: Page,
    /// Each with how many are in it.
    pub rows: Vec<(Link, u64)>,
}

/// One register.
#[derive(Clone, Debug, Template)]
#[template(path = "register.html")]
pub struct Register {
    /// The frame.
    pub page: Page,
    /// What is in it.
    pub title: String,
    /// Where it stands.
    pub href: String,
    /// What was looked for.
    pub words: String,
    /// How it is sorted, as the address says it.
    pub sort: String,
    /// Columns.
    pub heads: Vec<Head>,
    /// Each thing with its columns.
    pub rows: Vec<(Link, Vec<String>)>,
    /// The same as a table for programs.
    pub csv: String,
    /// Where in the list this page stands.
    pub paging: Paging,
}

/// A column that can be sorted by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Head {
    /// What it is called.
    pub title: String,
    /// The same list sorted by it.
    pub href: String,
    /// Whether the list is sorted by it, and then whether the greatest comes first.
    pub down: Option<bool>,
}

impl Head {
    fn sorted(&self) -> &'static str {
        match self.down {
            None => "none",
            Some(false) => "ascending",
            Some(true) => "descending",
        }
    }

    fn arrow(&self) -> &'static str {
        match self.down {
            None => "",
            Some(false) => " ↑",
            Some(true) => " ↓",
        }
    }
}

/// What somebody writes into a register.
#[derive(Clone, Debug, Template)]
#[template(path = "edit.html")]
pub struct EditPage {
    /// The frame.
    pub page: Page,
    /// What it is called.
    pub title: String,
    /// Its register.
    pub register: Link,
    /// Its own page.
    pub own: String,
    /// Where the form posts.
    pub post: String,
    /// The command that it is.
    pub command: String,
    /// The version that is shown.
    pub seen: u64,
    /// What a person may write.
    pub fields: Vec<FormField>,
    /// Why, as it was typed.
    pub ground: String,
    /// Why it was not done.
    pub error: Option<String>,
    /// What others write: title and who.
    pub others: Vec<String>,
    /// How it is made one with another entry, where that can be done.
    pub merge: Option<MergeForm>,
}

/// Two entries that are one thing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MergeForm {
    /// Where the forms post.
    pub post: String,
    /// The command that it is.
    pub command: String,
    /// Which other entry.
    pub fields: Vec<FormField>,
    /// Those for which it stands: name and title, and the command that takes it out again.
    pub replaced: Vec<(Link, String)>,
}

/// A thing of a register.
#[derive(Clone, Debug, Template)]
#[template(path = "entity.html")]
pub struct EntityPage {
    /// The frame.
    pub page: Page,
    /// What it is called.
    pub title: String,
    /// Its register.
    pub register: Link,
    /// Its name to programs.
    pub urn: String,
    /// Where it can be edited, by whom it may.
    pub edit: Option<String>,
    /// Its series, if it has any.
    pub series: Option<String>,
    /// The day as of which it is shown; empty for now.
    pub at: String,
    /// The last day that can be asked for.
    pub today: String,
    /// What is known of it.
    pub facts: Vec<EntityFact>,
    /// What happened to it, the newest first.
    pub entries: Vec<EntityEntry>,
    /// Another entry that led here, since both are one thing.
    pub was: Option<String>,
}

/// What is known of a thing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EntityFact {
    /// What it is.
    pub title: String,
    /// Its value in words, with its unit.
    pub value: String,
    /// Since when it is on record.
    pub since: String,
    /// The receipt of the entry that brought it.
    pub receipt: Option<Link>,
}

/// An entry of the log about a thing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EntityEntry {
    /// When.
    pub at: String,
    /// Who.
    pub who: String,
    /// What was done.
    pub act: String,
    /// Why, where somebody said so.
    pub why: String,
    /// The receipt.
    pub receipt: Link,
}

impl EntityPage {
    fn led_here(&self, was: &str) -> String {
        fill(&self.page.texts().register.was, &[("name", was)])
    }

    fn as_of(&self) -> String {
        fill(&self.page.texts().register.as_of_shown, &[("day", &self.at)])
    }
}
