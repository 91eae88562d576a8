//! The file of a rule: what it watches, its levels, and what follows.

use super::kind::Writer;
use super::scope::Scope;
use crate::names::TypeNames;
use crate::tree::{
    Assigned, AttributeId, Both, Distinct, Fields, Formula, Given, Id, Line, ListOf, Named, Node, OneOf,
    Read, Reading, Refer, Refers, Section, Shape, Whole, nearest,
};
use lang::{Kind, Names};
use model::{Flag, Name, Period, Value};
use rule::{Effect, Length, Level, On, Rule, Vocabulary};
use std::collections::BTreeMap;

const PERIODS: &[(&str, Period)] =
    &[("hour", Period::Hour), ("moment", Period::Moment), ("minute", Period::Minute), ("day", Period::Day)];

/// Reads it.
pub(crate) fn rule(s: &mut Section<'_>, scope: Scope<'_>) -> Rule {
    s.format();
    let on = s.need("on", "What it watches.", Fields(on));
    let own = scope.names(on.kind.as_str());
    // Of what no feed brings nothing more can be said.
    let own = if is_fed(s, &own, &on) { own } else { scope.names("") };
    let names = &Vocabulary { names: &own, attribute: &on.attribute };
    let clear = Formula { names, kind: &Kind::Bool, example: "so2 <= 0.9 * limit(so2Limit)" };
    let valid = s.list("valid", "Flags of a value that counts; default [\"N\"].", ListOf(FlagText));
    let level = Fields(|s: &mut Section<'_>| level(s, scope, &own, names));
    Rule {
        id: s.need("id", "Its name, and that of its file.", Id),
        title: s.need("title", "What people call it.", Both),
        basis: super::text(s.need("basis", "The law or standard it rests on.", Refers(Refer::Basis))),
        valid: if valid.is_empty() { vec![Flag::NORMAL] } else { valid },
        lateness: s.or(
            "lateness",
            "How long after its end a window may still be filled; default \"0h\".",
            LengthText,
            Length::ZERO,
        ),
        clear: s.may("clear", "What must hold for an episode to end.", clear).flatten(),
        clear_after: s.may("clear_after", "How long it must hold; default one period.", LengthText),
        cleared: cleared(s, &own, names),
        level: s.need("level", "Levels, from the lowest to the highest.", Distinct("id", level)),
        on,
        derived: rule::Derived::default(),
    }
}

/// What is set back: values as they stand.
fn cleared(s: &mut Section<'_>, own: &TypeNames<'_>, names: &dyn Names) -> BTreeMap<Name, Value> {
    let of_own = |name: &str| own.settable(name, &[Writer::Rule, Writer::Anyone]);
    let what = "What attributes become when an episode has ended, if they still hold what a level has set.";
    let set = s.may("cleared", what, Assigned { names, kind: &of_own }).unwrap_or_default();
    let plain = |(name, given): (Name, Given)| match given {
        Given::Literal(value) => Some((name, value)),
        Given::Computed(_) => {
            let place = format!("cleared.{name}");
            s.complain(&place, "a value that is set back is not computed", "write it as it stands");
            None
        }
    };
    set.into_iter().filter_map(plain).collect()
}

/// A rule whose values no feed brings would never fire, and nobody would notice.
fn is_fed(s: &Section<'_>, own: &TypeNames<'_>, on: &On) -> bool {
    let Some(kind) = own.of else { return true };
    let wrong = |key: &str, what: String, remedy: String| {
        s.complain(&format!("on.{key}"), what, remedy);
        s.hole();
        false
    };
    let Some(attribute) = kind.attribute(&on.attribute) else {
        let fed = kind.attribute.iter().filter(|attribute| attribute.feed.is_some());
        let fed: Vec<&str> = fed.map(|attribute| attribute.id.as_str()).collect();
        let remedy = match nearest(on.attribute.as_str(), fed.iter().copied()) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("attributes with a feed are {}", fed.join(", ")),
        };
        return wrong("attribute", format!("{} has no attribute `{}`", kind.id, on.attribute), remedy);
    };
    let id = &attribute.id;
    let Some(feed) = &attribute.feed else {
        let remedy = "watch an attribute that has a feed, or give this one a feed".to_owned();
        return wrong("attribute", format!("no feed fills {id}, so the rule would never fire"), remedy);
    };
    if feed.key.statistic != on.statistic {
        let what = format!("the feed of {id} brings {}, not {}", feed.key.statistic, on.statistic);
        return wrong("statistic", what, format!("write statistic = \"{}\"", feed.key.statistic));
    }
    if feed.period != on.period {
        let period = PERIODS.iter().find(|(_, period)| *period == feed.period).map_or("", |(word, _)| word);
        let what = format!("the feed of {id} brings values of another period");
        return wrong("period", what, format!("write period = \"{period}\", or watch another attribute"));
    }
    true
}

fn on(s: &mut Section<'_>) -> On {
    On {
        kind: s.need("type", "The type of the entities.", Refers(Refer::Type)),
        attribute: s.need("attribute", "The attribute.", AttributeId),
        statistic: s.need("statistic", "The statistic, in the words of the feed.", Named("ZsAvg")),
        period: s.need("period", "Over which period the values are formed.", OneOf(PERIODS)),
    }
}

fn level(s: &mut Section<'_>, scope: Scope<'_>, own: &TypeNames<'_>, names: &dyn Names) -> Level {
    let when = Formula { names, kind: &Kind::Bool, example: "so2 > limit(so2Limit)" };
    let effect = Fields(|s: &mut Section<'_>| effect(s, scope, own, names));
    let times = s.may("times", "In how many windows of `within` it must hold.", Whole(1, 10_000));
    Level {
        id: s.need("id", "Its name.", Id),
        title: s.need("title", "What people call it.", Both),
        when: s.may("when", "What must hold in a window.", when).flatten(),
        lasts: s.may("lasts", "How long it must hold without a gap.", LengthText),
        times: times.and_then(|times| u32::try_from(times).ok()),
        within: s.may("within", "The span that `times` counts in.", LengthText),
        silent: s.may("silent", "How long nothing must have arrived, instead of `when`.", LengthText),
        does: s.list("do", "What follows, in this order.", ListOf(effect)).into_iter().flatten().collect(),
    }
}

const VERBS: [&str; 5] = ["open", "tell", "notify", "set", "alert"];

fn effect(s: &mut Section<'_>, scope: Scope<'_>, own: &TypeNames<'_>, names: &dyn Names) -> Option<Effect> {
    let open =
        s.may("open", "Opens a case of this process, or tells the one that is open.", Refers(Refer::Process));
    let tell = s.may("tell", "Tells the open case of this process.", Refers(Refer::Process));
    let case = open.as_ref().or(tell.as_ref()).map_or_else(|| scope.names(""), |process| scope.case(process));
    let of_case = |name: &str| case.settable(name, &[Writer::Process, Writer::Rule, Writer::Anyone]);
    let of_own = |name: &str| own.settable(name, &[Writer::Rule, Writer::Anyone]);
    let with = s.may("with", "What the case is given or told.", Assigned { names, kind: &of_case });
    let set = s.may("set", "Attributes of the entity to set.", Assigned { names, kind: &of_own });
    let key = "What identifies the case: \"entity\", \"rule\", \"level\", or names of `with`.";
    let key: Vec<Name> = s.list("key", key, ListOf(Named("entity")));
    let notify =
        s.may("notify", "The role that gets a message, where the entity stands.", Refers(Refer::Role));
    let alert = s.may("alert", "Raises an alert with this code.", Id);
    let said: Vec<&str> = VERBS.into_iter().filter(|verb| s.has(verb)).collect();
    if said.len() != 1 {
        let what = match said.is_empty() {
            true => "this effect does nothing".to_owned(),
            false => format!("this effect does several things: {}", said.join(", ")),
        };
        s.complain(
            "",
            what,
            format!("write exactly one of {}; each [[level.do]] is one effect", VERBS.join(", ")),
        );
        s.hole();
        return None;
    }
    for key in ["key", "with"].into_iter().filter(|key| s.has(key) && !s.has("open") && !s.has("tell")) {
        s.complain(key, format!("`{key}` belongs to open and tell"), "take it out");
    }
    let with = given(with.unwrap_or_default());
    Some(match (open, tell, notify, set, alert) {
        (Some(process), ..) => Effect::Open { process, key, with },
        (_, Some(process), ..) => Effect::Tell { process, key, with },
        (_, _, Some(role), ..) => Effect::Notify { role },
        (_, _, _, Some(set), _) => Effect::Set { set: given(set) },
        (.., Some(code)) => Effect::Alert { code },
        _ => return None,
    })
}

fn given(given: BTreeMap<Name, Given>) -> BTreeMap<Name, rule::Given> {
    let plain = |given| match given {
        Given::Literal(value) => rule::Given::Value(value),
        Given::Computed(expression) => rule::Given::Expression(expression),
    };
    given.into_iter().map(|(name, value)| (name, plain(value))).collect()
}

/// A length of time, as `2h`.
#[derive(Clone, Copy)]
struct LengthText;

impl Read for LengthText {
    type Out = Length;
    fn shape(&self) -> Shape {
        Shape::Amount { example: "2h" }
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Length> {
        let text = Line.read(node, key, reading)?;
        let fault = |what: String| reading.complain(&node.span, what, format!("write {key} = \"2h\""));
        Length::parse(&text).map_err(|error| fault(error.to_string())).ok()
    }
    fn unread(&self) -> Length {
        Length::HOUR
    }
}

/// A flag of a value: one letter.
#[derive(Clone, Copy)]
struct FlagText;

impl Read for FlagText {
    type Out = Flag;
    fn shape(&self) -> Shape {
        Shape::Name { example: "N", pattern: "^[A-Z]$" }
    }
    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Flag> {
        let text = Line.read(node, key, reading)?;
        match text.as_bytes() {
            [letter] if letter.is_ascii_uppercase() => Some(Flag(*letter)),
            _ => {
                reading.complain(&node.span, format!("`{text}` is no flag"), "write one letter, as \"N\"");
                None
            }
        }
    }
    fn unread(&self) -> Flag {
        Flag::NORMAL
    }
}
