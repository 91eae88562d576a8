//! The watches of a board: who had it and when, and what they wrote, to be looked through by words.

use crate::paths;
use crate::routes::desk::Desk;
use crate::routes::error::Fault;
use crate::routes::extract::{Asked, Segment, Visit};
use crate::routes::{Web, Work, about, show, trail};
use crate::views::{Link, Paging, ShiftNote, ShiftRow, Shifts};
use axum::extract::Path;
use axum::response::Response;
use kernel::{CaseView, InboxTab, Order, PAGE_ROWS, TrailEntry};
use model::{Filter, Name, Value};
use serde::Deserialize;

/// Pages of watches that are looked through for words.
const PAGES_MAX: u32 = 10;
/// Characters that are looked for.
const WORDS_MAX: usize = 60;

#[derive(Default, Deserialize)]
pub(in crate::routes) struct Query {
    words: Option<String>,
    page: Option<String>,
}

/// `GET /boards/{board}/shifts`.
pub(in crate::routes) async fn list(web: Web, visit: Visit, id: Segment, asked: Asked<Query>) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    web.0.answer_as(Work::Download, visit, move |desk| page(desk, id, &query)).await
}

fn page(desk: &Desk, id: Segment, query: &Query) -> Result<Response, Fault> {
    let reader = desk.signed_in()?;
    let Path(id) = id.map_err(|_| Fault::NothingHere)?;
    let definitions = &desk.loaded().definitions;
    let board = definitions.boards.get(id.as_str()).ok_or(Fault::NothingHere)?;
    desk.kernel().may_read_board(board, reader)?;
    let process = board.duty.as_ref().and_then(|duty| definitions.processes.get(duty));
    let (_, process) = process.ok_or(Fault::NothingHere)?;
    let words: String = query.words.as_deref().unwrap_or_default().trim().chars().take(WORDS_MAX).collect();
    let wanted = words.to_lowercase();
    let number = query.page.as_deref().and_then(|page| page.parse::<u32>().ok()).unwrap_or(1).max(1);
    let kind = Filter::Kind(process.case.clone());
    let closed = Name::new("closedAt").map_err(|_| Fault::NothingHere)?;
    let latest = Order::By { path: vec![closed], descending: true };
    let pages = if wanted.is_empty() { number - 1..number } else { 0..PAGES_MAX };
    let (mut rows, mut total, mut whole) = (Vec::new(), 0, true);
    // The watch that is going on comes before those that have ended.
    let open = desk.kernel().cases_within(reader, Some(InboxTab::Open), kind.clone(), 0)?;
    if number == 1 {
        for case in open.rows.iter().map(|row| &row.case) {
            rows.extend(row(desk, case, &wanted)?);
        }
    }
    let ended = Filter::And(vec![kind, Filter::Not(Box::new(desk.kernel().open_cases()?))]);
    for at in pages {
        let found = desk.kernel().cases(reader, &ended, &latest, at)?;
        total = found.total;
        let more = found.rows.len() == PAGE_ROWS as usize;
        for case in found.rows.into_iter().map(|row| row.case) {
            rows.extend(row(desk, &case, &wanted)?);
        }
        whole = !more;
        if !more {
            break;
        }
    }
    let own = paths::shifts(board.id.as_str());
    let paging = if wanted.is_empty() {
        Paging::of((total + open.total) as u64, u64::from(number), u64::from(PAGE_ROWS), |page| {
            format!("{own}?page={page}")
        })
    } else {
        Paging { total: rows.len() as u64, page: 1, pages: 1, ..Paging::default() }
    };
    desk.html(&Shifts {
        page: desk.page(),
        board: Link { href: paths::board(board.id.as_str()), text: desk.text(&board.title).to_owned() },
        title: desk.text(&process.title).to_owned(),
        whole: whole || wanted.is_empty(),
        own,
        words,
        rows,
        paging,
    })
}

/// A watch with what was written in it; nothing if words are wanted that none of it has.
fn row(desk: &Desk, case: &CaseView, wanted: &str) -> Result<Option<ShiftRow>, Fault> {
    let steps = desk.kernel().trail(&case.entity.urn)?;
    let said = |step: &TrailEntry| {
        let opinion = step.note.get("opinion").and_then(Value::as_text).unwrap_or_default();
        let fields = match step.note.get("fields") {
            Some(Value::Map(fields)) => {
                fields.values().filter_map(Value::as_text).collect::<Vec<_>>().join(" ")
            }
            _ => String::new(),
        };
        [opinion, &*fields].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let note = |step: &TrailEntry| ShiftNote {
        at: desk.minute(step.at),
        who: desk.text(&step.actor_title).to_owned(),
        act: trail::act_title(desk, case, step),
        text: said(step),
    };
    let notes: Vec<ShiftNote> = steps.iter().map(note).filter(|note| !note.text.is_empty()).collect();
    let who = steps.first().map(|step| desk.text(&step.actor_title).to_owned()).unwrap_or_default();
    let has = |text: &str| text.to_lowercase().contains(wanted);
    let notes: Vec<ShiftNote> = if has(&who) {
        notes
    } else {
        notes.into_iter().filter(|note| has(&note.text) || has(&note.who)).collect()
    };
    if !wanted.is_empty() && notes.is_empty() && !has(&who) {
        return Ok(None);
    }
    let closed = Name::new("closedAt").ok().and_then(|id| case.entity.attributes.get(&id));
    Ok(Some(ShiftRow {
        case: Link { href: paths::case(case.entity.urn.as_str()), text: about::named(desk, case) },
        who,
        from: desk.minute(show::opened_at(case)),
        to: closed.map(|held| desk.minute(held.committed)),
        notes,
    }))
}
