//! Terms: a tree whose names exist and whose kinds and units agree.

use crate::Kind;
use crate::function::Builtin;
use crate::parse::Arithmetic;
use crate::unit::{Ratio, Unit};
use model::{Name, Operator, Value};
use std::ops::Range;

/// A checked part of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Term {
    pub at: Range<usize>,
    pub kind: Kind,
    pub form: Form,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Form {
    /// A value as it is written; a number's unit stands in the kind.
    Literal(Value),
    Path {
        path: Vec<Name>,
        /// Whether it is an attribute, and keys of maps, of the entity itself.
        stored: bool,
    },
    List(Vec<Term>),
    Not(Box<Term>),
    And(Vec<Term>),
    Or(Vec<Term>),
    Compare(Operator, Box<Term>, Box<Term>),
    /// `= nothing` and `!= nothing`: the only questions about absence that have an answer.
    Known {
        term: Box<Term>,
        known: bool,
    },
    In {
        item: Box<Term>,
        list: Box<Term>,
        negated: bool,
    },
    Negate(Box<Term>),
    /// The numbers of a product or quotient are multiplied by the ratio, to be in the unit of the kind.
    Arithmetic {
        op: Arithmetic,
        left: Box<Term>,
        right: Box<Term>,
        by: Ratio,
    },
    If(Box<[Term; 3]>),
    Builtin(Builtin, Vec<Term>),
    Call(String, Vec<Term>),
    /// The same in another unit, or checked to be of the kind when it is read.
    Fit {
        term: Box<Term>,
        by: Ratio,
    },
}

impl Term {
    /// Its parts, in the order of the text.
    pub fn parts(&self) -> Vec<&Self> {
        match &self.form {
            Form::Literal(_) | Form::Path { .. } => Vec::new(),
            Form::List(parts) | Form::And(parts) | Form::Or(parts) => parts.iter().collect(),
            Form::Builtin(_, arguments) | Form::Call(_, arguments) => arguments.iter().collect(),
            Form::Not(term) | Form::Negate(term) | Form::Known { term, .. } | Form::Fit { term, .. } => {
                vec![term]
            }
            Form::Compare(_, left, right) | Form::Arithmetic { left, right, .. } => vec![left, right],
            Form::In { item, list, .. } => vec![item, list],
            Form::If(parts) => parts.iter().collect(),
        }
    }

    /// Calls for itself and everything in it.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        for part in self.parts() {
            part.walk(visit);
        }
    }

    /// Without what only fits it to its place.
    pub fn bare(&self) -> &Self {
        match &self.form {
            Form::Fit { term, .. } => term.bare(),
            _ => self,
        }
    }
}

/// Why a term cannot be used where another kind is wanted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Misfit {
    /// The kinds have nothing to do with each other.
    Kind,
    /// Both are numbers, and their units measure different things.
    Units(Unit, Unit),
    /// A plain number where one in a unit is wanted.
    Plain(Unit),
    /// A number in a unit where a plain one is wanted.
    Measured(Unit),
}

/// The term as one of the wanted kind.
pub(crate) fn fit(term: Term, wanted: &Kind) -> Result<Term, Misfit> {
    let by = match (&term.kind, wanted) {
        (_, Kind::Any) => return Ok(term),
        (Kind::List(_), Kind::List(element)) => return fit_list(term, element),
        (Kind::Any, _) => Ratio::ONE,
        (found, wanted) if found == wanted => return Ok(term),
        (Kind::Number(Some(from)), Kind::Number(Some(to))) => {
            from.factor_to(*to).ok_or(Misfit::Units(*from, *to))?
        }
        (Kind::Number(None), Kind::Number(Some(unit))) => return Err(Misfit::Plain(*unit)),
        (Kind::Number(Some(unit)), Kind::Number(None)) => return Err(Misfit::Measured(*unit)),
        (Kind::Duration, Kind::Number(Some(to))) => {
            microsecond().and_then(|from| from.factor_to(*to)).ok_or(Misfit::Kind)?
        }
        (Kind::Number(Some(from)), Kind::Duration) => {
            microsecond().and_then(|to| from.factor_to(to)).ok_or(Misfit::Kind)?
        }
        _ => return Err(Misfit::Kind),
    };
    Ok(Term { at: term.at.clone(), kind: wanted.clone(), form: Form::Fit { term: Box::new(term), by } })
}

/// Lists that are written out fit if every value in them does; others must be of the kind already.
fn fit_list(term: Term, element: &Kind) -> Result<Term, Misfit> {
    let kind = Kind::list(element.clone());
    match (term.form, &term.kind) {
        (Form::List(parts), _) => {
            let parts = parts.into_iter().map(|part| fit(part, element)).collect::<Result<_, _>>()?;
            Ok(Term { at: term.at, kind, form: Form::List(parts) })
        }
        (form, found) if *found == kind => Ok(Term { at: term.at, kind, form }),
        (form, Kind::List(found)) if **found == Kind::Any => {
            let inner = Term { at: term.at.clone(), kind: term.kind, form };
            Ok(Term { at: term.at, kind, form: Form::Fit { term: Box::new(inner), by: Ratio::ONE } })
        }
        _ => Err(Misfit::Kind),
    }
}

/// The unit in which durations are kept.
pub(crate) fn microsecond() -> Option<Unit> {
    Unit::parse("µs")
}
