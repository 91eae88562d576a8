//! The context door: NGSI-LD over HTTP (ETSI GS CIM 009 V1.8, clause 6), for programs of other houses.
//!
//! Reading needs nobody signed in: what is open is seen. Writing needs a session of somebody with the power `context`
//! (`POST /api/v1/sessions`, then `Authorization: Bearer …`). Names are terms of the core context; another `@context` is taken
//! note of and never fetched. Subscriptions, registrations and scopes are not offered yet, and say so.

mod batch;
mod entities;
mod info;
mod temporal;

use super::Web;
use super::desk::Desk;
use super::error::{Fault, why};
use super::extract::Visit;
use super::interface::{Interface, Operation};
use axum::body::Bytes;
use axum::extract::{FromRequest, Query, Request};
use axum::http::header::{ACCEPT, CONTENT_TYPE, ETAG, IF_MATCH, LINK};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use kernel::Refusal;
use model::{Entity, Name, Urn};
use ngsi_ld::{CORE_CONTEXT, Format, Kind, Problem, Shown, ShownAttribute};
use proof::CommandId;
use serde_json::{Value as Json, json};
use std::collections::HashMap;

/// Longest body in bytes: a batch of a thousand entities.
pub(super) const BODY_BYTES_MAX: usize = 4 << 20;
/// The tenant that a request names (clause 6.3.14).
const TENANT: &str = "ngsild-tenant";
/// How many there are in all (clause 6.3.13).
const COUNT: HeaderName = HeaderName::from_static("ngsild-results-count");

/// The addresses. Clients in service end some of them with a stroke.
pub(super) fn routes(interface: Interface) -> Interface {
    about_entities(asked_of_many(interface))
}

/// What sends an entity, or a part of one.
fn sends(operation: Operation) -> Operation {
    operation.signed_in().keyed().sends("application/json", json!({ "type": "object" }))
}

/// What shows entities.
fn shown(operation: Operation) -> Operation {
    operation
        .query("attrs", "Attributes to be shown, and to be there.")
        .query("options", "keyValues, concise, sysAttrs.")
        .query("format", "simplified or concise.")
}

/// Entities one by one.
fn about_entities(interface: Interface) -> Interface {
    interface
        .at(
            "/ngsi-ld/v1/entities",
            [
                shown(Operation::get("queryEntities", "Entities by type, id, q and place (6.4.3.2)."))
                    .query("type", "Types, with commas.")
                    .query("id", "URNs, with commas.")
                    .query("idPattern", "A regular expression.")
                    .query("q", "Conditions (4.9), as `so2>35;fuel==\"coal\"`.")
                    .query("georel", "near;maxDistance==2000, within, intersects, disjoint, equals.")
                    .query("geometry", "Point, Polygon or MultiPolygon.")
                    .query("coordinates", "Of the geometry.")
                    .query("orderBy", "An attribute, `!` before it for the greatest first.")
                    .query("limit", "At most 1000.")
                    .query("offset", "How many to leave out.")
                    .query("count", "`true`: how many there are, in a header."),
                sends(Operation::post("createEntity", "Creates an entity (6.4.3.1).")),
            ],
            get(entities::list).post(entities::create),
        )
        .also("/ngsi-ld/v1/entities/", get(entities::list).post(entities::create))
        .at(
            "/ngsi-ld/v1/entities/{id}",
            [
                shown(Operation::get("retrieveEntity", "An entity (6.5.3.1).")),
                sends(Operation::patch("mergeEntity", "Merges into an entity (6.5.3.4).")),
                sends(Operation::put("replaceEntity", "Replaces an entity (6.5.3.3).")),
                Operation::delete("deleteEntity", "Takes an entity out (6.5.3.2).").signed_in().keyed(),
            ],
            get(entities::show).patch(entities::merge).put(entities::replace).delete(entities::delete),
        )
        .at(
            "/ngsi-ld/v1/entities/{id}/attrs",
            [
                sends(Operation::post("appendAttributes", "Appends attributes (6.6.3.1)."))
                    .query("options", "noOverwrite: only those that are not there."),
                sends(Operation::patch("updateAttributes", "Updates attributes (6.6.3.2).")),
            ],
            post(entities::append).patch(entities::update),
        )
        .at(
            "/ngsi-ld/v1/entities/{id}/attrs/{attribute}",
            [
                sends(Operation::patch("updateAttribute", "Updates a part of an attribute (6.7.3.1).")),
                sends(Operation::put("replaceAttribute", "Replaces an attribute (6.7.3.3).")),
                Operation::delete("deleteAttribute", "Takes an attribute out (6.7.3.2).").signed_in().keyed(),
            ],
            patch(entities::partial).put(entities::partial).delete(entities::delete_attribute),
        )
}

/// Entities by the many, types, attributes, values over time; and what is not offered.
fn asked_of_many(interface: Interface) -> Interface {
    interface
        .at(
            "/ngsi-ld/v1/entityOperations/{operation}",
            [Operation::post("batch", "create, update, upsert, delete or query many (6.14 to 6.17, 6.23).")
                .keyed()
                .query("options", "Of the operation.")
                .sends("application/json", json!({}))],
            post(batch::run),
        )
        .also("/ngsi-ld/v1/entityOperations/{operation}/", post(batch::run))
        .at(
            "/ngsi-ld/v1/types",
            [Operation::get("listTypes", "Types of which something is seen (6.25).")],
            get(info::types),
        )
        .also("/ngsi-ld/v1/types/", get(info::types))
        .at("/ngsi-ld/v1/types/{id}", [Operation::get("getType", "A type (6.26).")], get(info::kind))
        .at(
            "/ngsi-ld/v1/attributes",
            [Operation::get("listAttributes", "Attributes that are seen (6.27).")],
            get(info::attributes),
        )
        .also("/ngsi-ld/v1/attributes/", get(info::attributes))
        .at(
            "/ngsi-ld/v1/attributes/{id}",
            [Operation::get("getAttribute", "An attribute (6.28).")],
            get(info::attribute),
        )
        .at(
            "/ngsi-ld/v1/temporal/entities/{id}",
            [shown(Operation::get("retrieveTemporal", "An entity's values over time (6.19)."))
                .query("timerel", "before, after or between.")
                .query("timeAt", "An instant.")
                .query("endTimeAt", "With between: its end.")
                .query("lastN", "The newest so many.")],
            get(temporal::show),
        )
        .also("/ngsi-ld/v1/{*rest}", axum::routing::any(not_offered))
}

/// What a request says besides its address.
pub(super) struct Asked {
    visit: Visit,
    headers: HeaderMap,
    /// The parameters of the query, each once.
    pub query: HashMap<String, String>,
    /// The body as JSON, if there is one; or why it cannot be read.
    pub body: Result<Option<Json>, Problem>,
}

impl Asked {
    /// Reads a request.
    async fn of(request: Request) -> Self {
        let (parts, body) = request.into_parts();
        let headers = parts.headers.clone();
        let query = query(&parts.uri);
        let visit = Visit::of(&parts.uri, &headers);
        let bytes = Bytes::from_request(Request::from_parts(parts, body), &()).await;
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let body = match bytes {
            Err(_) => Err(Problem::request(format!("the body is longer than {BODY_BYTES_MAX} bytes"))),
            Ok(bytes) if bytes.is_empty() => Ok(None),
            Ok(bytes) if is_json(kind) => match serde_json::from_slice(&bytes) {
                Ok(json) => Ok(Some(json)),
                Err(error) => Err(Problem::request(format!("the body is no JSON: {error}"))),
            },
            Ok(_) => Err(Problem::request(
                "Content-Type is application/json, application/ld+json or application/merge-patch+json",
            )),
        };
        Self { visit, headers, query, body }
    }

    /// A parameter.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.query.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether an option is asked for.
    pub fn has_option(&self, option: &str) -> bool {
        self.get("options").is_some_and(|options| options.split(',').any(|own| own.trim() == option))
    }

    /// The body, which must be there.
    pub fn json(&self) -> Result<&Json, Problem> {
        let body = self.body.as_ref().map_err(Clone::clone)?;
        body.as_ref().ok_or_else(|| Problem::request("a body is expected"))
    }

    fn accepts(&self, kind: &str) -> bool {
        self.headers
            .get(ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains(kind))
    }

    /// Whether features are asked for.
    pub fn as_features(&self) -> bool {
        self.accepts("application/geo+json")
    }

    fn format(&self) -> Format {
        let asked = |word: &str| self.has_option(word) || self.get("format") == Some(word);
        if asked("keyValues") || asked("simplified") {
            Format::Simplified
        } else if asked("concise") {
            Format::Concise
        } else {
            Format::Normalized
        }
    }

    /// The version that the client has seen (RFC 9110, 13.1.1).
    pub fn seen(&self) -> Result<Option<u64>, Problem> {
        let Some(tag) = self.headers.get(IF_MATCH).and_then(|tag| tag.to_str().ok()) else { return Ok(None) };
        if tag == "*" {
            return Ok(None);
        }
        let version = tag.trim_matches('"').parse();
        version.map(Some).map_err(|_| Problem::request("If-Match has the ETag of an answer"))
    }

    /// The command's id: that of a key that the client chose, or a new one.
    pub fn command(&self, desk: &Desk, part: &str) -> Result<CommandId, Problem> {
        let key = self.headers.get("idempotency-key").and_then(|key| key.to_str().ok());
        let actor = desk.actor.as_ref().map_or("", |actor| actor.urn.as_str());
        match key {
            None => Ok(CommandId(desk.state().chance.id())),
            Some(key) if (1..=128).contains(&key.len()) => {
                Ok(desk.kernel().command_id(&["ngsi-ld", actor, key, part]))
            }
            Some(_) => Err(Problem::request("Idempotency-Key has 1 to 128 signs")),
        }
    }

    /// How an entity is shown to this client.
    pub fn shown(&self, desk: &Desk, entity: &Entity) -> Result<Shown, Problem> {
        let listed = |key: &str| -> Option<Vec<&str>> { self.get(key).map(|list| list.split(',').collect()) };
        let only = listed("attrs").or(listed("pick"));
        let without = listed("omit").unwrap_or_default();
        let with_times = self.has_option("sysAttrs");
        let created = if with_times {
            desk.kernel().created(&entity.urn).map_err(|r| refused(desk, &r))?
        } else {
            None
        };
        let is_shown = |id: &str| {
            only.as_ref().is_none_or(|only| only.iter().any(|own| own.trim() == id)) && !without.contains(&id)
        };
        let own = entity.attributes.iter().filter(|(id, _)| is_shown(id.as_str()) && *id != "createdBy");
        let attributes = own.map(|(id, held)| ShownAttribute {
            name: id.to_string(),
            value: held.attribute.value.clone(),
            unit: held.attribute.unit.as_ref().map(Name::to_string),
            observed: held.attribute.observed,
            // When it was first written is not kept apart: what is known is when it last was.
            times: with_times.then_some((held.committed, held.committed)),
        });
        let modified = entity.attributes.values().map(|held| held.committed).max();
        Ok(Shown {
            id: entity.urn.to_string(),
            kind: entity.kind.to_string(),
            times: created.zip(modified),
            attributes: attributes.collect(),
        })
    }

    /// An entity as JSON for this client.
    pub fn entity(&self, desk: &Desk, entity: &Entity) -> Result<Json, Problem> {
        let shown = self.shown(desk, entity)?;
        Ok(ngsi_ld::write(&shown, self.format(), self.as_features()))
    }
}

/// What is answered.
#[derive(Default)]
pub(super) struct Answer {
    status: StatusCode,
    body: Option<Json>,
    headers: Vec<(HeaderName, String)>,
}

impl Answer {
    fn ok(body: Json) -> Self {
        Self { status: StatusCode::OK, body: Some(body), headers: Vec::new() }
    }

    fn empty() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None, headers: Vec::new() }
    }

    fn with(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// With the tag of a version.
    fn tagged(self, version: u64) -> Self {
        self.with(ETAG, format!("\"{version}\""))
    }
}

type Made = Result<Answer, Problem>;

/// Answers a request: reads it, works on a thread that may wait, and says the same of errors everywhere.
async fn answer(
    web: Web,
    request: Request,
    work: impl FnOnce(&Desk, &Asked) -> Made + Send + 'static,
) -> Response {
    let asked = Asked::of(request).await;
    let visit = asked.visit.clone();
    web.0
        .answer(visit, move |desk| {
            let made = of_this_tenant(desk, &asked).and_then(|()| work(desk, &asked));
            Ok(made.map_or_else(|problem| said(&problem), |answer| written(&asked, answer)))
        })
        .await
}

fn of_this_tenant(desk: &Desk, asked: &Asked) -> Result<(), Problem> {
    let Some(tenant) = asked.headers.get(TENANT) else { return Ok(()) };
    if tenant.to_str().is_ok_and(|tenant| tenant == desk.kernel().tenant()) {
        return Ok(());
    }
    Err(Problem { kind: Kind::NonexistentTenant, detail: "this node serves another city".to_owned() })
}

fn said(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(CONTENT_TYPE, "application/problem+json")], problem.json().to_string()).into_response()
}

fn written(asked: &Asked, answer: Answer) -> Response {
    let Answer { status, body, headers } = answer;
    let mut all = HeaderMap::new();
    for (name, value) in headers {
        all.extend(HeaderValue::from_str(&value).ok().map(|value| (name, value)));
    }
    let Some(mut body) = body else { return (status, all).into_response() };
    let kind = if asked.as_features() {
        "application/geo+json"
    } else if asked.accepts("application/ld+json") {
        with_context(&mut body);
        "application/ld+json"
    } else {
        let link = format!(
            "<{CORE_CONTEXT}>; rel=\"http://www.w3.org/ns/json-ld#context\"; type=\"application/ld+json\""
        );
        all.extend(HeaderValue::from_str(&link).ok().map(|link| (LINK, link)));
        "application/json"
    };
    all.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    (status, all, body.to_string()).into_response()
}

/// Puts the context into a body, or into each of its entities.
fn with_context(body: &mut Json) {
    match body {
        Json::Array(list) => list.iter_mut().for_each(with_context),
        Json::Object(object) => drop(object.insert("@context".to_owned(), CORE_CONTEXT.into())),
        _ => {}
    }
}

/// A refusal of the kernel as the standard names it.
fn refused(desk: &Desk, refusal: &Refusal) -> Problem {
    let kind = match refusal {
        Refusal::NotFound(what) => {
            let detail = format!("{what} is not here, or not for this client");
            return Problem { kind: Kind::ResourceNotFound, detail };
        }
        Refusal::SignedOut | Refusal::SignIn { .. } => Kind::Forbidden(401),
        Refusal::NotAllowed { .. } => Kind::Forbidden(403),
        Refusal::Overtaken { .. } => Kind::Overtaken,
        Refusal::Field { field: "exists", .. } => Kind::AlreadyExists,
        Refusal::Field { field: "too-many", .. } => Kind::TooManyResults,
        Refusal::Field { .. }
        | Refusal::Process(_)
        | Refusal::Definitions(_)
        | Refusal::Erased(_)
        | Refusal::Dropped(_) => Kind::BadRequestData,
        Refusal::Unusable(_) | Refusal::Store(_) => Kind::InternalError,
    };
    let detail = match refusal {
        Refusal::Field { what, .. } => desk.text(what).to_owned(),
        Refusal::Store(kernel::StoreError::Filter(what)) => {
            return Problem::data(format!("this cannot be asked: {what}"));
        }
        other => {
            why(other, desk, None).map_or_else(|| "the city could not do it".to_owned(), |why| why.because)
        }
    };
    if kind == Kind::InternalError {
        tracing::error!(%refusal, "the context door failed");
    }
    Problem { kind, detail }
}

/// Who writes; nobody does who is not signed in.
fn writer(desk: &Desk) -> Result<&kernel::Actor, Problem> {
    desk.actor.as_ref().ok_or_else(|| Problem {
        kind: Kind::Forbidden(401),
        detail: "sign in: POST /api/v1/sessions, then Authorization: Bearer <token>".to_owned(),
    })
}

fn urn(text: &str) -> Result<Urn, Problem> {
    Urn::new(text).map_err(|error| Problem::data(error.to_string()))
}

fn is_json(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    matches!(kind, "application/json" | "application/ld+json" | "application/merge-patch+json")
}

fn query(uri: &Uri) -> HashMap<String, String> {
    Query::<HashMap<String, String>>::try_from_uri(uri).map(|query| query.0).unwrap_or_default()
}

/// What the standard has and this door has not.
async fn not_offered(web: Web, request: Request) -> Response {
    let at = request.uri().path().to_owned();
    answer(web, request, move |_, _| {
        let detail = format!("{at} is not offered here: entities, entityOperations, types, attributes and temporal/entities/<id> are");
        Err(Problem { kind: Kind::OperationNotSupported, detail })
    })
    .await
}

/// `POST /api/v1/sessions`: a session for a program, from login and password. It ends as any other does.
pub(super) async fn session(web: Web, request: Request) -> Response {
    let asked = Asked::of(request).await;
    let visit = asked.visit.clone();
    web.0
        .answer_as(super::Work::SignIn, visit, move |desk| {
            let text = |key: &str| {
                asked.json().ok().and_then(|body| body.get(key)).and_then(Json::as_str).unwrap_or_default()
            };
            let (login, password) = (text("login"), text("password"));
            if login.is_empty() || password.is_empty() || login.len() > 256 || password.len() > 1024 {
                return Err(Fault::Form(StatusCode::UNPROCESSABLE_ENTITY));
            }
            Ok(match desk.kernel().sign_in(login, password) {
                Ok(token) => axum::Json(json!({ "token": token })).into_response(),
                Err(refusal) => said(&refused(desk, &refusal)),
            })
        })
        .await
}
