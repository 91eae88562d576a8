//! Signing in and out. The session's token is in a cookie that no script can read.

use super::desk::Desk;
use super::error::{Fault, message, see};
use super::extract::{Asked, SESSION, Sent, Visit};
use super::{Web, Work, headers, people};
use crate::paths;
use crate::texts::{Texts, fill};
use crate::views::{DemoAccount, MessageKind, SignIn, SignInError};
use axum::http::header::{RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use kernel::Refusal;
use model::{Name, Urn};
use pack::Power;
use process::Definition;
use serde::Deserialize;

/// As long as the kernel keeps a session.
const SESSION_SECS: u32 = 8 * 3600;
/// Processes of a demonstration's post that are named.
const WORKS_MAX: usize = 4;
/// Longest login and password that are looked at, as the form states them.
const LOGIN_CHARS_MAX: usize = 64;
const PASSWORD_CHARS_MAX: usize = 256;

#[derive(Default, Deserialize)]
pub(super) struct Query {
    next: Option<String>,
}

#[derive(Default, Deserialize)]
pub(super) struct Fields {
    #[serde(default, alias = "login")]
    account: String,
    #[serde(default)]
    password: String,
    next: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Token {
    #[serde(default, alias = "token")]
    csrf: String,
}

pub(super) async fn show(web: Web, visit: Visit, asked: Asked<Query>) -> Response {
    let next = asked.ok().and_then(|query| query.0.next).and_then(local);
    web.0.answer(visit, move |desk| form(desk, StatusCode::OK, String::new(), next, None)).await
}

pub(super) async fn sign_in(web: Web, visit: Visit, sent: Sent<Fields>) -> Response {
    web.0.answer_as(Work::SignIn, visit.at(paths::SIGN_IN), move |desk| check(desk, sent)).await
}

/// Ends the session here and in the kernel.
pub(super) async fn sign_out(web: Web, visit: Visit, sent: Sent<Token>) -> Response {
    let end = move |desk: &Desk| {
        if desk.actor.is_some() {
            let fields = sent.map_err(|rejection| Fault::Form(rejection.status()))?;
            desk.sender(&fields.0.csrf)?;
        }
        if let Some(token) = &desk.visit.token {
            desk.kernel().sign_out(token)?;
        }
        let kind = MessageKind::SignedOut { expired: false };
        Ok(with_session(desk, message(&desk.left(), StatusCode::OK, kind), "", 0))
    };
    web.0.answer(visit.at(paths::HOME), end).await
}

fn check(desk: &Desk, sent: Sent<Fields>) -> Result<Response, Fault> {
    let fields = sent.map_err(|rejection| Fault::Form(rejection.status()))?.0;
    // There is no session yet whose token the form could carry: the browser itself says whose page sent it.
    if desk.visit.cross_site {
        return Err(Fault::FormToken);
    }
    let next = fields.next.and_then(local);
    let login = fields.account.trim().to_owned();
    let too_long =
        login.chars().count() > LOGIN_CHARS_MAX || fields.password.chars().count() > PASSWORD_CHARS_MAX;
    let refused = |status, error| form(desk, status, login.clone(), next.clone(), Some(error));
    if login.is_empty() || fields.password.is_empty() {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, SignInError::Missing);
    }
    if too_long {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, SignInError::Wrong);
    }
    match desk.kernel().sign_in(&login, &fields.password) {
        Ok(token) => {
            if let Some(old) = &desk.visit.token {
                desk.kernel().sign_out(old)?;
            }
            let to = next.as_deref().unwrap_or(paths::INBOX);
            Ok(with_session(desk, see(to), &token, SESSION_SECS))
        }
        Err(Refusal::SignIn { wait_secs: 0 }) => {
            refused(StatusCode::UNPROCESSABLE_ENTITY, SignInError::Wrong)
        }
        Err(Refusal::SignIn { wait_secs }) => {
            let minutes = u64::from(wait_secs.div_ceil(60));
            let mut page = refused(StatusCode::TOO_MANY_REQUESTS, SignInError::Wait { minutes })?;
            page.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait_secs));
            Ok(page)
        }
        Err(other) => Err(other.into()),
    }
}

fn with_session(desk: &Desk, mut response: Response, token: &str, secs: u32) -> Response {
    let cookie = headers::cookie(SESSION, token, secs, desk.state().secure_cookie);
    response.headers_mut().extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
    response
}

fn form(
    desk: &Desk,
    status: StatusCode,
    account: String,
    next: Option<String>,
    error: Option<SignInError>,
) -> Result<Response, Fault> {
    let demo_accounts = if desk.loaded().demonstration {
        let accounts = desk.state().demo_accounts.iter();
        accounts.filter_map(|(login, password)| demo_account(desk, login, password)).collect()
    } else {
        Vec::new()
    };
    desk.html_as(status, &SignIn { page: desk.page(), account, next, error, demo_accounts })
}

/// A row of the demonstration's accounts: what the post is called, in which processes its roles work, and what else they may.
fn demo_account(desk: &Desk, login: &str, password: &str) -> Option<DemoAccount> {
    let urn = Urn::of(&Name::new("Person").ok()?, login).ok()?;
    let person = people::person(desk, &urn)?;
    let processes = desk.loaded().definitions.processes.values().map(|(_, process)| process);
    let works = |process: &&Definition| {
        let mut acts = process.action.iter().flat_map(|act| &act.by);
        acts.any(|role| person.roles.contains(role))
    };
    let works = processes.filter(works).map(|process| desk.text(&process.title));
    let words = desk.words();
    let roles = desk.loaded().definitions.city.role.iter().filter(|role| person.roles.contains(&role.id));
    let powers = roles.flat_map(|role| &role.powers).map(|power| may(words, *power));
    let mut titles: Vec<&str> = works.chain(powers).collect();
    let more = titles.len().saturating_sub(WORKS_MAX);
    titles.truncate(WORKS_MAX);
    let does = match (titles.is_empty(), more) {
        (true, _) => words.show.reads_only.clone(),
        (false, 0) => titles.join(&words.show.and),
        (false, more) => {
            let slots = [("works", &*titles.join(&words.show.and)), ("n", &more.to_string())];
            fill(&words.sign_in.and_more, &slots)
        }
    };
    Some(DemoAccount {
        role: desk.text(&person.title).to_owned(),
        does,
        account: login.to_owned(),
        password: password.to_owned(),
    })
}

/// What a power lets whoever holds it do.
fn may(words: &Texts, power: Power) -> &str {
    let powers = &words.powers;
    match power {
        Power::Audit => &powers.audit,
        Power::Erase => &powers.erase,
        Power::Define => &powers.define,
        Power::Order => &powers.order,
        Power::AuditSeries => &powers.audit_series,
        Power::Context => &powers.context,
        Power::Accounts => &powers.accounts,
        Power::Grants => &powers.grants,
    }
}

/// A path of this site and nothing else: `//host` and `/\host` are other sites to a browser.
pub(super) fn local(next: String) -> Option<String> {
    let other_site = next.starts_with("//") || next.contains('\\');
    let plain = next.starts_with('/') && next.bytes().all(|b| b.is_ascii_graphic());
    (plain && !other_site).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn only_paths_of_this_site_are_followed() {
        for good in ["/", "/inbox?tab=open", "/cases/urn:x:%E5%90%8C"] {
            assert_eq!(local(good.to_owned()).as_deref(), Some(good));
        }
        for bad in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "inbox", "/a\r\nb", "/同"]
        {
            assert_eq!(local(bad.to_owned()), None, "{bad}");
        }
    }
}
