//! An index of a type: what a standard computes from several of its series.

use super::kind::{AttributeDefinition, TypeDefinition};
use crate::tree::{Both, Id, OneOf, Section, TextMap, nearest};
use lang::Unit;
use model::{Name, Text};
use standards::air::Pollutant;

/// What a standard computes from several series of an entity.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// Its name.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// By which standard.
    pub standard: IndexStandard,
    /// The series of each pollutant.
    pub of: Vec<(Pollutant, Name)>,
    /// Entities without one: an attribute and what it then holds.
    pub except: Vec<(Name, String)>,
}

/// Standards that compute an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexStandard {
    /// The air-quality index of an hour (HJ 633), by the edition in force on the day observed.
    AirQuality,
}

const STANDARDS: &[(&str, IndexStandard)] = &[("hj-633", IndexStandard::AirQuality)];

/// As files write a pollutant: `pm25`.
fn word(pollutant: Pollutant) -> String {
    pollutant.symbol().to_lowercase().replace('.', "")
}

/// Reads it.
pub(super) fn index(s: &mut Section<'_>) -> Index {
    let of = s.need("of", "The series of each pollutant: so2, no2, co, o3, pm10, pm25.", TextMap);
    let except =
        s.may("except", "Entities without one: an attribute and the code that it then holds.", TextMap);
    let mut known = Vec::new();
    for (pollutant, attribute) in &of {
        let found = Pollutant::SIX.into_iter().find(|known| word(*known) == *pollutant);
        match (found, Name::new(attribute.as_str())) {
            (Some(found), Ok(attribute)) => known.push((found, attribute)),
            (None, _) => {
                let all: Vec<String> = Pollutant::SIX.into_iter().map(word).collect();
                let remedy = match nearest(pollutant, all.iter().map(String::as_str)) {
                    Some(meant) => format!("did you mean \"{meant}\"?"),
                    None => format!("they are {}", all.join(", ")),
                };
                s.complain(
                    &format!("of.{pollutant}"),
                    format!("`{pollutant}` is no pollutant of the standard"),
                    remedy,
                );
            }
            (_, Err(_)) => {
                s.complain(
                    &format!("of.{pollutant}"),
                    format!("`{attribute}` is no name"),
                    "name an attribute",
                );
            }
        }
    }
    let except = except.unwrap_or_default().into_iter();
    Index {
        id: s.need("id", "Its name.", Id),
        title: s.need("title", "What people call it.", Both),
        standard: s.need("by", "By which standard.", OneOf(STANDARDS)),
        of: known,
        except: except.filter_map(|(id, code)| Some((Name::new(id.as_str()).ok()?, code))).collect(),
    }
}

/// Complains of what an index asks and its type has not.
pub(super) fn check(s: &Section<'_>, kind: &TypeDefinition) {
    for index in &kind.index {
        for (pollutant, id) in &index.of {
            let place = format!("index.{}.of.{}", index.id, word(*pollutant));
            match kind.attribute(id) {
                Some(attribute) if attribute.feed.is_some() => measured(s, &place, *pollutant, attribute),
                Some(_) => {
                    s.complain(&place, format!("`{id}` is no series"), "name an attribute with a feed");
                }
                None => {
                    let known = kind.attribute.iter().map(|attribute| attribute.id.as_str());
                    let remedy = match nearest(id.as_str(), known) {
                        Some(meant) => format!("did you mean \"{meant}\"?"),
                        None => "name one of its attributes".to_owned(),
                    };
                    s.complain(&place, format!("{} has no attribute `{id}`", kind.id), remedy);
                }
            }
        }
        for (id, code) in &index.except {
            let known =
                kind.attribute(id).is_some_and(|attribute| attribute.codes.iter().any(|one| *one == **code));
            if !known {
                let what = format!("`{id}` of {} never holds `{code}`", kind.id);
                s.complain(
                    &format!("index.{}.except", index.id),
                    what,
                    "name an attribute and one of its codes",
                );
            }
        }
    }
}

/// The tables of the standard are in its own units.
fn measured(s: &Section<'_>, place: &str, pollutant: Pollutant, attribute: &AttributeDefinition) {
    let wanted = if pollutant == Pollutant::Co { "mg/m³" } else { "µg/m³" };
    let is = |unit: &str| Unit::parse(unit) == Unit::parse(wanted);
    if !attribute.unit.as_deref().is_some_and(is) {
        let what = format!("`{}` is not in {wanted}, in which the standard is written", attribute.id);
        s.complain(place, what, "name a series in that unit");
    }
}
