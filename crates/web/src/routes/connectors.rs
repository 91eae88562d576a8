//! Connectors: which this person may run, how one reads a file, and what a file brings: tried first, then taken in.

use super::about::kind_title;
use super::desk::Desk;
use super::error::{Fault, why};
use super::extract::{Segment, Visit};
use super::show::{self, attribute};
use super::upload::{self, Filled};
use super::{Web, Work, receipt};
use crate::paths;
use crate::texts::fill;
use crate::views::{Connector as Page, ConnectorRow, Connectors, FoundKind, ImportReport, Link, RunRow};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::Response;
use connector::Record;
use kernel::{Imported, Refusal, Undone};
use model::{Entity, Name, Urn, Value};
use pack::{Connector, Encoding, Fault as FileFault, OriginKind, Schedule};
use proof::CommandId;

/// Faults of a kind that are shown one by one.
const SHOWN_MAX: usize = 50;
/// Runs that are listed.
const RUNS_MAX: u32 = 20;
/// Receipts that are linked.
const ENTRIES_MAX: usize = 20;

/// `GET /connectors`: those that this person may run.
pub(super) async fn list(web: Web, visit: Visit) -> Response {
    let make = |desk: &Desk| {
        let actor = desk.signed_in()?;
        let rows = desk.kernel().connectors(actor).into_iter().map(|one| ConnectorRow {
            title: desk.text(&one.title).to_owned(),
            href: paths::connector(one.id.as_str()),
            into: kind_title(desk, &one.into),
            due: due(desk, one.schedule),
            basis: desk.cite(&one.basis),
        });
        desk.html(&Connectors { page: desk.page(), connectors: rows.collect() })
    };
    web.0.answer(visit, make).await
}

/// `GET /connectors/{connector}`: how it reads a file, and the form.
pub(super) async fn show(web: Web, visit: Visit, id: Segment) -> Response {
    let make = move |desk: &Desk| {
        let Path(id) = id.map_err(|_| Fault::NothingHere)?;
        let connector = desk.kernel().connector(desk.signed_in()?, &id)?;
        desk.html(&page(desk, &connector, Shown::default())?)
    };
    web.0.answer(visit, make).await
}

/// `POST /connectors/{connector}`: tries a file, or takes in one that was tried.
pub(super) async fn send(web: Web, visit: Visit, id: Segment, request: Request) -> Response {
    let sent = upload::read(&web.0, &visit, request).await;
    let at = id.as_ref().map_or_else(|_| paths::CONNECTORS.to_owned(), |Path(id)| paths::connector(id));
    web.0.answer_as(Work::Download, visit.at(at), move |desk| submit(desk, id, &sent?)).await
}

fn submit(desk: &Desk, id: Segment, filled: &Filled) -> Result<Response, Fault> {
    let actor = desk.sender(filled.text("csrf"))?;
    let Path(id) = id.map_err(|_| Fault::NothingHere)?;
    let connector = desk.kernel().connector(actor, &id)?;
    let command =
        CommandId::parse(filled.text("command")).ok_or(Fault::Form(StatusCode::UNPROCESSABLE_ENTITY))?;
    if let Ok(run) = Urn::new(filled.text("undo")) {
        return match desk.kernel().undo_run(actor, &run) {
            Ok(undone) => {
                let notice = Some(undone_words(desk, undone));
                desk.html(&page(desk, &connector, Shown { notice, ..Shown::default() })?)
            }
            Err(refusal) => refused(desk, &connector, refusal),
        };
    }
    let trial = !filled.texts.contains_key("take");
    let kept = proof::unhex(filled.text("kept")).and_then(|digest| digest.try_into().ok());
    let done = match (filled.documents.first(), kept) {
        (Some(bytes), _) => desk.kernel().import(actor, (&id, command), bytes, trial),
        (None, Some(digest)) => desk.kernel().import_kept(actor, (&id, command), &digest, trial),
        // What is fetched by hand is looked at first, as a file is.
        (None, None) if filled.texts.contains_key("fetch") => {
            let fetched = desk.kernel().fetched(actor, &id);
            fetched.and_then(|bytes| desk.kernel().import(actor, (&id, command), &bytes, true))
        }
        (None, None) => return Err(Fault::Form(StatusCode::UNPROCESSABLE_ENTITY)),
    };
    match done {
        Ok(imported) => {
            let report = Some(report(desk, &connector, &imported, trial));
            desk.html(&page(desk, &connector, Shown { report, ..Shown::default() })?)
        }
        Err(refusal) => refused(desk, &connector, refusal),
    }
}

/// What an undoing did.
fn undone_words(desk: &Desk, undone: Undone) -> String {
    let texts = &desk.words().import;
    let numbers = [undone.restored, undone.left_out, undone.kept].map(|n| n.to_string());
    let [restored, left_out, kept] = &numbers;
    fill(&texts.undone, &[("restored", restored), ("left", left_out), ("kept", kept)])
}

fn refused(desk: &Desk, connector: &Connector, refusal: Refusal) -> Result<Response, Fault> {
    let because = match &refusal {
        Refusal::Field { what, .. } => desk.text(what).to_owned(),
        _ => match why(&refusal, desk, None) {
            Some(why) => why.because,
            None => return Err(refusal.into()),
        },
    };
    let title = match &refusal {
        Refusal::Field { field: "file", .. } => desk.words().import.error_title.as_str(),
        _ => "",
    };
    let error = Some(format!("{title}{because}"));
    let shown = Shown { error, ..Shown::default() };
    desk.html_as(StatusCode::UNPROCESSABLE_ENTITY, &page(desk, connector, shown)?)
}

/// What the page says beside the connector itself.
#[derive(Default)]
struct Shown {
    report: Option<ImportReport>,
    error: Option<String>,
    notice: Option<String>,
}

fn page(desk: &Desk, connector: &Connector, shown: Shown) -> Result<Page, Fault> {
    let Shown { report, error, notice } = shown;
    let texts = &desk.words().import;
    let encoding = match connector.from.encoding {
        Encoding::Utf8 => "UTF-8",
        Encoding::Gb18030 => "GB 18030",
    };
    let form = match connector.from.kind {
        OriginKind::Csv => format!("CSV · {encoding}"),
        OriginKind::HttpJson => "JSON".to_owned(),
        OriginKind::Postgres => "PostgreSQL".to_owned(),
    };
    let mut facts = vec![
        (texts.into.clone(), kind_title(desk, &connector.into)),
        (texts.key.clone(), title_of(desk, connector, &connector.key).0),
        (texts.form.clone(), form.clone()),
        (texts.due.clone(), due(desk, connector.schedule)),
        (texts.owner.clone(), desk.roles(&connector.owner)),
        (desk.words().deadline.basis.clone(), desk.cite(&connector.basis)),
    ];
    if let Some(observed) = &connector.observed {
        facts
            .insert(2, (texts.time.clone(), format!("{} ({})", observed.columns.join(" + "), observed.form)));
    }
    if let Some(place) = &connector.place {
        let slots = [
            ("columns", &*format!("{}, {}", place.longitude, place.latitude)),
            ("n", &place.within.to_string()),
        ];
        facts.push((texts.place.clone(), fill(&texts.place_of, &slots)));
    }
    if connector.creates {
        facts.push((texts.creates.clone(), texts.creates_what.clone()));
    }
    if let Some(ticket) = &connector.ticket {
        let process = desk.loaded().definitions.processes.get(&ticket.process);
        let title = process.map_or(ticket.process.as_str(), |(_, process)| desk.text(&process.title));
        let faults: Vec<String> =
            ticket.faults.iter().map(|fault| desk.text(&fault.title()).to_owned()).collect();
        facts.push((
            title.to_owned(),
            fill(&texts.ticket_when, &[("faults", &faults.join(&desk.words().show.and))]),
        ));
    }
    let columns = connector.map.iter().map(|mapping| {
        let (title, _) = title_of(desk, connector, &mapping.attribute);
        (mapping.from.clone(), title, mapping.unit.clone().unwrap_or_default())
    });
    let runs = desk.kernel().runs(desk.signed_in()?, connector.id.as_str(), RUNS_MAX)?;
    Ok(Page {
        page: desk.page(),
        title: desk.text(&connector.title).to_owned(),
        post: paths::connector(connector.id.as_str()),
        command: proof::hex(&desk.state().chance.id()),
        facts,
        columns: columns.collect(),
        error,
        report,
        notice,
        origin: connector.from.place.clone(),
        runs: runs.iter().map(|run| run_row(desk, run)).collect(),
    })
}

fn run_row(desk: &Desk, run: &Entity) -> RunRow {
    let texts = &desk.words().import;
    let number = |id: &str| run.value(id).as_int().unwrap_or_default();
    let (state, open) = match run.text("state") {
        "undone" => (&texts.state_undone, false),
        "failed" => (&texts.state_failed, false),
        _ => (&texts.state_taken, !run.value("entries").as_list().is_empty()),
    };
    let found = match run.value("findings") {
        Value::Map(found) => found.values().filter_map(Value::as_int).sum(),
        _ => 0,
    };
    RunRow {
        at: run.value("at").as_instant().map(|at| desk.minute(at)).unwrap_or_default(),
        by: run.value("by").as_ref().map(|by| receipt::who(desk, by)).unwrap_or_default(),
        state: state.clone(),
        figures: [number("rows"), number("new"), number("corrected")],
        found,
        why: run.text("why").to_owned(),
        undo: open.then(|| run.urn.to_string()),
    }
}

/// What people call an attribute, and its unit.
fn title_of(desk: &Desk, connector: &Connector, id: &Name) -> (String, String) {
    attribute(desk, &connector.into, id.as_str()).map_or_else(
        || (id.to_string(), String::new()),
        |known| (desk.text(&known.title).to_owned(), known.unit.clone().unwrap_or_default()),
    )
}

fn due(desk: &Desk, schedule: Schedule) -> String {
    let texts = &desk.words().import;
    match schedule {
        Schedule::Hourly => &texts.hourly,
        Schedule::Daily => &texts.daily,
        Schedule::Manual => &texts.manual,
    }
    .clone()
}

fn report(desk: &Desk, connector: &Connector, imported: &Imported, trial: bool) -> ImportReport {
    let texts = &desk.words().import;
    let kept = imported.findings.kept();
    let kinds = imported.findings.counts().map(|(fault, count)| {
        let first = kept.iter().filter(|found| found.fault == fault).take(SHOWN_MAX).map(|found| {
            let line = found.line.map(|line| line.to_string()).unwrap_or_default();
            (line, found.key.clone().unwrap_or_default(), found.what.clone())
        });
        let title = desk.text(&fault.title()).to_owned();
        FoundKind { title, hint: hint(desk, fault).to_owned(), count, first: first.collect() }
    });
    let attributes: Vec<&Name> =
        connector.map.iter().map(|one| &one.attribute).filter(|id| **id != connector.key).collect();
    let mut heads = vec![texts.line.clone(), texts.name.clone()];
    heads.extend(connector.observed.as_ref().map(|_| texts.time.clone()));
    heads.extend(attributes.iter().map(|id| title_of(desk, connector, id).0));
    let row = |record: &Record| {
        let mut cells = vec![record.line.to_string(), record.key.clone()];
        cells.extend(record.at.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string()));
        cells.extend(attributes.iter().map(|id| {
            let value = record.values.iter().find(|(attribute, _)| attribute == *id);
            value.map_or_else(|| "—".to_owned(), |(_, value)| show::value(desk, value))
        }));
        cells
    };
    let link = |entry: &u64| Link { href: paths::receipt(*entry), text: entry.to_string() };
    ImportReport {
        trial,
        figures: [imported.rows, imported.entities, imported.new, imported.corrected, imported.known],
        kinds: kinds.collect(),
        heads,
        preview: if trial { imported.preview.iter().map(row).collect() } else { Vec::new() },
        digest: imported.digest.clone(),
        entries: imported.entries.iter().take(ENTRIES_MAX).map(link).collect(),
        written: imported.entries.len(),
    }
}

/// What a kind of fault means or asks for.
fn hint(desk: &Desk, fault: FileFault) -> &str {
    let texts = &desk.words().found;
    match fault {
        FileFault::Unknown => &texts.unknown,
        FileFault::Ambiguous => &texts.ambiguous,
        FileFault::HasDevice => &texts.has_device,
        FileFault::Dead => &texts.dead,
        FileFault::Stuck => &texts.stuck,
        FileFault::Moved => &texts.moved,
        FileFault::Gap => &texts.gap,
        FileFault::Conflict => &texts.conflict,
        FileFault::Duplicate => &texts.duplicate,
        FileFault::EmptyRow => &texts.empty_row,
        FileFault::PartRow => &texts.part_row,
        FileFault::Unreadable => &texts.unreadable,
        FileFault::OutOfRange => &texts.out_of_range,
        FileFault::NoTime => &texts.no_time,
        FileFault::Ahead => &texts.ahead,
        FileFault::NoKey => &texts.no_key,
        FileFault::Width => &texts.width,
    }
}
