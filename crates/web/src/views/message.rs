//! When a page cannot be shown: refused, not found, failed, signed out. Always with what to do next.

use super::{Link, Page};
use crate::{paths, texts::fill};
use askama::Template;

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "message.html")]
pub struct Message {
    /// The frame.
    pub page: Page,
    /// What happened.
    pub kind: MessageKind,
    /// Where to go from here, besides the first page.
    pub links: Vec<Link>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum MessageKind {
    /// The person may not: `您不能…,因为…;可以…`.
    Refused {
        /// What they may not: `办结本事项`.
        what: String,
        /// Why: `复核须由核实人员以外的人员办理`.
        because: String,
        /// What they may do instead.
        instead: Vec<String>,
    },
    /// There is nothing at this address.
    NotFound,
    /// Something failed on our side.
    Failed {
        /// Under which number the log has it.
        number: String,
        /// Whom to call.
        telephone: Option<String>,
    },
    /// The session has ended, or the person has signed out.
    SignedOut {
        /// Whether it ended by itself.
        expired: bool,
    },
}

impl Message {
    fn title(&self) -> &'static str {
        let texts = &self.page.texts().message;
        match self.kind {
            MessageKind::Refused { .. } => &texts.refused_title,
            MessageKind::NotFound => &texts.not_found_title,
            MessageKind::Failed { .. } => &texts.failed_title,
            MessageKind::SignedOut { expired: true } => &texts.expired_title,
            MessageKind::SignedOut { expired: false } => &texts.signed_out_title,
        }
    }

    fn refused(&self, what: &str, because: &str) -> String {
        fill(&self.page.texts().message.refused, &[("what", what), ("because", because)])
    }

    fn failed_number(&self, number: &str) -> String {
        fill(&self.page.texts().message.failed_number, &[("number", number)])
    }

    fn failed_call(&self, telephone: &str) -> String {
        fill(&self.page.texts().message.failed_call, &[("telephone", telephone)])
    }
}
