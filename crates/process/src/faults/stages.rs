//! Faults of stages: the tree, what can be reached, and what can be left.

use super::Found;
use crate::{Action, Definition, Does, STAGE_DEPTH_MAX, Stage};
use model::Name;
use std::collections::BTreeSet;

pub(super) fn check(definition: &Definition, found: &mut Found) {
    found.twice("stage", definition.stage.iter().map(|stage| &stage.id));
    if definition.stage(&definition.start).is_none() {
        found.dangling("start", "stage", &definition.start);
    }
    for stage in &definition.stage {
        names(definition, stage, found);
        shape(definition, stage, found);
        regions(definition, stage, found);
    }
    reached(definition, found);
    for stage in &definition.stage {
        exits(definition, stage, found);
        joins(definition, stage, found);
    }
}

fn names(definition: &Definition, stage: &Stage, found: &mut Found) {
    for (key, name) in [("within", &stage.within), ("then", &stage.then), ("start", &stage.start)] {
        let Some(name) = name else { continue };
        if definition.stage(name).is_none() {
            found.dangling(format!("stage.{}.{key}", stage.id), "stage", name);
        }
    }
}

fn shape(definition: &Definition, stage: &Stage, found: &mut Found) {
    let place = |key: &str| format!("stage.{}.{key}", stage.id);
    let leaf = definition.is_leaf(&stage.id);
    let around = definition.around(&stage.id);
    if around.len() >= STAGE_DEPTH_MAX {
        let what = format!("stages nest in a circle, or deeper than {}", STAGE_DEPTH_MAX - 1);
        found.add(place("within"), what, "let an outer stage stand outside");
        return;
    }
    if stage.region.is_some() && stage.within.is_none() {
        found.add(place("region"), "a region belongs to a parent, and this stage has none", "add `within`");
    }
    if leaf {
        for (key, there) in
            [("then", stage.then.is_some()), ("history", stage.history), ("start", stage.start.is_some())]
        {
            if there {
                found.add(place(key), "no stage stands within this one", format!("remove `{key}`"));
            }
        }
    } else if stage.r#final {
        found.add(place("final"), "a parent is not final, its children are", "mark a child as final");
    }
    if stage.elsewhere.is_some() && (stage.r#final || !leaf) {
        let what = "only a stage without stages within, in which something is left to do, is done elsewhere";
        found.add(place("elsewhere"), what, "move it to such a stage");
    }
    if let Some(then) = stage.then.as_ref().filter(|then| definition.around(then).contains(&&stage.id)) {
        let what = format!("{then} stands within {}: the join would lead back into itself", stage.id);
        found.add(place("then"), what, "name a stage outside");
    }
    if let Some(start) = &stage.start {
        if !definition.regions(&stage.id).is_empty() {
            let what = "regions that run side by side each begin at their first child";
            found.add(place("start"), what, "remove `start`, and list the first child of each first");
        } else if definition.stage(start).is_some_and(|s| s.within.as_ref() != Some(&stage.id)) {
            found.add(place("start"), format!("{start} does not stand directly within"), "name a child");
        }
    }
}

fn regions(definition: &Definition, stage: &Stage, found: &mut Found) {
    let regions = definition.regions(&stage.id);
    if regions.is_empty() {
        return;
    }
    for child in definition.children(Some(&stage.id)).filter(|child| child.region.is_none()) {
        let what = format!("other children of {} belong to regions, and this one to none", stage.id);
        found.add(format!("stage.{}.region", child.id), what, "give it one, or take it from all of them");
    }
    if regions.len() == 1 {
        let what = format!("{} has one region only, so nothing runs side by side", stage.id);
        found.add(format!("stage.{}", stage.id), what, "remove the region, or add another");
    }
}

/// The stages to which an act can lead.
pub(super) fn targets(action: &Action) -> impl Iterator<Item = &Name> {
    action.to.iter().chain(action.bounces.as_ref().map(|bounces| &bounces.to))
}

/// The stages in which a case stands after entering one: it, those around it, and where it begins within.
pub(super) fn standing<'a>(definition: &'a Definition, id: &'a Name) -> BTreeSet<&'a Name> {
    let mut standing = BTreeSet::new();
    let around = definition.around(id);
    for parent in around.iter().skip(1) {
        for region in definition.regions(parent) {
            let mut children = definition.children(Some(parent));
            let first = children.find(|child| child.region.as_ref() == Some(region));
            first.into_iter().for_each(|first| descend(definition, &first.id, &mut standing, 0));
        }
    }
    descend(definition, id, &mut standing, 0);
    standing.extend(around);
    standing
}

fn descend<'a>(definition: &'a Definition, id: &'a Name, into: &mut BTreeSet<&'a Name>, depth: usize) {
    into.insert(id);
    if depth >= STAGE_DEPTH_MAX {
        return;
    }
    let regions = definition.regions(id);
    let start = definition.stage(id).and_then(|stage| stage.start.as_ref()).filter(|_| regions.is_empty());
    let mut begun = BTreeSet::new();
    for child in definition.children(Some(id)).filter(|c| start.is_none_or(|start| c.id == *start)) {
        if begun.insert(&child.region) {
            descend(definition, &child.id, into, depth + 1);
        }
    }
}

fn reached(definition: &Definition, found: &mut Found) {
    let mut reached = standing(definition, &definition.start);
    loop {
        let acts = definition.action.iter().filter(|a| a.from.iter().any(|from| reached.contains(from)));
        let joins =
            definition.stage.iter().filter(|s| reached.contains(&s.id)).filter_map(|s| s.then.as_ref());
        let next: BTreeSet<&Name> =
            acts.flat_map(targets).chain(joins).flat_map(|to| standing(definition, to)).collect();
        let known = reached.len();
        reached.extend(next);
        if reached.len() == known {
            break;
        }
    }
    for stage in definition.stage.iter().filter(|stage| !reached.contains(&stage.id)) {
        // What lies within an unreachable stage need not be said too.
        if stage.within.as_ref().is_none_or(|within| reached.contains(within)) {
            found.add(
                format!("stage.{}", stage.id),
                "it cannot be reached",
                "let an act lead to it or remove it",
            );
        }
    }
}

fn exits(definition: &Definition, stage: &Stage, found: &mut Found) {
    let place = format!("stage.{}", stage.id);
    if !definition.is_leaf(&stage.id) {
        return;
    }
    let around = definition.around(&stage.id);
    let own = definition.action.iter().filter(|a| a.from.contains(&stage.id));
    if stage.r#final {
        let leads = own
            .filter(|a| targets(a).any(|to| definition.stage(to).is_some()) && a.does != Some(Does::Reopen));
        for action in leads {
            found.add(
                &place,
                format!("it is final, and yet the act {} leads out of it", action.id),
                "take `final` away, or let the act reopen the case",
            );
        }
        return;
    }
    let here = definition.action.iter().filter(|a| a.from.iter().any(|from| around.contains(&from)));
    let leaves = here.filter(|a| targets(a).any(|to| *to != stage.id && definition.stage(to).is_some()));
    if leaves.count() == 0 {
        found.add(&place, "it has no exit", "add an act that leads out, or make it final");
    }
    let receives = own.filter(|a| a.does == Some(Does::Receive)).count();
    if stage.elsewhere.is_some() && receives == 0 {
        found.add(
            format!("{place}.elsewhere"),
            "no act takes what the outside system answers",
            "add an act that does `receive`",
        );
    }
}

/// A parent that is left by its join must be able to come to its end; one that is not must be left by an act.
fn joins(definition: &Definition, stage: &Stage, found: &mut Found) {
    if definition.is_leaf(&stage.id) {
        return;
    }
    let regions = definition.regions(&stage.id);
    let regions = if regions.is_empty() { vec![None] } else { regions.into_iter().map(Some).collect() };
    let leaves_by_act = definition.action.iter().any(|a| {
        let inside = |id: &&Name| definition.around(id).contains(&&stage.id);
        a.from.iter().any(|from| inside(&from))
            && targets(a).any(|to| definition.stage(to).is_some() && !inside(&to))
    });
    for region in regions {
        let in_region = |s: &&Stage| s.within.as_ref() == Some(&stage.id) && s.region.as_ref() == region;
        let called =
            region.map_or_else(|| stage.id.to_string(), |region| format!("{}, region {region}", stage.id));
        let can_end = ends(definition, &stage.id, region);
        let has_final = definition.stage.iter().filter(in_region).any(|s| has_final(definition, s, 0));
        if can_end || stage.then.is_none() && (leaves_by_act || region.is_none()) {
            continue;
        }
        if !has_final {
            let what = format!("no stage of {called} is final, so it never comes to its end");
            found.add(format!("stage.{}", stage.id), what, "make a child final");
        } else {
            let what = format!("the join can never complete: no final stage of {called} can be reached");
            found.add(format!("stage.{}.then", stage.id), what, "let acts lead to it");
        }
    }
}

fn has_final(definition: &Definition, stage: &Stage, depth: usize) -> bool {
    let mut children = definition.children(Some(&stage.id)).peekable();
    if children.peek().is_none() || depth >= STAGE_DEPTH_MAX {
        return stage.r#final;
    }
    children.any(|child| has_final(definition, child, depth + 1))
}

/// Whether a region of a parent can come to its end by acts and joins within.
fn ends(definition: &Definition, parent: &Name, region: Option<&Name>) -> bool {
    let inside = |id: &Name| {
        let around = definition.around(id);
        let child =
            around.iter().filter_map(|id| definition.stage(id)).find(|s| s.within.as_ref() == Some(parent));
        child.is_some_and(|child| child.region.as_ref() == region)
    };
    let start = definition.stage(parent).and_then(|stage| stage.start.as_ref()).filter(|_| region.is_none());
    let mut children = definition.children(Some(parent)).filter(|child| child.region.as_ref() == region);
    let first = children.find(|child| start.is_none_or(|start| child.id == *start));
    let Some(first) = first else { return false };
    let mut reached = BTreeSet::new();
    descend(definition, &first.id, &mut reached, 0);
    loop {
        let acts = definition.action.iter().filter(|a| a.from.iter().any(|from| reached.contains(from)));
        let joins =
            definition.stage.iter().filter(|s| reached.contains(&s.id)).filter_map(|s| s.then.as_ref());
        let next = acts.flat_map(targets).chain(joins).filter(|to| inside(to));
        let next: BTreeSet<&Name> =
            next.flat_map(|to| standing(definition, to)).filter(|id| inside(id)).collect();
        let known = reached.len();
        reached.extend(next);
        if reached.len() == known {
            break;
        }
    }
    reached.iter().any(|id| definition.stage(id).is_some_and(|stage| stage.r#final))
}
