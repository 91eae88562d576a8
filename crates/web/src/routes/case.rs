//! A case's page: where it stands, what may be done, how its deadline was counted, what happened.

use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Segment, Visit};
use super::fields;
use super::{Web, clock, deadline, facts, inbox, show, trail};
use crate::paths;
use crate::texts::fill;
use crate::views::{
    ActForm, Case, Field, Link, Measurement, Notice, OtherAct, Reason, Stage, StageState, Typed,
};
use axum::extract::Path;
use axum::response::Response;
use kernel::{Actor, CaseView, TrailEntry};
use model::{Name, Urn};
use process::{Action, Need, Offer};
use serde::Deserialize;
use std::collections::BTreeSet;

#[derive(Default, Deserialize)]
pub(super) struct Query {
    done: Option<String>,
    before: Option<String>,
}

/// What the page follows.
pub(super) enum After {
    /// A link.
    Nothing,
    /// An act that became this entry of the log.
    Done(u64),
    /// An act that was refused; the form is shown again as it was filled in.
    Refused(Attempt),
}

/// An act that was refused.
pub(super) struct Attempt {
    pub act: Name,
    pub typed: Typed,
    /// Why, and what to do, in words.
    pub error: String,
    /// The entry of whoever was first.
    pub overtaken_by: Option<u64>,
}

pub(super) async fn show(web: Web, visit: Visit, urn: Segment, asked: Asked<Query>) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    let done = query.done.and_then(|done| done.parse().ok());
    let before = query.before.and_then(|before| before.parse().ok());
    let make = move |desk: &Desk| {
        let urn = urn_of(urn)?;
        desk.html(&page(desk, &urn, &done.map_or(After::Nothing, After::Done), before)?)
    };
    web.0.answer(visit, make).await
}

/// An entity's name out of the path.
pub(super) fn urn_of(segment: Segment) -> Result<Urn, Fault> {
    let Path(text) = segment.map_err(|_| Fault::NothingHere)?;
    Urn::new(text).map_err(|_| Fault::NothingHere)
}

/// The page of a case for whoever is signed in, with what happened before an entry of the log, or to the end.
pub(super) fn page(desk: &Desk, urn: &Urn, after: &After, before: Option<u64>) -> Result<Case, Fault> {
    let actor = desk.signed_in()?;
    let kernel = desk.kernel();
    let case = kernel.case(urn, actor)?;
    let steps = kernel.trail(urn)?;
    let source = kernel.source(&case.scope.about).ok();
    let now = kernel.now();
    let offers = kernel.offers(&case, &actor.urn)?;
    let acts = forms(desk, &case, &offers, after);
    let part = trail::trail(desk, &case, &steps, before);
    let explained = clock::live(&case).map(|(_, _, due)| due).or(case.clocks.last().map(|(.., due)| due));
    // What was typed is never lost: it stands in its form, or beside the notice when the form is gone.
    let kept = match after {
        After::Refused(attempt) if acts.iter().all(|form| form.error.is_none()) => {
            Some(attempt.typed.opinion.clone()).filter(|opinion| !opinion.trim().is_empty())
        }
        After::Refused(_) | After::Nothing | After::Done(_) => None,
    };
    Ok(Case {
        page: desk.page(),
        notice: notice(desk, &case, &steps, &acts, after),
        kept,
        number: show::case_number(desk, &case),
        kind: desk.text(&case.definition.title).to_owned(),
        matter: show::matter(desk, &case),
        stages: stages(desk, &case, &steps),
        owner: Some(desk.roles(inbox::awaited(&case))).filter(|_| !case.ended()),
        clock: clock::light(desk, &case, now),
        seen: case.entity.version,
        others: others(desk, &offers, actor),
        deadline: explained.map(|due| deadline::deadline(desk, &case, due)),
        facts: facts::facts(desk, &case, &steps, source.as_ref()),
        trail: part.lines,
        earlier: part.earlier.map(|(count, before)| earlier(desk, urn, count, before)),
        acts,
    })
}

fn earlier(desk: &Desk, urn: &Urn, count: usize, before: u64) -> Link {
    Link {
        href: format!("{}?before={before}", paths::case(urn.as_str())),
        text: fill(&desk.words().case.earlier, &[("n", &count.to_string())]),
    }
}

fn notice(
    desk: &Desk,
    case: &CaseView,
    steps: &[TrailEntry],
    acts: &[ActForm],
    after: &After,
) -> Option<Notice> {
    let step = |sequence: u64| steps.iter().find(|step| step.sequence == sequence);
    match after {
        After::Nothing => None,
        After::Done(sequence) => {
            let step = step(*sequence)?;
            let receipt = Link { href: paths::receipt(*sequence), text: sequence.to_string() };
            Some(Notice::Done { act: trail::act_title(desk, case, step), receipt })
        }
        After::Refused(attempt) => {
            if let Some(step) = attempt.overtaken_by.and_then(step) {
                return Some(Notice::Overtaken {
                    who: desk.text(&step.actor_title).to_owned(),
                    act: trail::act_title(desk, case, step),
                    at: desk.zone().second(step.at),
                });
            }
            // Said at the top, where it is seen at once, and again in the form if that is still offered.
            let form = acts.iter().position(|form| form.error.is_some()).map(|at| at + 1);
            Some(Notice::Refused { form, why: attempt.error.clone() })
        }
    }
}

fn stages(desk: &Desk, case: &CaseView, steps: &[TrailEntry]) -> Vec<Stage> {
    let noted = steps.iter().flat_map(|step| ["from", "to"].map(|key| step.note.get(key)));
    let mut visited: BTreeSet<&str> = noted.flatten().filter_map(|stage| stage.as_text()).collect();
    visited.insert(case.definition.start.as_str());
    let all = &case.definition.stage;
    let active = case.definition.active(&case.record.at);
    let current = all.iter().rposition(|stage| case.record.at.contains(&stage.id)).unwrap_or_default();
    let state = |at: usize, id: &Name| match at.cmp(&current) {
        _ if active.contains(id) => StageState::Current,
        std::cmp::Ordering::Equal => StageState::Current,
        std::cmp::Ordering::Greater => StageState::Ahead,
        std::cmp::Ordering::Less if visited.contains(id.as_str()) => StageState::Passed,
        std::cmp::Ordering::Less => StageState::Skipped,
    };
    let stages = all.iter().enumerate();
    stages.map(|(at, s)| Stage { title: desk.text(&s.title).to_owned(), state: state(at, &s.id) }).collect()
}

fn forms(desk: &Desk, case: &CaseView, offers: &[Offer<'_>], after: &After) -> Vec<ActForm> {
    let mine = offers.iter().filter(|offer| offer.refused.is_none());
    mine.map(|offer| form(desk, case, offer.action, after)).collect()
}

fn form(desk: &Desk, case: &CaseView, action: &Action, after: &After) -> ActForm {
    let to = action.to.as_ref().filter(|to| !case.record.at.contains(*to));
    let attempt = match after {
        After::Refused(attempt) if attempt.act == action.id => Some(attempt),
        After::Refused(_) | After::Nothing | After::Done(_) => None,
    };
    let reasons = case.definition.reasons(action).into_iter();
    let needs_opinion = action.needs.contains(&Need::Opinion);
    ActForm {
        title: desk.text(&action.title).to_owned(),
        post: paths::act(case.entity.urn.as_str(), action.id.as_str()),
        command: proof::hex(&desk.state().chance.id()),
        leads_to: to.and_then(|to| case.definition.stage(to)).map(|stage| desk.text(&stage.title).to_owned()),
        opinion: if needs_opinion { Field::Required } else { Field::Optional },
        reasons: reasons
            .map(|(id, title)| Reason { id: id.to_string(), title: desk.text(title).to_owned() })
            .collect(),
        measurement: action.needs.contains(&Need::Measurement).then(|| measurement(desk, case)),
        fields: fields::form(desk, &action.fields, attempt.map(|attempt| &attempt.typed.fields)),
        typed: attempt.map(|attempt| attempt.typed.clone()).unwrap_or_default(),
        error: attempt.map(|attempt| attempt.error.clone()),
    }
}

/// What is measured on site: the factor that the case is about.
fn measurement(desk: &Desk, case: &CaseView) -> Measurement {
    let (title, unit) = facts::factor(desk, case);
    let (factor, _) = show::factor_and_statistic(&title);
    Measurement { title: fill(&desk.words().show.measured_on_site, &[("factor", factor)]), unit }
}

fn others(desk: &Desk, offers: &[Offer<'_>], actor: &Actor) -> Vec<OtherAct> {
    let theirs = offers.iter().filter_map(|offer| Some((offer.action, offer.refused.as_ref()?)));
    let other = |(action, refused): (&Action, &process::Refusal)| OtherAct {
        act: desk.text(&action.title).to_owned(),
        role: desk.roles(&action.by),
        why_not: why_not(desk, action, refused, actor),
    };
    theirs.map(other).collect()
}

fn why_not(desk: &Desk, action: &Action, refused: &process::Refusal, actor: &Actor) -> String {
    let texts = &desk.words().refused;
    match refused {
        // Whoever holds the role elsewhere is told that it does not reach here.
        process::Refusal::Role { roles } if actor.grants.iter().any(|grant| roles.contains(&grant.role)) => {
            texts.not_here.clone()
        }
        process::Refusal::SamePerson { .. } => texts.because_same_person.clone(),
        process::Refusal::Role { .. } => fill(&texts.only_role, &[("role", &desk.roles(&action.by))]),
        other => desk.text(&other.because()).to_owned(),
    }
}
