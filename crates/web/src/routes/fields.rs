//! What a definition asks to be filled in: from a form's texts or a program's JSON into values. What cannot be read as
//! its kind stays text, and the process says what is wrong with it.

use super::desk::Desk;
use super::{about, registers};
use crate::views::{FormField, Input, Reason};
use model::{Entity, Name, Urn, Value};
use process::{Code, Field, FieldKind};
use std::collections::{BTreeMap, HashMap};

/// Before the names of filled-in fields in a form, so that none meets a name of the page's own.
pub(super) const PREFIX: &str = "field-";

/// From a form. Empty fields are not given; a box that is not ticked is no.
pub(super) fn from_form(fields: &[Field], texts: &HashMap<String, String>) -> BTreeMap<Name, Value> {
    let given = fields.iter().filter_map(|field| {
        let text = texts.get(&format!("{PREFIX}{}", field.id)).map(|text| text.trim());
        let value = match (field.value, text) {
            (FieldKind::Bool, text) => Value::Bool(text.is_some_and(|text| !text.is_empty())),
            (_, None | Some("")) => return None,
            (_, Some(text)) => value(field, text),
        };
        Some((field.id.clone(), value))
    });
    given.collect()
}

/// As a page asks for them for a case of a type, with what was typed before and what was wrong with it.
pub(super) fn form<'a>(
    desk: &Desk,
    case: &Name,
    fields: &'a [Field],
    typed: Option<&HashMap<String, String>>,
    wrong: Option<&(Name, String)>,
) -> Vec<FormField> {
    // Two officers are chosen among the same people, who are looked up once.
    let mut people: BTreeMap<&[Name], Input> = BTreeMap::new();
    let mut choices = |field: &'a Field| match &field.role[..] {
        [] => picked(desk, case, field),
        roles => people.entry(roles).or_insert_with(|| picked(desk, case, field)).clone(),
    };
    let one = |field: &'a Field| {
        let name = format!("{PREFIX}{}", field.id);
        let choice =
            |code: &Code| Reason { id: code.code.to_string(), title: desk.text(&code.title).to_owned() };
        FormField {
            title: desk.text(&field.title).to_owned(),
            unit: field.unit.clone(),
            input: match field.value {
                FieldKind::Number => Input::Number,
                FieldKind::Date => Input::Date,
                FieldKind::Bool => Input::Tick,
                FieldKind::Code => Input::Choice(field.codes.iter().map(choice).collect()),
                FieldKind::Ref => choices(field),
                FieldKind::Text => Input::Text,
            },
            required: field.required,
            personal: field.personal,
            error: wrong.filter(|(id, _)| *id == field.id).map(|(_, because)| because.clone()),
            typed: typed
                .and_then(|typed| typed.get(&name))
                .map(|text| whole(field, text))
                .unwrap_or_default(),
            name,
        }
    };
    fields.iter().map(one).collect()
}

/// What a reference can name, where that is known and there is not too much of it.
fn picked(desk: &Desk, case: &Name, field: &Field) -> Input {
    things(desk, desk.kernel().choices(desk.actor.as_ref(), case, field).ok().flatten())
}

/// Things to choose from; where there are none known, one is named.
pub(super) fn things(desk: &Desk, found: Option<Vec<Entity>>) -> Input {
    let choice = |thing: &Entity| {
        let case = desk.actor.as_ref().and_then(|actor| desk.kernel().case(&thing.urn, actor).ok());
        let title =
            case.map(|case| format!("{} · {}", about::named(desk, &case), about::matter(desk, &case)));
        Reason { id: thing.urn.to_string(), title: title.unwrap_or_else(|| registers::called(desk, thing)) }
    };
    found.map_or(Input::Reference, |found| Input::Pick(found.iter().map(choice).collect()))
}

/// What was typed, a reference by its whole name, so that it is found among the choices.
fn whole(field: &Field, text: &str) -> String {
    let named = (field.value == FieldKind::Ref).then(|| reference(text)).flatten();
    named.map_or_else(|| text.to_owned(), |urn| urn.to_string())
}

/// A value as it would be typed; what is sealed cannot be.
pub(super) fn typed(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Bool(true) => "on".to_owned(),
        Value::Int(int) => int.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Ref(urn) => urn.to_string(),
        _ => String::new(),
    }
}

/// From a program.
pub(super) fn from_json(
    fields: &[Field],
    given: serde_json::Map<String, serde_json::Value>,
) -> BTreeMap<Name, Value> {
    let read = given.into_iter().filter_map(|(id, json)| {
        let id = Name::new(id).ok()?;
        let field = fields.iter().find(|field| field.id == id);
        let value = match (json, field) {
            (serde_json::Value::Null, _) => return None,
            (serde_json::Value::Bool(yes), _) => Value::Bool(yes),
            (serde_json::Value::Number(number), _) => number.as_f64().map_or(Value::Null, Value::number),
            (serde_json::Value::String(text), Some(field)) => value(field, &text),
            (other, _) => Value::Text(other.to_string()),
        };
        Some((id, value))
    });
    read.collect()
}

fn value(field: &Field, text: &str) -> Value {
    let read = match field.value {
        FieldKind::Number => text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::number),
        FieldKind::Ref => reference(text).map(Value::Ref),
        FieldKind::Bool => match text {
            "true" | "on" | "1" => Some(Value::Bool(true)),
            "false" | "0" => Some(Value::Bool(false)),
            _ => None,
        },
        FieldKind::Text | FieldKind::Date | FieldKind::Code => None,
    };
    read.unwrap_or_else(|| text.replace("\r\n", "\n").into())
}

/// A URN, or `<Type>:<id>` as registers write it; a person also by the account alone.
pub(super) fn reference(text: &str) -> Option<Urn> {
    if text.starts_with("urn:") {
        return Urn::new(text).ok();
    }
    let (kind, id) = text.split_once(':').unwrap_or(("Person", text));
    Urn::of(&Name::new(kind).ok()?, id).ok()
}
