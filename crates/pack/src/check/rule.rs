//! What makes a rule unusable, and is said by `rule` itself.

use crate::load::World;
use crate::names::TypeNames;
use crate::read::scope::Scope;
use crate::sheet::Sheet;
use rule::{LimitTable, Rule};

pub(super) fn check(sheets: &[Sheet<'_>], world: &World) {
    let tables: Vec<LimitTable> = world.limits.values().map(|(_, table)| table.clone()).collect();
    for (at, rule) in world.rules.values() {
        let names = Scope::of(world).names(rule.on.kind.as_str());
        // A type that is not known has been complained of: nothing can be said against its names.
        if names.of.is_none() {
            continue;
        }
        fed(&sheets[*at], &names, rule);
        for fault in rule.faults(&names, &tables) {
            sheets[*at].complain(&fault.place, fault.what, fault.remedy);
        }
    }
}

/// A rule whose values no feed brings would never fire, and nobody would notice.
fn fed(sheet: &Sheet<'_>, names: &TypeNames<'_>, rule: &Rule) {
    let Some(attribute) = names.of.and_then(|kind| kind.attribute(&rule.on.attribute)) else { return };
    let Some(feed) = &attribute.feed else {
        let what = format!("no feed fills {}, so the rule would never fire", attribute.id);
        sheet.complain("on.attribute", what, "watch an attribute that has a feed, or give this one a feed");
        return;
    };
    if feed.key.statistic != rule.on.statistic {
        let what = format!("the feed of {} brings {}, not {}", attribute.id, feed.key.statistic, rule.on.statistic);
        sheet.complain("on.statistic", what, format!("write statistic = \"{}\"", feed.key.statistic));
    }
    if feed.period != rule.on.period {
        let what = format!("the feed of {} brings values of another period", attribute.id);
        sheet.complain("on.period", what, "write the period of the feed, or watch another attribute");
    }
}
