//! The officer's inbox: cases by time left, in three tabs, narrowed by figures that open their cases.

use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Visit};
use super::headers::LIVE_POLICY;
use super::{Web, Work, about, begin, clock, csv, kept, show};
use crate::paths;
use crate::views::{Clock, Figure, FigureKind, Inbox, KindFilter, Light, Paging, Row, Tab, TabKind};
use axum::extract;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use kernel::{Actor, CaseView, InboxTab};
use model::{Instant, Name};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Rows on a page, as the kernel gives them.
const PAGE_ROWS: usize = kernel::PAGE_ROWS as usize;
/// Pages looked through for the figures: as deep as the kernel's lists are counted.
const PAGES_MAX: u32 = 20;

#[derive(Default, Deserialize)]
pub(super) struct Query {
    tab: Option<String>,
    page: Option<String>,
    figure: Option<String>,
    kind: Option<String>,
}

/// What is asked for, understood.
#[derive(Clone)]
pub(super) struct Wanted {
    tab: InboxTab,
    figure: FigureKind,
    /// The type of the cases, if only one is wanted.
    kind: Option<Name>,
    /// From 0.
    page: u32,
}

/// A case with its light.
struct Lit {
    case: CaseView,
    clock: Option<Clock>,
}

/// What the figures count, and the cases of the figure that is wanted.
#[derive(Default)]
struct Counted {
    yellow: u64,
    today: u64,
    wanted: Vec<Lit>,
}

pub(super) async fn show(web: Web, visit: Visit, asked: Asked<Query>) -> Response {
    let wanted = Wanted::of(&asked.map(|query| query.0).unwrap_or_default());
    web.0.answer(visit, move |desk| inbox(desk, &wanted, None)).await
}

/// `GET /inbox.csv`: the list that is asked for, as a table of what its pages show.
pub(super) async fn table(web: Web, visit: Visit, asked: Asked<Query>) -> Response {
    let wanted = Wanted::of(&asked.map(|query| query.0).unwrap_or_default());
    web.0.answer_as(Work::Download, visit, move |desk| as_table(desk, &wanted)).await
}

impl Wanted {
    fn of(query: &Query) -> Self {
        let tab = match query.tab.as_deref() {
            Some("open" | "all") => InboxTab::Open,
            Some("closed") => InboxTab::Closed,
            _ => InboxTab::Mine,
        };
        let figure = match query.figure.as_deref() {
            Some("red") if tab != InboxTab::Closed => FigureKind::Red,
            Some("yellow") if tab != InboxTab::Closed => FigureKind::Yellow,
            Some("today") if tab != InboxTab::Closed => FigureKind::Today,
            _ => FigureKind::All,
        };
        let page = query.page.as_deref().and_then(|page| page.parse::<u32>().ok()).unwrap_or(1);
        let kind = query.kind.as_deref().and_then(|kind| Name::new(kind).ok());
        Self { tab, figure, kind, page: page.saturating_sub(1) }
    }

    /// From an address of the inbox; what cannot be understood counts as not asked.
    pub fn of_address(address: &str) -> Self {
        let uri = address.parse().ok();
        let query = uri.and_then(|uri| extract::Query::try_from_uri(&uri).ok());
        Self { page: 0, ..Self::of(&query.map(|query: extract::Query<Query>| query.0).unwrap_or_default()) }
    }

    /// The address of its first page.
    pub fn address(&self) -> String {
        narrowed(self, self.figure)
    }
}

/// The page, with what was wrong with a list that was to be kept.
pub(super) fn inbox(
    desk: &Desk,
    wanted: &Wanted,
    wrong: Option<(StatusCode, String)>,
) -> Result<Response, Fault> {
    let actor = desk.signed_in()?;
    let kernel = desk.kernel();
    let now = kernel.now();
    let first = if wanted.figure == FigureKind::All { wanted.page } else { 0 };
    let list = kernel.inbox_of(actor, wanted.tab, wanted.kind.as_ref(), first)?;
    let (total, overdue) = (list.total, list.overdue);
    let whole = list.kinds.values().sum();
    let kinds = kinds(desk, wanted, &list.kinds);
    let counted = match wanted.tab {
        InboxTab::Closed => Counted::default(),
        InboxTab::Mine | InboxTab::Open => count(desk, actor, wanted, now)?,
    };
    let (rows, total_shown) = if wanted.figure == FigureKind::All {
        (list.rows.into_iter().map(|row| lit(desk, row.case, now)).collect(), total)
    } else {
        let total = counted.wanted.len();
        let skip = PAGE_ROWS.saturating_mul(wanted.page as usize);
        (counted.wanted.into_iter().skip(skip).take(PAGE_ROWS).collect::<Vec<_>>(), total)
    };
    let rows = rows.iter().map(|lit| row(desk, lit, actor)).collect();
    let figures = match wanted.tab {
        InboxTab::Closed => vec![figure(wanted, FigureKind::All, total as u64)],
        InboxTab::Mine | InboxTab::Open => vec![
            figure(wanted, FigureKind::Red, overdue as u64),
            figure(wanted, FigureKind::Yellow, counted.yellow),
            figure(wanted, FigureKind::Today, counted.today),
            figure(wanted, FigureKind::All, total as u64),
        ],
    };
    let (status, error) = wrong.map_or((StatusCode::OK, None), |(status, why)| (status, Some(why)));
    let page = Inbox {
        page: desk.page(),
        tab: kind(wanted.tab),
        tabs: tabs(desk, actor, wanted.tab, whole)?,
        figure: wanted.figure,
        figures,
        kinds,
        begin_href: begin::may_begin_any(desk, actor).then(|| paths::BEGIN.to_owned()),
        connectors_href: (!desk.kernel().connectors(actor).is_empty()).then(|| paths::CONNECTORS.to_owned()),
        rows,
        paging: paging(wanted, total_shown),
        kept: kept::kept(desk, actor, wanted.address(), error)?,
    };
    let mut response = desk.html_as(status, &page)?;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(LIVE_POLICY));
    Ok(response)
}

fn as_table(desk: &Desk, wanted: &Wanted) -> Result<Response, Fault> {
    let (actor, now) = (desk.signed_in()?, desk.kernel().now());
    let mut cases = Vec::new();
    if wanted.figure == FigureKind::All {
        for page in 0..PAGES_MAX {
            let list = desk.kernel().inbox_of(actor, wanted.tab, wanted.kind.as_ref(), page)?;
            let full = list.rows.len() == PAGE_ROWS;
            cases.extend(list.rows.into_iter().map(|row| lit(desk, row.case, now)));
            if !full {
                break;
            }
        }
    } else {
        cases = count(desk, actor, wanted, now)?.wanted;
    }
    let words = &desk.words().inbox;
    let heads =
        [&words.left, &words.number, &words.matter, &words.about, &words.stage, &words.due, &words.who];
    let mut table = csv::Table::new(heads.map(String::as_str));
    for case in &cases {
        let row = row(desk, case, actor);
        let (left, due) = match row.clock {
            Some(clock) => (clock.words(desk.lang()), clock.due.unwrap_or_default()),
            None => (words.no_clock.clone(), String::new()),
        };
        let cells = [&left, &row.number, &row.matter, &row.about, &row.stage, &due, &row.who];
        table.line(cells.map(String::as_str));
    }
    Ok(table.file("inbox"))
}

/// Looks through the list, which is in order of due times, until a whole page is neither overdue nor warned: behind it
/// nothing is due sooner.
fn count(desk: &Desk, actor: &Actor, wanted: &Wanted, now: Instant) -> Result<Counted, Fault> {
    let mut counted = Counted::default();
    for page in 0..PAGES_MAX {
        let list = desk.kernel().inbox_of(actor, wanted.tab, wanted.kind.as_ref(), page)?;
        let full = list.rows.len() == PAGE_ROWS;
        let mut urgent = false;
        for row in list.rows {
            let lit = lit(desk, row.case, now);
            let light = lit.clock.as_ref().map(|clock| clock.light);
            let red = light == Some(Light::Red);
            let yellow = light == Some(Light::Yellow);
            let today = !red && lit.clock.as_ref().is_some_and(|clock| clock.due_today);
            urgent |= red || yellow;
            counted.yellow += u64::from(yellow);
            counted.today += u64::from(today);
            let fits = match wanted.figure {
                FigureKind::Red => red,
                FigureKind::Yellow => yellow,
                FigureKind::Today => today,
                FigureKind::All => false,
            };
            if fits {
                counted.wanted.push(lit);
            }
        }
        if !full || !urgent {
            break;
        }
    }
    Ok(counted)
}

fn lit(desk: &Desk, case: CaseView, now: Instant) -> Lit {
    Lit { clock: clock::light(desk, &case, now), case }
}

fn row(desk: &Desk, lit: &Lit, actor: &Actor) -> Row {
    let case = &lit.case;
    let offers = desk.kernel().offers(case, &actor.urn).unwrap_or_default();
    let yours = desk.kernel().waits_for(case, actor) && offers.iter().any(|offer| offer.refused.is_none());
    Row {
        clock: lit.clock.clone(),
        number: show::case_number(desk, case),
        href: paths::case(case.entity.urn.as_str()),
        matter: about::matter(desk, case),
        about: about::about(desk, case).map_or_else(|| about::named(desk, case), |about| about.what.text),
        stage: show::stages(desk, case),
        who: desk.roles(case.awaits()),
        yours,
        urn: case.entity.urn.to_string(),
    }
}

/// The kinds of cases in the list, where there is more than one; the one that it is narrowed to stays, though empty.
fn kinds(desk: &Desk, wanted: &Wanted, counted: &BTreeMap<Name, usize>) -> Vec<KindFilter> {
    let mut counts = counted.clone();
    if let Some(kind) = &wanted.kind {
        counts.entry(kind.clone()).or_default();
    }
    if counts.len() < 2 && wanted.kind.is_none() {
        return Vec::new();
    }
    let filter = |kind: Option<&Name>, count: usize| KindFilter {
        title: kind.map(|kind| cases_of(desk, kind)),
        count: count as u64,
        href: narrowed(&Wanted { kind: kind.cloned(), ..wanted.clone() }, wanted.figure),
        current: kind == wanted.kind.as_ref(),
    };
    let all = filter(None, counted.values().sum());
    [all].into_iter().chain(counts.iter().map(|(kind, count)| filter(Some(kind), *count))).collect()
}

/// What cases of a type are called: as their process is, where only one has them.
fn cases_of(desk: &Desk, kind: &Name) -> String {
    let mut of = desk.loaded().definitions.processes.values().filter(|(_, process)| process.case == *kind);
    match (of.next(), of.next()) {
        (Some((_, only)), None) => desk.text(&only.title).to_owned(),
        _ => about::kind_title(desk, kind),
    }
}

fn kind(tab: InboxTab) -> TabKind {
    match tab {
        InboxTab::Mine => TabKind::Mine,
        InboxTab::Open => TabKind::All,
        InboxTab::Closed => TabKind::Closed,
    }
}

fn address(tab: InboxTab) -> String {
    let tab = match tab {
        InboxTab::Mine => "mine",
        InboxTab::Open => "open",
        InboxTab::Closed => "closed",
    };
    format!("{}?tab={tab}", paths::INBOX)
}

/// The tabs with their counts. A page behind the last has no rows, so counting the others reads no case.
fn tabs(desk: &Desk, actor: &Actor, open: InboxTab, total: usize) -> Result<Vec<Tab>, Fault> {
    let mut tabs = Vec::with_capacity(3);
    for tab in [InboxTab::Mine, InboxTab::Open, InboxTab::Closed] {
        let count = match tab {
            tab if tab == open => Some(total as u64),
            InboxTab::Closed => None,
            tab => Some(desk.kernel().inbox(actor, tab, u32::MAX)?.total as u64),
        };
        tabs.push(Tab { kind: kind(tab), href: address(tab), count });
    }
    Ok(tabs)
}

fn narrowed(wanted: &Wanted, figure: FigureKind) -> String {
    let mut address = address(wanted.tab);
    if let Some(kind) = &wanted.kind {
        address = format!("{address}&kind={}", paths::encode(kind.as_str()));
    }
    match figure {
        FigureKind::Red => format!("{address}&figure=red"),
        FigureKind::Yellow => format!("{address}&figure=yellow"),
        FigureKind::Today => format!("{address}&figure=today"),
        FigureKind::All => address,
    }
}

fn figure(wanted: &Wanted, kind: FigureKind, count: u64) -> Figure {
    Figure { kind, count, href: narrowed(wanted, kind) }
}

fn paging(wanted: &Wanted, total: usize) -> Paging {
    let href = |page: u64| format!("{}&page={page}", narrowed(wanted, wanted.figure));
    Paging::of(total as u64, u64::from(wanted.page) + 1, PAGE_ROWS as u64, href)
}
