//! How the city's node does, for everybody: `GET /status`.

use super::desk::Desk;
use super::error::{Fault, see, why};
use super::extract::Visit;
use super::show::DAY_SECS;
use super::upload::{self, Filled};
use super::{Web, Work};
use crate::paths;
use crate::texts::fill;
use crate::views::{FormerKey, Link, StatusPage};
use crate::words::age_in_words;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Actor, Done, Drill, Power, Refusal, Status};
use model::Instant;
use proof::{CommandId, KeyRotation};

/// Heads that are listed.
const HEADS: u32 = 10;
/// Times that it was down, as listed.
const DOWN: usize = 20;
/// Over how many days it is counted how long it was up.
const DAYS: [i64; 2] = [30, 365];
/// Hexadecimal digits of a root that are shown.
const ROOT: usize = 16;

pub(super) async fn show(web: Web, visit: Visit) -> Response {
    web.0.answer(visit, |desk| desk.html(&page(desk, None)?)).await
}

/// `POST /status/drill`: tries a restore, for the office that keeps the node.
pub(super) async fn drill(web: Web, visit: Visit, request: Request) -> Response {
    let sent = upload::plain(request).await;
    let make = move |desk: &Desk| {
        let (actor, command, _) = sender(desk, &sent?)?;
        answer(desk, desk.kernel().try_restore(actor, command))
    };
    web.0.answer_as(Work::Download, visit.at(paths::STATUS), make).await
}

/// `POST /status/key`: lets a new key sign the log, for the same office.
pub(super) async fn rotate(web: Web, visit: Visit, request: Request) -> Response {
    let sent = upload::plain(request).await;
    let make = move |desk: &Desk| {
        let (actor, command, reason) = sender(desk, &sent?)?;
        answer(desk, desk.kernel().rotate_key(actor, command, &reason))
    };
    web.0.answer(visit.at(paths::STATUS), make).await
}

fn sender<'a>(desk: &'a Desk, filled: &Filled) -> Result<(&'a Actor, CommandId, String), Fault> {
    let actor = desk.sender(filled.text("csrf"))?;
    let command = CommandId::parse(filled.text("command"));
    let command = command.ok_or(Fault::Form(StatusCode::UNPROCESSABLE_ENTITY))?;
    Ok((actor, command, filled.text("reason").to_owned()))
}

fn answer(desk: &Desk, done: Result<Done, Refusal>) -> Result<Response, Fault> {
    let Err(refusal) = done else { return Ok(see(paths::STATUS)) };
    match why(&refusal, desk, None).filter(|why| why.status != StatusCode::FORBIDDEN) {
        Some(why) => desk.html_as(why.status, &page(desk, Some(why.because))?),
        None => Err(refusal.into()),
    }
}

fn page(desk: &Desk, error: Option<String>) -> Result<StatusPage, Fault> {
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
    let (keys, rotations) = (desk.kernel().keyring(), desk.kernel().rotations());
    let may = desk.actor.as_ref().is_some_and(|actor| desk.kernel().has(actor, Power::Accounts));
    let link = |href: &str| Link { href: href.to_owned(), text: href.to_owned() };
    Ok(StatusPage {
        page: desk.page(),
        begun: desk.minute(begun),
        size: status.size,
        upkeep: upkeep(desk, &status),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        up: DAYS.iter().map(share).collect(),
        down: status.down.iter().filter(lasting).take(DOWN).map(span).collect(),
        restored: restored.collect(),
        heads: heads.collect(),
        drill: status.drill.map(|drill| told(desk, &drill)),
        key: keys.newest().to_text(),
        former: rotations.iter().rev().map(|rotation| former(desk, rotation)).collect(),
        commands: may.then(|| [0; 2].map(|_| proof::hex(&desk.state().chance.id()))),
        error,
        links: ["/log/head", "/log/heads", "/log/key", paths::ROTATIONS, "/health", "/metrics"]
            .map(link)
            .to_vec(),
    })
}

/// A key that signs no more.
fn former(desk: &Desk, rotation: &KeyRotation) -> FormerKey {
    let entry = rotation.sequence.to_string();
    FormerKey {
        key: rotation.former.to_text(),
        last: rotation.last.size.to_string(),
        at: desk.zone().second(rotation.at),
        receipt: Link { href: format!("{}/{entry}.json", paths::ROTATIONS), text: entry },
    }
}

/// Since when the present key signs, and the last back-up with its age.
pub(super) fn upkeep(desk: &Desk, status: &Status) -> [String; 2] {
    let texts = &desk.words().status;
    let since = status.key_since.map(|since| fill(&texts.key_since_at, &[("at", &desk.minute(since))]));
    let backed_up = status.backed_up.map(|(at, minutes)| {
        let slots = [("at", &*desk.minute(at)), ("age", &age_in_words(minutes, desk.lang()))];
        fill(&texts.backed_up_at, &slots)
    });
    [since.unwrap_or_default(), backed_up.unwrap_or_else(|| texts.backed_up_none.clone())]
}

/// A restore that was tried, in a sentence, with its receipt.
fn told(desk: &Desk, drill: &Drill) -> (bool, String, Link) {
    let texts = &desk.words().status;
    let slots = [
        ("at", &*desk.minute(drill.at)),
        ("entries", &drill.entries.to_string()),
        ("secs", &drill.secs.to_string()),
        ("faults", &drill.faults.to_string()),
    ];
    let text = if drill.faults == 0 { &texts.drill_good } else { &texts.drill_bad };
    let receipt = Link { href: paths::receipt(drill.sequence), text: drill.sequence.to_string() };
    (drill.faults == 0, fill(text, &slots), receipt)
}
