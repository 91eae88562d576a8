//! Vector tiles (Mapbox Vector Tile 2.1) in the tiling of the web's maps (Web Mercator, EPSG:3857): one layer for each
//! collection, of what whoever asks may see.

use super::{Collection, LIMIT_MAX, Page, outlines, plain, seen, things, touches};
use crate::map::Box4;
use crate::routes::Web;
use crate::routes::desk::Desk;
use crate::routes::error::Fault;
use crate::routes::extract::{Segment, Visit};
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use model::Entity;
use mvt::{GeomEncoder, GeomType, Layer, Tile};
use ngsi_ld::geo::place;
use pack::{Outline, Spot};
use std::f64::consts::PI;

/// Units along a tile's side.
const EXTENT: u32 = 4096;
/// The nearest that one can look: about a metre for a unit.
const ZOOM_MAX: u32 = 18;
pub(super) const KIND: &str = "application/vnd.mapbox-vector-tile";

/// `GET /features/tiles/{z}/{x}/{y}`, `y` perhaps with `.mvt`.
pub(super) async fn show(web: Web, visit: Visit, path: Segment<(String, String, String)>) -> Response {
    web.0
        .answer(visit, move |desk| {
            let made = path.map_err(|_| Fault::NothingHere).and_then(|Path((z, x, y))| {
                let square = Square::parse(&z, &x, y.strip_suffix(".mvt").unwrap_or(&y));
                drawn(desk, square.ok_or(Fault::NothingHere)?)
            });
            Ok(match made {
                Ok(bytes) => ([(CONTENT_TYPE, KIND)], bytes).into_response(),
                Err(fault) => super::super::api::reply(desk, Err(fault)),
            })
        })
        .await
}

/// A square of the tiling.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Square {
    zoom: u32,
    x: u32,
    y: u32,
}

impl Square {
    fn parse(z: &str, x: &str, y: &str) -> Option<Self> {
        let (zoom, x, y): (u32, u32, u32) = (z.parse().ok()?, x.parse().ok()?, y.parse().ok()?);
        (zoom <= ZOOM_MAX && x < 1 << zoom && y < 1 << zoom).then_some(Self { zoom, x, y })
    }

    /// The stretch of the earth that it shows.
    fn area(self) -> Box4 {
        let side = f64::from(1_u32 << self.zoom);
        let east = |x: u32| f64::from(x) / side * 360.0 - 180.0;
        let north = |y: u32| (PI * (1.0 - 2.0 * f64::from(y) / side)).sinh().atan().to_degrees();
        Box4([east(self.x), north(self.y + 1), east(self.x + 1), north(self.y)])
    }

    /// A place in the units of the square.
    fn at(self, [east, north]: Spot) -> (f64, f64) {
        let side = f64::from(1_u32 << self.zoom);
        let sine = north.clamp(-85.05, 85.05).to_radians().sin();
        let x = (east + 180.0) / 360.0 * side - f64::from(self.x);
        let y = (0.5 - ((1.0 + sine) / (1.0 - sine)).ln() / (4.0 * PI)) * side - f64::from(self.y);
        ((x * f64::from(EXTENT)).round(), (y * f64::from(EXTENT)).round())
    }
}

fn drawn(desk: &Desk, square: Square) -> Result<Vec<u8>, Fault> {
    let mut tile = Tile::new(EXTENT);
    let area = square.area();
    for collection in seen(desk)? {
        let mut layer = tile.create_layer(collection.id());
        match &collection {
            Collection::Divisions => {
                for outline in outlines(desk).iter().filter(|outline| touches(outline, area)) {
                    layer = polygon(desk, square, outline, layer)?;
                }
            }
            Collection::Type(kind) => {
                let page = Page { area: Some(area), limit: LIMIT_MAX, offset: 0 };
                for entity in things(desk, kind, &page)?.0 {
                    layer = dot(desk, square, &entity, layer)?;
                }
            }
        }
        if layer.num_features() > 0 {
            tile.add_layer(layer).map_err(undrawn)?;
        }
    }
    tile.to_bytes().map_err(undrawn)
}

fn undrawn(error: mvt::Error) -> Fault {
    Fault::Tile(error)
}

fn polygon(desk: &Desk, square: Square, outline: &Outline, layer: Layer) -> Result<Layer, Fault> {
    let mut geometry = GeomEncoder::new(GeomType::Polygon);
    for ring in &outline.rings {
        // A ring of a tile is closed by itself, and its outer ones turn clockwise on the screen.
        let mut points: Vec<(f64, f64)> = ring.iter().skip(1).map(|place| square.at(*place)).collect();
        points.dedup();
        if points.len() < 3 {
            continue;
        }
        if turn(&points) < 0.0 {
            points.reverse();
        }
        for (x, y) in points {
            geometry.add_point(x, y).map_err(undrawn)?;
        }
        geometry.complete_geom().map_err(undrawn)?;
    }
    let mut feature = layer.into_feature(geometry.encode().map_err(undrawn)?);
    feature.add_tag_string("title", desk.text(&outline.title));
    feature.add_tag_string("divisions", &outline.divisions.join(" "));
    Ok(feature.into_layer())
}

/// Twice the area of a ring: positive where it turns clockwise with y downwards.
fn turn(points: &[(f64, f64)]) -> f64 {
    let next = points.iter().cycle().skip(1);
    points.iter().zip(next).map(|((ax, ay), (bx, by))| ax * by - bx * ay).sum()
}

fn dot(desk: &Desk, square: Square, entity: &Entity, layer: Layer) -> Result<Layer, Fault> {
    let Some((east, north)) = place(entity.value("location")) else { return Ok(layer) };
    let (x, y) = square.at([east, north]);
    let geometry =
        GeomEncoder::new(GeomType::Point).point(x, y).map_err(undrawn)?.encode().map_err(undrawn)?;
    let mut feature = layer.into_feature(geometry);
    feature.add_tag_string("id", entity.urn.as_str());
    for (id, held) in entity.attributes.iter().filter(|(id, _)| **id != *"location") {
        match plain(desk, &held.attribute.value) {
            Some(serde_json::Value::String(text)) => feature.add_tag_string(id.as_str(), &text),
            Some(serde_json::Value::Bool(yes)) => feature.add_tag_bool(id.as_str(), yes),
            Some(serde_json::Value::Number(number)) => {
                feature.add_tag_double(id.as_str(), number.as_f64().unwrap_or_default());
            }
            _ => {}
        }
    }
    Ok(feature.into_layer())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_is_where_the_web_has_it() {
        let square = Square::parse("10", "834", "386").unwrap();
        let Box4([west, south, east, north]) = square.area();
        assert!((west - 113.203_125).abs() < 1e-9 && (east - 113.554_687_5).abs() < 1e-9, "{west} {east}");
        assert!(
            (south - 40.178_873_3).abs() < 1e-6 && (north - 40.446_947_1).abs() < 1e-6,
            "{south} {north}"
        );
        assert_eq!(square.at([west, north]), (0.0, 0.0));
        assert_eq!(square.at([east, south]), (4096.0, 4096.0));
        assert_eq!(Square::parse("2", "4", "0"), None);
        assert_eq!(Square::parse("19", "0", "0"), None);
    }

    #[test]
    fn rings_turn_as_the_standard_has_it() {
        assert!(turn(&[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]) > 0.0);
    }
}
