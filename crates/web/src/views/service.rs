//! What people can ask for: the list, and the guide of one with an answer whether somebody may ask.

use super::{Allowed, FormField, Input, Page};
use crate::paths;
use crate::texts::fill;
use askama::Template;

/// The list.
#[derive(Clone, Debug, Template)]
#[template(path = "services.html")]
pub struct Services {
    /// The frame.
    pub page: Page,
    /// Each.
    pub services: Vec<ServiceRow>,
    /// For whom alone: `resident` or `firm`.
    pub audience: Option<String>,
}

/// A service in a line.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceRow {
    /// What it is called.
    pub title: String,
    /// Its guide.
    pub href: String,
    /// For whom it is.
    pub audience: String,
    /// Where it can be asked for.
    pub channels: String,
    /// How long it takes at most.
    pub time: Option<String>,
    /// What it costs.
    pub fee: String,
}

/// The guide of a service.
#[derive(Clone, Debug, Template)]
#[template(path = "service.html")]
pub struct Service {
    /// The frame.
    pub page: Page,
    /// It in a line.
    pub row: ServiceRow,
    /// How it goes.
    pub guide: String,
    /// What comes out.
    pub result: String,
    /// The law on which it rests.
    pub basis: String,
    /// The law that sets the fee.
    pub fee_basis: Option<String>,
    /// How much time there is.
    pub times: Vec<Allowed>,
    /// What is required of whoever asks.
    pub conditions: Vec<ConditionRow>,
    /// What is to be brought.
    pub materials: Vec<MaterialRow>,
    /// Whether whoever filled in the form may ask.
    pub overall: Option<Answer>,
    /// What the form asks.
    pub fields: Vec<FormField>,
    /// Where it posts.
    pub post: String,
    /// Where a case is begun, for those who may.
    pub start_href: Option<String>,
}

/// Something that is required.
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionRow {
    /// In words.
    pub title: String,
    /// The law that requires it.
    pub basis: String,
    /// Whether it holds, once it was asked.
    pub answer: Option<Answer>,
}

/// A paper.
#[derive(Clone, Debug, PartialEq)]
pub struct MaterialRow {
    /// What it is.
    pub title: String,
    /// Whether the city holds it already.
    pub held: bool,
    /// Whether it must be brought, in words.
    pub required: String,
}

/// An answer in three values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// It cannot be said before this is known.
    Unknown(String),
}

impl Service {
    fn answer(&self, answer: &Answer) -> String {
        let texts = &self.page.texts().services;
        match answer {
            Answer::Yes => texts.yes.clone(),
            Answer::No => texts.no.clone(),
            Answer::Unknown(missing) if missing.is_empty() => texts.unknown_at_all.clone(),
            Answer::Unknown(missing) => fill(&texts.unknown, &[("missing", missing)]),
        }
    }

    fn verdict(&self, answer: &Answer) -> String {
        let texts = &self.page.texts().services;
        match answer {
            Answer::Yes => texts.may.clone(),
            Answer::No => texts.may_not.clone(),
            Answer::Unknown(_) => self.answer(answer),
        }
    }

    fn class(answer: &Answer) -> &'static str {
        match answer {
            Answer::Yes => "good",
            Answer::No => "bad",
            Answer::Unknown(_) => "void",
        }
    }
}
