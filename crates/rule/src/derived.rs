//! What follows from a rule's text alone, worked out once: which names it asks for, and how far its functions look.

use crate::names::{Function, called};
use crate::{Given, Rule};
use lang::Expression;
use model::Name;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Worked out when it is first asked for. Two rules that read the same are the same, whatever has been worked out of them,
/// and a copy begins anew, so that it may be changed before it is used.
#[derive(Debug, Default)]
pub struct Derived(OnceLock<Facts>);

#[derive(Debug)]
pub(crate) struct Facts {
    /// Attributes that its expressions name, the watched one among them.
    pub attributes: BTreeSet<Name>,
    /// Those that its conditions ask.
    pub inputs: BTreeSet<Name>,
    /// The first name of every path.
    pub first: BTreeSet<Name>,
    /// How far back functions look, in microseconds.
    pub calls: Vec<(Function, i64)>,
    /// For each level the first level with the same `when`.
    pub same: Vec<usize>,
}

impl Clone for Derived {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Derived {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Rule {
    pub(crate) fn facts(&self) -> &Facts {
        self.derived.0.get_or_init(|| Facts::of(self))
    }

    /// The attributes that its expressions name, the watched one among them. Those of them that are series are to be in
    /// the history.
    pub fn attributes(&self) -> &BTreeSet<Name> {
        &self.facts().attributes
    }

    /// The same with what effects read of other things: the first name of every path.
    pub fn needed(&self) -> &BTreeSet<Name> {
        &self.facts().first
    }
}

impl Facts {
    fn of(rule: &Rule) -> Self {
        let conditions = || rule.level.iter().filter_map(|level| level.when.as_ref()).chain(&rule.clear);
        let given =
            rule.level.iter().flat_map(|level| &level.does).flat_map(|effect| effect.given().values());
        let computed = given.filter_map(|given| match given {
            Given::Expression(expression) => Some(expression),
            Given::Value(_) => None,
        });
        let all: Vec<&Expression> = conditions().chain(computed).collect();
        let attributes = named(all.iter().copied(), &rule.on.attribute);
        let paths = all.iter().flat_map(|expression| expression.paths());
        let first = paths.filter_map(|path| path.into_iter().next()).chain(attributes.iter().cloned());
        let calls = all.iter().flat_map(|expression| called(expression));
        let same = |(own, when): (usize, &Option<Expression>)| {
            rule.level.iter().position(|other| other.when == *when).unwrap_or(own)
        };
        Self {
            inputs: named(conditions(), &rule.on.attribute),
            first: first.collect(),
            calls: calls.map(|call| (call.function, call.span)).collect(),
            same: (0..).zip(rule.level.iter().map(|level| &level.when)).map(same).collect(),
            attributes,
        }
    }
}

fn named<'a>(expressions: impl Iterator<Item = &'a Expression>, watched: &Name) -> BTreeSet<Name> {
    let paths = expressions.flat_map(Expression::paths).filter(|path| path.len() == 1).flatten();
    paths.filter(|name| *name != "entity" && *name != "observed").chain([watched.clone()]).collect()
}
