//! What may be done with a case now, as forms; and what others may.

use super::case::{After, Attempt};
use super::desk::Desk;
use super::{facts, fields, people, refused, show, standing, trail};
use crate::paths;
use crate::texts::fill;
use crate::views::{ActForm, Corrects, Field, Link, Measurement, OtherAct, Reason, Typed};
use kernel::{Actor, CaseView, TrailEntry};
use model::{Name, Value};
use pack::Document;
use process::{Action, Does, Need, Offer};
use std::collections::{BTreeSet, HashMap};

/// Earlier acts from which a correction chooses.
const CHOICES_MAX: usize = 40;

/// What this person may do.
pub(super) fn forms(
    desk: &Desk,
    case: &CaseView,
    steps: &[TrailEntry],
    offers: &[Offer<'_>],
    after: &After,
) -> Vec<ActForm> {
    let mine = offers.iter().filter(|offer| offer.refused.is_none());
    mine.filter_map(|offer| form(desk, case, steps, offer, after)).collect()
}

pub(super) fn form(
    desk: &Desk,
    case: &CaseView,
    steps: &[TrailEntry],
    offer: &Offer<'_>,
    after: &After,
) -> Option<ActForm> {
    let action = offer.action;
    let attempt = match after {
        After::Refused(attempt) if attempt.act == action.id => Some(&**attempt),
        _ => None,
    };
    let base = base(desk, case, offer, attempt);
    match &action.does {
        Some(Does::Correct) => correction(desk, case, steps, base, attempt, after),
        Some(Does::Void) => Some(ActForm { warning: Some(void_warning(desk, case)), ..base }),
        _ => Some(base),
    }
}

/// The documents that an act issues, as they would read now.
fn issues(desk: &Desk, case: &CaseView, action: &Action) -> Vec<Link> {
    let known = &desk.loaded().definitions.documents;
    let issued = action.fields.iter().filter_map(|field| known.get(field.document.as_ref()?));
    let draft = |document: &Document| Link {
        href: paths::draft(case.entity.urn.as_str(), document.id.as_str()),
        text: desk.text(&document.title).to_owned(),
    };
    issued.map(draft).collect()
}

fn base(desk: &Desk, case: &CaseView, offer: &Offer<'_>, attempt: Option<&Attempt>) -> ActForm {
    let action = offer.action;
    let to = action.to.as_ref().filter(|to| !case.record.at.contains(*to));
    let reasons = case.definition.reasons(action).into_iter();
    let need = |need| if action.needs.contains(&need) { Field::Required } else { Field::No };
    // The receipt's photo stands for the number of the outside system, or the number for the photo.
    let receives = action.does == Some(Does::Receive);
    let may_miss = |field: &process::Field| receives && field.id == *"number";
    let asked = action.fields.iter().filter(|field| field.document.is_none()).map(|field| {
        let required = field.required && !may_miss(field);
        process::Field { required, ..field.clone() }
    });
    let asked: Vec<process::Field> = asked.collect();
    let wrong = attempt.and_then(|attempt| attempt.wrong.as_ref());
    ActForm {
        title: desk.text(&action.title).to_owned(),
        post: paths::act(case.entity.urn.as_str(), action.id.as_str()),
        command: proof::hex(&desk.state().chance.id()),
        cases: Vec::new(),
        leads_to: to.and_then(|to| case.definition.stage(to)).map(|stage| desk.text(&stage.title).to_owned()),
        warning: None,
        corrects: None,
        opinion: if action.needs.contains(&Need::Opinion) { Field::Required } else { Field::Optional },
        reasons: reasons
            .map(|(id, title)| Reason { id: id.to_string(), title: desk.text(title).to_owned() })
            .collect(),
        assignments: assignments(desk, case, offer),
        measurement: action.needs.contains(&Need::Measurement).then(|| measurement(desk, case)),
        issues: issues(desk, case, action),
        fields: fields::form(
            desk,
            &case.definition.case,
            &asked,
            attempt.map(|attempt| &attempt.typed.fields),
            wrong,
        ),
        photos: if receives { Field::Optional } else { need(Need::Photo) },
        documents: need(Need::Document),
        typed: attempt.map(|attempt| attempt.typed.clone()).unwrap_or_default(),
        error: attempt.map(|attempt| attempt.error.clone()),
    }
}

/// The shares of the act's task from which this person must choose one.
fn assignments(desk: &Desk, case: &CaseView, offer: &Offer<'_>) -> Vec<Reason> {
    let task = match &offer.action.does {
        Some(Does::Task(task)) => Some(task),
        _ => offer.action.task.as_ref(),
    };
    let shares = case.record.tasks.iter();
    let shares = shares.filter(|share| Some(&share.task) == task && offer.choices.contains(&share.n));
    let choice = |share: &process::Assignment| {
        let slots = [("who", &*standing::whose(desk, share)), ("since", &desk.minute(share.since))];
        Reason { id: share.n.to_string(), title: fill(&desk.words().form.assignment_of, &slots) }
    };
    shares.map(choice).collect()
}

/// What is measured on site: the factor that the case is about.
fn measurement(desk: &Desk, case: &CaseView) -> Measurement {
    let (title, unit) = facts::factor(desk, case);
    let (factor, _) = show::factor_and_statistic(&title);
    let texts = &desk.words().show;
    let title = match factor {
        "" => texts.measurement.clone(),
        factor => fill(&texts.measured_on_site, &[("factor", factor)]),
    };
    Measurement { title, unit }
}

/// What undoing the last act means, before it is pressed.
fn void_warning(desk: &Desk, case: &CaseView) -> String {
    let Some(last) = &case.record.last else { return String::new() };
    let act = case.definition.action(&last.act).map_or(last.act.as_str(), |act| desk.text(&act.title));
    let slots = [("act", act), ("at", &*desk.minute(last.at)), ("who", &people::title(desk, &last.by))];
    fill(&desk.words().form.void_warning, &slots)
}

/// A correction first asks which act, and then has that act's own fields, with what they say now.
fn correction(
    desk: &Desk,
    case: &CaseView,
    steps: &[TrailEntry],
    base: ActForm,
    attempt: Option<&Attempt>,
    after: &After,
) -> Option<ActForm> {
    let choices = correctable(case, steps);
    let chosen = match (attempt, after) {
        (Some(attempt), _) => attempt.typed.corrects,
        (None, After::Correcting(entry)) => Some(*entry),
        (None, _) => None,
    };
    let said = |step: &TrailEntry| {
        let slots = [
            ("at", &*desk.minute(step.at)),
            ("who", desk.text(&step.actor_title)),
            ("act", &trail::act_title(desk, case, step)),
        ];
        fill(&desk.words().form.corrects_of, &slots)
    };
    let Some(step) = choices.iter().find(|step| Some(step.sequence) == chosen) else {
        let none = choices.is_empty();
        let choices = choices.iter().take(CHOICES_MAX);
        let choices: Vec<Reason> =
            choices.map(|step| Reason { id: step.sequence.to_string(), title: said(step) }).collect();
        let post = paths::case(case.entity.urn.as_str());
        let form = ActForm { corrects: Some(Corrects::Choose(choices)), post, ..base };
        return Some(form).filter(|_| !none);
    };
    let action = case.definition.action(&step.act)?;
    let optional = |field: &process::Field| process::Field { required: false, ..field.clone() };
    let asked: Vec<process::Field> = action.fields.iter().map(optional).collect();
    let typed = attempt.map_or_else(|| as_it_says(steps, step), |attempt| attempt.typed.clone());
    let wrong = attempt.and_then(|attempt| attempt.wrong.as_ref());
    Some(ActForm {
        corrects: Some(Corrects::Act { entry: step.sequence, what: said(step) }),
        fields: fields::form(desk, &case.definition.case, &asked, Some(&typed.fields), wrong),
        typed,
        ..base
    })
}

/// Acts of people that said something which can be corrected, the newest first.
fn correctable<'a>(case: &CaseView, steps: &'a [TrailEntry]) -> Vec<&'a TrailEntry> {
    let entry = |step: &TrailEntry| step.note.get("voids").and_then(Value::as_int).map(i64::cast_unsigned);
    let voided: BTreeSet<u64> = steps.iter().filter_map(entry).collect();
    let can = |step: &&TrailEntry| {
        let action = case.definition.action(&step.act);
        let plain = action.filter(|a| !matches!(a.does, Some(Does::Correct | Does::Void)));
        let said = step.note.get("opinion").and_then(Value::as_text).is_some();
        !voided.contains(&step.sequence) && plain.is_some_and(|a| said || !a.fields.is_empty())
    };
    steps.iter().rev().filter(can).collect()
}

/// What an act says now, with the corrections made since; what is sealed stays sealed.
pub(super) fn as_it_says(steps: &[TrailEntry], step: &TrailEntry) -> Typed {
    let of = |later: &&TrailEntry| {
        later.note.get("corrects").and_then(Value::as_int).map(i64::cast_unsigned) == Some(step.sequence)
    };
    let (mut opinion, mut texts) = (String::new(), HashMap::new());
    for told in [step].into_iter().chain(steps.iter().filter(of)) {
        if let Some(said) = told.note.get("opinion").and_then(Value::as_text) {
            said.clone_into(&mut opinion);
        }
        let Some(Value::Map(given)) = told.note.get("fields") else { continue };
        for (id, value) in given {
            texts.insert(format!("{}{id}", fields::PREFIX), fields::typed(value));
        }
    }
    Typed { opinion, fields: texts, corrects: Some(step.sequence), ..Typed::default() }
}

/// What others may do now.
pub(super) fn others(desk: &Desk, case: &CaseView, offers: &[Offer<'_>], actor: &Actor) -> Vec<OtherAct> {
    let theirs = offers.iter().filter_map(|offer| Some((offer.action, offer.refused.as_ref()?)));
    let other = |(action, refused): (&Action, &process::Refusal)| OtherAct {
        act: desk.text(&action.title).to_owned(),
        role: desk.roles(&action.by),
        why_not: why_not(desk, case, action, refused, actor),
    };
    theirs.map(other).collect()
}

fn why_not(
    desk: &Desk,
    case: &CaseView,
    action: &Action,
    refused: &process::Refusal,
    actor: &Actor,
) -> String {
    let texts = &desk.words().refused;
    let elsewhere = |roles: &[Name]| actor.grants.iter().any(|grant| roles.contains(&grant.role));
    match refused {
        // Whoever holds the role elsewhere is told that it does not reach here.
        process::Refusal::Role { roles } if elsewhere(roles) => texts.not_here.clone(),
        process::Refusal::Role { .. } => fill(&texts.only_role, &[("role", &desk.roles(&action.by))]),
        other => refused::because(desk, Some(&case.definition), other),
    }
}
