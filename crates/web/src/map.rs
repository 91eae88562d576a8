//! A map as inline SVG: outlines of divisions, and things by their places, near ones as one mark with their number.
//!
//! Pure: places and words in, text out. It is a drawing to find one's way by, not a surveyed map, and says so wherever it
//! stands. A table with the same things always stands beside it. Colours and shapes come from the style sheet's classes.

use crate::chart::Svg;
use askama::filters::{Html, escape};
use pack::{Outlines, Spot};
use std::fmt::{self, Write};

/// Least and greatest height, as a part of the width.
const HEIGHTS: (f64, f64) = (0.55, 1.05);
/// An area narrower than this has no room for its name.
const NAME_ROOM: f64 = 44.0;
/// Height of a name.
const LINE: f64 = 16.0;
/// How far below the middle of its letters a name is written.
const BASELINE: f64 = 4.5;
/// How wide a letter and a Chinese character of a name are, about.
const LETTER: f64 = 6.8;
const CHARACTER: f64 = 13.0;
/// Marks nearer than this are one.
const NEAR: f64 = 26.0;
/// Where the number of marks that are one stands, from their middle.
const COUNT: (f64, f64) = (12.0, -9.0);
/// Room around what is shown.
const MARGIN: f64 = 24.0;
/// The smallest stretch of degrees that a map is drawn for: about a kilometre.
const SPAN_MIN: f64 = 0.01;

/// A stretch of the earth: west, south, east, north, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Box4(pub [f64; 4]);

/// Something on the map.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Where.
    pub place: Spot,
    /// Its classes in the style sheet; among near marks the one that comes first in [`MARKS`] is shown.
    pub class: &'static str,
    /// What it is and how it does, in words.
    pub title: String,
    /// Where it leads.
    pub href: String,
    /// Whether it is the one that is looked at.
    pub chosen: bool,
}

/// Classes of marks, the most urgent first.
pub const MARKS: [&str; 5] = ["over", "due", "mute", "doubt", "fine"];

/// What a map says in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    /// What it shows.
    pub title: String,
    /// How many things it shows, in a sentence.
    pub description: String,
    /// Of several marks at one place: `{n} 处`.
    pub several: String,
    /// Whether names are Chinese.
    pub lang: model::Lang,
}

impl Box4 {
    /// As addresses write it: `113.1,40.0,113.3,40.2`.
    pub fn parse(text: &str) -> Option<Self> {
        let sides: Vec<f64> = text.split(',').map(|side| side.parse().ok()).collect::<Option<_>>()?;
        let [west, south, east, north] = sides[..] else { return None };
        let inside = west >= -180.0 && east <= 180.0 && south >= -90.0 && north <= 90.0;
        (inside && west < east && south < north).then_some(Self([west, south, east, north]))
    }

    /// The smallest one around some places; nothing around none.
    pub fn around(places: impl IntoIterator<Item = Spot>) -> Option<Self> {
        let grown = |found: Option<[f64; 4]>, [east, north]: Spot| match found {
            None => Some([east, north, east, north]),
            Some([w, s, e, n]) => Some([w.min(east), s.min(north), e.max(east), n.max(north)]),
        };
        places.into_iter().fold(None, grown).map(Self)
    }

    /// As addresses write it.
    pub fn text(self) -> String {
        self.0.map(|side| format!("{side:.4}")).join(",")
    }

    /// The same, not smaller than a kilometre, with a little room.
    fn roomy(self) -> Self {
        let [w, s, e, n] = self.0;
        let (x, y) = ((SPAN_MIN - (e - w)).max(0.0) / 2.0, (SPAN_MIN - (n - s)).max(0.0) / 2.0);
        Self([w - x, s - y, e + x, n + y])
    }
}

/// From degrees to the drawing's units.
struct View {
    width: f64,
    west: f64,
    north: f64,
    across: f64,
    up: f64,
    height: f64,
}

impl View {
    fn of(shown: Box4, width: f64) -> Self {
        let [west, south, east, north] = shown.roomy().0;
        let shrink = f64::midpoint(south, north).to_radians().cos().max(0.01);
        let inner = width - 2.0 * MARGIN;
        let tall = inner / ((east - west) * shrink) * (north - south);
        let height = (tall + 2.0 * MARGIN).clamp(HEIGHTS.0 * width, HEIGHTS.1 * width);
        // One scale for both ways: what does not fit into the height makes the map smaller, not flatter.
        let up = (inner / ((east - west) * shrink)).min((height - 2.0 * MARGIN) / (north - south));
        let across = up * shrink;
        let (x, y) = ((width - (east - west) * across) / 2.0, (height - (north - south) * up) / 2.0);
        Self { width, west: west - x / across, north: north + y / up, across, up, height }
    }

    fn at(&self, [east, north]: Spot) -> (f64, f64) {
        ((east - self.west) * self.across, (self.north - north) * self.up)
    }

    fn holds(&self, (x, y): (f64, f64)) -> bool {
        (0.0..=self.width).contains(&x) && (0.0..=self.height).contains(&y)
    }
}

/// Marks that lie so near to each other that they are drawn as one.
struct Group<'a> {
    x: f64,
    y: f64,
    marks: Vec<&'a Mark>,
}

/// Draws a map of a width in its own units, which are the page's pixels. `zoom` makes the address that shows a stretch of it alone.
pub fn draw(
    (outlines, marks): (Option<&Outlines>, &[Mark]),
    shown: Option<Box4>,
    width: u32,
    words: &Words,
    zoom: impl Fn(Box4) -> String,
) -> Option<Svg> {
    let rings = outlines.into_iter().flat_map(|all| &all.outlines).flat_map(|one| &one.rings).flatten();
    let whole = || Box4::around(rings.copied().chain(marks.iter().map(|mark| mark.place)));
    let view = View::of(shown.or_else(whole)?, f64::from(width));
    let groups = groups(&view, marks);
    let mut svg = String::new();
    // Writing to a `String` cannot fail.
    let _ = head(&mut svg, &view, words)
        .and_then(|()| outlines.map_or(Ok(()), |outlines| areas(&mut svg, &view, outlines)))
        .and_then(|()| {
            outlines.map_or(Ok(()), |outlines| names(&mut svg, &view, (outlines, &groups), words, &zoom))
        })
        .and_then(|()| groups.iter().try_for_each(|group| mark(&mut svg, group, words, &zoom)))
        .and_then(|()| svg.write_str("</svg>"));
    Some(Svg::new(svg))
}

fn head(svg: &mut String, view: &View, words: &Words) -> fmt::Result {
    let (title, about) = (escaped(&words.title), escaped(&words.description));
    write!(
        svg,
        "<svg class=\"map\" viewBox=\"0 0 {:.0} {:.0}\" role=\"group\" aria-label=\"{title}\"><desc>{about}</desc>",
        view.width, view.height
    )
}

/// A text that may stand in the drawing.
fn escaped(text: &str) -> String {
    let Ok(escaped) = escape(text, Html);
    escaped.to_string()
}

fn areas(svg: &mut String, view: &View, outlines: &Outlines) -> fmt::Result {
    svg.write_str("<g class=\"areas\">")?;
    for outline in &outlines.outlines {
        svg.write_str("<path d=\"")?;
        for ring in &outline.rings {
            for (at, place) in ring.iter().enumerate() {
                let (x, y) = view.at(*place);
                write!(svg, "{}{x:.1} {y:.1}", if at == 0 { 'M' } else { 'L' })?;
            }
            svg.write_char('Z')?;
        }
        svg.write_str("\"/>")?;
    }
    svg.write_str("</g>")
}

/// The names of areas, each where it has room: in its place, else a line below or above a mark that lies there. A name that would
/// lie over another is left out; looking closer shows it.
fn names(
    svg: &mut String,
    view: &View,
    (outlines, groups): (&Outlines, &[Group<'_>]),
    words: &Words,
    zoom: &impl Fn(Box4) -> String,
) -> fmt::Result {
    svg.write_str("<g class=\"names\">")?;
    let mut named: Vec<(f64, f64, f64)> = Vec::new();
    for outline in &outlines.outlines {
        let Some((x, y)) = outline.label.map(|label| view.at(label)).filter(|at| view.holds(*at)) else {
            continue;
        };
        let name = outline.title.get(words.lang);
        let half = name_width(name) / 2.0;
        let x = x.max(half).min(view.width - half);
        let apart = |y: f64, (east, north, room): (f64, f64, f64)| {
            (east - x).abs() >= half + room || (north - y).abs() >= LINE
        };
        let free = |y: &f64| {
            let marks = groups.iter().map(|group| (group.x, group.y + BASELINE, NEAR / 2.0));
            let counts = groups.iter().filter(|group| group.marks.len() > 1);
            let counts = counts.map(|group| (group.x + COUNT.0 + LETTER, group.y + COUNT.1, 2.0 * LETTER));
            named.iter().copied().chain(marks).chain(counts).all(|other| apart(*y, other))
        };
        let Some(y) = [y, y + LINE, y - LINE].into_iter().find(free) else { continue };
        let Some(area) = Box4::around(outline.rings.iter().flatten().copied()) else { continue };
        let ((left, _), (right, _)) = (view.at([area.0[0], area.0[1]]), view.at([area.0[2], area.0[3]]));
        if right - left < NAME_ROOM {
            continue;
        }
        named.push((x, y, half));
        let (href, name) = (escaped(&zoom(area)), escaped(name));
        write!(svg, "<a href=\"{href}\"><text x=\"{x:.1}\" y=\"{y:.1}\">{name}</text></a>")?;
    }
    svg.write_str("</g>")
}

/// About how wide a name is drawn.
fn name_width(name: &str) -> f64 {
    name.chars().map(|c| if c.is_ascii() { LETTER } else { CHARACTER }).sum()
}

/// Marks that are near to each other, each group at the place of its first; the most urgent groups are drawn last, on top.
fn groups<'a>(view: &View, marks: &'a [Mark]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut sorted: Vec<&Mark> = marks.iter().collect();
    sorted.sort_by_key(|mark| (!mark.chosen, rank(mark.class)));
    for mark in sorted {
        let (x, y) = view.at(mark.place);
        if !view.holds((x, y)) {
            continue;
        }
        match groups.iter_mut().find(|group| (group.x - x).hypot(group.y - y) < NEAR) {
            Some(group) => group.marks.push(mark),
            None => groups.push(Group { x, y, marks: vec![mark] }),
        }
    }
    groups.reverse();
    groups
}

fn rank(class: &str) -> usize {
    MARKS.iter().position(|known| *known == class).unwrap_or(MARKS.len())
}

fn mark(svg: &mut String, group: &Group<'_>, words: &Words, zoom: &impl Fn(Box4) -> String) -> fmt::Result {
    let (x, y) = (group.x, group.y);
    let Some(first) = group.marks.first() else { return Ok(()) };
    let title = group.marks.iter().map(|mark| mark.title.as_str()).collect::<Vec<_>>().join("\n");
    let (href, title) = match &group.marks[..] {
        [one] => (one.href.clone(), title),
        many => {
            let area = Box4::around(many.iter().map(|mark| mark.place)).map_or_else(String::new, zoom);
            let several = crate::texts::fill(&words.several, &[("n", &many.len().to_string())]);
            // At one and the same place nothing is won by looking closer.
            let apart = many.iter().any(|mark| mark.place != first.place);
            (if apart { area } else { first.href.clone() }, format!("{several}\n{title}"))
        }
    };
    let (href, title) = (escaped(&href), escaped(&title));
    let chosen = if group.marks.iter().any(|mark| mark.chosen) { " chosen" } else { "" };
    write!(
        svg,
        "<a class=\"mark {}{chosen}\" href=\"{href}\" aria-label=\"{title}\"><title>{title}</title>",
        first.class
    )?;
    shape(svg, first.class, x, y)?;
    if group.marks.len() > 1 {
        write!(svg, "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>", x + COUNT.0, y + COUNT.1, group.marks.len())?;
    }
    svg.write_str("</a>")
}

/// A shape for each class, so that colour is never alone: diamond, triangle, crossed square, ring, disc.
fn shape(svg: &mut String, class: &str, x: f64, y: f64) -> fmt::Result {
    write!(
        svg,
        "<rect class=\"reach\" x=\"{:.1}\" y=\"{:.1}\" width=\"30\" height=\"36\" rx=\"4\"/>",
        x - 15.0,
        y - 20.0
    )?;
    match class {
        "over" => write!(svg, "<path d=\"M{x:.1} {:.1}l10 10l-10 10l-10-10Z\"/>", y - 10.0),
        "due" => write!(svg, "<path d=\"M{x:.1} {:.1}l10 17h-20Z\"/>", y - 10.0),
        "mute" => write!(svg, "<path d=\"M{:.1} {:.1}h15v15h-15Zl15 15m0-15l-15 15\"/>", x - 7.5, y - 7.5),
        "doubt" => write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"7\"/>"),
        _ => write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"8\"/>"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words {
            title: "地图".into(),
            description: "2 <things>".into(),
            several: "{n} 处".into(),
            lang: model::Lang::Zh,
        }
    }

    fn mark(east: f64, north: f64, class: &'static str) -> Mark {
        Mark {
            place: [east, north],
            class,
            title: format!("{class} & more"),
            href: "/x?a=1&b=2".into(),
            chosen: false,
        }
    }

    fn drawn(marks: &[Mark], shown: Option<Box4>) -> String {
        draw((None, marks), shown, 760, &words(), |area| format!("?box={}", area.text())).unwrap().to_string()
    }

    #[test]
    fn near_things_are_one_mark_of_the_most_urgent_kind() {
        let svg = drawn(
            &[mark(113.1, 40.0, "fine"), mark(113.1001, 40.0, "over"), mark(114.0, 40.5, "mute")],
            None,
        );
        assert_eq!(svg.matches("<a class=\"mark").count(), 2);
        assert!(svg.contains("mark over") && svg.contains(">2</text>") && !svg.contains("mark fine"));
        assert!(svg.contains("?box=113.1000,40.0000,113.1001,40.0000"), "{svg}");
        let closer = drawn(
            &[mark(113.1, 40.0, "fine"), mark(113.1001, 40.0, "over")],
            Some(Box4([113.1, 40.0, 113.1001, 40.0])),
        );
        assert_eq!(closer.matches("<a class=\"mark").count(), 1, "a hundred metres are not a kilometre");
    }

    #[test]
    fn names_make_room_for_marks_and_for_each_other() {
        let square =
            |east: f64| vec![vec![[east, 40.0], [east + 0.5, 40.0], [east + 0.5, 40.5], [east, 40.5]]];
        let area = |name: &str, east: f64, label: Spot| pack::Outline {
            title: model::Text::new(name, name),
            divisions: vec![],
            label: Some(label),
            rings: square(east),
        };
        let outlines = Outlines {
            drawn: model::Text::new("示意图", "Schematic map"),
            source: String::new(),
            terms: String::new(),
            day: None,
            approval: None,
            outlines: vec![
                area("平城区", 113.0, [113.25, 40.25]),
                area("云冈区", 113.0, [113.252, 40.251]),
                area("云州区", 113.5, [113.75, 40.25]),
            ],
        };
        let y_of = |svg: &str, name: &str| -> Option<f64> {
            let before = svg.split(&format!(">{name}<")).next().filter(|before| before.len() < svg.len())?;
            before.rsplit("y=\"").next()?.trim_end_matches('"').parse().ok()
        };
        let drawn = |marks: &[Mark]| {
            draw((Some(&outlines), marks), None, 760, &words(), |_| String::new()).unwrap().to_string()
        };
        let (free, beside) = (drawn(&[]), drawn(&[mark(113.75, 40.25, "over")]));
        assert!(y_of(&free, "平城区").is_some() && y_of(&free, "云州区").is_some());
        assert_ne!(y_of(&free, "平城区"), y_of(&free, "云冈区"), "{free}");
        let moved = y_of(&beside, "云州区").unwrap() - y_of(&free, "云州区").unwrap();
        assert!((moved.abs() - LINE).abs() < 0.2, "{moved}");
    }

    #[test]
    fn what_lies_outside_is_not_drawn_and_text_is_escaped() {
        let svg = drawn(
            &[mark(113.1, 40.0, "fine"), mark(120.0, 30.0, "over")],
            Box4::parse("113,39.9,113.3,40.2"),
        );
        assert!(
            !svg.contains("mark over") && svg.contains("fine &#38; more") && svg.contains("&#60;things&#62;")
        );
        assert!(svg.contains("a=1&#38;b=2"));
    }

    #[test]
    fn a_stretch_is_four_sides_in_order() {
        assert_eq!(Box4::parse("1,2,3,4"), Some(Box4([1.0, 2.0, 3.0, 4.0])));
        for wrong in ["1,2,3", "3,2,1,4", "1,2,3,nan", "1,2,3,95", "", "a,b,c,d"] {
            assert_eq!(Box4::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Box4::around([]), None);
    }

    #[test]
    fn nothing_makes_no_map() {
        assert!(draw((None, &[]), None, 760, &words(), |_| String::new()).is_none());
    }
}
