//! Open data: the catalogue, and one dataset.

use super::{BothSizes, Link, MapNote, Page, TabLink};
use crate::{paths, texts::fill};
use askama::Template;

/// The catalogue.
#[derive(Clone, Debug, Template)]
#[template(path = "datasets.html")]
pub struct Datasets {
    /// The frame.
    pub page: Page,
    /// The datasets, in the order of their titles.
    pub datasets: Vec<DatasetRow>,
    /// Words that were looked for.
    pub words: String,
    /// For whom, if only those are listed.
    pub sharing: String,
    /// How many there are for whom.
    pub tabs: Vec<TabLink>,
    /// Where this reader asks for data that are not there.
    pub request: Option<String>,
}

/// A dataset in the catalogue.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DatasetRow {
    /// Its title.
    pub title: String,
    /// Its page.
    pub href: String,
    /// What is in it.
    pub description: String,
    /// The role that answers for it.
    pub owner: String,
    /// Who may have it.
    pub sharing: String,
    /// Rows that there are.
    pub rows: String,
    /// How old it is, and how old it may be.
    pub fresh: Fresh,
}

/// How old something is, and how often it is to be renewed.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Fresh {
    /// When it last changed, in words; nothing if it never did.
    pub age: Option<String>,
    /// How often it is to be renewed, in words.
    pub due: String,
    /// Whether it is older than that.
    pub late: bool,
}

/// One dataset.
#[derive(Template)]
#[template(path = "dataset.html")]
pub struct Dataset {
    /// The frame.
    pub page: Page,
    /// What the catalogue says.
    pub row: DatasetRow,
    /// What it is, as pairs of a word and what it says.
    pub facts: Vec<(String, String)>,
    /// The terms on which it is handed out.
    pub licence: Link,
    /// Its columns: name, title, unit.
    pub columns: Vec<(String, String, String)>,
    /// What is known of its quality.
    pub quality: Vec<String>,
    /// The first rows; nothing for those who may not have them.
    pub preview: Option<Vec<Vec<String>>>,
    /// The forms in which it is handed out.
    pub files: Vec<Link>,
    /// A line that fetches it.
    pub curl: String,
    /// The day at whose end it is shown; empty for now.
    pub known: String,
    /// Today.
    pub today: String,
    /// When its definition was put in force, with the entry of each, the latest first.
    pub versions: Vec<(String, Link)>,
    /// Its things on a map, if they have places.
    pub map: Option<BothSizes>,
    /// How the map's outlines were drawn.
    pub map_note: Option<MapNote>,
    /// The charts of its series, one for each thing.
    pub charts: Vec<Link>,
    /// Where this reader asks that it be shared.
    pub request: Option<String>,
}

impl Dataset {
    fn as_of(&self) -> String {
        fill(&self.page.texts().data.as_of, &[("day", &self.known)])
    }
}

impl DatasetRow {
    fn rows_in(&self, page: &Page) -> String {
        fill(&page.texts().data.rows, &[("n", &self.rows)])
    }
}
