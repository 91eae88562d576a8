//! A city: its name, zone, division and roles.

use crate::tree::{Both, Distinct, Fields, Id, Line, ListOf, OneOf, Section, Whole};
use model::{Lang, Name, Text, Zone};

/// What a city says of itself.
#[derive(Clone, Debug, PartialEq)]
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
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// Its name in processes.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// 1 to 3: who may return (1), extend (2) and shelve (3) work.
    pub rank: u8,
    /// What it may do that no process gives.
    pub powers: Vec<Power>,
}

/// What a role may do that no process gives, wherever it is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// See every case and entity, to check them.
    Audit,
    /// Forget a person for good.
    Erase,
    /// Say which definitions are in force, and move running cases to them.
    Define,
    /// Give orders to devices: their time, their intervals, what they keep.
    Order,
    /// Confirm, correct or leave out what was measured: the audited edition of a series.
    AuditSeries,
    /// Write entities through the context door, as programs do.
    Context,
    /// Open and close accounts.
    Accounts,
    /// Grant roles, and end them.
    Grants,
}

const POWERS: &[(&str, Power)] = &[
    ("audit", Power::Audit),
    ("erase", Power::Erase),
    ("define", Power::Define),
    ("order", Power::Order),
    ("audit-series", Power::AuditSeries),
    ("context", Power::Context),
    ("accounts", Power::Accounts),
    ("grants", Power::Grants),
];

/// The powers that no one person holds together (GB/T 22239-2019, 8.1.5: system, security and audit management apart).
pub const APART: [Power; 3] = [Power::Accounts, Power::Grants, Power::Audit];

impl Power {
    /// As files write it.
    pub fn as_str(self) -> &'static str {
        POWERS.iter().find(|(_, power)| *power == self).map_or("", |(word, _)| word)
    }
}

impl City {
    /// A role by name.
    pub fn role(&self, role: &str) -> Option<&Role> {
        self.role.iter().find(|r| r.id == *role)
    }

    /// A role's title, or its name if the city does not know it.
    pub fn role_title<'a>(&'a self, role: &'a Name, lang: Lang) -> &'a str {
        self.role(role.as_str()).map_or(role.as_str(), |r| r.title.get(lang))
    }
}

/// Reads `city.toml`.
pub(crate) fn city(s: &mut Section<'_>) -> City {
    s.format();
    let city = City {
        id: s.need("id", "Its short name, and that of its folder.", Id),
        title: s.need("title", "What people call it.", Both),
        zone: s.need("zone", "Its time zone in the tz database, as \"Asia/Shanghai\".", Line),
        division: s.need("division", "Its own division code (GB/T 2260), as \"140200\".", Line),
        role: s.need("role", "Roles that its people can hold.", Distinct("id", Fields(role))),
    };
    if s.has("zone") && !city.zone.is_empty() && Zone::named(&city.zone).is_none() {
        let what = format!("`{}` is no time zone", city.zone);
        s.complain("zone", what, "write a name of the tz database, as zone = \"Asia/Shanghai\"");
    }
    if !city.division.bytes().all(|b| b.is_ascii_digit()) {
        let what = format!("`{}` is no division code", city.division);
        s.complain("division", what, "write its digits, as division = \"140200\"");
    }
    city
}

fn role(s: &mut Section<'_>) -> Role {
    let powers: Vec<Power> = s.list(
        "powers",
        "What it may do that no process gives: \"audit\", \"erase\", \"define\", \"order\", \"audit-series\", \"context\", \"accounts\", \"grants\".",
        ListOf(OneOf(POWERS)),
    );
    if APART.iter().filter(|power| powers.contains(power)).count() > 1 {
        let what =
            "accounts, grants and audit are three offices: one role has one of them at most".to_owned();
        s.complain("powers", what, "make two roles of it");
    }
    let rank = s.or("rank", "Who may return (1), extend (2) and shelve (3) work; default 1.", Whole(1, 3), 1);
    Role {
        id: s.need("id", "Its name in processes.", Id),
        title: s.need("title", "What people call it.", Both),
        rank: u8::try_from(rank).unwrap_or(1),
        powers,
    }
}
