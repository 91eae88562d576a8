//! What people can ask for, for programs and without signing in: guide, form, papers, and whether somebody may ask.
//!
//! An answer about eligibility is given before the question is put: nothing of it is kept, and the process decides.

use super::reply;
use crate::routes::Web;
use crate::routes::desk::Desk;
use crate::routes::error::Fault;
use crate::routes::extract::{Segment, Visit};
use crate::routes::fields;
use crate::routes::interface::{Interface, Operation};
use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::routing::{get, post};
use kernel::Refusal;
use lang::{Facts, Truth};
use model::{Name, Value, Zone};
use pack::{Material, Required, Service};
use process::{Field, FieldFault};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value as Out, json};
use std::collections::BTreeMap;

/// What a program says of somebody who might ask.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::routes) struct Given {
    /// Fields of the form, as far as they are known.
    fields: serde_json::Map<String, Out>,
}

/// The addresses.
pub(super) fn routes(interface: Interface) -> Interface {
    interface
        .at(
            "/api/v1/services",
            [Operation::get("listServices", "Everything that can be asked for.")],
            get(list),
        )
        .at(
            "/api/v1/services/{service}",
            [Operation::get("getService", "A service: guide, form, papers, conditions.")],
            get(show),
        )
        .at(
            "/api/v1/services/{service}/eligibility",
            [Operation::post(
                "checkEligibility",
                "Whether somebody of whom these fields are known may ask; nothing is kept.",
            )
            .body::<Given>()],
            post(eligibility),
        )
}

/// `GET /api/v1/services`: everything that can be asked for.
pub(in crate::routes) async fn list(web: Web, visit: Visit) -> Response {
    let make = |desk: &Desk| {
        let services = desk.loaded().definitions.services.values();
        let services: Vec<Out> = services.map(|service| summary(desk, service)).collect();
        Ok(reply(desk, Ok(json!({ "services": services }))))
    };
    web.0.answer(visit, make).await
}

/// `GET /api/v1/services/{service}`: one, with its form and its papers.
pub(in crate::routes) async fn show(web: Web, visit: Visit, id: Segment) -> Response {
    web.0
        .answer(visit, move |desk| Ok(reply(desk, named(desk, id).map(|service| whole(desk, service)))))
        .await
}

/// `POST /api/v1/services/{service}/eligibility`: whether somebody of whom these fields are known may ask.
pub(in crate::routes) async fn eligibility(
    web: Web,
    visit: Visit,
    id: Segment,
    body: Result<Json<Given>, JsonRejection>,
) -> Response {
    web.0.answer(visit, move |desk| Ok(reply(desk, answered(desk, id, body)))).await
}

fn named(desk: &Desk, id: Segment) -> Result<&Service, Fault> {
    let Path(id) = id.map_err(|_| Fault::NothingHere)?;
    desk.loaded().definitions.services.get(id.as_str()).ok_or(Fault::NothingHere)
}

/// The form with which its process begins.
pub(in crate::routes) fn form<'a>(desk: &'a Desk, service: &Service) -> &'a [Field] {
    let process = desk.loaded().definitions.processes.get(&service.process);
    let begin = process.and_then(|(_, process)| process.begin.as_ref());
    begin.map(|begin| begin.fields.as_slice()).unwrap_or_default()
}

fn summary(desk: &Desk, service: &Service) -> Out {
    json!({
        "id": service.id.as_str(),
        "title": desk.text(&service.title),
        "audience": service.audience.as_str(),
        "channels": service.channels.iter().map(|channel| channel.as_str()).collect::<Vec<_>>(),
    })
}

fn whole(desk: &Desk, service: &Service) -> Out {
    let fee = service.fee.as_ref().map(
        |fee| json!({ "amount": fee.cents, "currency": "CNY", "unit": "分", "basis": basis(desk, &fee.basis) }),
    );
    let conditions = service.eligibility.iter().map(|one| {
        json!({ "title": desk.text(&one.title), "when": one.when.text(), "basis": basis(desk, &one.basis) })
    });
    let mut out = summary(desk, service);
    let more = json!({
        "guide": desk.text(&service.guide),
        "process": service.process.as_str(),
        "basis": basis(desk, &service.basis),
        "result": desk.text(&service.result),
        "fee": fee,
        "fields": form(desk, service).iter().map(|one| field(desk, one)).collect::<Vec<_>>(),
        "eligibility": conditions.collect::<Vec<_>>(),
        "materials": service.materials.iter().map(|one| material(desk, one)).collect::<Vec<_>>(),
    });
    if let (Out::Object(out), Out::Object(more)) = (&mut out, more) {
        out.extend(more);
    }
    out
}

/// A basis with the law's own name.
pub(super) fn basis(desk: &Desk, basis: &str) -> Out {
    json!({ "id": basis, "title": desk.cite(basis) })
}

fn field(desk: &Desk, field: &Field) -> Out {
    let codes =
        field.codes.iter().map(|code| json!({ "code": code.code.as_str(), "title": desk.text(&code.title) }));
    json!({
        "id": field.id.as_str(),
        "title": desk.text(&field.title),
        "value": field.value.as_str(),
        "unit": field.unit,
        "required": field.required,
        "personal": field.personal,
        "codes": codes.collect::<Vec<_>>(),
    })
}

fn material(desk: &Desk, material: &Material) -> Out {
    let required: Out = match &material.required {
        Required::Always => true.into(),
        Required::Never => false.into(),
        Required::When(when) => format!("= {}", when.text()).into(),
    };
    json!({
        "id": material.id.as_str(),
        "title": desk.text(&material.title),
        "heldBy": material.held_by.as_ref().map(Name::as_str),
        "required": required,
    })
}

fn answered(desk: &Desk, id: Segment, body: Result<Json<Given>, JsonRejection>) -> Result<Out, Fault> {
    let service = named(desk, id)?;
    let Json(given) = body.map_err(|rejection| Fault::Form(rejection.status()))?;
    let form = form(desk, service);
    let values = fields::from_json(form, given.fields);
    for (id, value) in &values {
        let field = form.iter().find(|field| field.id == *id);
        if let Some(fault) = field.map_or(Some(FieldFault::NoSuchField), |field| field.fault(value)) {
            let refusal = process::Refusal::Field { field: id.clone(), fault };
            return Err(Fault::Kernel(Refusal::Process(refusal)));
        }
    }
    let facts = FormFacts { values, zone: desk.zone() };
    let said = service.eligibility(&facts);
    let conditions = service.eligibility.iter().zip(&said.conditions).map(|(one, truth)| {
        let about = json!({ "title": desk.text(&one.title), "basis": basis(desk, &one.basis) });
        with_truth(desk, form, about, "answer", truth)
    });
    let materials = service
        .materials
        .iter()
        .map(|one| with_truth(desk, form, material(desk, one), "required", &one.is_required(&facts)));
    let about = json!({
        "service": service.id.as_str(),
        "conditions": conditions.collect::<Vec<_>>(),
        "materials": materials.collect::<Vec<_>>(),
    });
    Ok(with_truth(desk, form, about, "answer", &said.overall))
}

/// The same with an answer under a key: `yes`, `no` or `unknown`, and what is missing.
fn with_truth(desk: &Desk, form: &[Field], about: Out, key: &str, truth: &Truth) -> Out {
    let (word, missing) = match truth {
        Truth::Yes => ("yes", [].as_slice()),
        Truth::No => ("no", [].as_slice()),
        Truth::Unknown { missing } => ("unknown", missing.as_slice()),
    };
    let title = |id: &str| {
        form.iter()
            .find(|field| field.id == *id)
            .map_or(id.to_owned(), |field| desk.text(&field.title).to_owned())
    };
    let missing: Vec<Out> = missing.iter().map(|id| json!({ "id": id, "title": title(id) })).collect();
    let mut out = about;
    if let Out::Object(out) = &mut out {
        out.insert(key.to_owned(), word.into());
        out.insert("missing".to_owned(), missing.into());
    }
    out
}

/// What is known of whoever might ask.
pub(in crate::routes) struct FormFacts<'a> {
    pub values: BTreeMap<Name, Value>,
    pub zone: &'a Zone,
}

impl Facts for FormFacts<'_> {
    fn value(&self, path: &[Name]) -> Value {
        let [only] = path else { return Value::Null };
        self.values.get(only).cloned().unwrap_or(Value::Null)
    }

    fn zone(&self) -> Option<&Zone> {
        Some(self.zone)
    }
}
