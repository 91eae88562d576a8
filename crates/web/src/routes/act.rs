//! An act on a case: a form in, one command to the kernel, and either its receipt or the case as it stands now.

use super::Web;
use super::case::{After, Attempt, page};
use super::desk::Desk;
use super::error::{Fault, Why, see, why};
use super::extract::{Segment, Sent, Visit};
use super::fields;
use crate::paths;
use crate::views::Typed;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Actor, Refusal, Submission};
use model::{Name, Urn, Value};
use process::Field;
use proof::CommandId;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// A filled-in form.
#[derive(Default, Deserialize)]
pub(super) struct Fields {
    #[serde(default)]
    command: String,
    #[serde(default)]
    seen: String,
    #[serde(default, alias = "token")]
    csrf: String,
    #[serde(default)]
    opinion: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    measurement: String,
    /// What the act's own fields hold, each under its name with a prefix.
    #[serde(flatten)]
    more: HashMap<String, String>,
}

pub(super) async fn send(
    web: Web,
    visit: Visit,
    path: Segment<(String, String)>,
    sent: Sent<Fields>,
) -> Response {
    let Ok(Path((urn, act))) = path else { return web.0.answer(visit, |_| Err(Fault::NothingHere)).await };
    // Whatever comes of it is a page of the case: the language switch must not post again.
    let visit = visit.at(paths::case(&urn));
    web.0.answer(visit, move |desk| submit(desk, urn, act, sent)).await
}

fn submit(desk: &Desk, urn: String, act: String, sent: Sent<Fields>) -> Result<Response, Fault> {
    let actor = match &sent {
        Ok(fields) => desk.sender(&fields.0.csrf)?,
        Err(rejection) => return Err(Fault::Form(rejection.status())),
    };
    let fields = sent.map(|fields| fields.0).unwrap_or_default();
    let urn = Urn::new(urn).map_err(|_| Fault::NothingHere)?;
    let act = Name::new(act).map_err(|_| Fault::NothingHere)?;
    let asked = desk.kernel().case(&urn, actor)?;
    let asked = asked.definition.action(&act).map(|action| action.fields.clone()).unwrap_or_default();
    let submission = match fields.submission(&act, &asked) {
        Ok(submission) => submission,
        Err(slip) => return again(desk, &urn, act, fields, &slip.why(desk), None),
    };
    let refusal = match desk.kernel().act(actor, &urn, &submission) {
        Ok(done) if done.repeated && !is_this(desk, &urn, done.sequence, actor, &submission)? => {
            return again(desk, &urn, act, fields, &Slip::Used.why(desk), None);
        }
        Ok(done) => return Ok(see(&format!("{}?done={}", paths::case(urn.as_str()), done.sequence))),
        Err(refusal) => refusal,
    };
    let overtaken_by = match &refusal {
        Refusal::Overtaken { sequence, .. } => Some(*sequence),
        _ => None,
    };
    let case = desk.kernel().case(&urn, actor)?;
    match why(&refusal, desk, Some(&case.definition)) {
        Some(why) => again(desk, &urn, act, fields, &why, overtaken_by),
        None => Err(refusal.into()),
    }
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
        step.actor == actor.urn
            && step.act == submission.act
            && said("opinion") == submission.opinion.trim()
            && said("reason") == submission.reason.as_ref().map_or("", Name::as_str)
            && step.note.get("measurement").and_then(Value::as_number) == submission.measurement
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
    fields: Fields,
    why: &Why,
    overtaken_by: Option<u64>,
) -> Result<Response, Fault> {
    let error =
        crate::texts::fill(&desk.words().refused.not_done, &[("because", &why.because), ("next", &why.next)]);
    let Fields { opinion, reason, measurement, more, .. } = fields;
    let typed = Typed { opinion, reason, measurement, fields: more };
    let attempt = Attempt { act, typed, error, overtaken_by };
    desk.html_as(why.status, &page(desk, urn, &After::Refused(attempt), None)?)
}

/// What is wrong with a form before the kernel has seen it.
enum Slip {
    /// A hidden field is missing or damaged.
    Form,
    /// The measured value is no number.
    Number,
    /// The form was sent before, with other contents.
    Used,
}

impl Slip {
    fn why(&self, desk: &Desk) -> Why {
        let texts = &desk.words().refused;
        let (status, because, next) = match self {
            Self::Form => (StatusCode::UNPROCESSABLE_ENTITY, &texts.because_form, &texts.next_look),
            Self::Number => (StatusCode::UNPROCESSABLE_ENTITY, &texts.because_not_a_number, &texts.next_fill),
            Self::Used => (StatusCode::CONFLICT, &texts.because_used, &texts.next_look),
        };
        Why { status, because: because.clone(), next: next.clone() }
    }
}

impl Fields {
    fn submission(&self, act: &Name, asked: &[Field]) -> Result<Submission, Slip> {
        let measurement = match self.measurement.trim() {
            "" => None,
            number => {
                Some(number.parse::<f64>().ok().filter(|number| number.is_finite()).ok_or(Slip::Number)?)
            }
        };
        Ok(Submission {
            fields: fields::from_form(asked, &self.more),
            // Every page states the version it shows: without it nobody could be told that another was first.
            seen: Some(self.seen.parse().map_err(|_| Slip::Form)?),
            // Browsers send line ends as CR LF; the log keeps one form.
            opinion: self.opinion.replace("\r\n", "\n"),
            reason: Name::new(self.reason.as_str()).ok(),
            measurement,
            ..Submission::new(CommandId::parse(&self.command).ok_or(Slip::Form)?, act.clone())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(measurement: &str) -> Fields {
        Fields {
            command: "00112233445566778899aabbccddeeff".to_owned(),
            seen: "7".to_owned(),
            opinion: "a\r\nb".to_owned(),
            measurement: measurement.to_owned(),
            ..Fields::default()
        }
    }

    #[test]
    fn a_form_becomes_a_submission() {
        let act = Name::new("confirm").unwrap();
        let submission = fields(" 36.5 ").submission(&act, &[]).ok().unwrap();
        assert_eq!((submission.seen, submission.measurement), (Some(7), Some(36.5)));
        assert_eq!((submission.opinion.as_str(), submission.reason), ("a\nb", None));
        assert_eq!(fields("").submission(&act, &[]).ok().unwrap().measurement, None);
    }

    #[test]
    fn slips_are_told_apart() {
        let act = Name::new("confirm").unwrap();
        for wrong in ["thirty", "NaN", "inf", "3,5"] {
            assert!(matches!(fields(wrong).submission(&act, &[]), Err(Slip::Number)), "{wrong}");
        }
        let damaged = Fields { command: "xyz".to_owned(), ..fields("") };
        assert!(matches!(damaged.submission(&act, &[]), Err(Slip::Form)));
        let unseen = Fields { seen: String::new(), ..fields("") };
        assert!(matches!(unseen.submission(&act, &[]), Err(Slip::Form)));
    }
}
