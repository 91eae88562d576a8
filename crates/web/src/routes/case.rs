//! A case's page: where it stands, what may be done, how its deadline was counted, what happened.

use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Segment, Visit};
use super::{
    Web, about, clock, deadline, documents, facts, forms, oversight, people, show, stages, standing, trail,
};
use crate::paths;
use crate::texts::fill;
use crate::views::{ActForm, Case, Deadline, Link, Notice, RunningClock, Typed};
use axum::extract::Path;
use axum::response::Response;
use kernel::{CaseView, InboxTab, TrailEntry};
use model::{Instant, Name, Urn};
use pack::SourceKind;
use process::ClockKind;
use serde::Deserialize;

#[derive(Default, Deserialize)]
pub(super) struct Query {
    done: Option<String>,
    before: Option<String>,
    correct: Option<String>,
}

/// What the page follows.
pub(super) enum After {
    /// A link.
    Nothing,
    /// An act that became this entry of the log.
    Done(u64),
    /// The choice of an earlier act that is to be corrected.
    Correcting(u64),
    /// An act that was refused; the form is shown again as it was filled in.
    Refused(Box<Attempt>),
}

/// An act that was refused.
pub(super) struct Attempt {
    pub act: Name,
    pub typed: Typed,
    /// Why, and what to do, in words.
    pub error: String,
    /// The field that is wrong, and why.
    pub wrong: Option<(Name, String)>,
    /// The entry of whoever was first.
    pub overtaken_by: Option<u64>,
}

pub(super) async fn show(web: Web, visit: Visit, urn: Segment, asked: Asked<Query>) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    let number = |text: Option<String>| text.and_then(|text| text.parse().ok());
    let before = number(query.before);
    let after = number(query.correct).map(After::Correcting).or(number(query.done).map(After::Done));
    let make = move |desk: &Desk| {
        let urn = urn_of(urn)?;
        desk.html(&page(desk, &urn, &after.unwrap_or(After::Nothing), before)?)
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
    let now = kernel.now();
    let offers = kernel.offers(&case, &actor.urn)?;
    let acts = forms::forms(desk, &case, &steps, &offers, after);
    let part = trail::trail(desk, &case, &steps, before);
    let (clocks, deadlines) = clocks(desk, &case, now);
    // What was typed is never lost: it stands in its form, or beside the notice when the form is gone.
    let kept = match after {
        After::Refused(attempt) if acts.iter().all(|form| form.error.is_none()) => {
            Some(attempt.typed.opinion.clone()).filter(|opinion| !opinion.trim().is_empty())
        }
        _ => None,
    };
    let flags = case.definition.flag.iter().filter(|flag| case.record.flags.contains(&flag.id));
    Ok(Case {
        page: desk.page(),
        notice: notice(desk, &case, &steps, &acts, after),
        kept,
        number: show::case_number(desk, &case),
        kind: process(desk, &case),
        matter: about::matter(desk, &case),
        flags: flags.map(|flag| desk.text(&flag.title).to_owned()).collect(),
        stages: stages::stages(desk, &case, &steps),
        owner: Some(owner(desk, &case)).filter(|_| !case.ended()),
        clocks,
        standing: standing::standing(desk, &case, now),
        seen: case.entity.version,
        others: forms::others(desk, &case, &offers, actor),
        deadlines,
        facts: facts::facts(desk, &case, &steps),
        package: package(desk, &case),
        personal: oversight::link(desk, &case),
        documents: documents::links(desk, urn)?,
        trail: part.lines,
        earlier: part.earlier.map(|(count, before)| earlier(desk, urn, count, before)),
        acts,
    })
}

/// The case as one file: for the archive once it has ended.
fn package(desk: &Desk, case: &CaseView) -> Link {
    let texts = &desk.words().case;
    let text = if case.ended() { &texts.package_archive } else { &texts.package };
    Link { href: paths::package(case.entity.urn.as_str()), text: text.clone() }
}

/// The case's process, with its page.
fn process(desk: &Desk, case: &CaseView) -> Link {
    let source = desk.loaded().definitions.source(SourceKind::Process, &case.definition.id);
    Link {
        href: source.map_or_else(String::new, |source| paths::definition(&source.path)),
        text: desk.text(&case.definition.title).to_owned(),
    }
}

/// Who must act: roles, and people by name who have something in hand.
fn owner(desk: &Desk, case: &CaseView) -> String {
    let people = case.definition.awaits(&case.record).people;
    let people = people.into_iter().map(|person| people::title(desk, person));
    let roles = Some(desk.roles(case.awaits())).filter(|roles| !roles.is_empty());
    roles.into_iter().chain(people).collect::<Vec<_>>().join(&desk.words().show.and)
}

/// The clocks that run or stand, and how their deadlines were counted; of a case without, how the last one was.
fn clocks(desk: &Desk, case: &CaseView, now: Instant) -> (Vec<RunningClock>, Vec<Deadline>) {
    let shown = clock::shown(case);
    let mut explained: Vec<_> = shown.iter().map(|((_, _, due), _)| *due).collect();
    if explained.is_empty() {
        explained.extend(case.clocks.last().map(|(.., due)| due));
    }
    let href = |at: usize| if at == 0 { "#deadline".to_owned() } else { format!("#deadline-{}", at + 1) };
    let running = shown.iter().enumerate().map(|(at, (live, kind))| RunningClock {
        title: Some(desk.text(&live.2.derivation.title).to_owned()),
        promised: *kind == ClockKind::Promised,
        clock: clock::lit(desk, case, *live, now),
        href: Some(href(at)),
    });
    let ended = case.ended().then(|| RunningClock {
        title: None,
        promised: false,
        clock: clock::done(),
        href: (!explained.is_empty()).then(|| href(0)),
    });
    let deadlines = explained.iter().map(|due| deadline::deadline(desk, case, due)).collect();
    (ended.into_iter().chain(running).collect(), deadlines)
}

/// The case that waits next for whoever is signed in, by time left.
fn next(desk: &Desk, done: &CaseView) -> Option<Link> {
    let list = desk.kernel().inbox(desk.actor.as_ref()?, InboxTab::Mine, 0).ok()?;
    let other = list.rows.into_iter().map(|row| row.case).find(|case| case.entity.urn != done.entity.urn)?;
    let text = format!("{} · {}", about::named(desk, &other), about::matter(desk, &other));
    Some(Link { href: paths::case(other.entity.urn.as_str()), text })
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
        After::Nothing | After::Correcting(_) => None,
        After::Done(sequence) => {
            let step = step(*sequence)?;
            let receipt = Link { href: paths::receipt(*sequence), text: sequence.to_string() };
            Some(Notice::Done { act: trail::act_title(desk, case, step), receipt, next: next(desk, case) })
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
