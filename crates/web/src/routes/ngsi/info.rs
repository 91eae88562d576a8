//! Which types and attributes there are (clauses 6.25 to 6.28), as this client sees them.

use super::{Answer, answer, refused};
use crate::routes::Web;
use crate::routes::desk::Desk;
use axum::extract::{Path, Request};
use axum::response::Response;
use model::Name;
use ngsi_ld::{Kind, Problem, name};
use pack::{AttributeDefinition, Openness, TypeDefinition, ValueKind};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

pub(super) async fn types(web: Web, request: Request) -> Response {
    answer(web, request, |desk, asked| {
        let types = known(desk)?;
        if asked.get("details") == Some("true") {
            let all = types.keys().map(|id| {
                json!({ "id": id.as_str(), "type": "EntityType", "typeName": id.as_str(), "attributeNames": attributes_of(desk, id) })
            });
            return Ok(Answer::ok(all.collect()));
        }
        let list: Vec<&str> = types.keys().map(Name::as_str).collect();
        Ok(Answer::ok(json!({ "id": "urn:ngsi-ld:EntityTypeList:datong", "type": "EntityTypeList", "typeList": list })))
    })
    .await
}

pub(super) async fn kind(web: Web, Path(id): Path<String>, request: Request) -> Response {
    answer(web, request, move |desk, _| {
        let id = name(&id)?;
        let count = known(desk)?.get(&id).copied().ok_or_else(|| missing(&id))?;
        let declared = desk.loaded().definitions.types.get(&id);
        let own = declared.into_iter().flat_map(|kind| seen(desk, kind));
        let details = own.map(|own| {
            json!({
                "id": own.id.as_str(),
                "type": "Attribute",
                "attributeName": own.id.as_str(),
                "attributeTypes": [property(own)],
                "title": desk.text(&own.title),
                "unitCode": own.unit_code.as_ref().map(Name::as_str),
            })
        });
        Ok(Answer::ok(json!({
            "id": id.as_str(),
            "type": "EntityTypeInfo",
            "typeName": id.as_str(),
            "entityCount": count,
            "attributeDetails": details.collect::<Vec<Json>>(),
        })))
    })
    .await
}

pub(super) async fn attributes(web: Web, request: Request) -> Response {
    answer(web, request, |desk, _| {
        let all: BTreeSet<String> = known(desk)?.keys().flat_map(|id| attributes_of(desk, id)).collect();
        Ok(Answer::ok(json!({ "id": "urn:ngsi-ld:AttributeList:datong", "type": "AttributeList", "attributeList": all })))
    })
    .await
}

pub(super) async fn attribute(web: Web, Path(id): Path<String>, request: Request) -> Response {
    answer(web, request, move |desk, _| {
        let id = name(&id)?;
        let types = known(desk)?;
        let with: Vec<&Name> = types
            .keys()
            .filter(|kind| attributes_of(desk, kind).iter().any(|own| id.as_str() == own))
            .collect();
        if with.is_empty() {
            return Err(missing(&id));
        }
        let declared = with.iter().filter_map(|kind| desk.loaded().definitions.types.get(*kind));
        let kinds: BTreeSet<&str> = declared.filter_map(|kind| kind.attribute(&id)).map(property).collect();
        Ok(Answer::ok(json!({
            "id": id.as_str(),
            "type": "Attribute",
            "attributeName": id.as_str(),
            "attributeTypes": kinds,
            "typeNames": with.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(),
        })))
    })
    .await
}

fn known(desk: &Desk) -> Result<BTreeMap<Name, u64>, Problem> {
    desk.kernel().context_types(desk.actor.as_ref()).map_err(|refusal| refused(desk, &refusal))
}

fn missing(id: &Name) -> Problem {
    Problem { kind: Kind::ResourceNotFound, detail: format!("{id} is not known here, or not to this client") }
}

/// The attributes of a type that this client may see of some entity.
fn seen<'a>(desk: &'a Desk, kind: &'a TypeDefinition) -> impl Iterator<Item = &'a AttributeDefinition> {
    kind.attribute.iter().filter(|own| {
        own.personal.is_none()
            && (own.open == Openness::Open || desk.actor.is_some() && own.open == Openness::Shared)
    })
}

fn attributes_of(desk: &Desk, id: &Name) -> Vec<String> {
    let declared = desk.loaded().definitions.types.get(id);
    declared.into_iter().flat_map(|kind| seen(desk, kind)).map(|own| own.id.to_string()).collect()
}

/// What an attribute is to the standard.
fn property(own: &AttributeDefinition) -> &'static str {
    match own.value {
        ValueKind::Ref => "Relationship",
        ValueKind::Map if own.id == *"location" => "GeoProperty",
        _ => "Property",
    }
}
