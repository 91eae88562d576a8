//! Definitions: the files in force, one of them in prose and as text, and what a proposal for it comes to.

use super::{Link, Page};
use crate::prose::Prose;
use crate::{paths, texts::fill};
use askama::Template;

/// The files in force.
#[derive(Clone, Debug, Template)]
#[template(path = "definitions.html")]
pub struct Definitions {
    /// The frame.
    pub page: Page,
    /// Files by pack or city: title, then each with what it defines.
    pub groups: Vec<(String, Vec<(Link, &'static str)>)>,
    /// When other files were put in force: when, by whom, receipt.
    pub activations: Vec<(String, String, Link)>,
}

/// One file.
#[derive(Clone, Debug, Template)]
#[template(path = "definition.html")]
pub struct Definition {
    /// The frame.
    pub page: Page,
    /// What it defines, as people call it.
    pub title: String,
    /// Which kind of definition it is.
    pub kind: &'static str,
    /// Its path; its page is under it.
    pub path: String,
    /// What it says.
    pub prose: Option<Prose>,
    /// The receipt of a proposal that was just put in force.
    pub done: Option<Link>,
    /// Why a proposal was refused.
    pub error: Option<String>,
    /// Its time limits, where they may be tried otherwise: title, number and unit, place, law.
    pub limits: Vec<TriedLimit>,
    /// Where a limit is tried.
    pub settings: String,
    /// The text in force, for those who may read but not propose.
    pub text: Option<String>,
    /// For whoever says what is in force.
    pub editor: Option<Editor>,
    /// What the proposal comes to.
    pub outcome: Option<ProposalOutcome>,
    /// What it said before, the latest first.
    pub versions: Vec<VersionRow>,
}

/// A time limit that may be tried otherwise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TriedLimit {
    /// The clock.
    pub title: String,
    /// How many units.
    pub budget: u32,
    /// Which units.
    pub unit: &'static str,
    /// Where it is set.
    pub place: String,
    /// The law it rests on, by its name in the register, and as it is cited.
    pub basis: [String; 2],
}

/// The proposal as it is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Editor {
    /// The command's id: sending twice does it once.
    pub command: String,
    /// The digest of the text that was in force when it was begun.
    pub base: String,
    /// The text.
    pub text: String,
    /// First and last day of the past on which it is tried.
    pub days: [String; 2],
    /// Whether scenarios can be run for it.
    pub scenarios: bool,
}

/// What a proposal comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProposalOutcome {
    /// What is wrong with it: place, what, remedy.
    pub complaints: Vec<[String; 3]>,
    /// What would be different, in words.
    pub differences: Vec<String>,
    /// Open cases that would stay on the older form of their process: process, how many.
    pub staying: Vec<(String, usize)>,
    /// Processes that would change, on the past.
    pub processes: Vec<ProcessOutcome>,
    /// Rules that would change, on the past.
    pub rules: Vec<RuleOutcome>,
    /// The scenarios that were run, those that failed first; or why none could be. Nothing where none was asked for.
    pub scenarios: Option<Result<Vec<ScenarioRow>, String>>,
}

/// A scenario that was run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScenarioRow {
    /// What it tells.
    pub title: String,
    /// Its file.
    pub file: String,
    /// What did not hold.
    pub failed: Option<String>,
}

/// Cases as they would have gone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProcessOutcome {
    /// Which process.
    pub title: String,
    /// Cases replayed, those that differ, those in which a clock would have been over that was not, and the other way round.
    pub figures: [u32; 4],
    /// Whether all cases of the time were replayed.
    pub whole: bool,
    /// The first that differ.
    pub rows: Vec<CaseOutcome>,
}

/// A case that would have gone differently.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseOutcome {
    /// The case.
    pub case: Link,
    /// Where first: after what, when.
    pub after: String,
    /// How it stood.
    pub was: String,
    /// How it would have stood.
    pub would: String,
}

/// A rule as it would have judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleOutcome {
    /// Which rule.
    pub title: String,
    /// Windows judged differently.
    pub differ: usize,
    /// The first of them: of what, from when, the level as it was and as it would be.
    pub rows: Vec<(Link, String, String, String)>,
}

/// A text that a file had.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VersionRow {
    /// When it was put in force.
    pub at: String,
    /// By whom.
    pub by: String,
    /// The receipt.
    pub receipt: Link,
    /// Proposes it again; nothing for the one in force.
    pub again: Option<String>,
    /// Whether the file was taken out.
    pub gone: bool,
}

impl ProposalOutcome {
    fn can_be_put(&self) -> bool {
        self.complaints.is_empty() && !self.differences.is_empty()
    }
}

impl Definition {
    fn cases(&self, process: &ProcessOutcome) -> String {
        let texts = &self.page.texts().definition;
        let [cases, differ, more, fewer] = process.figures.map(|n| n.to_string());
        let slots = [("n", &*cases), ("differ", &*differ), ("more", &*more), ("fewer", &*fewer)];
        let told = fill(&texts.replayed, &slots);
        if process.whole { told } else { format!("{told}{}", texts.not_all) }
    }

    fn scenarios(&self, rows: &[ScenarioRow]) -> String {
        let held = rows.iter().filter(|row| row.failed.is_none()).count().to_string();
        let slots = [("held", &*held), ("n", &rows.len().to_string())];
        fill(&self.page.texts().definition.scenarios_held, &slots)
    }

    fn windows(&self, rule: &RuleOutcome) -> String {
        fill(&self.page.texts().definition.judged, &[("n", &rule.differ.to_string())])
    }

    fn staying_words(&self, count: &usize) -> String {
        fill(&self.page.texts().definition.stay, &[("n", &count.to_string())])
    }

    fn receipt(&self, number: &str) -> String {
        fill(&self.page.texts().case.receipt, &[("n", number)])
    }
}
