//! `datong pack outlines`: boundaries of a city from GeoJSON, simplified for the maps on its pages.

use crate::settings::{Folders, say};
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use pack::{Definitions, Division};
use serde_json::Value as Json;
use standards::geo::{self, Point};
use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Metres of a degree of latitude.
const DEGREE_METRES: f64 = 111_320.0;
/// Metres within which neighbours must lie for a ring to be more than a speck, as a multiple of the tolerance.
const SPECK: f64 = 4.0;

/// Turns GeoJSON into `outlines.toml`, printed.
#[derive(Debug, Args)]
pub struct Outlines {
    #[command(flatten)]
    folders: Folders,
    /// A collection of features, polygons with a name or a code of the city's divisions, past ones too.
    file: PathBuf,
    /// The property that holds it.
    #[arg(long, default_value = "name")]
    property: String,
    /// In which coordinates the file is.
    #[arg(long, value_enum, default_value_t = Datum::Wgs84)]
    datum: Datum,
    /// Metres by which a line may be off after it was simplified.
    #[arg(long, default_value_t = 250.0)]
    within: f64,
    /// What kind of drawing it is, in Chinese and in English: `区划示意图=Schematic map of divisions`.
    #[arg(long)]
    drawn: String,
    /// Where the file comes from.
    #[arg(long)]
    source: String,
    /// The terms on which it is used, as `MIT`.
    #[arg(long)]
    terms: String,
    /// The day as of which its lines are.
    #[arg(long)]
    day: Option<Date>,
    /// The number under which the map was approved (审图号).
    #[arg(long)]
    approval: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Datum {
    Wgs84,
    Gcj02,
    Bd09,
}

impl Outlines {
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let text = std::fs::read_to_string(&self.file).with_context(|| self.file.display().to_string())?;
        let read: Json = serde_json::from_str(&text).context("the file is no JSON")?;
        let definitions = crate::pack::definitions(&self.folders)?;
        let features = read["features"].as_array().context("the file is no FeatureCollection")?;
        let mut out = self.head()?;
        for feature in features {
            let name = feature["properties"][&self.property].as_str();
            let name = name.with_context(|| format!("a feature has no `{}`", self.property))?;
            let Some(division) = division(&definitions, name) else {
                bail!(
                    "{name} is no division of {}: correct the file, or divisions.toml",
                    self.folders.city.display()
                );
            };
            self.feature(&definitions, &mut out, (feature, division)).with_context(|| name.to_owned())?;
        }
        say(out.trim_end());
        Ok(ExitCode::SUCCESS)
    }

    fn head(&self) -> anyhow::Result<String> {
        let (zh, en) = self.drawn.split_once('=').context("--drawn is 中文=English")?;
        let mut out = format!(
            "format = 1\n\n# Made by `datong pack outlines`. Points are degrees east and north (WGS 84), off by at most {} m.\n\n\
             drawn   = {{ zh = {zh:?}, en = {en:?} }}\nsource  = {:?}\nterms   = {:?}\n",
            self.within, self.source, self.terms
        );
        if let Some(day) = self.day {
            writeln!(out, "day     = \"{day}\"")?;
        }
        if let Some(approval) = &self.approval {
            writeln!(out, "approval = {approval:?}")?;
        }
        Ok(out)
    }

    fn feature(
        &self,
        definitions: &Definitions,
        out: &mut String,
        (feature, division): (&Json, &Division),
    ) -> anyhow::Result<()> {
        let (divisions, [zh, en]) = today(definitions, division);
        let rings = self.rings(&feature["geometry"])?;
        let label = feature["properties"]["cp"].as_array().and_then(|place| point(place));
        let label = label.map(|label| self.datum.to_wgs84(label)).or_else(|| middle(&rings));
        write!(
            out,
            "\n[[outline]]\ntitle     = {{ zh = {zh:?}, en = {en:?} }}\ndivisions = {divisions:?}\n"
        )?;
        if let Some(label) = label {
            writeln!(out, "label     = \"{:.3},{:.3}\"", label.longitude, label.latitude)?;
        }
        writeln!(out, "rings     = [")?;
        for ring in rings {
            let points: Vec<String> =
                ring.iter().map(|point| format!("{:.4},{:.4}", point.longitude, point.latitude)).collect();
            writeln!(out, "  \"{}\",", points.join(" "))?;
        }
        writeln!(out, "]")?;
        Ok(())
    }

    /// The rings of a polygon or several, simplified; specks are left out.
    fn rings(&self, geometry: &Json) -> anyhow::Result<Vec<Vec<Point>>> {
        let coordinates = geometry["coordinates"].as_array().context("it has no coordinates")?;
        let rings: Vec<&Json> = match geometry["type"].as_str() {
            Some("Polygon") => coordinates.iter().collect(),
            Some("MultiPolygon") => coordinates.iter().filter_map(Json::as_array).flatten().collect(),
            other => bail!("{} is neither Polygon nor MultiPolygon", other.unwrap_or("its geometry")),
        };
        let mut simple = Vec::new();
        for ring in rings {
            let points = ring.as_array().context("a ring is no list")?;
            let points: Option<Vec<Point>> = points.iter().map(|at| point(at.as_array()?)).collect();
            let points = points.context("a point is not two numbers")?;
            let points: Vec<Point> = points.into_iter().map(|point| self.datum.to_wgs84(point)).collect();
            let ring = simplified(&points, self.within);
            if ring.len() >= 4 && extent(&ring) > SPECK * self.within {
                simple.push(ring);
            }
        }
        Ok(simple)
    }
}

impl Datum {
    fn to_wgs84(self, point: Point) -> Point {
        match self {
            Self::Wgs84 => point,
            Self::Gcj02 => geo::gcj02_to_wgs84(point),
            Self::Bd09 => geo::gcj02_to_wgs84(geo::bd09_to_gcj02(point)),
        }
    }
}

/// A division by its code or by a name that it has or had.
fn division<'a>(definitions: &'a Definitions, name: &str) -> Option<&'a Division> {
    definitions.divisions.iter().find(|division| division.code == name || division.title.zh == name)
}

/// The divisions of today where a division lies, and what the area is called: as today where that is one, otherwise as it was.
fn today(definitions: &Definitions, division: &Division) -> (Vec<String>, [String; 2]) {
    let own = |division: &Division| [division.title.zh.clone(), division.title.en.clone()];
    match &division.became[..] {
        [] => (vec![division.code.clone()], own(division)),
        [one] => {
            let now = definitions.divisions.iter().find(|other| other.code == *one && other.to.is_none());
            (vec![one.clone()], own(now.unwrap_or(division)))
        }
        several => {
            let [zh, en] = own(division);
            (several.to_vec(), [format!("原{zh}"), format!("former {en}")])
        }
    }
}

fn point(place: &[Json]) -> Option<Point> {
    Some(Point::new(place.first()?.as_f64()?, place.get(1)?.as_f64()?))
}

/// The middle of the longest ring's corners.
fn middle(rings: &[Vec<Point>]) -> Option<Point> {
    let ring = rings.iter().max_by_key(|ring| ring.len())?;
    let count = ring.len() as f64;
    let sum = |of: fn(&Point) -> f64| ring.iter().map(of).sum::<f64>() / count;
    Some(Point::new(sum(|p| p.longitude), sum(|p| p.latitude)))
}

/// How far east and north of another a point lies, in metres, near enough within a city.
fn metres(point: Point, of: Point) -> (f64, f64) {
    let east = (point.longitude - of.longitude) * of.latitude.to_radians().cos();
    (east * DEGREE_METRES, (point.latitude - of.latitude) * DEGREE_METRES)
}

/// The longer side of the box around a ring, in metres.
fn extent(ring: &[Point]) -> f64 {
    let Some(first) = ring.first() else { return 0.0 };
    let side = |of: fn((f64, f64)) -> f64| {
        let all = ring.iter().map(|point| of(metres(*point, *first)));
        all.clone().fold(f64::MIN, f64::max) - all.fold(f64::MAX, f64::min)
    };
    side(|at| at.0).max(side(|at| at.1))
}

/// The line without the points that lie within a distance of what is left (Douglas and Peucker). Ends stay.
fn simplified(line: &[Point], within: f64) -> Vec<Point> {
    let Some(last) = line.len().checked_sub(1) else { return Vec::new() };
    let mut keep = vec![false; line.len()];
    (keep[0], keep[last]) = (true, true);
    let mut spans = vec![(0, last)];
    while let Some((from, to)) = spans.pop() {
        let far = (from + 1..to)
            .map(|at| (distance(line[at], line[from], line[to]), at))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((distance, at)) = far
            && distance > within
        {
            keep[at] = true;
            spans.extend([(from, at), (at, to)]);
        }
    }
    line.iter().zip(keep).filter_map(|(point, keep)| keep.then_some(*point)).collect()
}

/// How far a point lies from a piece of a line, in metres.
fn distance(point: Point, from: Point, to: Point) -> f64 {
    let ((x, y), (dx, dy)) = (metres(point, from), metres(to, from));
    let length = dx.mul_add(dx, dy * dy);
    let along = if length == 0.0 { 0.0 } else { (x.mul_add(dx, y * dy) / length).clamp(0.0, 1.0) };
    (x - along * dx).hypot(y - along * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(f64, f64)]) -> Vec<Point> {
        points.iter().map(|(east, north)| Point::new(*east, *north)).collect()
    }

    #[test]
    fn what_bends_little_goes_and_corners_stay() {
        let bent = line(&[(113.0, 40.0), (113.05, 40.000_5), (113.1, 40.0), (113.1, 40.1), (113.0, 40.0)]);
        assert_eq!(
            simplified(&bent, 250.0),
            line(&[(113.0, 40.0), (113.1, 40.0), (113.1, 40.1), (113.0, 40.0)])
        );
        assert_eq!(simplified(&bent, 10.0), bent);
        assert_eq!(simplified(&[], 10.0), []);
    }

    #[test]
    fn a_ring_is_as_large_as_its_longer_side() {
        let ring = line(&[(113.0, 40.0), (113.0, 40.01), (113.001, 40.0), (113.0, 40.0)]);
        assert!((extent(&ring) - 1113.2).abs() < 1.0);
    }
}
