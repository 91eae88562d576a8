//! The list of sources: each with its last valid value, how it does, and how old its data are.

use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Visit};
use super::seen::seen;
use super::{Web, source};
use crate::paths;
use crate::views::{Paging, SourceRow, SourceSort, Sources};
use axum::response::Response;
use kernel::SourceView;
use serde::Deserialize;
use std::cmp::Reverse;

/// Rows on a page.
const PAGE_ROWS: usize = 50;

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
    let now = desk.kernel().now();
    match sort {
        SourceSort::Name => sources.sort_by(|a, b| desk.text(&a.title).cmp(desk.text(&b.title))),
        // The oldest data first; what never came is older than all.
        SourceSort::Age => sources
            .sort_by_key(|source| Reverse(source::age(source, source.as_of, now).0.unwrap_or(u64::MAX))),
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
    let seen = seen(desk, source, None)?;
    Ok(SourceRow {
        name: desk.text(&source.title).to_owned(),
        href: paths::source(source.entity.urn.as_str()),
        place: desk.division(source.entity.text("division")),
        last: seen.last,
        state: seen.state,
        age_minutes: seen.age_minutes,
        case: source::cases(desk, source).into_iter().next().map(|mut link| {
            // The list has room for the number alone.
            link.text.truncate(link.text.find(' ').unwrap_or(link.text.len()));
            link
        }),
    })
}
