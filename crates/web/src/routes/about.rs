//! What a case is about, and what was filled in, in words: titles of attributes and fields, choices by their titles,
//! people and cases by theirs.

use super::desk::Desk;
use super::people;
use super::show::{self, attribute};
use crate::paths;
use crate::views::{About, Link};
use kernel::CaseView;
use model::{Name, Urn, Value};
use pack::{AttributeDefinition, Openness, ValueKind};
use process::{Definition, Field, FieldKind};

/// Characters of what was filled in that a heading and a list show.
const LINE_CHARS_MAX: usize = 40;
/// Attributes that every case has, and that pages show elsewhere.
const OF_EVERY_CASE: [&str; 10] =
    ["stage", "dueAt", "about", "division", "key", "parent", "parentAs", "rule", "evidence", "title"];

/// What a case is about; nothing where it is about itself.
pub(super) fn about(desk: &Desk, case: &CaseView) -> Option<About> {
    let about = &case.scope.about;
    if *about == case.entity.urn {
        return None;
    }
    let kind = Name::new(about.kind()).ok()?;
    if let Some(list) = of_list(desk, about) {
        return Some(list);
    }
    let title = kind_title(desk, &kind);
    let what = if desk.loaded().fed.contains(&kind) {
        Link { href: paths::source(about.as_str()), text: desk.text(&case.about).to_owned() }
    } else if let Some(link) = other_case(desk, about) {
        link
    } else if desk.loaded().definitions.processes.values().any(|(_, process)| process.case == kind) {
        Link { href: String::new(), text: title.clone() }
    } else if desk.loaded().definitions.types.contains_key(&kind) {
        Link { href: paths::entity(about.as_str()), text: desk.text(&case.about).to_owned() }
    } else {
        Link { href: String::new(), text: desk.text(&case.about).to_owned() }
    };
    Some(About { kind: title, what })
}

/// What is about a run of a connector is about its list.
fn of_list(desk: &Desk, about: &Urn) -> Option<About> {
    let run = desk.kernel().entity(about).ok()??;
    let connector = desk.loaded().definitions.connectors.get(run.value("connector").as_text()?)?;
    let what =
        Link { href: paths::connector(connector.id.as_str()), text: desk.text(&connector.title).to_owned() };
    Some(About { kind: desk.words().import.list.clone(), what })
}

/// What a type of things is called.
pub(super) fn kind_title(desk: &Desk, kind: &Name) -> String {
    let declared = desk.loaded().definitions.types.get(kind);
    declared.map_or(kind.as_str(), |declared| desk.text(&declared.title)).to_owned()
}

/// Another case by its process and number, for those who may see it.
pub(super) fn other_case(desk: &Desk, urn: &Urn) -> Option<Link> {
    let case = desk.kernel().case(urn, desk.actor.as_ref()?).ok()?;
    Some(Link { href: paths::case(urn.as_str()), text: named(desk, &case) })
}

/// A case by its process and number.
pub(super) fn named(desk: &Desk, case: &CaseView) -> String {
    format!("{} {}", desk.text(&case.definition.title), show::case_number(desk, case))
}

/// What a case is about in a line: factor and rule; without a rule, the process and the first words filled in.
pub(super) fn matter(desk: &Desk, case: &CaseView) -> String {
    let rules = &desk.loaded().definitions.rules;
    let rule = rules.iter().find(|rule| rule.id == *case.entity.text("rule"));
    let title = desk.text(&case.definition.title);
    let said = |factor: &str, rule: &str| {
        crate::texts::fill(&desk.words().show.matter, &[("factor", factor), ("rule", rule)])
    };
    if let Some(rule) = rule {
        let measured = show::attribute_title(desk, &rule.on.kind, rule.on.attribute.as_str());
        let (factor, rule) = (show::factor_and_statistic(&measured).0, desk.text(&rule.title));
        // Most rules are called by what they measure.
        return if rule.starts_with(factor) { rule.to_owned() } else { said(factor, rule) };
    }
    match first_words(desk, case) {
        Some(words) => said(title, &words),
        None => title.to_owned(),
    }
}

/// The first thing that was said of a case in words, as far as lists may show it.
fn first_words(desk: &Desk, case: &CaseView) -> Option<String> {
    let begun = case.definition.begin.as_ref().map(|begin| begin.fields.as_slice()).unwrap_or_default();
    let asked = begun.iter().filter(|field| field.value == FieldKind::Text && !field.personal);
    let kind = desk.loaded().definitions.types.get(&case.entity.kind);
    let declared = kind.into_iter().flat_map(|kind| &kind.attribute);
    let shown = |id: &Name| {
        attribute(desk, &case.entity.kind, id.as_str())
            .is_none_or(|declared| declared.personal.is_none() && declared.open != Openness::Restricted)
    };
    let words = declared.filter(|declared| declared.value == ValueKind::Text);
    let ids = asked.map(|field| &field.id).chain(words.map(|declared| &declared.id));
    let mut ids = ids.filter(|id| shown(id) && !OF_EVERY_CASE.contains(&id.as_str()));
    let text = ids.find_map(|id| case.entity.value(id.as_str()).as_text().filter(|text| !text.is_empty()))?;
    let mut line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > LINE_CHARS_MAX {
        line = line.chars().take(LINE_CHARS_MAX - 1).chain(['…']).collect();
    }
    Some(line)
}

/// The attributes of a case that are set, by their titles; what is personal never in clear.
pub(super) fn attributes(desk: &Desk, case: &CaseView) -> Vec<(String, String)> {
    let works_here = works_here(desk, case);
    let kind = desk.loaded().definitions.types.get(&case.entity.kind);
    let declared = kind.map(|kind| kind.attribute.as_slice()).unwrap_or_default();
    let begun = case.definition.begin.as_ref().map(|begin| begin.fields.as_slice()).unwrap_or_default();
    let is_declared = |id: &Name| declared.iter().any(|declared| declared.id == *id);
    let of_type = declared.iter().filter(|declared| !OF_EVERY_CASE.contains(&declared.id.as_str()));
    let of_type = of_type.filter_map(|declared| {
        let held = Some(case.entity.value(declared.id.as_str())).filter(|held| **held != Value::Null)?;
        let words = readable(desk, case, declared, held, works_here);
        Some((desk.text(&declared.title).to_owned(), words))
    });
    let of_form = begun.iter().filter(|field| !is_declared(&field.id)).filter_map(|field| {
        let held = Some(case.entity.value(field.id.as_str())).filter(|held| **held != Value::Null)?;
        Some((desk.text(&field.title).to_owned(), value(desk, &case.definition, field.id.as_str(), held)))
    });
    of_type.chain(of_form).collect()
}

fn readable(
    desk: &Desk,
    case: &CaseView,
    declared: &AttributeDefinition,
    held: &Value,
    works_here: bool,
) -> String {
    let texts = &desk.words().case;
    if declared.personal.is_some() {
        return texts.personal.clone();
    }
    if declared.open == Openness::Restricted && !works_here {
        return texts.restricted.clone();
    }
    let words = value(desk, &case.definition, declared.id.as_str(), held);
    match &declared.unit {
        Some(unit) => format!("{words} {unit}"),
        None => words,
    }
}

/// Whether this reader has work with the case: holds a role that its process names, or is awaited by name.
fn works_here(desk: &Desk, case: &CaseView) -> bool {
    let definition = &case.definition;
    let acts = definition.action.iter().flat_map(|action| &action.by);
    let begun = definition.begin.iter().flat_map(|begin| &begin.by);
    let mut roles = acts.chain(definition.task.iter().flat_map(|task| &task.roles)).chain(begun);
    let awaited = definition.awaits(&case.record);
    let person = desk.actor.as_ref().map(|actor| &actor.urn);
    roles.any(|role| case.roles.contains(role))
        || person.is_some_and(|person| awaited.people.contains(person) || awaited.parties.contains(person))
}

/// A value of a field or an attribute in words: a choice by its title, a person by theirs.
pub(super) fn value(desk: &Desk, definition: &Definition, id: &str, value: &Value) -> String {
    match value {
        Value::Sealed(_) => desk.words().case.personal.clone(),
        Value::Text(text) => {
            let choice = fields(definition).filter(|field| field.id == *id).find_map(|field| {
                field.codes.iter().find(|code| code.code == *text.as_str()).map(|code| &code.title)
            });
            let own = || attribute(desk, &definition.case, id)?.called(text);
            choice.or_else(own).map_or(text.as_str(), |title| desk.text(title)).to_owned()
        }
        Value::Ref(urn) => reference(desk, urn),
        other => show::value(desk, other),
    }
}

/// What an entity is called.
pub(super) fn reference(desk: &Desk, urn: &Urn) -> String {
    if urn.is_person() {
        return people::title(desk, urn);
    }
    let held = desk.kernel().entity(urn).ok().flatten();
    match held {
        Some(entity) if *entity.value("title") != Value::Null => {
            desk.text(&kernel::title(&entity)).to_owned()
        }
        Some(run) if *run.value("connector") != Value::Null => {
            let connector = desk.loaded().definitions.connectors.get(run.text("connector"));
            connector.map_or(run.text("connector"), |connector| desk.text(&connector.title)).to_owned()
        }
        _ => other_case(desk, urn).map_or_else(|| show::tail(urn.as_str()).to_owned(), |link| link.text),
    }
}

/// All fields that a process asks for, of its beginning and of its acts.
pub(super) fn fields(definition: &Definition) -> impl Iterator<Item = &Field> {
    let begun = definition.begin.iter().flat_map(|begin| &begin.fields);
    begun.chain(definition.action.iter().flat_map(|action| &action.fields))
}
