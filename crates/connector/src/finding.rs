//! What is wrong with a file, row by row and taken together.

use std::collections::BTreeMap;

/// Findings of a kind that are kept one by one; all are counted. A thousand empty rows leave room for what rows say together.
pub const KEPT_MAX: u64 = 500;

/// A kind of fault. The word of each is stable: programs count by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A row has more or fewer cells than there are columns.
    Width,
    /// The key is missing.
    NoKey,
    /// The row does not tell when it was so.
    NoTime,
    /// A row without a single value.
    EmptyRow,
    /// A row of which some values are missing.
    PartRow,
    /// A cell is not what its column holds.
    Unreadable,
    /// A value that the attribute cannot have.
    OutOfRange,
    /// The same row again.
    Duplicate,
    /// The same entity and time again, with other values: the later row stands.
    Conflict,
    /// Times for which there is no value.
    Gap,
    /// Values that do not move.
    Stuck,
    /// A name that never has a value.
    Dead,
    /// No entity is registered by this name.
    Unknown,
    /// Several entities have this name.
    Ambiguous,
    /// The entity's values come from its own device.
    HasDevice,
    /// A time that has not come yet.
    Ahead,
}

impl Code {
    /// All of them, in the order in which people read them.
    pub const ALL: [Self; 16] = [
        Self::Unknown,
        Self::Ambiguous,
        Self::HasDevice,
        Self::Dead,
        Self::Stuck,
        Self::Gap,
        Self::Conflict,
        Self::Duplicate,
        Self::EmptyRow,
        Self::PartRow,
        Self::Unreadable,
        Self::OutOfRange,
        Self::NoTime,
        Self::Ahead,
        Self::NoKey,
        Self::Width,
    ];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Width => "width",
            Self::NoKey => "no-key",
            Self::NoTime => "no-time",
            Self::EmptyRow => "empty-row",
            Self::PartRow => "part-row",
            Self::Unreadable => "unreadable",
            Self::OutOfRange => "out-of-range",
            Self::Duplicate => "duplicate",
            Self::Conflict => "conflict",
            Self::Gap => "gap",
            Self::Stuck => "stuck",
            Self::Dead => "dead",
            Self::Unknown => "unknown",
            Self::Ambiguous => "ambiguous",
            Self::HasDevice => "has-device",
            Self::Ahead => "ahead",
        }
    }
}

/// One fault and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub code: Code,
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
    counts: BTreeMap<Code, u64>,
}

impl Findings {
    /// Adds one.
    pub fn add(&mut self, code: Code, line: Option<u64>, key: Option<&str>, what: impl Into<String>) {
        let count = self.counts.entry(code).or_default();
        *count += 1;
        if *count <= KEPT_MAX {
            self.kept.push(Finding { code, line, key: key.map(str::to_owned), what: what.into() });
        }
    }

    /// How many of a kind there are.
    pub fn count(&self, code: Code) -> u64 {
        self.counts.get(&code).copied().unwrap_or_default()
    }

    /// How many there are of each kind that there is.
    pub fn counts(&self) -> impl Iterator<Item = (Code, u64)> {
        Code::ALL.into_iter().map(|code| (code, self.count(code))).filter(|(_, count)| *count > 0)
    }

    /// The first of each kind, in the order in which they were found.
    pub fn kept(&self) -> &[Finding] {
        &self.kept
    }
}
