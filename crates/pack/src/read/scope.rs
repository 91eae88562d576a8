//! What the readers of processes and rules know before they read: types, and each process's type of case.

use crate::load::World;
use crate::names::TypeNames;
use model::Name;
use process::Definition;

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

    /// A process, if it is known and its own file is sound. Only what is read after all processes may ask.
    pub fn process(&self, id: &Name) -> Option<&'a Definition> {
        let (_, process) = self.world.processes.get(id)?;
        (!self.world.faulty.contains(id)).then_some(process)
    }

    /// The attributes of a process's cases.
    pub fn case(&self, process: &Name) -> TypeNames<'a> {
        self.names(self.world.cases.get(process).map_or("", Name::as_str))
    }
}
