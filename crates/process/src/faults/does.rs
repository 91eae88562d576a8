//! Faults of what acts do: whether everything is said that it needs, and nothing that it has no use for.

use super::Found;
use crate::{Action, Definition, Does, FieldKind, Need};

pub(super) fn check(definition: &Definition, found: &mut Found) {
    for action in &definition.action {
        of_tasks(definition, action, found);
        of_returns_and_time(definition, action, found);
        of_ends(definition, action, found);
        of_outside(definition, action, found);
        misplaced(action, found);
    }
}

fn place(action: &Action, key: &str) -> String {
    format!("action.{}.{key}", action.id)
}

fn of_tasks(definition: &Definition, action: &Action, found: &mut Found) {
    match &action.does {
        Some(Does::Task(task)) if definition.task(task).is_none() => {
            found.dangling(place(action, "does"), "task", task);
        }
        Some(Does::Claim | Does::Delegate) => match &action.task {
            None => found.add(place(action, "task"), "which task is not said", "add `task`"),
            Some(task) if definition.task(task).is_none() => {
                found.dangling(place(action, "task"), "task", task);
            }
            Some(_) => {}
        },
        _ => {}
    }
    let to = action.fields.iter().find(|field| field.id == "to");
    if action.does == Some(Does::Delegate) && to.is_none_or(|to| to.value != FieldKind::Ref || !to.required) {
        let what = "to whom it is handed is not asked";
        found.add(place(action, "fields"), what, "add a required field `to` with the value `ref`");
    }
}

fn of_returns_and_time(definition: &Definition, action: &Action, found: &mut Found) {
    match &action.does {
        Some(Does::Return) => {
            if action.to.is_none() {
                found.add(place(action, "to"), "where the work goes back to is not said", "add `to`");
            }
            if action.reasons.is_empty() {
                let what = "a return without a reason tells nobody what to do";
                found.add(place(action, "reasons"), what, "list the reasons");
            }
        }
        Some(Does::Extend) => match &action.extends {
            None => found.add(place(action, "extends"), "what is extended is not said", "add `extends`"),
            Some(extends) if extends.units == 0 || extends.times == 0 => {
                let what = "an extension grants something, at least once";
                found.add(place(action, "extends"), what, "write numbers from 1");
            }
            Some(_) => {}
        },
        Some(Does::Shelve | Does::Correct | Does::Void | Does::TakeUp) if action.to.is_some() => {
            let what = "the case stays where it is";
            found.add(place(action, "to"), what, "remove it");
        }
        Some(Does::Shelve) if action.reasons.is_empty() => {
            let what = "clocks stand for a reason only";
            found.add(place(action, "reasons"), what, "list the reasons, each with its law");
        }
        _ => {}
    }
    if let Some(bounces) = &action.bounces
        && (bounces.max == 0 || bounces.max == 1 && definition.stage(&bounces.to).is_some())
    {
        let what = "an owner of last resort comes after the first return";
        found.add(place(action, "bounces"), what, "write a number from 2, or let the act itself lead there");
    }
}

fn of_ends(definition: &Definition, action: &Action, found: &mut Found) {
    if action.does != Some(Does::Reopen) {
        return;
    }
    if action.to.is_none() {
        found.add(place(action, "to"), "where the case goes on is not said", "add `to`");
    }
    for from in &action.from {
        if definition.stage(from).is_some_and(|stage| !stage.r#final) {
            let what = format!("the case has not ended in the stage {from}");
            found.add(place(action, "from"), what, "reopen from final stages only");
        }
    }
    if action.within.is_none() || action.at_most.is_none() {
        let what = "how long and how often a case can be reopened is not said";
        found.add(place(action, "within"), what, "add `within` and `at_most`");
    }
}

fn of_outside(definition: &Definition, action: &Action, found: &mut Found) {
    let away = |id: &model::Name| definition.stage(id).is_some_and(|stage| stage.elsewhere.is_some());
    match &action.does {
        Some(Does::Send) if !action.to.as_ref().map_or(action.from.iter().any(away), away) => {
            let what = "it leads to no stage that is done elsewhere";
            found.add(place(action, "does"), what, "add [stage.elsewhere] to the stage, or take `does` away");
        }
        Some(Does::Receive) => {
            if !action.from.iter().all(away) {
                let what = "it stands in a stage that is not done elsewhere";
                found.add(place(action, "from"), what, "name only stages with [stage.elsewhere]");
            }
            let number = action.fields.iter().find(|field| field.id == "number");
            if number.is_none() && !action.needs.contains(&Need::Photo) {
                let what = "neither a number nor a receipt is asked for";
                found.add(place(action, "fields"), what, "add a field `number`, or need a photo");
            }
            if number.is_some_and(|number| number.value != FieldKind::Text) {
                found.add(
                    place(action, "fields.number"),
                    "a number of another system is text",
                    "correct `value`",
                );
            }
        }
        _ => {}
    }
}

/// Keys that belong to one kind of act only.
fn misplaced(action: &Action, found: &mut Found) {
    let belongs = [
        ("bounces", action.bounces.is_some(), Does::Return, "return"),
        ("extends", action.extends.is_some(), Does::Extend, "extend"),
        ("at_most", action.at_most.is_some(), Does::Reopen, "reopen"),
    ];
    for (key, there, does, word) in belongs {
        if there && action.does.as_ref() != Some(&does) {
            let what = format!("`{key}` belongs to an act that does `{word}`");
            found.add(place(action, key), what, "remove it, or add `does`");
        }
    }
    if action.task.is_some() && !matches!(action.does, Some(Does::Claim | Does::Delegate)) {
        let what = "`task` belongs to an act that claims or delegates";
        found.add(place(action, "task"), what, "remove it, or add `does`");
    }
}
