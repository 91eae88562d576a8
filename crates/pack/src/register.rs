//! A register: people and entities that a city starts with.
//!
//! A real city fills its registers from its own systems; a demonstration city brings a file of this form.

use model::Name;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Whether this is demonstration data: said on every page, and never counted as operation.
    #[serde(default)]
    pub demonstration: bool,
    /// People, by role.
    #[serde(default)]
    pub person: Vec<PersonRow>,
    /// Everything else that the city knows at its beginning: outlets, devices, firms.
    #[serde(default)]
    pub entity: Vec<EntityRow>,
}

/// A person who can sign in.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonRow {
    /// What is typed to sign in; also the end of the person's URN.
    pub login: String,
    /// What others see.
    pub title: model::Text,
    /// Roles held.
    pub role: Vec<RoleRow>,
}

/// A role held for a time.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleRow {
    /// Which role.
    pub id: Name,
    /// In which division: that one and all below it.
    pub division: String,
    /// Only for what is about this entity, as `MonitoredSource:chimney-1`.
    #[serde(default)]
    pub about: Option<String>,
    /// First day.
    pub from: String,
    /// Last day, if it has one.
    #[serde(default)]
    pub to: Option<String>,
}

/// An entity of one of the packs' types.
///
/// Values are written as TOML has them. Attributes whose type needs more: a text in both languages is `{ zh, en }`, a
/// `ref` is `<Type>:<id>`, a place is `[longitude, latitude]` (WGS 84), and a personal value names whose it is:
/// `{ subject = "duty-1", value = "138 …" }`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntityRow {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Name,
    /// The end of its URN.
    pub id: String,
    /// Its attributes.
    pub set: BTreeMap<Name, toml::Value>,
}
