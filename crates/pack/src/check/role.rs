//! Ranks: who may return, extend and shelve, and to whom a matter is raised.

use crate::load::World;
use crate::read::city::City;
use crate::sheet::{Sheet, What};
use model::Name;
use process::{Climb, Definition};

pub(super) fn check(sheets: &[Sheet<'_>], world: &World) {
    // The ranks of a city whose own file is faulty are not known.
    let Some(city) = world.city.as_ref().filter(|_| !world.is_unread(What::City, "city")) else { return };
    for (at, process) in world.processes.values() {
        let sheet = &sheets[*at];
        acts(sheet, city, process);
        for clock in &process.clock {
            let id = &clock.rule.id;
            for (number, rung) in (1..).zip(&clock.rule.ladder) {
                if let Climb::Raise(role) = &rung.climb {
                    raised(sheet, city, role, &format!("clock.{id}.ladder.{number}.raise"));
                }
            }
            if let Some(owner) = &clock.owner {
                raised(sheet, city, owner, &format!("clock.{id}.owner"));
            }
        }
    }
}

fn acts(sheet: &Sheet<'_>, city: &City, process: &Definition) {
    for action in &process.action {
        let Some(needed) = action.does.as_ref().and_then(process::Does::rank) else { continue };
        for role in action.by.iter().filter_map(|role| city.role(role.as_str())) {
            if role.rank < needed {
                let what = format!(
                    "the act {} takes rank {needed}, and {} has rank {}",
                    action.id, role.id, role.rank
                );
                let able: Vec<&str> = city
                    .role
                    .iter()
                    .filter(|role| role.rank >= needed)
                    .map(|role| role.id.as_str())
                    .collect();
                let remedy = match able.is_empty() {
                    true => format!("give a role of cities/{}/city.toml rank = {needed}", city.id),
                    false => format!("roles of that rank are {}", able.join(", ")),
                };
                sheet.complain(&format!("action.{}.by", action.id), what, remedy);
            }
        }
    }
}

/// A matter is raised to somebody who can decide something.
fn raised(sheet: &Sheet<'_>, city: &City, role: &Name, place: &str) {
    if city.role(role.as_str()).is_some_and(|role| role.rank < 2) {
        let what = format!("the matter is raised to {role}, who has no rank");
        let remedy =
            format!("raise it to a role of rank 2 or 3, or give {role} one in cities/{}/city.toml", city.id);
        sheet.complain(place, what, remedy);
    }
}
