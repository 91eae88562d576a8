//! A register: people, devices and sources that a city starts with.
//!
//! A real city fills its registers from its own systems; a demonstration city brings a file of this form.

use model::Name;
use serde::Deserialize;

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
    /// Monitored sources.
    #[serde(default)]
    pub source: Vec<SourceRow>,
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
    /// Only for cases about this source, by its id.
    #[serde(default)]
    pub source: Option<String>,
    /// First day.
    pub from: String,
    /// Last day, if it has one.
    #[serde(default)]
    pub to: Option<String>,
}

/// A monitored source.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRow {
    /// The end of its URN.
    pub id: String,
    /// What people call it.
    pub title: model::Text,
    /// Its outlet's number in the permit, such as `DA001`.
    pub outlet: String,
    /// Its division.
    pub division: String,
    /// Longitude and latitude, WGS 84.
    pub place: [f64; 2],
    /// Telephone of the person on duty: personal, sealed.
    #[serde(default)]
    pub duty_phone: Option<String>,
    /// Its device.
    pub device: DeviceRow,
    /// Limits of its permit, by attribute.
    pub limit: Vec<LimitRow>,
}

/// A device that reports by HJ 212.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceRow {
    /// Its MN.
    pub mn: String,
    /// Its system code (ST).
    pub system: u16,
}

/// One limit of a permit.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitRow {
    /// The attribute that holds it.
    pub attribute: Name,
    /// The value.
    pub value: f64,
    /// Decimals in which it is written.
    pub decimals: u8,
    /// Where it stands written.
    pub source: String,
    /// First day.
    pub from: String,
    /// Last day, if it has one.
    #[serde(default)]
    pub to: Option<String>,
}
