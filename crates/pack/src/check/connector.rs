//! An attribute has one writer: a feed of devices, or one connector. One that a feed writes and none fills stays empty.

use crate::Writer;
use crate::load::World;
use crate::read::connector::Connector;
use crate::sheet::{Sheet, What};
use crate::tree::{Node, Table};
use model::Name;

/// The attribute that says where an entity is; the columns of `place` fill it where a feed writes it.
const LOCATION: &str = "location";

pub(super) fn check(sheets: &[Sheet<'_>], world: &World) {
    let all: Vec<&(usize, Connector)> = world.connectors.values().collect();
    for (number, (at, connector)) in all.iter().enumerate() {
        for mapping in &connector.map {
            let same = |other: &&&(usize, Connector)| {
                other.1.into == connector.into && fills(&other.1, &mapping.attribute)
            };
            let earlier = all.iter().take(number).find(same);
            if let Some((_, other)) = earlier.filter(|_| fills(connector, &mapping.attribute)) {
                let place = format!("map.{}.attribute", place(connector, &mapping.attribute));
                let what = format!(
                    "`{}` of {} is filled by the connector {} too",
                    mapping.attribute, connector.into, other.id
                );
                sheets[*at].complain(&place, what, "an attribute has one writer: take it out of one of them");
            }
        }
    }
}

/// Complains of attributes that a feed writes and neither devices nor a connector fill. Asked before what is written in
/// the words of the types is read, so that nobody else complains of what follows.
pub(crate) fn unfilled(sheets: &[Sheet<'_>], world: &World) {
    let connectors = sheets.iter().filter(|sheet| sheet.what == What::Connector);
    let filled: Vec<(&str, &str)> = connectors.flat_map(columns).collect();
    let known = |(into, attribute): &(&str, &str)| {
        let kind = world.types.get(*into).map(|(_, kind)| kind);
        kind.is_some_and(|kind| kind.attribute.iter().any(|a| a.id == **attribute))
    };
    // A connector that could not be read, or names what is not there, may have meant this one.
    let lost = sheets.iter().any(|sheet| sheet.what == What::Connector && sheet.tree.is_none());
    if lost || !filled.iter().all(known) {
        return;
    }
    // A type whose own file is faulty has been complained of.
    for (at, kind) in world.types.values().filter(|(at, _)| sheets[*at].reading.complaints() == 0) {
        let waiting = kind.attribute.iter().filter(|a| a.by == Writer::Feed && a.feed.is_none());
        for attribute in waiting.filter(|a| !filled.contains(&(kind.id.as_str(), a.id.as_str()))) {
            let what = format!("`{}` is written by a feed that is not named", attribute.id);
            let remedy = "add feed = \"hj212:2061:a21026-ZsAvg\", or let a connector fill it";
            sheets[*at].complain(&format!("attribute.{}.by", attribute.id), what, remedy);
        }
    }
}

/// Type and attribute of each column, as a file says them.
fn columns<'a>(sheet: &'a Sheet<'_>) -> Vec<(&'a str, &'a str)> {
    let table = sheet.tree.as_ref().and_then(Node::as_table);
    let text = |table: &'a Table, key: &str| table.get(key).and_then(Node::as_text);
    let Some((table, into)) = table.and_then(|table| Some((table, text(table, "into")?))) else {
        return Vec::new();
    };
    let rows = table.get("map").map(Node::items).unwrap_or_default().iter().filter_map(Node::as_table);
    let placed = table.get("place").map(|_| (into, LOCATION));
    rows.filter_map(|row| Some((into, text(row, "attribute")?))).chain(placed).collect()
}

/// Whether a connector writes an attribute: its key may only find what others have registered.
fn fills(connector: &Connector, attribute: &Name) -> bool {
    connector.key != *attribute && connector.map.iter().any(|mapping| mapping.attribute == *attribute)
}

/// The number of a column, from 1.
fn place(connector: &Connector, attribute: &Name) -> usize {
    1 + connector.map.iter().position(|mapping| mapping.attribute == *attribute).unwrap_or(0)
}
