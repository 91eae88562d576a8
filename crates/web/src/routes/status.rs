//! How the city's node does, for everybody: `GET /status`.

use super::Web;
use super::desk::Desk;
use super::error::Fault;
use super::extract::Visit;
use super::show::DAY_SECS;
use crate::views::{Link, StatusPage};
use axum::response::Response;
use model::Instant;

/// Heads that are listed.
const HEADS: u32 = 10;
/// Times that it was down, as listed.
const DOWN: usize = 20;
/// Over how many days it is counted how long it was up.
const DAYS: [i64; 2] = [30, 365];
/// Hexadecimal digits of a root that are shown.
const ROOT: usize = 16;

pub(super) async fn show(web: Web, visit: Visit) -> Response {
    web.0.answer(visit, |desk| desk.html(&page(desk)?)).await
}

fn page(desk: &Desk) -> Result<StatusPage, Fault> {
    let status = desk.kernel().status(HEADS)?;
    let now = desk.kernel().now();
    let begun = status.begun.unwrap_or(now);
    // Of a city that is younger only its own time is counted.
    let share = |days: &i64| {
        let permille = status.up_permille(now.plus_secs(-days * DAY_SECS).max(begun), now);
        (days.to_string(), format!("{}.{}", permille / 10, permille % 10))
    };
    let span = |(from, to): &(Instant, Instant)| {
        [desk.minute(*from), desk.minute(*to), (to.since(*from).max(0) / 60_000_000).to_string()]
    };
    // A restart of seconds counts, and is no news.
    let lasting = |span: &&(Instant, Instant)| span.1.since(span.0) >= 60_000_000;
    let restored = status.restored.iter().map(|epoch| {
        let at = Instant::from_micros(i64::from(epoch.number) * 1_000_000);
        (desk.minute(at), epoch.restored.saturating_sub(1).to_string())
    });
    let heads = status.heads.iter().map(|head| {
        let root = proof::hex(&head.root);
        (
            head.size.to_string(),
            desk.zone().second(head.signed),
            root.get(..ROOT).unwrap_or_default().to_owned(),
        )
    });
    let link = |href: &str| Link { href: href.to_owned(), text: href.to_owned() };
    Ok(StatusPage {
        page: desk.page(),
        begun: desk.minute(begun),
        size: status.size,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        up: DAYS.iter().map(share).collect(),
        down: status.down.iter().filter(lasting).take(DOWN).map(span).collect(),
        restored: restored.collect(),
        heads: heads.collect(),
        links: ["/log/head", "/log/heads", "/log/key", "/health", "/metrics"].map(link).to_vec(),
    })
}
