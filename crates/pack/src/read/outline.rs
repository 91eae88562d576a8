//! Outlines of divisions, for maps: simplified, dated, and marked as what they are. A city puts its own in their place with
//! `datong pack outlines`.

use crate::tree::{Both, Day, Fields, Line, ListOf, Node, Read, Reading, Section, Shape};
use jiff::civil::Date;
use model::Text;

/// Points of all outlines: a page carries them.
const POINTS_MAX: usize = 4_000;

/// The outlines of a city.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlines {
    /// What kind of drawing this is, in words that stand beside every map.
    pub drawn: Text,
    /// Where it was read.
    pub source: String,
    /// The terms on which it is used.
    pub terms: String,
    /// The day as of which the lines are, as far as known.
    pub day: Option<Date>,
    /// The number under which the map was approved (审图号); without it the map is a schematic one.
    pub approval: Option<String>,
    /// Each outline.
    pub outlines: Vec<Outline>,
}

/// One outline.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// What it was called.
    pub title: Text,
    /// The divisions of today that lie within: several where a line between them is not known.
    pub divisions: Vec<String>,
    /// Where its name stands.
    pub label: Option<Spot>,
    /// Its rings: each begins where it ends.
    pub rings: Vec<Vec<Spot>>,
}

/// Degrees east and north (WGS 84, for which CGCS2000 is taken).
pub type Spot = [f64; 2];

/// Reads `outlines.toml`.
pub(crate) fn outlines(s: &mut Section<'_>) -> Outlines {
    s.format();
    let read = Outlines {
        drawn: s.need("drawn", "What kind of drawing it is, in words that stand beside every map.", Both),
        source: s.need("source", "Where it was read.", Line),
        terms: s.need("terms", "The terms on which it is used, as \"MIT\".", Line),
        day: s.may("day", "The day as of which the lines are.", Day),
        approval: s.may("approval", "The number under which the map was approved (审图号).", Line),
        outlines: s.need("outline", "Each outline.", ListOf(Fields(outline))),
    };
    let points: usize = read.outlines.iter().flat_map(|outline| &outline.rings).map(Vec::len).sum();
    if points > POINTS_MAX {
        let what = format!("{points} points: every map carries them all");
        s.complain("outline", what, format!("simplify them to at most {POINTS_MAX}: `datong pack outlines`"));
    }
    read
}

fn outline(s: &mut Section<'_>) -> Outline {
    Outline {
        title: s.need("title", "What it is or was called.", Both),
        divisions: s.list("divisions", "The divisions of today that lie within.", ListOf(Line)),
        label: s.may("label", "Where its name stands: \"113.30,40.08\".", Point),
        rings: s.need(
            "rings",
            "Its rings: points \"113.30,40.08 113.31,40.09 …\", east and north.",
            ListOf(Ring),
        ),
    }
}

/// `113.30,40.08`.
#[derive(Clone, Copy)]
struct Point;

impl Read for Point {
    type Out = Spot;

    fn shape(&self) -> Shape {
        Shape::Line
    }

    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Spot> {
        let text = Line.read(node, key, reading)?;
        let place = place(&text);
        if place.is_none() {
            let what = format!("`{text}` is no place");
            reading.complain(&node.span, what, "write degrees east and north, as \"113.30,40.08\"");
        }
        place
    }

    fn unread(&self) -> Spot {
        [0.0, 0.0]
    }
}

/// Points with a blank between them.
#[derive(Clone, Copy)]
struct Ring;

impl Read for Ring {
    type Out = Vec<Spot>;

    fn shape(&self) -> Shape {
        Shape::Line
    }

    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<Vec<Spot>> {
        let text = Line.read(node, key, reading)?;
        let points: Option<Vec<Spot>> = text.split_whitespace().map(place).collect();
        let Some(points) = points else {
            let wrong = text.split_whitespace().find(|point| place(point).is_none()).unwrap_or_default();
            let what = format!("`{wrong}` is no place");
            reading.complain(&node.span, what, "write degrees east and north, as \"113.30,40.08\"");
            return None;
        };
        if points.len() < 4 || points.first() != points.last() {
            let what = "a ring has three corners or more, and ends where it begins";
            reading.complain(&node.span, what, "repeat its first point at the end");
            return None;
        }
        Some(points)
    }

    fn unread(&self) -> Vec<Spot> {
        Vec::new()
    }
}

fn place(text: &str) -> Option<Spot> {
    let (east, north) = text.split_once(',')?;
    let (east, north): (f64, f64) = (east.parse().ok()?, north.parse().ok()?);
    ((-180.0..=180.0).contains(&east) && (-90.0..=90.0).contains(&north)).then_some([east, north])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rings: &str) -> (Option<Outlines>, Vec<String>) {
        let text = format!(
            "format = 1\ndrawn = {{ zh = '示意', en = 'A sketch' }}\nsource = 'a'\nterms = 'MIT'\nday = '2017-12-31'\n\
             [[outline]]\ntitle = {{ zh = '甲', en = 'A' }}\ndivisions = ['140213']\nlabel = '113.3,40.1'\nrings = {rings}\n"
        );
        let reading = Reading::new("cities/a/outlines.toml", &text);
        let tree = crate::tree::parse(&text, &reading).unwrap();
        let read = Fields(outlines).read(&tree, "file", &reading);
        (read, reading.into_complaints().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_ring_is_points_that_come_back() {
        let (read, complaints) = read("['1,2 3,2 3,4.5 1,2']");
        assert_eq!(complaints, Vec::<String>::new());
        assert_eq!(read.unwrap().outlines[0].rings, [[[1.0, 2.0], [3.0, 2.0], [3.0, 4.5], [1.0, 2.0]]]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (rings, expected) in [
            ("['1,2 3,2 3,4']", "ends where it begins"),
            ("['1,2 3;2 3,4 1,2']", "`3;2` is no place"),
            ("['1,2 3,92 3,4 1,2']", "`3,92` is no place"),
        ] {
            let (_, complaints) = read(rings);
            assert!(complaints.iter().any(|c| c.contains(expected)), "{rings}: {complaints:?}");
        }
    }
}
