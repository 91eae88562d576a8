//! What people can ask for: the list, a guide for each, and whether somebody may ask, before the question is put.
//!
//! What is answered for that is judged and forgotten: nothing of it is kept, and the process decides.

use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Segment, Visit};
use super::upload::{self, Filled};
use super::{Web, allowed, api, fields};
use crate::paths;
use crate::texts::fill;
use crate::views::{self, ConditionRow, MaterialRow, ServiceRow};
use axum::extract::{Path, Request};
use axum::response::Response;
use lang::Truth;
use pack::{Audience, Channel, Required, Service};
use process::Field;
use serde::Deserialize;

#[derive(Default, Deserialize)]
pub(super) struct Query {
    audience: Option<String>,
}

/// `GET /services`: everything that can be asked for, perhaps by people or by firms alone.
pub(super) async fn list(web: Web, visit: Visit, asked: Asked<Query>) -> Response {
    let wanted = asked.ok().and_then(|query| query.0.audience);
    let make = move |desk: &Desk| {
        let wanted = wanted.as_deref().filter(|word| ["resident", "firm"].contains(word));
        let is_for = |service: &&Service| {
            wanted.is_none_or(|word| service.audience == Audience::Both || service.audience.as_str() == word)
        };
        let services = desk.loaded().definitions.services.values().filter(is_for);
        let mut services: Vec<ServiceRow> = services.map(|service| row(desk, service)).collect();
        services.sort_by(|a, b| a.title.cmp(&b.title));
        let audience = wanted.map(str::to_owned);
        desk.html(&views::Services { page: desk.page(), services, audience })
    };
    web.0.answer(visit, make).await
}

/// `GET /services/{service}`: its guide.
pub(super) async fn show(web: Web, visit: Visit, id: Segment) -> Response {
    let make = move |desk: &Desk| desk.html(&guide(desk, named(desk, id)?, None));
    web.0.answer(visit, make).await
}

/// `POST /services/{service}`: the guide with an answer whether whoever fills this in may ask.
pub(super) async fn check(web: Web, visit: Visit, id: Segment, request: Request) -> Response {
    let sent = upload::plain(request).await;
    web.0.answer(visit, move |desk| desk.html(&guide(desk, named(desk, id)?, Some(&sent?)))).await
}

fn named(desk: &Desk, id: Segment) -> Result<&Service, Fault> {
    let Path(id) = id.map_err(|_| Fault::NothingHere)?;
    desk.loaded().definitions.services.get(id.as_str()).ok_or(Fault::NothingHere)
}

pub(super) fn row(desk: &Desk, service: &Service) -> ServiceRow {
    let process = desk.loaded().definitions.processes.get(&service.process);
    let (statutory, promised) = process.map_or((None, None), |(_, process)| allowed::longest(desk, process));
    ServiceRow {
        title: desk.text(&service.title).to_owned(),
        href: paths::service(service.id.as_str()),
        audience: audience(desk, service.audience),
        channels: channels(desk, service),
        time: promised.or(statutory).map(|allowed| allowed.time),
        fee: fee(desk, service),
    }
}

fn audience(desk: &Desk, audience: Audience) -> String {
    let texts = &desk.words().services;
    match audience {
        Audience::Resident => &texts.resident,
        Audience::Firm => &texts.firm,
        Audience::Both => &texts.both,
    }
    .clone()
}

fn channels(desk: &Desk, service: &Service) -> String {
    let texts = &desk.words().services;
    let word = |channel: &Channel| {
        match channel {
            Channel::Online => &texts.online,
            Channel::Window => &texts.window,
            Channel::Phone => &texts.phone,
            Channel::Agent => &texts.agent,
        }
        .as_str()
    };
    service.channels.iter().map(word).collect::<Vec<_>>().join(&desk.words().show.and)
}

/// What it costs, in yuan with two decimals (元).
fn fee(desk: &Desk, service: &Service) -> String {
    let texts = &desk.words().services;
    service.fee.as_ref().map_or_else(
        || texts.free.clone(),
        |fee| fill(&texts.yuan, &[("yuan", &format!("{}.{:02}", fee.cents / 100, fee.cents % 100))]),
    )
}

fn guide(desk: &Desk, service: &Service, sent: Option<&Filled>) -> views::Service {
    let process = desk.loaded().definitions.processes.get(&service.process).map(|(_, process)| process);
    let form = api::services::form(desk, service);
    let values = sent.map(|sent| fields::from_form(form, &sent.texts)).unwrap_or_default();
    // Whoever has ticked nothing has not said no.
    let said = values.into_iter().filter(|(_, value)| *value != model::Value::Bool(false)).collect();
    let facts = api::services::FormFacts { values: said, zone: desk.zone() };
    let answered = sent.map(|_| service.eligibility(&facts));
    let truth = |at: usize| answered.as_ref().and_then(|answered| answered.conditions.get(at));
    let conditions = service.eligibility.iter().enumerate().map(|(at, one)| ConditionRow {
        title: desk.text(&one.title).to_owned(),
        basis: desk.cite(&one.basis),
        answer: truth(at).map(|truth| answer(desk, form, truth)),
    });
    let materials = service.materials.iter().map(|one| MaterialRow {
        title: desk.text(&one.title).to_owned(),
        held: one.held_by.is_some(),
        required: match (&one.required, sent) {
            (Required::When(_), None) => desk.words().services.it_depends.clone(),
            _ => required(desk, &one.is_required(&facts)),
        },
    });
    let start = desk
        .actor
        .as_ref()
        .zip(process)
        .filter(|(actor, process)| super::begin::may_begin_this(desk, actor, process));
    views::Service {
        page: desk.page(),
        row: row(desk, service),
        guide: desk.text(&service.guide).to_owned(),
        result: desk.text(&service.result).to_owned(),
        basis: desk.cite(&service.basis),
        fee_basis: service.fee.as_ref().map(|fee| desk.cite(&fee.basis)),
        times: process.map(|process| allowed::all(desk, process)).unwrap_or_default(),
        conditions: conditions.collect(),
        materials: materials.collect(),
        overall: answered.as_ref().map(|answered| answer(desk, form, &answered.overall)),
        fields: asked(desk, service, form, sent),
        post: paths::service(service.id.as_str()),
        start_href: start.map(|_| paths::begin(service.process.as_str())),
    }
}

/// The fields of which something depends, none of which must be filled in: what is not said is not known. What is personal
/// is not asked for here.
fn asked(desk: &Desk, service: &Service, form: &[Field], sent: Option<&Filled>) -> Vec<views::FormField> {
    let papers = service.materials.iter().filter_map(|one| match &one.required {
        Required::When(when) => Some(when),
        Required::Always | Required::Never => None,
    });
    let named: Vec<_> = service
        .eligibility
        .iter()
        .map(|one| &one.when)
        .chain(papers)
        .flat_map(lang::Expression::paths)
        .flatten()
        .collect();
    let form: Vec<Field> =
        form.iter().filter(|field| !field.personal && named.contains(&field.id)).cloned().collect();
    let process = desk.loaded().definitions.processes.get(&service.process);
    let Some((_, process)) = process else { return Vec::new() };
    let mut fields = fields::form(desk, &process.case, &form, sent.map(|sent| &sent.texts), None);
    fields.iter_mut().for_each(|field| field.required = false);
    fields
}

/// Yes, no, or what is missing to say it.
fn answer(desk: &Desk, form: &[Field], truth: &Truth) -> views::Answer {
    match truth {
        Truth::Yes => views::Answer::Yes,
        Truth::No => views::Answer::No,
        Truth::Unknown { missing } => {
            let title = |id: &'_ str| -> String {
                let field = form.iter().find(|field| field.id == *id);
                field.map_or(id, |field| desk.text(&field.title)).to_owned()
            };
            let missing: Vec<String> = missing.iter().map(|id| title(id.as_str())).collect();
            views::Answer::Unknown(missing.join(&desk.words().show.and))
        }
    }
}

fn required(desk: &Desk, truth: &Truth) -> String {
    let texts = &desk.words().services;
    match truth {
        Truth::Yes => &texts.must,
        Truth::No => &texts.need_not,
        Truth::Unknown { .. } => &texts.it_depends,
    }
    .clone()
}
