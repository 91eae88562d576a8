//! Open data for people: the catalogue, and a page for each dataset. Programs have `/api/v1/datasets` and the files.

use super::Web;
use super::api::datasets as files;
use super::boards::map_note;
use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Segment, Visit};
use super::show::{self, attribute};
use super::{Work, begin, csv, fields, placed, sheet};
use crate::map::Box4;
use crate::paths;
use crate::texts::fill;
use crate::views::{Dataset as Page, DatasetRow, Datasets, Fresh, Link, TabLink};
use crate::words::age_in_words;
use axum::extract::Path;
use axum::response::Response;
use model::{Edition, Instant, Name};
use pack::{Dataset, Openness, Place, Refresh, SourceKind};
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
        let request = request(desk, None);
        desk.html(&Datasets { page: desk.page(), datasets, words, sharing: chosen, tabs, request })
    };
    web.0.answer_as(Work::Download, visit, make).await
}

/// Where somebody who may asks for data, about a dataset or about what is not in the catalogue.
fn request(desk: &Desk, about: Option<&Dataset>) -> Option<String> {
    let definitions = &desk.loaded().definitions;
    let process = definitions.packs.values().find_map(|pack| pack.begins.data.as_ref())?;
    let (_, process) = definitions.processes.get(process)?;
    let may = begin::may_begin_this(desk, desk.actor.as_ref()?, process);
    let own = paths::begin(process.id.as_str());
    let known = |dataset: &Dataset| paths::encode(desk.text(&dataset.title));
    may.then(|| about.map_or(own.clone(), |about| format!("{own}?{}data={}", fields::PREFIX, known(about))))
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
pub(super) async fn show(web: Web, visit: Visit, file: Segment, asked: Asked<files::Query>) -> Response {
    if file.as_ref().is_ok_and(|Path(file)| file.contains('.')) {
        return files::download(web, visit, file, asked).await;
    }
    let make = move |desk: &Desk| {
        let Path(id) = file.map_err(|_| Fault::NothingHere)?;
        let dataset = desk.loaded().definitions.datasets.get(id.as_str()).ok_or(Fault::NothingHere)?;
        let query = asked.map(|query| query.0).unwrap_or_default();
        desk.html(&page(desk, dataset, &query)?)
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

/// The page without its rows: those of now, or as they were known at the end of a day.
fn page(desk: &Desk, dataset: &Dataset, query: &files::Query) -> Result<Page, Fault> {
    // A day that cannot be read, or has not been, is no day: then it is shown as it is.
    let known = query.known.as_deref();
    let at = known.and_then(|known| csv::past_day(desk, known));
    let looks = placed::looks(desk, dataset, query.r#box.as_deref().and_then(Box4::parse))?;
    let row = row(desk, dataset)?;
    let part = desk.kernel().dataset_part(dataset, desk.actor.as_ref(), PREVIEW_ROWS, at);
    let preview = match part {
        Ok(part) => Some(part.rows.iter().map(|row| row.iter().map(sheet::cell).collect()).collect()),
        Err(kernel::Refusal::NotAllowed { .. } | kernel::Refusal::SignedOut) => None,
        Err(other) => return Err(other.into()),
    };
    let columns = desk.kernel().dataset_size(dataset)?.columns;
    Ok(Page {
        page: desk.page(),
        facts: facts(desk, dataset, &row),
        licence: Link {
            href: dataset.licence.url.clone(),
            text: desk.text(&dataset.licence.title).to_owned(),
        },
        columns: columns.iter().map(|column| described(desk, dataset, column)).collect(),
        quality: dataset.quality.iter().map(|text| desk.text(text).to_owned()).collect(),
        preview,
        files: handed_out(dataset.id.as_str(), at.and(known)),
        curl: curl(desk, dataset.id.as_str()),
        known: at.and(known).unwrap_or_default().to_owned(),
        today: desk.date(desk.kernel().now()),
        versions: versions(desk, dataset)?,
        map: looks.map,
        map_note: map_note(desk),
        charts: looks.charts,
        request: request(desk, Some(dataset)).filter(|_| dataset.sharing != Openness::Open),
        row,
    })
}

/// When its definition was put in force, with the entry of each.
fn versions(desk: &Desk, dataset: &Dataset) -> Result<Vec<(String, Link)>, Fault> {
    let source = desk.loaded().definitions.source(SourceKind::Dataset, &dataset.id);
    let Some(source) = source else { return Ok(Vec::new()) };
    let changes = desk.kernel().file_changes(&source.path)?;
    let one = |(entry, at): (u64, Instant)| {
        (desk.minute(at), Link { href: paths::receipt(entry), text: entry.to_string() })
    };
    Ok(changes.into_iter().map(one).collect())
}

/// The forms in which it is handed out, as it is or as it was known on a day.
fn handed_out(id: &str, known: Option<&str>) -> Vec<Link> {
    let file = |ending: &str, query: &str, text: &str| {
        let known = known.map(|known| format!("known={known}"));
        let asked: Vec<&str> =
            [query].into_iter().filter(|part| !part.is_empty()).chain(known.as_deref()).collect();
        let asked = if asked.is_empty() { String::new() } else { format!("?{}", asked.join("&")) };
        Link { href: format!("{}/{id}.{ending}{asked}", paths::DATA), text: text.to_owned() }
    };
    vec![
        file("csv", "", "CSV (UTF-8)"),
        file("csv", "encoding=gb18030", "CSV (GB 18030)"),
        file("json", "", "JSON"),
        file("parquet", "", "Parquet"),
    ]
}

/// What it is, as pairs of a word and what it says.
fn facts(desk: &Desk, dataset: &Dataset, row: &DatasetRow) -> Vec<(String, String)> {
    let texts = &desk.words().data;
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
    facts
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
    let placed =
        desk.loaded().definitions.types.get(&dataset.kind).is_some_and(|kind| kind.place == Place::Point);
    let unit = if placed && *column == *"location" { "WKT".to_owned() } else { unit };
    (column.to_string(), title, unit)
}

/// A line that fetches the rows, with the address by which this page was reached.
fn curl(desk: &Desk, id: &str) -> String {
    format!("curl -o {id}.csv '{}'", desk.address(&format!("{}/{id}.csv", paths::DATA)))
}
