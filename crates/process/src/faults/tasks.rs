//! Faults of tasks and flags: to whom they are assigned, and whether anybody can complete them.

use super::Found;
use crate::{ASSIGNMENTS_MAX, Action, Definition, Does, Policy, Task};
use model::Name;

pub(super) fn check(definition: &Definition, found: &mut Found) {
    found.twice("task", definition.task.iter().map(|task| &task.id));
    found.twice("flag", definition.flag.iter().map(|flag| &flag.id));
    for task in &definition.task {
        assigned(definition, task, found);
        completed(definition, task, found);
    }
}

fn assigned(definition: &Definition, task: &Task, found: &mut Found) {
    let place = |key: &str| format!("task.{}.{key}", task.id);
    match definition.stage(&task.stage) {
        None => found.dangling(place("stage"), "stage", &task.stage),
        Some(stage) if stage.r#final => {
            found.add(place("stage"), "in a final stage nothing is left to do", "name another stage");
        }
        Some(_) => {}
    }
    if task.roles.is_empty() == task.parties.is_none() {
        let what = "a task is assigned either to roles or to parties";
        found.add(place("roles"), what, "write one of `roles` and `parties`");
    }
    if task.roles.len() > ASSIGNMENTS_MAX {
        let what = format!("a task has at most {ASSIGNMENTS_MAX} holders");
        found.add(place("roles"), what, "make several tasks");
    }
    if let Some(lead) = task.lead.as_ref().filter(|lead| !task.roles.contains(lead)) {
        found.add(place("lead"), format!("{lead} is none of the roles"), "name one of them");
    }
    match (task.policy, task.at_least) {
        (Policy::AtLeast, None) => {
            found.add(place("at_least"), "how many must do it is not said", "add `at_least`");
        }
        (Policy::AtLeast, Some(n)) => {
            let known = if task.parties.is_some() { usize::MAX } else { task.roles.len() };
            if n == 0 || usize::try_from(n).unwrap_or(usize::MAX) > known {
                let what = format!("{n} of {} can never be", task.roles.len());
                found.add(place("at_least"), what, "write a number from 1 to that of the roles");
            }
        }
        (_, Some(_)) => {
            found.add(
                place("at_least"),
                "only the policy `at-least` counts",
                "remove it, or change `policy`",
            );
        }
        (_, None) => {}
    }
}

fn completed(definition: &Definition, task: &Task, found: &mut Found) {
    let around = definition.around(&task.stage);
    let here = |action: &&Action| action.from.iter().any(|from| around.contains(&from));
    let does = |action: &&Action| action.does == Some(Does::Task(task.id.clone()));
    let completing: Vec<&Action> = definition.action.iter().filter(does).filter(here).collect();
    if completing.is_empty() {
        found.add(
            format!("task.{}", task.id),
            "nobody completes it",
            format!("add an act that does `task:{}` in the stage {}", task.id, task.stage),
        );
        return;
    }
    let able = |role: &Name| completing.iter().any(|action| action.by.contains(role));
    let one = matches!(task.policy, Policy::One | Policy::Claim | Policy::AtLeast);
    let unable: Vec<&Name> = task.roles.iter().filter(|role| !able(role)).collect();
    if !unable.is_empty() && (!one || unable.len() == task.roles.len()) {
        let unable: Vec<_> = unable.iter().map(|role| role.as_str()).collect();
        let what = format!("no act lets {} complete it", unable.join(", "));
        found.add(format!("task.{}.roles", task.id), what, "add the role to `by` of the act");
    }
    let claims =
        |action: &&Action| action.does == Some(Does::Claim) && action.task.as_ref() == Some(&task.id);
    if task.policy == Policy::Claim && !definition.action.iter().filter(here).any(|action| claims(&action)) {
        found.add(
            format!("task.{}.policy", task.id),
            "nobody can claim it",
            "add an act that does `claim` with this task, or change `policy`",
        );
    }
}
