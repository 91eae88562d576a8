//! Boards: what leads a field, or the whole city, has before the eyes. One page for a desk and for a wall, as it is and as it
//! was; what it shows is a pack's.

pub(super) mod alarms;
mod cases;
pub(super) mod changes;
mod map;
pub(super) mod shifts;
mod wanted;

use super::desk::Desk;
use super::error::Fault;
use super::extract::{Asked, Segment, Visit};
use super::headers::LIVE_POLICY;
use super::seen::Moment;
use super::show::HOUR_SECS;
use super::{Web, about};
use crate::paths;
use crate::views::{self, Link, Wall};
use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::Response;
use kernel::{Behind, FigureView};
pub(super) use map::note as map_note;
use pack::{Board, Figure, FigureOf};
use wanted::{Query, Wanted};

/// Seconds for which a board stays on a wall if nobody says otherwise.
const ROTATED_SECS: u32 = 60;

/// `GET /boards`: those that whoever is signed in may look at. Of one alone the page is shown at once.
pub(super) async fn list(web: Web, visit: Visit) -> Response {
    let make = |desk: &Desk| {
        let boards = readable(desk)?;
        if let [only] = &boards[..] {
            return Ok(super::error::see(&paths::board(only.id.as_str())));
        }
        let link = |board: &&Board| Link {
            href: paths::board(board.id.as_str()),
            text: desk.text(&board.title).to_owned(),
        };
        desk.html(&views::Boards { page: desk.page(), boards: boards.iter().map(link).collect() })
    };
    web.0.answer(visit, make).await
}

/// `GET /boards/{board}`.
pub(super) async fn show(web: Web, visit: Visit, id: Segment, asked: Asked<Query>) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    web.0.answer(visit, move |desk| page(desk, id, &query)).await
}

/// Boards that whoever is signed in may look at.
pub(super) fn readable(desk: &Desk) -> Result<Vec<&Board>, Fault> {
    let reader = desk.signed_in()?;
    let boards = desk.loaded().definitions.boards.values();
    Ok(boards.filter(|board| desk.kernel().may_read_board(board, reader).is_ok()).collect())
}

fn page(desk: &Desk, id: Segment, query: &Query) -> Result<Response, Fault> {
    let reader = desk.signed_in()?;
    let Path(id) = id.map_err(|_| Fault::NothingHere)?;
    let board = desk.loaded().definitions.boards.get(id.as_str()).ok_or(Fault::NothingHere)?;
    let wanted = Wanted::of(desk, board, query);
    let moment = Moment::of(desk, wanted.at)?;
    let now = desk.kernel().board(board, reader)?;
    let list = cases::list(desk, reader, board, moment)?;
    let layers = map::layers(desk, board, &now, moment)?;
    let shown = map::draw(desk, &layers, &wanted);
    let page = views::Board {
        page: desk.page(),
        title: desk.text(&board.title).to_owned(),
        wall: wanted.wall,
        figures: figures(desk, (board, &now.figures), &wanted, moment),
        opened: opened(desk, (board, &now.figures), &wanted),
        waiting: list.rows.iter().map(|case| cases::waiting(desk, case, &wanted)).collect(),
        open: list.open,
        overdue: list.overdue,
        least: list.least,
        map: shown,
        map_note: map::note(desk),
        layers: map::links(&layers, &wanted),
        whole_href: wanted.area.map(|_| Wanted { area: None, ..wanted.clone() }.href()),
        features: map::table(&layers, &wanted),
        chosen: chosen(desk, reader, &layers, &wanted)?,
        ages: map::ages(&layers),
        duty: cases::duty(desk, reader, board)?.filter(|_| moment.is_none()),
        moment: moment.map(|moment| looking_back(desk, moment, &wanted)),
        ways: ways(desk, &wanted, moment),
        rotation: rotation(desk, &wanted)?,
        pinned: pinned(desk, &wanted)?,
        changes_href: paths::changes(board.id.as_str()),
        shifts_href: board.duty.as_ref().map(|_| paths::shifts(board.id.as_str())),
        alarms: alarms::link(desk, reader, board)?.filter(|_| moment.is_none()),
    };
    let mut response = desk.html(&page)?;
    if moment.is_none() {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(LIVE_POLICY));
    }
    Ok(response)
}

fn looking_back(desk: &Desk, moment: Moment, wanted: &Wanted) -> views::Moment {
    let at = |secs: i64| Wanted { at: Some(moment.at.plus_secs(secs)), ..wanted.clone() };
    let later = at(HOUR_SECS);
    let later_href = later.at.is_some_and(|at| at < desk.kernel().now()).then(|| later.href());
    let other = Wanted { play: !wanted.play, ..wanted.clone() };
    views::Moment {
        shown: desk.minute(moment.at),
        earlier_href: at(-HOUR_SECS).href(),
        plays: wanted.play,
        play_href: later_href.is_some().then(|| other.href()),
        later_href,
        now_href: Wanted { at: None, play: false, ..wanted.clone() }.href(),
    }
}

fn ways(desk: &Desk, wanted: &Wanted, moment: Option<Moment>) -> views::Ways {
    let on = |wall: Wall| Wanted { wall, figure: None, chosen: None, ..wanted.clone() }.href();
    let shown = moment.map_or_else(|| desk.kernel().now(), |moment| moment.at);
    views::Ways {
        wall_href: on(Wall::Day),
        night_href: on(Wall::Night),
        desk_href: on(Wall::Desk),
        kept: Wanted { at: None, ..wanted.clone() }.pairs(),
        action: paths::board(&wanted.board),
        at: desk.minute(shown),
    }
}

/// On a wall, the board that comes next and when; or the way to let boards take turns, where there are several.
fn rotation(desk: &Desk, wanted: &Wanted) -> Result<Option<views::Rotation>, Fault> {
    let boards = readable(desk)?;
    if wanted.wall == Wall::Desk || boards.len() < 2 {
        return Ok(None);
    }
    let own = boards.iter().position(|board| *board.id.as_str() == *wanted.board).unwrap_or(0);
    let Some(next) = boards.get((own + 1) % boards.len()) else { return Ok(None) };
    let secs = wanted.rotate.unwrap_or(ROTATED_SECS);
    let other = Wanted {
        board: next.id.to_string(),
        layer: None,
        area: None,
        chosen: None,
        figure: None,
        at: None,
        play: false,
        rotate: Some(secs),
        ..wanted.clone()
    };
    let on = wanted.rotate.is_some();
    Ok(Some(views::Rotation {
        on,
        secs,
        next: Link { href: other.href(), text: desk.text(&next.title).to_owned() },
        switch_href: Wanted { rotate: (!on).then_some(secs), ..wanted.clone() }.href(),
    }))
}

/// On a wall, the figure that stays before the eyes, of whichever board.
fn pinned(desk: &Desk, wanted: &Wanted) -> Result<Option<views::Pinned>, Fault> {
    let pin = wanted.pin.as_deref().filter(|_| wanted.wall != Wall::Desk);
    let Some((board, figure)) = pin.and_then(|pin| pin.split_once('.')) else { return Ok(None) };
    let boards = readable(desk)?;
    let Some(board) = boards.into_iter().find(|own| own.id == *board) else { return Ok(None) };
    let view = desk.kernel().board(board, desk.signed_in()?)?;
    let plain = Wanted { pin: None, ..wanted.clone() };
    let figures = figures(desk, (board, &view.figures), &plain, None);
    let at = board.figures.iter().position(|own| own.id == *figure);
    let figure = at.and_then(|at| figures.into_iter().nth(at));
    Ok(figure.map(|figure| views::Pinned {
        board: desk.text(&board.title).to_owned(),
        figure,
        drop_href: plain.href(),
    }))
}

/// Figures as they are now; of the past they are not known, and are not shown as if they were.
fn figures(
    desk: &Desk,
    (board, now): (&Board, &[FigureView]),
    wanted: &Wanted,
    moment: Option<Moment>,
) -> Vec<views::BoardFigure> {
    if moment.is_some() {
        return Vec::new();
    }
    let one = |(figure, now): (&Figure, &FigureView)| {
        let current = wanted.figure.as_ref() == Some(&figure.id);
        let other = Wanted { figure: (!current).then(|| figure.id.clone()), ..wanted.clone() };
        views::BoardFigure {
            title: desk.text(&figure.title).to_owned(),
            value: if figure.sum.is_some() { now.value.to_string() } else { now.count.to_string() },
            unit: figure.unit.clone(),
            href: figure.opens.then(|| other.href()),
            current,
        }
    };
    board.figures.iter().zip(now).map(one).collect()
}

/// What is behind the figure that is asked for.
fn opened(desk: &Desk, (board, now): (&Board, &[FigureView]), wanted: &Wanted) -> Option<views::Opened> {
    let wanted_id = wanted.figure.as_ref()?;
    let (figure, now) = board.figures.iter().zip(now).find(|(figure, _)| figure.id == *wanted_id)?;
    figure.opens.then(|| views::Opened {
        title: desk.text(&figure.title).to_owned(),
        rows: now.behind.iter().map(|one| row(desk, figure, one)).collect(),
        beyond: now.beyond as u64,
        more: now.more,
        close_href: Wanted { figure: None, ..wanted.clone() }.href(),
        pin_href: Wanted {
            wall: if wanted.wall == Wall::Desk { Wall::Day } else { wanted.wall },
            figure: None,
            chosen: None,
            pin: Some(format!("{}.{}", board.id, figure.id)),
            ..wanted.clone()
        }
        .href(),
    })
}

fn row(desk: &Desk, figure: &Figure, one: &Behind) -> views::OpenedRow {
    let link = match &figure.of {
        FigureOf::Process(_) => about::other_case(desk, &one.urn).map(|link| {
            let case = desk.actor.as_ref().and_then(|actor| desk.kernel().case(&one.urn, actor).ok());
            let matter = case.map(|case| about::matter(desk, &case)).unwrap_or_default();
            Link { text: format!("{} · {matter}", link.text), ..link }
        }),
        FigureOf::Type(kind) => {
            let text = desk.text(&one.title).to_owned();
            let href = if desk.loaded().fed.contains(kind) {
                paths::source(one.urn.as_str())
            } else {
                String::new()
            };
            Some(Link { href, text })
        }
    };
    let process = match &figure.of {
        FigureOf::Process(process) => desk.loaded().definitions.processes.get(process),
        FigureOf::Type(_) => None,
    };
    let stage = process.and_then(|(_, process)| {
        let id = one.stage.as_text()?;
        process.stage.iter().find(|stage| stage.id == *id).map(|stage| desk.text(&stage.title).to_owned())
    });
    views::OpenedRow {
        link: link.unwrap_or_else(|| Link { href: String::new(), text: desk.text(&one.title).to_owned() }),
        stage: stage.unwrap_or_default(),
        due: one.due.map(|due| desk.minute(due)),
    }
}

/// What was chosen: a case, or something on the map.
fn chosen(
    desk: &Desk,
    reader: &kernel::Actor,
    layers: &[map::Layer],
    wanted: &Wanted,
) -> Result<Option<views::Chosen>, Fault> {
    let Some(urn) = &wanted.chosen else { return Ok(None) };
    let close_href = Wanted { chosen: None, ..wanted.clone() }.href();
    if let Some(thing) = layers.iter().flat_map(|layer| &layer.things).find(|thing| thing.urn == *urn) {
        return Ok(Some(map::chosen(desk, thing, close_href)));
    }
    // What may not be seen is not told from what is not there.
    let Ok(case) = desk.kernel().case(urn, reader) else { return Ok(None) };
    Ok(Some(cases::chosen(desk, &case, close_href)))
}
