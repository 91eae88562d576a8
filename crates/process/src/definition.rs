//! Process definitions: stages, acts and clocks, as a pack writes them.
//!
//! Immutable once a case runs on them: a case names its definition by digest.

use crate::ClockRule;
use model::{Name, Text};
use serde::Deserialize;
use std::collections::BTreeSet;

/// How something must be done.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// The type of its cases.
    pub case: Name,
    /// The stage in which a case begins.
    pub start: Name,
    /// Its stages, in the order in which people show them.
    pub stage: Vec<Stage>,
    /// Its acts.
    pub action: Vec<Action>,
    /// Its clocks.
    #[serde(default)]
    pub clock: Vec<StageClock>,
}

/// A stage.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// Whether the case ends here.
    #[serde(default)]
    pub r#final: bool,
}

/// A clock and the stages in which it runs.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageClock {
    /// Stages in which it runs; it stops when the case leaves them.
    pub runs: Vec<Name>,
    /// The clock itself.
    #[serde(flatten)]
    pub rule: ClockRule,
}

/// What people can do.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// Stages in which it is possible.
    pub from: Vec<Name>,
    /// The stage that it leads to; without one the case stays.
    #[serde(default)]
    pub to: Option<Name>,
    /// The role that may do it.
    pub by: Name,
    /// What must come with it.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// Reasons, one of which must be given.
    #[serde(default)]
    pub reasons: Vec<Reason>,
    /// Under which name to remember who did it.
    #[serde(default)]
    pub remember: Option<Name>,
    /// Must be another person than the one remembered under this name.
    #[serde(default)]
    pub other_than: Option<Name>,
    /// The clock that it pauses, for one of the clock's own reasons.
    #[serde(default)]
    pub pauses: Option<Name>,
    /// The clock that it lets run again.
    #[serde(default)]
    pub resumes: Option<Name>,
}

/// What must come with an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// An opinion in words.
    Opinion,
    /// A measured value.
    Measurement,
}

/// A reason by its code.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Its code, by which it is counted.
    pub code: Name,
    /// What people call it.
    pub title: Text,
}

impl Definition {
    /// A stage by name.
    pub fn stage(&self, id: &Name) -> Option<&Stage> {
        self.stage.iter().find(|s| s.id == *id)
    }

    /// An act by name.
    pub fn action(&self, id: &Name) -> Option<&Action> {
        self.action.iter().find(|a| a.id == *id)
    }

    /// A clock by name.
    pub fn clock(&self, id: &Name) -> Option<&StageClock> {
        self.clock.iter().find(|c| c.rule.id == *id)
    }

    /// Roles that can do something in a stage: in their inboxes the case stands.
    pub fn awaits(&self, stage: &Name) -> BTreeSet<&Name> {
        self.action.iter().filter(|a| a.from.contains(stage)).map(|a| &a.by).collect()
    }

    /// Roles of which somebody must act now, those included to which a ladder has raised the case.
    pub fn awaited(&self, record: &crate::Record) -> BTreeSet<Name> {
        let acting = record.stages().into_iter().flat_map(|stage| self.awaits(stage)).cloned();
        acting.chain(record.raised.iter().cloned()).collect()
    }

    /// The reasons for an act: its own, or those of the clock that it pauses.
    pub fn reasons<'a>(&'a self, action: &'a Action) -> Vec<(&'a Name, &'a Text)> {
        let own = action.reasons.iter().map(|r| (&r.code, &r.title));
        let clock = action.pauses.as_ref().and_then(|clock| self.clock(clock));
        own.chain(clock.into_iter().flat_map(|c| &c.rule.pauses).map(|p| (&p.code, &p.title))).collect()
    }

    /// Everything that makes this definition unusable, each with what to write instead.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut named = |what: &str, stage: &Name| {
            if self.stage(stage).is_none() {
                faults.push(format!(
                    "{what} names the stage {stage}, which is not declared: add a [[stage]] or correct it"
                ));
            }
        };
        named("start", &self.start);
        for action in &self.action {
            action
                .from
                .iter()
                .chain(&action.to)
                .for_each(|stage| named(&format!("act {}", action.id), stage));
        }
        for clock in &self.clock {
            clock.runs.iter().for_each(|stage| named(&format!("clock {}", clock.rule.id), stage));
        }
        self.clock_faults(&mut faults);
        self.stage_faults(&mut faults);
        faults
    }

    fn clock_faults(&self, faults: &mut Vec<String>) {
        for action in &self.action {
            for clock in action.pauses.iter().chain(&action.resumes) {
                if self.clock(clock).is_none() {
                    faults.push(format!("act {} names the clock {clock}, which is not declared", action.id));
                }
            }
        }
        for clock in &self.clock {
            let stops = clock.runs.iter().any(|stage| self.leads_out(stage, &clock.runs));
            if !stops {
                faults.push(format!("clock {} never stops: no act leads out of its stages", clock.rule.id));
            }
        }
    }

    fn leads_out(&self, stage: &Name, inside: &[Name]) -> bool {
        self.action
            .iter()
            .any(|a| a.from.contains(stage) && a.to.as_ref().is_some_and(|to| !inside.contains(to)))
    }

    fn stage_faults(&self, faults: &mut Vec<String>) {
        let mut reached = BTreeSet::from([&self.start]);
        loop {
            let next: Vec<&Name> = self
                .action
                .iter()
                .filter(|a| a.from.iter().any(|from| reached.contains(from)))
                .filter_map(|a| a.to.as_ref())
                .filter(|to| !reached.contains(to))
                .collect();
            if next.is_empty() {
                break;
            }
            reached.extend(next);
        }
        for stage in &self.stage {
            let leaves = self.action.iter().any(|a| a.from.contains(&stage.id) && a.to.is_some());
            if !reached.contains(&stage.id) {
                faults.push(format!(
                    "stage {} cannot be reached: let an act lead to it or remove it",
                    stage.id
                ));
            }
            if stage.r#final && leaves {
                faults.push(format!("stage {} is final and yet an act leads out of it", stage.id));
            }
            if !stage.r#final && !leaves {
                faults.push(format!(
                    "stage {} has no exit: add an act that leads out, or make it final",
                    stage.id
                ));
            }
        }
    }
}
