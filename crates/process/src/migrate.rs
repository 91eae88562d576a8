//! Moving a running case to another definition. A dry run by nature: nothing is moved unless all of it can be.

use crate::{Assignment, ClockRecord, Definition, Record};
use model::{Instant, Name};
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of what. Names that are not listed keep theirs.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    /// Digest of the definition to which cases are moved.
    pub process: [u8; 32],
    /// When: clocks that only the new definition has start then.
    pub at: Instant,
    /// Stages by their old names.
    pub stages: BTreeMap<Name, Name>,
    /// Clocks by their old names.
    pub clocks: BTreeMap<Name, Name>,
    /// Tasks by their old names.
    pub tasks: BTreeMap<Name, Name>,
    /// Flags by their old names.
    pub flags: BTreeMap<Name, Name>,
}

/// Something that cannot be moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Immovable {
    /// What, as in `clock.decide`.
    pub what: String,
    /// Why.
    pub why: String,
}

impl Mapping {
    /// A mapping under which everything keeps its name.
    pub fn same(process: [u8; 32], at: Instant) -> Self {
        let (stages, clocks) = (BTreeMap::new(), BTreeMap::new());
        Self { process, at, stages, clocks, tasks: BTreeMap::new(), flags: BTreeMap::new() }
    }
}

struct Move<'a> {
    from: &'a Definition,
    to: &'a Definition,
    mapping: &'a Mapping,
    record: Record,
    immovable: Vec<Immovable>,
}

/// A case's record under another definition, or everything that cannot be moved. Clocks keep what they have consumed,
/// their pauses, extensions and taken rungs; the last act can be undone no more.
pub fn migrate(
    record: &Record,
    from: &Definition,
    to: &Definition,
    mapping: &Mapping,
) -> Result<Record, Vec<Immovable>> {
    let moved = Record { process: mapping.process, last: None, ..record.clone() };
    let mut work = Move { from, to, mapping, record: moved, immovable: Vec::new() };
    work.stages();
    work.flags();
    work.tasks();
    work.clocks();
    work.new_tasks();
    work.new_clocks();
    if work.immovable.is_empty() {
        let misfits = work.record.misfits(to).into_iter();
        work.immovable.extend(misfits.map(|why| Immovable { what: "record".to_owned(), why }));
        if from.ended(record) != to.ended(&work.record) {
            work.cannot("record", "the case would end, or be open again");
        }
    }
    if work.immovable.is_empty() { Ok(work.record) } else { Err(work.immovable) }
}

fn mapped(mapping: &BTreeMap<Name, Name>, name: &Name) -> Name {
    mapping.get(name).unwrap_or(name).clone()
}

impl Move<'_> {
    fn cannot(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.immovable.push(Immovable { what: what.into(), why: why.into() });
    }

    fn stages(&mut self) {
        let at = std::mem::take(&mut self.record.at);
        for stage in at {
            let new = mapped(&self.mapping.stages, &stage);
            if self.to.stage(&new).is_none() {
                self.cannot(format!("stage.{stage}"), format!("the new definition has no stage {new}"));
            } else if !self.to.is_leaf(&new) {
                self.cannot(
                    format!("stage.{stage}"),
                    format!("in {new} stand other stages: name one of them"),
                );
            }
            self.record.at.insert(new);
        }
        // Where a parent goes on is only remembered as far as the new definition remembers it too.
        let (to, mapping) = (self.to, self.mapping);
        let history = std::mem::take(&mut self.record.history).into_iter().filter_map(|(parent, leaves)| {
            let parent = mapped(&mapping.stages, &parent);
            let leaves: BTreeSet<Name> = leaves.iter().map(|leaf| mapped(&mapping.stages, leaf)).collect();
            let fits = leaves.iter().all(|leaf| to.is_leaf(leaf) && to.around(leaf).contains(&&parent));
            (fits && to.stage(&parent).is_some_and(|stage| stage.history)).then_some((parent, leaves))
        });
        self.record.history = history.collect();
        let entered = std::mem::take(&mut self.record.entered).into_iter();
        let mut entered: BTreeMap<Name, Instant> =
            entered.map(|(stage, at)| (mapped(&mapping.stages, &stage), at)).collect();
        // A stage that only the new definition has around the case is entered now.
        let known = |stage: Name| (entered.remove(&stage).unwrap_or(mapping.at), stage);
        let active = to.active(&self.record.at).into_iter().map(known);
        self.record.entered = active.map(|(at, stage)| (stage, at)).collect();
        for stay in &mut self.record.remote {
            stay.stage = mapped(&self.mapping.stages, &stay.stage);
        }
    }

    fn flags(&mut self) {
        for flag in std::mem::take(&mut self.record.flags) {
            let new = mapped(&self.mapping.flags, &flag);
            if self.to.flag.iter().all(|flag| flag.id != new) {
                self.cannot(format!("flag.{flag}"), format!("the new definition has no flag {new}"));
            }
            self.record.flags.insert(new);
        }
    }

    fn tasks(&mut self) {
        let active = self.to.active(&self.record.at);
        for mut task in std::mem::take(&mut self.record.tasks) {
            let new = mapped(&self.mapping.tasks, &task.task);
            let old = std::mem::replace(&mut task.task, new);
            match self.to.task(&task.task) {
                None if task.is_live() => {
                    let why = format!("it is open, and the new definition has no task {}", task.task);
                    self.cannot(format!("task.{old}"), why);
                }
                Some(new) if task.is_live() && !active.contains(&new.stage) => {
                    let why = format!("it is open, and the case would not stand in its stage {}", new.stage);
                    self.cannot(format!("task.{old}"), why);
                }
                // What was done there is in the log.
                None => {}
                Some(_) => self.record.tasks.push(task),
            }
        }
    }

    fn clocks(&mut self) {
        let key_of = |key: &Name| {
            let (clock, n) = key.as_str().split_once('/').map_or((key.as_str(), ""), |(clock, n)| (clock, n));
            let new = mapped(&self.mapping.clocks, &Name::new(clock).unwrap_or_else(|_| key.clone()));
            if n.is_empty() { new } else { Name::new(format!("{new}/{n}")).unwrap_or(new) }
        };
        let renamed: Vec<_> = self.record.clocks.keys().map(|key| (key.clone(), key_of(key))).collect();
        let mut clocks = BTreeMap::new();
        for (old, new) in renamed {
            let Some(held) = self.record.clocks.get(&old).cloned() else { continue };
            if held.stopped.is_none()
                && let Some(why) = self.clock_fault(&old, &new)
            {
                self.cannot(format!("clock.{old}"), why);
            }
            if let Some(shelved) = &mut self.record.shelved
                && shelved.clocks.remove(&old)
            {
                shelved.clocks.insert(new.clone());
            }
            clocks.insert(new, held);
        }
        self.record.clocks = clocks;
        let extensions = std::mem::take(&mut self.record.extensions);
        let extensions = extensions.into_iter().map(|(clock, n)| (mapped(&self.mapping.clocks, &clock), n));
        self.record.extensions = extensions.collect();
    }

    /// Why a clock that has not stopped cannot go on under the new definition.
    fn clock_fault(&self, old: &Name, new: &Name) -> Option<String> {
        let Some((was, is)) = self.from.clock(old).zip(self.to.clock(new)) else {
            return Some(format!("it has not stopped, and the new definition has no clock {new}"));
        };
        if was.rule.unit != is.rule.unit {
            let (was, is) = (was.rule.unit, is.rule.unit);
            return Some(format!(
                "it counts in {was}, and {new} in {is}: what it consumed cannot be counted over"
            ));
        }
        let active = self.to.active(&self.record.at);
        let runs = match &is.task {
            None => !new.as_str().contains('/') && is.runs.iter().any(|stage| active.contains(stage)),
            Some(task) => {
                self.record.open_tasks().any(|t| t.task == *task && t.clock_key(&is.rule.id) == *new)
            }
        };
        (!runs).then(|| "it has not stopped, and under the new definition it would not run".to_owned())
    }

    /// Tasks that only the new definition has in the stages in which the case stands.
    fn new_tasks(&mut self) {
        let active = self.to.active(&self.record.at);
        let tasks = self.to.task.iter().filter(|task| active.contains(&task.stage));
        for task in tasks {
            if self.record.assignments(&task.id).next().is_some() {
                continue;
            }
            if task.parties.is_some() {
                let why = "its parties are found when a case enters its stage, and this one is there already";
                self.cannot(format!("task.{}", task.id), why);
                continue;
            }
            let mut fresh = Assignment::of(task, Vec::new(), self.mapping.at);
            Assignment::open_next(task, &mut fresh, self.mapping.at);
            self.record.tasks.extend(fresh);
        }
    }

    /// Clocks that would run and do not: they start now.
    fn new_clocks(&mut self) {
        let active = self.to.active(&self.record.at);
        let mut keys = Vec::new();
        for clock in &self.to.clock {
            let id = &clock.rule.id;
            match &clock.task {
                None if clock.runs.iter().any(|stage| active.contains(stage)) => keys.push(id.clone()),
                None => {}
                Some(task) => {
                    let open = self.record.open_tasks().filter(|open| open.task == *task);
                    keys.extend(open.map(|open| open.clock_key(id)));
                }
            }
        }
        let ended = self.to.ended(&self.record);
        for key in keys.into_iter().filter(|_| !ended) {
            if self.record.clocks.get(&key).is_none_or(|held| held.stopped.is_some()) {
                self.record.clocks.insert(key, ClockRecord::start(self.mapping.at));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{Running, at, name, permit, process};

    fn mapping() -> Mapping {
        Mapping::same([8; 32], at("2026-06-10T09:00"))
    }

    fn countersigning() -> Running<'static> {
        let mut case = Running::start(permit(), "2026-06-01T09:00");
        case.does("ann/clerk", "accept", "").does("li/lawyer", "legal-pass", "");
        case.does("wang/inspector", "plan-visit", "");
        case.does("wang/inspector", "report-visit", "+photo measured=3 area=80");
        case.does("p/planning", "agree", "");
        case
    }

    fn other(old: &str, new: &str) -> Definition {
        let text = include_str!("samples/permit.toml");
        assert!(text.contains(old), "{old}");
        process(&text.replace(old, new))
    }

    #[test]
    fn a_case_moves_with_its_clocks() {
        let case = countersigning();
        let moved = migrate(&case.record, permit(), permit(), &mapping()).unwrap();
        assert_eq!(moved, Record { process: [8; 32], last: None, ..case.record.clone() });

        let renamed = other("\"countersigning\"", "\"joint-opinion\"");
        let renamed = Definition { ..renamed };
        let mut stages = mapping();
        stages.stages.insert(name("countersigning"), name("joint-opinion"));
        let moved = migrate(&case.record, permit(), &renamed, &stages).unwrap();
        assert_eq!(moved.at, [name("joint-opinion")].into());
        assert_eq!(moved.clocks, case.record.clocks);

        // A clock that only the new definition has starts now; one that was renamed goes on.
        let more = other("id     = \"promise\"", "id     = \"vow\"");
        let mut clocks = mapping();
        let started = migrate(&case.record, permit(), &more, &clocks);
        assert!(started.is_err(), "the old one has not stopped");
        clocks.clocks.insert(name("promise"), name("vow"));
        let moved = migrate(&case.record, permit(), &more, &clocks).unwrap();
        assert_eq!(moved.clocks[&name("vow")], case.record.clocks[&name("promise")]);
    }

    #[test]
    fn what_cannot_be_moved_is_named_and_nothing_moves() {
        let case = countersigning();
        for (old, new, what) in [
            ("\"countersigning\"", "\"joint-opinion\"", "stage.countersigning"),
            (
                "unit    = \"working-day\"\nbudget  = 20",
                "unit    = \"calendar-day\"\nbudget  = 20",
                "clock.decide",
            ),
            (
                "\"supplement\", \"review\", \"countersigning\", \"decision\", \"province\", \"ruling\"]\nbudgets",
                "\"supplement\", \"review\"]\nbudgets",
                "clock.decide",
            ),
            ("id     = \"countersign\"", "id     = \"sign\"", "task.countersign"),
            ("stage  = \"countersigning\"", "stage  = \"decision\"", "task.countersign"),
        ] {
            // A task's name stands in several places of the file.
            let new_definition = match what {
                "task.countersign" if old.starts_with("id") => {
                    let text = include_str!("samples/permit.toml");
                    process(
                        &text.replace("\"countersign\"", "\"sign\"").replace("task:countersign", "task:sign"),
                    )
                }
                _ => other(old, new),
            };
            let immovable = migrate(&case.record, permit(), &new_definition, &mapping()).unwrap_err();
            assert!(immovable.iter().any(|i| i.what == what), "{old} -> {new}: {immovable:?}");
        }
    }

    #[test]
    fn new_tasks_are_assigned_and_their_clocks_start() {
        let old = other("stage  = \"countersigning\"", "stage  = \"ruling\"");
        let mut case = Running::start(&old, "2026-06-01T09:00");
        case.does("ann/clerk", "accept", "").does("li/lawyer", "legal-pass", "");
        case.does("wang/inspector", "plan-visit", "");
        case.does("wang/inspector", "report-visit", "+photo measured=3 area=80");
        assert!(case.record.tasks.is_empty());
        let moved = migrate(&case.record, &old, permit(), &mapping()).unwrap();
        assert_eq!(moved.open_tasks().count(), 3);
        assert_eq!(moved.clocks[&name("opinion/2")].started, at("2026-06-10T09:00"));
    }
}
