//! Places (clause 4.10): near a point, within an area, outside it.

use crate::{Kind, Problem};
use model::{Entity, Value};
use serde_json::Value as Json;
use standards::geo;

/// Corners of an area.
const CORNERS_MAX: usize = 10_000;

/// A longitude and a latitude, in degrees.
pub type Point = (f64, f64);

/// What is asked of a place.
#[derive(Clone, Debug, PartialEq)]
pub struct GeoQuery {
    /// The attribute that holds it.
    pub property: String,
    relation: Relation,
}

#[derive(Clone, Debug, PartialEq)]
enum Relation {
    /// At most, and at least, so many metres away.
    Near { point: Point, most: Option<f64>, least: Option<f64> },
    /// In an area, which is its outer ring and its holes; more than one of them are one of them each.
    Within(Vec<Vec<Vec<Point>>>),
    /// Not in it.
    Disjoint(Vec<Vec<Vec<Point>>>),
}

impl GeoQuery {
    /// Reads what an address or a query says.
    pub fn read(georel: &str, geometry: &str, coordinates: &Json, property: &str) -> Result<Self, Problem> {
        let mut parts = georel.split(';');
        let relation = match (parts.next().unwrap_or_default(), geometry) {
            ("near", "Point") => {
                let (mut most, mut least) = (None, None);
                for part in parts {
                    let (key, metres) = part.split_once("==").unwrap_or((part, ""));
                    let metres = metres.parse::<f64>().ok().filter(|metres| *metres >= 0.0);
                    let metres =
                        metres.ok_or_else(|| Problem::data("`georel`: write near;maxDistance==2000"))?;
                    match key {
                        "maxDistance" => most = Some(metres),
                        "minDistance" => least = Some(metres),
                        _ => return Err(Problem::data("`georel`: near has maxDistance or minDistance")),
                    }
                }
                if most.is_none() && least.is_none() {
                    return Err(Problem::data("`georel`: write near;maxDistance==2000"));
                }
                Relation::Near { point: point(coordinates)?, most, least }
            }
            ("near", _) => return Err(Problem::data("`georel`: near goes with geometry=Point")),
            // Of points the three say the same.
            ("within" | "intersects" | "overlaps", "Polygon") => Relation::Within(vec![area(coordinates)?]),
            ("within" | "intersects" | "overlaps", "MultiPolygon") => Relation::Within(areas(coordinates)?),
            ("disjoint", "Polygon") => Relation::Disjoint(vec![area(coordinates)?]),
            ("disjoint", "MultiPolygon") => Relation::Disjoint(areas(coordinates)?),
            ("equals", "Point") => {
                Relation::Near { point: point(coordinates)?, most: Some(0.01), least: None }
            }
            ("within" | "intersects" | "overlaps" | "disjoint" | "equals" | "contains", _) => {
                let detail =
                    "`geometry`: entities here stand at points: ask with Point, Polygon or MultiPolygon";
                return Err(Problem { kind: Kind::OperationNotSupported, detail: detail.to_owned() });
            }
            _ => return Err(Problem::data("`georel` is near, within, intersects, disjoint or equals")),
        };
        Ok(Self { property: property.to_owned(), relation })
    }

    /// Whether an entity stands so. One without a place does not.
    pub fn matches(&self, entity: &Entity) -> bool {
        let Some(at) = place(entity.value(&self.property)) else { return false };
        match &self.relation {
            Relation::Near { point, most, least } => {
                let away = metres(*point, at);
                most.is_none_or(|most| away <= most) && least.is_none_or(|least| away >= least)
            }
            Relation::Within(areas) => areas.iter().any(|area| lies_in(at, area)),
            Relation::Disjoint(areas) => !areas.iter().any(|area| lies_in(at, area)),
        }
    }
}

/// Where a value says that something is: longitude and latitude in degrees.
pub fn place(value: &Value) -> Option<Point> {
    let [longitude, latitude, ..] = value.get("coordinates")?.as_list() else { return None };
    Some((longitude.as_number()?, latitude.as_number()?))
}

fn metres((a_long, a_lat): Point, (b_long, b_lat): Point) -> f64 {
    geo::metres(geo::Point::new(a_long, a_lat), geo::Point::new(b_long, b_lat))
}

/// Whether a point lies in an area: in its outer ring, and in none of its holes.
fn lies_in(at: Point, area: &[Vec<Point>]) -> bool {
    let Some((outer, holes)) = area.split_first() else { return false };
    inside(at, outer) && !holes.iter().any(|hole| inside(at, hole))
}

/// Whether a ray to the east crosses a ring an odd number of times.
fn inside((x, y): Point, ring: &[Point]) -> bool {
    let last = ring.last().into_iter().chain(ring);
    last.zip(ring).fold(false, |inside, (&(ax, ay), &(bx, by))| {
        let crosses = (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax;
        inside != crosses
    })
}

fn point(json: &Json) -> Result<Point, Problem> {
    let wrong = || Problem::data("`coordinates`: a point is [longitude, latitude] in degrees");
    let pair = json.as_array().filter(|pair| pair.len() >= 2).ok_or_else(wrong)?;
    let number = |at: usize| pair.get(at).and_then(Json::as_f64);
    let (longitude, latitude) = number(0).zip(number(1)).ok_or_else(wrong)?;
    let good = (-180.0..=180.0).contains(&longitude) && (-90.0..=90.0).contains(&latitude);
    if good { Ok((longitude, latitude)) } else { Err(wrong()) }
}

fn area(json: &Json) -> Result<Vec<Vec<Point>>, Problem> {
    let wrong = || Problem::data("`coordinates`: an area is a list of rings, each of four points or more");
    let rings = json.as_array().filter(|rings| !rings.is_empty()).ok_or_else(wrong)?;
    let ring = |ring: &Json| {
        let corners =
            ring.as_array().filter(|ring| (4..=CORNERS_MAX).contains(&ring.len())).ok_or_else(wrong)?;
        corners.iter().map(point).collect::<Result<Vec<_>, _>>()
    };
    rings.iter().map(ring).collect()
}

fn areas(json: &Json) -> Result<Vec<Vec<Vec<Point>>>, Problem> {
    let wrong = || Problem::data("`coordinates`: a MultiPolygon is a list of areas");
    json.as_array().ok_or_else(wrong)?.iter().map(area).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Attribute, Change, Instant, Name, Urn, map};
    use serde_json::json;

    fn at(longitude: f64, latitude: f64) -> Entity {
        let place = map([
            ("type", "Point".into()),
            ("coordinates", Value::List(vec![Value::Number(longitude), Value::Number(latitude)])),
        ]);
        let change = Change {
            entity: Urn::new("urn:x:a").unwrap(),
            kind: Name::new("A").unwrap(),
            verb: Name::new("create").unwrap(),
            set: [(Name::new("location").unwrap(), Attribute::plain(place))].into(),
            note: Value::Null,
            record: None,
        };
        Entity::apply(None, &change, 0, Instant::from_micros(0))
    }

    fn asks(georel: &str, geometry: &str, coordinates: &Json) -> GeoQuery {
        GeoQuery::read(georel, geometry, coordinates, "location").unwrap()
    }

    #[test]
    fn a_degree_of_latitude_is_111_kilometres() {
        let apart = metres((113.3, 40.0), (113.3, 41.0));
        assert!((apart - 111_195.0).abs() < 1.0, "{apart}");
        let near = asks("near;maxDistance==1000", "Point", &json!([113.3, 40.1]));
        assert!(near.matches(&at(113.3, 40.108)) && !near.matches(&at(113.3, 40.11)));
        let far = asks("near;minDistance==1000", "Point", &json!([113.3, 40.1]));
        assert!(!far.matches(&at(113.3, 40.108)) && far.matches(&at(113.3, 40.11)));
    }

    #[test]
    fn an_area_has_holes() {
        let ring = |a: f64, b: f64| json!([[a, a], [b, a], [b, b], [a, b], [a, a]]);
        let area = json!([ring(0.0, 10.0), ring(4.0, 6.0)]);
        let within = asks("within", "Polygon", &area);
        let seen: Vec<bool> =
            [(5.0, 5.0), (2.0, 2.0), (11.0, 5.0)].map(|(x, y)| within.matches(&at(x, y))).into();
        assert_eq!(seen, [false, true, false]);
        assert!(asks("disjoint", "Polygon", &area).matches(&at(5.0, 5.0)));
        let several = asks("within", "MultiPolygon", &json!([area, [ring(20.0, 21.0)]]));
        assert!(several.matches(&at(20.5, 20.5)));
    }

    #[test]
    fn what_cannot_be_asked_says_so() {
        let wrong = |georel: &str, geometry: &str, coordinates: Json| {
            GeoQuery::read(georel, geometry, &coordinates, "location").unwrap_err().detail
        };
        assert!(wrong("near", "Point", json!([1, 2])).contains("maxDistance"));
        assert!(wrong("near;maxDistance==x", "Point", json!([1, 2])).contains("maxDistance"));
        assert!(wrong("within", "Polygon", json!([[1, 2]])).contains("rings"));
        assert!(wrong("near;maxDistance==5", "Point", json!([200, 2])).contains("longitude"));
        assert!(wrong("beside", "Point", json!([1, 2])).contains("georel"));
        assert!(wrong("within", "LineString", json!([])).contains("Polygon"));
    }
}
