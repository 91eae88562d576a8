//! Feeds: what is new in the catalogue, and when the node was down, for whoever follows it (Atom, RFC 4287).

use super::datasets;
use super::desk::Desk;
use super::error::Fault;
use super::extract::Visit;
use super::{Web, Work};
use crate::paths;
use crate::texts::fill;
use crate::views::{Feed, FeedEntry};
use askama::Template;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use model::Instant;
use pack::Openness;

/// What was down, at most.
const DOWN_MAX: usize = 50;

/// `GET /data/feed.atom`: open datasets, those that changed last first.
pub(super) async fn catalogue(web: Web, visit: Visit) -> Response {
    let make = |desk: &Desk| {
        let open = desk.loaded().definitions.datasets.values().filter(|set| set.sharing == Openness::Open);
        let mut entries = Vec::new();
        for dataset in open {
            let (row, changed) = datasets::sized(desk, dataset)?;
            let changed = changed.unwrap_or_default();
            let summary = [row.description, row.fresh.due].join(" · ");
            let id = format!("urn:ngsi-ld:Dataset:{}", dataset.id);
            entries.push((
                changed,
                FeedEntry { id, title: row.title, updated: String::new(), href: row.href, summary },
            ));
        }
        feed(desk, &desk.words().data.title, (paths::DATA_FEED, paths::DATA), entries)
    };
    web.0.answer_as(Work::Download, visit, make).await
}

/// `GET /status/feed.atom`: when the node was down for a minute or more, and when a back-up was restored.
pub(super) async fn status(web: Web, visit: Visit) -> Response {
    let make = |desk: &Desk| {
        let (texts, status) = (&desk.words().status, desk.kernel().status(0)?);
        let entry = |at: Instant, what: &str, title: String, summary: String| {
            let id = format!("urn:datong:{what}:{}", at.micros());
            (at, FeedEntry { id, title, updated: String::new(), href: paths::STATUS.to_owned(), summary })
        };
        let lasting = |span: &&(Instant, Instant)| span.1.since(span.0) >= 60_000_000;
        let down = status.down.iter().filter(lasting).take(DOWN_MAX).map(|(from, to)| {
            let slots = [("from", &*desk.minute(*from)), ("to", &*desk.minute(*to))];
            entry(*to, "down", texts.down.clone(), fill(&texts.down_from_to, &slots))
        });
        let restored = status.restored.iter().map(|epoch| {
            let at = Instant::from_micros(i64::from(epoch.number) * 1_000_000);
            let summary = format!("{} {}", texts.after, epoch.restored.saturating_sub(1));
            entry(at, "restored", texts.restored.clone(), summary)
        });
        feed(desk, &texts.title, (paths::STATUS_FEED, paths::STATUS), down.chain(restored).collect())
    };
    web.0.answer(visit, make).await
}

fn feed(
    desk: &Desk,
    title: &str,
    (own, page): (&str, &str),
    mut entries: Vec<(Instant, FeedEntry)>,
) -> Result<Response, Fault> {
    entries.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let newest = entries.first().map_or_else(|| desk.kernel().now(), |(at, _)| *at);
    let city = desk.page().city;
    let entries = entries.into_iter().map(|(at, entry)| FeedEntry { updated: at.to_string(), ..entry });
    let feed = Feed {
        lang: desk.lang().tag().to_owned(),
        id: format!("urn:datong:{}:{}", desk.loaded().definitions.city.id, own.trim_start_matches('/')),
        title: format!("{title} · {city}"),
        city,
        updated: newest.to_string(),
        own: own.to_owned(),
        page: page.to_owned(),
        entries: entries.collect(),
    };
    let body = feed.render().map_err(Fault::from)?;
    Ok(([(CONTENT_TYPE, "application/atom+xml; charset=utf-8")], body).into_response())
}
