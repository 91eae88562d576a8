//! Open data for people: the catalogue, and a page for each dataset. Programs have `/api/v1/datasets` and the files.

use super::Web;
use super::api::datasets as files;
use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Segment, Visit};
use super::show::{self, attribute};
use super::{Work, sheet};
use crate::paths;
use crate::texts::fill;
use crate::views::{Dataset as Page, DatasetRow, Datasets, Fresh, Link, TabLink};
use crate::words::age_in_words;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::response::Response;
use model::{Edition, Instant, Name};
use pack::{Dataset, Openness, Refresh};
use serde::Deserialize;

/// Rows that are shown before anything is taken.
const PREVIEW_ROWS: usize = 10;

#[derive(Default, Deserialize)]
pub(super) struct Query {
    words: Option<String>,
    sharing: Option<String>,
}

/// `GET /data`: the catalogue, perhaps narrowed to some words.
pub(super) async fn list(web: Web, visit: Visit, asked: Asked<Query>) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    let (words, chosen) = (query.words.unwrap_or_default(), query.sharing.unwrap_or_default());
    let make = move |desk: &Desk| {
        let wanted = words.trim().to_lowercase();
        let has = |dataset: &&Dataset| {
            let texts = [&dataset.title, &dataset.description];
            let id = dataset.id.as_str();
            wanted.is_empty()
                || id.contains(&wanted)
                || texts
                    .iter()
                    .any(|text| text.zh.contains(&wanted) || text.en.to_lowercase().contains(&wanted))
        };
        let words: String = words.chars().take(100).collect();
        let all: Vec<&Dataset> = desk.loaded().definitions.datasets.values().filter(has).collect();
        let tabs = tabs(desk, &all, &words, &chosen);
        let shown = all.into_iter().filter(|dataset| chosen.is_empty() || dataset.sharing.word() == chosen);
        let mut datasets = shown.map(|dataset| row(desk, dataset)).collect::<Result<Vec<_>, Fault>>()?;
        datasets.sort_by(|a, b| a.title.cmp(&b.title));
        desk.html(&Datasets { page: desk.page(), datasets, words, sharing: chosen, tabs })
    };
    web.0.answer_as(Work::Download, visit, make).await
}

/// How many there are for everybody, for those signed in, and for some posts.
fn tabs(desk: &Desk, found: &[&Dataset], words: &str, chosen: &str) -> Vec<TabLink> {
    let tab = |title: String, id: &str, count: usize| TabLink {
        title,
        href: format!("{}?words={}&sharing={id}", paths::DATA, paths::encode(words)),
        count: count as u64,
        current: id == chosen,
    };
    let of = |sharing: Openness| {
        let count = found.iter().filter(|dataset| dataset.sharing == sharing).count();
        tab(self::sharing(desk, sharing), sharing.word(), count)
    };
    let all = tab(desk.words().data.every.clone(), "", found.len());
    std::iter::once(all).chain([Openness::Open, Openness::Shared, Openness::Restricted].map(of)).collect()
}

/// `GET /data/{dataset}`: its page; with an ending, its rows.
pub(super) async fn show(
    web: Web,
    visit: Visit,
    headers: HeaderMap,
    file: Segment,
    asked: Asked<files::Query>,
) -> Response {
    if file.as_ref().is_ok_and(|Path(file)| file.contains('.')) {
        return files::download(web, visit, file, asked).await;
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).map(str::to_owned);
    let make = move |desk: &Desk| {
        let Path(id) = file.map_err(|_| Fault::NothingHere)?;
        let dataset = desk.loaded().definitions.datasets.get(id.as_str()).ok_or(Fault::NothingHere)?;
        desk.html(&page(desk, dataset, host.as_deref())?)
    };
    web.0.answer_as(Work::Download, visit, make).await
}

fn row(desk: &Desk, dataset: &Dataset) -> Result<DatasetRow, Fault> {
    Ok(sized(desk, dataset)?.0)
}

/// A row of the catalogue, and when anything in the dataset changed last.
pub(super) fn sized(desk: &Desk, dataset: &Dataset) -> Result<(DatasetRow, Option<Instant>), Fault> {
    let size = desk.kernel().dataset_size(dataset)?;
    let row = DatasetRow {
        title: desk.text(&dataset.title).to_owned(),
        href: paths::dataset(dataset.id.as_str()),
        description: desk.text(&dataset.description).to_owned(),
        owner: desk.role(&dataset.owner).to_owned(),
        sharing: sharing(desk, dataset.sharing),
        rows: size.total.to_string(),
        fresh: fresh(desk, dataset.refresh, size.changed),
    };
    Ok((row, size.changed))
}

fn sharing(desk: &Desk, sharing: Openness) -> String {
    let texts = &desk.words().data;
    match sharing {
        Openness::Open => &texts.open,
        Openness::Shared => &texts.shared,
        Openness::Restricted => &texts.restricted,
    }
    .clone()
}

/// How old it is beside how old it may be: an hour and a half of an hourly one, a day and a half of a daily one.
fn fresh(desk: &Desk, refresh: Refresh, changed: Option<Instant>) -> Fresh {
    let texts = &desk.words().data;
    let minutes = changed.map(|at| (desk.kernel().now().since(at).max(0) / 60_000_000).unsigned_abs());
    let (due, allowed) = match refresh {
        Refresh::Hourly => (&texts.hourly, 90),
        Refresh::Daily => (&texts.daily, 36 * 60),
        Refresh::OnChange => (&texts.on_change, u64::MAX),
    };
    let age = minutes.map(|minutes| fill(&texts.age, &[("age", &age_in_words(minutes, desk.lang()))]));
    Fresh { age, due: due.clone(), late: minutes.is_some_and(|minutes| minutes > allowed) }
}

fn page(desk: &Desk, dataset: &Dataset, host: Option<&str>) -> Result<Page, Fault> {
    let texts = &desk.words().data;
    let row = row(desk, dataset)?;
    let mut facts = vec![
        (texts.sharing.clone(), row.sharing.clone()),
        (texts.owner.clone(), row.owner.clone()),
        (texts.basis.clone(), desk.cite(&dataset.basis)),
    ];
    if let Some(series) = &dataset.series {
        let source = &desk.words().source;
        let edition = match series.edition {
            Edition::Raw => &source.raw,
            Edition::Cleaned => &source.cleaned,
            Edition::Audited => &source.audited,
        };
        facts.push((source.editions.clone(), edition.clone()));
        facts.push((texts.span.clone(), fill(&texts.days, &[("n", &series.days.to_string())])));
    }
    let part = desk.kernel().dataset_part(dataset, desk.actor.as_ref(), PREVIEW_ROWS);
    let preview = match part {
        Ok(part) => Some(part.rows.iter().map(|row| row.iter().map(sheet::cell).collect()).collect()),
        Err(kernel::Refusal::NotAllowed { .. } | kernel::Refusal::SignedOut) => None,
        Err(other) => return Err(other.into()),
    };
    let id = dataset.id.as_str();
    let file = |ending: &str, text: &str| Link {
        href: format!("{}/{id}.{ending}", paths::DATA),
        text: text.to_owned(),
    };
    let files = vec![
        file("csv", "CSV (UTF-8)"),
        Link {
            href: format!("{}/{id}.csv?encoding=gb18030", paths::DATA),
            text: "CSV (GB 18030)".to_owned(),
        },
        file("json", "JSON"),
        file("parquet", "Parquet"),
    ];
    let columns = desk.kernel().dataset_size(dataset)?.columns;
    Ok(Page {
        page: desk.page(),
        facts,
        licence: Link {
            href: dataset.licence.url.clone(),
            text: desk.text(&dataset.licence.title).to_owned(),
        },
        columns: columns.iter().map(|column| described(desk, dataset, column)).collect(),
        quality: dataset.quality.iter().map(|text| desk.text(text).to_owned()).collect(),
        preview,
        files,
        curl: curl(desk, host, id),
        row,
    })
}

/// A column's name, what it means and its unit.
fn described(desk: &Desk, dataset: &Dataset, column: &Name) -> (String, String, String) {
    let texts = &desk.words().data;
    let own = match column.as_str() {
        "id" => Some(&texts.column_id),
        "observed" => Some(&texts.column_observed),
        "flag" => Some(&texts.column_flag),
        "edition" => Some(&texts.column_edition),
        _ => None,
    };
    let declared = attribute(desk, &dataset.kind, column.as_str());
    let title = declared.map(|declared| desk.text(&declared.title).to_owned());
    let title = title.or_else(|| own.cloned()).unwrap_or_else(|| show::tail(column.as_str()).to_owned());
    let unit = declared.and_then(|declared| declared.unit.clone()).unwrap_or_default();
    (column.to_string(), title, unit)
}

/// A line that fetches the rows, with the address by which this page was reached.
fn curl(desk: &Desk, host: Option<&str>, id: &str) -> String {
    let plain = |host: &&str| {
        host.len() < 256 && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c))
    };
    let host = host.filter(plain).unwrap_or("127.0.0.1:8212");
    let scheme = if desk.state().secure_cookie { "https" } else { "http" };
    format!("curl -o {id}.csv '{scheme}://{host}{}/{id}.csv'", paths::DATA)
}
