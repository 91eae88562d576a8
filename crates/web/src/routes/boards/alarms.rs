//! The alarms of a board: what rules have found and nobody has looked at yet comes first, each with its value, its limit and
//! what can be done at once.

use crate::paths;
use crate::routes::desk::Desk;
use crate::routes::error::Fault;
use crate::routes::extract::{Asked, Segment, Visit};
use crate::routes::headers::LIVE_POLICY;
use crate::routes::{Web, about, clock, facts, show};
use crate::views::{AlarmRow, Alarms, Link, Paging, QuickAct, TabLink};
use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::Response;
use kernel::{Actor, CaseView, InboxPage, InboxTab, Order, PAGE_ROWS, TrailEntry};
use model::{Filter, Name, Operator, Value};
use pack::Board;
use process::{Action, Definition, Offer};
use serde::Deserialize;

#[derive(Default, Deserialize)]
pub(in crate::routes) struct Query {
    tab: Option<String>,
    page: Option<String>,
}

/// Which alarms.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Raised,
    Open,
    Ended,
}

impl Tab {
    const ALL: [(Self, &str); 3] = [(Self::Open, "open"), (Self::Raised, "raised"), (Self::Ended, "ended")];

    fn of(word: Option<&str>) -> Self {
        Self::ALL.iter().find(|(_, own)| Some(*own) == word).map_or(Self::Open, |(tab, _)| *tab)
    }
}

/// `GET /boards/{board}/alarms`.
pub(in crate::routes) async fn list(web: Web, visit: Visit, id: Segment, asked: Asked<Query>) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    web.0.answer(visit, move |desk| page(desk, id, &query)).await
}

/// The process of a board's alarms, if it has any.
fn process<'a>(desk: &'a Desk, board: &Board) -> Option<&'a Definition> {
    Some(&desk.loaded().definitions.processes.get(board.alarms.as_ref()?)?.1)
}

/// The way to the alarms of a board, with how many nobody has looked at.
pub(super) fn link(desk: &Desk, reader: &Actor, board: &Board) -> Result<Option<Link>, Fault> {
    let Some(process) = process(desk, board) else { return Ok(None) };
    let raised = found(desk, reader, process, Tab::Raised, 0)?.total;
    let slots = [("n", &*raised.to_string())];
    let text = crate::texts::fill(&desk.words().board.to_alarms, &slots);
    Ok(Some(Link { href: paths::alarms(board.id.as_str()), text }))
}

fn found(desk: &Desk, reader: &Actor, process: &Definition, tab: Tab, page: u32) -> Result<InboxPage, Fault> {
    let field = |id: &str| Name::new(id).map_err(|_| Fault::NothingHere);
    let kind = Filter::Kind(process.case.clone());
    let kernel = desk.kernel();
    let found = match tab {
        Tab::Open => kernel.cases_within(reader, Some(InboxTab::Open), kind, page),
        Tab::Raised => {
            let value: Value = process.start.as_str().into();
            let raised = Filter::Compare { path: vec![field("stage")?], op: Operator::Eq, value };
            kernel.cases_within(reader, Some(InboxTab::Open), Filter::And(vec![kind, raised]), page)
        }
        Tab::Ended => {
            let ended = Filter::Not(Box::new(kernel.open_cases()?));
            let order = Order::By { path: vec![field("closedAt")?], descending: true };
            kernel.cases(reader, &Filter::And(vec![kind, ended]), &order, page)
        }
    };
    Ok(found?)
}

fn page(desk: &Desk, id: Segment, query: &Query) -> Result<Response, Fault> {
    let reader = desk.signed_in()?;
    let Path(id) = id.map_err(|_| Fault::NothingHere)?;
    let board = desk.loaded().definitions.boards.get(id.as_str()).ok_or(Fault::NothingHere)?;
    desk.kernel().may_read_board(board, reader)?;
    let process = process(desk, board).ok_or(Fault::NothingHere)?;
    let tab = Tab::of(query.tab.as_deref());
    let page = query.page.as_deref().and_then(|page| page.parse::<u32>().ok()).unwrap_or(1).max(1);
    let list = found(desk, reader, process, tab, page - 1)?;
    let own = paths::alarms(board.id.as_str());
    let mut cases: Vec<CaseView> = list.rows.into_iter().map(|row| row.case).collect();
    cases.sort_by_key(|case| !is_raised(case));
    let rows = cases.iter().map(|case| row(desk, reader, case, &own)).collect::<Result<_, _>>()?;
    let mut response = desk.html(&Alarms {
        page: desk.page(),
        board: Link { href: paths::board(board.id.as_str()), text: desk.text(&board.title).to_owned() },
        title: desk.text(&process.title).to_owned(),
        tabs: tabs(desk, reader, process, tab, &own)?,
        rows,
        paging: Paging::of(list.total as u64, u64::from(page), u64::from(PAGE_ROWS), |page| {
            format!("{own}?tab={}&page={page}", word(tab))
        }),
    })?;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(LIVE_POLICY));
    Ok(response)
}

fn word(tab: Tab) -> &'static str {
    Tab::ALL.iter().find(|(own, _)| *own == tab).map_or("", |(_, word)| word)
}

fn tabs(
    desk: &Desk,
    reader: &Actor,
    process: &Definition,
    current: Tab,
    own: &str,
) -> Result<Vec<TabLink>, Fault> {
    let texts = &desk.words().board;
    let one = |(tab, word): (Tab, &str)| {
        let title = match tab {
            Tab::Open => &texts.alarms_open,
            Tab::Raised => &texts.alarms_raised,
            Tab::Ended => &texts.alarms_ended,
        };
        let count = found(desk, reader, process, tab, 0)?.total as u64;
        let href = format!("{own}?tab={word}");
        Ok(TabLink { title: title.clone(), href, count, current: tab == current })
    };
    Tab::ALL.into_iter().map(one).collect()
}

fn is_raised(case: &CaseView) -> bool {
    case.record.at.contains(&case.definition.start)
}

fn row(desk: &Desk, reader: &Actor, case: &CaseView, own: &str) -> Result<AlarmRow, Fault> {
    let kernel = desk.kernel();
    let steps = kernel.trail(&case.entity.urn)?;
    let measured = facts::facts(desk, case, &steps).measured;
    let (value, limit) = match &measured {
        Some(measured) => {
            let value = measured.values.first().map_or("", |fact| &fact.value);
            let limit = measured.limit.as_ref().map_or("", |limit| &limit.value);
            (format!("{value} {}", measured.unit), limit.to_owned())
        }
        None => Default::default(),
    };
    let offers = kernel.offers(case, &reader.urn).unwrap_or_default();
    let quick = offers.iter().find(|offer| offer.refused.is_none() && asks_nothing(case, offer));
    let seen = case.entity.version;
    Ok(AlarmRow {
        clock: clock::light(desk, case, kernel.now()),
        raised: is_raised(case),
        stage: show::stages(desk, case),
        case: Link { href: paths::case(case.entity.urn.as_str()), text: about::matter(desk, case) },
        level: level(desk, case, &steps),
        source: about::about(desk, case).map(|about| about.what),
        place: desk.division(&case.scope.division),
        value,
        limit,
        since: steps.first().map(|step| desk.minute(step.at)).unwrap_or_default(),
        repeated: steps.iter().filter(|step| step.act == *"tell").count() as u64,
        quick: quick.map(|offer| QuickAct {
            id: format!("do-{}", show::tail(case.entity.urn.as_str())),
            title: desk.text(&offer.action.title).to_owned(),
            post: paths::act(case.entity.urn.as_str(), offer.action.id.as_str()),
            command: proof::hex(&desk.state().chance.id()),
            seen,
            back: own.to_owned(),
        }),
    })
}

/// Whether an act can be done with one press: nothing is to be filled in or chosen, and nothing is decided by it yet.
fn asks_nothing(case: &CaseView, offer: &Offer<'_>) -> bool {
    let action: &Action = offer.action;
    action.needs.is_empty()
        && action.fields.is_empty()
        && action.does.is_none()
        && offer.choices.is_empty()
        && case.definition.reasons(action).is_empty()
}

/// The highest level that the rule has found, as it was told last.
fn level(desk: &Desk, case: &CaseView, steps: &[TrailEntry]) -> String {
    let told = steps.iter().rev().find_map(|step| step.note.get("evidence"));
    let told = told.unwrap_or_else(|| case.entity.value("evidence"));
    let level = told.get("level").and_then(Value::as_text).unwrap_or_default();
    let rules = &desk.loaded().definitions.rules;
    let rule = rules.iter().find(|rule| rule.id == *case.entity.text("rule"));
    let found = rule.and_then(|rule| rule.level.iter().find(|one| one.id == *level));
    found.map(|found| desk.text(&found.title).to_owned()).unwrap_or_default()
}
