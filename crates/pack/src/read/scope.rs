//! What the readers of processes and rules know before they read: types, and each process's type of case.

use crate::load::World;
use crate::names::TypeNames;
use model::Name;

/// What is known.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    world: &'a World,
}

impl<'a> Scope<'a> {
    /// What a world knows.
    pub fn of(world: &'a World) -> Self {
        Self { world }
    }

    /// The attributes of a type; of a type that is not known, any.
    pub fn names(&self, kind: &str) -> TypeNames<'a> {
        TypeNames::new(self.world, kind)
    }

    /// The attributes of a process's cases.
    pub fn case(&self, process: &Name) -> TypeNames<'a> {
        self.names(self.world.cases.get(process).map_or("", Name::as_str))
    }
}
