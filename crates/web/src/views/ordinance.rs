//! The ordinance: its articles, and what stands behind each duty.

use super::Page;
use crate::{paths, texts::fill};
use askama::Template;

/// The articles.
#[derive(Clone, Debug, Template)]
#[template(path = "ordinance.html")]
pub struct Ordinance {
    /// The frame.
    pub page: Page,
    /// In order.
    pub articles: Vec<ArticleRow>,
    /// Words that were looked for.
    pub words: String,
}

/// An article in the list.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ArticleRow {
    /// Its number.
    pub number: u32,
    /// Its heading.
    pub title: String,
    /// Its page.
    pub href: String,
    /// How many duties it has.
    pub duties: usize,
    /// How many of them a pack serves.
    pub served: usize,
    /// The packs that serve it.
    pub packs: Vec<String>,
}

/// One article.
#[derive(Clone, Debug, Template)]
#[template(path = "article.html")]
pub struct Article {
    /// The frame.
    pub page: Page,
    /// What the list says.
    pub row: ArticleRow,
    /// What it asks for, in our own words.
    pub summary: String,
    /// What it asks of whom.
    pub duties: Vec<DutyRow>,
    /// The article before and behind it.
    pub beside: (Option<u32>, Option<u32>),
    /// The day at whose end it is shown; empty for now.
    pub on: String,
    /// Whether the city had no such article then.
    pub unknown: bool,
    /// Today.
    pub today: String,
}

/// A duty, with its three layers.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DutyRow {
    /// Its number.
    pub id: String,
    /// What is to be done.
    pub text: String,
    /// Who has to do it.
    pub bearer: String,
    /// The packs that serve it.
    pub packs: Vec<String>,
    /// Their processes: title, open cases, all cases.
    pub processes: Vec<(String, u64, u64)>,
}

impl ArticleRow {
    fn name(&self, page: &Page) -> String {
        fill(&page.texts().ordinance.article, &[("n", &self.number.to_string())])
    }

    fn served_in(&self, page: &Page) -> String {
        let (served, duties) = (self.served.to_string(), self.duties.to_string());
        fill(&page.texts().ordinance.served, &[("n", &served), ("all", &duties)])
    }
}

impl Article {
    fn as_of(&self) -> String {
        fill(&self.page.texts().ordinance.as_of, &[("day", &self.on)])
    }

    fn cases(&self, process: &(String, u64, u64)) -> String {
        let (open, all) = (process.1.to_string(), process.2.to_string());
        fill(&self.page.texts().ordinance.cases, &[("process", &process.0), ("open", &open), ("all", &all)])
    }
}
