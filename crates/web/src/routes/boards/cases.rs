//! The cases of a board: what is due first, what was open then, who is on watch.

use super::wanted::Wanted;
use crate::paths;
use crate::routes::desk::Desk;
use crate::routes::error::Fault;
use crate::routes::seen::Moment;
use crate::routes::{about, begin, clock, show};
use crate::views::{Chosen, Duty, Link, Waiting, Watch};
use kernel::{Actor, CaseView, InboxTab};
use model::{Filter, Instant, Name, Operator, Value};
use pack::{Board, FigureOf};

/// Cases on the list: as many as a person can hold before the eyes.
const WAITING_MAX: usize = 7;
/// Cases that began or ended between two moments and are listed.
const CHANGED_MAX: usize = 50;
/// Pages looked through for cases that were open at a moment of the past.
const PAGES_MAX: u32 = 20;

/// The list.
#[derive(Default)]
pub(super) struct List {
    pub rows: Vec<CaseView>,
    pub open: u64,
    pub overdue: u64,
    /// Whether there may be more than were counted.
    pub least: bool,
}

/// The types of the cases that a board counts.
fn kinds(desk: &Desk, board: &Board) -> Filter {
    let processes = &desk.loaded().definitions.processes;
    let counted = board.figures.iter().filter_map(|figure| match &figure.of {
        FigureOf::Process(process) => Some(&processes.get(process)?.1.case),
        FigureOf::Type(_) => None,
    });
    let mut kinds: Vec<Name> = counted.cloned().collect();
    kinds.sort();
    kinds.dedup();
    Filter::Or(kinds.into_iter().map(Filter::Kind).collect())
}

/// Open cases of the board's processes within the reader's reach, by time left; or those that were open at a moment.
pub(super) fn list(
    desk: &Desk,
    reader: &Actor,
    board: &Board,
    moment: Option<Moment>,
) -> Result<List, Fault> {
    let Some(moment) = moment else {
        let kinds = kinds(desk, board);
        if kinds == Filter::Or(Vec::new()) {
            return Ok(List::default());
        }
        let page = desk.kernel().cases_within(reader, Some(InboxTab::Open), kinds, 0)?;
        let rows = page.rows.into_iter().take(WAITING_MAX).map(|row| row.case).collect();
        let (open, overdue) = (page.total as u64, page.overdue as u64);
        return Ok(List { rows, open, overdue, least: page.more });
    };
    let mut list = List::default();
    let whole = each(desk, reader, board, moment.at, |case| {
        if case.opened < moment.before {
            list.open += 1;
            if list.rows.len() < WAITING_MAX {
                list.rows.push(case);
            }
        }
    })?;
    Ok(List { least: !whole, ..list })
}

/// What began and what ended between two moments, and how many were open at each.
pub(super) struct Between {
    pub begun: Vec<CaseView>,
    pub ended: Vec<CaseView>,
    /// How many did, listed or not.
    pub counts: [u64; 2],
    pub open: [u64; 2],
    /// Whether there may be more than were counted.
    pub least: bool,
}

/// Cases of the board's processes within the reader's reach; a moment is an instant and the entries of the log before it.
pub(super) fn between(
    desk: &Desk,
    reader: &Actor,
    board: &Board,
    from: (Instant, u64),
    to: (Instant, u64),
) -> Result<Between, Fault> {
    let mut between =
        Between { begun: Vec::new(), ended: Vec::new(), counts: [0, 0], open: [0, 0], least: false };
    let whole = each(desk, reader, board, from.0, |case| {
        let closed = match case.entity.value("closedAt") {
            Value::Instant(at) => *at,
            _ => Instant::from_micros(i64::MAX),
        };
        for (open, (at, before)) in between.open.iter_mut().zip([from, to]) {
            *open += u64::from(case.opened < before && closed > at);
        }
        let ended = closed > from.0 && closed <= to.0;
        let begun = (from.1..to.1).contains(&case.opened);
        for (count, is_so) in between.counts.iter_mut().zip([begun, ended]) {
            *count += u64::from(is_so);
        }
        if ended && between.ended.len() < CHANGED_MAX {
            between.ended.push(case.clone());
        }
        if begun && between.begun.len() < CHANGED_MAX {
            between.begun.push(case);
        }
    })?;
    Ok(Between { least: !whole, ..between })
}

/// Every case of the board's processes within the reader's reach that was open at a moment or began after it. Says whether
/// that was all of them.
fn each(
    desk: &Desk,
    reader: &Actor,
    board: &Board,
    at: Instant,
    mut one: impl FnMut(CaseView),
) -> Result<bool, Fault> {
    let kinds = kinds(desk, board);
    if kinds == Filter::Or(Vec::new()) {
        return Ok(true);
    }
    let closed = Name::new("closedAt").map_err(|_| Fault::NothingHere)?;
    let later = Filter::Compare { path: vec![closed], op: Operator::Gt, value: at.into() };
    let then = Filter::And(vec![kinds, Filter::Or(vec![desk.kernel().open_cases()?, later])]);
    for page in 0..PAGES_MAX {
        let found = desk.kernel().cases_within(reader, None, then.clone(), page)?;
        let more = found.rows.len() == kernel::PAGE_ROWS as usize;
        found.rows.into_iter().for_each(|row| one(row.case));
        if !more {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A row of the list. Of the past neither light nor holder is shown: they would be today's.
pub(super) fn waiting(desk: &Desk, case: &CaseView, wanted: &Wanted) -> Waiting {
    let now = desk.kernel().now();
    let is_now = wanted.at.is_none_or(|at| at >= now);
    Waiting {
        clock: is_now.then(|| clock::light(desk, case, now)).flatten(),
        name: about::named(desk, case),
        href: Wanted { chosen: Some(case.entity.urn.clone()), ..wanted.clone() }.href(),
        matter: about::matter(desk, case),
        about: about::about(desk, case).map(|about| about.what.text).unwrap_or_default(),
        who: if is_now { desk.roles(case.awaits()) } else { String::new() },
        current: wanted.chosen.as_ref() == Some(&case.entity.urn),
    }
}

/// A case, looked at.
pub(super) fn chosen(desk: &Desk, case: &CaseView, close_href: String) -> Chosen {
    let texts = &desk.words().board;
    let now = desk.kernel().now();
    let lit = clock::light(desk, case, now);
    let about = about::about(desk, case);
    let mut facts = vec![
        (texts.number.clone(), about::named(desk, case)),
        (texts.stage.clone(), show::stages(desk, case)),
        (texts.who.clone(), desk.roles(case.awaits())),
        (texts.due.clone(), lit.as_ref().and_then(|clock| clock.due.clone()).unwrap_or_default()),
    ];
    facts.extend(about::attributes(desk, case));
    facts.retain(|(_, value)| !value.is_empty());
    Chosen {
        title: about::matter(desk, case),
        clock: lit,
        facts,
        links: about.map(|about| about.what).filter(|link| !link.href.is_empty()).into_iter().collect(),
        page_link: Link { href: paths::case(case.entity.urn.as_str()), text: texts.case_page.clone() },
        close_href,
    }
}

/// Who is on watch, where the board names the process by which people take it.
pub(super) fn duty(desk: &Desk, reader: &Actor, board: &Board) -> Result<Option<Duty>, Fault> {
    let Some(process) = &board.duty else { return Ok(None) };
    let Some((_, definition)) = desk.loaded().definitions.processes.get(process) else { return Ok(None) };
    let open =
        desk.kernel().cases_within(reader, Some(InboxTab::Open), Filter::Kind(definition.case.clone()), 0)?;
    // Of several the last to be taken is the one that counts.
    let newest = open.rows.into_iter().map(|row| row.case).max_by_key(|case| case.opened);
    let watch = |case: CaseView| -> Result<Watch, Fault> {
        let taken = desk.kernel().trail(&case.entity.urn)?.into_iter().next();
        Ok(Watch {
            who: taken.as_ref().map_or_else(String::new, |taken| desk.text(&taken.actor_title).to_owned()),
            since: taken.map_or_else(String::new, |taken| desk.minute(taken.at)),
            stage: show::stages(desk, &case),
            href: paths::case(case.entity.urn.as_str()),
        })
    };
    let may_begin = begin::may_begin_this(desk, reader, definition);
    Ok(Some(Duty {
        now: newest.map(watch).transpose()?,
        begin_href: may_begin.then(|| paths::begin(process.as_str())),
    }))
}
