//! Registers: what the city knows of things that are no cases, type by type; each thing as it is or as it was on a day.

use super::{Link, Page, Paging};
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
    /// Columns.
    pub heads: Vec<String>,
    /// Each thing with its columns.
    pub rows: Vec<(Link, Vec<String>)>,
    /// The same as a table for programs.
    pub csv: String,
    /// Where in the list this page stands.
    pub paging: Paging,
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
    /// The receipt.
    pub receipt: Link,
}

impl EntityPage {
    fn as_of(&self) -> String {
        fill(&self.page.texts().register.as_of_shown, &[("day", &self.at)])
    }
}
