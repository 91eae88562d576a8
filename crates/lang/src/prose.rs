//! Expressions in words, Chinese and English: what a section chief would sign.

use crate::term::Term;
use model::{Lang, Name};

/// What people call paths, functions and codes. What has no title is shown as it is written.
pub trait Titles {
    /// The title of a path.
    fn path(&self, _path: &[Name], _lang: Lang) -> Option<String> {
        None
    }

    /// The title of a function. `{0}`, `{1}` … stand for its arguments; without them they follow in brackets.
    fn function(&self, _name: &str, _lang: Lang) -> Option<String> {
        None
    }

    /// The title of a code that an attribute can have.
    fn code(&self, _path: &[Name], _code: &str, _lang: Lang) -> Option<String> {
        None
    }
}

/// No titles: everything is shown as it is written.
pub struct Untitled;

impl Titles for Untitled {}

/// In which language, and with whose titles.
pub(crate) type Titled<'a> = (Lang, &'a dyn Titles);

/// A term as it is written in the text.
pub(crate) fn written<'a>(text: &'a str, term: &Term) -> &'a str {
    text.get(term.at.clone()).unwrap_or_default()
}

/// A term in words.
pub(crate) fn sentence(text: &str, term: &Term, _titled: Titled) -> String {
    written(text, term).to_owned()
}
