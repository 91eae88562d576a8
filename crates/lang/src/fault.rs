//! Faults: what is wrong in a text, where, and what to do about it.

use std::ops::Range;
use thiserror::Error;

/// One thing to mend in a text.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{what}: {remedy}")]
pub struct Fault {
    /// Where, in bytes of the text.
    pub at: Range<usize>,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl Fault {
    pub(crate) fn new(at: Range<usize>, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { at, what: what.into(), remedy: remedy.into() }
    }
}

/// `did you mean …`, if one of the known words is near; otherwise what else to say.
pub(crate) fn suggest<'a>(word: &str, known: impl Iterator<Item = &'a str>, otherwise: &str) -> String {
    // A word of three letters may have one wrong, a long one three.
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    let near = known.map(|known| (distance(word, known), known)).min();
    match near {
        Some((distance, known)) if distance <= allowed => format!("did you mean `{known}`?"),
        _ => otherwise.to_owned(),
    }
}

/// Letters to add, drop, change or swap with their neighbour; letters differing in case only count as one change too.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + changed);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_suggested() {
        let known = ["so2", "so2Limit", "division", "inspectedBy"];
        for (word, expected) in [
            ("so3", "did you mean `so2`?"),
            ("so2limit", "did you mean `so2Limit`?"),
            ("divisoin", "did you mean `division`?"),
            ("colour", "-"),
            ("", "-"),
        ] {
            assert_eq!(suggest(word, known.into_iter(), "-"), expected, "{word}");
        }
    }
}
