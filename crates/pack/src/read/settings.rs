//! A city's file of what it sets otherwise than its packs. Where each leads, and whether it may, is `settings`.

use super::text;
use crate::tree::{Distinct, Fields, Line, Literal, Refer, Refers, Section};
use model::Value;

/// One of them as it stands written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Written {
    /// `process.exceedance.clock.supervise.budget`.
    pub path: String,
    pub to: Value,
    pub basis: String,
}

/// Reads the file.
pub(crate) fn settings(s: &mut Section<'_>) -> Vec<Written> {
    s.format();
    let one = Distinct("path", Fields(setting));
    s.need("setting", "What the city sets otherwise than its packs.", one)
}

fn setting(s: &mut Section<'_>) -> Written {
    Written {
        path: s.need("path", "What is set, as \"process.exceedance.clock.supervise.budget\".", Line),
        to: s.need("to", "To what: a whole number, a role, a text in both languages, or a limit.", Literal),
        basis: text(s.need("basis", "The city's own rule that says so.", Refers(Refer::Basis))),
    }
}
