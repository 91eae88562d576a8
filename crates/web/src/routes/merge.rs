//! Two entries of a register made one, and taken apart again.

use super::desk::Desk;
use super::edit;
use super::error::{Fault, see, why};
use super::extract::{Segment, Visit};
use super::fields::reference;
use super::upload::{self, Filled};
use super::{Web, registers};
use crate::paths;
use crate::views::{FormField, Link, MergeForm};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use model::{Entity, Urn};
use pack::TypeDefinition;
use proof::CommandId;

/// The field that names the other entry.
const OTHER: &str = "other";

/// `POST /entities/{urn}/merge`: makes the entry one with another, or with `do=apart` takes one of those it stands for out again.
pub(super) async fn send(web: Web, visit: Visit, urn: Segment, request: Request) -> Response {
    let sent = upload::plain(request).await;
    let at = urn.as_ref().map_or_else(|_| paths::REGISTERS.to_owned(), |urn| paths::edit(urn));
    web.0.answer(visit.at(at), move |desk| submit(desk, urn, &sent?)).await
}

fn submit(desk: &Desk, urn: Segment, filled: &Filled) -> Result<Response, Fault> {
    let actor = desk.sender(filled.text("csrf"))?;
    let (entity, _) = edit::held(desk, urn)?;
    let malformed = || Fault::Form(StatusCode::UNPROCESSABLE_ENTITY);
    let command = CommandId::parse(filled.text("command")).ok_or_else(malformed)?;
    let texts = &desk.words().register;
    let other = other(&entity, filled.text(OTHER).trim());
    let ground = edit::ground(filled);
    let wrong = |error: &str| edit::again(desk, &entity, StatusCode::UNPROCESSABLE_ENTITY, error.to_owned());
    let Some(other) = other else { return wrong(&texts.merge_which) };
    if ground.is_empty() {
        return wrong(&texts.ground_missing);
    }
    let done = match filled.text("do") {
        "apart" => desk.kernel().take_apart(actor, command, &other, &ground),
        _ => desk.kernel().merge(actor, command, [&entity.urn, &other], &ground),
    };
    let Err(refusal) = done else { return Ok(see(&paths::entity(entity.urn.as_str()))) };
    match why(&refusal, desk, None).filter(|why| why.status != StatusCode::FORBIDDEN) {
        Some(why) => edit::again(desk, &entity, why.status, format!("{} {}", why.because, why.next)),
        None => Err(refusal.into()),
    }
}

/// The other entry: by its whole name, or as registers write it.
fn other(entity: &Entity, text: &str) -> Option<Urn> {
    if text.is_empty() || text.contains(':') {
        return reference(text);
    }
    Urn::of(&entity.kind, text).ok()
}

/// The form by which an entry is made one with another, and those for which it stands already. What reports stays apart.
pub(super) fn form(desk: &Desk, kind: &TypeDefinition, entity: &Entity) -> Result<Option<MergeForm>, Fault> {
    let actor = desk.signed_in()?;
    if kind.is_fed() {
        return Ok(None);
    }
    let choices = desk.kernel().choices_of(Some(actor), &kind.id).ok().flatten();
    let others = choices.map(|all| all.into_iter().filter(|one| one.urn != entity.urn).collect());
    let id = || proof::hex(&desk.state().chance.id());
    let stands_for = desk.kernel().replaces(actor, entity)?;
    Ok(Some(MergeForm {
        post: paths::merge(entity.urn.as_str()),
        command: id(),
        fields: vec![FormField {
            name: OTHER.to_owned(),
            title: desk.words().register.merge_other.clone(),
            input: super::fields::things(desk, others),
            required: true,
            ..FormField::default()
        }],
        replaced: stands_for
            .iter()
            .map(|one| {
                let text = registers::called(desk, one);
                (Link { href: one.urn.to_string(), text }, id())
            })
            .collect(),
    }))
}
