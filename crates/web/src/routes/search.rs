//! Looking for something by words, by pinyin or by its initials: the cases of whoever is signed in, then services, what is
//! open and what the law says.
//!
//! What is searched beside cases is what definitions and open registers say: a few thousand titles at most, so each is looked at.

use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Visit};
use super::{Web, about, kept, services, show};
use crate::paths;
use crate::texts::fill;
use crate::views::{self, FoundKindOf, FoundRow, TabLink};
use axum::extract;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::CaseView;
use model::Text;
use pack::{Audience, Service};
use pinyin::ToPinyin;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Results that are shown of each kind.
const ROWS_MAX: usize = 12;
/// For whom services can be asked for.
const WHO: [Audience; 2] = [Audience::Resident, Audience::Firm];
/// Characters of a query that are looked for.
const WORDS_MAX: usize = 60;

#[derive(Default, Deserialize)]
pub(super) struct Query {
    words: Option<String>,
    who: Option<String>,
    place: Option<String>,
}

/// `GET /search`.
pub(super) async fn show(web: Web, visit: Visit, asked: Asked<Query>) -> Response {
    let looked = Looked::of(asked.map(|query| query.0).unwrap_or_default());
    web.0.answer(visit, move |desk| page(desk, &looked, None)).await
}

/// What was asked.
#[derive(Clone, Default)]
pub(super) struct Looked {
    words: String,
    who: Option<Audience>,
    place: Option<String>,
}

impl Looked {
    fn of(query: Query) -> Self {
        Self {
            words: query.words.unwrap_or_default().trim().chars().take(WORDS_MAX).collect(),
            who: WHO.into_iter().find(|who| query.who.as_deref() == Some(who.as_str())),
            place: query.place.filter(|place| !place.is_empty()),
        }
    }

    /// From an address of this page; what cannot be understood counts as not asked.
    pub fn of_address(address: &str) -> Self {
        let uri = address.parse().ok();
        let query = uri.and_then(|uri| extract::Query::try_from_uri(&uri).ok());
        query.map_or_else(Self::default, |query: extract::Query<Query>| Self::of(query.0))
    }

    /// The address of what was asked.
    pub fn address(&self) -> String {
        let mut address = format!("{}?words={}", paths::SEARCH, paths::encode(&self.words));
        let narrower = [("who", self.who.map(Audience::as_str)), ("place", self.place.as_deref())];
        for (key, value) in narrower.into_iter().filter_map(|(key, value)| Some((key, value?))) {
            address += &format!("&{key}={}", paths::encode(value));
        }
        address
    }

    /// The address of the same words, narrowed otherwise.
    fn narrowed(&self, who: Option<Audience>, place: Option<&str>) -> String {
        Self { who, place: place.map(str::to_owned), words: self.words.clone() }.address()
    }
}

/// The page, with what was wrong with a search that was to be kept.
pub(super) fn page(
    desk: &Desk,
    looked: &Looked,
    wrong: Option<(StatusCode, String)>,
) -> Result<Response, Fault> {
    let Looked { words, who, place } = looked;
    let (who, place) = (*who, place.as_deref());
    let wanted = Wanted::of(words);
    let found = wanted.as_ref().map(|wanted| sources(desk, wanted)).transpose()?.unwrap_or_default();
    let places = places(desk, &found, looked);
    let there =
        |place: &str| found.iter().filter(|one| one.division == *place).map(|one| one.row.clone()).collect();
    let (cases, more_cases) =
        if who.is_some() || place.is_some() { Default::default() } else { cases(desk, words)? };
    let groups = match &wanted {
        None => Vec::new(),
        // Who says where asks for what is there.
        Some(_) if place.is_some() => {
            vec![best(FoundKindOf::Source, place.map(there).unwrap_or_default())]
        }
        // Who says for whom asks for services.
        Some(wanted) if who.is_some() => vec![best(FoundKindOf::Service, services_found(desk, wanted, who))],
        Some(wanted) => vec![
            (FoundKindOf::Case, cases),
            best(FoundKindOf::Service, services_found(desk, wanted, None)),
            best(FoundKindOf::Process, begun(desk, wanted)),
            best(FoundKindOf::Source, found.iter().map(|one| one.row.clone()).collect()),
            best(FoundKindOf::Dataset, datasets(desk, wanted)),
            best(FoundKindOf::Article, articles(desk, wanted)),
        ],
    };
    let groups = groups.into_iter().filter(|(_, rows)| !rows.is_empty()).collect();
    let tabs = wanted.as_ref().map(|wanted| tabs(desk, wanted, looked)).unwrap_or_default();
    let (status, error) = wrong.map_or((StatusCode::OK, None), |(status, why)| (status, Some(why)));
    let kept = |actor| kept::kept(desk, actor, looked.address(), error);
    let kept = desk.actor.as_ref().map(kept).transpose()?;
    let words = words.clone();
    desk.html_as(status, &views::Search { page: desk.page(), words, groups, tabs, more_cases, places, kept })
}

/// The divisions in which something was found, each a narrower question; nothing where there is only one.
fn places(desk: &Desk, found: &[Placed], looked: &Looked) -> Vec<TabLink> {
    let chosen = looked.place.as_deref();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    found.iter().for_each(|one| *counts.entry(&one.division).or_default() += 1);
    counts.remove("");
    if counts.len() < 2 && chosen.is_none() {
        return Vec::new();
    }
    let tab = |(division, count): (&&str, &u64)| TabLink {
        title: desk.division(division),
        href: looked.narrowed(None, Some(division)),
        count: *count,
        current: chosen == Some(*division),
    };
    let anywhere = TabLink {
        title: desk.words().search.anywhere.clone(),
        href: looked.narrowed(None, None),
        count: found.len() as u64,
        current: chosen.is_none(),
    };
    std::iter::once(anywhere).chain(counts.iter().map(tab)).collect()
}

/// Everything, or services for residents or for firms alone; nothing where there is no service among what was found.
fn tabs(desk: &Desk, wanted: &Wanted, looked: &Looked) -> Vec<TabLink> {
    let count = |who| services_found(desk, wanted, who).len() as u64;
    let texts = &desk.words().services;
    let tab = |own: Option<Audience>, title: &str| TabLink {
        title: title.to_owned(),
        href: looked.narrowed(own, None),
        count: count(own),
        current: own == looked.who,
    };
    if count(None) == 0 {
        return Vec::new();
    }
    let [resident, firm] = WHO;
    vec![
        tab(None, &desk.words().data.every),
        tab(Some(resident), &texts.resident),
        tab(Some(firm), &texts.firm),
    ]
}

/// A row with how well it fits: less is better.
type Ranked = (u8, FoundRow);

fn best(kind: FoundKindOf, mut rows: Vec<Ranked>) -> (FoundKindOf, Vec<FoundRow>) {
    rows.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.title.cmp(&b.1.title)));
    rows.truncate(ROWS_MAX);
    (kind, rows.into_iter().map(|(_, row)| row).collect())
}

fn services_found(desk: &Desk, wanted: &Wanted, who: Option<Audience>) -> Vec<Ranked> {
    let meant = |service: &&Service| {
        who.is_none_or(|who| service.audience == who || service.audience == Audience::Both)
    };
    let all = desk.loaded().definitions.services.values().filter(meant).filter_map(|service| {
        let rank = wanted.rank(&service.title, &[&service.guide, &service.result])?;
        let row = services::row(desk, service);
        let time = row.time.unwrap_or_default();
        Some((
            rank,
            FoundRow {
                title: row.title,
                href: row.href,
                about: join(&[&row.audience, &row.channels, &time]),
            },
        ))
    });
    all.collect()
}

/// Cases by words or number, for whoever is signed in and may read them.
fn cases(desk: &Desk, words: &str) -> Result<(Vec<FoundRow>, bool), Fault> {
    let Some(actor) = &desk.actor else { return Ok((Vec::new(), false)) };
    let found = desk.kernel().cases_with(actor, words, ROWS_MAX)?;
    let row = |case: &CaseView| FoundRow {
        title: about::matter(desk, case),
        href: paths::case(case.entity.urn.as_str()),
        about: join(&[&about::named(desk, case), &show::stages(desk, case)]),
    };
    Ok((found.cases.iter().map(row).collect(), found.more))
}

/// What whoever is signed in may begin.
fn begun(desk: &Desk, wanted: &Wanted) -> Vec<Ranked> {
    let Some(actor) = &desk.actor else { return Vec::new() };
    let all = desk.loaded().definitions.processes.values().filter_map(|(_, process)| {
        let rank = wanted.rank(&process.title, &[])?;
        let may = super::begin::may_begin_this(desk, actor, process);
        let href = paths::begin(process.id.as_str());
        may.then(|| {
            (rank, FoundRow { title: desk.text(&process.title).to_owned(), href, about: String::new() })
        })
    });
    all.collect()
}

/// Something found with the division in which it is.
struct Placed {
    row: Ranked,
    division: String,
}

fn sources(desk: &Desk, wanted: &Wanted) -> Result<Vec<Placed>, Fault> {
    let all = desk.kernel().sources()?.into_iter().filter_map(|source| {
        let rank = wanted.rank(&source.title, &[])?;
        let division = source.entity.text("division").to_owned();
        let place = desk.division(&division);
        let kind = about::kind_title(desk, &source.entity.kind);
        let href = paths::source(source.entity.urn.as_str());
        let title = desk.text(&source.title).to_owned();
        Some(Placed { row: (rank, FoundRow { title, href, about: join(&[&kind, &place]) }), division })
    });
    Ok(all.collect())
}

fn datasets(desk: &Desk, wanted: &Wanted) -> Vec<Ranked> {
    let all = desk.loaded().definitions.datasets.values().filter_map(|dataset| {
        let rank = wanted.rank(&dataset.title, &[&dataset.description])?;
        let (title, href) = (desk.text(&dataset.title).to_owned(), paths::dataset(dataset.id.as_str()));
        Some((rank, FoundRow { title, href, about: desk.text(&dataset.description).to_owned() }))
    });
    all.collect()
}

fn articles(desk: &Desk, wanted: &Wanted) -> Vec<Ranked> {
    let all = desk.loaded().definitions.articles.iter().filter_map(|article| {
        let duties: Vec<&Text> =
            article.duties.iter().map(|duty| &duty.text).chain([&article.summary]).collect();
        let rank = wanted.rank(&article.title, &duties)?;
        let href = paths::article(&article.number);
        let title = format!(
            "{} {}",
            fill(&desk.words().ordinance.article, &[("n", &article.number.to_string())]),
            desk.text(&article.title)
        );
        Some((rank, FoundRow { title, href, about: desk.text(&article.summary).to_owned() }))
    });
    all.collect()
}

fn join(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ")
}

/// What is looked for.
struct Wanted {
    words: Vec<String>,
    /// The whole as it would be typed in pinyin, if it is nothing but letters.
    letters: Option<String>,
}

impl Wanted {
    fn of(words: &str) -> Option<Self> {
        let lower = words.to_lowercase();
        let words: Vec<String> = lower.split_whitespace().map(str::to_owned).collect();
        let typed: String = words.concat();
        let letters = (typed.len() > 1 && typed.bytes().all(|b| b.is_ascii_lowercase())).then_some(typed);
        (!words.is_empty()).then_some(Self { words, letters })
    }

    /// How well a thing fits: its title is it, begins with it, has it, sounds like it, or only its text has it.
    fn rank(&self, title: &Text, texts: &[&Text]) -> Option<u8> {
        let whole = self.words.join(" ");
        let titles = [title.zh.to_lowercase(), title.en.to_lowercase()];
        if titles.contains(&whole) {
            return Some(0);
        }
        if titles.iter().any(|title| title.starts_with(&whole)) {
            return Some(1);
        }
        let has = |text: &str| self.words.iter().all(|word| text.contains(word.as_str()));
        if titles.iter().any(|title| has(title)) {
            return Some(2);
        }
        if self.letters.as_ref().is_some_and(|letters| sounds_like(&title.zh, letters)) {
            return Some(3);
        }
        texts.iter().any(|text| has(&text.zh.to_lowercase()) || has(&text.en.to_lowercase())).then_some(4)
    }
}

/// Whether letters are the beginning of a stretch of a text in pinyin: each character by its whole sound or by its initial, as
/// people type (`hjjc`, `huanjing`, `hjingjc`).
fn sounds_like(text: &str, letters: &str) -> bool {
    let sounds: Vec<&str> = text.chars().map(|c| c.to_pinyin().map_or("", |sound| sound.plain())).collect();
    (0..sounds.len()).any(|from| fits(&sounds[from..], letters))
}

fn fits(sounds: &[&str], letters: &str) -> bool {
    if letters.is_empty() {
        return true;
    }
    let Some((first, rest)) = sounds.split_first().filter(|(first, _)| !first.is_empty()) else {
        return false;
    };
    let whole = letters.strip_prefix(first).is_some_and(|left| fits(rest, left));
    // The last character may be typed in part.
    whole
        || first.starts_with(letters)
        || first
            .get(..1)
            .and_then(|initial| letters.strip_prefix(initial))
            .is_some_and(|left| fits(rest, left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_found_by_how_it_is_typed() {
        for typed in ["spjyxk", "shipin", "jyxk", "shipjy", "shipinjingyingxuke", "spjingy"] {
            assert!(sounds_like("食品经营许可", typed), "{typed}");
        }
        for typed in ["spxk", "yxkz", "zz"] {
            assert!(!sounds_like("食品经营许可", typed), "{typed}");
        }
    }

    #[test]
    fn the_title_counts_more_than_the_text() {
        let (title, text) =
            (Text::new("食品经营许可", "Food licence"), Text::new("到窗口", "At the counter"));
        let rank = |words: &str| Wanted::of(words).and_then(|wanted| wanted.rank(&title, &[&text]));
        assert_eq!(rank("食品经营许可"), Some(0));
        assert_eq!(rank("FOOD"), Some(1));
        assert_eq!(rank("许可"), Some(2));
        assert_eq!(rank("spjy"), Some(3));
        assert_eq!(rank("窗口"), Some(4));
        assert_eq!(rank("counter the"), Some(4));
        assert_eq!(rank("没有"), None);
        assert_eq!(rank("  "), None);
    }
}
