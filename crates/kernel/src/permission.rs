//! Permissions: a role may do an act with what a filter matches.
//!
//! The same filter answers for a point (`Filter::matches`) and makes a list (the store finds what it matches), so that a
//! list never shows what a page would refuse, and never hides what it would show.

use crate::actor::division_prefix;
use crate::{Actor, Grant, Kernel, Power, Refusal, name};
use model::{Entity, Filter, Name, Operator, Urn, Value};
use process::Definition;
use store::Reading;

/// What a role may do, and with what.
#[derive(Clone, Debug, PartialEq)]
pub struct Permission {
    /// The role.
    pub role: Name,
    /// `read`, or an act of a process.
    pub act: Name,
    /// The entities with which it may.
    pub filter: Filter,
}

impl Grant {
    /// What it reaches: what stands in its division; or, if it is held for one entity only, that entity and what is
    /// about it. What has no division stands nowhere, and no grant reaches it.
    pub fn filter(&self) -> Result<Filter, Refusal> {
        let (division, about) = (vec![name("division")?], vec![name("about")?]);
        Ok(match &self.about {
            Some(urn) => {
                let compare = |op| {
                    let value = Value::Ref(urn.clone());
                    Filter::Compare { path: about.clone(), op, value }
                };
                // What is about another entity is reached through that one alone.
                let itself = Filter::And(vec![
                    Filter::Is(vec![urn.clone()]),
                    Filter::Not(Box::new(compare(Operator::Ne))),
                ]);
                Filter::And(vec![
                    Filter::Or(vec![compare(Operator::Eq), itself]),
                    Filter::Starts { path: division, prefix: String::new() },
                ])
            }
            None => match division_prefix(&self.division) {
                Some(prefix) => Filter::Starts { path: division, prefix: prefix.to_owned() },
                // What is no code has nothing below it.
                None => {
                    Filter::Compare { path: division, op: Operator::Eq, value: self.division.as_str().into() }
                }
            },
        })
    }
}

impl Actor {
    /// What may be read by the grants that count on a local date.
    pub fn may_read(&self, date: &str) -> Result<Filter, Refusal> {
        let held = self.grants.iter().filter(|grant| grant.holds_on(date));
        Ok(Filter::Or(held.map(Grant::filter).collect::<Result<_, _>>()?).simplify())
    }

    /// Roles that reach an entity on a local date.
    pub fn roles_for(&self, entity: &Entity, date: &str) -> Vec<Name> {
        let held = self.grants.iter().filter(|grant| grant.holds_on(date));
        let reaching = held.filter(|grant| grant.filter().is_ok_and(|filter| filter.matches(entity)));
        reaching.map(|grant| grant.role.clone()).collect()
    }

    /// What may be done on a local date with cases of a process, grant by grant.
    pub fn permissions(&self, definition: &Definition, date: &str) -> Result<Vec<Permission>, Refusal> {
        let mut permissions = Vec::new();
        for grant in self.grants.iter().filter(|grant| grant.holds_on(date)) {
            let cases = Filter::And(vec![Filter::Kind(definition.case.clone()), grant.filter()?]);
            let acts = definition.action.iter().filter(|action| action.by.contains(&grant.role));
            for act in [name("read")?].into_iter().chain(acts.map(|action| action.id.clone())) {
                permissions.push(Permission { role: grant.role.clone(), act, filter: cases.clone() });
            }
        }
        Ok(permissions)
    }
}

impl Kernel {
    /// What an actor may read now: everything for who audits, otherwise what the grants reach.
    pub fn may_read(&self, actor: &Actor) -> Result<Filter, Refusal> {
        if self.has(actor, Power::Audit) {
            return Ok(Filter::All);
        }
        actor.may_read(&self.date(self.now()))
    }

    /// Whether an actor may read an entity.
    pub fn may_see(&self, actor: &Actor, urn: &Urn) -> Result<bool, Refusal> {
        let view = self.store.read()?;
        self.sees(&*view, actor, urn)
    }

    pub(crate) fn sees(&self, view: &dyn Reading, actor: &Actor, urn: &Urn) -> Result<bool, Refusal> {
        let may_read = self.may_read(actor)?;
        Ok(match view.entity(urn)? {
            Some(entity) => may_read.matches(&entity),
            None => may_read == Filter::All,
        })
    }
}
