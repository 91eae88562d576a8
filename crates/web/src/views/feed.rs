//! What can be followed, as Atom (RFC 4287).

use askama::Template;

/// A feed.
#[derive(Clone, Debug, Template)]
#[template(path = "feed.xml")]
pub struct Feed {
    /// Its language.
    pub lang: String,
    /// Its name, which stays.
    pub id: String,
    /// What it tells of.
    pub title: String,
    /// Who tells it.
    pub city: String,
    /// When anything of it changed last.
    pub updated: String,
    /// Its own address.
    pub own: String,
    /// The page that says the same.
    pub page: String,
    /// The newest first.
    pub entries: Vec<FeedEntry>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedEntry {
    /// Its name, which stays.
    pub id: String,
    /// What it is.
    pub title: String,
    /// When.
    pub updated: String,
    /// Where it is told.
    pub href: String,
    /// A line about it.
    pub summary: String,
}
