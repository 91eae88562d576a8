//! Editing a register: what people enter, each value with its ground; what has another writer is not here.

use super::desk::Desk;
use super::error::{Fault, see, why};
use super::extract::{Segment, Visit};
use super::fields::{PREFIX, reference, typed};
use super::upload::{self, Filled};
use super::{Web, merge, registers, show};
use crate::paths;
use crate::views::{EditPage, FormField, Input, Link, Reason};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{ContextWrite, Mode, Power};
use model::{Attribute, Entity, Name, Text, Urn, Value};
use pack::{AttributeDefinition, TypeDefinition, ValueKind, Writer};
use proof::CommandId;
use std::collections::BTreeMap;

/// Characters of a ground.
const GROUND_CHARS_MAX: usize = 500;

/// What is wrong: with fields by their names, with the whole.
#[derive(Default)]
struct Wrong {
    fields: BTreeMap<String, String>,
    whole: Option<String>,
}

/// Whether whoever is signed in may edit things of a type.
pub(super) fn may(desk: &Desk, kind: &TypeDefinition) -> bool {
    let powerful = desk.actor.as_ref().is_some_and(|actor| desk.kernel().has(actor, Power::Context));
    powerful && kind.attribute.iter().any(|declared| is_entered(kind, declared))
}

/// `GET /entities/{urn}/edit`.
pub(super) async fn show(web: Web, visit: Visit, urn: Segment) -> Response {
    let make = move |desk: &Desk| {
        let (entity, kind) = held(desk, urn)?;
        desk.html(&page(desk, kind, &entity, None, Wrong::default())?)
    };
    web.0.answer(visit, make).await
}

/// `POST /entities/{urn}/edit`.
pub(super) async fn send(web: Web, visit: Visit, urn: Segment, request: Request) -> Response {
    let sent = upload::plain(request).await;
    let at = urn.as_ref().map_or_else(|_| paths::REGISTERS.to_owned(), |urn| paths::edit(urn));
    web.0.answer(visit.at(at), move |desk| submit(desk, urn, &sent?)).await
}

/// The thing, as whoever may edit it sees it.
pub(super) fn held(desk: &Desk, urn: Segment) -> Result<(Entity, &TypeDefinition), Fault> {
    let actor = desk.signed_in()?;
    desk.kernel().allowed(actor, Power::Context)?;
    let Path(urn) = urn.map_err(|_| Fault::NothingHere)?;
    let urn = Urn::new(urn).map_err(|_| Fault::NothingHere)?;
    let entity = desk.kernel().context_entity(Some(actor), &urn)?;
    let kind = registers::registered(desk).find(|kind| kind.id == entity.kind).ok_or(Fault::NothingHere)?;
    Ok((entity, kind))
}

/// Whether a person enters it, and a form can ask for it.
fn is_entered(kind: &TypeDefinition, declared: &AttributeDefinition) -> bool {
    let plain = !matches!(
        declared.value,
        ValueKind::List | ValueKind::Map | ValueKind::Instant | ValueKind::Duration
    );
    let is_device = kind.is_fed() && kind.key.as_ref() == Some(&declared.id);
    let entered = matches!(declared.by, Writer::Person | Writer::Anyone);
    entered && plain && !declared.series && declared.personal.is_none() && !is_device
}

fn submit(desk: &Desk, urn: Segment, filled: &Filled) -> Result<Response, Fault> {
    let actor = desk.sender(filled.text("csrf"))?;
    let (entity, kind) = held(desk, urn)?;
    let malformed = || Fault::Form(StatusCode::UNPROCESSABLE_ENTITY);
    let command = CommandId::parse(filled.text("command")).ok_or_else(malformed)?;
    let seen = filled.text("seen").parse().map_err(|_| malformed())?;
    let texts = &desk.words().register;
    let ground = ground(filled);
    let (set, mut wrong) = changes(kind, &entity, filled, desk);
    if ground.is_empty() {
        wrong.whole = Some(texts.ground_missing.clone());
    } else if set.is_empty() && wrong.fields.is_empty() {
        wrong.whole = Some(texts.unchanged.clone());
    }
    if wrong.whole.is_none() && wrong.fields.is_empty() {
        let urn = entity.urn.clone();
        let write = ContextWrite { urn, kind: None, set, mode: Mode::Append, seen: Some(seen), ground };
        match desk.kernel().context_write(actor, command, &write) {
            Ok(written) if written.not_updated.is_empty() => {
                return Ok(see(&paths::entity(entity.urn.as_str())));
            }
            Ok(written) => {
                let told = written.not_updated.iter().map(|(id, why)| (field(id), desk.text(why).to_owned()));
                wrong.fields = told.collect();
            }
            Err(refusal) => match why(&refusal, desk, None).filter(|why| why.status != StatusCode::FORBIDDEN)
            {
                Some(why) => wrong.whole = Some(format!("{} {}", why.because, why.next)),
                None => return Err(refusal.into()),
            },
        }
    }
    let now = desk.kernel().context_entity(Some(actor), &entity.urn)?;
    desk.html_as(StatusCode::UNPROCESSABLE_ENTITY, &page(desk, kind, &now, Some(filled), wrong)?)
}

/// Why, as far as it is kept.
pub(super) fn ground(filled: &Filled) -> String {
    filled.text("ground").trim().chars().take(GROUND_CHARS_MAX).collect()
}

/// The page with what was wrong with something else that was asked on it.
pub(super) fn again(
    desk: &Desk,
    entity: &Entity,
    status: StatusCode,
    error: String,
) -> Result<Response, Fault> {
    let kind = registers::registered(desk).find(|kind| kind.id == entity.kind).ok_or(Fault::NothingHere)?;
    let wrong = Wrong { whole: Some(error), ..Wrong::default() };
    desk.html_as(status, &page(desk, kind, entity, None, wrong)?)
}

/// What was written otherwise than it stands, and what of it is no value of its attribute.
fn changes(
    kind: &TypeDefinition,
    entity: &Entity,
    filled: &Filled,
    desk: &Desk,
) -> (BTreeMap<Name, Attribute>, Wrong) {
    let (mut set, mut wrong) = (BTreeMap::new(), Wrong::default());
    for declared in kind.attribute.iter().filter(|declared| is_entered(kind, declared)) {
        let said = filled.text(&field(&declared.id)).trim();
        if said == as_typed(entity.value(declared.id.as_str())) {
            continue;
        }
        match read(declared, said) {
            Ok(value) => {
                set.insert(declared.id.clone(), Attribute::plain(value));
            }
            Err(why) => {
                wrong.fields.insert(field(&declared.id), desk.text(&why).to_owned());
            }
        }
    }
    (set, wrong)
}

fn field(id: &Name) -> String {
    format!("{PREFIX}{id}")
}

/// A value as the form shows it: yes and no are a choice of two, so that neither is said by leaving something out.
fn as_typed(value: &Value) -> String {
    match value {
        Value::Bool(yes) => yes.to_string(),
        other => typed(other),
    }
}

/// What was typed, as a value of the attribute; nothing typed is nothing known.
fn read(declared: &AttributeDefinition, said: &str) -> Result<Value, Text> {
    let value = match (said, declared.value) {
        ("", _) => Some(Value::Null),
        (said, ValueKind::Number) => said.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::number),
        (said, ValueKind::Bool) => said.parse::<bool>().ok().map(Value::Bool),
        (said, ValueKind::Ref) => reference(said).map(Value::Ref),
        (said, _) => Some(said.replace("\r\n", "\n").into()),
    };
    value.ok_or_else(|| Text::new("值的类型不对", "it does not hold such a value"))
}

fn page(
    desk: &Desk,
    kind: &TypeDefinition,
    entity: &Entity,
    filled: Option<&Filled>,
    mut wrong: Wrong,
) -> Result<EditPage, Fault> {
    let own = paths::entity(entity.urn.as_str());
    let texts = &desk.words().register;
    let mut one = |declared: &AttributeDefinition| {
        let name = field(&declared.id);
        let held = || as_typed(entity.value(declared.id.as_str()));
        FormField {
            title: show::attribute_title(desk, &kind.id, declared.id.as_str()),
            unit: declared.unit.clone(),
            input: input(desk, declared),
            typed: filled.map_or_else(held, |filled| filled.text(&name).to_owned()),
            error: wrong.fields.remove(&name),
            name,
            ..FormField::default()
        }
    };
    let (entered, others): (Vec<_>, Vec<_>) =
        kind.attribute.iter().partition(|declared| is_entered(kind, declared));
    let fields = entered.into_iter().map(&mut one).collect();
    let other = |declared: &AttributeDefinition| {
        let by = match declared.by {
            Writer::Feed => &texts.by_feed,
            Writer::Process => &texts.by_process,
            Writer::Rule => &texts.by_rule,
            Writer::Person | Writer::Anyone => return None,
        };
        let title = show::attribute_title(desk, &kind.id, declared.id.as_str());
        Some(crate::texts::fill(&texts.by_other, &[("what", &title), ("who", by)]))
    };
    Ok(EditPage {
        page: desk.page(),
        title: registers::called(desk, entity),
        register: Link { href: paths::register(kind.id.as_str()), text: desk.text(&kind.title).to_owned() },
        post: paths::edit(entity.urn.as_str()),
        own,
        command: proof::hex(&desk.state().chance.id()),
        seen: entity.version,
        fields,
        ground: filled.map(|filled| filled.text("ground").to_owned()).unwrap_or_default(),
        error: wrong.whole,
        others: others.into_iter().filter_map(other).collect(),
        merge: merge::form(desk, kind, entity)?,
    })
}

fn input(desk: &Desk, declared: &AttributeDefinition) -> Input {
    let choice = |id: &str, title: &str| Reason { id: id.to_owned(), title: title.to_owned() };
    match declared.value {
        ValueKind::Number => Input::Number,
        ValueKind::Date => Input::Date,
        ValueKind::Bool => {
            let words = &desk.words().show;
            Input::Pick(vec![choice("true", &words.yes), choice("false", &words.no)])
        }
        ValueKind::Code => {
            let title = |code: &Name| match declared.called(code.as_str()) {
                Some(title) => desk.text(title).to_owned(),
                None => code.to_string(),
            };
            let codes = declared.codes.iter();
            Input::Pick(codes.map(|code| choice(code.as_str(), &title(code))).collect())
        }
        ValueKind::Ref => declared.to.as_ref().map_or(Input::Reference, |to| {
            super::fields::things(desk, desk.kernel().choices_of(desk.actor.as_ref(), to).ok().flatten())
        }),
        _ => Input::Text,
    }
}
