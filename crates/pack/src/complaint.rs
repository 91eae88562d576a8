//! What is wrong with a file, where, and what to write instead.

use std::fmt;

/// Most complaints that are handed out at once; more would help nobody.
pub const COMPLAINTS_MAX: usize = 500;

/// One fault of one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    /// Which file.
    pub file: String,
    /// Which line, from 1.
    pub line: usize,
    /// Which character of the line, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub remedy: String,
}

impl Complaint {
    /// Of a file as a whole.
    pub(crate) fn whole(file: &str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: 1, column: 1, what: what.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Complaint {
    /// `packs/x/rules/y.toml:3:9: what is wrong; what to write`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}; {}", self.file, self.line, self.column, self.what, self.remedy)
    }
}

/// In the order of files and lines, each once, and not more than anybody reads.
pub(crate) fn sorted(mut complaints: Vec<Complaint>) -> Vec<Complaint> {
    complaints.sort();
    complaints.dedup();
    let more = complaints.len().saturating_sub(COMPLAINTS_MAX);
    if more > 0 {
        complaints.truncate(COMPLAINTS_MAX);
        let remedy = "mend these first, then check again";
        complaints.push(Complaint::whole("…", format!("{more} more complaints are not shown"), remedy));
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_come_in_order_each_once_and_not_without_end() {
        let one = |file: &str, line| Complaint { line, ..Complaint::whole(file, "wrong", "mend it") };
        let found = sorted(vec![one("b", 1), one("a", 9), one("a", 2), one("a", 9)]);
        assert_eq!(found, [one("a", 2), one("a", 9), one("b", 1)]);
        assert_eq!(one("a", 2).to_string(), "a:2:1: wrong; mend it");
        let many = sorted((0..COMPLAINTS_MAX + 7).map(|line| one("a", line)).collect());
        assert!(many.len() == COMPLAINTS_MAX + 1 && many[COMPLAINTS_MAX].what.starts_with("7 more"));
    }
}
