//! What a dataset has, looked at: its things on a map, and the chart of each series.

use super::desk::Desk;
use super::error::Fault;
use super::registers;
use crate::map::{Box4, Mark, Words, draw};
use crate::paths;
use crate::texts::fill;
use crate::views::{BothSizes, Link};
use kernel::ContextQuery;
use model::{Entity, Name};
use ngsi_ld::geo::place;
use pack::{Dataset, Openness, Spot};

/// Things that are drawn or listed.
const THINGS_MAX: u32 = 500;
/// Charts that are linked.
const CHARTS_MAX: usize = 24;
/// Hours that a chart shows.
const HOURS: u32 = 72;
/// The attribute that says where a thing is.
const LOCATION: &str = "location";
/// Widths of the drawings for a desk and for a phone.
const WIDE: u32 = 700;
const NARROW: u32 = 340;

/// A dataset's map and charts; neither where there is nothing to draw.
#[derive(Default)]
pub(super) struct Looks {
    pub map: Option<BothSizes>,
    pub charts: Vec<Link>,
}

/// Looks at what this visitor may have of a dataset.
pub(super) fn looks(desk: &Desk, dataset: &Dataset, area: Option<Box4>) -> Result<Looks, Fault> {
    let placed = dataset.attributes.iter().any(|id| *id == *LOCATION);
    if dataset.sharing == Openness::Restricted || !placed && dataset.series.is_none() {
        return Ok(Looks::default());
    }
    let filter = dataset.selection.as_ref().map(|selection| selection.filter.clone());
    let query = ContextQuery { filter, limit: THINGS_MAX, ..ContextQuery::of(dataset.kind.clone()) };
    let things = desk.kernel().context(desk.actor.as_ref(), &query)?.entities;
    Ok(Looks {
        map: if placed { map(desk, dataset, &things, area) } else { None },
        charts: dataset
            .series
            .as_ref()
            .map(|series| charts(desk, &things, &series.attribute))
            .unwrap_or_default(),
    })
}

fn map(desk: &Desk, dataset: &Dataset, things: &[Entity], area: Option<Box4>) -> Option<BothSizes> {
    let fed = desk.loaded().fed.contains(&dataset.kind);
    let mark = |thing: &Entity| {
        let urn = thing.urn.as_str();
        Some(Mark {
            place: place(thing.value(LOCATION)).map(Spot::from)?,
            class: "fine",
            title: registers::called(desk, thing),
            href: if fed { paths::source(urn) } else { paths::entity(urn) },
            chosen: false,
        })
    };
    let marks: Vec<Mark> = things.iter().filter_map(mark).collect();
    let texts = &desk.words().board;
    let words = Words {
        title: desk.text(&dataset.title).to_owned(),
        description: fill(&texts.described, &[("n", &marks.len().to_string())]),
        several: texts.several.clone(),
        lang: desk.definition_lang(),
    };
    let outlines = desk.loaded().definitions.outlines.as_ref();
    let own = paths::dataset(dataset.id.as_str());
    let zoom = |area: Box4| format!("{own}?box={}#h-map", area.text());
    let size = |width| draw((outlines, &marks), area, width, &words, zoom);
    Some(BothSizes { wide: size(WIDE)?, narrow: size(NARROW)? })
}

fn charts(desk: &Desk, things: &[Entity], attribute: &Name) -> Vec<Link> {
    let link = |thing: &Entity| Link {
        href: format!(
            "{}?series={}&hours={HOURS}",
            paths::source(thing.urn.as_str()),
            paths::encode(attribute.as_str())
        ),
        text: registers::called(desk, thing),
    };
    things.iter().take(CHARTS_MAX).map(link).collect()
}
