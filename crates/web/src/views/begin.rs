//! Beginning a case: what this person may begin, and the form for one of them.

use super::{FormField, Input, Page, Reason};
use crate::{paths, texts::fill};
use askama::Template;

/// The list of what this person may begin.
#[derive(Clone, Debug, Template)]
#[template(path = "begin.html")]
pub struct Begin {
    /// The frame.
    pub page: Page,
    /// Fields of work with what may be begun in each.
    pub packs: Vec<Pack>,
}

/// A field of work.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Pack {
    /// Its title.
    pub title: String,
    /// What may be begun.
    pub processes: Vec<Offered>,
}

/// What may be begun.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Offered {
    /// The process's title.
    pub title: String,
    /// Its form.
    pub href: String,
    /// Who works on it and decides.
    pub who: String,
    /// The longest time that the law allows.
    pub statutory: Option<Allowed>,
    /// What the city promises meanwhile.
    pub promised: Option<Allowed>,
}

/// A time that a process allows.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Allowed {
    /// The clock's title.
    pub title: String,
    /// How much, in words.
    pub time: String,
    /// Whether the city promises it, or the law sets it.
    pub promised: bool,
    /// The law or local rule behind it.
    pub basis: String,
}

/// The form for one process.
#[derive(Clone, Debug, Template)]
#[template(path = "begin_form.html")]
pub struct BeginForm {
    /// The frame.
    pub page: Page,
    /// The process's title.
    pub title: String,
    /// The field of work to which it belongs.
    pub pack: String,
    /// The law or local rule that asks for it.
    pub basis: Option<String>,
    /// Where the form posts.
    pub post: String,
    /// The command's id: sending twice begins one case.
    pub command: String,
    /// What it is about, where it is about something.
    pub about: Option<AboutChoice>,
    /// What led here, and so what it is about.
    pub subject: Option<Reason>,
    /// What is filled in.
    pub fields: Vec<FormField>,
    /// Who works on it and decides.
    pub who: String,
    /// In which stage it begins.
    pub first: String,
    /// All times that it allows.
    pub allowed: Vec<Allowed>,
    /// Why it was refused.
    pub error: Option<String>,
    /// The name of the field that is wrong, if it is one.
    pub wrong: Option<String>,
}

/// A choice among things within reach.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AboutChoice {
    /// What kind of thing: `污染源`.
    pub kind: String,
    /// Those found.
    pub found: Vec<Reason>,
    /// Whether there are so many that a box narrows them.
    pub many: bool,
    /// Whether there are more than are listed.
    pub more: bool,
    /// The words by which they were narrowed.
    pub words: String,
    /// Which was chosen before.
    pub typed: String,
}

impl BeginForm {
    fn about_label(&self, kind: &str) -> String {
        fill(&self.page.texts().begin.about, &[("kind", kind)])
    }

    fn button(&self) -> String {
        fill(&self.page.texts().begin.submit, &[("process", &self.title)])
    }
}
