//! Exact factors, and texts by text.

use super::values::wrong;
use super::{Node, Read, Reading, Shape};
use std::fmt;

/// An exact factor above zero, reduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Factor {
    /// Above the line.
    pub over: i128,
    /// Below it.
    pub under: i128,
}

/// Most digits above or below the line.
const DIGITS_MAX: usize = 18;

impl Factor {
    /// Reads `3`, `0.001` or `1/1000`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (over, under) = text.split_once('/').unwrap_or((text, "1"));
        let ((a, b), (c, d)) = (decimal(over.trim())?, decimal(under.trim())?);
        let (over, under) = (a.checked_mul(d)?, b.checked_mul(c)?);
        if over == 0 || under == 0 {
            return None;
        }
        let (mut a, mut b) = (over, under);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Some(Self { over: over / a, under: under / a })
    }
}

/// A number in digits: what stands above and below the line.
fn decimal(text: &str) -> Option<(i128, i128)> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{part}");
    let good = !whole.is_empty() && digits.len() <= DIGITS_MAX && digits.bytes().all(|b| b.is_ascii_digit());
    let under = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
    if good { Some((digits.parse().ok()?, under)) } else { None }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.under {
            1 => write!(f, "{}", self.over),
            under => write!(f, "{}/{under}", self.over),
        }
    }
}

/// A factor as a text.
#[derive(Clone, Copy)]
pub(crate) struct FactorText;

impl Read for FactorText {
    type Out = Factor;

    fn shape(&self) -> Shape {
        Shape::Name { example: "1/1000", pattern: "^[0-9]+(\\.[0-9]+)?(/[0-9]+(\\.[0-9]+)?)?$" }
    }

    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Factor> {
        let Some(text) = node.as_text() else {
            // A number of TOML is binary, and 0.1 is none of those.
            wrong(self, node, key, reading);
            return None;
        };
        let factor = Factor::parse(text);
        if factor.is_none() {
            let what = format!("`{text}` is no exact factor above zero");
            reading.complain(&node.span, what, format!("write {key} = {}", self.shape().example()));
        }
        factor
    }

    fn unread(&self) -> Factor {
        Factor { over: 1, under: 1 }
    }
}

/// Texts by text: what others call something, and what we do.
#[derive(Clone, Copy)]
pub(crate) struct TextMap;

impl Read for TextMap {
    type Out = Vec<(String, String)>;

    fn shape(&self) -> Shape {
        Shape::Map(Box::new(Shape::Line))
    }

    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Self::Out> {
        let Some(table) = node.as_table() else {
            wrong(self, node, key, reading);
            return None;
        };
        let line = super::Line;
        let pairs = table
            .entries
            .iter()
            .map(|entry| Some((entry.key.clone(), line.read(&entry.node, &entry.key, reading)?)));
        pairs.collect()
    }

    fn unread(&self) -> Self::Out {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_exact_and_reduced() {
        for (text, expected) in [
            ("1/1000", "1/1000"),
            ("0.001", "1/1000"),
            ("2/4", "1/2"),
            ("12.5", "25/2"),
            ("7", "7"),
            ("0", "-"),
            ("1/0", "-"),
            ("-1", "-"),
            ("1e3", "-"),
            ("", "-"),
            (".5", "-"),
            ("9999999999999999999", "-"),
        ] {
            let found = Factor::parse(text).map_or("-".to_owned(), |factor| factor.to_string());
            assert_eq!(found, expected, "{text}");
        }
    }
}
