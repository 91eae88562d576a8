//! The acts of a process, and the fields that come with them.

use super::kind::Writer;
use super::law::UNITS;
use super::process::{Naming, given};
use super::text;
use crate::tree::{
    Assigned, AttributeId, Both, Distinct, Fields, Formula, Id, Line, ListOf, MapOf, Named, Node, OneOf,
    OneOrMany, Read, Reading, Refer, Refers, Section, Shape, Whole, YesNo, nearest,
};
use lang::Kind;
use process::{
    Action, Bounces, Code, Does, Extends, Field, FieldKind, LinkKind, Need, Opens, Reason, Since, Within,
};

const FIELDS: &[(&str, FieldKind)] = &[
    ("text", FieldKind::Text),
    ("number", FieldKind::Number),
    ("date", FieldKind::Date),
    ("code", FieldKind::Code),
    ("ref", FieldKind::Ref),
    ("bool", FieldKind::Bool),
];

const NEEDS: &[(&str, Need)] = &[
    ("opinion", Need::Opinion),
    ("measurement", Need::Measurement),
    ("photo", Need::Photo),
    ("document", Need::Document),
];

const SINCE: &[(&str, Since)] = &[("stage", Since::Stage), ("case", Since::Case)];

const LINKS: &[(&str, LinkKind)] =
    &[("part", LinkKind::Part), ("appeal", LinkKind::Appeal), ("linked", LinkKind::Linked)];

/// Reads one act.
pub(super) fn action(s: &mut Section<'_>, naming: &Naming<'_>) -> Action {
    let fields = s.list("fields", "What is filled in.", Distinct("id", Fields(field)));
    let auto = s.or("auto", "Done by the platform as soon as its guard holds; default false.", YesNo, false);
    let names = naming.vocabulary(&fields, !auto);
    let guard = Formula { names: &names, kind: &Kind::Bool, example: "actor != remembered.verifiedBy" };
    let own = |name: &str| naming.attributes.settable(name, &[Writer::Process, Writer::Anyone]);
    let set = s.may("set", "Attributes of the case that it sets.", Assigned { names: &names, kind: &own });
    let opens = Fields(|s: &mut Section<'_>| opens(s, naming, &names));
    let opens = s.list("opens", "Cases of other processes that it opens.", ListOf(opens));
    let guard = s.may("guard", "What must hold.", guard).flatten();
    let flags = s.list("flags", "Flags that it sets (true) or takes away (false).", MapOf(YesNo));
    let by = s.may("by", "The role or roles that may do it.", OneOrMany(Refers(Refer::Role)));
    let other = "Must be another person than those remembered under these names.";
    Action {
        id: s.need("id", "Its name.", Id),
        title: s.need("title", "What people call it.", Both),
        from: s.need("from", "Stages in which it is possible.", ListOf(Named("supervision"))),
        to: s.may("to", "The stage that it leads to; without one the case stays.", Named("verification")),
        basis: s.may("basis", "The law or local rule on which it rests.", Refers(Refer::Basis)).map(text),
        because: s.may("because", "Why it is refused when the guard does not hold.", Both),
        needs: s.list("needs", "What must come with it.", ListOf(OneOf(NEEDS))),
        reasons: s.list("reasons", "Reasons, one of which must be given.", Distinct("code", Fields(reason))),
        remember: s.may("remember", "Under which name to remember who did it.", AttributeId),
        other_than: s.list("other_than", other, OneOrMany(AttributeId)),
        pauses: s.list(
            "pauses",
            "The clock or clocks that it pauses, as far as they run, for one of the reasons that all of them have.",
            OneOrMany(Named("supervise")),
        ),
        resumes: s.list(
            "resumes",
            "The clock or clocks that it lets run again, as far as they stand.",
            OneOrMany(Named("supervise")),
        ),
        does: s.may("does", "What it does beyond moving and setting.", DoesText),
        task: s.may("task", "The task that it claims or delegates.", Named("countersign")),
        bounces: s.may(
            "bounces",
            "On a return: when the case goes to an owner of last resort.",
            Fields(bounces),
        ),
        extends: s.may("extends", "On an extension: which clock, how much, how often.", Fields(extends)),
        within: s.may("within", "How long it is possible, in lawful time.", Fields(within)),
        at_most: count(s.may("at_most", "On a reopening: how often.", Whole(1, 100))),
        waits: s.list("waits", "Tasks that must be done first.", ListOf(Named("countersign"))),
        when_parts_closed: s.or(
            "when_parts_closed",
            "Only when all parts are closed; default false.",
            YesNo,
            false,
        ),
        beside: s.or(
            "beside",
            "Possible, but waited for by nobody: it alone brings no case into an inbox; default false.",
            YesNo,
            false,
        ),
        by: by.unwrap_or_default(),
        fields,
        guard,
        set: given(set.unwrap_or_default()),
        flags: flags.into_iter().collect(),
        opens,
        auto,
    }
}

fn count(whole: Option<i64>) -> Option<u32> {
    whole.and_then(|whole| u32::try_from(whole).ok())
}

/// Reads one field of a form.
pub(super) fn field(s: &mut Section<'_>) -> Field {
    let field = Field {
        id: s.need("id", "Its name, in camelCase.", AttributeId),
        title: s.need("title", "What people call it.", Both),
        value: s.or("value", "What it takes; default \"text\".", OneOf(FIELDS), FieldKind::Text),
        unit: s.may("unit", "On a number: the unit in which it is given.", Line),
        codes: s.list("codes", "On a code: the choices.", Distinct("code", Fields(code))),
        required: s.or("required", "Whether it must be filled in; default true.", YesNo, true),
        personal: s.or("personal", "Whether its value is personal, and sealed; default false.", YesNo, false),
        role: s
            .may(
                "role",
                "On a reference: it names somebody who holds this role, or one of these.",
                OneOrMany(Refers(Refer::Role)),
            )
            .unwrap_or_default(),
        document: s.may(
            "document",
            "The document that the act issues, whose number this is: then nobody fills it in.",
            Refers(Refer::Document),
        ),
    };
    if s.is_sound() && field.document.is_some() && (field.value != FieldKind::Text || field.personal) {
        s.complain("document", "a number is a text, and not personal", "take `value` and `personal` out");
    }
    if s.is_sound() && !field.role.is_empty() && field.value != FieldKind::Ref {
        s.complain("role", "`role` belongs to a reference", "write value = \"ref\", or take it out");
    }
    if field.unit.is_some() && field.kind().is_none() {
        let what =
            format!("`{}` is no unit that this build knows", field.unit.as_deref().unwrap_or_default());
        s.complain("unit", what, "write its symbol, as unit = \"mg/m³\"");
    }
    field
}

fn code(s: &mut Section<'_>) -> Code {
    Code { code: s.need("code", "Its code.", Id), title: s.need("title", "What people call it.", Both) }
}

fn reason(s: &mut Section<'_>) -> Reason {
    Reason {
        code: s.need("code", "Its code, by which it is counted.", Id),
        title: s.need("title", "What people call it.", Both),
        basis: s
            .may("basis", "The law that allows it; where clocks stand still for it.", Refers(Refer::Basis))
            .map(text),
    }
}

fn bounces(s: &mut Section<'_>) -> Bounces {
    let max = s.need("max", "From which return on.", Whole(1, 100));
    Bounces {
        max: count(Some(max)).unwrap_or(1),
        to: s.need("to", "The stage it goes to, or the role it is raised to.", Named("ruling")),
    }
}

fn extends(s: &mut Section<'_>) -> Extends {
    let units = s.need("units", "How many of its units each time.", Whole(1, i64::from(process::BUDGET_MAX)));
    let times = s.or("times", "How many times at most; default 1.", Whole(1, 100), 1);
    Extends {
        clock: s.need("clock", "The clock.", Named("decide")),
        units: count(Some(units)).unwrap_or(1),
        times: count(Some(times)).unwrap_or(1),
    }
}

fn within(s: &mut Section<'_>) -> Within {
    let budget = s.need("budget", "How much.", Whole(1, i64::from(process::BUDGET_MAX)));
    let since = "From when: the entry of the stage (on a reopening the end of the case), or the case's beginning; \
                 default \"stage\".";
    Within {
        unit: s.need("unit", "What is counted.", OneOf(UNITS)),
        budget: count(Some(budget)).unwrap_or(1),
        since: s.or("since", since, OneOf(SINCE), Since::Stage),
    }
}

fn opens(s: &mut Section<'_>, naming: &Naming<'_>, names: &dyn lang::Names) -> Opens {
    let process = s.need("process", "The process.", Refers(Refer::Process));
    let other = naming.scope.case(&process);
    let kind = |name: &str| other.settable(name, &[Writer::Process, Writer::Anyone]);
    let with = s.may("with", "Attributes that the new case gets.", Assigned { names, kind: &kind });
    let key = "What identifies it while it is open: \"case\", names of `with`, or attributes of this case.";
    let opens = Opens {
        process,
        key: s.need("key", key, ListOf(Named("case"))),
        r#as: s.or("as", "How the two belong together; default \"linked\".", OneOf(LINKS), LinkKind::Linked),
        with: given(with.unwrap_or_default()),
    };
    if opens.r#as == LinkKind::Part && !opens.key.iter().any(|key| *key == "case") {
        let what = "two cases could have one part, and only one of them would wait for it";
        s.complain("key", what.to_owned(), "a part's key begins with \"case\"");
    }
    for key in &opens.key {
        let own = naming.attributes.of.is_none_or(|kind| kind.attribute(key).is_some());
        if *key != "case" && !opens.with.contains_key(key) && !own {
            let remedy = "write \"case\", a name of `with`, or an attribute of this case";
            s.complain("key", format!("`{key}` identifies nothing"), remedy);
        }
    }
    opens
}

/// What an act does.
struct DoesText;

impl Read for DoesText {
    type Out = Does;
    fn shape(&self) -> Shape {
        Shape::Name {
            example: "return",
            pattern: "^(claim|delegate|return|extend|shelve|take-up|reopen|correct|void|recuse|send|receive|task:.+)$",
        }
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Does> {
        let text = Line.read(node, key, reading)?;
        let does = Does::parse(&text);
        if does.is_none() {
            let remedy = match nearest(&text, Does::WORDS) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => format!("write one of {}", Does::WORDS.join(", ")),
            };
            reading.complain(&node.span, format!("`{text}` is nothing that an act does"), remedy);
        }
        does
    }
    fn unread(&self) -> Does {
        Does::Void
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_engine() {
        assert!(FIELDS.iter().all(|(word, kind)| kind.as_str() == *word));
        assert!(NEEDS.iter().all(|(word, need)| need.as_str() == *word));
        assert!(SINCE.iter().all(|(word, since)| since.as_str() == *word));
        assert!(LINKS.iter().all(|(word, link)| link.as_str() == *word));
        assert!(UNITS.iter().all(|(word, unit)| unit.as_str() == *word));
    }
}
