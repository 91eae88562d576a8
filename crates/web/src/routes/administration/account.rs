//! One's own account: roles, and the password.

use super::super::Web;
use super::super::Work;
use super::super::desk::Desk;
use super::super::error::{Fault, see};
use super::super::extract::{Asked, Visit};
use super::super::upload::{self, Filled};
use super::{entries, entry_link, grants, wrong};
use crate::paths;
use crate::views::AccountPage;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::Refusal;
use serde::Deserialize;

#[derive(Default, Deserialize)]
pub(in crate::routes) struct Query {
    done: Option<String>,
}

/// `GET /account`.
pub(in crate::routes) async fn own(web: Web, visit: Visit, asked: Asked<Query>) -> Response {
    let done = asked.ok().and_then(|query| query.0.done).and_then(|done| done.parse().ok());
    web.0.answer(visit, move |desk| desk.html(&page(desk, done, None)?)).await
}

/// `POST /account`: changes the password.
pub(in crate::routes) async fn change(web: Web, visit: Visit, request: Request) -> Response {
    let sent = upload::plain(request).await;
    web.0.answer_as(Work::SignIn, visit.at(paths::ACCOUNT), move |desk| submit(desk, &sent?)).await
}

fn submit(desk: &Desk, filled: &Filled) -> Result<Response, Fault> {
    let actor = desk.sender(filled.text("csrf"))?;
    let token = desk.visit.token.as_deref().ok_or(Fault::SignedOut)?;
    let again = |error| desk.html_as(StatusCode::UNPROCESSABLE_ENTITY, &page(desk, None, Some(error))?);
    if filled.text("new") != filled.text("again") {
        return again(("again".to_owned(), desk.words().people.differs.clone()));
    }
    match desk.kernel().change_password(actor, token, filled.text("old"), filled.text("new")) {
        Ok(done) => Ok(see(&format!("{}?done={}", paths::ACCOUNT, done.sequence))),
        // Too many wrong ones: the same wait as at the sign-in.
        Err(Refusal::SignIn { wait_secs }) => {
            let minutes = wait_secs.div_ceil(60).to_string();
            again(("old".to_owned(), crate::texts::fill(&desk.words().people.wait, &[("n", &minutes)])))
        }
        Err(refusal) => again(wrong(desk, refusal)?),
    }
}

fn page(desk: &Desk, done: Option<u64>, error: Option<(String, String)>) -> Result<AccountPage, Fault> {
    let actor = desk.signed_in()?;
    let person = desk.kernel().person(actor, &actor.urn)?;
    Ok(AccountPage {
        page: desk.page(),
        title: desk.text(&actor.title).to_owned(),
        login: person.login.unwrap_or_default(),
        grants: grants(desk, actor, false),
        done: done.map(entry_link),
        error,
        entries: entries(desk, &actor.urn)?,
    })
}
