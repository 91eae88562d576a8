//! Maps for programs: OGC API – Features 1.0 (OGC 17-069r4, core and GeoJSON) and vector tiles (Mapbox Vector Tile 2.1), in
//! WGS 84, of what whoever asks may see. `ogr2ogr`, QGIS and MapLibre read them.
//!
//! A collection is a type whose entities have a place; `divisions` are the city's outlines.

mod tiles;

use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Segment, Visit};
use super::interface::{Interface, Operation};
use super::{Web, about};
use crate::map::Box4;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kernel::ContextQuery;
use model::{Entity, Name, Urn, Value};
use ngsi_ld::geo::GeoQuery;
use pack::{Outline, Place};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

/// Features in an answer, if nothing is said, and at most.
const LIMIT: u32 = 100;
const LIMIT_MAX: u32 = 1_000;
/// The collection of the city's outlines.
const DIVISIONS: &str = "divisions";
const GEO_JSON: &str = "application/geo+json";
const JSON: &str = "application/json";
/// The reference system of all coordinates: longitude, then latitude (OGC 17-069r4, 7.15.1).
const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// The addresses.
pub(super) fn routes(interface: Interface) -> Interface {
    let of = |id, summary| Operation::get(id, summary);
    interface
        .at("/features", [of("getFeatures", "OGC API – Features: where everything is.")], get(landing))
        .at("/features/conformance", [of("getConformance", "To what it conforms.")], get(conformance))
        .at("/features/collections", [of("listCollections", "What there is on maps.")], get(collections))
        .at("/features/collections/{id}", [of("getCollection", "One collection.")], get(collection))
        .at(
            "/features/collections/{id}/items",
            [of("listFeatures", "Features, as GeoJSON.")
                .query("bbox", "west,south,east,north in degrees.")
                .query("limit", "At most 1000; 100 if nothing is said.")
                .query("offset", "How many to leave out.")
                .answers(GEO_JSON)],
            get(items),
        )
        .at(
            "/features/collections/{id}/items/{feature}",
            [of("getFeature", "One feature.").answers(GEO_JSON)],
            get(item),
        )
        .at(
            "/features/tiles/{z}/{x}/{y}",
            [of("getTile", "A vector tile; `y` perhaps with `.mvt`.").answers(tiles::KIND)],
            get(tiles::show),
        )
}

#[derive(Default, Deserialize)]
struct Query {
    bbox: Option<String>,
    limit: Option<String>,
    offset: Option<String>,
}

async fn landing(web: Web, visit: Visit) -> Response {
    answer(web, visit, JSON, |desk, base| {
        let link = |href: &str, rel: &str, kind: &str| json!({ "href": format!("{base}{href}"), "rel": rel, "type": kind });
        Ok(json!({
            "title": desk.text(&desk.loaded().definitions.city.title),
            "description": desk.words().board.schematic,
            "links": [
                link("/features", "self", JSON),
                link("/api/openapi.json", "service-desc", "application/vnd.oai.openapi+json;version=3.1"),
                link("/features/conformance", "conformance", JSON),
                link("/features/collections", "data", JSON),
            ],
        }))
    })
    .await
}

async fn conformance(web: Web, visit: Visit) -> Response {
    answer(web, visit, JSON, |_, _| {
        let class = |name: &str| format!("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}");
        Ok(json!({ "conformsTo": [class("core"), class("geojson")] }))
    })
    .await
}

async fn collections(web: Web, visit: Visit) -> Response {
    answer(web, visit, JSON, |desk, base| {
        let all: Vec<Json> = seen(desk)?.iter().map(|one| described(desk, base, one)).collect();
        let own = json!({ "href": format!("{base}/features/collections"), "rel": "self", "type": JSON });
        Ok(json!({ "links": [own], "collections": all }))
    })
    .await
}

async fn collection(web: Web, visit: Visit, id: Segment) -> Response {
    answer(web, visit, JSON, move |desk, base| Ok(described(desk, base, &named(desk, id)?))).await
}

async fn items(web: Web, visit: Visit, id: Segment, asked: Asked<Query>) -> Response {
    answer(web, visit, GEO_JSON, move |desk, base| {
        let collection = named(desk, id)?;
        let query = asked.map(|query| query.0).map_err(|rejection| Fault::Form(rejection.status()))?;
        let page = Page::of(&query)?;
        listed(desk, base, &collection, &page)
    })
    .await
}

async fn item(web: Web, visit: Visit, path: Segment<(String, String)>) -> Response {
    answer(web, visit, GEO_JSON, move |desk, _| {
        let Path((id, feature)) = path.map_err(|_| Fault::NothingHere)?;
        match named(desk, Ok(Path(id)))? {
            Collection::Divisions => {
                let outlines = outlines(desk);
                let at: usize = feature.parse().map_err(|_| Fault::NothingHere)?;
                outlines.get(at).map(|outline| area(desk, at, outline)).ok_or(Fault::NothingHere)
            }
            Collection::Type(kind) => {
                let urn = Urn::new(feature).map_err(|_| Fault::NothingHere)?;
                let entity = desk.kernel().context_entity(desk.actor.as_ref(), &urn)?;
                if entity.kind == kind { Ok(thing(desk, &entity)) } else { Err(Fault::NothingHere) }
            }
        }
    })
    .await
}

/// Answers with JSON, its links under the address by which it was asked.
async fn answer(
    web: Web,
    visit: Visit,
    kind: &'static str,
    work: impl FnOnce(&Desk, &str) -> Result<Json, Fault> + Send + 'static,
) -> Response {
    web.0
        .answer(visit, move |desk| {
            let made = work(desk, &desk.address(""));
            Ok(match made {
                Ok(body) => (StatusCode::OK, [(CONTENT_TYPE, kind)], body.to_string()).into_response(),
                Err(fault) => super::api::reply(desk, Err(fault)),
            })
        })
        .await
}

/// What there is on maps.
enum Collection {
    Divisions,
    Type(Name),
}

impl Collection {
    fn id(&self) -> &str {
        match self {
            Self::Divisions => DIVISIONS,
            Self::Type(kind) => kind.as_str(),
        }
    }
}

/// The collections of which whoever asks sees anything.
fn seen(desk: &Desk) -> Result<Vec<Collection>, Fault> {
    let types = desk.kernel().context_types(desk.actor.as_ref())?;
    let known = &desk.loaded().definitions.types;
    let placed = |kind: &Name| known.get(kind).is_some_and(|known| known.place == Place::Point);
    let types = types.into_keys().filter(placed).map(Collection::Type);
    let divisions = (!outlines(desk).is_empty()).then_some(Collection::Divisions);
    Ok(divisions.into_iter().chain(types).collect())
}

fn named(desk: &Desk, id: Segment) -> Result<Collection, Fault> {
    let Path(id) = id.map_err(|_| Fault::NothingHere)?;
    seen(desk)?.into_iter().find(|one| one.id() == id).ok_or(Fault::NothingHere)
}

fn outlines(desk: &Desk) -> &[Outline] {
    desk.loaded().definitions.outlines.as_ref().map_or(&[], |outlines| &outlines.outlines)
}

fn described(desk: &Desk, base: &str, collection: &Collection) -> Json {
    let (title, about) = match collection {
        Collection::Divisions => {
            let drawn =
                desk.loaded().definitions.outlines.as_ref().map(|all| desk.text(&all.drawn).to_owned());
            (desk.words().board.map.clone(), drawn)
        }
        Collection::Type(kind) => (about::kind_title(desk, kind), None),
    };
    let at = format!("{base}/features/collections/{}", collection.id());
    json!({
        "id": collection.id(),
        "title": title,
        "description": about,
        "itemType": "feature",
        "crs": [CRS84],
        "links": [
            { "href": at, "rel": "self", "type": JSON },
            { "href": format!("{at}/items"), "rel": "items", "type": GEO_JSON },
        ],
    })
}

/// Which features are asked for.
struct Page {
    area: Option<Box4>,
    limit: u32,
    offset: u64,
}

impl Page {
    fn of(query: &Query) -> Result<Self, Fault> {
        let wrong = |_| Fault::Form(StatusCode::BAD_REQUEST);
        let limit = query.limit.as_deref().map(str::parse::<u32>).transpose().map_err(wrong)?;
        let offset = query.offset.as_deref().map(str::parse::<u64>).transpose().map_err(wrong)?;
        let area = match query.bbox.as_deref() {
            None => None,
            Some(text) => Some(Box4::parse(text).ok_or(Fault::Form(StatusCode::BAD_REQUEST))?),
        };
        match limit {
            Some(0) => Err(Fault::Form(StatusCode::BAD_REQUEST)),
            limit => Ok(Self {
                area,
                limit: limit.unwrap_or(LIMIT).min(LIMIT_MAX),
                offset: offset.unwrap_or_default(),
            }),
        }
    }

    fn address(&self, base: &str, id: &str, offset: u64) -> String {
        let area = self.area.map(|area| format!("&bbox={}", area.text())).unwrap_or_default();
        format!("{base}/features/collections/{id}/items?limit={}&offset={offset}{area}", self.limit)
    }
}

fn listed(desk: &Desk, base: &str, collection: &Collection, page: &Page) -> Result<Json, Fault> {
    let (features, matched) = match collection {
        Collection::Divisions => {
            let all = outlines(desk).iter().enumerate();
            let within: Vec<_> =
                all.filter(|(_, one)| page.area.is_none_or(|area| touches(one, area))).collect();
            let matched = within.len() as u64;
            let skip = usize::try_from(page.offset).unwrap_or(usize::MAX);
            let shown = within.into_iter().skip(skip).take(page.limit as usize);
            (shown.map(|(at, one)| area(desk, at, one)).collect::<Vec<_>>(), matched)
        }
        Collection::Type(kind) => {
            let (entities, matched) = things(desk, kind, page)?;
            (entities.iter().map(|entity| thing(desk, entity)).collect(), matched)
        }
    };
    let next = page.offset + features.len() as u64;
    let link = |rel: &str, offset: u64| json!({ "href": page.address(base, collection.id(), offset), "rel": rel, "type": GEO_JSON });
    let mut links = vec![link("self", page.offset)];
    if next < matched && !features.is_empty() {
        links.push(link("next", next));
    }
    let mut out = ngsi_ld::collection(&features);
    let more = json!({
        "links": links,
        "numberMatched": matched,
        "numberReturned": features.len(),
        "timeStamp": desk.kernel().now().to_string(),
    });
    if let (Json::Object(out), Json::Object(more)) = (&mut out, more) {
        out.extend(more);
    }
    Ok(out)
}

/// Entities of a type as whoever asks sees them, and how many there are.
fn things(desk: &Desk, kind: &Name, page: &Page) -> Result<(Vec<Entity>, u64), Fault> {
    let place = page.area.map(within).transpose()?;
    let keep = place.as_ref().map(|place| move |entity: &Entity| place.matches(entity));
    let query = ContextQuery {
        kinds: vec![kind.clone()],
        ids: Vec::new(),
        filter: None,
        asked: Vec::new(),
        keep: keep.as_ref().map(|keep| keep as &dyn Fn(&Entity) -> bool),
        order: None,
        skip: page.offset,
        limit: page.limit,
        count: true,
    };
    let found = desk.kernel().context(desk.actor.as_ref(), &query)?;
    Ok((found.entities, found.count.unwrap_or_default()))
}

/// The question whether a place lies in a stretch.
fn within(area: Box4) -> Result<GeoQuery, Fault> {
    let [w, s, e, n] = area.0;
    let ring = json!([[[w, s], [e, s], [e, n], [w, n], [w, s]]]);
    GeoQuery::read("within", "Polygon", &ring, "location").map_err(|_| Fault::Form(StatusCode::BAD_REQUEST))
}

fn touches(outline: &Outline, area: Box4) -> bool {
    let [w, s, e, n] = area.0;
    Box4::around(outline.rings.iter().flatten().copied())
        .is_some_and(|Box4([west, south, east, north])| west <= e && east >= w && south <= n && north >= s)
}

fn thing(desk: &Desk, entity: &Entity) -> Json {
    let location = entity.value("location").get("coordinates").map(Value::as_list).unwrap_or_default();
    let place: Option<Vec<f64>> = location.iter().map(Value::as_number).collect();
    let geometry =
        place.filter(|place| place.len() >= 2).map(|place| json!({ "type": "Point", "coordinates": place }));
    let own = entity.attributes.iter().filter(|(id, _)| **id != *"location");
    let properties: Map<String, Json> = own
        .filter_map(|(id, held)| Some((id.to_string(), plain(desk, &held.attribute.value)?)))
        .chain([("type".to_owned(), entity.kind.as_str().into())])
        .collect();
    json!({ "id": entity.urn.as_str(), "type": "Feature", "geometry": geometry, "properties": properties })
}

/// A value as tables of maps hold it: numbers, texts, yes and no.
fn plain(desk: &Desk, value: &Value) -> Option<Json> {
    Some(match value {
        Value::Null | Value::Sealed(_) | Value::Bytes(_) => return None,
        Value::Bool(yes) => (*yes).into(),
        Value::Int(int) => (*int).into(),
        Value::Number(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Instant(at) => at.to_string().into(),
        Value::Ref(urn) => urn.as_str().into(),
        Value::Map(map) => match map.get(desk.lang().code()) {
            Some(Value::Text(text)) => text.as_str().into(),
            _ => kernel::json_of(value),
        },
        Value::List(_) => kernel::json_of(value),
    })
}

fn area(desk: &Desk, at: usize, outline: &Outline) -> Json {
    let polygons: Vec<Json> = outline.rings.iter().map(|ring| json!([ring])).collect();
    json!({
        "id": at,
        "type": "Feature",
        "geometry": { "type": "MultiPolygon", "coordinates": polygons },
        "properties": { "title": desk.text(&outline.title), "divisions": outline.divisions.join(" ") },
    })
}
