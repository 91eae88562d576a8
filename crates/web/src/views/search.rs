//! What was found by words.

use super::{Kept, Page, TabLink};
use crate::paths;
use askama::Template;

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "search.html")]
pub struct Search {
    /// The frame.
    pub page: Page,
    /// What was looked for.
    pub words: String,
    /// What was found, kind by kind.
    pub groups: Vec<(FoundKindOf, Vec<FoundRow>)>,
    /// For whom services can be narrowed to.
    pub tabs: Vec<TabLink>,
    /// Whether more cases fit than are shown, or not all were looked at.
    pub more_cases: bool,
    /// Where things that have a place were found.
    pub places: Vec<TabLink>,
    /// The searches that whoever is signed in keeps.
    pub kept: Option<Kept>,
}

/// Kinds of what is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundKindOf {
    /// A case, for those who may read it.
    Case,
    /// A service.
    Service,
    /// Something that may be begun.
    Process,
    /// A monitored source.
    Source,
    /// A dataset.
    Dataset,
    /// An article of the ordinance.
    Article,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundRow {
    /// What it is called.
    pub title: String,
    /// Its page.
    pub href: String,
    /// A line about it.
    pub about: String,
}

impl Search {
    fn kind(&self, kind: &FoundKindOf) -> &'static str {
        let t = self.page.texts();
        match kind {
            FoundKindOf::Case => &t.search.cases,
            FoundKindOf::Service => &t.services.title,
            FoundKindOf::Process => &t.begin.title,
            FoundKindOf::Source => &t.layout.sources,
            FoundKindOf::Dataset => &t.data.title,
            FoundKindOf::Article => &t.ordinance.title,
        }
    }
}
