//! What makes a definition unusable: each fault with its place in the definition, and what to write instead. The reader
//! of packs adds file and line.
//!
//! To add a check: put it into the file of the thing it is about, and a row into the table of tests at the foot.

mod acts;
mod clocks;
mod does;
mod stages;
mod tasks;

use crate::{Definition, Does};
use model::Name;
use std::collections::BTreeSet;
use std::fmt;

/// Something that makes a definition unusable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// A path into the definition: kind, id, key, as in `action.confirm.to`.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.place, self.what, self.remedy)
    }
}

/// Faults as they are found.
#[derive(Default)]
pub(crate) struct Found(Vec<Fault>);

impl Found {
    pub fn add(&mut self, place: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) {
        let fault = Fault { place: place.into(), what: what.into(), remedy: remedy.into() };
        if !self.0.contains(&fault) {
            self.0.push(fault);
        }
    }

    /// A fault for every name that stands twice.
    pub fn twice<'a>(&mut self, kind: &str, names: impl Iterator<Item = &'a Name>) {
        let mut seen = BTreeSet::new();
        for name in names.filter(|name| !seen.insert(*name)) {
            self.add(format!("{kind}.{name}"), format!("{name} stands twice"), "rename one of them");
        }
    }

    /// A fault for a name that nothing is called.
    pub fn dangling(&mut self, place: impl Into<String>, kind: &str, name: &Name) {
        self.add(
            place,
            format!("{name} is not declared"),
            format!("add a [[{kind}]] of this name or correct it"),
        );
    }
}

impl Definition {
    /// Everything that makes this definition unusable, whatever the city.
    pub fn faults(&self) -> Vec<Fault> {
        let mut found = Found::default();
        stages::check(self, &mut found);
        clocks::check(self, &mut found);
        tasks::check(self, &mut found);
        acts::check(self, &mut found);
        does::check(self, &mut found);
        found.0
    }

    /// What the roles of a city make unusable: return, extension and shelving are three acts with three ranks. `rank`
    /// says the rank of a role; roles that it does not know are not judged here.
    pub fn rank_faults(&self, rank: &dyn Fn(&Name) -> Option<u8>) -> Vec<Fault> {
        let mut found = Found::default();
        for action in &self.action {
            let Some(wanted) = action.does.as_ref().and_then(Does::rank) else { continue };
            for role in &action.by {
                if let Some(held) = rank(role).filter(|held| *held < wanted) {
                    found.add(
                        format!("action.{}.by", action.id),
                        format!("{role} has rank {held}, and this takes rank {wanted}"),
                        "name a role of that rank, or let the city give this one the rank",
                    );
                }
            }
        }
        found.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{name, permit, process};

    const SMALL: &str = "id = 'p'\ncase = 'C'\nstart = 'a'
        stage = [{ id = 'a' }, { id = 'b' }, { id = 'z', final = true }]
        action = [{ id = 'go', from = 'a', to = 'b', by = 'clerk' }, { id = 'end', from = 'b', to = 'z', by = 'clerk' }]";

    /// A process with regions side by side.
    const REGIONS: &str = "id = 'p'\ncase = 'C'\nstart = 'both'
        [[stage]]\nid = 'both'\nthen = 'z'
        [[stage]]\nid = 'a1'\nwithin = 'both'\nregion = 'a'
        [[stage]]\nid = 'a2'\nwithin = 'both'\nregion = 'a'\nfinal = true
        [[stage]]\nid = 'b1'\nwithin = 'both'\nregion = 'b'
        [[stage]]\nid = 'b2'\nwithin = 'both'\nregion = 'b'\nfinal = true
        [[stage]]\nid = 'z'\nfinal = true
        [[action]]\nid = 'a'\nfrom = 'a1'\nto = 'a2'\nby = 'clerk'
        [[action]]\nid = 'b'\nfrom = 'b1'\nto = 'b2'\nby = 'clerk'";

    fn faults(definition: &Definition) -> Vec<String> {
        definition.faults().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn sound_definitions_have_no_faults() {
        for definition in [permit(), &process(SMALL), &process(REGIONS)] {
            assert_eq!(faults(definition), Vec::<String>::new());
        }
    }

    /// What is replaced by what, and where that is a fault.
    type Row = (&'static str, &'static str, &'static str, &'static str);

    fn check(text: &str, rows: &[Row]) {
        for (old, new, place, what) in rows {
            let spoilt = text.replacen(old, new, 1);
            assert_ne!(spoilt, text, "{old}");
            let found = process(&spoilt).faults();
            let hit = found.iter().any(|fault| fault.place == *place && fault.what.contains(what));
            assert!(hit, "{old} -> {new}: wanted {place}: {what}, found {found:#?}");
        }
    }

    #[test]
    fn small_definitions_are_refused_with_place_and_fault() {
        check(
            SMALL,
            &[
                ("start = 'a'", "start = 'x'", "start", "x is not declared"),
                ("id = 'b' }", "id = 'a' }", "stage.a", "stands twice"),
                ("{ id = 'b' }", "{ id = 'b' }, { id = 'c' }", "stage.c", "cannot be reached"),
                ("final = true", "final = false", "stage.z", "no exit"),
                ("id = 'b' }", "id = 'b', final = true }", "stage.b", "yet the act end leads out"),
                ("id = 'b' }", "id = 'b', within = 'q' }", "stage.b.within", "q is not declared"),
                ("id = 'b' }", "id = 'b', within = 'b' }", "stage.b.within", "in a circle"),
                ("id = 'b' }", "id = 'b', region = 'r' }", "stage.b.region", "this stage has none"),
                ("id = 'b' }", "id = 'b', then = 'z' }", "stage.b.then", "no stage stands within"),
                ("id = 'b' }", "id = 'b', history = true }", "stage.b.history", "no stage stands within"),
                ("to = 'b'", "to = 'x'", "action.go.to", "x is not declared"),
                ("from = 'b'", "from = ''", "action.end.from", "in no stage"),
                ("by = 'clerk'", "by = ''", "action.go.by", "nobody may do it"),
                ("by = 'clerk'", "by = 'clerk', guard = '= bounces > 1'", "action.go.because", "not said"),
                ("by = 'clerk'", "by = 'clerk', because = 'so'", "action.go.because", "no guard"),
                ("by = 'clerk'", "by = 'clerk', other_than = 'q'", "action.go.other_than", "no act remembers q"),
                ("by = 'clerk'", "by = 'clerk', waits = 'q'", "action.go.waits", "q is not declared"),
                ("by = 'clerk'", "by = 'clerk', flags = { q = true }", "action.go.flags", "q is not declared"),
                ("by = 'clerk'", "by = 'clerk', pauses = 'q'", "action.go.pauses", "q is not declared"),
                ("by = 'clerk'", "by = 'clerk', does = 'task:q'", "action.go.does", "q is not declared"),
                ("by = 'clerk'", "by = 'clerk', does = 'claim'", "action.go.task", "which task"),
                ("by = 'clerk'", "by = 'clerk', task = 'q'", "action.go.task", "claims or delegates"),
                ("by = 'clerk'", "by = 'clerk', does = 'return'", "action.go.reasons", "without a reason"),
                ("by = 'clerk'", "by = 'clerk', does = 'extend'", "action.go.extends", "not said"),
                ("by = 'clerk'", "by = 'clerk', does = 'shelve'", "action.go.does", "takes a shelved case up"),
                ("by = 'clerk'", "by = 'clerk', does = 'take-up'", "action.go.does", "nothing shelves"),
                ("by = 'clerk'", "by = 'clerk', does = 'void'", "action.go.to", "stays where it is"),
                ("by = 'clerk'", "by = 'clerk', does = 'reopen'", "action.go.from", "has not ended"),
                ("by = 'clerk'", "by = 'clerk', does = 'reopen'", "action.go.within", "how often"),
                ("by = 'clerk'", "by = 'clerk', at_most = 2", "action.go.at_most", "does `reopen`"),
                ("by = 'clerk'", "by = 'clerk', bounces = { max = 3, to = 'z' }", "action.go.bounces", "`return`"),
                ("by = 'clerk'", "by = 'clerk', does = 'send'", "action.go.does", "done elsewhere"),
                ("by = 'clerk'", "by = 'clerk', does = 'receive'", "action.go.from", "not done elsewhere"),
                ("by = 'clerk'", "by = 'clerk', does = 'receive'", "action.go.fields", "neither a number"),
                ("id = 'b' }", "id = 'b', elsewhere = { system = 's' } }", "stage.b.elsewhere", "no act takes"),
                ("by = 'clerk'", "auto = true", "action.go.auto", "at once, always"),
                ("to = 'b', by = 'clerk'", "to = 'b', auto = true, by = 'clerk'", "action.go.by", "only a person"),
                (
                    "to = 'b', by = 'clerk'",
                    "auto = true, guard = '= bounces > 1', because = 'so'",
                    "action.go.auto",
                    "changes nothing",
                ),
                (
                    "by = 'clerk' }, { id = 'end', from = 'b', to = 'z', by = 'clerk' }",
                    "auto = true, guard = '= bounces > 1', because = 'so' },
                     { id = 'end', from = 'b', to = 'a', auto = true, guard = '= bounces > 1', because = 'so' }",
                    "action.go.auto",
                    "back to it",
                ),
                (
                    "by = 'clerk'",
                    "by = 'clerk', fields = [{ id = 'reason', value = 'text' }]",
                    "action.go.fields.reason",
                    "its own",
                ),
                (
                    "by = 'clerk'",
                    "by = 'clerk', fields = [{ id = 'x', value = 'code' }]",
                    "action.go.fields.x",
                    "codes have choices",
                ),
            ],
        );
    }

    #[test]
    fn regions_and_joins_are_refused_with_place_and_fault() {
        check(
            REGIONS,
            &[
                ("region = 'b'\nfinal = true", "region = 'b'", "stage.both", "region b is final"),
                ("to = 'b2'", "to = 'b1'", "stage.both.then", "can never complete"),
                ("to = 'b2'", "to = 'a2'", "action.b.to", "from the region b into the region a"),
                (
                    "within = 'both'\nregion = 'a'\nfinal",
                    "within = 'both'\nfinal",
                    "stage.a2.region",
                    "to none",
                ),
                ("then = 'z'", "then = 'a2'", "stage.both.then", "back into itself"),
                ("then = 'z'", "then = 'z'\nstart = 'a1'", "stage.both.start", "side by side"),
                ("then = 'z'", "then = 'z'\nfinal = true", "stage.both.final", "a parent is not final"),
            ],
        );
        let lone = REGIONS.replace("region = 'b'", "region = 'a'");
        let found = process(&lone).faults();
        assert!(
            found.iter().any(|f| f.place == "stage.both" && f.what.contains("one region only")),
            "{found:?}"
        );
    }

    #[test]
    fn clocks_are_refused_with_place_and_fault() {
        check(
            include_str!("samples/permit.toml"),
            &[
                ("budget  = 20", "budget  = 0", "clock.decide", "not between"),
                ("budget = 45", "budget = 2", "clock.decide", "lies before the clock's start"),
                (
                    "[\"supplement\", \"review\",",
                    "[\"granted\", \"review\",",
                    "clock.decide.runs",
                    "never stop",
                ),
                (
                    "task   = \"countersign\"\nbasis",
                    "task   = \"x\"\nbasis",
                    "clock.opinion.task",
                    "x is not",
                ),
                (
                    "task   = \"countersign\"\nbasis",
                    "runs = [\"intake\"]\ntask   = \"countersign\"\nbasis",
                    "clock.opinion.runs",
                    "either in stages or",
                ),
                (
                    "basis = \"licensing-law:45\" }, { code = \"appraisal\"",
                    "basis = \"\" }, { code = \"appraisal\"",
                    "clock.decide.pauses",
                    "nothing allows the pause for hearing",
                ),
                ("resumes = \"decide\"", "", "action.pause.pauses", "run again"),
                ("pauses = \"decide\"", "", "action.resume.resumes", "nothing pauses"),
                ("pauses = \"decide\"", "pauses = \"promise\"", "action.pause.pauses", "no reason for which"),
                ("does = \"take-up\"", "", "action.shelve.does", "takes a shelved case up"),
                (
                    "\"site-flooded\", basis = \"demo-setting\"",
                    "\"site-flooded\"",
                    "action.shelve.reasons",
                    "nothing allows clocks to stand",
                ),
            ],
        );
    }

    #[test]
    fn tasks_and_what_acts_do_are_refused_with_place_and_fault() {
        check(
            include_str!("samples/permit.toml"),
            &[
                ("does = \"task:countersign\"", "", "task.countersign", "nobody completes it"),
                (
                    "[\"planning\", \"police\", \"fire\"]\ndoes = \"task",
                    "[\"planning\"]\ndoes = \"task",
                    "task.countersign.roles",
                    "lets police, fire",
                ),
                ("lead   = \"planning\"", "lead   = \"chief\"", "task.countersign.lead", "none of the roles"),
                ("policy = \"all\"", "policy = \"at-least\"", "task.countersign.at_least", "not said"),
                (
                    "policy = \"all\"",
                    "policy = \"at-least\"\nat_least = 4",
                    "task.countersign.at_least",
                    "never be",
                ),
                ("policy = \"all\"", "at_least = 2", "task.countersign.at_least", "only the policy"),
                ("does = \"claim\"\ntask = \"draft\"", "", "task.draft.policy", "nobody can claim it"),
                (
                    "stage  = \"decision\"\npolicy",
                    "stage  = \"granted\"\npolicy",
                    "task.draft.stage",
                    "final stage",
                ),
                ("roles  = [\"drafter\"]", "", "task.draft.roles", "either to roles or"),
                ("max = 3", "max = 0", "action.send-back.bounces", "after the first return"),
                ("units = 10", "units = 0", "action.extend.extends", "grants something"),
                ("fields = [{ id = \"to\", value = \"ref\" }]", "", "action.hand-over.fields", "to whom"),
                (
                    "[\"refused\"]\nto       = \"decision\"",
                    "[\"ruling\"]\nto       = \"decision\"",
                    "action.reopen.from",
                    "has not ended",
                ),
            ],
        );
    }

    #[test]
    fn three_acts_take_three_ranks() {
        let ranks = |role: &Name| match role.as_str() {
            "head" => Some(3),
            "chief" => Some(2),
            "stranger" => None,
            _ => Some(1),
        };
        let found: Vec<_> = permit().rank_faults(&ranks).iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0].starts_with("action.extend.by: clerk has rank 1, and this takes rank 2"),
            "{found:?}"
        );
        assert!(
            found[1].starts_with("action.shelve.by: chief has rank 2, and this takes rank 3"),
            "{found:?}"
        );
        assert!(permit().rank_faults(&|role| (*role == name("head")).then_some(3)).is_empty());
    }
}
