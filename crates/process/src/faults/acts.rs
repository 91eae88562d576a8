//! Faults of acts: names, guards, who does them, what is filled in, and what the platform does by itself.

use super::Found;
use super::stages::{standing, targets};
use crate::{Action, Definition, Does, Field, FieldKind};
use model::Name;
use std::collections::BTreeSet;

/// What expressions call the parts of an act that every act has.
const TAKEN: [&str; 3] = ["reason", "opinion", "measurement"];

pub(super) fn check(definition: &Definition, found: &mut Found) {
    found.twice("action", definition.action.iter().map(|action| &action.id));
    for action in &definition.action {
        names(definition, action, found);
        said(action, found);
        regions(definition, action, found);
        fields(&format!("action.{}.fields", action.id), &action.fields, found);
        if action.auto {
            automatic(action, found);
        }
    }
    if let Some(begin) = &definition.begin {
        fields("begin.fields", &begin.fields, found);
        if begin.by.is_empty() {
            found.add("begin.by", "nobody may begin it", "name a role, or remove [begin]");
        }
    }
    circles(definition, found);
}

fn names(definition: &Definition, action: &Action, found: &mut Found) {
    let place = |key: &str| format!("action.{}.{key}", action.id);
    for (key, stages) in [("from", &action.from[..]), ("to", action.to.as_slice())] {
        for stage in stages.iter().filter(|stage| definition.stage(stage).is_none()) {
            found.dangling(place(key), "stage", stage);
        }
    }
    if action.from.is_empty() {
        found.add(place("from"), "it is possible in no stage", "name the stages, or remove the act");
    }
    for task in action.waits.iter().filter(|task| definition.task(task).is_none()) {
        found.dangling(place("waits"), "task", task);
    }
    for flag in action.flags.keys().filter(|flag| definition.flag.iter().all(|f| f.id != **flag)) {
        found.dangling(place("flags"), "flag", flag);
    }
    let remembered = |name: &Name| definition.action.iter().any(|a| a.remember.as_ref() == Some(name));
    for name in action.other_than.iter().filter(|name| !remembered(name)) {
        found.add(
            place("other_than"),
            format!("no act remembers {name}"),
            "add `remember` to one, or correct it",
        );
    }
    found.twice(&place("reasons"), action.reasons.iter().map(|reason| &reason.code));
}

fn said(action: &Action, found: &mut Found) {
    let place = |key: &str| format!("action.{}.{key}", action.id);
    match (&action.guard, &action.because) {
        (Some(_), None) => {
            let what = "why it is refused when the guard does not hold is not said";
            found.add(place("because"), what, "add `because` in both languages");
        }
        (None, Some(_)) => {
            found.add(place("because"), "there is no guard", "remove it, or add `guard`");
        }
        _ => {}
    }
    if action.by.is_empty() && !action.auto {
        found.add(place("by"), "nobody may do it", "name a role, or write `auto = true`");
    }
}

/// An act leads within a region, or out of the parent, never from one region into another.
fn regions(definition: &Definition, action: &Action, found: &mut Found) {
    for to in targets(action).filter(|to| definition.stage(to).is_some()) {
        for from in &action.from {
            for parent in definition.around(to).into_iter().skip(1) {
                let region = |id: &Name| {
                    let around = definition.around(id).into_iter().filter_map(|id| definition.stage(id));
                    around.into_iter().find(|s| s.within.as_ref() == Some(parent))?.region.clone()
                };
                if let (Some(left), Some(entered)) = (region(from), region(to))
                    && left != entered
                {
                    let what =
                        format!("it leads from the region {left} into the region {entered} of {parent}");
                    found.add(
                        format!("action.{}.to", action.id),
                        what,
                        "stay in the region, or leave the parent",
                    );
                }
            }
        }
    }
}

fn fields(place: &str, fields: &[Field], found: &mut Found) {
    found.twice(place, fields.iter().map(|field| &field.id));
    for field in fields {
        let place = format!("{place}.{}", field.id);
        if TAKEN.iter().any(|taken| field.id == *taken) {
            found.add(&place, format!("every act has its own `{}`", field.id), "rename the field");
        }
        if (field.value == FieldKind::Code) == field.codes.is_empty() {
            found.add(
                &place,
                "choices belong to codes, and codes have choices",
                "correct `value` or `codes`",
            );
        }
        if field.unit.is_some() && field.value != FieldKind::Number {
            found.add(&place, "only a number has a unit", "remove `unit`");
        }
        found.twice(&place, field.codes.iter().map(|code| &code.code));
    }
}

fn automatic(action: &Action, found: &mut Found) {
    let place = |key: &str| format!("action.{}.{key}", action.id);
    let person = [
        ("by", !action.by.is_empty()),
        ("needs", !action.needs.is_empty()),
        ("reasons", !action.reasons.is_empty()),
        ("fields", !action.fields.is_empty()),
        ("remember", action.remember.is_some()),
        ("other_than", !action.other_than.is_empty()),
        ("pauses", !action.pauses.is_empty()),
        ("beside", action.beside),
        ("does", !matches!(action.does, None | Some(Does::Send | Does::TakeUp))),
    ];
    for (key, _) in person.into_iter().filter(|(_, there)| *there) {
        found.add(place(key), "only a person can do this", "remove it, or `auto`");
    }
    if action.guard.is_none() && action.waits.is_empty() && !action.when_parts_closed {
        let what = "the platform would do it at once, always";
        found.add(place("auto"), what, "add a guard, `waits` or `when_parts_closed`");
    }
    let asks = |what: &Name| *what == "actor" || *what == "act";
    if let Some(guard) = &action.guard
        && guard.paths().iter().any(|path| path.first().is_some_and(asks))
    {
        found.add(place("guard"), "nobody acts here", "ask for something else than the actor");
    }
    let left = |path: &[Name]| matches!(path, [first, _, word] if *first == "clocks" && *word == "left");
    if action.guard.as_ref().is_some_and(|guard| guard.paths().iter().any(|path| left(path))) {
        let what = "nothing wakes the platform when so much is left of a clock";
        found.add(place("guard"), what, "ask for its end: clocks.<id>.over, or let the ladder tell somebody");
    }
    let changes = action.to.is_some()
        || !action.set.is_empty()
        || !action.flags.is_empty()
        || action.does.is_some()
        || !action.resumes.is_empty();
    if !changes {
        let what = "it changes nothing, so it would be done again and again";
        found.add(
            place("auto"),
            what,
            "let it lead to a stage, or set an attribute or a flag that its guard asks for",
        );
    }
}

/// Automatic acts that lead in a circle: without a person between them nothing would ever stop them.
fn circles(definition: &Definition, found: &mut Found) {
    let autos: Vec<&Action> = definition.action.iter().filter(|a| a.auto && a.to.is_some()).collect();
    for first in &autos {
        let mut reached: BTreeSet<&Name> = BTreeSet::new();
        let mut open = vec![*first];
        while let Some(action) = open.pop() {
            let stands: BTreeSet<&Name> = targets(action).flat_map(|to| standing(definition, to)).collect();
            let joins = stands.iter().filter_map(|id| definition.stage(id)?.then.as_ref());
            let stands: BTreeSet<&Name> =
                joins.flat_map(|to| standing(definition, to)).chain(stands.iter().copied()).collect();
            let next = autos.iter().filter(|a| a.from.iter().any(|from| stands.contains(from)));
            open.extend(next.filter(|next| reached.insert(&next.id)).copied());
        }
        if reached.contains(&first.id) {
            found.add(
                format!("action.{}.auto", first.id),
                "automatic acts lead from it back to it",
                "let a person act in between",
            );
        }
    }
}
