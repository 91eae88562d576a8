//! Lists of cases, and searches, that somebody keeps by name, to come back to them with one press.

use super::desk::Desk;
use super::error::{Fault, see, why};
use super::extract::Visit;
use super::upload::{self, Filled};
use super::{Web, inbox, search};
use crate::paths;
use crate::views::{Kept, Link};
use axum::extract::Request;
use axum::response::Response;
use kernel::Actor;

/// `POST /inbox/kept`: keeps the list at an address under a name, or with `do=drop` keeps it no longer.
pub(super) async fn send(web: Web, visit: Visit, request: Request) -> Response {
    let sent = upload::plain(request).await;
    web.0.answer(visit.at(paths::INBOX), move |desk| submit(desk, &sent?)).await
}

/// The lists of one page that somebody keeps, with the one shown and what was wrong with its name.
pub(super) fn kept(desk: &Desk, actor: &Actor, own: String, error: Option<String>) -> Result<Kept, Fault> {
    let page = own.split('?').next().unwrap_or_default();
    let lists =
        desk.kernel().kept(actor)?.into_iter().filter(|(_, href)| href.split('?').next() == Some(page));
    let lists = lists.map(|(text, href)| Link { href, text }).collect();
    Ok(Kept { lists, own, error })
}

/// What is kept is a list as its page would write it; anything else that was sent becomes the inbox.
enum Wanted {
    Cases(inbox::Wanted),
    Found(search::Looked),
}

impl Wanted {
    fn of_address(address: &str) -> Self {
        match address.split('?').next() {
            Some(paths::SEARCH) => Self::Found(search::Looked::of_address(address)),
            _ => Self::Cases(inbox::Wanted::of_address(address)),
        }
    }

    fn address(&self) -> String {
        match self {
            Self::Cases(wanted) => wanted.address(),
            Self::Found(looked) => looked.address(),
        }
    }
}

fn submit(desk: &Desk, filled: &Filled) -> Result<Response, Fault> {
    let actor = desk.sender(filled.text("csrf"))?;
    let wanted = Wanted::of_address(filled.text("address"));
    let address = wanted.address();
    let kept = match filled.text("do") {
        "drop" => desk.kernel().keep_not(actor, filled.text("name")),
        _ => desk.kernel().keep(actor, filled.text("name"), &address),
    };
    let Err(refusal) = kept else { return Ok(see(&address)) };
    let why = why(&refusal, desk, None).ok_or(refusal)?;
    let why = Some((why.status, why.because));
    match wanted {
        Wanted::Cases(wanted) => inbox::inbox(desk, &wanted, why),
        Wanted::Found(looked) => search::page(desk, &looked, why),
    }
}
