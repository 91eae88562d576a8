//! Oversight: what people did, whether the log holds; and personal values, read with a reason.

use super::{Link, Page};
use crate::{paths, texts::fill};
use askama::Template;

/// A lead, and what it came to.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadRow {
    /// The act.
    pub line: ActLine,
    /// Its entry.
    pub lead: u64,
    /// The command that says what it came to; nothing where that is said, or is not for this reader to say.
    pub command: Option<String>,
    /// What it came to, in words, with the entry that says so.
    pub found: Option<(String, Link)>,
}

/// What people did.
#[derive(Clone, Debug, Template)]
#[template(path = "audit.html")]
pub struct AuditPage {
    /// The frame.
    pub page: Page,
    /// Entries of the log, heads that were checked.
    pub chain: [u64; 2],
    /// Sizes of heads that the log does not bear out.
    pub broken: Vec<u64>,
    /// Looks that were refused, the latest first.
    pub leads: Vec<LeadRow>,
    /// What was wrong with what was said of a lead.
    pub lead_error: Option<String>,
    /// Whom and what was asked for.
    pub asked: [String; 2],
    /// What is wrong with it.
    pub error: Option<String>,
    /// Groups of acts to choose from: id, title, whether it is chosen.
    pub groups: Vec<(&'static str, String, bool)>,
    /// What was found, the latest first.
    pub rows: Vec<ActLine>,
    /// Further back.
    pub next: Option<String>,
    /// The same as a table for programs.
    pub csv: String,
}

/// An act of a person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActLine {
    /// When.
    pub at: String,
    /// Who.
    pub who: Link,
    /// What.
    pub act: String,
    /// To what: case, person or thing.
    pub about: Option<Link>,
    /// For which case, where another is looked at.
    pub case: Option<Link>,
    /// Why, or on what ground.
    pub why: String,
    /// The receipt.
    pub receipt: Link,
}

/// Personal values of a case and of what it is about.
#[derive(Clone, Debug, Template)]
#[template(path = "personal.html")]
pub struct PersonalPage {
    /// The frame.
    pub page: Page,
    /// The case.
    pub case: Link,
    /// Where the form posts.
    pub post: String,
    /// The values.
    pub values: Vec<PersonalValue>,
    /// The reason, as it was written.
    pub reason: String,
    /// What is wrong with what was sent.
    pub error: Option<String>,
}

/// A personal value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PersonalValue {
    /// The name of its box.
    pub field: String,
    /// What it is.
    pub title: String,
    /// Whose entity has it.
    pub of: String,
    /// The value, once it was read.
    pub shown: Option<String>,
}

impl PersonalPage {
    fn any_sealed(&self) -> bool {
        self.values.iter().any(|value| value.shown.is_none())
    }
}

impl AuditPage {
    fn checked(&self) -> String {
        let [size, heads] = self.chain.map(|n| n.to_string());
        fill(&self.page.texts().audit.checked, &[("n", &heads), ("size", &size)])
    }

    fn broken_words(&self) -> String {
        let sizes = self.broken.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        fill(&self.page.texts().audit.broken, &[("sizes", &sizes)])
    }
}
