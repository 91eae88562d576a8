//! Leads of the audit: what an auditor found about a look that no case led to.

use super::desk::Desk;
use super::error::{Fault, see, why};
use super::extract::Visit;
use super::upload::{self, Filled};
use super::{Web, oversight};
use crate::paths;
use crate::views::{ActLine, LeadRow, Link};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{ActQuery, Actor, Kernel, Verdict};
use proof::CommandId;

/// Leads that are listed.
const LEADS: usize = 10;

/// `POST /audit/leads`.
pub(super) async fn send(web: Web, visit: Visit, request: Request) -> Response {
    let sent = upload::plain(request).await;
    web.0.answer(visit.at(paths::AUDIT), move |desk| submit(desk, &sent?)).await
}

fn submit(desk: &Desk, filled: &Filled) -> Result<Response, Fault> {
    let actor = desk.sender(filled.text("csrf"))?;
    let malformed = || Fault::Form(StatusCode::UNPROCESSABLE_ENTITY);
    let command = CommandId::parse(filled.text("command")).ok_or_else(malformed)?;
    let lead: u64 = filled.text("lead").parse().map_err(|_| malformed())?;
    let verdict = Verdict::of(filled.text("verdict")).ok_or_else(malformed)?;
    let judged = desk.kernel().judge_lead(actor, command, lead, (verdict, filled.text("reason")));
    let Err(refusal) = judged else { return Ok(see(&format!("{}#h-leads", paths::AUDIT))) };
    match why(&refusal, desk, None).filter(|why| why.status != StatusCode::FORBIDDEN) {
        Some(why) => oversight::with_error(desk, why.status, why.because),
        None => Err(refusal.into()),
    }
}

/// The latest leads, each with what was found, or with the form that says so.
pub(super) fn rows(desk: &Desk, actor: &Actor) -> Result<Vec<LeadRow>, Fault> {
    let kernel = desk.kernel();
    let acts = Kernel::lead_acts()?;
    let asked = ActQuery { by: None, about: None, acts, before: u64::MAX, limit: LEADS };
    let row = |act: &kernel::ActRow| {
        let found = kernel.lead(actor, act.sequence)?;
        let texts = &desk.words().audit;
        let line: ActLine = oversight::line(desk, act);
        let own = act.actor == actor.urn;
        Ok(LeadRow {
            line,
            lead: act.sequence,
            command: (found.is_none() && !own).then(|| proof::hex(&desk.state().chance.id())),
            found: found.map(|found| {
                let verdict = match found.verdict {
                    Verdict::Explained => &texts.explained,
                    Verdict::Referred => &texts.referred,
                };
                let told = format!(
                    "{verdict}: {} · {} · {}",
                    found.reason,
                    desk.text(&found.by),
                    desk.minute(found.at)
                );
                let entry = Link { href: paths::receipt(found.sequence), text: found.sequence.to_string() };
                (told, entry)
            }),
        })
    };
    kernel.acts(actor, &asked)?.rows.iter().map(row).collect()
}
