//! What makes a rule unusable, and is said by `rule` itself.

use crate::load::World;
use crate::read::scope::Scope;
use crate::sheet::Sheet;
use rule::LimitTable;

pub(super) fn check(sheets: &[Sheet<'_>], world: &World) {
    let tables: Vec<LimitTable> = world.limits.values().map(|(_, table)| table.clone()).collect();
    for (at, rule) in world.rules.values() {
        let names = Scope::of(world).names(rule.on.kind.as_str());
        // A type that is not known has been complained of: nothing can be said against its names.
        if names.of.is_none() || sheets[*at].reading.has_holes() {
            continue;
        }
        for fault in rule.faults(&names, &tables) {
            let subject = fault.place.split('.').take(2).collect::<Vec<_>>().join(" ");
            sheets[*at].complain(&fault.place, format!("{subject}: {}", fault.what), fault.remedy);
        }
    }
}
