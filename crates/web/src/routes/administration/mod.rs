//! Administration: the register of people for those who keep accounts, grant roles or audit; and the form for somebody new.

mod account;
mod person;

pub(super) use account::{change, own};
pub(super) use person::{send as send_person, show as show_person};

use super::desk::Desk;
use super::error::{Fault, why};
use super::extract::{Asked, Visit};
use super::show::DAY_SECS;
use super::upload::{self, Filled};
use super::{Web, status, trail};
use crate::paths;
use crate::views::{Administration, EntityEntry, GrantRow, GrantState, Link, Opening, Paging, PersonRow};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Actor, Grant, Person, Power, Refusal};
use model::{Text, Urn};
use proof::CommandId;
use serde::Deserialize;

/// Rows on a page.
const PAGE_ROWS: usize = 50;
/// Roles that end soon: within so many days.
const SOON_DAYS: i64 = 30;
/// Of those, as many are listed.
const ENDING_MAX: usize = 20;
/// Entries about somebody that are listed.
const ENTRIES_MAX: usize = 50;

#[derive(Default, Deserialize)]
pub(super) struct Query {
    words: Option<String>,
    role: Option<String>,
    page: Option<String>,
}

/// `GET /administration`.
pub(super) async fn list(web: Web, visit: Visit, asked: Asked<Query>) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    let make = move |desk: &Desk| desk.html(&page(desk, query, Opening::default(), None)?);
    web.0.answer(visit, make).await
}

/// `POST /administration`: opens an account for somebody new.
pub(super) async fn open(web: Web, visit: Visit, request: Request) -> Response {
    let sent = upload::plain(request).await;
    web.0.answer(visit.at(paths::ADMINISTRATION), move |desk| submit(desk, &sent?)).await
}

fn submit(desk: &Desk, filled: &Filled) -> Result<Response, Fault> {
    let actor = desk.sender(filled.text("csrf"))?;
    let command = command(filled)?;
    let login = filled.text("login").trim();
    let title = Text::new(filled.text("title").trim(), filled.text("titleEn").trim());
    match desk.kernel().open_account(actor, command, login, &title) {
        Ok((done, handover)) => person::handed_over(desk, login, done.sequence, handover),
        Err(refusal) => {
            let error = wrong(desk, refusal)?;
            let opening = Opening {
                command: String::new(),
                login: login.to_owned(),
                title: title.zh,
                title_en: title.en,
            };
            let page = page(desk, Query::default(), opening, Some(error))?;
            desk.html_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

fn page(
    desk: &Desk,
    query: Query,
    opening: Opening,
    error: Option<(String, String)>,
) -> Result<Administration, Fault> {
    let actor = desk.signed_in()?;
    let people = desk.kernel().people(actor)?;
    let now = desk.kernel().now();
    let (today, soon) = (desk.date(now), desk.date(now.plus_secs(SOON_DAYS * DAY_SECS)));
    let in_force = |person: &Person| -> Vec<Grant> {
        person.actor.grants.iter().filter(|grant| grant.holds_on(&today)).cloned().collect()
    };
    let words = query.words.unwrap_or_default().trim().to_lowercase();
    let role = query.role.unwrap_or_default();
    let wanted = |person: &&Person| {
        let title = &person.actor.title;
        let named = [&title.zh, &title.en].into_iter().any(|title| title.to_lowercase().contains(&words))
            || person.login.as_ref().is_some_and(|login| login.contains(&words));
        named && (role.is_empty() || in_force(person).iter().any(|grant| grant.role == *role))
    };
    let found: Vec<&Person> = people.iter().filter(wanted).collect();
    let at = query.page.and_then(|page| page.parse().ok()).unwrap_or(1usize).max(1);
    let row = |person: &&Person| {
        let held = in_force(person);
        PersonRow {
            person: link(desk, &person.actor),
            login: person.login.clone(),
            roles: desk.roles(held.iter().map(|grant| &grant.role)),
            until: held.iter().filter_map(|grant| grant.to.clone()).min().unwrap_or_default(),
        }
    };
    let mut ending: Vec<(Link, String, String)> = people
        .iter()
        .flat_map(|person| in_force(person).into_iter().map(move |grant| (person, grant)))
        .filter_map(|(person, grant)| {
            let last = grant.to.filter(|to| *to <= soon)?;
            Some((link(desk, &person.actor), desk.role(&grant.role).to_owned(), last))
        })
        .collect();
    ending.sort_by(|a, b| a.2.cmp(&b.2));
    ending.truncate(ENDING_MAX);
    let idle = |person: &&Person| person.login.is_some() && in_force(person).is_empty();
    let opening =
        desk.kernel().has(actor, Power::Accounts).then(|| Opening { command: new_command(desk), ..opening });
    Ok(Administration {
        page: desk.page(),
        audits: desk.kernel().has(actor, Power::Audit),
        roles: roles(desk, &role),
        figures: [
            people.len(),
            people.iter().filter(|person| person.login.is_some()).count(),
            people.iter().filter(idle).count(),
        ],
        upkeep: status::upkeep(desk, &desk.kernel().status(0)?),
        ending,
        rows: found.iter().skip((at - 1) * PAGE_ROWS).take(PAGE_ROWS).map(row).collect(),
        paging: paging(found.len(), at, &words, &role),
        words,
        opening,
        error,
    })
}

fn paging(total: usize, page: usize, words: &str, role: &str) -> Paging {
    let asked = format!("words={}&role={}", paths::encode(words), paths::encode(role));
    let href = |page: u64| format!("{}?{asked}&page={page}", paths::ADMINISTRATION);
    Paging::of(total as u64, page as u64, PAGE_ROWS as u64, href)
}

/// Roles to choose from.
fn roles(desk: &Desk, chosen: &str) -> Vec<(String, String, bool)> {
    let roles = desk.loaded().definitions.city.role.iter();
    roles.map(|role| (role.id.to_string(), desk.text(&role.title).to_owned(), role.id == *chosen)).collect()
}

fn link(desk: &Desk, actor: &Actor) -> Link {
    Link { href: paths::person(actor.urn.as_str()), text: desk.text(&actor.title).to_owned() }
}

fn new_command(desk: &Desk) -> String {
    proof::hex(&desk.state().chance.id())
}

fn command(filled: &Filled) -> Result<CommandId, Fault> {
    CommandId::parse(filled.text("command")).ok_or(Fault::Form(StatusCode::UNPROCESSABLE_ENTITY))
}

/// The field that is wrong and what to write; what is no field is told beside the forms.
fn wrong(desk: &Desk, refusal: Refusal) -> Result<(String, String), Fault> {
    if let Refusal::Field { field, what } = &refusal {
        return Ok(((*field).to_owned(), desk.text(what).to_owned()));
    }
    match why(&refusal, desk, None) {
        Some(why) if why.status != StatusCode::FORBIDDEN => Ok((String::new(), why.because)),
        _ => Err(refusal.into()),
    }
}

/// Roles that somebody holds or held, those in force first.
fn grants(desk: &Desk, actor: &Actor, may_end: bool) -> Vec<GrantRow> {
    let today = desk.date(desk.kernel().now());
    let mut rows: Vec<GrantRow> = actor
        .grants
        .iter()
        .enumerate()
        .map(|(at, grant)| {
            let over = grant.to.as_ref().is_some_and(|to| *to < today);
            let state = match (over, grant.holds_on(&today)) {
                (true, _) => GrantState::Over,
                (false, true) => GrantState::Holds,
                (false, false) => GrantState::Ahead,
            };
            let about = grant.about.as_ref().map(|urn| Link {
                href: paths::entity(urn.as_str()),
                text: super::about::reference(desk, urn),
            });
            GrantRow {
                role: desk.role(&grant.role).to_owned(),
                place: desk.division(&grant.division),
                about,
                days: [grant.from.clone(), grant.to.clone().unwrap_or_default()],
                state,
                end: (may_end && !over).then_some(at),
            }
        })
        .collect();
    rows.sort_by_key(|row| (row.state == GrantState::Over, row.state == GrantState::Ahead));
    rows
}

/// What was done about somebody, the newest first.
fn entries(desk: &Desk, urn: &Urn) -> Result<Vec<EntityEntry>, Fault> {
    let steps = desk.kernel().trail(urn)?;
    Ok(trail::entries(desk, &steps).take(ENTRIES_MAX).collect())
}

fn entry_link(sequence: u64) -> Link {
    Link { href: paths::receipt(sequence), text: sequence.to_string() }
}
