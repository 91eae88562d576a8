//! Actors: who acts, in which roles, where and for how long. What that allows is `permission`.

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

/// Digits of a division's code down to province, city, county, township and village (GB/T 2260, GB/T 10114).
const LEVELS: [usize; 5] = [2, 4, 6, 9, 12];

/// The significant digits of a division's code: `140200` and all below it begin with `1402`, since codes are padded with
/// zeros level by level. Nothing of a text that is no code.
pub fn division_prefix(code: &str) -> Option<&str> {
    if !LEVELS.contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut own = code;
    for level in LEVELS.into_iter().rev().filter(|level| *level < code.len()) {
        match own.split_at_checked(level) {
            Some((above, last)) if last.bytes().all(|byte| byte == b'0') => own = above,
            _ => break,
        }
    }
    Some(own)
}

/// A division and all above it, as prefixes: `14`, `1402`, `140214`.
pub fn division_prefixes(code: &str) -> impl Iterator<Item = &str> {
    let own = division_prefix(code).unwrap_or(code);
    let above = LEVELS.into_iter().filter(|level| *level < own.len()).filter_map(|level| own.get(..level));
    above.chain([own])
}

impl Grant {
    /// Whether it counts on a local date.
    pub fn holds_on(&self, date: &str) -> bool {
        *self.from <= *date && self.to.as_deref().is_none_or(|to| date <= to)
    }

    /// The end of the list names that this grant reads: what it is about, or its division.
    pub fn place(&self) -> String {
        let division = || division_prefix(&self.division).unwrap_or(&self.division).to_owned();
        self.about.as_ref().map_or_else(division, ToString::to_string)
    }

    /// As an entity keeps it.
    pub(crate) fn to_value(&self) -> Value {
        model::map([
            ("role", self.role.as_str().into()),
            ("division", self.division.as_str().into()),
            ("about", self.about.clone().into()),
            ("from", self.from.as_str().into()),
            ("to", self.to.as_deref().into()),
        ])
    }

    pub(crate) fn from_value(value: &Value) -> Option<Self> {
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
    /// Where something stands, as its attributes say; nothing if they name no division.
    pub(crate) fn of<'a>(urn: &Urn, value: impl Fn(&str) -> &'a Value) -> Option<Self> {
        let division = value("division").as_text()?.to_owned();
        Some(Self { division, about: value("about").as_ref().unwrap_or(urn).clone() })
    }

    /// The ends of the list names under which grants look for this: each division above it, and what it is about.
    pub fn places(&self) -> Vec<String> {
        division_prefixes(&self.division).map(str::to_owned).chain([self.about.to_string()]).collect()
    }
}

impl Actor {
    /// Reads a person.
    pub fn load(view: &dyn Reading, urn: &Urn) -> Result<Self, Refusal> {
        let entity = view.entity(urn)?.ok_or_else(|| Refusal::NotFound(urn.to_string()))?;
        Ok(Self::of(&entity))
    }

    /// A person as their entity says.
    pub(crate) fn of(entity: &Entity) -> Self {
        Self {
            urn: entity.urn.clone(),
            title: title(entity),
            grants: entity.value("roles").as_list().iter().filter_map(Grant::from_value).collect(),
        }
    }

    /// Whether a role is held anywhere on a local date.
    pub fn holds(&self, role: &str, date: &str) -> bool {
        self.grants.iter().any(|g| g.role == *role && g.holds_on(date))
    }
}

impl Kernel {
    /// Whether one of an actor's roles, wherever held, has a power that no process gives.
    pub fn has(&self, actor: &Actor, power: Power) -> bool {
        let date = self.date(self.now());
        let loaded = self.loaded();
        let mut roles = loaded.definitions.city.role.iter().filter(|role| role.powers.contains(&power));
        roles.any(|role| actor.holds(role.id.as_str(), &date))
    }

    /// The same, or the refusal that names a role which has it.
    pub fn allowed(&self, actor: &Actor, power: Power) -> Result<(), Refusal> {
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
        for (code, expected) in [
            ("140200", Some("1402")),
            ("140000", Some("14")),
            ("140210", Some("140210")),
            ("140212100", Some("140212100")),
            ("140212000", Some("140212")),
            ("140200000000", Some("1402")),
            ("000000", Some("00")),
            ("14021", None),
            ("1402a0", None),
            ("", None),
        ] {
            assert_eq!(division_prefix(code), expected, "{code}");
        }
        let all = |code| division_prefixes(code).collect::<Vec<_>>().join(" ");
        assert_eq!(all("140214"), "14 1402 140214");
        assert_eq!(all("140212103"), "14 1402 140212 140212103");
        assert_eq!(all("14021"), "14 1402 14021");
        assert_eq!(all("大同"), "大同");
        assert_eq!(all(""), "");
    }
}
