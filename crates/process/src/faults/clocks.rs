//! Faults of clocks: when they run, when they stop, whether they can be paused and go on.

use super::Found;
use super::stages::targets;
use crate::{Definition, Does, StageClock};
use model::Name;

/// Longest id of a clock: the number of an assignment must fit behind it.
const ID_BYTES_MAX: usize = 56;

pub(super) fn check(definition: &Definition, found: &mut Found) {
    found.twice("clock", definition.clock.iter().map(|clock| &clock.rule.id));
    for clock in &definition.clock {
        rule(clock, found);
        runs(definition, clock, found);
    }
    for action in &definition.action {
        let extended = action.extends.as_ref().map(|extends| &extends.clock);
        for (key, clocks) in [
            ("pauses", action.pauses.iter().collect::<Vec<_>>()),
            ("resumes", action.resumes.iter().collect()),
            ("extends", extended.into_iter().collect()),
        ] {
            for clock in clocks.into_iter().filter(|clock| definition.clock(clock).is_none()) {
                found.dangling(format!("action.{}.{key}", action.id), "clock", clock);
            }
        }
        pauses(definition, action, found);
    }
}

fn rule(clock: &StageClock, found: &mut Found) {
    let place = format!("clock.{}", clock.rule.id);
    let budgets = clock.budgets.iter().map(|budget| clock.rule.check_budget(budget.budget));
    for error in [clock.rule.check()].into_iter().chain(budgets).filter_map(Result::err) {
        found.add(&place, error.to_string(), "correct the number, or the ladder");
    }
    if clock.rule.id.as_str().contains('/') || clock.rule.id.as_str().len() > ID_BYTES_MAX {
        let what = format!("a clock's id has no `/` and at most {ID_BYTES_MAX} letters");
        found.add(format!("{place}.id"), what, "rename it");
    }
    for pause in clock.rule.pauses.iter().filter(|pause| pause.basis.trim().is_empty()) {
        let what = format!("nothing allows the pause for {}", pause.code);
        found.add(format!("{place}.pauses"), what, "name the law in `basis`");
    }
    if clock.rule.ladder.iter().any(|rung| rung.id == "owner") && clock.owner.is_some() {
        found.add(format!("{place}.ladder"), "the rung `owner` is the owner of last resort's", "rename it");
    }
}

fn runs(definition: &Definition, clock: &StageClock, found: &mut Found) {
    let place = |key: &str| format!("clock.{}.{key}", clock.rule.id);
    match (&clock.task, clock.runs.is_empty()) {
        (Some(_), false) | (None, true) => {
            let what = "a clock runs either in stages or for the holders of a task";
            found.add(place("runs"), what, "write one of `runs` and `task`");
        }
        (Some(task), true) if definition.task(task).is_none() => found.dangling(place("task"), "task", task),
        _ => {}
    }
    for stage in &clock.runs {
        match definition.stage(stage) {
            None => found.dangling(place("runs"), "stage", stage),
            Some(stage) if stage.r#final && stage.within.is_none() => {
                let what =
                    format!("in the stage {} nothing is left to do: the clock would never stop", stage.id);
                found.add(place("runs"), what, "leave this stage out");
            }
            Some(_) => {}
        }
    }
    if !clock.runs.is_empty() && !clock.runs.iter().any(|stage| leads_out(definition, stage, &clock.runs)) {
        let what = "it never stops: no act leads out of its stages";
        found.add(place("runs"), what, "add one, or let it run elsewhere");
    }
}

/// Whether an act or a join leads from a stage to where a clock does not run.
fn leads_out(definition: &Definition, stage: &Name, runs: &[Name]) -> bool {
    let touches =
        |other: &Name| definition.around(other).contains(&stage) || definition.around(stage).contains(&other);
    let outside = |to: &&Name| {
        definition.stage(to).is_some() && !definition.around(to).iter().any(|around| runs.contains(around))
    };
    let acts = definition.action.iter().filter(|a| a.from.iter().any(&touches)).flat_map(targets);
    let joins = definition.stage.iter().filter(|s| touches(&s.id)).filter_map(|s| s.then.as_ref());
    acts.chain(joins).any(|to| outside(&to))
}

fn pauses(definition: &Definition, action: &crate::Action, found: &mut Found) {
    let place = |key: &str| format!("action.{}.{key}", action.id);
    let covered = |from: &Name, does: &dyn Fn(&crate::Action) -> bool| {
        let around = definition.around(from);
        let acts = definition.action.iter().filter(|a| does(a));
        acts.into_iter().any(|a| a.from.iter().any(|stage| around.contains(&stage)))
    };
    let known =
        action.pauses.iter().all(|id| definition.clock(id).is_some_and(|c| !c.rule.pauses.is_empty()));
    if action.pauses.len() > 1 && known && action.reasons.is_empty() && definition.reasons(action).is_empty()
    {
        let what = "the clocks that it pauses have no reason in common";
        found.add(place("pauses"), what, "add the same reason to each, or pause them by acts of their own");
    }
    for id in &action.pauses {
        if definition.clock(id).is_some_and(|clock| clock.rule.pauses.is_empty()) {
            let what = format!("the clock {id} has no reason for which it may be paused");
            found.add(
                place("pauses"),
                what,
                "add `pauses` to the clock, each with its law, or take the act away",
            );
        }
        if !action.reasons.is_empty() {
            let what = "the reasons of a pause are those of its clock";
            found.add(place("reasons"), what, "move them there, each with its law");
        }
        for from in &action.from {
            if !covered(from, &|a| a.resumes.contains(id)) {
                let what = format!("in the stage {from} nothing lets the clock {id} run again");
                found.add(place("pauses"), what, "add an act that resumes it there");
            }
        }
    }
    let paused = |id: &Name| definition.action.iter().any(|a| a.pauses.contains(id));
    for id in action.resumes.iter().filter(|id| !paused(id)) {
        let what = format!("nothing pauses the clock {id}");
        found.add(place("resumes"), what, "add an act that does, or take this one away");
    }
    if action.does == Some(Does::Shelve) {
        for from in &action.from {
            if !covered(from, &|a| a.does == Some(Does::TakeUp)) {
                let what = format!("in the stage {from} nothing takes a shelved case up again");
                found.add(place("does"), what, "add an act that does `take-up` there");
            }
        }
        for reason in action.reasons.iter().filter(|r| r.basis.is_none() && action.basis.is_none()) {
            let what = format!("nothing allows clocks to stand for {}", reason.code);
            found.add(place("reasons"), what, "name the law in `basis` of the reason or the act");
        }
    }
    let shelves = definition.action.iter().any(|a| a.does == Some(Does::Shelve));
    if action.does == Some(Does::TakeUp) && !shelves {
        found.add(place("does"), "nothing shelves a case", "add an act that does, or take this one away");
    }
}
