//! An act on a case: a form in, one command to the kernel, and either its receipt or the case as it stands now.

use super::case::{After, Attempt, page};
use super::desk::Desk;
use super::error::{Fault, Why, see, why};
use super::extract::{Segment, Visit};
use super::sign_in::local;
use super::upload::{self, Filled};
use super::{Web, fields, forms};
use crate::paths;
use crate::views::Typed;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Actor, CaseView, Refusal, Submission, TrailEntry};
use model::{Name, Urn, Value};
use process::{Does, Field};
use proof::CommandId;
use std::collections::BTreeMap;

pub(super) async fn send(
    web: Web,
    visit: Visit,
    path: Segment<(String, String)>,
    request: Request,
) -> Response {
    let Ok(Path((urn, act))) = path else { return web.0.answer(visit, |_| Err(Fault::NothingHere)).await };
    // Whatever comes of it is a page of the case: the language switch must not post again.
    let visit = visit.at(paths::case(&urn));
    let sent = upload::read(&web.0, &visit, request).await;
    web.0.answer(visit, move |desk| submit(desk, urn, act, sent?)).await
}

fn submit(desk: &Desk, urn: String, act: String, mut filled: Filled) -> Result<Response, Fault> {
    let actor = desk.sender(filled.text("csrf"))?;
    let urn = Urn::new(urn).map_err(|_| Fault::NothingHere)?;
    let act = Name::new(act).map_err(|_| Fault::NothingHere)?;
    let case = desk.kernel().case(&urn, actor)?;
    let asked = asked(desk, &case, &act, &filled)?;
    let mut submission = match submission(&mut filled, &act, &asked) {
        Ok(submission) => submission,
        Err(slip) => return again(desk, &urn, act, filled, &slip.why(desk), None),
    };
    only_changes(&desk.kernel().trail(&urn)?, &mut submission);
    let refusal = match desk.kernel().act(actor, &urn, &submission) {
        Ok(done) if done.repeated && !is_this(desk, &urn, done.sequence, actor, &submission)? => {
            return again(desk, &urn, act, filled, &Slip::Used.why(desk), None);
        }
        Ok(done) => return Ok(see(&after(&urn, done.sequence, filled.text("back")))),
        Err(refusal) => refusal,
    };
    let overtaken_by = match &refusal {
        Refusal::Overtaken { sequence, .. } => Some(*sequence),
        _ => None,
    };
    let case = desk.kernel().case(&urn, actor)?;
    match why(&refusal, desk, Some(&case.definition)) {
        Some(why) => again(desk, &urn, act, filled, &why, overtaken_by),
        None => Err(refusal.into()),
    }
}

/// Where somebody goes when an act is done: back to the list from which it was done, or to the case.
fn after(case: &Urn, entry: u64, back: &str) -> String {
    let list = local(back.to_owned());
    list.unwrap_or_else(|| format!("{}?done={entry}", paths::case(case.as_str())))
}

/// The fields that an act asks for; a correction asks for those of the act that it corrects.
fn asked(desk: &Desk, case: &CaseView, act: &Name, filled: &Filled) -> Result<Vec<Field>, Fault> {
    let mut action = case.definition.action(act);
    if action.is_some_and(|action| action.does == Some(Does::Correct)) {
        let of = filled.text("corrects").parse::<u64>().ok();
        let trail = desk.kernel().trail(&case.entity.urn)?;
        let earlier = trail.iter().find(|step| Some(step.sequence) == of);
        action = earlier.and_then(|earlier| case.definition.action(&earlier.act));
        // What a correction leaves empty stays as it is.
        let fields = action.map(|action| action.fields.clone()).unwrap_or_default();
        return Ok(fields.into_iter().map(|field| Field { required: false, ..field }).collect());
    }
    Ok(action.map(|action| action.fields.clone()).unwrap_or_default())
}

/// A correction says what it changes, and not again what its form showed already when it was opened.
fn only_changes(trail: &[TrailEntry], submission: &mut Submission) {
    let shown = trail.partition_point(|step| submission.seen.is_none_or(|seen| step.sequence <= seen));
    let shown = trail.get(..shown).unwrap_or(trail);
    let step = shown.iter().find(|step| Some(step.sequence) == submission.corrects);
    let Some(said) = step.map(|step| forms::as_it_says(shown, step)) else { return };
    if submission.opinion.trim() == said.opinion.trim() {
        submission.opinion.clear();
    }
    submission.fields.retain(|id, value| {
        let before = said.fields.get(&format!("{}{id}", fields::PREFIX));
        fields::typed(value) != before.map_or("", String::as_str)
    });
}

/// Whether the entry that a command's first sending left is what this sending says. It is not when a page was brought
/// back by the browser and filled in anew: then nothing of it was recorded, and the person must know.
fn is_this(
    desk: &Desk,
    case: &Urn,
    sequence: u64,
    actor: &Actor,
    submission: &Submission,
) -> Result<bool, Fault> {
    let trail = desk.kernel().trail(case)?;
    let step = trail.iter().find(|step| step.sequence == sequence);
    Ok(step.is_some_and(|step| {
        let said = |key| step.note.get(key).and_then(Value::as_text).unwrap_or_default();
        let files = |key| step.note.get(key).map(Value::as_list).unwrap_or_default().len();
        step.actor == actor.urn
            && step.act == submission.act
            && said("opinion") == submission.opinion.trim()
            && said("reason") == submission.reason.as_ref().map_or("", Name::as_str)
            && step.note.get("measurement").and_then(Value::as_number) == submission.measurement
            && step.note.get("corrects").and_then(Value::as_int).map(i64::cast_unsigned)
                == submission.corrects
            && files("photos") == submission.photos.len()
            && files("documents") == submission.documents.len()
            && same_fields(step.note.get("fields"), &submission.fields)
    }))
}

/// Whether the entry has what was filled in; what was sealed cannot be compared.
fn same_fields(noted: Option<&Value>, given: &BTreeMap<Name, Value>) -> bool {
    given.iter().all(|(id, value)| {
        let noted = noted.and_then(|noted| noted.get(id.as_str()));
        matches!(noted, Some(Value::Sealed(_))) || noted == Some(value)
    })
}

/// The case as it stands now, with what was typed and why it was not done.
fn again(
    desk: &Desk,
    urn: &Urn,
    act: Name,
    filled: Filled,
    why: &Why,
    overtaken_by: Option<u64>,
) -> Result<Response, Fault> {
    let attempt = Box::new(attempt(desk, act, filled, why, overtaken_by));
    desk.html_as(why.status, &page(desk, urn, &After::Refused(attempt), None)?)
}

/// What was tried, and why it was not done.
pub(super) fn attempt(
    desk: &Desk,
    act: Name,
    filled: Filled,
    why: &Why,
    overtaken_by: Option<u64>,
) -> Attempt {
    let error =
        crate::texts::fill(&desk.words().refused.not_done, &[("because", &why.because), ("next", &why.next)]);
    let text = |name| filled.text(name).to_owned();
    let typed = Typed {
        opinion: text("opinion"),
        reason: text("reason"),
        measurement: text("measurement"),
        assignment: text("assignment"),
        corrects: filled.text("corrects").parse().ok(),
        fields: filled.texts,
    };
    let wrong = why.field.clone().map(|field| (field, why.because.clone()));
    Attempt { act, typed, error, wrong, overtaken_by }
}

/// What is wrong with a form before the kernel has seen it.
pub(super) enum Slip {
    /// A hidden field is missing or damaged.
    Form,
    /// The measured value is no number.
    Number,
    /// The form was sent before, with other contents.
    Used,
}

impl Slip {
    pub(super) fn why(&self, desk: &Desk) -> Why {
        let texts = &desk.words().refused;
        let (status, because, next) = match self {
            Self::Form => (StatusCode::UNPROCESSABLE_ENTITY, &texts.because_form, &texts.next_look),
            Self::Number => (StatusCode::UNPROCESSABLE_ENTITY, &texts.because_not_a_number, &texts.next_fill),
            Self::Used => (StatusCode::CONFLICT, &texts.because_used, &texts.next_look),
        };
        Why { status, because: because.clone(), next: next.clone(), field: None }
    }
}

/// What a form says; its files are taken out of it.
pub(super) fn submission(filled: &mut Filled, act: &Name, asked: &[Field]) -> Result<Submission, Slip> {
    let measurement = match filled.text("measurement").trim() {
        "" => None,
        number => Some(number.parse::<f64>().ok().filter(|number| number.is_finite()).ok_or(Slip::Number)?),
    };
    Ok(Submission {
        fields: fields::from_form(asked, &filled.texts),
        // Every page states the version it shows: without it nobody could be told that another was first.
        seen: Some(filled.text("seen").parse().map_err(|_| Slip::Form)?),
        // Browsers send line ends as CR LF; the log keeps one form.
        opinion: filled.text("opinion").replace("\r\n", "\n"),
        reason: Name::new(filled.text("reason")).ok(),
        measurement,
        assignment: filled.text("assignment").parse().ok(),
        corrects: filled.text("corrects").parse().ok(),
        photos: std::mem::take(&mut filled.photos),
        documents: std::mem::take(&mut filled.documents),
        ..Submission::new(CommandId::parse(filled.text("command")).ok_or(Slip::Form)?, act.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(changed: &[(&str, &str)]) -> Filled {
        let usual = [("command", "00112233445566778899aabbccddeeff"), ("seen", "7"), ("opinion", "a\r\nb")];
        let all = usual.iter().chain(changed);
        let texts = all.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Filled { texts, ..Filled::default() }
    }

    fn read(changed: &[(&str, &str)]) -> Result<Submission, Slip> {
        submission(&mut filled(changed), &Name::new("confirm").unwrap(), &[])
    }

    #[test]
    fn a_form_becomes_a_submission() {
        let given = [("measurement", " 36.5 "), ("assignment", "2"), ("corrects", "41")];
        let submission = read(&given).ok().unwrap();
        assert_eq!((submission.seen, submission.measurement), (Some(7), Some(36.5)));
        assert_eq!((submission.opinion.as_str(), submission.reason), ("a\nb", None));
        assert_eq!((submission.assignment, submission.corrects), (Some(2), Some(41)));
        assert_eq!(read(&[]).ok().unwrap().measurement, None);
    }

    #[test]
    fn slips_are_told_apart() {
        for wrong in ["thirty", "NaN", "inf", "3,5"] {
            assert!(matches!(read(&[("measurement", wrong)]), Err(Slip::Number)), "{wrong}");
        }
        assert!(matches!(read(&[("command", "xyz")]), Err(Slip::Form)));
        assert!(matches!(read(&[("seen", "")]), Err(Slip::Form)));
    }
}
