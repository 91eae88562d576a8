//! The file of a board: figures that can be opened, and layers of a map.

use super::kind::{Place, ValueKind};
use super::scope::Scope;
use super::selection::{Selection, selection};
use crate::names::TypeNames;
use crate::tree::{
    AttributeId, Both, Distinct, Fields, Id, Line, ListOf, Node, OneOf, Read, Reading, Refer, Refers,
    Section, Shape, YesNo, nearest, unread,
};
use lang::Unit;
use model::{Name, Text};

/// Figures of one field of work, for those who lead it.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// The roles that may look at it, wherever they are held.
    pub readers: Vec<Name>,
    /// The process by which people take duty: who has it is shown.
    pub duty: Option<Name>,
    /// The process whose cases are alarms: they have a list of their own.
    pub alarms: Option<Name>,
    /// Its figures.
    pub figures: Vec<Figure>,
    /// What it shows on a map.
    pub layers: Vec<Layer>,
}

/// A figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// Of what.
    pub of: FigureOf,
    /// Of a process: which of its cases.
    pub cases: Cases,
    /// Which of them; without it all.
    pub selection: Option<Selection>,
    /// The attribute that is summed up; without it they are counted.
    pub sum: Option<Name>,
    /// The unit of the sum.
    pub unit: Option<String>,
    /// Whether what is behind it can be opened.
    pub opens: bool,
}

/// What a figure is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FigureOf {
    /// The entities of a type.
    Type(Name),
    /// The cases of a process.
    Process(Name),
}

/// Which cases of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cases {
    /// Those that have not ended.
    Open,
    /// Those that have not ended although their time is over.
    Overdue,
    /// Those that have ended.
    Ended,
    /// All.
    All,
}

/// A layer of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// The type of its entities: one that has a place.
    pub kind: Name,
    /// Which of them; without it all.
    pub selection: Option<Selection>,
}

const CASES: &[(&str, Cases)] =
    &[("open", Cases::Open), ("overdue", Cases::Overdue), ("ended", Cases::Ended), ("all", Cases::All)];

impl Cases {
    /// As files write it.
    pub fn as_str(self) -> &'static str {
        CASES.iter().find(|(_, cases)| *cases == self).map_or("", |(word, _)| word)
    }
}

/// Reads it.
pub(crate) fn board(s: &mut Section<'_>, scope: Scope<'_>) -> Board {
    s.format();
    let figure = Fields(|s: &mut Section<'_>| figure(s, scope));
    let layer = Fields(|s: &mut Section<'_>| layer(s, scope));
    let readers = "The roles that may look at it; figures are of the whole city, whatever a reader's reach.";
    let board = Board {
        id: s.need("id", "Its name, and that of its file.", Id),
        title: s.need("title", "What people call it.", Both),
        readers: s.need("readers", readers, ListOf(Refers(Refer::Role))),
        duty: s.may(
            "duty",
            "The process by which people take duty: its open case says who has it.",
            Refers(Refer::Process),
        ),
        alarms: s.may(
            "alarms",
            "The process whose cases are alarms: they have a list of their own.",
            Refers(Refer::Process),
        ),
        figures: s.need("figure", "Its figures.", Distinct("id", figure)),
        layers: s.list("layer", "What it shows on a map.", Distinct("id", layer)),
    };
    if s.is_sound() && board.readers.is_empty() {
        s.complain("readers", "nobody may look at it", "write readers = [\"section-chief\"]");
    }
    board
}

fn figure(s: &mut Section<'_>, scope: Scope<'_>) -> Figure {
    let of = s.need("of", "A type, or a process whose cases are meant.", OfText);
    let own = match &of {
        FigureOf::Type(kind) => scope.names(kind.as_str()),
        FigureOf::Process(process) => scope.case(process),
    };
    let cases = "Of a process: which of its cases; default \"open\".";
    let figure = Figure {
        id: s.need("id", "Its name.", Id),
        title: s.need("title", "What people call it.", Both),
        cases: s.or("cases", cases, OneOf(CASES), Cases::Open),
        selection: selection(s, &own),
        sum: s.may("sum", "The attribute that is summed up; without it they are counted.", AttributeId),
        unit: s.may("unit", "With `sum`: its unit, as people read it.", Line),
        opens: s.or("opens", "Whether what is behind it can be opened; default true.", YesNo, true),
        of,
    };
    if s.has("cases") && matches!(figure.of, FigureOf::Type(_)) {
        s.complain("cases", "`cases` belongs to a figure of a process", "take it out, or write `where`");
    }
    summed(s, &own, &figure);
    figure
}

/// What is summed up must be numbers that entities hold, in the unit that is said.
fn summed(s: &Section<'_>, own: &TypeNames<'_>, figure: &Figure) {
    let Some(sum) = &figure.sum else {
        if s.has("unit") && !s.has("sum") {
            s.complain("unit", "what is counted has no unit", "add sum = \"…\", or take the unit out");
        }
        return;
    };
    let Some(kind) = own.of else { return };
    let Some(attribute) = kind.attribute(sum) else {
        let remedy = match nearest(sum.as_str(), kind.attribute.iter().map(|a| a.id.as_str())) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("name a number of {}", kind.id),
        };
        return s.complain("sum", format!("{} has no attribute `{sum}`", kind.id), remedy);
    };
    if attribute.series {
        let what = format!("`{sum}` is a series: no entity holds its values");
        s.complain("sum", what, "sum up an attribute that is no series");
    } else if attribute.value != ValueKind::Number {
        s.complain("sum", format!("`{sum}` is no number"), "sum up a number, or leave `sum` out to count");
    } else if let Some(unit) = &figure.unit {
        let same = attribute.unit.as_deref().is_some_and(|own| own == unit || same(own, unit));
        if !same {
            let own = attribute.unit.as_deref();
            let is = own.map_or_else(|| "has no unit".to_owned(), |own| format!("is in {own}"));
            let remedy =
                own.map_or_else(|| "take the unit out".to_owned(), |own| format!("write unit = \"{own}\""));
            s.complain("unit", format!("`{sum}` {is}, not in {unit}"), remedy);
        }
    }
}

fn same(one: &str, other: &str) -> bool {
    matches!((Unit::parse(one), Unit::parse(other)), (Some(one), Some(other)) if one == other)
}

fn layer(s: &mut Section<'_>, scope: Scope<'_>) -> Layer {
    let kind = s.need("type", "The type of its entities: one that has a place.", Refers(Refer::Type));
    let own = scope.names(kind.as_str());
    if let Some(known) = own.of.filter(|known| known.place == Place::None) {
        let what = format!("entities of {} have no place", known.id);
        s.complain("type", what, "name a type that says place = \"point\"");
    }
    Layer {
        id: s.need("id", "Its name.", Id),
        title: s.need("title", "What people call it.", Both),
        selection: selection(s, &own),
        kind,
    }
}

/// A type (`CamelCase`) or a process (`kebab-case`).
#[derive(Clone, Copy)]
struct OfText;

impl Read for OfText {
    type Out = FigureOf;

    fn shape(&self) -> Shape {
        Shape::Name { example: "exceedance", pattern: "^([A-Z][A-Za-z0-9]*|[a-z0-9]+(-[a-z0-9]+)*)$" }
    }

    fn read(&self, node: &Node, key: &str, reading: &Reading<'_>) -> Option<FigureOf> {
        let is_type = node.as_text().is_some_and(|text| text.starts_with(|c: char| c.is_ascii_uppercase()));
        if is_type {
            Refers(Refer::Type).read(node, key, reading).map(FigureOf::Type)
        } else {
            Refers(Refer::Process).read(node, key, reading).map(FigureOf::Process)
        }
    }

    fn unread(&self) -> FigureOf {
        FigureOf::Type(unread())
    }
}
