//! Documents: a paper as it will look, whose hands it went through, and the list of numbers.

use super::{Link, Page};
use crate::{paths, texts::fill};
use askama::Template;

/// A document's page.
#[derive(Clone, Debug, Template)]
#[template(path = "document.html")]
pub struct DocumentPage {
    /// The frame.
    pub page: Page,
    /// What the reader must know of its standing, each a sentence.
    pub notices: Vec<String>,
    /// The office in whose name it is issued.
    pub issuer: String,
    /// Its number, or what stands in its place.
    pub number: String,
    /// What it is.
    pub title: String,
    /// To whom.
    pub to: String,
    /// Its paragraphs.
    pub body: Vec<String>,
    /// The day under the office.
    pub day: String,
    /// Who drafted, checked and signed it.
    pub chain: Vec<Hand>,
    /// How it reached whom it is addressed to; nothing of a draft, and where no act serves it.
    pub service: Option<Served>,
    /// The law on which it rests.
    pub basis: String,
    /// The case.
    pub case: Link,
    /// The receipt of its issuing; none for a draft.
    pub receipt: Option<Link>,
    /// The paper as a file.
    pub pdf: String,
    /// Whether it is a draft.
    pub draft: bool,
}

/// A hand through which a document went.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hand {
    /// What it is called.
    pub title: String,
    /// Who; empty while nobody has.
    pub who: String,
    /// When.
    pub at: String,
    /// The receipt.
    pub receipt: Option<Link>,
}

/// How a document reached whom it is addressed to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Served {
    /// Who served it.
    pub hand: Hand,
    /// What was said with it, each with its title.
    pub said: Vec<(String, String)>,
    /// Who signed for it, where that can be done here.
    pub received: Option<Hand>,
    /// The certificate of service as a file.
    pub pdf: String,
}

/// The list of documents.
#[derive(Clone, Debug, Template)]
#[template(path = "documents.html")]
pub struct Documents {
    /// The frame.
    pub page: Page,
    /// The latest, newest first.
    pub rows: Vec<DocumentRow>,
}

/// A document in the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DocumentRow {
    /// Its number, which leads to it.
    pub number: Link,
    /// What it is.
    pub title: String,
    /// The case.
    pub case: Link,
    /// When it was issued.
    pub at: String,
}

impl DocumentPage {
    fn heading(&self) -> String {
        format!("{} {}", self.title, self.number)
    }
}

impl Documents {
    fn count(&self) -> String {
        fill(&self.page.texts().document.count, &[("n", &self.rows.len().to_string())])
    }
}
