//! What is wrong with a file, row by row and taken together.

use pack::{FAULTS, Fault};
use std::collections::BTreeMap;

/// Findings of a kind that are kept one by one; all are counted. A thousand empty rows leave room for what rows say together.
pub const KEPT_MAX: u64 = 500;

/// One fault and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub fault: Fault,
    /// The line of the file, where it is one line's.
    pub line: Option<u64>,
    /// The key of the row, where it has one.
    pub key: Option<String>,
    /// What was found, as the file has it: a column and a cell, a span of time.
    pub what: String,
}

/// All faults of a file: counted by kind, and the first of them one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    kept: Vec<Finding>,
    counts: BTreeMap<Fault, u64>,
}

impl Findings {
    /// Adds one.
    pub fn add(&mut self, fault: Fault, line: Option<u64>, key: Option<&str>, what: impl Into<String>) {
        let count = self.counts.entry(fault).or_default();
        *count += 1;
        if *count <= KEPT_MAX {
            self.kept.push(Finding { fault, line, key: key.map(str::to_owned), what: what.into() });
        }
    }

    /// How many of a kind there are.
    pub fn count(&self, fault: Fault) -> u64 {
        self.counts.get(&fault).copied().unwrap_or_default()
    }

    /// How many there are of each kind that there is.
    pub fn counts(&self) -> impl Iterator<Item = (Fault, u64)> {
        FAULTS.iter().map(|(_, fault)| (*fault, self.count(*fault))).filter(|(_, count)| *count > 0)
    }

    /// The first of each kind, in the order in which they were found.
    pub fn kept(&self) -> &[Finding] {
        &self.kept
    }
}
