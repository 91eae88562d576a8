//! An expression: compiled once from its text, and then asked.

use crate::check::check;
use crate::kind::{Kind, Names};
use crate::parse::parse;
use crate::term::{Form, Term};
use crate::value::{Facts, NoFacts, Run, Stuck, Truth};
use crate::{Fault, Step, Titles, filter, prose, why};
use model::{Filter, Lang, Name, Value};

/// A compiled expression. Two are equal if their texts are.
#[derive(Clone, Debug)]
pub struct Expression {
    text: String,
    term: Term,
}

/// What a host function is called with, as far as it can be said beforehand.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// What stands at a path.
    Path(Vec<Name>),
    /// A constant.
    Literal(Value),
    /// Something that is calculated, as it is written.
    Other(String),
}

impl Expression {
    /// Reads and checks a text (without the `=` before it) for a place where a kind is expected.
    pub fn compile(text: &str, names: &dyn Names, expected: &Kind) -> Result<Self, Vec<Fault>> {
        let node = parse(text).map_err(|fault| vec![fault])?;
        let term = check(&node, names, expected)?;
        Ok(Self { text: text.to_owned(), term })
    }

    /// The text it was compiled from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The kind of its value, with the unit.
    pub fn kind(&self) -> &Kind {
        &self.term.kind
    }

    /// Its value; `Value::Null` if a fact that it needs is missing.
    pub fn value(&self, facts: &dyn Facts) -> Result<Value, Stuck> {
        Run::new(&self.text, facts).value(&self.term)
    }

    /// Whether it holds. A stuck one is unknown, and says what is in the way.
    pub fn holds(&self, facts: &dyn Facts) -> Truth {
        Run::new(&self.text, facts).truth(&self.term)
    }

    /// Why it holds or does not: it and each condition in it, with the values found.
    pub fn why(&self, facts: &dyn Facts) -> Vec<Step> {
        why::steps(&self.text, &self.term, facts)
    }

    /// The same with every text in words of a language.
    pub fn why_in(&self, facts: &dyn Facts, lang: Lang, titles: &dyn Titles) -> Vec<Step> {
        why::steps_in(&self.text, &self.term, facts, (lang, titles))
    }

    /// The facts it needs, each once, in the order of the text.
    pub fn paths(&self) -> Vec<Vec<Name>> {
        let mut paths: Vec<Vec<Name>> = Vec::new();
        self.term.walk(&mut |term| {
            if let Form::Path { path, .. } = &term.form
                && !paths.contains(path)
            {
                paths.push(path.clone());
            }
        });
        paths
    }

    /// The host functions it calls, and with what, each call once.
    pub fn calls(&self) -> Vec<(String, Vec<Argument>)> {
        let mut calls = Vec::new();
        self.term.walk(&mut |term| {
            if let Form::Call(name, arguments) = &term.form {
                let call = (name.clone(), arguments.iter().map(|argument| self.argument(argument)).collect());
                if !calls.contains(&call) {
                    calls.push(call);
                }
            }
        });
        calls
    }

    /// A sentence that says the same in words.
    pub fn prose(&self, lang: Lang, titles: &dyn Titles) -> String {
        prose::sentence(&self.term, (lang, titles))
    }

    /// The filter that matches exactly the entities for which it holds, if it asks nothing but their own attributes.
    pub fn filter(&self) -> Option<Filter> {
        filter::filter(&self.term)
    }

    pub(crate) fn term(&self) -> &Term {
        &self.term
    }

    fn argument(&self, term: &Term) -> Argument {
        match (&term.bare().form, constant(term)) {
            (Form::Path { path, .. }, _) => Argument::Path(path.clone()),
            (_, Some(value)) => Argument::Literal(value),
            _ => Argument::Other(prose::written(&self.text, term).to_owned()),
        }
    }
}

/// The value of a term that needs no facts.
pub(crate) fn constant(term: &Term) -> Option<Value> {
    let mut needs_facts = false;
    term.walk(&mut |part| needs_facts |= matches!(part.form, Form::Path { .. } | Form::Call(..)));
    if needs_facts { None } else { Run::new("", &NoFacts).value(term).ok() }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::good;

    #[test]
    fn what_must_be_loaded_is_named_once() {
        let expression = good(
            "so2 > limit(so2Limit) or so2 * 2 > limit(so2Limit) or source.division = '1402' or near(source, 2 m * 3)",
            &Kind::Bool,
        );
        let paths = expression
            .paths()
            .into_iter()
            .map(|path| path.iter().map(Name::as_str).collect::<Vec<_>>().join("."));
        assert_eq!(paths.collect::<Vec<_>>(), ["so2", "so2Limit", "source.division", "source"]);
        let path = |text: &str| Argument::Path(vec![Name::new(text).unwrap()]);
        assert_eq!(
            expression.calls(),
            [
                ("limit".to_owned(), vec![path("so2Limit")]),
                ("near".to_owned(), vec![path("source"), Argument::Literal(Value::Number(6.0))]),
            ]
        );
    }

    #[test]
    fn expressions_are_equal_by_their_text() {
        assert_eq!(good("count", &Kind::Any), good("count", &Kind::Any));
        assert_ne!(good("count", &Kind::Any), good(" count", &Kind::Any));
    }
}
