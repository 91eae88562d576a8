//! `pack.toml`: what a pack is for, and what it stands on.

use crate::tree::{Both, Fields, Id, ListOf, Refer, Refers, Section, Whole};
use model::{Name, Text};

/// What a pack says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    /// Its name, and that of its folder.
    pub id: Name,
    /// What people call it.
    pub title: Text,
    /// The articles of the ordinance that it serves, by number.
    pub articles: Vec<u32>,
    /// Other packs whose names it uses.
    pub requires: Vec<Name>,
    /// The processes that pages of the platform begin.
    pub begins: Begins,
}

/// Processes that pages of the platform begin: what a page is about, fills their fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Begins {
    /// A request for data, from the catalogue; its fields `wish`, `data`.
    pub data: Option<Name>,
}

/// Reads it.
pub(crate) fn pack(s: &mut Section<'_>) -> Pack {
    s.format();
    let articles = s.list("articles", "Articles of the ordinance that it serves.", ListOf(Whole(1, 999)));
    Pack {
        id: s.need("id", "Its name, and that of its folder.", Id),
        title: s.need("title", "What people call it.", Both),
        articles: articles.into_iter().filter_map(|number| u32::try_from(number).ok()).collect(),
        requires: s.list("requires", "Other packs whose names it uses.", ListOf(Refers(Refer::Pack))),
        begins: s
            .may("begins", "Processes of its own that pages of the platform begin.", Fields(begins))
            .unwrap_or_default(),
    }
}

fn begins(s: &mut Section<'_>) -> Begins {
    Begins {
        data: s.may(
            "data",
            "A request for data, from the catalogue: a process that people begin, with the fields `wish` and `data`.",
            Refers(Refer::Process),
        ),
    }
}
