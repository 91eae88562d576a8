//! The same acts for programs: what a page shows as HTML is here as JSON, under the same session and the same rights.
//!
//! Refusals are problem documents (RFC 9457) whose `code` is stable; `title` is for people, in the language asked for.
//! A form needs its token; a JSON body does not, because another site cannot send one without asking first (CORS).

pub(super) mod boards;
pub(super) mod connectors;
pub(super) mod datasets;
pub(super) mod definitions;
pub(super) mod devices;
pub(in crate::routes) mod json;
pub(super) mod oversight;
mod people;
pub(super) mod series;
pub(super) mod services;

use super::Web;
use super::case::urn_of;
use super::desk::Desk;
use super::error::{Fault, why};
use super::extract::{Asked, Segment, Visit};
use super::fields;
use crate::routes::interface::{Interface, Operation};
use crate::routes::ngsi;
use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::JsonRejection;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kernel::{CaseBeginning, InboxTab, Refusal, Submission};
use model::{Name, Urn};
use proof::CommandId;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

/// Longest idempotency key in bytes.
const KEY_BYTES_MAX: usize = 128;

/// The addresses.
pub(super) fn routes(interface: Interface) -> Interface {
    let interface = oversight::routes(people::routes(services::routes(boards_and_datasets(interface))));
    let interface = series::routes(devices::routes(connectors::routes(interface)));
    interface
        .at(
            "/api/v1/sessions",
            [Operation::post("signIn", "Signs in: login and password for a token.").body::<Credentials>()],
            post(ngsi::session),
        )
        .at(
            "/api/v1/cases",
            [Operation::get(
                "listCases",
                "A page of the inbox; with `q`, of the cases that may be read and of which it holds.",
            )
            .signed_in()
            .query("tab", "mine, open or closed.")
            .query("page", "From 0.")
            .query("q", "A condition in the language of packs, as `division = '140214'`.")
            .query("process", "Whose cases `q` asks for: then it may name their own attributes.")],
            get(cases),
        )
        .at(
            "/api/v1/cases/{urn}",
            [Operation::get("getCase", "A case with its clocks, what may be done, and what happened.")
                .signed_in()],
            get(case),
        )
        .at(
            "/api/v1/cases/{urn}/acts/{act}",
            [Operation::post("act", "Does an act of a case.").signed_in().keyed().body::<Sent>()],
            post(act),
        )
        .at(
            "/api/v1/processes/{process}/cases",
            [Operation::post("begin", "Begins a case.").signed_in().keyed().body::<Begun>()],
            post(begin),
        )
}

fn boards_and_datasets(interface: Interface) -> Interface {
    interface
        .at(
            "/api/v1/boards",
            [Operation::get("listBoards", "Boards that may be looked at.").signed_in()],
            get(boards::list),
        )
        .at(
            "/api/v1/boards/{board}",
            [Operation::get("getBoard", "Its figures now, and what is behind them.").signed_in()],
            get(boards::show),
        )
        .at(
            "/api/v1/datasets",
            [Operation::get("listDatasets", "The catalogue of open data.")],
            get(datasets::list),
        )
        .at(
            "/api/v1/datasets/{dataset}",
            [Operation::get("getDataset", "A dataset: terms, freshness, columns.")],
            get(datasets::show),
        )
}

/// Who signs in.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it tells the document what `POST /api/v1/sessions` reads")]
struct Credentials {
    login: String,
    password: String,
}

/// What a program sends with an act.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Sent {
    opinion: String,
    reason: Option<String>,
    measurement: Option<f64>,
    /// What the act's own fields hold.
    fields: serde_json::Map<String, serde_json::Value>,
    /// Photos and documents, each in Base64.
    photos: Vec<String>,
    documents: Vec<String>,
    /// Which assignment of a task is meant, where the person has several.
    assignment: Option<u16>,
    /// On a correction: the entry of the act that it corrects.
    corrects: Option<u64>,
    /// The version that was seen; without it nobody can be told that another was first.
    seen: Option<u64>,
}

/// What a program sends to begin a case.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Begun {
    /// What it is about: a URN, or `<Type>:<id>`.
    about: Option<String>,
    fields: serde_json::Map<String, serde_json::Value>,
}

/// Which list.
#[derive(Default, Deserialize)]
pub(super) struct List {
    #[serde(default)]
    tab: Option<String>,
    #[serde(default)]
    page: Option<u32>,
    /// A condition on the attributes of cases, in the language of packs.
    #[serde(default)]
    q: Option<String>,
    /// Whose cases `q` asks for: then it may name their own attributes.
    #[serde(default)]
    process: Option<String>,
}

/// `GET /api/v1/cases`: a page of the inbox. `tab` is `mine`, `open` or `closed`.
///
/// With `q`, a page of the cases that may be read and of which it holds, by time left; `tab` may be `open` or `closed`.
pub(super) async fn cases(web: Web, visit: Visit, asked: Asked<List>) -> Response {
    let list = asked.map(|query| query.0).unwrap_or_default();
    web.0.answer(visit, move |desk| Ok(reply(desk, inbox(desk, &list)))).await
}

/// `GET /api/v1/cases/{urn}`: a case with its clocks, what may be done, and what happened. Its `ETag` is the version.
pub(super) async fn case(web: Web, visit: Visit, urn: Segment) -> Response {
    let make = move |desk: &Desk| {
        let shown = urn_of(urn).and_then(|urn| {
            let case = desk.kernel().case(&urn, desk.signed_in()?)?;
            let version = case.entity.version;
            Ok((version, json::case(desk, &case, &desk.kernel().trail(&urn)?)))
        });
        Ok(match shown {
            Ok((version, shown)) => ([(ETAG, format!("\"{version}\""))], Json(shown)).into_response(),
            Err(fault) => problem(desk, fault),
        })
    };
    web.0.answer(visit, make).await
}

/// `POST /api/v1/cases/{urn}/acts/{act}`: an act. `Idempotency-Key` makes a repeat the same command; `If-Match` has the `ETag`
/// of the case as it was seen, as `seen` in the body has.
pub(super) async fn act(
    web: Web,
    visit: Visit,
    path: Segment<(String, String)>,
    headers: HeaderMap,
    body: Result<Json<Sent>, JsonRejection>,
) -> Response {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    let tag = headers.get(IF_MATCH).and_then(|tag| tag.to_str().ok());
    let matched = tag.filter(|tag| *tag != "*").map(|tag| tag.trim_matches('"').parse::<u64>());
    let make = move |desk: &Desk| {
        let body = body.map(|Json(sent)| {
            let seen = matched.as_ref().and_then(|matched| matched.as_ref().ok()).copied();
            Json(Sent { seen: sent.seen.or(seen), ..sent })
        });
        let done = match &matched {
            Some(Err(_)) => Err(Fault::Form(StatusCode::BAD_REQUEST)),
            _ => submit(desk, path, key.as_deref(), body),
        };
        Ok(reply(desk, done))
    };
    web.0.answer(visit, make).await
}

/// `POST /api/v1/processes/{process}/cases`: begins a case.
pub(super) async fn begin(
    web: Web,
    visit: Visit,
    process: Segment,
    headers: HeaderMap,
    body: Result<Json<Begun>, JsonRejection>,
) -> Response {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    web.0.answer(visit, move |desk| Ok(reply(desk, begun(desk, process, key.as_deref(), body)))).await
}

fn inbox(desk: &Desk, list: &List) -> Result<serde_json::Value, Fault> {
    let actor = desk.signed_in()?;
    let tab = match list.tab.as_deref() {
        None if list.q.is_some() => None,
        None | Some("mine") => Some(InboxTab::Mine),
        Some("open") => Some(InboxTab::Open),
        Some("closed") => Some(InboxTab::Closed),
        Some(_) => return Err(Fault::NothingHere),
    };
    let page = match (tab, &list.q) {
        (Some(tab), None) => desk.kernel().inbox(actor, tab, list.page.unwrap_or_default())?,
        (tab, q) => {
            let process =
                list.process.as_deref().map(Name::new).transpose().map_err(|_| Fault::NothingHere)?;
            let asked = desk.kernel().case_filter(process.as_ref(), q.as_deref().unwrap_or("true"))?;
            desk.kernel().cases_within(actor, tab, asked, list.page.unwrap_or_default())?
        }
    };
    let rows: Vec<_> = page.rows.iter().map(|row| json::summary(desk, &row.case)).collect();
    Ok(json!({ "cases": rows, "total": page.total, "overdue": page.overdue, "more": page.more }))
}

fn submit(
    desk: &Desk,
    path: Segment<(String, String)>,
    key: Option<&str>,
    body: Result<Json<Sent>, JsonRejection>,
) -> Result<serde_json::Value, Fault> {
    let actor = desk.signed_in()?;
    let Path((urn, act)) = path.map_err(|_| Fault::NothingHere)?;
    let urn = Urn::new(urn).map_err(|_| Fault::NothingHere)?;
    let Json(sent) = body.map_err(|rejection| Fault::Form(rejection.status()))?;
    let act = Name::new(act).map_err(|_| Fault::NothingHere)?;
    let case = desk.kernel().case(&urn, actor)?;
    let asked = case.definition.action(&act).map(|action| action.fields.as_slice()).unwrap_or_default();
    let submission = Submission {
        seen: sent.seen,
        opinion: sent.opinion.replace("\r\n", "\n"),
        reason: sent.reason.and_then(|reason| Name::new(reason).ok()),
        measurement: sent.measurement,
        fields: fields::from_json(asked, sent.fields),
        photos: enclosures(&sent.photos)?,
        documents: enclosures(&sent.documents)?,
        assignment: sent.assignment,
        corrects: sent.corrects,
        ..Submission::new(command(desk, actor.urn.as_str(), key)?, act)
    };
    let done = desk.kernel().act(actor, &urn, &submission)?;
    Ok(
        json!({ "entry": done.sequence, "repeated": done.repeated, "receipt": crate::paths::receipt_file(done.sequence) }),
    )
}

fn begun(
    desk: &Desk,
    process: Segment,
    key: Option<&str>,
    body: Result<Json<Begun>, JsonRejection>,
) -> Result<serde_json::Value, Fault> {
    let actor = desk.signed_in()?;
    let process = process.ok().and_then(|Path(id)| Name::new(id).ok()).ok_or(Fault::NothingHere)?;
    let Json(sent) = body.map_err(|rejection| Fault::Form(rejection.status()))?;
    let definition = desk.loaded().definitions.processes.get(&process).map(|(_, definition)| definition);
    let asked =
        definition.and_then(|definition| definition.begin.as_ref()).map(|begin| begin.fields.as_slice());
    let about = sent.about.map(|about| fields::reference(&about).ok_or(Fault::NothingHere)).transpose()?;
    let beginning = CaseBeginning {
        command: command(desk, actor.urn.as_str(), key)?,
        process,
        about,
        fields: fields::from_json(asked.unwrap_or_default(), sent.fields),
    };
    let (done, case) = desk.kernel().begin(actor, &beginning)?;
    let receipt = crate::paths::receipt_file(done.sequence);
    Ok(
        json!({ "case": case.as_str(), "entry": done.sequence, "repeated": done.repeated, "receipt": receipt }),
    )
}

/// Files out of their Base64.
fn enclosures(all: &[String]) -> Result<Vec<Vec<u8>>, Fault> {
    let decode =
        |text: &String| proof::from_base64(text).ok_or(Fault::Form(StatusCode::UNPROCESSABLE_ENTITY));
    all.iter().map(decode).collect()
}

/// The command's id: what the program names, for this person alone; else a fresh one.
fn command(desk: &Desk, actor: &str, key: Option<&str>) -> Result<CommandId, Fault> {
    match key {
        None => Ok(CommandId(desk.state().chance.id())),
        Some(key) if key.is_empty() || key.len() > KEY_BYTES_MAX => {
            Err(Fault::Form(StatusCode::UNPROCESSABLE_ENTITY))
        }
        Some(key) => Ok(desk.kernel().command_id(&["api", actor, key])),
    }
}

/// A result as JSON, or a problem document.
pub(super) fn reply(desk: &Desk, made: Result<serde_json::Value, Fault>) -> Response {
    match made {
        Ok(value) => Json(value).into_response(),
        Err(fault) => problem(desk, fault),
    }
}

fn problem(desk: &Desk, fault: Fault) -> Response {
    if let Fault::Kernel(Refusal::Definitions(complaints)) = &fault {
        return complained(complaints);
    }
    let (status, code, detail) = match &fault {
        Fault::SignedOut | Fault::Expired => (StatusCode::UNAUTHORIZED, "signed-out", None),
        Fault::NothingHere => (StatusCode::NOT_FOUND, "not-found", None),
        Fault::Form(status) => (*status, "form", None),
        Fault::Kernel(refusal) => match why(refusal, desk, None) {
            Some(why) => (why.status, code(refusal), Some(format!("{} {}", why.because, why.next))),
            None => return fault.page(desk),
        },
        Fault::NotToBegin { .. }
        | Fault::FormToken
        | Fault::Template(_)
        | Fault::Json(_)
        | Fault::Tile(_)
        | Fault::Paper(_) => {
            return fault.page(desk);
        }
    };
    let body = json!({
        "type": "about:blank", "status": status.as_u16(), "code": code, "title": detail.as_deref().unwrap_or(code),
    });
    (status, [(CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

/// Definitions that cannot be taken, with every complaint where it belongs.
fn complained(complaints: &[pack::Complaint]) -> Response {
    let one = |complaint: &pack::Complaint| {
        let pack::Complaint { file, line, column, what, remedy } = complaint;
        json!({ "file": file, "line": line, "column": column, "what": what, "remedy": remedy })
    };
    let body = json!({
        "type": "about:blank", "status": 422, "code": "definitions", "title": format!("{} complaints", complaints.len()),
        "complaints": complaints.iter().map(one).collect::<Vec<_>>(),
    });
    let head = [(CONTENT_TYPE, "application/problem+json")];
    (StatusCode::UNPROCESSABLE_ENTITY, head, body.to_string()).into_response()
}

/// The stable code of a refusal.
fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::SignedOut => "signed-out",
        Refusal::SignIn { .. } => "sign-in",
        Refusal::NotAllowed { .. } => "role",
        Refusal::NotFound(_) => "not-found",
        Refusal::Overtaken { .. } => "overtaken",
        Refusal::Process(refusal) => refusal.code(),
        Refusal::Field { .. } => "field",
        Refusal::Erased(_) => "erased",
        Refusal::Dropped(_) => "dropped",
        Refusal::Definitions(_) => "definitions",
        Refusal::Unusable(_) | Refusal::Store(_) => "busy",
    }
}
