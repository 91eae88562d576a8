//! What is wrong with a definition, and where.

use std::fmt;

/// One thing that makes a rule unusable, as [`Rule::faults`](crate::Rule::faults) finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, as a path through the file: `on.attribute`, `level.two-hours.lasts`, `level.two-hours.do.1.value`. A
    /// level is named by its id, an effect by its number from 1.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub remedy: String,
}

impl Fault {
    pub(crate) fn new(place: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.place, self.what, self.remedy)
    }
}
