//! Actors: who acts, in which roles, where and for how long. The same check answers a point and builds a list.

use crate::{Kernel, Power, Refusal};
use model::{Entity, Name, Text, Urn, Value};
use store::Reading;

/// A role held in a division and all below it, perhaps for one source only, for a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// The role.
    pub role: Name,
    /// The division's code (GB/T 2260).
    pub division: String,
    /// Only for what is about this entity.
    pub about: Option<Urn>,
    /// First day.
    pub from: String,
    /// Last day, if it has one.
    pub to: Option<String>,
}

/// Who acts.
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    /// Who.
    pub urn: Urn,
    /// What others see.
    pub title: Text,
    /// Roles, ended ones included: a grant counts on its days.
    pub grants: Vec<Grant>,
}

/// Where a thing stands, for the question who may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    /// Its division.
    pub division: String,
    /// What it is about.
    pub about: Urn,
}

/// The significant digits of a division code: `140200` and all below it begin with `1402` (GB/T 2260 pads with zeros,
/// two digits a level).
pub fn division_prefix(code: &str) -> &str {
    let mut end = code.len();
    while end > 2 && code.get(end - 2..end) == Some("00") {
        end -= 2;
    }
    code.get(..end).unwrap_or(code)
}

/// A division and all above it, as prefixes: `14`, `1402`, `140214`.
pub fn division_prefixes(code: &str) -> impl Iterator<Item = &str> {
    let own = division_prefix(code);
    (2..=own.len()).step_by(2).filter_map(move |end| own.get(..end))
}

impl Grant {
    /// Whether it counts on a local date.
    pub fn holds_on(&self, date: &str) -> bool {
        *self.from <= *date && self.to.as_deref().is_none_or(|to| date <= to)
    }

    /// Whether it reaches a scope.
    pub fn reaches(&self, scope: &Scope) -> bool {
        match &self.about {
            Some(about) => *about == scope.about,
            None => scope.division.starts_with(division_prefix(&self.division)),
        }
    }

    /// The end of the list names that this grant reads: what it is about, or its division.
    pub fn place(&self) -> String {
        self.about.as_ref().map_or_else(|| division_prefix(&self.division).to_owned(), ToString::to_string)
    }

    fn from_value(value: &Value) -> Option<Self> {
        let text = |key| value.get(key).and_then(Value::as_text).map(str::to_owned);
        Some(Self {
            role: Name::new(text("role")?).ok()?,
            division: text("division")?,
            about: value.get("about").and_then(Value::as_ref).cloned(),
            from: text("from")?,
            to: text("to"),
        })
    }
}

impl Scope {
    /// The ends of the list names under which grants look for this: each division above it, and what it is about.
    pub fn places(&self) -> Vec<String> {
        division_prefixes(&self.division).map(str::to_owned).chain([self.about.to_string()]).collect()
    }
}

impl Actor {
    /// Reads a person.
    pub fn load(view: &dyn Reading, urn: &Urn) -> Result<Self, Refusal> {
        let entity = view.entity(urn)?.ok_or_else(|| Refusal::NotFound(urn.to_string()))?;
        Ok(Self {
            urn: urn.clone(),
            title: title(&entity),
            grants: entity.value("roles").as_list().iter().filter_map(Grant::from_value).collect(),
        })
    }

    /// Roles that reach a scope on a local date.
    pub fn roles_for(&self, scope: &Scope, date: &str) -> Vec<Name> {
        let held = self.grants.iter().filter(|g| g.holds_on(date) && g.reaches(scope));
        held.map(|g| g.role.clone()).collect()
    }

    /// Whether a role is held anywhere on a local date.
    pub fn holds(&self, role: &str, date: &str) -> bool {
        self.grants.iter().any(|g| g.role == *role && g.holds_on(date))
    }
}

impl Kernel {
    /// Whether one of an actor's roles, wherever held, has a power that no process gives.
    pub(crate) fn has(&self, actor: &Actor, power: Power) -> bool {
        let date = self.date(self.now());
        let loaded = self.loaded();
        let mut roles = loaded.definitions.city.role.iter().filter(|role| role.powers.contains(&power));
        roles.any(|role| actor.holds(role.id.as_str(), &date))
    }

    /// The same, or the refusal that names a role which has it.
    pub(crate) fn allowed(&self, actor: &Actor, power: Power) -> Result<(), Refusal> {
        if self.has(actor, power) {
            return Ok(());
        }
        let loaded = self.loaded();
        let mut roles = loaded.definitions.city.role.iter();
        match roles.find(|role| role.powers.contains(&power)) {
            Some(role) => Err(Refusal::NotAllowed { role: role.id.clone() }),
            None => {
                Err(Refusal::Unusable(format!("no role of this city has the power to {}", power.as_str())))
            }
        }
    }

    /// Whether an actor may see every case and entity, to check them.
    pub(crate) fn sees_all(&self, actor: &Actor) -> bool {
        self.has(actor, Power::Audit)
    }
}

/// The title of an entity in both languages, or its name.
pub fn title(entity: &Entity) -> Text {
    let title = entity.value("title");
    let get = |key| title.get(key).and_then(Value::as_text).map(str::to_owned);
    let fallback = || entity.urn.tail().to_owned();
    Text { zh: get("zh").unwrap_or_else(fallback), en: get("en").unwrap_or_else(fallback) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divisions_contain_those_below_them() {
        assert_eq!(division_prefix("140200"), "1402");
        assert_eq!(division_prefix("140000"), "14");
        assert_eq!(division_prefix("140210"), "140210");
        assert_eq!(division_prefixes("140214").collect::<Vec<_>>(), ["14", "1402", "140214"]);
    }

    #[test]
    fn a_grant_found_by_its_place_is_a_grant_that_reaches() {
        let about = Urn::new("urn:ngsi-ld:MonitoredSource:1").unwrap();
        let scope = Scope { division: "140214".to_owned(), about: about.clone() };
        let grant = |division: &str, about| Grant {
            role: Name::new("inspector").unwrap(),
            division: division.to_owned(),
            about,
            from: "2026-01-01".to_owned(),
            to: None,
        };
        let other = Urn::new("urn:ngsi-ld:MonitoredSource:2").unwrap();
        for grant in [
            grant("140200", None),
            grant("140214", None),
            grant("140215", None),
            grant("140214", Some(about)),
            grant("140214", Some(other)),
        ] {
            assert_eq!(scope.places().contains(&grant.place()), grant.reaches(&scope), "{grant:?}");
        }
    }
}
