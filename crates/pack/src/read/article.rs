//! `articles.toml`: the ordinance's articles and their duties as data.

use crate::tree::{Both, Distinct, Fields, ListOf, Named, Refer, Refers, Section, Whole};
use model::{Name, Text};

/// One article.
#[derive(Clone, Debug, PartialEq)]
pub struct Article {
    /// Its number, 1 to 44.
    pub number: u32,
    /// Its chapter, 1 to 7.
    pub chapter: u32,
    /// Its heading.
    pub title: Text,
    /// What it asks for, in our own words.
    pub summary: Text,
    /// The packs that serve it.
    pub packs: Vec<Name>,
    /// What it asks of whom, one by one.
    pub duties: Vec<Duty>,
}

/// One duty of an article.
#[derive(Clone, Debug, PartialEq)]
pub struct Duty {
    /// Its number: the article's and its own, as `27.3`.
    pub id: Name,
    /// What is to be done, in our own words.
    pub text: Text,
    /// Who has to do it.
    pub bearer: Text,
    /// The packs that serve it.
    pub packs: Vec<Name>,
}

/// Reads the file.
pub(crate) fn articles(s: &mut Section<'_>) -> Vec<Article> {
    s.format();
    s.need("article", "Articles, in order.", Distinct("number", Fields(article)))
}

fn article(s: &mut Section<'_>) -> Article {
    let number = s.need("number", "Its number.", Whole(1, 999));
    let chapter = s.need("chapter", "Its chapter.", Whole(1, 99));
    Article {
        number: u32::try_from(number).unwrap_or(1),
        chapter: u32::try_from(chapter).unwrap_or(1),
        title: s.need("title", "Its heading.", Both),
        summary: s.need("summary", "What it asks for, in our own words.", Both),
        packs: s.list("packs", "The packs that serve it.", ListOf(Refers(Refer::Served))),
        duties: s.list(
            "duty",
            "What it asks of whom, one by one.",
            Distinct("id", Fields(|s: &mut Section<'_>| duty(s, number))),
        ),
    }
}

fn duty(s: &mut Section<'_>, article: i64) -> Duty {
    let duty = Duty {
        id: s.need("id", "The article's number and its own, as \"27.3\".", Named("27.3")),
        text: s.need("text", "What is to be done, in our own words.", Both),
        bearer: s.need("bearer", "Who has to do it.", Both),
        packs: s.list("packs", "The packs that serve it.", ListOf(Refers(Refer::Served))),
    };
    let own = duty.id.as_str().split_once('.').is_some_and(|(of, _)| of == article.to_string());
    if s.has("id") && !own {
        let what = format!("the duty {} stands under article {article}", duty.id);
        s.complain("id", what, format!("write its number as \"{article}.1\", or move it to its own article"));
    }
    duty
}
