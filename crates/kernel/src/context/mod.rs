//! The context for programs: entities as each may see them, and what a program may write of them.
//!
//! Who sees what is said by the types of packs: open attributes are for everybody, shared ones for whoever is signed in,
//! restricted ones for those whose grants reach the entity; personal ones are never among them. An attribute has one writer, so
//! a program with the power `context` writes what persons write and feeds that no device fills, and never what processes and
//! rules write. It may keep entities of types that no pack knows; only those with the power see them.

mod eyes;
mod find;
mod merge;
mod write;

pub use find::{ContextFound, ContextQuery};
pub use write::{ContextWrite, Mode, Written};

use crate::{Refusal, name};
use model::{Entity, Name, Value};

/// Types of the platform's own entities: no program writes them.
const OWN: [&str; 6] = ["City", "ConnectorRun", "DeviceOrder", "Log", "Person", "System"];
/// By whom an entity of an unknown type was made: what has it is a program's.
const CREATED_BY: &str = "createdBy";
/// When an entity was taken out. Its history stays.
const DELETED_AT: &str = "deletedAt";

/// The entity that stands for one that was taken out because both are one thing.
const REPLACED_BY: &str = "replacedBy";

/// Whether an entity was taken out.
pub(crate) fn is_deleted(entity: &Entity) -> bool {
    *entity.value(DELETED_AT) != Value::Null
}

fn reserved(attribute: &Name) -> bool {
    [CREATED_BY, DELETED_AT, REPLACED_BY].iter().any(|own| *attribute == **own)
}

fn names(texts: [&str; 2]) -> Result<[Name; 2], Refusal> {
    let [a, b] = texts;
    Ok([name(a)?, name(b)?])
}
