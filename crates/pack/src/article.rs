//! The ordinance's articles as data.

use model::Text;
use serde::Deserialize;

/// One article.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// Its number, 1 to 44.
    pub number: u32,
    /// Its chapter, 1 to 7.
    pub chapter: u32,
    /// Its heading.
    pub title: Text,
    /// What it asks for, in our own words.
    pub duty: Text,
    /// The packs that serve it.
    #[serde(default)]
    pub packs: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Articles {
    pub article: Vec<Article>,
}
