//! Packs in prose: the list, and one of them part by part.

use super::{Link, Page};
use crate::paths;
use crate::prose::Prose;
use askama::Template;

/// The list.
#[derive(Clone, Debug, Template)]
#[template(path = "packs.html")]
pub struct Packs {
    /// The frame.
    pub page: Page,
    /// Each.
    pub packs: Vec<PackRow>,
}

/// A pack in a line.
#[derive(Clone, Debug, PartialEq)]
pub struct PackRow {
    /// What it is called.
    pub title: String,
    /// Its page.
    pub href: String,
    /// The articles of the ordinance that it serves.
    pub articles: String,
    /// How many processes it has.
    pub processes: usize,
    /// How many rules.
    pub rules: usize,
}

/// A pack.
#[derive(Clone, Debug, Template)]
#[template(path = "pack.html")]
pub struct PackPage {
    /// The frame.
    pub page: Page,
    /// It in a line.
    pub row: PackRow,
    /// What it says of itself.
    pub head: Prose,
    /// Its parts, and which of them is shown.
    pub tabs: Vec<(Link, bool)>,
    /// The part that is shown.
    pub part: Option<Prose>,
}
