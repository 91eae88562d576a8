//! Where anyone pastes a receipt and is told, step by step, whether it holds.

use super::Web;
use super::desk::Desk;
use super::error::Fault;
use super::extract::{Sent, Visit};
use super::receipt::act_title;
use crate::paths;
use crate::views::{CheckStep, Link, Outcome, Verify};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::ReceiptState;
use proof::{Receipt, ReceiptError, Verified};
use serde::Deserialize;

#[derive(Default, Deserialize)]
pub(super) struct Fields {
    #[serde(default)]
    receipt: String,
}

pub(super) async fn show(web: Web, visit: Visit) -> Response {
    web.0.answer(visit, |desk| page(desk, StatusCode::OK, String::new(), None)).await
}

pub(super) async fn check(web: Web, visit: Visit, sent: Sent<Fields>) -> Response {
    web.0.answer(visit.at(paths::VERIFY), move |desk| verdict(desk, sent)).await
}

fn verdict(desk: &Desk, sent: Sent<Fields>) -> Result<Response, Fault> {
    let pasted = sent.map_err(|rejection| Fault::Form(rejection.status()))?.0.receipt;
    let outcome = match serde_json::from_str::<Receipt>(pasted.trim().trim_start_matches('\u{feff}')) {
        Ok(receipt) => outcome(desk, desk.kernel().check_receipt(&receipt)?),
        Err(_) => Outcome::NotValid { step: CheckStep::Form },
    };
    page(desk, StatusCode::OK, pasted, Some(outcome))
}

fn page(
    desk: &Desk,
    status: StatusCode,
    pasted: String,
    outcome: Option<Outcome>,
) -> Result<Response, Fault> {
    let key = desk.kernel().verify_key().to_text();
    desk.html_as(status, &Verify { page: desk.page(), pasted, outcome, key })
}

fn outcome(desk: &Desk, state: ReceiptState) -> Outcome {
    match state {
        ReceiptState::Kept(verified) => valid(desk, &verified),
        ReceiptState::Voided { verified, epoch, restored } => {
            // The first entry after those taken over is the restore itself.
            let at = desk.kernel().entry(restored).map(|entry| desk.minute(entry.leaf.committed));
            let at = at.unwrap_or_else(|_| "—".to_owned());
            Outcome::Voided { entry: verified.leaf.sequence, at, epoch, restored_size: restored }
        }
        ReceiptState::Contradicted(verified) => {
            tracing::error!(sequence = verified.leaf.sequence, "a receipt contradicts this log");
            desk.kernel().counters().add("receipt", "contradicted");
            Outcome::Contradicted { entry: verified.leaf.sequence, size: verified.head.size }
        }
        ReceiptState::Invalid(error) => Outcome::NotValid { step: step(&error) },
    }
}

fn valid(desk: &Desk, verified: &Verified) -> Outcome {
    let entry = verified.leaf.sequence;
    Outcome::Valid {
        entry,
        size: verified.head.size,
        when: desk.zone().second(verified.leaf.committed),
        act: act_title(desk, &verified.leaf.act, &verified.leaf.ground),
        receipt: Some(Link { href: paths::receipt(entry), text: entry.to_string() }),
    }
}

fn step(error: &ReceiptError) -> CheckStep {
    match error {
        ReceiptError::Form(_) => CheckStep::Form,
        ReceiptError::Leaf(_) => CheckStep::Leaf,
        ReceiptError::Items => CheckStep::Items,
        ReceiptError::Opening => CheckStep::Openings,
        ReceiptError::Head(_) => CheckStep::Head,
        ReceiptError::Scope => CheckStep::Scope,
        ReceiptError::Inclusion => CheckStep::Inclusion,
    }
}
