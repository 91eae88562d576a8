//! To whom a matter is raised: somebody who can decide something.

use super::clock::Tell;
use crate::load::World;
use crate::read::city::City;
use crate::sheet::{Sheet, What};
use model::Name;
use process::{Climb, Definition};

pub(super) fn check(sheets: &[Sheet<'_>], world: &World) {
    for (at, process) in world.processes.values() {
        one(world, process, &|place, what, remedy| sheets[*at].complain(place, what, remedy));
    }
}

/// Checks the ladders of one process.
pub(super) fn one(world: &World, process: &Definition, tell: Tell<'_>) {
    // The ranks of a city whose own file is faulty are not known.
    let Some(city) = world.city.as_ref().filter(|_| !world.is_unread(What::City, "city")) else { return };
    for clock in &process.clock {
        let id = &clock.rule.id;
        for (number, rung) in (1..).zip(&clock.rule.ladder) {
            if let Climb::Raise(role) = &rung.climb {
                raised(tell, city, role, &format!("clock.{id}.ladder.{number}.raise"));
            }
        }
        if let Some(owner) = &clock.owner {
            raised(tell, city, owner, &format!("clock.{id}.owner"));
        }
    }
}

fn raised(tell: Tell<'_>, city: &City, role: &Name, place: &str) {
    if city.role(role.as_str()).is_some_and(|role| role.rank < 2) {
        let what = format!("the matter is raised to {role}, who has no rank");
        let remedy =
            format!("raise it to a role of rank 2 or 3, or give {role} one in cities/{}/city.toml", city.id);
        tell(place, what, remedy);
    }
}
