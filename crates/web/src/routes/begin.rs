//! Beginning a case: what a person may begin, the form, and the one command that it becomes.

use super::about::{kind_title, reference};
use super::desk::Desk;
use super::error::{Fault, Why, see, why};
use super::extract::{Asked, Segment, Visit};
use super::upload::{self, Filled};
use super::{Web, allowed, fields};
use crate::paths;
use crate::texts::fill;
use crate::views::{AboutChoice, Begin, BeginForm, Link, Offered, Pack, Reason};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Actor, CaseBeginning, title};
use model::{Name, Urn};
use process::{Begin as Beginning, Definition, FieldKind, Refusal};
use proof::CommandId;
use std::collections::HashMap;

/// Things that a form lists to choose from. What more there is, is found by its name.
const CHOICES_MAX: usize = 20;
/// The field that says what a case is about.
const ABOUT: &str = "about";

/// `GET /begin`: what this person may begin.
pub(super) async fn list(web: Web, visit: Visit) -> Response {
    let make = |desk: &Desk| {
        let actor = desk.signed_in()?;
        desk.html(&Begin { page: desk.page(), packs: packs(desk, actor) })
    };
    web.0.answer(visit, make).await
}

/// `GET /begin/{process}`: the form for one process.
pub(super) async fn show(
    web: Web,
    visit: Visit,
    process: Segment,
    asked: Asked<HashMap<String, String>>,
) -> Response {
    // A page that leads here may know already what some fields ask for.
    let mut texts = asked.map(|query| query.0).unwrap_or_default();
    texts.retain(|name, _| name == ABOUT || name.starts_with(fields::PREFIX));
    let make = |desk: &Desk| {
        let actor = desk.signed_in()?;
        let (definition, begin) = wanted(desk, actor, process)?;
        let known = Filled { texts, ..Filled::default() };
        desk.html(&form(desk, actor, definition, begin, &known, None)?)
    };
    web.0.answer(visit, make).await
}

/// `POST /begin/{process}`: begins a case, or looks for what it is about.
pub(super) async fn send(web: Web, visit: Visit, process: Segment, request: Request) -> Response {
    let sent = upload::plain(request).await;
    web.0.answer(visit, move |desk| submit(desk, process, &sent?)).await
}

fn submit(desk: &Desk, process: Segment, filled: &Filled) -> Result<Response, Fault> {
    let actor = desk.sender(filled.text("csrf"))?;
    let (definition, begin) = wanted(desk, actor, process)?;
    if filled.texts.contains_key("find") {
        return desk.html(&form(desk, actor, definition, begin, filled, None)?);
    }
    let texts = &desk.words().refused;
    let Some(command) = CommandId::parse(filled.text("command")) else {
        let (because, next) = (texts.because_form.clone(), texts.next_form.clone());
        let why = Why { status: StatusCode::UNPROCESSABLE_ENTITY, because, next, field: None };
        return again(desk, actor, (definition, begin), filled, &why);
    };
    let beginning = CaseBeginning {
        command,
        process: definition.id.clone(),
        about: Urn::new(filled.text(ABOUT)).ok(),
        fields: fields::from_form(&begin.fields, &filled.texts),
    };
    match desk.kernel().begin(actor, &beginning) {
        Ok((done, case)) => Ok(see(&format!("{}?done={}", paths::case(case.as_str()), done.sequence))),
        Err(refusal) => match why(&refusal, desk, Some(definition)) {
            Some(why) => again(desk, actor, (definition, begin), filled, &why),
            None => Err(refusal.into()),
        },
    }
}

/// The form as it was filled in, with why nothing was begun.
fn again(
    desk: &Desk,
    actor: &Actor,
    (definition, begin): (&Definition, &Beginning),
    filled: &Filled,
    why: &Why,
) -> Result<Response, Fault> {
    desk.html_as(why.status, &form(desk, actor, definition, begin, filled, Some(why))?)
}

/// The process that is asked for, if this person may begin it somewhere.
fn wanted<'a>(
    desk: &'a Desk,
    actor: &Actor,
    process: Segment,
) -> Result<(&'a Definition, &'a Beginning), Fault> {
    let id = process.ok().and_then(|Path(id)| Name::new(id).ok()).ok_or(Fault::NothingHere)?;
    let (_, definition) = desk.loaded().definitions.processes.get(&id).ok_or(Fault::NothingHere)?;
    let process = desk.text(&definition.title).to_owned();
    let Some(begin) = &definition.begin else {
        return Err(Fault::NotToBegin { process, refusal: Refusal::NotBegun });
    };
    if !may_begin(desk, actor, begin) {
        return Err(Fault::NotToBegin { process, refusal: Refusal::Role { roles: begin.by.clone() } });
    }
    Ok((definition, begin))
}

fn may_begin(desk: &Desk, actor: &Actor, begin: &Beginning) -> bool {
    let date = desk.date(desk.kernel().now());
    begin.by.iter().any(|role| actor.holds(role.as_str(), &date))
}

/// Whether this person may begin a case of a process.
pub(super) fn may_begin_this(desk: &Desk, actor: &Actor, process: &Definition) -> bool {
    process.begin.as_ref().is_some_and(|begin| may_begin(desk, actor, begin))
}

/// What this person may begin about a thing: processes for its type, and those for no type that name a thing in a field.
pub(super) fn about(desk: &Desk, kind: &Name, urn: &Urn) -> Vec<Link> {
    let Some(actor) = &desk.actor else { return Vec::new() };
    let processes = desk.loaded().definitions.processes.values().map(|(_, process)| process);
    let fits = processes.filter(|process| {
        let begin = process.begin.as_ref().filter(|begin| may_begin(desk, actor, begin));
        begin.is_some_and(|begin| match &begin.about {
            Some(own) => own == kind,
            None => begin.fields.iter().any(|field| field.value == FieldKind::Ref && field.role.is_empty()),
        })
    });
    let link = |process: &Definition| Link {
        href: format!("{}?{ABOUT}={}", paths::begin(process.id.as_str()), paths::encode(urn.as_str())),
        text: desk.text(&process.title).to_owned(),
    };
    fits.map(link).collect()
}

/// Whether this person may begin anything.
pub(super) fn may_begin_any(desk: &Desk, actor: &Actor) -> bool {
    let mut begun =
        desk.loaded().definitions.processes.values().filter_map(|(_, process)| process.begin.as_ref());
    begun.any(|begin| may_begin(desk, actor, begin))
}

fn packs(desk: &Desk, actor: &Actor) -> Vec<Pack> {
    let definitions = &desk.loaded().definitions;
    let packs = definitions.packs.values().filter_map(|pack| {
        let own = definitions.processes.values().filter(|(path, _)| pack_of(path) == Some(pack.id.as_str()));
        let own = own.filter(|(_, p)| p.begin.as_ref().is_some_and(|begin| may_begin(desk, actor, begin)));
        let processes: Vec<Offered> = own.map(|(_, process)| offered(desk, process)).collect();
        (!processes.is_empty()).then(|| Pack { title: desk.text(&pack.title).to_owned(), processes })
    });
    packs.collect()
}

/// The pack in whose folder a file lies.
fn pack_of(path: &str) -> Option<&str> {
    path.strip_prefix("packs/")?.split('/').next()
}

fn offered(desk: &Desk, process: &Definition) -> Offered {
    let (statutory, promised) = allowed::longest(desk, process);
    Offered {
        title: desk.text(&process.title).to_owned(),
        href: paths::begin(process.id.as_str()),
        who: who(desk, process),
        statutory,
        promised,
    }
}

/// Who works on what is begun: the roles whose acts lead on, without those who only begin it; these, if there are no
/// others.
fn who(desk: &Desk, process: &Definition) -> String {
    let begins = |role: &Name| process.begin.as_ref().is_some_and(|begin| begin.by.contains(role));
    let leading = process.action.iter().filter(|action| action.to.is_some() && !action.auto);
    let all: Vec<&Name> = leading.flat_map(|action| &action.by).collect();
    let others: Vec<&Name> = all.iter().copied().filter(|role| !begins(role)).collect();
    desk.roles(if others.is_empty() { all } else { others })
}

fn form(
    desk: &Desk,
    actor: &Actor,
    process: &Definition,
    begin: &Beginning,
    filled: &Filled,
    why: Option<&Why>,
) -> Result<BeginForm, Fault> {
    let definitions = &desk.loaded().definitions;
    let path = definitions.processes.get(&process.id).map(|(path, _)| path.as_str()).unwrap_or_default();
    let pack = pack_of(path).and_then(|pack| definitions.packs.get(pack));
    let wrong = why.and_then(|why| Some((why.field.clone()?, why.because.clone())));
    let because =
        |why: &Why| fill(&desk.words().begin.not_begun, &[("because", &why.because), ("next", &why.next)]);
    // Searching and correcting go on with the same command: nothing was begun with it yet.
    let command = CommandId::parse(filled.text("command")).filter(|_| why.is_none());
    let about = begin.about.as_ref().map(|kind| choice(desk, actor, begin, kind, filled)).transpose()?;
    // A process that asks for no type may be about whatever led here.
    let named = Urn::new(filled.text(ABOUT)).ok().filter(|_| about.is_none());
    let named = named.filter(|urn| desk.kernel().context_entity(Some(actor), urn).is_ok());
    Ok(BeginForm {
        page: desk.page(),
        subject: named.map(|urn| Reason { id: urn.to_string(), title: reference(desk, &urn) }),
        title: desk.text(&process.title).to_owned(),
        pack: pack.map_or("", |pack| desk.text(&pack.title)).to_owned(),
        basis: process.basis.as_deref().map(|basis| desk.cite(basis)),
        post: paths::begin(process.id.as_str()),
        command: command.map_or_else(|| proof::hex(&desk.state().chance.id()), |id| id.to_string()),
        about,
        fields: fields::form(desk, &process.case, &begin.fields, Some(&filled.texts), wrong.as_ref()),
        who: who(desk, process),
        first: process.stage(&process.start).map_or("", |stage| desk.text(&stage.title)).to_owned(),
        allowed: allowed::all(desk, process),
        error: why.map(because),
        wrong: wrong.map(|(id, _)| format!("{}{id}", fields::PREFIX)),
    })
}

/// What a case can be about, within this person's reach.
fn choice(
    desk: &Desk,
    actor: &Actor,
    begin: &Beginning,
    kind: &Name,
    filled: &Filled,
) -> Result<AboutChoice, Fault> {
    let words = filled.text("words").trim().to_owned();
    let reached = desk.kernel().reached(actor, &begin.by, kind, &words, CHOICES_MAX)?;
    let choice = |entity: &model::Entity| Reason {
        id: entity.urn.to_string(),
        title: desk.text(&title(entity)).to_owned(),
    };
    Ok(AboutChoice {
        kind: kind_title(desk, kind),
        found: reached.entities.iter().map(choice).collect(),
        many: reached.more || !words.is_empty(),
        more: reached.more,
        words,
        typed: filled.text(ABOUT).to_owned(),
    })
}
