//! What the readers of processes and rules know before they read: types, and each process's type of case.

use super::kind::TypeDefinition;
use crate::load::{Defined, World};
use crate::names::TypeNames;
use model::Name;
use std::collections::BTreeMap;

/// What is known.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub types: &'a Defined<TypeDefinition>,
    /// Each process's type of case.
    pub cases: &'a BTreeMap<Name, Name>,
}

impl<'a> Scope<'a> {
    /// What a world knows.
    pub fn of(world: &'a World) -> Self {
        Self { types: &world.types, cases: &world.cases }
    }

    /// The attributes of a type; of a type that is not known, any.
    pub fn names(&self, kind: &str) -> TypeNames<'a> {
        TypeNames::new(self.types, kind)
    }

    /// The attributes of a process's cases.
    pub fn case(&self, process: &Name) -> TypeNames<'a> {
        self.names(self.cases.get(process).map_or("", Name::as_str))
    }
}
