//! The ordinance for people: its articles, and for each duty what serves it and what was done.

use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Segment, Visit};
use super::{Web, Work};
use crate::paths;
use crate::views::{Article as Page, ArticleRow, DutyRow, Ordinance};
use axum::extract::Path;
use axum::response::Response;
use model::{Instant, Name, Text};
use pack::{Article, Duty};
use serde::Deserialize;

/// Characters that are looked for.
const WORDS_MAX: usize = 60;

#[derive(Default, Deserialize)]
pub(super) struct Query {
    words: Option<String>,
}

/// `GET /ordinance`: the articles, perhaps narrowed to those in which some words stand, whose duties' bearers included.
pub(super) async fn list(web: Web, visit: Visit, asked: Asked<Query>) -> Response {
    let words = asked.ok().and_then(|query| query.0.words).unwrap_or_default();
    let words: String = words.trim().chars().take(WORDS_MAX).collect();
    let make = move |desk: &Desk| {
        let all = desk.loaded().definitions.articles.iter().filter(|article| speaks_of(article, &words));
        let articles = all.map(|article| row(desk, article)).collect();
        desk.html(&Ordinance { page: desk.page(), articles, words })
    };
    web.0.answer(visit, make).await
}

fn speaks_of(article: &Article, words: &str) -> bool {
    let wanted = words.to_lowercase();
    let has = |text: &Text| text.zh.contains(&wanted) || text.en.to_lowercase().contains(&wanted);
    has(&article.title)
        || has(&article.summary)
        || article.number.to_string() == wanted
        || article.duties.iter().any(|duty| has(&duty.text) || has(&duty.bearer))
}

/// `GET /ordinance/duties.csv`: every duty with whose it is, what serves it and how many cases there were.
pub(super) async fn table(web: Web, visit: Visit) -> Response {
    let make = |desk: &Desk| {
        let heads = ["article", "duty", "text", "bearer", "packs", "open_cases", "cases"];
        let mut table = super::csv::Table::new(heads);
        for article in &desk.loaded().definitions.articles {
            for one in &article.duties {
                let row = duty(desk, one, None)?;
                let count = |of: fn(&(String, u64, u64)) -> u64| row.processes.iter().map(of).sum::<u64>();
                let counts = [count(|one| one.1), count(|one| one.2)].map(|count| count.to_string());
                let (number, packs) = (article.number.to_string(), row.packs.join("; "));
                let [open, all] = &counts;
                let cells = [&number, &row.id, &row.text, &row.bearer, &packs, open, all];
                table.line(cells.map(String::as_str));
            }
        }
        Ok(table.file("duties"))
    };
    web.0.answer_as(Work::Download, visit, make).await
}

#[derive(Default, Deserialize)]
pub(super) struct On {
    on: Option<String>,
}

/// `GET /ordinance/{number}`: as it is, or as it was and was served at the end of a day.
pub(super) async fn show(web: Web, visit: Visit, number: Segment, asked: Asked<On>) -> Response {
    let on = asked.ok().and_then(|query| query.0.on);
    let make = move |desk: &Desk| {
        let Path(number) = number.map_err(|_| Fault::NothingHere)?;
        let number: u32 = number.parse().map_err(|_| Fault::NothingHere)?;
        // A day that cannot be read, or has not been, is no day: then it is shown as it is.
        let at = on.as_deref().and_then(|on| super::csv::past_day(desk, on));
        let then = at.map(|at| desk.kernel().articles_at(at)).transpose()?;
        let all = match &then {
            None => &desk.loaded().definitions.articles,
            Some(then) => then.as_deref().unwrap_or_default(),
        };
        let find = |all: &[Article]| all.iter().find(|article| article.number == number).cloned();
        let known = find(&desk.loaded().definitions.articles).ok_or(Fault::NothingHere)?;
        let found = find(all);
        let unknown = found.is_none();
        let article = &found.unwrap_or(Article { duties: Vec::new(), ..known });
        let duties =
            article.duties.iter().map(|one| duty(desk, one, at)).collect::<Result<Vec<_>, Fault>>()?;
        let all = &desk.loaded().definitions.articles;
        let known = |number: Option<u32>| number.filter(|n| all.iter().any(|article| article.number == *n));
        desk.html(&Page {
            page: desk.page(),
            row: row(desk, article),
            summary: desk.text(&article.summary).to_owned(),
            duties,
            on: at.and(on).unwrap_or_default(),
            unknown,
            today: desk.date(desk.kernel().now()),
            beside: (known(number.checked_sub(1)), known(number.checked_add(1))),
        })
    };
    web.0.answer_as(Work::Download, visit, make).await
}

fn row(desk: &Desk, article: &Article) -> ArticleRow {
    ArticleRow {
        number: article.number,
        title: desk.text(&article.title).to_owned(),
        href: paths::article(&article.number),
        duties: article.duties.len(),
        served: article.duties.iter().filter(|duty| !duty.packs.is_empty()).count(),
        packs: titles(desk, &article.packs),
    }
}

fn titles(desk: &Desk, packs: &[Name]) -> Vec<String> {
    let all = &desk.loaded().definitions.packs;
    let title = |id: &Name| {
        let known = all.get(id);
        known.map_or_else(|| id.to_string(), |pack| desk.text(&pack.title).to_owned())
    };
    packs.iter().map(title).collect()
}

/// A duty with what serves it, and the cases that there are or were at a moment.
fn duty(desk: &Desk, duty: &Duty, at: Option<Instant>) -> Result<DutyRow, Fault> {
    let of_packs = |path: &str| {
        let mut parts = path.split('/');
        parts.next() == Some("packs")
            && parts.next().is_some_and(|pack| duty.packs.iter().any(|own| *own == *pack))
    };
    let processes = desk.loaded().definitions.processes.values().filter(|(path, _)| of_packs(path));
    let processes = processes.map(|(_, process)| {
        let (open, all) = match at {
            None => desk.kernel().tally(&process.case)?,
            Some(at) => desk.kernel().tally_at(&process.case, at)?,
        };
        Ok((desk.text(&process.title).to_owned(), open, all))
    });
    Ok(DutyRow {
        id: duty.id.to_string(),
        text: desk.text(&duty.text).to_owned(),
        bearer: desk.text(&duty.bearer).to_owned(),
        packs: titles(desk, &duty.packs),
        processes: processes.collect::<Result<_, Fault>>()?,
    })
}
