//! The file of a dataset: which part of what the city knows is handed out, to whom, on which terms.

use super::kind::{OPEN, Openness, TypeDefinition};
use super::scope::Scope;
use super::selection::{Selection, selection};
use super::text;
use crate::tree::{
    AttributeId, Both, Fields, Id, Line, ListOf, Named, OneOf, Refer, Refers, Section, Whole, nearest,
};
use model::{Edition, Name, Text};

/// A governed view over the entities of a type, or over one of their series.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// What is in it, for whoever looks for data.
    pub description: Text,
    /// The role that answers for it.
    pub owner: Name,
    /// The type of its entities.
    pub kind: Name,
    /// What of them is in it, in this order.
    pub attributes: Vec<Name>,
    /// Which of them are in it; without it all.
    pub selection: Option<Selection>,
    /// Who may have it.
    pub sharing: Openness,
    /// The law on which it is shared.
    pub basis: String,
    /// The terms on which it is handed out.
    pub licence: Licence,
    /// How often it is to be renewed.
    pub refresh: Refresh,
    /// The series whose values are its rows; without it each entity is a row.
    pub series: Option<Series>,
    /// What is known of its quality.
    pub quality: Vec<Text>,
}

/// Terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    /// Its short name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// Where its text is.
    pub url: String,
}

/// How often it is to be renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// Every hour.
    Hourly,
    /// Every day.
    Daily,
    /// Whenever something changes.
    OnChange,
}

/// One series of each entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The attribute.
    pub attribute: Name,
    /// The statistic, in the words of the feed.
    pub statistic: Name,
    /// How many days back it goes.
    pub days: u32,
    /// Its edition. Of the audited one, what is not audited yet is handed out cleaned, and says so.
    pub edition: Edition,
}

const REFRESH: &[(&str, Refresh)] =
    &[("hourly", Refresh::Hourly), ("daily", Refresh::Daily), ("on-change", Refresh::OnChange)];

const EDITIONS: &[(&str, Edition)] =
    &[("raw", Edition::Raw), ("cleaned", Edition::Cleaned), ("audited", Edition::Audited)];

/// Days that a dataset of a series may go back.
const DAYS_MAX: i64 = 366;
/// Days that it goes back if it does not say.
const DAYS: i64 = 31;

impl Refresh {
    /// As files write it.
    pub fn as_str(self) -> &'static str {
        REFRESH.iter().find(|(_, refresh)| *refresh == self).map_or("", |(word, _)| word)
    }
}

/// Reads it.
pub(crate) fn dataset(s: &mut Section<'_>, scope: Scope<'_>) -> Dataset {
    s.format();
    let kind = s.need("type", "The type of its entities.", Refers(Refer::Type));
    let own = scope.names(kind.as_str());
    let about = "What of them is in it, in this order; each must be at least as open as the sharing.";
    let dataset = Dataset {
        id: s.need("id", "Its name, and that of its file.", Id),
        title: s.need("title", "What people call it.", Both),
        description: s.need("description", "What is in it, for whoever looks for data.", Both),
        owner: s.need("owner", "The role that answers for it.", Refers(Refer::Role)),
        attributes: s.need("attributes", about, ListOf(AttributeId)),
        selection: selection(s, &own),
        sharing: s.need(
            "sharing",
            "Who may have it: everybody, whoever is signed in, its owner.",
            OneOf(OPEN),
        ),
        basis: text(s.need("basis", "The law on which it is shared.", Refers(Refer::Basis))),
        licence: s.need("licence", "The terms on which it is handed out.", Fields(licence)),
        refresh: s.need("refresh", "How often it is to be renewed.", OneOf(REFRESH)),
        series: s.may(
            "series",
            "The series whose values are its rows; without it each entity is a row.",
            Fields(series),
        ),
        quality: s.list("quality", "What is known of its quality.", ListOf(Both)),
        kind,
    };
    if let Some(kind) = own.of.filter(|_| s.is_sound()) {
        listed(s, kind, &dataset);
        asked(s, kind, &dataset);
        measured(s, kind, &dataset);
    }
    dataset
}

fn licence(s: &mut Section<'_>) -> Licence {
    let licence = Licence {
        id: s.need("id", "Its short name.", Named("CC-BY-4.0")),
        title: s.need("title", "What people call it.", Both),
        url: s.need("url", "Where its text is.", Line),
    };
    let url = &licence.url;
    if !url.is_empty() && !url.starts_with("https://") && !url.starts_with("http://") {
        let what = format!("`{url}` is no address of the web");
        s.complain("url", what, "write url = \"https://…\"");
    }
    licence
}

fn series(s: &mut Section<'_>) -> Series {
    let days = s.or("days", "How many days back it goes; default 31.", Whole(1, DAYS_MAX), DAYS);
    Series {
        attribute: s.need("attribute", "The attribute.", AttributeId),
        statistic: s.need("statistic", "The statistic, in the words of the feed.", Named("ZsAvg")),
        days: u32::try_from(days).unwrap_or(1),
        edition: s.or(
            "edition",
            "Its edition; default \"raw\". Of \"audited\", what is not audited yet is handed out cleaned, and says so.",
            OneOf(EDITIONS),
            Edition::Raw,
        ),
    }
}

/// The attributes that it lists.
fn listed(s: &Section<'_>, kind: &TypeDefinition, dataset: &Dataset) {
    for (index, id) in (1..).zip(&dataset.attributes) {
        let place = format!("attributes.{index}");
        let Some(attribute) = kind.attribute(id) else {
            let remedy = match nearest(id.as_str(), kind.attribute.iter().map(|a| a.id.as_str())) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => format!("name attributes of {}", kind.id),
            };
            s.complain(&place, format!("{} has no attribute `{id}`", kind.id), remedy);
            continue;
        };
        if dataset.attributes[..index - 1].contains(id) {
            s.complain(&place, format!("`{id}` stands twice"), "take the second out");
        } else if attribute.series {
            let remedy = format!("write series = {{ attribute = \"{id}\", … }}, and take it out here");
            s.complain(&place, format!("`{id}` is a series: no entity holds its values"), remedy);
        } else if attribute.personal.is_some() && dataset.sharing == Openness::Open {
            let what = format!("`{id}` is personal data, and the dataset is open to everybody");
            s.complain(&place, what, "take it out: personal data is never opened");
        } else {
            allowed(s, &place, kind, id, dataset.sharing);
        }
    }
}

/// The attributes by which its entities are chosen: who is in a list tells what it was chosen by.
fn asked(s: &Section<'_>, kind: &TypeDefinition, dataset: &Dataset) {
    for id in dataset.selection.iter().flat_map(Selection::attributes) {
        allowed(s, "where", kind, &id, dataset.sharing);
    }
}

/// Whether the type lets an attribute be shared so.
fn allowed(s: &Section<'_>, place: &str, kind: &TypeDefinition, id: &Name, sharing: Openness) {
    let Some(attribute) = kind.attribute(id) else { return };
    if attribute.open > sharing {
        let (is, shared) = (attribute.open.word(), sharing.word());
        let what = format!("`{id}` of {} is {is}, and the dataset is {shared}", kind.id);
        s.complain(
            place,
            what,
            format!("take it out, write sharing = \"{is}\", or let the type say open = \"{shared}\""),
        );
    }
}

/// Its series.
fn measured(s: &Section<'_>, kind: &TypeDefinition, dataset: &Dataset) {
    let Some(series) = &dataset.series else { return };
    let fed = kind.attribute.iter().filter(|a| a.series && a.feed.is_some());
    let Some(attribute) = kind.attribute(&series.attribute).filter(|a| a.series) else {
        let remedy = match nearest(series.attribute.as_str(), fed.map(|a| a.id.as_str())) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("name a series of {}", kind.id),
        };
        return s.complain(
            "series.attribute",
            format!("{} has no series `{}`", kind.id, series.attribute),
            remedy,
        );
    };
    if let Some(feed) = attribute.feed.as_ref().filter(|feed| feed.key.statistic != series.statistic) {
        let what =
            format!("the feed of {} brings {}, not {}", attribute.id, feed.key.statistic, series.statistic);
        s.complain("series.statistic", what, format!("write statistic = \"{}\"", feed.key.statistic));
    }
    allowed(s, "series.attribute", kind, &attribute.id, dataset.sharing);
}
