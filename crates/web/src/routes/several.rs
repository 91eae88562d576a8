//! Several cases at once: one act with the same words, done to each as a command of its own, so that each has its receipt or
//! its own reason why not.

use super::act::{attempt, submission};
use super::case::{After, Attempt};
use super::desk::Desk;
use super::error::{Fault, Why, why};
use super::extract::{Asked, Segment, Visit};
use super::upload::{self, Filled};
use super::{Web, about, forms, show};
use crate::paths;
use crate::texts::fill;
use crate::views::{ActForm, Link, Several, SeveralDone};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Actor, CaseView, PAGE_ROWS};
use model::{Name, Urn};
use process::{Action, Does, Need, Offer};
use std::collections::HashMap;

/// `GET /inbox/several?<case>=1&…`: what can be done to all of the cases named.
pub(super) async fn show(web: Web, visit: Visit, asked: Asked<HashMap<String, String>>) -> Response {
    let asked = asked.map(|query| query.0).unwrap_or_default();
    let make = move |desk: &Desk| {
        let cases = chosen(desk, desk.signed_in()?, asked.keys().map(String::as_str));
        desk.html(&page(desk, &cases, &After::Nothing, Vec::new())?)
    };
    web.0.answer(visit, make).await
}

/// `POST /inbox/several/{act}`.
pub(super) async fn send(web: Web, visit: Visit, act: Segment, request: Request) -> Response {
    let sent = upload::plain(request).await;
    web.0.answer(visit.at(paths::INBOX), move |desk| submit(desk, act, sent?)).await
}

/// The cases among some names that this person may see, at most as many as a page of the inbox shows.
fn chosen<'a>(desk: &Desk, actor: &Actor, names: impl Iterator<Item = &'a str>) -> Vec<CaseView> {
    let mut urns: Vec<Urn> = names.filter_map(|name| Urn::new(name).ok()).collect();
    urns.sort();
    urns.truncate(PAGE_ROWS as usize);
    urns.iter().filter_map(|urn| desk.kernel().case(urn, actor).ok()).collect()
}

fn page(desk: &Desk, cases: &[CaseView], after: &After, done: Vec<SeveralDone>) -> Result<Several, Fault> {
    let actor = desk.signed_in()?;
    let row = |case: &CaseView| (link(desk, case), about::matter(desk, case), show::stages(desk, case));
    Ok(Several {
        page: desk.page(),
        acts: acts(desk, actor, cases, after)?,
        cases: cases.iter().map(row).collect(),
        done,
        seen: 0,
    })
}

fn link(desk: &Desk, case: &CaseView) -> Link {
    Link { href: paths::case(case.entity.urn.as_str()), text: about::named(desk, case) }
}

/// The acts that this person may do to every one of the cases now.
fn acts(desk: &Desk, actor: &Actor, cases: &[CaseView], after: &After) -> Result<Vec<ActForm>, Fault> {
    let Some((first, others)) = cases.split_first() else { return Ok(Vec::new()) };
    let open = |case: &CaseView| -> Result<Vec<Action>, Fault> {
        let offers = desk.kernel().offers(case, &actor.urn)?;
        let open = offers.iter().filter(|offer| offer.refused.is_none() && is_plain(offer));
        Ok(open.map(|offer| offer.action.clone()).collect())
    };
    let theirs = others.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    let offers = desk.kernel().offers(first, &actor.urn)?;
    let all = offers.iter().filter(|offer| offer.refused.is_none() && is_plain(offer)).filter(|offer| {
        others.iter().all(|case| case.definition.id == first.definition.id)
            && theirs.iter().all(|open| open.contains(offer.action))
    });
    let versions: Vec<(String, u64)> =
        cases.iter().map(|case| (case.entity.urn.to_string(), case.entity.version)).collect();
    let form = |offer: &Offer<'_>| {
        let form = forms::form(desk, first, &[], offer, after)?;
        Some(ActForm { post: paths::several(offer.action.id.as_str()), cases: versions.clone(), ..form })
    };
    Ok(all.filter_map(form).collect())
}

/// Whether the same words can stand for several cases: nothing is measured, shown, numbered or chosen for one alone.
fn is_plain(offer: &Offer<'_>) -> bool {
    let action = offer.action;
    let own = [Need::Measurement, Need::Photo, Need::Document];
    matches!(action.does, None | Some(Does::Claim))
        && offer.choices.is_empty()
        && action.fields.iter().all(|field| field.document.is_none())
        && action.needs.iter().all(|need| !own.contains(need))
}

fn submit(desk: &Desk, act: Segment, mut filled: Filled) -> Result<Response, Fault> {
    let actor = desk.sender(filled.text("csrf"))?;
    let Path(act) = act.map_err(|_| Fault::NothingHere)?;
    let act = Name::new(act).map_err(|_| Fault::NothingHere)?;
    let cases = chosen(desk, actor, filled.texts.keys().map(String::as_str));
    let (mut done, mut left, mut refused) = (Vec::new(), Vec::new(), None);
    for case in cases {
        let outcome = one(desk, actor, &case, &act, &mut filled);
        let case_link = link(desk, &case);
        match outcome? {
            Ok(receipt) => done.push(SeveralDone { case: case_link, outcome: Ok(receipt) }),
            Err(why) => {
                done.push(SeveralDone { case: case_link, outcome: Err(why.because.clone()) });
                left.push(desk.kernel().case(&case.entity.urn, actor)?);
                refused.get_or_insert(why);
            }
        }
    }
    let (status, after) = match refused {
        None => (StatusCode::OK, After::Nothing),
        Some(why) => {
            let attempt: Attempt = attempt(desk, act, filled, &why, None);
            (why.status, After::Refused(Box::new(attempt)))
        }
    };
    desk.html_as(status, &page(desk, &left, &after, done)?)
}

/// Does the act to one of the cases. The command follows from the form's and the case: sent again, it is done once.
fn one(
    desk: &Desk,
    actor: &Actor,
    case: &CaseView,
    act: &Name,
    filled: &mut Filled,
) -> Result<Result<Link, Why>, Fault> {
    let urn = &case.entity.urn;
    let fields = case.definition.action(act).map(|action| action.fields.clone()).unwrap_or_default();
    let mut submission = match submission(filled, act, &fields) {
        Ok(submission) => submission,
        Err(slip) => return Ok(Err(slip.why(desk))),
    };
    let parts = ["several", actor.urn.as_str(), filled.text("command"), urn.as_str()];
    submission.command = desk.kernel().command_id(&parts);
    submission.seen = filled.text(urn.as_str()).parse().ok();
    match desk.kernel().act(actor, urn, &submission) {
        Ok(done) => {
            let entry = done.sequence;
            let text = fill(&desk.words().case.receipt, &[("n", &entry.to_string())]);
            Ok(Ok(Link { href: paths::receipt(entry), text }))
        }
        Err(refusal) => match why(&refusal, desk, Some(&case.definition)) {
            Some(why) => Ok(Err(why)),
            None => Err(refusal.into()),
        },
    }
}
