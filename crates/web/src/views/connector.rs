//! Connectors: which there are, how one reads a file, and what a file brings.

use super::{Link, Page};
use crate::{paths, texts::fill};
use askama::Template;

/// The connectors that this person may run.
#[derive(Clone, Debug, Template)]
#[template(path = "connectors.html")]
pub struct Connectors {
    /// The frame.
    pub page: Page,
    /// Those that there are.
    pub connectors: Vec<ConnectorRow>,
}

/// A connector in the list.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ConnectorRow {
    /// Its title.
    pub title: String,
    /// Its page.
    pub href: String,
    /// What it fills.
    pub into: String,
    /// When it is due.
    pub due: String,
    /// The law on which it is shared.
    pub basis: String,
}

/// One connector, and perhaps what a file brought.
#[derive(Clone, Debug, Template)]
#[template(path = "connector.html")]
pub struct Connector {
    /// The frame.
    pub page: Page,
    /// Its title.
    pub title: String,
    /// Where the form posts.
    pub post: String,
    /// The command's id: sending twice writes once.
    pub command: String,
    /// What it is, as pairs of a word and what it says.
    pub facts: Vec<(String, String)>,
    /// What each column becomes: column, attribute, unit.
    pub columns: Vec<(String, String, String)>,
    /// Why the file was refused.
    pub error: Option<String>,
    /// What the file brings, or brought.
    pub report: Option<ImportReport>,
    /// What became of a run that was undone.
    pub notice: Option<String>,
    /// From where the node can fetch it.
    pub origin: String,
    /// The latest runs, the latest first.
    pub runs: Vec<RunRow>,
}

/// A run in the list.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct RunRow {
    /// When it was.
    pub at: String,
    /// By whom.
    pub by: String,
    /// What became of it.
    pub state: String,
    /// Rows, new and corrected values.
    pub figures: [i64; 3],
    /// Findings of all kinds.
    pub found: i64,
    /// Why it failed.
    pub why: String,
    /// The run's name, where it can be undone.
    pub undo: Option<String>,
}

/// What a file brings, or brought.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ImportReport {
    /// Whether nothing was written.
    pub trial: bool,
    /// Rows, entities, new, corrected and known values.
    pub figures: [usize; 5],
    /// What is wrong with it, by kind.
    pub kinds: Vec<FoundKind>,
    /// Heads of the preview.
    pub heads: Vec<String>,
    /// The first records.
    pub preview: Vec<Vec<String>>,
    /// Under which digest the file is kept.
    pub digest: String,
    /// The entries that were written: the first ones.
    pub entries: Vec<Link>,
    /// How many entries were written.
    pub written: usize,
}

/// One kind of fault.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FoundKind {
    /// What it is.
    pub title: String,
    /// What it means, or what to do.
    pub hint: String,
    /// How many there are.
    pub count: u64,
    /// The first of them: line, name, what was found.
    pub first: Vec<(String, String, String)>,
}

impl FoundKind {
    fn more(&self) -> u64 {
        self.count.saturating_sub(self.first.len() as u64)
    }
}

impl Connector {
    fn figure_titles(&self) -> [&str; 5] {
        let texts = &self.page.texts().import;
        [&texts.rows, &texts.entities, &texts.new, &texts.corrected, &texts.known]
    }

    fn more(&self, more: u64) -> String {
        fill(&self.page.texts().import.more, &[("n", &more.to_string())])
    }

    fn verdict(&self, report: &ImportReport) -> String {
        let texts = &self.page.texts().import;
        let [_, _, new, corrected, _] = report.figures;
        match (report.trial, new + corrected) {
            (true, 0) => texts.trial_nothing.clone(),
            (true, n) => fill(&texts.trial_done, &[("n", &n.to_string())]),
            (false, 0) => texts.nothing.clone(),
            (false, n) => {
                fill(&texts.done, &[("n", &n.to_string()), ("entries", &report.written.to_string())])
            }
        }
    }

    fn can_take(&self, report: &ImportReport) -> bool {
        let [_, _, new, corrected, _] = report.figures;
        report.trial && new + corrected > 0
    }

    fn take_title(&self, report: &ImportReport) -> String {
        let [_, _, new, corrected, _] = report.figures;
        fill(&self.page.texts().import.take, &[("n", &(new + corrected).to_string())])
    }
}
