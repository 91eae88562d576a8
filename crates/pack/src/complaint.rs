//! What is wrong with a file, where, and what to write instead.

use crate::File;
use std::fmt;

/// One fault of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Which file.
    pub file: String,
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl Complaint {
    /// From the TOML reader's error, whose span gives the line.
    pub(crate) fn toml(file: &File, error: &toml::de::Error) -> Self {
        let at = error.span().map_or(0, |span| span.start);
        let line = 1 + file.text.get(..at).map_or(0, |before| before.matches('\n').count());
        Self { file: file.path.clone(), line, what: error.message().to_owned() }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}
