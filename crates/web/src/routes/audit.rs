//! Auditing a series: the hours shown on a source's page are confirmed, but for those that are left out.

use super::case::urn_of;
use super::desk::Desk;
use super::error::{Fault, why};
use super::extract::{Segment, Visit};
use super::source::{self, Query, hour_of};
use super::upload::{self, Filled};
use super::{Web, Work};
use crate::paths;
use crate::views::{AuditForm, Hour};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kernel::{Numbered, Power, Refusal, SeriesAudit, SourceView};
use model::{Edition, Instant, Name};
use proof::CommandId;
use std::collections::BTreeSet;

/// Begins the name of the box by which an hour is left out.
const WITHOUT: &str = "without-";

/// The form under the cleaned hours, for those who may audit them.
pub(super) fn form(
    desk: &Desk,
    source: &SourceView,
    series: &Numbered,
    hours: &[Hour],
    count: i64,
) -> Option<AuditForm> {
    let actor = desk.actor.as_ref()?;
    let counting: Vec<&Hour> = hours.iter().filter(|hour| hour.counts()).collect();
    if counting.is_empty() || !desk.kernel().has(actor, Power::AuditSeries) {
        return None;
    }
    let boxes =
        counting.iter().map(|hour| (format!("{WITHOUT}{}", hour.start.micros()), hour.interval.to_string()));
    Some(AuditForm {
        post: paths::audits(source.entity.urn.as_str()),
        command: proof::hex(&desk.state().chance.id()),
        series: series.key.attribute.to_string(),
        hours: count,
        from: hours.first()?.start.micros(),
        to: hours.last()?.start.plus_secs(series.key.period.secs()).micros(),
        boxes: boxes.collect(),
    })
}

/// `POST /sources/{urn}/audits`.
pub(super) async fn send(web: Web, visit: Visit, urn: Segment, request: Request) -> Response {
    let sent = upload::read(&web.0, &visit, request).await;
    let at = urn.as_ref().map_or_else(|_| paths::SOURCES.to_owned(), |urn| paths::source(urn));
    web.0.answer_as(Work::Page, visit.at(at), move |desk| submit(desk, urn, &sent?)).await
}

fn submit(desk: &Desk, urn: Segment, filled: &Filled) -> Result<Response, Fault> {
    let wrong = || Fault::Form(StatusCode::UNPROCESSABLE_ENTITY);
    let actor = desk.sender(filled.text("csrf"))?;
    let source = urn_of(urn)?;
    let command = CommandId::parse(filled.text("command")).ok_or_else(wrong)?;
    let series = Name::new(filled.text("series")).map_err(|_| wrong())?;
    let at = |text: &str| text.parse().map(Instant::from_micros).map_err(|_| wrong());
    let left_out = filled.texts.keys().filter_map(|field| field.strip_prefix(WITHOUT));
    let audit = SeriesAudit {
        from: at(filled.text("from"))?,
        to: hour_of(desk, at(filled.text("to"))?.min(desk.kernel().now())),
        opinion: filled.text("opinion").to_owned(),
        without: left_out.map(at).collect::<Result<BTreeSet<_>, _>>()?,
        ..SeriesAudit::default()
    };
    match desk.kernel().audit_series(actor, command, (&source, &series), &audit) {
        Ok(_) => {
            let there = paths::source_edition(source.as_str(), series.as_str(), Edition::Audited);
            Ok(Redirect::to(&there).into_response())
        }
        Err(refusal) => refused(desk, &desk.kernel().source(&source)?, filled, refusal),
    }
}

fn refused(desk: &Desk, source: &SourceView, filled: &Filled, refusal: Refusal) -> Result<Response, Fault> {
    let because = match &refusal {
        Refusal::Field { what, .. } => desk.text(what).to_owned(),
        _ => why(&refusal, desk, None).ok_or(refusal)?.because,
    };
    let text = |field: &str| Some(filled.text(field).to_owned());
    let query = Query {
        hours: text("hours"),
        series: text("series"),
        edition: Some(Edition::Cleaned.as_str().to_owned()),
        ..Query::default()
    };
    let page = source::page(desk, source, &query, Some(because))?;
    desk.html_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
