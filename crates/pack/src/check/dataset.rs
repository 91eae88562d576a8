//! What is given as personal in a form must not come out of an open dataset, even where the type says that it is open.

use crate::load::World;
use crate::sheet::Sheet;
use crate::{Dataset, Openness};
use model::Name;
use process::Definition;

pub(super) fn check(sheets: &[Sheet<'_>], world: &World) {
    for (at, dataset) in world.datasets.values().filter(|(_, dataset)| dataset.sharing == Openness::Open) {
        let numbered = (1..).zip(&dataset.attributes);
        // One that the type does not open has been complained of.
        for (index, id) in numbered.filter(|(_, id)| is_open(world, dataset, id)) {
            let mut processes = world.processes.values().map(|(_, process)| process);
            if let Some(process) = processes.find(|process| process.case == dataset.kind && asks(process, id))
            {
                let what = format!("`{id}` is given as personal data in the process {}", process.id);
                let remedy = "take it out: personal data is never opened";
                sheets[*at].complain(&format!("attributes.{index}"), what, remedy);
            }
        }
    }
}

fn is_open(world: &World, dataset: &Dataset, id: &Name) -> bool {
    let kind = world.types.get(&dataset.kind).map(|(_, kind)| kind);
    kind.and_then(|kind| kind.attribute(id)).is_some_and(|attribute| attribute.open == Openness::Open)
}

/// Whether a form of a process asks for a personal value of this name.
fn asks(process: &Definition, id: &Name) -> bool {
    let begun = process.begin.iter().flat_map(|begin| &begin.fields);
    let mut fields = begun.chain(process.action.iter().flat_map(|action| &action.fields));
    fields.any(|field| field.personal && field.id == *id)
}
