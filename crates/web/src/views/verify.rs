//! Checking a receipt: paste it, get one sentence, see which step failed.

use super::{Link, Page};
use crate::paths;
use crate::texts::{Lang, Texts, fill};
use askama::Template;

/// The page. Its form posts `receipt` to itself.
#[derive(Clone, Debug, Template)]
#[template(path = "verify.html")]
pub struct Verify {
    /// The frame.
    pub page: Page,
    /// What was pasted.
    pub pasted: String,
    /// The result; `None` before anything was pasted.
    pub outcome: Option<Outcome>,
    /// The log's public key, as published.
    pub key: String,
}

/// The result.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Every step holds.
    Valid {
        /// The entry's number.
        entry: u64,
        /// Entries under the head.
        size: u64,
        /// When it was recorded, local.
        when: String,
        /// The act's title.
        act: String,
        /// The entry's own page.
        receipt: Option<Link>,
    },
    /// A step fails.
    NotValid {
        /// Which.
        step: CheckStep,
    },
    /// Every step holds, but a restore has voided the record.
    Voided {
        /// The entry's number.
        entry: u64,
        /// When the restore was recorded, local.
        at: String,
        /// The epoch in which the log goes on since.
        epoch: u32,
        /// Entries under the head that was restored.
        restored_size: u64,
    },
    /// Every step holds, but this log has something else at the entry's place: there are two logs under one key.
    Contradicted {
        /// The entry's number.
        entry: u64,
        /// Entries under the head of the receipt.
        size: u64,
    },
}

/// The steps of the check, in the order in which they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckStep {
    /// The text is a receipt.
    Form,
    /// The leaf can be read.
    Leaf,
    /// Opened sealed values fit their commitments.
    Openings,
    /// The items give the root that the leaf states.
    Items,
    /// The head is signed by the log's key.
    Head,
    /// The head is of the same log, and large enough.
    Scope,
    /// The path leads from the leaf to the head's root.
    Inclusion,
}

impl CheckStep {
    /// All, in order.
    pub const ALL: [Self; 7] =
        [Self::Form, Self::Leaf, Self::Openings, Self::Items, Self::Head, Self::Scope, Self::Inclusion];

    fn title(self, lang: Lang) -> &'static str {
        let texts = &Texts::get(lang).verify;
        match self {
            Self::Form => &texts.step_form,
            Self::Leaf => &texts.step_leaf,
            Self::Items => &texts.step_items,
            Self::Openings => &texts.step_openings,
            Self::Head => &texts.step_head,
            Self::Scope => &texts.step_scope,
            Self::Inclusion => &texts.step_inclusion,
        }
    }
}

impl Verify {
    /// Each step's title, class and state in words.
    fn steps(&self, failed: Option<CheckStep>) -> Vec<(&'static str, &'static str, &'static str)> {
        let texts = &self.page.texts().verify;
        let state = |step: CheckStep| match failed {
            Some(failed) if step == failed => ("failed", texts.state_failed.as_str()),
            Some(failed) if step > failed => ("unreached", texts.state_unreached.as_str()),
            _ => ("held", texts.state_held.as_str()),
        };
        CheckStep::ALL
            .into_iter()
            .map(|step| (step.title(self.page.lang), state(step).0, state(step).1))
            .collect()
    }

    fn failed_step(&self) -> Option<CheckStep> {
        match self.outcome {
            Some(Outcome::NotValid { step }) => Some(step),
            _ => None,
        }
    }

    /// The result in one sentence, and what it means.
    fn sentence(&self, outcome: &Outcome) -> (String, String) {
        let texts = &self.page.texts().verify;
        match outcome {
            Outcome::Valid { entry, size, when, act, .. } => {
                let slots = [("entry", &*entry.to_string()), ("size", &*size.to_string())];
                (fill(&texts.valid, &slots), fill(&texts.valid_more, &[("act", act), ("when", when)]))
            }
            Outcome::NotValid { step } => {
                let step = step.title(self.page.lang);
                (fill(&texts.not_valid, &[("step", step)]), texts.not_valid_more.clone())
            }
            Outcome::Voided { entry, at, epoch, restored_size } => {
                let (epoch, size) = (epoch.to_string(), restored_size.to_string());
                let more = [("at", &**at), ("epoch", &epoch), ("size", &size)];
                (fill(&texts.voided, &[("entry", &entry.to_string())]), fill(&texts.voided_more, &more))
            }
            Outcome::Contradicted { entry, size } => {
                let slots = [("entry", &*entry.to_string()), ("size", &*size.to_string())];
                (fill(&texts.contradicted, &slots), texts.contradicted_more.clone())
            }
        }
    }

    fn outcome_class(outcome: &Outcome) -> &'static str {
        match outcome {
            Outcome::Valid { .. } => "good",
            Outcome::NotValid { .. } | Outcome::Contradicted { .. } => "bad",
            Outcome::Voided { .. } => "void",
        }
    }
}
