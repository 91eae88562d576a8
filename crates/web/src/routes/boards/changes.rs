//! What changed on a board between two moments, each as it was known then: how its things did, which cases began, and which
//! ended.

use super::cases::{self, Between};
use super::map;
use super::wanted::Wanted;
use crate::paths;
use crate::routes::desk::Desk;
use crate::routes::error::Fault;
use crate::routes::extract::{Asked, Segment, Visit};
use crate::routes::seen::Moment;
use crate::routes::show::DAY_SECS;
use crate::routes::{Web, Work, about, csv};
use crate::views::{ChangeRow, Changes, FeatureRow, LastValue, Link};
use axum::extract::Path;
use axum::response::Response;
use kernel::{CaseView, NOW};
use model::Instant;
use serde::Deserialize;

#[derive(Default, Deserialize)]
pub(in crate::routes) struct Query {
    from: Option<String>,
    to: Option<String>,
}

/// `GET /boards/{board}/changes`.
pub(in crate::routes) async fn show(web: Web, visit: Visit, id: Segment, asked: Asked<Query>) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    let make = move |desk: &Desk| desk.html(&changes(desk, id, &query)?);
    web.0.answer_as(Work::Download, visit, make).await
}

/// `GET /boards/{board}/changes.csv`: the same as a table.
pub(in crate::routes) async fn table(web: Web, visit: Visit, id: Segment, asked: Asked<Query>) -> Response {
    let query = asked.map(|query| query.0).unwrap_or_default();
    let make = move |desk: &Desk| Ok(as_table(&changes(desk, id, &query)?));
    web.0.answer_as(Work::Download, visit, make).await
}

fn changes(desk: &Desk, id: Segment, query: &Query) -> Result<Changes, Fault> {
    let reader = desk.signed_in()?;
    let Path(id) = id.map_err(|_| Fault::NothingHere)?;
    let board = desk.loaded().definitions.boards.get(id.as_str()).ok_or(Fault::NothingHere)?;
    let now = desk.kernel().now();
    let read = |text: &Option<String>| text.as_deref().and_then(|text| csv::instant(desk.zone(), text));
    // Without a question: the last day. What is asked the wrong way round is turned.
    let to = read(&query.to).unwrap_or(now).min(now);
    let from = read(&query.from).unwrap_or(to.plus_secs(-DAY_SECS)).min(now);
    let (from, to) = (from.min(to), from.max(to));
    let view = desk.kernel().board(board, reader)?;
    let rows = |at: Instant| -> Result<(Option<Moment>, Vec<FeatureRow>), Fault> {
        let moment = Moment::of(desk, Some(at))?;
        let layers = map::layers(desk, board, &view, moment)?;
        Ok((moment, map::table(&layers, &Wanted::plain(desk, board))))
    };
    let ((before, was), (after, is)) = (rows(from)?, rows(to)?);
    let things = was.len();
    let changed = was.into_iter().zip(is).filter(|(was, is)| was.state != is.state || was.last != is.last);
    let entries = |moment: Option<Moment>| moment.map_or(NOW, |moment| moment.before);
    let Between { begun, ended, counts, open, least } =
        cases::between(desk, reader, board, (from, entries(before)), (to, entries(after)))?;
    let own = paths::changes(board.id.as_str());
    let at = |at: Instant| desk.minute(at);
    let query = format!("from={}&to={}", paths::encode(&at(from)), paths::encode(&at(to)));
    Ok(Changes {
        page: desk.page(),
        board: Link { href: paths::board(board.id.as_str()), text: desk.text(&board.title).to_owned() },
        csv: format!("{own}.csv?{query}"),
        own,
        span: [at(from), at(to)],
        things,
        rows: changed.map(|(was, is)| row(was, is)).collect(),
        open,
        counts,
        least,
        begun: begun.iter().map(|case| link(desk, case)).collect(),
        ended: ended.iter().map(|case| link(desk, case)).collect(),
    })
}

fn row(was: FeatureRow, is: FeatureRow) -> ChangeRow {
    ChangeRow {
        link: is.link,
        layer: is.layer,
        place: is.place,
        states: [was.state, is.state],
        values: [was.last, is.last],
    }
}

fn link(desk: &Desk, case: &CaseView) -> Link {
    let text = format!("{} · {}", about::named(desk, case), about::matter(desk, case));
    Link { href: paths::case(case.entity.urn.as_str()), text }
}

fn as_table(changes: &Changes) -> Response {
    let heads = ["what", "layer", "place", "state_from", "value_from", "state_to", "value_to"];
    let mut table = csv::Table::new(heads);
    let value = |last: &Option<LastValue>| {
        last.as_ref().map(|last| format!("{} {}", last.value, last.unit)).unwrap_or_default()
    };
    for row in &changes.rows {
        let state = |at: usize| changes.state(row.states.get(at).copied().flatten());
        let [was, is] = &row.values;
        let values = [value(was), value(is)];
        let named = [row.link.text.as_str(), &row.layer, &row.place];
        let told = [state(0), &*values[0], state(1), &*values[1]];
        table.line(named.into_iter().chain(told));
    }
    table.file("changes")
}
