//! A filter as SQL, with exactly the meaning of `Filter::matches`: it holds or does not, and never is NULL.
//!
//! The text is made of fixed pieces; everything that a filter says is a parameter. What facts could not answer exactly is
//! refused: paths deeper than facts go, texts longer than a fact keeps, and more than the stated size.

use super::facts::{ASKED_BYTES_MAX, TEXT, fact, path_text};
use crate::StoreError;
use model::{Filter, Name, Operator, Value};
use rusqlite::types::Value as Sql;

/// How deep a filter may be nested.
pub(super) const DEPTH_MAX: usize = 32;
/// How many parts it may have, all told.
const PARTS_MAX: usize = 4_096;
/// How many values it may name, all told. They stand in the question once or twice, and SQLite takes 32,766 parameters.
const VALUES_MAX: usize = 8_000;
/// Attribute and key: as deep as facts go.
const PATH_MAX: usize = 2;

/// A piece of SQL with its parameters in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Piece {
    pub sql: String,
    pub parameters: Vec<Sql>,
}

impl Piece {
    pub fn new(sql: impl Into<String>, parameters: impl Into<Vec<Sql>>) -> Self {
        Self { sql: sql.into(), parameters: parameters.into() }
    }

    pub fn push(&mut self, other: Self) {
        self.sql.push_str(&other.sql);
        self.parameters.extend(other.parameters);
    }

    /// The piece between two texts.
    fn within(mut self, before: &str, after: &str) -> Self {
        self.sql = format!("{before}{}{after}", self.sql);
        self
    }
}

fn refuse<T>(what: &str) -> Result<T, StoreError> {
    Err(StoreError::Filter(what.to_owned()))
}

/// Refuses a filter that facts cannot answer exactly, or that is larger than anybody needs.
pub(super) fn check(filter: &Filter) -> Result<(), StoreError> {
    let mut size = (0, 0);
    check_part(filter, 0, &mut size)
}

fn check_part(filter: &Filter, depth: usize, size: &mut (usize, usize)) -> Result<(), StoreError> {
    size.0 += 1;
    size.1 += match filter {
        Filter::In { values, .. } => values.len(),
        Filter::Is(urns) => urns.len(),
        _ => 1,
    };
    if depth > DEPTH_MAX || size.0 > PARTS_MAX || size.1 > VALUES_MAX {
        return refuse("it is too large: ask for less at once");
    }
    match filter {
        Filter::And(parts) | Filter::Or(parts) => {
            parts.iter().try_for_each(|part| check_part(part, depth + 1, size))
        }
        Filter::Not(part) => check_part(part, depth + 1, size),
        Filter::Compare { path, value, .. } => check_leaf(path, std::slice::from_ref(value)),
        Filter::In { path, values } => check_leaf(path, values),
        Filter::Has { path } => check_leaf(path, &[]),
        Filter::Starts { path, prefix } => {
            check_leaf(path, &[])?;
            if prefix.len() > ASKED_BYTES_MAX { refuse("its text is too long") } else { Ok(()) }
        }
        Filter::All | Filter::None | Filter::Kind(_) | Filter::Is(_) => Ok(()),
    }
}

fn check_leaf(path: &[Name], values: &[Value]) -> Result<(), StoreError> {
    if path.len() > PATH_MAX {
        return refuse("its path is too deep: an attribute and a key of its map at most");
    }
    let long = |value: &Value| match value {
        Value::Text(text) => text.len() > ASKED_BYTES_MAX,
        Value::Bytes(bytes) => bytes.len() > ASKED_BYTES_MAX,
        _ => false,
    };
    if values.iter().any(long) { refuse("its text is too long") } else { Ok(()) }
}

/// Whether a filter that was checked holds of the row `e` of `entity`.
pub(super) fn condition(filter: &Filter) -> Piece {
    match filter {
        Filter::All => Piece::new("1", []),
        Filter::None => Piece::new("0", []),
        Filter::And(parts) => join(parts.iter().map(condition).collect(), " AND ", "1"),
        Filter::Or(parts) => join(parts.iter().map(condition).collect(), " OR ", "0"),
        Filter::Not(part) => condition(part).within("NOT (", ")"),
        Filter::Kind(kind) => Piece::new("e.kind = ?", [Sql::Text(kind.as_str().to_owned())]),
        Filter::Is(urns) => is(urns).within("e.urn IN (", ")"),
        leaf => match test(leaf) {
            Some((path, test)) => {
                // One row by its key, or none. With EXISTS, SQLite may walk an index of values instead.
                let mut piece = test.within("coalesce((SELECT ", "");
                piece.push(Piece::new(
                    " FROM fact WHERE entity = e.id
                     AND field = (SELECT id FROM field WHERE path = ? AND kind = e.kind)), 0)",
                    [Sql::Text(path)],
                ));
                piece
            }
            None => Piece::new("0", []),
        },
    }
}

/// Placeholders for names, and the names.
pub(super) fn is(urns: &[model::Urn]) -> Piece {
    let names: Vec<Sql> = urns.iter().map(|urn| Sql::Text(urn.as_str().to_owned())).collect();
    Piece::new(placeholders(names.len()), names)
}

fn placeholders(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// Pieces side by side, as a balanced tree: SQLite's parser counts how deep it goes.
fn join(mut pieces: Vec<Piece>, word: &str, empty: &str) -> Piece {
    if pieces.len() < 2 {
        return pieces.pop().unwrap_or_else(|| Piece::new(empty, []));
    }
    let right = pieces.split_off(pieces.len() / 2);
    let (mut left, right) = (join(pieces, word, empty), join(right, word, empty));
    left = left.within("(", word);
    left.push(right.within("", ")"));
    left
}

/// What a part asks of one fact: its path, and the condition on `sort` and `value`. Nothing if no fact can hold.
pub(super) fn test(leaf: &Filter) -> Option<(String, Piece)> {
    let (path, test) = match leaf {
        Filter::Compare { path, op, value } => (path, compare(*op, value)?),
        Filter::In { path, values } => (path, one_of(values)?),
        Filter::Has { path } => (path, Piece::new("1", [])),
        Filter::Starts { path, prefix } => (path, starts(prefix)),
        _ => return None,
    };
    if path.is_empty() { None } else { Some((path_text(path), test)) }
}

/// The value as facts have it, if it has an order: what has none stands in no relation to anything.
fn ordered(value: &Value) -> Option<(i64, Sql)> {
    value.order(value).and_then(|_| fact(value))
}

fn compare(op: Operator, value: &Value) -> Option<Piece> {
    let (sort, value) = ordered(value)?;
    let sign = match op {
        Operator::Eq => "sort = ? AND value = ?",
        Operator::Ne => "sort = ? AND value <> ?",
        Operator::Lt => "sort = ? AND value < ?",
        Operator::Le => "sort = ? AND value <= ?",
        Operator::Gt => "sort = ? AND value > ?",
        Operator::Ge => "sort = ? AND value >= ?",
    };
    Some(Piece::new(sign, [Sql::Integer(sort), value]))
}

/// The values of each kind together.
fn one_of(values: &[Value]) -> Option<Piece> {
    let mut kinds: Vec<(i64, Vec<Sql>)> = Vec::new();
    for (sort, value) in values.iter().filter_map(ordered) {
        match kinds.iter_mut().find(|(known, _)| *known == sort) {
            Some((_, values)) => values.push(value),
            None => kinds.push((sort, vec![value])),
        }
    }
    let pieces: Vec<Piece> = kinds
        .into_iter()
        .map(|(sort, values)| {
            let sql = format!("sort = ? AND value IN ({})", placeholders(values.len()));
            Piece::new(sql, [vec![Sql::Integer(sort)], values].concat())
        })
        .collect();
    if pieces.is_empty() { None } else { Some(join(pieces, " OR ", "0")) }
}

fn starts(prefix: &str) -> Piece {
    let mut piece = Piece::new("sort = ?", [Sql::Integer(TEXT)]);
    if !prefix.is_empty() {
        piece.push(Piece::new(" AND value >= ?", [Sql::Text(prefix.to_owned())]));
        let after = after(prefix).map(|after| Piece::new(" AND value < ?", [Sql::Text(after)]));
        after.into_iter().for_each(|after| piece.push(after));
    }
    piece
}

/// The first text behind all that begin so. Bytes of UTF-8 are ordered as characters are: the last character that has a
/// next one is counted up, and what follows it goes.
fn after(prefix: &str) -> Option<String> {
    let mut text = prefix.to_owned();
    while let Some(last) = text.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            text.push(next);
            return Some(text);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_text_behind_a_prefix() {
        for (prefix, expected) in [
            ("a", Some("b")),
            ("1402", Some("1403")),
            ("大同", Some("大名")),
            ("\u{d7ff}", Some("\u{e000}")),
            ("a\u{10ffff}", Some("b")),
            ("\u{10ffff}\u{10ffff}", None),
            ("\0", Some("\u{1}")),
        ] {
            assert_eq!(after(prefix).as_deref(), expected, "{prefix:?}");
        }
    }

    #[test]
    fn what_a_filter_says_is_never_part_of_the_text() {
        let evil = "x' OR 1=1; DROP TABLE entity; --";
        let path = || vec![Name::new("a").unwrap()];
        for filter in [
            Filter::Compare { path: path(), op: Operator::Eq, value: evil.into() },
            Filter::In { path: path(), values: vec![evil.into(), 1.into()] },
            Filter::Starts { path: path(), prefix: evil.to_owned() },
        ] {
            let piece = condition(&filter);
            assert!(!piece.sql.contains("DROP"), "{}", piece.sql);
            assert_eq!(piece.sql.matches('?').count(), piece.parameters.len(), "{}", piece.sql);
        }
    }

    #[test]
    fn what_facts_cannot_answer_is_refused() {
        let path = |text: &str| text.split('.').map(|name| Name::new(name).unwrap()).collect::<Vec<_>>();
        let nested = |depth| (0..depth).fold(Filter::All, |inner, _| Filter::Not(Box::new(inner)));
        let starts = |bytes| Filter::Starts { path: path("a"), prefix: "x".repeat(bytes) };
        for (filter, fine) in [
            (Filter::Has { path: path("a.b") }, true),
            (Filter::Has { path: path("a.b.c") }, false),
            (nested(DEPTH_MAX), true),
            (nested(DEPTH_MAX + 1), false),
            (starts(ASKED_BYTES_MAX), true),
            (starts(ASKED_BYTES_MAX + 1), false),
            (Filter::In { path: path("a"), values: vec![Value::Int(1); VALUES_MAX + 1] }, false),
            (Filter::Or(vec![Filter::All; PARTS_MAX]), false),
        ] {
            assert_eq!(check(&filter).is_ok(), fine, "{:.80}", format!("{filter:?}"));
        }
    }
}
