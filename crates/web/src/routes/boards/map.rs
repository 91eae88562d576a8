//! The map of a board: its layers, each thing with how it does, and how old its data are.

use super::wanted::Wanted;
use crate::map::{Mark, Words, draw as drawing};
use crate::paths;
use crate::routes::desk::Desk;
use crate::routes::error::Fault;
use crate::routes::seen::{Moment, Seen, seen};
use crate::routes::{about, source};
use crate::texts::fill;
use crate::views::{
    BothSizes, Chosen, FeatureRow, LastValue, LayerAge, LayerLink, Link, MapNote, SourceState,
};
use crate::words::age_in_words;
use kernel::{Behind, BoardView, SourceView};
use model::{Name, Urn};
use ngsi_ld::geo::place;
use pack::{Board, Spot};

/// Widths of the drawings for a desk and for a phone.
const WIDE: u32 = 700;
const NARROW: u32 = 340;

/// A layer with what is on it.
pub(super) struct Layer {
    id: Name,
    title: String,
    /// Whether its things report.
    fed: bool,
    pub things: Vec<Thing>,
}

/// One thing on the map.
pub(super) struct Thing {
    pub urn: Urn,
    kind: Name,
    title: String,
    place: Option<Spot>,
    division: String,
    source: Option<(SourceView, Seen)>,
    cases: Vec<Link>,
}

/// The layers of a board, as they are or were.
pub(super) fn layers(
    desk: &Desk,
    board: &Board,
    now: &BoardView,
    moment: Option<Moment>,
) -> Result<Vec<Layer>, Fault> {
    let pairs = board.layers.iter().zip(&now.layers);
    let one = |(layer, view): (&pack::Layer, &kernel::LayerView)| {
        let things = view.features.iter().map(|behind| thing(desk, behind, moment));
        Ok(Layer {
            id: layer.id.clone(),
            title: desk.text(&layer.title).to_owned(),
            fed: desk.loaded().fed.contains(&layer.kind),
            things: things.collect::<Result<_, Fault>>()?,
        })
    };
    pairs.map(one).collect()
}

fn thing(desk: &Desk, behind: &Behind, moment: Option<Moment>) -> Result<Thing, Fault> {
    let source = if desk.loaded().fed.contains(&behind.kind) {
        let source = desk.kernel().source(&behind.urn)?;
        let seen = seen(desk, &source, moment)?;
        Some((source, seen))
    } else {
        None
    };
    // Which cases were open then is told by the list; the map marks those of today.
    let cases = source.as_ref().filter(|_| moment.is_none()).map(|(source, _)| source::cases(desk, source));
    let division = source.as_ref().map(|(source, _)| desk.division(source.entity.text("division")));
    Ok(Thing {
        urn: behind.urn.clone(),
        kind: behind.kind.clone(),
        title: desk.text(&behind.title).to_owned(),
        place: place(&behind.location).map(Spot::from),
        division: division.unwrap_or_default(),
        source,
        cases: cases.unwrap_or_default(),
    })
}

impl Layer {
    fn is_shown(&self, wanted: &Wanted) -> bool {
        wanted.layer.as_ref().is_none_or(|id| *id == self.id)
    }
}

impl Thing {
    /// Its class on the map: what is over a limit first, then what a case is open about, then what is silent or in doubt.
    fn class(&self) -> &'static str {
        let state = self.source.as_ref().map(|(_, seen)| seen.state);
        match state {
            Some(SourceState::Over) => "over",
            _ if !self.cases.is_empty() => "due",
            Some(SourceState::Silent | SourceState::Never) => "mute",
            Some(SourceState::NotValid) => "doubt",
            Some(SourceState::Normal) | None => "fine",
        }
    }

    fn state(&self, desk: &Desk) -> Option<String> {
        let (_, seen) = self.source.as_ref()?;
        Some(seen.state.words(desk.lang()).to_owned())
    }

    fn last(&self) -> Option<String> {
        let (_, seen) = self.source.as_ref()?;
        seen.last.as_ref().map(valued)
    }

    fn href(&self, wanted: &Wanted) -> String {
        Wanted { chosen: Some(self.urn.clone()), ..wanted.clone() }.href()
    }
}

/// The map as it is asked for; nothing if there is nothing to draw.
pub(super) fn draw(desk: &Desk, layers: &[Layer], wanted: &Wanted) -> Option<BothSizes> {
    let shown = layers.iter().filter(|layer| layer.is_shown(wanted)).flat_map(|layer| &layer.things);
    let mark = |thing: &Thing| {
        let said = [Some(thing.title.clone()), thing.state(desk), thing.last()].into_iter().flatten();
        Some(Mark {
            place: thing.place?,
            class: thing.class(),
            title: said.collect::<Vec<_>>().join(" · "),
            href: thing.href(wanted),
            chosen: wanted.chosen.as_ref() == Some(&thing.urn),
        })
    };
    let marks: Vec<Mark> = shown.filter_map(mark).collect();
    let texts = &desk.words().board;
    let words = Words {
        title: texts.map.clone(),
        description: fill(&texts.described, &[("n", &marks.len().to_string())]),
        several: texts.several.clone(),
        lang: desk.definition_lang(),
    };
    let outlines = desk.loaded().definitions.outlines.as_ref();
    let size = |width| {
        let zoom = |area| Wanted { area: Some(area), ..wanted.clone() }.href();
        drawing((outlines, &marks), wanted.area, width, &words, zoom)
    };
    Some(BothSizes { wide: size(WIDE)?, narrow: size(NARROW)? })
}

/// How the map's lines were drawn.
pub(in crate::routes) fn note(desk: &Desk) -> Option<MapNote> {
    let outlines = desk.loaded().definitions.outlines.as_ref()?;
    Some(MapNote { drawn: desk.text(&outlines.drawn).to_owned(), approval: outlines.approval.clone() })
}

/// The layers to be shown alone.
pub(super) fn links(layers: &[Layer], wanted: &Wanted) -> Vec<LayerLink> {
    let link = |layer: Option<&Layer>, count: usize| LayerLink {
        title: layer.map(|layer| layer.title.clone()),
        count: count as u64,
        href: Wanted { layer: layer.map(|layer| layer.id.clone()), ..wanted.clone() }.href(),
        current: wanted.layer.as_ref() == layer.map(|layer| &layer.id),
    };
    let all = link(None, layers.iter().map(|layer| layer.things.len()).sum());
    [all].into_iter().chain(layers.iter().map(|layer| link(Some(layer), layer.things.len()))).collect()
}

/// What is on the map, as a table.
pub(super) fn table(layers: &[Layer], wanted: &Wanted) -> Vec<FeatureRow> {
    let shown = layers.iter().filter(|layer| layer.is_shown(wanted));
    let rows = shown.flat_map(|layer| layer.things.iter().map(move |thing| (layer, thing)));
    rows.map(|(layer, thing)| row(layer, thing, wanted)).collect()
}

fn row(layer: &Layer, thing: &Thing, wanted: &Wanted) -> FeatureRow {
    let seen = thing.source.as_ref().map(|(_, seen)| seen);
    FeatureRow {
        link: Link { href: thing.href(wanted), text: thing.title.clone() },
        layer: layer.title.clone(),
        place: thing.division.clone(),
        state: seen.map(|seen| seen.state),
        last: seen.and_then(|seen| seen.last.clone()),
        age_minutes: seen.and_then(|seen| seen.age_minutes),
        cases: thing.cases.len() as u64,
    }
}

/// How old the data of each layer are whose things report.
pub(super) fn ages(layers: &[Layer]) -> Vec<LayerAge> {
    let one = |layer: &Layer| {
        let states = || layer.things.iter().filter_map(|thing| thing.source.as_ref()).map(|(_, seen)| seen);
        let count = |which: fn(SourceState) -> bool| states().filter(|seen| which(seen.state)).count() as u64;
        let never = count(|state| state == SourceState::Never);
        let late = count(|state| state == SourceState::Silent);
        LayerAge {
            title: layer.title.clone(),
            fresh: layer.things.len() as u64 - never - late,
            late,
            never,
            newest_minutes: states().filter_map(|seen| seen.age_minutes).min(),
        }
    };
    layers.iter().filter(|layer| layer.fed).map(one).collect()
}

/// A thing on the map, looked at.
pub(super) fn chosen(desk: &Desk, thing: &Thing, close_href: String) -> Chosen {
    let texts = &desk.words().board;
    let age = thing
        .source
        .as_ref()
        .and_then(|(_, seen)| seen.age_minutes)
        .map(|minutes| age_in_words(minutes, desk.lang()));
    let facts = [
        (desk.words().sources.name.clone(), Some(about::kind_title(desk, &thing.kind))),
        (texts.place.clone(), Some(thing.division.clone()).filter(|place| !place.is_empty())),
        (texts.state.clone(), thing.state(desk)),
        (desk.words().sources.last.clone(), thing.last()),
        (desk.words().sources.age.clone(), age),
    ];
    Chosen {
        title: thing.title.clone(),
        clock: None,
        facts: facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        links: thing.cases.clone(),
        page_link: Link { href: paths::source(thing.urn.as_str()), text: texts.source_page.clone() },
        close_href,
    }
}

/// A last value in words of a fact.
fn valued(last: &LastValue) -> String {
    format!("{} {} {} ({})", last.factor, last.value, last.unit, last.interval)
}
