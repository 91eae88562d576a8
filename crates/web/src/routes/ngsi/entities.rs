//! Entities: created, read, asked for, changed and taken out (clauses 6.4 to 6.7).

use super::{Answer, Asked, COUNT, Made, answer, refused, urn, writer};
use crate::routes::Web;
use crate::routes::desk::Desk;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::http::header::{LINK, LOCATION};
use axum::response::Response;
use kernel::{ContextQuery, ContextWrite, Mode, Written};
use model::{Attribute, Entity, Filter, Name, Value};
use ngsi_ld::geo::GeoQuery;
use ngsi_ld::{Problem, name, q};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Entities in one answer, if nothing is said, and at most.
const LIMIT: u32 = 20;
const LIMIT_MAX: u32 = 1000;

pub(super) async fn list(web: Web, request: Request) -> Response {
    answer(web, request, |desk, asked| {
        let said = Said::of_address(asked)?;
        if said.is_everything() {
            return Err(Problem::data("say what is asked for: type, id, attrs, q or georel"));
        }
        listed(desk, asked, &said)
    })
    .await
}

pub(super) async fn show(web: Web, Path(id): Path<String>, request: Request) -> Response {
    answer(web, request, move |desk, asked| {
        let entity = desk.kernel().context_entity(desk.actor.as_ref(), &urn(&id)?);
        let entity = entity.map_err(|refusal| refused(desk, &refusal))?;
        Ok(Answer::ok(asked.entity(desk, &entity)?).tagged(entity.version))
    })
    .await
}

pub(super) async fn create(web: Web, request: Request) -> Response {
    answer(web, request, |desk, asked| {
        let given = ngsi_ld::entity(asked.json()?)?;
        let write = ContextWrite {
            urn: given.urn.clone(),
            kind: Some(given.kind),
            set: given.attributes,
            mode: Mode::Create,
            seen: None,
            ground: String::new(),
        };
        let written = write_one(desk, asked, &write)?;
        let at = format!("/ngsi-ld/v1/entities/{}", given.urn);
        let created = Answer { status: StatusCode::CREATED, ..Answer::empty() }.with(LOCATION, at);
        Ok(written.done.map_or_else(Answer::empty, |done| created.tagged(done.sequence)))
    })
    .await
}

pub(super) async fn append(web: Web, Path(id): Path<String>, request: Request) -> Response {
    answer(web, request, move |desk, asked| {
        let mode = if asked.has_option("noOverwrite") { Mode::AppendNew } else { Mode::Append };
        change(desk, asked, &id, mode)
    })
    .await
}

pub(super) async fn update(web: Web, Path(id): Path<String>, request: Request) -> Response {
    answer(web, request, move |desk, asked| change(desk, asked, &id, Mode::Update)).await
}

pub(super) async fn merge(web: Web, Path(id): Path<String>, request: Request) -> Response {
    answer(web, request, move |desk, asked| change(desk, asked, &id, Mode::Append)).await
}

pub(super) async fn replace(web: Web, Path(id): Path<String>, request: Request) -> Response {
    answer(web, request, move |desk, asked| change(desk, asked, &id, Mode::Replace)).await
}

pub(super) async fn delete(web: Web, Path(id): Path<String>, request: Request) -> Response {
    answer(web, request, move |desk, asked| {
        take_out(desk, asked, &id)?;
        Ok(Answer::empty())
    })
    .await
}

pub(super) async fn partial(
    web: Web,
    Path((id, attribute)): Path<(String, String)>,
    request: Request,
) -> Response {
    answer(web, request, move |desk, asked| {
        let (urn, id) = (urn(&id)?, name(&attribute)?);
        let held = desk.kernel().context_entity(desk.actor.as_ref(), &urn);
        let held = held.map_err(|refusal| refused(desk, &refusal))?;
        let missing = || refused(desk, &kernel::Refusal::NotFound(format!("{urn} {attribute}")));
        let held = held.attributes.get(&id).ok_or_else(missing)?;
        let set = BTreeMap::from([(id, fragment(&attribute, asked.json()?, &held.attribute)?)]);
        let write = ContextWrite {
            urn,
            kind: None,
            set,
            mode: Mode::Update,
            seen: asked.seen()?,
            ground: String::new(),
        };
        whole(write_one(desk, asked, &write)?, desk)
    })
    .await
}

pub(super) async fn delete_attribute(
    web: Web,
    Path((id, attribute)): Path<(String, String)>,
    request: Request,
) -> Response {
    answer(web, request, move |desk, asked| {
        let set = BTreeMap::from([(name(&attribute)?, Attribute::plain(Value::Null))]);
        let write = ContextWrite {
            urn: urn(&id)?,
            kind: None,
            set,
            mode: Mode::Update,
            seen: asked.seen()?,
            ground: String::new(),
        };
        let written = write_one(desk, asked, &write)?;
        if written.done.is_none() && written.not_updated.len() == 1 {
            let what = format!("{id} {attribute}");
            return Err(refused(desk, &kernel::Refusal::NotFound(what)));
        }
        Ok(Answer::empty())
    })
    .await
}

/// An attribute of which only some members are said: the others stay as they are.
fn fragment(key: &str, json: &Json, held: &Attribute) -> Result<Attribute, Problem> {
    let has_value = json.as_object().is_none_or(|object| {
        ["value", "object", "languageMap", "json"].iter().any(|key| object.contains_key(*key))
    });
    if has_value {
        return ngsi_ld::attribute(key, json);
    }
    let mut said = json.clone();
    if let Some(object) = said.as_object_mut() {
        object.remove("type");
        object.insert("value".to_owned(), Json::Bool(true));
    }
    let said = ngsi_ld::attribute(key, &said)?;
    Ok(Attribute {
        value: held.value.clone(),
        unit: said.unit.or(held.unit.clone()),
        observed: said.observed.or(held.observed),
        effective: None,
    })
}

fn change(desk: &Desk, asked: &Asked, id: &str, mode: Mode) -> Made {
    let object = asked.json()?.as_object().ok_or_else(|| Problem::data("a JSON object is expected"))?;
    let set = ngsi_ld::attributes(object)?;
    let write =
        ContextWrite { urn: urn(id)?, kind: None, set, mode, seen: asked.seen()?, ground: String::new() };
    whole(write_one(desk, asked, &write)?, desk)
}

pub(super) fn take_out(desk: &Desk, asked: &Asked, id: &str) -> Result<Written, Problem> {
    let write = ContextWrite {
        urn: urn(id)?,
        kind: None,
        set: BTreeMap::new(),
        mode: Mode::Delete,
        seen: asked.seen()?,
        ground: String::new(),
    };
    write_one(desk, asked, &write)
}

pub(super) fn write_one(desk: &Desk, asked: &Asked, write: &ContextWrite) -> Result<Written, Problem> {
    let actor = writer(desk)?;
    let command = asked.command(desk, write.urn.as_str())?;
    desk.kernel().context_write(actor, command, write).map_err(|refusal| refused(desk, &refusal))
}

/// Done whole, or what of it was not (clause 5.2.18).
fn whole(written: Written, desk: &Desk) -> Made {
    if written.not_updated.is_empty() {
        let tagged = |done: kernel::Done| Answer::empty().tagged(done.sequence);
        return Ok(written.done.map_or_else(Answer::empty, tagged));
    }
    Ok(Answer { status: StatusCode::MULTI_STATUS, body: Some(parts(&written, desk)), headers: Vec::new() })
}

/// What was written, and what was not.
pub(super) fn parts(written: &Written, desk: &Desk) -> Json {
    let not = written
        .not_updated
        .iter()
        .map(|(id, why)| json!({ "attributeName": id.as_str(), "reason": desk.text(why) }));
    json!({
        "updated": written.updated.iter().map(Name::as_str).collect::<Vec<_>>(),
        "notUpdated": not.collect::<Vec<_>>(),
    })
}

/// What a query says, in an address or in a body.
#[derive(Default)]
pub(super) struct Said {
    pub kinds: Vec<Name>,
    pub ids: Vec<model::Urn>,
    pub pattern: Option<regex::Regex>,
    pub attributes: Vec<Name>,
    pub filter: Option<Filter>,
    pub place: Option<GeoQuery>,
}

impl Said {
    pub fn of_address(asked: &Asked) -> Result<Self, Problem> {
        let mut said = Self::default();
        if let Some(kinds) = asked.get("type") {
            said.kinds = kinds_of(kinds)?;
        }
        if let Some(ids) = asked.get("id") {
            said.ids = ids.split(',').map(|id| urn(id.trim())).collect::<Result<_, _>>()?;
        }
        said.pattern = asked.get("idPattern").map(pattern).transpose()?;
        if let Some(attributes) = asked.get("attrs") {
            said.attributes = attributes.split(',').map(|id| name(id.trim())).collect::<Result<_, _>>()?;
        }
        said.filter = asked.get("q").map(q::parse).transpose()?;
        if let Some(georel) = asked.get("georel") {
            let coordinates = asked.get("coordinates").unwrap_or_default();
            let coordinates: Json = serde_json::from_str(coordinates)
                .map_err(|_| Problem::data("`coordinates` is JSON, as [113.3,40.1]"))?;
            let property = asked.get("geoproperty").unwrap_or("location");
            let geometry = asked.get("geometry").unwrap_or_default();
            said.place = Some(GeoQuery::read(georel, geometry, &coordinates, property)?);
        }
        Ok(said)
    }

    fn is_everything(&self) -> bool {
        self.kinds.is_empty()
            && self.ids.is_empty()
            && self.attributes.is_empty()
            && self.filter.is_none()
            && self.place.is_none()
    }
}

/// Types in a list, any of which will do.
pub(super) fn kinds_of(text: &str) -> Result<Vec<Name>, Problem> {
    if text.contains([';', '(']) {
        return Err(Problem::data("`type` is one type or a list of types: an entity has one type here"));
    }
    text.split([',', '|']).map(|kind| name(kind.trim())).collect()
}

pub(super) fn pattern(text: &str) -> Result<regex::Regex, Problem> {
    let built = regex::RegexBuilder::new(text).size_limit(1 << 18).build();
    built.map_err(|_| Problem::data("`idPattern` is no regular expression"))
}

/// The entities that are asked for.
pub(super) fn listed(desk: &Desk, asked: &Asked, said: &Said) -> Made {
    let number = |key: &str, most: u32| match asked.get(key) {
        None => Ok(None),
        Some(text) => match text.parse::<u32>() {
            Ok(number) if number <= most => Ok(Some(number)),
            _ => Err(Problem::data(format!("`{key}` is a number up to {most}"))),
        },
    };
    let limit = number("limit", LIMIT_MAX)?.unwrap_or(LIMIT);
    let offset = number("offset", 1_000_000)?.unwrap_or(0);
    let count = asked.get("count") == Some("true") || asked.has_option("count");
    if limit == 0 && !count {
        return Err(Problem::data("`limit`: zero goes with count=true"));
    }
    let keep = |entity: &Entity| {
        said.pattern.as_ref().is_none_or(|pattern| pattern.is_match(entity.urn.as_str()))
            && said.place.as_ref().is_none_or(|place| place.matches(entity))
    };
    let has = said.attributes.iter().map(|id| Filter::Has { path: vec![id.clone()] }).collect::<Vec<_>>();
    let filter = (!has.is_empty()).then_some(Filter::Or(has));
    let filter: Vec<Filter> = filter.into_iter().chain(said.filter.clone()).collect();
    let filter = (!filter.is_empty()).then_some(Filter::And(filter));
    let mut names: Vec<Name> = filter.iter().flat_map(q::attributes).cloned().collect();
    let order = asked.get("orderBy").map(order_by).transpose()?;
    names.extend(order.iter().filter_map(|(path, _)| path.first().cloned()));
    let query = ContextQuery {
        kinds: said.kinds.clone(),
        ids: said.ids.clone(),
        filter,
        asked: names,
        keep: if said.pattern.is_some() || said.place.is_some() { Some(&keep) } else { None },
        order,
        skip: u64::from(offset),
        limit,
        count,
    };
    let found =
        desk.kernel().context(desk.actor.as_ref(), &query).map_err(|refusal| refused(desk, &refusal))?;
    let shown =
        found.entities.iter().map(|entity| asked.entity(desk, entity)).collect::<Result<Vec<_>, _>>()?;
    let body = if asked.as_features() { ngsi_ld::collection(&shown) } else { Json::Array(shown) };
    let mut answer = Answer::ok(body);
    if let Some(count) = found.count {
        answer = answer.with(COUNT, count.to_string());
    }
    let page = |offset: u32, rel: &str| {
        let mut others: Vec<String> = asked
            .query
            .iter()
            .filter(|(key, _)| *key != "offset" && *key != "limit")
            .map(|(key, value)| format!("{}={}", crate::paths::encode(key), crate::paths::encode(value)))
            .collect();
        others.sort();
        let others = others.join("&");
        format!("</ngsi-ld/v1/entities?{others}&limit={limit}&offset={offset}>; rel=\"{rel}\"")
    };
    if limit > 0 && offset > 0 {
        answer = answer.with(LINK, page(offset.saturating_sub(limit), "prev"));
    }
    if limit > 0 && found.more {
        answer = answer.with(LINK, page(offset + limit, "next"));
    }
    Ok(answer)
}

/// `pm25;desc`, `name`: an attribute and its direction (clause 4.23).
fn order_by(text: &str) -> Result<(Vec<Name>, bool), Problem> {
    let (path, direction) = text.split_once(';').unwrap_or((text, "asc"));
    let path = path.split('.').map(name).collect::<Result<Vec<_>, _>>()?;
    match direction {
        "asc" => Ok((path, false)),
        "desc" => Ok((path, true)),
        _ => Err(Problem::data("`orderBy`: asc or desc, as pm25;desc")),
    }
}
