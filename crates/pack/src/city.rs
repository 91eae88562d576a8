//! A city: its name, zone, division and roles.

use model::{Name, Text};
use serde::Deserialize;

/// What a city says of itself.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct City {
    /// Its short name; names the tenant's folder.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// Its time zone in the tz database.
    pub zone: String,
    /// Its own division code (GB/T 2260).
    pub division: String,
    /// Roles that its people can hold.
    pub role: Vec<Role>,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its name in processes.
    pub id: Name,
    /// What people call it.
    pub title: Text,
}

impl City {
    /// A role's title, or its name if the city does not know it.
    pub fn role_title<'a>(&'a self, role: &'a Name, lang: model::Lang) -> &'a str {
        self.role.iter().find(|r| r.id == *role).map_or(role.as_str(), |r| r.title.get(lang))
    }
}
