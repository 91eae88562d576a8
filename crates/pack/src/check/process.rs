//! What makes a process unusable, and is said by `process` itself.

use crate::load::World;
use crate::sheet::{Sheet, What};
use crate::tree::nearest;
use model::Name;
use process::{Definition, Fault};

/// How `process` says that a name names nothing.
const DANGLING: &str = " is not declared";

pub(super) fn check(sheets: &[Sheet<'_>], world: &World) {
    for (at, process) in world.processes.values() {
        let sheet = &sheets[*at];
        // What is missing because it could not be read is no fault of the process.
        let mut own = if sheet.reading.has_holes() { Vec::new() } else { process.faults() };
        // A misspelt stage makes others unreachable: the misspelling is what is wrong.
        if own.iter().any(is_dangling) {
            own.retain(is_dangling);
        }
        for fault in own.into_iter().chain(ranks(world, process)) {
            tell(sheet, process, fault);
        }
    }
}

/// Everything that `process` says of one.
pub(super) fn faults(world: &World, process: &Definition) -> Vec<Fault> {
    process.faults().into_iter().chain(ranks(world, process)).collect()
}

fn ranks(world: &World, process: &Definition) -> Vec<Fault> {
    // The ranks of a city whose own file is faulty are not known.
    let city = world.city.as_ref().filter(|_| !world.is_unread(What::City, "city"));
    process.rank_faults(&|role: &Name| city?.role(role.as_str()).map(|role| role.rank))
}

fn is_dangling(fault: &Fault) -> bool {
    fault.what.ends_with(DANGLING)
}

fn tell(sheet: &Sheet<'_>, process: &Definition, fault: Fault) {
    let Fault { place, what, remedy } = fault;
    let (place, remedy) = match what.strip_suffix(DANGLING) {
        Some(name) => (format!("{place}.{name}"), meant(process, name, &remedy)),
        None => (place, remedy),
    };
    let subject = place.split('.').take(2).collect::<Vec<_>>().join(" ");
    sheet.complain(&place, format!("{subject}: {what}"), remedy);
}

/// The name that was meant, where the remedy is to declare or to correct it.
fn meant(process: &Definition, name: &str, remedy: &str) -> String {
    let known: Vec<&Name> = if remedy.contains("[[stage]]") {
        process.stage.iter().map(|stage| &stage.id).collect()
    } else if remedy.contains("[[clock]]") {
        process.clock.iter().map(|clock| &clock.rule.id).collect()
    } else if remedy.contains("[[task]]") {
        process.task.iter().map(|task| &task.id).collect()
    } else {
        process.flag.iter().map(|flag| &flag.id).collect()
    };
    match nearest(name, known.into_iter().map(Name::as_str)) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => remedy.to_owned(),
    }
}
