//! How an entity's series went (clause 6.19): the raw edition, values that count.

use super::{Answer, answer, refused, urn};
use crate::routes::Web;
use axum::extract::{Path, Request};
use axum::response::Response;
use kernel::{NOW, Part, ROWS_MAX};
use model::{Edition, Flag, Instant};
use ngsi_ld::Problem;
use serde_json::{Map, Value as Json, json};

/// Days that are told when nothing is asked.
const DAYS: i64 = 7;
const DAY_SECS: i64 = 86_400;
/// Values of one attribute in an answer, if nothing is said.
const LAST: u32 = 1000;

pub(super) async fn show(web: Web, Path(id): Path<String>, request: Request) -> Response {
    answer(web, request, move |desk, asked| {
        let urn = urn(&id)?;
        let seen = desk.kernel().context_entity(desk.actor.as_ref(), &urn);
        let seen = seen.map_err(|refusal| refused(desk, &refusal))?;
        let time = |key: &str| match asked.get(key) {
            None => Ok(None),
            Some(text) => Instant::parse(text)
                .map(Some)
                .map_err(|_| Problem::data(format!("`{key}` is a time, as 2026-11-27T08:00:00Z"))),
        };
        let (at, end) = (time("timeAt")?, time("endTimeAt")?);
        let now = desk.kernel().now();
        let (from, to) = match (asked.get("timerel"), at, end) {
            (None, None, None) => (now.plus_secs(-DAYS * DAY_SECS), now.plus_secs(DAY_SECS)),
            (Some("after"), Some(at), None) => (at, Instant::from_micros(i64::MAX)),
            (Some("before"), Some(at), None) => (Instant::from_micros(i64::MIN), at),
            (Some("between"), Some(at), Some(end)) => (at, end),
            _ => {
                return Err(Problem::data(
                    "`timerel` is after or before with timeAt, or between with timeAt and endTimeAt",
                ));
            }
        };
        let limit = match asked.get("lastN") {
            None => LAST,
            Some(text) => {
                let last = text.parse::<u32>().ok().filter(|last| (1..=ROWS_MAX).contains(last));
                last.ok_or_else(|| Problem::data(format!("`lastN` is a number from 1 to {ROWS_MAX}")))?
            }
        };
        let only: Option<Vec<&str>> = asked.get("attrs").map(|attrs| attrs.split(',').collect());
        let mut out = Map::new();
        out.insert("id".to_owned(), seen.urn.as_str().into());
        out.insert("type".to_owned(), seen.kind.as_str().into());
        // What has no series has no history here.
        let series = desk.kernel().source(&urn).map(|source| source.series).unwrap_or_default();
        for numbered in series {
            let id = &numbered.key.attribute;
            let shown = only.as_ref().is_none_or(|only| only.iter().any(|own| own.trim() == id.as_str()));
            let Some(held) = seen.attributes.get(id).filter(|_| shown) else { continue };
            let part = Part { edition: Edition::Raw, from, to, limit, before: NOW };
            let rows = desk.kernel().edition_rows(&seen, &numbered, part);
            let rows = rows.map_err(|refusal| refused(desk, &refusal))?;
            let counting = rows.iter().filter(|row| row.row.flag == Flag::NORMAL).map(|row| &row.row);
            let simplified =
                asked.has_option("temporalValues") || asked.get("format") == Some("temporalValues");
            let said = if simplified {
                let values = counting.map(|row| json!([row.value, row.observed.to_string()]));
                json!({ "type": "Property", "values": values.collect::<Vec<Json>>() })
            } else {
                let unit = held.attribute.unit.as_ref().map(|unit| Json::from(unit.as_str()));
                let instance = |row: &kernel::StoredRow| {
                    let mut instance = Map::new();
                    instance.insert("type".to_owned(), "Property".into());
                    instance.insert("value".to_owned(), row.value.into());
                    instance.insert("observedAt".to_owned(), row.observed.to_string().into());
                    instance.extend(unit.clone().map(|unit| ("unitCode".to_owned(), unit)));
                    Json::Object(instance)
                };
                Json::Array(counting.map(instance).collect())
            };
            out.insert(id.to_string(), said);
        }
        Ok(Answer::ok(Json::Object(out)))
    })
    .await
}
