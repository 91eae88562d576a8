//! One file being read: where its lines are, what is wrong with it so far, and which names it mentions.

use super::{English, Node};
use crate::Complaint;
use model::Name;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::ops::Range;

/// The name that stands in for one that could not be read; nobody is told about it twice.
pub(crate) const UNREAD: &str = "0-unread-0";
/// Most complaints kept of one file.
const FILE_COMPLAINTS_MAX: usize = 100;

/// The stand-in for a name.
#[expect(clippy::expect_used, reason = "a fixed text in the alphabet of names, as a test shows")]
pub(crate) fn unread() -> Name {
    Name::new(UNREAD).expect("a name")
}

/// What a mentioned name must be the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Refer {
    Type,
    Process,
    Document,
    Role,
    /// A pack that the file's own pack must require.
    Pack,
    /// A pack, required or not.
    Served,
    /// `law` or `law:clause`.
    Basis,
    /// A decision table, called as a function; a function of another kind is none.
    Table,
}

/// A name of something that is defined elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mention {
    pub refer: Refer,
    pub name: String,
    pub span: Range<usize>,
}

/// A file that is being read.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    path: &'a str,
    text: &'a str,
    /// Byte at which each line starts.
    lines: Vec<usize>,
    /// Nothing is read, and so nothing is wrong: the questions are asked only to learn what they are.
    describing: bool,
    /// Something that is written could not be read: what follows from its absence is not the writer's fault.
    holes: Cell<bool>,
    complaints: RefCell<Vec<Complaint>>,
    /// What was said once of this file and need not be said again.
    said: RefCell<BTreeSet<String>>,
    mentions: RefCell<Vec<Mention>>,
    /// English that stands apart, if the file's pack keeps it so.
    english: RefCell<Option<English>>,
}

impl<'a> Reading<'a> {
    pub fn new(path: &'a str, text: &'a str) -> Self {
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self {
            path,
            text,
            lines: std::iter::once(0).chain(starts).collect(),
            describing: false,
            holes: Cell::new(false),
            complaints: RefCell::default(),
            said: RefCell::default(),
            mentions: RefCell::default(),
            english: RefCell::default(),
        }
    }

    /// A reading of nothing.
    pub fn describing() -> Reading<'static> {
        Reading { describing: true, ..Reading::new("", "") }
    }

    pub fn path(&self) -> &'a str {
        self.path
    }

    pub fn text(&self) -> &'a str {
        self.text
    }

    pub fn is_describing(&self) -> bool {
        self.describing
    }

    /// Line and character, from 1.
    pub fn line_column(&self, at: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= at).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..at.min(self.text.len())).unwrap_or_default();
        (line, before.chars().count() + 1)
    }

    pub fn complain(&self, at: &Range<usize>, what: impl Into<String>, remedy: impl Into<String>) {
        let mut complaints = self.complaints.borrow_mut();
        if self.describing || complaints.len() >= FILE_COMPLAINTS_MAX {
            return;
        }
        let (line, column) = self.line_column(at.start);
        let (what, remedy) = (what.into(), remedy.into());
        if !what.contains(UNREAD) {
            complaints.push(Complaint { file: self.path.to_owned(), line, column, what, remedy });
        }
    }

    /// Something could not be read.
    pub fn hole(&self) {
        self.holes.set(true);
    }

    pub fn has_holes(&self) -> bool {
        self.holes.get()
    }

    /// Whether something is to be said of this file for the first time.
    pub fn is_first(&self, what: &str) -> bool {
        self.said.borrow_mut().insert(what.to_owned())
    }

    pub fn mention(&self, refer: Refer, name: &str, span: &Range<usize>) {
        if !self.describing && name != UNREAD {
            let mention = Mention { refer, name: name.to_owned(), span: span.clone() };
            self.mentions.borrow_mut().push(mention);
        }
    }

    pub fn mentions(&self) -> Vec<Mention> {
        self.mentions.borrow().clone()
    }

    /// English that stands apart from this file.
    pub fn translate(&self, english: English) {
        *self.english.borrow_mut() = Some(english);
    }

    /// The English of a Chinese text that has none beside it: nothing if none may stand apart, and otherwise the text,
    /// or what to write.
    pub fn english(&self, node: &Node, zh: &str) -> Option<Result<String, String>> {
        let english = self.english.borrow();
        let english = english.as_ref()?;
        Some(match english.take(node) {
            Some(text) => Ok(text.to_owned()),
            None if english.lost => Ok(zh.to_owned()),
            None => Err(english.remedy(node)),
        })
    }

    /// A text has its English beside it: one that stands apart is one too many.
    pub fn has_english(&self, node: &Node) {
        if let Some(english) = &*self.english.borrow() {
            english.refuse(node);
        }
    }

    /// Whether the English of a text stands beside it and apart.
    pub fn has_english_twice(&self, node: &Node) -> bool {
        self.english.borrow().as_ref().is_some_and(|e| e.doubled.borrow().contains(&node.span.start))
    }

    /// Whether a reader took the English of a text.
    pub fn has_taken(&self, node: &Node) -> bool {
        self.english.borrow().as_ref().is_some_and(|e| e.taken.borrow().contains(&node.span.start))
    }

    /// The ways to everything that could have English.
    pub fn english_ways(&self) -> Vec<String> {
        self.english.borrow().as_ref().map(|english| english.ways().collect()).unwrap_or_default()
    }

    /// How many complaints there are so far.
    pub fn complaints(&self) -> usize {
        self.complaints.borrow().len()
    }

    pub fn into_complaints(self) -> Vec<Complaint> {
        self.complaints.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_lines_and_characters() {
        let reading = Reading::new("a", "同 = 1\n\nb = 2");
        for (at, expected) in [(0, (1, 1)), (4, (1, 3)), (7, (1, 6)), (8, (2, 1)), (9, (3, 1)), (99, (3, 6))]
        {
            assert_eq!(reading.line_column(at), expected, "{at}");
        }
    }

    #[test]
    fn a_stand_in_is_a_name_and_is_never_complained_of() {
        let reading = Reading::new("a", "");
        reading.complain(&(0..0), format!("the stage {} is not declared", unread()), "declare it");
        reading.mention(Refer::Type, UNREAD, &(0..0));
        assert!(reading.mentions().is_empty() && reading.into_complaints().is_empty());
    }
}
