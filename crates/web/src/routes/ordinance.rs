//! The ordinance for people: its articles, and for each duty what serves it and what was done.

use super::Web;
use super::desk::Desk;
use super::error::Fault;
use super::extract::{Segment, Visit};
use crate::paths;
use crate::views::{Article as Page, ArticleRow, DutyRow, Ordinance};
use axum::extract::Path;
use axum::response::Response;
use model::Name;
use pack::{Article, Duty};

/// `GET /ordinance`.
pub(super) async fn list(web: Web, visit: Visit) -> Response {
    let make = |desk: &Desk| {
        let articles = desk.loaded().definitions.articles.iter().map(|article| row(desk, article));
        desk.html(&Ordinance { page: desk.page(), articles: articles.collect() })
    };
    web.0.answer(visit, make).await
}

/// `GET /ordinance/{number}`.
pub(super) async fn show(web: Web, visit: Visit, number: Segment) -> Response {
    let make = move |desk: &Desk| {
        let Path(number) = number.map_err(|_| Fault::NothingHere)?;
        let number: u32 = number.parse().map_err(|_| Fault::NothingHere)?;
        let all = &desk.loaded().definitions.articles;
        let article = all.iter().find(|article| article.number == number).ok_or(Fault::NothingHere)?;
        let duties = article.duties.iter().map(|one| duty(desk, one)).collect::<Result<Vec<_>, Fault>>()?;
        let known = |number: Option<u32>| number.filter(|n| all.iter().any(|article| article.number == *n));
        desk.html(&Page {
            page: desk.page(),
            row: row(desk, article),
            summary: desk.text(&article.summary).to_owned(),
            duties,
            beside: (known(number.checked_sub(1)), known(number.checked_add(1))),
        })
    };
    web.0.answer(visit, make).await
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

fn duty(desk: &Desk, duty: &Duty) -> Result<DutyRow, Fault> {
    let of_packs = |path: &str| {
        let mut parts = path.split('/');
        parts.next() == Some("packs")
            && parts.next().is_some_and(|pack| duty.packs.iter().any(|own| *own == *pack))
    };
    let processes = desk.loaded().definitions.processes.values().filter(|(path, _)| of_packs(path));
    let processes = processes.map(|(_, process)| {
        let (open, all) = desk.kernel().tally(&process.case)?;
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
