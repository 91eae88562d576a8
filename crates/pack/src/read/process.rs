//! The file of a process: stages, flags, tasks and clocks. Its acts are `action`.

use super::action::{self, field};
use super::kind::Writer;
use super::law::UNITS;
use super::scope::Scope;
use super::text;
use crate::names::TypeNames;
use crate::tree::{
    Assigned, Both, Distinct, Fields, Formula, Given, Id, Line, ListOf, Named, OneOf, OneOrMany, Refer,
    Refers, Section, Whole, YesNo,
};
use lang::{Kind, Names};
use model::Name;
use process::{
    BUDGET_MAX, Begin, ClockKind, ClockRule, ConditionalBudget, Definition, Elsewhere, Field, Flag,
    PauseReason, Policy, Rung, Stage, StageClock, Task, Vocabulary,
};
use std::collections::{BTreeMap, BTreeSet};

/// What expressions of this process can name.
pub(crate) struct Naming<'a> {
    pub scope: Scope<'a>,
    pub attributes: TypeNames<'a>,
    pub flags: BTreeSet<Name>,
    pub remembered: BTreeSet<Name>,
    pub clocks: BTreeSet<Name>,
}

impl Naming<'_> {
    /// The names for one place: with the fields of its act, and an actor or none.
    pub fn vocabulary<'v>(&'v self, fields: &'v [Field], acted: bool) -> Vocabulary<'v> {
        Vocabulary {
            attributes: &self.attributes,
            flags: self.flags.clone(),
            remembered: self.remembered.clone(),
            clocks: self.clocks.clone(),
            fields,
            acted,
        }
    }

    /// The names on which a budget may depend: not clocks, which depend on their budgets.
    fn without_clocks(&self) -> Vocabulary<'_> {
        Vocabulary { clocks: BTreeSet::new(), ..self.vocabulary(&[], false) }
    }
}

const CLOCK_KINDS: &[(&str, ClockKind)] =
    &[("statutory", ClockKind::Statutory), ("promised", ClockKind::Promised)];

const POLICIES: &[(&str, Policy)] = &[
    ("one", Policy::One),
    ("claim", Policy::Claim),
    ("all", Policy::All),
    ("at-least", Policy::AtLeast),
    ("in-sequence", Policy::InSequence),
];

/// Reads it.
pub(crate) fn process(s: &mut Section<'_>, scope: Scope<'_>) -> Definition {
    s.format();
    let case = s.need("case", "The type of its cases.", Refers(Refer::Type));
    let flag =
        s.list("flag", "What is yes or no of a case, whatever its stage.", Distinct("id", Fields(flag)));
    let names = |path: &[&str]| s.texts(path).into_iter().filter_map(|name| Name::new(name).ok()).collect();
    let (remembered, clocks) = (names(&["action", "remember"]), names(&["clock", "id"]));
    let naming = Naming {
        scope,
        attributes: scope.names(case.as_str()),
        flags: flag.iter().map(|flag: &Flag| flag.id.clone()).collect(),
        remembered,
        clocks,
    };
    let naming = &naming;
    shadowed(s, naming);
    Definition {
        id: s.need("id", "Its name, and that of its file.", Id),
        title: s.need("title", "What people call it.", Both),
        start: s.need("start", "The stage in which a case begins.", Named("supervision")),
        basis: s.may("basis", "The law or local rule that asks for it.", Refers(Refer::Basis)).map(text),
        begin: s.may(
            "begin",
            "How people begin it; without it only rules and other cases do.",
            Fields(|s: &mut Section<'_>| begin(s, naming)),
        ),
        stage: s.need(
            "stage",
            "Its stages, in the order in which people show them.",
            Distinct("id", Fields(|s: &mut Section<'_>| stage(s, naming))),
        ),
        task: s.list(
            "task",
            "What holders of roles have to do in a stage, each for themselves.",
            Distinct("id", Fields(|s: &mut Section<'_>| task(s, naming))),
        ),
        clock: s.list(
            "clock",
            "How much time there is.",
            Distinct("id", Fields(|s: &mut Section<'_>| clock(s, naming))),
        ),
        action: s.need(
            "action",
            "What people can do.",
            Distinct("id", Fields(|s: &mut Section<'_>| action::action(s, naming))),
        ),
        case,
        flag,
    }
}

/// An attribute named like something that the engine gives to every expression could not be named in any. `stage` is
/// the case's own stage in either sense.
fn shadowed(s: &Section<'_>, naming: &Naming<'_>) {
    let names = naming.vocabulary(&[], true);
    for attribute in naming.attributes.of.iter().flat_map(|kind| &kind.attribute) {
        let id = attribute.id.as_str();
        if id != "stage" && !names.stored(&[id]) {
            let what = format!("its attribute `{id}` has a name that expressions use for something else");
            s.complain("case", what, "give the attribute another name in the type");
        }
    }
}

pub(super) fn given(given: BTreeMap<Name, Given>) -> BTreeMap<Name, process::Given> {
    let plain = |given| match given {
        Given::Literal(value) => process::Given::Value(value),
        Given::Computed(expression) => process::Given::Expression(expression),
    };
    given.into_iter().map(|(name, value)| (name, plain(value))).collect()
}

fn flag(s: &mut Section<'_>) -> Flag {
    Flag { id: s.need("id", "Its name.", Id), title: s.need("title", "What people call it.", Both) }
}

fn begin(s: &mut Section<'_>, naming: &Naming<'_>) -> Begin {
    let begin = Begin {
        by: s.need("by", "The roles that may.", OneOrMany(Refers(Refer::Role))),
        about: s.may("about", "The type of what the case is about.", Refers(Refer::Type)),
        fields: s.list(
            "fields",
            "What they fill in; each becomes the case's attribute of that name.",
            Distinct("id", Fields(field)),
        ),
    };
    for field in &begin.fields {
        let writers = [Writer::Process, Writer::Person, Writer::Anyone];
        let place = format!("fields.{}.id", field.id);
        match (naming.attributes.settable(field.id.as_str(), &writers), field.kind()) {
            (Err((what, remedy)), _) => s.complain(&place, what, remedy),
            (Ok(kept), Some(given)) if kept != Kind::Any && given != kept => {
                let what = format!("the field {} takes {given}, and the case keeps {kept}", field.id);
                s.complain(&place, what, "give both the same value and unit");
            }
            _ => {}
        }
    }
    begin
}

fn stage(s: &mut Section<'_>, naming: &Naming<'_>) -> Stage {
    let within = "The parent: a stage within which others stand.";
    let region = "The part of the parent to which it belongs; parts run side by side.";
    let then = "On a parent: where the case goes when every part stands in a final child.";
    let start = "On a parent without parts: the child in which it begins; default the first.";
    Stage {
        id: s.need("id", "Its name.", Id),
        title: s.need("title", "What people call it.", Both),
        r#final: s.or("final", "Whether nothing is left to do here; default false.", YesNo, false),
        within: s.may("within", within, Named("review")),
        region: s.may("region", region, Id),
        then: s.may("then", then, Named("decision")),
        history: s.or(
            "history",
            "On a parent: re-entered, it goes on where it was; default false.",
            YesNo,
            false,
        ),
        start: s.may("start", start, Named("first-look")),
        elsewhere: s.may(
            "elsewhere",
            "The outside system in which this stage is done.",
            Fields(|s: &mut Section<'_>| elsewhere(s, naming)),
        ),
    }
}

fn elsewhere(s: &mut Section<'_>, naming: &Naming<'_>) -> Elsewhere {
    let names = naming.vocabulary(&[], false);
    let any = |_: &str| Ok(Kind::Any);
    let send = s.may("send", "What is sent on entry.", Assigned { names: &names, kind: &any });
    Elsewhere { system: s.need("system", "The system.", Id), send: given(send.unwrap_or_default()) }
}

fn task(s: &mut Section<'_>, naming: &Naming<'_>) -> Task {
    let names = naming.vocabulary(&[], false);
    let list = Kind::List(Box::new(Kind::Ref));
    let parties = Formula { names: &names, kind: &list, example: "coHandlers" };
    let at_least = s.may("at_least", "With the policy \"at-least\": how many.", Whole(1, 100));
    Task {
        id: s.need("id", "Its name.", Id),
        title: s.need("title", "What people call it.", Both),
        stage: s.need("stage", "The stage in which it is to be done.", Named("consultation")),
        policy: s.or("policy", "How many must do it; default \"one\".", OneOf(POLICIES), Policy::One),
        at_least: at_least.and_then(|n| u32::try_from(n).ok()),
        roles: s.list("roles", "The roles to which it is assigned.", ListOf(Refers(Refer::Role))),
        parties: s
            .may("parties", "The parties to which it is assigned, instead of roles.", parties)
            .flatten(),
        lead: s.may("lead", "The role that leads; the others are co-handlers.", Refers(Refer::Role)),
    }
}

fn units(whole: i64) -> u32 {
    u32::try_from(whole).unwrap_or(BUDGET_MAX)
}

fn clock(s: &mut Section<'_>, naming: &Naming<'_>) -> StageClock {
    let count = Whole(1, i64::from(BUDGET_MAX));
    let budget = s.need("budget", "How much, in units.", count);
    let rule = ClockRule {
        id: s.need("id", "Its name.", Id),
        title: s.need("title", "What people call it.", Both),
        unit: s.need("unit", "What it counts.", OneOf(UNITS)),
        budget: units(budget),
        basis: text(s.need("basis", "The law or local rule that sets it.", Refers(Refer::Basis))),
        ladder: s
            .list("ladder", "Warnings, and what follows when time is over, each once.", ListOf(Fields(rung)))
            .into_iter()
            .flatten()
            .collect(),
        pauses: s.list("pauses", "Reasons for which it may stand still.", Distinct("code", Fields(pause))),
    };
    let kinds = OneOf(CLOCK_KINDS);
    let about = "What the law allows, or what the city promises; default \"statutory\".";
    let budgets = Fields(|s: &mut Section<'_>| conditional(s, naming));
    StageClock {
        runs: s.list("runs", "Stages in which it runs.", ListOf(Named("supervision"))),
        task: s.may(
            "task",
            "The task for each of whose holders one runs, instead of stages.",
            Named("countersign"),
        ),
        kind: s.or("kind", about, kinds, ClockKind::Statutory),
        budgets: s
            .list("budgets", "Other budgets; the first whose condition holds counts.", ListOf(budgets))
            .into_iter()
            .flatten()
            .collect(),
        owner: s.may("owner", "To whom it is raised when the ladder is exhausted.", Refers(Refer::Role)),
        rule,
    }
}

fn conditional(s: &mut Section<'_>, naming: &Naming<'_>) -> Option<ConditionalBudget> {
    let names = naming.without_clocks();
    let when = Formula { names: &names, kind: &Kind::Bool, example: "flags.urgent" };
    let when = s.need("when", "When it holds.", when);
    let budget = s.need("budget", "How much, in the clock's units.", Whole(1, i64::from(BUDGET_MAX)));
    let basis = "The law or local rule that sets it, where that is another than the clock's.";
    let basis = s.may("basis", basis, Refers(Refer::Basis)).map(text);
    Some(ConditionalBudget { when: when?, budget: units(budget), basis })
}

fn rung(s: &mut Section<'_>) -> Option<Rung> {
    let id = s.may("id", "Its name; default after its time, as \"left-1h\".", Id);
    let left = s.may("left", "Time left when it is due, as \"1h\".", Line);
    let over = s.may("over", "Time over when it is due, as \"0h\".", Line);
    let notify = s.may("notify", "The role that is told.", Refers(Refer::Role));
    let raise = s.may("raise", "The role to which the matter is handed.", Refers(Refer::Role));
    let rung = Rung::read(id, (left.as_deref(), over.as_deref()), (notify, raise));
    let example = "write { left = \"1h\", notify = \"…\" } or { over = \"0h\", raise = \"…\" }";
    let fault = |error: process::LadderError| {
        s.complain("", error.to_string(), example);
        s.hole();
    };
    rung.map_err(fault).ok()
}

fn pause(s: &mut Section<'_>) -> PauseReason {
    PauseReason {
        code: s.need("code", "Its code, in the ledger and in statistics.", Id),
        title: s.need("title", "What people read.", Both),
        basis: text(s.need("basis", "The clause that lets the clock stand still.", Refers(Refer::Basis))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_engine() {
        assert!(POLICIES.iter().all(|(word, policy)| policy.as_str() == *word));
        assert!(CLOCK_KINDS.iter().all(|(word, kind)| ClockKind::parse(word) == Some(*kind)));
    }
}
