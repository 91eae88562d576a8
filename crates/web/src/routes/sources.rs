//! The list of sources: each with its last valid value, how it does, and how old its data are.

use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Visit};
use super::source::{age, newest_valid, rule_of, series_of};
use super::{Web, show, source};
use crate::paths;
use crate::views::{Paging, SourceRow, SourceSort, SourceState, Sources};
use axum::response::Response;
use kernel::{SeriesRow, SourceView};
use model::{Flag, Instant};
use serde::Deserialize;
use std::cmp::Reverse;

/// Rows on a page.
const PAGE_ROWS: usize = 50;
/// Values looked at for the last valid one.
const VALUES: u32 = 24;

#[derive(Default, Deserialize)]
pub(super) struct Query {
    sort: Option<String>,
    page: Option<String>,
}

pub(super) async fn show(web: Web, visit: Visit, asked: Asked<Query>) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    let sort = if query.sort.as_deref() == Some("age") { SourceSort::Age } else { SourceSort::Name };
    let page = query.page.and_then(|page| page.parse().ok()).unwrap_or(1).max(1);
    web.0.answer(visit, move |desk| list(desk, sort, page)).await
}

fn address(sort: SourceSort) -> String {
    let sort = match sort {
        SourceSort::Name => "name",
        SourceSort::Age => "age",
    };
    format!("{}?sort={sort}", paths::SOURCES)
}

fn list(desk: &Desk, sort: SourceSort, page: usize) -> Result<Response, Fault> {
    let mut sources = desk.kernel().sources()?;
    match sort {
        SourceSort::Name => sources.sort_by(|a, b| desk.text(&a.title).cmp(desk.text(&b.title))),
        // The oldest data first; what never came is older than all.
        SourceSort::Age => sources.sort_by_key(|source| Reverse(age(desk, source).0.unwrap_or(u64::MAX))),
    }
    let total = sources.len();
    let pages = total.div_ceil(PAGE_ROWS).max(1);
    let shown = sources.iter().skip((page - 1).saturating_mul(PAGE_ROWS)).take(PAGE_ROWS);
    let rows = shown.map(|source| row(desk, source)).collect::<Result<Vec<_>, Fault>>()?;
    let href = |page: usize| format!("{}&page={page}", address(sort));
    desk.html(&Sources {
        page: desk.page(),
        rows,
        sort,
        by_name_href: address(SourceSort::Name),
        by_age_href: address(SourceSort::Age),
        paging: Paging {
            total: total as u64,
            page: page as u64,
            pages: pages as u64,
            previous_href: (page > 1).then(|| href((page - 1).min(pages))),
            next_href: (page < pages).then(|| href(page + 1)),
        },
    })
}

fn row(desk: &Desk, source: &SourceView) -> Result<SourceRow, Fault> {
    let judged = rule_of(desk, source).map(|rule| rule.on.attribute.as_str());
    let series = judged.and_then(|judged| series_of(source, judged)).or(source.series.first());
    let rows = match series {
        Some(series) => {
            let (from, to) = (Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
            desk.kernel().series_rows(&source.entity, series, from, to, VALUES)?
        }
        None => Vec::new(),
    };
    let id = series.map_or("", |series| series.key.attribute.as_str());
    let declared = show::attribute(desk, &source.entity.kind, id);
    let title = declared.map_or("", |declared| desk.text(&declared.title));
    let unit = declared.and_then(|declared| declared.unit.as_deref()).unwrap_or_default();
    let (age_minutes, stale) = age(desk, source);
    Ok(SourceRow {
        name: desk.text(&source.title).to_owned(),
        href: paths::source(source.entity.urn.as_str()),
        place: desk.division(source.entity.text("division")),
        last: newest_valid(desk, &rows, title, unit),
        state: state(&rows, age_minutes, stale),
        age_minutes,
        case: source::cases(desk, source).into_iter().next().map(|mut link| {
            // The list has room for the number alone.
            link.text.truncate(link.text.find(' ').unwrap_or(link.text.len()));
            link
        }),
    })
}

fn state(rows: &[SeriesRow], age_minutes: Option<u64>, stale: bool) -> SourceState {
    let newest = rows.last();
    match newest {
        _ if age_minutes.is_none() => SourceState::Never,
        _ if stale => SourceState::Silent,
        Some(row) if row.row.flag != Flag::NORMAL => SourceState::NotValid,
        Some(row) if row.over => SourceState::Over,
        Some(_) | None => SourceState::Normal,
    }
}
